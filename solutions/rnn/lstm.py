"""LSTM: a second state, the cell, that gates write to, keep, and show."""

from __future__ import annotations

import torch
from torch import Tensor

State = tuple[Tensor, Tensor]


def lstm_cell(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> State:
    """One step of an LSTM, for N sequences at once.

    All four gates come out of one product, H numbers for each of them::

        z  =  W_ih x + b_ih + W_hh h + b_hh              4H numbers
        i  =  sigmoid(z[0 : H])                          input gate: how much to write
        f  =  sigmoid(z[H : 2H])                         forget gate: how much to keep
        g  =  tanh(z[2H : 3H])                           candidate: what to write
        o  =  sigmoid(z[3H : 4H])                        output gate: how much to show

        c_new  =  f * c + i * g
        h_new  =  o * tanh(c_new)

    for one sequence, with x and h as columns; ``*`` is element by element. The slides
    name the LSTM without its formulas; these, and the order i, f, g, o, are those of
    torch.nn.LSTMCell. Other books have other orders. Nothing is added to the forget
    gate, and no gate sees the cell c.

    Forbidden here are the recurrent layers and cells of torch (nn.RNN*, nn.LSTM*,
    nn.GRU*, torch.lstm* and the other functions under them).

    Args:
        x: the inputs of this step, ``(N, I)``; N may be 0.
        state: ``(h, c)`` after the step before, each ``(N, H)``, in this order.
        weight_ih: from the input to the gates, ``(4 * H, I)``: the rows of i first,
            then those of f, of g and of o.
        weight_hh: from h to the gates, ``(4 * H, H)``, in the same order.
        bias_ih: ``(4 * H,)`` in the same order, or None for none.
        bias_hh: ``(4 * H,)`` in the same order, or None for none; either may be there
            without the other.

    Returns:
        ``(h, c)``: the new state, a tuple of two ``(N, H)``, in the dtype and on the
        device of x. Gradients flow back to everything that came in.
    """
    # BEGIN SOLUTION
    h, c = state
    z = x @ weight_ih.T + h @ weight_hh.T
    if bias_ih is not None:
        z = z + bias_ih
    if bias_hh is not None:
        z = z + bias_hh
    i, f, g, o = z.chunk(4, dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c
    # END SOLUTION


def lstm_forward(
    x: Tensor,
    state: State,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, State]:
    """All steps of an LSTM: lstm_cell from the first to the last, same weights.

    Each step begins with both parts of the state that the step before has left. What
    comes out at a step is its h; the cell c stays inside, but for the last one.

    The same names are forbidden as in lstm_cell.

    Args:
        x: the inputs, ``(T, N, I)``: T steps of N sequences. T may be 0.
        state: ``(h, c)`` before the first step, each ``(N, H)``.
        weight_ih: ``(4 * H, I)``, gates in the order i, f, g, o.
        weight_hh: ``(4 * H, H)``.
        bias_ih: ``(4 * H,)``, or None for none.
        bias_hh: ``(4 * H,)``, or None for none.

    Returns:
        ``(outputs, state)``: h after each step, ``(T, N, H)``, and the state
        ``(h, c)`` after the last one, each ``(N, H)``; in the dtype and on the device
        of x. Without a step, T = 0, outputs are empty, ``(0, N, H)``, and the state is
        the one that was given. (torch.nn.LSTM refuses such a sequence.)
    """
    # BEGIN SOLUTION
    h, c = state
    outputs = []
    for step in x:
        h, c = lstm_cell(step, (h, c), weight_ih, weight_hh, bias_ih, bias_hh)
        outputs.append(h)
    return torch.stack(outputs) if outputs else x.new_empty(0, *h.shape), (h, c)
    # END SOLUTION
