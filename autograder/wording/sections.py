"""What is found of one check as plain lines, for reports that are made by others."""

from __future__ import annotations

import textwrap

from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.grid_lines import grid_lines
from autograder.wording.rows import call_shown, finding, rows

_WIDTH = 78  # columns
_LABELS = 13
_ABOUT_THE_CODE = (
    "looks like",
    "think",
    "the numbers",
    "follows from",
    "first",
    "in words",
)


def section_lines(check: CheckResult, verdict: Verdict, *, whole: bool) -> list[str]:
    """The facts of a visible check that failed, and what they come to.

    Args:
        check: the check.
        verdict: it is part of.
        whole: with the call and the numbers, or what holds for all its cases only.
    """
    if check.hidden or check.outcome in (Outcome.PASSED, Outcome.WAITING):
        return []
    lines: list[str] = []
    call = call_shown(check)
    if whole and call is not None:
        lines += textwrap.wrap(call.text, _WIDTH, break_long_words=False)
        for number, argument in enumerate(call.arguments):
            begin = " " * 8 if number else "  where "
            lines += textwrap.wrap(
                f"{begin}{argument}", _WIDTH, subsequent_indent=" " * 10
            )
        lines += [f"  {call.setting}"] if call.setting else []
    facts, advice = [], []
    for row in rows(check, verdict):
        text = _row(row.label, row.text)
        if row.label in ("expected", "got"):
            facts += text
        elif row.label in _ABOUT_THE_CODE or (whole and row.label != "happened at"):
            advice += text
    if whole:
        lines += [*grid_lines(check, _WIDTH), *facts]
        said = finding(check, verdict)
        for line in (said or "").split("\n"):
            lines += textwrap.wrap(line, _WIDTH, subsequent_indent="  ")
    return [*lines, *advice]


def _row(label: str, text: str) -> list[str]:
    indent = " " * _LABELS
    first, *others = text.split("\n")
    lines = textwrap.wrap(
        f"{label:<{_LABELS}}{first}", _WIDTH, subsequent_indent=indent
    ) or [label]
    return [*lines, *(indent + other for other in others)]
