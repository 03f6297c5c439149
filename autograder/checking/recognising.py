"""Names what is wrong in checks that failed, once all of an exercise have run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from autograder.checking.finding import Finding
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.relations import relations_of

Follow = Callable[[list[Finding]], list[Finding]]


def recognised(
    findings: Iterable[Finding], lookalikes: Lookalikes, follow: Follow | None = None
) -> list[Finding]:
    """The findings, each with the idea that is wrong, or whence its fault comes.

    Where neither is known, they tell what the numbers show.

    Args:
        findings: of the checks of one exercise.
        lookalikes: the classic mistakes.
        follow: adds the function that a failure follows from; None where the solution
            is not at hand.
    """
    found = lookalikes.diagnose(findings)
    if follow is not None:
        found = follow(found)
    return [_related(finding) for finding in found]


def _related(finding: Finding) -> Finding:
    """The finding with its relations, and without the runs that they were seen in."""
    result = finding.result
    if not finding.observed or result.idea is not None or result.follows is not None:
        return replace(finding, runs=())
    if result.hidden and _is_a_grid(finding):
        return replace(finding, runs=())
    try:
        relations = relations_of(list(finding.runs))
    except Exception:  # no verdict depends on it
        relations = []
    return replace(finding, result=replace(result, relations=relations), runs=())


def _is_a_grid(finding: Finding) -> bool:
    """Whether many calls in one message were compared.

    To say something of all of them takes longest, and of a hidden check only the
    instructor's file would tell it.
    """
    compared = (one for run in finding.runs for one in run.compared)
    return any(one.calls is not None for one in compared)
