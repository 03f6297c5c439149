"""What the simulated GPU costs: grading on it beside the CPU, and its operators."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from autograder.course.assignment import Assignment
from benchmarks.figures import NAME_WIDTH, SPREAD_WIDTH, Row, met, spread, table
from benchmarks.measuring import one_thread, run_measured
from benchmarks.on_devices import ALL, ALONE, MARKED

SEED = 1
TURNS = 5  # submissions in each way, for every round that is asked for
AIM_FACTOR = 3.0
_NAMES = {
    ALONE: "CPU settings alone (--device cpu)",
    MARKED: "with sim, for the checks that are marked",
    ALL: "with sim, for every check",
}


@dataclass(frozen=True)
class Plan:
    """What to measure."""

    assignment: Assignment
    rounds: int = 3


@dataclass
class Figures:
    """What was measured."""

    plan: Plan
    grading: dict[str, Row]  # by way, seconds per submission
    operators: dict[str, list[float]]  # CPU seconds of one each

    def ratio(self, way: str) -> float:
        """CPU time of a way over that of the CPU settings alone, of the medians."""
        alone = statistics.median(self.grading[ALONE].cpu)
        return statistics.median(self.grading[way].cpu) / alone

    def text(self) -> str:
        """The tables and what follows from them."""
        name = self.plan.assignment.name
        head = f"seconds per submission, the solutions of {name} in sandboxed workers"
        lines = [table(head, list(self.grading.values())), ""]
        lines += [
            f"with sim, {way} / CPU settings alone, CPU: {self.ratio(way):.2f}; "
            f"aim: at most {AIM_FACTOR:g}: {met(self.ratio(way), AIM_FACTOR)}"
            for way in (MARKED, ALL)
        ]
        title = "microseconds of CPU for one"
        lines += ["", f"{title:{NAME_WIDTH}}"]
        lines += [
            f"{name:{NAME_WIDTH}}  {_microseconds(values):>{SPREAD_WIDTH}}"
            for name, values in self.operators.items()
        ]
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """The figures for JSON."""
        return {
            "assignment": self.plan.assignment.name,
            "rows": [row.plain() for row in self.grading.values()],
            "ratios": {way: self.ratio(way) for way in (MARKED, ALL)},
            "operator_seconds": self.operators,
        }


def measure(plan: Plan, say: Callable[[str], None]) -> Figures:
    """Measure, the ways to grade in turns."""
    turns = TURNS * plan.rounds
    say(f"devices, {turns} submissions in each way")
    command = [sys.executable, "-m", "benchmarks.on_devices"]
    command += [str(plan.assignment.folder), str(SEED), str(turns)]
    found = json.loads(run_measured(command, env=one_thread()).output.splitlines()[-1])
    figures = Figures(plan, {w: Row(n) for w, n in _NAMES.items()}, found["operators"])
    for way, costs in found["grading"].items():
        for wall, cpu in costs:
            figures.grading[way].add(wall, cpu)
    return figures


def _microseconds(values: list[float]) -> str:
    return spread([1e6 * value for value in values], 1)
