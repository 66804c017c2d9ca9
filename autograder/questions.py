"""What is asked of a notebook, in which order, and what the answers add up to.

The idea: ask, read, and ask on. First the cases that students know, whose answers may be quoted; hidden inputs are sent only
when all of those have been answered. Each time all calls of a function go into one process, which is quick; where that does
not show it right, each call by itself, which is what counts. Where nothing was found in the state after a task's own cell, in the
state after the last. Then, for an answer that is wrong, what the student's own earlier function returns on the same
inputs, so that an earlier mistake is not counted twice. And where the earlier answer is missing or of no use, once more
with a stand-in for it: values of a known *wrong* way, since no right answer may enter the jail; the later answer is right
if it does the right thing with them.

What this file does not do: run anything, or compare an answer with what is right (`autograder.compare`).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from autograder.choices import responses
from autograder.compare import EXACT, GraderFault, judge
from autograder.exercise import Answer, Carry, Case, Exercise, Verdict
from autograder.exercises import data_sets
from autograder.job import Cell, CellRun, Job, Probe, StandIn, Together
from autograder.match import agrees
from autograder.seen import reference_of
from autograder.student_data import assignment_data, hidden_cases
from hlm_teach.locale import N_, _

__all__ = ["Evidence", "Plan"]

NOTHING = ("missing", "not attempted")
SUFFIX = "__solution"  # grade id of an exercise's solution cell

OWN_DATA = N_("the data drawn for you")
PRACTICE = N_("the practice set")
ANOTHER = N_("another student's set")
STOPPED = N_("Your cell stopped in line {line} with {error}: {message}")
STOPPED_SOMEWHERE = N_("Your cell stopped with {error}: {message}")
STOOD_IN = N_(
    "Correct, apart from `{earlier}`, on which it builds: yours could not be used here, so this was tried "
    "with other values in its place, and did the right thing with them."
)
STOOD_IN_SEVERAL = N_(
    "Correct, apart from {earlier}, on which it builds: yours could not be used here, so this was tried "
    "with other values in their place, and did the right thing with them."
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
    value
        The number of a ``value`` task, with all its digits: the same wrong one twice is no accident; of ``choices`` which option
        was taken of each item. For the teacher only.
    """

    status: str = ""
    error_type: str = ""
    error_message: str = ""
    line: int | None = None
    retried: bool = False
    cpu_seconds: float = 0.0
    matched: str = ""
    value: str = ""


@dataclass
class Task:
    """One exercise on its way: its cases, where its own cell stands, the state it was found in, and its answers."""

    exercise: Exercise
    cases: tuple[Case, ...]
    cell: int | None = None
    mark: str = ""
    at_end: bool = False
    answers: list[Answer] = field(default_factory=list)
    carried: dict[str, list[Answer]] = field(default_factory=dict)
    builds_on: list[tuple[Carry, Task]] = field(default_factory=list)
    stand_ins: dict[tuple[str, ...], dict[str, list[Answer]]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.exercise.id

    @property
    def state(self) -> str:
        return "" if self.at_end else self.mark

    def begin(self) -> None:
        """Forget what was found: the submission is run again."""
        self.at_end, self.answers, self.carried, self.builds_on, self.stand_ins = False, [], {}, [], {}

    def part(self, which: str) -> slice:
        """Return which of the cases are "shown" to students (a value is its own only case), or "hidden", or "all"."""
        open_ones = len(self.exercise.shown) if self.exercise.kind == "function" else 1
        return {"shown": slice(0, open_ones), "hidden": slice(open_ones, None), "all": slice(None)}[which]

    def probes(self, kind: str, which: str = "all") -> list[Probe]:
        """Return the questions of the exercise.

        "own": each by itself, in the state after its own cell; "quick": the same, to be put together; "end": each by
        itself, in the state after the last cell. `which` as in `part`.
        """
        state = "" if kind == "end" else self.state
        group = f"{self.id}/quick" if kind == "quick" else self.id
        if self.exercise.kind != "function":
            return [Probe(f"{self.id}/{kind}/0", self.id, None, state, group)][self.part(which)]
        shown = self.exercise.shown
        return [
            Probe(f"{self.id}/{kind}/{n}", self.id, c.inputs, state, group, say=any(c is s for s in shown))
            for n, c in enumerate(self.cases)
        ][self.part(which)]


class Plan:
    """From cells and exercises to a job, from answers to further questions, and at last to verdicts."""

    def __init__(
        self, cells, exercises, student: str, seed: str, assignment: str, others, files=None
    ) -> None:
        self.student, self.assignment, self.others = student, assignment, others
        self.files: Mapping[str, str] = files or {}
        self.tasks = {e.id: Task(e, _cases(e, student, seed)) for e in exercises}
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
            self.tasks[exercise].mark = exercise

    def job(self) -> Job:
        """Return what is run: the cells, the student's data, and the questions."""
        names = {t.exercise.data for t in self.tasks.values()} | {self.assignment}
        sets = {name: assignment_data(name, self.student) for name in sorted(names & data_sets().keys())}
        return Job(tuple(self.cells), sets, self.student, self.files, self._ask)

    def _ask(self, found: Mapping[str, Answer], runs: Sequence[CellRun]) -> Sequence[Probe | Together]:
        if not found:  # at first, and again where the jail was lost and everything is run once more
            for task in self.tasks.values():
                task.begin()
            self.script = self._questions()
        self.found, self.runs = found, runs
        return next((probes for probes in self.script if probes), ())

    def _questions(self) -> Iterator[list[Probe] | list[Together]]:
        """Ask in rounds; between two rounds the answers are read.

        Whatever may be quoted is asked before any hidden input has been sent, since a function could keep what it is called
        with in a file and hand it out later.
        """
        self._check_locked_cells()
        tasks = list(self.tasks.values())
        for which in ("shown", "hidden"):
            yield from self._round([t for t in tasks if t.probes("own", which)], which)
        for task in tasks:
            task.answers = [self._explained(task, answer) for answer in task.answers]
            self._judge(task)
        for task in (
            tasks
        ):  # before any is judged anew: what is right given an earlier mistake is still to be carried on
            task.builds_on = self._carries(task)
        yield [probe for task in tasks for probe in self._carry_probes(task)]
        for task in tasks:
            if self._carry(task):
                self._judge(task)
        for task in tasks:  # in order: what stands in for one task may make it right for the next
            yield self._stand_in_probes(task)
            self._judge_with_stand_in(task)

    def _round(self, tasks: Sequence[Task], which: str) -> Iterator[list[Probe] | list[Together]]:
        """Ask for the shown or for the hidden cases: together, then each by itself, then in the state after the last cell."""
        yield [Together(tuple(task.probes("quick", which))) for task in tasks]
        self._take(tasks, "quick", which)
        again = [t for t in tasks if not self._is_settled(t, which)]
        yield [probe for task in again for probe in task.probes("own", which)]
        self._take(again, "own", which)
        empty = [t for t in tasks if not t.at_end and _is_empty(t.answers)]
        yield [task.probes("end", which)[0] for task in empty]
        later = [t for t in empty if not self.found[t.probes("end", which)[0].key].problem]
        yield [probe for task in later for probe in task.probes("end", which)[1:]]
        self._take(later, "end", which)

    def _take(self, tasks: Sequence[Task], kind: str, which: str) -> None:
        for task in tasks:
            task.answers[task.part(which)] = [self.found[p.key] for p in task.probes(kind, which)]
            task.at_end = task.at_end or kind == "end"

    def _is_settled(self, task: Task, which: str) -> bool:
        """Return whether calls in one process were enough: nothing was there, or all was right.

        A function that keeps something between calls may answer otherwise than alone; so anything else is asked again,
        each call in a process of its own, and that is what counts.
        """
        part = task.part(which)
        if task.exercise.kind != "function" or all(a.problem in NOTHING for a in task.answers[part]):
            return True
        if any(a.problem for a in task.answers[part]):
            return False
        verdict = _ours(task.exercise, judge, task.exercise, task.cases[part], task.answers[part])
        return verdict.outcome == "correct"

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

    def _explained(self, task: Task, answer: Answer) -> Answer:
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

    def _carries(self, task: Task) -> list[tuple[Carry, Task]]:
        """Return the earlier exercises that this wrong answer may build on: those that were answered, and wrongly."""
        if self.verdicts[task.id].outcome in ("correct", "not attempted"):
            return []
        earlier = [(c, self.tasks[c.exercise]) for c in task.exercise.carries if c.exercise in self.tasks]
        wrong = [(c, t) for c, t in earlier if self.verdicts[t.id].outcome in ("partly", "not yet")]
        return [(c, t) for c, t in wrong if not all(a.problem for a in t.answers)]

    def _carry_probes(self, task: Task) -> list[Probe]:
        probes = []
        for carry, earlier in task.builds_on:
            if earlier.exercise.kind != "function":
                continue
            for n, case in enumerate(task.cases):
                inputs = _ours(task.exercise, carry.inputs_of, **copy.deepcopy(dict(case.inputs)))
                key = f"{task.id}/from {earlier.id}/{n}"
                probes.append(Probe(key, earlier.id, inputs, earlier.state, group=f"{task.id}/{earlier.id}"))
        return probes

    def _carry(self, task: Task) -> bool:
        for _carry, earlier in task.builds_on:
            keys = [f"{task.id}/from {earlier.id}/{n}" for n in range(len(task.cases))]
            once = earlier.answers[0]
            task.carried[earlier.id] = [
                self.found[key] if earlier.exercise.kind == "function" else once for key in keys
            ]
        return bool(task.carried)

    # ---- standing in for what is of no use -----------------------------------------------------------------------------

    def _unusable(self, task: Task) -> list[tuple[Carry, Task]]:
        """Return the earlier exercises that may be why an answer failed: those that are not right by themselves."""
        verdict = self.verdicts[task.id]
        failed = verdict.outcome in ("partly", "not yet") and task.exercise.kind in ("function", "value")
        earlier = [(c, self.tasks[c.exercise]) for c in task.exercise.carries if c.exercise in self.tasks]
        return [(c, t) for c, t in earlier if failed and not self._is_right_alone(t)]

    def _is_right_alone(self, task: Task) -> bool:
        return self.verdicts[task.id].outcome == "correct" and not self.verdicts[task.id].carried

    def _stand_in_probes(self, task: Task) -> list[Probe]:
        """Ask again with a stand-in for the earlier answer: a known *wrong* one, for no right one may enter the jail.

        Where several are of no use, each is tried, and then all of them. For a value its cell is run again, since the value
        came from there.
        """
        unusable = [(t, _stand_in_values(task, t, c)) for c, t in self._unusable(task)]
        unusable = [(earlier, values) for earlier, values in unusable if values]
        together = [unusable] if len(unusable) > 1 and task.exercise.given else []
        again = (
            self.cells[task.cell].source if task.exercise.kind == "value" and task.cell is not None else ""
        )
        probes: list[Probe] = []
        for chosen in [[one] for one in unusable] + together:
            names = tuple(earlier.id for earlier, _values in chosen)
            task.stand_ins[names] = {earlier.id: [Answer(v) for v in values] for earlier, values in chosen}
            for n, own in enumerate(task.probes("own")):
                given = {e.id: StandIn(v[n], call=e.exercise.kind == "function") for e, v in chosen}
                key, group = f"{task.id}/without {' '.join(names)}/{n}", f"{task.id}//{' '.join(names)}"
                probes.append(
                    replace(own, key=key, state=task.state, group=group, stand_ins=given, source=again)
                )
        return probes

    def _judge_with_stand_in(self, task: Task) -> None:
        for names, values in task.stand_ins.items():
            given = [self.found[f"{task.id}/without {' '.join(names)}/{n}"] for n in range(len(task.cases))]
            if any(a.problem for a in given):
                continue
            verdict = _ours(task.exercise, judge, task.exercise, task.cases, given, task.carried | values)
            if verdict.outcome == "correct":
                said = ", ".join(f"`{name}`" for name in names)
                message = (
                    _(STOOD_IN, earlier=names[0]) if len(names) == 1 else _(STOOD_IN_SEVERAL, earlier=said)
                )
                self.verdicts[task.id] = replace(verdict, message=message, carried=True)
                return

    # ---- judging -----------------------------------------------------------------------------------------------------

    def _judge(self, task: Task) -> None:
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
        self.evidence[task.id] = replace(_evidence(result, matched), value=_value(task))

    def _owner(self, task: Task) -> str:
        """Return the student whose set a wrong value is exactly right for (a rounded one fits many by chance)."""
        answer = task.answers[0]
        for other in self.others if answer.problem is None else ():
            if other != self.student and agrees(_right_for(task.exercise, other), answer.value, EXACT):
                return other
        return ""


# ---- small things ----------------------------------------------------------------------------------------------------


def _is_empty(answers: Sequence[Answer]) -> bool:
    return all(a.problem in ("raised", *NOTHING) for a in answers)


def _cases(exercise: Exercise, student: str, seed: str) -> tuple[Case, ...]:
    if exercise.kind == "function":
        cases = exercise.shown + _ours(exercise, hidden_cases, exercise, seed)
        if not cases:
            raise GraderFault(f"{exercise.id} has no cases: give it `shown` ones, or `draw`.")
        return cases
    if exercise.kind == "value":
        return (
            (Case({"data": assignment_data(exercise.data, student)}, OWN_DATA),)
            if exercise.data
            else (Case({}),)
        )
    return ()


def _stand_in_values(task: Task, earlier: Task, carry: Carry) -> list[Any]:
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


_rights: dict[
    tuple[int, str], tuple[Exercise, Any]
] = {}  # the exercise is kept, so that its id stays its own


def _right_for(exercise: Exercise, student: str) -> Any:
    """Return what is right for another student's set; computed once, for a class asks it again and again."""
    key = id(exercise), student
    if key not in _rights:
        data = assignment_data(exercise.data, student)
        _rights[key] = exercise, _ours(exercise, reference_of, exercise, Case({"data": data}, ANOTHER))
    return _rights[key][1]


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


def _value(task: Task) -> str:
    """Return the one number that a ``value`` task was answered with, or what was chosen on a page of questions, or ''."""
    if task.exercise.kind == "choices" and task.answers:
        return _ours(task.exercise, responses, task.exercise, task.answers[0])
    value = task.answers[0].value if task.exercise.kind == "value" and task.answers else None
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if type(value) is int and abs(value) < 2**53:
        value = float(value)
    return repr(value) if type(value) is float else ""


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
