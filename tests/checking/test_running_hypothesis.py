"""Hypothesis checks, stops and seeds."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.checking.callers import Stopped
from autograder.checking.finding import Finding
from autograder.checking.loading import Check
from autograder.checking.running import run_check, run_checks
from autograder.verdict import Outcome
from tests.checking.conftest import Run
from tests.checking.sample import SOURCE, one

GIVEN = one(
    "equal(student.number(n), n)", "student, n", "@given(n=st.integers(0, 1000))"
)
GIVEN_DRAW = one(
    "close(student.right(draw(n)).sum(), torch.tensor(1.0))",
    "student, draw, n",
    "@given(n=st.integers(1, 9))",
)


def test_hypothesis_finds_the_smallest(run: Run) -> None:
    """The finding is the shrunk example, and the facts are of its call."""
    (result,) = run(GIVEN)

    assert result.outcome is Outcome.FAILED
    assert result.call is not None
    assert result.call.text == "number(7)"
    assert result.mismatch is not None
    assert (result.mismatch.expected, result.mismatch.got) == ("7", "8")


@pytest.mark.parametrize("source", [GIVEN, GIVEN_DRAW])
def test_hypothesis_is_determined_by_the_seed(
    checks_of: Any, open_local: Any, source: str
) -> None:
    """The same finding twice, of the same loaded check and of one loaded anew."""
    first = checks_of(source)

    def found(check: Check, seed: int = 3) -> Finding:
        return run_check(check, open_local(SOURCE), seed)

    results = [found(first[0]), found(first[0]), found(checks_of(source)[0])]

    assert results[0] == results[1] == results[2]
    assert len(results[0].observed) == 1


def test_hypothesis_draws_other_examples_under_another_seed(
    checks_of: Any, open_local: Any
) -> None:
    """A check is not run on the same integers for ever."""
    from autograder.checking.case import current

    (check,) = checks_of(
        one("SEEN.append(n); student.number(n)", "student, n",
            "SEEN = []\n@given(n=st.integers(0, 10**9))")
    )  # fmt: skip
    seen = check.body.hypothesis.inner_test.__globals__["SEEN"]
    drawn = []
    for seed in (1, 1, 2):
        seen.clear()
        run_check(check, open_local(SOURCE), seed)
        drawn.append(list(seen))

    assert drawn[0] == drawn[1] != drawn[2]
    assert 10 < len(drawn[0]) <= 50
    assert len(current().events) == 1, "each example begins anew"


def test_draw_is_the_same_for_each_example(run: Run) -> None:
    """An example with other integers draws from the beginning again."""
    body = "close(student.right(draw(2)), draw.values([1.0, 2.0]))"
    plain = run(one(body, "student, draw"))[0].mismatch
    given = run(one(body, "student, draw, n", "@given(n=st.integers(0, 9))"))[
        0
    ].mismatch

    assert plain is not None
    assert given is not None
    assert plain.got_preview == given.got_preview


class Stopping:
    """A caller whose process dies at its third call."""

    def __init__(self) -> None:
        self.calls = 0

    def call(self, request: Any) -> Any:
        """Count, and stop."""
        from autograder.protocol.calls import Answer

        self.calls += 1
        if self.calls >= 3:
            raise Stopped(Outcome.OUT_OF_TIME, "number: no answer in 2 s")
        return Answer(value=request.args["tuple"][0])

    def parameter_names(self, function: str) -> list[str]:
        """None."""
        return []

    def output_names(self, function: str) -> list[str]:
        """None."""
        return []

    def release(self, graphs: list[int]) -> None:
        """Nothing."""

    def forget(self) -> None:
        """Nothing."""

    def backward(self, graph: int, cotangents: Any) -> Any:
        """Nothing."""


@pytest.mark.parametrize(
    "source",
    [
        GIVEN,
        one(
            "equal(student.number(n), n)",
            "student, n",
            "@pytest.mark.parametrize('n', list(range(9)))",
        ),
        one("for n in range(9):\n    equal(student.number(n), n)"),
        one(
            "for n in range(9):\n"
            "    with pytest.raises(Exception):\n"
            "        student.number(n)\n"
            "        raise ValueError"
        ),
    ],
    ids=["Hypothesis", "cases", "loop", "raises"],
)
def test_a_stop_ends_the_check_at_once(checks_of: Any, source: str) -> None:
    """No further example, shrinking or case calls into what died."""
    caller = Stopping()
    (check,) = checks_of(source)

    found = run_check(check, caller, 1)

    assert found.result.outcome is Outcome.OUT_OF_TIME
    assert found.result.detail == "number: no answer in 2 s"
    assert caller.calls == 3
    assert "n=2" not in found.ran | set(found.observed)
    assert not found.observed


def test_seeds_do_not_depend_on_order(checks_of: Any, open_local: Any) -> None:
    """A check finds the same alone as among others."""
    source = GIVEN_DRAW + "\n" + GIVEN_DRAW.replace("test_it", "test_other")
    both = list(run_checks(checks_of(source), open_local(SOURCE), 5))
    alone = list(run_checks(checks_of(source)[1:], open_local(SOURCE), 5))

    assert both[1] == alone[0]
    assert both[0].observed != both[1].observed


def test_a_keyboard_interrupt_is_the_graders(checks_of: Any, open_local: Any) -> None:
    """Control-C ends the run, not the check."""
    (check,) = checks_of(one("student.right(1); raise KeyboardInterrupt"))

    with pytest.raises(KeyboardInterrupt):
        run_check(check, open_local(SOURCE), 1)


def test_numeric_checks_are_known(checks_of: Any, open_local: Any) -> None:
    """Whether floating-point values were compared is known of passed checks too."""
    source = one("equal(student.number(1), 1)") + one(
        "close(student.right(1.0), 2.0)"
    ).replace("test_it", "test_other")
    found = list(run_checks(checks_of(source), open_local(SOURCE), 1))

    assert [f.numeric for f in found] == [False, True]


def test_what_torch_draws_is_the_same_again(run: Run) -> None:
    """A model that is built begins with the same weights in every run."""
    source = one(
        "weight = student.build(torch.nn.Linear, 1, 1).state_dict()['weight'].item()\n"
        "equal(student.right(weight), None)"
    )

    assert run(source) == run(source)
