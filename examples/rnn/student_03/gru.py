"""GRU: one state, and two gates that decide how much of it is new."""

from __future__ import annotations

import torch
from torch import Tensor


def gru_cell(
    x: Tensor,
    h: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
    reset_after: bool = True,
) -> Tensor:
    """One step of a GRU, for N sequences at once.

    The weights have three blocks of H rows each, and so have both biases: the first
    belongs to the reset gate r, the second to the update gate z, the third to the
    candidate n. With names for the blocks, such as W_hn for the third of weight_hh::

        r  =  sigmoid(W_ir x + b_ir + W_hr h + b_hr)
        z  =  sigmoid(W_iz x + b_iz + W_hz h + b_hz)
        n  =  tanh(W_in x + b_in + r * (W_hn h + b_hn))      with reset_after
        n  =  tanh(W_in x + b_in + W_hn (r * h) + b_hn)      without

        h_new  =  (1 - z) * n + z * h

    for one sequence, with x and h as columns; ``*`` is element by element. Where z is 1
    the old state stays. The slides name the GRU without its formulas; these, and the
    order r, z, n, are those of torch.nn.GRUCell, which resets after the product. The
    first papers on the GRU reset before it. Other books swap z and 1 - z.

    Forbidden here are the recurrent layers and cells of torch (nn.RNN*, nn.LSTM*,
    nn.GRU*, torch.gru* and the other functions under them).

    Args:
        x: the inputs of this step, ``(N, I)``; N may be 0.
        h: the states after the step before, ``(N, H)``.
        weight_ih: from the input, ``(3 * H, I)``: the rows of r first, then those of z
            and of n.
        weight_hh: from the state, ``(3 * H, H)``, in the same order.
        bias_ih: ``(3 * H,)`` in the same order, or None for none.
        bias_hh: ``(3 * H,)`` in the same order, or None for none; either may be there
            without the other.
        reset_after: whether r multiplies what W_hn and b_hn have made of h, or h
            itself.

    Returns:
        The new states, ``(N, H)``, in the dtype and on the device of x. Gradients flow
        back to everything that came in.
    """
    raise NotImplementedError("gru_cell is not written yet")


def gru_forward(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None = None,
    bias_hh: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """All steps of a GRU: gru_cell from the first to the last, with reset_after.

    Each step begins with the state that the step before has left; all steps have the
    same weights. The same names are forbidden as in gru_cell.

    Args:
        x: the inputs, ``(T, N, I)``: T steps of N sequences. T may be 0.
        h0: the states before the first step, ``(N, H)``.
        weight_ih: ``(3 * H, I)``, blocks in the order r, z, n.
        weight_hh: ``(3 * H, H)``.
        bias_ih: ``(3 * H,)``, or None for none.
        bias_hh: ``(3 * H,)``, or None for none.

    Returns:
        ``(outputs, h_T)``: the states after each step, ``(T, N, H)``, and those after
        the last one, ``(N, H)``; in the dtype and on the device of x. Without a step,
        T = 0, outputs are empty, ``(0, N, H)``, and h_T is h0. (torch.nn.GRU refuses
        such a sequence.)
    """
    raise NotImplementedError("gru_forward is not written yet")
