"""What a whole report says: points, and what to do next."""

from __future__ import annotations

from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Idea,
    Outcome,
    Raised,
    Withheld,
    WrittenAnswer,
)
from autograder.wording import (
    earned_text,
    face,
    fixes,
    is_said_before,
    message_for,
    next_steps,
    score_line,
)
from tests.verdicts import result, secretive, verdict

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
    """``0 / 1`` is for what the student can fix."""
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
    """Points behind a check are part of its worth; the handout's order decides."""
    cheap = result(Outcome.FAILED, "cheap", max_points=2)
    gate = result(Outcome.FAILED, "gate", promise="the gate opens")
    second = result(Outcome.WAITING, "second", waiting_for=gate.id)
    third = result(Outcome.WAITING, "third", waiting_for=second.id)

    found = fixes(verdict(cheap, third, gate, second))

    assert [(fix.start.id, fix.worth) for fix in found] == [(cheap.id, 2), (gate.id, 3)]
    assert next_steps(verdict(gate, cheap, third, second)) == [
        "Begin with “the gate opens”: worth up to 3 points.",
        "2 checks wait for an earlier one and run by themselves once it passes.",
    ]


def test_one_unwritten_function_is_one_fix() -> None:
    """All checks of a function are fixed by writing it; where, and what to run then."""
    place = {"look_at": "convolution.py:7"}
    unwritten = [result(Outcome.NOT_ATTEMPTED, name, **place) for name in "ab"]

    assert next_steps(verdict(*unwritten)) == [
        "Begin with conv2d, which is not written yet: worth up to 2 points. It goes "
        "into convolution.py, line 7; then run `autograder check convolution`."
    ]
    assert not is_said_before(unwritten[0], verdict(*unwritten))
    assert is_said_before(unwritten[1], verdict(*unwritten))


def test_a_name_that_is_nearly_right_is_where_to_begin() -> None:
    """What is known of a function stands in the step, not that it is unwritten."""
    near = "conv2d is not defined; there is conv_2d, was that meant?"
    check = result(Outcome.NOT_ATTEMPTED, "a", detail=near)

    assert (
        next_steps(verdict(check))[0] == f"Begin with conv2d ({near}): worth 1 point."
    )


def test_a_stub_of_another_file_is_where_to_begin() -> None:
    """A layer that is written and calls heads that are not is not called unwritten."""
    told = "MultiHeadAttention.__init__ is not written yet"
    place = {"detail": told, "look_at": "heads.py:14", "function": "EncoderLayer"}
    check = result(Outcome.NOT_ATTEMPTED, "a", exercise="layers", **place)
    other = result(Outcome.NOT_ATTEMPTED, "b", function="max_pool2d")

    assert next_steps(verdict(check, other)) == [
        f"Begin with heads.py, where {told}: worth 1 point. It goes into heads.py, "
        "line 14; then run `autograder check layers`.",
        "max_pool2d is not written yet.",
    ]


def test_a_refusal_is_told_once_in_a_function() -> None:
    """All checks of the function are refused for the same reason."""
    checks = [result(Outcome.REFUSED, n, detail="conv2d uses F.conv2d") for n in "ab"]

    assert [is_said_before(c, verdict(*checks)) for c in checks] == [False, True]


def test_a_file_that_cannot_be_imported_is_told_of_once() -> None:
    """The first visible check of the exercise says it, and no other repeats it."""
    raised = Raised("SyntaxError", "no", [Frame("a.py", 1, "", "(\n^")])
    checks = [
        secretive(Outcome.CRASHED),
        *(result(Outcome.CRASHED, name, raised=raised) for name in "ab"),
        result(Outcome.CRASHED, "c", exercise="other", raised=raised),
        result(Outcome.CRASHED, "d", call=Call("f()"), raised=raised),
        result(Outcome.CRASHED, "e"),
        result(Outcome.CRASHED, "f"),
    ]
    whole = verdict(*checks)

    said = [is_said_before(check, whole) for check in checks]
    assert said == [False, False, True, False, False, False, False]


def test_same_idea_in_one_function_is_one_fix() -> None:
    """Checks that show the same mistake count together, other mistakes do not."""
    flips, scales = Idea("flips", "s", "q"), Idea("scales", "s", "q")
    checks = [
        result(Outcome.FAILED, name, idea=idea)
        for name, idea in (("a", scales), ("b", flips), ("c", flips))
    ]

    assert [fix.worth for fix in fixes(verdict(*checks))] == [1, 2]


def test_a_syntax_error_comes_first_and_ends_with_its_line() -> None:
    """Nothing in the file counts before it is fixed; file, line, text and reason."""
    broken = Frame("pooling.py", 12, "", "x = max(1, 2\n       ^")
    checks = [
        result(Outcome.NOT_ATTEMPTED, "a"),
        result(
            Outcome.CRASHED,
            "b",
            exercise="pooling",
            raised=Raised("SyntaxError", "'(' was never closed", [broken]),
        ),
    ]

    assert next_steps(verdict(*checks))[0] == (
        "Begin with pooling.py, line 12, where Python stops: `x = max(1, 2` "
        "(SyntaxError: '(' was never closed): worth 1 point."
    )


def test_an_exception_in_a_function_is_no_file_that_stops() -> None:
    """Only what ends the import stops the file."""
    raised = Raised("ValueError", "no", [Frame("a.py", 1, "conv2d", "raise")])
    checks = [result(Outcome.FAILED, "a"), result(Outcome.CRASHED, "b", raised=raised)]

    assert fixes(verdict(*checks))[0].start.id == checks[0].id


def test_what_follows_is_counted_with_what_it_follows_from() -> None:
    """One fault is one thing to fix."""
    cause = result(Outcome.FAILED, "a", exercise="shapes", function="conv_output_size")
    after = result(
        Outcome.FAILED,
        "b",
        exercise="shapes",
        function="layer_shapes",
        follows="conv_output_size",
        max_points=2,
    )

    (fix,) = fixes(verdict(after, cause))

    assert fix.start.id == cause.id
    assert fix.worth == 3


def test_hidden_checks_and_faults_are_never_the_first_fix() -> None:
    """Nobody is sent to what they cannot see or fix."""
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
        "1 hidden check is counted in: 1 of 1 point; the visible ones: 1 of 1 point.",
    ]


def test_a_process_that_ended_is_told_once_in_each_function() -> None:
    """Another function's check must not stand there without a reason."""
    ended = {"detail": "exit code 3"}
    checks = [
        *(result(Outcome.CRASHED, name, **ended) for name in "ab"),
        result(Outcome.CRASHED, "c", function="other", **ended),
    ]
    whole = verdict(*checks)

    assert [is_said_before(check, whole) for check in checks] == [False, True, False]
    assert [fix.worth for fix in fixes(whole)] == [2, 1]


def test_a_function_is_written_in_part_where_a_check_of_it_passes() -> None:
    """Only what raised is missing; no check is counted twice, none as unwritten."""
    todo = {"detail": "TODO: groups", "look_at": "convolution.py:10"}
    checks = [
        result(Outcome.PASSED, "a"),
        result(Outcome.NOT_ATTEMPTED, "b", **todo),
        result(Outcome.WAITING, "device", waiting_for="convolution::test_b"),
    ]
    others = [
        result(Outcome.NOT_ATTEMPTED, f"of_{name}", exercise="shapes", function=name)
        for name in ("e", "f", "g", "h", "i")
    ]

    assert next_steps(verdict(*checks, *others)) == [
        "Begin with conv2d, which is written in part (TODO: groups): worth up to 2 "
        "points. The rest goes into convolution.py, line 10; then run `autograder "
        "check convolution`.",
        "The most points are open in shapes: 5.",
        "5 functions, with 5 checks, are not written yet. 1 check waits for an earlier "
        "one and runs by itself once it passes.",
    ]
    assert next_steps(verdict(*others, *checks))[1] == (
        "5 functions, with 5 checks, are not written yet. conv2d is written in part "
        "(TODO: groups). 1 check waits for an earlier one and runs by itself once it "
        "passes."
    )


def test_an_empty_written_answer_is_called_empty() -> None:
    """Nobody is told that a person will grade what is not there."""
    answers = [
        WrittenAnswer("a", "Why?", 2.5, " \n"),
        WrittenAnswer("b", "How?", 1, "So."),
    ]

    assert next_steps(verdict(result(Outcome.PASSED), written=answers[:1]))[1:] == [
        "The written answer, worth 2.5 points, is empty."
    ]
    assert next_steps(verdict(result(Outcome.PASSED), written=answers))[1:] == [
        "The written answer, worth 2.5 points, is empty.",
        "A person grades the written answer, worth 1 point more.",
    ]


def test_where_only_hidden_checks_fail_the_end_says_which() -> None:
    """A question of the worksheet by its name, another check by its exercise."""
    answer = {"exercise": "worksheet", "hidden": True, "max_points": 0.5}
    wrong = CheckResult(
        id="worksheet::share_conv",
        function="",
        promise="Which share?",
        outcome=Outcome.FAILED,
        points=0,
        **answer,
    )
    secret = secretive(Outcome.FAILED)

    (first, *_) = next_steps(verdict(result(Outcome.PASSED), wrong, secret))

    assert first == (
        "Every visible check passes; 2 hidden checks do not: share_conv (0.5), "
        "convolution (1)."
    )
    (first, *_) = next_steps(verdict(result(Outcome.PASSED), wrong))
    assert first == (
        "Every visible check passes; 1 hidden check does not: share_conv (0.5)."
    )


def test_points_of_a_part_are_called_so() -> None:
    """Nobody takes the points of one check for those of the assignment."""
    some = verdict(result(Outcome.PASSED), result(Outcome.FAILED, "b"))

    assert score_line(some, part=True) == "1 of 2 points, of the part that ran."


def test_where_most_points_are_open() -> None:
    """Said where it is not what one begins with, and only where one has the most"""

    def steps(*checks: CheckResult) -> list[str]:
        return [s for s in next_steps(verdict(*checks)) if "most points" in s]

    first = result(Outcome.FAILED, max_points=2)
    below = {"exercise": "network", "function": "ConvNet"}
    more = result(Outcome.FAILED, "b", max_points=3.5, **below)
    same = result(Outcome.FAILED, "c", max_points=2, **below)
    ours = result(Outcome.GRADER_FAULT, "d", max_points=9, exercise="pooling")

    assert steps(first, more) == ["The most points are open in network: 3.5."]
    assert steps(first, same) == []
    assert steps(more, first) == []
    assert steps(first, ours) == []


def test_a_worksheet_with_one_empty_answer_is_not_finished() -> None:
    """Most of it is written, so it is not called unwritten"""
    detail = "why: the answer is missing; write a few sentences after 'answer ='"
    sheet = {"exercise": "worksheet", "function": "worksheet"}
    form = result(Outcome.NOT_ATTEMPTED, "form", detail=detail, **sheet)

    assert next_steps(verdict(form))[0].startswith(
        "Begin with the worksheet, which is not finished yet"
    )
    assert "The worksheet is not finished yet." in next_steps(
        verdict(result(Outcome.FAILED), form)
    )


def test_an_import_that_fails_in_a_call_names_the_line_that_called() -> None:
    """Code that tries a function out at the top of a file costs all its checks"""
    frames = [
        Frame("a.py", 74, "<module>", "f(x)"),
        Frame("a.py", 16, "f", "x @ y"),
    ]
    raised = Raised("RuntimeError", "sizes do not fit.", frames)
    stopped = result(Outcome.CRASHED, exercise="a", raised=raised)

    assert next_steps(verdict(stopped))[0].startswith(
        "Begin with a.py, line 16, where Python stops, called from line 74, outside of "
        "any function: `x @ y` (RuntimeError: sizes do not fit): worth 1 point."
    )
    said = message_for(stopped)
    assert "called from line 74, outside of any function" in said
    assert 'below `if __name__ == "__main__":`' in said
