"""The exercises of lesson 05, "Where the variance components come from".

Notation: J groups of n rows; msb, msw the mean squares between and within groups; tau, sigma the SDs between and within.
References are written from the formulas of the balanced case, not borrowed from `hlm_teach`, so that one can check the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm
from scipy.stats import f as f_distribution

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- tau from two mean squares --------------------------------------------------------------------------------------


def tau_from(msb, msw, J, n, method):
    """tau = √max(0, (f·msb − msw)/n), f = 1 for REML and 1 − 1/J for ML."""
    share = 1 - 1 / J if method == "ML" else 1.0
    return float(np.sqrt(max(0.0, (share * msb - msw) / n)))


def _raw(share, n_of=lambda J, n: n):
    """Return the difference of mean squares, uncut, with this share of msb and this divisor."""
    return lambda msb, msw, J, n, method: float((share(J, method) * msb - msw) / n_of(J, n))


def _rooted(raw):
    return lambda *args, **kwargs: float(np.sqrt(max(0.0, raw(*args, **kwargs))))


def _right_share(J, method):
    return 1 - 1 / J if method == "ML" else 1.0


_uncut = _raw(_right_share)


def _ml_of_the_difference(msb, msw, J, n, method):
    share = _right_share(J, method)
    return float(np.sqrt(max(0.0, share * (msb - msw) / n)))


def _mean_squares_case(rng):
    J, n = int(rng.integers(4, 13)), int(rng.integers(3, 11))
    msw = float(np.round(rng.uniform(20, 200), 1))
    zero = rng.random() < 0.25
    ratio = rng.uniform(0.3, 0.9) if zero else rng.uniform(2.0, 6.0)
    method = str(rng.choice(["REML", "ML"]))
    label = N_("groups whose means differ less than their noise") if zero else N_("groups that differ")
    return Case(
        {"msb": float(np.round(ratio * msw, 1)), "msw": msw, "J": J, "n": n, "method": method}, label=label
    )


DYESTUFF = {"msb": 11271.5, "msw": 2451.25, "J": 6, "n": 5}
DYESTUFF2 = {"msb": 8.33632576, "msw": 14.9458896, "J": 6, "n": 5}

TAU_BALANCED = Exercise(
    id="tau_balanced",
    lesson="05",
    title=N_("The SD between groups from two mean squares"),
    kind="function",
    points=3,
    section="The same mistake as dividing by n",
    reference=tau_from,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_(
            "The formula is closed: any correct way of computing it agrees to about 1e-12, "
            "and in every drawn case the nearest wrong way is more than one part in a hundred away."
        ),
    ),
    shown=(
        Case(DYESTUFF | {"method": "REML"}, label=N_("the six batches of dyestuff, by REML")),
        Case(DYESTUFF | {"method": "ML"}, label=N_("the six batches of dyestuff, by ML")),
        Case(DYESTUFF2 | {"method": "REML"}, label=N_("the invented batches, which differ less than noise")),
    ),
    draw=_mean_squares_case,
    hidden=8,
    hints=(
        N_(
            "The mean square between batches holds two things, the noise of the rows and the differences of the groups. "
            "Take the noise away first."
        ),
        N_(
            "What is left counts the variance between groups n times. For ML the mean square between is replaced by what comes out "
            "when the sum of squares is divided by J instead of J − 1: (1 − 1/J) times msb."
        ),
        N_(
            "Let share be 1 for REML and 1 − 1/J for ML. The variance is (share·msb − msw)/n, or 0 if that is negative; "
            "return its square root."
        ),
    ),
    misconceptions=(
        Misconception(  # before the two below: it agrees with each wherever that one is wrong
            "methods_swapped",
            N_(
                "The two methods are swapped: ML is the one that divides by J, and its estimate is the smaller one."
            ),
            wrong=_rooted(_raw(lambda J, method: 1 - 1 / J if method == "REML" else 1.0)),
            credit=0.5,
        ),
        Misconception(
            "always_reml",
            N_(
                "Your function gives the REML estimate for both methods. For ML the sum of squares between groups is divided by J, "
                "not by J − 1."
            ),
            wrong=_rooted(_raw(lambda J, method: 1.0)),
            credit=0.5,
        ),
        Misconception(
            "always_ml",
            N_(
                "Your function gives the ML estimate for both methods. REML keeps the mean square between groups as it is."
            ),
            wrong=_rooted(_raw(lambda J, method: 1 - 1 / J)),
            credit=0.5,
        ),
        Misconception(
            "variance_for_sd",
            N_("You returned the variance between groups. tau is its square root."),
            wrong=lambda **inputs: max(0.0, _uncut(**inputs)),
            credit=0.5,
        ),
        Misconception(
            "anova_variance",
            N_(
                "You returned the difference of the mean squares over n as it is. That is the variance by REML, before the cut: "
                "tau is a root, ML has another share of msb, and nothing is below zero."
            ),
            wrong=_raw(lambda J, method: 1.0),
            credit=0.25,
        ),
        Misconception(
            "forgot_n",
            N_(
                "You did not divide by n: the mean square between groups counts each group's variance n times."
            ),
            wrong=_rooted(_raw(_right_share, lambda J, n: 1)),
            credit=0.5,
        ),
        Misconception(
            "divided_by_groups",
            N_(
                "You divided by the number of groups. It is the number of rows in a group that multiplies tau²."
            ),
            wrong=_rooted(_raw(_right_share, lambda J, n: J)),
            credit=0.5,
        ),
        Misconception(
            "not_cut",
            N_(
                "Where the groups differ less than their noise, you took the root of a negative number. "
                "A variance ends at zero: cut it off there."
            ),
            wrong=lambda **inputs: float(np.sqrt(_uncut(**inputs))),
            credit=0.5,
        ),
        Misconception(
            "sign_dropped",
            N_(
                "Where the groups differ less than their noise, you dropped the minus sign. Such a set gives the estimate zero, "
                "not a positive one."
            ),
            wrong=lambda **inputs: float(np.sqrt(abs(_uncut(**inputs)))),
            credit=0.5,
        ),
        Misconception(
            "ml_of_the_difference",
            N_(
                "For ML you multiplied the whole difference by (1 − 1/J). Only the mean square between groups is affected: "
                "the one within has its own divisor."
            ),
            wrong=_ml_of_the_difference,
            credit=0.5,
        ),
        Misconception(
            "noise_not_removed",
            N_(
                "You did not take away the mean square within groups. Means differ by noise alone too, and that part is not tau²."
            ),
            wrong=lambda msb, msw, J, n, method: float(np.sqrt(_right_share(J, method) * msb / n)),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The mean square between groups is σ² + nτ² on average, the one within σ². Their difference over n estimates τ², and REML gives just "
        "that for balanced data. ML takes the mean of all groups for known and divides by J where REML divides by J − 1. "
        "No variance is below zero, so both are cut there."
    ),
)


# ---- groups whose means differ although tau is estimated as zero ---------------------------------------------------


def _balanced(answer) -> np.ndarray | None:
    """Return the rows of each group as a matrix J × n, or None if the table is not what was asked for."""
    if not isinstance(answer, pd.DataFrame) or not {"group", "y"} <= set(answer.columns):
        return None
    if answer.columns.duplicated().any() or answer["group"].isna().any():
        return None
    if any(isinstance(entry, str | bool | complex) for entry in answer["y"]):
        return None
    try:
        y = answer["y"].to_numpy(float)
        codes, levels = pd.factorize(answer["group"])
    except (TypeError, ValueError, OverflowError):
        return None
    sizes = np.bincount(codes, minlength=1)
    if len(levels) < 4 or len(set(sizes)) != 1 or sizes[0] < 3 or not np.isfinite(y).all():
        return None
    return y[np.argsort(codes, kind="stable")].reshape(len(levels), sizes[0])


def _means_differ(y: np.ndarray) -> bool:
    return bool(np.ptp(y.mean(axis=1)) >= 5 - 1e-9)


def mean_squares(y: np.ndarray) -> tuple[float, float]:
    """Return the mean squares between and within the rows of a matrix J × n."""
    J, n = y.shape
    means = y.mean(axis=1)
    between = n * np.sum((means - means.mean()) ** 2) / (J - 1)
    return float(between), float(np.sum((y - means[:, None]) ** 2) / (J * (n - 1)))


def _tau_is_zero(y: np.ndarray) -> bool:
    between, within = mean_squares(y)
    return between <= within * (1 + 1e-12)


def _also(holds):
    def check(answer):
        y = _balanced(answer)
        return y is not None and holds(y)

    return check


ZERO_AND_DIFFERENT = Exercise(
    id="zero_and_different",
    lesson="05",
    title=N_("An estimate of zero, and means that differ"),
    kind="inverse",
    points=2,
    section="An estimate of zero",
    criteria=(
        Criterion(
            _also(lambda y: True),
            N_(
                "It must be a DataFrame with the columns group and y: four groups or more, each with the same number of rows, "
                "three or more, and every y a finite number."
            ),
            0.2,
        ),
        Criterion(
            _also(_means_differ),
            N_("The largest group mean must lie five points or more above the smallest. Yours lie closer."),
            0.4,
        ),
        Criterion(
            _also(_tau_is_zero),
            N_(
                "By REML your tau is above zero: the mean square between groups is larger than the one within. "
                "Spread the rows inside the groups more."
            ),
            0.4,
        ),
    ),
    hints=(
        N_("Whether tau is zero does not depend on the means alone, but on what their noise could do."),
        N_(
            "tau is zero where the mean square between groups is not larger than the one within. The one within is yours to choose."
        ),
        N_(
            "Choose group means that differ by five or a little more. Around each mean put rows far away on both sides, "
            "the same distance up and down, so that the mean stays where it is."
        ),
    ),
    misconceptions=(
        Misconception(
            "M19",
            N_(
                "An estimate of zero does not say that the groups are equal. It says that their means differ no more than noise would make them."
            ),
        ),
    ),
    explanation=N_(
        "The estimate is zero as soon as the means differ no more than the noise of the rows explains. With noisy rows that leaves "
        "room for large differences, and also for true ones."
    ),
)


# ---- a p-value for a variance: data of the student's own -----------------------------------------------------------


def _matrix(data) -> np.ndarray:
    return data.sort_values("batch", kind="stable")["y"].to_numpy(float).reshape(data["batch"].nunique(), -1)


def ratio_statistic(y: np.ndarray, reml: bool = True) -> float:
    """Return the likelihood-ratio statistic of tau = 0 in balanced data, in closed form.

    ν_b log(total/ν) − … with ν_b = J − 1 (REML) or J (ML): each sum of squares over its own divisor against all over theirs.
    """
    J, n = y.shape
    between, within = mean_squares(y)
    free, rows = (J - 1 if reml else J), J * (n - 1)
    squares = (J - 1) * between, rows * within
    if squares[0] / free <= within:
        return 0.0
    whole = (free + rows) * np.log(sum(squares) / (free + rows))
    return float(whole - free * np.log(squares[0] / free) - rows * np.log(within))


def _mixture(statistic: float) -> float:
    return float(chi2.sf(statistic, 1) / 2) if statistic > 0 else 1.0


def variance_p(data):
    """Return ½ P(χ²₁ > statistic), with the REML criteria."""
    return _mixture(ratio_statistic(_matrix(data)))


def wald_z(y: np.ndarray) -> float:
    """Return τ̂² over its standard error, √(2/n²·(msb²/(J − 1) + msw²/(J(n − 1))))."""
    J, n = y.shape
    between, within = mean_squares(y)
    return (between - within) / np.sqrt(2 * (between**2 / (J - 1) + within**2 / (J * (n - 1))))


def wald_z_of_ratio(y: np.ndarray) -> float:
    """Return τ̂²/σ̂² over its standard error by REML, which is statsmodels' z: (1 − 1/F)/√(2(a + b)/(ab))."""
    J, n = y.shape
    between, within = mean_squares(y)
    a, b = J - 1, J * (n - 1)
    return (1 - within / between) / np.sqrt(2 * (a + b) / (a * b))


def _f_test(data):
    y = _matrix(data)
    J, n = y.shape
    between, within = mean_squares(y)
    return float(f_distribution.sf(between / within, J - 1, J * (n - 1)))


def _of_statistic(tail, reml=True):
    return lambda data: float(tail(ratio_statistic(_matrix(data), reml)))


WRONG_PS = {
    "naive_chi2": _of_statistic(lambda s: chi2.sf(s, 1)),
    "M22": lambda data: float(2 * norm.sf(abs(wald_z(_matrix(data))))),
    "wald_of_the_ratio": lambda data: float(2 * norm.sf(abs(wald_z_of_ratio(_matrix(data))))),
    "wald_one_sided": lambda data: float(norm.sf(wald_z(_matrix(data)))),
    "by_ml": _of_statistic(_mixture, reml=False),
    "by_ml_naive": _of_statistic(lambda s: chi2.sf(s, 1), reml=False),
    "two_parameters": _of_statistic(lambda s: (chi2.sf(s, 1) + chi2.sf(s, 2)) / 2),
    "chi2_two": _of_statistic(lambda s: chi2.sf(s, 2)),
    "the_statistic": _of_statistic(lambda s: s),
    "halved_twice": _of_statistic(lambda s: _mixture(s) / 2),
    "complement": _of_statistic(lambda s: 1 - _mixture(s)),
    "f_test": _f_test,
}


def ps05_data(rng):
    """Draw eight batches of six whose p-value lies where the ways of computing it disagree.

    Drawn until the p-value is between .02 and .10, and it and the numbers of all wrong ways are .003 or more apart.
    """

    def make(rng):
        y = 50 + rng.normal(0, 3.5, (8, 1)) + rng.normal(0, 6, (8, 6))
        y = np.round(y, 1)
        names = [f"B{j + 1}" for j in range(8)]
        return pd.DataFrame({"batch": np.repeat(names, 6), "y": y.ravel()})

    def apart(data):
        right = variance_p(data)
        found = [right, *(wrong(data) for wrong in WRONG_PS.values())]
        return 0.02 <= right <= 0.10 and bool(np.diff(np.sort(found)).min() >= 0.003)

    return draw_until(rng, make, apart)


DATA = {"ps05": ps05_data}

P_OF_TAU = Exercise(
    id="p_of_tau",
    lesson="05",
    title=N_("Do your batches differ?"),
    kind="value",
    points=2,
    section="Testing a variance",
    reference=variance_p,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.00006,
        reason=N_(
            "Rounding to four decimals is welcome; fits agree on the statistic to about 1e-8, "
            "and the data are drawn so that every wrong way gives a p at least 0.003 away."
        ),
    ),
    data="ps05",
    hints=(
        N_("Two models are compared: with and without differences between the batches. What do they share?"),
        N_(
            "Fit y ~ 1 + (1 | batch) by REML, and compare it with the same model without groups. "
            "Mind that a variance of zero lies on the boundary."
        ),
        N_(
            'With fit = ht.lmm("y ~ 1 + (1 | batch)", my_batches), the test is fit.anova(fit.without_groups()). '
            "It has the p-values of two distributions: take the one that knows of the boundary."
        ),
    ),
    misconceptions=(
        Misconception(
            "naive_chi2",
            N_(
                "This is the p-value of χ² with one degree of freedom. In half of all samples without differences the estimate is zero "
                "and so is the statistic: only half of that distribution counts."
            ),
            wrong=WRONG_PS["naive_chi2"],
            credit=0.5,
        ),
        Misconception(
            "M22",
            N_(
                "This is the Wald p-value of the variance, from its estimate over its standard error. The likelihood of a variance is lopsided, "
                "so that ratio is not normal. Compare the criteria of the two models."
            ),
            wrong=WRONG_PS["M22"],
        ),
        Misconception(
            "wald_of_the_ratio",
            N_(
                "This is the Wald p-value that statsmodels gives for the variance. The likelihood of a variance is lopsided, so its estimate over "
                "a standard error is not normal. Compare the criteria of the two models."
            ),
            wrong=WRONG_PS["wald_of_the_ratio"],
        ),
        Misconception(
            "wald_one_sided",
            N_(
                "This is the Wald p-value of the variance, one-sided. One side is right in spirit, but the ratio of a variance to its standard "
                "error is not normal. Compare the criteria of the two models."
            ),
            wrong=WRONG_PS["wald_one_sided"],
            credit=0.25,
        ),
        Misconception(
            "by_ml",
            N_(
                "The distribution is right, but the statistic is from ML. Both models have the same fixed part, so REML's criteria may be "
                "compared, and the task asks for them."
            ),
            wrong=WRONG_PS["by_ml"],
            credit=0.75,
        ),
        Misconception(
            "by_ml_naive",
            N_(
                "The statistic is from ML where REML was asked for, and χ² with one degree of freedom does not know of the boundary."
            ),
            wrong=WRONG_PS["by_ml_naive"],
            credit=0.25,
        ),
        Misconception(
            "two_parameters",
            N_(
                "You mixed χ² with one and with two degrees of freedom. That is for a variance and its covariance; "
                "here one variance alone is added."
            ),
            wrong=WRONG_PS["two_parameters"],
            credit=0.5,
        ),
        Misconception(
            "chi2_two",
            N_(
                "You used two degrees of freedom. The larger model has one parameter more, the variance between batches."
            ),
            wrong=WRONG_PS["chi2_two"],
            credit=0.25,
        ),
        Misconception(
            "the_statistic",
            N_(
                "This is the statistic, the difference of the criteria. Asked is how often chance alone exceeds it."
            ),
            wrong=WRONG_PS["the_statistic"],
            credit=0.25,
        ),
        Misconception(
            "halved_twice",
            N_(
                "This is half of the p-value. The mixture has its half already: the p-value of the test is not halved once more."
            ),
            wrong=WRONG_PS["halved_twice"],
            credit=0.5,
        ),
        Misconception(
            "complement",
            N_("This is one minus the p-value: you took the area below the statistic, not the one above."),
            wrong=WRONG_PS["complement"],
            credit=0.5,
        ),
        Misconception(
            "f_test",
            N_(
                "This is the p-value of the F test, which is exact for balanced data and a good choice. But the task asks for the likelihood-ratio "
                "test with the boundary in mind."
            ),
            wrong=WRONG_PS["f_test"],
            credit=0.75,
        ),
    ),
    explanation=N_(
        "If the batches did not differ, the statistic would be zero about half of the time and χ² with one degree of freedom otherwise. "
        "So its p-value is half of that of χ² with one degree of freedom."
    ),
)


# ---- claims and reports --------------------------------------------------------------------------------------------


TRUE_WITH_REASONS = Exercise(
    id="true_with_reasons",
    lesson="05",
    title=N_("Four claims, with reasons"),
    kind="slots",
    points=2,
    section="Which AIC?",
    slots=(
        Slot(
            "reml_for_predictors",
            (
                "true, REML is less biased",
                "false, their criteria change with the unit of a predictor",
                "false, but only because REML is slower",
            ),
            "false, their criteria change with the unit of a predictor",
            wrong={
                "true, REML is less biased": Misconception(
                    "M17",
                    N_(
                        "Less biased for the variances, yes. But its criterion holds a term that depends on the coding of the predictors."
                    ),
                ),
                "false, but only because REML is slower": Misconception(
                    "M17",
                    N_(
                        "Speed is not the matter. Look at what the criterion did when a predictor was multiplied by ten."
                    ),
                ),
            },
        ),
        Slot(
            "ml_when_singular",
            (
                "false, ML lands on zero more often",
                "true, ML has no boundary",
                "true, ML's larger estimate gets away from zero",
            ),
            "false, ML lands on zero more often",
            wrong={
                "true, ML has no boundary": Misconception(
                    "M18",
                    N_("A variance ends at zero, by whatever method it is estimated."),
                ),
                "true, ML's larger estimate gets away from zero": Misconception(
                    "M18",
                    N_(
                        "ML's estimate of the variance between groups is the smaller one: it divides by J where REML divides by J − 1."
                    ),
                ),
            },
        ),
        Slot(
            "zero_is_no_proof",
            (
                "false, REML's estimates of variances are unbiased",
                "false, once the search has converged",
                "true, zero comes often by chance alone",
            ),
            "true, zero comes often by chance alone",
            wrong={
                "false, REML's estimates of variances are unbiased": Misconception(
                    "M19",
                    N_(
                        "Even a good estimate of a small variance from six groups is often zero. Look at the curves of that chance."
                    ),
                ),
                "false, once the search has converged": Misconception(
                    "M19",
                    N_(
                        "Convergence says that the lowest point of the curve was found. It does not say how much higher the curve is elsewhere."
                    ),
                ),
            },
        ),
        Slot(
            "estimate_over_se",
            (
                "true, as for any coefficient",
                "false, the likelihood of a variance is lopsided",
                "true, if the p-value is halved",
            ),
            "false, the likelihood of a variance is lopsided",
            wrong={
                "true, as for any coefficient": Misconception(
                    "M22",
                    N_(
                        "For a coefficient the curve is nearly a parabola. Compare the curve and the parabola of tau: they part on both sides."
                    ),
                ),
                "true, if the p-value is halved": Misconception(
                    "M22",
                    N_(
                        "Halving repairs the statistic of the likelihood ratio, not this one. With six groups this ratio cannot even reach 1.6."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Each claim was put to the test in the lesson. Find the figure or table that did so."),
        N_(
            "For the first: the table in which a predictor is multiplied by ten. For the second and third: the section about an estimate of zero. "
            "For the fourth: the deviance curve with its parabola."
        ),
        N_("One of the claims is true. Ask of each reason whether the lesson's numbers support it."),
    ),
    explanation=N_(
        "REML's criterion depends on the coding of the predictors; ML divides by more and so lands on zero more often; a zero is common by chance "
        "alone where groups are few; and the curve of a variance is no parabola."
    ),
)


LABELS = ("sound", "wrong criterion", "wrong test", "claims too much")

FLAW_IN_THE_REPORT = Exercise(
    id="flaw_in_the_report",
    lesson="05",
    title=N_("Find the flaws in a report"),
    kind="slots",
    points=2,
    section="Which AIC?",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "sound",
            wrong={
                "wrong criterion": Misconception(
                    "misread_report",
                    N_("Nothing is compared here. For the variances themselves REML is the better choice."),
                ),
                "wrong test": Misconception(
                    "misread_report",
                    N_("This sentence tests nothing: it reports an estimate and an interval."),
                ),
                "claims too much": Misconception(
                    "misread_report",
                    N_(
                        "It gives the estimate with an interval that the likelihood supports. That is what one can claim."
                    ),
                ),
            },
        ),
        Slot(
            "sentence_2",
            LABELS,
            "wrong criterion",
            wrong={
                "sound": Misconception(
                    "M17",
                    N_(
                        "Two models with different predictors are compared here. By which method were they fitted?"
                    ),
                ),
                "wrong test": Misconception(
                    "M17",
                    N_(
                        "No test is made here, two AICs are compared. Ask what they are made of, and by which method."
                    ),
                ),
                "claims too much": Misconception(
                    "M17",
                    N_(
                        "The trouble is earlier: the two numbers that are compared are not on the same scale."
                    ),
                ),
            },
        ),
        Slot(
            "sentence_3",
            LABELS,
            "claims too much",
            wrong={
                "sound": Misconception(
                    "M19",
                    N_("How often is such an estimate zero by chance, with six laboratories that do differ?"),
                ),
                "wrong criterion": Misconception(
                    "M19", N_("An estimate may come from REML. Ask what is concluded from it.")
                ),
                "wrong test": Misconception(
                    "M19", N_("Nothing is tested here: a conclusion is drawn from an estimate alone.")
                ),
            },
        ),
        Slot(
            "sentence_4",
            LABELS,
            "wrong test",
            wrong={
                "sound": Misconception(
                    "M22",
                    N_("An estimate was divided by its standard error. Is that estimate's curve a parabola?"),
                ),
                "wrong criterion": Misconception(
                    "M22",
                    N_(
                        "No criteria are compared here, and that is the trouble: look at where the p-value comes from."
                    ),
                ),
                "claims too much": Misconception(
                    "M22",
                    N_("What is concluded would be fair if the p-value were. Look at where it comes from."),
                ),
            },
        ),
    ),
    hints=(
        N_(
            "For each sentence ask: which numbers are compared, by which method were they made, and what follows from them?"
        ),
        N_(
            "One sentence is sound. Each of the other three has a flaw of its own kind; each label fits once."
        ),
        N_(
            "Look for AICs of models with different predictors, for a ratio of a variance to its standard error, "
            "and for a conclusion from an estimate of zero."
        ),
    ),
    explanation=N_(
        "An estimate with its profile interval is sound. AICs from REML fits with different predictors are on different scales. "
        "An estimate of zero with few groups does not show that groups are equal. And a variance is not tested by its ratio to a standard error."
    ),
)

EXERCISES = (TAU_BALANCED, ZERO_AND_DIFFERENT, P_OF_TAU, TRUE_WITH_REASONS, FLAW_IN_THE_REPORT)
