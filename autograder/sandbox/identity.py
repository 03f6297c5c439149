"""A user of its own for each child, and no capability that it does not need.

Where the interpreter lies in a directory that only root may pass (/root, mode 700), a
child without privileges could no longer import a thing. It then keeps one capability,
to read whatever it can name, and only under Landlock, which decides what that is.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from . import kernel

_READ_ANYTHING = 1 << 2  # CAP_DAC_READ_SEARCH


def is_root() -> bool:
    """Whether this process may become another user."""
    return kernel.LINUX and os.geteuid() == 0


def out_of_reach(paths: Iterable[str], user: int) -> str | None:
    """Return the first of ``paths`` that ``user`` cannot read; None if it reads all.

    Raises:
        OSError: this process cannot become ``user`` (an unmapped user, say).
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(writer, paths, user)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        verdict = answer.read()
    os.waitpid(child, 0)
    if not verdict:
        raise PermissionError(f"this process cannot become user {user}")
    return os.fsdecode(verdict[1:]) or None


def _answer(writer: int, paths: Iterable[str], user: int) -> None:
    try:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        missing = next((path for path in paths if not _reads(path)), "")
        os.write(writer, b"!" + os.fsencode(missing))
    finally:
        os._exit(0)


def _reads(path: str) -> bool:
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            with open(path, "rb"):
                pass
    except OSError:
        return False
    return True


def can_keep_reading() -> bool:
    """Whether root's right to read anything is there to be kept; containers drop it."""
    return bool(kernel.permitted_capabilities() & _READ_ANYTHING)


def become(user: int, keep_reading: bool) -> list[str]:
    """Change to ``user`` without groups, and drop all capabilities but reading."""
    kernel.keep_capabilities(keep_reading)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kernel.set_capabilities(_READ_ANYTHING if keep_reading else 0)
    kernel.keep_capabilities(False)
    return ["user"]


def drop_capabilities() -> list[str]:
    """Stay root in name only."""
    kernel.set_capabilities(0)
    return ["capabilities"]
