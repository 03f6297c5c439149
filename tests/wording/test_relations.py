"""Relations as sentences: facts in plain words, held word for word."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import autograder.checking.relations
from autograder.verdict import Relation
from autograder.wording.relations import RELATIONS, relation_text

OUTPUT = {"of": "the output"}
WEIGHT = {"of": "the gradient of weight"}

SENTENCES = [
    ("constant", OUTPUT | {"value": "0"}, "Your answer is 0 everywhere."),
    (
        "unchanged",
        {"of": "output[1]", "argument": "x"},
        "output[1] is x, unchanged.",
    ),
    (
        "sign",
        WEIGHT,
        "The gradient of weight is the right one with its sign turned, everywhere.",
    ),
    (
        "factor",
        OUTPUT | {"factor": "2"},
        "Your answer is 2 times the right one everywhere.",
    ),
    (
        "factor",
        OUTPUT
        | {
            "factor": "3",
            "form": "size",
            "size": "the batch size (x.shape[0])",
            "sizes": "3",
        },
        "Your answer is 3 times the right one everywhere; 3 is the batch size "
        "(x.shape[0]).",
    ),
    (
        "factor",
        WEIGHT
        | {"factor": "1/12", "form": "1/size", "size": "x.numel()", "sizes": "12"},
        "The gradient of weight is 1/12 of the right one everywhere; 12 is x.numel().",
    ),
    (
        "factor",
        OUTPUT
        | {
            "factor": "4/3",
            "form": "size/(size-1)",
            "size": "x.shape[1]",
            "sizes": "4",
        },
        "Your answer is 4/3 times the right one everywhere, which is n/(n-1), where n "
        "is x.shape[1].",
    ),
    (
        "factor",
        OUTPUT
        | {
            "form": "sqrt",
            "size": "q.shape[1]",
            "sizes": "4, 9",
            "values": "2, 3",
            "sign": "turned",
        },
        "Your answer is the right one times the square root of q.shape[1] everywhere "
        "(here 2, 3), its sign turned.",
    ),
    (
        "factor",
        OUTPUT
        | {"form": "1/size", "size": "len", "sizes": "2, 5", "values": "1/5, 1/2"},
        "Your answer is the right one times 1/n, where n is len, everywhere (here 1/5, "
        "1/2).",
    ),
    (
        "offset",
        OUTPUT | {"number": "1", "sign": "less"},
        "Your answer is 1 less than the right one everywhere.",
    ),
    (
        "difference",
        OUTPUT | {"argument": "bias", "sign": "less"},
        "Your answer is the right one minus bias, everywhere.",
    ),
    (
        "axes",
        OUTPUT | {"axes": "1 and 2", "order": "0, 2, 1"},
        "Your answer is the right one with axes 1 and 2 exchanged.",
    ),
    (
        "axes",
        OUTPUT | {"order": "1, 2, 0"},
        "Your answer is the right one with its axes in the order 1, 2, 0.",
    ),
    (
        "read_across",
        OUTPUT | {"axes": "1 and 2", "order": "0, 2, 1"},
        "Your answer holds the right numbers in another order: it is the right one "
        "with axes 1 and 2 exchanged, and reshaped to the right shape.",
    ),
    (
        "shape",
        OUTPUT | {"got": "[3, 24]", "expected": "[3, 4, 6]"},
        "Your answer holds the right numbers in the right order, in the shape [3, 24] "
        "where [3, 4, 6] is right.",
    ),
    (
        "reduced",
        OUTPUT | {"function": "sum", "axis": "1", "whole": "truth"},
        "Your answer is the sum of the right one along axis 1.",
    ),
    (
        "reduced",
        OUTPUT | {"function": "mean", "axis": "2", "whole": "got"},
        "The mean of your answer along axis 2 is the right one.",
    ),
    (
        "reversed",
        OUTPUT | {"axes": "2 and 3"},
        "Your answer is the right one backwards along axes 2 and 3.",
    ),
    (
        "repeated",
        OUTPUT | {"axis": "0", "batch": "yes", "place": "first"},
        "Your answer is the same at every item of the batch (axis 0): what is right "
        "for the first one.",
    ),
    (
        "shifted",
        OUTPUT | {"axes": "2", "rim": "zeros", "towards": "higher"},
        "Your answer is the right one moved by one place along axis 2, towards higher "
        "indices; zeros stand in the places left free.",
    ),
    (
        "permuted",
        OUTPUT | {"axis": "1", "order": "0 1 3 2"},
        "Your answer has 4 equal blocks along axis 1 in another order: 0 1 3 2 of the "
        "right one's blocks.",
    ),
    (
        "lacking",
        OUTPUT | {"axes": "2 and 3", "place": "both"},
        "Your answer is the right one without its first and last places along axes 2 "
        "and 3.",
    ),
    (
        "surplus",
        OUTPUT | {"axes": "1", "place": "last"},
        "Your answer is the right one with more places behind it along axis 1.",
    ),
    (
        "function",
        OUTPUT | {"function": "softmax", "axis": "1"},
        "Your answer is the softmax of the right one along axis 1, everywhere.",
    ),
    (
        "function",
        OUTPUT | {"function": "difference from 1"},
        "Your answer is 1 minus the right one, everywhere.",
    ),
    (
        "alternative",
        OUTPUT | {"argument": "stride", "instead": "left out"},
        "Your answer is what is right for the same call with stride left out.",
    ),
    (
        "alternative",
        OUTPUT | {"argument": "padding", "instead": "reversed"},
        "Your answer is what is right for the same call with the two numbers of "
        "padding exchanged.",
    ),
    (
        "alternative",
        OUTPUT | {"argument": "dilation", "instead": "1"},
        "Your answer is what is right for the same call with dilation = 1.",
    ),
    (
        "alternative",
        OUTPUT | {"argument": "q and k", "instead": "exchanged"},
        "Your answer is what is right for the same call with q and k exchanged.",
    ),
    (
        "not_a_number",
        OUTPUT
        | {
            "value": "NaN",
            "count": "4",
            "total": "60",
            "where": "the right answer is 0",
        },
        "Your answer is NaN at 4 of 60 places, exactly where the right answer is 0, "
        "and right elsewhere.",
    ),
    (
        "by_sign",
        OUTPUT | {"argument": "x", "sign": "negative"},
        "Your answer is wrong exactly where x is negative, and right elsewhere.",
    ),
    (
        "at_an_end",
        OUTPUT | {"axis": "0", "batch": "yes", "place": "first", "there": "wrong"},
        "Your answer is wrong only at the first item of the batch (axis 0), and right "
        "elsewhere.",
    ),
    (
        "at_an_end",
        OUTPUT | {"axis": "1", "place": "last", "there": "right"},
        "Your answer is right at the last place along axis 1 only.",
    ),
    (
        "at_an_end",
        OUTPUT | {"axis": "2", "place": "first and last", "there": "wrong"},
        "Your answer is wrong only at the first and last places along axis 2, and "
        "right elsewhere.",
    ),
    (
        "rim",
        OUTPUT | {"width": "2"},
        "Your answer is wrong only within 2 places of the border (of the last two "
        "axes), and right inside.",
    ),
    (
        "block",
        OUTPUT | {"axis": "1", "blocks": "4", "block": "2", "there": "wrong"},
        "Of 4 equal blocks along axis 1 of your answer, number 2 (from 0) is wrong and "
        "every other one right.",
    ),
    (
        "block",
        OUTPUT | {"axis": "1", "blocks": "groups", "block": "first", "there": "right"},
        "Of the groups of channels along axis 1 of your answer, the first one is right "
        "and every other one wrong.",
    ),
    (
        "sums",
        OUTPUT | {"axis": "1", "other": "0"},
        "Your answer sums to 1 along axis 0, and the right one sums to 1 along axis 1.",
    ),
    (
        "sums",
        OUTPUT | {"axis": "1", "low": "0.9", "high": "1.3"},
        "The sums of your answer along axis 1 lie between 0.9 and 1.3, and those of "
        "the right one are 1.",
    ),
    (
        "condition",
        {"condition": "padding = 0", "there": "right", "right": "2", "wrong": "3"},
        "The 2 answers with padding = 0 are right, and the 3 others are wrong.",
    ),
    (
        "condition",
        {"condition": "stride = 1", "there": "wrong", "right": "4", "wrong": "7"},
        "The 7 answers with stride = 1 are wrong, and the 4 others are right.",
    ),
    (
        "gradient",
        {"gradient": "weight", "right": "bias, x"},
        "The output is right in every case, and so are the gradients of bias and x; "
        "the gradient of weight is wrong.",
    ),
    (
        "gradient",
        {"gradient": "x", "right": ""},
        "The output is right in every case; the gradient of x is wrong.",
    ),
    (
        "interleaved",
        OUTPUT | {"axis": "1", "order": "0 2 1 3"},
        "Your answer has the places of the right one along axis 1 in another order: "
        "0 2 1 3.",
    ),
    (
        "parts",
        OUTPUT | {"order": "1 0"},
        "The two parts of your answer stand in each other's place.",
    ),
    (
        "parts",
        OUTPUT | {"order": "1 2 0"},
        "The parts of your answer stand in another order: 1, 2, 0 of the right one's "
        "parts.",
    ),
    (
        "one_part",
        OUTPUT | {"part": "0"},
        "Your answer is part 0 (from 0) of the right one, alone.",
    ),
]


@pytest.mark.parametrize(("kind", "facts", "sentence"), SENTENCES)
def test_a_relation_is_one_sentence(kind: str, facts: dict, sentence: str) -> None:
    """A fact, with its numbers, and no word of a cause."""
    assert relation_text(Relation(kind, facts)) == sentence


def test_every_kind_that_is_found_has_a_sentence() -> None:
    """Kinds are told by the code that finds them, by the words, and by the document."""
    folder = Path(autograder.checking.relations.__file__).parent
    made = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "id", "")
            if named == "Relation" and isinstance(node.args[0], ast.Constant):
                made.add(node.args[0].value)
    made |= {"lacking", "surplus"}  # which of them is decided by a name
    documented = (Path(__file__).parents[2] / "docs" / "verdict.md").read_text("utf-8")

    assert made == set(RELATIONS) == {kind for kind, _, _ in SENTENCES}
    for kind in made:
        assert f"| `{kind}` |" in documented


def test_a_kind_that_is_not_known_is_listed_as_it_is() -> None:
    """A verdict of another version is shown, without a sentence of its own."""
    assert relation_text(Relation("new", {"a": "1", "b": "2"})) == "new: a 1, b 2."


def test_names_out_of_code_stay_on_one_line() -> None:
    """What a student called an argument may be long, and may hold anything."""
    text = relation_text(Relation("unchanged", OUTPUT | {"argument": "x\n" * 900}))

    assert "\n" not in text
    assert len(text) <= 400
