"""``autograder doctor``: what it says at its end."""

from __future__ import annotations

import pytest

from autograder.cli.doctor import doctor_command, layer_lines
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
