"""Who on a roster handed in which submission: by the most reliable key, or not at all.

The platform's own number goes before the school's number or login, this before the
e-mail address, and the address before the name. What fits two students, or fits by name
and not by a stronger key, is told and left to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from autograder.platforms.rosters.classes import Class, Work, works_of
from autograder.platforms.rosters.rosters import Roster, Student, normal_name

# What Moodle calls everybody where whoever grades is not to know the names.
_ANONYMOUS = ("participant",)
_TITLES = {"canvas": "Canvas", "moodle": "Moodle", "gradescope": "Gradescope"}


@dataclass(frozen=True)
class Matched:
    """Somebody's work, found on the roster by a key."""

    work: Work
    student: Student
    key: str


@dataclass(frozen=True)
class Unmatched:
    """Work of somebody who is not on the roster, or not for sure."""

    work: Work
    why: str


@dataclass
class Joined:
    """One assignment of a class, joined with a roster."""

    assignment: Class
    matched: list[Matched] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)
    twice: list[tuple[Student, list[Work]]] = field(default_factory=list)
    absent: list[Student] = field(default_factory=list)  # who handed nothing in

    def work_of(self, student: Student) -> Work | None:
        """What a student handed in."""
        return self._by_line.get(student.row.line)

    @cached_property
    def _by_line(self) -> dict[int, Work]:
        return {one.student.row.line: one.work for one in self.matched}


def join(assignment: Class, roster: Roster) -> Joined:
    """Find each submission of a class on the roster."""
    joined = Joined(assignment)
    by_line: dict[int, list[Matched]] = {}
    for work in works_of(assignment.verdicts):
        found = _match(work, roster)
        if isinstance(found, Matched):
            by_line.setdefault(found.student.row.line, []).append(found)
        else:
            joined.unmatched.append(found)
    for student in roster.students:
        some = by_line.get(student.row.line, [])
        if len(some) == 1:
            joined.matched += some
        elif some:
            joined.twice.append((student, [one.work for one in some]))
        else:
            joined.absent.append(student)
    return joined


def _match(work: Work, roster: Roster) -> Matched | Unmatched:
    person = work.person
    number = person.id if person.platform == roster.platform else ""
    if number and any(student.number for student in roster.students):
        key = f"{_TITLES[roster.platform]}'s number"
        found = [s for s in roster.students if s.number == number]
        if not found:
            return Unmatched(work, f"nobody has {key} {number}")
        if len(found) == 1 and _is_other(work, found[0], roster):
            why = f"{key} {number} is of another name: {found[0].shown}"
            return Unmatched(work, why)
        return _only(work, found, key)
    for key, fits in _keys(work):
        found = [student for student in roster.students if fits(student)]
        if found:
            return _only(work, found, key)
    normal = normal_name(person.name)
    found = [student for student in roster.students if normal in student.names]
    if len(found) == 1 and (stronger := _contradiction(work, found[0])):
        why = f"has the name of {found[0].shown}, and another {stronger}"
        return Unmatched(work, why)
    if found:
        return _only(work, found, "name")
    return Unmatched(work, "nobody has this number, address or name")


def _keys(work: Work) -> Iterator[tuple[str, Callable[[Student], bool]]]:
    """The keys between the platform's number and the name, most reliable first."""
    person = work.person
    sid, email = person.sid.casefold(), person.email.casefold()
    if sid:
        yield "number or login", lambda student: sid in student.ids
    if email:
        yield "e-mail address", lambda student: email in student.emails
    if not person.platform:
        # Whoever made the folders may have named them after logins or addresses.
        entry = work.verdict.student.casefold()
        yield "number or login", lambda student: entry in student.ids
        yield "e-mail address", lambda student: entry in student.emails


def _only(work: Work, found: Sequence[Student], key: str) -> Matched | Unmatched:
    if len(found) == 1:
        return Matched(work, found[0], key)
    several = " and ".join(student.shown for student in found[:4])
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    return Unmatched(work, f"ambiguous: the {key} is of {several}{more}")


def _is_other(work: Work, student: Student, roster: Roster) -> bool:
    """Whether a number in a worksheet of Moodle is of somebody else.

    A group's folder has the number of the group, which a participant may have, too.
    """
    normal = normal_name(work.person.name)
    if not roster.is_worksheet or normal == _ANONYMOUS or not student.names:
        return False
    return not any(set(name) <= set(normal) for name in student.names)


def _contradiction(work: Work, student: Student) -> str:
    """The stronger key that says that a name is another person's; empty if none."""
    person = work.person
    if (
        person.email
        and student.emails
        and person.email.casefold() not in student.emails
    ):
        return "e-mail address"
    if person.sid and student.ids and person.sid.casefold() not in student.ids:
        return "number"
    return ""
