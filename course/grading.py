"""The one step of nbgrader that is replaced: running and judging a submission, under its assignment's limits.

What was run before and is kept (`course.store`) is taken from there, if it was made from the same submission, the same
version of the assignment and the very cells that nbgrader shows; otherwise the notebook is run here and what comes of it
is kept. So plain ``nbgrader autograde``, formgrader's button and `hlm grade` write the same marks, and none runs twice.

What this file does not do: any of the work. `autograder.nbgrader_plugin` writes marks and cards, `autograder.grade` runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nbformat.notebooknode import NotebookNode
from traitlets import Unicode

from autograder import record
from autograder.assignment import Assignment
from autograder.grade import Graded
from autograder.nbgrader_plugin import GradeInSandbox
from course import store
from course.folder import open_course

__all__ = ["GradeAssignment", "limits_of"]


def limits_of(assignment: Assignment) -> dict[str, float]:
    """Return an assignment's limits by name, as `autograder.limits.Limits` calls them."""
    return {
        "cpu_seconds": assignment.cpu_seconds,
        "idle_seconds": assignment.idle_seconds,
        "memory_bytes": assignment.memory_mb * 2**20,
    }


class GradeAssignment(GradeInSandbox):
    """Take what was run before, or grade in the sandbox within the limits of the assignment."""

    version = Unicode("", help="The version that is being entered; empty: as the course stands now.").tag(
        config=True
    )

    def graded(self, nb: NotebookNode, root: Path, assignment: str, student: str) -> Graded:
        """Return what came of one notebook."""
        course = open_course(root)
        now = self.version or store.version(course, assignment)
        source = store.made_from(course, assignment, student, now, self.isolation)
        text = store.stored(course, assignment, student, source)
        if text is not None and record.notebook_in(text) == record.digest_of_cells(nb.cells):
            return record.read(text)
        self.limits = {**limits_of(course.assignment(assignment)), **self.limits}
        graded = super().graded(nb, root, assignment, student)
        store.keep(course, assignment, student, source, record.write(graded, nb.cells))
        return graded

    def helpers(self, root: Path, assignment: str, student: str) -> Mapping[str, str]:
        """Return the modules that intake has let through."""
        return store.helpers(open_course(root), assignment, student)
