"""The submissions of one or several folders of results, with whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.results import ResultsError, present, verdicts_of
from autograder.reports.table import has_open_points
from autograder.verdict import Person, Verdict, totals


@dataclass(frozen=True)
class Class:
    """All verdicts of one assignment."""

    name: str
    title: str
    verdicts: tuple[Verdict, ...]

    @property
    def most(self) -> float:
        """The points to be had, those of all written answers included."""
        return max(
            totals(verdict.checks)[1] + sum(a.max_points for a in verdict.written)
            for verdict in self.verdicts
        )


@dataclass(frozen=True)
class Work:
    """A submission as that of one person; a group's is one for each member."""

    verdict: Verdict
    person: Person

    @property
    def shown(self) -> str:
        """The submission, and the person where the name does not say it."""
        verdict, person = self.verdict, self.person
        told = [person.name if person.name != verdict.student else ""]
        told += [person.email or person.sid or person.id]
        behind = ", ".join(filter(None, told))
        return f"{verdict.student} ({behind})" if behind else verdict.student

    @property
    def is_open(self) -> bool:
        """Whether a fault of ours leaves its points open."""
        return has_open_points(self.verdict)

    @property
    def ungraded(self) -> int:
        """How many written answers have no points yet."""
        return sum(answer.points is None for answer in self.verdict.written)


def read_classes(folders: Sequence[Path]) -> list[Class]:
    """The class of each assignment as it was graded last, in the order of the folders.

    Raises:
        ResultsError: a folder holds no verdicts, or two those of one assignment.
    """
    found: dict[str, tuple[Path, list[Verdict]]] = {}
    for folder in folders:
        for verdict in present(folder, verdicts_of(folder)):
            name = verdict.assignment
            before, verdicts = found.setdefault(name, (folder, []))
            if before != folder:
                raise ResultsError(
                    f"{folder}: holds verdicts of {name}, and so does {before}. Give "
                    "each assignment once."
                )
            verdicts.append(verdict)
    return [
        Class(name, verdicts[0].heading, tuple(verdicts))
        for name, (_, verdicts) in found.items()
    ]


def works_of(verdicts: Sequence[Verdict]) -> list[Work]:
    """Each submission for each of its people; without any, for the entry's name."""
    return [
        Work(verdict, person)
        for verdict in verdicts
        for person in verdict.people or [Person(verdict.student)]
    ]
