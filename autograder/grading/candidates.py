"""The files that could be an exercise, and the choice among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from autograder.grading.decoding import source_text, unseen_characters
from autograder.grading.filenames import is_check, kind_of, meant_name, runs_unasked
from autograder.grading.handed_in import (
    File,
    HandedIn,
    IntakeLimits,
    Problem,
    RefusedError,
    mebibytes,
    shown,
    too_large,
)
from autograder.grading.notebook import read_notebook
from autograder.wording import counted

_NAMED = 8  # file names in a message
_ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar")


class Candidate:
    """A file that may be chosen; its text is made when it is asked for."""

    def __init__(self, path: str, content: str | bytes | Problem) -> None:
        self.path = path
        self._content = content

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
            try:
                self._content = source_text(self._content, self.path)
            except RefusedError as error:
                self._content = error.problem
        return self._content

    def remarks(self, text: str) -> list[str]:
        """What the student should know about this text."""
        if not text.strip():
            return [f"{shown(self.path)} is empty."]
        if place := unseen_characters(text):
            return [
                f"{shown(self.path)} holds a character that editors do not show, "
                f"{place}."
            ]
        return []


@dataclass(frozen=True)
class Choice:
    """The file that counts; neither candidate nor problem where there is none."""

    candidate: Candidate | None = None
    problem: Problem | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class Pool:
    """The candidates of a submission."""

    sources: list[Candidate] = field(default_factory=list)
    notebooks: list[Candidate] = field(default_factory=list)
    worksheets: list[Candidate] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # names, for messages

    def lone(self, exercises: Collection[str]) -> Candidate | None:
        """The one notebook, or else the one .py, that is named after no exercise."""
        for candidates in (self.notebooks, self.sources):
            if candidates:
                stem = meant_name(candidates[0].name).rpartition(".")[0]
                named = stem in {exercise.lower() for exercise in exercises}
                alone = len(candidates) == 1 and not named
                return candidates[0] if alone else None
        return None

    def missing(self, name: str) -> Problem:
        """The problem of a file that is not there."""
        if not self.seen:
            text = f"{name} is missing: there is no file in the submission. Hand it in."
            return Problem("missing", text)
        close = get_close_matches(name, self.seen, n=1, cutoff=0.75)
        meant = f" Is {shown(close[0])} meant? Rename it to {name}." if close else ""
        more = len(self.seen) - _NAMED
        names = ", ".join(map(shown, self.seen[:_NAMED]))
        names += f" and {more} more" if more > 0 else ""
        remedy = meant or f" Hand it in under the name {name}."
        return Problem("missing", f"{name} is missing. Handed in: {names}.{remedy}")


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
            pool.notes.append(
                f"{shown(path)} was not opened. Put its files into the submission."
            )
    return pool


def choose(name: str, candidates: Iterable[Candidate]) -> Choice:
    """The candidate that is called ``name``, or was meant to be, if it is the only one.

    Copies of one file count as one.
    """
    meant = [one for one in candidates if meant_name(one.name) == name.lower()]
    exact = [one for one in meant if one.name == name]
    found = exact or meant
    if not found:
        return Choice()
    paths = ", ".join(shown(one.path) for one in found[:_NAMED])
    if len({_essence(one) for one in found}) > 1:
        text = (
            f"{name} was handed in {len(found)} times, with different content: {paths}."
            " Keep the one that counts and hand it in again."
        )
        return Choice(problem=Problem("ambiguous", text))
    best = found[0]
    notes = []
    if best.name != name:
        notes.append(f"graded {shown(best.name)} as {name}")
    if len(found) > 1:
        notes.append(f"{paths} are the same; the first was graded")
    others = [one for one in meant if one.name != name] if exact else []
    for other in others:
        if _essence(other) != _essence(best):
            notes.append(f"{shown(other.path)} was left aside, as there is a {name}")
    return Choice(best, notes=notes)


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
        notebook = read_notebook(source_text(file.data, file.path), file.path)
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


def _essence(candidate: Candidate) -> str:
    """What two copies of one file have in common."""
    text = candidate.read()
    # Two files that cannot be read are not known to be the same.
    return text.strip() if isinstance(text, str) else f"\0{candidate.path}"
