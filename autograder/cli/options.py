"""Options that commands share, and options that are the fields of a dataclass."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_origin, get_type_hints

import typer

from autograder.checking.device_option import DEVICE_HELP, DeviceOption

CourseOption = Annotated[
    Path, typer.Option("--course", help="Folder with course.toml.")
]
COURSE = Path("solutions")
GENERATED = Path("assignments")
AssignmentArgument = Annotated[str, typer.Argument(help="Name of the assignment.")]
SomeAssignmentArgument = Annotated[
    str | None, typer.Argument(help="Name of the assignment; all if left out.")
]
NamesArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Names of assignments; all if left out.", show_default=False),
]
DeviceParameter = Annotated[DeviceOption, typer.Option(help=DEVICE_HELP)]

_BLOCK = "\b\n"  # click leaves the lines of a paragraph alone that begins so

_Command = TypeVar("_Command", bound=Callable[..., None])


def examples(*commands: str, after: str = "") -> str:
    """What stands below a command's options: its examples, each on a line of its own.

    Args:
        commands: without the word ``autograder``.
        after: a paragraph below them.
    """
    head = "Example:" if len(commands) == 1 else "Examples:"
    lines = [head, *(f"  autograder {command}" for command in commands)]
    block = _BLOCK + "\n".join(lines)
    return f"{block}\n\n{after}" if after else block


def with_fields_of(kind: type[Any]) -> Callable[[_Command], _Command]:
    """Give a command a parameter for each field of a dataclass that is `Annotated`.

    They stand before what the command takes by keyword only, and it gets their values
    as keywords. The dataclass need not import typer.
    """

    def decorate(command: _Command) -> _Command:
        signature = inspect.signature(command, eval_str=True)
        hints = get_type_hints(kind, localns={"typer": typer}, include_extras=True)
        own = signature.parameters.values()
        parameters = [
            *(one for one in own if one.kind is one.POSITIONAL_OR_KEYWORD),
            *(
                _parameter(one, hints[one.name])
                for one in fields(kind)
                if get_origin(hints[one.name]) is Annotated
            ),
            *(one for one in own if one.kind is one.KEYWORD_ONLY),
        ]
        shown: Any = command
        shown.__signature__ = signature.replace(parameters=parameters)
        shown.__annotations__ = {one.name: one.annotation for one in parameters}
        return command

    return decorate


def _parameter(field: Field[Any], hint: Any) -> inspect.Parameter:
    default: Any = field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if default is MISSING else default,
        annotation=hint,
    )
