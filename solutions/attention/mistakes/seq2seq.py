"""The classic wrong turns in seq2seq.py."""

from __future__ import annotations

import math

import torch
from torch import nn

from autograder import changed, mistake, reference


def _allowed(scores, mask):
    """What may be attended to, as a table."""
    if mask is None:
        return torch.ones_like(scores, dtype=torch.bool)
    return mask.expand_as(scores)


def _softmax(scores, mask, dim=-1):
    allowed = _allowed(scores, mask)
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(~allowed, lowest).softmax(dim).masked_fill(~allowed, 0.0)


def _dots(state, states):
    return torch.einsum("nh,nsh->ns", state, states)


def _mean(weights, states):
    return torch.einsum("ns,nsh->nh", weights, states)


def _look(weights, states):
    return _mean(weights, states), weights


# fmt: off
changed("attention_step", name="sees_everything", mask=None,
        like="a look at all states, as if there were no mask",
        ask="Which argument does not appear in your output?")
changed("attention_step", name="inverts_the_mask",
        mask=lambda mask: None if mask is None else ~mask,
        like="a look at the states where the mask is False",
        ask="What does True say in this mask?")
changed("attention_step", name="scales",
        decoder_state=lambda decoder_state:
            decoder_state / decoder_state.shape[-1] ** 0.5,
        like="a look with scores that are divided by the root of H",
        ask="Does this formula have a factor before the dot product?")
changed("attention_step", name="compares_directions",
        decoder_state=lambda decoder_state:
            nn.functional.normalize(decoder_state, dim=-1),
        like="a look with scores that ignore the length of the decoder's state",
        ask="Is a dot product the cosine of an angle?")
# fmt: on


@mistake(question="Along which axis do the weights sum to 1?")
def attention_step__softmax_over_the_batch(decoder_state, encoder_states, mask=None):
    """a look whose weights sum to 1 over the texts of the batch"""
    scores = _dots(decoder_state, encoder_states)
    return _look(_softmax(scores, mask, 0), encoder_states)


@mistake(question="What makes weights of the scores?")
def attention_step__no_softmax(decoder_state, encoder_states, mask=None):
    """a look with the scores for weights, without a softmax"""
    scores = _dots(decoder_state, encoder_states)
    return _look(scores * _allowed(scores, mask), encoder_states)


@mistake(question="Which axes does squeeze() take away, if it is told none?")
def attention_step__drops_axes_of_one(decoder_state, encoder_states, mask=None):
    """the right look without the axis of a batch of one, or of a single state"""
    context, weights = reference.attention_step(decoder_state, encoder_states, mask)
    return context.squeeze(), weights.squeeze()


@mistake(question="What is the weight of a state for?")
def attention_step__plain_mean(decoder_state, encoder_states, mask=None):
    """the right weights, with the plain mean of all states for a context"""
    weights = reference.attention_step(decoder_state, encoder_states, mask)[1]
    return encoder_states.mean(1), weights


@mistake(question="Does the context hold one state, or a mean of all?")
def attention_step__takes_the_best(decoder_state, encoder_states, mask=None):
    """the right weights, with the state of the largest one for a context"""
    weights = reference.attention_step(decoder_state, encoder_states, mask)[1]
    best = weights.argmax(-1)
    return encoder_states[torch.arange(len(best)), best], weights


@mistake(question="What is exp(0)?")
def attention_step__multiplies_the_scores_by_the_mask(
    decoder_state, encoder_states, mask=None
):
    """a look in which a masked score is 0 before the softmax"""
    scores = _dots(decoder_state, encoder_states)
    return _look((scores * _allowed(scores, mask)).softmax(-1), encoder_states)


@mistake(question="Do the weights that are left still sum to 1?")
def attention_step__masks_after_the_softmax(decoder_state, encoder_states, mask=None):
    """a look that drops masked weights after the softmax and shares nothing out"""
    scores = _dots(decoder_state, encoder_states)
    return _look(scores.softmax(-1) * _allowed(scores, mask), encoder_states)


@mistake(question="What is 0 divided by 0?")
def attention_step__of_nothing_is_nan(decoder_state, encoder_states, mask=None):
    """a look that is NaN where there is nothing to attend to"""
    scores = _dots(decoder_state, encoder_states)
    scores = scores.masked_fill(~_allowed(scores, mask), -math.inf)
    return _look(scores.softmax(-1), encoder_states)


@mistake(question="What does a softmax make of a row in which all scores are equal?")
def attention_step__attends_evenly_to_nothing(decoder_state, encoder_states, mask=None):
    """a look that attends evenly to all states where it may attend to none"""
    scores = _dots(decoder_state, encoder_states)
    scores = scores.masked_fill(~_allowed(scores, mask), -1e30)
    return _look(scores.softmax(-1), encoder_states)


# fmt: off
changed("additive_attention_step", name="sees_everything", mask=None,
        like="a look at all states, as if there were no mask",
        ask="Which argument does not appear in your output?")
changed("additive_attention_step", name="inverts_the_mask",
        mask=lambda mask: None if mask is None else ~mask,
        like="a look at the states where the mask is False",
        ask="What does True say in this mask?")
changed("additive_attention_step", name="swaps_the_weights",
        weight_query=lambda weight_key: weight_key,
        weight_key=lambda weight_query: weight_query,
        like="a look with the two matrices changed about",
        ask="Which matrix belongs to the decoder, and which one to the encoder?")
changed("additive_attention_step", name="one_matrix_for_both",
        weight_query=lambda weight_key: weight_key,
        like="a look with one matrix for the decoder's state and the encoder's",
        ask="Which argument does not appear in your output?")
changed("additive_attention_step", name="forgets_v",
        v=lambda v: torch.ones_like(v),
        like="a look with the sum of the tanh, without v",
        ask="Which argument does not appear in your output?")
changed("additive_attention_step", name="scales",
        v=lambda v: v / len(v) ** 0.5,
        like="a look with scores that are divided by the root of A",
        ask="Does this formula have a factor before v?")
# fmt: on


def _additive(state, states, weight_query, weight_key, v, mask, bend=torch.tanh):
    layer = bend((state @ weight_query.T)[:, None] + states @ weight_key.T)
    return _look(_softmax(layer @ v, mask), states)


@mistake(question="What bends the straight line between the layers?")
def additive_attention_step__no_tanh(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look with scores that have no tanh"""
    given = decoder_state, encoder_states, weight_query, weight_key, v, mask
    return _additive(*given, bend=lambda x: x)


@mistake(question="Which function bends the sum, and which values does it take?")
def additive_attention_step__relu(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look with a ReLU in place of the tanh"""
    given = decoder_state, encoder_states, weight_query, weight_key, v, mask
    return _additive(*given, bend=torch.relu)


@mistake(question="Which function bends the sum, and which values does it take?")
def additive_attention_step__sigmoid(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look with a sigmoid in place of the tanh"""
    given = decoder_state, encoder_states, weight_query, weight_key, v, mask
    return _additive(*given, bend=torch.sigmoid)


# Who adds two tanh gets this, too: v . tanh(W_q s) is one number for all j, and a
# softmax takes no notice of it.
@mistake(question="Which two vectors meet inside the tanh of state j?")
def additive_attention_step__ignores_the_state(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look whose weights are the same, whatever the decoder's state is"""
    query = (decoder_state @ weight_query.T).tanh()[:, None]
    layer = query + (encoder_states @ weight_key.T).tanh()
    return _look(_softmax(layer @ v, mask), encoder_states)


@mistake(question="What is done with the two vectors inside the tanh?")
def additive_attention_step__multiplies(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look with the tanh of a product where a sum belongs"""
    query = (decoder_state @ weight_query.T)[:, None]
    layer = (query * (encoder_states @ weight_key.T)).tanh()
    return _look(_softmax(layer @ v, mask), encoder_states)


@mistake(question="What is the context a mean of?")
def additive_attention_step__reads_the_keys(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """the right weights, with a context made of what weight_key makes of the states"""
    given = decoder_state, encoder_states, weight_query, weight_key, v, mask
    weights = reference.additive_attention_step(*given)[1]
    return _look(weights, encoder_states @ weight_key.T)


@mistake(question="Along which axis do the weights sum to 1?")
def additive_attention_step__softmax_over_the_batch(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look whose weights sum to 1 over the texts of the batch"""
    layer = (decoder_state @ weight_query.T)[:, None] + encoder_states @ weight_key.T
    return _look(_softmax(layer.tanh() @ v, mask, 0), encoder_states)


@mistake(question="Which axes does squeeze() take away, if it is told none?")
def additive_attention_step__drops_axes_of_one(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """the right look without the axis of a batch of one, or of a single state"""
    given = decoder_state, encoder_states, weight_query, weight_key, v, mask
    context, weights = reference.additive_attention_step(*given)
    return context.squeeze(), weights.squeeze()


@mistake(question="What is 0 divided by 0?")
def additive_attention_step__of_nothing_is_nan(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look that is NaN where there is nothing to attend to"""
    layer = (decoder_state @ weight_query.T)[:, None] + encoder_states @ weight_key.T
    scores = layer.tanh() @ v
    scores = scores.masked_fill(~_allowed(scores, mask), -math.inf)
    return _look(scores.softmax(-1), encoder_states)


@mistake(question="What does a softmax make of a row in which all scores are equal?")
def additive_attention_step__attends_evenly_to_nothing(
    decoder_state, encoder_states, weight_query, weight_key, v, mask=None
):
    """a look that attends evenly to all states where it may attend to none"""
    layer = (decoder_state @ weight_query.T)[:, None] + encoder_states @ weight_key.T
    scores = layer.tanh() @ v
    scores = scores.masked_fill(~_allowed(scores, mask), -1e30)
    return _look(scores.softmax(-1), encoder_states)


class _Decoder(reference.AttentionDecoder):
    """The right decoder in parts, each of which a mistake may change."""

    def fed_at_first(self, h0):
        return torch.zeros_like(h0)

    def fed(self, o, context, h):
        return o

    def cell_input(self, x, o):
        return torch.cat([x, o], -1) if self.input_feeding else x

    def asks(self, new, old):
        return new

    def look(self, query, states, mask):
        return reference.attention_step(query, states, mask)

    def mixed(self, context, h):
        return self.combine(torch.cat([context, h], -1)).tanh()

    def logits(self, o, h):
        return self.output(o)

    def carried(self, h, h0):
        return h

    def forward(self, targets_in, encoder_states, h0, mask=None):
        h, o = h0, self.fed_at_first(h0)
        found = []
        for x in self.embedding(targets_in):
            old, h = h, self.cell(self.cell_input(x, o), h)
            context, weights = self.look(self.asks(h, old), encoder_states, mask)
            o = self.mixed(context, h)
            found.append((self.logits(o, h), weights))
            o, h = self.fed(o, context, h), self.carried(h, h0)
        logits, weights = zip(*found)
        return torch.stack(logits), torch.stack(weights)


@mistake(question="Which state is the newest when the decoder looks back?")
class AttentionDecoder__asks_with_the_old_state(_Decoder):
    """a decoder that looks back with the state from before the step"""

    def asks(self, new, old):
        return old


@mistake(question="At step t, which o is there already when the cell begins?")
class AttentionDecoder__feeds_the_present_step(_Decoder):
    """a decoder that looks first, with the old state, and feeds this step's o"""

    def forward(self, targets_in, encoder_states, h0, mask=None):
        h, found = h0, []
        for x in self.embedding(targets_in):
            context, weights = self.look(h, encoder_states, mask)
            o = self.mixed(context, h)
            h = self.cell(self.cell_input(x, o), h)
            found.append((self.logits(o, h), weights))
        logits, weights = zip(*found)
        return torch.stack(logits), torch.stack(weights)


@mistake(question="What is fed into the next step: the state, the context, or o?")
class AttentionDecoder__feeds_the_state(_Decoder):
    """a decoder that feeds its hidden state into the next step, and not o"""

    def fed(self, o, context, h):
        return h


@mistake(question="What is fed into the next step: the state, the context, or o?")
class AttentionDecoder__feeds_the_context(_Decoder):
    """a decoder that feeds the context into the next step, and not o"""

    def fed(self, o, context, h):
        return context


@mistake(question="What was the attention's output before the first step?")
class AttentionDecoder__feeds_h0_at_first(_Decoder):
    """a decoder that feeds h0 into the first step, where o is zero"""

    def fed_at_first(self, h0):
        return h0


@mistake(question="Where does o go after a step with input feeding?")
class AttentionDecoder__feeds_nothing(_Decoder):
    """a decoder that feeds zeros into every step"""

    def fed(self, o, context, h):
        return torch.zeros_like(o)


@mistake(question="In which order does the cell read the embedding and o?")
class AttentionDecoder__feeds_before_the_embedding(_Decoder):
    """a decoder whose cell reads o before the embedding, and not behind it"""

    def cell_input(self, x, o):
        return torch.cat([o, x], -1) if self.input_feeding else x


@mistake(question="In which order are context and state put together?")
class AttentionDecoder__mixes_the_state_first(_Decoder):
    """a decoder that gives combine the state before the context"""

    def mixed(self, context, h):
        return self.combine(torch.cat([h, context], -1)).tanh()


@mistake(question="What comes after combine?")
class AttentionDecoder__no_tanh(_Decoder):
    """a decoder whose o has no tanh"""

    def mixed(self, context, h):
        return self.combine(torch.cat([context, h], -1))


@mistake(question="What do the logits know of the source?")
class AttentionDecoder__logits_from_the_state(_Decoder):
    """a decoder whose logits come from the state, and not from o"""

    def logits(self, o, h):
        return self.output(h)


@mistake(question="What does cross_entropy do first with what the decoder returns?")
class AttentionDecoder__returns_probabilities(_Decoder):
    """the softmax of the logits"""

    def logits(self, o, h):
        return self.output(o).softmax(-1)


@mistake(question="What has to come out of the decoder when it is tested?")
class AttentionDecoder__returns_probabilities_in_eval(_Decoder):
    """the softmax of the logits as soon as the decoder is in eval mode"""

    def logits(self, o, h):
        logits = self.output(o)
        return logits if self.training else logits.softmax(-1)


@mistake(question="Which state does step 2 begin with?")
class AttentionDecoder__begins_anew_at_each_step(_Decoder):
    """a decoder that begins each step with h0"""

    def carried(self, h, h0):
        return h0


@mistake(question="Where does the decoder's first state come from?")
class AttentionDecoder__begins_with_zeros(_Decoder):
    """a decoder that begins with a state of zeros, whatever h0 is"""

    def forward(self, targets_in, encoder_states, h0, mask=None):
        return super().forward(targets_in, encoder_states, torch.zeros_like(h0), mask)


@mistake(question="Does this attention have a factor before the dot product?")
class AttentionDecoder__scales(_Decoder):
    """a decoder that divides its scores by the root of H"""

    def look(self, query, states, mask):
        return super().look(query / query.shape[-1] ** 0.5, states, mask)


@mistake(question="Which argument does not appear in your output?")
class AttentionDecoder__sees_everything(_Decoder):
    """a decoder that looks at all states, as if there were no mask"""

    def look(self, query, states, mask):
        return super().look(query, states, None)


@mistake(question="What is 0 divided by 0?")
class AttentionDecoder__of_nothing_is_nan(_Decoder):
    """a decoder that is NaN where there is nothing to attend to"""

    def look(self, query, states, mask):
        scores = _dots(query, states)
        scores = scores.masked_fill(~_allowed(scores, mask), -math.inf)
        return _look(scores.softmax(-1), states)


@mistake(question="Which tokens does the decoder read while it is trained?")
class AttentionDecoder__reads_what_it_wrote(_Decoder):
    """a decoder that reads the likeliest token of the step before, not the true one"""

    def forward(self, targets_in, encoder_states, h0, mask=None):
        h, o, found = h0, torch.zeros_like(h0), []
        token = targets_in[0]
        for _ in targets_in:
            h = self.cell(self.cell_input(self.embedding(token), o), h)
            context, weights = self.look(h, encoder_states, mask)
            o = self.mixed(context, h)
            found.append((self.output(o), weights))
            token = found[-1][0].argmax(-1)
        logits, weights = zip(*found)
        return torch.stack(logits), torch.stack(weights)


def _captioned(model, text, image, value=None, scale=None, dim=-1):
    query, key = model.query(text), model.key(image)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    weights = (query @ key.mT * scale).softmax(dim)
    return weights @ (model.value(image) if value is None else value), weights


@mistake(question="Who asks here, and who answers?")
class CaptioningAttention__asks_from_the_image(reference.CaptioningAttention):
    """attention in which the image asks and the text answers"""

    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__(image_dim, text_dim, attention_dim)

    def forward(self, text, image):
        return super().forward(image, text)


@mistake(question="Which linear layer has no part in the output?")
class CaptioningAttention__reads_the_keys(reference.CaptioningAttention):
    """attention that reads from the keys, and not from the values"""

    def forward(self, text, image):
        return _captioned(self, text, image, value=self.key(image))


@mistake(question="What happens to a dot product when the vectors grow longer?")
class CaptioningAttention__no_scale(reference.CaptioningAttention):
    """attention without the factor 1 / sqrt(attention_dim)"""

    def forward(self, text, image):
        return _captioned(self, text, image, scale=1.0)


@mistake(
    question="Which vectors are multiplied in a score? How many features have they?"
)
class CaptioningAttention__scales_by_the_text(reference.CaptioningAttention):
    """attention with scores that are divided by the root of text_dim"""

    def forward(self, text, image):
        return _captioned(self, text, image, scale=text.shape[-1] ** -0.5)


@mistake(
    question="Which vectors are multiplied in a score? How many features have they?"
)
class CaptioningAttention__scales_by_the_image(reference.CaptioningAttention):
    """attention with scores that are divided by the root of image_dim"""

    def forward(self, text, image):
        return _captioned(self, text, image, scale=image.shape[-1] ** -0.5)


@mistake(question="Along which axis do the weights sum to 1?")
class CaptioningAttention__softmax_over_the_words(reference.CaptioningAttention):
    """attention whose weights sum to 1 over the words"""

    def forward(self, text, image):
        return _captioned(self, text, image, dim=1)


@mistake(question="Along which axis do the weights sum to 1?")
class CaptioningAttention__softmax_over_the_batch(reference.CaptioningAttention):
    """attention whose weights sum to 1 over the images of the batch"""

    def forward(self, text, image):
        return _captioned(self, text, image, dim=0)


@mistake(question="What does a linear layer add that has a bias?")
class CaptioningAttention__leaves_the_biases_out(reference.CaptioningAttention):
    """attention whose linear layers have no biases"""

    def __init__(self, text_dim, image_dim, attention_dim):
        super().__init__(text_dim, image_dim, attention_dim)
        for layer in (self.query, self.key, self.value):
            layer.bias = None
