"""What the file of a student says of a fault, where the solution cannot prove it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.grading.conftest import Grade
from tests.small_course import write_small_course

USES = (
    "def scale(x, factor): return x * 3\ndef shift(x, offset): return scale(x, 1) + 1\n"
)
STOPS = """def scale(x, factor):
    return x @ factor


def shift(x, offset):
    return scale(x, 1.0) - offset
"""
ALONE = "def scale(x, factor): return x * 3\ndef shift(x, offset): return x\n"


@pytest.mark.parametrize(
    ("source", "follows", "mend_first"),
    [(USES, None, "scale"), (STOPS, "scale", None), (ALONE, None, None)],
    ids=["uses", "stops", "alone"],
)
def test_a_function_that_uses_a_faulty_one(
    grade: Grade, tmp_path: Path, source: str, follows: str, mend_first: str
) -> None:
    """Where the solution has no such call, what can be seen is told in grading, too."""
    course = write_small_course(tmp_path)
    folder = tmp_path / "submissions" / "student_01"
    folder.mkdir(parents=True)
    (folder / "scaling.py").write_text(source)

    done = grade("small", folder.parent, tmp_path / "out", "--seed", "5", course=course)

    assert done.returncode == 0, done.stderr
    verdict = json.loads((tmp_path / "out" / "student_01.json").read_text())
    found = {check["id"].partition("::")[2]: check for check in verdict["checks"]}
    told = found["test_shifts"]
    assert (told["follows"], told["mend_first"]) == (follows, mend_first)
    assert found["test_scales"]["mend_first"] is None
