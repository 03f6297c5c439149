"""Numbers of a device: as exact as float32 is, the same every time, within limits."""

from __future__ import annotations

import pytest

from tests.gpu import number_probes
from tests.gpu.session_report import SessionReport
from tests.gpu.workbench import Workbench

TF32_IS_OFF = 1e-5  # with TF32, whose numbers have 10 bits, errors are near 1e-3


@pytest.mark.parametrize(
    "probe",
    [number_probes.product_error, number_probes.convolution_error],
    ids=["product", "convolution"],
)
def test_tf32_is_off(
    bench: Workbench,
    place: str,
    probe: object,
    report: SessionReport,
    request: pytest.FixtureRequest,
) -> None:
    """float32 has all of its bits, though code has asked for TF32 before."""
    error = bench.ask(probe, fresh=True)
    report.add(place, "numbers", probe.__name__, error)

    assert error < TF32_IS_OFF


def test_results_repeat_bit_by_bit(bench: Workbench) -> None:
    """Training and sums give the same bits again, in this process and in another."""
    here = bench.ask(number_probes.digests, fresh=True)
    there = bench.ask(number_probes.digests, fresh=True)

    assert here == there
    for name, digest in here.items():
        assert digest == here[name.replace("second", "first")], name


def test_memory_is_capped(bench: Workbench, place: str, report: SessionReport) -> None:
    """A child gets its share of the GPU's memory and no more, and can go on."""
    if place == "sim":
        pytest.skip("the simulated GPU has no memory of its own to be capped")
    found = bench.ask(number_probes.taken_beyond_the_cap, fresh=True)
    report.add(place, "numbers", "memory", found)

    assert found["total"] > found["cap"] + 1024, "the GPU is too small to tell"
    assert found["half"] == ""
    assert "out of memory" in found["more"]
    assert "allowed" in found["more"]  # it was the cap, and not the others' use
    assert found["afterwards"] == [0.0, 2.0, 4.0]
