"""On which axes the inputs of layers.py vary."""

from __future__ import annotations

from autograder import plan

MODES = ("train", "eval")
SOME = ("one", "many")
HEADS = ("one", "some", "each")


def positions_of(x):
    """How many positions, and how many features each of them has."""
    return {
        "positions": plan.count(x[..., 0].numel()),
        "features": plan.count(x.shape[-1]),
    }


@plan(
    positions=plan.COUNTS,
    features=SOME,
    eps=("usual", "zero", "other"),
    masks=["positions=none"],
    impossible={"eps=zero, features=one": "One feature has no variance to divide by."},
)
def layer_norm(x, weight, bias, eps=1e-5):
    """Its positions, its features, and what is added to the variance."""
    kind = "usual" if eps == 1e-5 else "other"
    return positions_of(x) | {"eps": kind if eps else "zero"}


@plan(positions=plan.COUNTS, features=SOME, width=SOME, masks=["positions=none"])
def feed_forward(x, w1, b1, w2, b2):
    """Its positions, its features, and those between the maps."""
    return positions_of(x) | {"width": plan.count(len(b1))}


def heads_of(d_model, num_heads):
    """One head, some, or one for each feature."""
    if num_heads == d_model:
        return "each"
    return "one" if num_heads == 1 else "some"


@plan(heads=HEADS, norm_first=plan.YES)
def EncoderLayer(d_model, num_heads, d_ff, norm_first=False):
    """Its heads, and where its norms are."""
    return {
        "heads": heads_of(d_model, num_heads),
        "norm_first": plan.yes(norm_first),
    }


@plan(
    batch=plan.COUNTS,
    length=plan.COUNTS,
    mask=plan.GIVEN,
    mode=MODES,
    masks=["batch=none", "length=none"],
)
def EncoderLayer__forward(model, x, mask=None):
    """How many sequences and positions, with a mask or without."""
    return {
        "batch": plan.count(len(x)),
        "length": plan.count(x.shape[1]),
        "mask": plan.given(mask),
        "mode": MODES[not model.training],
    }


@plan(heads=HEADS, norm_first=plan.YES)
def DecoderLayer(d_model, num_heads, d_ff, norm_first=False):
    """Its heads, and where its norms are."""
    return {
        "heads": heads_of(d_model, num_heads),
        "norm_first": plan.yes(norm_first),
    }


@plan(
    batch=plan.COUNTS,
    length=plan.COUNTS,
    keys=plan.COUNTS,
    self_mask=plan.GIVEN,
    memory_mask=plan.GIVEN,
    mode=MODES,
    masks=["batch=none", "length=none"],
    impossible={"keys=none, memory_mask=given": "There is nothing to hide."},
)
def DecoderLayer__forward(model, x, memory, self_mask=None, memory_mask=None):
    """How many sequences and positions, with masks or without."""
    return {
        "batch": plan.count(len(x)),
        "length": plan.count(x.shape[1]),
        "keys": plan.count(memory.shape[1]),
        "self_mask": plan.given(self_mask),
        "memory_mask": plan.given(memory_mask),
        "mode": MODES[not model.training],
    }
