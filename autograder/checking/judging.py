"""What an exception out of a check means: whose fault it is, and its facts."""

from __future__ import annotations

import builtins
import contextlib
import difflib
import linecache
import os
import re
import traceback
from pathlib import Path
from typing import Any

import torch

import autograder
from autograder.checking.boundary import thrown_by_student
from autograder.checking.callers import Misfit, Missing
from autograder.checking.case import CaseRun
from autograder.checking.difference import Differs
from autograder.checking.facts import describe
from autograder.protocol.exceptions import Thrown
from autograder.protocol.values import unpack
from autograder.verdict import Frame, Mismatch, Outcome, Raised

PACKAGE = str(Path(autograder.__file__).parent) + os.sep
ORACLE = str(Path(PACKAGE, "checking", "truth.py"))


def judge(
    error: BaseException, run: CaseRun, file: Path | None = None
) -> tuple[Outcome, dict[str, Any]]:
    """Whose fault an exception is, and the facts it brings.

    Args:
        error: out of the body of a check.
        run: the case that it ended.
        file: where the check stands, and beside it those of the other exercises.
    """
    thrown = thrown_by_student(error)
    if thrown is not None:
        raised = raised_from(thrown)
        if is_unwritten(thrown):
            return Outcome.NOT_ATTEMPTED, {"detail": thrown.message or None}
        if thrown.nearest == "MemoryError" or thrown.type == "OutOfMemoryError":
            return Outcome.OUT_OF_MEMORY, {"raised": raised}
        return Outcome.CRASHED, {"raised": raised}
    if isinstance(error, Differs):
        return Outcome.FAILED, {"mismatch": error.mismatch}
    if isinstance(error, Missing):
        return Outcome.NOT_ATTEMPTED, {"detail": _missing(error, file)}
    if isinstance(error, Misfit):
        mismatch = Mismatch(
            "structure", f"the parameters of {error.owner}", error.expected, error.got
        )
        return Outcome.FAILED, {"mismatch": mismatch}
    if any("Flaky" in kind.__name__ for kind in type(error).__mro__):
        # Hypothesis asked the same again and got another answer.
        again = "another one when asked again"
        mismatch = Mismatch("not_repeatable", "the output", "the same answer", again)
        return Outcome.FAILED, {"mismatch": mismatch}
    if _is_claim(error):
        return Outcome.FAILED, {"mismatch": _assertion(error, run)}
    if run.events and _answer_unusable(error):
        return Outcome.FAILED, {"mismatch": _unusable(error, run)}
    return Outcome.GRADER_FAULT, {"detail": fault_text(error)}


def unwritten_place(error: BaseException, exercise: str) -> str | None:
    """``heads.py:14``, where a stub of another file than the exercise's was called."""
    thrown = thrown_by_student(error)
    if thrown is None or not is_unwritten(thrown) or not thrown.frames:
        return None
    frame = Frame(*thrown.frames[-1])
    elsewhere = frame.file.endswith(".py") and frame.file != f"{exercise}.py"
    return frame.place if elsewhere else None


def raised_from(thrown: Thrown) -> Raised:
    """The facts of an exception as a verdict has them."""
    frames = [Frame(*frame) for frame in thrown.frames]
    return Raised(thrown.type, thrown.message, frames)


def is_unwritten(thrown: Thrown) -> bool:
    """Whether it is a stub's: NotImplementedError, raised by a line of their own.

    An operator of torch's that lacks a kernel raises it too; a class without
    ``forward`` has no line.
    """
    if thrown.nearest != "NotImplementedError":
        return False
    if not thrown.frames:
        return True
    text = thrown.frames[-1][3].strip()
    return not text or text.startswith("raise")


def _missing(error: Missing, file: Path | None) -> str:
    near = difflib.get_close_matches(error.name, error.present, 5, 0.6)
    near = [name for name in near if name not in _asked_for(file)] if near else []
    meant = f"; there is {near[0]}, was that meant?" if near else ""
    return f"{error.name} is not defined{meant}"


def _asked_for(file: Path | None) -> set[str]:
    """All that the checks of a folder ask for: none of it is another one misspelt."""
    if file is None:
        return set()
    found: set[str] = set()
    for path in file.parent.glob("test_*.py"):
        with contextlib.suppress(OSError):  # at home it may be anything of theirs
            text = path.read_text(encoding="utf-8", errors="replace")
            found.update(re.findall(r"\bstudent\.(\w+)", text))
    return found


def _is_claim(error: BaseException) -> bool:
    """An assert of the check, or ``pytest.raises`` that saw no exception."""
    return isinstance(error, AssertionError) or type(error).__name__ == "Failed"


def _answer_unusable(error: BaseException) -> bool:
    """The check's own line broke on what the student's code returned."""
    kinds = (TypeError, ValueError, AttributeError, LookupError, RuntimeError)
    if not isinstance(error, kinds):
        return False
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    # An oracle that raises is the check's own fault, whatever was called before it.
    return bool(files) and not files[-1].startswith(PACKAGE) and ORACLE not in files


def _assertion(error: BaseException, run: CaseRun) -> Mismatch:
    text = str(error).strip().splitlines()
    if type(error).__name__ == "Failed":
        expected = _exceptions_in(text[0] if text else "")
        return Mismatch("exception", "the call", expected, _returned(run))
    claim = text[0] if text else _line_of(error)
    return Mismatch("assertion", "the answer", claim, _returned(run))


def _exceptions_in(text: str) -> str:
    """The names of the exceptions that ``pytest.raises`` waited for in vain.

    pytest 9 writes "DID NOT RAISE ValueError" and "any of (KeyError, ValueError)";
    pytest 8 wrote "<class 'ValueError'>", and such things in brackets.
    """
    words = re.findall(r"[\w.]+", text.partition("DID NOT RAISE")[2])
    names = [word for word in words if word not in ("any", "of", "class")]
    names = [n if hasattr(builtins, n) else n.rpartition(".")[2] for n in names]
    if len(names) < 2:
        return names[0] if names else "an exception"
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _unusable(error: BaseException, run: CaseRun) -> Mismatch:
    return Mismatch(
        "type", "the answer", f"usable in `{_line_of(error)}`", _returned(run)
    )


def _line_of(error: BaseException) -> str:
    """The check's own line that failed."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if not f.filename.startswith(PACKAGE) and f.line]
    tests = [f for f in own if Path(f.filename).name.startswith("test_")]
    chosen = (tests or own)[-1:]
    for frame in chosen:
        return linecache.getline(frame.filename, frame.lineno or 0).strip()[:200]
    return "the check's claim"


def _returned(run: CaseRun) -> str:
    """What the last call gave back."""
    if not run.events:
        return "no call was made"
    answer = run.events[-1].answer
    if answer.thrown is not None:
        return f"{answer.thrown.type}: {answer.thrown.message}"[:200]
    value = unpack(answer.value, answer.tensors)
    if isinstance(value, torch.Tensor) and value.numel() == 1:
        return f"{describe(value)} {value.item()!r}"
    return describe(value)


def fault_text(error: BaseException) -> str:
    """What went wrong with the grader itself, and where."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    where = f" at {Path(last.filename).name}:{last.lineno}" if last else ""
    return f"{type(error).__name__}: {error}"[:500] + where
