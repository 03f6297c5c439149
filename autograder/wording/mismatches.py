"""A mismatch as one clause: where an answer parts from the truth, and by how much.

Every clause begins in lower case and has no full stop, so that it can follow a call
("conv2d(x, weight): the output ...") or stand as a sentence of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autograder.verdict import CheckResult, Mismatch
from autograder.wording.clean import one_line
from autograder.wording.device_sentences import place_of
from autograder.wording.tensor_errors import LEFT_BEHIND


def clause(mismatch: Mismatch) -> str:
    """The mismatch in a clause, for every kind that there is."""
    write = _CLAUSES.get(mismatch.kind, _kind)
    return one_line(write(mismatch) + _of_many(mismatch), 600)


def remark(mismatch: Mismatch) -> str | None:
    """What the expected and the given answer, shown one above the other, do not say."""
    said = _unsaid(mismatch)
    many = _of_many(mismatch).removeprefix("; ")
    text = "; ".join(filter(None, [said, many]))
    return one_line(text, 600) if text else None


def _unsaid(mismatch: Mismatch) -> str | None:
    kind = mismatch.kind
    elsewhere = mismatch.of != "the output"
    if kind == "value":
        how = extent(mismatch) or container(mismatch)
        if how and elsewhere:
            return f"{mismatch.of}: {how}"
        return f"this is about {mismatch.of}" if elsewhere and not how else how
    if kind in ("shape", "dtype"):
        return f"{mismatch.of} has the wrong {kind}"
    if kind == "type" and mismatch.got == "a numpy.ndarray":
        return f"{mismatch.of} is numpy's, and no gradient flows back through numpy"
    if kind in ("type", "structure"):
        how = container(mismatch)
        about = f"this is about {mismatch.of}" if elsewhere else None
        return f"{mismatch.of} is {how}" if how else about
    if kind == "device":
        return f"{mismatch.of} is not where the inputs are; {LEFT_BEHIND}"
    if kind == "work":
        return _work(mismatch)
    if kind == "exception":
        return None
    return clause(replace(mismatch, calls=None))


def container(mismatch: Mismatch) -> str | None:
    """``a list where a tuple is expected``, if that is what is wrong."""
    expected, got = mismatch.expected, mismatch.got
    kinds = {"(": "a tuple", "[": "a list"}
    wanted = kinds.get(expected[:1]) or next(
        (kind for kind in kinds.values() if expected.startswith(f"{kind} of ")), None
    )
    came = kinds.get(got[:1])
    if wanted and came and wanted != came:
        same = _without_brackets(expected) == _without_brackets(got)
        right = "; what is in it is right" if same else ""
        return f"{came} where {wanted} is expected{right}"
    if wanted and came and expected != got:
        pairs = zip(_brackets(expected), _brackets(got))
        inner = next(((a, b) for a, b in pairs if a != b), None)
        if inner and _without_brackets(expected) == _without_brackets(got):
            return (
                f"right but for its brackets: in it stands {kinds[inner[1]]} where "
                f"{kinds[inner[0]]} is expected"
            )
    return None


def _without_brackets(text: str) -> str:
    plain = text.translate(str.maketrans("[]", "()"))
    return plain.replace(",)", ")")


def _brackets(text: str) -> list[str]:
    return [character for character in text if character in "(["]


def returned_nothing(check: CheckResult) -> str | None:
    """``your code printed 7 and returned None: is a `return` missing?``."""
    mismatch = check.mismatch
    if mismatch is None or mismatch.got != "None" or mismatch.expected == "None":
        return None
    if mismatch.kind not in ("type", "structure", "value"):
        return None
    printed = (check.printed or "").strip()
    did = ""
    if printed:
        short = "\n" not in printed and len(printed) <= 40
        did = f"printed {one_line(printed) if short else 'something'} and "
    return f"your code {did}returned None: is a `return` missing?"


def _of_many(mismatch: Mismatch) -> str:
    """``; 3 of 240 calls are wrong, and this is the first``."""
    if not mismatch.calls:
        return ""
    wrong, every = mismatch.calls
    if wrong == 1:
        return f"; of {every} calls, this one is wrong"
    which = "all" if wrong == every else f"{wrong} of"
    return f"; {which} {every} calls are wrong, and this is the first"


def extent(mismatch: Mismatch) -> str | None:
    """How many values differ, where most of all, and by how much."""
    distance = _distance(mismatch)
    if mismatch.differing is None or mismatch.total is None:
        return distance and distance + _digits(mismatch)
    if mismatch.total == 1 and not mismatch.where:  # a number, and no array of one
        said = distance or ("it is NaN or infinite" if _is_not_finite(mismatch) else "")
        return (said or "it differs") + _digits(mismatch)
    verb = "differs" if mismatch.differing == 1 else "differ"
    values = "value" if mismatch.total == 1 else "values"
    text = f"{mismatch.differing} of {mismatch.total} {values} {verb}"
    if mismatch.where:
        most = "most of all " if distance else "first "
        text += f", {most if mismatch.differing > 1 else ''}at {mismatch.where}"
    if distance:
        text += f", {distance}"
    elif _is_not_finite(mismatch):
        several = "among them are NaN or infinite numbers"
        text += f"; {several if mismatch.differing > 1 else 'it is NaN or infinite'}"
    return text + _digits(mismatch)


def _digits(mismatch: Mismatch) -> str:
    """What float32 has to do with it, where that is known."""
    if mismatch.digits is None:
        return ""
    text = "; right to float32's digits, about 7, and not to the 16 of float64: "
    if mismatch.digits == "float32":
        return f"{text}is something on the way in float32?"
    each = "this number is" if mismatch.total in (None, 1) else "each wrong number is"
    return f"{text}{each} one that float32 holds, so was it in float32 on the way?"


def number(value: float) -> str:
    """Two digits of a size: ``0.31``, ``1e-09``."""
    return f"{value:.2g}"


def _distance(mismatch: Mismatch) -> str | None:
    if mismatch.error is None:
        return None
    text = f"off by {number(mismatch.error)}"
    if mismatch.allowed is not None:
        text += f", where {number(mismatch.allowed)} is allowed"
    return text


def _is_not_finite(mismatch: Mismatch) -> bool:
    shown = (*mismatch.got_preview, mismatch.got)
    return any(text.strip().lstrip("+-") in ("nan", "inf") for text in shown)


def _value(mismatch: Mismatch) -> str:
    how = extent(mismatch)
    if mismatch.total is not None:
        return f"{mismatch.of} has wrong values: {how}"
    text = f"{mismatch.of} is {mismatch.got}, and {mismatch.expected} is right"
    return f"{text} ({how})" if how else text


def _shape(mismatch: Mismatch) -> str:
    return (
        f"{mismatch.of} has the wrong shape: it is {mismatch.got}, "
        f"and {mismatch.expected} is right"
    )


def _dtype(mismatch: Mismatch) -> str:
    return (
        f"{mismatch.of} has the wrong dtype: it is {mismatch.got}, "
        f"and {mismatch.expected} is right"
    )


def _kind(mismatch: Mismatch) -> str:
    text = f"{mismatch.of}: got {mismatch.got}, expected {mismatch.expected}"
    how = container(mismatch)
    return f"{text} ({how})" if how else text


def _changed_input(mismatch: Mismatch) -> str:
    return (
        f"the call overwrites {mismatch.of}, and whoever made the call may still "
        "need what was in it; what was compared before that is right"
    )


def _not_repeatable(mismatch: Mismatch) -> str:
    text = f"the same call gives another answer the second time: {mismatch.of} changes"
    how = extent(mismatch)
    return f"{text}, {how}" if how else text


def _no_gradient(mismatch: Mismatch) -> str:
    of = mismatch.of
    if of.startswith("the gradient of "):
        return (
            f"no gradient reaches {of.removeprefix('the gradient of ')}: somewhere "
            "between it and the output the values leave autograd"
        )
    return f"no gradient flows back from {of}: its values have left autograd"


def _device(mismatch: Mismatch) -> str:
    return (
        f"{mismatch.of} is on {place_of(mismatch.got)}, and its inputs are on "
        f"{place_of(mismatch.expected)}; {LEFT_BEHIND}"
    )


def _work(mismatch: Mismatch) -> str:
    seen = mismatch.got.partition(" ")[0]
    if "synchronisation" in mismatch.got:
        often = {"1": "once", "2": "twice"}.get(seen, f"{seen} times")
        most = mismatch.expected.partition(" host")[0]
        bound = "and need not wait at all" if most == "no" else f"and {most} is allowed"
        return (
            f"{mismatch.of} makes the CPU wait for the GPU {often}, {bound}; it waits "
            "(a host synchronisation) for every number that Python asks of a tensor, "
            "by .item(), .tolist() or an `if`, and for every copy on the CPU: can "
            "tensors do it alone?"
        )
    return (
        f"{mismatch.of} starts {seen} operators ({mismatch.expected}); an operator is "
        "one computation on whole tensors, such as a sum or a matrix product: is there "
        "a loop that one operator could do?"
    )


def _causality(mismatch: Mismatch) -> str:
    return f"{mismatch.of} must be {mismatch.expected}, and it is {mismatch.got}"


def _exception(mismatch: Mismatch) -> str:
    if not mismatch.got:
        return f"{mismatch.expected} should be raised here"
    return f"{mismatch.expected} should be raised here, and what came is {mismatch.got}"


def _assertion(mismatch: Mismatch) -> str:
    text = f"this does not hold: {mismatch.expected or mismatch.of}"
    return f"{text}; seen: {mismatch.got}" if mismatch.got else text


_CLAUSES: dict[str, Callable[[Mismatch], str]] = {
    "value": _value,
    "shape": _shape,
    "dtype": _dtype,
    "type": _kind,
    "structure": _kind,
    "changed_input": _changed_input,
    "not_repeatable": _not_repeatable,
    "no_gradient": _no_gradient,
    "device": _device,
    "work": _work,
    "causality": _causality,
    "exception": _exception,
    "assertion": _assertion,
}

KINDS = tuple(_CLAUSES)
