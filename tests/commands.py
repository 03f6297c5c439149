"""``autograder`` commands for tests, in forks of a process that has torch already.

A command that tests run as a program of its own takes seconds until it has imported
torch. Here that is paid once: multiprocessing's fork server has imported what commands
need, and nothing has run there. Tests about the process itself (how it starts, is
stopped, or killed) start ``python -m autograder`` themselves.
"""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

_PRELOADED = ["tests.preloaded"]


def run_command(
    words: Sequence[object],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 600,
) -> subprocess.CompletedProcess[str]:
    """Run ``autograder`` with these words; what it wrote, and its exit code.

    Args:
        words: of the command, without ``autograder``.
        cwd: where it runs; here, if left out.
        env: variables of its environment, beside those that there are.
        timeout: seconds after which it is killed, and the test fails.
    """
    arguments = [str(word) for word in words]
    with tempfile.TemporaryDirectory() as folder:
        out, errors = Path(folder) / "out", Path(folder) / "errors"
        variables = {**os.environ, "OMP_NUM_THREADS": "1", **(env or {})}
        process = _server().Process(
            target=_command,
            args=(arguments, str(cwd or Path.cwd()), variables, str(out), str(errors)),
        )
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        texts = [file.read_text(encoding="utf-8") for file in (out, errors)]
        return subprocess.CompletedProcess(arguments, process.exitcode, *texts)


@functools.cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _command(
    words: list[str], cwd: str, env: dict[str, str], out: str, errors: str
) -> None:
    """Be the command: its output, its folder, its environment, its signals."""
    for descriptor, file in ((1, out), (2, errors)):
        there = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(there, descriptor)
        os.close(there)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["autograder", *words]
    from autograder.cli import main

    main()
