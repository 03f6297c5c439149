"""NumPy, which knows no gradients and needs none here."""

import numpy as np
import torch


def walked(x, h0, weight_ih, weight_hh, bias):
    """All states, one array."""
    states = np.empty((len(x) + 1, *h0.shape), x.dtype)
    states[0] = h0
    for t in range(len(x)):
        states[t + 1] = np.tanh(x[t] @ weight_ih.T + states[t] @ weight_hh.T + bias)
    return states


def arrays(*tensors):
    """As arrays."""
    return [tensor.detach().cpu().numpy() for tensor in tensors]


def bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs):
    """One chunk of all steps."""
    chunk = max(1, x.shape[0])
    return truncated_bptt(
        x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk
    )


def truncated_bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk):
    """Chunk after chunk from the end."""
    device = x.device
    x, h0, w_ih, w_hh, b_ih, b_hh, grads = arrays(
        x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs
    )
    states = walked(x, h0, w_ih, w_hh, b_ih + b_hh)
    grad_z = np.zeros_like(states[1:])
    grad_h0 = np.zeros_like(h0)
    for begin in range(0, len(x), chunk):
        end = min(begin + chunk, len(x))
        grad_h = np.zeros_like(h0)
        for t in range(end - 1, begin - 1, -1):
            grad_z[t] = (grad_h + grads[t]) * (1 - states[t + 1] * states[t + 1])
            grad_h = grad_z[t] @ w_hh
        if begin == 0:
            grad_h0 = grad_h
    found = {
        "weight_ih": np.einsum("tnh,tni->hi", grad_z, x),
        "weight_hh": np.einsum("tnh,tni->hi", grad_z, states[:-1]),
        "bias_ih": np.einsum("tnh->h", grad_z),
        "bias_hh": np.einsum("tnh->h", grad_z),
        "x": np.einsum("tnh,hi->tni", grad_z, w_ih),
        "h0": grad_h0,
    }
    return {name: torch.from_numpy(a.copy()).to(device) for name, a in found.items()}


def gradient_norms(x, h0, weight_ih, weight_hh):
    """By a running product from the end."""
    device = x.device
    x, h0, w_ih, w_hh = arrays(x, h0, weight_ih, weight_hh)
    states = walked(x, h0, w_ih, w_hh, 0)
    norms, product = np.zeros(len(x), x.dtype), np.eye(len(w_hh), dtype=x.dtype)
    for t in range(len(x) - 1, -1, -1):
        product = product @ (np.diag(1 - states[t + 1, 0] ** 2) @ w_hh)
        norms[t] = np.linalg.norm(product)
    return torch.from_numpy(norms).to(device)


def clip_gradient_norm(gradients, max_norm):
    """By one long vector."""
    if len(gradients) == 0:
        return [], 0.0
    total = torch.cat([g.reshape(-1) for g in gradients]).norm().item()
    if total + 1e-6 <= max_norm:
        return list(gradients), total
    return [g / (total + 1e-6) * max_norm for g in gradients], total
