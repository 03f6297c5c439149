"""``autograder doctor``: does the sandbox hold here, and which devices are there."""

from __future__ import annotations

import platform
import sys

from autograder.cli.failing import shown
from autograder.sandbox import missing
from autograder.sandbox.probe import Findings, probe


def doctor_command() -> int:
    """Print a line an act, then the layers; 0 when every act is stopped, else 1."""
    print(f"Python {platform.python_version()} on {platform.system()}")
    print("devices:")
    for name, text in device_lines():
        _say(f"  {name:4}  {text}", 8)
    print("sandbox:")
    found = probe()
    acts = found.acts
    width = max(len(act.name) for act in acts)
    for act in acts:
        word = "holds " if act.holds else "ABSENT"
        _say(f"  {act.name:{width}}  {word}  tried {act.tried}: {act.seen}", width + 12)
        if not act.holds and act.remedy:
            _say(f"  {'':{width}}          {act.remedy}", width + 12)
    for line in layer_lines(found):
        _say(line, 4)
    weak = [act.name for act in acts if not act.holds]
    if not weak:
        print("Every act is stopped: student code can be graded on this machine.")
        return 0
    print(f"{len(weak)} of {len(acts)} do not hold.", file=sys.stderr)
    return 1


def _say(line: str, hanging: int) -> None:
    print(shown(line, sys.stdout, hanging))


def layer_lines(found: Findings) -> list[str]:
    """The layers by the names that ``grade`` uses, and whether strict is content."""
    lines = [f"layers: {', '.join(found.layers) or 'none'}"]
    lines += [f"  without {name}: {why}" for name, why in found.absent.items()]
    lacking = missing(found.layers)
    if lacking:
        needed = " and ".join(f"it needs {name}" for name in lacking)
        return [*lines, f"strict: no, because {needed}, which did not hold"]
    return [*lines, "strict: yes"]


def device_lines() -> list[tuple[str, str]]:
    """Where checks can run here, by the names of ``--device``, or why they cannot."""
    import torch

    from autograder import simulated

    reason = simulated.available()
    return [
        ("cpu", f"torch {torch.__version__}"),
        ("sim", reason or "a simulated GPU: code that would fail on CUDA fails on it"),
        ("cuda", _cuda()),
    ]


def _cuda() -> str:
    from autograder.executor.cuda import find_gpu
    from autograder.grading.children import ZygoteError
    from autograder.grading.gpu import why_not
    from autograder.grading.zygote_client import Zygote
    from autograder.sandbox import ProcessLimits

    gpu = find_gpu()
    if isinstance(gpu, str):
        return f"none: {gpu}"
    memory = f"{gpu.free_mebibytes:,} of {gpu.total_mebibytes:,} MiB free"
    try:
        with Zygote.start(ProcessLimits(1024, 120, gpu=True)) as zygote:
            problem = why_not(zygote.line(), 512)
    except ZygoteError as error:
        problem = f"sandboxed code could not try it: {error}"
    if problem is None:
        return f"{gpu.name}, {memory}; sandboxed code can use it"
    return f"{gpu.name}, {memory}; {problem}"
