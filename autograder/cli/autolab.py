"""``autograder autolab``: the tar to import, and what its Makefile runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.cli.elsewhere import (
    SeedOption,
    drawn,
    started_for,
    wheel_of,
    write_sealed,
)
from autograder.cli.options import (
    COURSE,
    AssignmentArgument,
    CourseOption,
    examples,
    with_fields_of,
)
from autograder.course.assignment import WORKSHEET, WORKSHEET_SECTION, load_course
from autograder.platforms.autolab.options import Options

if TYPE_CHECKING:
    from autograder.checking.solution import Solution
    from autograder.platforms.autolab.bundle import Problem


BundleOption = Annotated[Path, typer.Option(help="Where autograde.tar was unpacked.")]
SubmissionOption = Annotated[Path, typer.Option(help="What was handed in.")]
MinutesOption = Annotated[float, typer.Option(help="Autolab's timeout.")]


@dataclass(frozen=True, kw_only=True)
class AutolabOptions(Options):
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[Path, typer.Option(help="The tar to write.")]
    seed: SeedOption = None
    course: CourseOption = COURSE


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command(epilog=examples("autolab cnn --out cnn.tar --image torch"))
    @with_fields_of(AutolabOptions)
    def autolab(**options: Any) -> None:
        """Make the tar that Autolab imports: problems, a Makefile, and what grades.

        It holds all checks, and what mistakes answer, but no line of a solution.
        """
        autolab_command(AutolabOptions(**options))

    @app.command("autolab-run", hidden=True)
    def autolab_run(
        bundle: BundleOption, submission: SubmissionOption, minutes: MinutesOption = 10
    ) -> None:
        """Grade what was handed in, and print the scores as the last line."""
        run_command(bundle, submission, minutes)


def autolab_command(options: AutolabOptions) -> None:
    """Seal the assignment, and write the tar."""
    from autograder.authoring.sealing import sealed_files
    from autograder.checking.solution import Solution
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.platforms.autolab.bundle import bundle

    assignment = load_course(options.course).assignment(options.assignment)
    tune_for_small_tensors()
    print(f"{assignment.name}: sealing what its mistakes answer; this takes a minute")
    solution = Solution(assignment)
    sealed = sealed_files(solution, drawn(options.seed))
    problems = _problems(solution)
    own = Options(**{one.name: getattr(options, one.name) for one in fields(Options)})
    with wheel_of(options.course) as wheel:
        content = bundle(
            assignment.name, assignment.title, problems, sealed, wheel, own
        )
        write_sealed(options.out, content, wheel, assignment)
    print(f"{options.out}: import it into Autolab as an assessment. Its problems:")
    for one in problems:
        print(f"  {one.name:<16} {one.points:g}")


def _problems(solution: Solution) -> list[Problem]:
    """Each exercise; the worksheet; and what a person grades of it."""
    from autograder.platforms.autolab.bundle import Problem
    from autograder.worksheet import load

    found = [
        Problem(exercise, sum(check.points for check in checks))
        for exercise, checks in solution.checks.items()
    ]
    if solution.assignment.has_worksheet:
        sheet = load(solution.assignment.folder / WORKSHEET)
        graded = sum(question.points for question in sheet.graded)
        written = sheet.written_points
        found.append(Problem(WORKSHEET_SECTION, sheet.form_points + graded))
        found += [Problem("written", written)] if written else []
    return found


def run_command(bundle: Path, submission: Path, minutes: float) -> None:
    """Grade what was handed in, and print the report and the scores."""
    from autograder.platforms.autolab import run

    sealed = run.sealed_in(bundle)
    started = started_for(sealed)
    text = run.run(sealed, submission, minutes, started)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # whatever the container's locale
    sys.stdout.flush()
