"""What a correct tensors.py does."""

from __future__ import annotations

from math import log

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from autograder import (
    after,
    agrees,
    as_many_operators,
    close,
    device,
    digits,
    hint,
    points,
    settings,
)

once = settings("cpu float64")  # float32 has the checks against torch, and the largest
# Any of these will do.
REFUSALS = (IndexError, RuntimeError, ValueError)
# The logarithms of 1, 2 and 3: their softmax is 1/6, 2/6, 3/6.
LOGS = [0.0, log(2), log(3)]
TRIPLE = [[5, 2, 8], [1, 7, 2], [4, 4, 1]]
WORDS = [[1, 2], [3, 4], [5, 6]]


def embedding_gradient(grad_output: Tensor, indices: Tensor, rows: int) -> Tensor:
    """The gradient with respect to the weight as torch computes it."""
    with torch.enable_grad():
        weight = grad_output.new_zeros(rows, grad_output.shape[-1]).requires_grad_()
        looked_up = F.embedding(indices, weight)
        (grad_weight,) = torch.autograd.grad((looked_up * grad_output).sum(), weight)
    return grad_weight


@points(1)
@once
@hint("which row of weight belongs to which output?")
@pytest.mark.parametrize(
    ("x", "weight", "bias", "y"),
    [
        ([[1, 2, 3], [4, 5, 6]], [[1, 0, -1], [2, 1, 0]], [10, 20], [[8, 24], [8, 33]]),
        ([[1, 2, 0]], TRIPLE, [0, 0, 0], [[9, 15, 12]]),
        ([[1, 0, 0], [0, 1, 0]], TRIPLE, [1, 2, 3], [[6, 3, 7], [3, 9, 7]]),
    ],
    ids=["two outputs", "as many outputs as inputs", "with a bias"],
)
def test_linear_worked_examples(student, draw, x, weight, bias, y):
    """linear gets the worked examples right"""
    got = student.linear(draw.values(x), draw.values(weight), draw.values(bias))

    close(got, draw.values(y))


@points(2.5)
@digits(0.5)
@device(
    0.5,
    "linear runs where its inputs are, and makes no detour over the CPU",
    cases=[{"shape": (2, 5), "biased": True}, {"shape": (2, 3, 5), "biased": False}],
    synchronisations=0,
)
@pytest.mark.parametrize("biased", [True])
@pytest.mark.parametrize("shape", [(2, 5), (1, 5), (2, 3, 5), (2, 1, 3, 5)])
def test_linear_agrees_with_torch(student, draw, shape, biased):
    """linear and its gradients agree with torch"""
    bias = [draw(4)] if biased else []

    agrees(student.linear, F.linear, draw(*shape), draw(4, 5), *bias)


@points(0.5)
@once
@after(test_linear_agrees_with_torch)
@pytest.mark.parametrize("shape", [(2, 5), (3, 4, 5), (1, 5)])
def test_linear_without_bias(student, draw, shape):
    """linear adds nothing where there is no bias"""
    agrees(student.linear, F.linear, draw(*shape), draw(4, 5))


@points(0.5)
@after(test_linear_agrees_with_torch)
@hint("one product of matrices does all rows; which loop of yours does one at a time?")
@settings("sim")
def test_linear_without_a_loop(student, draw):
    """linear takes no more operators for many rows than for two"""
    for rows in (2, 7):  # no bias: whether it is moved is for the device check to ask
        student.linear(draw(rows, rows, 3), draw(4, 3))
    as_many_operators()


@points(1)
@once
@pytest.mark.parametrize(
    ("x", "dim", "p"),
    [
        ([LOGS], 1, [[1 / 6, 2 / 6, 3 / 6]]),
        ([[LOGS[0]], [LOGS[2]]], 0, [[0.25], [0.75]]),
        ([[2, 2, 2, 2], [-1, -1, -1, -1]], 1, [[0.25] * 4] * 2),
    ],
    ids=["one row", "one column", "all alike"],
)
def test_softmax_worked_examples(student, draw, x, dim, p):
    """softmax gets the worked examples right"""
    close(student.softmax(draw.values(x), dim), draw.values(p))


@points(3)
@digits(0.5)
@device(
    0.5,
    "softmax runs where its input is, and makes no detour over the CPU",
    synchronisations=0,
)
@hint("along dim each row sums to 1; what must the maximum and the sum keep?")
@pytest.mark.parametrize("dim", [0, 1, 2, -3])
def test_softmax_agrees_with_torch(student, draw, dim):
    """softmax and its gradient agree with torch along each axis"""
    agrees(student.softmax, torch.softmax, draw(2, 3, 4), dim)


@points(1.5)
@hint("exp(1000) is infinite; what may be taken from all scores of a row?")
@pytest.mark.parametrize(
    ("middle", "gap"), [(1000.0, 0.0), (-1000.0, 0.0), (0.0, 3000.0), (500.0, 4000.0)]
)
def test_softmax_of_large_scores(student, draw, middle, gap):
    """softmax works for scores whose exponentials are too large or too small"""
    x = draw(3, 4) + middle
    x[:, 2] += gap  # a mean or a minimum taken away leaves this one too large

    agrees(student.softmax, torch.softmax, x, 1, gradient=not gap)


@points(1.5)
@once
@after(test_softmax_of_large_scores)
@hint("the maximum of which scores did you take away?")
@pytest.mark.parametrize(("dim", "low"), [(1, 0.0), (0, 1.0), (-1, -1.0)])
def test_softmax_of_rows_far_apart(student, draw, dim, low):
    """softmax works where one row lies far above another: [0, 1] and [1000, 1001]"""
    x = draw.values([[0, 1], [1000, 1001], [-3000, -3002]]) + low

    agrees(student.softmax, torch.softmax, x if dim else x.T.contiguous(), dim)


@points(0.5)
@after(test_softmax_agrees_with_torch)
@hint("max and sum take dim=, so all rows can be done at once; what do you loop over?")
@settings("sim")
def test_softmax_without_a_loop(student, draw):
    """softmax takes no more operators for many rows than for two"""
    for rows in (2, 7):
        student.softmax(draw(rows, 4, rows), 1)
    as_many_operators()


@points(1)
@once
@pytest.mark.parametrize(
    ("x", "dim", "log_p"),
    [
        ([LOGS], 1, [[-log(6), -log(3), -log(2)]]),
        ([[LOGS[0]], [LOGS[2]]], 0, [[-log(4)], [log(0.75)]]),
        ([[2, 2, 2, 2], [-1, -1, -1, -1]], 1, [[-log(4)] * 4] * 2),
    ],
    ids=["one row", "one column", "all alike"],
)
def test_log_softmax_worked_examples(student, draw, x, dim, log_p):
    """log_softmax gets the worked examples right"""
    close(student.log_softmax(draw.values(x), dim), draw.values(log_p))


@points(2.5)
@digits(0.5)
@device(
    0.5,
    "log_softmax runs where its input is, and makes no detour over the CPU",
    synchronisations=0,
)
@pytest.mark.parametrize("dim", [0, 1, 2, -3])
def test_log_softmax_agrees_with_torch(student, draw, dim):
    """log_softmax and its gradient agree with torch along each axis"""
    agrees(student.log_softmax, torch.log_softmax, draw(2, 3, 4), dim)


@points(1)
@hint("exp(1000) is infinite; what may be taken from all scores of a row?")
@pytest.mark.parametrize("middle", [1000.0, -1000.0])
def test_log_softmax_of_large_scores(student, draw, middle):
    """log_softmax works for scores whose exponentials are too large or too small"""
    agrees(student.log_softmax, torch.log_softmax, draw(3, 4) + middle, 1)


@points(1)
@once
@after(test_log_softmax_of_large_scores)
@hint("what is the logarithm of a probability that was rounded to 0?")
@pytest.mark.parametrize("gap", [800.0, 2000.0])
def test_log_softmax_of_small_probabilities(student, draw, gap):
    """log_softmax is finite where the softmax rounds to 0"""
    x = draw(3, 4)
    x[:, 1] += gap

    agrees(student.log_softmax, torch.log_softmax, x, 1)


@points(1)
@once
@pytest.mark.parametrize(
    ("logits", "targets", "loss"),
    [
        ([LOGS], [0], log(6)),
        ([LOGS], [2], log(2)),
        ([LOGS, LOGS, LOGS], [0, 1, 2], log(36) / 3),
        ([[3, 3, 3, 3, 3], [0, 0, 0, 0, 0]], [4, 1], log(5)),
    ],
    ids=["the least likely", "the most likely", "three rows", "no idea"],
)
def test_cross_entropy_worked_examples(student, draw, logits, targets, loss):
    """cross_entropy gets the worked examples right"""
    got = student.cross_entropy(draw.values(logits), torch.tensor(targets))

    close(got, draw.values(loss))


@points(3)
@device(0.5)
@pytest.mark.parametrize(("rows", "classes"), [(5, 3), (2, 4), (1, 6)])
def test_cross_entropy_agrees_with_torch(student, draw, rows, classes):
    """cross_entropy and its gradient agree with torch"""
    targets = draw.integers(0, classes, rows)

    agrees(student.cross_entropy, F.cross_entropy, draw(rows, classes), targets)


@points(1.5)
@digits(0.5)  # whoever puts a class in the place of those ignored is to use a copy
@after(test_cross_entropy_agrees_with_torch)
@hint("is -100 a class? and how many rows does the mean go over?")
@pytest.mark.parametrize("ignored", [[0], [1, 4], [5], [0, 1, 2, 3]])
def test_cross_entropy_ignores_targets(student, draw, ignored):
    """cross_entropy counts no row whose target is -100"""
    targets = draw.integers(0, 3, 6)
    targets[ignored] = -100

    agrees(student.cross_entropy, F.cross_entropy, draw(6, 3), targets)


@points(1)
@once
@after(test_cross_entropy_ignores_targets)
@hint("ignore_index is an argument, and a class may be ignored as well")
@pytest.mark.parametrize(
    ("rows", "targets", "ignore_index"),
    [
        (5, [0, 2, 0, 1, 2], 0),
        (5, [3, 2, 0, 1, 2], 2),
        (4, [-1, 2, 3, -1], -1),
        (3, [0, 7, 3], 7),
        (1, [3], 2),
        (3, [0, 1, 3], 4),
    ],
)
def test_cross_entropy_ignores_any_target(student, draw, rows, targets, ignore_index):
    """cross_entropy ignores the target that ignore_index names, a class as well"""
    given = draw(rows, 4), torch.tensor(targets)

    f, oracle = student.cross_entropy, F.cross_entropy
    agrees(f, oracle, *given, ignore_index=ignore_index)


@points(1.5)
@after(test_cross_entropy_agrees_with_torch)
@hint("which function gives logarithms of probabilities that are nearly 0?")
@pytest.mark.parametrize(
    ("size", "middle"), [(1e3, 0.0), (1e5, 0.0), (1.0, 2000.0), (1.0, -3000.0)]
)
def test_cross_entropy_of_large_logits(student, draw, size, middle):
    """cross_entropy is right for logits that are a thousand times as large"""
    logits, targets = draw.distinct(5, 3) * size + middle, draw.integers(0, 3, 5)
    targets[1] = logits[1].argmin()  # or all gradients might be nearly 0

    agrees(student.cross_entropy, F.cross_entropy, logits, targets)


@points(1)
@once
@pytest.mark.parametrize(
    ("indices", "vectors"),
    [([2, 0, 2], [[5, 6], [1, 2], [5, 6]]), ([[1], [0]], [[[3, 4]], [[1, 2]]])],
    ids=["one text", "two texts"],
)
def test_embedding_worked_examples(student, draw, indices, vectors):
    """embedding gets the worked examples right"""
    got = student.embedding(torch.tensor(indices), draw.values(WORDS))

    close(got, draw.values(vectors))


@points(2)
@digits(0.5)
@device(0.5)
@pytest.mark.parametrize("shape", [(4,), (2, 3), (3, 1)])
def test_embedding_agrees_with_torch(student, draw, shape):
    """embedding and its gradient agree with torch"""
    indices = draw.integers(0, 7, *shape)
    indices.view(-1)[0] = 0  # the first word is a word like the others

    agrees(student.embedding, F.embedding, indices, draw(7, 5))


@points(0.5)
@once
@after(test_embedding_agrees_with_torch)
@hint("weight[-1] is the last row; is there a word -1?")
@pytest.mark.parametrize(
    ("indices", "right"),
    [([0, -1], False), ([-5], False), ([[0], [-2]], False), ([0, 1], True)],
)
def test_embedding_refuses_negative_indices(student, draw, indices, right):
    """embedding refuses a negative index"""
    indices, weight = torch.tensor(indices), draw(5, 3)

    if right:
        agrees(student.embedding, F.embedding, indices, weight)
    else:
        with pytest.raises(REFUSALS):
            student.embedding(indices, weight)


@points(1)
@once
@pytest.mark.parametrize(
    ("grad_output", "indices", "grad_weight"),
    [
        ([[1, 2], [10, 20]], [3, 0], [[10, 20], [0, 0], [0, 0], [1, 2]]),
        ([[[7, 8]], [[5, 6]]], [[1], [2]], [[0, 0], [7, 8], [5, 6], [0, 0]]),
    ],
    ids=["one text", "two texts"],
)
def test_embedding_backward_worked_examples(
    student, draw, grad_output, indices, grad_weight
):
    """embedding_backward gets the worked examples right"""
    given = draw.values(grad_output), torch.tensor(indices), 4

    close(student.embedding_backward(*given), draw.values(grad_weight))


@points(2.5)
@digits(0.5)
@device(0.5)
@hint("what does x[[2, 2]] += 1 do to row 2? and index_add?")
@pytest.mark.parametrize("shape", [(6,), (3, 4), (2, 5)])
def test_embedding_backward_agrees_with_torch(student, draw, shape):
    """embedding_backward adds up what a word gets in several places, as torch does"""
    given = draw(*shape, 3), draw.integers(0, 4, *shape), 5

    f, oracle = student.embedding_backward, embedding_gradient
    agrees(f, oracle, *given, gradient=False)


@points(1)
@once
@pytest.mark.parametrize(
    ("x", "y", "cosine"),
    [
        ([[3, 4], [1, 1], [2, 0], [6, 8]], [[4, 3]] * 4, [0.96, 0.98995, 0.8, 0.96]),
        ([[3, 4], [0, 2]], [[-3, -4], [7, 0]], [-1, 0]),
    ],
    ids=["similar", "opposite and across"],
)
def test_cosine_similarity_worked_examples(student, draw, x, y, cosine):
    """cosine_similarity gets the worked examples right"""
    expected = draw.values(cosine)
    expected[expected == 0.98995] = 7 / 50**0.5  # of (1, 1) and (4, 3)

    close(student.cosine_similarity(draw.values(x), draw.values(y)), expected)


@points(2.5)
@digits(0.5)
@device(
    0.5,
    "cosine_similarity runs where its inputs are, and makes no detour over the CPU",
    synchronisations=0,
)
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5), (1, 6)])
def test_cosine_similarity_agrees_with_torch(student, draw, shape):
    """cosine_similarity and its gradients agree with torch, over the last axis"""
    x, y = draw(*shape), 3 * draw(*shape)
    y[0] = y[0].abs() * -x[0].sign()  # these look the other way

    agrees(student.cosine_similarity, over_the_last_axis, x, y)


def over_the_last_axis(x: Tensor, y: Tensor, eps: float = 1e-8) -> Tensor:
    """torch's cosine similarity has dim=1 by default."""
    return F.cosine_similarity(x, y, dim=-1, eps=eps)


@points(1)
@once
@after(test_cosine_similarity_agrees_with_torch)
@hint("eps bounds each of the two norms, and not their product; what is added to them?")
@pytest.mark.parametrize(
    ("x", "y", "eps", "cosine"),
    [
        ([[0.3, 0.4], [3, 4]], [[3, 4], [0.6, 0.8]], 1.0, [0.5, 1.0]),
        (
            [[0.3, 0.4], [9, 12], [5, 0], [8, 6], [0, 2]],
            [[0.6, 0.8], [0.3, 0.4], [0.8, 0.6], [0.6, -0.7], [1, 0.8]],
            2.0,
            [0.125, 0.25, 0.4, 0.03, 0.4],
        ),
        (
            [[0, 0], [0.6, 0.8], [6e-7, 8e-7], [3e-9, 4e-9]],
            [[1, 2], [0, 0], [3, 4], [3, 4]],
            None,
            [0, 0, 1, 0.5],
        ),
        ([[0, 0], [3, 4]], [[0, 0], [0.6, 0.8]], 0.5, [0, 1]),
    ],
    ids=["one is short", "both are short", "the usual eps", "two of zeros"],
)
def test_cosine_similarity_of_short_vectors(student, draw, x, y, eps, cosine):
    """cosine_similarity divides by no norm below eps"""
    given = [draw.values(x), draw.values(y)] + ([] if eps is None else [eps])

    close(student.cosine_similarity(*given), draw.values(cosine))
