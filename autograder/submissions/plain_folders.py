"""Read a student's folder: no link out of it is followed, no pipe is ever opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from autograder.submissions.filenames import (
    is_archive,
    is_junk,
    is_junk_folder,
    kind_of,
)
from autograder.submissions.handed_in import (
    File,
    HandedIn,
    RefusedError,
    mebibytes,
    shown,
)
from autograder.submissions.limits import IntakeLimits

_AGAIN = "Hand in only your .py files, notebook and worksheet."
# A pipe without a writer would block the open, a terminal would become ours.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_FLAGS |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def read_folder(root: Path, limits: IntakeLimits) -> HandedIn:
    """The files of a folder that can matter.

    Raises:
        RefusedError: the folder holds too much, or cannot be read.
    """
    found = HandedIn()
    real = root.resolve()
    waiting = [real]
    entries = total = 0
    try:
        while waiting:
            for path in sorted(waiting.pop().iterdir()):
                name = path.relative_to(real).as_posix()
                if is_junk(path.name):
                    continue
                entries += 1
                if entries > limits.entries:
                    raise _refused(f"over {limits.entries} files and folders")
                if path.is_symlink():
                    total += _read_link(path, name, real, found, limits)
                elif path.is_dir():
                    if (path / "pyvenv.cfg").exists():
                        found.notes.append(
                            f"{shown(name)} is a virtual environment and was left out."
                        )
                    else:
                        waiting.append(path)
                else:
                    total += _read_file(path, name, found, limits)
                if total > limits.total_bytes:
                    raise _refused(f"over {mebibytes(limits.total_bytes)}")
    except OSError as error:
        where = shown(Path(error.filename or root).name)
        raise RefusedError(
            "unreadable",
            f"{where} cannot be read ({error.strerror}). Make it readable.",
        ) from None
    found.files.sort(key=lambda file: file.path)
    return found


def read_one(path: Path, name: str, limits: IntakeLimits) -> HandedIn:
    """A submission that is a single file, under the name that its student gave it.

    Raises:
        RefusedError: the file cannot be read.
    """
    found = HandedIn()
    try:
        _read_file(path.resolve(), name, found, limits)
    except OSError as error:
        text = (
            f"{shown(path.name)} cannot be read ({error.strerror}). Make it readable."
        )
        raise RefusedError("unreadable", text) from None
    return found


def _read_link(
    path: Path, name: str, root: Path, found: HandedIn, limits: IntakeLimits
) -> int:
    """Read what a link stands for, if it is a file of the same submission."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # to nothing, or in a circle
        target = None
    if target is None or not target.is_relative_to(root):
        found.notes.append(
            f"{shown(name)} is a link out of the submission and was not followed. Put "
            "the file itself there."
        )
        return 0
    if target.is_dir() or any(map(is_junk_folder, target.relative_to(root).parts[:-1])):
        return 0
    return _read_file(target, name, found, limits)


def _read_file(path: Path, name: str, found: HandedIn, limits: IntakeLimits) -> int:
    """Add a file to what was found; returns the bytes that it cost."""
    if not stat.S_ISREG(path.lstat().st_mode):
        return 0
    if not (kind := kind_of(name)):
        found.others.append(name)
        found.data.add_file(path, name)
        if is_archive(name):
            found.archives[name] = path
        return 0
    # A name that is not UTF-8 could not be written into any report.
    name = name.encode("utf-8", "replace").decode("utf-8")
    limit = limits.notebook_bytes if kind == ".ipynb" else limits.file_bytes
    with os.fdopen(os.open(path, _FLAGS), "rb") as file:
        state = os.fstat(file.fileno())
        data = file.read(limit + 1) if stat.S_ISREG(state.st_mode) else b""
    whole = data if len(data) <= limit else None
    found.files.append(File(name, whole, max(len(data), state.st_size)))
    return len(data)


def _refused(what: str) -> RefusedError:
    return RefusedError("too_large", f"The submission holds {what}. {_AGAIN}")
