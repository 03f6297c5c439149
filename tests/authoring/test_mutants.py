"""Mutants: which changes are made, where, and how little of the text they touch."""

from __future__ import annotations

import pytest

from autograder.authoring.mutants import Mutant, mutants_of, sample

HEAD = "import torch\n\n\ndef f(x, n=3):\n    # BEGIN SOLUTION\n"
TAIL = "    # END SOLUTION\n"


def of(body: str) -> list[Mutant]:
    """The mutants of a function with this body, four blanks before each line."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return mutants_of(HEAD + lines + TAIL, "exercise")


@pytest.mark.parametrize(
    ("body", "kind", "after"),
    [
        ("return x + n", "operator", "return x - n"),
        ("return x * n", "operator", "return x / n"),
        ("return x // n", "operator", "return x % n"),
        ("return x and n", "operator", "return x or n"),
        ("return not x", "operator", "return x"),
        ("return -x", "operator", "return x"),
        ("x -= n\nreturn x", "operator", "x += n"),
        ("x -= n\nreturn x", "operator", "x = n"),
        ("return x < n", "comparison", "return x <= n"),
        ("return x == n", "comparison", "return x != n"),
        ("return x is n", "comparison", "return x is not n"),
        ("return x[1]", "constant", "return x[2]"),
        ("return x[1]", "constant", "return x[0]"),
        ("return x * 0.5", "constant", "return x * 1.5"),
        ("return (x, True)", "constant", "return (x, False)"),
        ("return f(x, None)", "constant", "return f(x, 0)"),
        ("return x.sum(dim=1)", "axis", "return x.sum(dim=-1)"),
        ("return f(x, n=1)", "keyword", "return f(x)"),
        ("return f(x=x, n=1)", "keyword", "return f(n=1)"),
        ("return f(x, n)", "arguments", "return f(n, x)"),
        ("return x, n", "order", "return n, x"),
        ("return x[1:]", "slice", "return x[:]"),
        ("y = x\nprint(x)\nreturn y", "deletion", "pass"),
        ("return x * n", "detach", "return (x * n).detach()"),
        ("y = x * n\nreturn y", "detach", "y = (x * n).detach()"),
        ("return [i for i in x]", "loop", "return [i for i in list(x)[1:]]"),
        ("for i in x:\n    n += i\nreturn n", "loop", "for i in list(x)[:-1]:"),
        ("if x:\n    return n\nreturn 0", "branch", "if False:"),
        ("return x if n else 0", "branch", "return x if True else 0"),
        ("return x.max()", "name", "return x.min()"),
        ("return torch.zeros(n)", "name", "return torch.ones(n)"),
        ("y = x + n\nz = y * n\nreturn y", "result", "return z"),
        ("return x + n", "result", "return x"),
    ],
)  # fmt: skip
def test_each_kind_of_change(body: str, kind: str, after: str) -> None:
    """Every rule makes the change that it is there for."""
    assert (kind, after) in {(m.kind, m.after) for m in of(body)}


@pytest.mark.parametrize(
    ("call", "orders"),
    [
        ("max(x, n)", 0),
        ("min(n, x)", 0),
        ("x.transpose(1, n)", 0),
        ("x.swapaxes(1, n)", 0),
        ("torch.transpose(x, 1, n)", 2),
        ("x.sub(1, n)", 1),
    ],
)
def test_what_has_no_order(call: str, orders: int) -> None:
    """Arguments that may stand in any order are not swapped."""
    found = [m for m in of(f"return {call}") if m.kind == "arguments"]

    assert len(found) == orders


def test_all_else_stays_to_the_byte() -> None:
    """A mutant differs in one place, whatever the layout and the letters before it."""
    source = HEAD + '    z = f("é",  x  +  n)  # ä\n    return z\n' + TAIL

    (mutant,) = (m for m in mutants_of(source, "exercise") if m.kind == "operator")

    assert mutant.source == source.replace("x  +  n", "x  -  n")
    assert mutant.line == 6
    assert mutant.before == 'z = f("é", x + n) # ä'


def test_only_what_students_write_is_changed() -> None:
    """Nothing outside the marks, no annotation, no docstring and no message."""
    source = (
        "LEFT = 1 + 2\n\n\n"
        + HEAD.replace("n=3", "n: int = 3")
        + '    m: list[1] = x\n    raise ValueError(f"{1 + n} is {n - 1}", 1 + 1)\n'
        + TAIL
    )

    found = mutants_of(source, "exercise")

    assert {(m.kind, m.after) for m in found} == {
        ("deletion", "pass"),
        ("detach", "m: list[1] = (x).detach()"),
    }


def test_each_change_is_made_once() -> None:
    """Two rules that lead to the same code, or to the code itself, give one mutant."""
    found = of("return x[0:1, 1]")

    texts = [m.after for m in found]
    assert len(texts) == len(set(texts))
    assert "return x[0:1, 1]" not in texts


def test_equal_lines_are_told_apart() -> None:
    """Two lines that read the same have mutants with keys of their own."""
    found = of("if n:\n    return x + n\nx = x * x\nreturn x + n")

    assert len({m.key for m in found}) == len(found)


def test_every_mutant_is_python() -> None:
    """Nothing that cannot be compiled is tried."""
    body = (
        "for i, j in zip(x, n):\n    x[i:, :j] += f(*x, **n)\nelse:\n    pass\n"
        "with torch.no_grad():\n    y = [a for a in x if a not in n]\n"
        "return (y[-1] if n else -(-x // n)), not (y)"
    )
    found = of(body)

    assert len(found) > 30
    for mutant in found:
        compile(mutant.source, "mutant.py", "exec")


def test_a_sample_is_always_the_same() -> None:
    """A sample depends on the mutants alone, and keeps their order."""
    found = of("y = x * 2 + n\nreturn y - 1, y + 1")

    chosen = sample(found, 5)

    assert len(chosen) == 5
    assert chosen == [m for m in found if m in chosen]
    assert {m.key for m in chosen} == {m.key for m in sample(found[::-1], 5)}
