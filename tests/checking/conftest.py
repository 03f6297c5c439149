"""Checks of the sample, loaded and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.running import run_checks
from autograder.verdict import CheckResult
from tests.checking.sample import HEAD, SOURCE

Run = Callable[..., list[CheckResult]]


@pytest.fixture
def checks_of(tmp_path: Path) -> Callable[[str], list[Check]]:
    """Load checks from a source."""

    def load(source: str) -> list[Check]:
        path = tmp_path / "test_sample.py"
        path.write_text(HEAD + dedent(source))
        return load_checks(path, "sample")

    return load


@pytest.fixture
def run(checks_of: Any, open_local: Callable[[str], LocalCaller]) -> Run:
    """Run the checks of a source against SOURCE."""

    def ran(source: str, seed: int = 1, **how: Any) -> list[CheckResult]:
        found = run_checks(checks_of(source), open_local(SOURCE), seed, **how)
        return [finding.result for finding in found]

    return ran
