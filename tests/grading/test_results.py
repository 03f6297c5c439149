"""A RESULTS folder: whose file is whose, which seed it has, what is still current."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from autograder.grading.results import Results, ResultsError, write_whole
from autograder.grading.submission import Grading
from autograder.verdict import Verdict

VERDICT = Verdict(
    assignment="tiny",
    student="student_01",
    seed=5,
    checks=[],
    isolation=["limits", "user", "seccomp"],
    submission_digest="a" * 64,
    course_digest="b" * 64,
)
GRADING = cast(
    Grading,
    SimpleNamespace(course_digest="b" * 64, seed=5, settings=[], settings_skipped={}),
)


def test_no_name_takes_another_ones_file(tmp_path: Path) -> None:
    """Gradescope's files lie apart: student_01.results is a student of its own."""
    results = Results(tmp_path, ("gradescope",))
    other = replace(VERDICT, student="student_01.results")

    results.write(other)
    results.write(VERDICT)

    for verdict in (VERDICT, other):
        assert results.kept(verdict.student) == verdict
        path = tmp_path / "gradescope" / f"{verdict.student}.json"
        assert '"tests"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["s" * 250, "\u00e9" * 125])
def test_long_names(tmp_path: Path, name: str) -> None:
    """Names as long as a file system allows are cut in files, and stay apart."""
    results = Results(tmp_path, ("gradescope",))
    names = [name, f"{name}x", results.verdict_path(name).stem]

    for student in names:
        results.write(replace(VERDICT, student=student))

    kept = [results.kept(student) for student in names]
    assert [verdict.student for verdict in kept if verdict] == names
    assert len(list(tmp_path.glob("*.html"))) == 3


def test_a_seed_is_drawn_once(tmp_path: Path) -> None:
    """The second run takes that of the first."""
    first = Results(tmp_path).seed(None)
    assert Results(tmp_path).seed(None) == first


def test_all_is_graded_again_under_a_new_seed(tmp_path: Path) -> None:
    """What somebody knows of an earlier run's inputs is worth nothing then."""
    first = Results(tmp_path).seed(None)

    second = Results(tmp_path).seed(None, anew=True)

    assert second != first
    assert Results(tmp_path).seed(None) == second
    assert Results(tmp_path).seed(7, anew=True) == Results(tmp_path).seed(None) == 7


@pytest.mark.parametrize("damage", ["", "12x", "-3", "\0"])
def test_a_damaged_seed_is_not_replaced(tmp_path: Path, damage: str) -> None:
    """A new one would grade the class again, under other inputs, without a word."""
    (tmp_path / "seed").write_text(damage)

    with pytest.raises(ResultsError, match="seed: holds no seed .* --seed"):
        Results(tmp_path).seed(None)

    assert (tmp_path / "seed").read_text() == damage
    assert Results(tmp_path).seed(7) == Results(tmp_path).seed(None) == 7


@pytest.mark.parametrize(
    ("layers", "current"),
    [
        (["limits"], True),
        (["limits", "seccomp", "user"], True),
        (["limits", "user", "seccomp", "landlock-files"], False),
    ],
)
def test_a_weaker_sandbox_is_not_current(layers: list[str], current: bool) -> None:
    """What was graded with fewer layers than hold now is graded again."""
    is_current = Results(Path()).is_current

    assert is_current(VERDICT, "a" * 64, GRADING, layers) == current


def test_other_devices_are_another_grading() -> None:
    """What was graded without CUDA is graded again where CUDA is asked for."""
    is_current = Results(Path()).is_current
    without = replace(VERDICT, settings=["cpu float64"])

    unasked = replace(VERDICT, settings_skipped={"cuda float64": "no GPU"})

    for other in (without, unasked):
        assert not is_current(other, "a" * 64, GRADING, ["limits"])


@pytest.mark.parametrize("out", ["class", "class/results", "class/../class"])
def test_results_among_the_submissions(tmp_path: Path, out: str) -> None:
    """The next run would take them for students."""
    (tmp_path / "class").mkdir()

    with pytest.raises(ResultsError, match="Name a folder outside"):
        Results(tmp_path / out).refuse_within(tmp_path / "class")


@pytest.mark.parametrize("out", ["results", "class2", "."])
def test_results_beside_the_submissions(tmp_path: Path, out: str) -> None:
    """There they may be, and above."""
    Results(tmp_path / out).refuse_within(tmp_path / "class")


def test_the_table_is_for_everybody(tmp_path: Path) -> None:
    """grades.csv has mode 0644, and its draft is gone."""
    path = Results(tmp_path).write_grades([VERDICT])

    assert path.stat().st_mode & 0o777 == 0o644
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The file, the reason and the remedy; a full disk or a closed one is no crash."""
    (tmp_path / "file").write_text("in the way")

    words = r"file/new\.json: cannot be written \(File exists\)\. Make room there"
    with pytest.raises(ResultsError, match=words):
        write_whole(tmp_path / "file" / "new.json", "text")
