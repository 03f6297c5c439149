"""The words that check files and mistakes files are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from autograder.errors import CourseError

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def mark(function: Any, name: str, value: object) -> None:
    """Leave something on a function, for ``marked``."""
    setattr(function, f"autograder_{name}", value)


def marked(function: Any, name: str, default: Any = None) -> Any:
    """What a decorator of this module left on a function."""
    return getattr(function, f"autograder_{name}", default)


def points(count: float) -> Callable[[Decorated], Decorated]:
    """The check is worth this many points, all or nothing."""

    def decorate(check: Decorated) -> Decorated:
        mark(check, "points", count)
        return check

    return decorate


def hidden(check: Decorated) -> Decorated:
    """Students see this check's promise and outcome only, and never its code."""
    mark(check, "hidden", True)
    return check


def after(*checks: Callable[..., Any]) -> Callable[[Decorated], Decorated]:
    """The check waits unless these checks of the same file have passed."""

    def decorate(check: Decorated) -> Decorated:
        mark(check, "after", tuple(before.__name__ for before in checks))
        return check

    return decorate


def hint(text: str) -> Callable[[Decorated], Decorated]:
    """Words of the author for whoever fails this check."""

    def decorate(check: Decorated) -> Decorated:
        mark(check, "hint", text)
        return check

    return decorate


def settings(*names: str) -> Callable[[Decorated], Decorated]:
    """The check runs in these settings (``"cpu float64"``) instead of in all."""

    def decorate(check: Decorated) -> Decorated:
        mark(check, "settings", names)
        return check

    return decorate


def changes(*arguments: str) -> Callable[[Decorated], Decorated]:
    """The calls of the check are meant to change these arguments, by name.

    All others must be as they were afterwards: tensors, lists, dicts and modules.
    Usage::

        @points(2)
        @changes("model", "optimizer")
        def test_one_step(student, draw): ...
    """

    def decorate(check: Decorated) -> Decorated:
        mark(check, "changes", frozenset(arguments))
        return check

    return decorate


@dataclass(frozen=True)
class Mistake:
    """A classic wrong implementation of one function or class."""

    exercise: str
    function: str
    name: str
    sentence: str  # completes "your output looks like ..."
    question: str
    code: Any
    rounding: str | None = (
        None  # the check that must catch it, if it is one of numerics
    )

    @property
    def id(self) -> str:
        """``convolution::conv2d__flips_the_kernel``."""
        return f"{self.exercise}::{self.function}__{self.name}"


def mistake(
    question: str, rounding: str | None = None
) -> Callable[[Decorated], Decorated]:
    """Mark ``<function>__<name>`` as a classic wrong version of that function.

    Its docstring completes the sentence "your output looks like ...".

    Args:
        question: leads towards the idea that is wrong without giving the answer away.
        rounding: for a formula that is right on paper and loses digits, or nearly is:
            the check of the same exercise that is meant to catch it.
            ``autograder numerics`` measures by how much it does.
    """

    def decorate(code: Decorated) -> Decorated:
        name = code.__name__
        function, separator, rest = name.partition("__")
        if not (separator and function and rest):
            raise CourseError(
                f"mistake {name!r}: a mistake is named <function>__<mistake>, such as "
                "conv2d__flips_the_kernel; rename it"
            )
        if not (code.__doc__ or "").strip():
            raise CourseError(
                f"mistake {name!r} has no docstring; it completes the sentence "
                '"your output looks like ..."'
            )
        mark(code, "mistake", question)
        mark(code, "rounding", rounding)
        return code

    return decorate


def mistakes_of(module: ModuleType, exercise: str) -> list[Mistake]:
    """All mistakes that a mistakes file defines, in its order."""
    found = []
    for name, code in vars(module).items():
        # Its own mark: a class that derives from a mistake is not one by that.
        question = getattr(code, "__dict__", {}).get("autograder_mistake")
        if question is None or getattr(code, "__name__", None) != name:
            continue
        function, _, rest = name.partition("__")
        sentence = " ".join((code.__doc__ or "").split()).rstrip(".")
        rounding = marked(code, "rounding")
        found.append(
            Mistake(exercise, function, rest, sentence, question, code, rounding)
        )
    return found


class Reference:
    """The solution's functions, for mistakes that differ from it in one idea only."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "autograder_")):
            raise AttributeError(name)
        exercise, modules = _REFERENCE.get()
        return getattr(modules[exercise], name)

    def of(self, exercise: str) -> ModuleType:
        """The solution module of another exercise of the assignment."""
        _, modules = _REFERENCE.get()
        return modules[exercise]


reference = Reference()
_REFERENCE: ContextVar[tuple[str, dict[str, ModuleType]]] = ContextVar("reference")


@contextmanager
def referring_to(exercise: str, modules: dict[str, ModuleType]) -> Iterator[None]:
    """Within it, ``reference`` gives the solution of this exercise."""
    token = _REFERENCE.set((exercise, modules))
    try:
        yield
    finally:
        _REFERENCE.reset(token)
