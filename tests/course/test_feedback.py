"""The feedback page: what it says, and that nothing on it can run or load."""

from __future__ import annotations

import html.parser
import itertools
import re

import pytest

from autograder.exercise import Verdict
from autograder.inbox import File, Receipt
from course.feedback import page, refused_page
from course.gradebook import Mark
from course.results import Result, Task


def receipt(verdict="counted", number=1, late=False, reason="", notes=()):
    files = (File("ps77.ipynb", 1234, "ab" * 32),)
    return Receipt(
        "ps77", "ana", "ana", number, "2026-10-11T22:00:00+00:00", "CEST", verdict, reason, late, files,
        notebook="ps77.ipynb", sha256="ab" * 32, size=1234, notes=notes,
    )  # fmt: skip


def mark(points, most, by_hand=False, waiting=False, comment=""):
    return Mark(points, most, by_hand, waiting, again=False, comment=comment)


def tasks(toy, **changes):
    """Return a student's tasks: one right, one partly, one wrong, one for a person; each may be replaced."""
    e = toy.registry
    made = {
        "double": Task(e["double"], "correct", 2, Verdict("double", "correct", 1, "Correct."), mark=mark(2, 2), answer="def double(x): ..."),
        "halved": Task(e["halved"], "partly", 0.5, Verdict("halved", "partly", 0.5, "You forgot the half.", "M5", ("a detail",)), mark=mark(0.5, 1)),
        "sides": Task(e["sides"], "not yet", 0, Verdict("sides", "not yet", 0, "Not left."), {"error_type": "KeyError", "line": 3}, mark(0, 1)),
        "essay": Task(e["essay"], "manual", 0, mark=mark(0, 3, waiting=True), answer="Because."),
    }  # fmt: skip
    return tuple((made | changes).values())


def made(toy, receipts=None, **changes):
    return page(toy.course, "ps77", Result("ana", "ana", tasks(toy, **changes), receipts or (receipt(),)))


class Elements(html.parser.HTMLParser):
    """Every element of a page with its attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data + " "

    def names(self):
        return {tag for tag, _ in self.found}


def test_the_page_says_what_a_student_is_owed(toy):
    """Are points, what was checked, what was found, the lesson's section and the receipt all there?"""
    text = " ".join(Elements(made(toy)).text.split())
    for words in (
        "ps77: Doubling", "ana", "2.5 of 7 points", "up to 3 points", "Look at task 2 first",
        "Your function was called with the examples from the notebook and with 4 more that are not shown.",
        "You forgot the half.", "a detail", "KeyError in line 3 of your cell.", "Says twice.",
        "Where the lesson explains it: Twice", "2026-10-11 22:00:00 UTC", "ab" * 32, "1234 bytes", "counted",
    ):  # fmt: skip
        assert words in text, words


def test_nothing_on_the_page_can_run_or_load(toy):
    """Is there a strict policy, and no script, picture, frame, form, hidden field, event handler or outside address?"""
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'\""
    task = Task(
        toy.registry["double"], "not yet", 0, Verdict("double", "not yet", 0, evil, None, (evil,)),
        {"error_type": evil, "line": 1}, mark(0, 2, comment=evil), answer=evil * 1000,
    )  # fmt: skip
    text = made(toy, receipts=(receipt(notes=(evil,), reason=evil),), double=task)
    elements = Elements(text)
    assert not elements.names() & {
        "script",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "svg",
        "link",
        "base",
        "audio",
        "video",
    }
    assert not any(name.startswith("on") or name == "style" for _, attrs in elements.found for name in attrs)
    policy = next(
        attrs["content"]
        for tag, attrs in elements.found
        if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    assert all(
        not attrs["href"].startswith(("http", "javascript", "//"))
        for tag, attrs in elements.found
        if "href" in attrs
    )
    assert "{{ 7*7 }}" in elements.text and "alert(1)" in elements.text
    assert not [attrs for _, attrs in elements.found if attrs.get("type") == "hidden"]


def test_the_page_is_bounded(toy):
    """Is a page below a megabyte whatever was handed in?"""
    long = "x" * 5_000_000
    task = Task(
        toy.registry["double"],
        "not yet",
        0,
        Verdict("double", "not yet", 0, long, None, (long,) * 50),
        {},
        mark(0, 2, comment=long),
        long,
    )
    text = made(toy, receipts=(receipt(notes=(long[:100],)),) * 40, double=task)
    assert len(text) < 100_000 and "more characters" in text


def test_the_page_is_readable_without_colours_and_by_a_screen_reader(toy):
    """Has the page a language, one main heading, ordered headings, outcomes in words and tables with headers?"""
    elements = Elements(made(toy))
    assert ("html", {"lang": "en"}) in elements.found
    levels = [int(tag[1]) for tag, _ in elements.found if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert {"Correct", "Partly right", "Not yet", "Read by a person"} <= {
        w.strip() for w in re.split(r"[·\n]| {2,}", elements.text)
    }
    assert all(attrs.get("scope") for tag, attrs in elements.found if tag == "th")
    ids = [attrs["id"] for _, attrs in elements.found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_marks_and_comments_of_a_person_are_on_it(toy):
    """Does a mark given by hand count in the total, with its comment, in place of what the grader found?"""
    essay = Task(
        toy.registry["essay"],
        "partly",
        2,
        mark=mark(2, 3, by_hand=True, comment="Well put."),
        answer="Because.",
    )
    double = Task(
        toy.registry["double"],
        "correct",
        2,
        Verdict("double", "not yet", 0, "It raised."),
        mark=mark(2, 2, by_hand=True),
    )
    text = " ".join(Elements(made(toy, essay=essay, double=double)).text.split())
    assert "4.5 of 7 points" in text and "Well put." in text and "still to be read" not in text
    assert "The grader had found: It raised." in text and "A person gave the points for this answer." in text


def test_late_and_broken_hand_ins_are_explained(toy):
    """Does the page say which hand-in was graded, and why a later one was not?"""
    late = receipt("not counted", 2, True, "It was handed in after the deadline.")
    broken = receipt("refused", 3, False, "The file is empty.")
    text = " ".join(Elements(made(toy, receipts=(receipt(), late, broken))).text.split())
    assert "does not count: It was handed in after the deadline." in text
    assert "could not be read, so the work before it was graded: The file is empty." in text
    assert text.count("SHA-256") == 3
    assert "It was handed in after the deadline." in made(toy, receipts=(receipt(late=True),))


def test_a_grader_fault_is_not_held_against_the_student(toy):
    """Does a task without a verdict say that the grader failed, and show no points?"""
    task = Task(toy.registry["double"], "not graded", 0)
    text = " ".join(Elements(made(toy, double=task)).text.split())
    assert "nothing is held against you" in text and "– of 2" in text


def test_refused_work_has_a_page(toy):
    """Does a student whose file could not be graded get a page with the reason and the receipt?"""
    receipts = (receipt("refused", reason="The file is empty. Save it again."),)
    refused = tuple(Task(e, "refused", 0) for e in toy.registry.values())
    path = refused_page(toy.course, "ps77", Result("ana", "ana", refused, receipts))
    assert path == toy.course.root / "feedback" / "ana" / "ps77" / "ps77.html"
    text = " ".join(Elements(path.read_text(encoding="utf-8")).text.split())
    assert (
        "It could not be graded" in text
        and "The file is empty. Save it again." in text
        and "0 of 7 points" in text
    )


@pytest.mark.parametrize("name", ["<b>ana</b>", "../../ana", "Zoë 用户"])
def test_names_are_text(toy, name):
    """Is a hostile or foreign name shown as it is, as text?"""
    text = page(toy.course, "ps77", Result(name, "ana", tasks(toy), (receipt(),)))
    assert name in Elements(text).text and "<b>" not in text
