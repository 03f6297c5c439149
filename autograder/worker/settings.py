"""What the grader tells its zygote when it starts it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from autograder.sandbox import Isolation, Limits

SERVE = "autograder.worker.child:serve"
FIRST_USER = 60100  # between Debian's and systemd's, and inside a rootless container's


@dataclass(frozen=True)
class Settings:
    """One zygote's settings; they travel as JSON on its command line."""

    limits: Limits
    isolation: Isolation = "auto"
    lines: list[int] = field(default_factory=list)  # descriptors, one for each job
    parent: int | None = None  # die with this process
    first_user: int = FIRST_USER
    readable: list[str] = field(default_factory=list)  # beside the libraries
    paths: list[str] = field(default_factory=list)  # where ours and torch are found
    serve: str = SERVE  # "module:function", called with the channel in each child

    def to_json(self) -> str:
        """The settings as one argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """Read what `to_json` wrote."""
        document = json.loads(text)
        return cls(**{**document, "limits": Limits(**document["limits"])})
