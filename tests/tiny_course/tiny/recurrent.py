"""Networks with a state."""

from __future__ import annotations

import torch
from torch import Tensor, nn

State = tuple[Tensor, Tensor]


def lstm_cell(
    x: Tensor, state: State, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor, b_hh: Tensor
) -> State:
    """One step of an LSTM: the new ``(h, c)`` from ``x`` and the old ``(h, c)``.

    The gates stand in the order input, forget, candidate, output.
    """
    # BEGIN SOLUTION
    h, c = state
    gates = x @ w_ih.T + b_ih + h @ w_hh.T + b_hh
    write, keep, candidate, show = gates.chunk(4, dim=-1)
    c = keep.sigmoid() * c + write.sigmoid() * candidate.tanh()
    return show.sigmoid() * c.tanh(), c
    # END SOLUTION


class CharModel(nn.Module):
    """Predicts the next character: ``embed``, then ``mix`` and a tanh, then ``out``.

    ``mix`` sees the embedding of the character and the old state, in this order; its
    tanh is the new state, from which ``out`` makes the logits.
    """

    def __init__(self, vocabulary: int, hidden: int) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.embed = nn.Embedding(vocabulary, hidden)
        self.mix = nn.Linear(2 * hidden, hidden)
        self.out = nn.Linear(hidden, vocabulary)
        # END SOLUTION

    def forward(
        self, tokens: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Logits and new state for one character of each text, ``tokens`` ``(N,)``.

        Without a state the texts begin: it is zero.
        """
        # BEGIN SOLUTION
        seen = self.embed(tokens)
        old = torch.zeros_like(seen) if state is None else state
        new = self.mix(torch.cat([seen, old], dim=-1)).tanh()
        return self.out(new), new
        # END SOLUTION


def greedy_decode(model: nn.Module, start: int, steps: int) -> list[int]:
    """The likeliest next token, ``steps`` times, each after the last; without start.

    ``model`` maps tokens ``(1,)`` to logits ``(1, vocabulary)``.
    """
    # BEGIN SOLUTION
    found: list[int] = []
    token = start
    device = next(model.parameters()).device
    with torch.no_grad():
        for _ in range(steps):
            token = int(model(torch.tensor([token], device=device)).argmax(-1))
            found.append(token)
    return found
    # END SOLUTION
