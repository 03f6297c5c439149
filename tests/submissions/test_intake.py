"""Which file of a submission counts as which exercise."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from autograder.submissions.intake import (
    WORKSHEET,
    Entry,
    IntakeLimits,
    Submission,
    read_submission,
)

EXERCISES = ["convolution", "pooling"]


def read(
    tmp_path: Path,
    files: dict[str, str | bytes],
    exercises: list[str] = EXERCISES,
    worksheet: bool = False,
    limits: IntakeLimits | None = None,
) -> Submission:
    """Read a folder of these files as student_01's."""
    folder = tmp_path / "student_01"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
    folder.mkdir(exist_ok=True)
    return read_submission(Entry("student_01", folder), exercises, worksheet, limits)


def notes(submission: Submission) -> str:
    """All notes, a line each."""
    assert all(note.kind == "intake" for note in submission.notes)
    return "\n".join(note.text for note in submission.notes)


def test_files_are_found_at_any_depth(tmp_path: Path) -> None:
    """A nested folder is no obstacle, and files of programs are none."""
    submission = read(
        tmp_path,
        {
            "hw1/src/convolution.py": "A = 1\n",
            "pooling.py": "B = 1\n",
            "__MACOSX/pooling.py": "no",
            "._pooling.py": "no",
            ".ipynb_checkpoints/pooling.py": "no",
            "__pycache__/pooling.py": "no",
            "test_pooling.py": "no",
            "notes.txt": "no",
        },
    )

    assert submission.files == {"convolution": "A = 1\n", "pooling": "B = 1\n"}
    assert submission.problems == {}
    assert submission.notes == []


@pytest.mark.parametrize(
    "name",
    [
        "Convolution.py",
        "CONVOLUTION.PY",
        "convolution (1).py",
        "convolution(12).py",
        "convolution-2.py",
        "convolution 2.py",
        "convolution.py.txt",
        "convolution.py.py",
        "convolution copy.py",
        "convolution copy 2.py",
        "convolution - Copy (3).py",
        "Convolution (1).py.txt",
    ],
)
def test_a_name_that_was_changed_on_its_way(tmp_path: Path, name: str) -> None:
    """What browsers and file managers make of a name is set right, with a note."""
    submission = read(tmp_path, {name: "A = 1\n", "pooling.py": "B = 1\n"})

    assert submission.files == {"convolution": "A = 1\n", "pooling": "B = 1\n"}
    assert notes(submission) == f"graded {name} as convolution.py"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("conv.py", "missing"),
        ("my_convolution.py", "unclaimed"),
        ("convolution2.py", "unclaimed"),
        ("convolution_old.py", "unclaimed"),
        ("convolution.txt", "unclaimed"),
    ],
)
def test_a_name_that_is_another(tmp_path: Path, name: str, kind: str) -> None:
    """A name is not guessed; the message says what was seen.

    A close one was perhaps meant, so that the file is not read rather than missing.
    """
    submission = read(tmp_path, {name: "A = 1\n", "pooling.py": ""})

    problem = submission.problems["convolution"]
    assert problem.kind == kind
    assert problem.is_unread == (kind == "unclaimed")
    assert "convolution.py is missing." in problem.text
    assert name in problem.text
    assert "convolution" not in submission.files


def test_a_missing_file_names_what_was_meant(tmp_path: Path) -> None:
    """A close name is asked about."""
    submission = read(tmp_path, {"convolutoin.py": "", "pooling.py": ""})

    text = submission.problems["convolution"].text
    assert "Is convolutoin.py meant? Rename it to convolution.py." in text


def test_an_empty_folder(tmp_path: Path) -> None:
    """Nothing handed in is a problem of each exercise."""
    submission = read(tmp_path, {}, worksheet=True)

    assert set(submission.problems) == {*EXERCISES, WORKSHEET}
    assert "no file in the submission" in submission.problems["pooling"].text


def test_an_empty_file_is_graded_and_noted(tmp_path: Path) -> None:
    """A file of 0 bytes is there; it only holds nothing."""
    submission = read(tmp_path, {"convolution.py": ""}, ["convolution"])

    assert submission.files == {"convolution": ""}
    assert notes(submission) == "convolution.py is empty."


def test_two_files_of_one_name(tmp_path: Path) -> None:
    """Different content is ambiguous, and both paths are named."""
    files: dict[str, str | bytes] = {
        "a/convolution.py": "A = 1\n",
        "b/convolution.py": "A = 2\n",
        "pooling.py": "B = 1\n",
    }

    submission = read(tmp_path, files)

    problem = submission.problems["convolution"]
    assert problem.kind == "ambiguous"
    assert "a/convolution.py, b/convolution.py" in problem.text
    assert submission.files == {"pooling": "B = 1\n"}


def test_two_copies_of_one_file(tmp_path: Path) -> None:
    """The same content twice leaves nothing to decide, line ends aside."""
    files: dict[str, str | bytes] = {
        "a/convolution.py": "A = 1\n",
        "b/convolution.py": "A = 1\r\n\r\n",
    }

    submission = read(tmp_path, files, ["convolution"])

    assert submission.files == {"convolution": "A = 1\n"}
    assert "are the same" in notes(submission)


def test_two_changed_names(tmp_path: Path) -> None:
    """Without an exact name, two candidates are ambiguous."""
    files: dict[str, str | bytes] = {
        "convolution (1).py": "A = 1\n",
        "convolution (2).py": "A = 2\n",
    }

    assert read(tmp_path, files).problems["convolution"].kind == "ambiguous"


def test_the_exact_name_wins(tmp_path: Path) -> None:
    """A copy beside the exact name is left aside, and its student told."""
    files: dict[str, str | bytes] = {
        "convolution.py": "A = 1\n",
        "convolution (1).py": "A = 2\n",
    }

    submission = read(tmp_path, files, ["convolution"])

    assert submission.files == {"convolution": "A = 1\n"}
    assert "convolution (1).py was left aside" in notes(submission)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"A = 1\r\nB = 2\r\n", "A = 1\nB = 2\n"),
        (b"A = 1\rB = 2", "A = 1\nB = 2"),
        (b"\xef\xbb\xbfA = 1\n", "A = 1\n"),
        (
            b"# -*- coding: latin-1 -*-\nA = '\xe9'\n",
            "# -*- coding: latin-1 -*-\nA = 'é'\n",
        ),
        (
            b"#!/usr/bin/python\n# coding=cp1252\n#\x80",
            "#!/usr/bin/python\n# coding=cp1252\n#€",
        ),
        ("# coding: utf-8\nA = 'é'".encode(), "# coding: utf-8\nA = 'é'"),
        (b"A = 1\n\n# coding: rot13\n", "A = 1\n\n# coding: rot13\n"),
        (b"A = 1\n# coding: rot13\n", "A = 1\n# coding: rot13\n"),
        (b"#\n#\n# coding: rot13", "#\n#\n# coding: rot13"),
    ],
)
def test_text_that_can_be_read(tmp_path: Path, data: bytes, text: str) -> None:
    """Line ends, byte order mark and a declared single-byte encoding are honoured."""
    submission = read(tmp_path, {"convolution.py": data}, ["convolution"])

    assert submission.files == {"convolution": text}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"A = 1\n# caf\xe9 \nB = '\xe9'", "byte 0xe9 in line 2, column 6"),
        ("é = 'é".encode() + b"\xff'", "byte 0xff in line 1, column 7"),
        (b"A = 1\nB\x00 = 2\n", "NUL byte in line 2, column 2"),
        ("A = 1\n".encode("utf-16"), "UTF-16"),
        (b"# coding: utf-7\nA = 1\n", "declares the encoding utf-7"),
        (b"\n# coding: unicode_escape\n", "declares the encoding unicode_escape"),
        (b"# coding: no-such\n", "declares the encoding no-such"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "begins with the mark of UTF-8"),
        (b"# coding: ascii\nA = '\xe9'\n", "not ASCII text: byte 0xe9 in line 2"),
    ],
)
def test_text_that_cannot_be_read(tmp_path: Path, data: bytes, what: str) -> None:
    """The problem has line and column, and other files are graded."""
    submission = read(tmp_path, {"convolution.py": data, "pooling.py": "B = 1\n"})

    problem = submission.problems["convolution"]
    assert problem.kind == "encoding"
    assert "convolution.py" in problem.text
    assert what in problem.text
    assert submission.files == {"pooling": "B = 1\n"}


def test_characters_that_nobody_sees(tmp_path: Path) -> None:
    """A character that turns a line round is graded and named."""
    source = "A = 1\nB = '\u202e'\n"

    submission = read(tmp_path, {"convolution.py": source}, ["convolution"])

    assert submission.files == {"convolution": source}
    assert "U+202E in line 2" in notes(submission)


def test_own_modules_come_along(tmp_path: Path) -> None:
    """Modules beside and below the exercise files can be imported under their names."""
    submission = read(
        tmp_path,
        {
            "hw1/convolution.py": "",
            "hw1/helpers.py": "H = 1\n",
            "hw1/layers/padding.py": "P = 1\n",
            "hw1/tools/__init__.py": "T = 1\n",
            "elsewhere.py": "E = 1\n",
            "hw1/not a module.py": "no",
        },
        ["convolution"],
    )

    assert submission.files == {
        "convolution": "",
        "helpers": "H = 1\n",
        "layers": "",
        "layers.padding": "P = 1\n",
        "tools": "T = 1\n",
        "elsewhere": "E = 1\n",
    }


@pytest.mark.parametrize(
    "name", ["torch.py", "numpy/__init__.py", "random.py", "torch/nn.py"]
)
def test_modules_that_would_hide_others(tmp_path: Path, name: str) -> None:
    """A file named like a library is left out, with a note."""
    files: dict[str, str | bytes] = {"convolution.py": "", name: "A = 1\n"}

    submission = read(tmp_path, files, ["convolution"])

    assert set(submission.files) == {"convolution"}
    assert f"{name} was left out" in notes(submission)


@pytest.mark.parametrize(
    "name", ["conftest.py", "sitecustomize.py", "usercustomize.py"]
)
def test_modules_that_run_unasked(tmp_path: Path, name: str) -> None:
    """What Python or pytest would run by itself is never taken along."""
    files: dict[str, str | bytes] = {"convolution.py": "", name: "A = 1\n"}

    submission = read(tmp_path, files, ["convolution"])

    assert set(submission.files) == {"convolution"}
    assert f"{name} plays no part" in notes(submission)


def test_an_own_module_that_cannot_be_read(tmp_path: Path) -> None:
    """It is left out with its reason, the exercise is graded."""
    submission = read(
        tmp_path, {"convolution.py": "A = 1\n", "helpers.py": b"\xff"}, ["convolution"]
    )

    assert submission.files == {"convolution": "A = 1\n"}
    assert "helpers.py is not UTF-8" in notes(submission)


def test_two_own_modules_of_one_name(tmp_path: Path) -> None:
    """Neither is taken, and the note says so."""
    submission = read(
        tmp_path,
        {"hw/convolution.py": "A = 1\n", "b/helpers.py": "1", "c/helpers.py": "2"},
        ["convolution"],
    )

    assert set(submission.files) == {"convolution"}
    assert "helpers.py was handed in more than once" in notes(submission)


def test_a_lone_file_serves_as_every_exercise(tmp_path: Path) -> None:
    """student_01.py holds everything, each exercise takes it as its module."""
    path = tmp_path / "student_01.py"
    path.write_text("A = 1\n")

    submission = read_submission(Entry("student_01", path), EXERCISES)

    assert submission.files == {"convolution": "A = 1\n", "pooling": "A = 1\n"}
    assert notes(submission) == "graded student_01.py as convolution.py, pooling.py"


def test_a_lone_file_may_have_the_name_of_a_library(tmp_path: Path) -> None:
    """As an exercise it runs under the exercise's name, so it hides nothing."""
    submission = read(tmp_path, {"code.py": "A = 1\n"})

    assert set(submission.files) == set(EXERCISES)


def test_an_exercise_file_serves_as_itself_only(tmp_path: Path) -> None:
    """A submission of convolution.py alone leaves pooling missing."""
    submission = read(tmp_path, {"Convolution.py": "A = 1\n"})

    assert set(submission.files) == {"convolution"}
    assert submission.problems["pooling"].kind == "missing"


def test_own_files_come_before_the_notebook(tmp_path: Path) -> None:
    """A notebook serves what has no file of its own; helpers stay helpers."""
    notebook = '{"cells": [{"cell_type": "code", "source": ["N = 1"]}]}'

    submission = read(
        tmp_path,
        {"hw.ipynb": notebook, "convolution.py": "A = 1\n", "helpers.py": "H = 1\n"},
    )

    assert submission.files == {
        "convolution": "A = 1\n",
        "pooling": "# notebook; lines of each code cell: 1\nN = 1\n",
        "helpers": "H = 1\n",
    }


def test_a_notebook_per_exercise(tmp_path: Path) -> None:
    """A notebook named after an exercise is that exercise."""
    notebook = '{"cells": [{"cell_type": "code", "source": "%s = 1"}]}'

    submission = read(
        tmp_path,
        {"convolution.ipynb": notebook % "C", "pooling (1).ipynb": notebook % "P"},
    )

    assert submission.files == {
        "convolution": "# notebook; lines of each code cell: 1\nC = 1\n",
        "pooling": "# notebook; lines of each code cell: 1\nP = 1\n",
    }


def test_links_out_of_the_submission_are_not_followed(tmp_path: Path) -> None:
    """A link to another student's work is refused with a note, others are read."""
    other = tmp_path / "student_02"
    other.mkdir()
    (other / "convolution.py").write_text("SECRET = 1\n")
    folder = tmp_path / "student_01"
    (folder / "src").mkdir(parents=True)
    (folder / "convolution.py").symlink_to("../student_02/convolution.py")
    (folder / "all").symlink_to("..")
    (folder / "circle.py").symlink_to("circle.py")
    (folder / "src" / "mine.py").write_text("B = 1\n")
    (folder / "pooling.py").symlink_to("src/mine.py")

    submission = read(tmp_path, {})

    assert "SECRET" not in repr(submission)
    assert submission.problems["convolution"].kind == "missing"
    assert submission.files["pooling"] == "B = 1\n"
    assert "convolution.py is a link out of the submission" in notes(submission)
    assert "all is a link out of the submission" in notes(submission)


def test_pipes_are_not_opened(tmp_path: Path) -> None:
    """A pipe would block for ever; it counts as nothing."""
    (tmp_path / "student_01").mkdir()
    os.mkfifo(tmp_path / "student_01" / "convolution.py")

    assert read(tmp_path, {"pooling.py": ""}).problems["convolution"].kind == "missing"


def test_a_folder_with_too_many_files(tmp_path: Path) -> None:
    """Over 200 entries refuse a submission; hidden folders do not count."""
    many: dict[str, str | bytes] = {f".git/{n}": "" for n in range(300)}
    assert not read(tmp_path, {**many, "pooling.py": ""}).refused

    many = {f"data/{number}.txt": "" for number in range(200)}
    submission = read(tmp_path, many)

    assert submission.refused is not None
    assert "over 200 files" in submission.refused.text


def test_a_folder_that_is_too_large(tmp_path: Path) -> None:
    """What would be read in all is limited."""
    limits = IntakeLimits(total_bytes=1000)
    many: dict[str, str | bytes] = {f"m{number}.py": "#" * 400 for number in range(3)}

    submission = read(tmp_path, many, limits=limits)

    assert submission.refused is not None
    assert submission.refused.kind == "too_large"


def test_a_virtual_environment_is_left_out(tmp_path: Path) -> None:
    """It is noted and does not count."""
    many: dict[str, str | bytes] = {f"venv/lib/{n}.py": "" for n in range(300)}

    submission = read(
        tmp_path, {**many, "venv/pyvenv.cfg": "", "convolution.py": ""}, ["convolution"]
    )

    assert set(submission.files) == {"convolution"}
    assert "virtual environment" in notes(submission)


def test_a_file_over_its_limit(tmp_path: Path) -> None:
    """1 MB of source is the most; the message has both sizes."""
    submission = read(
        tmp_path, {"convolution.py": "#" * 2**20, "pooling.py": "#" * (2**20 + 1)}
    )

    assert set(submission.files) == {"convolution"}
    problem = submission.problems["pooling"]
    assert problem.kind == "too_large"
    assert "may have 1 MB" in problem.text


def test_a_zip_in_a_folder_of_its_own(tmp_path: Path) -> None:
    """Learning platforms hand out a folder per student with the file in it."""
    folder = tmp_path / "student_01"
    folder.mkdir()
    with zipfile.ZipFile(folder / "hw.zip", "w") as archive:
        archive.writestr("hw/convolution.py", "A = 1\n")

    assert read(tmp_path, {}).files == {"convolution": "A = 1\n"}


def test_the_worksheet(tmp_path: Path) -> None:
    """worksheet.toml is found like the exercises, and only where it is asked for."""
    files: dict[str, str | bytes] = {"hw/Worksheet (1).toml": b"\xef\xbb\xbfa = 1\r\n"}

    submission = read(tmp_path, files, [], worksheet=True)

    assert submission.worksheet == "a = 1\n"
    assert notes(submission) == "graded Worksheet (1).toml as worksheet.toml"
    assert read(tmp_path, files, []).worksheet is None


def test_a_missing_worksheet(tmp_path: Path) -> None:
    """It is a problem of its own."""
    submission = read(tmp_path, {"convolution.py": ""}, ["convolution"], worksheet=True)

    assert submission.problems[WORKSHEET].kind == "missing"
    assert "convolution" in submission.files


def test_the_digest_is_over_names_and_contents(tmp_path: Path) -> None:
    """It changes with a file's name or content, and with nothing else."""
    one = read(tmp_path / "a", {"convolution.py": "A = 1\n", "pooling.py": "B"})
    same = read(tmp_path / "b", {"x/pooling.py": "B", "x/convolution.py": "A = 1\r\n"})
    content = read(tmp_path / "c", {"convolution.py": "A = 2\n", "pooling.py": "B"})
    swapped = read(tmp_path / "d", {"convolution.py": "B", "pooling.py": "A = 1\n"})

    assert len(bytes.fromhex(one.digest)) == hashlib.sha256().digest_size
    assert one.digest == same.digest
    assert len({one.digest, content.digest, swapped.digest}) == 3


def test_the_digest_knows_where_a_name_ends(tmp_path: Path) -> None:
    """A letter that moves from a name to the content makes another submission."""
    one = read(tmp_path / "a", {"pooling.py": "", "ab.py": "c"}, ["pooling"])
    other = read(tmp_path / "b", {"pooling.py": "", "a.py": "bc"}, ["pooling"])

    assert one.digest != other.digest


def test_the_digest_is_over_what_the_student_is_told(tmp_path: Path) -> None:
    """A file that was renamed as the note asked is a new submission."""
    one = read(tmp_path / "a", {"Pooling.py": "A = 1"}, ["pooling"])
    other = read(tmp_path / "b", {"pooling.py": "A = 1"}, ["pooling"])

    assert one.files == other.files
    assert one.digest != other.digest


def test_the_digest_is_over_the_worksheet(tmp_path: Path) -> None:
    """Another answer is another submission."""
    one = read(tmp_path / "a", {"worksheet.toml": "a = 1"}, [], worksheet=True)
    other = read(tmp_path / "b", {"worksheet.toml": "a = 2"}, [], worksheet=True)

    assert one.digest != other.digest


def test_a_name_that_is_not_utf8_can_be_reported(tmp_path: Path) -> None:
    """Paths are text that any report can hold."""
    folder = os.fsencode(tmp_path) + b"/student_01/d\xe9"
    os.makedirs(folder)
    with open(folder + b"/convolution.py", "w", encoding="utf-8") as file:
        file.write("A = 1\n")

    submission = read(tmp_path, {})

    assert submission.origins["convolution"].encode("utf-8") == b"d?/convolution.py"


@pytest.mark.parametrize("name", ["\x1b[2J.py", "a\nb.py", "\u202eyp.py"])
def test_control_characters_do_not_reach_a_message(tmp_path: Path, name: str) -> None:
    """They are shown as a question mark."""
    text = read(tmp_path, {name: "", "pooling.py": ""}).problems["convolution"].text

    assert text.isprintable()
    assert "?" in text


def test_endless_names_are_cut(tmp_path: Path) -> None:
    """The end of a name is shown, where its kind is."""
    name = "x" * 200 + ".py"

    submission = read(tmp_path, {name: "", "pooling.py": ""})

    text = submission.problems["convolution"].text
    assert "...xxx" in text
    assert len(text) < 250


def test_a_file_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    """An entry that has gone is a problem, not a crash."""
    entry = Entry("student_01", tmp_path / "student_01.py")

    submission = read_submission(entry, EXERCISES)

    assert submission.refused is not None
    assert submission.refused.kind == "unreadable"
