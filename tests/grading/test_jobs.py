"""Jobs that work at the same time, and what becomes of work when one dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from autograder.grading.children import ZygoteError
from autograder.grading.jobs import Event, Jobs
from autograder.grading.limits import MAX_TRIES
from tests.conftest import forked_children

# Python 3.12 warns of every fork of a process that has threads.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def work_on(
    work: list[Any], count: int, do: Callable[[Any, int], Any], tries: int = MAX_TRIES
) -> Iterator[Event]:
    """Jobs that are equipped with their number alone."""
    return Jobs(lambda index: index, do, tries).run(work, count)


def kinds(events: list[Event], piece: Any) -> list[str]:
    """What was heard of one piece of work."""
    return [event.kind for event in events if event.work == piece]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_all_work_is_done(count: int) -> None:
    """Each piece is started and done once, whatever the number of jobs."""
    events = list(work_on(list(range(7)), count, lambda piece, job: piece * 10))

    assert all(kinds(events, piece) == ["started", "done"] for piece in range(7))
    results = {e.work: e.result for e in events if e.kind == "done"}
    assert results == {piece: piece * 10 for piece in range(7)}


def test_no_work_no_jobs() -> None:
    """A class that is graded already needs no job."""
    assert list(work_on([], 2, lambda piece, job: piece)) == []
    assert forked_children() == []


def test_jobs_run_at_the_same_time() -> None:
    """Two pieces that take a moment are at work together in two processes."""

    def do(piece: int, job: int) -> tuple[int, float, float]:
        begun = time.monotonic()
        time.sleep(0.3)
        return os.getpid(), begun, time.monotonic()

    events = list(work_on([1, 2], 2, do))

    first, second = (event.result for event in events if event.kind == "done")
    assert first[0] != second[0]
    assert max(first[1], second[1]) < min(first[2], second[2])


def test_the_end_is_quick_and_leaves_nothing() -> None:
    """Jobs end by themselves when the work is done; none has to be killed."""
    begun = time.monotonic()

    list(work_on(list(range(6)), 4, lambda piece, job: piece))

    assert time.monotonic() - begun < 4  # a job that does not end is killed after 5 s
    assert forked_children() == []


def test_a_job_that_dies_once_costs_nothing(tmp_path: Any) -> None:
    """Its piece is tried again, and the others are not disturbed."""

    def do(piece: int, job: int) -> int:
        if piece == 2 and not (tmp_path / "died").exists():
            (tmp_path / "died").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return piece

    events = list(work_on([1, 2, 3], 1, do))

    assert kinds(events, 2) == ["started", "started", "done"]
    assert kinds(events, 1) == kinds(events, 3) == ["started", "done"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_piece_that_kills_its_job_is_given_up(count: int) -> None:
    """After its second job has died a piece is lost, and the rest goes on."""

    def do(piece: int, job: int) -> int:
        if piece == 2:
            os._exit(7)
        return piece

    events = list(work_on([1, 2, 3, 4], count, do))

    assert kinds(events, 2) == ["started", "started", "lost"]
    (lost,) = [event for event in events if event.kind == "lost"]
    assert "code 7" in lost.result
    assert all(kinds(events, piece) == ["started", "done"] for piece in (1, 3, 4))
    assert forked_children() == []


def test_one_try_is_enough_where_one_is_asked_for() -> None:
    """Whoever measures wants no second try: what dies once ends the whole."""
    events = list(work_on([1, 2], 1, lambda piece, job: 1 // (piece - 1), tries=1))

    assert kinds(events, 1) == ["started", "lost"]
    assert kinds(events, 2) == ["started", "done"]


def test_a_job_is_equipped_once() -> None:
    """With what its number says, for all its pieces."""
    made: list[int] = []

    def equip(index: int) -> int:
        made.append(index)
        return index

    jobs = Jobs(equip, lambda piece, job: (job, len(made)))
    results = [e.result for e in jobs.run(list(range(6)), 2) if e.kind == "done"]

    assert {job for job, _ in results} == {0, 1}
    assert {count for _, count in results} == {1}


def test_a_lost_piece_does_not_wait_for_a_busy_job() -> None:
    """With one job busy, the other one's piece is tried again at once."""

    def do(piece: str, job: int) -> float:
        if piece == "deadly":
            os._exit(7)
        begun = time.monotonic()
        time.sleep(1.0)
        return begun

    begun = time.monotonic()
    heard = [
        (e.kind, time.monotonic() - begun) for e in work_on(["slow", "deadly"], 2, do)
    ]

    assert dict(heard)["lost"] < 0.9


def test_a_zygote_that_is_gone_ends_the_job() -> None:
    """Without the zygote no piece is done, and none hangs."""

    def do(piece: int, job: int) -> int:
        raise ZygoteError("the zygote is gone. It wrote: no memory")

    events = list(work_on([1], 1, do))

    assert kinds(events, 1) == ["started", "started", "lost"]
    assert "the zygote is gone. It wrote: no memory" in events[-1].result


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("stride"), "KeyError: 'stride'"),
        (EOFError("a file that ends early"), "EOFError: a file that ends early"),
        (BrokenPipeError(32, "Broken pipe"), "BrokenPipeError: [Errno 32]"),
        (SystemExit(0), "SystemExit: 0"),
    ],
)
def test_a_fault_of_ours_is_named(error: BaseException, words: str) -> None:
    """Whoever reads of a lost piece reads what happened, and where; others go on."""

    def do(piece: int, job: int) -> int:
        if piece == 1:
            raise error
        return piece

    events = list(work_on([1, 2], 1, do))

    (lost,) = [event for event in events if event.kind == "lost"]
    assert words in lost.result
    assert "(at test_jobs.py:" in lost.result
    assert kinds(events, 2) == ["started", "done"]


def test_a_result_that_cannot_be_sent_is_named() -> None:
    """It is a fault of ours like any other."""
    events = list(work_on([1], 1, lambda piece, job: lambda: piece))

    assert "pickle" in events[-1].result


def test_stopping_does_not_wait_for_the_work() -> None:
    """After Ctrl-C nobody waits for pieces that are half done."""
    events = work_on([1, 2], 2, lambda piece, job: time.sleep(30))
    next(events)
    begun = time.monotonic()

    cast(Any, events).close()

    assert time.monotonic() - begun < 2
    assert forked_children() == []


def test_stopping_early_leaves_nothing() -> None:
    """Whoever stops listening, by Ctrl-C say, leaves no job behind."""
    events = work_on(list(range(5)), 2, lambda piece, job: piece)
    next(events)

    cast(Any, events).close()

    assert forked_children() == []
