"""Plans of inputs: which values and pairs are tried, and what is said where not."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.authoring import plans
from autograder.authoring.runs import DEVICES
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.errors import CourseError
from tests.small_course import write_small_course

CHECKS = '''"""What a correct scaling.py does."""
import pytest

from autograder import agrees, points


@points(2)
@pytest.mark.parametrize(
    ("rows", "factor"), [(3, 3.0), (3, -1.0), (1, 3.0), (0, 3.0), (3, 2.0)]
)
def test_scales(student, draw, rows, factor):
    """scale multiplies"""
    agrees(student.scale, lambda x, factor: factor * x, draw(rows, 2), factor)
'''
PLAN = '''"""Inputs of scaling.py."""
from autograder import plan


@plan(%s)
def scale(x, factor):
    """Rows and sign."""
    return {"rows": plan.count(len(x)), "negative": plan.yes(factor < 0)}
'''
AXES = "rows=plan.COUNTS, negative=plan.YES"


def followed(
    root: Path, axes: str, checks: str = CHECKS
) -> tuple[Solution, plans.Plan]:
    """A small course, and its plan after its checks were followed."""
    course = write_small_course(root, checks=checks)
    folder = course / "small" / "plans"
    folder.mkdir()
    (folder / "scaling.py").write_text(PLAN % axes)
    solution = Solution(load_course(course).assignment("small"))
    (plan,) = plans.load_plans(solution, "scaling")
    plans.follow(solution, "scaling", [plan], DEVICES)
    return solution, plan


def complaints(root: Path, axes: str, checks: str = CHECKS) -> list[str]:
    """What is wrong with the plan, or with the checks beside it."""
    solution, plan = followed(root, axes, checks)
    return list(plans.complaints(solution, "scaling", [plan]))


def test_untried_pairs_are_named(tmp_path: Path) -> None:
    """Each pair of values that no case has is named, with numbers, file and remedy."""
    (found,) = complaints(tmp_path, AXES)

    assert "test_scaling.py: scale: all 6 pairs of input values must be tried" in found
    assert "2 are not: negative=yes with rows=none; negative=yes with rows=one" in found
    assert "why a pair is impossible" in found


def test_impossible_pairs_are_not_asked_for(tmp_path: Path) -> None:
    """A pair that is declared impossible needs no case."""
    axes = (
        'impossible={"rows=none, negative=yes": "why not", '
        '"rows=one, negative=yes": "why not"}, '
    )

    assert complaints(tmp_path, axes + AXES) == []


def test_an_impossible_pair_that_is_tried(tmp_path: Path) -> None:
    """What a case shows to be possible cannot be declared impossible."""
    axes = 'impossible={"rows=many, negative=yes": "no such factor"}, '

    found = complaints(tmp_path, axes + AXES)

    assert "said to be impossible (no such factor), and test_scales[" in found[0]


def test_a_value_that_the_plan_does_not_know(tmp_path: Path) -> None:
    """A call that lies beyond the plan is shown with its case."""
    found = complaints(tmp_path, 'rows=("one", "many"), negative=plan.YES')

    assert "has rows=none, and the plan knows rows as one, many" in found[0]


def test_a_value_that_masks_the_others(tmp_path: Path) -> None:
    """An empty batch tries no pair but its own: nothing is compared there."""
    checks = CHECKS.replace("(3, -1.0), (1, 3.0), (0, 3.0)", "(0, -1.0), (0, 3.0)")
    axes = 'rows=("none", "many"), negative=plan.YES, big=plan.YES'
    plan = (PLAN % ("%s" + axes)).replace(
        '"negative"', '"big": plan.yes(factor == 2), "negative"'
    )
    seen = {}
    for name, masks in (("open", ""), ("masked", 'masks=["rows=none"], ')):
        course = write_small_course(tmp_path / name, checks=checks)
        (course / "small" / "plans").mkdir()
        (course / "small" / "plans" / "scaling.py").write_text(plan % masks)
        solution = Solution(load_course(course).assignment("small"))
        found = plans.load_plans(solution, "scaling")
        plans.follow(solution, "scaling", found, DEVICES)
        seen[name] = {plans.pair_text(pair) for pair in found[0].seen}

    assert seen["open"] - seen["masked"] == {"big=no with negative=yes"}
    assert "negative=yes with rows=none" in seen["masked"]


def test_cases_that_add_nothing(tmp_path: Path) -> None:
    """Cases without which every pair would still be tried are listed."""
    _, plan = followed(tmp_path, AXES)

    assert plan.idle_cases() == ["test_scales[rows=3-factor=2.0]"]
    assert any("add no pair" in note for note in plan.notes())


def test_a_function_without_a_plan(tmp_path: Path) -> None:
    """Where an exercise has plans, each function that has checks has one."""
    checks = CHECKS + CHECKS.partition("\n\n\n")[2].replace("scale", "shift").replace(
        "factor * x", "x + factor"
    )

    found = complaints(tmp_path, AXES, "import pytest\n" + checks)

    assert "has no plan of shift, which has checks; write one" in found[0]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ("", "names no axis"),
        ('rows=("one",)', "name at least two different ones"),
        (f'impossible={{"rows=two, negative=no": ""}}, {AXES}', "names 'rows=two'"),
        (f'impossible={{"rows=one": ""}}, {AXES}', "must name two different axes"),
        (f'masks=["rows=two"], {AXES}', "masks names 'rows=two'"),
    ],
)
def test_a_broken_plan(tmp_path: Path, axes: str, message: str) -> None:
    """A plan that breaks a rule stops everything, with its file."""
    with pytest.raises(CourseError, match=message):
        followed(tmp_path, axes)


def test_objects_and_their_methods(tmp_path: Path) -> None:
    """A class's plan is of its constructor, Class__method's of a call of an object."""
    solution = (
        '"""Scaling."""\nfrom torch import nn\n\n\nclass Scale(nn.Module):\n'
        '    """Scales."""\n\n    def __init__(self, factor=2.0):\n'
        "        super().__init__()\n        # BEGIN SOLUTION\n"
        "        self.factor = factor\n        # END SOLUTION\n\n"
        '    def forward(self, x):\n        """Scale x."""\n'
        "        # BEGIN SOLUTION\n        return x * self.factor\n"
        "        # END SOLUTION\n"
    )
    checks = (
        '"""Checks."""\nfrom autograder import close, points\n\n\n@points(1)\n'
        'def test_scales(student, draw):\n    """it scales"""\n'
        "    close(student.Scale(3.0)(draw.values([1, 2])), draw.values([3, 6]))\n"
    )
    plan = (
        '"""Inputs."""\nfrom autograder import plan\n\n\n@plan(usual=plan.YES)\n'
        'def Scale(factor=2.0):\n    """Factor."""\n'
        '    return {"usual": plan.yes(factor == 2)}\n\n\n@plan(size=plan.COUNTS)\n'
        'def Scale__forward(model, x):\n    """Size."""\n'
        '    return {"size": plan.count(len(x))}\n'
    )
    course = write_small_course(tmp_path, solution, checks)
    (course / "small" / "plans").mkdir()
    (course / "small" / "plans" / "scaling.py").write_text(plan)
    loaded = Solution(load_course(course).assignment("small"))

    found = plans.load_plans(loaded, "scaling")
    plans.follow(loaded, "scaling", found, DEVICES)

    assert [plan.values for plan in found] == [{("usual", "no")}, {("size", "many")}]
