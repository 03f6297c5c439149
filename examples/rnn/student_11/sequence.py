import torch
from torch import nn

from cell import rnn_cell


def rnn_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"):
    h = h0
    outputs = []
    for t in range(x.shape[0]):
        h = rnn_cell(x[t], h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity)
        outputs.append(h)
    if not outputs:
        return x.new_zeros(0, *h0.shape), h0
    return torch.stack(outputs), h


def output_probabilities(h, weight_yh):
    return torch.sigmoid(h @ weight_yh.T)


class RNN(nn.RNN):
    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__(input_size, hidden_size, num_layers, bidirectional=bidirectional)
