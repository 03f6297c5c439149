"""What a member of staff should look at before marks go out."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.clean import one_line
from autograder.wording.numbers import is_open
from autograder.wording.outcomes import ASK_FOR_A_LOOK, face, needs_attention

NOT_READ = "not_read"  # kinds of notes: nothing of the submission could be read, ...
AMBIGUOUS = "ambiguous"  # ... or of one file, which of several counts
UNCLEAR = "unclear_names"  # whether a forbidden name is used, reading cannot tell
RAN_ONLY = "ran_only"  # a call was seen that the exercise forbids, and reading was not
SAME_BITS = "same_bits"  # a function answers what one that is forbidden does
LESS_MEMORY = "less_memory"  # than the assignment allows, and a check was out of it

_KINDS = (NOT_READ, AMBIGUOUS, RAN_ONLY, SAME_BITS, UNCLEAR, LESS_MEMORY)
_WHOLE = 1000  # characters of a reason; file names are the longest part of it


@dataclass(frozen=True)
class Reason:
    """One reason to look at a submission."""

    short: str  # "2 refused", for a table
    text: str  # "refused, pooling: max_pool2d is your own (it uses torch.amax)"


def attention(verdict: Verdict) -> list[Reason]:
    """Why to look at a submission, gravest first; empty where nothing calls for it."""
    notes = {
        kind: [
            one_line(note.text, _WHOLE) for note in verdict.notes if note.kind == kind
        ]
        for kind in _KINDS
    }
    found = [Reason("not read", f"not read: {text}") for text in notes[NOT_READ]]
    if unclear := notes[AMBIGUOUS]:
        short = f"{len(unclear)} ambiguous"
        found.append(Reason(short, f"ambiguous: {' '.join(unclear)}"))
    for outcome in ASK_FOR_A_LOOK:
        checks = [c for c in verdict.checks if c.outcome is outcome]
        if outcome is Outcome.UNREADABLE:
            told = " ".join([*notes[NOT_READ], *notes[AMBIGUOUS]])
            found += _unread(checks, told)
        elif checks:
            short = f"{len(checks)} {outcome.value}"
            told = _each_once(checks) or f"{_about(checks[0])}{_more(checks)}"
            found.append(Reason(short, told))
    # Its text holds names of torch's and of the exercise, and nothing of the code's.
    found += [Reason("seen to call", text) for text in notes[RAN_ONLY]]
    found += [Reason("same bits", text) for text in notes[SAME_BITS]]
    found += [Reason("unclear names", text) for text in notes[UNCLEAR]]
    found += [Reason("less memory", text) for text in notes[LESS_MEMORY]]
    if not notes[NOT_READ] and _earns_nothing(verdict):
        found.append(Reason("no points", "no points for anything"))
    return found


def _unread(checks: list[CheckResult], told: str) -> list[Reason]:
    """Each file that could not be read, unless it is told of already."""
    files: dict[str, str] = {}
    for check in checks:
        why = one_line(check.detail or "it could not be read", _WHOLE)
        if why not in told and not (check.hidden and check.detail is None):
            files.setdefault(check.exercise, why)
    if not files:
        return []
    named = "; ".join(f"{exercise}: {why}" for exercise, why in files.items())
    return [Reason(f"{len(files)} not readable", f"not readable, {named}")]


def _earns_nothing(verdict: Verdict) -> bool:
    decided = verdict.checks and not any(map(is_open, verdict.checks))
    return bool(decided and verdict.max_points and not verdict.points)


def _each_once(checks: list[CheckResult]) -> str:
    """Every rule that refused checks have broken, each with their number."""
    details: dict[tuple[str, str], int] = {}
    for check in checks:
        if check.outcome is not Outcome.REFUSED or check.detail is None:
            return ""
        told = one_line(check.exercise, 60), one_line(check.detail, _WHOLE)
        details[told] = details.get(told, 0) + 1
    listed = "; ".join(
        f"{exercise}: {detail} ({counted(number, 'check')})"
        for (exercise, detail), number in details.items()
    )
    return f"{face(checks[0].outcome).word}, {listed}"


def _about(check: CheckResult) -> str:
    assert needs_attention(check)
    why = f" ({one_line(check.detail)})" if check.detail else ""
    place = f"{check.exercise}: {one_line(check.promise)}"
    return f"{face(check.outcome).word}, {place}{why}"


def _more(found: list[CheckResult]) -> str:
    return f" and {len(found) - 1} more" if len(found) > 1 else ""
