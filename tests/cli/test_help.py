"""``--help`` of every command: lines that fit, and examples that can be copied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from autograder.cli.app import app


def _commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if group.hidden:  # called by what was made, and by nobody who types
        return
    if not hasattr(group, "commands"):
        yield path
        return
    for name, command in group.commands.items():
        yield from _commands(command, (*path, name))


@pytest.mark.parametrize("path", list(_commands(typer.main.get_command(app))))
def test_help_fits_and_has_examples(path: tuple[str, ...]) -> None:
    """no line has more than 80 columns, and each example stands on one of its own"""
    text = CliRunner().invoke(app, [*path, "--help"]).output

    lines = text.splitlines()
    examples = [line for line in lines if line.startswith("    autograder ")]
    assert max(map(len, lines)) <= 80
    assert examples
    for line in examples:
        words = line.split()
        assert words.count("autograder") == 1
        assert tuple(words[1 : 1 + len(path)]) == path
