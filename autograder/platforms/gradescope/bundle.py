"""The zip that is uploaded to Gradescope."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from autograder.errors import CourseError
from autograder.platforms.gradescope.harness import SEALED, waiting
from autograder.platforms.gradescope.options import OPTIONS, Options

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first time a zip can hold
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
    if wheel.suffix != ".whl" or not zipfile.is_zipfile(wheel):
        raise CourseError(f"{wheel}: is no wheel of autograder.")
    files = {f"{SEALED}/{path}": content for path, content in sealed.items()}
    files[wheel.name] = wheel.read_bytes()
    files[OPTIONS] = options.to_json().encode()
    files["waiting.json"] = (json.dumps(waiting(), indent=1) + "\n").encode()
    ours = resources.files(__package__)
    for name in _PROGRAMS:
        text = (ours / name).read_text(encoding="utf-8")
        for mark, value in (("@TORCH@", torch), ("@TORCH_INDEX@", torch_index)):
            _refuse_quotes(value)
            text = text.replace(mark, value)
        files[name] = text.encode()
    return _zipped(files)


def _refuse_quotes(value: str) -> None:
    if set(value) & set("\"'`$\\}\n "):
        raise CourseError(
            f"{value!r}: stands in a shell script and may hold no quotes, spaces, "
            "braces, dollar signs or backslashes. Write it like torch==2.13.0, or as a "
            "plain address."
        )


def _zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is made: the mode is Unix's
            mode = 0o100755 if path in _PROGRAMS else 0o100600
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
