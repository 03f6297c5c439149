"""On which axes the inputs of tensors.py vary."""

from __future__ import annotations

from math import prod

from autograder import plan

DIM = ("first", "middle", "last", "negative")
RANK = ("one", "two", "more")


def rank(x):
    """How many axes."""
    return RANK[min(x.dim(), 3) - 1]


def layout(x):
    """Whether it lies in memory as it is read."""
    return plan.yes(not x.is_contiguous())


@plan(
    rank=RANK,
    rows=plan.COUNTS,
    bias=plan.GIVEN,
    outputs=("as many", "other"),
    masks=["rows=none"],
    impossible={
        "rank=one, rows=none": "a single vector is one row",
        "rank=one, rows=many": "a single vector is one row",
        "bias=none, outputs=as many": "square weights are for the worked examples",
        "rank=one, outputs=as many": "square weights are for the worked examples",
        "rank=more, outputs=as many": "square weights are for the worked examples",
        "rows=none, outputs=as many": "square weights are for the worked examples",
    },
)
def linear(x, weight, bias=None):
    """The axes of x, and whether there is a bias."""
    return {
        "rank": rank(x),
        "rows": plan.count(x.shape[:-1].numel()),
        "bias": plan.given(bias),
        "outputs": "as many" if weight.shape[0] == weight.shape[1] else "other",
    }


def row(x, dim):
    """The row that is summed over."""
    place = DIM[min(dim, 1)] if dim < x.dim() - 1 else DIM[2]
    return {
        "scores": plan.count(x.shape[dim]),
        "rows": plan.count(prod(x.shape[:dim]) * prod(x.shape[dim:][1:])),
        "dim": DIM[3] if dim < 0 else place,
    }


ROWS = {
    "scores": plan.COUNTS,
    "rows": plan.COUNTS,
    "dim": DIM,
    "masks": ["scores=none", "rows=none"],
    "impossible": {
        "scores=none, rows=none": "nothing is nothing, whichever axis is empty",
        "scores=one, rows=none": "nothing is nothing, however short its rows",
        "scores=one, dim=middle": "an axis of one is as short anywhere",
        "scores=one, dim=negative": "an axis of one is as short anywhere",
        "scores=one, rows=one": "one number is told by an axis of one",
        "rows=one, dim=middle": "a single row has one axis or two",
        "rows=one, dim=negative": "a single row has one axis or two",
    },
}


@plan(**ROWS)
def softmax(x, dim):
    """The row that is summed over."""
    return row(x, dim)


@plan(**ROWS)
def log_softmax(x, dim):
    """The row that is summed over."""
    return row(x, dim)


@plan(
    rows=plan.COUNTS,
    ignored=("none", "some", "all"),
    ignore_index=("usual", "class", "other"),
    masks=["rows=none", "ignored=all"],
    impossible={
        "rows=one, ignored=some": "some of one row is all of it",
        "rows=one, ignore_index=other": "what is no class and not there matters not",
        "rows=none, ignored=all": "of no rows none is ignored",
        "rows=none, ignored=some": "of no rows none is ignored",
    },
)
def cross_entropy(logits, targets, ignore_index=-100):
    """How many rows, and what is ignored."""
    kept = int((targets != ignore_index).sum())
    is_class = 0 <= ignore_index < logits.shape[1]
    ignored = "some" if kept else "all"
    return {
        "rows": plan.count(len(targets)),
        "ignored": "none" if kept == len(targets) else ignored,
        "ignore_index": "usual"
        if ignore_index == -100
        else ("class" if is_class else "other"),
    }


TEXTS = ("single", "one text", "several")


def texts(indices):
    """How many axes the indices have."""
    return TEXTS[min(indices.dim(), 2)]


@plan(
    texts=TEXTS,
    indices=plan.COUNTS,
    odd=plan.YES,
    masks=["indices=none"],
    impossible={
        "texts=single, indices=none": "a single index is one",
        "texts=single, indices=many": "a single index is one",
        "texts=several, indices=one": "one index has one axis or none",
    },
)
def embedding(indices, weight):
    """Which indices, and how the weight lies."""
    return {
        "texts": texts(indices),
        "indices": plan.count(indices.numel()),
        "odd": layout(weight),
    }


@plan(
    texts=TEXTS,
    indices=plan.COUNTS,
    odd=plan.YES,
    rows=("one", "many"),
    masks=["indices=none"],
    impossible={
        "texts=single, indices=none": "a single index is one",
        "texts=single, indices=many": "a single index is one",
        "texts=single, odd=yes": "one vector lies in one way",
        "texts=single, rows=one": "one word is tried with texts",
        "texts=several, indices=one": "one index has one axis or none",
        "texts=several, rows=one": "one word is tried with one text",
        "texts=one text, indices=one": "one index has no axis",
        "indices=one, odd=yes": "one vector lies in one way",
        "indices=one, rows=one": "one word is tried with texts",
        "odd=no, rows=one": "one word is tried in an odd layout",
        "indices=none, odd=yes": "what is empty lies in one way",
    },
)
def embedding_backward(grad_output, indices, num_embeddings):
    """Which indices, how the gradient lies, and how many words there are."""
    return {
        "texts": texts(indices),
        "indices": plan.count(indices.numel()),
        "odd": layout(grad_output),
        "rows": plan.count(num_embeddings),
    }


@plan(
    rank=RANK,
    broadcast=plan.YES,
    eps=("usual", "other"),
    pairs=plan.COUNTS,
    masks=["pairs=none"],
    impossible={
        "rank=one, broadcast=yes": "one vector and many have the axes of many",
        "rank=one, eps=other": "eps is of each vector by itself",
        "rank=more, eps=other": "eps is of each vector by itself",
        "rank=one, pairs=none": "two vectors are one pair",
        "rank=one, pairs=many": "two vectors are one pair",
        "broadcast=yes, eps=other": "eps is of each vector by itself",
        "broadcast=yes, pairs=one": "a pair has nothing to broadcast",
        "eps=other, pairs=none": "eps is of each vector by itself",
        "rank=more, pairs=one": "one pair has one axis or two",
        "eps=other, pairs=one": "eps is of each vector by itself",
    },
)
def cosine_similarity(x, y, eps=1e-8):
    """Which vectors, and the bound."""
    return {
        "rank": rank(x),
        "broadcast": plan.yes(x.shape != y.shape),
        "eps": "usual" if eps == 1e-8 else "other",
        "pairs": plan.count(x.shape[:-1].numel()),
    }
