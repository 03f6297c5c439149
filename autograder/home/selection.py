"""Which exercises and checks were asked for, and which did not pass last time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from autograder.course.errors import CourseError
from autograder.verdict import CheckResult, Outcome

MEMORY = Path(".autograder", "last.json")  # hidden, so that grading never reads it


@dataclass(frozen=True)
class Selection:
    """What to check; everything where nothing is said."""

    exercises: tuple[str, ...] = ()
    only: str = ""  # in the name of a check, or a function's name
    ids: frozenset[str] | None = None  # of checks; None: whichever

    def has(self, exercise: str) -> bool:
        """Whether an exercise is asked for."""
        return not self.exercises or exercise in self.exercises

    def wants(self, check_id: str, function: str = "") -> bool:
        """Whether a check is asked for."""
        if self.ids is not None and check_id not in self.ids:
            return False
        return self.only in check_id or self.only == function != ""

    @property
    def is_part(self) -> bool:
        """Whether some checks of an exercise may be left out."""
        return bool(self.only) or self.ids is not None


def exercise_names(given: str | Sequence[str] | None) -> tuple[str, ...]:
    """The exercises that are meant; a file's name is as good as the exercise's."""
    texts = [given] if isinstance(given, str) else given or []
    return tuple(dict.fromkeys(_exercise(text) for text in texts))


def _exercise(text: str) -> str:
    name = PurePath(text).name or text
    for suffix in (".py", ".toml"):
        if name.endswith(suffix):
            return name.removesuffix(suffix).removeprefix("test_")
    return name


def remember(folder: Path, results: Iterable[CheckResult]) -> None:
    """Keep which checks did not pass; those that did not run keep what they had."""
    ran = list(results)
    failed = {result.id for result in ran if result.outcome is not Outcome.PASSED}
    kept = (_remembered(folder) or set()) - {result.id for result in ran}
    text = json.dumps({"not_passed": sorted(kept | failed)}, indent=1) + "\n"
    with contextlib.suppress(OSError):  # a folder that cannot be written is no fault
        file = folder / MEMORY
        file.parent.mkdir(exist_ok=True)
        (file.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        file.write_text(text, encoding="utf-8")


def failed_last_time(folder: Path) -> frozenset[str]:
    """The checks that did not pass when they last ran.

    Raises:
        CourseError: nothing is known of an earlier run.
    """
    found = _remembered(folder)
    if found is None:
        raise CourseError(
            "--failed needs an earlier run, and there was none in this folder. Run "
            "`autograder check` first."
        )
    return frozenset(found)


def _remembered(folder: Path) -> set[str] | None:
    try:
        document = json.loads((folder / MEMORY).read_text(encoding="utf-8"))
        return {str(name) for name in document["not_passed"]}
    except (OSError, ValueError, LookupError, TypeError):
        return None
