"""What a correct seq2seq.py does."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    after,
    agrees,
    close,
    device,
    digits,
    equal,
    hidden,
    hint,
    points,
    settings,
)

LOG2, LOG3 = math.log(2), math.log(3)
FEEDING = [True, False]
# A mask that allows everything: dtypes and devices go wrong with it as with another.
BOTH = [
    {"batch": 3, "length": 6, "masked": False},
    {"batch": 2, "length": 4, "masked": True},
]
EITHER = [
    {"input_feeding": True, "masked": False},
    {"input_feeding": False, "masked": True},
]
ALONE = (
    "{} answers in the dtype that it is given, with all its digits, and leaves its "
    "arguments alone, the mask too"
)


once = settings("cpu float64")  # dtypes have checks of their own


def looked(query: Tensor, states: Tensor, mask: Tensor | None, scale: float) -> Any:
    """torch's own attention from queries to states, and its weights."""
    if mask is not None:
        mask = mask.broadcast_to(*query.shape[:-1], states.shape[-2])
    same = torch.eye(states.shape[-2], dtype=states.dtype).expand(len(states), -1, -1)
    return F.scaled_dot_product_attention(query, states, same, mask, scale=scale)


def dot(state: Tensor, states: Tensor, mask: Tensor | None = None) -> Any:
    """One look, by dot products."""
    mask = None if mask is None else mask.unsqueeze(-2)
    weights = looked(state[:, None], states, mask, 1.0)
    return (weights @ states).squeeze(1), weights.squeeze(1)


def additive(
    state: Tensor,
    states: Tensor,
    weight_query: Tensor,
    weight_key: Tensor,
    v: Tensor,
    mask: Tensor | None = None,
) -> Any:
    """One look, by a small network; its scores are dot products with 1."""
    hidden_layer = F.linear(state, weight_query)[:, None] + F.linear(states, weight_key)
    scores = torch.tanh(hidden_layer) @ v
    mask = None if mask is None else mask.unsqueeze(-2)
    weights = looked(torch.ones_like(scores[:, :1, None]), scores[..., None], mask, 1.0)
    return (weights @ states).squeeze(1), weights.squeeze(1)


def decoded(input_feeding: bool) -> Any:
    """The decoder of the slides, from its weights."""

    def oracle(
        w: dict[str, Tensor],
        targets_in: Tensor,
        states: Tensor,
        h0: Tensor,
        mask: Tensor | None = None,
    ) -> Any:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        h, fed, logits, looks = h0, torch.zeros_like(h0), [], []
        for token in targets_in:
            x = w["embedding.weight"][token]
            x = torch.cat([x, fed], 1) if input_feeding else x
            h = torch.gru_cell(x, h, *(w[f"cell.{name}"] for name in names))
            context, weights = dot(h, states, mask)
            fed = torch.tanh(torch.cat([context, h], 1) @ w["combine.weight"].T)
            logits.append(F.linear(fed, w["output.weight"], w["output.bias"]))
            looks.append(weights)
        return torch.stack(logits), torch.stack(looks)

    return oracle


def decoder_shapes(
    vocab_size: int, hidden_size: int, input_feeding: bool = True
) -> dict[str, tuple[int, ...]]:
    """By the names of the contract."""
    width = 2 * hidden_size if input_feeding else hidden_size
    return {
        "embedding.weight": (vocab_size, hidden_size),
        "cell.weight_ih": (3 * hidden_size, width),
        "cell.weight_hh": (3 * hidden_size, hidden_size),
        "cell.bias_ih": (3 * hidden_size,),
        "cell.bias_hh": (3 * hidden_size,),
        "combine.weight": (hidden_size, 2 * hidden_size),
        "output.weight": (vocab_size, hidden_size),
        "output.bias": (vocab_size,),
    }


def captioned(w: dict[str, Tensor], text: Tensor, image: Tensor) -> Any:
    """Attention from the words to the regions, from its weights."""
    names = (("query", text), ("key", image), ("value", image))
    q, k, v = (F.linear(x, w[f"{n}.weight"], w[f"{n}.bias"]) for n, x in names)
    weights = looked(q, k, None, q.shape[-1] ** -0.5)
    return weights @ v, weights


def captioning_shapes(text: int, image: int, width: int) -> dict[str, tuple[int, ...]]:
    """By the names of the contract."""
    wide = {"query": text, "key": image, "value": image}
    found: dict[str, tuple[int, ...]] = {}
    for name, features in wide.items():
        found |= {f"{name}.weight": (width, features), f"{name}.bias": (width,)}
    return found


@points(2)
@hint("for each text: three dot products, their softmax, and a mean of three states")
@pytest.mark.parametrize(
    ("state", "states", "weights", "context"),
    [
        (
            [[LOG2, 0], [0, LOG2]],
            [[[0, 8], [0, 4], [1, -2]], [[4, 0], [2, 1], [8, 1]]],
            [[0.25, 0.25, 0.5], [0.2, 0.4, 0.4]],
            [[0.5, 2], [4.8, 0.8]],
        ),
        (
            [[0, LOG3], [LOG3, LOG3]],
            [[[4, 0], [8, 1]], [[1, 0], [0, -1]]],
            [[0.25, 0.75], [0.9, 0.1]],
            [[7, 0.75], [0.9, -0.1]],
        ),
    ],
    ids=["three states", "two states"],
)
def test_attention_step_by_hand(student, draw, state, states, weights, context):
    """attention_step over a few states comes out as by hand"""
    got = student.attention_step(draw.values(state), draw.values(states))

    close(got, (draw.values(context), draw.values(weights)))


@points(3)
@digits(0.5, ALONE.format("attention_step"), cases=BOTH)
@device(0.5, synchronisations=0, cases=BOTH)
@pytest.mark.parametrize(("batch", "length", "masked"), [(3, 6, False), (2, 4, False)])
def test_attention_step_agrees_with_torch(student, draw, batch, length, masked):
    """attention_step agrees with torch, and so do its gradients"""
    mask = torch.ones(batch, length, dtype=torch.bool) if masked else None
    state, states = draw(batch, 5), draw(batch, length, 5)

    agrees(student.attention_step, dot, state, states, mask)


@points(2)
@once
@after(test_attention_step_agrees_with_torch)
@pytest.mark.parametrize(("length", "size"), [(6, 1), (7, -3e10)])
def test_attention_step_with_a_mask(student, draw, length, size):
    """attention_step looks only where the mask is True, however large the scores are"""
    # Below zero: lower than whatever might stand for minus infinity.
    state = draw(3, 5, low=0.5, high=1.5) * size
    states, mask = draw(3, length, 5, low=0.5, high=1.5), draw.mask(3, length)
    states[:, 0] /= 4  # of the largest score then, and hidden
    mask[:, 0], mask[:, -1] = False, True

    agrees(student.attention_step, dot, state, states, mask)


@points(1)
@once
@after(test_attention_step_with_a_mask)
@hint("what does your softmax make of a row in which everything is masked?")
@pytest.mark.parametrize("length", [6, 7])
def test_attention_step_to_nothing(student, draw, length):
    """attention_step gives zeros to a text without a word, and finite gradients"""
    mask = draw.mask(3, length, empty_rows=1)

    agrees(student.attention_step, dot, draw(3, 5), draw(3, length, 5), mask)


@points(1.5)
@hidden
@once
@after(test_attention_step_agrees_with_torch)
@pytest.mark.parametrize(
    ("batch", "length", "mask"),
    [(1, 6, None), (1, 1, None), (3, 1, (1,)), (1, 6, (6,)), (6, 6, (6,))],
)
def test_attention_step_of_one(student, draw, batch, length, mask):
    """attention_step keeps the axes of one text and of one state, under any mask"""
    allowed = None if mask is None else draw.booleans(*mask)
    if allowed is not None:
        allowed[0], allowed[-1] = False, True  # one alone may be looked at
    state, states = draw.transposed(batch, 5), draw.transposed(batch, length, 5)

    agrees(student.attention_step, dot, state, states, allowed)


@points(2)
@hint("tanh(log 2) is 0.6: so what are the three scores of the first text?")
def test_additive_attention_step_by_hand(student, draw):
    """additive_attention_step over three states comes out as by hand"""
    state = draw.values([[LOG2, 0, 5], [0, 0, 9]])
    states = [
        [[10, 0, -LOG2], [5, LOG2, -LOG2], [-10, -LOG2, 0]],
        [[10, 0, LOG2], [20, 0, 0], [-20, -LOG2, LOG2]],
    ]
    weight_query = draw.values([[1, 0, 0], [0, 1, 0]])
    weight_key = draw.values([[0, 0, 1], [0, 1, 0]])
    v = draw.values([5 * LOG2, 5 * LOG2])

    got = student.additive_attention_step(
        state, draw.values(states), weight_query, weight_key, v
    )

    context = [[4, 0.7 * LOG2, -0.9 * LOG2], [8, -0.1 * LOG2, 0.9 * LOG2]]
    weights = [[0.1, 0.8, 0.1], [0.8, 0.1, 0.1]]
    close(got, (draw.values(context), draw.values(weights)))


@points(3)
@digits(0.5, ALONE.format("additive_attention_step"), cases=BOTH)
@device(0.5, synchronisations=0, cases=BOTH)
@pytest.mark.parametrize(("batch", "length", "masked"), [(3, 6, False), (2, 7, False)])
def test_additive_attention_step_agrees_with_torch(
    student, draw, batch, length, masked
):
    """additive_attention_step agrees with its formula, and so do all gradients"""
    mask = torch.ones(batch, length, dtype=torch.bool) if masked else None
    state, states = draw(batch, 5), draw(batch, length, 5)
    weights = draw(4, 5), draw(4, 5), draw(4)

    agrees(student.additive_attention_step, additive, state, states, *weights, mask)


@points(2)
@once
@after(test_additive_attention_step_agrees_with_torch)
def test_additive_attention_step_with_a_mask(student, draw):
    """additive_attention_step looks only where the mask of each text is True"""
    state, states, mask = draw(3, 5), draw(3, 6, 5), draw.mask(3, 6)
    weights = draw(5, 5), draw(5, 5), draw(5)  # as wide as the states

    agrees(student.additive_attention_step, additive, state, states, *weights, mask)


@points(0.5)
@once
@after(test_additive_attention_step_with_a_mask)
@pytest.mark.parametrize("length", [6, 7])
def test_additive_attention_step_to_nothing(student, draw, length):
    """additive_attention_step gives zeros to a text without a word"""
    state, states = draw(3, 5), draw(3, length, 5)
    weights, mask = (draw(4, 5), draw(4, 5), draw(4)), draw.mask(3, length, 1)

    agrees(student.additive_attention_step, additive, state, states, *weights, mask)


@points(1.5)
@hidden
@once
@after(test_additive_attention_step_agrees_with_torch)
@pytest.mark.parametrize(
    ("batch", "length", "width", "mask"),
    [
        (1, 6, 4, None),
        (3, 1, 1, None),
        (1, 1, 1, (1,)),
        (6, 6, 1, (6,)),
        (3, 1, 4, (1,)),
    ],
)
def test_additive_attention_step_of_one(student, draw, batch, length, width, mask):
    """additive_attention_step keeps every axis of one: a text, a state, a feature"""
    allowed = None if mask is None else draw.booleans(*mask)
    if allowed is not None:
        allowed[0], allowed[-1] = False, True  # one alone may be looked at
    state, states = draw.transposed(batch, 5), draw.transposed(batch, length, 5)
    weights = draw.transposed(width, 5), draw.transposed(width, 5), draw(width)

    agrees(student.additive_attention_step, additive, state, states, *weights, allowed)


@points(1.5)
@hint("with input feeding the cell reads an embedding and an o")
@pytest.mark.parametrize(
    "settings", [(7, 3), (7, 3, False), (4, 5, True)], ids=["feeds", "does not", "wide"]
)
def test_decoder_parameters(student, settings):
    """AttentionDecoder has the right parameters, with input feeding and without"""
    equal(
        student.AttentionDecoder(*settings).parameter_shapes(),
        decoder_shapes(*settings),
    )


@points(4)
@digits(0.5, ALONE.format("AttentionDecoder"), cases=EITHER)
@device(0.5, synchronisations=0, cases=EITHER)
@after(test_decoder_parameters)
@hint("there is one state to look at, so the context is that state")
@pytest.mark.parametrize(("input_feeding", "masked"), [(True, False), (False, False)])
def test_decoder_with_one_state(student, draw, input_feeding, masked):
    """AttentionDecoder goes from step to step as it should; its source has one state"""
    weights = draw.weights(decoder_shapes(7, 3, input_feeding))
    model = student.AttentionDecoder(7, 3, input_feeding).with_weights(weights)
    tokens, states, h0 = draw.integers(0, 7, 3, 2), draw(2, 1, 3), draw(2, 3)
    mask = torch.ones(2, 1, dtype=torch.bool) if masked else None

    agrees(model, decoded(input_feeding), tokens, states, h0, mask)


@points(1.5)
@once
@after(test_decoder_parameters)
@hint(
    "a GRU with weights of zero halves its state at each step: what does it ask with?"
)
@pytest.mark.parametrize("input_feeding", FEEDING)
def test_decoder_by_hand(student, draw, input_feeding):
    """AttentionDecoder asks with its new state, and mixes [context; state]"""
    shapes = decoder_shapes(4, 2, input_feeding)
    weights = {name: draw.values([]).new_zeros(s) for name, s in shapes.items()}
    # o = tanh of the context's second feature, and of the state's first one.
    weights["combine.weight"] = draw.values([[0, 1, 0, 0], [0, 0, 1, 0]])
    weights["output.weight"] = draw.values([[1, 0], [0, 1], [1, 1], [0, 0]])
    weights["output.bias"] = draw.values([0, 0, 0, 5])
    h0 = draw.values([[4 * LOG3, 0], [0, 4 * LOG3]])
    states = draw.values([[[0, 1], [1, -1]], [[1, 0], [-1, 1]]])

    model = student.AttentionDecoder(4, 2, input_feeding).with_weights(weights)
    got = model(torch.tensor([[2, 0], [3, 1]]), states, h0)

    logits = []
    for contexts, first in (((-0.8, 0.9), 2 * LOG3), ((-0.5, 0.75), LOG3)):
        pairs = zip(map(math.tanh, contexts), (math.tanh(first), 0))
        logits.append([[one, other, one + other, 5] for one, other in pairs])
    looks = [[[0.1, 0.9]] * 2, [[0.25, 0.75]] * 2]
    close(got, (draw.values(logits), draw.values(looks)))


@points(1.5)
@once
@after(test_decoder_with_one_state)
@pytest.mark.parametrize("input_feeding", FEEDING)
def test_decoder_agrees_with_torch(student, draw, input_feeding):
    """AttentionDecoder writes what its formulas say, gradients of all weights too"""
    weights = draw.weights(decoder_shapes(7, 3, input_feeding))
    model = student.AttentionDecoder(7, 3, input_feeding).with_weights(weights)
    tokens, states, h0 = draw.integers(0, 7, 3, 2), draw(2, 5, 3), draw(2, 3)

    agrees(model, decoded(input_feeding), tokens, states, h0)


@points(1)
@once
@after(test_decoder_agrees_with_torch)
def test_decoder_with_a_mask(student, draw):
    """AttentionDecoder hides at every step what is masked, and only in that call"""
    weights = draw.weights(decoder_shapes(7, 3))
    model = student.AttentionDecoder(7, 3).with_weights(weights)
    tokens, states, h0 = draw.integers(0, 7, 3, 2), draw(2, 5, 3), draw(2, 3)

    agrees(model, decoded(True), tokens, states, h0, draw.mask(2, 5))
    agrees(model, decoded(True), tokens, states, h0, gradient=False)


@points(0.5)
@once
@after(test_decoder_with_a_mask)
@pytest.mark.parametrize("length", [5, 6])
def test_decoder_without_a_source(student, draw, length):
    """AttentionDecoder writes on where there is nothing to attend to"""
    weights = draw.weights(decoder_shapes(5, 3))
    model = student.AttentionDecoder(5, 3).with_weights(weights)
    tokens, states, h0 = draw.integers(0, 5, 2, 4), draw(4, length, 3), draw(4, 3)

    agrees(model, decoded(True), tokens, states, h0, draw.mask(4, length, 1))


@points(1.5)
@hidden
@once
@after(test_decoder_with_one_state)
@pytest.mark.parametrize(
    ("steps", "batch", "input_feeding", "masked", "mode"),
    [
        (1, 2, True, False, "train"),
        (1, 1, False, True, "eval"),
        (2, 3, True, False, "eval"),
        (4, 1, False, False, "train"),
    ],
)
def test_decoder_of_one(student, draw, steps, batch, input_feeding, masked, mode):
    """AttentionDecoder is right for one step and one text, in eval mode, too"""
    weights = draw.weights(decoder_shapes(5, 4, input_feeding))
    model = getattr(student.AttentionDecoder(5, 4, input_feeding), mode)()
    student.AttentionDecoder(2, 2, not input_feeding)  # another one leaves it alone
    tokens = draw.integers(0, 5, steps, batch)
    states, h0 = draw.transposed(batch, 1, 4), draw.transposed(batch, 4)
    mask = torch.tensor([True]) if masked else None

    f, oracle = model.with_weights(weights), decoded(input_feeding)
    agrees(f, oracle, tokens, states, h0, mask)


@points(1)
@hidden
@once
@after(test_decoder_agrees_with_torch)
@pytest.mark.parametrize(
    ("steps", "batch", "length", "input_feeding", "masked"),
    [
        (1, 2, 6, True, True),
        (2, 1, 6, True, False),
        (2, 2, 4, False, True),
        (1, 1, 4, False, False),
    ],
)
def test_decoder_everything_together(
    student, draw, steps, batch, length, input_feeding, masked
):
    """AttentionDecoder is right for all lengths of source and target, under masks"""
    weights = draw.weights(decoder_shapes(5, 4, input_feeding))
    model = student.AttentionDecoder(5, 4, input_feeding).with_weights(weights)
    tokens = draw.integers(0, 5, steps, batch)
    states, h0 = draw.transposed(batch, length, 4), draw.transposed(batch, 4)
    mask = draw.booleans(length) if masked else None
    if mask is not None:
        mask[-1] = True

    agrees(model, decoded(input_feeding), tokens, states, h0, mask)


@points(1)
@hint("which of the two asks, and which of the two answers?")
@pytest.mark.parametrize("settings", [(6, 5, 3), (2, 4, 7), (3, 5, 4)])
def test_captioning_parameters(student, settings):
    """CaptioningAttention asks from the text, and reads from the image"""
    equal(
        student.CaptioningAttention(*settings).parameter_shapes(),
        captioning_shapes(*settings),
    )


@points(3)
@digits(0.5)
@device(0.5, synchronisations=0)
@after(test_captioning_parameters)
def test_captioning_agrees_with_torch(student, draw):
    """CaptioningAttention agrees with torch, gradients of all weights too"""
    weights = draw.weights(captioning_shapes(6, 5, 3))
    model = student.CaptioningAttention(6, 5, 3).with_weights(weights)

    agrees(model, captioned, draw(2, 4, 6), draw(2, 7, 5))


@points(1.5)
@hidden
@once
@after(test_captioning_agrees_with_torch)
@pytest.mark.parametrize(
    ("batch", "words", "regions", "sizes", "large"),
    [
        (1, 1, 6, (3, 5, 2), 1e4),
        (2, 1, 1, (3, 3, 3), 1),
        (1, 4, 1, (2, 3, 5), 1),
        (2, 3, 6, (4, 4, 1), 1),
        (2, 5, 5, (5, 3, 3), 1),
    ],
)
def test_captioning_other_sizes(student, draw, batch, words, regions, sizes, large):
    """CaptioningAttention is right for one word, one region, all widths and scores"""
    weights = draw.weights(captioning_shapes(*sizes))
    model = student.CaptioningAttention(*sizes).with_weights(weights)
    text = draw.transposed(batch, words, sizes[0]) * large

    agrees(model, captioned, text, draw.transposed(batch, regions, sizes[1]))
