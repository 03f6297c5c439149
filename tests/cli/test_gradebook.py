"""``autograder gradebook``: several folders of results, one table."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.results import Results
from autograder.verdict import Verdict


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    """The results of two assignments."""
    for name in ("cnn", "rnn"):
        results = Results(tmp_path / name)
        results.seed(5)
        results.write(Verdict(name, "student_01", 5, []))
    return [tmp_path / "cnn", tmp_path / "rnn"]


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """The exit code of ``autograder gradebook``."""
    monkeypatch.setattr("sys.argv", ["autograder", "gradebook", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_both_tables(folders: list[Path], tmp_path, monkeypatch, capsys) -> None:
    """One is printed, the other is a file."""
    out = tmp_path / "course.csv"

    assert run(monkeypatch, *folders, "--out", out) == 0
    assert "1 student, 2 assignments." in capsys.readouterr().out
    assert out.read_text(encoding="utf-8").splitlines()[1] == "student_01,0,0,0,0,"


def test_who_has_left_the_class(folders, tmp_path, monkeypatch, capsys) -> None:
    """A verdict that lies about is not in the table, as it is not in grades.csv."""
    results = Results(folders[0])
    results.write_grades([Verdict("cnn", "student_01", 5, [])])
    results.write(Verdict("cnn", "student_02", 5, []))

    assert run(monkeypatch, *folders) == 0
    assert "1 student, 2 assignments." in capsys.readouterr().out


def test_an_assignment_given_twice(folders, tmp_path, monkeypatch, capsys) -> None:
    """Two classes cannot stand in one column."""
    again = Results(tmp_path / "again")
    again.seed(5)
    again.write(Verdict("cnn", "student_02", 5, []))

    assert run(monkeypatch, *folders, tmp_path / "again") == 2
    said = capsys.readouterr().err
    assert "again: holds verdicts of cnn, and so does" in said


def test_no_results(tmp_path: Path, monkeypatch, capsys) -> None:
    """A folder without verdicts is named."""
    assert run(monkeypatch, tmp_path) == 2
    assert "holds no verdict" in capsys.readouterr().err
