"""Errors that are the user's to fix: shown as a sentence, without a traceback."""

from __future__ import annotations

import re
import textwrap
from typing import TextIO

from autograder.errors import CourseError
from autograder.grading.children import ZygoteError
from autograder.submissions.entries import SubmissionsError

EXPECTED = (CourseError, SubmissionsError, ZygoteError)

_WIDTH = 80
_COMMAND = re.compile(r"`[^`\n]{1,70}`")
_BLANK = "\ufdd0"  # stands for a blank at which no line may end


def shown(text: str, stream: TextIO, hanging: int = 0) -> str:
    """The text as a stream gets it: wrapped on a terminal, else as it is.

    In a pipe, whoever reads it may look for a line.
    """
    return wrapped(text, hanging) if stream.isatty() else text


def wrapped(text: str, hanging: int = 0) -> str:
    """The text on lines that fit a terminal; no command is cut in two.

    Args:
        text: one line or several.
        hanging: so many blanks stand before what is continued of a line.
    """
    whole = _COMMAND.sub(lambda found: found[0].replace(" ", _BLANK), text)
    lines = [
        textwrap.fill(
            line,
            _WIDTH,
            subsequent_indent=" " * hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in whole.split("\n")
    ]
    return "\n".join(lines).replace(_BLANK, " ")
