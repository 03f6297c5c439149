"""The files that platforms import, and a table of all that there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from autograder.platforms.rosters.classes import Class, Work, works_of
from autograder.platforms.rosters.columns import Column
from autograder.platforms.rosters.matching import Joined
from autograder.platforms.rosters.rosters import Roster, Student
from autograder.reports.spreadsheet import csv_text, defused
from autograder.reports.table import whole_points, written_points
from autograder.verdict import CheckResult, Person, points_text
from autograder.wording import is_open

Rows = list[list[str]]
_EXCUSED = "EX"  # on Canvas; points would take it away


def platform_csv(
    roster: Roster, joined: Sequence[Joined], columns: Mapping[str, Column]
) -> str:
    """What Canvas or Moodle imports: the roster's own columns, and the points.

    A student for whom there is nothing new has no row, so that nothing changes there.
    """
    header = roster.sheet.columns
    rows = [[header[place] for place in roster.identity]]
    rows[0] += [columns[one.assignment.name].name for one in joined]
    for row in roster.before:
        kept = [row.cells[place] for place in roster.identity]
        places = [columns[one.assignment.name].place for one in joined]
        rows.append([*kept, *(row.cells[p] if p is not None else "" for p in places)])
    for student in roster.students:
        if any(new_points(student, one, columns) for one in joined):
            cells = [
                new_points(student, one, columns) or _there(student, one, columns)
                for one in joined
            ]
            kept = [student.row.cells[place] for place in roster.identity]
            rows.append([*kept, *cells])
    return _written(rows, roster.sheet.separator)


def new_points(student: Student, joined: Joined, columns: Mapping[str, Column]) -> str:
    """The points that a student gets; empty where what is there stays."""
    work = joined.work_of(student)
    if work is None or is_excused(student, joined, columns):
        return ""
    return whole_points(work.verdict)


def is_excused(student: Student, joined: Joined, columns: Mapping[str, Column]) -> bool:
    """Whether Canvas has a student excused from an assignment."""
    return _there(student, joined, columns).upper() == _EXCUSED


def _there(student: Student, joined: Joined, columns: Mapping[str, Column]) -> str:
    place = columns[joined.assignment.name].place
    return "" if place is None else student.row.cells[place].strip()


def gradescope_csv(roster: Roster, joined: Sequence[Joined]) -> str:
    """The roster with points and their maximum, as Gradescope's own table of grades."""
    header = [roster.sheet.columns[place] for place in roster.identity]
    for one in joined:
        title = one.assignment.title
        header += [title, f"{title} - Max Points"]
    rows = [header]
    for student in roster.students:
        cells = [student.row.cells[place] for place in roster.identity]
        for one in joined:
            work = one.work_of(student)
            points = "" if work is None else whole_points(work.verdict)
            cells += [points, points_text(one.assignment.most)]
        rows.append(cells)
    return _written(rows, roster.sheet.separator)


def roster_csv(roster: Roster, joined: Sequence[Joined], checks: bool) -> str:
    """A row for each student of the roster, with or without submissions."""
    who = [roster.sheet.columns[place] for place in roster.identity]
    rows = (
        (
            [student.row.cells[place] for place in roster.identity],
            [one.work_of(student) for one in joined],
        )
        for student in roster.students
    )
    classes = [one.assignment for one in joined]
    return _table(who, rows, classes, checks, roster.sheet.separator)


def plain_csv(classes: Sequence[Class], checks: bool) -> str:
    """A row for each person that results tell of, without a roster."""
    found: dict[str, tuple[Work, list[Work | None]]] = {}
    for place, one in enumerate(classes):
        for work in works_of(one.verdicts):
            empty: list[Work | None] = [None] * len(classes)
            _, works = found.setdefault(_identity(work), (work, empty))
            works[place] = work
    told = any(one.verdict.people for one, _ in found.values())
    who = ["student", *(["platform", "id", "sid", "email"] if told else [])]
    rows = (
        (_cells_of(work) if told else [work.verdict.student], works)
        for _, (work, works) in sorted(found.items(), key=lambda pair: _order(pair[1]))
    )
    return _table(who, rows, classes, checks, ",")


def _order(found: tuple[Work, list[Work | None]]) -> tuple[str, str]:
    return found[0].person.name, found[0].verdict.student


def _identity(work: Work) -> str:
    """What makes two submissions one person's, in two assignments."""
    person = work.person
    if person.sid or person.email:
        return f"{person.platform} {person.sid or person.email}".casefold()
    # Moodle numbers people anew in each assignment.
    is_lasting = person.id and person.platform != "moodle"
    return f"{person.platform} {person.id}" if is_lasting else work.verdict.student


def _cells_of(work: Work) -> list[str]:
    person: Person = work.person
    name = person.name or work.verdict.student
    return [name, person.platform, person.id, person.sid, person.email]


def _table(
    who: list[str],
    people: Iterator[tuple[list[str], list[Work | None]]],
    classes: Sequence[Class],
    checks: bool,
    separator: str,
) -> str:
    parts = [(one, _checks_of(one) if checks else []) for one in classes]
    header = list(who)
    for one, ids in parts:
        header.append(one.name)
        if _has_written(one):
            header.append(f"{one.name} written")
        header += [f"{one.name} {name}" for name in ids]
    rows = [[*header, "points", "max_points"]]
    most = points_text(sum(one.most for one in classes))
    for cells, works in people:
        row = list(cells)
        for (one, ids), work in zip(parts, works):
            row += _points_of(one, ids, work)
        there = [work for work in works if work is not None]
        is_open = any(work.is_open for work in there)
        whole = points_text(sum(work.verdict.points for work in there))
        rows.append([*row, "" if is_open or not there else whole, most])
    return _written(rows, separator)


def _points_of(one: Class, ids: Sequence[str], work: Work | None) -> list[str]:
    """A student's cells of one assignment."""
    has_written = _has_written(one)
    if work is None:
        return [""] * (1 + has_written + len(ids))
    cells = [whole_points(work.verdict)]
    if has_written:
        cells.append(written_points(work.verdict))
    results = {check.id: check for check in work.verdict.checks}
    return cells + [_earned(results.get(name)) for name in ids]


def _earned(check: CheckResult | None) -> str:
    return "" if check is None or is_open(check) else points_text(check.points)


def _has_written(one: Class) -> bool:
    return any(verdict.written for verdict in one.verdicts)


def _checks_of(one: Class) -> list[str]:
    found: dict[str, None] = {}
    for verdict in one.verdicts:
        found.update(dict.fromkeys(check.id for check in verdict.checks))
    return list(found)


def _written(rows: Rows, separator: str) -> str:
    return csv_text((map(defused, row) for row in rows), separator)
