"""The zip in a container that is laid out and limited as Gradescope documents.

Needs root, podman, debootstrap and runc, and minutes; ``make test-gradescope`` brings
them. Without a container it runs in a chroot of the same layout, and says so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder.reports import gradescope
from autograder.submissions.entries import find_entries

ROOT = Path(__file__).resolve().parents[2]
SCHEMA_FILE = Path(gradescope.__file__).with_name("gradescope.schema.json")
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
MEBIBYTES, PROCESSORS, SECONDS = 768, 0.5, 600  # Gradescope's own defaults
MOST_MEBIBYTES, MOST_SECONDS = 600, 180  # what ours may take of them
PROGRAMS = ("debootstrap",)
LACKING = [name for name in PROGRAMS if shutil.which(name) is None]
# Docker's, where they differ from podman's.
DOCKER = ("--cap-add", "AUDIT_WRITE,MKNOD,NET_RAW")
ULIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=4096:4096")
SEED = 20260312418  # that of the sample classes' expectations

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default:in a chroot"),
    pytest.mark.skipif(os.geteuid() != 0, reason="a container is made by root"),
    pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}"),
]


@dataclass(frozen=True)
class Machine:
    """A root file system, and a way to run a command in it."""

    root: Path
    wheels: Path
    is_container: bool

    def run(self, *command: str, limited: bool = True) -> subprocess.CompletedProcess:
        """Run a command there as root, in /autograder."""
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}
        if self.is_container:
            words = ["podman", "run", "--rm", "--runtime", "runc", "--network", "none"]
            words += [*DOCKER, *ULIMITS, "--volume", f"{self.wheels}:/wheels:ro"]
            if limited:
                words += ["--memory", f"{MEBIBYTES}m", "--cpus", f"{PROCESSORS}"]
            words += [f"--env={name}={value}" for name, value in pip.items()]
            words += ["--workdir", "/autograder", "--rootfs", str(self.root)]
        else:
            words = ["env", "-i", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/root"]
            words += [f"{name}={value}" for name, value in pip.items()]
            words += ["chroot", str(self.root), "env", "-C", "/autograder"]
        return subprocess.run(
            [*words, *command], capture_output=True, text=True, timeout=SECONDS
        )


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Debian with Python, and the zip's setup.sh run in it."""
    folder = tmp_path_factory.mktemp("gradescope")
    root, wheels = folder / "root", folder / "wheels"
    packages = "python3,python3-venv,libseccomp2"
    _must(
        [
            "debootstrap",
            "--variant=minbase",
            f"--include={packages}",
            _release(),
            str(root),
            _mirror(),
        ]
    )
    version = _must(
        [
            "chroot",
            str(root),
            "python3",
            "-c",
            "import sys; print('%d.%d' % sys.version_info[:2])",
        ]
    ).stdout.strip()
    zip_file = _zip_of("cnn", folder)
    for name in ("source", "submission", "results"):
        (root / "autograder" / name).mkdir(parents=True)
    source = root / "autograder" / "source"
    with zipfile.ZipFile(zip_file) as archive:
        archive.extractall(source)
    torch = re.search(r"TORCH:-([^}]+)", (source / "setup.sh").read_text())
    assert torch is not None
    (wheel,) = source.glob("*.whl")
    _must(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--dest",
            str(wheels),
            "--only-binary=:all:",
            f"--python-version={version}",
            torch[1],
            str(wheel),
            "pyseccomp",
        ]
    )
    shutil.copy(source / "run_autograder", root / "autograder" / "run_autograder")
    (root / "autograder" / "run_autograder").chmod(0o755)
    machine = Machine(root, wheels, _has_containers(root))
    mounted = [] if machine.is_container else _mount(root, wheels)
    try:
        if not machine.is_container:
            warnings.warn("in a chroot, without a container's limits", stacklevel=1)
        ran = machine.run("bash", "/autograder/source/setup.sh", limited=False)
        assert ran.returncode == 0, ran.stderr[-3000:]
        yield machine
    finally:
        for place in reversed(mounted):
            subprocess.run(["umount", str(place)], check=False)
        shutil.rmtree(root, ignore_errors=True)


Grade = Callable[[Path], dict[str, Any]]


@pytest.fixture
def grade(machine: Machine) -> Grade:
    """Hands a file or folder in, as Gradescope does, and reads the results."""

    def hand_in(path: Path, metadata: str | None = None) -> dict[str, Any]:
        place = machine.root / "autograder"
        for name in ("submission", "results"):
            shutil.rmtree(place / name)
            (place / name).mkdir()
        if path.is_dir():
            shutil.copytree(path, place / "submission", dirs_exist_ok=True)
        else:
            shutil.copy(path, place / "submission")
        user = {"users": [{"id": 1, "name": "student_01"}]}
        text = metadata or json.dumps(user)
        (place / "submission_metadata.json").write_text(text)
        ran = machine.run("/autograder/run_autograder")
        assert ran.returncode == 0, ran.stderr[-3000:]
        written = (place / "results" / "results.json").read_text(encoding="utf-8")
        results: dict[str, Any] = json.loads(written)
        jsonschema.validate(results, SCHEMA)
        return results

    return hand_in


@pytest.mark.parametrize("assignment", ["cnn", "rnn", "transformer"])
def test_it_is_fast_and_small_enough(
    assignment: str,
    machine: Machine,
    grade: Grade,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One complete submission, within the machine's limits and ours.

    Of the largest assignments, too, for which what is sealed changes places.
    """
    with _sealed(assignment, machine, tmp_path):
        started = time.monotonic()
        results = grade(ROOT / "examples" / assignment / "student_01")
        wall = time.monotonic() - started
        peak = _peak(machine)

    assert results["score"] == _expected("student_01", assignment)
    assert wall < MOST_SECONDS
    if peak is not None:
        with capsys.disabled():
            print(
                f"\n{assignment}: {wall:.1f} s with the container's start, "
                f"peak {peak:.0f} MiB"
            )
        assert peak < MOST_MEBIBYTES


def _peak(machine: Machine) -> float | None:
    """The memory of one more run, in MiB; None without a container."""
    if not machine.is_container:
        return None
    peak = "cat /sys/fs/cgroup/memory.peak 2>/dev/null || "
    peak += "cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes"
    ran = machine.run("bash", "-c", f"./run_autograder >/dev/null; {peak}")
    return int(ran.stdout.strip()) / 2**20


@contextmanager
def _sealed(assignment: str, machine: Machine, folder: Path) -> Iterator[None]:
    """Within it, the machine grades another assignment."""
    place = machine.root / "autograder" / "source" / "assignment"
    if assignment == "cnn":
        yield
        return
    zip_file = _zip_of(assignment, folder)
    kept = place.rename(place.with_name("kept"))
    try:
        with zipfile.ZipFile(zip_file) as archive:
            inside = [n for n in archive.namelist() if n.startswith("assignment/")]
            archive.extractall(place.parent, inside)
        yield
    finally:
        shutil.rmtree(place, ignore_errors=True)
        kept.rename(place)


def _zip_of(assignment: str, folder: Path) -> Path:
    zip_file = folder / f"{assignment}.zip"
    command = "from autograder.cli import main; main()"
    words = ["gradescope", assignment, "--out", str(zip_file), "--seed", str(SEED)]
    _must([sys.executable, "-c", command, *words])
    return zip_file


def test_scores_are_those_of_the_class(grade: Grade) -> None:
    """The sample class earns what it earns by `autograder grade`."""
    folder = ROOT / "examples" / "cnn"
    entries = find_entries(folder, ["convolution"])
    wrong = {}
    for entry in entries[::3]:
        score = grade(entry.path)["score"]
        if score != _expected(entry.student):
            wrong[entry.student] = (score, _expected(entry.student))

    assert wrong == {}


LOOKS_AROUND = """
import glob, os
def read(path):
    try:
        return open(path).read()[:50]
    except OSError as error:
        return type(error).__name__
SEEN = {
    path: read(path)
    for path in [
        "/autograder/submission_metadata.json",
        "/autograder/source/assignment/answers.json",
        "/autograder/source/assignment/test_shapes.py",
        "/autograder/results/results.json",
    ]
}
try:
    open("/autograder/results/results.json", "w").write("{}")
    SEEN["write"] = "written"
except OSError as error:
    SEEN["write"] = type(error).__name__
raise RuntimeError(f"{os.getuid() != 0} {sorted(set(SEEN.values()))}")
"""


def test_nothing_of_the_grader_can_be_read(
    machine: Machine, grade: Grade, tmp_path: Path
) -> None:
    """Code that was handed in finds checks, answers, names and results closed."""
    (tmp_path / "shapes.py").write_text(LOOKS_AROUND)

    results = grade(tmp_path)

    shapes = [test for test in results["tests"] if test["number"].startswith("1.")]
    said = "\n".join(test["output"] for test in shapes)
    assert "True ['PermissionError']" in said
    assert results["score"] == 0


def _expected(student: str, assignment: str = "cnn") -> float:
    file = ROOT / "examples" / assignment / f"{student}.expected.json"
    points: float = json.loads(file.read_text(encoding="utf-8"))["points"]
    return points


def _has_containers(root: Path) -> bool:
    if shutil.which("podman") is None or shutil.which("runc") is None:
        return False
    words = ["podman", "run", "--rm", "--runtime", "runc", "--network", "none"]
    words += [*DOCKER, *ULIMITS, "--rootfs", str(root), "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _mount(root: Path, wheels: Path) -> list[Path]:
    (root / "wheels").mkdir(exist_ok=True)
    pairs = [("/proc", root / "proc"), ("/dev", root / "dev")]
    pairs.append((str(wheels), root / "wheels"))
    for what, where in pairs:
        _must(["mount", "--bind", what, str(where)])
    return [where for _, where in pairs]


def _release() -> str:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r"^VERSION_CODENAME=(\w+)", text, re.MULTILINE)
    return found[1] if found else "stable"


def _mirror() -> str:
    """The one that this machine takes its own packages from."""
    places = [Path("/etc/apt/sources.list")]
    places += sorted(Path("/etc/apt/sources.list.d").glob("*"))
    texts = [place.read_text(encoding="utf-8") for place in places if place.is_file()]
    lines = [line for text in texts for line in text.splitlines()]
    for line in lines:
        found = re.match(r"(?:deb |URIs:)[^#]*?(https?://\S*(?:debian|ubuntu)/?)", line)
        if found and "security" not in found[1]:
            return found[1]
    pytest.skip("apt's sources name no mirror of Debian or Ubuntu")


def _must(words: list[str]) -> subprocess.CompletedProcess:
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, f"{words[0]}: {(ran.stderr or ran.stdout)[-3000:]}"
    return ran
