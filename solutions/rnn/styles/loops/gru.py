"""A GRU sequence by sequence, each block of the weights with a name."""

import torch


def named(weights):
    """The three blocks; three times nothing where there is no bias."""
    if weights is None:
        return {"r": None, "z": None, "n": None}
    units = weights.shape[0] // 3
    return {gate: weights[k * units : (k + 1) * units] for k, gate in enumerate("rzn")}


def affine(weight, vector, bias):
    """A product and a bias, of one sequence."""
    product = torch.mv(weight, vector)
    return product if bias is None else product + bias


def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    """One step."""
    w_i, w_h, b_i, b_h = map(named, (weight_ih, weight_hh, bias_ih, bias_hh))
    new = torch.zeros(h.shape, dtype=x.dtype, device=x.device)
    for row in range(len(x)):
        seen, old = x[row], h[row]
        r, z = (
            torch.sigmoid(
                affine(w_i[gate], seen, b_i[gate]) + affine(w_h[gate], old, b_h[gate])
            )
            for gate in "rz"
        )
        if reset_after is True:
            memory = r * affine(w_h["n"], old, b_h["n"])
        else:
            memory = affine(w_h["n"], r * old, b_h["n"])
        n = torch.tanh(affine(w_i["n"], seen, b_i["n"]) + memory)
        new[row] = n + z * (old - n)
    return new


def gru_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """All steps."""
    states = [h0]
    while len(states) <= x.shape[0]:
        states.append(
            gru_cell(
                x[len(states) - 1], states[-1], weight_ih, weight_hh, bias_ih, bias_hh
            )
        )
    outputs = torch.cat(states)[h0.shape[0] :]
    return outputs.reshape(x.shape[0], *h0.shape), states[-1]
