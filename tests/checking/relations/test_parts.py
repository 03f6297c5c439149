"""Parts of an answer have one name in all that is said of them."""

from __future__ import annotations

import torch

from autograder.checking.case import Compared
from autograder.checking.relations.asked_calls import parts_of


def test_parts_are_named_as_the_docstring_names_them() -> None:
    """A relation speaks of output and weights where the finding does"""
    pair = (torch.zeros(2), torch.ones(3))
    compared = Compared("the output", pair, pair, False)

    named = parts_of(compared, None, ["output", "weights"])
    unnamed = parts_of(compared, None)

    assert [part.of for part in named] == ["output", "weights"]
    assert [part.of for part in unnamed] == ["output[0]", "output[1]"]
