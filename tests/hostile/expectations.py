"""Writes down what the rows of a catalogue got, to be read and judged by a person.

    python -m tests.hostile.expectations CATALOGUE RUN [ROW ...]

CATALOGUE holds the rows: tests/hostile/catalogue or tests/hostile/more. RUN is the
folder of a run that `class_of_attacks.grade_class` has made. What stands in an
expected.json is what a row must get, whatever it got today: read each difference.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.hostile.catalogue_files import Row, rows_of

# What differs from seed to seed and from machine to machine, and all that comes after.
_VARIES = re.compile(
    r"(?<=has wrong values): |(?<=got )\[\[|(?<=path), /|, most of all| \(/|: 12 of 12 "
)
_LONGEST = 100


def piece_of(message: str) -> str:
    """The part of a message that is the same whenever the row is graded."""
    found = _VARIES.search(message)
    return message[: found.start() if found else None][:_LONGEST].rstrip()


def told(verdict: dict[str, Any]) -> dict[str, Any]:
    """What a verdict says, as an expected.json has it."""
    checks = verdict["checks"]
    return {
        "points": sum(check["points"] for check in checks),
        "not_passed": {
            check["id"]: [check["outcome"], piece_of(check["message"] or "")]
            for check in checks
            if check["outcome"] != "passed"
        },
        "notes": [piece_of(note["text"]) for note in verdict["notes"]],
    }


def write(row: Row, results: Path) -> None:
    """Replace what is expected of a row, but for what its author says of it."""
    path = row.folder / "expected.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    verdict = json.loads((results / f"{row.student}.json").read_text(encoding="utf-8"))
    kept |= told(verdict)
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write them for a run."""
    catalogue, run, *names = sys.argv[1:]
    results = Path(run) / "results"
    for row in rows_of(Path(catalogue)):
        if (not names or row.name in names) and (
            results / f"{row.student}.json"
        ).exists():
            write(row, results)


if __name__ == "__main__":
    main()
