"""The pictures of the handout on attention: `make figures` draws them."""

from __future__ import annotations

import itertools
import math

import torch
from drawing import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE_BLUE,
    PALE_GREY,
    PALE_ORANGE,
    arrow,
    box,
    canvas,
    heat_map,
    save,
)
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

SIDE = 0.34


def _table(
    axes: Axes,
    left: float,
    top: float,
    mask: list[list[bool]],
    title: str,
    colour: str = BLUE,
) -> float:
    """A mask as squares, dark where it is True; returns where its right edge is."""
    for i, row in enumerate(mask):
        for j, allowed in enumerate(row):
            square = Rectangle(
                (left + j * SIDE, top - (i + 1) * SIDE),
                SIDE,
                SIDE,
                facecolor=colour if allowed else "white",
                edgecolor=GREY,
            )
            axes.add_patch(square)
    right = left + len(mask[0]) * SIDE
    axes.text((left + right) / 2, top + 0.14, title, ha="center", va="bottom")
    return right


def weights() -> None:
    """Attention weights as a heat map: the example of the handout, in full."""
    words = ["we", "sat", "on", "the", "bank", "and", "fished"]
    # Made up, so that one can see it: what each word asks for, what each offers.
    scores = torch.full((len(words), len(words)), 0.0)
    for asking, offering, score in (
        ("bank", "fished", 2.6),
        ("bank", "bank", 1.6),
        ("bank", "on", 0.8),
        ("fished", "we", 1.8),
        ("fished", "bank", 2.0),
        ("sat", "we", 2.0),
        ("sat", "on", 1.4),
        ("the", "bank", 2.4),
        ("on", "bank", 1.9),
        ("on", "sat", 1.5),
        ("we", "sat", 1.3),
        ("we", "fished", 1.7),
        ("and", "sat", 1.2),
        ("and", "fished", 1.8),
    ):
        scores[words.index(asking), words.index(offering)] = score
    figure = Figure(figsize=(6.0, 5.2), layout="constrained")
    axes = figure.add_subplot()
    heat_map(axes, scores.softmax(-1).tolist(), words, words)
    axes.set(xlabel="key: who answers", ylabel="query: who asks")
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    save(figure, __file__, "weights")


def spread() -> None:
    """Weights of the same vectors with and without the factor 1 / sqrt(d)."""
    generator = torch.Generator().manual_seed(3)
    query = torch.randn(64, generator=generator)
    keys = torch.randn(8, 64, generator=generator)
    scores = keys @ query
    figure = Figure(figsize=(6.4, 2.6), layout="constrained")
    pair = figure.subplots(1, 2, sharey=True)
    factors = (("no scale", 1.0), ("scale 1 / sqrt(64)", 1 / math.sqrt(64)))
    for axes, (title, scale), colour in zip(pair, factors, (ORANGE, BLUE)):
        axes.bar(range(1, 9), (scores * scale).softmax(-1).tolist(), color=colour)
        axes.set_title(title, fontsize=11)
        axes.set(xlabel="key", ylim=(0, 1))
    pair[0].set_ylabel("weight")
    save(figure, __file__, "scale")


def masks() -> None:
    """A causal mask, a padding mask, and both together."""
    length, kept = 5, 3
    causal = [[j <= i for j in range(length)] for i in range(length)]
    padding = [[j < kept for j in range(length)]]
    both = [[j <= i and j < kept for j in range(length)] for i in range(length)]
    figure, axes = canvas(8.0, 2.75)
    top, left = 2.15, 0.75
    right = _table(axes, left, top, causal, "causal")
    axes.text(left - 0.12, top - SIDE / 2, "query 0", ha="right", va="center")
    bottom = top - (length - 0.5) * SIDE
    axes.text(left - 0.12, bottom, "query 4", ha="right", va="center")
    axes.text(right + 0.45, top - 2.5 * SIDE, "and", ha="center", va="center")
    middle = right + 0.9
    right = _table(axes, middle, top - 2 * SIDE, padding, "padding, length 3", ORANGE)
    axes.text(right + 0.45, top - 2.5 * SIDE, "=", ha="center", va="center")
    last = right + 0.9
    _table(axes, last, top, both, "both", INK)
    note = "columns: keys 0 to 4; dark: True, may attend"
    axes.text(4.0, 0.12, note, ha="center", va="bottom", color=INK)
    save(figure, __file__, "masks")


def decoder() -> None:
    """Encoder and decoder with attention, at the second step, with input feeding."""
    figure, axes = canvas(8.6, 4.7)
    encoder = [0.9, 2.1, 3.3]
    for x, word in zip(encoder, ("ein", "kleiner", "Hund")):
        axes.text(x, 0.3, word, ha="center", va="center")
        arrow(axes, (x, 0.45), (x, 0.86))
        box(axes, x, 1.1, "RNN")
    for x, other in itertools.pairwise(encoder):
        arrow(axes, (x + 0.4, 1.1), (other - 0.4, 1.1))
    decoding = [5.3, 7.4]
    arrow(axes, (encoder[-1] + 0.4, 1.1), (decoding[0] - 0.42, 1.1))
    axes.text(4.3, 1.2, "h0", ha="center", va="bottom")
    steps = (("<start>", "h1", "o1", "a"), ("a", "h2", "o2", "small"))
    for x, (read, state, out, written) in zip(decoding, steps):
        axes.text(x, 0.3, read, ha="center", va="center")
        arrow(axes, (x, 0.45), (x, 0.86))
        box(axes, x, 1.1, f"GRU: {state}", width=0.84, colour=PALE_ORANGE)
        arrow(axes, (x, 1.34), (x, 3.3))
        box(axes, x, 3.55, f"{out} = tanh(...)", width=1.3, colour=PALE_ORANGE)
        arrow(axes, (x, 3.79), (x, 4.2))
        axes.text(x, 4.4, written, ha="center", va="center")
    arrow(axes, (decoding[0] + 0.42, 1.1), (decoding[1] - 0.42, 1.1))
    # What is fed into the next step.
    first, second = decoding
    arrow(axes, (first + 0.65, 3.5), (second - 0.42, 1.25), colour=ORANGE, bend=-0.1)
    axes.text(6.5, 2.3, "input\nfeeding", ha="right", va="center", color=ORANGE)
    # The look of the first step.
    shares = (0.8, 0.15, 0.05)
    for x, share in zip(encoder, shares):
        arrow(
            axes,
            (x, 1.34),
            (2.1 + (x - 2.1) * 0.45, 2.37),
            colour=BLUE,
            linewidth=0.6 + 3 * share,
        )
        side = 0.14 if x > 3 else -0.12
        place = "left" if x > 3 else "right"
        axes.text(x + side, 1.66, f"{share:.2f}", ha=place, va="center", color=BLUE)
    box(axes, 2.1, 2.6, "weighted mean", width=1.5, colour=PALE_GREY)
    arrow(axes, (2.85, 2.6), (first - 0.65, 3.45), colour=BLUE)
    axes.text(3.45, 3.2, "context", ha="center", va="bottom", color=BLUE)
    arrow(
        axes, (first - 0.42, 1.22), (2.85, 2.45), colour=GREY, linestyle="--", bend=0.0
    )
    axes.text(4.3, 2.0, "query h1", ha="left", va="center", color=INK)
    box(axes, 2.1, 3.95, "blue: the look of step 1", width=2.4, colour=PALE_BLUE)
    save(figure, __file__, "decoder")


if __name__ == "__main__":
    weights()
    spread()
    masks()
    decoder()
