"""The one step of nbgrader that is replaced: running and judging a submission, under its assignment's limits.

What this file does not do: any of it. `autograder.nbgrader_plugin` runs the notebook in the sandbox and judges it; here it
is told the limits that ``assignments.toml`` gives, whoever called nbgrader.
"""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode

from autograder.nbgrader_plugin import GradeInSandbox
from course.folder import open_course


class GradeAssignment(GradeInSandbox):
    """Grade in the sandbox, within the limits of the assignment."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Run and judge one notebook."""
        assignment = open_course(self.course_root).assignment(resources["nbgrader"]["assignment"])
        self.limits = {
            "cpu_seconds": assignment.cpu_seconds,
            "memory_bytes": assignment.memory_mb * 2**20,
            **self.limits,
        }
        return super().preprocess(nb, resources)
