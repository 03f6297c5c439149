"""What staff are asked to look at before marks go out."""

from __future__ import annotations

from autograder.verdict import CheckResult, Note, Outcome, Verdict
from autograder.wording import (
    AMBIGUOUS,
    NOT_READ,
    RAN_ONLY,
    attention,
    for_student,
)
from autograder.wording.repeating import is_said_before
from autograder.wording.steps import next_steps


def check(exercise: str, number: int, outcome: Outcome, detail: str) -> CheckResult:
    return CheckResult(
        id=f"{exercise}::test_{number}",
        exercise=exercise,
        function="f",
        promise=f"promise {number}",
        outcome=outcome,
        points=0,
        max_points=1,
        hidden=number == 3,
        detail=detail,
    )


def verdict(unread: dict[str, str], notes: list[Note] | None = None) -> Verdict:
    """One with three checks, the last of them hidden, of each unreadable file."""
    checks = [
        check(exercise, number, Outcome.UNREADABLE, why)
        for exercise, why in unread.items()
        for number in (1, 2, 3)
    ]
    passed = CheckResult("a::test", "a", "f", "p", Outcome.PASSED, 1, 1)
    return Verdict("cnn", "student_01", 1, [passed, *checks], notes=notes or [])


def test_every_unreadable_file_is_named_once() -> None:
    """All of them, each with its reason, however many checks it costs."""
    files = {f"e{n}": f"e{n}.py is not UTF-8 text " + "x" * 200 for n in range(9)}

    (reason,) = attention(verdict(files))

    assert reason.short == "9 not readable"
    assert all(reason.text.count(f"{name}: {why}") == 1 for name, why in files.items())


def test_what_a_note_says_is_not_said_again() -> None:
    """An ambiguous file has a reason of its own, and so has a damaged zip."""
    for kind, word in ((AMBIGUOUS, "ambiguous"), (NOT_READ, "not read")):
        (reason,) = attention(verdict({"b": "why not"}, [Note(kind, "why not.")]))
        assert word in reason.text


def test_all_ambiguous_files_are_named() -> None:
    """None is counted instead of named."""
    notes = [Note(AMBIGUOUS, f"e{n}.py was handed in twice.") for n in range(4)]

    (reason,) = attention(verdict({}, notes))

    assert all(f"e{n}.py" in reason.text for n in range(4))


def test_a_call_that_was_seen_asks_for_a_look() -> None:
    """What reading the code did not find is told to staff, and not to the student."""
    text = "conv.py was seen to call torch.conv2d while it ran. It is not scored."
    found = verdict({}, [Note(RAN_ONLY, text)])

    (reason,) = attention(found)

    assert reason.short == "seen to call"
    assert reason.text == text
    assert for_student(found).notes == []


def test_a_file_that_could_not_be_read_is_not_unwritten() -> None:
    """The next step names it, the report explains it once."""
    found = verdict({"pooling": "pooling.py is not UTF-8 text"})

    steps = " ".join(next_steps(found))
    assert "Begin with pooling, which could not be read" in steps
    assert "not written" not in steps
    said = [is_said_before(one, found) for one in found.checks if not one.hidden]
    assert said == [False, False, True]
