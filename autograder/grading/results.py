"""The files of a RESULTS folder: written whole or not at all, and read on resume."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import secrets
import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grading.limits import FILE_NAME_BYTES
from autograder.reports import FORMATS, table
from autograder.reports.spreadsheet import defused
from autograder.submissions.entries import SubmissionsError
from autograder.tables import listed, nearest
from autograder.verdict import Verdict
from autograder.verdict_file import from_json

if TYPE_CHECKING:
    from autograder.grading.submission import Grading

SEED_FILE = "seed"
GRADES_FILE = "grades.csv"


class ResultsError(SubmissionsError):
    """A RESULTS folder that cannot be used; the text has the remedy."""


class Results:
    """One RESULTS folder."""

    def __init__(self, folder: Path, formats: Sequence[str] = ()) -> None:
        for name in formats:
            if name not in FORMATS:
                raise ResultsError(
                    f"format {name!r}: there is none{nearest(name, FORMATS)} Formats: "
                    f"{listed(FORMATS)}."
                )
        self.folder = folder
        self._formats = formats

    @classmethod
    def of(cls, folder: Path) -> Results:
        """A folder that is there, with the formats that lie in it."""
        found = [
            n for n, f in FORMATS.items() if f.folder and (folder / f.folder).is_dir()
        ]
        return cls(folder, tuple(found))

    def seed(self, given: int | None, anew: bool = False) -> int:
        """The seed of this folder: the given one, the one kept here, or a new one.

        ``anew`` says that all is graded again: inputs that code has seen once and has
        told somebody, by whatever way, are then of no use to whoever hands in again.
        """
        path = self.folder / SEED_FILE
        self._make()
        if given is None:
            kept = None if anew else _kept_seed(path)
            if kept is not None:
                return kept
            given = secrets.randbits(62)
        write_whole(path, f"{given}\n", private=True)
        return given

    def refuse_within(self, submissions: Path) -> None:
        """Refuse results among the submissions, where the next run would grade them.

        Raises:
            ResultsError: the results lie there.
        """
        if self.folder.resolve().is_relative_to(submissions.resolve()):
            raise ResultsError(
                f"{self.folder}: lies in {submissions}, where results would be taken "
                "for submissions. Name a folder outside of it."
            )

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
        return self.folder / f"{file_stem(student)}.json"

    def kept(self, student: str) -> Verdict | None:
        """A student's verdict of an earlier run, None where there is none to read."""
        try:
            return from_json(self.verdict_path(student).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def is_current(
        self, verdict: Verdict, digest: str, grading: Grading, layers: Collection[str]
    ) -> bool:
        """Whether grading again, in a sandbox of these layers, would give this verdict.

        One that was made with fewer layers is not what a run with more stands for.
        """
        return (
            verdict.submission_digest == digest
            and verdict.course_digest == grading.course_digest
            and verdict.seed == grading.seed
            and verdict.settings == grading.settings
            and verdict.settings_skipped == grading.settings_skipped
            and set(layers) <= set(verdict.isolation)
        )

    def write(self, verdict: Verdict) -> None:
        """Write all formats of a verdict; its own comes last, and says that all is."""
        usual = [name for name, format in FORMATS.items() if format.is_usual]
        self._write(verdict, {*self._formats, *usual})

    def write_formats(self, verdict: Verdict) -> None:
        """Write those that were asked for of a verdict that is here already."""
        self._write(verdict, self._formats)

    def _write(self, verdict: Verdict, names: Collection[str]) -> None:
        for name in sorted(names, key=_is_last):
            format = FORMATS[name]
            folder = self.folder / format.folder
            path = folder / f"{file_stem(verdict.student)}{format.ending}"
            write_whole(path, format.render(verdict), private=format.is_private)

    def write_grades(self, verdicts: list[Verdict]) -> Path:
        """Write the table of the class."""
        path = self.folder / GRADES_FILE
        write_whole(path, table.to_csv(verdicts))
        return path


def verdicts_of(folder: Path) -> list[Verdict]:
    """The verdicts of a RESULTS folder, students in alphabetical order.

    Raises:
        ResultsError: the folder holds no verdict, or one that cannot be read.
    """
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(from_json(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{path}: {error}. Grade the class again, with the same folder of "
                "results, or take the file away."
            ) from None
    if not found:
        raise ResultsError(
            f"{folder}: holds no verdict. Name the folder that `autograder grade` was "
            "given with --out."
        )
    return sorted(found, key=lambda verdict: verdict.student)


def present(folder: Path, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those of the class as it was graded last; others lie about of who has left it."""
    try:
        text = (folder / GRADES_FILE).read_text(encoding="utf-8")
    except OSError:
        return list(verdicts)
    listed = {row.get("student") for row in csv.DictReader(io.StringIO(text))}
    if not listed:
        return list(verdicts)
    return [verdict for verdict in verdicts if defused(verdict.student) in listed]


def file_stem(student: str) -> str:
    """The student's name, cut where it leaves no room for an ending."""
    name = student.encode("utf-8", "surrogateescape")
    if len(name) <= FILE_NAME_BYTES:
        return student
    digest = hashlib.sha256(name).hexdigest()[:10]
    return f"{name[:FILE_NAME_BYTES].decode('utf-8', 'ignore')}-{digest}"


def _is_last(name: str) -> bool:
    """Where a verdict itself is, all that is written of a student is there."""
    return name == "verdict"


def _kept_seed(path: Path) -> int | None:
    try:
        seed = int(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        seed = -1
    if seed < 0:
        raise ResultsError(
            f"{path}: holds no seed that can be read. Put the file back, name the seed "
            "with --seed, or delete the file: the class is then graded again under a "
            "new one."
        )
    return seed


def write_whole(path: Path, text: str, private: bool = False) -> None:
    """Write a file so that no reader, and no crash, ever finds half of it.

    Raises:
        ResultsError: it cannot be written; what was there still is.
    """
    try:
        _write_whole(path, text, private)
    except OSError as error:
        raise ResultsError(
            f"{path}: cannot be written ({error.strerror}). Make room there, let it be "
            "written to, or name another place, and run the command again: what was "
            "done is kept."
        ) from None


def _write_whole(path: Path, text: str, private: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
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
