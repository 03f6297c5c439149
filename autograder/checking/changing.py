"""Mistakes that do nothing but change arguments, in three lines each."""

from __future__ import annotations

import inspect
import sys
from types import FunctionType
from typing import Any

from autograder.checking.vocabulary import mistake, reference
from autograder.errors import CourseError


def changed(
    function: str,
    *,
    like: str,
    ask: str,
    name: str,
    rounding: str | None = None,
    **arguments: Any,
) -> Any:
    """A mistake that is the solution itself, called with other arguments.

    In a mistakes file, as a statement; it defines ``<function>__<name>`` there. ::

        changed("attention", mask=None, name="sees_everything",
                like="weights as if there were no mask",
                ask="Which argument does not appear in your output?")
        changed("softmax", x=lambda x: -x, name="of_the_negative",
                like="a softmax of -x",
                ask="Which number should get the largest share?")

    Args:
        function: the solution's; a class, whose constructor then gets other arguments;
            or ``Class.method``.
        like: completes the sentence "your output looks like ...".
        ask: leads towards the idea that is wrong without giving the answer away.
        name: what the mistake does, such as ``forgets_the_stride``.
        rounding: as in ``mistake``.
        arguments: those that are changed, by name: a value, or a function (``lambda``
            or ``def``) of any of the arguments, by their names, as they were given.
            What is to be a function itself is given by ``lambda: f``.

    Raises:
        CourseError: it cannot be made: an argument that the function lacks, say.
    """
    owner, _, method = function.partition(".")
    label = f"{owner}__{name}"
    if not arguments:
        raise CourseError(
            f"mistake {label!r} changes nothing; name an argument, such as stride=1"
        )
    try:
        found = getattr(reference, owner)
        original = getattr(found, method) if method else found
    except (AttributeError, KeyError) as error:
        raise CourseError(
            f"mistake {label!r}: the solution has no {function!r}; name one that it has"
        ) from error
    change = _Change(label, inspect.signature(original), arguments)
    if isinstance(found, type):
        made: Any = _subclass(found, method or "__init__", change)
    else:

        def made(*args: Any, **kwargs: Any) -> Any:
            args, kwargs = change(args, kwargs)
            return original(*args, **kwargs)

        made.__signature__ = inspect.signature(original)
    namespace = sys._getframe(1).f_globals
    made.__name__ = made.__qualname__ = label
    made.__doc__, made.__module__ = like, namespace.get("__name__", "")
    if label in namespace:
        raise CourseError(f"mistake {label!r} is there twice; rename one")
    namespace[label] = mistake(question=ask, rounding=rounding)(made)
    return made


def _subclass(of: type, method: str, change: _Change) -> type:
    """The class with one method that is called with other arguments."""
    right = getattr(of, method)
    constructs = method == "__init__"  # the signature of a class is without self

    def wrong(self: Any, *args: Any, **kwargs: Any) -> Any:
        given = args if constructs else (self, *args)
        args, kwargs = change(given, kwargs)
        return right(self, *args, **kwargs) if constructs else right(*args, **kwargs)

    return type(of.__name__, (of,), {method: wrong})


class _Change:
    """What a mistake does to the arguments of a call."""

    def __init__(
        self, label: str, signature: inspect.Signature, arguments: dict[str, Any]
    ) -> None:
        self._signature = signature
        self._arguments = arguments
        names = list(signature.parameters)
        for name, value in arguments.items():
            asked = _asks_for(value)
            unknown = [n for n in (name, *asked) if n not in names]
            if unknown:
                raise CourseError(
                    f"mistake {label!r}: {unknown[0]!r} is no argument of the "
                    f"solution; there are {', '.join(names)}. A value that is a "
                    "function is given by lambda: f"
                )

    def __call__(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = dict(bound.arguments)
        for name, value in self._arguments.items():
            if isinstance(value, FunctionType):
                value = value(*(given[asked] for asked in _asks_for(value)))
            bound.arguments[name] = value
        return bound.args, bound.kwargs


def _asks_for(value: Any) -> list[str]:
    """The names of the arguments that a new value is made of."""
    if not isinstance(value, FunctionType):
        return []
    return list(inspect.signature(value).parameters)
