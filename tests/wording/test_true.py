"""Sentences that would be false of what happened are not said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autograder.reports import gradescope, html
from autograder.verdict import CheckResult, Mismatch, Outcome, Verdict
from autograder.wording import finding, message_for, rows, title_of
from autograder.wording.mismatches import extent

SHAPE = Mismatch("shape", "the output", "float32[2, 3]", "float32[2, 4]")
VALUE = Mismatch("value", "the output", "1", "2")
DTYPE = Mismatch("dtype", "the output", "float64[2]", "float32[2]")
NO_GRADIENT = Mismatch("no_gradient", "the gradient of x", "float64[2]", "None")
WAITS = Mismatch("work", "one call of f", "none", "2 host synchronisations: a.py:3")
LOOPS = Mismatch("work", "one call of f", "at most 9 operators", "80 operators")
DEVICE = Mismatch("device", "the output", "sim", "cpu")


def failed(name: str, **facts: Any) -> CheckResult:
    """A check of f that failed."""
    made = {"exercise": "a", "function": "f", "promise": "it holds"} | facts
    outcome = made.pop("outcome", Outcome.FAILED)
    return CheckResult(f"a::{name}", outcome=outcome, points=0, max_points=1, **made)


@pytest.mark.parametrize(
    ("name", "mismatch", "setting", "shown"),
    [
        ("test_device", DEVICE, "sim float32", True),
        ("test_device", SHAPE, "sim float32", False),
        ("test_other", SHAPE, "sim float32", False),
        ("test_device", SHAPE, "cuda float32", False),
        ("test_device", WAITS, "sim float32", False),
        ("test_device", LOOPS, "sim float32", True),
        ("test_other", VALUE, "cuda float32", True),
        ("test_other", VALUE, "cpu float64", True),
        ("test_other", SHAPE, "cpu float64", False),
        ("test_other", NO_GRADIENT, "cpu float64", False),
        ("test_other_digits", DTYPE, "cpu float64", True),
        ("test_other", DTYPE, "cpu float64", False),
    ],
)
def test_a_hint_stands_beside_what_it_is_about(
    name: str, mismatch: Mismatch, setting: str, shown: bool
) -> None:
    """A wrong value, or on a device where a tensor is; all else has its own words."""
    check = failed(name, mismatch=mismatch, setting=setting, hint="which device?")

    labels = [row.label for row in rows(check, Verdict("a", "s", 7, [check]))]

    assert ("hint" in labels) is shown


@pytest.mark.parametrize(
    "detail",
    [
        "f: the process ended with exit code 3",
        "f: the code ended the whole process (exit code 3)",
    ],
)
def test_code_that_ends_the_process_is_told_so(detail: str) -> None:
    """In grading and at home: it ended, with a code, and what to look for."""
    check = failed("test", outcome=Outcome.CRASHED, detail=detail)

    assert message_for(check) == (
        "Your code ended the whole process, with exit code 3, before it answered: is "
        "there a call such as os._exit()?"
    )


@pytest.mark.parametrize(
    ("still", "at"), [("", ""), (", still at a.py:12", ", at a.py:12")]
)
def test_an_import_without_end_says_that_no_check_began(still: str, at: str) -> None:
    """The file, the line where it is known, and what to do."""
    detail = f"importing a.py: no answer in 5 s{still}"
    check = failed("test", outcome=Outcome.OUT_OF_TIME, detail=detail)

    assert message_for(check) == (
        f"a.py was still being imported after 5 s{at}. None of its checks could begin. "
        "All code outside of functions runs when a file is imported: is there a loop "
        "without end, or a long training? Move it into a function, or below "
        '`if __name__ == "__main__":`.'
    )


def test_an_array_of_numpys_is_told_what_it_lacks() -> None:
    """Two types one above the other do not say why it matters."""
    mismatch = Mismatch("type", "the output", "a Tensor, float64[2]", "a numpy.ndarray")
    check = failed("test", mismatch=mismatch)

    assert finding(check, Verdict("a", "s", 7, [check])) == (
        "The output is numpy's, and no gradient flows back through numpy."
    )


LAYERS = "One image.\n\n    conv   kernel 17\n    ReLU\n\n"
LONG = LAYERS + "Word " * 100 + "\n(a) How many?"


def test_a_long_question_is_named_and_shown_whole_where_there_is_room() -> None:
    """A heading has its name and first sentence; the page has all its lines."""
    facts = {"exercise": "worksheet", "function": "worksheet", "promise": LONG}
    verdict = Verdict("a", "s", 7, [failed("q", hidden=True, **facts)])

    (test,) = gradescope.render(verdict)["tests"]

    assert test["name"] == "q: One image. (hidden)"
    assert "\n    ReLU\n" in html.render(verdict)
    assert "\n(a) How many?" in html.render(verdict)


def test_a_question_is_named_by_what_it_asks() -> None:
    """Not by the first sentence of its setting, and never across a blank line"""
    text = "A text has 3 words.\n\n 1 2\n\nIt is cut. How many are left? Count."
    facts = {"exercise": "worksheet", "function": "worksheet", "promise": text}

    title = title_of(failed("q", hidden=True, **facts))

    assert title.endswith("How many are left?")
    assert "3 words" not in title


def test_numbers_that_are_not_finite_have_no_largest_error() -> None:
    """The first wrong place is named, and one number needs no count"""
    many = Mismatch("value", "the output", "a", "b", differing=4, total=6, where=[0, 1],
                    got_preview=["nan"])  # fmt: skip
    one = Mismatch("value", "the output", "a", "b", differing=1, total=1, where=[],
                   got_preview=["nan"])  # fmt: skip
    off = replace(one, got_preview=["2"], error=0.5, allowed=1e-9)

    assert extent(many) == (
        "4 of 6 values differ, first at [0, 1]; among them are NaN or infinite numbers"
    )
    assert extent(one) == "it is NaN or infinite"
    assert extent(off) == "off by 0.5, where 1e-09 is allowed"


def test_what_is_left_alone_is_no_argument_twice() -> None:
    """A promise that leaves its arguments alone needs no second one"""
    changed = Mismatch("changed_input", "x", "as they were", "x is overwritten")
    for promise, more in (
        ("it is right", "; and no argument is changed"),
        ("it leaves the masks that it got alone", ""),
        ("it leaves its arguments alone", ""),
    ):
        check = failed("t", promise=promise, mismatch=changed)
        assert title_of(check) == f"{promise}{more}"
