"""The classic wrong turns in counting.py."""

from __future__ import annotations

from autograder import mistake, reference


@mistake(question="Where does a window of the full size fit?")
def window_count__forgets_the_first_place(size, window, stride=1):
    """one place less than there is"""
    return reference.window_count(size, window, stride) - 1


@mistake(question="Which type has the number of places?")
def window_count__true_division(size, window, stride=1):
    """a fraction: the places divided with a remainder"""
    return (size - window) / stride + 1


@mistake(question="What does a larger window have to do?")
def window_count__of_windows_that_do_not_fit(size, window, stride=1):
    """a number of places for a window that has none"""
    return (size - window) // stride + 1


@mistake(question="On which side of the diagonal lies the future?")
def is_causal__looks_at_the_past(mask):
    """what holds for the past, not for the future"""
    return not bool(mask.tril(-1).any())


@mistake(question="May a mask hide the past?")
def is_causal__wants_the_whole_past(mask):
    """whether the mask is exactly the lower triangle"""
    return bool((mask == mask.new_ones(mask.shape).tril()).all())


@mistake(question="In which order do the gates stand?")
def gate_name__swaps_two_gates(index):
    """the names with input and forget swapped"""
    return ("forget", "input", "candidate", "output")[index]


@mistake(question="Which letter do the names begin with?")
def gate_name__first_letters(index):
    """the first letters of the names"""
    return "ifco"[index]


@mistake(question="Which axis comes first?")
def summary__swaps_row_and_column(x):
    """a summary with row and column of the largest value swapped"""
    found = reference.summary(x)
    return {**found, "largest": found["largest"][::-1]}


@mistake(question="What is divided by how many?")
def summary__sum_for_mean(x):
    """a summary with the sum in place of the mean"""
    return {**reference.summary(x), "mean": x.sum()}


@mistake(question="What does a layer learn beside its weight?")
def count_parameters__weights_only(model):
    """the weights, without the biases"""
    return sum(p.numel() for p in model.parameters() if p.dim() > 1)


@mistake(question="Which of the parameters does the optimizer change?")
def count_parameters__frozen_ones_too(model):
    """all parameters, the frozen ones too"""
    return sum(p.numel() for p in model.parameters())
