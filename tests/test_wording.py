"""Sentences are an interface: the important ones are held word for word."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace

import pytest

from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Idea,
    Mismatch,
    Outcome,
    Raised,
    Verdict,
    Withheld,
)
from autograder.wording import (
    cut,
    earned_text,
    face,
    finding,
    fixes,
    for_student,
    is_said_before,
    message_for,
    next_steps,
    one_line,
    plain,
    repeat_command,
    rows,
    score_line,
)
from autograder.wording.mismatches import KINDS, clause, remark

SECRET = "5ecre7"
CALL = Call("conv2d(x, weight)", {"x": "float64[2, 3]"})


def result(outcome: Outcome, name: str = "agrees", **facts: object) -> CheckResult:
    passed = outcome is Outcome.PASSED
    defaults = {
        "exercise": "convolution",
        "function": "conv2d",
        "promise": "it agrees",
        "points": 1 if passed else 0,
        "max_points": 1,
    }
    defaults |= facts
    return CheckResult(
        id=f"{defaults['exercise']}::test_{name}", outcome=outcome, **defaults
    )


def secretive(outcome: Outcome, name: str = "x", **facts: object) -> CheckResult:
    known = {
        "hidden": True,
        "function": SECRET,
        "setting": SECRET,
        "case": SECRET,
        "message": SECRET,
        "call": Call(SECRET, {SECRET: SECRET}),
        "mismatch": Mismatch("value", SECRET, SECRET, SECRET, [SECRET], [SECRET]),
        "raised": Raised(SECRET, SECRET, [Frame(SECRET, 1, SECRET, SECRET)]),
        "idea": Idea(SECRET, SECRET, SECRET),
        "waiting_for": SECRET,
        "detail": SECRET,
        "hint": SECRET,
        "look_at": SECRET,
        "printed": SECRET,
    }
    return result(outcome, f"{name}_{SECRET}", **(known | facts))


def verdict(*checks: CheckResult, **facts: object) -> Verdict:
    return Verdict("cnn", "student_01", 7, list(checks), **facts)


MESSAGES = [
    (result(Outcome.PASSED), "Passed."),
    (result(Outcome.NOT_ATTEMPTED), "conv2d is not written yet."),
    (
        result(
            Outcome.NOT_ATTEMPTED, function="softmax", detail="softmax.py is not there"
        ),
        "softmax.py is not there.",
    ),
    (
        result(Outcome.WAITING, waiting_for="convolution::test_example"),
        "Not run yet: this waits until test_example passes.",
    ),
    (
        result(
            Outcome.CRASHED,
            call=CALL,
            setting="cpu float32",
            raised=Raised("ValueError", "no", [Frame("convolution.py", 15, "f", "x")]),
        ),
        "conv2d(x, weight) in float32 on the CPU: your code raises ValueError at "
        "convolution.py:15: no.",
    ),
    (
        result(
            Outcome.CRASHED, call=CALL, detail="conv2d: the process died of SIGSEGV"
        ),
        "conv2d(x, weight): the process that ran your code ended before it answered "
        "(the process died of SIGSEGV).",
    ),
    (
        result(Outcome.OUT_OF_TIME, call=CALL, detail="conv2d: no answer in 5 s"),
        "conv2d(x, weight): no answer in 5 s. A loop that never ends?",
    ),
    (
        result(Outcome.OUT_OF_TIME, detail="5 s of CPU time"),
        "No answer within 5 s of CPU time. A loop that never ends?",
    ),
    (
        result(Outcome.OUT_OF_MEMORY, detail="1024 MiB"),
        "It asks for more than 1024 MiB. A tensor much larger than it needs to be?",
    ),
    (
        result(Outcome.REFUSED, detail="conv2d uses torch.conv2d"),
        "Refused: conv2d uses torch.conv2d. The exercise asks you to do without that.",
    ),
    (
        result(Outcome.GRADER_FAULT, detail="KeyError: 3", call=CALL),
        "The grader failed on this check. This is our fault, not yours: it costs you "
        "nothing, and the course staff will look at it.",
    ),
    (
        result(
            Outcome.FAILED,
            call=CALL,
            setting="cpu float64",
            mismatch=Mismatch(
                "value", "the output", "", "", [], [], 7, 8, [1, 2], 14.25, 1.2e-9
            ),
            idea=Idea("flips", "your output equals a flipped kernel", "why so?"),
        ),
        "conv2d(x, weight): the output has wrong values: 7 of 8 values differ, most "
        "of all at [1, 2], off by 14, where 1.2e-09 is allowed. Your output equals a "
        "flipped kernel. Why so?",
    ),
    (result(Outcome.FAILED), "This does not do what the check promises."),
]


@pytest.mark.parametrize(("check", "expected"), MESSAGES)
def test_message(check: CheckResult, expected: str) -> None:
    """Each outcome has its paragraph."""
    assert message_for(check) == expected


CLAUSES = {
    "value": "the output is 5, and 7 is right",
    "shape": "the output has the wrong shape: it is 5, and 7 is right",
    "dtype": "the output has the wrong dtype: it is 5, and 7 is right",
    "type": "the output: got 5, expected 7",
    "structure": "the output: got 5, expected 7",
    "changed_input": (
        "the call overwrites the output, and whoever made the call may still need "
        "what was in it"
    ),
    "not_repeatable": (
        "the same call gives another answer the second time: the output changes"
    ),
    "no_gradient": (
        "no gradient flows back from the output: its values have left autograd"
    ),
    "device": (
        "the output is on 5, and 7 is right; a tensor made on the way may need a device"
    ),
    "exception": "7 should be raised here, and what came is 5",
    "assertion": "this does not hold: 7; seen: 5",
}


@pytest.mark.parametrize("kind", KINDS)
def test_clause_of_every_kind_of_mismatch(kind: str) -> None:
    """Each kind of mismatch is told in its own words."""
    assert clause(Mismatch(kind, "the output", "7", "5")) == CLAUSES[kind]


def test_a_lost_gradient_names_what_it_does_not_reach() -> None:
    """The input without a gradient stands in the sentence."""
    lost = Mismatch("no_gradient", "the gradient of weight", "float64[3]", "none")

    assert clause(lost).startswith("no gradient reaches weight: ")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"differing": 1, "total": 6, "where": [2]}, "1 of 6 values differs, at [2]"),
        ({"differing": 1, "total": 1, "where": []}, "1 of 1 value differs"),
        (
            {"differing": 2, "total": 6, "where": [0], "got_preview": ["nan", "1"]},
            "2 of 6 values differ, most of all at [0]; some of them are NaN or "
            "infinite",
        ),
        ({"error": 0.5, "allowed": 0.1}, "off by 0.5, where 0.1 is allowed"),
        ({}, None),
    ],
)
def test_extent_of_wrong_values(facts: dict, expected: str | None) -> None:
    """How many, where, and by how much, as far as it is known."""
    mismatch = Mismatch("value", "the output", "a", "b", **facts)

    assert remark(mismatch) == expected


def test_a_name_at_the_beginning_keeps_its_spelling() -> None:
    """``softmax`` does not become ``Softmax``, and ``the output`` begins a sentence."""
    of_x = result(Outcome.FAILED, mismatch=Mismatch("shape", "softmax", "a", "b"))
    of_output = result(
        Outcome.FAILED, mismatch=Mismatch("shape", "the output", "a", "b")
    )

    assert message_for(of_x).startswith("softmax has")
    assert message_for(of_output).startswith("The output has")


def test_the_worksheet_complaint_does_not_repeat_its_promise() -> None:
    """A claim that is the promise itself is left out; what was seen is said."""
    complaint = result(
        Outcome.FAILED,
        promise="every answer has its form",
        mismatch=Mismatch(
            "assertion", "it", "every answer has its form", "q3 is no number"
        ),
    )

    assert message_for(complaint) == "q3 is no number."


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


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_message_shouts(outcome: Outcome) -> None:
    """Every message is one paragraph and ends quietly."""
    for hidden in (False, True):
        for exercise in ("convolution", "worksheet"):
            said = message_for(result(outcome, hidden=hidden, exercise=exercise))

            assert said[-1] in ".?"
            assert "!" not in said
            assert "\n" not in said


def test_an_answer_on_the_worksheet_is_called_an_answer() -> None:
    """The worksheet's hidden checks are questions, and are spoken of as such."""
    wrong = secretive(Outcome.FAILED, exercise="worksheet")

    assert message_for(wrong) == "This answer is not right yet."


def test_message_is_one_line_whatever_was_raised() -> None:
    """Control characters and lines in an exception's text cannot act."""
    raised = Raised("E\x1b[2J", "a\nb\x00" + "c" * 9999)

    said = message_for(result(Outcome.CRASHED, raised=raised))

    assert "\x1b" not in said
    assert "\n" not in said
    assert "\\x1b[2J" in said
    assert len(said) < 500


# Signs, words, points


def test_every_outcome_has_a_word_of_its_own() -> None:
    """No two outcomes look the same without colour."""
    faces = [face(outcome) for outcome in Outcome]

    assert len({look.word for look in faces}) == len(Outcome)
    assert all(look.sign and look.tone for look in faces)


def test_failed_unwritten_waiting_and_ours_have_signs_of_their_own() -> None:
    """What a student makes of a check differs at first sight."""
    kinds = ["PASSED", "FAILED", "NOT_ATTEMPTED", "WAITING", "GRADER_FAULT"]

    assert "".join(face(Outcome[kind]).sign for kind in kinds) == "✓✗○…!"


def test_points_of_a_grader_fault_are_open_and_not_lost() -> None:
    """``0 / 1`` is for what the student can mend."""
    assert earned_text(result(Outcome.FAILED)) == "0 / 1"
    assert earned_text(result(Outcome.GRADER_FAULT)) == "open / 1"


def test_score_line_says_what_a_fault_of_ours_leaves_open() -> None:
    """The total is followed by what is not decided."""
    faulty = verdict(result(Outcome.PASSED), result(Outcome.GRADER_FAULT, "b"))

    assert score_line(faulty) == (
        "1 of 2 points. 1 point is open because the grader failed on 1 check. That is "
        "our fault: it costs you nothing, and the course staff will look at it."
    )
    assert score_line(verdict()) == "No check has run."


# What to do next


def test_first_fix_counts_what_waits_for_it() -> None:
    """Points behind a check, over any number of steps, are part of its worth."""
    cheap = result(Outcome.FAILED, "cheap", max_points=2)
    gate = result(Outcome.FAILED, "gate", promise="the gate opens")
    second = result(Outcome.WAITING, "second", waiting_for=gate.id)
    third = result(Outcome.WAITING, "third", waiting_for=second.id)

    found = fixes(verdict(cheap, third, gate, second))

    assert [(fix.start.id, fix.worth) for fix in found] == [(gate.id, 3), (cheap.id, 2)]
    assert next_steps(verdict(cheap, third, gate, second)) == [
        "Begin with “the gate opens”: worth up to 3 points.",
        "2 checks wait for an earlier one and run by themselves once it passes.",
    ]


def test_one_unwritten_function_is_one_fix() -> None:
    """All checks of a function that is not written are mended by writing it."""
    unwritten = [result(Outcome.NOT_ATTEMPTED, name) for name in "ab"]

    assert next_steps(verdict(*unwritten)) == [
        "Begin with conv2d, which is not written yet: worth up to 2 points.",
        "conv2d is not written yet.",
    ]
    assert not is_said_before(unwritten[0], verdict(*unwritten))
    assert is_said_before(unwritten[1], verdict(*unwritten))


def test_same_idea_in_one_function_is_one_fix() -> None:
    """Checks that show the same mistake count together, other mistakes do not."""
    flips, scales = Idea("flips", "s", "q"), Idea("scales", "s", "q")
    checks = [
        result(Outcome.FAILED, name, idea=idea)
        for name, idea in (("a", scales), ("b", flips), ("c", flips))
    ]

    assert [fix.worth for fix in fixes(verdict(*checks))] == [2, 1]


def test_hidden_checks_and_faults_are_never_the_first_fix() -> None:
    """Nobody is sent to what they cannot see or mend."""
    nothing = verdict(secretive(Outcome.FAILED), result(Outcome.GRADER_FAULT))

    assert fixes(nothing) == []


def test_all_is_done_at_home_but_hidden_checks_will_come() -> None:
    """A student hears how many checks run after hand-in, and what they are worth."""
    done = verdict(
        result(Outcome.PASSED), withheld={"a": Withheld(1, 2), "b": Withheld(1, 0.5)}
    )

    assert next_steps(done) == [
        "Every visible check passes. Well done.",
        "2 hidden checks worth 2.5 points run after you hand in.",
    ]


def test_all_is_done_in_the_end() -> None:
    """With nothing left, every check passes, hidden ones counted in."""
    done = verdict(result(Outcome.PASSED), result(Outcome.PASSED, "h", hidden=True))

    assert next_steps(done) == [
        "Every check passes. Well done.",
        "1 hidden check is counted in: 1 of 1 point.",
    ]


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
        idea=Idea("flips", "your output equals a flip", "why?"),
        hint="count",
        look_at="a.py:3",
        printed="one\ntwo\n",
    )

    assert [(row.label, row.text) for row in rows(check, verdict(check))] == [
        ("expected", "float32[9]     1  -2  ..."),
        ("got", "int64[9]     -10   3  ..."),
        ("looks like", "a flip"),
        ("think", "why?"),
        ("hint", "count"),
        ("look at", "a.py:3"),
        ("printed", "one\ntwo"),
    ]


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

    assert repeat_command(check) == "autograder check --only agrees_with_torch"
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
