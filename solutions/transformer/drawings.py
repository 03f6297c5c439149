"""The pictures of the handout on transformers: `make figures` draws them."""

from __future__ import annotations

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
    plot,
    save,
)
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

HEADS = (PALE_BLUE, PALE_ORANGE, PALE_GREY)


def _cells(
    axes: Axes, left: float, top: float, numbers: list[list[int]], width: int
) -> None:
    """A matrix of numbers; ``width`` neighbours share a colour, that of their head."""
    side = 0.42
    for i, row in enumerate(numbers):
        for j, number in enumerate(row):
            head = (number - 1) % 6 // width
            corner = (left + j * side, top - (i + 1) * side)
            axes.add_patch(
                Rectangle(corner, side, side, facecolor=HEADS[head], edgecolor=INK)
            )
            axes.text(
                corner[0] + side / 2,
                corner[1] + side / 2,
                str(number),
                ha="center",
                va="center",
                fontsize=10,
            )


def heads() -> None:
    """One matrix of 4 positions and 6 features, cut into 3 heads."""
    figure, axes = canvas(7.4, 2.9)
    whole = [[6 * i + j + 1 for j in range(6)] for i in range(4)]
    _cells(axes, 0.55, 2.3, whole, 2)
    axes.text(1.81, 2.5, "6 features", ha="center")
    axes.text(0.35, 1.46, "4 positions", ha="center", va="center", rotation=90)
    axes.text(1.81, 0.22, "x: (L, d)", ha="center")
    arrow(axes, (3.25, 1.55), (4.0, 1.55))
    axes.text(3.62, 1.68, "split", ha="center")
    arrow(axes, (4.0, 1.3), (3.25, 1.3))
    axes.text(3.62, 1.02, "merge", ha="center")
    for head in range(3):
        part = [row[2 * head : 2 * head + 2] for row in whole]
        left = 4.2 + 1.05 * head
        _cells(axes, left, 2.3, part, 2)
        axes.text(left + 0.42, 2.5, f"head {head}", ha="center")
    axes.text(5.67, 0.22, "(h, L, d / h)", ha="center")
    save(figure, __file__, "heads")


def positions() -> None:
    """The encodings of 50 positions with 32 features, as colours."""
    column = torch.arange(32)
    exponents = (column - column % 2) / 32
    angles = torch.arange(50)[:, None] / 10000**exponents
    encoding = torch.where(column % 2 == 0, angles.sin(), angles.cos())
    figure, axes = plot(6.4, 4.0)
    shown = axes.pcolormesh(encoding.tolist(), cmap="RdBu", vmin=-1, vmax=1)
    axes.invert_yaxis()
    axes.set(xlabel="feature: even ones are sines, odd ones cosines", ylabel="position")
    axes.spines[:].set_visible(False)
    shown.set_rasterized(True)
    figure.colorbar(shown, ticks=[-1, 0, 1])
    save(figure, __file__, "positions")


def _column(axes: Axes, x: float, title: str, parts: list[tuple[str, str]]) -> None:
    """Boxes one above the other, joined by arrows; x comes in at the bottom."""
    axes.text(x, 4.75, title, ha="center", weight="bold")
    axes.text(x, 0.12, "x", ha="center", va="center")
    step = 0.68
    low = 0.28
    for number, (text, colour) in enumerate(parts):
        y = 0.75 + number * step
        arrow(axes, (x, low), (x, y - 0.21))
        box(axes, x, y, text, width=1.7, height=0.42, colour=colour)
        low = y + 0.21
    arrow(axes, (x, low), (x, low + 0.3))


def _past(axes: Axes, x: float, start: float, end: float) -> None:
    """An arrow around what lies between two heights: the residual."""
    side = x + 1.15
    axes.plot([x, side, side], [start, start, end], color=ORANGE, linewidth=1.4)
    arrow(axes, (side, end), (x + 0.85, end), colour=ORANGE)


def encoder_layer() -> None:
    """The parts of an encoder layer, post-norm and pre-norm, and the residuals."""
    figure, axes = canvas(6.6, 5.0)
    attention, forward = ("self-attention", PALE_BLUE), ("feed-forward", PALE_BLUE)
    plus, first, second = ("+", PALE_ORANGE), ("norm1", PALE_GREY), ("norm2", PALE_GREY)
    _column(
        axes,
        1.5,
        "norm_first=False",
        [attention, plus, first, forward, plus, second],
    )
    _past(axes, 1.5, 0.4, 0.75 + 0.68)
    _past(axes, 1.5, 0.75 + 2.5 * 0.68, 0.75 + 4 * 0.68)
    _column(
        axes, 4.7, "norm_first=True", [first, attention, plus, second, forward, plus]
    )
    _past(axes, 4.7, 0.4, 0.75 + 2 * 0.68)
    _past(axes, 4.7, 0.75 + 2.5 * 0.68, 0.75 + 5 * 0.68)
    save(figure, __file__, "encoder-layer")


def causal_mask() -> None:
    """Who may look where in a target of five tokens, and the weights of one head."""
    tokens = ["start", "the", "cat", "sat", "down"]
    scores = torch.tensor(
        [
            [0.6, 0.0, 0.4, 0.2, 0.1],
            [1.2, 0.7, 0.3, 0.9, 0.2],
            [0.1, 1.1, 0.9, 0.5, 0.4],
            [0.2, 0.3, 1.9, 0.7, 0.9],
            [0.1, 0.2, 0.7, 1.6, 0.6],
        ]
    )
    mask = torch.ones(5, 5, dtype=torch.bool).tril()
    weights = scores.masked_fill(~mask, float("-inf")).softmax(-1)
    figure, _ = plot(7.6, 3.6)
    figure.clear()
    left, right = figure.subplots(1, 2)
    heat_map(left, mask.double().tolist(), tokens, tokens, text="{:.0f}")
    heat_map(right, weights.tolist(), tokens, tokens)
    left.set(title="may attend", xlabel="key", ylabel="query")
    right.set(title="weights of one head", xlabel="key")
    save(figure, __file__, "causal-mask")


def _stack(axes: Axes, x: float, parts: list[tuple[str, str]]) -> None:
    """Boxes one above the other, joined by arrows; tokens come in at the bottom."""
    low = 0.45
    for number, (text, colour) in enumerate(parts):
        y = 1.0 + 0.74 * number
        arrow(axes, (x, low), (x, y - 0.21))
        box(axes, x, y, text, width=2.5, height=0.42, colour=colour)
        low = y + 0.21


def encoder_decoder() -> None:
    """The encoder and the decoder side by side, each attention with its mask."""
    figure, axes = canvas(8.6, 5.1)
    encoder, decoder = 2.4, 5.9
    frame = {"facecolor": "white", "edgecolor": GREY, "linestyle": "--"}
    for x, height in ((encoder, 1.42), (decoder, 2.16)):
        axes.add_patch(Rectangle((x - 1.4, 1.4), 2.8, height, **frame))
        axes.text(x + 1.4, 1.44 + height, "num_layers times", ha="right", fontsize=9)
    embedded, output = ("embedding, positions", PALE_GREY), ("output", PALE_GREY)
    attention, network = ("self-attention", PALE_BLUE), ("feed-forward", PALE_BLUE)
    cross = ("cross attention", PALE_ORANGE)
    _stack(axes, encoder, [embedded, attention, network])
    _stack(axes, decoder, [embedded, attention, cross, network, output])
    arrow(axes, (decoder, 4.17), (decoder, 4.55))
    axes.text(decoder, 4.68, "logits (N, L, V)", ha="center", va="center")
    for x, text in ((encoder, "source (N, S)"), (decoder, "target (N, L)")):
        axes.text(x, 0.3, text, ha="center", va="center")
    # Out of the encoder at its top, and into every cross attention.
    between = (encoder + decoder) / 2
    axes.plot(
        [encoder, encoder, between, between, decoder - 1.5],
        [2.69, 3.25, 3.25, 2.48, 2.48],
        color=ORANGE,
        linewidth=1.4,
    )
    arrow(axes, (decoder - 1.5, 2.48), (decoder - 1.25, 2.48), colour=ORANGE)
    axes.text(encoder, 3.33, "memory", ha="center", color=ORANGE)
    for x, y, side, text in (
        (encoder, 1.74, -1, "padding"),
        (decoder, 1.74, 1, "past"),
        (decoder, 2.48, 1, "padding"),
    ):
        arrow(axes, (x + 1.65 * side, y), (x + 1.25 * side, y), colour=BLUE)
        align = "left" if side > 0 else "right"
        axes.text(x + 1.7 * side, y, text, ha=align, va="center", color=BLUE)
    save(figure, __file__, "encoder-decoder")


def scores_by_width() -> None:
    """How far scores spread as heads grow wider, with the scale and without it."""
    widths = [2**power for power in range(1, 10)]
    figure, axes = plot(5.6, 2.8)
    spread = [width**0.5 for width in widths]  # of a sum of so many products
    axes.plot(widths, spread, "o-", color=ORANGE, label="q k")
    axes.plot(widths, [1.0] * 9, "o-", color=BLUE, label="q k / root of the width")
    axes.set_xscale("log", base=2)
    axes.set(xlabel="width of a head, d / h", ylabel="spread of the scores")
    axes.legend()
    save(figure, __file__, "scores")


if __name__ == "__main__":
    heads()
    scores_by_width()
    positions()
    encoder_layer()
    causal_mask()
    encoder_decoder()
