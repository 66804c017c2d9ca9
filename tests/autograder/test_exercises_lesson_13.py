"""Lesson 13: what a guess is worth in the clinic, and what the capstone's record takes from both engines."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

import hlm_teach as ht
from autograder.answers import read_answer, write_answer
from autograder.check import judge_answer
from autograder.exercises import get
from autograder.exercises.lesson_13 import CLINIC, REPORTS
from course.source import read

SOURCE = Path(__file__).parents[2] / "lessons" / "13_capstone_and_clinic.py"


def record(*args, **kwargs):
    """Call the function that the lesson hands out."""
    names = {"np": np, "pd": pd, "ht": ht}
    (cell,) = [c for c in read(SOURCE).setup if "def record" in c.source]
    exec(cell.source, names)
    return names["record"](*args, **kwargs)


@pytest.mark.parametrize("exercise", CLINIC, ids=lambda e: e.id)
def test_a_guess_is_worth_little(exercise):
    """Is what blind guessing earns on average less than a quarter of the points?"""
    shares = [
        np.mean([1.0 if o == slot.right else slot.wrong[o].credit for o in slot.options])
        for slot in exercise.slots
    ]
    assert np.mean(shares) < 0.25


@pytest.mark.parametrize("report", REPORTS, ids=lambda r: str(r.number))
def test_a_sentence_that_relies_on_the_flaw_is_worth_half(report):
    """Does a sentence that only relies on the flaw stand behind it, earn half, and say that the flaw enters before?"""
    exercise = CLINIC[(report.number - 1) // 3]
    right = {slot.name: slot.right for slot in exercise.slots}
    for number in report.relies:
        assert int(number) > int(report.flaw)
        verdict = judge_answer(exercise.id, right | {f"report_{report.number}_sentence": number})
        assert (
            verdict.credit == pytest.approx(1 - 0.5 / 9, abs=1e-3)
            and verdict.misconception == "relies_on_the_flaw"
        )
    for name in report.near:
        verdict = judge_answer(exercise.id, right | {f"report_{report.number}_name": name})
        assert verdict.credit == pytest.approx(1 - 0.5 / 9, abs=1e-3)


def test_no_sentence_of_the_clinic_tells_the_key():
    """Does nothing said of a wrong choice hold the name, the number or the letter that is right?"""
    for exercise in CLINIC:
        for slot in exercise.slots:
            for known in slot.wrong.values():
                if slot.name.endswith("name"):
                    assert slot.right not in known.sentence
                else:
                    assert f"sentence {slot.right}" not in known.sentence.lower()
                    assert f"({slot.right})" not in known.sentence


@pytest.mark.parametrize(("typed", "same"), [(2, "2"), (" 2 ", "2"), ("2.", "2")])
def test_a_number_may_be_typed_as_one(typed, same):
    """Is a sentence's number taken as a whole number, with spaces, and with a full stop?"""
    right = {slot.name: slot.right for slot in get("reports_1_to_3").slots}
    assert right["report_1_sentence"] == same
    assert judge_answer("reports_1_to_3", right | {"report_1_sentence": typed}).outcome == "correct"


@pytest.fixture(scope="module")
def good():
    """A record of a fit of ours to children's growth."""
    growing = ht.load("egsingle")
    fit = ht.lmm("math ~ year + (1 | child) + (1 | school)", growing)
    return record(fit, "egsingle", fit.simulated_check(lambda d: d["math"].std(), n=200, seed=3), seed=3)


def credit(made):
    """Return the verdict on a record as it arrives from the sandbox."""
    return judge_answer("capstone_record", read_answer(write_answer(made))[0])


def test_our_fits_and_those_of_statsmodels_are_taken(good):
    """Does a record pass that was made of an lmm, a glmm on a part of the rows, or statsmodels' mixedlm?"""
    assert credit(good).outcome == "correct"
    schools = ht.load("california_schools")
    some = schools.sample(600, random_state=1)
    theirs = smf.mixedlm("api ~ 1", some, groups="county").fit()
    rng = np.random.default_rng(4)
    drawn = theirs.fittedvalues.to_numpy() + rng.normal(0, np.sqrt(theirs.scale), (250, 600))
    check = some["api"].max(), drawn.max(axis=1)
    assert (
        credit(record(theirs, "california_schools", check, seed=4, left_out=len(schools) - 600)).outcome
        == "correct"
    )
    poll = ht.load("mrp_sim_poll")
    logit = ht.glmm("cat_pref ~ male + (1 | state)", poll)
    check = 0.5, rng.binomial(1, logit.fitted, (200, len(poll))).mean(axis=1)
    assert credit(record(logit, "mrp_sim_poll", check, seed=4)).outcome == "correct"


@pytest.mark.parametrize(
    ("varying", "end"),
    [
        ({}, "meals + (1 | group)"),
        ({"re_formula": "~meals"}, "meals + (1 + meals | group)"),
        ({"vc_formula": {"kind": "0 + C(type)"}}, "meals + (1 | group:kind)"),
        (
            {"re_formula": "1", "vc_formula": {"kind": "0 + C(type)"}},
            "meals + (1 | group) + (1 | group:kind)",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")
def test_a_fit_of_statsmodels_says_what_varies(varying, end):
    """Does the record name intercepts, slopes and variance components of mixedlm, each with its SD, and pass?"""
    schools = ht.load("california_schools")
    some = schools.sample(500, random_state=1)
    theirs = smf.mixedlm("api ~ meals", some, groups="county", **varying).fit()
    check = 1.0, np.arange(200.0)
    made = record(theirs, "california_schools", check, seed=4, left_out=len(schools) - 500)
    assert made["formula"] == "api ~ " + end
    assert len(made["sds"]) == len(theirs.cov_re) + len(theirs.vcomp)
    assert credit(made).outcome == "correct"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fit": "capstone_fit"}, "lmm, glmm or mixedlm"),
        ({"check": 3.5}, "simulated_check"),
        ({"check": ([1.0, 2.0], 1.5)}, "observed value, simulated ones"),
        ({"seed": np.random.default_rng(1)}, "Generator"),
    ],
)
def test_record_says_what_it_cannot_take(change, said):
    """Is a learner told which argument is not what it should be, instead of being marked for it later?"""
    growing = ht.load("egsingle")
    fit = ht.lmm("math ~ year + (1 | school)", growing)
    args = {"fit": fit, "data": "egsingle", "check": (1.5, np.arange(200.0)), "seed": 3}
    with pytest.raises(TypeError, match=said):
        record(**(args | change))


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (x || g)",
        "y ~ x + (1 + I(x**2) | g)",
        "y ~ x + (1 | g) + (0 + x | g)",
        "y ~ (1 | a/b) + x",
        "y ~ x + (1 | a:b)",
    ],
)
def test_varying_terms_are_seen_in_any_notation(good, formula):
    """Is a varying term found with one bar or two, with a function inside, for nested groups, and in any place?"""
    assert credit(good | {"formula": formula}).outcome == "correct"


@pytest.mark.parametrize(
    ("change", "share", "named"),
    [
        ({"data": "orthodont"}, 0.8, None),
        ({"left_out": 5}, 0.8, None),
        ({"formula": "math ~ year"}, 0.75, None),
        ({"formula": "math ~ year + (1 | year | school)"}, 0.75, "M25"),
        ({"groups": {"school": 1}}, 0.75, None),
        ({"sds": {"school Intercept": float("nan")}}, 0.75, None),
        ({"se": {"Intercept": 0.1, "year": float("nan")}}, 0.8, None),
        ({"se": {"Intercept": 0.1}}, 0.8, None),
        ({"simulated": np.ones(300)}, 0.75, "fitted_instead_of_drawn"),
        ({"simulated": np.arange(150.0)}, 0.75, None),
        ({"seed": None}, 0.75, None),
        ({"simulated": "many"}, 0.0, None),
        ({"rows": "7230"}, 0.0, None),
    ],
)
def test_a_record_is_judged_by_its_properties(good, change, share, named):
    """Is each property judged by itself, and nothing given for a record of another form?"""
    verdict = credit(copy.deepcopy(good) | change)
    assert (verdict.credit, verdict.misconception) == (pytest.approx(share), named)
    assert verdict.message.strip()


def test_the_rubrics_share_their_anchors():
    """Does every line of the three rubrics say what earns full, half and no marks, and do they add up to 32?"""
    total = 0
    for name in ("capstone_plan", "capstone_checks", "capstone_report"):
        for points, what in get(name).rubric:
            assert all(anchor in what for anchor in ("Full: ", "Half: ", "None: ")), what
            total += points
    assert total == 32
