"""Deep learning homework that grades itself and says which idea is wrong.

The names here are the whole vocabulary of a check file and of a mistakes file. They
are loaded on first use: the sandboxed worker imports this package and must not load
what grades it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Grid",
    "after",
    "agrees",
    "as_many_operators",
    "causal",
    "changed",
    "changes",
    "close",
    "device",
    "digits",
    "equal",
    "everywhere",
    "hidden",
    "hint",
    "mistake",
    "no_more_than",
    "plan",
    "points",
    "reference",
    "settings",
    "trajectory",
    "types",
    "unroll",
]

if TYPE_CHECKING:
    from autograder.checking.bounds import as_many_operators, no_more_than
    from autograder.checking.causality import causal
    from autograder.checking.changing import changed
    from autograder.checking.comparing import agrees, close, equal
    from autograder.checking.composing import unroll
    from autograder.checking.derived import device, digits, types
    from autograder.checking.everywhere import Grid, everywhere
    from autograder.checking.planning import plan
    from autograder.checking.training import trajectory
    from autograder.checking.vocabulary import (
        after,
        changes,
        hidden,
        hint,
        mistake,
        points,
        reference,
        settings,
    )

_HOMES = {
    "Grid": "everywhere",
    "agrees": "comparing",
    "as_many_operators": "bounds",
    "causal": "causality",
    "changed": "changing",
    "close": "comparing",
    "device": "derived",
    "digits": "derived",
    "equal": "comparing",
    "everywhere": "everywhere",
    "no_more_than": "bounds",
    "plan": "planning",
    "trajectory": "training",
    "types": "derived",
    "unroll": "composing",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    home = _HOMES.get(name, "vocabulary")
    return getattr(import_module(f"autograder.checking.{home}"), name)
