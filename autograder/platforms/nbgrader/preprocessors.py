"""What nbgrader runs of ours; imported by its configuration alone."""

from __future__ import annotations

import atexit
import json
import tempfile
import textwrap
from contextlib import ExitStack
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import (
    NbGraderPreprocessor,
    OverwriteCells,
    SaveAutoGrades,
)
from traitlets import Unicode

from autograder.course.stubs import BEGIN, make_stub
from autograder.grading.children import ZygoteError
from autograder.grading.results import Results
from autograder.grading.sealed import Sealed, Session
from autograder.platforms.nbgrader.course import HIDDEN_TESTS, SEALED, WRITTEN
from autograder.platforms.notebooks.cells import Part, parts_of
from autograder.reports import html_cell, terminal
from autograder.verdict import CheckResult, Verdict
from autograder.wording import for_student, is_ours, next_steps, score_line

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


class RestoredMarks(NbGraderPreprocessor):
    """In the place of DeduplicateIds: all of nbgrader's marks as they were released.

    A cell that was copied, from this notebook or another one, has none, so no check of
    nbgrader's stops at it.
    """

    def preprocess(self, nb: Any, resources: Any) -> Any:
        """Nbconvert's."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            source = gradebook.find_notebook(about["notebook"], about["assignment"])
            released = {cell.name: cell for cell in source.source_cells}
            worth = {cell.name: cell.max_score for cell in source.grade_cells}
            answers = {cell.name for cell in source.solution_cells}
            kept = _one_of_each(nb.cells, released)
            for cell in nb.cells:
                name = _name(cell, released)
                cell.metadata.pop("nbgrader", None)
                if not name or kept[name] is not cell:
                    continue
                marks = {
                    "schema_version": 3,
                    "grade_id": name,
                    "grade": name in worth,
                    "solution": name in answers,
                    "locked": released[name].locked,
                    "task": False,
                    "cell_type": released[name].cell_type,
                    "checksum": released[name].checksum,
                }
                if name in worth:
                    marks["points"] = worth[name]
                cell.metadata["nbgrader"] = NotebookNode(marks)
                if HIDDEN_TESTS in released[name].source:  # each student's differs
                    cell.source = released[name].source
                if name.startswith(WRITTEN):
                    cell.metadata["autograder"] = _question(name)
        return nb, resources


class RestoredCells(OverwriteCells):
    """OverwriteCells, which puts missing test cells back, whatever else is missing."""

    def add_missing_task_cells(self, nb: Any, resources: Any) -> Any:
        """There are none."""
        return nb, resources

    def missing_cell_transform(
        self, source_cell: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """The cell to put back, with our mark if it is for an answer in words."""
        cell = super().missing_cell_transform(source_cell, *args, **kwargs)
        if source_cell.name.startswith(WRITTEN):
            cell.metadata["autograder"] = _question(source_cell.name)
        return cell

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
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / f"{name}.ipynb"
            path.write_text(json.dumps(_untested(nb)), encoding="utf-8")
            try:
                verdict = self._session(name).grade(path, student)
            except ZygoteError as error:  # it was killed: the next one is a new one
                self.log.warning("%s: %s Trying once more.", student, error)
                self._forget(name)
                verdict = self._session(name).grade(path, student)
        results = Results(Path(self.root) / "results" / name)
        results.seed(verdict.seed)
        results.write(verdict)
        parts = {part.name: part for part in parts_of(verdict.checks)}
        shown = for_student(verdict)
        notes = [note for note in shown.notes if note.kind != "intake"]
        shown = replace(shown, notes=notes)
        seen = {real.id: check for real, check in zip(verdict.checks, shown.checks)}
        faults = resources.setdefault(_FAULTS, set())
        count, first = 0, True
        for cell in nb.cells:
            if cell.cell_type != "code":
                continue
            count += 1
            cell.execution_count = count
            if not utils.is_grade(cell) or utils.is_solution(cell):
                continue
            cell.source = cell.source.partition(HIDDEN_TESTS)[0].rstrip()
            grade_id = cell.metadata.nbgrader.grade_id
            part = _part(parts, grade_id, cell.metadata.nbgrader.points)
            if any(map(is_ours, part.checks)):
                self.log.error(
                    "%s: %s failed for a reason of autograder's own; see results/.",
                    student,
                    grade_id,
                )
                faults.add(grade_id)
            checks = [seen[check.id] for check in part.checks]
            cell.outputs = _outputs(checks, shown, count)
            if first:
                cell.outputs.insert(0, _summary(shown))
                shown = replace(shown, notes=[])  # they are said once
                first = False
        return nb, resources

    def _forget(self, name: str) -> None:
        _sessions.pop(self._key(name), None)

    def _key(self, name: str) -> tuple[str, str]:
        return str(Path(self.root) / SEALED / name), self.isolation

    def _session(self, name: str) -> Session:
        key = self._key(name)
        if key not in _sessions:
            sealed = Sealed(Path(key[0]), self.isolation)  # type: ignore[arg-type]
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


def _question(name: str) -> Any:
    return NotebookNode(question=name.removeprefix(WRITTEN))


def _name(cell: Any, released: Any) -> str:
    """The name that nbgrader gave it; of an answer in words known by its question."""
    marks = cell.metadata.get("nbgrader")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    if isinstance(name, str) and name in released:
        return name
    for name, source_cell in released.items():
        question = source_cell.source.rstrip()
        if name.startswith(WRITTEN) and cell.source.startswith(question):
            return str(name)
    return ""


def _one_of_each(cells: Any, released: Any) -> dict[str, Any]:
    """Of cells with one name the last that was written in, or else the first."""
    found: dict[str, Any] = {}
    for cell in cells:
        name = _name(cell, released)
        if not name:
            continue
        if name not in found or cell.source.strip() != released[name].source.strip():
            found[name] = cell
    return found


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


def _summary(shown: Verdict) -> Any:
    """Of the whole notebook: points, and what to do next."""
    said = [f"The whole notebook: {score_line(shown)}", *next_steps(shown)]
    lines = (textwrap.fill(line, 80) for line in said)
    data = {
        "text/html": "\n".join(f"<p>{escape(line)}</p>" for line in said),
        "text/plain": "\n".join(lines),
    }
    return new_output("display_data", data=data)


def _outputs(checks: list[CheckResult], shown: Verdict, count: int) -> list[Any]:
    """Our report, and the points as the plain float that nbgrader takes."""
    points = sum(check.points for check in checks)
    of_cell = replace(shown, checks=checks, written=[])
    report = {
        "text/html": html_cell.render(of_cell, number=count),
        "text/plain": terminal.render(of_cell, titled=False),
    }
    earned = {"text/plain": repr(float(points))}
    return [
        new_output("display_data", data=report),
        new_output("execute_result", data=earned, execution_count=count),
    ]
