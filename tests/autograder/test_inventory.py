"""The concept inventory: every number in it against a computation, and that no habit passes it."""

from __future__ import annotations

import re
import tomllib
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import expit, logit

import hlm_teach as ht
from autograder.check import check, hint, judge_answer, solution
from autograder.choices import responses
from autograder.compare import judge
from autograder.exercise import Answer
from autograder.exercises import get, registry
from autograder.inventory import ITEMS, PAGES, PER_PAGE, TESTS, form, questions
from autograder.student_data import assignment_data, seeded
from course.folder import PROJECT

SIZES = np.array([len(item.options) for item in ITEMS.values()])


def texts(id_):
    """Return everything that an item says, in one string."""
    item = ITEMS[id_]
    return " ".join([item.stem, *item.options.values(), item.because])


def said(id_, *numbers):
    """Return whether all these numbers stand in the item, as numbers of their own."""
    return all(re.search(rf"(?<![\d.]){re.escape(n)}(?![\d]|\.\d)", texts(id_)) for n in numbers)


# ---- the items as a whole ---------------------------------------------------------------------------------------------


def test_each_misconception_of_the_curriculum_has_its_item():
    """Are there 40 items, one for each numbered misconception with the lesson that owes it, and four more?"""
    owed = tomllib.loads((PROJECT / "lessons" / "coverage.toml").read_text(encoding="utf-8"))[
        "misconceptions"
    ]
    lesson_of = {number: lesson for lesson, rows in owed.items() for number, _words in rows}
    assert {id_: item.lesson for id_, item in ITEMS.items() if id_ in lesson_of} == lesson_of
    assert sorted(set(ITEMS) - set(lesson_of)) == ["X1", "X2", "X3", "X4"]
    assert len(ITEMS) == 40 == PAGES * PER_PAGE


@pytest.mark.parametrize("id_", ITEMS)
def test_an_item_is_complete(id_):
    """Has an item three or four different options, a belief behind each wrong one, and sentences that end?"""
    item = ITEMS[id_]
    assert len(item.options) in (3, 4) and len(set(item.options.values())) == len(item.options)
    assert len({w.belief for w in item.wrong}) == len(item.wrong)
    assert not {"right", "unknown", "missing"} & {w.name for w in item.wrong}
    assert all(text.strip() == text and text for text in (*item.options.values(), item.title, item.stem))
    assert all(w.belief.endswith(".") for w in item.wrong) and item.because.endswith(".")
    assert "always" not in item.right and "never" not in item.right


def right_by(habit):
    """Return how many items are passed by whoever picks the option with the largest value of something; ties count in part."""
    total = 0.0
    for item in ITEMS.values():
        scores = {name: habit(text) for name, text in item.options.items()}
        best = [name for name, score in scores.items() if score == max(scores.values())]
        total += ("right" in best) / len(best)
    return total


def said_of(text, words):
    """Return how many of these words stand in a text."""
    return len(set(re.findall(r"\w+", text.casefold())) & set(words.split()))


HABITS = {
    "longest": len,
    "shortest": lambda t: -len(t),
    "most words": lambda t: len(t.split()),
    "most numbers": lambda t: len(re.findall(r"\d+", t)),
    "fewest numbers": lambda t: -len(re.findall(r"\d+", t)),
    "most commas": lambda t: t.count(","),
    "fewest commas": lambda t: -t.count(","),
    "says because": lambda t: "because" in t or "since" in t,
    "says no because": lambda t: not ("because" in t or "since" in t),
    "semicolon": lambda t: ";" in t,
    "begins with no": lambda t: t.startswith(("No", "Nothing", "Not", "Neither")),
    "begins with yes": lambda t: t.startswith(("Yes", "That is right", "Nothing")),
    "largest number": lambda t: max(map(float, re.findall(r"\d+\.?\d*", t)), default=-1),
    "smallest number": lambda t: -min(map(float, re.findall(r"\d+\.?\d*", t)), default=1e9),
    "hedges": lambda t: said_of(t, "can may about more less little much easily general possible some"),
    "no absolutes": lambda t: (
        -said_of(
            t,
            "all always any cannot certain every everything must never no none nothing only perfectly same without",
        )
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_no_habit_does_better_than_chance(habit):
    """Does whoever always takes the longest, the shortest, the one with numbers … stay near what guessing gives: 7.4 to 13.4 of 40?"""
    chance = 1 / SIZES
    sd = np.sqrt(np.sum(chance * (1 - chance)))
    assert abs(right_by(HABITS[habit]) - chance.sum()) < 1.1 * sd


def test_the_right_option_is_in_every_place():
    """Over many people, is each letter right as often as the others with the same number of options?"""
    found = {3: Counter(), 4: Counter()}
    for k in range(200):
        for _item, options in form("pretest", f"student {k}").values():
            found[len(options)].update(letter for letter, name in options.items() if name == "right")
    for counts in found.values():
        assert stats.chisquare(list(counts.values())).pvalue > 1e-4
    assert set(found[4]) == set("abcd") and set(found[3]) == set("abc")


def test_two_people_and_two_tests_have_other_orders():
    """Is the form one's own, the same again each time, and another one after the course?"""
    forms = [form(test, name) for test in TESTS for name in ("ana", "ben", "")]
    assert len({tuple(item for item, _options in f.values()) for f in forms}) == len(forms)
    assert all(sorted(item for item, _o in f.values()) == sorted(ITEMS) for f in forms)
    assert assignment_data("pretest", " ana").equals(questions(seeded("pretest", "ana")))


def test_what_is_shown_holds_no_key():
    """Does the table that students get hold texts only, in the order of the form?"""
    shown = assignment_data("posttest", "ana")
    assert list(shown.columns) == ["page", "number", "letter", "text"]
    for number, (item, options) in form("posttest", "ana").items():
        rows = shown[shown.number == number]
        assert rows.text.tolist()[0] == ITEMS[item].stem and rows.letter.tolist() == ["", *options, "x"]
        assert rows.text.tolist()[1:-1] == [ITEMS[item].options[name] for name in options.values()]


# ---- every number -----------------------------------------------------------------------------------------------------


def test_numbers_of_clustering():
    """Are the standard errors, design effects and errors of the items on clustering what the formulas give?"""
    sigma, tau, n = 8, 6, 800
    total = np.hypot(sigma, tau)
    plain, within = 2 * total / np.sqrt(n), 2 * sigma / np.sqrt(n)
    deffed = plain * np.sqrt(ht.design_effect(20, tau**2 / total**2))
    assert [f"{x:.2f}" for x in (plain, within)] == ["0.71", "0.57"] and f"{deffed:.2f}" == "1.98"
    assert said("M3", "0.71", "0.57", "1.98")
    assert ht.design_effect(100, 0.02) == pytest.approx(2.98) and said("M12", "2.98")
    assert ht.design_effect(200, 0.02) == pytest.approx(4.98) and said("M13", "4.98")
    assert f"{np.sqrt(4.98):.1f}" == "2.2" and said("M13", "2.2")
    assert pytest.approx(-0.15) == 1 - 4.6 / 4.0 and said("M16", "−15")
    assert np.sqrt(0.25) == 0.5 and said("M11", ".50")


def test_clustering_leaves_the_slope_where_it_is():
    """M2: is the mean slope of ordinary regression two points, with schools that differ and an unrelated predictor?"""
    rng = np.random.default_rng(2)
    x = rng.normal(5, 2, (2000, 50, 20))
    y = 2 * x + rng.normal(0, 5, (2000, 50, 1)) + rng.normal(0, 8, x.shape)
    xc = x - x.mean(axis=(1, 2), keepdims=True)
    slopes = (xc * y).sum(axis=(1, 2)) / (xc**2).sum(axis=(1, 2))
    assert slopes.mean() == pytest.approx(2, abs=4 * slopes.std() / np.sqrt(2000))
    assert slopes.std() / np.sqrt(2000) < 0.005


def test_numbers_of_shrinkage():
    """Are targets, moves, spreads, errors and weights of the items on shrinkage what the formulas give?"""
    means, sizes, tau2 = np.array([70.0, 50, 52, 48]), np.array([200, 5, 5, 5]), 60
    w = 1 / (tau2 + 100 / sizes)
    target = (w * means).sum() / w.sum()
    assert f"{target:.1f}" == "56.1" and f"{(means * sizes).sum() / sizes.sum():.1f}" == "68.6"
    assert said("M5", "56.1", "68.6", "7.7", ".0165", ".0125") and f"{np.sqrt(60):.1f}" == "7.7"
    assert (f"{w[0]:.4f}", f"{w[1]:.4f}") == ("0.0165", "0.0125")
    rounded = 1 / (7.7**2 + 100 / sizes)
    assert f"{(rounded * means).sum() / rounded.sum():.1f}" == "56.1"

    shares = [ht.shrinkage_factor(10 / np.sqrt(n), 5) for n in (3, 10)]
    assert [f"{s:.0%}" for s in shares] == ["57%", "29%"] and said("M6", "57", "29", ".57", "5.7")
    assert f"{shares[0] * 1:.2f}" == "0.57" and f"{shares[1] * 20:.1f}" == "5.7"
    assert f"{4 * np.sqrt(0.6):.1f}" == "3.1" and said("M7", "3.1", "4.0", ".60")
    assert f"{np.sqrt(16 * 25 / 41):.1f}" == "3.1" and said("M8", "3.1", "5.0")
    assert f"{np.hypot(6, 2):.1f}" == "6.3" and said("M9", "6.3", "4.0")
    assert ht.shrinkage_factor(4, 4) == 0.5

    half = stats.norm.ppf(0.975) * np.array([np.hypot(6, 8), 8, 6, 6 + 8])
    assert [f"{x:.0f}" for x in half] == ["20", "16", "12", "27"] and said(
        "X2", "20", "16", "12", "27", "19.6"
    )
    ratio = (1 / (100 + 400 / 400)) / (1 / (100 + 400 / 4))
    assert f"{ratio:.2f}" == "1.98" and said("X4", "1.98", "1/101", "1/200")


def test_more_groups_do_not_teach_a_group():
    """M10: with five pupils a school, do mean and SD between schools become exact, but not a school's value?"""
    rng, misses = np.random.default_rng(10), {}
    for J in (50, 5000):
        u = rng.normal(0, 4, J)
        means = u + rng.normal(0, 8 / np.sqrt(5), J)
        tau2 = max(0.0, means.var(ddof=1) - 64 / 5)
        blup = means.mean() + (means - means.mean()) * tau2 / (tau2 + 64 / 5)
        misses[J] = abs(means.mean()), abs(np.sqrt(tau2) - 4), np.sqrt(np.mean((blup - u) ** 2))
    floor = np.sqrt(16 * 12.8 / 28.8)
    assert misses[5000][0] < 0.3 and misses[5000][1] < 0.3
    assert misses[5000][2] == pytest.approx(floor, rel=0.05)


def test_numbers_of_variance_components():
    """Do the items on estimation hold what the fits and formulas give?"""
    assert f"{ht.prob_tau_zero(6, 5, 0.10):.2f}" == "0.33" and said("M19", ".33", "10")
    assert f"{2 * stats.norm.sf(1.5):.2f}" == "0.13" and f"{stats.chi2.sf(5.6, 1) / 2:.3f}" == "0.009"
    assert said("M22", "1.5", ".13", ".01", "5.6", ".009")
    days = ht.load("sleepstudy")
    days["thousandth"], days["middle"] = days.Days / 1000, days.Days - 4.5
    criteria = [ht.lmm(f"Reaction ~ {x} + (1 | Subject)", days).criterion for x in ("Days", "thousandth")]
    assert f"{criteria[0] - criteria[1]:.1f}" == f"{2 * np.log(1000):.1f}" == "13.8" and said("M17", "13.8")
    ml = [
        ht.lmm(f"Reaction ~ {x} + (1 | Subject)", days, method="ML").criterion for x in ("Days", "thousandth")
    ]
    assert ml[0] == pytest.approx(ml[1], abs=1e-6)


def test_numbers_of_varying_slopes():
    """Are shares, correlations and criteria of the items on varying slopes those of the fits?"""

    def share(x):
        between = 25**2 + 2 * 0.07 * 25 * 6 * x + 36 * x**2
        return between / (between + 26**2)

    assert [f"{share(x):.0%}" for x in (0, 9)] == ["48%", "85%"] and said("M14", "48", "85", "49", "5")
    assert f"{36 / (36 + 26**2):.0%}" == "5%" and f"{(625 + 36) / (625 + 36 + 676):.0%}" == "49%"
    days = ht.load("sleepstudy")
    days["middle"] = days.Days - 4.5
    fits = {x: ht.lmm(f"Reaction ~ {x} + ({x} | Subject)", days) for x in ("Days", "middle")}
    corr = [f"{fit.varcorr['Subject'].corr.iloc[0, 1]:.2f}"[1:] for fit in fits.values()]
    assert corr == [".07", ".75"] and said("M23", ".07", ".75")
    apart = [ht.lmm(f"Reaction ~ {x} + ({x} || Subject)", days).criterion for x in ("Days", "middle")]
    assert [f"{c:.1f}" for c in apart] == ["1743.7", "1753.5"] and said("M26", "1743.7", "1753.5", "1743.6")
    assert {f"{fit.criterion:.1f}" for fit in fits.values()} == {"1743.6"}
    assert [round(2 + s * 2 * 3.4) for s in (-1, 1)] == [-5, 9] and said("M27", "−5", "9", "3.4", "6.8")


def test_numbers_of_two_levels():
    """Are the slopes of the American high schools and the sizes for a predictor of schools right?"""
    hsb = ht.load("hsb")
    pupils, ses = len(hsb), "ses"
    schools = hsb.groupby("school")
    hsb["own"] = hsb[ses] - schools[ses].transform("mean")
    raw = ht.lmm("math ~ ses + (1 | school)", hsb).fixef["ses"]
    within = ht.lmm("math ~ own + (1 | school)", hsb).fixef["own"]
    between = ht.lmm(
        "math ~ own + mean + (1 | school)", hsb.assign(mean=schools[ses].transform("mean"))
    ).fixef["mean"]
    assert [f"{x:.2f}" for x in (raw, within, between)] == ["2.39", "2.19", "5.87"]
    assert said("M28", "2.39", "2.19", "5.87") and said("M29", "2.39", "2.19")
    J = schools.ngroups
    assert (J, pupils) == (160, 7185) and said(
        "M30", "160", "7,185", str(J - 2), f"{pupils - 2:,}", f"{pupils - J:,}", str(pupils // J - 1)
    )
    before, after = 8.0 + 50 / 25, 8.8 + 30 / 25
    assert before == pytest.approx(after) == pytest.approx(10) and said(
        "M15", "8.0", "8.8", "50", "30", "10.0"
    )


def test_averaging_probabilities_flattens_an_odds_ratio():
    """X1: does an odds ratio of 3.0 in clinics that differ by an SD of 2 become 2.0 over all?"""
    x, w = np.polynomial.hermite_e.hermegauss(101)
    p = [np.sum(w / w.sum() * expit(b + 2 * x)) for b in (0, np.log(3))]
    assert f"{np.exp(logit(p[1]) - logit(p[0])):.1f}" == "2.0" and said("X1", "3.0", "2.0")


def test_numbers_of_five_groups_and_of_a_poll():
    """M31, M33, M36: are the interval of five groups, the rates and the poll right?"""
    chi = np.sqrt(4 / stats.chi2.ppf([0.975, 0.025], 4))
    wide = 1 + np.array([-1, 1]) * stats.norm.ppf(0.975) / np.sqrt(2 * 5000)
    per_group = np.sqrt(999 / stats.chi2.ppf([0.975, 0.025], 999))
    assert [f"{x:.2f}" for x in (*chi, *wide, *per_group)] == ["0.60", "2.87", "0.98", "1.02", "0.96", "1.05"]
    assert said("M33", "0.60", "2.87", "0.98", "1.02", "0.96", "1.05")
    assert (
        f"{2 * 0.5 / (2 * 0.5 + 0.5):.0%}" == "67%" and said("M36", "67") and "Two of three" in texts("M36")
    )
    assert f"{(0.5 + 2 / 3) / 2:.0%}" == "58%" and 0.5 * 1.5 == 0.75 and said("M36", "58", "75", "50")
    assert 3 / 12 == 0.25 and said("M31", "25", "12", "5", "7")


def test_what_priors_say_of_four_hospitals():
    """M34: are the two posterior means of τ 18 and 9, and how much of each prior lies above 40?"""
    y, se = np.array([28.0, 8, -3, 7]), np.array([15.0, 10, 16, 11])
    tau = np.linspace(0, 1000, 20_001)
    v = se**2 + tau[:, None] ** 2
    mu = (y / v).sum(axis=1) / (1 / v).sum(axis=1)
    log_p = -0.5 * (
        np.log(v).sum(axis=1) + np.log((1 / v).sum(axis=1)) + ((y - mu[:, None]) ** 2 / v).sum(axis=1)
    )
    means = []
    for log_prior in (0.0, -0.5 * (tau / 20) ** 2):
        p = np.exp(log_p + log_prior - log_p.max())
        means.append(f"{np.average(tau, weights=p):.0f}")
    assert means == ["18", "9"] and said("M34", "18", "9", "28", "8", "−3", "7", "96")
    assert 2 * stats.norm.sf(40 / 20) < 0.05 and (1000 - 40) / 1000 == 0.96


def _pulled(y, se2, X):
    """Return empirical-Bayes estimates around X·b, with tau by REML on a grid."""
    fits = []
    for tau in np.linspace(0, 5, 51):
        w = 1 / (se2 + tau**2)
        A = X.T @ (w[:, None] * X)
        line = X @ np.linalg.solve(A, X.T @ (w * y))
        fits.append((np.sum(w * (y - line) ** 2 - np.log(w)) + np.linalg.slogdet(A)[1], tau, line))
    _deviance, tau, line = min(fits, key=lambda fit: fit[0])
    return line + (y - line) * tau**2 / (tau**2 + se2)


def test_hospitals_are_pulled_to_where_such_hospitals_are():
    """M32: over 60 draws, is the smallest quarter 3.0 too low without the volume and 0.2 with it?"""
    rng, missed = np.random.default_rng(32), []
    for _draw in range(60):
        volume = np.clip(np.exp(rng.normal(4, 1.3, 400)), 8, 3000)
        x = np.log(volume) - np.log(volume).mean()
        theta = 16 - 1.2 * x + rng.normal(0, 1.5, 400)
        y, small = theta + rng.normal(0, 36 / np.sqrt(volume)), volume <= np.quantile(volume, 0.25)
        designs = np.ones((400, 1)), np.c_[np.ones(400), x]
        missed.append([(_pulled(y, 36**2 / volume, X) - theta)[small].mean() for X in designs])
    assert [f"{m:.1f}" for m in np.mean(missed, axis=0)] == ["-3.0", "-0.2"] and said("M32", "3.0", "0.2")


# ---- answers ----------------------------------------------------------------------------------------------------------


def letters(test, name, page, choose="right"):
    """Return a page filled in: `choose` is an option's name, or "x"."""
    filled = {"name": name}
    for number, (_item, options) in form(test, name).items():
        if (number - 1) // PER_PAGE + 1 == page:
            by_name = {option: letter for letter, option in options.items()}
            filled[number] = by_name.get(choose) or (
                "x" if choose == "x" else next(by_name[o] for o in by_name if o != "right")
            )
    return filled


def verdict(id_, value):
    return judge(get(id_), (), [Answer(value)])


def test_points_for_answering_and_points_for_being_right():
    """Is “I do not know yet” worth as much as any answer before the course, and nothing where right answers count?"""
    for id_, credit in (("pretest_2", 1.0), ("posttest_2", 1.0), ("posttest_right_2", 0.0)):
        found = verdict(id_, letters(get(id_).data, "ana", 2, "x"))
        assert (found.outcome, found.credit) == ("not yet", credit)
    for id_ in ("pretest_2", "posttest_right_2"):
        found = verdict(id_, letters(get(id_).data, "ana", 2))
        assert (found.outcome, found.credit) == ("correct", 1.0)


def test_the_name_in_the_answer_decides_what_a_letter_means():
    """Is work right that was answered under another spelling than the folder's, or without a name?"""
    for name in ("Ana Q.", "", "安娜"):
        assert verdict("pretest_1", letters("pretest", name, 1)).credit == 1.0
        assert responses(get("pretest_1"), Answer(letters("pretest", name, 1))).count('"right"') == PER_PAGE


ODD = {
    "lower and upper case": (lambda f: {k: v.upper() for k, v in f.items()}, 10),
    "spaces and brackets": (lambda f: {k: f" ({v}) " if k != "name" else v for k, v in f.items()}, 10),
    "keys as texts": (lambda f: {str(k): v for k, v in f.items()}, 10),
    "keys in words": (lambda f: {f"Question {k}." if k != "name" else k: v for k, v in f.items()}, 10),
    "in lists": (lambda f: {k: [v] if k != "name" else v for k, v in f.items()}, 10),
    "one missing": (lambda f: {k: v for k, v in f.items() if k != 3}, 9),
    "one empty": (lambda f: f | {3: ""}, 9),
    "one blank line": (lambda f: f | {3: "__"}, 9),
    "one None": (lambda f: f | {3: None}, 9),
    "two letters": (lambda f: f | {3: "ab"}, 9),
    "a number": (lambda f: f | {3: 2}, 9),
    "a letter that is none": (lambda f: f | {3: "e"}, 9),
    "the name's key in capitals": (lambda f: {k if k != "name" else " NAME": v for k, v in f.items()}, 10),
    "numbers of another page": (lambda f: f | {11: "a", 12: "b"}, 10),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_answers_are_read_as_far_as_they_can_be(odd):
    """Does form cost nothing, and does an answer that cannot be read cost only itself?"""
    change, count = ODD[odd]
    name = "ANA"  # upper case, so that writing the whole dict in capitals keeps it
    found = verdict("pretest_1", change(letters("pretest", name, 1)))
    assert found.credit == count / 10, found
    assert verdict("posttest_right_1", change(letters("posttest", name, 1))).credit == count / 10


@pytest.mark.parametrize(
    "odd",
    [None, 3.0, "b", [], ["b"] * 10, {}, {"name": "ana"}, {"a": "b"}, pd.DataFrame(), np.eye(2)],
    ids=repr,
)
def test_what_is_no_page_is_said_so(odd):
    """Does something else than the dict get no point, one sentence, and no error?"""
    found = verdict("pretest_1", odd)
    assert found.credit == 0 and found.outcome in ("not yet", "not attempted") and found.message
    assert responses(get("pretest_1"), Answer(odd)) == ""


@pytest.mark.parametrize("name", [None, 17, ["ana"], "left out"], ids=repr)
def test_letters_without_a_name_are_not_read_by_another_order(name, capsys):
    """Does a page that does not say whose it is get one sentence on what to restore, and nothing that goes into the statistics?"""
    page = letters("posttest", "ana", 1) | {"name": name}
    if name == "left out":
        del page["name"]
    found = verdict("posttest_right_1", page)
    assert (found.outcome, found.credit) == (
        "not yet",
        0,
    ) and "for whom the questions were shown" in found.message
    assert responses(get("posttest_right_1"), Answer(page)) == ""
    check("posttest_right_1", page)
    assert '"name": STUDENT' in capsys.readouterr().out


def test_pages_have_neither_hint_nor_solution(capsys):
    """Do `hint`, `solution`, and `check` before the cell was run, say what is the case for a page of questions?"""
    for ask in (hint, solution):
        ask("pretest_1")
        assert "no hint and no solution" in capsys.readouterr().out
    check("pretest_1")
    assert "Run its cell first." in capsys.readouterr().out


@pytest.mark.parametrize("id_", [e.id for e in registry().values() if e.kind == "choices"])
def test_a_page_is_not_attempted_as_it_is_handed_out(id_):
    """Is an empty page not attempted, and worth nothing?"""
    page = int(id_[-1])
    empty = {"name": "ana"} | dict.fromkeys(range(10 * page - 9, 10 * page + 1), "")
    assert (judge_answer(id_, empty).outcome, judge_answer(id_, empty).credit) == ("not attempted", 0.0)
    assert judge_answer(id_, ...).outcome == "not attempted"


def test_feedback_names_lessons_and_no_options():
    """Does a verdict count and name lessons, without the text of any option, any item or any number of a question?"""
    filled = letters("pretest", "ana", 1, "other")
    found = verdict("pretest_1", filled)
    said_to_student = " ".join([found.message, *found.details])
    lessons = {ITEMS[item].lesson for n, (item, _o) in form("pretest", "ana").items() if n <= 10}
    assert found.misconception is None and any(lesson in said_to_student for lesson in lessons)
    for item in ITEMS.values():
        assert item.title not in said_to_student and item.id + " " not in said_to_student
        assert not any(len(text) > 8 and text in said_to_student for text in item.options.values())


def test_the_check_says_what_was_chosen_and_not_what_is_right(capsys):
    """Is what the check says the same for right and for wrong answers, apart from the texts chosen?"""
    check("pretest_1", letters("pretest", "ana", 1))
    right = capsys.readouterr().out
    check("pretest_1", letters("pretest", "ana", 1, "other") | {2: "ab", 3: ""})
    wrong = capsys.readouterr().out
    assert right.startswith("Questions 1 to 10\n  Every question on this page is answered.")
    assert "Question 2: 'ab' is not one of its letters" in wrong and "Not answered: 3." in wrong
    items = [ITEMS[item] for number, (item, _options) in form("pretest", "ana").items() if number <= PER_PAGE]
    for item in items:  # shortened where it is long, and nothing else is said
        assert item.options["right"][:55] in right
    plain = [re.sub(r"(?m)^  - \d+\. [a-d]: .*\n", "", said) for said in (right, wrong)]
    assert plain[0].count("\n") == 2 and "●" not in right + wrong
