"""What may be said about hidden checks: how each ended, never why.

Many hidden checks of one exercise often end in the same way. Where the words are the
same for all of them they are said once, with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.clean import one_line
from autograder.wording.fixes import stopped_file
from autograder.wording.folding import Unwritten
from autograder.wording.numbers import joined
from autograder.wording.repeating import said_before_like

OURS = (
    "This is our fault, not yours: it costs you nothing, and the course staff will "
    "look at it."
)
_WORKSHEET = "worksheet"

# Of one check, and of several.
_HIDDEN = {
    Outcome.PASSED: ("This hidden check passes.", "{} pass."),
    Outcome.FAILED: (
        "This hidden check does not pass yet. What it tries stays hidden; its promise "
        "is something you can try on inputs of your own.",
        "{} do not pass yet. What they try stays hidden; their promises are something "
        "you can try on inputs of your own.",
    ),
    Outcome.NOT_ATTEMPTED: (
        "This hidden check needs code that is not written yet.",
        "{} need code that is not written yet.",
    ),
    Outcome.UNREADABLE: (
        "This hidden check needs a file that could not be read.",
        "{} need a file that could not be read.",
    ),
    Outcome.WAITING: (
        "This hidden check waits until an earlier check passes.",
        "{} wait until an earlier check passes.",
    ),
    Outcome.CRASHED: (
        "Your code stopped with an error in this hidden check. Its promise says what "
        "to try.",
        "Your code stopped with an error in {}. Their promises say what to try.",
    ),
    Outcome.OUT_OF_TIME: (
        "Your code ran out of time in this hidden check. A loop that never ends?",
        "Your code ran out of time in {}. A loop that never ends?",
    ),
    Outcome.OUT_OF_MEMORY: (
        "Your code ran out of memory in this hidden check. A tensor much larger than "
        "it needs to be?",
        "Your code ran out of memory in {}. A tensor much larger than it needs to be?",
    ),
    Outcome.REFUSED: (
        "This hidden check was refused, so it was not judged.",
        "{} were refused, so they were not judged.",
    ),
    Outcome.GRADER_FAULT: (
        f"The grader failed on this check. {OURS}",
        f"The grader failed on {{}}. {OURS}",
    ),
    Outcome.NOT_RUN: (
        "This hidden check has not been run yet: its points are open.",
        "{} have not been run yet: their points are open.",
    ),
}

# The worksheet's questions are hidden checks whose promise is the question.
_ANSWERS = {
    Outcome.PASSED: ("This answer is right.", "{} are right."),
    Outcome.FAILED: (
        "This answer is not right yet. Look at {names} in worksheet.toml.",
        "{} are not right yet. Look at {names} in worksheet.toml.",
    ),
    Outcome.NOT_ATTEMPTED: (
        "There is no answer to this question yet.",
        "{} are not there yet.",
    ),
    Outcome.UNREADABLE: (
        "This answer could not be read.",
        "{} could not be read.",
    ),
}
_NOT_JUDGED = (
    Outcome.REFUSED,
    Outcome.UNREADABLE,
    Outcome.NOT_ATTEMPTED,
    Outcome.WAITING,
)
_ENDED = (
    Outcome.REFUSED,
    Outcome.UNREADABLE,
    Outcome.CRASHED,
    Outcome.OUT_OF_TIME,
    Outcome.OUT_OF_MEMORY,
)


@dataclass(frozen=True)
class NotJudged:
    """Checks of one exercise that were not judged, all for one reason."""

    checks: list[CheckResult]
    title: str

    @property
    def outcome(self) -> Outcome:
        """How all of them ended."""
        return self.checks[0].outcome


def hidden_text(check: CheckResult, among: Iterable[CheckResult]) -> str:
    """What is said of one hidden check.

    Args:
        check: the check.
        among: all checks of its verdict; a hidden one shares with them why its file
            could not be imported.
    """
    return _text([check], among)


def hidden_texts(check: CheckResult, verdict: Verdict) -> str | None:
    """What is said at this hidden check of all that share its words.

    None where an earlier one has said it.
    """
    alike = _alike(check, verdict.checks)
    return _text(alike, verdict.checks) if alike[0].id == check.id else None


def with_not_judged(
    parts: Sequence[CheckResult | Unwritten], among: Sequence[CheckResult]
) -> list[CheckResult | Unwritten | NotJudged]:
    """The parts of an exercise; in one, the checks that were not judged.

    Of visible ones the first stands by itself, and says why.
    """
    found: list[CheckResult | Unwritten | NotJudged] = []
    told: set[str] = set()
    for part in parts:
        if isinstance(part, Unwritten) or part.id in told:
            found += [part] if isinstance(part, Unwritten) else []
            continue
        alike = _alike(part, among) if _is_not_judged(part, among) else []
        title = _text(alike, among).rstrip(".") if alike else ""
        if not part.hidden and part.outcome in _ENDED:
            alike = said_before_like(part, among)
            title = f"{len(alike)} more checks of {_owner(alike)} end in the same way"
        if len(alike) > 1:
            told |= {check.id for check in alike}
            found.append(NotJudged(alike, title))
        else:
            found.append(part)
    return found


def _owner(checks: list[CheckResult]) -> str:
    """The function that some checks are about, or the exercise where it is several."""
    functions = {check.function for check in checks}
    one = functions.pop() if len(functions) == 1 else ""
    return one_line(one or (checks[0].exercise if checks else ""), 60)


def _is_not_judged(check: CheckResult, among: Iterable[CheckResult]) -> bool:
    if not check.hidden:
        return False
    return check.outcome in _NOT_JUDGED or stopped_file(check, among) is not None


def _alike(check: CheckResult, among: Iterable[CheckResult]) -> list[CheckResult]:
    """The hidden checks of its exercise that ended as this one did."""
    return [
        other
        for other in among
        if other.hidden
        and (other.exercise, other.outcome) == (check.exercise, check.outcome)
    ]


def _text(checks: list[CheckResult], among: Iterable[CheckResult]) -> str:
    first = checks[0]
    several = len(checks) > 1
    file = stopped_file(first, among)
    if file is not None:
        who = counted(len(checks), "hidden check") if several else "This hidden check"
        return f"{who} did not run: {file} could not be imported."
    answers = first.exercise == _WORKSHEET and first.outcome in _ANSWERS
    texts = (_ANSWERS if answers else _HIDDEN)[first.outcome]
    some = counted(len(checks), "answer" if answers else "hidden check")
    some = some if several else ""
    names = joined([one_line(c.id.rpartition("::")[2], 60) for c in checks])
    return texts[several].format(some, names=names)
