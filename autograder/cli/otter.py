"""``autograder otter``: a master notebook for otter-grader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import COURSE, AssignmentArgument, CourseOption
from autograder.grading.order import Isolation
from autograder.verdict import points_text


@dataclass(frozen=True, kw_only=True)
class OtterCommandOptions:
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[Path, typer.Option(help="The folder for the master notebook.")]
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Of all submissions' inputs; default: drawn."),
    ] = None
    torch: Annotated[
        str, typer.Option(help="What pip installs there; default: this version.")
    ] = ""
    torch_index: Annotated[
        str,
        typer.Option(
            help="pip's index for torch, such as PyTorch's own of CPU wheels.",
            envvar="TORCH_INDEX",
        ),
    ] = ""
    isolation: Annotated[
        Isolation,
        typer.Option(help="strict grades in a whole sandbox or not at all."),
    ] = "strict"
    minutes: Annotated[
        float, typer.Option(min=1, help="That otter gives a submission.")
    ] = 10.0
    course: CourseOption = COURSE


def otter_command(options: OtterCommandOptions) -> None:
    """Write the master notebook, and what lies beside it."""
    import tempfile

    from autograder.cli.gradescope import torch_version
    from autograder.cli.long_runs import PassingLine
    from autograder.cli.notebooks import (
        plain_wheel,
        prepared_notebook,
        refuse_leaks_in,
        wheel_beside,
    )
    from autograder.course.assignment import load_course
    from autograder.course.release import zipped
    from autograder.course.student_folder import refuse_foreign, write_files
    from autograder.platforms.otter.master import OtterOptions, master_files

    assignment = load_course(options.course).assignment(options.assignment)
    refuse_foreign(options.out)
    line = PassingLine()
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        plain = plain_wheel(options.course, scratch)
        line.say(f"{assignment.name}: what its mistakes answer; this takes a minute")
        prepared = prepared_notebook(assignment, options.seed)
        line.clear()
        wheel = wheel_beside([prepared], plain, scratch)
        refuse_leaks_in(prepared, wheel, scratch / prepared.assignment.name)
        files = master_files(
            assignment.name,
            assignment.title,
            prepared.cells,
            prepared.beside,
            zipped(prepared.sealed),
            (wheel.name, wheel.read_bytes()),
            OtterOptions(
                options.torch or f"torch=={torch_version()}",
                options.torch_index,
                options.isolation,
                options.minutes,
            ),
        )
    write_files(options.out, files)
    notebook = f"{assignment.name}.ipynb"
    points = points_text(prepared.points)
    print(f"{options.out / notebook}: {points} points, graded by itself")
    print(f"Next, in {options.out}: otter assign {notebook} dist")
