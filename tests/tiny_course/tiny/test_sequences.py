"""What a correct sequences.py does."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from autograder import after, agrees, digits, equal, hidden, points, types

END = 9


def truth(x, h0, weight_ih, weight_hh, grad_outputs, chunk):
    """The same by autograd, with the state cut off between the chunks."""
    names = ("x", "h0", "weight_ih", "weight_hh")
    given = [t.detach().requires_grad_() for t in (x, h0, weight_ih, weight_hh)]
    x, h, weight_ih, weight_hh = given
    outputs = []
    for t in range(len(x)):
        h = h.detach() if t and t % chunk == 0 else h
        h = (x[t] @ weight_ih.T + h @ weight_hh.T).tanh()
        outputs.append(h)
    total = (torch.stack(outputs) * grad_outputs.detach()).sum()
    return dict(zip(names, torch.autograd.grad(total, given)))


@points(2)
@digits(1)
@pytest.mark.parametrize("chunk", [1, 2, 3, 9])
def test_truncated_bptt(student, draw, chunk):
    """truncated_bptt gives the gradients of each chunk by itself, added up"""
    w = draw.weights({"ih": (4, 3), "hh": (4, 4)})
    agrees(student.truncated_bptt, truth, draw(5, 2, 3), draw(2, 4), w["ih"], w["hh"],
           draw(5, 2, 4), chunk, gradient=False)  # fmt: skip


def scripts(draw, steps):
    """What follows each of nine tokens, by step; no two lead to the same one."""
    return torch.stack([draw.distinct(9).argsort() for _ in range(steps)])


def walked(script):
    """What comes of each of the nine, step by step."""
    token, found = torch.arange(9), []
    for row in script:
        token = row[token]
        found.append(token)
    return torch.stack(found)


@points(2)
@types(0.5)
def test_greedy_sample_follows_the_model(student, draw):
    """greedy_sample feeds each token, and the state, to find the next"""
    script = scripts(draw, 5)
    model = student.scripted(F.one_hot(script, 9))

    found = student.greedy_sample(model, torch.arange(9), torch.zeros(1, 9, 1), 5)

    equal(found, walked(script))


@points(1)
@hidden
@after(test_greedy_sample_follows_the_model)
def test_greedy_sample_goes_on(student, draw):
    """greedy_sample goes on from the state that it is given"""
    script = scripts(draw, 7)
    model = student.scripted(F.one_hot(script, 9))

    found = student.greedy_sample(model, torch.arange(9), torch.full((1, 9, 1), 2.0), 5)

    equal(found, walked(script[2:]))


def script(rows):
    """A table by row and step that leads to these tokens, whatever came last."""
    return F.one_hot(torch.tensor(rows), 10)[:, :, None].expand(-1, -1, 10, -1)


@points(2)
@types(0.5)
@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 2, 9], [3, 9, 4], [9, 7, 8]], [[0, 1, 2, 9], [0, 3, 9, 9], [0, 9, 9, 9]]),
        ([[9, 1, 1], [9, 2, 2]], [[0, 9], [0, 9]]),
        ([[1, 2, 3, 4, 5], [5, 6, 7, 8, 1]], [[0, 1, 2, 3, 4], [0, 5, 6, 7, 8]]),
        ([[9, 1, 2, 3], [5, 6, 7, 9]], [[0, 9, 9, 9, 9], [0, 5, 6, 7, 9]]),
    ],
    ids=["in_turn", "at_once", "never", "after_an_end"],
)
def test_greedy_translate(student, rows, expected):
    """greedy_translate ends each row at its end, and all rows with the last one"""
    source = torch.tensor([[1, 2], [2, 1], [3, 3]][: len(rows)])
    model = student.scripted(script(rows), source)

    equal(student.greedy_translate(model, source, 0, END, 5), torch.tensor(expected))


@points(1)
@hidden
@after(test_greedy_translate)
def test_greedy_translate_of_no_room(student):
    """greedy_translate of one token asks nobody"""
    source = torch.tensor([[1, 2]])
    model = student.scripted(torch.eye(10), source)

    equal(student.greedy_translate(model, source, 0, END, 1), torch.tensor([[0]]))
    equal(model.calls(), 0)
