"""``autograder doctor``: which layers of the sandbox hold on this machine."""

from __future__ import annotations

import platform
import sys

from autograder.sandbox import missing
from autograder.sandbox.probe import Findings, probe


def doctor_command() -> int:
    """Print a line an act, then the layers; 0 when every act is stopped, else 1."""
    print(f"Python {platform.python_version()} on {platform.system()}")
    found = probe()
    acts = found.acts
    width = max(len(act.name) for act in acts)
    for act in acts:
        word = "holds " if act.holds else "ABSENT"
        print(f"  {act.name:{width}}  {word}  tried {act.tried}: {act.seen}")
        if not act.holds and act.remedy:
            print(f"  {'':{width}}          {act.remedy}")
    for line in layer_lines(found):
        print(line)
    weak = [act.name for act in acts if not act.holds]
    if not weak:
        print("Every act is stopped: student code can be graded on this machine.")
        return 0
    print(f"{len(weak)} of {len(acts)} do not hold.", file=sys.stderr)
    return 1


def layer_lines(found: Findings) -> list[str]:
    """The layers by the names that ``grade`` uses, and whether strict is content."""
    lines = [f"layers: {', '.join(found.layers) or 'none'}"]
    lines += [f"  without {name}: {why}" for name, why in found.absent.items()]
    lacking = missing(found.layers)
    if lacking:
        needed = " and ".join(f"it needs {name}" for name in lacking)
        return [*lines, f"strict: no, because {needed}, which did not hold"]
    return [*lines, "strict: yes"]
