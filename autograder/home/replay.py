"""Which of the cells that ran in a kernel count, and in which order they run again.

All of them in the order in which they ran, for that made the kernel what it is. Of a
cell that ran several times the last time counts. Where a cell in between was built on
an earlier time, a class on its import, say, the cell stands there as well, with its
last text where it can. A cell that failed and would have defined nothing is left out.

Two runs are of one cell where the notebook's program has told which cell they are of.
Where it has not, a run is taken for an earlier one of a cell if it has the text of a
later one, or if all names that it binds are bound again later.
"""

from __future__ import annotations

import functools
import re
import symtable
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.sources.magics import plain_cell

_DEFINES = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)\b", re.MULTILINE)


@dataclass(frozen=True)
class Execution:
    """A cell that ran."""

    count: int  # In [count]
    text: str  # with its commands, such as %matplotlib
    cell: str = ""  # which cell of the notebook it was; empty where nobody tells
    failed: bool = False


@dataclass(frozen=True)
class Names:
    """What a cell does to names at its top level."""

    bound: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()  # as it runs
    read_later: frozenset[str] = frozenset()  # when its functions are called


def counting(executions: Sequence[Execution]) -> list[Execution]:
    """Those that count, in the order in which they ran."""
    names = {one.count: names_of(one.text) for one in executions}
    kept = {
        one.count
        for place, one in enumerate(executions)
        if not _ran_again(one, executions[place + 1 :], names)
    }
    givers: dict[str, list[int]] = {}
    for one in executions:
        for name in names[one.count].bound:
            givers.setdefault(name, []).append(one.count)
    waiting = list(kept)
    while waiting:
        count = waiting.pop()
        if names[count].bound:
            built_on = _built_on(count, givers, names)
            waiting += built_on - kept
            kept |= built_on
    return [
        _as_it_is_now(one, executions, names)
        for one in executions
        if one.count in kept and not _came_to_nothing(one, names)
    ]


def _as_it_is_now(
    one: Execution, executions: Sequence[Execution], names: dict[int, Names]
) -> Execution:
    """An earlier run of a cell with the cell's last text.

    What is read for forbidden names, and what fails, is the old text no more. It stays
    where the last text failed, or reads what was bound only after the earlier run.
    """
    later = [other for other in executions if other.count > one.count]
    if not _ran_again(one, later, names):
        return one
    bound = names[one.count].bound
    last = next(
        (
            other
            for other in reversed(later)
            if (
                other.cell == one.cell
                if one.cell and other.cell
                else bound and bound <= names[other.count].bound
            )
        ),
        one,
    )
    read = names[last.count].read
    before = {
        n for e in executions if e.count < one.count for n in names[e.count].bound
    }
    between = {
        name
        for other in later
        if other.count < last.count
        for name in names[other.count].bound
    }
    if last.failed or read & (between - before):
        return one
    return replace(one, text=last.text)


def _came_to_nothing(one: Execution, names: dict[int, Names]) -> bool:
    """Whether it failed and neither bound nor would have defined anything."""
    defines = _DEFINES.search(plain_cell(one.text).code) is not None
    return one.failed and not defines and not names[one.count].bound


@functools.lru_cache(maxsize=1024)
def names_of(text: str) -> Names:
    """The names of a cell; none where Python cannot read it."""
    try:
        top = symtable.symtable(plain_cell(text).code, "<cell>", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Names()
    bound, read = set(), set()
    for symbol in top.get_symbols():
        if symbol.is_assigned() or symbol.is_imported():
            bound.add(symbol.get_name())
        if symbol.is_referenced():
            read.add(symbol.get_name())
    later: set[str] = set()
    waiting = [(child, True) for child in top.get_children()]
    while waiting:
        table, runs = waiting.pop()
        runs = runs and _runs_at_once(table)
        for symbol in table.get_symbols():
            if symbol.is_global() and symbol.is_referenced():
                (read if runs else later).add(symbol.get_name())
        waiting += [(child, runs) for child in table.get_children()]
    return Names(frozenset(bound), frozenset(read), frozenset(later))


def _runs_at_once(table: symtable.SymbolTable) -> bool:
    """Whether its code runs where it stands: of a class, or of a comprehension."""
    comprehensions = ("listcomp", "setcomp", "dictcomp", "genexpr")
    # Annotations have tables of their own since Python 3.14.
    return table.get_type() not in ("function",) or table.get_name() in comprehensions


def _ran_again(
    one: Execution, later: Sequence[Execution], names: dict[int, Names]
) -> bool:
    if one.cell and any(other.cell == one.cell for other in later):
        return True
    unknown = [
        other for other in later if not (one.cell and other.cell) and not other.failed
    ]
    if any(other.text.strip() == one.text.strip() for other in unknown):
        return True
    again = {name for other in unknown for name in names[other.count].bound}
    bound = names[one.count].bound
    return bool(bound) and bound <= again


def _built_on(
    count: int, givers: dict[str, list[int]], names: dict[int, Names]
) -> set[int]:
    """The runs before this one that gave it its names, and those of what it called.

    Args:
        count: of the run.
        givers: the runs that bind a name, in their order.
        names: of every run.
    """
    found: set[int] = set()
    waiting = [*names[count].read]
    seen = set(waiting)
    while waiting:
        binding = givers.get(waiting.pop(), [])
        before = bisect_left(binding, count)
        if not before:
            continue
        giver = binding[before - 1]
        found.add(giver)
        more = names[giver].read_later - seen
        seen |= more
        waiting += more
    return found
