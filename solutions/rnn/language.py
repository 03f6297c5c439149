"""A language model of characters: what comes next, and text made of its guesses."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def one_hot(indices: Tensor, num_classes: int) -> Tensor:
    """Rows of zeros with a single one, at the place that the index says.

    ``one_hot(torch.tensor([2, 0]), 3)`` is ``[[0, 0, 1], [1, 0, 0]]``. It is what an
    embedding is fed in books: the product of a one-hot row and a matrix of weights is
    one row of the matrix.

    Args:
        indices: integers of any shape, ``(...)``, each from 0 up to
            ``num_classes - 1``.
        num_classes: the length of a row; at least 1.

    Returns:
        ``(..., num_classes)``, one axis more, in int64 as
        torch.nn.functional.one_hot gives it, on the device of the indices.

    Raises:
        An exception, say IndexError: an index is negative, or is num_classes or more.
            A negative index does not count from the end.
    """
    # BEGIN SOLUTION
    if ((indices < 0) | (indices >= num_classes)).any():
        raise IndexError(f"an index is not within 0 and {num_classes - 1}")
    places = torch.arange(num_classes, device=indices.device)
    return (indices[..., None] == places).long()
    # END SOLUTION


class CharRNN(nn.Module):
    """Reads a text character by character, and says after each what may come next.

    Characters are numbers from 0 to vocab_size - 1, here called tokens. Its layers, in
    this order:

    1. ``embedding``, torch.nn.Embedding: a vector of hidden_size numbers a token;
    2. ``rnn``, your RNN of sequence.py (``from sequence import RNN``), or
       torch.nn.RNN, which has the same parameter names: hidden_size inputs,
       hidden_size units, one layer, one direction;
    3. ``linear``, torch.nn.Linear with a bias: from each output of rnn to one logit a
       token.

    There is no softmax at the end: logits, as torch.nn.functional.cross_entropy expects
    them. If your sequence.py is not right yet, this class is graded with a right one
    in its place.

    Args:
        vocab_size: V, how many tokens there are.
        hidden_size: H, the width of the embedding and of the state.
    """

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        from sequence import RNN  # the stub does without

        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = RNN(hidden_size, hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size)
        # END SOLUTION

    def forward(self, tokens: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Logits for the token that follows each of the tokens.

        Args:
            tokens: integers, time first: ``(T, N)``, N texts of T tokens each; T is at
                least 1.
            h: the state before the first token, ``(1, N, H)``; None means zeros.

        Returns:
            ``(logits, h)``: ``(T, N, V)``, and the state after the last token,
            ``(1, N, H)``, with which the text can go on.
        """
        # BEGIN SOLUTION
        outputs, h = self.rnn(self.embedding(tokens), h)
        return self.linear(outputs), h
        # END SOLUTION


def greedy_sample(model: Any, first: Tensor, h: Tensor | None, length: int) -> Tensor:
    """Texts that go on with the likeliest token, again and again.

    The model reads the first tokens, beginning with the state h. The token with the
    largest logit is the first new one; of equal logits the one with the smallest index
    wins. The model reads it, going on from the state that it gave back, and so on.

    Args:
        model: a CharRNN, or anything that is called like one: ``model(tokens, h)`` with
            tokens ``(T, N)`` gives logits ``(T, N, V)`` and the new state. You may
            switch it to eval(); its weights stay as they are.
        first: the token that each of N texts begins with, ``(N,)``.
        h: the state before it, ``(1, N, H)``, or None, which the model takes for zeros.
        length: how many new tokens; 0 gives an empty answer, ``(0, N)``.

    Returns:
        The new tokens, ``(length, N)``, in int64 on the device of first; the given
        first ones are not among them. No gradients are asked for.
    """
    # BEGIN SOLUTION
    text = [first]
    with torch.no_grad():
        for _ in range(length):
            logits, h = model(text[-1][None], h)
            text.append(logits.argmax(dim=-1)[0])
    return torch.stack(text)[1:]
    # END SOLUTION
