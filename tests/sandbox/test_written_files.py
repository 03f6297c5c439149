"""A child's private folder: what may be done in it, and that nothing of it stays."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograder.sandbox import breach, make_folder, make_root, remove_folder
from autograder.sandbox.written_files import ENTRIES, TOTAL_BYTES

Act = Callable[[str], tuple[list[str], object]]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the sandbox is Linux's own"
)

# The harness forks one child; here it enters a folder of its own as well.
_IN_A_FOLDER = """
import atexit, tempfile
from sandbox import written_files as folders
root = folders.make_root()
atexit.register(folders.remove_folder, root)  # which a child does not do
mine = folders.make_folder(root, user)
theirs = folders.make_folder(root, user)
open(os.path.join(theirs, "secret"), "w").write("secret")
os.chmod(theirs, 0o777)
enter = prepared.enter
class Entering:
    def enter(self, keep, user): return enter(keep, user, mine)
prepared = Entering()
"""


@pytest.fixture
def in_folder(in_sandbox: Act) -> Callable[[str], object]:
    """Run ``act`` in a sandboxed child with a folder; return its answer."""

    def run(act: str) -> object:
        return in_sandbox(f"{_IN_A_FOLDER}{act}")[1]

    return run


def test_what_honest_code_does(in_folder: Callable[[str], object]) -> None:
    """logs, checkpoints, temporary files and folders work as at home"""
    result = in_folder(
        """
def act():
    import logging, tempfile
    tempfile.tempdir = os.getcwd()
    logging.basicConfig(filename="debug.log", level=logging.DEBUG)
    logging.debug("here")
    os.makedirs("runs/one", exist_ok=True)
    with open("runs/draft", "w") as file:
        file.write("x")
    os.replace("runs/draft", "runs/one/kept")
    with open("runs/one/kept", "a") as file:
        file.write("y")
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("z")
    os.remove("runs/one/kept")
    os.rmdir("runs/one")
    return [sorted(os.listdir()), open("debug.log").read()]
"""
    )

    assert result == [["debug.log", "runs"], "DEBUG:root:here\n"]


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("open('../x', 'w')", "PermissionError"),
        ("open('/tmp/autograder-x', 'w')", "PermissionError"),
        ("open(os.path.join(theirs, 'secret')).read()", "PermissionError"),
        ("open(os.path.join(theirs, 'more'), 'w')", "PermissionError"),
        ("os.rename(os.path.join(theirs, 'secret'), 'mine')", "(OSError|Permission)"),
        ("os.listdir('..')", "PermissionError"),
        ("os.symlink('/etc/passwd', 'link')", "PermissionError"),
        ("os.link('/etc/hostname', 'link')", "PermissionError"),
        ("os.mkfifo('pipe')", "PermissionError"),
        ("os.mknod('device')", "PermissionError"),
        ("os.statvfs('.')", "PermissionError"),
        ("open('big', 'wb').write(bytes(8 << 20))", "OSError: .*File too large"),
        ("os.truncate('big', 1 << 40)", "(PermissionError|FileNotFound)"),
        (
            "(open('run', 'w').write('#!/bin/sh'), os.chmod('run', 0o777))",
            "PermissionError",
        ),
        ("os.execv('run', ['run'])", "(PermissionError|FileNotFoundError)"),
    ],
)
def test_what_hostile_code_tries(
    in_folder: Callable[[str], object], code: str, error: str
) -> None:
    """no way out of the folder, no file that is none, none that is large"""
    import re

    result = in_folder(f"def act(): return {code}")

    assert isinstance(result, str)
    assert re.match(error, result), result


def test_without_a_folder_nothing_is_written(in_sandbox: Act) -> None:
    """a child that was given no folder writes nowhere at all"""
    _, result = in_sandbox("def act(): return open('/tmp/x', 'w')")

    assert str(result).startswith("PermissionError")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder to fill by hand."""
    root = make_root()
    yield Path(make_folder(root, None))
    remove_folder(root)


def test_nothing_wrong_with_a_little(folder: Path) -> None:
    """a folder with a few files, and one that is gone already, are in order"""
    (folder / "logs").mkdir()
    (folder / "logs" / "a").write_text("x" * 10000)

    assert breach(str(folder)) is None
    assert breach(str(folder / "gone")) is None
    remove_folder(str(folder.parent))


def test_too_much_is_seen(folder: Path) -> None:
    """too many entries and too many bytes are named, below folders as well"""
    deep = folder / "a" / "b"
    deep.mkdir(parents=True)
    for number in range(5):
        (deep / str(number)).write_bytes(os.urandom(4 << 20))
    assert breach(str(folder)) == f"wrote more than {TOTAL_BYTES >> 20} MB"
    for number in range(5):
        (deep / str(number)).unlink()
    for number in range(ENTRIES + 1):
        (deep / str(number)).touch()
    assert breach(str(folder)) == f"made more than {ENTRIES} files"
    remove_folder(str(folder.parent))


def test_a_path_too_long_to_look_at_is_a_breach(folder: Path) -> None:
    """folders so deep that no path leads there are no hiding place"""
    _dig(folder, 60)

    assert breach(str(folder)) == "hid what it wrote"
    remove_folder(str(folder.parent))


def test_everything_is_removed(folder: Path) -> None:
    """whatever is left in a folder goes: depth, closed folders, odd names, links"""
    _dig(folder, 1500)
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed" / "inner" / "file").touch()
    (folder / "closed" / "inner").chmod(0)
    (folder / "closed").chmod(0)
    os.mkdir(os.fsencode(folder) + b"/\xff\xfe")
    outside = folder.parent.parent / f"{folder.name}.kept"
    outside.write_text("kept")
    (folder / "link").symlink_to(outside)
    (folder / "circle").symlink_to(folder)
    os.mkfifo(folder / "pipe")

    remove_folder(str(folder.parent))

    assert not folder.parent.exists()
    assert outside.read_text() == "kept"
    outside.unlink()


def _dig(folder: Path, depth: int) -> None:
    """Make folders in folders, beyond what a path can name."""
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d" * 200, dir_fd=at)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = inner
    os.close(at)
