"""On which axes the inputs of training.py vary."""

from __future__ import annotations

import torch

from autograder import plan

KINDS = ("float64", "float32", "integers")


@plan(
    axes=("none", "one", "more"),
    layout=("contiguous", "other"),
    dtype=KINDS,
    eps=("usual", "other"),
    impossible={
        "axes=none, layout=other": "one number lies in one way",
        "axes=none, dtype=float32": "the dtype does not depend on the shape",
        "axes=none, dtype=integers": "the dtype does not depend on the shape",
        "axes=none, eps=usual": "eps does not depend on the shape",
        "axes=one, layout=other": "more axes can lie in more ways",
        "axes=one, dtype=float32": "the dtype does not depend on the shape",
        "axes=one, dtype=integers": "the dtype does not depend on the shape",
        "dtype=integers, layout=other": "integers lie as other numbers do",
    },
)
def numerical_gradient(f, x, eps=1e-6):
    """The tensor, and how far it is shifted."""
    kind = KINDS[x.dtype == torch.float32] if x.is_floating_point() else KINDS[2]
    return {
        "axes": ("none", "one", "more")[min(x.dim(), 2)],
        "layout": "contiguous" if x.is_contiguous() else "other",
        "dtype": kind,
        "eps": "usual" if eps == 1e-6 else "other",
    }


@plan(
    optimizer=("SGD", "Adam"),
    momentum=plan.YES,
    parameters=("all", "some"),
    impossible={
        "optimizer=Adam, momentum=yes": "Adam has no such setting",
        "optimizer=Adam, parameters=some": "which parameters is the optimizer's matter",
        "momentum=yes, parameters=some": "which parameters is the optimizer's matter",
    },
)
def train_step(model, loss_fn, optimizer, x, y):
    """Which optimizer, and what it trains."""
    group = optimizer.param_groups[0]
    everything = len(group["params"]) == len(list(model.parameters()))
    return {
        "optimizer": type(optimizer).__name__,
        "momentum": plan.yes(group.get("momentum", 0)),
        "parameters": "all" if everything else "some",
    }


@plan(features=("one", "many"), classes=("two", "more"))
def LinearClassifier(in_features, num_classes):
    """Features and classes."""
    return {
        "features": plan.count(in_features),
        "classes": "two" if num_classes == 2 else "more",
    }


@plan(mode=("train", "eval"))
def LinearClassifier__forward(model, x):
    """The mode that it is in."""
    return {"mode": ("train", "eval")[not model.training]}


@plan(
    steps=plan.COUNTS,
    rows=("one", "many"),
    impossible={
        "steps=none, rows=one": "no step is none, however many inputs there are",
        "steps=one, rows=one": "one step has many inputs in the worked example",
    },
)
def LinearClassifier__fit(model, x, y, steps, lr):
    """How many steps, on how many inputs."""
    return {"steps": plan.count(steps), "rows": plan.count(len(x))}
