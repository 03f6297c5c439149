"""What the sample class reads, as text: frozen, so that a change of wording is seen.

``python -m tests.grading.feedback RESULTS`` writes the texts anew, out of a folder of
verdicts; then read the difference. ``make feedback`` grades the class and does it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from autograder.reports import terminal
from autograder.verdict_file import from_json
from autograder.wording import for_student, repeat_command

FOLDER = Path(__file__).parent / "feedback_of_cnn"
_SMALL = re.compile(r"\b\d(?:\.\d+)?e-(?:0[5-9]|[1-9]\d)\b")


def feedback(verdict_file: Path) -> str:
    """A student's report in 80 columns, without what differs between machines.

    That is the time, and errors so small that they are made of rounding.
    """
    verdict = for_student(from_json(verdict_file.read_text(encoding="utf-8")))
    text = terminal.render(verdict, repeat=repeat_command, width=80)
    first, _, rest = text.partition("\n")
    first = re.sub(r"\s+[\d.]+ s$", "", first)
    return _SMALL.sub("~0", f"{first}\n{rest}")


def main(results: Path) -> None:
    """Write the texts of all verdicts in a folder."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for file in sorted(results.glob("student_*.json")):
        text = feedback(file)
        (FOLDER / f"{file.stem}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
