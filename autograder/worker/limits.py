"""What bounds the zygote and its children: sizes, counts and seconds."""

from __future__ import annotations

LOOK_SECONDS = 0.1  # between looks at what children have written
STALE_SECONDS = 3600.0  # a root this old, which nobody holds, was left behind
USERS = 64  # how many children can live at a time when each has a user of its own
USER_RANGES = 16  # so that two zygotes on one machine rarely share users
ORDER_BYTES = 65536  # orders and reports are short; a longer one is none of ours
HELD_MEBIBYTES = 128  # that code keeps of the memory; limits are a thousand
USED_NAMES = 20  # of forbidden functions that ran
RECEIVED_BYTES = 1 << 20  # asked for at a time
HIGHEST_DESCRIPTOR = 1 << 16  # up to which they are closed

# Of the submission's modules, as files in the folder of a child. They count towards
# what it may write there; data has bounds of its own.
SETTLED_MODULES = 100
SETTLED_BYTES = 4 << 20
