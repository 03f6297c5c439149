"""The exercises of one submission in one process, one of them in use at a time.

Each has its own copies of the submission's modules, as if it were alone here, and what
it forbids is watched only while its code runs.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType

from autograder import simulated
from autograder.executor.answering import Answering
from autograder.executor.drawing import draw_from_the_start
from autograder.executor.extra_calls import ExtraCalls
from autograder.protocol.exceptions import Thrown, thrown_facts
from autograder.worker.surroundings import Surroundings
from autograder.worker.used_names import Watch


class Exercises:
    """Those of a submission whose modules the import system finds by ``sources``.

    Args:
        modules: names of the submission's modules.
        sources: file names as in tracebacks, and the names to show for them.
        forbidden: what each exercise forbids.
        right: names that get what another module has under them, once an exercise is
            imported: that module, by name.
        one_dnn: exercises with float32 calls that run with oneDNN.
    """

    def __init__(
        self,
        modules: Collection[str],
        sources: dict[str, str],
        forbidden: Mapping[str, Sequence[str]],
        right: Mapping[str, str],
        one_dnn: Collection[str] = (),
    ) -> None:
        self._modules = modules
        self._right = right
        self._one_dnn = one_dnn
        self._sources = sources
        self._forbidden = forbidden
        self._opened: dict[str, _Opened] = {}
        self._current: _Opened | None = None
        self._surroundings = Surroundings()
        self._spoilt: list[str] = []
        self._registered = False

    @property
    def answering(self) -> Answering:
        """The exercise in use, ready to be called."""
        if self._current is None or self._current.answering is None:
            raise RuntimeError("no exercise is in use")
        return self._current.answering

    def leave(self) -> list[str]:
        """Leave the exercise in use; return what its code has changed for others."""
        if self._current is None:
            return []
        self._current.leave(self._modules)
        self._current = None
        return self._spoilt + self._surroundings.changes(self._modules)

    def register_device(self) -> None:
        """Make the simulated device, which changes torch for all; that is ours to do.

        It is made when a call needs it: until then code on the CPU sees no trace of it.
        """
        if self._registered or simulated.available() is not None:
            return
        self._registered = True
        with self._unwatched():
            self._spoilt = self._surroundings.changes(self._modules)
            simulated.register()
            self._surroundings = Surroundings(anew=True)

    @contextmanager
    def _unwatched(self) -> Iterator[None]:
        if self._current is None:
            yield
            return
        self._current.watch.off()
        yield
        self._current.watch.on()

    def use(self, name: str) -> Thrown | None:
        """Import an exercise's module, or come back to it; what its import raised.

        The one in use has been left before.
        """
        if name in self._opened:
            self._current = self._opened[name]
            self._current.come_back()
            return None
        self._current = opened = _Opened(Watch(self._forbidden.get(name, ())))
        opened.watch.on()
        draw_from_the_start()
        try:
            module = importlib.import_module(name)
            for function, source in self._right.items():
                setattr(
                    module, function, getattr(importlib.import_module(source), function)
                )
            opened.answering = Answering(module, self._sources)
        except BaseException as error:
            return thrown_facts(error, self._sources)
        opened.answering.one_dnn = name in self._one_dnn
        # A notebook's other cells run at import; calls are what counts.
        opened.watch.used.clear()
        opened.answering.used = opened.watch.used
        # What its import has set for all of torch is undone here as well: after a new
        # import, no check that begins says so again.
        opened.answering.forget()
        if opened.watch.has_operators:
            opened.answering.extra = ExtraCalls(opened.watch.operators_of)
        self._opened[name] = opened
        return None


class _Opened:
    """One exercise, with its modules while it is not in use."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.answering: Answering | None = None
        self._aside: dict[str, ModuleType] = {}

    def leave(self, names: Collection[str]) -> None:
        self.watch.off()
        if self.answering is not None:
            self.answering.forget()  # what it has set for all of torch as well
        self._aside = {n: sys.modules.pop(n) for n in names if n in sys.modules}

    def come_back(self) -> None:
        self.watch.on()
        sys.modules.update(self._aside)
        self._aside = {}
        draw_from_the_start()
