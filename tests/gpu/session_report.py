"""What a session found out about the GPU, collected by its tests and kept as JSON."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import torch

from tests.gpu.places import PLACES, gpu, why_not


class SessionReport:
    """Facts by place and topic, such as ``bugs`` on ``cuda``."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[str, dict[str, Any]]] = {p: {} for p in PLACES}
        self._counts = {p: {"passed": 0, "failed": 0, "skipped": 0} for p in PLACES}
        self._failed: list[str] = []

    def add(self, place: str, topic: str, name: str, fact: Any) -> None:
        """Keep one fact; a dataclass is kept as its fields."""
        plain = asdict(fact) if is_dataclass(fact) else fact  # type: ignore[call-overload]
        self._facts[place].setdefault(topic, {})[name] = plain

    def count(self, place: str, outcome: str, test: str) -> None:
        """Count a test of a place: ``passed``, ``failed`` or ``skipped``."""
        self._counts[place][outcome] += 1
        if outcome == "failed":
            self._failed.append(test)

    def as_document(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "gpu": gpu(),
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "python": platform.python_version(),
            "places": {
                place: {
                    "absent": why_not(place),
                    "tests": self._counts[place],
                    **self._facts[place],
                }
                for place in PLACES
            },
            "failed": self._failed,
        }

    def write(self, path: Path) -> None:
        """Write it as JSON; makes the folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self.as_document(), indent=1)
        path.write_text(text + "\n", encoding="utf-8")
