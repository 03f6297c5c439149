"""On which axes the inputs of masks.py vary."""

from __future__ import annotations

from autograder import plan


@plan(length=plan.COUNTS)
def causal_mask(length):
    """How many positions."""
    return {"length": plan.count(length)}


@plan(
    texts=plan.COUNTS,
    empty=plan.YES,
    longer=plan.YES,
    impossible={
        "texts=none, empty=yes": "no text is empty",
        "texts=none, longer=yes": "no text is too long",
    },
)
def padding_mask(lengths, max_length):
    """How many texts, and whether one is empty or longer than its row."""
    return {
        "texts": plan.count(len(lengths)),
        "empty": plan.yes(bool((lengths == 0).any())),
        "longer": plan.yes(bool((lengths > max_length).any())),
    }


@plan(
    masks_given=("one", "two", "more"),
    shapes=("same", "other"),
    impossible={
        "masks_given=one, shapes=other": "one mask has one shape",
    },
)
def combine_masks(*masks):
    """How many masks, and whether they have one shape."""
    return {
        "masks_given": ("one", "two", "more")[min(len(masks), 3) - 1],
        "shapes": "same" if len({mask.shape for mask in masks}) == 1 else "other",
    }
