"""Figures of several rounds, and the table that shows them."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.memory import Memory

NAME_WIDTH = 44
SPREAD_WIDTH = 25


@dataclass
class Row:
    """One thing that was measured, a value for each round."""

    name: str
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: Memory | None = None

    def add(self, wall: float, cpu: float) -> None:
        """Take a round's values."""
        self.wall.append(wall)
        self.cpu.append(cpu)

    def plain(self) -> dict[str, Any]:
        """The row for JSON: every round's value, in seconds."""
        return {
            "name": self.name,
            "wall_seconds": self.wall,
            "cpu_seconds": self.cpu,
            "peak_mebibytes": self.peak.mebibytes if self.peak else None,
            "peak_is_an_upper_bound": bool(self.peak and self.peak.at_most),
        }


def spread(values: Sequence[float], digits: int = 3) -> str:
    """``0.512 (0.498 to 0.533)``: the median with the least and the greatest."""
    middle = statistics.median(values)
    low, high = min(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def table(title: str, rows: Sequence[Row]) -> str:
    """Rows of fixed width, their medians with the least and the greatest round."""
    with_memory = any(row.peak for row in rows)
    head = f"{'':{NAME_WIDTH}}  {'wall seconds':>{SPREAD_WIDTH}}  "
    head += f"{'CPU seconds':>{SPREAD_WIDTH}}"
    lines = [title, head + ("  peak MiB" if with_memory else "")]
    for row in rows:
        line = f"{row.name:{NAME_WIDTH}}  {spread(row.wall):>{SPREAD_WIDTH}}  "
        line += f"{spread(row.cpu):>{SPREAD_WIDTH}}"
        peak = f"  {row.peak or '-'!s:>8}" if with_memory else ""
        lines.append(line + peak)
    return "\n".join(lines)


def met(value: float, aim: float) -> str:
    """Whether a figure is within its aim."""
    return "met" if value <= aim else "missed"
