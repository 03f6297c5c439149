"""The words of check files and mistakes files."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import autograder
from autograder.checking.vocabulary import (
    marked,
    mistake,
    mistakes_of,
    reference,
    referring_to,
)
from autograder.errors import CourseError


def test_all_words_are_there() -> None:
    """Every name in __all__ can be had; no other can."""
    for name in autograder.__all__:
        assert callable(getattr(autograder, name)) or name == "reference"
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = autograder.absent


def test_words_are_loaded_when_one_is_asked_for() -> None:
    """The worker imports this package, and must not load what grades it."""
    script = (
        "import sys; from autograder import simulated, verdict, worker\n"
        "print(*[name for name in sys.modules if name.startswith('autograder.ch')])\n"
        "from autograder import hint; print(hint.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split("\n")[:2] == ["", "hint"]


def test_decorators_leave_the_function_as_it_is() -> None:
    """A check is called as before; the words are notes on it."""

    def before() -> None: ...

    @autograder.points(2.5)
    @autograder.hidden
    @autograder.after(before)
    @autograder.hint("look again")
    @autograder.settings("cpu float64")
    def check() -> int:
        return 7

    assert check() == 7
    assert marked(check, "points") == 2.5
    assert marked(check, "hidden") is True
    assert marked(check, "after") == ("before",)
    assert marked(check, "hint") == "look again"
    assert marked(check, "settings") == ("cpu float64",)
    assert marked(before, "points") is None


@pytest.mark.parametrize("name", ["softmax", "__naive", "softmax__", "_"])
def test_a_mistake_needs_a_name_of_two_parts(name: str) -> None:
    """The error names the mistake, the rule and an example."""

    def wrong() -> None:
        """something"""

    wrong.__name__ = name
    with pytest.raises(CourseError, match=f"{name!r}.*<function>__<mistake>"):
        mistake(question="?")(wrong)


def test_a_mistake_needs_a_docstring() -> None:
    """It completes a sentence that students read."""

    def f__g() -> None: ...

    with pytest.raises(CourseError, match="'f__g' has no docstring"):
        mistake(question="?")(f__g)


def test_mistakes_of_a_module() -> None:
    """Marked functions and classes, in order, under their own name only."""
    module = ModuleType("m")
    source = '''
from autograder import mistake
@mistake(question="why?")
def f__first(x):
    """the first,
    on two lines."""
@mistake(question="how?")
class F__second:
    """the second"""
def f__unmarked(x):
    """not one"""
again = f__first
'''
    exec(source, module.__dict__)

    found = mistakes_of(module, "e")

    assert [m.id for m in found] == [
        "e::f__first",
        "e::F__second",
    ]
    assert found[0].sentence == "the first, on two lines"
    assert (found[0].function, found[0].question) == ("f", "why?")


def test_a_class_derived_from_a_mistake_is_none() -> None:
    """Only what bears the mark itself is a mistake."""
    module = ModuleType("m")
    source = '''
from autograder import mistake
@mistake(question="how?")
class F__second:
    """the second"""
class F__third(F__second):
    """the third, not marked"""
'''
    exec(source, module.__dict__)

    assert [m.name for m in mistakes_of(module, "e")] == ["second"]


def test_reference_is_the_solution_at_hand() -> None:
    """Inside, its functions; outside, an error; private names never."""
    one, two = ModuleType("one"), ModuleType("two")
    one.f, two.g = len, abs  # type: ignore[attr-defined]

    with referring_to("one", {"one": one, "two": two}):
        assert reference.f is len
        assert reference.of("two").g is abs
        with pytest.raises(AttributeError):
            _ = reference.g
        with pytest.raises(AttributeError):
            _ = reference.__wrapped__
    with pytest.raises(LookupError):
        _ = reference.f
