"""The classic wrong turns in sequence.py."""

from __future__ import annotations

import torch
from torch import nn

from autograder import changed, mistake, reference

# fmt: off
changed("rnn_forward", name="ignores_h0", h0=lambda h0: h0 * 0,
        like="a sequence that begins with zeros, whatever h0 is",
        ask="With which state does the first step begin?")
changed("rnn_forward", name="transposes_weight_hh",
        weight_hh=lambda weight_hh: weight_hh.T,
        like="steps with the columns of weight_hh for its rows",
        ask="Which numbers of weight_hh does the first unit of a new state use?")
changed("rnn_forward", name="reads_backwards", x=lambda x: x.flip(0),
        like="a sequence that is read from its last input to its first",
        ask="Which input does the first step read?")
changed("rnn_forward", name="reads_the_first_input_only",
        x=lambda x: x[:1].expand_as(x),
        like="steps that all read the first input",
        ask="Which input does the second step read?")
changed("rnn_forward", name="ignores_the_nonlinearity", nonlinearity="tanh",
        like="steps with tanh, whatever the nonlinearity is",
        ask="Which argument does not appear in your output?")
changed("rnn_forward", name="forgets_the_biases", bias_ih=None, bias_hh=None,
        like="steps without biases",
        ask="What does a step get that has a bias?")
changed("rnn_forward", name="forgets_bias_hh", bias_hh=None,
        like="steps with one bias only, bias_ih",
        ask="How many biases has torch's RNN?")
changed("rnn_forward", name="forgets_bias_ih", bias_ih=None,
        like="steps with one bias only, bias_hh",
        ask="How many biases has torch's RNN?")
changed("output_probabilities", name="of_the_absolute_state", h=lambda h: h.abs(),
        like="probabilities of the states without their signs",
        ask="What does a unit say that is at -1?")
# fmt: on


@mistake(question="What does the second step know of the first?")
def rnn_forward__forgets_the_state(x, h0, weight_ih, weight_hh, *others, **named):
    """steps that all begin with h0"""
    steps = [
        reference.rnn_forward(x_t[None], h0, weight_ih, weight_hh, *others, **named)[1]
        for x_t in x
    ]
    if not steps:
        return reference.rnn_forward(x, h0, weight_ih, weight_hh, *others, **named)
    return torch.stack(steps), steps[-1]


@mistake(question="Is h_0 an output? And h_T?")
def rnn_forward__gives_the_states_before_each_step(x, h0, *others, **named):
    """outputs that begin with h0 and end before the last state"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return torch.cat([h0[None], outputs])[: len(x)], last


@mistake(question="How many outputs has a sequence of T steps?")
def rnn_forward__counts_h0_among_the_outputs(x, h0, *others, **named):
    """outputs with h0 before them, one more than there are steps"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return torch.cat([h0[None], outputs]), last


@mistake(question="Which of the outputs is the last one in time?")
def rnn_forward__returns_the_first_state(x, h0, *others, **named):
    """the right outputs, with the first of them for the last"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return outputs, (outputs[0] if len(x) else last)


@mistake(question="What is left of a state that has just been computed from h0?")
def rnn_forward__returns_h0_again(x, h0, *others, **named):
    """the right outputs, with h0 for the last state"""
    return reference.rnn_forward(x, h0, *others, **named)[0], h0


@mistake(question="Which of the two returned values has T rows?")
def rnn_forward__swaps_what_it_returns(x, h0, *others, **named):
    """the last state first, and the outputs after it"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return last, outputs


@mistake(question="Which axis of the outputs is time?")
def rnn_forward__puts_the_batch_first(x, h0, *others, **named):
    """the right outputs with the batch as their first axis"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return outputs.transpose(0, 1), last


@mistake(question="What is torch.stack for?")
def rnn_forward__returns_a_list(x, h0, *others, **named):
    """the right states in a list"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return list(outputs), last


@mistake(question="How many axes has the state of one step?")
def rnn_forward__keeps_an_axis_of_layers(x, h0, *others, **named):
    """the right states, the last one with an axis for layers, as torch.nn.RNN has it"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return outputs, last[None]


@mistake(question="Does a state that went through detach() know the steps before it?")
def rnn_forward__cuts_the_gradient_at_each_step(x, h0, *others, **named):
    """the right states, with gradients that never reach the step before"""
    h, outputs = h0, []
    for x_t in x:
        _, h = reference.rnn_forward(x_t[None], h.detach(), *others, **named)
        outputs.append(h)
    if not outputs:
        return reference.rnn_forward(x, h0, *others, **named)
    return torch.stack(outputs), h


@mistake(question="Who asks for the gradient of h0?")
def rnn_forward__cuts_the_gradient_of_h0(x, h0, *others, **named):
    """the right states, without a way back to h0 for gradients"""
    return reference.rnn_forward(x, h0.detach(), *others, **named)


@mistake(question="What does the loop leave behind if it never runs?")
def rnn_forward__stacks_nothing(x, h0, *others, **named):
    """states that are stacked, though a sequence of no steps has none"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return torch.stack(list(outputs)), last


@mistake(question="Which dtype does torch.zeros have if it is not told?")
def rnn_forward__collects_in_float32(x, h0, *others, **named):
    """the right outputs in float32, whatever the dtype of x is"""
    outputs, last = reference.rnn_forward(x, h0, *others, **named)
    return outputs.float(), last


@mistake(question="Need the probabilities of two outputs add up to 1?")
def output_probabilities__takes_the_softmax(h, weight_yh):
    """probabilities that add up to 1, as a softmax gives them"""
    return (h @ weight_yh.T).softmax(-1)


@mistake(question="Between which two numbers lies a probability?")
def output_probabilities__returns_the_logits(h, weight_yh):
    """the numbers o = W_yh h, before the sigmoid"""
    return h @ weight_yh.T


@mistake(question="Between which two numbers lies a probability?")
def output_probabilities__takes_tanh(h, weight_yh):
    """the tanh of W_yh h in place of its sigmoid"""
    return (h @ weight_yh.T).tanh()


@mistake(question="What is bent first, the state or what the weights make of it?")
def output_probabilities__bends_the_state_first(h, weight_yh):
    """the sigmoid of the states, multiplied with the weights"""
    return h.sigmoid() @ weight_yh.T


@mistake(question="Is a probability the same as its logarithm?")
def output_probabilities__takes_logarithms(h, weight_yh):
    """the logarithms of the probabilities"""
    return nn.functional.logsigmoid(h @ weight_yh.T)


@mistake(question="Of what is it the probability, that an output is on or off?")
def output_probabilities__of_the_opposite(h, weight_yh):
    """the probabilities that each output is off"""
    return torch.sigmoid(-(h @ weight_yh.T))


@mistake(question="What is exp(1000) in floating point, divided by itself?")
def output_probabilities__divides_two_exponents(h, weight_yh):
    """exp(o) / (1 + exp(o)), which is NaN where o is large"""
    grown = (h @ weight_yh.T).exp()
    return grown / (1 + grown)


@mistake(question="Does a tensor that went through detach() know its past?")
def output_probabilities__cuts_the_gradient(h, weight_yh):
    """the right probabilities, without a way back for gradients"""
    return torch.sigmoid(h @ weight_yh.T).detach()


@mistake(question="With which state does the first step begin, if one is given?")
class RNN__ignores_h0(reference.RNN):
    """a network that begins with zeros, whatever h0 is"""

    def forward(self, x, h0=None):
        return super().forward(x)


@mistake(question="With which state does the first step begin, if none is given?")
class RNN__begins_with_ones(reference.RNN):
    """a network that begins with ones where no state is given"""

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = super().forward(x)[1]
            h0 = torch.ones_like(h0)
        return super().forward(x, h0)


class _Changed(reference.RNN):
    """The layers by hand, in parts that a mistake may change."""

    def forward(self, x, h0=None):
        first, last = x, []
        for layer in range(self.num_layers):
            halves = []
            for place, ending in enumerate(self.endings):
                weights = self._weights(f"l{layer}{ending}")
                start = self._start(h0, layer, place, last)
                if start is None:
                    start = x.new_zeros((x.shape[1], self.hidden_size))
                seen = self._seen(x, first)
                if ending:
                    outputs, h = self._reverse(seen, start, weights)
                else:
                    outputs, h = reference.rnn_forward(seen, start, *weights)
                halves.append(outputs)
                last.append(h)
            x = self._joined(halves)
        return x, self._last(last)

    def _weights(self, name):
        kinds = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
        return [getattr(self, f"{kind}_{name}") for kind in kinds]

    def _start(self, h0, layer, place, last):
        return None if h0 is None else h0[layer * len(self.endings) + place]

    def _seen(self, x, first):
        return x

    def _reverse(self, x, start, weights):
        outputs, h = reference.rnn_forward(x.flip(0), start, *weights)
        return outputs.flip(0), h

    def _joined(self, halves):
        return torch.cat(halves, -1)

    def _last(self, last):
        return torch.stack(last)


@mistake(question="At step t, which of the reverse network's states has read input t?")
class RNN__leaves_the_reverse_outputs_reversed(_Changed):
    """a network that does not turn the reverse outputs round again"""

    def _reverse(self, x, start, weights):
        return reference.rnn_forward(x.flip(0), start, *weights)


@mistake(question="In which direction does the reverse network read?")
class RNN__reads_forward_twice(_Changed):
    """a network whose reverse half reads forward, too"""

    def _reverse(self, x, start, weights):
        return reference.rnn_forward(x, start, *weights)


@mistake(question="What has the reverse network read when it is done?")
class RNN__takes_the_reverse_state_at_the_end(_Changed):
    """a network whose last reverse state is that at the last step, not at the first"""

    def _reverse(self, x, start, weights):
        outputs, _ = super()._reverse(x, start, weights)
        return outputs, outputs[-1]


@mistake(question="Which half of the outputs is the forward one?")
class RNN__puts_the_reverse_half_first(_Changed):
    """a network whose outputs have the reverse half before the forward half"""

    def _joined(self, halves):
        return torch.cat(halves[::-1], -1)


@mistake(question="In h_n, which state comes after that of the first layer, forward?")
class RNN__orders_the_states_by_direction(_Changed):
    """a network whose last states are all forward ones, and then all reverse ones"""

    def _last(self, last):
        step = len(self.endings)
        return torch.stack([h for place in range(step) for h in last[place::step]])


@mistake(question="How many last states has a network of three layers?")
class RNN__returns_the_last_layers_state(_Changed):
    """a network that returns the last states of the last layer only"""

    def _last(self, last):
        return torch.stack(last[-len(self.endings) :])


@mistake(question="Whose state is the first row of h0?")
class RNN__begins_each_layer_with_the_first_state(_Changed):
    """a network whose layers all begin with the first layer's state"""

    def _start(self, h0, layer, place, last):
        return None if h0 is None else h0[place]


@mistake(question="Whose state does the second layer begin with?")
class RNN__begins_with_the_last_state_of_the_layer_below(_Changed):
    """a network whose second layer begins where the first one has ended"""

    def _start(self, h0, layer, place, last):
        if layer:
            return last[-len(self.endings)]
        return super()._start(h0, layer, place, last)


@mistake(question="What is the input of the second layer?")
class RNN__gives_each_layer_its_own_last_state(_Changed):
    """a network whose second layer reads the last output of the first at each step"""

    def _seen(self, x, first):
        return x if x is first else x[-1:].expand_as(x)


@mistake(question="Has a reverse network weights of its own?")
class RNN__shares_the_weights_of_both_directions(_Changed):
    """a network that reads backwards with the forward weights"""

    def _weights(self, name):
        return super()._weights(name.removesuffix("_reverse"))


@mistake(question="Has each layer weights of its own?")
class RNN__shares_the_weights_of_its_layers(_Changed):
    """a network whose later layers all have the second layer's weights"""

    def _weights(self, name):
        layer = min(int(name[1]), 1)
        return super()._weights(f"l{layer}{name[2:]}")


@mistake(question="How many biases has each layer of torch's RNN?")
class RNN__has_one_bias(reference.RNN):
    """a network with one bias for each layer and direction"""

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__(input_size, hidden_size, num_layers, bidirectional)
        for name, _ in list(self.named_parameters()):
            if name.startswith("bias_hh"):
                delattr(self, name)
                self.register_buffer(name, torch.zeros(hidden_size))


@mistake(question="How wide is what a bidirectional layer gives to the next?")
class RNN__makes_every_layer_read_h_numbers(reference.RNN):
    """a network whose later layers have H inputs, in both directions, too"""

    def __init__(self, input_size, hidden_size, num_layers=1, bidirectional=False):
        super().__init__(input_size, hidden_size, num_layers, bidirectional)
        for name, weight in list(self.named_parameters()):
            if name.startswith("weight_ih") and "l0" not in name:
                setattr(self, name, nn.Parameter(weight[:, :hidden_size].clone()))


@mistake(question="What may a call know of the call before?")
class RNN__keeps_its_state_between_calls(reference.RNN):
    """a network that goes on from the last state of the call before"""

    def forward(self, x, h0=None):
        kept = getattr(self, "_kept", None)
        if h0 is None and kept is not None and kept.shape[1] == x.shape[1]:
            h0 = kept
        outputs, h_n = super().forward(x, h0)
        self._kept = h_n.detach()
        return outputs, h_n


@mistake(question="Which axis of x is time, and which is the batch?")
class RNN__reads_the_batch_first(reference.RNN):
    """a network that takes the first axis for the batch and the second for time"""

    def forward(self, x, h0=None):
        if h0 is not None:
            h0 = h0[:, :1].expand(-1, len(x), -1)
        outputs, h_n = super().forward(x.transpose(0, 1), h0)
        return outputs.transpose(0, 1), h_n
