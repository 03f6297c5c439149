"""Each attack of the catalogue gets what it deserves, and nobody pays for it.

One folder of catalogue/ is one row: what is handed in, and what it must get. Rows are
numbered as the catalogue is; letters tell the variants of one row apart.
"""

from __future__ import annotations

import csv

import pytest

from tests.hostile.catalogue_files import CATALOGUE, Row, rows_of
from tests.hostile.class_of_attacks import PLANTED, Run
from tests.hostile.judging import (
    assert_deserved,
    assert_full_marks,
    assert_no_secret,
    assert_nothing_hidden_is_shown,
    assert_nothing_is_left,
)

ROWS = [row for row in rows_of(CATALOGUE) if not row.slow]

each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_all_rows_are_there() -> None:
    """72 of them, each with an honest neighbour of its own."""
    numbers = {int(row.name[:2]) for row in rows_of(CATALOGUE)}

    assert numbers == {*range(1, 73)}
    students = [name for row in ROWS for name in (row.student, row.neighbour)]
    assert len({*students}) == len(students)
    assert students == sorted(students), "the neighbour is not the next in line"


def test_the_class_is_graded(graded: Run) -> None:
    """The command succeeds, without a traceback of its own."""
    assert graded.returncode == 0, graded.errors
    assert "Traceback" not in graded.output + graded.errors


@each_row
def test_it_gets_what_it_deserves(graded: Run, row: Row) -> None:
    """The points of each check, how it ended, and a piece of what its student reads."""
    assert_deserved(graded, row)


@each_row
def test_it_takes_no_longer_than_it_may(graded: Run, row: Row) -> None:
    """Whatever it tries, one job is lost to it for some seconds only."""
    assert graded.verdict(row.student)["seconds"] < row.seconds


@each_row
def test_the_next_student_gets_full_marks(graded: Run, row: Row) -> None:
    """Who is graded right after an attack has every point, and reads of nothing."""
    assert_full_marks(graded, row.neighbour)


@each_row
def test_it_learns_no_secret(graded: Run, row: Row) -> None:
    """Nothing that it said, and nothing that is said of it, holds a secret."""
    assert_no_secret(graded, row.student)


@each_row
def test_students_read_nothing_of_hidden_checks(graded: Run, row: Row) -> None:
    """No page for students holds an input of a hidden check, or markup of theirs."""
    assert_nothing_hidden_is_shown(graded, row.student)


def test_the_class_hears_no_secret(graded: Run) -> None:
    """Neither table nor terminal hold one, or what students printed."""
    table = (graded.results / "grades.csv").read_text(encoding="utf-8")
    said = graded.output + graded.errors + table

    assert [word for word in graded.secrets.words.values() if word in said] == []
    assert str(graded.seed) not in said
    assert "FORGED-VERDICT" not in said
    assert "STASHED-WORD" not in said


def test_the_secrets_are_there_to_be_found(graded: Run) -> None:
    """In checks, solutions, mistakes, results, other submissions, and the grader."""
    places = {"solution", "checks", "frame", "mistakes", "results", "neighbour"}

    assert graded.secrets.words.keys() == places | {"environment"}
    files = [path for path in graded.folder.rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in files if path.stat().st_size < 100_000]
    for place in places:
        word = graded.secrets.words[place]
        assert any(word.encode() in text for text in texts), place


def test_nothing_was_written(graded: Run) -> None:
    """Results are the grader's own, and what lay beside them is as it was."""
    planted = (graded.results / "planted.txt").read_text(encoding="utf-8")
    assert planted == PLANTED + graded.secrets.words["results"] + "\n"
    names = {path.name for path in graded.results.iterdir()}
    expected = {f"{name}.{e}" for name in students() for e in ("json", "html")}
    assert names == expected | {"grades.csv", "gradescope", "planted.txt", "seed"}


def test_nothing_is_left(graded: Run) -> None:
    """No process, no temporary file, and never many descriptors."""
    assert_nothing_is_left(graded)


def test_the_table_has_every_student(graded: Run) -> None:
    """Once, with the points of the verdict, and honest work is not looked at."""
    with open(graded.results / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}

    assert sorted(rows) == sorted(students())
    for row in ROWS:
        assert float(rows[row.student]["points"]) == row.points
        assert rows[row.neighbour]["needs_attention"] == ""


def students() -> list[str]:
    """All of the class."""
    return [name for row in ROWS for name in (row.student, row.neighbour)]
