"""Landlock: which files a process may read, and that it writes in its folder alone.

Rules for a child without a folder are made once, in the process that forks. Landlock
does not cover chmod and its kin, UDP, or sockets with a path: seccomp denies those.
"""

from __future__ import annotations

import ctypes
import glob
import os
import stat
import struct
from collections.abc import Sequence

from .kernel import LINUX, system_call

# The numbers are the same on every processor that Linux has had since 5.2.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_IOCTL = 1 << 15
# Plain files and folders: made, removed, moved (version 2) and cut short (version 3).
# No link, pipe, socket or device; and execute is given nowhere.
_IN_ITS_FOLDER = (
    _WRITE_FILE | _READ_FILE | _READ_DIR | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 8
)
_MOVE, _TRUNCATE = 1 << 13, 1 << 14
_NETWORK = 0b11  # bind and connect TCP
_SCOPES = 0b11  # abstract Unix sockets and signals

# What the C library and torch read at any time.
_SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/sys/devices/system/cpu",
)


# What NVIDIA's driver reads when it starts, beside its devices.
_DRIVER_READS = (
    "/proc/driver/nvidia",
    "/proc/devices",
    "/proc/modules",
    "/proc/sys/vm",
    "/sys/bus/pci",
    "/sys/devices",
    "/sys/module",
    "/etc/nvidia",
    "/usr/share/nvidia",
    "/usr/local/cuda",
    "/usr/local/nvidia",
)


def version() -> int:
    """The version of Landlock's interface; 0 where there is none."""
    if not LINUX:
        return 0
    try:
        return system_call(_CREATE_RULESET, 0, 0, _VERSION_FLAG)
    except OSError:
        return 0


def make_rules(
    readable: Sequence[str], gpu: bool = False, folder: str | None = None
) -> int:
    """Return a descriptor of rules under which only ``readable`` can be read.

    With ``gpu`` the files of NVIDIA's driver can be used as well, and in ``folder``
    plain files and folders can be written.

    Raises:
        OSError: the kernel refuses the rules or one of the paths cannot be opened.
    """
    abi = version()
    files = (1 << 13) - 1
    for needed, right in ((2, 13), (3, 14), (5, 15)):  # refer, truncate, ioctl
        files |= (abi >= needed) << right
    network = _NETWORK if abi >= 4 else 0
    scopes = _SCOPES if abi >= 6 else 0
    attributes = struct.pack("=QQQ", files, network, scopes)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    rules = system_call(_CREATE_RULESET, _pointer(attributes), size, 0)
    try:
        for path in readable:
            _allow(rules, path, _READ_FILE | _READ_DIR)
        for path in _SYSTEM:
            if os.path.exists(path):
                _allow(rules, path, _READ_FILE | _READ_DIR)
        _allow(rules, os.devnull, _READ_FILE | _WRITE_FILE)
        if folder is not None:
            rights = _IN_ITS_FOLDER | _MOVE * (abi >= 2) | _TRUNCATE * (abi >= 3)
            _allow(rules, folder, rights)
        if gpu:
            for path in filter(os.path.exists, _DRIVER_READS):
                _allow(rules, path, _READ_FILE | _READ_DIR)
            for path in _driver_devices():
                _allow(rules, path, _READ_FILE | _WRITE_FILE | _IOCTL * (abi >= 5))
    except OSError:
        os.close(rules)
        raise
    return rules


def _driver_devices() -> list[str]:
    return glob.glob("/dev/nvidia*")


def _allow(rules: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            rights &= ~_READ_DIR  # the kernel refuses rights that a file cannot have
        rule = _pointer(struct.pack("=Qi", rights, descriptor))
        system_call(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)


def _pointer(content: bytes) -> ctypes.c_void_p:
    return ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p)


def enter(rules: int) -> list[str]:
    """Restrict this process for good; return the names of the layers that took."""
    system_call(_RESTRICT_SELF, rules, 0)
    abi = version()
    layers = ["landlock-files"]
    if abi >= 4:
        layers.append("landlock-tcp")
    if abi >= 6:
        layers.append("landlock-signals")
    return layers
