"""Text that students wrote or printed, made safe to show.

It may hold terminal commands, letters that turn the reading direction round, half a
surrogate pair, or a million lines. What does not print is written as its escape, so
that nothing disappears. HTML is escaped by the HTML renderer, not here.
"""

from __future__ import annotations

import re
import unicodedata

_KEPT = frozenset("\n\u200c\u200d\u00ad")  # joiners belong to some scripts and emoji
_LONGEST = 2000  # characters of a text in whole sentences
_SENTENCE = re.compile(r"([.?!])(?=\s)")
_ESCAPED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def plain(text: str) -> str:
    """The text with every character that would act instead of print as its escape."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(map(_visible, text))


def one_line(text: str, limit: int = 300) -> str:
    """The text on one line, cut after ``limit`` characters."""
    # Cut first: cleaning a megabyte to show a line of it would be waste.
    words = plain(text[: 4 * limit]).split()
    line = " ".join(words)
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def whole_sentences(text: str) -> str:
    """The text; of one that is too long, as many whole sentences as fit."""
    shown = plain(text.strip())
    if len(shown) <= _LONGEST:
        return shown
    ends = [found.end(1) for found in _SENTENCE.finditer(shown, 0, _LONGEST)]
    kept = shown[: ends[-1]] if ends else shown[:_LONGEST].rpartition(" ")[0]
    return f"{kept} ... {len(shown) - len(kept)} more characters"


def cut(text: str, lines: int, width: int = 200) -> str:
    """At most so many lines of at most such a width, saying what was left out."""
    every = plain(text.rstrip()).split("\n")
    kept = [
        line if len(line) <= width else line[: width - 3] + "..."
        for line in every[:lines]
    ]
    left = len(every) - len(kept)
    if left:
        kept.append(f"... {left} more line{'s' if left > 1 else ''}")
    return "\n".join(kept)


def _visible(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in _ESCAPED:
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
