"""The output of a notebook's cell: the page's blocks, at home on any page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from autograder.reports import html_cell
from autograder.verdict import CheckResult, Idea, Outcome, Verdict
from tests.reports.test_html import SECRET, Page
from tests.verdicts import result


@pytest.fixture
def cell(everything: Verdict) -> str:
    return html_cell.render(everything)


def style_of(cell: str) -> str:
    (style,) = re.findall(r"<style>(.*?)</style>", cell, re.DOTALL)
    return style


def test_every_rule_holds_in_the_report_alone(cell: str) -> None:
    """A rule for `table` or `:root` would change the student's own page."""
    heads = re.findall(r"([^{}]+)\{", style_of(cell))
    selectors = [
        selector.strip()
        for head in heads
        if "@" not in head
        for selector in head.split(",")
    ]

    assert len(selectors) > 80
    for selector in selectors:
        assert ".autograder-report.autograder-report" in selector, selector
        assert not selector.endswith((":root", "body")), selector


def test_it_asks_its_own_width_and_the_notebooks_theme(cell: str) -> None:
    """A narrow cell of a wide window is narrow; the notebook says if it is dark."""
    style = style_of(cell)

    assert "@container (max-width" in style
    assert "container-type: inline-size" in style
    assert "@media" not in style
    for mark in ('[data-jp-theme-light="false"]', ".vscode-dark", 'html[theme="dark"]'):
        assert f"{mark} .autograder-report" in style
    (dark,) = [r for r in style.split("}") if "color-scheme: dark" in r]
    used = {*re.findall(r"var\((--[a-z-]+)\)", style)}
    assert all(f"{name}:" in dark for name in used)


def test_it_is_one_element_without_script(cell: str) -> None:
    """It nests, fetches nothing, and has no heading of the notebook's own."""
    page = Page(cell)

    assert page.found[0] == ("div", {"class": "autograder-report"})
    assert not page.tags() & {"script", "link", "img", "iframe", "a", "h1", "h2", "h3"}
    assert not re.search(r"https?://|url\(|on\w+=", cell)
    headings = [values for _, values in page.found if values.get("role") == "heading"]
    assert len(headings) > 3


def test_nothing_of_a_hidden_check_is_told(cell: str) -> None:
    """It is a student's page as the other one is."""
    assert SECRET not in cell


def test_names_of_several_reports_differ(everything: Verdict) -> None:
    """A notebook shows many, and an id may stand on a page once."""
    ids = [
        name
        for number in (1, 2)
        for name in Page(html_cell.render(everything, number=number)).ids()
    ]

    assert len(ids) == len({*ids})


def test_what_runs_it_again_is_a_call() -> None:
    """check("...") and check(), where a terminal has commands."""
    failed = result(Outcome.FAILED, "agrees", 1, idea=Idea("a", "b", "c?"))
    passed = result(Outcome.PASSED, "agrees", 1)

    shown = html_cell.render(Verdict("cnn", "", 7, [failed]), part=True)
    praised = html_cell.render(Verdict("cnn", "", 7, [passed]), part=True)

    assert "check(&quot;agrees&quot;)" in shown
    assert "`check()` runs every check" in praised
    assert "autograder check" not in shown + praised


def test_text_is_escaped() -> None:
    """What a student wrote is text, and no tag of the page."""
    hostile = "</style><script>alert(1)</script><h2>"
    check: CheckResult = replace(
        result(Outcome.CRASHED, "agrees", 1, detail=hostile), promise=hostile
    )

    cell = html_cell.render(Verdict("cnn", "", 7, [check]))

    assert "<script" not in cell
    assert cell.count("</style>") == 1
    assert "&lt;h2&gt;" in cell
    assert "<script" not in html_cell.message(hostile)
