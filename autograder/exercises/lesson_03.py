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
        "and the nearest wrong way differs by more than one part in a thousand."
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
            "A weight is a share: one variance divided by the sum of the two. Which one goes on top, if a noisy group must lean on the target?"
        ),
        N_(
            "Square both arguments first: they are standard deviations. Then put the square of se over the sum of the two squares."
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
    ),
    explanation=N_(
        "The group's own mean has variance se², the model says that groups have variance tau² around the target. "
        "Each gets weight in proportion to the other's variance, so the target's share is se²/(se² + tau²)."
    ),
)


# ---- the target ----------------------------------------------------------------------------------------------------


def target(y, se, tau):
    """mu = Σ w y / Σ w with w = 1/(se² + tau²)."""
    w = 1 / (se**2 + tau**2)
    return float(np.sum(w * y) / np.sum(w))


def _eight_groups(rng, J=8):
    n = rng.choice([3, 4, 6, 10, 20, 60, 150], J)
    se = np.round(10 / np.sqrt(n), 3)
    tau = float(np.round(rng.uniform(3.0, 8.0), 2))
    y = np.round(50 + tau * rng.standard_normal(J) + se * rng.standard_normal(J), 2)
    y[np.argmax(n)] += 12.0  # the largest group stands apart, so that the two targets differ
    return Case({"y": y, "se": se, "tau": tau}, label=N_("eight groups, the largest of which stands apart"))


def _groups_case(rng):
    """Draw until the plain mean of the means is at least 0.1 from the target: by chance the two can coincide."""
    return draw_until(
        rng, _eight_groups, lambda case: abs(np.mean(case.inputs["y"]) - target(**case.inputs)) >= 0.1
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
            wrong=lambda y, se, tau: float(np.sum(y / se**2) / np.sum(1 / se**2)),
            credit=0.25,
        ),
        Misconception(
            "unweighted_mean",
            N_(
                "You took the plain mean of the group means. A noisy group says less about the centre, so weights are needed."
            ),
            wrong=lambda y, se, tau: float(np.mean(y)),
            credit=0.25,
        ),
        Misconception(
            "sd_weights",
            N_(
                "You weighted by one over a standard deviation. Precision is one over a variance: se² + tau²."
            ),
            wrong=lambda y, se, tau: float(
                np.sum(y / np.sqrt(se**2 + tau**2)) / np.sum(1 / np.sqrt(se**2 + tau**2))
            ),
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
            wrong=_with_target(lambda y, se, tau: float(np.sum(y / se**2) / np.sum(1 / se**2))),
            credit=0.5,
        ),
        Misconception(
            "unweighted_target",
            N_(
                "Your weights are right, but you shrink toward the plain mean of the group means. Weight it by precision."
            ),
            wrong=_with_target(lambda y, se, tau: float(np.mean(y))),
            credit=0.5,
        ),
        Misconception(
            "swapped_weights",
            N_(
                "The weights are swapped: your noisy groups keep their own mean and your precise groups are pulled to the target."
            ),
            wrong=lambda y, se, tau: (1 - weight(se, tau)) * target(y, se, tau) + weight(se, tau) * y,
            credit=0.5,
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
    explanation=N_(
        "The group's mean and the model are two independent statements about the same quantity; their precision-weighted "
        "average is the estimate. It moves each mean by B times its distance from the target."
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
    # an ordinary draw, then every second term a set so close together that the positive part must act
    spread = se * (0.35 if rng.random() < 0.5 else 1.6)
    y = np.round(20 + spread * rng.standard_normal(J), 2)
    label = (
        N_("nine means closer together than their noise")
        if spread < se
        else N_("nine means that differ by more than their noise")
    )
    return Case({"y": y, "se": se}, label=label)


def _stein(minus, positive=True, centred=True):
    def wrong(y, se):
        y = np.asarray(y, dtype=float)
        centre = y.mean() if centred else 0.0
        keep = 1 - (len(y) - minus) * se**2 / np.sum((y - centre) ** 2)
        return centre + (max(0.0, keep) if positive else keep) * (y - centre)

    return wrong


JAMES_STEIN_MEAN = Exercise(
    id="james_stein_mean",
    lesson="03",
    title=N_("James and Stein's estimate"),
    kind="function",
    points=3,
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
            "Compare what noise alone would give, (J − 3) times se squared, with the sum of squared distances from the mean."
        ),
        N_(
            "Keep max(0, 1 − (J − 3)·se²/Σ(y − ȳ)²) of each distance from the mean of the y, and add the mean back."
        ),
    ),
    misconceptions=(
        Misconception(
            "no_positive_part",
            N_(
                "Where the means are closer together than their noise, your estimates pass through the mean and change sides. Cut the factor off at zero."
            ),
            wrong=_stein(3, positive=False),
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
            "complete_pooling",
            N_(
                "You gave every group the mean of the y. That is where the factor is cut off at zero; "
                "elsewhere each group keeps a part of its distance from the mean."
            ),
            wrong=lambda y, se: np.full(len(y), np.mean(y)),
        ),
        Misconception(
            "target_zero",
            N_("You shrank toward zero. Here the target is the mean of the y."),
            wrong=_stein(2, centred=False),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "If all groups were the same, the sum of squared distances would be about (J − 1)se². The factor compares the two "
        "and keeps the rest; it needs no prior, and with four means or more it beats the means themselves in total squared error."
    ),
)


# ---- data in which the smallest group is not the one that moves most -----------------------------------------------


def _movement(table: pd.DataFrame) -> np.ndarray:
    y, se = table["mean"].to_numpy(float), 10 / np.sqrt(table["n"].to_numpy(float))
    return np.abs(pooled(y, se, 5.0) - y)


def _is_table(answer) -> bool:
    return (
        isinstance(answer, pd.DataFrame)
        and {"n", "mean"} <= set(answer.columns)
        and len(answer) >= 4
        and bool(np.isfinite(answer[["n", "mean"]].to_numpy(float)).all())
        and bool((answer["n"] >= 1).all())
    )


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
                "Your table needs at least four rows and the columns n (one or more) and mean, all of them finite numbers."
            ),
            0.25,
        ),
        Criterion(
            lambda t: _is_table(t) and int((t["n"] == t["n"].min()).sum()) == 1,
            N_("One group must be the smallest, alone: two of yours share the smallest n."),
            0.25,
        ),
        Criterion(
            lambda t: _is_table(t) and int(np.argmax(_movement(t))) != int(np.argmin(t["n"].to_numpy())),
            N_(
                "In your data the smallest group still moves most. Bring its mean nearer to the target, or take another group further away."
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
        "The movement is B times the distance from the target. A small group has a large B, but if it lies at the target there is nothing to move."
    ),
)


# ---- reading the picture -------------------------------------------------------------------------------------------


def _said(id, sentence):
    return Misconception(id, sentence)


READ_THE_SHRINKAGE = Exercise(
    id="read_the_shrinkage",
    lesson="03",
    title=N_("Read the shrinkage plot"),
    kind="slots",
    points=2,
    section="What the spread of the estimates is not",
    slots=(
        Slot(
            "spread_of_estimates",
            ("smaller than tau", "equal to tau", "larger than tau"),
            "smaller than tau",
            wrong={
                "equal to tau": _said(
                    "M7",
                    N_(
                        "The estimates have been pulled in, so their spread understates the spread of the groups."
                    ),
                ),
                "larger than tau": _said(
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
                "mu gets closer to the truth",
                "each group's estimate gets closer to the truth",
                "both get closer to the truth",
            ),
            "mu gets closer to the truth",
            wrong={
                "each group's estimate gets closer to the truth": _said(
                    "M10",
                    N_(
                        "A group with five pupils stays a group with five pupils, however many other groups there are."
                    ),
                ),
                "both get closer to the truth": _said(
                    "M10",
                    N_(
                        "Half of that: mu is a parameter and is learned from all groups, a group's own value only from its pupils and mu."
                    ),
                ),
            },
        ),
        Slot(
            "biased_and_better",
            ("lower total error in spite of bias", "biased and therefore worse", "unbiased for every group"),
            "lower total error in spite of bias",
            wrong={
                "biased and therefore worse": _said(
                    "M8",
                    N_(
                        "Bias is one part of the error, variance the other; shrinkage trades a little of one for more of the other."
                    ),
                ),
                "unbiased for every group": _said(
                    "M8",
                    N_(
                        "Given a group's true value its estimate is biased toward the target; the gain is in the variance."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("Think of each blank as a claim about the widget: set it up there and look."),
        N_("Compare the spread of the diamonds with the spread of the hollow circles, and both with tau."),
        N_("More groups tell more about the centre. Do they tell more about the pupils of one school?"),
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
    JAMES_STEIN_MEAN,
    SMALL_BUT_STEADY,
    READ_THE_SHRINKAGE,
    EXPLAIN_SHRINKAGE,
)
