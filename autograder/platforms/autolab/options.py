"""What an instructor decides about an assignment on Autolab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

if TYPE_CHECKING:
    import typer  # annotations are texts until the command line reads them


@dataclass(frozen=True)
class Options:
    """They stand in the tar's Makefile and settings."""

    handin: Annotated[
        str, typer.Option(help="What Autolab calls the file that is handed in.")
    ] = "handin.tar"
    image: Annotated[
        str, typer.Option(help="The image that has torch and autograder.")
    ] = "autograding_image"
    minutes: Annotated[
        float, typer.Option(min=1, help="Autolab's timeout; it is set in the tar.")
    ] = 10.0
