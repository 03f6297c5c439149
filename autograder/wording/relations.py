"""A relation between wrong answers and right ones as one sentence, stated as a fact.

No sentence names a cause: the numbers show what is, and not why.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.verdict import Relation
from autograder.wording.clean import one_line
from autograder.wording.relation_places import (
    Facts,
    at_an_end_text,
    axes_text,
    block_text,
    by_sign_text,
    condition_text,
    gradient_text,
    item_text,
    not_a_number_text,
    one_part_text,
    parts_text,
    rim_text,
    subject,
    sums_text,
)


def relation_text(relation: Relation) -> str:
    """``Your answer is 3 times the right one everywhere; 3 is x.shape[0].``"""
    write = _SENTENCES.get(relation.kind)
    if write is None:
        listed = ", ".join(f"{name} {fact}" for name, fact in relation.facts.items())
        return one_line(f"{relation.kind}: {listed}.", 400)
    text = write(relation.facts)
    if text.startswith(("your ", "the ", "of ")):
        text = text[0].upper() + text[1:]  # any other word may be a name out of code
    return one_line(f"{text}.", 400)


def _constant(facts: Facts) -> str:
    return f"{subject(facts)} is {facts['value']} everywhere"


def _unchanged(facts: Facts) -> str:
    return f"{subject(facts)} is {facts['argument']}, unchanged"


def _sign(facts: Facts) -> str:
    return f"{subject(facts)} is the right one with its sign turned, everywhere"


def _factor(facts: Facts) -> str:
    size, form = facts.get("size"), facts.get("form", "")
    if "factor" not in facts:
        turned = ", its sign turned" if facts.get("sign") else ""
        how = _FORMS[form].format(size)
        times = f"{how} everywhere (here {facts['values']})"
        return f"{subject(facts)} is the right one times {times}{turned}"
    factor = facts["factor"]
    word = "of" if factor.lstrip("-").startswith("1/") else "times"
    text = f"{subject(facts)} is {factor} {word} the right one everywhere"
    if size is None:
        return text
    if "-1" in form:
        return f"{text}, which is {_FORMS[form].format(size).rstrip(',')}"
    return f"{text}; {facts['sizes']} is {size}"


_FORMS = {
    "size": "{0}",
    "1/size": "1/n, where n is {0},",
    "sqrt": "the square root of {0}",
    "1/sqrt": "1/sqrt(n), where n is {0},",
    "size/(size-1)": "n/(n-1), where n is {0},",
    "(size-1)/size": "(n-1)/n, where n is {0},",
}


def _offset(facts: Facts) -> str:
    amount = f"{facts['number']} {facts['sign']}"
    return f"{subject(facts)} is {amount} than the right one everywhere"


def _difference(facts: Facts) -> str:
    word = "plus" if facts["sign"] == "more" else "minus"
    return f"{subject(facts)} is the right one {word} {facts['argument']}, everywhere"


def _order(facts: Facts) -> str:
    if "axes" in facts:
        return f"the right one with axes {facts['axes']} exchanged"
    return f"the right one with its axes in the order {facts['order']}"


def _axes_exchanged(facts: Facts) -> str:
    return f"{subject(facts)} is {_order(facts)}"


def _read_across(facts: Facts) -> str:
    return (
        f"{subject(facts)} holds the right numbers in another order: it is "
        f"{_order(facts)}, and reshaped to the right shape"
    )


def _shape(facts: Facts) -> str:
    return (
        f"{subject(facts)} holds the right numbers in the right order, in the shape "
        f"{facts['got']} where {facts['expected']} is right"
    )


def _reduced(facts: Facts) -> str:
    name, axis = facts["function"], facts["axis"]
    if facts["whole"] == "truth":
        return f"{subject(facts)} is the {name} of the right one along axis {axis}"
    return f"the {name} of {subject(facts)} along axis {axis} is the right one"


def _reversed(facts: Facts) -> str:
    return f"{subject(facts)} is the right one backwards along {axes_text(facts)}"


def _repeated(facts: Facts) -> str:
    return (
        f"{subject(facts)} is the same at every {item_text(facts)}: what is right for "
        f"the {facts['place']} one"
    )


def _shifted(facts: Facts) -> str:
    rim = {
        "zeros": "zeros stand in the places left free",
        "the other end": "the numbers of the other end stand in the places left free",
    }.get(facts["rim"], "other numbers stand in the places left free")
    return (
        f"{subject(facts)} is the right one moved by one place along "
        f"{axes_text(facts)}, towards {facts['towards']} indices; {rim}"
    )


def _permuted(facts: Facts) -> str:
    order = facts["order"]
    count = len(order.split())
    return (
        f"{subject(facts)} has {count} equal blocks along axis {facts['axis']} in "
        f"another order: {order} of the right one's blocks"
    )


def _interleaved(facts: Facts) -> str:
    return (
        f"{subject(facts)} has the places of the right one along axis {facts['axis']} "
        f"in another order: {facts['order']}"
    )


def _lacking(facts: Facts) -> str:
    places = {"both": "first and last"}.get(facts["place"], facts["place"])
    return (
        f"{subject(facts)} is the right one without its {places} places along "
        f"{axes_text(facts)}"
    )


def _surplus(facts: Facts) -> str:
    where = {"first": "before", "last": "behind", "both": "around"}[facts["place"]]
    return (
        f"{subject(facts)} is the right one with more places {where} it along "
        f"{axes_text(facts)}"
    )


def _function(facts: Facts) -> str:
    name = facts["function"]
    if "axis" in facts:
        word = "cumulative sum" if name == "cumsum" else name
        made = f"the {word} of the right one along axis {facts['axis']}"
    else:
        made = _MADE.get(name, f"the {name} of the right one")
    return f"{subject(facts)} is {made}, everywhere"


_MADE = {
    "difference from 1": "1 minus the right one",
    "relu": "the right one with 0 for all that is negative",
    "floor": "the right one rounded down",
    "rounding up": "the right one rounded up",
    "rounding": "the right one rounded",
}


def _alternative(facts: Facts) -> str:
    argument, instead = facts["argument"], facts["instead"]
    what = {
        "left out": f"with {argument} left out",
        "turned": f"with {argument} turned round (True for False, False for True)",
        "exchanged": f"with {argument} exchanged",
        "reversed": f"with the two numbers of {argument} exchanged",
        "the first": f"with the first number of {argument} for both",
        "the second": f"with the second number of {argument} for both",
    }.get(instead, f"with {argument} = {instead}")
    return f"{subject(facts)} is what is right for the same call {what}"


_SENTENCES: dict[str, Callable[[Facts], str]] = {
    "constant": _constant,
    "unchanged": _unchanged,
    "sign": _sign,
    "factor": _factor,
    "offset": _offset,
    "difference": _difference,
    "axes": _axes_exchanged,
    "read_across": _read_across,
    "shape": _shape,
    "reduced": _reduced,
    "reversed": _reversed,
    "repeated": _repeated,
    "shifted": _shifted,
    "permuted": _permuted,
    "interleaved": _interleaved,
    "lacking": _lacking,
    "surplus": _surplus,
    "function": _function,
    "alternative": _alternative,
    "not_a_number": not_a_number_text,
    "by_sign": by_sign_text,
    "at_an_end": at_an_end_text,
    "rim": rim_text,
    "block": block_text,
    "sums": sums_text,
    "condition": condition_text,
    "gradient": gradient_text,
    "parts": parts_text,
    "one_part": one_part_text,
}

RELATIONS = tuple(_SENTENCES)
