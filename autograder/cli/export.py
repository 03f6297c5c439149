"""``autograder export``: points for the platform where the course lives."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import typer

Format = Literal["canvas", "moodle", "gradescope", "csv"]
_IMPORTS = {
    "canvas": "Canvas: Grades, Import",
    "moodle": "Moodle: Grades, Import, CSV file",
    "worksheet": "Moodle: the assignment, Upload grading worksheet",
}


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """What is asked for on the command line."""

    results: Annotated[
        list[Path],
        typer.Argument(help="The folders that grade was given with --out, in order."),
    ]
    format: Annotated[Format, typer.Option(help="For whom the file is.")] = "csv"
    roster: Annotated[
        Path | None,
        typer.Option(
            help="The students, as the platform exports them: Canvas's gradebook, "
            "Moodle's gradebook or grading worksheet, Gradescope's roster.",
        ),
    ] = None
    out: Annotated[Path | None, typer.Option(help="The file to write.")] = None
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say who is matched; write nothing.")
    ] = False
    checks: Annotated[
        bool,
        typer.Option("--checks", help="A column for each check; with --format csv."),
    ] = False
    column: Annotated[
        list[str],
        typer.Option(
            help="ASSIGNMENT=COLUMN of the roster, where the names are not the same; "
            "may be given several times.",
        ),
    ] = field(default_factory=list)


def export_command(options: ExportOptions) -> int:
    """Join, say what was found, and write; returns the exit code.

    Raises:
        ResultsError: a folder holds no verdicts, or options do not go together.
        RosterError: the roster cannot be used, or nobody on it is found.
    """
    from autograder.grading.results import ResultsError

    if problem := _problem(options):
        raise ResultsError(problem)
    from autograder.platforms.rosters import summary, tables
    from autograder.platforms.rosters.classes import read_classes
    from autograder.platforms.rosters.columns import Column, columns_of
    from autograder.platforms.rosters.matching import join
    from autograder.platforms.rosters.rosters import read_roster
    from autograder.platforms.rosters.sheet import RosterError

    classes = read_classes(options.results)
    colour = sys.stdout.isatty()
    if options.roster is None:
        print(summary.render_plain(classes, colour=colour), end="")
        _write(options, tables.plain_csv(classes, options.checks))
        return 0
    is_any = options.format == "csv"
    roster = read_roster(options.roster, "" if is_any else options.format)
    columns = {one.name: Column(one.title) for one in classes}
    is_import = options.format in ("canvas", "moodle")
    if is_import:
        columns = columns_of(classes, roster, options.column)
    joined = [join(one, roster) for one in classes]
    print(summary.render_joined(roster, joined, columns, colour=colour), end="")
    if not any(one.matched for one in joined):
        raise RosterError(
            f"{options.roster}: nobody on it is found in the results, so nothing is "
            "written. Is it the roster of this course?"
        )
    if is_import:
        text = tables.platform_csv(roster, joined, columns)
    elif options.format == "gradescope":
        text = tables.gradescope_csv(roster, joined)
    else:
        text = tables.roster_csv(roster, joined, options.checks)
    where = "worksheet" if roster.is_worksheet else options.format
    _write(options, text, _IMPORTS.get(where, "") if is_import else "")
    return 0 if summary.is_complete(joined) else 1


def _problem(options: ExportOptions) -> str:
    """What is wrong with options that do not go together; empty if nothing is."""
    problem = ""
    if options.out is None and not options.dry_run:
        problem = "--out FILE is missing: name the file to write, or ask for --dry-run."
    elif options.roster is None and options.format != "csv":
        problem = (
            f"--roster FILE is missing: --format {options.format} needs the list that "
            "the platform exports."
        )
    elif options.checks and options.format != "csv":
        problem = "--checks goes with --format csv; platforms would take each column."
    elif options.column and options.format not in ("canvas", "moodle"):
        problem = "--column goes with --format canvas and --format moodle."
    elif options.out and options.roster and _is_same(options.out, options.roster):
        problem = f"{options.out}: is the roster itself. Name another file with --out."
    return problem


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _write(options: ExportOptions, text: str, where: str = "") -> None:
    from autograder.grading.results import write_whole

    if options.dry_run or options.out is None:
        print("Nothing is written.")
        return
    write_whole(options.out, text, private=True)
    print(f"{options.out} is written.{f' Import it in {where}.' if where else ''}")
