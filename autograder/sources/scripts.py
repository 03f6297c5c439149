"""Scripts that were made of notebooks, as the Python that their cells stand for."""

from __future__ import annotations

import ast

from autograder.sources.cells import Cell, cells_of, is_notebook, notebook_text
from autograder.sources.magics import plain_cell, without_magics

_CELL_MAGIC = "run_cell_magic"


def runnable(text: str) -> str:
    """A script with cells without its commands; any other source as it is.

    nbconvert hides the whole of a ``%%time`` cell in a call of ``run_cell_magic``;
    then cells are spoken of by number, since lines of the script would not help.
    """
    cells = cells_of(text)
    if cells is None or is_notebook(text):
        return text
    if f".{_CELL_MAGIC}(" in text:
        sources = [_unpacked(cell) for cell in cells]
        if sources != [cell.text for cell in cells]:
            return notebook_text(plain_cell(source).code for source in sources)
    return "\n".join(without_magics(cell.text)[0] for cell in cells)


def _unpacked(cell: Cell) -> str:
    """The cell as it stood in the notebook, if it is one call of a cell magic."""
    try:
        body = ast.parse(cell.text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return cell.text
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        return cell.text
    call = body[0].value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return cell.text
    constants = [one.value for one in call.args if isinstance(one, ast.Constant)]
    texts = [value for value in constants if isinstance(value, str)]
    if call.func.attr != _CELL_MAGIC or not len(texts) == len(call.args) == 3:
        return cell.text
    name, line, source = texts
    return f"%%{name} {line}\n{source}"
