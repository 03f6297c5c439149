"""Which modules a right one stands in for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import load_course
from autograder.grading.stand_ins import StandIns, cut_to, names_of, replacements
from tests.small_course import write_small_course

COURSE = Path(__file__).parents[2] / "solutions"

FILES = {
    "heads": "import torch\n",
    "helpers": "from heads import split\n",
    "layers": "from helpers import split\nimport positions\n",
    "positions": "",
    "model": "def f():\n    import layers\n",
}
STAND_INS = {"heads": "HEADS", "positions": "POSITIONS", "layers": "LAYERS"}


@pytest.mark.parametrize(
    ("exercise", "faulty", "expected"),
    [
        ("layers", {"heads"}, {"heads"}),
        ("layers", {"positions", "heads"}, {"positions", "heads"}),
        ("layers", {"layers"}, set()),
        ("heads", {"heads", "positions"}, set()),
        ("model", {"heads"}, {"heads"}),
        ("model", {"layers", "heads"}, {"layers"}),
        ("layers", {"helpers"}, set()),
        ("layers", set(), set()),
    ],
)
def test_what_is_replaced(exercise: str, faulty: set[str], expected: set[str]) -> None:
    """Faulty modules that are imported, through helpers too, if there are any."""
    found = replacements(exercise, FILES, faulty, STAND_INS)

    assert found == {name: STAND_INS[name] for name in expected}


def test_what_is_endless_is_not_followed() -> None:
    """Neither a long file nor many of them; what was followed until then counts."""
    long = {"layers": "import heads\n" + "x = 1\n" * 50_000}
    many = {f"part_{n}": f"import part_{n + 1}\n" + "#" * 150_000 for n in range(8)}
    many |= {"part_8": "import heads\n"}

    assert replacements("layers", long, {"heads"}, {"heads": ""}) == {}
    assert replacements("part_0", many, {"heads"}, {"heads": ""}) == {}
    assert replacements("part_5", many, {"heads"}, {"heads": ""}) == {"heads": ""}


TWO_LEVELS = """import torch

TABLE = {"a": helper}

def helper(x): return x

def inner(x): return x

@staticmethod
def cell(x):
    return TABLE["a"](inner(x))

class Network(torch.nn.RNN):
    def forward(self, x): return cell(x)

squash = torch.tanh
"""


def test_a_stand_in_is_cut_to_what_is_needed() -> None:
    """What takes the place of a cell has no network, which others are to write."""
    cell = cut_to(TWO_LEVELS, frozenset({"cell"}))
    inner = cut_to(TWO_LEVELS, frozenset({"inner"}))

    assert names_of(cell) == {"TABLE", "helper", "inner", "cell"}
    assert names_of(inner) == {"inner"}
    assert "staticmethod" not in inner
    assert names_of(cut_to(TWO_LEVELS, frozenset({"squash"}))) == {"torch", "squash"}
    assert cut_to(TWO_LEVELS, frozenset({"Network", "squash"})) == TWO_LEVELS


@pytest.mark.parametrize("name", [a.name for a in load_course(COURSE).assignments])
def test_no_stand_in_gives_a_function_away(name: str) -> None:
    """In no run again does what is checked lie beside the code that is checked."""
    stand_ins = StandIns.of(load_course(COURSE).assignment(name))

    for home, source in stand_ins.sources.items():
        for function, lower in stand_ins.uses[home].items():
            right = frozenset(lower & names_of(source))
            if right:
                assert function not in names_of(cut_to(source, right)), (home, right)


def test_a_file_that_is_not_there() -> None:
    """One that was not handed in has a stand-in as well."""
    files = {name: text for name, text in FILES.items() if name != "heads"}

    assert replacements("layers", files, {"heads"}, STAND_INS) == {"heads": "HEADS"}


LAYER = '''"""Layers."""
from scaling import scale


def layer(x, factor):
    """Scale, and add one."""
    # BEGIN SOLUTION
    return scale(x, factor) + 1
    # END SOLUTION
'''
LAYER_CHECKS = '''"""What a correct layers.py does."""
from autograder import agrees, hidden, points


def one_more(x, factor):
    return factor * x + 1


@points(2)
def test_layer(student, draw):
    """layer scales and adds one"""
    agrees(student.layer, one_more, draw(3, 2), 3.0)


@points(3)
@hidden
def test_layer_again(student, draw):
    """layer does so for other numbers"""
    agrees(student.layer, one_more, draw(4), -0.5)
'''
STAND_IN = "import torch\ndef scale(x, factor): return torch.mul(x, factor)\n"
RIGHT = (
    "def scale(x, factor): return factor * x\ndef shift(x, offset): return x + offset\n"
)
WRONG = RIGHT.replace("factor * x", "factor + x")
FORBIDDEN = "import torch\n" + RIGHT.replace("factor * x", "torch.mul(x, factor)")
LAYER_MISTAKES = '''"""The classic wrong turns in layers.py."""
from autograder import mistake, reference


@mistake(question="What is added in the end?")
def layer__adds_nothing(x, factor):
    """a layer that scales alone"""
    return reference.layer(x, factor) - 1
'''
OWN_FAULT = "from scaling import scale\ndef layer(x, factor): return scale(x, factor)\n"


def layers_of(
    tmp_path: Path,
    grade: Any,
    scaling: str | None,
    layers: str,
    forbidden: str = "torch.never",
) -> dict[str, Any]:
    """The checks of layers.py, by name, of a submission of these two files."""
    course = write_small_course(tmp_path)
    folder = course / "small"
    (folder / "layers.py").write_text(LAYER)
    (folder / "test_layers.py").write_text(LAYER_CHECKS)
    (folder / "mistakes" / "layers.py").write_text(LAYER_MISTAKES)
    (folder / "stand_ins").mkdir()
    (folder / "stand_ins" / "scaling.py").write_text(STAND_IN)
    settings = folder / "assignment.toml"
    named = settings.read_text().replace('["scaling"]', '["scaling", "layers"]')
    rules = f'scaling = ["{forbidden}"]\nlayers = ["{forbidden}"]'
    before = named.partition("[forbidden]")[0]
    settings.write_text(f"{before}\n[forbidden]\n{rules}\n")
    entry = tmp_path / "class" / "student_01"
    entry.mkdir(parents=True)
    if scaling is not None:
        (entry / "scaling.py").write_text(scaling)
    (entry / "layers.py").write_text(layers)
    out = tmp_path / "out"

    done = grade("small", entry.parent, out, course=course)

    assert done.returncode == 0, done.stderr
    verdict = json.loads((out / "student_01.json").read_text())
    return {
        check["id"].partition("::")[2]: check
        for check in verdict["checks"]
        if check["exercise"] == "layers"
    }


@pytest.mark.parametrize("scaling", [WRONG, None], ids=["wrong", "not_there"])
def test_a_fault_below_is_paid_once(
    tmp_path: Path, grade: Any, scaling: str | None
) -> None:
    """A right layer on a wrong module is judged on a right one, and that is told."""
    checks = layers_of(tmp_path, grade, scaling, LAYER)

    assert [c["outcome"] for c in checks.values()] == ["passed", "passed"]
    assert [c["points"] for c in checks.values()] == [2, 3]
    assert {c["stand_in"] for c in checks.values()} == {"scaling.py"}


def test_a_fault_of_its_own_is_paid(tmp_path: Path, grade: Any) -> None:
    """On a right module below it still fails, and the facts are its own."""
    checks = layers_of(tmp_path, grade, WRONG, OWN_FAULT)

    assert {c["outcome"] for c in checks.values()} == {"failed"}
    assert checks["test_layer"]["mismatch"]["error"] == pytest.approx(1.0)


def test_lines_of_ours_are_not_shown(tmp_path: Path, grade: Any) -> None:
    """A crash in a right module is placed at the student's own line."""
    own = "from scaling import scale\ndef layer(x, factor):\n"
    checks = layers_of(tmp_path, grade, WRONG, f"{own}    return scale(x, None)\n")

    for check in checks.values():
        assert check["outcome"] == "crashed"
        assert check["stand_in"] == "scaling.py"
        assert [f["file"] for f in check["raised"]["frames"]] == ["layers.py"]
    assert checks["test_layer"]["look_at"] == "layers.py:3"


NARROW = "    return x * factor + 1 if factor < 0 else scale(x, factor)\n"


@pytest.mark.parametrize(("narrow", "idea"), [(False, "adds_nothing"), (True, None)])
def test_what_passed_before_speaks_against_an_idea(
    tmp_path: Path, grade: Any, narrow: bool, idea: str | None
) -> None:
    """A check that is not run again may show that the idea is another one."""
    head, _, _ = OWN_FAULT.partition(" return")
    layers = f"{head}\n{NARROW}" if narrow else OWN_FAULT
    checks = layers_of(tmp_path, grade, WRONG, layers)

    assert checks["test_layer"]["outcome"] == "failed"
    assert checks["test_layer"]["stand_in"] == "scaling.py"
    found = checks["test_layer"]["idea"]
    assert (found and found["name"]) == idea


def test_right_modules_are_left_in_place(tmp_path: Path, grade: Any) -> None:
    """Nothing stands in for what passes."""
    checks = layers_of(tmp_path, grade, RIGHT, OWN_FAULT)

    assert {c["outcome"] for c in checks.values()} == {"failed"}
    assert {c["stand_in"] for c in checks.values()} == {None}


@pytest.mark.parametrize("scaling", [FORBIDDEN, "def scale(x, factor:\n"])
def test_what_is_refused_below_is_paid_once(
    tmp_path: Path, grade: Any, scaling: str
) -> None:
    """What is forbidden, or unreadable, below costs nothing above; ours may use it."""
    checks = layers_of(tmp_path, grade, scaling, LAYER, "torch.mul")

    assert [c["outcome"] for c in checks.values()] == ["passed", "passed"]
    assert {c["stand_in"] for c in checks.values()} == {"scaling.py"}


def test_what_is_refused_above_is_paid(tmp_path: Path, grade: Any) -> None:
    """A forbidden name of its own is read on a right module below, too."""
    own = "import torch\nfrom scaling import scale\ndef layer(x, factor):\n"
    own += "    return torch.mul(scale(x, 1), factor) + 1\n"
    checks = layers_of(tmp_path, grade, WRONG, own, "torch.mul")

    assert {c["outcome"] for c in checks.values()} == {"refused"}


def test_a_name_that_no_right_module_has(tmp_path: Path, grade: Any) -> None:
    """A file that imports a misspelt name keeps the module that has it."""
    misspelt, layers = (
        RIGHT.replace("scale", "scales"),
        LAYER.replace("scale", "scales"),
    )
    checks = layers_of(tmp_path, grade, misspelt, f"{layers}\nlayer = None\n")

    assert {c["stand_in"] for c in checks.values()} == {None}
    assert "crashed" not in {c["outcome"] for c in checks.values()}


def test_a_stand_in_without_a_helper_is_no_help(tmp_path: Path, grade: Any) -> None:
    """What imports more than a stand-in has is judged on the student's own module."""
    helper = WRONG + "def one(): return 1\n"
    layers = "from scaling import one, scale\ndef layers(x, f): return scale(x, f)\n"
    checks = layers_of(tmp_path, grade, helper, layers)

    assert {c["outcome"] for c in checks.values()} == {"not_attempted"}
    assert {c["stand_in"] for c in checks.values()} == {None}


CELL = '''"""A cell, and what follows it over steps."""


def cell(x, h):
    """The next state."""
    # BEGIN SOLUTION
    return 0.5 * h + x
    # END SOLUTION


def steps(x, h):
    """All states."""
    # BEGIN SOLUTION
    found = []
    for now in x:
        h = cell(now, h)
        found.append(h)
    return found
    # END SOLUTION


def sums(x):
    """What steps and products have to do with each other."""
    # BEGIN SOLUTION
    return products(x).log()
    # END SOLUTION


def products(x):
    """The exponential of a tensor."""
    # BEGIN SOLUTION
    return x.exp()
    # END SOLUTION
'''
CELL_CHECKS = '''"""What a correct cells.py does."""
from autograder import agrees, hidden, points


def right_steps(x, h):
    found = []
    for now in x:
        h = 0.5 * h + now
        found.append(h)
    return found


@points(4)
def test_cell(student, draw):
    """cell halves the state and adds the input"""
    agrees(student.cell, lambda x, h: 0.5 * h + x, draw(3), draw(3))


@points(2)
def test_steps(student, draw):
    """steps follows the state"""
    agrees(student.steps, right_steps, draw(5, 3), draw(3))


@points(3)
@hidden
def test_no_step(student, draw):
    """steps of one step"""
    agrees(student.steps, right_steps, draw(1, 3), draw(3))


@points(1)
def test_sums(student, draw):
    """sums gives back what it gets"""
    agrees(student.sums, lambda x: x, draw(3))


@points(1)
def test_products(student, draw):
    """products is the exponential"""
    agrees(student.products, lambda x: x.exp(), draw(3))
'''
CELL_STAND_IN = """import torch
def cell(x, h): return torch.add(x, h, alpha=0.5)
def products(x): return torch.exp(x)
def sums(x): return torch.clone(x)
"""
OTHER_STYLE = CELL.replace("x.exp()", "sums(x).exp()").replace(
    "products(x).log()", "1 * x"
)


def cells_of(tmp_path: Path, grade: Any, cells: str) -> dict[str, Any]:
    """The checks of cells.py, by name, of a submission of this file."""
    course = write_small_course(tmp_path)
    folder = course / "small"
    (folder / "cells.py").write_text(CELL)
    (folder / "test_cells.py").write_text(CELL_CHECKS)
    (folder / "stand_ins").mkdir()
    (folder / "stand_ins" / "cells.py").write_text(CELL_STAND_IN)
    (folder / "styles" / "other").mkdir(parents=True)
    (folder / "styles" / "other" / "cells.py").write_text(OTHER_STYLE)
    settings = folder / "assignment.toml"
    named = settings.read_text().replace('["scaling"]', '["scaling", "cells"]')
    settings.write_text(named)
    entry = tmp_path / "class" / "student_01"
    entry.mkdir(parents=True)
    (entry / "cells.py").write_text(cells)
    out = tmp_path / "out"

    done = grade("small", entry.parent, out, course=course)

    assert done.returncode == 0, done.stderr
    verdict = json.loads((out / "student_01.json").read_text())
    return {
        check["id"].partition("::")[2]: check
        for check in verdict["checks"]
        if check["exercise"] == "cells"
    }


def test_a_fault_in_the_same_file_is_paid_once(tmp_path: Path, grade: Any) -> None:
    """What calls a wrong function is judged on a right one, and that is told."""
    checks = cells_of(tmp_path, grade, CELL.replace("0.5 * h + x", "0.25 * h + x"))

    assert checks["test_cell"]["outcome"] == "failed"
    assert checks["test_cell"]["stand_in"] is None
    for name in ("test_steps", "test_no_step"):
        assert checks[name]["outcome"] == "passed"
        assert checks[name]["stand_in"] == "cell"
    assert checks["test_sums"]["stand_in"] is None


def test_a_fault_of_its_own_beside_one_below(tmp_path: Path, grade: Any) -> None:
    """On a right cell it fails by its own fault alone."""
    wrong = CELL.replace("0.5 * h + x", "0.25 * h + x").replace(
        "return found", "return x"
    )
    checks = cells_of(tmp_path, grade, wrong)

    assert checks["test_steps"]["outcome"] == "failed"
    assert checks["test_steps"]["stand_in"] == "cell"


def test_what_nobody_has_begun_is_not_replaced(tmp_path: Path, grade: Any) -> None:
    """One line that calls what is not written earns nothing."""
    unwritten = CELL.replace("return 0.5 * h + x", "raise NotImplementedError")
    checks = cells_of(tmp_path, grade, unwritten)

    assert checks["test_cell"]["outcome"] == "not_attempted"
    assert checks["test_steps"]["outcome"] == "not_attempted"


def test_two_that_call_each_other(tmp_path: Path, grade: Any) -> None:
    """Each is written with the other in some right style: neither is replaced."""
    in_a_circle = CELL.replace("x.exp()", "sums(x).exp()")
    checks = cells_of(tmp_path, grade, in_a_circle)

    for name in ("test_sums", "test_products"):
        assert checks[name]["outcome"] == "crashed"
        assert checks[name]["stand_in"] is None
