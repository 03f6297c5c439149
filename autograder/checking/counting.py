"""The claim that a check makes of speed: ``no_more_than`` so much work on a device."""

from __future__ import annotations

from autograder.checking.case import GRADIENT, current
from autograder.checking.difference import Differs
from autograder.verdict import Mismatch

_SHOWN = 4


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
    for event in current().events:
        if event.function == GRADIENT:
            continue
        for answer in (event.answer, event.answer.again):
            if answer is None:
                continue
            of = f"one call of {event.function}"
            if kernels is not None and answer.kernels > kernels:
                raise Differs(
                    Mismatch(
                        "structure",
                        f"kernels launched by {of}",
                        f"at most {kernels}",
                        str(answer.kernels),
                    )
                )
            if waits is not None and answer.waited > waits:
                places = list(dict.fromkeys(answer.waits))[:_SHOWN]
                raise Differs(
                    Mismatch(
                        "structure",
                        f"times that the CPU waits for the GPU in {of}",
                        f"at most {waits}",
                        f"{answer.waited}: {', '.join(places)}",
                    )
                )
