"""What notebooks have around them, as things that do nothing.

``display(x)``, ``get_ipython().system(...)``, ``drive.mount(...)`` of Colab: none of it
matters for what a notebook defines, and a cell must not fail over it.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

_CHECKER = "autograder"  # whose check() a notebook calls
_SERVICES = (_CHECKER, "google.colab", "IPython", "ipywidgets", "kaggle_secrets")
_PARENTS = ("google",)  # others may have modules there, too


class Nothing:
    """Can be called, entered, asked for anything, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing; as a decorator, the function itself."""
        alone = len(args) == 1 and not kwargs and isinstance(args[0], FunctionType)
        return args[0] if alone else self

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getitem__(self, key: object) -> Nothing:
        return self

    def __setitem__(self, key: object, value: object) -> None:
        pass


class _Report(Nothing):
    """In the place of what check() finds: nothing that a cell could stumble over."""

    points = possible = 1.0
    passed = True

    def __str__(self) -> str:
        return ""


class _Service(ModuleType):
    """A module of which every name is there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


def _check(*args: Any, **kwargs: Any) -> _Report:
    return _Report()


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a service's module."""
        known = fullname.startswith(tuple(f"{name}." for name in _SERVICES))
        if not known and fullname not in (*_SERVICES, *_PARENTS):
            return None
        if fullname in _PARENTS:
            real = importlib.machinery.PathFinder.find_spec(fullname, path)
            if real is not None:
                return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """A module that has everything."""
        return _Service(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def is_service(name: str) -> bool:
    """Whether a module is one that a notebook has around it."""
    within = tuple(f"{service}." for service in _SERVICES)
    return name in (*_SERVICES, *_PARENTS) or name.startswith(within)


def checker(name: str) -> ModuleType | None:
    """The package that checks, where a notebook's cells import it; else None.

    The real one is loaded beside them, and is none of their business.
    """
    if name.partition(".")[0] != _CHECKER or not are_offered():
        return None
    module = _Service(_CHECKER)
    # Plain names, and so there for `from autograder import *`, too.
    vars(module).update(check=_check, __file__="", __version__="")
    return module


def are_offered() -> bool:
    """Whether the cells of a notebook are running just now."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


@contextlib.contextmanager
def services() -> Iterator[None]:
    """Within it, modules of notebook services can be imported."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if isinstance(module, _Service):
                del sys.modules[name]


def names_of_a_notebook() -> dict[str, Any]:
    """The names that a notebook has without importing them.

    ``check`` is imported, and perhaps by a cell that is another one by now.
    """
    nothing = Nothing()
    return {"display": nothing, "get_ipython": nothing, "check": _check}
