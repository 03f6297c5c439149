"""On which axes the inputs of cell.py vary."""

from __future__ import annotations

from autograder import plan

BIASES = ("none", "ih", "hh", "both")


def biases_of(bias_ih, bias_hh):
    """Which biases there are."""
    if bias_ih is None:
        return "none" if bias_hh is None else "hh"
    return "ih" if bias_hh is None else "both"


@plan(
    batch=plan.COUNTS,
    inputs=("one", "many"),
    units=("one", "many"),
    biases=BIASES,
    nonlinearity=("tanh", "relu", "unknown"),
    masks=["batch=none", "nonlinearity=unknown"],
)
def rnn_cell(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """The sizes, the biases and the nonlinearity."""
    known = nonlinearity in ("tanh", "relu")
    return {
        "batch": plan.count(len(x)),
        "inputs": plan.count(x.shape[1]),
        "units": plan.count(h.shape[1]),
        "biases": biases_of(bias_ih, bias_hh),
        "nonlinearity": nonlinearity if known else "unknown",
    }
