"""torch's compiler, imported only when code asks it for something.

Optimizers, ``torch.manual_seed`` and others import it in order to tell it that they are
not to be compiled: more than a second, sympy included. No child compiles anything.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

_NAME = "torch._dynamo"


class _LeftOut(ModuleType):
    """Stands for ``torch._dynamo``; any name that it has not brings in the real one."""

    @staticmethod
    def disable(function: Any = None, recursive: bool = True, **options: Any) -> Any:
        """The function as it is: it is compiled nowhere."""
        return function if function is not None else lambda function: function

    @staticmethod
    def graph_break(*reasons: Any, **options: Any) -> None:
        """Nothing to be broken."""

    @staticmethod
    def set_stance(
        stance: str, **options: Any
    ) -> contextlib.AbstractContextManager[None]:
        """Nothing has been compiled that could be run in another way."""
        return contextlib.nullcontext()

    def __getattr__(self, name: str) -> Any:
        # Who looks at every module asks for the others of Python's own names; an import
        # of a submodule begins with this one.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        return getattr(_real(), name)


def leave_out() -> None:
    """Put the stand-in there, unless the compiler has been imported already."""
    if _NAME not in sys.modules:
        import torch

        stand_in = _LeftOut(_NAME)
        stand_in.__spec__ = importlib.util.find_spec(_NAME)
        sys.modules[_NAME] = stand_in
        vars(torch)["_dynamo"] = stand_in


def _real() -> ModuleType:
    if isinstance(sys.modules.get(_NAME), _LeftOut):
        import torch

        del sys.modules[_NAME]
        vars(torch).pop("_dynamo", None)
        return importlib.import_module(_NAME)
    return sys.modules[_NAME]
