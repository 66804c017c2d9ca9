"""The data sets: their cards, their types, and the figures that the literature prints for them.

The figures come from statsmodels, from closed forms, and for crossed factors from the dense algebra at the
end of this file; nothing here uses the library's own fits, so that a fit may be held to the data and the
data to print.
"""

from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import betaln, expit

from hlm_teach.datasets import card, datasets, load

DATA = Path(__file__).resolve().parents[2] / "hlm_teach" / "data"
NAMES = sorted(datasets().index)
ISSUE_2 = {
    "sleepstudy",
    "radon",
    "schools10",
    "eight_schools",
    "hsb",
    "dyestuff",
    "dyestuff2",
    "oxboys",
    "baseball",
}
each_set = pytest.mark.parametrize("name", NAMES)


def test_the_first_lessons_have_their_sets():
    """Are the nine sets of the first lessons there?"""
    assert set(NAMES) >= ISSUE_2


@each_set
def test_one_file_per_card(name):
    """Has every card exactly one file beside it, is it the file whose sha256 the card states, and is it small?"""
    found = [path for path in (DATA / f"{name}.csv", DATA / f"{name}.csv.gz") if path.exists()]
    assert len(found) == 1
    assert hashlib.sha256(found[0].read_bytes()).hexdigest() == card(name).sha256
    assert found[0].stat().st_size < 200_000


def test_no_file_without_a_card():
    """Is there nothing in the data folder that no card accounts for?"""
    names = {path.name.split(".")[0] for path in DATA.iterdir() if path.is_file()}
    assert names == set(NAMES)


@each_set
def test_card_is_complete(name):
    """Does the card say something in every field, with a unit and a meaning for every column?"""
    about = card(name)
    for field in ("title", "about", "source", "source_version", "source_object", "citation", "licence"):
        assert len(getattr(about, field)) >= 4, field
    for field in ("licence_note", "changed", "caveat"):
        assert getattr(about, field).endswith("."), field
    for column in about.columns:
        assert column.type in {"number", "integer", "string", "category"}
        assert column.unit and column.meaning
        assert bool(column.categories) == (column.type == "category")
    assert {about.response, *about.group} <= {column.name for column in about.columns}


@each_set
def test_frame_is_what_the_card_says(name):
    """Do the columns, their types and categories, the rows and the groups agree with the card, and no more missing than it says?"""
    about, data = card(name), load(name)
    assert list(data.columns) == [column.name for column in about.columns]
    assert len(data) == about.rows
    assert tuple(data[group].nunique() for group in about.group) == about.n_groups
    assert data.isna().sum().sum() == about.missing
    for column in about.columns:
        values = data[column.name]
        if column.type == "number":
            assert values.dtype == "float64"
        elif column.type == "integer":
            assert values.dtype == "int64"
        elif column.type == "category":
            assert list(values.cat.categories) == list(column.categories)
            assert set(values) == set(column.categories)
        else:
            assert values.map(type).eq(str).all() and values.str.strip().eq(values).all()


@each_set
def test_card_shows_as_html(name):
    """Does a card show its title, caveat and every column, and is nothing in it taken for a tag?"""
    about = card(name)
    html = about._repr_html_()
    for text in (about.title, about.caveat, *(column.name for column in about.columns)):
        assert text.replace("&", "&amp;").replace('"', "&quot;").replace("'", "&#x27;") in html
    assert html.count("<table>") == 2
    assert ("invented" in html) or not about.generated


def test_card_html_is_escaped():
    """Is a unit with angle brackets shown, not interpreted?"""
    hostile = replace(card("radon"), title="<script>alert(1)</script>")
    assert "<script>" not in hostile._repr_html_()


def test_frames_are_fresh():
    """Does a change to one frame leave the next one alone?"""
    mine = load("radon")
    mine.loc[0, "log_radon"] = 99
    assert load("radon").loc[0, "log_radon"] < 1 < mine.loc[0, "log_radon"]


def test_cards_are_frozen():
    """Can nobody change a card?"""
    with pytest.raises(FrozenInstanceError):
        card("radon").title = "other"


@pytest.mark.parametrize("name", ["Radon ", "radon.csv", "../data/radon", "", None, 3])
def test_unknown_name_lists_the_names(name):
    """Does a wrong name raise an error that lists the right ones, whatever was passed?"""
    with pytest.raises(ValueError, match=r"The data sets are: .*radon.*sleepstudy"):
        load(name)


def test_generated_sets_are_marked():
    """Are exactly the invented sets marked as generated?"""
    assert set(datasets().query("generated").index) == GENERATED


GENERATED = {
    "schools10",
    "bounce",
    "politeness",
    "display10",
    "display10_u",
    "dyestuff2",
    "mrp_sim_cells",
    "mrp_sim_poll",
    "provinces31",
    "provinces31_poll",
}


# ---- figures in print -------------------------------------------------------------------------------


def reml(formula, data, groups, **more):
    """Fit by statsmodels, with the optimiser that needs no gradient: the default one warns on radon."""
    fit = smf.mixedlm(formula, data, groups=groups, **more).fit(reml=True, method="powell", ftol=1e-12)
    assert fit.converged
    return fit


def test_sleepstudy():
    """Does the REML fit with varying slopes give the figures that lme4 prints?"""
    fit = reml("Reaction ~ Days", load("sleepstudy"), "Subject", re_formula="~Days")
    assert fit.fe_params.to_numpy() == pytest.approx([251.405, 10.467], abs=5e-4)
    assert np.sqrt(np.diag(fit.cov_re)) == pytest.approx([24.74, 5.92], abs=0.005)
    assert np.sqrt(fit.scale) == pytest.approx(25.59, abs=0.005)
    assert -2 * fit.llf == pytest.approx(1743.63, abs=0.005)


def test_oxboys():
    """Do one line and varying intercepts give the printed growth, and is age centred and scaled?"""
    data = load("oxboys")
    line = smf.ols("height ~ age", data).fit()
    assert [*line.params, line.rsquared] == pytest.approx([149.37, 6.52, 0.215], abs=0.005)
    fit = reml("height ~ age", data, "Subject")
    assert fit.fe_params.to_numpy() == pytest.approx([149.37, 6.524], abs=0.005)
    assert fit.bse_fe.to_numpy() == pytest.approx([1.59, 0.133], abs=0.005)
    assert np.sqrt([fit.cov_re.iloc[0, 0], fit.scale]) == pytest.approx([8.10, 1.31], abs=0.005)
    assert data.groupby("Occasion")["Subject"].nunique().eq(26).all()


def balanced_anova(data, y, group):
    """Return the mean squares between and within groups of equal size, and that size."""
    groups = data.groupby(group)[y]
    n, J = groups.size().iloc[0], groups.ngroups
    assert groups.size().eq(n).all()
    between = n * groups.mean().var(ddof=1)
    within = (data[y] - groups.transform("mean")).pow(2).sum() / (J * (n - 1))
    return between, within, n


def test_dyestuff():
    """Do the mean squares and the REML estimates of the printed analysis come out?"""
    between, within, n = balanced_anova(load("dyestuff"), "Yield", "Batch")
    assert [between, within] == pytest.approx([11271.5, 2451.25])
    assert np.sqrt((between - within) / n) == pytest.approx(42.00, abs=0.005)
    assert np.sqrt(within) == pytest.approx(49.51, abs=0.005)


def test_dyestuff2():
    """Is the mean square between batches the smaller one, and the residual SD at the boundary the printed one?"""
    data = load("dyestuff2")
    between, within, _n = balanced_anova(data, "Yield", "Batch")
    assert between < within
    assert data["Yield"].std(ddof=1) == pytest.approx(3.716, abs=5e-4)


def test_hsb():
    """Do the null model, the two means and the three slopes come out, with Public first?"""
    data = load("hsb")
    fit = reml("math ~ 1", data, "school")
    assert [fit.fe_params.iloc[0], fit.bse_fe.iloc[0]] == pytest.approx([12.637, 0.244], abs=5e-4)
    assert [fit.cov_re.iloc[0, 0], fit.scale] == pytest.approx([8.614, 39.148], abs=0.001)
    by_school = data.groupby("school")
    assert data["math"].mean() == pytest.approx(12.748, abs=5e-4)
    assert by_school["math"].mean().mean() == pytest.approx(12.621, abs=5e-4)
    within = data["math"] - by_school["math"].transform("mean")
    assert (within * data["cses"]).sum() / data["cses"].pow(2).sum() == pytest.approx(2.191172, abs=5e-7)
    assert smf.ols("math ~ ses", data).fit().params["ses"] == pytest.approx(3.184, abs=5e-4)
    means = by_school[["math", "mean_ses"]].mean()
    assert np.polyfit(means["mean_ses"], means["math"], 1)[0] == pytest.approx(5.909, abs=5e-4)
    assert "sector[T.Catholic]" in smf.ols("math ~ sector", data).fit().params


def test_hsb_carries_its_own_means():
    """Are mean_ses and cses the school's mean and the deviation from it?"""
    data = load("hsb")
    mean = data.groupby("school")["ses"].transform("mean")
    assert data["mean_ses"].to_numpy() == pytest.approx(mean.to_numpy(), abs=1e-12)
    assert data["cses"].to_numpy() == pytest.approx((data["ses"] - mean).to_numpy(), abs=1e-12)


def test_radon():
    """Is this the book's version: the printed fits, zeros as log 0.1, first floor as 1, 85 clean county names?"""
    data = load("radon")
    assert (len(data), data["county"].nunique(), data["floor"].sum()) == (919, 85, 153)
    assert data["log_radon"].min() == pytest.approx(np.log(0.1))
    assert data.groupby("county")["log_uranium"].nunique().eq(1).all()
    assert data["county"].str.fullmatch(r"[A-Z]+( [A-Z]+)*").all()
    assert data.groupby("county").size().agg(["min", "max"]).tolist() == [1, 116]
    plain = reml("log_radon ~ floor", data, "county")
    assert plain.fe_params.to_numpy() == pytest.approx([1.46, -0.69], abs=0.005)
    uranium = reml("log_radon ~ floor + log_uranium", data, "county")
    assert uranium.fe_params.to_numpy() == pytest.approx([1.47, -0.67, 0.72], abs=0.005)


def test_radon_is_not_the_other_version():
    """Negative control: would log(x + 0.1) have failed the check above?"""
    data = load("radon")
    data["log_radon"] = np.log(np.where(data["log_radon"] < -2.3, 0, np.exp(data["log_radon"])) + 0.1)
    assert abs(reml("log_radon ~ floor", data, "county").fe_params["floor"] - -0.69) > 0.02


def test_eight_schools():
    """With flat priors on mu and tau, are the posterior means those in print (11.40 for school A)?"""
    data = load("eight_schools")
    y, se = data["effect"].to_numpy(), data["se"].to_numpy()
    tau = np.linspace(0.005, 2000, 400_000)[:, None]  # the tail decays slowly, so the grid goes far out
    weight = 1 / (se**2 + tau**2)
    mu = (weight * y).sum(1) / weight.sum(1)
    log_post = 0.5 * (
        np.log(weight).sum(1) - np.log(weight.sum(1)) - (weight * (y - mu[:, None]) ** 2).sum(1)
    )
    posterior = np.exp(log_post - log_post.max())
    posterior /= posterior.sum()
    theta = posterior @ (mu[:, None] * se**2 * weight + y * tau**2 * weight)
    assert theta == pytest.approx([11.40, 7.89, 6.13, 7.64, 5.13, 6.14, 10.67, 8.46], abs=0.005)
    assert posterior @ tau[:, 0] == pytest.approx(6.58, abs=0.005)


def test_baseball():
    """On the arcsine scale, does James and Stein's estimate bring the total squared error from 17.57 to 5.00?"""
    data = load("baseball")
    assert (data["at_bats"] == 45).all()
    assert data["avg"].to_numpy() == pytest.approx((data["hits"] / 45).to_numpy(), abs=0)

    def scaled(p):
        return np.sqrt(45) * np.arcsin(2 * p - 1)

    x, truth = scaled(data["avg"]), scaled(data["rest_avg"])
    spread = ((x - x.mean()) ** 2).sum()
    shrunk = x.mean() + (1 - (len(x) - 3) / spread) * (x - x.mean())
    errors = [((x - truth) ** 2).sum(), ((shrunk - truth) ** 2).sum()]
    assert errors == pytest.approx([17.57, 5.00], abs=0.005)


def test_schools10():
    """Do one line through all pupils and the REML fit give the figures in print?

    The printed SD of the intercepts, 8.33, is lme4's default optimiser stopping at 8.32503; the optimum is 8.32492.
    """
    data = load("schools10")
    assert smf.ols("math ~ homework", data).fit().params.tolist() == pytest.approx([44.07, 3.57], abs=0.005)
    fit = reml("math ~ homework", data, "school", re_formula="~homework")
    assert fit.fe_params.to_numpy() == pytest.approx([44.77, 2.04], abs=0.005)
    (a, _), (b, c) = np.linalg.cholesky(fit.cov_re / fit.scale)
    X = np.column_stack([np.ones(len(data)), data["homework"]])
    se = solve(data["math"], X, lines(data["school"], data["homework"], a, b, c))[1]
    assert se == pytest.approx([2.74, 1.55], abs=0.005)  # statsmodels' own come from a numerical Hessian
    sd = np.sqrt(np.diag(fit.cov_re))
    assert sd == pytest.approx([8.33, 4.74], abs=0.006)
    assert fit.cov_re.iloc[0, 1] / sd.prod() == pytest.approx(-0.81, abs=0.005)
    assert np.sqrt(fit.scale) == pytest.approx(6.56, abs=0.005)


def test_orthodont():
    """Does the REML fit with varying slopes give the printed figures?"""
    fit = reml("distance ~ age", load("orthodont"), "Subject", re_formula="~age")
    assert fit.fe_params.to_numpy() == pytest.approx([16.761, 0.660], abs=5e-4)
    sd = np.sqrt(np.diag(fit.cov_re))
    assert sd == pytest.approx([2.327, 0.226], abs=0.001)
    assert fit.cov_re.iloc[0, 1] / sd.prod() == pytest.approx(-0.609, abs=0.001)
    assert np.sqrt(fit.scale) == pytest.approx(1.310, abs=5e-4)


def test_penicillin():
    """Does the crossed REML fit reach the printed criterion?"""
    data = load("penicillin")
    _sd, found = crossed(data, "diameter", ["plate", "sample"])
    assert found[3] == pytest.approx(330.86, abs=0.005)
    assert data.groupby(["plate", "sample"]).size().eq(1).all()


def test_pastes():
    """Does the nested ML fit reach the printed criterion, and does each sample belong to one batch?"""
    data = load("pastes")
    _sd, found = crossed(data, "strength", ["batch", "sample"], reml=False)
    assert found[3] == pytest.approx(247.99, abs=0.005)
    assert (data["batch"] + ":" + data["cask"]).eq(data["sample"]).all()


def test_scotssec():
    """Does the crossed ML fit give the printed variances of primary schools, secondary schools and pupils?"""
    sd, found = crossed(load("scotssec"), "attain", ["primary", "second"], reml=False)
    assert [*sd**2, found[2] ** 2] == pytest.approx([1.124, 0.348, 8.111], abs=0.001)


def test_egsingle():
    """At lme4's covariance parameters, are the fixed effects and their standard errors those in print?"""
    data = load("egsingle")
    child = lines(data["child"], data["year"], 1.457652968, 0.106481157, 0.161272492)
    school = lines(data["school"], data["year"], 0.747816818, 0.076930765, 0.177337801)
    X = np.column_stack([np.ones(len(data)), data["year"]])
    beta, se, sigma, _criterion = solve(data["math"], X, sparse.hstack([child, school]).tocsr())
    assert beta == pytest.approx([-0.779, 0.763], abs=5e-4)
    assert se == pytest.approx([0.058, 0.015], abs=5e-4)
    assert sigma == pytest.approx(0.549, abs=5e-4)


def test_contraception():
    """At lme4's estimates, is the Laplace deviance of the logit the printed one?"""
    data = load("contraception")
    X = pd.concat(
        [
            pd.Series(1.0, data.index),
            data["age"],
            data["age"] ** 2,
            data["urban"] == "Y",
            *(data["livch"] == level for level in ("1", "2", "3+")),
        ],
        axis=1,
    ).to_numpy(float)
    beta = [-1.0350299, 0.0035358, -0.0045621, 0.6972891, 0.8149764, 0.9164679, 0.9150152]
    sd = 0.4752209
    y = (data["use"] == "Y").to_numpy(float)
    deviance = 0.0
    for rows in data.groupby("district").indices.values():
        eta, u = X[rows] @ beta, 0.0
        for _step in range(50):  # Newton to the mode of this district's standard normal effect u
            p = expit(eta + sd * u)
            slope, curve = sd * (y[rows] - p).sum() - u, sd**2 * (p * (1 - p)).sum() + 1
            u += slope / curve
        assert abs(slope) < 1e-10
        fitted = eta + sd * u
        deviance += -2 * (y[rows] * fitted - np.logaddexp(0, fitted)).sum() + u**2 + np.log(curve)
    assert deviance == pytest.approx(2372.7, abs=0.05)


def test_heart_transplants():
    """Are there the printed 277 deaths in 94 hospitals?"""
    data = load("heart_transplants")
    assert (len(data), data["deaths"].sum(), data["exposure"].sum()) == (94, 277, 294_681)


def test_rat_tumors():
    """With the book's prior, are the posterior means of the beta distribution's parameters (2.40, 14.32)?"""
    data = load("rat_tumors")
    y, n = data["tumors"].to_numpy(), data["rats"].to_numpy()
    logit, log_size = (
        grid.ravel() for grid in np.meshgrid(np.linspace(-2.6, -1.0, 200), np.linspace(0.5, 6.5, 250))
    )
    a, b = np.exp(log_size) * expit(logit), np.exp(log_size) * expit(-logit)
    log_post = (betaln(a[:, None] + y, b[:, None] + n - y) - betaln(a, b)[:, None]).sum(1)
    log_post += np.log(a * b) - 2.5 * np.log(a + b)
    weight = np.exp(log_post - log_post.max())
    assert [weight @ a / weight.sum(), weight @ b / weight.sum()] == pytest.approx([2.40, 14.32], abs=0.01)
    assert data.iloc[-1].tolist() == ["e71", 4, 14]


def test_bounce():
    """Do one line, eight lines, the boundary fit and the within-county line give the figures in print?"""
    data = load("bounce")
    x = (data["age"] - data["age"].mean()) / data["age"].std(ddof=1)
    data = data.assign(x=x)
    assert smf.ols("bounce ~ x", data).fit().params.tolist() == pytest.approx([199.98, 4.68], abs=0.005)
    slopes = [np.polyfit(rows["x"], rows["bounce"], 1)[0] for _county, rows in data.groupby("county")]
    assert slopes == pytest.approx([1.47, 1.22, 1.33, 2.17, -0.78, 0.61, 0.33, 0.55], abs=0.005)
    within = smf.ols("bounce ~ x + C(county)", data).fit()
    assert [within.params["x"], within.pvalues["x"]] == pytest.approx([1.26, 0.008], abs=0.005)
    X = np.column_stack([np.ones(len(data)), x])

    def boundary(theta):  # correlation 1: one effect per county moves intercept and slope together
        return solve(data["bounce"], X, lines(data["county"], x, theta[0], theta[1], 0))

    best = minimize(
        lambda t: boundary(t)[3], [2, 0.1], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9}
    )
    beta, se, sigma, _criterion = boundary(best.x)
    assert beta == pytest.approx([200.81, 1.303], abs=0.005)
    assert se == pytest.approx([4.97, 0.478], abs=0.005)
    assert [*(best.x * sigma) ** 2, sigma**2] == pytest.approx([195.7, 0.065, 63.0], abs=0.05)


def test_politeness():
    """Do coefficients, standard errors, SDs and the likelihood-ratio statistic come within 0.01 of print?"""
    data = load("politeness").dropna()
    assert len(data) == 83
    X = np.column_stack([np.ones(len(data)), data["attitude"] == "pol", data["gender"] == "M"])
    sd, (beta, se, sigma, _criterion) = crossed(data, "frequency", ["scenario", "subject"], X=X)
    assert beta == pytest.approx([256.85, -19.72, -108.52], abs=0.01)
    assert se == pytest.approx([16.12, 5.58, 21.01], abs=0.01)
    assert [*sd, sigma] == pytest.approx([14.81, 24.81, 25.41], abs=0.01)
    without, with_ = (
        crossed(data, "frequency", ["scenario", "subject"], reml=False, X=X[:, columns])[1][3]
        for columns in ([0, 2], [0, 1, 2])
    )
    assert without - with_ == pytest.approx(11.62, abs=0.01)


# ---- dense mixed-model algebra: y = X beta + sigma Z Lambda u + sigma e, u and e standard normal -----------------


def dummies(labels) -> sparse.csr_matrix:
    """Return the n × J indicator matrix of the labels."""
    levels, index = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    return sparse.csr_matrix((np.ones(len(index)), (np.arange(len(index)), index)), (len(index), len(levels)))


def lines(labels, x, a, b, c) -> sparse.csr_matrix:
    """Return Z Lambda of varying intercepts and slopes for the relative factor [[a, 0], [b, c]]."""
    Z = dummies(labels)
    Zx = sparse.diags(np.asarray(x, float)) @ Z
    return sparse.hstack([a * Z + b * Zx, c * Zx]).tocsr()


def solve(y, X, ZL, reml=True):
    """Return beta, its standard errors, sigma and the criterion for a given Z Lambda (Bates et al. 2015, section 3)."""
    y, X = np.asarray(y, float), np.asarray(X, float)
    n, p = X.shape
    L = np.linalg.cholesky((ZL.T @ ZL).toarray() + np.eye(ZL.shape[1]))
    WX, Wy = np.linalg.solve(L, ZL.T @ X), np.linalg.solve(L, ZL.T @ y)
    XVX, XVy = X.T @ X - WX.T @ WX, X.T @ y - WX.T @ Wy
    beta = np.linalg.solve(XVX, XVy)
    free = n - p if reml else n
    sigma2 = (y @ y - Wy @ Wy - beta @ XVy) / free
    criterion = 2 * np.log(np.diag(L)).sum() + free * (1 + np.log(2 * np.pi * sigma2))
    if reml:
        criterion += np.linalg.slogdet(XVX)[1]
    return beta, np.sqrt(np.diag(np.linalg.inv(XVX)) * sigma2), float(np.sqrt(sigma2)), float(criterion)


def crossed(data, y, factors, reml=True, X=None):
    """Fit X (an intercept) and one variance per factor; return the SDs and what :func:`solve` returns at the optimum."""
    Zs = [dummies(data[factor]) for factor in factors]
    X = np.ones((len(data), 1)) if X is None else X

    def at(log_theta):
        ZL = sparse.hstack([np.exp(t) * Z for t, Z in zip(log_theta, Zs, strict=True)]).tocsr()
        return solve(data[y], X, ZL, reml)

    options = {"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000}
    best = minimize(lambda t: at(t)[3], np.zeros(len(Zs)), method="Nelder-Mead", options=options)
    assert best.success, best.message
    found = at(best.x)
    return np.exp(best.x) * found[2], found
