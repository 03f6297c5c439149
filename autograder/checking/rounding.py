"""A computation in which every intermediate result is rounded anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

Nudge = Callable[[torch.Tensor], torch.Tensor]


class Rounding(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch's
    """Within it, each float64 result of an operator is nudged, backwards included.

    Three kinds stay as they are: views, and what is written into a tensor that was
    there, since others may share their memory; and what is made of no float64 tensor,
    such as a mask or ``torch.arange``, since that is exact.
    """

    def __init__(self, nudge: Nudge) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch's
        self._nudge = nudge

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare the compiler, which is not used here and takes seconds to import."""
        return False

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run one operator, and nudge what comes out."""
        result = func(*args, **(kwargs or {}))
        schema = getattr(func, "_schema", None)
        if schema is None or any(returned.alias_info for returned in schema.returns):
            return result
        if not any(map(_is_float64, _flat([args, kwargs or {}]))):
            return result
        if isinstance(result, (tuple, list)):
            return type(result)(map(self._rounded, result))
        return self._rounded(result)

    def _rounded(self, value: Any) -> Any:
        return self._nudge(value) if _is_float64(value) else value


def _is_float64(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.float64


def _flat(value: Any) -> list[Any]:
    """The arguments of an operator, those in lists too."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [item for part in value for item in _flat(part)]
    return [value]
