"""Which submissions are graded on Gradescope, and which score counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from autograder.platforms.gradescope.attempts import History, refused
from autograder.platforms.gradescope.metadata import (
    Metadata,
    Previous,
    metadata_of,
    read_metadata,
)
from autograder.platforms.gradescope.options import Options

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def test_metadata_as_gradescope_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "submission_metadata.json"
    document = {
        "id": 123456,
        "created_at": "2026-03-02T12:30:00.123456-08:00",
        "assignment": {
            "due_date": "2026-03-02T12:00:00.000000-08:00",
            "group_size": None,
            "total_points": "20.0",
        },
        "submission_method": "upload",
        "users": [
            {"email": "a@example.org", "id": 1, "name": "student_01"},
            {"email": "b@example.org", "id": 2, "name": "student_02"},
        ],
        "previous_submissions": [
            {
                "submission_time": "2026-03-02T11:00:00.000000-08:00",
                "score": 3.0,
                "autograder_error": False,
                "results": {"score": 3.0},
            },
            {
                "submission_time": "2026-03-01T11:00:00.000000-08:00",
                "score": 0.0,
                "autograder_error": True,
            },
        ],
    }
    file.write_text(json.dumps(document))

    found = read_metadata(file)

    assert found.student == "student_01, student_02"
    assert found.ids == ("1", "2")
    assert 1800 <= found.late_seconds < 1801
    assert [each.failed for each in found.previous] == [True, False]
    assert [each.score for each in found.previous] == [0.0, 3.0]
    assert found.previous[-1].results == {"score": 3.0}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"users": 3, "assignment": [], "created_at": 5}',
        '{"previous_submissions": [3, {}, {"submission_time": "soon"}]}',
        '{"users": [{"name": null}], "created_at": "2026-13-01"}',
    ],
)
def test_odd_metadata_are_not_said(tmp_path: Path, text: str) -> None:
    """A submission is graded whatever the file holds, and if it is not there."""
    file = tmp_path / "submission_metadata.json"
    assert read_metadata(file) == Metadata()
    file.write_text(text)

    found = read_metadata(file)

    assert found == Metadata()
    assert found.student == "submission"
    assert found.late_seconds == 0


def graded(*earlier: tuple[float, float]) -> dict[str, Any]:
    """Results that tell of gradings: hours after noon, and points."""
    history = History()
    extra: dict[str, Any] = {}
    for hour, points in earlier:
        extra = history.after(hours(hour), points, counts=True)
        best = extra["autograder"]["best"]
        history = History((*history.attempts, hours(hour)), best)
    told = {"score": earlier[-1][1], "output": "as it was", "extra_data": extra}
    return {**told, "tests": [{"score": earlier[-1][1]}]}


def after(results: dict[str, Any], failed: bool = False) -> History:
    previous = Previous(hours(0), failed, results=results)
    return History.of(Metadata(previous=(previous,)))


def test_attempts_count_for_some_hours() -> None:
    limited = Options(attempts=2, hours=3)
    history = after(graded((0, 5), (1, 7)))

    assert history.best == 7
    assert history.next_time(limited, hours(2)) == hours(3)
    assert history.next_time(limited, hours(3.5)) is None
    assert history.next_time(Options(), hours(2)) is None
    assert history.next_time(Options(attempts=3, hours=3), hours(2)) is None


def test_a_failure_of_ours_takes_no_attempt() -> None:
    first = History()
    open_checks = first.after(hours(0), 3, counts=False)
    assert after({"extra_data": open_checks}).attempts == ()
    assert after({"extra_data": open_checks}).best == 3
    # Gradescope's own word for a run that left no results.
    assert after({}, failed=True) == History()


def test_a_run_that_was_killed_loses_nothing_of_those_before() -> None:
    """Gradescope tells the results of the latest one only, and here it has none."""
    limited = Options(attempts=1, hours=24)
    before = [
        Previous(hours(-3), score=90.0),
        Previous(hours(-2), score=40.0),
        Previous(hours(-1), failed=True, score=0.0),
    ]

    history = History.of(Metadata(previous=tuple(before)))

    assert history.attempts == (hours(-3), hours(-2))
    assert history.best == 90
    # There is nothing that could be shown instead of grading.
    assert history.next_time(limited, hours(0)) is None
    # What a failed run could still write is whole.
    failed = Previous(hours(0), True, 7.0, graded((-5, 5), (-4, 7)))
    known = History.of(Metadata(previous=(*before, failed)))
    assert known.attempts == (hours(-5), hours(-4))
    assert known.best == 7


def test_points_of_other_checks_do_not_count() -> None:
    """A zip that was mended grades anew; what a mistake of ours gave is not kept."""
    first = History(best=9).of_checks("one")
    again = after({"extra_data": first.as_extra()})

    assert again.of_checks("one").best == 9
    assert again.of_checks("two").best is None
    assert again.of_checks("two").checks == "two"


def test_results_of_another_grader_count_by_their_times() -> None:
    """Before the first result of ours there may be some of whoever graded before."""
    history = after({"score": 3, "extra_data": {"other": 1}})

    assert history.attempts == (hours(0),)
    assert history.best is None


@pytest.mark.parametrize(
    "ours", [3, {}, {"attempts": 3, "best": "7"}, {"attempts": ["soon", 5]}]
)
def test_damaged_extra_data_count_for_nothing(ours: object) -> None:
    history = after({"extra_data": {"autograder": ours}})

    assert history.best is None
    assert history.attempts == (() if isinstance(ours, dict) else (hours(0),))


def test_a_refusal_keeps_the_results_and_says_until_when() -> None:
    limited = Options(attempts=1, hours=24)
    results = graded((0, 5))

    told = refused(after(results), limited, hours(24))
    again = refused(after(told), limited, hours(24))

    assert told["output"].startswith("This submission was not graded: 1 of 1 attempts")
    assert "from 2026-03-03 12:00 UTC on" in told["output"]
    assert told["output"].endswith("as it was")
    assert told["score"] == 5
    assert told["extra_data"] == results["extra_data"]
    assert again["output"].count("was not graded") == 1
    assert again["output"].endswith("as it was")


LIMITED = Options(attempts=5, hours=24)


def failing(*digests: str) -> History:
    """What is known after gradings of such files that failed, an hour each."""
    history = History()
    for hour, files in enumerate(digests):
        free = history.is_free(LIMITED, hours(hour), files)
        extra = history.after(hours(hour), 0, not free, files)
        history = after({"extra_data": json.loads(json.dumps(extra))})
    return history


def test_the_same_files_fail_three_times_for_nothing() -> None:
    """Or code that makes a grader fail would be graded without end."""
    assert failing("a", "a", "a").attempts == ()
    assert failing("a", "a", "a", "a", "a").attempts == (hours(3), hours(4))
    assert failing("a", "b", "a", "b", "a", "b").attempts == ()
    assert failing("a", "a", "a").is_free(LIMITED, hours(3), "b")
    # A day later they are free once more.
    assert failing("a", "a", "a").is_free(LIMITED, hours(24.5), "a")


def test_ever_new_files_fail_ten_times_for_nothing() -> None:
    """A comment more makes other files of them."""
    assert failing(*"abcdefghij").attempts == ()
    assert failing(*"abcdefghijkl").attempts == (hours(10), hours(11))


def test_what_failed_with_other_checks_is_forgotten() -> None:
    history = failing("a", "a", "a")
    known = after({"extra_data": history.of_checks("one").as_extra()})

    assert not known.of_checks("one").is_free(LIMITED, hours(3), "a")
    assert known.of_checks("two").is_free(LIMITED, hours(3), "a")


@pytest.mark.parametrize("failures", [3, [3], [["soon", "a"]], [["a"]], {"a": 1}])
def test_damaged_failures_count_for_nothing(failures: object) -> None:
    history = after({"extra_data": {"autograder": {"failures": failures}}})

    assert history.failures == ()


@pytest.mark.parametrize(
    ("created", "late_due", "within"),
    [
        (1, None, None),
        (-1, 2, None),
        (1, 2, True),
        (2, 2, True),
        (3, 2, False),
    ],
)
def test_late_work_is_within_the_time_for_it_or_not(
    created: float, late_due: float | None, within: bool | None
) -> None:
    document = {
        "created_at": hours(created).isoformat(),
        "assignment": {
            "due_date": NOON.isoformat(),
            "late_due_date": late_due and hours(late_due).isoformat(),
        },
    }

    assert metadata_of(document).within_late_period is within
