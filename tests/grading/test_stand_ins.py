"""Which modules a right one stands in for."""

from __future__ import annotations

import pytest

from autograder.grading.stand_ins import imported, replacements

FILES = {
    "heads": "import torch\n",
    "helpers": "from heads import split\n",
    "layers": "from helpers import split\nimport positions\n",
    "positions": "",
    "model": "def f():\n    import layers\n",
}
STAND_INS = {"heads": "HEADS", "positions": "POSITIONS", "layers": "LAYERS"}


@pytest.mark.parametrize(
    ("exercise", "faulty", "expected"),
    [
        ("layers", {"heads"}, {"heads"}),
        ("layers", {"positions", "heads"}, {"positions", "heads"}),
        ("layers", {"layers"}, set()),
        ("heads", {"heads", "positions"}, set()),
        ("model", {"heads"}, {"heads"}),
        ("model", {"layers", "heads"}, {"layers"}),
        ("layers", {"helpers"}, set()),
        ("layers", set(), set()),
    ],
)
def test_what_is_replaced(exercise: str, faulty: set[str], expected: set[str]) -> None:
    """Faulty modules that are imported, through helpers too, as far as there are any."""
    found = replacements(exercise, FILES, faulty, STAND_INS)

    assert found == {name: STAND_INS[name] for name in expected}


def test_what_is_imported() -> None:
    """Every kind of import counts, and a file that cannot be read imports nothing."""
    assert imported("import a, b.c as d\nfrom e import f\nfrom . import g") == {
        *("a", "b.c", "e")
    }
    assert imported("import (") == set()
