"""One notebook for all exercises of an assignment: what of it each exercise is.

All cells run for each exercise. But where cells below an exercise's own bind a name
again, such as a helper of the next exercise, it keeps what the name was, as it does in
Jupyter for who checks a function in the cell behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from autograder.sources.cells import is_notebook, parts, with_end
from autograder.sources.syntax import stored_names


def ended_notebooks(
    files: Mapping[str, str], functions: Mapping[str, Collection[str]]
) -> dict[str, str]:
    """The files of a submission; a notebook that is several of them has an end in each.

    Args:
        files: sources by module name.
        functions: by exercise, the functions and classes that it asks for.
    """
    shares = Counter(files.values())
    return {
        name: _ended(text, functions[name])
        if shares[text] > 1 and name in functions and is_notebook(text)
        else text
        for name, text in files.items()
    }


def _ended(text: str, names: Collection[str]) -> str:
    """Its end is the last cell that binds one of these names."""
    found = [
        part.cell.number
        for part in parts(text, "<notebook>")
        if part.cell is not None
        and part.tree is not None
        and not {*names}.isdisjoint(stored_names(part.tree.body))
    ]
    return with_end(text, max(found)) if found else text
