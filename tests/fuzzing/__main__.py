"""``python -m tests.fuzzing``: targets fed for long, guided by what code they reach.

Content that makes one fail is written to ``results/fuzzing/``; give its path to feed it
once more. It needs atheris, which ``make fuzz`` installs.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

OUT = Path("results") / "fuzzing"


def fuzz(name: str, runs: int) -> None:
    """Feed one target; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=["autograder"]):
        from tests.fuzzing.targets import TARGETS

    target = TARGETS[name]
    kept = OUT / name
    kept.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (kept / f"seed_{number}").write_bytes(seed)

    def change(content: bytes, limit: int, seed: int) -> bytes:
        random = Random(seed)
        if random.random() < 0.2:
            changed: Any = atheris.Mutate(content, limit)
            return bytes(changed)
        return target.change(content, random)[:limit]

    options = [f"-runs={runs}", "-max_len=65536", "-timeout=20", "-rss_limit_mb=2048"]
    where = [f"-artifact_prefix={OUT / name}-", "-print_final_stats=1", str(kept)]
    atheris.Setup([sys.argv[0], *options, *where], target.feed, custom_mutator=change)
    atheris.Fuzz()


def main(
    target: Annotated[
        str, typer.Argument(help="frames, sources, notebooks, archives or worksheets.")
    ],
    runs: Annotated[int, typer.Option(min=1, help="How often it is fed.")] = 100_000,
    files: Annotated[
        list[Path] | None,
        typer.Option("--file", help="Feed this alone, once; may be given again."),
    ] = None,
) -> None:
    """Feed one reader of what students hand in.

    Example: python -m tests.fuzzing frames --runs 1000000
    """
    if not files:
        fuzz(target, runs)
        return
    from tests.fuzzing.targets import TARGETS

    for path in files:
        TARGETS[target].feed(path.read_bytes())
        print(f"{path}: read as it should be")


if __name__ == "__main__":
    typer.run(main)
