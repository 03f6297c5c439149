"""Which functions of a source use a forbidden name, by reading it and running nothing.

Names are followed through imports, aliases at the top of the file, helper functions
and the submission's own modules. It is a reading, not a proof: what is built from
strings at run time is seen by the worker's watch only, which is shown and not scored.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fnmatch import fnmatchcase

# Back doors to the same operators; a name below them counts by its last part.
BACK_DOORS = (
    "torch.ops",
    "torch._C",
    "torch._VF",
    "torch.nn.modules",
    "torch.backends",
)


def forbidden_uses(
    sources: dict[str, str], module: str, patterns: Iterable[str]
) -> dict[str, list[str]]:
    """For each top-level name of ``module``: the forbidden names that it reaches.

    Args:
        sources: text of each module of the submission, by name.
        module: the one that is graded.
        patterns: fnmatch patterns of public names, ``torch.nn.Conv*``; one that begins
            with ``torch.Tensor.`` matches that attribute on any value.

    Raises:
        SyntaxError: a source does not parse. RecursionError, MemoryError: it is built
            to break a parser.
    """
    rules = list(patterns)
    if not rules:
        return {}
    readings = _readings(sources, module)
    found: dict[str, list[str]] = {}
    for name in readings[module].uses if module in readings else ():
        dotted = _reached(readings, module, name)
        bad = sorted(use for use in dotted if _is_forbidden(use, rules))
        if bad:
            found[name] = bad
    return found


def _readings(sources: dict[str, str], module: str) -> dict[str, _Reading]:
    """The module and those of the submission that it imports, directly or not."""
    readings: dict[str, _Reading] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in sources and name not in readings:
            reading = readings[name] = _Reading(ast.parse(sources[name]))
            for dotted in [*reading.names.values(), *reading.stars]:
                parts = dotted.split(".")
                waiting += [".".join(parts[: n + 1]) for n in range(len(parts))]
    return readings


def _reached(readings: dict[str, _Reading], module: str, name: str) -> set[str]:
    """All dotted names that a top-level name reaches, through helpers and modules."""
    seen: set[tuple[str, str]] = set()
    dotted: set[str] = set()
    waiting = [(module, name)]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        reading = readings[here[0]]
        met: set[str] = set()
        uses = list(reading.uses.get(here[1], ()))
        while uses:
            use = uses.pop()
            if use in met:
                continue
            met.add(use)
            first, _, rest = use.partition(".")
            if first in readings and rest:
                name, dot, tail = rest.partition(".")
                waiting.append((first, name))
                passed_on = readings[first].names.get(name)
                if passed_on is not None:  # from helper import F
                    uses.append(passed_on + dot + tail)
            elif use in reading.uses:
                waiting.append((here[0], use))
        dotted |= met
    return dotted


class _Reading:
    """What each top-level name of one source uses, as dotted names."""

    def __init__(self, tree: ast.Module) -> None:
        self.names: dict[str, str] = {}  # alias -> dotted name
        self.stars: list[str] = []
        self.uses: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            self._import(node)
        for node in tree.body:
            if isinstance(node, ast.Assign):
                self.names.update(_local_aliases(node, self))
        for node in tree.body:
            for name in _defines(node):
                self.uses.setdefault(name, set()).update(self._used_by(node))

    def _import(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                whole = alias.name if alias.asname else alias.name.partition(".")[0]
                self.names[alias.asname or whole] = whole
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == "*":
                    self.stars.append(node.module)
                else:
                    dotted = f"{node.module}.{alias.name}"
                    self.names[alias.asname or alias.name] = dotted

    def _used_by(self, node: ast.AST) -> set[str]:
        used: set[str] = set()
        local = _local_aliases(node, self)
        for inner in ast.walk(node):
            if isinstance(inner, (ast.Attribute, ast.Name)):
                used.update(self.dotted(inner, local))
            elif isinstance(inner, ast.Call):
                used.update(self._getattr(inner, local))
        return used

    def dotted(self, node: ast.AST, local: dict[str, str]) -> list[str]:
        """The dotted names that an attribute chain or a name may stand for."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        tail = "".join(f".{part}" for part in reversed(parts))
        if not isinstance(node, ast.Name):
            return [f"torch.Tensor{tail}"] if parts else []
        root = local.get(node.id) or self.names.get(node.id)
        if root is not None:
            return [root + tail]
        found = [node.id + tail]
        if parts:
            found.append(f"torch.Tensor.{parts[0]}")
        else:
            found += [f"{star}.{node.id}" for star in self.stars]
        return found

    def _getattr(self, call: ast.Call, local: dict[str, str]) -> list[str]:
        """``getattr(F, "conv2d")`` uses what ``F.conv2d`` does."""
        if not (isinstance(call.func, ast.Name) and call.func.id == "getattr"):
            return []
        name = call.args[1] if len(call.args) > 1 else None
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            return []
        return [f"{root}.{name.value}" for root in self.dotted(call.args[0], local)]


def _local_aliases(node: ast.AST, reading: _Reading) -> dict[str, str]:
    """``f = torch.nn.functional`` inside a function makes ``f`` another name of it."""
    found: dict[str, str] = {}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign) and isinstance(
            inner.value, (ast.Attribute, ast.Name)
        ):
            dotted = reading.dotted(inner.value, found)
            if not dotted or "torch" not in dotted[0]:
                continue
            if dotted[0].startswith("torch.Tensor"):
                continue
            for target in inner.targets:
                if isinstance(target, ast.Name):
                    found[target.id] = dotted[0]
    return found


def _defines(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    if isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
        return [
            name
            for inner in ast.iter_child_nodes(node)
            if isinstance(inner, ast.stmt)
            for name in _defines(inner)
        ]
    return []


def _is_forbidden(use: str, rules: list[str]) -> bool:
    if any(fnmatchcase(use, rule) for rule in rules):
        return True
    if not use.startswith(BACK_DOORS):
        return False
    last = use.rpartition(".")[2]
    return any(fnmatchcase(last, rule.rpartition(".")[2]) for rule in rules)
