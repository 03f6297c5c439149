"""What each top-level name of one source is bound to and mentions; nothing is run."""

from __future__ import annotations

import ast
import builtins
import sys
import warnings
from collections.abc import Iterator

from autograder.sources.cells import parts
from autograder.sources.given_texts import IMPORTER_NAMES
from autograder.sources.statements import ANY, PERHAPS, SPELT, Mention, Statement
from autograder.sources.syntax import FUNCTIONS, bound_by, last_name, name_text, text_of

_BUILTINS = frozenset(dir(builtins))
ATTRIBUTE = "."  # before a name: that attribute of some value, of a module perhaps


class Reading:
    """One source.

    Attributes:
        uses: for each name at the top, what the statements mention that may bind it.
        aliases: for each name at the top that is but another one, which.
        stars: modules of ``import *``.
        modules: all that may be imported, by dotted name.
        imports: for each name that an import binds, the dotted names it stands for.
        reasons: why names may be bound that nobody says, "line 3: globals"; under
            ``"*"`` where they are, under ``"?"`` where nobody can tell.
    """

    def __init__(self, text: str, name: str, is_package: bool, graded: str) -> None:
        self.uses: dict[str, set[Mention]] = {}
        self.aliases: dict[str, set[Mention]] = {}
        self.stars: list[str] = []
        self.modules: set[str] = set()
        self.imports: dict[str, set[str]] = {}
        self.reasons: dict[str, list[str]] = {ANY: [], PERHAPS: []}
        self._places: dict[int, str] = {}  # of statements: file, or cell
        self._package = name if is_package else name.rpartition(".")[0]
        self._has_cells = False
        self._replaced: dict[str, int] = {}  # an own def: how many stars it overrules
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a student may have made errors of them
            body = self._body(text, name)
            for node in body:
                for inner in ast.walk(node):
                    self._note_modules(inner)
            self._read(body, graded)

    def _body(self, text: str, name: str) -> list[ast.stmt]:
        """The statements that are run: of all cells that can be compiled, in order."""
        body: list[ast.stmt] = []
        for part in parts(text, f"{name}.py"):
            self._has_cells = part.cell is not None
            if part.tree is not None:
                body += part.tree.body
                self._places |= dict.fromkeys(map(id, part.tree.body), part.file)
                continue
            # How deep is too deep depends on who compiles it, so that such a cell might
            # run after all; one with a slip of syntax does not.
            harmless = self._has_cells and isinstance(part.error, SyntaxError)
            if part.error is not None and not harmless:
                raise part.error
        return body

    @property
    def names(self) -> set[str]:
        """All names at the top that can be read."""
        names = {*self.uses, *self.aliases, *self.imports}
        told = {name for name in names if not name.startswith(ATTRIBUTE)}
        return told - {ANY, PERHAPS}

    def imported(self, name: str, from_outside: bool) -> Iterator[str]:
        """The dotted names that a name may be by an import.

        An own ``def`` replaces what was imported under its name before, but a module
        that imports this one in between may have seen that.
        """
        overruled = 0
        if from_outside or name not in self._replaced:
            yield from self.imports.get(name, ())
        else:
            overruled = self._replaced[name]
        for star in self.stars[overruled:]:
            if name in vars(sys.modules[star]) if _is_torch(star) else name != ANY:
                yield f"{star}.{name}"

    def targets(self, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
        """Each name that an import binds and the dotted name that it stands for."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield bound_by(alias), alias.name if alias.asname else bound_by(alias)
            return
        source = node.module or ""
        if node.level:
            parts = self._package.split(".")
            parts = parts[: len(parts) + 1 - node.level]
            source = ".".join([*filter(None, parts), *filter(None, [node.module])])
        for alias in node.names:
            dotted = f"{source}.{alias.name}" if source else alias.name
            yield alias.asname or alias.name, source if alias.name == "*" else dotted

    def _note_modules(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            self.modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            self.modules.update(dotted for _, dotted in self.targets(node))
        elif isinstance(node, ast.Call) and last_name(node.func) in IMPORTER_NAMES:
            texts = (text_of(each) or "" for each in node.args[:1])
            self.modules.update(text.replace(":", ".") for text in texts)

    def _read(self, body: list[ast.stmt], graded: str) -> None:
        mentioned: set[str] = set()
        pieces = []
        for statement in body:
            stars = len(self.stars)
            piece = Statement(statement, self.targets)
            pieces.append(piece)
            name = getattr(statement, "name", "")
            if name and not {name, ANY} & (mentioned | _said_early(statement)):
                self._replaced[name] = stars
            for target, dotted in piece.imports.items():
                self.imports.setdefault(target, set()).update(dotted)
                self._replaced.pop(target, None)
            if piece.stars:
                self.stars += piece.stars
                self._replaced.clear()
            self.modules |= piece.modules
            if self._has_cells and piece.filled & self.imports.keys():
                mentioned.add(ANY)  # whatever runs the cells may be changed by it
            mentioned |= piece.binds & {ANY}
            mentioned |= {
                rest if root == SPELT else root for root, rest in piece.mentions
            }
        selves = {name for name, to in self.imports.items() if graded in to}
        for statement, piece in zip(body, pieces):
            before = ANY in piece.binds
            piece.binds |= piece.called - self.imports.keys() - _BUILTINS
            piece.binds |= piece.filled - self.imports.keys()
            if "" in piece.filled or piece.filled & self.imports.keys():
                piece.binds.add(ANY)  # perhaps an attribute of a module
            piece.binds.discard("")
            piece.binds |= {ATTRIBUTE + name for name in piece.set_anywhere}
            if any(root in selves and not rest for root, rest in piece.mentions):
                piece.binds.add(ANY)  # the graded module is handed on as a value
            if ANY in piece.binds and not before:
                piece.reasons[ANY].append((statement.lineno, "a module that is filled"))
            for kind, reasons in piece.reasons.items():
                file = self._places[id(statement)]
                self.reasons[kind] += [_place(file, *each) for each in reasons]
            for name in piece.binds:
                kept = self.aliases if piece.is_alias else self.uses
                kept.setdefault(name, set()).update(piece.mentions)


def _place(file: str, line: int, what: str) -> str:
    between = ", line " if file.startswith("cell ") else ":"
    return f"{file}{between}{line} ({what})"


def _said_early(statement: ast.stmt) -> set[str]:
    """What a ``def`` or ``class`` mentions before its own name is bound."""
    parts: list[ast.AST] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, FUNCTIONS):
            parts += [*node.decorator_list, node.args]
        elif isinstance(node, ast.ClassDef):
            parts += [*node.decorator_list, *node.bases, *node.keywords]
            waiting += node.body
        else:
            parts.append(node)
    nodes = [node for part in parts for node in ast.walk(part)]
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return names | {name_text(node) for node in nodes} - {""}


def _is_torch(module: str) -> bool:
    return module.partition(".")[0] == "torch" and module in sys.modules
