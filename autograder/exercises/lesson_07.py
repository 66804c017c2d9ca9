"""The exercises of lesson 07, "Predictors at two levels".

Notation: the slope within comes from deviations from the groups' means, the slope between from those means; contextual is
between minus within. In groups of equal size the multilevel model's coefficients are these least-squares slopes exactly, so
the references are written from sums of squares, and `hlm_teach` and statsmodels can be checked against them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.exercises.told import told
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- two slopes from one column --------------------------------------------------------------------------------------


def _slope(y, x) -> float:
    """Return the least-squares slope of y on x, with an intercept."""
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    return float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))


def _split(v, group):
    """Return the deviations of v from its groups' means, and these means."""
    v = np.asarray(v, dtype=float)
    _names, code = np.unique(np.asarray(group), return_inverse=True)
    means = np.bincount(code, v) / np.bincount(code)
    return v - means[code], means


def within_slope(y, x, group):
    """Return Σ(x − x̄_j)(y − ȳ_j) / Σ(x − x̄_j)²."""
    dy, dx = _split(y, group)[0], _split(x, group)[0]
    return float(dx @ dy / (dx @ dx))


def between_slope(y, x, group):
    """Return the least-squares slope of the groups' means, each group once."""
    return _slope(_split(y, group)[1], _split(x, group)[1])


def both_slopes(y, x, group):
    """Return the slopes within and between."""
    return {"within": within_slope(y, x, group), "between": between_slope(y, x, group)}


def _with(within=within_slope, between=between_slope):
    return lambda y, x, group: {"within": within(y, x, group), "between": between(y, x, group)}


def _pooled(y, x, group):
    return _slope(y, x)


def _own_slopes(y, x, group):
    y, x, group = np.asarray(y, dtype=float), np.asarray(x, dtype=float), np.asarray(group)
    return float(np.mean([_slope(y[group == g], x[group == g]) for g in pd.unique(group)]))


def _total_below(y, x, group):
    dy, dx = _split(y, group)[0], _split(x, group)[0]
    x = np.asarray(x, dtype=float)
    return float(dx @ dy / np.sum((x - x.mean()) ** 2))


def _contextual(y, x, group):
    return between_slope(y, x, group) - within_slope(y, x, group)


def _through_zero(y, x, group):
    my, mx = _split(y, group)[1], _split(x, group)[1]
    return float(mx @ my / (mx @ mx))


def _other_way_round(y, x, group):
    return both_slopes(x, y, group)


def _groups_case(rng):
    J, n = int(rng.integers(4, 8)), int(rng.integers(3, 7))
    group = np.repeat([f"g{j + 1}" for j in range(J)], n)
    centre = 3 * rng.standard_normal(J)
    own = rng.standard_normal((J, n)) * rng.uniform(0.4, 2.0, (J, 1))
    x = centre[:, None] + own
    slopes = rng.uniform(-3, 3, J)[:, None]  # each group its own, so that their plain mean is another number
    y = 50 + rng.uniform(-4, 4) * centre[:, None] + slopes * own + rng.standard_normal((J, n))
    order = rng.permutation(J * n)
    return Case(
        {"y": np.round(y.ravel(), 2)[order], "x": np.round(x.ravel(), 2)[order], "group": group[order]},
        label=N_("groups of equal size, the rows in no order"),
    )


NINE = Case(
    {
        "y": np.array([58.0, 60, 62, 55, 57, 59, 52, 54, 56]),
        "x": np.array([1.0, 2, 3, 2, 3, 4, 3, 4, 5]),
        "group": np.repeat(["A", "B", "C"], 3),
    },
    label=N_("the nine pupils of the lesson"),
)
FOUR = Case(
    {
        "y": np.array([5.0, 9.0, 7.0, 4.0, 8.0, 3.0, 9.0, 6.0]),
        "x": np.array([1.0, 4.0, 2.0, 3.0, 6.0, 5.0, 7.0, 4.5]),
        "group": np.array(["a", "b", "a", "c", "b", "c", "d", "d"]),
    },
    label=N_("four groups of two, the rows in no order"),
)

TWO_SLOPES = Exercise(
    id="two_slopes",
    lesson="07",
    title=N_("The slope within and the slope between"),
    kind="function",
    points=3,
    section="By hand first: three schools, nine pupils",
    reference=both_slopes,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("Both slopes are ratios of sums: any correct way of computing them agrees to about 1e-12."),
    ),
    shown=(NINE, FOUR),
    draw=_groups_case,
    hidden=4,
    hints=(
        N_(
            "Make two smaller data sets of the one: the rows without their groups, and the groups without their rows."
        ),
        N_(
            "Within: subtract from x and from y the mean of the row's own group, then take one slope from all of these. "
            "Between: the slope of the groups' means of y on those of x."
        ),
        N_(
            "With off = rows - rows.groupby(group).transform('mean'), the slope within is the sum of off.x times off.y over the sum of off.x squared. "
            "For the slope between do the same with the groups' means, after taking off their own mean."
        ),
    ),
    misconceptions=(
        Misconception(
            "swapped",
            N_("The two slopes are swapped: the one from the means of the groups is the slope between."),
            wrong=_with(between_slope, within_slope),
            credit=0.5,
        ),
        Misconception(
            "pooled_for_within",
            N_(
                "Your slope within comes from all rows as they are. It still holds the differences between the groups: "
                "take the mean of its group off each row first, from x and from y."
            ),
            wrong=_with(within=_pooled),
            credit=0.5,
        ),
        Misconception(
            "pooled_for_between",
            N_("Your slope between comes from all rows. Reduce each group to one point, its means, first."),
            wrong=_with(between=_pooled),
            credit=0.5,
        ),
        Misconception(
            "pooled_twice",
            N_(
                "Both of your slopes are that of the one line through all rows. It mixes the two questions: take the groups' means off for "
                "the one, and use nothing but these means for the other."
            ),
            wrong=_with(_pooled, _pooled),
        ),
        Misconception(
            "contextual_for_between",
            N_("You gave the contextual effect, between minus within, in the place of the slope between."),
            wrong=_with(between=_contextual),
            credit=0.5,
        ),
        Misconception(
            "mean_of_slopes",
            N_(
                "You averaged the groups' own slopes, each with the same weight. A group whose x hardly varies says little about the slope: "
                "pool the deviations of all groups and take one slope."
            ),
            wrong=_with(within=_own_slopes),
            credit=0.5,
        ),
        Misconception(
            "divided_by_total",
            N_(
                "In the slope within, the squares below the line are distances of x from the mean of all rows. Above and below the line the same "
                "distances belong: those from the group's own mean. (Taking the groups' means off y alone does this too.)"
            ),
            wrong=_with(within=_total_below),
            credit=0.5,
        ),
        Misconception(
            "line_through_zero",
            N_(
                "Your slope between belongs to a line through zero. Take the mean of the groups' means off first."
            ),
            wrong=_with(between=_through_zero),
            credit=0.5,
        ),
        Misconception(
            "x_on_y",
            N_("You regressed x on y. The slope of y on x has the squares of x below the line."),
            wrong=_other_way_round,
            credit=0.25,
        ),
    ),
    explanation=N_(
        "Deviations from the groups' means hold no differences between groups, and the means hold none within. Least squares on each of the "
        "two gives the two slopes; least squares on all rows gives their average, weighted by where the variance of x lies."
    ),
)


# ---- make a paradox --------------------------------------------------------------------------------------------------


def _table(answer) -> pd.DataFrame | None:
    """Return the table with plain numbers, or None if it is not what was asked for."""
    if not isinstance(answer, pd.DataFrame) or not {"group", "x", "y"} <= set(answer.columns):
        return None
    if answer.columns.duplicated().any() or answer["group"].isna().any():
        return None
    if any(isinstance(entry, str | bool | complex) for name in ("x", "y") for entry in answer[name]):
        return None
    try:
        codes, levels = pd.factorize(answer["group"])
        rows = pd.DataFrame(
            {"group": codes, "x": answer["x"].to_numpy(float), "y": answer["y"].to_numpy(float)}
        )
    except (TypeError, ValueError):
        return None
    if (
        len(levels) < 4
        or np.bincount(codes, minlength=1).min() < 3
        or not np.isfinite(rows[["x", "y"]]).all().all()
    ):
        return None
    return rows


def _rises_inside(rows: pd.DataFrame) -> bool:
    parts = [part for _g, part in rows.groupby("group")]
    return all(np.ptp(part["x"]) > 0 and _slope(part["y"], part["x"]) >= 1 - 1e-9 for part in parts)


def _falls_overall(rows: pd.DataFrame) -> bool:
    return bool(np.ptp(rows["x"]) > 0) and _slope(rows["y"], rows["x"]) <= -1 + 1e-9


def _also(holds):
    def check(answer):
        rows = _table(answer)
        return rows is not None and bool(holds(rows))

    return check


REVERSED_SLOPES = Exercise(
    id="reversed_slopes",
    lesson="07",
    title=N_("Make a paradox"),
    kind="inverse",
    points=2,
    section="By hand first: three schools, nine pupils",
    criteria=(
        Criterion(
            _also(lambda rows: True),
            N_(
                "It must be a DataFrame with the columns group, x and y: four groups or more, three rows or more in each, "
                "and every x and y a finite number."
            ),
            0.2,
        ),
        Criterion(
            _also(_rises_inside),
            N_(
                "In every group, taken alone, y must rise by one or more per unit of x. In yours it does not in at least one."
            ),
            0.4,
        ),
        Criterion(
            _also(_falls_overall),
            N_(
                "The line through all rows must fall by one or more per unit of x. Yours does not: its slope weighs the one within and "
                "the one between by where x varies."
            ),
            0.4,
        ),
    ),
    hints=(
        N_(
            "Choose the slope inside the groups and the slope of their means separately; you are free in both."
        ),
        N_(
            "The line through all rows follows the means where x varies mostly between the groups. Let the means lie far apart in x and fall steeply."
        ),
        N_(
            "Put the groups at x around 0, 5, 10 and 15. Inside, let y rise by a little more than x does. From one group to the next, let y drop by three times "
            "what x gains."
        ),
    ),
    explanation=N_(
        "The slope of one line is an average of the slope within and the slope between, weighted by the variance of x within and between. "
        "With the groups far apart in x nearly all of the weight lies on the means, so they decide the sign."
    ),
)


# ---- slopes and questions --------------------------------------------------------------------------------------------


MATCH_THE_SLOPES = Exercise(
    id="match_the_slopes",
    lesson="07",
    title=N_("Match the slopes to the questions"),
    kind="slots",
    points=3,
    section="The repair: put the group mean in",
    slots=(
        Slot(
            "raw_slope",
            (
                "the effect of ses within schools",
                "the effect of a school's mean ses",
                "a weighted mean of the slopes within and between",
            ),
            "a weighted mean of the slopes within and between",
            wrong={
                "the effect of ses within schools": Misconception(
                    "M28",
                    N_(
                        "The effect within schools is what dummies give, and what the model gives once the school's mean stands beside the pupil's ses. "
                        "Compare the numbers."
                    ),
                ),
                "the effect of a school's mean ses": Misconception(
                    "M28",
                    N_(
                        "The model has one coefficient for pupils and schools together, and most of its weight lies on the pupils."
                    ),
                ),
            },
        ),
        Slot(
            "schoolmates",
            ("2.19", "2.39", "5.87"),
            "2.19",
            wrong={
                "2.39": Misconception(
                    "M28",
                    N_(
                        "That number also holds a part of the differences between schools, and these two sit in one school."
                    ),
                ),
                "5.87": Misconception(
                    "ecological",
                    N_("That number compares the means of schools. These two pupils share their school."),
                ),
            },
        ),
        Slot(
            "two_schools",
            ("2.39", "3.68", "5.87"),
            "5.87",
            wrong={
                "2.39": Misconception(
                    "M28",
                    N_(
                        "That is a mixture, and mostly about pupils of one school. Here two means are compared."
                    ),
                ),
                "3.68": Misconception(
                    "contextual_for_between",
                    N_(
                        "That compares two pupils with equal ses. The means of two schools differ for two reasons: their pupils' ses, and the school."
                    ),
                ),
            },
        ),
        Slot(
            "same_ses",
            ("2.19", "3.68", "5.87"),
            "3.68",
            wrong={
                "2.19": Misconception(
                    "within_for_contextual",
                    N_(
                        "That is for a difference in the pupils' own ses. Theirs is the same; the schools differ."
                    ),
                ),
                "5.87": Misconception(
                    "between_for_contextual",
                    N_(
                        "That also holds what the pupils' own ses makes, and theirs is the same. Take that part off."
                    ),
                ),
            },
        ),
        Slot(
            "centred",
            ("nothing but the intercept", "the slope, and tau", "only the standard errors"),
            "the slope, and tau",
            wrong={
                "nothing but the intercept": Misconception(
                    "M29",
                    N_(
                        "That is so when one number is subtracted from all pupils. Here each school has its own: look at the deviance and at tau in the table."
                    ),
                ),
                "only the standard errors": Misconception(
                    "M29",
                    N_("Look at the table of codings: is the slope the same, and the deviance?"),
                ),
            },
        ),
    ),
    hints=(
        N_("For each number ask which two pupils, or which two schools, it compares."),
        N_(
            "Pupils of one school: within. Means of schools: between. Equal pupils in different schools: the difference of the two. "
            "The raw predictor: a mixture."
        ),
        N_(
            "The slope within is the smallest of the numbers, that between schools the largest, and the contextual effect is their difference. "
            "For the last blank read the table of codings, line by line."
        ),
    ),
    explanation=N_(
        "Each slope compares something else with something: pupils of one school, means of schools, like pupils in different schools. "
        "With ses alone the model weighs the first two. Centring by school takes the schools' differences in ses out of the model, so slope and tau are others."
    ),
)


# ---- shrink to a line ------------------------------------------------------------------------------------------------


def to_the_line(y, se, x, gamma0, gamma1, tau):
    """λy + (1 − λ)(γ₀ + γ₁x), λ = τ²/(τ² + se²)."""
    y, se, x = (np.asarray(a, dtype=float) for a in (y, se, x))
    keep = tau**2 / (tau**2 + se**2)
    return keep * y + (1 - keep) * (gamma0 + gamma1 * x)


def _pull(target, keep=lambda se, tau: tau**2 / (tau**2 + se**2)):
    def wrong(y, se, x, gamma0, gamma1, tau):
        y, se, x = (np.asarray(a, dtype=float) for a in (y, se, x))
        weight = keep(se, tau)
        return weight * y + (1 - weight) * target(y, se, x, gamma0, gamma1, tau)

    return wrong


def _the_line(y, se, x, gamma0, gamma1, tau):
    return gamma0 + gamma1 * x


def _precise_mean(y, se, x, gamma0, gamma1, tau):
    weight = 1 / (se**2 + tau**2)
    return np.sum(weight * y) / np.sum(weight)


def _line_case(rng):
    J = int(rng.integers(4, 9))
    x = np.round(rng.normal(0, 1.2, J), 2)
    gamma0, gamma1 = (
        float(np.round(rng.uniform(20, 60), 1)),
        float(np.round(rng.choice([-1, 1]) * rng.uniform(2, 6), 1)),
    )
    tau = float(np.round(rng.uniform(1.5, 5), 1))
    se = np.round(rng.uniform(0.8, 6, J), 1)
    y = np.round(gamma0 + gamma1 * x + np.hypot(tau, se) * rng.standard_normal(J), 1)
    return Case(
        {"y": y, "se": se, "x": x, "gamma0": gamma0, "gamma1": gamma1, "tau": tau},
        label=N_("another set of groups with a line"),
    )


SHRINK_TO_LINE = Exercise(
    id="shrink_to_line",
    lesson="07",
    title=N_("Shrink to a line"),
    kind="function",
    points=2,
    section="A predictor of groups: shrink to a line",
    reference=to_the_line,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed: any correct way of computing it agrees to about 1e-12."),
    ),
    shown=(
        Case(
            {
                "y": np.array([52.0, 47.0, 60.0]),
                "se": np.array([1.0, 3.0, 5.0]),
                "x": np.array([-1.0, 0.5, 2.0]),
                "gamma0": 50.0,
                "gamma1": 3.0,
                "tau": 4.0,
            },
            label=N_("three groups around a rising line"),
        ),
        Case(
            {
                "y": np.array([31.0, 44.0, 38.0, 35.0]),
                "se": np.array([2.0, 4.0, 3.0, 1.0]),
                "x": np.array([0.0, -1.5, -0.5, 1.0]),
                "gamma0": 36.0,
                "gamma1": -4.0,
                "tau": 0.0,
            },
            label=N_("groups that differ by nothing but the line"),
        ),
    ),
    draw=_line_case,
    hidden=6,
    hints=(
        N_(
            "It is the weighted average of lesson 03. Only one of its parts is new, and each group has its own."
        ),
        N_(
            "The target of a group is its place on the line, gamma0 + gamma1 times its x. The weights come from variances."
        ),
        N_(
            "Let keep = tau**2 / (tau**2 + se**2). The estimate is keep times y plus (1 - keep) times the place on the line."
        ),
    ),
    misconceptions=(
        Misconception(
            "target_is_gamma0",
            N_(
                "You pulled every group to gamma0. Each group has a target of its own: the place on the line at its x."
            ),
            wrong=_pull(lambda y, se, x, gamma0, gamma1, tau: gamma0),
            credit=0.25,
        ),
        Misconception(
            "target_is_the_mean",
            N_(
                "You pulled the groups to their precision-weighted mean, as if there were no predictor. The target is the line."
            ),
            wrong=_pull(_precise_mean),
            credit=0.25,
        ),
        Misconception(
            "target_is_the_plain_mean",
            N_("You pulled the groups to the mean of their y. The target is the line, at each group's x."),
            wrong=_pull(lambda y, se, x, gamma0, gamma1, tau: y.mean()),
            credit=0.25,
        ),
        Misconception(
            "without_intercept",
            N_("Your target is the slope times x. A place on the line has gamma0 in it too."),
            wrong=_pull(lambda y, se, x, gamma0, gamma1, tau: gamma1 * x),
            credit=0.25,
        ),
        Misconception(
            "swapped_weights",
            N_(
                "The weights are swapped: in your estimates the groups with the smallest standard errors are pulled most."
            ),
            wrong=_pull(_the_line, lambda se, tau: se**2 / (tau**2 + se**2)),
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_("Your weights come from standard deviations. Square tau and se first."),
            wrong=_pull(_the_line, lambda se, tau: tau / (tau + se)),
            credit=0.5,
        ),
        Misconception(
            "tau_not_squared",
            N_("You squared se but not tau. Both are standard deviations, so both are squared."),
            wrong=_pull(_the_line, lambda se, tau: tau / (tau + se**2)),
            credit=0.5,
        ),
        Misconception(
            "coefficients_swapped",
            N_(
                "gamma0 and gamma1 have changed places: gamma0 is the height of the line at x = 0, gamma1 its slope."
            ),
            wrong=_pull(lambda y, se, x, gamma0, gamma1, tau: gamma1 + gamma0 * x),
            credit=0.5,
        ),
        Misconception(
            "half_way",
            N_(
                "You went half of the way for every group. How far a group moves depends on its standard error and on tau."
            ),
            wrong=_pull(_the_line, lambda se, tau: 0.5),
            credit=0.25,
        ),
        Misconception(
            "unmoved",
            N_("You returned the means as they are. Partial pooling moves each of them toward the line."),
            wrong=lambda y, se, x, gamma0, gamma1, tau: np.asarray(y, dtype=float),
        ),
        Misconception(
            "only_the_line",
            N_(
                "You returned the places on the line. The groups' own means count too, with the weight that tau gives them."
            ),
            wrong=lambda y, se, x, gamma0, gamma1, tau: gamma0 + gamma1 * np.asarray(x, dtype=float),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "Given its x, a group's true level lies around the line with variance tau², and its mean around that level with variance se². The two are averaged "
        "by precision, as in lesson 03; only the target is no longer one number for all."
    ),
)


# ---- a student's own schools -----------------------------------------------------------------------------------------


def _columns(data):
    return {"y": data["score"], "x": data["books"], "group": data["school"]}


def contextual(data):
    """Return between minus within."""
    return _contextual(**_columns(data))


def raw_slope(data):
    """Return the coefficient of x in the multilevel model without the groups' means."""
    from hlm_teach.lmm import lmm

    return float(lmm("score ~ books + (1 | school)", data).fixef["books"])


def books_reliability(data):
    """Return 1 − MSW/MSB of x: how reliable the groups' means of x would be as measurements."""
    off, means = _split(data["books"], data["school"])
    J, n = len(means), len(off) // len(means)
    within, between = off @ off / (J * (n - 1)), n * means.var(ddof=1)
    return float(1 - within / between)


CLOSED = {
    "between_for_contextual": lambda data: between_slope(**_columns(data)),
    "within_for_contextual": lambda data: within_slope(**_columns(data)),
    "pooled": lambda data: _pooled(**_columns(data)),
    "between_minus_pooled": lambda data: between_slope(**_columns(data)) - _pooled(**_columns(data)),
    "corrected": lambda data: contextual(data) / books_reliability(data),
}
WRONG_CONTEXTS = CLOSED | {
    "M28": lambda data: between_slope(**_columns(data)) - raw_slope(data),
    "raw_slope": raw_slope,
}
APART = 0.05


def ps07_data(rng):
    """Draw fourteen schools of eight pupils whose contextual effect differs from every number of a wrong way.

    Drawn until all of these numbers, without their signs, are at least 0.05 apart, and the contextual effect is 1 to 6 points.
    """

    def make(rng):
        J, n = 14, 8
        within = rng.uniform(1.5, 4)
        context = rng.choice([-1, 1]) * rng.uniform(1.5, 4.5)
        mean = rng.normal(4, 1.0, (J, 1))
        books = np.round(np.maximum(mean + rng.normal(0, 1.4, (J, n)), 0.1), 1)
        level = 40 + context * books.mean(axis=1, keepdims=True) + rng.normal(0, 2.0, (J, 1))
        score = np.round(level + within * books + rng.normal(0, 5.0, (J, n)), 1)
        school = np.repeat([f"S{j + 1:02d}" for j in range(J)], n)
        return pd.DataFrame({"school": school, "books": books.ravel(), "score": score.ravel()})

    def apart(data):
        right = contextual(data)
        found = [right, *(wrong(data) for wrong in CLOSED.values())]
        if not 1 <= abs(right) <= 6 or np.diff(np.sort(np.abs(found))).min() < APART:
            return False
        raw, between = raw_slope(data), found[1]
        found += [raw, between - raw]
        return bool(np.diff(np.sort(np.abs(found))).min() >= APART)

    return draw_until(rng, make, apart)


DATA = {"ps07": ps07_data}

MY_CONTEXTUAL = Exercise(
    id="my_contextual",
    lesson="07",
    title=N_("The contextual effect in your own schools"),
    kind="value",
    points=2,
    section="Noise in the group means",
    reference=contextual,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.006,
        reason=N_(
            "Two decimals are enough, and in groups of equal size all software agrees to about 1e-8; "
            "the data are drawn so that every wrong way is at least 0.05 away."
        ),
    ),
    data="ps07",
    hints=(
        N_("What is compared with what? Two pupils with equally many books, in different classes."),
        N_(
            "Make a column with each school's mean of books, and put it into the model beside the books of the pupil."
        ),
        N_(
            'With my_schools["mean_books"] = my_schools.groupby("school")["books"].transform("mean"), fit '
            '"score ~ books + mean_books + (1 | school)". The coefficient of mean_books is what is asked.'
        ),
    ),
    misconceptions=(
        Misconception(
            "between_for_contextual",
            N_(
                "This is the slope between the schools' means. It also holds what the pupils' own books make, and these two have equally many."
            ),
            wrong=WRONG_CONTEXTS["between_for_contextual"],
            credit=0.5,
        ),
        Misconception(
            "within_for_contextual",
            N_(
                "This is the slope within schools, for two pupils of one class. The two here have equally many books; their classes differ."
            ),
            wrong=WRONG_CONTEXTS["within_for_contextual"],
            credit=0.25,
        ),
        Misconception(
            "M28",
            N_(
                "From the slope between you took the coefficient of the model with books alone. That is not the slope within, but a mixture of both."
            ),
            wrong=WRONG_CONTEXTS["M28"],
            credit=0.5,
        ),
        Misconception(
            "raw_slope",
            N_(
                "This is the coefficient of books in a multilevel model without the schools' means: a mixture of the slopes within and between."
            ),
            wrong=WRONG_CONTEXTS["raw_slope"],
        ),
        Misconception(
            "pooled",
            N_(
                "This is the slope of one line through all pupils. It mixes pupils and schools: give each a column."
            ),
            wrong=WRONG_CONTEXTS["pooled"],
        ),
        Misconception(
            "between_minus_pooled",
            N_(
                "From the slope between you took the slope of one line through all pupils. Take off the slope within schools."
            ),
            wrong=WRONG_CONTEXTS["between_minus_pooled"],
            credit=0.25,
        ),
        Misconception(
            "corrected",
            N_(
                "You divided by the reliability of the schools' means. That is right where a few pupils stand for more; here the eight are the whole class, "
                "so their mean has no noise."
            ),
            wrong=WRONG_CONTEXTS["corrected"],
            credit=0.75,
        ),
    ),
    explanation=N_(
        "With the pupil's books and the school's mean both in the model, the coefficient of the mean is for pupils with equally many books: "
        "the slope between minus the slope within."
    ),
)


# ---- a report --------------------------------------------------------------------------------------------------------

LABELS = ("sound", "wrong level", "wrong count", "wrong reading of tau")


FLAWS_IN_THE_REPORT = Exercise(
    id="flaws_in_the_report",
    lesson="07",
    title=N_("Find the flaws in a report"),
    kind="slots",
    points=2,
    section="What a slope of one level says about the other",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "sound",
            told(
                LABELS,
                "sound",
                "misread_report",
                (
                    N_("It is about schools and their means, and so is the number that it gives."),
                    N_(
                        "No sample size is named here; the standard error is that of a model with schools in it."
                    ),
                    N_("Nothing is said about tau here: this sentence gives a slope."),
                ),
            ),
        ),
        Slot(
            "sentence_2",
            LABELS,
            "wrong level",
            told(
                LABELS,
                "wrong level",
                "ecological",
                (
                    N_(
                        "Which comparison did the number come from, and which comparison does this sentence make?"
                    ),
                    N_("How many there are is not the trouble. Ask who is compared with whom."),
                    N_("No variance is read here. Ask who is compared with whom."),
                ),
            ),
        ),
        Slot(
            "sentence_3",
            LABELS,
            "wrong count",
            told(
                LABELS,
                "wrong count",
                "M30",
                (
                    N_("To whom is a sector given, to pupils or to schools? As many of these are counted."),
                    N_("The conclusion stays with the sector. Look at what is counted."),
                    N_("No variance is read here. Look at what is counted."),
                ),
            ),
        ),
        Slot(
            "sentence_4",
            LABELS,
            "wrong reading of tau",
            told(
                LABELS,
                "wrong reading of tau",
                "M15",
                (
                    N_(
                        "In the lesson, what did the same predictor do to tau, and was that a failure of the program?"
                    ),
                    N_("Nothing is concluded about pupils or schools here. Ask whether tau must fall."),
                    N_("Nothing is counted here. Ask whether tau must fall."),
                ),
            ),
        ),
    ),
    hints=(
        N_("For each sentence ask: what is compared, what is counted, and what follows?"),
        N_("One sentence is sound, and each of the other labels fits once."),
        N_(
            "Look for a slope of schools that is used for a pupil, for pupils that are counted where schools should be, and for a variance that is expected to fall."
        ),
    ),
    explanation=N_(
        "A slope of school means is sound as long as it stays with schools. The sector rests on the number of schools. "
        "And a predictor of rows may raise tau: it lowers sigma, and it may adjust the means the wrong way."
    ),
)

EXERCISES = (
    TWO_SLOPES,
    REVERSED_SLOPES,
    MATCH_THE_SLOPES,
    SHRINK_TO_LINE,
    MY_CONTEXTUAL,
    FLAWS_IN_THE_REPORT,
)
