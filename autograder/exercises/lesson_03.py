"""The exercises of lesson 03, "Shrinkage in closed form".

Notation: y (J,) the groups' own means, se (J,) their known standard errors, tau the SD between groups;
B = se²/(se² + tau²) the weight on the target (`shrinkage_factor`), 1 − B the weight on the group's own mean.
References are written from the formulas, not borrowed from `hlm_teach`, so that one can check the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Carry, Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

EXACT = Tolerance(
    rtol=1e-6,
    atol=1e-9,
    reason=N_(
        "The formula is closed: any correct way of computing it agrees to about 1e-12, "
        "and cases are drawn until the nearest wrong way differs by more than one part in a thousand."
    ),
)

EIGHT_SCHOOLS = {
    "y": np.array([28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0]),
    "se": np.array([15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0]),
}


# ---- the weight on the target -------------------------------------------------------------------------------------


def weight(se, tau):
    """B = se²/(se² + tau²)."""
    return se**2 / (se**2 + tau**2)


def _weight_case(rng):
    return Case(
        {"se": np.round(rng.uniform(2.0, 9.0, 6), 2), "tau": float(np.round(rng.uniform(2.0, 9.0), 2))},
        label=N_("six groups with different standard errors"),
    )


SHRINKAGE_FACTOR = Exercise(
    id="shrinkage_factor",
    lesson="03",
    title=N_("The weight on the target"),
    kind="function",
    points=2,
    section="The weight, derived",
    reference=weight,
    tolerance=EXACT,
    shown=(
        Case({"se": EIGHT_SCHOOLS["se"], "tau": 6.5}, label=N_("the eight schools, with tau = 6.5 points")),
        Case({"se": 3.0, "tau": 4.0}, label=N_("one group, with se = 3 and tau = 4")),
        Case({"se": np.array([3.0, 5.0]), "tau": 0.0}, label=N_("tau = 0: all groups are the same")),
    ),
    draw=_weight_case,
    hints=(
        N_("Two variances compete: how far the group's mean can be off, and how far groups really differ."),
        N_(
            "A weight is a share: one variance divided by the sum of the two. Which one goes on top, if a noisy group must "
            "lean on the target? (A form that divides by tau fails where tau is zero.)"
        ),
        N_(
            "Square both arguments first: they are standard deviations. Then put the square of se over the sum of the two squares, "
            "with brackets around the sum."
        ),
    ),
    misconceptions=(
        Misconception(
            "swapped_weights",
            N_(
                "You returned the weight on the group's own mean (the reliability). "
                "The shrinkage factor is the weight on the target: it is large where the group's mean is noisy."
            ),
            wrong=lambda se, tau: tau**2 / (se**2 + tau**2),
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_(
                "You weighted by standard deviations. The weights come from variances: square se and tau first."
            ),
            wrong=lambda se, tau: se / (se + tau),
            credit=0.25,
        ),
        Misconception(
            "tau_not_squared",
            N_("You squared se but not tau. Both are standard deviations, so both are squared."),
            wrong=lambda se, tau: se**2 / (se**2 + tau),
            credit=0.25,
        ),
        Misconception(
            "se_not_squared",
            N_("You squared tau but not se. Both are standard deviations, so both are squared."),
            wrong=lambda se, tau: se / (se + tau**2),
            credit=0.25,
        ),
        Misconception(
            "no_brackets",
            N_(
                "Division comes before addition: without brackets around the sum, se**2 is divided by itself. "
                "A weight lies between zero and one."
            ),
            wrong=lambda se, tau: se**2 / se**2 + tau**2,
            credit=0.5,
        ),
        Misconception(
            "ratio",
            N_(
                "You divided one variance by the other: that says how many times larger it is. A weight is a share of the whole, "
                "so divide by the sum of the two."
            ),
            wrong=lambda se, tau: se**2 / tau**2,
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The group's own mean has variance se², the model says that groups have variance tau² around the target. "
        "Each gets weight in proportion to the other's variance, so the target's share is se²/(se² + tau²). "
        "The same with precisions is (1/tau²)/(1/se² + 1/tau²), but that form fails at tau = 0."
    ),
)


# ---- the target ----------------------------------------------------------------------------------------------------


def target(y, se, tau):
    """mu = Σ w y / Σ w with w = 1/(se² + tau²)."""
    return _centre(y, 1 / (se**2 + tau**2))


def _centre(y, w):
    return float(np.sum(w * y) / np.sum(w))


def _weighted_by(weights):
    """Return the pipeline that averages the means with these weights(se, tau)."""
    return lambda y, se, tau: _centre(y, weights(se, tau) * np.ones(len(y)))


WRONG_TARGETS = {
    "M5": _weighted_by(lambda se, tau: 1 / se**2),
    "unweighted_mean": _weighted_by(lambda se, tau: 1.0),
    "sd_weights": _weighted_by(lambda se, tau: 1 / np.sqrt(se**2 + tau**2)),
    "sum_of_sds": _weighted_by(lambda se, tau: 1 / (se + tau)),
    "variance_weights": _weighted_by(lambda se, tau: se**2 + tau**2),
    "shrinkage_weights": _weighted_by(weight),
    "added_precisions": _weighted_by(lambda se, tau: tau**2 / se**2 + 1),  # times tau², to live at tau = 0
    "tau_not_squared": _weighted_by(lambda se, tau: 1 / (se**2 + tau)),
    "not_divided": lambda y, se, tau: float(np.sum(y / (se**2 + tau**2))),
    "divided_by_count": lambda y, se, tau: float(np.mean(y / (se**2 + tau**2))),
}


def _groups(rng, J=8):
    n = rng.choice([3, 4, 6, 10, 20, 60, 150], J)
    se = np.round(10 / np.sqrt(n), 3)
    tau = float(np.round(rng.uniform(3.0, 8.0), 2))
    y = np.round(50 + tau * rng.standard_normal(J) + se * rng.standard_normal(J), 2)
    y[np.argmax(n)] += 12.0  # the largest group stands apart, so that the two targets differ
    return {"y": y, "se": se, "tau": tau}


def _told_apart(inputs):
    """Say whether every wrong target is at least 0.1 points from the right one and from each other."""
    found = [target(**inputs), *(wrong(**inputs) for wrong in WRONG_TARGETS.values())]
    return bool(np.diff(np.sort(found)).min() >= 0.1)


def _groups_case(rng):
    return Case(
        draw_until(rng, _groups, _told_apart), label=N_("eight groups, the largest of which stands apart")
    )


POOLED_TARGET = Exercise(
    id="pooled_target",
    lesson="03",
    title=N_("Where the arrows point"),
    kind="function",
    points=2,
    section="The target is not the grand mean",
    reference=target,
    tolerance=EXACT,
    shown=(
        Case(EIGHT_SCHOOLS | {"tau": 6.5}, label=N_("the eight schools, with tau = 6.5 points")),
        Case(
            {
                "y": np.array([70.0, 50.0, 52.0, 48.0]),
                "se": 10 / np.sqrt(np.array([200.0, 5.0, 5.0, 5.0])),
                "tau": 60**0.5,
            },
            label=N_("one group of 200 and three groups of 5"),
        ),
    ),
    draw=_groups_case,
    hints=(
        N_(
            "Every group says something about the centre of the groups. How much, depends on how far its mean can be from that centre."
        ),
        N_(
            "A group's mean differs from the centre for two reasons: it is noisy (se), and groups differ (tau). Add the two variances."
        ),
        N_(
            "Weight each mean by one over (se squared plus tau squared), and divide by the sum of the weights."
        ),
    ),
    misconceptions=(
        Misconception(
            "M5",
            N_(
                "You used the grand mean of all pupils (weights 1/se²). Partial pooling shrinks to the centre of the "
                "groups: tau belongs in the weights, so that one huge group does not set the target alone."
            ),
            wrong=WRONG_TARGETS["M5"],
            credit=0.25,
        ),
        Misconception(
            "unweighted_mean",
            N_(
                "You took the plain mean of the group means. A noisy group says less about the centre, so weights are needed."
            ),
            wrong=WRONG_TARGETS["unweighted_mean"],
            credit=0.25,
        ),
        Misconception(
            "sd_weights",
            N_(
                "You weighted by one over a standard deviation. Precision is one over a variance: se² + tau²."
            ),
            wrong=WRONG_TARGETS["sd_weights"],
            credit=0.25,
        ),
        Misconception(
            "sum_of_sds",
            N_(
                "You added two standard deviations. Variances add: square se and tau first, and weight by one over the sum."
            ),
            wrong=WRONG_TARGETS["sum_of_sds"],
            credit=0.25,
        ),
        Misconception(
            "variance_weights",
            N_(
                "Your weights are the variances themselves, so the noisiest groups count most. Weight by one over the variance."
            ),
            wrong=WRONG_TARGETS["variance_weights"],
            credit=0.25,
        ),
        Misconception(
            "shrinkage_weights",
            N_(
                "You weighted by the shrinkage factor, which is large for noisy groups: it says how far a group is pulled, "
                "not how much it says about the centre. Weight by one over (se² + tau²)."
            ),
            wrong=WRONG_TARGETS["shrinkage_weights"],
            credit=0.25,
        ),
        Misconception(
            "added_precisions",
            N_(
                "You added precisions. Here the two errors come on top of each other, so their variances add: "
                "the weight is one over (se² + tau²)."
            ),
            wrong=WRONG_TARGETS["added_precisions"],
            credit=0.25,
        ),
        Misconception(
            "not_divided",
            N_("You added up weight times mean. Divide by the sum of the weights, or it is no average."),
            wrong=WRONG_TARGETS["not_divided"],
            credit=0.5,
        ),
        Misconception(
            "divided_by_count",
            N_(
                "You divided by the number of groups. A weighted average is divided by the sum of its weights."
            ),
            wrong=WRONG_TARGETS["divided_by_count"],
            credit=0.5,
        ),
        Misconception(
            "tau_not_squared",
            N_("You squared se but not tau. Both are standard deviations, so both are squared."),
            wrong=WRONG_TARGETS["tau_not_squared"],
            credit=0.25,
        ),
    ),
    explanation=N_(
        "Around the centre mu a group's mean has variance se² + tau². The best weighted average of independent values "
        "with one mean and known variances uses one over those variances as weights."
    ),
)


# ---- the estimate --------------------------------------------------------------------------------------------------


def pooled(y, se, tau):
    """B·mu + (1 − B)·y, element by element."""
    B = weight(se, tau)
    return B * target(y, se, tau) + (1 - B) * y


def _with_target(mu):
    def wrong(y, se, tau):
        B = weight(se, tau)
        return B * mu(y, se, tau) + (1 - B) * y

    return wrong


def _with_weight(weights):
    def wrong(y, se, tau):
        B = weights(se, tau)
        return B * target(y, se, tau) + (1 - B) * y

    return wrong


PARTIAL_POOL = Exercise(
    id="partial_pool",
    lesson="03",
    title=N_("The partially pooled estimate"),
    kind="function",
    points=3,
    section="The estimate",
    reference=pooled,
    tolerance=EXACT,
    shown=(
        Case(EIGHT_SCHOOLS | {"tau": 6.5}, label=N_("the eight schools, with tau = 6.5 points")),
        Case(EIGHT_SCHOOLS | {"tau": 0.0}, label=N_("tau = 0: complete pooling")),
    ),
    draw=_groups_case,
    hints=(
        N_("Each estimate lies between two numbers that you can already compute. Which two?"),
        N_(
            "It is a weighted average of the group's own mean and the target; the weight on the target is your shrinkage_factor."
        ),
        N_(
            "Compute B with shrinkage_factor and mu with pooled_target, then B times mu plus (1 − B) times y."
        ),
    ),
    misconceptions=(
        Misconception(
            "M5",
            N_(
                "Your weights are right, but you shrink toward the grand mean of all pupils instead of the centre of the groups."
            ),
            wrong=_with_target(WRONG_TARGETS["M5"]),
            credit=0.5,
        ),
        Misconception(
            "unweighted_target",
            N_(
                "Your weights are right, but you shrink toward the plain mean of the group means. Weight it by precision."
            ),
            wrong=_with_target(WRONG_TARGETS["unweighted_mean"]),
            credit=0.5,
        ),
        Misconception(
            "swapped_weights",
            N_(
                "The weights are swapped: your noisy groups keep their own mean and your precise groups are pulled to the target."
            ),
            wrong=_with_weight(lambda se, tau: 1 - weight(se, tau)),
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_(
                "Your target is right, but the weights come from standard deviations. They come from variances: square se and tau first."
            ),
            wrong=_with_weight(lambda se, tau: se / (se + tau)),
            credit=0.5,
        ),
        Misconception(
            "movement",
            N_(
                "You returned how far each group moves. The estimate is where it arrives: its own mean plus that movement."
            ),
            wrong=lambda y, se, tau: weight(se, tau) * (target(y, se, tau) - y),
            credit=0.5,
        ),
        Misconception(
            "deviation",
            N_(
                "You returned how far each estimate lies from the target. The estimate is the target plus that deviation."
            ),
            wrong=lambda y, se, tau: (1 - weight(se, tau)) * (y - target(y, se, tau)),
            credit=0.5,
        ),
        Misconception(
            "wrong_way",
            N_("Your groups move away from the target. Look at the sign of the movement: it goes toward mu."),
            wrong=lambda y, se, tau: y - weight(se, tau) * (target(y, se, tau) - y),
            credit=0.5,
        ),
        Misconception(
            "target_zero",
            N_(
                "You multiplied each mean by its own weight and left out the rest. The remaining weight goes to the target."
            ),
            wrong=lambda y, se, tau: (1 - weight(se, tau)) * y,
            credit=0.25,
        ),
        Misconception(
            "complete_pooling",
            N_(
                "You gave every group the same estimate: that is complete pooling. Keep part of each group's own mean."
            ),
            wrong=lambda y, se, tau: np.full(len(y), target(y, se, tau)),
        ),
        Misconception(
            "no_pooling",
            N_(
                "You returned the groups' own means: that is no pooling. Move each of them part of the way to the target."
            ),
            wrong=lambda y, se, tau: np.asarray(y, dtype=float),
        ),
    ),
    carries=(
        Carry(
            "shrinkage_factor",
            inputs_of=lambda y, se, tau: {"se": se, "tau": tau},
            reference=lambda value, y, se, tau: (
                np.asarray(value) * target(y, se, tau) + (1 - np.asarray(value)) * y
            ),
        ),
        Carry(
            "pooled_target",
            inputs_of=lambda y, se, tau: {"y": y, "se": se, "tau": tau},
            reference=lambda value, y, se, tau: weight(se, tau) * value + (1 - weight(se, tau)) * y,
        ),
    ),
    given=lambda earlier, y, se, tau: (
        np.asarray(earlier["shrinkage_factor"]) * (earlier["pooled_target"] - y) + y
    ),
    explanation=N_(
        "The group's mean and the model are two independent statements about the same quantity; their precision-weighted "
        "average is the estimate. It moves each mean by B times its distance from the target."
    ),
)


# ---- data in which the smallest group is not the one that moves most -----------------------------------------------

SIGMA, TAU = 10.0, 5.0


def _movement(table: pd.DataFrame) -> np.ndarray:
    y, se = table["mean"].to_numpy(float), SIGMA / np.sqrt(table["n"].to_numpy(float))
    return np.abs(pooled(y, se, TAU) - y)


def _is_table(answer) -> bool:
    if not isinstance(answer, pd.DataFrame) or len(answer) < 4 or not {"n", "mean"} <= set(answer.columns):
        return False
    if any(type(entry) is str for entry in answer[["n", "mean"]].to_numpy(object).flat):
        return False  # "4" looks like a number and sorts like a text
    try:
        values = answer[["n", "mean"]].to_numpy(float)
    except (TypeError, ValueError):
        return False
    if values.shape[1] != 2 or not np.isfinite(values).all():
        return False
    n = values[:, 0]
    return bool((n >= 1).all() and (n == np.round(n)).all())


def _one_smallest(table) -> bool:
    return int((table["n"] == table["n"].min()).sum()) == 1


def _another_moves_more(table) -> bool:
    moved, smallest = _movement(table), int(np.argmin(table["n"].to_numpy(float)))
    return bool(moved.max() >= moved[smallest] + 0.5)


SMALL_BUT_STEADY = Exercise(
    id="small_but_steady",
    lesson="03",
    title=N_("Small, and yet it hardly moves"),
    kind="inverse",
    points=2,
    section="Who moves, and how far",
    criteria=(
        Criterion(
            _is_table,
            N_(
                "It must be a DataFrame with at least four rows and the columns n (whole numbers, one or more) and mean, "
                "all of them finite."
            ),
            0.25,
        ),
        Criterion(
            lambda t: _is_table(t) and _one_smallest(t),
            N_("One group must be the smallest, alone: two of yours share the smallest n."),
            0.25,
        ),
        Criterion(
            lambda t: _is_table(t) and _another_moves_more(t),
            N_(
                "In your data no other group moves further than the smallest by half a point. Bring the smallest group's mean "
                "nearer to the target, or take another group further away."
            ),
            0.5,
        ),
    ),
    hints=(
        N_(
            "A group moves by its shrinkage factor times its distance from the target. Size is only half of that."
        ),
        N_("Put the mean of the smallest group close to where the arrows point."),
        N_(
            "Give the smallest group the mean of the others, and one middle-sized group a mean far from them all."
        ),
    ),
    misconceptions=(
        Misconception(
            "M6", N_("The smallest group need not move most: the movement is its weight times its distance.")
        ),
    ),
    explanation=N_(
        "The movement is B times the distance from the target. A small group has a large B, but if it lies at the target "
        "there is nothing to move."
    ),
)


# ---- the largest move: data of the student's own -------------------------------------------------------------------


def _columns(data) -> tuple[np.ndarray, np.ndarray]:
    return data["mean"].to_numpy(float), data["n"].to_numpy(float)


def _inputs(data):
    y, n = _columns(data)
    return {"y": y, "se": SIGMA / np.sqrt(n), "tau": TAU}


def moves(data):
    """Return how far each school moves: B·|mu − ȳ|."""
    inputs = _inputs(data)
    return np.abs(pooled(**inputs) - inputs["y"])


def largest(data):
    """Return the largest of the moves, in points."""
    return float(moves(data).max())


def _largest_with(pool):
    """Return the pipeline that takes the largest move of estimates made by pool(y, se, tau)."""

    def wrong(data):
        inputs = _inputs(data)
        return float(np.abs(pool(**inputs) - inputs["y"]).max())

    return wrong


def _distances(data):
    inputs = _inputs(data)
    return np.abs(target(**inputs) - inputs["y"])


def _largest_from(data, **other):
    """Return the largest move where some of the inputs are others."""
    inputs = _inputs(data) | other
    return float(np.abs(pooled(**inputs) - inputs["y"]).max())


WRONG_MOVES = {
    "M6": lambda data: float(moves(data)[np.argmin(data["n"])]),
    "furthest_school": lambda data: float(moves(data)[np.argmax(_distances(data))]),
    "M5": _largest_with(_with_target(WRONG_TARGETS["M5"])),
    "unweighted_target": _largest_with(_with_target(WRONG_TARGETS["unweighted_mean"])),
    "swapped_weights": _largest_with(_with_weight(lambda se, tau: 1 - weight(se, tau))),
    "sd_for_variance": _largest_with(_with_weight(lambda se, tau: se / (se + tau))),
    "forgot_n": lambda data: _largest_from(data, se=np.full(len(data), SIGMA)),
    "n_not_rooted": lambda data: _largest_from(data, se=SIGMA / _columns(data)[1]),
    "se_is_variance": lambda data: _largest_from(data, se=_inputs(data)["se"] ** 2),
    "tau_is_variance": lambda data: _largest_from(data, tau=TAU**2),
    "distance_only": lambda data: float(_distances(data).max()),
    "the_estimate": lambda data: float(pooled(**_inputs(data))[np.argmax(moves(data))]),
    "mean_move": lambda data: float(moves(data).mean()),
}


def ps03_data(rng):
    """Draw eight schools whose largest move can be told from every number that a wrong way gives.

    Neither the smallest school moves most nor the one furthest from the target: drawn until the largest move is
    2 to 8 points, and it and the numbers of all wrong ways are at least 0.05 points apart from each other.
    """

    def make(rng):
        n = rng.permutation([3, 4, 6, 9, 14, 25, 50, 110])
        mean = 55 + TAU * rng.standard_normal(8) + SIGMA / np.sqrt(n) * rng.standard_normal(8)
        mean[np.argmax(n)] = 55 + rng.choice([-1, 1]) * rng.uniform(10, 14)  # far away, and hardly moved
        mean[np.argmin(n)] = 55 + rng.uniform(-3, 3)  # near the target, and hardly moved
        return pd.DataFrame({"school": [f"S{j + 1}" for j in range(8)], "n": n, "mean": np.round(mean, 1)})

    def apart(data):
        right = largest(data)
        found = [right, *(wrong(data) for wrong in WRONG_MOVES.values())]
        return 2.0 <= right <= 8.0 and bool(np.diff(np.sort(found)).min() >= 0.05)

    return draw_until(rng, make, apart)


DATA = {"ps03": ps03_data}

LARGEST_MOVE = Exercise(
    id="largest_move",
    lesson="03",
    title=N_("The largest move"),
    kind="value",
    points=2,
    section="Who moves, and how far",
    reference=largest,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.006,
        reason=N_(
            "Rounding to two decimals is welcome, and the formula is exact far beyond that; "
            "the data are drawn so that every wrong way gives a number at least 0.05 points away."
        ),
    ),
    data="ps03",
    hints=(
        N_("Which school it is, you cannot see from the sizes alone, nor from the means alone."),
        N_(
            "First the eight estimates, with se = 10/√n. Then the distance between each estimate and its own mean."
        ),
        N_(
            'Let fit be ht.partial_pooling(my_schools["mean"], 10 / np.sqrt(my_schools["n"]), tau=5). '
            'The moves are np.abs(fit.estimate - my_schools["mean"]); take the largest.'
        ),
    ),
    misconceptions=(
        Misconception(
            "M6",
            N_(
                "This is the move of the smallest school. It has the largest weight on the target, but the move is the weight "
                "times the distance, and another school moves further."
            ),
            wrong=WRONG_MOVES["M6"],
            credit=0.25,
        ),
        Misconception(
            "furthest_school",
            N_(
                "This is the move of the school furthest from the target. It has the largest distance, but the move is the distance "
                "times the weight, and another school moves further."
            ),
            wrong=WRONG_MOVES["furthest_school"],
            credit=0.25,
        ),
        Misconception(
            "M5",
            N_(
                "You shrank toward the mean of all pupils. The target is the precision-weighted centre of the schools: "
                "the weights are one over (se² + tau²)."
            ),
            wrong=WRONG_MOVES["M5"],
            credit=0.5,
        ),
        Misconception(
            "unweighted_target",
            N_("You shrank toward the plain mean of the eight means. Weight it by precision."),
            wrong=WRONG_MOVES["unweighted_target"],
            credit=0.5,
        ),
        Misconception(
            "swapped_weights",
            N_(
                "The weights are swapped: in your estimates the large schools are pulled most. A move is B times the distance."
            ),
            wrong=WRONG_MOVES["swapped_weights"],
            credit=0.25,
        ),
        Misconception(
            "sd_for_variance",
            N_("Your weights come from standard deviations. They come from variances: square se and tau."),
            wrong=WRONG_MOVES["sd_for_variance"],
            credit=0.25,
        ),
        Misconception(
            "forgot_n",
            N_(
                "You gave every school the standard error of a single pupil. The mean of n pupils has the standard error 10/√n."
            ),
            wrong=WRONG_MOVES["forgot_n"],
            credit=0.25,
        ),
        Misconception(
            "n_not_rooted",
            N_(
                "You divided by n instead of its square root. The mean of n pupils has the standard error 10/√n."
            ),
            wrong=WRONG_MOVES["n_not_rooted"],
            credit=0.25,
        ),
        Misconception(
            "se_is_variance",
            N_("You passed variances for the standard errors. se is 10/√n, not its square."),
            wrong=WRONG_MOVES["se_is_variance"],
            credit=0.25,
        ),
        Misconception(
            "tau_is_variance",
            N_("You passed the variance for tau. tau is a standard deviation, in points."),
            wrong=WRONG_MOVES["tau_is_variance"],
            credit=0.25,
        ),
        Misconception(
            "distance_only",
            N_(
                "This is the distance of a school from the target. A school moves only a part of that way: B of it."
            ),
            wrong=WRONG_MOVES["distance_only"],
            credit=0.25,
        ),
        Misconception(
            "the_estimate",
            N_(
                "This is where the school arrives, its estimate. Asked is how far it moves: the distance to its own mean."
            ),
            wrong=WRONG_MOVES["the_estimate"],
            credit=0.5,
        ),
        Misconception(
            "mean_move",
            N_("This is how far the eight schools move on average. Asked is the largest of the eight moves."),
            wrong=WRONG_MOVES["mean_move"],
            credit=0.5,
        ),
    ),
    carries=(
        Carry(
            "shrinkage_factor",
            inputs_of=lambda data: {"se": _inputs(data)["se"], "tau": TAU},
            reference=lambda value, data: float(
                np.max(np.abs(np.asarray(value) * (target(**_inputs(data)) - _inputs(data)["y"])))
            ),
        ),
        Carry(
            "pooled_target",
            inputs_of=_inputs,
            reference=lambda value, data: _largest_with(_with_target(lambda y, se, tau: value))(data),
        ),
        Carry(
            "partial_pool",
            inputs_of=_inputs,
            reference=lambda value, data: float(np.max(np.abs(np.asarray(value) - _inputs(data)["y"]))),
        ),
    ),
    given=lambda earlier, data: float(
        np.max(
            np.abs(
                np.asarray(earlier["partial_pool"]) - _inputs(data)["y"]
                if "partial_pool" in earlier
                else np.asarray(earlier["shrinkage_factor"]) * (earlier["pooled_target"] - _inputs(data)["y"])
            )
        )
    ),
    explanation=N_(
        "A school moves by B times its distance from the target. The smallest school has the largest B and the school furthest out "
        "the largest distance, but the largest product belongs to a third one."
    ),
)


# ---- James and Stein -----------------------------------------------------------------------------------------------


def james_stein_mean(y, se):
    """Positive-part James–Stein toward the mean: ȳ + max(0, 1 − (J − 3)se²/Σ(y − ȳ)²)(y − ȳ)."""
    y = np.asarray(y, dtype=float)
    centre = y.mean()
    keep = max(0.0, 1 - (len(y) - 3) * se**2 / np.sum((y - centre) ** 2))
    return centre + keep * (y - centre)


def _stein_case(rng, J=9):
    se = float(np.round(rng.uniform(1.0, 3.0), 2))
    # in every second case, on average, the means are so close together that the positive part must act
    spread = se * (0.35 if rng.random() < 0.5 else 1.6)
    y = np.round(20 + spread * rng.standard_normal(J), 2)
    label = (
        N_("nine means closer together than their noise")
        if spread < se
        else N_("nine means that differ by more than their noise")
    )
    return Case({"y": y, "se": se}, label=label)


def _stein(minus=3, positive=True, centred=True, power=2, spread=np.sum):
    """Return James and Stein's rule with one of its parts changed."""

    def wrong(y, se):
        y = np.asarray(y, dtype=float)
        centre = y.mean() if centred else 0.0
        keep = 1 - (len(y) - minus) * se**power / spread((y - centre) ** 2)
        return centre + (max(0.0, keep) if positive else keep) * (y - centre)

    return wrong


def _factor_for_keep(y, se):
    y = np.asarray(y, dtype=float)
    B = min(1.0, (len(y) - 3) * se**2 / np.sum((y - y.mean()) ** 2))
    return y.mean() + B * (y - y.mean())


def _times_y(y, se):
    y = np.asarray(y, dtype=float)
    return max(0.0, 1 - (len(y) - 3) * se**2 / np.sum((y - y.mean()) ** 2)) * y


def _left_alone(y, se):
    shrunk = _stein(positive=False)(y, se)
    passed = (shrunk - np.mean(y)) * (y - np.mean(y)) < 0
    return np.asarray(y, dtype=float) if passed.any() else shrunk


JAMES_STEIN_MEAN = Exercise(
    id="james_stein_mean",
    lesson="03",
    title=N_("James and Stein's estimate"),
    kind="function",
    points=2,
    section="When tau is not known: James and Stein",
    reference=james_stein_mean,
    tolerance=EXACT,
    shown=(
        Case(
            {"y": np.array([12.0, 15.0, 9.0, 20.0, 14.0, 8.0]), "se": 2.0}, label=N_("six means with se = 2")
        ),
        Case(
            {"y": np.array([10.0, 10.5, 9.6, 10.2, 9.9]), "se": 2.0},
            label=N_("five means closer together than their noise"),
        ),
    ),
    draw=_stein_case,
    hidden=8,
    hints=(
        N_("The estimate needs no tau: the spread of the means tells how much of that spread is noise."),
        N_(
            "Compare what noise alone would give, (J − 3) times se squared, with the sum of squared distances from the mean. "
            "What if the noise is the larger of the two?"
        ),
        N_(
            "Keep max(0, 1 − (J − 3)·se²/Σ(y − ȳ)²) of each distance from the mean of the y, and add the mean back."
        ),
    ),
    misconceptions=(
        Misconception(
            "no_positive_part",
            N_(
                "Where the means are closer together than their noise, your estimates pass through the mean and change sides. "
                "Cut the factor off at zero."
            ),
            wrong=_stein(positive=False),
            credit=0.5,
        ),
        Misconception(
            "minus_two",
            N_(
                "You used J − 2. That belongs to a fixed target; estimating the mean from the same data costs one more, J − 3."
            ),
            wrong=_stein(2),
            credit=0.5,
        ),
        Misconception(
            "minus_one",
            N_(
                "You used J − 1, as in a sample variance. That is the method of moments; James and Stein's rule has J − 3."
            ),
            wrong=_stein(1),
            credit=0.5,
        ),
        Misconception(
            "minus_nothing",
            N_("You used J where the rule has J − 3."),
            wrong=_stein(0),
            credit=0.5,
        ),
        Misconception(
            "target_zero",
            N_("You shrank toward zero. Here the target is the mean of the y."),
            wrong=_stein(2, centred=False),
            credit=0.25,
        ),
        Misconception(
            "shrunk_to_zero",
            N_(
                "Your factor is right, but you multiplied the y by it. What shrinks is their distance from their mean."
            ),
            wrong=_times_y,
            credit=0.5,
        ),
        Misconception(
            "mean_not_added",
            N_("You shrank the distances from the mean but did not add the mean back."),
            wrong=lambda y, se: james_stein_mean(y, se) - np.mean(y),
            credit=0.5,
        ),
        Misconception(
            "factor_for_keep",
            N_(
                "You kept the share that should have been taken away: one minus your factor is what each mean keeps of its distance."
            ),
            wrong=_factor_for_keep,
            credit=0.5,
        ),
        Misconception(  # after factor_for_keep, which looks the same on such cases
            "not_shrunk_when_close",
            N_(
                "Where the means are closer together than their noise, you left them as they are. "
                "That is where all of their spread may be noise: then nothing of the distances is kept."
            ),
            wrong=_left_alone,
            credit=0.5,
        ),
        Misconception(
            "mean_of_squares",
            N_(
                "You divided by a variance, a mean of squares. The rule has the sum of the squared distances."
            ),
            wrong=_stein(spread=np.mean),
            credit=0.25,
        ),
        Misconception(
            "sample_variance",
            N_(
                "You divided by a sample variance, squares over J − 1. The rule has the sum of the squared distances itself."
            ),
            wrong=_stein(spread=lambda squares: np.sum(squares) / (len(squares) - 1)),
            credit=0.25,
        ),
        Misconception(
            "se_not_squared",
            N_(
                "You did not square se. Noise is compared with squared distances, so it enters as a variance."
            ),
            wrong=_stein(power=1),
            credit=0.5,
        ),
    ),
    explanation=N_(
        "If all groups were the same, the sum of squared distances would be about (J − 1)se². The factor compares the two "
        "and keeps the rest; it needs no distribution of the groups, and with four means or more its expected total squared "
        "error is below that of the means themselves."
    ),
)


# ---- reading the picture -------------------------------------------------------------------------------------------


READ_THE_SHRINKAGE = Exercise(
    id="read_the_shrinkage",
    lesson="03",
    title=N_("Three sentences about shrinkage"),
    kind="slots",
    points=2,
    section="What the spread of the estimates is not",
    slots=(
        Slot(
            "spread_of_estimates",
            ("smaller than tau", "equal to tau", "larger than tau"),
            "smaller than tau",
            wrong={
                "equal to tau": Misconception(
                    "M7",
                    N_(
                        "The estimates have been pulled in, so their spread understates the spread of the groups."
                    ),
                ),
                "larger than tau": Misconception(
                    "M7",
                    N_(
                        "It is the groups' own means that spread more than tau; the estimates were pulled in."
                    ),
                ),
            },
        ),
        Slot(
            "more_groups_of_five",
            (
                "each group's estimate gets closer to the truth",
                "mu gets closer to the truth",
                "both get closer to the truth",
            ),
            "mu gets closer to the truth",
            wrong={
                "each group's estimate gets closer to the truth": Misconception(
                    "M10",
                    N_(
                        "A group with five pupils stays a group with five pupils, however many other groups there are."
                    ),
                ),
                "both get closer to the truth": Misconception(
                    "M10",
                    N_(
                        "Half of that: mu is a parameter and is learned from all groups, a group's own value only from its pupils and mu."
                    ),
                ),
            },
        ),
        Slot(
            "biased_and_better",
            (
                "are biased and therefore worse",
                "are unbiased for every group",
                "have a lower total error in spite of bias",
            ),
            "have a lower total error in spite of bias",
            wrong={
                "are biased and therefore worse": Misconception(
                    "M8",
                    N_(
                        "Bias is one part of the error, variance the other; shrinkage trades a little of one for more of the other."
                    ),
                ),
                "are unbiased for every group": Misconception(
                    "M8",
                    N_(
                        "Given a group's true value its estimate is biased toward the target; the gain is in the variance."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Each blank has its table or its figure in the lesson. Find that first, then the words."),
        N_(
            "For the first: three standard deviations of the counties. For the second: the table in which the groups go from ten to "
            "ten thousand. For the third: the baseball players."
        ),
        N_(
            "The estimates were pulled in. More groups tell more about the centre; do they tell more about the pupils of one school? "
            "And an error has two parts, bias and variance: compare their sum."
        ),
    ),
    explanation=N_(
        "Estimates spread less than the groups do, parameters get learned from many groups while a group's own value does not, "
        "and the total squared error falls because the loss in bias is smaller than the gain in variance."
    ),
)


EXPLAIN_SHRINKAGE = Exercise(
    id="explain_shrinkage",
    lesson="03",
    title=N_("Explain it to a headteacher"),
    kind="written",
    points=4,
    section="Who moves, and how far",
    hints=(
        N_(
            "Do without the words weight, variance and precision. What would you tell a friend about a mean of six pupils?"
        ),
        N_(
            "Three numbers in points carry the answer: how far a mean of six is typically off, how far the school is from the target, "
            "and how far it moved."
        ),
        N_(
            "Begin with ten over the square root of six. Then: the other schools are a second witness, the two witnesses are "
            "believed nearly alike, and for one school alone nothing is promised."
        ),
    ),
    rubric=(
        (1.0, N_("Says that a small group's mean is noisy and gives the size of that noise in points.")),
        (1.0, N_("Says what the estimate is pulled to, and that this is not the mean of all pupils.")),
        (1.0, N_("Says how far this school's estimate moved and why, in points.")),
        (1.0, N_("Says what the estimate cannot do: for this one school it may be further from the truth.")),
    ),
    explanation=N_(
        "A good answer names the noise, the target, the movement and the limit, each in points and in plain words."
    ),
)

EXERCISES = (
    SHRINKAGE_FACTOR,
    POOLED_TARGET,
    PARTIAL_POOL,
    SMALL_BUT_STEADY,
    LARGEST_MOVE,
    JAMES_STEIN_MEAN,
    READ_THE_SHRINKAGE,
    EXPLAIN_SHRINKAGE,
)
