"""What one exercise's code may have left behind in its process for the next one's.

At home each exercise has a process of its own. Here one process serves them all, so
long as none has changed what all of them see: torch, Python's own names, settings, a
great part of the memory. Where one has, the others get a new process. Code that hides
its changes from this look is code that works around rules; see the documentation on
grading for what is done about that.
"""

from __future__ import annotations

import builtins
import functools
import gc
import importlib
import logging
import os
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Collection, Mapping
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch.nn.modules import module as hooks

from autograder.worker.limits import HELD_MEBIBYTES

if sys.platform != "win32":
    import resource

_MODULES = (
    *("builtins", "math", "random", "time", "numpy", "numpy.random", "numpy.linalg"),
    *("torch", "torch.autograd", "torch.fft", "torch.func", "torch.linalg", "torch.nn"),
    *("torch.nn.functional", "torch.nn.grad", "torch.nn.init", "torch.nn.parameter"),
    *("torch.nn.utils", "torch.optim", "torch.random", "torch.special"),
    *("torch.utils.data",),
)


class Surroundings:
    """The state of a process before any code of a student's has run in it.

    ``anew`` says that names have changed since `warm_up`, rightly.
    """

    def __init__(self, anew: bool = False) -> None:
        if anew:
            _names.cache_clear()
            _names()
        self._settings = _settings()
        self._last_module = next(reversed(sys.modules))
        self._peak = _peak_mebibytes()

    def changes(self, own: Collection[str]) -> list[str]:
        """What has changed since, by name; ``own`` are the submission's modules."""
        found = [
            name for name, now in _settings().items() if now != self._settings[name]
        ]
        if _peak_mebibytes() - self._peak > HELD_MEBIBYTES:
            found.append("memory")
        return found + self._odd_modules(own) + _names_changed()

    def _odd_modules(self, own: Collection[str]) -> list[str]:
        """Modules that no import has made; new ones stand at the end."""
        found = []
        for name in reversed(sys.modules):
            if name == self._last_module:
                break
            if name not in own and getattr(sys.modules[name], "__spec__", None) is None:
                found.append(f"sys.modules[{name!r}]")
        return found


def warm_up() -> None:
    """Note the names in the process that forks, where each object is touched anyway."""
    _names()


def _names_changed() -> list[str]:
    return [
        place
        for place, (of, known) in _names().items()
        if tuple(map(id, of().values())) != known.ids and known.differ(of())
    ]


class _Known:
    """The values of a namespace, by name."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = dict(values)  # keeps them, so that no other takes an id
        self.ids = tuple(map(id, values.values()))

    def differ(self, now: Mapping[str, Any]) -> bool:
        """Whether a name is another's, gone, or new; a module that was loaded is not.

        Python binds a module to its package's name when it is first imported.
        """
        return any(name not in now for name in self.values) or any(
            value is not self.values.get(name, self)
            and name != "__slotnames__"  # which copying an object leaves on its class
            and not _is_loaded(value)
            for name, value in now.items()
        )


def _is_loaded(value: Any) -> bool:
    return isinstance(value, ModuleType) and value is sys.modules.get(value.__name__)


@functools.cache
def _names() -> dict[str, tuple[Callable[[], Mapping[str, Any]], _Known]]:
    """The namespaces that are looked at."""
    spaces: dict[str, Any] = {n: importlib.import_module(n) for n in _MODULES}
    for kind in (torch.Tensor, torch.nn.Parameter, torch.nn.Module, torch.nn.Linear):
        spaces[kind.__qualname__] = kind
    return {
        place: (functools.partial(vars, owner), _Known(vars(owner)))
        for place, owner in spaces.items()
    }


def _settings() -> dict[str, Any]:
    """What code can set for all that runs after it; a check resets a few others."""
    return {
        "defaults of torch": (torch.get_default_dtype(), torch.get_default_device()),
        "gradients": torch.is_grad_enabled(),
        "threads of torch": torch.get_num_threads(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "anomaly detection": torch.is_anomaly_enabled(),
        "precision of products": torch.get_float32_matmul_precision(),
        "hooks of all modules": _global_hooks(),
        "printed tensors": vars(torch._tensor_str.PRINT_OPTS).copy(),
        "errors of NumPy": np.geterr(),
        # Others only decide what is printed, and libraries add some as they load.
        "warnings": [repr(entry) for entry in warnings.filters if entry[0] == "error"],
        "recursion limit": sys.getrecursionlimit(),
        "tracing": (sys.gettrace(), sys.getprofile()),
        "threads": threading.active_count(),
        "timers": _timers(),
        "collection of garbage": gc.isenabled(),
        "the path": [*sys.path, *map(id, sys.meta_path), *map(id, sys.path_hooks)],
        "streams": (id(sys.stdout), id(sys.stderr), id(sys.stdin)),
        "the environment": dict(os.environ),
        "import": id(builtins.__import__),
        "the folder": (_working_folder(), tempfile.tempdir),
        "log": [id(handler) for handler in logging.getLogger().handlers],
    }


def _working_folder() -> tuple[str, list[tuple[str, int]]]:
    """Where code runs, and what lies there; the others begin with what was handed in.

    A folder's time changes with what is made in it, and no code may set it back.
    """
    try:
        with os.scandir(os.curdir) as entries:
            found = [(e.name, e.stat().st_mtime_ns) for e in entries]
        return os.getcwd(), sorted(found)
    except OSError:
        return "", []


def _global_hooks() -> list[int]:
    found = {name: value for name, value in vars(hooks).items() if "_global_" in name}
    return [len(value) for value in found.values() if isinstance(value, dict)]


def _timers() -> Any:
    if sys.platform == "win32":
        return None
    return signal.getitimer(signal.ITIMER_REAL), signal.getsignal(signal.SIGALRM)


def _peak_mebibytes() -> float:
    if sys.platform == "win32":
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)
