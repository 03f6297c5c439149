"""What one statement at the top of a source mentions, and which names it may bind."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from autograder.sources import reflection
from autograder.sources.given_texts import (
    MADE,
    code_in,
    given,
    got_by_text,
    takes_text,
)
from autograder.sources.syntax import (
    COMPREHENSIONS,
    FUNCTIONS,
    is_chain,
    last_name,
    name_text,
    names_in,
    own_nodes,
    owner_name,
    root_name,
    stored_names,
    text_of,
)

# A mention is a pair: a name at the top of the source and what follows it (F, conv2d),
# or one of these and a text.
WHOLE = ".whole"  # a dotted name from the outside
VALUE = ".value"  # attributes of a value that nobody knows
SPELT = ".spelt"  # a string that reads like a name
Mention = tuple[str, str]
Targets = Callable[[ast.Import | ast.ImportFrom], Iterator[tuple[str, str]]]

ANY = "*"  # stands for every name of a module
PERHAPS = "?"  # the same, where reading cannot tell whether any is bound


@dataclass(frozen=True)
class _Scope:
    """Where a node stands: names that are not those at the top, and why."""

    local: dict[str, frozenset[str]] = field(default_factory=dict)  # to its imports
    at_top: bool = True
    shared: frozenset[str] = frozenset()  # declared global


class Statement:
    """What one statement at the top mentions, and what it may bind or fill."""

    def __init__(self, statement: ast.stmt, targets: Targets) -> None:
        self.imports: dict[str, set[str]] = {}
        self.stars: list[str] = []
        self.binds: set[str] = set()
        self.modules: set[str] = set()  # imported by code in a string
        self.called: set[str] = set()  # a method of it is given something
        self.filled: set[str] = set()  # an attribute or item of it is set
        self.set_anywhere: set[str] = set()  # attributes of what a call gives
        self.mentions: set[Mention] = set()
        self.reasons: dict[str, list[tuple[int, str]]] = {ANY: [], PERHAPS: []}
        self._looking = reflection.looking(statement)
        self.is_alias = (
            isinstance(statement, ast.Assign)
            and all(isinstance(target, ast.Name) for target in statement.targets)
            and is_chain(statement.value)
        )
        self._targets = targets
        self._line = statement.lineno
        self._waiting: list[tuple[ast.AST, _Scope]] = [(statement, _Scope())]
        while self._waiting:  # no recursion, so no nesting is too deep for it
            self._see(*self._waiting.pop())

    def _push(self, nodes: Iterable[ast.AST | None], scope: _Scope) -> None:
        self._waiting += [(node, scope) for node in nodes if node is not None]

    def _see(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            self._function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._bind(node.name, scope)
            inner = replace(scope, at_top=False)
            self._push([*node.decorator_list, *node.bases, *node.keywords], scope)
            self._push(node.body, inner)
        elif isinstance(node, COMPREHENSIONS):
            first, *_ = node.generators
            targets = stored_names([part.target for part in node.generators])
            inner = replace(
                scope, local=scope.local | dict.fromkeys(targets, frozenset[str]())
            )
            self._push([first.iter], scope)
            self._push(ast.iter_child_nodes(node), inner)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._import(node, scope)
        elif isinstance(node, (ast.Name, ast.Attribute)) or _is_got(node):
            self._chain(node, scope)
        else:
            for name in names_in(node):
                self._bind(name, scope)
            if name := reflection.looked_up(node):
                self.mentions.add((name, ""))
            if isinstance(node, ast.Call):
                self._call(node, scope)
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                item = name_text(node.slice) or root_name(node.value)
                self._fill(node, node.value, item, scope)
            if text := name_text(node):
                self.mentions.add((SPELT, text))
            if text_of(node) is not None:
                return  # its pieces are no texts of their own
            if _runs_text(node):
                taking = [(node.func, given(""), node.func)]
            else:
                taking = [*takes_text(node)]
            for holder, part, _ in taking:
                self._chain(holder, scope, part)
            done = {id(each) for _, _, each in taking}
            rest = ast.iter_child_nodes(node)
            self._push((each for each in rest if id(each) not in done), scope)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: _Scope
    ) -> None:
        body: list[ast.AST] = []
        if isinstance(node, ast.Lambda):
            body = [node.body]
        else:
            self._bind(node.name, scope)
            body = [*node.body]
            self._push([*node.decorator_list, node.returns], scope)
        self._push([node.args], scope)  # defaults and annotations
        given = node.args
        names = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        names += filter(None, [given.vararg, given.kwarg])
        local = {arg.arg: frozenset[str]() for arg in names}
        shared: set[str] = set()
        for inner in own_nodes(body):
            if isinstance(inner, ast.Global):
                shared.update(inner.names)
        for name in stored_names(body):
            local.setdefault(name, frozenset())
        for inner in own_nodes(body):
            if isinstance(inner, (ast.Import, ast.ImportFrom)):
                for name, dotted in self._targets(inner):
                    local[name] = local.get(name, frozenset()) | {dotted}
        for inner in own_nodes(body):
            if isinstance(inner, ast.Nonlocal):
                local = {n: to for n, to in local.items() if n not in inner.names}
        local = scope.local | local
        local = {name: to for name, to in local.items() if name not in shared}
        self._push(body, _Scope(local, False, frozenset(shared)))

    def _import(self, node: ast.Import | ast.ImportFrom, scope: _Scope) -> None:
        for name, dotted in self._targets(node):
            if name in scope.shared:
                self.mentions.add((name, ""))  # nobody knows when it is bound
            elif not scope.at_top:
                if dotted not in scope.local.get(name, ()):
                    self.mentions.add((WHOLE, dotted))  # in a class, or nonlocal
                continue
            if name == "*":
                self.stars.append(dotted)
            else:
                self.imports.setdefault(name, set()).add(dotted)

    def _chain(self, node: ast.expr, scope: _Scope, added: str = "") -> None:
        """A name and its attributes; what is ``added`` to it is no node."""
        parts: list[str] = [added] if added else []
        base: ast.AST = node
        while step := _step(base):
            if step[1] in reflection.PARTS and id(base) not in self._looking:
                self._bind_any(node, step[1], scope)
            if isinstance(base, ast.Call):
                self._push(base.args[1:] if step[1] == MADE else base.args[2:], scope)
            base, part = step
            parts.insert(0, part)
        tail = ".".join(parts)
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            self._fill(node, node.value, node.attr, scope)
        if not isinstance(base, ast.Name):
            self.mentions.add((VALUE, tail))
            self._push([base], scope)
        elif base.id in scope.local:
            self.mentions.add((VALUE, tail))
            self.mentions |= {
                (WHOLE, f"{dotted}.{tail}" if tail else dotted)
                for dotted in scope.local[base.id]
            }
        elif isinstance(base.ctx, ast.Load):
            self.mentions.add((base.id, tail))
            names = reflection.NAMES_AT_TOP if scope.at_top else reflection.NAMES
            if base.id in names and id(base) not in self._looking:
                self._bind_any(node, base.id, scope)
        else:
            self._bind(base.id, scope)

    def _call(self, node: ast.Call, scope: _Scope) -> None:
        for set_name in reflection.set_names(node):
            self._fill(node, node, set_name, scope)
        name = last_name(node.func)
        text = node.args[0] if node.args else None
        if name in ("setattr", "__setattr__") and len(node.args) > 1:
            self._fill(node, node.args[0], name_text(node.args[1]), scope)
        elif name in ("getattr", "attrgetter", "methodcaller") and node.args:
            texts = map(name_text, node.args)  # of a value that nobody knows
            self.mentions |= {(VALUE, told) for told in texts if told}
        elif text is not None and _runs_text(node):
            try:
                code = code_in(text, of_value=name == "eval")
                body = ast.parse(code or "").body
            except (SyntaxError, ValueError):
                return  # it fails when it is run as well
            for inner in own_nodes(body):
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    for _, dotted in self._targets(inner):
                        self.modules.add(dotted)
                        self.mentions.add((WHOLE, dotted))
            self._push(body, scope)
        elif isinstance(node.func, ast.Attribute) and (node.args or node.keywords):
            root = root_name(node.func)  # taken.append(F.conv2d)
            self.called |= {root} - scope.local.keys()

    def _bind(self, name: str, scope: _Scope) -> None:
        if scope.at_top or name in scope.shared:
            self.binds.add(name)
            if name == "__getattr__":  # it gives any name, of a namespace perhaps
                self.mentions.add((VALUE, ANY))
                self.binds.add(ANY)
                self.reasons[ANY].append((self._line, name))

    def _bind_any(self, node: ast.AST, what: str, scope: _Scope) -> None:
        """A word that can give any name another value: at the top it is run."""
        kind = ANY if scope.at_top else PERHAPS
        self.binds.add(kind)
        self.reasons[kind].append((getattr(node, "lineno", self._line), what))

    def _fill(self, node: ast.AST, holder: ast.AST, name: str, scope: _Scope) -> None:
        """``holder.name = ...`` at a node, where the holder may be a module."""
        root = root_name(holder)
        if {root, owner_name(holder)} & scope.local.keys():
            return
        self.binds.add(name or ANY)
        if not name:
            line = getattr(node, "lineno", self._line)
            self.reasons[ANY].append((line, "a name that is made while it runs"))
        if root or not name or name.startswith("__"):
            self.filled.add(root)
        else:  # next(model.parameters()).grad = None
            self.set_anywhere.add(name)


def _step(node: ast.AST) -> tuple[ast.expr, str] | None:
    """What an attribute is asked of, and its name; None where none is asked for."""
    if isinstance(node, ast.Attribute):
        return node.value, node.attr
    return got_by_text(node)


def _is_got(node: ast.AST) -> TypeGuard[ast.Call]:
    return got_by_text(node) is not None


def _runs_text(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether it runs, or compiles, a text that is there to be read."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = last_name(node.func)
    bare = isinstance(node.func, ast.Name) or root_name(node.func) == "builtins"
    if not bare or name not in ("exec", "eval", "compile"):
        return False
    return code_in(node.args[0]) is not None
