"""Read what one student handed in: which file counts as which exercise, and why.

Nothing of a submission is run or compiled here, and nothing of it can raise: what
cannot be graded becomes a problem of an exercise, what was set right becomes a note.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograder.submissions.adapters import Adapters
from autograder.submissions.candidates import Candidate, Pool, pool_of
from autograder.submissions.choices import Choice, choose
from autograder.submissions.collecting import collect
from autograder.submissions.data import beside
from autograder.submissions.entries import Entry, SubmissionsError, find_entries
from autograder.submissions.handed_in import (
    Problem,
    RefusedError,
    shown,
)
from autograder.submissions.limits import IntakeLimits
from autograder.submissions.own_modules import own_modules
from autograder.submissions.unwritten import Better, better
from autograder.verdict import Note, Person
from autograder.wording import AMBIGUOUS, NOT_READ

__all__ = [
    "WORKSHEET",
    "Entry",
    "IntakeLimits",
    "Problem",
    "Submission",
    "SubmissionsError",
    "find_entries",
    "read_submission",
]

WORKSHEET = "worksheet"  # the key of the worksheet's problem
_WORKSHEET_FILE = "worksheet.toml"
_KINDS = (".py", ".ipynb")


@dataclass(frozen=True)
class Submission:
    """A student's work as text."""

    student: str
    files: dict[str, str]  # module name to source: the exercises and own modules
    worksheet: str | None  # its text
    notes: list[Note]
    problems: dict[str, Problem]  # per exercise that has no file; see WORKSHEET
    digest: str  # SHA-256 over all of the above but the student's name
    origins: dict[str, str]  # module name to the path that was handed in
    refused: Problem | None = None  # nothing of it could be read
    origin: str = ""  # what a platform called it
    data: dict[str, bytes] = field(default_factory=dict)  # that the code may read
    people: tuple[Person, ...] = ()  # whose it is; nothing of it reaches the worker


def read_submission(
    entry: Entry,
    exercises: Sequence[str],
    worksheet: bool = False,
    limits: IntakeLimits | None = None,
    adapters: Adapters | None = None,
) -> Submission:
    """Read an entry: a folder, a .zip, a .py or a .ipynb.

    Args:
        entry: whose work it is, and where.
        exercises: the modules that are expected, without ``.py``.
        worksheet: whether a ``worksheet.toml`` is expected as well.
        limits: how much it may hold.
        adapters: what stands in place of the exercise files.
    """
    limits = limits or IntakeLimits()
    expected = [*exercises, *([WORKSHEET] if worksheet else [])]
    try:
        handed_in = collect(entry, limits)
    except RefusedError as error:
        problems = dict.fromkeys(expected, error.problem)
        return _finish(_Chosen(list(entry.notes), problems), entry, error.problem)
    chosen = _Chosen(notes=[*entry.notes, *handed_in.notes])
    pool = pool_of(handed_in, limits)
    chosen.notes += pool.notes
    roots: set[str] = set()
    if adapters is None:
        _choose_exercises(exercises, pool, chosen)
    else:
        roots = adapters.roots([one.path for one in pool.sources])
        _adapt(adapters, pool, chosen)
    if worksheet:
        _choose_worksheet(pool, chosen)
    if chosen.files:
        modules = own_modules(pool.sources, set(exercises), chosen.origins, roots)
        chosen.files |= modules.files
        chosen.origins |= modules.origins
        chosen.notes += modules.notes
        paths = chosen.origins.values()
        chosen.data, notes = beside(handed_in.data, chosen.files, paths)
        chosen.notes += notes
    return _finish(chosen, entry)


class _Chosen:
    """What has been chosen so far."""

    def __init__(
        self,
        notes: list[str] | None = None,
        problems: dict[str, Problem] | None = None,
    ) -> None:
        self.files: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self.worksheet: str | None = None
        self.data: dict[str, bytes] = {}
        self.notes = notes or []
        self.problems = problems or {}


def _choose_exercises(exercises: Sequence[str], pool: Pool, chosen: _Chosen) -> None:
    lone = pool.lone(exercises)
    served, absent = [], []
    known = {f"{exercise}{kind}".lower() for exercise in exercises for kind in _KINDS}
    for exercise in exercises:
        choice = choose(f"{exercise}.py", pool.sources, known)
        if not (choice.candidate or choice.problem):
            choice = choose(f"{exercise}.ipynb", pool.notebooks, known)
        if lone and choice.candidate and lone is not choice.candidate:
            choice = _with_lone(f"{exercise}.py", choice, lone)
        candidate = choice.candidate
        chosen.notes += choice.notes
        if not (candidate or choice.problem) and lone:
            candidate = lone
        if choice.problem:
            chosen.problems[exercise] = choice.problem
        elif candidate is None:
            absent.append(exercise)
        else:
            _take(exercise, candidate, chosen)
            if candidate is lone and exercise in chosen.files:
                served.append(exercise)
    claimed = list(chosen.origins.values())
    for exercise in absent:
        chosen.problems[exercise] = pool.missing(f"{exercise}.py", claimed)
    if lone and served:
        names = ", ".join(f"{exercise}.py" for exercise in served)
        chosen.notes.append(f"graded {shown(lone.path)} as {names}")


def _adapt(adapters: Adapters, pool: Pool, chosen: _Chosen) -> None:
    """Put the adapters in place of exercise files, where there is what they import."""
    for exercise, source in adapters.sources.items():
        if pool.sources:
            chosen.files[exercise] = source
            chosen.origins[exercise] = adapters.path
        else:
            wanted = min(adapters.modules[exercise], default=exercise)
            name = f"{wanted.replace('.', '/')}.py"
            chosen.problems[exercise] = pool.missing(name)


def _with_lone(name: str, choice: Choice, lone: Candidate) -> Choice:
    """The choice between a file of its own and one notebook for all.

    A file as it was handed out beside a notebook with the work counts for nothing.
    """
    assert choice.candidate is not None
    texts = choice.candidate.read(), lone.read()
    if isinstance(texts[0], Problem) or isinstance(texts[1], Problem):
        return choice
    counts = better(texts[0], texts[1])
    if counts is Better.FIRST:
        return choice
    path = shown(choice.candidate.path)
    if counts is Better.SECOND:
        note = f"{path} was left aside: its functions are not written there"
        return Choice(lone, notes=[note])
    text = (
        f"{name} was handed in twice: as {path} and in {shown(lone.path)}, each with "
        "something that the other lacks. Keep the one that counts and hand it in again."
    )
    return Choice(problem=Problem("ambiguous", text))


def _take(exercise: str, candidate: Candidate, chosen: _Chosen) -> None:
    read = candidate.read()
    if isinstance(read, Problem):
        chosen.problems[exercise] = read
        return
    chosen.files[exercise] = read
    chosen.origins[exercise] = candidate.path
    for note in candidate.remarks(read):
        if note not in chosen.notes:
            chosen.notes.append(note)


def _choose_worksheet(pool: Pool, chosen: _Chosen) -> None:
    choice = choose(_WORKSHEET_FILE, pool.worksheets)
    chosen.notes += choice.notes
    if choice.candidate is None:
        claimed = list(chosen.origins.values())
        absent = pool.missing(_WORKSHEET_FILE, claimed or ["no code"])
        chosen.problems[WORKSHEET] = choice.problem or absent
        return
    read = choice.candidate.read()
    if isinstance(read, Problem):
        chosen.problems[WORKSHEET] = read
    else:
        chosen.worksheet = read


def _finish(
    chosen: _Chosen, entry: Entry, refused: Problem | None = None
) -> Submission:
    return Submission(
        student=entry.student,
        origin=entry.origin,
        files=chosen.files,
        worksheet=chosen.worksheet,
        notes=[
            *_grave(chosen, refused),
            *(Note("intake", text) for text in chosen.notes),
        ],
        problems=chosen.problems,
        digest=_digest(chosen),
        origins=chosen.origins,
        refused=refused,
        data=chosen.data,
        people=entry.people,
    )


def _grave(chosen: _Chosen, refused: Problem | None) -> list[Note]:
    """What a person should look at, since it costs points that code might deserve."""
    if refused is not None:
        return [Note(NOT_READ, refused.text)]
    return [
        Note(AMBIGUOUS, problem.text)
        for problem in chosen.problems.values()
        if problem.kind == "ambiguous"
    ]


def _digest(chosen: _Chosen) -> str:
    """SHA-256 over everything that a verdict can depend on, each part with its length.

    Problems and notes are part of it: a damaged zip and another one that is damaged in
    a different way are different submissions.
    """
    parts = [("file", *item) for item in sorted(chosen.files.items())]
    parts += [
        ("data", name, hashlib.sha256(content).hexdigest())
        for name, content in sorted(chosen.data.items())
    ]
    if chosen.worksheet is not None:
        parts.append(("worksheet", _WORKSHEET_FILE, chosen.worksheet))
    for name, problem in sorted(chosen.problems.items()):
        parts.append((f"problem {problem.kind}", name, problem.text))
    parts += [("note", "", text) for text in chosen.notes]
    digest = hashlib.sha256()
    for part in parts:
        for text in part:
            data = text.encode("utf-8", "backslashreplace")
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()
