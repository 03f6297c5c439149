"""A private folder for one child: made empty, watched, and removed with all in it.

Landlock says what may be done in it: plain files and folders, read and written. There
is no quota without a file system of its own, so a file is bounded by the child's limits
and the folder by whoever forked the child, who looks at it now and then: in between, a
child writes no more than it can in a moment.

What is in it may be hostile: deep beyond any path, closed to its own owner, with names
that are no text. Nothing in it is followed or opened, but for folders.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import tempfile

from .limits import ENTRIES, TOTAL_BYTES

PREFIX = "autograder-folders-"

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def make_root() -> str:
    """A folder for the folders of many children, which none of them can list."""
    root = tempfile.mkdtemp(prefix=PREFIX)
    os.chmod(root, 0o711)
    return os.path.realpath(root)


def make_folder(root: str, user: int | None) -> str:
    """An empty folder in ``root``, its user's alone; ``None`` is this process's own."""
    folder = os.path.join(root, secrets.token_hex(8))
    os.mkdir(folder, 0o700)
    if user is not None:
        os.chown(folder, user, user)
    return folder


def breach(folder: str) -> str | None:
    """What a child did that it may not: too much in its folder; ``None`` if nothing."""
    entries = size = 0
    waiting = [folder]
    try:
        while waiting:
            with os.scandir(waiting.pop()) as listing:
                for entry in listing:
                    entries += 1
                    if entries > ENTRIES:
                        return f"made more than {ENTRIES} files"
                    with contextlib.suppress(FileNotFoundError):  # removed just now
                        status = entry.stat(follow_symlinks=False)
                        size += 512 * getattr(status, "st_blocks", 0)
                        if stat.S_ISDIR(status.st_mode):
                            waiting.append(entry.path)
                    if size > TOTAL_BYTES:
                        return f"wrote more than {TOTAL_BYTES >> 20} MB"
    except FileNotFoundError:
        return None
    except OSError:  # too deep, or closed to its owner: nobody can see what is there
        return "hid what it wrote"
    return None


def remove_folder(folder: str) -> None:
    """Remove a folder and all in it, once nothing that writes there lives."""
    with contextlib.suppress(OSError):
        _open_up(folder, None)
        descriptor = os.open(folder, _FOLDER)
        try:
            while names := os.listdir(descriptor):
                for name in names:
                    _remove(name, descriptor)
        finally:
            os.close(descriptor)
        os.rmdir(folder)


def _remove(name: str, at: int) -> None:
    """Remove a file; move what is in a folder up, however deep it goes on there."""
    if not stat.S_ISDIR(os.lstat(name, dir_fd=at).st_mode):
        os.unlink(name, dir_fd=at)
        return
    _open_up(name, at)
    inner = os.open(name, _FOLDER, dir_fd=at)
    try:
        for below in os.listdir(inner):
            if stat.S_ISDIR(os.lstat(below, dir_fd=inner).st_mode):
                _open_up(below, inner)  # a folder that moves is written to
                os.rename(below, secrets.token_hex(8), src_dir_fd=inner, dst_dir_fd=at)
            else:
                os.unlink(below, dir_fd=inner)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=at)


def _open_up(name: str, at: int | None) -> None:
    """Give a folder back the rights that its maker may have taken from its owner."""
    os.chmod(name, 0o700, dir_fd=at)
