"""``autograder check`` and ``autograder hint``: what students type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.checking.device_option import USUAL
from autograder.cli.options import DeviceParameter

FolderOption = Annotated[Path, typer.Option("--in", help="The assignment's folder.")]
HERE = Path()


@dataclass(frozen=True)
class CheckOptions:
    """What is to be checked, and how."""

    exercises: Annotated[
        list[str] | None,
        typer.Argument(
            help="Exercises, by name or by file, such as convolution or shapes.py, or "
            "a notebook, homework.ipynb, to be judged in place of the .py files; all "
            "exercises if left out.",
            show_default=False,
        ),
    ] = None
    folder: FolderOption = HERE
    only: Annotated[
        str,
        typer.Option(
            help="The check of this name, the checks of this function, or else those "
            "whose name contains this text; see --list."
        ),
    ] = ""
    listed: Annotated[
        bool, typer.Option("--list", help="Print names and points; run nothing.")
    ] = False
    failed: Annotated[
        bool,
        typer.Option("--failed", help="Run what did not pass when it last ran."),
    ] = False
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file is saved.")
    ] = False
    device: DeviceParameter = USUAL
    colour: Annotated[
        bool | None,
        typer.Option("--colour/--no-colour", help="Default: if it is a terminal."),
    ] = None


@dataclass(frozen=True)
class HintOptions:
    """Of what a hint is wanted."""

    name: Annotated[
        str, typer.Argument(help="An exercise, such as convolution, or a function.")
    ]
    folder: FolderOption = HERE
    again: Annotated[
        bool, typer.Option("--again", help="Begin with the first hint once more.")
    ] = False
