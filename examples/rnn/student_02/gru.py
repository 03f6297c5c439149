"""A GRU with products of [x, h] for the gates, and one product for all inputs."""

from itertools import accumulate

import torch


def block(weights, first, last):
    """Some of the three blocks; None of None."""
    if weights is None:
        return None
    units = weights.shape[0] // 3
    return weights.narrow(0, first * units, (last - first) * units)


def sum_of(*biases):
    """The sum of those that are there; 0 of none."""
    return sum(bias for bias in biases if bias is not None)


def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    """One step."""
    both = torch.hstack([block(weight_ih, 0, 2), block(weight_hh, 0, 2)])
    sums = torch.hstack([x, h]) @ both.mT + sum_of(
        block(bias_ih, 0, 2), block(bias_hh, 0, 2)
    )
    r, z = sums.sigmoid().tensor_split(2, dim=1)
    w_n, u_n = block(weight_ih, 2, 3), block(weight_hh, 2, 3)
    b_n, c_n = block(bias_ih, 2, 3), block(bias_hh, 2, 3)
    if reset_after:
        memory = (h @ u_n.mT + sum_of(c_n)) * r
    else:
        memory = (r * h) @ u_n.mT + sum_of(c_n)
    n = torch.tanh(x @ w_n.mT + sum_of(b_n) + memory)
    return n.mul(1 - z).add(h.mul(z))


def gru_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps."""
    given = x @ weight_ih.mT + sum_of(bias_ih)
    u_r, u_z, u_n = weight_hh.chunk(3)
    c_r, c_z, c_n = (3 * [0]) if bias_hh is None else bias_hh.chunk(3)

    def step(h, sums):
        of_r, of_z, of_n = sums.chunk(3, 1)
        r = (of_r + h @ u_r.mT + c_r).sigmoid()
        new = 1 - (of_z + h @ u_z.mT + c_z).sigmoid()
        n = torch.tanh(of_n + r * (h @ u_n.mT + c_n))
        return h + new * (n - h)

    states = torch.stack(list(accumulate(given, step, initial=h0)))
    return states[1:], states[-1]
