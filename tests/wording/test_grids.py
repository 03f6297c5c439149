"""Small arrays as text: side by side, marked without colour."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.verdict import Call, CheckResult, Mismatch, Outcome, SmallArray, Verdict
from autograder.wording import (
    Block,
    beside,
    for_student,
    grid_lines,
    grid_shown,
    inputs_shown,
    rows,
    section_lines,
)

GRID = SmallArray(
    [["-1", "-23"], ["11", "0.5"]], [["-1", "23"], ["11", "5"]], [[0, 1], [1, 1]]
)


def check(
    grid: SmallArray | None = GRID, kind: str = "value", **facts: Any
) -> CheckResult:
    """A check whose answer is a small array."""
    mismatch = Mismatch(
        kind,
        "the output",
        "float64[2, 2]",
        "float64[2, 2]",
        differing=2,
        total=4,
        where=[0, 1],
        error=46.0,
        grid=grid,
    )
    known: dict[str, Any] = {
        "mismatch": mismatch,
        "call": Call("f(x)", {"x": "float64[1, 2]"}, {}, {"x": [["1", "2"]]}),
    }
    outcome = facts.pop("outcome", Outcome.FAILED)
    return CheckResult("a::b", "a", "f", "it works", outcome, 0, 1, **(known | facts))


def test_both_sides_stand_side_by_side_with_brackets_around_what_is_wrong() -> None:
    """Columns under each other; what brackets mean is said; the input comes first."""
    assert grid_lines(check()) == [
        "x",
        " 1   2",
        "",
        "the output, float64[2, 2]:",
        "expected     got, wrong values in [ ]",
        " -1   -23     -1  [23]",
        " 11   0.5     11   [5]",
    ]


def test_what_is_too_wide_stands_one_above_the_other() -> None:
    """In a narrow terminal no line is cut."""
    blocks = [Block("left", [["1", "2"]]), Block("right", [["3"]], frozenset({(0, 0)}))]

    assert beside(blocks, 30) == ["left      right", " 1   2    [3]"]
    assert beside(blocks, 10) == ["left", " 1   2", "right", "[3]"]


def test_a_slice_says_where_it_is() -> None:
    """The leading indices stand in the caption."""
    shown = grid_shown(check(SmallArray([["1"]], [["2"]], [[0, 0]], [1, 2])))

    assert shown is not None
    assert shown.caption == "the output, float64[2, 2], at [1, 2]"


def test_sides_of_unequal_shape_have_their_shapes_beside_them() -> None:
    """Nothing is marked, and no mark is explained."""
    shown = grid_shown(check(SmallArray([["1"]], [["1", "2"]]), kind="shape"))

    assert shown is not None
    assert [block.title for block in shown.blocks] == [
        "expected, float64[2, 2]",
        "got, float64[2, 2]",
    ]


def test_a_grid_takes_the_place_of_the_previews() -> None:
    """The same numbers are not shown twice."""
    labels = [row.label for row in rows(check(), Verdict("a", "b", 7, [check()]))]

    assert "expected" not in labels


def test_a_hidden_check_shows_no_grid() -> None:
    """Neither its numbers nor its inputs."""
    hidden = check(hidden=True)
    (shown,) = for_student(Verdict("a", "b", 7, [hidden])).checks

    assert grid_shown(hidden) is None
    assert inputs_shown(hidden) == []
    assert shown.mismatch is None
    assert shown.call is None


def test_a_section_for_other_reports_holds_call_grids_and_what_they_come_to() -> None:
    """Whole for the case that the verdict is about; for others what holds for all."""
    shown = check(hint="count", look_at="a.py:3")
    verdict = Verdict("a", "b", 7, [shown])

    lines = section_lines(shown, verdict, whole=True)

    assert lines[:2] == ["f(x)", "  where x: float64[1, 2]"]
    assert "the output, float64[2, 2]:" in lines
    assert lines[-2:] == ["hint         count", "look at      a.py:3"]
    assert section_lines(shown, verdict, whole=False) == []


@pytest.mark.parametrize("kind", ["shape", "type", "structure", "value"])
def test_inputs_are_shown_beside_an_answer_that_has_no_grid(kind: str) -> None:
    """Where None came, or another shape, the call can still be worked by hand."""
    shown = check(None, kind)

    assert inputs_shown(shown) == [Block("x", [["1", "2"]])]
    assert grid_lines(shown) == ["x", " 1   2", ""]


def test_inputs_are_not_shown_where_the_numbers_do_not_matter() -> None:
    """A dtype or a device is wrong for any numbers."""
    assert inputs_shown(check(None, "dtype")) == []
    assert inputs_shown(check(outcome=Outcome.CRASHED)) == []
