"""``hlm``: the one command line of a course.

``hlm [--course DIR] COMMAND`` builds the lessons and assignments, releases an assignment, takes work in, grades it in the
sandbox, writes feedback and prints the class. Every command says what it did. Messages are one line each; a traceback
is shown only with ``--traceback`` or for a fault of the program itself.

What this file does not do: the work. Each command calls one function elsewhere and prints what came back.

Exit codes: 0 done; 1 something is wrong that the message names; 2 the command line was not understood.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from autograder.assignment import AssignmentError
from autograder.exercise import Exercise
from autograder.inbox import IntakeError
from course.folder import Course, CourseError, open_course, own_programs_first
from course.progress import Progress
from hlm_teach.locale import _ as translate


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(
        prog="hlm", description="Build, release, take in, grade and report a course on multilevel models."
    )
    top.add_argument("--course", metavar="DIR", help="the course's folder (default: the project's course/)")
    top.add_argument("--traceback", action="store_true", help="show where in the program an error came from")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, ps: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        sub.set_defaults(run=globals()[f"run_{name}"])
        if ps:
            sub.add_argument("ps", metavar="PS", help="the assignment, like ps02")
        return sub

    sub = command("build", "build the lessons and assignments from their sources, and check them", ps=False)
    sub.add_argument("lessons", nargs="*", metavar="NN", help="numbers of lessons (default: all)")
    sub.add_argument(
        "--no-verify",
        action="store_true",
        help="do not run the solved lessons, so do not check the numbers in the text",
    )
    sub.add_argument(
        "--check",
        action="store_true",
        help="write nothing; say which lesson notebooks are not what their source gives",
    )
    command("release", "make the version of an assignment that students get")
    sub = command("solve", "write the solved assignment, as a perfect submission")
    sub.add_argument("--to", required=True, metavar="DIR", help="the folder for it; made if missing")
    sub = command("intake", "take in what was handed in: one folder per student, with whatever is in it")
    sub.add_argument(
        "--from",
        required=True,
        dest="folder",
        metavar="DIR",
        help="the folder that holds one folder per student",
    )
    sub = command("grade", "grade what was taken in, in the sandbox; unchanged work is not graded again")
    sub.add_argument("--student", metavar="ID", help="only this student")
    sub.add_argument("--regrade", action="store_true", help="grade again what is graded already")
    sub.add_argument(
        "--workers", type=_at_least_one, metavar="N", help="processes on this machine (default: its cores)"
    )
    sub.add_argument(
        "--cluster", metavar="ADDRESS", default="", help="a Dask scheduler, like tcp://host:8786, instead"
    )
    sub.add_argument(
        "--isolation",
        choices=("bwrap", "process"),
        default="bwrap",
        help="how answers are kept apart from this machine (process: hardly at all; marked on the report)",
    )
    command("feedback", "write a feedback page for every student")
    sub = command("report", "print the class table; with --to also write the report")
    sub.add_argument("--csv", metavar="FILE", help="one row per student and exercise")
    sub.add_argument(
        "--to",
        metavar="DIR",
        help="the folder for the report as a page and its tables as CSV; made if missing",
    )
    sub = command(
        "inventory", "say what the class believed before and after, and how the questions did", ps=False
    )
    sub.add_argument(
        "--to",
        metavar="DIR",
        help="the folder for all of it as a page and its tables as CSV; made if missing",
    )
    sub = command("export", "write the final points as a file that Canvas or Moodle imports")
    sub.add_argument("--to", required=True, choices=("canvas", "moodle"), help="the system")
    sub.add_argument(
        "--roster",
        metavar="FILE",
        help="what the system says who is who: Canvas's exported gradebook, or Moodle's grading worksheet",
    )
    sub.add_argument(
        "--out", metavar="FILE", help="the file to write (default: PS-canvas.csv or PS-moodle.csv)"
    )
    sub.add_argument("--column", default="", metavar="TITLE", help="the assignment's title in Canvas")
    sub.add_argument(
        "--scale", action="store_true", help="convert to the points that the assignment has there"
    )
    sub.add_argument("--replace", action="store_true", help="write also where the system has another grade")
    sub.add_argument("--zero-missing", action="store_true", help="give 0 to whoever handed in nothing")
    sub.add_argument(
        "--leave-out-unmatched", action="store_true", help="go on without those whom the system does not know"
    )
    command("next", "say what to do next in the lessons: what is due again, then the next task", ps=False)
    command("lab", "open the course in JupyterLab; further options go to jupyter lab", ps=False)
    command("doctor", "say what is installed, what is missing, and what to do about it", ps=False)
    sub = command("demo", "run the whole path on an example class, in a folder of its own", ps=False)
    sub.add_argument(
        "--to",
        default="demo",
        metavar="DIR",
        help="the folder for it; emptied first if a demo made it (default: demo)",
    )
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    own_programs_first()
    options, options_of_lab = parser().parse_known_args(argv)
    if options_of_lab and options.command != "lab":
        parser().error(f"unrecognized arguments: {' '.join(options_of_lab)}")
    options.rest = options_of_lab
    try:
        return options.run(open_course(options.course), options) or 0
    except (CourseError, AssignmentError, IntakeError) as problem:
        if options.traceback:
            raise
        print(f"hlm {options.command}: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            f"\nhlm {options.command}: stopped. What was finished is kept; run the command again to go on.",
            file=sys.stderr,
        )
        return 130


def run_build(course: Course, options: argparse.Namespace) -> int:
    """Build lessons and assignments; print what was written and which rules are broken."""
    from autograder.exercises import registry
    from course.books import build_all

    with Progress() as progress:
        done = build_all(
            course,
            registry(),
            options.lessons,
            check_values=not (options.no_verify or options.check),
            write=not options.check,
            step=progress.say,
        )
    for path in done.written:
        print(f"wrote {_short(path)}")
    if done.unchanged:
        print(f"{len(done.unchanged)} notebook{'s are' if len(done.unchanged) > 1 else ' is'} up to date")
    for problem in done.problems:
        print(problem, file=sys.stderr)
    if done.problems:
        print(
            f"hlm build: {len(done.problems)} problem{'s' if len(done.problems) > 1 else ''}; see above.",
            file=sys.stderr,
        )
    return 1 if done.problems else 0


def run_release(course: Course, options: argparse.Namespace) -> int:
    """Release one assignment and say where it lies."""
    from course.steps import release

    made = release(course, options.ps)
    assignment = course.assignment(options.ps)
    due = f"{assignment.deadline:%Y-%m-%d %H:%M} UTC" if assignment.deadline else "none"
    print(f"released {options.ps} ({len(assignment.exercises)} tasks, deadline: {due}): {_short(made)}")
    return 0


def run_solve(course: Course, options: argparse.Namespace) -> int:
    """Write the solved assignment."""
    from autograder.exercises import registry
    from autograder.inbox import put
    from course import build
    from course.books import of_assignment

    assignment = course.assignment(options.ps)
    made = build.solved_assignment(of_assignment(course, assignment), assignment, registry())
    path = Path(options.to).expanduser() / f"{options.ps}.ipynb"
    try:
        put(path, build.to_bytes(made))
    except OSError as problem:
        raise CourseError(f"{path} cannot be written: {problem.strerror or problem}.") from None
    print(f"solved {options.ps}: {_short(path)}")
    return 0


def run_intake(course: Course, options: argparse.Namespace) -> int:
    """Take in a folder of hand-ins and say what became of each."""
    from autograder.exercises import registry
    from autograder.intake import take_in

    assignment = course.assignment(options.ps)
    folder = Path(options.folder).expanduser().resolve()
    with Progress(_folders(folder)) as progress:

        def step(name: str) -> None:
            progress.say(f"taking in {name}")
            progress.done += 1

        taken = take_in(
            course.root,
            assignment,
            folder,
            assignments=course.assignments,
            titles=_titles(registry()),
            step=step,
        )
    for receipt in taken.receipts:
        if receipt.verdict != "counted":
            print(f"{receipt.student}: {receipt.verdict}. {receipt.reason}")
    for name in taken.stray:
        print(f"{name}: passed over, because it lies in no student's folder")
    counts = Counter(receipt.verdict for receipt in taken.receipts)
    said = ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in ("counted", "not counted", "refused") if counts[verdict]
    )
    print(
        f"took in {options.ps}: {said or 'nothing new'}; {len(taken.unchanged)} unchanged. Originals: {_short(course.inbox / options.ps)}"
    )
    return 0


def _folders(folder: Path) -> int | None:
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else None


def _titles(registry: Mapping[str, Exercise]) -> dict[str, str]:
    return {name: translate(exercise.title) for name, exercise in registry.items()}


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; give 1 or more")
    return number


def run_grade(course: Course, options: argparse.Namespace) -> int:
    """Grade what was taken in; exit code 1 if the grader itself failed for somebody."""
    from autograder import sandbox
    from autograder.inbox import counted, receipts, safe_id, students
    from course.class_grading import grade
    from course.store import submitted

    ps = course.assignment(options.ps).id
    if options.isolation == "bwrap" and not options.cluster and (missing := sandbox.detect()):
        raise CourseError(missing)
    if options.isolation == "process":
        print(
            "Warning: --isolation process keeps answers apart from this machine hardly at all. Use it only for work you trust."
        )
    wanted = submitted(course, ps)
    if options.student:
        wanted = [s for s in wanted if s in (options.student, safe_id(options.student))]
        if not wanted:
            raise CourseError(
                f"{options.student} has no work for {ps} that can be graded. `hlm report {ps}` says why."
            )
    if not wanted:
        raise CourseError(f"Nothing has been taken in for {ps}. Run `hlm intake {ps} --from DIR` first.")
    how = {name: getattr(options, name) for name in ("regrade", "isolation", "workers", "cluster")}
    count, faults, seconds = Counter(), [], 0.0
    try:
        with Progress(len(wanted)) as progress:
            progress.say(f"grading {ps}")
            for done in grade(course, ps, wanted, **how):
                count[done.status] += 1
                seconds += done.seconds
                faults += [done] if done.status == "fault" else []
                progress.done += 1
                progress.passed += done.status == "unchanged"
                progress.say(f"{done.student}: {done.status}")
    except KeyboardInterrupt:
        kept, left = sum(count.values()), len(wanted) - sum(count.values())
        print(f"\n{kept} of {len(wanted)} are graded and entered, {left} are left.", file=sys.stderr)
        raise
    for done in faults:
        print(
            f"{done.student}: not graded, because the grader itself failed: {done.message}", file=sys.stderr
        )
    refused = sum(counted(receipts(course.root, ps, s)) is None for s in students(course.root, ps))
    entered = f"{count['entered']} entered from what was run before, " if count["entered"] else ""
    print(
        f"graded {ps}: {count['graded']} graded ({seconds:.0f} s of processor time), {entered}"
        f"{count['unchanged']} unchanged, {refused} refused at intake, "
        f"{count['fault']} failed and need a teacher (isolation: {options.isolation})"
    )
    return 1 if faults else 0


def run_feedback(course: Course, options: argparse.Namespace) -> int:
    """Write the pages of everybody who handed something in."""
    from autograder.exercises import registry
    from course.feedback import refused_page
    from course.gradebook import one_engine
    from course.report import results
    from course.steps import feedback_one

    found = [r for r in results(course, options.ps, registry()) if r.receipts]
    if not found:
        raise CourseError(
            f"Nothing has been taken in for {options.ps}. Run `hlm intake {options.ps} --from DIR` first."
        )
    written = refused = 0
    left: list[str] = []
    with Progress(len(found)) as progress, one_engine():
        for r in found:
            progress.say(f"feedback for {r.student}")
            progress.done += 1
            if r.refused:
                refused_page(course, options.ps, r)
                refused += 1
            elif r.is_graded:
                feedback_one(course, options.ps, r.student_id)
                written += 1
            else:
                left.append(r.student)
    for name in left:
        print(
            f"{name}: no page, because the work has not been graded. Run `hlm grade {options.ps}`.",
            file=sys.stderr,
        )
    print(
        f"feedback {options.ps}: {written} pages, {refused} for refused work: {_short(course.root / 'feedback')}"
    )
    return 1 if left else 0


def run_report(course: Course, options: argparse.Namespace) -> int:
    """Print the class table, and write it where --csv and --to say."""
    from autograder.exercises import registry
    from course.report import results, rows, screen, to_csv
    from course.tables import write

    found = results(course, options.ps, registry())
    print(screen(course, options.ps, found))
    if options.csv:
        table = rows(found)
        write(to_csv(table), Path(options.csv).expanduser())
        print(f"\nwrote {len(table)} rows: {_short(Path(options.csv))}")
    if options.to:
        from course.report_page import write_all

        for path in write_all(course, options.ps, found, _folder(options.to)):
            print(f"wrote {_short(path)}")
    return 0


def run_inventory(course: Course, options: argparse.Namespace) -> int:
    """Print the class's concept inventory, and write it where --to says."""
    from autograder.exercises import registry
    from course.inventory import inventory
    from course.inventory_page import screen, write_all

    found = inventory(course, registry())
    print(screen(found))
    if options.to:
        for path in write_all(found, _folder(options.to)):
            print(f"wrote {_short(path)}")
    return 0


def _folder(name: str) -> Path:
    """Return a folder for results; make it if it is missing."""
    folder = Path(name).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise CourseError(f"{folder} cannot be made: {problem.strerror or problem}.") from None
    return folder


def run_export(course: Course, options: argparse.Namespace) -> int:
    """Write a file for Canvas or Moodle; name everybody who has no grade in it, and why."""
    from autograder.exercises import registry
    from course import export
    from course.report import results
    from course.tables import write

    found = results(course, options.ps, registry())
    how = {
        name: getattr(options, name) for name in ("replace", "zero_missing", "leave_out_unmatched", "scale")
    }
    roster = Path(options.roster).expanduser() if options.roster else None
    if options.to == "moodle":
        made = export.moodle(course, options.ps, found, roster, **how)
    elif roster is None:
        raise CourseError(
            "Canvas knows students by numbers of its own: give its gradebook (Grades → Export) with --roster FILE."
        )
    else:
        made = export.canvas(course, options.ps, found, roster, column=options.column, **how)
    for student, why in made.left_out:
        print(f"{student}: no grade in the file; {why}")
    for note in made.notes:
        print(note)
    if not made.count:
        raise CourseError(f"There is no grade of {options.ps} to write; no file was made.")
    path = Path(options.out or f"{options.ps}-{options.to}.csv").expanduser()
    write(made.text, path)
    print(f"wrote {made.count} of {len(found)} grades: {_short(path)}")
    return 0


def run_next(course: Course, options: argparse.Namespace) -> int:
    """Say what a learner does next."""
    from autograder.home import next_text

    print(next_text())
    return 0


def run_lab(course: Course, options: argparse.Namespace) -> int:
    """Open JupyterLab on the lessons, with formgrader on this course."""
    from course.lab import start

    return start(course, options.rest)


def run_doctor(course: Course, options: argparse.Namespace) -> int:
    """Print what is there and what is missing; exit code 1 if something needed is missing."""
    from course.doctor import examine

    findings = examine(course)
    for finding in findings:
        print(finding)
    return 0 if all(finding.ok or finding.optional for finding in findings) else 1


def run_demo(course: Course, options: argparse.Namespace) -> int:
    """Run the whole path on the example class."""
    from course.demo import run

    return run(Path(options.to).expanduser().resolve())


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


if __name__ == "__main__":
    sys.exit(main())
