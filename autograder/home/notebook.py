"""``check`` for notebooks: judges the cells that ran in this kernel, and reports.

Usage, in a cell::

    from autograder import check

    check("conv2d")
"""

from __future__ import annotations

import contextlib
import sys
import textwrap
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from autograder.home.companion import Companion, CompanionError
from autograder.home.kernel import Kernel, this_kernel

_NO_NOTEBOOK = (
    "check() judges the cells of a running notebook, and this is none. Run "
    "`autograder check` in a terminal, in the folder of your files."
)
_OUR_FAULT = (
    "The checks could not be run, and that is our fault and not yours: nothing was "
    "judged. Please show this to the course staff."
)


@dataclass(frozen=True, repr=False)
class Report:
    """What was found; a notebook shows it as a page, anything else as text.

    Attributes:
        text: for a terminal, in 80 columns.
        html: for a notebook.
        points: earned by the visible checks that were asked for.
        possible: what those checks are worth.
        passed: whether all of them passed.
        findings: of each check, by its id: whether it passed, and what is said.
    """

    text: str
    html: str
    points: float = 0.0
    possible: float = 0.0
    passed: bool = False
    findings: dict[str, tuple[bool, str]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        return self.html


class StoppedError(KeyboardInterrupt):
    """The student interrupted a check. IPython shows one line of it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def check(name: str | None = None, *, folder: str | Path | None = None) -> Report:
    """Check the functions of this notebook, as its cells ran, and report.

    Args:
        name: a function or class, an exercise, ``"worksheet"`` or a check; everything
            if left out.
        folder: the assignment's folder; if left out it is where the notebook is, or
            above, or else in the installed package.

    Raises:
        KeyboardInterrupt: it was interrupted.
    """
    kernel = this_kernel()
    if kernel is None:
        report = _said(_NO_NOTEBOOK)
        if not hasattr(sys, "ps1"):  # nobody would show it
            print(report)
        return report
    if name is not None and not isinstance(name, str):
        own = getattr(name, "__name__", None)
        meant = f'check("{own}")' if isinstance(own, str) else 'check("conv2d")'
        return _said(f"check takes a name, in quotation marks: {meant}.")
    try:
        return _report(_companion.ask(_question(kernel, name, folder)))
    except CompanionError as error:
        return _said(str(error))
    except KeyboardInterrupt:
        said = "check was interrupted, and nothing was judged. Run the cell again."
        raise StoppedError(said) from None
    except Exception as error:  # cells may have replaced what this needs
        return _said(
            f"The checks could not be asked for ({type(error).__name__}: {error}). "
            "Perhaps a cell has replaced something of Python itself. Restart the "
            "kernel, run your cells and check again."
        )


def _question(
    kernel: Kernel, name: str | None, folder: str | Path | None
) -> dict[str, Any]:
    return {
        "name": name,
        "folder": None if folder is None else str(folder),
        "here": kernel.folder,
        "executions": [
            [one.count, one.text, one.cell, one.failed] for one in kernel.executions()
        ],
        "live": kernel.functions(),
    }


def _report(answer: dict[str, Any]) -> Report:
    if answer.get("interrupted"):
        raise KeyboardInterrupt
    if "fault" in answer:
        return _said(_OUR_FAULT, answer["fault"])
    return Report(**answer)


def _said(text: str, details: str = "") -> Report:
    """A sentence in place of a report."""
    lines = textwrap.wrap(text, 80, break_long_words=False, break_on_hyphens=False)
    more = f"\n\n{details}" if details else ""
    block = f"<pre>{escape(details)}</pre>" if details else ""
    return Report("\n".join(lines) + more + "\n", f"<p>{escape(text)}</p>{block}")


_companion = Companion()
if this_kernel() is not None:  # torch takes seconds to load: begin now
    with contextlib.suppress(CompanionError):  # told when something is checked
        _companion.start()
