"""Run an act in a sandboxed child of a fresh, small process."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder import sandbox

# ``act`` is defined by the test's code and its return value comes back; ``prepared``
# may be changed by the test's code between preparation and fork.
_HARNESS = """
import dataclasses, json, os, sys
sys.path[:0] = json.loads(sys.argv[1])
from sandbox import ProcessLimits, kernel, landlock, prepare, seccomp
from sandbox import prepared as module

user = 60098 if os.geteuid() == 0 else None
libraries = [path for path in sys.path if os.path.exists(path)]
prepared = prepare(ProcessLimits(256, 5), libraries, "auto", user)
{code}
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    try:
        layers = prepared.enter({{writer}}, user)
        try:
            result = act()
        except BaseException as error:
            result = f"{{type(error).__name__}}: {{error}}"
        os.write(writer, json.dumps([layers, result]).encode())
    finally:
        os._exit(0)
os.close(writer)
with os.fdopen(reader) as answer:
    text = answer.read()
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(text or json.dumps([[], f"ended with {{status}}"]))
"""

Act = Callable[[str], tuple[list[str], object]]


@pytest.fixture(scope="session")
def sandbox_paths() -> str:
    """Where a fresh process finds the sandbox and pyseccomp, as a JSON list."""
    paths = [Path(sandbox.__file__).parent.parent]
    spec = find_spec("pyseccomp")
    if spec is not None and spec.origin is not None:
        paths.append(Path(spec.origin).parent)
    return json.dumps([str(path) for path in paths])


@pytest.fixture
def in_sandbox(tmp_path: Path, sandbox_paths: str) -> Act:
    """Give a function that runs code, which defines ``act``, and returns its answer."""

    def run(code: str) -> tuple[list[str], object]:
        script = _HARNESS.format(code=textwrap.dedent(code))
        done = subprocess.run(
            [sys.executable, "-I", "-c", script, sandbox_paths],
            capture_output=True,
            text=True,
            timeout=30,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        layers, result = json.loads(done.stdout)
        return layers, result

    return run
