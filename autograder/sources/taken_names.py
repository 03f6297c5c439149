"""Names that no module of a student's or of an exercise may have."""

from __future__ import annotations

import sys

# Python or pytest would run these by themselves, and nothing of ours may.
RUN_UNASKED = frozenset({"conftest", "sitecustomize", "usercustomize"})
# A module of one of these names would hide the one that others import.
_IMPORTED = sys.stdlib_module_names | {
    *("autograder", "solutions"),
    *("hypothesis", "jaxtyping", "numpy", "pytest", "safetensors", "torch"),
}
# Of an exercise; a student's helper may have it.
_IN_A_COURSE = frozenset({"mistakes"})


def hides_another(module: str) -> bool:
    """Whether a module of this name would hide one that others rely on."""
    return module.partition(".")[0] in _IMPORTED


def hidden_by(path: str, module: str) -> str:
    """The note on a student's file that is left out for that."""
    return (
        f"{path} was left out: a module named {module.partition('.')[0]} would hide "
        "the one that others import. Rename it."
    )


def is_free_for_an_exercise(name: str) -> bool:
    """Whether an exercise may have this name."""
    return not hides_another(name) and name not in RUN_UNASKED | _IN_A_COURSE
