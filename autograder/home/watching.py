"""Checking again whenever a file is saved, with torch kept warm.

Check files are loaded once and not watched: students leave them as they are.

The files are asked for their times: a handful of them, fifty times a second, costs
less than a thousandth of a core and answers sooner than a watch library would.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from autograder.home.folder import HomeFolder

POLL_SECONDS = 0.02
CLEAR = "\x1b[2J\x1b[H"


def watch_files(
    home: HomeFolder,
    exercise: str | None,
    show: Callable[[str | None], int],
    rounds: int | None = None,
) -> None:
    """Show the checks now, then those of each file that is saved, until Ctrl-C.

    Args:
        home: the folder.
        exercise: show this one only, whichever file is saved.
        show: runs and prints the checks of an exercise, of all for None.
        rounds: stop after so many saves; for tests and benchmarks.
    """
    seen = _stamps(home)
    _clear()
    show(exercise)
    print("\nWatching; save a file to check it again, Ctrl-C to stop.", flush=True)
    while rounds is None or rounds > 0:
        time.sleep(POLL_SECONDS)
        now = _stamps(home)
        changed = [path for path, stamp in now.items() if seen.get(path) != stamp]
        seen = now
        if not changed:
            continue
        _clear()
        show(exercise or _exercise_of(home, changed))
        print(f"\n{changed[0].name} was saved. Watching; Ctrl-C to stop.", flush=True)
        rounds = None if rounds is None else rounds - 1


def _exercise_of(home: HomeFolder, changed: list[Path]) -> str | None:
    """The one exercise whose file was saved; None where more than one is concerned."""
    names = {path.stem for path in changed}
    if names == {"worksheet"}:
        return "worksheet"
    return names.pop() if len(names) == 1 and names <= set(home.checks) else None


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
