"""Sequences: how gradients come back through them, and how they are written."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def truncated_bptt(
    x: Tensor,
    h0: Tensor,
    weight_ih: Tensor,
    weight_hh: Tensor,
    grad_outputs: Tensor,
    chunk: int,
) -> dict[str, Tensor]:
    """Gradients of ``h = tanh(W_ih x + W_hh h)`` over ``(T, N, I)``, by hand.

    The state goes on from chunk to chunk of so many steps, and no gradient goes back.

    Args:
        x: ``(T, N, I)``.
        h0: ``(N, H)``.
        weight_ih: ``(H, I)``.
        weight_hh: ``(H, H)``.
        grad_outputs: ``(T, N, H)``, for the state after each step.
        chunk: the steps of a chunk; the last one may be shorter.

    Returns:
        By the names ``x h0 weight_ih weight_hh``.
    """
    # BEGIN SOLUTION
    states = [h0]
    for step in x:
        states.append((step @ weight_ih.T + states[-1] @ weight_hh.T).tanh())
    given = (x, h0, weight_ih, weight_hh)
    grad_x, grad_h0, grad_ih, grad_hh = map(torch.zeros_like, given)
    back = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        before = (grad_outputs[t] + back) * (1 - states[t + 1] ** 2)
        grad_x[t] = before @ weight_ih
        grad_ih += before.T @ x[t]
        grad_hh += before.T @ states[t]
        back = before @ weight_hh
        if t == 0:
            grad_h0 = back
        elif t % chunk == 0:
            back = torch.zeros_like(back)
    names = ("x", "h0", "weight_ih", "weight_hh")
    return dict(zip(names, (grad_x, grad_h0, grad_ih, grad_hh)))
    # END SOLUTION


def greedy_sample(model: Any, first: Tensor, h: Tensor, length: int) -> Tensor:
    """The likeliest next token, ``length`` times: ``(length, N)``, without the first.

    ``model(tokens (T, N), h)`` gives logits ``(T, N, V)`` and the new state; ``first``
    is ``(N,)``.
    """
    # BEGIN SOLUTION
    found = first.new_empty(length, len(first))
    token = first
    with torch.no_grad():
        for t in range(length):
            logits, h = model(token[None], h)
            token = logits[-1].argmax(-1)
            found[t] = token
    return found
    # END SOLUTION


def greedy_translate(
    model: Any, source: Tensor, start: int, end: int, max_length: int
) -> Tensor:
    """The likeliest translation of each row, ``(N, <= max_length)``, with ``start``.

    ``model(source, target (N, L))`` gives logits ``(N, L, V)``. It stops when all rows
    have ended, or at ``max_length``; after its end a row has ``end`` on and on.
    """
    # BEGIN SOLUTION
    target = source.new_full((len(source), 1), start)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    with torch.no_grad():
        while target.shape[1] < max_length and not ended.all():
            token = model(source, target)[:, -1].argmax(-1)
            token = token.masked_fill(ended, end)
            target = torch.cat([target, token[:, None]], 1)
            ended = ended | (token == end)
    return target
    # END SOLUTION
