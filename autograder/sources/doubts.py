"""What reading cannot tell, in words that follow the name of a function."""

from __future__ import annotations

from autograder.sources.given_texts import given, told

USED = "uses {}"
TAKEN = "takes an attribute of {} by a name that is made while it runs"
IMPORTED = "imports by a name that is made while it runs ({})"
BESIDE = 'has {} as a value, and a text "{}"'
_RUN = "runs code that is made while it runs ({})"


def of_builtin(name: str, tail: str) -> set[str]:
    """What a function of Python's leaves open, with the text that it is given."""
    if name in ("exec", "eval", "compile") and tail != given(""):
        return {_RUN.format(name)}
    if name == "__import__" and told(tail)[1] is None:
        return {IMPORTED.format(name)}
    return set()
