"""What a correct layers.py does."""

from __future__ import annotations

from functools import lru_cache
from math import prod
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    equal,
    hint,
    points,
    settings,
)

Weights = dict[str, Tensor]
Shapes = dict[str, tuple[int, ...]]


def normed(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """torch's own norm over the last axis."""
    return F.layer_norm(x, x.shape[-1:], weight, bias, eps)


@points(1)
@hint("with eps = 0.5625 the root is 1.25 in the first row: what is it in the second?")
def test_layer_norm_by_hand(student, draw):
    """layer_norm gets two positions of two features right, as in the handout"""
    x = draw.values([[1, 3], [4, 4]])
    weight, bias = draw.values([5, 10]), draw.values([1, 2])

    found = student.layer_norm(x, weight, bias, 0.5625)

    close(found, draw.values([[-3, 10], [1, 2]]))


# Without eps, since where it belongs is for the next check to ask.
@points(1.5)
@digits(0.5)
@device(0.5, synchronisations=0)
@pytest.mark.parametrize("sizes", [(2, 5, 6), (4, 3)], ids=str)
def test_layer_norm_agrees_with_torch(student, draw, sizes):
    """layer_norm is right for every position by itself, and so are its gradients"""
    weight, bias = draw(sizes[-1]), draw(sizes[-1])

    agrees(student.layer_norm, normed, draw(*sizes), weight, bias, 0.0)


@points(1)
@after(test_layer_norm_agrees_with_torch)
@hint("eps is added to the variance: under the root, and not to the root")
@pytest.mark.parametrize(
    ("sizes", "size", "eps"),
    [
        ((3, 4, 5), 1, 0.1),
        ((1, 5), 1, 2.0),
        ((3, 4, 5), 1e-3, None),
        ((2, 4), 0.01, 1e-3),
        ((2, 1), 1, 0.5),
    ],
    ids=["0.1", "2", "tiny", "small", "one"],
)
def test_layer_norm_eps(student, draw, sizes, size, eps):
    """layer_norm adds eps under the root, which tiny features show"""
    x, weight, bias = draw(*sizes) * size, draw(sizes[-1]), draw(sizes[-1])

    # One feature has no gradient but the rounding of what cancels.
    given = [] if eps is None else [eps]
    agrees(student.layer_norm, normed, x, weight, bias, *given, gradient=sizes[-1] > 1)


def two_linears(x: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor) -> Tensor:
    """A feed-forward network of torch's functions."""
    return F.linear(F.relu(F.linear(x, w1, b1)), w2, b2)


def networks(draw: Any, features: int, hidden_features: int) -> tuple[Tensor, ...]:
    """The weights of one feed-forward network, in the order of its arguments."""
    shapes = {
        "w1": (hidden_features, features),
        "b1": (hidden_features,),
        "w2": (features, hidden_features),
        "b2": (features,),
    }
    return tuple(draw.weights(shapes).values())


@points(1)
@hint("for the first position the sums are 3, -1 and 0 before the ReLU")
def test_feed_forward_by_hand(student, draw):
    """feed_forward gets two positions right, as in the handout"""
    x = draw.values([[1, 2], [0, -1]])
    w1, b1 = draw.values([[1, 1], [1, -1], [-2, 1]]), draw.values([0, 0, 0])
    w2, b2 = draw.values([[1, 2, 3], [4, 5, 6]]), draw.values([10, -20])

    found = student.feed_forward(x, w1, b1, w2, b2)

    close(found, draw.values([[13, -8], [12, -15]]))


@points(1.5)
@digits(0.5)
@device(0.5, synchronisations=0)
@pytest.mark.parametrize(("sizes", "size"), [((2, 4, 5), 1), ((6, 2), 40)], ids=str)
def test_feed_forward_agrees_with_torch(student, draw, sizes, size):
    """feed_forward agrees with torch, and so do all its gradients"""
    x = draw(*sizes) * size

    agrees(student.feed_forward, two_linears, x, *networks(draw, sizes[-1], 7))


ATTENTIONS = {
    "EncoderLayer": ["self_attn"],
    "DecoderLayer": ["self_attn", "cross_attn"],
}


def shapes(layer: str, d_model: int, d_ff: int) -> Shapes:
    """The parameters of an EncoderLayer or a DecoderLayer."""
    found: Shapes = {}
    for attention in ATTENTIONS[layer]:
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            found[f"{attention}.{name}.weight"] = (d_model, d_model)
            found[f"{attention}.{name}.bias"] = (d_model,)
    for number in range(len(ATTENTIONS[layer]) + 1):
        found[f"norm{number + 1}.weight"] = found[f"norm{number + 1}.bias"] = (d_model,)
    return found | {
        "linear1.weight": (d_ff, d_model),
        "linear1.bias": (d_ff,),
        "linear2.weight": (d_model, d_ff),
        "linear2.bias": (d_model,),
    }


@lru_cache
def torchs_own(
    layer: str, d_model: int, heads: int, d_ff: int, norm_first: bool
) -> nn.Module:
    """The layer of torch's that an EncoderLayer or a DecoderLayer is."""
    made = {
        "EncoderLayer": nn.TransformerEncoderLayer,
        "DecoderLayer": nn.TransformerDecoderLayer,
    }[layer]
    # Nobody needs numbers in it: it is called with the weights of the check.
    return made(
        d_model,
        heads,
        d_ff,
        dropout=0.0,
        batch_first=True,
        norm_first=norm_first,
        dtype=torch.float64,
        device="meta",
    )


def in_torchs_names(weights: Weights) -> Weights:
    """The weights by the names that they have in torch's own layers."""
    found = {name: w for name, w in weights.items() if "_attn" not in name}
    for ours, theirs in {
        "self_attn": "self_attn",
        "cross_attn": "multihead_attn",
    }.items():
        for kind in ("weight", "bias"):
            if f"{ours}.q_proj.{kind}" in weights:
                three = [weights[f"{ours}.{part}_proj.{kind}"] for part in "qkv"]
                found[f"{theirs}.in_proj_{kind}"] = torch.cat(three)
                found[f"{theirs}.out_proj.{kind}"] = weights[f"{ours}.out_proj.{kind}"]
    return found


def layer(name: str, heads: int, norm_first: bool = False) -> Any:
    """torch's own layer, from the weights of ours and masks of our polarity."""

    def oracle(weights: Weights, x: Tensor, *others: Any) -> Tensor:
        d_ff = len(weights["linear1.bias"])
        theirs = torchs_own(name, x.shape[-1], heads, d_ff, norm_first)
        memory, masks = (
            others[: name == "DecoderLayer"],
            others[name == "DecoderLayer" :],
        )
        options = {}
        for kind, mask in zip(
            ("src_mask",) if name == "EncoderLayer" else ("tgt_mask", "memory_mask"),
            masks,
        ):
            if mask is not None:
                keys = memory[0].shape[1] if kind == "memory_mask" else x.shape[1]
                whole = mask.expand(len(x), heads, x.shape[1], keys)
                options[kind] = ~whole.flatten(0, 1)  # in torch True is hidden
        return functional_call(theirs, in_torchs_names(weights), (x, *memory), options)

    return oracle


# Where all is small, so is the variance, and eps decides what a norm gives.
SCALED = pytest.mark.parametrize(
    ("d_model", "heads", "d_ff", "scale"),
    [(6, 2, 7, 1.0), (4, 1, 3, 0.01)],
    ids=["some", "small"],
)


def scaled(weights: Weights, scale: float) -> Weights:
    """All of them smaller, or as they are."""
    return {name: scale * weight for name, weight in weights.items()}


@points(1)
@hint("which parts have to be there, and under which names?")
@pytest.mark.parametrize(
    ("d_model", "heads", "d_ff", "norm_first", "count"),
    [(8, 2, 16, False, 600), (512, 8, 2048, True, 3152384)],
)
def test_encoder_parameters(student, d_model, heads, d_ff, norm_first, count):
    """EncoderLayer has the right parameters: 3,152,384 in the size of the paper"""
    found = student.EncoderLayer(d_model, heads, d_ff, norm_first).parameter_shapes()

    equal(found, shapes("EncoderLayer", d_model, d_ff))
    equal(sum(prod(shape) for shape in found.values()), count)


@points(2)
@digits(0.5)
@device(0.5, synchronisations=0, cases=["some"])
@hint("write down what x is after each line, and where the sum is taken")
@SCALED
def test_encoder_agrees_with_torch(student, draw, d_model, heads, d_ff, scale):
    """EncoderLayer agrees with torch where each norm comes after its sum"""
    weights = scaled(draw.weights(shapes("EncoderLayer", d_model, d_ff)), scale)
    model = student.EncoderLayer(d_model, heads, d_ff).with_weights(weights)

    agrees(model, layer("EncoderLayer", heads), scale * draw(2, 4, d_model))


@points(1.5)
@settings("cpu float64")
@hint("what does the shortcut carry past the norm, and is there a norm at the end?")
@pytest.mark.parametrize(
    ("d_model", "heads", "d_ff"), [(6, 3, 5), (4, 1, 7), (3, 3, 4)]
)
def test_encoder_norm_first(student, draw, d_model, heads, d_ff):
    """EncoderLayer agrees with torch where each norm comes first in its branch"""
    weights = draw.weights(shapes("EncoderLayer", d_model, d_ff))
    model = student.EncoderLayer(d_model, heads, d_ff, norm_first=True)

    agrees(
        model.with_weights(weights),
        layer("EncoderLayer", heads, norm_first=True),
        draw(2, 5, d_model),
    )


@points(1)
@settings("cpu float64")
@after(test_encoder_agrees_with_torch)
@hint("True: may attend; does your mask arrive in the attention as it came?")
@pytest.mark.parametrize("form", ["LL", "N11L", "NhLL"])
def test_encoder_mask(student, draw, form):
    """EncoderLayer attends where the mask is True, and nowhere else"""
    weights = draw.weights(shapes("EncoderLayer", 6, 7))
    model = student.EncoderLayer(6, 2, 7).with_weights(weights)
    if form == "LL":
        mask = draw.mask(4, 4)
    elif form == "N11L":
        mask = draw.mask(1, 4, batch=3, heads=1)
    else:
        mask = draw.mask(4, 4, batch=3, heads=2)

    agrees(model, layer("EncoderLayer", 2), draw(3, 4, 6), mask)


@points(1)
@hint("which parts have to be there, and under which names? how many norms?")
@pytest.mark.parametrize(
    ("d_model", "heads", "d_ff", "norm_first", "count"),
    [(8, 2, 16, False, 904), (512, 8, 2048, True, 4204032)],
)
def test_decoder_parameters(student, d_model, heads, d_ff, norm_first, count):
    """DecoderLayer has the right parameters: 4,204,032 in the size of the paper"""
    found = student.DecoderLayer(d_model, heads, d_ff, norm_first).parameter_shapes()

    equal(found, shapes("DecoderLayer", d_model, d_ff))
    equal(sum(prod(shape) for shape in found.values()), count)


@points(2)
@digits(0.5)
@device(0.5, synchronisations=0, cases=["some"])
@hint("who asks in the cross attention, and who answers? which norm is for which sum?")
@SCALED
def test_decoder_agrees_with_torch(student, draw, d_model, heads, d_ff, scale):
    """DecoderLayer agrees with torch where each norm comes after its sum"""
    weights = scaled(draw.weights(shapes("DecoderLayer", d_model, d_ff)), scale)
    model = student.DecoderLayer(d_model, heads, d_ff).with_weights(weights)

    x, memory = scale * draw(2, 4, d_model), draw(2, 5, d_model)
    agrees(model, layer("DecoderLayer", heads), x, memory)


@points(1.5)
@settings("cpu float64")
@hint("which of the three norms are in a branch, and has the memory one?")
@pytest.mark.parametrize(
    ("d_model", "heads", "d_ff"), [(6, 3, 5), (4, 1, 7), (3, 3, 4)]
)
def test_decoder_norm_first(student, draw, d_model, heads, d_ff):
    """DecoderLayer agrees with torch where each norm comes first in its branch"""
    weights = draw.weights(shapes("DecoderLayer", d_model, d_ff))
    model = student.DecoderLayer(d_model, heads, d_ff, norm_first=True)

    oracle = layer("DecoderLayer", heads, norm_first=True)
    x, memory = draw(2, 4, d_model), draw(2, 3, d_model)
    agrees(model.with_weights(weights), oracle, x, memory)


@points(1)
@settings("cpu float64")
@after(test_decoder_agrees_with_torch)
@hint("the self mask is for the target alone: which attention gets it?")
@pytest.mark.parametrize(("keys", "form"), [(5, "LL"), (4, "LL"), (3, "N1LL")])
def test_decoder_self_mask(student, draw, keys, form):
    """DecoderLayer's self mask hides positions of the target, and none of the memory"""
    weights = draw.weights(shapes("DecoderLayer", 6, 7))
    model = student.DecoderLayer(6, 2, 7).with_weights(weights)
    many = {"batch": 3, "heads": 1} if form == "N1LL" else {}

    mask = draw.mask(4, 4, **many)
    x, memory = draw(3, 4, 6), draw(3, keys, 6)
    agrees(model, layer("DecoderLayer", 2), x, memory, mask)


@points(1)
@settings("cpu float64")
@after(test_decoder_agrees_with_torch)
@hint("True: may attend; the memory mask is for the cross attention alone")
@pytest.mark.parametrize(("keys", "form"), [(5, "N11S"), (4, "LS"), (3, "NhLS")])
def test_decoder_memory_mask(student, draw, keys, form):
    """DecoderLayer's memory mask hides positions of the memory, none of the target"""
    weights = draw.weights(shapes("DecoderLayer", 6, 7))
    model = student.DecoderLayer(6, 2, 7).with_weights(weights)
    many = {} if form == "LS" else {"batch": 3, "heads": 2 if form == "NhLS" else 1}

    mask = draw.mask(1 if form == "N11S" else 4, keys, **many)
    x, memory = draw(3, 4, 6), draw(3, keys, 6)
    agrees(model, layer("DecoderLayer", 2), x, memory, None, mask)
