"""A network that follows a script, here and behind the sandbox alike."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F

SOURCE = """
import torch
def sample(model, first, h, length):
    found, token = [], first
    for _ in range(length):
        logits, h = model(token[None], h)
        token = logits[-1].argmax(-1)
        found.append(token)
    return torch.stack(found)
def sample_by_prefix(model, first, h, length):
    tokens = first[None]
    for _ in range(length):
        logits, _ = model(tokens, h)
        tokens = torch.cat([tokens, logits[-1:].argmax(-1)])
    return tokens[1:]
def sample_by_text(model, first, h, length):
    texts = [slice(n, n + 1) for n in range(len(first))]
    return torch.cat([sample(model, first[n], h[:, n], length) for n in texts], 1)
def drops_the_state(model, first, h, length):
    found = [first]
    for _ in range(length):
        found.append(model(found[-1][None], h)[0][-1].argmax(-1))
    return torch.stack(found[1:])
def feeds_the_first(model, first, h, length):
    found = []
    for _ in range(length):
        logits, h = model(first[None], h)
        found.append(logits[-1].argmax(-1))
    return torch.stack(found)
def state(model, tokens, h): return model(tokens, h)[1]
def logits(model, *args, **named): return model(*args, **named)
def translate(model, source, start, end, most):
    target = torch.full((len(source), 1), start)
    while target.shape[1] < most and not bool((target == end).any(1).all()):
        token = model(source, target)[:, -1].argmax(-1)
        token = token.masked_fill((target == end).any(1), end)
        target = torch.cat([target, token[:, None]], 1)
    return target
def translate_row_by_row(model, source, start, end, most):
    rows = [translate(model, row[None], start, end, most)[0] for row in source]
    longest = max(map(len, rows))
    rows = [torch.cat([r, r.new_full((longest - len(r),), end)]) for r in rows]
    return torch.stack(rows)
def device(model): return str(next(model.parameters()).device), model.training
"""


@pytest.fixture
def student(open_student: Any, case: Any) -> Any:
    """Opened on both sides."""
    return open_student(SOURCE)


def walked(table: torch.Tensor, first: torch.Tensor, at: int = 0) -> torch.Tensor:
    """The likeliest tokens, by step and last token."""
    found, token = [], first
    for logits in table[at:]:
        token = logits[token].argmax(-1)
        found.append(token)
    return torch.stack(found)


FIRST = torch.arange(7)
TABLE = torch.randn(5, 7, 7, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("style", ["sample", "sample_by_prefix", "sample_by_text"])
def test_a_language_model(student: Any, style: str) -> None:
    """Last tokens with the state, whole prefixes, text by text: all the same."""
    model = student.scripted(TABLE)
    run = getattr(student, style)

    assert torch.equal(run(model, FIRST, torch.zeros(1, 7, 1), 5), walked(TABLE, FIRST))


@pytest.mark.parametrize("wrong", ["drops_the_state", "feeds_the_first"])
def test_what_a_decoder_does_wrong_shows(student: Any, wrong: str) -> None:
    """The wrong token, or a lost state, leads elsewhere."""
    run = getattr(student, wrong)
    found = run(student.scripted(TABLE), FIRST, torch.zeros(1, 7, 1), 5)

    assert not torch.equal(found, walked(TABLE, FIRST))


def test_the_state_counts_steps(student: Any) -> None:
    """It begins where it is told to, is new each time, and the last step stays."""
    model = student.scripted(TABLE)
    h = torch.full((1, 7, 2), 3.0)
    h[..., 1] = 0

    new = student.state(model, FIRST.expand(2, -1), h)
    assert new[0, :, 0].tolist() == [5] * 7
    assert h[0, :, 0].tolist() == [3] * 7
    assert torch.equal(student.sample(model, FIRST, h, 2), walked(TABLE, FIRST, 3))
    beyond = student.sample(model, FIRST, torch.full((1, 7, 1), 9), 1)
    assert torch.equal(beyond, walked(TABLE, FIRST, 4))
    without = student.sample(model, FIRST, None, 5)
    assert torch.equal(without, walked(TABLE, FIRST))


def test_texts_of_their_own(student: Any) -> None:
    """A table for each text is found by the state's second feature."""
    tables = torch.stack([TABLE, TABLE.flip(0)])
    model = student.scripted(tables)
    h = torch.tensor([[[0.0, 0.0], [0.0, 1.0]]])
    first = torch.tensor([2, 2])
    wanted = [walked(tables[n], first[n : n + 1]) for n in (0, 1)]

    for style in (student.sample, student.sample_by_text):
        assert torch.equal(style(model, first, h, 5), torch.cat(wanted, 1))


def test_a_table_without_steps(student: Any) -> None:
    """(V, V): a cycle, however long."""
    model = student.scripted(F.one_hot(torch.tensor([1, 2, 0]), 3))
    found = student.sample(model, torch.tensor([0]), torch.zeros(1, 1, 1), 7)

    assert found[:, 0].tolist() == [1, 2, 0, 1, 2, 0, 1]


def script(rows: list[list[int]]) -> torch.Tensor:
    """Whatever came last, these tokens, with row and step."""
    return F.one_hot(torch.tensor(rows), 4)[:, :, None].expand(-1, -1, 4, -1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[1, 2, 3], [2, 3, 1]], [[0, 1, 2, 3], [0, 2, 3, 3]]),
        ([[3, 1], [3, 2]], [[0, 3], [0, 3]]),
        ([[1, 2, 1], [2, 1, 2]], [[0, 1, 2, 1, 1], [0, 2, 1, 2, 2]]),
    ],
    ids=["in_turn", "at_once", "never"],
)
def test_a_translator(student: Any, rows: Any, expected: Any) -> None:
    """Ends that come in turn, at once and never; all rows together or one by one."""
    source = torch.tensor([[1, 2], [2, 2]])
    for style in (student.translate, student.translate_row_by_row):
        model = student.scripted(script(rows), source)
        assert style(model, source, 0, 3, 5).tolist() == expected


def test_a_source_that_was_not_given(student: Any) -> None:
    """The logits are NaN: nobody may be right by luck."""
    model = student.scripted(torch.eye(4), torch.tensor([[1, 2], [2, 2]]))
    source, target = torch.tensor([[2, 2], [2, 1]]), torch.tensor([[0], [1]])
    found = student.logits(model, source, target, source_lengths=None)

    assert found.isnan().any(-1).flatten().tolist() == [False, True]


def test_ties_stay_ties(student: Any) -> None:
    """The logits come as they are written, in the dtype of the setting."""
    table = torch.tensor([[1, 1], [0, 2]])
    logits, _ = student.logits(student.scripted(table), torch.tensor([[0, 1]]), None)

    assert logits.dtype == torch.float64
    assert logits.tolist() == [[[1, 1], [0, 2]]]


def test_calls_are_counted(student: Any) -> None:
    """So that a check can say how often is enough."""
    model = student.scripted(TABLE)
    assert model.calls() == 0
    student.sample(model, FIRST, None, 4)
    assert model.calls() == 4


def test_it_is_a_module(student: Any) -> None:
    """Decoders ask a model for its device, and switch it to eval."""
    model = student.scripted(TABLE)
    model.eval()
    assert student.device(model) == ("cpu", False)


def test_calls_that_it_does_not_understand(student: Any) -> None:
    """Errors name the shapes: they are the student's own."""
    model = student.scripted(TABLE)
    with pytest.raises(ValueError, match=r"tokens \(T, N\) have two axes, and \(7,\)"):
        student.logits(model, FIRST, None)
    with pytest.raises(ValueError, match=r"of 7 texts is \(1, 7, H\) and not \(7, 1\)"):
        student.logits(model, FIRST[None], torch.zeros(7, 1))
    translator = student.scripted(TABLE, torch.tensor([[1, 2]]))
    with pytest.raises(ValueError, match="differ in their number of texts"):
        student.logits(translator, torch.tensor([[1, 2], [1, 2]]), torch.tensor([[0]]))


@pytest.mark.parametrize(
    ("table", "source", "error", "message"),
    [
        ([[1]], None, TypeError, "takes a table of logits"),
        (torch.ones(3), None, TypeError, "takes a table of logits"),
        (torch.ones(3, 4), None, ValueError, r"the table is \(3, 4\); its last two"),
        (
            torch.ones(2, 1, 3, 3),
            torch.ones(3, 1),
            ValueError,
            "give .N, S. with a row",
        ),
    ],
)
def test_the_authors_faults(
    student: Any, table: Any, source: Any, error: type, message: str
) -> None:
    """A table that cannot be one is refused before anything is sent."""
    with pytest.raises(error, match=message):
        student.scripted(table, source)
