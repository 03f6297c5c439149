"""Files that do not import, and what a child knows of a submission."""

from __future__ import annotations

import gc
import textwrap
import time
from functools import partial
from typing import Any

import pytest
import torch

from autograder.checking.callers import Missing, Stopped
from autograder.checking.comparing import agrees
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.checking.student import Student
from autograder.grading.children import Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.sources.refusal import why_refused
from autograder.verdict import Outcome

SOURCE = """
import ctypes, os, signal, sys, time, torch
def fine(): return 1
def leaves(): os._exit(7)
def segfaults(): ctypes.string_at(0)
def aborts(): os.abort()
def killed(): os.kill(os.getpid(), signal.SIGKILL)
def odd_signal(): os.kill(os.getpid(), 40)
def loops():
    while True: pass
def swallows():
    while True:
        try:
            while True: pass
        except BaseException:
            pass
def loops_in_torch():
    x = torch.randn(400, 400)
    while True: x = x @ x / 400
def sleeps(): time.sleep(1000)
def hogs():
    kept = []
    while True: kept.append(torch.ones(1 << 20))
def hogs_in_python():
    kept = []
    while True: kept.append("x" * (1 << 20))
def writes_to_the_channel():
    for number in range(3, 64):
        try: os.write(number, b"\\x00" * 1000)
        except OSError: pass
    return 1
def closes_everything():
    os.closerange(0, 256)
    return 1
def forks():
    for _ in range(3): os.fork()
    return 1
class Model(torch.nn.Module):
    def __init__(self): super().__init__()
    def fine(self): return 2
    def leaves(self): os._exit(7)
class LoopsBack(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g):
        while True: pass
def loops_back(x): return LoopsBack.apply(x)
"""


@pytest.mark.parametrize(
    ("statement", "outcome", "words"),
    [
        ("import os; os._exit(5)", Outcome.CRASHED, "importing sample.py: .* code 5"),
        ("import ctypes; ctypes.string_at(0)", Outcome.CRASHED, "SIGSEGV"),
        ("while True: pass", Outcome.OUT_OF_TIME, "importing sample.py: no answer"),
    ],
    ids=["exit", "segfault", "loop"],
)
def test_an_import_that_does_not_end(
    open_remote: Any, statement: str, outcome: Outcome, words: str
) -> None:
    """A file that does not import ends all its functions, and no second child tries."""
    caller = open_remote(f"def fine(): return 1\n{statement}\n", call_seconds=0.3)

    assert caller.ended is not None
    assert caller.ended.outcome is outcome
    with pytest.raises(Stopped, match=words):
        Student(caller).fine()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("import math.absent", "ModuleNotFoundError"),
        ("def broken(:", "SyntaxError"),
        ("raise SystemExit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("x = '\\0'\n1 / 0", "ZeroDivisionError"),
        ("import torch\nk = [torch.ones(1 << 26) for _ in range(99)]", "RuntimeError"),
    ],
    ids=["module", "syntax", "exit", "interrupt", "division", "memory"],
)
def test_an_import_that_raises(open_remote: Any, statement: str, kind: str) -> None:
    """The exception of an import is told with its line."""
    caller = open_remote(f"def fine(): return 1\n{statement}\n")

    assert caller.ended is None
    assert caller.broken is not None
    assert caller.broken.type == kind
    assert caller.broken.frames[-1][:2] == ("sample.py", statement.count("\n") + 2)


def test_a_call_into_a_file_that_did_not_import(open_remote: Any) -> None:
    """Calls after a broken import do not wait for an answer that never comes."""
    caller = open_remote("1 / 0\n")

    began = time.monotonic()
    with pytest.raises(Stopped):
        Student(caller).fine()
    assert time.monotonic() - began < 3


def test_modules_of_a_submission_import_each_other(line: Line, case: Any) -> None:
    """The files of a submission are there by name, the worker's own things are not."""
    files = {
        "sample": "from helper import seven\nimport sys\n"
        "def ask(): return seven()\n"
        "def knows(name): return name in sys.modules\n",
        "helper": "def seven(): return 7\n",
    }
    job = CalledFile(files, "sample")
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    try:
        student = Student(caller)
        assert student.ask() == 7
        for secret in ("autograder.checking", "autograder.grading", "hypothesis"):
            assert student.knows(secret) is False, secret
    finally:
        caller.close()


def test_each_child_is_told_forbidden_names_before_code_runs(line: Line) -> None:
    """The reading is there although the file raises when it is imported."""
    source = textwrap.dedent(
        """
        import torch.nn.functional as F
        def conv(x, w): return F.conv2d(x, w)
        raise RuntimeError("not today")
        """
    )
    job = CalledFile({"sample": source}, "sample", ("torch.nn.functional.conv*",))
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    try:
        caller.start()
        assert caller.reported.forbidden == {"conv": ["torch.nn.functional.conv2d"]}
        assert caller.broken is not None
    finally:
        caller.close()


def test_calls_of_forbidden_functions_are_seen(line: Line, case: Any) -> None:
    """A name built at run time escapes the reading and not the watch."""
    source = textwrap.dedent(
        """
        import torch
        def conv(x, w): return getattr(torch.nn.functional, "d2vnoc"[::-1])(x, w)
        """
    )
    job = CalledFile({"sample": source}, "sample", ("torch.nn.functional.conv*",))
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    try:
        Student(caller).conv(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))
        assert why_refused(caller.reported.forbidden, "conv") is None
        assert caller.reported.used == {"torch.nn.functional.conv2d"}
    finally:
        caller.close()


@pytest.mark.parametrize(
    "way",
    [
        'torch.jit.CompilationUnit("def f(a, b):\\n return " + CALL + "(a, b)\\n").f',
        'torch._C._jit_get_operation(":".join(("aten", "", "conv2d")))[0]',
        'getattr(torch._VF, "con" + "v2d")',
    ],
)
def test_operators_are_seen_however_they_are_got_at(
    line: Line, case: Any, way: str
) -> None:
    """Those that no watched name leads to, in a call that is not judged."""
    source = textwrap.dedent(
        f"""
        import torch
        CALL = ".".join(["torch", "conv2d"])
        calls = []
        def conv(x, w):
            calls.append(1)
            return ({way})(x, w)
        def own(x, w):
            calls.append(1)
            return (x * w).sum((2, 3), keepdim=True) + torch.rand(()) * 0
        def counted(): return len(calls)
        def drawn(): return float(torch.rand(()))
        """
    )
    job = CalledFile({"sample": source}, "sample", ("torch.nn.functional.conv*",))
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    image, weight = torch.ones(1, 1, 2, 2).double(), torch.ones(1, 1, 2, 2).double()
    try:
        student = Student(caller)
        first = student.drawn()
        caller.forget()
        agrees(student.own, torch.conv2d, image, weight)
        assert caller.reported.used == set()
        caller.forget()
        agrees(student.conv, torch.conv2d, image, weight)
        assert caller.reported.used == {"torch.ops.aten.convolution"}
        assert student.counted() == 6
        agrees(student.conv, torch.conv2d, image, weight)
        assert student.counted() == 8
        caller.forget()
        assert student.drawn() == first
    finally:
        caller.close()


def test_only_names_of_torch_are_told_of_a_watch(line: Line, case: Any) -> None:
    """What fits a rule and is no name of torch's is a text of the code's own."""
    source = textwrap.dedent(
        """
        import sys
        def conv(x):
            frame = sys._getframe()
            while not hasattr(frame.f_locals.get("self"), "used"):
                frame = frame.f_back
            used = frame.f_locals["self"].used
            used += ["torch.conv_SECRET", "torch.conv", "torch.conv1d"]
            return x
        """
    )
    job = CalledFile({"sample": source}, "sample", ("torch.conv*",))
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    try:
        Student(caller).conv(torch.ones(2))
        assert caller.reported.used == {"torch.conv1d"}
    finally:
        caller.close()


@pytest.mark.parametrize(
    ("line_of_code", "used"),
    [
        ('getattr((x * x).sum(), "back" + "ward")()', {"torch.autograd"}),
        ('getattr(torch.autograd, "gr" + "ad")((x * x).sum(), x)', {"torch.autograd"}),
        ('getattr(torch.func, "v" + "jp")(torch.square, x)', {"torch.func.vjp"}),
        ("pass", set()),
    ],
)
def test_a_backward_is_seen_however_it_is_called(
    line: Line, case: Any, line_of_code: str, used: set[str]
) -> None:
    """And the one that a check asks for to compare gradients is none of theirs."""
    source = textwrap.dedent(
        f"""
        import torch
        def double(y):
            x = y.detach().requires_grad_()
            {line_of_code}
            return y * 2
        """
    )
    rules = ("torch.autograd.grad", "torch.Tensor.backward", "torch.func.vjp")
    job = CalledFile({"sample": source}, "sample", rules)
    caller = RemoteCaller(line, job, Budget.of(10), 5, lambda name: [])
    try:
        agrees(Student(caller).double, lambda y: y * 2, torch.ones(3).double())
        y = torch.ones(3).double().requires_grad_()
        Student(caller).double(y).sum().backward()
        assert caller.reported.used == used
    finally:
        caller.close()


def test_a_new_check_forgets(open_remote: Any) -> None:
    """Objects of a finished check are gone from the worker; its functions are not."""
    caller = open_remote(SOURCE)
    student = Student(caller)
    model = student.Model()
    caller.forget()

    assert student.fine() == 1
    with pytest.raises(KeyError):
        model.fine()


def test_missing_is_no_death(open_remote: Any) -> None:
    """A missing function leaves the child alone."""
    caller = open_remote(SOURCE)
    pid = caller._process.wire.child.pid

    with pytest.raises(Missing):
        Student(caller).absent()
    assert Student(caller).fine() == 1
    assert caller._process.wire.child.pid == pid


def test_the_tiny_course_behind_the_sandbox(tiny: Solution, line: Line) -> None:
    """Solutions pass all their checks in the worker, as they do in this process."""
    folder = tiny.assignment.folder
    names = tiny.assignment.exercises
    files = {name: (folder / f"{name}.py").read_text() for name in names}
    for exercise in names:
        caller = RemoteCaller(
            line,
            CalledFile(
                files, exercise, tuple(tiny.assignment.forbidden.get(exercise, ()))
            ),
            Budget.of(60),
            5,
            partial(tiny.parameter_names, exercise),
        )
        try:
            caller.start()
            found = list(run_checks(tiny.checks[exercise], caller, 5))
        finally:
            gc.collect()
            caller.close()
        assert {f.result.outcome for f in found} == {Outcome.PASSED}
        assert caller.reported.forbidden == {}
