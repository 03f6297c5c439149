"""On which axes the inputs of positions.py vary."""

from __future__ import annotations

from autograder import plan


@plan(
    length=plan.COUNTS,
    features=("one", "even", "odd"),
    base=("usual", "other"),
    impossible={
        "length=one, features=one": "the only number is 0, which may err by nothing",
        "length=none, features=one": "what is empty fails one check, for even features",
        "length=none, features=odd": "what is empty fails one check, for even features",
    },
)
def positional_encoding(length, d_model, base=10000.0):
    """Positions, features, and how fast the waves become slower."""
    features = "one" if d_model == 1 else "odd" if d_model % 2 else "even"
    return {
        "length": plan.count(length),
        "features": features,
        "base": "usual" if base == 10000.0 else "other",
    }
