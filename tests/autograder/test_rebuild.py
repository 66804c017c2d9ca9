"""Whose answer is whose: copied, split, merged, moved, retyped, deleted and renamed cells, and cells added by the student."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.notebooks import MAX_CELLS, Piece, Unreadable, names_bound, read
from autograder.rebuild import ELSEWHERE, is_answered, rebuild


def cell(kind, name, source, grade_id="", **flags):
    meta = (
        {"nbgrader": {"grade_id": grade_id, "grade": False, "solution": False, "locked": False} | flags}
        if grade_id
        else {}
    )
    made = {"cell_type": kind, "id": name, "metadata": meta, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


RELEASE = [
    cell("markdown", "header", "# Pool", "header", locked=True),
    cell("code", "student", 'STUDENT = ""  # your name'),
    cell("code", "setup-1", "import numpy as np", "setup1", locked=True),
    cell("markdown", "f-text", "Write `f`.", "f__text", locked=True),
    cell("code", "f-solution", "def f(x):\n    # YOUR CODE HERE\n    pass", "f__solution", solution=True),
    cell("code", "f-check", 'check("f", f)', "f", grade=True, locked=True),
    cell("markdown", "g-text", "Write `g`.", "g__text", locked=True),
    cell("code", "g-solution", "def g(x):\n    # YOUR CODE HERE\n    pass", "g__solution", solution=True),
    cell("code", "g-check", 'check("g", g)', "g", grade=True, locked=True),
    cell("markdown", "why-text", "Say why.", "why__text", locked=True),
    cell("markdown", "why-solution", "YOUR ANSWER HERE", "why", grade=True, solution=True),
]
F, G = "def f(x):\n    return 2 * x", "def g(x):\n    return f(x) + 1"


def notebook(f=F, g=G, why="Because."):
    """Return a submission's raw cells."""
    made = copy.deepcopy(RELEASE)
    for name, source in (("f-solution", f), ("g-solution", g), ("why-solution", why)):
        at(made, name)["source"] = source
    return made


def at(cells, name):
    return next(c for c in cells if c.get("id") == name)


def place(cells, name):
    return next(i for i, c in enumerate(cells) if c.get("id") == name)


def rebuilt(cells, titles=None):
    return rebuild(RELEASE, read(json.dumps({"cells": cells}).encode()), titles)


def answers(result):
    return {c["id"]: c["source"] for c in result.cells if c["id"].endswith("-solution")}


RIGHT = {"f-solution": F, "g-solution": G, "why-solution": "Because."}


def test_a_clean_submission_comes_back_as_it_is():
    """Are the answers taken and everything else the released notebook's?"""
    result = rebuilt(notebook())
    assert answers(result) == RIGHT
    assert result.notes == ()
    assert [c["id"] for c in result.cells] == [c["id"] for c in RELEASE]
    assert result.answered == ("f", "g", "why")


def test_locked_cells_and_metadata_are_the_released_ones():
    """Do edits of locked cells, tags, outputs and points have no effect?"""
    cells = notebook()
    at(cells, "f-check")["source"] = "check = print"
    at(cells, "f-check")["metadata"]["tags"] = ["skip-execution"]
    at(cells, "f-check")["metadata"]["nbgrader"]["points"] = 1000
    at(cells, "g-text")["source"] = "<script>alert(1)</script>"
    at(cells, "f-solution")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "5"}]
    result = rebuilt(cells)
    assert [
        c for c in result.cells if not c["id"].endswith("-solution") and not c["id"].startswith("extra")
    ] == [c for c in RELEASE if not c["id"].endswith("-solution")]
    assert all(c["outputs"] == [] for c in result.cells if c["cell_type"] == "code")


def test_without_any_id_answers_are_found_by_their_text():
    """Is a notebook recognised that lost every id and all metadata?"""
    cells = notebook()
    for c in cells:
        c.pop("id")
        c["metadata"] = {}
    result = rebuilt(cells)
    assert answers(result) == RIGHT
    assert not any(c["id"].startswith("extra") for c in result.cells)


def test_of_copies_the_last_answer_counts():
    """Does a duplicated cell stop nothing, and is the last answer taken and said?"""
    cells = notebook()
    first = copy.deepcopy(at(cells, "f-solution"))
    first["source"] = "def f(x):\n    return 99"
    cells.insert(place(cells, "f-solution"), first)
    result = rebuilt(cells, {"f": "Twice"})
    assert answers(result) == RIGHT
    assert result.notes == ("There were 2 answers to “Twice”; the last one was graded.",)


def test_an_untouched_copy_does_not_count():
    """Is a blank copy below the answer passed over?"""
    cells = notebook()
    cells.insert(place(cells, "f-check"), copy.deepcopy(at(RELEASE, "f-solution")))
    assert answers(rebuilt(cells)) == RIGHT


def test_a_split_answer_is_joined():
    """Is an answer cut into two cells put together again?"""
    cells = notebook(f="def f(x):\n    y = 2 * x")
    rest = cell("code", "new", "    return y", "f__solution", solution=True)
    cells.insert(place(cells, "f-check"), rest)
    assert answers(rebuilt(cells))["f-solution"] == "def f(x):\n    y = 2 * x\n    return y"


def test_merged_answers_are_not_overwritten_by_a_stub():
    """If two answers stand in one cell and the other cell is gone, does the stub stay away?"""
    cells = notebook(f=F + "\n\n" + G)
    del cells[place(cells, "g-solution")]
    result = rebuilt(cells)
    assert answers(result)["f-solution"] == F + "\n\n" + G
    assert answers(result)["g-solution"] == ELSEWHERE
    assert result.answered == ("f", "g", "why")


def test_moved_answers_go_back():
    """Are answers in another order put in the released order?"""
    cells = notebook()
    a, b = place(cells, "f-solution"), place(cells, "g-solution")
    cells[a], cells[b] = cells[b], cells[a]
    assert answers(rebuilt(cells)) == RIGHT


def test_an_answer_in_a_new_or_in_the_wrong_cell_is_found():
    """Is an answer found that was written into an added cell, or over the check?"""
    stub = at(RELEASE, "f-solution")["source"]
    added = notebook(f=stub)
    added.insert(place(added, "f-check"), cell("code", "new", F))
    assert answers(rebuilt(added)) == RIGHT
    over = notebook(f=stub)
    at(over, "f-check")["source"] = F + '\ncheck("f", f)'
    result = rebuilt(over)
    assert answers(result)["f-solution"].startswith(F)
    assert any("stood in another cell" in note for note in result.notes)


def test_a_deleted_answer_is_put_back_empty_and_said():
    """Does a deleted cell cost that task alone?"""
    cells = notebook()
    del cells[place(cells, "f-solution")]
    result = rebuilt(cells, {"f": "Twice"})
    assert answers(result)["f-solution"] == at(RELEASE, "f-solution")["source"]
    assert "The cell for your answer to “Twice” was missing; it was put back, empty." in result.notes
    assert result.answered == ("g", "why")


def test_cells_that_answers_lean_on_stay_where_they_were():
    """Does a helper in a cell above the task survive, in its place, without outputs and metadata?"""
    cells = notebook(f="def f(x):\n    return helper(x)")
    extra = cell("code", "mine", "def helper(x):\n    return 2 * x", "")
    extra |= {"metadata": {"tags": ["skip-execution"]}, "outputs": [{"output_type": "error"}]}
    cells.insert(place(cells, "f-solution"), extra)
    result = rebuilt(cells)
    ids = [c["id"] for c in result.cells]
    assert ids.index("extra-1") == ids.index("f-solution") - 1
    assert at(result.cells, "extra-1") == cell("code", "extra-1", extra["source"])


def test_imports_added_to_a_locked_setup_cell_survive():
    """Does an import that a student typed into the locked setup cell still serve the answers?"""
    cells = notebook()
    at(cells, "setup-1")["source"] = "import numpy as np\nimport math"
    result = rebuilt(cells)
    ids = [c["id"] for c in result.cells]
    assert at(result.cells, "setup-1")["source"] == "import numpy as np"
    assert at(result.cells, "extra-1")["source"] == "import math"
    assert ids.index("extra-1") == ids.index("setup-1") + 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("STUDENT = 'ana'", "STUDENT = 'ana'  # your name"),
        ('STUDENT = "a\'b\\"c"', "STUDENT = 'a\\'b\"c'  # your name"),
        ("STUDENT = ana", 'STUDENT = ""  # your name'),
        ("STUDENT = input()", 'STUDENT = ""  # your name'),
    ],
)
def test_the_user_name_is_taken_over_only_as_plain_text(typed, kept):
    """Is a typed name kept, and nothing but a text ever run in its cell?"""
    cells = notebook()
    at(cells, "student")["source"] = typed
    result = rebuilt(cells)
    assert at(result.cells, "student")["source"] == kept
    assert not any(c["id"].startswith("extra") for c in result.cells)


def test_a_written_answer_in_other_cells_is_found():
    """Is a written answer read that was continued in a second cell, or typed as code, or under the question?"""
    cells = [*notebook(), cell("markdown", "more", "And more.")]
    assert answers(rebuilt(cells))["why-solution"] == "Because.\n\nAnd more."
    typed = notebook()
    at(typed, "why-solution")["cell_type"] = "code"
    made = at(rebuilt(typed).cells, "why-solution")
    assert (made["cell_type"], made["source"]) == ("markdown", "Because.")
    below = notebook(why="YOUR ANSWER HERE")
    below.insert(place(below, "why-solution"), cell("markdown", "mine", "So."))
    assert answers(rebuilt(below))["why-solution"] == "So."


def test_pictures_in_a_written_answer_are_kept_if_they_are_pictures():
    """Does a pasted picture stay, and an attachment of another kind not?"""
    cells = notebook()
    at(cells, "why-solution")["attachments"] = {
        "a.png": {"image/png": "QUJD"},
        "b.svg": {"image/svg+xml": "<svg/>"},
    }
    assert at(rebuilt(cells).cells, "why-solution")["attachments"] == {"a.png": {"image/png": "QUJD"}}


def test_blank_and_foreign_notebooks():
    """Is a blank notebook recognised as one, and a foreign one as not ours?"""
    blank = rebuilt(RELEASE)
    assert blank.answered == () and blank.recognised
    foreign = rebuilt(
        [cell("code", "a", "def h(x):\n    # YOUR CODE HERE\n    pass"), cell("markdown", "b", "# Other")]
    )
    assert foreign.recognised == 0


def test_is_answered_looks_past_white_space():
    """Are added blank lines or trailing spaces no answer?"""
    stub = at(RELEASE, "f-solution")["source"]
    assert not is_answered(stub + "\n\n   \n", stub)
    assert not is_answered("  ", stub)
    assert is_answered(stub.replace("pass", "return x"), stub)


# ---- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf  \n", "empty"),
        (b"\x00" * 100, "empty"),
        (b"not a notebook", "stops being JSON in line 1"),
        (b'{"cells": [', "stops being JSON"),
        (b'<<<<<<< HEAD\n{"cells": []}\n>>>>>>> b', "unfinished merge"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": ' + b"9" * 10_000 + b"}", "number too long"),
        (b"[1, 2]", "no list of cells"),
        (b'{"cells": {}}', "no list of cells"),
        (b'{"worksheets": [3]}', "no list of cells"),
        (json.dumps({"cells": [{}] * (MAX_CELLS + 1)}).encode(), "3001 cells"),
        (b"PK\x03\x04 zip", "stops being JSON"),
    ],
)
def test_what_is_no_notebook_is_said_in_a_sentence(data, words):
    """Does every file that is no notebook get a sentence, and none an error of Python?"""
    with pytest.raises(Unreadable, match=words):
        read(data)


@pytest.mark.parametrize(
    "cells",
    [
        [{"cell_type": "code", "source": ["x = 1\n", "x"]}],
        [{"cell_type": "code", "source": "x = 1\r\nx", "metadata": None, "outputs": 5}],
        [{"cell_type": "code", "input": "x = 1\nx", "metadata": {"nbgrader": "no"}}],
    ],
)
def test_clumsy_cells_are_read(cells):
    """Are lists, missing keys, odd kinds and old names of a cell's parts accepted?"""
    assert read(json.dumps({"cells": cells}).encode()) == [Piece("code", "x = 1\nx")]


def test_old_formats_and_encodings_are_read():
    """Are format 3, a heading cell, UTF-16 and Latin-1 read?"""
    old = {
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": "Zoë"},
                    7,
                    {"cell_type": "code", "input": "1"},
                ]
            }
        ]
    }
    wanted = [Piece("markdown", "## Zoë"), Piece("code", "1")]
    assert read(json.dumps(old).encode()) == wanted
    text = json.dumps(old, ensure_ascii=False)
    assert read(text.encode("utf-16")) == wanted
    assert read(text.encode("latin-1")) == wanted


def test_hostile_sizes_are_bounded():
    """Is a huge cell cut, and said in the cell?"""
    (piece,) = read(json.dumps({"cells": [{"cell_type": "code", "source": "x" * 300_000}]}).encode())
    assert len(piece.source) < 200_100 and piece.source.endswith("100000 characters were cut off here")


def test_names_bound_by_a_cell():
    """Are names found in definitions, assignments and branches, and none in what is no Python?"""
    assert names_bound("if True:\n    def f(): ...\nelse:\n    f = None\nimport a.b as c\n(x, y) = 1, 2") == {
        "f",
        "c",
        "x",
        "y",
    }
    assert names_bound("def f(:") == set()
    assert names_bound("%%time\nz = 1\n!ls") == {"z"}


# ---- whatever comes ------------------------------------------------------------------------------------------------

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
SOURCES = st.sampled_from(
    [F, G, "def f(:", "%%time\nf = 1", "x = " * 50, "g = f", "", 'STUDENT = "ü"']
) | st.text(max_size=40)
IDS = st.sampled_from([c["id"] for c in RELEASE]) | st.none() | ODD
GRADE_IDS = st.sampled_from([c["metadata"].get("nbgrader", {}).get("grade_id") for c in RELEASE]) | ODD
CELLS = ODD | st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", 3]), "source": SOURCES | st.lists(SOURCES) | ODD},
    optional={"id": IDS, "metadata": ODD | st.fixed_dictionaries({"nbgrader": ODD | st.fixed_dictionaries({"grade_id": GRADE_IDS})}),
              "attachments": ODD, "level": ODD, "input": ODD},
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(CELLS, max_size=14))
def test_whatever_the_cells_are_the_notebook_comes_out_whole(cells):
    """Does every heap of cells give the released notebook, valid, with only answers and added code changed?"""
    result = rebuild(RELEASE, read(json.dumps({"cells": cells}).encode()))
    own = [c for c in result.cells if not c["id"].startswith("extra-")]
    assert [(c["id"], c["cell_type"], c["metadata"]) for c in own] == [
        (c["id"], c["cell_type"], c["metadata"]) for c in RELEASE
    ]
    for made, released in zip(own, RELEASE, strict=True):
        if not made["id"].endswith("-solution") and made["id"] != "student":
            assert made["source"] == released["source"]
    notebook = {"cells": result.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    nbformat.validate(nbformat.from_dict(notebook))
    json.dumps(notebook).encode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | ODD.map(lambda value: json.dumps(value).encode()))
def test_whatever_the_bytes_are_they_are_read_or_refused(data):
    """Do any bytes give cells or one sentence, and never another error?"""
    try:
        assert all(isinstance(piece, Piece) for piece in read(data))
    except Unreadable as problem:
        assert str(problem).endswith(".")
