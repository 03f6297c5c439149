"""Which mistake behaves as a student's function does."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from autograder.checking import solution
from autograder.checking.finding import Finding, blank_result
from autograder.checking.loading import Check
from autograder.checking.lookalikes import (
    Lookalikes,
    Recorded,
    as_document,
    from_document,
    function_id,
)
from autograder.checking.observing import Observation
from autograder.checking.parametrised import Case
from autograder.checking.solution import Solution
from autograder.verdict import Idea, Outcome

ONE = Idea("one", "the first", "why?")
TWO = Idea("two", "the second", "how?")
MANY = 9  # wrong numbers: evidence enough

Answers = dict[str, str | None]  # by case: what comes out, None where it is right


@pytest.fixture
def check(tiny: Solution) -> Check:
    """A check with three cases: a, b and c."""
    cases = tuple(Case(name, {}) for name in "abc")
    return replace(tiny.checks["functions"][0], name="test_f", cases=cases)


def found(check: Check, answers: Answers, numbers: int = MANY) -> Finding:
    """What was found of a check whose cases gave these answers; others did not run."""
    observed = {
        case: Observation(["value", answer], numbers)
        for case, answer in answers.items()
        if answer is not None
    }
    outcome = Outcome.FAILED if observed else Outcome.PASSED
    return Finding(check, blank_result(check, outcome), observed, frozenset(answers))


def recorded(idea: Idea, answers: dict[str, Answers]) -> Recorded:
    """A mistake that answers so, by check."""
    return Recorded(
        idea,
        {
            check: {case: ["value", a] for case, a in some.items() if a is not None}
            for check, some in answers.items()
        },
    )


def named(mistakes: list[Recorded], *findings: Finding) -> list[str | None]:
    """The idea told beside each finding."""
    lookalikes = Lookalikes(lambda check: list(mistakes))
    return [finding.result.diagnosis for finding in lookalikes.diagnose(findings)]


@pytest.mark.parametrize(
    ("one", "two", "name"),
    [
        ({"a": "x", "b": "y"}, {"a": "x", "b": "z"}, "one"),
        ({"a": "x"}, {"b": "y"}, None),
        ({"a": "x", "b": "y"}, {"a": "x", "b": "y"}, None),
        ({"a": "x", "b": "y", "c": "z"}, {"a": "x"}, None),
        ({}, {}, None),
    ],
    ids=["one", "none", "both", "passes elsewhere", "neither fails"],
)
def test_exactly_one_mistake(
    check: Check, one: Answers, two: Answers, name: str | None
) -> None:
    """An idea is named where one mistake alone does the same in every case."""
    mistakes = [recorded(ONE, {check.id: one}), recorded(TWO, {check.id: two})]

    finding = found(check, {"a": "x", "b": "y", "c": None})

    assert named(mistakes, finding) == [name]


def test_two_mistakes_in_the_same_words(check: Check) -> None:
    """They are one idea, which a check that has not run would show in two ways."""
    finding = found(check, {"a": "x"})
    same = replace(ONE, name="one_and_more")
    mistakes = [recorded(idea, {check.id: {"a": "x"}}) for idea in (ONE, same)]

    assert named(mistakes, finding) == ["one"]


def test_all_checks_of_a_function_speak(check: Check) -> None:
    """A mistake that passes another check which the student fails is not theirs."""
    other = replace(check, name="test_g")
    failed = found(check, {"a": "x"})
    mistakes = [recorded(ONE, {check.id: {"a": "x"}})]

    passed = found(other, {"a": None})
    assert named(mistakes, failed, passed) == ["one", None]
    differs = found(other, {"a": "y"})
    assert named(mistakes, failed, differs) == [None, None]


def not_refused(check: Check) -> Finding:
    """What was found of a check that asked for an exception and got a value."""
    seen = Observation(["exception", "x"], calls=frozenset("1"))
    result = blank_result(check, Outcome.FAILED)
    return Finding(check, result, {"a": seen}, frozenset("a"))


def test_a_refusal_that_is_missing_as_well(check: Check) -> None:
    """It hides no idea that the numbers show, and is not told in that idea's words."""
    other = replace(check, name="test_g")
    both = found(check, {"a": "x"}), not_refused(other)
    refuses = recorded(ONE, {check.id: {"a": "x"}})
    returns = recorded(ONE, {check.id: {"a": "x"}})
    returns.failing[other.id] = {"a": ["exception", "y"]}

    assert named([refuses], *both) == ["one", None]
    assert named([returns], *both) == [None, None]
    returns.failing[other.id] = {"a": ["exception", "x"]}
    assert named([returns], *both) == ["one", "one"]


def test_a_refusal_that_only_the_mistake_misses(check: Check) -> None:
    """Whoever refuses bad input, and else does as the mistake, has its idea."""
    other = replace(check, name="test_g")
    both = found(check, {"a": "x"}), found(other, {"a": None})
    mistake = recorded(ONE, {check.id: {"a": "x"}})
    mistake.failing[other.id] = {"a": ["exception", "y"]}

    assert named([mistake], *both) == ["one", None]
    mistake.failing[other.id] = {"a": ["value", "y"]}
    assert named([mistake], *both) == [None, None]


def test_mistakes_about_refusals_are_told_apart(check: Check) -> None:
    """What one of them does exactly is that one, though others share some of it."""
    seen = Observation(["exception", "x"], calls=frozenset("123"))
    result = blank_result(check, Outcome.FAILED)
    finding = Finding(check, result, {"a": seen}, frozenset("ab"))
    one, two = recorded(ONE, {}), recorded(TWO, {})
    one.failing[check.id] = {"a": ["exception", "x"]}
    two.failing[check.id] = {"a": ["exception", "x"], "b": ["exception", "y"]}

    assert named([one, two], finding) == ["one"]
    assert named([two], finding) == [None]


def test_both_crash(check: Check) -> None:
    """What they raise is of no account where their values agree elsewhere."""
    other = replace(check, name="test_g")
    crash = Observation(["thrown", "IndexError"], calls=frozenset("1"), odd=True)
    crashed = Finding(
        other, blank_result(other, Outcome.CRASHED), {"a": crash}, frozenset("a")
    )
    both = found(check, {"a": "x"}), crashed
    mistake = recorded(ONE, {check.id: {"a": "x"}})
    mistake.failing[other.id] = {"a": ["thrown", "ValueError"]}

    assert named([mistake], *both) == ["one", None]
    mistake.failing[other.id] = {"a": ["value", "y"]}
    assert named([mistake], *both) == [None, None]
    del mistake.failing[other.id]
    assert named([mistake], *both) == [None, None]


def test_a_missing_refusal_alone_is_no_evidence(check: Check) -> None:
    """For a mistake that refuses there must be something else that it shares."""
    other = replace(check, name="test_g")
    mistakes = [recorded(ONE, {"elsewhere": {"a": "x"}})]

    assert named(mistakes, not_refused(other)) == [None]


def test_a_mistake_that_fails_where_the_student_passes(check: Check) -> None:
    """It is another one, though it answers the same where both fail."""
    other = replace(check, name="test_g")
    mistakes = [recorded(ONE, {check.id: {"a": "x"}, other.id: {"b": "y"}})]

    right = found(other, {"a": None, "b": None})
    assert named(mistakes, found(check, {"a": "x"}), right) == [
        None,
        None,
    ]


def test_what_did_not_run_says_nothing(check: Check) -> None:
    """A check that waited and a case that came to no end tell nothing of either."""
    other = replace(check, name="test_g")
    mistakes = [recorded(ONE, {check.id: {"a": "x", "c": "z"}, other.id: {"b": "y"}})]
    waiting = Finding(other, blank_result(other, Outcome.WAITING))

    told = named(mistakes, found(check, {"a": "x"}), waiting)

    assert told == ["one", None]


def test_functions_are_told_apart(check: Check) -> None:
    """What another function does has no part in it."""
    other = replace(check, name="test_g", function="attention")
    mistakes = {
        function_id(check): [recorded(ONE, {check.id: {"a": "x"}})],
        function_id(other): [recorded(TWO, {other.id: {"a": "y"}})],
    }
    lookalikes = Lookalikes(lambda check: list(mistakes[function_id(check)]))
    both = [found(check, {"a": "x"}), found(other, {"a": "y"})]

    told = [finding.result.diagnosis for finding in lookalikes.diagnose(both)]

    assert told == ["one", "two"]


def test_a_derived_check_that_its_parent_decided(check: Check) -> None:
    """It was not run since nothing was remarked: a mistake that fails it differs."""
    digits = replace(
        check, name="test_f_digits", parent="test_f", same_cases=True, strict=True
    )
    other = replace(check, name="test_g")
    findings = [
        found(check, {"a": None, "b": None, "c": None}),
        Finding(digits, blank_result(digits, Outcome.PASSED)),
        found(other, {"a": "x"}),
    ]
    plain = recorded(ONE, {other.id: {"a": "x"}})
    strict = recorded(TWO, {other.id: {"a": "x"}, digits.id: {"b": "y"}})

    assert named([plain, strict], *findings) == [None, None, "one"]
    assert named([strict], *findings) == [None, None, None]


def test_mistakes_are_asked_once(
    tiny: Solution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake is run on a case when it is first asked about it, and not again."""
    asked: list[str] = []
    really = solution.try_case

    def counted(check: Check, case: Case, *rest: Any) -> Any:
        asked.append(case.id)
        return really(check, case, *rest)

    monkeypatch.setattr(solution, "try_case", counted)
    mistaken = tiny.mistaken("counting", "gate_name", 11)[0]
    (gates,) = [c for c in tiny.checks["counting"] if c.function == "gate_name"]
    told = [
        mistaken.at(gates, case) is None for case in gates.cases[:2] + gates.cases[:3]
    ]

    assert told == [False, False, False, False, True]
    assert asked == ["0", "1", "2"]


def test_as_a_file(check: Check) -> None:
    """What a release carries says the same."""
    mistakes = [recorded(ONE, {check.id: {"a": "x", "b": None}})]
    function = function_id(check)

    text = json.dumps(as_document({function: list(mistakes)}, {function: [check]}))
    lookalikes = from_document(json.loads(text))

    assert json.loads(text)[function] == [
        {
            "name": "one",
            "sentence": "the first",
            "question": "why?",
            "failing": {check.id: {"a": ["value", "x"]}},
        }
    ]
    finding = found(check, {"a": "x", "b": None, "c": None})
    assert [f.result.diagnosis for f in lookalikes.diagnose([finding])] == ["one"]
    nothing = from_document({}).diagnose([finding])
    assert [f.result.diagnosis for f in nothing] == [None]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"functions::f": 3},
        {"functions::f": [3]},
        {"functions::f": [{"name": "one"}]},
        {
            "functions::f": [
                {"name": "one", "sentence": "s", "question": "q", "failing": []}
            ]
        },
        {
            "functions::f": [
                {"name": "one", "sentence": "s", "question": "q", "failing": {"c": 1}}
            ]
        },
    ],
    ids=repr,
)
def test_a_damaged_file(document: Any) -> None:
    """It raises what whoever reads it expects, and nothing is half read."""
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        from_document(document)
