"""What an instructor hands out."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from autograder.course.assignment import Assignment, load_student_assignment
from autograder.course.generate import generate
from autograder.course.release import build_wheel, release
from autograder.errors import CourseError

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "softmarks"
version = "1.2.3"
requires-python = ">=3.10"

[tool.hatch.build.targets.wheel]
packages = ["autograder"]
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A source tree of a package called autograder."""
    root = tmp_path / "repository"
    for path, text in {
        "pyproject.toml": PROJECT,
        "autograder/__init__.py": '"""Small."""\n',
        "solutions/secret.py": "answer = 42\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Something that looks like a wheel."""
    file = tmp_path / "softmarks-1.2.3-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("autograder/__init__.py", "")
    return file


@pytest.fixture
def generated(tmp_path: Path, numbers: Assignment) -> Path:
    """The student folder of the small course."""
    generate(numbers, tmp_path / "assignments" / "numbers", {"a": 1}, {})
    return tmp_path / "assignments" / "numbers"


class TestRelease:
    """release."""

    def test_folder_and_zip_hold_the_same(self, generated, wheel, tmp_path):
        """Folder and zip have the assignment's files and the wheel, and no others."""
        (generated / "notes.txt").write_text("the instructor's own\n")
        (generated / "__pycache__").mkdir()
        archive = release(generated, tmp_path / "dist", wheel)

        assert archive == tmp_path / "dist" / "numbers.zip"
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
            opened.extractall(tmp_path / "home")
        assert "numbers/sums.py" in names
        assert f"numbers/{wheel.name}" in names
        assert "numbers/notes.txt" not in names
        for name in names:
            there = (tmp_path / "home" / name).read_bytes()
            assert there == (tmp_path / "dist" / name).read_bytes()
        assert load_student_assignment(tmp_path / "home" / "numbers").name == "numbers"

    def test_readme_installs_the_wheel(self, generated, wheel, tmp_path):
        """The README's commands name the wheel that lies beside it."""
        release(generated, tmp_path / "dist", wheel)
        readme = (tmp_path / "dist" / "numbers" / "README.md").read_text("utf-8")

        steps = ["python3 -m venv .venv", f"pip install ./{wheel.name}"]
        places = [readme.index(step) for step in (*steps, "autograder check")]
        assert places == sorted(places)
        assert "py -m venv .venv" in readme
        assert "pip install autograder" not in readme
        assert "pip install softmarks" not in readme

    def test_the_container_has_all_that_the_folder_needs(
        self, generated, wheel, tmp_path
    ):
        """An editor opens the folder in it; torch is of the index named."""
        release(generated, tmp_path / "dist", wheel, "https://example.org/a b")
        folder = tmp_path / "dist" / "numbers"
        text = (folder / ".devcontainer" / "devcontainer.json").read_text("utf-8")

        found = json.loads(text)
        assert len(text.splitlines()) < 20
        assert found["image"].startswith("mcr.microsoft.com/devcontainers/python:3.")
        assert found["postCreateCommand"] == (
            "python -m pip install --index-url 'https://example.org/a b' torch"
            f" && python -m pip install './{wheel.name}[notebooks]'"
        )
        assert "`.devcontainer`" in (folder / "README.md").read_text("utf-8")

    def test_same_bytes_again(self, generated, wheel, tmp_path):
        """Two releases of the same files are the same zip, in order of names."""
        first = release(generated, tmp_path / "one", wheel)
        for file in generated.iterdir():
            file.touch()
        second = release(generated, tmp_path / "two", wheel)

        assert first.read_bytes() == second.read_bytes()
        with zipfile.ZipFile(first) as archive:
            assert archive.namelist() == sorted(archive.namelist())
            assert {entry.date_time[0] for entry in archive.infolist()} == {1980}

    def test_a_new_wheel_replaces_the_old_one(self, generated, wheel, tmp_path):
        """Releasing again into the same folder leaves one wheel in it."""
        release(generated, tmp_path / "dist", wheel)
        newer = wheel.rename(tmp_path / "softmarks-1.2.4-py3-none-any.whl")
        release(generated, tmp_path / "dist", newer)

        wheels = list((tmp_path / "dist" / "numbers").glob("*.whl"))
        assert [file.name for file in wheels] == [newer.name]

    def test_refuses_a_folder_with_solutions(self, course_folder, wheel, tmp_path):
        """The folder with solutions is never released."""
        with pytest.raises(CourseError, match="no generated student folder"):
            release(course_folder / "numbers", tmp_path / "dist", wheel)

        assert not (tmp_path / "dist").exists()

    @pytest.mark.parametrize("text", ["changed = True\n", None])
    def test_refuses_changed_files(self, generated, wheel, tmp_path, text):
        """A file that was changed or removed since it was generated is named."""
        if text:
            (generated / "test_sums.py").write_text(text)
        else:
            (generated / "test_sums.py").unlink()

        with pytest.raises(CourseError, match=r"test_sums\.py: is not as it was"):
            release(generated, tmp_path / "dist", wheel)

    def test_refuses_a_wheel_that_is_none(self, generated, tmp_path):
        """A file that is no wheel is refused."""
        (tmp_path / "autograder.whl").write_text("no zip")

        with pytest.raises(CourseError, match=r"autograder\.whl: is no wheel"):
            release(generated, tmp_path / "dist", tmp_path / "autograder.whl")


class TestBuildWheel:
    """build_wheel."""

    def test_builds_the_package_and_nothing_else(self, repository, tmp_path):
        """The wheel holds the package, not the solutions beside it."""
        wheel = build_wheel(repository, tmp_path / "dist")

        assert wheel == tmp_path / "dist" / "softmarks-1.2.3-py3-none-any.whl"
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
        assert "autograder/__init__.py" in names
        assert not any("solutions" in name for name in names)

    def test_without_a_source_tree(self, tmp_path):
        """Where there is no clone the error says that one is needed."""
        with pytest.raises(CourseError, match="Clone the repository"):
            build_wheel(tmp_path, tmp_path / "dist")

    def test_without_hatchling(self, repository, tmp_path, monkeypatch):
        """The remedy is ours, and no project of our name in an index."""
        monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

        with pytest.raises(CourseError, match="make setup") as error:
            build_wheel(repository, tmp_path / "dist")
        assert "pip install" not in str(error.value)

    def test_another_project(self, repository, tmp_path):
        """A project of another name is not taken for autograder's."""
        file = repository / "pyproject.toml"
        file.write_text(file.read_text().replace('"softmarks"', '"other"', 1))

        with pytest.raises(CourseError, match="not autograder's source tree"):
            build_wheel(repository, tmp_path / "dist")

    def test_a_failed_build_is_shown(self, repository, tmp_path):
        """What hatchling says of a broken project is in the error."""
        file = repository / "pyproject.toml"
        file.write_text(file.read_text() + "\n[project.scripts]\nx = 3\n")

        with pytest.raises(CourseError, match=r"(?s)built no wheel.*scripts"):
            build_wheel(repository, tmp_path / "dist")
