"""A check file with one check, and a module that does much of what may happen."""

from __future__ import annotations

from textwrap import dedent

HEAD = """\
import pytest, torch
from hypothesis import given, strategies as st
from autograder import (
    after, agrees, close, digits, equal, hidden, hint, points, settings, types
)

"""
SOURCE = """
import torch
def right(x): return x * 2
def wrong(x): return x * 3
def single(x): return (x.double() * 2).float() if x.dtype == torch.float64 else x * 2
def raises(x): raise ValueError("bad x")
def later(x):
    # BEGIN SOLUTION
    raise NotImplementedError
def hungry(x): raise MemoryError
def sleepy(): print("z" * 5000); return 3
def nothing(x): pass
def number(n): return n + (n > 6)
def clock(state=[0]):
    state[0] += 1
    return state[0]
"""


def one(body: str, takes: str = "student", above: str = "") -> str:
    """A check with this body."""
    lines = "\n".join(f"    {line}" for line in dedent(body).strip().splitlines())
    return f"{above}\n@points(2)\ndef test_it({takes}):\n    '''it works'''\n{lines}\n"
