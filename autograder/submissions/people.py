"""Names of people as others wrote them, made fit to name files and reports."""

from __future__ import annotations

import re
import unicodedata

from autograder.submissions.limits import NAME_CHARACTERS

_NOT_IN_FILES = re.compile(r'[/\\:*?"<>|]')


def file_name(name: str) -> str:
    """The name of a person, of characters that a file's name may have.

    Example:
        >>> file_name("../../One\\n Two"), file_name(" ")
        ('One Two', '')
    """
    name = unicodedata.normalize("NFC", " ".join(name[: 4 * NAME_CHARACTERS].split()))
    name = _NOT_IN_FILES.sub("_", "".join(filter(str.isprintable, name)))
    return name[:NAME_CHARACTERS].lstrip("._ ").rstrip()
