"""What grading has not come to: open points, and nobody's fault."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from autograder.reports import class_summary, gradescope, html, table, terminal
from autograder.verdict import Outcome, Verdict
from autograder.verdict_file import __file__ as verdict_file
from autograder.verdict_file import from_json, to_json
from autograder.wording import for_student, message_for, next_steps, score_line

SAID = "4 points are open because 2 checks have not been run yet."


@pytest.fixture
def cut_off(everything: Verdict) -> Verdict:
    """A verdict on its way: a visible and a hidden check are still to be run."""
    first, failed, *_, hidden = everything.checks
    open_ones = [
        replace(one, outcome=Outcome.NOT_RUN, points=0, max_points=2, mismatch=None)
        for one in (replace(failed, call=None, idea=None, printed=None), hidden)
    ]
    checks = [first, *(replace(one, message=message_for(one)) for one in open_ones)]
    return replace(everything, checks=checks, written=[], withheld={})


def test_no_report_calls_it_a_fault_or_a_failure(cut_off: Verdict) -> None:
    """Neither in words nor in colour."""
    page = html.render(cut_off).partition("</style>")[2]
    on_gradescope = json.dumps(gradescope.render(cut_off), ensure_ascii=False)

    for shown in (terminal.render(cut_off), page, on_gradescope):
        assert "not run" in shown
        assert "fault" not in shown
        assert "grader failed" not in shown
    assert 'class="check bad"' not in page
    assert page.count('class="check waiting"') == 2
    assert page.count("open / 2") == 2


def test_points_are_open_and_the_sum_says_why(cut_off: Verdict) -> None:
    assert score_line(cut_off) == f"2 of 6 points. {SAID}"
    assert SAID in terminal.render(cut_off)
    assert "Well done" not in " ".join(next_steps(cut_off))
    row = table.to_csv([cut_off]).splitlines()[1]
    assert row.endswith("student_01,,6,,,2 not_run")
    assert "open" in class_summary.render([cut_off])


def test_gradescope_shows_it_without_a_score(cut_off: Verdict) -> None:
    """``0 / 2`` in red would be a loss."""
    tests = gradescope.render(cut_off, hidden_visibility="visible")["tests"]
    not_run = [test for test in tests if "not_run" in test["tags"]]

    assert len(not_run) == 2
    for test in not_run:
        assert not {"score", "max_score", "status"} & set(test)
        assert test["output"].startswith("… not run\n\n")
        assert "2 points open." in test["output"]


def test_a_file_holds_it(cut_off: Verdict) -> None:
    schema = Path(verdict_file).with_name("verdict.schema.json").read_text()
    text = to_json(cut_off)

    jsonschema.validate(json.loads(text), json.loads(schema))
    assert from_json(text) == cut_off
    assert for_student(cut_off).checks[2].outcome is Outcome.NOT_RUN
