"""Sentences on where answers are wrong: at which places, in which calls and parts.

Each function writes one kind of relation out of its facts, as a clause.
"""

from __future__ import annotations

Facts = dict[str, str]


def subject(facts: Facts) -> str:
    """``your answer``, ``the gradient of weight``."""
    of = facts.get("of", "the output")
    return "your answer" if of == "the output" else of


def axes_text(facts: Facts) -> str:
    """``axis 1``, ``axes 1 and 2``."""
    axes = facts["axes"]
    return f"axes {axes}" if " and " in axes else f"axis {axes}"


def item_text(facts: Facts) -> str:
    """``place along axis 2``, ``item of the batch (axis 0)``."""
    axis = facts["axis"]
    if facts.get("batch"):
        return f"item of the batch (axis {axis})"
    return f"place along axis {axis}"


def not_a_number_text(facts: Facts) -> str:
    """NaN or infinity at some places."""
    where = f", exactly where {facts['where']}" if "where" in facts else ""
    places = f"{facts['count']} of {facts['total']} places{where}"
    return f"{subject(facts)} is {facts['value']} at {places}, and right elsewhere"


def by_sign_text(facts: Facts) -> str:
    """Wrong where an argument has a sign."""
    where = f"{facts['argument']} is {facts['sign']}"
    return f"{subject(facts)} is wrong exactly where {where}, and right elsewhere"


def at_an_end_text(facts: Facts) -> str:
    """Wrong, or right, at the first or last place."""
    item = item_text(facts)
    if facts["place"] == "first and last":
        item = item.replace("place", "places").replace("item", "items")
    where = f"the {facts['place']} {item}"
    if facts["there"] == "wrong":
        return f"{subject(facts)} is wrong only at {where}, and right elsewhere"
    return f"{subject(facts)} is right at {where} only"


def rim_text(facts: Facts) -> str:
    """Wrong near the border."""
    width = facts["width"]
    places = "1 place" if width == "1" else f"{width} places"
    return (
        f"{subject(facts)} is wrong only within {places} of the border (of the last "
        "two axes), and right inside"
    )


def block_text(facts: Facts) -> str:
    """One of equal blocks."""
    block, there = facts["block"], facts["there"]
    which = f"the {block} one" if block in ("first", "last") else f"number {block}"
    if block not in ("first", "last"):
        which += " (from 0)"
    groups = facts["blocks"] == "groups"
    count = "the groups of channels" if groups else f"{facts['blocks']} equal blocks"
    rest = "wrong" if there == "right" else "right"
    others = "the other one" if facts["blocks"] == "2" else "every other one"
    return (
        f"of {count} along axis {facts['axis']} of {subject(facts)}, {which} is "
        f"{there} and {others} {rest}"
    )


def sums_text(facts: Facts) -> str:
    """Sums along axes."""
    axis = facts["axis"]
    if "other" in facts:
        text = f"{subject(facts)} sums to 1 along axis {facts['other']}"
        return f"{text}, and the right one sums to 1 along axis {axis}"
    sums = f"lie between {facts['low']} and {facts['high']}"
    if facts["low"] == facts["high"]:
        sums = f"are {facts['low']}"
    return (
        f"the sums of {subject(facts)} along axis {axis} {sums}, and those of the "
        "right one are 1"
    )


def condition_text(facts: Facts) -> str:
    """Which answers are right, and which wrong."""
    there = facts["there"]
    rest = "wrong" if there == "right" else "right"
    return (
        f"the {facts[there]} answers with {facts['condition']} are {there}, and the "
        f"{facts[rest]} others are {rest}"
    )


def gradient_text(facts: Facts) -> str:
    """Which gradient is wrong."""
    text = "the output is right in every case"
    others = facts["right"].split(", ") if facts["right"] else []
    if len(others) == 1:
        text += f", and so is the gradient of {others[0]}"
    elif others:
        listed = f"{', '.join(others[:-1])} and {others[-1]}"
        text += f", and so are the gradients of {listed}"
    return f"{text}; the gradient of {facts['gradient']} is wrong"


def parts_text(facts: Facts) -> str:
    """Parts in another order."""
    if facts["order"] == "1 0":
        return f"the two parts of {subject(facts)} stand in each other's place"
    order = facts["order"].replace(" ", ", ")
    return (
        f"the parts of {subject(facts)} stand in another order: {order} of the right "
        "one's parts"
    )


def one_part_text(facts: Facts) -> str:
    """One part alone."""
    return f"{subject(facts)} is part {facts['part']} (from 0) of the right one, alone"
