"""What is the same of several hidden checks is said once."""

from __future__ import annotations

import pytest

from autograder.reports import html, terminal
from autograder.verdict import CheckResult, Frame, Outcome, Person, Raised
from autograder.wording import attention, finding, for_student
from tests.verdicts import verdict

STOPPED = Raised("NameError", "name 'x' is not defined", [Frame("a.py", 3, "", "x")])


def hidden(name: str, outcome: Outcome, exercise: str = "a", **facts) -> CheckResult:
    return CheckResult(
        f"{exercise}::test_{name}",
        exercise,
        "f",
        f"the promise of {name}",
        outcome,
        0,
        0.5,
        hidden=True,
        **facts,
    )


def test_what_hidden_checks_try_is_said_once() -> None:
    """The first of those that fail in an exercise speaks for all of them there"""
    checks = [hidden(name, Outcome.FAILED) for name in "xyz"]
    other = hidden("w", Outcome.FAILED, "b")
    whole = verdict(*checks, other)

    said = [finding(check, whole) for check in whole.checks]

    assert said[0] is not None
    assert said[0].startswith("3 hidden checks do not pass yet. What they try stays")
    assert said[1:3] == [None, None]
    assert said[3] is not None
    assert said[3].startswith("This hidden check does not pass yet.")
    for text in (terminal.render(whole), html.render(whole)):
        assert " ".join(text.split()).count("stays hidden") == 2
        for name in "xyzw":
            assert f"the promise of {name}" in text


def test_a_hidden_check_read_alone_says_it_itself() -> None:
    """A platform shows each check by itself, and there each has its words"""
    checks = [hidden(name, Outcome.FAILED) for name in "xy"]

    said = [finding(check, verdict(*checks), alone=True) for check in checks]

    assert said[0] == said[1]
    assert said[0] is not None
    assert said[0].startswith("This hidden check does not pass yet.")


@pytest.mark.parametrize(
    ("outcome", "raised", "line"),
    [
        (Outcome.REFUSED, None, "2 hidden checks were refused, so they were not"),
        (Outcome.UNREADABLE, None, "2 hidden checks need a file that could not be"),
        (Outcome.CRASHED, STOPPED, "2 hidden checks did not run: a.py could not be"),
    ],
)
def test_hidden_checks_that_were_not_judged_are_one_line(
    outcome: Outcome, raised: Raised | None, line: str
) -> None:
    """They stand in one line with their points; the page keeps their promises"""
    seen = CheckResult("a::test_v", "a", "f", "it", outcome, 0, 1, raised=raised)
    alike = [hidden(name, outcome, raised=raised) for name in "xy"]
    whole = verdict(seen, *alike)

    text = terminal.render(whole)
    page = html.render(whole)

    assert " ".join(text.split()).count(line) == 1
    assert "the promise of x" not in text
    assert page.count(line) == 1
    for name in "xy":
        assert page.count(f"the promise of {name}") == 1


def test_answers_that_are_wrong_are_named_together() -> None:
    """Answers of the worksheet: one sentence with the names of all"""
    checks = [
        CheckResult(f"worksheet::{n}", "worksheet", "", "Why?", Outcome.FAILED, 0, 1,
                    hidden=True)
        for n in ("one", "two")
    ]  # fmt: skip

    said = [finding(check, verdict(*checks)) for check in checks]

    assert said == [
        "2 answers are not right yet. Look at one and two in worksheet.toml.",
        None,
    ]


def test_visible_checks_that_end_alike_are_one_line_behind_the_first() -> None:
    """The first says why; the page keeps the promises of the others"""
    refused = [
        CheckResult(f"a::test_{n}", "a", "f", f"promise {n}", Outcome.REFUSED, 0, 1,
                    detail="f uses torch.f")
        for n in "xyz"
    ]  # fmt: skip
    whole = verdict(*refused)

    text = " ".join(terminal.render(whole).split())
    page = html.render(whole)

    assert "✗ promise x" in text
    assert "2 more checks of f end in the same way refused 0 / 2" in text
    assert "promise y" not in text
    assert "promise y" in page


def test_hidden_checks_that_wait_are_one_line() -> None:
    """Nothing is said of one of them that is not true of all"""
    waiting = [hidden(name, Outcome.WAITING) for name in "xy"]

    text = " ".join(terminal.render(verdict(*waiting)).split())

    assert "… 2 hidden checks wait until an earlier check passes waiting 0 / 1" in text


def test_every_rule_that_was_broken_is_told_to_staff() -> None:
    """Two functions are refused for two names: both stand there, with a number"""
    told = ["f uses torch.f", "f uses torch.f", "g uses torch.g"]
    checks = [
        CheckResult(f"a::test_{n}", "a", d[0], "it", Outcome.REFUSED, 0, 1, detail=d)
        for n, d in enumerate(told)
    ]

    (reason, _) = attention(verdict(*checks))

    assert reason.text == (
        "refused, a: f uses torch.f (2 checks); a: g uses torch.g (1 check)"
    )


def test_what_a_platform_told_of_people_is_for_staff() -> None:
    """Numbers and addresses, of others in a group too, stay with whoever grades."""
    person = Person("One", "gradescope", sid="s1", email="one@school.example")

    assert for_student(verdict(people=[person])).people == []
