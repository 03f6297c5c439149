"""What an instructor decides about an assignment on Gradescope."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from autograder.errors import CourseError

if TYPE_CHECKING:
    import typer  # annotations are texts until the command line reads them

OPTIONS = "gradescope.json"  # in the zip
Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]


@dataclass(frozen=True)
class Options:
    """They travel in the zip."""

    hidden: Annotated[
        Visibility,
        typer.Option(help="When students see how hidden checks ended."),
    ] = "after_published"
    attempts: Annotated[
        int | None,
        typer.Option(min=1, help="Gradings a student has within --hours; no limit."),
    ] = None
    hours: Annotated[
        float, typer.Option(min=0.1, help="How long an attempt counts.")
    ] = 24.0
    keep_best: Annotated[
        bool,
        typer.Option("--keep-best", help="An earlier, better score counts."),
    ] = False

    minutes: Annotated[
        float,
        typer.Option(min=1, help="The timeout that you have set on Gradescope."),
    ] = 10.0

    def to_json(self) -> str:
        """The text of the file in the zip."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def read(cls, file: Path) -> Options:
        """Read what `to_json` wrote.

        Raises:
            CourseError: it is not there, or damaged.
        """
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            return cls(**{one.name: document[one.name] for one in fields(cls)})
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise CourseError(
                f"{file}: cannot be read ({error!r}). Build the zip once more."
            ) from None
