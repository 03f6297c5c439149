"""``student``: the module under test, as a check sees it.

Checks cannot tell whether the student's code runs in this process or behind the
sandbox: both are a ``Caller``.
"""

from __future__ import annotations

from typing import Any

import torch

from autograder.checking.callers import Caller
from autograder.checking.case import current
from autograder.checking.functions import Function
from autograder.checking.handles import built

__tracebackhide__ = True  # for pytest: from the check to the student's line


class Student:
    """The student's functions and classes, by name."""

    def __init__(self, caller: Caller, device: str = "cpu") -> None:
        self._caller = caller
        self._device = device

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):
            raise AttributeError(name)
        return Function(self._caller, self._device, ["function", name], name)

    def build(self, maker: Any, *args: Any, **kwargs: Any) -> Any:
        """Make an object of torch's own where the student's code runs.

        ``maker`` is a public class or function of torch, torch.nn,
        torch.nn.functional or torch.optim. A module is in the dtype of the setting, as
        those of the student's classes are, unless ``dtype=`` says otherwise. ::

            layer = student.build(nn.Linear, 3, 4, bias=False)
            equal(student.count_parameters(layer), 12)
            equal(layer(draw(2, 3)).dtype, draw(1).dtype)

            frozen = student.build(nn.Parameter, torch.ones(4, 3), requires_grad=False)
            layer.register_parameter("weight", frozen)
            equal(student.count_parameters(layer), 0)
        """
        return built(self._caller, self._device, maker)(*args, **kwargs)

    def scripted(self, table: torch.Tensor, source: torch.Tensor | None = None) -> Any:
        """Make a network that follows a script, for decoders to decode with.

        ``table`` holds logits: ``(V, V)`` by the last token; ``(L, V, V)`` by the step
        (how many tokens came before it), too, whose last one holds for all beyond;
        ``(N, L, V, V)`` by text, too. Integers will do, such as those of
        ``F.one_hot(next_token, V)``. So a token that is fed wrongly, or a state that is
        dropped, leads elsewhere. The object's ``calls()`` says how often it was called;
        whole prefixes and last tokens give the same logits.

        Without a source it is a language model: ``model(tokens (T, N), h)`` gives
        logits ``(T, N, V)`` and a new h; ``h`` is ``(1, N, H)``, its first feature the
        steps so far and its second, if it has one, the number of the text. With one,
        ``(N, S)``, it translates: ``model(source, target (N, L), source_lengths=None)``
        gives ``(N, L, V)``, and the text's number is the row of the source. ::

            follow = torch.tensor([[1, 2, 0], [2, 2, 1]])  # by step, then token
            model = student.scripted(F.one_hot(follow, 3))
            first, h = torch.tensor([0, 1]), torch.zeros(1, 2, 1)
            found = student.greedy_sample(model, first, h, 2)
            equal(found, torch.tensor([[1, 2], [2, 1]]))
        """
        if not isinstance(table, torch.Tensor) or not 2 <= table.dim() <= 4:
            raise TypeError(
                "student.scripted takes a table of logits: a tensor of (V, V), "
                "(L, V, V) or (N, L, V, V)"
            )
        if table.shape[-1] != table.shape[-2] or 0 in table.shape:
            raise ValueError(
                f"student.scripted: the table is {tuple(table.shape)}; its last two "
                "axes are the last token and the next, both of the vocabulary's size"
            )
        texts = len(table) if table.dim() == 4 else 1
        if source is not None and (source.dim() != 2 or texts not in (1, len(source))):
            raise ValueError(
                f"student.scripted: a source of {tuple(source.shape)} for a table of "
                f"{texts} text(s); give (N, S) with a row for each"
            )
        logits = table.detach().to(current().setting.dtype)
        target = ["scripted"]
        made = Function(self._caller, self._device, target, "scripted", keep=True)
        return made(logits, source)
