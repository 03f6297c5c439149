"""What cells of a notebook that failed cost, and what their student is told of them."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder.checking.judging import raised_from
from autograder.protocol.exceptions import Thrown, place_text
from autograder.protocol.faults import CellFault
from autograder.sources.cells import Cell, cells_of, defined_behind, is_adapters
from autograder.sources.syntax import bound_names
from autograder.tables import listed
from autograder.verdict import CheckResult, Note, Outcome

CELL = "cell"  # a note's kind
_MOST_NOTES = 8


def cell_notes(faults: Sequence[CellFault], source: str) -> list[Note]:
    """A note for each cell that failed: where, why, and what is missing by it."""
    cells = {cell.number: cell for cell in cells_of(source) or []}
    if is_adapters(source):
        return _adapter_notes(faults, cells)
    notes = [_note(fault, cells[fault.cell]) for fault in faults if fault.cell in cells]
    left = len(notes) - _MOST_NOTES
    if left > 0:
        notes[_MOST_NOTES:] = [
            f"{left} more cells were left out or stopped: run the notebook from its "
            "first cell to see them."
        ]
    return [Note(CELL, text) for text in notes]


def blamed(
    result: CheckResult, faults: Sequence[CellFault], source: str
) -> CheckResult:
    """The result of a check whose function a failed cell would have defined.

    It is not unwritten then: the check ends as the cell did.
    """
    if result.outcome is not Outcome.NOT_ATTEMPTED:
        return result
    name = result.function.partition(".")[0]
    cells = {cell.number: cell for cell in cells_of(source) or []}
    for fault in reversed(faults):
        cell = cells.get(fault.cell)
        if cell is None:
            continue
        if is_adapters(source) and name in _bound_in(cell):
            return _not_imported(result, fault.thrown)
        if name in defined_behind(cell, fault.line):
            raised = raised_from(fault.thrown)
            return replace(result, outcome=Outcome.CRASHED, detail=None, raised=raised)
    return result


def _adapter_notes(
    faults: Sequence[CellFault], cells: Mapping[int, Cell]
) -> list[Note]:
    """A note for each reason why names are missing; many can have the same."""
    names: dict[str, list[str]] = {}
    for fault in faults:
        lost = _bound_in(cells[fault.cell]) if fault.cell in cells else []
        names.setdefault(_reason(fault.thrown), []).extend(sorted(lost))
    return [
        Note(
            CELL,
            f"{listed(lost) if lost else 'A part'} could not be imported: {reason}.",
        )
        for reason, lost in names.items()
    ]


def _reason(thrown: Thrown) -> str:
    """What was raised, and where in the student's own files."""
    said = f"{thrown.type}: {thrown.message}".splitlines()[0].rstrip(".")[:200]
    return f"{said} ({place_text(*thrown.frames[-1][:2])})" if _deep(thrown) else said


def _deep(thrown: Thrown) -> bool:
    """Whether it was raised behind the adapters, in a file of the student's."""
    return len(thrown.frames) > 1


def _not_imported(result: CheckResult, thrown: Thrown) -> CheckResult:
    """The result of a check whose function the adapters could not import.

    A file or a name that is not there is not written; anything else was a crash.
    """
    if thrown.nearest in ("ImportError", "ModuleNotFoundError") and not _deep(thrown):
        return replace(result, detail=f"{thrown.message}.")
    return replace(
        result, outcome=Outcome.CRASHED, detail=None, raised=raised_from(thrown)
    )


def _bound_in(cell: Cell) -> set[str]:
    """The names that a statement of an adapters file binds."""
    return bound_names(ast.parse(cell.text).body)


def _note(fault: CellFault, cell: Cell) -> str:
    thrown = fault.thrown
    place = (
        place_text(*thrown.frames[-1][:2]) if thrown.frames else f"cell {cell.number}"
    )
    own = [place_text(*frame[:2]) for frame in thrown.frames if _is_in(frame, cell)]
    what = "was stopped by" if fault.line else "cannot be read and was left out:"
    lost = defined_behind(cell, fault.line)
    names = f" Without it, {', '.join(lost[:8])} is missing." if lost else ""
    said = f"{thrown.type}: {thrown.message}".splitlines()[0].rstrip(".")
    return f"{own[0] if own else place} {what} {said[:200]}.{names}"


def _is_in(frame: tuple[str, int, str, str], cell: Cell) -> bool:
    return frame[0] == f"cell {cell.number}" or frame[0].endswith(".py")
