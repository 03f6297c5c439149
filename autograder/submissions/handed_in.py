"""What reading a submission is about: files as they came, limits, and problems.

Nothing here touches the disk. The readers of folders and archives fill ``HandedIn``,
``intake`` chooses from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from autograder.sources.shown_names import shown as shown
from autograder.submissions.data import Data


@dataclass(frozen=True)
class Problem:
    """Why a file cannot be graded, and what its student can do about it.

    ``kind`` is one of ``missing unclaimed ambiguous encoding too_large notebook archive
    unreadable``. What is ``unclaimed`` was perhaps handed in under another name.
    """

    kind: str
    text: str

    @property
    def is_unread(self) -> bool:
        """Whether something was handed in that could not be read."""
        return self.kind != "missing"


class RefusedError(Exception):
    """Something that cannot be read; ``problem`` says what and what to do."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.problem = Problem(kind, text)


@dataclass(frozen=True)
class File:
    """One file that was handed in; ``data`` is None where it is over its limit."""

    path: str  # "hw1/src/convolution.py", below the submission
    data: bytes | None
    size: int  # bytes; as far as known where ``data`` is None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path without its last part; empty at the top."""
        return self.path.rpartition("/")[0]


@dataclass
class HandedIn:
    """All that a submission holds: the files that can matter, and what was seen."""

    files: list[File] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # paths of files that were not read
    notes: list[str] = field(default_factory=list)
    # By path, archives within, which are opened where nothing else is to be graded.
    archives: dict[str, bytes | Path] = field(default_factory=dict)
    data: Data = field(default_factory=Data)  # files that the code may want to read


def mebibytes(size: int) -> str:
    """``1 MB`` or ``3.2 MB``, the unit that students know; ``KB`` below one."""
    if size < 2**20:
        return f"{size / 2**10:.3g} KB"
    return f"{size / 2**20:.3g} MB"


def too_large(path: str, size: int, limit: int) -> Problem:
    """The problem of a file that is over its limit."""
    return Problem(
        "too_large",
        f"{shown(path)} has {mebibytes(size)}, and a file of its kind may have "
        f"{mebibytes(limit)}. Take data and long outputs out of it and hand it in "
        "again.",
    )
