import torch


def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    h, c = state
    z = x @ weight_ih.T + h @ weight_hh.T
    for bias in (bias_ih, bias_hh):
        if bias is not None:
            z = z + bias
    i, f, g, o = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h = torch.sigmoid(o) * torch.tanh(c)
    return h, c


def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    outputs = []
    for x_t in x:
        state = lstm_cell(x_t, state, weight_ih, weight_hh, bias_ih, bias_hh)
        outputs.append(state[0])
    if len(outputs) == 0:
        return x.new_zeros(0, *state[0].shape), state
    return torch.stack(outputs), state
