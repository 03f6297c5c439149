"""Sentences about devices: what a GPU refuses, what a call took, what is missing."""

from __future__ import annotations

import re

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.clean import one_line

_PLACES = {"cpu": "the CPU", "sim": "the simulated GPU", "cuda": "the GPU"}


def place_of(device: str) -> str:
    """``the simulated GPU`` for ``sim`` and for ``sim:0``."""
    return _PLACES.get(device.partition(":")[0], device)


def on_a_gpu(check: CheckResult) -> str:
    """``this would fail on a GPU: ``, before what says why; else nothing.

    Only where that is the news: a wrong number on the simulated GPU is wrong anywhere,
    and an exception that does not speak of the device may have another reason.
    """
    if not (check.setting or "").startswith("sim"):
        return ""
    if check.outcome is Outcome.CRASHED and check.raised is not None:
        about = re.search(r"\bsim\b", check.raised.message)
        return "this would fail on a GPU: " if about else ""
    if check.outcome is Outcome.FAILED and check.mismatch is not None:
        return {
            "device": "this would fail on a GPU: ",
            "work": "this would be slow on a GPU: ",
        }.get(check.mismatch.kind, "")
    return ""


def about_the_name(check: CheckResult) -> str:
    """What ``sim:0`` means, where an exception names it."""
    named = check.raised is not None and "sim:0" in check.raised.message
    return " Here sim:0 stands for the GPU." if named and on_a_gpu(check) else ""


def work_text(check: CheckResult) -> str | None:
    """What a call took, beside what the reference took; a sentence without its stop."""
    work = check.work
    if work is None or check.hidden:
        return None
    name = one_line(work.function, 60)
    own = f"For information: your {name} used {counted(work.operators, 'operator')}"
    text = f"{own} and {_size(work.peak_bytes)}"
    if work.reference_operators is None or work.reference_bytes is None:
        return text
    size = _size(work.reference_bytes)
    return f"{text}; the reference used {work.reference_operators} and {size}"


def left_out(verdict: Verdict) -> list[str]:
    """What was not checked for want of a device, a sentence each."""
    reasons: dict[str, str] = {}
    for setting, reason in verdict.settings_skipped.items():
        reasons.setdefault(setting.partition(" ")[0], one_line(reason).rstrip("."))
    lines = []
    if "cuda" in reasons:
        lines.append(f"CUDA not checked: {reasons['cuda']}.")
    if "sim" in reasons:
        lines.append(
            f"The simulated GPU not checked: {reasons['sim']}. Checks of devices ran "
            "on the CPU, where a forgotten device does not show."
        )
    return lines


def _size(count: int) -> str:
    """``812 bytes``, ``3.1 kB``, ``1.2 MB``."""
    for unit, size in (("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return counted(count, "byte")
