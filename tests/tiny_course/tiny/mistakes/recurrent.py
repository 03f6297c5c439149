"""The classic wrong turns in recurrent.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference

# fmt: off
changed("lstm_cell", name="swaps_input_and_forget",
        w_ih=lambda w_ih: _swapped(w_ih), w_hh=lambda w_hh: _swapped(w_hh),
        b_ih=lambda b_ih: _swapped(b_ih), b_hh=lambda b_hh: _swapped(b_hh),
        like="an LSTM whose input gate and forget gate are swapped",
        ask="In which order do the gates stand?")
changed("lstm_cell", name="forgets_everything",
        state=lambda state: (state[0], state[1] * 0),
        like="an LSTM that begins each step with an empty cell",
        ask="Which part of the old state is left in the new one?")
changed("lstm_cell", name="one_bias", b_hh=lambda b_hh: b_hh * 0,
        like="an LSTM without the second bias",
        ask="How many biases does the cell have?")
# fmt: on


def _swapped(t):
    first, second, *rest = t.chunk(4)
    return torch.cat([second, first, *rest])


@mistake(question="What does the state pass through on its way out?")
def lstm_cell__shows_the_state_itself(x, state, w_ih, w_hh, b_ih, b_hh):
    """an LSTM whose output lacks the tanh"""
    gates = x @ w_ih.T + b_ih + state[0] @ w_hh.T + b_hh
    _, c = reference.lstm_cell(x, state, w_ih, w_hh, b_ih, b_hh)
    return gates.chunk(4, dim=-1)[3].sigmoid() * c, c


@mistake(question="Who reads the state that the model is given?")
class CharModel__forgets_its_state(reference.CharModel):
    """a model that begins anew with each character"""

    def forward(self, tokens, state=None):
        return super().forward(tokens)


@mistake(question="What keeps the state between -1 and 1?")
class CharModel__without_tanh(reference.CharModel):
    """a model without a tanh"""

    def forward(self, tokens, state=None):
        seen = self.embed(tokens)
        old = torch.zeros_like(seen) if state is None else state
        new = self.mix(torch.cat([seen, old], dim=-1))
        return self.out(new), new


@mistake(question="What does the model see in the second step?")
def greedy_decode__always_after_the_start(model, start, steps):
    """the token after start, again and again"""
    return reference.greedy_decode(model, start, 1) * steps


@mistake(question="Which token did the model find first?")
def greedy_decode__repeats_the_start(model, start, steps):
    """the tokens with start in front of them and the last one cut off"""
    return [start, *reference.greedy_decode(model, start, steps)][:steps]


@mistake(question="How many steps are steps?")
def greedy_decode__one_step_short(model, start, steps):
    """the tokens without the last one"""
    return reference.greedy_decode(model, start, steps)[:-1]


@mistake(question="Which token is the likeliest?")
def greedy_decode__least_likely(model, start, steps):
    """the least likely token at each step"""
    turned = torch.nn.Sequential(model, torch.nn.Softmin(-1))
    return reference.greedy_decode(turned, start, steps)
