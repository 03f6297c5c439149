"""A question of a notebook and its report, without a kernel."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home import handed_out
from autograder.home.folder import load_folder
from autograder.home.handing_in import HomeNotebook
from autograder.home.kernel_check import Desk, Question
from autograder.home.replay import Execution
from autograder.home.results import check_results
from autograder.home.selection import Selection, failed_last_time
from tests.home.test_worksheet import GOOD, fill

SCALE = "def scale(x, factor): return factor * x"
SHIFT = "def shift(x, offset): return x + offset"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Desk(scratch)


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Path:
    """A student's folder with the stub as it was handed out."""
    place = tmp_path / "small"
    shutil.copytree(generated, place)
    return place


def asked(
    desk: Desk, here: Path, name: str | None, *cells: str, folder: str | None = None
) -> dict[str, Any]:
    """The answer to a question about some cells."""
    ran = [Execution(number, text, "") for number, text in enumerate(cells, 1)]
    return desk.answer(Question(name, folder, here, ran, {}))


def said(answer: dict[str, Any]) -> str:
    return " ".join(answer["text"].split())


def test_points_are_those_of_what_was_asked_for(desk: Desk, folder: Path) -> None:
    """By function, check, exercise, or all; plain floats, hidden checks not in."""
    wanted = {
        "scale": (3.0, 3.0),
        "shift": (0.0, 2.0),
        "scales_twice": (1.0, 1.0),
        "scaling::scales": (2.0, 2.0),
        "scaling": (3.0, 5.0),
        "scaling.py": (3.0, 5.0),
        None: (3.0, 5.0),
    }
    for name, (points, possible) in wanted.items():
        answer = asked(desk, folder, name, SCALE)
        assert (answer["points"], answer["possible"]) == (points, possible), name
        assert type(answer["points"]) is type(answer["possible"]) is float
        assert answer["passed"] is (points == possible)


def test_a_function_comes_before_a_check_of_its_name(desk: Desk, folder: Path) -> None:
    """Else a cell that asks for the function would leave out its other checks."""
    checks = folder / "test_scaling.py"
    text = checks.read_text()
    for end in "()":
        text = text.replace(f"test_scales{end}", f"test_scale{end}")
    checks.write_text(text)

    answer = asked(desk, folder, "scale", SCALE)
    alone = asked(desk, folder, "test_scale", SCALE)

    assert (answer["points"], answer["possible"]) == (3.0, 3.0)
    assert (alone["points"], alone["possible"]) == (2.0, 2.0)


def test_the_cells_are_judged_and_not_the_files(desk: Desk, folder: Path) -> None:
    """A file beside the notebook that is right, a cell that is not."""
    (folder / "scaling.py").write_text(f"{SCALE}\n{SHIFT}\n")

    answer = asked(desk, folder, "scale", "x = 1", "def scale(x, factor): return x")

    assert answer["points"] == 0.0
    assert "cell 2, line 1" in answer["text"]
    assert 'check("scales")' in answer["text"]
    assert max(map(len, answer["text"].splitlines())) <= 80


def test_a_cell_that_did_not_run(desk: Desk, folder: Path) -> None:
    """A function that no cell defines: perhaps its cell was not run."""
    answer = asked(desk, folder, "scale", SHIFT)

    assert "No cell that ran defines scale." in said(answer)


def test_a_notebook_that_checks_itself(desk: Desk, folder: Path) -> None:
    """Calls of check in the cells, and what is done with the report, cost nothing."""
    used = (
        "from autograder import check\nimport autograder\nreport = check('scale')\n"
        "assert report.passed, report\nprint(report, f'{report.points:.1f}')\n"
        "share = report.points / report.possible\nautograder.check()\n" + SCALE
    )

    answer = asked(desk, folder, "scale", used, "check('scale')")

    assert answer["passed"] is True
    assert "note" not in answer["text"]


def test_home_and_a_notebook_file_agree(desk: Desk, folder: Path) -> None:
    """The cells as a file, checked by `autograder check`, end in the same way."""
    cells = ["import torch", "def scale(x, factor): return torch.mul(x, factor)", SHIFT]
    file = folder / "homework.ipynb"
    notebook = {"cells": [{"cell_type": "code", "source": text} for text in cells]}
    file.write_text(json.dumps(notebook))
    loaded = load_folder(find_assignment(folder))
    home = replace(loaded, notebook=HomeNotebook(file, folder))
    results = list(check_results(home, Selection()))

    answer = asked(desk, folder, None, *cells)

    assert [r.outcome.value for r in results] == ["refused", "refused", "passed"]
    assert answer["points"] == 2.0
    assert "refused" in answer["text"]


def test_an_earlier_version_that_is_refused(desk: Desk, folder: Path) -> None:
    """Two cells define it, and both are read: the report says which."""
    both = [
        Execution(1, "import torch", "a"),
        Execution(2, "def scale(x, factor): return torch.mul(x, factor)", "b"),
        Execution(3, SCALE, "c"),
    ]
    again = [*both[:2], Execution(3, SCALE, "b")]

    refused = desk.answer(Question("scale", None, folder, both, {}))
    clean = desk.answer(Question("scale", None, folder, again, {}))

    assert "scale is defined in cells 2 and 3" in said(refused)
    assert clean["passed"] is True


def test_unknown_names(desk: Desk, folder: Path) -> None:
    """A sentence with the nearest name; a part of a name is none."""
    answer = asked(desk, folder, "sacle", SCALE)

    assert "no check" not in said(answer)
    assert "'sacle'; did you mean 'scale'?" in said(answer)
    assert (answer["points"], answer["possible"]) == (0.0, 0.0)
    assert answer["passed"] is False
    assert "nothing to check" in said(asked(desk, folder, "scal", SCALE))
    assert "nothing to check" in said(asked(desk, folder, "", SCALE))


def test_the_worksheet_of_a_cell(desk: Desk, worksheet_folder: Path) -> None:
    """What %%writefile worksheet.toml wrote counts, whatever lies on the disk."""
    fill(worksheet_folder, **GOOD)
    file = worksheet_folder / "worksheet.toml"
    writes = f"%%writefile worksheet.toml\n{file.read_text()}"

    on_disk = asked(desk, worksheet_folder, "worksheet", "x = 1")
    file.unlink()
    in_a_cell = asked(desk, worksheet_folder, "worksheet", writes)
    damaged = asked(desk, worksheet_folder, "worksheet", writes.replace("2.5", "2,5"))

    assert on_disk["passed"] is in_a_cell["passed"] is True
    assert (in_a_cell["points"], in_a_cell["possible"]) == (1.0, 1.0)
    assert damaged["passed"] is False


def test_answers_in_cells_of_text(desk: Desk, worksheet_folder: Path) -> None:
    """The kernel has no such cells: their questions are not asked for, and it says so.

    A worksheet with the question in it must answer it.
    """
    fill(worksheet_folder, **{**GOOD, "why": "''"})
    text = (worksheet_folder / "worksheet.toml").read_text()
    without, _, _ = text.partition('[[question]]\nid = "why"')
    (worksheet_folder / "worksheet.toml").unlink()

    short = asked(
        desk, worksheet_folder, "worksheet", f"%%writefile worksheet.toml\n{without}"
    )
    whole = asked(
        desk, worksheet_folder, "worksheet", f"%%writefile worksheet.toml\n{text}"
    )

    other = asked(desk, worksheet_folder, "scale", SCALE)

    assert "cells of text" not in said(other)
    assert short["passed"] is True
    assert "in cells of text is read when the notebook is handed in" in said(short)
    assert whole["passed"] is False
    assert "cells of text" not in said(whole)


def test_what_failed_is_remembered(desk: Desk, folder: Path) -> None:
    """`autograder check --failed` and the hints know of it."""
    asked(desk, folder, "scale", "def scale(x, factor): return x")

    assert failed_last_time(folder) == {
        "scaling::test_scales",
        "scaling::test_scales_twice",
    }


def test_what_is_loaded_is_kept(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is read again only where a file of it changed."""
    from autograder.home import kernel_check

    loaded = []

    def counted(*given: Any) -> Any:
        loaded.append(given)
        return load_folder(*given)

    monkeypatch.setattr(kernel_check, "load_folder", counted)
    for _ in range(2):
        asked(desk, folder, "scale", SCALE)
    assert len(loaded) == 1
    (folder / "lookalikes.json").write_text("{}")

    asked(desk, folder, "scale", SCALE)

    assert len(loaded) == 2


@pytest.fixture
def package(
    generated: Path,
    generated_with_worksheet: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """What a wheel with two assignments has in it."""
    inside = tmp_path / "handed_out"
    for name, source in (("first", generated), ("second", generated_with_worksheet)):
        shutil.copytree(source, inside / name)
        file = inside / name / "assignment.toml"
        file.write_text(file.read_text().replace('"small"', f'"{name}"', 1))
    monkeypatch.setattr(handed_out, "HANDED_OUT", inside)
    return inside


def test_an_assignment_in_the_package(
    desk: Desk, package: Path, tmp_path: Path
) -> None:
    """The one that has the name; where more have it, folder= says which."""
    here = tmp_path / "content"
    here.mkdir()

    only = asked(desk, here, "moving", SCALE)
    both = asked(desk, here, "scale", SCALE)
    named = asked(desk, here, "scale", SCALE, folder="first")
    wrong = asked(desk, here, "scale", SCALE, folder="frist")

    assert only["possible"] == 5.0
    assert "more than one assignment here: first, second." in said(both)
    assert 'check(folder="first")' in said(both)
    assert (named["points"], named["possible"]) == (3.0, 3.0)
    assert "did you mean 'first'?" in said(wrong)
    assert not (package / "first" / ".autograder").exists()


def test_no_assignment(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither beside the notebook nor in the package."""
    monkeypatch.setattr(handed_out, "HANDED_OUT", tmp_path / "none")

    answer = asked(desk, tmp_path, "scale", SCALE)

    assert "there is no assignment in this folder" in said(answer)


def test_a_folder_beside_the_notebook_comes_first(folder: Path, package: Path) -> None:
    """Its parents count, too; a folder may be named by a file in it."""
    inner = folder / "notebooks"
    inner.mkdir()

    assert handed_out.assignment_for(None, inner, None).name == "small"
    named = handed_out.assignment_for("assignment.toml", folder, None)
    assert named.folder == folder
    with pytest.raises(CourseError, match=r"folder=\.\.\."):
        handed_out.assignment_for("..", folder.parent, None)


def test_where_there_is_no_notebook() -> None:
    """Python says so in a sentence, and loads neither torch nor IPython for it."""
    code = (
        "import sys, autograder\nassert 'autograder.home' not in sys.modules\n"
        "report = autograder.check('scale')\nassert report.points == 0.0\n"
        "print(sorted({'torch', 'IPython', 'rich', 'pytest'} & {*sys.modules}))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert "`autograder check`" in done.stdout
    assert done.stdout.endswith("[]\n")
    assert done.stderr == ""
    assert done.stdout.count("running notebook") == 1
