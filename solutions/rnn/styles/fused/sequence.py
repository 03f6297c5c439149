"""All inputs go through the weights at once; weights are in a ParameterDict's place."""

import torch
from torch import nn


def rnn_forward(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """All steps, of which only the product with weight_hh waits for the step before."""
    bend = torch.tanh if nonlinearity == "tanh" else torch.relu
    seen = x @ weight_ih.T
    seen = seen + sum(bias for bias in (bias_ih, bias_hh) if bias is not None)
    states = [h0]
    for seen_t in seen.unbind(0):
        states.append(bend(torch.addmm(seen_t, states[-1], weight_hh.T)))
    return torch.cat([h[None] for h in states])[1:], states[-1]


def output_probabilities(h, weight_yh):
    """By the tanh of the half."""
    return (1 + torch.tanh(torch.matmul(h, weight_yh.t()) / 2)) / 2


class RNN(nn.Module):
    """Layers of which each does both directions in one batch."""

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__()
        self.units, self.layers = hidden_size, num_layers
        self.ways = [""] + ["_reverse"] * bidirectional
        self.state_rows = num_layers * len(self.ways)
        for layer in range(num_layers):
            width = input_size if layer == 0 else len(self.ways) * hidden_size
            for way in self.ways:
                shapes = {"weight_ih": (hidden_size, width)}
                shapes["weight_hh"] = (hidden_size, hidden_size)
                shapes["bias_ih"] = shapes["bias_hh"] = (hidden_size,)
                for kind, shape in shapes.items():
                    self.register_parameter(
                        f"{kind}_l{layer}{way}", nn.Parameter(torch.empty(*shape))
                    )
        for weight in self.parameters():
            nn.init.uniform_(weight, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, x, h0=None):
        """All layers."""
        if h0 is None:
            h0 = torch.zeros(self.state_rows, x.size(1), self.units).to(x)
        ends = []
        for layer in range(self.layers):
            stacks = [
                torch.stack(
                    [getattr(self, f"{kind}_l{layer}{way}") for way in self.ways]
                )
                for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            ]
            w_ih, w_hh, b_ih, b_hh = stacks
            both = torch.stack([x, x.flip(0)][: len(self.ways)], 1)  # (T, D, N, I)
            h = h0.unflatten(0, (self.layers, -1))[layer]
            outputs = []
            for x_t in both:
                z = torch.baddbmm(b_ih[:, None] + b_hh[:, None], x_t, w_ih.mT)
                h = torch.tanh(z + torch.bmm(h, w_hh.mT))
                outputs.append(h)
            ends.append(h)
            read = torch.stack(outputs, 1)  # (D, T, N, H)
            turned = [read[0]] + [half.flip(0) for half in read[1:]]
            x = torch.cat(turned, 2)
        return x, torch.cat(ends)
