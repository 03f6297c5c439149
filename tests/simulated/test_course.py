"""No false alarm: what is right on the CPU is right on the device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.checking.device_choice import Devices
from autograder.checking.loading import load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.modules import ModuleSet
from autograder.checking.running import run_check
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from autograder.verdict import Outcome

ROOT = Path(__file__).parents[2]
EXERCISES = load_course(ROOT / "solutions").assignment("cnn").exercises
COMPLETE = ["student_01", "student_02", "student_16", "student_20"]  # of the examples
SIM = ("sim float32",)
DEVICES = Devices.asked("sim")

pytestmark = pytest.mark.usefixtures("has_device")


@pytest.fixture(scope="module")
def cnn():
    return Solution(load_course(ROOT / "solutions").assignment("cnn"))


def _failing(solution, exercise, caller):
    return [
        finding.result
        for finding in (
            run_check(replace(check, settings=SIM), caller, 7, DEVICES)
            for check in solution.checks[exercise]
        )
        if finding.result.outcome is not Outcome.PASSED
    ]


@pytest.mark.parametrize("exercise", EXERCISES)
def test_references_pass(cnn, exercise):
    """Every solution passes all of its checks on the device, backwards included."""
    assert _failing(cnn, exercise, cnn.reference_caller(exercise)) == []


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("student", COMPLETE)
@pytest.mark.filterwarnings("default")  # one of them warns
def test_correct_examples_pass(cnn, exercise, student, capsys):
    """So do the examples that are right."""
    folder = ROOT / "examples" / "cnn" / student
    modules = ModuleSet(folder, list(EXERCISES))
    caller = LocalCaller(modules.load(exercise), modules.sources, modules.visible)
    assert _failing(cnn, exercise, caller) == []


CHECKS = '''
import torch
from autograder import agrees, no_more_than, points, settings

@points(2)
def test_doubles(student, draw):
    """f doubles"""
    agrees(student.f, lambda x: 2 * x, draw(3))

@points(1)
@settings("sim")
def test_on_the_device(student, draw):
    """f runs where x is"""
    agrees(student.f, lambda x: 2 * x, draw(3))
    no_more_than(operators=4, synchronisations=0)
'''


@pytest.fixture
def checks(tmp_path):
    path = tmp_path / "test_sample.py"
    path.write_text(CHECKS)
    return load_checks(path, "sample")


def _outcomes(checks, caller):
    devices = Devices.asked("sim")
    found = [run_check(check, caller, 1, devices).result for check in checks]
    return [(result.outcome.value, result.setting) for result in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x * 2", ("passed", None)),
        ("x * torch.full((3,), 2, dtype=x.dtype)", ("crashed", "sim float32")),
        ("(x.cpu() * 2).to(x.device)", ("failed", "sim float32")),
    ],
)
def test_device_points_are_a_check_of_their_own(checks, open_local, body, expected):
    """A forgotten device costs the check that is marked for it, and no other."""
    caller = open_local(f"import torch\ndef f(x): return {body}\n")
    assert _outcomes(checks, caller) == [("passed", None), expected]


def test_a_device_stands_for_its_settings(checks):
    """``@settings("sim")`` is float32 there; a check that names none is for the CPU."""
    assert checks[0].settings == ("cpu float64", "cpu float32")
    assert checks[1].settings == SIM
    assert DEVICES.report(checks) == (["cpu float64", "cpu float32", *SIM], {})


def test_an_unknown_setting_is_refused(tmp_path):
    """The error names those that there are."""
    path = tmp_path / "test_sample.py"
    path.write_text(CHECKS.replace('"sim"', '"tpu"'))
    with pytest.raises(CourseError, match="'tpu'; there are .*sim float32, .*and cpu"):
        load_checks(path, "sample")


def test_where_it_is_missing_the_check_runs_on_the_cpu(checks, open_local, monkeypatch):
    """And can still be failed."""
    monkeypatch.setattr("autograder.simulated.available", lambda: "torch is too old")
    right = open_local("def f(x): return x * 2\n")
    wrong = open_local("def f(x): return x * 3\n")
    assert _outcomes(checks[1:], right) == [("passed", None)]
    assert _outcomes(checks[1:], wrong) == [("failed", "cpu float32")]
