"""``autograder doctor``: which layers of the sandbox hold on this machine."""

from __future__ import annotations

import platform
import sys


def doctor_command() -> int:
    """Print a line a layer; 0 when untrusted code may be graded here, else 1."""
    from autograder.sandbox.probe import probe

    print(f"Python {platform.python_version()} on {platform.system()}")
    layers = probe()
    width = max(len(layer.name) for layer in layers)
    for layer in layers:
        word = "holds " if layer.holds else "ABSENT"
        print(f"  {layer.name:{width}}  {word}  tried {layer.tried}: {layer.seen}")
        if not layer.holds and layer.remedy:
            print(f"  {'':{width}}          {layer.remedy}")
    weak = [layer.name for layer in layers if not layer.holds]
    if not weak:
        print("Every layer holds: student code can be graded on this machine.")
        return 0
    print(f"{len(weak)} of {len(layers)} layers do not hold.", file=sys.stderr)
    return 1
