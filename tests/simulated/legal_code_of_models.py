"""Code that is right on CUDA, by what it does with models and optimizers."""

from __future__ import annotations

import copy
import io

import torch
import torch.nn.functional as F
import torch.utils.checkpoint
from torch import nn

from tests.simulated.legal_code import legal


def _model():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Linear(3, 3))
    model[2].weight = model[0].weight
    return model


@legal
def optimizer_made_before_the_move(x):
    model = _model()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    model.to(x.device)
    assert model[2].weight is model[0].weight
    for _ in range(2):
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()
    return model[0].weight.detach(), model[1].running_mean


@legal
def moved_with_its_gradients(x):
    model = _model()
    model(torch.ones(2, 3)).sum().backward()
    model.to(x.device)
    model(x).sum().backward()
    return [p.grad for p in model.parameters()]


@legal
def there_and_back(x):
    model = _model().to(x.device)
    weight = model[0].weight
    model.cpu()
    assert weight is model[0].weight
    assert weight is model[2].weight
    assert weight.device.type == "cpu"
    model.to(x.device)
    return model(x)


@legal
def state_dicts(x):
    model, other = _model().to(x.device), _model().to(x.device)
    with torch.no_grad():
        model[0].weight.add_(1)
    other.load_state_dict({k: v.cpu() for k, v in model.state_dict().items()})
    third = _model()
    third.load_state_dict(model.state_dict())
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    file.seek(0)
    fourth = _model().to(x.device)
    fourth.load_state_dict(torch.load(file, weights_only=False))
    return other(x), third.to(x.device)(x), fourth(x), copy.deepcopy(model)(x)


@legal
def clipped(x):
    model = _model().to(x.device)
    model(x).square().sum().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    nn.utils.clip_grad_value_(model.parameters(), 0.01)
    return [p.grad for p in model.parameters()]


@legal
def schedules(x):
    model = _model().to(x.device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4)
    for _ in range(3):
        optimizer.zero_grad()
        model(x).square().sum().backward()
        optimizer.step()
        schedule.step()
    state = copy.deepcopy(optimizer.state_dict())
    optimizer.load_state_dict(state)
    return [p.detach() for p in model.parameters()]


@legal
def mixed_precision(x):
    model = _model().to(x.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler(x.device.type, init_scale=4.0)
    for _ in range(2):
        optimizer.zero_grad()
        with torch.autocast(x.device.type, enabled=False):
            loss = model(x).square().sum()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
    return [p.detach() for p in model.parameters()]


@legal
def packed_sequences(x):
    torch.manual_seed(0)
    lstm = nn.LSTM(3, 2, bidirectional=True).to(x.device)
    lengths = torch.tensor([4, 2])
    batch = torch.stack([x, x], 1)
    packed = nn.utils.rnn.pack_padded_sequence(batch, lengths)
    return nn.utils.rnn.pad_packed_sequence(lstm(packed)[0])[0]


@legal
def checkpointed(x):
    model = _model().to(x.device)
    found = torch.utils.checkpoint.checkpoint(model, x, use_reentrant=False)
    found.sum().backward()
    return model[0].weight.grad


@legal
def many_operators(x):
    y = x + 0.1
    return (
        torch.einsum("ni,mi->nm", x, y),
        torch.cat([x, y]),
        torch.stack([x, y], 1),
        x.topk(2),
        x.sort(-1),
        torch.unique(x > 0),
        x.cumsum(0),
        torch.cdist(x, y),
        x.var(0),
        torch.logsumexp(x, 1),
        F.one_hot(x.argmax(1), 3),
        F.pad(x, (1, 1)),
        F.unfold(x[None, None], 2),
        F.interpolate(x[None, None], scale_factor=2),
        torch.linalg.norm(x),
        torch.linalg.svd(x).S,
        torch.nonzero(x > 0),
        torch.bincount(x.argmax(1)),
        torch.searchsorted(x[0].sort().values, y[0]),
        torch.roll(x, 1),
        torch.outer(x[0], y[0]),
        x.to(torch.float64),
        x.half().float(),
        x.bool(),
        x.type_as(y),
        torch.broadcast_tensors(x, y[0])[1],
        torch.meshgrid(x[0], x[1], indexing="ij"),
        torch.isclose(x, y),
        torch.allclose(x, y),
        torch.equal(x, x),
        x.expand(2, 4, 3),
        x.repeat(2, 1),
        x.repeat_interleave(2, 0),
        x.split(2),
        x.chunk(2, 1),
        x.unbind(1),
    )
