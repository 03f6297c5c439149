"""What was measured of an assignment, as text of 80 columns: tables, plot, verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from string import ascii_lowercase

from autograder.authoring.numerics import ABOVE, BELOW, Caught, Numerics, Row

WIDTH = 80
_SETTING = 10  # columns
_NUMBER = 7
_PLOTTED_NAME = 28
_DECADES = (-8, 8)  # of the plot
_PER_DECADE = 2.5  # columns
_MISTAKE, _SEVERAL = "X", "+"


def page(numerics: Numerics, title: str) -> str:
    """The whole page; its last paragraph says whether the tolerance fits."""
    letters = _letters(numerics)
    lines = [
        title,
        "",
        "The largest error over all seeds, in units of what is allowed:",
    ]
    lines += [f"  {letter}  {name}" for name, letter in letters.items()]
    for exercise, rows in groupby(numerics.rows, lambda row: _parts(row.check)[0]):
        lines += ["", *_table(exercise, list(rows), letters)]
    if numerics.caught:
        lines += ["", "Mistakes, under the seed that they come nearest with:"]
        lines += [line for one in numerics.caught for line in _caught(one)]
    lines += ["", *_plot(numerics, letters), "", *_verdict(numerics)]
    return "\n".join(lines)


def _letters(numerics: Numerics) -> dict[str, str]:
    """The reference is r, and the others are a, b, c."""
    others = ascii_lowercase.replace("r", "") + ascii_lowercase.upper().replace("X", "")
    return dict(zip(numerics.names, "r" + others))


def _parts(check: str) -> tuple[str, str]:
    """Exercise and check, the latter without its ``test_``."""
    exercise, _, name = check.partition("::")
    return exercise, name.removeprefix("test_")


def _short(setting: str) -> str:
    device, _, dtype = setting.partition(" ")
    return f"{device} {dtype.replace('float', 'f')}"


def _fitted(text: str, width: int) -> str:
    """A name in so many columns, its end left out where it is longer."""
    return (text if len(text) < width else f"{text[: width - 3]}..").ljust(width)


def _table(exercise: str, rows: list[Row], letters: dict[str, str]) -> Iterator[str]:
    name = WIDTH - 2 - _SETTING - _NUMBER * len(letters)
    name = max(name, _PLOTTED_NAME)
    heads = "".join(letter.rjust(_NUMBER) for letter in letters.values())
    yield f"{exercise.ljust(name + 2 + _SETTING)}{heads}"
    last = ""
    for row in rows:
        check = _parts(row.check)[1]
        shown = _fitted("" if check == last else check, name)
        last = check
        numbers = "".join(
            _number(row.worst[who].ratio if who in row.worst else None).rjust(_NUMBER)
            for who in letters
        )
        yield f"  {shown}{_short(row.setting).ljust(_SETTING)}{numbers}"


def _number(ratio: float | None) -> str:
    """Two digits in at most six columns, such as 0.13, 21, 1e-06."""
    if ratio is None:
        return "-"
    if ratio == 0 or 0.001 <= ratio < 10_000 or not math.isfinite(ratio):
        return f"{ratio:.2g}" if ratio < 100 else f"{ratio:.0f}"
    return f"{ratio:.0e}"


def _caught(one: Caught) -> Iterator[str]:
    name = one.mistake.partition("::")[2]
    room = WIDTH - 2 - _SETTING - _NUMBER
    ratio = _number(one.least.ratio).rjust(_NUMBER)
    yield f"  {_fitted(name, room)}{_short(one.setting).ljust(_SETTING)}{ratio}"
    yield f"      on {one.check.partition('::')[2]}, seed {one.least.seed}"


def _plot(numerics: Numerics, letters: dict[str, str]) -> Iterator[str]:
    """A strip for each row; where several marks meet stands a plus."""
    first, last = _DECADES
    width = _column(10.0**last) + 1
    lead = 2 + _PLOTTED_NAME + _SETTING - 1
    marks = ", ".join(letters.values())
    yield f"The same on a scale of powers of ten; {marks} as above,"
    yield f"{_MISTAKE} a mistake, {_SEVERAL} several; lines at 1/4, 1 and 10."
    scale = [" "] * width
    for power in range(first, last + 1, 4):
        label = f"1e{power}" if power else "1"
        start = min(_column(10.0**power), width - len(label))
        scale[start : start + len(label)] = label
    yield " " * lead + "".join(scale).rstrip()
    for row in numerics.rows:
        strip = [" "] * width
        for bar, line in ((BELOW, ":"), (1.0, "|"), (ABOVE, ":")):
            strip[_column(bar)] = line
        drawn: dict[int, str] = {}
        for mark, ratio in _marks(row, numerics, letters):
            column = _beside_the_lines(ratio)
            drawn[column] = _SEVERAL if column in drawn else mark
        for column, mark in drawn.items():
            strip[column] = mark
        label = _fitted(_parts(row.check)[1], _PLOTTED_NAME)
        setting = _short(row.setting).ljust(_SETTING - 1)
        yield f"  {label}{setting}{''.join(strip)}".rstrip()


def _marks(
    row: Row, numerics: Numerics, letters: dict[str, str]
) -> Iterator[tuple[str, float]]:
    for name, worst in row.worst.items():
        if worst.ratio is not None:
            yield letters[name], worst.ratio
    for one in numerics.caught:
        if (one.check, one.setting) == (row.check, row.setting):
            yield _MISTAKE, one.least.ratio or 0.0


def _column(ratio: float) -> int:
    """The place of a ratio; what lies beyond an end is drawn at that end."""
    first, last = _DECADES
    power = math.log10(min(max(ratio, 10.0**first), 10.0**last))
    return round((power - first) * _PER_DECADE)


def _beside_the_lines(ratio: float) -> int:
    """The place of a ratio, moved off a line to the side on which it is."""
    column = _column(ratio)
    if ratio < BELOW:
        return min(column, _column(BELOW) - 1)
    if ratio <= 1.0:
        return min(max(column, _column(BELOW) + 1), _column(1.0) - 1)
    if ratio < ABOVE:
        return min(max(column, _column(1.0) + 1), _column(ABOVE) - 1)
    return max(column, _column(ABOVE) + 1)


def _verdict(numerics: Numerics) -> Iterator[str]:
    complaints = numerics.complaints()
    if complaints:
        yield f"The tolerance does not fit here ({len(complaints)} in all):"
        yield from (f"  {complaint}" for complaint in complaints)
        return
    yield "The tolerance fits."
    right = [
        (w.ratio or 0.0, w.seed, r) for r in numerics.rows for w in r.worst.values()
    ]
    if right:
        ratio, seed, row = max(right, key=lambda item: item[0])
        yield f"Right code stays below {BELOW:g}; it comes nearest with {ratio:.2g},"
        yield f"  {row.check} in {row.setting}, seed {seed}."
    if numerics.caught:
        one = min(numerics.caught, key=lambda caught: caught.least.ratio or 0.0)
        yield f"Mistakes reach {ABOVE:g}; the nearest is at {one.least.ratio:.2g},"
        yield f"  {one.mistake}, seed {one.least.seed}."
