"""The classic wrong turns in language.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from autograder import changed, mistake, reference


def _rows(indices, num_classes):
    """Rows of no index out of range, whatever the indices are."""
    return indices.unsqueeze(-1) == torch.arange(num_classes, device=indices.device)


@mistake(question="What does an index of -1 get, and what should it get?")
def one_hot__counts_negative_indices_from_the_end(indices, num_classes):
    """rows that count a negative index from the end, as Python's lists do"""
    rows = torch.eye(num_classes, dtype=torch.int64, device=indices.device)
    return rows[indices]


@mistake(question="Which row belongs to an index for which there is no place?")
def one_hot__gives_zeros_out_of_range(indices, num_classes):
    """rows of zeros for indices out of range, in place of an exception"""
    return _rows(indices, num_classes).long()


@mistake(question="Which index is the smallest that must be refused?")
def one_hot__lets_the_number_of_classes_pass(indices, num_classes):
    """rows that refuse what is larger than num_classes, and not num_classes itself"""
    if indices.lt(0).any() or indices.gt(num_classes).any():
        raise IndexError("an index is out of range")
    return _rows(indices, num_classes).long()


@mistake(question="Are there indices below the smallest allowed one?")
def one_hot__refuses_only_large_indices(indices, num_classes):
    """rows of zeros for negative indices, in place of an exception"""
    if indices.ge(num_classes).any():
        raise IndexError("an index is out of range")
    return _rows(indices, num_classes).long()


@mistake(question="Are there indices above the largest allowed one?")
def one_hot__refuses_only_negative_indices(indices, num_classes):
    """rows of zeros for indices that are too large, in place of an exception"""
    if indices.lt(0).any():
        raise IndexError("an index is out of range")
    return _rows(indices, num_classes).long()


@mistake(question="Is an index that is too large the same as the largest one?")
def one_hot__moves_indices_into_range(indices, num_classes):
    """rows that take an index out of range for the nearest one within it"""
    return _rows(indices.clamp(0, num_classes - 1), num_classes).long()


@mistake(question="Does num_classes + 1 mean the same as 1?")
def one_hot__wraps_around(indices, num_classes):
    """rows that take an index out of range for its remainder"""
    return _rows(indices % num_classes, num_classes).long()


@mistake(question="Which is the first index, 0 or 1?")
def one_hot__counts_from_1(indices, num_classes):
    """rows that count the places from 1"""
    reference.one_hot(indices, num_classes)
    return _rows(indices - 1, num_classes).long()


@mistake(question="How long is a row if the largest index does not occur?")
def one_hot__ignores_num_classes(indices, num_classes):
    """rows that end with the largest index, whatever num_classes says"""
    reference.one_hot(indices, num_classes)
    return F.one_hot(indices)


@mistake(question="Which axis of the answer is the new one?")
def one_hot__puts_the_classes_first(indices, num_classes):
    """rows along the first axis, where the others belong: columns"""
    return reference.one_hot(indices, num_classes).movedim(-1, 0)


@mistake(question="How many axes has the answer for a table of indices?")
def one_hot__makes_one_row_of_an_index_each(indices, num_classes):
    """a table of two axes, whatever the shape of the indices"""
    return reference.one_hot(indices, num_classes).reshape(-1, num_classes)


@mistake(question="How many ones has a row?")
def one_hot__fills_up_to_the_index(indices, num_classes):
    """rows of ones up to the index"""
    return reference.one_hot(indices, num_classes).flip(-1).cumsum(-1).flip(-1)


@mistake(question="Which of the two numbers is there once in a row?")
def one_hot__swaps_ones_and_zeros(indices, num_classes):
    """rows of ones with a single zero"""
    return 1 - reference.one_hot(indices, num_classes)


@mistake(question="What is fed to rnn in the second part of a text?")
class CharRNN__ignores_the_state(reference.CharRNN):
    """a CharRNN that begins with zeros, whatever state it is given"""

    def forward(self, tokens, h=None):
        return super().forward(tokens)


@mistake(question="With which state can the text go on?")
class CharRNN__gives_back_the_old_state(reference.CharRNN):
    """the right logits beside the state that came in"""

    def forward(self, tokens, h=None):
        return super().forward(tokens, h)[0], h


@mistake(question="Which of the outputs of rnn is the last state?")
class CharRNN__gives_back_the_first_state(reference.CharRNN):
    """the right logits beside the state after the first token"""

    def forward(self, tokens, h=None):
        return super().forward(tokens, h)[0], super().forward(tokens[:1], h)[1]


@mistake(question="What does rnn give back besides its last state?")
class CharRNN__gives_back_all_states(reference.CharRNN):
    """the right logits beside the states after each token, (T, N, H)"""

    def forward(self, tokens, h=None):
        outputs, _ = self.rnn(self.embedding(tokens), h)
        return self.linear(outputs), outputs


@mistake(question="How many axes has a state of a network with layers?")
class CharRNN__drops_the_axis_of_the_layers(reference.CharRNN):
    """the right logits beside a state of shape (N, H)"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens, h)
        return logits, new[0]


@mistake(question="After which tokens does a language model say something?")
class CharRNN__speaks_after_the_last_token_only(reference.CharRNN):
    """the logits after the last token only"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens, h)
        return logits[-1], new


@mistake(question="What does cross_entropy do first with what the model returns?")
class CharRNN__returns_probabilities(reference.CharRNN):
    """the softmax of the logits"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens, h)
        return logits.softmax(-1), new


@mistake(question="What does cross_entropy do first with what the model returns?")
class CharRNN__returns_log_probabilities(reference.CharRNN):
    """the logarithms of the probabilities"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens, h)
        return logits.log_softmax(-1), new


@mistake(question="Which axis of the tokens is time?")
class CharRNN__takes_texts_for_time(reference.CharRNN):
    """a CharRNN that reads tokens as (N, T), batch first"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens.transpose(0, 1), h)
        return logits.transpose(0, 1), new


@mistake(question="Which axis of the tokens is time?")
class CharRNN__puts_the_batch_first(reference.CharRNN):
    """a CharRNN that reads tokens as (N, T), batch first"""

    def __init__(self, vocab_size, hidden_size):
        super().__init__(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)


@mistake(question="Which nonlinearity has your RNN?")
class CharRNN__takes_relu(reference.CharRNN):
    """a CharRNN whose rnn has ReLUs in place of tanh"""

    def __init__(self, vocab_size, hidden_size):
        super().__init__(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, nonlinearity="relu")


@mistake(question="Which token is read first?")
class CharRNN__reads_backwards(reference.CharRNN):
    """a CharRNN that reads its texts from the end"""

    def forward(self, tokens, h=None):
        logits, new = super().forward(tokens.flip(0), h)
        return logits.flip(0), new


@mistake(question="What stands between rnn and linear?")
class CharRNN__activates_the_outputs(reference.CharRNN):
    """logits of outputs that went through one more tanh"""

    def forward(self, tokens, h=None):
        outputs, new = self.rnn(self.embedding(tokens), h)
        return self.linear(outputs.tanh()), new


@mistake(question="What stands between embedding and rnn?")
class CharRNN__activates_the_embedding(reference.CharRNN):
    """logits of embeddings that went through a tanh before rnn"""

    def forward(self, tokens, h=None):
        outputs, new = self.rnn(self.embedding(tokens).tanh(), h)
        return self.linear(outputs), new


@mistake(question="Are the logits made from the outputs alone?")
class CharRNN__adds_the_embedding(reference.CharRNN):
    """logits of the sum of outputs and embeddings"""

    def forward(self, tokens, h=None):
        seen = self.embedding(tokens)
        outputs, new = self.rnn(seen, h)
        return self.linear(outputs + seen), new


@mistake(question="Can the loss teach the state that came in?")
class CharRNN__cuts_the_gradient_of_the_state(reference.CharRNN):
    """the right logits, without a way back to the state that came in"""

    def forward(self, tokens, h=None):
        return super().forward(tokens, None if h is None else h.detach())


@mistake(question="Which layers have a bias?")
class CharRNN__leaves_the_bias_out(reference.CharRNN):
    """a CharRNN whose linear layer has no bias"""

    def __init__(self, vocab_size, hidden_size):
        super().__init__(vocab_size, hidden_size)
        self.linear = nn.Linear(hidden_size, vocab_size, bias=False)


@mistake(question="What turns a token into the vector that rnn reads?")
class CharRNN__feeds_one_hot_rows(reference.CharRNN):
    """a CharRNN without an embedding, whose rnn reads one-hot rows"""

    def __init__(self, vocab_size, hidden_size):
        super().__init__(vocab_size, hidden_size)
        del self.embedding
        self.rnn = nn.RNN(vocab_size, hidden_size)
        self.vocab_size = vocab_size

    def forward(self, tokens, h=None):
        rows = F.one_hot(tokens, self.vocab_size).to(self.linear.weight.dtype)
        outputs, h = self.rnn(rows, h)
        return self.linear(outputs), h


# fmt: off
changed("greedy_sample", name="begins_anew",
        h=lambda h: None if h is None else torch.zeros_like(h),
        like="tokens that follow from a state of zeros",
        ask="What is the state for that you are given?")
changed("greedy_sample", name="goes_one_too_far", length=lambda length: length + 1,
        like="the right tokens, and one more",
        ask="How many new tokens are length tokens?")
# fmt: on


def _walk(model, first, h, length, pick, *, feed=None, keep=None):
    """Other rules: which token, what the model reads next, and with which state."""
    found, token, given = [], first, h
    for _ in range(length):
        logits, new = model(token[None], h)
        token = pick(logits[-1])
        found.append(token)
        token = token if feed is None else feed(found)
        h = new if keep is None else keep(given, new)
    return torch.stack(found) if found else first.new_empty(0, len(first))


def _largest(logits):
    return logits.argmax(-1)


@mistake(question="What does the model read in the second step?")
def greedy_sample__always_feeds_the_first(model, first, h, length):
    """tokens of a model that reads the first token at each step"""
    return _walk(model, first, h, length, _largest, feed=lambda found: first)


@mistake(question="Who remembers how far the text has come?")
def greedy_sample__keeps_the_first_state(model, first, h, length):
    """tokens of a model that begins each step with the state that was given"""
    return _walk(model, first, h, length, _largest, keep=lambda given, new: given)


@mistake(question="Who remembers how far the text has come?")
def greedy_sample__drops_the_state(model, first, h, length):
    """tokens of a model that begins each step after the first with a state of zeros"""
    return _walk(model, first, h, length, _largest, keep=lambda given, new: new * 0)


@mistake(question="Is the first token among the new ones?")
def greedy_sample__counts_the_first(model, first, h, length):
    """the first token and those after it, one too few"""
    found = reference.greedy_sample(model, first, h, length)
    return torch.cat([first[None], found])[:length]


@mistake(question="How long is the answer, and is the first token a part of it?")
def greedy_sample__puts_the_first_before(model, first, h, length):
    """the first token before all the new ones"""
    return torch.cat([first[None], reference.greedy_sample(model, first, h, length)])


@mistake(question="How many tokens does your loop find?")
def greedy_sample__stops_one_short(model, first, h, length):
    """the tokens without the last one"""
    return reference.greedy_sample(model, first, h, length)[: max(length - 1, 0)]


@mistake(question="What is the first token that the model finds?")
def greedy_sample__skips_the_first_new_one(model, first, h, length):
    """the tokens from the second new one on"""
    return reference.greedy_sample(model, first, h, length + 1)[1:]


@mistake(question="Of which tokens is the largest logit?")
def greedy_sample__takes_the_least_likely(model, first, h, length):
    """the least likely token at each step"""
    return _walk(model, first, h, length, lambda logits: logits.argmin(-1))


@mistake(question="Of equal logits, which index did you take?")
def greedy_sample__takes_the_last_of_equals(model, first, h, length):
    """of equal logits the one with the largest index"""

    def last(logits):
        return logits.shape[-1] - 1 - logits.flip(-1).argmax(-1)

    return _walk(model, first, h, length, last)


@mistake(question="Does each of the texts find a token of its own?")
def greedy_sample__finds_one_token_for_all(model, first, h, length):
    """one token for all texts, the likeliest of the first text"""

    def of_the_first(logits):
        return logits[0].argmax(-1).expand(len(logits))

    return _walk(model, first, h, length, of_the_first)


@mistake(question="Which axis of the answer is time?")
def greedy_sample__puts_the_batch_first(model, first, h, length):
    """tokens of shape (N, length)"""
    return reference.greedy_sample(model, first, h, length).transpose(0, 1)


@mistake(question="What has the model read already, if its state is carried on?")
def greedy_sample__feeds_the_whole_text_again(model, first, h, length):
    """tokens of a model that reads the whole text again at each step, and goes on from
    the state of the step before"""
    text = first[None]
    for _ in range(length):
        logits, h = model(text, h)
        text = torch.cat([text, logits[-1:].argmax(-1)])
    return text[1:]


@mistake(question="What do you stack if there was no step?")
def greedy_sample__wants_a_step(model, first, h, length):
    """tokens that must be one at least"""
    return torch.stack(list(reference.greedy_sample(model, first, h, length)))
