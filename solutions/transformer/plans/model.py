"""On which axes the inputs of model.py vary."""

from __future__ import annotations

from autograder import plan

MODES = ("train", "eval")
SOME = ("one", "many")


@plan(
    features=("even", "odd"),
    heads=("one", "some", "each"),
    layers=plan.COUNTS,
)
def Transformer(source_vocab, target_vocab, d_model, num_heads, d_ff, num_layers):
    """Its features, its heads and its layers."""
    several = "each" if num_heads == d_model else "some"
    return {
        "features": ("even", "odd")[d_model % 2],
        "heads": "one" if num_heads == 1 else several,
        "layers": plan.count(num_layers),
    }


@plan(
    batch=plan.COUNTS,
    source=SOME,
    target=SOME,
    lengths=plan.GIVEN,
    mode=MODES,
    masks=["batch=none"],
)
def Transformer__forward(model, source, target, source_lengths=None):
    """How many texts, how long, and whether their lengths differ."""
    return {
        "batch": plan.count(len(source)),
        "source": plan.count(source.shape[1]),
        "target": plan.count(target.shape[1]),
        "lengths": plan.given(source_lengths),
        "mode": MODES[not model.training],
    }


@plan(
    rows=SOME,
    room=plan.COUNTS,
    start=("another", "end"),
    masks=["room=none"],
)
def greedy_decode(model, source, start, end, max_length):
    """How many rows, with room for how many new columns, and where they start."""
    return {
        "rows": plan.count(len(source)),
        "room": plan.count(max_length - 1),
        "start": "end" if start == end else "another",
    }


@plan(vocabularies=("same", "others"), width=SOME, layers=plan.COUNTS)
def transformer_parameters(source_vocab, target_vocab, d_model, d_ff, num_layers):
    """Which vocabularies, how wide, and how deep."""
    return {
        "vocabularies": "same" if source_vocab == target_vocab else "others",
        "width": plan.count(d_model),
        "layers": plan.count(num_layers),
    }
