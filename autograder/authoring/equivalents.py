"""Mutants that are right answers, listed beside the solution with their reasons.

``mutants.toml`` holds tables ``[[equivalent]]``. Each names ``exercise``, ``function``
and ``reason``, and either ``line`` and ``mutants`` (the line as it stands, and what it
may become) or ``kind`` (all mutants of that kind in the function that survive).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.mutants import Mutant
from autograder.authoring.trials import Trial
from autograder.tables import Table, read_table

FILE = "mutants.toml"


@dataclass(frozen=True)
class Equivalent:
    """One table of the list."""

    exercise: str
    function: str
    reason: str
    kind: str = ""
    line: str = ""
    mutants: tuple[str, ...] = ()

    def holds(self, mutant: Mutant) -> bool:
        """Whether it speaks of this mutant."""
        if (mutant.exercise, mutant.function) != (self.exercise, self.function):
            return False
        if self.kind:
            return mutant.kind == self.kind
        return mutant.before == self.line and mutant.after in self.mutants


def load(folder: Path) -> list[Equivalent]:
    """The list of an assignment; empty where it has none.

    Raises:
        CourseError: a table breaks a rule.
    """
    file = folder / FILE
    if not file.is_file():
        return []
    table = read_table(file)
    table.allow("equivalent")
    tables = table.values.get("equivalent", [])
    if not isinstance(tables, list) or not all(isinstance(t, dict) for t in tables):
        raise table.fail("equivalent", "must be tables [[equivalent]]")
    return [
        _entry(Table(file, values, f"equivalent {number}"))
        for number, values in enumerate(tables, 1)
    ]


def _entry(table: Table) -> Equivalent:
    by_kind = "kind" in table.values
    table.allow(
        "exercise",
        "function",
        "reason",
        *(("kind",) if by_kind else ("line", "mutants")),
    )
    return Equivalent(
        exercise=table.text("exercise"),
        function=table.text("function"),
        reason=table.text("reason"),
        kind=table.text("kind") if by_kind else "",
        line="" if by_kind else " ".join(table.text("line").split()),
        mutants=()
        if by_kind
        else tuple(" ".join(text.split()) for text in table.texts("mutants")),
    )


def complaints(
    entries: Sequence[Equivalent],
    there: Sequence[Mutant],
    tried: Sequence[tuple[Mutant, Trial]],
    file: Path,
) -> Iterator[str]:
    """What is wrong with a list: mutants that are not there, or that are caught.

    Args:
        entries: of the exercises that are tried.
        there: all mutants of these exercises.
        tried: those of them that were tried.
        file: the list.
    """
    for entry in entries:
        held = [mutant for mutant in there if entry.holds(mutant)]
        where = f"{file}: {entry.exercise}, {entry.function}"
        if entry.kind:
            outcomes = [trial.caught_by for m, trial in tried if entry.holds(m)]
            if not held:
                yield f"{where}: there is no mutant of kind {entry.kind!r}; delete it."
            elif len(outcomes) == len(held) and None not in outcomes:
                yield (
                    f"{where}: all {len(held)} mutants of kind {entry.kind!r} are "
                    "caught, and none is equivalent; delete the entry."
                )
            continue
        for text in entry.mutants:
            if not any(mutant.after == text for mutant in held):
                yield (
                    f"{where}: no mutant turns {entry.line!r} into {text!r}; delete "
                    "it, or copy both lines from what `verify --mutants` shows."
                )
            # Of several that read the same, one that survives is reason enough.
            outcomes = [
                trial.caught_by
                for mutant, trial in tried
                if entry.holds(mutant) and mutant.after == text
            ]
            if outcomes and None not in outcomes:
                yield (
                    f"{where}: {text!r} is caught by {outcomes[0]}, so it is not "
                    "equivalent; delete it."
                )
