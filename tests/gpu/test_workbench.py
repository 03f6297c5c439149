"""What goes wrong in a probe costs that probe alone."""

from __future__ import annotations

import pytest
import torch

from tests.gpu import number_probes
from tests.gpu.workbench import ProbeError, Workbench

WORKS = [0.0, 2.0, 4.0]


def test_this_process_does_not_wake_cuda(bench: Workbench) -> None:
    """Whoever forks from here later can still use it."""
    assert bench.ask(number_probes.doubled) == WORKS
    assert not torch.cuda.is_initialized()


def test_children_are_shared_or_fresh(bench: Workbench) -> None:
    """Probes share a child, but one that asks for a fresh one."""
    shared = bench.ask(number_probes.process)

    assert bench.ask(number_probes.process) == shared
    assert bench.ask(number_probes.process, fresh=True) != shared
    assert bench.ask(number_probes.process) == shared


def test_an_exception_is_told(bench: Workbench) -> None:
    """The error has the probe's traceback, and its child goes on."""
    child = bench.ask(number_probes.process)
    with pytest.raises(ProbeError, match=r"(?s)raises on .*LookupError: nothing on"):
        bench.ask(number_probes.raises)
    assert bench.ask(number_probes.process) == child


def test_a_dead_child_is_replaced(bench: Workbench) -> None:
    """The error says how it died; the next probe has another."""
    with pytest.raises(ProbeError, match="its process died of SIGKILL"):
        bench.ask(number_probes.dies)
    assert bench.ask(number_probes.doubled) == WORKS


def test_a_probe_that_hangs_is_given_up(bench: Workbench) -> None:
    """The error says how long it was waited for; the next probe works."""
    with pytest.raises(ProbeError, match=r"never_answers on .*: no answer in 0.5 s"):
        bench.ask(number_probes.never_answers, patience=0.5)
    assert bench.ask(number_probes.doubled) == WORKS


def test_an_assertion_on_the_device_ends_its_child_alone(
    bench: Workbench, place: str
) -> None:
    """After a position out of range the device is useless to that process only."""
    found = bench.ask(number_probes.asserts_on_the_device)

    assert found == "IndexError" if place == "sim" else found != ""
    assert bench.ask(number_probes.doubled) == WORKS
