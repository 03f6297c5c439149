"""The end of a check: what its body may have passed over."""

from __future__ import annotations

from autograder.checking.boundary import as_exception
from autograder.checking.callers import Missing
from autograder.checking.case import CaseRun
from autograder.checking.comparing import arguments_untouched
from autograder.checking.judging import is_unwritten


def look_back(case: CaseRun) -> None:
    """Every call of a check that came to its end was of code that is written.

    ``pytest.raises(RuntimeError)`` takes the NotImplementedError of a stub for an
    answer. And no call, not even one that raised, changed an argument.

    Raises:
        Differs: an argument was changed.
        Missing: the student's file lacks what was called.
        NotImplementedError: what was called is a stub.
    """
    __tracebackhide__ = True
    for event in case.events:
        if event.answer.missing is not None:
            raise Missing(event.function, event.answer.missing)
        thrown = event.answer.thrown
        if thrown is not None and is_unwritten(thrown):
            raise as_exception(thrown)
    arguments_untouched(case)
