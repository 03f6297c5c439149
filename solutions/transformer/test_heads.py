"""What a correct heads.py does."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    Grid,
    after,
    agrees,
    as_many_operators,
    close,
    device,
    digits,
    equal,
    everywhere,
    hidden,
    hint,
    points,
    settings,
    types,
)

Weights = dict[str, Tensor]

# Three positions of four features, whole and in two heads.
WHOLE = [[[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]]
IN_HEADS = [[[[1, 2], [5, 6], [9, 10]], [[3, 4], [7, 8], [11, 12]]]]


def split(x: Tensor, num_heads: int) -> Tensor:
    """Each head's features as torch cuts them, one head after the other."""
    return torch.stack(x.tensor_split(num_heads, dim=-1), dim=1)


def merged(x: Tensor) -> Tensor:
    """The heads side by side, as torch puts them."""
    return torch.cat(x.unbind(1), dim=-1)


def stored(draw: Any, layout: str, *sizes: int) -> Tensor:
    """A tensor that lies in memory as ``layout`` says."""
    if layout == "turned":
        return draw(*reversed(sizes)).permute(*reversed(range(len(sizes))))
    return getattr(draw, layout)(*sizes)


@points(1)
@hint("write down which head each number belongs to, then look where yours went")
def test_split_worked_example(student, draw):
    """split_heads gives the first head the first features of every position"""
    close(student.split_heads(draw.values(WHOLE), 2), draw.values(IN_HEADS))


@points(1)
@digits(0.5)
@device(0.5, synchronisations=0)
@after(test_split_worked_example)
@pytest.mark.parametrize("num_heads", [3, 4])
def test_split_agrees_with_torch(student, draw, num_heads):
    """split_heads and its gradient are right for several sequences and heads"""
    agrees(student.split_heads, split, draw(2, 5, 12), num_heads)


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    ("sizes", "num_heads"),
    [
        ((1, 6, 6), 6),
        ((3, 1, 10), 2),
        ((1, 1, 5), 1),
        ((2, 4, 5), 1),
        ((2, 3, 1), 1),
        ((3, 1, 2), 2),
    ],
)
def test_split_any_size(student, draw, sizes, num_heads):
    """split_heads takes one sequence, one position, and any number of heads"""
    agrees(student.split_heads, split, draw(*sizes), num_heads)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_split_agrees_with_torch)
@hint("in an empty tensor nobody can tell what -1 stands for: write the size there")
@pytest.mark.parametrize(
    ("sizes", "num_heads"),
    [
        ((2, 3, 4), 2),
        ((0, 4, 6), 2),
        ((0, 1, 3), 3),
        ((0, 2, 4), 1),
        ((3, 0, 2), 2),
        ((1, 0, 4), 1),
    ],
)
def test_split_nothing(student, draw, sizes, num_heads):
    """split_heads takes no sequences, and sequences of no positions"""
    agrees(student.split_heads, split, draw(*sizes), num_heads)


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize("layout", ["turned", "sliced", "expanded"])
def test_split_layouts(student, draw, layout):
    """split_heads works on tensors that are not contiguous"""
    agrees(student.split_heads, split, stored(draw, layout, 2, 5, 6), 3)


@points(0.5)
@settings("cpu float64")
@pytest.mark.parametrize(("features", "num_heads"), [(6, 4), (6, 3), (7, 2), (3, 6)])
def test_split_refuses_what_does_not_divide(student, draw, features, num_heads):
    """split_heads raises a ValueError where the features do not divide among heads"""
    x = draw(2, 4, features)

    if features % num_heads == 0:
        assert student.split_heads(x, num_heads).shape[1] == num_heads
    else:
        with pytest.raises(ValueError):
            student.split_heads(x, num_heads)


@points(1)
@hint("write down which position each number belongs to, then look where yours went")
def test_merge_worked_example(student, draw):
    """merge_heads puts the features of each position side by side again"""
    close(student.merge_heads(draw.values(IN_HEADS)), draw.values(WHOLE))


@points(1)
@digits(0.5)
@device(0.5, synchronisations=0)
@after(test_merge_worked_example)
@pytest.mark.parametrize("num_heads", [3, 2])
def test_merge_agrees_with_torch(student, draw, num_heads):
    """merge_heads and its gradient are right for several sequences and heads"""
    agrees(student.merge_heads, merged, draw(2, num_heads, 5, 4))


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    "sizes",
    [
        (1, 3, 4, 5),
        (3, 2, 1, 5),
        (2, 1, 3, 6),
        (1, 1, 1, 4),
        (2, 3, 3, 1),
        (1, 1, 5, 1),
    ],
)
def test_merge_any_size(student, draw, sizes):
    """merge_heads takes one sequence, one position, and any number of heads"""
    agrees(student.merge_heads, merged, draw(*sizes))


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_merge_agrees_with_torch)
@hint("in an empty tensor nobody can tell what -1 stands for: write the size there")
@pytest.mark.parametrize(
    "sizes", [(2, 3, 4, 2), (0, 2, 3, 4), (0, 1, 1, 1), (2, 3, 0, 4), (1, 1, 0, 1)]
)
def test_merge_nothing(student, draw, sizes):
    """merge_heads takes no sequences, and sequences of no positions"""
    agrees(student.merge_heads, merged, draw(*sizes))


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize("layout", ["turned", "sliced", "expanded"])
def test_merge_layouts(student, draw, layout):
    """merge_heads works on tensors that are not contiguous"""
    agrees(student.merge_heads, merged, stored(draw, layout, 2, 3, 5, 4))


def shapes(d_model: int, bias: bool = True) -> dict[str, tuple[int, ...]]:
    """The parameters of a MultiHeadAttention."""
    found: dict[str, tuple[int, ...]] = {}
    for layer in ("q_proj", "k_proj", "v_proj", "out_proj"):
        found[f"{layer}.weight"] = (d_model, d_model)
        if bias:
            found[f"{layer}.bias"] = (d_model,)
    return found


def multi_head(num_heads: int) -> Any:
    """Multi-head attention by torch's own attention, from its weights."""

    def linear(w: Weights, name: str, x: Tensor) -> Tensor:
        return F.linear(x, w[f"{name}.weight"], w.get(f"{name}.bias"))

    def oracle(
        w: Weights, query: Tensor, key: Tensor, value: Tensor, mask: Any = None
    ) -> tuple[Tensor, Tensor]:
        q, k, v = (
            split(linear(w, name, x), num_heads)
            for name, x in (("q_proj", query), ("k_proj", key), ("v_proj", value))
        )
        # What attention finds in values that are one-hot is its weights; in torch, too,
        # a row with nothing to attend is zeros, and so are its gradients.
        one_hot = torch.eye(k.shape[-2], dtype=k.dtype).expand(*k.shape[:-1], -1)
        if mask is not None:
            mask = mask.expand(*q.shape[:-1], k.shape[-2])
        weights = F.scaled_dot_product_attention(q, k, one_hot, mask)
        return linear(w, "out_proj", merged(weights @ v)), weights

    return oracle


def under(model: Any, mask: Tensor | None = None) -> Any:
    """The output alone, as a function of the weights and of query, key and value."""

    def output(weights: Weights, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found: Tensor = model.with_weights(weights)(query, key, value, mask)[0]
        return found

    return output


def under_torch(num_heads: int, mask: Tensor | None = None) -> Any:
    """The same of torch's attention."""
    return lambda *args: multi_head(num_heads)(*args, mask)[0]


def inputs(
    draw: Any, batch: int, queries: int, keys: int, d_model: int
) -> tuple[Tensor, ...]:
    """Query, key and value, of which no two are the same."""
    memory = batch, keys, d_model
    return draw(batch, queries, d_model), draw(*memory), draw(*memory)


@points(1)
@hint("four layers of torch.nn.Linear, under these names, and nothing else learned")
@pytest.mark.parametrize(
    ("d_model", "heads", "bias"),
    [(6, 2, True), (10, 5, False), (1, 1, False), (12, 3, False)],
)
def test_parameters(student, d_model, heads, bias):
    """MultiHeadAttention has four square linear layers, with biases or without"""
    model = student.MultiHeadAttention(d_model, heads, bias)

    equal(model.parameter_shapes(), shapes(d_model, bias))


@points(1)
@hint("do it by hand: each head has one feature, so each score is one product")
def test_worked_example(student, draw):
    """MultiHeadAttention gets two heads of one feature right, as in the handout"""
    weights = {
        name: draw.values([[1, 0], [0, 1]] if "weight" in name else [0, 0])
        for name in shapes(2)
    }
    model = student.MultiHeadAttention(2, 2).with_weights(weights)
    query = draw.values([[[math.log(3), math.log(4)]], [[0, 0]]])
    key = draw.values([[[1, 1], [0, 0]]] * 2)
    value = draw.values([[[8, 10], [4, 5]]] * 2)

    found, _ = model(query, key, value)

    close(found, draw.values([[[7, 9]], [[6, 7.5]]]))


@points(3)
@device(0.5, synchronisations=0)
@pytest.mark.parametrize(
    ("d_model", "heads"), [(6, 2), (12, 3), (5, 1)], ids=["two", "three", "one"]
)
def test_agrees_with_torch(student, draw, d_model, heads):
    """MultiHeadAttention's output agrees with torch, and so do all its gradients"""
    model = student.MultiHeadAttention(d_model, heads)
    weights = draw.weights(shapes(d_model))

    found, oracle = under(model), under_torch(heads)
    agrees(found, oracle, weights, *inputs(draw, 2, 4, 7, d_model))


@points(0.5)
@after(test_agrees_with_torch, test_parameters)
@pytest.mark.parametrize("heads", [2, 3])
def test_without_biases(student, draw, heads):
    """MultiHeadAttention is right without biases, too"""
    model = student.MultiHeadAttention(12, heads, bias=False)
    weights = draw.weights(shapes(12, bias=False))

    found, oracle = under(model), under_torch(heads)
    agrees(found, oracle, weights, *inputs(draw, 2, 3, 4, 12))


@points(1)
@digits(0.5)
@after(test_agrees_with_torch)
@hint("one matrix of weights for each head: (N, h, L, S), each row with the sum one")
def test_weights(student, draw):
    """MultiHeadAttention gives the weights of each head beside the output"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))

    agrees(model, multi_head(2), *inputs(draw, 3, 4, 5, 6), None)


@points(1.5)
@after(test_agrees_with_torch)
@hint("True: may attend; compare with no mask at all, and with the opposite of yours")
@pytest.mark.parametrize(
    ("batch", "heads"), [(None, None), (2, 1), (2, 3)], ids=["LS", "N1LS", "NhLS"]
)
def test_masks(student, draw, batch, heads):
    """MultiHeadAttention attends where the mask is True, and nowhere else"""
    model = student.MultiHeadAttention(12, 3)
    mask = draw.mask(4, 5, batch=batch, heads=heads)

    found, oracle = under(model, mask), under_torch(3, mask)
    agrees(found, oracle, draw.weights(shapes(12)), *inputs(draw, 2, 4, 5, 12))


@points(1)
@after(test_masks)
@hint("what is the softmax of a row that is minus infinity everywhere? and its sum?")
@pytest.mark.parametrize("empty_rows", [0, 1, 2])
def test_nothing_to_attend(student, draw, empty_rows):
    """a query with nothing to attend gets out_proj's bias, and finite gradients"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))
    mask = draw.mask(3, 5, empty_rows=empty_rows, batch=2, heads=1)

    agrees(model, multi_head(2), *inputs(draw, 2, 3, 5, 6), mask)


@points(0.5)
@settings("sim")
def test_no_loop_over_batch_or_positions(student, draw):
    """MultiHeadAttention takes no more operators for more sequences or positions"""
    model = student.MultiHeadAttention(6, 2)
    model = model.with_weights(draw.weights(shapes(6)))

    for batch, queries in ((2, 3), (5, 8)):
        mask = draw.mask(queries, queries + 1)
        model(*inputs(draw, batch, queries, queries + 1, 6), mask)
    as_many_operators()


@points(0.5)
@settings("cpu float64")
@pytest.mark.parametrize(("d_model", "heads"), [(6, 4), (6, 3), (7, 2), (3, 6)])
def test_refuses_heads_that_do_not_divide(student, d_model, heads):
    """MultiHeadAttention raises a ValueError where d_model does not divide"""
    if d_model % heads == 0:
        model = student.MultiHeadAttention(d_model, heads)
        equal(model.parameter_shapes(), shapes(d_model))
    else:
        with pytest.raises(ValueError):
            student.MultiHeadAttention(d_model, heads)


@points(1)
@hidden
@settings("cpu float64")
@after(test_masks)
@pytest.mark.parametrize("form", ["S", "h1S", "N11S", "expanded"])
def test_masks_broadcast(student, draw, form):
    """MultiHeadAttention takes a mask in every form that broadcasts to (N, h, L, S)"""
    model = student.MultiHeadAttention(6, 3).with_weights(draw.weights(shapes(6)))
    if form == "S":
        mask = draw.mask(1, 5)[0]
    elif form == "h1S":
        mask = draw.mask(1, 5, batch=3)
    else:
        mask = draw.mask(1, 5, batch=2, heads=1)
        mask[0] = True  # a sequence without padding, beside one that has some
        mask = mask.expand(2, 3, 4, 5) if form == "expanded" else mask
    given = inputs(draw, 2, 4, 5, 6)

    # Each call has its own mask, and no other's.
    if form == "h1S":
        model(*given, ~mask)
    agrees(model, multi_head(3), *given, mask)
    if form == "S":
        agrees(model, multi_head(3), *given, None)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_nothing_to_attend)
@pytest.mark.parametrize(
    ("leading", "queries", "empty_rows"),
    [
        ((5,), 5, 1),
        ((3, 1), 1, 1),
        ((2, 1, 1), 1, 1),
        ((2, 3, 3), 3, 2),
        ((), 1, 0),
        ((1,), 1, 0),
        ((2, 3, 1), 1, 1),
    ],
)
def test_masks_with_the_rest(student, draw, leading, queries, empty_rows):
    """MultiHeadAttention takes every form of mask for one and for many queries"""
    heads = 3 if leading else 1
    model = student.MultiHeadAttention(6, heads).eval()
    model = model.with_weights(draw.weights(shapes(6)))
    mask = draw.mask(math.prod(leading), 5, empty_rows).reshape(*leading, 5)

    agrees(model, multi_head(heads), *inputs(draw, 2, queries, 5, 6), mask)


@points(1)
@hidden
@after(test_masks)
@pytest.mark.parametrize("size", [1e5, -1e5, 1e13, -1e13])
def test_nothing_leaks(student, draw, size):
    """MultiHeadAttention keeps keys hidden however large the scores are"""
    model = student.MultiHeadAttention(6, 2)
    mask = draw.values([[1, 0, 0, 0, 0], [0, 1, 0, 1, 0], [0, 0, 0, 0, 1]]).bool()
    query, key, value = inputs(draw, 2, 3, 5, 6)

    found, oracle = under(model, mask), under_torch(2, mask)
    args = draw.weights(shapes(6)), query, key * size, value
    agrees(found, oracle, *args, gradient=False)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_agrees_with_torch)
@pytest.mark.parametrize(
    ("batch", "queries", "keys", "d_model", "heads", "mode"),
    [
        (1, 1, 5, 4, 4, "train"),
        (1, 3, 1, 6, 1, "eval"),
        (2, 1, 1, 3, 3, "train"),
    ],
)
def test_any_size(student, draw, batch, queries, keys, d_model, heads, mode):
    """MultiHeadAttention takes one sequence, one query, one key, and any heads"""
    model = getattr(student.MultiHeadAttention(d_model, heads), mode)()
    student.MultiHeadAttention(4, 2)  # another one leaves it alone
    model = model.with_weights(draw.weights(shapes(d_model)))

    given = inputs(draw, batch, queries, keys, d_model)
    agrees(model, multi_head(heads), *given, None)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_agrees_with_torch)
@hint("in an empty tensor nobody can tell what -1 stands for: write the size there")
@pytest.mark.parametrize(
    ("batch", "queries", "keys"),
    [(2, 3, 4), (0, 1, 1), (2, 0, 1), (0, 3, 4), (2, 0, 4)],
)
def test_no_queries_at_all(student, draw, batch, queries, keys):
    """MultiHeadAttention takes no sequences, and sequences of no queries"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))

    agrees(model, multi_head(2), *inputs(draw, batch, queries, keys, 6), None)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_agrees_with_torch)
@pytest.mark.parametrize(("queries", "keys"), [(4, 0), (4, 3), (1, 0)])
def test_no_keys_at_all(student, draw, queries, keys):
    """without a single key the output is out_proj's bias"""
    model = student.MultiHeadAttention(6, 2).with_weights(draw.weights(shapes(6)))

    agrees(model, multi_head(2), *inputs(draw, 2, queries, keys, 6), None)


@points(0.5)
@hidden
@settings("cpu float64")
@after(test_agrees_with_torch)
@pytest.mark.parametrize("layout", ["turned", "sliced", "expanded", "twice", "thrice"])
def test_layouts(student, draw, layout):
    """MultiHeadAttention takes tensors however they lie, and one two or three times"""
    model = student.MultiHeadAttention(6, 2)
    model = model.with_weights(draw.weights(shapes(6)))
    if layout in ("twice", "thrice"):
        x = draw(2, 4, 6)
        others = x, x if layout == "thrice" else draw(2, 4, 6)
    else:
        x = stored(draw, layout, 2, 4, 6)
        others = inputs(draw, 2, 4, 5, 6)[1:]

    agrees(model, multi_head(2), x, *others, None)


@points(0.5)
@types(0.5)
@pytest.mark.parametrize(
    ("d_model", "d_k"), [(512, 64), (6, 2), (2, 6), (5, 5)], ids=lambda size: str(size)
)
def test_projection_of_the_recitation(student, d_model, d_k):
    """projection_shape gives W_q's shape in the recitation's convention"""
    equal(student.projection_shape(d_model, d_k), (d_model, d_k))


@points(1.5)
@types(0.5)
@hint("how many maps does one head have, and how many numbers are in one of them?")
@pytest.mark.parametrize(
    ("d_model", "num_heads", "count"),
    [(512, 8, 787968), (64, 4, 12480), (768, 12, 1771776)],
)
def test_parameters_of_the_recitation(student, d_model, num_heads, count):
    """attention_parameters without the output map is what the recitation counts"""
    got = student.attention_parameters(d_model, num_heads, out_proj=False)

    equal(got, count)


@points(1)
@hint("which map brings the features of all heads together, and has it a bias?")
@pytest.mark.parametrize(
    ("d_model", "num_heads", "bias", "count"),
    [
        (512, 8, True, 1050624),
        (512, 8, False, 1048576),
        (64, 4, True, 16640),
        (768, 12, True, 2362368),
    ],
)
def test_parameters_with_output_map(student, d_model, num_heads, bias, count):
    """attention_parameters counts the output map, and biases where there are any"""
    equal(student.attention_parameters(d_model, num_heads, bias=bias), count)


def numbers_of_maps(
    d_model: int, num_heads: int, d_k: int | None, bias: bool, out_proj: bool
) -> int:
    """The numbers in the matrices of all maps, each with a row more for its biases."""
    width = d_model // num_heads if d_k is None else d_k
    shapes = [(d_model, width) for _ in range(3 * num_heads)]
    if out_proj:
        shapes.append((num_heads * width, d_model))
    return sum((rows + bias) * columns for rows, columns in shapes)


ATTENTIONS = Grid(
    d_model=[1, 4, 6, 9],
    num_heads=[1, 2, 3],
    d_k=[None, 1, 2, 5],
    bias=[True, False],
    out_proj=[True, False],
    where=lambda d_model, num_heads, d_k, **_: (
        d_k is not None or d_model % num_heads == 0
    ),
)


@points(1)
@hidden
def test_every_attention(student):
    """attention_parameters is right for all heads, widths and settings"""
    everywhere(student.attention_parameters, numbers_of_maps, ATTENTIONS)


@points(0.5)
@hidden
@settings("cpu float64")
@pytest.mark.parametrize(
    ("d_model", "num_heads", "d_k"),
    [(6, 4, None), (6, 4, 2), (7, 2, None), (9, 6, None), (3, 5, None)],
)
def test_parameters_of_heads_that_do_not_divide(student, d_model, num_heads, d_k):
    """attention_parameters raises a ValueError where d_k is left to a bad division"""
    if d_k is not None:
        assert student.attention_parameters(d_model, num_heads, d_k) > 0
    else:
        with pytest.raises(ValueError):
            student.attention_parameters(d_model, num_heads)
