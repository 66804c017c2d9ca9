"""TRUSTED SIDE: a notebook and its exercises → verdicts.

The idea, in the order of events. The notebook's cells are run in the jail, which knows neither what is right nor what
will be asked. Only then are the hidden inputs sent, drawn from the term's seed; each call comes back as a plain value,
and `autograder.compare` judges it here. A function or a value is asked for in the state *right after its own cell*, so a
later cell can break nothing; where nothing is found there, in the state after the last cell. An answer that builds on an
earlier wrong one is judged given that one (`Carry`). A mistake of ours is a `GraderFault`: it stops this student's
grading and is told to the teacher; it is never scored.

What this file does not do: start processes (`autograder.sandbox`), write into a gradebook
(`autograder.nbgrader_plugin`), or decide on written answers.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from autograder.compare import EXACT, GraderFault, expected_of, judge
from autograder.exercise import Answer, Carry, Case, Exercise, Verdict
from autograder.exercises import data_sets
from autograder.limits import Limits
from autograder.match import agrees
from autograder.sandbox import Cell, CellRun, Isolation, Job, Probe, SandboxFailure, StandIn, run
from autograder.student_data import assignment_data, hidden_cases
from hlm_teach.locale import N_, _

__all__ = ["Evidence", "Graded", "GraderFault", "grade_notebook", "hidden_cases"]

COMPUTED = ("function", "value")
NOTHING = ("missing", "not attempted")
SUFFIX = "__solution"  # grade id of an exercise's solution cell

OWN_DATA = N_("the data drawn for you")
PRACTICE = N_("the practice set")
ANOTHER = N_("another student's set")
STOPPED = N_("Your cell stopped in line {line} with {error}: {message}")
STOPPED_SOMEWHERE = N_("Your cell stopped with {error}: {message}")
STOOD_IN = N_(
    "Correct, apart from `{earlier}`, on which it builds: in its place, where nothing could be found, "
    "this was tried with values of ours, and did the right thing with them."
)
STRAIGHTENED = N_(
    "Your cell failed at first, because a name that it needs had been given to something else before. "
    "With that name put back it worked, and that is what counts. Give your own variables names of their own."
)


@dataclass(frozen=True)
class Evidence:
    """What the jail saw of one exercise, for the teacher and for the feedback page.

    Parameters
    ----------
    status
        How the exercise's own cell ended (`autograder.sandbox.CellRun`); "" where there was none.
    error_type, error_message, line
        The error in the student's own cell, if there was one.
    retried
        Its cell needed overwritten names put straight.
    cpu_seconds
        Processor time of its cell.
    matched
        Whose data a wrong value belongs to, where it is exactly theirs: for the teacher only.
    """

    status: str = ""
    error_type: str = ""
    error_message: str = ""
    line: int | None = None
    retried: bool = False
    cpu_seconds: float = 0.0
    matched: str = ""


@dataclass(frozen=True)
class Graded:
    """The result of one submission: verdicts and evidence by exercise, the cells' runs, and how it was run."""

    student: str
    verdicts: Mapping[str, Verdict]
    evidence: Mapping[str, Evidence]
    cells: Mapping[int, CellRun]  # by the cell's place in the notebook
    isolation: str
    cpu_seconds: float
    wall_seconds: float


def grade_notebook(
    cells: Sequence[Mapping[str, Any]],
    exercises: Sequence[Exercise],
    student: str,
    seed: str,
    *,
    assignment: str = "",
    others: Sequence[str] = (),
    limits: Limits | None = None,
    isolation: Isolation = "bwrap",
) -> Graded:
    """Run a notebook in the jail and judge its exercises.

    Parameters
    ----------
    cells
        The notebook's cells, with nbgrader's metadata: ``{"cell_type", "source", "metadata": {"nbgrader": {…}}}``.
    exercises
        What to judge; written exercises are left to a person.
    student
        The id of the folder that the notebook came in; decides on the data.
    seed
        The term's seed: hidden cases are drawn from it.
    assignment
        The assignment's id, whose data the notebook may ask for.
    others
        Ids of the other students, to recognise a value that is exactly the answer to somebody else's data.
    limits, isolation
        See `autograder.sandbox.run`.

    Returns
    -------
    Graded

    Raises
    ------
    GraderFault
        If an exercise's own code fails, a locked cell fails before any cell of the student's, or the sandbox was lost.
    SandboxUnavailable
        If student code cannot be run safely here.
    """
    if "HLM_STUDENT" in os.environ:
        raise GraderFault(
            "HLM_STUDENT is set where grading runs: every student would get the same data. Unset it."
        )
    plan = _Plan(cells, [e for e in exercises if e.kind != "written"], student, seed, assignment, others)
    try:
        transcript = run(plan.job(), limits, isolation)
    except SandboxFailure as problem:
        raise GraderFault(str(problem)) from problem
    return Graded(
        student,
        plan.verdicts,
        plan.evidence,
        dict(zip(plan.places, transcript.cells, strict=True)),
        transcript.isolation,
        transcript.cpu_seconds,
        transcript.wall_seconds,
    )


# ---- what is asked ---------------------------------------------------------------------------------------------------


@dataclass
class _Task:
    """One exercise on its way: its cases, where its own cell stands, the state to ask in, and its answers."""

    exercise: Exercise
    cases: tuple[Case, ...]
    cell: int | None = None
    state: str = ""
    answers: list[Answer] = field(default_factory=list)
    carried: dict[str, list[Answer]] = field(default_factory=dict)
    stand_ins: dict[str, list[Answer]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.exercise.id

    def probes(self, at_end: bool = False) -> list[Probe]:
        """Return the questions of the exercise, in the state after its own cell or after the last."""
        place, state = ("end", "") if at_end else ("own", self.state)
        if self.exercise.kind != "function":
            return [Probe(f"{self.id}/{place}/0", self.id, None, state, group=self.id)]
        shown = self.exercise.shown
        return [
            Probe(f"{self.id}/{place}/{n}", self.id, c.inputs, state, self.id, say=any(c is s for s in shown))
            for n, c in enumerate(self.cases)
        ]


class _Plan:
    """From cells and exercises to a job, from answers to further questions, and at last to verdicts."""

    def __init__(self, cells, exercises, student: str, seed: str, assignment: str, others) -> None:
        self.student, self.assignment, self.others = student, assignment, others
        self.tasks = {e.id: _Task(e, _cases(e, student, seed)) for e in exercises}
        self.cells: list[Cell] = []
        self.places: list[int] = []
        self._lay_out(cells)
        self.found: Mapping[str, Answer] = {}
        self.runs: Sequence[CellRun] = ()
        self.verdicts: dict[str, Verdict] = {}
        self.evidence: dict[str, Evidence] = {}

    def _lay_out(self, cells: Sequence[Mapping[str, Any]]) -> None:
        """Take the code cells; a grade cell is not run, it marks the state in which its exercise is asked."""
        for place, cell in enumerate(cells):
            about = cell["metadata"].get("nbgrader", {})
            grade_id, solution = about.get("grade_id", ""), about.get("solution", False)
            if cell["cell_type"] != "code":
                continue
            if about.get("grade", False) and not solution:
                self._mark(grade_id)
                continue
            locked = bool(grade_id) and about.get("locked", False) and not solution
            self.cells.append(Cell(cell["source"], locked))
            self.places.append(place)
            task = self.tasks.get(grade_id.removesuffix(SUFFIX)) if grade_id.endswith(SUFFIX) else None
            if task is not None:
                task.cell = len(self.cells) - 1
                self._mark(task.id)

    def _mark(self, exercise: str) -> None:
        if exercise in self.tasks and self.cells:
            self.cells = [replace(c, keep=tuple(k for k in c.keep if k != exercise)) for c in self.cells]
            self.cells[-1] = replace(self.cells[-1], keep=(*self.cells[-1].keep, exercise))
            self.tasks[exercise].state = exercise

    def job(self) -> Job:
        """Return what is run: the cells, the student's data, and the questions."""
        names = {t.exercise.data for t in self.tasks.values()} | {self.assignment}
        sets = {name: assignment_data(name, self.student) for name in sorted(names & data_sets().keys())}
        return Job(tuple(self.cells), sets, self.student, self._ask)

    def _ask(self, found: Mapping[str, Answer], runs: Sequence[CellRun]) -> Sequence[Probe]:
        if not found:
            self.script = self._questions()  # also where the jail was lost and everything is run again
        self.found, self.runs = found, runs
        return next((probes for probes in self.script if probes), ())

    def _questions(self) -> Iterator[list[Probe]]:
        """Ask in rounds; between two rounds the answers are read."""
        self._check_locked_cells()
        tasks = list(self.tasks.values())
        yield [probe for task in tasks for probe in task.probes()]
        for task in tasks:
            task.answers = [self.found[p.key] for p in task.probes()]
        empty = [t for t in tasks if all(a.problem in ("raised", *NOTHING) for a in t.answers)]
        yield [task.probes(at_end=True)[0] for task in empty]
        later = [t for t in empty if not self.found[t.probes(at_end=True)[0].key].problem]
        yield [probe for task in later for probe in task.probes(at_end=True)[1:]]
        for task in later:
            task.answers = [self.found[p.key] for p in task.probes(at_end=True)]
            task.state = ""
        for task in tasks:
            task.answers = [self._explained(task, answer) for answer in task.answers]
            self._judge(task)
        yield [probe for task in tasks for probe in self._carry_probes(task)]
        for task in tasks:
            if self._carry(task):
                self._judge(task)
        yield [probe for task in tasks for probe in self._stand_in_probes(task)]
        for task in tasks:
            self._judge_with_stand_in(task)

    def _check_locked_cells(self) -> None:
        """Our own cells must work; where the student's came first, a failure may be their doing."""
        for cell, result in zip(self.cells, self.runs, strict=True):
            if not cell.locked:
                return
            if result.status != "ok":
                said = f"{result.error or result.status}: {result.message}"
                raise GraderFault(
                    f"A locked cell failed before any cell of the student's ({said}). It begins: {cell.source[:80]!r}"
                )

    def _explained(self, task: _Task, answer: Answer) -> Answer:
        """Where there is no answer because its cell failed, say that instead."""
        result = self.runs[task.cell] if task.cell is not None else None
        if answer.problem not in NOTHING or result is None or result.status == "ok":
            return answer
        if answer.problem == "not attempted" and task.exercise.kind == "function":
            return answer  # the function is there, and empty
        if result.status == "raised" and result.error != "MemoryError":
            return Answer(problem="raised", detail=f"{result.error}: {result.message}"[:200])
        problem = {"raised": "memory", "not run": "timeout"}.get(result.status, result.status)
        return Answer(problem=problem, detail=result.message[:200])

    # ---- carrying forward --------------------------------------------------------------------------------------------

    def _carries(self, task: _Task) -> list[tuple[Any, _Task]]:
        """Return the earlier exercises that this wrong answer may build on: those that were answered, and wrongly."""
        if self.verdicts[task.id].outcome in ("correct", "not attempted"):
            return []
        earlier = [(c, self.tasks[c.exercise]) for c in task.exercise.carries if c.exercise in self.tasks]
        wrong = [(c, t) for c, t in earlier if self.verdicts[t.id].outcome in ("partly", "not yet")]
        return [(c, t) for c, t in wrong if not all(a.problem for a in t.answers)]

    def _carry_probes(self, task: _Task) -> list[Probe]:
        probes = []
        for carry, earlier in self._carries(task):
            if earlier.exercise.kind != "function":
                continue
            for n, case in enumerate(task.cases):
                inputs = _ours(task.exercise, carry.inputs_of, **copy.deepcopy(dict(case.inputs)))
                key = f"{task.id}/from {earlier.id}/{n}"
                probes.append(Probe(key, earlier.id, inputs, earlier.state, group=f"{task.id}/{earlier.id}"))
        return probes

    def _carry(self, task: _Task) -> bool:
        for _carry, earlier in self._carries(task):
            keys = [f"{task.id}/from {earlier.id}/{n}" for n in range(len(task.cases))]
            once = earlier.answers[0]
            task.carried[earlier.id] = [
                self.found[key] if earlier.exercise.kind == "function" else once for key in keys
            ]
        return bool(task.carried)

    # ---- standing in for what is missing ---------------------------------------------------------------------------

    def _missing(self, task: _Task) -> list[_Task]:
        """Return the earlier exercises without any answer, on which a function that failed may build."""
        failed = any(a.problem not in (None, *NOTHING) for a in task.answers)
        if task.exercise.kind != "function" or not failed:
            return []
        earlier = [self.tasks[c.exercise] for c in task.exercise.carries if c.exercise in self.tasks]
        return [t for t in earlier if all(a.problem for a in t.answers)]

    def _stand_in_probes(self, task: _Task) -> list[Probe]:
        """Ask again with a stand-in for the missing answer: a known *wrong* one, for no right one may enter the jail."""
        probes: list[Probe] = []
        for earlier in self._missing(task):
            carry = next(c for c in task.exercise.carries if c.exercise == earlier.id)
            values = _stand_in_values(task, earlier, carry)
            task.stand_ins[earlier.id] = [Answer(value) for value in values]
            for n, value in enumerate(values):
                own, call = task.probes()[n], earlier.exercise.kind == "function"
                key = f"{task.id}/without {earlier.id}/{n}"
                stand_in = {earlier.id: StandIn(value, call)}
                probes.append(
                    replace(
                        own, key=key, state=task.state, group=f"{task.id}//{earlier.id}", stand_ins=stand_in
                    )
                )
        return probes

    def _judge_with_stand_in(self, task: _Task) -> None:
        for earlier, values in task.stand_ins.items():
            given = [self.found[f"{task.id}/without {earlier}/{n}"] for n in range(len(values))]
            if not values or any(a.problem for a in given):
                continue
            verdict = _ours(task.exercise, judge, task.exercise, task.cases, given, {earlier: values})
            if verdict.outcome == "correct":
                self.verdicts[task.id] = replace(verdict, message=_(STOOD_IN, earlier=earlier), carried=True)

    # ---- judging -----------------------------------------------------------------------------------------------------

    def _judge(self, task: _Task) -> None:
        exercise, matched = task.exercise, ""
        practice = _other_case(exercise, "", PRACTICE) if exercise.kind == "value" and exercise.data else ()
        verdict = _ours(exercise, judge, exercise, task.cases, task.answers, task.carried, practice)
        if practice and verdict.outcome in ("partly", "not yet") and verdict.misconception != "other_data":
            matched = self._owner(task)
            if matched:
                whose = _other_case(exercise, matched, ANOTHER)
                verdict = _ours(exercise, judge, exercise, task.cases, task.answers, task.carried, whose)
        result = self.runs[task.cell] if task.cell is not None else None
        self.verdicts[task.id] = _with_cell(verdict, result)
        self.evidence[task.id] = _evidence(result, matched)

    def _owner(self, task: _Task) -> str:
        """Return the student whose set a wrong value is exactly right for (a rounded one fits many by chance)."""
        answer = task.answers[0]
        for other in self.others if answer.problem is None else ():
            if other == self.student:
                continue
            case = _other_case(task.exercise, other, ANOTHER)[0]
            expected = _ours(task.exercise, expected_of, task.exercise, case)
            if agrees(expected, answer.value, EXACT):
                return other
        return ""


# ---- small things ----------------------------------------------------------------------------------------------------


def _cases(exercise: Exercise, student: str, seed: str) -> tuple[Case, ...]:
    if exercise.kind == "function":
        return exercise.shown + _ours(exercise, hidden_cases, exercise, seed)
    if exercise.kind == "value":
        return (
            (Case({"data": assignment_data(exercise.data, student)}, OWN_DATA),)
            if exercise.data
            else (Case({}),)
        )
    return ()


def _stand_in_values(task: _Task, earlier: _Task, carry: Carry) -> list[Any]:
    """Return, for each case, what a known wrong way gives in place of the earlier answer; [] where none works."""
    for misconception in earlier.exercise.misconceptions:
        if misconception.wrong is None:
            continue
        try:
            if earlier.exercise.kind == "value":
                return [misconception.wrong(**copy.deepcopy(dict(earlier.cases[0].inputs)))] * len(task.cases)
            inputs = [carry.inputs_of(**copy.deepcopy(dict(case.inputs))) for case in task.cases]
            return [misconception.wrong(**one) for one in inputs]
        except Exception:
            continue  # this wrong way does not work on these inputs; the next may
    return []


@lru_cache(maxsize=4096)
def _set_of(name: str, student: str) -> Any:
    return assignment_data(name, student)


def _other_case(exercise: Exercise, student: str, label: str) -> tuple[Case]:
    return (Case({"data": _set_of(exercise.data, student)}, label),)


def _ours(exercise: Exercise, function, *args, **kwargs):
    """Call code of ours; whatever it raises is a fault of the grader, never of the student."""
    try:
        return function(*args, **kwargs)
    except GraderFault:
        raise
    except Exception as problem:
        raise GraderFault(f"{exercise.id}: {type(problem).__name__}: {problem}") from problem


def _with_cell(verdict: Verdict, result: CellRun | None) -> Verdict:
    """Add what the student should know of how the cell itself went."""
    said = []
    if result is not None and result.retried:
        said.append(_(STRAIGHTENED))
    if result is not None and result.status == "raised" and verdict.outcome != "correct":
        values = {"error": result.error, "message": result.message}
        if result.line is None:
            said.append(_(STOPPED_SOMEWHERE, **values))
        else:
            said.append(_(STOPPED, line=result.line, **values))
    return replace(verdict, details=(*said, *verdict.details))


def _evidence(result: CellRun | None, matched: str) -> Evidence:
    if result is None:
        return Evidence(matched=matched)
    return Evidence(
        result.status,
        result.error,
        result.message,
        result.line,
        result.retried,
        result.cpu_seconds,
        matched,
    )
