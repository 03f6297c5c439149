"""What a student reads at home: true, told once, and with what to do next."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.mending import mended_first
from autograder.home.command import check_at_home
from autograder.reports import html
from autograder.verdict import CheckResult, Idea, Outcome, Verdict
from autograder.wording import finding, message_for
from autograder.worksheet import load
from autograder.worksheet.check_results import worksheet_results
from tests.home.conftest import WORKSHEET
from tests.small_course import SOLUTION

Make = Callable[[str], Path]
Run = Callable[..., str]
SHIFT = "def shift(x, offset): return x + offset\n"
WRONG = "def scale(x, factor): return x\ndef shift(x, offset): return x - offset\n"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Check a folder in 80 columns; what was printed."""
    monkeypatch.setenv("COLUMNS", "80")

    def checked(folder: Path, *exercises: str, only: str = "") -> str:
        check_at_home(folder, exercises, only, False, False)
        return capsys.readouterr().out

    return checked


def words(text: str) -> str:
    """The text without its lines."""
    return " ".join(text.split())


# --only


def test_a_whole_name_means_one_check(student_folder: Make, run: Run) -> None:
    """Names that it is a part of are not meant; praise is for what ran."""
    text = run(student_folder(SOLUTION), only="scales")

    assert "scale multiplies  " in text
    assert "scale multiplies again" not in text
    assert "The check that ran passes. `autograder check` runs every check." in text
    assert "Well done" not in text
    assert "note" not in text


def test_a_function_means_its_checks(student_folder: Make, run: Run) -> None:
    """And none of another function."""
    text = run(student_folder(SOLUTION), only="scale")

    assert "All 2 checks that ran pass." in text
    assert "shift" not in text
    assert "note" not in text


def test_a_part_of_names_says_how_many(student_folder: Make, run: Run) -> None:
    """Who asked for one check learns that several ran."""
    text = words(run(student_folder(SOLUTION), only="scal"))

    assert "--only scal is no whole name: it stands in the names of 3 checks" in text


def test_one_name_in_two_exercises(worksheet_folder: Path, run: Run) -> None:
    """Both run and it is said; with an exercise before it there is one."""
    text = words(run(worksheet_folder, only="shifts"))

    assert "--only shifts is the name of a check in scaling and moving" in text
    for one in (
        run(worksheet_folder, "moving", only="shifts"),
        run(worksheet_folder, only="moving::shifts"),
    ):
        assert "The check that ran passes" in one
        assert "scaling" not in one


def test_a_printed_command_runs_that_check_alone(
    worksheet_folder: Path, run: Run
) -> None:
    """Each stands on one line and selects exactly what it was printed for."""
    (worksheet_folder / "scaling.py").write_text(WRONG)
    (worksheet_folder / "moving.py").write_text(WRONG)

    commands = re.findall(r"^ +try again +(autograder.*)$", run(worksheet_folder), re.M)

    named = [command for command in commands if "--only" in command]
    assert len(named) == 4
    for command in named:
        _, _, exercise, _, name = shlex.split(command)
        again = run(worksheet_folder, exercise, only=name)
        assert re.findall(r"^ +try again +(.*)$", again, re.M) == [command]


def test_an_exercise_alone_is_not_praised_as_the_whole(
    worksheet_folder: Path, run: Run
) -> None:
    """What did not run may fail."""
    text = run(worksheet_folder, "moving")

    assert "All 3 checks that ran pass. `autograder check` runs every check." in text


# What is not written, or not there


def test_a_blank_answer_is_not_written_yet() -> None:
    """Only an answer that is there can be wrong."""
    given = WORKSHEET.replace("answer = 4", 'answer = ""').replace("2.5", "7.5")

    form, *values = worksheet_results(load(WORKSHEET), given)[0]

    assert [value.outcome for value in values] == [
        Outcome.NOT_ATTEMPTED,
        Outcome.FAILED,
        Outcome.PASSED,
    ]
    assert form.outcome is Outcome.NOT_ATTEMPTED
    assert form.detail == "2 of 4 answers are not written yet: places and why"


def test_a_wrong_form_is_told_before_what_is_blank() -> None:
    """The first fails, and what is to come is counted behind it."""
    given = WORKSHEET.replace("answer = 4", 'answer = "four"')
    given = given.replace("answer = 2.5", 'answer = ""')

    form = worksheet_results(load(WORKSHEET), given)[0][0]

    assert form.outcome is Outcome.FAILED
    assert form.mismatch is not None
    assert form.mismatch.got.startswith("places: the answer must be")
    assert form.mismatch.got.endswith(
        "\n2 of 4 answers are not written yet: share and why"
    )


def test_each_answer_without_its_form_has_a_line(
    worksheet_folder: Path, run: Run
) -> None:
    """None is left out, and no two stand on one line, in text as on the page."""
    file = worksheet_folder / "worksheet.toml"
    strays = "".join(f'[[question]]\nid = "no_{n}"\nanswer = 1\n' for n in range(5))
    file.write_text(file.read_text().replace('answer = ""', 'answer = "x"') + strays)

    text = run(worksheet_folder, "worksheet")

    lines = [line.strip() for line in text.split("\n")]
    for n in range(5):
        assert f"There is no question 'no_{n}'." in lines
    assert sum(": the answer must be" in line for line in lines) >= 2


def test_lines_of_a_claim_are_lines_of_the_page() -> None:
    """HTML keeps the line ends of several complaints; a message is one paragraph."""
    given = WORKSHEET.replace("answer = 4", 'answer = "four"')
    given = given.replace("answer = 2.5", 'answer = "x"')
    form = worksheet_results(load(WORKSHEET), given)[0][0]
    verdict = Verdict("cnn", "student_01", 7, [form])

    said = finding(form, verdict)

    assert said is not None
    assert [line.partition(":")[0] for line in said.split("\n")] == [
        "places",
        "share",
        "why",
    ]
    assert "<br>\nshare: the answer" in html.render(verdict)
    assert "; share: the answer" in message_for(form)


def test_a_worksheet_that_is_begun_is_to_be_finished(
    worksheet_folder: Path, run: Run
) -> None:
    """A blank answer among others is no failure of the form."""
    file = worksheet_folder / "worksheet.toml"
    file.write_text(file.read_text().replace('answer = ""', "answer = 7", 1))

    text = words(run(worksheet_folder))

    assert "○ 3 of 4 answers are not written yet: share, output and why" in text
    assert "Begin with the worksheet, which is not finished yet" in text


def test_a_missing_file_is_told_once(worksheet_folder: Path, run: Run) -> None:
    """With the remedy, and without its functions; it is not called unwritten."""
    (worksheet_folder / "scaling.py").unlink()

    text = words(run(worksheet_folder))

    assert "○ scaling.py is not here. Move yours into this folder" in text
    assert "unpack scaling.py again from the zip." in text
    assert "Begin with scaling.py, which is not here: worth up to 5 points." in text
    assert text.count("is not here") == 2
    assert "scale" not in text.partition("moving 5 / 5")[0].replace("scaling", "")
    assert "The worksheet is not written yet." in text


def test_functions_that_are_not_written_are_counted_once(run: Run) -> None:
    """The sum at the end is that of the exercises, in the same words."""
    assignment = Path(__file__).parents[2] / "assignments" / "cnn"

    text = run(assignment)

    counts = [
        int(n) for n in re.findall(r"^○ not written: .*\((\d+) checks\)", text, re.M)
    ]
    functions, checks = re.search(r"(\d+) functions, with (\d+) checks", text).groups()  # type: ignore[union-attr]
    assert int(checks) == sum(counts)
    assert int(functions) == sum(
        line.count(",") + 1
        for line in re.findall(r"^○ not written: (.*) \(", text, re.M)
    )


# Where to look, and what comes first


def test_a_loop_that_never_ends_is_shown(student_folder: Make, run: Run) -> None:
    """Its own line, once, and no first line of a function."""
    text = run(
        student_folder(
            "import torch\n\n\ndef step(x):\n    return x + 1\n\n\n"
            "def scale(x, factor):\n    for _ in range(2):\n"
            "        while True:\n            x = step(x)\n    return x\n" + SHIFT
        )
    )

    assert re.findall(r"look at +(.*)", text) == ["scaling.py:10"]


def test_what_a_function_uses_is_mended_first(student_folder: Make, run: Run) -> None:
    """A fact about the code, where both fail; the cause is not known here."""
    text = words(
        run(
            student_folder(
                "def scale(x, factor): return x\n"
                "def shift(x, offset): return scale(x, 1.0) - offset\n"
            )
        )
    )

    assert "shift uses scale, whose own checks fail: mend scale first" in text


def test_an_idea_stands_beside_what_to_mend_first() -> None:
    """The same numbers may come of the function that is used."""
    idea = Idea("takes_away", "the difference", "Which sign?")
    used = CheckResult("s::a", "s", "scale", "p", Outcome.FAILED, 0, 1)
    user = CheckResult("s::b", "s", "shift", "p", Outcome.FAILED, 0, 1, idea=idea)
    source = "def scale(x): return -x\ndef shift(x): return scale(x)\n"

    found = mended_first([used, user], {"s": source})

    assert [check.mend_first for check in found] == [None, "scale"]
    assert found[1].idea is idea


def test_what_stops_in_another_function_follows(student_folder: Make, run: Run) -> None:
    """The same error at the same line of a function that fails itself."""
    text = words(
        run(
            student_folder(
                "def scale(x, factor):\n    return x @ factor\n"
                "def shift(x, offset): return scale(x, 1.0) - offset\n"
            )
        )
    )

    assert "follows from scale: fix that one first" in text
    assert text.count("happened at") == 1


def test_an_unused_function_is_not_sent_elsewhere(
    student_folder: Make, run: Run
) -> None:
    """Both fail, and neither has to do with the other."""
    text = run(student_folder(WRONG))

    assert "mend" not in text
    assert "follows" not in text


def test_a_module_that_is_used_is_mended_first(
    worksheet_folder: Path, run: Run
) -> None:
    """An exercise that imports a failing one names its file."""
    (worksheet_folder / "scaling.py").write_text(WRONG)
    (worksheet_folder / "moving.py").write_text(
        "from scaling import scale, shift as before\n"
        "def shift(x, offset): return before(x, offset)\n"
    )

    text = words(run(worksheet_folder))

    assert "moving.py uses scaling.py, whose own checks fail: mend scaling.py" in text


def test_a_missing_return_is_told_once(student_folder: Make, run: Run) -> None:
    """In full for the first check of a function; one line for another."""
    nothing = "def scale(x, factor): x * factor\n"
    folder = student_folder(nothing + SHIFT)
    file = folder / "test_scaling.py"
    file.write_text(file.read_text().replace("@after(test_scales)\n", ""))

    text = run(folder)

    assert text.count("is a `return` missing?") == 1
    assert text.count("The same: returned None.") == 1
    assert text.count("try again") == 1


@pytest.mark.parametrize(
    ("body", "line", "shown"),
    [
        ("x.reshape(7)", "scaling.py(1)scale()", "p factor"),
        ("x - factor", "test_scaling.py(", "p student.scale.__class__"),
    ],
)
def test_pdb_stops_where_the_readme_says(
    student_folder: Make, body: str, line: str, shown: str
) -> None:
    """At the line that raised, or at the check's line where the answer is wrong."""
    folder = student_folder(f"def scale(x, factor): return {body}\n" + SHIFT)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--pdb", "-p", "no:cacheprovider"],
        cwd=folder,
        input=f"{shown}\nq\n",
        capture_output=True,
        text=True,
        check=False,
    )

    stop = done.stdout.partition("PDB post_mortem")[2].splitlines()[1]
    assert stop.startswith("> ")
    assert line in stop
    assert "NameError" not in done.stdout.partition("PDB post_mortem")[2]
