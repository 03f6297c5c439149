"""Who handed in what: by the most reliable key, and never by a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.platforms.rosters.matching import Joined, join
from autograder.platforms.rosters.rosters import normal_name
from autograder.verdict import Person, Verdict
from tests.platforms.roster_samples import (
    CANVAS,
    GRADESCOPE,
    MOODLE,
    SAMPLES,
    WORKSHEET,
    class_of,
    roster,
    verdict,
)


def joined(tmp_path: Path, text: str, *verdicts: Verdict) -> Joined:
    return join(class_of(*verdicts), roster(tmp_path, text))


def matches(found: Joined) -> dict[str, str]:
    """Each student's submission."""
    return {m.student.name: m.work.verdict.student for m in found.matched}


def why(found: Joined) -> str:
    """Why the only submission is not matched."""
    (one,) = found.unmatched
    assert not found.matched
    return one.why


@pytest.mark.parametrize(
    ("text", "person", "key"),
    [
        (CANVAS, Person("twostudent", "canvas", "102"), "Canvas's number"),
        (CANVAS, Person("x", "gradescope", sid="S2"), "number or login"),
        (CANVAS, Person("x", "gradescope", sid="login2"), "number or login"),
        (MOODLE, Person("x", "gradescope", sid="s2"), "number or login"),
        (MOODLE, Person("x", "gradescope", email="Two@School.example"), "e-mail"),
        (MOODLE, Person("Two Student", "moodle", "72"), "name"),
        (WORKSHEET, Person("Two Student", "moodle", "72"), "Moodle's number"),
        (WORKSHEET, Person("Participant", "moodle", "72"), "Moodle's number"),
        (WORKSHEET, Person("Group B-Student Two", "moodle", "72"), "Moodle's number"),
        (GRADESCOPE, Person("x", "gradescope", sid="s2", email="y@z"), "number or"),
        (GRADESCOPE, Person("Two, Student", "moodle", "9"), "name"),
    ],
)
def test_each_key(tmp_path: Path, text: str, person: Person, key: str) -> None:
    """The strongest that both have decides, in capitals or not."""
    found = joined(tmp_path, text, verdict("entry", person))

    assert [m.student.row.line for m in found.matched] == [
        4 if text == CANVAS else 3,
    ]
    assert found.matched[0].key.startswith(key)
    assert len(found.absent) == 2


@pytest.mark.parametrize("entry", ["login2", "S2", "two@school.example", "two STUDENT"])
def test_folders_that_somebody_named(tmp_path: Path, entry: str) -> None:
    """A login, a number, an address or a name may stand on them."""
    found = joined(tmp_path, MOODLE, verdict(entry))

    assert matches(found) == {"Student Two": entry}


def test_the_school_of_logins_like_addresses(tmp_path: Path) -> None:
    """Canvas's login is an address there."""
    person = Person("x", "gradescope", email="three@school.example")
    found = joined(tmp_path, CANVAS, verdict("entry", person))

    assert matches(found) == {"Three, Student": "entry"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("X\u00e9y\u00fc, Ab", "ab xeyu"),
        ("Xe\u0301y Ab", "AB X\u00c9Y"),
        ("O'Xey Ab-Cd", "OXey Ab Cd"),
        ("Xstra\u00dfe", "XSTRASSE"),
    ],
)
def test_names_that_are_equal(one: str, other: str) -> None:
    """Accents, order, capitals and what Moodle drops make no difference."""
    assert normal_name(one) == normal_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Xey Ab", "Xey Abc"), ("X\u00fcy", "Xuey"), ("Xey Ab Cd", "Xey Ab")],
)
def test_names_that_are_not(one: str, other: str) -> None:
    """Nearly is not."""
    assert normal_name(one) != normal_name(other)


def test_two_students_of_one_name(tmp_path: Path) -> None:
    """Both are named, accents aside, and neither gets the points."""
    text = GRADESCOPE + "Stud\u00e9nt,Two,s9,nine@school.example,Student,\n"

    found = joined(tmp_path, text, verdict("Student Two"))

    assert why(found) == (
        "ambiguous: the name is of Student Two (row 3) and Stud\u00e9nt Two (row 6)"
    )


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (Person("Student Two", "gradescope", email="no@x.example"), "another e-mail"),
        (Person("Student Two", "gradescope", sid="s77"), "another number"),
        (Person("Nobody", "gradescope", sid="s77"), "nobody has this number"),
    ],
)
def test_a_name_against_a_stronger_key(
    tmp_path: Path, person: Person, reason: str
) -> None:
    """A student of the same name, with another address or number, is somebody else."""
    assert reason in why(joined(tmp_path, MOODLE, verdict("entry", person)))


def test_a_number_that_nobody_has(tmp_path: Path) -> None:
    """Canvas's number decides for Canvas; no name comes after it."""
    person = Person("One, Student", "canvas", "105")

    found = joined(tmp_path, CANVAS, verdict("entry", person))

    assert why(found) == "nobody has Canvas's number 105"


def test_a_groups_number_in_moodle(tmp_path: Path) -> None:
    """It may be a participant's, too, and is not taken for one."""
    person = Person("Group 7", "moodle", "72")

    found = joined(tmp_path, WORKSHEET, verdict("Group 7", person))

    assert why(found).startswith("Moodle's number 72 is of another name: Student Two")


def test_a_group_counts_for_each(tmp_path: Path) -> None:
    """One submission is of all its members; who is not on the roster is told."""
    people = [Person("a", "gradescope", sid=sid) for sid in ("s1", "s3", "s9")]

    found = joined(tmp_path, MOODLE, verdict("a group", *people))

    assert matches(found) == {"Student One": "a group", "Student Three": "a group"}
    assert [u.work.person.sid for u in found.unmatched] == ["s9"]
    assert [student.name for student in found.absent] == ["Student Two"]


def test_two_submissions_of_one_student(tmp_path: Path) -> None:
    """Neither counts: a person decides."""
    found = joined(tmp_path, MOODLE, verdict("login1"), verdict("s1"))

    assert not found.matched
    ((student, works),) = found.twice
    assert student.name == "Student One"
    assert [work.verdict.student for work in works] == ["login1", "s1"]
    assert student not in found.absent


@pytest.mark.parametrize("name", SAMPLES)
def test_platforms_are_recognised(tmp_path: Path, name: str) -> None:
    """By the columns; staff and Canvas's test student are no students."""
    found = roster(tmp_path, SAMPLES[name])

    assert found.platform == name.replace("worksheet", "moodle")
    assert found.is_worksheet == (name == "worksheet")
    names = [normal_name(student.name) for student in found.students]
    assert names == [("one", "student"), ("student", "two"), ("student", "three")]
