"""A notebook file, format 4.5, as JSON; nothing of Jupyter is needed to make one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Document = dict[str, Any]


def code_cell(
    source: str, name: str, metadata: Mapping[str, Any] | None = None
) -> Document:
    """A code cell without outputs.

    Args:
        source: its text.
        name: of the cell in the file: letters, digits, ``-`` and ``_``, at most 64.
        metadata: of any program, by that program's key.
    """
    cell = _cell("code", source.rstrip("\n"), name, metadata)
    return {**cell, "execution_count": None, "outputs": []}


def markdown_cell(
    source: str, name: str, metadata: Mapping[str, Any] | None = None
) -> Document:
    """A cell of text; see `code_cell`."""
    return _cell("markdown", source, name, metadata)


def raw_cell(source: str, name: str) -> Document:
    """A cell that Jupyter leaves alone; see `code_cell`."""
    return _cell("raw", source, name, None)


def notebook_text(cells: Iterable[Document], title: str) -> str:
    """The text of the file; the same cells give the same bytes."""
    language = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    document = {
        "cells": list(cells),
        "metadata": {"kernelspec": kernel, "language_info": language, "title": title},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _cell(
    kind: str, source: str, name: str, metadata: Mapping[str, Any] | None
) -> Document:
    return {
        "cell_type": kind,
        "id": name[:64],
        "metadata": dict(metadata or {}),
        "source": source.splitlines(keepends=True),
    }
