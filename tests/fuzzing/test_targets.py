"""Readers of what students hand in meet content that is nearly right, and survive."""

from __future__ import annotations

import resource
from random import Random

import pytest

from tests.fuzzing.targets import TARGETS, Target, TooSlow

MOST_MEBIBYTES = 600  # that a million frames may add to this process


def feed(target: Target, count: int, seed: int) -> int:
    """Feed changed seeds, and changes of changes; how many differed from all before."""
    random = Random(seed)
    pool = target.seeds()
    seen = set(pool)
    for _ in range(count):
        content = target.change(random.choice(pool), random)
        try:
            target.feed(content)
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error}\n{content[:2000]!r}")
        seen.add(content)
        if len(content) < 100_000 and random.random() < 0.2:  # a step further away
            pool[random.randrange(len(pool))] = content
            pool[random.randrange(len(pool))] = random.choice(target.seeds())
    return len(seen)


def peak_mebibytes() -> float:
    """Of this process, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize(("name", "count"), [(name, 150) for name in TARGETS])
def test_nearly_right_content_is_read_or_refused(name: str, count: int) -> None:
    """Nothing but what the reader promises comes out of it."""
    assert feed(TARGETS[name], count, seed=20) > count // 2


@pytest.mark.slow
def test_a_million_frames() -> None:
    """A worker may say what it likes: one expected error, and bounded memory."""
    before = peak_mebibytes()

    assert feed(TARGETS["frames"], 1_000_000, seed=21) > 500_000
    assert peak_mebibytes() - before < MOST_MEBIBYTES


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in TARGETS if name != "frames"])
def test_many_files(name: str) -> None:
    """The same of whatever is handed in."""
    assert feed(TARGETS[name], 20_000, seed=22) > 10_000


def test_a_target_that_raises_is_told() -> None:
    """The content that did it stands in the failure."""
    target = Target(lambda: [b"abc"], lambda content: 1 // 0, lambda c, random: c)

    with pytest.raises(pytest.fail.Exception, match="ZeroDivisionError.*\\n.*abc"):
        feed(target, 1, seed=1)


def test_a_target_that_takes_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """So much work for so few bytes is a fault, too."""
    monkeypatch.setattr("tests.fuzzing.targets.MOST_SECONDS", 0.0)
    target = Target(lambda: [b""], lambda c: sum(range(10_000)), lambda c, random: c)

    with pytest.raises(TooSlow):
        target.feed(b"abc")
