"""Checks on the simulated GPU, here and behind the sandbox."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.checking.bounds import as_many_operators, no_more_than
from autograder.checking.case import (
    CPU_SETTINGS,
    SETTINGS,
    CaseRun,
    begin,
    current,
)
from autograder.checking.comparing import agrees
from autograder.checking.device_choice import Devices
from autograder.checking.difference import Differs
from autograder.checking.student import Student

pytestmark = pytest.mark.usefixtures("has_device")

SOURCE = """
import torch
from torch import nn

def device(x): return str(x.device), torch.cuda.is_available()
def twice(x): return x * 2
def constant(x):
    y = x + 0
    return y + torch.ones(3)
def host(x): return x.detach().cpu() * 2
def pair(x): return x, torch.zeros(2)
def shape(x): return tuple(x.shape)
def overwrites(x):
    x.mul_(2)
    return x
def loops(x):
    total = 0.0
    for row in x:
        total += row.sum().item()
    return torch.tensor(total, device=x.device)
def clips(x):
    y = x.clone()
    y[y > 0] = 0.5
    return y
def moves(x):
    y = x.clone()
    y[y > 0] = y[y > 0] + 1
    return y
def layout(x): return x.stride(), x.is_contiguous()
def same(a, b): return a is b
def cpu_gradient(x): return _Cpu.apply(x)
def count(model): return sum(p.numel() for p in model.parameters())
def train(model, optimizer, x):
    optimizer.zero_grad()
    loss = model(x).square().mean()
    loss.backward()
    optimizer.step()
    return loss.detach()

class _Cpu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): return torch.ones(g.shape)

class Net(nn.Module):
    def __init__(self, registered):
        super().__init__()
        self.fc = nn.Linear(3, 2)
        mask = torch.tensor([1.0, 0.0])
        if registered:
            self.register_buffer("mask", mask)
        else:
            self.mask = mask
    def forward(self, x): return self.fc(x) * self.mask
    def where(self): return str(self.fc.weight.device), str(self.mask.device)
"""


@pytest.fixture(params=["local", "remote"])
def student(request):
    """The source, on the device, in a case of its setting."""
    caller = request.getfixturevalue(f"open_{request.param}")(SOURCE)
    begin(CaseRun(SETTINGS["sim float32"], 1))
    return Student(caller, "sim")


def _x():
    return torch.randn(2, 3, generator=torch.Generator().manual_seed(1))


def test_code_finds_a_gpu(student):
    """Inputs are on the device, and CUDA is there."""
    assert student.device(_x()) == ("sim:0", True)


def test_answers_come_back_to_the_cpu(student):
    """The grader sees plain CPU tensors, and gradients as well."""
    x = _x().requires_grad_()
    found = student.twice(x)
    found.sum().backward()

    assert type(found.detach()) is torch.Tensor
    assert found.device.type == "cpu"
    assert torch.equal(found.detach(), 2 * x.detach())
    assert torch.equal(x.grad, torch.full((2, 3), 2.0))
    assert current().events[0].answer.devices == ["sim"]


@pytest.mark.parametrize("make", [lambda x: x.T, lambda x: x[:, ::2], lambda x: x])
def test_agrees_on_the_device(student, make):
    """``agrees`` asks for values, repetition and gradients, in any layout."""
    agrees(student.twice, lambda x: x * 2, make(_x()))


def test_strides_and_identity_arrive(student):
    """What crosses to the CPU crosses to the device."""
    assert student.layout(_x().T) == ((1, 3), False)
    x = _x()
    assert student.same(x, x) is True
    assert student.same(x, x.clone()) is False


def test_a_bug_says_what_cuda_says_and_where(student):
    """The message is CUDA's, and the line is the student's."""
    with pytest.raises(RuntimeError, match="found at least two devices") as caught:
        student.constant(_x())
    file, line, function, text = caught.value.student_thrown.frames[-1]
    assert (file, line, function) == ("sample.py", 9, "constant")
    assert text == "return y + torch.ones(3)"


@pytest.mark.parametrize(
    ("name", "of"), [("host", "the output"), ("pair", "tensor 2 of the output")]
)
def test_outputs_on_the_cpu_are_refused(student, name, of):
    """An output that was left on the CPU is a mismatch of its device."""
    with pytest.raises(Differs) as caught:
        getattr(student, name)(_x())
    found = caught.value.mismatch
    assert (found.kind, found.of, found.expected, found.got) == (
        "device",
        of,
        "sim",
        "cpu",
    )


def test_values_without_a_device_are_fine(student):
    """A shape is on no device."""
    assert student.shape(_x()) == (2, 3)


def test_a_changed_input_is_seen(student):
    """Overwriting an input is found on the device, too."""
    begin(CaseRun(SETTINGS["sim float32"], 1, strict=True))
    with pytest.raises(Differs) as caught:
        agrees(student.overwrites, lambda x: x * 2, _x())
    assert caught.value.mismatch.kind == "changed_input"


def test_work_is_counted(student):
    """Kernels and waits of the call are counted, with the place of a wait."""
    student.twice(_x())
    student.loops(_x())
    once, loops = (event.answer for event in current().events)

    assert (once.kernels, once.waited) == (1, 0)
    assert (loops.kernels, loops.waited) == (2, 2)
    assert loops.waits == [".item() or bool() at sample.py:19"] * 2


def test_work_can_be_bounded(student):
    """A check can say how much is too much."""
    student.twice(_x())
    no_more_than(operators=1, synchronisations=0)
    with pytest.raises(Differs, match="one call of twice: expected at most 0 op"):
        no_more_than(operators=0)
    student.loops(_x())
    said = r"at most 1 host synchronisation, got 2 host synchronisations: .item\(\)"
    with pytest.raises(Differs, match=said):
        no_more_than(synchronisations=1)


def test_a_number_under_a_mask_is_filled_in(student):
    """As on CUDA: only values that are read or written by a mask are counted first."""
    student.clips(_x())
    student.moves(_x())

    assert [event.answer.waited for event in current().events] == [0, 2]


def test_work_can_be_forbidden_to_grow(student):
    """A loop over the batch launches more for a larger one; a product does not."""
    for batch in (2, 5):
        student.twice(torch.ones(batch, 3))
    as_many_operators()
    for batch in (2, 5):
        student.loops(torch.ones(batch, 3))
    with pytest.raises(Differs, match="as in the first call, got 5 operators"):
        as_many_operators()


def test_a_round_trip_is_a_wait(student):
    """``.cpu()`` can be forbidden by a bound."""
    with pytest.raises(Differs):
        student.host(_x())
    said = r"no host synchronisations, got 1 host synchronisation: .cpu\(\) at sample"
    with pytest.raises(Differs, match=said):
        no_more_than(synchronisations=0)


def test_a_gradient_of_the_cpu_is_refused(student):
    """A backward by hand that makes its gradient on the CPU fails as on CUDA."""
    x = _x().requires_grad_()
    found = student.cpu_gradient(x)
    with pytest.raises(RuntimeError, match="expected device sim:0 but got cpu"):
        found.sum().backward()


def test_modules_are_moved(student):
    """Parameters and buffers of the student's class are where the inputs are."""
    model = student.Net(True)
    assert model.where() == ("sim:0", "sim:0")
    weights = {"fc.weight": torch.randn(2, 3), "fc.bias": torch.randn(2)}

    def oracle(weights, x):
        out = nn.functional.linear(x, weights["fc.weight"], weights["fc.bias"])
        return out * torch.tensor([1.0, 0.0], dtype=out.dtype)

    agrees(model.with_weights(weights), oracle, _x())


def test_what_is_no_buffer_stays_behind(student):
    """A tensor in a plain attribute is not moved, and the call fails."""
    model = student.Net(False)
    assert model.where() == ("sim:0", "cpu")
    with pytest.raises(RuntimeError, match="found at least two devices"):
        model(_x())


def test_modules_and_optimizers_as_arguments(student):
    """Those of torch's own that a check builds are on the device, and train."""
    model = student.build(nn.Linear, 3, 2)
    optimizer = student.build(torch.optim.Adam, model.parameters(), lr=0.1)
    losses = [float(student.train(model, optimizer, _x())) for _ in range(8)]

    assert losses[-1] < losses[0] / 2
    assert student.count(model) == 8


def test_the_cpu_is_as_before(student):
    """After a call on the device, one on the CPU finds no GPU."""
    student.twice(_x())
    cpu = Student(student._caller, "cpu")
    assert cpu.device(_x()) == ("cpu", False)


def test_without_the_interface_the_setting_is_skipped(monkeypatch):
    """A check for the device alone then runs on the CPU: no points for nothing."""
    both, alone = ("cpu float64", "sim float32"), ("sim float32",)
    assert Devices.asked("sim").settings(both) == both
    assert Devices.asked("sim").skipped(both) == {}
    monkeypatch.setattr("autograder.simulated.available", lambda: "torch is too old")

    old = Devices.asked("sim")
    assert old.skipped(both) == {"sim float32": "torch is too old"}
    assert old.settings(both) == ("cpu float64",)
    assert old.settings(alone) == ("cpu float32",)
    assert old.skipped(CPU_SETTINGS) == {}
