"""Poststratification: the hand-made sum, lme4's estimates, invariances, every kind of uncertainty, and every wrong table?"""

from __future__ import annotations

import json
import warnings
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from hlm_teach import PoststratifiedEstimates, glmm, lmm, load, poststratify
from hlm_teach.nation import nation
from hlm_teach.validation import validate

REFERENCE = json.loads(files("autograder").joinpath("reference/mrp.json").read_text())


@pytest.fixture(scope="module")
def poll():
    return load("provinces31_poll")


@pytest.fixture(scope="module")
def cells():
    return load("provinces31")


@pytest.fixture(scope="module")
def fit(poll):
    return glmm(REFERENCE["provinces31"]["formula"], poll, weights="n")


@pytest.fixture(scope="module")
def found(fit, cells):
    return poststratify(fit, cells, by="province", draws=4000)


def averaged(values, cells, unit):
    """The sum by hand: Σ N θ / Σ N."""
    return (values * cells["N"]).groupby(cells[unit]).sum() / cells.groupby(cells[unit])["N"].sum()


# ---------------------------------------------------------------------------------- the numbers


def test_plug_in_estimates_are_lme4s(fit, cells):
    """Do predictions averaged over the cells equal those of R's glmer, province by province?"""
    ref = REFERENCE["provinces31"]
    theirs = pd.Series(ref["estimate"], ref["units"])
    ours = averaged(fit.predict(cells), cells, "province")
    assert fit.criterion == pytest.approx(ref["criterion"], abs=1e-6)
    np.testing.assert_allclose(ours[theirs.index], theirs, atol=1e-6)


def test_three_cells_by_hand():
    """With hardly any uncertainty, is the estimate the weighted mean of the cells' probabilities, computed on paper?"""
    people = pd.DataFrame({"g": list("aabb"), "x": [0, 1, 0, 1], "y": [0.2, 0.6, 0.4, 0.7], "n": [10**8] * 4})
    fit = glmm("y ~ x + (1 | g)", people, weights="n")
    cells = people[["g", "x"]].assign(N=[30, 10, 5, 15])
    p = fit.predict(people).to_numpy()
    expected = [(30 * p[0] + 10 * p[1]) / 40, (5 * p[2] + 15 * p[3]) / 20]
    table = poststratify(fit, cells, by="g").table()
    np.testing.assert_allclose(table["estimate"], expected, atol=1e-4)
    assert table["N"].tolist() == [40, 20] and (table["se"] < 1e-3).all()


def test_each_draw_is_the_sum_of_its_cells(fit, cells):
    """Is every draw of a unit Σ N logit⁻¹(Xβ + Zb) / Σ N at that draw's own coefficients, and not at an average of them?"""
    drawn = fit.draws(50, np.random.default_rng(3))
    got = poststratify(fit, cells, by="province", draws=100, seed=3).draws.iloc[:50]
    line = np.zeros((50, len(cells)))
    (x,) = (fit.frame.design(cells)[0],)
    line += drawn.fixef.to_numpy() @ np.array([np.asarray(a, dtype=float) for a in x.arrays])
    for name in ("province", "age"):
        line += drawn.ranef[name][:, fit.ranef[name].index.get_indexer(cells[name].astype(str)), 0]
    for row in (0, 17, 49):
        expected = averaged(pd.Series(expit(line[row])), cells, "province")
        np.testing.assert_allclose(got.iloc[row], expected[got.columns], atol=1e-12)


def test_linear_models_are_exact():
    """For a linear model, is the estimate the average prediction and the SE that of Henderson's equations?"""
    data = load("schools10")
    fit = lmm("math ~ homework + (1 | school)", data)
    cells = data.groupby(["school", "homework"]).size().rename("N").reset_index()
    table = poststratify(fit, cells, by="school", draws=20_000).table()
    expected = averaged(fit.predict(cells), cells, "school")
    np.testing.assert_allclose(table["estimate"], expected, atol=1e-9)
    mean = cells.assign(h=cells["homework"] * cells["N"]).groupby("school")[["h", "N"]].sum()
    at = pd.DataFrame({"school": mean.index, "homework": mean["h"].to_numpy() / mean["N"].to_numpy()})
    se = fit.predict(at, interval="confidence")["se"].to_numpy()
    np.testing.assert_allclose(table["se"], se, rtol=0.03)


def test_several_factors_of_a_linear_model():
    """Do the draws of a crossed linear model have the means and the SEs of its predictions?"""
    fit = lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", load("penicillin"))
    cells = load("penicillin")[["plate", "sample"]].assign(N=1)
    table = poststratify(fit, cells, by=["plate", "sample"], draws=4000).table()
    expected = fit.predict(cells, interval="confidence").set_index(
        pd.MultiIndex.from_frame(cells.drop(columns="N"))
    )
    np.testing.assert_allclose(table["estimate"], expected.loc[table.index, "estimate"], atol=1e-9)
    np.testing.assert_allclose(table["se"], expected.loc[table.index, "se"], rtol=0.08)


def test_draws_of_a_linear_model_have_hendersons_covariance():
    """Is the covariance of the drawn (β, b) the inverse of the matrix of Henderson's equations, slopes included?"""
    data = load("sleepstudy")
    fit = lmm("Reaction ~ Days + (1 + Days | Subject)", data)
    drawn = fit.draws(40_000, seed=1)
    both = np.column_stack([drawn.fixef.to_numpy(), drawn.ranef["Subject"].reshape(40_000, -1)])
    X = np.column_stack([np.ones(180), data["Days"]])
    codes = pd.factorize(data["Subject"], sort=True)[0]
    Z = np.zeros((180, 36))
    Z[np.arange(180), 2 * codes], Z[np.arange(180), 2 * codes + 1] = 1, data["Days"]
    G = np.kron(np.eye(18), np.linalg.inv(fit.varcorr["Subject"].cov.to_numpy()))
    W = np.column_stack([X, Z])
    M = W.T @ W / fit.sigma**2
    M[2:, 2:] += G
    expected = np.linalg.inv(M)
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(np.cov(both.T) / scale, expected / scale, atol=0.025)
    np.testing.assert_allclose(both.mean(0)[:2], fit.fixef, atol=0.15)


# ---------------------------------------------------------------------------------- what must not matter


def test_order_scale_and_splitting_do_not_matter(fit, cells, found):
    """Do shuffled cells, counts in thousands, and a cell split in two give the same draws?"""
    again = {"by": "province", "draws": 4000}
    shuffled = poststratify(fit, cells.sample(frac=1, random_state=1), **again)
    thousands = poststratify(fit, cells.assign(N=cells["N"] / 1000), **again)
    halves = pd.concat([cells.assign(N=cells["N"] / 2, half=half) for half in (1, 2)])
    for other in (shuffled, thousands, poststratify(fit, halves, **again)):
        np.testing.assert_allclose(other.draws, found.draws, atol=1e-10)


def test_the_nation_is_the_mean_of_its_units(fit, cells, found):
    """Is the whole the mean of the parts weighted by people, draw by draw, and so for subgroups?"""
    whole = poststratify(fit, cells, draws=4000).draws["population"]
    parts = (found.draws * found.count).sum(axis=1) / found.count.sum()
    np.testing.assert_allclose(whole, parts, atol=1e-10)
    fine = poststratify(fit, cells, by=["province", "gender"], draws=4000)
    people = fine.count.unstack()
    women = people["woman"] / people.sum(axis=1)
    both = fine.draws["Tibet"]["woman"] * women["Tibet"] + fine.draws["Tibet"]["man"] * (1 - women["Tibet"])
    np.testing.assert_allclose(both, found.draws["Tibet"], atol=1e-10)


def test_chunks_do_not_matter(fit, cells, monkeypatch):
    """Is the sum the same if only some cells are held in memory at a time?"""
    whole = poststratify(fit, cells, by="region", draws=40)
    monkeypatch.setattr("hlm_teach.cell_draws.AT_ONCE", 400)
    np.testing.assert_allclose(poststratify(fit, cells, by="region", draws=40).draws, whole.draws, atol=1e-12)


def test_the_same_seed_gives_the_same_draws(fit, cells):
    """Are draws repeated by their seed, changed by another, and is an odd number made even?"""
    one, two, other = (poststratify(fit, cells, draws=7, seed=seed).draws for seed in (4, 4, 5))
    assert len(one) == 8 and one.equals(two) and not one.equals(other)


# ---------------------------------------------------------------------------------- uncertainty


def test_the_average_is_taken_after_the_inverse_logit(poll, cells):
    """Is logit⁻¹ of an average logit a visibly different number, and not what is returned?"""
    certain = poll.assign(n=poll["n"] * 10**6)
    fit = glmm("support ~ gdp + (1 | age)", certain, weights="n")
    logit = averaged(fit.predict(cells, scale="link"), cells, "region")
    plug_in = averaged(fit.predict(cells), cells, "region")
    assert (expit(logit) - plug_in).abs().max() > 0.003
    np.testing.assert_allclose(poststratify(fit, cells, by="region").estimate, plug_in, atol=1e-5)


def test_a_unit_nobody_answered_in(poll, cells, fit):
    """Is an unseen province drawn from the spread, with a wider interval than as 0, and than where many answered?"""
    few = poll[poll["province"] != "Guangdong"]
    fit = glmm(REFERENCE["provinces31"]["formula"], few, weights="n")
    drawn, zero = (
        poststratify(fit, cells, "province", new_groups=how, draws=4000) for how in ("draw", "zero")
    )
    tau = float(fit.varcorr["province"].sd.iloc[0])
    width = (drawn.interval["upper"] - drawn.interval["lower"])["Guangdong"]
    assert width > 2 * (zero.interval["upper"] - zero.interval["lower"])["Guangdong"]
    assert drawn.se["Guangdong"] == pytest.approx(tau * 0.25, rel=0.25)
    assert drawn.new_groups == {"province": ("Guangdong",)} and "Guangdong" in repr(drawn)
    other = drawn.draws.columns.drop("Guangdong")
    np.testing.assert_allclose(drawn.draws[other], zero.draws[other], atol=1e-12)


def test_an_unseen_group_is_one_group(poll, cells):
    """Is an unseen province one draw for all its cells, so that its subgroups move together?"""
    fit = glmm("support ~ gender + (1 | province)", poll[poll["province"] != "Hebei"], weights="n")
    by = poststratify(fit, cells, by=["province", "gender"], new_groups="draw", draws=2000).draws["Hebei"]
    assert np.corrcoef(by["woman"], by["man"])[0, 1] > 0.9


def test_unused_groups_are_named(fit, cells):
    """Are provinces of the fit that no cell belongs to named in the record and in what it prints?"""
    some = poststratify(fit, cells[cells["province"] != "Tibet"], by="province")
    assert some.unused_groups == {"province": ("Tibet",)} and "Tibet" in repr(some)


def test_known_counts_and_drawn_counts(fit, cells, found):
    """Does a population that is itself a sample widen the intervals, the smaller the more, and leave the middle?"""
    kwargs = {"by": "province", "draws": 4000}
    large = poststratify(fit, cells, count_n=1e9, **kwargs)
    small = poststratify(fit, cells, count_n=1000, **kwargs)
    np.testing.assert_allclose(large.estimate, found.estimate, atol=1e-3)
    np.testing.assert_allclose(large.se, found.se, rtol=0.02)
    assert (small.se > found.se - 1e-3).all() and small.se.mean() > 1.02 * found.se.mean()
    assert (small.estimate - found.estimate).abs().max() < 0.01


def test_drawn_counts_have_the_dirichlets_variance(poll, cells):
    """With coefficients as good as known, is the SE that of a ratio of Dirichlet shares?"""
    certain = poll.assign(n=poll["n"] * 10**6)
    fit = glmm(
        "support ~ gender + (1 | age)", certain.assign(support=certain["yes"] / poll["n"]), weights="n"
    )
    n = 400.0
    se = float(poststratify(fit, cells, count_n=n, draws=20_000).se.iloc[0])
    p, share = fit.predict(cells).to_numpy(), (cells["N"] / cells["N"].sum()).to_numpy()
    expected = np.sqrt((share @ p**2 - (share @ p) ** 2) / (n + 1))
    assert se == pytest.approx(expected, rel=0.03)


def test_counts_with_standard_errors(poll, cells):
    """Does count_se give the same as count_n where the two say the same, and nothing where it is 0?"""
    fit = glmm("support ~ gender + (1 | age)", poll, weights="n")
    scale = cells["N"].sum() / 500
    both = cells.assign(se=np.sqrt(cells["N"] * scale), none=0.0)
    by_se = poststratify(fit, both, count_se="se", draws=8000)
    by_n = poststratify(fit, cells, count_n=500, draws=8000)
    assert float(by_se.se.iloc[0]) == pytest.approx(float(by_n.se.iloc[0]), rel=0.05)
    np.testing.assert_allclose(
        poststratify(fit, both, count_se="none").draws, poststratify(fit, cells).draws, atol=1e-12
    )


def test_people_who_live_there(poll, cells):
    """Does realised=True add the binomial scatter of few people, and nothing visible for millions?"""
    fit = glmm("support ~ gender + (1 | province)", poll, weights="n")
    few = cells.assign(N=5)
    expected, realised = (
        poststratify(fit, few, by="province", draws=8000, realised=r) for r in (False, True)
    )
    p = averaged(fit.predict(few), few, "province")
    n = few.groupby("province")["N"].sum()
    np.testing.assert_allclose(realised.se**2 - expected.se**2, p * (1 - p) / n, rtol=0.25)
    many = [poststratify(fit, cells, by="province", draws=400, realised=r).se for r in (False, True)]
    np.testing.assert_allclose(many[0], many[1], rtol=0.1)


def test_linear_people_scatter_by_sigma():
    """For a linear model, does realised=True add σ²/N to the variance?"""
    fit = lmm("math ~ homework + (1 | school)", load("schools10"))
    cells = pd.DataFrame({"school": ["7472"], "homework": [2.0], "N": [4]})
    expected, realised = (poststratify(fit, cells, draws=20_000, realised=r) for r in (False, True))
    extra = float(realised.se.iloc[0] ** 2 - expected.se.iloc[0] ** 2)
    assert extra == pytest.approx(fit.sigma**2 / 4, rel=0.05)


def test_theta_drawn_keeps_its_promise():
    """Where the fit is on the boundary, do intervals with θ drawn cover the truth, and those with θ fixed fail?"""
    made = nation(np.random.default_rng(105), n=1500)
    fit = glmm("y ~ sex + u + (1 | age) + (1 | education) + (1 | origin) + (1 | unit)", made.poll)
    assert fit.is_boundary or float(fit.varcorr["unit"].sd.iloc[0]) < 0.1
    kwargs = {"by": "unit", "new_groups": "draw"}
    both = {how: poststratify(fit, made.cells, theta=how, **kwargs) for how in ("fixed", "draw")}
    judged = validate(made.truth(), both)
    assert judged.loc["draw", "coverage"] > judged.loc["fixed", "coverage"] + 0.1
    assert judged.loc["draw", "coverage"] > 0.75
    assert judged.loc["draw", "rmse"] < 1.1 * judged.loc["fixed", "rmse"]


def test_theta_is_drawn_from_its_posterior():
    """For one spread, do the drawn θ have the mean and SD of the posterior on a grid, with the same prior?"""
    rats = load("rat_tumors").assign(share=lambda d: d["tumors"] / d["rats"])
    fit = glmm("share ~ 1 + (1 | group)", rats, weights="rats")
    tau = np.sqrt(fit.draws(100, 7, theta="draw").cov["group"][:, 0, 0])
    grid = np.linspace(0.05, 1.8, 36)
    log_p = np.array([_marginal(rats, t) for t in grid]) - grid**2 / 2
    p = np.exp(log_p - log_p.max())
    mean = (p @ grid) / p.sum()
    sd = np.sqrt(p @ (grid - mean) ** 2 / p.sum())
    assert tau.mean() == pytest.approx(mean, abs=0.5 * sd)
    assert tau.std() == pytest.approx(sd, rel=0.4)


def _marginal(rats, tau):
    """log ∫∫ Π Binomial(y | logit⁻¹(μ + b)) N(b | 0, τ²) db dμ, both integrals by brute force."""
    mu = np.linspace(-3.2, -0.8, 61)
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    line = mu[:, None] + tau * node
    y, n = rats["tumors"].to_numpy(), rats["rats"].to_numpy()
    log_f = y[:, None, None] * line - n[:, None, None] * np.logaddexp(0, line)
    return np.log(np.exp(np.log(np.exp(log_f) @ weight).sum(axis=0)).sum())


def test_a_boundary_fit_is_said(poll, cells):
    """Does the record say that a spread of 0 was taken for certain, and say it no more if θ is drawn?"""
    fit = glmm("support ~ gdp + (1 | region) + (1 | province)", poll, weights="n")
    assert fit.is_boundary
    sure, unsure = (poststratify(fit, cells, draws=100, theta=how) for how in ("fixed", "draw"))
    assert "boundary" in repr(sure) and "boundary" not in repr(unsure)


# ---------------------------------------------------------------------------------- the record


def test_the_record(found, cells):
    """Do table, interval, level and the two ways of printing agree, without anything taken for HTML?"""
    assert isinstance(found, PoststratifiedEstimates)
    table = found.table()
    assert list(table.columns) == ["estimate", "se", "lower", "upper", "N"]
    assert table["N"].sum() == cells["N"].sum() and table["N"].dtype.kind == "i"
    np.testing.assert_allclose(table["lower"], found.draws.quantile(0.025))
    assert "31 units" in repr(found) and "<table" in found._repr_html_()
    assert "(1 | province)" in found._repr_html_()


def test_differences_use_the_covariance(found):
    """Is the SE of a difference that of the draws, and not that of independent units?"""
    gap = found.difference("Beijing", "Tibet")
    draws = found.draws["Beijing"] - found.draws["Tibet"]
    assert gap["estimate"] == pytest.approx(draws.mean()) and gap["se"] == pytest.approx(draws.std())
    assert gap["lower"] < gap["estimate"] < gap["upper"]
    with pytest.raises(KeyError, match="Paris is none of the units"):
        found.difference("Beijing", "Paris")


# ---------------------------------------------------------------------------------- wrong tables


def _with(frame, row, column, value):
    changed = frame.astype({column: object})
    changed.loc[row, column] = value
    return changed


WRONG_CELLS = {
    "a negative count": (lambda c: _with(c, 3, "N", -1), "N must be a number >= 0 .* but it is -1 in row 3"),
    "a missing count": (lambda c: _with(c, 3, "N", np.nan), "N must be a number >= 0 .* nan in row 3"),
    "an infinite count": (lambda c: _with(c, 3, "N", np.inf), "N must be a number >= 0 .* inf in row 3"),
    "a count in words": (lambda c: _with(c, 3, "N", "many"), "N must be a number >= 0 .* many in row 3"),
    "a unit without people": (
        lambda c: c.assign(N=c["N"].where(c["province"] != "Tibet", 0)),
        "Every unit must have people, but N adds up to 0 in Tibet",
    ),
    "a cell twice": (lambda c: pd.concat([c, c.head(1)]), "Every cell must stand once .* rows 0, 248"),
    "an unseen province": (
        lambda c: c.assign(province=c["province"].replace("Tibet", "Xizang")),
        'province must be a group of the fit, but the cells have others: Xizang.*new_groups="draw"',
    ),
    "an unseen level of a predictor": (
        lambda c: c.assign(gender=c["gender"].astype(str).replace("man", "boy")),
        "gender has levels in the cells that the fit has no coefficient for: boy. The fit has man, woman",
    ),
    "a missing predictor value": (
        lambda c: _with(c, 5, "gender", None),
        "gender must have a value in every row",
    ),
    "a missing group": (lambda c: _with(c, 5, "province", None), "province must have a value in every row"),
    "a gap in a number": (
        lambda c: c.assign(gdp=c["gdp"].where(c.index != 9)),
        "gdp must be a finite number in every row",
    ),
    "numbers as text": (lambda c: c.assign(gdp=c["gdp"].astype(str)), "gdp must be numbers in the cells"),
    "no rows": (lambda c: c.head(0), "data must have rows"),
}


@pytest.mark.parametrize("name", WRONG_CELLS)
def test_wrong_cells_are_named(fit, cells, name):
    """Does each kind of wrong table raise one sentence that says what, where and what to do?"""
    spoil, sentence = WRONG_CELLS[name]
    with pytest.raises(ValueError, match=sentence):
        poststratify(fit, spoil(cells), by="province")


@pytest.mark.parametrize("column", ["gdp", "province", "N"])
def test_a_missing_column_is_named(fit, cells, column):
    """Is a missing predictor, unit or count named, beside the columns that are there?"""
    with pytest.raises(KeyError, match=f"{column} is missing. Columns:"):
        poststratify(fit, cells.drop(columns=column), by="province")
    with pytest.raises(KeyError, match="state is missing"):
        poststratify(fit, cells, by="state")


def test_zero_is_a_count(fit, cells, found):
    """May a cell be empty, and does it then not matter what it is?"""
    extra = cells.iloc[[0]].assign(gdp=99.0, N=0)
    again = poststratify(fit, pd.concat([cells, extra]), by="province", draws=4000)
    np.testing.assert_allclose(again.draws, found.draws, atol=1e-12)


def test_labels_of_another_type_are_said():
    """If the fit has text and the cells numbers, does the message speak of types and not of unseen groups?"""
    data = load("contraception").assign(uses=lambda d: d["use"] == "Y")
    fit = glmm("uses ~ 1 + (1 | district)", data)
    with pytest.raises(ValueError, match="text where the other has numbers: 1"):
        poststratify(fit, pd.DataFrame({"district": [1, 2], "N": [10, 10]}))


def test_an_unseen_level_of_c_is_an_error():
    """Is a level that C(…) had not in the fit refused, where formulaic alone would only warn and take the baseline?"""
    data = load("contraception").assign(uses=lambda d: d["use"] == "Y", k=lambda d: d["livch"].cat.codes)
    fit = glmm("uses ~ C(k) + (1 | district)", data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="no coefficient for: 7"):
            poststratify(fit, pd.DataFrame({"district": ["1"], "k": [7], "N": [10]}))


WRONG_REQUESTS = {
    "new_groups": ({"new_groups": "guess"}, "new_groups must be"),
    "one draw": ({"draws": 1}, "draws must be a whole number >= 2"),
    "half a draw": ({"draws": 10.5}, "draws must be a whole number >= 2"),
    "level in percent": ({"level": 95}, "level must be a share"),
    "two kinds of uncertainty": ({"count_se": "se", "count_n": 10}, "uncertain in one way"),
    "nobody behind the counts": ({"count_n": 0}, "count_n must be the number of people"),
    "theta": ({"theta": "free"}, 'theta must be "fixed" or "draw"'),
}


@pytest.mark.parametrize("name", WRONG_REQUESTS)
def test_wrong_requests_are_named(fit, cells, name):
    """Does each wrong argument raise its own sentence?"""
    arguments, sentence = WRONG_REQUESTS[name]
    with pytest.raises(ValueError, match=sentence):
        poststratify(fit, cells.assign(se=1.0), by="province", **arguments)


def test_what_is_no_fit_is_refused(cells):
    """Is a formula, a table or a linear model with theta drawn refused in words?"""
    with pytest.raises(TypeError, match="fit must be what glmm or lmm returned, but it is a str"):
        poststratify("support ~ gdp", cells)
    fit = lmm("math ~ 1 + (1 | school)", load("schools10"))
    with pytest.raises(ValueError, match='theta="draw" is for a fit of glmm'):
        poststratify(fit, pd.DataFrame({"school": ["7472"], "N": [1]}), theta="draw")


def test_multiple_membership_is_refused():
    """Is a factor with several groups per row refused, with what to do instead?"""
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(6), 60)
    data = pd.DataFrame({"y": rng.normal(size=60) + weights @ rng.normal(size=6)})
    members = pd.DataFrame(weights, columns=list("abcdef"))
    fit = lmm("y ~ 1 + (1 | m)", data, membership={"m": members})
    with pytest.raises(ValueError, match="one group per row, but m has several"):
        poststratify(fit, pd.DataFrame({"m": ["a"], "N": [3]}))
