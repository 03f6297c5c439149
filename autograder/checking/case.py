"""The case that is being run: its setting, its randomness, and what was seen of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from autograder.protocol.calls import Answer
from autograder.protocol.dtypes import dtype_name
from autograder.verdict import Remark


@dataclass(frozen=True)
class Setting:
    """A device and a dtype under which a check runs."""

    device: str
    dtype: torch.dtype

    @property
    def name(self) -> str:
        """``cpu float64``."""
        return f"{self.device} {dtype_name(self.dtype)}"


_DEVICES = ("cpu", "sim", "cuda")
_DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
SETTINGS = {
    setting.name: setting
    for setting in (Setting(device, dtype) for device in _DEVICES for dtype in _DTYPES)
}
CPU_FLOAT64 = SETTINGS["cpu float64"]
CPU_SETTINGS = ("cpu float64", "cpu float32")  # of a check that names none
SIM_SETTINGS = ("sim float32",)  # what ``@settings("sim")`` stands for


GRADIENT = "gradient"  # the function of an event that is a backward


@dataclass(frozen=True)
class Event:
    """One call into student code, or one backward through it, and what came of it."""

    function: str  # "conv2d", "ConvNet", "ConvNet.fit", or GRADIENT
    args: Any  # tree
    inputs: list[torch.Tensor]
    answer: Answer
    write: Callable[[], tuple[str, list[str]]] = lambda: ("", [])
    parameters: Callable[[], list[str]] = list  # names of the positional arguments
    many: bool = False  # its value is a list, of the answers to many calls
    # What was called: ["function", name], ["handle", number], ["method", number, name].
    target: list[Any] = field(default_factory=list)

    @cached_property
    def written(self) -> tuple[str, list[str]]:
        """``conv2d(x, weight, stride=2)``, and the names that it gives the inputs.

        Made when it is asked for: most calls are right, and nobody reads of them.
        """
        return self.write()

    @property
    def altered(self) -> list[tuple[str, str]]:
        """Arguments other than tensors that the call changed, by name, and how."""
        found = []
        for place, what in self.answer.altered:
            names = self.parameters() if place.isdigit() else []
            number = int(place) if place.isdigit() else 0
            found.append((names[number] if number < len(names) else place, what))
        return found


@dataclass(frozen=True)
class Compared:
    """One comparison that a check made, whatever came of it."""

    of: str  # "the output", "the gradient of weight"
    got: Any  # the student's value, on the CPU
    expected: Any  # the true one, exact or float64
    right: bool
    # Where an oracle gave the truth: it, and what it was called with.
    oracle: Callable[..., Any] | None = None
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    # Of many calls in one message: names of the arguments, and their values by call;
    # ``got`` and ``expected`` are lists then.
    calls: tuple[list[str], list[tuple[Any, ...]]] | None = None


@dataclass
class CaseRun:
    """The state of one run of one case; checks reach it by ``current()``."""

    setting: Setting
    seed: int
    # Whether dtypes, types, digits beyond float32 and untouched arguments count. One
    # check of each function is strict; others note as a remark what it would refuse.
    strict: bool = False
    changes: frozenset[str] = frozenset()  # arguments that the call is meant to change
    # Whether these calls were made twice before, in another dtype or on the CPU: then
    # ``agrees`` need not see again whether answers repeat themselves.
    asked_twice: bool = False
    events: list[Event] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    compared: list[Compared] = field(default_factory=list)
    wrong_calls: list[str] = field(default_factory=list)  # of many in one message
    numeric: bool = False  # floating-point values were compared
    typed: bool = False  # and values whose type only a strict check minds
    looked_at: int = 0  # so many events were looked at for arguments that changed
    counted: list[int] | None = None  # operators of each call, where a bound asked
    # The same of the reference's calls; None where nobody knows.
    reference_operators: Callable[[], list[int] | None] = lambda: None
    # The names of the parts of what a function returns; set by whoever runs the case.
    output_names: Callable[[str], list[str]] = lambda function: []
    generator: torch.Generator = field(default_factory=torch.Generator)

    def __post_init__(self) -> None:
        self.restart()

    def remark(self, remark: Remark) -> None:
        """Note once what was accepted."""
        if remark not in self.remarks:
            self.remarks.append(remark)

    def restart(self) -> None:
        """Begin again: the next example of a Hypothesis check, or the first."""
        self.events.clear()
        self.compared.clear()
        self.wrong_calls.clear()
        self.looked_at = 0
        self.generator.manual_seed(self.seed)


_CURRENT: ContextVar[CaseRun] = ContextVar("autograder_case")


def current() -> CaseRun:
    """The case being run.

    Raises:
        RuntimeError: a check's verb was used outside a check.
    """
    try:
        return _CURRENT.get()
    except LookupError:
        raise RuntimeError(
            "agrees, close and equal work inside a check only; run it with pytest or "
            "`autograder check`"
        ) from None


def begin(case: CaseRun) -> None:
    """Make a case the current one."""
    _CURRENT.set(case)


def case_label(arguments: Mapping[str, Any]) -> str:
    """``stride=2-f=relu``: the id of a case that has none of its own.

    It is the same in every process: inputs are drawn by it, and it is checked in.
    """
    return "-".join(f"{name}={_label(value)}" for name, value in arguments.items())


def _label(value: Any) -> str:
    named = getattr(value, "__name__", None)
    text = str(named) if named else repr(value)
    return re.sub(r" at 0x[0-9a-fA-F]+", "", text).replace(" ", "")


def case_seed(seed: int, check_id: str, case_id: str) -> int:
    """The seed of one case: from the run's seed, check and case, never from order."""
    text = f"{seed}/{check_id}/{case_id}".encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")
