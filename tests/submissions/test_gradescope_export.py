"""What submission_metadata.yml says, whoever wrote it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from autograder.submissions.entries import SubmissionsError, find_entries
from autograder.submissions.gradescope_export import (
    ExportError,
    HandedOver,
    read_metadata,
)
from autograder.submissions.intake import read_submission
from autograder.submissions.limits import ExportLimits
from autograder.verdict import Person
from tests.submissions.gradescope_samples import export, submission, submitters

pytest.importorskip("yaml", reason="PyYAML comes with autograder[instructor]")


def student(number: int) -> Person:
    return Person(
        f"Student_{number:02} Sample",
        "gradescope",
        sid=f"0{number:02}",
        email=f"student_{number:02}@school.example",
    )


def read(tmp_path: Path, text: str | bytes, **limits: int) -> dict[str, HandedOver]:
    file = tmp_path / "submission_metadata.yml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_metadata(file, ExportLimits(**limits))


def test_a_submission(tmp_path: Path) -> None:
    """People with leading zeros in their numbers, the time, and how many before it."""
    text = submission(1, at="2026-03-01 14:02:11.105735000 Z", earlier=2)

    (handed,) = read(tmp_path, f"---\nsubmission_7:\n{text}").values()

    time = datetime(2026, 3, 1, 14, 2, 11, 105735, tzinfo=timezone.utc)
    assert handed == HandedOver((student(1),), time, 2)


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-03-01 14:00:00 Z", 14),
        ("2026-03-01T14:00:00.5-07:00", 21),
        ("2026-03-01 14:00:00 +0200", 12),
        ("2026-03-01 14:00:00 UTC", 14),
        ("'2026-03-01 14:00:00'", 14),
        ("yesterday", None),
        ("2026-99-01 14:00:00 Z", None),
    ],
)
def test_times(tmp_path: Path, written: str, hour: int | None) -> None:
    """In UTC, whatever the place; unknown where they are none."""
    found = read(tmp_path, f"a:\n{submission(1, at=written)}")["a"].created

    assert (found.hour if found else None) == hour


def test_rubys_own_ways(tmp_path: Path) -> None:
    """Aliases, bytes, nothing, and objects, which are never made."""
    text = """a:
  :submitters: &2
  - &1
    :name: &3 "Student_01"
    :sid:
    :email: !binary |-
      w6lAc2Nob29sLmV4YW1wbGU=
  - *1
b:
  :submitters: *2
  :results: !ruby/object:Object {x: &4 "Student_02"}
c:
  :submitters:
  - :name: *4
    :sid: ~
    :email: '~'
"""
    found = read(tmp_path, text)

    one = Person("Student_01", "gradescope", email="é@school.example")
    assert found["a"].people == found["b"].people == (one, one)
    assert found["c"].people == (Person("Student_02", "gradescope", email="~"),)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 100_000, "is not YAML"),
        ("a: [", "is not YAML (line 2)"),
        (b"a: \xff\xfe", "is not YAML"),
        ("", "is no map"),
        ("- a", "is no map"),
        ("a: {b: 1}\n" * 9, "holds more than any export"),
        ("x" * 400, "is over 0 MB"),
    ],
)
def test_what_is_no_export(tmp_path: Path, text: str | bytes, told: str) -> None:
    """It is refused with a reason, however deep, long or broken it is."""
    with pytest.raises(ExportError) as caught:
        read(tmp_path, text, events=40, file_bytes=300_000 if text[:1] == "[" else 300)

    assert told in str(caught.value)


def test_a_bomb_of_aliases(tmp_path: Path) -> None:
    """What would be a billion laughs is read as nothing, at once."""
    lines = ["a: &a [x]"]
    lines += [
        f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]"
        for before, one in zip("abcdefgh", "bcdefghi")
    ]
    bomb = "\n".join(lines)
    people = bomb.replace("\n", "\n    ")

    assert read(tmp_path, bomb) == {}
    found = read(tmp_path, f"s:\n  :submitters:\n    {people}\n")
    assert found["s"].people == ()


@pytest.mark.parametrize(
    "people",
    ["  :submitters: 3\n", "  :submitters: [1, [2]]\n", "  :submitters: {a: b}\n", ""],
)
def test_people_in_another_form(tmp_path: Path, people: str) -> None:
    """What nobody promised is nobody."""
    assert read(tmp_path, f"a:\n{people}  :score: 1\n")["a"].people == ()


def test_without_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named, with what to do."""
    export(tmp_path, submission_1=submission(1))
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)

    with pytest.raises(SubmissionsError, match="pip install pyyaml") as caught:
        find_entries(tmp_path)

    assert "submission_metadata.yml" in str(caught.value)


def test_students_are_named(tmp_path: Path) -> None:
    """Each entry has its people, its folder's name is kept, and notes say what was."""
    export(tmp_path, submission_11=submission(1, earlier=1), submission_12="  x: 1\n")

    first, second = find_entries(tmp_path)

    assert first.student == "Student_01 Sample"
    assert first.origin == "submission_11"
    assert first.people == (student(1),)
    assert first.notes == ("This is the latest of 2 submissions on Gradescope.",)
    assert (second.student, second.people) == ("submission_12", ())
    read_back = read_submission(first, ["convolution"])
    assert read_back.people == (student(1),)
    assert read_back.notes[0].text == first.notes[0]


def test_a_group_is_one_entry(tmp_path: Path) -> None:
    """It goes by the names of all, in an order of its own."""
    export(tmp_path, submission_11=submission(2, 1))

    (entry,) = find_entries(tmp_path)

    assert entry.student == "Student_01 Sample, Student_02 Sample"
    assert entry.people == (student(1), student(2))


def test_the_latest_of_one_student(tmp_path: Path) -> None:
    """An earlier folder is left aside, and the one that counts says so."""
    export(
        tmp_path,
        submission_11=submission(1, at="2026-03-01 14:00:00 Z"),
        submission_12=submission(1, at="2026-03-01 13:00:00 -0200"),
    )

    (entry,) = find_entries(tmp_path)

    assert entry.origin == "submission_12"
    assert entry.notes == (
        "This submission is later than submission_11, and counts instead.",
    )


def test_a_student_who_changed_the_group(tmp_path: Path) -> None:
    """The later submission counts for that student, the earlier for the others."""
    export(
        tmp_path,
        submission_11=submission(1, 2, at="2026-03-01 14:00:00 Z"),
        submission_12=submission(2, 3, at="2026-03-01 15:00:00 Z"),
    )

    first, second = find_entries(tmp_path)

    assert first.people == (student(1),)
    assert "submission_12 counts, which is later" in first.notes[0]
    assert second.people == (student(2), student(3))


@pytest.mark.parametrize("time", ["", "2026-03-01 14:00:00 Z"])
def test_nobody_guesses_which_is_later(tmp_path: Path, time: str) -> None:
    """Without different times the run stops, and names both."""
    export(
        tmp_path,
        submission_11=submission(1, at=time),
        submission_12=submission(1, at=time),
    )

    with pytest.raises(SubmissionsError, match="submission_11 and submission_12"):
        find_entries(tmp_path)


def test_two_students_of_one_name(tmp_path: Path) -> None:
    """The numbers of their submissions tell them apart, a name like one included."""
    other = submitters(1).replace("'001'", "'002'").replace("_01@", "_02@")
    third = submitters(3).replace("Student_03 Sample", "Student_01 Sample_11")
    export(
        tmp_path, submission_11=submission(1), submission_12=other, submission_13=third
    )

    names = [entry.student for entry in find_entries(tmp_path)]

    assert sorted(names) == [
        "Student_01 Sample_11",
        "Student_01 Sample_11_13",
        "Student_01 Sample_12",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../Student_01", "Student_01"),
        ('"a\\u0000b\\nc\\u202e"', "ab c"),
        ("a/b", "a_b"),
        ("'.'", "submission_11"),
        ("x" * 290, "x" * 100),
    ],
)
def test_names_that_would_be_paths(tmp_path: Path, name: str, shown: str) -> None:
    """No name leaves the folder of results, or stops the class."""
    told = submitters(1).replace("Student_01 Sample", name)
    export(tmp_path, submission_11=told)

    (entry,) = find_entries(tmp_path)

    assert entry.student == shown


def test_the_folder_above_an_export(tmp_path: Path) -> None:
    """It is named; a student's own file of that name means nothing."""
    export(tmp_path / "assignment_5_export", submission_11=submission(1))

    with pytest.raises(SubmissionsError, match="Name the folder below: .*_export"):
        find_entries(tmp_path)
    (tmp_path / "student_09").mkdir()
    assert len(find_entries(tmp_path)) == 2
