"""What is to be graded, and how: an order, whose fields ``autograder grade`` shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from autograder.checking.device_option import DEVICE_HELP, USUAL, DeviceOption
from autograder.course.assignment import Assignment

if TYPE_CHECKING:
    import typer  # annotations are texts until the command line reads them

# Not taken from the sandbox, which the command line does without; mypy compares them.
Isolation = Literal["strict", "auto", "none"]


@dataclass(frozen=True)
class Order:
    """What is to be graded, and how."""

    assignment: Assignment  # with its solutions
    submissions: Annotated[
        Path,
        typer.Argument(help="Folder with an entry (folder, zip, py, ipynb) a student."),
    ]
    out: Annotated[Path, typer.Option(help="Where verdicts and reports go.")]
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions at a time; default: one a core."),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="Default: drawn once and kept in RESULTS."),
    ] = None
    regrade: Annotated[
        bool,
        typer.Option(
            "--regrade", help="Grade all again, under a new seed unless you name one."
        ),
    ] = False
    isolation: Annotated[
        Isolation, typer.Option(help="strict refuses to grade without a sandbox.")
    ] = "auto"
    device: Annotated[DeviceOption, typer.Option(help=DEVICE_HELP)] = USUAL
    adapters: Annotated[
        Path | None,
        typer.Option(help="A file that maps our names to those of your course."),
    ] = None
    formats: Annotated[
        list[str],
        typer.Option("--format", help="Also write this of each verdict: gradescope."),
    ] = field(default_factory=list)
