"""The title of a check says what was broken, in every report."""

from __future__ import annotations

from autograder.reports import gradescope, html, terminal
from autograder.verdict import CheckResult, Mismatch, Outcome, Remark, Verdict
from autograder.wording import message_for, next_steps, title_of, told_of_passed

TYPES = "layer_shapes returns a list of tuples of ints"
FULL = f"{TYPES}; and no argument is changed"


def check(name: str, outcome: Outcome, **facts: object) -> CheckResult:
    """A check of layer_shapes."""
    points = 1 if outcome is Outcome.PASSED else 0
    made = {"function": "layer_shapes", "promise": TYPES} | facts
    return CheckResult(f"shapes::{name}", "shapes", outcome=outcome, points=points,
                       max_points=1, **made)  # fmt: skip


CHANGED = Mismatch("changed_input", "layers", "the arguments as they were", "shorter")


def test_overwritten_arguments_are_in_the_title_of_a_check_of_types() -> None:
    """A list of tuples of ints it is; the title says what is not as promised."""
    failed = check("test_types", Outcome.FAILED, mismatch=CHANGED)
    remark = Remark("changed_input", "layers", "as they were", "layers got shorter")
    passed = check("test", Outcome.PASSED, promise="all is well", remarks=[remark])
    whole = Verdict("cnn", "student_01", 7, [passed, failed])

    assert FULL in html.render(whole)
    assert FULL in " ".join(terminal.render(whole, width=200).split())
    assert gradescope.render(whole)["tests"][1]["name"] == FULL
    assert next_steps(whole)[0] == f"Begin with “{FULL}”: worth 1 point."
    assert told_of_passed(passed, whole)[0].endswith(f"it costs “{FULL}”.")
    assert message_for(failed) == (
        "The call overwrites layers, and whoever made the call may still need what was "
        "in it; what was compared before that is right."
    )


def test_a_promise_that_speaks_of_arguments_is_enough() -> None:
    """So do those of the checks of digits; other failures change no title."""
    said = "f gives all its digits, and leaves its arguments alone"
    digits = check("test_digits", Outcome.FAILED, promise=said, mismatch=CHANGED)
    value = Mismatch("value", "the output", "1", "2")
    wrong = check("test_types", Outcome.FAILED, mismatch=value)

    steps = [next_steps(Verdict("cnn", "s", 7, [one]))[0] for one in (digits, wrong)]

    assert steps == [
        f"Begin with “{said}”: worth 1 point.",
        f"Begin with “{TYPES}”: worth 1 point.",
    ]


def test_a_question_is_called_by_its_name_and_first_sentence() -> None:
    """A table of numbers in its prompt is not squashed into a heading."""
    prompt = "What comes\nout of it? Count on.\n\n    1  2\n    3  4\n"
    asked = CheckResult("worksheet::share", "worksheet", "", prompt, Outcome.FAILED, 0,
                        1, hidden=True)  # fmt: skip

    assert title_of(asked) == "share: What comes out of it?"
