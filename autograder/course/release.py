"""What an instructor hands out: an assignment's folder with autograder inside."""

from __future__ import annotations

import base64
import contextlib
import csv
import hashlib
import importlib.metadata
import importlib.util
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path

from autograder.course.assignment import (
    ASSIGNMENT_FILE,
    HANDOUT,
    load_student_assignment,
)
from autograder.course.devcontainer import DEVCONTAINER, devcontainer_json
from autograder.course.generate import README
from autograder.course.hints import HINTS
from autograder.course.readme import more_libraries, student_readme
from autograder.course.student_folder import Files, read_files, write_files
from autograder.errors import CourseError

DISTRIBUTION = "softmarks"  # what pip calls it
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first time a zip can hold


def release(
    assignment_folder: Path, out: Path, wheel: Path, torch_index: str = ""
) -> Path:
    """Make ``<out>/<name>/`` and ``<out>/<name>.zip``; return the zip's path.

    The same files give the same bytes. Students need nothing but the zip and Python,
    or an editor that opens it in its container.

    Raises:
        CourseError: the folder is not as it was generated, or the wheel is none.
    """
    assignment = load_student_assignment(assignment_folder)
    files = read_files(assignment_folder)
    refuse_no_wheel(wheel)
    files[wheel.name] = wheel.read_bytes()
    readme = student_readme(
        assignment,
        assignment.hidden,
        has_handout=HANDOUT in files,
        has_hints=HINTS in files,
        wheel=wheel.name,
    )
    files[README] = readme.encode()
    more = more_libraries(assignment)
    container = devcontainer_json(assignment.title, wheel.name, more, torch_index)
    files[DEVCONTAINER] = container.encode()
    files[ASSIGNMENT_FILE] += _made_with().encode()
    folder = out / assignment.name
    write_files(folder, files)
    archive = out / f"{assignment.name}.zip"
    archive.write_bytes(
        zipped({f"{assignment.name}/{path}": c for path, c in files.items()})
    )
    return archive


def refuse_no_wheel(wheel: Path) -> None:
    """Stop where a file is no wheel.

    Raises:
        CourseError: it is none.
    """
    if wheel.suffix != ".whl" or not zipfile.is_zipfile(wheel):
        raise CourseError(
            f"{wheel}: is no wheel of autograder. Build one with build_wheel()."
        )


def build_wheel(repository: Path, out: Path) -> Path:
    """Build autograder's wheel from its source tree into ``out``.

    Raises:
        CourseError: there is no source tree, hatchling is missing, or it failed.
    """
    project = repository / "pyproject.toml"
    named = re.compile(rf"""^name\s*=\s*["']{DISTRIBUTION}["']""", re.MULTILINE)
    is_ours = project.is_file() and named.search(project.read_text(encoding="utf-8"))
    if not is_ours or not (repository / "autograder" / "__init__.py").is_file():
        raise CourseError(
            f"{repository}: is not autograder's source tree, which a release is built "
            "from; an installed package is not enough. Clone the repository and run "
            "the command in it."
        )
    if importlib.util.find_spec("hatchling") is None:
        raise CourseError(
            "hatchling, which builds the wheel, is not installed. "
            "Run `make setup` in the repository, and use its .venv."
        )
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
        ran = subprocess.run(
            [*command, "-d", scratch],
            cwd=repository,
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = sorted(Path(scratch).glob("*.whl"))
        if ran.returncode or len(wheels) != 1:
            said = (ran.stderr or ran.stdout).strip()
            raise CourseError(
                f"{repository}: hatchling built no wheel. It said:\n{said}\n"
                "Mend what it names and try again."
            )
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheels[0], out / wheels[0].name))


HANDED_OUT = "autograder/handed_out"  # in a wheel, where `check` looks for assignments


def wheel_with(wheel: Path, assignments: Mapping[str, Files], out: Path) -> Path:
    """A wheel that also holds assignments, for notebooks with nothing beside them.

    Args:
        wheel: of autograder.
        assignments: what students get of each, by path.
        out: the folder for the new one, whose version names the assignments.

    Raises:
        CourseError: the wheel is none.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        raise CourseError(f"{wheel}: is no wheel of autograder ({error}).") from None
    record = next((n for n in files if n.endswith(".dist-info/RECORD")), None)
    if record is None:
        raise CourseError(f"{wheel}: is no wheel of autograder (it has no RECORD).")
    del files[record]
    # Of two wheels of one version pip would leave out the second.
    described = record.partition("/")[0]
    package, version = described.removesuffix(".dist-info").split("-")
    names = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in sorted(assignments))
    own = ".".join(names)
    versioned = f"{version}+{own}" if own else version
    moved = f"{package}-{versioned}.dist-info"
    files = {path.replace(f"{described}/", f"{moved}/"): c for path, c in files.items()}
    about = files[f"{moved}/METADATA"].decode()
    about = about.replace(f"\nVersion: {version}\n", f"\nVersion: {versioned}\n", 1)
    files[f"{moved}/METADATA"] = about.encode()
    files |= {
        f"{HANDED_OUT}/{name}/{path}": content
        for name, given in sorted(assignments.items())
        for path, content in sorted(given.items())
    }
    files[f"{moved}/RECORD"] = f"{_recorded(files)}{moved}/RECORD,,\n".encode()
    out.mkdir(parents=True, exist_ok=True)
    result = out / wheel.name.replace(f"-{version}-", f"-{versioned}-", 1)
    result.write_bytes(zipped(files))
    return result


def _recorded(files: Files) -> str:
    """Lines of a wheel's list of files, a table with commas."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        line = (path, f"sha256={digest.rstrip(b'=').decode()}", len(content))
        lines.writerow(line)
    return text.getvalue()


def _made_with() -> str:
    """The versions of this machine, which grading will probably have as well."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    lines = ["", "[made_with]", f'python = "{python}"']
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        lines.append(f'torch = "{importlib.metadata.version("torch")}"')
    return "\n".join([*lines, ""])


def zipped(files: Files, programs: Collection[str] = ()) -> bytes:
    """A zip of files by their paths in it; the same files give the same bytes.

    Args:
        files: by path.
        programs: those that can be run.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is made: the mode is Unix's
            mode = 0o100755 if path in programs else 0o100644
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
