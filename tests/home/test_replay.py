"""Which of the cells that ran in a kernel count."""

from __future__ import annotations

from autograder.home.live import judged_in, kept_in
from autograder.home.replay import Execution, counting, names_of

IMPORT = "import torch"
MORE = "import torch\nfrom torch import nn"
ANNOTATED = "def scale(x: torch.Tensor): return x"
PLAIN = "def scale(x): return torch.relu(x)"


def counts(*cells: tuple[str, str]) -> list[int]:
    """The numbers of those that count; each cell is its id and its text."""
    ran = [Execution(n, text, cell) for n, (cell, text) in enumerate(cells, 1)]
    return [one.count for one in counting(ran)]


def unknown(*texts: str) -> list[int]:
    """The same where no program tells which cell ran."""
    return counts(*(("", text) for text in texts))


def test_the_last_run_of_a_cell_counts() -> None:
    """A cell that was edited and run again, and one that was run again as it is."""
    assert counts(("a", PLAIN), ("b", "x = 1"), ("a", "def scale(x): return x")) == [
        2,
        3,
    ]
    assert counts(("a", PLAIN), ("a", PLAIN)) == [2]


def test_what_a_cell_was_built_on_counts() -> None:
    """An import that ran again later is there, too, for a class made in between."""
    assert counts(("a", IMPORT), ("b", ANNOTATED), ("a", MORE)) == [1, 2, 3]
    assert counts(("a", IMPORT), ("b", PLAIN), ("a", MORE)) == [2, 3]
    called = ("c", "y = scale(torch_free)")
    assert counts(("a", IMPORT), ("b", PLAIN), called, ("a", MORE)) == [1, 2, 3, 4]


def texts(*cells: tuple[str, str]) -> list[str]:
    ran = [Execution(n, text, cell) for n, (cell, text) in enumerate(cells, 1)]
    return [one.text for one in counting(ran)]


def test_an_earlier_run_has_the_last_text() -> None:
    """An old version that was tried out is not judged, where the new one can be."""
    tried = ("b", "y = scale(2)")
    new = "def scale(x): return x"
    assert texts(("a", PLAIN), tried, ("a", new)) == [new, tried[1], new]
    built = "def scale(x, by=y): return x"
    assert texts(("a", PLAIN), tried, ("a", built)) == [PLAIN, tried[1], built]


def test_a_failed_cell_that_defines_nothing_is_left_out() -> None:
    """An attempt that raised, or was interrupted, is no part of the work."""
    for text, count in (("scale(1", 0), ("scale()", 0), (PLAIN, 1), ("x = y", 1)):
        assert len(counting([Execution(1, text, "a", failed=True)])) == count
    assert len(counting([Execution(1, "def f(x:", "a", failed=True)])) == 1


def test_a_call_that_keeps_nothing_keeps_no_old_function() -> None:
    """Trying an old version out does not bring it back."""
    tried = ("b", "print(scale(2))")
    assert counts(("a", PLAIN), tried, ("a", ANNOTATED)) == [2, 3]


def test_without_ids_names_tell() -> None:
    """An earlier cell all of whose names are bound again later is an earlier run."""
    assert unknown(PLAIN, "x = 1", "def scale(x): return x") == [2, 3]
    assert unknown(f"{PLAIN}\nHALF = 0.5", "def scale(x): return x") == [1, 2]
    assert unknown("check('scale')", "x = 1", "check('scale')") == [2, 3]
    assert unknown(IMPORT, ANNOTATED, MORE) == [1, 2, 3]


def test_ids_of_some_cells() -> None:
    """What ran before autograder was imported has no id; names tell then."""
    assert counts(("", PLAIN), ("a", "import x"), ("b", ANNOTATED)) == [2, 3]
    assert counts(("a", PLAIN), ("b", ANNOTATED)) == [1, 2]  # two cells


def test_a_failed_run_takes_no_names() -> None:
    """Without ids, a cell that failed leaves the earlier one, as the kernel did."""
    ran = [
        Execution(1, PLAIN),
        Execution(2, f"undefined\n{ANNOTATED}", failed=True),
    ]
    assert [one.count for one in counting(ran)] == [1, 2]


def test_names() -> None:
    """Commands are no names; a class and a comprehension run at once."""
    found = names_of("%matplotlib inline\nclass A(B):\n    y = [C for z in D]\n")

    assert found.bound == {"A"}
    assert {"B", "C", "D"} <= found.read
    later = names_of("def f(x, y=E):\n    return G")
    assert (later.bound, later.read, later.read_later) == ({"f"}, {"E"}, {"G"})
    assert names_of("def f(") == names_of("")


def test_functions_are_told_apart() -> None:
    """By their code: constants and names count, lines and comments do not."""
    judged = judged_in([Execution(4, "# one\n\ndef f(x):\n    return x * 2")])

    for body, same in (("x * 2  # two", True), ("x * 3", False), ("y * 2", False)):
        names = {"__name__": "__main__"}
        exec(f"def f(x):\n    return {body}", names)
        assert (kept_in(names)["f"] == judged["f"][1]) is same
    assert judged["f"][0] == 4


def test_what_is_bound_otherwise_is_not_compared() -> None:
    """A decorator, a wrapper in a later cell, a class of another kind."""
    wrapped = [
        Execution(1, "def f(x): return x\ndef g(x): return x"),
        Execution(2, "f = compiled(f)"),
        Execution(3, "@cached\ndef h(x): return x"),
    ]
    assert set(judged_in(wrapped)) == {"g"}


def test_classes_are_compared_by_their_methods() -> None:
    """A class of the kernel, and that of its cell."""
    text = "class Net:\n    def forward(self, x):\n        return x\n"
    names = {"__name__": "__main__"}
    exec(text, names)

    held = kept_in(names)["Net"]

    assert held == judged_in([Execution(1, text)])["Net"][1]
    assert held != judged_in([Execution(1, text.replace("x\n", "-x\n"))])["Net"][1]
    assert kept_in({"Tensor": type(test_names)})["Tensor"].startswith("file:")
