"""A course that the engine has never seen: solutions, mistakes, diagnoses.

The engine knows no exercise by name; what it can do here it can do for every course.
"""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import pytest

from autograder.checking.finding import Finding
from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.checking.vocabulary import Mistake
from autograder.course.assignment import load_course
from autograder.grading.children import Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.verdict import CheckResult, Outcome

TINY = Solution(
    load_course(Path(__file__).parent.parent / "tiny_course").assignment("tiny")
)
MISTAKES = [m for e in TINY.assignment.exercises for m in TINY.mistakes(e)]
SEEDS = (11, 12)


@cache
def lookalikes(seed: int) -> Lookalikes:
    """The signatures of all mistakes."""
    return TINY.lookalikes(seed)


def results(exercise: str, caller: LocalCaller, seed: int) -> list[CheckResult]:
    """What the checks of an exercise find, with diagnosis."""
    return [finding.result for finding in findings(exercise, caller, seed)]


def findings(exercise: str, caller: LocalCaller, seed: int) -> list[Finding]:
    """The same with what was observed."""
    checks = TINY.checks[exercise]
    return lookalikes(seed).diagnose(run_checks(checks, caller, seed))


@pytest.mark.parametrize("exercise", TINY.assignment.exercises)
@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_pass(exercise: str, seed: int) -> None:
    """Every check passes on the solution, under every seed."""
    found = results(exercise, TINY.reference_caller(exercise), seed)

    assert {r.id: r.outcome for r in found} == {r.id: Outcome.PASSED for r in found}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
@pytest.mark.parametrize("seed", SEEDS)
def test_mistakes_are_caught(mistake: Mistake, seed: int) -> None:
    """Each mistake fails a check of its function, and no check faults."""
    found = results(mistake.exercise, TINY.mistake_caller(mistake), seed)
    failed = [r for r in found if r.outcome not in (Outcome.PASSED, Outcome.WAITING)]

    assert {r.function for r in failed} >= {mistake.function}
    assert Outcome.GRADER_FAULT not in {r.outcome for r in failed}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_mistakes_are_named(mistake: Mistake) -> None:
    """Each failing check of its function is diagnosed as this mistake or not at all.

    One that lives in rounding is told by its digits, and one that has right values by
    the facts, such as an overwritten argument: they need no name.
    """
    found = findings(mistake.exercise, TINY.mistake_caller(mistake), 11)
    failed = [f for f in found if f.observed and f.result.function == mistake.function]
    named = {f.result.diagnosis for f in failed}
    in_form = {"lists_for_tuples", "leaves_x_shifted"}

    if mistake.rounding is None:
        assert named == ({None} if mistake.name in in_form else {mistake.name})
    else:
        assert named <= {mistake.name, None}


def test_every_function_has_mistakes() -> None:
    """A check that one mistake fails may fail it by accident."""
    functions = {c.function for found in TINY.checks.values() for c in found}
    counts = {f: sum(m.function == f for m in MISTAKES) for f in functions}

    assert min(counts.values()) >= 2, counts


def test_a_mistake_behind_the_sandbox_is_named(line: Line) -> None:
    """A submission with a mistake is diagnosed though it runs in another process."""
    folder = TINY.assignment.folder
    files = {e: (folder / f"{e}.py").read_text() for e in TINY.assignment.exercises}
    source = files["functions"]
    assert " / math.sqrt(query.shape[-1])" in source
    files["functions"] = source.replace(" / math.sqrt(query.shape[-1])", "")
    caller = RemoteCaller(
        line, CalledFile(files, "functions"), Budget.of(60), 5, lambda function: []
    )
    try:
        caller.start()
        checks = TINY.checks["functions"]
        found = lookalikes(11).diagnose(run_checks(checks, caller, 11))
    finally:
        gc.collect()
        caller.close()
    failed = {
        f.result.id.partition("::")[2]: f.result.diagnosis
        for f in found
        if f.result.outcome is Outcome.FAILED
    }

    assert failed == {
        "test_attention_agrees_with_torch": "without_scale",
        "test_attention_to_itself": "without_scale",
    }


def test_the_order_of_checks_changes_nothing() -> None:
    """Objects that earlier checks made do not matter to a later one."""
    (mistake,) = [m for m in MISTAKES if m.name == "forgets_its_state"]
    caller = TINY.mistake_caller(mistake)
    checks = TINY.checks["recurrent"]
    alone = [c for c in checks if c.name == "test_char_model_goes_on"]

    def named(chosen: list[Check]) -> str | None:
        found = lookalikes(11).diagnose(run_checks(chosen, caller, 11))
        return {f.result.id: f.result.diagnosis for f in found}[alone[0].id]

    assert named(alone) == named(checks) == "forgets_its_state"


def test_no_name_of_the_course_stands_in_the_engine() -> None:
    """The engine knows no function and no exercise by name."""
    import autograder

    package = Path(autograder.__file__).parent
    names = {c.function for found in TINY.checks.values() for c in found}
    spoken = set()
    for part in ("protocol", "executor", "checking", "worker", "grading"):
        for path in (package / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Name):
                    spoken.add(node.id)
                elif isinstance(node, ast.Attribute):
                    spoken.add(node.attr)
                elif isinstance(node, ast.Constant):
                    spoken.add(str(node.value))

    assert "Answering" in spoken
    assert (names - {"Line", "summary", "softmax"}) & spoken == set(), (
        "plain words aside, and torch's own, which relations of answers are told in"
    )


def test_checks_load_twice() -> None:
    """Loading a check file again gives the same checks and disturbs nothing."""
    path = TINY.assignment.checks("counting")
    again = load_checks(path, "counting")

    assert [(c.id, c.cases) for c in again] == [
        (c.id, c.cases) for c in TINY.checks["counting"]
    ]
