"""Whether the tolerance fits the courses, and what is said where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring.numerics import ABOVE, BELOW, REFERENCE, Numerics, measure
from autograder.checking.device_choice import ON_THE_CPU
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from tests.small_course import SOLUTION, write_small_course

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "cnn"
STYLES = [
    EXAMPLES / "student_01",
    EXAMPLES / "student_02",
    EXAMPLES / "student_03.zip",
]
CNN = Solution(load_course(ROOT / "solutions").assignment("cnn"))
ALL = 200
MISTAKES = '''"""Wrong turns."""
from autograder import mistake


@mistake(question="Which dtype?", rounding="test_scales")
def scale__computes_in_float32(x, factor):
    """a product in float32"""
    return factor * x.float().to(x.dtype)


@mistake(question="What is a sum?", rounding="test_shifts")
def shift__is_off(x, offset):
    """a sum that is a little too large"""
    return x + offset * (1 + 3e-9)


@mistake(question="Where?")
def shift__is_of_another_kind(x, offset):
    """a wrong turn that has nothing to do with digits"""
    return x
'''


def seeds(count: int) -> list[int]:
    """As the command takes them."""
    return [7 + 1000 * index for index in range(count)]


def small(root: Path, **parts: str) -> Solution:
    return Solution(load_course(write_small_course(root, **parts)).assignment("small"))


def measured(solution: Solution, count: int, *styles: Path) -> Numerics:
    return measure(solution, seeds(count), list(styles), ON_THE_CPU)


def style(root: Path, name: str, source: str) -> Path:
    """A submission with this scaling.py."""
    (root / name).mkdir(parents=True)
    (root / name / "scaling.py").write_text(source)
    return root / name


def test_the_tiny_course_holds_the_bars(tiny: Solution) -> None:
    """Its reference stays well below, in low precision too; mistakes go far above."""
    found = measured(tiny, 3)

    assert found.complaints() == []
    assert {"cpu bfloat16", "cpu float16"} <= {row.setting for row in found.rows}
    assert len(found.caught) >= 5


def test_the_styles_of_cnn_hold_the_bars() -> None:
    """Loops, unfolding and einsum stay well below what is allowed."""
    found = measured(CNN, 1, *STYLES)

    assert found.complaints() == []
    assert found.names == [REFERENCE, "student_01", "student_02", "student_03"]
    wholes = [row for row in found.rows if len(row.worst) == 4]
    assert len(wholes) == len(found.rows) > 40


@pytest.mark.slow
def test_the_tiny_course_holds_the_bars_under_all_seeds(tiny: Solution) -> None:
    """The table in docs/numerics.md, where it is small."""
    assert measured(tiny, ALL).complaints() == []


@pytest.mark.slow
def test_the_styles_of_cnn_hold_the_bars_under_all_seeds() -> None:
    """The table in docs/numerics.md."""
    assert measured(CNN, ALL, *STYLES).complaints() == []


def test_a_style_that_loses_digits_is_told(tmp_path: Path) -> None:
    """With check, setting, ratio, seed and remedy."""
    lossy = SOLUTION.replace("factor * x", "factor * x.float().to(x.dtype)")
    solution = small(tmp_path, mistakes="")
    found = measured(solution, 2, style(tmp_path, "lossy", lossy))

    (row,) = [r for r in found.rows if r.check == "scaling::test_scales"][:1]
    assert row.worst[REFERENCE].ratio < BELOW < ABOVE < row.worst["lossy"].ratio
    complaints = found.complaints()
    assert complaints
    for text in complaints:
        assert text.startswith("lossy: scaling::test_scales")
        assert "in cpu float64 under seed" in text
        assert "must stay below 0.25" in text
        assert text.endswith("or fix the code")


def test_a_mistake_that_nearly_passes_is_told(tmp_path: Path) -> None:
    """Only those that name a check are measured, on that check."""
    found = measured(small(tmp_path, mistakes=MISTAKES), 12)

    assert [one.mistake for one in found.caught] == [
        "scaling::scale__computes_in_float32",
        "scaling::shift__is_off",
    ]
    far, near = found.caught
    assert far.least.ratio > ABOVE > near.least.ratio > 1
    (text,) = found.complaints()
    assert text.startswith("scaling::shift__is_off: reaches")
    assert "scaling::test_shifts allows under seed" in text


@pytest.mark.parametrize("at_a_time", [1, 25])
def test_the_nearest_seed_is_that_of_a_mistake_measured_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    """The smallest over the seeds of the largest over the settings."""
    monkeypatch.setattr("autograder.authoring.numerics._SEEDS_AT_A_TIME", at_a_time)
    solution = small(tmp_path, mistakes=MISTAKES)
    alone = [
        measure(solution, [seed], [], ON_THE_CPU).caught[1].least for seed in seeds(4)
    ]
    alone.sort(key=lambda worst: -worst.ratio)

    order = [worst.seed for worst in alone]
    assert measure(solution, order, [], ON_THE_CPU).caught[1].least == alone[-1]
    assert measure(solution, order[::-1], [], ON_THE_CPU).caught[1].least == alone[-1]


def test_a_style_may_hold_some_exercises_only(tmp_path: Path) -> None:
    """It is measured where it has something."""
    only = style(tmp_path, "shapes_only", "")
    (only / "scaling.py").unlink()
    for name in ("shapes", "pooling"):
        (only / f"{name}.py").write_bytes(
            (EXAMPLES / "student_02" / f"{name}.py").read_bytes()
        )
    found = measured(CNN, 1, only)

    exercises = {r.check.partition("::")[0] for r in found.rows if only.name in r.worst}
    assert exercises == {"pooling"}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import absent_module", ["scaling.py cannot be imported", "absent_module"]),
        (None, ["holds no exercise that can be read", "scaling.py is missing"]),
    ],
)
def test_a_style_that_cannot_be_read(
    tmp_path: Path, source: str | None, words: list[str]
) -> None:
    """Its path and the reason are told before anything is measured."""
    path = style(tmp_path, "broken", source or "")
    if source is None:
        (path / "scaling.py").rename(path / "notes.txt")

    with pytest.raises(CourseError) as caught:
        measured(small(tmp_path), 1, path)
    assert all(word in str(caught.value) for word in [str(path), *words])


def test_two_styles_of_one_name(tmp_path: Path) -> None:
    """They could not be told apart."""
    one = style(tmp_path / "a", "same", SOLUTION)
    two = style(tmp_path / "b", "same", SOLUTION)

    with pytest.raises(CourseError, match="need names of their own"):
        measured(small(tmp_path), 1, one, two)


def test_a_process_that_ends_ends_the_whole(tmp_path: Path) -> None:
    """What it measured would be missing from the table."""
    dies = "import os\n\n\ndef shift(x, offset):\n    os._exit(3)\n"
    path = style(tmp_path, "deadly", SOLUTION + dies)
    course = small(tmp_path)

    with pytest.raises(CourseError, match=r"measuring scaling failed: .*code 3"):
        measure(course, seeds(1), [path], ON_THE_CPU, processes=2)
