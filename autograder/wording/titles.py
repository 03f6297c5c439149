"""A check by the promise that it holds a function to."""

from __future__ import annotations

import re

from autograder.verdict import CheckResult
from autograder.wording.clean import one_line

_ASKED = 160  # characters of a question; a longer one holds more than it asks
_END = 80  # characters of the end of a promise that is too long


def title_of(check: CheckResult, limit: int = 300) -> str:
    """The promise, and with it what else was broken.

    A check of digits or of types asks for untouched arguments as well, of which its
    promise need not speak. Of a question on the worksheet, its name and the first
    sentence that asks: it may hold tables, and lies before whoever answers it.
    """
    if check.exercise == "worksheet" and check.hidden:
        return _question(check, limit)
    promise = one_line(check.promise, 4000)
    if len(promise) > limit:  # of a long question the end is what is asked
        end = promise[-_END:].partition(" ")[2]
        promise = f"{promise[: limit - len(end) - 5].rstrip()} ... {end}"
    mismatch = None if check.hidden else check.mismatch
    if mismatch is None or mismatch.kind != "changed_input":
        return promise
    if re.search(r"\barguments?\b|\bleaves\b.*\balone\b", promise):
        return promise
    return f"{promise.rstrip('.')}; and no argument is changed"


def _question(check: CheckResult, limit: int) -> str:
    """``share_conv: With stride 3?``"""
    name = one_line(check.id.rpartition("::")[2], 60)
    sentences = [
        one
        for paragraph in check.promise.split("\n\n")
        for one in re.findall(r"\S.*?[.?!](?=\s|$)", paragraph, re.DOTALL)
    ]
    asked = [one for one in sentences if one.endswith("?") and len(one) <= _ASKED]
    asked = asked or sentences[:1]
    sentence = one_line(asked[0] if asked else check.promise, limit)
    return f"{name}: {sentence}" if name else sentence
