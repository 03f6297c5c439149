"""The rule on libraries, the same at home and in grading.

Code may import the standard library, its own modules and the assignment's libraries.
Anything else is absent, whether it is installed or not: an import that is prepared for
that gets its ModuleNotFoundError, and any other one gets a stand-in, so that a plot
left at the top of a file costs nothing. While the file is being imported, a stand-in
does nothing; later, using it raises at the line that uses it.

This is no wall. Who gets round it imports at home what grading has not.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import linecache
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

from autograder.executor.leftovers import left_in_code
from autograder.sources.imports import imports_in, is_there
from autograder.sources.services import are_offered, checker, is_service

_MARK = "autograder_libraries"  # among a module's builtins: it is the student's


class Libraries:
    """What the modules of one submission may import, and how they do it.

    Args:
        allowed: libraries by the names under which they are imported.
        own: names of the submission's own modules.
    """

    def __init__(self, allowed: Collection[str], own: Collection[str]) -> None:
        self._allowed = tuple(allowed)
        self._own = own
        self._importing = 0
        self._builtins = {
            **vars(builtins),
            **left_in_code(),
            "__import__": self._import,
            _MARK: self,
        }
        _watch_importlib()

    @contextmanager
    def around(self, module: ModuleType) -> Iterator[None]:
        """Within it, run the source of one of the submission's modules."""
        vars(module)["__builtins__"] = self._builtins
        self._importing += 1
        try:
            yield
        finally:
            self._importing -= 1

    @property
    def is_importing(self) -> bool:
        """Whether a module's own lines are running, and no call of a check."""
        return self._importing > 0

    def rule(self, name: str) -> str:
        """Why there is no such library, and what to do."""
        there = ", ".join(["the standard library", *self._allowed[:-1]])
        there += f" and {self._allowed[-1]}" if self._allowed else ""
        return (
            f"{name} is not there when this is graded, only {there}. Do without it; if "
            "it is a file of your own, hand it in as well."
        )

    def absent(self, name: str) -> ModuleNotFoundError:
        """The error for a library that is not there."""
        return ModuleNotFoundError(self.rule(name.partition(".")[0]), name=name)

    def offers(self, name: str) -> bool:
        """Whether a module of this name may be imported."""
        if is_service(name) and are_offered():
            return True
        return is_there(name, self._allowed, self._own)

    def _import(
        self,
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Any = (),
        level: int = 0,
    ) -> Any:
        stand_in = None if level else checker(name)
        if stand_in is not None:
            return stand_in
        if level or self.offers(name):
            module = builtins.__import__(name, globals, locals, fromlist, level)
            if name == "pdb":
                vars(module)["set_trace"] = left_in_code()["pdb.set_trace"]
            return module
        if _is_optional(sys._getframe(1)):
            raise self.absent(name)
        return StandIn(self, name if fromlist else name.partition(".")[0])


class StandIn:
    """In the place of a library that is not there, and of anything in it."""

    def __init__(self, libraries: Libraries, name: str) -> None:
        vars(self)["_StandIn__of"] = (libraries, name)

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return []
        if name[:2] == "__" and name[-2:] == "__":  # Python asks whether it can ...
            raise AttributeError(name)
        libraries, own = self.__of
        return StandIn(libraries, f"{own}.{name}")

    def __repr__(self) -> str:
        return f"<{self.__of[1]}, which is not there>"

    def __instancecheck__(self, value: object) -> bool:
        return False  # there is nothing of its kinds

    def __or__(self, other: object) -> StandIn:
        return self  # in annotations

    __ror__ = __or__

    def __mro_entries__(self, bases: object) -> tuple[type, ...]:
        raise self.__error()

    def __error(self) -> ModuleNotFoundError:
        libraries: Libraries = self.__of[0]
        return libraries.absent(self.__of[1])

    def _unless_importing(self) -> StandIn:
        if not self.__of[0].is_importing:
            raise self.__error()
        return self

    def __call__(self, *args: object, **kwargs: object) -> StandIn:
        """Do nothing, and give what can be used just as little."""
        return self._unless_importing()

    def __getitem__(self, key: object) -> StandIn:
        return self._unless_importing()

    def __enter__(self) -> StandIn:
        return self._unless_importing()

    def __exit__(self, *error: object) -> None:
        return None

    def __setitem__(self, key: object, value: object) -> None:
        self._unless_importing()

    def __setattr__(self, name: str, value: object) -> None:
        self._unless_importing()


def _raising(name: str) -> Any:
    def method(self: Any, *args: object) -> Any:
        raise self._StandIn__error()

    method.__name__ = name
    return method


# A number, a truth value or items cannot be made up, not even during an import.
_IMPOSSIBLE = """
    bool int float index complex len iter next contains eq ne lt le gt ge
    add radd sub rsub mul rmul matmul rmatmul truediv rtruediv floordiv rfloordiv
    mod rmod pow rpow and rand xor rxor neg pos abs invert array
"""
for _name in _IMPOSSIBLE.split():
    setattr(StandIn, f"__{_name}__", _raising(f"__{_name}__"))


def _is_optional(frame: FrameType) -> bool:
    """Whether the import at this line says itself what to do without the library."""
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    line = frame.f_lineno
    found = [one for one in imports_in(source) if one.first <= line <= one.last]
    return any(one.is_optional for one in found)


def _watch_importlib() -> None:
    """Hold the student's calls of importlib to the same rule, and nobody else's."""
    for module, name in ((importlib, "import_module"), (importlib.util, "find_spec")):
        usual = getattr(module, name)
        if not hasattr(usual, _MARK):
            vars(module)[name] = _watched(usual, name)


def _watched(usual: Any, name: str) -> Any:
    def asked(wanted: str, package: str | None = None) -> Any:
        theirs = sys._getframe(1).f_globals.get("__builtins__")
        libraries = theirs.get(_MARK) if isinstance(theirs, dict) else None
        if libraries is None or wanted[:1] == "." or libraries.offers(wanted):
            return usual(wanted, package)
        if name == "find_spec":
            return None
        raise libraries.absent(wanted)

    setattr(asked, _MARK, True)
    return asked
