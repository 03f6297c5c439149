"""Forbidden acts, each really tried by a throw-away child to see whether it is stopped.

An act that is stopped raises; one that is not returns what it could do.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

from .limits import MEBIBYTE


@dataclass(frozen=True)
class Target:
    """What there is to steal and to spoil: the parent prepares it for the purpose."""

    secret: bytes
    secret_file: str  # readable by everybody
    open_file: str  # writable by everybody, and owned by the child's user
    descriptor: int  # of the secret file
    address: int  # of the secret in the parent's memory
    parent: int


@dataclass(frozen=True)
class Attempt:
    """One act, what it is called, and what helps where it is not stopped."""

    name: str
    tried: str
    act: Callable[[Target], str]
    remedy: str


def _read_file(target: Target) -> str:
    with open(target.secret_file, "rb") as file:
        return _stolen(file.read(), target)


def _stolen(content: bytes, target: Target) -> str:
    if target.secret not in content:
        raise PermissionError("what was read is not the secret")
    return "read the secret"


def _write_file(target: Target) -> str:
    with open(target.open_file, "r+b"):  # enough to empty it, if not to fill it
        return "opened the file for writing"


def _delete_file(target: Target) -> str:
    os.unlink(target.open_file)
    return "deleted the file"


def _make_link(target: Target) -> str:
    os.symlink(target.secret_file, "link")
    return "made a link in its folder"


def _make_pipe(target: Target) -> str:
    os.mkfifo("pipe")
    return "made a pipe in its folder"


def _write_much(target: Target) -> str:
    with open("much", "wb") as file:
        for _ in range(8):
            file.write(bytes(MEBIBYTE))
    return "wrote 8 MiB into a file of its folder"


def _look_around(target: Target) -> str:
    return f"saw {len(os.listdir(os.pardir))} folders"


def _change_mode(target: Target) -> str:
    os.chmod(target.open_file, 0o777)
    return "changed the mode"


def _open_socket(target: Target) -> str:
    for family in (socket.AF_INET, socket.AF_UNIX):
        with contextlib.suppress(PermissionError), socket.socket(family):
            return f"opened a socket of family {family.name}"
    raise PermissionError("every family is refused")


def _fork(target: Target) -> str:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"


def _execute(target: Target) -> str:
    # Where this works no word comes back, and the prober knows that it worked.
    os.execv("/bin/sh", ["/bin/sh", "-c", "exit 0"])


def _signal_parent(target: Target) -> str:
    os.kill(target.parent, signal.SIGURG)  # which nobody minds
    return "signalled its parent"


def _copy_parent_memory(target: Target) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    copy = ctypes.create_string_buffer(len(target.secret))
    here = (ctypes.c_size_t * 2)(ctypes.addressof(copy), len(copy))
    there = (ctypes.c_size_t * 2)(target.address, len(copy))
    size = ctypes.c_ulong
    if libc.process_vm_readv(target.parent, here, size(1), there, size(1), size(0)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return _stolen(copy.raw, target)


def _open_parent_memory(target: Target) -> str:
    with open(f"/proc/{target.parent}/mem", "rb", buffering=0) as memory:
        memory.seek(target.address)
        return _stolen(memory.read(len(target.secret)), target)


def _trace_parent(target: Target) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    seize = 0x4206  # unlike attach, it does not stop whom it succeeds with
    long = ctypes.c_long
    if libc.ptrace(long(seize), long(target.parent), long(0), long(0)) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return "traced its parent"


def _drop_cached(target: Target) -> str:
    with open(os.__file__, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return "dropped what is cached of a library"


def _look_at_cached(target: Target) -> str:
    with open(os.__file__, "rb") as file, contextlib.suppress(BlockingIOError):
        os.preadv(file.fileno(), [bytearray(1)], 0, os.RWF_NOWAIT)
    return "saw whether a library is cached"


def _lock_file(target: Target) -> str:
    import fcntl

    with open(os.__file__, "rb") as file:
        for lock in (fcntl.flock, fcntl.lockf):
            with contextlib.suppress(PermissionError):
                lock(file, fcntl.LOCK_SH)
                return "locked a library"
    raise PermissionError("every lock is refused")


def _move_parent(target: Target) -> str:
    os.sched_setaffinity(target.parent, os.sched_getaffinity(0))
    return "chose its parent's processors"


def _look_at_parent(target: Target) -> str:
    return f"saw that its parent has {len(os.sched_getaffinity(target.parent))}"


def _raise_limit(target: Target) -> str:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard + 1, hard + 1))
    return "raised its limit of open files"


def _take_memory(target: Target) -> str:
    return f"got {len(bytearray(600 * MEBIBYTE)) >> 20} MiB"


def _share_memory(target: Target) -> str:
    with mmap.mmap(-1, 4096 * MEBIBYTE) as shared:
        return f"got {len(shared) >> 20} MiB"


def _spin(target: Target) -> str:
    while True:
        pass


def _use_descriptor(target: Target) -> str:
    return _stolen(os.pread(target.descriptor, len(target.secret), 0), target)


def _read_environment(target: Target) -> str:
    secret = os.fsdecode(target.secret)
    if secret not in os.environ.values():
        raise PermissionError("the environment is empty")
    return "read the secret"


def _become_root(target: Target) -> str:
    os.setuid(0)
    os.chown(target.secret_file, 1, 1)
    return "has root's powers"


_FILES = (
    "use a kernel with Landlock (Linux 5.13 or later; ABI 3 or later for truncation)"
)
_CALLS = "install pyseccomp and libseccomp, on a kernel with seccomp"
_USER = "run as root, so that a child gets a user of its own"
_LINUX = "run on Linux"

FORBIDDEN = (
    Attempt("read", "read a file open to everybody", _read_file, _FILES),
    Attempt("write", "write a file open to everybody", _write_file, _FILES),
    Attempt("mode", "change the mode of a file of its own", _change_mode, _CALLS),
    Attempt("delete", "delete a file of its own", _delete_file, _FILES),
    Attempt("link", "make a link in its folder", _make_link, _CALLS),
    Attempt("pipe", "make a pipe in its folder", _make_pipe, _CALLS),
    Attempt("size", "write a large file in its folder", _write_much, _LINUX),
    Attempt("neighbours", "list the folders of others", _look_around, _FILES),
    Attempt("network", "open a socket", _open_socket, _CALLS),
    Attempt("fork", "fork", _fork, _CALLS),
    Attempt("execute", "execute a program", _execute, _CALLS),
    Attempt("signal", "signal its parent", _signal_parent, f"{_CALLS}; or {_USER}"),
    Attempt("copy memory", "copy its parent's memory", _copy_parent_memory, _CALLS),
    Attempt(
        "open memory",
        "open its parent's memory as a file",
        _open_parent_memory,
        f"{_FILES}; or {_USER}",
    ),
    Attempt("trace", "trace its parent", _trace_parent, _CALLS),
    Attempt("cache", "drop what is cached of a file", _drop_cached, _CALLS),
    Attempt("cached", "ask what is cached of a file", _look_at_cached, _CALLS),
    Attempt("locks", "lock a file that others read", _lock_file, _CALLS),
    Attempt("processors", "choose its parent's processors", _move_parent, _CALLS),
    Attempt("affinity", "ask for its parent's processors", _look_at_parent, _CALLS),
    Attempt("root", "become root", _become_root, f"{_CALLS}; or run as a plain user"),
    Attempt("limits", "raise a lowered limit", _raise_limit, _LINUX),
    Attempt("memory", "take more memory than its limit", _take_memory, _LINUX),
    Attempt("shared memory", "share more memory than that", _share_memory, _LINUX),
    Attempt("time", "compute for longer than its limit", _spin, _LINUX),
    Attempt("descriptors", "use an inherited descriptor", _use_descriptor, _LINUX),
    Attempt("environment", "read its parent's environment", _read_environment, _LINUX),
)


def _run_thread(target: Target) -> str:
    done = threading.Event()
    thread = threading.Thread(target=done.set)
    thread.start()
    thread.join()
    return "a thread ran" if done.is_set() else "no thread ran"


def _choose_processors(target: Target) -> str:
    for own in (0, os.getpid()):
        os.sched_setaffinity(own, os.sched_getaffinity(own))
    return "chose its own processors"


def _read_at(target: Target) -> str:
    with open(os.__file__, "rb") as file:
        return f"read {os.preadv(file.fileno(), [bytearray(9)], 0)} bytes"


def _import_late(target: Target) -> str:
    import decimal
    import wave

    return f"imported {decimal.__name__} and {wave.__name__}"


def _use_folder(target: Target) -> str:
    os.makedirs("logs/today")
    with open("logs/draft", "w", encoding="utf-8") as file:
        file.write("kept")
    os.replace("logs/draft", "logs/today/log")
    with open("logs/today/log", encoding="utf-8") as file:
        content = file.read()
    os.remove("logs/today/log")
    return content


# What honest code needs: these hold when they are not stopped.
ALLOWED = (
    Attempt("threads", "start a thread", _run_thread, "report it: this is a defect"),
    Attempt(
        "own processors",
        "choose its own processors",
        _choose_processors,
        "report it: this is a defect",
    ),
    Attempt("reading", "read at a place of a file", _read_at, _FILES),
    Attempt("files", "write and read in its own folder", _use_folder, _FILES),
    Attempt(
        "imports",
        "import from the standard library",
        _import_late,
        "make Python's folders readable for everybody, or use isolation 'none'",
    ),
)
