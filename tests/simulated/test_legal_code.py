"""Code that runs on CUDA runs on the simulated GPU, with the CPU's results."""

from __future__ import annotations

import copy
import io
import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import simulated

LEGAL = {}


def legal(code):
    """Code of one argument, a 4x3 tensor; its result is compared with the CPU's."""
    LEGAL[code.__name__] = code
    return code


@legal
def cpu_indices(x):
    return x[torch.tensor([0, 2])], x[:, torch.tensor([1])], x[torch.tensor(1)]


@legal
def device_indices(x):
    rows = torch.tensor([0, 2], device=x.device)
    return x[rows], x[rows, rows], x[rows[0]], x[..., rows]


@legal
def lists_and_slices(x):
    return x[[0, 2]], x[[True, False, True, False]], x[::2, None], x[-1], x[...]


@legal
def masks(x):
    mask = torch.ones(4, dtype=torch.bool)
    return x[x > 0], x[mask], x[mask.to(x.device)], torch.masked_select(x, x > 0)


@legal
def writing_by_index(x):
    y = x.clone()
    y[y > 0] = 0.0
    y[0] = torch.ones(3)
    y[[1, 2]] = 3.0
    y[torch.tensor([3])] = torch.tensor(5.0)
    y[:, 1] += 1
    y[3, 2] = x[0, 0]
    return y


@legal
def numbers_of_the_cpu(x):
    one = torch.tensor(2.0)
    double = torch.tensor(2.0, dtype=torch.float64)
    y = x.clone()
    y += one
    return x * one, one - x, torch.where(x > 0, x, one), x**one, y, x * double


@legal
def numbers_in_other_places(x):
    zero = torch.tensor(0.0)
    return (
        x.masked_fill(x > 0, zero),
        torch.maximum(x, zero),
        torch.clamp(x, zero),
        F.mse_loss(x, torch.zeros_like(x)),
        torch.addcmul(x, x, zero),
    )


@legal
def copies(x):
    host = torch.zeros(4, 3)
    host.copy_(x)
    y = torch.empty_like(x).copy_(host)
    host[0] = x[1]
    return y, host.to(x), host.to(x.device, torch.float64), y.cpu(), x.to("cpu")


@legal
def factories(x):
    device = x.device
    return (
        torch.tensor([1.0, 2.0], device=device),
        torch.as_tensor([1, 2], device=device),
        torch.full((2,), 3.0, device=device),
        torch.arange(5, device=device),
        torch.linspace(0, 1, 3, device=device),
        torch.eye(3, device=device),
        torch.triu_indices(3, 3, device=device),
        torch.tril_indices(3, 3, device=device),
        torch.zeros(2, 3, device=device),
        x.new_tensor([[1, 2]]),
        x.new_zeros(2),
        x.new_full((2,), 1.5),
        torch.ones_like(x, dtype=torch.int64),
        torch.scalar_tensor(2.0, device=device),
        torch.tensor(x[0, 0].item(), device=device),
    )


@legal
def random_numbers(x):
    torch.manual_seed(0)
    device = x.device
    generator = torch.Generator(device=device)
    generator.manual_seed(3)
    return (
        torch.rand(2, device=device),
        torch.randn_like(x),
        torch.randint(0, 5, (3,), device=device),
        torch.randperm(5, device=device),
        torch.bernoulli(torch.full((4,), 0.5, device=device)),
        torch.multinomial(torch.ones(4, device=device), 2),
        torch.empty(3, device=device).uniform_(-1, 1),
        torch.normal(x, 1.0),
        torch.randn(3, device=device, generator=generator),
        nn.init.xavier_uniform_(torch.empty(3, 2, device=device)),
    )


@legal
def changes_of_shape_in_place(x):
    y = x.clone()
    y.t_()
    z = x.clone().unsqueeze_(0).squeeze_(0)
    resized = torch.empty(0, device=x.device).resize_(2, 3).fill_(1.0)
    out = torch.empty(0, device=x.device)
    torch.add(x, x, out=out)
    return y, y + 1, z, resized, out


@legal
def views_share_memory(x):
    y = x.clone()
    y.view(-1)[0] = 7.0
    y.T[1, 1] = 8.0
    y[:, 2].mul_(2)
    y.flatten()[0:2].zero_()
    return y, y.is_contiguous(), y.T.is_contiguous(), y.stride()


@legal
def python_numbers(x):
    return (
        x[0, 0].item(),
        float(x.sum()),
        int(x.argmax()),
        bool((x > -99).all()),
        x.tolist(),
        f"{x.sum():.3f}",
        math.floor(x[0, 0]),
        len(x),
        [row.sum() for row in x],
        max(x[:, 0]),
        list(range(torch.tensor(3, device=x.device))),
        x.numpy(force=True).tolist(),
    )


@legal
def autograd(x):
    w = x.clone().requires_grad_()
    v = x.clone().requires_grad_()
    ((w @ v.T).softmax(-1) ** 2).sum().backward()
    (again,) = torch.autograd.grad((w * w).sum(), [w])
    (first,) = torch.autograd.grad((w**3).sum(), [w], create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), [w])
    return w.grad, v.grad, again, second


@legal
def autograd_through_writing(x):
    w = x.clone().requires_grad_()
    y = w * 1
    y[0] = 0.0
    y[:, 1].mul_(3)
    y.relu_()
    y.sum().backward()
    return w.grad


@legal
def hooks(x):
    w = x.clone().requires_grad_()
    w.register_hook(lambda gradient: gradient * 2)
    (w * w).sum().backward()
    return w.grad


@legal
def functions_of_functions(x):
    return (
        torch.func.grad(lambda a: (a * a).sum())(x),
        torch.func.vmap(lambda a: a.softmax(0))(x),
        torch.func.jacrev(lambda a: a.sum(1))(x),
    )


@legal
def data_is_replaced(x):
    parameter = nn.Parameter(torch.ones(4, 3, device=x.device))
    parameter.data = x * 2
    parameter.data.mul_(2)
    parameter.data[0] = 1.0
    (parameter * 3).sum().backward()
    return parameter.detach(), parameter.grad


@legal
def data_of_another_device(x):
    parameter = nn.Parameter(torch.ones(4, 3))
    same = parameter
    parameter.data = x
    (parameter * 3).sum().backward()
    assert same is parameter and isinstance(same, nn.Parameter)
    return parameter.detach(), parameter.grad


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
    assert weight is model[0].weight and weight is model[2].weight
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


def _plain(value):
    if isinstance(value, torch.Tensor):
        return simulated.to_host(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def _same(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected):
            _same(one, other)
    elif isinstance(expected, torch.Tensor):
        torch.testing.assert_close(found, expected)
    else:
        assert found == expected


@pytest.mark.parametrize("name", LEGAL)
def test_legal_code_runs(has_device, name):
    """What CUDA allows runs, with the results of the CPU."""
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(5))
    expected = _plain(LEGAL[name](x.clone()))
    with simulated.simulating():
        found = _plain(LEGAL[name](simulated.to_device(x.clone())))
    _same(found, expected)


def test_cuda_means_the_device(has_device):
    """``cuda`` in a student's code is the simulated device, and only within."""
    x = torch.ones(2)
    with simulated.simulating():
        assert torch.cuda.is_available()
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        found = [
            torch.zeros(2, device="cuda"),
            torch.zeros(2, device=device),
            x.to("cuda:0"),
            x.to(device),
            x.cuda(),
            nn.Linear(2, 2).cuda().weight,
            nn.Linear(2, 2).to("cuda").weight,
            nn.Linear(2, 2, device="cuda").weight,
            x.to(torch.device("cuda", 0)),
            x.to(device="cuda", dtype=torch.float64),
        ]
        torch.cuda.manual_seed(0)
        torch.cuda.synchronize()
    assert {str(tensor.device) for tensor in found} == {"sim:0"}
    assert not torch.cuda.is_available()
    assert isinstance(torch.Generator(), torch.Generator)


def test_there_is_one_device(has_device):
    """A second device is refused."""
    with simulated.simulating(), pytest.raises(RuntimeError, match="invalid device"):
        torch.zeros(2, device="cuda:1")


def test_a_tensor_shows_where_it_is(has_device):
    """What is printed names the device."""
    with simulated.simulating():
        x = torch.ones(2, device="sim")
        assert repr(x) == "tensor([1., 1.], device='sim:0')"
        assert "requires_grad=True" in repr(x.requires_grad_())
        assert repr(nn.Parameter(x)).startswith("Parameter containing:")
        assert "MulBackward" in repr(x * 2)
