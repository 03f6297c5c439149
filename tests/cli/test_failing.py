"""What the command line says of its wrong use."""

from __future__ import annotations

from autograder.cli.failing import wrapped


def test_errors_fit_a_terminal_and_keep_commands_whole() -> None:
    """No line is longer than 80 columns, and a command can be copied from one."""
    command = "`autograder check convolution --only pictures_of_the_course`"
    text = f"autograder: there is no check of that name in this folder. Run {command}."

    lines = wrapped(f"{text}\nsecond").split("\n")

    assert max(map(len, lines)) <= 80
    assert any(command in line for line in lines)
    assert " ".join(lines[:-1]) == text
    assert lines[-1] == "second"


def test_what_is_continued_hangs() -> None:
    """A complaint under a step stays under it on each of its lines."""
    first, *others = wrapped(f"    {'word ' * 40}".rstrip(), 4).split("\n")

    assert len(first) <= 80
    assert others
    assert all(line.startswith("    word") and len(line) <= 80 for line in others)
