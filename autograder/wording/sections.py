"""What is found of one check as plain lines, for reports that are made by others."""

from __future__ import annotations

import textwrap

from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.grid_lines import grid_lines
from autograder.wording.rows import call_shown, finding, rows

_LABELS = 13
_ABOUT_THE_CODE = (
    "looks like",
    "think",
    "the numbers",
    "follows from",
    "first",
    "in words",
)


def section_lines(
    check: CheckResult, verdict: Verdict, *, whole: bool, width: int = 78
) -> list[str]:
    """The facts of a visible check that failed, and what they come to.

    Args:
        check: the check.
        verdict: it is part of.
        whole: with the call and the numbers, or what holds for all its cases only.
        width: columns.
    """
    if check.hidden or check.outcome in (Outcome.PASSED, Outcome.WAITING):
        return []
    lines: list[str] = []
    call = call_shown(check)
    if whole and call is not None:
        lines += textwrap.wrap(call.text, width, break_long_words=False)
        for number, argument in enumerate(call.arguments):
            begin = " " * 8 if number else "  where "
            lines += textwrap.wrap(
                f"{begin}{argument}", width, subsequent_indent=" " * 10
            )
        lines += [f"  {call.setting}"] if call.setting else []
    facts, advice = [], []
    for row in rows(check, verdict):
        text = _row(row.label, row.text, width)
        if row.label in ("expected", "got"):
            facts += text
        elif row.label in _ABOUT_THE_CODE or (whole and row.label != "happened at"):
            advice += text
    if whole:
        lines += [*grid_lines(check, width), *facts]
        said = finding(check, verdict)
        for line in (said or "").split("\n"):
            lines += textwrap.wrap(line, width, subsequent_indent="  ")
    return [*lines, *advice]


def _row(label: str, text: str, width: int) -> list[str]:
    indent = " " * _LABELS
    first, *others = text.split("\n")
    lines = textwrap.wrap(
        f"{label:<{_LABELS}}{first}", width, subsequent_indent=indent
    ) or [label]
    return [*lines, *(indent + other for other in others)]
