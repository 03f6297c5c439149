"""Unit by unit shares in dicts, chunks as calls of their own, and lists of rows."""

import math

import torch


def forward(x, h, weight_ih, weight_hh, bias):
    """All states in a list."""
    states = [h]
    for t in range(len(x)):
        z = torch.zeros_like(h)
        for unit in range(h.shape[1]):
            z[:, unit] = (
                (x[t] * weight_ih[unit]).sum(1)
                + (states[t] * weight_hh[unit]).sum(1)
                + bias[unit]
            )
        states.append(z.tanh())
    return states


def bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs):
    """Share after share, added to zeros."""
    grads = {
        "x": torch.zeros_like(x),
        "h0": torch.zeros_like(h0),
        "weight_ih": torch.zeros_like(weight_ih),
        "weight_hh": torch.zeros_like(weight_hh),
        "bias_ih": torch.zeros_like(bias_ih),
        "bias_hh": torch.zeros_like(bias_hh),
    }
    states = forward(x, h0, weight_ih, weight_hh, bias_ih + bias_hh)
    for t in range(len(x) - 1, -1, -1):
        grads["h0"] += grad_outputs[t]
        grad_z = grads["h0"] * (1 - states[t + 1]) * (1 + states[t + 1])
        for n in range(x.shape[1]):
            grads["weight_ih"] += torch.outer(grad_z[n], x[t, n])
            grads["weight_hh"] += torch.outer(grad_z[n], states[t][n])
            grads["bias_ih"] += grad_z[n]
            grads["bias_hh"] += grad_z[n]
            grads["x"][t, n] = weight_ih.T @ grad_z[n]
            grads["h0"][n] = weight_hh.T @ grad_z[n]
    return grads


def truncated_bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk):
    """Each chunk by bptt, and the state handed over."""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    total = bptt(x[:chunk], h0, *weights, grad_outputs[:chunk])
    pieces, h = [total["x"]], h0
    while len(x) > chunk:
        h = forward(x[:chunk], h, weight_ih, weight_hh, bias_ih + bias_hh)[-1]
        x, grad_outputs = x[chunk:], grad_outputs[chunk:]
        more = bptt(x[:chunk], h, *weights, grad_outputs[:chunk])
        pieces.append(more["x"])
        for name in more:
            if name not in ("x", "h0"):
                total[name] += more[name]
    total["x"] = torch.cat(pieces)
    return total


def gradient_norms(x, h0, weight_ih, weight_hh):
    """Each product from its beginning."""
    zeros = torch.zeros_like(weight_hh[0])
    states = forward(x, h0, weight_ih, weight_hh, zeros)
    factors = [torch.diag(1 - h[0] ** 2) @ weight_hh for h in states[1:]]
    norms = []
    for t in range(len(factors)):
        product = factors[t]
        for factor in factors[t + 1 :]:
            product = factor @ product
        norms.append(torch.linalg.matrix_norm(product))
    return torch.stack(norms) if norms else torch.empty_like(x[:, 0, 0])


def clip_gradient_norm(gradients, max_norm):
    """By the norms' own norm."""
    total = math.sqrt(sum(g.norm().item() ** 2 for g in gradients))
    clipped = []
    for gradient in gradients:
        copy = gradient.clone()
        if max_norm / (total + 1e-6) < 1:
            copy *= max_norm / (total + 1e-6)
        clipped.append(copy)
    return clipped, total
