"""Functions that are not written, told in one line each: nothing was tried yet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.clean import one_line


@dataclass(frozen=True)
class Unwritten:
    """The visible checks of a function that is not written."""

    function: str
    checks: list[CheckResult]

    @property
    def start(self) -> CheckResult:
        """The first check, which knows where to write."""
        return self.checks[0]

    @property
    def title(self) -> str:
        """``conv2d, 4 checks``."""
        count = counted(len(self.checks), "check")
        return f"{one_line(self.function, 60)}, {count}"

    @property
    def detail(self) -> str | None:
        """What is known beyond that it is not written: its file is not there, say."""
        return known_beyond(self.start)


def known_beyond(check: CheckResult) -> str | None:
    """What an unwritten check says beyond that: a name nearly right, a missing file."""
    detail = one_line(check.detail or "").rstrip(".")
    usual = rf"({re.escape(check.function)}(\.\w+)? is not written yet)?"
    if re.fullmatch(usual, detail):
        return None
    file = needed_file(check)
    return detail if file is None else f"{detail}, in {file}"


def needed_file(check: CheckResult) -> str | None:
    """Another exercise's file that lacks what this one calls; its own is written."""
    if check.outcome is not Outcome.NOT_ATTEMPTED or not check.look_at:
        return None
    file, _, line = one_line(check.look_at, 100).partition(":")
    own = f"{check.exercise}.py"
    return file if line and file.endswith(".py") and file != own else None


def missing_file(check: CheckResult) -> str | None:
    """The file of an exercise that is not there at all, where that is why."""
    if check.outcome is not Outcome.NOT_ATTEMPTED:
        return None
    detail = one_line(check.detail or "", 600)
    for file in (f"{check.exercise}.py", f"{check.exercise}.toml"):
        if re.match(rf"{re.escape(file)} is (missing|not there|not here)\b", detail):
            return file
    return None


def folded(checks: Iterable[CheckResult]) -> list[CheckResult | Unwritten]:
    """The checks of one exercise in order; unwritten functions where they begin."""
    checks = list(checks)
    found: list[CheckResult | Unwritten] = []
    told: set[str] = set()
    for check in checks:
        own = [c for c in checks if c.function == check.function and not c.hidden]
        if check.hidden or not check.function or not _is_unwritten(own):
            found.append(check)
        elif check.function not in told:
            told.add(check.function)
            found.append(Unwritten(check.function, own))
    return found


def untouched(checks: Iterable[CheckResult]) -> str | None:
    """One line for an exercise of which nothing is written; None for any other."""
    checks = list(checks)
    details = {known_beyond(check) for check in checks if missing_file(check)}
    if checks and all(map(missing_file, checks)) and len(details) == 1:
        return f"{details.pop()}."
    parts = folded(checks)
    functions = [part for part in parts if isinstance(part, Unwritten)]
    if not functions or len(functions) < len(parts):
        return None
    if any(part.detail for part in functions):
        details = {part.detail for part in functions}
        if len(details) > 1:
            return None
        detail = details.pop() or ""
        return detail if "not written" in detail else f"not written: {detail}"
    names = ", ".join(one_line(part.function, 60) for part in functions)
    count = counted(sum(len(part.checks) for part in functions), "check")
    return f"not written: {names} ({count})"


def is_folded(check: CheckResult, verdict: Verdict) -> bool:
    """Whether the check is told of with its function."""
    own = [
        other
        for other in verdict.checks
        if (other.exercise, other.function) == (check.exercise, check.function)
        and not other.hidden
    ]
    return not check.hidden and bool(check.function) and _is_unwritten(own)


def written_in_part(check: CheckResult, verdict: Verdict) -> bool:
    """Whether a function that this check found unwritten answered another check."""
    if (
        check.outcome is not Outcome.NOT_ATTEMPTED
        or check.hidden
        or missing_file(check)
    ):
        return False
    answered = (
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.CRASHED,
        Outcome.OUT_OF_TIME,
        Outcome.OUT_OF_MEMORY,
    )
    return bool(check.function) and any(
        (other.exercise, other.function) == (check.exercise, check.function)
        and other.outcome in answered
        for other in verdict.checks
        if not other.hidden
    )


def part_text(check: CheckResult) -> str:
    """``written in part (TODO: groups)``: what the code itself says of the rest."""
    detail = one_line(check.detail or "", 200).rstrip(".")
    if detail in ("", f"{check.function} is not written yet"):
        return "written in part"
    return f"written in part ({detail})"


def _is_unwritten(own: list[CheckResult]) -> bool:
    outcomes = {check.outcome for check in own}
    return Outcome.NOT_ATTEMPTED in outcomes and outcomes <= {
        Outcome.NOT_ATTEMPTED,
        Outcome.WAITING,
    }
