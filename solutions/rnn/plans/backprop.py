"""On which axes the inputs of backprop.py vary."""

from __future__ import annotations

from autograder import plan

ONE = ("one", "many")
SIZES = {"steps": plan.COUNTS, "batch": plan.COUNTS, "units": ONE}


def sizes(x, h0):
    """How many steps, sequences and units."""
    return {
        "steps": plan.count(len(x)),
        "batch": plan.count(x.shape[1]),
        "units": plan.count(h0.shape[1]),
    }


@plan(**SIZES, masks=["steps=none", "batch=none"])
def bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs):
    """The sizes."""
    return sizes(x, h0)


@plan(
    **SIZES,
    chunk=("one", "even", "short last", "all"),
    masks=["steps=none", "batch=none"],
    impossible={
        "steps=none, chunk=even": "No steps are all in one chunk.",
        "steps=none, chunk=short last": "No steps are all in one chunk.",
        "steps=one, chunk=even": "One step is in one chunk.",
        "steps=one, chunk=short last": "One step is in one chunk.",
    },
)
def truncated_bptt(x, h0, weight_ih, weight_hh, bias_ih, bias_hh, grad_outputs, chunk):
    """The sizes, and how the chunks come out."""
    if chunk == 1:
        kind = "one"
    elif chunk >= len(x):
        kind = "all"
    else:
        kind = "short last" if len(x) % chunk else "even"
    return sizes(x, h0) | {"chunk": kind}


@plan(steps=plan.COUNTS, units=ONE, masks=["steps=none"])
def gradient_norms(x, h0, weight_ih, weight_hh):
    """The sizes."""
    return {
        "steps": plan.count(len(x)),
        "units": plan.count(h0.shape[1]),
    }


@plan(
    tensors=plan.COUNTS,
    length=("zero", "short", "long"),
    limit=("zero", "given"),
    masks=["tensors=none"],
    impossible={
        "tensors=none, length=short": "No tensors have no length.",
        "tensors=none, length=long": "No tensors have no length.",
        "length=short, limit=zero": "What is longer than zero is too long.",
    },
)
def clip_gradient_norm(gradients, max_norm):
    """How many tensors, and whether they are too long."""
    total = sum(float(g.square().sum()) for g in gradients) ** 0.5
    length = "long" if total > max_norm else "short"
    return {
        "tensors": plan.count(len(gradients)),
        "length": length if total else "zero",
        "limit": "given" if max_norm else "zero",
    }
