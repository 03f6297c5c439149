"""A sealed assignment, and Gradescope's folder around it, without a container."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.sealing import sealed_files
from autograder.checking.solution import Solution
from autograder.course.student_folder import write_files
from autograder.platforms.gradescope.harness import SEALED
from autograder.platforms.gradescope.options import OPTIONS, Options

SEED = 5
MakeRoot = Callable[..., Path]


@pytest.fixture(scope="session")
def sealed(tiny: Solution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny assignment, sealed."""
    folder = tmp_path_factory.mktemp("sealed") / "tiny"
    write_files(folder, sealed_files(tiny, SEED))
    return folder


@pytest.fixture
def make_root(sealed: Path, tmp_path: Path) -> MakeRoot:
    """Makes Gradescope's folder for a submission: ``make_root(heads="...")``."""

    def make(
        options: Options | None = None,
        metadata: dict[str, Any] | None = None,
        **sources: str,
    ) -> Path:
        root = tmp_path / "autograder"
        for name in ("source", "submission", "results"):
            (root / name).mkdir(parents=True, exist_ok=True)
        if not (root / "source" / SEALED).exists():
            (root / "source" / SEALED).symlink_to(sealed)
        options = options or Options()
        (root / "source" / OPTIONS).write_text(options.to_json())
        if metadata is not None:
            (root / "submission_metadata.json").write_text(json.dumps(metadata))
        for name, text in sources.items():
            (root / "submission" / f"{name}.py").write_text(text)
        return root

    return make


def results_in(root: Path) -> dict[str, Any]:
    """What Gradescope reads."""
    text = (root / "results" / "results.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
