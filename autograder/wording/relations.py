"""A relation between wrong answers and right ones as one sentence, stated as a fact.

No sentence names a cause: the numbers show what is, and not why.
"""

from __future__ import annotations

from collections.abc import Callable

from autograder.verdict import Relation
from autograder.wording.clean import one_line

Facts = dict[str, str]


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


def _subject(facts: Facts) -> str:
    of = facts.get("of", "the output")
    return "your answer" if of == "the output" else of


def _axes(facts: Facts) -> str:
    axes = facts["axes"]
    return f"axes {axes}" if " and " in axes else f"axis {axes}"


def _item(facts: Facts) -> str:
    """``place along axis 2``, ``item of the batch (axis 0)``."""
    axis = facts["axis"]
    if facts.get("batch"):
        return f"item of the batch (axis {axis})"
    return f"place along axis {axis}"


def _constant(facts: Facts) -> str:
    return f"{_subject(facts)} is {facts['value']} everywhere"


def _unchanged(facts: Facts) -> str:
    return f"{_subject(facts)} is {facts['argument']}, unchanged"


def _sign(facts: Facts) -> str:
    return f"{_subject(facts)} is the right one with its sign turned, everywhere"


def _factor(facts: Facts) -> str:
    size, form = facts.get("size"), facts.get("form", "")
    if "factor" not in facts:
        turned = ", its sign turned" if facts.get("sign") else ""
        how = _FORMS[form].format(size)
        times = f"{how} everywhere (here {facts['values']})"
        return f"{_subject(facts)} is the right one times {times}{turned}"
    factor = facts["factor"]
    word = "of" if factor.lstrip("-").startswith("1/") else "times"
    text = f"{_subject(facts)} is {factor} {word} the right one everywhere"
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
    return f"{_subject(facts)} is {amount} than the right one everywhere"


def _difference(facts: Facts) -> str:
    word = "plus" if facts["sign"] == "more" else "minus"
    return f"{_subject(facts)} is the right one {word} {facts['argument']}, everywhere"


def _order(facts: Facts) -> str:
    if "axes" in facts:
        return f"the right one with axes {facts['axes']} exchanged"
    return f"the right one with its axes in the order {facts['order']}"


def _axes_exchanged(facts: Facts) -> str:
    return f"{_subject(facts)} is {_order(facts)}"


def _read_across(facts: Facts) -> str:
    return (
        f"{_subject(facts)} holds the right numbers in another order: it is "
        f"{_order(facts)}, and reshaped to the right shape"
    )


def _shape(facts: Facts) -> str:
    return (
        f"{_subject(facts)} holds the right numbers in the right order, in the shape "
        f"{facts['got']} where {facts['expected']} is right"
    )


def _reduced(facts: Facts) -> str:
    name, axis = facts["function"], facts["axis"]
    if facts["whole"] == "truth":
        return f"{_subject(facts)} is the {name} of the right one along axis {axis}"
    return f"the {name} of {_subject(facts)} along axis {axis} is the right one"


def _reversed(facts: Facts) -> str:
    return f"{_subject(facts)} is the right one backwards along {_axes(facts)}"


def _repeated(facts: Facts) -> str:
    return (
        f"{_subject(facts)} is the same at every {_item(facts)}: what is right for the "
        f"{facts['place']} one"
    )


def _shifted(facts: Facts) -> str:
    rim = {
        "zeros": "zeros stand in the places left free",
        "the other end": "the numbers of the other end stand in the places left free",
    }.get(facts["rim"], "other numbers stand in the places left free")
    return (
        f"{_subject(facts)} is the right one moved by one place along {_axes(facts)}, "
        f"towards {facts['towards']} indices; {rim}"
    )


def _permuted(facts: Facts) -> str:
    order = facts["order"]
    count = len(order.split())
    return (
        f"{_subject(facts)} has {count} equal blocks along axis {facts['axis']} in "
        f"another order: {order} of the right one's blocks"
    )


def _interleaved(facts: Facts) -> str:
    return (
        f"{_subject(facts)} has the places of the right one along axis {facts['axis']} "
        f"in another order: {facts['order']}"
    )


def _lacking(facts: Facts) -> str:
    places = {"both": "first and last"}.get(facts["place"], facts["place"])
    return (
        f"{_subject(facts)} is the right one without its {places} places along "
        f"{_axes(facts)}"
    )


def _surplus(facts: Facts) -> str:
    where = {"first": "before", "last": "behind", "both": "around"}[facts["place"]]
    return (
        f"{_subject(facts)} is the right one with more places {where} it along "
        f"{_axes(facts)}"
    )


def _function(facts: Facts) -> str:
    name = facts["function"]
    if "axis" in facts:
        word = "cumulative sum" if name == "cumsum" else name
        made = f"the {word} of the right one along axis {facts['axis']}"
    else:
        made = _MADE.get(name, f"the {name} of the right one")
    return f"{_subject(facts)} is {made}, everywhere"


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
    return f"{_subject(facts)} is what is right for the same call {what}"


def _not_a_number(facts: Facts) -> str:
    where = f", exactly where {facts['where']}" if "where" in facts else ""
    places = f"{facts['count']} of {facts['total']} places{where}"
    return f"{_subject(facts)} is {facts['value']} at {places}, and right elsewhere"


def _by_sign(facts: Facts) -> str:
    where = f"{facts['argument']} is {facts['sign']}"
    return f"{_subject(facts)} is wrong exactly where {where}, and right elsewhere"


def _at_an_end(facts: Facts) -> str:
    item = _item(facts)
    if facts["place"] == "first and last":
        item = item.replace("place", "places").replace("item", "items")
    where = f"the {facts['place']} {item}"
    if facts["there"] == "wrong":
        return f"{_subject(facts)} is wrong only at {where}, and right elsewhere"
    return f"{_subject(facts)} is right at {where} only"


def _rim(facts: Facts) -> str:
    width = facts["width"]
    places = "1 place" if width == "1" else f"{width} places"
    return (
        f"{_subject(facts)} is wrong only within {places} of the border (of the last "
        "two axes), and right inside"
    )


def _block(facts: Facts) -> str:
    block, there = facts["block"], facts["there"]
    which = f"the {block} one" if block in ("first", "last") else f"number {block}"
    if block not in ("first", "last"):
        which += " (from 0)"
    groups = facts["blocks"] == "groups"
    count = "the groups of channels" if groups else f"{facts['blocks']} equal blocks"
    rest = "wrong" if there == "right" else "right"
    others = "the other one" if facts["blocks"] == "2" else "every other one"
    return (
        f"of {count} along axis {facts['axis']} of {_subject(facts)}, {which} is "
        f"{there} and {others} {rest}"
    )


def _sums(facts: Facts) -> str:
    axis = facts["axis"]
    if "other" in facts:
        text = f"{_subject(facts)} sums to 1 along axis {facts['other']}"
        return f"{text}, and the right one sums to 1 along axis {axis}"
    sums = f"lie between {facts['low']} and {facts['high']}"
    if facts["low"] == facts["high"]:
        sums = f"are {facts['low']}"
    return (
        f"the sums of {_subject(facts)} along axis {axis} {sums}, and those of the "
        "right one are 1"
    )


def _condition(facts: Facts) -> str:
    there = facts["there"]
    rest = "wrong" if there == "right" else "right"
    return (
        f"the {facts[there]} answers with {facts['condition']} are {there}, and the "
        f"{facts[rest]} others are {rest}"
    )


def _gradient(facts: Facts) -> str:
    text = "the output is right in every case"
    others = facts["right"].split(", ") if facts["right"] else []
    if len(others) == 1:
        text += f", and so is the gradient of {others[0]}"
    elif others:
        listed = f"{', '.join(others[:-1])} and {others[-1]}"
        text += f", and so are the gradients of {listed}"
    return f"{text}; the gradient of {facts['gradient']} is wrong"


def _parts(facts: Facts) -> str:
    if facts["order"] == "1 0":
        return f"the two parts of {_subject(facts)} stand in each other's place"
    order = facts["order"].replace(" ", ", ")
    return (
        f"the parts of {_subject(facts)} stand in another order: {order} of the right "
        "one's parts"
    )


def _one_part(facts: Facts) -> str:
    return f"{_subject(facts)} is part {facts['part']} (from 0) of the right one, alone"


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
    "not_a_number": _not_a_number,
    "by_sign": _by_sign,
    "at_an_end": _at_an_end,
    "rim": _rim,
    "block": _block,
    "sums": _sums,
    "condition": _condition,
    "gradient": _gradient,
    "parts": _parts,
    "one_part": _one_part,
}

RELATIONS = tuple(_SENTENCES)
