"""The claims that a check makes of work on a device: how much, and that it stays."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.checking.case import GRADIENT, Event, current
from autograder.checking.difference import Differs
from autograder.protocol.calls import Answer
from autograder.tables import counted
from autograder.verdict import Mismatch

_SHOWN = 4


def no_more_than(
    *,
    operators: int | None = None,
    synchronisations: int | None = None,
    times: float | None = None,
) -> None:
    """Each call made so far did at most so much on its device.

    On the CPU nothing is counted, and this claims nothing. The worker counts: it is
    advice, since a hostile submission can forge it. ::

        agrees(student.softmax, torch.softmax, draw(8, 5), 1)
        no_more_than(synchronisations=0, times=3)

    Args:
        operators: that compute; each starts one kernel or more. Views and empty memory
            are none.
        synchronisations: of the host with the device: ``.item()``, ``.cpu()``,
            ``bool(tensor)``, an index that is a mask.
        times: as often the operators that the reference solution takes for the same
            call. Where its figures are not there, under pytest or in a Hypothesis
            check, this claims nothing.

    Raises:
        Differs: a call did more.
    """
    __tracebackhide__ = True
    if operators is None and synchronisations is None and times is None:
        raise TypeError(
            "no_more_than bounds operators=, synchronisations= or times=; name one"
        )
    if times is not None and times < 1:
        raise ValueError(
            f"no_more_than: times={times}; the reference itself takes 1 times its work"
        )
    case = current()
    calls = list(_answers())
    reference = None
    if times is not None:
        case.counted = [answer.kernels for _, answer in calls]
        reference = case.reference_operators()
    for number, (event, answer) in enumerate(calls):
        of = f"one call of {event.function}"
        if operators is not None:
            _at_most(of, operators, "", answer)
        if times is not None and reference is not None and number < len(reference):
            theirs = reference[number]
            _at_most(of, int(times * theirs), _as_often(times, theirs), answer)
        if synchronisations is not None and answer.waited > synchronisations:
            places = ", ".join(list(dict.fromkeys(answer.waits))[:_SHOWN])
            most = f"at most {counted(synchronisations, 'host synchronisation')}"
            if not synchronisations:
                most = "no host synchronisations"
            seen = counted(answer.waited, "host synchronisation")
            raise Differs(Mismatch("work", of, most, f"{seen}: {places}"))


def as_many_operators() -> None:
    """Each call of a function took no more operators than its first one.

    Called after a call with two and one with many, it says that work does not grow with
    their number: a loop over the batch takes more for a larger one. A first call with
    one alone is refused: code may take another way there. On the CPU nothing is
    counted, and this claims nothing. ::

        for batch in (2, 8):
            student.attention(draw(batch, 5, 4), draw(batch, 7, 4), draw(batch, 7, 3))
        as_many_operators()

    Raises:
        Differs: a call did more.
    """
    __tracebackhide__ = True
    # With gradients followed torch does the same by other operators.
    first: dict[tuple[str, bool], tuple[Event, int]] = {}
    seen = 0
    for event, answer in _answers():
        if not answer.tensors:  # an object was made
            continue
        seen += 1
        kind = event.function, any(answer.differentiable)
        earlier, most = first.setdefault(kind, (event, answer.kernels))
        _not_of_one(earlier, event)
        if answer.kernels > most:
            of = f"a later call of {event.function}"
            bound = f"at most {counted(most, 'operator')}, as in the first call"
            got = counted(answer.kernels, "operator")
            raise Differs(Mismatch("work", of, bound, got))
    if seen == len(first):
        raise TypeError(
            "as_many_operators compares later calls of a function with its first one; "
            "there is no later call, so call it with a batch of two and then with many"
        )


def _not_of_one(earlier: Event, later: Event) -> None:
    """Refuse a first call in which what grows later is there once or not at all."""
    for one, other in zip(earlier.inputs, later.inputs):
        if one.dim() != other.dim():
            continue
        for axis, (small, large) in enumerate(zip(one.shape, other.shape)):
            if small < 2 and small < large:
                raise TypeError(
                    f"as_many_operators: the first call of {earlier.function} has "
                    f"{small} along axis {axis} of an input and a later one {large}; "
                    "code may take another way for one, so begin with two"
                )


def _answers() -> Iterator[tuple[Event, Answer]]:
    """All calls so far with their answers; ``agrees`` makes two calls."""
    for event in current().events:
        if event.function != GRADIENT:
            yield event, event.answer


def _at_most(of: str, most: int, why: str, answer: Answer) -> None:
    __tracebackhide__ = True
    if answer.kernels > most:
        bound = f"at most {counted(most, 'operator')}{why}"
        got = counted(answer.kernels, "operator")
        raise Differs(Mismatch("work", of, bound, got))


def _as_often(times: float, theirs: int) -> str:
    """``, twice the reference's 12``."""
    words: dict[float, str] = {1: "as many as", 2: "twice"}
    how_often = words.get(times, f"{times:g} times")
    return f", {how_often} the reference's {theirs}"
