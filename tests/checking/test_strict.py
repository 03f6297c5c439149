"""A strict check answers for all visible checks of its function, once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_checks
from autograder.checking.strict import running_order
from autograder.course.assignment import find_assignment
from autograder.home.folder import load_folder
from autograder.home.results import check_results
from autograder.home.selection import Selection
from autograder.verdict import CheckResult, Outcome
from tests.conftest import module_of
from tests.small_course import give_out, write_small_course

CHECKS = '''"""What a correct scaling.py does."""
import pytest
from autograder import after, agrees, digits, equal, hidden, points, types


def product(x, factor):
    """What is right."""
    return factor * x


@points(2)
@digits(0.5)
@pytest.mark.parametrize("factor", [3.0, 0.5])
def test_scales(student, draw, factor):
    """scale multiplies"""
    agrees(student.scale, product, draw(3, 2), factor)


@points(1)
@after(test_scales)
@pytest.mark.parametrize("factor", [-1.3, -2.1])
def test_scales_back(student, draw, factor):
    """scale multiplies by negative numbers"""
    agrees(student.scale, product, draw(4), factor)


@points(1)
def test_scales_by_zero(student, draw):
    """scale multiplies by nothing"""
    agrees(student.scale, product, draw(4), 0.0)


@points(1)
def test_shifts(student, draw):
    """shift adds"""
    agrees(student.shift, lambda x, offset: x + offset, draw(3, 2), 3.0)


@points(1)
@hidden
def test_scales_far(student, draw):
    """scale multiplies by large numbers"""
    agrees(student.scale, product, draw(2), 1e3)
'''
SHIFT = "\n\ndef shift(x, offset):\n    return x + offset\n"
ALL = {
    "test_scales": Outcome.PASSED,
    "test_scales_digits": Outcome.PASSED,
    "test_scales_back": Outcome.PASSED,
    "test_scales_by_zero": Outcome.PASSED,
    "test_shifts": Outcome.PASSED,
    "test_scales_far": Outcome.PASSED,
}
LOST = ALL | {"test_scales_digits": Outcome.FAILED}


def scale(*lines: str) -> str:
    """A module whose scale begins with these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"def scale(x, factor):\n{body}    return factor * x\n{SHIFT}"


def open_local(source: str) -> LocalCaller:
    """A student's source in this process."""
    return LocalCaller(module_of(source, "scaling"), {"scaling.py": "scaling.py"})


IN_FLOAT32 = "    x = x.float().to(x.dtype)"


def checks(folder: Path, source: str = CHECKS) -> list[Check]:
    """The checks of a file."""
    path = folder / "test_scaling.py"
    path.write_text(source)
    return load_checks(path, "scaling")


def found(folder: Path, module: str, **how: Any) -> dict[str, CheckResult]:
    """What they find, by name."""
    every = run_checks(checks(folder), open_local(module), 5, **how)
    return {one.result.id.partition("::")[2]: one.result for one in every}


def outcomes(results: dict[str, CheckResult]) -> dict[str, Outcome]:
    """Of each check."""
    return {name: result.outcome for name, result in results.items()}


@pytest.mark.parametrize(
    "lines",
    [
        ["if factor < 0:", IN_FLOAT32],
        ["if factor < 0:", "    x = x.float()"],
        ["if factor < 0 and not x.requires_grad:", "    x.zero_(); return -factor * x"],
        ["if factor == 0:", "    return x.float() * 0"],
        ["if factor == 3:", IN_FLOAT32],
    ],
)
def test_a_slip_in_one_branch_costs_the_strict_check(
    tmp_path: Path, lines: list[str]
) -> None:
    """Whichever visible check has the case, the digits check of the function counts."""
    if "zero_" in lines[-1]:
        lines = ["if factor < 0 and not x.requires_grad:", "    y = factor * x",
                 "    x.zero_()", "    return y"]  # fmt: skip

    results = found(tmp_path, scale(*lines))

    assert outcomes(results) == LOST
    lost = results["test_scales_digits"]
    assert lost.mismatch is not None
    assert lost.call is not None
    assert (lost.points, lost.max_points) == (0, 0.5)
    assert "answers in the dtype" in lost.promise


def test_what_hidden_checks_remark_stays_hidden(tmp_path: Path) -> None:
    """A visible check tells nothing of inputs that nobody has seen."""
    assert outcomes(found(tmp_path, scale("if factor > 9:", IN_FLOAT32))) == ALL


def test_a_check_that_fails_says_nothing_of_digits(tmp_path: Path) -> None:
    """It has lost its own points, and the strict one keeps its."""
    lines = ["if factor < 0:", IN_FLOAT32, "    return x"]

    results = outcomes(found(tmp_path, scale(*lines)))

    assert results == ALL | {"test_scales_back": Outcome.FAILED}


def test_nothing_is_called_where_nothing_is_remarked(tmp_path: Path) -> None:
    """Right code pays for no second look."""
    counting = "CALLS = []\n" + scale("CALLS.append(factor)")
    module = module_of(counting, "scaling")
    caller = LocalCaller(module, {"scaling.py": "scaling.py"})
    alone = [check for check in checks(tmp_path) if not check.strict]

    list(run_checks(alone, caller, 5))
    once = len(module.CALLS)
    list(run_checks(checks(tmp_path), caller, 5))

    assert len(module.CALLS) == 2 * once


def test_a_sibling_that_passed_before_is_asked_again(tmp_path: Path) -> None:
    """Where its remarks are not known, as when others are graded a second time."""
    strict = [check for check in checks(tmp_path) if check.strict]
    passed = ["test_scales", "test_scales_back", "test_scales_by_zero"]

    for lines, outcome in (
        ((), Outcome.PASSED),
        (("if factor < 0:", IN_FLOAT32), Outcome.FAILED),
        (("if factor < 0:", "    return x"), Outcome.PASSED),
    ):
        caller = open_local(scale(*lines))
        (only,) = run_checks(strict, caller, 5, passed=passed)
        assert only.result.outcome is outcome


def test_the_running_order(tmp_path: Path) -> None:
    """A strict check comes behind the last that it answers for, and no later."""
    every = checks(tmp_path)
    ran = [check.name for check in running_order(every)]

    assert ran == [
        "test_scales", "test_scales_back", "test_scales_by_zero",
        "test_scales_digits", "test_shifts", "test_scales_far",
    ]  # fmt: skip
    assert running_order(running_order(every)) == running_order(every)
    assert list(found(tmp_path, scale())) == ran


def test_a_finding_carries_its_check(tmp_path: Path) -> None:
    """Whatever the order, and where a strict check fails by a sibling's remark."""
    source = scale("if factor < 0:", IN_FLOAT32)
    every = checks(tmp_path)

    findings = list(run_checks(every, open_local(source), 5))

    assert {f.check.name for f in findings} == {check.name for check in every}
    assert all(f.check in every and f.check.id == f.result.id for f in findings)
    (lost,) = [f for f in findings if f.result.outcome is Outcome.FAILED]
    assert lost.check.name == "test_scales_digits"


def test_two_strict_checks_of_one_function_share_the_others(tmp_path: Path) -> None:
    """A remark costs one of them: the one above the check that has it."""
    second = CHECKS.replace("@points(1)\ndef test_scales_by_zero", (
        "@points(1)\n@digits(0.5)\ndef test_scales_by_zero"
    ))  # fmt: skip
    siblings = {
        check.name: [other.name for other in check.siblings]
        for check in checks(tmp_path, second)
        if check.strict
    }

    assert siblings == {
        "test_scales_digits": ["test_scales_back"], "test_scales_by_zero_digits": []
    }  # fmt: skip


def test_of_two_strict_checks_one_may_answer_for_itself(tmp_path: Path) -> None:
    """Where the author names its cases, though all of them, others go to the second."""
    second = CHECKS.replace("@digits(0.5)", (
        "@digits(0.5, cases=['factor=3.0', 'factor=0.5'])"
    )).replace("@points(1)\ndef test_scales_by_zero", (
        "@points(1)\n@digits(0.5)\ndef test_scales_by_zero"
    ))  # fmt: skip
    siblings = {
        check.name: [other.name for other in check.siblings]
        for check in checks(tmp_path, second)
        if check.strict
    }

    assert siblings == {
        "test_scales_digits": [],
        "test_scales_by_zero_digits": ["test_scales_back"],
    }


@pytest.mark.parametrize("only", ["", "test_scales_digits", "digits", "scale"])
def test_at_home_one_check_alone_finds_the_same(tmp_path: Path, only: str) -> None:
    """Whoever asks for the strict check only is told what all checks would tell."""
    course = write_small_course(tmp_path, checks=CHECKS)
    folder = give_out(course, tmp_path / "small")
    (folder / "scaling.py").write_text(scale("if factor < 0:", IN_FLOAT32))
    home = load_folder(find_assignment(folder))

    results = {r.id: r for r in check_results(home, Selection(only=only))}

    lost = [r.id for r in results.values() if r.outcome is not Outcome.PASSED]
    assert lost == ["scaling::test_scales_digits"]
    if "digits" in only:
        assert list(results) == lost
    else:
        shown = list(results)
        assert shown.index("scaling::test_scales") + 1 == shown.index(lost[0])


def test_an_author_who_names_cases_means_no_others(tmp_path: Path) -> None:
    """Right answers to others may be in float32, a table in the default dtype say."""
    named = CHECKS.replace("@digits(0.5)", "@digits(0.5, cases=['factor=3.0'])")
    caller = open_local(scale("if factor < 0:", IN_FLOAT32))

    every = [one.result for one in run_checks(checks(tmp_path, named), caller, 5)]

    assert [r.id for r in every if r.outcome is not Outcome.PASSED] == []
