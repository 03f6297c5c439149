"""The rows of a catalogue: folders with what is handed in, and what it must get."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COURSE = HERE / "guarded_course"
CATALOGUE = HERE / "catalogue"
MORE = HERE / "more"


def handed_in_right(exercise: str) -> str:
    """A right submission of one exercise: the solution without its secrets."""
    text = (COURSE / "guarded" / f"{exercise}.py").read_text(encoding="utf-8")
    return "".join(x for x in text.splitlines(keepends=True) if "CANARY" not in x)


RIGHT_TENSORS = handed_in_right("tensors")
RIGHT = {"tensors.py": RIGHT_TENSORS, "labels.py": handed_in_right("labels")}


@dataclass(frozen=True)
class Row:
    """One submission of a catalogue.

    Attributes:
        name: of its folder, ``28_inf_loop``.
        folder: where that is.
        about: what it does, in a few words.
        points: what it must get.
        not_passed: how each check ends that does not pass, and a piece of what is said.
        notes: pieces of what the verdict says of the whole submission.
        seconds: what grading it may take at most, on a busy machine.
        slow: whether it is left to `make test-all`.
        alone: whether no right files are put beside what it hands in.
    """

    name: str
    folder: Path
    about: str
    points: float
    not_passed: dict[str, list[str]]
    notes: list[str]
    seconds: float = 20.0
    slow: bool = False
    alone: bool = False

    @property
    def student(self) -> str:
        """Under which name it is handed in."""
        return f"student_{self.name.partition('_')[0]}"

    @property
    def neighbour(self) -> str:
        """Whose honest work is graded next."""
        return f"{self.student}_next"


def rows_of(catalogue: Path) -> list[Row]:
    """All rows of a catalogue, in order."""
    found = []
    for path in sorted(catalogue.glob("*/expected.json")):
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        told = {"points": -1, "not_passed": {}, "notes": [], **told}
        found.append(Row(name=path.parent.name, folder=path.parent, **told))
    return found
