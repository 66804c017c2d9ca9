"""How nbgrader is set up for this course, in one place.

`configure` is called by `hlm`, by a course folder's ``nbgrader_config.py`` (so by plain ``nbgrader autograde ps02`` there)
and by formgrader in JupyterLab: all three do the same.

What nbgrader does by itself and is changed here:

- it runs submissions in a kernel with all rights of the teacher; instead `course.grading.GradeAssignment` runs them in the
  sandbox and judges them outside of it;
- its stub raises an error; ours does not, so that an unsolved notebook runs from top to bottom;
- it shows text that students wrote as live HTML in formgrader; here it is cleaned;
- it turns the whole graded notebook into the feedback page; `course.feedback` writes a page of its own.

What this file does not do: run nbgrader (`course.steps`).
"""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from course.folder import Course, own_programs_first
from course.source import CODE_STUB, TEXT_STUB

GRADED = "graded.json"  # written beside an autograded notebook: what it was made from


def configure(c: Config, root: Path) -> None:
    """Set up nbgrader for the course in a folder.

    Parameters
    ----------
    c
        The configuration to fill.
    root
        The course's folder.
    """
    own_programs_first()
    root = Path(root).resolve()
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.db_url = Course(root).db_url
    c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.py", "*.pyc", "__pycache__", "feedback", GRADED]
    c.ClearSolutions.code_stub = {"python": CODE_STUB}
    c.ClearSolutions.text_stub = TEXT_STUB
    c.Autograde.autograde_preprocessors = [
        "course.grading.GradeAssignment",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",  # nbgrader has checked every cell's metadata one step before
    ]
    c.GradeInSandbox.course_root = str(root)
    c.GenerateFeedback.exporter_class = "course.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = []  # the exporter reads the gradebook itself
    # formgrader's own template forgets the option sanitize_html for written answers; this step does not
    c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]
    c.HTMLExporter.sanitize_html = True
    # in formgrader: of what is below a cell the figure, or else the text; never HTML
    c.NbConvertBase.display_data_priority = ["image/png", "image/jpeg", "text/plain"]
