"""When what is observed of a function is enough to name an idea by it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.checking.finding import Finding
from autograder.checking.loading import load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import is_evidence
from autograder.checking.observing import Observation
from autograder.checking.running import run_checks
from autograder.verdict import Outcome
from tests.conftest import module_of


def ran(tmp_path: Path, source: str) -> list[Finding]:
    """What checks find of the functions below."""
    path = tmp_path / "test_sample.py"
    path.write_text(HEAD + source)
    caller = LocalCaller(module_of(SOURCE), {})
    return list(run_checks(load_checks(path, "sample"), caller, 1))


def seen(*observations: Observation, ran: int = 0) -> list[Finding]:
    """The finding of a check with these failed cases, and others that passed."""
    cases = {str(number): one for number, one in enumerate(observations)}
    passed = {f"passed {number}" for number in range(ran)}
    nothing: Any = None
    return [Finding(nothing, nothing, cases, frozenset(cases) | passed)]


def calls(*texts: str) -> Observation:
    """Wrong answers to these calls."""
    return Observation([], calls=frozenset(texts))


ODD = Observation([], odd=True)


@pytest.mark.parametrize(
    ("findings", "enough"),
    [
        ([], False),
        (seen(Observation([])), False),
        (seen(Observation([], 3)), False),
        (seen(Observation([], 4)), True),
        (seen(Observation([], 2), Observation([], 2)), True),
        (seen(Observation([], 1), Observation([], 2)), False),
        (seen(calls("f(1) 2")), False),
        (seen(calls("f(1) 2", "f(2) 3", "f(3) 4")), True),
        (seen(calls("f(1) 2"), calls("f(2) 3"), calls("f(3) 4")), True),
        (seen(calls("f(1) 2"), calls("f(1) 2"), calls("f(1) 2")), False),
        (seen(ODD, ODD), False),
        (seen(ODD, ODD, ran=1), False),
        (seen(ODD, ODD, ran=2), True),
        (seen(ODD, ran=5), False),
        (seen(ODD, ODD, Observation([], 1), Observation([], 1)), True),
    ],
    ids=[
        *("nothing", "form alone", "three numbers", "four numbers"),
        *("two and two", "one and two", "one integer", "three calls"),
        *("three cases", "one call in three cases"),
        *("exceptions alone", "one value", "two values", "one exception"),
        "beside wrong numbers",
    ],
)
def test_evidence(findings: list[Finding], enough: bool) -> None:
    """Numbers, different calls, and odd cases beside such that ran to a value."""
    assert is_evidence(findings) is enough


SOURCE = """
import torch
def count(n):
    return n - 1
def name(n):
    return "abcd"[n]
def twice(x):
    return x * torch.where(x > 0, torch.nan, 2.0)
def shut(n):
    if n > 1:
        raise KeyError(n)
    return n
def is_large(x):
    return bool(x.sum() > 9)
def opened(n):
    return n
"""
HEAD = """
import pytest, torch
from autograder import agrees, equal, close, digits, points, types
"""


@pytest.mark.parametrize(
    ("body", "values", "enough"),
    [
        ("equal(student.count(v), v)", "[1, 2]", False),
        ("equal(student.count(v), v)", "[1, 2, 3]", True),
        ("equal(student.count(v // 5), v // 5)", "[1, 2, 3, 4]", False),
        ("equal(student.name(v), 'xyz'[v])", "[0]", False),
        ("equal(student.name(v), 'xyz'[v])", "[0, 1]", True),
        ("assert student.count(v) == v", "[1, 2]", False),
        ("assert student.count(v) == v", "[1, 2, 3]", True),
        ("with pytest.raises(ValueError): student.opened(v)", "[1, 2]", False),
        ("with pytest.raises(ValueError): student.opened(v)", "[1, 2, 3]", True),
        ("equal(student.shut(v), v)", "[0, 1, 2, 3]", True),
        ("equal(student.shut(v), v)", "[0, 2, 3]", False),
        ("close(student.twice(v * ONE), v * ONE * 2)", "[-1.0, -2.0, 1.0, 2.0]", True),
        ("close(student.twice(v * ONE), v * ONE * 2)", "[-1.0, 1.0, 2.0]", False),
        ("close(student.twice(v * ONE), v * ONE * 2)", "[-1.0, -2.0, 2.0]", False),
        ("close(student.twice(v * ONE), v * ONE)", "[-1.0, -2.0]", False),
        ("close(student.twice(v * ONE), v * ONE)", "[-1.0, -2.0, -3.0, -4.0]", True),
    ],
)
def test_evidence_of_answers(
    body: str, values: str, enough: bool, tmp_path: Path
) -> None:
    """What counts of integers, booleans, texts, claims, exceptions and NaN."""
    source = f"""
ONE = torch.ones(2, dtype=torch.float64)
@points(1)
@pytest.mark.parametrize("v", {values})
def test_f(student, v):
    '''f does'''
    {body}
"""
    findings = ran(tmp_path, source)

    assert findings[0].result.outcome in (Outcome.FAILED, Outcome.CRASHED)
    assert is_evidence(findings) is enough


def test_a_call_that_is_asked_again(tmp_path: Path) -> None:
    """The same wrong answer in another check is no new evidence."""
    told = []
    for last in (1, 3):
        findings = ran(
            tmp_path,
            "".join(
                f"""
@points(1)
def test_{name}(student):
    '''it counts'''
    equal(student.count({number}), {number})
"""
                for name, number in [("a", 1), ("b", 2), ("c", 1), ("d", last)]
            ),
        )
        assert [f.result.outcome for f in findings] == [Outcome.FAILED] * 4
        told.append(is_evidence(findings))

    assert told == [False, True]


def test_tensors_tell_calls_apart(tmp_path: Path) -> None:
    """Calls with tensors of one shape are different where their values are."""
    told = []
    for values in ([1, 2, 3], [1, 2, 1]):
        checks = [
            f"""
@points(1)
def test_{place}(student):
    '''it is large'''
    equal(student.is_large(torch.tensor([{value}])), True)
"""
            for place, value in enumerate(values)
        ]
        told.append(is_evidence(ran(tmp_path, "".join(checks))))

    assert told == [True, False]


@pytest.mark.parametrize(
    ("got", "truth", "enough"),
    [
        ("[0.0, 0.0, 0.0, 0.0, 9.0]", "[1.0, 2.0, 3.0, 4.0, 9.0]", True),
        ("[1.0, 2.0, 3.0, 4.0, 9.0]", "[0.0, 0.0, 0.0, 0.0, 9.0]", True),
        ("[0.0, 0.0, 0.0, 0.0, 9.0]", "[1.0, 1.0, 1.0, 2.0, 9.0]", False),
        ("[0.0, 0.0, 0.0, 0.0, 0.0]", "[1.0, 2.0, 3.0, 4.0, 0.0]", False),
    ],
    ids=["one for many", "many for one", "one for two", "one everywhere"],
)
def test_numbers_of_a_tensor(
    got: str, truth: str, enough: bool, tmp_path: Path
) -> None:
    """Different wrong numbers count, or the different true ones in their places."""
    source = f"""
@points(1)
def test_f(student):
    '''f does'''
    dtype = torch.float64
    answer = student.opened(torch.tensor({got}, dtype=dtype))
    close(answer, torch.tensor({truth}, dtype=dtype))
"""

    assert is_evidence(ran(tmp_path, source)) is enough
