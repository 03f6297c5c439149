"""Relations of shape: the right numbers, with axes or places too many or too few."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from autograder.checking.relations.arrangement import usable_arrays
from autograder.checking.relations.evidence import FEWEST_NUMBERS, Evidence
from autograder.checking.relations.parts import Part, distinct
from autograder.checking.tolerance import scale_of
from autograder.verdict import Relation

Reduce = Callable[[torch.Tensor, int], torch.Tensor]
_REDUCTIONS: dict[str, Reduce] = {
    "sum": lambda t, axis: t.sum(axis),
    "mean": lambda t, axis: t.mean(axis),
    "maximum": lambda t, axis: t.amax(axis),
    "first place": lambda t, axis: t.select(axis, 0),
    "last place": lambda t, axis: t.select(axis, -1),
}


def shape(evidence: Evidence) -> Iterator[Relation]:
    """The right numbers in the right order, in another shape."""
    if evidence.series or any(part.comparable for part in evidence.wrong):
        return
    if evidence.truths.numel() < FEWEST_NUMBERS or evidence.variety < 3:
        return
    if all(_flat(part) for part in evidence.wrong):
        first = evidence.wrong[0]
        facts = {"got": _sizes(first.got), "expected": _sizes(first.truth)}
        yield Relation("shape", {"of": evidence.of, **facts})


def reduced(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the sum or mean of the right one along an axis, or the reverse."""
    if evidence.series or any(part.comparable for part in evidence.wrong):
        return
    if evidence.right or not evidence.enough():
        return
    first = evidence.wrong[0]
    for whole, larger in (("truth", first.truth), ("got", first.got)):
        for axis in range(larger.ndim):
            for name, reduce in _REDUCTIONS.items():
                if all(_reduces(p, whole, axis, reduce) for p in evidence.wrong):
                    facts = {"of": evidence.of, "function": name, "axis": str(axis)}
                    yield Relation("reduced", facts | {"whole": whole})
                    return


def _reduces(part: Part, whole: str, axis: int, reduce: Reduce) -> bool:
    large, small = part.truth, part.got
    if whole == "got":
        large, small = small, large
    if axis >= large.ndim or not large.shape[axis] or not scale_of(small):
        return False
    made = reduce(large, axis)
    if made.shape != small.shape:
        made = made.unsqueeze(axis)
    if made.shape != small.shape:
        return False
    return bool(((made - small).abs() <= part.unit * scale_of(small)).all())


def cut(evidence: Evidence) -> Iterator[Relation]:
    """The answer lacks places at the ends of some axes, or has some too many."""
    if evidence.right or evidence.series or not evidence.enough():
        return
    if any(part.comparable for part in evidence.wrong) or not usable_arrays(evidence):
        return
    for larger in ("truth", "got"):
        for place in ("last", "first", "both"):
            if all(_is_cut(part, larger, place) for part in evidence.wrong):
                kind = "lacking" if larger == "truth" else "surplus"
                seen = [_cut_axes(part) for part in evidence.wrong]
                facts = {"of": evidence.of, "place": place}
                facts["axes"] = " and ".join(
                    sorted({axis for one in seen for axis in one})
                )
                yield Relation(kind, facts)
                return


def _cut_axes(part: Part) -> list[str]:
    pairs = zip(part.got.shape, part.truth.shape)
    return [str(axis) for axis, (one, other) in enumerate(pairs) if one != other]


def _is_cut(part: Part, larger: str, place: str) -> bool:
    large, small = part.truth, part.got
    if larger == "got":
        large, small = small, large
    if small.numel() < 3 or small.ndim != large.ndim:
        return False
    for axis, size in enumerate(small.shape):
        left = large.shape[axis] - size
        if left < 0 or (place == "both" and left % 2):
            return False
        start = {"last": 0, "first": left, "both": left // 2}[place]
        large = large.narrow(axis, start, size)
    near = (large - small).abs() <= part.unit * scale_of(part.truth)
    return bool(near.all()) and distinct(small) >= 3


def _flat(part: Part) -> bool:
    if part.got.numel() != part.truth.numel():
        return False
    near = part.got.reshape(-1) - part.truth.reshape(-1)
    return bool((near.abs() <= part.unit * scale_of(part.truth)).all())


def _sizes(tensor: torch.Tensor) -> str:
    return f"[{', '.join(map(str, tensor.shape))}]"
