"""Proof that right code answers otherwise than the kernels it is compared with.

Who calls a kernel has all of its bits. A note that says so is fair where the solution
and every style of it have most of their tensors otherwise, under every seed; where they
have not, or where there is too little to compare, the kernel has to be left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.steps import Say, Step
from autograder.authoring.styles import styles_of
from autograder.checking.kernels import (
    LEAST_TENSORS,
    LEAST_VALUES,
    Kernels,
    Sameness,
    measured,
)
from autograder.checking.solution import Solution
from autograder.course.assignment import KERNELS
from autograder.sources.forbidden import forbidden_uses
from autograder.sources.refusal import why_refused
from autograder.tables import listed


def kernel_steps(
    solution: Solution, exercise: str, seeds: list[int], say: Say
) -> Iterator[Step]:
    """A step for each kernel, and one for each function that has none, with the reason.

    Only the first kind can go wrong. An exercise that forbids nothing has no step.
    """
    kernels = solution.kernels(exercise)
    file = solution.assignment.folder / KERNELS / f"{exercise}.py"
    functions = dict.fromkeys(c.function for c in solution.checks[exercise])
    for name in [n for n in (*kernels.of, *kernels.off) if n not in functions]:
        text = f"{file}: no check is about {name!r}; name one of {', '.join(functions)}"
        yield Step(f"{exercise}: kernels are compared with functions", [text])
    if kernels.of:
        say(f"{exercise}: answers of kernels")
        yield from _compared(solution, exercise, kernels, seeds, file)
    for function, why in kernels.off.items():
        yield Step(f"{exercise}: {function} is compared with no kernel: {why}", [])
    others = [n for n in functions if n not in {*kernels.of, *kernels.off}]
    if others and solution.assignment.forbidden.get(exercise):
        yield Step(f"{exercise}: no kernel is named for {listed(others)}", [])


def _compared(
    solution: Solution, exercise: str, kernels: Kernels, seeds: list[int], file: Path
) -> Iterator[Step]:
    seen: dict[tuple[str, str], list[tuple[str, Sameness]]] = {}
    for label, found in _all_measured(solution, exercise, kernels, seeds):
        seen.setdefault((found.function, found.kernel), []).append((label, found))
    for (function, kernel), those in seen.items():
        most = max(those, key=lambda one: one[1].same)[1]
        complaints = [*_is_allowed(solution, exercise, function, kernel, file)]
        for label, found in those:
            if found.seen < LEAST_TENSORS:
                complaints.append(
                    f"{file}: {function} must be compared with {kernel} in at least "
                    f"{LEAST_TENSORS} float32 tensors of {LEAST_VALUES} values or "
                    f"more, and is in {found.seen} ({label}). Add cases, or give the "
                    "reason in OFF."
                )
            elif not found.is_far:
                complaints.append(
                    f"{file}: right code must answer otherwise than {kernel} in half "
                    f"of the tensors or more, and {label} answers the same, bit for "
                    f"bit, in {found.same} of {found.seen}. Let {function} do without, "
                    "and give the reason in OFF."
                )
        yield Step(
            f"{exercise}: {function} is told from {kernel}: right code has its bits in "
            f"at most {most.same} of {most.seen} tensors",
            complaints,
        )


def _all_measured(
    solution: Solution, exercise: str, kernels: Kernels, seeds: list[int]
) -> Iterator[tuple[str, Sameness]]:
    checks = solution.checks[exercise]
    reference = solution.reference_caller(exercise)
    for seed in seeds:
        for found in measured(checks, reference, kernels, seed):
            yield f"the solution under seed {seed}", found
    for style in styles_of(solution, exercise):
        with style.caller(solution) as caller:
            for seed in seeds:
                for found in measured(checks, caller, kernels, seed):
                    yield f"the style {style.name} under seed {seed}", found


def _is_allowed(
    solution: Solution, exercise: str, function: str, kernel: str, file: Path
) -> Iterator[str]:
    """A kernel that a function may call is none to be told from it."""
    patterns = solution.assignment.forbidden.get(exercise, ())
    module = kernel.rpartition(".")[0]
    source = f"import {module}\ndef {function}(): return {kernel}()\n"
    found = forbidden_uses({exercise: source}, exercise, patterns)
    if why_refused(found, function) is None:
        yield (
            f"{file}: {kernel} is not forbidden to {function}; forbid it in "
            "assignment.toml, or leave it out here."
        )
