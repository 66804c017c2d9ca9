"""Does the page of promises say what the corpus, the limits and the benchmark say?"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # at the end: tests/hlm_teach lies there too
from autograder.limits import Limits
from autograder.notebooks import MAX_CELLS, MAX_TEXT
from corpus import CORPUS, FIRST, SECOND, THIRD
from corpus.record import CLASSES

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "grading.md").read_text(encoding="utf-8")
MEASURED = (PROJECT / "benchmarks" / "grading.md").read_text(encoding="utf-8")


def test_every_class_is_filled_and_every_submission_has_a_reason():
    """Has each class submissions, each submission a name of its own and a reason?"""
    assert {one.group for one in CORPUS} == set(CLASSES)
    assert len({one.name for one in CORPUS}) == len(CORPUS) and all(one.why for one in CORPUS)


def test_the_page_counts_what_is_there():
    """Are the numbers of submissions on the page those of the corpus?"""
    counted = Counter(one.group for one in CORPUS)
    said = dict(re.findall(r"(?m)^\| (\w+) \| (\d+) \| \D", PAGE))
    assert said == {**{group: str(counted[group]) for group in CLASSES}, "all": str(len(CORPUS))}
    for words in (
        f"first {len(FIRST)} showed",
        f"next {len(SECOND)} were written",
        f"last {len(THIRD)} were written",
    ):
        assert words in PAGE, words


def test_the_page_says_the_limits():
    """Do the limits on the page hold?"""
    limits = Limits()
    assert f"({limits.cpu_seconds:g} seconds a cell by default)" in PAGE
    assert f"stopped after {limits.idle_seconds:g} seconds of rest" in PAGE
    assert f"After {limits.wall_seconds / 60:g} minutes the clock ends any cell" in PAGE
    assert f"more than {MAX_CELLS:,} cells, {MAX_TEXT:,} characters" in PAGE
    assert limits.memory_bytes == 2 << 30 and "2 GB by default" in PAGE


def test_the_page_says_what_was_measured():
    """Do date, number of submissions and all figures of the benchmark stand on the page as they were measured?"""
    date, count = (
        re.search(r"(?m)^(\d{4}-\d\d-\d\d);", MEASURED)[1],
        re.search(r"(?m)^(\d+) submissions", MEASURED)[1],
    )
    assert f"{date}: {count} submissions" in PAGE
    figures = re.findall(r"(?m)^\| [\w ]+ \| [\d.]+ \| [\d.]+ \|$", MEASURED)
    assert len(figures) == 6 and all(line in PAGE for line in figures)


def test_the_page_says_how_long_a_whole_class_took():
    """Do the figures of the class of 300 stand on the page as they were measured?"""
    measured = (PROJECT / "benchmarks" / "whole_class.md").read_text(encoding="utf-8")
    steps = re.findall(r"(?m)^\| [\w (),]+ \| [\d.]+ \| [\d.]+ \| [\d.]+ \|$", measured)
    assert len(steps) == 6 and all(line in PAGE for line in steps)
    wrong = re.search(r"Marks that are not what they are owed: (\d+)", measured)[1]
    assert f"Marks that were not what they are owed: {wrong}." in PAGE
