import torch


def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    gi = x @ weight_ih.T
    gh = h @ weight_hh.T
    if bias_ih is not None:
        gi = gi + bias_ih
    if bias_hh is not None:
        gh = gh + bias_hh
    i_r, i_z, i_n = gi.chunk(3, 1)
    h_r, h_z, h_n = gh.chunk(3, 1)
    r = torch.sigmoid(i_r + h_r)
    z = torch.sigmoid(i_z + h_z)
    if not reset_after:
        size = h.shape[1]
        h_n = (r * h) @ weight_hh[2 * size:].T
        if bias_hh is not None:
            h_n = h_n + bias_hh[2 * size:]
        n = torch.tanh(i_n + h_n)
    else:
        n = torch.tanh(i_n + r * h_n)
    return (1 - z) * n + z * h


def gru_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    h, outputs = h0, []
    for x_t in x:
        h = gru_cell(x_t, h, weight_ih, weight_hh, bias_ih, bias_hh)
        outputs.append(h)
    return torch.stack(outputs), h
