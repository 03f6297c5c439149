"""Exceptions and printed text of the student's, here and behind the sandbox alike."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest
import torch

from autograder.checking.boundary import thrown_by_student
from autograder.checking.case import current
from autograder.checking.student import Student
from autograder.executor.answering import Answering
from autograder.executor.printing import PRINTED_LIMIT
from autograder.protocol.calls import Request

SOURCE = """
import sys, torch
class TooLong(ValueError): pass
class Own(Exception): pass
class Two(LookupError):
    def __init__(self, a, b): super().__init__(a, b)
class Silent(Exception):
    def __str__(self): raise RuntimeError("no text for you")
class Bare(BaseException): pass
def helper(n):
    raise TooLong(f"{n} is too long")
def too_long(n):
    return helper(n)
def key(): return {}["absent"]
def leave(): sys.exit(3)
def leave_quietly(): raise SystemExit
def own(): raise Own("mine")
def two(): raise Two(1, 2)
def unicode_error(): return b"\\xff".decode()
def not_yet(): raise NotImplementedError("later")
def recursion(): return recursion()
def stop(): raise StopIteration
def torch_error(): return torch.ones(2) @ torch.ones(3)
def memory(): raise MemoryError
def interrupted(): raise KeyboardInterrupt
def bare(): raise Bare("bare")
def closed(): raise GeneratorExit
def silent(): raise Silent()
def long_text(): raise ValueError("x" * 100_000)
def control(): raise ValueError("red \\x1b[31m alert \\x00\\u202e")
def syntax(): exec("def broken(:")
def fine(): return 1
def says():
    print("to the screen")
    print("and to the other", file=sys.stderr)
    return 2
def shouts():
    for _ in range(10_000): print("a" * 100)
def says_and_fails():
    print("before")
    raise ValueError("after")
def prints_when_trained(x):
    return Speaking.apply(x)
class Speaking(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 1
    @staticmethod
    def backward(ctx, g):
        print("on the way back")
        return g
"""


def told_by(function: Any) -> str | None:
    """The type of the exception that a student's function raises."""
    try:
        function()
    except Exception as error:
        thrown = thrown_by_student(error)
        return thrown.type if thrown else f"not the student's: {error!r}"
    return None


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("too_long", ValueError, "TooLong"),
        ("key", KeyError, "KeyError"),
        ("own", Exception, "Own"),
        ("two", LookupError, "Two"),
        ("unicode_error", ValueError, "UnicodeDecodeError"),
        ("not_yet", NotImplementedError, "NotImplementedError"),
        ("recursion", RecursionError, "RecursionError"),
        ("torch_error", RuntimeError, "RuntimeError"),
        ("memory", MemoryError, "MemoryError"),
        ("leave", Exception, "SystemExit"),
        ("leave_quietly", Exception, "SystemExit"),
        ("stop", StopIteration, "StopIteration"),
        ("syntax", SyntaxError, "SyntaxError"),
    ],
)
def test_exceptions_arrive(
    open_student: Any, name: str, kind: type[Exception], told: str
) -> None:
    """pytest.raises catches the nearest built-in type; the facts name the real one."""
    student = open_student(SOURCE)

    with pytest.raises(kind) as caught:
        getattr(student, name)(*([5] if name == "too_long" else []))

    thrown = thrown_by_student(caught.value)
    assert thrown is not None
    assert thrown.type == told
    assert student.fine() == 1, "the next call works"


@pytest.mark.parametrize(
    ("name", "told"), [("bare", "Bare"), ("closed", "GeneratorExit")]
)
def test_base_exceptions_end_no_grader(open_student: Any, name: str, told: str) -> None:
    """BaseExceptions of a student's do not escape as such."""
    student = open_student(SOURCE)

    assert told_by(getattr(student, name)) == told
    assert student.fine() == 1


def test_an_interrupt_of_the_students_stays_there(open_remote: Any) -> None:
    """A KeyboardInterrupt behind the sandbox is no order to the grader to stop.

    It is an exception like any other, and told by its name.
    """
    student = Student(open_remote(SOURCE))

    assert told_by(student.interrupted) == "KeyboardInterrupt"
    assert student.fine() == 1


def test_the_message_and_the_students_lines(open_student: Any) -> None:
    """The facts hold the message and the frames of the student's file, in order."""
    with pytest.raises(ValueError, match="5 is too long") as caught:
        open_student(SOURCE).too_long(5)

    thrown = thrown_by_student(caught.value)
    assert thrown is not None
    assert [(f[0], f[2], f[3]) for f in thrown.frames] == [
        ("sample.py", "too_long", "return helper(n)"),
        ("sample.py", "helper", 'raise TooLong(f"{n} is too long")'),
    ]
    assert thrown.frames[0][1] == SOURCE.splitlines().index("    return helper(n)") + 1


def test_long_and_hostile_messages(open_student: Any) -> None:
    """Messages are cut, and control characters do not come through."""
    student = open_student(SOURCE)

    with pytest.raises(ValueError) as caught:  # noqa: PT011
        student.long_text()
    long = thrown_by_student(caught.value)
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        student.control()
    control = thrown_by_student(caught.value)

    assert long is not None
    assert len(long.message) == 2000
    assert control is not None
    assert control.message == "red [31m alert "


def test_an_exception_without_a_text(open_student: Any) -> None:
    """An exception whose __str__ raises is told as any other."""
    student = open_student(SOURCE)

    assert told_by(student.silent) == "Silent"
    assert student.fine() == 1


def test_printed_text_is_kept(open_student: Any, capfd: Any) -> None:
    """What the student prints goes into the answer and not to the terminal."""
    student = open_student(SOURCE)

    student.says()
    assert current().events[-1].answer.printed == "to the screen\nand to the other\n"
    student.fine()
    assert current().events[-1].answer.printed == ""
    assert capfd.readouterr() == ("", "")


def test_printed_text_before_an_exception_is_kept(open_student: Any) -> None:
    """Print statements are how students look for the error."""
    with pytest.raises(ValueError, match="after"):
        open_student(SOURCE).says_and_fails()
    assert current().events[-1].answer.printed == "before\n"


def test_printed_text_is_capped(open_student: Any) -> None:
    """A megabyte of prints leaves its beginning."""
    open_student(SOURCE).shouts()

    printed = current().events[-1].answer.printed
    assert len(printed) == PRINTED_LIMIT
    assert printed.startswith("a" * 100 + "\n")


def test_printing_in_a_backward_is_caught(open_student: Any, capfd: Any) -> None:
    """Nothing of a backward reaches the terminal either."""
    x = torch.ones(1, requires_grad=True)
    open_student(SOURCE).prints_when_trained(x).sum().backward()

    assert capfd.readouterr() == ("", "")


def test_without_capture_text_reaches_the_terminal(capfd: Any) -> None:
    """Under a debugger prints must be seen at once."""
    module = ModuleType("sample")
    exec("def says():\n    print('at once')\n", module.__dict__)
    request = Request(["function", "says"], {"tuple": []}, {"dict": []}, [])
    answer = Answering(module, {}, capture=False).call(request)

    assert answer.printed == ""
    assert capfd.readouterr() == ("at once\n", "")


def test_no_path_of_the_machine_is_told(open_remote: Any) -> None:
    """Where torch lies here is no part of what is wrong with an import."""
    student = Student(open_remote("def f():\n    from torch import sofmax\n"))

    with pytest.raises(ImportError) as caught:
        student.f()
    assert str(caught.value) == "cannot import name 'sofmax' from 'torch'"
