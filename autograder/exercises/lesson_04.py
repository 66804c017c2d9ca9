"""The exercises of lesson 04, "Varying intercepts and the intraclass correlation".

Notation: tau the SD between groups, sigma the SD within; ICC = tau²/(tau² + sigma²). For J groups of n rows, MSB and MSW
are the mean squares of the analysis of variance, and REML gives tau² = (MSB − MSW)/n wherever that is positive.
The references are written from these formulas, so that `hlm_teach` and statsmodels can be checked against them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- from two SDs to the ICC -----------------------------------------------------------------------------------------


def share(tau, sigma):
    """tau²/(tau² + sigma²)."""
    return tau**2 / (tau**2 + sigma**2)


def ratio_beside_scale(tau, sigma):
    """What comes of tau²/sigma², read as a variance and put beside sigma²."""
    ratio = tau**2 / sigma**2
    return ratio / (ratio + sigma**2)


def _draw_sds(rng):
    tau, sigma = (float(np.round(rng.uniform(2.0, 9.0), 2)) for _sd in range(2))
    return Case({"tau": tau, "sigma": sigma}, label=N_("another two standard deviations"))


ICC_FROM_SDS = Exercise(
    id="icc_from_sds",
    lesson="04",
    title=N_("From two standard deviations to the ICC"),
    kind="function",
    points=2,
    section="By hand first: two pupils of one school",
    reference=share,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed, and every wrong way is more than one part in ten thousand away."),
    ),
    shown=(
        Case({"tau": 3.0, "sigma": 6.0}, label=N_("tau = 3 and sigma = 6 points")),
        Case({"tau": 2.32, "sigma": 4.09}, label=N_("the two error terms of a printed fit")),
        Case({"tau": 0.0, "sigma": 6.0}, label=N_("groups that do not differ")),
    ),
    draw=_draw_sds,
    hints=(
        N_("Standard deviations do not add up. What does?"),
        N_("Square both. Then ask: which part of their sum lies between the groups?"),
        N_("Put tau squared over the sum of tau squared and sigma squared, with brackets around the sum."),
    ),
    misconceptions=(
        Misconception(
            "sd_for_variance",
            N_(
                "You took the share of standard deviations. Variances add up, standard deviations do not: square both first."
            ),
            wrong=lambda tau, sigma: tau / (tau + sigma),
            credit=0.25,
        ),
        Misconception(
            "ratio",
            N_(
                "You divided the variance between groups by the variance within. The ICC is a share of the whole: divide by their sum."
            ),
            wrong=lambda tau, sigma: tau**2 / sigma**2,
            credit=0.5,
        ),
        Misconception(
            "share_within",
            N_("This is the share of the variance within groups. The ICC is the other share."),
            wrong=lambda tau, sigma: sigma**2 / (tau**2 + sigma**2),
            credit=0.5,
        ),
        Misconception(
            "root_of_the_icc",
            N_(
                "You divided an SD by the total SD, which is the root of the ICC. The share, and the correlation, is made of variances."
            ),
            wrong=lambda tau, sigma: tau / np.sqrt(tau**2 + sigma**2),
            credit=0.5,
        ),
        Misconception(
            "ratio_for_variance",
            N_(
                "You put the ratio of the two variances beside sigma squared. The arguments are standard deviations in points: square each, and divide by nothing before you add."
            ),
            wrong=ratio_beside_scale,
            credit=0.25,
        ),
        Misconception(
            "only_tau_squared",
            N_("You squared tau but not sigma. Both are standard deviations, so both are squared."),
            wrong=lambda tau, sigma: tau**2 / (tau**2 + sigma),
            credit=0.25,
        ),
        Misconception(
            "only_sigma_squared",
            N_("You squared sigma but not tau. Both are standard deviations, so both are squared."),
            wrong=lambda tau, sigma: tau / (tau + sigma**2),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The variances of independent parts add up, so the variance of a score is tau² + sigma². The part tau² belongs to the "
        "school and is common to two of its pupils: as a share of the whole it is the ICC, and their covariance over their "
        "variance is the same fraction."
    ),
)


# ---- the ICC of a student's own schools ------------------------------------------------------------------------------


def _squares(data):
    """Return J, n, MSB and MSW of a balanced table with the columns school and score."""
    by = data.groupby("school")["score"]
    J, n = by.ngroups, len(data) // by.ngroups
    return J, n, float(n * by.mean().var(ddof=1)), float(by.var(ddof=1).mean())


def _components(data):
    """Return tau² and sigma² by REML, which for equal groups are those of the analysis of variance."""
    _J, n, msb, msw = _squares(data)
    return (msb - msw) / n, msw


def reml_icc(data):
    """tau²/(tau² + sigma²) by REML."""
    between, within = _components(data)
    return between / (between + within)


def ml_icc(data):
    """The same by maximum likelihood: MSB is multiplied by 1 − 1/J."""
    J, n, msb, msw = _squares(data)
    between = ((1 - 1 / J) * msb - msw) / n
    return between / (between + msw)


def _of_means(data):
    return float(data.groupby("school")["score"].mean().var(ddof=1))


def _of_components(combine):
    return lambda data: float(combine(*_components(data)))


def eta_squared(data):
    """The sum of squares between schools over the total sum of squares."""
    J, n, msb, msw = _squares(data)
    return (J - 1) * msb / ((J - 1) * msb + J * (n - 1) * msw)


def mean_reliability(data):
    """1 − MSW/MSB, the reliability of a school's mean."""
    _J, _n, msb, msw = _squares(data)
    return 1 - msw / msb


WRONG_ICCS = {
    "raw_means": lambda data: _of_means(data) / (_of_means(data) + _squares(data)[3]),
    "raw_means_over_all": lambda data: _of_means(data) / float(data["score"].var(ddof=1)),
    "eta_squared": eta_squared,
    "ml": ml_icc,
    "sd_for_variance": _of_components(lambda t2, s2: np.sqrt(t2) / (np.sqrt(t2) + np.sqrt(s2))),
    "ratio": _of_components(lambda t2, s2: t2 / s2),
    "share_within": _of_components(lambda t2, s2: s2 / (t2 + s2)),
    "root_of_the_icc": _of_components(lambda t2, s2: np.sqrt(t2 / (t2 + s2))),
    "ratio_for_variance": _of_components(lambda t2, s2: ratio_beside_scale(np.sqrt(t2), np.sqrt(s2))),
    "reliability": mean_reliability,
}


def ps04_data(rng):
    """Draw fourteen schools of five pupils whose ICC can be told from every number that a wrong way gives.

    Drawn until the ICC is 0.12 to 0.4 and all of the numbers are at least 0.008 apart.
    """

    def make(rng):
        level = 50 + 4.5 * rng.standard_normal(14)
        score = np.round(np.repeat(level, 5) + 8.0 * rng.standard_normal(70), 1)
        return pd.DataFrame({"school": np.repeat([f"S{j + 1:02d}" for j in range(14)], 5), "score": score})

    def apart(data):
        right = reml_icc(data)
        if not 0.12 <= right <= 0.4:
            return False
        found = [right, *(wrong(data) for wrong in WRONG_ICCS.values())]
        return bool(np.diff(np.sort(found)).min() >= 0.008)

    return draw_until(rng, make, apart)


DATA = {"ps04": ps04_data}

MY_ICC = Exercise(
    id="my_icc",
    lesson="04",
    title=N_("The ICC of your own schools"),
    kind="value",
    points=2,
    section="The wrong analysis: the variance of the raw means",
    reference=reml_icc,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.002,
        reason=N_(
            "Three decimals are enough, and software differs by less than one in ten thousand here; "
            "the data are drawn so that every wrong way is at least 0.008 away."
        ),
    ),
    data="ps04",
    hints=(
        N_("The means of five pupils differ even where the schools do not. Something has to be taken off."),
        N_(
            'Fit the model without predictors, ht.lmm("score ~ 1 + (1 | school)", my_schools), which takes it off by itself.'
        ),
        N_(
            'Let fit be that model. Its two SDs are fit.varcorr["school"].sd["Intercept"] and fit.sigma: give them to your '
            "icc_from_sds, or take fit.icc().value."
        ),
    ),
    misconceptions=(
        Misconception(
            "raw_means",
            N_(
                "You took the variance of the schools' raw means for the variance between schools. The means of five pupils also differ by chance: that part has to be taken off."
            ),
            wrong=WRONG_ICCS["raw_means"],
            credit=0.25,
        ),
        Misconception(
            "raw_means_over_all",
            N_(
                "You divided the variance of the raw means by the variance of all scores. The raw means also differ by chance: that part has to be taken off, above and below."
            ),
            wrong=WRONG_ICCS["raw_means_over_all"],
            credit=0.25,
        ),
        Misconception(
            "eta_squared",
            N_(
                "This is the sum of squares between schools over the total, as analysis of variance prints it. It describes these pupils, chance included; the ICC is about the variances behind them."
            ),
            wrong=WRONG_ICCS["eta_squared"],
            credit=0.25,
        ),
        Misconception(
            "ml",
            N_(
                "This is the ICC by maximum likelihood, which makes the variance between few schools somewhat too small. The task asks for REML."
            ),
            wrong=WRONG_ICCS["ml"],
            credit=0.75,
        ),
        Misconception(
            "sd_for_variance",
            N_("You took the share of standard deviations. Square both first."),
            wrong=WRONG_ICCS["sd_for_variance"],
            credit=0.5,
        ),
        Misconception(
            "ratio",
            N_(
                "This is the variance between schools over the variance within. The ICC divides by the sum of the two."
            ),
            wrong=WRONG_ICCS["ratio"],
            credit=0.5,
        ),
        Misconception(
            "share_within",
            N_("This is the share within schools. The ICC is the other share."),
            wrong=WRONG_ICCS["share_within"],
            credit=0.5,
        ),
        Misconception(
            "root_of_the_icc",
            N_("This is an SD over the total SD, the root of the ICC. The share is made of variances."),
            wrong=WRONG_ICCS["root_of_the_icc"],
            credit=0.5,
        ),
        Misconception(
            "ratio_for_variance",
            N_(
                "You put a variance that is already divided by the residual variance beside the residual variance itself. "
                "In statsmodels .params holds that ratio; the variance between schools stands in .cov_re."
            ),
            wrong=WRONG_ICCS["ratio_for_variance"],
            credit=0.5,
        ),
        Misconception(
            "reliability",
            N_(
                "This is the reliability of a school's mean of five pupils. The ICC is about single pupils: no n in it."
            ),
            wrong=WRONG_ICCS["reliability"],
            credit=0.5,
        ),
    ),
    explanation=N_(
        "The model separates how much schools differ from how much means of five pupils differ by chance. For equal groups REML "
        "does what the analysis of variance does: the variance of the means minus the variance within over n. The ICC is that, "
        "divided by itself plus the variance within."
    ),
)


# ---- what an ICC says ------------------------------------------------------------------------------------------------


READ_THE_ICC = Exercise(
    id="read_the_icc",
    lesson="04",
    title=N_("What an ICC says"),
    kind="slots",
    points=3,
    section="Given what? The conditional ICC",
    slots=(
        Slot(
            "meaning",
            (
                "a quarter of the pupils are influenced by their school",
                "a quarter of the schools differ from the others",
                "a quarter of the variance of the scores lies between schools",
                "a quarter of each pupil's score comes from the school",
            ),
            "a quarter of the variance of the scores lies between schools",
            wrong={
                "a quarter of the pupils are influenced by their school": Misconception(
                    "M11",
                    N_(
                        "Pupils are not sorted into two kinds: in the model every pupil's score has a school's part in it. Of what is it a share?"
                    ),
                ),
                "a quarter of the schools differ from the others": Misconception(
                    "M11",
                    N_(
                        "Schools are not sorted into two kinds: in the model each has a level of its own. Of what is it a share?"
                    ),
                ),
                "a quarter of each pupil's score comes from the school": Misconception(
                    "M11",
                    N_(
                        "It says nothing about one score, and nothing about causes: it compares how much schools differ with how much pupils do."
                    ),
                ),
            },
        ),
        Slot(
            "two_pupils",
            ("0.25", "0.50", "0.0625"),
            "0.25",
            wrong={
                "0.50": Misconception(
                    "root_of_the_icc",
                    N_(
                        "That is the root. The covariance of two pupils is the variance of what they share, and a correlation divides it by the whole variance."
                    ),
                ),
                "0.0625": Misconception(
                    "square_of_the_icc",
                    N_(
                        "That is the square. Correlations are squared to get a share explained; here the correlation itself is a share."
                    ),
                ),
            },
        ),
        Slot(
            "more_pupils",
            ("the ICC", "the reliability of each school's mean", "both"),
            "the reliability of each school's mean",
            wrong={
                "the ICC": Misconception(
                    "icc_for_reliability",
                    N_(
                        "The ICC compares two variances of single pupils. Is there an n in one of them? And how sure is a mean of more pupils?"
                    ),
                ),
                "both": Misconception(
                    "icc_for_reliability",
                    N_(
                        "Half of that. The formula of one of the two has no n in it: look at both beside the widget."
                    ),
                ),
            },
        ),
        Slot(
            "given_ses",
            (
                "the share of the variance that ses explains",
                "the correlation of two pupils of one school after what ses predicts is taken off",
                "the same as without ses, but surer",
            ),
            "the correlation of two pupils of one school after what ses predicts is taken off",
            wrong={
                "the share of the variance that ses explains": Misconception(
                    "icc_for_r2",
                    N_(
                        "What ses explains is gone from both variances before the ICC is computed. It is a share of what is left over."
                    ),
                ),
                "the same as without ses, but surer": Misconception(
                    "one_icc_for_all",
                    N_(
                        "Look at the table of four models: with other predictors the two variances are others, and so is their share."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_(
            "Ask of each sentence: of what is it a share? Of pupils, of schools, of a score, or of a variance?"
        ),
        N_(
            "The ICC is one number with two readings: a share of the variance, and a correlation. No n stands in it."
        ),
        N_(
            "For the last two: the reliability is n·ICC over 1 + (n − 1)·ICC; and a predictor takes its part off both variances."
        ),
    ),
    explanation=N_(
        "The ICC is a share of the variance, neither of people nor of a score, and as it stands it is the correlation of two members "
        "of a group. More pupils make a school's mean more reliable and leave the ICC where it is. With predictors it is about "
        "what they leave over."
    ),
)


# ---- is it needed? ---------------------------------------------------------------------------------------------------

IS_IT_NEEDED = Exercise(
    id="is_it_needed",
    lesson="04",
    title=N_("What an ICC decides, and what it does not"),
    kind="slots",
    points=3,
    section="A small ICC can matter",
    slots=(
        Slot(
            "small_icc",
            (
                "about one, so the schools can be ignored",
                "about two, so the pupils are worth half",
                "about three, so the pupils are worth a third",
            ),
            "about three, so the pupils are worth a third",
            wrong={
                "about one, so the schools can be ignored": Misconception(
                    "M12",
                    N_("The ICC is small, but it is multiplied by the number of other pupils in the school."),
                ),
                "about two, so the pupils are worth half": Misconception(
                    "forgot_one",
                    N_("That is (n − 1)·ICC. The design effect is one more: a pupil has a noise, too."),
                ),
            },
        ),
        Slot(
            "question_about_schools",
            (
                "let the schools into the analysis, by a multilevel model or by school means",
                "count pupils, because the ICC is below 0.05",
            ),
            "let the schools into the analysis, by a multilevel model or by school means",
            wrong={
                "count pupils, because the ICC is below 0.05": Misconception(
                    "M13",
                    N_(
                        "No value of the ICC is a test for that. Look at the false alarms of the simulation, which has this very ICC."
                    ),
                )
            },
        ),
        Slot(
            "question_within_schools",
            (
                "only a multilevel model gives the slope and its standard error",
                "least squares without the schools gives them as well",
                "an intercept for each school by least squares gives them as well",
            ),
            "an intercept for each school by least squares gives them as well",
            wrong={
                "only a multilevel model gives the slope and its standard error": Misconception(
                    "M13",
                    N_(
                        "A large ICC is no proof of need. If x varies only inside the schools, what else takes the differences between schools away?"
                    ),
                ),
                "least squares without the schools gives them as well": Misconception(
                    "within_se_ignored",
                    N_(
                        "The slope it does. But it counts the differences between schools as noise: lesson 01 showed what that does to the standard error."
                    ),
                ),
            },
        ),
        Slot(
            "level_two_r2",
            (
                "zero or above, like any R²",
                "below zero",
                "undefined, so the fit is broken",
            ),
            "below zero",
            wrong={
                "zero or above, like any R²": Misconception(
                    "M16",
                    N_(
                        "It compares two estimates of tau² and is no share of anything. If sigma² falls and the means spread as before, where does tau² go?"
                    ),
                ),
                "undefined, so the fit is broken": Misconception(
                    "M16",
                    N_(
                        "Nothing is broken. If sigma² falls and the means spread as before, less of their spread is put down to chance. Where does tau² go?"
                    ),
                ),
            },
        ),
        Slot(
            "rival_twins",
            ("a negative ICC", "an ICC of zero", "an ICC near one"),
            "an ICC of zero",
            wrong={
                "a negative ICC": Misconception(
                    "negative_icc",
                    N_(
                        "tau² is a variance, and a share of variances cannot be negative. At which end does the fit stop?"
                    ),
                ),
                "an ICC near one": Misconception(
                    "negative_icc",
                    N_(
                        "An ICC near one would mean that twins are nearly alike. Here one is up where the other is down."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_(
            "Two questions decide, and the ICC answers neither alone: how large are the groups, and at which level does x vary?"
        ),
        N_(
            "Take (n − 1)·ICC and add one. For the third blank think of the three columns of lesson 01. For the fourth, read the section on pseudo-R² again."
        ),
        N_(
            "A purely inner comparison cancels the schools with dummies, too. A fit without room for negative correlation stops at its boundary; "
            "and tau² is what the spread of the means leaves after chance, which is sigma²/n."
        ),
    ),
    explanation=N_(
        "What counts for a question about schools is 1 + (n − 1)·ICC, not the ICC. For a question inside schools a large ICC does no "
        "harm once each school has its own intercept. The pseudo-R² of a level compares two estimates, so it can be negative; "
        "the ICC of this model cannot."
    ),
)


# ---- an inverse task -------------------------------------------------------------------------------------------------


def grouped(answer) -> pd.DataFrame | None:
    """Return the columns group, x and y as numbers, or None if the table is not what was asked for."""
    if not isinstance(answer, pd.DataFrame) or answer.columns.duplicated().any() or len(answer) > 2_000:
        return None
    if not {"group", "x", "y"} <= set(answer.columns):
        return None
    if any(isinstance(entry, str | bool | complex) for name in "xy" for entry in answer[name]):
        return None
    try:
        table = pd.DataFrame({name: answer[name].to_numpy(float) for name in "xy"})
        table["group"] = pd.factorize(answer["group"])[0]  # -1 where it is missing
    except (TypeError, ValueError, OverflowError):
        return None
    sizes = table.groupby("group").size()
    if len(sizes) < 6 or sizes.min() < 3 or table["group"].min() < 0:
        return None
    return table if (np.abs(table[["x", "y"]]) < 1e100).all(axis=None) else None


def _variances(table, fixed) -> tuple[float, float]:
    """Return (tau², sigma²) by REML for y ~ fixed + (1 | group)."""
    from hlm_teach import lmm  # only here: a check of another exercise stays quick

    fixed = fixed if np.ptp(table["x"]) > 0 else "1"  # a constant x explains nothing
    try:
        fit = lmm(f"y ~ {fixed} + (1 | group)", table)
    except ValueError:  # nothing is left over inside the groups, so that no likelihood has a highest point
        inside = table - table.groupby("group").transform("mean")
        slope = (inside["x"] @ inside["y"]) / (inside["x"] @ inside["x"]) if fixed == "x" else 0.0
        levels = (table["y"] - slope * table["x"]).groupby(table["group"]).mean()
        return float(levels.var(ddof=1)), 0.0
    return float(fit.varcorr["group"].sd["Intercept"] ** 2), fit.sigma**2


def _also(holds):
    """Return a check that is False for a table of another form, and holds(null, with_x) for the rest."""

    def check(answer):
        table = grouped(answer)
        return table is not None and bool(holds(_variances(table, "1"), _variances(table, "x")))

    return check


def groups_differ(null, _with_x):
    """Whether the null fit has an ICC of 0.05 or more."""
    return null[0] >= 0.05 * sum(null) > 0


def x_explains(null, with_x):
    """Whether x takes away three tenths of sigma² or more, but not all of it."""
    return 0.001 * null[1] < with_x[1] <= 0.7 * null[1]


def r2_is_negative(null, with_x):
    """Whether tau² is at least a tenth larger with x than without, and was not zero before."""
    return null[0] > 0 and with_x[0] >= 1.1 * null[0]


NEGATIVE_R2 = Exercise(
    id="negative_r2",
    lesson="04",
    title=N_("Make data with a negative pseudo-R²"),
    kind="inverse",
    points=3,
    section="How much is explained, level by level",
    criteria=(
        Criterion(
            lambda answer: grouped(answer) is not None,
            N_(
                "Give a DataFrame with the columns group, x and y: six groups or more, three rows or more in each, two thousand rows "
                "at most, and every x and y a finite number."
            ),
            0.1,
        ),
        Criterion(
            _also(x_explains),
            N_(
                "x should take at least three tenths off the variance within groups, and leave a little of it: let y rise with x inside the groups, with some noise."
            ),
            0.25,
        ),
        Criterion(
            _also(groups_differ),
            N_(
                "The groups should differ already without x: an ICC of at least 0.05 in the model without predictors. Move the groups further apart."
            ),
            0.25,
        ),
        Criterion(
            _also(r2_is_negative),
            N_(
                "tau² should be at least a tenth larger with x than without. In your data it is not: think of what is taken off the spread of the means."
            ),
            0.4,
        ),
    ),
    hints=(
        N_("Which kind of x can explain nothing of the differences between group means?"),
        N_(
            "Give every group the same values of x, and let y rise with them. Then the means spread as before while sigma² falls, "
            "and less is taken off for chance."
        ),
        N_(
            "Take few rows a group, so that sigma²/n is large, and groups whose means spread only somewhat more than that. "
            "For instance the x values −3, −1, 1, 3 in each group, y = level + x + a little noise, and levels a few points apart."
        ),
    ),
    explanation=N_(
        "With the same x in every group the means do not move when x is added. Their spread is tau² + sigma²/n, and sigma² has "
        "fallen, so tau² must rise. The smaller the groups and the stronger x, the more negative the pseudo-R²."
    ),
)


# ---- find the flaw ---------------------------------------------------------------------------------------------------

ICC_REPORT = Exercise(
    id="icc_report",
    lesson="04",
    title=N_("A report with a flaw, and a step too far"),
    kind="slots",
    points=2,
    section="The standard tool, and its trap",
    slots=(
        Slot(
            "flaw",
            (
                "standard deviations should have been used instead of variances",
                "the scale is a standard deviation and should have been squared",
                "one of the two numbers is a ratio of variances",
                "maximum likelihood should have been used instead of REML",
            ),
            "one of the two numbers is a ratio of variances",
            wrong={
                "standard deviations should have been used instead of variances": Misconception(
                    "sd_for_variance",
                    N_("Shares are made of variances. Which of the two numbers is not in squared points?"),
                ),
                "the scale is a standard deviation and should have been squared": Misconception(
                    "scale_is_an_sd",
                    N_(
                        "In statsmodels scale is the residual variance. Compare the other number with the table."
                    ),
                ),
                "maximum likelihood should have been used instead of REML": Misconception(
                    "ml_for_reml",
                    N_("With 160 schools the two hardly differ. Compare both numbers with the table."),
                ),
            },
        ),
        Slot(
            "repair",
            ("v / (v + 1)", "v / (1 - v)", "v itself"),
            "v / (v + 1)",
            wrong={
                "v / (1 - v)": Misconception(
                    "share_and_ratio_swapped",
                    N_("That leads from a share to a ratio. Here a ratio is given and a share is wanted."),
                ),
                "v itself": Misconception(
                    "ratio",
                    N_("v is a ratio of two variances. A share divides by the sum of the two."),
                ),
            },
        ),
        Slot(
            "next_step",
            (
                "would have been right, had the ICC truly been below 0.05",
                "does not follow, because no ICC alone decides it",
                "is right, because 160 schools are many",
            ),
            "does not follow, because no ICC alone decides it",
            wrong={
                "would have been right, had the ICC truly been below 0.05": Misconception(
                    "M13",
                    N_("No value of the ICC settles that. By what is it multiplied in the design effect?"),
                ),
                "is right, because 160 schools are many": Misconception(
                    "many_schools",
                    N_(
                        "Many schools make the answer surer, but least squares still counts pupils where schools were trained."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_(
            "Compare each number of the report with the table in which three ways to read the fit stand side by side."
        ),
        N_("What is the unit of the first number? And which value of the ICC makes the clustering harmless?"),
        N_(
            "params has tau²/sigma². Divide tau² and tau² + sigma² both by sigma², and the ICC stands there. "
            "Training belongs to schools, so it is the design effect that counts."
        ),
    ),
    explanation=N_(
        "statsmodels keeps the random effects' variance in units of the residual variance in .params. With v = tau²/sigma² the ICC is "
        "v/(v + 1). And whatever it is, a question about schools needs the schools in the analysis."
    ),
)

EXERCISES = (ICC_FROM_SDS, MY_ICC, READ_THE_ICC, NEGATIVE_R2, IS_IT_NEEDED, ICC_REPORT)
