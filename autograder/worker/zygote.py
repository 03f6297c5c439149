"""The zygote: torch imported once, and a fork of it for every child.

It holds no secret and reads nothing from a child, so there is nothing that a hostile
child could confuse. Its orders come over lines, one for each job of the grader. When
a line ends, so do the children that were asked for over it; when the last one ends,
so does the zygote.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from autograder.sandbox import (
    Prepared,
    adopt_orphans,
    be_the_first_to_end,
    children,
    die_with_parent,
    forbid_inspection,
    missing,
    prepare,
    within_container,
)
from autograder.worker import preparation
from autograder.worker.child_folders import ChildFolders
from autograder.worker.limits import LOOK_SECONDS, USER_RANGES, USERS
from autograder.worker.settings import Settings
from autograder.worker.zygote_channel import ZygoteChannel

Serve = Callable[[socket.socket], None]


@dataclass
class _Child:
    number: int
    pid: int
    line: ZygoteChannel | None  # None once the line has ended
    user: int | None
    folder: str
    breach: str | None = None  # what it did that it may not, and was killed for


def run(settings: Settings) -> None:
    """Be the zygote until the last line ends."""
    lines = [ZygoteChannel(socket.socket(fileno=number)) for number in settings.lines]
    if settings.parent is not None:
        die_with_parent(settings.parent)
    try:
        forker = _make_ready(settings, lines)
        layers = forker.trial()
    except Exception as error:
        lines[0].send({"failed": f"{type(error).__name__}: {error}"})
        raise
    absent = forker.prepared.absent
    memory = forker.prepared.limits.memory_mebibytes
    told = {"layers": layers, "absent": absent, "memory_mebibytes": memory}
    lines[0].send({"ready": True, **told})
    if settings.isolation != "strict" or not missing(layers):
        forker.obey()
    forker.folders.close()


def _make_ready(settings: Settings, lines: list[ZygoteChannel]) -> _Forker:
    module_name, _, function_name = settings.serve.partition(":")
    preparation.warm_up()
    module = importlib.import_module(module_name)
    if hasattr(module, "warm_up"):
        module.warm_up()
    first = settings.first_user + os.getpid() % USER_RANGES * USERS
    users = list(range(first, first + USERS)) if os.geteuid() == 0 else []
    preparation.keep_only_libraries()
    prepared = prepare(
        within_container(settings.limits),
        [*preparation.readable_paths(), *settings.readable],
        settings.isolation,
        users[0] if users else None,
    )
    if not prepared.change_user:
        users = []
    forbid_inspection()
    adopt_orphans()
    gc.collect()
    gc.freeze()  # so that a child's collector does not touch, and copy, every page
    serve: Serve = getattr(module, function_name)
    return _Forker(prepared, serve, lines, users)


class _Forker:
    """Forks, kills and reaps children as the lines say."""

    def __init__(
        self,
        prepared: Prepared,
        serve: Serve,
        lines: list[ZygoteChannel],
        users: list[int],
    ) -> None:
        self.prepared = prepared
        self._serve = serve
        self._lines = {line.fileno(): line for line in lines}
        self._users = users  # free ones; none at all where children share ours
        self._own_user_each = bool(users)
        self._children: dict[int, _Child] = {}
        self._count = 0
        self.folders = ChildFolders()

    def trial(self) -> list[str]:
        """Let a throw-away child enter the sandbox; return the layers that took."""
        user = self._users[0] if self._users else None
        folder = self.folders.make(user)
        grader_end, pid = self._fork(user, folder, lambda channel: None)
        with grader_end, grader_end.makefile("rb") as told:
            length = struct.unpack("<I", told.read(4).ljust(4, b"\0"))[0]
            layers: list[str] = json.loads(told.read(length) or b"[]")["layers"]
        os.waitpid(pid, 0)
        self.folders.remove(folder)
        return layers

    def obey(self) -> None:
        """Follow the lines until the last one ends; leave no child behind."""
        poll = select.poll()  # an epoll object would hold a descriptor in every child
        wake = _wake_on_child()
        for number in (wake, *self._lines):
            poll.register(number, select.POLLIN)
        while self._lines:
            # Now and then without news, to see what children have written.
            patience = 1000 * LOOK_SECONDS if self._children else None
            for number, _ in poll.poll(patience):
                if number == wake:
                    os.read(wake, 4096)
                    self._reap()
                elif number in self._lines and not self._follow(self._lines[number]):
                    poll.unregister(number)
                    self._end(number)
            self._look_at_folders()
        for child in self._children.values():
            os.waitpid(child.pid, 0)
        self._children.clear()
        while self._kill_strays():
            pass

    def _look_at_folders(self) -> None:
        for child in self._children.values():
            child.breach = child.breach or self.folders.breach(child.folder)
            if child.breach is not None:
                os.kill(child.pid, signal.SIGKILL)

    def _follow(self, line: ZygoteChannel) -> bool:
        """Do what arrived over a line; return whether the line goes on."""
        try:
            for message in line.receive():
                if message["do"] == "spawn":
                    self._spawn(line, message["request"])
                elif message["do"] == "kill":
                    self._kill(line, message["child"])
                elif message["do"] == "clear":
                    self._kill_all(line)
                    line.send({"request": message["request"]}, None, _AT_ONCE)
        except (EOFError, OSError):
            return False
        return True

    def _spawn(self, line: ZygoteChannel, request: int) -> None:
        if self._own_user_each and not self._users:
            problem = f"{USERS} children are alive, and each needs a user of its own"
            line.send({"request": request, "error": problem}, None, _AT_ONCE)
            return
        user = self._users.pop(0) if self._users else None
        try:
            folder = self.folders.make(user)
            grader_end, pid = self._fork(user, folder, self._serve)
        except OSError as error:
            self._give_back(user)
            problem = f"cannot fork: {error}"
            line.send({"request": request, "error": problem}, None, _AT_ONCE)
            return
        self._count += 1
        self._children[self._count] = _Child(self._count, pid, line, user, folder)
        reply = {"request": request, "child": self._count, "pid": pid}
        with grader_end:
            line.send(reply, grader_end.fileno(), _AT_ONCE)

    def _fork(
        self, user: int | None, folder: str, serve: Serve
    ) -> tuple[socket.socket, int]:
        grader_end, child_end = socket.socketpair()
        try:
            pid = os.fork()
        except OSError:
            grader_end.close()
            child_end.close()
            raise
        if pid == 0:
            grader_end.detach()
            self._live(child_end, user, folder, serve)
        child_end.close()
        return grader_end, pid

    def _live(
        self, channel: socket.socket, user: int | None, folder: str, serve: Serve
    ) -> NoReturn:
        """The whole life of a child."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # The sandbox closes their descriptors. As objects they would close the same
            # numbers a second time, when those may belong to something else.
            for line in self._lines.values():
                line.forget()
            self._lines.clear()
            be_the_first_to_end()
            layers = self.prepared.enter({channel.fileno()}, user, folder)
            hello = json.dumps({"layers": layers}).encode()
            channel.sendall(struct.pack("<I", len(hello)) + hello)
            if self.prepared.isolation != "strict" or not missing(layers):
                serve(channel)
                status = 0
        finally:
            os._exit(status)  # whatever the student registered to run at the end

    def _reap(self) -> None:
        for child in list(self._children.values()):
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid == 0:
                continue
            del self._children[child.number]
            self.folders.remove(child.folder)
            self._give_back(child.user)
            if child.line is not None:
                self._report(child.line, child, status, usage)
        self._kill_strays()

    def _kill_strays(self) -> bool:
        """End what a child has forked and left to us; return whether there was any."""
        if self.prepared.program is not None:
            return False  # then a child cannot fork
        known = {child.pid for child in self._children.values()}
        strays = children() - known
        for pid in strays:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        return bool(strays)

    def _report(
        self, line: ZygoteChannel, child: _Child, status: int, usage: Any
    ) -> None:
        code = os.waitstatus_to_exitcode(status)
        report = {
            "exited": child.number,
            "status": code if code >= 0 else None,
            "signal": -code if code < 0 else None,
            "cpu_seconds": usage.ru_utime + usage.ru_stime,
            "breach": child.breach,
        }
        try:
            line.send(report, None, _AT_ONCE)
        except OSError:
            self._kill_all(line)  # nobody reads this line; its end is noticed by poll

    def _kill(self, line: ZygoteChannel, number: int) -> None:
        child = self._children.get(number)
        if child is not None and child.line is line:
            os.kill(child.pid, signal.SIGKILL)  # not reaped yet, so the number is its

    def _kill_all(self, line: ZygoteChannel) -> None:
        for child in list(self._children.values()):
            self._kill(line, child.number)

    def _end(self, number: int) -> None:
        line = self._lines.pop(number)
        self._kill_all(line)
        for child in self._children.values():
            if child.line is line:
                child.line = None
        line.close()

    def _give_back(self, user: int | None) -> None:
        if user is not None:
            self._users.append(user)


# A grader that does not read must not hold up the others.
_AT_ONCE = socket.MSG_DONTWAIT


def _wake_on_child() -> int:
    """Return a descriptor that can be read whenever a child has ended."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    return reader


def main() -> None:
    """Read the settings from the command line and run."""
    settings = Settings.from_json(sys.argv[1])
    sys.path += [path for path in settings.paths if path not in sys.path]
    run(settings)
