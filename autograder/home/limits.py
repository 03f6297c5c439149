"""What bounds checking at home: sizes, counts and seconds."""

from __future__ import annotations

GRACE_SECONDS = 5.0  # for a check, on top of what its calls may take
CALLS_IN_A_CHECK = 10  # a few, of which only one can run out of its time
POLL_SECONDS = 0.02  # between looks at files that are watched
WRITTEN_FILE_BYTES = 4 << 20  # of one file that code writes, as in the sandbox
MOST_ENTRIES = 5000  # to look at in a student's folder
CHUNK_BYTES = 1 << 16  # asked for at a time
