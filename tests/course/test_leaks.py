"""Finding what students must not get."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from autograder.course.assignment import Assignment
from autograder.course.generate import generate
from autograder.course.leaks import Leak, scan, secret_lines
from autograder.course.release import release

CODE = "return first_half.sum() + second_half.sum()"
LOOKALIKES = {
    "sentence": "the sum with the middle value counted in both halves",
    "question": "Is the middle counted in both halves?",
}


@pytest.fixture
def student_folder(tmp_path: Path, numbers: Assignment) -> Path:
    """The student folder of the small course, with what a mistake's maker is told."""
    folder = tmp_path / "assignments" / "numbers"
    generate(numbers, folder, LOOKALIKES, {})
    return folder


class TestSecretLines:
    """secret_lines."""

    @pytest.mark.parametrize(
        "line",
        [
            CODE,
            "def _halves(x: Tensor) -> tuple[Tensor, Tensor]:",
            "return (number > 0) - (number < 0) # booleans are numbers",
            "SECRET_SIZES = [0, 101, 4099, 8191]",
            "# Sizes that a loop with a fixed chunk gets wrong.",
            "def test_total_of_unusual_sizes(student, draw, size):",
            '"""total holds for every length, none included"""',
            'return reference("sums").total(x) + x[len(x) // 2]',
            "answer = [6, 112, 112] # the first axis alone is cut",
        ],
    )
    def test_holds(self, numbers, line):
        """Solutions, hidden checks, mistakes and answers are secret."""
        assert line in secret_lines(numbers)

    @pytest.mark.parametrize(
        "part",
        [
            "The sum of all values of x.",  # a stub's docstring
            "agrees(student.total, torch.sum, draw(size))",  # a visible check
            '@pytest.mark.parametrize("size", SIZES)',  # stands beside a visible check
            "import",  # which modules are used
            "first half of a batch",  # a worksheet's prompt
            "cut along its first axis",
            "counted in both halves",  # a mistake's sentence
            "BEGIN SOLUTION",
        ],
    )
    def test_does_not_hold(self, numbers, part):
        """What students may read is no secret, wherever it stands."""
        assert not [line for line in secret_lines(numbers) if part in line]

    @pytest.mark.parametrize(
        "line",
        [
            "return torch.nn.Identity()",
            "raise ValueError(message)",
            "a, b, c = 1, 2, 3",
        ],
    )
    def test_commonplaces_are_no_secret(self, numbers, line):
        """A line that any program could have, or a short one, is no secret."""
        with (numbers.folder / "mistakes" / "sums.py").open("a") as file:
            file.write(f"\n\ndef mistaken(message):\n    {line}\n")

        assert line not in secret_lines(numbers)

    @pytest.mark.parametrize("loop", ["", "for factor in (2, 3):\n    "])
    def test_what_a_statement_tells_is_no_secret(self, numbers, loop):
        """Sentence and question of a mistake in a statement, in a loop or alone."""
        with (numbers.folder / "mistakes" / "sums.py").open("a") as file:
            file.write(
                f"\n\n{loop}changed('total', name='one_secret_change',\n"
                "    like='a total that counts some values more than once',\n"
                "    ask='How often is each value counted here?')\n"
            )

        secret = secret_lines(numbers)
        assert any("one_secret_change" in line for line in secret)
        assert not [line for line in secret if "counts some values" in line]
        assert not [line for line in secret if "How often is each" in line]


class TestScan:
    """scan."""

    def test_a_release_is_clean(self, numbers, student_folder, tmp_path):
        """Neither the student folder nor the release of it holds a secret."""
        secrets = secret_lines(numbers)
        wheel = tmp_path / "softmarks-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("autograder/__init__.py", '"""Small."""\n')
        release(student_folder, tmp_path / "dist", wheel)

        assert scan(student_folder, secrets) == []
        assert scan(tmp_path / "dist", secrets) == []

    @pytest.mark.parametrize(
        "name",
        [
            *("sums.py", "test_sums.py", "HANDOUT.md", "README.md", "worksheet.toml"),
            *("assignment.toml", "lookalikes.json", "figures/halves.svg", ".hidden"),
        ],
    )
    def test_planted_in_a_file(self, numbers, student_folder, name):
        """A secret in any file of the folder is found, at its line."""
        file = student_folder / name
        before = file.read_bytes() if file.exists() else b""
        file.write_bytes(before + b"\n  \t " + CODE.encode().replace(b" ", b"  "))

        line = before.count(b"\n") + 2
        assert scan(student_folder, secret_lines(numbers)) == [Leak(name, line, CODE)]

    def test_planted_in_the_wheel_of_the_zip(self, numbers, student_folder, tmp_path):
        """A secret in the wheel in the zip is found, with the path that leads there."""
        wheel = tmp_path / "softmarks-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr("autograder/cli.py", f"def f():\n    {CODE}\n")
        zipped = release(student_folder, tmp_path / "dist", wheel)

        place = f"numbers.zip/numbers/{wheel.name}/autograder/cli.py"
        assert scan(zipped, secret_lines(numbers)) == [Leak(place, 2, CODE)]
        everywhere = scan(tmp_path / "dist", secret_lines(numbers))
        assert {leak.file for leak in everywhere} == {
            place,
            f"numbers/{wheel.name}/autograder/cli.py",
        }

    def test_planted_in_a_notebook(self, numbers, tmp_path):
        """Code that stands in JSON, with its escapes, is found."""
        secret = '"""total holds for every length, none included"""'
        cells = [{"source": ["x = 1\n", f"\t{secret}\n"]}, {"source": f"a\n{CODE}\nb"}]
        file = tmp_path / "sums.ipynb"
        file.write_text(json.dumps({"cells": cells}, indent=1))

        found = scan(file, secret_lines(numbers))
        assert [leak.text for leak in found] == [secret, CODE]
        assert found[0].file == "sums.ipynb"

    def test_planted_in_a_notebook_of_ascii(self, tmp_path):
        """Code whose other characters are written as numbers is found."""
        secret = "first_half \u00d7 second_half \u00d7 third_half"
        file = tmp_path / "sums.ipynb"
        file.write_text(json.dumps({"cells": [{"source": secret}]}, ensure_ascii=True))

        assert "\\u00d7" in file.read_text()
        assert scan(file, {secret}) == [Leak("sums.ipynb", 1, secret)]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
    def test_planted_in_another_encoding(self, numbers, tmp_path, encoding):
        """Another encoding hides nothing, and bytes that are no text do no harm."""
        folder = tmp_path / "planted"
        folder.mkdir()
        (folder / "a.txt").write_bytes(CODE.encode(encoding))
        (folder / "b.bin").write_bytes(b"\xff\x00\x80" + CODE.encode() + b"\xfe")

        found = scan(folder, secret_lines(numbers))
        assert [leak.file for leak in found] == ["a.txt", "b.bin"]

    def test_zip_by_any_name(self, numbers, tmp_path):
        """A zip is opened whatever its name is."""
        folder = tmp_path / "planted"
        folder.mkdir()
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("deep/notes.txt", CODE)
        (folder / "data.bin").write_bytes(inner.getvalue())

        found = scan(folder, secret_lines(numbers))
        assert found == [Leak("data.bin/deep/notes.txt", 1, CODE)]
