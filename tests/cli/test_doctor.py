"""``autograder doctor``: what it says at its end."""

from __future__ import annotations

import pytest
import torch

from autograder.cli.doctor import device_lines, doctor_command, layer_lines
from autograder.executor.cuda import Gpu
from autograder.sandbox.probe import Findings


def test_layers_that_suffice() -> None:
    """Seccomp and one of the others are what strict asks for."""
    found = Findings([], ["limits", "user", "seccomp"], {"landlock-files": "hidden"})

    assert layer_lines(found) == [
        "layers: limits, user, seccomp",
        "  without landlock-files: hidden",
        "strict: yes",
    ]


def test_layers_that_do_not() -> None:
    """What is missing is named with its reason."""
    absent = {"user": "only root may", "seccomp": "not installed"}

    assert layer_lines(Findings([], ["limits"], absent)) == [
        "layers: limits",
        "  without user: only root may",
        "  without seccomp: not installed",
        "strict: no, because it needs user or landlock-files and it needs seccomp, "
        "which did not hold",
    ]


def test_the_end_names_layers(capfd: pytest.CaptureFixture[str]) -> None:
    """The words of ``grade --isolation`` are found on this machine, too."""
    doctor_command()

    printed = capfd.readouterr().out
    assert "\nlayers: descriptors, limits" in printed
    assert "\nstrict: yes\n" in printed or "\nstrict: no, because" in printed


def test_devices_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each device of ``--device`` is there with what it is, or why it is missing."""
    monkeypatch.setattr("autograder.simulated.available", lambda: "torch is too old")
    monkeypatch.setattr("autograder.executor.cuda.find_gpu", lambda: "no driver")

    found = dict(device_lines())

    assert found["cpu"] == f"torch {torch.__version__}"
    assert found["sim"] == "torch is too old"
    assert found["cuda"] == "none: no driver"


@pytest.mark.skipif(
    torch.backends.cuda.is_built(), reason="this torch could use a GPU, if any is here"
)
def test_a_gpu_that_the_sandbox_cannot_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried behind the sandbox, and doctor says what came of it."""
    gpu = Gpu("a GPU", 81000, 80000)
    monkeypatch.setattr("autograder.executor.cuda.find_gpu", lambda: gpu)

    assert dict(device_lines())["cuda"].startswith(
        "a GPU, 80,000 of 81,000 MiB free; a sandboxed process cannot use the GPU: "
        "the GPU does not start: AssertionError: Torch not compiled with CUDA"
    )
