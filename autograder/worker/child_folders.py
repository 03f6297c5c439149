"""Where children may write a little: a private folder for each, gone when it ends."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Mapping

from autograder.sandbox import breach, make_folder, make_root, remove_folder
from autograder.sandbox.written_files import PREFIX
from autograder.worker.limits import SETTLED_BYTES, SETTLED_MODULES, STALE_SECONDS


class ChildFolders:
    """The folders of one zygote's children, in a root of their own."""

    def __init__(self) -> None:
        self._root = make_root()
        # Held as long as this process lives, however it ends.
        self._held = _locked(self._root)
        _remove_stale(os.path.dirname(self._root))

    def make(self, user: int | None) -> str:
        """An empty folder that is this user's alone.

        Raises:
            OSError: there is no room for it.
        """
        return make_folder(self._root, user)

    def breach(self, folder: str) -> str | None:
        """What a child did in its folder that it may not, if anything."""
        return breach(folder)

    def remove(self, folder: str) -> None:
        """Remove a child's folder, once the child is dead."""
        remove_folder(folder)

    def close(self) -> None:
        """Remove all of them."""
        remove_folder(self._root)
        if self._held is not None:
            os.close(self._held)


def settle(sources: Mapping[str, str], data: Mapping[str, bytes]) -> None:
    """In a child: put what was handed in into this folder, to be read only.

    The modules are imported from memory; their files are here as they are at home, or
    the first of them, where there are more than anybody would look for.
    """
    tempfile.tempdir = os.getcwd()  # the zygote's is elsewhere
    handed_in: dict[str, bytes] = {}
    left = SETTLED_BYTES
    for name, text in sources.items():
        content = text.encode("utf-8", "replace")
        left -= len(content)
        if left < 0 or len(handed_in) == SETTLED_MODULES:
            break
        if content:
            handed_in[_file_of(name, sources)] = content
    for path, content in {**handed_in, **data}.items():
        with contextlib.suppress(OSError):  # two names that this system takes for one
            folder = os.path.dirname(path)
            if folder:
                os.makedirs(folder, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(path, flags, 0o444), "wb") as file:
                file.write(content)


def _file_of(module: str, sources: Mapping[str, str]) -> str:
    inside = module.replace(".", "/")
    is_package = any(name.startswith(f"{module}.") for name in sources)
    return f"{inside}/__init__.py" if is_package else f"{inside}.py"


def _locked(root: str) -> int | None:
    """A descriptor that holds the root; ``None`` where another process does."""
    import fcntl  # Windows has none, and must be able to import this file

    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _remove_stale(place: str) -> None:
    """Remove the roots of zygotes that were killed before they could do so."""
    with os.scandir(place) as listing:
        found = [entry for entry in listing if entry.name.startswith(PREFIX)]
    for entry in found:
        with contextlib.suppress(OSError):
            status = entry.stat(follow_symlinks=False)
            old = time.time() - status.st_mtime > STALE_SECONDS
            if old and status.st_uid == os.geteuid() and entry.is_dir():
                held = _locked(entry.path)
                if held is not None:
                    remove_folder(entry.path)
                    os.close(held)
