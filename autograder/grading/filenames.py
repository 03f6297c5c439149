"""What a file's name says: its kind, the name it was meant to have, what is ignored."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata

# What a file may be wrapped in by browsers, file managers and learning platforms:
# "convolution (1).py", "convolution-2.py", "convolution copy 2.py",
# "convolution - Copy (3).py", "convolution 2.py".
_COPY = re.compile(r"(?:[ _-]*\(\d{1,3}\)|[ -]\d{1,3}|[ _-]+copy)$")
_KINDS = (".py", ".ipynb", ".toml")
_JUNK_FOLDERS = {"__macosx", "__pycache__", "node_modules", "site-packages"}
_JUNK_FILES = {"thumbs.db", "desktop.ini"}
# Python or pytest would run these by themselves, and nothing of ours may.
_RUN_UNASKED = {"conftest.py", "sitecustomize.py", "usercustomize.py"}
_TAKEN = sys.stdlib_module_names | {
    *("autograder", "hypothesis", "jaxtyping", "numpy", "pytest", "safetensors"),
    *("solutions", "torch"),
}


def meant_name(name: str) -> str:
    """The name that a file was meant to have.

    ``convolution.py`` for ``Convolution (1).py.txt``. A name that needs no change
    comes back as it is.
    """
    name = unicodedata.normalize("NFC", name).lower().strip()
    stem, kind = _split(name)
    while kind and _split(stem)[1] == kind:  # model.py.py
        stem = _split(stem)[0]
    if not kind:
        return name
    shorter = _COPY.sub("", stem).rstrip()
    while shorter and shorter != stem:
        stem, shorter = shorter, _COPY.sub("", shorter).rstrip()
    return stem + kind


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
    return meant_name(name) in _RUN_UNASKED


def is_taken(module: str) -> bool:
    """Whether a module of this name would hide one that others rely on."""
    return module.partition(".")[0] in _TAKEN


def is_module(name: str) -> bool:
    """Whether ``import`` can name this module."""
    parts = name.split(".")
    return all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
