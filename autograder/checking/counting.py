"""The claims that a check makes of work on a device: how much, and that it stays."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.checking.case import GRADIENT, Event, current
from autograder.checking.difference import Differs
from autograder.protocol.calls import Answer
from autograder.verdict import Mismatch

_SHOWN = 4
_OF = "operators"  # for students, to whom a kernel may be a filter


def no_more_than(*, kernels: int | None = None, waits: int | None = None) -> None:
    """Each call made so far did at most so much on its device.

    On the CPU nothing is counted, and this claims nothing. The worker counts: it is
    advice, since a hostile submission can forge it.

    Args:
        kernels: launched; each operator that computes is one.
        waits: of the host for the device: ``.item()``, ``.cpu()``, ``bool(tensor)``,
            an index that is a mask.

    Raises:
        Differs: a call did more.
    """
    __tracebackhide__ = True
    if kernels is None and waits is None:
        raise TypeError("no_more_than bounds kernels= or waits=, or both; name one")
    for event, answer in _answers():
        of = f"one call of {event.function}"
        if kernels is not None and answer.kernels > kernels:
            raise Differs(
                _too_many(of, f"at most {kernels} {_OF}", answer.kernels, _OF)
            )
        if waits is not None and answer.waited > waits:
            places = ", ".join(list(dict.fromkeys(answer.waits))[:_SHOWN])
            most = f"at most {waits} waits" if waits else "no waits"
            raise Differs(_too_many(of, most, answer.waited, f"waits: {places}"))


def as_many_kernels() -> None:
    """Each call of a function launched no more kernels than its first one.

    Called after calls with one and with many, it says that work does not grow with
    their number: a loop over the batch launches more for a larger one. On the CPU
    nothing is counted, and this claims nothing.

    Raises:
        Differs: a call did more.
    """
    __tracebackhide__ = True
    # With gradients followed torch does the same by other operators.
    first: dict[tuple[str, bool], int] = {}
    seen = 0
    for event, answer in _answers():
        if not answer.tensors:  # an object was made
            continue
        seen += 1
        kind = event.function, any(answer.differentiable)
        most = first.setdefault(kind, answer.kernels)
        if answer.kernels > most:
            of = f"a later call of {event.function}"
            bound = f"at most {most} {_OF}, as in the first call"
            raise Differs(_too_many(of, bound, answer.kernels, _OF))
    if seen == len(first):
        raise TypeError(
            "as_many_kernels compares later calls of a function with its first one; "
            "there is no later call, so call it with a small batch and then a large one"
        )


def _answers() -> Iterator[tuple[Event, Answer]]:
    """All calls so far with their answers; ``agrees`` makes two calls."""
    for event in current().events:
        if event.function != GRADIENT:
            yield event, event.answer


def _too_many(of: str, most: str, seen: int, what: str) -> Mismatch:
    return Mismatch("work", of, most, f"{seen} {what}")
