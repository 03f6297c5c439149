"""What shows how far a command is that takes minutes: a bar, or a line that goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


def progress_bar(doing: str, *further: ProgressColumn) -> Progress:
    """A bar on stderr with the time left and further columns; not yet started."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn(doing),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        *further,
        console=Console(stderr=True),
    )


class PassingLine:
    """One line on a terminal that says what is being done, and goes."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def say_once(self, text: str) -> None:
        """The same, and on a line of its own where no terminal can take it back."""
        if self._shown:
            self.say(text)
        else:
            print(text, file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Show it in place of what stands there."""
        if self._shown:
            print(f"\r\x1b[K  ...    {text[:70]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for a line that stays."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
