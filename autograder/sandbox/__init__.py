"""What a process gives up before it runs code that nobody has read.

Imports nothing of autograder's own. On Linux all layers are tried; elsewhere a child
keeps its resource limits and closed descriptors, and the rest is reported as absent.
"""

from __future__ import annotations

from .container import within_container
from .kernel import adopt_orphans, children, die_with_parent, forbid_inspection
from .limits import ProcessLimits, be_the_first_to_end
from .prepared import ISOLATIONS, Isolation, Prepared, missing, prepare
from .written_files import breach, make_folder, make_root, remove_folder

__all__ = [
    "ISOLATIONS",
    "Isolation",
    "Prepared",
    "ProcessLimits",
    "adopt_orphans",
    "be_the_first_to_end",
    "breach",
    "children",
    "die_with_parent",
    "forbid_inspection",
    "make_folder",
    "make_root",
    "missing",
    "prepare",
    "remove_folder",
    "within_container",
]
