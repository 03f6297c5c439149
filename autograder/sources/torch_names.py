"""Names of torch's that lead to what a rule forbids, though they are spelt otherwise.

Three kinds: other names of the same function or class, found by comparing the objects;
names below private modules, of which torch keeps most functions once more; and doors,
which hand out any operator for a text, so that no name need be there to be read.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from fnmatch import fnmatchcase
from types import BuiltinFunctionType, FunctionType, ModuleType

# A name below them counts by its last part.
_KEPT_ONCE_MORE = (
    "torch.ops.",
    "torch._",  # torch._C, torch._VF, torch._refs
    "torch.nn.modules.",
    "torch.backends.",
    "torch.ao.",
    "torch.nn.intrinsic.",
    "torch.nn.qat.",
    "torch.nn.quantized.",
    "torch.nn.quantizable.",
    "torch.quantization.",
)
# What an operator's name has beside that of the function.
_BEFORE = ("_", "native_", "slow_", "thnn_", "mkldnn_", "cudnn_", "miopen_")
_PRIVATE_SPACES = (
    *("torch._C.", "torch._VF.", "torch._ops."),
    *("torch._refs.", "torch._decomp.", "torch._prims."),
)
# What makes any operator of a text.
_OF_TEXTS = (
    "torch.jit.CompilationUnit",
    "torch._C.CompilationUnit",
    "torch._C._jit_*",
    "torch._C._get_operation*",
    "torch._C._get_schema*",
    "torch._C.parse_ir*",
    "torch._C._create_function_from_*",
    "torch._C._dispatch_*",
)
# Autograd's engine, which all its functions come to.
_OF_ENGINE = (
    "torch._C._*Engine*",
    "torch.*._engine_run_backward",
    "torch.*._execution_engine",
)
_AUTOGRAD = ("torch.autograd.grad", "torch.autograd.backward")
# Namespaces of the same operators, which may be handed on as values.
BACK_DOORS = (
    "torch.ops",
    "torch._C",
    "torch._VF",
    "torch.nn.modules",
    "torch.backends",
)
# What may hold any function of torch's.
_HOLDING = ("torch.*.__closure__", "torch.*.__prepare_scriptable__")
_SPACES = frozenset(
    {
        *("torch.ops", "torch.ops.aten", "torch._ops", "torch._C", "torch._C._nn"),
        *("torch._C._VariableFunctions", "torch._VF", "torch._refs", "torch._decomp"),
    }
)

_Named = type | FunctionType | BuiltinFunctionType


def counts_by_last_part(dotted: str, written: bool) -> bool:
    """Whether the last part of a name says what it is, wherever it stands.

    So it is below a module that is not loaded, since nobody can look there, if the
    name is ``written`` and not one of several that a source may mean.
    """
    if dotted.startswith(_KEPT_ONCE_MORE) and dotted.count(".") > 1:
        return True
    return written and _is_not_loaded(dotted)


def operator_names(part: str) -> list[str]:
    """What an operator may be called otherwise: ``slow_conv2d`` is a ``conv2d``."""
    rests = [part[len(b) :] for b in _BEFORE if part.startswith(b)]
    return [part, *rests]


def is_private_space(dotted: str) -> bool:
    """Whether it is a module or class of torch's own whose attributes are operators."""
    if not f"{dotted}.".startswith(_PRIVATE_SPACES):
        return False
    value = _value_of(dotted)
    return value is None or isinstance(value, (ModuleType, type))


def door_of_texts(dotted: str) -> str:
    """What makes operators of texts, if a dotted name goes through such a thing."""
    return _start_in(dotted, _OF_TEXTS)


def is_of_engine(dotted: str) -> str:
    """The part of a dotted name that is autograd's engine; empty where none is."""
    return _start_in(dotted, _OF_ENGINE)


def gives_anything(dotted: str) -> str:
    """The part that may hold any function: a closure, all operators as a value."""
    return dotted if dotted in _SPACES else _start_in(dotted, _HOLDING)


def _start_in(dotted: str, patterns: tuple[str, ...]) -> str:
    parts = dotted.split(".")
    if parts[0] != "torch":
        return ""
    starts = [".".join(parts[: n + 1]) for n in range(1, len(parts))]
    found = (s for s in starts if any(fnmatchcase(s, each) for each in patterns))
    return next(found, "")


def is_on_autograd(rules: Iterable[str]) -> bool:
    """Whether some rule forbids autograd, and with it all that comes to its engine."""
    return any(fnmatchcase(name, rule) for rule in rules for name in _AUTOGRAD)


def is_forbidden_object(dotted: str, rules: tuple[str, ...]) -> bool:
    """Whether a name is that of a function or class that a rule names otherwise.

    A class of torch's that is made of a forbidden one counts as well.
    """
    value = _value_of(dotted)
    if not isinstance(value, _Named):
        return False
    known = _objects(rules)
    if isinstance(value, type):
        classes = tuple(one for one in known if isinstance(one, type))
        return issubclass(value, classes)
    return value in known


@functools.cache
def _objects(rules: tuple[str, ...]) -> frozenset[object]:
    """The functions and classes that rules name, of modules that are loaded."""
    found: set[object] = set()
    for rule in rules:
        space, _, last = rule.rpartition(".")
        module = sys.modules.get(space)
        if not isinstance(module, ModuleType) or space.partition(".")[0] != "torch":
            continue
        for name, value in list(vars(module).items()):
            # A rule about all of a module is about what was made there.
            is_its_own = last != "*" or getattr(value, "__module__", None) == space
            if isinstance(value, _Named) and is_its_own and fnmatchcase(name, last):
                found.add(value)
    return frozenset(found)


def _value_of(dotted: str) -> object:
    first, *parts = dotted.split(".")
    value: object = sys.modules.get(first) if first == "torch" else None
    for part in parts:
        if not isinstance(value, ModuleType):
            return None
        value = vars(value).get(part)
    return value


def _is_not_loaded(dotted: str) -> bool:
    """Whether it lies in a module of torch's that nobody here has imported."""
    space = dotted.rpartition(".")[0]
    around = _value_of(space.rpartition(".")[0])  # nothing without torch
    return isinstance(around, ModuleType) and _value_of(space) is None
