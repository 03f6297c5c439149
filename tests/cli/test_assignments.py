"""``autograder assignments``: all student folders, or those that are named."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.cli import main
from tests.small_course import write_small_course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Two assignments that are alike but for their names."""
    root = write_small_course(tmp_path)
    (root / "small").rename(root / "first")
    write_small_course(tmp_path / "again")
    (tmp_path / "again" / "solutions" / "small").rename(root / "second")
    (root / "course.toml").write_text(
        'title = "Two"\npublic_seed = 5\nassignments = ["first", "second"]\n'
    )
    return root


def assignments(course: Path, out: Path, *names: str) -> None:
    """Run the command in this process."""
    words = ["assignments", *names, "--course", str(course), "--out", str(out)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["autograder", *words])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code in (0, None), ended.value.code


def said(capsys: pytest.CaptureFixture[str], out: Path) -> list[str]:
    """The lines that were printed, without the folder of folders."""
    return capsys.readouterr().out.replace(f"{out}/", "").splitlines()


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: its bytes, and when it was written."""
    return {
        file.relative_to(folder).as_posix(): (
            file.read_bytes(),
            file.stat().st_mtime_ns,
        )
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_others_stay_as_they_are(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a name that folder is written and no other, though it is out of date."""
    out = tmp_path / "out"
    assignments(course, out)
    capsys.readouterr()
    before = contents(out / "second")
    for name in ("first", "second"):
        (course / name / "HANDOUT.md").write_text("# Another\n", encoding="utf-8")

    assignments(course, out, "first")

    assert said(capsys, out) == ["first: 1 file changed", "README.md: current"]
    assert contents(out / "second") == before
    assert (out / "first" / "HANDOUT.md").read_text() == "# Another\n"


def test_each_that_is_named_is_written_once(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line for each, in the order of the names; then the page."""
    out = tmp_path / "out"

    assignments(course, out, "second", "first", "second")

    lines = [line.split(":")[0] for line in said(capsys, out)]
    assert lines == ["second", "first", "README.md"]


def test_the_page_tells_of_all(course: Path, tmp_path: Path) -> None:
    """It is the same whichever assignments are named."""
    assignments(course, tmp_path / "one", "second")
    assignments(course, tmp_path / "all")

    pages = [tmp_path / name / "README.md" for name in ("one", "all")]
    assert pages[0].read_text() == pages[1].read_text()
    assert not (tmp_path / "one" / "first").exists()


def test_a_name_that_is_not_there(
    course: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, and the error lists the names there are."""
    with pytest.raises(AssertionError, match="2"):
        assignments(course, tmp_path / "out", "first", "secnod")

    said = capsys.readouterr().err
    assert "there is no assignment 'secnod'; did you mean 'second'?" in said
    assert "Known assignments: first, second." in said
    assert not (tmp_path / "out").exists()
