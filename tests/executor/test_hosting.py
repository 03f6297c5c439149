"""How the source of a module runs, cell by cell."""

from __future__ import annotations

import sys
import time
from types import ModuleType

import pytest

from autograder.executor.hosting import run_source
from autograder.executor.libraries import Libraries
from autograder.protocol.exceptions import Thrown
from autograder.protocol.faults import (
    MOST_FAULTS,
    CellFault,
    faults_header,
    read_faults,
)
from autograder.protocol.frames import BadFrame
from autograder.sources.cells import notebook_text, with_end
from autograder.sources.imports import absent_libraries


def run(
    *cells: str, seconds: float | None = None
) -> tuple[ModuleType, list[CellFault]]:
    """A notebook of these cells, run."""
    module = ModuleType("homework")
    return module, run_source(module, notebook_text(cells), "homework.py", seconds)


def test_a_failed_cell_costs_what_it_would_have_defined() -> None:
    """What stands before the fault is there, and so are later cells."""
    module, faults = run("A = 1\nB = A / 0\nC = 1", "D = A + 1")

    assert (module.A, module.D) == (1, 2)
    assert not hasattr(module, "C")
    (fault,) = faults
    assert (fault.cell, fault.line) == (1, 2)
    assert fault.thrown.type == "ZeroDivisionError"
    assert fault.thrown.frames == [("cell 1", 2, "<module>", "B = A / 0")]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("raise SystemExit(1)", "SystemExit"),
        ("raise BaseException", "BaseException"),
        ("input('name?')", "EOFError"),
        ("import no_such_module", "ModuleNotFoundError"),
        ("def f(", "SyntaxError"),
        ("f = f", "NameError"),
    ],
)
def test_whatever_ends_a_cell(cell: str, kind: str) -> None:
    """It ends that cell and no other."""
    module, faults = run(cell, "A = 1")

    assert module.A == 1
    assert [fault.thrown.type for fault in faults] == [kind]


@pytest.mark.parametrize(
    "cell",
    [
        "display(3)",
        "get_ipython().system('ls')\nx, y = get_ipython(), 1",
        "get_ipython().run_line_magic('load_ext', 'autoreload')",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "from google.colab import files\nuploaded = files.upload()\nlist(uploaded)",
        "import google.colab.output as o\no.clear()",
        "from IPython.display import display, Image\ndisplay(Image('a.png'))",
        "import ipywidgets as w\n@w.interact\ndef f(x): return x\nassert f(3) == 3",
    ],
)
def test_what_notebooks_have_around_them(cell: str) -> None:
    """Services of Jupyter and Colab do nothing, and leave nothing behind."""
    module, faults = run(f"{cell}\nA = 1")

    assert faults == []
    assert module.A == 1
    assert not any(name.startswith("google.colab") for name in sys.modules)


def test_what_cells_print_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    """A notebook that was run prints its results again; nobody asked for them."""
    run("print('loss 3')\nimport sys\nprint('bad', file=sys.stderr)")

    assert capfd.readouterr() == ("", "")


def test_the_last_definition_that_ran_counts() -> None:
    """As in Jupyter; one in a cell that failed before it is none."""
    module, _ = run(
        "def f(): return 1", "def f(): return 2", "1 / 0\ndef f(): return 3"
    )

    assert module.f() == 2


@pytest.mark.parametrize(
    "last",
    [
        "1 / 0\ndef pow(x): return x",
        "@no\ndef pow(x): return x",
        "def pow(x, y=no): return x",
        "class pow(no): pass",
        "raise SystemExit\nclass pow: pass",
    ],
)
def test_no_import_stays_where_a_function_of_their_own_was_read(last: str) -> None:
    """The reading for forbidden names lets a ``def`` replace an import of its name."""
    module, faults = run("from math import pow", last)

    assert len(faults) == 1
    assert not hasattr(module, "pow")


def test_a_cell_that_takes_too_long_leaves_time_for_others() -> None:
    """It is stopped, though it swallows what stops it."""
    started = time.process_time()
    stubborn = "try:\n  while True: pass\nexcept BaseException:\n  while True: pass"

    module, faults = run("while True: pass", stubborn, "def f(): pass", seconds=1.0)

    assert callable(module.f)
    assert [fault.cell for fault in faults] == [1, 2]
    assert {fault.thrown.type for fault in faults} == {"TimeoutError"}
    assert faults[0].thrown.frames[0][0] == "cell 1"
    assert time.process_time() - started < 3


def test_a_cell_cannot_leave_out_later_ones() -> None:
    """What runs the cells is out of the reach of a replaced builtin."""
    import builtins

    kept = builtins.exec
    try:
        module, _ = run("import builtins\nbuiltins.exec = print", "A = 1")
    finally:
        builtins.exec = kept

    assert module.A == 1


def test_a_source_without_cells_raises_its_own() -> None:
    """A plain file that fails is not there at all."""
    with pytest.raises(ZeroDivisionError):
        run_source(ModuleType("a"), "1 / 0\n", "a.py")
    with pytest.raises(SyntaxError):
        run_source(ModuleType("a"), "(\n", "a.py")


def fault(cell: int = 1) -> CellFault:
    frames = [("cell 1", 1, "f", "x")] * 6
    return CellFault(cell, 2, Thrown("ValueError", "m" * 2000, frames, "ValueError"))


def test_faults_cross() -> None:
    """Shortened, and not more of them than anybody reads."""
    header = faults_header([fault(n) for n in range(1, MOST_FAULTS + 50)])

    found = read_faults(header)

    assert [one.cell for one in found] == list(range(1, MOST_FAULTS + 1))
    assert len(found[0].thrown.message) == 300
    assert len(found[0].thrown.frames) == 2


@pytest.mark.parametrize(
    "header",
    [
        None,
        {},
        [3],
        [{}],
        faults_header([fault()]) * (MOST_FAULTS + 1),
        [{**faults_header([fault()])[0], "cell": -1}],
        [{**faults_header([fault()])[0], "cell": True}],
        [{**faults_header([fault()])[0], "line": 2**40}],
        [{**faults_header([fault()])[0], "thrown": None}],
    ],
)
def test_a_forged_report_is_refused(header: object) -> None:
    """A worker's word is read strictly."""
    with pytest.raises(BadFrame):
        read_faults(header)


@pytest.mark.parametrize(
    "line",
    [
        "from autograder import check\nassert check('f').passed",
        "from autograder import *\nprint(check('f'))",
        "import autograder\nr = autograder.check()\nf'{r.points / r.possible:.1f}'",
        "import autograder\nprint(autograder.__version__, autograder.__file__)",
        "print(check('f').points)",
        "import autograder as ag\nif not ag.check('f').passed: raise ValueError",
    ],
)
def test_a_notebook_that_checks_itself(line: str) -> None:
    """check() in a cell is there and finds nothing; what follows in its cell stays."""
    module = ModuleType("homework")
    text = notebook_text([f"{line}\nA = 1"])
    libraries = Libraries(("torch",), ("homework",))

    with libraries.around(module):
        faults = run_source(module, text, "homework.py")

    assert (faults, module.A) == ([], 1)
    assert absent_libraries({"homework": text}, "homework", ("torch",)) == {}
    assert module.__dict__.get("ag") is not sys.modules["autograder"]


def test_what_is_bound_after_the_end_replaces_nothing() -> None:
    """Later cells run, and what they bind anew is there; a name keeps what it was."""
    cells = (
        "SIZE = 2\ndef pad(x): return x + SIZE\ndef conv(x): return pad(x), more(x)",
        "SIZE = 3\ndef pad(x, y): return x\ndef more(x): return -x\nseen = pad(1, 2)",
    )
    text = notebook_text(cells)
    whole, ended = ModuleType("homework"), ModuleType("homework")

    assert run_source(whole, text, "homework.py") == []
    assert run_source(ended, with_end(text, 1), "homework.py") == []

    with pytest.raises(TypeError):
        whole.conv(1)
    assert ended.conv(1) == (3, -1)
    assert ended.seen == 1


@pytest.mark.parametrize("later", ["def helper(x): return x", "helper = len"])
def test_no_import_comes_back_after_the_end(later: str) -> None:
    """The reading for forbidden names lets a later function replace an import."""
    text = notebook_text(["from math import sqrt as helper", later])
    module = ModuleType("homework")

    run_source(module, with_end(text, 1), "homework.py")

    assert module.helper(9) != 3 if later.startswith("def") else module.helper is len
