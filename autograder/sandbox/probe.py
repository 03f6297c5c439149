"""Does each layer hold on this machine? Every forbidden act is really tried."""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.util import find_spec

from .attempts import ALLOWED, FORBIDDEN, Attempt, Target
from .limits import PROBE_SECONDS, ProcessLimits
from .prepared import ISOLATIONS, Isolation, Prepared, prepare
from .written_files import make_folder, make_root, remove_folder

USER = 60099  # just below the users of graded children

# Far below what the attempts ask for, and a second of time, so as to be quick.
_LIMITS = ProcessLimits(memory_mebibytes=256, cpu_seconds=1)
_FAULTY = 70  # exit code of a child whose attempt is wrong itself
_ABSENT_ON_WINDOWS = ("landlock-files", "user", "seccomp")

_START = (
    "import sys; sys.path[:] = [p for p in sys.path if p] + sys.argv[2:]; "
    "from sandbox.probe import main; main()"
)


@dataclass(frozen=True)
class Layer:
    """One forbidden act (or honest need), and what became of it here."""

    name: str
    holds: bool
    tried: str  # "open a socket"
    seen: str  # "Operation not permitted"
    remedy: str  # what helps where it does not hold


@dataclass(frozen=True)
class Findings:
    """What became of each act, and which layers a child put on, by their own names."""

    acts: list[Layer]
    layers: list[str]
    absent: dict[str, str]  # layer: why it is missing


def probe(isolation: Isolation = "auto") -> Findings:
    """Try every attempt in a child of a fresh process, without torch; takes a second.

    Raises:
        RuntimeError: the probe itself did not run.
    """
    if isolation not in ISOLATIONS:
        raise ValueError(f"isolation {isolation!r} is none of {', '.join(ISOLATIONS)}")
    if sys.platform == "win32":
        reason = "Windows has no fork"
        acts = [
            Layer(item.name, False, item.tried, reason, "use Linux")
            for item in FORBIDDEN
        ]
        return Findings(acts, [], dict.fromkeys(_ABSENT_ON_WINDOWS, reason))
    # A fresh process, since this one may have threads, which forking would lose, and
    # from the folder of this package alone, since the rest is not needed.
    paths = [os.path.dirname(os.path.dirname(os.path.abspath(__file__)))]
    spec = find_spec("pyseccomp")
    if spec is not None and spec.origin is not None:
        paths.append(os.path.dirname(spec.origin))
    done = subprocess.run(
        [sys.executable, "-s", "-X", "utf8", "-c", _START, isolation, *paths],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"PYTHONSAFEPATH": "1"},
        cwd="/",
        timeout=PROBE_SECONDS * 3,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise RuntimeError(f"the sandbox could not be probed: {said}")
    found = json.loads(done.stdout)
    acts = [Layer(**act) for act in found["acts"]]
    return Findings(acts, found["layers"], found["absent"])


def main() -> None:
    """Probe in this process, which must be fresh, and print the findings as JSON."""
    isolation: Isolation = sys.argv[1]  # type: ignore[assignment]
    sys.stdout.write(json.dumps(asdict(_try_all(isolation))))


def _try_all(isolation: Isolation) -> Findings:
    root = os.geteuid() == 0
    libraries = [path for path in sys.path if os.path.exists(path)]
    user = USER if root else None
    prepared = prepare(_LIMITS, libraries, isolation, user)
    secret = secrets.token_hex(16).encode()
    os.environ["AUTOGRADER_PROBE"] = secret.decode()
    memory = ctypes.create_string_buffer(secret, len(secret))
    folders = make_root()
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        for name in ("secret", "open"):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(secret)
        open_file = os.path.join(folder, "open")
        os.chmod(open_file, 0o666)
        if root:
            os.chown(open_file, USER if prepared.change_user else 0, -1)
        with open(os.path.join(folder, "secret"), "rb") as held:
            target = Target(
                secret=secret,
                secret_file=held.name,
                open_file=open_file,
                descriptor=held.fileno(),
                address=ctypes.addressof(memory),
                parent=os.getpid(),
            )
            acts = [
                *(_judge(item, prepared, target, True, folders) for item in FORBIDDEN),
                *(_judge(item, prepared, target, False, folders) for item in ALLOWED),
            ]
    remove_folder(folders)
    return Findings(acts, _layers(prepared), prepared.absent)


def _layers(prepared: Prepared) -> list[str]:
    """What a child can put on; none where it does not get through its sandbox."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, " ".join(prepared.enter({writer}, USER)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    words = _read(reader)
    os.close(reader)
    if words is None:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return (words or "").split()


def _judge(
    attempt: Attempt, prepared: Prepared, target: Target, forbidden: bool, root: str
) -> Layer:
    stopped, seen = _try(lambda: attempt.act(target), prepared, root)
    holds = stopped == forbidden
    return Layer(attempt.name, holds, attempt.tried, seen, attempt.remedy)


def _try(act: Callable[[], str], prepared: Prepared, root: str) -> tuple[bool, str]:
    """Run an act in a sandboxed child; return whether it was stopped, and the words."""
    folder = make_folder(root, USER if prepared.change_user else None)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _attempt(act, prepared, writer, folder)
    os.close(writer)
    word = _read(reader)
    os.close(reader)
    if word is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if word is None:
        return False, f"went on for {PROBE_SECONDS:g} seconds"
    if word:
        return word.startswith("!"), word[1:]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _FAULTY:
        raise RuntimeError("an attempt has a fault of its own")
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return True, f"was ended by {signal.Signals(number).name}"
    return False, "the program ran"


def _attempt(
    act: Callable[[], str], prepared: Prepared, writer: int, folder: str
) -> None:
    try:
        os.set_inheritable(writer, False)  # an exec that works says nothing
        prepared.enter({writer}, USER, folder)
        try:
            word = f" {act()}"
        except (OSError, MemoryError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            word = f"!{said or type(error).__name__}"
        except (NameError, TypeError):
            os._exit(_FAULTY)  # no layer stops an act with these
        except BaseException as error:
            word = f"!{type(error).__name__}: {error}"
        os.write(writer, word.encode())
    finally:
        os._exit(0)


def _read(reader: int) -> str | None:
    """What the child says until it closes the pipe; None when it goes on too long."""
    deadline = time.monotonic() + PROBE_SECONDS
    content = b""
    while True:
        left = max(0.0, deadline - time.monotonic())
        if not select.select([reader], [], [], left)[0]:
            return None
        piece = os.read(reader, 4096)
        if not piece:
            return content.decode(errors="replace")
        content += piece
