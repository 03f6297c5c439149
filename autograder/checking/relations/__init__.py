"""What the numbers show where no mistake matches: facts that hold exactly.

Each relation is computed on every case that ran to a value, and holds in all of them:
in those that failed it explains the answer, and those that passed do not contradict it.
Nothing is said where numbers are too few, or where two explanations do equally well.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import torch

from autograder.checking.case import CaseRun
from autograder.checking.relations import (
    arrangement,
    conditions,
    extent,
    magnitude,
    members,
    regions,
)
from autograder.checking.relations.alternatives import alternatives
from autograder.checking.relations.asked_calls import Call, calls_of
from autograder.checking.relations.evidence import Evidence, evidence_of
from autograder.verdict import Relation

MOST = 2  # relations that are told
MOST_NAMES = 3  # parts of an answer that are looked into
SAMPLE = 300  # of many calls in one message, looked at first
MOST_CALLS = 1_000_000  # all of them

Find = Callable[[Evidence], Iterator[Relation]]

# What explains a whole answer, the most telling first; one of them is enough.
_WHOLE: tuple[Find, ...] = (
    magnitude.constant,
    magnitude.unchanged,
    magnitude.factor,
    magnitude.along_an_axis,
    magnitude.offset,
    arrangement.axes,
    arrangement.reversed_order,
    extent.shape,
    extent.cut,
    arrangement.permuted,
    arrangement.interleaved,
    arrangement.repeated,
    arrangement.shifted,
    magnitude.difference,
    magnitude.function,
    alternatives,
    extent.reduced,
)
# Where an answer is wrong; the first that holds is told.
_PLACE: tuple[Find, ...] = (
    regions.not_a_number,
    regions.by_sign,
    regions.at_an_end,
    regions.rim,
    regions.blocks,
    regions.sums,
)


def relations_of(runs: list[CaseRun]) -> list[Relation]:
    """At most two relations between wrong answers and right ones, strongest first.

    Args:
        runs: all cases of one failing check that ran to a value.
    """
    with torch.no_grad():
        found = _found(calls_of(runs, SAMPLE))
        few = list(itertools.islice(found, MOST))
        many = any(one.calls is not None for run in runs for one in run.compared)
        if not few or not many:
            return few
        # What holds for some of many calls may be said only where it does for all.
        return list(itertools.islice(_found(calls_of(runs, MOST_CALLS)), MOST))


def _found(calls: list[Call]) -> Iterator[Relation]:
    whole = False
    for exchanged in members.exchanged(calls):
        yield exchanged
        return
    evidence = evidence_of(calls)[:MOST_NAMES]
    for one in evidence:
        relation = _first(_WHOLE, one)
        if relation is not None:
            whole = True
            yield relation
    yield from members.gradient(calls)
    if whole:
        return
    yield from conditions.condition(calls)
    for one in evidence:
        relation = _first(_PLACE, one)
        if relation is not None:
            yield relation


def _first(finders: tuple[Find, ...], evidence: Evidence) -> Relation | None:
    return next((found for find in finders for found in find(evidence)), None)
