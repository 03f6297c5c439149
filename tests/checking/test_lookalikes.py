"""Which mistake a failing answer equals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autograder.checking.lookalikes import Lookalikes, as_document, from_document
from autograder.checking.running import Finding, blank_result
from autograder.checking.solution import Solution
from autograder.verdict import Idea, Outcome

ONE = Idea("one", "the first", "why?")
TWO = Idea("two", "the second", "how?")


@pytest.fixture
def check(tiny: Solution) -> Any:
    """Any check."""
    return tiny.checks["functions"][0]


def failing(check: Any, signature: Any) -> Finding:
    """A finding with this signature."""
    return Finding(blank_result(check, Outcome.FAILED), signature)


@pytest.mark.parametrize(
    ("known", "signature", "name"),
    [
        ([(ONE, ["a", 1.0]), (TWO, ["b", 1.0])], ["a", 1.0 + 1e-12], "one"),
        ([(ONE, ["a", 1.0]), (TWO, ["b", 1.0])], ["c", 1.0], None),
        ([(ONE, ["a", 1.0]), (TWO, ["a", 1.0])], ["a", 1.0], None),
        ([(ONE, ["a", 1.0])], None, None),
        ([], ["a", 1.0], None),
    ],
    ids=["one", "none", "two", "no signature", "no mistakes"],
)
def test_exactly_one_mistake(
    check: Any, known: Any, signature: Any, name: str | None
) -> None:
    """A student is told of a mistake only when no other one behaves alike."""
    found = Lookalikes(lambda check: known).diagnose(check, failing(check, signature))

    assert found.result.diagnosis == name


def test_mistakes_are_computed_once(check: Any) -> None:
    """The signatures of a check are asked for when first needed and kept."""
    asked = []
    lookalikes = Lookalikes(lambda check: asked.append(check) or [])  # type: ignore[func-returns-value]
    for _ in range(3):
        lookalikes.of(check)

    assert asked == [check]


def test_as_a_file(check: Any) -> None:
    """What a release carries says the same."""
    text = json.dumps(as_document({check.id: [(ONE, ["a", 1.0])]}))

    assert from_document(json.loads(text)).of(check) == [(ONE, ["a", 1.0])]
    assert from_document({}).of(check) == []
    assert set(json.loads(text)[check.id][0]) == {
        *("name", "sentence", "question", "signature")
    }
