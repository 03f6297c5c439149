"""Sequence to sequence: a decoder that looks back at its source at every step."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

# BEGIN SOLUTION


def _weights(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """The softmax of the scores over the last axis, and zeros where nothing is left."""
    if mask is None:
        return scores.softmax(-1)
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0.0)


def _mean(weights: Tensor, states: Tensor) -> Tensor:
    """The mean of the states (N, S, H) with weights (N, S)."""
    return torch.einsum("ns,nsh->nh", weights, states)


# END SOLUTION


def attention_step(
    decoder_state: Tensor, encoder_states: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """One look of a decoder at the states of the encoder, by dot products.

    The decoder's state is the query; the encoder's states are the keys and the values.
    The score of state j is ``decoder_state . encoder_states[j]``, as it is, with no
    scale; the weights are the softmax of the scores over the S states, and the context
    is the mean of the states with these weights (slides, "Sequence-to-sequence with
    attention"; Luong and others, 2015).

    A state that may not be attended to has the weight 0, exactly, however large its
    score is and however low the others are. A text of the batch that may attend to
    nothing has weights and a context of zeros, and finite gradients.

    Args:
        decoder_state: ``(N, H)``, one state for each text of the batch; N may be 1.
        encoder_states: ``(N, S, H)``.
        mask: booleans that broadcast to ``(N, S)``, True where the state may be
            attended to, such as those of padding_mask. None: all may be.

    Returns:
        ``(context, weights)``, ``(N, H)`` and ``(N, S)``, in the dtype and on the
        device of decoder_state. Gradients flow back to both tensors of states.
    """
    # BEGIN SOLUTION
    scores = torch.einsum("nh,nsh->ns", decoder_state, encoder_states)
    weights = _weights(scores, mask)
    return _mean(weights, encoder_states), weights
    # END SOLUTION


def additive_attention_step(
    decoder_state: Tensor,
    encoder_states: Tensor,
    weight_query: Tensor,
    weight_key: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """One look of a decoder at the states of the encoder, by a small network.

    The score of state j is
    ``v . tanh(weight_query @ decoder_state + weight_key @ encoder_states[j])``, with no
    scale and no bias; all else is as in attention_step (Bahdanau and others, 2015). The
    context is a mean of the encoder's states themselves, not of what weight_key makes
    of them.

    Args:
        decoder_state: ``(N, H)``; N may be 1.
        encoder_states: ``(N, S, H)``.
        weight_query: ``(A, H)``, as the weight of a linear layer from H to A.
        weight_key: ``(A, H)``.
        v: ``(A,)``.
        mask: as in attention_step.

    Returns:
        ``(context, weights)``, ``(N, H)`` and ``(N, S)``, in the dtype and on the
        device of decoder_state. Gradients flow back to all five tensors.
    """
    # BEGIN SOLUTION
    query = decoder_state @ weight_query.T
    keys = encoder_states @ weight_key.T
    scores = (query.unsqueeze(1) + keys).tanh() @ v
    weights = _weights(scores, mask)
    return _mean(weights, encoder_states), weights
    # END SOLUTION


class AttentionDecoder(nn.Module):
    """Writes a text, and looks back at the source before each word.

    At step t, with e_t the embedding of the token that is read::

        h_t = cell([e_t; o_{t-1}], h_{t-1})       or cell(e_t, h_{t-1}), see below
        context_t, weights_t = attention_step(h_t, encoder_states, mask)
        o_t = tanh(combine([context_t; h_t]))
        logits_t = output(o_t)

    ``[a; b]`` puts b behind a, along the features. The attention asks with the new
    state h_t. With ``input_feeding`` (slides: the attention output of the previous step
    is fed into the decoder, along with the usual input) the cell reads o of the step
    before; before the first step, o is zero. Without it the cell reads the embedding
    alone, and its input is H wide.

    The submodules, and nothing else, have parameters:

    - ``embedding``: nn.Embedding, V tokens of H features
    - ``cell``: nn.GRUCell, from 2H features (H without input feeding) to H
    - ``combine``: nn.Linear, 2H to H, without a bias
    - ``output``: nn.Linear, H to V

    Args:
        vocab_size: V.
        hidden_size: H, the width of embeddings and of states, the encoder's too.
        input_feeding: whether o goes into the next step's input.
    """

    def __init__(
        self, vocab_size: int, hidden_size: int, input_feeding: bool = True
    ) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.input_feeding = input_feeding
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        width = 2 * hidden_size if input_feeding else hidden_size
        self.cell = nn.GRUCell(width, hidden_size)
        self.combine = nn.Linear(2 * hidden_size, hidden_size, bias=False)
        self.output = nn.Linear(hidden_size, vocab_size)
        # END SOLUTION

    def forward(
        self,
        targets_in: Tensor,
        encoder_states: Tensor,
        h0: Tensor,
        mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Read the tokens one after the other and score the next one at each step.

        Args:
            targets_in: the tokens that are read, integers ``(T, N)``, T at least 1.
                Training gives the true ones, beginning with a start token. In eval
                mode, too, the decoder reads these and not what it would have written.
            encoder_states: ``(N, S, H)``, the batch first.
            h0: the state before the first step, ``(N, H)``.
            mask: booleans that broadcast to ``(N, S)``, True where a state of the
                encoder may be attended to. None: all may be.

        Returns:
            ``(logits, weights)``, ``(T, N, V)`` and ``(T, N, S)``. Logits: no softmax.
        """
        # BEGIN SOLUTION
        h, o = h0, torch.zeros_like(h0)
        all_logits, all_weights = [], []
        for x in self.embedding(targets_in):
            h = self.cell(torch.cat([x, o], -1) if self.input_feeding else x, h)
            context, weights = attention_step(h, encoder_states, mask)
            o = self.combine(torch.cat([context, h], -1)).tanh()
            all_logits.append(self.output(o))
            all_weights.append(weights)
        return torch.stack(all_logits), torch.stack(all_weights)
        # END SOLUTION


class CaptioningAttention(nn.Module):
    """A caption that looks at its image: each word asks, and the regions answer.

    The query of a word is ``query(text)``; the keys and the values of the regions are
    ``key(image)`` and ``value(image)``. What follows is scaled dot-product attention:
    ``softmax(q @ k^T / sqrt(attention_dim)) @ v``, the softmax over the S regions. You
    may import attention from your scores.py.

    The submodules, and nothing else, have parameters:

    - ``query``: nn.Linear, text_dim to attention_dim
    - ``key``: nn.Linear, image_dim to attention_dim
    - ``value``: nn.Linear, image_dim to attention_dim

    Args:
        text_dim: features of a word.
        image_dim: features of a region of the image.
        attention_dim: features of queries, keys and values.
    """

    def __init__(self, text_dim: int, image_dim: int, attention_dim: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.query = nn.Linear(text_dim, attention_dim)
        self.key = nn.Linear(image_dim, attention_dim)
        self.value = nn.Linear(image_dim, attention_dim)
        # END SOLUTION

    def forward(self, text: Tensor, image: Tensor) -> tuple[Tensor, Tensor]:
        """What each word reads from the image, and with which weights.

        Args:
            text: ``(N, L, text_dim)``, the words so far.
            image: ``(N, S, image_dim)``, the regions.

        Returns:
            ``(context, weights)``, ``(N, L, attention_dim)`` and ``(N, L, S)``.
        """
        # BEGIN SOLUTION
        query, key, value = self.query(text), self.key(image), self.value(image)
        weights = _weights(query @ key.transpose(1, 2) / math.sqrt(query.shape[-1]))
        return weights @ value, weights
        # END SOLUTION
