"""The self-check in a lesson: a sentence in every case, a traceback in none."""

from __future__ import annotations

import ast
import contextlib
import subprocess
import sys
import textwrap
import time
import warnings
from types import SimpleNamespace

import IPython.display
import numpy as np
import pandas as pd
import pytest

import autograder
from autograder import check, hint, judge_answer, progress, solution
from autograder.exercise import Carry, Case, Exercise, Misconception, Slot, Tolerance
from autograder.solutions import solution_code

TOLERANCE = Tolerance(1e-9, 0, "exact")
SQUARES = Exercise(
    "squares",
    "98",
    "Squares",
    "function",
    2,
    "A section",
    reference=lambda y, k: np.asarray(y) ** 2 * k,
    tolerance=TOLERANCE,
    shown=(
        Case({"y": np.array([1.5, 2.5]), "k": 2}, "two numbers"),
        Case({"y": np.array([3.5]), "k": 3}, "one number"),
    ),
    draw=lambda rng: Case({"y": rng.random(3), "k": 1}, "three"),
    hints=("Multiply.", "Square first.", "y times y times k."),
    misconceptions=(
        Misconception("not_squared", "You did not square.", lambda y, k: np.asarray(y) * k, 0.25),
    ),
    explanation="A square is a number times itself.",
)
ROOTS = Exercise(
    "total",
    "98",
    "The total",
    "function",
    1,
    "A section",
    reference=lambda y, k: float(np.sum(np.asarray(y) ** 2 * k)),
    tolerance=TOLERANCE,
    shown=SQUARES.shown,
    carries=(Carry("squares", lambda y, k: {"y": y, "k": k}, lambda v, y, k: float(np.sum(v))),),
)
OWN = Exercise(
    "my_mean",
    "98",
    "My mean",
    "value",
    1,
    "A section",
    reference=lambda data: float(data["y"].mean()),
    tolerance=TOLERANCE,
    data="ps98",
)
BLANKS = Exercise(
    "blanks",
    "98",
    "Blanks",
    "slots",
    1,
    "A section",
    slots=(Slot("way", ("up", "down"), "up"),),
    hints=("Look.",),
)
ESSAY = Exercise("essay", "98", "Essay", "written", 1, "A section", rubric=((1.0, "Says why."),))
BROKEN = Exercise(
    "broken", "98", "Broken", "function", 1, "A section", reference=lambda x: 1 / 0, shown=(Case({"x": 1}),)
)
ALL = {e.id: e for e in (SQUARES, ROOTS, OWN, BLANKS, ESSAY, BROKEN)}

LESSON = '''
# %% [markdown] exercise="squares"
# Square them.
# %% exercise="squares"
def squares(y, k):
    """Return k y²."""
    ### BEGIN SOLUTION
    return np.asarray(y) ** 2 * k
    ### END SOLUTION
# %% [markdown] exercise="essay"
# Why?
# %% [markdown] exercise="essay" answer=true
# ### BEGIN SOLUTION
# Because of noise,
#
# and of distance.
# ### END SOLUTION
# %%
print("### BEGIN SOLUTION")
'''


@pytest.fixture(autouse=True)
def _our_exercises(monkeypatch, tmp_path):
    monkeypatch.setattr("autograder.exercises.registry", lambda: ALL)
    monkeypatch.setattr("autograder.exercises.get", ALL.__getitem__)
    monkeypatch.setattr(
        "autograder.exercises.data_sets", lambda: {"ps98": lambda rng: pd.DataFrame({"y": rng.random(4)})}
    )
    (tmp_path / "98_squares.py").write_text(LESSON)
    monkeypatch.setenv("HLM_LESSONS", str(tmp_path))


def right(y, k):
    return y**2 * k


def said(capsys):
    return capsys.readouterr().out


def test_a_right_function_is_correct_and_recorded(capsys):
    """Does check say so, return nothing, and leave an attempt in the record?"""
    assert check("squares", right) is None
    assert said(capsys).startswith("● Correct · Squares\n")
    assert [e["outcome"] for e in progress.attempts("squares")] == ["correct"]


def test_a_known_mistake_is_named_and_the_next_step_offered(capsys):
    """Does check name the mistake and point to the hint?"""
    check("squares", lambda y, k: y * k)
    out = said(capsys)
    assert out.startswith("◐ Partly right") and "You did not square." in out and 'hint("squares")' in out


def spoils(y, k):
    y *= y
    return y * k


def raises(y, k):
    table = {"a": 1}
    return table["b"]


def exits(y, k):
    sys.exit(0)


def loops(y, k):
    while True:
        pass


def stubborn(y, k):
    while True:
        with contextlib.suppress(Exception):
            loops(y, k)


FUNCTIONS = {
    "changes its input": (spoils, "correct", "changes what is handed to it"),
    "raises": (raises, "not yet", "KeyError: 'b' (line "),
    "calls exit": (exits, "not yet", "SystemExit"),
    "not implemented": (
        lambda y, k: (_ for _ in ()).throw(NotImplementedError),
        "not attempted",
        "has not returned anything",
    ),
    "returns nothing": (lambda y, k: None, "not attempted", "has not returned anything"),
    "renamed parameters": (lambda values, factor: values**2 * factor, "correct", "Correct"),
    "a parameter short": (lambda y: y, "not yet", "TypeError"),
    "no function": (3.0, "not yet", 'check("squares", squares)'),
    "not written yet": (..., "not attempted", "has not returned anything"),
    "a class": (dict, "not yet", "Expected"),
    "returns itself": (lambda y, k: right, "not yet", "is a function"),
    "warns": (lambda y, k: (warnings.warn("careful", stacklevel=1), y**2 * k)[1], "correct", "Correct"),
}


@pytest.mark.filterwarnings("ignore:careful")
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_a_function_does_ends_in_a_sentence(name, capsys):
    """Does each way of going wrong end in a verdict and a sentence, never in an exception?"""
    function, outcome, sentence = FUNCTIONS[name]
    verdict = judge_answer("squares", function)
    check("squares", function)
    assert verdict.outcome == outcome
    assert sentence.lower() in said(capsys).lower()
    assert SQUARES.shown[0].inputs["y"].tolist() == [1.5, 2.5]


@pytest.mark.parametrize("function", [loops, stubborn])
def test_an_endless_loop_is_stopped_once(function, monkeypatch, capsys):
    """Is a loop interrupted, also inside `except Exception`, and are the other cases then left out?"""
    monkeypatch.setattr(sys.modules["autograder.check"], "SECONDS", 0.3)
    start = time.monotonic()
    check("squares", function)
    assert time.monotonic() - start < 5
    assert "a loop that does not end" in said(capsys)


def test_the_line_is_that_of_the_students_own_cell(capsys):
    """Does an error deep in numpy point to the student's line?"""
    source = "def squares(y, k):\n    a = 1\n    return np.linalg.inv(np.zeros((2, 2)))\n"
    namespace = {"np": np}
    exec(compile(source, "cell", "exec"), namespace)
    check("squares", namespace["squares"])
    assert "LinAlgError: Singular matrix (line 3 of its cell)" in said(capsys)


def test_a_question_asked_wrongly_gets_a_sentence(capsys):
    """What do an unknown name, a missing answer and a name without quotes say?"""
    check("square", right)
    assert said(capsys) == "There is no exercise 'square'. Did you mean 'squares'?\n"
    check("zzz", right)
    assert said(capsys) == "There is no exercise 'zzz'.\n"
    check(right, "squares")
    assert 'check("right")' in said(capsys)
    for odd in (3, None, ["squares"]):
        hint(odd)
        solution(odd)
        assert said(capsys).count("There is no exercise") == 2


@pytest.mark.parametrize("name", ["squares", "my_mean", "blanks"])
def test_without_an_answer_the_name_is_looked_up(name, capsys, monkeypatch):
    """Is what bears the exercise's name checked, and does a name that is not there give a card, not a NameError?"""
    check(name)
    text = said(capsys)
    assert "Not attempted" in text and f"There is no `{name}`" in text and "Run its cell first." in text
    monkeypatch.setitem(globals(), name, right if name == "squares" else ...)
    check(name)
    assert ("Correct" if name == "squares" else "has not been computed yet") in said(capsys)


def test_while_nbgrader_validates_only_what_is_not_right_goes_to_stderr(capsys, monkeypatch):
    """Does nbgrader, which shows stderr only and takes it as a failure, get the card of a wrong answer and no other word?"""

    def warns(y, k):
        print("a warning", file=sys.stderr)
        return right(y, k)

    check("squares", lambda y, k: y * k)
    card = said(capsys)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    check("squares", warns)
    heard = capsys.readouterr()
    assert heard.err == "" and "Correct" in heard.out
    check("squares", lambda y, k: y * k)
    heard = capsys.readouterr()
    assert heard.out == "" and heard.err.split() == card.split()
    assert max(len(line) for line in heard.err.split("\n")) <= 80
    check("square")
    assert "Did you mean" in capsys.readouterr().err


def test_our_own_mistake_is_said_to_be_ours(capsys):
    """Is a broken exercise neither a traceback nor the student's fault, and not recorded?"""
    check("broken", lambda x: 1.0)
    out = said(capsys)
    assert "at fault, not your answer" in out and "ZeroDivisionError" in out
    assert progress.attempts("broken") == []


def test_a_value_is_judged_on_the_students_own_data(capsys):
    """Is the value right for one's own name, and that of the practice set recognised?"""
    own = autograder.assignment_data("ps98", "ana")["y"].mean()
    practice = autograder.assignment_data("ps98")["y"].mean()
    assert judge_answer("my_mean", own, student="ana").outcome == "correct"
    assert judge_answer("my_mean", practice).outcome == "correct"
    verdict = judge_answer("my_mean", practice, student="ana")
    assert verdict.misconception == "other_data" and "the practice set" in verdict.message
    check("my_mean", own, student=5)
    assert "at fault" not in said(capsys)


def test_slots_and_texts_are_checked_too(capsys):
    """Do the kinds without numbers show a card?"""
    check("blanks", {"way": "down"})
    check("essay", "Because.")
    out = said(capsys)
    assert "“way”: “down” is not right." in out and "Says why." in out


def test_an_earlier_answer_of_the_notebook_is_carried(monkeypatch):
    """Is an answer that builds on the notebook's own wrong one right?"""
    names = {"squares": lambda y, k: y * k}
    monkeypatch.setattr(sys.modules["autograder.check"], "_shell", lambda: SimpleNamespace(user_ns=names))
    verdict = judge_answer("total", lambda y, k: float(np.sum(y * k)))
    assert (verdict.outcome, verdict.carried) == ("correct", True)
    del names["squares"]
    assert judge_answer("total", lambda y, k: float(np.sum(y * k))).outcome == "not yet"


def test_hints_come_one_by_one(capsys):
    """Does each call show the next hint and how many are left, and the call after the last all of them?"""
    for k, left in ((1, "2 more hints"), (2, "1 more hint is"), (3, "last hint")):
        hint("squares")
        out = said(capsys)
        assert f"Hint {k} of 3" in out and SQUARES.hints[k - 1] in out and left in out
    hint("squares")
    out = said(capsys)
    assert all(h in out for h in SQUARES.hints)
    check("squares", right)
    said(capsys)
    hint("squares")
    assert "Hint 1 of 3" in said(capsys)
    hint("essay")
    assert "rubric" in said(capsys)


def test_the_solution_is_the_lessons_own(capsys):
    """Is the solved cell shown, without its markers, with the explanation, and a sample text as text?"""
    code = solution_code(SQUARES)
    assert ast.parse(code) and "SOLUTION" not in code and code.endswith("** 2 * k")
    assert solution_code(ESSAY) == "Because of noise,\n\nand of distance."
    solution("squares")
    out = said(capsys)
    assert "return np.asarray(y) ** 2 * k" in out and SQUARES.explanation in out


def test_where_the_sources_are_not_the_solution_says_so(capsys, monkeypatch):
    """Is it said kindly that a course without sources shows the solutions later?"""
    monkeypatch.setattr("autograder.solutions.folders", lambda: [])
    solution("squares")
    out = said(capsys)
    assert "not part of this installation" in out and "return" not in out


def test_in_a_notebook_a_card_is_html_and_text(monkeypatch):
    """Does JupyterLab get HTML, with the text as fallback?"""
    shown = []
    monkeypatch.setattr(IPython.display, "display", shown.append)
    monkeypatch.setattr(sys.modules["autograder.check"], "_shell", lambda: SimpleNamespace(user_ns={}))
    check("squares", right)
    bundle = shown[0]._repr_mimebundle_()
    assert bundle["text/html"].count("hlm-correct") >= 1 and bundle["text/plain"].startswith("● Correct")


ALONE = """
import sys
sys.modules["autograder.exercises"] = None
import autograder
from autograder import check, hint, solution
"""


def test_without_the_exercises_it_says_so_and_goes_on():
    """Does a notebook run through where the exercises are not installed?"""
    code = textwrap.dedent(ALONE) + 'check("f", 1); hint("f"); solution("f"); print("end")'
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("not installed here") == 3 and done.stdout.endswith("end\n")
