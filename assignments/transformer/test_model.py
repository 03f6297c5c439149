"""What a correct model.py does."""

from __future__ import annotations

from functools import lru_cache
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
    types,
)

Weights = dict[str, Tensor]
Shapes = dict[str, tuple[int, ...]]

SOURCES, TARGETS = 9, 7  # tokens of a source, and of a target
START, END = 0, 9  # what scripted translations begin and end with


def shapes(
    d_model: int,
    d_ff: int,
    num_layers: int,
    sources: int = SOURCES,
    targets: int = TARGETS,
) -> Shapes:
    """The parameters of a Transformer."""
    found: Shapes = {
        "source_embedding.weight": (sources, d_model),
        "target_embedding.weight": (targets, d_model),
        "output.weight": (targets, d_model),
        "output.bias": (targets,),
    }
    stacks = {"encoder": ["self_attn"], "decoder": ["self_attn", "cross_attn"]}
    for stack, attentions in stacks.items():
        for at in range(num_layers):
            layer = f"{stack}.{at}"
            for attention in attentions:
                for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                    found[f"{layer}.{attention}.{name}.weight"] = (d_model, d_model)
                    found[f"{layer}.{attention}.{name}.bias"] = (d_model,)
            for number in range(1, len(attentions) + 2):
                found[f"{layer}.norm{number}.weight"] = (d_model,)
                found[f"{layer}.norm{number}.bias"] = (d_model,)
            found[f"{layer}.linear1.weight"] = (d_ff, d_model)
            found[f"{layer}.linear1.bias"] = (d_ff,)
            found[f"{layer}.linear2.weight"] = (d_model, d_ff)
            found[f"{layer}.linear2.bias"] = (d_model,)
    return found


@lru_cache
def torchs_layer(kind: Any, d_model: int, heads: int, d_ff: int) -> nn.Module:
    """A layer of torch's; it has no numbers, and is called with those of the check."""
    return kind(
        d_model,
        heads,
        d_ff,
        dropout=0.0,
        batch_first=True,
        dtype=torch.float64,
        device="meta",
    )


def in_torchs_names(weights: Weights, layer: str) -> Weights:
    """The weights of one layer by the names that they have in torch's own."""
    of = {
        name.removeprefix(f"{layer}."): w
        for name, w in weights.items()
        if name.startswith(f"{layer}.")
    }
    found = {name: w for name, w in of.items() if "_attn" not in name}
    names = {"self_attn": "self_attn", "cross_attn": "multihead_attn"}
    for ours, theirs in names.items():
        for kind in ("weight", "bias"):
            if f"{ours}.q_proj.{kind}" in of:
                three = [of[f"{ours}.{part}_proj.{kind}"] for part in "qkv"]
                found[f"{theirs}.in_proj_{kind}"] = torch.cat(three)
                found[f"{theirs}.out_proj.{kind}"] = of[f"{ours}.out_proj.{kind}"]
    return found


def sines(length: int, d_model: int) -> Tensor:
    """Sines and cosines of the positions, in turn."""
    columns = torch.arange(d_model)
    exponents = (columns - columns % 2).double() / d_model
    angles = torch.arange(length).double()[:, None] / 10000.0**exponents
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())


def transformer(heads: int) -> Any:
    """A Transformer of torch's own layers, from the weights of ours."""

    def oracle(
        weights: Weights, source: Tensor, target: Tensor, lengths: Any = None
    ) -> Tensor:
        d_model = weights["target_embedding.weight"].shape[1]
        layers = sum(name.endswith("norm3.bias") for name in weights)
        d_ff = len(weights["encoder.0.linear1.bias"]) if layers else 1

        def embedded(side: str, tokens: Tensor) -> Tensor:
            table = weights[f"{side}_embedding.weight"]
            vectors = F.embedding(tokens, table) * d_model**0.5
            return vectors + sines(tokens.shape[1], d_model)

        def through(at: str, kind: Any, *args: Tensor, **masks: Any) -> Tensor:
            theirs = torchs_layer(kind, d_model, heads, d_ff)
            return functional_call(theirs, in_torchs_names(weights, at), args, masks)

        # In torch True is what is hidden.
        padding = None
        if lengths is not None and len(lengths):
            padding = torch.arange(source.shape[1]) >= lengths[:, None]
        future = torch.ones(target.shape[1], target.shape[1], dtype=torch.bool).triu(1)

        memory = embedded("source", source)
        x = embedded("target", target)
        for n in range(layers):
            kind = nn.TransformerEncoderLayer
            name = f"encoder.{n}"
            memory = through(name, kind, memory, src_key_padding_mask=padding)
        for n in range(layers):
            kind = nn.TransformerDecoderLayer
            masks = {"tgt_mask": future, "memory_key_padding_mask": padding}
            x = through(f"decoder.{n}", kind, x, memory, **masks)
        return F.linear(x, weights["output.weight"], weights["output.bias"])

    return oracle


def texts(draw: Any, batch: int, source: int, target: int) -> tuple[Tensor, Tensor]:
    """Sources and targets of these lengths."""
    return draw.integers(0, SOURCES, batch, source), draw.integers(
        0, TARGETS, batch, target
    )


@points(1.5)
@hint("two embeddings, two lists of layers, one linear layer with a bias")
@pytest.mark.parametrize(("num_layers", "sources"), [(2, SOURCES), (1, TARGETS)])
def test_parameters(student, num_layers, sources):
    """Transformer has the right parameters, and shares none of them"""
    model = student.Transformer(sources, TARGETS, 6, 2, 5, num_layers)

    equal(model.parameter_shapes(), shapes(6, 5, num_layers, sources))


@points(1)
@hint("without layers the logits are output(embedding * sqrt(d_model) + positions)")
def test_without_layers(student, draw):
    """without layers, one token has the logits that the handout works out"""
    weights = draw.weights(shapes(4, 1, 0, sources=3, targets=2))
    weights["target_embedding.weight"] = draw.values([[5, 6, 7, 8], [1, 2, 3, 4]])
    weights["output.weight"] = draw.values([[1, 1, 0, 0], [0, 0, 1, -1]])
    weights["output.bias"] = draw.values([0.5, 10])
    model = student.Transformer(3, 2, 4, 2, 1, 0).with_weights(weights)

    found = model(torch.tensor([[2, 0, 1]]), torch.tensor([[1]]))

    close(found, draw.values([[[7.5, 7]]]))


# One token has no future: what hides it is for the next check to ask.
@points(2)
@digits(0.5, cases=[{"length": 1, "heads": 2, "layers": 1, "padded": True}])
@device(0.5, cases=[{"length": 5, "heads": 3, "layers": 1, "padded": True}])
@hint("write down the shape after each step; does each decoder layer read the memory?")
@pytest.mark.parametrize(
    ("length", "heads", "layers", "padded"),
    [(1, 2, 1, False), (5, 3, 3, False)],
    ids=["one", "many"],
)
def test_first_token(student, draw, length, heads, layers, padded):
    """Transformer reads the whole source and gives the first token's logits"""
    model = student.Transformer(SOURCES, TARGETS, 6, heads, 5, layers)
    weights = draw.weights(shapes(6, 5, layers))

    args = [*texts(draw, 3, length, 1)]
    if padded:
        args.append(torch.full((3,), length))  # which hides nothing
    agrees(model.with_weights(weights), transformer(heads), *args)


@points(2)
@settings("cpu float64")
@after(test_first_token)
@hint("which positions may position 2 attend to in the target? draw the mask")
@pytest.mark.parametrize(
    ("batch", "source", "length", "layers", "mode"),
    [(2, 4, 3, 2, "train"), (1, 4, 4, 1, "eval")],
)
def test_target(student, draw, batch, source, length, layers, mode):
    """Transformer gives logits for every position, each from its own past"""
    model = getattr(student.Transformer(SOURCES, TARGETS, 6, 2, 5, layers), mode)()
    weights = draw.weights(shapes(6, 5, layers))

    # Lengths that hide nothing: what hides padding is for the next check to ask.
    args = [*texts(draw, batch, source, length)]
    if batch == 1:
        args.append(torch.tensor([source]))
    agrees(model.with_weights(weights), transformer(2), *args)


@points(1.5)
@settings("cpu float64")
@after(test_first_token)
@hint("who may not attend to padding? count the attentions that see the source")
@pytest.mark.parametrize(("lengths", "layers"), [([2, 5, 3], 2), ([3], 1)], ids=str)
def test_padding(student, draw, lengths, layers):
    """Transformer attends to no token behind the length of its source"""
    model = student.Transformer(SOURCES, TARGETS, 6, 2, 5, layers)
    weights = draw.weights(shapes(6, 5, layers))

    source, target = texts(draw, len(lengths), 5, 1)
    agrees(
        model.with_weights(weights),
        transformer(2),
        source,
        target,
        torch.tensor(lengths),
    )


def says(rows: list[list[int]]) -> Tensor:
    """A table by row and step that leads to these tokens, whatever came last."""
    return F.one_hot(torch.tensor(rows), 10)[:, :, None].expand(-1, -1, 10, -1)


def sources(rows: int) -> Tensor:
    """Different sources, as many as there are rows."""
    return torch.tensor([[1, 2], [2, 1], [3, 3], [1, 4]][:rows])


def columns(found: Any, count: int) -> Any:
    """So many columns of what came back, if it has columns."""
    return found[:, :count] if isinstance(found, Tensor) and found.dim() > 1 else found


# Only the first columns are looked at: how many there are is for the next check to ask.
@points(1.5)
@types(0.5)
@device(0.5)
@hint("play it through on paper: which columns has the model seen in each step?")
@pytest.mark.parametrize(("start", "count"), [(0, 5), (2, 4), (7, 2), (1, 6)], ids=str)
def test_greedy_decode_follows_the_model(student, draw, start, count):
    """greedy_decode asks the model for each new token, with all before it"""
    # What follows each token, by row and step; no token leads to the end.
    script = torch.stack(
        [
            torch.stack([draw.distinct(9).argsort() for _ in range(count)])
            for _ in range(3)
        ]
    )
    script = torch.cat([script, torch.zeros(3, count, 1, dtype=torch.int64)], 2)
    source = sources(3)
    model = student.scripted(F.one_hot(script, 10), source)
    model.train(count != 5)  # each mode is to be found again
    expected = torch.full((3, 1), start)
    for step in range(count - 1):
        token = script[torch.arange(3), step, expected[:, -1]]
        expected = torch.cat([expected, token[:, None]], 1)

    found = student.greedy_decode(model, source, start, END, count + 1)

    equal(columns(found, count), expected)


@points(1)
@after(test_greedy_decode_follows_the_model)
@hint("max_length is of all columns: is the start one of them?")
@pytest.mark.parametrize(("rows", "max_length"), [(3, 7), (2, 2), (2, 4)], ids=str)
def test_greedy_decode_of_no_end(student, rows, max_length):
    """greedy_decode of what never ends has max_length columns, the start among them"""
    source = sources(rows)
    table = [[1, 2, 3, 4, 5, 6], [5, 6, 7, 8, 1, 3], [7, 3, 2, 2, 8, 4]][:rows]
    model = student.scripted(says(table), source)

    found = student.greedy_decode(model, source, START, END, max_length)

    expected = torch.tensor([[START, *row] for row in table])
    equal(found, expected[:, :max_length])


# Here alone is one source by itself: who loses its axis has lost one check.
@points(0.5)
@after(test_greedy_decode_follows_the_model)
@hint("of which shape is the answer if N is 1? what does squeeze() take away?")
@pytest.mark.parametrize(
    ("row", "start", "max_length", "count"),
    [
        ([7, 3, 2], START, 4, 3),
        ([6, 9, 5], START, 5, 2),
        ([4, 5], START, 2, 1),
        ([6, 8], END, 3, 1),
        ([4, 2, 8, 5], END, 5, 1),
    ],
)
def test_greedy_decode_of_one_source(student, row, start, max_length, count):
    """greedy_decode of a single source has one row"""
    source = sources(1)
    model = student.scripted(says([row]), source)

    found = student.greedy_decode(model, source, start, END, max_length)

    equal(columns(found, count), torch.tensor([[start, *row[: count - 1]]]))


@points(1)
@after(test_greedy_decode_follows_the_model)
@hint("what has a row that has ended, while others go on? when have all ended?")
@pytest.mark.parametrize(
    ("rows", "max_length", "expected"),
    [
        ([[1, 2, 9], [3, 9, 4], [9, 7, 8]], 7,
         [[0, 1, 2, 9], [0, 3, 9, 9], [0, 9, 9, 9]]),
        ([[9, 1, 1], [9, 2, 2]], 4, [[0, 9], [0, 9]]),
        ([[1, 9, 3], [2, 9, 5]], 5, [[0, 1, 9], [0, 2, 9]]),
        ([[9, 1, 2, 3], [5, 6, 7, 9]], 8, [[0, 9, 9, 9, 9], [0, 5, 6, 7, 9]]),
        ([[4, 9, 6, 7, 8], [9, 1, 2, 3, 4], [5, 6, 7, 9, 1]], 9,
         [[0, 4, 9, 9, 9], [0, 9, 9, 9, 9], [0, 5, 6, 7, 9]]),
        ([[7, 9, 1], [8, 6, 9]], 6, [[0, 7, 9, 9], [0, 8, 6, 9]]),
    ],
    ids=["in_turn", "at_once", "together", "after_an_end", "two_wait", "one_waits"],
)  # fmt: skip
def test_greedy_decode_ends(student, rows, max_length, expected):
    """greedy_decode fills a row up with its end, and stops when all have ended"""
    source = sources(len(rows))
    model = student.scripted(says(rows), source)

    found = student.greedy_decode(model, source, START, END, max_length)

    equal(found, torch.tensor(expected))


@points(1.5)
@types(0.5)
@hint("count the parts one by one: how many numbers are in 512 x 2048 weights?")
@pytest.mark.parametrize(
    ("source_vocab", "target_vocab", "d_model", "d_ff", "num_layers", "count"),
    [
        (1, 1, 512, 2048, 1, 3152384 + 4204032 + 512 + 512 + 513),
        (10, 12, 8, 16, 1, 600 + 904 + 80 + 96 + 108),
        (37000, 37000, 512, 2048, 6, 101007496),
    ],
    ids=["one_layer", "small", "paper"],
)
def test_transformer_parameters(
    student, source_vocab, target_vocab, d_model, d_ff, num_layers, count
):
    """transformer_parameters counts layers of 3,152,384 and 4,204,032, and the rest"""
    found = student.transformer_parameters(
        source_vocab, target_vocab, d_model, d_ff, num_layers
    )

    equal(found, count)
