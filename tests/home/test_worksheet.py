"""The worksheet at home: its form is checked, whatever is written into it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autograder.course.assignment import find_assignment
from autograder.verdict import Outcome
from autograder.wording import message_for, repeat_command
from autograder.worksheet import load
from autograder.worksheet.check_results import worksheet_results
from tests.home.conftest import WORKSHEET, check

Capture = pytest.CaptureFixture[str]


def fill(folder: Path, **answers: str) -> None:
    """Write answers into the blank, as they are typed."""
    file = folder / "worksheet.toml"
    text = file.read_text()
    for name, answer in answers.items():
        place = rf'(id = "{name}"(?:\n.+)*\nanswer = )(?:""|\'\'\'\n\'\'\')'
        text, count = re.subn(place, lambda m, a=answer: m[1] + a, text)
        assert count == 1
    file.write_text(text)


GOOD = {"places": "7", "share": "2.5", "output": "[1, 1]", "why": "'so'"}


def test_a_filled_in_worksheet_passes(worksheet_folder: Path, capsys: Capture) -> None:
    """The form is all that is looked at; wrong values pass at home."""
    fill(worksheet_folder, **GOOD)

    assert check(worksheet_folder, "worksheet") == 0
    assert "1 of 1 point" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("share", "2,5", r"line \d+"),
        ("output", "[2, 7", r"line \d+"),
        ("places", "seven", r"line \d+"),
    ],
)
def test_a_slip_fails_the_form_and_nothing_else(
    worksheet_folder: Path, capsys: Capture, name: str, answer: str, said: str
) -> None:
    """A worksheet that is no TOML fails with its line; exercises are checked."""
    fill(worksheet_folder, **GOOD | {name: answer})

    assert check(worksheet_folder, "worksheet") == 1
    report = " ".join(capsys.readouterr().out.split())
    assert re.search(said, report)
    assert "straight quotes" in report
    assert "autograder check worksheet" in report

    assert check(worksheet_folder, "moving") == 0
    assert check(worksheet_folder) == 1
    assert "10 of 11 points" in capsys.readouterr().out


def test_the_top_of_the_file_is_not_needed(worksheet_folder: Path) -> None:
    """A lost filled_in_by is no mistake in an answer."""
    fill(worksheet_folder, **GOOD)
    file = worksheet_folder / "worksheet.toml"
    file.write_text(file.read_text().replace("filled_in_by", "# filled_in_by"))

    assert check(worksheet_folder, "worksheet") == 0


def test_a_missing_worksheet_is_not_written_yet(
    worksheet_folder: Path, capsys: Capture
) -> None:
    """Without the file its check says so; it is not left out in silence."""
    (worksheet_folder / "worksheet.toml").unlink()

    assert check(worksheet_folder, "worksheet.toml") == 1
    report = capsys.readouterr().out
    assert "○ worksheet.toml is not here. Move yours into this folder" in report
    assert "Begin with worksheet.toml, which is not here" in report


def test_without_form_points_the_form_is_checked(
    worksheet_folder: Path, capsys: Capture
) -> None:
    """A worksheet whose form is worth nothing has a check all the same."""
    file = worksheet_folder / "worksheet.questions.json"
    text = file.read_text()
    file.write_text(text.replace('"form_points": 1.0', '"form_points": 0'))
    assert file.read_text() != text

    assert check(worksheet_folder, "worksheet") == 1
    report = capsys.readouterr().out
    assert "No check has run" not in report
    assert "not written: worksheet.toml has no answer yet" in report


def test_only_finds_the_worksheet(worksheet_folder: Path, capsys: Capture) -> None:
    """--only chooses the worksheet's check by its name as any other."""
    check(worksheet_folder, None, "right_form")

    report = capsys.readouterr().out
    assert "worksheet.toml has no answer yet" in report
    assert "scale" not in report


def test_lost_questions_cost_the_worksheet_only(
    worksheet_folder: Path, capsys: Capture
) -> None:
    """Without the file of questions the exercises are checked, and a note says why."""
    (worksheet_folder / "worksheet.questions.json").write_text("{")

    assert check(worksheet_folder) == 1
    report = " ".join(capsys.readouterr().out.split())
    assert "10 of 10 points" in report
    assert "worksheet was not checked" in report
    assert "again from the zip" in report


def test_readme_and_check_agree_on_what_is_hidden(
    worksheet_folder: Path, capsys: Capture
) -> None:
    """README, check and grading count the same hidden checks and points."""
    graded, _ = worksheet_results(load(WORKSHEET), "")
    hidden = [result for result in graded if result.hidden]
    summary = find_assignment(worksheet_folder).hidden["worksheet"]
    assert (summary.checks, summary.points) == (
        len(hidden),
        sum(result.max_points for result in hidden),
    )
    assert (summary.checks, summary.points) == (3, 3.5)

    readme = (worksheet_folder / "README.md").read_text()
    assert "5 more checks are hidden until grading (11.5 points)" in readme
    check(worksheet_folder)
    assert "5 hidden checks worth 11.5 points" in capsys.readouterr().out
    check(worksheet_folder, "worksheet")
    assert "3 hidden checks worth 3.5 points" in capsys.readouterr().out


def test_a_question_without_an_answer_is_not_called_wrong() -> None:
    """Of three questions one is answered right, one wrong, and one not at all."""
    worksheet = load(WORKSHEET)
    first, second, third = (q for q in worksheet.questions if q.answer is not None)
    given = {first.id: first.answer, second.id: 99999, third.id: "  "}
    text = "\n".join(
        f"[[question]]\nid = {json.dumps(name)}\nanswer = {json.dumps(answer)}"
        for name, answer in given.items()
    )

    results, _ = worksheet_results(worksheet, text)

    answers = [result for result in results if result.hidden]
    outcomes = [result.outcome for result in answers]
    assert outcomes == [Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED]
    assert [message_for(result) for result in answers] == [
        "This answer is right.",
        f"This answer is not right yet. Look at {second.id} in worksheet.toml.",
        "There is no answer to this question yet.",
    ]


def test_complaints_stand_one_a_line() -> None:
    """However many there are, each has a line, and none is left out."""
    question = WORKSHEET[WORKSHEET.index("[[") : WORKSHEET.index("[[question]]", 30)]
    text = "form_points = 1\n" + "".join(
        question.replace("places", f"places_{n}") for n in range(27)
    )

    given = text.replace("answer = 4", 'answer = "four"')
    form = worksheet_results(load(text), given)[0][0]

    assert form.mismatch is not None
    said = form.mismatch.got
    lines = said.splitlines()
    assert len(lines) == 27
    assert all(f"places_{n}" in line for n, line in enumerate(lines))
    assert repeat_command(form) == "autograder check worksheet"
