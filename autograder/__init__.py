"""Deep learning homework that grades itself and says which idea is wrong.

The names here are the whole vocabulary of a check file and of a mistakes file. They
are loaded on first use: the sandboxed worker imports this package and must not load
what grades it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = [
    "Grid",
    "after",
    "agrees",
    "as_many_kernels",
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
    "types",
]

if TYPE_CHECKING:
    from autograder.checking.comparing import agrees, close, equal
    from autograder.checking.counting import as_many_kernels, no_more_than
    from autograder.checking.derived import device, digits, types
    from autograder.checking.everywhere import Grid, everywhere
    from autograder.checking.planning import plan
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


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    from autograder.checking import (
        comparing,
        counting,
        derived,
        everywhere,
        planning,
        vocabulary,
    )

    homes = {
        **dict.fromkeys(("agrees", "close", "equal"), comparing),
        **dict.fromkeys(("device", "digits", "types"), derived),
        **dict.fromkeys(("Grid", "everywhere"), everywhere),
        **dict.fromkeys(("as_many_kernels", "no_more_than"), counting),
        "plan": planning,
    }
    return getattr(homes.get(name, vocabulary), name)
