"""The classic wrong turns in sequences.py."""

from __future__ import annotations

import torch

from autograder import changed, mistake, reference

# fmt: off
changed("truncated_bptt", chunk=1_000, name="cuts_nothing",
        like="the gradients through the whole sequence",
        ask="How far back may a gradient go?")
changed("truncated_bptt", chunk=1, name="cuts_at_each_step",
        like="gradients that go back one step only",
        ask="How many steps has a chunk?")
changed("truncated_bptt", chunk=lambda chunk: chunk + 1, name="cuts_one_late",
        like="chunks of one step too many",
        ask="After which step does the first chunk end?")
changed("greedy_sample", h=lambda h: h * 0, name="begins_anew",
        like="tokens that follow from a state of zeros",
        ask="What is the state for that you are given?")
changed("greedy_translate", start=lambda end: end, name="starts_with_the_end",
        like="translations that begin with the end",
        ask="What is the first token of a translation?")
changed("greedy_translate", max_length=lambda max_length: max_length + 1,
        name="does_not_count_the_start",
        like="translations with one token too many",
        ask="Does the first column count?")
# fmt: on


@mistake(question="With which state does the second chunk begin?")
def truncated_bptt__starts_each_chunk_at_h0(x, h0, weight_ih, weight_hh, grads, chunk):
    """gradients of chunks that all begin with h0"""
    total = None
    for at in range(0, len(x), chunk):
        part = slice(at, at + chunk)
        found = reference.truncated_bptt(
            x[part], h0, weight_ih, weight_hh, grads[part], chunk
        )
        if total is None:
            total = {**found, "x": [found["x"]]}
            continue
        total["x"].append(found["x"])
        for name in ("weight_ih", "weight_hh"):
            total[name] = total[name] + found[name]
    return {**total, "x": torch.cat(total["x"])}


@mistake(question="What does the model see in the second step?")
def greedy_sample__always_after_the_first(model, first, h, length):
    """tokens that each follow the first one"""
    found = []
    for _ in range(length):
        found.append(reference.greedy_sample(model, first, h, 1))
        h = model(first[None], h)[1]
    return torch.cat(found)


@mistake(question="Who remembers how far the text has come?")
def greedy_sample__drops_the_state(model, first, h, length):
    """tokens that each follow the last one as if it were the first"""
    found = [first[None]]
    for _ in range(length):
        found.append(reference.greedy_sample(model, found[-1][0], h, 1))
    return torch.cat(found[1:])


@mistake(question="Is the first token among the new ones?")
def greedy_sample__keeps_the_first(model, first, h, length):
    """the first token and those after it, one too few"""
    found = reference.greedy_sample(model, first, h, length)
    return torch.cat([first[None], found[:-1]])


@mistake(question="What comes after an end?")
def greedy_translate__goes_on_after_the_end(model, source, start, end, max_length):
    """translations that go on behind their end"""
    target = source.new_full((len(source), 1), start)
    while target.shape[1] < max_length and not (target == end).any(1).all():
        token = model(source, target)[:, -1].argmax(-1)
        target = torch.cat([target, token[:, None]], 1)
    return target


@mistake(question="When has the last row ended?")
def greedy_translate__stops_with_the_first(model, source, start, end, max_length):
    """translations that all stop where the first of them ends"""
    right = reference.greedy_translate(model, source, start, end, max_length)
    ends = (right == end).any(0).int().argmax()
    return right[:, : ends + 1] if (right == end).any() else right
