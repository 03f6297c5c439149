"""Which functions of a source use a forbidden name, by reading it and running nothing.

Names are followed through imports, every statement at the top of the file that may bind
or fill them, helper functions and the submission's own modules. In doubt a name counts.
It is a reading, not a proof: what is built from strings at run time is seen by the
worker's watch only, which is shown and not scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.sources.mentions import Reading
from autograder.sources.refusal import SEEN, UNREADABLE, doubt_key, loose_key
from autograder.sources.search import Search
from autograder.sources.statements import ANY, PERHAPS


def forbidden_uses(
    sources: Mapping[str, str], module: str, patterns: Iterable[str]
) -> dict[str, list[str]]:
    """For each top-level name of ``module``: the forbidden names that it reaches.

    Some keys are no names. Under ``"*"`` is what any name may be that the module has
    without saying so, under ``"* f"`` the same for the rules about f, and under
    ``"@"`` where that is seen. Under ``"?"`` are sentences for a person, on what
    reading cannot tell, and under ``"? f"`` those on where f leads. Under ``""`` are
    sentences on files that cannot be read, and then nothing else is there.
    ``refusal.py`` reads them.

    Args:
        sources: text of each module of the submission, by name.
        module: the one that is graded.
        patterns: fnmatch patterns of public names, ``torch.nn.Conv*``; one that begins
            with ``torch.Tensor.`` matches that attribute on any value. What is
            forbidden to one function alone has its name in front:
            ``layer_norm: torch.nn.LayerNorm``.
    """
    rules = rules_by_function(patterns)
    if not rules or module not in sources:
        return {}
    try:
        readings = _readings(sources, module)
    except _Unreadable as unreadable:
        return {UNREADABLE: [str(unreadable)]}
    found: dict[str, set[str]] = {}
    unclear: set[str] = set()
    for function, those in rules.items():
        search = Search(readings, those)
        found[loose_key(function)] = _as_spelt(search.reached_by(ANY).uses)
        unclear |= _as_spelt(search.reached_by(PERHAPS).uses)
        for name in search.names(module) if function == ANY else [function]:
            reached = search.reached([(module, name)])
            found[name] = found.get(name, set()) | _as_spelt(reached.uses)
            doubts = {_DOUBT.format(name=name, what=what) for what in reached.unclear}
            key = doubt_key(name)
            found[key] = found.get(key, set()) | doubts
    if any(key.startswith(ANY) and uses for key, uses in found.items()):
        found[SEEN] = _seen(readings, ANY)
    if unclear:
        names = ", ".join(sorted(unclear))
        found[PERHAPS] = {
            f"Whether any name gets {names} at {place}, reading cannot tell. Nothing "
            "was refused for it; a person may want to look."
            for place in _seen(readings, PERHAPS)
        }
    return {name: sorted(uses) for name, uses in found.items() if uses}


_DOUBT = (
    "{name} {what}: where that leads, reading cannot tell. Nothing was refused for it; "
    "a person may want to look."
)


def _seen(readings: Mapping[str, Reading], kind: str) -> set[str]:
    return {reason for each in readings.values() for reason in each.reasons[kind]}


def _as_spelt(uses: Iterable[tuple[str, bool]]) -> set[str]:
    """The names to tell: one that may only be meant goes where one is written.

    ``F.conv2d(x)`` is ``torch.nn.functional.conv2d``; that its last part could be a
    method of a tensor, too, refuses nothing more and would name a call that nobody
    wrote.
    """
    uses = list(uses)
    last = {name.rpartition(".")[2] for name, written in uses if written}
    return {
        name for name, written in uses if written or name.rpartition(".")[2] not in last
    }


def rules_by_function(patterns: Iterable[str]) -> dict[str, list[str]]:
    """Patterns by the function that they are about; those about all under ``"*"``."""
    rules: dict[str, list[str]] = {}
    for pattern in patterns:
        function, _, rule = pattern.rpartition(": ")
        rules.setdefault(function or ANY, []).append(rule)
    return rules


class _Unreadable(Exception):
    """A file of the submission cannot be read; the message says which and why."""


def _readings(sources: Mapping[str, str], graded: str) -> dict[str, Reading]:
    """The module and those of the submission that it imports, directly or not."""
    readings: dict[str, Reading] = {}
    waiting = [graded]
    while waiting:
        name = waiting.pop()
        if name not in sources or name in readings:
            continue
        is_package = any(other.startswith(f"{name}.") for other in sources)
        try:
            readings[name] = Reading(sources[name], name, is_package, graded)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise _Unreadable(_complaint(name, error)) from None
        for dotted in readings[name].modules:
            parts = dotted.split(".")
            waiting += [".".join(parts[: n + 1]) for n in range(len(parts))]
    return readings


def _complaint(name: str, error: BaseException) -> str:
    file = f"{name.replace('.', '/')}.py"
    reason = "it is nested too deeply"
    if isinstance(error, SyntaxError):
        reason = f"{error.msg} (line {error.lineno or 1})"
    elif isinstance(error, ValueError):
        reason = str(error)
    return f"{file} cannot be read for names that are not allowed: {reason}"
