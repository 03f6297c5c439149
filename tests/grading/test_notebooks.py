"""Notebooks, and what else people hand in, graded behind the sandbox."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.assignment import find_assignment
from autograder.home.folder import load_folder
from autograder.home.handing_in import HomeNotebook
from autograder.home.results import check_results
from autograder.home.selection import Selection
from autograder.verdict import Outcome, Verdict
from autograder.verdict_file import from_json
from tests.small_course import write_small_course

SCALE = "def scale(x, factor):\n    return factor * x"
SHIFT = "def shift(x, offset):\n    return x + offset"
STUB = 'def shift(x, offset):\n    raise NotImplementedError("not written yet")'
FUTURE = "from __future__ import annotations\n"
PLAIN = f"import torch\n{SCALE}\n{SHIFT}\n"


def notebook(*cells: str) -> str:
    """A notebook of these code cells, with text between them."""
    found = []
    for source in cells:
        found.append({"cell_type": "markdown", "source": "Text"})
        found.append({"cell_type": "code", "source": source})
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4})


NOTEBOOKS = {
    "whole": [f"import torch\n{SCALE}", SHIFT],
    "future": [f"{FUTURE}import torch\n{SCALE}", f"{FUTURE}{SHIFT}"],
    "scratch": [SCALE, SHIFT, "scale(x, w"],
    "failing": [SCALE, "shift(torch.ones(3), 1)", SHIFT],
    "stub": [SCALE, STUB, "shift(1, 2)"],
    "broken": [SCALE, f"{SHIFT} ++ (", "y = 1"],
    "behind": [SCALE, STUB, f"assert not torch\n{SHIFT}"],
    "again": [STUB, SCALE, SHIFT, f"{SHIFT} + 0"],
    "wrong_again": [SCALE, SHIFT, "def shift(x, offset):\n    return x"],
    "colab": [
        "%matplotlib inline\n!pip install torch\nfrom google.colab import drive\n"
        f"drive.mount('/content/drive')\n{SCALE}",
        f"%%time\n{SHIFT}\ndisplay(shift(1, 2))",
    ],
    "trains": [SCALE, "while True:\n    pass", SHIFT],
    "raises": [SCALE, f"{SHIFT}[0].no"],
    "forbidden": ["import torch as t\ndef scale(x, f):\n    return t.mul(x, f)", SHIFT],
    "hides": ["from torch import mul as scale", f"1 / 0\n{SCALE}", SHIFT],
    "nothing": ["((("],
}
NBCONVERT = (
    "#!/usr/bin/env python\n# coding: utf-8\n\n# In[1]:\n\n\n"
    "get_ipython().run_line_magic('matplotlib', 'inline')\n"
    "get_ipython().system('pip install torch')\n\n\n"
    f"# In[ ]:\n\n\n{SCALE}\n\n\n# In[7]:\n\n\nscale(\n\n\n# In[8]:\n\n\n{SHIFT}\n"
)


def packed() -> bytes:
    """A .tar.gz with the work in a folder."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        info = tarfile.TarInfo("work/scaling.py")
        info.size = len(PLAIN)
        archive.addfile(info, io.BytesIO(PLAIN.encode()))
    return data.getvalue()


def zipped(*files: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return data.getvalue()


FOLDERS: dict[str, dict[str, bytes]] = {
    "latin": {"scaling.py": f"{PLAIN}# caf\u00e9\n".encode("latin-1")},
    "declared": {
        "scaling.py": f"# coding: latin-1\n{PLAIN}A = '\u00e9'\n".encode("latin-1")
    },
    "undeclared": {"scaling.py": f"{PLAIN}A = '\u00e9'\n".encode("latin-1")},
    "copies": {
        "Copy of scaling.py": PLAIN.encode(),
        "Copy of scaling (1).py": b"x = 1\n",
    },
    "copy": {"Copy of scaling.py": PLAIN.encode()},
    "archive": {"work.rar": b"Rar!"},
    "syntax": {"scaling.py": f"{PLAIN}(\n".encode()},
    "beside": {
        "scaling.py": b"def scale(x, factor):\n    raise NotImplementedError\n",
        "work.ipynb": notebook(SCALE, SHIFT).encode(),
    },
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def verdicts(
    course: Path, grade: Callable[..., object], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Verdict]:
    """The whole class, graded at once."""
    folder = tmp_path_factory.mktemp("class")
    for name, cells in NOTEBOOKS.items():
        (folder / f"{name}.ipynb").write_text(notebook(*cells))
    for name, files in FOLDERS.items():
        (folder / name).mkdir()
        for file, content in files.items():
            (folder / name / file).write_bytes(content)
    (folder / "converted.py").write_text(NBCONVERT)
    (folder / "tarred.tar.gz").write_bytes(packed())
    inner = zipped(("scaling.py", PLAIN.encode()))
    (folder / "twice.zip").write_bytes(zipped(("hw/inner.zip", inner)))
    for file in ("scaling.py", "helper-1.py", "notes.txt"):
        text = PLAIN if file == "scaling.py" else "x = 1\n"
        (folder / f"lindanna_LATE_10234_99887_{file}").write_text(text)
    moodle = folder / "Anna Lind_482913_assignsubmission_file_"
    moodle.mkdir()
    (moodle / "scaling.py").write_text(PLAIN)
    out = tmp_path_factory.mktemp("out")
    done = grade("small", folder, out, "--seed", "3", "--jobs", "2", course=course)
    assert done.returncode == 0, done.stderr  # type: ignore[attr-defined]
    found = {}
    for path in out.glob("*.json"):
        verdict = from_json(path.read_text(encoding="utf-8"))
        found[verdict.student] = verdict
    found["stdout"] = done.stdout  # type: ignore[attr-defined]
    return found


def ends(verdict: Verdict) -> list[str]:
    """How scale's checks, and shift's visible one, ended."""
    first, _, third, *_ = verdict.checks
    return [first.outcome.value, third.outcome.value]


def notes(verdict: Verdict) -> str:
    return "\n".join(note.text for note in verdict.notes)


@pytest.mark.parametrize(
    "student",
    [
        *("whole", "future", "scratch", "failing", "again", "colab", "trains"),
        *("converted", "latin", "declared", "copy", "tarred", "twice", "beside"),
        *("lindanna", "Anna Lind"),
    ],
)
def test_nothing_is_lost(verdicts: dict[str, Verdict], student: str) -> None:
    """What runs in Jupyter, and what Python reads, has all points."""
    verdict = verdicts[student]

    assert [c.detail for c in verdict.checks if c.outcome is not Outcome.PASSED] == []
    assert verdict.points == verdict.max_points == 9


@pytest.mark.parametrize(
    ("student", "expected"),
    [
        ("stub", ["passed", "not_attempted"]),
        ("broken", ["passed", "crashed"]),
        ("behind", ["passed", "crashed"]),
        ("wrong_again", ["passed", "failed"]),
        ("raises", ["passed", "crashed"]),
        ("forbidden", ["refused", "passed"]),
        ("hides", ["crashed", "passed"]),
        ("nothing", ["not_attempted", "not_attempted"]),
        ("undeclared", ["unreadable", "unreadable"]),
        ("copies", ["unreadable", "unreadable"]),
        ("archive", ["unreadable", "unreadable"]),
        ("syntax", ["crashed", "crashed"]),
    ],
)
def test_what_is_lost_and_why(
    verdicts: dict[str, Verdict], student: str, expected: list[str]
) -> None:
    """A cell costs its own functions; a file that cannot be read is not unwritten."""
    assert ends(verdicts[student]) == expected


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("scratch", "cell 3, line 1 cannot be read and was left out: SyntaxError"),
        ("failing", "cell 2, line 1 was stopped by NameError"),
        ("broken", "Without it, shift is missing"),
        ("trains", "cell 2, line 1 was stopped by TimeoutError"),
        ("converted", "scaling.py:21 cannot be read and was left out: SyntaxError"),
        ("latin", "is not UTF-8 text (line 6)"),
        ("beside", "scaling.py was left aside: its functions are not written there"),
        ("colab", "2 commands of the notebook"),
    ],
)
def test_notes_say_where(verdicts: dict[str, Verdict], student: str, said: str) -> None:
    """Each cell that was left out is told of, with its place."""
    assert said in notes(verdicts[student])


@pytest.mark.parametrize(
    ("student", "check", "place"),
    [
        ("stub", 2, "cell 2, line 1"),
        ("broken", 2, "cell 2, line 2"),
        ("behind", 2, "cell 3, line 1"),
        ("raises", 2, "cell 2, line 2"),
        ("wrong_again", 2, "cell 3, line 1"),
        ("hides", 0, "cell 2, line 1"),
    ],
)
def test_where_to_look(
    verdicts: dict[str, Verdict], student: str, check: int, place: str
) -> None:
    """Places in a notebook are cells, in ``look at`` and in the message."""
    result = verdicts[student].checks[check]

    assert result.look_at == place
    if result.raised is not None:
        assert place in (result.message or "")


def test_every_unreadable_file_asks_for_a_look(verdicts: dict[str, Verdict]) -> None:
    """The list at the end names the students, the files and the reasons."""
    (stdout,) = " ".join(str(verdicts["stdout"]).split()).split("Most common")[:1]

    assert "undeclared not readable, scaling: scaling.py is not UTF-8 text" in stdout
    assert "copies ambiguous: scaling.py was handed in 2 times" in stdout
    assert "archive not readable, scaling: scaling.py is missing" in stdout


def test_students_go_by_their_names(verdicts: dict[str, Verdict]) -> None:
    """What a platform put behind a name is kept apart from it."""
    assert verdicts["Anna Lind"].origin == "Anna Lind_482913_assignsubmission_file_"
    assert verdicts["lindanna"].origin == "lindanna_LATE_10234_99887"
    assert verdicts["tarred"].origin == "tarred.tar.gz"


@pytest.mark.parametrize("student", NOTEBOOKS)
def test_home_and_grading_agree(
    verdicts: dict[str, Verdict], course: Path, tmp_path: Path, student: str
) -> None:
    """``autograder check homework.ipynb`` ends as grading does, check by check."""
    from dataclasses import replace

    path = tmp_path / f"{student}.ipynb"
    path.write_text(notebook(*NOTEBOOKS[student]))
    home = replace(
        load_folder(find_assignment(course / "small")),
        notebook=HomeNotebook(path, path.parent),
    )

    found = list(check_results(home, Selection()))

    told = {(c.id, c.outcome, c.look_at, c.detail) for c in verdicts[student].checks}
    assert {(c.id, c.outcome, c.look_at, c.detail) for c in found} == told
    cells = {n.text for n in verdicts[student].notes if n.kind == "cell"}
    assert {n.text for n in home.remarks if n.kind == "cell"} == cells
