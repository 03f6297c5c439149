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
