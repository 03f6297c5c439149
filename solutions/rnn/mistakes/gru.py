"""The classic wrong turns in gru.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference


def _read_as(order):
    """Weights for the solution, so that it reads the blocks in another order."""

    def turned(weights):
        if weights is None:
            return None
        blocks = weights.chunk(3)
        return torch.cat([blocks[order.index(block)] for block in "rzn"])

    return {
        "weight_ih": lambda weight_ih: turned(weight_ih),
        "weight_hh": lambda weight_hh: turned(weight_hh),
        "bias_ih": lambda bias_ih: turned(bias_ih),
        "bias_hh": lambda bias_hh: turned(bias_hh),
    }


ORDER = "Which rows of the weights belong to which gate? The docstring has the order."

# fmt: off
for function, what in (("gru_cell", "a step"), ("gru_forward", "a GRU")):
    changed(function, name="reads_z_r_n", **_read_as("zrn"),
            like=f"{what} that reads the blocks in the order z, r, n", ask=ORDER)
    changed(function, name="reads_r_n_z", **_read_as("rnz"),
            like=f"{what} that reads the blocks in the order r, n, z", ask=ORDER)
    changed(function, name="reads_n_r_z", **_read_as("nrz"),
            like=f"{what} that reads the blocks in the order n, r, z", ask=ORDER)
    changed(function, name="reads_z_n_r", **_read_as("znr"),
            like=f"{what} that reads the blocks in the order z, n, r", ask=ORDER)
    changed(function, name="reads_n_z_r", **_read_as("nzr"),
            like=f"{what} that reads the blocks in the order n, z, r", ask=ORDER)
    changed(function, name="forgets_bias_hh", bias_hh=None,
            like=f"{what} with one bias only, bias_ih",
            ask="How many biases has the step, and which one does r multiply?")
    changed(function, name="forgets_bias_ih", bias_ih=None,
            like=f"{what} with one bias only, bias_hh",
            ask="How many biases has the step?")
    changed(function, name="forgets_both_biases", bias_ih=None, bias_hh=None,
            like=f"{what} without biases",
            ask="What are the gates if x and h are zero?")
    changed(function, name="forgets_the_input", x=lambda x: x * 0,
            like=f"{what} that does not see its input",
            ask="Which argument does not appear in your output?")
changed("gru_cell", name="forgets_the_state", h=lambda h: h * 0,
        like="a step that does not see the old state",
        ask="Which argument does not appear in your output?")
changed("gru_cell", name="always_resets_after", reset_after=True,
        like="a step that resets after the product, whatever reset_after says",
        ask="Which argument does not appear in your output?")
changed("gru_cell", name="always_resets_before", reset_after=False,
        like="a step that resets h before the product, whatever reset_after says",
        ask="What does r multiply in torch's GRU: h, or what W_hn and b_hn make of it?")
changed("gru_cell", name="swaps_after_and_before",
        reset_after=lambda reset_after: not reset_after,
        like="a step that resets before the product with reset_after, and after it "
             "without",
        ask="What does r multiply in torch's GRU: h, or what W_hn and b_hn make of it?")
changed("gru_cell", name="cuts_the_gradient_of_the_state", h=lambda h: h.detach(),
        like="the right states, without a way back to the old ones for gradients",
        ask="Does a tensor that went through detach() know its past?")
changed("gru_forward", name="begins_at_zero", h0=lambda h0: h0 * 0,
        like="a GRU that begins with zeros, whatever state it is given",
        ask="Which argument does not appear in your output?")
# fmt: on


def _bias(bias, weight_hh):
    return torch.zeros_like(weight_hh[:, 0]) if bias is None else bias


def _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    """r, z, and the two terms of the candidate's sum; b_hn is in the second."""
    x_r, x_z, x_n = (x @ weight_ih.T + _bias(bias_ih, weight_hh)).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ weight_hh.T + _bias(bias_hh, weight_hh)).chunk(3, dim=1)
    return (x_r + h_r).sigmoid(), (x_z + h_z).sigmoid(), x_n, h_n


def _before(r, h, weight_hh, bias_hh):
    """What W_hn and b_hn make of r * h."""
    return (r * h) @ weight_hh.chunk(3)[2].T + _bias(bias_hh, weight_hh).chunk(3)[2]


def _candidate_sum(x, h, weight_ih, weight_hh, bias_ih, bias_hh, reset_after):
    r, z, x_n, h_n = _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    memory = r * h_n if reset_after else _before(r, h, weight_hh, bias_hh)
    return z, x_n + memory


@mistake(question="Where z is 1, does the old state stay or go?")
def gru_cell__swaps_z_and_1_minus_z(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that takes z of the candidate and 1 - z of the old state"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    z, sums = _candidate_sum(x, h, *arguments)
    return z * sums.tanh() + (1 - z) * h


@mistake(question="What all stands in the bracket that r multiplies?")
def gru_cell__leaves_b_hn_outside_of_r(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step whose r multiplies W_hn h without its bias b_hn"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh
    if not reset_after:
        return reference.gru_cell(x, h, *arguments, False)
    r, z, x_n, h_n = _parts(x, h, *arguments)
    b_hn = _bias(bias_hh, weight_hh).chunk(3)[2]
    return (1 - z) * (x_n + r * (h_n - b_hn) + b_hn).tanh() + z * h


@mistake(question="Which of the two terms of the candidate does r multiply?")
def gru_cell__resets_the_input_too(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step whose r multiplies the input's term of the candidate as well"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh
    if not reset_after:
        return reference.gru_cell(x, h, *arguments, False)
    r, z, x_n, h_n = _parts(x, h, *arguments)
    return (1 - z) * (r * (x_n + h_n)).tanh() + z * h


@mistake(question="Which gate has no effect on your output?")
def gru_cell__forgets_the_reset_gate(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step without a reset gate: the candidate sees all of the old state"""
    _, z, x_n, h_n = _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    return (1 - z) * (x_n + h_n).tanh() + z * h


@mistake(question="Which gate has no effect on your output?")
def gru_cell__forgets_the_update_gate(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step without an update gate: the candidate is the new state"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    return _candidate_sum(x, h, *arguments)[1].tanh()


@mistake(question="How much of the candidate is taken where z is 1?")
def gru_cell__adds_all_of_the_candidate(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that adds the whole candidate to z * h, without 1 - z"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    z, sums = _candidate_sum(x, h, *arguments)
    return sums.tanh() + z * h


@mistake(question="How much of the old state stays where z is 0?")
def gru_cell__keeps_all_of_the_state(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that adds (1 - z) * n to all of h"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    z, sums = _candidate_sum(x, h, *arguments)
    return (1 - z) * sums.tanh() + h


@mistake(question="Is it the old state that stays, or what r has let pass of it?")
def gru_cell__keeps_the_reset_state(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that mixes the candidate with r * h in place of h"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh
    r, z, _, _ = _parts(x, h, *arguments)
    return reference.gru_cell(x, h, *arguments, reset_after) - z * h + z * (r * h)


@mistake(question="Between which numbers may the candidate lie, and a gate?")
def gru_cell__takes_the_sigmoid_of_n(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step with the sigmoid in place of the candidate's tanh"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    z, sums = _candidate_sum(x, h, *arguments)
    return (1 - z) * sums.sigmoid() + z * h


@mistake(question="What happens to the candidate's sum before it is mixed with h?")
def gru_cell__forgets_the_tanh(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step whose candidate is the sum itself, without its tanh"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    z, sums = _candidate_sum(x, h, *arguments)
    return (1 - z) * sums + z * h


@mistake(question="Which nonlinearity lies between 0 and 1?")
def gru_cell__takes_the_tanh_of_the_gates(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step with tanh in place of the sigmoids of r and z"""
    x_r, x_z, x_n = (x @ weight_ih.T + _bias(bias_ih, weight_hh)).chunk(3, dim=1)
    h_r, h_z, h_n = (h @ weight_hh.T + _bias(bias_hh, weight_hh)).chunk(3, dim=1)
    r, z = (x_r + h_r).tanh(), (x_z + h_z).tanh()
    memory = r * h_n if reset_after else _before(r, h, weight_hh, bias_hh)
    return (1 - z) * (x_n + memory).tanh() + z * h


@mistake(question="Which gate multiplies the old state inside the candidate?")
def gru_cell__resets_with_z(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step whose candidate is reset by z in place of r"""
    _, z, x_n, h_n = _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    memory = z * h_n if reset_after else _before(z, h, weight_hh, bias_hh)
    return (1 - z) * (x_n + memory).tanh() + z * h


@mistake(question="Which gate mixes the candidate and the old state?")
def gru_cell__updates_with_r(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that mixes candidate and old state by r in place of z"""
    r, _, x_n, h_n = _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    memory = r * h_n if reset_after else _before(r, h, weight_hh, bias_hh)
    return (1 - r) * (x_n + memory).tanh() + r * h


@mistake(question="Which bias belongs to W_hn (r * h), and is it there twice?")
def gru_cell__forgets_b_hn_if_it_resets_before(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that leaves b_hn out where it resets before the product"""
    arguments = weight_ih, weight_hh, bias_ih, bias_hh
    if reset_after:
        return reference.gru_cell(x, h, *arguments)
    r, z, x_n, _ = _parts(x, h, *arguments)
    memory = _before(r, h, weight_hh, None)
    return (1 - z) * (x_n + memory).tanh() + z * h


@mistake(question="What does r multiply if reset_after is False?")
def gru_cell__forgets_r_if_it_resets_before(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that does not reset at all without reset_after"""
    if reset_after:
        return reference.gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    _, z, x_n, h_n = _parts(x, h, weight_ih, weight_hh, bias_ih, bias_hh)
    return (1 - z) * (x_n + h_n).tanh() + z * h


@mistake(question="Do the first three rows of the weights belong to one gate?")
def gru_cell__reads_the_blocks_unit_by_unit(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that takes rows 0, 3, 6, ... of the weights for the reset gate"""
    weights = [
        None if w is None else torch.cat([w[block::3] for block in range(3)])
        for w in (weight_ih, weight_hh, bias_ih, bias_hh)
    ]
    return reference.gru_cell(x, h, *weights, reset_after)


@mistake(question="Can something be added to None?")
def gru_cell__wants_both_biases(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that cannot do without its biases"""
    bias_ih + bias_hh
    return reference.gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh, reset_after)


@mistake(question="Are there two biases wherever there is one?")
def gru_cell__asks_for_one_bias_only(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """a step that uses both biases only where bias_ih is there"""
    bias_hh = None if bias_ih is None else bias_hh
    return reference.gru_cell(x, h, weight_ih, weight_hh, bias_ih, bias_hh, reset_after)


@mistake(question="Which dtype does torch.zeros have if it is not told?")
def gru_cell__answers_in_float32(
    x, h, weight_ih, weight_hh, bias_ih=None, bias_hh=None, reset_after=True
):
    """the right states in float32, whatever the dtype of x is"""
    return reference.gru_cell(
        x, h, weight_ih, weight_hh, bias_ih, bias_hh, reset_after
    ).float()


def _walk(x, h0, weights, cell=None, between=lambda first, new: new):
    """All steps, by another cell, or with another state between them."""
    cell = cell or reference.gru_cell
    h, last, outputs = h0, h0, []
    for step in x:
        last = cell(step, h, *weights)
        outputs.append(last)
        h = between(h0, last)
    return torch.stack(outputs) if outputs else x.new_empty(0, *h0.shape), last


@mistake(question="With which state does the second step begin?")
def gru_forward__begins_each_step_anew(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU whose steps all begin with the first state"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    return _walk(x, h0, weights, between=lambda first, new: first)


@mistake(question="What does the second step know of the first?")
def gru_forward__empties_the_state_between_steps(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU that sets its state to zero after each step"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    return _walk(x, h0, weights, between=lambda first, new: new * 0)


@mistake(question="Can a gradient of the last step reach the state before the first?")
def gru_forward__cuts_the_gradient_between_steps(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs, with the state detached between steps"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    return _walk(x, h0, weights, between=lambda first, new: new.detach())


@mistake(question="Does gru_forward reset after the product, as torch does?")
def gru_forward__resets_before(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """a GRU whose steps reset the state before its product"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh, False
    return _walk(x, h0, weights)


@mistake(question="Where z is 1, does the old state stay or go?")
def gru_forward__swaps_z_and_1_minus_z(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU that takes z of the candidate and 1 - z of the old state"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    return _walk(x, h0, weights, gru_cell__swaps_z_and_1_minus_z)


@mistake(question="What all stands in the bracket that r multiplies?")
def gru_forward__leaves_b_hn_outside_of_r(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU whose r multiplies W_hn h without its bias b_hn"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    return _walk(x, h0, weights, gru_cell__leaves_b_hn_outside_of_r)


@mistake(question="Which step comes first?")
def gru_forward__walks_backwards(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU that goes from the last step to the first"""
    return reference.gru_forward(x.flip(0), h0, weight_ih, weight_hh, bias_ih, bias_hh)


@mistake(question="Which state comes out of a step, the one before or after it?")
def gru_forward__puts_out_the_state_before(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU whose outputs are those of the step before, the first h0"""
    outputs, last = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return torch.cat([h0[None], outputs])[: len(x)], last


@mistake(question="Which is the last step?")
def gru_forward__gives_back_the_first_new_state(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs with the state after the first step"""
    outputs, last = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return outputs, outputs[0] if len(x) else last


@mistake(question="What is h_T, and what is the state that came in?")
def gru_forward__gives_back_h0(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """the right outputs beside the state that came in"""
    outputs, _ = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return outputs, h0


@mistake(question="Which axis of the outputs is time?")
def gru_forward__puts_the_batch_first(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """outputs of shape (N, T, H)"""
    outputs, last = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return outputs.transpose(0, 1), last


@mistake(question="Which axis of the outputs is time?")
def gru_forward__stacks_along_the_batch(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """outputs of shape (N, T, H)"""
    outputs, last = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return outputs.transpose(0, 1) if len(x) else outputs, last


@mistake(question="What do you stack if there was no step?")
def gru_forward__wants_a_step(x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """a GRU that cannot do without a step"""
    outputs, last = reference.gru_forward(x, h0, weight_ih, weight_hh, bias_ih, bias_hh)
    return torch.stack(list(outputs)), last


@mistake(question="Which steps does your loop leave out?")
def gru_forward__drops_the_last_step(
    x, h0, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a GRU that stops before the last step"""
    return reference.gru_forward(x[:-1], h0, weight_ih, weight_hh, bias_ih, bias_hh)
