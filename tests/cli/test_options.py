"""The options of commands: what they choose among, and what reading them costs."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import pytest

from autograder.checking.device_option import CHOICES, DeviceOption
from autograder.cli.options import with_fields_of
from autograder.grading.order import Isolation
from autograder.sandbox import ISOLATIONS

if TYPE_CHECKING:
    import typer


@pytest.mark.parametrize("words", [("--help",), ("grade", "--help"), ("--version",)])
def test_options_are_read_without_torch(words: tuple[str, ...]) -> None:
    """Help comes at once: neither torch nor NumPy is loaded, nor the sandbox."""
    code = (
        "import sys; from autograder.cli import main\n"
        f"sys.argv[1:] = {words!r}\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = ('torch', 'numpy', 'pytest', 'autograder.sandbox')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"


def test_choices_are_those_that_there_are() -> None:
    """What may be typed is what the sandbox and the checks know."""
    assert get_args(Isolation) == ISOLATIONS
    assert get_args(DeviceOption) == (*CHOICES,)


@dataclass
class Cake:
    """Something with fields."""

    heat: str  # the command's own affair
    flour: Annotated[int, typer.Option("--grams", min=1, help="So much.")]
    shape: Annotated[str, typer.Argument()] = "round"
    fruits: Annotated[list[str], typer.Option("--fruit")] = field(default_factory=list)


def test_fields_are_parameters() -> None:
    """An order stands once: its annotated fields are what a command takes."""
    import typer

    app = typer.Typer()
    baked: list[Any] = []

    @app.command()
    @with_fields_of(Cake)
    def bake(heat: str, *, where: Path = Path(), **cake: Any) -> None:
        baked.append((Cake(heat.upper(), **cake), where))

    words = ["oven", "square", "--grams", "5", "--fruit", "fig", "--where", "hall"]
    app(words, standalone_mode=False)
    app(["stove", "--grams", "7"], standalone_mode=False)
    with pytest.raises(Exception, match="Missing parameter: flour"):
        app(["stove"], standalone_mode=False)

    assert baked == [
        (Cake("OVEN", 5, "square", ["fig"]), Path("hall")),
        (Cake("STOVE", 7, "round", []), Path()),
    ]
