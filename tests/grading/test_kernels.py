"""Answers that are a forbidden kernel's bit for bit, however it was got at."""

from __future__ import annotations

import base64
import gc
import json
import textwrap
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.styles import styles_of
from autograder.checking.kernels import Fingerprints, Sameness, measured
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.executor.tuning import tune_for_small_tensors
from autograder.grading.children import Line
from autograder.grading.process import Process, Sources
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from tests.grading.conftest import Grade

COURSE = Path(__file__).parents[2] / "solutions"
EXERCISES = {
    "conv2d": ("cnn", "convolution"),
    "attention": ("attention", "scores"),
    "layer_norm": ("transformer", "layers"),
}
# What the function would be, if it were allowed, after an expression for the kernel.
BODIES = {
    "conv2d": """
        def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
            pairs = ([n, n] if isinstance(n, int) else [*n]
                     for n in (stride, padding, dilation))
            return kernel(x, weight, bias, *pairs, groups)
    """,
    "attention": """
        def attention(query, key, value, mask=None, scale=None):
            factor = query.shape[-1] ** -0.5 if scale is None else scale
            if query.ndim == 4 and mask is not None:
                mask = mask.expand(*query.shape[:-1], key.shape[-2])
            scores = query @ key.mT * factor
            if mask is not None:
                scores = scores.masked_fill(~mask, float("-inf"))
            return kernel(query, key, value, mask, scale=scale), scores.softmax(-1)
    """,
    "layer_norm": """
        def layer_norm(x, weight, bias, eps=1e-5):
            return kernel(x, weight.shape, weight, bias, eps)
    """,
}
KERNELS = {
    "conv2d": "conv2d",
    "attention": "scaled_dot_product_attention",
    "layer_norm": "layer_norm",
}
WAYS = {
    "getattr": "kernel = getattr(F, {name!r}[::1])",
    "exec": "exec(base64.b64decode({code!r}))",
    "closure": """
        def kept():
            f = vars(F)[chr({first}) + {name!r}[1:]]
            return lambda *args, **named: f(*args, **named)
        kernel = kept()
    """,
    "door": """
        find = getattr(torch._C, "_jit_get_" + "operation")
        operator = find("aten::" + {name!r})[0]
        def kernel(*args, **named): return operator(*args, **named)
    """,
}


def submission(function: str, way: str) -> str:
    """A file that gets at the kernel in some way."""
    name = KERNELS[function]
    code = base64.b64encode(f"kernel = F.{name}".encode())
    made = textwrap.dedent(WAYS[way]).format(name=name, code=code, first=ord(name[0]))
    start = "import base64\nimport torch\nimport torch.nn.functional as F\n"
    return start + made + textwrap.dedent(BODIES[function])


@pytest.fixture(scope="module")
def solutions() -> dict[str, Solution]:
    """The assignments with kernels, by name."""
    tune_for_small_tensors()
    course = load_course(COURSE)
    return {name: Solution(course.assignment(name)) for name, _ in EXERCISES.values()}


def graded(
    line: Line, solution: Solution, exercise: str, function: str, source: str
) -> Sameness:
    """What was seen of a function whose reading finds nothing."""
    kernels = solution.kernels(exercise)
    files = {exercise: source}
    rules = {exercise: ()}
    budget = Budget.of(60)
    sources = Sources(files, rules, one_dnn=[exercise] if kernels.one_dnn else [])
    caller = RemoteCaller(
        line,
        CalledFile(files, exercise),
        budget,
        5,
        partial(solution.parameter_names, exercise),
        Process(line, sources, budget, 5),
    )
    found = Fingerprints(kernels, to_the_end=True)
    try:
        caller.start()
        checks = [c for c in solution.checks[exercise] if c.function == function]
        for _ in run_checks(checks, caller, 20260312418, look=found.look):
            pass
    finally:
        gc.collect()
        caller.close()
    return next(one for one in found.all if one.function == function)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("function", EXERCISES)
def test_whoever_calls_a_kernel_has_its_bits(
    line: Line, solutions: dict[str, Solution], function: str, way: str
) -> None:
    """In the sandbox, in every float32 tensor, whatever hides the name."""
    name, exercise = EXERCISES[function]
    source = submission(function, way)

    found = graded(line, solutions[name], exercise, function, source)

    assert found.is_whole, found


def test_attention_as_torch_writes_it_is_far_from_its_kernel(
    line: Line, solutions: dict[str, Solution]
) -> None:
    """With the root of the factor before each side, as on torch's page."""
    source = textwrap.dedent("""
        def attention(query, key, value, mask=None, scale=None):
            scale = query.shape[-1] ** -0.5 if scale is None else scale
            scores = (query * abs(scale) ** 0.5) @ (key * abs(scale) ** 0.5).mT
            scores = scores if scale > 0 else -scores
            if mask is not None:
                scores = scores.masked_fill(~mask, float("-inf"))
            weights = scores.softmax(-1)
            return weights @ value, weights
    """)

    found = graded(line, solutions["attention"], "scores", "attention", source)

    assert found.is_far, found


# What students may write for a convolution, after the columns of their windows.
PRODUCTS = {
    "product": "filters @ columns",
    "einsum": "torch.einsum('ok,nkp->nop', filters, columns)",
    "turned": "(columns.mT @ filters.T).mT",
    "linear": "F.linear(columns.mT, filters).mT",
    "one by one": "torch.stack([filters @ each for each in columns])",
}


@pytest.mark.parametrize("way", PRODUCTS)
def test_unfolding_is_far_from_the_kernel(
    line: Line, solutions: dict[str, Solution], way: str
) -> None:
    """Without oneDNN torch would unfold as well, and its bits be the same."""
    source = textwrap.dedent(f"""
        import torch, torch.nn.functional as F
        def two(n): return (n, n) if isinstance(n, int) else tuple(n)
        def conv2d(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
            s, p, d, k = two(stride), two(padding), two(dilation), weight.shape[2:]
            size = [(n + 2 * p - d * (k - 1) - 1) // s + 1
                    for n, p, d, k, s in zip(x.shape[2:], p, d, k, s)]
            if len(x) == 0:
                return x.new_zeros(0, len(weight), *size)
            parts = []
            for own, w in zip(x.chunk(groups, 1), weight.chunk(groups)):
                columns, filters = F.unfold(own, k, d, p, s), w.flatten(1)
                parts.append({PRODUCTS[way]})
            y = torch.cat(parts, 1).unflatten(2, size)
            return y if bias is None else y + bias[:, None, None]
    """)

    found = graded(line, solutions["cnn"], "convolution", "conv2d", source)

    assert found.is_far, found


@pytest.mark.parametrize("seed", [7, 1007, 2007, 20260312418])
@pytest.mark.parametrize("function", EXERCISES)
def test_right_code_is_far_from_a_kernel(
    solutions: dict[str, Solution], function: str, seed: int
) -> None:
    """The reference and all styles, under several seeds."""
    name, exercise = EXERCISES[function]
    solution = solutions[name]
    checks, kernels = solution.checks[exercise], solution.kernels(exercise)
    callers: dict[str, Any] = {"reference": solution.reference_caller(exercise)}

    for label, caller in callers.items():
        for found in measured(checks, caller, kernels, seed):
            assert found.is_far, (label, found)
    for style in styles_of(solution, exercise):
        with style.caller(solution) as caller:
            for found in measured(checks, caller, kernels, seed):
                assert found.is_far, (style.name, found)


def test_a_person_is_told_and_a_student_is_not(grade: Grade, tmp_path: Path) -> None:
    """A note beside full points: in the verdict, the table and the CSV."""
    source = submission("conv2d", "exec")
    right = COURSE / "cnn" / "styles" / "unfolding" / "convolution.py"
    for name, text in (("calls", source), ("unfolds", right.read_text("utf-8"))):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "convolution.py").write_text(text, encoding="utf-8")

    out = tmp_path / "out"
    done = grade("cnn", tmp_path / "class", out, "--seed", "11", course=COURSE)

    assert done.returncode == 0, done.stderr
    told = json.loads((out / "calls.json").read_text(encoding="utf-8"))
    texts = [n["text"] for n in told["notes"] if n["kind"] == "same_bits"]
    assert len(texts) == 1
    start, _, end = texts[0].partition(" in ")
    assert start == (
        "convolution: conv2d's answers are those of torch.nn.functional.conv2d, bit "
        "for bit,"
    )
    assert end.endswith(" tensors. It is not scored.")
    counts = end.split()
    assert counts[0] == counts[2]
    agrees = [c for c in told["checks"] if "::test_agrees_with_torch" in c["id"]]
    assert {check["outcome"] for check in agrees} == {"passed"}
    assert "bit for bit" in done.stdout
    assert "same bits" in (out / "grades.csv").read_text(encoding="utf-8")
    assert "bit for bit" not in (out / "calls.html").read_text(encoding="utf-8")
    other = json.loads((out / "unfolds.json").read_text(encoding="utf-8"))
    assert [n for n in other["notes"] if n["kind"] == "same_bits"] == []
