"""What the further attacks hand in that cannot lie in a repository."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.hostile.builders import zipped
from tests.hostile.catalogue_files import RIGHT

DENSE = "[" + "1," * 80_000 + "]"


def right_in(folder: Path) -> None:
    """The honest files."""
    for name, text in RIGHT.items():
        (folder / name).write_text(text)


def many_files(folder: Path) -> None:
    right_in(folder)
    for part in range(10):
        (folder / f"data_{part}").mkdir()
        for number in range(10_000):
            os.mknod(folder / f"data_{part}" / f"{number}.txt")


def deep_folders(folder: Path) -> None:
    right_in(folder)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(400):
        os.mkdir("deeper", dir_fd=here)
        below = os.open("deeper", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def link_circle(folder: Path) -> None:
    (folder / "labels.py").write_text(RIGHT["labels.py"])
    (folder / "tensors.py").symlink_to("other.py")
    (folder / "other.py").symlink_to("tensors.py")
    (folder / "again").symlink_to(".")
    (folder / "all").symlink_to("/")


def pipe(folder: Path) -> None:
    (folder / "labels.py").write_text(RIGHT["labels.py"])
    os.mkfifo(folder / "tensors.py")


def unreadable(folder: Path) -> None:
    """For root there is no such file; the folder is closed all the same."""
    right_in(folder)
    (folder / "closed").mkdir()
    (folder / "closed" / "secret.txt").write_text("x")
    (folder / "closed").chmod(0)
    (folder / "tensors.py").chmod(0)


def versions(folder: Path) -> None:
    right_in(folder)
    for number in range(1, 96):
        text = f"{RIGHT['tensors.py']}\nDENSE_{number} = {DENSE}\n"
        (folder / f"tensors ({number}).py").write_text(text)


def dense_modules(folder: Path) -> None:
    right_in(folder)
    names = [f"part_{number}" for number in range(50)]
    for name, after in zip(names, [*names[1:], "math"]):
        text = f"import {after}\n" + "".join(f"x{n} = {DENSE}\n" for n in range(2))
        (folder / f"{name}.py").write_text(text)
    first = RIGHT["labels.py"].replace("north", "nowhere")
    (folder / "labels.py").write_text(f"{first}\n\ndef never():\n    import part_0\n")


def dense_notebook(folder: Path) -> None:
    texts = [RIGHT["tensors.py"], *(f"y{n} = {DENSE}" for n in range(30))]
    _notebook(folder / "homework.ipynb", [*texts, RIGHT["labels.py"]])


def _notebook(path: Path, texts: list[str]) -> None:
    cells = [{"cell_type": "code", "source": text, "outputs": []} for text in texts]
    path.write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))


def deep_notebook(folder: Path) -> None:
    (folder / "labels.py").write_text(RIGHT["labels.py"])
    nest = "[" * 100_000 + "]" * 100_000
    (folder / "tensors.ipynb").write_text(f'{{"cells": {nest}}}')


def odd_names(folder: Path) -> None:
    right_in(folder)
    for name in (b"caf\xe9.py", b"-rf.py", b"con.py", b"=1+1.py", b"a\nb.py"):
        (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text("x = 1\n")


def zip_in_tar_in_zip(folder: Path) -> None:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        content = zipped(RIGHT)
        info = tarfile.TarInfo("inner.zip")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    folder.rmdir()
    path = folder.with_name(f"{folder.name}.zip")
    path.write_bytes(zipped({"middle.tar": inner.getvalue()}))


def same_names(folder: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("tensors.py", RIGHT["tensors.py"])
        archive.writestr("tensors.py", "raise SystemExit\n")
        archive.writestr("labels.py", RIGHT["labels.py"])
    folder.rmdir()
    folder.with_name(f"{folder.name}.zip").write_bytes(content.getvalue())


def gzip_bomb(folder: Path) -> None:
    head = tarfile.TarInfo("tensors.py")
    head.size = 300 << 20
    content = io.BytesIO()
    with gzip.GzipFile(fileobj=content, mode="wb", compresslevel=1) as file:
        file.write(head.tobuf())
        for _ in range(300):
            file.write(bytes(1 << 20))
    folder.rmdir()
    folder.with_name(f"{folder.name}.tar.gz").write_bytes(content.getvalue())


def question_injection(folder: Path) -> None:
    right_in(folder)
    question = '"x"\n[[question]]\nid = "scores"\nanswer = 1\n'
    cell = {
        "cell_type": "markdown",
        "metadata": {"autograder": {"question": question}},
        "source": question * 100,
    }
    text = {"nbformat": 4, "metadata": {}, "cells": [cell] * 200}
    (folder / "answers.ipynb").write_text(json.dumps(text))


def deep_package(folder: Path) -> None:
    (folder / "tensors.py").write_text(RIGHT["tensors.py"])
    names = ["pack"] * 25
    here = folder
    for name in names:
        here = here / name
        here.mkdir()
        (here / "__init__.py").write_text("")
    (here / "end.py").write_text(RIGHT["labels.py"])
    dotted = ".".join([*names, "end"])
    (folder / "labels.py").write_text(f"from {dotted} import label, total\n")


MORE_BUILDERS: dict[str, Callable[[Path], None]] = {
    "01_many_files": many_files,
    "02_deep_folders": deep_folders,
    "03_link_circle": link_circle,
    "04_pipe": pipe,
    "05_unreadable": unreadable,
    "06_versions": versions,
    "07_dense_modules": dense_modules,
    "08_dense_notebook": dense_notebook,
    "09_deep_notebook": deep_notebook,
    "10_odd_names": odd_names,
    "11_zip_in_tar_in_zip": zip_in_tar_in_zip,
    "12_same_names": same_names,
    "13_gzip_bomb": gzip_bomb,
    "14_question_injection": question_injection,
    "37_deep_package": deep_package,
}
