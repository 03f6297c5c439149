"""On which axes the inputs of parameters.py vary."""

from __future__ import annotations

from autograder import plan

FEW = ("one", "many")


@plan(
    inputs=FEW,
    outputs=FEW,
    kernel=("number", "equal pair", "pair"),
    bias=plan.YES,
    groups=FEW,
    impossible={
        "inputs=one, groups=many": "each group has a channel",
        "outputs=one, groups=many": "each group has a channel",
    },
)
def conv_parameters(in_channels, out_channels, kernel, bias=True, groups=1):
    """Channels, kernel, bias and groups."""
    return {
        "inputs": plan.count(in_channels),
        "outputs": plan.count(out_channels),
        "kernel": plan.sides(kernel, None),
        "bias": plan.yes(bias),
        "groups": plan.count(groups),
    }


@plan(inputs=FEW, outputs=FEW, bias=plan.YES)
def linear_parameters(in_features, out_features, bias=True):
    """Inputs, outputs and bias."""
    return {
        "inputs": plan.count(in_features),
        "outputs": plan.count(out_features),
        "bias": plan.yes(bias),
    }


@plan(
    inside=("none", "layers", "layers of layers"),
    own=plan.YES,
    frozen=("none", "some", "all"),
    shared=plan.YES,
    buffers=plan.YES,
    impossible={
        "inside=none, shared=yes": "what is shared is inside",
        "own=yes, shared=yes": "torch has no such module",
        "own=yes, inside=layers of layers": "torch has no such module",
    },
)
def count_parameters(module):
    """Where parameters are, and which of them learn."""
    # Once for each place, so that what is shared is seen.
    inside = [name for name, _ in module.named_modules(remove_duplicate=False)]
    learn = [p.requires_grad for p in module.parameters()]
    deep = any("." in name for name in inside)
    return {
        "inside": "layers of layers" if deep else "layers" if inside[1:] else "none",
        "own": plan.yes(list(module.parameters(recurse=False))),
        "frozen": "none" if all(learn) else "some" if any(learn) else "all",
        "shared": plan.yes(len(inside) > len(list(module.modules()))),
        "buffers": plan.yes(list(module.buffers())),
    }
