"""Which files beside the code are there when it runs, at home and in grading alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from autograder.submissions.limits import (
    DATA_BYTES,
    DATA_FILE_BYTES,
    DATA_FILES,
    NAMES_SHOWN,
    PATH_BYTES,
)

# What an assignment brings itself, code, and what holds other files.
_NO_DATA = (
    *("*.py", "*.pyc", "*.ipynb", "*.toml", "*.whl"),
    *("HANDOUT.md", "README.md", "figures/*", "lookalikes.json"),
    *("worksheet.questions.json", "test_*", "conftest*"),
    *("*.zip", "*.tar", "*.gz", "*.tgz", "*.bz2", "*.xz", "*.7z", "*.rar"),
)


@dataclass(frozen=True)
class DataFile:
    """One file, by its path below the code."""

    path: str
    size: int


def is_data(path: str) -> bool:
    """Whether a file is data, by its path below the code, with ``/``."""
    parts = path.split("/")
    if any(part.startswith((".", "__")) or part in ("", "..") for part in parts):
        return False
    if (
        re.search(r"[\x00-\x1f\\]", path)
        or len(path.encode(errors="replace")) > PATH_BYTES
    ):
        return False
    names = (path.lower(), parts[-1].lower())
    return not any(
        fnmatchcase(name, rule.lower()) for rule in _NO_DATA for name in names
    )


def choose(files: Iterable[DataFile]) -> tuple[list[str], list[str]]:
    """The paths that are given to the code, and those that are too much."""
    given: list[str] = []
    left_out: list[str] = []
    room = DATA_BYTES
    for file in sorted(files, key=lambda one: one.path):
        if file.size > min(DATA_FILE_BYTES, room) or len(given) == DATA_FILES:
            left_out.append(file.path)
        else:
            given.append(file.path)
            room -= file.size
    return given, left_out


def too_much(left_out: list[str]) -> str:
    """The sentence on files that the code is not given."""
    names = ", ".join(left_out[:NAMES_SHOWN])
    more = len(left_out) - NAMES_SHOWN
    names += f" and {more} more files" if more > 0 else ""
    return (
        f"{names} cannot be read by the code when it is checked: at most "
        f"{DATA_FILES} files of {DATA_FILE_BYTES >> 20} MB each, "
        f"{DATA_BYTES >> 20} MB in all, lie beside it."
    )
