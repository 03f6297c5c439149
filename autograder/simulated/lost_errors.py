"""Errors raised in a backward, which torch's device guard would lose on their way out.

Whatever fails in a hook, or in an operator that a backward runs, leaves torch's engine
with Python's error still pending. On its way the engine asks the guard of the device
which device it guards, once for each node. That is Python, too; an error that is
pending when Python returns becomes another one, for which the guard has no place, and
the process ends. So the guard takes what is pending, and it is raised again where the
engine has come to its end.
"""

from __future__ import annotations

from typing import Any

import torch

_LOST: list[BaseException] = []
_NOTHING: tuple[()] = ()


class _Probe:
    """An object that Python makes only if no error is pending."""


def guard() -> Any:
    """A guard of the device that survives a pending error."""
    acc: Any = torch._C._acc
    kind = torch._C._autograd.DeviceType.PrivateUse1

    class Guard(acc.DeviceGuard):  # type: ignore[misc]
        def type_(self) -> Any:
            # With an error pending this raises SystemError, whose cause is the error.
            # By unpacking, since Python's shortcuts for other calls do not look.
            try:
                _Probe(*_NOTHING)
            except SystemError as error:
                if error.__cause__ is not None:
                    _LOST.append(error.__cause__)
            return kind

    return Guard()


def found() -> BaseException | None:
    """The error that was taken, the first of them; none is kept."""
    taken = _LOST[0] if _LOST else None
    _LOST.clear()
    return taken
