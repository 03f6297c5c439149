"""What is fed: readers of what students hand in, and of what their processes say.

A target raises when it has met what must not be: an exception that nobody expects, or
content whose reading takes too long.
"""

from __future__ import annotations

import functools
import io
import json
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch

from autograder.course.assignment import load_course
from autograder.protocol.calls import Answer, Request
from autograder.protocol.exceptions import Thrown
from autograder.protocol.frames import BadFrame, decode, encode
from autograder.protocol.messages import answer_parts, read_answer
from autograder.sources.cells import parts
from autograder.sources.decoding import answers_text
from autograder.sources.forbidden import forbidden_uses
from autograder.submissions.intake import Entry, read_submission
from autograder.worksheet import Worksheet, load
from autograder.worksheet.check_results import worksheet_results
from tests.fuzzing.mutating import changed_bytes, changed_document, changed_frame

MOST_SECONDS = 5.0  # of processor time, for content of some kilobytes
ROOT = Path(__file__).parents[2]
CNN = load_course(ROOT / "solutions").assignment("cnn")


class TooSlow(Exception):
    """Content whose reading takes longer than it may."""


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        seeds: content that it can read.
        read: is given content, and raises nothing.
        change: makes other content of some.
    """

    seeds: Callable[[], list[bytes]]
    read: Callable[[bytes], None]
    change: Callable[[bytes, Random], bytes]

    def feed(self, content: bytes) -> None:
        """Read content within its time."""
        started = time.process_time()
        self.read(content)
        seconds = time.process_time() - started
        if seconds > MOST_SECONDS:
            raise TooSlow(f"{seconds:.1f} s for {len(content)} bytes")


def _requests() -> list[Request]:
    x, w = torch.ones(2, 3), torch.ones(4)
    plain = Request(["function", "f"], [{"tensor": 0}], {"dict": []}, [x, w])
    return [
        plain,
        Request(plain.target, plain.args, plain.kwargs, [x, w], tracked=[0, 1]),
        Request(
            plain.target,
            plain.args,
            plain.kwargs,
            [x, w, x],
            tracked=[0],
            twice=True,
            cotangents=[2],
        ),
        Request(plain.target, [[1], [2], [3]], plain.kwargs, [], many=True),
    ]


REQUESTS = _requests()


def _answers() -> list[Answer]:
    x, w, n = torch.ones(2, 3), torch.ones(4), torch.arange(3)
    thrown = Thrown("ValueError", "no", [("a.py", 3, "f", "x = 1")], "ValueError")
    value = [{"tensor": 0}, 2, 2.5, "a", None, {"dict": [["k", {"handle": 1}]]}]
    plain = Answer(value, [x], printed="hello", devices=["cpu"], used=["torch.mm"])
    second = Answer({"tensor": 0}, [w], differentiable=[True], gradients=[x])
    return [
        plain,
        Answer({"tensor": 0}, [x, n], [True, False], graph=3, changed=[1]),
        Answer({"tensor": 0}, [w], gradients=[None], again=second),
        Answer([1, {"raised": "ValueError"}, 3]),
        Answer(thrown=thrown),
        Answer(misfit=["(2, 3)", "(3, 2)"]),
        Answer(missing=["g"], kernels=3, peak=10, waited=1, waits=[".item() at a:1"]),
        Answer(altered=[["0", "emptied"]], spent=True),
    ]


def _frames() -> list[bytes]:
    return [encode(*answer_parts(answer)) for answer in _answers()]


def _read_frame(content: bytes) -> None:
    """As the grader reads an answer, of each kind of call."""
    stream = io.BytesIO(content)

    def read(count: int) -> bytes:
        part = stream.read(count)
        if len(part) < count:
            raise EOFError
        return part

    try:
        header, tensors = decode(read, strides=False)
    except (BadFrame, EOFError):
        return
    for request in REQUESTS:
        try:
            answer = read_answer(header, tensors, request)
        except BadFrame:
            continue
        assert all(type(tensor) is torch.Tensor for tensor in answer.tensors)


def _sources() -> list[bytes]:
    return [CNN.module(exercise).read_bytes() for exercise in ("shapes", "pooling")]


def _notebooks() -> list[bytes]:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Shapes"]},
        {
            "cell_type": "code",
            "execution_count": 1,
            "metadata": {"nbgrader": {"grade_id": "a", "solution": True}},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1"]}],
            "source": ["%matplotlib inline\n", "import torch\n", "!ls\n"],
        },
    ]
    found = []
    for text in _sources():
        code = {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": text.decode().splitlines(keepends=True),
        }
        document = {
            "cells": [*cells, code],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "P"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        found.append(json.dumps(document).encode())
    return found


def _read_file(name: str, content: bytes) -> None:
    """As a file is read that a student hands in, and then its source."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        found = read_submission(Entry("student_01", path), CNN.exercises, True)
    assert found.files or found.problems
    for module, source in found.files.items():
        parts(source, f"{module}.py")
        forbidden_uses(found.files, module, CNN.forbidden.get(module, ()))


def _archives() -> list[bytes]:
    files = {f"work/{e}.py": CNN.module(e).read_bytes() for e in CNN.exercises}
    files["work/notes/ä.txt"] = b"notes"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    taken = io.BytesIO()
    with tarfile.open(fileobj=taken, mode="w") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return [packed.getvalue(), taken.getvalue()]


def _read_archive(content: bytes) -> None:
    _read_file("student_01.zip" if content[:2] == b"PK" else "student_01.tar", content)


@functools.cache
def _questions() -> Worksheet:
    return load(CNN.folder / "worksheet.toml")


def _worksheets() -> list[bytes]:
    """A blank one, and those of some sample students."""
    files = [ROOT / "assignments" / "cnn" / "worksheet.toml"]
    files += sorted((ROOT / "examples" / "cnn").glob("*/worksheet.toml"))[:4]
    return [file.read_bytes() for file in files]


def _read_worksheet(content: bytes) -> None:
    results, _ = worksheet_results(_questions(), answers_text(content))
    assert len(results) > 1


TARGETS = {
    "frames": Target(_frames, _read_frame, changed_frame),
    "sources": Target(
        _sources, functools.partial(_read_file, "pooling.py"), changed_bytes
    ),
    "notebooks": Target(
        _notebooks, functools.partial(_read_file, "work.ipynb"), changed_document
    ),
    "archives": Target(_archives, _read_archive, changed_bytes),
    "worksheets": Target(_worksheets, _read_worksheet, changed_bytes),
}
