"""The zip that is uploaded: what is in it, and what is not."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.leaks import scan, solution_lines
from autograder.errors import CourseError
from autograder.platforms.gradescope.bundle import bundle
from autograder.platforms.gradescope.options import Options


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of nothing."""
    file = tmp_path / "softmarks-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("autograder/__init__.py", "")
    return file


def test_the_zip_has_what_gradescope_asks_for(wheel: Path, tmp_path: Path) -> None:
    options = Options(hidden="visible", attempts=3)
    sealed = {"assignment.toml": b"name = 'tiny'\n", "stand_ins/heads.py": b""}

    content = bundle(sealed, wheel, options, "torch==2.13.0", "https://example.org/cpu")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modes = {e.filename: e.external_attr >> 16 & 0o777 for e in archive.infolist()}
        archive.extractall(tmp_path / "out")
    assert set(modes) == {
        "assignment/assignment.toml",
        "assignment/stand_ins/heads.py",
        wheel.name,
        "gradescope.json",
        "run_autograder",
        "setup.sh",
        "waiting.json",
    }
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["assignment/assignment.toml"] == 0o644
    out = tmp_path / "out"
    assert Options.read(out / "gradescope.json") == options
    assert json.loads((out / "waiting.json").read_text())["tests"] == []
    setup = (out / "setup.sh").read_text()
    assert 'TORCH="${TORCH:-torch==2.13.0}"' in setup
    assert 'TORCH_INDEX="${TORCH_INDEX:-https://example.org/cpu}"' in setup
    for name in ("setup.sh", "run_autograder"):
        assert b"\r" not in (out / name).read_bytes()
        assert (out / name).read_text().startswith("#!/usr/bin/env bash\n")
        subprocess.run(["bash", "-n", str(out / name)], check=True)
    again = bundle(sealed, wheel, options, "torch==2.13.0", "https://example.org/cpu")
    assert content == again


@pytest.mark.parametrize("value", ["torch; rm", "$(id)", 'a"b', "a'b", "a}b"])
def test_nothing_breaks_out_of_the_script(wheel: Path, value: str) -> None:
    with pytest.raises(CourseError, match="shell script"):
        bundle({}, wheel, Options(), value)
    with pytest.raises(CourseError, match="shell script"):
        bundle({}, wheel, Options(), "torch", value)


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "autograder.whl"
    file.write_text("")

    with pytest.raises(CourseError, match="is no wheel"):
        bundle({}, file, Options(), "torch")


def test_a_sealed_assignment_holds_no_line_of_a_solution(
    tiny: Solution, sealed: Path, tmp_path: Path
) -> None:
    secret = solution_lines(tiny.assignment)
    assert len(secret) > 20
    assert scan(sealed, secret) == []

    leaky = tmp_path / "leaky"
    shutil.copytree(sealed, leaky)
    shutil.copy(tiny.assignment.module("heads"), leaky / "heads.py")

    assert {leak.file for leak in scan(leaky, secret)} == {"heads.py"}
