"""The classic wrong turns in functions.py."""

from __future__ import annotations

import math

from autograder import mistake, reference


@mistake(question="What is exp(2000)?", rounding="test_softmax_in_short_numbers")
def softmax__exponentiates_at_once(x, dim):
    """a softmax that does not subtract anything before it exponentiates"""
    return x.exp() / x.exp().sum(dim, keepdim=True)


@mistake(question="Which of the rows has the number that you subtract?")
def softmax__subtracts_one_maximum(x, dim):
    """a softmax that subtracts the largest value of all rows"""
    powers = (x - x.max()).exp()
    return powers / powers.sum(dim, keepdim=True)


@mistake(question="Who reads dim?")
def softmax__always_the_last_axis(x, dim):
    """a softmax along the last axis, whatever dim says"""
    return reference.softmax(x, -1)


@mistake(question="By which number does the variance divide?")
def layer_norm__unbiased_variance(x, weight, bias, eps=1e-5):
    """a layer norm whose variance divides by one less than the width"""
    mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True)
    return (x - mean) / (variance + eps).sqrt() * weight + bias


@mistake(
    question="Is eps added before the square root, or after it?",
    rounding="test_layer_norm_agrees_with_torch",
)
def layer_norm__eps_outside_the_root(x, weight, bias, eps=1e-5):
    """a layer norm that adds eps to the standard deviation"""
    distance = x - x.mean(-1, keepdim=True)
    deviation = distance.square().mean(-1, keepdim=True).sqrt()
    return distance / (deviation + eps) * weight + bias


@mistake(question="How large does a sum of many products become?")
def attention__without_scale(query, key, value, mask=None):
    """attention without the division by the root of the width"""
    return reference.attention(query * math.sqrt(query.shape[-1]), key, value, mask)


@mistake(question="What does True say in this mask?")
def attention__inverts_the_mask(query, key, value, mask=None):
    """attention that reads where the mask is False"""
    return reference.attention(query, key, value, None if mask is None else ~mask)


@mistake(question="Along which axis do the weights sum to one?")
def attention__softmax_over_queries(query, key, value, mask=None):
    """attention whose weights sum to one over the queries"""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    weights = reference.softmax(scores, -2)
    return weights @ value, weights


@mistake(question="What does a softmax make of a row of equal scores?")
def attention__reads_evenly_from_nothing(query, key, value, mask=None):
    """attention that reads evenly where there is nothing to read"""
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    weights = reference.softmax(scores, -1)
    return weights @ value, weights


@mistake(question="What do the numbers of a row sum to?")
def softmax__does_not_divide(x, dim):
    """the powers, which nothing divides by their sum"""
    return (x - x.amax(dim, keepdim=True)).exp()


@mistake(question="What is subtracted before anything is divided?")
def layer_norm__does_not_centre(x, weight, bias, eps=1e-5):
    """a layer norm that does not subtract the mean"""
    return x / (x.var(-1, keepdim=True, correction=0) + eps).sqrt() * weight + bias


@mistake(question="Who reads eps?")
def layer_norm__fixed_eps(x, weight, bias, eps=1e-5):
    """a layer norm with an eps of 1e-5, whatever eps says"""
    return reference.layer_norm(x, weight, bias)


@mistake(
    question="Which dtype do the numbers have on their way?",
    rounding="test_softmax_agrees_with_torch_digits",
)
def softmax__computes_in_float32(x, dim):
    """a softmax that computes in float32, whatever it is given"""
    return reference.softmax(x.float(), dim).to(x.dtype)


@mistake(
    question="How large is a square beside the distance from the mean?",
    rounding="test_layer_norm_far_from_zero",
)
def layer_norm__subtracts_squares(x, weight, bias, eps=1e-5):
    """a layer norm with the mean square less the squared mean for a variance"""
    mean = x.mean(-1, keepdim=True)
    variance = x.square().mean(-1, keepdim=True) - mean.square()
    return (x - mean) / (variance + eps).sqrt() * weight + bias


@mistake(
    question="Which dtype do the numbers have on their way?",
    rounding="test_layer_norm_agrees_with_torch",
)
def layer_norm__computes_in_float32(x, weight, bias, eps=1e-5):
    """a layer norm that computes in float32, whatever it is given"""
    short = (value.float() for value in (x, weight, bias))
    return reference.layer_norm(*short, eps).to(x.dtype)
