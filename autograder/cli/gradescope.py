"""``autograder gradescope``: the zip to upload, and what runs where it is uploaded."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.elsewhere import (
    NO_INDEX,
    SeedOption,
    TorchIndexOption,
    TorchOption,
    drawn,
    usual_torch,
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
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from autograder.platforms.gradescope.options import Options

RootOption = Annotated[Path, typer.Option(help="Gradescope's folder.")]


@dataclass(frozen=True, kw_only=True)
class GradescopeOptions(Options):
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[Path, typer.Option(help="The zip to write.")]
    seed: SeedOption = None
    torch: TorchOption = ""
    torch_index: TorchIndexOption = ""
    course: CourseOption = COURSE


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command(
        epilog=examples(
            "gradescope cnn --out cnn.zip --torch-index URL",
            "gradescope cnn --out cnn.zip --attempts 5 --keep-best",
        )
    )
    @with_fields_of(GradescopeOptions)
    def gradescope(**options: Any) -> None:
        """Make the zip that Gradescope takes as the autograder of an assignment.

        It holds the checks, and what mistakes answer in them, but no line of a
        solution.
        """
        gradescope_command(GradescopeOptions(**options))

    @app.command("gradescope-run", hidden=True)
    def gradescope_run(root: RootOption = Path("/autograder")) -> None:
        """Grade a submission on Gradescope's machine, and write results.json."""
        run_command(root)


def gradescope_command(options: GradescopeOptions) -> None:
    """Seal the assignment, and write the zip."""
    from autograder.authoring.publishing import part_of_page
    from autograder.authoring.sealing import sealed_files
    from autograder.checking.solution import Solution
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.platforms.gradescope.bundle import bundle
    from autograder.verdict import points_text

    assignment = load_course(options.course).assignment(options.assignment)
    tune_for_small_tensors()
    print(f"{assignment.name}: sealing what its mistakes answer; this takes a minute")
    solution = Solution(assignment)
    sealed = sealed_files(solution, drawn(options.seed))
    own = {one.name: getattr(options, one.name) for one in fields(Options)}
    with wheel_of(options.course) as wheel:
        content = bundle(
            sealed,
            wheel,
            Options(**own),
            options.torch or usual_torch(),
            options.torch_index,
        )
        write_sealed(options.out, content, wheel, assignment)
    points = points_text(part_of_page(solution).points)
    print(
        f"{options.out}: upload it as the autograder of {assignment.title}, which is "
        f"worth {points} points, with a timeout of {options.minutes:g} minutes."
    )
    if not options.torch_index:
        print(NO_INDEX)


def run_command(root: Path) -> None:
    """Grade the submission on Gradescope's machine."""
    from autograder.cli.afresh import begin_afresh, can_begin_afresh, take
    from autograder.platforms.gradescope.harness import Harness

    harness = Harness(root)
    if can_begin_afresh():
        harness.begin()
        try:
            settings = harness.settings
        except CourseError:
            pass  # what is wrong is said below, in the results
        else:
            begin_afresh(settings)
    harness.run(take())
