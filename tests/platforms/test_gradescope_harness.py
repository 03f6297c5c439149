"""A run on Gradescope's machine, in a folder that is laid out as its is."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder.checking.solution import Solution
from autograder.grading import sealed as sealed_module
from autograder.grading.children import ZygoteError
from autograder.grading.submission import Grading, grade_submission, read
from autograder.grading.zygote_client import Zygote
from autograder.platforms.gradescope import harness as harness_module
from autograder.platforms.gradescope.harness import Harness
from autograder.platforms.gradescope.options import Options
from autograder.reports import gradescope
from autograder.submissions.entries import Entry
from autograder.verdict import CheckResult, Outcome, Verdict
from tests.conftest import TINY_COURSE
from tests.platforms.conftest import SEED, MakeRoot, results_in

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SCHEMA_FILE = Path(gradescope.__file__).with_name("gradescope.schema.json")
SCHEMA = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
COUNTING = (TINY_COURSE / "tiny" / "counting.py").read_text(encoding="utf-8")
USER = {"users": [{"id": 1, "name": "student_01"}]}


def whole_verdict(root: Path, tiny: Solution, zygote: Zygote) -> Verdict:
    """What `autograder grade` finds, with the solution at hand."""
    grading = Grading(tiny, SEED)
    work = read(Entry("student_01", root / "submission"), grading)
    return grade_submission(work, grading, zygote.line(), zygote.layers)


def test_points_are_those_of_grading_with_the_solution(
    make_root: MakeRoot, tiny: Solution, zygote: Zygote
) -> None:
    wrong = COUNTING.replace("return", "return None and", 1)
    sources = {"heads": (TINY_COURSE / "tiny" / "heads.py").read_text()}
    root = make_root(metadata=USER, counting=wrong, **sources)

    Harness(root).run()

    results = results_in(root)
    jsonschema.validate(results, SCHEMA)
    verdict = whole_verdict(root, tiny, zygote)
    scores = [test.get("score") for test in results["tests"]]
    assert scores == [check.points for check in verdict.checks]
    assert 0 < results["score"] == verdict.points < verdict.max_points
    assert results["extra_data"]["autograder"]["best"] == verdict.points
    assert len(results["extra_data"]["autograder"]["attempts"]) == 1


def test_what_a_person_should_look_at_is_printed(
    make_root: MakeRoot, capfd: pytest.CaptureFixture[str]
) -> None:
    """For staff, who alone see it; students' results do not have it."""
    secret = "import torch\ndef softmax(x, dim): return getattr(torch, dim)(x)\n"
    root = make_root(metadata=USER, functions=secret)

    Harness(root).run()

    printed = capfd.readouterr().out
    assert "look at this: functions: softmax takes an attribute of torch" in printed
    assert "takes an attribute" not in json.dumps(results_in(root))


def test_what_is_written_on_the_way_only_grows(
    make_root: MakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each state is valid, says that it is cut off, and has no more than was earned."""
    root = make_root(metadata=USER, counting=COUNTING)
    written: list[dict[str, Any]] = []
    real = Harness._write

    def noted(self: Harness, results: dict[str, Any]) -> None:
        real(self, results)
        written.append(results_in(root))

    monkeypatch.setattr(Harness, "_write", noted)
    harness = Harness(root)
    harness.begin()
    harness.run()

    first, *parts, last = written
    assert first["score"] == 0
    assert "Not graded yet" in first["output"]
    assert len(parts) >= 2 * len(list((root / "source/assignment").glob("test_*")))
    for results in written:
        jsonschema.validate(results, SCHEMA)
    scores = [results["score"] for results in written]
    assert scores == sorted(scores)
    assert scores[-1] > 0
    assert all("stopped before its end" in results["output"] for results in parts)
    assert "stopped" not in last["output"]
    tags = [
        {tag for test in results["tests"] for tag in test["tags"]} for results in parts
    ]
    assert "not_run" in tags[0]
    assert not {"grader_fault"} & set.union(*tags)
    assert "not_run" not in json.dumps(last)
    # An attempt is taken by the whole run only.
    taken = [len(r["extra_data"]["autograder"]["attempts"]) for r in written]
    assert taken == [0] * (len(written) - 1) + [1]


def test_what_is_not_for_students_is_closed(make_root: MakeRoot) -> None:
    root = make_root(metadata=USER)
    (root / "run_autograder").write_text("")
    for path in root.iterdir():
        path.chmod(0o777)

    Harness(root).begin()

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in root.iterdir()}
    assert modes.pop("submission") == 0o777
    assert len(modes) == 4
    assert set(modes.values()) == {0o700}


def test_a_failure_of_ours_is_a_result(
    make_root: MakeRoot,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    root = make_root(metadata=USER, counting=COUNTING)

    class Broken:
        def __init__(self, folder: Path, isolation: str) -> None:
            raise OSError("no space is left")

    monkeypatch.setattr(harness_module, "Sealed", Broken)
    Harness(root).run()

    results = results_in(root)
    jsonschema.validate(results, SCHEMA)
    assert results["output"].startswith("The grader failed, not your code (OSError).")
    assert results["extra_data"]["autograder"]["attempts"] == []
    assert "no space is left" in capfd.readouterr().err


def test_one_attempt_too_many_is_not_graded(
    make_root: MakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(attempts=1, hours=24)
    at = {"created_at": "2026-03-02T12:00:00+00:00"}
    root = make_root(options, {**USER, **at}, counting=COUNTING)
    Harness(root).run()
    first = results_in(root)
    earlier = {"submission_time": at["created_at"], "results": first}
    later = {"created_at": "2026-03-02T13:00:00+00:00"}
    make_root(options, {**USER, **later, "previous_submissions": [earlier]})

    monkeypatch.setattr(Harness, "_sealed", lambda self: pytest.fail("it is graded"))
    Harness(root).run()

    second = results_in(root)
    assert "from 2026-03-03 12:00 UTC on" in second["output"]
    assert second["tests"] == first["tests"]
    assert second["score"] == first["score"] > 0


@pytest.mark.parametrize("hidden", ["visible", "after_published"])
def test_the_best_score_counts_and_tells_nothing_hidden(
    make_root: MakeRoot, hidden: Any
) -> None:
    options = Options(hidden=hidden, keep_best=True)
    best = {"autograder": {"attempts": [], "best": 12.5}}
    earlier = {
        "submission_time": "2026-03-02T12:00:00+00:00",
        "results": {"extra_data": best},
    }
    root = make_root(options, {**USER, "previous_submissions": [earlier]})

    Harness(root).run()

    results = results_in(root)
    assert results["score"] == 12.5
    assert results["extra_data"]["autograder"]["best"] == 12.5
    assert ("12.5" in results["output"]) is (hidden == "visible")
    assert "count" in results["output"].splitlines()[-1]


def test_code_that_sleeps_leaves_time_for_a_whole_result(make_root: MakeRoot) -> None:
    """Gradescope shows nothing of what ends at its timeout."""
    names = re.findall(r"^def (\w+)", COUNTING, re.MULTILINE)
    sleeping = "import time\n" + "".join(
        f"\ndef {name}(*args, **kwargs):\n    time.sleep(1000)\n" for name in names
    )
    root = make_root(Options(minutes=0.2), USER, counting=sleeping)

    started = time.monotonic()
    Harness(root).run()

    assert time.monotonic() - started < 40  # where each check could take 10 and more
    results = results_in(root)
    assert "stopped before its end" not in results["output"]
    counting = [t for t in results["tests"] if "counting" in t["tags"]]
    assert {tag for t in counting for tag in t["tags"]} >= {"out_of_time"}
    assert len(results["extra_data"]["autograder"]["attempts"]) == 1


def test_a_fault_that_repeats_for_the_same_files_takes_attempts(
    make_root: MakeRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its students read whether it does."""
    at = "2026-03-02T12:00:00+00:00"
    root = make_root(Options(attempts=5), {**USER, "created_at": at})
    whole = Verdict("tiny", "student_01", 5, [], submission_digest="a" * 64)
    fault = CheckResult("a::b", "a", "b", "it is", Outcome.GRADER_FAULT, 0, 1)

    class Faulty:
        def __init__(self, folder: Path, isolation: str) -> None:
            pass

        def grade(self, *others: object) -> Verdict:
            return replace(whole, checks=[fault])

    monkeypatch.setattr(harness_module, "Sealed", Faulty)
    said = []
    for _ in range(5):
        Harness(root).run()
        results = results_in(root)
        said.append(results["output"])
        earlier = {"submission_time": at, "results": results}
        make_root(
            Options(attempts=5),
            {**USER, "created_at": at, "previous_submissions": [earlier]},
        )

    assert all("takes no attempt" in text for text in said[:3])
    assert "takes an attempt: 3 gradings have failed before it within 24 h" in said[3]
    assert "takes an attempt: 4 gradings" in said[4]
    assert len(results["extra_data"]["autograder"]["attempts"]) == 2


def test_without_a_sandbox_nothing_is_run(
    make_root: MakeRoot,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Code would be root's, and could read what is root's."""
    root = make_root(metadata=USER, counting=COUNTING)
    asked: list[str] = []

    def start(limits: Any, isolation: str, *others: Any) -> Zygote:
        asked.append(isolation)
        raise ZygoteError("isolation 'strict' needs seccomp")

    monkeypatch.setattr(sealed_module.Zygote, "start", start)
    Harness(root).run()

    assert asked == ["strict"]
    assert results_in(root)["output"].startswith(
        "The grader failed, not your code (ZygoteError)."
    )
    assert "needs seccomp" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("late_due", "said"),
    [
        (None, "."),
        ("2026-03-05T12:00:00+00:00", ", within the time for late work."),
        ("2026-03-03T12:00:00+00:00", ", and after the due date for late work."),
    ],
)
def test_late_work_is_told_and_graded(
    make_root: MakeRoot, late_due: str | None, said: str
) -> None:
    due = "2026-03-02T12:00:00+00:00"
    times = {
        "created_at": "2026-03-04T13:05:00+00:00",
        "assignment": {"due_date": due, "late_due_date": late_due},
    }
    root = make_root(metadata={**USER, **times}, counting=COUNTING)

    Harness(root).run()

    results = results_in(root)
    assert f"Handed in 2 d 1 h 5 min after the due date{said}\n" in results["output"]
    assert results["score"] > 0


def test_a_zip_that_is_damaged_is_said(
    make_root: MakeRoot, capfd: pytest.CaptureFixture[str]
) -> None:
    root = make_root(metadata=USER, counting=COUNTING)
    (root / "source" / "gradescope.json").write_text("{")

    Harness(root).run()

    assert "The grader failed" in results_in(root)["output"]
    assert "gradescope.json: cannot be read" in capfd.readouterr().err


def test_the_command_grades_with_one_import_of_torch(make_root: MakeRoot) -> None:
    """As ``run_autograder`` calls it: a process of its own, which begins afresh."""
    root = make_root(metadata=USER, counting=COUNTING)

    command = [sys.executable, "-c", "from autograder.cli import main; main()"]
    ran = subprocess.run(
        [*command, "gradescope-run", "--root", str(root)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    results = results_in(root)
    jsonschema.validate(results, SCHEMA)
    assert results["score"] > 0
    assert Outcome.GRADER_FAULT.value not in json.dumps(results)


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_valid_result(make_root: MakeRoot) -> None:
    """20 moments of a run: never more points than were earned in the whole one."""
    root = make_root(metadata=USER, counting=COUNTING)
    program = "from autograder.cli import main; main()"
    command = [sys.executable, "-c", program, "gradescope-run", "--root", str(root)]
    started = time.monotonic()
    subprocess.run(command, check=True, timeout=300)
    whole = time.monotonic() - started
    earned = results_in(root)["score"]
    moments = random.Random(1)
    seen = []
    for _ in range(20):
        (root / "results" / "results.json").unlink()
        Harness(root).begin()  # as run_autograder does before Python starts
        run = subprocess.Popen(command, start_new_session=True)
        time.sleep(moments.uniform(0, whole))
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        results = results_in(root)
        jsonschema.validate(results, SCHEMA)
        seen.append(results["score"])

    assert all(0 <= score <= earned for score in seen)
    assert len(set(seen)) > 1  # some of them came early, some late


ATTACK = """

import atexit, os, signal

ROOT = "@ROOT@"
FORGED = '{"score": 99, "tests": [{"score": 99, "max_score": 99}]}'
stolen = []


def attack(*values):
    for top, folders, names in os.walk(ROOT):
        stolen.extend([top, *names])
    for path in (
        "results/results.json", "submission_metadata.json", "source/sealed/seed",
        "source/sealed.zip", "run_autograder", "results", "source",
    ):
        for act in (
            lambda: stolen.append(open(f"{ROOT}/{path}").read()),
            lambda: stolen.append(os.listdir(f"{ROOT}/{path}")),
            lambda: open(f"{ROOT}/{path}", "w").write(FORGED),
            lambda: os.replace("counting.py", f"{ROOT}/{path}"),
            lambda: os.unlink(f"{ROOT}/{path}"),
            lambda: os.kill(os.getppid(), signal.SIGKILL),
        ):
            try:
                act()
            except OSError:
                pass


attack()
atexit.register(attack)


def gate_name(index):
    attack()
    print(FORGED, "stolen:", stolen)
    return FORGED
"""


def test_what_attacks_the_harness_gets_its_points(
    make_root: MakeRoot, tiny: Solution, zygote: Zygote
) -> None:
    """It reads no file of the platform's, writes none, and its results are ours."""
    secret = "kept-from-all@school.example"
    people = {"users": [{"id": 1, "name": "student_01", "email": secret}]}
    root = make_root(metadata=people, counting=COUNTING)
    end = ATTACK.replace("@ROOT@", str(root))
    (root / "submission" / "counting.py").write_text(COUNTING + end)

    Harness(root).run()

    results = results_in(root)
    jsonschema.validate(results, SCHEMA)
    verdict = whole_verdict(root, tiny, zygote)
    lost = {c.function for c in verdict.exercises()["counting"] if not c.points}
    assert lost == {"gate_name"}
    assert results["score"] == verdict.points
    said = json.dumps(results)
    assert secret not in said
    assert "stolen: []" in said, "it could list or read something"
    assert json.loads((root / "submission_metadata.json").read_text()) == people
