"""The one step that nbgrader calls: a submission's notebook goes in, its marks and what to say come out as cell outputs.

The idea: nbgrader keeps the gradebook, the formgrader and manual grading; only its `Execute`, which runs student code
with the teacher's rights and lets the student's process decide on marks, is replaced. nbgrader reads a mark off a grade
cell's outputs, by rules that this file is written around (`nbgrader.utils.determine_grade`, 0.9.6): no output at all is
full marks, any ``error`` or stderr is zero, an ``execute_result`` that is no number is full marks, one above the maximum
stops the submission. So each automatically graded cell gets exactly two outputs: a ``display_data`` (the card, and the
verdict as data) and an ``execute_result`` with the points.

Set it up with::

    c.Autograde.autograde_preprocessors = ["autograder.nbgrader_plugin.GradeInSandbox", …, "…SaveAutoGrades", …]

What this file does not do: judge (`autograder.grade`), rebuild a notebook (`autograder.intake`), or touch written
answers, which wait for a person.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Dict, Enum, Unicode

from autograder import cards, sandbox
from autograder.exercise import Verdict
from autograder.exercises import get
from autograder.grade import (
    Evidence,
    Graded,
    GraderFault,
    exercises_of,
    grade_notebook,
    is_automatic,
    points_of,
)
from autograder.job import CellRun, Shown
from autograder.limits import Limits
from hlm_teach.locale import N_, _

__all__ = ["GradeInSandbox", "others", "term_seed"]

MOST_TEXT = 20_000  # characters of what one cell printed that stay in the graded notebook
FIGURE = N_("a figure")


class GradeInSandbox(NbGraderPreprocessor):
    """Grade a notebook in the sandbox and write points and feedback into its grade cells."""

    course_root = Unicode("", help="The course's folder; empty: the one that nbgrader works in.").tag(
        config=True
    )
    isolation = Enum(
        ("bwrap", "process"),
        default_value="bwrap",
        help="How student code is shut in. 'process' gives it all rights of the teacher, and is marked on the result.",
    ).tag(config=True)
    limits = Dict(help="Limits of one submission by name; see autograder.limits.Limits.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Grade one student's notebook."""
        about = resources["nbgrader"]
        student, assignment = about["student"], about["assignment"]
        root = Path(self.course_root or Path.cwd()).resolve()
        try:
            graded = self.graded(nb, root, assignment, student)
        except GraderFault as fault:
            _record(root, assignment, student, fault)
            self.log.error("Grader fault, %s of %s was not graded: %s", assignment, student, fault)
            raise
        _forget(root, assignment, student)
        for place, cell in enumerate(nb.cells):
            if is_automatic(cell):
                self._write(cell, graded)
            elif cell.cell_type == "code":
                cell.execution_count = None
                cell.outputs = _outputs(graded.cells.get(place))
        nb.metadata["hlm"] = {
            "student": student,
            "assignment": assignment,
            "isolation": graded.isolation,
            "cpu_seconds": graded.cpu_seconds,
            "wall_seconds": graded.wall_seconds,
            "graded_with": _version(),
        }
        return nb, resources

    def graded(self, nb: NotebookNode, root: Path, assignment: str, student: str) -> Graded:
        """Run and judge a notebook here and now."""
        sandbox.hide(root)
        return grade_notebook(
            nb.cells,
            exercises_of(nb.cells),
            student,
            term_seed(root),
            assignment=assignment,
            others=others(root, student),
            helpers=self.helpers(root, assignment, student),
            limits=Limits.of(self.limits),
            isolation=self.isolation,
        )

    def helpers(self, root: Path, assignment: str, student: str) -> Mapping[str, str]:
        """Return the modules that the student's notebook may import."""
        return {}

    def _write(self, cell: NotebookNode, graded: Graded) -> None:
        """Write the card, then the points: exactly these two outputs, in this order."""
        grade_id, most = cell.metadata.nbgrader["grade_id"], float(cell.metadata.nbgrader["points"])
        verdict, evidence = graded.verdicts[grade_id], graded.evidence[grade_id]
        points = points_of(verdict, most)
        title = _(get(grade_id).title)
        cell.execution_count = None
        cell.outputs = [
            NotebookNode(
                output_type="display_data",
                data={
                    "text/html": cards.html(verdict, title=title, points=most),
                    "text/plain": cards.text(verdict, title=title, points=most),
                },
                metadata={"hlm": _facts(verdict, evidence, points, most, graded.isolation)},
            ),
            NotebookNode(
                output_type="execute_result",
                execution_count=None,
                data={"text/plain": repr(points)},
                metadata={},
            ),
        ]


def term_seed(root: Path) -> str:
    """Return the secret of the term, from which hidden cases are drawn.

    Parameters
    ----------
    root
        The course's folder; the seed stands in its file ``term_seed``. The environment variable ``HLM_TERM_SEED`` goes
        before it.

    Raises
    ------
    GraderFault
        If there is none: without it everyone could work out the hidden cases.
    """
    if given := os.environ.get("HLM_TERM_SEED"):
        return given
    try:
        seed = (root / "term_seed").read_text(encoding="utf-8").strip()
    except OSError:
        seed = ""
    if not seed:
        raise GraderFault(
            f"{root} has no term_seed, from which the hidden cases are drawn. Run `hlm build` once."
        )
    return seed


# ---- reading the notebook --------------------------------------------------------------------------------------------


def others(root: Path, student: str) -> Sequence[str]:
    """Return the other students whose work was taken in."""
    folders: Iterable[Path] = (root / "submitted").glob("*") if (root / "submitted").is_dir() else ()
    return sorted(f.name for f in folders if f.is_dir() and f.name != student)


# ---- writing ---------------------------------------------------------------------------------------------------------


def _facts(verdict: Verdict, evidence: Evidence, points: float, most: float, isolation: str) -> dict:
    """Return verdict and evidence as plain data, for the feedback page and the report."""
    said = asdict(verdict) | {"details": list(verdict.details), "points": points, "max_points": most}
    return {"verdict": said, "evidence": asdict(evidence), "isolation": isolation}


def _outputs(result: CellRun | None) -> list[NotebookNode]:
    """Return what a cell showed: text and figures, never HTML and never stderr."""
    if result is None:
        return []
    shown = [_output(one) for one in result.shown]
    if result.status != "ok":
        shown.append(_stream(f"[{result.status}] {result.error or ''} {result.message}".rstrip() + "\n"))
    return shown


def _output(shown: Shown) -> NotebookNode:
    if not shown.png:
        return _stream(shown.text)
    said = shown.alt or _(FIGURE)
    return NotebookNode(
        output_type="display_data",
        data={"image/png": base64.b64encode(shown.png).decode("ascii"), "text/plain": said},
        metadata={"image/png": {"alt": said}},
    )


def _stream(text: str) -> NotebookNode:
    return NotebookNode(output_type="stream", name="stdout", text=text[:MOST_TEXT])


# ---- what the teacher is told ----------------------------------------------------------------------------------------


def _fault_file(root: Path, assignment: str, student: str) -> Path:
    return root / "faults" / assignment / f"{student}.json"


def _record(root: Path, assignment: str, student: str, fault: GraderFault) -> None:
    """Keep a fault where the report finds it, until the submission has been graded."""
    path = _fault_file(root, assignment, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "assignment": assignment,
        "student": student,
        "fault": str(fault),
        "time": datetime.now(UTC).isoformat(),
    }
    path.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _forget(root: Path, assignment: str, student: str) -> None:
    _fault_file(root, assignment, student).unlink(missing_ok=True)


def _version() -> str:
    try:
        return version("hlm-course")
    except PackageNotFoundError:
        return "unknown"
