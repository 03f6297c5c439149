"""The classic wrong turns in tensors.py."""

from __future__ import annotations

from autograder import mistake

SECRET = "@CANARY-MISTAKES@"


@mistake(question="What do the numbers of a row add up to?")
def soften__does_not_divide(x):
    """the powers, and nothing that divides them"""
    return x.exp()
