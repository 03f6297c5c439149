"""Seccomp: which system calls a child may not make.

A list of what is denied, not of what is allowed: torch, OpenMP and the C library of
another machine need calls that nobody here has seen. Denied calls fail with an error
number, so that an honest program that tries one reads a plain PermissionError. The
program is compiled once; each child loads it with its own process id filled in.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from . import kernel

# Stands for the child's own process id in the compiled program: no real one is as big.
_OWN = 0x7EADBEEF

_DENIED = """
fork vfork execve execveat
socket socketpair connect bind listen accept accept4 socketcall
ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
tkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_getfd pidfd_send_signal
io_uring_setup io_uring_enter io_uring_register io_setup io_submit
memfd_create memfd_secret userfaultfd perf_event_open bpf
shmget shmat shmctl shmdt msgget msgsnd msgrcv msgctl semget semop semtimedop semctl
mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
unshare setns mount umount umount2 pivot_root chroot fsopen fsconfig fsmount fspick
move_mount open_tree open_tree_attr mount_setattr swapon swapoff quotactl quotactl_fd
open_by_handle_at name_to_handle_at
keyctl add_key request_key
chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown
utime utimes futimesat utimensat truncate mknod mknodat
setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr
removexattrat file_setattr
link linkat symlink symlinkat
fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch
setuid setgid setreuid setregid setresuid setresgid setfsuid setfsgid setgroups capset
setpriority ioprio_set sched_setscheduler sched_setattr sched_setparam
fadvise64 fadvise64_64 arm_fadvise64_64 readahead cachestat flock ioprio_get
init_module finit_module delete_module kexec_load kexec_file_load reboot acct syslog
settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname
iopl ioperm modify_ldt personality vhangup lookup_dcookie nfsservctl
"""

# In the list, fadvise64 and what follows it drop what is cached of a file, or tell what
# is: children that can read the same library could tell each other things by it. So
# they could by locks on it, and by what one process may ask about another.
_ABOUT_OTHERS = """
sched_setaffinity sched_getaffinity sched_getscheduler sched_getparam sched_getattr
sched_rr_get_interval getpgid getsid get_robust_list
"""
# Landlock allows these in a child's own folder and nowhere else.
_WRITING = "rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir creat"
# How full the disk is: children that write could tell each other things by it. And
# what of a file is in memory.
_MEASURING = "statfs fstatfs statfs64 fstatfs64 mincore"

_CLONE_THREAD = 0x00010000
# mount, cgroup, uts, ipc, user, pid, net, time
_CLONE_NAMESPACES = (
    *(0x00020000, 0x02000000, 0x04000000, 0x08000000),
    *(0x10000000, 0x20000000, 0x40000000, 0x00000080),
)
# Who is signalled about a descriptor, and with what: one more way to kill.
_FCNTL_OWNERS = (8, 10, 15)  # F_SETOWN, F_SETSIG, F_SETOWN_EX
# Locks, F_GETLK to F_SETLKW, those of 64 bits (where they differ) and those of open
# files; leases and news of changes.
_FCNTL_LOCKS = (5, 6, 7, 12, 13, 14, 36, 37, 38, 1024, 1025, 1026)
_MADVISE_DENIED = (20, 21)  # MADV_COLD and MADV_PAGEOUT, which drop cached pages
_IOCTL_DENIED = (0x8901, 0x8902, 0x5412)  # FIOSETOWN, SIOCSPGRP, TIOCSTI
# parent death signal, dumpable, new memory map, subreaper, who may trace
_PRCTL_DENIED = (1, 4, 35, 36, 0x59616D61)
_OPEN_FOR_WRITING = (os.O_WRONLY, os.O_RDWR)


def compile_filter(deny_writing: bool, deny_measuring: bool = True) -> bytes:
    """Compile the program, for kernels that can also when Landlock is missing.

    Args:
        deny_writing: deny every opening for writing as well, /dev/null included;
            Landlock, where there is one, does that better.
        deny_measuring: deny to ask how full a disk is, what is in memory, and about
            the processors of any process but the child: a GPU's driver may do that.

    Raises:
        ImportError: pyseccomp is not installed.
        RuntimeError: libseccomp is not installed.
        OSError: libseccomp refuses, or the kernel has no seccomp.
    """
    import pyseccomp  # not installed with a student's package, nor beyond Linux

    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    denied = [*_DENIED.split(), *(_MEASURING.split() if deny_measuring else ())]
    denied += _WRITING.split() if deny_writing else []
    rules = _rules(denied, pyseccomp.Arg, pyseccomp, deny_writing)
    for name, error, conditions in rules:
        try:
            program.add_rule(pyseccomp.ERRNO(error), name, *conditions)
        except OSError:
            continue  # this libseccomp or this processor does not know the call
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        compiled = file.read()
    return _only_about_itself(pyseccomp) + compiled if deny_measuring else compiled


_INSTRUCTION = struct.Struct("=HBBI")
_LOAD, _EQUAL, _JUMP, _RETURN = 0x20, 0x15, 0x05, 0x06  # of a filter, as in linux/bpf.h
_NUMBER, _ARCHITECTURE, _ARGUMENT = 0, 4, 16  # offsets in what a filter is shown
_REFUSE = 0x00050000 | errno.EPERM


def _only_about_itself(library: Any) -> bytes:
    """The part of the program that denies calls about any process but the child.

    Nought and its own number both name it, and libseccomp knows no rule with two
    conditions on one argument. What comes to the end of this part goes on after it.
    """
    numbers = [
        library.resolve_syscall(library.Arch.NATIVE, name)
        for name in _ABOUT_OTHERS.split()
    ]
    numbers = [number for number in numbers if number >= 0]
    # The kernel reads the argument as 32 bits: the lower half, wherever that stands.
    argument = _ARGUMENT + (4 if sys.byteorder == "big" else 0)
    check = [
        (_LOAD, 0, 0, argument),
        (_EQUAL, 2, 0, 0),
        (_EQUAL, 1, 0, _OWN),
        (_RETURN, 0, 0, _REFUSE),
    ]
    compare = [
        (_EQUAL, len(numbers) - place, 0, number)
        for place, number in enumerate(numbers)
    ]
    past = len(compare) + 1 + len(check)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, past + 1, library.system_arch()),
        (_LOAD, 0, 0, _NUMBER),
        *compare,
        (_JUMP, 0, 0, len(check)),
        *check,
    ]
    return b"".join(_INSTRUCTION.pack(*step) for step in steps)


_Rule = tuple[str, int, tuple[Any, ...]]


def _rules(
    denied: list[str], arg: Any, compare: Any, deny_writing: bool
) -> Iterator[_Rule]:
    for name in denied:
        yield name, errno.EPERM, ()
    # Its flags lie in memory, where no filter sees them; the C library falls back.
    yield "clone3", errno.ENOSYS, ()
    yield "clone", errno.EAGAIN, (arg(0, compare.MASKED_EQ, _CLONE_THREAD, 0),)
    yield from _each("clone", 0, _CLONE_NAMESPACES, arg, compare.MASKED_EQ)
    for name in ("kill", "tgkill"):
        yield name, errno.EPERM, (arg(0, compare.NE, _OWN),)
    yield "prlimit64", errno.EPERM, (arg(0, compare.NE, 0),)
    yield from _each("prctl", 0, _PRCTL_DENIED, arg, compare.MASKED_EQ, 0xFFFFFFFF)
    yield from _each("fcntl", 1, _FCNTL_OWNERS, arg, compare.MASKED_EQ, 0xFFFFFFFF)
    yield from _each("fcntl", 1, _FCNTL_LOCKS, arg, compare.MASKED_EQ, 0xFFFFFFFF)
    yield from _each("madvise", 2, _MADVISE_DENIED, arg, compare.MASKED_EQ, 0xFFFFFFFF)
    for name in ("preadv2", "pwritev2"):  # a flag asks for what is cached, or drops it
        yield name, errno.EPERM, (arg(5, compare.NE, 0),)
    yield from _each("ioctl", 1, _IOCTL_DENIED, arg, compare.MASKED_EQ, 0xFFFFFFFF)
    if deny_writing:
        yield "openat2", errno.ENOSYS, ()
        for name, place in (("open", 1), ("openat", 2)):
            for mode in _OPEN_FOR_WRITING:
                condition = arg(place, compare.MASKED_EQ, os.O_ACCMODE, mode)
                yield name, errno.EACCES, (condition,)


def _each(
    name: str,
    place: int,
    values: Iterable[int],
    arg: Any,
    masked: Any,
    mask: int | None = None,
) -> Iterator[_Rule]:
    # The kernel reads these arguments as 32 bits and drops the rest; so do the rules.
    for value in values:
        bits = value if mask is None else mask
        yield name, errno.EPERM, (arg(place, masked, bits, value),)


def enter(program: bytes) -> list[str]:
    """Load the program into this process for good; return the layer's name."""
    mine = bytearray()
    for code, if_true, if_false, value in _INSTRUCTION.iter_unpack(program):
        word = os.getpid() if value == _OWN else value
        mine += _INSTRUCTION.pack(code, if_true, if_false, word)
    kernel.load_filter(bytes(mine))
    return ["seccomp"]
