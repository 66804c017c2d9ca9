"""The pages of the concept inventory as exercises: ten questions each, before the course and after it.

``pretest_1`` to ``pretest_4`` and ``posttest_1`` to ``posttest_4`` give their points for answering; the same pages are there once
more as ``posttest_right_1`` … with a point for each right answer. Which ones an assignment has stands in ``assignments.toml``.
"""

from __future__ import annotations

from autograder.exercise import Exercise
from autograder.inventory import PAGES, PER_PAGE, TESTS, questions
from hlm_teach.locale import N_

TITLES = (
    N_("Questions 1 to 10"),
    N_("Questions 11 to 20"),
    N_("Questions 21 to 30"),
    N_("Questions 31 to 40"),
)


def _page(test: str, page: int, marks: str) -> Exercise:
    return Exercise(
        id=f"{test}_right_{page}" if marks == "right" else f"{test}_{page}",
        lesson=test,
        title=TITLES[page - 1],
        kind="choices",
        points=PER_PAGE if marks == "right" else 1,
        section="",  # no lesson's section teaches a page
        data=test,
        marks=marks,
    )


EXERCISES = tuple(
    _page(test, page, marks)
    for test in TESTS
    for marks in ("answered", "right")
    for page in range(1, PAGES + 1)
)
DATA = dict.fromkeys(TESTS, questions)
