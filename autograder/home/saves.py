"""Checking again whenever a file is saved, with torch kept warm.

Check files are loaded once and not watched: students leave them as they are.

The files are asked for their times: a handful of them, fifty times a second, costs
less than a thousandth of a core and answers sooner than a watch library would.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from autograder.home.folder import HomeFolder
from autograder.home.limits import POLL_SECONDS

CLEAR = "\x1b[2J\x1b[H"


def watch_files(
    home: HomeFolder,
    exercises: Sequence[str],
    show: Callable[[Sequence[str]], int],
) -> None:
    """Show the checks now, then those of each file that is saved, until Ctrl-C.

    Args:
        home: the folder.
        exercises: show these only, whichever file is saved; all if there are none.
        show: runs and prints the checks of some exercises, of all for none.
    """
    seen = _stamps(home)
    _clear()
    show(exercises)
    print("\nWatching; save a file to check it again, Ctrl-C to stop.", flush=True)
    while True:
        time.sleep(POLL_SECONDS)
        now = _stamps(home)
        changed = [path for path, stamp in now.items() if seen.get(path) != stamp]
        seen = now
        if not changed:
            continue
        _clear()
        show(_exercises_of(home, changed, exercises))
        print(f"\n{changed[0].name} was saved. Watching; Ctrl-C to stop.", flush=True)


def _exercises_of(
    home: HomeFolder, changed: list[Path], asked: Sequence[str]
) -> Sequence[str]:
    """The one exercise whose file was saved; where others may be concerned, all."""
    names = {path.stem for path in changed}
    known = {*home.checks, "worksheet"} if not asked else set(asked)
    return tuple(names) if len(names) == 1 and names <= known else asked


def _stamps(home: HomeFolder) -> dict[Path, tuple[int, int]]:
    found = {}
    for path in home.sources:
        try:
            status = path.stat()
        except OSError:  # an editor replaces files by renaming
            continue
        # An empty file is one that is being written: wait for its content.
        if status.st_size:
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _clear() -> None:
    if sys.stdout.isatty():
        sys.stdout.write(CLEAR)
