"""Importing the modules of a solution or of a student's folder into this process.

Files of one assignment import each other by bare name (``from shapes import ...``), and
several versions of the same names live in one process: solution, stub, a student's.
So a set of modules is visible to the import system only while its code runs.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


class ModuleSet:
    """The modules of one folder, imported on demand, apart from all others."""

    def __init__(self, folder: Path, names: list[str]) -> None:
        self.folder = folder
        self._names = [name for name in names if (folder / f"{name}.py").is_file()]
        self._loaded: dict[str, ModuleType] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def load(self, name: str) -> ModuleType:
        """Import one of the modules; errors of its own code come out as they are."""
        with self.visible():
            if name not in sys.modules:
                load_file(self._path(name), name)
            return sys.modules[name]

    @property
    def sources(self) -> dict[str, str]:
        """File name as in tracebacks -> name to show, for each module."""
        return {str(self._path(name)): f"{name}.py" for name in self._names}

    @contextmanager
    def visible(self) -> Iterator[None]:
        """Within it, ``import name`` finds the modules of this set."""
        hidden = {n: sys.modules.pop(n) for n in self._names if n in sys.modules}
        sys.modules.update(self._loaded)
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            for name in self._names:
                module = sys.modules.pop(name, None)
                if module is not None:
                    self._loaded[name] = module
            sys.modules.update(hidden)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.py"


def load_file(path: Path, name: str) -> ModuleType:
    """Import one file under this name, and leave it in sys.modules unless it fails."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot import {path}")
    module = importlib.util.module_from_spec(spec)
    # Hypothesis and inspect look a function's module up while it is being defined.
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
