"""Whose an entry is, from the name that a learning platform gave it.

Moodle: ``Anna Lind_482913_assignsubmission_file_``. Canvas:
``lindanna_LATE_10234_99887_cnn-2.zip``, and flat, one such name for each of a student's
files. A student goes by the name alone; the rest is kept as the entry's origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOODLE = re.compile(
    r"(?P<student>.*\S)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?"
)
_CANVAS = re.compile(
    r"(?P<student>[^_]+(?:_[^_\d][^_]*)*?)(?P<late>_LATE)?_(?P<id>\d{3,})_\d{3,}_(?P<file>.+)"
)


@dataclass(frozen=True)
class Owner:
    """Whose a file or folder is."""

    student: str
    id: str = ""  # of the student, on the platform
    file: str = ""  # what the student called the file, where the platform kept it
    origin: str = ""  # the platform's name for the student's work


def owner_of(name: str) -> Owner | None:
    """The owner that a platform wrote into a name; None where none did."""
    for pattern in (_MOODLE, _CANVAS):
        found = pattern.fullmatch(name)
        if found:
            parts = found.groupdict()
            file = parts["file"] or ""
            origin = name.removesuffix(file).rstrip("_") if file else name
            return Owner(parts["student"].strip(), parts["id"], file, origin)
    return None
