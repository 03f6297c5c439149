"""Recursion over time and over layers; a list of parameters with names."""

import math

import torch


def rnn_forward(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """The steps but the last, and then the last."""
    if x.shape[0] == 0:
        return torch.empty(0, *h0.shape, dtype=x.dtype, device=x.device), h0
    weights = weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    before, h = rnn_forward(x[:-1], h0, *weights)
    z = torch.nn.functional.linear(x[-1], weight_ih, bias_ih)
    z = z + torch.nn.functional.linear(h, weight_hh, bias_hh)
    h = getattr(z, nonlinearity)()
    return torch.cat((before, h.unsqueeze(0))), h


def output_probabilities(h, weight_yh):
    """Output by output."""
    logits = [(h * row).sum(-1) for row in weight_yh]
    return 1 / (1 + torch.exp(-torch.stack(logits, -1)))


class RNN(torch.nn.Module):
    """A network that knows its parameters by name."""

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.h = hidden_size
        self.names = []
        bound = 1 / math.sqrt(hidden_size)

        def parameter(name, *shape):
            weight = torch.rand(*shape) * 2 * bound - bound
            self.register_parameter(name, torch.nn.Parameter(weight))
            return name

        width = input_size
        for k in range(num_layers):
            pair = []
            for suffix in ("", "_reverse") if bidirectional else ("",):
                pair.append(
                    (
                        parameter(f"weight_ih_l{k}{suffix}", hidden_size, width),
                        parameter(f"weight_hh_l{k}{suffix}", hidden_size, hidden_size),
                        parameter(f"bias_ih_l{k}{suffix}", hidden_size),
                        parameter(f"bias_hh_l{k}{suffix}", hidden_size),
                    )
                )
            self.names.append(pair)
            width = hidden_size * len(pair)

    def forward(self, x, h0=None):
        """All layers, a direction at a time, from a pile of first states."""
        steps, batch, _ = x.shape
        pile = None if h0 is None else list(h0)
        last = []
        for pair in self.names:
            outputs = []
            for turn, names in enumerate(pair):
                weights = [self.get_parameter(name) for name in names]
                h = pile.pop(0) if pile else x.new_zeros(batch, self.h)
                rows = [None] * steps
                for t in reversed(range(steps)) if turn else range(steps):
                    _, h = rnn_forward(x[t : t + 1], h, *weights)
                    rows[t] = h
                outputs.append(torch.stack(rows))
                last.append(h)
            x = torch.cat(outputs, 2)
        return x, torch.stack(last, 0)
