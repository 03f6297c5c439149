"""The files of a RESULTS folder: written whole or not at all, and read on resume."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.entries import SubmissionsError
from autograder.reports import gradescope, html
from autograder.reports.table import write_grades
from autograder.verdict import Verdict, from_json, to_json
from autograder.wording import for_student

if TYPE_CHECKING:
    from autograder.grading.submission import Grading

SEED_FILE = "seed"
GRADES_FILE = "grades.csv"


class ResultsError(SubmissionsError):
    """A RESULTS folder that cannot be used; the text has the remedy."""


class Results:
    """One RESULTS folder."""

    def __init__(self, folder: Path, formats: tuple[str, ...] = ()) -> None:
        self.folder = folder
        self._formats = formats

    def seed(self, given: int | None) -> int:
        """The seed of this folder: the given one, the one kept here, or a new one."""
        path = self.folder / SEED_FILE
        self._make()
        if given is None:
            try:
                return int(path.read_text())
            except (FileNotFoundError, ValueError):
                given = secrets.randbits(62)
        write_whole(path, f"{given}\n", private=True)
        return given

    def _make(self) -> None:
        remedy = "Name another folder for the results, or a new one."
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise ResultsError(f"{self.folder}: is a file. {remedy}") from None
        except OSError as error:
            reason = f"cannot be made ({error.strerror})"
            raise ResultsError(f"{self.folder}: {reason}. {remedy}") from None
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise ResultsError(f"{self.folder}: cannot be written to. {remedy}")

    def verdict_path(self, student: str) -> Path:
        """Where a student's verdict is."""
        return self.folder / f"{student}.json"

    def kept(self, student: str) -> Verdict | None:
        """A student's verdict of an earlier run, None where there is none to read."""
        try:
            return from_json(self.verdict_path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def is_current(self, verdict: Verdict, digest: str, grading: Grading) -> bool:
        """Whether grading again would give this verdict."""
        return (
            verdict.submission_digest == digest
            and verdict.course_digest == grading.course_digest
            and verdict.seed == grading.seed
        )

    def write(self, verdict: Verdict) -> None:
        """Write a student's report, then the verdict: it says that all is there."""
        page = html.render(for_student(verdict))
        write_whole(self.folder / f"{verdict.student}.html", page)
        self.write_formats(verdict)
        write_whole(self.verdict_path(verdict.student), to_json(verdict), private=True)

    def write_formats(self, verdict: Verdict) -> None:
        """Write what platforms want of a verdict."""
        if "gradescope" in self._formats:
            path = self.folder / f"{verdict.student}.results.json"
            write_whole(path, gradescope.to_json(verdict), private=True)

    def write_grades(self, verdicts: list[Verdict]) -> Path:
        """Write the table of the class."""
        path = self.folder / GRADES_FILE
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        write_grades(draft, verdicts)
        os.replace(draft, path)
        return path


def write_whole(path: Path, text: str, private: bool = False) -> None:
    """Write a file so that no reader, and no crash, ever finds half of it."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o600 if private else 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
