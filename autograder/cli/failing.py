"""Errors that are the user's to fix: shown as a sentence, without a traceback."""

from __future__ import annotations

import re
import textwrap

from autograder.errors import CourseError
from autograder.grading.children import ZygoteError
from autograder.submissions.entries import SubmissionsError

EXPECTED = (CourseError, SubmissionsError, ZygoteError)

_WIDTH = 80
_COMMAND = re.compile(r"`[^`\n]{1,70}`")
_BLANK = "\ufdd0"  # stands for a blank at which no line may end


def wrapped(text: str) -> str:
    """The text on lines that fit a terminal; no command is cut in two."""
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _BLANK), text)
    lines = [
        textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
        for line in whole.split("\n")
    ]
    return "\n".join(lines).replace(_BLANK, " ")
