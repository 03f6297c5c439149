"""The solutions of both courses hold on a real GPU, in every dtype they are for."""

from __future__ import annotations

import pytest

from tests.gpu import course_probes
from tests.gpu.course_probes import EXERCISES
from tests.gpu.workbench import Workbench

WITHOUT_FLOATS = {"shapes", "parameters", "counting"}  # their checks run once


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_references_pass(
    bench: Workbench, place: str, name: str, exercise: str
) -> None:
    """Each solution passes each of its checks on the device, in a fresh process."""
    found = bench.ask(course_probes.references, name, exercise, fresh=True)

    assert found.not_passed == []
    assert found.checks > 0
    assert {s.partition(" ")[0] for s in found.settings} == {place}
    assert f"{place} float64" in found.settings
    assert f"{place} float32" in found.settings or exercise in WITHOUT_FLOATS
