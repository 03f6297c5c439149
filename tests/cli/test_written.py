"""``autograder written``: the table out, the points in, exit codes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.results import Results
from autograder.verdict import Verdict, WrittenAnswer


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The results of two students with an answer each."""
    folder = tmp_path / "results"
    kept = Results(folder)
    kept.seed(5)
    answer = WrittenAnswer("why", "Why?", 2, "Because.")
    verdicts = [
        Verdict("tiny", name, 5, [], written=[answer])
        for name in ("student_01", "student_02")
    ]
    for verdict in verdicts:
        kept.write(verdict)
    kept.write_grades(verdicts)
    return folder


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """The exit code of ``autograder written`` with these words."""
    monkeypatch.setattr("sys.argv", ["autograder", "written", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_out_and_back(results: Path, monkeypatch, capsys) -> None:
    """Points travel through a spreadsheet; what is left to do is said."""
    assert run(monkeypatch, "export", results) == 0
    said = capsys.readouterr().out
    table = results / "written.csv"
    assert f"autograder written import {results} {table}" in said
    assert table.stat().st_mode & 0o777 == 0o600
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[1][5:] = ["1.5", "Why so?"]
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    assert run(monkeypatch, "import", results, table) == 0
    said = capsys.readouterr().out
    assert "1 verdict changed, with reports and grades.csv." in said
    assert "1 of 2 written answers have no points yet." in said
    grades = (results / "grades.csv").read_text(encoding="utf-8")
    assert grades.splitlines()[1:] == ["student_01,1.5,2,1.5,", "student_02,0,0,,"]


def test_a_table_is_not_overwritten(results: Path, monkeypatch, capsys) -> None:
    """It may hold an evening's work; --replace says that it does not."""
    table = results / "written.csv"
    table.write_text("an evening's work", encoding="utf-8")

    assert run(monkeypatch, "export", results) == 2
    assert "is there already" in capsys.readouterr().err
    assert table.read_text(encoding="utf-8") == "an evening's work"
    assert run(monkeypatch, "export", results, "--replace") == 0
    assert table.read_text(encoding="utf-8").startswith("student,question")


def test_encodings_of_spreadsheets(results: Path, monkeypatch) -> None:
    """A table saved as Windows-1252 keeps its umlauts."""
    table = results / "written.csv"
    text = "student;question;answer;points;comment\nstudent_01;why;Because.;1;Schön\n"
    table.write_bytes(text.encode("cp1252"))

    assert run(monkeypatch, "import", results, table) == 0
    page = (results / "student_01.html").read_text(encoding="utf-8")
    assert "Schön" in page


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("export", "nowhere"), "nowhere: holds no verdict"),
        (("import", "{results}", "none.csv"), "none.csv: cannot be read"),
    ],
)
def test_what_is_not_there(results: Path, monkeypatch, capsys, words, told) -> None:
    """Exit code 2, and one line with the name and the remedy."""
    named = [word.format(results=results) for word in words]

    assert run(monkeypatch, *named) == 2
    assert told in capsys.readouterr().err


def test_nothing_to_grade(tmp_path: Path, monkeypatch, capsys) -> None:
    """A class without written questions is told so."""
    Results(tmp_path).write(Verdict("tiny", "student_01", 5, []))

    assert run(monkeypatch, "export", tmp_path) == 2
    assert "no verdict has a written answer" in capsys.readouterr().err
