"""Reading a source for names that an exercise does not let students use."""

from __future__ import annotations

import textwrap

import pytest

from autograder.protocol.forbidden import forbidden_uses

CONVOLUTIONS = (
    "torch.nn.functional.conv*",
    "torch.conv*",
    "torch.nn.Conv*",
    "torch.nn.grad.*",
)


def uses(source: str, **others: str) -> dict[str, list[str]]:
    """What each name of a source reaches."""
    sources = {name: textwrap.dedent(text) for name, text in others.items()}
    sources["sample"] = textwrap.dedent(source)
    return forbidden_uses(sources, "sample", CONVOLUTIONS)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (
            "import torch\ndef f(x, w): return torch.nn.functional.conv2d(x, w)",
            "torch.nn.functional.conv2d",
        ),
        ("import torch as t\ndef f(x, w): return t.conv2d(x, w)", "torch.conv2d"),
        (
            "import torch.nn.functional as F\ndef f(x, w): return F.conv2d(x, w)",
            "torch.nn.functional.conv2d",
        ),
        (
            "from torch.nn import functional\ndef f(x): return functional.conv2d(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "from torch.nn.functional import conv2d\ndef f(x): return conv2d(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "from torch.nn.functional import conv2d as c\ndef f(x): return c(x, x)",
            "torch.nn.functional.conv2d",
        ),
        ("from torch import *\ndef f(x): return conv2d(x, x)", "torch.conv2d"),
        (
            "def f(x):\n from torch.nn.functional import conv2d\n return conv2d(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "def f(x):\n import torch\n g = torch.nn.functional\n"
            " return g.conv2d(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "import torch\ng = torch.nn.functional\ndef f(x): return g.conv2d(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "import torch\ng = torch.conv2d\ndef f(x): return g(x, x)",
            "torch.conv2d",
        ),
        (
            "import torch\ndef helper(x): return torch.conv2d(x, x)\n"
            "def f(x): return helper(x)",
            "torch.conv2d",
        ),
        (
            "import torch\ndef a(x): return torch.conv2d(x, x)\n"
            "def b(x): return a(x) if x else f(x)\ndef f(x): return b(x)",
            "torch.conv2d",
        ),
        (
            "import torch.nn.functional as F\n"
            "def f(x): return getattr(F, 'conv2d')(x, x)",
            "torch.nn.functional.conv2d",
        ),
        (
            "import torch\ndef f(x): return torch.ops.aten.conv2d(x, x)",
            "torch.ops.aten.conv2d",
        ),
        (
            "import torch\ndef f(x): return torch.ops.aten.conv2d.default(x, x)",
            "torch.ops.aten.conv2d",
        ),
        (
            "from torch import nn\nclass f(nn.Module):\n"
            " def __init__(self):\n  self.c = nn.Conv2d(1, 1, 3)",
            "torch.nn.Conv2d",
        ),
        (
            "from torch import nn\nclass f(nn.Conv2d): pass",
            "torch.nn.Conv2d",
        ),
        (
            "import torch\nf = lambda x: torch.conv2d(x, x)",
            "torch.conv2d",
        ),
        (
            "import torch\ndef f(x, c=torch.conv2d): return c(x, x)",
            "torch.conv2d",
        ),
        (
            "import torch\nif True:\n def f(x): return torch.conv2d(x, x)",
            "torch.conv2d",
        ),
        (
            "import torch\nt = torch\ndef f(x): return t.conv2d(x, x)",
            "torch.conv2d",
        ),
        (
            "import torch.nn.functional as F\nfrom functools import partial\n"
            "g = partial(F.conv2d, stride=2)\ndef f(x): return g(x, x)",
            "torch.nn.functional.conv2d",
        ),
    ],
)
def test_forbidden_names_are_found(source: str, name: str) -> None:
    """However a name is imported or handed on, the function that reaches it is told."""
    assert name in uses(source).get("f", [])


@pytest.mark.parametrize(
    "source",
    [
        "def conv2d(x): return x\ndef f(x): return conv2d(x)",
        "def f(x):\n '''like torch.nn.functional.conv2d'''\n return x",
        "def f(x): return 'torch.conv2d'  # torch.conv2d",
        "import torch\ndef other(x): return torch.conv2d(x, x)\ndef f(x): return x",
        "import torch.nn.functional as F\ndef f(x): return F.unfold(x, 3)",
        "import torch\ndef f(x): return torch.concatenate([x])",
        "class Mine:\n def conv2d(self): return 1\ndef f(x): return Mine().conv2d()",
        "def f(conv2d): return conv2d(1)",
        "def f(x):\n conv2d = 3\n return conv2d",
    ],
)
def test_unrelated_names_are_fine(source: str) -> None:
    """Own functions, docstrings, comments and other functions cost nothing."""
    assert "f" not in uses(source)


def test_names_are_followed_into_own_modules() -> None:
    """A helper file is part of the function that uses it."""
    helper = """
        import torch.nn.functional as F
        def hidden(x): return F.conv2d(x, x)
        def clean(x): return x
    """
    source = """
        import helper
        from helper import hidden as h, clean
        def by_module(x): return helper.hidden(x)
        def by_name(x): return h(x)
        def fine(x): return clean(x)
    """
    found = uses(source, helper=helper)

    assert found == {
        "by_module": ["torch.nn.functional.conv2d"],
        "by_name": ["torch.nn.functional.conv2d"],
        "h": ["torch.nn.functional.conv2d"],
    } or found == {
        "by_module": ["torch.nn.functional.conv2d"],
        "by_name": ["torch.nn.functional.conv2d"],
    }


def test_a_name_imported_through_an_own_module() -> None:
    """``from helper import F`` is an alias like any other."""
    source = "from helper import F\ndef f(x): return F.conv2d(x, x)"
    helper = "import torch.nn.functional as F"

    assert uses(source, helper=helper).get("f") == ["torch.nn.functional.conv2d"]


def test_a_star_import_of_an_own_module() -> None:
    """``from helper import *`` brings the helper's functions along."""
    source = "from helper import *\ndef f(x): return g(x)"
    helper = "import torch\ndef g(x): return torch.conv2d(x, x)"

    assert uses(source, helper=helper).get("f") == ["torch.conv2d"]


def test_methods_of_tensors() -> None:
    """A rule on torch.Tensor holds for that attribute of any value."""
    rules = ("torch.Tensor.softmax",)
    source = "def f(x): return x.softmax(0)\ndef g(x): return (x + 1).softmax(0)"

    assert forbidden_uses({"s": source}, "s", rules) == {
        "f": ["torch.Tensor.softmax"],
        "g": ["torch.Tensor.softmax"],
    }


def test_no_rules_need_no_reading() -> None:
    """Where nothing is forbidden the source is not even parsed."""
    assert forbidden_uses({"s": "not python ("}, "s", ()) == {}


def test_a_source_that_does_not_parse() -> None:
    """The reader tells; who asked decides."""
    with pytest.raises(SyntaxError):
        uses("def f(:")
