"""nbgrader: a course folder that its own commands run on, graded in our sandbox.

``course`` makes the folder's files. ``configure`` puts our preprocessors in the place
of nbgrader's, in ``nbgrader_config.py``::

    c = get_config()
    configure(c, Path(__file__).parent)

Then `nbgrader autograde` runs nothing of a notebook in a kernel: `GradedCells` hands it
to the worker, and writes what each test cell has earned where nbgrader reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def configure(c: Any, root: Path) -> None:
    """Set nbgrader's preprocessors, and which files it takes from where.

    Args:
        c: its configuration, from ``get_config()``.
        root: the course folder, in which ``sealed/`` lies.
    """
    from nbgrader import preprocessors as theirs

    from autograder.platforms.nbgrader import preprocessors as ours

    c.GenerateAssignment.preprocessors = [
        theirs.IncludeHeaderFooter,
        theirs.LockCells,
        ours.Stubs,
        theirs.ClearOutput,
        theirs.CheckCellMetadata,
        theirs.ComputeChecksums,
        theirs.SaveCells,
        theirs.ClearHiddenTests,
        theirs.ClearMarkScheme,
        theirs.ComputeChecksums,
        theirs.CheckCellMetadata,
    ]
    c.Autograde.sanitize_preprocessors = [
        theirs.ClearOutput,
        ours.RestoredMarks,
        theirs.OverwriteKernelspec,
        ours.RestoredCells,
        theirs.CheckCellMetadata,
    ]
    c.Autograde.autograde_preprocessors = [
        ours.GradedCells,
        theirs.LimitOutput,
        ours.SavedGrades,
        theirs.AssignLatePenalties,
        theirs.CheckCellMetadata,
    ]
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "*.pyc",
        "__pycache__",
        "feedback",
        ".generated.json",
    ]
    c.Execute.timeout = 120  # seconds of a cell, in `nbgrader validate`
    c.Autograde.exclude_overwriting = _kept(root / "source")
    c.RestoredCells.add_missing_cells = True
    c.GradedCells.root = str(root)


def _kept(source: Path) -> dict[str, list[str]]:
    """Files of each assignment that are not copied over those of a submission.

    Grading needs none of them, and a student's own may have such a name.
    """
    return {
        folder.name: [
            "worksheet.toml",
            *(
                path.relative_to(folder).as_posix()
                for path in sorted(folder.rglob("*"))
                if path.is_file() and path.suffix != ".ipynb"
            ),
        ]
        for folder in sorted(source.glob("*/"))
    }
