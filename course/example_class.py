"""An example class: what twenty students handed in, each made from the solved notebook by a named edit.

For each student it says what came in and what must come out: outcome, points and misconception of every task, and words
that must stand on the feedback page. ``hlm demo`` shows the class, ``tests/course/test_whole_path.py`` holds the whole path to it.

What is not said is right: tasks are expected to be correct and written answers to wait for a person.

What this file does not do: run anything.
"""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.exercise import Exercise

Notebook = dict[str, Any]
Files = dict[str, bytes]
Books = Mapping[str, Notebook]  # by assignment


@dataclass(frozen=True)
class Expected:
    """What must come of one task."""

    outcome: str
    points: float = 0.0
    misconception: str = ""


NOT_YET = Expected("not yet")
BLANK = Expected("not attempted")


@dataclass(frozen=True)
class Example:
    """One student's work for one assignment.

    ``files`` makes what is handed in from the solved and the released notebooks; ``late`` makes what comes after the
    deadline. ``refused`` stands for all tasks; otherwise ``tasks`` names those that are not simply right.
    """

    student: str
    ps: str
    about: str
    files: Callable[[Books, Books], Files]
    tasks: Mapping[str, Expected] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    refused: bool = False
    late: Callable[[Books, Books], Files] | None = None
    rest: Expected | None = None  # of the tasks that ``tasks`` does not name; None: right

    def expected(self, exercise: Exercise) -> Expected:
        """Return what must come of one task."""
        if self.refused:
            return Expected("refused")
        right = Expected("manual") if exercise.kind == "written" else Expected("correct", exercise.points)
        return self.tasks.get(exercise.id, self.rest or right)


# ---- edits ---------------------------------------------------------------------------------------------------------


def text(notebook: Notebook) -> bytes:
    """Return a notebook as a file."""
    return json.dumps(notebook, indent=1).encode()


def one(ps: str, *edits: Callable[[Notebook], None]) -> Callable[[Books, Books], Files]:
    """Hand in the solved notebook after these edits."""

    def files(solved: Books, released: Books) -> Files:
        made = copy.deepcopy(solved[ps])
        for edit in edits:
            edit(made)
        return {f"{ps}.ipynb": text(made)}

    return files


def blank(ps: str) -> Callable[[Books, Books], Files]:
    """Hand in the notebook as it was released."""
    return lambda solved, released: {f"{ps}.ipynb": text(released[ps])}


def only(ps: str, *exercises: str) -> Callable[[Books, Books], Files]:
    """Hand in the released notebook with only these tasks done."""

    def files(solved: Books, released: Books) -> Files:
        made = copy.deepcopy(released[ps])
        for exercise in exercises:
            name = f"{exercise}-solution"
            made["cells"][find(made, name)]["source"] = solved[ps]["cells"][find(solved[ps], name)]["source"]
        return {f"{ps}.ipynb": text(made)}

    return files


def in_format_3(ps: str, *edits: Callable[[Notebook], None]) -> Callable[[Books, Books], Files]:
    """Hand in the solved notebook after these edits, in the format of 2014."""

    def files(solved: Books, released: Books) -> Files:
        (content,) = one(ps, *edits)(solved, released).values()
        return {f"{ps}.ipynb": text(_format_3(json.loads(content)))}

    return files


def find(notebook: Notebook, name: str) -> int:
    """Return the place of a cell by its id."""
    return next(i for i, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def answer(exercise: str, source: str) -> Callable[[Notebook], None]:
    """Write something else into an answer."""

    def edit(notebook: Notebook) -> None:
        notebook["cells"][find(notebook, f"{exercise}-solution")]["source"] = source

    return edit


def replace(exercise: str, old: str, new: str) -> Callable[[Notebook], None]:
    """Change a piece of an answer; the piece must be there."""

    def edit(notebook: Notebook) -> None:
        cell = notebook["cells"][find(notebook, f"{exercise}-solution")]
        source = "".join(cell["source"])
        if old not in source:
            raise ValueError(f"the answer to {exercise} does not contain {old!r}")
        cell["source"] = source.replace(old, new)

    return edit


def above(exercise: str, source: str) -> Callable[[Notebook], None]:
    """Add a code cell above an answer."""

    def edit(notebook: Notebook) -> None:
        cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}
        notebook["cells"].insert(find(notebook, f"{exercise}-solution"), cell)

    return edit


def twice(exercise: str) -> Callable[[Notebook], None]:
    """Duplicate an answer's cell, with everything on it."""

    def edit(notebook: Notebook) -> None:
        place = find(notebook, f"{exercise}-solution")
        notebook["cells"].insert(place, copy.deepcopy(notebook["cells"][place]))

    return edit


def without_names(notebook: Notebook) -> None:
    """Lose every id, tag and output, as some editors do."""
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell.pop("outputs", None)
        cell["metadata"] = {}


def _format_3(notebook: Notebook) -> Notebook:
    """Return the notebook in the format of 2014."""
    cells = []
    for cell in notebook["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            cells.append(
                old | {"input": cell["source"], "language": "python", "outputs": [], "collapsed": False}
            )
        else:
            cells.append(old | {"source": cell["source"]})
    return {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


# ---- lesson 02 -----------------------------------------------------------------------------------------------------

SWAPPED = """def partial_means(mean, n, sigma, tau, mu):
    own = 1 / tau**2
    target = n / sigma**2
    return (own * mean + target * mu) / (own + target)
"""
ONE_LINE = 'common_slope = smf.ols("math ~ homework", data=my_pupils).fit().params["homework"]'
LOOP = "common_slope = 0.0\nwhile True:\n    common_slope += 1"
KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
READS = """import glob, os
found = []
for path in ["/etc/shadow", os.path.expanduser("~/.ssh/id_rsa"), *glob.glob("/**/gradebook.db", recursive=True)[:3]]:
    found.append(open(path).read())
common_slope = found
"""
BUILTINS = 'sum = 5\nlen = "short"\nlist = dict = float = None\nprint = print'
MAGICS = "%matplotlib inline\n%config InlineBackend.figure_format = 'svg'\n!echo checking\nimport warnings\nwarnings.warn('careful')\nprint('x' * 100)"

PS02 = (
    Example("ada", "ps02", "everything right", one("ps02"), says=("18", "SHA-256")),
    Example(
        "ben",
        "ps02",
        "the weights swapped; the task that builds on it is judged with his own function",
        one("ps02", answer("partial_means", SWAPPED)),
        {"partial_means": Expected("partly", 1.5, "swapped_weights")},
        says=("swapped",),
    ),
    Example(
        "chen",
        "ps02",
        "one line through all pupils instead of an intercept for each school",
        one("ps02", answer("common_slope", ONE_LINE)),
        {"common_slope": Expected("partly", 0.5, "M1")},
    ),
    Example(
        "dana",
        "ps02",
        "two of six blanks wrong",
        one(
            "ps02",
            replace(
                "name_the_lines",
                '"ignores_the_school": "complete pooling"',
                '"ignores_the_school": "no pooling"',
            ),
            replace(
                "name_the_lines",
                '"for_one_county": "may be further from the truth"',
                '"for_one_county": "is closer to the truth"',
            ),
        ),
        {"name_the_lines": Expected("partly", 2.0, "M1")},
        says=("ignores_the_school", "for_one_county"),
    ),
    Example(
        "emil",
        "ps02",
        "the notebook as it was released",
        blank("ps02"),
        rest=BLANK,
    ),
    Example(
        "fatima",
        "ps02",
        "one cell loops for ever",
        one("ps02", answer("common_slope", LOOP)),
        {"common_slope": NOT_YET},
        says=("common_slope", "loop"),
    ),
    Example(
        "goran",
        "ps02",
        "one cell kills its own process",
        one("ps02", answer("honest_extreme", KILLED)),
        {"honest_extreme": NOT_YET},
    ),
    Example(
        "hana",
        "ps02",
        "looks for the gradebook and other files",
        one("ps02", answer("common_slope", READS)),
        {"common_slope": NOT_YET},
    ),
    Example(
        "ivan",
        "ps02",
        "overwrites built-in names; the answers are right",
        one("ps02", above("partial_means", BUILTINS)),
    ),
    Example(
        "jana",
        "ps02",
        "a file that was cut off while it was copied",
        lambda solved, released: {"ps02.ipynb": text(solved["ps02"])[:2000]},
        refused=True,
        says=("stops being JSON",),
    ),
    Example(
        "kofi",
        "ps02",
        "an empty file",
        lambda solved, released: {"ps02.ipynb": b""},
        refused=True,
        says=("empty",),
    ),
    Example(
        "lena",
        "ps02",
        "right in time, and a blank notebook after the deadline",
        one("ps02"),
        late=blank("ps02"),
        says=("after the deadline",),
    ),
    Example(
        "milo",
        "ps02",
        "magics, shell lines, warnings and prints",
        one("ps02", above("common_slope", MAGICS), above("name_the_lines", "%%time\nx = 1")),
    ),
    Example(
        "nora",
        "ps02",
        "the function renamed",
        one(
            "ps02",
            replace("partial_means", "def partial_means", "def partial_mean"),
            replace("mse_three_ways", "partial_means", "partial_mean"),
        ),
        {"partial_means": BLANK},
        says=("There is no partial_means",),
    ),
    Example(
        "omar",
        "ps02",
        "renamed, in a folder, with a byte-order mark and without any ids",
        lambda solved, released: {
            "work/Final version (2).ipynb": b"\xef\xbb\xbf"
            + one("ps02", without_names)(solved, released)["ps02.ipynb"]
        },
    ),
    Example(
        "Pía Núñez", "ps02", "a cell duplicated", one("ps02", twice("partial_means"), twice("common_slope"))
    ),
    Example(
        "quinn",
        "ps02",
        "the notebook of another assignment",
        lambda solved, released: {"ps02.ipynb": text(solved["ps03"])},
        refused=True,
        says=("ps03",),
    ),
    Example("rosa", "ps02", "not on the roster", one("ps02"), refused=True, says=("roster",)),
)


# ---- lesson 03 -----------------------------------------------------------------------------------------------------

GRAND_MEAN = """def pooled_target(y, se, tau):
    w = 1 / se**2
    return np.sum(w * y) / np.sum(w)
"""
HELPED = """def shrinkage_factor(se, tau):
    return share(square(se), square(tau))
"""
HELPERS = "def square(x):\n    return x * x\n\ndef share(a, b):\n    return a / (a + b)"
TAGS = 'def pooled_target(y, se, tau):\n    return "<script>alert(1)</script><img src=x onerror=alert(2)>"'

PS03 = (
    Example("ada", "ps03", "everything right", one("ps03")),
    Example(
        "ben",
        "ps03",
        "standard deviations for variances; what builds on it is judged with his own function",
        one("ps03", replace("shrinkage_factor", "se**2 / (se**2 + tau**2)", "se / (se + tau)")),
        {"shrinkage_factor": Expected("partly", 0.5, "sd_for_variance")},
    ),
    Example(
        "chen",
        "ps03",
        "the grand mean as the target",
        one("ps03", answer("pooled_target", GRAND_MEAN)),
        {"pooled_target": Expected("partly", 0.5, "M5")},
        says=("grand mean",),
    ),
    Example(
        "dana",
        "ps03",
        "no positive part",
        one(
            "ps03",
            replace(
                "james_stein_mean",
                "max(0, 1 - (len(y) - 3) * se**2 / np.sum((y - centre) ** 2))",
                "1 - (len(y) - 3) * se**2 / np.sum((y - centre) ** 2)",
            ),
        ),
        {"james_stein_mean": Expected("partly", 1.0, "no_positive_part")},
    ),
    Example(
        "emil",
        "ps03",
        "a table in which the smallest group does move most",
        one("ps03", replace("small_but_steady", "[50.0, 50.0, 62.0, 45.0]", "[90.0, 50.0, 51.0, 49.0]")),
        {"small_but_steady": Expected("partly", 1.0, "M6")},
    ),
    Example(
        "fatima",
        "ps03",
        "takes all the memory there is",
        one(
            "ps03", answer("small_but_steady", "hoard = []\nwhile True:\n    hoard.append(bytearray(10**8))")
        ),
        {"small_but_steady": NOT_YET},
        says=("memory",),
    ),
    Example(
        "goran",
        "ps03",
        "a text with HTML instead of a number",
        one("ps03", answer("pooled_target", TAGS)),
        {"pooled_target": NOT_YET},
    ),
    Example(
        "hana",
        "ps03",
        "helper functions in a cell of her own, and the format of 2014",
        in_format_3("ps03", answer("shrinkage_factor", HELPED), above("shrinkage_factor", HELPERS)),
    ),
    Example(
        "ivan",
        "ps03",
        "one blank wrong",
        one(
            "ps03",
            replace(
                "read_the_shrinkage",
                '"spread_of_estimates": "smaller than tau"',
                '"spread_of_estimates": "equal to tau"',
            ),
        ),
        {"read_the_shrinkage": Expected("partly", 4 / 3, "M7")},
    ),
    Example(
        "jana",
        "ps03",
        "only the first task done",
        only("ps03", "shrinkage_factor"),
        {"shrinkage_factor": Expected("correct", 2)},
        rest=BLANK,
    ),
)

CLASS = (*PS02, *PS03)
ROSTER = (*dict.fromkeys(e.student for e in CLASS if e.student != "rosa"), "sven")


def crowd(n: int, looping: int = 5, hostile: int = 10) -> list[Example]:
    """Return a class of any size for ps02: copies of the examples under names of their own, evenly mixed.

    Parameters
    ----------
    n
        How many students.
    looping
        How many of them have a cell that loops for ever.
    hostile
        How many of them kill their process or look for the gradebook.

    Examples
    --------
    >>> made = crowd(300)
    >>> len({e.student for e in made}), sum("loops" in e.about for e in made)
    (300, 5)
    """
    by_name = {e.student: e for e in PS02 if not e.refused and e.late is None}
    bad = [by_name.pop(name) for name in ("fatima", "goran", "hana")]
    odd = [bad[0]] * looping + [bad[1 + i % 2] for i in range(hostile)]
    honest = list(by_name.values())
    every = max(1, n // len(odd)) if odd else n + 1
    made = []
    for i in range(n):
        is_odd = odd and i % every == every // 2 and i // every < len(odd)
        example = odd[i // every] if is_odd else honest[i % len(honest)]
        made.append(dataclasses.replace(example, student=f"s{i + 1:03d}"))
    return made
