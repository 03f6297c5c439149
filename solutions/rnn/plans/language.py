"""On which axes the inputs of language.py vary."""

from __future__ import annotations

from autograder import plan

SOME = ("one", "many")


@plan(
    axes=("none", "one", "many"),
    indices=plan.COUNTS,
    classes=SOME,
    range=("inside", "negative", "too large"),
    masks=["range=negative", "range=too large", "indices=none"],
    impossible={
        "axes=none, indices=none": "a single index is one",
        "axes=none, indices=many": "a single index is one",
        "indices=none, range=negative": "no index is negative",
        "indices=none, range=too large": "no index is too large",
    },
)
def one_hot(indices, num_classes):
    """The shape of the indices, how many classes, and whether all are inside."""
    within = "inside"
    if indices.numel() and int(indices.min()) < 0:
        within = "negative"
    elif indices.numel() and int(indices.max()) >= num_classes:
        within = "too large"
    return {
        "axes": plan.count(indices.dim()),
        "indices": plan.count(indices.numel()),
        "classes": plan.count(num_classes),
        "range": within,
    }


@plan(vocabulary=SOME, units=SOME)
def CharRNN(vocab_size, hidden_size):
    """How many tokens and units."""
    return {"vocabulary": plan.count(vocab_size), "units": plan.count(hidden_size)}


@plan(length=SOME, texts=SOME, state=plan.GIVEN)
def CharRNN__forward(model, tokens, h=None):
    """How long and how many the texts are, and whether a state is given."""
    length, texts = tokens.shape
    return {
        "length": plan.count(length),
        "texts": plan.count(texts),
        "state": plan.given(h),
    }


@plan(
    texts=SOME,
    length=plan.COUNTS,
    state=plan.GIVEN,
    impossible={"length=none, state=none": "For no tokens no state is read."},
)
def greedy_sample(model, first, h, length):
    """How many texts of how many tokens, and whether a state is given."""
    return {
        "texts": plan.count(len(first)),
        "length": plan.count(length),
        "state": plan.given(h),
    }
