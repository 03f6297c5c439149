"""The model: an encoder that reads, and a decoder that writes token after token."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Transformer(nn.Module):
    """From a source text and a target text to logits for the target's next tokens.

    1. Both texts become vectors: ``embedding(tokens) * sqrt(d_model)``, and the sines
       and cosines of ``positional_encoding`` are added, on both sides.
    2. The source goes through all layers of the encoder. What comes out of the last one
       is the memory.
    3. The target goes through all layers of the decoder. Each of them reads the same
       memory. In self-attention a position sees itself and what comes before it, and
       nothing later.
    4. ``output`` maps what comes out of the last one to logits; no softmax.

    The layers have their norms after the sums (``norm_first=False``), and no norm comes
    after the last layer. There is no dropout, and no two layers share a weight. The
    model is that of Vaswani et al. (2017), but that there all embeddings and the output
    have the same weights.

    The parts have to bear these names, since checks set their weights by name; there
    is no other parameter:

    - ``source_embedding``, ``torch.nn.Embedding(source_vocab, d_model)``, and
      ``target_embedding``, ``torch.nn.Embedding(target_vocab, d_model)``;
    - ``encoder`` and ``decoder``, each a ``torch.nn.ModuleList`` of num_layers of your
      ``EncoderLayer``, or of your ``DecoderLayer``;
    - ``output``, ``torch.nn.Linear(d_model, target_vocab)``, with a bias.

    Forbidden are torch's own versions: F.scaled_dot_product_attention,
    F.multi_head_attention_forward, nn.MultiheadAttention and nn.Transformer*.

    Args:
        source_vocab: how many different tokens a source may have.
        target_vocab: V, how many a target may have.
        d_model: the features of a position, even or odd.
        num_heads: the heads of every attention; they divide d_model.
        d_ff: the features between the two linear layers of a layer.
        num_layers: so many layers has the encoder, and so many the decoder; may be 0.
    """

    def __init__(
        self,
        source_vocab: int,
        target_vocab: int,
        d_model: int,
        num_heads: int,
        d_ff: int,
        num_layers: int,
    ) -> None:
        super().__init__()
        raise NotImplementedError("Transformer.__init__ is not written yet")

    def forward(
        self, source: Tensor, target: Tensor, source_lengths: Tensor | None = None
    ) -> Tensor:
        """Logits for the token that follows each position of the target.

        Args:
            source: ``(N, S)`` int64.
            target: ``(N, L)`` int64. The logits at position i depend on the tokens 0 to
                i, and on no later one. (So a target that begins with a start token has
                the logits of the first real token at position 0: shifting is for
                whoever calls.)
            source_lengths: ``(N,)`` int64. Of source n the first ``source_lengths[n]``
                tokens count, and the rest is padding: no position of source or target
                attends to it. None: all tokens count. A length may be 0; there is
                nothing to attend to then.

        Returns:
            ``(N, L, V)``.
        """
        raise NotImplementedError("Transformer.forward is not written yet")


def greedy_decode(
    model: nn.Module, source: Tensor, start: int, end: int, max_length: int
) -> Tensor:
    """Translate by taking the likeliest next token, again and again.

    ``model(source, target)`` gives logits, ``(N, L, V)``, for a target ``(N, L)``. The
    target begins with the column ``start``. In each step the token with the largest
    logit at the last position is put behind it; where several are the largest, the
    smallest token of them.

    A row has ended when it has put out ``end``; from then on it is filled with ``end``.
    Decoding stops as soon as all rows have ended, or when the target has
    ``max_length`` columns; the start column is one of them. The start column itself
    ends no row, even if ``start`` and ``end`` are the same token.

    No gradients are needed. The model is asked once for each new column, and is left
    in the mode it is in.

    Args:
        model: your Transformer, or anything that is called in the same way.
        source: ``(N, S)`` int64, with N at least 1.
        start: the token that every target begins with.
        end: the token after which nothing comes.
        max_length: at most so many columns, 1 or more.

    Returns:
        ``(N, <= max_length)`` int64, on the device of source, with the start column.
    """
    raise NotImplementedError("greedy_decode is not written yet")


def transformer_parameters(
    source_vocab: int, target_vocab: int, d_model: int, d_ff: int, num_layers: int
) -> int:
    """The number of parameters of a Transformer, of the class above exactly.

    Count all of them, in the two embeddings, in every layer (attention with its output
    map, linear layers, norms; all biases) and in the output layer. The positions have
    none. The number of heads is not asked for, since it makes no difference.

    Args:
        source_vocab: how many different tokens a source may have.
        target_vocab: how many a target may have.
        d_model: the features of a position.
        d_ff: the features between the two linear layers of a layer.
        num_layers: the layers of the encoder, and those of the decoder; may be 0.

    Returns:
        An int.
    """
    raise NotImplementedError("transformer_parameters is not written yet")
