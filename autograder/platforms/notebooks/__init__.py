"""An assignment as one notebook, before any platform's marks are on it.

``cells`` cuts the solution's modules, the handout and the worksheet into cells;
``document`` makes a notebook file of them. What a platform adds is the platform's::

    cells = notebook_cells(assignment, checks)
    text = notebook_text([code_cell("1 + 1", "sum")], "Convolutional networks")
"""

from autograder.platforms.notebooks.cells import (
    Answers,
    Code,
    Part,
    Stub,
    Test,
    Text,
    Written,
    notebook_cells,
    written_source,
)
from autograder.platforms.notebooks.document import (
    code_cell,
    markdown_cell,
    notebook_text,
)

__all__ = [
    "Answers",
    "Code",
    "Part",
    "Stub",
    "Test",
    "Text",
    "Written",
    "code_cell",
    "markdown_cell",
    "notebook_cells",
    "notebook_text",
    "written_source",
]
