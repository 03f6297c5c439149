"""Modules of a solution, cut into the cells of a notebook."""

from __future__ import annotations

import re

import pytest

from autograder.course.assignment import load_course
from autograder.course.source import read_text
from autograder.course.stubs import find_regions, make_stub
from autograder.errors import CourseError
from autograder.platforms.notebooks.modules import ModulePart, module_parts
from autograder.platforms.otter.master import _marked
from tests.conftest import TINY_COURSE

WHOLE = '''"""Pooling: what is left of a picture?"""

from __future__ import annotations

# BEGIN SOLUTION
import itertools
# END SOLUTION
import math

import torch
from torch import Tensor, nn

SIZE = 2  # of a window


# BEGIN SOLUTION
def _corners(x: Tensor) -> Tensor:
    return x[::SIZE]


_DEEP = 3
# END SOLUTION


# Windows lie side by side.
def pool(x: Tensor) -> Tensor:
    """The largest of each window."""
    # BEGIN SOLUTION
    return _corners(x) * math.prod(itertools.repeat(1, _DEEP))
    # END SOLUTION


torch.manual_seed(0)


class Pooling(nn.Module):
    """Pools."""

    def __init__(self) -> None:
        super().__init__()
        # BEGIN SOLUTION
        self.size = SIZE
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """What pool gives."""
        # BEGIN SOLUTION
        return self._pool(x)
        # END SOLUTION

    # BEGIN SOLUTION
    def _pool(self, x: Tensor) -> Tensor:
        return _late(x)
    # END SOLUTION


torch.set_printoptions(precision=4)


# BEGIN SOLUTION
def _late(x: Tensor) -> Tensor:
    return pool(x)
# END SOLUTION
'''


@pytest.fixture
def parts() -> list[ModulePart]:
    return module_parts(WHOLE, "pooling.py", ["pooling"])


def test_the_parts_of_a_module(parts):
    assert [(part.kind, part.names) for part in parts] == [
        ("text", ()),
        ("code", ()),
        ("code", ("SIZE",)),
        ("stub", ("pool",)),
        ("code", ("torch",)),
        ("stub", ("Pooling",)),
        ("code", ("torch",)),
    ]
    assert parts[0].stub == "Pooling: what is left of a picture?"
    assert parts[1].stub == (
        "from __future__ import annotations\nimport torch\nfrom torch import Tensor, nn"
    )
    assert [parts[4].stub, parts[6].stub] == [
        "torch.manual_seed(0)",
        "torch.set_printoptions(precision=4)",
    ]


def test_what_the_solution_alone_has_goes_with_what_needs_it(parts):
    pool, pooling = parts[3].source, parts[5].source

    for text in ("import itertools", "import math", "def _corners", "_DEEP = 3"):
        assert pool.count(text) == 1
        assert text not in pooling
    assert "__future__" not in pool
    assert pooling.endswith("def _late(x: Tensor) -> Tensor:\n    return pool(x)\n"
                            "# END SOLUTION")  # fmt: skip
    assert parts[3].stub == (
        "# Windows lie side by side.\ndef pool(x: Tensor) -> Tensor:\n"
        '    """The largest of each window."""\n'
        '    raise NotImplementedError("pool is not written yet")'
    )


def test_a_class_has_one_cell(parts):
    assert parts[5].stub.count("is not written yet") == 2
    assert "_pool" not in parts[5].stub
    assert len(find_regions(parts[5].source + "\n", "cell")) == 4


def test_the_parts_together_work_as_the_module_does(parts):
    names: dict[str, object] = {}
    for part in parts:
        if part.kind != "text":
            exec(compile(part.source, "cell", "exec"), names)

    assert names["Pooling"]()([1, 2, 3]) == [1, 3]  # type: ignore[operator]


def exercises() -> list[tuple[str, str, list[str]]]:
    tiny = load_course(TINY_COURSE).assignment("tiny")
    found = [
        (name, read_text(tiny.module(name)), tiny.exercises) for name in tiny.exercises
    ]
    return [*found, ("pooling", WHOLE, ["pooling"])]


@pytest.mark.parametrize(
    ("source", "siblings"),
    [e[1:] for e in exercises()],
    ids=[e[0] for e in exercises()],
)
def test_stubs_are_those_of_the_module(source, siblings):
    """nbgrader's and otter's students get, cell by cell, what others get in a file."""
    for part in module_parts(source, "module.py", siblings):
        if part.kind != "stub":
            continue
        assert make_stub(part.source + "\n", "cell").strip("\n") == part.stub
        assert part.stub in make_stub(source, "module.py")
        assert as_otter_strips(_marked(part.source, "cell")).strip("\n") == part.stub
        assert not as_otter_strips(_marked(part.source, "cell")).startswith("\n")


def as_otter_strips(cell: str) -> str:
    """What `otter assign` leaves of a cell, by its documentation."""
    stub = re.sub(
        r"^ *# BEGIN SOLUTION NO PROMPT\n.*?^ *# END SOLUTION\n?",
        "",
        cell + "\n",
        flags=re.MULTILINE | re.DOTALL,
    )
    return re.sub(r'^ *""" # (BEGIN|END) PROMPT\n', "", stub, flags=re.MULTILINE)


SOLVED = "def {}(x):\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION\n"


def test_imports_of_siblings_go():
    source = (
        "from tensors import (\n    one,\n    two,\n)\nfrom torch import Tensor\n\n\n"
        "def three(x: Tensor) -> Tensor:\n    # BEGIN SOLUTION\n"
        "    from tensors import four\n    return one(two(four(x)))\n"
        "    # END SOLUTION\n"
    )

    imports, stub = module_parts(source, "more.py", ["tensors", "more"])

    assert imports.stub == imports.source == "from torch import Tensor"
    assert "tensors" not in stub.source
    assert "return one(two(four(x)))" in stub.source


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("from tensors import one as first", "more.py:1: imports from tensors under"),
        ("import tensors", "more.py:1: imports tensors as a module"),
    ],
)
def test_imports_that_a_notebook_has_not_are_refused(line, said):
    with pytest.raises(CourseError, match=said):
        module_parts(f"{line}\n\n\n{SOLVED.format('two')}", "more.py", ["tensors"])


def test_a_module_that_asks_for_no_function_is_refused():
    source = "# BEGIN SOLUTION\nSIZE = 3\n# END SOLUTION\nimport torch\n"

    with pytest.raises(CourseError, match="more.py: asks for no function or class"):
        module_parts(source, "more.py", ["more"])
