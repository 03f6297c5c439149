"""Proof that an assignment's checks are right, before students meet them.

The reference earns every point, the stub none; each mistake is caught and named as
itself and never as another; answers that know nothing pass no numeric check; what
students get is current. Each complaint names the file and the remedy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.callers import Caller
from autograder.checking.devices import USUAL, Devices
from autograder.checking.loading import Check
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.modules import ModuleSet
from autograder.checking.running import Finding, run_check, run_checks
from autograder.checking.solution import Solution
from autograder.checking.trivial import TRIVIAL, TrivialCaller
from autograder.checking.vocabulary import Mistake
from autograder.course.assignment import WORKSHEET
from autograder.course.generate import stale
from autograder.course.stubs import make_stub
from autograder.course.worksheet import load
from autograder.grading.publishing import hidden_summary, public_lookalikes
from autograder.verdict import CheckResult, Outcome
from autograder.wording import message_for

DEVICES = Devices.asked(USUAL)


@dataclass(frozen=True)
class Step:
    """One thing that was proved, or not: ``complaints`` say what is wrong."""

    name: str
    complaints: list[str]


def verify(
    solution: Solution, seeds: list[int], generated: Path | None
) -> Iterator[Step]:
    """Try everything that can be tried without a student, a step at a time.

    Args:
        solution: the assignment.
        seeds: under which all is tried; the first should be the public one.
        generated: the student folder that must be current; None to leave that out.
    """
    exercises = solution.assignment.exercises
    for exercise in exercises:
        yield Step(
            f"{exercise}: the reference passes", _reference(solution, exercise, seeds)
        )
    for exercise in exercises:
        yield Step(f"{exercise}: the stub earns nothing", _stub(solution, exercise))
    for exercise in exercises:
        found = list(_mistakes(solution, exercise, seeds))
        count = len(solution.mistakes(exercise))
        named = "mistake is named as itself"
        named = named if count == 1 else "mistakes are named as themselves"
        yield Step(f"{exercise}: {count} {named}", found)
    for exercise in exercises:
        yield Step(
            f"{exercise}: {', '.join(TRIVIAL)} pass no numeric check",
            list(_trivial(solution, exercise, seeds)),
        )
    if solution.assignment.has_worksheet:
        yield Step("worksheet: it can be read", _worksheet(solution))
    if generated is not None:
        yield Step("the student folder is current", _current(solution, generated))


def _reference(solution: Solution, exercise: str, seeds: list[int]) -> list[str]:
    complaints = []
    for seed in seeds:
        caller = solution.reference_caller(exercise)
        for finding in _all(solution.checks[exercise], caller, seed):
            result = finding.result
            if result.outcome is not Outcome.PASSED:
                complaints.append(
                    f"{solution.assignment.checks(exercise)}: the solution does not "
                    f"pass {_name(result)} under seed {seed}: {message_for(result)} "
                    "Mend the solution or the check."
                )
    return complaints


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
            f"{path}: its stub earns {result.points:g} points in {_name(result)}; put "
            "more of the solution between the marks, or mend the check."
            for result in (
                finding.result
                for finding in _all(solution.checks[exercise], caller, seed)
            )
            if result.points
        ]


def _mistakes(solution: Solution, exercise: str, seeds: list[int]) -> Iterator[str]:
    path = solution.mistakes_file(exercise)
    known = {seed: solution.lookalikes(seed) for seed in seeds}
    for mistake in solution.mistakes(exercise):
        for seed in seeds:
            complaint = _one_mistake(solution, mistake, seed, known[seed])
            if complaint:
                name = f"{mistake.function}__{mistake.name}"
                yield f"{path}: {name} {complaint} (seed {seed})"
                break
        yield from _luck(solution, mistake, seeds)


def _one_mistake(
    solution: Solution, mistake: Mistake, seed: int, known: Lookalikes
) -> str | None:
    checks = solution.checks[mistake.exercise]
    caller = solution.mistake_caller(mistake)
    findings = list(_all(checks, caller, seed, known.diagnose))
    faults = [f for f in findings if f.result.outcome is Outcome.GRADER_FAULT]
    if faults:
        where = _name(faults[0].result)
        return (
            f"makes {where} fail by itself: {faults[0].result.detail}; mend the check"
        )
    if all(f.result.outcome is Outcome.PASSED for f in findings):
        return "is caught by no check; write one that fails it, or delete it"
    names = {f.result.diagnosis for f in findings if f.result.diagnosis}
    wrong = names - {mistake.name}
    if wrong:
        return f"is taken for {', '.join(sorted(wrong))}; let their inputs differ more"
    if not names:
        twins = sorted(
            {
                idea.name
                for check, finding in zip(checks, findings)
                if finding.signature is not None
                for idea in known.matching(check, finding.signature)
            }
            - {mistake.name}
        )
        like = f" (it looks like {', '.join(twins)})" if twins else ""
        return f"is caught, but never named{like}; add a case that tells it apart"
    return None


def _luck(solution: Solution, mistake: Mistake, seeds: list[int]) -> Iterator[str]:
    """A mistake must cost the same under every seed."""
    caught: dict[frozenset[str], int] = {}
    for seed in seeds:
        findings = _all(
            solution.checks[mistake.exercise], solution.mistake_caller(mistake), seed
        )
        results = [finding.result for finding in findings]
        missed = {_name(r) for r in results if r.outcome is not Outcome.PASSED}
        caught.setdefault(frozenset(missed), seed)
    if len(caught) > 1:
        sometimes = frozenset.union(*caught) - frozenset.intersection(*caught)
        name = f"{mistake.function}__{mistake.name}"
        yield (
            f"{solution.assignment.checks(mistake.exercise)}: {name} fails "
            f"{', '.join(sorted(sometimes))} under some seeds only "
            f"({', '.join(map(str, sorted(caught.values())))} differ); choose inputs "
            "that decide"
        )


def _trivial(solution: Solution, exercise: str, seeds: list[int]) -> Iterator[str]:
    path = solution.assignment.checks(exercise)
    reference = solution.reference_caller(exercise)
    for seed in seeds:
        for check in solution.checks[exercise]:
            if not run_check(check, reference, seed, DEVICES).numeric:
                continue
            for name, forge in TRIVIAL.items():
                caller = TrivialCaller(solution.reference_caller(exercise), forge)
                finding = run_check(check, caller, seed, DEVICES)
                if finding.result.outcome is Outcome.PASSED:
                    yield (
                        f"{path}: {check.name} is passed by {name} (seed {seed}); "
                        "add a case in which the right answer is another"
                    )


def _worksheet(solution: Solution) -> list[str]:
    load(solution.assignment.folder / WORKSHEET)  # raises what is wrong
    return []


def _current(solution: Solution, generated: Path) -> list[str]:
    differences = stale(
        solution.assignment,
        generated,
        public_lookalikes(solution),
        hidden_summary(solution),
    )
    return [f"{text}. Run `autograder assignments`." for text in differences]


def _all(
    checks: list[Check],
    caller: Caller,
    seed: int,
    diagnose: Callable[[Check, Finding], Finding] | None = None,
) -> Iterator[Finding]:
    return run_checks(checks, caller, seed, diagnose, devices=DEVICES)


def _name(result: CheckResult) -> str:
    return result.id.partition("::")[2]
