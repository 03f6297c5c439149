"""LSTM and GRU cells, which torch fuses on every device that is not the CPU.

On the CPU it has no such kernels, so they are written out here, with the backwards
that belong to them. Gates lie side by side: i, f, g, o and r, z, n.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _lstm(
    input_gates: Tensor,
    hidden_gates: Tensor,
    cx: Tensor,
    input_bias: Tensor | None = None,
    hidden_bias: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    gates = input_gates + hidden_gates
    if input_bias is not None and hidden_bias is not None:
        gates = gates + input_bias + hidden_bias
    i, f, g, o = gates.chunk(4, 1)
    i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
    cy = f * cx + i * g
    return o * cy.tanh(), cy, torch.cat((i, f, g, o), 1)


def _lstm_backward(
    grad_hy: Tensor | None,
    grad_cy: Tensor | None,
    cx: Tensor,
    cy: Tensor,
    workspace: Tensor,
    has_bias: bool,
) -> tuple[Tensor | None, ...]:
    if grad_hy is None and grad_cy is None:
        return None, None, None
    i, f, g, o = workspace.chunk(4, 1)
    bounded = cy.tanh()
    hy = torch.zeros_like(cy) if grad_hy is None else grad_hy
    c = hy * o * (1 - bounded * bounded)
    if grad_cy is not None:
        c = c + grad_cy
    gates = torch.cat(
        (
            c * g * i * (1 - i),
            c * cx * f * (1 - f),
            c * i * (1 - g * g),
            hy * bounded * o * (1 - o),
        ),
        1,
    )
    bias = gates.sum(0) if has_bias else torch.empty(0, dtype=gates.dtype)
    return gates, c * f, bias


def _gru(
    input_gates: Tensor,
    hidden_gates: Tensor,
    hx: Tensor,
    input_bias: Tensor | None = None,
    hidden_bias: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if input_bias is not None and hidden_bias is not None:
        input_gates = input_gates + input_bias
        hidden_gates = hidden_gates + hidden_bias
    ir, iz, in_ = input_gates.chunk(3, 1)
    hr, hz, hn = hidden_gates.chunk(3, 1)
    r, z = (ir + hr).sigmoid(), (iz + hz).sigmoid()
    n = (in_ + r * hn).tanh()
    return (hx - n) * z + n, torch.cat((r, z, n, hx, hn), 1)


def _gru_backward(
    grad_hy: Tensor, workspace: Tensor, has_bias: bool
) -> tuple[Tensor, ...]:
    r, z, n, hx, hn = workspace.chunk(5, 1)
    of_n = grad_hy * (1 - z) * (1 - n * n)
    of_z = grad_hy * (hx - n) * z * (1 - z)
    of_r = of_n * hn * r * (1 - r)
    inputs = torch.cat((of_r, of_z, of_n), 1)
    hiddens = torch.cat((of_r, of_z, of_n * r), 1)
    none = torch.empty(0, dtype=inputs.dtype)
    biases = (inputs.sum(0), hiddens.sum(0)) if has_bias else (none, none)
    return (inputs, hiddens, grad_hy * z, *biases)


FUSED: dict[str, Callable[..., Any]] = {
    "_thnn_fused_lstm_cell": _lstm,
    "_thnn_fused_lstm_cell_backward_impl": _lstm_backward,
    "_thnn_fused_gru_cell": _gru,
    "_thnn_fused_gru_cell_backward": _gru_backward,
}
