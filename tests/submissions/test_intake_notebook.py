"""Notebooks that students hand in."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import nbformat
import pytest

from autograder.sources.cells import Cell, cells_of
from autograder.sources.magics import without_magics
from autograder.submissions.intake import (
    Entry,
    IntakeLimits,
    Submission,
    read_submission,
)
from autograder.submissions.notebook import read_notebook


def cells(*sources: str) -> str:
    """A notebook of these code cells, as its JSON."""
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources]
    )
    return str(nbformat.writes(made))


def read(tmp_path: Path, text: str, limits: IntakeLimits | None = None) -> Submission:
    """Read a notebook as student_01's."""
    path = tmp_path / "student_01.ipynb"
    path.write_text(text, encoding="utf-8")
    return read_submission(
        Entry("student_01", path), ["convolution", "pooling"], False, limits
    )


def test_code_cells_are_joined_and_numbered(tmp_path: Path) -> None:
    """Text is left out, and each code cell is found again by its number."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("A = 1"),
            nbformat.v4.new_markdown_cell("# Pooling"),
            nbformat.v4.new_code_cell("B = A + 1\n\n"),
        ]
    )

    submission = read(tmp_path, nbformat.writes(notebook))

    source = submission.files["pooling"]
    assert cells_of(source) == [Cell(1, 0, "A = 1"), Cell(2, 0, "B = A + 1")]
    assert submission.files == {"convolution": source, "pooling": source}
    (note,) = submission.notes
    assert note.text == "graded student_01.ipynb as convolution.py, pooling.py"


def test_format_three_is_known() -> None:
    """Notebooks from before 2015 have their cells elsewhere."""
    old = nbformat.v3.new_notebook(
        worksheets=[
            nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("A = 1")])
        ]
    )

    assert cells_of(read_notebook(json.dumps(old), "a.ipynb").code) == [
        Cell(1, 0, "A = 1")
    ]


def test_outputs_do_not_matter(tmp_path: Path) -> None:
    """A notebook that was run has the same digest as before."""
    fresh = nbformat.reads(cells("A = 1"), as_version=4)
    ran = nbformat.reads(cells("A = 1"), as_version=4)
    ran.cells[0].outputs = [
        nbformat.v4.new_output("stream", text="def conv2d(): pass\n")
    ]
    ran.cells[0].execution_count = 7

    before = read(tmp_path, nbformat.writes(fresh))
    after = read(tmp_path, nbformat.writes(ran))

    assert before.files == after.files
    assert before.digest == after.digest


def test_a_writefile_cell_becomes_the_file(tmp_path: Path) -> None:
    """%%writefile convolution.py is that file; other exercises take the notebook."""
    text = cells(
        "%%writefile convolution.py\ndef conv2d(x):\n    return x\n",
        "%%writefile -a src/convolution.py\nMORE = 1\n",
        "P = 1",
    )

    submission = read(tmp_path, text)

    assert submission.files["convolution"] == (
        "def conv2d(x):\n    return x\nMORE = 1\n"
    )
    assert cells_of(submission.files["pooling"]) == [Cell(3, 0, "P = 1")]


def test_cells_of_other_languages_go_and_timed_cells_stay(tmp_path: Path) -> None:
    """The body of %%time runs in the notebook, that of %%bash does not."""
    text = cells("%%bash\nls", "%%time\nA = 1", "%%html\n<b>", "%%timeit\nB = 1")

    source = read(tmp_path, text).files["pooling"]

    assert cells_of(source) == [Cell(2, 0, "\nA = 1")]


@pytest.mark.parametrize(
    "command",
    [
        "%matplotlib inline",
        "!pip install torch",
        "!echo don't",
        "%%timeit",
        "?torch.softmax",
        "torch.softmax?",
        "torch.softmax??",
        "pip install torch",
        "%cd (",
    ],
)
def test_commands_of_the_notebook_go(command: str) -> None:
    """A command is left out, and the lines around it keep their numbers."""
    code, left_out = without_magics(f"A = 1\n{command}\nB = 2")

    assert left_out == 1
    assert command not in code
    first, middle, last = code.split("\n")
    assert (first, last) == ("A = 1", "B = 2")
    assert middle.startswith("#")


def test_a_command_may_hold_a_bracket() -> None:
    """What a command leaves open is not open behind it."""
    code, left_out = without_magics("!echo (\n%cd '''\n!ls\nA = 1")

    assert left_out == 3
    assert code.endswith("\nA = 1")


def test_a_block_of_one_command_is_not_left_empty() -> None:
    """The command makes room for a statement."""
    code, _ = without_magics("if True:\n    !ls\n")

    ast.parse(code)


def test_an_assigned_command_becomes_none() -> None:
    """files = !ls cannot be Python."""
    code, _ = without_magics("files = !ls\nt = %timeit -o f()")

    assert [line.split("  #")[0] for line in code.split("\n")] == [
        "files = None",
        "t = None",
    ]


def test_a_command_over_several_lines() -> None:
    """A backslash carries a command on, and the cell behind it stays."""
    code, _ = without_magics("!pip install \\\n    torch\nA = 1")

    assert code.split("\n")[1:] == ["", "A = 1"]


@pytest.mark.parametrize(
    "source",
    [
        'x = ("%d"\n     % 3)',
        'def f():\n    """Does it flip?\n    !no\n    % neither\n    Why?\n    """',
        "x = 5  # why?",
        "# why?",
        "x = 'why?'",
        "x = '''(\n%s\n'''",
        "x = [  # (((\n    1,\n]\ny = x",
        "x = 7 \\\n  % 3",
        "x = 'it\\'s (' ; y = \"'''\"",
        "x = 'a\\\n!b'",
        'x = """a\\"""\n!b\n"""',
    ],
)
def test_python_that_looks_like_a_command_stays(source: str) -> None:
    """% may continue an expression, and text may ask."""
    ast.parse(source)

    assert without_magics(source) == (source, 0)


@pytest.mark.parametrize(
    "source", ["(" * 10**6, "'" * 10**6, "\\\n" * 10**5, '"""' + "\\" * 10**6]
)
def test_hostile_cells_are_read_in_linear_time(source: str) -> None:
    """A megabyte of brackets or quotes does no harm."""
    without_magics(source)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "it is not JSON"),
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "no list of cells"),
        ('{"cells": 3}', "no list of cells"),
        ('{"cells": [3]}', "cell 1 is no cell"),
        ('{"cells": [{"cell_type": "code", "source": 3}]}', "cell 1 holds no text"),
        ('{"cells": [], "metadata": {"language_info": {"name": "R"}}}', "in r, not"),
    ],
)
def test_a_damaged_notebook(tmp_path: Path, text: str, what: str) -> None:
    """It is a problem of the exercises that it stands for, with its reason."""
    submission = read(tmp_path, text)

    problem = submission.problems["pooling"]
    assert problem.kind == "notebook"
    assert what in problem.text
    assert submission.notes == []


@pytest.mark.parametrize("char", ["\\ud800", "\\u0000"])
def test_characters_that_no_text_may_hold(tmp_path: Path, char: str) -> None:
    """JSON can spell what UTF-8 cannot; it is refused here."""
    text = f'{{"cells": [{{"cell_type": "code", "source": "{char}"}}]}}'

    assert read(tmp_path, text).problems["pooling"].kind == "encoding"


def test_a_notebook_may_be_larger_than_source(tmp_path: Path) -> None:
    """Plots make a notebook large; its code has the limit of source."""
    limits = IntakeLimits(file_bytes=100, notebook_bytes=2000)

    assert read(tmp_path, cells("A = 1" + " " * 500), limits).files != {}
    assert read(tmp_path, cells("#" * 500), limits).problems["pooling"].kind == (
        "too_large"
    )
    assert "may have 1.95 KB" in (
        read(tmp_path, cells("#" * 3000), limits).problems["pooling"].text
    )
