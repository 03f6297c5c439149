"""What a student's code prints: caught, and cut."""

from __future__ import annotations

import io

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
