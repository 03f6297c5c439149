"""The companion's own side: waits for questions of a kernel and answers them.

Questions and answers are lines of JSON. What code prints goes nowhere; an interrupt
ends the question that is being answered, and not the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, TextIO


def main() -> None:
    """Serve until the kernel is gone."""
    questions, answers = _channels()
    _leave_interrupts()
    scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
    try:
        from autograder.home.kernel_check import Desk
        from autograder.home.parity import CAN_FORK

        _load_ahead()
        desk = Desk(scratch)
        for line in questions:
            answer = {**_answered(desk, line), "is_last": not CAN_FORK}
            answers.write(f"{json.dumps(answer)}\n")
            answers.flush()
            if not CAN_FORK:
                break  # their code has run in this process
    except BrokenPipeError:
        pass  # the kernel is gone
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(0)  # without the seconds that torch takes to clean up


def _channels() -> tuple[TextIO, TextIO]:
    """Where questions come from and answers go to; nobody else gets at them."""
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return questions, answers


def _load_ahead() -> None:
    """Import what the first question needs, while nobody waits."""
    from autograder import simulated, words
    from autograder.home import check_runs
    from autograder.worksheet import check_results

    del words, check_runs, check_results
    simulated.warm_up()


def _leave_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answered(desk: Any, line: str) -> dict[str, Any]:
    from autograder.home.kernel_check import Question

    where = os.getcwd()
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        answer: dict[str, Any] = desk.answer(Question.of(json.loads(line)))
        return answer
    except KeyboardInterrupt:
        return {"interrupted": True}
    except Exception:
        return {"fault": traceback.format_exc()}
    finally:
        _leave_interrupts()
        with contextlib.suppress(OSError):
            os.chdir(where)
        sys.stdout.flush()
