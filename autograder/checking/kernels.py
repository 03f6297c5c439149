"""Whose answers are bit for bit those of a kernel that an exercise forbids.

Code of one's own adds up in another order than torch's kernel does, so most of its
float32 answers differ from the kernel's in some last bit. Who calls the kernel, however
it was got at, has all of them. The kernel is asked here, on the grader's own inputs:
what code does where it runs can neither hide that nor make it up for somebody else. It
is a note for a person and costs no point.

Which kernels are asked stands in ``solutions/NAME/kernels/EXERCISE.py``::

    KERNELS = {"conv2d": {"torch.nn.functional.conv2d": F.conv2d}}
    OFF = {"linear": "a product and a sum are the same however they are written"}
    ONE_DNN = True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from autograder.checking.callers import Caller
from autograder.checking.case import SETTINGS, CaseRun, Event
from autograder.checking.case_runs import try_case
from autograder.checking.loading import Check
from autograder.checking.modules import load_file
from autograder.errors import CourseError
from autograder.executor.tuning import one_dnn
from autograder.protocol.frames import private_copy
from autograder.protocol.values import unpack

# Called as the function is: gives tensors in the places of those of its answer. None is
# a place, or a whole call, that says nothing.
Kernel = Callable[..., Any]

SETTING = "cpu float32"
LEAST_VALUES = 16  # of a tensor that says anything
LEAST_TENSORS = 3  # of a function, to say anything of it
MOST_TENSORS = 50  # that are looked at


@dataclass(frozen=True)
class Kernels:
    """The kernels that the functions of an exercise are compared with.

    Attributes:
        of: by function and public name, in one way or several to call it.
        off: functions that are compared with none, and why.
        one_dnn: whether float32 calls run with oneDNN, which grading leaves out
            otherwise: torch's convolution then does not unfold, as others may.
    """

    of: Mapping[str, Mapping[str, tuple[Kernel, ...]]] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)
    one_dnn: bool = False


def load_kernels(file: Path) -> Kernels:
    """The kernels of an exercise; none where there is no file.

    Raises:
        CourseError: the file is not as it should be.
    """
    if not file.is_file():
        return Kernels()
    try:
        module = load_file(file, f"autograder_kernels_{file.stem}")
    except Exception as error:
        raise CourseError(f"{file}: cannot be imported: {error!r}; fix it") from error
    try:
        found = {
            str(function): {str(name): _ways(those) for name, those in named.items()}
            for function, named in vars(module).get("KERNELS", {}).items()
        }
        off = {str(f): str(why) for f, why in vars(module).get("OFF", {}).items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise CourseError(
            f"{file}: {error}. KERNELS is a dict such as "
            '{"conv2d": {"torch.nn.functional.conv2d": F.conv2d}}, and OFF one such as '
            '{"linear": "why"}.'
        ) from None
    return Kernels(found, off, bool(vars(module).get("ONE_DNN", False)))


def _ways(given: Any) -> tuple[Kernel, ...]:
    ways = given if isinstance(given, tuple) else (given,)
    if not ways or not all(callable(way) for way in ways):
        raise ValueError(f"{given!r} is no function, and no tuple of functions")
    return ways


@dataclass
class Sameness:
    """How many tensors that a function answers are those of a kernel, to the bit."""

    function: str
    kernel: str  # "torch.nn.functional.conv2d"
    same: int = 0
    seen: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of them are, and there are enough."""
        return self.same == self.seen >= LEAST_TENSORS

    @property
    def is_far(self) -> bool:
        """Whether most differ, as those of code of one's own should."""
        return self.seen >= LEAST_TENSORS and 2 * self.same <= self.seen


class Fingerprints:
    """Compares the answers of functions with those of kernels, case by case.

    Args:
        kernels: those of an exercise.
        to_the_end: go on where an answer has differed, to count how many do; else
            nothing more is computed for that kernel.
    """

    def __init__(self, kernels: Kernels, to_the_end: bool = False) -> None:
        self._kernels = kernels
        self._to_the_end = to_the_end
        self._found = {
            (function, name): Sameness(function, name)
            for function, those in kernels.of.items()
            for name in those
        }

    def look(self, run: CaseRun) -> None:
        """Look at what a case has asked, and was answered."""
        if not self._found or run.setting.name != SETTING:
            return
        before: list[torch.Tensor] | None = None
        for event in run.events:
            again = event.inputs is before  # the second of two equal calls
            before = event.inputs
            if again or event.target[:1] != ["function"] or event.many:
                continue
            for name, ways in self._kernels.of.get(event.function, {}).items():
                found = self._found[event.function, name]
                over = found.same < found.seen and not self._to_the_end
                if not over and found.seen < MOST_TENSORS:
                    with one_dnn(self._kernels.one_dnn):
                        _compare(event, ways, found)

    @property
    def all(self) -> list[Sameness]:
        """What was seen of each function and kernel."""
        return list(self._found.values())


def measured(
    checks: list[Check], caller: Caller, kernels: Kernels, seed: int
) -> list[Sameness]:
    """How often what a caller answers in some checks is what the kernels answer."""
    found = Fingerprints(kernels, to_the_end=True)
    for check in checks:
        if check.function not in kernels.of or SETTING not in check.settings:
            continue
        for case in check.cases:
            with one_dnn(kernels.one_dnn):
                run, _ = try_case(check, case, caller, SETTINGS[SETTING], seed)
            found.look(run)
    return found.all


def _compare(event: Event, ways: tuple[Kernel, ...], found: Sameness) -> None:
    got = event.answer.tensors
    if not any(map(_tells, got)):
        return
    answers = [answer for way in ways for answer in _asked(way, event)]
    for place, tensor in enumerate(got):
        true = [answer[place] for answer in answers if place < len(answer)]
        known = [one for one in true if one is not None]
        if known and _tells(tensor):
            found.seen += 1
            found.same += any(_is_same(tensor, one) for one in known)


def _asked(kernel: Kernel, event: Event) -> list[list[torch.Tensor | None]]:
    """What a kernel answers, with gradients followed and without.

    Which of several ways torch takes may depend on that.
    """
    found = []
    for followed in (False, True):
        inputs = [private_copy(tensor.detach()) for tensor in event.inputs]
        for tensor in inputs:
            tensor.requires_grad_(followed and tensor.is_floating_point())
        try:
            args, kwargs = (unpack(tree, inputs) for tree in event.args)
            with torch.set_grad_enabled(followed):
                answer = kernel(*args, **kwargs)
        except Exception:
            return []  # it cannot be asked that
        places = list(answer) if isinstance(answer, (tuple, list)) else [answer]
        found.append([one if isinstance(one, torch.Tensor) else None for one in places])
    return found


def _tells(tensor: torch.Tensor) -> bool:
    """Whether it is unlikely to be the same where it is computed in another way.

    Whole numbers, zeros and powers of two are no matter of rounding.
    """
    if tensor.dtype != torch.float32 or tensor.numel() < LEAST_VALUES:
        return False
    plain = tensor.detach()
    if not bool(plain.isfinite().all()):
        return False
    mantissa, _ = torch.frexp(plain)
    return int((mantissa * 4096 != (mantissa * 4096).round()).sum()) >= LEAST_VALUES


def _is_same(one: torch.Tensor, other: torch.Tensor) -> bool:
    if one.shape != other.shape or other.dtype != torch.float32:
        return False
    bits = [tensor.detach().contiguous().view(torch.int32) for tensor in (one, other)]
    return bool(torch.equal(*bits))
