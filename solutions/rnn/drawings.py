"""The pictures of the handout on recurrent networks, drawn by ``make figures``."""

from __future__ import annotations

import itertools

import torch
from drawing import (
    BLUE,
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
from matplotlib.axes import Axes
from torch import nn

TIMES = "\N{MULTIPLICATION SIGN}"


def unrolled() -> None:
    """The network in compact form, and the same unrolled over three steps."""
    figure, axes = canvas(7.2, 3.2)
    rows = {"x": 0.45, "h": 1.6, "y": 2.75}
    colours = {"x": PALE_GREY, "h": PALE_BLUE, "y": PALE_ORANGE}
    columns = {"": 0.9, "_1": 3.1, "_2": 4.7, "_3": 6.3}
    for step, x in columns.items():
        for name, y in rows.items():
            text = name + step.replace("_", "") if step else name
            box(axes, x, y, text, width=0.7, colour=colours[name])
        arrow(axes, (x, rows["x"] + 0.23), (x, rows["h"] - 0.23))
        arrow(axes, (x, rows["h"] + 0.23), (x, rows["y"] - 0.23))
        axes.text(x + 0.07, 1.02, "W_hx", fontsize=9, va="center")
        axes.text(x + 0.07, 2.17, "W_yh", fontsize=9, va="center")
    # The arrow from h to itself, and what it becomes.
    arrow(axes, (1.25, 1.72), (1.25, 1.48), bend=-2.2, colour=BLUE)
    axes.text(1.66, 1.6, "W_hh,\none step", fontsize=9, va="center", color=BLUE)
    for start, end in ((2.42, 2.75), (3.45, 4.35), (5.05, 5.95)):
        arrow(axes, (start, rows["h"]), (end, rows["h"]), colour=BLUE)
    for x in (3.9, 5.5):
        axes.text(x, 1.72, "W_hh", fontsize=9, ha="center", color=BLUE)
    axes.text(2.58, 1.72, "h0", fontsize=9, ha="center", color=BLUE)
    save(figure, __file__, "unrolled")


def both_directions() -> None:
    """A layer in both directions: at each step, what each network has read."""
    figure, axes = canvas(7.3, 2.9)
    columns = 1.5, 3.4, 5.3
    rows = {"reverse": 1.95, "forward": 1.15}
    for step, x in enumerate(columns):
        axes.text(x, 0.2, f"x[{step}]", ha="center", va="center")
        for name, y in rows.items():
            colour = PALE_ORANGE if name == "reverse" else PALE_BLUE
            box(axes, x, y, name, width=1.0, height=0.4, colour=colour)
        arrow(axes, (x, 0.34), (x, rows["forward"] - 0.2))
        axes.text(x, 2.68, f"outputs[{step}]", ha="center", va="center")
        arrow(axes, (x, rows["reverse"] + 0.2), (x, 2.54))
        # Past the other box, on its side.
        axes.plot([x, x - 0.7, x - 0.7], [0.5, 0.5, 1.95], color=INK, lw=1)
        arrow(axes, (x - 0.7, 1.95), (x - 0.5, 1.95))
        axes.plot([x + 0.5, x + 0.7, x + 0.7], [1.02, 1.02, 2.35], color=INK, lw=1)
        arrow(axes, (x + 0.7, 2.35), (x, 2.35))
    for left, right in itertools.pairwise(columns):
        arrow(axes, (left + 0.5, 1.22), (right - 0.5, 1.22), colour=BLUE)
        arrow(axes, (right - 0.5, 2.05), (left + 0.5, 2.05), colour=ORANGE)
    arrow(axes, (5.8, 1.22), (6.3, 1.22), colour=BLUE)
    axes.text(6.35, 1.22, "last state", color=BLUE, va="center")
    arrow(axes, (1.0, 2.05), (0.55, 2.05), colour=ORANGE)
    axes.text(0.05, 2.25, "last state", color=ORANGE, va="center")
    save(figure, __file__, "both-directions")


def chunks() -> None:
    """Five steps in chunks of two: states go on, gradients stop at the borders."""
    figure, axes = canvas(7.2, 2.4)
    columns = [1.1 + 1.3 * step for step in range(5)]
    for step, x in enumerate(columns):
        box(axes, x, 1.2, f"h{step + 1}", width=0.7, colour=PALE_BLUE)
        axes.text(x, 0.25, f"x{step + 1}", ha="center", va="center")
        arrow(axes, (x, 0.38), (x, 0.97))
        axes.text(x, 2.2, f"loss {step + 1}", ha="center", va="center", fontsize=10)
        arrow(axes, (x, 2.05), (x, 1.43), colour=ORANGE)
    axes.text(0.25, 1.3, "h0", ha="center", va="center", color=BLUE)
    arrow(axes, (0.4, 1.3), (0.75, 1.3), colour=BLUE)
    arrow(axes, (0.75, 1.1), (0.4, 1.1), colour=ORANGE)
    for step, (left, right) in enumerate(itertools.pairwise(columns)):
        arrow(axes, (left + 0.35, 1.3), (right - 0.35, 1.3), colour=BLUE)
        if step in (1, 3):
            axes.plot([left + 0.65] * 2, [0.2, 2.2], "--", color=INK, lw=1)
        else:
            arrow(axes, (right - 0.35, 1.1), (left + 0.35, 1.1), colour=ORANGE)
    save(figure, __file__, "chunks")


def _norms(model: nn.Module, size: float, steps: int = 40) -> list[float]:
    """The norms of the Jacobians of the last state, or of an LSTM's last cell."""
    x = size * torch.randn(steps, 1, model.input_size)
    zeros = torch.zeros(1, 1, model.hidden_size)
    gated = isinstance(model, nn.LSTM)
    states = [zeros.requires_grad_()]
    other = zeros.detach()
    for x_t in x:
        if gated:
            _, (other, new) = model(x_t[None], (other, states[-1]))
        else:
            _, new = model(x_t[None], states[-1])
        states.append(new)
    rows = [
        torch.stack(torch.autograd.grad(unit, states[:-1], retain_graph=True))
        for unit in states[-1].flatten()
    ]
    norms = torch.stack(rows).square().sum((0, 2, 3, 4)).sqrt()
    return [float(f"{norm:.3g}") for norm in norms]


def gradient_norms() -> None:
    """How much of a gradient comes back, with and without gates."""
    torch.manual_seed(1)
    torch.set_default_dtype(torch.float64)
    figure, axes = plot(6.6, 3.4)
    weight = torch.linalg.qr(torch.randn(12, 12))[0]
    back = list(range(40, 0, -1))
    for scale, name, colour, where in (
        (0.8, "vanish", BLUE, (13, 0.002)),
        (1.2, "explode", ORANGE, (17, 900)),
    ):
        model = nn.RNN(3, 12, bias=False)
        weights = {"weight_ih_l0": torch.randn(12, 3), "weight_hh_l0": scale * weight}
        model.load_state_dict(weights)
        axes.semilogy(back, _norms(model, 1e-5), color=colour)
        text = f"tanh, weight_hh times {scale}: they {name}"
        axes.text(*where, text, ha="center", color=colour)
    model = nn.LSTM(3, 12)
    with torch.no_grad():
        model.weight_hh_l0 *= 0.3
        model.bias_hh_l0[12:24] += 4  # the forget gates, nearly open
    axes.semilogy(back, _norms(model, 1.0), color=INK)
    axes.text(27, 0.6, "LSTM, forget gates near 1", ha="center", color=INK)
    axes.set(xlabel="steps back, T - t", xlim=(0, 41))
    axes.set_ylabel("norm of d h_T / d h_t (LSTM: of c)")
    save(figure, __file__, "gradient-norms")


def _operation(axes: Axes, x: float, y: float, sign: str) -> None:
    """A small box around a sign."""
    box(axes, x, y, sign, width=0.34, height=0.34, colour=PALE_ORANGE)


def _down_from(axes: Axes, x: float, y: float, end: float) -> None:
    """An arrow that leaves a line at a dot."""
    axes.plot([x], [y], "o", color=INK, markersize=4)
    arrow(axes, (x, y), (x, end))


def lstm_cell() -> None:
    """One step of an LSTM: what is kept, written and shown."""
    figure, axes = canvas(7.0, 4.2)
    top, middle, gates, sums = 3.85, 2.65, 1.85, 0.95
    box(axes, 3.65, sums, "z = W_ih x + b_ih + W_hh h + b_hh", width=5.0,
        colour=PALE_GREY)  # fmt: skip
    axes.text(0.5, sums, "h", ha="center", va="center")
    axes.text(3.65, 0.2, "x", ha="center", va="center")
    arrow(axes, (0.65, sums), (1.14, sums))
    arrow(axes, (3.65, 0.32), (3.65, sums - 0.23))
    for x, name, bent, block in (
        (1.8, "f", "sigmoid", "2nd"),
        (2.9, "i", "sigmoid", "1st"),
        (4.3, "g", "tanh", "3rd"),
        (5.5, "o", "sigmoid", "4th"),
    ):
        box(axes, x, gates, bent, width=0.85)
        arrow(axes, (x, sums + 0.23), (x, gates - 0.23))
        axes.text(x + 0.08, 1.4, f"{block} H of z", fontsize=9, va="center")
        side = -0.2 if name == "i" else 0.1
        axes.text(x + side, gates + 0.36, name, va="center", fontweight="bold")
    # The cell, along the top: it is kept by f, and written to by i and g.
    axes.text(0.5, top, "c", ha="center", va="center")
    arrow(axes, (0.65, top), (1.63, top))
    arrow(axes, (1.8, gates + 0.23), (1.8, top - 0.17))
    _operation(axes, 1.8, top, TIMES)
    arrow(axes, (1.97, top), (3.43, top))
    arrow(axes, (2.9, gates + 0.23), (3.45, middle - 0.15))
    arrow(axes, (4.3, gates + 0.23), (3.75, middle - 0.15))
    _operation(axes, 3.6, middle, TIMES)
    arrow(axes, (3.6, middle + 0.17), (3.6, top - 0.17))
    _operation(axes, 3.6, top, "+")
    arrow(axes, (3.77, top), (6.4, top))
    axes.text(6.5, top, "new c", va="center")
    # What is shown of it, to the right.
    _down_from(axes, 5.5, top, 3.5)
    box(axes, 5.5, 3.3, "tanh", width=0.85, height=0.4)
    arrow(axes, (5.5, 3.1), (5.5, middle + 0.17))
    arrow(axes, (5.5, gates + 0.23), (5.5, middle - 0.17))
    _operation(axes, 5.5, middle, TIMES)
    arrow(axes, (5.67, middle), (6.4, middle))
    axes.text(6.5, middle, "new h", va="center")
    save(figure, __file__, "lstm-cell")


def gru_cell() -> None:
    """One step of a GRU, which resets after the product."""
    figure, axes = canvas(7.6, 3.7)
    top, update, new, reset = 3.3, 2.4, 1.5, 0.6
    for y, name in ((update, "z"), (reset, "r")):
        text = f"W_i{name} x + b_i{name} + W_h{name} h + b_h{name}"
        box(axes, 1.75, y, text, width=3.1, colour=PALE_GREY)
        arrow(axes, (3.3, y), (3.87, y))
        box(axes, 4.3, y, "sigmoid", width=0.85)
        axes.text(4.38, y + 0.36, name, va="center", fontweight="bold")
        arrow(axes, (4.3, y + 0.23), (4.3, y + 0.73))
    # The candidate.
    box(axes, 2.5, new, "W_hn h + b_hn", width=1.6, colour=PALE_GREY)
    arrow(axes, (3.3, new), (4.13, new))
    _operation(axes, 4.3, new, TIMES)
    arrow(axes, (4.47, new), (5.53, new))
    _operation(axes, 5.7, new, "+")
    box(axes, 5.7, reset, "W_in x + b_in", width=1.5, colour=PALE_GREY)
    arrow(axes, (5.7, reset + 0.23), (5.7, new - 0.17))
    arrow(axes, (5.87, new), (6.16, new))
    box(axes, 6.5, new, "tanh", width=0.66)
    axes.text(6.58, new + 0.36, "n", va="center", fontweight="bold")
    arrow(axes, (6.5, new + 0.23), (6.5, update - 0.17))
    # Old and new, mixed.
    arrow(axes, (4.73, update), (6.33, update))
    axes.text(5.5, update + 0.13, "1 - z", ha="center", va="center")
    _operation(axes, 6.5, update, TIMES)
    arrow(axes, (6.5, update + 0.17), (6.5, top - 0.17))
    axes.text(0.3, top, "h", ha="center", va="center")
    arrow(axes, (0.45, top), (4.13, top))
    _operation(axes, 4.3, top, TIMES)
    arrow(axes, (4.47, top), (6.33, top))
    _operation(axes, 6.5, top, "+")
    arrow(axes, (6.67, top), (7.0, top))
    axes.text(7.05, top, "new h", va="center")
    save(figure, __file__, "gru-cell")


def greedy_sample() -> None:
    """Each new token is read in the next step, and the state is carried on."""
    figure, axes = canvas(7.0, 3.5)
    rows = {"embedding": 0.95, "rnn": 1.6, "linear": 2.25, "largest logit": 2.9}
    text = "hello"
    axes.text(0.3, rows["rnn"], "state", ha="center", va="center")
    arrow(axes, (0.53, rows["rnn"]), (0.85, rows["rnn"]))
    for step in range(3):
        x = 1.5 + 2.1 * step
        axes.text(x, 0.3, f'"{text[step]}"', ha="center", va="center")
        for name, y in rows.items():
            colour = PALE_GREY if name == "largest logit" else PALE_BLUE
            arrow(axes, (x, y - 0.45), (x, y - 0.2))
            box(axes, x, y, name, width=1.3, height=0.4, colour=colour)
        end = x + 1.45 if step < 2 else x + 0.95
        arrow(axes, (x + 0.65, rows["rnn"]), (end, rows["rnn"]))
        # What was found is read next; the last one ends the picture.
        found = f'"{text[step + 1]}"'
        top = rows["largest logit"]
        axes.text(x + 0.8, top + 0.15, found, ha="center", color=ORANGE)
        turn = x + 1.05
        if step < 2:
            axes.plot([x + 0.65, turn, turn], [top, top, 0.3], color=ORANGE, lw=1.2)
            arrow(axes, (turn, 0.3), (x + 1.9, 0.3), colour=ORANGE)
        else:
            arrow(axes, (x + 0.65, top), (x + 0.95, top), colour=ORANGE)
    save(figure, __file__, "greedy-sample")


if __name__ == "__main__":
    unrolled()
    both_directions()
    chunks()
    gradient_norms()
    lstm_cell()
    gru_cell()
    greedy_sample()
