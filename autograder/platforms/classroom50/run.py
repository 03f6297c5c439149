"""What the bundle's autograder.py runs: one checkout, from its files to result.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError
from autograder.grading.results import write_whole
from autograder.grading.sealed import Sealed
from autograder.platforms.classroom50.bundle import SEALED
from autograder.platforms.classroom50.result import result
from autograder.reports import FORMATS, terminal
from autograder.verdict import Verdict, Withheld
from autograder.wording import for_student, is_ours

if TYPE_CHECKING:
    from autograder.grading.sealed import Started


def sealed_in(bundle: Path) -> Sealed:
    """The assignment of a bundle."""
    # Nothing in it is secret, so code may also run where there is no sandbox.
    return Sealed(bundle / SEALED, "auto")


def run(
    sealed: Sealed,
    checkout: Path,
    environment: Mapping[str, str],
    started: Started | None = None,
) -> Verdict:
    """Grade a checkout; leave result.json, release-body.md and report.html there.

    Raises:
        CourseError: grading failed, so that there is no result.
    """
    student = environment.get("OWNER") or environment.get("USERNAME") or "submission"
    verdict = sealed.grade(checkout, student, started=started)
    faults = [check.id for check in verdict.checks if is_ours(check)]
    if faults:
        raise CourseError(
            f"the grader failed in {', '.join(faults)}, and writes no result. Run the "
            "workflow again, and tell your instructor if it happens twice."
        )
    verdict = for_student(replace(verdict, withheld=_withheld(sealed)))
    text = json.dumps(result(verdict, environment), indent=1, ensure_ascii=False)
    report = terminal.render(verdict)
    write_whole(checkout / "report.html", FORMATS["html"].render(verdict))
    write_whole(checkout / "release-body.md", _fenced(report))
    write_whole(checkout / "result.json", text + "\n")
    return verdict


def _withheld(sealed: Sealed) -> dict[str, Withheld]:
    hidden = sealed.assignment.hidden
    return {name: Withheld(some.checks, some.points) for name, some in hidden.items()}


def _fenced(text: str) -> str:
    """A text as Markdown shows it, whatever it holds."""
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}\n"
