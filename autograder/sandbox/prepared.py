"""The layers, decided once where children are forked and entered in each child."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from . import identity, kernel, landlock, seccomp
from .limits import FILE_BYTES, ProcessLimits, limit_processes, limit_resources

Isolation = Literal["strict", "auto", "none"]
ISOLATIONS: tuple[Isolation, ...] = get_args(Isolation)


@dataclass(frozen=True)
class Prepared:
    """What this machine allows, ready to be entered by any number of children."""

    limits: ProcessLimits
    isolation: Isolation
    parent: int  # the process that forks the children, and with which they die
    rules: int | None = None  # descriptor of the Landlock rules
    program: bytes | None = None  # the seccomp program
    change_user: bool = False
    keep_reading: bool = False  # see identity.py
    absent: dict[str, str] = field(default_factory=dict)  # layer: why it is missing
    readable: tuple[str, ...] = ()

    def enter(
        self, keep: Collection[int], user: int | None, folder: str | None = None
    ) -> list[str]:
        """Give up, in a freshly forked child, all that a student must not have.

        Args:
            keep: descriptors that stay open beside the three standard ones, which
                become /dev/null.
            user: the private user to become where the machine allows it.
            folder: where the child begins and may write a little; see written_files.py.

        Returns:
            The names of the layers that took, in the order in which they did. One that
            the kernel refuses is left out; see `missing`.
        """
        os.setsid()  # no terminal, and no group to signal
        os.chdir(folder or "/")
        os.environ.clear()
        rules = () if self.rules is None else (self.rules,)
        _close_all_but({*keep, *rules})
        file_bytes = FILE_BYTES if folder is not None else 0
        layers = ["descriptors", *limit_resources(self.limits, file_bytes)]
        if self.isolation == "none":
            kernel.die_with_parent(self.parent)
            return layers
        if kernel.LINUX:
            kernel.forbid_new_privileges()
        if self.rules is not None:
            layers += _took(self._restrict_files, folder)
        layers += self._give_up_root(user, "landlock-files" in layers)
        # Only now: a change of user undoes both.
        kernel.die_with_parent(self.parent)
        kernel.forbid_inspection()
        if self.program is not None:  # last, since it denies most of the above
            layers += _took(seccomp.enter, self.program)
        return layers

    def _restrict_files(self, folder: str | None) -> list[str]:
        assert self.rules is not None
        rules = self.rules
        if folder is not None:
            # Made anew: more rights in rules that all children share would be theirs.
            os.close(self.rules)
            rules = landlock.make_rules(self.readable, self.limits.gpu, folder)
        try:
            return landlock.enter(rules)
        finally:
            os.close(rules)

    def _give_up_root(self, user: int | None, bounded: bool) -> list[str]:
        if not kernel.LINUX:
            return []
        layers = []
        if (
            identity.is_root()
            and self.change_user
            and user is not None
            and bounded >= self.keep_reading
        ):
            layers += _took(identity.become, user, self.keep_reading)
        if layers:
            limit_processes()
            return layers
        return _took(identity.drop_capabilities)  # a plain user may have some as well


def prepare(
    limits: ProcessLimits,
    readable: Sequence[str],
    isolation: Isolation = "auto",
    user: int | None = None,
) -> Prepared:
    """Find out what this machine allows and compile it, in the process that will fork.

    Args:
        limits: what each child may use.
        readable: what a child may read beside the C library and its kin.
        isolation: ``none`` prepares limits only; ``strict`` and ``auto`` prepare the
            same, and whoever starts children refuses what `missing` names.
        user: a private user as an example; None leaves the user alone.
    """
    if isolation not in ISOLATIONS:
        raise ValueError(f"isolation {isolation!r} is none of {', '.join(ISOLATIONS)}")
    if isolation == "none":
        return Prepared(limits, isolation, os.getpid())
    absent: dict[str, str] = {}
    readable = [os.path.realpath(path) for path in readable if os.path.exists(path)]
    rules = _landlock_rules(readable, limits.gpu, absent)
    program = _seccomp_program(rules is None, limits.gpu, absent)
    change_user, keep_reading = _user_change(readable, rules, user, absent)
    return Prepared(
        limits=limits,
        isolation=isolation,
        parent=os.getpid(),
        rules=rules,
        program=program,
        change_user=change_user,
        keep_reading=keep_reading,
        absent=absent,
        readable=tuple(readable),
    )


def _landlock_rules(
    readable: Sequence[str], gpu: bool, absent: dict[str, str]
) -> int | None:
    if not landlock.version():
        absent["landlock-files"] = "the kernel has no Landlock, or a container hides it"
        return None
    try:
        return landlock.make_rules(readable, gpu)
    except OSError as error:
        absent["landlock-files"] = f"the kernel refuses the rules: {error}"
        return None


def _seccomp_program(
    deny_writing: bool, gpu: bool, absent: dict[str, str]
) -> bytes | None:
    if not kernel.LINUX:
        absent["seccomp"] = "only Linux has seccomp"
        return None
    try:
        return seccomp.compile_filter(deny_writing, deny_measuring=not gpu)
    except ImportError:
        absent["seccomp"] = "the package pyseccomp is not installed"
    except (RuntimeError, OSError) as error:
        absent["seccomp"] = f"libseccomp does not work: {error}"
    return None


def _user_change(
    readable: Sequence[str], rules: int | None, user: int | None, absent: dict[str, str]
) -> tuple[bool, bool]:
    """Whether a child becomes a private user, and whether it must keep reading."""
    if not identity.is_root():
        absent["user"] = "only root may give a child a user of its own"
        return False, False
    if user is None:
        absent["user"] = "no private user was named"
        return False, False
    try:
        hidden = identity.out_of_reach(readable, user)
    except OSError as error:
        absent["user"] = str(error)
        return False, False
    if hidden is None:
        return True, False
    if rules is not None and identity.can_keep_reading():
        return True, True
    absent["user"] = f"user {user} could not read {hidden}"
    return False, False


def missing(layers: Collection[str]) -> list[str]:
    """Return what strict isolation asks for and ``layers`` lack."""
    lacking = []
    if not {"user", "landlock-files"} & set(layers):
        lacking.append("user or landlock-files")
    if "seccomp" not in layers:
        lacking.append("seccomp")
    return lacking


def _took(layer: Callable[..., list[str]], *arguments: object) -> list[str]:
    try:
        return layer(*arguments)
    except OSError:
        return []


def _close_all_but(keep: Collection[int]) -> None:
    import resource  # Windows has none, and must be able to import this file

    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):  # so prints that get round sys.stdout are lost
        os.dup2(null, standard)
    kept = sorted({0, 1, 2, *keep})
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    ceiling = min(highest, 1 << 20) if highest != resource.RLIM_INFINITY else 1 << 20
    for low, high in zip(kept, [*kept[1:], max(ceiling, kept[-1] + 2)], strict=True):
        os.closerange(low + 1, high)
