"""What ``forbidden_uses`` has found, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from autograder.sources.statements import ANY, PERHAPS

SEEN = "@"  # the key of the places where any name may get a forbidden one
PLACES = 3  # that are told
UNREADABLE = ""  # the key of the sentences on files that cannot be read


def why_refused(found: Mapping[str, list[str]], function: str) -> str | None:
    """Why the checks of a function are not run, after ``forbidden_uses``; or None."""
    if found.get(UNREADABLE):
        return found[UNREADABLE][0]
    if uses := found.get(function):
        return f"{function} uses {', '.join(uses)}"
    if loose := found.get(ANY) or found.get(loose_key(function)):
        places = ", ".join(found[SEEN][:PLACES])
        return f"{function} may use {', '.join(loose)}: any name may get it at {places}"
    return None


def to_look_at(
    found: Mapping[str, list[str]], functions: Iterable[str] = ()
) -> list[str]:
    """Sentences for a person, on what reading cannot tell; nobody is refused for it.

    Of each function of some that is not refused, and of the files as a whole.
    """
    texts = list(found.get(PERHAPS, ()))
    for function in functions:
        if why_refused(found, function) is None:
            texts += found.get(doubt_key(function), ())
    return texts


def doubt_key(function: str) -> str:
    """The key of the sentences on where a function may lead."""
    return f"{PERHAPS} {function}"


def loose_key(function: str) -> str:
    """The key of what any name may be, by the rules about a function, or all."""
    return ANY if function == ANY else f"{ANY} {function}"
