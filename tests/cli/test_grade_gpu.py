"""``autograder grade --device cuda`` where the GPU turns out not to work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[2]
# The command, on a machine that has a GPU, as far as anybody can tell from outside.
FOUND = """
import sys
from autograder.executor import cuda
gpu = cuda.Gpu("a GPU", 81000, 80000)
cuda.find_gpu = lambda: gpu
from autograder.cli import main
sys.argv = ["autograder", *sys.argv[1:]]
main()
"""


@pytest.mark.skipif(
    torch.backends.cuda.is_built(), reason="this torch could use a GPU, if any is here"
)
def test_a_gpu_that_no_child_can_use(tmp_path: Path) -> None:
    """The class is graded without it, says so, and under a plain run's limits."""
    code = 'from __future__ import annotations\n\ndef size(x):\n    return "no"\n'
    student = tmp_path / "class" / "student_01"
    student.mkdir(parents=True)
    (student / "counting.py").write_text(code)
    command = ["grade", "tiny", str(tmp_path / "class"), "--out", str(tmp_path / "out")]
    command += ["--course", "tests/tiny_course", "--device", "cuda"]

    done = subprocess.run(
        [sys.executable, "-c", FOUND, *command],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    reason = "a sandboxed process cannot use the GPU: the GPU does not start"
    assert f"CUDA not checked: {reason}" in " ".join(done.stdout.split())
    verdict = json.loads((tmp_path / "out" / "student_01.json").read_text())
    assert not any(name.startswith("cuda") for name in verdict["settings"])
    assert reason in verdict["settings_skipped"]["cuda float64"]
