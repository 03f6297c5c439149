"""The cells that ran in this process, where it is IPython's.

IPython keeps what was run, and not which cell of the notebook it was: that stands in
the request of the notebook's program, and is written down here as each cell runs, from
the moment on that this module is imported.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass, replace
from typing import Any

from autograder.home.live import kept_in
from autograder.home.replay import Execution


@dataclass
class Kernel:
    """IPython's shell in this process, and what was seen of its cells."""

    shell: Any

    def __post_init__(self) -> None:
        self._seen: dict[int, Execution] = {}
        self._running = ""
        self._before()
        self.shell.events.register("pre_run_cell", self._before)
        self.shell.events.register("post_run_cell", self._after)

    def executions(self) -> list[Execution]:
        """All cells that ran, the running one last; what ran silently is left out."""
        history = list(self.shell.history_manager.input_hist_raw)
        found = []
        for count, text in enumerate(history):
            if not isinstance(text, str) or not text.strip():
                continue
            one = Execution(count, text)
            seen = self._seen.get(count)
            if seen is not None and seen.text == text:
                one = seen
            elif count == len(history) - 1:
                one = replace(one, cell=self._running)
            found.append(one)
        return found

    def functions(self) -> dict[str, str]:
        """What stands for the functions and classes that the kernel holds."""
        return kept_in(self.shell.user_ns)

    @property
    def folder(self) -> str:
        """The working directory; the home directory where it is gone."""
        with contextlib.suppress(OSError):
            return os.getcwd()
        return os.path.expanduser("~")

    def _before(self, info: Any = None) -> None:
        self._running = _cell_id(self.shell, info)

    def _after(self, result: Any = None) -> None:
        info = getattr(result, "info", None)
        count = getattr(result, "execution_count", None)
        text = getattr(info, "raw_cell", None)
        if type(count) is int and isinstance(text, str):
            failed = not getattr(result, "success", True)
            self._seen[count] = Execution(count, text, self._running, failed)


def _cell_id(shell: Any, info: Any) -> str:
    """Which cell of the notebook runs, as far as its program tells."""
    found = getattr(info, "cell_id", None)
    with contextlib.suppress(Exception):  # whatever the kernel is
        metadata = shell.get_parent()["metadata"]
        found = found or metadata.get("cellId") or metadata["colab"]["cell_id"]
    if not isinstance(found, str) or ".interactive" in found:
        return ""  # VS Code's interactive window has a new cell for each run
    return found


def this_kernel() -> Kernel | None:
    """The kernel that this process is; None where it is none."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "history_manager"):
        return None
    if not _known or _known[-1].shell is not shell:
        _known.append(Kernel(shell))
    return _known[-1]


_known: list[Kernel] = []
