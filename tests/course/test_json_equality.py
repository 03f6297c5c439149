"""Numbers that were computed elsewhere, and checked in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course.json_equality import same_but_for_rounding
from autograder.course.student_folder import differences, write_files


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ([21.75, -3.1e-9], [21.75 * (1 + 1e-9), 4e-9], True),
        ([21.75, 0.5], [21.75, 0.501], False),
        ({"a": [1.0, {"b": 2.0}]}, {"a": [1.0, {"b": 2.0 + 1e-9}]}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([1, 2], [1, 3], False),
        ([1, 2.0], [1.0, 2.0], False),
        (["x"], ["y"], False),
        ([1.0], [1.0, 1.0], False),
        (None, None, True),
    ],
)
def test_what_is_the_same(left: Any, right: Any, same: bool) -> None:
    """Floats up to rounding of the list they stand in; all else exactly."""
    texts = [json.dumps(value).encode() for value in (left, right)]

    assert same_but_for_rounding(*texts) is same


def test_what_is_no_json() -> None:
    """A text that cannot be read is the same as none."""
    assert not same_but_for_rounding(b"[1.0", b"[1.0")


def test_another_processor_changes_no_file(tmp_path: Path) -> None:
    """A folder is current, and stays as it is, where digits alone differ."""
    out = tmp_path / "out"
    write_files(out, {"numbers.json": b"[0.25, 1.5]"})

    assert differences(out, {"numbers.json": b"[0.25000000001, 1.5]"}) == []
    assert write_files(out, {"numbers.json": b"[0.25000000001, 1.5]"}) == []
    assert (out / "numbers.json").read_bytes() == b"[0.25, 1.5]"
    assert differences(out, {"numbers.json": b"[0.26, 1.5]"}) != []
