"""On which axes the inputs of lstm.py vary."""

from __future__ import annotations

from autograder import plan

SOME = ("one", "many")
BIASES = ("none", "ih", "hh", "both")


def biases_of(bias_ih, bias_hh):
    """Which biases there are."""
    if bias_ih is None:
        return "none" if bias_hh is None else "hh"
    return "ih" if bias_hh is None else "both"


def places(x, state, bias_ih, bias_hh):
    """The sizes of a step, and its biases."""
    return {
        "batch": plan.count(x.shape[-2]),
        "inputs": plan.count(x.shape[-1]),
        "units": plan.count(state[0].shape[1]),
        "biases": biases_of(bias_ih, bias_hh),
    }


@plan(
    batch=plan.COUNTS,
    inputs=SOME,
    units=SOME,
    biases=BIASES,
    masks=["batch=none"],
)
def lstm_cell(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """The sizes and the biases."""
    return places(x, state, bias_ih, bias_hh)


@plan(
    steps=plan.COUNTS,
    batch=plan.COUNTS,
    inputs=SOME,
    units=SOME,
    biases=BIASES,
    masks=["steps=none", "batch=none"],
)
def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """The sizes, the number of steps and the biases."""
    return {"steps": plan.count(len(x)), **places(x, state, bias_ih, bias_hh)}
