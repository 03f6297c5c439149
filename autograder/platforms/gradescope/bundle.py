"""The zip that is uploaded to Gradescope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from autograder.course.release import refuse_no_wheel, zipped
from autograder.errors import CourseError
from autograder.platforms.gradescope.harness import SEALED, waiting
from autograder.platforms.gradescope.options import OPTIONS, Options

_PROGRAMS = ("setup.sh", "run_autograder")


def bundle(
    sealed: Mapping[str, bytes],
    wheel: Path,
    options: Options,
    torch: str,
    torch_index: str = "",
) -> bytes:
    """The zip's content; the same files give the same bytes.

    Args:
        sealed: the files of the sealed assignment, by their paths in its folder.
        wheel: of this package.
        options: what the instructor has decided.
        torch: what pip installs, such as ``torch==2.13.0``.
        torch_index: pip's index for it; empty: the usual one.

    Raises:
        CourseError: the wheel is none, or a text would break the script.
    """
    refuse_no_wheel(wheel)
    files = {f"{SEALED}/{path}": content for path, content in sealed.items()}
    files[wheel.name] = wheel.read_bytes()
    files[OPTIONS] = options.to_json().encode()
    files["waiting.json"] = (json.dumps(waiting(), indent=1) + "\n").encode()
    for name in _PROGRAMS:
        files[name] = (resources.files(__package__) / name).read_bytes()
    for mark, value in ((b"@TORCH@", torch), (b"@TORCH_INDEX@", torch_index)):
        _refuse_quotes(value)
        files["setup.sh"] = files["setup.sh"].replace(mark, value.encode())
    return zipped(files, _PROGRAMS)


def _refuse_quotes(value: str) -> None:
    if set(value) & set("\"'`$\\}\n "):
        raise CourseError(
            f"{value!r}: stands in a shell script and may hold no quotes, spaces, "
            "braces, dollar signs or backslashes. Write it like torch==2.13.0, or as a "
            "plain address."
        )
