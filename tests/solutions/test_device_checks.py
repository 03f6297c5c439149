"""Each device check of cnn finds what was left on the CPU, and nothing else does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from autograder import simulated
from autograder.checking.device_choice import Devices
from autograder.checking.local import LocalCaller
from autograder.checking.modules import ModuleSet
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.verdict import CheckResult, Outcome
from tests.solutions.device_slips import (
    CHECKS,
    FORWARD,
    HEAD,
    KERNELS,
    SLIPS,
    TINY,
    TWO_DEVICES,
    WAITS,
    ZEROS,
)

COURSE = load_course(Path(__file__).parents[2] / "solutions")
CNN = COURSE.assignment("cnn")
DEVICES = Devices.asked("sim")
CASES = [
    pytest.param(check, *slip, id=f"{check}, {name}")
    for check, slips in SLIPS.items()
    for name, slip in slips.items()
] + [
    pytest.param(
        check, HEAD, f"if {branch}: {ZEROS}", TWO_DEVICES, id=f"{check}, {branch}"
    )
    for check, (_, _, branches) in CHECKS.items()
    for branch in branches
]


@pytest.fixture(scope="module")
def cnn() -> Solution:
    return Solution(CNN)


def slipped(source: str, function: str, old: str, new: str) -> str:
    """The source with one change, inside one function or class."""
    source = source.replace("annotations\n", "annotations\nimport torch\n", 1)
    parts = re.split(r"(?m)^(?=def |class )", source)
    (place,) = (n for n, p in enumerate(parts) if re.match(rf"\w+ {function}\(", p))
    assert parts[place].count(old) == 1
    if old.endswith(HEAD):
        new = old + " " * (8 if old == FORWARD else 4) + new + "\n"
    parts[place] = parts[place].replace(old, new)
    return "".join(parts)


def test_the_checks_are_those_of_the_course(cnn: Solution) -> None:
    """Each function or class that is given tensors or makes some has a check here."""
    marked = {
        check.name: check.function
        for checks in cnn.checks.values()
        for check in checks
        if check.settings == ("sim float32",)
    }

    assert marked == {check: about for check, (_, about, _) in CHECKS.items()}
    assert set(SLIPS) == set(CHECKS)


@pytest.mark.parametrize(("check", "old", "new", "found"), CASES)
def test_a_slip_costs_its_own_check_alone(
    cnn: Solution, tmp_path: Path, check: str, old: str, new: str, found: str
) -> None:
    """Whatever is left behind, in whichever branch, is found by one check and named."""
    exercise, function, _ = CHECKS[check]

    result = only_failure(cnn, exercise, tmp_path, function, old, new)

    assert (result.id, how(result)) == (f"{exercise}::{check}", found)


@pytest.mark.parametrize(
    ("exercise", "function", "check", "old", "new", "found"), TINY.values(), ids=TINY
)
def test_slips_in_the_tiny_course(
    tiny: Solution,
    tmp_path: Path,
    exercise: str,
    function: str,
    check: str,
    old: str,
    new: str,
    found: str,
) -> None:
    """So it is with a cell, a state that is made inside, and a step of training."""
    result = only_failure(tiny, exercise, tmp_path, function, old, new)

    assert (result.id, how(result)) == (f"{exercise}::{check}", found)


def test_a_default_of_basics_that_is_left_behind(tmp_path: Path) -> None:
    """Zeros for a bias that is not given are on the device as well."""
    product = "    y = x @ weight.T\n"
    zeros = "torch.zeros(len(weight), dtype=x.dtype)"
    slip = f"    bias = {zeros} if bias is None else bias\n{product}"
    basics = Solution(COURSE.assignment("basics"))

    result = only_failure(basics, "tensors", tmp_path, "linear", product, slip)

    about = "tensors::test_linear_agrees_with_torch_device"
    assert (result.id, how(result)) == (about, TWO_DEVICES)


def only_failure(
    solution: Solution, exercise: str, folder: Path, function: str, old: str, new: str
) -> CheckResult:
    """What the one check says that does not pass with this slip."""
    reason = simulated.available()
    if reason is not None:
        pytest.skip(reason)
    names = list(solution.assignment.exercises)
    for name in names:
        shutil.copy(solution.assignment.module(name), folder)
    file = folder / f"{exercise}.py"
    source = slipped(file.read_text(encoding="utf-8"), function, old, new)
    file.write_text(source, encoding="utf-8")
    modules = ModuleSet(folder, names)
    caller = LocalCaller(modules.load(exercise), modules.sources, modules.visible)

    found = run_checks(solution.checks[exercise], caller, 7, devices=DEVICES)

    results = [finding.result for finding in found]
    (failed,) = [r for r in results if r.outcome is not Outcome.PASSED]
    assert failed.setting == "sim float32"
    return failed


def how(result: CheckResult) -> str | None:
    """How it was found: the type of the exception, or the kind of the mismatch."""
    if result.outcome is Outcome.CRASHED:
        return result.raised and result.raised.type
    assert result.outcome is Outcome.FAILED
    assert result.mismatch is not None
    if result.mismatch.kind != "work":
        return result.mismatch.kind
    return WAITS if " host synchronisation" in result.mismatch.got else KERNELS
