"""``python -m benchmarks``: measure, print tables, and keep the figures as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograder.course.assignment import Assignment, load_course
from autograder.errors import CourseError
from benchmarks import devices, grading, home, machine
from benchmarks.measuring import REPOSITORY, BenchmarkError

EXAMPLES = """\
examples:
  python -m benchmarks                              all, on the cnn assignment
  python -m benchmarks grading --sizes 8,64 --rounds 5
  python -m benchmarks home --saves 50
  python -m benchmarks devices
  python -m benchmarks --assignment cnn --json figures.json

Run it on a machine that does nothing else. benchmarks/README.md says what is measured.
"""


def main(arguments: list[str] | None = None) -> int:
    """Measure what was asked for; 0 when it could be measured, aims met or missed."""
    options = _parser().parse_args(arguments)
    try:
        assignment = load_course(options.course.resolve()).assignment(
            options.assignment
        )
        _run(options, assignment)
    except (BenchmarkError, CourseError) as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nbenchmarks: stopped", file=sys.stderr)
        return 130
    return 0


def _run(options: argparse.Namespace, assignment: Assignment) -> None:
    known = machine.facts()
    print(f"{machine.describe(known)}\n", flush=True)
    found: dict[str, Any] = {"machine": known, "rounds": options.rounds}
    with tempfile.TemporaryDirectory(prefix="autograder-benchmark-") as scratch:
        if options.part in ("all", "grading"):
            plan = grading.Plan(
                assignment,
                options.sizes,
                options.rounds,
                options.cold,
                options.jobs or machine.cores(),
                options.memory,
            )
            figures = grading.measure(plan, Path(scratch) / "grading", _say)
            found["grading"] = figures.plain()
            print(f"{figures.text()}\n", flush=True)
        if options.part in ("all", "home"):
            generated = options.assignments.resolve() / assignment.name
            at_home = home.measure(
                home.Plan(assignment, generated, options.rounds, options.saves),
                Path(scratch) / "home",
                _say,
            )
            found["home"] = at_home.plain()
            print(f"{at_home.text()}\n", flush=True)
        if options.part in ("all", "devices"):
            on_devices = devices.measure(devices.Plan(assignment, options.rounds), _say)
            found["devices"] = on_devices.plain()
            print(on_devices.text(), flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _say(text: str) -> None:
    print(f"... {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Speed and memory beside a floor and a cold pytest, in one run.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "part",
        nargs="?",
        default="all",
        choices=("all", "grading", "home", "devices"),
        help="what to measure; default: all",
    )
    add = parser.add_argument
    add("--assignment", default="cnn", help="name of the assignment; default: cnn")
    add("--rounds", type=_positive, default=3, help="default: 3")
    add("--json", type=Path, metavar="PATH", help="write every round's figures there")
    add("--sizes", type=_sizes, default=(8, 64), help="of the classes; default: 8,64")
    add("--cold", type=_positive, default=4, help="runs of pytest; default: 4")
    add("--jobs", type=_positive, help="of grade; default: one a core")
    add("--saves", type=_positive, default=20, help="under --watch; default: 20")
    add(
        "--no-memory",
        dest="memory",
        action="store_false",
        help="leave out the round that samples memory and warms caches",
    )
    add(
        "--course",
        type=Path,
        default=REPOSITORY / "solutions",
        help="folder with course.toml; default: solutions",
    )
    add(
        "--assignments",
        type=Path,
        default=REPOSITORY / "assignments",
        help="folder of the generated assignments; default: assignments",
    )
    return parser


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is less than 1")
    return value


def _sizes(text: str) -> tuple[int, ...]:
    sizes = sorted({_positive(part) for part in text.split(",")})
    return tuple(sizes)


if __name__ == "__main__":
    sys.exit(main())
