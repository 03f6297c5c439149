"""One step, row by row and unit by unit."""

import torch


def rnn_cell(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """One step."""
    if nonlinearity == "tanh":
        bend = torch.tanh
    elif nonlinearity == "relu":
        bend = torch.relu
    else:
        raise ValueError(f"{nonlinearity} is unknown")
    units = weight_hh.shape[0]
    out = x.new_zeros((x.shape[0], units))
    for n in range(x.shape[0]):
        for j in range(units):
            total = (weight_ih[j] * x[n]).sum() + (weight_hh[j] * h[n]).sum()
            if bias_ih is not None:
                total = total + bias_ih[j]
            if bias_hh is not None:
                total = total + bias_hh[j]
            out[n, j] = bend(total)
    return out
