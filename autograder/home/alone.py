"""At home, what grading's sandbox would deny: other files, programs, the network.

Nothing is contained by it. It tells honest code at home what would be denied later: it
hears of what Python itself opens and starts, and not of what a library's C code does.
"""

from __future__ import annotations

import errno
import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy
import torch

import autograder

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTING = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty"}
    | {"os.posix_spawn", "os.spawn", "os.startfile"}
)
# The first argument, or the first two, are paths that are written to.
_CHANGING = {"os.mkdir": 1, "os.remove": 1, "os.rmdir": 1, "os.rename": 2}
_SYSTEM = ("/dev", "/proc", "/sys", "/etc", "/usr", "/lib", "/lib64", "/System")

_places: list[str] = []  # the folders of the code that is running, innermost last
_hooked: list[bool] = []


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Within it, a student's code that lives in ``folder`` is running."""
    if not _hooked:  # a hook cannot be taken back, so there is one
        _hooked.append(True)
        sys.addaudithook(_hear)
    _places.append(os.path.realpath(folder))
    try:
        yield
    finally:
        _places.pop()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if not _places:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = any(c in (mode or "") for c in "wax+") or bool(flags & _WRITING)
        _judge(path, writes)
    elif event in _STARTING:
        raise PermissionError(errno.EPERM, "grading lets code start no other process")
    elif event == "socket.__new__":
        raise PermissionError(errno.EPERM, "grading has no network")
    elif event in _CHANGING:
        for path in arguments[: _CHANGING[event]]:
            _judge(path, True)


def _judge(path: Any, writes: bool) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)) or path == os.devnull:
        return  # a descriptor was opened before
    real = os.path.realpath(os.fsdecode(path))
    if _lies_in(real, _places[-1]):
        return
    if not writes and any(_lies_in(real, place) for place in _readable()):
        return
    why = (
        "grading lets code write into its own folder only"
        if writes
        else "grading lets code read only what is handed in"
    )
    raise PermissionError(errno.EACCES, why, os.fsdecode(path))


def _readable() -> list[str]:
    """Where libraries are, as in the sandbox; nothing of a student's."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    found = [sysconfig.get_path(name) for name in names]
    found += [sys.prefix, sys.base_prefix, *_SYSTEM]
    for module in (autograder, numpy, torch):
        found.append(os.path.dirname(module.__file__ or ""))
    return [os.path.realpath(path) for path in found if path not in ("", "/")]


def _lies_in(path: str, place: str) -> bool:
    path, place = os.path.normcase(path), os.path.normcase(place)
    return path == place or path.startswith(place.rstrip(os.sep) + os.sep)
