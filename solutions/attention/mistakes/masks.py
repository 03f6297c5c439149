"""The classic wrong turns in masks.py."""

from __future__ import annotations

import torch

from autograder import mistake, reference


@mistake(question="May a word attend to itself?")
def causal_mask__hides_itself(length):
    """a mask in which no position may attend to itself"""
    return reference.causal_mask(length).tril(-1)


@mistake(question="Which positions does the last one see? And which the first one?")
def causal_mask__sees_the_future(length):
    """a mask in which each position attends to itself and to what comes after it"""
    return reference.causal_mask(length).T


@mistake(question="What does True say in this mask?")
def causal_mask__inverted(length):
    """a mask that is True where it should be False, and the other way round"""
    return ~reference.causal_mask(length)


@mistake(question="What is the first word that is not known yet at position i?")
def causal_mask__sees_one_ahead(length):
    """a mask in which each position also sees the one after it"""
    return torch.ones(length, length, dtype=torch.bool).tril(1)


@mistake(question="How much of the past may a position see?")
def causal_mask__sees_the_present_alone(length):
    """a mask in which each position attends to itself alone"""
    return torch.eye(length, dtype=torch.bool)


@mistake(question="What is the mask for?")
def causal_mask__allows_everything(length):
    """a mask that allows everything"""
    return torch.ones(length, length, dtype=torch.bool)


@mistake(question="Is this mask added to the scores, or is it True and False?")
def causal_mask__to_be_added(length):
    """numbers to be added to the scores, with minus infinity where nothing is seen"""
    return torch.full((length, length), -torch.inf).triu(1)


@mistake(
    question="Does a text with 3 words have one at position 3, if one counts from 0?"
)
def padding_mask__one_too_many(lengths, max_length):
    """a mask that lets in one position too many of each text"""
    return reference.padding_mask(lengths + 1, max_length)


@mistake(
    question="Does a text with 3 words have one at position 2, if one counts from 0?"
)
def padding_mask__one_too_few(lengths, max_length):
    """a mask that leaves the last word of each text out"""
    return reference.padding_mask(lengths - 1, max_length)


@mistake(question="What does True say in this mask?")
def padding_mask__inverted(lengths, max_length):
    """a mask that is True for the filling"""
    return ~reference.padding_mask(lengths, max_length)


@mistake(question="At which end of a row is the filling?")
def padding_mask__fills_at_the_front(lengths, max_length):
    """a mask of texts with their filling before the first word"""
    return reference.padding_mask(lengths, max_length).flip(-1)


@mistake(question="What does one row of this mask belong to?")
def padding_mask__columns_for_rows(lengths, max_length):
    """a mask with a column for each text, where a row belongs"""
    return reference.padding_mask(lengths, max_length).T


@mistake(question="How long are the rows of the batch?")
def padding_mask__as_long_as_the_longest(lengths, max_length):
    """a mask as long as the longest text, whatever max_length is"""
    return reference.padding_mask(lengths, int(lengths.max()))


@mistake(question="Are all texts equally long?")
def padding_mask__the_first_length_for_all(lengths, max_length):
    """a mask that takes the length of the first text for all"""
    return reference.padding_mask(lengths[:1].expand_as(lengths), max_length)


@mistake(question="How many words has a text of length 0?")
def padding_mask__a_word_in_every_text(lengths, max_length):
    """a mask that lets in the first position of texts without a word"""
    return reference.padding_mask(lengths.clamp(min=1), max_length)


@mistake(question="Which of the words of a text may be attended to?")
def padding_mask__the_last_word_alone(lengths, max_length):
    """a mask that is True for the last word of each text alone"""
    return torch.arange(max_length) == lengths[:, None] - 1


@mistake(question="Is it enough if one of the masks allows it?")
def combine_masks__any(*masks):
    """a mask that allows what any one of the masks allows"""
    return _folded(torch.logical_or, masks)


@mistake(question="Which of the masks do you read?")
def combine_masks__the_first_alone(*masks):
    """the first mask"""
    return masks[0].clone()


@mistake(question="Which of the masks do you read?")
def combine_masks__the_last_alone(*masks):
    """the last mask"""
    return masks[-1].clone()


@mistake(question="How many masks may there be?")
def combine_masks__the_first_two(*masks):
    """a mask that allows what the first two masks allow"""
    return reference.combine_masks(*masks[:2])


@mistake(question="What does True say in these masks?")
def combine_masks__inverted(*masks):
    """a mask that is False where all masks are True, and True elsewhere"""
    return ~reference.combine_masks(*masks)


@mistake(question="What should come of two masks that both say True?")
def combine_masks__exclusive(*masks):
    """a mask that is True where an odd number of masks is True"""
    return _folded(torch.logical_xor, masks)


@mistake(question="What should come of two masks that both say False?")
def combine_masks__where_they_agree(*masks):
    """a mask that is True where two masks say the same"""
    return _folded(torch.eq, masks)


@mistake(question="What is one mask, if the masks are two?")
def combine_masks__adds_them(*masks):
    """the number of masks that allow it"""
    return sum(mask.int() for mask in masks)


def _folded(operation, masks):
    mask = masks[0].clone()
    for other in masks[1:]:
        mask = operation(mask, other)
    return mask
