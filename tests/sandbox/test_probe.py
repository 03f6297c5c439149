"""Every forbidden act, really tried: stopped in the sandbox, free without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from autograder import sandbox
from autograder.sandbox.attempts import ALLOWED, FORBIDDEN
from autograder.sandbox.probe import Layer, probe

NAMES = [attempt.name for attempt in (*FORBIDDEN, *ALLOWED)]


@pytest.fixture(scope="module")
def sandboxed() -> dict[str, Layer]:
    """What the prober saw of children in the sandbox."""
    return {layer.name: layer for layer in probe("auto").acts}


@pytest.fixture(scope="module")
def bare() -> dict[str, Layer]:
    """What the prober saw of children with limits only."""
    return {layer.name: layer for layer in probe("none").acts}


@pytest.mark.parametrize("name", NAMES)
def test_sandbox_stops_the_act(sandboxed: dict[str, Layer], name: str) -> None:
    """a sandboxed child is stopped at every forbidden act, and at no honest one"""
    layer = sandboxed[name]

    assert layer.holds, f"{layer.tried}: {layer.seen}; {layer.remedy}"


@pytest.mark.parametrize(
    "name",
    [
        *("read", "write", "mode", "delete", "network", "fork", "execute", "signal"),
        *("cache", "cached", "locks", "processors", "affinity"),
    ],
)
def test_without_a_sandbox_the_act_succeeds(bare: dict[str, Layer], name: str) -> None:
    """the attempts are real: without layers the same act gets through"""
    assert not bare[name].holds, bare[name].seen


@pytest.mark.parametrize(
    "name", ["limits", "memory", "shared memory", "time", "descriptors", "environment"]
)
def test_limits_hold_without_isolation(bare: dict[str, Layer], name: str) -> None:
    """isolation 'none' still limits resources and hides descriptors and environment"""
    assert bare[name].holds, bare[name].seen


def test_every_layer_is_complete(sandboxed: dict[str, Layer]) -> None:
    """each layer says what was tried, what was seen and what helps"""
    for layer in sandboxed.values():
        assert layer.tried
        assert layer.seen
        assert layer.remedy


def test_layers_are_named_as_grading_names_them() -> None:
    """whoever reads of a missing layer while grading finds it again here"""
    found = probe("auto")

    assert "limits" in found.layers
    for layer in ("user", "landlock-files", "seccomp"):
        assert (layer in found.layers) != (layer in found.absent)
    assert probe("none").layers == ["descriptors", "limits"]


def test_unknown_isolation_is_refused() -> None:
    """a misspelt isolation names the possible ones"""
    with pytest.raises(ValueError, match="strict, auto, none"):
        probe("strikt")  # type: ignore[arg-type]


def test_a_faulty_attempt_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """An act that fails by a fault of its own was not stopped by any layer."""
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    code = (
        "from sandbox import attempts\n"
        "from sandbox.probe import main\n"
        "del attempts.MEBIBYTE\n"
        "main()\n"
    )
    package = str(Path(sandbox.__file__).parents[1])

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.append({package!r})\n{code}",
            "auto",
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "an attempt has a fault of its own" in done.stderr
