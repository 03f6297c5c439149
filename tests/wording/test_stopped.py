"""A file that cannot be imported: what its hidden checks say of it."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.verdict import Frame, Outcome, Raised
from autograder.wording import finding, for_student
from tests.verdicts import CALL, SECRET, result, secretive, verdict

SYNTAX = Raised("SyntaxError", "no", [Frame("convolution.py", 1, "", "(")])
IN_A_CELL = Raised("NameError", "no", [Frame("cell 6", 1, "<module>", "f(x)")])


@pytest.mark.parametrize(
    ("outcome", "facts", "file"),
    [
        (Outcome.CRASHED, {"raised": SYNTAX}, "convolution.py"),
        (Outcome.CRASHED, {"raised": IN_A_CELL}, "convolution"),
        (Outcome.CRASHED, {"detail": "importing a.py: it died"}, "convolution.py"),
        (Outcome.OUT_OF_TIME, {"detail": "importing a.py: too slow"}, "convolution.py"),
    ],
)
def test_hidden_checks_of_a_file_that_stops_say_so(
    outcome: Outcome, facts: dict[str, Any], file: str
) -> None:
    """The same truth as in the visible rows, and nothing of the hidden check."""
    shown = result(outcome, **facts)
    other = result(Outcome.FAILED, "b", exercise="shapes")
    hidden = [
        secretive(outcome, **facts),
        secretive(outcome, "y", exercise="shapes", **facts),
    ]
    whole = verdict(shown, other, *hidden)

    seen = for_student(whole)

    said = f"This hidden check did not run: {file} could not be imported."
    assert seen.checks[2].message == said
    assert finding(seen.checks[2], seen) == finding(hidden[0], whole) == said
    assert "could not be imported" not in str(seen.checks[3].message)
    assert for_student(seen) == seen
    assert SECRET not in repr(seen)


def test_a_call_that_crashes_is_no_import_that_fails() -> None:
    """A visible check that crashed in its call says nothing of hidden ones."""
    raised = Raised("ValueError", "no", [Frame("a.py", 1, "conv2d", "raise")])
    shown = result(Outcome.CRASHED, call=CALL, raised=raised)

    seen = for_student(verdict(shown, secretive(Outcome.CRASHED)))

    assert seen.checks[1].message == (
        "Your code stopped with an error in this hidden check. Its promise says what "
        "to try."
    )
