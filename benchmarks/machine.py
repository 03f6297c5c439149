"""What a reader must know of the machine to judge a figure."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

BUSY = 1.0


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def facts() -> dict[str, Any]:
    """Processor, versions and the load, without importing torch."""
    return {
        "processor": _processor(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "torch": version("torch"),
        "load": round(os.getloadavg()[0], 2),
    }


def describe(known: dict[str, Any]) -> str:
    """The facts in two lines, and a warning where the machine is busy."""
    text = (
        f"{known['processor']}, {known['cores']} cores, {known['system']}\n"
        f"Python {known['python']}, torch {known['torch']}, "
        f"load average {known['load']:.2f} at the start"
    )
    if known["load"] > BUSY:
        text += (
            "\nwarning: other programs keep this machine busy, and figures taken now "
            "mislead. Wait until the load average is below 1, and run it again."
        )
    return text


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        text = ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()
