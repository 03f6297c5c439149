"""What is told of a check that passed: what was accepted, and what a call took."""

from __future__ import annotations

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Remark, Verdict
from autograder.wording.clean import one_line
from autograder.wording.device_sentences import work_text
from autograder.wording.numbers import joined, sentence
from autograder.wording.titles import title_of

# The checks that ask for what others only remark; marks on a check make them.
_STRICT = {
    "dtype": "_digits",
    "digits": "_digits",
    "type": "_types",
    "changed_input": "",
}


def told_of_passed(check: CheckResult, verdict: Verdict) -> list[str]:
    """Sentences about a visible check that passed; most have none."""
    if check.hidden or check.outcome is not Outcome.PASSED:
        return []
    found = []
    if check.stand_in and not (alike := _like_it(check, verdict))[0]:
        others = alike[1]
        verb = "is" if others == 1 else "are"
        more = f", as {verb} {counted(others, 'more check')} of this exercise"
        too = more if others else ""
        found.append(f"Graded with {stand_in_text(check.stand_in)}{too}.")
    found += [
        sentence(f"Accepted here: {remark_text(remark)}{_cost(check, remark, verdict)}")
        for remark in _new_here(check, verdict)
    ]
    took = work_text(check)
    return [*found, took] if took else found


def is_plainly_passed(check: CheckResult, verdict: Verdict) -> bool:
    """Whether a check passed, and nothing that it accepted is news."""
    if check.outcome is not Outcome.PASSED:
        return False
    told = check.stand_in and not _like_it(check, verdict)[0]
    return check.hidden or not (told or _new_here(check, verdict))


def remark_text(remark: Remark) -> str:
    """What was accepted, as a clause: ``the output is float32, not float64``."""
    of, expected, got = (
        one_line(text, 160) for text in (remark.of, remark.expected, remark.got)
    )
    if remark.kind == "dtype" and "[" in expected and "[" in got:
        came, wanted = (text.partition("[")[0] for text in (got, expected))
        return f"{of} is in {came}, where {wanted} is asked for"
    if remark.kind == "dtype":
        return f"the call works in float32 alone; in float64 it raises {got}"
    if remark.kind == "digits":
        return f"{of} is right to the digits of float32 only, {got}"
    if remark.kind == "changed_input":
        what = "an answer" if "answer" in expected else "an argument"
        return f"{got}, and {what} should stay as it was"
    return f"{of} is {got}, where {expected} is asked for"


def stand_in_text(replaced: str) -> str:
    """``a correct shapes.py in place of yours``."""
    names = one_line(replaced, 200).split(", ")
    article = "a " if len(names) == 1 else ""
    return f"{article}correct {joined(names)} in place of yours"


def _like_it(check: CheckResult, verdict: Verdict) -> tuple[int, int]:
    """How many checks before and after it passed on the same correct file."""
    alike = [
        other.id
        for other in verdict.checks
        if other.outcome is Outcome.PASSED
        and not other.hidden
        and (other.exercise, other.stand_in) == (check.exercise, check.stand_in)
    ]
    place = alike.index(check.id)
    return place, len(alike) - place - 1


def _new_here(check: CheckResult, verdict: Verdict) -> list[Remark]:
    """One remark of each kind that no earlier check of the function has."""
    told: set[str] = set()
    for other in verdict.checks:
        if other.id == check.id:
            break
        same = (other.exercise, other.function) == (check.exercise, check.function)
        if same and not other.hidden and other.outcome is Outcome.PASSED:
            told |= {remark.kind for remark in other.remarks}
    found: dict[str, Remark] = {}
    for remark in check.remarks:
        if remark.kind not in told and not _is_settled(check, remark, verdict):
            found.setdefault(remark.kind, remark)
    return list(found.values())


def _is_settled(check: CheckResult, remark: Remark, verdict: Verdict) -> bool:
    """Whether the check that asks for more about its dtypes or digits has passed.

    What that one takes for right is no news elsewhere.
    """
    ending = _STRICT.get(remark.kind, "")
    return bool(ending) and any(
        (other.exercise, other.function) == (check.exercise, check.function)
        and other.id.endswith(ending)
        and other.outcome is Outcome.PASSED
        for other in verdict.checks
    )


def _cost(check: CheckResult, remark: Remark, verdict: Verdict) -> str:
    """The check that loses points over it, where one does."""
    ending = _STRICT.get(remark.kind, "")
    for other in verdict.checks:
        same = (other.exercise, other.function) == (check.exercise, check.function)
        strict = other.id.endswith(ending or ("_digits", "_types"))
        if same and strict and not other.hidden and other.outcome is Outcome.FAILED:
            return f"; it costs “{title_of(other).rstrip('.')}”"
    return ""
