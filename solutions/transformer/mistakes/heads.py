"""The classic wrong turns in heads.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference


@mistake(question="Whose numbers are next to each other in memory: one position's?")
def split_heads__cuts_across_the_positions(x, num_heads):
    """heads cut out of the numbers as they lie, across positions"""
    batch, length, features = x.shape
    if features % num_heads:
        raise ValueError(f"{num_heads} heads cannot share {features} features")
    return x.reshape(batch, num_heads, length, features // num_heads)


@mistake(question="With 6 features and 2 heads, which features has the first head?")
def split_heads__deals_the_features_out(x, num_heads):
    """heads that take the features in turn, as playing cards are dealt"""
    reference.split_heads(x, num_heads)
    return x.unflatten(-1, (-1, num_heads)).permute(0, 3, 1, 2)


@mistake(question="Which axis counts the heads in (N, h, L, d / h)?")
def split_heads__leaves_the_heads_behind(x, num_heads):
    """heads in the axis behind the positions, (N, L, h, d / h)"""
    return reference.split_heads(x, num_heads).transpose(1, 2)


@mistake(question="Which features does the first head get, the first or the last?")
def split_heads__counts_from_behind(x, num_heads):
    """heads in the opposite order, the last features in the first head"""
    return reference.split_heads(x, num_heads).flip(1)


@mistake(question="What happens to 7 features and 2 heads?")
def split_heads__drops_what_is_left(x, num_heads):
    """heads that leave out features where the number of heads does not divide them"""
    width = x.shape[-1] // num_heads
    return reference.split_heads(x[..., : width * num_heads], num_heads)


@mistake(question="Which numbers belong to one position, and are they side by side?")
def merge_heads__reads_across_the_heads(x):
    """the numbers put together as they lie, across heads, without a transpose"""
    batch, heads, length, width = x.shape
    return x.reshape(batch, length, heads * width)


@mistake(question="Which feature comes after the first one of the first head?")
def merge_heads__deals_the_features_in(x):
    """features that are taken from the heads in turn, one of each head"""
    return x.permute(0, 2, 3, 1).flatten(2)


@mistake(question="How many features has a position behind the heads?")
def merge_heads__adds_the_heads(x):
    """the sum of all heads, instead of all side by side"""
    return x.sum(1)


@mistake(question="Which head's features stand first?")
def merge_heads__counts_from_behind(x):
    """the heads put side by side in the opposite order"""
    return reference.merge_heads(x.flip(1))


@mistake(question="What is left to be merged in (N, L, h, d / h)?")
def merge_heads__leaves_the_heads_apart(x):
    """the heads behind the positions, and not yet side by side"""
    return x.transpose(1, 2)


# fmt: off
changed("MultiHeadAttention.forward", name="sees_everything", mask=None,
        like="attention as if there were no mask",
        ask="Which argument does not appear in your output?")
changed("MultiHeadAttention.forward", name="hides_where_it_may_attend",
        mask=lambda mask: None if mask is None else ~mask,
        like="attention that looks only where the mask is False",
        ask="What does True mean in this mask?")
changed("MultiHeadAttention.forward", name="takes_values_from_the_keys",
        value=lambda key: key,
        like="attention whose values come from the keys",
        ask="Which of the three inputs does v_proj get?")
changed("MultiHeadAttention.forward", name="takes_keys_from_the_values",
        key=lambda value: value,
        like="attention whose keys come from the values",
        ask="Which of the three inputs does k_proj get?")
changed("MultiHeadAttention.forward", name="attends_to_the_query",
        key=lambda query: query, value=lambda query: query,
        like="attention of the query to itself, without key and value",
        ask="Which two arguments do not appear in your output?")
changed("MultiHeadAttention", name="always_has_biases", bias=True,
        like="attention with biases, whether they are asked for or not",
        ask="Which argument do your four layers not get?")
changed("projection_shape", name="gives_the_layers_weight",
        d_model=lambda d_k: d_k, d_k=lambda d_model: d_model,
        like="the shape of the weight of nn.Linear, (outputs, inputs)",
        ask="Is x a row or a column in q = x W_q?")
changed("projection_shape", name="is_square_in_the_model", d_k=lambda d_model: d_model,
        like="a square of d_model",
        ask="How many numbers has one query of one head?")
changed("projection_shape", name="is_square_in_the_head", d_model=lambda d_k: d_k,
        like="a square of d_k",
        ask="How many numbers does the matrix take in for one position?")
changed("attention_parameters", name="forgets_the_output_map", out_proj=False,
        like="the number without the output map",
        ask="Which map brings the features of all heads together?")
changed("attention_parameters", name="always_counts_the_output_map", out_proj=True,
        like="the number with the output map, whether it is asked for or not",
        ask="Which argument does not appear in your output?")
changed("attention_parameters", name="forgets_the_biases", bias=False,
        like="the number of weights alone, without the biases",
        ask="What is added to each product x W?")
changed("attention_parameters", name="always_counts_the_biases", bias=True,
        like="the number with biases, whether there are any or not",
        ask="Which argument does not appear in your output?")
changed("attention_parameters", name="ignores_d_k", d_k=None,
        like="the number for heads of d_model / num_heads features, whatever d_k is",
        ask="Does every model have heads of d_model / num_heads features?")
changed("attention_parameters", name="gives_every_head_the_whole_width",
        d_k=lambda d_model, d_k: d_model if d_k is None else d_k,
        like="the number for heads that are as wide as the model",
        ask="What is d_k if nobody gives it?")
# fmt: on


@mistake(question="How many heads have maps of their own?")
def attention_parameters__counts_one_head(
    d_model, num_heads, d_k=None, bias=True, out_proj=True
):
    """the number with the three maps of a single head"""
    width = d_model // num_heads if d_k is None else d_k
    whole = reference.attention_parameters(d_model, num_heads, d_k, bias, out_proj)
    return whole - 3 * (num_heads - 1) * width * (d_model + bias)


@mistake(question="How many maps has each head, and for what?")
def attention_parameters__counts_one_map_for_keys_and_values(
    d_model, num_heads, d_k=None, bias=True, out_proj=True
):
    """the number with two maps for each head instead of three"""
    width = d_model // num_heads if d_k is None else d_k
    whole = reference.attention_parameters(d_model, num_heads, d_k, bias, out_proj)
    return whole - num_heads * width * (d_model + bias)


@mistake(question="How many outputs does the output map have, and how many biases?")
def attention_parameters__gives_the_output_map_no_bias(
    d_model, num_heads, d_k=None, bias=True, out_proj=True
):
    """the number without the biases of the output map"""
    whole = reference.attention_parameters(d_model, num_heads, d_k, bias, out_proj)
    return whole - d_model * (bias and out_proj)


@mistake(question="How many features come out of all heads together?")
def attention_parameters__has_a_square_output_map(
    d_model, num_heads, d_k=None, bias=True, out_proj=True
):
    """the number with an output map from d_model to d_model features"""
    rest = reference.attention_parameters(d_model, num_heads, d_k, bias, False)
    return rest + out_proj * d_model * (d_model + bias)


@mistake(question="What is d_k for 6 features and 4 heads?")
def attention_parameters__rounds_the_width(
    d_model, num_heads, d_k=None, bias=True, out_proj=True
):
    """the number for d_model / num_heads rounded down, where it does not divide"""
    width = d_model // num_heads if d_k is None else d_k
    return reference.attention_parameters(d_model, num_heads, width, bias, out_proj)


@mistake(question="How many features come out of one map, d_model or d_k?")
def projection_shape__counts_the_bias(d_model, d_k):
    """the shape with a row more, for the biases"""
    return d_model + 1, d_k


def louder(model, factor):
    """Scores times a factor, by way of the queries."""
    model.q_proj.register_forward_hook(lambda layer, x, out: out * factor)


@mistake(question="What becomes of the scores when heads grow wider?")
class MultiHeadAttention__without_scale(reference.MultiHeadAttention):
    """attention whose scores are not divided by anything"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        louder(self, (d_model / num_heads) ** 0.5)


@mistake(question="How many products are added up in one score?")
class MultiHeadAttention__scales_by_the_model(reference.MultiHeadAttention):
    """attention whose scores are divided by the root of d_model, not of the width"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        louder(self, num_heads**-0.5)


@mistake(question="By d_model / h, or by its root?")
class MultiHeadAttention__scales_without_root(reference.MultiHeadAttention):
    """attention whose scores are divided by d_model / num_heads, not by its root"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        louder(self, (d_model / num_heads) ** -0.5)


@mistake(question="How large are the scores of wide heads, and of narrow ones?")
class MultiHeadAttention__scales_by_the_heads(reference.MultiHeadAttention):
    """attention whose scores are divided by the root of the number of heads"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        louder(self, d_model**0.5 / num_heads)


@mistake(question="Which of your layers has no part in the output?")
class MultiHeadAttention__forgets_the_last_layer(reference.MultiHeadAttention):
    """attention whose heads are put side by side, and no layer mixes them"""

    def __init__(self, d_model, num_heads, bias=True):
        super().__init__(d_model, num_heads, bias)
        self.out_proj.register_forward_hook(lambda layer, x, out: x[0])


@mistake(question="With 6 features and 2 heads, which features has the first head?")
class MultiHeadAttention__deals_the_features_out(reference.MultiHeadAttention):
    """attention whose heads take the features in turn, as playing cards are dealt"""

    def forward(self, query, key, value, mask=None):
        q, k, v = (
            linear(x).unflatten(-1, (-1, self.num_heads)).permute(0, 3, 1, 2)
            for linear, x in (
                (self.q_proj, query),
                (self.k_proj, key),
                (self.v_proj, value),
            )
        )
        found, weights = attend(q, k, v, mask)
        return self.out_proj(found.permute(0, 2, 3, 1).flatten(2)), weights


def attend(q, k, v, mask=None):
    """Attention that does all as it should."""
    scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
    if mask is None:
        weights = scores.softmax(-1)
    else:
        low = torch.finfo(scores.dtype).min
        weights = scores.masked_fill(~mask, low).softmax(-1).masked_fill(~mask, 0)
    return weights @ v, weights


class Attention(reference.MultiHeadAttention):
    """Multi-head attention in parts of which a mistake changes one."""

    def split(self, x):
        """Into heads."""
        return reference.split_heads(x, self.num_heads)

    def merge(self, x):
        """Side by side."""
        return reference.merge_heads(x)

    def attend(self, q, k, v, mask):
        """Look and find."""
        return attend(q, k, v, mask)

    def forward(self, query, key, value, mask=None):
        """All of it."""
        q = self.split(self.q_proj(query))
        k = self.split(self.k_proj(key))
        v = self.split(self.v_proj(value))
        found, weights = self.attend(q, k, v, mask)
        return self.out_proj(self.merge(found)), weights


def across(x, num_heads):
    """Heads cut out of the numbers as they lie."""
    batch, length, features = x.shape
    return x.reshape(batch, num_heads, length, features // num_heads)


@mistake(question="Whose numbers are next to each other in memory: one position's?")
class MultiHeadAttention__cuts_across_the_positions(Attention):
    """attention whose heads are cut out of the numbers as they lie, across positions"""

    def split(self, x):
        return across(x, self.num_heads)

    def merge(self, x):
        return x.reshape(len(x), x.shape[2], x.shape[1] * x.shape[3])


@mistake(question="Whose numbers are next to each other in memory: one position's?")
class MultiHeadAttention__splits_across_the_positions(Attention):
    """attention whose heads are cut across positions, and then put together rightly"""

    def split(self, x):
        return across(x, self.num_heads)


@mistake(question="In which order do the axes stand before you put heads together?")
class MultiHeadAttention__merges_across_the_heads(Attention):
    """attention whose heads are put together without a transpose"""

    def merge(self, x):
        return x.reshape(len(x), x.shape[2], x.shape[1] * x.shape[3])


@mistake(question="Over which of queries and keys do the weights add up to one?")
class MultiHeadAttention__softmax_over_the_queries(Attention):
    """attention whose weights add up to one over the queries, not over the keys"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            low = torch.finfo(scores.dtype).min
            scores = scores.masked_fill(~mask, low)
        weights = scores.softmax(-2)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0)
        return weights @ v, weights


@mistake(question="What does the softmax make of a score of zero?")
class MultiHeadAttention__multiplies_by_the_mask(Attention):
    """attention in which the scores of hidden keys are zero"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        weights = (scores if mask is None else scores * mask).softmax(-1)
        return weights @ v, weights


@mistake(question="What do the weights of the keys that are left add up to?")
class MultiHeadAttention__masks_after_the_softmax(Attention):
    """attention whose hidden weights are set to zero after the softmax"""

    def attend(self, q, k, v, mask):
        weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1)
        weights = weights if mask is None else weights * mask
        return weights @ v, weights


@mistake(question="What is the softmax of a row of scores that are all the same?")
class MultiHeadAttention__attends_alike_to_all_that_is_hidden(Attention):
    """attention that looks at all keys alike where it may look at none"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        weights = scores.softmax(-1)
        return weights @ v, weights


@mistake(question="What is the softmax of a row that is minus infinity everywhere?")
class MultiHeadAttention__is_nan_where_all_is_hidden(Attention):
    """attention that is NaN where a query may look at nothing"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -torch.inf)
        weights = scores.softmax(-1)
        return weights @ v, weights


@mistake(question="How small must a number be to be smaller than every score?")
class MultiHeadAttention__adds_a_finite_number(Attention):
    """attention that adds -10000 to the scores of hidden keys"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is None:
            weights = scores.softmax(-1)
        else:
            weights = (scores + (-1e4) * ~mask).softmax(-1)
            weights = weights * mask.any(-1, keepdim=True)
        return weights @ v, weights


@mistake(question="Is any number smaller than every score? What of an empty row?")
class MultiHeadAttention__puts_a_finite_number(Attention):
    """attention whose hidden scores are -1e9, with all that is hidden alike"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        weights = scores.softmax(-1)
        return weights @ v, weights


@mistake(question="Is any number smaller than every score?")
class MultiHeadAttention__puts_a_finite_number_and_zeros(Attention):
    """attention whose hidden scores are -1e9, and whose hidden weights are zeros"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e9)
        weights = scores.softmax(-1)
        if mask is not None:
            weights = weights.masked_fill(~mask, 0)
        return weights @ v, weights


@mistake(question="What is the gradient of a softmax that was NaN?")
class MultiHeadAttention__takes_nan_out_of_the_value_only(Attention):
    """attention that is right, and NaN in its gradients where all is hidden"""

    def attend(self, q, k, v, mask):
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if mask is not None:
            scores = scores + torch.zeros_like(scores).masked_fill(~mask, -torch.inf)
        weights = scores.softmax(-1).nan_to_num()
        return weights @ v, weights


@mistake(question="Which of your layers makes the keys?")
class MultiHeadAttention__asks_and_answers_with_one_layer(reference.MultiHeadAttention):
    """attention whose keys come out of q_proj"""

    def forward(self, query, key, value, mask=None):
        keys = self.k_proj.register_forward_hook(lambda layer, x, out: self.q_proj(*x))
        found = super().forward(query, key, value, mask)
        keys.remove()
        return found


@mistake(question="How many matrices of weights are there for each sequence?")
class MultiHeadAttention__averages_the_weights(reference.MultiHeadAttention):
    """attention that gives the mean of the heads' weights beside a right output"""

    def forward(self, query, key, value, mask=None):
        output, weights = super().forward(query, key, value, mask)
        return output, weights.mean(1)


@mistake(question="Do all heads look for the same?")
class MultiHeadAttention__has_one_set_of_weights(Attention):
    """attention whose heads all look where the first one does"""

    def attend(self, q, k, v, mask):
        first = mask[:, :1] if mask is not None and mask.dim() == 4 else mask
        _, weights = attend(q[:, :1], k[:, :1], v[:, :1], first)
        weights = weights.expand(-1, q.shape[1], -1, -1)
        return weights @ v, weights


@mistake(question="What do you add up before out_proj, and what do you put together?")
class MultiHeadAttention__is_one_wide_head(reference.MultiHeadAttention):
    """attention of a single head with all the features"""

    def forward(self, query, key, value, mask=None):
        heads, self.num_heads = self.num_heads, 1
        if mask is not None and mask.dim() > 2:
            mask = mask[..., :1, :, :] if mask.dim() == 4 else mask[:1]
        output, weights = super().forward(query, key, value, mask)
        self.num_heads = heads
        return output, weights.expand(-1, heads, -1, -1)
