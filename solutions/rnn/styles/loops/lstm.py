"""An LSTM gate by gate, and text by text, into buffers of its own."""

import torch


def gate(number, x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    """The sums of one gate for one sequence."""
    units = weight_hh.shape[1]
    rows = slice(number * units, (number + 1) * units)
    total = weight_ih[rows].mv(x) + weight_hh[rows].mv(h)
    for bias in (bias_ih, bias_hh):
        if bias is not None:
            total = total + bias[rows]
    return total


def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """One step."""
    new_h, new_c = torch.empty_like(state[0]), torch.empty_like(state[1])
    for n in range(x.shape[0]):
        seen = x[n], state[0][n], weight_ih, weight_hh, bias_ih, bias_hh
        write = torch.sigmoid(gate(0, *seen))
        keep = torch.sigmoid(gate(1, *seen))
        candidate = torch.tanh(gate(2, *seen))
        show = torch.sigmoid(gate(3, *seen))
        cell = keep * state[1][n] + write * candidate
        new_c[n] = cell
        new_h[n] = show * torch.tanh(cell)
    return new_h, new_c


def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps."""
    steps, batch, _ = x.shape
    outputs = torch.zeros(
        steps, batch, weight_hh.shape[1], dtype=x.dtype, device=x.device
    )
    for t in range(steps):
        state = lstm_cell(x[t], state, weight_ih, weight_hh, bias_ih, bias_hh)
        outputs[t] = state[0]
    return outputs, state
