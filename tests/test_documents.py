"""What the documents say is so: links, names, commands, and the examples in them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import click
import pytest
import typer

import autograder
from autograder.authoring import plans
from autograder.authoring.runs import DEVICES
from autograder.authoring.verify import verify
from autograder.checking.solution import Solution
from autograder.cli.app import app
from autograder.course.assignment import load_course

ROOT = Path(__file__).parents[1]
NAMES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "benchmarks")
DOCUMENTS = sorted(
    file
    for name in NAMES
    for file in ([ROOT / name] if name.endswith(".md") else (ROOT / name).glob("*.md"))
)
IDS = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
EVERY_DOCUMENT = pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
# What `make` and the commands make, and the exercise that CONTRIBUTING.md adds.
NOT_IN_A_CLONE = re.compile(r"^(dist|results)/|activations|student_28")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def outside_fences(text: str) -> str:
    return FENCE.sub("", text)


def code_of(text: str) -> list[str]:
    """Every piece of code: the lines of fences, and what stands in backticks."""
    lines = [line for fence in FENCE.findall(text) for line in fence[1].splitlines()]
    spans = re.findall(r"`([^`]+)`", outside_fences(text))
    return lines + [" ".join(span.split()) for span in spans]


def anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def dead_links(path: Path) -> list[str]:
    """Relative links of a document that lead nowhere."""
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", outside_fences(read(path))):
        name, _, place = link.partition("#")
        if ":" in name:
            continue
        target = path.parent / name if name else path
        if not target.exists():
            dead.append(link)
        elif place:
            headings = re.findall(r"^#+ (.+)$", read(target), re.MULTILINE)
            if place not in map(anchor, headings):
                dead.append(link)
    return dead


def missing_files(path: Path) -> list[str]:
    """Files and folders of the clone that a document names and that are not there."""
    folders = "|".join(
        sorted(entry.name for entry in ROOT.iterdir() if entry.is_dir())
    ).replace(".", r"\.")
    named = re.compile(rf"(?<![\w./-])(?:{folders})/[\w./-]*")
    return [
        name
        for code in code_of(read(path))
        for name in named.findall(code)
        if not NOT_IN_A_CLONE.search(name)
        and not name.startswith(".venv/")
        and not (ROOT / name.rstrip(".")).exists()
    ]


def targets() -> dict[str, str]:
    """The Makefile's targets that `make` lists, with what they are for."""
    return dict(re.findall(r"^([a-z-]+):.*?## (.+)$", read(ROOT / "Makefile"), re.M))


def commands() -> dict[str, click.Command]:
    """The commands of the command line."""
    group = typer.main.get_command(app)
    return dict(group.commands)  # type: ignore[attr-defined]


def options_of(command: click.Command) -> set[str]:
    """The options of a command, as they are typed."""
    return {
        option
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }


def wrong_commands(code: str) -> list[str]:
    """What a piece of code calls with `make` or `autograder` that is not there."""
    wrong = []
    code = code.partition("#")[0]
    variables = re.findall(r"^([A-Z_]+) \?=", read(ROOT / "Makefile"), re.M)
    for call in re.findall(r"(?<![\w/.-])make ([^&]*)", code):
        for word in call.split():
            name, equals, _ = word.partition("=")
            if not (name in variables if equals else name in targets()):
                wrong.append(f"make {word}")
    for name, rest in re.findall(r"(?<!from )\bautograder ([\w-]+)([^&]*)", code):
        if name == "--version":
            continue
        command = commands().get(name)
        if command is None:
            wrong.append(f"autograder {name}")
            continue
        for option in re.findall(r"(?<!\S)--[\w-]+", rest):
            if option not in options_of(command):
                wrong.append(f"autograder {name} {option}")
    return wrong


@EVERY_DOCUMENT
def test_links_lead_somewhere(document: Path) -> None:
    """A relative link names a file, and its anchor a heading of that file."""
    assert dead_links(document) == []


@EVERY_DOCUMENT
def test_named_files_exist(document: Path) -> None:
    """A path below a folder of the clone is there."""
    assert missing_files(document) == []


def unknown_modules(text: str) -> list[str]:
    """Modules and packages that it names and that autograder does not have.

    A name alone is of a file anywhere in it; NAME stands for one to be written.
    """
    package = ROOT / "autograder"
    known = {file.name for file in package.rglob("*.py")}
    return [
        name
        for name in re.findall(r"`([\w/]+(?:\.py|/))`", text)
        if "NAME" not in name
        and name not in known
        and not any((folder / name).exists() for folder in (package, ROOT))
    ]


def test_the_design_names_modules_that_there_are() -> None:
    """On the way of one submission, and in the tables of what to change."""
    text = read(ROOT / "docs" / "design.md")
    _, _, text = text.partition("\n## The way of one submission\n")
    text, _, _ = text.partition("\n## Who may import whom\n")

    assert "`grading/run.py`" in text
    assert unknown_modules(text) == []
    assert unknown_modules("`home/nothing.py`, `reports/NAME.py`, `case.py`") == [
        "home/nothing.py"
    ]


@EVERY_DOCUMENT
def test_commands_exist(document: Path) -> None:
    """Targets, variables, commands and their options are those that there are."""
    code = code_of(read(document))

    assert [wrong for line in code for wrong in wrong_commands(line)] == []


def test_findings_are_found(tmp_path: Path) -> None:
    """The three tests above can fail."""
    page = tmp_path / "page.md"
    page.write_text(
        "# One place\n[a](b.md) [c](#one-place) [d](#another)\n"
        "`tests/test_nothing.py`, `make toast A=1 B=2`,\n"
        "`autograder grill`, `autograder check --out X`\n"
    )
    assert dead_links(page) == ["b.md", "#another"]
    assert missing_files(page) == ["tests/test_nothing.py"]
    assert [w for code in code_of(read(page)) for w in wrong_commands(code)] == [
        "make toast",
        "make B=2",
        "autograder grill",
        "autograder check --out",
    ]


def test_every_target_is_documented() -> None:
    """Each target of the Makefile stands in some document; `help` is bare `make`."""
    text = "\n".join(code for path in DOCUMENTS for code in code_of(read(path)))
    missing = [t for t in targets() if not re.search(rf"\bmake {t}(?![\w-])", text)]

    assert missing == ["help"]
    assert "`make` alone lists" in read(ROOT / "README.md")


def test_every_command_and_option_is_documented() -> None:
    """Each command, and each of its options, stands in some document."""
    text = "\n".join(code for path in DOCUMENTS for code in code_of(read(path)))
    missing = [name for name in commands() if f"autograder {name}" not in text]
    for command in commands().values():
        for option in options_of(command) - {"--help"}:
            if not re.search(rf"{option}(?![\w-])", text):
                missing.append(f"{command.name} {option}")

    assert missing == []


def test_every_word_for_checks_is_explained() -> None:
    """CONTRIBUTING.md has the whole vocabulary."""
    text = "\n".join(code_of(read(ROOT / "CONTRIBUTING.md")))

    assert [w for w in autograder.__all__ if not re.search(rf"\b{w}\b", text)] == []


def test_every_package_is_described() -> None:
    """docs/design.md has a row for each package of autograder, and for no other."""
    rows = re.findall(r"^\| `(\w+)` \|", read(ROOT / "docs" / "design.md"), re.M)
    inside = (ROOT / "autograder").iterdir()
    packages = {p.name for p in inside if (p / "__init__.py").is_file()}

    assert set(rows) == packages | {"verdict"}


def test_requirements_are_those_of_the_project() -> None:
    """The README asks for the Python and the torch that pyproject.toml asks for."""
    project, text = read(ROOT / "pyproject.toml"), read(ROOT / "README.md")
    (python,) = re.findall(r'requires-python = ">=([\d.]+)"', project)
    (torch,) = re.findall(r'"torch>=([\d.]+)"', project)

    assert f"Python {python} or newer" in text
    assert f"torch ({torch} or newer)" in text


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/design.md"]
)
def test_lines_fit_a_terminal(name: str) -> None:
    """No line is wider than 80 columns."""
    lines = read(ROOT / name).splitlines()

    assert [line for line in lines if len(line) > 80] == []


def test_the_screen_in_the_readme_is_real(tmp_path: Path) -> None:
    """It is what student_04 gets from the command above it, the time aside."""
    home = tmp_path / "cnn"
    home.mkdir()
    for file in (ROOT / "assignments" / "cnn").iterdir():
        if file.is_file():
            (home / file.name).write_bytes(file.read_bytes())
    with zipfile.ZipFile(ROOT / "examples" / "cnn" / "student_04.zip") as archive:
        work = archive.read("hw_cnn/convolution.py")
    (home / "convolution.py").write_bytes(work)
    fences = [fence[1] for fence in FENCE.findall(read(ROOT / "README.md"))]
    command, expected = next(t for t in fences if t.startswith("$ ")).split("\n", 1)

    done = subprocess.run(
        [sys.executable, "-m", *command.removeprefix("$ ").split()],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert timeless(done.stdout) == timeless(expected)


def timeless(screen: str) -> str:
    """A screen without its seconds."""
    text, count = re.subn(r" +seed 7, [\d.]+ s\n", " seed 7\n", screen)
    assert count == 1
    return text


def test_the_table_of_the_class_is_real() -> None:
    """The rows in docs/grading.md are what the examples get."""
    text = read(ROOT / "docs" / "grading.md")
    rows = re.findall(r"^(student_\d+) +(.+?)(?: +look)?$", text, re.M)

    assert rows
    for student, points in rows:
        path = ROOT / "examples" / "cnn" / f"{student}.expected.json"
        expected = json.loads(read(path))
        wanted = [expected["points"], *expected["exercises"].values()]
        assert [float(number) for number in points.split()] == wanted


@pytest.fixture
def described(tmp_path: Path) -> Solution:
    """The exercise that CONTRIBUTING.md shows, in a course of its own."""
    text = read(ROOT / "CONTRIBUTING.md")
    block = re.compile(r"^`solutions/(\S+)`:\n\n```python\n(.*?)^```$", re.M | re.S)
    shown = block.findall(text)
    assert len(shown) == 3
    (tmp_path / "cnn" / "mistakes").mkdir(parents=True)
    for name, code in shown:
        (tmp_path / name).write_text(code, encoding="utf-8")
    (tmp_path / "cnn" / "assignment.toml").write_text(
        'title = "Shown"\nexercises = ["activations"]\n'
    )
    (tmp_path / "course.toml").write_text(
        'title = "Shown"\npublic_seed = 7\nassignments = ["cnn"]\n'
    )
    return Solution(load_course(tmp_path).assignment("cnn"))


def test_the_exercise_in_contributing_is_whole(described: Solution) -> None:
    """It can be verified as it stands, under several seeds."""
    steps = list(verify(described, [7, 1007, 2007], None))

    assert {step.name: step.complaints for step in steps if step.complaints} == {}
    assert any("4 mistakes are named as themselves" in step.name for step in steps)


def test_the_plan_in_contributing_is_whole(described: Solution) -> None:
    """It can be followed as it stands, and leaves the pair untried that is named."""
    text = read(ROOT / "CONTRIBUTING.md")
    (code,) = re.findall(
        r"```python\n(.*?from autograder import plan.*?)```", text, re.S
    )
    file = plans.plans_file(described, "activations")
    file.parent.mkdir()
    file.write_text(code.rpartition("```python\n")[2], encoding="utf-8")

    found = plans.load_plans(described, "activations")
    plans.follow(described, "activations", found, DEVICES)

    untried = {plans.pair_text(pair) for pair in found[0].untried}
    assert "size=one with slope=zero" in untried
    assert "size=many with slope=zero" not in untried
    assert "`size=one with slope=zero`" in text
