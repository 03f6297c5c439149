import torch


def rnn_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"):
    z = x @ weight_ih.T + h @ weight_hh.T
    z = z + bias_ih + bias_hh
    if nonlinearity == "tanh":
        return torch.tanh(z)
    return torch.relu(z)
