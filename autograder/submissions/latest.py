"""Of several submissions of one student: which is the latest, where a platform tells.

Canvas adds ``-1``, ``-2`` to a file that a student hands in again, and Gradescope has
the time. Where neither tells, nobody chooses.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.sources.shown_names import shown
from autograder.submissions.filenames import ARCHIVES
from autograder.submissions.gradescope_export import HandedOver
from autograder.submissions.students import Owner
from autograder.verdict import Person

_AGAIN = re.compile(r"(?P<stem>.+)-(?P<times>\d{1,3})")
_KINDS = (*ARCHIVES, ".py", ".ipynb", ".toml")

Owned = Sequence[tuple[Owner, Path]]


class UnclearError(Exception):
    """Two submissions of which nobody knows which is later."""


@dataclass(frozen=True)
class _Version:
    """A file as one of those that were handed in under one name."""

    name: str  # that they share
    times: int  # how often it was there before


def latest_files(owned: Owned, known: Collection[str]) -> tuple[Owned, list[str]]:
    """The files without those that were handed in again, and what is to be said.

    ``known`` are names, in lower case, of which nothing is taken off: with exercises
    ``lab-1`` and ``lab-2``, neither is a second version.
    """
    present = {owner.file.lower() for owner, _ in owned}
    groups: dict[str, list[tuple[_Version, Owner, Path]]] = {}
    kept, notes = [], []
    for owner, path in owned:
        if owner.platform != "canvas":
            kept.append((owner, path))
            continue
        version = _version(owner.file.lower(), known, present)
        groups.setdefault(version.name, []).append((version, owner, path))
    for some in groups.values():
        some.sort(key=lambda one: (one[0].times, one[1].number))
        *older, (_, owner, path) = some
        kept.append((owner, path))
        if older:
            names = ", ".join(shown(one.file) for _, one, _ in older)
            notes.append(
                f"{shown(owner.file)} is the latest of {len(some)} versions that were "
                f"handed in; left aside: {names}."
            )
    return kept, notes


def _version(name: str, known: Collection[str], present: Collection[str]) -> _Version:
    kind = next((kind for kind in _KINDS if name.endswith(kind)), "")
    found = _AGAIN.fullmatch(name.removesuffix(kind))
    if kind and name not in known and found is not None:
        shorter = f"{found['stem']}{kind}"
        if shorter in known or shorter in present:
            return _Version(shorter, int(found["times"]))
    return _Version(name, 0)


def counted_for(told: dict[str, HandedOver]) -> dict[str, Owner | None]:
    """Whose each submission of a Gradescope export is, by the name of its folder.

    Who handed in several, alone or in groups, is of the latest alone; one that counts
    for nobody has no owner.

    Raises:
        UnclearError: two of one person of which neither is known to be later.
    """
    by_person: dict[str, list[str]] = {}
    for name, handed in told.items():
        for key in {_identity(person) for person in handed.people} - {""}:
            by_person.setdefault(key, []).append(name)
    counts = {key: _latest(names, told) for key, names in by_person.items()}
    return {
        name: _owner(name, handed, counts, by_person) for name, handed in told.items()
    }


def _latest(names: list[str], told: dict[str, HandedOver]) -> str:
    if len(names) == 1:
        return names[0]
    dated = [(told[name].created, name) for name in names]
    newest = max((date for date, _ in dated if date is not None), default=None)
    winners = [name for date, name in dated if date == newest]
    if newest is None or len(winners) > 1 or any(date is None for date, _ in dated):
        raise UnclearError(
            f"{' and '.join(sorted(names))} are from the same person, and nothing says "
            "which is the latest"
        )
    return winners[0]


def _owner(
    name: str,
    handed: HandedOver,
    counts: dict[str, str],
    by_person: dict[str, list[str]],
) -> Owner | None:
    people, notes = [], []
    for person in sorted(handed.people, key=lambda one: (one.name, one.sid, one.email)):
        key = _identity(person)
        if counts.get(key, name) != name:
            notes.append(f"For one of the group, {counts[key]} counts, which is later.")
            continue
        people.append(person)
        others = [other for other in by_person.get(key, []) if other != name]
        if others:
            names = ", ".join(sorted(others))
            notes.append(f"This submission is later than {names}, and counts instead.")
    if handed.people and not people:
        return None
    if handed.earlier:
        count = handed.earlier + 1
        notes.append(f"This is the latest of {count} submissions on Gradescope.")
    owner = Owner(name, name, origin=name, platform="gradescope")
    return replace(owner, people=tuple(people), notes=tuple(dict.fromkeys(notes)))


def _identity(person: Person) -> str:
    """What tells a person from all others; empty where nothing does."""
    if person.sid:
        return f"sid {person.sid.casefold()}"
    return f"email {person.email.casefold()}" if person.email else ""
