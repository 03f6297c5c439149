"""The students of a roster, as Canvas, Moodle or Gradescope exports it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from autograder.platforms.rosters.sheet import RosterError, Row, Sheet, read_sheet

_DROPPED = re.compile("['\"\u2019\u2018`\u00b4&<>|]")  # that Moodle's folders lack
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_CANVAS_IDENTITY = (*_CANVAS, "LastName", "FirstName", "Integration ID", "Root Account")
_MOODLE = ("First name", "Last name", "Surname", "Full name", "ID number", "Username")
_MOODLE_IDENTITY = (*_MOODLE, "Email address")
_WORKSHEET = (
    *("Identifier", "Full name", "Email address", "Status"),
    *("Maximum Grade", "Grade can be changed"),
    *("Last modified (submission)", "Last modified (grade)"),
)
_GRADESCOPE = ("First Name", "Last Name", "Name", "SID", "Email", "Sections", "Section")
_DIGITS = re.compile(r"\d+\Z")


@dataclass(frozen=True)
class Student:
    """Somebody on a roster.

    Attributes:
        row: where it stands.
        name: as the roster writes it.
        names: its normal forms.
        number: the platform's own.
        ids: of the school: numbers and logins, in small letters.
        emails: addresses, in small letters.
    """

    row: Row
    name: str
    names: frozenset[tuple[str, ...]]
    number: str = ""
    ids: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()

    @property
    def shown(self) -> str:
        """Name and row, for a message."""
        return f"{self.name or 'no name'} (row {self.row.line})"


@dataclass(frozen=True)
class Roster:
    """A platform's list of a course.

    Attributes:
        platform: ``canvas``, ``moodle`` or ``gradescope``.
        sheet: the file.
        students: in its order.
        identity: the columns that say who somebody is.
        is_worksheet: whether it is Moodle's grading worksheet, of one assignment.
        maxima: Canvas's row of points possible.
        before: rows that stand before the students and are no students.
    """

    platform: str
    sheet: Sheet
    students: tuple[Student, ...]
    identity: tuple[int, ...]
    is_worksheet: bool = False
    maxima: Row | None = None
    before: tuple[Row, ...] = ()


def normal_name(name: str) -> tuple[str, ...]:
    """The words of a name without accents and order, so that equal ones are equal.

    Example:
        >>> normal_name("X\u00e9y, A-B") == normal_name("a b XEY")
        True
    """
    plain = unicodedata.normalize("NFKD", _DROPPED.sub("", name)).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    return tuple(sorted(re.findall(r"\w+", kept.replace("_", " "))))


def read_roster(file: Path, platform: str = "") -> Roster:
    """The roster in a file; of any platform, where none is named.

    Raises:
        RosterError: it cannot be read, is none, or is another platform's.
    """
    sheet = read_sheet(file)
    complaints = []
    for name, read in _READERS.items():
        if platform in ("", name):
            found = read(sheet)
            if isinstance(found, Roster):
                if not found.students:
                    raise RosterError(f"{file}: has no student in it. Export it anew.")
                return found
            complaints.append(found)
    if platform:
        raise complaints[0]
    raise RosterError(
        f"{file}: is no roster of {', '.join(_READERS)} that could be recognised. Its "
        f"columns are: {sheet.shown}. Export the gradebook of Canvas or Moodle, or the "
        "roster of Gradescope, in English."
    )


def _canvas(sheet: Sheet) -> Roster | RosterError:
    wanted = ("Student or LastName", "ID", "Section")
    remedy = "Export it in Canvas: Grades, Export, Export Entire Gradebook."
    complaint = sheet.lacking(*wanted, remedy=remedy)
    if complaint is not None:
        return complaint
    students, before, maxima = [], [], None
    for row in sheet.rows:
        name = sheet.cell(row, "Student")
        if sheet.place("Student") is None:
            last, first = sheet.cell(row, "LastName"), sheet.cell(row, "FirstName")
            name = f"{last}, {first}" if first else last
        number = sheet.cell(row, "ID")
        if "Points Possible" in name and not number:
            maxima = row
            before.append(row)
        elif not (name or number):
            before.append(row)  # which assignments are posted by hand
        elif not _is_test_student(sheet, row, name):
            login = sheet.cell(row, "SIS Login ID").casefold()
            ids = {sheet.cell(row, "SIS User ID").casefold(), login}
            students.append(_student(row, name, number, ids, {login}))
    identity = _places(sheet, _CANVAS_IDENTITY)
    return Roster(
        platform="canvas",
        sheet=sheet,
        students=tuple(students),
        identity=identity,
        maxima=maxima,
        before=tuple(before),
    )


def _is_test_student(sheet: Sheet, row: Row, name: str) -> bool:
    named = normal_name(name) == ("student", "test")
    return named and not sheet.cell(row, "SIS User ID")


def _moodle(sheet: Sheet) -> Roster | RosterError:
    if sheet.place("Identifier") is not None:
        return _worksheet(sheet)
    remedy = (
        "Export it in Moodle, in English: Grades, Export, Plain text file, or in the "
        "assignment, Download grading worksheet."
    )
    wanted = ("Email address or ID number or Username",)
    complaint = sheet.lacking(*wanted, remedy=remedy)
    if complaint is not None:
        return complaint
    students = []
    for row in sheet.rows:
        last = sheet.cell(row, "Last name", "Surname")
        name = " ".join(filter(None, [sheet.cell(row, "First name"), last]))
        login = sheet.cell(row, "Username").casefold()
        ids = {sheet.cell(row, "ID number").casefold(), login}
        emails = {sheet.cell(row, "Email address").casefold(), login}
        name = name or sheet.cell(row, "Full name")
        students.append(_student(row, name, "", ids, emails))
    return Roster("moodle", sheet, tuple(students), _places(sheet, _MOODLE_IDENTITY))


def _worksheet(sheet: Sheet) -> Roster | RosterError:
    remedy = (
        "Export it in Moodle, in English: the assignment, Download grading worksheet."
    )
    wanted = ("Grade", "Last modified (grade)")
    complaint = sheet.lacking(*wanted, remedy=remedy)
    if complaint is not None:
        return complaint
    students = []
    for row in sheet.rows:
        found = _DIGITS.search(sheet.cell(row, "Identifier"))
        email = sheet.cell(row, "Email address").casefold()
        name = sheet.cell(row, "Full name")
        number = found[0] if found else ""
        students.append(_student(row, name, number, set(), {email}))
    places = _places(sheet, _WORKSHEET)
    return Roster("moodle", sheet, tuple(students), places, is_worksheet=True)


def _gradescope(sheet: Sheet) -> Roster | RosterError:
    remedy = "Export it in Gradescope: Roster, Download Roster."
    complaint = sheet.lacking("Name or First Name", "Email or SID", remedy=remedy)
    if complaint is not None:
        return complaint
    students = []
    for row in sheet.rows:
        if sheet.cell(row, "Role").casefold() not in ("", "student"):
            continue
        parts = [sheet.cell(row, "First Name"), sheet.cell(row, "Last Name")]
        name = sheet.cell(row, "Name") or " ".join(filter(None, parts))
        ids = {sheet.cell(row, "SID").casefold()}
        emails = {sheet.cell(row, "Email").casefold()}
        students.append(_student(row, name, "", ids, emails))
    return Roster("gradescope", sheet, tuple(students), _places(sheet, _GRADESCOPE))


_READERS: dict[str, Callable[[Sheet], Roster | RosterError]] = {
    "canvas": _canvas,
    "moodle": _moodle,
    "gradescope": _gradescope,
}


def _student(
    row: Row, name: str, number: str, ids: set[str], emails: set[str]
) -> Student:
    addresses = {one for one in emails if "@" in one}
    names = frozenset({normal_name(name)} - {()})
    return Student(
        row, name, names, number, frozenset(ids - {""}), frozenset(addresses)
    )


def _places(sheet: Sheet, names: tuple[str, ...]) -> tuple[int, ...]:
    """Where these columns are, in the order of the file."""
    lower = {name.casefold() for name in names}
    return tuple(n for n, c in enumerate(sheet.columns) if c.casefold() in lower)
