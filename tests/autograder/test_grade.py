"""From a notebook to verdicts: each task by itself, given the earlier ones, with nothing said that should not be."""

from __future__ import annotations

import os
import re
from dataclasses import replace

import numpy as np
import pytest

from autograder import sandbox
from autograder.compare import expected_of
from autograder.exercise import Carry, Case, Exercise, Misconception, Slot
from autograder.exercises import get
from autograder.grade import GraderFault, grade_notebook, hidden_cases
from autograder.limits import Limits
from autograder.questions import Plan
from autograder.student_data import assignment_data

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("jail")]

SHORT = Limits(cpu_seconds=2, idle_seconds=3, wall_seconds=60)


def _case(rng):
    return Case({"x": np.round(rng.uniform(1, 9, 5), 2)}, "five numbers")


MEAN = Exercise(
    "the_mean",
    "00",
    "A mean",
    "function",
    2,
    "Means",
    reference=lambda x: float(np.mean(x)),
    shown=(Case({"x": np.array([1.0, 2.0, 6.0])}, "three numbers"),),
    draw=_case,
    misconceptions=(
        Misconception("a_sum", "You did not divide.", wrong=lambda x: float(np.sum(x)), credit=0.25),
    ),
)
SPREAD = Exercise(
    "the_spread",
    "00",
    "A spread",
    "function",
    4,
    "Means",
    reference=lambda x: float(np.mean((x - np.mean(x)) ** 2)),
    draw=_case,
    carries=(
        Carry("the_mean", inputs_of=lambda x: {"x": x}, reference=lambda m, x: float(np.mean((x - m) ** 2))),
    ),
)
WORD = Exercise(
    "the_word",
    "00",
    "A word",
    "slots",
    1,
    "Means",
    slots=(Slot("direction", ("up", "down"), "up", {"down": Misconception("M1", "It is the other way.")}),),
)
ESSAY = Exercise("the_essay", "00", "An essay", "written", 3, "Means")
ALL = (MEAN, SPREAD, WORD, ESSAY)

RIGHT = {
    "the_mean": "def the_mean(x):\n    return sum(x) / len(x)",
    "the_spread": "def the_spread(x):\n    return sum((v - the_mean(x)) ** 2 for v in x) / len(x)",
    "the_word": "the_word = {'direction': 'up'}",
}
STUBS = {
    "the_mean": "def the_mean(x):\n    # YOUR CODE HERE\n    ...",
    "the_spread": "def the_spread(x):\n    # YOUR CODE HERE\n    ...",
    "the_word": "the_word = ...",
}


def cell(source, **about):
    """Return a code cell with nbgrader's metadata."""
    return {"cell_type": "code", "source": source, "metadata": {"nbgrader": about} if about else {}}


def notebook(before=(), setup="import numpy as np", after=(), **answers):
    """Return the cells of an assignment: a locked one, the student's extra ones, then each task with its grade cell."""
    cells = [cell(setup, grade_id="setup1", locked=True, solution=False, grade=False)]
    cells += [cell(source) for source in before]
    for exercise, source in (RIGHT | answers).items():
        cells.append({"cell_type": "markdown", "source": "Task", "metadata": {}})
        cells.append(cell(source, grade_id=f"{exercise}__solution", locked=False, solution=True, grade=False))
        cells.append(cell("check()", grade_id=exercise, locked=True, solution=False, grade=True))
    return cells + [cell(source) for source in after]


def graded(cells, exercises=ALL, limits=SHORT, student="anna", **more):
    """Grade with a fixed seed."""
    return grade_notebook(cells, exercises, student, "a seed", limits=limits, **more)


def outcomes(result):
    """Return (outcome, credit) by exercise."""
    return {k: (v.outcome, v.credit) for k, v in result.verdicts.items()}


CORRECT = ("correct", 1.0)


def test_a_right_notebook_gets_everything():
    """Is each task correct, and is the written one left to a person?"""
    result = graded(notebook())
    assert outcomes(result) == {"the_mean": CORRECT, "the_spread": CORRECT, "the_word": CORRECT}
    assert result.isolation == "bwrap" and result.cpu_seconds < 2


def test_an_untouched_notebook_gets_nothing_and_no_reproach():
    """Is the released notebook "not attempted" throughout?"""
    assert set(outcomes(graded(notebook(**STUBS))).values()) == {("not attempted", 0.0)}


def test_a_known_mistake_is_named_and_a_later_task_is_judged_given_it():
    """Does a sum for a mean get its credit and sentence, and the spread that builds on it full marks?"""
    result = graded(notebook(the_mean="def the_mean(x):\n    return sum(x)"))
    assert outcomes(result) == {"the_mean": ("partly", 0.25), "the_spread": CORRECT, "the_word": CORRECT}
    assert result.verdicts["the_mean"].misconception == "a_sum"
    assert result.verdicts["the_spread"].carried


@pytest.mark.parametrize(
    ("source", "outcome", "status"),
    [
        ("while True: pass", "not yet", "timeout"),
        ("import os; os._exit(1)", "not yet", "crashed"),
        ("import os; os.kill(-1, 9); os._exit(1)", "not yet", "crashed"),
        ("def the_mean(x)\n    return 1", "not yet", "raised"),
        ("def the_mean(x):\n    while True: pass", "not yet", "ok"),
        ("def the_mean(x):\n    import os; os._exit(1)", "not yet", "ok"),
        ("def the_mean(x):\n    return 1 / 0", "not yet", "ok"),
        ("def the_mean(x):\n    return 'five'", "not yet", "ok"),
        ("def the_mean(x):\n    ...", "not attempted", "ok"),
        ("pass", "not attempted", "ok"),
    ],
)
def test_a_task_without_an_answer_costs_itself_alone(source, outcome, status):
    """Where an earlier function loops, dies, raises or is missing: is the later one that calls it still marked?"""
    result = graded(notebook(the_mean=source))
    assert outcomes(result) == {"the_mean": (outcome, 0.0), "the_spread": CORRECT, "the_word": CORRECT}
    assert result.evidence["the_mean"].status == status
    assert "the_mean" in result.verdicts["the_spread"].message


def test_a_value_that_builds_on_a_missing_function_is_computed_again():
    """If a value could not be computed because an earlier function is missing: is its cell tried with a stand-in?"""
    half = Exercise(
        "half_the_mean",
        "00",
        "Half",
        "value",
        1,
        "Means",
        reference=lambda: 1.5,
        carries=(
            Carry("the_mean", inputs_of=lambda: {"x": np.array([1.0, 5.0])}, reference=lambda m: m / 2),
        ),
    )
    right = "half_the_mean = the_mean(np.array([1.0, 5.0])) / 2"
    for source, outcome in ((right, CORRECT), (right + " + 1", ("not yet", 0.0))):
        result = graded(notebook(the_mean="pass", half_the_mean=source), exercises=(MEAN, half))
        assert outcomes(result)["half_the_mean"] == outcome
    assert outcomes(graded(notebook(half_the_mean=right), exercises=(MEAN, half)))["half_the_mean"] == CORRECT


ROOT = Exercise(
    "the_root",
    "00",
    "A root",
    "function",
    1,
    "Means",
    reference=lambda x: float(np.std(x)),
    draw=_case,
    carries=(Carry("the_spread", lambda x: {"x": x}, lambda v, x: v**0.5),),
)
RATIO = Exercise(
    "the_ratio",
    "00",
    "A ratio",
    "function",
    1,
    "Means",
    reference=lambda x: float(np.var(x) / np.mean(x)),
    draw=_case,
    carries=(
        Carry("the_mean", lambda x: {"x": x}, lambda m, x: float(np.var(x)) / m),
        Carry("the_spread", lambda x: {"x": x}, lambda v, x: v / float(np.mean(x))),
    ),
    given=lambda earlier, x: earlier["the_spread"] / earlier["the_mean"],
)
NO_SQUARE = Misconception("no_square", "Square it.", wrong=lambda x: float(np.mean(np.abs(x - np.mean(x)))))
CHAIN = (MEAN, replace(SPREAD, misconceptions=(NO_SQUARE,)), ROOT, RATIO)
CHAINED = {
    "the_root": "def the_root(x):\n    return the_spread(x) ** 0.5",
    "the_ratio": "def the_ratio(x):\n    return the_spread(x) / the_mean(x)",
}


@pytest.mark.parametrize(
    ("mean", "spread", "wanted"),
    [
        ("return sum(x)", RIGHT["the_spread"], ("partly", "correct")),
        ("return sum(x)", "def the_spread(x):\n    return sum(abs(v - 3) for v in x)", ("partly", "not yet")),
        ("return 1 / 0", RIGHT["the_spread"], ("not yet", "correct")),
        ("return 1 / 0", "def the_spread(x):\n    return 1 / 0", ("not yet", "not yet")),
        ("return sum(x)", "def the_spread(x):\n    return 1 / 0", ("partly", "not yet")),
    ],
    ids=[
        "a chain from one mistake",
        "two mistakes",
        "a chain from nothing",
        "nothing twice",
        "a mistake and nothing",
    ],
)
def test_mistakes_are_carried_along_a_chain_and_together(mean, spread, wanted):
    """Is what builds on an earlier mistake right, also two steps on, and where it builds on two that are wrong or missing?"""
    cells = notebook(the_mean=f"def the_mean(x):\n    {mean}", the_spread=spread, **CHAINED)
    result = graded(cells, exercises=CHAIN)
    got = outcomes(result)
    assert (got["the_mean"][0], got["the_spread"][0]) == wanted
    assert (got["the_root"], got["the_ratio"]) == (CORRECT, CORRECT)
    assert result.verdicts["the_root"].carried and result.verdicts["the_ratio"].carried
    assert "the_spread" in result.verdicts["the_root"].message
    if "1 / 0" not in mean + spread:  # both can be used, so nothing has to stand in for them
        assert all(result.verdicts[n].message.startswith("Correct, given your own") for n in CHAINED)
    wrong = {name: source + " + 1" for name, source in CHAINED.items()}
    again = graded(
        notebook(the_mean=f"def the_mean(x):\n    {mean}", the_spread=spread, **wrong), exercises=CHAIN
    )
    assert not again.verdicts["the_root"].carried and not again.verdicts["the_ratio"].carried


def test_with_a_stand_in_a_wrong_function_stays_wrong():
    """If the earlier function is missing and the later one is wrong as well, does it earn nothing?"""
    wrong = "def the_spread(x):\n    return sum(abs(v - the_mean(x)) for v in x)"
    result = graded(notebook(the_mean="pass", the_spread=wrong))
    assert outcomes(result)["the_spread"] == ("not yet", 0.0)
    assert "NameError" in " ".join(
        (result.verdicts["the_spread"].message, *result.verdicts["the_spread"].details)
    )


def test_a_module_that_was_handed_in_can_be_imported():
    """Can a notebook import the student's own module, also after a cell that killed its process; and is it not kept for others?"""
    source = "from mine import the_mean"
    mine = {"mine.py": "def the_mean(x):\n    return sum(x) / len(x)\n"}
    killed = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)"
    for before in ((), (killed,)):
        result = graded(notebook(before=before, the_mean=source), helpers=mine)
        assert outcomes(result) == {"the_mean": CORRECT, "the_spread": CORRECT, "the_word": CORRECT}
    assert outcomes(graded(notebook(the_mean=source)))["the_mean"] == ("not yet", 0.0)


def test_the_error_in_a_cell_is_told_with_its_line():
    """Does the student learn in which line of the cell what went wrong?"""
    result = graded(notebook(the_word="x = 1\nthe_word = {'direction': upp}"))
    verdict, evidence = result.verdicts["the_word"], result.evidence["the_word"]
    assert (evidence.error_type, evidence.line) == ("NameError", 2)
    assert "line 2" in " ".join(verdict.details) and "upp" in " ".join(verdict.details)
    assert verdict.credit == 0.0


@pytest.mark.parametrize(
    "extra",
    [
        "sum = 5; len = 7",
        "import numpy as np; np.mean = None",
        "import os; os.chdir('/')",
        "import warnings; warnings.simplefilter('error')",
        "import sys; print('x' * 10**6); print('a warning', file=sys.stderr)",
        "import builtins; builtins.sum = None",
        "np = 'not numpy'",
        "1 / 0",
    ],
)
def test_clumsiness_before_the_tasks_costs_nothing(extra):
    """After a cell that shadows, patches, moves, warns, prints or fails: is everything still correct?"""
    assert set(outcomes(graded(notebook(before=[extra]))).values()) == {CORRECT}


def test_a_cell_saved_from_a_shadowed_name_says_so():
    """If a task's own cell needed a built-in that had been overwritten, is the student told, without losing marks?"""
    result = graded(notebook(before=["dict = 5"], the_word="the_word = dict(direction='up')"))
    assert outcomes(result)["the_word"] == CORRECT
    assert result.evidence["the_word"].retried
    assert "names of their own" in result.verdicts["the_word"].details[0]


def test_a_later_cell_can_break_nothing():
    """Is a task judged as it stood after its own cell?"""
    assert set(
        outcomes(graded(notebook(after=["the_mean = the_word = None", "del the_spread"]))).values()
    ) == {CORRECT}


def test_an_answer_in_a_later_cell_is_found():
    """If the solution cell was left as it is and the answer written below: does it count?"""
    result = graded(notebook(the_mean=STUBS["the_mean"], after=[RIGHT["the_mean"]]))
    assert outcomes(result)["the_mean"] == CORRECT


def test_a_function_that_counts_its_calls_is_judged_call_by_call():
    """If a function is right on its first call only: is each case still asked on a first call?"""
    source = "calls = 0\ndef the_mean(x):\n    global calls\n    calls += 1\n    return sum(x) / len(x) if calls == 1 else 0"
    assert outcomes(graded(notebook(the_mean=source)))["the_mean"] == CORRECT
    source = source.replace("calls == 1", "calls > 1")
    assert outcomes(graded(notebook(the_mean=source)))["the_mean"] == ("not yet", 0.0)


def test_names_of_parameters_are_the_students_own():
    """Does a function with renamed parameters work?"""
    assert (
        outcomes(graded(notebook(the_mean="def the_mean(values):\n    return sum(values) / len(values)")))[
            "the_mean"
        ]
        == CORRECT
    )


# ---- what must not be said -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "sum(x) / len(x) + 1",
        "(_ for _ in ()).throw(ValueError(f'{sum(x) / len(x)!r} {list(x)!r}'))",
        "str(list(x))",
        "[list(x)] * 3",
    ],
)
def test_feedback_holds_no_right_number_and_no_hidden_input(body):
    """Whatever a function does with hidden inputs: is none of them, and no right answer, in the feedback?"""
    result = graded(
        notebook(the_mean=f"def the_mean(x):\n    return {body}"), exercises=(replace(MEAN, shown=()),)
    )
    said = " ".join((result.verdicts["the_mean"].message, *result.verdicts["the_mean"].details))
    cases = hidden_cases(MEAN, "a seed")
    secrets = {
        f"{v:.{n}f}" for c in cases for v in (*c.inputs["x"], MEAN.reference(**c.inputs)) for n in (2, 4)
    }
    assert result.verdicts["the_mean"].outcome == "not yet"
    assert not secrets & set(re.findall(r"\d+\.\d+", said)), said


def test_hidden_cases_depend_on_the_term_and_the_exercise():
    """Are hidden cases the same for the same term, and others in another or for another exercise?"""
    first = [c.inputs["x"].tolist() for c in hidden_cases(MEAN, "one")]
    assert len(first) == MEAN.hidden and len({tuple(x) for x in first}) == MEAN.hidden
    assert first == [c.inputs["x"].tolist() for c in hidden_cases(MEAN, "one")]
    assert first != [c.inputs["x"].tolist() for c in hidden_cases(MEAN, "two")]
    assert first != [c.inputs["x"].tolist() for c in hidden_cases(replace(MEAN, id="other"), "one")]


# ---- data of one's own -----------------------------------------------------------------------------------------------

SLOPE = get("common_slope")


def slope_of(student):
    """Return the right answer to one student's set."""
    return expected_of(SLOPE, Case({"data": assignment_data(SLOPE.data, student)}))


def slope_notebook(source):
    """Return an assignment with one value to compute."""
    setup = "from autograder import assignment_data"
    return [
        cell(setup, grade_id="setup1", locked=True, solution=False, grade=False),
        cell("STUDENT = 'somebody else'"),
        cell(source, grade_id="common_slope__solution", locked=False, solution=True, grade=False),
        cell("check()", grade_id="common_slope", locked=True, solution=False, grade=True),
    ]


@pytest.mark.parametrize(
    ("whose", "outcome", "misconception", "matched"),
    [
        ("anna", "correct", None, ""),
        ("ben", "not yet", "other_data", "ben"),
        ("", "not yet", "other_data", ""),
    ],
)
def test_a_value_from_another_set_is_recognised(whose, outcome, misconception, matched):
    """Is the answer to one's own set right, and the answer to a neighbour's or the practice set recognised as that?"""
    cells = slope_notebook(f"common_slope = {slope_of(whose)!r}")
    result = graded(cells, (SLOPE,), assignment="ps02", others=("anna", "ben", "cleo"))
    verdict = result.verdicts["common_slope"]
    assert (verdict.outcome, verdict.misconception) == (outcome, misconception)
    assert result.evidence["common_slope"].matched == matched
    assert "ben" not in " ".join((verdict.message, *verdict.details))


def test_a_rounded_value_is_not_laid_at_somebodys_door():
    """Among many students a rounded number fits somebody's set by chance: is nobody accused by it?"""
    cells = slope_notebook(f"common_slope = {round(slope_of('ben'), 2)}")
    result = graded(cells, (SLOPE,), assignment="ps02", others=("anna", "ben"))
    assert result.verdicts["common_slope"].misconception != "other_data"


def test_code_gives_the_right_answer_whatever_name_was_typed():
    """Does code that asks for another student's data get the data of the folder's student?"""
    source = "common_slope = float(assignment_data('ps02', student='ben')['homework'].mean())"
    result = graded(slope_notebook(source), (SLOPE,), assignment="ps02")
    seen = assignment_data("ps02", "anna")["homework"].mean()
    wrong = replace(SLOPE, reference=lambda data: float(data["homework"].mean()), misconceptions=())
    assert seen != assignment_data("ps02", "ben")["homework"].mean()
    assert (
        graded(slope_notebook(source), (wrong,), assignment="ps02").verdicts["common_slope"].outcome
        == "correct"
    )
    assert result.verdicts["common_slope"].outcome != "correct"


# ---- faults of ours --------------------------------------------------------------------------------------------------


def _broken(*args, **kwargs):
    raise ZeroDivisionError("ours")


@pytest.mark.parametrize(
    "exercise",
    [
        replace(MEAN, reference=_broken),
        replace(MEAN, draw=_broken),
        replace(MEAN, draw=None, shown=()),
        replace(SPREAD, carries=(replace(SPREAD.carries[0], inputs_of=_broken),)),
    ],
)
def test_a_mistake_of_ours_is_never_scored(exercise):
    """If a reference, a draw or a carry of ours fails: is there a fault that names the exercise, and no mark?"""
    cells = notebook(
        the_mean="def the_mean(x):\n    return sum(x)", the_spread="def the_spread(x):\n    return 0.0"
    )
    exercises = [e for e in ALL if e.id != exercise.id] + [exercise]
    with pytest.raises(GraderFault, match=exercise.id):
        graded(cells, exercises)


def test_a_locked_cell_that_fails_first_is_our_fault_and_later_perhaps_not():
    """Is a locked cell that fails before the student's first a fault, and one after it no reason to stop?"""
    with pytest.raises(GraderFault, match=r"locked cell failed.*ModuleNotFoundError"):
        graded(notebook(setup="import no_such_module"))
    cells = notebook(before=["import os; os.remove = None"])
    cells.insert(2, cell("raise ValueError", grade_id="setup2", locked=True, solution=False, grade=False))
    assert set(outcomes(graded(cells)).values()) == {CORRECT}


def test_one_set_of_data_for_all_is_refused(monkeypatch):
    """If the variable that fixes the student is set where grading runs: is that a fault?"""
    monkeypatch.setenv("HLM_STUDENT", "ben")
    with pytest.raises(GraderFault, match="Unset it"):
        graded(notebook())


def test_a_jail_lost_in_the_middle_changes_no_verdict(monkeypatch):
    """If the jail is killed between two rounds of questions: is everything run and asked again, with the same result?"""
    cells = notebook(
        the_mean="pass", after=[RIGHT["the_mean"]], the_spread="def the_spread(x): return the_mean(x)"
    )
    before = graded(cells)
    true_carry, kills = Plan._carry_probes, []

    def carry_and_kill(plan, task):
        if not kills:
            kills.append(sandbox._jails[(os.getpid(), "bwrap")].process.kill())
        return true_carry(plan, task)

    monkeypatch.setattr(Plan, "_carry_probes", carry_and_kill)
    assert graded(cells).verdicts == before.verdicts
    assert len(kills) == 1 and outcomes(before)["the_mean"] == CORRECT


def test_the_same_notebook_gets_the_same_verdicts():
    """Are two gradings of one notebook alike in everything but the time they took?"""
    cells = notebook(the_mean="import random\ndef the_mean(x):\n    return random.random()")
    first, second = graded(cells), graded(cells)
    assert first.verdicts == second.verdicts
