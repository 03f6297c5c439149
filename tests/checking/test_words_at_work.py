"""The words at work: the tiny course behind the sandbox, and code in other styles."""

from __future__ import annotations

import gc

import pytest

from autograder.checking.device_choice import Devices
from autograder.checking.local import LocalCaller, parameter_names
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.grading.children import Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.verdict import CheckResult, Outcome
from tests.conftest import module_of

EINSUM = """
import torch
from torch import einsum, nn
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        self.h = num_heads
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            setattr(self, name, nn.Linear(d_model, d_model, bias=bias))
    def forward(self, query, key, value, mask=None):
        n, l, d = query.shape
        q = self.q_proj(query).reshape(n, l, self.h, d // self.h)
        k = self.k_proj(key).reshape(n, -1, self.h, d // self.h)
        v = self.v_proj(value).reshape(n, -1, self.h, d // self.h)
        scores = einsum("nlhd,nshd->nhls", q, k) * (d // self.h) ** -0.5
        if mask is not None:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        powers = torch.exp(scores - scores.max(-1, keepdim=True).values)
        if mask is not None:
            powers = powers * mask
        weights = powers / powers.sum(-1, keepdim=True).clamp(min=1e-30)
        out = einsum("nhls,nshd->nlhd", weights, v).reshape(n, l, d)
        return self.out_proj(out), weights
"""
ONE_BY_ONE = """
import torch
from torch import nn
class MultiHeadAttention(nn.Module):
    def __init__(self, d_model, num_heads, bias=True):
        super().__init__()
        self.width = d_model // num_heads
        self.q_proj = nn.Linear(d_model, d_model, bias)
        self.k_proj = nn.Linear(d_model, d_model, bias)
        self.v_proj = nn.Linear(d_model, d_model, bias)
        self.out_proj = nn.Linear(d_model, d_model, bias)
    def forward(self, query, key, value, mask=None):
        outputs, weights = [], []
        parts = [p(x).split(self.width, -1) for p, x in (
            (self.q_proj, query), (self.k_proj, key), (self.v_proj, value))]
        for q, k, v in zip(*parts):
            score = torch.bmm(q, k.transpose(1, 2)) / self.width ** 0.5
            if mask is not None:
                allowed = mask.expand(len(q), 1, *mask.shape[-2:])[:, 0]
                score = score.masked_fill(~allowed, float("-inf"))
                score = torch.where(allowed.any(-1, keepdim=True), score, 0.0)
            weight = torch.softmax(score, -1)
            if mask is not None:
                weight = weight * allowed
            weights.append(weight)
            outputs.append(torch.bmm(weight, v))
        return self.out_proj(torch.cat(outputs, -1)), torch.stack(weights, 1)
"""


def not_passed(results: list[CheckResult]) -> dict[str, Outcome]:
    """What did not pass, by check."""
    return {r.id: r.outcome for r in results if r.outcome is not Outcome.PASSED}


@pytest.mark.parametrize("exercise", ["recurrent", "training", "sequences", "heads"])
def test_solutions_pass_behind_the_sandbox(
    tiny: Solution, line: Line, exercise: str
) -> None:
    """Each word does there what it does here, on the simulated GPU as well."""
    folder = tiny.assignment.folder
    files = {e: (folder / f"{e}.py").read_text() for e in tiny.assignment.exercises}
    module = tiny.references[exercise]
    caller = RemoteCaller(
        line,
        CalledFile(files, exercise),
        Budget.of(60),
        5,
        lambda function: parameter_names(module, function),
    )
    try:
        caller.start()
        found = run_checks(
            tiny.checks[exercise],
            caller,
            11,
            devices=Devices.asked("sim"),
            reference=tiny.reference_work(11),
        )
        results = [finding.result for finding in found]
    finally:
        gc.collect()
        caller.close()

    assert not_passed(results) == {}
    assert [r.remarks for r in results if r.remarks] == []


@pytest.mark.parametrize("style", [EINSUM, ONE_BY_ONE], ids=["einsum", "one_by_one"])
def test_attention_in_another_style(tiny: Solution, style: str) -> None:
    """The gradient of k_proj.bias is zero on paper; no noise of it costs a point."""
    checks = [c for c in tiny.checks["heads"] if c.is_for("cpu")]
    caller = LocalCaller(module_of(style, "heads"), {})
    for seed in range(20):
        results = [finding.result for finding in run_checks(checks, caller, seed)]
        assert not_passed(results) == {}, seed
