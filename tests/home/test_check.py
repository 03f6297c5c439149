"""`autograder check` judges a student's folder as grading would."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home import check_runs, forks
from autograder.home.command import check_at_home
from autograder.home.folder import load_folder
from autograder.home.results import check_results
from autograder.home.selection import Selection
from autograder.verdict import CheckResult, Outcome
from tests.small_course import SOLUTION

Make = Callable[[str], Path]
HEAD = "import torch\n"
SHIFT = "def shift(x, offset): return x + offset\n"


def checked(folder: Path, only: str = "") -> dict[str, CheckResult]:
    """The results by the name of the check."""
    home = load_folder(find_assignment(folder))
    found = list(check_results(home, Selection(only=only)))
    return {result.id.partition("::")[2]: result for result in found}


def outcomes(folder: Path) -> dict[str, str]:
    """The outcomes by the name of the check."""
    return {name: result.outcome.value for name, result in checked(folder).items()}


def test_the_solution_passes(student_folder: Make) -> None:
    """A right file passes every visible check, and hidden ones are not there."""
    assert outcomes(student_folder(SOLUTION)) == {
        "test_scales": "passed",
        "test_scales_twice": "passed",
        "test_shifts": "passed",
    }


def test_a_mistake_is_named_at_home(student_folder: Make) -> None:
    """A classic mistake is named by the numbers in the folder alone."""
    folder = student_folder("def scale(x, factor): return factor + x\n" + SHIFT)

    found = checked(folder)

    assert found["test_scales"].outcome is Outcome.FAILED
    assert found["test_scales"].diagnosis == "adds"
    assert found["test_scales"].look_at == "scaling.py:1"
    assert found["test_scales_twice"].outcome is Outcome.WAITING


def test_code_that_ends_the_process(student_folder: Make) -> None:
    """os._exit costs the checks of its function; the others are judged."""
    folder = student_folder("import os\ndef scale(x, factor): os._exit(0)\n" + SHIFT)

    found = checked(folder)

    assert found["test_scales"].outcome is Outcome.CRASHED
    assert "exit code 0" in (found["test_scales"].detail or "")
    assert found["test_shifts"].outcome is Outcome.PASSED


def test_an_endless_loop(student_folder: Make) -> None:
    """A loop is stopped after the call's seconds, and only its function pays."""
    folder = student_folder("def scale(x, factor):\n    while True: pass\n" + SHIFT)

    assert outcomes(folder) == {
        "test_scales": "out_of_time",
        "test_scales_twice": "waiting",
        "test_shifts": "passed",
    }


def test_a_syntax_error_shows_line_and_caret(student_folder: Make) -> None:
    """A file that does not parse fails every check with the line that is wrong."""
    found = checked(student_folder("def scale(x, factor:\n    return x\n"))

    assert {result.outcome for result in found.values()} == {Outcome.CRASHED}
    raised = found["test_scales"].raised
    assert raised is not None
    assert raised.type == "SyntaxError"
    assert raised.frames[-1].line == 1
    assert "^" in raised.frames[-1].text


def test_a_missing_file_and_a_missing_function(student_folder: Make) -> None:
    """What is not there is not written yet, with a guess at a misspelt name."""
    folder = student_folder("def sclae(x, factor): return x\n" + SHIFT)
    assert checked(folder)["test_scales"].outcome is Outcome.NOT_ATTEMPTED
    assert "sclae" in (checked(folder)["test_scales"].detail or "")

    (folder / "scaling.py").unlink()
    assert set(outcomes(folder).values()) == {"not_attempted"}


def test_a_forbidden_name_is_refused(student_folder: Make) -> None:
    """A use of a forbidden name refuses its function's checks and no others."""
    folder = student_folder(
        HEAD + "def scale(x, factor): return torch.mul(x, factor)\n" + SHIFT
    )

    found = checked(folder)

    assert found["test_scales"].outcome is Outcome.REFUSED
    assert found["test_scales"].detail == "scale uses torch.mul"
    assert found["test_shifts"].outcome is Outcome.PASSED


def test_the_report_and_its_exit_code(
    student_folder: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report names idea, place, command and hidden checks; failure exits with 1."""
    folder = student_folder("def scale(x, factor): return factor + x\n" + SHIFT)

    assert check_at_home(folder, None, "", False, False) == 1

    report = capsys.readouterr().out
    assert "a sum instead of a product" in report
    assert "scaling.py:1" in report
    assert "autograder check scaling --only scales" in report
    assert "1 hidden check worth 4 points" in report
    assert max(map(len, report.splitlines())) <= 80
    assert check_at_home(student_folder(SOLUTION), None, "", False, False) == 0


def test_only_brings_along_what_it_waits_for(student_folder: Make) -> None:
    """A chosen check is shown alone, and judged after the one it waits for."""
    found = checked(student_folder(SOLUTION), only="scales_twice")

    assert {name: r.outcome for name, r in found.items()} == {
        "test_scales_twice": Outcome.PASSED
    }


def test_wrong_names_name_the_near_ones(student_folder: Make) -> None:
    """An unknown exercise or check is an error with a suggestion."""
    assignment = find_assignment(student_folder(SOLUTION))

    with pytest.raises(CourseError, match="'scalling'.*scaling"):
        load_folder(assignment, "scalling")
    with pytest.raises(CourseError, match="did you mean .scales"):
        list(check_results(load_folder(assignment), Selection(only="test_scale_s")))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """A wrong path is told as such, even below an assignment's folder."""
    (tmp_path / "assignment.toml").write_text("name = 'x'\n")

    with pytest.raises(CourseError, match="nowhere: there is no such folder"):
        check_at_home(tmp_path / "nowhere", None, "", False, False)


def test_a_fault_of_ours_is_no_fault_of_the_students(
    student_folder: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the engine itself fails, the checks left over are ours, with the reason."""

    def fail(*args: object, **kwargs: object) -> None:
        raise ValueError("a slip of ours")

    monkeypatch.setattr(check_runs, "run_checks", fail)
    for can_fork in (check_runs.CAN_FORK, False):
        monkeypatch.setattr(check_runs, "CAN_FORK", can_fork)
        found = checked(student_folder(SOLUTION))

        assert len(found) == 3
        for result in found.values():
            assert result.outcome is Outcome.GRADER_FAULT
            assert "ValueError: a slip of ours at test_check.py" in result.detail


def test_whatever_the_file_raises_is_its_own(student_folder: Make) -> None:
    """An import that raises something that is no Exception is shown as what it is."""
    found = checked(student_folder("class Odd(BaseException): pass\nraise Odd('so')\n"))

    raised = found["test_scales"].raised
    assert raised is not None
    assert (raised.type, raised.message) == ("Odd", "so")


def test_one_exercise_by_its_file(
    student_folder: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check scaling.py` is `check scaling`, hidden checks and all."""
    check_at_home(student_folder(SOLUTION), "scaling.py", "", False, False)

    assert "1 hidden check worth 4 points" in capsys.readouterr().out


def test_pytest_runs_the_same_checks(student_folder: Make) -> None:
    """Plain pytest in the folder runs each check in each setting, and can fail."""
    folder = student_folder("def scale(x, factor): return factor + x\n" + SHIFT)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "4 failed, 2 passed" in done.stdout
    assert "test_scales[cpu-float64]" in done.stdout


def test_pytest_shows_what_check_finds(student_folder: Make) -> None:
    """The idea, its question and the grid stand in pytest's report as well."""
    folder = student_folder("def scale(x, factor): return factor + x\n" + SHIFT)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    found = checked(folder)["test_scales"]
    assert found.idea is not None
    _, _, section = done.stdout.partition(f"{' autograder check ':-^80}")
    assert "scale(x, " in section
    assert "got, wrong values in [ ]" in section
    assert f"looks like   {found.idea.sentence[:40]}" in section
    assert "look at      scaling.py:1" in section


def test_pytest_shows_no_more_than_check_of_code_that_stops(
    student_folder: Make,
) -> None:
    """Where a debugger is asked for, there is nothing to be found by a second run."""
    folder = student_folder("def scale(x, factor): breakpoint()\n" + SHIFT)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-x"],
        cwd=folder,
        input="q\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert "works under pytest" not in done.stdout


def test_a_debugger_lands_in_the_students_code(student_folder: Make) -> None:
    """--pdb stops in the student's own frame, not in the engine's."""
    folder = student_folder(
        "def scale(x, factor):\n    wanted = x.reshape(7)\n    return wanted\n" + SHIFT
    )

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "--pdb", "-p", "no:cacheprovider"],
        cwd=folder,
        input="p 'factor is', factor\nw\nq\n",
        capture_output=True,
        text=True,
        check=False,
    )

    assert "('factor is', 3.0)" in done.stdout


def test_an_optimizer_brings_no_compiler(
    student_folder: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """The first one imports nothing that takes seconds, as in grading."""
    right = "    return factor * x\n"
    trained = (
        "    import sys\n"
        "    before = set(sys.modules)\n"
        "    torch.optim.SGD([torch.zeros(1, requires_grad=True)])\n"
        "    assert 'torch._dynamo.eval_frame' not in set(sys.modules) - before\n"
    )
    folder = student_folder(SOLUTION.replace(right, trained + right))

    code = check_at_home(folder, "scaling", "", False, False)

    assert (code, "3 checks that ran pass" in capsys.readouterr().out) == (0, True)


def test_a_file_whose_import_never_ends_is_told_of_once(
    student_folder: Make,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One wait for all functions, and the line that was check_runs, and what to do."""
    monkeypatch.setattr(forks, "GRACE_SECONDS", -2.0)
    folder = student_folder(SOLUTION + "\nwhile True:\n    pass\n")
    line = SOLUTION.count("\n") + 2

    assert check_at_home(folder, None, "", False, False) == 1

    report = " ".join(capsys.readouterr().out.split())
    told = rf"still being imported after 3 s, at scaling\.py:({line}|{line + 1})\."
    assert len(re.findall(told, report)) == 1
    assert report.count('below `if __name__ == "__main__":`') == 1
    assert "Begin with scaling.py, which could not be imported" in report
