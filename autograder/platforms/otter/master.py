"""The master notebook of an assignment, and the files beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from autograder.course.source import changed, split
from autograder.course.stubs import find_regions
from autograder.course.student_folder import Files
from autograder.platforms.notebooks import (
    Answers,
    Code,
    Stub,
    Test,
    Text,
    Written,
    code_cell,
    markdown_cell,
    notebook_text,
    written_source,
)
from autograder.platforms.notebooks.cells import Cell
from autograder.platforms.notebooks.document import Document, raw_cell
from autograder.verdict import CheckResult

SEALED = "sealed.zip"  # a file: otter does not replace a folder that was handed in
PLUGIN = "autograder.platforms.otter.plugin.SandboxedGrading"


@dataclass(frozen=True)
class OtterOptions:
    """What an instructor decides.

    Attributes:
        torch: what is installed where it is graded, such as ``torch==2.13.0``.
        torch_index: pip's index for it; empty: the usual one.
        isolation: ``strict`` grades in a whole sandbox or not at all.
        minutes: that grading may take.
    """

    torch: str
    torch_index: str = ""
    isolation: str = "strict"
    minutes: float = 10.0


def master_files(
    name: str,
    title: str,
    cells: Sequence[Cell],
    given: Files,
    sealed: bytes,
    wheel: tuple[str, bytes],
    options: OtterOptions,
) -> dict[str, bytes]:
    """The files of the folder in which ``otter assign`` is run.

    Args:
        name: of the assignment.
        title: of the assignment.
        cells: of its notebook.
        given: what students get beside the notebook, by path.
        sealed: a zip of what grading needs.
        wheel: name and content of autograder's wheel.
        options: what the instructor has decided.
    """
    files = [*sorted(given), wheel[0]]
    config = raw_cell(_config(name, files, wheel[0], options), "assignment-config")
    documents = [config]
    questions = _Questions(cells)
    for number, cell in enumerate(cells, 1):
        documents += questions.documents(cell, number)
    return {
        f"{name}.ipynb": notebook_text(documents, title).encode(),
        SEALED: sealed,
        wheel[0]: wheel[1],
        **given,
    }


def _config(name: str, files: list[str], wheel: str, options: OtterOptions) -> str:
    """The cell that configures the assignment; JSON's values are YAML's."""
    where = "/autograder/source/files"  # on Gradescope, and in otter's containers
    required = [options.torch, f"{where}/{wheel}"]
    if options.torch_index:
        required.insert(0, f"--extra-index-url {options.torch_index}")
    plugin = {PLUGIN: {"isolation": options.isolation, "minutes": options.minutes}}
    values = {
        "name": name,
        "init_cell": True,
        "check_all_cell": False,
        "export_cell": False,
        "run_tests": False,  # `autograder verify` proves the solution
        "files": files,
        "autograder_files": [SEALED],
        "requirements": required,
        "plugins": [plugin],
        "tests": {"ok_format": False},
        "generate": {"show_stdout": False, "warn_missing_pdf": False},
    }
    lines = [f"{key}: {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(["# ASSIGNMENT CONFIG", *lines])


class _Questions:
    """Cells one after the other; a question is a stub with the checks behind it."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = list(cells)

    def documents(self, cell: Cell, number: int) -> Iterator[Document]:
        """What a cell becomes in the master notebook."""
        match cell:
            case Text(source):
                yield markdown_cell(source, f"text-{number}")
            case Code(source):
                yield code_cell(source, f"code-{number}")
            case Stub(_, name, source):
                yield from self._question(number, name, name, _marked(source, name))
            case Answers(source):
                yield code_cell(source, f"answers-{number}")
                yield from self._question(number, "worksheet", "worksheet", None)
            case Written(question, prompt, points):
                yield from _written(question, prompt, points)
            case Test(part):
                if not self._is_behind_its_stub(number):
                    name = part.function
                    yield from self._question(number - 1, name, name, None)

    def _is_behind_its_stub(self, number: int) -> bool:
        before = self._cells[number - 2]
        while isinstance(before, Test):
            number -= 1
            before = self._cells[number - 2]
        return isinstance(before, Stub | Answers)

    def _question(
        self, number: int, question: str, name: str, source: str | None
    ) -> Iterator[Document]:
        """A question, with the tests that come behind cell ``number``."""
        checks: list[CheckResult] = []
        for cell in self._cells[number:]:
            if not isinstance(cell, Test):
                break
            checks += cell.part.checks
        yield raw_cell(f"# BEGIN QUESTION\nname: {question}", f"{name}-begin")
        if source is not None:
            yield raw_cell("# BEGIN SOLUTION", f"{name}-solution")
            yield code_cell(source, f"{name}-code")
            yield raw_cell("# END SOLUTION", f"{name}-solution-end")
        if checks:
            yield raw_cell("# BEGIN TESTS", f"{name}-tests")
            for place, check in enumerate(checks, 1):
                yield code_cell(_case(check), f"{name}-test-{place}")
            yield raw_cell("# END TESTS", f"{name}-tests-end")
        yield raw_cell("# END QUESTION", f"{name}-end")


def _case(check: CheckResult) -> str:
    """A test case that asks for one finding."""
    name = re.sub(r"\W", "_", check.id)
    lines = [
        '""" # BEGIN TEST CONFIG',
        f"points: {check.max_points:g}",
        f"hidden: {str(check.hidden).lower()}",
        '""" # END TEST CONFIG',
        f"def test_{name}(env):",
        "    from autograder.platforms.otter.cases import expect",
        f"    expect({check.function!r}, {check.id!r}, env)",
    ]
    return "\n".join(lines)


def _written(question: str, prompt: str, points: float) -> Iterator[Document]:
    name = f"written-{question}"
    begin = f"# BEGIN QUESTION\nname: {question}\nmanual: true\npoints: {points:g}"
    yield raw_cell(begin, f"{name}-begin")
    yield raw_cell("# BEGIN PROMPT", f"{name}-prompt")
    marks = {"autograder": {"question": question}}
    yield markdown_cell(written_source(prompt), name, marks)
    yield raw_cell("# END PROMPT", f"{name}-prompt-end")
    yield raw_cell("# END QUESTION", f"{name}-end")


def _marked(source: str, name: str) -> str:
    """The solution with otter's marks, which leave the stub that others leave."""
    lines = split(source + "\n")
    changes: dict[tuple[int, int], str | None] = {}
    for region in find_regions(source + "\n", name):
        first, last = region.lines
        inside = "".join(lines[first : last - 1])
        indent, function = region.indent, region.function
        while not function and last < len(lines) and not lines[last].strip():
            inside += lines[last]  # the stub does not begin with an empty line
            last += 1
        text = f"{indent}# BEGIN SOLUTION NO PROMPT\n{inside}{indent}# END SOLUTION\n"
        if function:
            raised = f'raise NotImplementedError("{function} is not written yet")'
            text += f'{indent}""" # BEGIN PROMPT\n{indent}{raised}\n'
            text += f'{indent}""" # END PROMPT\n'
        changes[first, last] = text
    marked = changed(source + "\n", changes).rstrip("\n")
    # What is left of the cell begins with its first line.
    return re.sub(r"^(# END SOLUTION\n)\n+", r"\1", marked, flags=re.MULTILINE)
