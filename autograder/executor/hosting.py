"""Runs the source of a student's module, cell by cell where it has cells.

As in Jupyter, a cell that fails ends there, and later cells run all the same. What it
would have defined is lost with it, and nothing else.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import CodeType, FrameType, FunctionType, ModuleType, TracebackType

from autograder.executor.printing import captured
from autograder.protocol.exceptions import thrown_facts
from autograder.protocol.faults import CellFault
from autograder.sources.cells import (
    CellPart,
    defined_behind,
    end_of,
    parts,
    shown_places,
)
from autograder.sources.services import names_of_a_notebook, services

CELLS_SHARE = 0.7  # of an import's time: what the cells of a notebook may take together
_exec = exec  # a cell may put something else in its place
_CAN_TIME = hasattr(signal, "setitimer") and hasattr(signal, "SIGPROF")
_PLAIN = (int, float, str)
_AGAIN = 0.1  # seconds until a cell that swallowed the exception gets it again
_LEAST = 0.02  # seconds of any cell


class _TooLong(BaseException):
    """A cell took too long; later ones must have time as well."""


def run_source(
    module: ModuleType,
    text: str,
    file: str,
    seconds: float | None = None,
    others: Mapping[str, str] | None = None,
) -> list[CellFault]:
    """Run a source in a module; returns the cells that failed.

    What a source without cells raises comes out as it is.

    Args:
        module: where the names go.
        text: the source.
        file: its name in tracebacks.
        seconds: CPU time of all cells together. Each may take half of what is left, so
            that one that trains a model costs itself alone.
        others: further sources by their names in tracebacks, and how each is shown.
    """
    found = parts(text, file)
    _remember(text, file)
    if len(found) == 1 and found[0].cell is None:
        if found[0].code is None:
            error = found[0].error or SyntaxError("it cannot be compiled")
            raise error.with_traceback(None)  # not where else it was raised
        _exec(found[0].code, module.__dict__)
        return []
    shown = {**(others or {}), **shown_places(text, file, f"{module.__name__}.py")}
    files = {part.file for part in found}
    for part in found:
        if part.file != file:
            _remember(part.text, part.file)
    module.__dict__.update(names_of_a_notebook())
    faults = []
    end = end_of(text)
    kept: dict[str, object] = {}
    with services(), _quiet():
        for part in found:
            if end is not None and part.cell is not None and part.cell.number > end:
                kept, end = _own_names(module, files), None
            started = time.process_time()
            fault = _fault_of(part, module, shown, seconds)
            if fault is not None:
                faults.append(fault)
                if part.cell is not None and part.code is not None:
                    _lose(defined_behind(part.cell, fault.line), module, files)
            if seconds is not None:
                seconds = max(0.0, seconds - (time.process_time() - started))
    module.__dict__.update(kept)
    return faults


def _remember(text: str, file: str) -> None:
    """Let tracebacks and ``inspect`` find the lines of a source."""
    lines = text.splitlines(keepends=True)
    linecache.cache[file] = (len(text), None, lines, file)


def _fault_of(
    part: CellPart, module: ModuleType, shown: dict[str, str], seconds: float | None
) -> CellFault | None:
    """Run a cell; what came in its way."""
    assert part.cell is not None
    number = part.cell.number
    if part.code is None:
        error = part.error or SyntaxError("it cannot be compiled")
        return CellFault(number, 0, thrown_facts(error, shown))
    limit = None if seconds is None else max(_LEAST, seconds / 2)
    try:
        with _limited(limit):
            _exec(part.code, module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a cell raises, exit() too, is its own
        thrown = thrown_facts(error, shown)
        if isinstance(error, _TooLong):
            # Where it was just then is chance, and a verdict can be repeated.
            first = (shown[part.file], part.cell.before + 1, "<module>", "")
            said = "the cell took too long and was stopped"
            thrown = replace(thrown, type="TimeoutError", message=said, frames=[first])
        return CellFault(number, _line_in(part.code, error.__traceback__), thrown)
    return None


def _line_in(code: CodeType, traceback: TracebackType | None) -> int:
    """The line of the cell that failed; 0 where nobody knows."""
    while traceback is not None:
        if traceback.tb_frame.f_code is code:
            return traceback.tb_lineno or 0
        traceback = traceback.tb_next
    return 0


def _lose(names: list[str], module: ModuleType, files: set[str]) -> None:
    """Unbind what a failed cell would have replaced by functions of its own.

    An earlier version of the student's own stays, as in Jupyter. What was imported
    under the name does not: the reading for forbidden names relies on the ``def``.
    """
    for name in names:
        if name in module.__dict__ and not _is_own(
            module.__dict__[name], module, files
        ):
            del module.__dict__[name]


def _own_names(module: ModuleType, files: set[str]) -> dict[str, object]:
    """The functions, classes, numbers and texts that the cells so far have bound.

    No others: the reading for forbidden names lets a ``def`` replace an import.
    """
    return {
        name: value
        for name, value in module.__dict__.items()
        if not name.startswith("__")
        and (isinstance(value, _PLAIN) or _is_own(value, module, files))
    }


def _is_own(value: object, module: ModuleType, files: set[str]) -> bool:
    if callable(value):
        value = inspect.unwrap(value)
    if isinstance(value, FunctionType):
        return value.__code__.co_filename in files
    return isinstance(value, type) and value.__module__ == module.__name__


@contextlib.contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    """Raise into what runs for too long, as far as this system can."""
    alone = threading.current_thread() is threading.main_thread()
    if seconds is None or not _CAN_TIME or not alone:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Nobody reads what cells print, nobody answers them, and no window opens."""
    stdin, sys.stdin = sys.stdin, io.StringIO("")
    backend = os.environ.get("MPLBACKEND")
    os.environ["MPLBACKEND"] = "agg"
    try:
        with captured():
            yield
    finally:
        sys.stdin = stdin
        if backend is None:
            os.environ.pop("MPLBACKEND", None)
        else:
            os.environ["MPLBACKEND"] = backend
