"""What a student waits for: a ``check``, and the answer to a save under ``--watch``."""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from autograder.course.assignment import Assignment
from benchmarks.figures import Row, met, percentile, spread, table
from benchmarks.floor import Floor, measure_floor
from benchmarks.measuring import (
    REPOSITORY,
    BenchmarkError,
    autograder,
    run_measured,
)
from benchmarks.submissions import make_home_folder

AIM_RATIO = 1.3
AIM_ANSWER_SECONDS = 0.100
CHEAP_SECONDS = 0.050  # checks of a file for which an answer within the aim is due
WARM_REPEATS = 3
PATIENCE_SECONDS = 180.0


@dataclass(frozen=True)
class Plan:
    """What to measure."""

    assignment: Assignment
    generated: Path  # the student's folder
    rounds: int = 3
    saves: int = 20


@dataclass
class Figures:
    """Seconds of each round, and of each save."""

    torch: Row
    warm: list[Row]  # of the whole folder and of one exercise
    check: list[Row]
    cheap: dict[str, float] = field(default_factory=dict)  # CPU seconds of its checks
    answers: dict[str, list[float]] = field(default_factory=dict)  # by exercise

    def ratios(self, index: int, kind: str) -> list[float]:
        """check / (import torch + checks), for each round."""
        rows = (self.check[index], self.torch, self.warm[index])
        return [
            mine / (torch + warm)
            for mine, torch, warm in zip(*(getattr(row, kind) for row in rows))
        ]

    def text(self) -> str:
        """The table, the ratios and the answers to saves."""
        lines = [table("seconds", [self.torch, *self.warm, *self.check]), ""]
        for index, row in enumerate(self.check):
            wall = self.ratios(index, "wall")
            lines.append(
                f"{row.name} / (import torch + checks): wall {spread(wall, 2)}, CPU "
                f"{spread(self.ratios(index, 'cpu'), 2)}; aim, wall: at most "
                f"{AIM_RATIO}: {met(statistics.median(wall), AIM_RATIO)}"
            )
        for exercise, seconds in self.answers.items():
            middle = statistics.median(seconds)
            lines.append(
                f"check --watch, {len(seconds)} saves of {exercise}.py (its checks: "
                f"{1000 * self.cheap[exercise]:.0f} ms): answer after "
                f"{1000 * middle:.0f} ms, 90% within "
                f"{1000 * percentile(seconds, 0.9):.0f} ms; aim: "
                f"{1000 * AIM_ANSWER_SECONDS:.0f} ms: "
                f"{met(middle, AIM_ANSWER_SECONDS)}"
            )
        if not self.cheap:
            lines.append(
                f"check --watch: not measured; no exercise's checks take less than "
                f"{1000 * CHEAP_SECONDS:.0f} ms"
            )
        return "\n".join(lines)

    def plain(self) -> dict[str, Any]:
        """The figures for JSON."""
        return {
            "rows": [row.plain() for row in (self.torch, *self.warm, *self.check)],
            "ratios": [
                {kind: self.ratios(index, kind) for kind in ("wall", "cpu")}
                for index in range(len(self.check))
            ],
            "warm_cpu_seconds": self.cheap,
            "answer_seconds": self.answers,
        }


def measure(plan: Plan, folder: Path, say: Callable[[str], None]) -> Figures:
    """Measure ``check`` in rounds, then the watch."""
    home = folder / plan.assignment.name
    make_home_folder(plan.assignment, plan.generated, home)
    one = plan.assignment.exercises[0]
    figures = Figures(
        Row('python -c "import torch"'),
        [Row("checks, warm: complete folder"), Row(f"checks, warm: {one}")],
        [Row("check"), Row(f"check {one}")],
    )
    say("caches warmed")
    floors = [_round(plan, home, one, figures)]
    for row in (figures.torch, *figures.warm, *figures.check):
        row.wall.clear()
        row.cpu.clear()
    for number in range(1, plan.rounds + 1):
        say(f"check at home, round {number} of {plan.rounds}")
        floors.append(_round(plan, home, one, figures))
    figures.cheap = _cheap(floors)
    for exercise in figures.cheap:
        say(f"check --watch, {plan.saves} saves of {exercise}.py")
        path = plan.assignment.module(exercise)
        figures.answers[exercise] = _answers(home, home / path.name, plan.saves)
    return figures


def _round(plan: Plan, home: Path, one: str, figures: Figures) -> Floor:
    env = _as_at_home()
    torch = run_measured([sys.executable, "-c", "import torch"], env=env)
    figures.torch.add(torch.wall_seconds, torch.cpu_seconds)
    seed = plan.assignment.public_seed
    floor, _ = measure_floor(home, seed, [home] * WARM_REPEATS, sample_memory=False)
    figures.warm[0].add(floor.wall_seconds, floor.cpu_seconds)
    figures.warm[1].add(*floor.exercises[one])
    for row, exercise in zip(figures.check, ([], [one])):
        cost = run_measured(autograder("check", *exercise, "--in", str(home)), env=env)
        row.add(cost.wall_seconds, cost.cpu_seconds)
    return floor


def _cheap(floors: list[Floor]) -> dict[str, float]:
    """Median CPU seconds of the checks, of exercises where they are cheap."""
    medians = {
        exercise: statistics.median(floor.exercises[exercise][1] for floor in floors)
        for exercise in floors[0].exercises
    }
    return {name: value for name, value in medians.items() if value < CHEAP_SECONDS}


def _answers(home: Path, path: Path, saves: int) -> list[float]:
    """Seconds from each save to the line that says that it was checked."""
    process = subprocess.Popen(
        autograder("check", "--watch", "--in", str(home)),
        cwd=REPOSITORY,
        env=_as_at_home(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    # Without it, a watch that never answers would hold the benchmark for ever.
    guard = threading.Timer(PATIENCE_SECONDS, process.kill)
    guard.start()
    jitter = random.Random(0)
    source = path.read_text(encoding="utf-8")
    draft = path.with_name(f".{path.name}.saving")  # no .py: the watch leaves it alone
    answers = []
    try:
        assert process.stdout is not None
        _read_until(process.stdout, "Watching")
        for number in range(saves):
            # Saves fall anywhere between two looks at the files.
            time.sleep(jitter.uniform(0.1, 0.2))
            draft.write_text(f"{source}# save {number}\n", encoding="utf-8")
            saved = time.perf_counter()
            os.replace(draft, path)
            _read_until(process.stdout, f"{path.name} was saved")
            answers.append(time.perf_counter() - saved)
    finally:
        guard.cancel()
        process.terminate()
        process.wait()
    return answers


def _read_until(stream: IO[str], text: str) -> None:
    for line in stream:
        if text in line:
            return
    raise BenchmarkError(f"check --watch ended, or gave no {text!r} in time")


def _as_at_home() -> dict[str, str]:
    """An environment without the setting for threads that students do not have."""
    return {
        name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"
    }
