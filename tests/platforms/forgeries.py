"""Cells that try for points which no answer has earned."""

from __future__ import annotations

# What they may cost the submission that they stand in: nothing, or some of its points.
HARMLESS = {
    "blanks later cells": (
        "get_ipython().input_transformers_cleanup.append(lambda lines: [])"
    ),
    "brings its own check": (
        "import autograder\n"
        "class Full:\n"
        "    points = 99.0\n"
        "autograder.check = check = lambda *names, **options: Full()"
    ),
    "brings its own display and float": (
        "import builtins\ndisplay = print\nbuiltins.display = print\n"
        "class Plenty(float):\n"
        "    __repr__ = lambda self: '99.0'\n"
        "builtins.float = Plenty"
    ),
    "runs otter's tests itself": (
        "from otter.test_files import ExceptionTestFile\n"
        "ExceptionTestFile.run = lambda self, names: setattr(\n"
        "    self, 'test_case_results', [])"
    ),
    "brings its own findings": (
        "class Found(dict):\n"
        "    __contains__ = lambda self, name: True\n"
        "    __getitem__ = lambda self, name: (True, '')\n"
        "    __bool__ = lambda self: True\n"
        "autograder_findings = Found()"
    ),
    "writes to stderr": (
        "import sys, warnings\nprint('a word', file=sys.stderr)\n"
        "warnings.warn('another')"
    ),
    "changes sys.modules": (
        "import sys, types\n"
        "class Anything(types.ModuleType):\n"
        "    def __getattr__(self, name):\n"
        "        return lambda *arguments, **options: True\n"
        "for name in ('autograder', 'otter', 'pytest', 'nbgrader', 'torch.testing'):\n"
        "    sys.modules[name] = Anything(name)"
    ),
    "makes everything close": (
        "import torch\n"
        "torch.allclose = torch.equal = lambda *values, **options: True\n"
        "torch.testing.assert_close = lambda *values, **options: None"
    ),
    "prints a score": "print('87.0')\n87.0",
    "ends the cell": "raise SystemExit(0)",
    "raises": "raise RuntimeError('99.0')",
}
HARMFUL = {
    "ends the process": "import os\nos._exit(0)",
    "ends its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "ends its group": "import os, signal\nos.killpg(0, signal.SIGKILL)",
    "never ends": "while True:\n    pass",
}


def reading(*places: str) -> str:
    """A cell that has a right answer where it can read a file below some folders."""
    return (
        "from pathlib import Path\n"
        f"for top in {list(places)!r}:\n"
        "    try:\n"
        "        for path in Path(top).rglob('*'):\n"
        "            if path.name in ('test_counting.py', 'counting.py',\n"
        "                    'answers.json', 'gradebook.db', 'sealed.zip'):\n"
        "                path.read_bytes()\n"
        "                gate_name = lambda index: (\n"
        "                    'input', 'forget', 'candidate', 'output')[index]\n"
        "    except OSError:\n"
        "        pass"
    )


def writing(*places: str) -> str:
    """A cell that writes into every file below some folders."""
    return (
        "from pathlib import Path\n"
        f"for top in {list(places)!r}:\n"
        "    try:\n"
        "        Path(top, 'was_here').write_text('99')\n"
        "        for path in Path(top).rglob('*'):\n"
        "            path.write_text('99')\n"
        "    except OSError:\n"
        "        pass"
    )
