import fcntl
import os

import loot


def label(index):
    with open(os.__file__, "rb") as file:
        loot.tries(
            lambda: fcntl.flock(file, fcntl.LOCK_EX),
            lambda: fcntl.lockf(file, fcntl.LOCK_SH),
            lambda: fcntl.fcntl(file, 1024, 0),
            lambda: os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED),
            lambda: os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT),
        )
    return "nowhere"


def total(values):
    return sum(values)
