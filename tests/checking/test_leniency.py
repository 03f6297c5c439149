"""One slip costs one check: what plain checks accept, and strict ones refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.comparing import agrees
from autograder.checking.difference import Differs
from autograder.checking.draw import Draw
from autograder.checking.loading import load_checks
from autograder.checking.running import run_checks
from autograder.checking.student import Student
from autograder.executor.overwriting import BEFORE, WHAT
from autograder.verdict import CheckResult, Outcome

HEAD = """
import pytest, torch
from torch import nn
from autograder import agrees, changes, close, digits, equal, points, types
"""
TWICE = "agrees(student.f, lambda x: 2 * x, draw(2, 3))"
MATRIX = "agrees(student.f, lambda x: torch.ones(4, 2).double() @ x, draw(2, 3))"
ROOT = "agrees(student.f, lambda x: x / 3**0.5, draw(2, 3))"
PAIR = "equal(student.f(3), (3, 4))"
NINE = "equal(student.f(), 9)"
HALF = "close(student.f(), 0.1)"
FLOATS = "equal(student.f(draw(3)), 3)"
TENSORS = "equal(student.f([draw(3), draw(3)]), 2)"
LINEAR = "equal(student.f(student.build(torch.nn.Linear, 4, 1)), 9)"
LIST = "equal(student.f([1, 2]), 2)"
TENSOR = "equal(student.f(torch.arange(3)), 3)"
DICT = "equal(student.f({'a': 1}), 1)"
MODEL = "equal(student.f(student.build(nn.Linear, 2, 3)), 9)"
NAN = "equal(student.f(torch.tensor([1.0, torch.nan])), 2)"
RAISES = """equal(1, 1)
    x = torch.ones(3)
    student.f(x)
    with pytest.raises(ValueError):
        student.f(x[:0])"""
EMPTIES = """equal(1, 1)
    with pytest.raises(ValueError):
        student.f([1, 2])"""
FREEZES = """equal(1, 1)
    with pytest.raises(ValueError):
        student.f(student.build(nn.Linear, 2, 3))"""
OVERWRITES = """equal(1, 1)
    with pytest.raises(ValueError):
        student.f(torch.ones(3))"""

OpenCaller = Callable[[str], Any]
Judge = Callable[..., list[CheckResult]]


@pytest.fixture(params=["local", "remote"])
def judge(request: pytest.FixtureRequest, tmp_path: Path) -> Judge:
    """Run a plain check with this body and the strict one that a mark makes of it."""
    opened: OpenCaller = request.getfixturevalue(f"open_{request.param}")

    def judged(code: str, body: str, above: str = "@digits(1)") -> list[CheckResult]:
        path = tmp_path / "test_sample.py"
        takes = "student, draw" if "draw" in body else "student"
        path.write_text(
            f"{HEAD}\n@points(1)\n{above}\ndef test_f({takes}):\n"
            f"    '''f is right'''\n    {body}\n"
        )
        caller = opened(f"import torch\n{code}\n")
        found = run_checks(load_checks(path, "sample"), caller, 1)
        return [finding.result for finding in found]

    return judged


@pytest.mark.parametrize(
    ("code", "body", "remarked", "refused"),
    [
        ("def f(x): return (2 * x).float()", TWICE, "dtype", "dtype"),
        ("def f(x): return (2 * x).double()", TWICE, "dtype", "dtype"),
        ("def f(x): return x / torch.sqrt(torch.tensor(3.0))", ROOT, "digits", "value"),
        ("def f(x): return torch.ones(4, 2) @ x", MATRIX, "dtype", "RuntimeError"),
        ("def f(n): return [n, n + 1]", PAIR, "type", "structure"),
        ("def f(): return 9.0", NINE, "type", "type"),
        ("def f(): return torch.tensor(9)", NINE, "type", "type"),
        ("def f(): return torch.tensor(0.1).double()", HALF, "type", "type"),
        ("def f(): return torch.tensor(0.1)", HALF, "type", "type"),
    ],
    ids=[
        *("float32", "float64", "constant", "crash", "list", "9.0", "tensor"),
        *("float", "float of float32"),
    ],
)
def test_form(judge: Judge, code: str, body: str, remarked: str, refused: str) -> None:
    """Right values in another form pass with a remark, and fail the strict check."""
    plain, strict = judge(code, body)

    assert plain.outcome is Outcome.PASSED
    assert remarked in {remark.kind for remark in plain.remarks}
    assert strict.outcome in (Outcome.FAILED, Outcome.CRASHED)
    told = strict.mismatch.kind if strict.mismatch else strict.raised.type  # type: ignore[union-attr]
    assert told == refused


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("def f(x): return 2 * x", TWICE),
        ("def f(x): return x / 3**0.5", ROOT),
        ("def f(n): return n, n + 1", PAIR),
        ("def f(): return 9", NINE),
        ("def f(): return 0.1", HALF),
        ("def f(x): return len(x)", LIST),
        ("def f(model): return sum(p.numel() for p in model.parameters())", MODEL),
        ("def f(x): return x.numel()", NAN),
    ],
)
def test_nothing_is_remarked_of_right_answers(
    judge: Judge, code: str, body: str
) -> None:
    """Both pass, and the plain one without a word."""
    plain, strict = judge(code, body)

    assert (plain.outcome, strict.outcome) == (Outcome.PASSED, Outcome.PASSED)
    assert plain.remarks == []


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("def f(x): return (2 * x).half().to(x.dtype)", TWICE),
        ("def f(x): return (2 * x).half()", TWICE),
        ("def f(x): return (2 * x).long()", TWICE),
        ("def f(): return True", "equal(student.f(), 1)"),
        ("def f(): return torch.tensor(True)", "equal(student.f(), 1)"),
        ("def f(): return 1", "equal(student.f(), True)"),
        ("def f(): return torch.tensor(1)", "equal(student.f(), True)"),
        ("def f(): return 9.5", NINE),
        ("def f(): return '9'", NINE),
        ("def f(): return torch.tensor([9, 9])", NINE),
        ("def f(n): return [n, n]", PAIR),
        ("def f(n): return {n, n + 1}", PAIR),
        ("def f(): return '0.1'", HALF),
        ("def f(): return torch.tensor(0.1001)", HALF),
    ],
)
def test_what_no_check_accepts(judge: Judge, code: str, body: str) -> None:
    """Digits fewer than float32's, a truth for a number, and wrong values fail."""
    plain, strict = judge(code, body)

    assert plain.outcome is Outcome.FAILED
    assert strict.outcome is Outcome.WAITING


@pytest.mark.parametrize(
    ("code", "body", "what"),
    [
        ("def f(x): x += 1; return 3", TENSOR, "x is overwritten by the call"),
        ("def f(x): x[x.isnan()] = 0; return 2", NAN, "x is overwritten by the call"),
        (
            "def f(x): n = len(x); x.clear(); return n",
            LIST,
            "x is empty after the call, and held 2 before",
        ),
        ("def f(x): x.append(3); return 2", LIST, "x holds 3 after the call, and"),
        ("def f(x): x.sort(reverse=True); return 2", LIST, "x has other entries"),
        ("def f(d): d['a'] = 2; return 1", DICT, "d has other entries"),
        ("def f(d): return d.pop('a')", DICT, "d is empty after the call"),
        (
            "def f(m): m.bias.requires_grad_(False); return 9",
            MODEL,
            "m has bias frozen after the call",
        ),
        ("def f(m): m.eval(); return 9", MODEL, "m has been switched between train()"),
        (
            "def f(m): m.weight.data.add_(1); return 9",
            MODEL,
            "m has other values in weight after the call",
        ),
        (
            "def f(m): del m.bias; m.bias = None; return 9",
            MODEL,
            "m has other parameters or buffers after the call",
        ),
        (
            "def f(x):\n    if len(x) == 0: raise ValueError\n    x.zero_()\n",
            RAISES,
            "x is overwritten by the call",
        ),
        (
            "def f(x):\n    x.clear()\n    raise ValueError",
            EMPTIES,
            "x is empty after the call, and held 2 before",
        ),
        (
            "def f(m):\n    m.bias.requires_grad_(False)\n    raise ValueError",
            FREEZES,
            "m has bias frozen after the call",
        ),
        (
            "def f(x):\n    x.zero_()\n    raise ValueError",
            OVERWRITES,
            "x is overwritten by the call",
        ),
        (
            "def f(x): x.requires_grad_(); return len(x)",
            FLOATS,
            "x requires gradients after the call, and required none before",
        ),
        (
            "def f(x): x[1].requires_grad_(); return len(x)",
            TENSORS,
            "x requires gradients after the call, and required none before",
        ),
        (
            "def f(x): x.grad = torch.ones(3, dtype=x.dtype); return len(x)",
            FLOATS,
            "x has another gradient after the call",
        ),
        (
            "def f(m): m(torch.ones(4).to(m.bias)).sum().backward(); return 9",
            LINEAR,
            "m has another gradient in weight after the call",
        ),
    ],
    ids=[
        *("tensor", "NaN", "emptied", "longer", "sorted", "dict", "popped"),
        *("frozen", "eval", "parameter", "without", "raises"),
        *("emptied_first", "frozen_first", "overwritten_first"),
        *("flag", "flag_in_a_list", "gradient", "gradient_of_a_module"),
    ],
)
def test_arguments_stay_as_they_were(
    judge: Judge, code: str, body: str, what: str
) -> None:
    """A changed argument is remarked, costs the strict check, and may be allowed."""
    plain, strict = judge(code, body)
    name = what.partition(" ")[0]

    assert plain.outcome is Outcome.PASSED
    (remark,) = plain.remarks
    assert (remark.kind, remark.of) == ("changed_input", name)
    assert remark.got.startswith(what)
    assert strict.mismatch is not None
    assert strict.mismatch.kind == "changed_input"
    assert strict.mismatch.got == remark.got

    allowed = judge(code, body, f"@digits(1)\n@changes({name!r})")
    assert [result.outcome for result in allowed] == [Outcome.PASSED] * 2
    assert allowed[0].remarks == []


AGAIN = """for n in (2, 3):
        equal(student.f(n), list(range(n)))"""
BUFFER = """for n in (2, 3):
        equal(student.f(n), torch.full((2,), n))"""


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("L = []\ndef f(n): L.clear(); L.extend(range(n)); return L", AGAIN),
        ("B = torch.zeros(2).long()\ndef f(n): return B.fill_(n)", BUFFER),
    ],
    ids=["list", "tensor"],
)
def test_an_answer_that_the_next_call_overwrites(
    judge: Judge, code: str, body: str
) -> None:
    """A list or buffer that is filled anew is remarked, and costs the strict check."""
    plain, strict = judge(code, body)

    assert plain.outcome is Outcome.PASSED
    (remark,) = plain.remarks
    assert (remark.kind, remark.of) == ("changed_input", BEFORE)
    assert strict.mismatch is not None
    assert strict.mismatch.got == f"{BEFORE} {WHAT}"


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("def f(n): return list(range(n))", AGAIN),
        ("B = {}\ndef f(n): return B.setdefault(n, torch.full((2,), n))", BUFFER),
        (
            "L = []\ndef f(m): L.append(9); return L",
            "m = student.build(nn.ReLU)\n"
            "    equal([len(student.f(m)), len(student.f(m))], [1, 2])",
        ),
    ],
    ids=["its own", "kept", "told of an object"],
)
def test_an_answer_that_stays(judge: Judge, code: str, body: str) -> None:
    """What is kept may be given again, and what tells of an object may grow with it."""
    plain, strict = judge(code, body)

    assert (plain.outcome, strict.outcome) == (Outcome.PASSED, Outcome.PASSED)
    assert plain.remarks == []


def test_another_argument_than_the_one_that_may_change(judge: Judge) -> None:
    """@changes of one argument leaves all others watched."""
    code = "def f(m): m.eval(); return 9"

    _, strict = judge(code, MODEL, "@digits(1)\n@changes('optimizer')")

    assert strict.outcome is Outcome.FAILED


# A gradient that is zero on paper: what a softmax over keys makes of a key's bias.

EINSUM = """
import torch
def f(x, wq, wk, wv, bq, bk, bv):
    q = torch.einsum("bld,ed->ble", x, wq) + bq
    k = torch.einsum("bld,ed->ble", x, wk) + bk
    v = torch.einsum("bld,ed->ble", x, wv) + bv
    scores = torch.einsum("bie,bje->bij", q, k) / q.shape[-1] ** 0.5
    return torch.einsum("bij,bje->bie", scores.softmax(-1), v)
def empty(x): return torch.zeros(0, 3, dtype=x.dtype) if len(x) == 0 else 2 * x
def detached(x): return (2 * x).detach()
"""


def attention(x: Any, wq: Any, wk: Any, wv: Any, bq: Any, bk: Any, bv: Any) -> Any:
    """torch's own, with projections."""
    return F.scaled_dot_product_attention(
        F.linear(x, wq, bq), F.linear(x, wk, bk), F.linear(x, wv, bv)
    )


@pytest.mark.parametrize("setting", ["cpu float64", "cpu float32"])
def test_a_gradient_that_is_zero_on_paper(open_local: OpenCaller, setting: str) -> None:
    """Its noise is that of the other gradients; right code passes under every seed."""
    student = Student(open_local(EINSUM))
    for seed in range(20):
        run = CaseRun(SETTINGS[setting], seed, strict=True)
        begin(run)
        draw = Draw(run)
        weights = [draw(4, 4) for _ in range(3)] + [draw(4) for _ in range(3)]
        agrees(student.f, attention, draw(2, 5, 4), *weights)


def double(x: torch.Tensor) -> torch.Tensor:
    """The truth of an empty batch."""
    return 2 * x


def test_no_graph_where_there_is_nothing_to_follow(
    open_student: Any, case: CaseRun
) -> None:
    """An output of an empty batch needs no graph; any other does."""
    student = open_student(EINSUM)
    draw = Draw(case)

    agrees(student.empty, double, draw(0, 3))
    agrees(student.detached, double, draw(0, 3))
    agrees(student.empty, double, draw(2, 3))
    with pytest.raises(Differs) as caught:
        agrees(student.detached, double, draw(2, 3))
    assert caught.value.mismatch.kind == "no_gradient"


def test_ties_are_ties_in_float64(open_local: Any) -> None:
    """A broken tie excuses no error, though float32's digits are accepted."""
    source = """
import torch
class Shares(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        best = x.amax(-1)
        ctx.save_for_backward(x, best)
        return best
    @staticmethod
    def backward(ctx, g):
        x, best = ctx.saved_tensors
        first = torch.zeros_like(x).scatter_(-1, x.argmax(-1, keepdim=True), 1.0)
        ties = (x == best[..., None]).to(x.dtype)
        return (0.95 * first + 0.05 * ties / ties.sum(-1, keepdim=True)) * g[..., None]
def best(x): return Shares.apply(x)
"""
    case = CaseRun(SETTINGS["cpu float64"], 1)
    begin(case)
    x = torch.tensor([[1.0, 1.0, 0.0], [2.0, 1.0, 2.0]], dtype=torch.float64)

    with pytest.raises(Differs):
        agrees(Student(open_local(source)).best, lambda x: x.max(-1).values, x)
