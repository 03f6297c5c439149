"""What Classroom 50 runs in a student's checkout; it leaves result.json there.

Exit code 0 where grading worked, whatever the score. It needs nothing but Python: what
grades is installed into an environment of its own, unless this Python has it already.
No module of the checkout is imported here or there (-I): a student's torch.py, say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TORCH = "@TORCH@"
TORCH_INDEX = "@TORCH_INDEX@"
HERE = Path(__file__).resolve().parent
_HAS = "import importlib.metadata as m, sys; sys.exit(m.version('softmarks') != {!r})"
_RUN = "from autograder.cli import main; main()"


def main() -> int:
    """Grade, and return the exit code."""
    wheel = next(HERE.glob("softmarks-*.whl"))
    with tempfile.TemporaryDirectory(prefix="softmarks-") as scratch:
        python = _python_with(wheel, Path(scratch))
        command = [python, "-I", "-c", _RUN, "classroom50-run", "--bundle", str(HERE)]
        return subprocess.run(command, check=False).returncode


def _python_with(wheel: Path, folder: Path) -> str:
    """A Python that has this wheel: this one, or one that is made in a folder."""
    has = _HAS.format(wheel.name.split("-")[1])
    asked = [sys.executable, "-I", "-c", has]
    if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        return sys.executable
    subprocess.run([sys.executable, "-I", "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-I", "-m", "pip", "install", "--quiet"]
    index = ["--index-url", TORCH_INDEX] if TORCH_INDEX else []
    subprocess.run([*pip, *index, TORCH], check=True)
    subprocess.run([*pip, str(wheel), "pyseccomp"], check=True)
    return python


if __name__ == "__main__":
    sys.exit(main())
