"""Exceptions out of student code as facts: they cross, the exceptions do not."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field

import torch


@dataclass(frozen=True)
class Thrown:
    """An exception out of student code, in facts. ``frames`` are the student's own."""

    type: str
    message: str
    frames: list[tuple[str, int, str, str]]  # file, line, function, text
    nearest: str  # the nearest built-in type
    original: BaseException | None = field(default=None, compare=False)


def thrown_facts(error: BaseException, sources: dict[str, str]) -> Thrown:
    """What to tell of an exception: its type, its message, the student's own lines."""
    frames = [
        (sources[entry.filename], entry.lineno or 0, entry.name, entry.line or "")
        for entry in traceback.extract_tb(error.__traceback__, limit=-200)
        if entry.filename in sources
    ]
    if isinstance(error, SyntaxError) and error.filename in sources:
        text = (error.text or "").rstrip()
        caret = f"\n{' ' * ((error.offset or 1) - 1)}^" if text else ""
        where = (sources[error.filename], error.lineno or 0, "", text[:200] + caret)
        frames.append(where)
    try:
        message = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        message = "(its message cannot be shown)"
    if isinstance(error, ImportError) and isinstance(error.path, str):
        # Where a library lies on the machine that grades is of no use to anybody.
        message = message.removesuffix(f" ({error.path})")
    return Thrown(
        type=_name_of(type(error))[:100],
        message=printable(message)[:2000],
        frames=frames[-6:],
        nearest="MemoryError" if ran_out(error) else nearest_builtin(type(error)),
        original=error,
    )


def _name_of(kind: type) -> str:
    """As Python knows it, whatever the class of a class says that it is."""
    name: str = vars(type)["__name__"].__get__(kind)
    return name


def place_text(shown: str, line: int) -> str:
    """``convolution.py:15``, or ``cell 6, line 1`` in a notebook."""
    return f"{shown}{', line ' if shown.startswith('cell ') else ':'}{line}"


def ran_out(error: BaseException) -> bool:
    """Whether it tells of too little memory, in Python's words or in torch's."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    words = ("can't allocate memory", "not enough memory")
    return isinstance(error, RuntimeError) and any(w in str(error) for w in words)


def nearest_builtin(kind: type[BaseException]) -> str:
    """``ValueError`` for that and for classes derived from it."""
    for base in kind.__mro__:
        if base.__module__ == "builtins":
            return base.__name__
    return "Exception"


def printable(text: str) -> str:
    """The text without control characters other than line ends and tabs."""
    return "".join(c for c in text if c in "\n\t" or c.isprintable())
