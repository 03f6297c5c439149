"""The files of an nbgrader course: notebooks with solutions, and what goes with them.

Hidden checks are in ``sealed/``, outside of what nbgrader releases. In the notebook a
cell of hidden checks holds one line, which fails where nbgrader runs it in a kernel.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from autograder.course.student_folder import Files
from autograder.platforms.notebooks import (
    Answers,
    Code,
    Part,
    Stub,
    Test,
    Text,
    Written,
    code_cell,
    markdown_cell,
    notebook_text,
    written_source,
)
from autograder.platforms.notebooks.cells import Cell
from autograder.platforms.notebooks.document import Document
from autograder.verdict import points_text

CONFIG = "nbgrader_config.py"
SEALED = "sealed"
WRITTEN = "written-"  # how names of cells begin that are answered in words
HIDDEN_TESTS = "### BEGIN HIDDEN TESTS"
_HIDDEN = f"""\
{HIDDEN_TESTS}
raise RuntimeError("run nbgrader with the nbgrader_config.py of this course")
### END HIDDEN TESTS"""


def source_files(
    name: str, cells: Sequence[Cell], title: str, beside: Files
) -> dict[str, bytes]:
    """The files of an assignment in ``source/``, by their paths in the course.

    Args:
        name: of the assignment.
        cells: of its notebook.
        title: of the assignment.
        beside: what students get beside the notebook, by path.
    """
    documents = (_document(cell, number) for number, cell in enumerate(cells, 1))
    files = {f"{name}.ipynb": notebook_text(documents, title).encode(), **beside}
    return {f"source/{name}/{path}": content for path, content in files.items()}


def config_text(course_id: str) -> str:
    """The course's nbgrader_config.py, which knows no assignment.

    Args:
        course_id: nbgrader's name of the course.
    """
    lines = [
        '"""Written by `autograder nbgrader`. Settings of your own go to the end."""',
        "",
        "from pathlib import Path",
        "",
        "from autograder.platforms.nbgrader import configure",
        "",
        "c = get_config()  # noqa: F821",
        f"c.CourseDirectory.course_id = {course_id!r}",
        "configure(c, Path(__file__).parent)",
    ]
    return "\n".join(lines) + "\n"


def course_id_in(config: str) -> str:
    """The course's name in a configuration that was written before, or nothing."""
    found = re.search(r"^c\.CourseDirectory\.course_id = (.+)$", config, re.MULTILINE)
    return str(ast.literal_eval(found[1])) if found else ""


def _document(cell: Cell, number: int) -> Document:
    match cell:
        case Text(source):  # no mark of nbgrader's: later releases may change it
            return markdown_cell(source, f"text-{number}")
        case Code(source):  # nor here: it would take back a student's own import
            return code_cell(source, f"code-{number}")
        case Stub(exercise, name, source):
            name = f"{exercise}-{name}-code"
            return code_cell(source, name, _nbgrader(name, solution=True))
        case Test(part):
            marks = _nbgrader(part.name, grade=True, locked=True, points=part.points)
            return code_cell(test_source(part), part.name, marks)
        case Answers(source):
            name = "worksheet-answers"
            return code_cell(source, name, _nbgrader(name, solution=True))
        case Written(question, prompt, points):
            name = f"{WRITTEN}{question}"
            marks = _nbgrader(name, solution=True, grade=True, points=points)
            marks["autograder"] = {"question": question}
            return markdown_cell(written_source(prompt), name, marks)


def test_source(part: Part) -> str:
    """What stands in a test cell."""
    worth = points_text(part.points)
    if part.hidden:
        many = len(part.checks)
        runs = f"{many} hidden checks run" if many > 1 else "A hidden check runs"
        is_worth = "together they are worth" if many > 1 else "it is worth"
        unit = "point" if worth == "1" else "points"
        return f"# {runs} when this is graded; {is_worth} {worth} {unit}.\n{_HIDDEN}"
    return (
        "from autograder import check\n\n"
        f'report = check("{part.function}")\n'
        "display(report)\n"
        f"report.points  # of {worth}"
    )


def _nbgrader(
    name: str,
    *,
    solution: bool = False,
    grade: bool = False,
    locked: bool = False,
    points: float | None = None,
) -> dict[str, object]:
    marks: dict[str, object] = {
        "schema_version": 3,
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
    }
    if points is not None:
        marks["points"] = points
    return {"nbgrader": marks}
