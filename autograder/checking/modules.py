"""Importing the modules of a solution or of a student's folder into this process.

Files of one assignment import each other by bare name (``from shapes import ...``), and
several versions of the same names live in one process: solution, stub, a student's.
So a set of modules is visible to the import system only while its code runs. They are
read and run as the worker does it, encodings and cells of notebooks included.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from autograder.executor.hosting import run_source
from autograder.protocol.faults import CellFault
from autograder.sources.cells import shown_places
from autograder.sources.decoding import SourceError, source_text
from autograder.sources.scripts import runnable


class ModuleSet:
    """The modules of one folder, imported on demand, apart from all others.

    Args:
        folder: where the files are.
        names: the modules that belong to the set, if they are there.
        texts: sources by module name, where they do not come from the folder.
        cell_seconds: CPU time of the cells of a notebook.
    """

    def __init__(
        self,
        folder: Path,
        names: list[str],
        texts: Mapping[str, str] | None = None,
        cell_seconds: float | None = None,
    ) -> None:
        self.folder = folder
        self.faults: dict[str, list[CellFault]] = {}  # by module: cells that failed
        self._texts = texts
        self._seconds = cell_seconds
        self._names = [name for name in names if self._is_there(name)]
        self._loaded: dict[str, ModuleType] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def load(self, name: str) -> ModuleType:
        """Import one of the modules; errors of its own code come out as they are.

        Raises:
            SourceError: its file is no text that Python reads.
        """
        with self.visible():
            return importlib.import_module(name)

    def text(self, name: str) -> str:
        """The source of a module.

        Raises:
            SourceError: its file is no text that Python reads.
        """
        if self._texts is not None:
            return self._texts[name]
        path = self._path(name)
        return runnable(source_text(path.read_bytes(), path.name))

    def texts(self) -> dict[str, str]:
        """The sources of all modules that can be read."""
        found = {}
        for name in self._names:
            try:
                found[name] = self.text(name)
            except (OSError, SourceError):
                continue
        return found

    @property
    def sources(self) -> dict[str, str]:
        """File name as in tracebacks -> name to show, for each module and cell."""
        found: dict[str, str] = {str(self._path(n)): f"{n}.py" for n in self._names}
        for name, text in self.texts().items():
            found |= shown_places(text, self.file(name), f"{name}.py")
        return found

    def file(self, name: str) -> str:
        """The name of a module in tracebacks."""
        return str(self._path(name)) if self._texts is None else f"{name}.py"

    def run(self, module: ModuleType) -> None:
        """Run the source of a module in it."""
        name = module.__name__
        module.__file__ = file = self.file(name)
        self.faults[name] = run_source(module, self.text(name), file, self._seconds)

    def is_package(self, name: str) -> bool:
        """Whether other modules lie below this one."""
        return any(other.startswith(f"{name}.") for other in self._names)

    @contextmanager
    def visible(self) -> Iterator[None]:
        """Within it, ``import name`` finds the modules of this set."""
        hidden = {n: sys.modules.pop(n) for n in self._names if n in sys.modules}
        sys.modules.update(self._loaded)
        sys.path.insert(0, str(self.folder))
        finder = _Finder(self)
        sys.meta_path.insert(0, finder)
        try:
            yield
        finally:
            sys.meta_path.remove(finder)
            sys.path.remove(str(self.folder))
            for name in self._names:
                module = sys.modules.pop(name, None)
                if module is not None:
                    self._loaded[name] = module
            sys.modules.update(hidden)

    def _is_there(self, name: str) -> bool:
        if self._texts is not None:
            return name in self._texts
        return self._path(name).is_file()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.py"


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of a set before anything else does."""

    def __init__(self, modules: ModuleSet) -> None:
        self._modules = modules

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module of the set."""
        if fullname not in self._modules:
            return None
        return importlib.util.spec_from_loader(
            fullname,
            self,
            origin=self._modules.file(fullname),
            is_package=self._modules.is_package(fullname),
        )

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Python's own kind of module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the source."""
        self._modules.run(module)


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
