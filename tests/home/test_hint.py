"""``autograder hint``: one at a time, in the order of the exercise."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.home.hint import next_hint
from autograder.home.selection import remember
from autograder.verdict import CheckResult, Outcome

HINTS = """\
[scaling]
scale = ["What grows?", "Each number does.", "Multiply."]
shift = ["What moves?", "Each number moves.", "Add."]
"""


@pytest.fixture
def folder(generated: Path, tmp_path: Path) -> Path:
    """A student's folder with hints."""
    mine = tmp_path / "small"
    shutil.copytree(generated, mine)
    (mine / "hints.toml").write_text(HINTS, encoding="utf-8")
    return mine


def test_one_at_a_time(folder: Path) -> None:
    """Each call goes a step further, function by function."""
    told = [next_hint(folder, "scaling") for _ in range(4)]

    assert "scale, hint 1 of 3\n\n  What grows?\n" in told[0]
    assert "The next hint: autograder hint scale\n" in told[0]
    assert "Each number does." in told[1]
    assert "What grows?" not in told[1]
    assert "scale, hint 3 of 3\n\n  Multiply.\n" in told[2]
    assert "The next hint" not in told[2]
    assert "shift, hint 1 of 3" in told[3]


@pytest.mark.parametrize("name", ["scaling", "scaling.py", "test_scaling.py"])
def test_an_exercise_by_any_of_its_files(folder: Path, name: str) -> None:
    """As in ``autograder check``."""
    assert "scale, hint 1 of 3" in next_hint(folder, name)


def test_of_one_function(folder: Path) -> None:
    """What was given for others does not count."""
    next_hint(folder, "scaling")

    assert "shift, hint 1 of 3" in next_hint(folder, "shift")
    text = next_hint(folder, "shift")
    assert "Hints for others: autograder hint scale" in text
    assert max(map(len, text.split("\n"))) <= 80


def test_all_were_given(folder: Path) -> None:
    """It is said, with the two ways to go on; --again begins with the first."""
    for _ in range(3):
        next_hint(folder, "scale")

    end = next_hint(folder, "scale")
    assert "All hints of scale were given." in end
    assert "autograder check scaling" in end
    assert "scale, hint 1 of 3" in next_hint(folder, "scale", again=True)
    assert "scale, hint 2 of 3" in next_hint(folder, "scale")


def test_a_name_without_hints(folder: Path) -> None:
    """The nearest is named, and those that there are."""
    with pytest.raises(CourseError, match="did you mean 'scale'") as caught:
        next_hint(folder, "scael")
    assert "scaling, scale, shift" in str(caught.value)
    (folder / "hints.toml").unlink()
    with pytest.raises(CourseError, match="no hints in this assignment"):
        next_hint(folder, "scale")


def test_a_damaged_memory(folder: Path) -> None:
    """What cannot be read is forgotten, and costs nothing."""
    (folder / ".autograder").mkdir()
    (folder / ".autograder" / "hints.json").write_text("[", encoding="utf-8")

    assert "scale, hint 1 of 3" in next_hint(folder, "scaling")


@pytest.mark.parametrize("source", ["def scael():\n    pass\n", "def (:", ""])
def test_a_module_in_disorder(folder: Path, source: str) -> None:
    """Whoever renamed a function, or broke the file, is still given hints."""
    (folder / "scaling.py").write_text(source, encoding="utf-8")

    assert "scale, hint 1 of 3" in next_hint(folder, "scale")


def ran(folder: Path, **outcomes: Outcome) -> None:
    """Checks of some functions ran in this folder."""
    results = [
        CheckResult(f"scaling::test_{function}", "scaling", function, "", outcome, 0, 1)
        for function, outcome in outcomes.items()
    ]
    remember(folder, results)


def test_hints_begin_with_what_did_not_pass(folder: Path) -> None:
    """Of an exercise, the first function that failed when it last ran."""
    ran(folder, scale=Outcome.PASSED, shift=Outcome.FAILED)

    assert next_hint(folder, "scaling").startswith("shift, hint 1 of 3\n")
    assert next_hint(folder, "scale").startswith("scale, hint 1 of 3\n")


def test_where_all_passed_there_is_nothing_to_hint_at(folder: Path) -> None:
    """Nothing is said to be wrong; what passed is not hinted at."""
    ran(folder, scale=Outcome.PASSED, shift=Outcome.PASSED)

    assert next_hint(folder, "scaling").startswith("Every check of scaling passed")
    assert next_hint(folder, "scaling", again=True).startswith("scale, hint 1")
