"""Whether the tolerance fits: how near right code comes to it, how far wrong code goes.

The reference and other correct styles must stay well below what is allowed, in every
check and setting; formulas that lose digits must go far beyond, under every seed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from autograder.checking.callers import Caller
from autograder.checking.case import SETTINGS
from autograder.checking.device_choice import Devices
from autograder.checking.loading import Check
from autograder.checking.local import LocalCaller
from autograder.checking.measuring import Worst, digits_count, measure_check
from autograder.checking.modules import ModuleSet
from autograder.checking.solution import Solution
from autograder.checking.vocabulary import Mistake
from autograder.errors import CourseError
from autograder.grading.jobs import shared
from autograder.submissions.intake import Entry, read_submission

BELOW = 0.25  # of what is allowed: where right code must stay
ABOVE = 10.0  # times what is allowed: what wrong code must reach
REFERENCE = "reference"
_SEEDS_AT_A_TIME = 25


@dataclass
class Row:
    """One check in one setting: the worst of each who is right, by name."""

    check: str  # "convolution::test_agrees_with_torch"
    setting: str
    worst: dict[str, Worst] = field(default_factory=dict)


@dataclass(frozen=True)
class Caught:
    """The seed under which a mistake is nearest to getting through its check."""

    mistake: str  # "functions::softmax__computes_in_float32"
    check: str
    setting: str  # where its ratio is largest, under that seed
    least: Worst  # the smallest over the seeds of the largest over the settings


@dataclass(frozen=True)
class Numerics:
    """What was measured of an assignment."""

    names: list[str]  # the reference, then the styles
    rows: list[Row]
    caught: list[Caught]

    def complaints(self) -> list[str]:
        """What does not hold, each with a remedy."""
        found = []
        for row in self.rows:
            for name, worst in row.worst.items():
                if worst.ratio is not None and not worst.ratio < BELOW:
                    why = f" ({worst.why})" if worst.why else ""
                    found.append(
                        f"{name}: {row.check} reaches {worst.ratio:.2g} of what is "
                        f"allowed in {row.setting} under seed {worst.seed}{why}, and "
                        f"must stay below {BELOW:g}; draw inputs that lose fewer "
                        "digits, or fix the code"
                    )
        for one in self.caught:
            if one.least.ratio is None or not one.least.ratio >= ABOVE:
                ratio = one.least.ratio or 0.0
                found.append(
                    f"{one.mistake}: reaches {ratio:.2g} times what {one.check} allows "
                    f"under seed {one.least.seed}, and must reach {ABOVE:g}; draw "
                    "inputs that cost it more digits"
                )
        return found


@dataclass(frozen=True)
class _Piece:
    """Some seeds of one who is measured: a name of who is right, or a mistake."""

    exercise: str
    seeds: tuple[int, ...]
    name: str = ""
    mistake: int | None = None  # its place among the mistakes of the exercise


def measure(
    solution: Solution,
    seeds: list[int],
    styles: list[Path],
    devices: Devices,
    processes: int = 1,
    watch: Callable[[int, int], None] = lambda done, of: None,
) -> Numerics:
    """Measure the reference, other styles, and the mistakes that name a check.

    Args:
        solution: the assignment.
        seeds: under which each is run.
        styles: correct submissions, folders or files as they are handed in. They run in
            this process and its forks, without a sandbox.
        devices: whose settings count beside the CPU's.
        processes: how many work at a time; with one, all is done in this one.
        watch: told how many pieces are done, of how many.

    Raises:
        CourseError: a style cannot be read or imported, or a process failed.
    """
    exercises = solution.assignment.exercises
    with ExitStack() as stack:
        modules = {_name(path): _opened(path, solution, stack) for path in styles}
        if len(modules) < len(styles) or REFERENCE in modules:
            raise CourseError(
                f"the styles {', '.join(map(str, styles))} need names of their own, "
                f"other than {REFERENCE!r}; rename one"
            )
        who: dict[str, Callable[[str], Caller | None]] = {
            REFERENCE: solution.reference_caller,
            **{name: partial(_style_caller, one) for name, one in modules.items()},
        }
        pieces = list(_pieces(solution, list(who), seeds))
        do = partial(_do, solution=solution, who=who, devices=devices)
        rows: dict[tuple[str, str], Row] = {}
        caught: dict[str, Caught] = {}
        for count, (piece, found) in enumerate(_measured(pieces, do, processes), 1):
            _merge(piece, found, rows, caught)
            watch(count, len(pieces))
    places = {check.id: n for n, check in enumerate(_checks(solution))}
    order = list(SETTINGS)
    mistakes = [m.id for e in exercises for m in solution.mistakes(e)]
    return Numerics(
        list(who),
        sorted(rows.values(), key=lambda r: (places[r.check], order.index(r.setting))),
        sorted(caught.values(), key=lambda one: mistakes.index(one.mistake)),
    )


def _measured(
    pieces: list[_Piece], do: Callable[[_Piece], _Found], processes: int
) -> Iterator[tuple[_Piece, _Found]]:
    """What comes of every piece, in no order."""
    if processes == 1 or not hasattr(os, "fork"):
        return ((piece, do(piece)) for piece in pieces)
    return shared(pieces, processes, do, lambda piece: f"measuring {piece.exercise}")


def _checks(solution: Solution) -> list[Check]:
    return [c for e in solution.assignment.exercises for c in solution.checks[e]]


def _name(path: Path) -> str:
    path = path.resolve()
    return path.name if path.is_dir() else path.stem


def _opened(path: Path, solution: Solution, stack: ExitStack) -> ModuleSet:
    """The modules of a style, imported: what cannot be is found before any work."""
    exercises = list(solution.assignment.exercises)
    submission = read_submission(Entry(_name(path), path), exercises)
    if not set(submission.files) & set(exercises):
        problem = next(iter(submission.problems.values())).text
        raise CourseError(f"{path}: holds no exercise that can be read: {problem}")
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name, text in submission.files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    modules = ModuleSet(folder, list(submission.files))
    for name in exercises:
        if name in modules:
            try:
                modules.load(name)
            except Exception as error:
                raise CourseError(
                    f"{path}: {name}.py cannot be imported: {error!r}; fix it"
                ) from error
    return modules


def _style_caller(modules: ModuleSet, exercise: str) -> Caller | None:
    if exercise not in modules:
        return None
    return LocalCaller(modules.load(exercise), {}, modules.visible)


def _pieces(solution: Solution, names: list[str], seeds: list[int]) -> Iterator[_Piece]:
    for first in range(0, len(seeds), _SEEDS_AT_A_TIME):
        some = tuple(seeds[first : first + _SEEDS_AT_A_TIME])
        for exercise in solution.assignment.exercises:
            for name in names:
                yield _Piece(exercise, some, name)
            for number, mistake in enumerate(solution.mistakes(exercise)):
                if mistake.rounding is not None:
                    yield _Piece(exercise, some, mistake=number)


_Found = list[Row] | Caught


def _do(
    piece: _Piece,
    solution: Solution,
    who: dict[str, Callable[[str], Caller | None]],
    devices: Devices,
) -> _Found:
    if piece.mistake is not None:
        mistake = solution.mistakes(piece.exercise)[piece.mistake]
        return _least(solution, mistake, piece.seeds, devices)
    caller = who[piece.name](piece.exercise)
    rows = []
    checks = solution.checks[piece.exercise]
    for check in checks if caller is not None else ():
        assert caller is not None
        worst: dict[str, Worst] = {}
        digits = digits_count(check, checks)
        for seed in piece.seeds:
            measure_check(check, caller, seed, devices, worst, digits)
            if all(found.ratio is None for found in worst.values()):
                break  # it compares no floats, under no seed
        rows += [
            Row(check.id, setting, {piece.name: found})
            for setting, found in worst.items()
            if found.ratio is not None
        ]
    return rows


def _least(
    solution: Solution, mistake: Mistake, seeds: tuple[int, ...], devices: Devices
) -> Caught:
    """Where a mistake is nearest to getting through."""
    checks = solution.checks[mistake.exercise]
    (check,) = (c for c in checks if c.name == mistake.rounding)
    caught = []
    for seed in seeds:
        caller = solution.mistake_caller(mistake)
        found = measure_check(check, caller, seed, devices)
        setting = max(found, key=lambda name: found[name].ratio or 0.0)
        worst = Worst(found[setting].ratio or 0.0, seed, found[setting].why)
        caught.append(Caught(mistake.id, check.id, setting, worst))
    return min(caught, key=_ratio)


def _ratio(one: Caught) -> float:
    return one.least.ratio or 0.0


def _merge(
    piece: _Piece,
    found: _Found,
    rows: dict[tuple[str, str], Row],
    caught: dict[str, Caught],
) -> None:
    if isinstance(found, Caught):
        known = caught.setdefault(found.mistake, found)
        caught[found.mistake] = min(known, found, key=_ratio)
        return
    for new in found:
        row = rows.setdefault((new.check, new.setting), Row(new.check, new.setting))
        for name, worst in new.worst.items():
            known_worst = row.worst.setdefault(name, Worst())
            assert worst.ratio is not None
            assert worst.seed is not None
            known_worst.add(worst.ratio, worst.seed, worst.why)
