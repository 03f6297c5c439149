"""The choice among files that could be one exercise, where it is clear."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from autograder.submissions.candidates import Candidate
from autograder.submissions.filenames import kind_of, meant_among
from autograder.submissions.handed_in import Problem, shown
from autograder.submissions.unwritten import Better, better


@dataclass(frozen=True)
class Choice:
    """The file that counts; neither candidate nor problem where there is none."""

    candidate: Candidate | None = None
    problem: Problem | None = None
    notes: list[str] = field(default_factory=list)


def choose(
    name: str, candidates: Iterable[Candidate], known: Collection[str] = ()
) -> Choice:
    """The candidate that is called ``name``, or was meant to be, if it is clear which.

    Copies of one file count as one. The exact name counts before others: it is the one
    that other files import and that the check at home reads. But where it leaves open
    what another one has written, that one counts, or nobody knows.

    Args:
        name: of the file.
        candidates: to choose from.
        known: names of all files that are expected, in lower case.
    """
    names = {name.lower(), *known}
    meant = [one for one in candidates if meant_among(one.name, names) == name.lower()]
    if not meant:
        return Choice()
    versions: dict[str, Candidate] = {}  # the best name of each content
    for one in sorted(meant, key=lambda one: one.name != name):
        versions.setdefault(_essence(one), one)
    best, *others = versions.values()
    exact = [one for one in versions.values() if one.name == name]
    if len(exact) == 1 and others:
        for other in others:
            counts = _better(best, other)
            several = len(others) > 1
            if counts is Better.UNCLEAR or (several and counts is Better.SECOND):
                return _ambiguous(name, meant)
            if counts is Better.SECOND:
                note = (
                    f"graded {shown(other.path)} as {name}, since {shown(best.path)} "
                    "has functions that are not written there"
                )
                return Choice(other, notes=[note])
        aside = [
            f"{shown(one.path)} was left aside, as there is a {name}" for one in others
        ]
    elif others:
        return _ambiguous(name, meant)
    else:
        aside = []
    notes = []
    if best.name != name:
        notes.append(f"graded {shown(best.name)} as {name}")
    same = [one for one in meant if _essence(one) == _essence(best)]
    if best.name == name:
        same = [one for one in same if one.name == name]
    if len(same) > 1:
        paths = ", ".join(shown(one.path) for one in same)
        notes.append(f"{paths} are the same; the first was graded")
    return Choice(best, notes=[*notes, *aside])


def _better(first: Candidate, second: Candidate) -> Better:
    texts = first.read(), second.read()
    if isinstance(texts[0], Problem):
        return Better.UNCLEAR
    if isinstance(texts[1], Problem) or kind_of(first.name) == ".toml":
        return Better.FIRST
    return better(texts[0], texts[1])


def _ambiguous(name: str, meant: list[Candidate]) -> Choice:
    paths = ", ".join(shown(one.path) for one in meant)
    text = (
        f"{name} was handed in {len(meant)} times, with different content: {paths}."
        " Keep the one that counts and hand it in again."
    )
    return Choice(problem=Problem("ambiguous", text))


def _essence(candidate: Candidate) -> str:
    """What two copies of one file have in common."""
    text = candidate.read()
    # Two files that cannot be read are not known to be the same.
    return text.strip() if isinstance(text, str) else f"\0{candidate.path}"
