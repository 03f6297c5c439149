"""Backwards through time: gradients by hand, whole, cut into chunks, and clipped."""

from __future__ import annotations

import torch
from torch import Tensor

# BEGIN SOLUTION


def _states(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias: Tensor | float = 0.0,
) -> Tensor:
    """h_0 to h_T, (T + 1, N, H)."""
    states = [h0]
    for seen in x @ weight_ih.T + bias:
        states.append(torch.tanh(seen + states[-1] @ weight_hh.T))
    return torch.stack(states)


# END SOLUTION


def bptt(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    grad_outputs: Tensor,
) -> dict[str, Tensor]:
    """Backpropagation through time, by hand, for a network with tanh.

    The forward pass is rnn_forward's: z_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh and
    h_t = tanh(z_t), from h_0. The loss depends on each output h_t, and
    ``grad_outputs[t]`` says how much, without the way through later steps; in code
    ``grad_outputs[0]`` belongs to h_1, as ``outputs[0]`` does. From the last step to
    the first, with g_t for the whole gradient of h_t::

        g_T      = grad_outputs_T
        g_z,t    = g_t * (1 - h_t^2)                          through the tanh
        g_{t-1}  = grad_outputs_{t-1} + W_hh^T g_z,t          to the step before

    Each use of a weight adds its share, in every step and every sequence::

        g_x,t = W_ih^T g_z,t     g_W_ih = sum of g_z,t x_t^T     g_b_ih = sum of g_z,t
        g_h0  = W_hh^T g_z,1     g_W_hh = sum of g_z,t h_{t-1}^T  g_b_hh = sum of g_z,t

    Autograd is forbidden in this file: torch.autograd.grad, .backward(), torch.func.*.

    Args:
        x: the inputs, ``(T, N, I)``; T may be 0.
        h0: the states before the first step, ``(N, H)``.
        weight_ih: ``(H, I)``.
        weight_hh: ``(H, H)``.
        bias_ih: ``(H,)``.
        bias_hh: ``(H,)``.
        grad_outputs: gradients of the loss with respect to the outputs, ``(T, N, H)``.
            A loss of the last output only is zero in all rows but the last.

    Returns:
        The gradients of the loss in a dict with the keys ``x``, ``h0``, ``weight_ih``,
        ``weight_hh``, ``bias_ih`` and ``bias_hh``, each with the shape of the argument
        of that name, in the dtype and on the device of x. With T = 0 all are zero.
    """
    # BEGIN SOLUTION
    return truncated_bptt(
        x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, len(x)
    )
    # END SOLUTION


def truncated_bptt(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor,
    bias_hh: Tensor,
    grad_outputs: Tensor,
    chunk: int,
) -> dict[str, Tensor]:
    """Truncated backpropagation through time: the state goes on, the gradient is cut.

    The steps are taken in chunks of ``chunk`` steps; what is left over makes a shorter
    chunk at the end. Going forward nothing changes: each chunk begins with the state
    that the one before has left. Going backward, no gradient passes from the first
    step of a chunk to the last step of the chunk before, as if the state that is
    handed over were a given number.

    So the gradients of weights and biases are the sums of all chunks' own, and
    ``h0`` has that of the first chunk. What a later chunk's loss would give to an
    earlier chunk is not small but exactly zero.

    By hand, as bptt, without autograd.

    Args:
        x: as in bptt, and so are the other arguments.
        h0: as in bptt.
        weight_ih: as in bptt.
        weight_hh: as in bptt.
        bias_ih: as in bptt.
        bias_hh: as in bptt.
        grad_outputs: as in bptt.
        chunk: steps in a chunk, 1 or more. 1 looks no step back; T or more is bptt.

    Returns:
        A dict as from bptt.
    """
    # BEGIN SOLUTION
    states = _states(x, h0, weight_ih, weight_hh, bias_ih + bias_hh)
    grad_z = torch.empty_like(grad_outputs)
    later = torch.zeros_like(h0)  # what arrives from the step after this one
    for t in reversed(range(len(x))):
        grad_z[t] = (grad_outputs[t] + later) * (1 - states[t + 1] ** 2)
        later = grad_z[t] @ weight_hh
        if t > 0 and t % chunk == 0:
            later = torch.zeros_like(h0)
    bias = grad_z.sum((0, 1))
    return {
        "x": grad_z @ weight_ih,
        "h0": later,
        "weight_ih": torch.einsum("tnh,tni->hi", grad_z, x),
        "weight_hh": torch.einsum("tnh,tnk->hk", grad_z, states[:-1]),
        "bias_ih": bias,
        "bias_hh": bias.clone(),
    }
    # END SOLUTION


def gradient_norms(
    x: Tensor, h0: Tensor, weight_ih: Tensor, weight_hh: Tensor
) -> Tensor:
    """How strongly the last state depends on each earlier one.

    For a batch of one sequence and a network with tanh and no biases: the norm of the
    Jacobian d h_T / d h_t, an H x H matrix, for t = 0, ..., T - 1, where h_0 is h0. The
    norm is Frobenius', the root of the sum of all squared entries. By the chain rule
    the Jacobian is a product of one factor a step::

        d h_k / d h_{k-1} = diag(1 - h_k^2) W_hh
        d h_T / d h_t     = (d h_T / d h_{T-1}) ... (d h_{t+1} / d h_t)

    The further back, the more factors: so the norms vanish, or explode.

    By hand, without autograd.

    Args:
        x: the inputs of one sequence, ``(T, 1, I)``; T may be 0.
        h0: the state before the first step, ``(1, H)``.
        weight_ih: ``(H, I)``.
        weight_hh: ``(H, H)``.

    Returns:
        The norms, ``(T,)``, from t = 0 to t = T - 1, in the dtype and on the device of
        x; empty with T = 0.
    """
    # BEGIN SOLUTION
    states = _states(x, h0, weight_ih, weight_hh)
    norms = x.new_empty(len(x))
    jacobian = torch.eye(len(weight_hh)).to(x)
    for t in reversed(range(len(x))):
        jacobian = jacobian * (1 - states[t + 1] ** 2) @ weight_hh
        norms[t] = jacobian.square().sum().sqrt()
    return norms
    # END SOLUTION


def clip_gradient_norm(
    gradients: list[Tensor], max_norm: float
) -> tuple[list[Tensor], float]:
    """Make gradients shorter that are too long, all by the same factor.

    The total norm is that of all numbers of all tensors, as if they were one long
    vector: the root of the sum of all squares. As in torch.nn.utils.clip_grad_norm_,
    all tensors are multiplied by::

        max_norm / (total_norm + 1e-6)        but at most by 1

    So gradients that are short enough stay as they are, and the direction never
    changes.

    Args:
        gradients: tensors of any shapes, of one dtype and on one device. They are left
            as they are; the list may be empty.
        max_norm: the largest norm that is allowed, 0 or more.

    Returns:
        ``(clipped, total_norm)``: a list with a tensor for each, and, as a Python
        float, the norm that the gradients had before. No gradients give
        ``([], 0.0)``.
    """
    # BEGIN SOLUTION
    total = sum(float(gradient.square().sum()) for gradient in gradients) ** 0.5
    factor = min(1.0, max_norm / (total + 1e-6))
    return [gradient * factor for gradient in gradients], total
    # END SOLUTION
