"""otter's own commands on a master notebook that `autograder otter` has written."""

from __future__ import annotations

import json
import pickle
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import load_course
from autograder.course.leaks import scan, secret_lines
from autograder.course.source import read_text
from autograder.platforms.notebooks.modules import module_parts
from tests.platforms.forgeries import HARMFUL, HARMLESS, reading, writing
from tests.platforms.notebooks import (
    Notebook,
    asked,
    autograder,
    environment,
    filled,
    read,
    run,
    solutions,
    source_of,
    with_cell,
    write,
    write_notebook_course,
)

pytestmark = pytest.mark.slow

HALF = ("softmax", "window_count", "gate_name", "summary")
SEALS_TIGHT = ("--isolation", "auto")  # strict where it is for students, see docs


@dataclass
class Otter:
    """The folders of an assignment of otter's."""

    root: Path
    source: Path  # of autograder's course

    @property
    def released(self) -> Notebook:
        """What students get."""
        return read(self.root / "dist" / "student" / "tiny.ipynb")

    @property
    def archive(self) -> Path:
        """The zip that otter grades with."""
        (found,) = (self.root / "dist" / "autograder").glob("tiny-autograder_*.zip")
        return found

    def grade(self, submission: Path) -> dict[str, Any]:
        """Run `otter run`; what is in results.json."""
        out = submission.parent / f"{submission.stem}_results"
        out.mkdir()
        words = ("otter", "run", str(submission), "-a", str(self.archive), "-o", ".")
        run(environment("otter"), out, *words)
        found: dict[str, Any] = json.loads((out / "results.json").read_text())
        return found

    def grade_notebook(self, notebook: Notebook, folder: Path) -> dict[str, Any]:
        """Grade a notebook alone."""
        path = folder / "tiny.ipynb"
        write(notebook, path)
        return self.grade(path)

    def grade_zip(
        self, notebook: Notebook, more: dict[str, bytes], folder: Path
    ) -> dict[str, Any]:
        """Grade a zip of a notebook and other files."""
        path = folder / "submission.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("tiny.ipynb", json.dumps(notebook))
            for name, content in more.items():
                archive.writestr(name, content)
        return self.grade(path)


@pytest.fixture(scope="module")
def otter(tmp_path_factory: pytest.TempPathFactory) -> Otter:
    """With its assignment generated."""
    environment("otter")
    folder = tmp_path_factory.mktemp("otter")
    source = write_notebook_course(folder / "course")
    root = folder / "otter"
    words = ("--course", str(source), "--out", str(root), "--seed", "5")
    autograder("otter", "tiny", *words, *SEALS_TIGHT)
    run(environment("otter"), root, "otter", "assign", "tiny.ipynb", "dist")
    return Otter(root, source)


@pytest.fixture(scope="module")
def right(otter: Otter) -> dict[str, str]:
    """The right answers."""
    found = solutions(load_course(otter.source).assignment("tiny"))
    return {**found, "heads_in_words": "Each head attends to something else."}


@pytest.fixture(scope="module")
def half(otter: Otter, right: dict[str, str]) -> Notebook:
    """Some answers are right, the others are not written."""
    return filled(otter.released, {name: right[name] for name in HALF})


@pytest.fixture(scope="module")
def half_scores(
    otter: Otter, half: Notebook, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, float]:
    """What half earns."""
    return scores(otter.grade_notebook(half, tmp_path_factory.mktemp("half")))


def scores(results: dict[str, Any]) -> dict[str, float]:
    """By question."""
    return {test["name"]: test["score"] for test in results["tests"] if "score" in test}


def full(results: dict[str, Any]) -> dict[str, float]:
    """The points of questions."""
    return {
        test["name"]: test["max_score"]
        for test in results["tests"]
        if "max_score" in test
    }


def test_right_answers_earn_everything(otter, right, tmp_path):
    results = otter.grade_notebook(filled(otter.released, right), tmp_path)

    by_itself = {n: p for n, p in full(results).items() if n != "heads_in_words"}
    assert {n: scores(results)[n] for n in by_itself} == by_itself
    assert sum(by_itself.values()) == 44


def test_students_get_the_stubs_that_others_get(otter):
    tiny = load_course(otter.source).assignment("tiny")
    stubs = {
        part.names[-1]: part.stub
        for exercise in tiny.exercises
        for part in module_parts(
            read_text(tiny.module(exercise)), exercise, tiny.exercises
        )
        if part.kind == "stub"
    }
    found = {asked(cell): source_of(cell) for cell in otter.released["cells"]}
    assert {name: found[name] for name in stubs} == stubs


def test_half_earns_half(half_scores):
    assert {name for name, score in half_scores.items() if score} == {*HALF}


def test_untouched_earns_nothing(otter, tmp_path):
    assert not any(scores(otter.grade_notebook(otter.released, tmp_path)).values())


def test_a_wrong_function_is_told(otter, right, tmp_path):
    wrong = {**right, "gate_name": "def gate_name(index):\n    return 'input'"}

    results = otter.grade_notebook(filled(otter.released, wrong), tmp_path)

    found = scores(results)
    assert {n for n, p in full(results).items() if found[n] != p} == {"gate_name"}


def test_forgeries_earn_nothing(otter, half, half_scores, tmp_path):
    places = (str(otter.root), str(otter.source), "/tmp", ".", "..")
    cells = [*HARMLESS.values(), reading(*places), writing(str(otter.root), ".", "..")]
    for cell in cells:
        half = with_cell(half, cell)

    assert scores(otter.grade_notebook(half, tmp_path)) == half_scores


@pytest.mark.parametrize("name", ["ends its parent", "never ends"])
def test_a_blow_hits_the_submission_alone(otter, half, half_scores, tmp_path, name):
    found = scores(otter.grade_notebook(with_cell(half, HARMFUL[name]), tmp_path))

    assert found.keys() == half_scores.keys()
    assert all(found[name] <= half_scores[name] for name in found)


class Marks:
    """What a log of otter's holds: unpickling it runs code."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def test_files_beside_the_notebook_win_nothing(otter, half, half_scores, tmp_path):
    """None of them is run outside of the sandbox: each would leave a file."""
    mark = tmp_path / "was_run"
    code = f"from pathlib import Path\nPath({str(mark)!r}).touch()\n".encode()
    names = [
        "otter.py", "otter/__init__.py", "json.py", "torch.py", "pytest.py",
        "autograder/__init__.py", "sitecustomize.py", "usercustomize.py",
        "conftest.py", "ipykernel_launcher.py", "nbformat.py", "__init__.py",
        "tests/softmax.py", "tests/more.py", "logging.py", "test_counting.py",
    ]  # fmt: skip
    more = dict.fromkeys(names, code)
    more["sealed.zip"] = b"PK"
    more[".OTTER_LOG"] = pickle.dumps(Marks(str(mark)))
    more["assignment.toml"] = b"exercises = []"

    found = scores(otter.grade_zip(half, more, tmp_path))

    assert found == half_scores
    assert not mark.exists()


def test_a_kernel_of_another_name_is_nobodys_loss(otter, half, half_scores, tmp_path):
    kernel = {"name": "dl2026", "display_name": "My own", "language": "python"}
    notebook = {**half, "metadata": {**half["metadata"], "kernelspec": kernel}}

    assert scores(otter.grade_notebook(notebook, tmp_path)) == half_scores


def test_students_get_no_line_of_ours(otter, tmp_path):
    secrets = secret_lines(load_course(otter.source).assignment("tiny"))

    assert not scan(otter.root / "dist" / "student", secrets)

    results = otter.grade_notebook(otter.released, tmp_path)
    said = tmp_path / "said.txt"
    said.write_text("\n".join(test.get("output", "") for test in results["tests"]))
    assert not scan(said, secrets)


def test_students_check_at_home(otter, half, tmp_path):
    """In a kernel otter's cases ask `check`, for each check of a function."""
    for path in (otter.root / "dist" / "student").iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    write(half, tmp_path / "tiny.ipynb")
    words = ("--to", "notebook", "--execute", "--allow-errors", "--output", "ran")

    run(environment("otter"), tmp_path, "jupyter", "nbconvert", *words, "tiny.ipynb")

    ran = read(tmp_path / "ran.ipynb")
    told = {
        source_of(cell): "".join(
            "".join(output.get("data", {}).get("text/plain", ""))
            for output in cell["outputs"]
        )
        for cell in ran["cells"]
        if source_of(cell).startswith("grader.check(")
    }
    for name in HALF:
        assert "All test cases passed!" in told[f'grader.check("{name}")'], name
    others = [said for cell, said in told.items() if not any(n in cell for n in HALF)]
    assert others
    assert all("Test case failed" in said for said in others)
