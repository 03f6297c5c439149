"""Which settings a check runs in, by the devices that are asked for and those here."""

from __future__ import annotations

import pytest

from autograder.checking.device_choice import ON_THE_CPU, Devices
from autograder.checking.device_option import CHOICES
from autograder.executor.cuda import Gpu

CPU = ("cpu float64", "cpu float32")
SIM = ("sim float32",)
ODD = ("cpu float16",)
GPU = Gpu("a GPU", 1000, 900)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """A machine with or without a GPU, real or simulated."""

    def made(gpu: bool, simulated: bool = True) -> None:
        found = GPU if gpu else "no GPU"
        monkeypatch.setattr("autograder.executor.cuda.find_gpu", lambda: found)
        reason = None if simulated else "too old"
        monkeypatch.setattr("autograder.simulated.available", lambda: reason)

    return made


@pytest.mark.parametrize(
    ("choice", "cpu", "sim", "odd"),
    [
        ("cpu", CPU, ("cpu float32",), ODD),
        ("sim", CPU, SIM, ODD),
        (
            "all",
            (*CPU, "cuda float64", "cuda float32"),
            (*SIM, "cuda float32"),
            (*ODD, "cuda float16"),
        ),
    ],
)
def test_where_everything_is_here(machine, choice, cpu, sim, odd) -> None:
    """Each check keeps its dtypes on CUDA; those for a device run on one."""
    machine(gpu=True)
    devices = Devices.asked(choice)

    assert devices.settings(CPU) == cpu
    assert devices.settings(SIM) == sim
    assert devices.settings(ODD) == odd


def test_without_a_gpu_nothing_is_lost_and_all_is_said(machine) -> None:
    """What CUDA would have run is named with the reason; the rest is run."""
    machine(gpu=False)
    for choice in ("cuda", "all"):
        devices = Devices.asked(choice)

        assert devices.settings(CPU) == CPU
        assert devices.settings(SIM) == SIM
        assert devices.skipped([*CPU, *SIM]) == {
            "cuda float64": "no GPU",
            "cuda float32": "no GPU",
        }


def test_without_any_gpu_a_device_check_runs_on_the_cpu(machine) -> None:
    """Points are never given for having run nothing."""
    machine(gpu=False, simulated=False)
    devices = Devices.asked("cuda")

    assert devices.settings(SIM) == ("cpu float32",)
    assert devices.skipped(SIM) == {
        "sim float32": "too old",
        "cuda float32": "no GPU",
    }


def test_leaving_the_simulated_gpu_out_is_said(machine) -> None:
    """A report says that it was somebody's choice."""
    machine(gpu=True)

    assert Devices.asked("cpu").skipped(SIM) == {
        "sim float32": "--device cpu leaves it out"
    }
    assert Devices.asked("cuda") == Devices.asked("all")
    assert Devices.asked("cuda").skipped(SIM) == {}


def test_a_gpu_that_turns_out_not_to_work(machine) -> None:
    """It is as if it were not here, with what was found as the reason."""
    machine(gpu=True)
    devices = Devices.asked("cuda").without("cuda", "the sandbox keeps it away")

    assert devices.settings(SIM) == SIM
    assert devices.skipped(CPU)["cuda float32"] == "the sandbox keeps it away"
    assert Devices.asked("all").without("cuda", "no").settings(SIM) == SIM


@pytest.mark.parametrize("choice", CHOICES)
@pytest.mark.parametrize("names", [CPU, SIM, ODD, (*CPU, *SIM)])
def test_something_always_runs(machine, choice, names) -> None:
    """Whatever is asked for and whatever is here."""
    for gpu in (True, False):
        for simulated in (True, False):
            machine(gpu, simulated)
            assert Devices.asked(choice).settings(names)


def test_the_cpu_alone() -> None:
    """What no choice was made for has no other device."""
    assert ON_THE_CPU.settings(SIM) == ("cpu float32",)
    assert ON_THE_CPU.settings(CPU) == CPU
