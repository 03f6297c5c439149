"""Exports in the shape that Gradescope gives them, of students that nobody is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORK = "def conv2d(x):\n    return x\n"


def submitters(*numbers: int) -> str:
    """The entry ``:submitters:`` of a submission of these students."""
    lines = ["  :submitters:\n"]
    for number in numbers:
        lines.append(
            f"  - :name: Student_{number:02} Sample\n"
            f"    :sid: '0{number:02}'\n"
            f"    :email: student_{number:02}@school.example\n"
        )
    return "".join(lines)


def submission(*numbers: int, at: str = "", earlier: int = 0) -> str:
    """All that the file says of one submission."""
    text = submitters(*numbers)
    if at:
        text += f"  :created_at: {at}\n"
    text += "  :score: 1.5\n  :status: processed\n  :results:\n    tests: []\n"
    history = "".join(
        f"  - :id: {number}\n    :score: 0.0\n" for number in range(earlier)
    )
    return text + (f"  :history:\n{history}" if earlier else "  :history: []\n")


def export(folder: Path, **submissions: str | Any) -> Path:
    """A folder with one of each submission, and the file that names their people."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "---\n"
    for name, told in submissions.items():
        (folder / name).mkdir()
        (folder / name / "convolution.py").write_text(f"{WORK}# {name}\n")
        text += f"{name}:\n{told}"
    (folder / "submission_metadata.yml").write_text(text, encoding="utf-8")
    return folder
