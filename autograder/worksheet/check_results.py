"""The worksheet's answers as check results: one for their form, one for each value."""

from __future__ import annotations

from autograder.verdict import CheckResult, Mismatch, Note, Outcome, WrittenAnswer
from autograder.worksheet import (
    Answers,
    Question,
    Worksheet,
    is_blank,
    is_untouched,
    judge_form,
    judge_value,
    read_answers,
    unanswered,
    written_text,
)

EXERCISE = "worksheet"
FORM = "answers_have_the_right_form"
FORM_PROMISE = "every question has an answer of the right form"
_MOST_NAMED = 4  # answers that are not written; more of them are counted


def worksheet_results(
    worksheet: Worksheet,
    text: str | None,
    missing: str | None = None,
    unread: bool = False,
) -> tuple[list[CheckResult], list[WrittenAnswer]]:
    """What the checks of a worksheet find, and what is left for a person to grade.

    Args:
        worksheet: the questions. Where they have no answers (a student's copy), only
            the form is checked.
        text: the student's worksheet.toml, None where there is none.
        missing: why there is none.
        unread: it was handed in, and could not be read.
    """
    if text is None:
        detail = missing or "worksheet.toml is not there"
        outcome = Outcome.UNREADABLE if unread else Outcome.NOT_ATTEMPTED
        results = [_form_result(worksheet, outcome, detail)]
        results += [_value_result(q, outcome) for q in worksheet.graded]
        return _worth_showing(results), []
    answers = read_answers(text, worksheet)
    if answers.problem:
        return worksheet_results(worksheet, None, answers.problem, unread=True)
    results = [_form_result(worksheet, *_form(worksheet, answers))]
    for question in worksheet.graded:
        results.append(_value_result(question, _outcome_of(question, answers)))
    written = [
        WrittenAnswer(q.id, q.prompt, q.points, written_text(q, answers))
        for q in worksheet.questions
        if q.kind == "written"
    ]
    return _worth_showing(results), written


def _outcome_of(question: Question, answers: Answers) -> Outcome:
    given = answers.given.get(question.id)
    if question.id in answers.unread:
        return Outcome.UNREADABLE
    if is_blank(given):
        return Outcome.NOT_ATTEMPTED
    return Outcome.PASSED if judge_value(question, given) else Outcome.FAILED


def _form(worksheet: Worksheet, answers: Answers) -> tuple[Outcome, str]:
    """How the check of the form ends, and what it says.

    What is blank is not written yet; what is there and has not the form asked for
    fails, and is told first.
    """
    complaints = [c.removesuffix(".") for c in judge_form(worksheet, answers)]
    if not complaints:
        return Outcome.PASSED, ""
    if is_untouched(answers):
        return Outcome.NOT_ATTEMPTED, "worksheet.toml has no answer yet"
    blank = unanswered(worksheet, answers)
    wrong = [c for c in complaints if c.partition(":")[0] not in blank]
    missing = [c for c in complaints if c not in wrong]
    if len(missing) > 1:
        missing = [_not_written(blank, len(worksheet.questions))]
    if wrong:  # a line each, and none is left out
        return Outcome.FAILED, "\n".join([*wrong, *missing])
    return Outcome.NOT_ATTEMPTED, missing[0]


def _not_written(blank: list[str], count: int) -> str:
    """``23 of 26 answers are not written yet: shape_conv, ... and 19 more``."""
    *some, last = blank[:_MOST_NAMED]
    more = len(blank) - _MOST_NAMED
    if more > 0:
        some, last = [*some, last], f"{more} more: see worksheet.toml"
    names = f"{', '.join(some)} and {last}" if some else last
    return f"{len(blank)} of {count} answers are not written yet: {names}"


def worksheet_notes(worksheet: Worksheet, text: str | None) -> list[Note]:
    """What the student should know of a worksheet that was not easy to read."""
    answers = Answers() if text is None else read_answers(text, worksheet)
    if answers.mended is None:
        return []
    lost = ", ".join(answers.unread)
    how = f"All answers but {lost} were read" if lost else "The answers were read"
    return [Note("worksheet", f"{how} all the same: {answers.mended}")]


def _worth_showing(results: list[CheckResult]) -> list[CheckResult]:
    """Those with points; where nothing has any, the form's, which comes first."""
    return [result for result in results if result.max_points > 0] or results[:1]


def _form_result(worksheet: Worksheet, outcome: Outcome, detail: str) -> CheckResult:
    points = worksheet.form_points
    failed = outcome is Outcome.FAILED
    return CheckResult(
        id=f"{EXERCISE}::{FORM}",
        exercise=EXERCISE,
        function=EXERCISE,
        promise=FORM_PROMISE,
        outcome=outcome,
        points=points if outcome is Outcome.PASSED else 0,
        max_points=points,
        mismatch=Mismatch("assertion", "the worksheet", FORM_PROMISE, detail)
        if failed
        else None,
        detail=None if failed else detail or None,
        look_at=None if outcome is Outcome.PASSED else "worksheet.toml",
    )


def _value_result(question: Question, outcome: Outcome) -> CheckResult:
    return CheckResult(
        id=f"{EXERCISE}::{question.id}",
        exercise=EXERCISE,
        function=EXERCISE,
        promise=question.prompt.strip(),
        outcome=outcome,
        points=question.points if outcome is Outcome.PASSED else 0,
        max_points=question.points,
        hidden=True,
    )
