"""What a verdict says where the machine had less memory than the assignment allows."""

from __future__ import annotations

from dataclasses import replace

from autograder.course.limits import Limits
from autograder.verdict import Note, Outcome, Verdict
from autograder.wording import LESS_MEMORY


def told_of_memory(verdict: Verdict, limits: Limits, given: int | None) -> Verdict:
    """The verdict, with a note where that mattered: a check was out of memory.

    Args:
        verdict: what was found.
        limits: the assignment's.
        given: what the code had, in mebibytes; None where nobody knows.
    """
    allowed = limits.memory_mebibytes
    if given is None or given >= allowed:
        return verdict
    if all(check.outcome is not Outcome.OUT_OF_MEMORY for check in verdict.checks):
        return verdict
    text = (
        f"Code had {given} MiB of memory here, where the assignment allows {allowed} "
        "MiB: the container in which it was graded has no more."
    )
    return replace(verdict, notes=[*verdict.notes, Note(LESS_MEMORY, text)])
