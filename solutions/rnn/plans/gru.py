"""On which axes the inputs of gru.py vary."""

from __future__ import annotations

from autograder import plan

SOME = ("one", "many")
BIASES = ("none", "ih", "hh", "both")
RESETS = ("after", "before")


def biases_of(bias_ih, bias_hh):
    """Which biases there are."""
    if bias_ih is None:
        return "none" if bias_hh is None else "hh"
    return "ih" if bias_hh is None else "both"


def places(x, h, bias_ih, bias_hh):
    """The sizes of a step, and its biases."""
    return {
        "batch": plan.count(x.shape[-2]),
        "inputs": plan.count(x.shape[-1]),
        "units": plan.count(h.shape[1]),
        "biases": biases_of(bias_ih, bias_hh),
    }


@plan(
    batch=plan.COUNTS,
    inputs=SOME,
    units=SOME,
    biases=BIASES,
    reset=RESETS,
    masks=["batch=none"],
)
def gru_cell(x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True):
    """The sizes, the biases, and when the state is reset."""
    reset = "after" if reset_after else "before"
    return {**places(x, h, bias_ih, bias_hh), "reset": reset}


@plan(
    steps=plan.COUNTS,
    batch=plan.COUNTS,
    inputs=SOME,
    units=SOME,
    biases=BIASES,
    masks=["steps=none", "batch=none"],
)
def gru_forward(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """The sizes, the number of steps and the biases."""
    return {"steps": plan.count(len(x)), **places(x, h0, bias_ih, bias_hh)}
