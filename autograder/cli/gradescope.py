"""``autograder gradescope``: the zip to upload, and what runs where it is uploaded."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import COURSE, AssignmentArgument, CourseOption
from autograder.course.assignment import Assignment, load_course
from autograder.errors import CourseError
from autograder.platforms.gradescope.options import Options


@dataclass(frozen=True, kw_only=True)
class GradescopeOptions(Options):
    """What is asked for on the command line."""

    assignment: AssignmentArgument
    out: Annotated[Path, typer.Option(help="The zip to write.")]
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
            help="pip's index for torch, such as PyTorch's own of CPU wheels; without "
            "one pip takes wheels with CUDA, of some gigabytes.",
            envvar="TORCH_INDEX",
        ),
    ] = ""
    course: CourseOption = COURSE


def gradescope_command(options: GradescopeOptions) -> None:
    """Seal the assignment, and write the zip."""
    import secrets
    import tempfile

    from autograder.authoring.publishing import part_of_page
    from autograder.authoring.sealing import sealed_files
    from autograder.checking.solution import Solution
    from autograder.cli.publish import repository_of
    from autograder.course.release import build_wheel
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.platforms.gradescope.bundle import bundle
    from autograder.verdict import points_text

    assignment = load_course(options.course).assignment(options.assignment)
    tune_for_small_tensors()
    seed = secrets.randbelow(2**31) if options.seed is None else options.seed
    print(f"{assignment.name}: sealing what its mistakes answer; this takes a minute")
    solution = Solution(assignment)
    sealed = sealed_files(solution, seed)
    own = {one.name: getattr(options, one.name) for one in fields(Options)}
    with tempfile.TemporaryDirectory() as scratch:
        wheel = build_wheel(repository_of(options.course), Path(scratch))
        content = bundle(
            sealed,
            wheel,
            Options(**own),
            options.torch or f"torch=={torch_version()}",
            options.torch_index,
        )
        trial = Path(scratch) / options.out.name
        trial.write_bytes(content)
        _refuse_solutions(trial, wheel, assignment)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(content)
    points = points_text(part_of_page(solution).points)
    print(
        f"{options.out}: upload it as the autograder of {assignment.title}, which is "
        f"worth {points} points, with a timeout of {options.minutes:g} minutes."
    )
    if not options.torch_index:
        print(
            "It names no index for torch, so pip takes wheels with CUDA, of some "
            "gigabytes. Name one of CPU wheels with --torch-index."
        )


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


def torch_version() -> str:
    """Of this machine, without what it was built with."""
    import importlib.metadata

    return importlib.metadata.version("torch").partition("+")[0]


def _refuse_solutions(trial: Path, wheel: Path, assignment: Assignment) -> None:
    from autograder.cli.publish import refuse_leaks
    from autograder.course.leaks import secret_lines, solution_lines

    remedy = (
        "Nothing is written. Write that line differently in the file that is named."
    )
    refuse_leaks(trial, solution_lines(assignment), remedy)
    # Code that was handed in can read what is installed there.
    refuse_leaks(wheel, secret_lines(assignment), remedy)
