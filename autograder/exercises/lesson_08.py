"""The exercises of lesson 08, "When pooling fails".

Notation: J groups of n rows; s the SD of the groups' means; se_j a known standard error, tau the SD between hospitals of the same
volume. References are written from the formulas, so that `hlm_teach` and statsmodels can be checked against them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- did it arrive, and where? ---------------------------------------------------------------------------------------

PLACES = INSIDE, EDGE, LOST = "arrived, inside", "arrived, at the boundary", "did not arrive"
_NOT_LOST = N_(
    "The search arrived, whatever it warned of: look at its message. That an SD is 0, or a correlation 1, says where the lowest point is, not that it was missed."
)
_NOT_INSIDE = N_("Look at the SDs and the correlation: one of them is at the end of what is possible.")
_NOT_ARRIVED = N_(
    "Look at the message first. Where the search failed to converge, the numbers are a stop on the way."
)
_NO_EDGE = N_("No SD is 0 and no correlation is 1 here. A small SD, or a large correlation, is inside.")


def _output(name: str, right: str) -> Slot:
    wrong = {
        INSIDE: {EDGE: Misconception("inside_called_edge", _NO_EDGE), LOST: Misconception("inside_called_lost", N_("Nothing is wrong here: the search arrived, and no SD or correlation is at an end."))},
        EDGE: {INSIDE: Misconception("edge_called_inside", _NOT_INSIDE), LOST: Misconception("M20", _NOT_LOST)},
        LOST: {INSIDE: Misconception("trusts_the_numbers", _NOT_ARRIVED), EDGE: Misconception("M20", _NOT_ARRIVED)},
    }  # fmt: skip
    return Slot(name, PLACES, right, wrong=wrong[right])


SORT_THE_OUTPUTS = Exercise(
    id="sort_the_outputs",
    lesson="08",
    title=N_("Sort six outputs"),
    kind="slots",
    points=2,
    section="Singular is not the same as not converged",
    slots=tuple(
        _output(name, right)
        for name, right in zip("ABCDEF", (EDGE, LOST, INSIDE, EDGE, LOST, INSIDE), strict=True)
    ),
    hints=(
        N_(
            "Ask two questions of each output, one after the other, and do not let the first answer the second."
        ),
        N_(
            "Did the search arrive? The column message answers that. Only if so: is an SD 0, or a correlation 1 or −1?"
        ),
        N_(
            "Two outputs say that they failed to converge: whatever their numbers look like, they did not arrive. Of the other four, two have an SD of 0 or a "
            "correlation of exactly 1."
        ),
    ),
    explanation=N_(
        "Convergence is about the search, singularity about the place of the lowest point. A fit at the boundary has converged; a fit that stopped early may show "
        "any numbers, tame ones as well."
    ),
)


# ---- the next step ---------------------------------------------------------------------------------------------------

CHOOSE_NEXT_STEP = Exercise(
    id="choose_next_step",
    lesson="08",
    title=N_("The next step"),
    kind="slots",
    points=2,
    section="What to do, and what it costs",
    slots=(
        Slot(
            "ana",
            ("drop the clinics from the model altogether", "switch to ML", "report zero with its interval"),
            "report zero with its interval",
            wrong={
                "drop the clinics from the model altogether": Misconception(
                    "M21",
                    N_(
                        "The spread between clinics is her question. Deleting the term deletes the answer; its interval is the answer."
                    ),
                ),
                "switch to ML": Misconception(
                    "ml_at_the_edge",
                    N_("ML divides by more than REML does, so it lands on zero even more often."),
                ),
            },
        ),
        Slot(
            "ben",
            (
                "keep the varying effect",
                "drop terms until it is quiet",
                "report that weaker schools gain more",
            ),
            "keep the varying effect",
            wrong={
                "drop terms until it is quiet": Misconception(
                    "M21",
                    N_(
                        "Effects may differ between his schools. Look at what dropping the slope did to the false alarms, in the three hundred studies."
                    ),
                ),
                "report that weaker schools gain more": Misconception(
                    "M24",
                    N_(
                        "A correlation at the end of its range says that one direction of the spread was estimated as zero. It is no finding."
                    ),
                ),
            },
        ),
        Slot(
            "cleo",
            (
                "more iterations, another optimiser",
                "keep the slope of that contrast, without correlations",
                "no varying terms at all",
            ),
            "keep the slope of that contrast, without correlations",
            wrong={
                "more iterations, another optimiser": Misconception(
                    "M20",
                    N_(
                        "The search has arrived; a longer one ends at the same place. Six speakers cannot tell ten numbers."
                    ),
                ),
                "no varying terms at all": Misconception(
                    "M21",
                    N_(
                        "Then the standard error of her contrast counts rows and not speakers. Which term does her question rest on?"
                    ),
                ),
            },
        ),
        Slot(
            "dan",
            (
                "one direction of the spread was estimated as zero",
                "intercepts and slopes go together in every single group",
                "the model is not identified",
            ),
            "one direction of the spread was estimated as zero",
            wrong={
                "intercepts and slopes go together in every single group": Misconception(
                    "M24",
                    N_(
                        "With an SD of intercepts near zero there is nothing to go together. Look at the refits of such data."
                    ),
                ),
                "the model is not identified": Misconception(
                    "M20",
                    N_(
                        "The lowest point exists and was found. With other data of the same design it would lie inside."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("For each person find the term on which the question rests. That one is not for sale."),
        N_(
            "If the question is the spread, give its interval. If it is a mean effect that may differ between groups, its slope must be allowed to vary."
        ),
        N_(
            "Nobody here is helped by another optimiser, by ML, or by a model without groups. And a correlation of one is an ellipse pressed flat."
        ),
    ),
    explanation=N_(
        "The question decides. A spread that was asked for is reported with its interval; the slope behind a mean effect stays; of many terms for few groups the one stays that "
        "the question needs; and a correlation of one says that a direction is missing."
    ),
)


# ---- an interval from J means ----------------------------------------------------------------------------------------


def interval(means, n):
    """s·√((J − 1)/χ²) at both quantiles, with J − 1 degrees of freedom."""
    return _chi_interval(means, len(means) - 1)


def _chi_interval(means, free, s=None, level=0.95, root=np.sqrt):
    s = float(np.std(means, ddof=1)) if s is None else s
    low, high = chi2.ppf([(1 + level) / 2, (1 - level) / 2], free)
    return float(s * root(free / low)), float(s * root(free / high))


def _of_rows(means, n):
    return _chi_interval(means, len(means) * n - 1)


def _normal(means, n):
    J, s = len(means), float(np.std(means, ddof=1))
    half = norm.ppf(0.975) * s / np.sqrt(2 * (J - 1))
    return s - half, s + half


def _of_variance(means, n):
    low, high = interval(means, n)
    return low**2, high**2


def _unrooted(means, n):
    return _chi_interval(means, len(means) - 1, root=float)


def _swapped(means, n):
    return interval(means, n)[::-1]


def _free_is_J(means, n):
    return _chi_interval(means, len(means))


def _divided_by_J(means, n):
    return _chi_interval(means, len(means) - 1, s=float(np.std(means)))


def _ninety(means, n):
    return _chi_interval(means, len(means) - 1, level=0.90)


def _of_the_mean(means, n):
    from scipy.stats import t

    half = t.ppf(0.975, len(means) - 1) * np.std(means, ddof=1) / np.sqrt(len(means))
    return float(np.mean(means) - half), float(np.mean(means) + half)


def _over_root_n(means, n):
    low, high = interval(means, n)
    return low / np.sqrt(n), high / np.sqrt(n)


def _means_case(rng):
    J, n = int(rng.integers(3, 13)), int(rng.choice([500, 1000, 2000]))
    means = np.round(rng.normal(50, rng.uniform(2, 8), J), 1)
    return Case({"means": means, "n": n}, label=N_("another few groups of very many rows"))


TAU_INTERVAL = Exercise(
    id="tau_interval",
    lesson="08",
    title=N_("How much do J means know?"),
    kind="function",
    points=3,
    section="Few groups",
    reference=interval,
    tolerance=Tolerance(
        rtol=1e-4,
        atol=1e-6,
        reason=N_(
            "Quantiles from a table with five digits are welcome; every wrong way is more than one part in a thousand away."
        ),
    ),
    shown=(
        Case(
            {"means": np.array([47.0, 52.0, 55.0, 43.0, 58.0]), "n": 1000}, label=N_("five regions of 1,000")
        ),
        Case({"means": np.array([50.0, 54.0]), "n": 2000}, label=N_("two regions of 2,000")),
    ),
    draw=_means_case,
    hidden=6,
    hints=(
        N_(
            "If the means have no noise, they are a sample of J numbers from a normal distribution. What is asked is an interval for its SD."
        ),
        N_(
            "The formula stands in the section. It has J − 1 in two places: below the root's line as the degrees of freedom of χ², and above."
        ),
        N_(
            "With s = np.std(means, ddof=1) and free = len(means) - 1, the lower end is s·√(free / the .975 quantile of χ²), the upper end has the .025 quantile. "
            "n is not needed."
        ),
    ),
    misconceptions=(
        Misconception(
            "M33",
            N_(
                "You counted rows: your degrees of freedom are those of all rows together. The means are a sample of groups, and there are only as many of these "
                "as there are groups."
            ),
            wrong=_of_rows,
            credit=0.25,
        ),
        Misconception(
            "symmetric",
            N_(
                "You used estimate ± two standard errors. The likelihood of an SD is lopsided where groups are few: take the quantiles of χ²."
            ),
            wrong=_normal,
            credit=0.25,
        ),
        Misconception(
            "of_the_variance",
            N_("This is the interval of the variance. tau is an SD: take the roots."),
            wrong=_of_variance,
            credit=0.5,
        ),
        Misconception(
            "unrooted",
            N_("You forgot the root over the factor: χ² belongs to the variance."),
            wrong=_unrooted,
            credit=0.5,
        ),
        Misconception(
            "ends_swapped",
            N_("The two ends are swapped: the large quantile stands below the line of the lower end."),
            wrong=_swapped,
            credit=0.5,
        ),
        Misconception(
            "one_too_many",
            N_("You used J degrees of freedom. One is spent on the mean of the means."),
            wrong=_free_is_J,
            credit=0.5,
        ),
        Misconception(
            "divided_by_J",
            N_("Your s divides by J. np.std does so by default; with ddof=1 it divides by J − 1."),
            wrong=_divided_by_J,
            credit=0.5,
        ),
        Misconception(
            "ninety",
            N_("This is the ninety-percent interval. A twentieth in all leaves a fortieth at each end."),
            wrong=_ninety,
            credit=0.5,
        ),
        Misconception(
            "of_the_mean",
            N_("This is the interval of the overall mean. Asked is the spread of the groups around it."),
            wrong=_of_the_mean,
        ),
        Misconception(
            "over_root_n",
            N_("You divided by the root of n. The spread of true levels does not shrink with the rows."),
            wrong=_over_root_n,
            credit=0.25,
        ),
    ),
    explanation=N_(
        "Means without noise are J draws from N(μ, τ²), so (J − 1)s²/τ² has a χ² distribution with J − 1 degrees of freedom. Rows would only remove noise that is gone "
        "already."
    ),
)


# ---- right on average, wrong where it matters ------------------------------------------------------------------------

TAU = 2.0


def _hospitals(answer) -> pd.DataFrame | None:
    """Return the table with plain numbers, or None if it is not what was asked for."""
    names = ["se", "y", "truth"]
    if (
        not isinstance(answer, pd.DataFrame)
        or not set(names) <= set(answer.columns)
        or answer.columns.duplicated().any()
    ):
        return None
    if any(isinstance(entry, str | bool | complex) for name in names for entry in answer[name]):
        return None
    try:
        rows = answer[names].astype(float).reset_index(drop=True)
    except (TypeError, ValueError):
        return None
    if (
        len(rows) < 12
        or not np.isfinite(rows).all().all()
        or rows["se"].min() <= 0
        or rows.abs().max().max() > 1e6
    ):
        return None
    return rows


def pooled(rows: pd.DataFrame) -> np.ndarray:
    """Return λ_j·y_j + (1 − λ_j)·μ̂, μ̂ weighted by 1/(τ² + se²)."""
    y, se2 = rows["y"].to_numpy(), rows["se"].to_numpy() ** 2
    mu = np.average(y, weights=1 / (TAU**2 + se2))
    keep = TAU**2 / (TAU**2 + se2)
    return keep * y + (1 - keep) * mu


def _wins_on_average(rows: pd.DataFrame) -> bool:
    off = [np.sqrt(np.mean((estimate - rows["truth"]) ** 2)) for estimate in (pooled(rows), rows["y"])]
    return bool(off[0] < off[1])


def _hides_the_small(rows: pd.DataFrame) -> bool:
    third = np.argsort(-rows["se"].to_numpy(), kind="stable")[: len(rows) // 3]
    return bool((rows["truth"].to_numpy() - pooled(rows))[third].mean() >= 3 - 1e-9)


def _also(holds):
    def check(answer):
        rows = _hospitals(answer)
        return rows is not None and bool(holds(rows))

    return check


MISLEADING_AVERAGE = Exercise(
    id="misleading_average",
    lesson="08",
    title=N_("Right on average, wrong where it matters"),
    kind="inverse",
    points=2,
    section="When the size of a group says something about it",
    criteria=(
        Criterion(
            _also(lambda rows: True),
            N_(
                "It must be a DataFrame with the columns se, y and truth: twelve rows or more, finite numbers, and every se above 0."
            ),
            0.2,
        ),
        Criterion(
            _also(_wins_on_average),
            N_(
                "Over all rows the pooled estimates must have a smaller root mean squared error than y. In yours they have not: let y scatter more around the truth."
            ),
            0.3,
        ),
        Criterion(
            _also(_hides_the_small),
            N_(
                "In the third with the largest se the pooled estimates must lie three or more below the truth on average. Yours do not: what do these hospitals "
                "share that the others lack?"
            ),
            0.5,
        ),
    ),
    hints=(
        N_("Where does pooling send a hospital with a large standard error, and who decides where that is?"),
        N_(
            "Let the hospitals with a small se be many and good, and those with a large se truly worse. The target is then made by the good ones."
        ),
        N_(
            "Give the small ones an se of about 8 and a truth some seven above the others, with y a long way off on both sides of their truth; give the large ones an se of about 1."
        ),
    ),
    explanation=N_(
        "Hospitals with a large standard error get the target, and the target is made by the others. If size goes with the truth, that is the wrong place, though a better one than their "
        "own noisy rates: the average error falls, and the bias sits where nobody looks."
    ),
)


# ---- a student's own hospitals ---------------------------------------------------------------------------------------

OWN_TAU = 1.5


def _numbers(data):
    return tuple(data[name].to_numpy(float) for name in ("rate", "se", "volume"))


def _smallest(estimate, data) -> float:
    return float(np.asarray(estimate)[int(np.argmin(data["volume"].to_numpy()))])


def _line(y, x, weight):
    slope, intercept = np.polyfit(x, y, 1, w=np.sqrt(weight))
    return intercept + slope * x, slope


def _toward(data, target_of, keep_of=lambda se: OWN_TAU**2 / (OWN_TAU**2 + se**2)):
    y, se, v = _numbers(data)
    keep = keep_of(se)
    return _smallest(keep * y + (1 - keep) * target_of(y, se, v), data)


def _weights(se):
    return 1 / (OWN_TAU**2 + se**2)


def _volume_line(y, se, v):
    return _line(y, np.log(v), _weights(se))[0]


def _one_mean(y, se, v):
    return np.average(y, weights=_weights(se))


def small_hospital(data):
    """Return the smallest hospital's estimate, shrunk to the weighted line of log volume."""
    return _toward(data, _volume_line)


def _volume_taken_out(data):
    y, se, v = _numbers(data)
    x = np.log(v)
    slope = _line(y, x, _weights(se))[1]
    adjusted = y - slope * (x - np.average(x, weights=_weights(se)))
    keep = OWN_TAU**2 / (OWN_TAU**2 + se**2)
    return _smallest(keep * adjusted + (1 - keep) * _one_mean(adjusted, se, v), data)


def _largest(data):
    flipped = data.assign(volume=-data["volume"])
    y, se, v = _numbers(data)
    keep = OWN_TAU**2 / (OWN_TAU**2 + se**2)
    return _smallest(keep * y + (1 - keep) * _volume_line(y, se, v), flipped)


WRONG_HOSPITALS = {
    "M31": lambda data: _toward(data, _one_mean),
    "M32": _volume_taken_out,
    "raw_rate": lambda data: _smallest(data["rate"], data),
    "only_the_line": lambda data: _smallest(_volume_line(*_numbers(data)), data),
    "unweighted_line": lambda data: _toward(data, lambda y, se, v: _line(y, np.log(v), np.ones_like(y))[0]),
    "weights_not_rooted": lambda data: _toward(
        data, lambda y, se, v: _line(y, np.log(v), _weights(se) ** 2)[0]
    ),
    "volume_not_logged": lambda data: _toward(data, lambda y, se, v: _line(y, v, _weights(se))[0]),
    "swapped_weights": lambda data: _toward(data, _volume_line, lambda se: se**2 / (OWN_TAU**2 + se**2)),
    "sd_for_variance": lambda data: _toward(data, _volume_line, lambda se: OWN_TAU / (OWN_TAU + se)),
    "largest_hospital": _largest,
}
HOSPITALS_APART = 0.1


def ps08_data(rng):
    """Draw forty hospitals, one of them the smallest, whose estimate differs from the number of every wrong way by 0.1 or more."""

    def make(rng):
        J = 40
        volume = np.maximum(np.rint(np.exp(rng.normal(4, 1.1, J))), 6).astype(int)
        volume[int(rng.integers(J))] = int(rng.integers(8, 13)) if volume.min() > 12 else volume.min()
        x = np.log(volume)
        truth = 15 - rng.uniform(1.5, 2.5) * (x - x.mean()) + rng.normal(0, OWN_TAU, J)
        se = np.round(36 / np.sqrt(volume), 2)
        rate = np.round(truth + se * rng.standard_normal(J), 1)
        names = [f"H{j + 1:02d}" for j in range(J)]
        return pd.DataFrame({"hospital": names, "volume": volume, "rate": rate, "se": se})

    def apart(data):
        if (data["volume"] == data["volume"].min()).sum() > 1 or data["rate"].min() < 0:
            return False
        if abs(WRONG_HOSPITALS["only_the_line"](data) - small_hospital(data)) < HOSPITALS_APART:
            return False  # the reason for most refusals: asked first, because the rest takes longer
        found = [small_hospital(data), *(wrong(data) for wrong in WRONG_HOSPITALS.values())]
        found.append(float(data["rate"].mean()))  # no known way, but nobody shall be told of another mistake
        return found[1] < found[0] - 1 and bool(np.diff(np.sort(found)).min() >= HOSPITALS_APART)

    return draw_until(rng, make, apart, tries=5000)


DATA = {"ps08": ps08_data}

MY_SMALL_HOSPITAL = Exercise(
    id="my_small_hospital",
    lesson="08",
    title=N_("The smallest of your hospitals"),
    kind="value",
    points=3,
    section="When the size of a group says something about it",
    reference=small_hospital,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.006,
        reason=N_(
            "Two decimals are enough; the formula is closed, and the data are drawn so that every wrong way is at least 0.1 away."
        ),
    ),
    data="ps08",
    hints=(
        N_("It is shrink_to_line of lesson 07, with a line that you fit first, on the log of the volume."),
        N_(
            "The line needs weights, because a small hospital's rate is noisy. The estimate of a hospital is keep times its rate plus (1 - keep) times its place on the line."
        ),
        N_(
            "With weights = 1 / (1.5**2 + se**2), fit slope, intercept = np.polyfit(np.log(volume), rate, 1, w=np.sqrt(weights)); with keep = 1.5**2 * weights, take "
            "keep * rate + (1 - keep) * (intercept + slope * np.log(volume)) at the smallest volume."
        ),
    ),
    misconceptions=(
        Misconception(
            "M31",
            N_(
                "You pulled the hospital to the mean of all, as if its size said nothing. Pooling can hurt: this target is made by large hospitals, and hides "
                "what a small one is like."
            ),
            wrong=WRONG_HOSPITALS["M31"],
            credit=0.25,
        ),
        Misconception(
            "M32",
            N_(
                "You took the effect of the volume out again, as if it were counted twice. In the standard error volume says how far to believe the rate; in the target it says "
                "what to expect. A patient meets the hospital as it is."
            ),
            wrong=WRONG_HOSPITALS["M32"],
            credit=0.25,
        ),
        Misconception(
            "raw_rate",
            N_(
                "This is the hospital's own rate. With so few patients it says little: pull it toward the line."
            ),
            wrong=WRONG_HOSPITALS["raw_rate"],
        ),
        Misconception(
            "only_the_line",
            N_("This is the place on the line. The hospital's own rate counts too, with its weight."),
            wrong=WRONG_HOSPITALS["only_the_line"],
            credit=0.5,
        ),
        Misconception(
            "unweighted_line",
            N_("Your line counts every hospital alike. Give each the weight 1/(tau² + se²)."),
            wrong=WRONG_HOSPITALS["unweighted_line"],
            credit=0.5,
        ),
        Misconception(
            "weights_not_rooted",
            N_(
                "np.polyfit multiplies its w with the residuals before they are squared: pass the root of the weights."
            ),
            wrong=WRONG_HOSPITALS["weights_not_rooted"],
            credit=0.75,
        ),
        Misconception(
            "volume_not_logged",
            N_(
                "Your line is one of the volume itself. The log was asked for: from ten to twenty patients is as far as from a hundred to two hundred."
            ),
            wrong=WRONG_HOSPITALS["volume_not_logged"],
            credit=0.5,
        ),
        Misconception(
            "swapped_weights",
            N_("The weights are swapped: with a large standard error the target counts most, not the rate."),
            wrong=WRONG_HOSPITALS["swapped_weights"],
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_("Your weight comes from standard deviations. Square tau and se first."),
            wrong=WRONG_HOSPITALS["sd_for_variance"],
            credit=0.5,
        ),
        Misconception(
            "largest_hospital",
            N_("The way is right, but this is the hospital with the most patients."),
            wrong=WRONG_HOSPITALS["largest_hospital"],
            credit=0.5,
        ),
    ),
    explanation=N_(
        "Given its volume, a hospital's true rate lies around the line with the variance tau², and its observed rate around that with se². Averaging the two by precision gives the "
        "estimate. For the smallest hospital the line decides, and that is why the line must be the right one."
    ),
)


# ---- audit a report --------------------------------------------------------------------------------------------------

LABELS = SOUND, FEW, EDGE_READ, TARGET = (
    "sound",
    "too few groups",
    "an edge read as a finding",
    "a wrong target",
)


def _sentence(number: int, right: str, wrong: dict[str, Misconception]) -> Slot:
    return Slot(f"sentence_{number}", LABELS, right, wrong=wrong)


AUDIT_THE_REPORT = Exercise(
    id="audit_the_report",
    lesson="08",
    title=N_("Audit a report"),
    kind="slots",
    points=2,
    section="What to report",
    slots=(
        _sentence(1, SOUND, {
            FEW: Misconception("misread_report", N_("Five groups are few, and the sentence says so, with the interval that they allow.")),
            EDGE_READ: Misconception("misread_report", N_("Nothing is at an end of its range here: the interval starts well above zero.")),
            TARGET: Misconception("misread_report", N_("No group is shrunk in this sentence.")),
        }),
        _sentence(2, FEW, {
            SOUND: Misconception("M33", N_("The regions are the same as in the first sentence. How many of them are there?")),
            EDGE_READ: Misconception("M33", N_("No estimate is at an end of its range. Ask what is counted here, and what should be.")),
            TARGET: Misconception("M33", N_("No group is shrunk in this sentence. Ask what is counted here, and what should be.")),
        }),
        _sentence(3, EDGE_READ, {
            SOUND: Misconception("M24", N_("Without exception, from ten groups? Look at the SD that belongs to this correlation.")),
            FEW: Misconception("M24", N_("More groups would help, but the flaw is in the reading of this one number. What does it stand for?")),
            TARGET: Misconception("M24", N_("The sentence reads a correlation. What does that number stand for?")),
        }),
        _sentence(4, TARGET, {
            SOUND: Misconception("M31", N_("With nine patients the rate is shrunk nearly all the way. The clinic was given the mean; it did not earn it.")),
            FEW: Misconception("M31", N_("There may be many clinics. Ask what this clinic's rate was pulled to.")),
            EDGE_READ: Misconception("M31", N_("No estimate of a spread is at its end here. Ask what this clinic's rate was pulled to.")),
        }),
        _sentence(5, EDGE_READ, {
            SOUND: Misconception("vanished_interval", N_("Seven visitors, and an interval as narrow as that? Look at the fit it comes from.")),
            FEW: Misconception("vanished_interval", N_("The counties are few, but why is this interval so narrow, for the smallest of them?")),
            TARGET: Misconception("vanished_interval", N_("The target is not the trouble here. Why is this interval so narrow?")),
        }),
        _sentence(6, TARGET, {
            SOUND: Misconception("M32", N_("The standard error says how far to believe a rate. What does it say about the rate to be expected?")),
            FEW: Misconception("M32", N_("It does not matter here how many hospitals there are. Where will the small ones be pulled to?")),
            EDGE_READ: Misconception("M32", N_("No estimate is at an end of its range. Where will the small hospitals be pulled to?")),
        }),
    ),
    hints=(
        N_("For each sentence ask which section of the lesson it would be an example for."),
        N_("Look for: a number of rows where groups count; a correlation or an interval that is too good; a small unit that looks average."),
        N_("One sentence is sound, one counts rows, two read something at the edge as knowledge, and two pull small units to the wrong place."),
    ),
    explanation=N_(
        "An estimate with a wide interval from five groups is sound. Rows do not replace groups. A correlation of one and an interval without width come from a flat ellipse. And what small units "
        "are shrunk to must know what is known about small units."
    ),
)  # fmt: skip

EXERCISES = (
    SORT_THE_OUTPUTS,
    CHOOSE_NEXT_STEP,
    TAU_INTERVAL,
    MISLEADING_AVERAGE,
    MY_SMALL_HOSPITAL,
    AUDIT_THE_REPORT,
)
