"""``python -m tests.gpu``: run the suite, keep its report, and say what was checked.

Needs torch and a few packages, and no installation of autograder itself, so that it
runs with the torch of a machine that has a GPU.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "results" / "gpu.json"
NEEDED = ("torch", "numpy", "pytest", "hypothesis", "jaxtyping", "safetensors")
NEEDED += ("typer", "rich")
NOTHING_RAN = 5  # pytest's word for it


def main(arguments: list[str] | None = None) -> int:
    """Run it; pytest's exit code, or 2 where it cannot be run."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.gpu",
        description="Run the GPU suite: on CUDA and on the simulated GPU, as they are "
        "here. Further arguments are pytest's.",
    )
    parser.add_argument(
        "--report",
        type=Path,
        default=REPORT,
        help="where to keep the figures; default: results/gpu.json",
    )
    options, further = parser.parse_known_args(arguments)
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(
            f"tests.gpu: {sys.executable} lacks {', '.join(missing)}; install with "
            f"`{sys.executable} -m pip install {' '.join(missing)}`",
            file=sys.stderr,
        )
        return 2
    report = options.report.resolve()
    report.unlink(missing_ok=True)  # an old one must not pass for this run's
    command = [sys.executable, "-m", "pytest", "tests/gpu", "-rs", *further]
    # Plugins of that machine are none of the suite's business.
    told = {"GPU_REPORT": str(report), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    told["OMP_NUM_THREADS"] = "1"
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **told}).returncode
    if not report.is_file():
        print("tests.gpu: pytest ended without a report", file=sys.stderr)
        return code or NOTHING_RAN
    print("\n".join(summary(json.loads(report.read_text(encoding="utf-8")))))
    if code:
        print(f"tests.gpu: not all is well; pytest's exit code is {code}")
    shown = os.path.relpath(report)
    print(f"Report: {shown}; as a table: python3 -m tests.gpu.report {shown}")
    return code


def summary(found: dict[str, Any]) -> list[str]:
    """One line for each place: what was checked there, or why nothing was."""
    names = {"cuda": "CUDA", "sim": "the simulated GPU"}
    lines = []
    for place, name in names.items():
        facts = found["places"][place]
        if facts["absent"] is not None:
            lines.append(f"{facts['absent']}.")
            continue
        if place == "cuda":
            name += f" on the {found['gpu']['name']}"
        counts = ", ".join(f"{n} {word}" for word, n in facts["tests"].items())
        lines.append(f"Checked on {name} with torch {found['torch']}: {counts}.")
    return lines


if __name__ == "__main__":
    sys.exit(main())
