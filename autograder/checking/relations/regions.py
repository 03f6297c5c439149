"""Relations of place: where an answer is right, and where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from autograder.checking.relations.evidence import (
    FEWEST_CALLS,
    FEWEST_NUMBERS,
    Evidence,
    named_axis,
)
from autograder.checking.relations.parts import Part, distinct
from autograder.verdict import Relation

MOST_WIDE = 2  # of the rim
BLOCKS = (2, 3, 4)

Test = Callable[[torch.Tensor], torch.Tensor]


def not_a_number(evidence: Evidence) -> Iterator[Relation]:
    """NaN or infinity at some places, and every other place is right."""
    if not evidence.aligned:
        return
    for name, test in _ODD:
        bad = [part.bad for part in evidence.wrong]
        odd = [test(part.got) for part in evidence.wrong]
        if not all(torch.equal(one, other) for one, other in zip(bad, odd)):
            continue
        count = sum(int(one.sum()) for one in bad)
        total = sum(one.numel() for one in bad)
        facts = {"of": evidence.of, "value": name, "count": str(count)}
        facts["total"] = str(total)
        if count < total and count >= 3:
            zero = [
                (part.truth == 0) & (part.truth != part.got) for part in evidence.wrong
            ]
            if all(torch.equal(one, other) for one, other in zip(bad, zero)):
                facts["where"] = "the right answer is 0"
            yield Relation("not_a_number", facts)
        elif count == total and evidence.enough():
            yield Relation("constant", {"of": evidence.of, "value": name})
        return


_ODD: tuple[tuple[str, Test], ...] = (("NaN", torch.isnan), ("infinity", torch.isinf))


def by_sign(evidence: Evidence) -> Iterator[Relation]:
    """Wrong exactly where the right answer, or an argument, is negative or positive."""
    if not evidence.aligned or evidence.series or not _both(evidence, FEWEST_NUMBERS):
        return
    tests: dict[str, Test] = {
        "negative": lambda t: t < 0,
        "positive": lambda t: t > 0,
        "0": lambda t: t == 0,
        "NaN": torch.isnan,
    }
    sources: list[tuple[str, list[torch.Tensor]]] = []
    known = [part.asked for part in evidence.parts]
    for name in known[0].tensors if known[0] is not None else ():
        given = [asked.tensors.get(name) if asked else None for asked in known]
        if all(
            tensor is not None and tensor.shape == part.truth.shape
            for tensor, part in zip(given, evidence.parts)
        ):
            sources.append((name, [t for t in given if t is not None]))
    sources.append(("the right answer", [part.truth for part in evidence.parts]))
    for name, tensors in sources:
        for word, test in tests.items():
            if all(_exactly(p, test(t)) for p, t in zip(evidence.parts, tensors)):
                facts = {"of": evidence.of, "argument": name, "sign": word}
                yield Relation("by_sign", facts)
                return


def _exactly(part: Part, mask: torch.Tensor) -> bool:
    return not bool(mask.any()) if part.right else torch.equal(part.bad, mask)


def at_an_end(evidence: Evidence) -> Iterator[Relation]:
    """Wrong at the first or last place along an axis only, or right there only."""
    # Where each answer has one such place, one number of each has to be enough.
    fewest = FEWEST_CALLS if len(evidence.wrong) >= FEWEST_CALLS else FEWEST_NUMBERS
    if not evidence.arrays or not evidence.aligned or not _both(evidence, fewest):
        return
    for axis in range(evidence.arrays[0].truth.ndim):
        if any(part.bad.shape[axis] < 3 for part in evidence.wrong):
            continue
        # Items along the axis that hold anything wrong.
        items = [_along(part.bad, axis) for part in evidence.wrong]
        if not _is_dense(evidence.wrong, axis):
            continue
        for place, mask in _PLACES.items():
            if place == "first and last" and min(map(len, items)) < 4:
                continue  # one place in the middle is no middle
            for word, wanted in (("wrong", True), ("right", False)):
                ends = [mask(len(item)) == wanted for item in items]
                if not all(torch.equal(a, b) for a, b in zip(items, ends)):
                    continue
                if word == "right" and not _telling(evidence.wrong, axis, place):
                    continue
                facts = {"of": evidence.of, **named_axis(evidence, axis)}
                facts |= {"place": place, "there": word}
                yield Relation("at_an_end", facts)
                return


def _is_dense(parts: list[Part], axis: int) -> bool:
    """Whether most numbers are wrong where an axis holds anything wrong at all.

    A few that are strewn about, at ties for instance, miss a place by chance.
    """
    shares = [
        part.bad.movedim(axis, 0)[_along(part.bad, axis)].double().mean()
        for part in parts
    ]
    return all(float(share) >= 0.5 for share in shares)


def _first(size: int) -> torch.Tensor:
    return torch.arange(size) == 0


def _last(size: int) -> torch.Tensor:
    return torch.arange(size) == size - 1


_PLACES: dict[str, Callable[[int], torch.Tensor]] = {
    "first": _first,
    "last": _last,
    "first and last": lambda size: _first(size) | _last(size),
}


def _telling(parts: list[Part], axis: int, place: str) -> bool:
    """Whether what is right there are numbers, not zeros that anybody has."""
    values = torch.cat(
        [
            part.truth.movedim(axis, 0)[_PLACES[place](part.truth.shape[axis])].reshape(
                -1
            )
            for part in parts
        ]
    )
    return int((values != 0).sum()) >= 3 and distinct(values) >= 3


def rim(evidence: Evidence) -> Iterator[Relation]:
    """Wrong within one or two places of the border of the last two axes only."""
    if not evidence.arrays or not evidence.aligned:
        return
    if evidence.arrays[0].truth.ndim < 2 or not _both(evidence, FEWEST_NUMBERS):
        return
    for width in range(1, MOST_WIDE + 1):
        inner = [_inner(part.bad, width) for part in evidence.wrong]
        if any(one.numel() == 0 for one in inner):
            return
        if not any(bool(one.any()) for one in inner):
            enough = sum(one.numel() for one in inner) >= FEWEST_NUMBERS
            if enough and _on_all_sides(evidence.wrong, width):
                yield Relation("rim", {"of": evidence.of, "width": str(width)})
            return


def _on_all_sides(parts: list[Part], width: int) -> bool:
    """Whether rows and columns end wrongly: whole rows alone are no border."""
    return all(
        any(bool(side.any()) for side in sides)
        for sides in (
            [part.bad[..., width:-width, :] for part in parts],
            [part.bad[..., :, width:-width] for part in parts],
        )
    )


def _inner(values: torch.Tensor, width: int) -> torch.Tensor:
    return values[..., width:-width, width:-width]


def blocks(evidence: Evidence) -> Iterator[Relation]:
    """Of equal blocks along an axis, one is right and the others wrong, or reversed."""
    if not evidence.arrays or not evidence.aligned:
        return
    if not _both(evidence, FEWEST_NUMBERS):
        return
    for axis in range(evidence.arrays[0].truth.ndim):
        if not _is_dense(evidence.wrong, axis):
            continue
        for name, counts in _block_counts(evidence.wrong):
            found = _one_block(evidence.wrong, axis, counts)
            if found is None:
                continue
            block, word = found
            facts = {"of": evidence.of, "axis": str(axis), "there": word}
            yield Relation("block", facts | {"block": block, "blocks": name})
            return


def _block_counts(parts: list[Part]) -> list[tuple[str, list[int]]]:
    counts = [(str(count), [count] * len(parts)) for count in BLOCKS]
    groups = [
        part.asked.plain.get("groups") if part.asked is not None else None
        for part in parts
    ]
    if all(type(group) is int and group > 1 for group in groups):
        counts.insert(0, ("groups", [int(group) for group in groups if group]))
    return counts


def _one_block(
    parts: list[Part], axis: int, counts: list[int]
) -> tuple[str, str] | None:
    """The one block that is right, or wrong, in all of these answers: which, what."""
    states: list[list[bool]] = []
    for part, count in zip(parts, counts):
        size = part.bad.shape[axis]
        if size % count or size < count or size == count == 2:
            return None
        items = _along(part.bad, axis).reshape(count, -1)
        states.append([bool(item.any()) for item in items])
    for word, odd in (("right", False), ("wrong", True)):
        if any(state.count(odd) != 1 for state in states):
            continue
        first = {state.index(odd) for state in states}
        last = {state.index(odd) - len(state) for state in states}
        if first == {0}:
            return "first", word
        if last == {-1}:
            return "last", word
        if len(first) == 1 and len(set(counts)) == 1:
            return str(first.pop()), word
    return None


def _along(bad: torch.Tensor, axis: int) -> torch.Tensor:
    """For each item along an axis: is anything in it wrong?"""
    moved = bad.movedim(axis, 0)
    return moved.reshape(len(moved), -1).any(1) if bad.numel() else moved.new_zeros(0)


def _both(evidence: Evidence, fewest: int) -> bool:
    """Whether there are both wrong and right numbers enough in the wrong answers."""
    if not evidence.aligned:
        return False
    wrong = sum(int(part.bad.sum()) for part in evidence.wrong)
    right = [part.truth[~part.bad] for part in evidence.wrong]
    # A right zero says little: an answer of zeros has it, too.
    some = torch.cat([values[values != 0] for values in right])
    enough = some.numel() >= FEWEST_NUMBERS and distinct(some) >= 3
    return wrong >= fewest and enough


def sums(evidence: Evidence) -> Iterator[Relation]:
    """The right answer sums to one along an axis; this one does along another."""
    if not evidence.arrays or not evidence.aligned or not evidence.enough():
        return
    parts = evidence.arrays
    if any(not part.truth.numel() or part.truth.min() < 0 for part in parts):
        return
    axes = range(parts[0].truth.ndim)
    right = [axis for axis in axes if all(_to_one(p.truth, axis) for p in parts)]
    if len(right) != 1:
        return
    wrong = evidence.wrong
    if any(_to_one(part.got, right[0]) for part in wrong):
        return
    facts = {"of": evidence.of, "axis": str(right[0])}
    for axis in axes:
        if axis != right[0] and all(_to_one(part.got, axis) for part in wrong):
            yield Relation("sums", facts | {"other": str(axis)})
            return
    totals = torch.cat([part.got.sum(right[0]).reshape(-1) for part in wrong])
    if bool(totals.isfinite().all()):
        low, high = float(totals.min()), float(totals.max())
        yield Relation("sums", facts | {"low": f"{low:.4g}", "high": f"{high:.4g}"})


def _to_one(values: torch.Tensor, axis: int) -> bool:
    if values.shape[axis] < 2:
        return False
    return bool(((values.sum(axis) - 1).abs() <= 1e-9).all())
