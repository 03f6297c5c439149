"""What the test cases of an otter notebook call, in grading and at home.

In grading the findings are there, since `plugin` has put them into the notebook that
otter runs. At home the check runs now, as `check` in a notebook does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FINDINGS = "autograder_findings"  # the name in the notebook that otter runs


def expect(check: str, env: Mapping[str, Any]) -> None:
    """Pass if a check has passed.

    Args:
        check: its id, ``convolution::test_agrees_with_torch``.
        env: the names of the notebook, as otter gives them.

    Raises:
        AssertionError: it has not; the text is what our report says of it.
    """
    findings = env.get(FINDINGS) or _found_at_home(check)
    if check not in findings:
        raise AssertionError(
            f"{check} was not run. Run the cell that defines what it is about."
        )
    passed, said = findings[check]
    if not passed:
        raise AssertionError(said)


def _found_at_home(check: str) -> dict[str, tuple[bool, str]]:
    from autograder.home.notebook import checked_function
    from autograder.reports.gradescope import findings_of

    return findings_of(checked_function(check))
