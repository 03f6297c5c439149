"""The classic wrong turns in scores.py."""

from __future__ import annotations

import math

import torch

from autograder import changed, mistake, reference

# fmt: off
changed("contextualize", name="transposes_the_weights",
        weights=lambda weights: weights.mT,
        like="sums with the weights of a column where those of a row belong",
        ask="Which index of the weights is that of the output?")
changed("contextualize", name="softmaxes_the_weights",
        weights=lambda weights: weights.softmax(-1),
        like="sums with the softmax of the weights",
        ask="Are these scores, or are they weights already?")
changed("contextualize", name="divides_by_the_sum",
        weights=lambda weights: weights / weights.sum(-1, keepdim=True),
        like="sums with weights that were made to sum to 1",
        ask="Who says that a row of weights sums to 1?")
changed("contextualize", name="averages",
        weights=lambda weights: weights / weights.shape[-1],
        like="the sums, divided by the number of vectors",
        ask="Does the formula have a fraction line?")
changed("contextualize", name="leaves_itself_out",
        weights=lambda weights: weights * _others(weights),
        like="sums over all other words, without the word itself",
        ask="Which j does the sum go over? Is j = i one of them?")
changed("contextualize", name="adds_itself",
        weights=lambda weights: weights + (1 - _others(weights)),
        like="the sums with the word itself added to them",
        ask="Does x'_i begin as x_i, or as nothing?")
# fmt: on


@mistake(question="Over which axis of x does the sum go?")
def contextualize__weights_without_a_sum(weights, x):
    """each vector times the sum of its row of weights, with no mix of vectors"""
    return weights.sum(-1, keepdim=True) * x


@mistake(question="Which weight belongs to which vector?")
def contextualize__ignores_the_weights(weights, x):
    """the plain mean of the vectors, whatever the weights are"""
    return reference.contextualize(
        torch.full_like(weights, 1 / max(weights.shape[-1], 1)), x
    )


# fmt: off
changed("attention", name="no_scale",
        scale=lambda scale: 1.0 if scale is None else scale,
        like="attention without the factor 1 / sqrt(d)",
        ask="What happens to a dot product when the vectors grow longer?")
changed("attention", name="divides_by_d",
        scale=lambda query, scale: 1 / query.shape[-1] if scale is None else scale,
        like="attention with scores that are divided by d, and not by its square root",
        ask="How fast does the spread of a sum of d products grow with d?")
changed("attention", name="multiplies_by_the_root",
        scale=lambda query, scale: query.shape[-1] ** 0.5 if scale is None else scale,
        like="attention with scores that are multiplied by sqrt(d)",
        ask="Should the scores become larger or smaller as d grows?")
changed("attention", name="scales_by_the_width_of_the_values",
        scale=lambda value, scale:
            value.shape[-1] ** -0.5 if scale is None else scale,
        like="attention with scores that are divided by sqrt(d_v)",
        ask="Which vectors are multiplied in a score? How many features have they?")
changed("attention", name="scales_by_the_number_of_keys",
        scale=lambda key, scale:
            max(key.shape[-2], 1) ** -0.5 if scale is None else scale,
        like="attention with scores that are divided by the root of the number of keys",
        ask="Over how many products does the sum of one score go?")
changed("attention", name="ignores_the_scale", scale=None,
        like="attention with the factor 1 / sqrt(d), whatever scale is given",
        ask="What is scale for?")
changed("attention", name="scales_twice",
        scale=lambda query, scale:
            None if scale is None else scale / query.shape[-1] ** 0.5,
        like="attention with the factor 1 / sqrt(d) on top of the scale that is given",
        ask="Does a scale come on top of 1 / sqrt(d), or in its place?")
changed("attention", name="divides_by_the_scale",
        scale=lambda scale: 1 / scale if scale else scale,
        like="attention with scores that are divided by the scale that is given",
        ask="Is scale what one multiplies by, or what one divides by?")
changed("attention", name="takes_no_scale_of_zero", scale=lambda scale: scale or None,
        like="attention that takes a scale of 0 for no scale",
        ask="What does Python make of `if scale` where scale is 0.0?")
changed("attention", name="reads_the_keys", value=lambda key: key,
        like="attention that reads from the keys, and not from the values",
        ask="What is a key for, and what is a value for?")
changed("attention", name="sees_everything", mask=None,
        like="attention as if there were no mask",
        ask="Which argument does not appear in your output?")
changed("attention", name="inverts_the_mask",
        mask=lambda mask: None if mask is None else ~mask,
        like="attention that attends where the mask is False",
        ask="What does True say in this mask?")
changed("attention", name="masks_whole_keys",
        mask=lambda mask: mask if mask is None or mask.ndim < 2
            else mask.all(-2, keepdim=True),
        like="attention that hides a key from all queries if it is hidden from one",
        ask="Has each query a row of the mask for itself?")
# fmt: on


def _scores(query, key, scale):
    return query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)


@mistake(question="Along which axis do the weights sum to 1?")
def attention__softmax_over_the_queries(query, key, value, mask=None, scale=None):
    """attention whose weights sum to 1 over the queries"""
    scores = _scores(query, key, scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(-2).nan_to_num(0.0)
    return weights @ value, weights


@mistake(question="Along which axis do the weights sum to 1?")
def attention__softmax_over_the_batch(query, key, value, mask=None, scale=None):
    """attention whose weights sum to 1 over the first axis"""
    scores = _scores(query, key, scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
    weights = scores.softmax(0)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights


@mistake(question="Which axes are the last two, if there are four?")
def attention__transposes_axes_1_and_2(query, key, value, mask=None, scale=None):
    """attention that transposes the axes 1 and 2 of the keys, however many there are"""
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    scores = query @ key.transpose(1, 2) * scale
    weights = _softmax(scores, mask)
    return weights @ value, weights


def _softmax(scores, mask):
    if mask is None:
        return scores.softmax(-1)
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill(~mask, lowest).softmax(-1).masked_fill(~mask, 0.0)


@mistake(question="What is the mask, if nobody gives one?")
def attention__needs_a_mask(query, key, value, mask=None, scale=None):
    """attention that always reads a mask, although there may be none"""
    scores = _scores(query, key, scale)
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1).masked_fill(~mask, 0.0)
    return weights @ value, weights


@mistake(question="What makes weights of the scores?")
def attention__no_softmax(query, key, value, mask=None, scale=None):
    """attention with the scores for weights, without a softmax"""
    weights = _scores(query, key, scale)
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)
    return weights @ value, weights


@mistake(question="What is exp(0)?")
def attention__multiplies_the_scores_by_the_mask(
    query, key, value, mask=None, scale=None
):
    """attention in which a masked score is 0 before the softmax"""
    scores = _scores(query, key, scale)
    if mask is not None:
        scores = scores * mask
    weights = scores.softmax(-1)
    return weights @ value, weights


@mistake(question="Do the weights that are left still sum to 1?")
def attention__masks_after_the_softmax(query, key, value, mask=None, scale=None):
    """attention that drops masked weights after the softmax and shares nothing out"""
    weights = _scores(query, key, scale).softmax(-1)
    if mask is not None:
        weights = weights * mask
    return weights @ value, weights


def _masked(query, key, value, mask, scale, stand_in):
    scores = _scores(query, key, scale)
    if mask is not None:
        scores = scores.masked_fill(~mask, stand_in)
    weights = scores.softmax(-1)
    return weights @ value, weights


def _but_nothing(query, key, value, mask, scale, stand_in):
    output, weights = _masked(query, key, value, mask, scale, stand_in)
    if mask is None:
        return output, weights
    some = mask.any(-1, keepdim=True)
    return output * some, weights * some


@mistake(question="How much is exp(-5)? And how low can a score be?")
def attention__masks_with_minus_5(query, key, value, mask=None, scale=None):
    """attention with -5 in place of minus infinity"""
    return _masked(query, key, value, mask, scale, -5.0)


@mistake(question="Which score lies below -10000?")
def attention__masks_with_minus_10_000(query, key, value, mask=None, scale=None):
    """attention with -1e4 in place of minus infinity"""
    return _masked(query, key, value, mask, scale, -1e4)


@mistake(question="What does a softmax make of a row in which all scores are equal?")
def attention__masks_with_minus_1_000_000_000(query, key, value, mask=None, scale=None):
    """attention with -1e9 in place of minus infinity"""
    return _masked(query, key, value, mask, scale, -1e9)


@mistake(question="Which score lies below -10000?")
def attention__masks_with_minus_10_000_but_nothing(
    query, key, value, mask=None, scale=None
):
    """attention with -1e4 in place of minus infinity, and zeros for empty rows"""
    return _but_nothing(query, key, value, mask, scale, -1e4)


@mistake(question="Which score lies below -1000000000?")
def attention__masks_with_minus_1_000_000_000_but_nothing(
    query, key, value, mask=None, scale=None
):
    """attention with -1e9 in place of minus infinity, and zeros for empty rows"""
    return _but_nothing(query, key, value, mask, scale, -1e9)


@mistake(question="What does a softmax make of a row in which all scores are equal?")
def attention__attends_evenly_to_nothing(query, key, value, mask=None, scale=None):
    """attention that attends evenly to all keys where it may attend to none"""
    lowest = torch.finfo(query.dtype).min
    return _masked(query, key, value, mask, scale, lowest)


@mistake(question="What is 0 divided by 0?")
def attention__of_nothing_is_nan(query, key, value, mask=None, scale=None):
    """attention that is NaN where there is nothing to attend to"""
    return _masked(query, key, value, mask, scale, -math.inf)


@mistake(question="What is added to the scores, and how large may they be?")
def attention__adds_minus_10_000(query, key, value, mask=None, scale=None):
    """attention with -1e4 added to masked scores"""
    return _added(query, key, value, mask, scale, -1e4)


@mistake(question="What is added to the scores, and how large may they be?")
def attention__adds_minus_1_000_000_000(query, key, value, mask=None, scale=None):
    """attention with -1e9 added to masked scores"""
    return _added(query, key, value, mask, scale, -1e9)


def _added(query, key, value, mask, scale, stand_in):
    scores = _scores(query, key, scale)
    if mask is not None:
        scores = scores + (~mask) * stand_in
    weights = scores.softmax(-1)
    return weights @ value, weights


@mistake(question="What is exp(1000)?")
def attention__exponentiates_at_once(query, key, value, mask=None, scale=None):
    """attention with exp(score) over the sum of them, and nothing subtracted before"""
    powers = _scores(query, key, scale).exp()
    if mask is not None:
        powers = powers.masked_fill(~mask, 0.0)
    weights = powers / powers.sum(-1, keepdim=True)
    return weights @ value, weights


def _others(weights):
    return 1 - torch.eye(*weights.shape[-2:], dtype=weights.dtype)
