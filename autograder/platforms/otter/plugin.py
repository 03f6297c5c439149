"""otter's plugin: the sandboxed worker grades, before otter runs anything."""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin

from autograder.grading.sealed import Sealed, seconds_within
from autograder.platforms.gradescope.metadata import metadata_of
from autograder.platforms.otter.cases import FINDINGS
from autograder.platforms.otter.master import SEALED
from autograder.reports.gradescope import findings_of
from autograder.verdict import Verdict
from autograder.wording import for_student, is_ours


class SandboxedGrading(AbstractOtterPlugin):
    """Grades the notebook, and leaves otter the findings alone to run.

    Its configuration has ``isolation`` and ``minutes``, see `OtterOptions`.
    """

    _findings: dict[str, tuple[bool, str]]

    def before_grading(self, config: Any) -> None:
        """otter's, before it reads a log that was handed in, which can run code.

        Raises:
            RuntimeError: a fault of ours; otter then says that the autograder failed.
        """
        folder = Path(self.submission_path).parent
        verdict = self._verdict(folder)
        if any(map(is_ours, verdict.checks)):
            raise RuntimeError("autograder failed, not the submission; grade it again")
        _clear(folder, Path(self.submission_path).name)
        shown = for_student(verdict)
        told = findings_of(shown)
        self._findings = {
            real.id: told[check.id] for real, check in zip(verdict.checks, shown.checks)
        }

    def before_execution(self, submission: Any) -> Any:
        """otter's: the notebook to run in place of the submission, nothing of it left.

        Its metadata, too: they name the kernel, which need not be there.
        """
        findings = json.dumps(self._findings)
        source = f"import json\n{FINDINGS} = json.loads({findings!r})"
        return nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(source)],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        )

    def _verdict(self, folder: Path) -> Verdict:
        config = self.plugin_config
        student = metadata_of(self.submission_metadata).student
        with tempfile.TemporaryDirectory() as scratch:  # nobody else may read it
            with zipfile.ZipFile(io.BytesIO(_sealed(folder))) as archive:
                archive.extractall(scratch)
            sealed = Sealed(Path(scratch), config.get("isolation", "strict"))
            seconds = seconds_within(float(config.get("minutes", 10)))
            path = Path(self.submission_path)
            return sealed.grade(path, student, wall_seconds=seconds)


def _sealed(folder: Path) -> bytes:
    """The sealed assignment: otter's own copy, or, in `otter assign`, that beside."""
    for path in (folder.parent / "source" / "files" / SEALED, folder / SEALED):
        if path.is_file():
            content = path.read_bytes()
            if os.getuid() == path.stat().st_uid:
                path.chmod(0o600)
            return content
    raise RuntimeError(f"{SEALED} is not there: build the zip with `autograder otter`")


def _clear(folder: Path, notebook: str) -> None:
    """Leave nothing that was handed in where otter's kernel could import it."""
    for path in folder.iterdir():
        if path.name in (notebook, "tests"):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
