"""``autograder export``: exit codes, what is written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli import main
from autograder.grading.results import Results
from tests.platforms.roster_samples import CANVAS, MOODLE, verdict


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """The results of a class of three, named by their logins."""
    folder = Results(tmp_path / "cnn")
    folder.seed(5)
    for login in ("s1", "s2", "s3"):
        folder.write(verdict(login))
    return folder.folder


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """A roster of Moodle with these three."""
    file = tmp_path / "moodle.csv"
    file.write_text(MOODLE, encoding="utf-8")
    return file


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """The exit code of ``autograder export``."""
    monkeypatch.setattr("sys.argv", ["autograder", "export", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_everybody_is_matched(results, roster, tmp_path, monkeypatch, capsys) -> None:
    """Exit code 0; the file is the instructor's alone, and where it goes is said."""
    out = tmp_path / "new" / "import.csv"
    options = ("--format", "moodle", "--roster", roster, "--out", out)

    assert run(monkeypatch, results, *options) == 0
    said = capsys.readouterr().out
    assert "3 of 3 students of moodle.csv, 3 by number or login." in said
    assert "is written. Import it in Moodle: Grades, Import, CSV file." in said
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4
    assert out.stat().st_mode & 0o777 == 0o600


def test_somebody_is_not(results, roster, tmp_path, monkeypatch, capsys) -> None:
    """Exit code 1, and the file is written all the same; without --out nothing is."""
    (results / "s3.json").unlink()
    out = tmp_path / "import.csv"

    assert run(monkeypatch, results, "--roster", roster, "--out", out) == 1
    assert "no submission      Student Three (row 4)" in capsys.readouterr().out
    assert "Student,Two,s2,login2,two@school.example,10" in out.read_text()
    out.unlink()
    assert run(monkeypatch, results, "--roster", roster, "--dry-run") == 1
    assert "Nothing is written." in capsys.readouterr().out
    assert not out.exists()


def test_nobody_is(results, roster, tmp_path, monkeypatch, capsys) -> None:
    """Exit code 2, and no file."""
    roster.write_text(MOODLE.replace("s1", "x").replace("s2", "y").replace("s3", "z"))
    out = tmp_path / "import.csv"

    assert run(monkeypatch, results, "--roster", roster, "--out", out) == 2
    assert "nobody on it is found in the results" in capsys.readouterr().err
    assert not out.exists()


def test_without_a_roster(results, tmp_path, monkeypatch, capsys) -> None:
    """What there is, and a column for each check where that is asked for."""
    out = tmp_path / "all.csv"

    assert run(monkeypatch, results, "--checks", "--out", out) == 0
    assert out.read_text().splitlines()[:2] == [
        "student,cnn,cnn a::test_a,points,max_points",
        "s1,10,10,10,10",
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--out FILE is missing"),
        (["--format", "canvas", "--dry-run"], "--roster FILE is missing"),
        (
            ["--format", "moodle", "--roster", "moodle.csv", "--checks", "--dry-run"],
            "--checks goes with --format csv",
        ),
        (["--column", "cnn=a", "--dry-run"], "--column goes with --format canvas"),
        (["--roster", "moodle.csv", "--out", "moodle.csv"], "is the roster itself"),
        (["--roster", "nothing.csv", "--dry-run"], "nothing.csv: cannot be read"),
        (["--out", "moodle.csv/x.csv"], "cannot be written"),
        (
            ["--format", "canvas", "--roster", "moodle.csv", "--dry-run"],
            "has no column Student or LastName",
        ),
    ],
)
def test_what_is_refused(results, roster, monkeypatch, capsys, options, told) -> None:
    """With what is wrong, and exit code 2."""
    monkeypatch.chdir(roster.parent)

    assert run(monkeypatch, results, *options) == 2
    assert told in capsys.readouterr().err


def test_the_maximum_on_canvas(results, tmp_path, monkeypatch, capsys) -> None:
    """It is held against the assignment's own."""
    file = tmp_path / "canvas.csv"
    file.write_text(CANVAS)

    options = ("--format", "canvas", "--roster", file, "--dry-run")
    assert run(monkeypatch, results, *options) == 0
    assert "another maximum    12 there, 10 here;" in capsys.readouterr().out
