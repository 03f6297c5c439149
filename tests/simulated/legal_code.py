"""Code that is right on CUDA, by what it does with tensors."""

from __future__ import annotations

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

LEGAL = {}
# Draws the device's own numbers, which on a real one are others than the CPU's.
RANDOM = {"random_numbers"}


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
    assert same is parameter
    assert isinstance(same, nn.Parameter)
    return parameter.detach(), parameter.grad


@legal
def tensors_of_device_numbers(x):
    return (
        torch.tensor([row.sum() for row in x], device=x.device),
        torch.tensor(list(x[0])).to(x.device),
        x.new_tensor([x[0, 0], 2.0]),
        torch.full((2,), x[1, 1], device=x.device),
    )


@legal
def one_number_fills_another_device(x):
    host = torch.zeros(3).fill_(x[0, 0])
    return host, x.clone().fill_(torch.tensor(2.0)), x.masked_fill(x > 0, x.min())


@legal
def copies_of_views(x):
    row, parts = x[1:], list(x.clone().chunk(2))
    copied, (first, second) = copy.deepcopy(row), copy.deepcopy(parts)
    first[0] = 9.0
    copied.mul_(2)
    model = nn.Linear(3, 2).to(x.device)
    with torch.no_grad():
        flat = torch.arange(8, device=x.device, dtype=x.dtype)
        nn.utils.vector_to_parameters(flat, model.parameters())
    return row, copied, first, second, copy.deepcopy(model)(x)


@legal
def views_in_inference(x):
    parameter = nn.Parameter(x.clone())
    with torch.inference_mode():
        parts = [*parameter.split([1, 3]), *parameter.chunk(3, 1), parameter.T]
        return [part.clone() for part in parts], parts[0].is_inference()


@legal
def conjugates(x):
    y = torch.complex(x, x + 1)
    turned = y.conj()
    return (
        turned + 0,
        turned.imag,
        turned.T.contiguous(),
        torch.view_as_real(turned.resolve_conj()),
        (y * turned).real,
        y @ y.mH,
        turned.is_conj(),
        torch.fft.ifft(torch.fft.fft(turned)).real,
    )
