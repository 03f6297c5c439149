"""Relations of order: the right numbers stand in other places."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import torch

from autograder.checking.relations.evidence import FEWEST_NUMBERS, Evidence, named_axis
from autograder.checking.relations.parts import Part, distinct
from autograder.checking.tolerance import scale_of
from autograder.verdict import Relation

MOST_AXES = 5
MOST_BLOCKS = 8


def axes(evidence: Evidence) -> Iterator[Relation]:
    """The axes of the answer are those of the right one in another order."""
    arrays = usable_arrays(evidence)
    if not arrays:
        return
    plain = tuple(range(arrays[0].truth.ndim))
    orders = [order for order in itertools.permutations(plain) if order != plain]
    orders.sort(key=lambda order: sum(a != b for a, b in zip(order, plain)))
    for order in orders:
        if evidence.holds(lambda truth, o=order: truth.permute(o)):  # type: ignore[misc]
            yield Relation("axes", _exchanged(evidence.of, order))
            return
    for order in orders:
        if evidence.holds(lambda t, o=order: t.permute(o).reshape(t.shape)):  # type: ignore[misc]
            yield Relation("read_across", _exchanged(evidence.of, order))
            return


def _exchanged(of: str, order: tuple[int, ...]) -> dict[str, str]:
    moved = [axis for axis, other in enumerate(order) if axis != other]
    facts = {"of": of, "order": ", ".join(map(str, order))}
    if len(moved) == 2:
        facts["axes"] = f"{moved[0]} and {moved[1]}"
    return facts


def reversed_order(evidence: Evidence) -> Iterator[Relation]:
    """The answer runs backwards along an axis, or along several."""
    arrays = usable_arrays(evidence)
    if not arrays or not evidence.aligned:
        return
    count = arrays[0].truth.ndim
    single = [(axis,) for axis in range(count)]
    for flipped in [*single, *itertools.combinations(range(count), 2)]:
        if evidence.holds(lambda truth, f=flipped: truth.flip(f)):  # type: ignore[misc]
            named = " and ".join(map(str, flipped))
            yield Relation("reversed", {"of": evidence.of, "axes": named})
            return


def repeated(evidence: Evidence) -> Iterator[Relation]:
    """All items along an axis have the answer that is right for the first, or last."""
    arrays = usable_arrays(evidence)
    if not arrays or not evidence.aligned:
        return
    for axis in range(arrays[0].truth.ndim):
        for place, index in (("first", 0), ("last", -1)):

            def change(
                truth: torch.Tensor, axis: int = axis, index: int = index
            ) -> torch.Tensor | None:
                if not truth.shape[axis]:
                    return truth
                index %= truth.shape[axis]
                return truth.narrow(axis, index, 1).expand(truth.shape)

            if evidence.holds(change):
                facts = {"of": evidence.of, **named_axis(evidence, axis)}
                yield Relation("repeated", facts | {"place": place})
                return


def shifted(evidence: Evidence) -> Iterator[Relation]:
    """The answer is the right one moved by one place along an axis, rim aside."""
    arrays = usable_arrays(evidence)
    if not arrays or not evidence.aligned:
        return
    count = arrays[0].truth.ndim
    moves: list[Move] = [((axis, step),) for axis in range(count) for step in (1, -1)]
    if count > 1:
        moves += [((count - 2, s), (count - 1, s)) for s in (1, -1)]
    for move in moves:
        if not all(_moved(part, move) for part in arrays):
            continue
        wrong = sum(int(_ahead(p.bad, move).sum()) for p in evidence.wrong)
        values = torch.cat([_ahead(p.got, move).reshape(-1) for p in evidence.wrong])
        if wrong < FEWEST_NUMBERS or distinct(values) < 3:
            continue
        axes = " and ".join(str(axis) for axis, _ in move)
        facts = {"of": evidence.of, "axes": axes, "rim": _rim(evidence.wrong, move)}
        facts["towards"] = "higher" if move[0][1] > 0 else "lower"
        yield Relation("shifted", facts)
        return


Move = tuple[tuple[int, int], ...]  # axes, and by how much along each


def _ahead(values: torch.Tensor, move: Move) -> torch.Tensor:
    """Of the answer: the part that the right one was moved to."""
    for axis, step in move:
        size = max(values.shape[axis] - 1, 0)
        values = values.narrow(axis, 1 if step > 0 and size else 0, size)
    return values


def _behind(values: torch.Tensor, move: Move) -> torch.Tensor:
    return _ahead(values, tuple((axis, -step) for axis, step in move))


def _moved(part: Part, move: Move) -> bool:
    got, from_ = _ahead(part.got, move), _behind(part.truth, move)
    near = (got - from_).abs() <= part.unit * scale_of(part.truth)
    return bool((near | (got == from_)).all())


def _rim(parts: list[Part], move: Move) -> str:
    """What stands in the places that nothing was moved to: zeros, or the other end."""
    if len(move) == 1:
        (axis, step) = move[0]
        if all(part.is_(part.truth.roll(step, axis)) for part in parts):
            return "the other end"
    inner = [_ahead(torch.ones_like(part.got), move) for part in parts]
    rest = [float(p.got.abs().sum() - _ahead(p.got, move).abs().sum()) for p in parts]
    if all(i.numel() < p.got.numel() for i, p in zip(inner, parts)):
        limit = [1e-12 * max(float(p.got.abs().sum()), 1e-300) for p in parts]
        if all(abs(r) <= small for r, small in zip(rest, limit)):
            return "zeros"
    return "other numbers"


def permuted(evidence: Evidence) -> Iterator[Relation]:
    """Equal blocks along an axis stand in another order: gates, channels, heads."""
    arrays = usable_arrays(evidence)
    if not arrays or not evidence.aligned:
        return
    for axis in range(arrays[0].truth.ndim):
        for blocks in range(2, MOST_BLOCKS + 1):
            order = _order(evidence.wrong, axis, blocks)
            if order is None or order == list(range(blocks)):
                continue

            def change(
                truth: torch.Tensor,
                a: int = axis,
                k: int = blocks,
                o: list[int] = order,
            ) -> torch.Tensor | None:
                if truth.shape[a] % k:
                    return None
                pieces = truth.chunk(k, a)
                return torch.cat([pieces[i] for i in o], a) if truth.numel() else truth

            if evidence.holds(change):
                facts = {"axis": str(axis), "order": " ".join(map(str, order))}
                yield Relation("permuted", {"of": evidence.of, **facts})
                return


def _order(parts: list[Part], axis: int, blocks: int) -> list[int] | None:
    """Which block of the truth stands at each place of the first wrong answer."""
    part = max(parts, key=lambda one: one.truth.numel())
    if any(p.truth.shape[axis] % blocks or not p.truth.numel() for p in parts):
        return None
    got, truth = part.got.chunk(blocks, axis), part.truth.chunk(blocks, axis)
    order = []
    limit = part.unit * scale_of(part.truth)
    for piece in got:
        same = [
            i
            for i, other in enumerate(truth)
            if bool(((piece - other).abs() <= limit).all())
        ]
        if len(same) != 1:
            return None
        order += same
    return order if sorted(order) == list(range(blocks)) else None


def interleaved(evidence: Evidence) -> Iterator[Relation]:
    """Every second place along an axis first, then the others; or the reverse."""
    arrays = usable_arrays(evidence)
    if not arrays or not evidence.aligned:
        return
    for axis in range(arrays[0].truth.ndim):
        for count in range(2, MOST_BLOCKS + 1):
            for apart in (True, False):

                def change(
                    truth: torch.Tensor,
                    a: int = axis,
                    k: int = count,
                    out: bool = apart,
                ) -> torch.Tensor | None:
                    if truth.shape[a] % k:
                        return None
                    return truth.index_select(a, _dealt(truth.shape[a], k, out))

                if evidence.holds(change):
                    size = evidence.wrong[0].truth.shape[axis]
                    order = _dealt(size, count, apart).tolist()
                    facts = {"axis": str(axis), "order": " ".join(map(str, order))}
                    yield Relation("interleaved", {"of": evidence.of, **facts})
                    return


def _dealt(size: int, count: int, apart: bool) -> torch.Tensor:
    """``0 2 4 1 3 5``, of six places and a count of two; together, ``0 3 1 4 2 5``."""
    places = torch.arange(size)
    rows = places.reshape(-1, count) if apart else places.reshape(count, -1)
    return rows.T.reshape(-1)


def usable_arrays(evidence: Evidence) -> list[Part]:
    """The parts, where there are numbers enough to tell one order from another."""
    arrays = evidence.arrays
    if not arrays or arrays[0].truth.ndim > MOST_AXES or not evidence.enough(2):
        return []
    ndim = arrays[0].truth.ndim
    return arrays if all(part.got.ndim == ndim for part in arrays) else []
