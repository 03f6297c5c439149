"""What bounds what crosses: sizes, counts and seconds."""

from __future__ import annotations

# A frame.
MAX_HEADER = 4 << 20  # bytes of JSON
MAX_BODY = 64 << 20  # bytes of tensors
MAX_TENSORS = 2000

# A value.
MAX_DEPTH = 20  # of lists within lists
MAX_ITEMS = 20_000
MAX_TEXT = 1_000_000  # characters
MAX_BITS = 14_000  # of a whole number; Python writes no more than 4300 digits

# What a worker tells beside values.
TEXT_LIMIT = 4096  # characters of any text
FRAMES_LIMIT = 10  # of a traceback
MOST_FAULTS = 100  # of cells; a notebook of scratch has a few
FAULT_CHARACTERS = 300  # of a cell's message
