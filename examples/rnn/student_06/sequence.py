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


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.directions = 2 if bidirectional else 1
        for k in range(num_layers):
            size = input_size if k == 0 else hidden_size * self.directions
            for end in ["", "_reverse"][: self.directions]:
                self.add(f"weight_ih_l{k}{end}", hidden_size, size)
                self.add(f"weight_hh_l{k}{end}", hidden_size, hidden_size)
                self.add(f"bias_ih_l{k}{end}", hidden_size)
                self.add(f"bias_hh_l{k}{end}", hidden_size)

    def add(self, name, *shape):
        self.register_parameter(name, nn.Parameter(0.1 * torch.randn(*shape)))

    def forward(self, x, h0=None):
        if h0 is None:
            rows = self.num_layers * self.directions
            h0 = torch.zeros(rows, x.shape[1], self.hidden_size, dtype=x.dtype, device=x.device)
        last = []
        for k in range(self.num_layers):
            both = []
            for d, end in enumerate(["", "_reverse"][: self.directions]):
                w = [getattr(self, f"{name}_l{k}{end}")
                     for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
                inputs = x.flip(0) if d == 1 else x
                outputs, h = rnn_forward(inputs, h0[k * self.directions + d], *w)
                if d == 1:
                    outputs = outputs.flip(0)
                both.append(outputs)
                last.append(h)
            x = torch.cat(both, dim=2)
        return x, torch.stack(last)
