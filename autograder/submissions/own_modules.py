"""The student's own modules, which the exercise files may import."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from autograder.sources.taken_names import hidden_by, hides_another
from autograder.submissions.candidates import Candidate
from autograder.submissions.filenames import is_module
from autograder.submissions.handed_in import Problem, shown


@dataclass
class OwnModules:
    """Modules by the name under which the exercise files import them."""

    files: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def own_modules(
    sources: Collection[Candidate],
    exercises: Collection[str],
    chosen: Mapping[str, str],
    roots: Collection[str] = (),
) -> OwnModules:
    """The modules among ``sources`` beside those ``chosen`` (name to path).

    ``roots`` are folders that modules are imported from; without them, those of the
    chosen files are.

    A module in a folder below the exercise files keeps the folder in its name, as
    ``layers.padding``; then ``layers`` is there as well, empty unless it was written.
    A module from elsewhere goes by its own name.
    """
    found = OwnModules()
    roots = roots or {path.rpartition("/")[0] for path in chosen.values()}
    unclear = set()
    for candidate in sources:
        if candidate.path in chosen.values() or not candidate.name.endswith(".py"):
            continue
        name = _module_name(candidate, roots)
        # An exercise file that was not chosen is a second version, no module.
        if not is_module(name) or name.rpartition(".")[2] in exercises:
            continue
        if hides_another(name):
            found.notes.append(hidden_by(shown(candidate.path), name))
            continue
        text = candidate.read()
        if isinstance(text, Problem):
            found.notes.append(text.text)
        elif found.files.setdefault(name, text) != text:
            unclear.add(name)
        else:
            found.origins.setdefault(name, candidate.path)
            found.notes += candidate.remarks(text) if text.strip() else []
    for name in sorted(unclear):
        del found.files[name], found.origins[name]
        found.notes.append(
            f"{name}.py was handed in more than once, with different content, and was "
            "left out. Keep the one that counts."
        )
    for name in list(found.files):
        while "." in name:
            name = name.rpartition(".")[0]
            if name not in exercises:
                found.files.setdefault(name, "")
    return found


def _module_name(candidate: Candidate, roots: Collection[str]) -> str:
    """The name by which a file beside or below the exercise files is imported."""
    stem = candidate.name.removesuffix(".py")
    folder = candidate.folder
    below = [root for root in roots if not root or f"{folder}/".startswith(f"{root}/")]
    if not below:
        return "" if stem == "__init__" else stem
    inner = folder[len(max(below, key=len)) :].strip("/")
    parts = inner.split("/") if inner else []
    return ".".join(parts if stem == "__init__" else [*parts, stem])
