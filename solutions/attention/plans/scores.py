"""On which axes the inputs of scores.py vary."""

from __future__ import annotations

from autograder import plan

LEADING = ("none", "one", "more")


def leading(x):
    """How many axes stand before the last two."""
    return LEADING[min(x.ndim - 2, 2)]


@plan(leading=LEADING, queries=("one", "many"), keys=("one", "many"))
def contextualize(weights, x):
    """How many axes, outputs and vectors."""
    return {
        "leading": leading(x),
        "queries": plan.count(weights.shape[-2]),
        "keys": plan.count(weights.shape[-1]),
    }


@plan(
    leading=LEADING,
    queries=plan.COUNTS,
    keys=plan.COUNTS,
    mask=plan.GIVEN,
    scale=("usual", "zero", "other"),
    masks=["queries=none", "keys=none"],
)
def attention(query, key, value, mask=None, scale=None):
    """How many axes, queries and keys, with a mask, with a scale."""
    usual = "other" if scale else "zero"
    return {
        "leading": leading(query),
        "queries": plan.count(query.shape[-2]),
        "keys": plan.count(key.shape[-2]),
        "mask": plan.given(mask),
        "scale": "usual" if scale is None else usual,
    }
