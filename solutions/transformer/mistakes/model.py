"""The classic wrong turns in model.py."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from autograder import changed, mistake, reference

# fmt: off
changed("Transformer.forward", name="sees_the_padding", source_lengths=None,
        like="a Transformer that attends to the padding as to all else",
        ask="Which argument does not appear in your output?")
changed("Transformer.forward", name="counts_one_token_too_many",
        source_lengths=lambda source_lengths: (
            None if source_lengths is None else source_lengths + 1),
        like="a Transformer that attends to the first token of the padding",
        ask="A source has length 2: at which positions are its tokens?")
changed("Transformer.forward", name="drops_the_last_token",
        source_lengths=lambda source_lengths: (
            None if source_lengths is None else source_lengths - 1),
        like="a Transformer that hides the last token of each source",
        ask="A source has length 2: at which positions are its tokens?")
changed("Transformer", name="has_one_head", num_heads=1,
        like="a Transformer with a single head in each attention",
        ask="Which argument of the constructor does not appear in your output?")
# fmt: on


class Parts(reference.Transformer):
    """What the mistakes below are made of: the steps, one after the other."""

    def scaled(self, vectors):
        return vectors * vectors.shape[-1] ** 0.5

    def placed(self, vectors):
        _, length, d_model = vectors.shape
        sines = reference.of("positions").positional_encoding(length, d_model)
        return vectors + sines.to(vectors)

    def read(self, source):
        return self.placed(self.scaled(self.source_embedding(source)))

    def written(self, target):
        return self.placed(self.scaled(self.target_embedding(target)))

    def future(self, length):
        return torch.ones(length, length, dtype=torch.bool).tril()

    def encoded(self, source, present):
        memory = self.read(source)
        for layer in self.encoder:
            memory = layer(memory, present)
        return memory

    def decoded(self, target, memory, present):
        x = self.written(target)
        for layer in self.decoder:
            x = layer(x, memory, self.future(target.shape[1]), present)
        return x

    def masked(self, source, lengths):
        if lengths is None:
            return None
        places = torch.arange(source.shape[1])
        return (places < lengths[:, None])[:, None, None]

    def forward(self, source, target, source_lengths=None):
        present = self.masked(source, source_lengths)
        memory = self.encoded(source, present)
        return self.output(self.decoded(target, memory, present))


@mistake(question="How large are the embeddings beside the sines?")
class Transformer__does_not_scale(Parts):
    """a Transformer whose embeddings are not multiplied by sqrt(d_model)"""

    def scaled(self, vectors):
        return vectors


@mistake(question="Is the root of d_model a factor here, or a divisor?")
class Transformer__divides_by_the_root(Parts):
    """a Transformer whose embeddings are divided by sqrt(d_model)"""

    def scaled(self, vectors):
        return vectors / vectors.shape[-1] ** 0.5


@mistake(question="By what are the embeddings multiplied, and by what at d_model = 16?")
class Transformer__scales_by_d_model(Parts):
    """a Transformer whose embeddings are multiplied by d_model"""

    def scaled(self, vectors):
        return vectors * vectors.shape[-1]


@mistake(
    question="What is multiplied by the root: the embeddings, or the sines as well?"
)
class Transformer__scales_the_positions(Parts):
    """a Transformer that adds the positions first and then multiplies both"""

    def read(self, source):
        return self.scaled(self.placed(self.source_embedding(source)))

    def written(self, target):
        return self.scaled(self.placed(self.target_embedding(target)))


@mistake(question="What would come out if the source's tokens stood in another order?")
class Transformer__has_no_positions(Parts):
    """a Transformer that adds no positions to its embeddings"""

    def placed(self, vectors):
        return vectors


@mistake(question="How does the decoder know the order of the target?")
class Transformer__has_positions_in_the_source_only(Parts):
    """a Transformer that adds positions to the source and not to the target"""

    def written(self, target):
        return self.scaled(self.target_embedding(target))


@mistake(question="What would come out if the source's tokens stood in another order?")
class Transformer__has_positions_in_the_target_only(Parts):
    """a Transformer that adds positions to the target and not to the source"""

    def read(self, source):
        return self.scaled(self.source_embedding(source))


@mistake(question="May position 0 of the target know the token at position 1?")
class Transformer__sees_the_future(Parts):
    """a Transformer whose target has no mask"""

    def future(self, length):
        return None


@mistake(question="May a position of the target attend to itself?")
class Transformer__does_not_see_itself(Parts):
    """a Transformer whose positions see what is before them and not themselves"""

    def future(self, length):
        return torch.ones(length, length, dtype=torch.bool).tril(-1)


@mistake(question="In which row of the mask is only one key to be seen?")
class Transformer__sees_the_future_alone(Parts):
    """a Transformer whose positions see themselves and what comes later"""

    def future(self, length):
        return torch.ones(length, length, dtype=torch.bool).triu()


@mistake(question="Who must not attend to padding: the encoder alone?")
class Transformer__reads_padding_in_the_decoder(Parts):
    """a Transformer that hides the padding in its encoder and not in its decoder"""

    def decoded(self, target, memory, present):
        return super().decoded(target, memory, None)


@mistake(question="Who must not attend to padding: the decoder alone?")
class Transformer__reads_padding_in_the_encoder(Parts):
    """a Transformer that hides the padding in its decoder and not in its encoder"""

    def encoded(self, source, present):
        return super().encoded(source, None)


@mistake(question="What does True mean in a mask of this course?")
class Transformer__reads_padding_alone(Parts):
    """a Transformer that attends to the padding and to nothing else"""

    def masked(self, source, lengths):
        present = super().masked(source, lengths)
        return None if present is None else ~present


@mistake(question="How many layers of each kind are there, and is each of them used?")
class Transformer__uses_one_layer(Parts):
    """a Transformer that uses only the first layer of each stack"""

    def encoded(self, source, present):
        memory = self.read(source)
        return self.encoder[0](memory, present) if len(self.encoder) else memory

    def decoded(self, target, memory, present):
        x = self.written(target)
        if not len(self.decoder):
            return x
        return self.decoder[0](x, memory, self.future(target.shape[1]), present)


@mistake(question="When is the memory complete, and who reads it?")
class Transformer__reads_layer_by_layer(Parts):
    """a Transformer whose decoder layer n reads what encoder layer n puts out"""

    def forward(self, source, target, source_lengths=None):
        present = self.masked(source, source_lengths)
        memory, x = self.read(source), self.written(target)
        past = self.future(target.shape[1])
        for encoder, decoder in zip(self.encoder, self.decoder):
            memory = encoder(memory, present)
            x = decoder(x, memory, past, present)
        return self.output(x)


@mistake(question="What does the decoder read: the source, or what was made of it?")
class Transformer__skips_the_encoder(Parts):
    """a Transformer whose decoder reads the embeddings of the source"""

    def encoded(self, source, present):
        return self.read(source)


@mistake(question="Which layers come with a norm of their own, and is one left over?")
class Transformer__norms_at_the_end(Parts):
    """a Transformer with one more norm after each stack"""

    def encoded(self, source, present):
        memory = super().encoded(source, present)
        return F.layer_norm(memory, memory.shape[-1:])

    def decoded(self, target, memory, present):
        x = super().decoded(target, memory, present)
        return F.layer_norm(x, x.shape[-1:])


@mistake(question="Are the norms in their branches, or after the sums?")
class Transformer__norms_first(reference.Transformer):
    """a Transformer whose layers have their norms first"""

    def __init__(self, *args):
        super().__init__(*args)
        for layer in [*self.encoder, *self.decoder]:
            layer.norm_first = True


@mistake(question="What does cross_entropy do first with what the model returns?")
class Transformer__returns_probabilities(reference.Transformer):
    """the softmax of the logits"""

    def forward(self, source, target, source_lengths=None):
        return super().forward(source, target, source_lengths).softmax(-1)


@mistake(question="What does cross_entropy do first with what the model returns?")
class Transformer__returns_log_probabilities(reference.Transformer):
    """the logarithms of the probabilities"""

    def forward(self, source, target, source_lengths=None):
        return super().forward(source, target, source_lengths).log_softmax(-1)


@mistake(question="Of which positions does the contract want logits?")
class Transformer__of_the_last_position(reference.Transformer):
    """the logits of the last position alone"""

    def forward(self, source, target, source_lengths=None):
        return super().forward(source, target, source_lengths)[:, -1]


# fmt: off
changed("greedy_decode", start=lambda end: end, name="starts_with_the_end",
        like="translations that begin with the end",
        ask="What is the first token of a translation?")
changed("greedy_decode", max_length=lambda max_length: max_length + 1,
        name="does_not_count_the_start",
        like="translations with one token too many",
        ask="Does the first column count?")
changed("transformer_parameters", name="swaps_the_vocabularies",
        source_vocab=lambda target_vocab: target_vocab,
        target_vocab=lambda source_vocab: source_vocab,
        like="the number for source and target the other way round",
        ask="Of which vocabulary are the logits?")
changed("transformer_parameters", name="has_one_layer", num_layers=1,
        like="the number of parameters of a model with one layer in each stack",
        ask="Which argument does not appear in your formula?")
# fmt: on


def decoded(model, source, start, end, max_length, pick, fill=None, stop=None):
    """Greedy decoding with other parts: what is picked, filled up, and ends it."""
    target = source.new_full((len(source), 1), start)
    ended = torch.zeros(len(source), dtype=torch.bool)
    with torch.no_grad():
        while target.shape[1] < max_length and not (stop or torch.all)(ended):
            token = pick(model(source, target))
            if fill is not None:
                token = torch.where(ended, fill, token)
            target = torch.cat([target, token[:, None]], 1)
            ended = ended | (token == end)
    return target


def likeliest(logits):
    """The token that the last position finds likeliest."""
    return logits[:, -1].argmax(-1)


@mistake(question="What comes after an end?")
def greedy_decode__goes_on_after_the_end(model, source, start, end, max_length):
    """translations that go on behind their end until all others have ended"""
    return decoded(model, source, start, end, max_length, likeliest)


@mistake(question="When has the last row ended?")
def greedy_decode__stops_with_the_first(model, source, start, end, max_length):
    """translations that all stop where the first of them ends"""
    return decoded(
        model, source, start, end, max_length, likeliest, end, lambda ended: ended.any()
    )


@mistake(question="With what is a row filled up that has ended?")
def greedy_decode__fills_with_zeros(model, source, start, end, max_length):
    """translations with zeros behind their end"""
    return decoded(model, source, start, end, max_length, likeliest, 0)


@mistake(question="What is there to do when all rows have ended?")
def greedy_decode__never_stops_early(model, source, start, end, max_length):
    """translations that all have max_length columns"""
    return decoded(
        model, source, start, end, max_length, likeliest, end, lambda ended: False
    )


@mistake(question="Which position tells what comes after the last token?")
def greedy_decode__reads_the_first_position(model, source, start, end, max_length):
    """translations from the logits of position 0 in every step"""
    return decoded(
        model, source, start, end, max_length, lambda x: x[:, 0].argmax(-1), end
    )


@mistake(question="What does the decoder know of the tokens before the last one?")
def greedy_decode__shows_the_last_token_only(model, source, start, end, max_length):
    """translations by a model that is shown the last token and not those before it"""
    target = source.new_full((len(source), 1), start)
    ended = torch.zeros(len(source), dtype=torch.bool)
    with torch.no_grad():
        while target.shape[1] < max_length and not ended.all():
            token = likeliest(model(source, target[:, -1:])).masked_fill(ended, end)
            target = torch.cat([target, token[:, None]], 1)
            ended = ended | (token == end)
    return target


@mistake(question="Is the start token part of what you return?")
def greedy_decode__drops_the_start(model, source, start, end, max_length):
    """translations without their start column"""
    return reference.greedy_decode(model, source, start, end, max_length)[:, 1:]


@mistake(question="Which of several equal numbers is taken?")
def greedy_decode__takes_the_last_of_equals(model, source, start, end, max_length):
    """translations that take the largest of several equally likely tokens"""

    def pick(logits):
        return logits.shape[-1] - 1 - logits[:, -1].flip(-1).argmax(-1)

    return decoded(model, source, start, end, max_length, pick, end)


@mistake(question="Can a row end before the model has said anything?")
def greedy_decode__ends_at_its_start(model, source, start, end, max_length):
    """translations that have ended already where the start token is the end token"""
    if start == end:
        return source.new_full((len(source), 1), start)
    return reference.greedy_decode(model, source, start, end, max_length)


@mistake(question="Which shape has the translation of a single source?")
def greedy_decode__squeezes(model, source, start, end, max_length):
    """translations that have lost their axes of size 1"""
    return reference.greedy_decode(model, source, start, end, max_length).squeeze()


@mistake(question="Of several numbers below zero, which is the largest?")
def greedy_decode__looks_for_what_is_positive(model, source, start, end, max_length):
    """translations by the first token whose logit is above zero, or by token 0"""

    def pick(logits):
        return (logits[:, -1] > 0).long().argmax(-1)

    return decoded(model, source, start, end, max_length, pick, end)


def parameters(
    source_vocab, target_vocab, d_model, d_ff, num_layers, maps=4, norms=(2, 3), bias=1
):
    """The number with other parts."""
    attention = maps * d_model * (d_model + bias)
    network = d_ff * (d_model + bias) + d_model * (d_ff + bias)
    layers = 3 * attention + 2 * network + sum(norms) * 2 * d_model
    rest = (source_vocab + target_vocab) * d_model + target_vocab * (d_model + bias)
    return num_layers * layers + rest


@mistake(question="Which map brings the features of all heads together?")
def transformer_parameters__forgets_the_output_maps(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number without the output map of each attention"""
    return parameters(source_vocab, target_vocab, d_model, d_ff, num_layers, maps=3)


@mistake(question="What does a norm learn?")
def transformer_parameters__forgets_the_norms(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number without the norms"""
    return parameters(
        source_vocab, target_vocab, d_model, d_ff, num_layers, norms=(0, 0)
    )


@mistake(question="How many norms has a decoder layer?")
def transformer_parameters__counts_two_norms_in_the_decoder(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number for decoder layers with two norms"""
    return parameters(
        source_vocab, target_vocab, d_model, d_ff, num_layers, norms=(2, 2)
    )


@mistake(question="Which layers have biases?")
def transformer_parameters__forgets_the_biases(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number without the biases of all linear layers"""
    return parameters(source_vocab, target_vocab, d_model, d_ff, num_layers, bias=0)


@mistake(question="Which layer comes last, and has it a bias?")
def transformer_parameters__forgets_the_output_bias(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number without the bias of the output layer"""
    given = source_vocab, target_vocab, d_model, d_ff, num_layers
    return reference.transformer_parameters(*given) - target_vocab


# The embedding's or the output layer's: the number is the same.
@mistake(question="Which two parts of the model have so many weights as that?")
def transformer_parameters__counts_one_matrix_of_the_target(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number with target_vocab * d_model weights once, where two parts have them"""
    given = source_vocab, target_vocab, d_model, d_ff, num_layers
    return reference.transformer_parameters(*given) - target_vocab * d_model


@mistake(question="Which layers come before the first attention, and after the last?")
def transformer_parameters__counts_layers_only(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number of the encoder and decoder layers alone"""
    return parameters(0, 0, d_model, d_ff, num_layers)


@mistake(question="How many attentions has a decoder layer?")
def transformer_parameters__counts_decoders_as_encoders(
    source_vocab, target_vocab, d_model, d_ff, num_layers
):
    """the number for decoder layers that have a single attention and two norms"""
    attention = 4 * d_model * (d_model + 1) + 2 * d_model
    given = source_vocab, target_vocab, d_model, d_ff, num_layers
    return reference.transformer_parameters(*given) - num_layers * attention
