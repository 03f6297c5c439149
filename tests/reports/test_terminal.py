"""The terminal's report: readable without colour, and no place for tricks."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from autograder.reports import class_summary, terminal
from autograder.verdict import Call, CheckResult, Note, Outcome, Verdict
from autograder.wording import repeat_command

SECRET = "5ecre7"

AGREES = """\
✗ conv2d agrees with torch for every stride                     failed     0 / 3

      conv2d(x, weight)      where x: float64[2, 3], weight: float64[3]

      expected     float64[2, 4]   0.5  -12.25  ...
      got          float64[2, 4]   1.5       2  ...
      7 of 8 values differ, most of all at [1, 2], off by 14, where 1.2e-09 is
      allowed.

      looks like   a convolution, with the kernel flipped
      think        does torch turn the kernel round?
      look at      convolution.py:15
      printed      \\x1b[31mred [bold]x[/bold] <b>now</b>
      try again    autograder check convolution --only agrees

"""


def test_a_wrong_answer_line_by_line(agrees: CheckResult) -> None:
    """Promise, call, both answers, how far apart, idea, question, place, command."""
    verdict = Verdict("cnn", "student_01", 7, [agrees])

    shown = terminal.render(verdict, repeat=repeat_command)

    assert AGREES in shown
    assert shown.startswith(f"{'cnn   student_01':<67}seed 7, 0.0 s\n")
    assert shown.endswith(
        "0 of 3 points.\n"
        "Begin with “conv2d agrees with torch for every stride”: worth 3 points.\n"
    )


def test_every_check_shows_promise_word_and_points(everything: Verdict) -> None:
    """Each outcome is there in words, hidden checks are marked."""
    shown = terminal.render(everything)

    for line in (
        r"✓ the promise of example +passed +2 / 2",
        r"… the promise of dilation +waiting +0 / 2",
        r"✗ the promise of stride \(hidden\) +failed +0 / 1",
        r"✗ the promise of maximum +crashed +0 / 1",
        r"✗ the promise of slow +out of time +0 / 1",
        r"✗ the promise of large +out of memory +0 / 1",
        r"✗ the promise of own +refused +0 / 1",
        r"! the promise of fault +our fault +open / 2",
        r"○ mean, 2 checks +not written +0 / 2",
        r"note  pooling.ipynb <i>was</i> ignored",
        r"The simulated GPU not checked: this torch has no such device",
        r"For information: your conv2d used 12 operators and 3.1 kB; the reference",
    ):
        assert re.search(line, shown), line


def test_nothing_of_a_hidden_check_but_promise_and_outcome(
    everything: Verdict,
) -> None:
    """The terminal shows no fact of a hidden check, whoever looks."""
    no_fault = [c for c in everything.checks if c.outcome is not Outcome.GRADER_FAULT]
    waits = [c for c in no_fault if c.outcome is not Outcome.WAITING]

    shown = terminal.render(replace(everything, checks=waits), repeat=repeat_command)

    assert "(hidden)" in shown
    assert SECRET not in shown


@pytest.mark.parametrize("width", [40, 80, 132])
def test_no_line_is_wider_than_the_terminal(everything: Verdict, width: int) -> None:
    """Long lines wrap, but for commands, at any width, and no line ends in blanks."""
    shown = terminal.render(everything, width=width, repeat=repeat_command)

    for line in shown.splitlines():
        assert len(line) <= width or line.lstrip().startswith("autograder check ")
        assert line == line.rstrip()


def test_blocks_are_one_blank_line_apart(everything: Verdict) -> None:
    """Short and long checks alike leave one blank line before the next exercise."""
    done = [c for c in everything.checks if c.outcome is Outcome.PASSED]

    for checks in (everything.checks, done):
        shown = terminal.render(replace(everything, checks=checks))

        assert "\n\n\n" not in shown
        assert re.search(r"\n\nmeans +2 / ", shown)


def test_colour_adds_colour_and_no_words(everything: Verdict) -> None:
    """The text is the same with and without; without there is no escape code."""
    plain = terminal.render(everything)
    coloured = terminal.render(everything, colour=True)

    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_text_of_students_cannot_act(everything: Verdict) -> None:
    """Escape codes, carriage returns and rich's markup are shown as they are."""
    evil = "\x1b[2J\r[red]x[/red]\x07"
    checks = [
        replace(c, promise=evil, detail=evil, printed=evil) for c in everything.checks
    ]

    shown = terminal.render(replace(everything, checks=checks, student=evil))

    assert not set(shown) & set("\x1b\r\x07")
    assert "[red]x[/red]" in shown


def test_a_function_that_is_not_written_is_explained_once(everything: Verdict) -> None:
    """All its checks are one line."""
    shown = terminal.render(everything)

    assert shown.count("○") == 1
    assert shown.count("mean is not written yet.") == 1  # at the end


def test_no_command_without_repeat(everything: Verdict) -> None:
    """Whoever gives no command gets no line for it."""
    assert "try again" not in terminal.render(everything)


def classmates(everything: Verdict, count: int) -> list[Verdict]:
    return [replace(everything, student=f"student_{n:02}") for n in range(count, 0, -1)]


def test_class_table_in_order(everything: Verdict) -> None:
    """A line per student, alphabetically, with points in all and per exercise."""
    shown = class_summary.render(classmates(everything, 2)).splitlines()

    assert [re.split(r"  +", line.strip()) for line in shown[:4]] == [
        ["student", "points", "convolution", "pooling", "means"],
        ["of 19.5", "of 8", "of 6", "of 5.5"],
        ["student_01", "open", "2", "open", "2", "look"],
        ["student_02", "open", "2", "open", "2", "look"],
    ]
    assert "2 submissions; the points of all are open." in shown


def test_the_median_is_of_those_who_are_decided(everything: Verdict) -> None:
    """Open points are no low ones."""
    decided = replace(everything, student="student_00", checks=everything.checks[:2])

    shown = class_summary.render([everything, decided])

    assert "2 submissions; the median is 2 of 19.5 points." in shown


def test_class_summary_counts_students_per_idea(everything: Verdict) -> None:
    """An idea counts once a student, and says whose function it is about."""
    twice = replace(everything, checks=[*everything.checks, everything.checks[1]])

    shown = class_summary.render(classmates(twice, 5))

    assert "  5 students  conv2d flips the kernel\n" in shown


def test_an_idea_of_one_student_is_told_with_the_name(everything: Verdict) -> None:
    """Nothing is common in a class of one: a plain heading, no count, no median."""
    alone = replace(everything, checks=everything.checks[:2])
    other = replace(alone, student="student_02", checks=everything.checks[:1])

    one = class_summary.render([alone])
    two = class_summary.render([alone, other])

    for shown in (one, two):
        assert "Ideas that were recognised\n  student_01  conv2d flips the" in shown
        assert "1 student " not in shown
        assert "Most common" not in shown
    assert "1 submission: 2 of 5 points." in one
    assert "median" not in one
    assert "2 submissions; the median is 2 of 5 points." in two


def test_class_summary_lists_what_needs_attention(everything: Verdict) -> None:
    """A line a student, with the promises and the details; nobody is left out."""
    one = class_summary.render([everything])
    many = class_summary.render(classmates(everything, 30))

    assert "Look at these before marks go out" in one
    assert "student_01  our fault, pooling: the promise of fault (KeyError" in one
    assert "refused, pooling: max_pool2d uses" in " ".join(one.split())
    assert one.partition("Ideas")[0].count("student_01") == 2
    listed = many[many.index("Look at these") :]
    assert all(f"student_{number:02}  our fault" in listed for number in range(1, 31))


def test_who_was_not_read_comes_first(everything: Verdict) -> None:
    """A student whose every point is lost to a zip stands above a refused check."""
    refused = replace(everything, checks=[everything.checks[0], everything.checks[7]])
    zeros = [replace(check, points=0) for check in everything.checks[2:4]]
    unread = replace(
        refused,
        student="student_08",
        checks=zeros,
        notes=[Note("not_read", "The zip is damaged.")],
    )
    empty = replace(refused, student="student_09", checks=zeros, notes=[])

    shown = class_summary.render([*classmates(refused, 3), unread, empty])

    lines = shown.partition("Look at these")[2].splitlines()[1:6]
    assert [line.split()[0] for line in lines] == [
        *("student_08", "student_09", "student_01", "student_02", "student_03")
    ]
    assert lines[0].split("  ")[-1] == "not read: The zip is damaged."
    assert lines[1].split("  ")[-1] == "no points for anything"


def test_class_table_drops_no_column(everything: Verdict) -> None:
    """A narrow terminal gets a wide table rather than half of one."""
    shown = class_summary.render([everything], width=40)

    assert re.search(r"student_01 +open +2 +open +2 +look", shown)


def test_class_without_submissions() -> None:
    """An empty class is said to be empty."""
    assert class_summary.render([]) == "No submission was graded.\n"


@pytest.mark.parametrize("width", [60, 72, 80, 90])
def test_a_command_is_never_broken(agrees: CheckResult, width: int) -> None:
    """A long one stands on a line of its own, one in a sentence on one line."""
    long = replace(agrees, id="convolution::test_" + "agrees_with_torch_" * 3)
    todo = replace(
        agrees,
        id="convolution::test_other",
        outcome=Outcome.NOT_ATTEMPTED,
        function="conv",
        look_at="convolution.py:7",
    )
    for checks in ([long], [todo]):
        verdict = Verdict("cnn", "", 7, checks)
        shown = terminal.render(verdict, repeat=repeat_command, width=width)
        command = repeat_command(checks[0]) if checks == [long] else None
        whole = command or "`autograder check convolution`"

        assert whole in shown


def test_a_note_is_never_cut_within_a_sentence() -> None:
    """All of an ordinary one is shown; of an endless one, whole sentences."""
    long = "The file was read all the same, since all of it stands in comments. " * 5
    shown = terminal.render(Verdict("cnn", "", 7, [], notes=[Note("a", long)]))
    assert " ".join(long.split()) in " ".join(shown.split())

    endless = terminal.render(Verdict("cnn", "", 7, [], notes=[Note("a", long * 9)]))
    assert re.search(
        r"in comments\. \.\.\. \d+ more characters", " ".join(endless.split())
    )


def test_the_same_cause_is_told_in_full_once(agrees: CheckResult) -> None:
    """Further checks of the function have a line; those of another are told whole."""
    again = replace(agrees, id="convolution::test_pairs", promise="it takes pairs")
    other = replace(agrees, id="convolution::test_other", function="other")

    shown = terminal.render(
        Verdict("cnn", "", 7, [agrees, again, other]), repeat=repeat_command
    )

    assert shown.count("The same: a convolution, with the kernel flipped.") == 1
    assert shown.count("does torch turn the kernel round?") == 2
    assert shown.count("try again") == 2


def test_a_long_argument_hangs_under_its_name() -> None:
    """Its further lines are indented, so that the next argument is seen."""
    values = {"net": f"Net({', '.join(['Linear(3, 4)'] * 9)})", "other": "Other(1)"}
    call = Call("f(net, other)", {}, values)
    known = ("a::test_long", "a", "f", "it holds", Outcome.FAILED, 0, 1)
    failed = CheckResult(*known, call=call)

    lines = terminal.render(Verdict("cnn", "s", 7, [failed])).split("\n")

    begin = next(n for n, line in enumerate(lines) if "where net = Net(" in line)
    assert lines[begin + 1].startswith(" " * 16 + "Linear(3, 4)")
    assert next(line for line in lines if "other = " in line).startswith(
        " " * 12 + "other = Other(1)"
    )
    assert max(map(len, lines)) <= 80
