"""An LSTM whose input projections are made for all steps at once."""

from functools import reduce

import torch


def bend(z, c):
    """From the sums of the gates and the old c to the new state; tanh by sigmoid."""
    units = c.shape[-1]
    i, f, g, o = torch.split(z, units, -1)
    sigmoid = torch.sigmoid
    c = sigmoid(f) * c + sigmoid(i) * (2 * sigmoid(2 * g) - 1)
    return sigmoid(o) * (2 * sigmoid(2 * c) - 1), c


def constant(weight_hh, *biases):
    """The sum of the biases that there are."""
    return sum((b for b in biases if b is not None), torch.zeros_like(weight_hh[:, 0]))


def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """One step, as one product of [x, h]."""
    weight = torch.cat([weight_ih, weight_hh], 1)
    bias = constant(weight_hh, bias_ih, bias_hh)
    seen = torch.cat([x, state[0]], 1)
    return bend(torch.addmm(bias, seen, weight.t()), state[1])


def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps."""
    given = x.matmul(weight_ih.t()) + constant(weight_hh, bias_ih, bias_hh)
    recurrent = weight_hh.t()

    def step(states, z):
        h, c = states[-1]
        return [*states, bend(z + h.matmul(recurrent), c)]

    states = reduce(step, given.unbind(0), [(state[0], state[1])])
    outputs = torch.cat([h.unsqueeze(0) for h, _ in states])[1:]
    return outputs, states[-1]
