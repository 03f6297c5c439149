"""Home and grading agree: the same file ends in the same way on both sides."""

from __future__ import annotations

import logging
import shutil
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.authoring.publishing import hidden_summary
from autograder.checking.solution import Solution
from autograder.course.assignment import find_assignment, load_course
from autograder.course.generate import generate
from autograder.grading.children import Line
from autograder.grading.submission import Grading, grade_submission, read
from autograder.home import check_runs, parity
from autograder.home import limits as home_limits
from autograder.home.folder import load_folder
from autograder.home.parity import parity_notes, version_notes
from autograder.home.results import check_results
from autograder.home.selection import Selection
from autograder.sandbox import limits as sandbox_limits
from autograder.submissions.intake import Entry
from autograder.verdict import CheckResult, Note
from autograder.wording import message_for
from tests.small_course import write_small_course

SIDES = ("home", "home without a fork", "grading")
SHIFT = "def shift(x, offset):\n    return x + offset\n"


@dataclass
class Found:
    """What one side found."""

    checks: dict[str, CheckResult]
    notes: list[Note]

    def outcome(self, name: str) -> str:
        """How a check ended."""
        return self.checks[name].outcome.value

    def message(self, name: str) -> str:
        """What is said of it."""
        return message_for(self.checks[name])


Judge = Callable[..., Found]


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, and its student's folder beside it."""
    root = tmp_path_factory.mktemp("parity")
    folder = write_small_course(root)
    assignment = load_course(folder).assignment("small")
    generate(assignment, root / "small", {}, hidden_summary(Solution(assignment)))
    return root


@pytest.fixture(scope="session")
def grading(course: Path) -> Grading:
    """What is the same for every submission."""
    solution = Solution(load_course(course / "solutions").assignment("small"))
    return Grading(solution, 5)


@pytest.fixture(params=SIDES)
def judge(
    request: pytest.FixtureRequest,
    course: Path,
    grading: Grading,
    tmp_path: Path,
    line: Line,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Judge]:
    """Check a scaling.py, with files beside it, on one of the sides."""

    def judged(source: str, files: dict[str, str] | None = None) -> Found:
        folder = tmp_path / "ada"
        if request.param != "grading":
            shutil.copytree(course / "small", folder)
        contents = {"scaling.py": textwrap.dedent(source), **(files or {})}
        for name, text in contents.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        if request.param == "grading":
            submission = read(Entry("ada", folder), grading)
            verdict = grade_submission(submission, grading, line, [])
            checks, notes = verdict.checks, verdict.notes
        else:
            if request.param != "home":
                monkeypatch.setattr(check_runs, "CAN_FORK", False)
            home = load_folder(find_assignment(folder))
            checks = list(check_results(home, Selection()))
            notes = parity_notes(home.assignment, home.checks, [])
        after = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
        assert after == before, "the student's own folder was written to"
        visible = {c.id.partition("::")[2]: c for c in checks if not c.hidden}
        return Found(visible, notes)

    yield judged
    for handler in logging.getLogger().handlers[:]:
        if isinstance(
            handler, logging.FileHandler
        ):  # of a submission's, in this process
            logging.getLogger().removeHandler(handler)
            handler.close()


def test_an_unused_library_costs_nothing(judge: Judge) -> None:
    """an import that is never used passes, with a note that names it"""
    found = judge(
        f"""
import torch
import matplotlib.pyplot as plt
from sklearn.metrics import accuracy_score
plt.rcParams["figure.figsize"] = (3, 2)
plt.style.use("ggplot")
def scale(x, factor):
    return factor * x
def picture(ax: plt.Axes | None = None):
    plt.imshow(ax)
{SHIFT}"""
    )

    assert found.outcome("test_scales") == "passed"
    assert found.outcome("test_shifts") == "passed"
    (note,) = [n for n in found.notes if n.kind == "absent_library"]
    assert note.text.startswith("scaling.py imports matplotlib and sklearn. When")


@pytest.mark.parametrize(
    ("head", "use"),
    [
        ("import matplotlib.pyplot as plt", "plt.plot([1])"),
        ("from scipy import special", "x = special.erf(x)"),
        ("from scipy.special import erf", "x = erf(x) * 1"),
        ("from tqdm import tqdm", "[0 for _ in tqdm]"),
        ("import pandas as pd\nTABLE = pd.DataFrame()", "x = x + TABLE.sum()"),
        ("import hypothesis", "hypothesis.seed(1)"),  # installed, and loaded, at home
        ("import sympy", "sympy.Symbol('x')"),  # installed with torch, on both sides
        ("import autograder", "autograder.agrees(1, 2)"),
        ("", "import yaml; yaml.safe_load('1')"),
        ("import importlib", "importlib.import_module('rich')"),
        ("", "__import__('rich').print()"),
    ],
)
def test_using_a_library_that_is_not_there(judge: Judge, head: str, use: str) -> None:
    """its use raises at the line that uses it, and costs that function alone"""
    found = judge(
        f"import torch\n{head}\ndef scale(x, factor):\n    {use}\n    "
        f"return factor * x\n{SHIFT}"
    )

    assert found.outcome("test_scales") == "crashed"
    assert found.outcome("test_shifts") == "passed"
    raised = found.checks["test_scales"].raised
    assert raised is not None
    assert raised.type == "ModuleNotFoundError"
    assert "is not there when this is graded, only the standard library" in (
        raised.message
    )
    assert raised.frames[-1].text.strip().startswith(use.split(";")[0][:5])


@pytest.mark.parametrize(
    "head",
    [
        "try:\n    import rich\nexcept ImportError:\n    rich = None",
        "try:\n    from rich import print as shown\nexcept Exception:\n    rich = None",
        "import contextlib\nrich = None\nwith contextlib.suppress(ImportError):\n"
        "    import rich",
        "import importlib.util\nrich = importlib.util.find_spec('rich')",
        "from typing import TYPE_CHECKING\nrich = None\nif TYPE_CHECKING:\n"
        "    import rich",
    ],
)
def test_code_that_does_without(judge: Judge, head: str) -> None:
    """who provides for a missing library gets the ImportError, and no note"""
    found = judge(
        f"{head}\ndef scale(x, factor):\n    assert rich is None\n"
        f"    return factor * x\n{SHIFT}"
    )

    assert found.outcome("test_scales") == "passed"
    assert [n for n in found.notes if n.kind == "absent_library"] == []


def test_what_may_be_imported(judge: Judge) -> None:
    """the standard library, numpy, torch and modules of one's own are there"""
    found = judge(
        f"""
from __future__ import annotations
import math, wave, xml.dom.minidom
import numpy.linalg as la
import torch.nn.functional as F
import helper
from layers.padding import one
from typing_extensions import override
def scale(x, factor):
    import decimal
    return factor * x * helper.ONE * one()
{SHIFT}""",
        {
            "helper.py": "import torch\nONE = 1\n",
            "layers/padding.py": "one = int(1).real.__int__",
        },
    )

    assert found.message("test_scales") == "Passed."


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("mistakes", True), ("jaxtyping", False), ("sitecustomize", False)],
)
def test_names_of_ones_own_modules(judge: Judge, name: str, is_found: bool) -> None:
    """a helper may have any name but that of a module that others rely on"""
    found = judge(
        f"from {name} import ONE\ndef scale(x, factor):\n    return factor * x * ONE\n"
        f"{SHIFT}",
        {f"{name}.py": "ONE = 1\n"},
    )

    assert (found.outcome("test_scales") == "passed") is is_found


def test_a_module_of_ones_own_obeys_as_well(judge: Judge) -> None:
    """the rule holds for each file, and the note names the one that breaks it"""
    found = judge(
        "import helper\ndef scale(x, factor):\n    helper.show(x)\n"
        f"    return factor * x\n{SHIFT}",
        {"helper.py": "import seaborn\ndef show(x):\n    seaborn.heatmap(x)\n"},
    )

    assert found.outcome("test_scales") == "crashed"
    assert "helper.py:3" in found.message("test_scales")
    assert [n.text[:25] for n in found.notes] == ["helper.py imports seaborn"]


def test_code_may_write_a_little(judge: Judge) -> None:
    """a log, a checkpoint and a temporary file are written, and read again"""
    found = judge(
        f"""
import logging, os, tempfile, torch
from pathlib import Path
logging.basicConfig(filename="debug.log", level=logging.DEBUG, force=True)
def scale(x, factor):
    logging.debug("scaling")
    os.makedirs("runs", exist_ok=True)
    torch.save(x, "runs/x.pt")
    with tempfile.TemporaryFile() as file:
        file.write(b"1")
    assert "scaling" in Path("debug.log").read_text()
    return factor * x + 0 * torch.load("runs/x.pt").detach()
{SHIFT}"""
    )

    assert found.message("test_scales") == "Passed."


def test_a_file_that_grows_too_large(
    judge: Judge, request: pytest.FixtureRequest
) -> None:
    """a file of more than 4 MB is an error of the code"""
    if "home without a fork" in request.node.name:
        pytest.skip("files are not limited in the process of autograder itself")
    found = judge(
        f"""
def scale(x, factor):
    with open("big", "wb") as file:
        file.write(bytes(5 << 20))
    return factor * x
{SHIFT}"""
    )

    assert "File too large" in found.message("test_scales")


def test_data_beside_the_code(judge: Judge) -> None:
    """what is handed in beside the code is read by its path, and stays as it is"""
    found = judge(
        f"""
import csv
from pathlib import Path
TABLE = Path("data/table.csv").read_text()
HERE = (Path(__file__).parent / "one.txt").read_text()
def scale(x, factor):
    open("one.txt", "a").close() if False else None
    return factor * x * int(TABLE) * int(HERE)
{SHIFT}""",
        {"data/table.csv": "1", "one.txt": "1"},
    )

    assert found.message("test_scales") == "Passed."


def test_large_data_is_left_out_with_a_note(judge: Judge) -> None:
    """a file over a megabyte is not there, and a note says so if the code names it"""
    found = judge(
        f"""
def scale(x, factor):
    return factor * x * len(open("big.csv").read())
{SHIFT}""",
        {"big.csv": "1" * ((1 << 20) + 1), "report.txt": "1" * ((1 << 20) + 1)},
    )

    assert "FileNotFoundError" in found.message("test_scales")
    (note,) = found.notes
    assert note.text.startswith("big.csv cannot be read by the code when it is checked")


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("breakpoint()", "breakpoint()"),
        ("__import__('builtins').breakpoint()", "breakpoint()"),
        ("import pdb; pdb.set_trace()", "pdb.set_trace()"),
        ("from pdb import set_trace; set_trace()", "pdb.set_trace()"),
        ("factor = float(input('factor? '))", "input()"),
    ],
)
def test_left_in_the_code(judge: Judge, call: str, named: str) -> None:
    """a debugger and a question are named, with their line and what to do"""
    found = judge(f"def scale(x, factor):\n    {call}\n    return factor * x\n{SHIFT}")

    assert f"{named} was left in the code at scaling.py:2" in found.message(
        "test_scales"
    )
    assert "ake it out" in found.message("test_scales")
    assert found.outcome("test_shifts") == "passed"


@pytest.mark.parametrize(
    "call", ["exit()", "quit()", "raise SystemExit", "import sys; sys.exit()"]
)
def test_an_end_in_the_code(judge: Judge, call: str) -> None:
    """code that ends the program is told its line"""
    found = judge(f"def scale(x, factor):\n    {call}\n    return factor * x\n{SHIFT}")

    assert "your code ends the program, as exit() does, at scaling.py:2" in (
        found.message("test_scales")
    )


def test_a_loader_with_workers(judge: Judge) -> None:
    """workers are processes, which code may not start: the loader does without"""
    found = judge(
        f"""
from torch.utils.data import DataLoader
def scale(x, factor):
    (batch,) = DataLoader([1, 2], 2, num_workers=2, timeout=9)
    return factor * x + 0 * batch.sum()
{SHIFT}"""
    )

    assert found.message("test_scales") == "Passed."


def test_nobody_types(judge: Judge) -> None:
    """reading from the terminal finds its end at once"""
    found = judge(
        "import sys\ndef scale(x, factor):\n    assert sys.stdin.read() == ''\n"
        f"    return factor * x\n{SHIFT}"
    )

    assert found.message("test_scales") == "Passed."


def test_each_child_has_an_empty_folder(
    judge: Judge, request: pytest.FixtureRequest
) -> None:
    """what one process wrote is not there for the one after it"""
    if "home without a fork" in request.node.name:
        pytest.skip("there is one process, and a crash ends it")
    found = judge(
        """
import os
def scale(x, factor):
    open("left", "w").close()
    os._exit(1)
def shift(x, offset):
    assert os.listdir() == ["scaling.py"]
    return x + offset
"""
    )

    assert found.outcome("test_scales") == "crashed"
    assert found.message("test_shifts") == "Passed."


@pytest.mark.parametrize(
    "act",
    [
        "open({outside!r}).read()",
        "open({outside!r}, 'w').close()",
        "open('../left', 'w').close()",
        "__import__('os').remove({outside!r})",
        "__import__('os').rename('scaling.py', {outside!r})",
        "__import__('subprocess').run(['true'])",
        "__import__('os').system('true') and 1 / 0",
        "__import__('socket').socket()",
    ],
)
def test_what_lies_outside(judge: Judge, tmp_path: Path, act: str) -> None:
    """other files, programs and the network are out of reach, and stay as they are"""
    outside = tmp_path / "notes.txt"
    outside.write_text("mine")
    found = judge(
        f"def scale(x, factor):\n    {act.format(outside=str(outside))}\n"
        f"    return factor * x\n{SHIFT}"
    )

    assert found.outcome("test_scales") == "crashed"
    assert found.outcome("test_shifts") == "passed"
    assert outside.read_text() == "mine"


@pytest.mark.parametrize(
    ("torch_there", "crashed", "told"),
    [("1.9.0", False, "1.9"), ("99.1.0", False, ""), ("99.1.0", True, "99.1")],
    ids=["newer here", "older here", "older here, and it stops"],
)
def test_other_versions_are_told_where_they_matter(
    course: Path, tmp_path: Path, torch_there: str, crashed: bool, told: str
) -> None:
    """what is newer here may be missing in grading; what is older may stop code here"""
    folder = tmp_path / "small"
    shutil.copytree(course / "small", folder)
    file = folder / "assignment.toml"
    file.write_text(f'{file.read_text()}\n[made_with]\ntorch = "{torch_there}"\n')

    notes = version_notes(find_assignment(folder), crashed)

    assert [f"{told} in grading" in note.text for note in notes] == [True] * bool(told)
    assert all(len(note.text) <= 80 for note in notes)


def test_what_home_cannot_do_is_said(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """without a fork, and on a real GPU, a note says what may differ"""
    monkeypatch.setattr(parity, "CAN_FORK", False)
    assignment = find_assignment(course / "small")

    notes = parity_notes(assignment, ["scaling"], ["cpu float64", "cuda float32"])

    assert ["memory" in notes[0].text, "CUDA" in notes[1].text] == [True, True]


def test_a_file_may_be_as_large_on_both_sides() -> None:
    """Home does without the sandbox, so the bound stands twice, and is the same."""
    assert home_limits.WRITTEN_FILE_BYTES == sandbox_limits.FILE_BYTES
