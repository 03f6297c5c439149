"""The classic wrong turns in layers.py."""

from __future__ import annotations

import torch.nn.functional as F

from autograder import changed, mistake, reference

# fmt: off
changed("layer_norm", name="has_its_own_eps", eps=1e-5,
        like="a layer norm whose eps is always 1e-5",
        ask="Which argument does not appear in your output?")
changed("layer_norm", name="forgets_the_weight", weight=lambda weight: weight * 0 + 1,
        like="a layer norm that shifts its features and does not scale them",
        ask="Which argument does not appear in your output?")
changed("layer_norm", name="forgets_the_bias", bias=lambda bias: bias * 0,
        like="a layer norm that scales its features and does not shift them",
        ask="Which argument does not appear in your output?")
changed("layer_norm", name="scales_by_one_more", weight=lambda weight: weight + 1,
        like="a layer norm whose weight is a change and not the factor itself",
        ask="What comes out where the weight is zero?")
changed("feed_forward", name="forgets_the_first_bias", b1=lambda b1: b1 * 0,
        like="a feed-forward network whose first layer has no bias",
        ask="What does the ReLU see for a position of zeros?")
changed("feed_forward", name="forgets_the_second_bias", b2=lambda b2: b2 * 0,
        like="a feed-forward network whose second layer has no bias",
        ask="What comes out where the ReLU has left nothing?")
# fmt: on


@mistake(question="By how many numbers do you divide, and is one of them missing?")
def layer_norm__divides_by_one_less(x, weight, bias, eps=1e-5):
    """a layer norm whose variance is divided by d - 1"""
    centred = x - x.mean(-1, keepdim=True)
    variance = x.var(-1, keepdim=True, correction=1)
    return centred / (variance + eps).sqrt() * weight + bias


@mistake(question="What do you divide by where all features are alike?")
def layer_norm__adds_eps_outside_the_root(x, weight, bias, eps=1e-5):
    """a layer norm that adds eps to the root and not under it"""
    centred = x - x.mean(-1, keepdim=True)
    deviation = x.var(-1, keepdim=True, correction=0).sqrt()
    return centred / (deviation + eps) * weight + bias


@mistake(question="What is the mean of what you return, before the bias?")
def layer_norm__does_not_centre(x, weight, bias, eps=1e-5):
    """x divided by the root of its mean square, with no mean taken away"""
    square = x.square().mean(-1, keepdim=True)
    return x / (square + eps).sqrt() * weight + bias


@mistake(question="What is the variance of what you return, before the weight?")
def layer_norm__divides_by_the_variance(x, weight, bias, eps=1e-5):
    """a layer norm that divides by the variance and not by its root"""
    centred = x - x.mean(-1, keepdim=True)
    variance = x.var(-1, keepdim=True, correction=0)
    return centred / (variance + eps) * weight + bias


@mistake(question="If one position of a sequence changes, what happens to the others?")
def layer_norm__over_the_positions(x, weight, bias, eps=1e-5):
    """a norm over the first axis, of each feature by itself"""
    centred = x - x.mean(0, keepdim=True)
    variance = x.var(0, keepdim=True, correction=0)
    return centred / (variance + eps).sqrt() * weight + bias


@mistake(question="If one position of a sequence changes, what happens to the others?")
def layer_norm__over_the_last_two_axes(x, weight, bias, eps=1e-5):
    """a norm over all features of all positions of a sequence together"""
    axes = (-2, -1) if x.dim() > 1 else (-1,)
    centred = x - x.mean(axes, keepdim=True)
    variance = x.var(axes, keepdim=True, correction=0)
    return centred / (variance + eps).sqrt() * weight + bias


@mistake(
    question="How many digits are left if you take 100000000 away from 100000001?",
    rounding="test_layer_norm_far_from_zero",
)
def layer_norm__subtracts_squares(x, weight, bias, eps=1e-5):
    """a layer norm whose variance is mean(x^2) - mean(x)^2"""
    mean = x.mean(-1, keepdim=True)
    variance = x.square().mean(-1, keepdim=True) - mean.square()
    return (x - mean) / (variance + eps).sqrt() * weight + bias


@mistake(question="What would two linear maps in a row be without what is between?")
def feed_forward__has_no_relu(x, w1, b1, w2, b2):
    """two linear layers with nothing between them"""
    return F.linear(F.linear(x, w1, b1), w2, b2)


@mistake(question="After which of the two maps is the ReLU?")
def feed_forward__relu_at_the_end(x, w1, b1, w2, b2):
    """two linear layers and a ReLU after the second one"""
    return F.linear(F.linear(x, w1, b1), w2, b2).relu()


@mistake(question="Can what you return be negative?")
def feed_forward__relu_after_both(x, w1, b1, w2, b2):
    """a ReLU after the first linear layer and one more after the second"""
    return reference.feed_forward(x, w1, b1, w2, b2).relu()


@mistake(question="Which activation does the formula name?")
def feed_forward__gelu(x, w1, b1, w2, b2):
    """a feed-forward network with a GELU in place of its ReLU"""
    return F.linear(F.gelu(F.linear(x, w1, b1)), w2, b2)


@mistake(question="Who adds the input to the output: the network, or the layer?")
def feed_forward__adds_its_input(x, w1, b1, w2, b2):
    """a feed-forward network with x added to what comes out"""
    return x + reference.feed_forward(x, w1, b1, w2, b2)


# fmt: off
changed("EncoderLayer", name="norms_at_the_other_place",
        norm_first=lambda norm_first: not norm_first,
        like="an encoder layer with its norms at the other place",
        ask="Is a norm taken before the attention, or after the sum?")
changed("EncoderLayer.forward", name="sees_everything", mask=None,
        like="an encoder layer without a mask",
        ask="Which argument does not appear in your output?")
changed("EncoderLayer.forward", name="sees_what_is_hidden",
        mask=lambda mask: None if mask is None else ~mask,
        like="an encoder layer that attends where the mask is False",
        ask="What does True mean in a mask of this course, and what in torch's module?")
changed("EncoderLayer", name="has_one_head", num_heads=1,
        like="an encoder layer with a single head",
        ask="Which argument of the constructor does not appear in your output?")
# fmt: on


class Attended(reference.EncoderLayer):
    """What the mistakes below are made of: the two branches."""

    def attended(self, x, mask):
        return self.self_attn(x, x, x, mask)[0]

    def network(self, x):
        return self.linear2(self.linear1(x).relu())


@mistake(question="What does a shortcut carry past a norm?")
class EncoderLayer__shortcuts_from_the_norm(Attended):
    """an encoder layer whose sums begin with what has been through the norm"""

    def forward(self, x, mask=None):
        if not self.norm_first:
            return super().forward(x, mask)
        x = self.norm1(x)
        x = self.norm2(x + self.attended(x, mask))
        return x + self.network(x)


@mistake(question="What is left of x if the attention puts out zeros?")
class EncoderLayer__without_shortcuts(Attended):
    """an encoder layer that adds nothing to what its parts put out"""

    def forward(self, x, mask=None):
        if self.norm_first:
            x = self.attended(self.norm1(x), mask)
            return self.network(self.norm2(x))
        x = self.norm1(self.attended(x, mask))
        return self.norm2(self.network(x))


@mistake(
    question="What is left of x after the second branch if linear2 puts out zeros?"
)
class EncoderLayer__without_the_second_shortcut(Attended):
    """an encoder layer with one shortcut, around its attention"""

    def forward(self, x, mask=None):
        if self.norm_first:
            x = x + self.attended(self.norm1(x), mask)
            return self.network(self.norm2(x))
        x = self.norm1(x + self.attended(x, mask))
        return self.norm2(self.network(x))


@mistake(question="From where does the second shortcut start?")
class EncoderLayer__shortcut_from_the_input(Attended):
    """an encoder layer whose second sum begins with the layer's own input"""

    def forward(self, x, mask=None):
        if self.norm_first:
            seen = self.norm2(x + self.attended(self.norm1(x), mask))
            return x + self.network(seen)
        seen = self.norm1(x + self.attended(x, mask))
        return self.norm2(x + self.network(seen))


@mistake(question="How many norms has the layer, and which one is at each sum?")
class EncoderLayer__shares_one_norm(Attended):
    """an encoder layer that uses norm1 in both places"""

    def forward(self, x, mask=None):
        if self.norm_first:
            x = x + self.attended(self.norm1(x), mask)
            return x + self.network(self.norm1(x))
        x = self.norm1(x + self.attended(x, mask))
        return self.norm1(x + self.network(x))


@mistake(question="Which of the two norms belongs to the attention?")
class EncoderLayer__swaps_the_norms(Attended):
    """an encoder layer with norm1 and norm2 in each other's places"""

    def forward(self, x, mask=None):
        if self.norm_first:
            x = x + self.attended(self.norm2(x), mask)
            return x + self.network(self.norm1(x))
        x = self.norm2(x + self.attended(x, mask))
        return self.norm1(x + self.network(x))


@mistake(question="What is done last, and is it done for both values of norm_first?")
class EncoderLayer__forgets_the_last_norm(Attended):
    """an encoder layer without a norm after its second sum"""

    def forward(self, x, mask=None):
        if self.norm_first:
            return super().forward(x, mask)
        x = self.norm1(x + self.attended(x, mask))
        return x + self.network(x)


@mistake(question="With the norms first, what is done last?")
class EncoderLayer__norms_once_more(Attended):
    """an encoder layer with norm2 after its second sum, wherever the norms are"""

    def forward(self, x, mask=None):
        if not self.norm_first:
            return super().forward(x, mask)
        x = x + self.attended(self.norm1(x), mask)
        return self.norm2(x + self.network(self.norm2(x)))


@mistake(question="What would linear1 and linear2 be without what is between them?")
class EncoderLayer__has_no_relu(reference.EncoderLayer):
    """an encoder layer with nothing between its two linear layers"""

    def forward(self, x, mask=None):
        seen = self.norm1(x) if self.norm_first else x
        x = x + self.self_attn(seen, seen, seen, mask)[0]
        x = x if self.norm_first else self.norm1(x)
        seen = self.norm2(x) if self.norm_first else x
        x = x + self.linear2(self.linear1(seen))
        return x if self.norm_first else self.norm2(x)


@mistake(question="Which activation does the formula name?")
class EncoderLayer__gelu(reference.EncoderLayer):
    """an encoder layer with a GELU in place of its ReLU"""

    def forward(self, x, mask=None):
        seen = self.norm1(x) if self.norm_first else x
        x = x + self.self_attn(seen, seen, seen, mask)[0]
        x = x if self.norm_first else self.norm1(x)
        seen = self.norm2(x) if self.norm_first else x
        x = x + self.linear2(F.gelu(self.linear1(seen)))
        return x if self.norm_first else self.norm2(x)


@mistake(question="Which eps has a torch.nn.LayerNorm if nobody gives one?")
class EncoderLayer__has_another_eps(reference.EncoderLayer):
    """an encoder layer whose norms have an eps of 1e-6"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.norm1.eps = self.norm2.eps = 1e-6


# fmt: off
changed("DecoderLayer", name="norms_at_the_other_place",
        norm_first=lambda norm_first: not norm_first,
        like="a decoder layer with its norms at the other place",
        ask="Is a norm taken before the attention, or after the sum?")
changed("DecoderLayer.forward", name="sees_the_future", self_mask=None,
        like="a decoder layer without its self mask",
        ask="Which argument does not appear in your output?")
changed("DecoderLayer.forward", name="sees_the_whole_memory", memory_mask=None,
        like="a decoder layer without its memory mask",
        ask="Which argument does not appear in your output?")
changed("DecoderLayer.forward", name="sees_the_hidden_memory",
        memory_mask=lambda memory_mask: None if memory_mask is None else ~memory_mask,
        like="a decoder layer that reads the memory where its mask is False",
        ask="What does True mean in a mask of this course, and what in torch's module?")
changed("DecoderLayer.forward", name="sees_what_is_hidden",
        self_mask=lambda self_mask: None if self_mask is None else ~self_mask,
        like="a decoder layer that attends to itself where its mask is False",
        ask="What does True mean in a mask of this course, and what in torch's module?")
changed("DecoderLayer.forward", name="hides_the_future_of_the_memory",
        memory_mask=lambda self_mask, memory_mask: (
            memory_mask if self_mask is None
            else self_mask if memory_mask is None
            else self_mask & memory_mask),
        like="a decoder layer whose cross attention gets the self mask, too",
        ask="Is there a future in the memory, and may a position not see it?")
changed("DecoderLayer.forward", name="gives_the_memory_the_wrong_mask",
        memory_mask=lambda self_mask: self_mask,
        like="a decoder layer whose cross attention gets the self mask alone",
        ask="Which of the two masks has a column for each position of the memory?")
changed("DecoderLayer", name="has_one_head", num_heads=1,
        like="a decoder layer with a single head in each attention",
        ask="Which argument of the constructor does not appear in your output?")
# fmt: on


class Crossed(reference.DecoderLayer):
    """What the mistakes below are made of: the three branches, one after the other."""

    def own(self, x, mask):
        return self.self_attn(x, x, x, mask)[0]

    def cross(self, x, memory, mask):
        return self.cross_attn(x, memory, memory, mask)[0]

    def network(self, x):
        return self.linear2(self.linear1(x).relu())

    def norms(self):
        return self.norm1, self.norm2, self.norm3

    def layered(self, x, *branches):
        for norm, branch in zip(self.norms(), branches):
            x = x + branch(norm(x)) if self.norm_first else norm(x + branch(x))
        return x

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        return self.layered(
            x,
            lambda x: self.own(x, self_mask),
            lambda x: self.cross(x, memory, memory_mask),
            self.network,
        )


@mistake(question="Who asks in the cross attention, and who answers?")
class DecoderLayer__attends_to_itself_twice(Crossed):
    """a decoder layer whose second attention takes its keys and values from x"""

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        return super().forward(x, x, self_mask, self_mask)

    def cross(self, x, memory, mask):
        return self.cross_attn(x, x, x, mask)[0]


@mistake(question="Where do the values come from, and where the keys?")
class DecoderLayer__reads_values_from_the_target(Crossed):
    """a decoder layer whose cross attention takes its values from x"""

    def cross(self, x, memory, mask):
        return self.cross_attn(x, memory, x, mask)[0]


@mistake(question="Who asks in the cross attention, and who answers?")
class DecoderLayer__lets_the_memory_ask(Crossed):
    """a decoder layer whose cross attention has queries from the memory"""

    def cross(self, x, memory, mask):
        return self.cross_attn(memory, x, x, mask)[0]


@mistake(question="Which attention comes first: that to the target, or to the memory?")
class DecoderLayer__reads_the_memory_first(Crossed):
    """a decoder layer that attends to the memory before it attends to itself"""

    def forward(self, x, memory, self_mask=None, memory_mask=None):
        return self.layered(
            x,
            lambda x: self.cross(x, memory, memory_mask),
            lambda x: self.own(x, self_mask),
            self.network,
        )


@mistake(question="Which layer's weights does the cross attention use?")
class DecoderLayer__has_one_attention(Crossed):
    """a decoder layer that uses self_attn for the memory, too"""

    def cross(self, x, memory, mask):
        return self.self_attn(x, memory, memory, mask)[0]


@mistake(question="How many norms has a decoder layer, and is each of them used?")
class DecoderLayer__uses_two_norms(Crossed):
    """a decoder layer that takes norm2 again where norm3 belongs"""

    def norms(self):
        return self.norm1, self.norm2, self.norm2


@mistake(question="How many norms has a decoder layer, and is each of them used?")
class DecoderLayer__shares_one_norm(Crossed):
    """a decoder layer that uses norm1 in all three places"""

    def norms(self):
        return self.norm1, self.norm1, self.norm1


@mistake(question="Has the memory a norm of its own in this layer?")
class DecoderLayer__norms_the_memory(Crossed):
    """a decoder layer that sends the memory through norm2, too"""

    def cross(self, x, memory, mask):
        return super().cross(x, self.norm2(memory), mask)


@mistake(question="What is left of x if an attention puts out zeros?")
class DecoderLayer__without_shortcuts(Crossed):
    """a decoder layer that adds nothing to what its parts put out"""

    def layered(self, x, *branches):
        for norm, branch in zip(self.norms(), branches):
            x = branch(norm(x)) if self.norm_first else norm(branch(x))
        return x


@mistake(question="What does a shortcut carry past a norm?")
class DecoderLayer__shortcuts_from_the_norm(Crossed):
    """a decoder layer whose sums begin with what has been through the norm"""

    def layered(self, x, *branches):
        if not self.norm_first:
            return super().layered(x, *branches)
        for norm, branch in zip(self.norms(), branches):
            x = norm(x)
            x = x + branch(x)
        return x


@mistake(question="From where does each shortcut start?")
class DecoderLayer__shortcuts_from_the_input(Crossed):
    """a decoder layer whose sums all begin with the layer's own input"""

    def layered(self, x, *branches):
        first = x
        for norm, branch in zip(self.norms(), branches):
            x = first + branch(norm(x)) if self.norm_first else norm(first + branch(x))
        return x


@mistake(question="How many branches has the layer, and is one without a norm?")
class DecoderLayer__forgets_the_norm_between(Crossed):
    """a decoder layer without a norm after its cross attention"""

    def layered(self, x, *branches):
        own, cross, network = branches
        if self.norm_first:
            return super().layered(x, *branches)
        x = self.norm1(x + own(x))
        x = x + cross(x)
        return self.norm3(x + network(x))


@mistake(question="What would linear1 and linear2 be without what is between them?")
class DecoderLayer__has_no_relu(Crossed):
    """a decoder layer with nothing between its two linear layers"""

    def network(self, x):
        return self.linear2(self.linear1(x))


@mistake(question="Which eps has a torch.nn.LayerNorm if nobody gives one?")
class DecoderLayer__has_another_eps(reference.DecoderLayer):
    """a decoder layer whose norms have an eps of 1e-6"""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.norm1.eps = self.norm2.eps = self.norm3.eps = 1e-6
