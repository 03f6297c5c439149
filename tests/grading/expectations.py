"""What the sample students deserve: the files ``expected.json``, and how to make them.

``python -m tests.grading.expectations cnn RESULTS`` writes down what a run has found,
and keeps the sentence ``about``. It knows nothing of right and wrong: read each
difference, and correct by hand what the work does not deserve.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[2] / "examples"


def students_of(assignment: str) -> list[str]:
    """The sample students of an assignment for whom something is expected."""
    files = (EXAMPLES / assignment).glob("*.expected.json")
    return sorted(file.name.partition(".")[0] for file in files)


def expected_of(assignment: str, student: str) -> dict[str, Any]:
    """What this student deserves, but for ``about``."""
    path = EXAMPLES / assignment / f"{student}.expected.json"
    expected: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    assert expected.pop("about")
    return expected


def found_in(out: Path, student: str) -> dict[str, Any]:
    """A student's verdict in the form of an ``expected.json``, but for ``about``."""
    verdict = json.loads((out / f"{student}.json").read_text(encoding="utf-8"))
    points: dict[str, float] = {}
    for check in verdict["checks"]:
        exercise = check["exercise"]
        points[exercise] = points.get(exercise, 0) + check["points"]
    return {
        "points": verdict["points"],
        "exercises": points,
        "not_passed": {
            check["id"]: check["outcome"]
            for check in verdict["checks"]
            if check["outcome"] != "passed"
        },
        "ideas": {
            check["id"]: check["diagnosis"]
            for check in verdict["checks"]
            if check["diagnosis"]
        },
        "notes": [n["text"] for n in verdict["notes"] if n["kind"] == "intake"],
    }


def main(assignment: str, results: Path) -> None:
    """Write the expectations anew, out of a folder of verdicts."""
    for file in sorted(results.glob("student_*.json")):
        path = EXAMPLES / assignment / f"{file.stem}.expected.json"
        about = "?"
        if path.is_file():
            about = json.loads(path.read_text(encoding="utf-8"))["about"]
        document = {"about": about, **found_in(results, file.stem)}
        text = json.dumps(document, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
