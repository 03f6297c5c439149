"""What the grader tells its zygote when it starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from autograder.sandbox import Isolation, ProcessLimits

SERVE = "autograder.worker.child:serve"
FIRST_USER = 60100  # between Debian's and systemd's, and inside a rootless container's
_LAST_FIRST_USER = 65534 - 1024


@dataclass(frozen=True)
class Settings:
    """One zygote's settings; they travel as JSON on its command line."""

    limits: ProcessLimits
    isolation: Isolation = "auto"
    lines: list[int] = field(default_factory=list)  # descriptors, one for each job
    parent: int | None = None  # die with this process
    first_user: int = FIRST_USER
    readable: list[str] = field(default_factory=list)  # beside the libraries
    paths: list[str] = field(default_factory=list)  # where ours and torch are found
    serve: str = SERVE  # "module:function", called with the channel in each child

    def __post_init__(self) -> None:
        if not 0 < self.first_user <= _LAST_FIRST_USER:
            raise ValueError(
                f"first_user is {self.first_user}; it must lie between 1 and "
                f"{_LAST_FIRST_USER}, since 1024 users from there on are the children's"
            )

    def to_json(self) -> str:
        """The settings as one argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read what `to_json` wrote."""
        document = json.loads(text)
        return cls(**{**document, "limits": ProcessLimits(**document["limits"])})
