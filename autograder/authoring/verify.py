"""Proof that an assignment's checks are right, before students meet them.

The reference earns every point, and so does every other style of it, and each stand-in
for a module that others import; the stub earns none. Each function has the check of
digits or types that its results need. Each mistake is caught and named as itself and
never as another, and there are enough of them. Answers that know nothing pass no
numeric check. Right code answers otherwise than the kernels that its answers are
compared with. The inputs are those that were planned. What students get is current.
Each complaint names the file, what was expected, what came, and the remedy.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder.authoring import plans
from autograder.authoring.kernel_proof import kernel_steps
from autograder.authoring.mistakes import mistake_complaints
from autograder.authoring.publishing import hidden_summary, public_lookalikes
from autograder.authoring.runs import (
    DEVICES,
    findings_of,
    in_numbers,
    name_of,
)
from autograder.authoring.stand_in_proof import stand_in_complaints
from autograder.authoring.steps import Say, Step
from autograder.authoring.styles import Style, broken_rules, styles_of
from autograder.authoring.trivial import TRIVIAL, TrivialCaller
from autograder.authoring.variants import missed_points
from autograder.checking.demands import missing_marks
from autograder.checking.finding import Finding
from autograder.checking.local import LocalCaller
from autograder.checking.modules import ModuleSet
from autograder.checking.running import run_check
from autograder.checking.solution import Solution
from autograder.course.assignment import LOOKALIKES, WORKSHEET
from autograder.course.generate import stale
from autograder.course.hints import HINTS, load_hints
from autograder.course.stubs import make_stub
from autograder.grading.stand_ins import StandIns
from autograder.verdict import Outcome
from autograder.worksheet import load


def verify(
    solution: Solution,
    seeds: list[int],
    generated: Path | None,
    exercises: Sequence[str] = (),
    say: Say = lambda text: None,
) -> Iterator[Step]:
    """Try everything that can be tried without a student, a step at a time.

    Args:
        solution: the assignment.
        seeds: under which all is tried; the first should be the public one.
        generated: the student folder that must be current; None to leave that out.
        exercises: those to try; none for all, worksheet and student folder included.
        say: is told what is being tried.

    Raises:
        CourseError: what instructors have written cannot be used as it is.
    """
    for exercise in exercises or solution.assignment.exercises:
        yield from exercise_steps(solution, exercise, seeds, say)
    if exercises:
        return
    lookalikes = {}
    if generated is not None:
        say("what the mistakes answer")
        lookalikes = public_lookalikes(solution)
    yield from folder_steps(solution, generated, lookalikes, say)


def exercise_steps(
    solution: Solution, exercise: str, seeds: list[int], say: Say
) -> Iterator[Step]:
    """Those of ``verify`` that belong to one exercise."""
    return _timed(_exercise(solution, exercise, seeds, say))


def folder_steps(
    solution: Solution,
    generated: Path | None,
    lookalikes: dict[str, Any],
    say: Say,
) -> Iterator[Step]:
    """Those of ``verify`` that belong to no one exercise.

    Args:
        solution: the assignment.
        generated: the student folder that must be current; None to leave that out.
        lookalikes: what lookalikes.json should hold.
        say: is told what is being tried.
    """
    return _timed(_folder(solution, generated, lookalikes, say))


def _timed(steps: Iterator[Step]) -> Iterator[Step]:
    started = time.monotonic()
    for step in steps:
        yield replace(step, seconds=time.monotonic() - started)
        started = time.monotonic()


def _folder(
    solution: Solution,
    generated: Path | None,
    lookalikes: dict[str, Any],
    say: Say,
) -> Iterator[Step]:
    if solution.assignment.has_worksheet:
        say("worksheet")
        load(solution.assignment.folder / WORKSHEET)  # raises what is wrong
        yield Step("worksheet: it can be read", [])
    if (solution.assignment.folder / HINTS).is_file():
        yield Step("hints: each function has three", list(_hints(solution)))
    if generated is not None:
        say("the student folder")
        stale_files = _current(solution, generated, lookalikes)
        yield Step("the student folder is current", stale_files)


def _exercise(
    solution: Solution, exercise: str, seeds: list[int], say: Say
) -> Iterator[Step]:
    stand_ins = StandIns.of(solution.assignment)
    say(f"{exercise}: the reference")
    yield Step(
        f"{exercise}: the reference passes", _reference(solution, exercise, seeds)
    )
    for style in styles_of(solution, exercise):
        say(f"{exercise}: {style.name}")
        yield Step(
            f"{exercise}: the style {style.name} passes, too",
            _style(solution, style, seeds),
        )
    yield from kernel_steps(solution, exercise, seeds, say)
    if exercise in stand_ins.sources:
        say(f"{exercise}: the stand-in")
        yield Step(
            f"{exercise}: the stand-in earns every point, and so does what is built on "
            "it",
            list(stand_in_complaints(solution, exercise, seeds, stand_ins)),
        )
    say(f"{exercise}: the stub")
    yield Step(f"{exercise}: the stub earns nothing", _stub(solution, exercise))
    found = list(mistake_complaints(solution, exercise, seeds, say))
    count = len(solution.mistakes(exercise))
    named = "mistake is named as itself"
    named = named if count == 1 else "mistakes are named as themselves"
    yield Step(f"{exercise}: {count} {named}", found)
    say(f"{exercise}: answers that know nothing")
    yield Step(
        f"{exercise}: {', '.join(TRIVIAL)} pass no numeric check",
        list(_trivial(solution, exercise, seeds)),
    )
    planned = plans.load_plans(solution, exercise)
    if planned:
        say(f"{exercise}: the planned inputs")
        plans.follow(solution, exercise, planned, DEVICES)
        count = sum(len(plan.pairs) for plan in planned)
        yield Step(
            f"{exercise}: all {count} pairs of planned inputs are tried",
            list(plans.complaints(solution, exercise, planned)),
            [line for plan in planned for line in plan.notes()],
        )


def _reference(solution: Solution, exercise: str, seeds: list[int]) -> list[str]:
    path = solution.assignment.checks(exercise)
    caller = solution.reference_caller(exercise)
    checks = solution.checks[exercise]
    found: list[str] = []
    findings: list[Finding] = []
    for seed in seeds:
        findings = list(findings_of(solution, checks, caller, seed))
        found += [
            f"{path}: the solution does not pass {name_of(f.result)} under seed "
            f"{seed}: {in_numbers(f.result)} Mend the solution or the check."
            for f in findings
            if f.result.outcome is not Outcome.PASSED
        ]
    lacking = missing_marks(findings)
    return found + [f"{path}: {text}" for text in lacking]


def _style(solution: Solution, style: Style, seeds: list[int]) -> list[str]:
    found = [f"{style.file}: {text}" for text in broken_rules(solution, style)]
    with style.caller(solution) as caller:
        for text in missed_points(solution, style.exercise, caller, seeds):
            found.append(
                f"{style.file}: {text} Mend the style, or the check that fails right "
                "code."
            )
    return found


def _stub(solution: Solution, exercise: str) -> list[str]:
    path = solution.assignment.module(exercise)
    with tempfile.TemporaryDirectory() as folder:
        for name in solution.assignment.exercises:
            source = solution.assignment.module(name).read_text(encoding="utf-8")
            stub = make_stub(source, str(solution.assignment.module(name)))
            (Path(folder) / f"{name}.py").write_text(stub, encoding="utf-8")
        modules = ModuleSet(Path(folder), list(solution.assignment.exercises))
        caller = LocalCaller(modules.load(exercise), {}, modules.visible)
        seed = solution.assignment.public_seed
        return [
            f"{path}: its stub must earn 0 points, and earns {result.points:g} in "
            f"{name_of(result)}; put more of the solution between the marks, or fix "
            "the check."
            for result in (
                finding.result
                for finding in findings_of(
                    solution, solution.checks[exercise], caller, seed
                )
            )
            if result.points
        ]


def _trivial(solution: Solution, exercise: str, seeds: list[int]) -> Iterator[str]:
    path = solution.assignment.checks(exercise)
    reference = solution.reference_caller(exercise)
    for seed in seeds:
        for check in solution.checks[exercise]:
            if not run_check(check, reference, seed, DEVICES).numeric:
                continue
            for name, forgery in TRIVIAL.items():
                caller = TrivialCaller(solution.reference_caller(exercise), forgery)
                work = solution.reference_work(seed)
                finding = run_check(check, caller, seed, DEVICES, work)
                if finding.result.outcome is Outcome.PASSED:
                    cases = max(len(check.cases), 1)
                    yield (
                        f"{path}: {check.name} must fail {name} in a case, and is "
                        f"passed by {name} in all {cases} (seed {seed}); add a case in "
                        "which the right answer is another, or make its case one of a "
                        "check that has such"
                    )


def _hints(solution: Solution) -> Iterator[str]:
    hints = load_hints(solution.assignment)
    path = solution.assignment.folder / HINTS
    for exercise, checks in solution.checks.items():
        functions = dict.fromkeys(check.function.partition(".")[0] for check in checks)
        for function in functions:
            if function and function not in hints.get(exercise, {}):
                yield f"{path}: [{exercise}] has no hints for {function}; add them."


def _current(
    solution: Solution, generated: Path, document: dict[str, Any]
) -> list[str]:
    remedy = f"Run `autograder assignments {solution.assignment.name}`."
    if not generated.is_dir():
        return [f"{generated}: is missing. {remedy}"]
    differences = stale(
        solution.assignment,
        generated,
        _countable(document, generated),
        hidden_summary(solution),
    )
    return [f"{text}. {remedy}" for text in differences]


def _countable(document: dict[str, Any], generated: Path) -> dict[str, Any]:
    """What lookalikes.json should hold, as far as this torch can tell.

    What the reference takes is counted on the simulated GPU. An older torch has none,
    so there the figures are taken as they are.
    """
    if "sim" in DEVICES.absent and (generated / LOOKALIKES).is_file():
        text = (generated / LOOKALIKES).read_text(encoding="utf-8")
        kept = json.loads(text)["work"]
        return {**document, "work": {**kept, **document["work"]}}
    return document
