"""What is said of findings at the end: of hidden ones only what costs little."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from autograder.checking.case import CaseRun
from autograder.checking.finding import Finding
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.observing import Observation
from autograder.checking.recognising import recognised
from autograder.verdict import CheckResult, Outcome
from tests.checking.related import drawn, runs_of
from tests.checking.relations.test_conditions import LARGE, fitting, in_one_message


def relations(runs: list[CaseRun], hidden: bool) -> list[str]:
    """The kinds that are told of a check that saw these runs."""
    result = CheckResult("a::b", "a", "f", "p", Outcome.FAILED, 0, 1, hidden=hidden)
    seen: Any = Observation(())  # type: ignore[arg-type]  # nothing matches it
    check: Any = SimpleNamespace(function="f")
    finding = Finding(check, result, observed={"": seen}, runs=tuple(runs))
    (told,) = recognised([finding], Lookalikes(lambda check: []))
    assert told.runs == ()
    return [relation.kind for relation in told.result.relations]


@pytest.mark.parametrize("hidden", [False, True])
def test_a_whole_grid_is_looked_into_only_where_students_see_it(hidden: bool) -> None:
    """It takes longest, and of a hidden check nobody but the instructor reads it."""
    runs = in_one_message(lambda *point: fitting(*point) - 1, fitting, LARGE)

    assert relations(runs, hidden) == ([] if hidden else ["offset"])


@pytest.mark.parametrize("hidden", [False, True])
def test_single_calls_are_looked_into_for_the_instructor_too(hidden: bool) -> None:
    """They cost a few milliseconds."""
    x = drawn(3, 4)
    runs = runs_of(lambda x: -x.exp(), lambda x: x.exp(), [(x,)], ["x"])

    assert relations(runs, hidden) == ["sign"]
