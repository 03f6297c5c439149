"""Student code that dies, hangs or fights back, in a real sandboxed child."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from autograder.checking.boundary import thrown_by_student
from autograder.checking.callers import Stopped
from autograder.checking.device_choice import ON_THE_CPU
from autograder.checking.loading import load_checks
from autograder.checking.running import run_checks
from autograder.checking.student import Student
from autograder.grading.children import Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.verdict import Outcome

SOURCE = """
import ctypes, os, signal, sys, time, torch
def fine(): return 1
def leaves(): os._exit(7)
def segfaults(): ctypes.string_at(0)
def aborts(): os.abort()
def killed(): os.kill(os.getpid(), signal.SIGKILL)
def computes():
    until = time.thread_time() + 0.4
    while time.thread_time() < until: pass
    return 3
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
def joins():
    import threading
    lock = threading.Lock()
    with lock: lock.acquire()
def computes_in_a_thread():
    import threading
    def compute():
        until = time.thread_time() + 0.6
        while time.thread_time() < until: pass
    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    return 1
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
    ("name", "outcome", "words"),
    [
        ("leaves", Outcome.CRASHED, "leaves: the process ended with exit code 7"),
        ("segfaults", Outcome.CRASHED, "died of SIGSEGV"),
        ("aborts", Outcome.CRASHED, "died of SIGABRT"),
        ("odd_signal", Outcome.CRASHED, "died of signal 40"),
        ("closes_everything", Outcome.CRASHED, "exit code"),
    ],
)
def test_a_death_takes_one_function_along(
    open_remote: Any, name: str, outcome: Outcome, words: str
) -> None:
    """The dead function stays dead at no cost, and every other one has a new child."""
    student = Student(open_remote(SOURCE))
    assert student.fine() == 1

    with pytest.raises(Stopped, match=words) as caught:
        getattr(student, name)()
    assert caught.value.outcome is outcome
    began = time.monotonic()
    with pytest.raises(Stopped) as again:
        getattr(student, name)()
    assert again.value.detail == caught.value.detail
    assert time.monotonic() - began < 0.05, "no new child for a function that died"
    assert student.fine() == 1


@pytest.fixture
def bystander() -> Iterator[Callable[[RemoteCaller, float], None]]:
    """Kills a caller's child after some seconds, as the kernel does."""
    timers = []

    def kill_later(caller: RemoteCaller, seconds: float) -> None:
        wire = caller._process.wire
        assert wire is not None
        kill = partial(os.kill, wire.child.pid, signal.SIGKILL)
        timers.append(threading.Timer(seconds, kill))
        timers[-1].start()

    yield kill_later
    for timer in timers:
        timer.cancel()
        timer.join()


CHECKS = '''
from autograder import equal, points


@points(1)
def test_computes(student):
    """computes gives three"""
    equal(student.computes(), 3)
'''


def test_a_child_that_was_killed_from_outside_costs_nothing(
    open_remote: Any,
    bystander: Callable[[RemoteCaller, float], None],
    tmp_path: Path,
) -> None:
    """Memory may have run out for others' sake: its case is begun once more."""
    (tmp_path / "test_sample.py").write_text(CHECKS, encoding="utf-8")
    caller = open_remote(SOURCE)
    first = caller._process.wire
    bystander(caller, 0.1)

    checks = load_checks(tmp_path / "test_sample.py", "sample")
    (finding,) = run_checks(checks, caller, 7, devices=ON_THE_CPU)

    assert finding.result.outcome is Outcome.PASSED
    assert caller._process.wire is not first, "the kill came too late to matter"


def test_a_child_that_is_killed_again_and_again(open_remote: Any) -> None:
    """The second time it is the code's own doing, and no third child is asked for."""
    caller = open_remote(SOURCE)
    student = Student(caller)

    ended = []
    for _ in range(3):
        with pytest.raises(Stopped, match="too much memory") as caught:
            student.killed()
        ended.append((caught.value.outcome, caught.value.again))

    assert {outcome for outcome, _ in ended} == {Outcome.OUT_OF_MEMORY}
    assert [again for _, again in ended] == [True, False, False]
    assert caller._process.wire is None
    assert student.fine() == 1


def test_an_import_that_kills_itself(open_remote: Any) -> None:
    """Tried once more, it ends like any other that does not end well."""
    caller = open_remote(SOURCE + "killed()\n")

    assert caller.ended is not None
    assert caller.ended.outcome is Outcome.OUT_OF_MEMORY


@pytest.mark.parametrize("name", ["loops", "swallows", "loops_in_torch"])
def test_an_endless_loop(open_remote: Any, name: str) -> None:
    """A loop ends with the processor time of a call, whatever it catches."""
    student = Student(open_remote(SOURCE, call_seconds=0.3))

    began = time.monotonic()
    with pytest.raises(Stopped, match=f"{name}: no answer in 0.3 s") as caught:
        getattr(student, name)()

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began < 5
    assert student.fine() == 1


def test_a_loop_in_a_backward(open_remote: Any) -> None:
    """The backward of a call has a deadline as well."""
    student = Student(open_remote(SOURCE, call_seconds=0.3))
    out = student.loops_back(torch.ones(1, requires_grad=True))

    with pytest.raises(Stopped, match="the backward of loops_back") as caught:
        out.sum().backward()
    assert caught.value.outcome is Outcome.OUT_OF_TIME
    with pytest.raises(Stopped):
        student.loops_back(torch.ones(1))
    assert student.fine() == 1


def test_sleep_ends_with_the_wall_cap(
    open_remote: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that sleeps uses no processor time, and is ended all the same."""
    monkeypatch.setattr("autograder.grading.wire.WALL_GRACE", 0.0)
    caller = open_remote(SOURCE, call_seconds=0.5)
    began = time.monotonic()
    caller._seconds = 0.05

    with pytest.raises(Stopped) as caught:
        Student(caller).sleeps()
    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began < 5


def test_a_call_that_waits_ends_long_before_that(
    open_remote: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time without computing has a bound of its own, for a call and for all of them."""
    monkeypatch.setattr("autograder.grading.wire.IDLE_GRACE", 0.5)
    budget = Budget.of(60)
    budget.idle = 1.2
    student = Student(open_remote(SOURCE, call_seconds=0.5, budget=budget))
    began = time.monotonic()

    with pytest.raises(Stopped, match=r"^sleeps: no answer in 1 s of waiting$") as one:
        student.sleeps()
    assert one.value.outcome is Outcome.OUT_OF_TIME
    assert student.fine() == 1
    whole = r"^joins: the submission has used up its 30 s of waiting$"
    with pytest.raises(Stopped, match=whole):
        student.joins()
    assert time.monotonic() - began < 9


def test_a_call_that_gets_no_turn_does_not_wait(
    open_remote: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does one whose threads compute, however slowly its own clock goes."""
    monkeypatch.setattr("autograder.grading.wire.IDLE_GRACE", 0.1)
    student = Student(open_remote(SOURCE, call_seconds=1.0))

    assert student.computes_in_a_thread() == 1


@pytest.mark.parametrize("name", ["hogs", "hogs_in_python"])
def test_a_memory_hog(open_remote: Any, name: str) -> None:
    """Memory ends at the limit, as an exception or as the end of the process."""
    from autograder.checking.boundary import thrown_by_student

    student = Student(open_remote(SOURCE))

    with pytest.raises(BaseException) as caught:  # noqa: PT011
        getattr(student, name)()
    thrown = thrown_by_student(caught.value)
    if thrown is not None:
        assert thrown.nearest == "MemoryError"
    else:
        assert isinstance(caught.value, Stopped)
        assert caught.value.outcome is Outcome.OUT_OF_MEMORY
    assert student.fine() == 1


def test_a_budget_for_all_functions(open_remote: Any) -> None:
    """Once the seconds of the submission are up, so is every later call."""
    budget = Budget(0.4, 0.4, time.monotonic() + 60)
    student = Student(open_remote(SOURCE, call_seconds=5.0, budget=budget))

    with pytest.raises(Stopped, match=r"the submission has used up its 0\.4 s"):
        student.loops()
    with pytest.raises(
        Stopped, match=r"the submission has used up its 0\.4 s"
    ) as caught:
        student.fine()
    assert caught.value.outcome is Outcome.OUT_OF_TIME


HONEST = """
import torch
from torch.nn.functional import softmax
from torch.utils.data import DataLoader, TensorDataset

@torch.jit.script
def of_torch(x):
    return torch.softmax(x, 0)
@torch.jit.script
def scripted_by_name(x):
    return softmax(x, dim=0) + torch.nn.functional.softmax(x, dim=0)
@torch.jit.script
def scripted_of_two(x):
    return torch.nn.functional.max_pool1d(x, 2)
@torch.jit.script
def scripted_with_another(x):
    return torch.nn.functional.layer_norm(x, [3])
def batches():
    data = TensorDataset(torch.arange(6))
    loader = DataLoader(
        data, 2, False, num_workers=2, persistent_workers=True, prefetch_factor=4
    )
    return [batch.tolist() for (batch,) in loader]
def misnamed(): return DataLoader([1], workers=2)
def interrupted(): raise KeyboardInterrupt("by nobody")
class Backwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g): raise KeyboardInterrupt
def interrupted_back(x): return Backwards.apply(x)
def fine(): return 1
"""


def test_honest_code_that_the_worker_is_in_the_way_of(line: Line, case: Any) -> None:
    """Scripts of watched functions, loaders with workers, odd exceptions."""
    rules = ("torch.softmax", "torch.nn.functional.*", "torch.layer_norm")
    job = CalledFile({"sample": HONEST}, "sample", rules)
    caller = RemoteCaller(line, job, Budget.of(60), 5, lambda name: [])
    student = Student(caller)
    try:
        caller.start()
        assert caller.broken is None
        x = torch.ones(3)
        assert student.of_torch(x).tolist() == torch.softmax(x, 0).tolist()
        assert student.scripted_by_name(x).tolist() == pytest.approx([2 / 3] * 3)
        assert student.scripted_of_two(torch.ones(1, 1, 4)).shape == (1, 1, 2)
        assert student.scripted_with_another(x).tolist() == [0.0] * 3
        assert student.batches() == [[0, 1], [2, 3], [4, 5]]
        pid = caller._process.wire.child.pid  # type: ignore[union-attr]
        with pytest.raises(TypeError, match="workers"):
            student.misnamed()
        with pytest.raises(BaseException, match="by nobody") as one:
            student.interrupted()
        assert thrown_by_student(one.value).type == "KeyboardInterrupt"
        out = student.interrupted_back(torch.ones(1, requires_grad=True))
        with pytest.raises(BaseException) as one:  # noqa: PT011
            out.sum().backward()
        assert thrown_by_student(one.value).type == "KeyboardInterrupt"
        assert student.fine() == 1
        assert caller._process.wire.child.pid == pid  # type: ignore[union-attr]
    finally:
        caller.close()


def test_bytes_on_every_descriptor(open_remote: Any) -> None:
    """Student code that writes to the channel breaks its own answer, nothing else."""
    student = Student(open_remote(SOURCE))

    with pytest.raises(Stopped) as caught:
        student.writes_to_the_channel()
    assert caught.value.outcome is Outcome.CRASHED
    assert student.fine() == 1


def test_forks_do_not_answer_twice(open_remote: Any) -> None:
    """A child that forks, where it can, does not answer for several."""
    student = Student(open_remote(SOURCE))
    for _ in range(3):
        try:
            assert student.forks() == 1
        except (Stopped, Exception):
            break
    assert student.fine() == 1


def test_a_method_that_dies(open_remote: Any) -> None:
    """A class that died stays dead, with all its methods; functions go on."""
    student = Student(open_remote(SOURCE))
    model = student.Model()
    assert model.fine() == 2

    with pytest.raises(Stopped, match=r"Model\.leaves"):
        model.leaves()
    with pytest.raises(Stopped, match=r"Model\.leaves"):
        student.Model()
    with pytest.raises(Stopped, match=r"Model\.leaves"):
        model.fine()
    assert student.fine() == 1


def test_blame_does_not_depend_on_the_last_call(open_remote: Any) -> None:
    """The class whose method died is the one that stays dead, whatever came between."""
    student = Student(open_remote(SOURCE))
    model, built = student.Model(), student.build(torch.nn.Linear, 1, 1)
    assert student.fine() == 1

    with pytest.raises(Stopped, match=r"Model\.leaves"):
        model.leaves()
    assert student.fine() == 1
    assert student.build(torch.nn.Linear, 1, 1).parameter_shapes()
    with pytest.raises(Stopped):
        student.Model()
    del built


def test_a_backward_is_blamed_on_its_call(open_remote: Any) -> None:
    """A loop in a backward ends the function that made the graph, not the last one."""
    student = Student(open_remote(SOURCE, call_seconds=0.3))
    out = student.loops_back(torch.ones(1, requires_grad=True))
    assert student.fine() == 1

    with pytest.raises(Stopped, match="the backward of loops_back"):
        out.sum().backward()
    assert student.fine() == 1
