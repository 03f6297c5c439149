"""Plans read and followed: which values and pairs of values the checks' calls have."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.checking.case import case_seed, current
from autograder.checking.device_choice import Devices
from autograder.checking.loading import Check
from autograder.checking.modules import load_file
from autograder.checking.running import run_check
from autograder.checking.solution import Solution
from autograder.checking.vocabulary import Mistake
from autograder.errors import CourseError

PLANS = "plans"  # a folder beside the solutions
SHOWN = 8  # untried pairs in a complaint

Value = tuple[str, str]  # an axis, and where on it
Pair = frozenset[Value]


@dataclass
class Plan:
    """The plan of one function, and what was seen of it."""

    function: str  # "conv2d", "ConvNet", "ConvNet__forward"
    axes: dict[str, tuple[str, ...]]
    impossible: dict[Pair, str]
    masks: set[Value]
    place: Callable[..., dict[str, str]]
    seen: dict[Pair, set[str]] = field(default_factory=dict)  # pair -> cases
    values: set[Value] = field(default_factory=set)
    strange: dict[Value, str] = field(default_factory=dict)  # value -> a case
    cases: dict[str, set[Pair]] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The function or class of the solution that it is about."""
        return self.function.partition("__")[0]

    def note(
        self, case: str, arguments: tuple[Any, ...], named: dict[str, Any]
    ) -> None:
        """Add one call."""
        places = self.place(*arguments, **named)
        for axis, value in places.items():
            if value not in self.axes.get(axis, ()):
                self.strange.setdefault((axis, value), case)
            self.values.add((axis, value))
        pairs = {frozenset(pair) for pair in itertools.combinations(places.items(), 2)}
        masking = self.masks & set(places.items())
        if masking:
            pairs = {pair for pair in pairs if pair & masking}
        self.cases.setdefault(case, set()).update(pairs)
        for pair in pairs:
            self.seen.setdefault(pair, set()).add(case)

    @property
    def pairs(self) -> set[Pair]:
        """All pairs that a call can have."""
        found = {
            frozenset({(one, value), (other, another)})
            for (one, values), (other, others) in itertools.combinations(
                self.axes.items(), 2
            )
            for value in values
            for another in others
        }
        return found - set(self.impossible)

    @property
    def untried(self) -> list[Pair]:
        """The pairs that no case has, in the order of the axes."""
        return sorted(self.pairs - set(self.seen), key=pair_text)

    def notes(self) -> Iterator[str]:
        """How much was tried, and by which cases nothing that others do not try."""
        tried = len(self.pairs & set(self.seen))
        yield (
            f"{self.function}: {len(self.axes)} axes, {len(self.pairs)} pairs, {tried} "
            f"tried by {len(self.cases)} cases"
        )
        for pair in self.untried:
            yield f"  not tried: {pair_text(pair)}"
        idle = self.idle_cases()
        if idle:
            yield f"  add no pair to the others: {', '.join(idle)}"

    def idle_cases(self) -> list[str]:
        """Cases that could go, one after the other, and leave no pair untried."""
        left = {pair: set(cases) for pair, cases in self.seen.items()}
        idle = []
        for case in reversed(list(self.cases)):
            mine = [pair for pair in self.cases[case] if pair in self.pairs]
            if all(len(left[pair]) > 1 for pair in mine):
                idle.append(case)
                for pair in mine:
                    left[pair].discard(case)
        return idle[::-1]


def pair_text(pair: Pair) -> str:
    """``padding=pair with stride=number``."""
    return " with ".join(sorted(f"{axis}={value}" for axis, value in pair))


def plans_file(solution: Solution, exercise: str) -> Path:
    """Where the plans of an exercise are written."""
    return solution.assignment.folder / PLANS / f"{exercise}.py"


def load_plans(solution: Solution, exercise: str) -> list[Plan]:
    """The plans of an exercise; none where it has no file of them.

    Raises:
        CourseError: the file cannot be imported, or plans what is not there.
    """
    file = plans_file(solution, exercise)
    if not file.is_file():
        return []
    try:
        module = load_file(file, f"autograder_plans_{exercise}")
    except Exception as error:
        raise CourseError(f"{file}: cannot be imported: {error}; fix it") from error
    found = []
    for name, written in vars(module).items():
        marked = getattr(written, "autograder_plan", None)
        if marked is None:
            continue
        axes, impossible, masks = marked
        axes = {axis: tuple(values) for axis, values in axes.items()}
        found.append(Plan(name, axes, impossible, masks, written))
        if not hasattr(solution.references[exercise], found[-1].owner):
            raise CourseError(
                f"{file}: {name} plans the inputs of {found[-1].owner!r}, which "
                f"{exercise}.py does not define; rename it"
            )
    return found


def follow(
    solution: Solution, exercise: str, plans: list[Plan], devices: Devices
) -> None:
    """Run the checks on the reference and note each of their calls in its plan."""
    seed = solution.assignment.public_seed
    for owner in dict.fromkeys(plan.owner for plan in plans):
        checks = [c for c in solution.checks[exercise] if c.function == owner]
        case = _Cases(checks, seed)
        own = [plan for plan in plans if plan.owner == owner]
        code = _noting(getattr(solution.references[exercise], owner), own, case)
        watched = Mistake(exercise, owner, "watched", "", "", code)
        for check in checks:
            run_check(check, solution.mistake_caller(watched), seed, devices)


class _Cases:
    """Names of cases by the seed that each has."""

    def __init__(self, checks: list[Check], seed: int) -> None:
        self._names: dict[int, str] = {}
        # A check that is made from another one by a mark has the cases of that one.
        for check in sorted(checks, key=lambda check: check.parent is not None):
            for case in check.cases:
                name = f"{check.name}[{case.id}]" if case.id else check.name
                own = case_seed(seed, check.seeded_as, case.id)
                self._names.setdefault(own, name)

    def __call__(self) -> str:
        return self._names.get(current().seed, "")


def _noting(original: Any, plans: list[Plan], case: Callable[[], str]) -> Any:
    """The function or class, which notes how it is called."""
    by_name = {plan.function.partition("__")[2]: plan for plan in plans}
    if not isinstance(original, type):
        return _noting_call(original, by_name[""], case)
    body: dict[str, Any] = {"__module__": original.__module__}
    for method, plan in by_name.items():
        name = method or "__init__"
        body[name] = _noting_call(
            getattr(original, name), plan, case, leave_out=0 if method else 1
        )
    return type(original.__name__, (original,), body)


def _noting_call(
    code: Callable[..., Any], plan: Plan, case: Callable[[], str], leave_out: int = 0
) -> Callable[..., Any]:
    def noted(*args: Any, **kwargs: Any) -> Any:
        # Classified first: code may change what it is given.
        plan.note(case(), args[leave_out:], kwargs)
        return code(*args, **kwargs)

    return noted


def complaints(solution: Solution, exercise: str, plans: list[Plan]) -> Iterator[str]:
    """What the cases leave untried, and what the plans do not say."""
    file = plans_file(solution, exercise)
    checks = solution.assignment.checks(exercise)
    planned = {plan.owner for plan in plans}
    for function in dict.fromkeys(c.function for c in solution.checks[exercise]):
        if function not in planned:
            yield f"{file}: has no plan of {function}, which has checks; write one."
    for plan in plans:
        for (axis, value), case in plan.strange.items():
            yield (
                f"{file}: {plan.function}: {case} has {axis}={value}, and the plan "
                f"knows {axis} as {', '.join(plan.axes.get(axis, ())) or 'no axis'}; "
                "add it, or fix the plan."
            )
        for pair, reason in plan.impossible.items():
            if pair in plan.seen:
                yield (
                    f"{file}: {plan.function}: {pair_text(pair)} is said to be "
                    f"impossible ({reason}), and {min(plan.seen[pair])} has it; "
                    "drop it from impossible."
                )
        untried = plan.untried
        if untried:
            listed = "; ".join(map(pair_text, untried[:SHOWN]))
            if len(untried) > SHOWN:
                listed += "; ... (--inputs lists all)"
            yield (
                f"{checks}: {plan.function}: all {len(plan.pairs)} pairs of input "
                f"values must be tried, and {len(untried)} are not: {listed}. Change "
                f"the values of a case, or say in {file} why a pair is impossible."
            )
