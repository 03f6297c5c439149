"""A check by the promise that it holds a function to."""

from __future__ import annotations

from autograder.verdict import CheckResult
from autograder.wording.clean import one_line


def title_of(check: CheckResult, limit: int = 300) -> str:
    """The promise, and with it what else was broken.

    A check of digits or of types asks for untouched arguments as well, of which its
    promise need not speak.
    """
    promise = one_line(check.promise, limit)
    mismatch = None if check.hidden else check.mismatch
    if mismatch is None or mismatch.kind != "changed_input" or "argument" in promise:
        return promise
    return f"{promise.rstrip('.')}; and no argument is changed"
