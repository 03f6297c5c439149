"""Code that is right on CUDA, as students write attention and transformers."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.simulated.legal_code import legal


def made(x: Tensor, *shape: int) -> Tensor:
    """Normal numbers of that shape, the same ones at each call, where ``x`` is."""
    random = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=random, dtype=torch.float64).to(x)


def _qkv(x: Tensor, keys: int = 5) -> list[Tensor]:
    random = torch.Generator().manual_seed(keys)
    shapes = (2, 5, 4), (2, keys, 4), (2, keys, 4)
    drawn = [torch.randn(shape, generator=random).to(x) for shape in shapes]
    return [tensor.requires_grad_() for tensor in drawn]


def _with_gradients(out: Tensor, *inputs: Tensor) -> tuple[Tensor, ...]:
    out.square().sum().backward()
    return (out, *(tensor.grad for tensor in inputs))


@legal
def attention_by_loops(x):
    q, k, v = _qkv(x)
    rows = []
    for n in range(2):
        for row in q[n]:
            scores = torch.stack([torch.dot(row, key) for key in k[n]]) / math.sqrt(4)
            weights = torch.softmax(scores, 0)
            rows.append(sum(w * value for w, value in zip(weights, v[n])))
    return _with_gradients(torch.stack(rows).view(2, 5, 4), q, k, v)


@legal
def attention_by_einsum(x):
    q, k, v = _qkv(x, keys=7)
    scores = torch.einsum("nld,nsd->nls", q, k) * q.size(-1) ** -0.5
    return _with_gradients(torch.einsum("nls,nsd->nld", scores.softmax(-1), v), q, k, v)


@legal
def attention_with_a_bias(x):
    q, k, v = _qkv(x)
    bias = torch.full((5, 5), float("-inf"), device=q.device, dtype=q.dtype).triu(1)
    scores = torch.baddbmm(bias.expand(2, 5, 5), q, k.mT, alpha=0.5)
    return _with_gradients(scores.softmax(-1) @ v, q, k, v)


@legal
def attention_of_torch(x):
    q, k, v = _qkv(x)
    mask = torch.ones(5, 5, dtype=torch.bool, device=x.device).tril()
    causal = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    masked = F.scaled_dot_product_attention(q[:, None], k[:, None], v[:, None], mask)
    return _with_gradients(causal + masked[:, 0], q, k, v)


@legal
def masks_of_attention(x):
    scores = made(x, 2, 5, 5)
    steps = torch.arange(5, device=x.device)
    lengths = torch.tensor([3, 5], device=x.device)
    keep = steps[:, None] >= steps
    padding = steps.expand(2, -1) < lengths.unsqueeze(1)
    cleared = scores.clone()
    cleared[~keep.expand(2, 5, 5)] = float("-inf")
    return (
        torch.where(keep, scores, torch.finfo(scores.dtype).min).softmax(-1),
        torch.where(keep, scores, torch.tensor(-1e9, dtype=scores.dtype)).softmax(-1),
        scores.masked_fill(torch.triu(torch.ones_like(scores), 1).bool(), -1e9),
        scores + torch.zeros(5, 5).to(scores).masked_fill(~keep, -math.inf),
        scores.masked_fill(~padding[:, None, :], -math.inf).softmax(-1),
        cleared.softmax(-1),
        keep & padding[:, None],
        torch.stack(torch.broadcast_tensors(keep, padding[:, None])).all(0),
    )


@legal
def rows_without_a_key(x):
    q, k, v = _qkv(x, keys=7)
    keep = (made(x, 2, 5, 7) > 0).index_fill(1, torch.tensor([2], device=x.device), 0)
    weights = (q @ k.mT).masked_fill(~keep, -math.inf).softmax(-1)
    weights = torch.where(keep.any(-1, keepdim=True), weights, weights.new_zeros(()))
    return _with_gradients(weights @ v, q, k, v)


@legal
def additive_attention(x):
    query, keys = made(x, 2, 4).requires_grad_(), made(x, 2, 7, 4)
    to_query, to_keys, v = made(x, 3, 4), made(x, 3, 4), made(x, 3)
    scores = torch.tanh((query @ to_query.T)[:, None] + keys @ to_keys.T) @ v
    context = torch.einsum("ns,nsh->nh", scores.softmax(1), keys)
    return _with_gradients(context, query)


@legal
def heads_in_four_ways(x):
    y, weight = made(x, 2, 5, 8), made(x, 24, 8).requires_grad_()
    q, k, v = F.linear(y, weight).chunk(3, dim=-1)
    viewed = [t.reshape(2, 5, 4, 2).transpose(1, 2) for t in (q, k, v)]
    split = [torch.stack(t.split(2, -1), 1) for t in (q, k, v)]
    unflat = (y @ weight.t()).unflatten(-1, (3, 4, 2)).permute(2, 0, 3, 1, 4)
    outs = []
    for a, b, c in (viewed, split, unflat):
        out = (a @ b.mT).softmax(-1) @ c
        outs.append(out.transpose(1, 2).contiguous().view(2, 5, 8))
    a, b, c = unflat.reshape(3, 8, 5, 2).unbind(0)
    last = torch.bmm(torch.bmm(a, b.mT).softmax(-1), c).view(2, 4, 5, 2)
    outs.append(last.movedim(1, 2).flatten(2))
    return _with_gradients(torch.stack(outs), weight)


@legal
def attention_module_of_torch(x):
    torch.manual_seed(0)
    module = nn.MultiheadAttention(8, 2, batch_first=True).to(x.device)
    y = made(x, 2, 5, 8).requires_grad_()
    padding = torch.zeros(2, 5, dtype=torch.bool, device=x.device)
    padding[0, 3:] = True
    out, weights = module(y, y, y, key_padding_mask=padding)
    module.eval()
    with torch.inference_mode():
        quiet = module(y, y, y, need_weights=False)[0].clone()
    return (*_with_gradients(out, y), weights, quiet)


@legal
def positions_by_slices(x):
    table = torch.zeros(9, 8, device=x.device)
    position = torch.arange(9, device=x.device).unsqueeze(1)
    steps = torch.arange(0, 8, 2, device=x.device)
    angle = position * torch.exp(steps * (-math.log(10000.0) / 8))
    table[:, 0::2] = torch.sin(angle)
    table[:, 1::2] = torch.cos(angle)
    return table, torch.stack([angle.sin(), angle.cos()], -1).flatten(1)


class _Positions(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", torch.eye(9, 3)[None], persistent=False)
        self.learnt = nn.Embedding(9, 3)

    def forward(self, x: Tensor) -> Tensor:
        places = torch.arange(x.size(1), device=x.device)
        return x + self.table[:, : x.size(1)] + self.learnt(places)


@legal
def positions_of_a_module(x):
    torch.manual_seed(0)
    module = _Positions().to(x.device)
    return _with_gradients(module(x[None]), module.learnt.weight)


@legal
def rotations_by_complex_numbers(x):
    y = made(x, 2, 5, 8).requires_grad_()
    rate = 1.0 / 10000 ** (torch.arange(0, 8, 2, device=x.device) / 8)
    angle = torch.outer(torch.arange(5, device=x.device), rate)
    turn = torch.polar(torch.ones_like(angle), angle)
    turned = torch.view_as_complex(y.reshape(2, 5, 4, 2)) * turn
    back = torch.view_as_real(turned * turn.conj()).flatten(2)
    out = torch.view_as_real(turned).flatten(2).type_as(x)
    return (
        *_with_gradients(out + 2 * back, y),
        turn.conj().imag,
        turn.conj() @ turn.mT,
    )


@legal
def rotations_by_halves(x):
    y = made(x, 2, 5, 8)
    angle = torch.arange(5, device=x.device)[:, None] * torch.ones(4, device=x.device)
    out = torch.empty_like(y)
    even, odd = y[..., ::2], y[..., 1::2]
    out[..., ::2] = even * angle.cos() - odd * angle.sin()
    out[..., 1::2] = even * angle.sin() + odd * angle.cos()
    swapped = torch.cat((-y[..., 4:], y[..., :4]), -1)
    return out, swapped


@legal
def caches_of_keys(x):
    y = made(x, 2, 5, 4)
    held = torch.zeros(2, 8, 4, device=x.device, dtype=x.dtype)
    grown = y.new_empty(2, 0, 4)
    outs = []
    for t in range(5):
        held[:, t : t + 1] = y[:, t : t + 1]
        grown = torch.cat((grown, y[:, [t]]), dim=1)
        for keys in (held[:, : t + 1], grown):
            outs.append((y[:, [t]] @ keys.mT).softmax(-1) @ keys)
    held.index_copy_(1, torch.tensor([6, 7], device=x.device), y[:, :2])
    return torch.cat(outs, 1), held


class _Block(nn.Module):
    def __init__(self, before: bool) -> None:
        super().__init__()
        self.projections = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)
        self.norms = nn.ModuleList(nn.LayerNorm(8) for _ in range(2))
        self.wide = nn.Sequential(
            nn.Linear(8, 16), nn.ReLU(inplace=True), nn.Dropout(0.0), nn.Linear(16, 8)
        )
        self.before = before

    def attend(self, x: Tensor, mask: Tensor) -> Tensor:
        n, length, width = x.shape
        heads = self.projections(x).view(n, length, 3, 2, width // 2)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        scores = (q @ k.transpose(-2, -1)) * (width // 2) ** -0.5
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(-1)
        return self.out((weights @ v).permute(0, 2, 1, 3).reshape(n, length, width))

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        first, second = self.norms
        if self.before:
            x = x + self.attend(first(x), mask)
            return x + self.wide(second(x))
        x = first(x + self.attend(x, mask))
        return second(x + self.wide(x))


class _Language(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(11, 8)
        self.places = nn.Parameter(torch.zeros(1, 9, 8))
        self.blocks = nn.ModuleList(_Block(before) for before in (True, False))
        self.head = nn.Linear(8, 11, bias=False)
        self.head.weight = self.words.weight
        self.register_buffer("mask", torch.ones(9, 9).tril().bool())

    def forward(self, words: Tensor) -> Tensor:
        length = words.size(1)
        x = self.words(words) + self.places[:, :length]
        for block in self.blocks:
            x = block(x, self.mask[:length, :length])
        return self.head(x)


@legal
def a_language_model_trains(x):
    torch.manual_seed(0)
    model = _Language().to(x.device)
    words = torch.arange(18, device=x.device).view(2, 9) * 7 % 11
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(3):
        optimizer.zero_grad(set_to_none=True)
        logits = model(words[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), words[:, 1:].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.detach())
    assert losses[2].item() < losses[0].item()
    assert model.head.weight is model.words.weight
    return torch.stack(losses), model(words)


@legal
def losses_by_hand(x):
    logits = x.clone().requires_grad_()
    targets = torch.tensor([0, 2, -100, 1], device=x.device)
    kept = targets != -100
    logs = logits - logits.logsumexp(1, keepdim=True)
    gathered = -logs.gather(1, targets.clamp(min=0)[:, None]).squeeze(1)
    smooth = torch.full_like(logits, 0.05)
    smooth.scatter_(1, targets.clamp(min=0).unsqueeze(1), 0.9)
    rows = torch.arange(4, device=x.device)[kept]
    losses = [
        (gathered * kept).sum() / kept.sum(),
        -logs[rows, targets[kept]].mean(),
        F.cross_entropy(logits, targets, label_smoothing=0.1),
        F.kl_div(logs, smooth, reduction="batchmean"),
        -(smooth * logs).sum(-1).mean(),
    ]
    return _with_gradients(torch.stack(losses), logits)
