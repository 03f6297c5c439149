"""What goes wrong for few inputs, or between two objects, costs one check of rnn."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from tests.solutions.slipping import failing

RNN = load_course(Path(__file__).parents[2] / "solutions").assignment("rnn")

# By exercise, function and check: each is to cost that check alone. What stands on the
# left in the solution is replaced by what stands on the right.
SLIPS = {
    ("cell", "rnn_cell"): {
        "test_cell_agrees_with_torch": [
            ('nonlinearity: str = "tanh"', 'nonlinearity: str = "relu"'),
        ],
        "test_cell_refuses_other_nonlinearities": [
            ('nonlinearity not in ("tanh", "relu")', "not hasattr(x, nonlinearity)"),
            ("raise ValueError", "raise KeyError"),
            (
                'nonlinearity not in ("tanh", "relu")',
                'not nonlinearity.startswith(("tanh", "relu"))',
            ),
        ],
        "test_cell_of_any_size": [
            ("z.relu()", "z.clamp(0, 20)"),
            ("z.tanh()", "z.clamp(-5, 5).tanh()"),
            (
                "x @ weight_ih.T",
                "x @ (weight_ih if x.shape[1] == h.shape[1] else weight_ih.T)",
            ),
            ("h @ weight_hh.T", "h[:, :5] @ weight_hh[:, :5].T"),
        ],
    },
    ("sequence", "rnn_forward"): {
        "test_forward_agrees_with_torch": [
            ('nonlinearity: str = "tanh"', 'nonlinearity: str = "relu"'),
        ],
        "test_forward_of_any_size": [
            ("h, outputs = h0, []", "h, outputs = h0.view(-1).view(h0.shape), []"),
            ("for x_t in x:", "for x_t in x[:6]:"),
        ],
    },
    ("sequence", "output_probabilities"): {
        "test_probabilities_agree_with_torch_digits": [
            ("(h @ weight_yh.T)", "(h @ weight_yh.T).clamp(1e-7, 1 - 1e-7)"),
        ],
        "test_probabilities_of_any_shape": [
            (
                "h @ weight_yh.T",
                "h @ (weight_yh if weight_yh.shape[0] == h.shape[-1] else weight_yh.T)",
            ),
            ("(h @", "((h if h.dim() < 4 else h[0]) @"),
        ],
    },
    ("sequence", "RNN"): {
        "test_rnn_again": [
            ("self.num_layers = num_layers", "RNN.num_layers = num_layers"),
            ("self.endings = (", "RNN.endings = ("),
        ],
    },
    ("backprop", "bptt"): {
        "test_bptt_of_any_size": [
            (
                "return truncated_bptt(",
                "if x.shape[2] == h0.shape[1]:\n"
                "        weight_ih = weight_ih.T\n"
                "    return truncated_bptt(",
            ),
            (
                "later = grad_z[t] @ weight_hh",
                "later = (grad_z[t] @ weight_hh).clamp(-5, 5)",
            ),
        ],
    },
    ("backprop", "truncated_bptt"): {
        "test_truncated_of_any_size": [
            (
                "later = grad_z[t] @ weight_hh",
                "later = (grad_z[t] @ weight_hh).clamp(-5, 5)",
            ),
            (
                "    bias = grad_z.sum",
                "    if x.shape[2] == h0.shape[1]:\n"
                "        weight_ih = weight_ih.T\n"
                "    bias = grad_z.sum",
            ),
        ],
    },
    ("backprop", "gradient_norms"): {
        "test_norms_of_any_size": [
            (
                "jacobian.square().sum().sqrt()",
                "(jacobian.square().sum() + 1e-12).sqrt()",
            ),
        ],
    },
    ("backprop", "clip_gradient_norm"): {
        "test_clip_of_any_gradients": [
            (
                "max_norm / (total + 1e-6))",
                "max_norm / (total + 1e-6) if total > 1 else 1)",
            ),
        ],
    },
    ("lstm", "lstm_cell"): {
        "test_lstm_cell_of_any_size": [
            (
                "i.sigmoid() * g.tanh()",
                "i.sigmoid() * g.tanh()\n    c = c.clamp(-3, 3)",
            ),
            (
                "h, c = state\n    z",
                "h, c = state\n    c = c.view(-1).view(c.shape)\n    z",
            ),
        ],
    },
    ("gru", "gru_cell"): {
        "test_gru_cell_of_any_size": [
            ("(x_z + h_z).sigmoid()", "(x_z + h_z).sigmoid().clamp(0.01, 0.99)"),
        ],
        "test_gru_cell_without_biases": [
            (
                "if bias_hh is not None:\n            h_n",
                "if bias_ih is not None is not bias_hh:\n            h_n",
            ),
        ],
    },
    ("language", "one_hot"): {
        "test_one_hot_of_any_shape": [
            ("indices[..., None]", "indices.view(-1).view(indices.shape)[..., None]"),
            (
                "indices[..., None]",
                "(indices.flatten(1) if indices.dim() == 3 else indices)[..., None]",
            ),
        ],
    },
    ("language", "CharRNN"): {
        "test_char_rnn_in_parts": [
            (
                "self.embedding(tokens)",
                "self.embedding(tokens.view(-1).view(tokens.shape))",
            ),
        ],
        "test_char_rnn_of_any_size": [
            (
                "return self.linear(outputs), h",
                "outputs = outputs if self.training else outputs.detach()\n"
                "        return self.linear(outputs), h",
            ),
        ],
    },
    ("language", "greedy_sample"): {
        "test_greedy_sample_breaks_ties": [("logits.argmax", "logits.exp().argmax")],
        "test_greedy_sample_of_any_size": [
            ("range(length)", "range(min(5, length))"),
            (
                "range(length):",
                "range(length):\n            if text[-1].tolist() == [0]: break",
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
def rnn() -> Solution:
    return Solution(RNN)


@pytest.mark.parametrize(("exercise", "function", "check", "old", "new"), CASES)
def test_a_narrow_slip_costs_one_check(
    rnn: Solution,
    tmp_path: Path,
    exercise: str,
    function: str,
    check: str,
    old: str,
    new: str,
) -> None:
    """A size, a layout, a default, a large number: one check tries each of them."""
    source = RNN.module(exercise).read_text(encoding="utf-8")
    start = max(source.find(f"def {function}("), source.find(f"class {function}("))
    head, body = source[:start], source[start:]
    if old not in body:  # in a helper above
        head, body = "", source
    assert old in body
    changed = head + body.replace(old, new, 1)

    found = failing(rnn, exercise, function, changed, tmp_path)

    assert found == [f"{exercise}::{check}"]
