"""The page: complete, safe, and usable without eyes, colour or network."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from autograder.reports import html
from autograder.verdict import Call, CheckResult, Idea, Note, Verdict, WrittenAnswer

SECRET = "5ecre7"
VOID = {"meta", "br", "link"}


class Page(HTMLParser):
    """Elements, attributes and text of a page; complains when tags do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.found}

    def ids(self) -> list[str]:
        return [values["id"] or "" for _, values in self.found if "id" in values]


@pytest.fixture
def page(everything: Verdict) -> Page:
    return Page(html.render(everything))


def test_page_nests_and_has_landmarks_and_headings(page: Page) -> None:
    """Readers that do not see find their way by landmarks and headings."""
    assert {"header", "main", "nav", "footer", "h1", "h2", "h3"} <= page.tags()
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.found[0] == ("html", {"lang": "en"})


def test_every_link_and_label_leads_somewhere(page: Page) -> None:
    """Anchors are unique, and what refers to them finds them."""
    ids = page.ids()
    referred = [
        value.removeprefix("#")
        for _, values in page.found
        for name, value in values.items()
        if name in ("href", "aria-labelledby") and value
    ]

    assert len(ids) == len(set(ids))
    assert referred
    assert set(referred) <= set(ids)


def test_page_needs_and_allows_nothing_from_elsewhere(everything: Verdict) -> None:
    """No script, no address, and a policy that forbids all but its own style."""
    text = html.render(everything)
    page = Page(text)

    assert not {"script", "img", "link", "iframe", "object"} & page.tags()
    assert "http" not in text.replace("http-equiv", "")
    assert "url(" not in text
    assert not [v for _, v in page.found if any(k.startswith("on") for k in v)]
    assert not [v for _, v in page.found if "style" in v]
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)
    assert style is not None
    digest = hashlib.sha256(style.group(1).encode()).digest()
    policy = f"style-src 'sha256-{base64.b64encode(digest).decode()}'"
    assert "default-src 'none'" in text
    assert policy in text


def test_every_outcome_has_its_word_beside_its_sign(page: Page) -> None:
    """Signs are hidden from readers aloud, words are not."""
    words = [
        "passed",
        "failed",
        "waiting",
        "crashed",
        "out of time",
        "out of memory",
        "refused",
        "our fault",
        "not written",
    ]
    for word in words:
        assert word in page.text
    signs = [values for _, values in page.found if values.get("class") == "sign"]
    assert len(signs) == 13  # a function that is not written has one for its checks
    assert all(values.get("aria-hidden") == "true" for values in signs)


def test_the_first_step_leads_to_its_check(everything: Verdict) -> None:
    """What comes first in the handout, linked, and marked where it stands."""
    text = html.render(everything)

    link = re.search(r'<a class="start" href="#(check-\d+)">(.*?)</a>', text)
    assert link is not None
    assert "conv2d agrees with torch for every stride" in link.group(2)
    assert "worth up to 6 points, 1 of them in a hidden check" in link.group(2)
    marked = re.findall(r'id="(check-\d+)">(?:(?!</article>).)*?start here', text, re.S)
    assert marked == [link.group(1)]


def test_a_wrong_answer_has_all_its_facts(agrees: CheckResult) -> None:
    """Everything that helps is on the page, and the command to try again."""
    page = Page(html.render(Verdict("cnn", "student_01", 7, [agrees])))

    for fact in (
        "conv2d(x, weight)",
        "x: float64[2, 3]",
        "expected  float64[2, 4]   0.5  -12.25  ...",
        "got       float64[2, 4]   1.5       2  ...",
        "7 of 8 values differ, most of all at [1, 2]",
        "a convolution, with the kernel flipped",
        "does torch turn the kernel round?",
        "convolution.py:15",
        "autograder check convolution --only agrees",
    ):
        assert fact in page.text


def test_nothing_of_a_hidden_check_but_promise_and_outcome(
    everything: Verdict,
) -> None:
    """Neither facts nor the seed nor a fault's detail get onto the page."""
    text = html.render(everything)

    assert SECRET not in text
    assert str(everything.seed) not in text
    assert "the promise of stride" in text


def test_hidden_checks_to_come_are_announced(page: Page) -> None:
    """In the whole and at their exercise."""
    announced = "2 hidden checks worth 3 points run after you hand in."

    assert page.text.count(announced) == 2


def test_written_answers_wait_for_a_person(page: Page) -> None:
    """The answer is shown, its points are not promised."""
    assert "Why pad?" in page.text
    assert "Worth 3 points, graded by a person." in page.text
    assert "Edges <script>x</script>" in page.text


def test_an_empty_answer_is_said_to_be_empty(everything: Verdict) -> None:
    """Nobody wonders whether the answer got lost."""
    empty = replace(everything, written=[WrittenAnswer("why", "Why?", 1, " \n")])

    assert "There is no answer here yet." in html.render(empty)


def test_no_text_is_markup(agrees: CheckResult) -> None:
    """Whatever field it comes from, text stays text."""
    evil = "\"'><img src=x onerror=alert(1)><!--</style></pre>&amp;\x00"
    check = replace(
        agrees,
        id=f"{evil}::{evil}",
        exercise=evil,
        function=evil,
        promise=evil,
        setting=evil,
        call=Call(evil, {evil: evil}),
        mismatch=replace(
            agrees.mismatch, of=evil, expected=evil, got=evil, got_preview=[evil]
        ),
        idea=Idea(evil, evil, evil),
        hint=evil,
        look_at=evil,
        printed=evil,
    )
    verdict = Verdict(
        evil,
        evil,
        7,
        [check],
        settings=[evil],
        settings_skipped={evil: evil},
        written=[WrittenAnswer(evil, evil, 1, evil)],
        notes=[Note(evil, evil)],
    )

    text = html.render(verdict)

    assert not {"img", "script"} & Page(text).tags()
    assert "<img" not in text
    assert "<!--" not in text
    assert "\x00" not in text
    assert text.count("&lt;img src=x") >= 20


def test_a_page_without_checks_and_one_without_points() -> None:
    """Edges of what can be graded still make a page."""
    assert "No check has run." in html.render(Verdict("cnn", "student_01", 7, []))


def test_equal_verdicts_are_equal_pages(everything: Verdict) -> None:
    """The page depends on the verdict alone."""
    assert html.render(everything) == html.render(everything)
