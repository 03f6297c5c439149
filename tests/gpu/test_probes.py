"""The parts of the suite that a real GPU alone would show to be wrong, without one."""

from __future__ import annotations

import re
import warnings

import pytest
import torch

from autograder.executor.devices import Device
from tests.gpu import code_probes
from tests.gpu.code_probes import SYNCHRONIZES, difference, said_on
from tests.simulated.device_bugs import (
    AddsAConstant,
    NumpyOfADeviceTensor,
    ReturnsACpuTensor,
)


@pytest.fixture
def modes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A CPU in the place of a GPU, and what torch is told of waits."""
    told: list[str] = []
    monkeypatch.setattr(torch.cuda, "set_sync_debug_mode", told.append)
    monkeypatch.setattr(code_probes, "on", lambda place: Device("cpu"))
    return told


def test_waits_are_counted_by_their_warnings(modes: list[str]) -> None:
    """Each of torch's warnings of a wait counts, and no other warning."""
    with code_probes.waits_counted("cuda") as counted:
        assert modes == ["warn"]
        for text in (SYNCHRONIZES, "something else", f"{SYNCHRONIZES} (once more)"):
            warnings.warn(text, stacklevel=1)

    assert counted == [2]
    assert modes == ["warn", "default"]


def test_waits_are_no_concern_after_an_error(modes: list[str]) -> None:
    """Code that raises leaves torch as it was."""
    with pytest.raises(LookupError), code_probes.waits_counted("cuda"):
        raise LookupError
    assert modes == ["warn", "default"]


def test_a_refused_wait_is_told_from_other_errors(
    modes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only torch's own refusal to wait counts as one."""

    class Refused:
        def wrong(x):  # noqa: N805
            raise RuntimeError(SYNCHRONIZES if modes[-1] == "error" else "no")

    class Waits:
        def wrong(x):  # noqa: N805
            return x

    class Breaks:
        def wrong(x):  # noqa: N805
            raise RuntimeError("something else")

    codes = {"Refused": Refused, "Waits": Waits, "Breaks": Breaks}
    monkeypatch.setattr(code_probes, "HOST_WAITS", codes)

    assert [code_probes.refused_to_wait("cuda", name) for name in codes] == [
        *(True, False, False)
    ]
    assert modes == ["error", "default"] * 3


def test_bugs_that_do_not_fail_are_told(
    modes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passes is no failure, and other words are not the promised ones."""

    class Passes:
        says = "found at least two devices"

        def wrong(x):  # noqa: N805
            return x.to("meta")

    class OtherWords(AddsAConstant):
        def wrong(x):  # noqa: N805
            raise RuntimeError("somewhere else")

    class OtherKind(NumpyOfADeviceTensor):
        def wrong(x):  # noqa: N805
            raise ValueError("can't convert cuda:0 device type tensor to numpy. Use Te")

    class AsPromised(AddsAConstant):
        def wrong(x):  # noqa: N805
            raise RuntimeError("found at\nleast two devices, cuda:0 and cpu!")

    bugs = [Passes, OtherWords, OtherKind, AsPromised, ReturnsACpuTensor]
    monkeypatch.setattr(code_probes, "BUGS", {bug.__name__: bug for bug in bugs})
    found = [code_probes.wrong_bug("cuda", bug.__name__) for bug in bugs]

    assert [(one.how, one.as_said) for one in found] == [
        (None, False),
        ("raised", False),
        ("raised", False),
        ("raised", True),
        ("on the cpu", True),
    ]
    assert found[3].words == "found at least two devices, cuda:0 and cpu!"


@pytest.mark.parametrize(
    ("says", "on_cuda"),
    [
        ("two devices, sim:0 and cpu!", "two devices, cuda:0 and cpu!"),
        (r"type \(torch.sim.FloatTensor\)", r"type \(torch.cuda.FloatTensor\)"),
        ("a 'sim' device, simply", "a 'cuda' device, simply"),
    ],
)
def test_words_are_translated(says: str, on_cuda: str) -> None:
    """Where the simulation names its device, CUDA names its own."""
    assert said_on("cuda", says) == on_cuda
    assert said_on("sim", says) == says


@pytest.mark.parametrize(
    ("found", "expected", "says"),
    [
        (torch.ones(2), torch.ones(2), ""),
        (torch.ones(2), torch.zeros(2), "not close"),
        ([1, torch.ones(2)], [1, torch.zeros(2)], r"\[1\] .*not close"),
        ([1], [1, 2], "not 2 parts"),
        (0.1 + 1e-9, 0.1, ""),
        (0.2, 0.1, "0.2 for 0.1"),
        ("a", "b", "'a' for 'b'"),
        (torch.ones(2), torch.ones(2).double(), "dtype"),
    ],
)
def test_differences_are_found(found: object, expected: object, says: str) -> None:
    """Rounding is no difference; values, shapes, dtypes and lengths are."""
    text = " ".join(difference(found, expected).split())

    assert (text == "") == (says == "")
    assert difference(found, found) == ""

    assert re.search(says, text)


def test_random_numbers_are_compared_by_shape() -> None:
    """Where a device draws its own numbers, their values are its own."""
    assert difference(torch.zeros(2), torch.ones(2), values=False) == ""
    assert difference(torch.zeros(3), torch.ones(2), values=False) != ""
