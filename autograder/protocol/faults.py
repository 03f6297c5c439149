"""Cells of a notebook that failed when the module was imported: a worker's report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograder.protocol.exceptions import Thrown
from autograder.protocol.frames import BadFrame
from autograder.protocol.limits import FAULT_CHARACTERS, MOST_FAULTS
from autograder.protocol.messages import read_thrown, thrown_header


@dataclass(frozen=True)
class CellFault:
    """A cell that did not come to its end: which one, at which line, and why.

    ``line`` is the one of the cell's own that failed, 0 for a cell that did not begin.
    """

    cell: int
    line: int
    thrown: Thrown


def faults_header(faults: Sequence[CellFault]) -> list[dict[str, Any]]:
    """The faults as they cross."""
    return [
        {
            "cell": fault.cell,
            "line": fault.line,
            "thrown": thrown_header(
                replace(
                    fault.thrown,
                    message=fault.thrown.message[:FAULT_CHARACTERS],
                    frames=fault.thrown.frames[-2:],
                )
            ),
        }
        for fault in faults[:MOST_FAULTS]
    ]


def read_faults(header: Any) -> list[CellFault]:
    """The faults of a worker's report.

    Raises:
        BadFrame: it is no such report.
    """
    if type(header) is not list or len(header) > MOST_FAULTS:
        raise BadFrame("a malformed report on cells")
    found = []
    for entry in header:
        if type(entry) is not dict:
            raise BadFrame("a malformed report on a cell")
        numbers = entry.get("cell"), entry.get("line")
        if any(type(n) is not int or not 0 <= n < 2**31 for n in numbers):
            raise BadFrame("a malformed place of a cell")
        found.append(CellFault(*numbers, read_thrown(entry.get("thrown"))))  # type: ignore[arg-type]
    return found
