"""Deep learning homework that grades itself and says which idea is wrong.

The words of check files and mistakes files are names of this package; `words.py` lists
them. They are loaded on first use: the sandboxed worker imports this package and must
not load what grades it. So is `check`, which notebooks use.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from autograder.home.notebook import check as check
    from autograder.words import *  # noqa: F403


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return sorted({*_words(), "check"})
    if name == "check":
        return import_module("autograder.home.notebook").check
    # `from autograder import simulated` asks here first, and means no word.
    if not name.startswith("_") and find_spec(f"autograder.{name}") is None:
        words = _words()
        if name in words:
            return words[name]
    raise AttributeError(f"module 'autograder' has no attribute {name!r}")


def _words() -> dict[str, Any]:
    names = vars(import_module("autograder.words"))
    # Others are Python's, and pytest's where it rewrites a module's assertions.
    return {word: value for word, value in names.items() if word[0].isalpha()}
