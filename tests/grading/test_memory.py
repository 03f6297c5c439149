"""A verdict says where the machine had less memory than the assignment allows."""

from __future__ import annotations

import pytest

from autograder.course.limits import Limits
from autograder.grading.memory import told_of_memory
from autograder.verdict import Outcome
from autograder.wording import attention
from tests.verdicts import result, verdict

HUNGRY = verdict(result(Outcome.OUT_OF_MEMORY), result(Outcome.PASSED, "b"))


def test_it_is_said_where_it_mattered() -> None:
    told = told_of_memory(HUNGRY, Limits(), 400)

    assert [note.text for note in told.notes] == [
        "Code had 400 MiB of memory here, where the assignment allows 1024 MiB: the "
        "container in which it was graded has no more."
    ]
    assert [reason.short for reason in attention(told)] == ["less memory"]


@pytest.mark.parametrize("given", [None, 1024])
def test_nothing_is_said_where_code_had_all_of_it(given: int | None) -> None:
    assert told_of_memory(HUNGRY, Limits(), given) == HUNGRY


def test_nothing_is_said_where_the_memory_was_enough() -> None:
    fine = verdict(result(Outcome.PASSED), result(Outcome.FAILED, "b"))

    assert told_of_memory(fine, Limits(), 400) == fine
