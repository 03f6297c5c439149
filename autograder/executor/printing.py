"""What a student's code prints: caught, and cut."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO, cast

PRINTED_LIMIT = 2000


class Printed(io.TextIOBase):
    """Keeps the first characters that are written to it and drops the rest."""

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._size = 0

    def writable(self) -> bool:
        """It is a stream to write to."""
        return True

    def write(self, text: str) -> int:
        """Keep as much of the text as the limit leaves room for."""
        room = PRINTED_LIMIT - self._size
        if room > 0:
            self._kept.append(text[:room])
            self._size += len(text[:room])
        return len(text)

    def text(self) -> str:
        """What was kept."""
        return "".join(self._kept)


@contextmanager
def captured(really: bool = True) -> Iterator[Printed]:
    """What is printed within it, kept out of the terminal.

    Not ``really``: it goes to the terminal, and nothing is kept.
    """
    printed = Printed()
    if not really:
        yield printed
        return
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = cast(TextIO, printed)
    try:
        yield printed
    finally:
        sys.stdout, sys.stderr = streams
