"""One process for all exercises of a submission: what they share, and what they do not.

What one exercise's code does may cost its own checks. It reaches no other exercise.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from autograder.checking.callers import Stopped
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.checking.student import Student
from autograder.course.assignment import load_course
from autograder.grading import exercise as grading_exercise
from autograder.grading.children import Line
from autograder.grading.process import Process, Sources
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.submission import Grading, Submission, grade_submission
from autograder.grading.wire import Budget
from autograder.sources import cells as sources_cells
from autograder.verdict import Outcome
from autograder.wording import for_student
from tests.grading.conftest import TINY_COURSE

Open = Callable[..., "dict[str, RemoteCaller]"]

PLAIN = """
import os, torch
import torch.nn.functional as F
def pid(): return os.getpid()
def relu(x): return F.relu(x)
def conv(x, w): return F.conv2d(x, w)
def kind(): return type(F.conv2d).__name__
def made(): return torch.tensor([0.5])
"""


@pytest.fixture
def open_all(case: Any, line: Line) -> Iterator[Open]:
    """Callers for files of one submission that share a process, none of them begun."""
    processes: list[Process] = []

    def opened(
        files: dict[str, str],
        forbidden: dict[str, tuple[str, ...]] | None = None,
        call_seconds: float = 5.0,
    ) -> dict[str, RemoteCaller]:
        rules = {name: (forbidden or {}).get(name, ()) for name in files}
        budget = Budget.of(60)
        process = Process(line, Sources(files, rules), budget, call_seconds)
        processes.append(process)
        return {
            name: RemoteCaller(
                line,
                CalledFile(files, name, rules[name]),
                budget,
                call_seconds,
                lambda function: [],
                process,
            )
            for name in files
        }

    yield opened
    gc.collect()
    for process in processes:
        process.drop()


def test_exercises_share_a_process(open_all: Open) -> None:
    """Going from one exercise to another and back costs no new process."""
    callers = open_all({"one": PLAIN, "two": PLAIN})
    one, two = (Student(callers[name]) for name in ("one", "two"))

    assert one.pid() == two.pid() == one.pid()


def test_each_has_its_own_modules(open_all: Open) -> None:
    """A module that two exercises import has a state for each of them."""
    files = {
        "one": "import helper\ndef add(): helper.kept.append(1); return helper.kept\n",
        "two": "def look():\n    import helper\n    return helper.kept\n",
        "helper": "kept = []\n",
    }
    callers = open_all(files)
    one, two = Student(callers["one"]), Student(callers["two"])

    assert one.add() == [1]
    assert two.look() == []
    assert one.add() == [1, 1]


@pytest.mark.parametrize(
    "statement",
    [
        "F.relu = lambda x: x + 99",
        "torch.Tensor.relu = torch.relu = F.relu = lambda x: x + 99",
        "torch.mine = F.conv2d",
        "import builtins; builtins.mine = F.conv2d",
        "import sys, types; sys.modules['mine'] = types.ModuleType('mine')",
        "torch.set_num_threads(2)",
        "import warnings; warnings.simplefilter('error')",
        "torch.use_deterministic_algorithms(True)",
        "import sys; sys.setrecursionlimit(90)",
        "import signal; signal.setitimer(signal.ITIMER_REAL, 100)",
        "import numpy; numpy.seterr(all='raise')",
        "torch.nn.modules.module.register_module_forward_hook(lambda *a: None)",
        "import threading, time; threading.Thread("
        "target=time.sleep, args=(9,), daemon=True).start()",
        "_ = torch.ones(60 << 20)",
    ],
)
@pytest.mark.parametrize("when", ["import", "call"])
def test_what_one_changes_for_all(open_all: Open, statement: str, when: str) -> None:
    """After it the others have a new process, in which nothing is changed."""
    source = PLAIN + f"def change():\n    {statement}\n    return os.getpid()\n"
    source += "change()\n" if when == "import" else ""
    callers = open_all({"one": source, "two": PLAIN})
    one, two = Student(callers["one"]), Student(callers["two"])
    changed = one.change()

    assert two.pid() != changed
    assert two.relu(torch.tensor([-1.0])).item() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "torch.set_default_dtype(torch.float64)",
        "torch.set_grad_enabled(False)",
        "torch.manual_seed(3)",
        "import torch.fx, fractions, numpy.random; numpy.random.seed(5)",
        "import warnings; warnings.simplefilter('ignore')",
        "import warnings as w\nwith w.catch_warnings(): w.simplefilter('error')",
    ],
)
def test_what_a_check_resets_costs_no_process(open_all: Open, statement: str) -> None:
    """What each check begins with anyway, and what imports do, is no change."""
    callers = open_all({"one": f"{PLAIN}\n{statement}\n", "two": PLAIN})
    one, two = Student(callers["one"]), Student(callers["two"])
    before = one.pid()

    assert two.made().dtype == torch.float32
    assert two.pid() == before


def test_defaults_of_one_import_do_not_reach_the_next(open_all: Open) -> None:
    """What a file sets for all of torch is undone before the next one is imported."""
    second = "import random, torch\nk = torch.tensor([0.5])\ndrawn = random.random()\n"
    second += "def look(): return k\ndef draw(): return drawn\n"
    callers = open_all(
        {
            "one": "import torch\ntorch.set_default_dtype(torch.float64)\n"
            "def f(): return 1\n",
            "two": second,
            "three": second,
        }
    )
    assert Student(callers["one"]).f() == 1

    assert Student(callers["two"]).look().dtype == torch.float32
    assert Student(callers["two"]).draw() == Student(callers["three"]).draw()


def test_a_file_that_raises_leaves_nothing_set(open_all: Open) -> None:
    """An import that fails half way has set defaults that nobody resets."""
    callers = open_all(
        {"one": "import torch\ntorch.set_default_dtype(torch.float64)\n1 / 0\n"}
        | {"two": PLAIN}
    )
    callers["one"].start()

    assert callers["one"].broken is not None
    assert Student(callers["two"]).made().dtype == torch.float32


SETS_AND_DIES = """
import os, torch
torch.set_grad_enabled(False)
torch.set_default_dtype(torch.float64)
def die(): os._exit(3)
def double(x): return 2 * x
def made(): return torch.tensor([0.5])
"""


def test_a_new_import_sets_nothing_for_a_check(open_all: Open) -> None:
    """The second import of a file is undone for the calls behind it, like the first."""
    callers = open_all({"one": SETS_AND_DIES})
    one = Student(callers["one"])
    with pytest.raises(Stopped, match="die"):
        one.die()

    callers["one"].forget()  # as a check begins
    assert one.double(torch.ones(2, requires_grad=True)).requires_grad
    assert one.made().dtype == torch.float32


def test_a_death_costs_its_own_function(open_all: Open) -> None:
    """The others, and the other exercises, go on in a new process."""
    callers = open_all({"one": PLAIN + "def die(): os._exit(3)\n", "two": PLAIN})
    one, two = Student(callers["one"]), Student(callers["two"])
    first = two.pid()
    with pytest.raises(Stopped, match="die: the process ended with exit code 3"):
        one.die()

    second = two.pid()
    assert second != first
    assert one.pid() == second
    with pytest.raises(Stopped, match="die"):
        one.die()


@pytest.mark.parametrize("statement", ["while True: pass", "import os; os._exit(5)"])
def test_an_import_without_end(open_all: Open, statement: str) -> None:
    """It costs its own exercise, and is tried in no later process again."""
    callers = open_all({"one": PLAIN, "two": statement, "three": PLAIN}, None, 0.5)
    assert Student(callers["one"]).made().dtype == torch.float32
    budget = callers["two"]._process._budget
    left = budget.seconds
    callers["two"].start()

    assert callers["two"].ended is not None
    assert Student(callers["one"]).pid() == Student(callers["three"]).pid()
    with pytest.raises(Stopped, match=r"importing two\.py"):
        Student(callers["two"]).f()
    assert left - budget.seconds < 0.9, "the import has been tried again"


def test_who_is_blamed_for_what_was_left_behind(open_all: Open) -> None:
    """A process that one exercise's code ends later is not the other's to lose."""
    trap = """
import importlib, os
def f():
    importlib.import_module = lambda name: os._exit(9)
    return 1
"""
    callers = open_all({"one": trap, "two": PLAIN})
    assert Student(callers["one"]).f() == 1
    callers["two"].start()

    assert callers["two"].ended is None
    assert Student(callers["two"]).made().dtype == torch.float32


def test_a_file_that_takes_too_long_to_read(open_all: Open) -> None:
    """Its own exercise is out of time; the others are read all the same."""
    endless = "x = [1, 2, 3]\n" * 40_000
    used = PLAIN.replace("conv(", "own(")
    rules = dict.fromkeys(("one", "two", "three"), ("torch.nn.functional.conv*",))
    callers = open_all({"one": used, "two": endless, "three": used}, rules, 0.7)
    for caller in callers.values():
        caller.start()

    ended = callers["two"].ended
    assert ended is not None
    assert ended.detail == "reading two.py: no answer in 0.7 s"
    for name in ("one", "three"):
        assert callers[name].ended is None
        assert callers[name].reported.forbidden["own"] == ["torch.nn.functional.conv2d"]


def test_every_file_is_read_before_any_runs(open_all: Open) -> None:
    """Code cannot change how the files of other exercises are read."""
    cheat = (
        "import autograder.worker.child as child\n"
        "child._scan = child.forbidden_uses = lambda *a: {}\ndef f(): return 1\n"
    )
    rules = {"two": ("torch.nn.functional.conv*",)}
    callers = open_all({"one": cheat, "two": PLAIN}, rules)
    assert Student(callers["one"]).f() == 1
    callers["two"].start()

    assert callers["two"].reported.forbidden["conv"] == ["torch.nn.functional.conv2d"]


def test_each_exercise_is_watched_by_its_own_rules(open_all: Open) -> None:
    """A call is noted where it is forbidden; elsewhere the function is torch's own."""
    rules = {"one": ("torch.nn.functional.conv*",)}
    callers = open_all({"one": PLAIN, "two": PLAIN}, rules)
    one, two = Student(callers["one"]), Student(callers["two"])
    image, weight = torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2)
    assert one.kind() == "function"
    assert two.kind() == "builtin_function_or_method"

    two.conv(image, weight)
    assert one.pid() == two.pid()
    assert callers["one"].reported.used == set()
    one.conv(image, weight)
    assert callers["one"].reported.used == {"torch.nn.functional.conv2d"}
    assert callers["two"].reported.used == set()


@pytest.fixture
def tiny_grading() -> Grading:
    """The tiny course under a seed of its own."""
    return Grading(Solution(load_course(TINY_COURSE).assignment("tiny")), 5)


def tiny_submission(grading: Grading) -> Submission:
    """The solutions of the tiny course, handed in."""
    assignment = grading.solution.assignment
    files = {n: assignment.module(n).read_text("utf-8") for n in grading.exercises}
    return Submission("student", files, None, [], {}, "", {})


def test_visible_checks_come_first(
    tiny_grading: Grading, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No visible check of any exercise runs after a hidden one, and order is kept."""
    ran: list[Any] = []

    def noting(checks: Any, *args: Any, **kwargs: Any) -> Any:
        ran.extend(checks)
        return run_checks(checks, *args, **kwargs)

    monkeypatch.setattr(grading_exercise, "run_checks", noting)
    verdict = grade_submission(tiny_submission(tiny_grading), tiny_grading, line, [])

    hidden = [check.hidden for check in ran]
    assert hidden == sorted(hidden)
    assert True in hidden
    checks = tiny_grading.solution.checks
    expected = [c.id for name in tiny_grading.exercises for c in checks[name]]
    assert [c.id for c in verdict.checks][: len(expected)] == expected
    assert {c.outcome for c in verdict.checks[: len(expected)]} == {Outcome.PASSED}


def test_one_child_for_a_submission(
    tiny_grading: Grading, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission that dies nowhere and changes nothing costs one child."""
    spawned = []
    spawn = line.spawn
    monkeypatch.setattr(line, "spawn", lambda: spawned.append(1) or spawn())

    grade_submission(tiny_submission(tiny_grading), tiny_grading, line, [])
    assert spawned == [1]


def test_what_is_endless_is_graded_and_not_looked_into(
    tiny_grading: Grading, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find a line in it would take the grader seconds, again for each check."""
    read: list[str] = []

    def noting(parse: Any) -> Any:
        return lambda text, *args, **named: (
            read.append(text) or parse(text, *args, **named)
        )

    monkeypatch.setattr(ast, "parse", noting(ast.parse))
    monkeypatch.setattr(sources_cells, "_tree", noting(sources_cells._tree))
    submission = tiny_submission(tiny_grading)
    submission.files["counting"] += "\n\ndef gate_name(i): return ''\n#" + "-" * 300_000
    verdict = grade_submission(submission, tiny_grading, line, [])

    wrong = {c.function for c in verdict.checks if c.outcome is Outcome.FAILED}
    assert wrong == {"gate_name"}
    assert max(map(len, read), default=0) < 300_000


@pytest.mark.parametrize(
    ("count", "length"), [(190, 10), (18, 900_000)], ids=["many", "long"]
)
def test_modules_without_measure_are_the_students(
    tiny_grading: Grading, line: Line, count: int, length: int
) -> None:
    """They reach the child, nobody else pays for them, and they count as no writing."""
    submission = tiny_submission(tiny_grading)
    parts = {f"part_{n}": "#" + "-" * length for n in range(count)}
    submission.files.update(parts)
    counting = "import part_3\nopen('log', 'w').write('a little')\n"
    submission.files["counting"] += counting
    verdict = grade_submission(submission, tiny_grading, line, [])

    assert {c.outcome for c in verdict.exercises()["counting"]} == {Outcome.PASSED}


def test_a_fault_in_recognising_costs_nothing(
    tiny_grading: Grading, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours after the checks leaves their outcomes, and staff are told."""

    def broken(findings: Any) -> Any:
        raise RuntimeError("ours")

    monkeypatch.setattr(tiny_grading.lookalikes, "diagnose", broken)
    exercise = tiny_grading.exercises[0]
    wrong = tiny_grading.solution.checks[exercise][0].function
    submission = tiny_submission(tiny_grading)
    submission.files[exercise] += f"\n\ndef {wrong}(*a, **k): return 'wrong'\n"
    verdict = grade_submission(submission, tiny_grading, line, [])

    found = {c.outcome for c in verdict.checks if c.function == wrong}
    assert Outcome.FAILED in found
    assert Outcome.GRADER_FAULT not in {c.outcome for c in verdict.checks}
    told = [note for note in verdict.notes if note.kind == "unnamed"]
    assert f"{exercise}: " in told[0].text
    assert "ours" in told[0].text
    assert not set(told) & set(for_student(verdict).notes)


@pytest.mark.parametrize(
    "statement",
    [
        "open('left', 'w').close()",
        "open('data/left', 'w').close()",
        "os.mkdir('left')",
        "os.remove('table.csv')",
        "os.chdir('data')",
        "import logging; logging.basicConfig()",
    ],
)
def test_files_of_one_exercise_are_not_there_for_another(
    case: Any, line: Line, statement: str
) -> None:
    """Each begins in a folder that holds what was handed in, and nothing more."""
    look = "import os, logging\ndef look(): return sorted(os.listdir()), len("
    look += "logging.getLogger().handlers), open('data/a').read()\n"
    files = {"one": f"{PLAIN}def act():\n    {statement}\n    return 1\n", "two": look}
    data = {"table.csv": b"1", "data/a": b""}
    sources = Sources(files, dict.fromkeys(files, ()), data=data)
    process = Process(line, sources, Budget.of(60), 5.0)
    one, two = (
        Student(
            RemoteCaller(line, CalledFile(files, n), Budget.of(60), 5.0, list, process)
        )
        for n in files
    )
    try:
        assert one.act() == 1
        assert two.look() == (["data", "one.py", "table.csv", "two.py"], 0, "")
    finally:
        process.drop()
