"""Layers: attention and a small network, each with a shortcut and a norm."""

from __future__ import annotations

from torch import Tensor, nn


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Give the features of every position mean 0 and variance 1, then scale and shift.

    For each position by itself, over its d features (the last axis, and no other):

        mean = sum(x) / d
        var  = sum((x - mean)^2) / d
        y    = (x - mean) / sqrt(var + eps) * weight + bias

    The variance is divided by d, not by d - 1, and eps is added under the root. So a
    position whose features are all alike gives ``bias``, and so does d = 1. Subtract
    the mean before you square: ``mean(x^2) - mean(x)^2`` is the same on paper, and
    loses its digits where the features are far from zero, such as around 10000.

    The formula is that of Ba et al. (2016) and of torch. Forbidden here are torch's
    own: F.layer_norm, torch.layer_norm, nn.LayerNorm, and torch's other layers and
    functions that norm, such as F.group_norm; in the classes below nn.LayerNorm is
    allowed. The length of a vector, torch.linalg.vector_norm, is no such function.

    Args:
        x: ``(..., d)``, with as many axes before the last as you like, or none.
        weight: ``(d,)``, a factor for each feature.
        bias: ``(d,)``, a number to add to each feature.
        eps: keeps the root away from zero.

    Returns:
        The shape, dtype and device of x.
    """
    raise NotImplementedError("layer_norm is not written yet")


def feed_forward(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    """Two linear maps with a ReLU between them, for each position by itself.

        y = relu(x W1^T + b1) W2^T + b2

    The same weights serve every position, and no position sees another. The matrices
    are as in torch.nn.Linear: a row for each output. The formula is that of Vaswani et
    al. (2017); the recitation names the layers without writing it.

    Args:
        x: ``(..., d)``, with as many axes before the last as you like, or none.
        w1: ``(d_ff, d)``.
        b1: ``(d_ff,)``.
        w2: ``(d, d_ff)``.
        b2: ``(d,)``.

    Returns:
        The shape, dtype and device of x.
    """
    raise NotImplementedError("feed_forward is not written yet")


class EncoderLayer(nn.Module):
    """Self-attention and a feed-forward network, each with a shortcut and a norm.

    With ``norm_first=False``, as in Vaswani et al. (2017), each norm comes after its
    sum:

        x = norm1(x + attention(x))
        x = norm2(x + ff(x))

    With ``norm_first=True`` each comes first in its branch, and the shortcut carries x
    as it is, without a norm; there is no norm at the end:

        x = x + attention(norm1(x))
        x = x + ff(norm2(x))

    Here ``attention(x)`` is your MultiHeadAttention with x as query, key and value, and
    ``ff(x) = linear2(relu(linear1(x)))``. The layer computes what
    torch.nn.TransformerEncoderLayer does with ``dropout=0`` and ``batch_first=True``.

    The parts have to bear these names, since checks set their weights by name; there
    is no other parameter:

    - ``self_attn``, a ``MultiHeadAttention(d_model, num_heads)`` from heads.py;
    - ``linear1``, a ``torch.nn.Linear(d_model, d_ff)``, and ``linear2``, back again;
    - ``norm1`` and ``norm2``, each a ``torch.nn.LayerNorm(d_model)``.

    Forbidden are torch's own versions: F.scaled_dot_product_attention,
    F.multi_head_attention_forward, nn.MultiheadAttention and nn.Transformer*.

    Args:
        d_model: the features of a position.
        num_heads: the heads of the attention; they divide d_model.
        d_ff: the features between the two linear layers.
        norm_first: where the norms are.
    """

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__()
        raise NotImplementedError("EncoderLayer.__init__ is not written yet")

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """One layer's work on every position.

        Args:
            x: ``(N, L, d_model)``; N and L may be 0.
            mask: booleans that broadcast to ``(N, h, L, L)``. True: this position may
                attend to that one. None: all may attend to all. A position that may
                attend to none gets ``out_proj``'s bias from the attention.

        Returns:
            ``(N, L, d_model)``.
        """
        raise NotImplementedError("EncoderLayer.forward is not written yet")


class DecoderLayer(nn.Module):
    """Self-attention, attention to a memory, and a feed-forward network.

    With ``norm_first=False``:

        x = norm1(x + attention(x))
        x = norm2(x + cross_attention(x, memory))
        x = norm3(x + ff(x))

    With ``norm_first=True``, where the memory gets no norm:

        x = x + attention(norm1(x))
        x = x + cross_attention(norm2(x), memory)
        x = x + ff(norm3(x))

    In the cross attention x asks: queries come from x, keys and values both come from
    the memory, which is what the encoder has made of the source. All else is as in
    EncoderLayer. The layer computes what torch.nn.TransformerDecoderLayer does with
    ``dropout=0`` and ``batch_first=True``.

    The parts have to bear these names; there is no other parameter:

    - ``self_attn`` and ``cross_attn``, each a ``MultiHeadAttention(d_model,
      num_heads)`` from heads.py;
    - ``linear1``, a ``torch.nn.Linear(d_model, d_ff)``, and ``linear2``, back again;
    - ``norm1``, ``norm2`` and ``norm3``, each a ``torch.nn.LayerNorm(d_model)``.

    What is forbidden in EncoderLayer is forbidden here.

    Args:
        d_model: the features of a position, and of one in the memory.
        num_heads: the heads of both attentions; they divide d_model.
        d_ff: the features between the two linear layers.
        norm_first: where the norms are.
    """

    def __init__(
        self, d_model: int, num_heads: int, d_ff: int, norm_first: bool = False
    ) -> None:
        super().__init__()
        raise NotImplementedError("DecoderLayer.__init__ is not written yet")

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        self_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
    ) -> Tensor:
        """One layer's work on every position of the target.

        Nothing hides the future unless ``self_mask`` does; it is not for the cross
        attention, where every position of the target may read the whole memory.

        Args:
            x: ``(N, L, d_model)``, the target; N and L may be 0.
            memory: ``(N, S, d_model)``, the source, and S may be 0.
            self_mask: booleans that broadcast to ``(N, h, L, L)``. True: this position
                may attend to that one in the self-attention. None: all may.
            memory_mask: booleans that broadcast to ``(N, h, L, S)``. True: this
                position may attend to that one of the memory. None: all may.

        Returns:
            ``(N, L, d_model)``. A position with nothing to attend gets ``out_proj``'s
            bias from that attention.
        """
        raise NotImplementedError("DecoderLayer.forward is not written yet")
