"""Numbers of points and things, in words."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.verdict import CheckResult, Outcome, WrittenAnswer, points_text

# Only these words take a capital at the beginning of a sentence: any other might be
# a name out of code (softmax, x, forward), and names keep their spelling.
_BEGINNINGS = """
a an and are at calls can could did do does for from has have how if importing in is it
its no not nothing of on one only passed refused should some something somewhere tensors
that the there these this to two was were what when where which who whose why will with
would you your
"""


def points_of(number: float) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{points_text(number)} point{'' if number == 1 else 's'}"


def of_points(points: float, max_points: float) -> str:
    """``3 of 5 points``, ``0 of 1 point``."""
    return f"{points_text(points)} of {points_of(max_points)}"


def answer_line(answer: WrittenAnswer) -> str:
    """What a written answer is worth, or what a person gave for it."""
    if answer.points is None:
        return f"Worth {points_of(answer.max_points)}, graded by a person."
    return f"{of_points(answer.points, answer.max_points)}, graded by a person."


def earned_text(check: CheckResult) -> str:
    """``2 / 3``; points that nothing has decided yet read as open, not lost."""
    earned = "open" if is_open(check) else points_text(check.points)
    return f"{earned} / {points_text(check.max_points)}"


def is_ours(check: CheckResult) -> bool:
    """Whether the grader, not the student, failed on this check."""
    return check.outcome is Outcome.GRADER_FAULT


def is_open(check: CheckResult) -> bool:
    """Whether its points are undecided: the grader failed, or has not come to it."""
    return is_ours(check) or check.outcome is Outcome.NOT_RUN


def missing(checks: Iterable[CheckResult]) -> float:
    """Points that these checks could still give."""
    return sum(check.max_points - check.points for check in checks)


def joined(words: list[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """The text as a sentence: a capital where it begins with a word, and an end."""
    text = text.strip()
    if not text:
        return ""
    if text.split(maxsplit=1)[0].rstrip(",:") in _BEGINNINGS.split():
        text = text[0].upper() + text[1:]
    return text if text[-1] in ".?:!" else text + "."
