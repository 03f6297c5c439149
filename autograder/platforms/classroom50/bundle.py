"""The files of ``autograders/SLUG/``, which everybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from autograder.course.release import refuse_no_wheel
from autograder.errors import CourseError

SEALED = "assignment"  # the folder in the bundle
ENTRYPOINT = "autograder.py"  # as Classroom 50 calls it


def bundle(
    public: Mapping[str, bytes], wheel: Path, torch: str, torch_index: str = ""
) -> dict[str, bytes]:
    """The bundle's files, by their paths in it.

    Args:
        public: the files of the sealed assignment, from ``sealing.public_files``.
        wheel: of this package.
        torch: what pip installs, such as ``torch==2.13.0``.
        torch_index: pip's index for it; empty: the usual one.

    Raises:
        CourseError: the wheel is none, or a text would break the script.
    """
    refuse_no_wheel(wheel)
    script = (resources.files(__package__) / "entrypoint.py").read_text("utf-8")
    for mark, value in (("@TORCH@", torch), ("@TORCH_INDEX@", torch_index)):
        if set(value) & set('"\\\n'):
            raise CourseError(
                f"{value!r}: stands in a Python script and may hold no quotes, "
                "backslashes or line ends. Write it like torch==2.13.0, or as a plain "
                "address."
            )
        script = script.replace(mark, value)
    return {
        **{f"{SEALED}/{path}": content for path, content in public.items()},
        wheel.name: wheel.read_bytes(),
        ENTRYPOINT: script.encode(),
    }
