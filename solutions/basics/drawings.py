"""The figures of the handout: ``make figures`` runs this file."""

from __future__ import annotations

import math

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
    plot,
    save,
)
from matplotlib.figure import Figure


def softmax(scores: list[float]) -> list[float]:
    """What the bars of the first figure show."""
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def shifted_scores() -> None:
    """Two rows of scores, one far above the other, and their one softmax."""
    figure = Figure(figsize=(6.8, 2.6), layout="constrained")
    rows = [
        ("scores", [1, 2, 4, 3], BLUE),
        ("scores 1000 higher", [1001, 1002, 1004, 1003], BLUE),
        ("their softmax, both times", softmax([1, 2, 4, 3]), ORANGE),
    ]
    for axes, (title, heights, colour) in zip(figure.subplots(1, 3), rows):
        bars = axes.bar(range(4), heights, color=colour, width=0.7)
        form = "{:.2f}" if colour == ORANGE else "{:g}"
        axes.bar_label(bars, fmt=form, padding=2, fontsize=10)
        axes.set_title(title, fontsize=11)
        axes.set_xticks(range(4), ["a", "b", "c", "d"])
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        low = 1000 if max(heights) > 1000 else 0
        axes.set_ylim(low, low + (max(heights) - low) * 1.2)
    save(figure, __file__, "shifted-scores")


def embedding_rows() -> None:
    """A text, and the rows of the table that its words look up."""
    figure, axes = canvas(6.8, 3.1)
    table = [("the", "0.3  -0.1   0.8"), ("cat", "-0.5   0.9   0.2")]
    table += [("mat", "0.1   0.4  -0.7"), ("sat", "0.6   0.6   0.1")]
    chosen = [3, 0, 2]
    axes.text(3.4, 2.9, "weight", ha="center", va="center", color=GREY)
    for row, (word, numbers) in enumerate(table):
        y = 2.45 - row * 0.62
        colour = PALE_BLUE if row in chosen else PALE_GREY
        axes.text(1.95, y, f"{row}  {word}", ha="left", va="center", fontsize=11)
        box(axes, 3.45, y, numbers, width=1.6, colour=colour)
    axes.text(0.75, 2.9, "indices", ha="center", va="center", color=GREY)
    axes.text(5.8, 2.9, "output", ha="center", va="center", color=GREY)
    for place, row in enumerate(chosen):
        y, source = 2.2 - place * 0.62, 2.45 - row * 0.62
        box(axes, 0.75, y, str(row), width=0.6, colour=PALE_ORANGE)
        arrow(axes, (1.1, y), (1.85, source), colour=GREY)
        arrow(axes, (4.3, source), (4.95, y), colour=GREY)
        box(axes, 5.8, y, table[row][1], width=1.6, colour=PALE_BLUE)
    save(figure, __file__, "embedding-rows")


def learning_rates() -> None:
    """Losses of gradient descent on w * w with three learning rates."""
    figure, axes = plot(6.4, 3.0)
    curves = [
        (0.02, GREY, "0.02: too small"),
        (0.2, BLUE, "0.2: good"),
        (1.05, ORANGE, "1.05: too large"),
    ]
    for rate, colour, name in curves:
        w, losses = 1.0, []
        for _ in range(13):
            losses.append(w * w)
            w -= rate * 2 * w
        axes.plot(losses, color=colour, marker="o", markersize=4, label=name)
    axes.set_ylim(0, 4)
    axes.set_xlabel("step")
    axes.set_ylabel("loss before the update")
    axes.legend(loc="upper left", title="learning rate")
    save(figure, __file__, "learning-rates")


def central_difference() -> None:
    """The slopes that two differences measure, beside the tangent."""
    figure, axes = plot(6.4, 3.0)
    places = [-0.2 + i * 0.02 for i in range(116)]

    def curve(x: float) -> float:
        return x**3 / 3 + 0.4

    at, eps = 1.0, 0.6
    axes.plot(places, [curve(x) for x in places], color=INK, linewidth=1.5)
    lines = [
        ("tangent", at * at, at, GREY, "--"),
        ("forward", (curve(at + eps) - curve(at)) / eps, at, ORANGE, "-"),
        (
            "central",
            (curve(at + eps) - curve(at - eps)) / (2 * eps),
            at + eps,
            BLUE,
            "-",
        ),
    ]
    for name, slope, through, colour, style in lines:
        ends = [at - eps - 0.2, at + eps + 0.2]
        heights = [curve(through) + slope * (x - through) for x in ends]
        label = f"{name}: slope {slope:.2f}"
        axes.plot(ends, heights, color=colour, linestyle=style, label=label)
    for x in (at - eps, at, at + eps):
        axes.plot([x], [curve(x)], "o", color=INK, markersize=5)
    axes.set_xticks([at - eps, at, at + eps], ["x - eps", "x", "x + eps"])
    axes.set_yticks([])
    axes.set_ylim(-0.1, 3.0)
    axes.set_ylabel("f")
    axes.legend(loc="upper left")
    save(figure, __file__, "central-difference")


def a_step() -> None:
    """The four calls of a training step in a circle."""
    figure, axes = canvas(6.8, 1.9)
    calls = [
        ("zero_grad", "gradients become 0", PALE_GREY),
        ("model, loss_fn", "outputs, then a loss", PALE_BLUE),
        ("backward", "gradients are added", PALE_ORANGE),
        ("step", "weights move", PALE_BLUE),
    ]
    for place, (call, does, colour) in enumerate(calls):
        x = 0.9 + place * 1.67
        box(axes, x, 1.25, call, width=1.35, colour=colour)
        axes.text(x, 0.83, does, ha="center", va="center", fontsize=9.5)
        if place < 3:
            arrow(axes, (x + 0.7, 1.25), (x + 0.97, 1.25))
    axes.plot([5.91, 5.91, 0.9, 0.9], [0.62, 0.3, 0.3, 0.45], color=GREY)
    arrow(axes, (0.9, 0.44), (0.9, 0.64), colour=GREY)
    axes.text(3.4, 0.06, "again, with the next batch", ha="center", color=GREY)
    save(figure, __file__, "training-step")


if __name__ == "__main__":
    shifted_scores()
    embedding_rows()
    central_difference()
    a_step()
    learning_rates()
