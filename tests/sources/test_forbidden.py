"""Reading a source for names that an exercise does not let students use."""

from __future__ import annotations

import re
import sys
import textwrap
import time
import warnings

import pytest

from autograder.sources.forbidden import forbidden_uses
from autograder.sources.refusal import to_look_at, why_refused
from autograder.worker import used_names

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


NORMS = ("torch.nn.Transformer*", "norm: torch.nn.LayerNorm", "norm: torch.*_norm")


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("def norm(x): return nn.LayerNorm(3)(x)", {"norm": "torch.nn.LayerNorm"}),
        ("def norm(x): return x", {}),
        (
            "def norm(x): return helper(x)\ndef helper(x): return torch.layer_norm(x)",
            {"norm": "torch.layer_norm"},
        ),
        (
            "def norm(x): return x\n"
            "class Layer(nn.Module):\n"
            " def __init__(self): self.norm = nn.LayerNorm(3)",
            {},
        ),
        ("class Layer(nn.TransformerEncoder): pass", {"Layer": "torch.nn.Transformer"}),
        (
            "def norm(x): return nn.Transformer(x)",
            {"norm": "torch.nn.Transformer"},
        ),
    ],
)
def test_a_rule_for_one_function(source: str, refused: dict[str, str]) -> None:
    """What one function must do without, others may use; other rules hold for all."""
    text = f"import torch\nfrom torch import nn\n{source}\n"

    found = forbidden_uses({"sample": text}, "sample", NORMS)

    for name in ("norm", "helper", "Layer"):
        reason = why_refused(found, name)
        if name in refused:
            assert reason is not None
            assert refused[name] in reason
        else:
            assert reason is None


def test_no_rules_need_no_reading() -> None:
    """Where nothing is forbidden the source is not even parsed."""
    assert forbidden_uses({"s": "not python ("}, "s", ()) == {}


# Ways in which a graded function may come to be torch's own.
BINDINGS = {
    "import": "from torch.nn.functional import conv2d",
    "import as": "from torch import conv1d as conv2d",
    "star": "from torch.nn.functional import *",
    "star after an own": "def conv2d(x): return x\nfrom torch.nn.functional import *",
    "import after an own": "def conv2d(x): return x\nfrom torch import conv2d",
    "import kept in between": "from torch import conv2d\nc = conv2d\n"
    "def conv2d(x): return c(x)",
    "import kept as a default": "from torch import conv2d\n"
    "def conv2d(x, c=conv2d): return c(x)",
    "star kept in between": "from torch import *\nc = [conv2d]\n"
    "def conv2d(x): return c[0](x)",
    "tuple": "conv2d, one = F.conv2d, 1",
    "starred": "one, *conv2d = 1, F.conv2d",
    "for": "for conv2d in [F.conv2d]: pass",
    "with": "from contextlib import nullcontext\n"
    "with nullcontext(F.conv2d) as conv2d: pass",
    "walrus": "(conv2d := F.conv2d)",
    "walrus in a test": "if (conv2d := F.conv2d): pass",
    "walrus in a comprehension": "[conv2d := c for c in [F.conv2d]]",
    "globals": "globals()['conv2d'] = F.conv2d",
    "globals of any name": "globals()['conv' + str(2) + 'd'] = F.conv2d",
    "globals().update": "globals().update(conv2d=F.conv2d)",
    "vars": "vars()['conv2d'] = F.conv2d",
    "exec": "exec('conv2d = F.conv2d')",
    "exec of what is wrapped": "exec('conv2d = F.conv2d.__wrapped__')",
    "exec of an import": "exec('from torch.nn.functional import conv2d')",
    "setattr": "import sys\nsetattr(sys.modules[__name__], 'conv2d', F.conv2d)",
    "import itself": "import sample\nsample.conv2d = F.conv2d",
    "hand itself on": "import sample\ndef fill(m): m.conv2d = F.conv2d\nfill(sample)",
    "except": "try: 1 / 0\n"
    "except ZeroDivisionError:\n def conv2d(x): return F.conv2d(x)",
    "match": "match 1:\n case _:\n  def conv2d(x): return F.conv2d(x)",
    "capture": "match F.conv2d:\n case conv2d: pass",
    "handler": "try: raise Error(F.conv2d)\nexcept Error as e: (conv2d,) = e.args",
    "attribute": "def conv2d(x): return conv2d.f(x)\nconv2d.f = F.conv2d",
    "setattr on it": "def conv2d(x): return conv2d.f(x)\n"
    "setattr(conv2d, 'f', F.conv2d)",
    "code": "def conv2d(x): pass\nconv2d.__code__ = (lambda x: F.conv2d(x)).__code__",
    "dict": "def conv2d(x): return conv2d.f(x)\nconv2d.__dict__['f'] = F.conv2d",
    "dict update": "def conv2d(x): return conv2d.f(x)\n"
    "conv2d.__dict__.update(f=F.conv2d)",
    "append": "kept = []\nkept.append(F.conv2d)\ndef conv2d(x): return kept[0](x)",
    "global": "def fill():\n global conv2d\n conv2d = F.conv2d\nfill()",
    "global import": "def fill():\n global conv2d\n from torch import conv2d\nfill()",
    "module getattr": "def __getattr__(name): return getattr(F, 'conv2d')",
    "module getattr of any name": "def __getattr__(name): return getattr(F, name)",
    "own patch of torch": "F.unfold = F.conv2d\ndef conv2d(x): return F.unfold(x)",
    "patch of what a call gives": "from importlib import import_module\n"
    "import_module('torch.nn.functional').unfold = F.conv2d\n"
    "def conv2d(x): return F.unfold(x)",
    "patch of a namespace's items": "vars(F)['unfold'] = F.conv2d\n"
    "def conv2d(x): return getattr(F, 'unfold')(x)",
    "patch of any name": "for n in ['unfold']: vars(F)[n] = F.conv2d\n"
    "def conv2d(x): return F.unfold(x)",
    "patch of a type": "type(torch.ones(1)).sum = F.conv2d\n"
    "def conv2d(x): return x.sum()",
    "patch of a type's operator": "type(torch.ones(1)).__add__ = F.conv2d\n"
    "def conv2d(x): return x + 1",
    "importlib": "import importlib as i\nG = i.import_module('torch.nn.functional')\n"
    "def conv2d(x): return G.conv2d(x)",
    "__import__": "def conv2d(x): return __import__('torch').conv2d(x)",
    "namespace in a list": "def conv2d(x): return [F][0].conv2d(x)",
    "namespace as argument": "def pick(m): return m.conv2d\n"
    "def conv2d(x): return pick(F)(x)",
    "namespace's dict": "def conv2d(x): return F.__dict__['conv2d'](x)",
    "torch through torch": "def conv2d(x): return F.torch.conv2d(x)",
    "class namespace": "class H:\n f = F\ndef conv2d(x): return H.f.conv2d(x)",
    "nonlocal import": "def conv2d(x):\n c = None\n def take():\n  nonlocal c\n"
    "  from torch import conv2d as c\n take()\n return c(x)",
    "many elifs": "if 0: pass\n"
    + "".join(f"elif {n}: pass\n" for n in range(700))
    + "def conv2d(x): return F.conv2d(x)",
}


@pytest.mark.parametrize("way", BINDINGS)
def test_every_way_to_bind_the_graded_name_counts(way: str) -> None:
    """However it is bound or filled, it is told that it reaches a convolution."""
    found = uses(f"import torch.nn.functional as F\n{BINDINGS[way]}\n")

    assert re.match("conv2d (uses|may use) torch", why_refused(found, "conv2d") or "")


# Other names of a convolution, and what hands out any operator for a text.
BACK_WAYS = {
    "an operation by its name": "op = torch._C._jit_get_operation('aten::conv2d')[0]\n"
    "def conv2d(x): return op(x)",
    "an operation by a joined name": "find = torch._C._jit_get_operation\n"
    "def conv2d(x): return find('aten::' + 'conv2d')[0](x)",
    "an overload": "def conv2d(x):\n"
    " return torch._C._get_operation_overload('aten::conv2d', '')[0](x)",
    "a compilation unit": "from torch.jit import CompilationUnit as Unit\n"
    "def conv2d(x):\n"
    " return Unit('def f(x): return torch.ops.aten.conv2d(x, x)').f(x)",
    "a compilation unit, by a word": "def conv2d(x):\n"
    " return torch.jit.CompilationUnit(lang='def f(x): return torch.conv2d(x)').f(x)",
    "a graph in words": "def conv2d(x):\n"
    " return torch._C.parse_ir('graph(%x):\\n %y = aten::conv2d(%x, %x)')",
    "functions of torch's": "def conv2d(x):\n"
    " return torch._C._VariableFunctions.conv2d(x)",
    "VF": "def conv2d(x): return torch._VF.conv2d(x)",
    "VF, by a text": "def conv2d(x): return getattr(torch._VF, 'conv' + '2d')(x)",
    "_nn": "def conv2d(x): return torch._C._nn.slow_conv2d(x)",
    "a namespace of operators": "from torch._ops import _OpNamespace\n"
    "aten = _OpNamespace('aten')\ndef conv2d(x): return aten.conv2d(x)",
    "a layer for training with integers": "import torch.ao.nn.qat as q\n"
    "def conv2d(x): return q.Conv2d(1, 1, 3)(x)",
    "a layer that is fused": "def conv2d(x):\n"
    " return torch.ao.nn.intrinsic.qat.ConvBn2d(1, 1, 3)(x)",
    "a layer of integers": "def conv2d(x):\n"
    " return torch.ao.nn.quantized.functional.conv2d(x)",
    "another module's name": "import torch.nn.utils.fusion as u\n"
    "def conv2d(x): return u.torch.conv2d(x)",
    "a module that is not loaded": "import torch.fx.experimental.proxy_tensor as p\n"
    "def conv2d(x): return p.F.conv2d(x)",
    "a reference": "import torch._refs as r\n"
    "def conv2d(x): return r.nn.functional.conv2d(x)",
    "pkgutil": "import pkgutil\n"
    "def conv2d(x): return pkgutil.resolve_name('torch.nn.functional:conv2d')(x)",
    "pkgutil, dots": "from pkgutil import resolve_name\n"
    "def conv2d(x): return resolve_name('torch.nn.functional.conv2d')(x)",
    "pydoc": "import pydoc\ndef conv2d(x): return pydoc.locate('torch.conv2d')(x)",
    "a sum of texts": "def conv2d(x): return getattr(F, 'co' + 'nv' + '2d')(x)",
    "a text with a number": "def conv2d(x): return getattr(F, f'con{\"v\"}{2}d')(x)",
    "joined texts": "def conv2d(x): return getattr(F, ''.join(['con', 'v2d']))(x)",
    "texts in a row": "def conv2d(x):\n"
    " return getattr(getattr(getattr(torch, 'nn'), 'functional'), 'conv2d')(x)",
    "an item of a namespace": "def conv2d(x): return vars(F)['conv' + '2d'](x)",
    "get": "def conv2d(x): return F.__dict__.get('conv2d')(x)",
    "get of vars": "def conv2d(x): return vars(F).get('conv2d')(x)",
    "getattribute": "def conv2d(x): return F.__getattribute__('conv2d')(x)",
    "modules": "from sys import modules\n"
    "def conv2d(x): return modules['torch.nn' + '.functional'].conv2d(x)",
    "attrgetter": "from operator import attrgetter\n"
    "def conv2d(x): return attrgetter('conv' + '2d')(F)(x)",
    "exec": "def conv2d(x):\n exec('y = F.' + 'conv2d(x)')\n return y",
    "exec of lines": "def conv2d(x):\n"
    " exec('\\n'.join(['import torch as t', 'y = t.conv2d(x)']))",
    "exec of bytes": "def conv2d(x):\n exec(b'y = F.conv2d(x)')",
    "exec of what is compiled": "def conv2d(x):\n"
    " exec(compile('y = F.conv2d(x)', '', 'exec'))",
    "eval": "def conv2d(x): return eval(f' F.conv{2}d(x)')",
}


@pytest.mark.parametrize("way", BACK_WAYS)
def test_another_name_of_it_is_no_way_around(way: str) -> None:
    """Objects are compared, not spellings, and doors count whatever goes through."""
    source = f"import torch\nimport torch.nn.functional as F\n{BACK_WAYS[way]}\n"

    assert "conv2d uses torch" in (why_refused(uses(source), "conv2d") or "")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            "torch._C._jit_get_operation('aten::conv2d')[0](x)",
            'torch._C._jit_get_operation("aten::conv2d")',
        ),
        (
            "torch.jit.CompilationUnit('def f(x): return torch.conv2d(x, x)').f(x)",
            'torch.jit.CompilationUnit("torch.conv2d")',
        ),
        ("eval('F.' + 'conv2d(x)')", "torch.nn.functional.conv2d"),
    ],
)
def test_what_refuses_is_told_as_it_was_found(body: str, told: str) -> None:
    """Nobody reads of a call that is not in the source."""
    source = f"import torch\nimport torch.nn.functional as F\ndef f(x): return {body}\n"

    assert why_refused(uses(source), "f") == f"f uses {told}"


# Where they lead is made while the code runs.
MADE = {
    "an operation": "torch._C._jit_get_operation(n)[0](x)",
    "an overload": "torch._C._get_operation_overload(n, '')[0](x)",
    "a compilation unit": "torch.jit.CompilationUnit(n).f(x)",
    "a compilation unit handed on": "use(torch.jit.CompilationUnit, 'aten::conv2d')",
    "a graph": "torch._C.parse_ir(n)",
    "functions of torch's": "getattr(torch._C._VariableFunctions, n)(x)",
    "VF": "getattr(torch._VF, n)(x)",
    "_nn": "getattr(torch._C._nn, n)(x)",
    "operators": "getattr(torch.ops.aten, n)(x)",
    "a closure": "F.unfold.__closure__[0].cell_contents(x)",
    "getattr": "getattr(F, n)(x)",
    "getattr in a row": "getattr(getattr(torch, 'nn'), n)(x)",
    "items": "vars(F)[n](x)",
    "items of a dict": "F.__dict__[n](x)",
    "get": "vars(F).get(n)(x)",
    "a text beside it": "use([F], 'conv2d')",
    "exec": "exec(n)",
    "eval": "eval(n.decode())",
    "exec by another name": "run('y = F.relu(x)')",
    "an import": "__import__(n).f(x)",
    "importlib": "importlib.import_module(n).f(x)",
    "resolve_name": "pkgutil.resolve_name(n)(x)",
    "modules": "sys.modules[n].f(x)",
    "an own module": "getattr(helper, n)(x)",
}


@pytest.mark.parametrize("way", MADE)
def test_what_is_made_while_it_runs_is_for_a_person(way: str) -> None:
    """Points are lost only for what a source can be seen to reach."""
    start = "import sys, importlib, pkgutil, torch, helper\nfrom torch.nn import "
    start += "functional as F\nrun = exec\n"
    source = f"{start}def conv2d(x, n): return {MADE[way]}\ndef other(x): return x\n"
    found = uses(source, helper="import torch\ndef go(x): return torch.conv2d(x, x)")

    assert why_refused(found, "conv2d") is None
    (text,) = to_look_at(found, ["conv2d", "other"])
    assert text.startswith("conv2d ")
    assert text.endswith("Nothing was refused for it; a person may want to look.")
    assert to_look_at(found, ["other"]) == []


# A text alone, and what can be read to be harmless.
TEXTS = {
    "a docstring": "'aten::conv2d'",
    "a message": "raise ValueError('aten::conv2d')",
    "a print": "print('aten::conv2d', 'torch.conv2d')",
    "a key": "kept = {'aten::conv2d': 1}",
    "a name of an operator for a helper": "log('torch.ops.aten.conv2d')",
    "beside an import": "m = __import__('math')\n print('torch.nn.functional.conv2d')",
    "beside an import of torch": "t = __import__('torch')\n print('conv2d')",
    "beside an import by importlib": "m = importlib.import_module('math')\n"
    " print('torch.conv2d', 'conv2d')",
    "beside modules": "'google.colab' in sys.modules\n print('torch.conv2d')",
    "beside a module": "m = sys.modules['math']\n print('torch.conv2d')",
    "beside getattr": "y = getattr(F, 're' + 'lu')(x)\n print('conv2d')",
    "an item": "y = vars(F)['relu'](x)\n print('conv2d')",
    "a unit that does something else": "f = torch.jit.CompilationUnit("
    "'def f(x):\\n  return torch.relu(x)  # no torch.conv2d').f\n print('conv2d')",
    "a text that is run": "exec('y = F.' + 'relu(x)')",
    "a text that is compiled": "exec(compile('y = 3', '', 'exec'))",
    "a text that fails": "exec('F.conv2d(')",
    "an own attribute": "y = getattr(x, n)",
    "an own pattern": "re.compile(n).match('torch.conv2d')",
    "a mode": "x.eval()",
    "an own module": "getattr(clean, n)(x)",
}


@pytest.mark.parametrize("way", TEXTS)
def test_a_text_alone_costs_nothing(way: str) -> None:
    """Neither points nor a look."""
    start = "import re, sys, importlib, torch, torch.nn.functional as F\nimport clean\n"
    source = f"{start}def log(x): return x\ndef conv2d(x, n):\n {TEXTS[way]}\n"
    found = uses(source, clean="import torch\ndef go(x): return torch.relu(x)")

    assert why_refused(found, "conv2d") is None
    if way != "beside an import of torch":  # a module as a value, and a text
        assert to_look_at(found, ["conv2d"]) == []


@pytest.mark.parametrize(
    "call",
    [
        "pkgutil.resolve_name('helper:go')(x)",
        "pkgutil.resolve_name('help' + 'er:go')(x)",
        "importlib.import_module('help' + 'er').go(x)",
        "sys.modules['helper'].go(x)",
        "__import__(f'help{\"er\"}').go(x)",
        "getattr(helper, 'g' + 'o')(x)",
    ],
)
def test_an_own_module_by_a_text(call: str) -> None:
    """What such a text says is followed as an import is."""
    source = f"import importlib, pkgutil, sys, helper\ndef f(x): return {call}\n"
    if "sys" not in call and "getattr" not in call:
        source = source.replace(", helper", "")
    helper = "import torch\ndef go(x): return torch.conv2d(x, x)\ndef gone(x): return x"
    found = uses(source, helper=helper)
    clean = uses(source.replace("o'", "ne'").replace("go(", "gone("), helper=helper)

    assert why_refused(found, "f") == "f uses torch.conv2d"
    assert why_refused(clean, "f") is None


def test_without_torch_no_name_counts_by_its_last_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``torch.no_grad`` is no gradient, whoever has torch at hand."""
    source = "import torch\ndef f(x):\n with torch.no_grad(): return x"
    rules = ("torch.func.*grad*",)

    assert forbidden_uses({"s": source}, "s", rules) == {}
    monkeypatch.delitem(sys.modules, "torch")
    assert forbidden_uses({"s": source}, "s", rules) == {}


def test_autograd_s_engine_matters_to_rules_on_autograd_alone() -> None:
    source = "import torch\ndef f(y): torch.autograd.graph._engine_run_backward((y,))"

    assert why_refused(uses(source), "f") is None
    assert to_look_at(uses(source), ["f"]) == []


def test_a_class_is_known_by_any_of_its_names() -> None:
    """Of rules on public names alone, too; what a class is made of may be used."""
    source = """
        import torch
        from torch.nn.modules import module, pooling
        def f(x): return pooling.AvgPool2d(2)(x)
        def g(x): return module.Module()
        def h(x): return torch.nn.functional.adaptive_max_pool2d_with_indices(x)
    """
    text = textwrap.dedent(source)

    found = forbidden_uses({"s": text}, "s", ("torch.nn.AvgPool?d", "torch.nn.grad.*"))

    assert found == {"f": ["torch.nn.modules.pooling.AvgPool2d"]}


GRADIENTS = (
    *("torch.autograd.grad", "torch.autograd.backward", "torch.autograd.functional.*"),
    *("torch.func.*grad*", "torch.func.vjp", "torch.Tensor.backward"),
)


@pytest.mark.parametrize(
    "body",
    [
        "torch.autograd.grad(y, x)",
        "getattr(torch.autograd, 'gr' + 'ad')(y, x)",
        "y.backward()",
        "getattr(y, 'backward')()",
        "getattr(y, 'back' + 'ward')()",
        "operator.methodcaller('backward')(y)",
        "torch.Tensor.backward(y)",
        "torch._C._EngineBase().run_backward((y,), ())",
        "torch.autograd.Variable._execution_engine.run_backward((y,), ())",
        "torch.autograd.graph._engine_run_backward((y,))",
        "torch._functorch.eager_transforms.vjp(y, x)",
    ],
)
def test_every_way_to_autograd_counts(body: str) -> None:
    """A backward by hand is none that torch's engine runs."""
    source = f"import operator\nimport torch\ndef f(x, y): return {body}\n"

    assert "f uses torch." in (
        why_refused(forbidden_uses({"s": source}, "s", GRADIENTS), "f") or ""
    )


HONEST_WAYS = {
    "a text about it": "def conv2d(x):\n print('slower than aten::conv2d, I think')",
    "a joined text": "def conv2d(x): raise ValueError('conv2d' + ' needs an image')",
    "a formatted text": "def conv2d(x): raise ValueError(f'conv2d of {x}')",
    "layers as values": "def pick(m): return m.conv1.weight\n"
    "class conv2d(nn.Module):\n def forward(self, x): return pick(self)",
    "a private function": "def conv2d(x): return torch._foreach_mul([x], x.conv1)",
    "a check": "def conv2d(x):\n torch._assert(x.ndim == 4, 'four')\n return x.conv1",
    "a decorator": "@torch._dynamo.disable\ndef conv2d(x): return x.conv1.conv2d(x)",
    "a setting": "torch.backends.cudnn.deterministic = True\ndef conv2d(x): return x",
    "a script": "@torch.jit.script\ndef conv2d(x): return x",
    "a closure of its own": "def conv2d(x):\n def f(): return x\n"
    " return f.__closure__[0].cell_contents",
    "getattr": "def conv2d(x): return getattr(x, 'conv1', None)",
}


@pytest.mark.parametrize("way", HONEST_WAYS)
def test_what_only_looks_like_a_back_way_is_fine(way: str) -> None:
    """Texts about a convolution, own layers of that name, private names of torch's."""
    source = f"import torch\nfrom torch import nn\n{HONEST_WAYS[way]}\n"

    assert why_refused(uses(source), "conv2d") is None


# Found before as well, and easily lost.
KEPT = {
    "annotated": "conv2d: object = F.conv2d",
    "else": "try: pass\nexcept ValueError: pass\n"
    "else:\n def conv2d(x): return F.conv2d(x)",
    "wrapped": "def conv2d(x): return F.conv2d.__wrapped__(x)",
    "class import": "class H:\n from torch import conv2d as c\n"
    "def conv2d(x): return H.c(x)",
    "comprehension": "def helper(x): return F.conv2d(x)\n"
    "def conv2d(x):\n [0 for helper in ()]\n return helper(x)",
    "lambda": "def helper(x): return F.conv2d(x)\n"
    "def conv2d(x, f=lambda helper: 1): return helper(x)",
    "decorator": "def swap(f): return lambda x: F.conv2d(x)\n"
    "@swap\ndef conv2d(x): pass",
}


@pytest.mark.parametrize("way", KEPT)
def test_names_of_one_scope_hide_none_of_another(way: str) -> None:
    """What is local somewhere is still a helper elsewhere."""
    found = uses(f"import torch.nn.functional as F\n{KEPT[way]}\n")

    assert re.match("conv2d (uses|may use) torch", why_refused(found, "conv2d") or "")


HELPER = "import torch.nn.functional as F\ndef conv2d(x): return F.conv2d(x, x)\n"
OWN_MODULES: dict[str, tuple[str, dict[str, str]]] = {
    "its function": ("from helper import conv2d", {"helper": HELPER}),
    "what it imports": (
        "from helper import conv2d",
        {"helper": "from torch.nn.functional import conv2d"},
    ),
    "its star": ("from helper import *", {"helper": "from torch import *"}),
    "handed on": (
        "import helper\ndef conv2d(x):\n h = [helper]\n return h[0].conv2d(x)",
        {"helper": HELPER},
    ),
    "it fills ours": (
        "import helper",
        {"helper": f"{HELPER}import sample\nsample.conv2d = F.conv2d"},
    ),
    "it kept ours": (
        "from torch import conv2d\nimport helper\ndef conv2d(x): return helper.c(x)",
        {"helper": "from sample import conv2d as c"},
    ),
    "in a package": (
        "from sub.inner import conv2d",
        {"sub": "", "sub.inner": HELPER},
    ),
    "in a package, whole": (
        "import sub.inner\ndef conv2d(x): return sub.inner.conv2d(x)",
        {"sub": "", "sub.inner": HELPER},
    ),
    "in a package without a file of its own": (
        "from sub import inner\ndef conv2d(x): return inner.conv2d(x)",
        {"sub.inner": HELPER},
    ),
    "relative": (
        "from sub.inner import conv2d",
        {"sub": "", "sub.inner": "from .deep import conv2d", "sub.deep": HELPER},
    ),
    "relative module": (
        "from sub import c as conv2d",
        {
            "sub": "from . import deep\ndef c(x): return deep.conv2d(x)",
            "sub.deep": HELPER,
        },
    ),
    "two up": (
        "from sub.inner.a import conv2d",
        {"sub.inner.a": "from ..deep import conv2d", "sub.deep": HELPER},
    ),
    "by importlib": (
        "import importlib\n"
        "def conv2d(x): return importlib.import_module('helper').conv2d(x)",
        {"helper": HELPER},
    ),
}


@pytest.mark.parametrize("way", OWN_MODULES)
def test_every_way_through_an_own_module_counts(way: str) -> None:
    """The graded name is followed into files and packages of the submission."""
    source, others = OWN_MODULES[way]

    found = forbidden_uses({"sample": source, **others}, "sample", CONVOLUTIONS)

    assert re.match("conv2d (uses|may use) torch", why_refused(found, "conv2d") or "")


OWN = "def conv2d(x, weight): return F.unfold(F.pad(x, (1, 1)), 3) * weight\n"
NETWORK = """
class ImageClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv2d = nn.Conv2d(1, 1, 3)
        setattr(self, 'conv' + '1', nn.Conv2d(1, 1, 3))
        self.__dict__['kept'] = {}
    def forward(self, x):
        weight = self.conv2d(x)
        return F.conv2d(x, weight)
"""
HARMLESS = {
    "own": OWN,
    "own with a helper": "def my_conv(x): return F.pad(x, (1, 1))\n"
    "def conv2d(x): return my_conv(x)",
    "unused imports": "from torch.nn.functional import conv1d\n"
    f"from torch.nn import Conv2d\n{OWN}",
    "unused imports in it": "def conv2d(x):\n import torch.nn.functional as G\n"
    " from torch import conv2d as c\n return G.unfold(x.conv2d, 3)",
    "own after an import": f"from torch.nn.functional import conv2d\n{OWN}",
    "own after a star": f"from torch.nn.functional import *\n{OWN}",
    "words": f"'conv2d'\n{OWN}def conv2d_backward(x):\n"
    " '''conv2d'''\n return 'torch.conv2d'  # F.conv2d",
    "own object": "class Mine:\n def conv2d(self, x): return x\n"
    "def conv2d(x): return Mine().conv2d(x)",
    "attribute of an argument": "def conv2d(x): return x.conv2d + x.max_pool2d",
    "other alias": "G = nn.functional\ndef conv2d(x): return G.unfold(x.conv2d, 3)",
    "network": OWN + NETWORK,
    "training": f"""{OWN}{NETWORK}
x = torch.ones(1, 1, 8, 8)
weight = ImageClassifier()(x)
for x in [x]:
    loss = ImageClassifier()(x).sum()
    loss.backward()
ImageClassifier()(x)
results = []
results.append(nn.Conv2d(1, 1, 3)(x))
results[0] = nn.Conv2d(1, 1, 3)(x)
""",
    "comparison": f"""{OWN}
conv = nn.Conv2d(1, 1, 3)
assert torch.allclose(conv2d(conv.weight, conv.weight), F.conv2d(x, conv.weight))
print((conv2d(conv.weight, 1) - F.conv2d(x, conv.weight)).abs().max(dim=0))
def test_conv2d():
    torch.testing.assert_close(conv2d(1, 2), F.conv2d(1, 2))
def main():
    for name, test in list(globals().items()):
        if name.startswith('test_'):
            test()
if __name__ == '__main__':
    main()
    model = ImageClassifier()
""",
    "comparison before the imports": "def check(x):\n"
    " return G.testing.assert_close(G.conv2d(x), x)\n"
    "import torch as G\ndef conv2d(x): return G.zeros(3)",
    "getattr of an own value": "def conv2d(x, name): return F.pad(getattr(x, name), 1)",
    "attributes of what a call gives": f"{OWN}def step(model, x):\n"
    " next(model.parameters()).grad = None\n"
    " list(model.parameters())[0].data = F.conv2d(x)\n"
    " getattr(model, 'conv').kept = None\n",
    "items of what a method gives": f"{OWN}def other(x, i):\n"
    " y = F.conv2d(x)\n y.view(-1)[i] = 1\n y.flatten()[i:].data[0] = 2\n",
    "settings": f"torch.backends.cudnn.deterministic = True\n{OWN}",
    "modules": "from torch.nn.modules.utils import _pair\n"
    "def conv2d(x): return _pair(x)",
}


@pytest.mark.parametrize("way", HARMLESS)
def test_honest_code_is_not_refused(way: str) -> None:
    """Own functions stay so whatever else their file, or notebook, is about."""
    start = "import torch, torch.nn.functional as F\nfrom torch import nn\n"
    rules = (*CONVOLUTIONS, "torch.*_pool*", "torch.nn.modules.conv.*")

    found = forbidden_uses({"sample": start + HARMLESS[way]}, "sample", rules)

    assert why_refused(found, "conv2d") is None
    assert why_refused(found, "conv2d_backward") is None


# In another function, which compares with torch's own.
LOOKING = {
    "is there": "if 'kept' in globals(): pass",
    "is not there": "assert 'kept' not in globals()",
    "an item": "x = globals()['kept']",
    "get": "x = globals().get('kept', 3)",
    "names": "print([n for n in globals() if n.startswith('t')])",
    "values": "for name, test in list(globals().items()): test()",
    "a copy": "x = dict(globals())",
    "a cache": "globals()['kept'] = 3",
    "a cache by update": "globals().update(kept=3)",
    "a cache by setdefault": "globals().setdefault('kept', 3)",
    "an import": "m = __import__('math')\n x = m.sqrt(4)",
    "an import in one": "x = __import__('time').time()",
    "an import of torch": "torch = __import__('torch')",
    "where it runs": "import sys\n x = 'google.colab' in sys.modules",
    "a module of Python's": "import sys\n x = sys.modules['math'].pi",
    "a sum": "x = eval('1 + x.shape[0]')",
    "a statement": "exec('x = 3')",
    "local": "x = locals()\n y = vars(x)",
}


@pytest.mark.parametrize("place", ["helper", "top"])
@pytest.mark.parametrize("way", LOOKING)
def test_who_only_looks_gives_no_other_function_a_name(way: str, place: str) -> None:
    """Own code stays so, whatever another function does with what names there are."""
    body = f"{LOOKING[way]}\n y = F.conv2d(x)\n return y"
    source = f"import torch.nn.functional as F\n{OWN}def other(x):\n {body}\n"
    if place == "top" and way != "local":
        source += LOOKING[way].replace("\n ", "\n") + "\n"
    found = uses(source)

    assert why_refused(found, "conv2d") is None
    assert to_look_at(found) == []
    assert why_refused(found, "other") == "other uses torch.nn.functional.conv2d"


# What cannot be told by reading, in a function that uses a forbidden name itself.
UNCLEAR = {
    "exec": "exec(x)",
    "eval": "eval(x)",
    "globals handed on": "fill(globals())",
    "globals kept": "x = globals()",
    "module by any name": "__import__(x)",
    "module of one's own": "m = __import__('sample')",
    "modules": "import sys\n m = sys.modules[__name__]",
    "builtins": "x = __builtins__",
    "of a function": "x = fill.__globals__",
}


@pytest.mark.parametrize("way", UNCLEAR)
def test_what_reading_cannot_tell_is_for_a_person(way: str) -> None:
    """Nobody is refused for what another function might do."""
    body = f"{UNCLEAR[way]}\n return F.conv2d(x)"
    found = uses(f"import torch.nn.functional as F\n{OWN}def other(x):\n {body}\n")

    assert why_refused(found, "conv2d") is None
    assert why_refused(found, "other") == "other uses torch.nn.functional.conv2d"
    assert to_look_at(found)
    for text in to_look_at(found):
        assert text.startswith("Whether any name gets torch.nn.functional.conv2d at ")
        assert "sample.py:" in text


def test_what_may_be_used_is_said_with_its_place() -> None:
    """Never that the function itself calls it."""
    source = "import torch.nn.functional as F\ndef conv2d(x): return x\n"
    found = uses(f"{source}for n in dir(F): globals()[n] = F.conv2d\n")

    assert why_refused(found, "conv2d") == (
        "conv2d may use torch.nn.functional.conv2d: any name may get it at sample.py:3 "
        "(a name that is made while it runs)"
    )


@pytest.mark.parametrize(
    "look", ["globals()['helper'](x)", "globals().get('helper')(x)"]
)
def test_a_function_that_is_looked_up_by_its_name_is_a_use(look: str) -> None:
    source = "import torch\ndef helper(x): return torch.conv2d(x, x)\n"

    found = uses(f"{source}def f(x): return {look}\n")

    assert why_refused(found, "f") == "f uses torch.conv2d"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(:", "line 1"),
        ("x = '\0'", "null bytes"),
        (f"x = {'-' * 100_000}1", "nested"),
        (f"x = {'(' * 1000}1{')' * 1000}", "parentheses"),
    ],
    ids=["syntax", "null", "signs", "parentheses"],
)
def test_what_cannot_be_read_refuses_all(text: str, reason: str) -> None:
    """Nobody can say what such a file reaches, and the file is named."""
    source = "try: import helper\nexcept Exception: pass\ndef f(x): return x"

    for found in (uses(source, helper=text), uses(text)):
        assert reason in (why_refused(found, "f") or "")
        assert why_refused(found, "f") == why_refused(found, "g")
    assert "helper.py" in (why_refused(uses(source, helper=text), "f") or "")


def test_a_broken_file_that_is_not_imported_is_no_matter() -> None:
    """Only what the exercise imports is read."""
    assert uses("def f(x): return x", helper="def f(:") == {}


def test_an_import_of_a_missing_module_is_no_matter() -> None:
    """Modules of other people are not read."""
    assert uses("import numpy, missing\ndef f(x): return numpy.convolve(x, x)") == {}


def test_warnings_made_errors_do_not_make_a_file_unreadable() -> None:
    """A string such as '\\d' is warned of by Python, and allowed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert uses("def f(x): return '\\d'") == {}


def test_aliases_that_go_in_circles_come_to_an_end() -> None:
    """A reading that never ends would be a way out as well."""
    assert uses("a = b.x\nb = a.y\ndef f(x): return a.z") == {}


def test_a_rule_may_be_about_one_function_alone() -> None:
    """What f must do without, g may use, and a helper of f's counts as f."""
    source = textwrap.dedent("""
        def helper(loss): loss.backward()
        def f(loss): helper(loss)
        def g(loss): loss.backward()
    """)
    rules = ["f: torch.Tensor.backward", "torch.conv*"]

    found = forbidden_uses({"sample": source}, "sample", rules)

    assert found == {"f": ["torch.Tensor.backward"]}
    assert why_refused(found, "g") is None


def test_rules_of_one_function_beside_those_of_all() -> None:
    """A function that has rules of its own keeps to the others as well."""
    source = "import torch\ndef f(x): return torch.conv2d(x, x)\ng = f"
    rules = ["torch.conv*", "f: torch.nn.Conv*"]

    found = forbidden_uses({"sample": source}, "sample", rules)

    assert found == {"f": ["torch.conv2d"], "g": ["torch.conv2d"]}


def test_the_watch_does_not_hand_out_what_it_watches() -> None:
    """``F.conv2d.__wrapped__`` would be a way to call it unseen."""
    noted = used_names._noting(textwrap.dedent, "textwrap.dedent", [])

    assert noted("  x") == "x"
    assert not hasattr(noted, "__wrapped__")


POOLS = ("torch.nn.functional.*_pool*", "torch.*_pool*", "torch.Tensor.*_pool*")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("torch.nn.functional.avg_pool2d(x, 2)", "torch.nn.functional.avg_pool2d"),
        ("F.avg_pool2d(x, 2)", "torch.nn.functional.avg_pool2d"),
        ("torch.max_pool2d(x, 2)", "torch.max_pool2d"),
        ("x.max_pool2d(2)", "torch.Tensor.max_pool2d"),
    ],
)
def test_only_the_call_that_is_in_the_source_is_named(call: str, name: str) -> None:
    """What a rule's star would match as well is no call that anybody wrote."""
    source = f"""
import torch
import torch.nn.functional as F
from torch import Tensor
def pool(x: Tensor) -> Tensor: return {call}
def other(x: Tensor) -> torch.Tensor: return x
"""

    found = forbidden_uses({"s": source}, "s", POOLS)

    assert found == {"pool": [name]}


def test_long_sums_are_read() -> None:
    """Of numbers, of names and of texts: none is too long, and none takes long."""
    terms = " + ".join(["x"] * 900)
    texts = " + ".join([repr(letter) for letter in "conv2d"])
    source = f"""import torch.nn.functional as F
def long(x): return {terms}
def spelt(x): return getattr(F, {texts})(x)
"""
    started = time.process_time()

    found = forbidden_uses({"m": source}, "m", ["torch.nn.functional.conv2d"])

    assert not found.get("long")
    assert found["spelt"] == ["torch.nn.functional.conv2d"]
    assert time.process_time() - started < 2


def test_modules_that_take_names_of_each_other() -> None:
    """Each of eight asks for some name of all others: that is gone through once."""
    names = [f"m{number}" for number in range(8)]
    sources = {
        name: "\n".join(
            [
                f"import {', '.join(other for other in names if other != name)}",
                *(f"def f{o}(n): return getattr({o}, n)" for o in names if o != name),
            ]
        )
        for name in names
    }
    started = time.process_time()

    assert forbidden_uses(sources, "m0", ["torch.conv2d"]) == {}
    sources["m7"] += "\nimport torch\ndef g(x): return torch.conv2d(x, x)\n"
    found = forbidden_uses(sources, "m0", ["torch.conv2d"])
    assert time.process_time() - started < 5
    assert any("m7" in text for text in found["? fm7"])
