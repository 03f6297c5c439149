"""Which of the cells that ran in a kernel count, and in which order they run again.

All of them in the order in which they ran, for that made the kernel what it is. Of a
cell that ran several times the last time counts; an earlier time counts as well where a
cell in between was built on it: with its import, say, a class was defined.

Two runs are of one cell where the notebook's program has told which cell they are of.
Where it has not, a run is taken for an earlier one of a cell if it has the text of a
later one, or if all names that it binds are bound again later.
"""

from __future__ import annotations

import functools
import symtable
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.sources.magics import plain_cell


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
    waiting = list(kept)
    while waiting:
        count = waiting.pop()
        if names[count].bound:
            built_on = _built_on(count, executions, names)
            waiting += built_on - kept
            kept |= built_on
    return [one for one in executions if one.count in kept]


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
    count: int, executions: Sequence[Execution], names: dict[int, Names]
) -> set[int]:
    """The runs before this one that gave it its names, and those of what it called."""
    found: set[int] = set()
    waiting = [*names[count].read]
    seen = set(waiting)
    before = [one.count for one in executions if one.count < count]
    while waiting:
        name = waiting.pop()
        giver = next((n for n in reversed(before) if name in names[n].bound), None)
        if giver is None:
            continue
        found.add(giver)
        more = names[giver].read_later - seen
        seen |= more
        waiting += more
    return found
