"""What the pictures of the handouts share: their looks, and files that do not change.

``make figures`` runs each assignment's ``drawings.py``, which imports this module.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

INK, BLUE, ORANGE, GREY = "#1f2430", "#2b6cb0", "#c05621", "#a0aec0"
PALE_BLUE, PALE_ORANGE, PALE_GREY = "#dbeafe", "#feebc8", "#edf2f7"

matplotlib.use("svg")
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",  # letters stay letters, so the files stay small
        "svg.hashsalt": "autograder",  # equal pictures are equal files
        "font.family": "sans-serif",
        "font.size": 11,
        "text.color": INK,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
    }
)


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Axes in which a unit is an inch, without a frame, for boxes and arrows."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(0, height))
    axes.axis("off")
    return figure, axes


def plot(width: float = 6.4, height: float = 3.2) -> tuple[Figure, Axes]:
    """Axes for curves."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def box(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    width: float = 0.8,
    height: float = 0.45,
    colour: str = PALE_BLUE,
) -> None:
    """A box with text in it, around the point (x, y)."""
    corner = (x - width / 2, y - height / 2)
    shape = FancyBboxPatch(
        corner,
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor=colour,
        edgecolor=INK,
        linewidth=1,
    )
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center")


def arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    colour: str = INK,
    bend: float = 0.0,
    **options: Any,
) -> None:
    """An arrow from one point to another; ``bend`` curves it."""
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=colour,
            connectionstyle=f"arc3,rad={bend}",
            shrinkA=0,
            shrinkB=0,
            **options,
        )
    )


def heat_map(
    axes: Axes,
    values: Sequence[Sequence[float]],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    text: str = "{:.2f}",
) -> None:
    """Numbers between 0 and 1 as squares of a colour, with the numbers in them."""
    axes.pcolormesh(values, cmap="Blues", vmin=0, vmax=1.3, edgecolors="white")
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.set_xticks([place + 0.5 for place in range(len(columns))], columns)
    axes.set_yticks([place + 0.5 for place in range(len(rows))], rows)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            ink = "white" if value > 0.8 else INK
            axes.text(
                j + 0.5,
                i + 0.5,
                text.format(value),
                ha="center",
                va="center",
                color=ink,
            )


def save(figure: Figure, script: str, name: str) -> None:
    """Write ``figures/NAME.svg`` beside the script, whose ``__file__`` is given."""
    path = Path(script).with_name("figures") / f"{name}.svg"
    path.parent.mkdir(exist_ok=True)
    # Without a date, and without the version of what has drawn it.
    figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")
    print(f"  {path.name}")
