"""The classic wrong turns in cell.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference

# fmt: off
changed("rnn_cell", name="transposes_weight_hh",
        weight_hh=lambda weight_hh: weight_hh.T,
        like="a step with the columns of weight_hh for its rows",
        ask="Which numbers of weight_hh does the first unit of the new state use?")
changed("rnn_cell", name="forgets_the_state", h=lambda h: h * 0,
        like="a step that does not see the old state, as in a network without memory",
        ask="Which argument does not appear in your output?")
changed("rnn_cell", name="forgets_the_input", x=lambda x: x * 0,
        like="a step that does not see its input",
        ask="Which argument does not appear in your output?")
changed("rnn_cell", name="forgets_bias_hh", bias_hh=None,
        like="a step with one bias only, bias_ih",
        ask="How many biases has a cell of torch's?")
changed("rnn_cell", name="forgets_bias_ih", bias_ih=None,
        like="a step with one bias only, bias_hh",
        ask="How many biases has a cell of torch's?")
changed("rnn_cell", name="forgets_both_biases", bias_ih=None, bias_hh=None,
        like="a step without biases",
        ask="What is z if x and h are zero?")
changed("rnn_cell", name="ignores_the_nonlinearity", nonlinearity="tanh",
        like="a step with tanh, whatever the nonlinearity is",
        ask="Which argument does not appear in your output?")
changed("rnn_cell", name="cuts_the_gradient_of_the_state", h=lambda h: h.detach(),
        like="the right states, without a way back to the old ones for gradients",
        ask="Does a tensor that went through detach() know its past?")
# fmt: on


@mistake(question="Which function is applied if the nonlinearity is tanh?")
def rnn_cell__always_takes_relu(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step with relu, whatever the nonlinearity is"""
    return reference.rnn_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh, "relu")


@mistake(question="What bends the line in a step?")
def rnn_cell__forgets_the_nonlinearity(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """the sum z, without a nonlinearity"""
    return _z(x, h, weight_ih, weight_hh, bias_ih, bias_hh)


@mistake(question="Between which two numbers does tanh lie? And sigmoid?")
def rnn_cell__takes_the_sigmoid(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step with the sigmoid in place of tanh"""
    if nonlinearity != "tanh":
        return reference.rnn_cell(
            x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
        )
    return _z(x, h, weight_ih, weight_hh, bias_ih, bias_hh).sigmoid()


@mistake(question="How many nonlinearities stand in the formula, and around what?")
def rnn_cell__bends_input_and_state_apart(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step that applies the nonlinearity to each of the two terms before the sum"""
    seen = reference.rnn_cell(
        x, h * 0, weight_ih, weight_hh, bias_ih, None, nonlinearity
    )
    kept = reference.rnn_cell(
        x * 0, h, weight_ih, weight_hh, None, bias_hh, nonlinearity
    )
    return seen + kept


@mistake(question="Is the old state a part of the new one, or only of z?")
def rnn_cell__adds_to_the_state(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """the new state added to the old one"""
    return h + reference.rnn_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    )


@mistake(question="How often is weight_hh applied in one step?")
def rnn_cell__feeds_the_new_state_back(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step that goes through weight_hh twice, the second time with the new state"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    return reference.rnn_cell(x, reference.rnn_cell(x, h, *arguments), *arguments)


@mistake(question="Which two nonlinearities does the docstring know?")
def rnn_cell__takes_what_it_does_not_know_for_relu(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step with relu for each nonlinearity that is not tanh"""
    nonlinearity = "tanh" if nonlinearity == "tanh" else "relu"
    return reference.rnn_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    )


@mistake(question="Can something be added to None?")
def rnn_cell__wants_both_biases(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step that cannot do without its biases"""
    z = x @ weight_ih.T + bias_ih + h @ weight_hh.T + bias_hh
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(nonlinearity)
    return getattr(torch, nonlinearity)(z)


@mistake(question="Are there two biases wherever there is one?")
def rnn_cell__asks_for_one_bias_only(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """a step that uses both biases only where bias_ih is there"""
    bias_hh = None if bias_ih is None else bias_hh
    return reference.rnn_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    )


@mistake(question="Which dtype does torch.zeros have if it is not told?")
def rnn_cell__answers_in_float32(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, nonlinearity="tanh"
):
    """the right states in float32, whatever the dtype of x is"""
    return reference.rnn_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, nonlinearity
    ).float()


def _z(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    z = x @ weight_ih.T + h @ weight_hh.T
    z = z if bias_ih is None else z + bias_ih
    return z if bias_hh is None else z + bias_hh
