"""The concept inventory in a course: its notebooks, the way from a hand-in to the statistics, the page, the tables and the screen."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil

import numpy as np
import pytest

from autograder.choices import responses
from autograder.exercise import Answer, Verdict
from autograder.exercises import get, registry
from autograder.inbox import File, Receipt
from autograder.inventory import ITEMS, PAGES, PER_PAGE, TESTS, form
from course import build, store
from course.books import build_all, of_assignment
from course.cli import main
from course.folder import PROJECT, Course, CourseError
from course.inventory import Inventory, beliefs, inventory, sitting
from course.inventory_page import page, screen, tables, write_all
from course.inventory_stats import change, gain
from course.results import Result, Task


def filled(test, name, chosen):
    """Return the four pages of somebody's answers: `chosen` maps an item to an option's name, "unknown" or "missing"."""
    pages = [{"name": name} for _page in range(PAGES)]
    for number, (item, options) in form(test, name).items():
        letters = {option: letter for letter, option in options.items()} | {"unknown": "x", "missing": ""}
        pages[(number - 1) // PER_PAGE][number] = letters[chosen[item]]
    return pages


def result(test, name, chosen, verdict="counted"):
    """Return what the course knows of somebody who answered so."""
    tasks = []
    for k, answer in enumerate(filled(test, name, chosen), start=1):
        exercise = get(f"{test}_{k}")
        evidence = {"value": responses(exercise, Answer(answer))}
        tasks.append(Task(exercise, "partly", 1.0, Verdict(exercise.id, "partly", 1.0, "Said."), evidence))
    receipt = Receipt(test, name, name, 1, "2026-10-11T22:00:00+00:00", "UTC", verdict, "", False, (File("x.ipynb", 1, "0" * 64),), sha256="0" * 64)  # fmt: skip
    return Result(name, name, tuple(tasks), (receipt,), 0.1, "bwrap")


def drawn(n, seed, share):
    """Return n students' options: right with this probability, otherwise any other."""
    rng = np.random.default_rng(seed)
    names = {id_: [w.name for w in item.wrong] + ["unknown"] for id_, item in ITEMS.items()}
    return [
        {id_: "right" if rng.random() < share else str(rng.choice(names[id_])) for id_ in ITEMS}
        for _s in range(n)
    ]


def both(n=40):
    """Return a class that took both tests."""
    sittings = {
        test: sitting(test, test, [result(test, f"s{k:02}", c) for k, c in enumerate(drawn(n, seed, share))])
        for test, seed, share in (("pretest", 1, 0.3), ("posttest", 2, 0.7))
    }
    answers = [s.answers for s in sittings.values()]
    return Inventory(sittings, tuple(change(*answers)), gain(*answers))


def test_answers_come_back_by_item_whatever_the_order():
    """Is what each student chose found again under the item, although all have other orders?"""
    wanted = drawn(5, 3, 0.5)
    wanted[4] = wanted[4] | dict.fromkeys(list(ITEMS)[:7], "missing")
    found = sitting("pretest", "pretest", [result("pretest", f"s{k}", c) for k, c in enumerate(wanted)])
    assert [dict(zip(found.answers.items, row, strict=True)) for row in found.answers.chosen] == wanted


def test_who_is_left_out_is_counted():
    """Are those without a hand-in, with a refused one, and with an empty sheet left out, by reason?"""
    empty = dict.fromkeys(ITEMS, "missing")
    people = [
        result("pretest", "ana", drawn(1, 1, 0.5)[0]),
        result("pretest", "ben", empty),
        result("pretest", "cai", drawn(1, 1, 0.5)[0], "refused"),
    ]
    people.append(Result("dee", "dee", people[0].tasks, ()))
    found = sitting("pretest", "pretest", people)
    assert found.answers.students == ("ana",)
    assert found.left_out == {"blank": 1, "refused": 1, "nothing": 1}


def test_beliefs_are_the_wrong_options_by_their_share():
    """Is the most widespread belief of the latest test first, with its shares before and after?"""
    everybody = dict.fromkeys(ITEMS, "right")
    late = everybody | {"M5": "grand_mean"}
    sittings = {
        test: sitting(test, test, [result(test, f"s{k}", c) for k, c in enumerate(people)])
        for test, people in (("pretest", [late] * 4), ("posttest", [late] * 3 + [everybody]))
    }
    first = beliefs(Inventory(sittings, (), None))[0]
    assert (first.item, first.option, first.before, first.after) == ("M5", "grand_mean", 1.0, 0.75)


def test_the_page_runs_nothing_and_has_headers():
    """Does the page load nothing, run nothing, give every table a caption and headers, and keep the order of headings?"""
    made = html.unescape(page(both()))
    assert "<script" not in made and not re.search(r"(src|href)=", made) and "default-src 'none'" in made
    assert made.count("<table") == made.count("<caption") == made.count("<thead") == 6
    assert all('scope="col"' in head for head in re.findall(r"<thead>.*?</thead>", made, re.DOTALL))
    assert made.count('scope="row"') >= 3 * len(ITEMS)
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", made)
    assert not set(headings) & set(re.findall(r"<caption>(.*?)</caption>", made))  # both name a landmark
    assert not re.search(r"-0\.00|\.”\.", made)
    assert headings == [
        "What can be said", "The tests", "What the class believes", "The items before the course", "The items after the course",
        "What changed", "Every option",
    ]  # fmt: skip


def test_tables_hold_what_the_statistics_say():
    """Do the CSV files have a row for each item, option and change, with the numbers of the statistics?"""
    found = both()
    read = {name: list(csv.DictReader(io.StringIO(text))) for name, text in tables(found).items()}
    assert [len(read[name]) for name in ("items", "changes", "tests", "gain")] == [80, 40, 2, 1]
    assert len(read["options"]) == 2 * sum(len(item.options) for item in ITEMS.values())
    stat = found.sittings["posttest"].items["M5"]
    row = next(r for r in read["items"] if (r["test"], r["item"]) == ("posttest", "M5"))
    assert float(row["difficulty"]) == pytest.approx(stat.difficulty) and row["lesson"] == "03"
    assert float(row["discrimination"]) == pytest.approx(stat.discrimination, abs=1e-5)
    assert float(read["gain"][0]["normalised"]) == pytest.approx(found.gain.normalised, abs=1e-5)
    shares = [float(r["share"]) for r in read["options"] if r["item"] == "M5" and r["test"] == "posttest"]
    assert shares == pytest.approx([stat.counts[name] / stat.n for name in ITEMS["M5"].options])


@pytest.mark.parametrize(("n", "words"), [(0, "Nobody's answers"), (1, "read the answers one by one"), (12, "not enough to call an item"), (40, "")])  # fmt: skip
def test_small_classes_are_told_what_cannot_be_said(n, words, tmp_path):
    """Do empty, tiny and small classes get a page, tables, a screen, and the caution that belongs to them?"""
    found = both(n)
    assert words in screen(found) and words in html.unescape(page(found))
    assert all(path.stat().st_size for path in write_all(found, tmp_path))
    if n == 40:
        assert not re.search("not enough|one by one|Nobody", screen(found))
        assert "with 40 students a share near one half is known to within ±0.15" in screen(found)


def test_what_nobody_took_is_no_belief_of_the_class():
    """Are wrong options that nobody took in the latest test left out, and is it said where there is none?"""
    right = dict.fromkeys(ITEMS, "right")
    for chosen, shown in ((right, 0), (right | {"M5": "grand_mean"}, 1)):
        found = Inventory(
            {"pretest": sitting("pretest", "pretest", [result("pretest", "ana", chosen)])}, (), None
        )
        assert len(re.findall(r"^ +\d+ %  [MX]\d", screen(found), re.MULTILINE)) == shown
        assert ("No wrong option was taken" in page(found)) == (not shown)
        assert "one student's answers" in screen(found)


@pytest.mark.parametrize(("lesson", "file"), [("pretest", "lesson_inventory"), ("02", "lesson_02")])
def test_a_mark_depends_on_the_exercises_of_its_assignment(course, lesson, file, tmp_path, monkeypatch):
    """Does a change of the file that holds an assignment's exercises, and of the items for a test only, make another version?"""
    for folder in (course.source, course.release):
        (folder / "t").mkdir(parents=True)
        (folder / "t" / "t.ipynb").write_text("{}")
    (course.root / "assignments.toml").write_text(
        f'[t]\nlesson = "{lesson}"\ntitle = "x"\nexercises = ["x"]\n'
    )
    copied = shutil.copytree(PROJECT / "autograder", tmp_path / "copy" / "autograder")
    monkeypatch.setattr(store, "PROJECT", tmp_path / "copy")
    seen = [store.version(course, "t")]
    for path in (copied / "exercises" / f"{file}.py", copied / "inventory" / "levels.py"):
        path.write_text(path.read_text() + "\n")
        seen.append(store.version(course, "t"))
    assert seen[0] != seen[1] and (seen[1] != seen[2]) == (lesson == "pretest")


def test_the_screen_says_the_gain_and_an_item_a_line():
    """Does the screen hold the gain with its interval and a line for each item?"""
    found = both()
    said = screen(found)
    assert (
        f"a normalised gain of {found.gain.normalised:.2f} (95 % interval {found.gain.interval[0]:.2f}"
        in said
    )
    assert [id_ for id_ in ITEMS if re.search(rf"^{id_} +0?1?\.\d\d|^{id_} ", said, re.MULTILINE)] == list(
        ITEMS
    )


# ---- the notebooks ------------------------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


@pytest.mark.parametrize("test", TESTS)
def test_a_test_is_an_assignment_without_a_lesson(course, test):
    """Has the notebook a cell to fill in for each page, the questions above it, and no key but in the solutions?"""
    assignment = course.assignment(test)
    made = build.assignment_notebook(of_assignment(course, assignment), assignment, registry())
    sources = [(cell.metadata.get("nbgrader", {}), cell.source) for cell in made.cells]
    solutions = [source for about, source in sources if about.get("solution")]
    assert len(solutions) == PAGES and all(source.count("BEGIN SOLUTION") == 1 for source in solutions)
    blanks = [n for source in solutions for n in re.findall(r'^ +(\d+): "",$', source, re.MULTILINE)]
    assert blanks == [str(n) for n in range(1, len(ITEMS) + 1)]
    shown = [source for about, source in sources if source.startswith("question_page(")]
    assert shown == [f"question_page(questions, {page}, STUDENT)" for page in range(1, PAGES + 1)]
    head = sources[0][1]
    assert "Points are given for answering, rightly or not: 4 in all." in head and "{" not in head
    keys = [item.options["right"] for item in ITEMS.values() if len(item.options["right"]) > 8]
    assert not any(key in source for _about, source in sources for key in keys)


def test_points_for_right_answers_are_a_line_in_assignments_toml(course):
    """Does naming the other pages give a point for each right answer, and does the first cell say so?"""
    pages = ", ".join(f'"posttest_right_{page}"' for page in range(1, PAGES + 1))
    text = f'[final]\nlesson = "posttest"\ntitle = "Final"\nexercises = [{pages}]\n'
    (course.root / "assignments.toml").write_text(text)
    assignment = course.assignment("final")
    made = build.assignment_notebook(of_assignment(course, assignment), assignment, registry())
    points = [
        cell.metadata.nbgrader.points for cell in made.cells if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    assert points == [PER_PAGE] * PAGES
    assert "Points are given for right answers: 40 in all." in made.cells[0].source


def test_an_unknown_page_is_named(course):
    """Is an exercise that the test does not have a problem of the build, and nothing written?"""
    text = '[pretest]\nlesson = "pretest"\ntitle = "x"\nexercises = ["pretest_9"]\n'
    (course.root / "assignments.toml").write_text(text)
    done = build_all(course, registry(), ["pretest"], check_values=False)
    assert any("no exercise 'pretest_9'; did you mean pretest_" in problem for problem in done.problems)
    assert not list(course.source.rglob("*.ipynb"))


def test_without_either_test_the_command_says_what_is_missing(course, capsys):
    """Does `hlm inventory` name the next step where nothing was released, and where no assignment is a test?"""
    with pytest.raises(CourseError, match="hlm release pretest"):
        inventory(course, registry())
    (course.root / "assignments.toml").write_text(
        '[ps02]\nlesson = "02"\ntitle = "x"\nexercises = ["common_slope"]\n'
    )
    assert main(["--course", str(course.root), "inventory"]) == 1
    assert 'lesson = "pretest"' in capsys.readouterr().err


def test_from_a_hand_in_to_the_statistics(course, tmp_path, capsys):
    """Do three students' notebooks, one answered under another name than its folder's, arrive in the class's statistics?"""
    assert build_all(course, registry(), ["pretest"], check_values=False).problems == []
    run = ["--course", str(course.root)]
    assert main([*run, "release", "pretest"]) == 0
    released = json.loads((course.release / "pretest" / "pretest.ipynb").read_text())
    assert "stands for: I do not know yet." in json.dumps(released) and "YOUR CODE" not in json.dumps(
        released
    )
    right = dict.fromkeys(ITEMS, "right")
    people = {
        "ana": ("Ana M.", right),
        "ben": ("ben", right | {"M5": "grand_mean", "M6": "missing"}),
        "cai": ("", right),
    }
    handed_in = tmp_path / "handed_in"
    for folder, (name, chosen) in people.items():
        (handed_in / folder).mkdir(parents=True)
        (handed_in / folder / "pretest.ipynb").write_text(json.dumps(_answered(released, name, chosen)))
    for command in (
        ["intake", "pretest", "--from", str(handed_in)],
        ["grade", "pretest"],
        ["feedback", "pretest"],
    ):
        assert main([*run, *command]) == 0
    assert main([*run, "inventory", "--to", str(tmp_path / "reports")]) == 0
    said = capsys.readouterr().out
    assert re.search(r"33 %  M5  lesson 03  Groups shrink toward the mean of all observations\.", said)
    stats = inventory(course, registry()).sittings["pretest"]
    assert stats.overall.mean == pytest.approx((40 + 38 + 40) / 3) and stats.overall.missing == 1
    assert (tmp_path / "reports" / "inventory.html").is_file()
    shown = course.page("ben", "pretest").read_text()
    lessons = re.findall(r"treated in lessons? (\d\d(?:, \d\d)*)", shown)
    assert set(", ".join(lessons).split(", ")) == {"03"} and "grand_mean" not in shown
    assert not any(
        item.options["right"] in shown for item in ITEMS.values() if len(item.options["right"]) > 12
    )


def _answered(notebook, name, chosen):
    """Return the released notebook with a name and letters typed into it."""
    made = json.loads(json.dumps(notebook))
    letters = {n: v for page in filled("pretest", name, chosen) for n, v in page.items() if n != "name"}
    for cell in made["cells"]:
        source = "".join(cell["source"])
        if source.startswith("STUDENT"):
            cell["source"] = f"STUDENT = {name!r}"
        elif cell["id"].endswith("-solution"):
            cell["source"] = re.sub(r'(\d+): ""', lambda m: f'{m[1]}: "{letters[int(m[1])]}"', source)
    return made
