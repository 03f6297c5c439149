"""The limits of an assignment: a line for each, which is all that there is to add."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from autograder.tables import Table


@dataclass(frozen=True)
class Limits:
    """How much time and memory student code may take.

    Each is a key of ``[limits]`` with this name, and this value where it is left out;
    what is a whole number here is one there, 1 or more.
    """

    call_seconds: float = 5.0  # CPU seconds of one call
    submission_seconds: float = 300.0
    memory_mebibytes: int = 1024
    gpu_memory_mebibytes: int = 2048  # where checks run on CUDA


def read_limits(table: Table) -> Limits:
    """Those of a table ``[limits]``; the usual ones where it names none.

    Raises:
        CourseError: a value breaks its rule.
    """
    usual: dict[str, Any] = asdict(Limits())
    table.allow(*usual)
    given: dict[str, Any] = {}
    for name, value in usual.items():
        if type(value) is int:
            given[name] = table.integer(name, value, least=1)
        else:
            given[name] = table.number(name, value)
    limits = Limits(**given)
    if limits.call_seconds > limits.submission_seconds:
        rule = (
            f"is {limits.call_seconds:g}, more than submission_seconds "
            f"({limits.submission_seconds:g}), which holds all calls"
        )
        raise table.fail("call_seconds", rule, "Lower it, or raise the other.")
    return limits
