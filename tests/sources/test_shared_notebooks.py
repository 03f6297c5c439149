"""One notebook that is several exercises: where each of them ends."""

from __future__ import annotations

from autograder.sources.cells import cells_of, end_of, notebook_text, with_end
from autograder.sources.shared_notebooks import ended_notebooks

TEXT = notebook_text(["def f(): pass", "f = g = print", "def h(", "class K: pass"])
NAMES = {"one": {"f"}, "two": {"K", "L"}, "three": {"nothing"}}


def test_an_exercise_ends_with_the_last_cell_that_binds_a_name_of_it() -> None:
    found = ended_notebooks(dict.fromkeys(NAMES, TEXT), NAMES)

    assert {name: end_of(text) for name, text in found.items()} == {
        "one": 2,
        "two": 4,
        "three": None,
    }
    assert found["three"] == TEXT


def test_cells_are_the_same_whatever_the_end() -> None:
    ended = with_end(TEXT, 2)

    assert cells_of(ended) == cells_of(TEXT)
    assert end_of(with_end(ended, 4)) == 4
    assert end_of(TEXT) is None
    assert end_of("x = 1\n") is None
    assert end_of(with_end("def f(): pass\n", 3)) is None


def test_a_notebook_of_one_exercise_and_files_have_none() -> None:
    source = "def f(): pass\n"
    files = {"one": TEXT, "two": source, "three": source, "own": source}

    assert ended_notebooks(files, NAMES) == files
