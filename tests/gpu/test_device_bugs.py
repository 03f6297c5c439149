"""Device bugs fail on a real GPU too, and put right they give the CPU's numbers."""

from __future__ import annotations

import pytest

from tests.gpu import code_probes
from tests.gpu.code_probes import BUGS, HOST_WAITS
from tests.gpu.session_report import SessionReport
from tests.gpu.workbench import Workbench


@pytest.mark.parametrize("name", BUGS)
def test_the_bug_fails(
    bench: Workbench, place: str, name: str, report: SessionReport
) -> None:
    """Wrong code raises, or leaves its answer on the CPU; its words are recorded."""
    found = bench.ask(code_probes.wrong_bug, name)
    says = BUGS[name].says
    wanted = None if says is None else code_probes.said_on(place, says)
    fact = {"says": wanted, "how": found.how, "kind": found.kind}
    fact |= {"words": found.words, "same": found.as_said}
    report.add(place, "bugs", name, fact)

    assert found.how is not None
    if place == "sim":  # CUDA's own words differ between versions of torch
        assert found.as_said, found


@pytest.mark.parametrize("name", BUGS)
def test_put_right_it_passes(bench: Workbench, name: str) -> None:
    """The same code put right gives the CPU's answer, on the device."""
    assert bench.ask(code_probes.right_bug, name) == ""


@pytest.mark.parametrize("name", HOST_WAITS)
def test_the_host_waits(
    bench: Workbench, place: str, name: str, report: SessionReport
) -> None:
    """Waits are seen where they are made and nowhere else; numbers stay right."""
    found = bench.ask(code_probes.waits, name)
    report.add(place, "waits", name, found)

    assert found["wrong"] > 0
    assert found["right"] == 0
    assert (found["wrong differs"], found["right differs"]) == ("", "")
    if place == "sim":  # what a real one does on its way may be one more wait
        assert found["wrong"] == HOST_WAITS[name].waits


@pytest.mark.parametrize("name", HOST_WAITS)
def test_a_wait_can_be_refused(bench: Workbench, name: str) -> None:
    """Code that waits is stopped where torch is told that waiting is an error."""
    assert bench.ask(code_probes.refused_to_wait, name)
