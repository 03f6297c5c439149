"""The distribution: its name, what its two archives hold, and what a start loads."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from autograder.course.assignment import load_course
from autograder.course.leaks import scan, secret_lines
from autograder.course.release import DISTRIBUTION

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "numpy", "pytest", "hypothesis", "jaxtyping", "rich", "sympy")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with wheel and sdist, as `make package` builds them."""
    out = tmp_path_factory.mktemp("dist")
    build(ROOT, out)
    return out


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in the sdist."""
    (archive,) = built.glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def build(source: Path, out: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def wheel_in(folder: Path) -> Path:
    (wheel,) = folder.glob("*.whl")
    return wheel


def metadata(wheel: Path) -> Message:
    files = content(wheel)
    (name,) = [n for n in files if n.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(files[name])


def package_files() -> set[str]:
    """Every file of the package in this clone, what Python leaves behind aside."""
    files = (ROOT / "autograder").rglob("*")
    return {
        file.relative_to(ROOT).as_posix()
        for file in files
        if file.is_file() and "__pycache__" not in file.parts
    }


def test_the_name_and_the_extras(built: Path) -> None:
    """pip knows it as softmarks; command and package keep their name."""
    assert DISTRIBUTION == "softmarks"
    assert wheel_in(built).name.startswith(f"{DISTRIBUTION}-")
    found = metadata(wheel_in(built))
    assert found["Name"] == DISTRIBUTION
    assert found.get_all("Provides-Extra") == ["dev", "instructor", "notebooks"]
    files = content(wheel_in(built))
    (points,) = [n for n in files if n.endswith("entry_points.txt")]
    assert b"autograder = autograder.cli:main" in files[points]


def test_who_installs_the_wheel_calls_it_by_its_name() -> None:
    """Gradescope's script finds the wheel that is built, and each target its own."""
    script = ROOT / "autograder" / "platforms" / "gradescope" / "setup.sh"
    assert f"/{DISTRIBUTION}-*.whl" in script.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"rm -f dist/{DISTRIBUTION}-*" in makefile


def test_the_classifiers_are_those_of_the_index(built: Path) -> None:
    """An index refuses what it does not know; each Python that is asked for is one."""
    known = pytest.importorskip("trove_classifiers").classifiers
    found = metadata(wheel_in(built)).get_all("Classifier") or []

    assert set(found) <= known
    lowest = re.search(r">=3\.(\d+)", metadata(wheel_in(built))["Requires-Python"])
    assert lowest
    versions = [f"Programming Language :: Python :: 3.{n}" for n in (10, 11, 12, 13)]
    assert set(versions) <= set(found)
    assert versions[0].endswith(f".{lowest[1]}")


def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    names = {n for n in content(wheel_in(built)) if ".dist-info/" not in n}

    assert names == package_files()


def test_the_sdist_holds_what_a_build_needs(unpacked: Path) -> None:
    """No course, no solution, no student, no result."""
    names = {
        file.relative_to(unpacked).as_posix()
        for file in unpacked.rglob("*")
        if file.is_file()
    }

    beside = {"pyproject.toml", "README.md", "CHANGELOG.md", "PKG-INFO", ".gitignore"}
    assert names == package_files() | beside


def test_the_sdist_builds_the_same_wheel(
    built: Path, unpacked: Path, tmp_path: Path
) -> None:
    build(unpacked, tmp_path)

    assert content(wheel_in(tmp_path)) == content(wheel_in(built))


def test_neither_holds_a_line_of_a_solution(built: Path, unpacked: Path) -> None:
    for assignment in load_course(ROOT / "solutions").assignments:
        secrets = secret_lines(assignment)
        assert scan(wheel_in(built), secrets) == []
        assert scan(unpacked, secrets) == []


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    """What takes long to import waits until a command needs it."""
    code = (
        "import sys; from autograder.cli import main\n"
        f"sys.argv = ['autograder', *{words}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"print(sorted(set(sys.modules) & set({HEAVY})), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stderr.strip() == "[]"
    assert done.stdout
