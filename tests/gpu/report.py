"""``python -m tests.gpu.report results/gpu.json``: a report as Markdown."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

Rows = list[tuple[str, ...]]


def main(arguments: list[str] | None = None) -> int:
    """Print it; 2 where there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.gpu.report",
        description="Print a report of the GPU suite as Markdown.",
    )
    parser.add_argument("report", type=Path, help="what `make test-gpu` has written")
    parser.add_argument(
        "--simulated",
        type=Path,
        metavar="REPORT",
        help="take the simulated GPU's side from here, where its torch had none",
    )
    options = parser.parse_args(arguments)
    path = options.report
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if options.simulated is not None:
            path = options.simulated
            other = json.loads(path.read_text(encoding="utf-8"))
            found["places"]["sim"] = other["places"]["sim"]
        text = as_markdown(found)
    except (OSError, ValueError, KeyError) as error:
        print(
            f"tests.gpu.report: {path} is no report of the GPU suite ({error!r}); "
            "`make test-gpu` writes one to results/gpu.json",
            file=sys.stderr,
        )
        return 2
    print(text)
    return 0


def as_markdown(found: dict[str, Any]) -> str:
    """What was checked, the words that differ, waits that differ, and the timings."""
    cuda, sim = found["places"]["cuda"], found["places"]["sim"]
    parts = [_overview(found)]
    differing = [
        (name, _shown(bug["says"]), bug["words"] or bug["how"] or "nothing")
        for name, bug in cuda.get("bugs", {}).items()
        if not bug["same"]
    ]
    if differing:
        parts.append("What CUDA says in other words:")
        parts.append(_table(("bug", "the simulation", "CUDA"), differing))
    waits = _waits(cuda, sim)
    if waits:
        parts.append("Waits of the host that the simulation counts otherwise:")
        parts.append(_table(("code", "the simulation", "CUDA"), waits))
    seconds = cuda.get("seconds", {})
    if seconds:
        parts.append("Medians:")
        rows = [(name, _duration(taken)) for name, taken in seconds.items()]
        parts.append(_table(("", "time"), rows))
    return "\n\n".join(parts)


def _overview(found: dict[str, Any]) -> str:
    gpu = found["gpu"]
    rows: Rows = [("torch", f"{found['torch']}, Python {found['python']}")]
    if not isinstance(gpu, str):
        rows.insert(0, ("GPU", f"{gpu['name']}, {gpu['total_mebibytes']} MiB"))
    for place, name in (("cuda", "on CUDA"), ("sim", "on the simulated GPU")):
        facts = found["places"][place]
        if facts["absent"] is not None:
            rows.append((f"tests {name}", f"none: {facts['absent']}"))
            continue
        counts = ", ".join(f"{n} {word}" for word, n in facts["tests"].items())
        rows.append((f"tests {name}", counts))
        bugs = facts.get("bugs", {}).values()
        fail = sum(bug["how"] is not None for bug in bugs)
        same = sum(bug["same"] for bug in bugs)
        rows.append((f"device bugs that fail {name}", f"{fail} of {len(bugs)}"))
        rows.append(("... with the words expected", f"{same} of {len(bugs)}"))
        for probe, error in facts.get("numbers", {}).items():
            if isinstance(error, float):
                label = probe.replace("_", " ")
                rows.append((f"float32 {label} {name}", f"{error:.1e}"))
    rows += [("failed", test) for test in found["failed"]]
    return _table(("", ""), rows)


def _waits(cuda: dict[str, Any], sim: dict[str, Any]) -> Rows:
    """Counts that differ, where both places have some."""
    rows: Rows = []
    for topic in ("waits", "waits of legal code"):
        others = sim.get(topic, {})
        for name, fact in cuda.get(topic, {}).items():
            count = fact["wrong"] if isinstance(fact, dict) else fact
            known = others.get(name)
            known = known["wrong"] if isinstance(known, dict) else known
            if known is not None and known != count:
                rows.append((name, str(known), str(count)))
    return rows


def _shown(says: str | None) -> str:
    """A message's pattern as text."""
    if says is None:
        return "no word; the answer is on the CPU"
    return re.sub(r"\\(.)", r"\1", says.replace(".*", "..."))


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s"


def _table(head: tuple[str, ...], rows: Rows) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    flat = " ".join(text.split()).replace("|", "\\|")
    return flat if len(flat) <= 160 else flat[:157] + "..."


if __name__ == "__main__":
    sys.exit(main())
