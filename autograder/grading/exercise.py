"""One exercise of one submission: its checks in two rounds, and what they found."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from autograder.checking.absent import absent_notes
from autograder.checking.cell_faults import blamed, cell_notes
from autograder.checking.finding import Finding, blank_result
from autograder.checking.following import following
from autograder.checking.judging import fault_text, raised_from
from autograder.checking.kernels import Fingerprints, Kernels
from autograder.checking.leaving import left_autograd
from autograder.checking.loading import Check
from autograder.checking.mending import mended_first
from autograder.checking.places import placed, without_lines_of
from autograder.checking.recognising import recognised
from autograder.checking.running import run_checks
from autograder.grading.children import ZygoteError
from autograder.grading.remote import RemoteCaller
from autograder.grading.stand_ins import RIGHT, looked_into
from autograder.sources.refusal import to_look_at, why_refused
from autograder.verdict import CheckResult, Note, Outcome, Raised
from autograder.wording import RAN_ONLY, SAME_BITS, UNCLEAR

if TYPE_CHECKING:
    from autograder.grading.submission import Grading
    from autograder.submissions.intake import Submission

_FINE = (Outcome.PASSED, Outcome.WAITING, Outcome.GRADER_FAULT)


class GradedExercise:
    """One exercise file of one submission, and what its checks have found so far."""

    def __init__(
        self, submission: Submission, grading: Grading, name: str, caller: RemoteCaller
    ) -> None:
        self.name = name
        self._stand_in: str | None = None
        self._submission = submission
        self._grading = grading
        self._checks = grading.solution.checks[name]
        self._caller = caller
        self._found: dict[str, Finding] = {}
        # Not of second runs: there right code stands in for some of the student's.
        self._fingerprints = Fingerprints(grading.solution.kernels(name))
        self._fault = ""
        self._kept: set[str] = set()  # ids of checks that were not run again

    def open(self) -> None:
        """Import its file, before any check of any exercise has run.

        A process in which one has run on a device has traces of it, which an import
        might see.
        """
        if self.name in self._submission.files:
            with self._at_fault(self._checks):
                self._caller.start()

    def run(self, hidden: bool) -> None:
        """Run its visible checks, or its hidden ones."""
        checks = [
            check
            for check in self._checks
            if check.hidden is hidden and check.id not in self._found
        ]
        with self._at_fault(checks):
            for finding in self._judge(checks):
                self._found[finding.check.id] = finding

    @contextmanager
    def _at_fault(self, checks: list[Check]) -> Iterator[None]:
        """Within it an error of ours costs these checks; others go on."""
        try:
            yield
        except ZygoteError:
            raise  # nothing can be graded any more
        except Exception as error:
            for check in checks:
                fault = blank_result(check, Outcome.GRADER_FAULT, fault_text(error))
                self._found.setdefault(check.id, Finding(check, fault))

    def so_far(self) -> list[CheckResult]:
        """The results of its checks, those of checks that have not run included."""
        return [
            self._found[check.id].result
            if check.id in self._found
            else blank_result(check, Outcome.NOT_RUN)
            for check in self._checks
        ]

    def results(self) -> list[CheckResult]:
        """The results of all its checks, in their order, once all have run."""
        source = self._source
        results = [self._found[check.id].result for check in self._checks]
        if self._stand_in:
            ours = [
                *self._stand_in.split(", "),
                *(f"{RIGHT.format(name)}.py" for name in self._grading.exercises),
            ]
            results = [without_lines_of(one, ours) for one in results]
        if not source:
            return results
        faults = self._caller.reported.cells
        results = [
            left_autograd(placed(blamed(one, faults, source), source), source)
            for one in results
        ]
        return mended_first(results, {self.name: source})

    @property
    def _source(self) -> str:
        """Its text, as far as the grader may look things up in it."""
        return looked_into(self._submission.files.get(self.name, ""))

    @property
    def is_faulty(self) -> bool:
        """Whether some check of it was run and did not pass."""
        return bool(self.faulty_functions)

    @property
    def faulty_functions(self) -> set[str]:
        """The functions with checks that were run and did not pass."""
        return {
            check.function
            for check in self._checks
            if check.id in self._found
            and self._found[check.id].result.outcome not in _FINE
        }

    @property
    def tried(self) -> set[str]:
        """The functions that somebody has begun to write."""
        return {
            check.function
            for check in self._checks
            if check.id in self._found
            and self._found[check.id].result.outcome is not Outcome.NOT_ATTEMPTED
        }

    def again(
        self, caller: RemoteCaller, stand_in: str, functions: Collection[str]
    ) -> GradedExercise:
        """The same exercise, with some checks to be run again.

        Args:
            caller: of the submission with right code in place of faulty code.
            stand_in: what was replaced: files, "heads.py", or functions.
            functions: those whose checks are run again, if they did not pass.
        """
        other = GradedExercise(self._submission, self._grading, self.name, caller)
        other._stand_in = stand_in
        other._fingerprints = Fingerprints(Kernels())
        other._found = {
            name: finding
            for name, finding in self._found.items()
            if finding.result.outcome in (Outcome.PASSED, Outcome.GRADER_FAULT)
            or finding.result.function not in functions
        }
        other._kept = set(other._found)
        other.open()
        return other

    def lost_by(self, other: GradedExercise) -> bool:
        """Whether its file cannot be imported, and could in ``other``.

        A right module has the names that it should have. Who gave one of them another
        name, and imports it by that, keeps the module that has it.
        """
        return not self._is_imported and other._is_imported

    @property
    def _is_imported(self) -> bool:
        return self._caller.broken is None and self._caller.ended is None

    def notes(self) -> list[Note]:
        """What a person may want to know beside the results."""
        used = ", ".join(sorted(self._caller.reported.used))
        seen = f"{self.name}.py was seen to call {used} while it ran. It is not scored."
        libraries = self._grading.solution.assignment.libraries
        found = absent_notes(self._caller.reported.absent, libraries)
        found += [Note(RAN_ONLY, seen)] if used else []
        functions = dict.fromkeys(check.function for check in self._checks)
        unclear = to_look_at(self._caller.reported.forbidden, functions)
        found += [Note(UNCLEAR, f"{self.name}: {text}") for text in unclear]
        found += cell_notes(self._caller.reported.cells, self._source)
        found += [Note(SAME_BITS, f"{self.name}: {text}") for text in self._same_bits()]
        if self._fault:
            text = f"{self.name}: what is wrong could not be named ({self._fault})."
            found.append(Note("unnamed", text))
        return found

    def _same_bits(self) -> Iterator[str]:
        """Which functions answer what a forbidden kernel does, to the last bit."""
        solution, seed = self._grading.solution, self._grading.seed
        for found in self._fingerprints.all:
            if found.is_whole and solution.tells(
                self.name, found.function, found.kernel, seed
            ):
                yield (
                    f"{found.function}'s answers are those of {found.kernel}, bit for "
                    f"bit, in {found.same} of {found.seen} tensors. It is not scored."
                )

    def recognise(self) -> None:
        """Name what is wrong, from all that was found, while its code can be asked."""
        findings = [self._found[check.id] for check in self._checks]
        grading = self._grading
        try:
            hybrid = grading.solution.hybrid(self.name, grading.seed)
            follow = None
            if hybrid is not None:
                follow = partial(
                    following, source=self._source, caller=self._caller, hybrid=hybrid
                )
            # What was kept is not named again, and speaks against what it does not do.
            for finding in recognised(findings, grading.lookalikes, follow):
                check = finding.check
                if check.id in self._kept:
                    continue
                result = replace(finding.result, stand_in=self._stand_in)
                result = grading.reference_work.beside(check, result)
                self._found[check.id] = Finding(check, result, ran=finding.ran)
        except ZygoteError:
            raise
        except Exception as error:  # ours; what was found stays found
            self._fault = fault_text(error)

    def _judge(self, checks: list[Check]) -> Iterator[Finding]:
        source = self._submission.files.get(self.name)
        if source is None:
            problem = self._submission.problems.get(self.name)
            detail = problem.text if problem else f"{self.name}.py is not there"
            unread = problem is not None and problem.is_unread
            outcome = Outcome.UNREADABLE if unread else Outcome.NOT_ATTEMPTED
            return self._all(checks, outcome, detail=detail)
        caller = self._caller
        if caller.ended is not None:
            return self._all(checks, caller.ended.outcome, detail=caller.ended.detail)
        if caller.broken is not None:
            raised = raised_from(caller.broken)
            return self._all(checks, Outcome.CRASHED, raised=raised)

        def refused(check: Check) -> str | None:
            return why_refused(caller.reported.forbidden, check.function)

        return run_checks(
            checks,
            caller,
            self._grading.seed,
            refused,
            devices=self._grading.devices,
            passed=self._passed(),
            reference=self._grading.reference_work,
            look=self._fingerprints.look,
        )

    def _passed(self) -> list[str]:
        return [
            check.name
            for check in self._checks
            if check.id in self._found
            and self._found[check.id].result.outcome is Outcome.PASSED
        ]

    def _all(
        self,
        checks: list[Check],
        outcome: Outcome,
        detail: str | None = None,
        raised: Raised | None = None,
    ) -> Iterator[Finding]:
        for check in checks:
            result = replace(blank_result(check, outcome, detail), raised=raised)
            yield Finding(check, result)
