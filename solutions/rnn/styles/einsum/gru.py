"""A GRU by einsum over an axis of blocks; the steps by recursion."""

import torch


def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    """One step."""
    units = h.shape[1]
    of_x = torch.einsum("ni,bhi->bnh", x, weight_ih.reshape(3, units, -1))
    of_h = torch.einsum("nk,bhk->bnh", h, weight_hh.reshape(3, units, units))
    if bias_ih is not None:
        of_x += bias_ih.reshape(3, 1, units)
    if bias_hh is not None:
        of_h += bias_hh.reshape(3, 1, units)
    r, z = torch.sigmoid(of_x[:2] + of_h[:2])
    if reset_after:
        return torch.lerp(torch.tanh(torch.addcmul(of_x[2], r, of_h[2])), h, z)
    candidate = torch.einsum("nk,hk->nh", r * h, weight_hh[2 * units :])
    if bias_hh is not None:
        candidate += bias_hh[2 * units :]
    return torch.lerp(torch.tanh(of_x[2] + candidate), h, z)


def gru_forward(x, h0, *weights):
    """The last step, after all the others."""
    if x.size(0) == 0:
        return torch.zeros_like(h0)[None][:0], h0
    outputs, h = gru_forward(x[:-1], h0, *weights)
    h = gru_cell(x[-1], h, *weights)
    return torch.cat([outputs, h.unsqueeze(0)]), h
