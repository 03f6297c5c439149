"""On which axes the inputs of lstm.py vary."""

from __future__ import annotations

from autograder import plan

SOME = ("one", "many")
BIASES = ("none", "one", "both")
UNSEEN = {
    f"batch=none, biases={biases}": "Without a sequence no bias is seen."
    for biases in ("none", "one")
}
UNUSED = {
    f"steps=none, biases={biases}": "Without a step no bias is seen."
    for biases in ("none", "one")
}


def places(x, state, bias_ih, bias_hh):
    """The sizes of a step, and how many biases it has."""
    given = (bias_ih is not None) + (bias_hh is not None)
    return {
        "batch": plan.count(x.shape[-2]),
        "inputs": plan.count(x.shape[-1]),
        "units": plan.count(state[0].shape[1]),
        "biases": BIASES[given],
    }


@plan(
    batch=plan.COUNTS,
    inputs=SOME,
    units=SOME,
    biases=BIASES,
    masks=["batch=none"],
    impossible=UNSEEN,
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
    impossible=UNSEEN | UNUSED,
)
def lstm_forward(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """The sizes, the number of steps and the biases."""
    return {"steps": plan.count(len(x)), **places(x, state, bias_ih, bias_hh)}
