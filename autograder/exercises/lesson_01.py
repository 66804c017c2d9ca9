"""The exercises of lesson 01, "OLS meets grouped data".

Notation: J groups of n rows; icc the correlation of two rows of one group; the design effect is 1 + (n − 1)·icc.
References are written from the formulas, so that `hlm_teach` and statsmodels can be checked against them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from hlm_teach.locale import N_

# ---- what clustered rows are worth -----------------------------------------------------------------------------------


def effective_rows(J, n, icc):
    """Return J·n/(1 + (n − 1)·icc)."""
    return J * n / (1 + (n - 1) * icc)


def _draw_design(rng):
    J, n = int(rng.integers(12, 60)), int(rng.integers(5, 40))
    return Case(
        {"J": J, "n": n, "icc": float(np.round(rng.uniform(0.03, 0.45), 2))}, label=N_("another design")
    )


EFFECTIVE_SIZE = Exercise(
    id="effective_size",
    lesson="01",
    title=N_("What clustered rows are worth"),
    kind="function",
    points=2,
    section="How much is lost: the design effect",
    reference=effective_rows,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed, and every wrong way is more than one part in ten thousand away."),
    ),
    shown=(
        Case({"J": 20, "n": 20, "icc": 0.1}, label=N_("twenty classes of twenty pupils")),
        Case({"J": 5, "n": 4, "icc": 1.0}, label=N_("five rows, each copied four times")),
        Case({"J": 30, "n": 10, "icc": 0.0}, label=N_("classes that do not matter")),
    ),
    draw=_draw_design,
    hints=(
        N_(
            "If the rows of a group were exact copies, how many rows would the data be worth? And if groups did not matter?"
        ),
        N_("The variance of a mean grows by the design effect, so the rows are worth that many times less."),
        N_("Divide the number of rows, J·n, by 1 + (n − 1)·icc."),
    ),
    misconceptions=(
        Misconception(
            "n_for_n_minus_1",
            N_(
                "You multiplied the ICC by n. A row shares something with the others of its group, and there are n − 1 of them."
            ),
            wrong=lambda J, n, icc: J * n / (1 + n * icc),
            credit=0.5,
        ),
        Misconception(
            "groups_for_rows",
            N_(
                "You used the number of groups in the design effect. What matters is how many rows share a group."
            ),
            wrong=lambda J, n, icc: J * n / (1 + (J - 1) * icc),
            credit=0.25,
        ),
        Misconception(
            "design_effect_itself",
            N_("This is the design effect. The question is how many independent rows the data are worth."),
            wrong=lambda J, n, icc: 1 + (n - 1) * icc,
            credit=0.5,
        ),
        Misconception(
            "root_of_the_design_effect",
            N_(
                "You divided by the square root. That is right for a standard error; a number of rows goes with the variance."
            ),
            wrong=lambda J, n, icc: J * n / np.sqrt(1 + (n - 1) * icc),
            credit=0.5,
        ),
        Misconception(
            "no_brackets",
            N_(
                "Division comes before addition: without brackets around the design effect, J·n is divided by one."
            ),
            wrong=lambda J, n, icc: J * n / 1 + (n - 1) * icc,
            credit=0.5,
        ),
        Misconception(
            "multiplied",
            N_(
                "You multiplied by the design effect. Clustered rows are worth less than their number, not more."
            ),
            wrong=lambda J, n, icc: J * n * (1 + (n - 1) * icc),
            credit=0.5,
        ),
        Misconception(
            "one_group_only",
            N_("This is what the rows of one group are worth. There are J groups."),
            wrong=lambda J, n, icc: n / (1 + (n - 1) * icc),
            credit=0.5,
        ),
    ),
    explanation=N_(
        "The variance of the mean of clustered rows is that of as many independent rows, times 1 + (n − 1)·icc. So J·n rows "
        "are worth J·n divided by that: all of them where the ICC is zero, one per group where it is one."
    ),
)


# ---- a treatment of whole classes: data of the student's own ---------------------------------------------------------


def _class_means(data):
    return data.groupby("class", sort=True).agg(score=("score", "mean"), treated=("treated", "first"))


def _ols(x, y):
    """Return intercept, slope, the slope's standard error, and the residuals of least squares."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    cx = x - x.mean()
    slope = cx @ y / (cx @ cx)
    residual = y - y.mean() - slope * cx
    return slope, np.sqrt(residual @ residual / (len(y) - 2) / (cx @ cx)), residual, cx


def means_se(data):
    """Return the standard error of the treatment's coefficient in the regression of the class means."""
    means = _class_means(data)
    return float(_ols(means["treated"], means["score"])[1])


def rows_se(data):
    """Return the standard error that counts every pupil."""
    return float(_ols(data["treated"], data["score"])[1])


def robust_se(data):
    """Return the cluster-robust standard error, corrected as statsmodels does it."""
    _slope, _se, residual, cx = _ols(data["treated"], data["score"])
    sums = pd.Series(cx * residual).groupby(data["class"].to_numpy()).sum()
    J, n = len(sums), len(data)
    return float(np.sqrt(J / (J - 1) * (n - 1) / (n - 2) * (sums**2).sum()) / (cx @ cx))


def population_se(data):
    """Return the standard error with J instead of J − 2 degrees of freedom."""
    J = data["class"].nunique()
    return float(means_se(data) * np.sqrt((J - 2) / J))


def intercept_se(data):
    """Return the standard error of the intercept in the regression of the class means: s/√J₀."""
    J = data["class"].nunique()
    treated = data.groupby("class")["treated"].first().sum()
    return float(means_se(data) / np.sqrt(1 / treated + 1 / (J - treated)) / np.sqrt(J - treated))


def welch_se(data):
    """Return √(s₁²/J₁ + s₀²/J₀) of the class means."""
    arms = _class_means(data).groupby("treated")["score"]
    return float(np.sqrt((arms.var(ddof=1) / arms.size()).sum()))


def effect(data):
    """Return the difference of the two arms, the coefficient itself."""
    means = _class_means(data)
    return float(_ols(means["treated"], means["score"])[0])


def ps01_data(rng):
    """Draw twelve classes of nine pupils, five of them treated, in which the six ways give six standard errors.

    Drawn again until every other way is at least 0.05 points away and counting pupils is too sure by 40 percent or more.
    """
    while True:
        treated = rng.permutation([1] * 5 + [0] * 7)
        level = 3.0 * rng.standard_normal(12) + 2.0 * treated
        score = np.round(50 + np.repeat(level, 9) + 5.0 * rng.standard_normal(108), 1)
        names = np.repeat([f"class {k + 1:02d}" for k in range(12)], 9)
        data = pd.DataFrame({"class": names, "treated": np.repeat(treated, 9), "score": score})
        right = means_se(data)
        others = [way(data) for way in (rows_se, robust_se, population_se, welch_se, effect)]
        if right > 1.4 * rows_se(data) and min(abs(other - right) for other in others) > 0.05:
            return data


DATA = {"ps01": ps01_data}

TREATMENT_SE = Exercise(
    id="treatment_se",
    lesson="01",
    title=N_("The standard error of a treatment of classes"),
    kind="value",
    points=2,
    section="The wrong analysis: six people as eighty-three recordings",
    reference=means_se,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.006,
        reason=N_(
            "Two decimals are enough; the data are drawn so that every other way is at least 0.05 points away."
        ),
    ),
    data="ps01",
    hints=(
        N_("To whom was the treatment given: to pupils one by one, or to classes?"),
        N_(
            'Make one row for each class: my_classes.groupby("class").agg(score=("score", "mean"), treated=("treated", "first")).'
        ),
        N_('Fit smf.ols("score ~ treated", data=...) to these rows and take .bse["treated"].'),
    ),
    misconceptions=(
        Misconception(
            "counted_pupils",
            N_(
                "This standard error counts every pupil as if the treatment had been given to pupils one by one. It was given to classes."
            ),
            wrong=rows_se,
        ),
        Misconception(
            "cluster_robust",
            N_(
                "This is the cluster-robust standard error. It knows about the classes, but with twelve of them it is itself uncertain; the task asks for the regression of the class means."
            ),
            wrong=robust_se,
            credit=0.75,
        ),
        Misconception(
            "population_variance",
            N_(
                "The class means are right, but you divided by their number instead of by their degrees of freedom: two coefficients were estimated."
            ),
            wrong=population_se,
            credit=0.5,
        ),
        Misconception(
            "separate_variances",
            N_("This gives each arm a variance of its own. The regression has one residual SD for both."),
            wrong=welch_se,
            credit=0.75,
        ),
        Misconception(
            "the_intercept",
            N_(
                "This is the standard error of the intercept, the mean of the untreated classes. Take that of treated."
            ),
            wrong=intercept_se,
            credit=0.5,
        ),
        Misconception(
            "the_effect",
            N_("This is the effect. The question is how sure you are of it: its standard error."),
            wrong=effect,
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The treatment is a variable of the classes, so the classes are the units. Their means have one row each, and in "
        "classes of equal size this simple regression gives the same standard error as the multilevel model. It has "
        "twelve minus two degrees of freedom, not a hundred and six."
    ),
)


# ---- what is wrong with what -----------------------------------------------------------------------------------------


WHAT_GOES_WRONG = Exercise(
    id="what_goes_wrong",
    lesson="01",
    title=N_("What goes wrong, and in which direction"),
    kind="slots",
    points=3,
    section="Two directions of being wrong",
    slots=(
        Slot(
            "unrelated_to_x",
            ("the slope", "its standard error", "both"),
            "its standard error",
            wrong={
                "the slope": Misconception(
                    "M2",
                    N_(
                        "Look at the column of mean estimates: groups that have nothing to do with x leave the slope where it is."
                    ),
                ),
                "both": Misconception(
                    "M2",
                    N_(
                        "One of the two stays right as long as the groups have nothing to do with x. Look at the mean estimates."
                    ),
                ),
            },
        ),
        Slot(
            "related_to_x",
            ("the slope", "nothing"),
            "the slope",
            wrong={
                "nothing": Misconception(
                    "no_omitted_group",
                    N_(
                        "If groups with large x are also high for other reasons, the one line mixes the two. Which number is that?"
                    ),
                )
            },
        ),
        Slot(
            "x_of_the_group",
            ("too small", "right", "too large"),
            "too small",
            wrong={
                "right": Misconception(
                    "rows_are_rows",
                    N_(
                        "A variable of the groups has as many values as there are groups. Does least squares know that?"
                    ),
                ),
                "too large": Misconception(
                    "swapped_directions",
                    N_(
                        "For a variable of the groups all of the group differences are noise that does not average out. Which direction is that?"
                    ),
                ),
            },
        ),
        Slot(
            "x_within",
            ("too small", "right", "too large"),
            "too large",
            wrong={
                "too small": Misconception(
                    "M3",
                    N_(
                        "Too small is the case of a variable of the groups. Where every group is its own comparison, the differences between groups cancel, yet least squares counts them as noise."
                    ),
                ),
                "right": Misconception(
                    "M3",
                    N_(
                        "Every group is its own comparison here, so its level cancels. Least squares still counts the levels as noise."
                    ),
                ),
            },
        ),
        Slot(
            "robust_with_six",
            ("too short", "about right", "too long"),
            "too short",
            wrong={
                "about right": Misconception(
                    "robust_always",
                    N_(
                        "Cluster-robust standard errors are right with many clusters. Look at the left end of the coverage figure."
                    ),
                ),
                "too long": Misconception(
                    "robust_always",
                    N_(
                        "Look at the left end of the coverage figure: is the coverage above or below ninety-five percent?"
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("All five answers can be read from the two tables of simulations."),
        N_(
            "Ask each time: do the differences between groups cancel in this comparison, or do they stay in it as noise?"
        ),
        N_(
            "Where they cancel, least squares counts too much noise; where they stay, it counts too little. The slope itself moves only if groups and x go together."
        ),
    ),
    explanation=N_(
        "Groups that have nothing to do with x do not move the slope, only its uncertainty. For a variable of the groups "
        "the group differences stay in the comparison, and least squares counts too many rows; for a variable that varies "
        "inside the groups they cancel, and least squares counts noise that is not there. Robust standard errors learn "
        "from the groups, so few groups teach them little, and their intervals are too short."
    ),
)


# ---- an inverse task -------------------------------------------------------------------------------------------------


def _dummies(data):
    """Return the slope and its standard error with an intercept for each group."""
    x = (data["x"] - data.groupby("group")["x"].transform("mean")).to_numpy(dtype=float)
    y = (data["y"] - data.groupby("group")["y"].transform("mean")).to_numpy(dtype=float)
    slope = x @ y / (x @ x)
    residual = y - slope * x
    df = len(data) - data["group"].nunique() - 1
    return slope, np.sqrt(residual @ residual / df / (x @ x))


def has_groups(data):
    """Whether it is a table of group, x and y with six groups, four rows in each, finite numbers, and an x that varies inside."""
    if not isinstance(data, pd.DataFrame) or not set(data.columns) >= {"group", "x", "y"}:
        return False
    if any(type(entry) is str for entry in data[["x", "y"]].to_numpy(object).flat):
        return False
    try:
        values = data[["x", "y"]].to_numpy(float)
    except (TypeError, ValueError):
        return False
    return bool(
        values.shape[1] == 2
        and np.isfinite(values).all()
        and data["group"].nunique() >= 6
        and data.groupby("group").size().min() >= 4
        and data.groupby("group")["x"].nunique().max() > 1
    )


def _spread(data):
    """Return the SD of y over the SD of x: what a slope is large or small against, whatever the units."""
    return float(data["y"].to_numpy(float).std() / data["x"].to_numpy(float).std())


def is_noisy(data):
    """Whether the lines inside the groups leave something over: exact lines prove nothing."""
    return bool(has_groups(data) and _dummies(data)[1] > 1e-4 * _spread(data))


def slopes_agree(data):
    """Whether the two slopes are within a tenth of each other, and not zero."""
    if not has_groups(data):
        return False
    one, apart = _ols(data["x"], data["y"])[0], _dummies(data)[0]
    return bool(abs(one - apart) <= 0.1 * abs(apart) and abs(apart) > 1e-6 * _spread(data))


def ols_too_careful(data):
    """Whether least squares without groups is unsure by a factor of two or more."""
    if not has_groups(data):
        return False
    one = _ols(data["x"], data["y"])[1]
    return bool(one >= 2 * _dummies(data)[1] and one > 1e-4 * _spread(data))


TOO_CAREFUL = Exercise(
    id="too_careful",
    lesson="01",
    title=N_("Make data for which one line is too careful"),
    kind="inverse",
    points=3,
    section="Two directions of being wrong",
    criteria=(
        Criterion(
            has_groups,
            N_(
                "Give a DataFrame with the columns group, x and y, all numbers finite, six groups or more, four rows or more in each, "
                "and an x that varies inside them."
            ),
            0.2,
        ),
        Criterion(
            is_noisy,
            N_(
                "The points must not lie exactly on lines inside the groups: a standard error of almost zero shows nothing."
            ),
            0.1,
        ),
        Criterion(
            slopes_agree,
            N_(
                "The slope of the one line and the slope with an intercept for each group should agree to a tenth, and not be zero."
            ),
            0.3,
        ),
        Criterion(
            ols_too_careful,
            N_(
                "The standard error of the one line should be at least twice the one with an intercept for each group."
            ),
            0.4,
        ),
    ),
    hints=(
        N_(
            "When does least squares count noise that is not there? Read the row of the table in which its standard error is too large."
        ),
        N_("Let x have the same values in every group, so that every group is its own comparison."),
        N_(
            "Then lift whole groups up and down by a lot: the one line takes these steps for noise, the other does not. Add a little noise to each row."
        ),
    ),
    explanation=N_(
        "With the same x in every group the differences between groups cannot tilt the line, so the slopes agree. But the one "
        "line counts them as residual noise, while an intercept for each group takes them out. The larger the steps "
        "between groups, the more careful the one line becomes, for no reason."
    ),
)


# ---- find the flaw ---------------------------------------------------------------------------------------------------

FIND_THE_FLAW = Exercise(
    id="find_the_flaw",
    lesson="01",
    title=N_("A report with one flaw"),
    kind="slots",
    points=2,
    section="The wrong analysis: six people as eighty-three recordings",
    slots=(
        Slot(
            "flaw",
            (
                "the teachers were not drawn at random",
                "the standard error counts pupils, but teachers were assigned",
                "a difference of four points is too small to matter",
                "an interval should have been given instead of a p-value",
            ),
            "the standard error counts pupils, but teachers were assigned",
            wrong={
                "the teachers were not drawn at random": Misconception(
                    "other_worry",
                    N_(
                        "They were assigned by a coin, which is as good as it gets for a comparison. Count the coins."
                    ),
                ),
                "a difference of four points is too small to matter": Misconception(
                    "other_worry",
                    N_(
                        "Whether four points matter is a question for teachers. The flaw is in how sure the report is of them."
                    ),
                ),
                "an interval should have been given instead of a p-value": Misconception(
                    "other_worry",
                    N_(
                        "An interval would be better, but one made of the same standard error would have the same flaw."
                    ),
                ),
            },
        ),
        Slot(
            "consequence",
            ("the difference is biased", "the report is too sure", "the report is too careful"),
            "the report is too sure",
            wrong={
                "the difference is biased": Misconception(
                    "M2",
                    N_(
                        "The coin makes the two groups of teachers alike on average. What is wrong is not the difference."
                    ),
                ),
                "the report is too careful": Misconception(
                    "M3",
                    N_(
                        "The method is a variable of the teachers. For such a variable, does the standard error of least squares come out too small or too large?"
                    ),
                ),
            },
        ),
        Slot(
            "remedy",
            ("more teachers", "more pupils per teacher", "a dummy for each teacher"),
            "more teachers",
            wrong={
                "more pupils per teacher": Misconception(
                    "rows_for_groups",
                    N_(
                        "More pupils make each teacher's mean surer, but there are still eight teachers to compare."
                    ),
                ),
                "a dummy for each teacher": Misconception(
                    "dummies_for_level_2",
                    N_(
                        "With a dummy for each teacher nothing is left over that could tell the two methods apart."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Say first who the units of the treatment are."),
        N_("How many coins were thrown? How many rows does the test count?"),
        N_(
            "Eight teachers were assigned, and two hundred pupils are counted. Which of the three sentences says that?"
        ),
    ),
    explanation=N_(
        "Eight coins were thrown, so the comparison has eight units. The two hundred pupils make the eight means precise, but "
        "differences between teachers do not average out over pupils. Only more teachers help."
    ),
)

EXERCISES = (EFFECTIVE_SIZE, WHAT_GOES_WRONG, TOO_CAREFUL, TREATMENT_SE, FIND_THE_FLAW)
