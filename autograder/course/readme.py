"""The README.md that students find in an assignment's folder."""

from __future__ import annotations

from collections.abc import Mapping

from autograder.course.assignment import (
    HANDOUT,
    USUAL_LIBRARIES,
    WORKSHEET,
    Assignment,
    HiddenSummary,
)


def student_readme(
    assignment: Assignment,
    hidden: Mapping[str, HiddenSummary],
    *,
    has_handout: bool,
    has_hints: bool = False,
    wheel: str | None = None,
) -> str:
    """How to install, check and hand in, as Markdown.

    ``wheel`` is the name of the wheel that lies beside it, in a release.
    """
    modules = [f"`{exercise}.py`" for exercise in assignment.exercises]
    worksheet = [f"`{WORKSHEET}`"] if assignment.has_worksheet else []
    sections = [
        f"# {assignment.title}",
        _START.format(
            handout=f"Begin with [{HANDOUT}]({HANDOUT}). " if has_handout else "",
            files=_joined(modules),
            worksheet=f" Write your answers into {worksheet[0]}." if worksheet else "",
        ),
        _INSTALL.format(wheel=wheel, more=_words(more_libraries(assignment)))
        if wheel
        else _INSTALL_IN_A_CLONE,
        _CHECK.format(
            exercise=assignment.exercises[0],
            hint=_HINT.format(exercise=assignment.exercises[0]) if has_hints else "",
        ),
        _AROUND.format(libraries=_joined(["Python's own", *_named(assignment)])),
        _hidden_sentence(hidden),
        _HAND_IN.format(files=_joined(modules + worksheet)),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _named(assignment: Assignment) -> list[str]:
    return [f"`{name}`" for name in assignment.libraries]


def _words(names: list[str]) -> str:
    return "".join(f" {name}" for name in names)


def more_libraries(assignment: Assignment) -> list[str]:
    """What autograder itself does not bring along."""
    return [name for name in assignment.libraries if name not in USUAL_LIBRARIES]


def _hidden_sentence(hidden: Mapping[str, HiddenSummary]) -> str:
    checks = sum(entry.checks for entry in hidden.values())
    points = sum(entry.points for entry in hidden.values())
    if not checks:
        return ""
    one = checks == 1
    return (
        f"{checks} more {'check is' if one else 'checks are'} hidden until grading "
        f"({points:g} {'point' if points == 1 else 'points'}). "
        f"{'It holds' if one else 'They hold'} you to the same promises, "
        "on inputs that you have not seen."
    )


_START = """\
{handout}You write {files}: replace each `raise NotImplementedError(...)` by your \
own code.{worksheet} The `test_` files hold the checks; read them as often as you \
like and leave them as they are, since grading brings its own."""

# Never the bare name: what an index has under it may be somebody else's.
_INSTALL = """\
## Install

Once, in this folder, with Python 3.10 or newer:

```
python3 -m venv .venv            # on Windows: py -m venv .venv
source .venv/bin/activate        # on Windows: .venv\\Scripts\\activate
pip install ./{wheel}{more}
```

This brings PyTorch along, which takes minutes and gigabytes. On a computer without a
GPU you can save most of both: before the last line, run the `pip install torch` line
that PyTorch's install page gives for CPU.

VS Code can do all this in a container: open this folder in it, and let it reopen the
folder in the container that `.devcontainer` describes."""

_INSTALL_IN_A_CLONE = """\
## Install

Once, in the repository that this folder is part of, with Python 3.10 or newer:

```
make setup
source .venv/bin/activate
```

Then come back to this folder. PyTorch comes along, which takes minutes and
gigabytes."""

_HINT = "autograder hint {exercise:<19} # one hint, and a further one each time\n"

_CHECK = """\
## Check your work

```
autograder check                    # all exercises
autograder check {exercise}
autograder check --watch            # again, each time you save a file
{hint}```

Does the terminal answer `command not found`? In a new terminal, activate `.venv` \
again, with the line above.

Nothing is sent anywhere, and you may check as often as you like. `pytest` runs the \
same checks, with breakpoints where you want them."""

_AROUND = """\
## What your code may use

The libraries {libraries}, and modules that you write yourself and hand in. Nothing \
else is there when your code is checked, at home or in grading, even if you have it \
installed: an import of it may stay, but calling it is an error. Your code runs in an \
empty folder of its own, with the data files beside it that you hand in; it may write \
a little there, and what it writes is thrown away. It has no network, starts no other \
program, and nobody answers `input()`."""

_HAND_IN = """\
## Hand in

Hand in {files}, or all of them in one zip file. A file that is not finished may stay \
as it is: it costs its own points and no others. Leave \
`.venv` out of the zip."""
