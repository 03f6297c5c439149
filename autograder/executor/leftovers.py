"""Calls that need a terminal and were left in the code: refused by name.

A check runs without a terminal. A debugger would end with an error of its own there,
and a question would wait for ever, or get no answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

LEFT = "was left in the code"


class LeftInCode(RuntimeError):
    """A call that only makes sense in front of a terminal; its text names it first."""


def left_in_code() -> dict[str, Callable[..., NoReturn]]:
    """By name, what raises in the place of such a call."""
    return {
        "breakpoint": _raising("breakpoint()"),
        "input": _raising("input()"),
        "pdb.set_trace": _raising("pdb.set_trace()"),
    }


def refuse_debugger() -> None:
    """The same for whoever finds the way to ``breakpoint`` by another name."""
    sys.breakpointhook = _raising("breakpoint()")


def _raising(call: str) -> Callable[..., NoReturn]:
    def left(*args: Any, **kwargs: Any) -> NoReturn:
        raise LeftInCode(f"{call} {LEFT}")

    return left
