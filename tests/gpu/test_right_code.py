"""What is legal is legal on a real GPU, with the CPU's numbers."""

from __future__ import annotations

import pytest

from tests.gpu import code_probes
from tests.gpu.session_report import SessionReport
from tests.gpu.workbench import Workbench
from tests.simulated.legal_code import LEGAL
from tests.simulated.modules_of_torch import CASES, OPTIMIZERS


@pytest.mark.parametrize("name", LEGAL)
def test_legal_code_runs(
    bench: Workbench, place: str, name: str, report: SessionReport
) -> None:
    """Legal code runs, and gives what it gives on the CPU; its waits are recorded."""
    differs, waits = bench.ask(code_probes.legal, name)
    report.add(place, "waits of legal code", name, waits)

    assert differs == ""


@pytest.mark.parametrize("name", CASES)
def test_modules_train(bench: Workbench, name: str) -> None:
    """Three steps of Adam and an evaluation go as on the CPU."""
    assert bench.ask(code_probes.module, name) == ""


def test_an_embedding_trains(bench: Workbench) -> None:
    """So they do for positions."""
    assert bench.ask(code_probes.embedding) == ""


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_step(bench: Workbench, optimizer: str) -> None:
    """torch's optimizers do as on the CPU."""
    assert bench.ask(code_probes.module, "Linear", optimizer) == ""
