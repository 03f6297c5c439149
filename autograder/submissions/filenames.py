"""What a file's name says: its kind, the name it was meant to have, what is ignored."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection

from autograder.sources.taken_names import RUN_UNASKED

_COPY_WORDS = r"copy|kopie|copie|copia|kopia|kopi|c\u00f3pia"
# What a file may be wrapped in by browsers, file managers, learning platforms and
# people: "convolution (1).py", "convolution-2.py", "convolution copy 2.py",
# "convolution - Kopie (3).py", "Copy of convolution.py", "convolution_final_v2.py".
_WRAPPINGS = (
    re.compile(r"(?P<stem>.+?)[ _-]*\(\d{1,3}\)"),
    re.compile(r"(?P<stem>.+?)[ -]\d{1,3}"),
    re.compile(rf"(?P<stem>.+?)[ _-]+(?:{_COPY_WORDS})"),
    re.compile(rf"(?:{_COPY_WORDS})[ _-](?:of|von|de|di)[ _-](?P<stem>.+)"),
    re.compile(r"(?P<stem>.+?)[ _-]+(?:final|v\d{1,2}|version[ _-]?\d{1,2})"),
)
_KINDS = (".py", ".ipynb", ".toml")
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")  # that are read
_JUNK_FOLDERS = {"__macosx", "__pycache__", "node_modules", "site-packages"}
_JUNK_FILES = {"thumbs.db", "desktop.ini"}


def meant_name(name: str) -> str:
    """The shortest name that a file may have been meant to have.

    ``convolution.py`` for ``Copy of Convolution (1).py.txt``. A name that needs no
    change comes back as it is.
    """
    return _spellings(name)[-1]


def meant_among(name: str, known: Collection[str]) -> str | None:
    """The one of the known names, in lower case, that a file was meant to have.

    A name that is known is never shortened: with exercises ``lab`` and ``lab-2``,
    ``lab-2.py`` is the second.
    """
    return next((one for one in _spellings(name) if one in known), None)


def _spellings(name: str) -> list[str]:
    """The name, and what is left of it as one wrapping after another is taken off."""
    name = unicodedata.normalize("NFC", name).lower().strip()
    stem, kind = _split(name)
    if not kind:
        return [name]
    found = [stem + kind]
    while _split(stem)[1] == kind:  # model.py.py
        stem = _split(stem)[0]
        found.append(stem + kind)
    while shorter := _unwrapped(stem):
        stem = shorter
        found.append(stem + kind)
    return found


def _unwrapped(stem: str) -> str | None:
    for wrapping in _WRAPPINGS:
        if found := wrapping.fullmatch(stem):
            return found["stem"].strip()
    return None


def _split(name: str) -> tuple[str, str]:
    """Stem and kind, where ``.txt`` behind a kind means nothing."""
    for kind in _KINDS:
        for suffix in (kind, f"{kind}.txt"):
            if name.endswith(suffix) and len(name) > len(suffix):
                return name[: -len(suffix)], kind
    return name, ""


def kind_of(name: str) -> str:
    """``.py``, ``.ipynb`` or ``.toml``; empty for a file that is never read."""
    return _split(name.lower().strip())[1]


def is_archive(name: str) -> bool:
    """Whether a file is an archive of a kind that is read."""
    return name.lower().strip().endswith(ARCHIVES)


def is_junk_folder(name: str) -> bool:
    """Whether a folder is hidden or made by a program for itself."""
    return name.startswith(".") or name.casefold() in _JUNK_FOLDERS


def is_junk(path: str) -> bool:
    """Whether a path is of no interest to anybody: made by programs, or hidden."""
    *folders, name = path.split("/")
    if any(map(is_junk_folder, folders)):
        return True
    return name.startswith(".") or name.casefold() in _JUNK_FILES | _JUNK_FOLDERS


def is_check(name: str) -> bool:
    """Whether a file holds checks: the grader brings its own."""
    return meant_name(name).startswith("test_")


def runs_unasked(name: str) -> bool:
    """Whether Python or pytest runs a file of this name without being asked."""
    return meant_name(name) in {f"{module}.py" for module in RUN_UNASKED}


def is_module(name: str) -> bool:
    """Whether ``import`` can name this module."""
    parts = name.split(".")
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
