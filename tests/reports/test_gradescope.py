"""results.json: Gradescope's format, and nothing that students must not see."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from autograder.reports import gradescope
from autograder.verdict import CheckResult, Outcome, Verdict

SECRET = "5ecre7"
SCHEMA_FILE = Path(gradescope.__file__).with_name("gradescope.schema.json")
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("visibility", gradescope.VISIBILITIES)
def test_results_keep_to_the_format(everything: Verdict, visibility: str) -> None:
    """The file is valid for every visibility, and for a verdict without checks."""
    for verdict in (everything, replace(everything, checks=[], written=[])):
        text = gradescope.to_json(verdict, hidden_visibility=visibility)

        jsonschema.validate(json.loads(text), SCHEMA)
        text.encode("utf-8")


@pytest.mark.parametrize(
    ("field", "value"),
    [("execution_time", "0.00"), ("visibility", "public"), ("total", 3), ("score", -1)],
)
def test_the_format_can_be_broken(
    everything: Verdict, field: str, value: object
) -> None:
    """The schema notices what other tools have got wrong."""
    results = gradescope.render(everything) | {field: value}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(results, SCHEMA)


def test_half_a_score_is_no_score(everything: Verdict) -> None:
    """A score without its maximum is an error, an entry without both is none."""
    results = gradescope.render(everything)
    del results["tests"][0]["max_score"]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(results, SCHEMA)


def test_the_whole_and_one_entry(everything: Verdict) -> None:
    """Numbers are numbers, texts are plain, and a name is the promise."""
    results = gradescope.render(everything)

    assert results["score"] == 4
    assert results["execution_time"] == 1.25
    assert results["stdout_visibility"] == "hidden"
    assert results["tests"][0] == {
        "score": 2,
        "max_score": 2,
        "status": "passed",
        "name": "the promise of example",
        "name_format": "text",
        "number": "1.1",
        "output": (
            "✓ passed\n\nFor information: your conv2d used 12 operators and 3.1 kB; "
            "the reference used 6 and 1.2 kB"
        ),
        "output_format": "text",
        "tags": ["convolution", "passed"],
        "visibility": "visible",
    }


def test_the_output_of_a_wrong_answer(agrees: CheckResult) -> None:
    """Call, distance, both answers, idea, question, place; control characters shown."""
    results = gradescope.render(Verdict("cnn", "student_01", 7, [agrees]))

    assert results["tests"][0]["output"].splitlines() == [
        "✗ failed",
        "",
        "conv2d(x, weight)",
        "x: float64[2, 3], weight: float64[3]",
        "",
        "7 of 8 values differ, most of all at [1, 2], off by 14, where 1.2e-09 is "
        "allowed.",
        "expected:    float64[2, 4]   0.5  -12.25  ...",
        "got:         float64[2, 4]   1.5       2  ...",
        "looks like:  a convolution, with the kernel flipped",
        "think:       does torch turn the kernel round?",
        "look at:     convolution.py:15",
        "printed:     \\x1b[31mred [bold]x[/bold] <b>now</b>",
    ]


@pytest.mark.parametrize("visibility", gradescope.VISIBILITIES)
def test_hidden_entries_carry_no_facts(everything: Verdict, visibility: str) -> None:
    """No secret and no seed is in the file, not even for instructors' eyes."""
    text = gradescope.to_json(everything, hidden_visibility=visibility)
    hidden = [t for t in json.loads(text)["tests"] if "hidden" in t["tags"]]

    assert SECRET not in text
    assert str(everything.seed) not in text
    assert [test["visibility"] for test in hidden] == [visibility] * 3


def test_the_top_tells_nothing_of_hidden_outcomes(everything: Verdict) -> None:
    """Before publication a student reads points of visible checks only."""
    turned = [
        replace(c, outcome=Outcome.PASSED, points=c.max_points) if c.hidden else c
        for c in everything.checks
    ]

    before = gradescope.render(everything)["output"]

    assert gradescope.render(replace(everything, checks=turned))["output"] == before
    assert "Visible checks: 2 of 16 points." in before
    assert (
        "3 hidden checks worth 3.5 points appear when grades are published." in before
    )
    assert "Gradescope shows you no total" in before


def test_visible_hidden_checks_leave_the_total_to_be_seen(everything: Verdict) -> None:
    """With nothing hidden from view there is no word about a missing total."""
    top = gradescope.render(everything, hidden_visibility="visible")["output"]

    assert "no total" not in top
    assert "4 of 19.5 points." in top


def test_a_fault_of_ours_shows_no_lost_points(everything: Verdict) -> None:
    """Its entry has no score, so that Gradescope shows it as information."""
    tests = gradescope.render(everything)["tests"]
    fault = next(test for test in tests if "grader_fault" in test["tags"])

    assert not {"score", "max_score", "status"} & set(fault)
    assert "needs_attention" in fault["tags"]
    assert "it costs you nothing" in fault["output"]
    assert "2 points open." in fault["output"]


def test_scores_add_up_to_the_whole(everything: Verdict) -> None:
    """The score at the top is the sum over the entries."""
    results = gradescope.render(everything)

    assert sum(test.get("score", 0) for test in results["tests"]) == results["score"]


def test_an_unknown_visibility_is_an_error(everything: Verdict) -> None:
    """The error names the value and what is known."""
    with pytest.raises(ValueError, match="'later'; Gradescope knows hidden, after_due"):
        gradescope.render(everything, hidden_visibility="later")


def test_nan_never_gets_into_the_file(everything: Verdict) -> None:
    """NaN is no JSON, and Gradescope would show no result at all."""
    with pytest.raises(ValueError, match="Out of range"):
        gradescope.to_json(replace(everything, seconds=float("nan")))
