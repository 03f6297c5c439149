"""A network that follows a script: a table of logits, for the decoders of students.

What a decoder does wrong shows in what it feeds: the logits depend on the last token,
on how many tokens there were before it, and on whose text it is.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Scripted(nn.Module):
    """Answers with rows of a table, as a language model or as a translator would.

    Args:
        table: logits: ``(V, V)`` by the last token; ``(L, V, V)`` by the step, too,
            whose last one holds for all steps beyond; ``(N, L, V, V)`` by text, too.
        source: what a translator is to translate, ``(N, S)``; None for a language
            model.
    """

    def __init__(self, table: Tensor, source: Tensor | None = None) -> None:
        super().__init__()
        # A parameter, since decoders ask a model's parameters for its device.
        self.table = nn.Parameter(table[(None,) * (4 - table.dim())], False)
        self.source: Tensor | None
        self.register_buffer("source", source)
        self._calls = 0

    def calls(self) -> int:
        """How often it was called."""
        return self._calls

    def forward(self, *args: Tensor | None, **named: Tensor | None) -> object:
        """``(tokens (T, N), h)`` gives logits ``(T, N, V)`` and the new h.

        With a source, ``(source, target (N, L), source_lengths=None)`` gives logits
        ``(N, L, V)``.
        """
        self._calls += 1
        go_on: Any = self._go_on if self.source is None else self._translate
        return go_on(*args, **named)

    def _go_on(self, tokens: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        length, texts = _two_axes("tokens (T, N)", tokens)
        if h is None:
            h = self.table.new_zeros(1, texts, 1)
        if h.dim() != 3 or h.shape[:2] != (1, texts):
            raise ValueError(
                f"the state of {texts} texts is (1, {texts}, H) and not "
                f"{tuple(h.shape)}"
            )
        seen = h[0, :, 0].round().to(torch.int64)
        rows = torch.arange(texts, device=tokens.device)
        if h.shape[2] > 1:  # whose text it is goes with the state
            rows = h[0, :, 1].round().to(torch.int64)
        steps = seen + torch.arange(length, device=tokens.device)[:, None]
        new = h.clone()
        new[..., 0] += length
        return self._logits(rows.expand(length, texts), steps, tokens), new

    def _translate(
        self, source: Tensor, target: Tensor, source_lengths: Tensor | None = None
    ) -> Tensor:
        texts, length = _two_axes("target (N, L)", target)
        known = self.source
        assert known is not None
        if source.dim() != 2 or len(source) != texts:
            raise ValueError(
                f"source {tuple(source.shape)} and target {tuple(target.shape)} differ "
                "in their number of texts"
            )
        if source.shape[1] != known.shape[1]:
            raise ValueError(
                f"a source of {source.shape[1]} tokens; there are those of "
                f"{known.shape[1]} only"
            )
        same = source[:, None].eq(known).all(-1)
        rows = same.to(torch.int64).argmax(-1)
        steps = torch.arange(length, device=target.device).expand(texts, length)
        logits = self._logits(rows[:, None].expand(texts, length), steps, target)
        # A text that nobody asked to translate is no place to be right by luck.
        return logits.masked_fill(~same.any(-1)[:, None, None], torch.nan)

    def _logits(self, rows: Tensor, steps: Tensor, tokens: Tensor) -> Tensor:
        texts, length = self.table.shape[:2]
        if texts == 1:
            rows = torch.zeros_like(rows)
        return self.table[rows, steps.clamp(max=length - 1), tokens]


def _two_axes(name: str, tokens: Tensor) -> tuple[int, int]:
    if tokens.dim() != 2:
        raise ValueError(f"{name} have two axes, and {tuple(tokens.shape)} came")
    first, second = tokens.shape
    return first, second
