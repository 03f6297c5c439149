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


@mistake(question="Of which numbers is this the mean?")
def summary__centres_each_row(x):
    """a summary whose distances are from the mean of each row"""
    return {**reference.summary(x), "centred": x - x.mean(1, keepdim=True)}


@mistake(question="What is the type of the shape of a tensor?")
def summary__lists_for_tuples(x):
    """a summary with lists in place of tuples"""
    found = reference.summary(x)
    lists = {key: list(found[key]) for key in ("shape", "largest")}
    return {**found, **lists}


@mistake(question="Which axes does argmax look at?")
def summary__flat_index(x):
    """a summary with the place of the largest value in all values in a row"""
    return {**reference.summary(x), "largest": (int(x.argmax()),)}


@mistake(question="What does a layer learn beside its weight?")
def count_parameters__weights_only(model):
    """the weights, without the biases"""
    return sum(p.numel() for p in model.parameters() if p.dim() > 1)


@mistake(question="Which of the parameters does the optimizer change?")
def count_parameters__frozen_ones_too(model):
    """all parameters, the frozen ones too"""
    return sum(p.numel() for p in model.parameters())


@mistake(question="How many parameters does a layer have that is there twice?")
def count_parameters__shared_ones_twice(model):
    """a count that counts shared parameters once for each layer that has them"""
    return sum(
        p.numel() for layer in model for p in layer.parameters() if p.requires_grad
    )


@mistake(question="Are tensors counted, or the numbers in them?")
def count_parameters__counts_tensors(model):
    """the number of tensors, not of the numbers in them"""
    return sum(p.requires_grad for p in model.parameters())


@mistake(question="What is left over when the window cannot step any more?")
def window_count__rounds_up(size, window, stride=1):
    """a count that has a place for the rest at the end"""
    reference.window_count(size, window, stride)
    return -((window - size) // stride) + 1


@mistake(question="Does the diagonal lie in the future?")
def is_causal__forbids_the_present(mask):
    """whether a row sees neither the future nor itself"""
    return not bool(mask.triu().any())


@mistake(question="What does True say in this mask?")
def is_causal__inverts_the_mask(mask):
    """whether a row sees all of the future"""
    return bool(mask.triu(1).sum() == mask.new_ones(mask.shape).triu(1).sum())


@mistake(question="In which order do the gates stand?")
def gate_name__swaps_the_last_two(index):
    """the names with candidate and output swapped"""
    return ("input", "forget", "output", "candidate")[index]


@mistake(question="Which number has the first gate?")
def gate_name__counts_from_one(index):
    """the name of the gate before"""
    return reference.gate_name(index - 1)
