"""Written answers, on their way to the person who grades them and back.

``export_answers`` makes a table with a row for each answer, ``import_points`` reads the
points out of it. Both work on the verdicts of a RESULTS folder.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from autograder.grading.limits import COMMENT_CHARACTERS, PROBLEMS_SHOWN
from autograder.grading.results import Results, present
from autograder.reports.spreadsheet import csv_text, defused, guarded, unguarded
from autograder.submissions.entries import SubmissionsError
from autograder.verdict import Verdict, WrittenAnswer, points_text
from autograder.wording import cut

COLUMNS = ("student", "question", "prompt", "answer", "max_points", "points", "comment")
NEEDED = ("student", "question", "answer", "points")


class WrittenError(SubmissionsError):
    """A table of points that cannot be read in; the text names rows and remedies."""


@dataclass(frozen=True)
class Progress:
    """How many of the written answers have points."""

    graded: int
    answers: int


def progress(verdicts: Iterable[Verdict]) -> Progress:
    """How far the grading of written answers is."""
    answers = [answer for verdict in verdicts for answer in verdict.written]
    graded = sum(answer.points is not None for answer in answers)
    return Progress(graded, len(answers))


def export_answers(verdicts: Iterable[Verdict]) -> str:
    """A CSV table of all written answers, those to one question side by side.

    Columns: student, question, prompt, answer, max_points, points, comment. Points and
    comments that were given before stand in it. No cell is taken for a formula.

    Example:
        >>> print(export_answers(verdicts_of(Path("results/cnn"))))  # doctest: +SKIP
    """
    rows: dict[str, list[list[str]]] = {}
    for verdict in verdicts:
        for answer in verdict.written:
            given = "" if answer.points is None else points_text(answer.points)
            rows.setdefault(answer.id, []).append(
                [
                    defused(verdict.student),
                    answer.id,
                    guarded(answer.prompt),
                    guarded(answer.answer),
                    points_text(answer.max_points),
                    given,
                    guarded(answer.comment),
                ]
            )
    listed = (row for question in rows.values() for row in question)
    return csv_text([COLUMNS, *listed])


def import_points(text: str, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that the points of a table change, with these points in them.

    A row without points leaves its answer as it is. Commas, semicolons and tabs are
    taken as separators, 2,5 for 2.5.

    Args:
        text: a table as ``export_answers`` makes it, filled in.
        verdicts: all verdicts of the class.

    Raises:
        WrittenError: a row cannot be taken; then no row is.
    """
    by_student = {_plain(defused(verdict.student)): verdict for verdict in verdicts}
    changed: dict[str, Verdict] = {}
    seen: dict[tuple[str, str], int] = {}
    problems = []
    for number, row in _rows(text):
        try:
            student = _plain(row["student"])
            twice = seen.setdefault((student, row["question"]), number)
            if twice != number:
                raise ValueError(
                    f"{row['question']} of {student} stands in row {twice}, too; "
                    "delete one of them"
                )
            verdict = changed.get(student) or by_student.get(student)
            if verdict is None:
                raise ValueError(f"no verdict is of a student {student!r}")
            changed[student] = _with_points(verdict, row)
        except ValueError as error:
            problems.append(f"row {number}: {error}")
    if problems:
        left = len(problems) - PROBLEMS_SHOWN
        more = [f"and {left} more, told once these are mended"] if left > 0 else []
        listed = "\n  ".join([*problems[:PROBLEMS_SHOWN], *more])
        raise WrittenError(
            f"The table was not taken, and nothing is changed:\n  {listed}\n"
            "Mend the table and import it again, or export a new one."
        )
    return [
        verdict
        for student, verdict in changed.items()
        if verdict != by_student[student]
    ]


def carried(verdict: Verdict, earlier: Verdict | None) -> Verdict:
    """The verdict with the points that the same answers were given before."""
    if earlier is None:
        return verdict
    given = {(answer.id, answer.answer): answer for answer in earlier.written}

    def with_points(answer: WrittenAnswer) -> WrittenAnswer:
        before = given.get((answer.id, answer.answer))
        if before is None or before.points is None:
            return answer
        points = min(before.points, answer.max_points)
        return replace(answer, points=points, comment=before.comment)

    return replace(verdict, written=[with_points(each) for each in verdict.written])


def write_points(
    results: Results, changed: Iterable[Verdict], verdicts: Iterable[Verdict]
) -> list[Verdict]:
    """Write the changed verdicts with their reports, and the table of the class.

    Args:
        results: where they go.
        changed: those that ``import_points`` has changed.
        verdicts: all that there are, as they were before.

    Returns:
        All as they are now, students in alphabetical order.
    """
    changed = list(changed)
    for verdict in changed:
        results.write(verdict)
    now = {verdict.student: verdict for verdict in [*verdicts, *changed]}
    results.write_grades(present(results.folder, now.values()))
    return sorted(now.values(), key=lambda verdict: verdict.student)


def _plain(cell: str) -> str:
    """A cell without what a spreadsheet adds or takes away."""
    return " ".join(unguarded(cell).removeprefix("'").split())


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    head = text.lstrip("\ufeff").split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.DictReader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator
    )
    names = [name.strip() for name in reader.fieldnames or []]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise WrittenError(
            f"The table has no column {' and no column '.join(missing)}; its first row "
            f"is {cut(head, lines=1)!r}. It needs the columns of `autograder written "
            "export`."
        )
    reader.fieldnames = names
    for number, row in enumerate(reader, start=2):
        cells = {key: value or "" for key, value in row.items() if key is not None}
        if any(cell.strip() for cell in cells.values() if isinstance(cell, str)):
            yield number, cells


def _with_points(verdict: Verdict, row: dict[str, str]) -> Verdict:
    question = row["question"].strip()
    places = [n for n, answer in enumerate(verdict.written) if answer.id == question]
    if not places:
        known = ", ".join(answer.id for answer in verdict.written) or "none"
        raise ValueError(f"{question!r} is no written question; there is {known}")
    answer = verdict.written[places[0]]
    if not row["points"].strip():
        return verdict
    if _plain(row["answer"]) != _plain(answer.answer):
        raise ValueError(
            f"the answer of {verdict.student} to {question} is another one by now: it "
            "was handed in and graded again after this table was made; export it anew"
        )
    comment = unguarded(row.get("comment", answer.comment).strip())
    if len(comment) > COMMENT_CHARACTERS:
        raise ValueError(
            f"the comment has {len(comment)} characters; {COMMENT_CHARACTERS} are "
            "allowed"
        )
    points = _points(row["points"], answer)
    graded = replace(answer, points=points, comment=comment)
    written = [*verdict.written]
    written[places[0]] = graded
    return replace(verdict, written=written)


def _points(text: str, answer: WrittenAnswer) -> float:
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= answer.max_points:
        raise ValueError(
            f"points is {text.strip()!r}; {answer.id} takes a number from 0 to "
            f"{points_text(answer.max_points)}"
        )
    return points
