"""Rosters in the shape of each platform, and results, of students that nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.platforms.rosters.classes import Class
from autograder.platforms.rosters.rosters import Roster, read_roster
from autograder.verdict import CheckResult, Outcome, Person, Verdict, WrittenAnswer

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Warm-up (810),Convolutional networks (811),\
Current Score
    Points Possible,,,,,10.00,12.00,(read only)
"One, Student",101,s1,login1,A,9.00,,90
"Two, Student",102,s2,login2,A,8.00,5.00,80
"Three, Student",103,s3,three@school.example,A,,,
"Student, Test",999,,0f3a,A,,,
"""
MOODLE = """\
First name,Last name,ID number,Username,Email address,\
Assignment: Convolutional networks (Real),Last downloaded from this course
Student,One,s1,login1,one@school.example,-,1772370000
Student,Two,s2,login2,two@school.example,5.00,1772370000
Student,Three,s3,login3,three@school.example,-,1772370000
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,\
Last modified (submission),Last modified (grade),Feedback comments
Participant 71,Student One,one@school.example,Submitted,,12.00,Yes,"Sunday, 1 March",-,
Participant 72,Student Two,two@school.example,Submitted,5.00,12.00,Yes,-,-,Well done.
Participant 73,Student Three,three@school.example,,,12.00,Yes,-,-,
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Role,Sections
Student,One,s1,one@school.example,Student,A
Student,Two,s2,two@school.example,Student,A
Student,Three,s3,three@school.example,Student,B
Somebody,Else,,staff@school.example,Instructor,
"""
SAMPLES = {
    "canvas": CANVAS,
    "moodle": MOODLE,
    "worksheet": WORKSHEET,
    "gradescope": GRADESCOPE,
}


def roster(tmp_path: Path, text: str, platform: str = "") -> Roster:
    """The roster in a file with this text."""
    file = tmp_path / "roster.csv"
    file.write_text(text, encoding="utf-8")
    return read_roster(file, platform)


def check(points: float, most: float = 10, name: str = "a") -> CheckResult:
    """A check that earned all, or nothing."""
    outcome = Outcome.PASSED if points else Outcome.FAILED
    return CheckResult(f"a::test_{name}", "a", "f", "it works", outcome, points, most)


def verdict(
    student: str,
    *people: Person,
    checks: Sequence[CheckResult] = (),
    written: Sequence[WrittenAnswer] = (),
    assignment: str = "cnn",
) -> Verdict:
    """A verdict of 10 points, unless its checks say other."""
    return Verdict(
        assignment,
        student,
        5,
        list(checks) or [check(10)],
        people=list(people),
        written=list(written),
        title={"cnn": "Convolutional networks", "rnn": "Recurrent networks"}[
            assignment
        ],
    )


def class_of(*verdicts: Verdict) -> Class:
    """A class of these."""
    return Class(verdicts[0].assignment, verdicts[0].title, tuple(verdicts))
