"""The classic wrong turns in lstm.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference


def _read_as(order):
    """Weights for the solution, so that it reads the gates in another order."""

    def turned(weights):
        if weights is None:
            return None
        blocks = weights.chunk(4)
        return torch.cat([blocks[order.index(gate)] for gate in "ifgo"])

    return {
        "weight_ih": lambda weight_ih: turned(weight_ih),
        "weight_hh": lambda weight_hh: turned(weight_hh),
        "bias_ih": lambda bias_ih: turned(bias_ih),
        "bias_hh": lambda bias_hh: turned(bias_hh),
    }


ORDER = "Which rows of the weights belong to which gate? The docstring has the order."

# fmt: off
for function, what in (("lstm_cell", "a step"), ("lstm_forward", "an LSTM")):
    changed(function, name="reads_i_f_o_g", **_read_as("ifog"),
            like=f"{what} that reads the gates in the order i, f, o, g", ask=ORDER)
    changed(function, name="reads_f_i_g_o", **_read_as("figo"),
            like=f"{what} that reads the gates in the order f, i, g, o", ask=ORDER)
    changed(function, name="reads_f_i_o_g", **_read_as("fiog"),
            like=f"{what} that reads the gates in the order f, i, o, g", ask=ORDER)
    changed(function, name="reads_f_g_i_o", **_read_as("fgio"),
            like=f"{what} that reads the gates in the order f, g, i, o", ask=ORDER)
    changed(function, name="reads_i_g_f_o", **_read_as("igfo"),
            like=f"{what} that reads the gates in the order i, g, f, o", ask=ORDER)
    changed(function, name="reads_i_o_f_g", **_read_as("iofg"),
            like=f"{what} that reads the gates in the order i, o, f, g", ask=ORDER)
    changed(function, name="reads_o_f_i_g", **_read_as("ofig"),
            like=f"{what} that reads the gates in the order o, f, i, g", ask=ORDER)
    changed(function, name="takes_c_for_h", state=lambda state: (state[1], state[0]),
            like=f"{what} that takes the state for (c, h)",
            ask="In which order do h and c stand in the state?")
    changed(function, name="forgets_bias_hh", bias_hh=None,
            like=f"{what} with one bias only, bias_ih",
            ask="How many biases are added to the gates?")
    changed(function, name="forgets_bias_ih", bias_ih=None,
            like=f"{what} with one bias only, bias_hh",
            ask="How many biases are added to the gates?")
    changed(function, name="forgets_both_biases", bias_ih=None, bias_hh=None,
            like=f"{what} without biases",
            ask="What are the gates if x and h are zero?")
    changed(function, name="forgets_the_input", x=lambda x: x * 0,
            like=f"{what} that does not see its input",
            ask="Which argument does not appear in your output?")
    changed(function, name="adds_1_to_the_forget_gate",
            bias_ih=lambda bias_ih, weight_hh: _one_more(bias_ih, weight_hh),
            like=f"{what} that adds 1 to the forget gate's sum, an initialisation "
                 "that some books put into the step",
            ask="What do the weights alone say about how much is kept?")
changed("lstm_cell", name="forgets_c",
        state=lambda state: (state[0], state[1] * 0),
        like="a step that writes into an empty cell, whatever c was before",
        ask="What does the forget gate multiply?")
changed("lstm_cell", name="forgets_h",
        state=lambda state: (state[0] * 0, state[1]),
        like="a step whose gates do not see h",
        ask="Which part of the state do the gates depend on?")
changed("lstm_cell", name="cuts_the_gradient_of_c",
        state=lambda state: (state[0], state[1].detach()),
        like="the right state, without a way back to the old c for gradients",
        ask="Does a tensor that went through detach() know its past?")
changed("lstm_cell", name="cuts_the_gradient_of_h",
        state=lambda state: (state[0].detach(), state[1]),
        like="the right state, without a way back to the old h for gradients",
        ask="Does a tensor that went through detach() know its past?")
changed("lstm_forward", name="begins_at_zero",
        state=lambda state: (state[0] * 0, state[1] * 0),
        like="an LSTM that begins with zeros, whatever state it is given",
        ask="Which argument does not appear in your output?")
changed("lstm_forward", name="begins_with_an_empty_cell",
        state=lambda state: (state[0], state[1] * 0),
        like="an LSTM that begins with the h that it is given and a c of zeros",
        ask="Where does the c come from that the first step keeps?")
changed("lstm_forward", name="begins_with_h_of_zeros",
        state=lambda state: (state[0] * 0, state[1]),
        like="an LSTM that begins with the c that it is given and an h of zeros",
        ask="Which h do the gates of the first step see?")
# fmt: on


def _one_more(bias_ih, weight_hh):
    ones = torch.zeros_like(weight_hh[:, 0])
    ones[len(ones) // 4 : len(ones) // 2] = 1
    return ones if bias_ih is None else bias_ih + ones


def _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh):
    z = x @ weight_ih.T + state[0] @ weight_hh.T
    z = z if bias_ih is None else z + bias_ih
    z = z if bias_hh is None else z + bias_hh
    return z.chunk(4, dim=1)


@mistake(question="Between which numbers may the candidate lie, and a gate?")
def lstm_cell__takes_the_sigmoid_of_g(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step with the sigmoid of g in place of its tanh"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.sigmoid()
    return o.sigmoid() * c.tanh(), c


@mistake(question="What happens to the candidate before it is written?")
def lstm_cell__forgets_the_tanh_of_g(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that writes g itself, without its tanh"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g
    return o.sigmoid() * c.tanh(), c


@mistake(question="What does c pass through on its way out?")
def lstm_cell__shows_c_itself(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step whose h is o * c, without the tanh of c"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c, c


@mistake(question="Which comes first on the way out, the tanh or the gate?")
def lstm_cell__takes_the_tanh_after_the_gate(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step whose h is tanh(o * c)"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return (o.sigmoid() * c).tanh(), c


@mistake(question="Is the c that is handed on squashed, or only the one that is shown?")
def lstm_cell__hands_on_the_tanh_of_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that hands on tanh(c) as the new c"""
    h, c = reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    return h, c.tanh()


@mistake(question="Is the output gate applied to the old c or to the new one?")
def lstm_cell__shows_the_old_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step whose h is made of the old c"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * state[1].tanh(), c


@mistake(question="What is left of c where the forget gate is 1?")
def lstm_cell__keeps_what_it_should_forget(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that keeps 1 - f of the old c"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = (1 - f.sigmoid()) * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@mistake(question="Which of the four gates have no effect on your c?")
def lstm_cell__never_forgets(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step without a forget gate: it keeps all of c"""
    i, _, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


@mistake(question="Is what is written decided by the forget gate?")
def lstm_cell__writes_what_it_forgets(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step with one gate for two: it writes 1 - f of the candidate"""
    _, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + (1 - f.sigmoid()) * g.tanh()
    return o.sigmoid() * c.tanh(), c


@mistake(question="Between which two numbers does a gate lie?")
def lstm_cell__forgets_the_sigmoids(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step whose gates are the sums themselves, without sigmoids"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f * state[1] + i * g.tanh()
    return o * c.tanh(), c


@mistake(question="Which nonlinearity lies between 0 and 1?")
def lstm_cell__takes_the_tanh_of_the_gates(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step with tanh in place of the sigmoids of i, f and o"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.tanh() * state[1] + i.tanh() * g.tanh()
    return o.tanh() * c.tanh(), c


@mistake(question="Which of the two states do the gates look at?")
def lstm_cell__looks_at_c(x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None):
    """a step whose gates look at c in place of h"""
    c = state[1]
    return reference.lstm_cell(x, (c, c), weight_ih, weight_hh, bias_ih, bias_hh)


@mistake(question="Between which two numbers does a gate lie?")
def lstm_cell__takes_the_tanh_of_o(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step with tanh in place of the output gate's sigmoid"""
    i, f, g, o = _gates(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.tanh() * c.tanh(), c


@mistake(question="Do the first four rows of the weights belong to one gate?")
def lstm_cell__reads_the_gates_unit_by_unit(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that takes rows 0, 4, 8, ... of the weights for the input gate"""

    def turned(weights):
        if weights is None:
            return None
        return torch.cat([weights[gate::4] for gate in range(4)])

    return reference.lstm_cell(x, state, *map(turned, (weight_ih, weight_hh, bias_ih,
                                                       bias_hh)))  # fmt: skip


@mistake(question="Which of the two is the first of the state, h or c?")
def lstm_cell__gives_back_c_and_h(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the new state with its parts swapped, (c, h)"""
    return reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)[::-1]


@mistake(question="How many parts has the state of an LSTM?")
def lstm_cell__gives_back_h_alone(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the new h without the new c"""
    return reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)[0]


@mistake(question="Which c does the next step need?")
def lstm_cell__gives_back_the_old_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the new h beside the old c"""
    h, _ = reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    return h, state[1]


@mistake(question="Are both parts of the state the same?")
def lstm_cell__gives_back_h_twice(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the new h in both places, as if c were h"""
    h, _ = reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    return h, h


@mistake(question="Can something be added to None?")
def lstm_cell__wants_both_biases(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that cannot do without its biases"""
    both = bias_ih + bias_hh
    return reference.lstm_cell(x, state, weight_ih, weight_hh, both)


@mistake(question="Are there two biases wherever there is one?")
def lstm_cell__asks_for_one_bias_only(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """a step that uses both biases only where bias_ih is there"""
    bias_hh = None if bias_ih is None else bias_hh
    return reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)


@mistake(question="Which dtype does torch.zeros have if it is not told?")
def lstm_cell__answers_in_float32(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right state in float32, whatever the dtype of x is"""
    new = reference.lstm_cell(x, state, weight_ih, weight_hh, bias_ih, bias_hh)
    return tuple(part.float() for part in new)


def _walk(x, state, weights, between, order=None):
    """All steps, with another state between them."""
    outputs = []
    first = state
    for step in x if order is None else order(x):
        state = reference.lstm_cell(step, state, *weights)
        outputs.append(state)
        state = between(first, state)
    return outputs, outputs[-1] if outputs else first


def _stacked(x, outputs, state, part=0):
    if not outputs:
        return x.new_empty(0, *state[part].shape)
    return torch.stack([output[part] for output in outputs])


@mistake(question="Which part of the state does a step hand on besides h?")
def lstm_forward__does_not_carry_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose steps all begin with the first c"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: (new[0], first[1]))
    return _stacked(x, outputs, state), last


@mistake(question="Which part of the state does a step hand on besides h?")
def lstm_forward__never_takes_the_new_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose steps all begin with the first c"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: (new[0], first[1]))
    return _stacked(x, outputs, state), (last[0], state[1])


@mistake(question="Which part of the state does a step hand on besides c?")
def lstm_forward__does_not_carry_h(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose steps all begin with the first h"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: (first[0], new[1]))
    return _stacked(x, outputs, state), last


@mistake(question="With which state does the second step begin?")
def lstm_forward__begins_each_step_anew(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose steps all begin with the first state"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: first)
    return _stacked(x, outputs, state), last


@mistake(question="What does the second step keep?")
def lstm_forward__empties_the_cell_between_steps(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM that sets c to zero after each step"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: (new[0], new[1] * 0))
    return _stacked(x, outputs, state), last


@mistake(question="In which order are h and c handed on?")
def lstm_forward__swaps_h_and_c_between_steps(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM that hands (c, h) on from step to step"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: new[::-1])
    return _stacked(x, outputs, state), last


@mistake(question="Which of the two states takes gradients back the farthest?")
def lstm_forward__cuts_the_gradient_of_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs, with c detached between steps"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    between = lambda first, new: (new[0], new[1].detach())  # noqa: E731
    outputs, last = _walk(x, state, weights, between)
    return _stacked(x, outputs, state), last


@mistake(question="Can a gradient of the last step reach the weights of the first one?")
def lstm_forward__cuts_the_gradient_of_h(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs, with h detached between steps"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    between = lambda first, new: (new[0].detach(), new[1])  # noqa: E731
    outputs, last = _walk(x, state, weights, between)
    return _stacked(x, outputs, state), last


@mistake(question="Can a gradient of the last step reach the state before the first?")
def lstm_forward__cuts_the_gradient_of_both(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs, with both states detached between steps"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    between = lambda first, new: tuple(s.detach() for s in new)  # noqa: E731
    outputs, last = _walk(x, state, weights, between)
    return _stacked(x, outputs, state), last


@mistake(question="Which step comes first?")
def lstm_forward__walks_backwards(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM that goes from the last step to the first"""
    return reference.lstm_forward(
        x.flip(0), state, weight_ih, weight_hh, bias_ih, bias_hh
    )


@mistake(question="What comes out of a step: h or c?")
def lstm_forward__puts_out_c(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose outputs are the cells c"""
    weights = weight_ih, weight_hh, bias_ih, bias_hh
    outputs, last = _walk(x, state, weights, lambda first, new: new)
    return _stacked(x, outputs, state, part=1), last


@mistake(question="Which h comes out of the first step, the one before or after it?")
def lstm_forward__puts_out_the_state_before(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM whose outputs are those of the step before, the first h0"""
    outputs, last = reference.lstm_forward(
        x, state, weight_ih, weight_hh, bias_ih, bias_hh
    )
    return torch.cat([state[0][None], outputs])[: len(x)], last


@mistake(question="Which is the last step?")
def lstm_forward__gives_back_the_first_new_state(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs with the state after the first step"""
    outputs, last = _walk(
        x, state, (weight_ih, weight_hh, bias_ih, bias_hh), lambda first, new: new
    )
    return _stacked(x, outputs, state), outputs[0] if outputs else last


@mistake(question="In which order do h and c stand in the state?")
def lstm_forward__gives_back_c_and_h(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs with the last state as (c, h)"""
    outputs, last = reference.lstm_forward(
        x, state, weight_ih, weight_hh, bias_ih, bias_hh
    )
    return outputs, last[::-1]


@mistake(question="What of the state is not in the outputs?")
def lstm_forward__gives_back_h_alone(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """the right outputs with the last h and no c"""
    outputs, last = reference.lstm_forward(
        x, state, weight_ih, weight_hh, bias_ih, bias_hh
    )
    return outputs, last[0]


@mistake(question="Which axis of the outputs is time?")
def lstm_forward__puts_the_batch_first(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """outputs of shape (N, T, H)"""
    outputs, last = reference.lstm_forward(
        x, state, weight_ih, weight_hh, bias_ih, bias_hh
    )
    return outputs.transpose(0, 1), last


@mistake(question="Which axis of the outputs is time?")
def lstm_forward__stacks_along_the_batch(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """outputs of shape (N, T, H)"""
    outputs, last = reference.lstm_forward(
        x, state, weight_ih, weight_hh, bias_ih, bias_hh
    )
    return outputs.transpose(0, 1) if len(x) else outputs, last


@mistake(question="What do you stack if there was no step?")
def lstm_forward__wants_a_step(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM that cannot do without a step"""
    outputs, last = _walk(
        x, state, (weight_ih, weight_hh, bias_ih, bias_hh), lambda first, new: new
    )
    return torch.stack([h for h, _ in outputs]), last


@mistake(question="Which steps does your loop leave out?")
def lstm_forward__drops_the_last_step(
    x, state, weight_ih, weight_hh, bias_ih=None, bias_hh=None
):
    """an LSTM that stops before the last step"""
    return reference.lstm_forward(x[:-1], state, weight_ih, weight_hh, bias_ih, bias_hh)
