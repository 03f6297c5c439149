"""What a command costs: wall time, CPU time of all its processes, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.memory import Memory, memory_of_tree

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE_SECONDS = 0.1


class BenchmarkError(Exception):
    """A command that is measured did not do what it should; the text has its output."""


@dataclass(frozen=True)
class Cost:
    """What one run of a command took."""

    wall_seconds: float
    cpu_seconds: float  # user and system, of the process and all that it waited for
    peak: Memory | None  # where memory was sampled
    output: str


def run_measured(
    command: Sequence[str],
    *,
    cwd: Path = REPOSITORY,
    env: Mapping[str, str] | None = None,
    sample_memory: bool = False,
) -> Cost:
    """Run a command to its end and say what it took.

    The command's children count once it has waited for them, as the kernel adds them
    up. Sampling memory disturbs the times: keep one or the other of a run.

    Raises:
        BenchmarkError: the command's exit code is not 0.
    """
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            peak = _peak_until_end(process.pid) if sample_memory else None
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - started
        # Popen would look for the process that has just been waited for.
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        output = said.read().decode(errors="replace")
    if process.returncode != 0:
        raise BenchmarkError(
            f"{' '.join(command)} ended with exit code {process.returncode}, so there "
            f"is nothing to compare. It wrote:\n{output[-3000:]}"
        )
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak, output)


def _peak_until_end(pid: int) -> Memory | None:
    peak: Memory | None = None
    # WNOWAIT leaves the process, and so its CPU time, to wait4.
    look = os.WEXITED | os.WNOHANG | os.WNOWAIT
    while os.waitid(os.P_PID, pid, look) is None:
        now = memory_of_tree(pid)
        if now is not None and (peak is None or now.mebibytes > peak.mebibytes):
            peak = now
        time.sleep(SAMPLE_SECONDS)
    return peak


def autograder(*arguments: str) -> list[str]:
    """The command line of the autograder beside these benchmarks."""
    return [sys.executable, "-m", "autograder", *arguments]


def one_thread() -> dict[str, str]:
    """This process's environment, with one thread for OpenMP as graders have it.

    What is imported as autograder is the one beside these benchmarks, in any folder.
    """
    return {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(REPOSITORY)}
