"""An LSTM with an axis of gates, by einsum; the steps by recursion."""

import torch
import torch.nn.functional as F


def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """One step."""
    h, c = state
    units = h.shape[1]
    z = torch.einsum("ni,ghi->gnh", x, weight_ih.unflatten(0, (4, units)))
    z += torch.einsum("nk,ghk->gnh", h, weight_hh.reshape(4, units, units))
    for bias in (bias_ih, bias_hh):
        if bias is not None:
            z += bias.reshape(4, 1, units)
    i, f, o = torch.sigmoid(z[[0, 1, 3]])
    c = torch.addcmul(f * c, i, F.tanh(z[2]))
    return o * F.tanh(c), c


def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """The first step, and then the rest as if it were all."""
    if x.shape[0] == 0:
        return state[0].new_zeros(x.shape[:2] + state[0].shape[1:]), tuple(state)
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    state = lstm_cell(x[0], state, *weights)
    later, last = lstm_forward(x[1:], state, *weights)
    return torch.cat((state[0][None], later)), last
