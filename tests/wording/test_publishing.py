"""What a student may see of a verdict, and in which form."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from typing import Any

import pytest

from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Idea,
    Mismatch,
    Note,
    Outcome,
    Raised,
    Relation,
)
from autograder.wording import (
    attention,
    call_shown,
    cut,
    finding,
    for_student,
    message_for,
    one_line,
    plain,
    repeat_command,
    rows,
)
from tests.verdicts import CALL, SECRET, result, secretive, verdict


@pytest.mark.parametrize("outcome", list(Outcome))
def test_hidden_check_tells_its_outcome_and_nothing_else(outcome: Outcome) -> None:
    """No fact of a hidden check is in its message, its finding or its rows."""
    check = secretive(outcome)
    whole = verdict(check)

    said = [
        message_for(check),
        finding(check, whole) or "",
        *map(str, rows(check, whole)),
    ]

    assert SECRET not in "".join(said)
    assert said[0]
    assert repeat_command(check) is None


# What a student may see


def test_for_student_keeps_promise_outcome_and_points_of_a_hidden_check() -> None:
    """Every other field is as if nothing were known."""
    check = secretive(Outcome.FAILED, promise="it holds", max_points=2)

    kept = for_student(verdict(check)).checks[0]

    known = ("exercise", "promise", "outcome", "points", "max_points", "hidden")
    defaults = result(Outcome.FAILED)
    for field in fields(CheckResult):
        if field.name in known:
            assert getattr(kept, field.name) == getattr(check, field.name)
        elif field.name not in ("id", "function", "message"):
            assert getattr(kept, field.name) == getattr(defaults, field.name)
    assert (kept.id, kept.function) == ("convolution::hidden_1", "")
    assert SECRET not in repr(kept)


def test_for_student_strips_the_seed_and_every_mention() -> None:
    """Not even a visible check that waits for a hidden one names it."""
    gate = secretive(Outcome.FAILED)
    waits = result(Outcome.WAITING, waiting_for=gate.id, message=f"waits for {gate.id}")
    fault = result(Outcome.GRADER_FAULT, detail=SECRET)

    seen = for_student(verdict(gate, waits, fault))

    assert seen.seed == 0
    assert SECRET not in repr(seen)
    assert (
        seen.checks[1].message
        == "Not run yet: this waits until an earlier check passes."
    )


def test_for_student_names_only_visible_checks() -> None:
    """A check that is not in the verdict, such as a hidden one at home, has no name."""
    waits = result(Outcome.WAITING, waiting_for=f"convolution::{SECRET}")

    assert SECRET not in repr(for_student(verdict(waits)))


def test_for_student_leaves_visible_checks_and_can_be_repeated() -> None:
    """Visible facts stay, and doing it twice changes nothing."""
    visible = result(Outcome.FAILED, call=CALL, printed="hello")
    whole = verdict(visible, secretive(Outcome.FAILED), secretive(Outcome.PASSED, "y"))

    seen = for_student(whole)

    assert seen.checks[0] == visible
    assert [check.id for check in seen.checks[1:]] == [
        "convolution::hidden_1",
        "convolution::hidden_2",
    ]
    assert for_student(seen) == seen
    assert whole.checks[1].detail == SECRET  # the original is as it was


# Rows and clean text


def test_rows_of_a_wrong_answer_in_order() -> None:
    """Both sides with their columns aligned, then the idea, then where to go."""
    check = result(
        Outcome.FAILED,
        mismatch=Mismatch(
            "value",
            "the output",
            "float32[9]",
            "int64[9]",
            ["1", "-2"],
            ["-10", "3"],
            total=9,
        ),
        idea=Idea("flips", "a flip", "why?"),
        hint="count",
        look_at="a.py:3",
        printed="one\ntwo\n",
    )

    assert [(row.label, row.text) for row in rows(check, verdict(check))] == [
        ("expected", "float32[9]     1  -2  ..."),
        ("got", "int64[9]     -10   3  ..."),
        ("looks like", "a flip"),
        ("think", "why?"),
        ("look at", "a.py:3"),
        ("printed", "one\ntwo"),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        {"idea": Idea("flips", "a flip", "why?")},
        {"relations": [Relation("sign")]},
        {"outcome": Outcome.CRASHED, "raised": Raised("ValueError", "no", [])},
        {"outcome": Outcome.UNREADABLE, "detail": "not UTF-8"},
        {"mismatch": Mismatch("structure", "the parameters of Net", "a", "b")},
    ],
)
def test_a_hint_is_silent_where_more_is_known(facts: dict[str, Any]) -> None:
    """Beside an idea, what the numbers show, or a crash it would lead astray."""
    facts = {"outcome": Outcome.FAILED, "hint": "count"} | facts
    check = result(facts.pop("outcome"), **facts)
    plain = result(Outcome.FAILED, hint="count")

    assert "hint" not in [row.label for row in rows(check, verdict(check))]
    assert "hint" in [row.label for row in rows(plain, verdict(plain))]


def test_what_follows_from_another_function_is_told_in_a_row() -> None:
    """No call, no numbers, no hint, no command: the other one comes first."""
    check = result(
        Outcome.FAILED,
        call=Call("layer_shapes(layers)"),
        mismatch=Mismatch("value", "the output", "3", "4"),
        hint="count",
        look_at="a.py:3",
        follows="conv_output_size",
    )
    whole = verdict(check)

    assert [(row.label, row.text) for row in rows(check, whole)] == [
        ("follows from", "conv_output_size: fix that one first")
    ]
    assert call_shown(check) is None
    assert finding(check, whole) is None
    assert repeat_command(check) is None
    assert message_for(check) == (
        "This follows from conv_output_size: fix that one first."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("    x = (1,\n        ^", ["x = (1,", "    ^"]),
        ("\tx = )\n     ^", ["x = )", "    ^"]),
        ("def f(x)\n        ^", ["def f(x)", "        ^"]),
        ("x = 1", ["x = 1"]),
    ],
)
def test_the_caret_of_a_syntax_error_is_under_its_place(
    text: str, shown: list[str]
) -> None:
    """Code and caret have a line each, and no function is named where none is."""
    raised = Raised("SyntaxError", "invalid syntax", [Frame("conv.py", 3, "", text)])
    check = result(Outcome.CRASHED, raised=raised)

    (row,) = rows(check, verdict(check))

    assert row.text.splitlines() == ["conv.py:3", *(f"    {line}" for line in shown)]


def test_waiting_check_shows_the_promise_it_waits_for() -> None:
    """The promise says more than the name of a test."""
    gate = result(Outcome.FAILED, "gate", promise="the gate opens")
    waits = result(Outcome.WAITING, waiting_for=gate.id)
    whole = verdict(gate, waits)

    assert [(row.label, row.text) for row in rows(waits, whole)] == [
        ("waits for", "the gate opens")
    ]
    assert finding(waits, whole) is None


def test_staff_can_read_what_the_grader_says_of_its_fault() -> None:
    """The detail is a row for staff, and for_student takes it away."""
    fault = result(Outcome.GRADER_FAULT, detail="KeyError: 3")

    assert [row.text for row in rows(fault, verdict(fault))] == ["KeyError: 3"]
    seen = for_student(verdict(fault))
    assert rows(seen.checks[0], seen) == []


def test_repeat_command_names_the_check() -> None:
    """The command selects the check by its name."""
    check = result(Outcome.FAILED, "agrees_with_torch")

    assert (
        repeat_command(check) == "autograder check convolution --only agrees_with_torch"
    )
    assert repeat_command(replace(check, outcome=Outcome.WAITING)) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\r\nc", "a    b\nc"),
        ("\x1b[31m\x07\x00\x9b", "\\x1b[31m\\x07\\x00\\x9b"),
        ("right\u202eleft\u2066", "right\\u202eleft\\u2066"),
        ("\ud800 \u2028 \ufeff", "\\ud800 \\u2028 \\ufeff"),
        ("\U000e0041", "\\U000e0041"),
        ("é 日本 👩\u200d💻", "é 日本 👩\u200d💻"),
    ],
)
def test_plain_shows_what_would_act(text: str, expected: str) -> None:
    """Control characters become visible, letters of any script stay."""
    assert plain(text) == expected


def test_long_text_is_cut_and_says_so() -> None:
    """A megabyte of text becomes a few lines."""
    assert len(one_line("x" * 10**6)) == 300
    assert cut("1\n2\n3\n4", lines=2) == "1\n2\n... 2 more lines"
    assert cut("abcdef", lines=1, width=5) == "ab..."


def test_wording_loads_neither_torch_nor_rich() -> None:
    """Sentences need the verdict and the standard library only."""
    script = (
        "import sys, autograder.wording; "
        "print([m for m in ('torch', 'numpy', 'rich') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_an_answer_that_is_not_right_is_named() -> None:
    """A question lies before its student: its name is no secret."""
    check = CheckResult(
        id="worksheet::share_conv",
        exercise="worksheet",
        function="worksheet",
        promise="Which share?",
        outcome=Outcome.FAILED,
        points=0,
        max_points=0.5,
        hidden=True,
    )

    (shown,) = for_student(verdict(check)).checks

    assert shown.id == "worksheet::share_conv"
    assert shown.message == (
        "This answer is not right yet. Look at share_conv in worksheet.toml."
    )


def test_notes_of_what_reading_cannot_tell_are_for_staff() -> None:
    """A student would be told how to hide a name; staff are asked for a look."""
    notes = [Note("unclear_names", "conv: Whether any name gets torch.conv2d ...")]
    whole = replace(verdict(result(Outcome.PASSED)), notes=notes)

    assert for_student(whole).notes == []
    assert [reason.short for reason in attention(whole)] == ["unclear names"]
