"""What ``verify`` tells of each thing that it has tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One thing that was proved, or not: ``complaints`` say what is wrong."""

    name: str
    complaints: list[str]
    notes: list[str] = field(default_factory=list)  # for whoever wants to know more
    seconds: float = 0.0  # that it took
