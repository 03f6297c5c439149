"""What the option ``--device`` can ask for; read without torch."""

from __future__ import annotations

from typing import Literal

DeviceOption = Literal["cpu", "sim", "cuda", "all"]

# What each choice asks for beside the CPU.
CHOICES: dict[DeviceOption, tuple[str, ...]] = {
    "cpu": (),
    "sim": ("sim",),
    "cuda": ("sim", "cuda"),
    "all": ("sim", "cuda"),
}
USUAL: DeviceOption = "sim"
DEVICE_HELP = (
    "Where checks run beside the CPU: cpu (nowhere), sim (the simulated GPU), cuda, or "
    "all of them."
)
