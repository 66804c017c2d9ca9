"""The exercises of lesson 06, "Varying slopes".

Notation: tau0, tau1 the SDs of intercepts and slopes over the groups, rho their correlation, sigma the residual SD.
The data of a student's own are balanced, so that REML has a closed form (`components`): references are written from it,
not borrowed from `hlm_teach`, so that one can check the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- another origin ------------------------------------------------------------------------------------------------


def recentred(tau0, tau1, rho, shift):
    """A T A' with A = [[1, shift], [0, 1]], as SDs and a correlation."""
    variance = tau0**2 + 2 * shift * rho * tau0 * tau1 + shift**2 * tau1**2
    covariance = rho * tau0 * tau1 + shift * tau1**2
    return float(np.sqrt(variance)), float(tau1), float(covariance / (np.sqrt(variance) * tau1))


def _no_cross(tau0, tau1, rho, shift):
    new = np.sqrt(tau0**2 + shift**2 * tau1**2)
    return float(new), float(tau1), float((rho * tau0 * tau1 + shift * tau1**2) / (new * tau1))


def _single_cross(tau0, tau1, rho, shift):
    new = np.sqrt(abs(tau0**2 + shift * rho * tau0 * tau1 + shift**2 * tau1**2))
    return float(new), float(tau1), float((rho * tau0 * tau1 + shift * tau1**2) / (new * tau1))


def _shift_not_squared(tau0, tau1, rho, shift):
    new = np.sqrt(abs(tau0**2 + 2 * shift * rho * tau0 * tau1 + shift * tau1**2))
    return float(new), float(tau1), float((rho * tau0 * tau1 + shift * tau1**2) / (new * tau1))


def _covariance_kept(tau0, tau1, rho, shift):
    new = recentred(tau0, tau1, rho, shift)[0]
    return new, float(tau1), float(rho * tau0 / new)


def _as_covariance(tau0, tau1, rho, shift):
    new, slope, corr = recentred(tau0, tau1, rho, shift)
    return new, slope, corr * new * slope


def _as_variances(tau0, tau1, rho, shift):
    new, slope, corr = recentred(tau0, tau1, rho, shift)
    return new**2, slope**2, corr


def _old_tau0_below(tau0, tau1, rho, shift):
    return recentred(tau0, tau1, rho, shift)[0], float(tau1), float(rho + shift * tau1 / tau0)


def _rho_for_covariance(tau0, tau1, rho, shift):
    new = np.sqrt(abs(tau0**2 + 2 * shift * rho + shift**2 * tau1**2))
    return float(new), float(tau1), float((rho + shift * tau1**2) / (new * tau1))


def _root_forgotten(tau0, tau1, rho, shift):
    new, slope, corr = recentred(tau0, tau1, rho, shift)
    return new**2, slope, corr


def _spread_case(rng):
    tau1 = float(np.round(rng.uniform(1.0, 6.0), 2))
    return Case(
        {
            "tau0": float(np.round(tau1 * rng.uniform(2.0, 6.0), 2)),
            "tau1": tau1,
            "rho": float(np.round(rng.choice([-1, 1]) * rng.uniform(0.2, 0.7), 2)),
            "shift": float(np.round(rng.choice([-1, 1]) * rng.uniform(1.5, 8.0), 1)),
        },
        label=N_("lines whose intercepts and slopes are correlated, and another origin"),
    )


RECENTRE = Exercise(
    id="recentre",
    lesson="06",
    title=N_("Count x from somewhere else"),
    kind="function",
    points=3,
    section="Where is zero?",
    reference=recentred,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed: any correct way of computing it agrees to about 1e-12."),
    ),
    shown=(
        Case(
            {"tau0": 3.0, "tau1": 1.0, "rho": 0.0, "shift": 4.0},
            label=N_("no correlation at the old origin, shifted by four"),
        ),
        Case(
            {"tau0": 24.74, "tau1": 5.92, "rho": 0.066, "shift": 4.5},
            label=N_("the sleep study, with days counted from the middle"),
        ),
        Case(
            {"tau0": 24.74, "tau1": 5.92, "rho": 0.066, "shift": 0.0},
            label=N_("a shift of zero changes nothing"),
        ),
    ),
    draw=_spread_case,
    hints=(
        N_("An intercept is the height of a line at the origin. Which sum is the height at the new origin?"),
        N_(
            "The new intercept is intercept + shift × slope, the slope stays. Write the variance of that sum, "
            "and its covariance with the slope."
        ),
        N_(
            "The variance is tau0**2 + 2 * shift * rho * tau0 * tau1 + shift**2 * tau1**2, the covariance "
            "rho * tau0 * tau1 + shift * tau1**2. Return the root of the first, tau1, and the covariance over both new SDs."
        ),
    ),
    misconceptions=(
        Misconception(
            "M23",
            N_(
                "You kept the correlation. It is no fact about the groups alone: it is taken between slopes and heights at "
                "the origin, and at another origin the heights are others."
            ),
            wrong=lambda tau0, tau1, rho, shift: (
                recentred(tau0, tau1, rho, shift)[0],
                float(tau1),
                float(rho),
            ),
            credit=0.5,
        ),
        Misconception(
            "nothing_moves",
            N_(
                "You returned what you were given. The lines stay, but their heights at the new origin differ."
            ),
            wrong=lambda tau0, tau1, rho, shift: (float(tau0), float(tau1), float(rho)),
        ),
        Misconception(
            "other_way",
            N_(
                "You moved the origin the other way. If x is counted from shift, the new intercept is the height "
                "at x = shift: intercept plus shift times slope."
            ),
            wrong=lambda tau0, tau1, rho, shift: recentred(tau0, tau1, rho, -shift),
            credit=0.5,
        ),
        Misconception(
            "variances",
            N_(
                "You returned variances in the first two places. The arguments are SDs, and so are the answers."
            ),
            wrong=_as_variances,
            credit=0.5,
        ),
        Misconception(
            "covariance",
            N_("Your third value is the covariance. Divide it by the two new standard deviations."),
            wrong=_as_covariance,
            credit=0.5,
        ),
        Misconception(
            "root_forgotten",
            N_("Your first value is the variance of the new intercepts. An SD is asked for."),
            wrong=_root_forgotten,
            credit=0.5,
        ),
        Misconception(
            "rho_for_covariance",
            N_("You used rho as if it were the covariance. The covariance is rho times both SDs."),
            wrong=_rho_for_covariance,
            credit=0.5,
        ),
        Misconception(
            "no_cross_term",
            N_(
                "Your variance of the sum has no covariance in it. "
                "The variance of a + s·b is var(a) + 2s·cov(a, b) + s²·var(b)."
            ),
            wrong=_no_cross,
            credit=0.25,
        ),
        Misconception(
            "single_cross_term",
            N_("In the variance of a sum the covariance counts twice: once for each order of the two."),
            wrong=_single_cross,
            credit=0.5,
        ),
        Misconception(
            "shift_not_squared",
            N_("In the variance of the sum the shift is squared: the variance of s·b is s² times that of b."),
            wrong=_shift_not_squared,
            credit=0.5,
        ),
        Misconception(
            "sds_added",
            N_(
                "You added standard deviations. What adds up are variances, and twice the covariance with them."
            ),
            wrong=lambda tau0, tau1, rho, shift: (float(tau0 + shift * tau1), float(tau1), float(rho)),
        ),
        Misconception(
            "covariance_kept",
            N_(
                "You kept the covariance. The new intercept has shift times the slope in it, so its covariance with the "
                "slope grows by shift times the slope's variance."
            ),
            wrong=_covariance_kept,
            credit=0.5,
        ),
        Misconception(
            "old_sd_below",
            N_("You divided the new covariance by the old SD of the intercepts. Use the new one."),
            wrong=_old_tau0_below,
            credit=0.5,
        ),
    ),
    explanation=N_(
        "The new intercept is a + shift·b. Its variance is var(a) + 2·shift·cov(a, b) + shift²·var(b), and its covariance "
        "with b is cov(a, b) + shift·var(b). In matrices this is A T A' with A = [[1, shift], [0, 1]]."
    ),
)


# ---- the share between people on the last day: data of the student's own ---------------------------------------------

NIGHTS = np.arange(10.0)
LAST = NIGHTS[-1]
PEOPLE = 16
_X = np.column_stack([np.ones(10), NIGHTS])


def _table(data) -> np.ndarray:
    """One row per person, in the order of the nights."""
    order = np.lexsort((data["night"].to_numpy(), data["person"].to_numpy(str)))
    return data["reaction"].to_numpy(float)[order].reshape(-1, len(NIGHTS))


def components(data):
    """REML of balanced data: sigma² from the rows around each person's own line, T = S − sigma²(X'X)⁻¹."""
    y = _table(data)
    own = np.linalg.solve(_X.T @ _X, _X.T @ y.T).T
    sigma2 = np.sum((y - own @ _X.T) ** 2) / (len(y) * 8)
    return np.cov(own.T) - sigma2 * np.linalg.inv(_X.T @ _X), float(sigma2)


def between(T, x):
    return T[0, 0] + 2 * x * T[0, 1] + x**2 * T[1, 1]


def share_at(data, x=LAST):
    """The share of the variance between people at night x."""
    T, sigma2 = components(data)
    return float(between(T, x) / (between(T, x) + sigma2))


def _share(part):
    """Return the pipeline that puts part(T, sigma²) over itself plus sigma²."""

    def wrong(data):
        T, sigma2 = components(data)
        v = part(T, sigma2)
        return float(v / (v + sigma2))

    return wrong


def _intercepts_only(data):
    """The ICC of the model in which only intercepts vary: mean squares within and between."""
    y = _table(data)
    x = NIGHTS - NIGHTS.mean()
    slope = np.mean(y @ x) / (x @ x)
    rest = y - slope * x
    means = rest.mean(axis=1)
    within = np.sum((rest - means[:, None]) ** 2) / (y.size - len(y) - 1)
    tau2 = max(means.var(ddof=1) - within / len(NIGHTS), 0)
    return float(tau2 / (tau2 + within))


def _by_ml(data):
    T, sigma2 = components(data)
    noise = sigma2 * np.linalg.inv(_X.T @ _X)
    v = between((T + noise) * (1 - 1 / PEOPLE) - noise, LAST)
    return float(v / (v + sigma2))


def _in_units_of_sigma2(data):
    T, sigma2 = components(data)
    v = between(T, LAST) / sigma2
    return float(v / (v + sigma2))


def _of_sds(data):
    T, sigma2 = components(data)
    sd = np.sqrt(between(T, LAST))
    return float(sd / (sd + np.sqrt(sigma2)))


WRONG_SHARES = {
    "M14": _share(lambda T, s: T[1, 1]),
    "first_night": lambda data: share_at(data, 0.0),
    "middle": lambda data: share_at(data, 4.5),
    "ten": lambda data: share_at(data, 10.0),
    "intercepts_only": _intercepts_only,
    "no_covariance": _share(lambda T, s: T[0, 0] + LAST**2 * T[1, 1]),
    "night_not_squared": _share(lambda T, s: T[0, 0] + 2 * LAST * T[0, 1] + LAST * T[1, 1]),
    "added_up": _share(lambda T, s: T[0, 0] + T[1, 1]),
    "of_sds": _of_sds,
    "rest": lambda data: 1 - share_at(data),
}


def ps06_data(rng):
    """Draw sixteen people over ten nights whose share on the last night no wrong way gives.

    Drawn until the share is .55 to .90, intercepts and slopes are not at the boundary, and the numbers of all wrong ways are at
    least 0.013 from the right one and from each other (ML's, which is near, 0.0035 from the right one).
    """

    def make(rng):
        tau0, tau1, rho = rng.uniform(26, 42), rng.uniform(4.5, 8.5), rng.uniform(-0.65, -0.35)
        cov = rho * tau0 * tau1
        lines = rng.multivariate_normal([255, 10], [[tau0**2, cov], [cov, tau1**2]], PEOPLE)
        y = lines[:, :1] + lines[:, 1:] * NIGHTS + 26 * rng.standard_normal((PEOPLE, 10))
        people = [f"P{i + 1:02d}" for i in range(PEOPLE)]
        return pd.DataFrame(
            {
                "person": np.repeat(people, 10),
                "night": np.tile(np.arange(10), PEOPLE),
                "reaction": np.round(y, 1).ravel(),
            }
        )

    def apart(data):
        T, _sigma2 = components(data)
        if min(T[0, 0], T[1, 1]) <= 0:
            return False
        rho, right = T[0, 1] / np.sqrt(T[0, 0] * T[1, 1]), share_at(data)
        found = [right, *(wrong(data) for wrong in WRONG_SHARES.values())]
        if abs(_by_ml(data) - right) < 0.0035:
            return False
        return 0.55 <= right <= 0.90 and abs(rho) < 0.85 and bool(np.diff(np.sort(found)).min() >= 0.013)

    return draw_until(rng, make, apart)


DATA = {"ps06": ps06_data}

LAST_NIGHT_SHARE = Exercise(
    id="last_night_share",
    lesson="06",
    title=N_("How much lies between people on the last night"),
    kind="value",
    points=2,
    section="The spread is a curve",
    reference=share_at,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.001,
        reason=N_(
            "Three decimals are asked for; REML estimates of different programs agree far beyond that, and the data are drawn so "
            "that every wrong way gives a share more than three times the tolerance away."
        ),
    ),
    data="ps06",
    hints=(
        N_("With varying slopes the variance between people depends on the night. Say on which."),
        N_(
            "On night x the variance between people is tau0² + 2·rho·tau0·tau1·x + tau1²·x². Divide it by itself plus sigma²."
        ),
        N_(
            'Fit ht.lmm("reaction ~ night + (1 + night | person)", my_sleepers), then ask for its .icc(at=…).value '
            "with the last night in the data; the first one is night zero."
        ),
    ),
    misconceptions=(
        Misconception(
            "M14",
            N_(
                "You divided the variance of the slopes by itself plus sigma². The slope's variance is in squared milliseconds per "
                "squared night, sigma² in squared milliseconds: their sum means nothing until the slope is multiplied by nights."
            ),
            wrong=WRONG_SHARES["M14"],
        ),
        Misconception(
            "first_night",
            N_("This is the share on night zero, before any sleep was lost. Asked is the last night."),
            wrong=WRONG_SHARES["first_night"],
            credit=0.5,
        ),
        Misconception(
            "middle",
            N_("This is the share in the middle of the nights. Asked is the last night."),
            wrong=WRONG_SHARES["middle"],
            credit=0.5,
        ),
        Misconception(
            "ten",
            N_("You went one step too far: ten nights are counted from zero."),
            wrong=WRONG_SHARES["ten"],
            credit=0.5,
        ),
        Misconception(
            "intercepts_only",
            N_(
                "This is the intraclass correlation of the model in which only intercepts vary: one number for every night. "
                "Here the slopes vary too."
            ),
            wrong=WRONG_SHARES["intercepts_only"],
            credit=0.25,
        ),
        Misconception(
            "no_covariance",
            N_(
                "The covariance of intercepts and slopes is missing: the variance of a + b·x has 2x·cov(a, b) in it."
            ),
            wrong=WRONG_SHARES["no_covariance"],
            credit=0.5,
        ),
        Misconception(
            "night_not_squared",
            N_("The night was not squared: the variance of b·x is x² times the variance of b."),
            wrong=WRONG_SHARES["night_not_squared"],
            credit=0.5,
        ),
        Misconception(
            "added_up",
            N_(
                "You added the variance of the slopes to that of the intercepts as it is. A slope has made its way for as many nights "
                "as have passed, and the covariance counts as well."
            ),
            wrong=WRONG_SHARES["added_up"],
            credit=0.25,
        ),
        Misconception(
            "variance",
            N_(
                "This is the variance between people, in squared milliseconds. Asked is its share of the whole."
            ),
            wrong=lambda data: float(between(components(data)[0], LAST)),
            credit=0.5,
        ),
        Misconception(
            "ratio",
            N_(
                "This is the variance between people over that inside people. A share divides by the sum of the two."
            ),
            wrong=lambda data: share_at(data) / (1 - share_at(data)),
            credit=0.5,
        ),
        Misconception(
            "in_units_of_sigma2",
            N_(
                "Your variances between people are in units of sigma², as in .params of statsmodels, and sigma² is not. Use .cov_re."
            ),
            wrong=_in_units_of_sigma2,
            credit=0.5,
        ),
        Misconception(
            "by_ml",
            N_(
                "This is the share by maximum likelihood. Asked is REML, whose variances between people are larger."
            ),
            wrong=_by_ml,
            credit=0.75,
        ),
        Misconception(
            "of_sds",
            N_("You took a share of standard deviations. Only variances add up, so shares are of variances."),
            wrong=WRONG_SHARES["of_sds"],
            credit=0.5,
        ),
        Misconception(
            "rest",
            N_("This is the share that lies inside people. Asked is the other part."),
            wrong=WRONG_SHARES["rest"],
            credit=0.5,
        ),
    ),
    explanation=N_(
        "A person's line at night x has the height a + b·x, whose variance over people is tau0² + 2·rho·tau0·tau1·x + tau1²·x². "
        "Its share of the whole is the variance partition at x; there is no single intraclass correlation."
    ),
)


# ---- lines that meet -----------------------------------------------------------------------------------------------


def _lines(answer):
    """Return (intercepts, slopes) of an answer, or None."""
    if not isinstance(answer, pd.DataFrame) or len(answer) < 5:
        return None
    if not {"intercept", "slope"} <= set(answer.columns):
        return None
    pair = answer[["intercept", "slope"]]
    if pair.shape[1] != 2 or any(type(entry) is str for entry in pair.to_numpy(object).flat):
        return None
    try:
        a, b = pair.to_numpy(float).T
    except (TypeError, ValueError):
        return None
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    return a, b


def correlation_at(answer, x):
    """Return the correlation of slopes and heights at x; nan where there is none."""
    found = _lines(answer)
    if found is None:
        return np.nan
    a, b = found
    height = a + x * b
    small = 1e-9 * (1 + np.abs(a).max() + abs(x) * np.abs(b).max())
    if min(np.std(height), np.std(b)) <= small:
        return np.nan
    return float(np.corrcoef(height, b)[0, 1])


LINES_THAT_MEET = Exercise(
    id="lines_that_meet",
    lesson="06",
    title=N_("Lines whose correlation has both signs"),
    kind="inverse",
    points=2,
    section="Where is zero?",
    criteria=(
        Criterion(
            lambda t: _lines(t) is not None,
            N_(
                "It must be a DataFrame of five lines or more with the columns intercept and slope, all finite numbers."
            ),
            0.2,
        ),
        Criterion(
            lambda t: correlation_at(t, 0) <= -0.8,
            N_(
                "With x counted from zero, the correlation of your intercepts and slopes is not as low as asked. "
                "Give the steepest lines the lowest start."
            ),
            0.4,
        ),
        Criterion(
            lambda t: correlation_at(t, 10) >= 0.8,
            N_(
                "With x counted from ten, the correlation of heights and slopes is not as high as asked. "
                "The steepest lines must have overtaken the others by then: compute intercept + 10 * slope."
            ),
            0.4,
        ),
    ),
    hints=(
        N_("Draw it: lines that come together, cross, and fan out again."),
        N_(
            "Left of the crossing the steep lines are low, right of it they are high. Where should they cross?"
        ),
        N_(
            "Choose some slopes, let all lines pass near one height halfway between the two origins, and compute each intercept as that height minus halfway times the slope."
        ),
    ),
    misconceptions=(
        Misconception(
            "M23",
            N_(
                "The sign of the correlation is no fact about the groups: the same lines have both, at two origins."
            ),
        ),
    ),
    explanation=N_(
        "Where lines cross, heights differ least. Before the crossing a steep line is low, after it high: one set of lines, "
        "two correlations of opposite sign."
    ),
)


# ---- sentences -----------------------------------------------------------------------------------------------------

READ_THE_SLOPES = Exercise(
    id="read_the_slopes",
    lesson="06",
    title=N_("Four sentences about varying slopes"),
    kind="slots",
    points=2,
    section="Two bars: the origin becomes part of the model",
    slots=(
        Slot(
            "moving_the_origin",
            ("nothing at all", "the lines and the criterion", "the intercepts, tau0 and the correlation"),
            "the intercepts, tau0 and the correlation",
            wrong={
                "nothing at all": Misconception(
                    "M23",
                    N_(
                        "The correlation is between slopes and heights at the origin. Look at the table of origins: two of its "
                        "columns change."
                    ),
                ),
                "the lines and the criterion": Misconception(
                    "fit_moves",
                    N_(
                        "With the correlation in the model the same lines can be written from any origin, so the fit stays."
                    ),
                ),
            },
        ),
        Slot(
            "both_and_correlated",
            ("(1 | Days | Subject)", "(1 + Days | Subject)", "(Days || Subject)"),
            "(1 + Days | Subject)",
            wrong={
                "(1 | Days | Subject)": Misconception(
                    "M25",
                    N_(
                        "A varying term has one bar: what varies stands to its left, the groups to its right. "
                        "This is no formula of any program."
                    ),
                ),
                "(Days || Subject)": Misconception(
                    "no_correlation",
                    N_("Both vary here, but two bars leave the correlation out."),
                ),
            },
        ),
        Slot(
            "two_bars_elsewhere",
            (
                "the same model, written more simply",
                "another model, with another fit",
                "a model without varying intercepts",
            ),
            "another model, with another fit",
            wrong={
                "the same model, written more simply": Misconception(
                    "M26",
                    N_(
                        "Uncorrelated at one origin means correlated at every other. So two bars make another claim at each origin; "
                        "compare the criteria in the table."
                    ),
                ),
                "a model without varying intercepts": Misconception(
                    "bars_drop_terms",
                    N_("Two bars keep both terms. What they leave out is the correlation."),
                ),
            },
        ),
        Slot(
            "slope_share",
            (
                "the intraclass correlation of the slopes",
                "the share between people on day one",
                "no share: its value changes with the unit of time",
            ),
            "no share: its value changes with the unit of time",
            wrong={
                "the intraclass correlation of the slopes": Misconception(
                    "M14",
                    N_(
                        "It adds squared milliseconds per squared day to squared milliseconds. "
                        "Count time in hours: the first shrinks, the second stays."
                    ),
                ),
                "the share between people on day one": Misconception(
                    "intercepts_forgotten",
                    N_("On day one people differ in their intercepts as well, and in the covariance."),
                ),
            },
        ),
    ),
    hints=(
        N_("Ask of each sentence: is this about the lines, or about the axis they are measured from?"),
        N_("The table of five origins has the answers to the first and the third."),
        N_(
            "A correlation is left out by a second bar. Leaving it out is a claim about one origin. "
            "A share needs two variances in the same unit."
        ),
    ),
    explanation=N_(
        "Lines and criterion do not depend on the origin, tau0 and rho do. So a model that fixes rho at zero is another model at "
        "every origin. And a slope's variance is per squared day: only after multiplying by days can it be added to sigma²."
    ),
)


def _kind(wanted):
    sentences = {
        "panel": N_(
            "A panel has many units that are each seen a few times. Look which of the two is the larger here."
        ),
        "time-series cross-section": N_(
            "A time-series cross-section has few units that are each seen many times. Look which of the two is the larger here."
        ),
        "non-nested": N_(
            "Non-nested means that a row belongs to two kinds of groups, none inside the other. Here every row has one kind, "
            "and time inside it."
        ),
    }
    if wanted == "non-nested":
        one = N_("A row belongs to two kinds of groups at once here, and neither lies inside the other.")
        sentences |= {"panel": one, "time-series cross-section": one}
    return {
        kind: Misconception(
            f"{kind.replace(' ', '_').replace('-', '_')}_for_{wanted.split('-')[0]}", sentence
        )
        for kind, sentence in sentences.items()
        if kind != wanted
    }


KINDS = ("panel", "time-series cross-section", "non-nested")

SORT_THE_DESIGNS = Exercise(
    id="sort_the_designs",
    lesson="06",
    title=N_("Panel, time series, or neither"),
    kind="slots",
    points=1,
    section="Which kind of repeated data?",
    slots=(
        Slot("children", KINDS, "panel", wrong=_kind("panel")),
        Slot("countries", KINDS, "time-series cross-section", wrong=_kind("time-series cross-section")),
        Slot("voices", KINDS, "non-nested", wrong=_kind("non-nested")),
        Slot(
            "dummies",
            (
                "varying intercepts without a distribution",
                "varying intercepts and varying slopes",
                "complete pooling",
            ),
            "varying intercepts without a distribution",
            wrong={
                "varying intercepts and varying slopes": Misconception(
                    "dummies_vary_slopes",
                    N_("A dummy per child moves the height of its line. The slope is common to all."),
                ),
                "complete pooling": Misconception(
                    "dummies_pool",
                    N_(
                        "Complete pooling has one line for all. A dummy gives each child a height of its own."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Count: how many units, and how often is each of them seen?"),
        N_("Many units and few times, or few units and many times? And is there one kind of group, or two?"),
        N_(
            "Four ages are few, sixty years are many, and a recording has both a speaker and a scenario. A dummy moves heights only."
        ),
    ),
    explanation=N_(
        "A panel has many units with few times each, a time-series cross-section few units with many times. Rows that belong to two "
        "kinds of groups, none inside the other, are non-nested. Least squares with dummies is the no-pooling form of varying intercepts."
    ),
)

CHECK_THE_METHODS = Exercise(
    id="check_the_methods",
    lesson="06",
    title=N_("Find the flaw: a methods paragraph"),
    kind="slots",
    points=2,
    section="How much should vary?",
    slots=(
        Slot(
            "faulty_sentence",
            ("the first", "the second", "the third"),
            "the third",
            wrong={
                "the first": Misconception(
                    "first_is_fine",
                    N_(
                        "The first sentence only says what was fitted; such a model is a fair start for four ages."
                    ),
                ),
                "the second": Misconception(
                    "test_is_fine",
                    N_(
                        "The test is done as it should be, with the boundary in mind. Look at what is made of it."
                    ),
                ),
            },
        ),
        Slot(
            "why",
            (
                "a large p shows that slopes are equal",
                "a large p does not show that slopes are equal",
                "the p-value should have been halved",
            ),
            "a large p does not show that slopes are equal",
            wrong={
                "a large p shows that slopes are equal": Misconception(
                    "M27",
                    N_(
                        "That is the authors' own step. With few children and four ages the test misses slopes that differ "
                        "by amounts that matter."
                    ),
                ),
                "the p-value should have been halved": Misconception(
                    "halved",
                    N_(
                        "The mixture already does what halving is meant to do; half of it would not be small either."
                    ),
                ),
            },
        ),
        Slot(
            "remedy",
            (
                "keep the varying slope, and report the larger standard error",
                "leave the varying slope out, because it is safe",
                "test again with ML instead of REML",
            ),
            "keep the varying slope, and report the larger standard error",
            wrong={
                "leave the varying slope out, because it is safe": Misconception(
                    "M27",
                    N_(
                        "Not significant is not the same as safe: the standard error of what the paper is about becomes smaller by it."
                    ),
                ),
                "test again with ML instead of REML": Misconception(
                    "another_test",
                    N_(
                        "Another test of the same question has the same lack of power. The question is what the design asks for."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Two of the three sentences report. One concludes."),
        N_("What would the test have said if growth did differ from child to child, by a little?"),
        N_(
            "Absence of evidence is not evidence of absence; and the number of interest is itself a slope, whose standard error "
            "rests on how much slopes vary."
        ),
    ),
    explanation=N_(
        "A test that is not significant does not show that slopes are equal. The paper's question is about mean slopes, so the "
        "design asks for slopes that vary; keeping them costs little, and leaving them out makes the standard error too small "
        "where they do vary."
    ),
)

EXERCISES = (
    RECENTRE,
    LAST_NIGHT_SHARE,
    LINES_THAT_MEET,
    READ_THE_SLOPES,
    SORT_THE_DESIGNS,
    CHECK_THE_METHODS,
)
