"""Notebooks for tests: an assignment's, filled in with files as students write them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import Assignment
from autograder.course.source import read_text
from autograder.platforms.notebooks.modules import module_parts
from tests.conftest import TINY_COURSE
from tests.small_course import write_small_course

ROOT = Path(__file__).resolve().parents[2]
SHARED = "powers = (x - x.amax(dim, keepdim=True)).exp()"  # of tiny's softmax
EXERCISES = ("functions", "counting", "heads")
HANDOUT = """\
# A little of everything

## How to begin

Read [counting.py](counting.py) last.

## 1 Functions of tensors

## 2 Counting

Windows, masks and gates.

## 3 Several heads

## Where to go from here
"""
WRITTEN = """
[[question]]
id = "heads_in_words"
prompt = "Why has attention several heads?"
kind = "written"
points = 2
"""
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


def write_notebook_course(folder: Path) -> Path:
    """Half of the tiny course, with a question in words, and the small assignment."""
    shutil.copytree(TINY_COURSE, folder)
    listing = folder / "tiny" / "assignment.toml"
    text = re.sub(
        r"^exercises = .*$",
        f"exercises = {list(EXERCISES)}",
        listing.read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    listing.write_text(re.sub(r"^recurrent = .*$", "", text, flags=re.MULTILINE))
    (folder / "tiny" / "HANDOUT.md").write_text(HANDOUT, encoding="utf-8")
    small = write_small_course(folder / "more") / "small"
    shutil.move(small, folder / "small")
    shutil.rmtree(folder / "more")
    # What one assignment shows may stand in the solution of another one.
    with (folder / "small" / "test_scaling.py").open("a", encoding="utf-8") as checks:
        checks.write(f"# {SHARED}\n")
    listing = folder / "course.toml"
    text = (TINY_COURSE / "course.toml").read_text(encoding="utf-8")
    text = text.replace('["tiny"]', '["tiny", "small"]')
    listing.write_text(text, encoding="utf-8")
    with (folder / "tiny" / "worksheet.toml").open("a", encoding="utf-8") as sheet:
        sheet.write(WRITTEN)
    return folder


def autograder(*words: str, ends: int = 0) -> str:
    """Run ``autograder`` in a process of its own; all that it said."""
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *words],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == ends, done.stdout[-3000:]
    return done.stdout


def filled(released: Notebook, answers: Mapping[str, str]) -> Notebook:
    """A released notebook, of any platform, with a student's answers in it.

    Args:
        released: what students get.
        answers: by what they are about: a function's or class's name, "worksheet" (a
            line for each of its answers), or the id of a question in words.
    """
    notebook: Notebook = json.loads(json.dumps(released))
    open_still = dict(answers)
    for cell in notebook["cells"]:
        name = asked(cell)
        if name in open_still:
            text, source = open_still.pop(name), source_of(cell)
            if name == "worksheet":
                for line in text.splitlines():
                    source = source.replace('answer = ""', f"answer = {line}", 1)
                text = source
            elif cell["cell_type"] == "markdown":
                text = source + text
            cell["source"] = text
    assert not open_still, f"the notebook asks for no {[*open_still]}"
    return notebook


def asked(cell: dict[str, Any]) -> str:
    """What a cell of a released notebook asks for; empty if it asks for nothing."""
    source = source_of(cell)
    if source.startswith("%%writefile worksheet.toml"):
        return "worksheet"
    if cell["cell_type"] == "markdown":
        return str(cell["metadata"].get("autograder", {}).get("question", ""))
    if "is not written yet" in source:
        found = re.search(r"^(?:def|class) (\w+)", source, re.MULTILINE)
        assert found is not None
        return found[1]
    return ""


def with_cell(notebook: Notebook, source: str, place: int = 0) -> Notebook:
    """The notebook with one more code cell."""
    more: Notebook = json.loads(json.dumps(notebook))
    cell = {
        "cell_type": "code",
        "id": f"more-{len(more['cells'])}",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
    more["cells"].insert(place, cell)
    return more


def solutions(assignment: Assignment) -> dict[str, str]:
    """The right answers of a notebook, by what they are about."""
    found = {
        part.names[-1]: part.source
        for exercise in assignment.exercises
        for part in module_parts(
            read_text(assignment.module(exercise)), exercise, assignment.exercises
        )
        if part.kind == "stub"
    }
    return {**found, "worksheet": "[5, 7]\n3"}


def with_modules(released: Notebook, files: Mapping[str, str]) -> Notebook:
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
            cell["source"] = "" if exercise in begun else files[f"{exercise}.py"]
            begun.add(exercise)
    return notebook
