"""Blocks of a report for a terminal, and the text that rich makes of them.

Every text goes in as ``Text``, never as rich's markup, and was cleaned in wording: what
a student wrote cannot colour, move or hide anything.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

STYLES = {
    "good": "green",
    "bad": "bold red",
    "todo": "yellow",
    "waiting": "cyan",
    "ours": "bold magenta",
}
LABELS = 13  # as wide as the longest label, and a gap
_BLANK = "\ufdd0"  # stands for a blank at which no line may end
_COMMAND = re.compile(r"`(?:autograder|pytest|pip|make) [^`\n]*`")


def to_text(what: RenderableType, *, width: int, colour: bool) -> str:
    """What rich would print, as text without blanks at the ends of lines."""
    console = Console(
        file=io.StringIO(),
        width=max(width, 40),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as captured:
        console.print(what, crop=False)  # commands may be longer than a line
    text = captured.get().replace(_BLANK, " ")
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def between_margins(left: RenderableType, right: Text) -> Table:
    """What stands at the left margin, and what at the right one."""
    grid = Table.grid(expand=True, padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(left, right)
    return grid


def labelled(pairs: Iterable[tuple[str, str]]) -> Table:
    """Texts, each behind its label."""
    grid = Table.grid(expand=True)
    grid.add_column(width=LABELS, no_wrap=True, style="dim")
    grid.add_column(ratio=1, overflow="fold")
    for label, text in pairs:
        grid.add_row(Text(label), unbroken(text))
    return grid


def as_they_are(lines: list[str]) -> Text:
    """Lines that are cut where the terminal ends, and never broken."""
    return Text("\n".join(lines), no_wrap=True, overflow="crop")


def unbroken(text: str) -> Text:
    """The text, with each command in it on one line."""
    return Text(_COMMAND.sub(lambda found: found[0].replace(" ", _BLANK), text))


class Hanging:
    """A text whose further lines begin under its first letter, not under its sign."""

    def __init__(self, sign: str, text: Text, style: str = "") -> None:
        self.sign = Text(sign, style=style)
        self.text = text

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterable[RenderableType | Segment]:
        grid = Table.grid()
        grid.add_column(width=self.sign.cell_len, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(self.sign, self.text)
        yield grid

    def __rich_measure__(
        self, console: Console, options: ConsoleOptions
    ) -> Measurement:
        wide = self.sign.cell_len + self.text.cell_len
        return Measurement(min(wide, options.max_width), options.max_width)
