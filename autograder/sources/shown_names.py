"""File names of students, fit for a message."""

from __future__ import annotations

SHOWN_LENGTH = 80  # characters of a student's file name in a message


def shown(path: str) -> str:
    """A student's file name, fit for a message: printable and of modest length."""
    clean = "".join(char if char.isprintable() else "?" for char in path)
    if len(clean) <= SHOWN_LENGTH:
        return clean
    return "..." + clean[-(SHOWN_LENGTH - 3) :]
