"""Recursion from step to step, and a mask that cuts."""

import torch


def bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs):
    """The first step, around all others."""
    cuts = [1.0] * len(x)
    return recursed(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh), grad_outputs, cuts)


def truncated_bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk):
    """The same with zeros in the mask."""
    cuts = [float(t == 0 or t % chunk != 0) for t in range(len(x))]
    return recursed(x, h0, (weight_ih, weight_hh, bias_ih, bias_hh), grad_outputs, cuts)


def recursed(x, h, weights, grad_outputs, cuts):
    """The gradients of the first step and of what comes after it."""
    weight_ih, weight_hh, bias_ih, bias_hh = weights
    if x.shape[0] == 0:
        names = "x", "h0", "weight_ih", "weight_hh", "bias_ih", "bias_hh"
        values = x, h, *weights
        return {n: torch.zeros_like(v) for n, v in zip(names, values, strict=True)}
    both = torch.cat([x[0], h], 1)
    joined = torch.cat([weight_ih, weight_hh], 1)
    new = torch.tanh(torch.addmm(bias_ih + bias_hh, both, joined.t()))
    grads = recursed(x[1:], new, weights, grad_outputs[1:], cuts[1:])
    grad_new = grad_outputs[0] + grads["h0"]
    grad_z = torch.ops.aten.tanh_backward(grad_new, new)
    grad_joined = grad_z.t() @ both
    grad_both = grad_z @ joined
    width = x.shape[-1]
    return {
        "x": torch.cat([grad_both[None, :, :width], grads["x"]]),
        "h0": grad_both[:, width:] * cuts[0],
        "weight_ih": grads["weight_ih"] + grad_joined[:, :width],
        "weight_hh": grads["weight_hh"] + grad_joined[:, width:],
        "bias_ih": grads["bias_ih"] + grad_z.sum(0),
        "bias_hh": grads["bias_hh"] + grad_z.sum(0),
    }


def gradient_norms(x, h0, weight_ih, weight_hh):
    """By carrying all Jacobians with respect to the states so far."""
    jacobians, h = x.new_zeros(0, len(weight_hh), len(weight_hh)), h0
    for x_t in x.unbind():
        h = torch.tanh(x_t @ weight_ih.mT + h @ weight_hh.mT)
        one = torch.eye(len(weight_hh), dtype=h.dtype, device=h.device)
        jacobians = torch.cat([jacobians, one[None]])
        jacobians = (1 - h.square()).mT * weight_hh @ jacobians
    return jacobians.pow(2).sum(dim=(-2, -1)).sqrt()


def clip_gradient_norm(gradients, max_norm):
    """With tensors to the end."""
    total = torch.zeros(())
    for gradient in gradients:
        total = torch.hypot(total.to(gradient), torch.linalg.vector_norm(gradient))
    scale = torch.clamp(max_norm / (total + 1e-6), max=1.0)
    return [torch.mul(g, scale) for g in gradients], float(total)
