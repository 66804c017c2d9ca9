"""The self-check in a lesson: `check`, `hint` and `solution`.

The idea: the same judge as in grading, on the cases that the lesson shows, with the answer as it stands in the notebook.
Functions are called on copies; an exception, an endless loop or a changed input becomes a sentence, never a traceback.
A mistake of ours is said to be ours. Where nbgrader validates a notebook (its button in JupyterLab, ``nbgrader validate``),
the same card goes to stderr unless the answer is right, because of a cell that is all that nbgrader shows.

What this file does not do: grade. Hidden cases are not drawn here, and what is recorded (`autograder.progress`) stays
with the learner. Where the exercises are not installed, all three say so and return.
"""

from __future__ import annotations

import copy
import difflib
import io
import json
import os
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr
from dataclasses import replace
from types import FrameType
from typing import Any

from autograder import answers
from autograder.exercise import Answer, Case, Exercise, Verdict
from hlm_teach.locale import N_, _, ngettext

__all__ = ["check", "hint", "judge_answer", "solution"]

SECONDS = 5  # for one call; after one that takes longer the other cases are not tried
_NOT_GIVEN = object()


def check(exercise_id: str, answer: Any = _NOT_GIVEN, student: str = "") -> None:
    """Say whether an answer is right, and if not, what to look at.

    Parameters
    ----------
    exercise_id : str
        The name of the exercise, in quotes.
    answer : object, optional
        What was written: the function itself, or the value. Left out, it is what bears the exercise's name.
    student : str
        For data of your own, the name they were drawn for.

    Examples
    --------
    >>> check("shrinkage_factor", lambda se, tau: se**2 / (se**2 + tau**2))
    ● Correct · The weight on the target
      Correct on every case shown here. Grading calls `shrinkage_factor` with other inputs too.
    >>> check("shrinkage_facto", 3)
    There is no exercise 'shrinkage_facto'. Did you mean 'shrinkage_factor'?
    """
    from autograder import sentences as S

    if not isinstance(exercise_id, str):
        return _say(_(S.HOW_TO_CHECK, name=getattr(exercise_id, "__name__", "name")))
    exercise = _find(exercise_id)
    if exercise is None:
        return None
    if answer is _NOT_GIVEN:
        answer = sys._getframe(1).f_globals.get(exercise_id, _NOT_GIVEN)
    if exercise.kind == "choices":  # the same questions are asked again: what is right is not said
        from autograder.choices import echo

        said = [_(S.RUN_FIRST)] if answer is _NOT_GIVEN else echo(exercise, answer)
        return _show(_(exercise.title), said)
    try:
        with _warnings_unheard():
            verdict = judge_answer(exercise_id, answer, student)
    except Exception as error:  # ours: a student's exception never comes this far
        return _say(_our_fault(exercise_id, error))
    if answer is _NOT_GIVEN:
        verdict = replace(verdict, details=(_(S.RUN_FIRST),))
    _keep(verdict)
    if verdict.outcome in ("not yet", "partly") and exercise.hints:
        next_step = _('For a step further: hint("{name}")', name=exercise_id)
        verdict = replace(verdict, details=(*verdict.details[:7], next_step))
    return _show_verdict(verdict, exercise)


def judge_answer(exercise_id: str, answer: Any, student: str = "") -> Verdict:
    """Return the verdict that `check` shows.

    Parameters
    ----------
    exercise_id, answer, student
        As for `check`.

    Returns
    -------
    Verdict
        Judged on the cases that the lesson shows, or on the data drawn for `student`.

    Raises
    ------
    autograder.exercises.UnknownExercise
        If there is no exercise of this name.
    autograder.compare.GraderFault
        If the exercise itself is at fault.

    Examples
    --------
    >>> judge_answer("shrinkage_factor", lambda se, tau: tau**2 / (se**2 + tau**2)).misconception
    'swapped_weights'
    >>> judge_answer("no_such_exercise", 3)
    Traceback (most recent call last):
        ...
    autograder.exercises.UnknownExercise: There is no exercise 'no_such_exercise'. ...
    """
    from autograder.compare import judge
    from autograder.exercises import get

    exercise = get(exercise_id)
    if exercise.kind == "function":
        return _judge_function(exercise, answer)
    given = Answer(problem="missing") if answer is _NOT_GIVEN else _read(answer)
    if exercise.kind == "value":
        case, others = _own_case(exercise, student)
        return judge(exercise, [case], [given], _earlier(exercise, [case]), others)
    return judge(exercise, (), [given])


# ---- calling what the student wrote ---------------------------------------------------------------------------------


def _judge_function(exercise: Exercise, function: Any) -> Verdict:
    from autograder import sentences as S
    from autograder.compare import judge

    if function is None or function is ... or function is _NOT_GIVEN:
        problem = "missing" if function is _NOT_GIVEN else "not attempted"
        return judge(exercise, exercise.shown, [Answer(problem=problem) for _case in exercise.shown])
    if not callable(function):
        return Verdict(exercise.id, "not yet", 0.0, _(S.NOT_A_FUNCTION, name=exercise.id))
    called = _call_on_all(function, [case.inputs for case in exercise.shown])
    carried = _earlier(exercise, exercise.shown)
    verdict = judge(exercise, exercise.shown, [answer for answer, _changed in called], carried)
    if any(changed for _answer, changed in called):
        verdict = replace(verdict, details=(*verdict.details, _(S.MUTATED, name=exercise.id)))
    return verdict


def _call_on_all(function: Callable, inputs: Sequence[Mapping[str, Any]]) -> list[tuple[Answer, bool]]:
    called: list[tuple[Answer, bool]] = []
    for one in inputs:
        looping = any(answer.problem == "timeout" for answer, _changed in called)
        called.append((Answer(problem="timeout"), False) if looping else _call(function, one))
    return called


def _call(function: Callable, inputs: Mapping[str, Any]) -> tuple[Answer, bool]:
    """Call a student's function on copies; return the answer, and whether the copies were changed."""
    handed = copy.deepcopy(dict(inputs))
    try:
        with _time_limit(SECONDS):
            value = answers.call(function, handed)
    except _TimeOver:
        return Answer(problem="timeout"), False
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raised = {"problem": "raised", "detail": _describe(error, function)}
        return Answer(*answers.read_answer(raised)), False
    answer = _read(value)
    return answer, _written(handed) != _written(dict(inputs))


def _read(value: Any) -> Answer:
    """Send a value the way that it goes in grading: out as JSON and back."""
    return Answer(*answers.read_answer(answers.write_answer(value)))


def _written(inputs: dict[str, Any]) -> str:
    return json.dumps(answers.write_answer(inputs))


def _describe(error: BaseException, function: Callable) -> str:
    """Return the type, the message and the line in the student's own cell."""
    from autograder import sentences as S

    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    said = said.splitlines()[0][:150].rstrip(". ")
    code, line = getattr(function, "__code__", None), None
    step = error.__traceback__
    while step is not None and code is not None:
        line = step.tb_lineno if step.tb_frame.f_code.co_filename == code.co_filename else line
        step = step.tb_next
    return said if line is None else _(S.AT_LINE, error=said, line=line)


class _TimeOver(BaseException):
    """The time for one check is over; not an Exception, so that `except Exception` in the student's code lets it pass."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what takes too long, where the system can (not on Windows, not outside the main thread)."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TimeOver

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # and again each second, if the first was caught
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# ---- what belongs to the student ------------------------------------------------------------------------------------


def _own_case(exercise: Exercise, student: str) -> tuple[Case, tuple[Case, ...]]:
    """Return the student's own case, and the practice set's where that is another."""
    from autograder.student_data import assignment_data

    if exercise.data is None:
        return Case({}), ()
    student = "" if student is None else str(student)
    own = Case({"data": assignment_data(exercise.data, student)}, _("the data drawn for you"))
    if not student:
        return own, ()
    return own, (Case({"data": assignment_data(exercise.data)}, _("the practice set")),)


def _earlier(exercise: Exercise, cases: Sequence[Case]) -> dict[str, list[Answer]]:
    """Return what the notebook's own earlier answers give, for exercises that may build on them."""
    from autograder.exercises import registry

    shell = _shell()
    names = shell.user_ns if shell is not None else {}
    found = {}
    for carry in exercise.carries:
        theirs, kind = names.get(carry.exercise), getattr(registry().get(carry.exercise), "kind", None)
        if callable(theirs) and kind == "function":
            inputs = [carry.inputs_of(**copy.deepcopy(dict(case.inputs))) for case in cases]
            found[carry.exercise] = [answer for answer, _changed in _call_on_all(theirs, inputs)]
        elif theirs is not None and kind == "value":
            found[carry.exercise] = [_read(theirs) for _case in cases]
    return found


def _keep(verdict: Verdict) -> None:
    from autograder.progress import record_attempt

    record_attempt(verdict)


# ---- hints and solutions --------------------------------------------------------------------------------------------


NO_HELP = N_(
    "For these questions there is no hint and no solution: they are asked before the course and after it."
)


def hint(exercise_id: str) -> None:
    """Show the next hint of an exercise; how many you have seen is remembered.

    Parameters
    ----------
    exercise_id : str
        The name of the exercise, in quotes.

    Examples
    --------
    >>> hint("no_such_exercise")
    There is no exercise 'no_such_exercise'.
    """
    from autograder.progress import hints_taken, record_hint

    exercise = _find(exercise_id)
    if exercise is None:
        return None
    if exercise.kind == "choices":
        return _say(_(NO_HELP))
    n, taken = len(exercise.hints), hints_taken(exercise_id)
    if not n:
        return _say(_("There is no hint for this exercise: its rubric says what a good answer holds."))
    if taken < n:
        record_hint(exercise_id)
        left = n - taken - 1
        more = (
            ngettext("{n} more hint is left.", "{n} more hints are left.", left)
            if left
            else _last_hint(exercise_id)
        )
        return _show(_("Hint {k} of {n}", k=taken + 1, n=n), [_(exercise.hints[taken]), more])
    return _show(_("All {n} hints", n=n), [_last_hint(exercise_id), *(_(h) for h in exercise.hints)])


def _last_hint(name: str) -> str:
    return _('That was the last hint. The whole solution: solution("{name}")', name=name)


def solution(exercise_id: str) -> None:
    """Show the solution of an exercise, and why it is right.

    Parameters
    ----------
    exercise_id : str
        The name of the exercise, in quotes.

    Examples
    --------
    >>> solution("no_such_exercise")
    There is no exercise 'no_such_exercise'.
    """
    from autograder.solutions import solution_code

    exercise = _find(exercise_id)
    if exercise is None:
        return None
    if exercise.kind == "choices":
        return _say(_(NO_HELP))
    code = solution_code(exercise)
    if code is None:
        return _say(
            _(
                'The solutions are not part of this installation: your course shows them after the deadline. hint("{name}") helps.',
                name=exercise_id,
            )
        )
    return _show(
        _("Solution: {title}", title=_(exercise.title)),
        [_(exercise.explanation)] if exercise.explanation else [],
        code,
    )


# ---- showing --------------------------------------------------------------------------------------------------------


class _Card:
    """What a notebook shows as HTML and a terminal as text."""

    def __init__(self, text: str, html: str) -> None:
        self.text, self.html = text, html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def _shell() -> Any:
    """Return the running IPython shell, if there is one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _is_validating() -> bool:
    """Return whether nbgrader runs this notebook to validate it."""
    return os.environ.get("NBGRADER_EXECUTION") == "validate"


def _warnings_unheard() -> AbstractContextManager:
    """Let nobody hear what an answer writes to stderr while nbgrader validates: it would count as a failure."""
    return redirect_stderr(io.StringIO()) if _is_validating() else nullcontext()


def _display(text: str, html: str, is_right: bool = False) -> None:
    if _is_validating() and not is_right:  # nbgrader cuts lines at 87 letters, four of them its own
        folded = (textwrap.fill(line, 80, subsequent_indent="  ") for line in text.split("\n"))
        print(*folded, sep="\n", file=sys.stderr)
    elif _shell() is None:
        print(text)
    else:
        from IPython.display import display

        display(_Card(text, html))


def _say(sentence: str) -> None:
    from autograder import cards

    _display(sentence, cards.note_html("", [sentence]))


def _show(head: str, sentences: list[str], code: str = "") -> None:
    from autograder import cards

    plain = cards.note_text(head, sentences)
    if code:
        plain = "\n".join([head, "", *("    " + line for line in code.splitlines()), "", *sentences])
    _display(plain, cards.note_html(head, sentences, code))


def _show_verdict(verdict: Verdict, exercise: Exercise) -> None:
    from autograder import cards

    title = _(exercise.title)
    _display(cards.text(verdict, title), cards.html(verdict, title), is_right=verdict.outcome == "correct")


# ---- what can go wrong with the question itself ---------------------------------------------------------------------


def _find(exercise_id: str) -> Exercise | None:
    """Return an exercise, or say in one sentence why there is none."""
    try:
        from autograder.exercises import registry
    except ModuleNotFoundError as error:
        if error.name != "autograder.exercises":
            raise
        _say(_("The exercises are not installed here; your answer is judged when it is graded."))
        return None
    try:
        known = registry()
    except Exception as error:
        _say(_our_fault(str(exercise_id), error))
        return None
    exercise_id = str(exercise_id)
    if exercise_id in known:
        return known[exercise_id]
    near = difflib.get_close_matches(exercise_id, known, n=1)
    if near:
        _say(_("There is no exercise {given!r}. Did you mean {near!r}?", given=exercise_id, near=near[0]))
    else:
        _say(_("There is no exercise {given!r}.", given=exercise_id))
    return None


def _our_fault(exercise_id: str, error: Exception) -> str:
    return _(
        "The check of `{name}` is at fault, not your answer ({error}). Please tell whoever runs the course.",
        name=exercise_id,
        error=f"{type(error).__name__}: {error}"[:200],
    )
