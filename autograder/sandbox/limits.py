"""Resource limits of one child: memory, processor time, files, processes."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import resource

MEBIBYTE = 1024 * 1024

# What code may write into its folder.
FILE_BYTES = 4 * MEBIBYTE  # of one file
TOTAL_BYTES = 16 * MEBIBYTE
ENTRIES = 200  # files and folders

# Where a container has less memory than a child may use.
RESERVED_MEBIBYTES = 128  # that the grader may take beside what it has by then
LEAST_MEBIBYTES = 256  # of a child, however little there is

PROBE_SECONDS = 20.0  # for an attempt to break out; each takes far less

# Room beyond the budget for address space that is reserved and never used: stacks of
# threads and arenas of malloc. Shared mappings have no other bound than this one.
_RESERVED = 512 * MEBIBYTE

# What the driver of a GPU takes of the host's memory, and keeps open.
_DRIVER = 4096 * MEBIBYTE
_DRIVER_FILES = 512

# Threads count as processes: enough for any thread pool, too few for a fork bomb.
_PROCESSES = 64


@dataclass(frozen=True)
class ProcessLimits:
    """What one child may use, counted from the moment it enters the sandbox."""

    memory_mebibytes: int
    cpu_seconds: int
    open_files: int = 64
    gpu: bool = False  # its driver reserves address space without end, and opens files

    def __post_init__(self) -> None:
        for name in ("memory_mebibytes", "cpu_seconds", "open_files"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{name} is {value!r}; it must be a positive integer")


def be_the_first_to_end() -> None:
    """Where the machine is out of memory, let the kernel choose this process."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def limit_resources(limits: ProcessLimits, file_bytes: int = 0) -> list[str]:
    """Lower the limits of this process for good; name the layer if all took.

    ``file_bytes`` is how large a file may become that it writes.
    """
    if sys.platform == "win32":
        return []
    budget = limits.memory_mebibytes * MEBIBYTE
    wanted = {
        "RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 1),
        "RLIMIT_FSIZE": (file_bytes, file_bytes),
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_NOFILE": (limits.open_files, limits.open_files),
        "RLIMIT_MEMLOCK": (0, 0),
        "RLIMIT_MSGQUEUE": (0, 0),
    }
    used = _memory_in_use()
    if used is not None:
        address_space, data = used
        if limits.gpu:
            wanted["RLIMIT_DATA"] = (data + budget + _DRIVER,) * 2
            wanted["RLIMIT_NOFILE"] = (_DRIVER_FILES, _DRIVER_FILES)
        else:
            wanted["RLIMIT_DATA"] = (data + budget,) * 2
            wanted["RLIMIT_AS"] = (address_space + budget + _RESERVED,) * 2
    took = [_lower(name, *values) for name, values in wanted.items()]
    return ["limits"] if all(took) and used is not None else []


def limit_processes() -> None:
    """Bound the processes of a private user; a user's other processes would count."""
    if sys.platform != "win32":
        _lower("RLIMIT_NPROC", _PROCESSES, _PROCESSES)


def _lower(name: str, soft: int, hard: int) -> bool:
    which = getattr(resource, name, None)
    if which is None:  # this system has no such limit, and so nothing to take
        return True
    _, ceiling = resource.getrlimit(which)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    try:
        resource.setrlimit(which, (soft, hard))
    except (OSError, ValueError):
        return False
    return True


def _memory_in_use() -> tuple[int, int] | None:
    """Bytes of address space and of writable data, or None where Linux is not."""
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return None
    try:
        pages = [int(field) for field in os.read(descriptor, 200).split()]
    finally:
        os.close(descriptor)
    size = resource.getpagesize()
    return pages[0] * size, pages[5] * size
