"""The folders of a zygote's children: private, watched, and gone afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading.children import Child
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import make_folder, make_root
from autograder.sandbox.written_files import PREFIX
from autograder.worker.child_folders import ChildFolders, settle

Ask = Callable[[Child, str], str]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the sandbox is Linux's own"
)


def test_a_child_begins_in_an_empty_folder(zygote: Zygote, ask: Ask) -> None:
    """each child has its own, and nothing of another's; afterwards it is gone"""
    folders = []
    for _ in range(2):
        with zygote.line().spawn() as child:
            answer = ask(
                child,
                "import os; before = os.listdir(); open('left', 'w').write('x'); "
                "answer = before, os.getcwd()",
            )
            before, folder = eval(answer)
            assert before == []
            folders.append(folder)
            child.close()
            assert child.wait(10) is not None
    assert folders[0] != folders[1]
    assert not any(map(os.path.exists, folders))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "for n in range(10 ** 6): open(f'{n}', 'wb').write(bytes(4 << 20))",
            "wrote more than 16 MB",
        ),
        (
            "for n in range(10 ** 6): open(f'{n}', 'w').close()",
            "made more than 200 files",
        ),
        (
            "import os\nwhile True: os.mkdir('d' * 200); os.chdir('d' * 200)",
            "(hid what it wrote|made more than 200 files)",
        ),
        (
            "import os, time\nos.mkdir('d', 0o300)\ntime.sleep(9)",
            "(hid what it wrote|None)",  # root looks into it all the same
        ),
    ],
    ids=["bytes", "files", "depth", "closed"],
)
def test_who_fills_the_disk_is_ended(zygote: Zygote, code: str, reason: str) -> None:
    """within moments, with the reason, and with all that it wrote"""
    import re

    with zygote.line().spawn() as child:
        began = time.monotonic()
        child.channel.sendall(code.encode())
        ended = child.wait(3)
        if ended is None:  # it did nothing that it may not
            assert re.fullmatch(reason, "None")
            return
        assert re.fullmatch(reason, str(ended.breach))
        assert time.monotonic() - began < 2.5
        assert ended.signal == 9


def test_nothing_stays_when_the_zygote_ends(
    start: Callable[..., Zygote], ask: Ask
) -> None:
    """its root is gone, and with it what a child wrote last"""
    with start() as zygote:
        child = zygote.line().spawn()
        folder = Path(ask(child, "import os; answer = os.getcwd()").strip("'"))
        assert folder.parent.name.startswith(PREFIX)
        assert folder.exists()
        child.close()

    assert not folder.parent.exists()


def test_what_a_killed_zygote_left_is_removed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """an old root that nobody holds goes; one in use, or a young one, stays"""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, young = make_root(), make_root()
    make_folder(left, None)
    used = ChildFolders()
    for root in (left, used._root):
        os.utime(root, (1, 1))

    later = ChildFolders()

    assert not os.path.exists(left)
    assert os.path.exists(young)
    assert os.path.exists(used._root)
    used.close()
    later.close()
    assert [path.name for path in tmp_path.iterdir()] == [Path(young).name]


def test_names_that_clash_cost_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """a file where a folder is needed, or a name too long, is left out"""
    monkeypatch.chdir(tmp_path)
    before = tempfile.tempdir

    settle({"a": "x = 1\n"}, {"b": b"1", "b/c": b"2", "d" * 300: b"3", "e": b"4"})

    tempfile.tempdir = before
    assert sorted(os.listdir()) == ["a.py", "b", "e"]
    assert Path("a.py").stat().st_mode & 0o777 == 0o444
