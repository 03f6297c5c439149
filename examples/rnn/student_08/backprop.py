import math

import torch


def states_of(x, h0, weight_ih, weight_hh, bias):
    states = [h0]
    for t in range(len(x)):
        states.append(torch.tanh(x[t] @ weight_ih.T + states[-1] @ weight_hh.T + bias))
    return states


def bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs):
    states = states_of(x, h0, weight_ih, weight_hh, bias_ih + bias_hh)
    dx = torch.zeros_like(x)
    dw_ih = torch.zeros_like(weight_ih)
    dw_hh = torch.zeros_like(weight_hh)
    db = torch.zeros_like(bias_ih)
    dh = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        dh = dh + grad_outputs[t]
        dz = dh * (1 - states[t + 1] ** 2)
        dx[t] = dz @ weight_ih
        dw_ih += dz.T @ x[t]
        dw_hh += dz.T @ states[t]
        db += dz.sum(0)
        dh = dz @ weight_hh
    return {"x": dx, "h0": dh, "weight_ih": dw_ih, "weight_hh": dw_hh,
            "bias_ih": db, "bias_hh": db.clone()}


def truncated_bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk):
    weights = (weight_ih, weight_hh, bias_ih, bias_hh)
    total = bptt(x[:chunk], h0, *weights, grad_outputs[:chunk])
    dx = [total["x"]]
    h = h0
    start = 0
    while start + chunk < len(x):
        h = states_of(x[start:start + chunk], h, weight_ih, weight_hh, bias_ih + bias_hh)[-1]
        begin = start + chunk
        part = bptt(x[begin:begin + chunk], h, *weights, grad_outputs[begin:begin + chunk])
        dx.append(part["x"])
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            total[name] += part[name]
    total["x"] = torch.cat(dx)
    return total


def gradient_norms(x, h0, weight_ih, weight_hh):
    states = states_of(x, h0, weight_ih, weight_hh, 0)
    norms = torch.zeros(len(x), dtype=x.dtype, device=x.device)
    jacobian = torch.eye(weight_hh.shape[0], dtype=x.dtype, device=x.device)
    for t in reversed(range(len(x))):
        slope = 1 - states[t + 1][0] ** 2
        jacobian = jacobian @ (slope[:, None] * weight_hh)
        norms[t] = (jacobian ** 2).sum().sqrt()
    return norms


def clip_gradient_norm(gradients, max_norm):
    total = math.sqrt(sum(float((g ** 2).sum()) for g in gradients))
    factor = min(1.0, max_norm / (total + 1e-6))
    return [g * factor for g in gradients], total
