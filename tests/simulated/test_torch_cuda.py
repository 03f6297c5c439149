"""What code finds around its tensors, where a GPU is simulated."""

from __future__ import annotations

import contextlib
import copy
import gc
import io

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from autograder import simulated

pytestmark = pytest.mark.usefixtures("has_device")


@pytest.fixture
def counts():
    """The counts, while the device is simulated."""
    with simulated.simulating() as counted:
        yield counted


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("device_type", ["cuda", "sim"])
def test_autocast_changes_nothing(device_type):
    """Code under autocast runs, under either name of the device."""
    x = torch.ones(2, 3, device="cuda")
    with torch.autocast(device_type, dtype=torch.bfloat16):
        found = nn.Linear(3, 2).cuda()(x)
    assert found.dtype == torch.float32


def test_compiled_code_runs_as_it_is_written():
    """torch.compile gives back what it is given, and what was compiled before runs."""
    calls = []

    def twice(x):
        calls.append(x)
        return x * 2

    before = torch.compile(twice, backend="eager")
    with simulated.simulating():
        x = torch.ones(2, device="cuda")
        assert before(x).tolist() == [2, 2]
        assert calls[0] is x
        assert torch.compile(twice) is twice
        assert torch.compile(mode="default")(twice) is twice


@pytest.mark.usefixtures("counts")
def test_pinned_memory():
    """Loaders of data may pin memory, as they do for a GPU."""
    loader = DataLoader(TensorDataset(torch.arange(4.0)), batch_size=2, pin_memory=True)
    batches = [batch.to("cuda", non_blocking=True) for (batch,) in loader]
    assert [batch.tolist() for batch in batches] == [[0, 1], [2, 3]]
    assert torch.zeros(2, pin_memory=True).pin_memory().tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="only dense CPU tensors can be pinned"):
        batches[0].pin_memory()


def test_after_it_there_is_no_gpu_for_a_loader():
    """On the CPU, later in the same process, a loader finds nothing to pin for."""
    with simulated.simulating():
        assert torch.accelerator.is_available()
    assert not torch.accelerator.is_available()
    loader = DataLoader(TensorDataset(torch.arange(4.0)), batch_size=2, pin_memory=True)
    with pytest.warns(UserWarning, match="no accelerator is found"):
        assert [batch.tolist() for (batch,) in loader] == [[0, 1], [2, 3]]


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("saved_on", ["cpu", "cuda"])
@pytest.mark.parametrize(
    ("wanted", "found_on"), [("cpu", "cpu"), ("cuda", "sim"), (None, None)]
)
def test_files_are_loaded_where_they_are_wanted(saved_on, wanted, found_on):
    """``map_location`` holds, whether the file is of the device or of the CPU."""
    model = nn.Linear(3, 2).to(saved_on)
    file = io.BytesIO()
    torch.save({"model": model.state_dict(), "steps": [torch.ones(2), 3]}, file)
    file.seek(0)

    found = torch.load(file, map_location=wanted)

    expected = found_on or model.weight.device.type
    assert {t.device.type for t in found["model"].values()} == {expected}
    assert found["steps"][1] == 3
    other = nn.Linear(3, 2).cuda()
    other.load_state_dict(found["model"])
    assert torch.equal(other.weight, model.weight.cuda())


def test_a_tensor_says_that_it_is_on_cuda(counts):
    """``is_cuda`` is what older code asks to choose a device."""
    x = torch.ones(2, device="cuda")
    assert x.is_cuda
    assert not torch.ones(2).is_cuda
    assert counts.waited == 0


@pytest.mark.usefixtures("counts")
def test_a_device_that_is_not_there():
    """``.cuda(1)`` is refused where there is one GPU; ``.cuda(0)`` is not."""
    assert torch.ones(2).cuda(0).device == torch.device("cuda:0")
    with torch.cuda.device(0), pytest.raises(RuntimeError, match="invalid device"):
        torch.ones(2).cuda(torch.device("cuda:1"))


class _Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, gradient):
        return gradient * torch.full((3,), 2.0, device="cuda")


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("by", ["backward", "grad"])
def test_cuda_has_its_meaning_in_a_backward(by):
    """Backwards by hand and hooks find the device by the name of CUDA."""
    x = torch.ones(3, device="cuda", requires_grad=True)
    x.register_hook(lambda gradient: gradient + torch.ones(3, device="cuda"))
    found = _Doubled.apply(x).sum()
    if by == "backward":
        found.backward()
        assert x.grad.tolist() == [3, 3, 3]
    else:
        assert torch.autograd.grad(found, x)[0].tolist() == [3, 3, 3]


@pytest.mark.usefixtures("counts")
def test_errors_of_a_backward_arrive():
    """What fails in a hook, or in an operator of a backward, is raised as it was."""

    def fails(gradient):
        raise KeyError("a student's own")

    for _ in range(2):
        x = torch.ones(3, device="cuda", requires_grad=True)
        y = x * 1
        y.register_hook(fails)
        with pytest.raises(KeyError, match="a student's own") as caught:
            y.sum().backward()
        assert caught.traceback[-1].name == "fails"
        (x * 2).sum().backward()
        assert x.grad.tolist() == [2, 2, 2]


def test_an_error_of_a_backward_holds_nothing(counts):
    """Once it has been handled, nothing keeps the tensors that were alive with it."""
    gc.disable()
    try:
        before = counts.live
        x = torch.ones(1000, device="cuda", requires_grad=True)
        x.register_hook(lambda gradient: 1 / 0)
        with contextlib.suppress(ZeroDivisionError):
            (x * 2).sum().backward()
        del x
        assert counts.live == before
    finally:
        gc.enable()


@pytest.mark.usefixtures("counts")
def test_sparse_gradients_are_refused_by_name():
    """There are no sparse tensors on the device, and the message says what to do."""
    words = nn.Embedding(4, 2, sparse=True).cuda()
    with pytest.raises(RuntimeError, match="no tensors of layout torch.sparse_coo"):
        words(torch.tensor([1, 2], device="cuda")).sum().backward()


def test_copies_are_counted(counts):
    """A deep copy takes memory of its own, and gives it back."""
    x = torch.zeros(100, device="cuda")
    before = counts.live
    copied = copy.deepcopy([x, x])
    assert copied[0] is copied[1]
    assert counts.live == before + 400
    del copied
    assert counts.live == before


def test_only_leaves_can_be_copied():
    """As on CUDA: a deep copy of a tensor with a history is refused."""
    with simulated.simulating():
        x = torch.ones(2, device="cuda", requires_grad=True)
        x.grad = torch.ones_like(x)
        assert copy.deepcopy(x).grad.tolist() == [1, 1]
        with pytest.raises(RuntimeError, match="graph leaves"):
            copy.deepcopy(x * 2)
