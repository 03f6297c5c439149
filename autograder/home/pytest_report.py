"""What pytest shows of a failing check: the facts and ideas of ``autograder check``.

pytest runs a check with its own debugger and its own traceback, and knows no mistakes.
So when one fails, the checks of its file are run once more as ``autograder check`` runs
them, and what that found is shown in a section of pytest's report.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.verdict import CheckResult, Verdict

_FOUND: dict[Path, Any] = {}  # verdicts by check file, made at its first failure
_SECTION = "autograder check"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:
    """Add what ``autograder check`` says to the report of a check that failed."""
    outcome: Any = yield
    report = outcome.get_result()
    run = getattr(item, "funcargs", {}).get("_run")
    if run is None or report.when != "call" or not report.failed:
        return
    verdict = _verdict(item.path)
    text = "" if verdict is None else _told(item, run.setting.name, verdict)
    if text:
        report.sections.append((_SECTION, text))


def _verdict(path: Path) -> Verdict | None:
    """What ``autograder check`` finds of the exercise of a check file."""
    if path not in _FOUND:
        try:
            _FOUND[path] = _checked(path)
        except Exception:  # pytest's own report stands without it
            _FOUND[path] = None
    found: Verdict | None = _FOUND[path]
    return found


def _checked(path: Path) -> Verdict:
    from autograder.course.assignment import find_assignment
    from autograder.home.folder import load_folder
    from autograder.home.results import check_results
    from autograder.home.selection import Selection
    from autograder.verdict import Verdict

    assignment = find_assignment(path.parent)
    exercise = path.stem.removeprefix("test_")
    home = load_folder(assignment, exercise)
    checks = list(check_results(home, Selection((exercise,))))
    return Verdict(assignment.name, "", assignment.public_seed, checks)


def _told(item: pytest.Item, setting: str, verdict: Verdict) -> str:
    from autograder.checking.parametrised import case_id
    from autograder.wording import section_lines

    function: Any = getattr(item, "function")  # noqa: B009  (pytest types it so)
    arguments = dict(getattr(item, "callspec").params)  # noqa: B009
    arguments.pop("autograder_setting", None)
    check = _of(verdict, function.__name__)
    if check is None:
        return ""
    if check.raised is not None and check.raised.message.startswith("breakpoint()"):
        return ""  # it stops here, under pytest, and nowhere else
    case = case_id(function, arguments) or None
    # Of one check, pytest shows each case that fails; the verdict has the first.
    same = (check.setting, check.case) == (setting, case)
    return "\n".join(section_lines(check, verdict, whole=same))


def _of(verdict: Verdict, name: str) -> CheckResult | None:
    for check in verdict.checks:
        if check.id.rpartition("::")[2] == name:
            return check
    return None
