"""The classic wrong turns in positions.py."""

from __future__ import annotations

import torch

from autograder import mistake, reference


def waves(length, d_model, frequencies):
    """Sines and cosines in turn, each pair with its frequency."""
    angles = torch.arange(length).double()[:, None] * frequencies
    pairs = torch.stack([angles.sin(), angles.cos()], dim=-1)
    return pairs.flatten(1)[:, :d_model].float()


def pairs_of(d_model):
    """The numbers of the pairs, 0, 1, 2, ..."""
    return torch.arange((d_model + 1) // 2).double()


@mistake(question="What are the sine and the cosine of 0, and which comes first?")
def positional_encoding__swaps_sine_and_cosine(length, d_model, base=10000.0):
    """encodings with cosines in the even columns and sines in the odd ones"""
    angles = torch.arange(length).double()[:, None] / base ** (
        2 * pairs_of(d_model) / d_model
    )
    pairs = torch.stack([angles.cos(), angles.sin()], dim=-1)
    return pairs.flatten(1)[:, :d_model].float()


@mistake(question="Which column has the cosine that belongs to column 0?")
def positional_encoding__puts_the_cosines_behind(length, d_model, base=10000.0):
    """encodings with all sines first and all cosines behind them"""
    found = reference.positional_encoding(length, d_model, base)
    return torch.cat([found[:, 0::2], found[:, 1::2]], dim=1)


@mistake(question="What is the exponent of the second pair if d_model is 4?")
def positional_encoding__rounds_the_exponent(length, d_model, base=10000.0):
    """encodings whose exponents are rounded down to 0, so that all pairs are alike"""
    return waves(length, d_model, torch.ones_like(pairs_of(d_model)))


@mistake(question="What is the exponent of columns 2 and 3 if d_model is 8?")
def positional_encoding__halves_the_exponent(length, d_model, base=10000.0):
    """encodings with the exponent i / d_model instead of 2i / d_model"""
    return waves(length, d_model, base ** (-pairs_of(d_model) / d_model))


@mistake(question="Is i the number of a pair, or of a column?")
def positional_encoding__doubles_the_exponent(length, d_model, base=10000.0):
    """encodings with the exponent 4i / d_model: the column doubled, not the pair"""
    return waves(length, d_model, base ** (-4 * pairs_of(d_model) / d_model))


@mistake(question="Has the last pair of columns the exponent 1?")
def positional_encoding__ends_at_the_base(length, d_model, base=10000.0):
    """encodings whose exponents go up to 1, in equal steps, in the last pair"""
    pairs = pairs_of(d_model)
    return waves(length, d_model, base ** (-pairs / max(len(pairs) - 1, 1)))


@mistake(question="Do the sine and the cosine of a pair turn at the same speed?")
def positional_encoding__gives_each_column_a_frequency(length, d_model, base=10000.0):
    """encodings whose cosines are slower than the sines of the same pair"""
    columns = torch.arange(d_model).double()
    angles = torch.arange(length).double()[:, None] / base ** (columns / d_model)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos()).float()


@mistake(question="What is the number of the first position?")
def positional_encoding__starts_at_one(length, d_model, base=10000.0):
    """encodings of the positions 1, 2, 3 and so on, without position 0"""
    return reference.positional_encoding(length + 1, d_model, base)[1:]


@mistake(question="Do the later columns turn faster than the first, or slower?")
def positional_encoding__multiplies_by_the_power(length, d_model, base=10000.0):
    """encodings whose positions are multiplied by the powers of base, not divided"""
    return waves(length, d_model, base ** (2 * pairs_of(d_model) / d_model))


@mistake(question="Which columns have a cosine?")
def positional_encoding__has_only_sines(length, d_model, base=10000.0):
    """encodings with sines in all columns"""
    angles = torch.arange(length).double()[:, None] / base ** (
        2 * pairs_of(d_model) / d_model
    )
    return angles.sin().repeat_interleave(2, dim=1)[:, :d_model].float()


@mistake(question="How many columns have you to fill with cosines if d_model is odd?")
def positional_encoding__wants_an_even_number(length, d_model, base=10000.0):
    """encodings that are made for an even d_model only"""
    found = reference.positional_encoding(length, d_model, base)
    found[:, 1::2] = found[:, 1::2] + torch.zeros(length, (d_model + 1) // 2)
    return found


@mistake(question="By which number do you divide the exponent if d_model is odd?")
def positional_encoding__cuts_an_even_number_short(length, d_model, base=10000.0):
    """encodings of the next even d_model, less the last column where it is odd"""
    even = d_model + d_model % 2
    return reference.positional_encoding(length, even, base)[:, :d_model]


@mistake(question="How long is the slowest wave if base is 100?")
def positional_encoding__ignores_the_base(length, d_model, base=10000.0):
    """encodings whose base is always 10000"""
    return reference.positional_encoding(length, d_model)


@mistake(
    question="How many digits has an angle of 3000 radians after its point in float32?",
    rounding="test_agrees_with_the_formula_digits",
)
def positional_encoding__has_angles_in_float32(length, d_model, base=10000.0):
    """encodings whose angles are computed in float32"""
    exponents = torch.arange(0, d_model, 2).float() / d_model
    angles = torch.arange(length).float()[:, None] / base**exponents
    pairs = torch.stack([angles.sin(), angles.cos()], dim=-1)
    return pairs.flatten(1)[:, :d_model]
