"""One sign and one word per outcome, so that no reader depends on colour.

Five signs, one for each thing that a student can make of a check: done, yours to fix,
not written, waiting, ours. The word tells the outcomes behind one sign apart.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.verdict import CheckResult, Outcome


@dataclass(frozen=True)
class Face:
    """How an outcome looks: a sign, a word, and a tone that a renderer may colour."""

    sign: str
    word: str
    tone: str  # "good", "bad", "todo", "waiting", "ours"


# Gravest first: staff should look at these before marks go out.
ASK_FOR_A_LOOK = (
    Outcome.GRADER_FAULT,
    Outcome.NOT_RUN,
    Outcome.UNREADABLE,
    Outcome.REFUSED,
)

_FACES = {
    Outcome.PASSED: Face("✓", "passed", "good"),
    Outcome.FAILED: Face("✗", "failed", "bad"),
    Outcome.CRASHED: Face("✗", "crashed", "bad"),
    Outcome.OUT_OF_TIME: Face("✗", "out of time", "bad"),
    Outcome.OUT_OF_MEMORY: Face("✗", "out of memory", "bad"),
    Outcome.REFUSED: Face("✗", "refused", "bad"),
    Outcome.NOT_ATTEMPTED: Face("○", "not written", "todo"),
    Outcome.UNREADABLE: Face("✗", "not readable", "bad"),
    Outcome.WAITING: Face("…", "waiting", "waiting"),
    Outcome.GRADER_FAULT: Face("!", "our fault", "ours"),
    Outcome.NOT_RUN: Face("…", "not run", "waiting"),
}


def face(outcome: Outcome) -> Face:
    """The sign, word and tone of an outcome."""
    return _FACES[outcome]


def needs_attention(check: CheckResult) -> bool:
    """Whether a member of staff should look at this check before marks go out."""
    return check.outcome in ASK_FOR_A_LOOK
