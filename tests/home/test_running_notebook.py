"""`check(...)` in a real kernel: what is shown, what is judged, how it ends."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.home.kernels import RunningNotebook

pytest.importorskip("ipykernel", reason="it is part of the dev extra")
# What Jupyter's own packages warn of is none of ours.
pytestmark = pytest.mark.filterwarnings("ignore")

SCALE = "def scale(x, factor):\n    return factor * x"
ADDS = "def scale(x, factor):\n    return factor + x"


@pytest.fixture(scope="module")
def notebook(
    generated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningNotebook]:
    """One for the whole file; each test has cells of its own."""
    folder = tmp_path_factory.mktemp("notebook") / "small"
    shutil.copytree(generated, folder)
    found = RunningNotebook(folder)
    try:
        found.run("import torch\nfrom autograder import check", "import")
        yield found
    finally:
        found.close()


def test_a_report_is_shown(notebook: RunningNotebook) -> None:
    """A page for notebooks and text for others; the idea, and the cell, are named."""
    before = notebook.run("len(In) - 1").result
    notebook.run(ADDS, "scale")

    shown = notebook.run('check("scale")', "check")

    assert shown.error == shown.printed == ""
    assert shown.html is not None
    for text in (shown.result or "", shown.html):
        assert "a sum instead of a product" in text
        assert f"cell {int(before or 0) + 1}, line 1" in text
        assert "0 of 3 points" in text
    assert "<style>" in shown.html
    assert "\x1b" not in (shown.result or "")


def test_a_cell_that_ran_again_counts_once(notebook: RunningNotebook) -> None:
    """The last run of a cell is judged, and the second question is answered at once."""
    notebook.run(SCALE, "scale")
    started = time.monotonic()

    shown = notebook.run('report = check("scale")\nprint(report)\nreport.points')

    assert shown.result == "3.0"
    assert shown.printed.count("3 of 3 points") == 1
    assert "execute_result" in shown.messages
    assert time.monotonic() - started < 5  # it takes a tenth of a second


def test_what_is_printed_is_printed_once(notebook: RunningNotebook) -> None:
    """Nothing of the notebook's output is lost, and nothing comes twice."""
    notebook.run(SCALE, "scale")
    code = (
        "import os\nprint('before')\nos.system('echo beside')\n"
        "passed = check('scale').passed\nprint('after', passed)"
    )

    shown = notebook.run(code)

    for word in ("before", "beside", "after True"):
        assert shown.printed.count(word) == 1


def test_threads_of_torch(notebook: RunningNotebook) -> None:
    """A kernel whose torch has threads, and judged code that asks for them: no hang."""
    threads = "torch.set_num_threads(2)\nbig = torch.ones(2000, 2000)\nbig.exp().sum()"
    notebook.run(threads, "threads")
    notebook.run(
        "def shift(x, offset):\n    torch.set_num_threads(2)\n"
        "    torch.ones(2000, 2000).exp().sum()\n    return x + offset",
        "shift",
    )

    assert notebook.run('check("shift").passed').result == "True"


def test_an_interrupt_ends_it(notebook: RunningNotebook) -> None:
    """One line is shown, nothing goes on, and the next question is answered."""
    notebook.run("def shift(x, offset):\n    while True: pass", "shift")
    started = time.monotonic()

    shown = notebook.run('check("shift")', "check", interrupt_after=0.4)

    assert time.monotonic() - started < 4
    assert shown.error == (
        "check was interrupted, and nothing was judged. Run the cell again."
    )
    notebook.run("def shift(x, offset): return x + offset", "shift")
    assert notebook.run('check("shift").passed').result == "True"


def test_asyncio_goes_on(notebook: RunningNotebook) -> None:
    """A check between two awaits does them no harm."""
    notebook.run(SCALE, "scale")
    code = (
        "import asyncio\nawait asyncio.sleep(0)\n"
        "points = check('scale').points\nawait asyncio.sleep(0.01)\npoints"
    )

    assert notebook.run(code).result == "3.0"


def test_silent_code_is_not_judged(notebook: RunningNotebook) -> None:
    """What a notebook's program runs for itself is no cell; the report says so."""
    notebook.run(SCALE, "scale")
    notebook.run(ADDS, silent=True)

    shown = notebook.run('check("scale")', "check")

    assert "3 of 3 points" in (shown.result or "")
    assert "The kernel has another scale than cell" in (shown.result or "")


def test_a_cell_that_failed(notebook: RunningNotebook) -> None:
    """The kernel keeps the old function, the new cell is judged, and that is said."""
    notebook.run(SCALE, "scale")
    notebook.run(f"undefined\n{ADDS}", "scale")

    shown = notebook.run('check("scale")', "check")

    assert "The kernel still has an earlier scale" in (shown.result or "")
    assert "0 of 3 points" in (shown.result or "")


def test_errors_are_sentences(notebook: RunningNotebook) -> None:
    """A wrong name, a function in place of its name, a wrong folder."""
    notebook.run(SCALE, "scale")
    wrong = notebook.run('check("scael")')
    function = notebook.run("check(scale)")
    folder = notebook.run('check("scale", folder="nowhere")')

    assert "did you mean 'scale'?" in (wrong.result or "")
    assert 'in quotation marks: check("scale")' in (function.result or "")
    assert "there is no such folder" in (folder.result or "")
    assert wrong.error == function.error == folder.error == ""


def test_a_broken_kernel(notebook: RunningNotebook) -> None:
    """What cells put in the place of Python's own functions costs a sentence."""
    notebook.run("import queue\nthere = queue.Queue\nqueue.Queue = None", "broken")

    shown = notebook.run('check("scale")')

    assert shown.error == ""
    assert "Restart the kernel" in " ".join((shown.result or "").split())
    notebook.run("queue.Queue = there", "broken")
