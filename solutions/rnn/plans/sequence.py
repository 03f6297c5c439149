"""On which axes the inputs of sequence.py vary."""

from __future__ import annotations

from autograder import plan

BIASES = ("none", "ih", "hh", "both")
ONE = ("one", "many")


def biases_of(bias_ih, bias_hh):
    """Which biases there are."""
    if bias_ih is None:
        return "none" if bias_hh is None else "hh"
    return "ih" if bias_hh is None else "both"


@plan(
    steps=plan.COUNTS,
    batch=plan.COUNTS,
    units=ONE,
    biases=BIASES,
    nonlinearity=("tanh", "relu"),
    masks=["steps=none", "batch=none"],
    impossible={
        f"steps=none, biases={biases}": "Without a step no bias is seen."
        for biases in ("none", "ih", "hh")
    },
)
def rnn_forward(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """The sizes, the biases and the nonlinearity."""
    return {
        "steps": plan.count(len(x)),
        "batch": plan.count(x.shape[1]),
        "units": plan.count(h0.shape[1]),
        "biases": biases_of(bias_ih, bias_hh),
        "nonlinearity": nonlinearity,
    }


@plan(
    states=plan.COUNTS,
    axes=("one", "two", "more"),
    units=ONE,
    outputs=ONE,
    impossible={
        "states=none, axes=one": "One axis is one state.",
        "states=many, axes=one": "One axis is one state.",
    },
)
def output_probabilities(h, weight_yh):
    """How many states there are, and their sizes."""
    return {
        "states": plan.count(h[..., 0].numel()),
        "axes": {1: "one", 2: "two"}.get(h.dim(), "more"),
        "units": plan.count(h.shape[-1]),
        "outputs": plan.count(len(weight_yh)),
    }


@plan(layers=ONE, bidirectional=plan.YES, sizes=("usual", "other"))
def RNN(input_size, hidden_size, num_layers=1, bidirectional=False):
    """Its layers and its directions."""
    return {
        "layers": plan.count(num_layers),
        "bidirectional": plan.yes(bidirectional),
        "sizes": "usual" if (input_size, hidden_size) == (3, 4) else "other",
    }


@plan(
    steps=ONE,
    batch=plan.COUNTS,
    state=plan.GIVEN,
    layers=ONE,
    bidirectional=plan.YES,
    masks=["batch=none"],
)
def RNN__forward(model, x, h0=None):
    """The sizes, and whether a state is given."""
    return {
        "steps": plan.count(len(x)),
        "batch": plan.count(x.shape[1]),
        "state": plan.given(h0),
        "layers": plan.count(model.num_layers),
        "bidirectional": plan.yes(len(model.endings) == 2),
    }
