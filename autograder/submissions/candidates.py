"""The files that could be an exercise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches

from autograder.sources.decoding import (
    SourceError,
    answers_text,
    source_text,
    stray_bytes,
    unseen_characters,
)
from autograder.sources.scripts import runnable
from autograder.submissions.filenames import (
    is_check,
    kind_of,
    meant_among,
    runs_unasked,
)
from autograder.submissions.handed_in import (
    File,
    HandedIn,
    Problem,
    RefusedError,
    mebibytes,
    shown,
    too_large,
)
from autograder.submissions.limits import NAMES_SHOWN, IntakeLimits
from autograder.submissions.notebook import read_notebook
from autograder.tables import counted

_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar")


class Candidate:
    """A file that may be chosen; its text is made when it is asked for."""

    def __init__(self, path: str, content: str | bytes | Problem) -> None:
        self.path = path
        self._content = content
        self._strays: str | None = None  # where bytes are no UTF-8

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The path without its last part."""
        return self.path.rpartition("/")[0]

    def read(self) -> str | Problem:
        """The text, or why there is none."""
        if isinstance(self._content, bytes):
            data = self._content
            if kind_of(self.name) == ".toml":
                self._content = answers_text(data)
                return self._content
            try:
                self._content = runnable(source_text(data, self.path))
                self._strays = stray_bytes(data)
            except SourceError as error:
                self._content = Problem("encoding", str(error))
        return self._content

    def remarks(self, text: str) -> list[str]:
        """What the student should know about this text."""
        if not text.strip():
            return [f"{shown(self.path)} is empty."]
        if self._strays:
            return [
                f"{shown(self.path)} is not UTF-8 text ({self._strays}). As all of it "
                "stands in comments it was read all the same; save it as UTF-8."
            ]
        if place := unseen_characters(text):
            return [
                f"{shown(self.path)} holds a character that editors do not show, "
                f"{place}."
            ]
        return []


@dataclass
class Pool:
    """The candidates of a submission."""

    sources: list[Candidate] = field(default_factory=list)
    notebooks: list[Candidate] = field(default_factory=list)
    worksheets: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # names, for messages

    unopened: list[str] = field(default_factory=list)  # archives

    def lone(self, exercises: Collection[str]) -> Candidate | None:
        """The one notebook, or else the one .py, that is named after no exercise."""
        for candidates, kind in ((self.notebooks, ".ipynb"), (self.sources, ".py")):
            if candidates:
                known = {f"{exercise}{kind}".lower() for exercise in exercises}
                named = meant_among(candidates[0].name, known)
                alone = len(candidates) == 1 and not named
                return candidates[0] if alone else None
        return None

    def missing(self, name: str, claimed: Collection[str] = ()) -> Problem:
        """The problem of a file that is not there under its name.

        It may be there all the same: under a name that is close, in an archive that was
        not opened, or, where no file counts for anything, in one of those.

        Args:
            name: of the file.
            claimed: paths of the files that count for something.
        """
        if not self.seen:
            text = f"{name} is missing: there is no file in the submission. Hand it in."
            return Problem("missing", text)
        taken = {path.rpartition("/")[2] for path in claimed}
        free = [one for one in self.seen if one not in taken]
        close = get_close_matches(name, free, n=1, cutoff=0.75)
        meant = f" Is {shown(close[0])} meant? Rename it to {name}." if close else ""
        more = len(self.seen) - NAMES_SHOWN
        names = ", ".join(map(shown, self.seen[:NAMES_SHOWN]))
        names += f" and {more} more files" if more > 0 else ""
        remedy = meant or f" Hand it in under the name {name}."
        lost = not claimed and (self.sources or self.notebooks)
        kind = "unclaimed" if close or self.unopened or lost else "missing"
        return Problem(kind, f"{name} is missing. Handed in: {names}.{remedy}")


def pool_of(handed_in: HandedIn, limits: IntakeLimits) -> Pool:
    """Sort the files of a submission, and take notebooks apart."""
    pool = Pool()
    for file in handed_in.files:
        if is_check(file.name):
            continue
        if runs_unasked(file.name):
            pool.notes.append(f"{shown(file.path)} plays no part in grading.")
            continue
        pool.seen.append(file.name)
        kind = kind_of(file.name)
        if kind == ".ipynb":
            _add_notebook(file, pool, limits)
        elif file.data is None:
            problem = too_large(file.path, file.size, limits.file_bytes)
            _add(Candidate(file.path, problem), pool)
        else:
            _add(Candidate(file.path, file.data), pool)
    for path in handed_in.others:
        name = path.rpartition("/")[2]
        pool.seen.append(name)
        if name.lower().endswith(_ARCHIVES):
            pool.unopened.append(path)
            pool.notes.append(
                f"{shown(path)} was not opened. Put its files into the submission."
            )
    return pool


def _add(candidate: Candidate, pool: Pool) -> None:
    kind = kind_of(candidate.name)
    if kind == ".py":
        pool.sources.append(candidate)
    elif kind == ".toml":
        pool.worksheets.append(candidate)


def _add_notebook(file: File, pool: Pool, limits: IntakeLimits) -> None:
    try:
        if file.data is None:
            problem = too_large(file.path, file.size, limits.notebook_bytes)
            raise RefusedError(problem.kind, problem.text)
        notebook = read_notebook(_json_text(file.data, file.path), file.path)
        _check_text(notebook.code, file.path, limits)
    except RefusedError as error:
        pool.notebooks.append(Candidate(file.path, error.problem))
        return
    pool.notebooks.append(Candidate(file.path, notebook.code))
    if notebook.left_out:
        pool.notes.append(
            f"{shown(file.path)}: {counted(notebook.left_out, 'command')} of the "
            f"notebook (%, ! or ?) {'was' if notebook.left_out == 1 else 'were'} "
            "left out"
        )
    for name, text in notebook.written.items():
        path = f"{file.folder}/{name}".lstrip("/")
        if is_check(name) or runs_unasked(name):
            continue
        try:
            _check_text(text, path, limits)
            _add(Candidate(path, text), pool)
        except RefusedError as error:
            _add(Candidate(path, error.problem), pool)
        pool.seen.append(name)


def _json_text(data: bytes, path: str) -> str:
    try:
        return source_text(data, path)
    except SourceError as error:
        raise RefusedError("encoding", str(error)) from None


def _check_text(text: str, path: str, limits: IntakeLimits) -> None:
    """Refuse what a .py file could not be; JSON can spell any character."""
    if len(text) > limits.file_bytes:
        raise RefusedError(
            "too_large",
            f"{shown(path)} holds more than {mebibytes(limits.file_bytes)} of code. "
            "Take data out of it and hand it in again.",
        )
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise RefusedError(
            "encoding",
            f"{shown(path)} holds a character that no text may hold. Take it out and "
            "hand it in again.",
        )
