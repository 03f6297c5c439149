"""What a strict check answers for: the remarks of all visible checks of its function.

A float32 constant in one branch shows in the check that tries this branch, and costs
the digits check of the function: that one, whichever inputs it has itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.checking.loading import Check


def with_siblings(checks: list[Check]) -> list[Check]:
    """The checks of one file, the strict ones with those whose remarks they count.

    Where an author names the cases of a strict check, right answers to others may be in
    float32, as with a table that is in torch's default dtype: there they alone count.
    """
    return [
        replace(check, siblings=tuple(_siblings(check, checks)))
        if check.strict and check.same_cases
        else check
        for check in checks
    ]


def _siblings(check: Check, checks: list[Check]) -> Iterator[Check]:
    """Other checks of its function, on the CPU, and as visible as it is itself.

    A remark counts once: where a function has two strict checks, each answers for
    the one that it is made of and those that follow, up to the next such. One whose
    cases the author names answers for these alone.
    """
    family = [c for c in checks if c.function == check.function]
    owners = {str(c.parent): c for c in family if c.strict and c.same_cases}
    parents = {c.parent for c in family if c.strict}
    owner = next(iter(owners.values()))
    for other in family:
        owner = owners.get(other.name, owner)
        if (
            owner is check
            and not other.strict
            and other.is_for("cpu")
            and other.hidden is check.hidden
            and other.name not in parents
        ):
            yield other


def running_order(checks: Iterable[Check]) -> list[Check]:
    """The checks of one exercise as they are run: a strict one after its siblings."""
    checks = list(checks)
    last = {check.name: number for number, check in enumerate(checks)}

    def place(numbered: tuple[int, Check]) -> tuple[int, bool]:
        number, check = numbered
        behind = max((last.get(c.name, 0) for c in check.siblings), default=0)
        return max(number, behind), behind > number

    return [check for _, check in sorted(enumerate(checks), key=place)]


def in_its_name(sibling: Check, check: Check) -> Check:
    """A sibling's cases, tried by a strict check: its promise, and its points."""
    return replace(
        sibling,
        name=check.name,
        parent=sibling.parent or sibling.name,  # whose inputs they are
        derived=check.derived,
        promise=check.promise,
        points=check.points,
        hint=check.hint,
        strict=True,
    )
