"""Notebooks for tests: an assignment's, filled in with files as students write them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Notebook = dict[str, Any]


def environment(name: str) -> Path:
    """The folder of programs of an environment; the test is skipped without it."""
    programs = ROOT / f".venv-{name}" / "bin"
    if not programs.is_dir():
        pytest.skip(f"there is no .venv-{name}: `make test-notebooks` makes it")
    return programs


def run(programs: Path, folder: Path, *words: str, ends: int = 0) -> str:
    """Run a program of an environment in a folder; all that it said."""
    environ = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [str(programs / words[0]), *words[1:]],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
    )
    assert done.returncode == ends, done.stdout[-3000:]
    return done.stdout


def read(path: Path) -> Notebook:
    """A notebook file."""
    found: Notebook = json.loads(path.read_text(encoding="utf-8"))
    return found


def write(notebook: Notebook, path: Path) -> None:
    """Write a notebook file, and the folders that lead to it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def source_of(cell: dict[str, Any]) -> str:
    """The text of a cell, however the file holds it."""
    return "".join(cell["source"])


def filled(released: Notebook, files: dict[str, str]) -> Notebook:
    """nbgrader's released notebook with the code of .py files in it.

    Args:
        released: what students get.
        files: by name: exercises' modules, and worksheet.toml. A module's whole text
            comes into the first cell of its exercise, and the others become empty.
    """
    notebook: Notebook = json.loads(json.dumps(released))
    begun = set()
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name == "worksheet-answers" and "worksheet.toml" in files:
            cell["source"] = "%%writefile worksheet.toml\n" + files["worksheet.toml"]
        exercise, _, _ = name.partition("-")
        if name.endswith("-code") and f"{exercise}.py" in files:
            text = files[f"{exercise}.py"]
            cell["source"] = "" if exercise in begun else text
            begun.add(exercise)
    return notebook
