"""The card: every outcome has a shape and a word, everything is escaped, and nothing grows without end."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.cards import OUTCOMES, STYLE, html, note_html, note_text, text
from autograder.exercise import Verdict

ALLOWED = {"div", "p", "strong", "span", "ul", "li", "code", "pre", "a"}


class Reader(HTMLParser):
    """Collect tags, attributes and text of a card."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.words, self.open = [], [], "", []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def verdict(message="A sentence.", outcome="not yet", **fields):
    return Verdict("f", outcome, fields.pop("credit", 0.0), message, **fields)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_outcome_has_a_word_and_a_shape_of_its_own(outcome):
    """Can a reader who sees no colour, and one who hears the page, tell every outcome?"""
    shape, word = OUTCOMES[outcome]
    assert (
        [s for s, _w in OUTCOMES.values()].count(shape) == [w for _s, w in OUTCOMES.values()].count(word) == 1
    )
    page = Reader(html(verdict(outcome=outcome), style=False))
    assert shape in page.words and word in page.words
    assert ("aria-hidden", "true") in page.attributes  # the shape is not read out, the word is
    assert text(verdict(outcome=outcome)).startswith(f"{shape} {word}")


@pytest.mark.parametrize("colour", re.findall(r"#[0-9a-f]{6}", STYLE))
def test_the_colours_of_the_edge_can_be_seen_on_white_and_on_black(colour):
    """Is each edge at least 3:1 against a white page and against JupyterLab's dark one (#111111)?"""

    def luminance(c):
        parts = [int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light = (1.05) / (luminance(colour) + 0.05)
    dark = (luminance(colour) + 0.05) / (luminance("#111111") + 0.05)
    assert light >= 3 and dark >= 3, (colour, light, dark)


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "`<b>`",
    "javascript:alert(1)",
    "\u202eright to left",
    "\x00\x1b[31m",
    "</div></style><style>*{display:none}</style>",
    "&lt;script&gt;",
    "x" * 100_000,
    "<" * 5_000,
    "\ud800",
]


@pytest.mark.parametrize("words", HOSTILE, ids=lambda w: repr(w)[:30])
def test_nothing_from_outside_is_live(words):
    """Is what a student could have written plain text in every place of the card, and of bounded length?"""
    odd = Verdict(words, "partly", 0.5, words, misconception=words, details=(words,) * 50)
    for page in (
        html(odd, title=words, points=2, link=words, style=False),
        note_html(words, [words] * 3, words[:500], style=False),
    ):
        seen = Reader(page)
        assert set(seen.tags) <= ALLOWED and not seen.open
        assert not [k for k, _v in seen.attributes if k.startswith("on") or k in ("style", "src")]
        assert "\u202e" not in seen.words and "\x1b" not in seen.words
        page.encode("utf-8")
        assert len(page) < 40_000
    plain = text(odd, title=words, points=2)
    assert len(plain) < 6_000 and "\x1b" not in plain and len(plain.splitlines()) <= 10


@given(st.text(max_size=60))
def test_any_text_keeps_the_card_whole(words):
    """Are the tags balanced, whatever stands in a sentence?"""
    seen = Reader(html(verdict(words, details=(words,)), title=words, style=False))
    assert not seen.open and set(seen.tags) <= ALLOWED


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://example.org/02#no-pooling", True),
        ("../lessons/02_three_ways.html#no-pooling", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("//elsewhere.example", False),
        ("file:///etc/passwd", False),
        ("a b", False),
        ("", False),
    ],
)
def test_only_plain_links_are_kept(link, kept):
    """Does the card link to the lesson and to nothing that runs?"""
    seen = Reader(html(verdict(), link=link, style=False))
    assert dict(seen.attributes).get("href") == link if kept else "a" not in seen.tags


def test_the_points_are_written_as_they_were_earned():
    """Do a third of two points, none, and a written answer read well?"""
    assert "0.6667 of 2 points" in text(verdict(outcome="partly", credit=1 / 3), points=2)
    assert "0 of 2 points" in html(verdict(), points=2)
    assert "of" not in text(verdict("Read.", outcome="manual"), points=4).splitlines()[0].replace(
        "Read by a person", ""
    )


def test_code_is_set_as_code():
    """Is what stands between backticks set as code, escaped?"""
    assert "<code>a &lt; b</code>" in html(verdict("Is `a < b` so?"))


def test_the_style_comes_along_unless_the_page_has_it():
    """Can a page with many cards bring the style once?"""
    assert html(verdict()).startswith(STYLE) and STYLE not in html(verdict(), style=False)
    assert "url(" not in STYLE and "@import" not in STYLE


def test_a_note_is_a_head_and_its_sentences():
    """Does a hint read as plain text?"""
    assert note_text("Hint 1 of 3", ["Look.", "Two more."]) == "Hint 1 of 3\n  Look.\n  - Two more."
