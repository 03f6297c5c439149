"""How a check ends, and whose fault that is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from autograder.checking.local import LocalCaller
from autograder.checking.running import run_checks
from autograder.verdict import Outcome
from tests.checking.conftest import Run
from tests.checking.sample import HEAD, SOURCE, one


@pytest.mark.parametrize(
    ("body", "outcome", "facts"),
    [
        ("equal(student.number(1), 1)", Outcome.PASSED, {}),
        ("assert student.number(1) == 1", Outcome.PASSED, {}),
        ("equal(student.number(7), 7)", Outcome.FAILED, {"kind": "value"}),
        ("assert student.number(7) == 7", Outcome.FAILED, {"kind": "assertion"}),
        (
            "with pytest.raises(KeyError):\n    student.number(1)",
            Outcome.FAILED,
            {"kind": "exception"},
        ),
        (
            "with pytest.raises(ValueError):\n    student.raises(1)",
            Outcome.PASSED,
            {},
        ),
        (
            "with pytest.raises(KeyError):\n    student.raises(1)",
            Outcome.CRASHED,
            {"type": "ValueError"},
        ),
        ("student.raises(1)", Outcome.CRASHED, {"type": "ValueError"}),
        ("student.later(1)", Outcome.NOT_ATTEMPTED, {}),
        ("student.absent(1)", Outcome.NOT_ATTEMPTED, {}),
        ("student.hungry(1)", Outcome.OUT_OF_MEMORY, {"type": "MemoryError"}),
        ("student.nothing(1).sum()", Outcome.FAILED, {"kind": "type"}),
        ("student.nothing(1)[0]", Outcome.FAILED, {"kind": "type"}),
        ("a, b = student.number(1)", Outcome.FAILED, {"kind": "type"}),
        ("undefined_name; student.right(1)", Outcome.GRADER_FAULT, {}),
        ("1 / 0; student.right(1)", Outcome.GRADER_FAULT, {}),
        ("student.right(1); 1 / 0", Outcome.GRADER_FAULT, {}),
        ("student.right(1); undefined_name", Outcome.GRADER_FAULT, {}),
        ("import absent_module; student.right(1)", Outcome.GRADER_FAULT, {}),
        ("student.build(len); student.right(1)", Outcome.GRADER_FAULT, {}),
        ("[].pop(); student.right(1)", Outcome.GRADER_FAULT, {}),
        (
            "agrees(student.right, torch.absent, torch.ones(2))",
            Outcome.GRADER_FAULT,
            {},
        ),
        (
            "def broken(x): raise ValueError('oracle')\n"
            "agrees(student.right, broken, torch.ones(2))",
            Outcome.GRADER_FAULT,
            {},
        ),
    ],
)
def test_outcomes(run: Run, body: str, outcome: Outcome, facts: dict[str, str]) -> None:
    """What raises where decides whose fault it is; only a pass earns points."""
    (result,) = run(one(body))

    assert result.outcome is outcome
    assert result.points == (2 if outcome is Outcome.PASSED else 0)
    assert result.max_points == 2
    told = {}
    if result.mismatch is not None:
        told["kind"] = result.mismatch.kind
    if result.raised is not None:
        told["type"] = result.raised.type
    assert told == facts


@pytest.mark.parametrize(
    ("exceptions", "expected"),
    [
        ("KeyError", "KeyError"),
        ("(KeyError, OSError, ValueError)", "KeyError, OSError or ValueError"),
    ],
)
def test_what_should_be_raised_is_named(
    run: Run, exceptions: str, expected: str
) -> None:
    """One exception, or any of several, by names that students know."""
    (result,) = run(one(f"with pytest.raises({exceptions}): student.number(1)"))

    assert result.mismatch is not None
    assert result.mismatch.expected == expected


def test_a_grader_fault_says_where(run: Run) -> None:
    """Whoever fixes the check needs the exception and its line."""
    (result,) = run(one("student.right(1); 1 / 0"))

    line = len(HEAD.splitlines()) + 5
    assert (
        result.detail == f"ZeroDivisionError: division by zero at test_sample.py:{line}"
    )


def test_a_broken_oracle_is_never_the_students_fault(run: Run) -> None:
    """Also where the student's code was called before."""
    body = """
    def broken(x): raise ValueError("oracle")
    student.number(1)
    agrees(student.right, broken, torch.ones(2))
    """
    (result,) = run(one(body))

    assert result.outcome is Outcome.GRADER_FAULT


def test_a_misspelt_function_is_found(run: Run) -> None:
    """The name that is there and close to the one that is missing is told."""
    (result,) = run(one("student.rihgt(1)"))

    assert result.detail == "rihgt is not defined; there is right, was that meant?"


def test_another_task_is_no_misspelt_function(run: Run) -> None:
    """What a check asks for by its own name was not meant by another one."""
    found = run(one("student.rihgt(1); student.right(1)"))

    assert found[0].detail == "rihgt is not defined"


def test_the_facts_of_a_crash(run: Run) -> None:
    """Exception, message, line and call."""
    (result,) = run(one("student.raises(draw(2))", "student, draw"))

    assert result.raised is not None
    assert (result.raised.type, result.raised.message) == ("ValueError", "bad x")
    assert [f.function for f in result.raised.frames] == ["raises"]
    assert result.call is not None
    assert result.call.text == "raises(x)"
    assert result.call.arguments == {"x": "float64[2]"}


def test_an_assertion_says_its_claim(run: Run) -> None:
    """A bare assert is told by its own line, and what came back."""
    (result,) = run(one("assert student.number(7) == 7"))

    assert result.mismatch is not None
    assert result.mismatch.expected == "assert student.number(7) == 7"
    assert result.mismatch.got == "8"


def test_printed_text_is_shown(run: Run) -> None:
    """Of a failing case, up to its cap."""
    (result,) = run(one("equal(student.sleepy(), 4)"))

    assert result.printed is not None
    assert len(result.printed) == 2000


def test_all_or_nothing(run: Run) -> None:
    """One failing case costs the whole check, and is told."""
    above = "@pytest.mark.parametrize('n', [1, 7, 8])"
    (result,) = run(one("equal(student.number(n), n)", "student, n", above))

    assert (result.outcome, result.case, result.points) == (Outcome.FAILED, "n=7", 0)


def test_all_settings(run: Run) -> None:
    """A check that draws runs in both dtypes; the first that fails is told."""
    body = "agrees(student.{}, lambda x: x * 2, draw(3))"

    (right,) = run(one(body.format("right"), "student, draw"))
    (wrong,) = run(one(body.format("wrong"), "student, draw"))
    single, strict = run(one(body.format("single"), "student, draw", "@digits(1)"))
    single_dtype = '@settings("cpu float32")'
    (only32,) = run(one(body.format("wrong"), "student, draw", single_dtype))

    assert right.outcome is Outcome.PASSED
    assert wrong.setting == "cpu float64"
    assert single.outcome is Outcome.PASSED
    assert {remark.kind for remark in single.remarks} == {"dtype", "digits"}
    assert strict.setting == "cpu float64"
    assert strict.mismatch is not None
    assert strict.mismatch.kind == "dtype"
    assert only32.setting == "cpu float32"


CHAIN = """
@points(1)
def test_a(student):
    '''a'''
    equal(student.number({}), {})

@points(1)
@after(test_a)
def test_b(student):
    '''b'''
    equal(student.number(2), 2)

@points(1)
@after(test_b)
def test_c(student):
    '''c'''
    equal(student.number(3), 3)
"""


def test_waiting(run: Run) -> None:
    """A check waits for the first one above that has not passed, with no call made."""
    right = run(CHAIN.format(1, 1))
    wrong = run(CHAIN.format(7, 7))

    assert [r.outcome for r in right] == [Outcome.PASSED] * 3
    assert [r.outcome for r in wrong] == [
        Outcome.FAILED,
        Outcome.WAITING,
        Outcome.WAITING,
    ]
    assert [r.waiting_for for r in wrong] == [None, "sample::test_a", "sample::test_b"]


def test_refused(run: Run) -> None:
    """A refused check is not run, and what waits for it waits."""
    results = run(
        CHAIN.format(1, 1),
        refused=lambda check: "uses torch.x" if check.name == "test_a" else None,
    )

    assert [r.outcome for r in results[:2]] == [Outcome.REFUSED, Outcome.WAITING]
    assert results[0].detail == "uses torch.x"


def test_each_check_is_announced(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects of the last check are forgotten before the next begins."""
    count = itertools.count()
    monkeypatch.setattr(LocalCaller, "forget", lambda self: next(count))
    run(CHAIN.format(1, 1))

    assert next(count) == 3


def test_hints_are_for_those_who_need_them(run: Run) -> None:
    """A passed check shows none."""
    above = "@hint('look')"

    assert run(one("equal(student.number(1), 1)", above=above))[0].hint is None
    assert run(one("equal(student.number(7), 7)", above=above))[0].hint == "look"


@pytest.mark.parametrize(
    ("setting", "takes", "is_observed"),
    [
        ("cpu float64", "student", True),
        ("cpu float32", "student", True),
        ("cpu float32", "student, draw", False),
        ("sim", "student", False),
    ],
)
def test_where_a_failure_is_observed(
    checks_of: Any,
    open_local: Callable[[str], LocalCaller],
    setting: str,
    takes: str,
    is_observed: bool,
) -> None:
    """In float64, and in the float32 of a check that draws nothing and asks for it."""
    source = one("equal(student.number(7), 7)", takes, f'@settings("{setting}")')

    (finding,) = run_checks(checks_of(source), open_local(SOURCE), 1)

    assert finding.result.outcome is Outcome.FAILED
    assert bool(finding.observed) is is_observed
