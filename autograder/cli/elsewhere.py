"""What commands for other machines share: their files, and a run on such a machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from autograder.course.assignment import Assignment
    from autograder.grading.sealed import Sealed, Started

TorchOption = Annotated[
    str, typer.Option(help="What pip installs there; default: this version.")
]
TorchIndexOption = Annotated[
    str,
    typer.Option(
        help="pip's index for torch, such as PyTorch's own of CPU wheels; without "
        "one pip takes wheels with CUDA, of some gigabytes.",
        envvar="TORCH_INDEX",
    ),
]
SeedOption = Annotated[
    int | None,
    typer.Option(min=0, help="Of all submissions' inputs; default: drawn."),
]
LEAK_REMEDY = (
    "Nothing is written. Write that line differently in the file that is named."
)
NO_INDEX = (
    "It names no index for torch, so pip takes wheels with CUDA, of some gigabytes. "
    "Name one of CPU wheels with --torch-index."
)


def drawn(seed: int | None) -> int:
    """The seed that was given, or a new one."""
    import secrets

    return secrets.randbelow(2**31) if seed is None else seed


def usual_torch() -> str:
    """The torch of this machine, as pip names it."""
    import importlib.metadata

    return f"torch=={importlib.metadata.version('torch').partition('+')[0]}"


@contextmanager
def wheel_of(course: Path) -> Iterator[Path]:
    """The wheel of the clone that a course stands in, in a folder of its own."""
    from autograder.cli.publish import repository_of
    from autograder.course.release import build_wheel

    with tempfile.TemporaryDirectory() as scratch:
        yield build_wheel(repository_of(course), Path(scratch))


def started_for(sealed: Sealed) -> Started | None:
    """A zygote for one submission, on its way; the command begins once more for it."""
    from autograder.cli.afresh import begin_afresh, can_begin_afresh, take

    if can_begin_afresh():
        begin_afresh(sealed.settings)
    return take()


def write_sealed(
    out: Path, content: bytes, wheel: Path, assignment: Assignment
) -> None:
    """Write what is uploaded, unless it holds what must stay here.

    Args:
        out: the file.
        content: all of it.
        wheel: that is in it, in a folder of its own.
        assignment: whose solutions stay here.

    Raises:
        CourseError: it holds a line of a solution, or the wheel a secret.
    """
    from autograder.cli.publish import refuse_leaks
    from autograder.course.leaks import secret_lines, solution_lines

    trial = wheel.parent / out.name
    trial.write_bytes(content)
    refuse_leaks(trial, solution_lines(assignment), LEAK_REMEDY)
    # Code that was handed in can read what is installed there.
    refuse_leaks(wheel, secret_lines(assignment), LEAK_REMEDY)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
