"""Probes that run pieces of code on the device, and say how they went there."""

from __future__ import annotations

import contextlib
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import nn

from autograder.executor.devices import Device, device_of, on_host
from tests.simulated import (
    device_bugs,
    device_bugs_in_backwards,
    device_bugs_in_models,
    device_bugs_in_sequences,
    legal_code_of_courses,
    legal_code_of_gradients,
    legal_code_of_models,
    legal_code_of_sequences,
    modules_of_torch,
)
from tests.simulated.device_bugs_that_wait import WAITS
from tests.simulated.legal_code import LEGAL, RANDOM

_FILES_OF_CODE = (  # all of it is among LEGAL
    legal_code_of_courses,
    legal_code_of_gradients,
    legal_code_of_models,
    legal_code_of_sequences,
)
_FILES_OF_BUGS = (
    device_bugs,
    device_bugs_in_models,
    device_bugs_in_backwards,
    device_bugs_in_sequences,
)
BUGS = {bug.__name__: bug for file in _FILES_OF_BUGS for bug in file.BUGS}
HOST_WAITS = {code.__name__: code for code in WAITS}
SYNCHRONIZES = "called a synchronizing CUDA operation"


@dataclass(frozen=True)
class Failure:
    """How wrong code came out."""

    how: str | None  # "raised", "on the cpu"; None: it did not fail
    kind: str = ""  # of the exception
    words: str = ""  # of the exception, one line
    as_said: bool = True  # in kind and words, if the bug promises some


@cache
def on(place: str) -> Device:
    """The device of this process."""
    return device_of(place)


def inputs() -> torch.Tensor:
    """What all of the code is given: 4 by 3 normal numbers on the CPU."""
    return torch.randn(4, 3, generator=torch.Generator().manual_seed(5))


def run(place: str, code: Any) -> Any:
    """The code's result on the device, inputs moved there."""
    device = on(place)
    x = device.put(inputs())
    with device.around():
        return code(x)


@contextlib.contextmanager
def waits_counted(place: str) -> Iterator[list[int]]:
    """Counts in its one number the waits of the host for the device."""
    counted = [0]
    with on(place).around() as seen:
        if place == "sim":
            yield counted
        else:
            with warnings.catch_warnings(record=True) as caught:
                torch.cuda.set_sync_debug_mode("warn")
                warnings.simplefilter("always")
                try:
                    yield counted
                finally:
                    torch.cuda.set_sync_debug_mode("default")
            counted[0] = sum(SYNCHRONIZES in str(w.message) for w in caught)
    if place == "sim":  # which tells when all is done
        counted[0] = seen.waited


def wrong_bug(place: str, name: str) -> Failure:
    """How a device bug comes out, and whether it says what the simulation says."""
    bug = BUGS[name]
    try:
        found = run(place, bug.wrong)
    except Exception as error:
        words = " ".join(str(error).split())
        said = bug.says is not None and re.search(said_on(place, bug.says), words)
        kind = getattr(bug, "kind", RuntimeError)
        as_said = bool(said) and isinstance(error, kind)
        return Failure("raised", type(error).__name__, words[:400], as_said)
    if found.device.type == "cpu":
        return Failure("on the cpu", as_said=bug.says is None)
    return Failure(None, as_said=False)


def said_on(place: str, says: str) -> str:
    """A message's pattern, which is written for the simulation, for another place."""
    if place == "sim":
        return says
    return re.sub(r"\bsim\b", place, says)


def right_bug(place: str, name: str) -> str:
    """What is wrong with the same code put right; nothing should be."""
    bug = BUGS[name]
    return _differs(place, bug.right, getattr(bug, "random", False), moved=True)


def legal(place: str, name: str) -> tuple[str, int]:
    """What is wrong with legal code, and how often the host waited in it."""
    x = on(place).put(inputs())
    with waits_counted(place) as waited:
        LEGAL[name](x)
    return _differs(place, LEGAL[name], name in RANDOM), waited[0]


def waits(place: str, name: str) -> dict[str, Any]:
    """Waits of code with and without them, and what is wrong with their answers."""
    code = HOST_WAITS[name]
    found: dict[str, Any] = {}
    for version in ("wrong", "right"):
        function = getattr(code, version)
        x = on(place).put(inputs())
        with waits_counted(place) as waited:
            function(x)
        found[version] = waited[0]
        found[f"{version} differs"] = _differs(place, function)
    return found


def refused_to_wait(place: str, name: str) -> bool:
    """Whether code with a wait is stopped where waiting is an error."""
    code = HOST_WAITS[name]
    if place == "sim":  # which has no such switch: it counts
        return bool(waits(place, name)["wrong"])
    x = on(place).put(inputs())
    with on(place).around():
        torch.cuda.set_sync_debug_mode("error")
        try:
            code.wrong(x)
        except RuntimeError as error:
            return SYNCHRONIZES in str(error)
        finally:
            torch.cuda.set_sync_debug_mode("default")
    return False


def module(place: str, name: str, optimizer: str = "Adam") -> str:
    """What differs from the CPU after three steps of one of torch's modules."""
    make, shape = modules_of_torch.CASES[name]
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    return _trains_differently(place, make, x, optimizer)


def embedding(place: str) -> str:
    """The same for an embedding, whose inputs are positions."""
    words = torch.tensor([[1, 2, 0], [3, 1, 1]])
    make = lambda: nn.Embedding(5, 4, padding_idx=0)  # noqa: E731
    return _trains_differently(place, make, words, "Adam")


def _trains_differently(place: str, make: Any, x: torch.Tensor, optimizer: str) -> str:
    trained = modules_of_torch.trained
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # LSTM with projections, on any device
        expected = trained(make, x, "cpu", optimizer)
        device = on(place)
        moved = device.put(x.clone())
        with device.around():
            found = trained(make, moved, "cuda", optimizer)
    return difference(_plain(found), _plain(expected), rtol=1e-4, atol=1e-5)


def _differs(place: str, code: Any, random: bool = False, moved: bool = False) -> str:
    """What differs between the code's answers on the device and on the CPU.

    Args:
        place: where the device is.
        code: of one argument.
        random: numbers are the device's own, and differ where it is a real one.
        moved: the answer has to be on the device.
    """
    expected = _plain(code(inputs()))
    answer = run(place, code)
    if moved and answer.device.type != place:
        return f"the answer is on {answer.device}"
    random = random and place != "sim"
    return difference(_plain(answer), expected, values=not random)


def _plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return on_host(value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def difference(
    found: Any,
    expected: Any,
    values: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
) -> str:
    """Where two answers differ by more than rounding; an empty text if nowhere."""
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return f"not {len(expected)} parts: {found!r}"
        parts = (
            difference(one, other, values, rtol, atol)
            for one, other in zip(found, expected)
        )
        return next((f"[{i}] {part}" for i, part in enumerate(parts) if part), "")
    if isinstance(expected, torch.Tensor):
        same = found.shape == expected.shape and found.dtype == expected.dtype
        if not values:
            return "" if same else f"{found.shape} {found.dtype}"
        try:
            torch.testing.assert_close(found, expected, rtol=rtol, atol=atol)
        except AssertionError as error:
            return str(error)
        return ""
    if isinstance(expected, float):
        close = math.isclose(found, expected, rel_tol=1e-5, abs_tol=1e-6)
        return "" if close else f"{found!r} for {expected!r}"
    return "" if found == expected else f"{found!r} for {expected!r}"
