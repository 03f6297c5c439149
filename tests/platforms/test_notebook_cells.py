"""An assignment as cells, and the files that nbgrader and otter get of them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from autograder.authoring.publishing import checks_before
from autograder.checking.solution import Solution
from autograder.course.assignment import Assignment, load_course
from autograder.errors import CourseError
from autograder.platforms.nbgrader import course as course_module
from autograder.platforms.nbgrader.course import (
    config_text,
    course_id_in,
    source_files,
)
from autograder.platforms.notebooks import (
    Answers,
    Part,
    Stub,
    Text,
    Written,
    code_cell,
    notebook_cells,
    notebook_text,
)
from autograder.platforms.notebooks import cells as cells_module
from autograder.platforms.notebooks.cells import Cell, parts_of
from autograder.platforms.otter.cases import FINDINGS, expect
from autograder.platforms.otter.master import OtterOptions, master_files
from autograder.submissions.notebook import read_notebook
from autograder.verdict import CheckResult, Outcome
from tests.platforms.notebooks import write_notebook_course
from tests.verdicts import result

OPTIONS = OtterOptions("torch==2.13.0", "https://example.org/cpu", "strict", 12.0)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half of the tiny course, with a question in words."""
    return write_notebook_course(tmp_path_factory.mktemp("cells") / "course")


@pytest.fixture(scope="module")
def assignment(course: Path) -> Assignment:
    return load_course(course).assignment("tiny")


@pytest.fixture(scope="module")
def checks(assignment: Assignment) -> list[CheckResult]:
    return checks_before(Solution(assignment))


@pytest.fixture(scope="module")
def cells(assignment: Assignment, checks: list[CheckResult]) -> list[Cell]:
    return notebook_cells(assignment, checks)


@pytest.fixture(scope="module")
def nbgrader(cells: list[Cell]) -> Any:
    """The source notebook of nbgrader's."""
    files = source_files("tiny", cells, "Tiny", {"test_heads.py": b"", "a/b.png": b""})
    assert set(files) == {
        "source/tiny/tiny.ipynb", "source/tiny/test_heads.py", "source/tiny/a/b.png",
    }  # fmt: skip
    return valid(files["source/tiny/tiny.ipynb"])


@pytest.fixture(scope="module")
def master(cells: list[Cell]) -> Any:
    """The master notebook of otter's."""
    files = master_files(
        "tiny", "Tiny", cells, {"test_heads.py": b""}, b"PK", ("a.whl", b""), OPTIONS
    )
    assert set(files) == {"tiny.ipynb", "sealed.zip", "a.whl", "test_heads.py"}
    return valid(files["tiny.ipynb"])


def valid(content: bytes) -> Any:
    """A notebook that nbformat has nothing to say against."""
    notebook = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells]
    assert len({*ids}) == len(ids)
    return notebook


def test_order(cells):
    """An exercise's text and imports, then each function with its checks behind it."""
    stubs = [cell for cell in cells if isinstance(cell, Stub)]
    assert [(stub.exercise, stub.name) for stub in stubs] == [
        ("functions", "softmax"),
        ("functions", "layer_norm"),
        ("functions", "attention"),
        ("counting", "window_count"),
        ("counting", "is_causal"),
        ("counting", "gate_name"),
        ("counting", "summary"),
        ("counting", "count_parameters"),
        ("heads", "MultiHeadAttention"),
    ]
    for before, cell in pairwise(cells):
        if isinstance(cell, cells_module.Test):
            named = {
                Stub: lambda one: one.name,
                cells_module.Test: lambda one: one.part.function,
                Answers: lambda one: "worksheet",
            }[type(before)](before)
            assert named == cell.part.function
    assert [type(cell) for cell in cells[-4:]] == [
        Answers,
        cells_module.Test,
        cells_module.Test,
        Written,
    ]


def test_sections_of_the_handout(cells):
    """One for each exercise: before its first function; others frame them."""
    texts = [
        (place, cell.source.partition("\n")[0])
        for place, cell in enumerate(cells)
        if isinstance(cell, Text) and not cell.source.startswith("## `")
    ]
    places = {title: place for place, title in texts}
    first = {stub.name: cells.index(stub) for stub in cells if isinstance(stub, Stub)}
    assert [title.partition(":")[0] for _, title in texts] == [
        "# A little of everything",
        "Once, if `autograder` is not installed",
        "## How to begin",
        "In this notebook there are no files to write",
        "## 1 Functions of tensors",
        "## 2 Counting",
        "## 3 Several heads",
        "## Where to go from here",
        "The cell below is your `worksheet.toml`",
    ]
    assert places["## 1 Functions of tensors"] == first["softmax"] - 1
    assert places["## 2 Counting"] == first["window_count"] - 1
    assert places["## 3 Several heads"] == first["MultiHeadAttention"] - 1


def test_sections_that_are_no_exercises_stand_at_what_they_speak_of(course, checks):
    handout = course / "tiny" / "HANDOUT.md"
    before = handout.read_text(encoding="utf-8")
    sections = ["1 Soft maxima", "2 Attention", "3 Masks that are causal", "4 Heads"]
    text = "# Tiny\n\n" + "\n\n".join(f"## {title}\n\nText." for title in sections)
    handout.write_text(text, encoding="utf-8")

    found = notebook_cells(load_course(course).assignment("tiny"), checks)

    handout.write_text(before, encoding="utf-8")
    behind = {
        cell.source.partition("\n")[0]: following.name
        for cell, following in pairwise(found)
        if isinstance(cell, Text) and isinstance(following, Stub)
    }
    assert behind == {
        "## 1 Soft maxima": "softmax",
        "## 2 Attention": "attention",
        "## 3 Masks that are causal": "is_causal",
        "## 4 Heads": "MultiHeadAttention",
    }


def test_every_point_is_in_one_cell(cells, checks):
    parts = [cell.part for cell in cells if isinstance(cell, cells_module.Test)]
    assert parts == sorted(parts, key=parts_of(checks).index)
    found = sorted(check.id for part in parts for check in part.checks)
    assert found == sorted(check.id for check in checks)
    assert sum(part.points for part in parts) == sum(c.max_points for c in checks)
    assert len({part.name for part in parts}) == len(parts)
    names = {part.name: part.points for part in parts}
    assert names["counting-window_count"] == 4
    assert names["counting-window_count-hidden"] == 1
    assert names["worksheet"] == 1
    assert names["worksheet-hidden"] == 2


def test_a_name_in_two_exercises_is_refused(course, checks):
    path = course / "tiny" / "heads.py"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "\n\ndef softmax(x):\n    return x\n", encoding="utf-8")

    with pytest.raises(
        CourseError, match="'softmax' is defined in functions and heads"
    ):
        notebook_cells(load_course(course).assignment("tiny"), checks)

    path.write_text(before, encoding="utf-8")


def test_the_same_cells_give_the_same_bytes():
    cell = code_cell("a = 1\nb = 2\n", "x" * 80, {"b": 1, "a": 2})

    text = notebook_text([cell], "Title")

    assert text == notebook_text([cell], "Title")
    (found,) = valid(text.encode()).cells
    assert (found.source, len(found.id)) == ("a = 1\nb = 2", 64)


class TestNbgrader:
    """Its source notebook and its configuration."""

    def test_marks(self, nbgrader, checks):
        worth = {}
        marked = [cell for cell in nbgrader.cells if cell.metadata]
        assert {cell.id[:5] for cell in nbgrader.cells if not cell.metadata} == {
            "text-", "code-",
        }  # fmt: skip
        for cell in marked:
            marks = cell.metadata.nbgrader
            assert marks.schema_version == 3
            assert re.fullmatch(r"[\w-]+", marks.grade_id)
            assert marks.locked != marks.solution
            assert ("points" in marks) == marks.grade
            if marks.grade:
                worth[marks.grade_id] = marks.points
            if cell.cell_type == "markdown":  # nbgrader refuses anything else
                assert marks.grade == marks.solution
        assert worth.pop("written-heads_in_words") == 2
        assert sum(worth.values()) == sum(check.max_points for check in checks)

    def test_a_hidden_cell_fails_without_our_configuration(self, nbgrader):
        hidden = [cell for cell in nbgrader.cells if cell.id.endswith("-hidden")]
        assert len(hidden) == 8
        for cell in hidden:
            told, begin, code, end = cell.source.splitlines()
            assert told.startswith("# ")
            assert (begin, end) == (
                "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS",
            )  # fmt: skip
            with pytest.raises(RuntimeError, match=r"nbgrader_config\.py"):
                exec(code)

    @pytest.mark.parametrize(
        ("points", "said"),
        [
            ([1.0], "# A hidden check runs when this is graded; it is worth 1 point."),
            (
                [0.5],
                "# A hidden check runs when this is graded; it is worth 0.5 points.",
            ),
            (
                [0.5, 0.5],
                "# 2 hidden checks run when this is graded; together they are worth "
                "1 point.",
            ),
        ],
    )
    def test_what_a_hidden_cell_says(self, points, said):
        made = [result(Outcome.WAITING, str(n), p) for n, p in enumerate(points)]

        assert (
            course_module.test_source(Part("a", "f", True, tuple(made))).splitlines()[0]
            == said
        )

    def test_configuration(self):
        text = config_text("dl101")

        assert course_id_in(text) == "dl101"
        assert course_id_in("") == ""
        config: Any = SimpleNamespace(CourseDirectory=SimpleNamespace())
        *lines, last = text.splitlines()
        exec("\n".join(lines), {"get_config": lambda: config})
        assert config.CourseDirectory.course_id == "dl101"
        assert last == "configure(c, Path(__file__).parent)"


class TestOtter:
    """Its master notebook, and the test cases in it."""

    def test_configuration(self, master):
        first = master.cells[0]
        assert first.cell_type == "raw"
        lines = first.source.splitlines()
        assert lines[0] == "# ASSIGNMENT CONFIG"
        values = dict(line.split(": ", 1) for line in lines[1:])
        told = {key: json.loads(value) for key, value in values.items()}
        assert told["files"] == ["test_heads.py", "a.whl"]
        assert told["autograder_files"] == ["sealed.zip"]
        assert told["requirements"] == [
            "--extra-index-url https://example.org/cpu",
            "torch==2.13.0",
            "/autograder/source/files/a.whl",
        ]
        (plugin,) = told["plugins"]
        assert [*plugin.values()] == [{"isolation": "strict", "minutes": 12.0}]

    def test_marks_are_in_pairs(self, master):
        opened: list[str] = []
        for cell in master.cells[1:]:
            if cell.cell_type != "raw":
                continue
            verb, _, what = (
                cell.source.splitlines()[0].removeprefix("# ").partition(" ")
            )
            if verb == "BEGIN":
                opened.append(what)
            else:
                assert (verb, what) == ("END", opened.pop())
        assert not opened

    def test_cases(self, master, checks):
        """One for each check, with its points; it says nothing of what is checked."""
        found = [c.source for c in master.cells if "# BEGIN TEST CONFIG" in c.source]
        assert len(found) == len(checks)
        ids = []
        for source in found:
            ((function, id_),) = re.findall(r"expect\('(.+)', '(.+)', env\)", source)
            ids.append(id_)
            (check,) = (check for check in checks if check.id == id_)
            assert function == check.function
            assert f"points: {check.max_points:g}\n" in source
            assert f"hidden: {str(check.hidden).lower()}\n" in source
            ast.parse(source)
            assert len(source.splitlines()) == 7
        assert sorted(ids) == sorted(check.id for check in checks)

    def test_a_case_asks_for_one_finding(self):
        findings = {"a::one": (True, "fine"), "a::two": (False, "not yet")}

        expect("f", "a::one", {FINDINGS: findings})
        with pytest.raises(AssertionError, match=r"^not yet$"):
            expect("f", "a::two", {FINDINGS: findings})
        with pytest.raises(AssertionError, match="a::three is no check"):
            expect("f", "a::three", {FINDINGS: findings})


class TestAnswersInWords:
    """What intake reads of the cells that ask for them."""

    def written(self, notebook: Any, texts: Sequence[str]) -> str:
        """The worksheet that intake finds where these answers were typed."""
        document = json.loads(nbformat.writes(notebook))
        cells = [cell for cell in document["cells"] if "autograder" in cell["metadata"]]
        for cell, text in zip(cells, texts):
            cell["source"] = "".join(cell["source"]) + text
        return read_notebook(json.dumps(document), "a.ipynb").written["worksheet.toml"]

    @pytest.mark.parametrize("platform", ["nbgrader", "master"])
    @pytest.mark.parametrize(
        "text",
        [
            "Each sees something else.",
            "\n\nBelow an empty line.",
            "Two\n\nparagraphs, \"quotes\", '''more''', a \\ and \x7f.",
            "A rule\n\n---\n\nin it",
            "",
        ],
    )
    def test_what_was_typed_arrives(self, request, assignment, platform, text):
        from autograder.worksheet import load, read_answers, written_text

        found = self.written(request.getfixturevalue(platform), [text])

        worksheet = load(assignment.folder / "worksheet.toml")
        answers = read_answers(found, worksheet)
        question = worksheet.question("heads_in_words")
        assert question is not None
        assert written_text(question, answers) == text.strip()
