"""What is read of a source's functions, classes and imports."""

from __future__ import annotations

import ast

from autograder.sources.cells import notebook_text
from autograder.sources.definitions import dependents, imported_modules, reached
from autograder.sources.syntax import bound_names


def test_what_a_helper_reaches() -> None:
    """A change of a helper concerns whoever uses it, directly or not; nobody else."""
    source = (
        "def a():\n    pass\n\n\ndef b():\n    a()\n\n\ndef c():\n    b()\n\n\n"
        "def d():\n    pass\n"
    )

    assert dependents(source, "a") == {"a", "b", "c"}
    assert dependents(source, "d") == {"d"}


def test_what_is_reached_through_helpers() -> None:
    """A helper's calls are its caller's."""
    source = (
        "def a(): pass\n"
        "def b(): return helper()\n"
        "def helper(): return a()\n"
        "class C:\n    def forward(self): return b()\n"
    )
    assert reached(source) == {
        "a": set(),
        "b": {"helper", "a"},
        "helper": {"a"},
        "C": {"b", "helper", "a"},
    }
    assert reached("def (:") == {}


def test_what_a_notebook_imports() -> None:
    """A cell that cannot be parsed hides the imports of no other."""
    text = notebook_text(["import a", "def f(:\n    import b", "from c import d"])

    assert imported_modules(text) == {"a", "c"}


def test_what_is_imported_modules() -> None:
    """Every kind of import counts, and a file that cannot be read imports nothing."""
    assert imported_modules("import a, b.c as d\nfrom e import f\nfrom . import g") == {
        *("a", "b.c", "e")
    }
    assert imported_modules("import (") == set()


def test_what_is_bound() -> None:
    """Every statement that makes a name of its scope counts, however deep it stands."""
    source = (
        "import a, b.c, d.e as f\nfrom g import h as i\nj, (k, l) = 1, (2, 3)\n"
        "def m(x):\n    y = 1\nclass N:\n    z = 1\n"
        "try:\n    import o\nexcept ImportError as p:\n    q = None\n"
    )

    bound = bound_names(ast.parse(source).body)

    assert bound == {*"abfijklmNopq"}
