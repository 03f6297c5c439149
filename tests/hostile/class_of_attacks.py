"""A class in which every second student attacks, graded by the real command."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile.builders import BUILDERS
from tests.hostile.catalogue_files import COURSE, HERE, RIGHT, Row
from tests.hostile.more_builders import MORE_BUILDERS

ROOT = HERE.parents[1]
PLANTED = "Nobody may change this.\n"


@dataclass
class Secrets:
    """Words that no submission may ever see, new in each run, by where they lie."""

    words: dict[str, str] = field(default_factory=dict)

    def word(self, place: str) -> str:
        """The secret of a place."""
        made = f"CANARY-{place.upper()}-{secrets.token_hex(8)}"
        return self.words.setdefault(place, made)

    def within(self, text: str) -> str:
        """A text with secrets where it says ``@CANARY-PLACE@``."""
        first, *rest = text.split("@CANARY-")
        parts = [part.partition("@") for part in rest]
        return first + "".join(self.word(p.lower()) + after for p, _, after in parts)


@dataclass
class Run:
    """A class that has been graded."""

    folder: Path
    secrets: Secrets
    seed: int
    returncode: int
    output: str
    errors: str
    seconds: float
    open_files: int
    left: list[str]

    @property
    def results(self) -> Path:
        """Where the verdicts are."""
        return self.folder / "results"

    def verdict(self, student: str) -> dict[str, Any]:
        """A student's, as data."""
        path = self.results / f"{student}.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def write_course(folder: Path, words: Secrets) -> Path:
    """The guarded course with secrets in all that instructors write."""
    shutil.copytree(COURSE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in folder.rglob("*.py"):
        path.write_text(words.within(path.read_text("utf-8")), encoding="utf-8")
    return folder


def hand_in(row: Row, submissions: Path, targets: dict[str, str]) -> None:
    """What a row hands in: its own files, and right ones where it attacks no other."""
    folder = submissions / row.student
    folder.mkdir(parents=True)
    given = row.folder / "handed_in"
    if given.exists():
        shutil.copytree(given, folder, dirs_exist_ok=True)
    for path in given.rglob("*") if given.exists() else ():
        path = folder / path.relative_to(given)
        if path.is_file():
            text = path.read_bytes()
            path.write_bytes(text.replace(b"@RESULTS@", targets["results"].encode()))
    build = {**BUILDERS, **MORE_BUILDERS}.get(row.name)
    if build is not None:
        build(folder)
    if not folder.exists():
        return  # an archive stands in its place
    sources = given.rglob("*.py") if given.exists() else ()
    uses_loot = any(b"import loot" in path.read_bytes() for path in sources)
    if uses_loot:
        loot = (HERE / "loot.py").read_text(encoding="utf-8")
        told = loot.replace("TARGETS = {}", f"TARGETS = {targets!r}")
        (folder / "loot.py").write_text(told, encoding="utf-8")
    if not row.alone:
        there = {path.stem.lower()[:6] for path in folder.rglob("*")}
        for name, text in RIGHT.items():
            if name[:6] not in there:
                (folder / name).write_text(text, encoding="utf-8")


def hand_in_honestly(student: str, submissions: Path, word: str) -> None:
    """Right work, with a secret of its own that other students must not see."""
    folder = submissions / student
    folder.mkdir(parents=True)
    for name, text in RIGHT.items():
        (folder / name).write_text(f"# {word}\n{text}", encoding="utf-8")


def grade_class(
    folder: Path, rows: list[Row], *options: str, before: Sequence[str] = ()
) -> Run:
    """Hand in each row, honest work after each, and grade all of it in one run.

    ``before`` are words before the command, such as those that change its user.
    """
    words = Secrets()
    seed = secrets.randbits(62) | 1 << 61
    course = write_course(folder / "course", words)
    submissions, results = folder / "submissions", folder / "results"
    results.mkdir()
    (results / "planted.txt").write_text(PLANTED + words.word("results") + "\n")
    targets = {
        "results": str(results),
        "checks": str(course / "guarded"),
        "course": str(course),
        "submissions": str(submissions),
    }
    for row in rows:
        hand_in(row, submissions, targets)
        hand_in_honestly(row.neighbour, submissions, words.word("neighbour"))
    for path in (results / "planted.txt", results, submissions, folder):
        path.chmod(0o777 if path.is_dir() else 0o666)  # only the sandbox is in the way
    temporary = folder / "temporary"
    temporary.mkdir(mode=0o1777)
    command = [*before, sys.executable, "-m", "autograder", "grade", "guarded"]
    command += [str(submissions), "--out", str(results), "--course", str(course)]
    command += ["--seed", str(seed), "--format", "gradescope", *options]
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.overseer", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "AUTOGRADER_SECRET": words.word("environment"),
            "TMPDIR": str(temporary),
        },
        capture_output=True,
        timeout=900,
        check=False,
    )
    output, _, last = done.stdout.decode(errors="replace").rpartition("\n")
    try:
        seen = json.loads(last)
    except ValueError:
        raise AssertionError(f"{done.stdout!r}\n{done.stderr!r}") from None
    errors = done.stderr.decode(errors="replace")
    return Run(folder, words, seed, output=output, errors=errors, **seen)
