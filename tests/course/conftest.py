"""A course of one toy lesson, for tests of the machinery that must not depend on what the real lessons say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.exercise import Case, Exercise, Slot, Tolerance
from course.folder import Course

LESSON = '''# %% [markdown]
# # Lesson 77: Doubling
#
# There are {{40 = len(numbers) | d}} numbers, in 1979 as in lesson 02; their mean is {{−0.50 = numbers.mean() | .2f}}.

# %% tags=["setup"]
STUDENT = ""

# %% tags=["setup"]
import numpy as np

from autograder import check, hint, solution

numbers = np.arange(40) - 20.0

# %% [markdown]
# ## Twice
#
# $\\mu = {{−0.5 = numbers.mean() | .1f}}$, and `x = 12` is code.

# %% [markdown] exercise="double"
# Write `double(x)`; for {{3 = numbers[23] | .0f}} it gives six.

# %% exercise="double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% [markdown] exercise="halved"
# Halve the mean.

# %% exercise="halved"
halved = ...
### BEGIN SOLUTION
halved = numbers.mean() / 2
### END SOLUTION

# %% [markdown] exercise="sides"
# Fill in.

# %% exercise="sides"
sides = {"side": ...}
### BEGIN SOLUTION
sides = {"side": "left"}
### END SOLUTION

# %% [markdown] exercise="essay"
# Say why.

# %% [markdown] exercise="essay" answer=true
# ### BEGIN SOLUTION
# Because it is twice as much.
# ### END SOLUTION

# %% [markdown]
# ## In the books
#
# Gelman & Hill, chapter 12, pp. 251–259.
'''

EXACT = Tolerance(1e-9, 1e-9, "closed form")
EXERCISES = (
    Exercise(
        "double", "77", "Twice", "function", 2, "Twice",
        reference=lambda x: 2 * x, tolerance=EXACT, shown=(Case({"x": 3.0}),), draw=lambda rng: Case({"x": float(rng.normal())}),
        hints=("a", "b", "c"),
    ),
    Exercise("halved", "77", "Half", "value", 1, "Twice", reference=lambda: -0.25, tolerance=EXACT, hints=("a", "b", "c")),
    Exercise("sides", "77", "Sides", "slots", 1, "Twice", slots=(Slot("side", ("left", "right"), "left"),), hints=("a", "b", "c")),
    Exercise("essay", "77", "Why", "written", 3, "Twice", rubric=((2.0, "Says twice."), (1.0, "Says why."))),
)  # fmt: skip
ASSIGNMENTS = (
    '[ps77]\nlesson = "77"\ntitle = "Doubling"\nexercises = ["double", "halved", "sides", "essay"]\n'
)


@dataclass
class Toy:
    """A lesson file that a test may rewrite, its exercises, and a course folder."""

    path: Path
    course: Course
    registry: dict[str, Exercise]
    text: str = LESSON

    def rewrite(self, old: str, new: str) -> None:
        """Change the lesson's source; what is changed must be there."""
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """One lesson, four exercises, one assignment."""
    lessons, root = tmp_path / "lessons", tmp_path / "course"
    lessons.mkdir()
    root.mkdir()
    path = lessons / "77_doubling.py"
    path.write_text(LESSON, encoding="utf-8")
    (root / "assignments.toml").write_text(ASSIGNMENTS, encoding="utf-8")
    monkeypatch.setenv("HLM_TERM_SEED", "a seed for tests")
    return Toy(path, Course(root, lessons), {e.id: e for e in EXERCISES})
