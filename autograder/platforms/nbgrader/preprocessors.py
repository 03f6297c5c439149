"""What nbgrader runs of ours; imported by its configuration alone."""

from __future__ import annotations

import atexit
import json
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import (
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from traitlets import Unicode

from autograder.course.stubs import BEGIN, make_stub
from autograder.grading.results import Results
from autograder.grading.sealed import Sealed, Session
from autograder.platforms.nbgrader.course import SEALED
from autograder.platforms.notebooks.cells import Part, parts_of
from autograder.reports import html_cell, terminal
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording import for_student

_FAULTS = "autograder_faults"  # in nbconvert's resources
_open = ExitStack()
_sessions: dict[tuple[str, str], Session] = {}
atexit.register(_open.close)


class Stubs(NbGraderPreprocessor):
    """In the place of ClearSolutions: what students get of a solution, as a stub."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Nbconvert's."""
        if (
            utils.is_solution(cell)
            and cell.cell_type == "code"
            and BEGIN in cell.source
        ):
            name = cell.metadata.nbgrader.grade_id
            cell.source = make_stub(cell.source + "\n", name).rstrip("\n")
        return cell, resources


class RestoredCells(OverwriteCells):
    """OverwriteCells, which puts missing test cells back, whatever else is missing."""

    def add_missing_grade_cells(self, nb: Any, resources: Any) -> Any:
        """At the end, in the order of the assignment."""
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        there = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        answers = {cell.name for cell in source.solution_cells}
        worth = {cell.name: cell.max_score for cell in source.grade_cells}
        for cell in source.source_cells:
            if cell.name in worth and cell.name not in there:
                self.log.warning("Test cell %s was missing and is back.", cell.name)
                nb.cells.append(
                    self.missing_cell_transform(
                        cell, worth[cell.name], is_solution=cell.name in answers
                    )
                )
        return nb, resources


class GradedCells(NbGraderPreprocessor):
    """In the place of Execute: the notebook goes to the sandboxed worker."""

    root = Unicode(help="The course folder.").tag(config=True)
    isolation = Unicode(
        "auto",
        help="auto uses the sandbox that there is, strict refuses to grade with less "
        "than it should be; none is for code that is trusted.",
    ).tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Nbconvert's: grade, and write what each test cell has earned."""
        about = resources["nbgrader"]
        name, student = about["assignment"], about["student"]
        session = self._session(name)
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / f"{name}.ipynb"
            path.write_text(json.dumps(_untested(nb)), encoding="utf-8")
            verdict = session.grade(path, student)
        results = Results(Path(self.root) / "results" / name)
        results.seed(verdict.seed)
        results.write(verdict)
        parts = {part.name: part for part in parts_of(verdict.checks)}
        shown = for_student(verdict)
        seen = {real.id: check for real, check in zip(verdict.checks, shown.checks)}
        faults = resources.setdefault(_FAULTS, set())
        count = 0
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            count += 1
            cell.execution_count = count
            if not utils.is_grade(cell) or utils.is_solution(cell):
                continue
            grade_id = cell.metadata.nbgrader.grade_id
            part = _part(parts, grade_id, cell.metadata.nbgrader.points)
            if any(c.outcome is Outcome.GRADER_FAULT for c in part.checks):
                self.log.error(
                    "%s: %s failed for a reason of autograder's own; see results/.",
                    student,
                    grade_id,
                )
                faults.add(grade_id)
            cell.outputs = _outputs(
                [seen[check.id] for check in part.checks], shown, count
            )
        return nb, resources

    def _session(self, name: str) -> Session:
        folder = Path(self.root) / SEALED / name
        key = str(folder), self.isolation
        if key not in _sessions:
            sealed = Sealed(folder, self.isolation)  # type: ignore[arg-type]
            _sessions[key] = _open.enter_context(sealed.session())
        return _sessions[key]


class SavedGrades(SaveAutoGrades):
    """SaveAutoGrades; what failed for a reason of ours is left to a person."""

    def _add_score(self, cell: Any, resources: Any) -> None:
        super()._add_score(cell, resources)
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        if grade_id in resources.get(_FAULTS, ()):
            grade = self.gradebook.find_grade(
                grade_id, self.notebook_id, self.assignment_id, self.student_id
            )
            grade.auto_score, grade.needs_manual_grade = None, True
            self.gradebook.db.commit()


def _untested(nb: Any) -> Any:
    """The notebook without what test cells hold, which is ours; numbers stay."""
    document = json.loads(json.dumps(nb))
    for cell in document["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if marks.get("grade") and not marks.get("solution"):
            cell["source"] = ""
    return document


def _part(parts: dict[str, Part], grade_id: str, points: float) -> Part:
    part = parts.get(grade_id)
    if part is None or abs(part.points - points) > 1e-9:
        raise RuntimeError(
            f"{grade_id}: the notebook was released with other checks than sealed/ "
            "has. Run `autograder nbgrader` and `nbgrader generate_assignment --force`."
        )
    return part


def _outputs(checks: list[CheckResult], shown: Verdict, count: int) -> list[Any]:
    """Our report, and the points as the plain float that nbgrader takes."""
    points = sum(check.points for check in checks)
    of_cell = replace(shown, checks=checks, notes=[], written=[])
    report = {
        "text/html": html_cell.render(of_cell, part=True, number=count),
        "text/plain": terminal.render(of_cell, part=True),
    }
    earned = {"text/plain": repr(float(points))}
    return [
        new_output("display_data", data=report),
        new_output("execute_result", data=earned, execution_count=count),
    ]
