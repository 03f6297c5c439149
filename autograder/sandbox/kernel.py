"""The calls into the Linux kernel that Python's standard library lacks."""

from __future__ import annotations

import ctypes
import functools
import os
import sys

LINUX = sys.platform == "linux"

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_KEEPCAPS = 8
_PR_SET_SECCOMP = 22
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_SIGKILL = 9


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def system_call(number: int, *arguments: int | ctypes.c_void_p) -> int:
    """Make a raw system call; pointers come as c_void_p, numbers as int."""
    words = [
        ctypes.c_long(word) if isinstance(word, int) else word for word in arguments
    ]
    return _checked(_libc().syscall(ctypes.c_long(number), *words))


def _prctl(option: int, *arguments: int | ctypes.c_void_p) -> None:
    words: list[ctypes.c_ulong | ctypes.c_void_p] = [
        ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments
    ]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    _checked(_libc().prctl(ctypes.c_int(option), *words))


def die_with_parent(parent: int) -> None:
    """Be killed when the parent dies; die at once if it is no longer ``parent``.

    The kernel forgets this when the effective user changes, and means the thread that
    forked, not the process.
    """
    if LINUX:
        _prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def forbid_inspection() -> None:
    """Hide this process's memory from its own user; a change of user undoes it."""
    if LINUX:
        _prctl(_PR_SET_DUMPABLE, 0)


def forbid_new_privileges() -> None:
    """Let no later exec gain anything, which seccomp and Landlock ask for."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def keep_capabilities(keep: bool) -> None:
    """Say whether permitted capabilities survive a change from root to a user."""
    _prctl(_PR_SET_KEEPCAPS, int(keep))


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose own parent dies."""
    if LINUX:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def children() -> set[int]:
    """This process's own children, if it has one thread and the system tells."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
            return {int(word) for word in file.read().split()}
    except OSError:
        return set()


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Sets(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


_CAPABILITY_VERSION_3 = 0x20080522


def permitted_capabilities() -> int:
    """The permitted capabilities of this process as a bit mask."""
    header, sets = _Header(_CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    _checked(_libc().capget(ctypes.byref(header), sets))
    return int(sets[0].permitted) | int(sets[1].permitted) << 32


def set_capabilities(mask: int) -> None:
    """Have exactly these capabilities from now on, none of them inheritable."""
    header, sets = _Header(_CAPABILITY_VERSION_3, 0), (_Sets * 2)()
    for index in range(2):
        word = mask >> 32 * index & 0xFFFFFFFF
        sets[index].effective = sets[index].permitted = word
    _checked(_libc().capset(ctypes.byref(header), sets))


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


def load_filter(instructions: bytes) -> None:
    """Put every later system call of this thread through a seccomp program."""
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    program = _Program(len(instructions) // 8, ctypes.addressof(buffer))
    pointer = ctypes.c_void_p(ctypes.addressof(program))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, pointer)
