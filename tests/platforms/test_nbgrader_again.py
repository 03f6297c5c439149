"""A course folder of nbgrader's that is there already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.cli.nbgrader import (
    NbgraderOptions,
    _config,
    _files_of_others,
    _seed_before,
    nbgrader_command,
)
from autograder.course.student_folder import write_files
from autograder.errors import CourseError
from autograder.platforms.nbgrader.course import CONFIG, config_text
from tests.conftest import TINY_COURSE


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two assignments were written into it."""
    files = {
        f"{top}/{name}/a.txt": name.encode()
        for top in ("source", "sealed")
        for name in ("tiny", "small")
    }
    folder = tmp_path / "course"
    write_files(folder, {**files, CONFIG: config_text("dl101").encode()})
    (folder / "submitted").mkdir()
    return folder


def test_other_assignments_stay(out):
    assert _files_of_others(out, ["tiny"]) == {
        "source/small/a.txt": b"small", "sealed/small/a.txt": b"small",
    }  # fmt: skip
    assert _files_of_others(out, ["tiny", "small"]) == {}
    assert _files_of_others(out / "new", ["tiny"]) == {}


def test_one_that_somebody_has_deleted_stays_away(out):
    (out / "source" / "small" / "a.txt").unlink()

    assert _files_of_others(out, ["tiny"]) == {"sealed/small/a.txt": b"small"}


def test_the_courses_name_stays(out):
    assert _config(NbgraderOptions(out=out)) == {CONFIG: config_text("dl101").encode()}
    other = _config(NbgraderOptions(out=out, course_id="dl102"))
    assert other == {CONFIG: config_text("dl102").encode()}
    new = _config(NbgraderOptions(out=out / "new"))
    assert new == {CONFIG: config_text("deep_learning").encode()}


def test_a_configuration_that_was_changed_stays(out, capsys):
    changed = config_text("dl101") + "c.Execute.timeout = 60\n"
    (out / CONFIG).write_text(changed, encoding="utf-8")

    assert _config(NbgraderOptions(out=out, course_id="dl102")) == {
        CONFIG: changed.encode()
    }
    assert f"{out / CONFIG}: was changed, and stays as it is" in capsys.readouterr().out


def test_the_seed_stays(out):
    assert _seed_before(out / "sealed" / "new") is None
    (out / "sealed" / "tiny" / "answers.json").write_text(json.dumps({"seed": 7}))
    assert _seed_before(out / "sealed" / "tiny") == 7


def test_a_folder_of_somebody_elses_is_refused_at_once(tmp_path):
    (tmp_path / CONFIG).write_text("c = get_config()\n")

    with pytest.raises(CourseError, match="is neither empty nor generated"):
        nbgrader_command(NbgraderOptions(out=tmp_path, course=TINY_COURSE))
