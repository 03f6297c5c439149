"""Which devices a run asks for, which of them are here, and what runs where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.checking.case import SETTINGS
from autograder.checking.device_option import CHOICES, DeviceOption

if TYPE_CHECKING:
    from autograder.checking.loading import Check


@dataclass(frozen=True)
class Devices:
    """The devices of a run beside the CPU, and why others are not among them."""

    here: tuple[str, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)

    @classmethod
    def asked(cls, choice: DeviceOption) -> Devices:
        """Those of a choice of ``--device`` that this machine has."""
        wanted = CHOICES[choice]
        absent = {} if wanted else {"sim": "--device cpu leaves it out"}
        for device in wanted:
            reason = _why_not(device)
            if reason is not None:
                absent[device] = reason
        here = tuple(device for device in wanted if device not in absent)
        return cls(here, absent)

    def without(self, device: str, reason: str) -> Devices:
        """These devices, less one that turned out not to work."""
        here = tuple(name for name in self.here if name != device)
        return Devices(here, {**self.absent, device: reason})

    def settings(self, names: Iterable[str]) -> tuple[str, ...]:
        """The settings in which a check for these settings runs.

        Whatever it is for, it runs on CUDA too, where CUDA is asked for and here. One
        that is for the simulated GPU alone, and has no GPU at all, runs on the CPU: its
        points must not come from having run nothing.
        """
        chosen = [SETTINGS[name] for name in names]
        found = {s.name for s in chosen if s.device == "cpu" or s.device in self.here}
        if "cuda" in self.here:
            found |= {_elsewhere("cuda", name) for name in names}
        if not found:
            found = {_elsewhere("cpu", name) for name in names}
        return tuple(name for name in SETTINGS if name in found)

    def skipped(self, names: Iterable[str]) -> dict[str, str]:
        """The settings that such checks miss here, each with its reason."""
        names = list(names)
        missed: dict[str, str] = {}
        if "sim" in self.absent:
            simulated = [name for name in names if SETTINGS[name].device == "sim"]
            missed |= dict.fromkeys(simulated, self.absent["sim"])
        if "cuda" in self.absent:
            twins = {_elsewhere("cuda", name) for name in names}
            reason = self.absent["cuda"]
            missed |= dict.fromkeys(twins, reason)
        return {name: missed[name] for name in SETTINGS if name in missed}

    def report(self, checks: Iterable[Check]) -> tuple[list[str], dict[str, str]]:
        """The settings in which some of the checks run, and those that they miss."""
        checks = list(checks)
        run = {name for check in checks for name in self.settings(check.settings)}
        missed = self.skipped(name for check in checks for name in check.settings)
        return [name for name in SETTINGS if name in run], missed


ON_THE_CPU = Devices()


def _elsewhere(device: str, name: str) -> str:
    """The setting with the same dtype on another device."""
    return f"{device} {name.partition(' ')[2]}"


def _why_not(device: str) -> str | None:
    """Why a device is not to be had here, or None."""
    if device == "sim":
        from autograder.simulated import available

        return available()
    from autograder.executor.cuda import find_gpu

    found = find_gpu()
    return found if isinstance(found, str) else None
