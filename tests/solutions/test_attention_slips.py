"""What goes wrong in attention for few inputs only costs one check, and is not missed.

A slip is a change of the solution: what is replaced, the first time that it stands
behind the function's head, and by what.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import simulated
from autograder.checking.device_choice import Devices
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.solutions.slipping import failing

ATTENTION = load_course(Path(__file__).parents[2] / "solutions").assignment("attention")
DEVICES = Devices.asked("sim")
HEAD = "# BEGIN SOLUTION\n"
FORWARD = "# BEGIN SOLUTION\n        h, o"
WITH = "if mask is not None: "
ON_THE_CPU = WITH + "mask = mask & torch.ones(mask.shape, dtype=torch.bool)"
OVERWRITTEN = WITH + "given, mask = mask, mask.clone(); given.fill_(False)"
WAITS = WITH + "mask = mask if mask.any() else ~mask & mask"
COARSE = WITH + "decoder_state = decoder_state.float().to(decoder_state.dtype)"
LOWEST = "lowest = torch.finfo(scores.dtype).min"

# By exercise, function and check.
SLIPS = {
    ("scores", "contextualize"): {
        "test_contextualize_any_leading_axes": [
            (HEAD, "if x.ndim > 3: x = x.transpose(0, 1).reshape(x.shape).sin()"),
        ],
    },
    ("scores", "attention"): {
        "test_attention_with_a_mask_device": [
            (HEAD, ON_THE_CPU),
            (HEAD, WAITS),
            (HEAD, "if mask is None: mask = torch.ones(1, dtype=torch.bool)"),
            (HEAD, "query = query + torch.zeros(query.shape, dtype=query.dtype)"),
            (
                HEAD,
                "scale = torch.tensor([query.shape[-1] ** -0.5], dtype=query.dtype) "
                "if scale is None else scale",
            ),
        ],
        "test_attention_agrees_with_torch_digits": [(HEAD, OVERWRITTEN)],
        "test_attention_with_a_mask": [
            (
                HEAD,
                "if query.ndim == 3 and mask is not None and "
                "mask.shape == (len(query), key.shape[-2]): mask = mask.unsqueeze(1)",
            ),
        ],
        "test_attention_with_a_scale": [
            (HEAD, "scale = scale if scale is None else abs(scale)"),
        ],
        "test_attention_with_large_scores": [
            (LOWEST, "lowest = -1e9"),
            (LOWEST, "lowest = -1e30"),
            (
                "return weights @ value, weights",
                "return weights @ value, weights + 1e-20",
            ),
        ],
        "test_attention_to_nothing": [
            (
                HEAD,
                "if mask is not None and query.shape[-2] == key.shape[-2] > 1: "
                "mask = mask & torch.ones_like(mask).tril()",
            ),
        ],
        "test_attention_masks_of_any_shape": [
            (
                HEAD,
                "value = key if value.shape == key.shape != (5, 7, 1) else value",
            ),
        ],
    },
    ("masks", "causal_mask"): {
        "test_causal_mask_of_any_length": [(HEAD, "length = min(length, 100)")],
    },
    ("masks", "padding_mask"): {
        "test_padding_mask_of_any_length": [(HEAD, "lengths = lengths % 256")],
    },
    ("seq2seq", "attention_step"): {
        "test_attention_step_agrees_with_torch_device": [
            (HEAD, ON_THE_CPU),
            (HEAD, WAITS),
        ],
        "test_attention_step_agrees_with_torch_digits": [
            (HEAD, OVERWRITTEN),
            (HEAD, COARSE),
        ],
        "test_attention_step_with_a_mask": [
            ("_weights(scores, mask)", "_weights(scores.clamp(min=-1e9), mask)"),
            (
                "_weights(scores, mask)",
                "_weights(scores)\n    if mask is not None:\n"
                "        weights = weights * mask\n"
                "        total = weights.sum(-1, keepdim=True)\n"
                "        weights = weights / total.masked_fill(total == 0, 1.0)",
            ),
        ],
        "test_attention_step_of_one": [
            (
                HEAD,
                "if encoder_states.shape[:2] == (6, 6): decoder_state = "
                "decoder_state.flip(0)",
            ),
        ],
    },
    ("seq2seq", "additive_attention_step"): {
        "test_additive_attention_step_agrees_with_torch_device": [
            (HEAD, ON_THE_CPU),
            (HEAD, WAITS),
        ],
        "test_additive_attention_step_agrees_with_torch_digits": [
            (HEAD, OVERWRITTEN),
            (HEAD, COARSE),
        ],
        "test_additive_attention_step_with_a_mask": [
            (
                HEAD,
                "if len(v) == decoder_state.shape[1]: weight_query = weight_query.T",
            ),
        ],
    },
    ("seq2seq", "AttentionDecoder"): {
        "test_decoder_with_one_state_device": [
            (FORWARD, ON_THE_CPU),
            (FORWARD, WAITS),
        ],
        "test_decoder_with_one_state_digits": [(FORWARD, OVERWRITTEN)],
        "test_decoder_of_one": [
            (
                "self.input_feeding = input_feeding",
                "AttentionDecoder.input_feeding = input_feeding",
            ),
        ],
        "test_decoder_with_a_mask": [
            (
                FORWARD,
                "self.mask = mask = vars(self).get('mask') if mask is None else mask",
            ),
        ],
    },
    ("seq2seq", "CaptioningAttention"): {
        "test_captioning_other_sizes": [
            (
                "weights = _weights(",
                "weights = (lambda s: s.exp() / s.exp().sum(-1, keepdim=True))(",
            ),
        ],
    },
}
CASES = [
    pytest.param(exercise, function, check, *slip, id=f"{check}, {slip[1]}")
    for (exercise, function), checks in SLIPS.items()
    for check, slips in checks.items()
    for slip in slips
]


@pytest.fixture(scope="module")
def attention() -> Solution:
    return Solution(ATTENTION)


def slipped(exercise: str, function: str, old: str, new: str) -> str:
    """The solution with one change behind a function's head."""
    source = ATTENTION.module(exercise).read_text(encoding="utf-8")
    place = source.index(old, source.index(f" {function}("))
    if old.startswith(HEAD):
        new = HEAD + " " * (8 if old == FORWARD else 4) + new + "\n" + old[len(HEAD) :]
    return source[:place] + new + source[place + len(old) :]


@pytest.mark.parametrize(("exercise", "function", "check", "old", "new"), CASES)
def test_a_narrow_slip_costs_one_check(
    attention: Solution,
    tmp_path: Path,
    exercise: str,
    function: str,
    check: str,
    old: str,
    new: str,
) -> None:
    """A mask on a GPU, a square, a sign, a size: one check tries each of them."""
    reason = simulated.available()
    if reason is not None and check.endswith("_device"):
        pytest.skip(reason)
    source = slipped(exercise, function, old, new)

    found = failing(attention, exercise, function, source, tmp_path, DEVICES)

    assert found == [f"{exercise}::{check}"]
