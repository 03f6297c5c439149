"""The examples in the docstrings of the words run, on the tiny course's solutions."""

from __future__ import annotations

import inspect
import re
import textwrap
from types import ModuleType
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import autograder
from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.checking.local import LocalCaller
from autograder.checking.solution import Solution
from autograder.checking.student import Student
from autograder.checking.vocabulary import mistakes_of, referring_to

WORDS: dict[str, Any] = {
    "agrees": autograder.agrees,
    "as_many_operators": autograder.as_many_operators,
    "causal": autograder.causal,
    "no_more_than": autograder.no_more_than,
    "trajectory": autograder.trajectory,
    "unroll": autograder.unroll,
    "draw.mask": Draw.mask,
    "draw.weights": Draw.weights,
    "student.build": Student.build,
    "student.scripted": Student.scripted,
}
BLOCK = re.compile(r"::\n\n((?:    .*\n|\n)+)")


def examples(word: Any) -> list[str]:
    """The indented blocks of a docstring."""
    text = inspect.cleandoc(word.__doc__) + "\n"
    return [textwrap.dedent(block) for block in BLOCK.findall(text)]


@pytest.fixture(scope="module")
def merged(tiny: Solution) -> ModuleType:
    """All solutions of the tiny course in one module."""
    module = ModuleType("merged")
    for reference in tiny.references.values():
        module.__dict__.update(vars(reference))
    module.__dict__["__name__"] = "merged"
    return module


def names(merged: ModuleType, setting: str) -> dict[str, Any]:
    """What a check file imports, and what a check is given."""
    case = CaseRun(SETTINGS[setting], 1)
    begin(case)
    words = {name: getattr(autograder, name) for name in autograder.__all__}
    student = Student(LocalCaller(merged, {}))
    given = {"torch": torch, "F": F, "nn": nn, "draw": Draw(case), "student": student}
    return words | given


@pytest.mark.parametrize("setting", ["cpu float64", "cpu float32"])
@pytest.mark.parametrize("word", WORDS)
def test_examples_run(merged: ModuleType, word: str, setting: str) -> None:
    """Each word has an example, which holds for code that is right."""
    found = examples(WORDS[word])

    assert found, f"{word} has no example"
    for text in found:
        exec(text, names(merged, setting))


def test_an_example_can_fail(merged: ModuleType) -> None:
    """They are claims: a wrong solution does not get past them."""
    wrong = ModuleType("merged")
    wrong.__dict__.update(vars(merged), softmax=lambda x, dim: x)
    (text,) = examples(autograder.agrees)
    with pytest.raises(Differs):
        exec(text, names(wrong, "cpu float64"))


def test_the_mistakes_of_changed(tiny: Solution) -> None:
    """Its example is a mistakes file of two statements."""
    (text,) = examples(autograder.changed)
    module = ModuleType("m")
    with referring_to("functions", tiny.references):
        exec("from autograder import changed\n" + text, module.__dict__)

    assert [m.id for m in mistakes_of(module, "functions")] == [
        "functions::attention__sees_everything",
        "functions::softmax__of_the_negative",
    ]
