"""The exercises of lesson 02, "Three ways to pool".

Notation: groups j with n_j pupils and mean ȳ_j; sigma the SD of pupils within a group, tau the SD of the groups around mu,
both standard deviations in points; the mean of a group has variance sigma²/n_j.
References are written from the formulas, not borrowed from `hlm_teach`, so that one can check the other;
the exception is the wrong pipeline that *is* a fitted model.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Carry, Case, Criterion, Exercise, Misconception, Slot, Tolerance
from hlm_teach.locale import N_

EXACT = Tolerance(
    rtol=1e-6,
    atol=1e-9,
    reason=N_(
        "The formula is closed: any correct way of computing it agrees to about 1e-12, "
        "and the nearest wrong way differs by more than one part in a thousand."
    ),
)


# ---- one slope for all schools, an intercept for each: data of the student's own ----------------------------------


def _centred(data, column):
    return data[column] - data.groupby("school")[column].transform("mean")


def within_slope(data):
    """Return the slope of least squares with an intercept for each school: Σ x̃ỹ / Σ x̃², x̃ and ỹ centred by school."""
    x, y = _centred(data, "homework"), _centred(data, "math")
    return float((x * y).sum() / (x**2).sum())


def total_slope(data):
    """Return the slope of the one line through all pupils."""
    x, y = data["homework"] - data["homework"].mean(), data["math"] - data["math"].mean()
    return float((x * y).sum() / (x**2).sum())


def mean_of_slopes(data):
    """Return the plain mean of the slopes of separate lines, one a school."""
    x, y = _centred(data, "homework"), _centred(data, "math")
    return float(((x * y).groupby(data["school"]).sum() / (x**2).groupby(data["school"]).sum()).mean())


def slope_of_means(data):
    """Return the slope of the line through the schools' means."""
    means = data.groupby("school")[["homework", "math"]].mean()
    return float(np.polyfit(means["homework"], means["math"], 1)[0])


def varying_intercept_slope(data):
    """Return the slope of the model with varying intercepts, fitted by REML."""
    # imported here, so that the self-check of the other exercises starts without the engine
    from hlm_teach.lmm import lmm

    return float(lmm("math ~ homework + (1 | school)", data).fixef["homework"])


def varying_slopes_slope(data):
    """Return the mean slope of the model with varying intercepts and slopes, fitted by REML."""
    from hlm_teach.lmm import lmm

    return float(lmm("math ~ homework + (1 + homework | school)", data).fixef["homework"])


TEN_SCHOOLS = (
    2.136635  # the slope with an intercept for each of the ten schools of the lesson (a test computes it)
)


def ten_schools_slope(data):
    """Return what comes out when the lesson's ten schools are used instead of one's own eight."""
    return TEN_SCHOOLS


def ps02_data(rng):
    """Draw eight schools whose slope within schools can be told from every other slope that these pupils have.

    Schools in which much homework is set also score higher, so the line through all pupils is steeper than the lines
    inside the schools. Drawn again until the slope within is 1 to 3 points per step of homework, the total slope at least 0.8 steeper,
    the mean of the slopes at least 0.3 away, and the slopes of the two multilevel models and that of the lesson's own
    ten schools at least 0.04 away.
    """
    while True:
        sizes = rng.permutation([6, 8, 10, 12, 15, 20, 28, 41])
        level = rng.normal(0.0, 1.0, 8)
        school = np.repeat([f"S{j + 1}" for j in range(8)], sizes)
        j = np.repeat(np.arange(8), sizes)
        steps = np.clip(np.round(2.6 + 0.8 * level[j] + 1.4 * rng.standard_normal(j.size)), 0, 7)
        slope = 2.0 + 1.5 * rng.standard_normal(8)
        line = 45.0 + 4.0 * level[j] + 1.5 * rng.standard_normal(8)[j] + slope[j] * (steps - 2.6)
        math = np.round(line + 6.0 * rng.standard_normal(j.size), 1)
        data = pd.DataFrame({"school": school, "homework": steps.astype(int), "math": math})
        if data.groupby("school")["homework"].nunique().min() < 3:
            continue
        within = within_slope(data)
        if (
            1.0 <= within <= 3.0
            and total_slope(data) - within >= 0.8
            and abs(mean_of_slopes(data) - within) >= 0.3
            and abs(slope_of_means(data) - within) >= 0.8
            and abs(TEN_SCHOOLS - within) >= 0.04
            and abs(varying_intercept_slope(data) - within) >= 0.04
            and abs(varying_slopes_slope(data) - within) >= 0.04
        ):
            return data


DATA = {"ps02": ps02_data}

COMMON_SLOPE = Exercise(
    id="common_slope",
    lesson="02",
    title=N_("One slope, an intercept for each school"),
    kind="value",
    points=2,
    section="No pooling: a line for each school",
    reference=within_slope,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.006,
        reason=N_(
            "Rounding to two decimals is welcome, and a least-squares slope is exact far beyond that; "
            "the data are drawn so that every other slope of these pupils is at least 0.04 points per step of homework away."
        ),
    ),
    data="ps02",
    hints=(
        N_("Eight schools, nine coefficients: what are the nine?"),
        N_(
            "Least squares with a dummy for each school gives each its own intercept. What is shared is the slope. "
            "In a formula, C(school) makes the dummies."
        ),
        N_(
            'Fit smf.ols("math ~ 0 + C(school) + homework", data=my_pupils).fit() and take its coefficient of homework.'
        ),
    ),
    misconceptions=(
        Misconception(
            "M1",
            N_(
                "This is the slope of the one line through all pupils: complete pooling, which ignores the schools. "
                "No pooling gives each school an intercept of its own."
            ),
            wrong=total_slope,
            credit=0.25,
        ),
        Misconception(
            "mean_of_slopes",
            N_(
                "This is the plain mean of eight separate slopes, in which a school of six counts as much as a school of forty-one. "
                "Fit one slope together with eight intercepts."
            ),
            wrong=mean_of_slopes,
            credit=0.5,
        ),
        Misconception(
            "slope_of_means",
            N_(
                "This is the slope through the eight school means: it compares schools. "
                "The slope asked for compares pupils of the same school."
            ),
            wrong=slope_of_means,
        ),
        Misconception(
            "varying_intercepts",
            N_(
                "This is the slope of partial pooling: your intercepts have a distribution. "
                "For no pooling let each intercept be free, with a dummy for each school."
            ),
            wrong=varying_intercept_slope,
            credit=0.5,
        ),
        Misconception(
            "varying_slopes",
            N_(
                "This is the mean slope of a model in which slopes and intercepts have distributions. "
                "Here one slope is shared by all schools, and each intercept is free: a dummy for each school."
            ),
            wrong=varying_slopes_slope,
            credit=0.25,
        ),
        Misconception(
            "ten_schools",
            N_(
                "This is the slope of the ten schools in pupils. Fit the same model to your own eight, my_pupils."
            ),
            wrong=ten_schools_slope,
            credit=0.5,
        ),
    ),
    explanation=N_(
        "With a dummy for each school, every comparison is between pupils of one school, so differences between schools "
        "cannot tilt the slope. It is a weighted average of the eight slopes: the weight of a school is its sum of squared "
        "distances of homework from the school's mean, so schools with many pupils and spread-out homework count most."
    ),
)


# ---- partial pooling of means, mu, sigma and tau given --------------------------------------------------------------


def partially_pooled(mean, n, sigma, tau, mu):
    """(n/sigma²·mean + mu/tau²) / (n/sigma² + 1/tau²): Gelman & Hill, equation 12.1, with mu as the target."""
    own, target = n / sigma**2, 1 / tau**2
    return (own * mean + target * mu) / (own + target)


def _weighted(own_weight):
    """Return the pipeline that gives each mean the weight own_weight(n, sigma, tau) and the target the rest."""

    def wrong(mean, n, sigma, tau, mu):
        w = own_weight(n, sigma, tau)
        return w * mean + (1 - w) * mu

    return wrong


def _estimated_target(mean, n, sigma, tau, mu):
    precision = 1 / (sigma**2 / n + tau**2)
    return partially_pooled(mean, n, sigma, tau, float(np.average(mean, weights=precision)))


HAND = {
    "mean": np.array([58.0, 45.0, 40.0]),
    "n": np.array([36, 16, 4]),
    "sigma": 8.0,
    "tau": 4.0,
    "mu": 48.0,
}


def _schools(rng, J=8):
    n = rng.choice([2, 4, 5, 9, 14, 25, 60, 120], J, replace=False)
    sigma, tau = float(np.round(rng.uniform(5.0, 9.0), 1)), float(np.round(rng.uniform(2.5, 4.5), 1))
    mu = float(np.round(rng.uniform(45.0, 55.0), 1))
    truth = np.round(mu + tau * rng.standard_normal(J), 1)
    mean = np.round(truth + sigma / np.sqrt(n) * rng.standard_normal(J), 1)
    mean[np.argmax(n)] = np.round(
        mu + 2.0 * tau, 1
    )  # the largest school stands apart: all pupils' mean is not mu
    return truth, {"mean": mean, "n": n, "sigma": sigma, "tau": tau, "mu": mu}


PARTIAL_MEANS = Exercise(
    id="partial_means",
    lesson="02",
    title=N_("From a pencil to a function"),
    kind="function",
    points=3,
    section="Three schools and a pencil",
    reference=partially_pooled,
    tolerance=EXACT,
    shown=(
        Case(HAND, label=N_("the three schools that we worked by hand")),
        Case(
            {
                "mean": np.array([44.0, 52.0, 60.0]),
                "n": np.array([1, 400, 1]),
                "sigma": 6.0,
                "tau": 3.0,
                "mu": 50.0,
            },
            label=N_("two schools of one pupil and one of four hundred"),
        ),
    ),
    draw=lambda rng: Case(_schools(rng)[1], label=N_("eight schools of two to a hundred and twenty pupils")),
    hints=(
        N_(
            "Two statements about a school: its own pupils' mean, and what schools are like. How sure is each?"
        ),
        N_(
            "How sure is one over a variance. The mean of n pupils has variance sigma²/n, a school has variance tau² around mu."
        ),
        N_(
            "Weight the mean by n/sigma² and mu by 1/tau², add the two products, and divide by the sum of the two weights."
        ),
    ),
    misconceptions=(
        Misconception(
            "swapped_weights",
            N_(
                "The weights are swapped: your small schools keep their own mean, and your large schools are pulled to mu."
            ),
            wrong=_weighted(lambda n, sigma, tau: (sigma**2 / n) / (sigma**2 / n + tau**2)),
            credit=0.5,
        ),
        Misconception(
            "forgot_n",
            N_(
                "Every school gets the same weights in your function. The mean of n pupils has variance sigma²/n, not sigma²."
            ),
            wrong=_weighted(lambda n, sigma, tau: tau**2 / (sigma**2 + tau**2)),
            credit=0.25,
        ),
        Misconception(
            "sd_for_variance",
            N_(
                "You weighted by one over a standard deviation. How sure a statement is, is one over its variance."
            ),
            wrong=_weighted(lambda n, sigma, tau: tau / (tau + sigma / np.sqrt(n))),
            credit=0.5,
        ),
        Misconception(
            "n_squared",
            N_("You squared sigma/n. The standard error of a mean is sigma/√n, so its variance is sigma²/n."),
            wrong=_weighted(lambda n, sigma, tau: tau**2 / (tau**2 + (sigma / n) ** 2)),
            credit=0.5,
        ),
        Misconception(
            "half_way",
            N_("You went half of the way for every school. How far to go depends on n, sigma and tau."),
            wrong=_weighted(lambda n, sigma, tau: 0.5),
        ),
        Misconception(
            "grand_mean_target",
            N_(
                "Your weights are right, but you pull toward the mean of all pupils. "
                "The target is mu, the mean of the distribution of schools; it is given."
            ),
            wrong=lambda mean, n, sigma, tau, mu: partially_pooled(
                mean, n, sigma, tau, float(np.average(mean, weights=n))
            ),
            credit=0.5,
        ),
        Misconception(
            "mean_of_means_target",
            N_(
                "Your weights are right, but you pull toward the plain mean of the means. "
                "The target is mu, the mean of the distribution of schools; it is given."
            ),
            wrong=lambda mean, n, sigma, tau, mu: partially_pooled(mean, n, sigma, tau, float(np.mean(mean))),
            credit=0.5,
        ),
        Misconception(
            "swapped_sds",
            N_(
                "Sigma and tau have changed places: sigma is how pupils of one school differ, tau how schools differ."
            ),
            wrong=lambda mean, n, sigma, tau, mu: partially_pooled(mean, n, tau, sigma, mu),
            credit=0.5,
        ),
        Misconception(
            "the_weight",
            N_(
                "These are the weights on the schools' own means. Multiply them by the means, and give mu the rest."
            ),
            wrong=lambda mean, n, sigma, tau, mu: (n / sigma**2) / (n / sigma**2 + 1 / tau**2),
            credit=0.5,
        ),
        Misconception(
            "estimated_target",
            N_(
                "Your weights are right, but you estimate the target from the means. Here mu is given: pull toward it."
            ),
            wrong=_estimated_target,
            credit=0.5,
        ),
        Misconception(
            "no_squares",
            N_(
                "You weighted by n/sigma and 1/tau. Sigma and tau are standard deviations: square them to get variances."
            ),
            wrong=_weighted(lambda n, sigma, tau: (n / sigma) / (n / sigma + 1 / tau)),
            credit=0.5,
        ),
        Misconception(
            "not_divided",
            N_("You added the two weighted values but did not divide by the sum of the weights."),
            wrong=lambda mean, n, sigma, tau, mu: n / sigma**2 * mean + mu / tau**2,
            credit=0.5,
        ),
        Misconception(
            "complete_pooling",
            N_("Every school gets the mean of all pupils in your function: that is complete pooling."),
            wrong=lambda mean, n, sigma, tau, mu: np.full(len(mean), np.average(mean, weights=n)),
        ),
        Misconception(
            "no_pooling",
            N_(
                "You returned the schools' own means: that is no pooling. Move each of them part of the way to mu."
            ),
            wrong=lambda mean, n, sigma, tau, mu: np.asarray(mean, dtype=float),
        ),
    ),
    explanation=N_(
        "The pupils say: the school is at its mean, give or take sigma/√n. The distribution of schools says: it is at mu, give or "
        "take tau. Two independent statements about one number are combined with weights of one over their variances."
    ),
)


# ---- the error of the three, where the truth is known ---------------------------------------------------------------


def _errors(truth, complete, none, partial, of=np.square, weights=None):
    def mse(estimate):
        return float(np.average(of(estimate - truth), weights=weights))

    return {"complete": mse(complete), "none": mse(none), "partial": mse(partial)}


def three_errors(truth, mean, n, sigma, tau, mu):
    """Return the mean squared error over the schools of complete, no and partial pooling."""
    return _errors(truth, np.average(mean, weights=n), mean, partially_pooled(mean, n, sigma, tau, mu))


def _weighted_errors(truth, mean, n, sigma, tau, mu):
    partial = partially_pooled(mean, n, sigma, tau, mu)
    return _errors(truth, np.average(mean, weights=n), mean, partial, weights=n)


def _swapped(truth, mean, n, sigma, tau, mu):
    right = three_errors(truth, mean, n, sigma, tau, mu)
    return {"complete": right["none"], "none": right["complete"], "partial": right["partial"]}


def _school_case(rng):
    truth, inputs = _schools(rng)
    return Case({"truth": truth} | inputs, label=N_("eight simulated schools whose true means are known"))


MSE_THREE_WAYS = Exercise(
    id="mse_three_ways",
    lesson="02",
    title=N_("Measure the three"),
    kind="function",
    points=3,
    section="Which way is best?",
    reference=three_errors,
    tolerance=EXACT,
    shown=(
        Case(
            {"truth": np.array([57.0, 47.0, 46.0])} | HAND,
            label=N_("the three schools, with true means made up"),
        ),
    ),
    draw=_school_case,
    hints=(
        N_(
            "Three lists of estimates, one truth. For each list: how far off is it, on average over the schools?"
        ),
        N_(
            "Complete pooling gives every school the mean of all pupils, so larger schools count more; "
            "no pooling gives each its own mean; for partial pooling call your partial_means."
        ),
        N_(
            "np.average(mean, weights=n) is the mean of all pupils. The mean squared error of an estimate is "
            "np.mean((estimate - truth)**2). Return a dict with the keys complete, none and partial."
        ),
    ),
    misconceptions=(
        Misconception(
            "M1",
            N_(
                "Two labels are swapped: complete pooling is one number for all schools, no pooling is each school on its own."
            ),
            wrong=_swapped,
            credit=0.25,
        ),
        Misconception(
            "root_mean_square",
            N_("You took the square root: that is in points. The mean squared error is in squared points."),
            wrong=lambda **inputs: {k: v**0.5 for k, v in three_errors(**inputs).items()},
            credit=0.5,
        ),
        Misconception(
            "sum_of_squares",
            N_(
                "You added the squared errors. Take their mean, so that the number does not grow with the number of schools."
            ),
            wrong=lambda **inputs: {k: v * len(inputs["mean"]) for k, v in three_errors(**inputs).items()},
            credit=0.5,
        ),
        Misconception(
            "mu_for_complete",
            N_(
                "For complete pooling you used mu. Complete pooling knows no schools and no mu: its one number is the mean of all pupils."
            ),
            wrong=lambda truth, mean, n, sigma, tau, mu: _errors(
                truth, mu, mean, partially_pooled(mean, n, sigma, tau, mu)
            ),
            credit=0.5,
        ),
        Misconception(
            "mean_of_means",
            N_(
                "For complete pooling you took the plain mean of the school means. Complete pooling counts pupils, so a large school weighs more."
            ),
            wrong=lambda truth, mean, n, sigma, tau, mu: _errors(
                truth, np.mean(mean), mean, partially_pooled(mean, n, sigma, tau, mu)
            ),
            credit=0.5,
        ),
        Misconception(
            "absolute_error",
            N_(
                "You took the mean of the absolute distances, which is in points. Square the distances first."
            ),
            wrong=lambda truth, mean, n, sigma, tau, mu: _errors(
                truth,
                np.average(mean, weights=n),
                mean,
                partially_pooled(mean, n, sigma, tau, mu),
                of=np.abs,
            ),
            credit=0.5,
        ),
        Misconception(
            "mean_error",
            N_(
                "You averaged the errors without squaring them, so errors up and errors down cancel. Square them first."
            ),
            wrong=lambda truth, mean, n, sigma, tau, mu: _errors(
                truth,
                np.average(mean, weights=n),
                mean,
                partially_pooled(mean, n, sigma, tau, mu),
                of=np.asarray,
            ),
            credit=0.25,
        ),
        Misconception(
            "weighted_by_pupils",
            N_("You weighted the squared errors by pupils. Each school is one error: take their plain mean."),
            wrong=_weighted_errors,
            credit=0.5,
        ),
        Misconception(
            "distance_to_data",
            N_(
                "You measured the distance to the schools' observed means, and by that no pooling is perfect. "
                "Measure the distance to the truth."
            ),
            wrong=lambda truth, mean, n, sigma, tau, mu: three_errors(mean, mean, n, sigma, tau, mu),
            credit=0.25,
        ),
    ),
    carries=(
        Carry(
            "partial_means",
            inputs_of=lambda truth, mean, n, sigma, tau, mu: {
                "mean": mean,
                "n": n,
                "sigma": sigma,
                "tau": tau,
                "mu": mu,
            },
            reference=lambda value, truth, mean, n, sigma, tau, mu: _errors(
                truth, np.average(mean, weights=n), mean, np.asarray(value, dtype=float)
            ),
        ),
    ),
    explanation=N_(
        "Complete pooling errs by ignoring how schools differ, no pooling by believing all of the noise. Partial pooling accepts "
        "a little of the first error to be rid of more of the second, so over many schools its mean squared error is the lowest."
    ),
)


# ---- data in which partial pooling loses for one school, and wins over all --------------------------------------------

SIGMA, TAU = 8.0, 5.0


def _is_table(answer) -> bool:
    if (
        not isinstance(answer, pd.DataFrame)
        or len(answer) < 6
        or not {"n", "truth", "mean"} <= set(answer.columns)
    ):
        return False
    if any(type(entry) is str for entry in answer[["n", "truth", "mean"]].to_numpy(object).flat):
        return False  # "4" looks like a number and sorts like a text
    try:
        values = answer[["n", "truth", "mean"]].to_numpy(float)
    except (TypeError, ValueError):
        return False
    if values.shape[1] != 3 or not np.isfinite(values).all():
        return False
    n = values[:, 0]
    return bool(((n >= 1) & (n == np.round(n))).all())


def _losses(table):
    """Return n, the standard errors, and how far off no pooling and partial pooling are, a school each."""
    n, truth, mean = table[["n", "truth", "mean"]].to_numpy(float).T
    w = 1 / (SIGMA**2 / n + TAU**2)
    partial = partially_pooled(mean, n, SIGMA, TAU, np.sum(w * mean) / np.sum(w))
    return n, SIGMA / np.sqrt(n), np.abs(mean - truth), np.abs(partial - truth)


def _fair_noise(table) -> bool:
    _n, se, none, _partial = _losses(table)
    return bool((none <= 2 * se + 1e-9).all())


def _smallest_loses(table) -> bool:
    n, _se, none, partial = _losses(table)
    smallest = int(np.argmin(n))
    return int((n == n[smallest]).sum()) == 1 and bool(partial[smallest] >= none[smallest] + 1)


def _nobody_loses(table) -> bool:
    _n, _se, none, partial = _losses(table)
    return bool((partial <= none).all())


def _wins_over_all(table) -> bool:
    _n, _se, none, partial = _losses(table)
    return bool(np.mean(partial**2) < np.mean(none**2))


HONEST_EXTREME = Exercise(
    id="honest_extreme",
    lesson="02",
    title=N_("Make data where partial pooling loses"),
    kind="inverse",
    points=3,
    section="Better on average is not better for everyone",
    criteria=(
        Criterion(
            _is_table,
            N_(
                "Give a DataFrame of at least six rows with the columns n (whole numbers from one), truth and mean, all of them finite."
            ),
            0.1,
        ),
        Criterion(
            lambda t: _is_table(t) and _fair_noise(t),
            N_("A mean is too far from its truth: each must lie within two standard errors, 2·8/√n points."),
            0.2,
        ),
        Criterion(
            lambda t: _is_table(t) and _wins_over_all(t),
            N_(
                "Over all your schools partial pooling is not better than no pooling. Give the other schools some noise: "
                "means that lie further out than their truths."
            ),
            0.35,
        ),
        Criterion(
            lambda t: _is_table(t) and _smallest_loses(t),
            N_(
                "There must be one smallest school, alone in its size, and partial pooling must be further from its truth "
                "than its own mean is, by a point or more. In your data it is not."
            ),
            0.35,
        ),
    ),
    hints=(
        N_("Partial pooling pulls a school toward the others. For which school is that the wrong direction?"),
        N_(
            "Take a small school that truly is far from the others, and whose mean happens to be right. Its estimate is pulled "
            "away from the truth. In the other schools let the means lie further out than the truths."
        ),
        N_(
            "Five schools of nine with truth 50 and means 54, 46, 54, 46, 54; then one school of four with truth 60 and mean 60. "
            "Now change it into something of your own."
        ),
    ),
    misconceptions=(
        Misconception(
            "M9",
            N_(
                "Partial pooling is better on average over the schools, not for every school: who truly is extreme is pulled away from the truth."
            ),
            wrong=lambda t: _is_table(t) and _nobody_loses(t),
        ),
    ),
    explanation=N_(
        "Most schools with an extreme mean owe part of it to luck, and pulling them in corrects that. A school that is extreme in truth "
        "is pulled in all the same, because its few pupils cannot prove it. The method trades this one's loss for the gain of the others."
    ),
)


# ---- naming and reading ------------------------------------------------------------------------------------------------


NAME_THE_LINES = Exercise(
    id="name_the_lines",
    lesson="02",
    title=N_("Name the lines, read the numbers"),
    kind="slots",
    points=3,
    section="Partial pooling: the schools come from a distribution",
    slots=(
        Slot(
            "ignores_the_school",
            ("no pooling", "complete pooling", "partial pooling"),
            "complete pooling",
            wrong={
                "no pooling": Misconception(
                    "M1",
                    N_(
                        "A published notebook makes the same swap. The words describe the data, not the lines: "
                        "to fit a single line, what was put into one pool?"
                    ),
                ),
                "partial pooling": Misconception(
                    "M1",
                    N_(
                        "Partial pooling has a line for each school; the model that ignores the school has one."
                    ),
                ),
            },
        ),
        Slot(
            "dummies_do_not_have",
            (
                "an intercept for each school",
                "a distribution for the intercepts",
                "a residual for each pupil",
            ),
            "a distribution for the intercepts",
            wrong={
                "an intercept for each school": Misconception(
                    "M4",
                    N_(
                        "Dummies are just that: an intercept for each school. What ties the intercepts together?"
                    ),
                ),
                "a residual for each pupil": Misconception(
                    "M4", N_("Both models have a residual for each pupil. Look one level higher.")
                ),
            },
        ),
        Slot(
            "tau_goes_to_zero",
            ("no pooling", "the REML fit", "complete pooling"),
            "complete pooling",
            wrong={
                "no pooling": Misconception(
                    "swapped_limits",
                    N_("If tau is zero, schools may not differ at all. How many lines are left then?"),
                ),
                "the REML fit": Misconception(
                    "swapped_limits",
                    N_(
                        "REML picks the tau that the data support; here tau is driven to an end of the scale."
                    ),
                ),
            },
        ),
        Slot(
            "slope_says",
            (
                "a pupil who does one step more will gain that many points",
                "schools one step higher in homework score higher by that many points",
                "pupils one step higher in homework score higher by that many points on average",
            ),
            "pupils one step higher in homework score higher by that many points on average",
            wrong={
                "a pupil who does one step more will gain that many points": Misconception(
                    "causal_reading",
                    N_(
                        "The slope compares different pupils. Nobody was made to do more homework, so it is not the effect of doing more."
                    ),
                ),
                "schools one step higher in homework score higher by that many points": Misconception(
                    "wrong_unit",
                    N_(
                        "The rows are pupils, so pupils are compared, of one school and of different schools. No row is a school."
                    ),
                ),
            },
        ),
        Slot(
            "top_and_bottom_of_the_list",
            ("mostly counties with extreme radon", "mostly small counties", "mostly large counties"),
            "mostly small counties",
            wrong={
                "mostly large counties": Misconception(
                    "extremes",
                    N_("A large county's mean cannot stray far. Look at the ends of the funnel again."),
                ),
                "mostly counties with extreme radon": Misconception(
                    "extremes",
                    N_(
                        "What is extreme there is the mean of a few houses, and few houses make extreme means by chance alone."
                    ),
                ),
            },
        ),
        Slot(
            "for_one_county",
            ("may be further from the truth", "is closer to the truth", "is unbiased"),
            "may be further from the truth",
            wrong={
                "is closer to the truth": Misconception(
                    "M9",
                    N_(
                        "Closer on average over the counties. A county that is extreme in truth is pulled away from it."
                    ),
                ),
                "is unbiased": Misconception(
                    "M9",
                    N_(
                        "Given the county's true level its estimate leans toward the others: that lean is a bias."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Each blank has its figure in the lesson. Find the figure first, then the word."),
        N_(
            "The words say what was pooled: completely pooled is everybody in one heap, not pooled is each school alone. "
            "Tau is how much schools differ."
        ),
        N_(
            "One heap gives one line; dummies leave the intercepts unrelated; tau at zero means that schools do not differ; "
            "a slope compares pupils; few houses make extreme means; and on average is not for each."
        ),
    ),
    explanation=N_(
        "The names describe the data, not the lines: completely pooled data give one line. What makes partial pooling partial is the "
        "distribution of the intercepts, whose tau sets where between the two ends the estimates lie."
    ),
)


ADVISE_THE_INSPECTORS = Exercise(
    id="advise_the_inspectors",
    lesson="02",
    title=N_("Advise the health department"),
    kind="written",
    points=4,
    section="The wrong analysis: inspectors for the top of the list",
    hints=(
        N_(
            "Write to somebody who has never heard of a standard error. What is wrong with the list, in one sentence?"
        ),
        N_(
            "Count the houses of the eight counties at the top, and look at the funnel again: which of its ends are they from?"
        ),
        N_(
            "Four sentences to begin with: how many of the eight have so few houses; how far the mean of so few can be off by chance; "
            "which list instead, and what becomes of its first county; which county that list would treat unjustly."
        ),
    ),
    rubric=(
        (
            1.0,
            N_(
                "Says that the counties at the top of the list of means have few measured houses, with a count from the data."
            ),
        ),
        (
            1.0,
            N_(
                "Says why few houses make extreme means: the standard error sigma/√n, in log radon or as a factor."
            ),
        ),
        (
            1.0,
            N_(
                "Recommends the partially pooled list, or measuring more houses first, and says what changes."
            ),
        ),
        (
            1.0,
            N_(
                "Names a limit: a county that truly is extreme is pulled in too, or the houses are no random sample."
            ),
        ),
    ),
    explanation=N_(
        "A good answer says who is on the list and why, what the better list is, and what that list can still get wrong, in words that a "
        "department head can use."
    ),
)

EXERCISES = (
    PARTIAL_MEANS,
    COMMON_SLOPE,
    MSE_THREE_WAYS,
    HONEST_EXTREME,
    NAME_THE_LINES,
    ADVISE_THE_INSPECTORS,
)
