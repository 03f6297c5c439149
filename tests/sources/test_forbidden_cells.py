"""Names that are not allowed, in notebooks: what is read is what would run."""

from __future__ import annotations

import pytest

from autograder.sources.cells import notebook_text
from autograder.sources.forbidden import forbidden_uses
from autograder.sources.refusal import why_refused

RULES = ["torch.nn.functional.conv*", "torch.conv*"]
OWN = "def conv2d(x, weight):\n    return x"
USES = "def conv2d(x, weight):\n    return F.conv2d(x, weight)"


def refused(*cells: str) -> str | None:
    """Why conv2d of a notebook of these cells is refused."""
    found = forbidden_uses({"cnn": notebook_text(cells)}, "cnn", RULES)
    return why_refused(found, "conv2d")


@pytest.mark.parametrize(
    "cells",
    [
        ["import torch.nn.functional as F", USES],
        ["import torch.nn.functional as F", USES, "broken ("],
        ["broken (", "import torch.nn.functional as F", "1 / 0", USES],
        ["import torch.nn.functional as F\n1 / 0", USES],
        ["import torch.nn.functional as F", OWN, f"{USES}\n1 / 0"],
        ["from __future__ import annotations", "import torch\nconv2d = torch.conv2d"],
        ["from torch import conv2d\n1 / 0"],
        [OWN, "from torch import conv2d"],
        [OWN, "if True:\n    from torch import conv2d"],
        ["from torch import conv2d", f"def broken(:\n    pass\n{OWN}"],
        ["from torch import conv2d", f"{OWN}\nfrom __future__ import annotations"],
        [
            "from torch import conv2d",
            "import builtins\nbuiltins.exec = print",
            OWN,
        ],
        ["from torch import conv2d as c", "globals()['conv2d'] = c"],
    ],
)
def test_nothing_hides_in_a_cell(cells: list[str]) -> None:
    """Cells that fail, cells behind them, and what a broken cell does not replace."""
    assert "conv2d uses torch" in (refused(*cells) or "")


@pytest.mark.parametrize(
    "cells",
    [
        ["import torch", OWN],
        ["import torch.nn.functional as F", f"{USES} (((", OWN],
        ["from torch import conv2d", OWN],
        ["import torch", OWN, "torch.conv2d(x, w", "check = torch.conv2d"],
    ],
)
def test_what_does_not_run_is_not_refused(cells: list[str]) -> None:
    """A cell that cannot be compiled uses nothing, and comparing is allowed."""
    assert refused(*cells) is None
