"""Where a student's code runs at home: a copy of the folder, as grading has it.

In the copy are the modules and the data files that grading would find, and nothing
else; it is the working directory, and it is thrown away. So what code reads, writes and
imports is the same on both sides, and nothing of the student's is overwritten.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from autograder.checking.modules import ModuleSet
from autograder.executor.libraries import Libraries
from autograder.home.alone import alone_in
from autograder.home.limits import MOST_ENTRIES, WRITTEN_FILE_BYTES
from autograder.sources.taken_names import hidden_by, hides_another
from autograder.submissions.data_files import DataFile, choose, is_data
from autograder.submissions.filenames import is_check, runs_unasked

_JUNK = {"__pycache__", "node_modules", "site-packages"}


@dataclass
class Content:
    """What grading would find in a student's folder."""

    modules: dict[str, Path] = field(default_factory=dict)  # "layers.padding": its file
    data: dict[str, Path] = field(default_factory=dict)  # by the path that reads it
    left_out: list[str] = field(default_factory=list)  # data files that are too much
    hiding: list[str] = field(default_factory=list)  # on modules that are left out


def read_folder(folder: Path) -> Content:
    """Look at a student's folder; links and the like are left out."""
    found = Content()
    data: dict[str, Path] = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if is_data(name):
            data[name] = path
        elif name.endswith(".py") and not _plays_no_part(path.name):
            module = name.removesuffix(".py").removesuffix("/__init__")
            module = module.replace("/", ".")
            if hides_another(module):
                found.hiding.append(hidden_by(name, module))
            else:
                found.modules[module] = path
    sizes = [DataFile(name, path.stat().st_size) for name, path in data.items()]
    given, found.left_out = choose(sizes)
    found.data = {name: data[name] for name in given}
    return found


@dataclass
class Workplace:
    """A copy of what is checked of a student's folder."""

    folder: Path
    modules: list[str]  # "shapes", "layers.padding"
    texts: Mapping[str, str] | None = None  # where they come from a notebook

    @classmethod
    def copy_of(
        cls, folder: Path, into: Path, texts: Mapping[str, str] | None = None
    ) -> Workplace:
        """Copy what grading would find in a folder, or would make of a notebook."""
        found = read_folder(folder)
        if texts is None:
            for path in found.modules.values():
                _copy(path, into / path.relative_to(folder), 0o444)
        else:
            for name, text in texts.items():
                _write(into / f"{name}.py", text.encode("utf-8", "replace"), 0o444)
        for name, path in found.data.items():
            _copy(path, into / name, 0o444)
        return cls(into, list(found.modules if texts is None else texts), texts)

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Within it, this is the working directory, and nobody answers questions."""
        before = os.getcwd()
        kept = sys.stdin, tempfile.tempdir, sys.dont_write_bytecode
        os.chdir(self.folder)
        tempfile.tempdir = str(self.folder)
        sys.dont_write_bytecode = True  # or its files would lie beside the code
        try:
            with open(os.devnull, encoding="utf-8") as nobody:
                sys.stdin = nobody
                yield
        finally:
            sys.stdin, tempfile.tempdir, sys.dont_write_bytecode = kept
            os.chdir(before)


@contextlib.contextmanager
def workplace(
    folder: Path, texts: Mapping[str, str] | None = None
) -> Iterator[Workplace]:
    """A copy of a student's folder, removed at the end."""
    place = Path(tempfile.mkdtemp(prefix="autograder-")).resolve()
    try:
        yield Workplace.copy_of(folder, place, texts)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def bound_files() -> None:
    """In a process of the student's own: bound what one file may become."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # not on Windows
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        if hard in (resource.RLIM_INFINITY, -1) or hard > WRITTEN_FILE_BYTES:
            resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_FILE_BYTES, hard))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)  # or a read of the terminal would wait
    os.close(null)


class GuardedModules(ModuleSet):
    """The modules of a workplace, which import what grading lets them import."""

    def __init__(
        self, place: Workplace, libraries: Libraries, cell_seconds: float | None = None
    ) -> None:
        names = _with_packages(place.modules)
        super().__init__(place.folder, names, place.texts, cell_seconds)
        self._libraries = libraries

    def text(self, name: str) -> str:
        """The source of a module; empty for a folder of modules without its own."""
        if self._texts is None and self._path(name).is_dir():
            return ""
        return super().text(name)

    def run(self, module: ModuleType) -> None:
        """Run the source of a module under the rule on libraries."""
        with self._libraries.around(module):
            super().run(module)

    @contextlib.contextmanager
    def visible(self) -> Iterator[None]:
        """Within it, ``import name`` finds the modules of this set."""
        with super().visible(), alone_in(self.folder):
            yield

    def _is_there(self, name: str) -> bool:
        if self._texts is not None:
            return name in self._texts
        return self._path(name).exists()

    def _path(self, name: str) -> Path:
        inside = self.folder.joinpath(*name.split("."))
        for path in (inside / "__init__.py", inside.with_name(f"{inside.name}.py")):
            if path.is_file():
                return path
        return inside


def _files(folder: Path) -> Iterator[Path]:
    """Ordinary files, without those that programs made for themselves."""
    waiting = [folder]
    seen = 0
    while waiting:
        for path in sorted(waiting.pop().iterdir()):
            seen += 1
            if seen > MOST_ENTRIES:
                return
            if path.name.startswith(".") or path.name in _JUNK or path.is_symlink():
                continue
            if path.is_dir():
                # A disk that is mounted there, such as Colab's drive, is not theirs.
                if not (path / "pyvenv.cfg").exists() and not path.is_mount():
                    waiting.append(path)
            elif path.is_file():
                yield path


def _plays_no_part(name: str) -> bool:
    return is_check(name) or runs_unasked(name)


def _copy(path: Path, to: Path, mode: int) -> None:
    with contextlib.suppress(OSError):  # one that cannot be read is not there
        _write(to, path.read_bytes(), mode)


def _write(to: Path, content: bytes, mode: int) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)
    to.chmod(mode)


def _with_packages(modules: list[str]) -> list[str]:
    """The modules, and the packages that they lie in."""
    found = dict.fromkeys(modules)
    for module in modules:
        parts = module.split(".")
        found |= dict.fromkeys(".".join(parts[:n]) for n in range(1, len(parts)))
    return list(found)
