"""Mistakes that only change arguments."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

import pytest

from autograder.checking.vocabulary import Mistake, mistakes_of, referring_to
from autograder.errors import CourseError

SOLUTION = '''
def f(x, weight, bias=None, stride=1, *, scale=2):
    """The solution."""
    return x, weight, bias, stride, scale
class Net:
    """Another."""
    def __init__(self, width, depth=2):
        self.width, self.depth = width, depth
    def forward(self, x, mask=None):
        return self.width, self.depth, x, mask
'''
WORDS = {"like": "the sentence", "ask": "why?"}


def mistakes(*statements: str) -> list[Mistake]:
    """Those of a mistakes file with these statements."""
    solution, module = ModuleType("solution"), ModuleType("m")
    exec(SOLUTION, solution.__dict__)
    words = ", ".join(f"{key}={value!r}" for key, value in WORDS.items())
    text = "from autograder import changed, mistake\n"
    text += "\n".join(s.replace("WORDS", words) for s in statements)
    with referring_to("e", {"e": solution}):
        exec(text, module.__dict__)
        return mistakes_of(module, "e")


def one(statement: str) -> Any:
    """The code of the one mistake of a file."""
    (found,) = mistakes(statement)
    return found.code


def test_it_is_a_mistake_like_any_other() -> None:
    """Name, sentence and question; in the order of the file, among the others."""
    found = mistakes(
        'changed("f", stride=1, name="without_stride", WORDS)',
        '@mistake(question="how?")\ndef f__other(*args):\n    """another"""',
        'changed("Net.forward", mask=None, name="sees_all", rounding="test_x", WORDS)',
    )

    assert [m.id for m in found] == [
        "e::f__without_stride",
        "e::f__other",
        "e::Net__sees_all",
    ]
    assert (found[0].sentence, found[0].question) == ("the sentence", "why?")
    assert (found[0].rounding, found[2].rounding) == (None, "test_x")


def test_a_value() -> None:
    """It stands in the place of what was given, by position, by name or not at all."""
    wrong = one('changed("f", stride=1, name="a", WORDS)')

    assert wrong(7, 8, None, 3) == (7, 8, None, 1, 2)
    assert wrong(7, 8, stride=3, scale=5) == (7, 8, None, 1, 5)
    assert wrong(7, 8) == (7, 8, None, 1, 2)


def test_a_function_of_the_arguments() -> None:
    """Of those that it names, as they were given; defaults count."""
    wrong = one(
        'changed("f", x=lambda weight, stride: (weight, stride), weight=lambda x: x, '
        'scale=3, name="a", WORDS)'
    )

    assert wrong(7, 8) == ((8, 1), 7, None, 1, 3)


def test_a_value_that_is_a_function() -> None:
    """It is given by a function of nothing."""
    assert one('changed("f", bias=lambda: len, name="a", WORDS)')(1, 2)[2] is len
    assert one('changed("f", bias=len, name="a", WORDS)')(1, 2)[2] is len


def test_a_class() -> None:
    """Its constructor gets other arguments."""
    wrong = one('changed("Net", depth=lambda width: width + 1, name="a", WORDS)')

    assert wrong(5).forward(0) == (5, 6, 0, None)
    assert isinstance(wrong, type)


def test_a_method() -> None:
    """It gets other arguments; self may be asked for."""
    wrong = one('changed("Net.forward", mask=lambda self: self.depth, name="a", WORDS)')

    assert wrong(5, 3).forward(0) == (5, 3, 0, 3)


def test_parameters_are_those_of_the_solution() -> None:
    """Reports name arguments by them."""
    wrong = one('changed("f", stride=1, name="a", WORDS)')

    assert list(inspect.signature(wrong).parameters)[:2] == ["x", "weight"]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ('changed("f", name="a", WORDS)', "'f__a' changes nothing; name an argument"),
        ('changed("g", x=1, name="a", WORDS)', "the solution has no 'g'"),
        ('changed("Net.h", x=1, name="a", WORDS)', "the solution has no 'Net.h'"),
        ('changed("f", y=1, name="a", WORDS)', "'y' is no argument .* there are x, we"),
        ('changed("f", x=lambda y: y, name="a", WORDS)', "'y' is no argument of the"),
        ('changed("f", x=1, name="a", like="", ask="b")', "'f__a' has no docstring"),
        ('changed("f", x=1, name="a", WORDS)\n' * 2, "'f__a' is there twice"),
    ],
)
def test_what_cannot_be_made(statement: str, message: str) -> None:
    """The error names the mistake and what is wrong with it."""
    with pytest.raises(CourseError, match=message):
        mistakes(statement)
