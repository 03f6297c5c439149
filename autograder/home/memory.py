"""What is remembered in a student's folder, from one command to the next."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

_FOLDER = ".autograder"  # hidden, so that grading never reads it
LAST = "last.json"  # how the checks ended when they last ran
HINTS = "hints.json"  # how many hints were given, by function


def recalled(folder: Path, name: str) -> dict[str, Any]:
    """What was kept under a name; nothing where it cannot be read."""
    try:
        found = json.loads((folder / _FOLDER / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(folder: Path, name: str, document: dict[str, Any]) -> None:
    """Keep it for the next command."""
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    with contextlib.suppress(OSError):  # a folder that cannot be written is no fault
        hidden = folder / _FOLDER
        hidden.mkdir(exist_ok=True)
        (hidden / ".gitignore").write_text("*\n", encoding="utf-8")
        (hidden / name).write_text(text, encoding="utf-8")
