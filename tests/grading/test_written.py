"""Written answers: a table for whoever grades them, and points back into verdicts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.grading.results import Results, ResultsError, verdicts_of
from autograder.grading.written import (
    Progress,
    WrittenError,
    carried,
    export_answers,
    import_points,
    progress,
    write_points,
)
from autograder.verdict import Verdict, WrittenAnswer

WHY = WrittenAnswer("why", "Why?", 2.5, "Because it is\nshared; so.")
HOW = WrittenAnswer("how", "How?", 3, '=HYPERLINK("x")')


def verdict_of(student: str, *written: WrittenAnswer) -> Verdict:
    """A verdict with these written answers and nothing else."""
    return Verdict("tiny", student, 5, [], written=list(written or (WHY, HOW)))


@pytest.fixture
def verdicts() -> list[Verdict]:
    """Two students, both of whom answered two questions."""
    return [verdict_of("student_01"), verdict_of("student_02")]


def filled(verdicts: list[Verdict], fill: Callable[[dict[str, str]], None]) -> str:
    """The exported table after somebody has worked on its rows."""
    rows = list(csv.DictReader(io.StringIO(export_answers(verdicts))))
    for row in rows:
        fill(row)
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def two_points(row: dict[str, str]) -> None:
    """Two points for whatever is there."""
    row["points"] = "2"


def test_the_answers_to_one_question_stand_side_by_side(verdicts) -> None:
    """A person grades one question at a time, over all students."""
    rows = list(csv.DictReader(io.StringIO(export_answers(verdicts))))

    assert [(row["question"], row["student"]) for row in rows] == [
        ("why", "student_01"),
        ("why", "student_02"),
        ("how", "student_01"),
        ("how", "student_02"),
    ]
    assert rows[0]["answer"] == WHY.answer
    assert {row["points"] for row in rows} == {""}


def test_no_answer_is_a_formula(verdicts) -> None:
    """A cell that a student began with = is marked as text, and read back as it was."""
    text = filled(verdicts, two_points)

    assert "'=HYPERLINK" in text
    assert {v.written[1].points for v in import_points(text, verdicts)} == {2}


def test_points_and_comments_come_back(verdicts) -> None:
    """What was filled in is in the verdict, and in its sums."""

    def fill(row: dict[str, str]) -> None:
        if row["student"] == "student_02":
            row.update(points="1.5", comment="Shared over what?")

    (changed,) = import_points(filled(verdicts, fill), verdicts)

    assert changed.student == "student_02"
    assert {(a.points, a.comment) for a in changed.written} == {
        (1.5, "Shared over what?")
    }
    assert (changed.points, changed.max_points) == (3, 5.5)
    assert progress([changed, verdicts[0]]) == Progress(2, 4)


def test_a_row_without_points_changes_nothing(verdicts) -> None:
    """A table may be imported while half of it is graded, and again later."""
    half = import_points(filled(verdicts, two_points), verdicts)

    def clear(row: dict[str, str]) -> None:
        row["points"] = " "

    assert import_points(filled(half, clear), half) == []
    assert import_points(export_answers(half), half) == []


@pytest.mark.parametrize("separator", [";", "\t"])
def test_tables_of_other_languages(verdicts, separator) -> None:
    """Semicolons or tabs, decimal commas and Windows' line ends are read, too."""

    def fill(row: dict[str, str]) -> None:
        row["points"] = "2,5"

    rows = csv.reader(io.StringIO(filled(verdicts, fill)))
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    table = "\ufeff" + text.getvalue().replace("is\nshared", "is\r\nshared")

    changed = import_points(table, verdicts)

    assert [v.points for v in changed] == [5, 5]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("points", "3", "points is '3'; why takes a number from 0 to 2.5"),
        ("points", "-1", "points is '-1'"),
        ("points", "nan", "points is 'nan'"),
        ("points", "two", "points is 'two'"),
        ("student", "student_03", "no verdict is of a student 'student_03'"),
        ("question", "when", "'when' is no written question; there is why, how"),
        ("question", "how", "how of student_01 stands in row 2, too; delete one"),
        ("answer", "Something else.", "is another one by now"),
        ("comment", "x" * 2001, "the comment has 2001 characters; 2000 are allowed"),
    ],
)
def test_a_row_that_cannot_be_taken(verdicts, column, value, told) -> None:
    """One wrong row: it is named, with the rule, and no other row is taken either."""

    def fill(row: dict[str, str]) -> None:
        row["points"] = "2"
        if (row["student"], row["question"]) == ("student_01", "why"):
            row[column] = value

    with pytest.raises(WrittenError) as caught:
        import_points(filled(verdicts, fill), verdicts)

    assert told in str(caught.value)
    assert "row 2" in str(caught.value)
    assert "nothing is changed" in str(caught.value)


def test_a_table_of_something_else(verdicts) -> None:
    """The missing columns are named."""
    with pytest.raises(WrittenError, match="no column question and no column answer"):
        import_points("student,points\nstudent_01,3\n", verdicts)


def test_points_outlast_a_new_grading() -> None:
    """Graded again, an answer keeps its points; another answer has none."""
    given = replace(WHY, points=2, comment="Good.")
    earlier = verdict_of("student_01", given, replace(HOW, points=3))
    again = verdict_of("student_01", WHY, replace(HOW, answer="By hand."))

    kept = carried(again, earlier)

    assert kept.written == [given, replace(HOW, answer="By hand.")]
    assert carried(again, None) == again


def test_results_hold_what_was_imported(tmp_path: Path, verdicts) -> None:
    """Verdict, page, Gradescope's file and grades.csv all have the points."""
    results = Results(tmp_path, ("gradescope",))
    stale = verdict_of("student_09")
    for verdict in (*verdicts, stale):
        results.write(verdict)
    results.write_grades(verdicts)

    changed = import_points(filled(verdicts, two_points), verdicts)
    write_points(results, changed, [*verdicts, stale])

    assert verdicts_of(tmp_path) == [*changed, stale]
    page = (tmp_path / "student_01.html").read_text(encoding="utf-8")
    assert "2 of 2.5 points, graded by a person." in page
    sheet = (tmp_path / "gradescope" / "student_01.json").read_text(encoding="utf-8")
    assert '"score": 4' in sheet
    table = (tmp_path / "grades.csv").read_text(encoding="utf-8")
    assert "student_01,4,5.5,4," in table
    assert "student_09" not in table


def test_an_answer_and_a_comment_like_formulas(verdicts) -> None:
    """Both come back as they were, with marks that no spreadsheet took away."""
    odd = replace(WHY, answer="1. first\n- second; =3")
    verdicts = [verdict_of("student_01", odd)]

    def fill(row: dict[str, str]) -> None:
        row["points"] = "2"
        row["comment"] = "Good;\n'- but"

    assert "\n'- second; '=3" in export_answers(verdicts)
    (changed,) = import_points(filled(verdicts, fill), verdicts)
    assert changed.written[0].points == 2
    assert changed.written[0].comment == "Good;\n- but"


def test_a_folder_without_verdicts(tmp_path: Path) -> None:
    """The folder is named, with the remedy; a broken verdict by its own name."""
    with pytest.raises(ResultsError, match="holds no verdict"):
        verdicts_of(tmp_path)
    (tmp_path / "student_01.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ResultsError, match=r"student_01\.json: not a verdict"):
        verdicts_of(tmp_path)
