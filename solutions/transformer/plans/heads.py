"""On which axes the inputs of heads.py vary."""

from __future__ import annotations

from autograder import plan

FEW = ("one", "many")
FORMS = ("none", "matrix", "of sequences", "of heads", "row", "full")


@plan(
    batch=plan.COUNTS,
    positions=plan.COUNTS,
    heads=FEW,
    width=(*FEW, "broken"),
    impossible={
        "heads=one, width=broken": "one head takes all",
        "batch=none, positions=none": "one of them is enough to be empty",
        "batch=none, width=broken": "what does not divide has one check, and few cases",
        "batch=one, width=broken": "what does not divide has one check, and few cases",
        "positions=none, width=broken": "what does not divide has few cases",
        "positions=one, width=broken": "what does not divide has few cases",
    },
)
def split_heads(x, num_heads):
    """Sequences, positions, heads, and the features of each."""
    whole = x.shape[2] % num_heads == 0
    return {
        "batch": plan.count(len(x)),
        "positions": plan.count(x.shape[1]),
        "heads": plan.count(num_heads),
        "width": plan.count(x.shape[2] // num_heads) if whole else "broken",
    }


@plan(
    batch=plan.COUNTS,
    positions=plan.COUNTS,
    heads=FEW,
    width=FEW,
    impossible={"batch=none, positions=none": "one of them is enough to be empty"},
)
def merge_heads(x):
    """Sequences, positions, heads, and the features of each."""
    return {
        "batch": plan.count(len(x)),
        "positions": plan.count(x.shape[2]),
        "heads": plan.count(x.shape[1]),
        "width": plan.count(x.shape[3]),
    }


@plan(
    heads=FEW,
    width=(*FEW, "broken"),
    bias=plan.YES,
    impossible={
        "heads=one, width=broken": "one head takes all",
        "bias=no, width=broken": "what is refused has no biases",
    },
)
def MultiHeadAttention(d_model, num_heads, bias=True):
    """Heads, the features of each, and biases."""
    whole = d_model % num_heads == 0
    return {
        "heads": plan.count(num_heads),
        "width": plan.count(d_model // num_heads) if whole else "broken",
        "bias": plan.yes(bias),
    }


def form_of(mask):
    """In which of its forms a mask comes."""
    if mask is None:
        return "none"
    if mask.dim() == 1:
        return "row"
    if mask.dim() == 2:
        return "matrix"
    if mask.dim() == 3:
        return "of heads"
    return "of sequences" if mask.shape[1] == 1 else "full"


SIZES = ("batch", "queries", "keys")
EMPTY = "one of the sizes is enough to be empty, and nothing can be masked then"
ONE = "what drops an axis of one sequence is to fail one check, and that has no mask"
ONE_KEY = "a mask of one key hides nothing or all"
IMPOSSIBLE = {
    **{f"{a}=none, {b}=none": EMPTY for a in SIZES for b in SIZES if a < b},
    **{f"{size}=none, mask={form}": EMPTY for size in SIZES for form in FORMS[1:]},
    **{f"{size}=none, empty=yes": EMPTY for size in SIZES},
    **{f"keys=one, mask={form}": ONE_KEY for form in FORMS[1:]},
    "keys=one, empty=yes": ONE_KEY,
    **{f"batch=one, mask={form}": ONE for form in FORMS[1:]},
    "batch=one, empty=yes": ONE,
    "batch=one, keys=none": ONE,
    "batch=one, queries=none": ONE,
    "mask=none, empty=yes": "nothing is hidden",
    "mask=row, empty=yes": "everything would be hidden",
}


@plan(
    batch=plan.COUNTS,
    queries=plan.COUNTS,
    keys=plan.COUNTS,
    mask=FORMS,
    empty=plan.YES,
    impossible=IMPOSSIBLE,
)
def MultiHeadAttention__forward(model, query, key, value, mask=None):
    """Sequences, queries and keys, and what is hidden."""
    empty = mask is not None and not bool(mask.any(-1).all())
    return {
        "batch": plan.count(len(query)),
        "queries": plan.count(query.shape[1]),
        "keys": plan.count(key.shape[1]),
        "mask": form_of(mask),
        "empty": plan.yes(empty),
    }


@plan(order=("wide", "narrow", "square"))
def projection_shape(d_model, d_k):
    """Which of the two is larger."""
    if d_model == d_k:
        return {"order": "square"}
    return {"order": "wide" if d_model > d_k else "narrow"}


@plan(
    heads=FEW,
    d_k=("usual", "one", "many", "broken"),
    bias=plan.YES,
    out_proj=plan.YES,
    impossible={
        "heads=one, d_k=broken": "one head takes all",
        "d_k=broken, bias=no": "what is refused has no biases",
        "d_k=broken, out_proj=no": "what is refused has no output map",
    },
)
def attention_parameters(d_model, num_heads, d_k=None, bias=True, out_proj=True):
    """Heads, the features of each, biases and the output map."""
    left_out = "broken" if d_model % num_heads else "usual"
    return {
        "heads": plan.count(num_heads),
        "d_k": left_out if d_k is None else plan.count(d_k),
        "bias": plan.yes(bias),
        "out_proj": plan.yes(out_proj),
    }
