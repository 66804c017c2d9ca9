"""The house as a whole: who imports whom, what is installed, what the papers promise."""

from __future__ import annotations

import ast
import doctest
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("hlm_teach", "autograder", "course")
MAY_IMPORT = {"hlm_teach": {"hlm_teach"}, "autograder": {"hlm_teach", "autograder"}, "course": set(OURS)}
NBGRADER_HOMES = ("autograder/nbgrader_plugin.py", "autograder/intake.py", "course/")
MODULES = sorted(p for package in OURS for p in (ROOT / package).rglob("*.py"))


def imports(source: str) -> set[str]:
    """Return the top-level packages that a text imports, wherever it does (a relative import stays at home)."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_downwards(path):
    """Does hlm_teach ← autograder ← course hold, and do nbgrader and anywidget stay in their rooms?"""
    name = path.relative_to(ROOT).as_posix()
    found = imports(path.read_text(encoding="utf-8"))
    assert found & set(OURS) <= MAY_IMPORT[name.split("/")[0]]
    if not name.startswith(NBGRADER_HOMES):
        assert not found & {"nbgrader", "nbformat"}
    if not name.startswith("hlm_teach/widgets/"):
        assert "anywidget" not in found


def test_the_import_test_sees_a_breach():
    """Would the test above notice an upward import inside a function?"""
    assert imports("def f():\n    from autograder.check import check\n    return check\n") == {"autograder"}


def test_conda_installs_the_project_itself():
    """Can environment.yml drift from pyproject.toml? Not while it names no package that pyproject.toml names."""
    text = (ROOT / "environment.yml").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "--editable .[dev]" in text
    named = {re.split(r"[\[<>=!~ ]", line)[0].lower() for line in project["dependencies"]}
    listed = {
        re.split(r"[<>=]", line.strip("- ").strip())[0].lower() for line in text.splitlines() if "- " in line
    }
    assert not named & listed
    oldest = re.search(r">=(\d+\.\d+)", project["requires-python"])[1]
    assert f"python={oldest}" in text


def test_the_packages_that_would_break_a_term_are_pinned():
    """Are nbgrader and the major version of JupyterLab held?"""
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert "nbgrader==0.9.6" in dependencies
    assert any(re.fullmatch(r"jupyterlab>=4[\d.]*,<5", line) for line in dependencies)


def test_nothing_private_is_tracked():
    """Is there a token, an address of a registry, a gradebook or a term's seed among the tracked files?"""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    banned = [
        f for f in tracked if re.search(r"gradebook\.db|term_seed$|package-lock\.json|\.venv/|receipts/", f)
    ]
    assert banned == []
    large = [f for f in tracked if f and (ROOT / f).is_file() and (ROOT / f).stat().st_size > 700_000]
    assert large == []


def test_the_readme_shows_what_the_library_prints():
    """Is the fit in the README the one that this version prints?"""
    outcome = doctest.testfile(
        str(ROOT / "README.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert outcome.attempted >= 2 and outcome.failed == 0


def test_the_readmes_numbers_are_those_of_the_runs():
    """Do the picture's alt text and the number of data sets come from the library?"""
    import matplotlib as mpl

    mpl.use("agg")
    from hlm_teach import datasets
    from hlm_teach.picture import picture

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"![{picture()[1]}](docs/shrinkage.png)" in text
    ones = ("", "-one", "-two", "-three", "-four", "-five", "-six", "-seven", "-eight", "-nine")
    words = [*(f"Twenty{one}" for one in ones), *(f"Thirty{one}" for one in ones)]
    assert f"**{words[len(datasets()) - 20]} data sets**" in text


def test_the_plans_for_teaching_add_up():
    """Are the minutes of docs/teaching.md those that the lessons state, and does each sum fit its meeting?"""
    text = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.search(r"\(\d+\).*\| \d+ \| \d+ \|$", line)
    ]
    assert len(rows) >= 8
    for *_, lessons, total, limit in rows:
        assert sum(map(int, re.findall(r"\((\d+)\)", lessons))) == int(total) <= int(limit), lessons
        for part in lessons.split(", "):
            for number, minutes in re.findall(r"^(\d\d) \((\d+)\)$", part):
                assert minutes_of(number) == int(minutes), part


def minutes_of(number: str) -> int:
    """Return how many minutes a lesson says to allow."""
    words = {"forty": 40, "fifty": 50, "an hour": 60, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
    (source,) = (ROOT / "lessons").glob(f"{number}_*.py")
    said = re.sub(r"\s*\n#\s*", " ", source.read_text(encoding="utf-8"))
    return words[re.search(r"Allow (an hour|\w+)", said)[1]]


def test_the_readmes_times_are_those_of_the_benchmark():
    """Is every time and ratio under "How fast" in the table that the benchmark wrote?"""
    table = (ROOT / "benchmarks" / "engine.md").read_text(encoding="utf-8")
    rows = {
        tuple(row[:3]): row
        for line in table.splitlines()
        if len(row := re.findall(r"[^| ][^|]*[^| ]|[^| ]", line)) > 9
    }
    head = next(row for row in rows.values() if row[0] == "N")
    large, small = (
        dict(zip(head, rows[key], strict=True)) for key in (("1,000,000", "20,000", "2"), ("180", "18", "2"))
    )
    said = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How fast")[2].partition("\n![")[0]
    for part in (
        f"took {large['ours, ms']} ms on one thread",
        f"lme4 1.1.31 took {large['lme4 / ours'][:-1]} times as long, statsmodels 0.15.0 {large['statsmodels / ours'][:-1]} times, "
        f"mixedlm-rs 0.2.0 {large['mixedlm-rs / ours'][:-1]} times",
        f"ours took {small['ours, ms']} ms, it {small['lme-python / ours'][:-1]} times that",
    ):
        assert part in said.replace("\n", " "), part
    assert all(
        version in table
        for version in ("lme4 1.1.31", "statsmodels 0.15.0", "mixedlm-rs 0.2.0", "lme-python 0.2.7")
    )


def test_links_in_the_papers_lead_somewhere():
    """Does every relative link of README, CONTRIBUTING, CHANGELOG and docs name a file that exists?"""
    for paper in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "lessons" / "glossary.md"]:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", paper.read_text(encoding="utf-8")):
            assert (paper.parent / target).exists(), f"{paper.name} links to {target}"


def test_ci_and_make_call_what_exists():
    """Does CI call the README's test command, and is every make target of the papers a target?"""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert "make test" in (ROOT / ".ci" / "run").read_text()
    papers = "".join(p.read_text(encoding="utf-8") for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
    named = set(re.findall(r"`make ([a-z]+)", papers)) | set(
        re.findall(r"^make ([a-z]+)", papers, re.MULTILINE)
    )
    assert {"lab", "test", "demo"} <= named <= targets


BEGIN, END = "compared by the test of the same file -->\n", "<!-- end of files -->"


def files() -> str:
    """Return the list of all modules, each with the first line of its docstring."""
    lines = []
    for folder in sorted({path.parent for path in MODULES}):
        lines += ["", f"**{folder.relative_to(ROOT).as_posix()}/**", "", "| file | |", "|---|---|"]
        for path in (p for p in MODULES if p.parent == folder):
            said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
            lines.append(f"| `{path.name}` | {said.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n\n"


def test_the_picture_of_the_tree_is_true():
    """Does CONTRIBUTING list every module with what it says of itself? (`python tests/test_project.py` writes the list.)"""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert text.split(BEGIN)[1].split(END)[0] == files()
    assert "|  |" not in files(), "a module without a docstring"


if __name__ == "__main__":
    paper = ROOT / "CONTRIBUTING.md"
    head, rest = paper.read_text(encoding="utf-8").split(BEGIN)
    paper.write_text(head + BEGIN + files() + END + rest.split(END)[1], encoding="utf-8")
