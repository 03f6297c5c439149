"""The command once more, in a process that has seen nothing, where torch is shared.

``begin_afresh`` replaces this process by a new Python without arguments, environment
or memory of this one. That one imports torch, forks the zygote, and only then reads
from an open file what this one was asked for, and goes on as the command. So grader
and zygote share one import of torch, and no secret was ever where the zygote is.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from autograder.worker.forked import Started
    from autograder.worker.settings import Settings

STOPPED = "Stopped. What is graded is kept; run it again to go on."
_BEGIN = (
    "import sys; sys.path[:] = [sys.argv.pop(1), *filter(None, sys.path)]; "
    "from autograder.cli.afresh import main; main()"
)
_started: list[Started] = []
_begun: list[bool] = []  # in the second process only


def can_begin_afresh() -> bool:
    """Whether this is the first of the two processes, on a system with such files."""
    return sys.platform == "linux" and not _begun


def take() -> Started | None:
    """The zygote that was forked at the beginning; once."""
    return _started.pop() if _started else None


def begin_afresh(settings: Settings) -> NoReturn:
    """Begin this command again, with a zygote of these settings on its way."""
    from autograder.grading.zygote_client import clean_environment

    told = {
        "argv": sys.argv,
        "path": sys.path,
        "environment": dict(os.environ),
        "encodings": [[s.encoding, s.errors] for s in (sys.stdout, sys.stderr)],
        "no_bytecode": sys.dont_write_bytecode,
    }
    descriptor = os.memfd_create("command", 0)
    os.write(descriptor, json.dumps(told).encode())
    os.set_inheritable(descriptor, True)
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.stdout.flush()
    sys.stderr.flush()
    # Until the new process can say what an interrupt means.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    words = [sys.executable, "-s", "-X", "utf8", "-c", _BEGIN, ours]
    os.execve(
        sys.executable,
        [*words, settings.to_json(), str(descriptor)],
        clean_environment(),
    )


def main() -> None:
    """Be the new process."""
    settings, descriptor = sys.argv[1], int(sys.argv[2])
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _fork(settings)
    except KeyboardInterrupt:
        print(f"\n{STOPPED}", file=sys.stderr, flush=True)
        sys.exit(130)
    _go_on(descriptor)


def _fork(text: str) -> None:
    import torch  # noqa: F401 (for both)

    from autograder.executor.compiler import leave_out
    from autograder.worker.forked import fork_zygote
    from autograder.worker.settings import Settings

    leave_out()
    settings = Settings.from_json(text)
    sys.path += [path for path in settings.paths if path not in sys.path]
    _started.append(fork_zygote(settings))


def _go_on(descriptor: int) -> None:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        told: dict[str, Any] = json.loads(file.read())
    sys.argv[:] = told["argv"]
    sys.path[:] = told["path"]
    sys.dont_write_bytecode = told["no_bytecode"]
    os.environ.clear()
    os.environ.update(told["environment"])
    for stream, (encoding, errors) in zip((sys.stdout, sys.stderr), told["encodings"]):
        stream.reconfigure(encoding=encoding, errors=errors)  # type: ignore[union-attr]
    _begun.append(True)
    from autograder.cli import main as command

    command()
