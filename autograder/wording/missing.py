"""What is not there: files, functions, answers."""

from __future__ import annotations

import re

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.folding import (
    missing_file,
    needed_file,
    part_text,
    written_in_part,
)
from autograder.wording.numbers import joined, sentence

WORKSHEET = "the worksheet"
_MOST_NAMED = 4  # functions by name; more of them are counted


def unwritten(verdict: Verdict, first: CheckResult | None) -> list[str]:
    """What is not there: files, functions, answers; not what is said already."""
    every = [
        c
        for c in verdict.checks
        if c.outcome is Outcome.NOT_ATTEMPTED and not needed_file(c)
    ]
    files = list(dict.fromkeys(filter(None, map(missing_file, every))))
    lost = [check for check in every if missing_file(check)]
    without = {check.exercise for check in lost}
    rest = [check for check in every if check.exercise not in without]
    visible = {_thing(c): c for c in reversed(rest) if not c.hidden and c.function}
    in_part = [t for t, c in visible.items() if written_in_part(c, verdict)]
    things = [thing for thing in reversed(visible) if thing not in in_part]
    said = {missing_file(first), _thing(first)} if first else set()
    parts = []
    if not said.issuperset(files):
        parts.append(f"{joined(files)} {_are(files)} {gone(lost)}.")
    if not said.issuperset(things):
        parts += _not_written(visible, things, verdict)
    parts += [
        f"{thing} is {part_text(visible[thing])}."
        for thing in reversed(in_part)
        if thing not in said
    ]
    answers = [c for c in rest if c.exercise == "worksheet" and c.hidden]
    if answers and WORKSHEET not in things:
        some = counted(len(answers), "question")
        verb = "has" if len(answers) == 1 else "have"
        parts.append(f"{some} of the worksheet {verb} no answer yet.")
    return parts


def _not_written(
    visible: dict[str, CheckResult], things: list[str], verdict: Verdict
) -> list[str]:
    if len(things) > _MOST_NAMED:
        code = {
            (c.exercise, c.function)
            for thing, c in visible.items()
            if thing in things and thing != WORKSHEET
        }
        # As they are counted beside each exercise: those that wait are among them.
        count = sum(
            not c.hidden and (c.exercise, c.function) in code for c in verdict.checks
        )
        some = f"{counted(len(code), 'function')}, with {counted(count, 'check')}"
        some += f", and {WORKSHEET}" if WORKSHEET in things else ","
        return [f"{some} are not written yet."]
    near = [t for t in things if "; there is " in (visible[t].detail or "")]
    new = [thing for thing in things if thing not in near]
    parts = []
    if near:
        which = "this name" if len(near) == 1 else "these names"
        parts.append(f"{joined(near)} {_are(near)} not there under {which}.")
    begun = [t for t in new if t == WORKSHEET and done(visible[t]) == "finished"]
    new = [thing for thing in new if thing not in begun]
    if new:
        parts.append(sentence(f"{joined(new)} {_are(new)} not written yet"))
    if begun:
        parts.append(sentence(f"{joined(begun)} is not finished yet"))
    return parts


def done(worksheet: CheckResult) -> str:
    """``finished`` of a worksheet in which some answers are missing, not all."""
    begun = re.search(r"not written yet|is missing; write", worksheet.detail or "")
    return "finished" if begun else "filled in"


def _thing(check: CheckResult) -> str:
    return WORKSHEET if check.exercise == "worksheet" else check.function


def gone(checks: list[CheckResult]) -> str:
    """``not here`` at home, ``missing`` of what was handed in."""
    here = all(" is not here" in (check.detail or "") for check in checks)
    return "not here" if here else "missing"


def _are(things: list[str]) -> str:
    return "is" if len(things) == 1 else "are"
