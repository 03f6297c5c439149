"""Which column of a roster holds an assignment's points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.platforms.rosters.classes import Class
from autograder.platforms.rosters.limits import COLUMNS_SHOWN
from autograder.platforms.rosters.rosters import Roster
from autograder.platforms.rosters.sheet import RosterError
from autograder.tables import listed, nearest
from autograder.wording import one_line

_CANVAS_NUMBER = re.compile(r"\s*\(\d+\)\Z")
_MOODLE_KIND = re.compile(r"\A(?:Assignment|Manual item|Quiz):\s*")
_MOODLE_VALUE = re.compile(r"\s*\((?:Real|Percentage|Letter)\)\Z")
_READ_ONLY = re.compile(
    r"(?:Current|Final|Override) (?:Score|Points|Grade|Status)|Course total|"
    r"Last downloaded from this course"
)


@dataclass(frozen=True)
class Column:
    """Where points go: a column's name, and its place on the roster, if it has one."""

    name: str
    place: int | None = None


def columns_of(
    classes: Sequence[Class], roster: Roster, asked: Sequence[str]
) -> dict[str, Column]:
    """The column of each assignment, by its name.

    Args:
        classes: the assignments.
        roster: where the columns are.
        asked: ``ASSIGNMENT=COLUMN``, as the command line has it.

    Raises:
        RosterError: an assignment has no column, or several might be meant.
    """
    named = _asked(asked, classes)
    if roster.is_worksheet:
        if len(classes) > 1:
            names = ", ".join(one.name for one in classes)
            raise RosterError(
                f"{roster.sheet.file}: is the grading worksheet of one assignment, and "
                f"the results are of {names}. Export each with its own worksheet."
            )
        place = roster.sheet.place("Grade")
        assert place is not None
        return {classes[0].name: Column(roster.sheet.columns[place], place)}
    found = {one.name: _column(one, roster, named.get(one.name)) for one in classes}
    by_place: dict[int, str] = {}
    for name, column in found.items():
        if column.place is not None and by_place.setdefault(column.place, name) != name:
            raise RosterError(
                f"{roster.sheet.file}: column {column.name!r} would get the points of "
                f"{by_place[column.place]} and of {name}. Name another with --column."
            )
    return found


def _asked(asked: Sequence[str], classes: Sequence[Class]) -> dict[str, str]:
    names = [one.name for one in classes]
    found = {}
    for text in asked:
        name, equals, column = (part.strip() for part in text.partition("="))
        if not (equals and column):
            raise RosterError(
                f"--column {text}: needs ASSIGNMENT=COLUMN, such as "
                f"--column {names[0]}='Homework 2 (4711)'."
            )
        if name not in names:
            raise RosterError(
                f"--column {text}: the results are not of {name!r}"
                f"{nearest(name, names)} They are of {listed(names)}."
            )
        found[name] = column
    return found


def _column(assignment: Class, roster: Roster, asked: str | None) -> Column:
    sheet = roster.sheet
    free = {
        place: name
        for place, name in enumerate(sheet.columns)
        if name and place not in roster.identity and not _READ_ONLY.search(name)
    }
    wanted = [asked] if asked else [assignment.name, assignment.title]
    normal = {_normal(text) for text in wanted}
    if asked and asked in free.values():
        normal = {asked}
        places = [place for place, name in free.items() if name == asked]
    else:
        places = [place for place, name in free.items() if _plain(name) in normal]
    if len(places) == 1:
        return Column(free[places[0]], places[0])
    if not places and roster.platform == "moodle" and not asked:
        return Column(assignment.title)  # which the import maps to a grade item
    if places:
        problem = f"the columns {listed(free[p] for p in places)} might all be"
        names = [free[place] for place in places]
    else:
        problem = "no column is"
        names = list(free.values())
    shown = [one_line(name, 60) for name in names[:COLUMNS_SHOWN]]
    more = (
        f" and {len(names) - COLUMNS_SHOWN} more" if len(names) > COLUMNS_SHOWN else ""
    )
    said = f"that of {assignment.name} ({assignment.title!r})"
    if asked:
        said = f"named {asked!r}"
    example = shown[0] if shown else "COLUMN"
    raise RosterError(
        f"{sheet.file}: {problem} {said}. There are: "
        f"{listed(shown)}{more}. Name the one that is meant, such as "
        f"`--column {assignment.name}={example!r}`, or make the assignment on the "
        "platform and export again."
    )


def _plain(column: str) -> str:
    """A column's name without what platforms put around an assignment's."""
    text = _MOODLE_VALUE.sub("", _CANVAS_NUMBER.sub("", column))
    return _normal(_MOODLE_KIND.sub("", text))


def _normal(text: str) -> str:
    return " ".join(text.casefold().split())
