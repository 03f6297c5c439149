"""Bounds on work: what they say, and those that would bound nothing are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from autograder.checking.bounds import as_many_operators, no_more_than
from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.comparing import agrees
from autograder.checking.device_choice import Devices
from autograder.checking.difference import Differs
from autograder.checking.loading import load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_check
from autograder.checking.student import Student
from autograder.checking.work import Figures, ReferenceWork, as_document, from_document
from autograder.errors import CourseError
from autograder.verdict import Outcome, Work

CHECK = """
from autograder import as_many_operators, no_more_than, points, settings

@points(1){above}
def test_it(student, draw):
    '''it is fast'''
    student.f(draw(3))
    {bound}
"""
OpenLocal = Callable[[str], LocalCaller]


@pytest.mark.parametrize(
    "bound", ["no_more_than(synchronisations=0)", "as_many_operators()"]
)
def test_a_bound_where_nothing_is_counted(tmp_path: Path, bound: str) -> None:
    """On the CPU it would claim nothing; the error says where to put it."""
    path = tmp_path / "test_sample.py"
    path.write_text(CHECK.format(above="", bound=bound))
    with pytest.raises(CourseError, match=r"no work is counted; mark it @settings"):
        load_checks(path, "sample")

    path.write_text(CHECK.format(above='\n@settings("sim")', bound=bound))
    assert load_checks(path, "sample")


def test_a_bound_without_a_number() -> None:
    """It would hold for everything."""
    with pytest.raises(TypeError, match=r"operators=, synchronisations= or times=; na"):
        no_more_than()


def test_less_than_the_reference() -> None:
    """The reference itself would not pass."""
    with pytest.raises(ValueError, match=r"times=0.5; the reference itself"):
        no_more_than(times=0.5)


def test_a_comparison_with_nothing(open_local: OpenLocal) -> None:
    """One call cannot take more than the first."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    student.f(torch.ones(2))
    with pytest.raises(TypeError, match="there is no later call"):
        as_many_operators()

    student.f(torch.ones(4))
    as_many_operators()


def test_a_comparison_with_a_batch_of_one(open_local: OpenLocal) -> None:
    """Code may take another way for one: the error says to begin with two."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    student.f(torch.ones(1, 3))
    student.f(torch.ones(4, 3))
    with pytest.raises(TypeError, match=r"has 1 along axis 0 .* so begin with two"):
        as_many_operators()


def test_one_that_does_not_grow_is_no_trap(open_local: OpenLocal) -> None:
    """An axis that has one in both calls tells nothing and disturbs nobody."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    student.f(torch.ones(2, 1))
    student.f(torch.ones(4, 1))
    as_many_operators()


def test_agrees_alone_is_nothing_to_compare(open_local: OpenLocal) -> None:
    """Its two calls are of different kinds: the second follows gradients."""
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(open_local("def f(x): return x * 2"))
    agrees(student.f, lambda x: x * 2, torch.ones(2))
    with pytest.raises(TypeError, match="there is no later call"):
        as_many_operators()

    agrees(student.f, lambda x: x * 2, torch.ones(4))
    as_many_operators()


LOOP = "def f(x): return sum(row * 2 for row in x)"
TWICE = """
from autograder import no_more_than, points, settings

@points(1)
@settings("sim")
def test_it(student, draw):
    '''it is fast'''
    student.f(draw(2, 5))
    student.f(draw(6, 5))
    no_more_than(times=2)
"""


@pytest.fixture
def sim() -> Devices:
    """The simulated GPU."""
    return Devices.asked("sim")


def test_twice_the_reference(
    tmp_path: Path, open_local: OpenLocal, sim: Devices
) -> None:
    """Each call is held against the reference's same call, with both numbers."""
    path = tmp_path / "test_sample.py"
    path.write_text(TWICE)
    (check,) = load_checks(path, "sample")
    right = open_local("def f(x): return (x * 2).sum(0)")
    taken = run_check(check, right, 1, sim).counted
    assert taken == {"sim float32": [2, 2]}

    # As lookalikes.json has them.
    document = as_document({check.id: Figures(Work("f", 2, 40), taken)})
    reference = from_document(document)
    assert run_check(check, right, 1, sim, reference).result.outcome is Outcome.PASSED
    result = run_check(check, open_local(LOOP), 1, sim, reference).result
    assert result.mismatch is not None
    assert result.mismatch.expected == "at most 4 operators, twice the reference's 2"
    assert result.mismatch.got == "12 operators"


def test_no_figures_of_the_reference(
    tmp_path: Path, open_local: OpenLocal, sim: Devices
) -> None:
    """Where nobody knows what it takes, nothing is claimed."""
    path = tmp_path / "test_sample.py"
    path.write_text(TWICE)
    (check,) = load_checks(path, "sample")
    unknown = ReferenceWork(lambda check: Figures())

    for reference in (None, unknown):
        found = run_check(check, open_local(LOOP), 1, sim, reference)
        assert found.result.outcome is Outcome.PASSED


def test_figures_without_a_relative_bound_stay_as_they_are() -> None:
    """lookalikes.json holds the calls of those checks alone that ask for them."""
    document = as_document({"a::test_b": Figures(Work("f", 2, 40)), "a::c": Figures()})

    assert list(document) == ["a::test_b"]
    assert "calls" not in document["a::test_b"]


def test_messages_have_numbers(open_local: OpenLocal) -> None:
    """How many are allowed, and how many there were."""
    begin(CaseRun(SETTINGS["sim float32"], 1))
    student = Student(open_local(LOOP), "sim")
    student.f(torch.ones(2, 3))
    with pytest.raises(Differs, match="expected at most 1 operator, got 4 operators"):
        no_more_than(operators=1)


GROWTH = """
from autograder import as_many_operators, points, settings

@points(1)
@settings("sim")
def test_it(student, draw):
    '''it takes as many operators for more rows'''
    for rows in (2, 6):
        student.f(draw(rows, 5))
    as_many_operators()
"""


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("def f(x): return x + torch.ones(5)", Outcome.PASSED),
        ("def f(x): return torch.ones(x.shape).mul_(2)", Outcome.PASSED),
        ("def f(x): return sum(r + torch.ones(5) for r in x)", Outcome.FAILED),
        ("def f(x): return sum(torch.ones(5) * 2 for r in x)", Outcome.FAILED),
        ("def f(x): return x + torch.ones(7)", Outcome.CRASHED),
        ("def f(x): return x @ x.cpu().T", Outcome.PASSED),
        ("def f(x): return x.to('cpu') @ x.T", Outcome.PASSED),
        ("def f(x): return x @ x.to(device=torch.device('cpu')).T", Outcome.PASSED),
        ("def f(x): return x + torch.ones(5, device='cpu')", Outcome.PASSED),
        ("def f(x): return x * 2 + x.cpu()", Outcome.PASSED),
        ("def f(x): return sum(r @ x.cpu().T for r in x)", Outcome.FAILED),
        ("def f(x): return sum(r * 2 for r in x.cpu())", Outcome.FAILED),
        ("def f(x): return x + torch.from_numpy(x.cpu().numpy())", Outcome.PASSED),
        ("def f(x): return x + torch.tensor(x.numpy(force=True))", Outcome.PASSED),
    ],
    ids=["on the way", "the answer", "a loop", "a loop elsewhere", "another error",
         "moved", "moved with to", "moved by a device", "made on the CPU",
         "moved by and by", "a loop over what was moved", "a loop on the CPU",
         "by way of NumPy", "read by force"],
)  # fmt: skip
def test_a_forgotten_device_is_no_loop(
    tmp_path: Path, open_local: OpenLocal, sim: Devices, code: str, outcome: Outcome
) -> None:
    """It costs the device check; here the operators are counted all the same."""
    path = tmp_path / "test_sample.py"
    path.write_text(GROWTH)
    (check,) = load_checks(path, "sample")

    found = run_check(check, open_local(f"import torch\n{code}"), 7, sim).result

    assert (found.outcome, found.setting in (None, "sim float32")) == (outcome, True)
    if outcome is Outcome.FAILED:
        assert found.mismatch is not None
        assert found.mismatch.kind == "work"
