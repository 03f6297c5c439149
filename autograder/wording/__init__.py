"""The only place where facts become sentences.

Renderers lay out what is made here; they make no sentences about checks of their own.
"""

from autograder.wording.attention import (
    AMBIGUOUS,
    LESS_MEMORY,
    NOT_READ,
    RAN_ONLY,
    SAME_BITS,
    UNCLEAR,
    Reason,
    attention,
)
from autograder.wording.clean import cut, one_line, plain, whole_sentences
from autograder.wording.device_sentences import left_out, work_text
from autograder.wording.fixes import Fix, fixes
from autograder.wording.folding import Unwritten, folded, untouched
from autograder.wording.grid_lines import (
    Block,
    GridShown,
    beside,
    grid_lines,
    grid_shown,
    inputs_shown,
)
from autograder.wording.hidden import NotJudged, with_not_judged
from autograder.wording.numbers import (
    answer_line,
    earned_text,
    is_open,
    is_ours,
    joined,
    of_points,
    points_of,
)
from autograder.wording.outcomes import Face, face, needs_attention
from autograder.wording.paragraphs import message_for, setting_text
from autograder.wording.remarks import is_plainly_passed, told_of_passed
from autograder.wording.repeating import is_said_before, same_as_before
from autograder.wording.rows import (
    CallShown,
    Row,
    call_shown,
    finding,
    repeat_call,
    repeat_command,
    rows,
)
from autograder.wording.sections import section_lines
from autograder.wording.steps import (
    EVERY,
    VERSIONS,
    exercise_line,
    next_steps,
    score_line,
)
from autograder.wording.student_view import for_student
from autograder.wording.titles import title_of

__all__ = [
    "AMBIGUOUS",
    "EVERY",
    "LESS_MEMORY",
    "NOT_READ",
    "RAN_ONLY",
    "SAME_BITS",
    "UNCLEAR",
    "VERSIONS",
    "Block",
    "CallShown",
    "Face",
    "Fix",
    "GridShown",
    "NotJudged",
    "Reason",
    "Row",
    "Unwritten",
    "answer_line",
    "attention",
    "beside",
    "call_shown",
    "cut",
    "earned_text",
    "exercise_line",
    "face",
    "finding",
    "fixes",
    "folded",
    "for_student",
    "grid_lines",
    "grid_shown",
    "inputs_shown",
    "is_open",
    "is_ours",
    "is_plainly_passed",
    "is_said_before",
    "joined",
    "left_out",
    "message_for",
    "needs_attention",
    "next_steps",
    "of_points",
    "one_line",
    "plain",
    "points_of",
    "repeat_call",
    "repeat_command",
    "rows",
    "same_as_before",
    "score_line",
    "section_lines",
    "setting_text",
    "title_of",
    "told_of_passed",
    "untouched",
    "whole_sentences",
    "with_not_judged",
    "work_text",
]
