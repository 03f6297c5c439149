"""What grading costs, beside the same checks without a sandbox and a cold pytest."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.assignment import WORKSHEET_SECTION, Assignment
from benchmarks.figures import Row, met, spread, table
from benchmarks.floor import measure_floor
from benchmarks.measuring import (
    BenchmarkError,
    Cost,
    autograder,
    one_thread,
    run_measured,
)
from benchmarks.submissions import make_class, make_pytest_folder

SEED = 1  # the same inputs in every round, and in all three ways to run the checks
AIM_FACTOR = 1.5
AIM_SECONDS = 0.060


@dataclass(frozen=True)
class Plan:
    """What to measure."""

    assignment: Assignment
    sizes: tuple[int, ...] = (8, 64)
    rounds: int = 3
    cold: int = 4  # submissions for pytest, which takes seconds for each
    jobs: int = 1
    memory: bool = True


@dataclass
class Figures:
    """What was measured, seconds per submission."""

    plan: Plan
    floor: dict[int, Row]
    grade: dict[int, Row]
    pytest: Row
    marginal: Row | None = None  # between the smallest and the largest class
    start: Row | None = None  # once per class
    isolation: list[str] = field(default_factory=list)

    def rows(self) -> list[Row]:
        """The table's rows, in its order."""
        rows = [*self.floor.values(), *self.grade.values()]
        rows += [self.marginal] if self.marginal else []
        return [*rows, self.pytest]

    def ratios(self) -> list[float]:
        """Marginal CPU time of grading over the floor, for each round."""
        if self.marginal is None:
            return []
        floor = self.floor[max(self.plan.sizes)]
        return [mine / least for mine, least in zip(self.marginal.cpu, floor.cpu)]

    def text(self) -> str:
        """The table and what follows from it."""
        lines = [table("seconds per submission", self.rows())]
        if self.marginal is not None and self.start is not None:
            mine = statistics.median(self.marginal.cpu)
            least = statistics.median(self.floor[max(self.plan.sizes)].cpu)
            aim = AIM_FACTOR * least + AIM_SECONDS
            lines += [
                "",
                f"start of grade, once a class: wall {spread(self.start.wall, 2)} s, "
                f"CPU {spread(self.start.cpu, 2)} s",
                f"grade (marginal) / floor, CPU: {spread(self.ratios(), 2)}",
                f"aim: at most {AIM_FACTOR} x floor + {1000 * AIM_SECONDS:.0f} ms = "
                f"{1000 * aim:.0f} ms of CPU; it is {1000 * mine:.0f} ms: "
                f"{met(mine, aim)}",
            ]
        lines.append(f"isolation: {', '.join(self.isolation) or 'none'}")
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """The figures for JSON."""
        return {
            "assignment": self.plan.assignment.name,
            "sizes": list(self.plan.sizes),
            "jobs": self.plan.jobs,
            "rows": [row.plain() for row in self.rows()],
            "start": self.start.plain() if self.start else None,
            "marginal_over_floor": self.ratios(),
            "isolation": self.isolation,
        }


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> Figures:
    """Measure, the three ways interleaved in rounds.

    Memory is sampled in a round of its own, which also warms the machine's caches: its
    times do not count.
    """
    figures = blank(plan)
    classes = {
        size: make_class(plan.assignment, folder / f"class_of_{size}", size)
        for size in plan.sizes
    }
    if plan.memory:
        say("memory, and caches warmed")
        _round(plan, figures, classes, folder, sample_memory=True)
        figures = _emptied(figures)
    for number in range(1, plan.rounds + 1):
        say(f"grading, round {number} of {plan.rounds}")
        _round(plan, figures, classes, folder, sample_memory=False)
    derive(figures)
    return figures


def blank(plan: Plan) -> Figures:
    """Rows without a value."""
    jobs = _counted(plan.jobs, "job")
    handed_in = {size: _counted(size, "submission") for size in plan.sizes}
    return Figures(
        plan,
        {n: Row(f"floor, {some}") for n, some in handed_in.items()},
        {n: Row(f"grade, {some}, {jobs}, with start") for n, some in handed_in.items()},
        Row(f"pytest -q, {_counted(plan.cold, 'submission')} only, cold"),
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _emptied(figures: Figures) -> Figures:
    emptied = blank(figures.plan)
    emptied.isolation = figures.isolation
    for old, new in zip(figures.rows(), emptied.rows()):
        new.peak = old.peak
    return emptied


def _round(
    plan: Plan,
    figures: Figures,
    classes: dict[int, list[Path]],
    folder: Path,
    sample_memory: bool,
) -> None:
    for size, students in classes.items():
        floor, cost = measure_floor(
            plan.assignment.folder, SEED, students, sample_memory
        )
        figures.floor[size].add(floor.wall_seconds, floor.cpu_seconds)
        _keep_peak(figures.floor[size], cost)
        out = folder / "results"
        cost = _grade(plan, students[0].parent, out, sample_memory)
        figures.grade[size].add(cost.wall_seconds / size, cost.cpu_seconds / size)
        _keep_peak(figures.grade[size], cost)
        figures.isolation = _proved(out, size, plan.assignment.exercises)
        shutil.rmtree(out)
    costs = []
    for index in range(1, plan.cold + 1):
        alone = folder / "alone" / f"student_{index:02}"
        make_pytest_folder(plan.assignment, alone)
        command = [sys.executable, "-m", "pytest", "-q"]
        costs.append(
            run_measured(
                command, cwd=alone, env=one_thread(), sample_memory=sample_memory
            )
        )
        _keep_peak(figures.pytest, costs[-1])
        shutil.rmtree(alone)  # the next round's is cold again
    figures.pytest.add(
        statistics.mean(cost.wall_seconds for cost in costs),
        statistics.mean(cost.cpu_seconds for cost in costs),
    )


def _grade(plan: Plan, submissions: Path, out: Path, sample_memory: bool) -> Cost:
    course, name = plan.assignment.folder.parent, plan.assignment.name
    options = ["--course", str(course), "--out", str(out)]
    options += ["--jobs", str(plan.jobs), "--seed", str(SEED)]
    command = autograder("grade", name, str(submissions), *options)
    return run_measured(command, env=one_thread(), sample_memory=sample_memory)


def _proved(out: Path, size: int, exercises: Sequence[str]) -> list[str]:
    """Make sure that all was graded and passed; return the layers of isolation."""
    verdicts = [json.loads(path.read_text()) for path in sorted(out.glob("*.json"))]
    if len(verdicts) != size:
        raise BenchmarkError(f"{out}: {len(verdicts)} verdicts, {size} were due")
    for verdict in verdicts:
        checks = [c for c in verdict["checks"] if c["exercise"] != WORKSHEET_SECTION]
        if {check["exercise"] for check in checks} != set(exercises):
            raise BenchmarkError(f"{verdict['student']}: exercises are missing")
        for check in checks:
            if check["outcome"] != "passed":
                raise BenchmarkError(
                    f"{check['id']} of a complete submission is {check['outcome']}: "
                    f"{check['message']} Mend that first; `autograder verify` may help."
                )
    layers: list[str] = verdicts[0]["isolation"]
    return layers


def _keep_peak(row: Row, cost: Cost) -> None:
    if cost.peak and (row.peak is None or cost.peak.mebibytes > row.peak.mebibytes):
        row.peak = cost.peak


def derive(figures: Figures) -> None:
    """Fill in what one more submission costs, and what none would."""
    small, large = min(figures.plan.sizes), max(figures.plan.sizes)
    if small == large:
        return
    figures.marginal = Row(f"grade, marginal: ({large} - {small}) / {large - small}")
    figures.start = Row("grade, start-up")
    few, many = figures.grade[small], figures.grade[large]
    for kind in ("wall", "cpu"):
        for less, more in zip(getattr(few, kind), getattr(many, kind)):
            marginal = (large * more - small * less) / (large - small)
            getattr(figures.marginal, kind).append(marginal)
            getattr(figures.start, kind).append(small * (less - marginal))
