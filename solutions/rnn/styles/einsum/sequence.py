"""Einsum, and buffers that are written in place."""

import torch
from torch import nn


def rnn_forward(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """All steps, written into a tensor that is there before them."""
    bend = {"tanh": torch.tanh, "relu": nn.functional.relu}[nonlinearity]
    outputs = torch.zeros(len(x), *h0.shape, dtype=h0.dtype, device=h0.device)
    h = h0
    for t in range(len(x)):
        z = torch.einsum("ni,hi->nh", x[t], weight_ih)
        z = z + torch.einsum("nk,hk->nh", h, weight_hh)
        z = z if bias_ih is None else z + bias_ih
        z = z if bias_hh is None else z + bias_hh
        h = bend(z)
        outputs[t] = h
    return outputs, h


def output_probabilities(h, weight_yh):
    """By einsum."""
    return torch.einsum("...h,oh->...o", h, weight_yh).sigmoid()


class RNN(nn.Module):
    """Each network's four tensors by one name pattern; states as a tensor to fill."""

    KINDS = "weight_ih", "weight_hh", "bias_ih", "bias_hh"

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.bidirectional = bidirectional
        self.num_layers = num_layers
        ways = 2 if bidirectional else 1
        for row in range(num_layers * ways):
            inputs = input_size if row < ways else ways * hidden_size
            linear = nn.Linear(inputs, hidden_size)
            again = nn.Linear(hidden_size, hidden_size)
            tensors = linear.weight, again.weight, linear.bias, again.bias
            for kind, tensor in zip(self.KINDS, tensors, strict=True):
                setattr(self, f"{kind}_{self.ending(row)}", tensor)

    def ending(self, row):
        """The end of the names of one network's parameters."""
        if not self.bidirectional:
            return f"l{row}"
        return f"l{row // 2}" + "_reverse" * (row % 2)

    def forward(self, x, h0=None):
        """All layers."""
        ways = 2 if self.bidirectional else 1
        h_n = []
        for layer in range(self.num_layers):
            found = []
            for way in range(ways):
                row = layer * ways + way
                weights = [getattr(self, f"{k}_{self.ending(row)}") for k in self.KINDS]
                units = weights[1].size(0)
                first = x.new_zeros(x.size(1), units) if h0 is None else h0[row]
                order = torch.arange(len(x), device=x.device)
                order = order.flip(0) if way else order
                outputs, last = rnn_forward(x[order], first, *weights)
                found.append(outputs[order])
                h_n.append(last)
            x = torch.cat(found, -1) if ways == 2 else found[0]
        return x, torch.stack(h_n)
