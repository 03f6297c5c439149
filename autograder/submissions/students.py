"""Whose an entry is, from the name that a learning platform gave it.

Moodle: ``Lind Anna_482913_assignsubmission_file_``. Canvas:
``lindanna_LATE_10234_99887_cnn-2.zip``, and flat, one such name for each of a student's
files. A student goes by the name alone; the rest is kept as the entry's origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autograder.verdict import Person

_MOODLE = re.compile(
    r"(?P<student>.*\S)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?"
)
_CANVAS = re.compile(
    r"(?P<student>[^_]+(?:_[^_\d][^_]*)*?)(?P<late>_LATE)?_(?P<id>\d{3,})_(?P<number>\d{3,})_(?P<file>.+)"
)
_PATTERNS = {"moodle": _MOODLE, "canvas": _CANVAS}


@dataclass(frozen=True)
class Owner:
    """Whose a file or folder is.

    Attributes:
        student: the name.
        id: of the student on the platform, or of the submission where that is told.
        file: what the student called the file, where the platform kept it.
        origin: the platform's name for the student's work.
        platform: that named it.
        number: of the file on the platform; a later file has a larger one.
        is_late: whether the platform marks it so.
        people: whose it is, as far as a platform tells more than the name.
        notes: what is to be said of the submission.
    """

    student: str
    id: str = ""
    file: str = ""
    origin: str = ""
    platform: str = ""
    number: int = 0
    is_late: bool = False
    people: tuple[Person, ...] = ()
    notes: tuple[str, ...] = ()


def owner_of(name: str) -> Owner | None:
    """The owner that a platform wrote into a name; None where none did."""
    for platform, pattern in _PATTERNS.items():
        found = pattern.fullmatch(name)
        if found:
            parts = found.groupdict()
            file = parts["file"] or ""
            student = parts["student"].strip()
            return Owner(
                student=student,
                id=parts["id"],
                file=file,
                origin=name.removesuffix(file).rstrip("_") if file else name,
                platform=platform,
                number=int(parts.get("number") or 0),
                is_late=bool(parts.get("late")),
                people=(Person(student, platform, parts["id"]),),
            )
    return None
