"""How much memory a container leaves to a child, by the limits of control groups.

A container may have less than an assignment allows. Then code that takes too much would
end whichever process the kernel chooses, or all of the container; with a limit of its
own below that it ends itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .limits import LEAST_MEBIBYTES, MEBIBYTE, RESERVED_MEBIBYTES, ProcessLimits

_GROUPS = Path("/sys/fs/cgroup")
_OURS = Path("/proc/self/cgroup")
# Of the two versions: the limit, what is in use, and pages of files, which are given up
# where memory is short.
_VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")
_VERSION_2 = ("memory.max", "memory.current", "")


def within_container(
    limits: ProcessLimits, groups: Path = _GROUPS, ours: Path = _OURS
) -> ProcessLimits:
    """The same limits, with less memory where the container has no more.

    Some of it is left to whoever grades. A child gets 256 MiB in any case, which right
    code needs; a container that has not even these is too small.

    Args:
        limits: what a child may use.
        groups: where the control groups are mounted.
        ours: the file that says in which of them this process is.
    """
    room = _room(groups, ours)
    if room is None:
        return limits
    mebibytes = max(room // MEBIBYTE - RESERVED_MEBIBYTES, LEAST_MEBIBYTES)
    if mebibytes >= limits.memory_mebibytes:
        return limits
    return replace(limits, memory_mebibytes=mebibytes)


def _room(groups: Path, ours: Path) -> int | None:
    """Bytes that are not in use of the narrowest group around us; None without any."""
    rooms = [
        room
        for folder, version in _folders(groups, ours)
        if (room := _room_of(folder, *version)) is not None
    ]
    return min(rooms, default=None)


def _folders(groups: Path, ours: Path) -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """Our groups and those around them; in a container, its own is at the top."""
    try:
        lines = ours.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        _, names, path = [*line.split(":", 2), "", ""][:3]
        if "memory" in names.split(","):
            top, version = groups / "memory", _VERSION_1
        elif not names:
            top, version = groups, _VERSION_2
        else:
            continue
        below = Path(path.lstrip("/"))
        if ".." in below.parts:
            below = Path()
        yield from ((top / part, version) for part in (below, *below.parents))


def _room_of(folder: Path, limit: str, usage: str, prefix: str) -> int | None:
    try:
        most = int((folder / limit).read_text())  # "max" where there is none
        used = int((folder / usage).read_text())
        pages = (folder / "memory.stat").read_text()
    except (OSError, ValueError):
        return None
    of_files = re.findall(rf"^{prefix}(?:in)?active_file (\d+)$", pages, re.MULTILINE)
    return max(0, most - max(0, used - sum(map(int, of_files))))
