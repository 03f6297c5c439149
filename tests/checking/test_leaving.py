"""Where a missing gradient was left behind, told from the student's own lines."""

from __future__ import annotations

import pytest

from autograder.checking.leaving import left_autograd
from autograder.sources.cells import notebook_text
from autograder.verdict import CheckResult, Mismatch, Outcome
from autograder.wording import message_for

MISSING = Mismatch("no_gradient", "the gradient of x", "float64[2]", "no gradient")


def told(body: str, mismatch: Mismatch = MISSING, head: str = "def f(x, d: int):"):
    """The detail and the place for a function f of this body."""
    source = "import torch\n" + head + "\n" + body
    return result_of(source, mismatch)


def result_of(source: str, mismatch: Mismatch = MISSING) -> CheckResult:
    check = CheckResult(
        "a::test", "a", "f", "it", Outcome.FAILED, 0, 1,
        mismatch=mismatch, look_at="a.py:2",
    )  # fmt: skip
    return left_autograd(check, source)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("return x.detach() * 2", "calls .detach()"),
        ("return x.data * 2", "takes .data"),
        ("return torch.as_tensor(x.numpy() * 2)", "calls .numpy()"),
        ("return torch.stack([x[0] * y.item() for y in x])", "calls .item()"),
        ("return torch.tensor([v * 2 for v in x])", "calls torch.tensor([v * 2 for v"),
        ("with torch.no_grad(): return x * 2", "computes under no_grad()"),
        ("with torch.inference_mode(): return x", "computes under inference_mode()"),
    ],
)
def test_the_line_is_told(line: str, what: str) -> None:
    """The first line that leaves autograd is named, and is where to look"""
    found = told(f"    y = x + 1\n    {line}\n")

    assert found.detail is not None
    assert found.detail.startswith(f"a.py:4 {what}")
    assert found.look_at == "a.py:4"
    assert found.detail in message_for(found)


@pytest.mark.parametrize(
    "body",
    [
        "    return x * torch.tensor(0.5)\n",
        "    n = x.shape[-1]\n    return x / torch.tensor(n)\n",
        "    return x / torch.tensor(d)\n",
        "    return x / torch.tensor(len(x))\n",
        "    return torch.zeros(3)\n",
    ],
)
def test_other_code_is_told_nothing(body: str) -> None:
    """Constants and sizes cut nothing off, so nothing is said of them"""
    found = told(body)

    assert found.detail is None
    assert found.look_at == "a.py:2"


def test_only_where_a_gradient_is_missing_and_in_that_function() -> None:
    """A wrong value beside a .detach(), or one in another function, tells nothing"""
    value = Mismatch("value", "the output", "1", "2")
    elsewhere = "    return x\n\ndef g(x):\n    return x.detach()\n"

    assert told("    return x.detach()\n", value).detail is None
    assert told(elsewhere).detail is None


def test_methods_and_decorators_and_cells() -> None:
    """A class is read as a whole, a decorator counts, and a cell is named as such"""
    method = told("    def forward(self, x):\n        return x.data\n", head="class f:")
    assert method.look_at == "a.py:4"
    decorated = result_of("import torch\n@torch.no_grad()\ndef f(x):\n    return x\n")
    assert decorated.look_at == "a.py:2"
    cell = result_of(notebook_text(["import torch", "def f(x):\n    return x.data\n"]))
    assert cell.detail == "cell 2, line 2 takes .data: nothing flows back through that"


def test_several_lines_are_one_sentence() -> None:
    """All of them are told, in their order, up to three"""
    found = told("    y = x.detach()\n    return y.data * x[0].item()\n")

    assert found.detail == (
        "a.py:3 calls .detach(); a.py:4 calls .item(); a.py:4 takes .data: nothing "
        "flows back through that"
    )
