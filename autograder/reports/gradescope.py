"""A verdict as Gradescope's results.json (gradescope.schema.json beside this file).

Every text goes in with the format ``text``, which Gradescope escapes, so no markup is
made here and none that a student wrote is taken for markup.

If any test is hidden from students, Gradescope shows them no total either; the text at
the top then says how many points the checks that they can see have earned.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict, WrittenAnswer
from autograder.wording import (
    call_shown,
    cut,
    face,
    finding,
    for_student,
    grid_lines,
    is_open,
    is_said_before,
    left_out,
    needs_attention,
    next_steps,
    one_line,
    points_of,
    rows,
    score_line,
    title_of,
    told_of_passed,
)

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
_APPEARS = {
    "hidden": "stay hidden",
    "after_due_date": "appear after the last due date, that for late work",
    "after_published": "appear when grades are published",
}


def render(
    verdict: Verdict, *, hidden_visibility: str = "after_published"
) -> dict[str, Any]:
    """The results of one submission, without the seed and without hidden facts.

    Args:
        verdict: what was found.
        hidden_visibility: when students see that a hidden check ran and how it ended:
            ``hidden``, ``after_due_date``, ``after_published`` or ``visible``.

    Raises:
        ValueError: Gradescope knows no such visibility.
    """
    if hidden_visibility not in VISIBILITIES:
        raise ValueError(
            f"hidden_visibility is {hidden_visibility!r}; Gradescope knows "
            f"{', '.join(VISIBILITIES)}"
        )
    verdict = for_student(verdict)
    tests = []
    for place, (_, checks) in enumerate(verdict.exercises().items(), start=1):
        for step, check in enumerate(checks, start=1):
            seen = hidden_visibility if check.hidden else "visible"
            tests.append(_test(check, verdict, f"{place}.{step}", seen))
    tests += [
        _written(answer, f"{len(verdict.exercises()) + 1}.{step}")
        for step, answer in enumerate(verdict.written, start=1)
        if answer.points is not None
    ]
    return {
        "score": verdict.points,
        "execution_time": round(verdict.seconds, 3),
        "output": _top(verdict, hidden_visibility),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def to_json(verdict: Verdict, *, hidden_visibility: str = "after_published") -> str:
    """The text of results.json; never NaN, which Gradescope cannot read."""
    return text_of(render(verdict, hidden_visibility=hidden_visibility))


def findings_of(verdict: Verdict) -> dict[str, tuple[bool, str]]:
    """Of each check, by its id: whether it passed, and its name and what is said."""
    return {
        check.id: (
            check.outcome is Outcome.PASSED,
            f"{_name(check)}\n{told(check, verdict)}",
        )
        for check in verdict.checks
    }


def text_of(results: dict[str, Any]) -> str:
    """Results as the text of results.json."""
    return json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _test(
    check: CheckResult, verdict: Verdict, number: str, visibility: str
) -> dict[str, Any]:
    passed = check.outcome is Outcome.PASSED
    test: dict[str, Any] = {
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if passed else "failed",
        "name": _name(check),
        "name_format": "text",
        "number": number,
        "output": told(check, verdict),
        "output_format": "text",
        "tags": _tags(check),
        "visibility": visibility,
    }
    if is_open(check):
        # Without a score Gradescope shows the entry as information. "0 / 3" in red
        # would say that what is undecided cost the student three points.
        for key in ("score", "max_score", "status"):
            del test[key]
    return test


def _written(answer: WrittenAnswer, number: str) -> dict[str, Any]:
    return {
        "score": answer.points,
        "max_score": answer.max_points,
        "name": one_line(answer.prompt, 200),
        "name_format": "text",
        "number": number,
        "output": cut(answer.comment, lines=60, width=4000),
        "output_format": "text",
        "tags": ["written"],
        "visibility": "visible",
    }


def _name(check: CheckResult) -> str:
    name = title_of(check, 200)
    return f"{name} (hidden)" if check.hidden else name


def _tags(check: CheckResult) -> list[str]:
    tags = [one_line(check.exercise, 60), check.outcome.value]
    tags += ["hidden"] if check.hidden else []
    return [*tags, "needs_attention"] if needs_attention(check) else tags


def told(check: CheckResult, verdict: Verdict) -> str:
    """What is said of one check, as plain text."""
    look = face(check.outcome)
    blocks = [f"{look.sign} {look.word}"]
    if not is_said_before(check, verdict):
        call = call_shown(check)
        if call is not None:
            around = filter(None, [", ".join(call.arguments), call.setting])
            blocks.append("\n".join([call.text, *around]))
        blocks.append("\n".join(grid_lines(check)))
        facts = [_row(row.label, row.text) for row in rows(check, verdict)]
        said = finding(check, verdict, alone=True)
        blocks.append("\n".join(filter(None, [said, *facts])))
    blocks += told_of_passed(check, verdict)
    if is_open(check):
        blocks.append(f"{points_of(check.max_points).capitalize()} open.")
    return cut("\n\n".join(filter(None, blocks)), lines=60, width=4000)


def _row(label: str, text: str) -> str:
    return f"{label + ':':<13}" + text.replace("\n", "\n" + " " * 13)


def _top(verdict: Verdict, hidden_visibility: str) -> str:
    """What to do next, counting only what the student can see at that moment."""
    hidden = [check for check in verdict.checks if check.hidden]
    lines = [f"Note: {cut(note.text, lines=12)}" for note in verdict.notes]
    if hidden and hidden_visibility != "visible":
        seen = [check for check in verdict.checks if not check.hidden]
        verdict = replace(verdict, checks=seen)
        lines += [f"Visible checks: {score_line(verdict)}", *next_steps(verdict)]
        worth = points_of(sum(check.max_points for check in hidden))
        some = counted(len(hidden), "hidden check")
        verb = _APPEARS[hidden_visibility]
        if len(hidden) == 1:
            verb = verb.replace("stay", "stays").replace("appear ", "appears ")
        lines.append(
            f"{some} worth {worth} {verb}. Until you can see every check, Gradescope "
            "shows you no total; that is no sign of trouble."
        )
    else:
        lines += [score_line(verdict), *next_steps(verdict)]
    lines += left_out(verdict)
    return "\n".join(lines)
