"""One short paragraph per check, made from its facts; stored in ``message``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from autograder.verdict import CheckResult, Outcome, Raised
from autograder.wording.clean import one_line
from autograder.wording.crashes import in_words
from autograder.wording.device_sentences import about_the_name, on_a_gpu, place_of
from autograder.wording.fixes import stops_the_file
from autograder.wording.hidden import OURS, hidden_text
from autograder.wording.mismatches import clause, returned_nothing
from autograder.wording.numbers import is_open, sentence
from autograder.wording.relations import relation_text

WHOLE = 4000  # characters of a call and of its arguments: to be typed again, not cut


def message_for(check: CheckResult, among: Iterable[CheckResult] = ()) -> str:
    """One paragraph for whoever wrote the code that this check is about.

    Args:
        check: the check.
        among: all checks of its verdict; a hidden one shares with them why its file
            could not be imported.
    """
    if check.hidden:
        return hidden_text(check, among)
    if check.follows:
        return f"This follows from {one_line(check.follows, 60)}: fix that one first."
    parts = [_what_happened(check)]
    words = in_words(check.raised) if check.raised is not None else None
    if words:
        parts.append(sentence(words))
    if check.idea is not None:
        looks = one_line(check.idea.sentence).rstrip(".")
        parts.append(f"It looks like {looks}.")
        if check.idea.question:
            parts.append(sentence(one_line(check.idea.question)))
    else:
        parts += [relation_text(relation) for relation in check.relations]
    return " ".join(parts)


def about(check: CheckResult) -> str:
    """What happened, without the call in front: one or two sentences."""
    return sentence(on_a_gpu(check) + _clause(check)) + _after(check)


def setting_text(setting: str) -> str:
    """``cpu float32`` as ``in float32 on the CPU``."""
    device, _, dtype = setting.partition(" ")
    where = f"on {place_of(device)}"
    return f"in {dtype} {where}" if dtype else where


def is_ordinary(setting: str | None) -> bool:
    """Whether the setting goes without saying."""
    return setting in (None, "", "cpu float64")


def lines_of_the_claim(check: CheckResult) -> list[str]:
    """What was seen where the promise does not hold, which stands above it already.

    Of several things each is a line.
    """
    mismatch = check.mismatch
    if check.outcome is not Outcome.FAILED or mismatch is None:
        return []
    if mismatch.kind != "assertion" or mismatch.expected != check.promise:
        return []
    return [one_line(line, WHOLE) for line in mismatch.got.split("\n")]


def leaves_autograd(check: CheckResult) -> str:
    """The student's lines through which no gradient flows, if any is known."""
    if check.outcome is not Outcome.FAILED or check.mismatch is None:
        return ""
    if check.mismatch.kind != "no_gradient" or not check.detail:
        return ""
    return sentence(one_line(check.detail, 600))


def _what_happened(check: CheckResult) -> str:
    if check.outcome in (Outcome.PASSED, Outcome.WAITING) or is_open(check):
        return about(check)
    without_a_call = (Outcome.NOT_ATTEMPTED, Outcome.UNREADABLE, Outcome.REFUSED)
    if check.outcome in without_a_call or not check.call:
        return about(check)
    where = one_line(check.call.text, WHOLE)
    if check.setting and not is_ordinary(check.setting):
        where += f" {setting_text(check.setting)}"
    clause = on_a_gpu(check) + _clause(check)
    end = "" if clause.endswith((".", "?", "!")) else "."
    return f"{where}: {clause}{end}{_after(check)}"


def _clause(check: CheckResult) -> str:
    detail = one_line(check.detail or "").rstrip(".")
    if check.call is not None:  # it names the function already
        detail = detail.removeprefix(f"{check.function}: ")
    if check.outcome is Outcome.PASSED:
        return "passed"
    if check.outcome is Outcome.NOT_ATTEMPTED:
        return detail or f"{check.function or 'this'} is not written yet"
    if check.outcome is Outcome.UNREADABLE:
        return detail or "the file that was handed in could not be read"
    if check.outcome is Outcome.WAITING:
        awaited = check.waiting_for
        name = one_line(awaited).rpartition("::")[2] if awaited else "an earlier check"
        return f"not run yet: this waits until {name} passes"
    if check.outcome is Outcome.CRASHED:
        if check.raised is None:
            code = re.search(r"\bexit code (-?\d+)", detail)
            if code is not None:
                return (
                    f"your code ended the whole process, with exit code {code[1]}, "
                    "before it answered: is there a call such as os._exit()?"
                )
            ended = "the process that ran your code ended before it answered"
            return f"{ended} ({detail})" if detail else ended
        return _raised(check.raised)
    if check.outcome is Outcome.OUT_OF_TIME:
        return _within("no answer within", "the time limit", detail)
    if check.outcome is Outcome.OUT_OF_MEMORY:
        return _within("it asks for more than", "the memory allowed", detail)
    if check.outcome is Outcome.REFUSED:
        return f"refused: {detail}" if detail else "refused, so it was not judged"
    if check.outcome is Outcome.GRADER_FAULT:
        return "the grader failed on this check"  # why is for staff, not for here
    if check.outcome is Outcome.NOT_RUN:
        return "this has not been run yet: its points are open"
    mismatch = check.mismatch
    if mismatch is not None:
        if said := lines_of_the_claim(check):
            return "; ".join(said)
        return returned_nothing(check) or clause(mismatch)
    if check.raised is not None:
        return _raised(check.raised)
    return detail or "this does not do what the check promises"


def _after(check: CheckResult) -> str:
    told = leaves_autograd(check)
    if told:
        return f" {told}"
    if check.outcome is Outcome.OUT_OF_TIME and stops_the_file(check):
        return (
            " None of its checks could begin. All code outside of functions runs when "
            "a file is imported: is there a loop without end, or a long training? Move "
            'it into a function, or below `if __name__ == "__main__":`.'
        )
    if check.outcome is Outcome.CRASHED and stops_the_file(check):
        return _outside_of_functions(check)
    if "of waiting" in (check.detail or ""):
        return " It computed nothing in that time: is there a time.sleep()?"
    return {
        Outcome.OUT_OF_TIME: " A loop that never ends?",
        Outcome.OUT_OF_MEMORY: " A tensor much larger than it needs to be?",
        Outcome.REFUSED: " The exercise asks you to do without that.",
        Outcome.GRADER_FAULT: f" {OURS}",
        Outcome.CRASHED: about_the_name(check),
    }.get(check.outcome, "")


def _outside_of_functions(check: CheckResult) -> str:
    """What to do about a call at the top of a file that ends its import."""
    frames = check.raised.frames if check.raised is not None else []
    if len(frames) < 2 or frames[0].file.startswith("cell "):
        return ""
    return (
        f" It was called from line {frames[0].line}, outside of any function, and so "
        "no check of this file could begin. Code that tries something out can go "
        'below `if __name__ == "__main__":`.'
    )


def _raised(raised: Raised) -> str:
    text = f"your code raises {one_line(raised.type, 100)}"
    message = one_line(raised.message, 300)
    if raised.type == "LeftInCode":  # breakpoint() and its like
        return _left_in_code(raised, message)
    if raised.type == "SystemExit":  # exit(), whose message is a status
        text = "your code ends the program, as exit() does,"
        message = "" if message in ("None", "0") else message
    if raised.type == "SystemExit" and not raised.frames:
        text = text.rstrip(",")
    if raised.frames:
        text += f" at {one_line(raised.frames[-1].place, 120)}"
    return f"{text}: {message}" if message else text


def _left_in_code(raised: Raised, text: str) -> str:
    """What to do about a call that only makes sense in front of a terminal."""
    call = text
    if raised.frames:
        text += f" at {one_line(raised.frames[-1].place, 120)}"
    if call.startswith("input"):
        return f"{text}, and nobody answers it here. Take it out"
    return (
        f"{text}. Take it out; to look inside, run the check with `pytest -k` and its "
        "name, where it works"
    )


def _within(begin: str, unnamed: str, detail: str) -> str:
    """The limit where the facts give a number, else the facts as they are."""
    if not detail:
        return f"{begin} {unnamed}"
    importing = re.match(r"importing (\S+): no answer in ([\d.]+ s)(.*)", detail)
    if importing is not None:
        file, limit, place = importing.groups()
        at = place.replace("still ", "")
        return f"{file} was still being imported after {limit}{at}"
    if detail[0].isdigit():
        return f"{begin} {detail}"
    return detail
