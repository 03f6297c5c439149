"""Memory of a process and all below it, each shared page counted once.

The proportional set size (PSS) divides a page by the number of processes that share it,
so that forks of one import of torch add up to what they really take. A page that is
shared with a process outside the tree counts in part only: measure on a quiet machine.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Memory:
    """Memory at one moment."""

    mebibytes: float
    processes: int
    at_most: bool = False  # of some process only the whole resident size was readable

    def __str__(self) -> str:
        return f"{'<= ' if self.at_most else ''}{self.mebibytes:.0f}"


def memory_of_tree(root: int) -> Memory | None:
    """The memory of a process and its descendants now; None where /proc lacks it."""
    kibibytes = count = 0
    at_most = False
    for pid in _tree(root):
        size = _kibibytes(pid, "smaps_rollup", "Pss:")
        if size is None:
            # A process that changed its user hides the first file from others.
            size = _kibibytes(pid, "status", "VmRSS:")
            at_most = at_most or size is not None
        if size is not None:
            kibibytes += size
            count += 1
    return Memory(kibibytes / 1024, count, at_most) if count else None


def _tree(root: int) -> list[int]:
    below: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text(errors="replace")
        except OSError:  # it has just ended
            continue
        # The name, in brackets, may hold spaces and brackets of its own.
        parent = int(stat.rpartition(")")[2].split()[1])
        below[parent].append(int(folder.name))
    found = [root]
    for pid in found:
        found += below[pid]
    return found


def _kibibytes(pid: int, file: str, key: str) -> int | None:
    try:
        text = (PROC / str(pid) / file).read_text(errors="replace")
    except OSError:
        return None
    for line in text.splitlines():
        if line.startswith(key):
            return int(line.split()[1])
    return None
