"""A verdict is data: what each check found, in facts. No torch, no sentences, no HTML.

Its JSON form is `verdict_file.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Outcome(str, Enum):
    """How a check ended. Only PASSED earns points."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    UNREADABLE = "unreadable"  # handed in, and could not be read, parsed or imported
    WAITING = "waiting"
    CRASHED = "crashed"
    OUT_OF_TIME = "out_of_time"
    OUT_OF_MEMORY = "out_of_memory"
    REFUSED = "refused"
    GRADER_FAULT = "grader_fault"
    NOT_RUN = "not_run"  # while grading goes on, or where it was cut off


@dataclass(frozen=True)
class Call:
    """The call that a finding is about, so that a student can type it again."""

    text: str  # "conv2d(x, weight, stride=2)"
    arguments: dict[str, str] = field(default_factory=dict)  # x: "float64[2, 3, 9, 8]"
    # What other names in the text stand for: layers: "[{'type': 'conv', ...}]".
    values: dict[str, str] = field(default_factory=dict)
    # Small arguments whole, as rows of texts, by name.
    grids: dict[str, list[list[str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class SmallArray:
    """Both sides of a small array, whole, as text; one slice of a larger one.

    ``expected`` and ``got`` are rows of texts and may differ in size; ``wrong`` are the
    places [row, column] of ``got`` that differ; ``at`` are the leading indices of the
    slice shown, empty where all is shown.
    """

    expected: list[list[str]]
    got: list[list[str]]
    wrong: list[list[int]] = field(default_factory=list)
    at: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Mismatch:
    """Where an answer parts from the truth.

    ``kind`` is one of ``value shape dtype type structure changed_input not_repeatable
    no_gradient device work causality exception assertion``. Numbers in previews are
    already text.
    """

    kind: str
    of: str  # "the output", "the gradient of weight", "output[1]"
    expected: str  # "float64[2, 3, 4]", "7", "a Tensor", "ValueError"
    got: str
    expected_preview: list[str] = field(default_factory=list)
    got_preview: list[str] = field(default_factory=list)
    differing: int | None = None  # how many values differ ...
    total: int | None = None  # ... of how many
    where: list[int] | None = None  # index of the largest error
    error: float | None = None  # the largest error; None where it is not finite
    allowed: float | None = None
    grid: SmallArray | None = None  # of an array that is small enough to be shown
    calls: list[int] | None = None  # of many calls: how many are wrong, of how many
    # "float32" where wrong values are right to its rounding; "float32 values" where
    # each of them is a number that float32 holds, too.
    digits: str | None = None


@dataclass(frozen=True)
class Remark:
    """What a check accepted although another check asks for more.

    ``kind`` is ``dtype`` (another one), ``digits`` (right to float32's rounding only),
    ``type`` (a list for a tuple, 3.0 for 3) or ``changed_input`` (an argument was).
    """

    kind: str
    of: str  # "the output", "the gradient of weight"
    expected: str
    got: str


@dataclass(frozen=True)
class Relation:
    """Something that holds exactly between a wrong answer and the right one.

    ``kind`` names it, such as ``factor``; ``facts`` are its particulars, as text.
    docs/verdict.md lists the kinds.
    """

    kind: str
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """One line of the student's own code in a traceback."""

    file: str  # "convolution.py", or "cell 6" of a notebook
    line: int
    function: str
    text: str

    @property
    def place(self) -> str:
        """``convolution.py:15``, or ``cell 6, line 1`` in a notebook."""
        between = ", line " if self.file.startswith("cell ") else ":"
        return f"{self.file}{between}{self.line}"


@dataclass(frozen=True)
class Raised:
    """An exception out of student code; ``frames`` hold the student's lines only."""

    type: str  # "ValueError"
    message: str
    frames: list[Frame] = field(default_factory=list)


@dataclass(frozen=True)
class Idea:
    """The classic mistake whose observed behaviour equals the student's."""

    name: str  # "flips_the_kernel"
    sentence: str  # "a true convolution: the kernel is flipped"
    question: str  # "does conv2d in torch flip its kernel?"


@dataclass(frozen=True)
class Work:
    """What one call took on a device that counts. Information: it earns no points."""

    function: str  # "conv2d"
    operators: int  # that compute something
    peak_bytes: int  # the most memory at a time, its inputs aside
    reference_operators: int | None = None  # of the reference solution's call
    reference_bytes: int | None = None


@dataclass(frozen=True)
class CheckResult:
    """What one check found, over all its cases and settings."""

    id: str  # "convolution::test_agrees_with_torch"
    exercise: str  # "convolution"
    function: str  # "conv2d"
    promise: str  # the check's docstring
    outcome: Outcome
    points: float
    max_points: float
    hidden: bool = False
    setting: str | None = None  # the first setting that failed, "cpu float32"
    case: str | None = None  # the parametrised case that failed, "stride=2-padding=1"
    message: str | None = None  # one paragraph, made by wording.py from the facts
    call: Call | None = None
    mismatch: Mismatch | None = None
    raised: Raised | None = None
    idea: Idea | None = None
    waiting_for: str | None = None  # id of the check that this one waits for
    detail: str | None = None  # by outcome, see docs/verdict.md
    hint: str | None = None  # written by the author of the check
    look_at: str | None = None  # "convolution.py:15"
    printed: str | None = None  # by the student's code, cut to 2000 characters
    work: Work | None = None  # of a check that passed on a device that counts
    remarks: list[Remark] = field(default_factory=list)  # accepted all the same
    relations: list[Relation] = field(default_factory=list)  # where no idea matches
    follows: str | None = None  # the function whose fault makes this check fail
    stand_in: str | None = None  # what was replaced: "heads.py", or functions
    # At home: a function or file that the code uses, whose own checks fail as well.
    mend_first: str | None = None

    @property
    def diagnosis(self) -> str | None:
        """The name of the mistake that this answer equals, or None."""
        return self.idea.name if self.idea else None


@dataclass(frozen=True)
class WrittenAnswer:
    """An answer on the worksheet that a person grades."""

    id: str
    prompt: str
    max_points: float
    answer: str
    points: float | None = None  # as that person has it; None: not graded yet
    comment: str = ""  # of that person, for the student


@dataclass(frozen=True)
class Withheld:
    """Hidden checks of one exercise that did not run here: they run after hand-in."""

    checks: int
    points: float


@dataclass(frozen=True)
class Note:
    """Something about the whole submission that its student should read."""

    kind: str  # "intake", "syntax", "ran_only", ...
    text: str


@dataclass(frozen=True)
class Person:
    """Somebody whose work it is, as a platform's export tells it; for staff only."""

    name: str
    platform: str = ""  # that told it: "canvas", "gradescope", "moodle"
    id: str = ""  # the platform's own number of the person
    sid: str = ""  # the school's
    email: str = ""


@dataclass(frozen=True)
class Verdict:
    """All that is known about one submission to one assignment."""

    assignment: str
    student: str
    seed: int
    checks: list[CheckResult]
    isolation: list[str] = field(default_factory=list)  # layers that held
    settings: list[str] = field(default_factory=list)  # settings that were run
    settings_skipped: dict[str, str] = field(default_factory=dict)  # and why not
    written: list[WrittenAnswer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    withheld: dict[str, Withheld] = field(default_factory=dict)  # by exercise
    submission_digest: str = ""  # SHA-256 over names and contents of the graded files
    course_digest: str = ""  # SHA-256 over the checks and settings used
    origin: str = ""  # the entry's name, as a platform gave it
    seconds: float = 0.0  # wall time; the only field that differs between equal runs
    title: str = ""  # the assignment's, "Convolutional networks"
    people: list[Person] = field(default_factory=list)  # several where a group worked

    @property
    def heading(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.assignment

    @property
    def points(self) -> float:
        """Points earned, those that a person has given to written answers included."""
        checks = sum(check.points for check in self.checks)
        return checks + sum(answer.points or 0 for answer in self.written)

    @property
    def max_points(self) -> float:
        """Points to be had; those of a written answer once it is graded."""
        checks = sum(check.max_points for check in self.checks)
        graded = [answer for answer in self.written if answer.points is not None]
        return checks + sum(answer.max_points for answer in graded)

    def exercises(self) -> dict[str, list[CheckResult]]:
        """The checks by exercise, in the order in which they were run."""
        found: dict[str, list[CheckResult]] = {}
        for check in self.checks:
            found.setdefault(check.exercise, []).append(check)
        return found


def points_text(points: float) -> str:
    """``3`` for 3.0 and ``2.5`` for 2.5."""
    return f"{points:g}"


def totals(checks: Iterable[CheckResult]) -> tuple[float, float]:
    """Points earned and points to be had over some checks."""
    chosen = list(checks)
    return sum(c.points for c in chosen), sum(c.max_points for c in chosen)
