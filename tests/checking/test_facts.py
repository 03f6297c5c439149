"""Calls as students read them."""

from __future__ import annotations

import functools

import torch
import torch.nn.functional as F

from autograder.checking.facts import call_text, describe


def test_a_function_with_some_of_its_arguments() -> None:
    """What is given of a function is shown, and its tensors have names."""
    x, target = torch.ones(2), torch.zeros(3)
    f = functools.partial(F.mse_loss, target=target, reduction="sum")

    text, names = call_text("grad", (f, x), {}, ["f", "x"], [target, x])

    shown = "partial(mse_loss, target=target, reduction='sum')"
    assert text == f"grad({shown}, x)"
    assert names == ["target", "x"]
    assert describe(functools.partial(torch.sum, dim=1)) == "partial(sum, dim=1)"
