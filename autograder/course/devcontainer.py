"""The container that an editor opens the handed-out folder in, with all installed."""

from __future__ import annotations

import json
import shlex
from collections.abc import Collection

DEVCONTAINER = ".devcontainer/devcontainer.json"
_PYTHON = "3.12"


def devcontainer_json(
    title: str, wheel: str, libraries: Collection[str] = (), torch_index: str = ""
) -> str:
    """The file's text.

    Args:
        title: of the assignment.
        wheel: the name of the wheel that lies in the folder.
        libraries: what students may use beside what the wheel brings along.
        torch_index: pip's index for torch; empty: the usual one.
    """
    index = ["--index-url", torch_index, "torch"]
    commands = [
        *([_pip(index)] if torch_index else []),
        _pip([f"./{wheel}[notebooks]", *libraries]),
    ]
    document = {
        "name": title,
        "image": f"mcr.microsoft.com/devcontainers/python:{_PYTHON}",
        "postCreateCommand": " && ".join(commands),
        "customizations": {
            "vscode": {
                "extensions": ["ms-python.python", "ms-toolsai.jupyter"],
                "settings": {"python.testing.pytestEnabled": True},
            }
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _pip(words: list[str]) -> str:
    return shlex.join(["python", "-m", "pip", "install", *words])
