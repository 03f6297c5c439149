"""The wheel that holds assignments, for notebooks with nothing beside them."""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.course.release import HANDED_OUT, wheel_with
from autograder.errors import CourseError

NAME = "autograder-0.1.0-py3-none-any.whl"
INFO = "autograder-0.1.0.dist-info"
GIVEN = {
    "cnn": {"test_shapes.py": b"a = 1\n", "a, b/c.json": b"{}"},
    "rnn": {"b.py": b""},
}


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of one module."""
    files = {
        "autograder/__init__.py": b'"""Small."""\n',
        f"{INFO}/METADATA": b"Metadata-Version: 2.1\n"
        b"Name: autograder\nVersion: 0.1.0\n",
        f"{INFO}/WHEEL": (
            b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
            b"Tag: py3-none-any\n"
        ),
    }
    lines = [
        f"{name},{digest(content)},{len(content)}" for name, content in files.items()
    ]
    files[f"{INFO}/RECORD"] = "\n".join([*lines, f"{INFO}/RECORD,,", ""]).encode()
    path = tmp_path / "plain" / NAME
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def digest(content: bytes) -> str:
    """As RECORD has it."""
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
    return "sha256=" + found.rstrip(b"=").decode()


def test_pip_installs_it(wheel, tmp_path):
    made = wheel_with(wheel, GIVEN, tmp_path / "out")

    # Another assignment's wheel of this version would not be installed beside it.
    assert made == tmp_path / "out" / NAME.replace("0.1.0", "0.1.0+cnn.rnn")
    words = ("install", "--no-deps", "--no-index", "--no-compile", "--quiet")
    folder = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", *words, "--target", str(folder), str(made)],
        check=True,
    )
    (about,) = importlib.metadata.distributions(path=[str(folder)])
    assert about.version == "0.1.0+cnn.rnn"
    assert (folder / HANDED_OUT / "cnn" / "test_shapes.py").read_bytes() == b"a = 1\n"
    assert (folder / HANDED_OUT / "cnn" / "a, b" / "c.json").read_bytes() == b"{}"


def test_its_list_is_right(wheel, tmp_path):
    """Each file once, with its digest and size; the list itself without."""
    made = wheel_with(wheel, GIVEN, tmp_path / "out")

    with zipfile.ZipFile(made) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    info = INFO.replace("0.1.0", "0.1.0+cnn.rnn")
    rows = list(csv.reader(io.StringIO(contents[f"{info}/RECORD"].decode())))
    listed = {name: (found, size) for name, found, size in rows}
    assert len(rows) == len(contents)
    assert listed.keys() == contents.keys()
    assert listed.pop(f"{info}/RECORD") == ("", "")
    for name, (found, size) in listed.items():
        assert (found, size) == (digest(contents[name]), str(len(contents[name])))


def test_same_files_same_bytes(wheel, tmp_path):
    first = wheel_with(wheel, GIVEN, tmp_path / "one").read_bytes()
    backwards = {name: GIVEN[name] for name in reversed(GIVEN)}

    assert wheel_with(wheel, backwards, tmp_path / "two").read_bytes() == first


def test_a_file_that_is_no_wheel_is_named(tmp_path):
    path = tmp_path / NAME
    path.write_text("no zip")
    with pytest.raises(CourseError, match="is no wheel of autograder"):
        wheel_with(path, GIVEN, tmp_path / "out")

    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.py", "")
    with pytest.raises(CourseError, match="is no wheel of autograder"):
        wheel_with(path, GIVEN, tmp_path / "out")
