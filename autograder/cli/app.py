"""The commands and their options; what they do is in the modules that they call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli import autolab, classroom50, gradescope, nbgrader, otter
from autograder.cli.at_home import CheckOptions, HintOptions
from autograder.cli.elsewhere import TorchIndexOption
from autograder.cli.export import ExportOptions, export_command
from autograder.cli.numerics import NumericsOptions, numerics_command
from autograder.cli.options import (
    COURSE,
    GENERATED,
    AssignmentArgument,
    CourseOption,
    NamesArgument,
    examples,
    with_fields_of,
)
from autograder.cli.verify import VerifyOptions, verify_command
from autograder.grading.order import Order

app = typer.Typer(
    name="autograder",
    help="Deep learning homework that grades itself and says which idea is wrong.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command(
    epilog=examples(
        "check",
        "check shapes convolution",
        "check test_shapes.py",
        "check homework.ipynb",
        "check --list",
        "check --failed",
        "check convolution --only agrees_with_torch",
        "check convolution --watch",
        after="Exit code 0: all that ran passed; 1: something did not; 2: cannot "
        "check.",
    )
)
@with_fields_of(CheckOptions)
def check(**options: Any) -> None:
    """Check your own work in the assignment's folder, before you hand it in."""
    from autograder.home.command import check_at_home, end_at_once

    end_at_once(check_at_home(**options))


@app.command(epilog=examples("hint convolution", "hint conv2d", "hint conv2d --again"))
@with_fields_of(HintOptions)
def hint(**options: Any) -> None:
    """Give one hint, and a further one each time: three steps for each function."""
    from autograder.home.hint import next_hint

    typer.echo(next_hint(**options), nl=False)


@app.command(
    epilog=examples(
        "grade cnn examples/cnn --out results",
        after="Run it again to go on after an interruption.",
    )
)
@with_fields_of(Order)
def grade(
    assignment: AssignmentArgument, *, course: CourseOption = COURSE, **order: Any
) -> None:
    """Grade a class. Exit code 0 when grading worked, whatever the scores."""
    from autograder.cli.grade import grade_command
    from autograder.course.assignment import load_course

    grade_command(Order(load_course(course).assignment(assignment), **order))


@app.command(
    epilog=examples(
        "verify cnn convolution",
        "verify cnn --seeds 20",
        "verify cnn --mutants",
        "verify cnn pooling --mutants --sample 25",
    )
)
@with_fields_of(VerifyOptions)
def verify(**options: Any) -> None:
    """Prove that an assignment's checks are right. Exit code 1 where they are not.

    The solution and its styles earn every point, the stub none; mistakes are caught and
    named as themselves; answers that know nothing pass no numeric check; the inputs are
    those that were planned. With --mutants: no changed solution passes, but those that
    mutants.toml lists as equivalent.
    """
    raise typer.Exit(verify_command(VerifyOptions(**options)))


@app.command(
    epilog=examples(
        "numerics cnn",
        "numerics cnn --seeds 5 --styles examples/cnn/student_01",
    )
)
@with_fields_of(NumericsOptions)
def numerics(**options: Any) -> None:
    """Measure whether the tolerance fits. Exit code 1 where it does not.

    Right code (the solution and the styles) must stay below a quarter of what is
    allowed, in every check and setting; mistakes that lose digits must reach ten times
    that, under every seed.
    """
    raise typer.Exit(numerics_command(NumericsOptions(**options)))


@app.command(epilog=examples("assignments", "assignments cnn rnn"))
def assignments(
    names: NamesArgument = None,
    course: CourseOption = COURSE,
    out: Annotated[
        Path, typer.Option("--out", help="Where the generated folders go.")
    ] = GENERATED,
) -> None:
    """Generate what students get from what instructors write."""
    from autograder.cli.publish import assignments_command

    assignments_command(course, names or [], out)


@app.command(epilog=examples("release cnn --out dist"))
def release(
    assignment: AssignmentArgument,
    out: Annotated[Path, typer.Option("--out", help="Where folder and zip go.")],
    torch_index: TorchIndexOption = "",
    course: CourseOption = COURSE,
) -> None:
    """Make the folder and the zip that students get, with autograder's wheel in it."""
    from autograder.cli.publish import release_command

    release_command(course, assignment, out, torch_index)


for platform in (gradescope, nbgrader, otter, classroom50, autolab):
    platform.register(app)


@app.command(
    epilog=examples("gradebook results/basics results/cnn --out results/gradebook.csv")
)
def gradebook(
    results: Annotated[
        list[Path],
        typer.Argument(help="The folders that grade was given with --out, in order."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write the table as CSV.")
    ] = None,
) -> None:
    """Print the points of a course: a row a student, a column an assignment."""
    from autograder.cli.gradebook import gradebook_command

    gradebook_command(results, out)


@app.command(
    epilog=examples(
        "export results/cnn --format moodle --roster class.csv --out m.csv",
        "export results/cnn --checks --out checks.csv",
    )
)
@with_fields_of(ExportOptions)
def export(**options: Any) -> None:
    """Write the points of a class as Canvas or Moodle imports them, or as CSV.

    Students are matched by number, login or e-mail address, else by name; who is not
    for sure is listed. Exit code 1 where somebody is unmatched; the file is written.
    """
    raise typer.Exit(export_command(ExportOptions(**options)))


written = typer.Typer(
    help="Answers that a person grades: out as a table, and points back in.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(written, name="written")

ResultsArgument = Annotated[
    Path, typer.Argument(help="The folder that grade was given with --out.")
]


@written.command(
    "export",
    epilog=examples("written export results/cnn --table answers.csv"),
)
def written_export(
    results: ResultsArgument,
    table: Annotated[
        Path | None,
        typer.Option(help="Default: RESULTS/written.csv; - is the terminal."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite a table that is there.")
    ] = False,
) -> None:
    """Write a CSV table with a row for each written answer."""
    from autograder.cli.written import export_command

    export_command(results, table, replace)


@written.command(
    "import",
    epilog=examples("written import results/cnn results/cnn/written.csv"),
)
def written_import(
    results: ResultsArgument,
    table: Annotated[
        Path, typer.Argument(help="The table, filled in; - is the standard input.")
    ],
) -> None:
    """Put the table's points and comments into verdicts, reports and grades.csv.

    A row without points changes nothing. Exit code 2, and nothing changed, where a row
    cannot be taken.
    """
    from autograder.cli.written import import_command

    import_command(results, table)


@app.command(epilog=examples("doctor"))
def doctor() -> None:
    """Try each layer of the sandbox on this machine; list the devices for checks."""
    from autograder.cli.doctor import doctor_command

    raise typer.Exit(doctor_command())


def _version(wanted: bool) -> None:
    if wanted:
        import autograder

        typer.echo(autograder.__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, help="Print the version."),
    ] = False,
) -> None:
    """Deep learning homework that grades itself and says which idea is wrong."""
