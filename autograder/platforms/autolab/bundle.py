"""The tar that Autolab imports: settings, a Makefile, and a tar with what grades."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from autograder.course.release import refuse_no_wheel
from autograder.errors import CourseError
from autograder.platforms.autolab.options import Options

SEALED = "assignment"  # the folder in autograde.tar
_MAKEFILE = "autograde-Makefile"
_MEBIBYTES = 20  # that may be handed in


@dataclass(frozen=True)
class Problem:
    """What Autolab gives points for."""

    name: str
    points: float


def bundle(
    name: str,
    title: str,
    problems: list[Problem],
    sealed: Mapping[str, bytes],
    wheel: Path,
    options: Options,
) -> bytes:
    """The tar's content; the same files give the same bytes.

    Args:
        name: of the assignment.
        title: what students read.
        problems: each exercise, and what it is worth.
        sealed: the files of the sealed assignment, by their paths in its folder.
        wheel: of this package.
        options: what the instructor has decided.

    Raises:
        CourseError: the wheel is none, or a name would break the Makefile.
    """
    refuse_no_wheel(wheel)
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*", options.handin):
        raise CourseError(
            f"--handin {options.handin!r}: stands in a Makefile. Write it like "
            "handin.tar, with letters, digits, '.', '_' and '-'."
        )
    inner = {f"{SEALED}/{path}": content for path, content in sealed.items()}
    inner[wheel.name] = wheel.read_bytes()
    makefile = (resources.files(__package__) / _MAKEFILE).read_text("utf-8")
    makefile = makefile.replace("@HANDIN@", options.handin)
    makefile = makefile.replace("@MINUTES@", f"{options.minutes:g}")
    return _tar(
        {
            f"{name}/{name}.yml": _settings(name, title, problems, options).encode(),
            f"{name}/{_MAKEFILE}": makefile.encode(),
            f"{name}/autograde.tar": _tar(inner),
        }
    )


def _settings(name: str, title: str, problems: list[Problem], options: Options) -> str:
    """Autolab's settings as JSON, which is YAML."""
    settings = {
        "general": {
            "name": name,
            "display_name": title,
            "description": "",
            "category_name": "Homework",
            "handin_filename": options.handin,
            "handin_directory": "handin",
            "max_submissions": -1,
            "max_grace_days": 0,
            "disable_handins": False,
            "max_size": _MEBIBYTES,
        },
        "problems": [
            {
                "name": one.name,
                "description": "",
                "max_score": one.points,
                "optional": False,
            }
            for one in problems
        ],
        "autograder": {
            "autograde_timeout": round(60 * options.minutes),
            "autograde_image": options.image,
            "release_score": True,
        },
    }
    return "---\n" + json.dumps(settings, indent=1) + "\n"


def _tar(files: Mapping[str, bytes]) -> bytes:
    """A tar with its folders, which Autolab looks for."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        made: set[str] = set()
        for path, content in sorted(files.items()):
            for above in [*reversed(Path(path).parents)][1:]:
                if above.as_posix() not in made:
                    made.add(above.as_posix())
                    folder = tarfile.TarInfo(above.as_posix())
                    folder.type, folder.mode = tarfile.DIRTYPE, 0o755
                    archive.addfile(folder)
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
