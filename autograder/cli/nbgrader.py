"""``autograder nbgrader``: a course folder for nbgrader."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from autograder.cli.elsewhere import wheel_of
from autograder.cli.options import (
    COURSE,
    CourseOption,
    NamesArgument,
    examples,
    with_fields_of,
)

if TYPE_CHECKING:
    from autograder.cli.notebooks import PreparedNotebook


@dataclass(frozen=True, kw_only=True)
class NbgraderOptions:
    """What is asked for on the command line."""

    names: NamesArgument = None
    out: Annotated[Path, typer.Option(help="nbgrader's course folder.")]
    seed: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Of all submissions' inputs; default: that of before, or drawn.",
        ),
    ] = None
    course_id: Annotated[
        str,
        typer.Option(
            help="nbgrader's name of the course; default: that of before, or "
            "deep_learning."
        ),
    ] = ""
    course: CourseOption = COURSE


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        epilog=examples(
            "nbgrader --out COURSE",
            "nbgrader cnn --out COURSE --course-id dl101",
        )
    )
    @with_fields_of(NbgraderOptions)
    def nbgrader(**options: Any) -> None:
        """Write a course folder on which nbgrader's own commands run unchanged.

        Notebooks come from the solutions; grading is done in autograder's sandbox.
        """
        nbgrader_command(NbgraderOptions(**options))


def nbgrader_command(options: NbgraderOptions) -> None:
    """Write notebooks, sealed assignments and the configuration."""
    from autograder.cli.long_runs import PassingLine
    from autograder.cli.notebooks import (
        prepared_notebook,
        refuse_leaks_in,
        wheel_beside,
    )
    from autograder.course.assignment import load_course
    from autograder.course.student_folder import refuse_foreign, write_files
    from autograder.platforms.nbgrader.course import SEALED, source_files

    course = load_course(options.course)
    chosen = [course.assignment(name) for name in dict.fromkeys(options.names or [])]
    refuse_foreign(options.out)
    line = PassingLine()
    prepared = []
    # Before what takes a minute: a wheel may not be to be had.
    with wheel_of(options.course) as plain:
        scratch = plain.parent
        for assignment in chosen or course.assignments:
            what = "what its mistakes answer; this takes a minute"
            line.say_once(f"{assignment.name}: {what}")
            seed = options.seed
            if seed is None:
                seed = _seed_before(options.out / SEALED / assignment.name)
            prepared.append(prepared_notebook(assignment, seed))
            refuse_leaks_in(prepared[-1], plain, scratch / assignment.name)
        line.clear()
        files = _files_of_others(options.out, [o.assignment.name for o in prepared])
        wheel = wheel_beside(prepared, plain, scratch)
        for one in prepared:
            name, title = one.assignment.name, one.assignment.title
            beside = {**one.beside, wheel.name: wheel.read_bytes()}
            files |= source_files(name, one.cells, title, beside)
            files |= {f"{SEALED}/{name}/{p}": text for p, text in one.sealed.items()}
    files |= _config(options)
    write_files(options.out, files)
    _say(options.out, prepared)


def _seed_before(sealed: Path) -> int | None:
    """The seed of an assignment that was sealed before: those graded keep theirs."""
    from autograder.grading.sealed import seed_of

    return seed_of(sealed) if sealed.is_dir() else None


def _files_of_others(out: Path, names: list[str]) -> dict[str, bytes]:
    """What was written for other assignments before, which stays."""
    from autograder.course.student_folder import generated_digests

    prefixes = tuple(f"{top}/{name}/" for top in ("source", "sealed") for name in names)
    paths = generated_digests(out) or {}
    return {
        path: (out / path).read_bytes()
        for path in paths
        if path.count("/") > 1
        and not path.startswith(prefixes)
        and (out / path).is_file()  # or somebody has deleted it
    }


def _config(options: NbgraderOptions) -> dict[str, bytes]:
    """The configuration, or the one that is there where somebody has changed it."""
    from autograder.course.student_folder import generated_digests, is_as_generated
    from autograder.platforms.nbgrader.course import CONFIG, config_text, course_id_in

    path = options.out / CONFIG
    digest = (generated_digests(options.out) or {}).get(CONFIG)
    if digest is not None and path.is_file() and not is_as_generated(path, digest):
        print(f"{path}: was changed, and stays as it is")
        return {CONFIG: path.read_bytes()}
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    course_id = options.course_id or course_id_in(before) or "deep_learning"
    return {CONFIG: config_text(course_id).encode()}


def _say(out: Path, prepared: list[PreparedNotebook]) -> None:
    for one in prepared:
        name = one.assignment.name
        print(f"{out}/source/{name}/{name}.ipynb: {one.worth}")
    first = prepared[0].assignment.name
    print(f"Next, in {out}: nbgrader generate_assignment {first}")
