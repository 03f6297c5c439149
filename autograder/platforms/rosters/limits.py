"""What bounds a roster and what is shown of it: sizes and counts."""

from __future__ import annotations

FILE_BYTES = 20 * 2**20
ROWS = 50_000
COLUMNS_SHOWN = 30  # in a message
NAME_CHARACTERS = 100  # of a student, on the terminal
LINE_CHARACTERS = 5000  # of all that is told of one kind
