"""The feedback page: what a student gets back, one page for each assignment.

The page says in this order: points, what to look at first, and for every task what was checked, what was found, where the
lesson explains it, and what a person added; at the foot the receipt. Only text goes on it: everything is escaped, there is
no script, no picture, no hidden case, no right number. Its style is allowed by its hash; nothing else may load.

nbgrader writes these pages itself (``nbgrader generate_feedback``, formgrader's button, `hlm feedback`): `FeedbackExporter`
is the exporter that it is told to use. Work that was refused has no place in nbgrader and gets its page from `refused_page`.

What this file does not do: decide what is said about an answer (`autograder.compare`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat.notebooknode import NotebookNode
from traitlets import default

from autograder import cards
from autograder.inbox import put
from course.folder import Course, open_course
from course.gradebook import marks, open_gradebook
from course.page import labels, view
from course.render import render
from course.results import Result, result


class FeedbackExporter(Exporter):
    """Makes the page of a graded notebook, for nbgrader's own feedback step."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of a graded notebook."""
        from autograder.exercises import registry

        nb, resources = super().from_notebook_node(nb, resources, **kw)
        about = resources["nbgrader"]
        course = open_course(self.parent.coursedir.root)
        with open_gradebook(course) as book:
            found = marks(book, about["assignment"], about["student"])
        return page(
            course,
            about["assignment"],
            result(course, about["assignment"], about["student"], found, registry()),
        ), resources


def refused_page(course: Course, ps: str, found: Result) -> Path:
    """Write the page of a student whose work could not be graded."""
    path = course.page(found.student_id, ps)
    put(path, page(course, ps, found).encode())
    return path


def page(course: Course, ps: str, found: Result) -> str:
    """Return the page as HTML.

    Parameters
    ----------
    course
        The course.
    ps
        The assignment.
    found
        What is known about the student's work (`course.results.result`).
    """
    style = cards.STYLE.removeprefix("<style>").removesuffix("</style>")
    return render("feedback", style, page=view(course, ps, found), labels=labels())
