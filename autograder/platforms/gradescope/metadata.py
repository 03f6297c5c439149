"""What Gradescope says of a submission: submission_metadata.json.

The set of fields may change, so that whatever is absent or odd is taken as not said;
no submission stays ungraded for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Previous:
    """An earlier submission; ``results`` are told of the latest one only."""

    time: datetime
    failed: bool = False  # the grader did, not the student
    score: float | None = None
    results: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Metadata:
    """One submission, as Gradescope knows it.

    Attributes:
        students: names of whoever handed it in; a group has several.
        ids: Gradescope's numbers of them.
        created: when.
        due: when it was due, for them.
        late_due: until when late work is taken; None: there is no such time.
        previous: earlier ones, the latest last.
    """

    students: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    created: datetime | None = None
    due: datetime | None = None
    late_due: datetime | None = None
    previous: tuple[Previous, ...] = ()

    @property
    def student(self) -> str:
        """One name for the verdict."""
        return ", ".join(self.students or self.ids) or "submission"

    @property
    def late_seconds(self) -> float:
        """How long after the due date it came; 0 in time."""
        if self.created is None or self.due is None:
            return 0.0
        return max(0.0, (self.created - self.due).total_seconds())

    @property
    def within_late_period(self) -> bool | None:
        """Whether late work came in time for late work; None without such a time."""
        if self.created is None or self.late_due is None or not self.late_seconds:
            return None
        return self.created <= self.late_due


def read_metadata(file: Path) -> Metadata:
    """Read the file; nothing is known where there is none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Metadata()
    return metadata_of(document)


def metadata_of(document: Any) -> Metadata:
    """The same of its content; nothing is known where that is none."""
    if not isinstance(document, dict):
        return Metadata()
    users = [user for user in _list(document.get("users")) if isinstance(user, dict)]
    assignment = document.get("assignment")
    times = assignment if isinstance(assignment, dict) else {}
    earlier = map(_previous, _list(document.get("previous_submissions")))
    return Metadata(
        students=tuple(str(user["name"]) for user in users if user.get("name")),
        ids=tuple(str(user["id"]) for user in users if user.get("id") is not None),
        created=_time(document.get("created_at")),
        due=_time(times.get("due_date")),
        late_due=_time(times.get("late_due_date")),
        previous=tuple(sorted(filter(None, earlier), key=lambda each: each.time)),
    )


def _previous(entry: Any) -> Previous | None:
    time = _time(entry.get("submission_time")) if isinstance(entry, dict) else None
    if time is None:
        return None
    results, score = entry.get("results"), entry.get("score")
    return Previous(
        time,
        bool(entry.get("autograder_error")),
        float(score) if isinstance(score, (int, float)) else None,
        results if isinstance(results, dict) else {},
    )


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
