"""The files that platforms import: what stands in them, and what must not."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.platforms.rosters.classes import Class
from autograder.platforms.rosters.columns import columns_of
from autograder.platforms.rosters.matching import join
from autograder.platforms.rosters.sheet import RosterError
from autograder.platforms.rosters.summary import (
    is_complete,
    render_joined,
    render_plain,
)
from autograder.platforms.rosters.tables import (
    gradescope_csv,
    plain_csv,
    platform_csv,
    roster_csv,
)
from autograder.verdict import Outcome, Person, WrittenAnswer
from tests.platforms.roster_samples import (
    CANVAS,
    GRADESCOPE,
    MOODLE,
    WORKSHEET,
    check,
    class_of,
    roster,
    verdict,
)

ONE, TWO, THREE = (
    Person(f"Student {name}", "gradescope", sid=f"s{number}")
    for number, name in enumerate(("One", "Two", "Three"), 1)
)


def written(
    tmp_path: Path, text: str, *classes: Class, asked: tuple[str, ...] = ()
) -> list[str]:
    """The lines of the file that a platform imports."""
    found = roster(tmp_path, text)
    columns = columns_of(classes, found, asked)
    return platform_csv(found, [join(c, found) for c in classes], columns).splitlines()


def said(
    tmp_path: Path, text: str, *classes: Class, asked: tuple[str, ...] = ()
) -> str:
    """What the terminal shows, on one line."""
    found = roster(tmp_path, text)
    columns = columns_of(classes, found, asked)
    joined = [join(one, found) for one in classes]
    screen = render_joined(found, joined, columns)
    assert max(map(len, screen.splitlines())) <= 80
    return " ".join(screen.split())


def test_canvas(tmp_path: Path) -> None:
    """The columns up to the section, points possible, and who has new points."""
    graded = class_of(verdict("a", ONE), verdict("c", THREE, checks=[check(0)]))

    assert written(tmp_path, CANVAS, graded) == [
        "Student,ID,SIS User ID,SIS Login ID,Section,Convolutional networks (811)",
        "Points Possible,,,,,12.00",
        '"One, Student",101,s1,login1,A,10',
        '"Three, Student",103,s3,three@school.example,A,0',
    ]


def test_canvas_with_all_its_columns(tmp_path: Path) -> None:
    """First and last names apart, more identity, rows of manual posting, semicolons."""
    text = (
        "LastName;FirstName;ID;SIS User ID;SIS Login ID;Integration ID;Root Account;"
        "Section;Note;cnn (811)\n;;;;;;;;;Manual Posting\n"
        "Points Possible;;;;;;;;;10,00\nOne;Student;101;s1;l1;;x.example;A;a b;N/A\n"
    )

    assert written(tmp_path, text, class_of(verdict("a", ONE))) == [
        "LastName;FirstName;ID;SIS User ID;SIS Login ID;Integration ID;Root Account;"
        "Section;cnn (811)",
        ";;;;;;;;Manual Posting",
        "Points Possible;;;;;;;;10,00",
        "One;Student;101;s1;l1;;x.example;A;10",
    ]


def test_who_is_excused_stays_so(tmp_path: Path) -> None:
    """Points would take it away; it is said."""
    text = CANVAS.replace("A,8.00,5.00", "A,8.00,EX")
    graded = class_of(verdict("a", ONE), verdict("b", TWO))

    assert not any("Two" in line for line in written(tmp_path, text, graded))
    assert "excused Two, Student (row 4): keeps EX" in said(tmp_path, text, graded)


def test_two_assignments(tmp_path: Path) -> None:
    """A cell without new points keeps what is there."""
    cnn = class_of(verdict("a", ONE))
    rnn = class_of(verdict("b", TWO, assignment="rnn", checks=[check(0)]))
    asked = ("rnn=warm-up",)

    assert written(tmp_path, CANVAS, cnn, rnn, asked=asked)[2:] == [
        '"One, Student",101,s1,login1,A,10,9.00',
        '"Two, Student",102,s2,login2,A,5.00,0',
    ]


def test_moodle(tmp_path: Path) -> None:
    """Who somebody is, and the grade item; who has nothing new has no row."""
    assert written(tmp_path, MOODLE, class_of(verdict("b", TWO))) == [
        "First name,Last name,ID number,Username,Email address,"
        "Assignment: Convolutional networks (Real)",
        "Student,Two,s2,login2,two@school.example,10",
    ]


def test_moodle_without_the_grade_item(tmp_path: Path) -> None:
    """The title is the column, which the import maps."""
    rnn = class_of(verdict("b", TWO, assignment="rnn"))

    assert written(tmp_path, MOODLE, rnn)[0].endswith(",Recurrent networks")


def test_moodles_worksheet(tmp_path: Path) -> None:
    """Its own columns without the feedback, which no import shall change."""
    person = Person("Student Two", "moodle", "72")

    lines = written(tmp_path, WORKSHEET, class_of(verdict("b", person)))

    assert lines == [
        "Identifier,Full name,Email address,Status,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Grade",
        "Participant 72,Student Two,two@school.example,Submitted,12.00,Yes,-,-,10",
    ]
    both = class_of(verdict("b", person)), class_of(verdict("b", TWO, assignment="rnn"))
    with pytest.raises(RosterError, match="of one assignment, and the results are of"):
        written(tmp_path, WORKSHEET, *both)


def test_gradescope(tmp_path: Path) -> None:
    """Everybody, with the maximum beside the points."""
    found = roster(tmp_path, GRADESCOPE)

    text = gradescope_csv(found, [join(class_of(verdict("a", ONE)), found)])

    assert text.splitlines() == [
        "First Name,Last Name,SID,Email,Sections,Convolutional networks,"
        "Convolutional networks - Max Points",
        "Student,One,s1,one@school.example,A,10,10",
        "Student,Two,s2,two@school.example,A,,10",
        "Student,Three,s3,three@school.example,B,,10",
    ]


ANSWERS = [WrittenAnswer("why", "Why?", 3, "So.", 2), WrittenAnswer("how", "?", 2, "x")]


def test_a_table_with_everything(tmp_path: Path) -> None:
    """Written answers and checks have columns of their own; open points are empty."""
    fault = replace(check(0, 5, "b"), outcome=Outcome.GRADER_FAULT)
    cnn = class_of(
        verdict("a", ONE, checks=[check(10), check(5, 5, "b")], written=ANSWERS[:1]),
        verdict("b", TWO, checks=[check(10), fault]),
    )
    found = roster(tmp_path, GRADESCOPE)

    text = roster_csv(found, [join(cnn, found)], checks=True)

    assert text.splitlines()[:3] == [
        "First Name,Last Name,SID,Email,Sections,cnn,cnn written,cnn a::test_a,"
        "cnn a::test_b,points,max_points",
        "Student,One,s1,one@school.example,A,17,2,10,5,17,18",
        "Student,Two,s2,two@school.example,A,,,10,,,18",
    ]


def test_without_a_roster() -> None:
    """A row for each person; a group's members have one each, in every assignment."""
    cnn = class_of(verdict("One, Two", ONE, TWO))
    rnn = class_of(verdict("Student One", ONE, assignment="rnn"))

    assert plain_csv([cnn, rnn], checks=False).splitlines() == [
        "student,platform,id,sid,email,cnn,rnn,points,max_points",
        "Student One,gradescope,,s1,,10,10,20,20",
        "Student Two,gradescope,,s2,,10,,10,20",
    ]
    assert plain_csv([class_of(verdict("student_01"))], checks=False).splitlines() == [
        "student,cnn,points,max_points",
        "student_01,10,10,10",
    ]
    screen = render_plain([cnn, rnn])
    assert "cnn, of 10 points: 1 submission of 2 students." in screen


@pytest.mark.parametrize("separator", [",", ";"])
def test_names_like_formulas(tmp_path: Path, separator: str) -> None:
    """They are text with either separator; numbers stay numbers."""
    name = '=HYPERLINK("http://x.example";"a")'
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "cnn (1)"],
        [name, "101", "s1", "+4912", "A;@B", ""],
    ]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)

    lines = written(tmp_path, text.getvalue(), class_of(verdict("a", ONE)))

    (row,) = csv.reader([lines[1]], delimiter=separator)
    assert row == [f"'{name}", "101", "s1", "+4912", "A;'@B", "10"]


def test_what_is_said(tmp_path: Path) -> None:
    """Keys, who is missing, who is too much, what is not graded, another maximum."""
    ours = replace(check(0, 5, "b"), outcome=Outcome.GRADER_FAULT)
    cnn = class_of(
        verdict("a", ONE, written=ANSWERS),
        verdict("b", TWO, checks=[ours]),
        verdict("c", Person("Nobody", "gradescope", email="no@x.example")),
        verdict("s2"),
    )

    text = said(tmp_path, CANVAS, cnn)

    assert "cnn, of 15 points: 1 of 3 students of roster.csv, 1 by number" in text
    assert "no submission Three, Student (row 5)" in text
    assert "not on the roster c (Nobody, no@x.example): nobody has this" in text
    assert "submitted twice Two, Student (row 4): b (Student Two, s2) and s2;" in text
    assert "written answers still to be graded: 1 answer of 1 student;" in text
    assert "another maximum 12 there, 15 here; points are written as they are" in text


def test_points_that_are_open(tmp_path: Path) -> None:
    """What is there stays, and the export is not complete."""
    ours = replace(check(0), outcome=Outcome.GRADER_FAULT)
    cnn = class_of(verdict("b", TWO, checks=[ours]), verdict("a", ONE))

    assert not any("Two" in line for line in written(tmp_path, CANVAS, cnn))
    assert "points are open b: our fault" in said(tmp_path, CANVAS, cnn)


def test_complete_or_not(tmp_path: Path) -> None:
    """Everybody has a submission, every submission somebody."""
    found = roster(tmp_path, MOODLE)
    everybody = [verdict(f"s{number}") for number in (1, 2, 3)]

    assert is_complete([join(class_of(*everybody), found)])
    assert not is_complete([join(class_of(*everybody[1:]), found)])
    assert not is_complete([join(class_of(*everybody, verdict("x")), found)])


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("rnn", "needs ASSIGNMENT=COLUMN, such as --column rnn='Homework 2 (4711)'"),
        ("rn=Warm-up", "the results are not of 'rn'; did you mean 'rnn'?"),
        ("rnn=Warm", "no column is named 'Warm'"),
        (
            "",
            "no column is that of rnn ('Recurrent networks'). There are: Warm-up (810)",
        ),
    ],
)
def test_a_column_that_nobody_finds(tmp_path: Path, asked: str, told: str) -> None:
    """The columns that there are are named, with the option."""
    rnn = class_of(verdict("a", ONE, assignment="rnn"))

    with pytest.raises(RosterError) as caught:
        written(tmp_path, CANVAS, rnn, asked=(asked,) if asked else ())

    assert told in str(caught.value)


def test_columns_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Of two of one name none is chosen; the number behind it decides."""
    text = CANVAS.replace("Warm-up", "Convolutional networks")
    cnn = class_of(verdict("a", ONE))

    with pytest.raises(RosterError, match="might all be that of cnn"):
        written(tmp_path, text, cnn)
    asked = ("cnn=Convolutional networks (810)",)
    assert written(tmp_path, text, cnn, asked=asked)[2].endswith(",10")
    rnn = class_of(verdict("a", ONE, assignment="rnn"))
    with pytest.raises(RosterError, match="would get the points of cnn and of rnn"):
        written(tmp_path, CANVAS, cnn, rnn, asked=("rnn=Convolutional networks",))
