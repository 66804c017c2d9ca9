"""The exercises of lesson 10, "Beyond simple nesting".

Notation: a table of tasters and teas has one score in each cell, so the REML estimates are differences of mean squares, as long
as none is below zero; the references are written from sums of squares, and `hlm_teach` and lme4 can be checked against them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.exercises.told import told
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- labels that cannot be mistaken ----------------------------------------------------------------------------------


def _labels_of(answer) -> list | None:
    """Return sixty labels, or None if the answer is nothing of the kind."""
    from hlm_teach.datasets import load

    if not isinstance(answer, pd.Series | np.ndarray | list | tuple) or np.ndim(answer) != 1:
        return None
    labels = list(answer)
    if len(labels) != len(load("pastes")) or any(not isinstance(x, str | int | np.integer) for x in labels):
        return None
    return None if any(isinstance(x, bool) for x in labels) else [str(x) for x in labels]


def _as_table(answer) -> pd.DataFrame | None:
    from hlm_teach.datasets import load

    labels = _labels_of(answer)
    return None if labels is None else load("pastes").assign(label=labels)


def _one_batch_each(rows: pd.DataFrame) -> bool:
    return bool((rows.groupby("label")["batch"].nunique() == 1).all())


def _casks_kept(rows: pd.DataFrame) -> bool:
    """Return whether, inside each batch, two rows have the same label just where they have the same cask."""
    return all(
        part.groupby("cask")["label"].nunique().eq(1).all()
        and part.groupby("label")["cask"].nunique().eq(1).all()
        for _batch, part in rows.groupby("batch")
    )


def _also(holds):
    def check(answer):
        rows = _as_table(answer)
        return rows is not None and bool(holds(rows))

    return check


UNMISTAKABLE = Exercise(
    id="unmistakable",
    lesson="10",
    title=N_("Labels that cannot be mistaken"),
    kind="inverse",
    points=2,
    section="Three levels, and what a label means",
    criteria=(
        Criterion(
            _also(lambda rows: True),
            N_(
                "It must be a list, an array or a column with a label for each row of pastes, in their order, each label a text or a whole number."
            ),
            0.2,
        ),
        Criterion(
            _also(_one_batch_each),
            N_(
                "At least one of your labels occurs in two deliveries. The model takes these for one cask, and a cask lies in one delivery."
            ),
            0.4,
        ),
        Criterion(
            _also(_casks_kept),
            N_(
                "Inside a delivery the two tests of one cask must share a label, and different casks must have different ones. Somewhere they do not."
            ),
            0.4,
        ),
    ),
    hints=(
        N_("A formula only sees which rows have the same label. Which rows should?"),
        N_("The same label just where delivery and cask are both the same. Neither column alone says that."),
        N_("Glue the two columns together, text to text, with a sign between them."),
    ),
    explanation=N_(
        "A grouping factor is a partition of the rows. Where the label names the delivery and the cask, the partition is that of the casks, and the formula needs "
        "no slash: nested factors are crossed factors whose labels cannot be mistaken."
    ),
)


# ---- how far two tasters agree ---------------------------------------------------------------------------------------


def _table(data) -> np.ndarray:
    """Return the scores, a row for each tea and a column for each taster."""
    (names, row), (others, column) = (
        np.unique(data[name].to_numpy(str), return_inverse=True) for name in ("tea", "taster")
    )
    y = np.empty((len(names), len(others)))
    y[row, column] = data["score"].to_numpy(dtype=float)
    return y


def mean_squares(data) -> dict[str, float]:
    """Return the mean squares of a table with one score in each cell, and its size."""
    y = _table(data)
    teas, tasters = y.shape
    of_tea, of_taster = y.mean(axis=1, keepdims=True), y.mean(axis=0, keepdims=True)
    left = y - of_tea - of_taster + y.mean()
    return {
        "teas": teas,
        "tasters": tasters,
        "tea": float(tasters * of_tea.var(ddof=1)),
        "taster": float(teas * of_taster.var(ddof=1)),
        "left": float(np.sum(left**2) / ((teas - 1) * (tasters - 1))),
        "inside teas": float(np.mean(y.var(axis=1, ddof=1))),
    }


def components(data) -> tuple[float, float, float]:
    """Return the variances of teas, of tasters and of what is left: (MS − MS_left)/n each."""
    ms = mean_squares(data)
    tea = max(0.0, (ms["tea"] - ms["left"]) / ms["tasters"])
    taster = max(0.0, (ms["taster"] - ms["left"]) / ms["teas"])
    return tea, taster, ms["left"]


def agreement(data) -> float:
    """Return τ²_tea / (τ²_tea + τ²_taster + σ²)."""
    tea, taster, left = components(data)
    return tea / (tea + taster + left)


def _consistency(data):
    tea, _taster, left = components(data)
    return tea / (tea + left)


def _one_factor(data):
    ms = mean_squares(data)
    tea = max(0.0, (ms["tea"] - ms["inside teas"]) / ms["tasters"])
    return tea / (tea + ms["inside teas"])


def _of_tasters(data):
    tea, taster, left = components(data)
    return taster / (tea + taster + left)


def _both(data):
    tea, taster, left = components(data)
    return (tea + taster) / (tea + taster + left)


def _of_sds(data):
    tea, taster, left = np.sqrt(components(data))
    return float(tea / (tea + taster + left))


def _by_ml(data):
    """Return the share by maximum likelihood: the strata's variances and their mean's, iterated to a fixed point."""
    ms = mean_squares(data)
    a, b = ms["teas"] - 1, ms["tasters"] - 1
    of_tea, of_taster, left = ms["tea"], ms["taster"], ms["left"]
    for _round in range(60):
        of_mean = of_tea + of_taster - left
        of_tea, of_taster, left = (
            ms["tea"] * a / (a + of_tea / of_mean),
            ms["taster"] * b / (b + of_taster / of_mean),
            ms["left"] * a * b / (a * b - left / of_mean),
        )
    tea, taster = (of_tea - left) / ms["tasters"], (of_taster - left) / ms["teas"]
    return tea / (tea + taster + left)


def _mean_of_all(data):
    tea, taster, left = components(data)
    return tea / (tea + (taster + left) / mean_squares(data)["tasters"])


def _mean_correlation(data):
    """Return the mean of the correlations of all pairs of tasters."""
    r = np.corrcoef(_table(data).T)
    return float(r[np.triu_indices(len(r), 1)].mean())


WRONG_AGREEMENTS = {
    "consistency": _consistency,
    "one_factor": _one_factor,
    "share_of_tasters": _of_tasters,
    "both_shares": _both,
    "sds_for_variances": _of_sds,
    "reliability_of_mean": _mean_of_all,
    "mean_correlation": _mean_correlation,
    "ml_for_reml": _by_ml,
}
APART, TOLD_APART = 0.015, 0.006


def ps10_data(rng):
    """Draw a tasting of twelve teas by six tasters, one score for each pair.

    Drawn until every component is clearly above zero, the agreement lies between .2 and .6, and it and the numbers of all wrong ways
    are at least 0.015 apart, these among themselves 0.006.
    """

    def make(rng):
        tea = rng.normal(0, rng.uniform(2.5, 4.0), (12, 1))
        taster = rng.normal(0, rng.uniform(2.5, 4.0), (1, 6))
        score = np.round(78 + tea + taster + rng.normal(0, rng.uniform(1.5, 2.5), (12, 6)), 1)
        row, column = (
            np.repeat([f"tea {k + 1:02d}" for k in range(12)], 6),
            np.tile([f"T{k + 1}" for k in range(6)], 12),
        )
        table = pd.DataFrame({"tea": row, "taster": column, "score": score.ravel()})
        return table.iloc[rng.permutation(len(table))].reset_index(drop=True)

    def apart(data):
        right = agreement(data)
        if not (0.2 <= right <= 0.6 and min(components(data)) > 0.5):
            return False
        found = np.sort([wrong(data) for wrong in WRONG_AGREEMENTS.values()])
        return bool(np.abs(found - right).min() >= APART and np.diff(found).min() >= TOLD_APART)

    return draw_until(rng, make, apart)


DATA = {"ps10": ps10_data}

MY_AGREEMENT = Exercise(
    id="my_agreement",
    lesson="10",
    title=N_("How far two tasters agree"),
    kind="value",
    points=3,
    section="Crossed groups",
    reference=agreement,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.002,
        reason=N_(
            "Three decimals are enough, and with one score in each cell all software agrees to about 1e-6 by REML; "
            "the data are drawn so that every wrong way is at least 0.015 away."
        ),
    ),
    data="ps10",
    hints=(
        N_(
            "Two scores of one tea by two tasters: which of the three deviations in the model do they share, and which differ?"
        ),
        N_(
            "A correlation is a covariance over a variance. The covariance comes from what the two share, the tea. The variance of a score holds all three parts."
        ),
        N_(
            'Fit "score ~ 1 + (1 | tea) + (1 | taster)" by REML and square the three SDs. The number is the variance of teas over the sum of all three.'
        ),
    ),
    misconceptions=(
        Misconception(
            "consistency",
            N_(
                "The variance of tasters is missing below the line. Two tasters of whom one is strict give different scores, so this counts against their agreement."
            ),
            wrong=WRONG_AGREEMENTS["consistency"],
            credit=0.5,
        ),
        Misconception(
            "one_factor",
            N_(
                "Your model has teas only, so the tasters' habits went into the residual. Each taster is strict or mild for all teas: give them a term of their own."
            ),
            wrong=WRONG_AGREEMENTS["one_factor"],
            credit=0.5,
        ),
        Misconception(
            "share_of_tasters",
            N_(
                "This is the share of the tasters: the correlation of two scores by one taster. Asked is one tea with two tasters."
            ),
            wrong=WRONG_AGREEMENTS["share_of_tasters"],
            credit=0.25,
        ),
        Misconception(
            "both_shares",
            N_(
                "Teas and tasters together stand above the line. Two scores of one tea share the tea, but not the taster."
            ),
            wrong=WRONG_AGREEMENTS["both_shares"],
            credit=0.25,
        ),
        Misconception(
            "sds_for_variances",
            N_("You added standard deviations. Shares are made of variances: square the three SDs first."),
            wrong=WRONG_AGREEMENTS["sds_for_variances"],
            credit=0.5,
        ),
        Misconception(
            "reliability_of_mean",
            N_(
                "This is the reliability of the mean of all tasters. The question is about single scores of two tasters."
            ),
            wrong=WRONG_AGREEMENTS["reliability_of_mean"],
            credit=0.5,
        ),
        Misconception(
            "mean_correlation",
            N_(
                "You averaged the correlations of pairs of tasters. A correlation of two columns does not see that one of them is higher throughout: a strict taster would cost nothing."
            ),
            wrong=WRONG_AGREEMENTS["mean_correlation"],
            credit=0.25,
        ),
        Misconception(
            "ml_for_reml",
            N_(
                "The way is right, but this fit is by ML, which makes the variance of few tasters too small. Use REML, as asked."
            ),
            wrong=WRONG_AGREEMENTS["ml_for_reml"],
            credit=0.75,
        ),
    ),
    explanation=N_(
        "Two scores of one tea share the tea's deviation and nothing else, so their covariance is the variance of teas. The variance of a score is the sum of all three. "
        "Without the tasters below the line the number would say how alike two tasters *order* the teas."
    ),
)


# ---- shares of months ------------------------------------------------------------------------------------------------


def _one_row(fill):
    """Return a function of a pupil's stays: ``fill(w, places, months)`` is given zeros, one for each school."""

    def made(schools, months, names):
        place = {str(name): k for k, name in enumerate(names)}
        at = [place[str(school)] for school in schools]
        return fill(np.zeros(len(place)), at, [float(m) for m in months])

    return made


def _summed(w, at, months):
    np.add.at(w, at, months)
    return w


def _counted(w, at, _months):
    np.add.at(w, at, 1.0)
    return w


def _last_stay(w, at, months):
    for k, m in zip(at, months, strict=True):
        w[k] = m
    return w


def _only(pick):
    def fill(w, at, months):
        w[pick(at, months)] = 1.0
        return w

    return fill


def _shared(fill):
    """Return the same, divided by its sum."""
    return lambda w, at, months: (made := fill(w, at, months)) / made.sum()


def _averaged(w, at, months):
    return _summed(0 * w, at, months) / np.maximum(_counted(0 * w, at, months), 1)


shares_of_months = _one_row(_shared(_summed))
WRONG_SHARES = {
    "months_for_shares": _one_row(_summed),
    "last_school": _one_row(_only(lambda at, months: at[-1])),
    "first_school": _one_row(_only(lambda at, months: at[0])),
    "longest_school": _one_row(_only(lambda at, months: int(np.bincount(at, months).argmax()))),
    "equal_shares": _one_row(_shared(lambda w, at, months: np.sign(_counted(w, at, months)))),
    "equal_over_all": _one_row(lambda w, at, months: w + 1 / len(w)),
    "counted_stays": _one_row(_shared(_counted)),
    "returns_averaged": _one_row(_shared(_averaged)),
    "returns_lost": _one_row(_shared(_last_stay)),
    "returns_lost_from_sum": _one_row(lambda w, at, months: _last_stay(w, at, months) / sum(months)),
    "per_year": _one_row(lambda w, at, months: _summed(w, at, months) / 12),
}


def _stays_case(rng):
    def make(rng):
        names = [f"S{k + 1}" for k in range(int(rng.integers(4, 7)))]
        a, b, c = rng.choice(names, 3, replace=False).tolist()
        went = [a, b, a, c] if rng.random() < 0.5 else [c, a, b, a]
        return {"schools": went, "months": rng.integers(2, 30, len(went)).tolist(), "names": names}

    def telling(stays):
        right = shares_of_months(**stays)
        return sum(stays["months"]) % 12 != 0 and all(
            np.abs(wrong(**stays) - right).max() > 0.02 for wrong in WRONG_SHARES.values()
        )

    return Case(draw_until(rng, make, telling), label=N_("another pupil, who comes back to a school"))


CITIES = ["Oaxaca", "Puebla", "Tepic"]

MEMBERSHIP_WEIGHTS = Exercise(
    id="membership_weights",
    lesson="10",
    title=N_("From stays to weights"),
    kind="function",
    points=3,
    section="Several groups of one kind, each with a share",
    reference=shares_of_months,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_(
            "Shares are ratios of whole numbers: any correct way of computing them agrees to about 1e-15."
        ),
    ),
    shown=(
        Case(
            {"schools": ["Tepic", "Oaxaca", "Puebla"], "months": [5, 7, 8], "names": CITIES},
            label=N_("Dani, in three schools"),
        ),
        Case(
            {"schools": ["Puebla", "Tepic", "Puebla"], "months": [8, 10, 3], "names": CITIES},
            label=N_("Caro, who came back"),
        ),
    ),
    draw=_stays_case,
    hidden=4,
    hints=(
        N_("First the months in each school, in the order of names; then shares of them."),
        N_(
            "A pupil may come back to a school: add the months of both stays. No stay is a zero. Then divide by the sum of all months."
        ),
        N_(
            "Start with zeros, one for each of names. For each stay add its months at the place of its school, names.index(school). "
            "Divide by the sum."
        ),
    ),
    misconceptions=(
        Misconception(
            "months_for_shares",
            N_(
                "You returned months. Divide them by their sum, so that the weights of a pupil add up to one."
            ),
            wrong=WRONG_SHARES["months_for_shares"],
            credit=0.5,
        ),
        Misconception(
            "last_school",
            N_("You gave the pupil to the last school alone. The others had a share in the time too."),
            wrong=WRONG_SHARES["last_school"],
        ),
        Misconception(
            "first_school",
            N_("You gave the pupil to the first school alone. The others had a share in the time too."),
            wrong=WRONG_SHARES["first_school"],
        ),
        Misconception(
            "longest_school",
            N_("You gave the pupil to the school of the longest time alone. Keep the shares of the others."),
            wrong=WRONG_SHARES["longest_school"],
        ),
        Misconception(
            "equal_shares",
            N_("You gave all schools of the pupil the same share. Months differ, and so should the weights."),
            wrong=WRONG_SHARES["equal_shares"],
            credit=0.25,
        ),
        Misconception(
            "equal_over_all",
            N_(
                "You gave every school there is the same share. Where the pupil never was, the weight is zero."
            ),
            wrong=WRONG_SHARES["equal_over_all"],
        ),
        Misconception(
            "counted_stays",
            N_("You counted the stays. A stay of two months is not worth one of twenty: add up the months."),
            wrong=WRONG_SHARES["counted_stays"],
            credit=0.25,
        ),
        Misconception(
            "returns_averaged",
            N_("Where the pupil comes back to a school, you averaged the two stays. Add them up."),
            wrong=WRONG_SHARES["returns_averaged"],
            credit=0.75,
        ),
        Misconception(
            "returns_lost",
            N_(
                "Where the pupil comes back to a school, only the last of the two stays is counted. Add them up."
            ),
            wrong=WRONG_SHARES["returns_lost"],
            credit=0.75,
        ),
        Misconception(
            "returns_lost_from_sum",
            N_(
                "Your weights do not add up to one where the pupil comes back to a school: the last stay there has overwritten the first. Add them up."
            ),
            wrong=WRONG_SHARES["returns_lost_from_sum"],
            credit=0.75,
        ),
        Misconception(
            "order_of_stays",
            N_(
                "Your weights stand in the order of the stays. One is needed for each of names, in their order, with zero for a school that the pupil never saw."
            ),
            wrong=lambda schools, months, names: np.divide(months, sum(months)),
            credit=0.25,
        ),
        Misconception(
            "per_year",
            N_(
                "You divided by twelve. The weights are shares of the pupil's own time, so divide by the sum of its months."
            ),
            wrong=WRONG_SHARES["per_year"],
            credit=0.5,
        ),
    ),
    explanation=N_(
        "Weights say who could act on the pupil, and for how much of the time. They add up to one, so that the SD of the schools keeps its meaning: "
        "a pupil who never moved has the whole effect of one school."
    ),
)


# ---- how sure about a group never seen -------------------------------------------------------------------------------


def new_group_sd(tau, sigma, J, n):
    """√(τ² + σ² + (τ² + σ²/n)/J)."""
    return float(np.sqrt(tau**2 + sigma**2 + (tau**2 + sigma**2 / n) / J))


def _new_row_case(rng):
    tau, sigma = float(np.round(rng.uniform(2, 9), 1)), float(np.round(rng.uniform(2, 9), 1))
    J, n = int(rng.integers(4, 13)), int(rng.integers(2, 9))
    return Case({"tau": tau, "sigma": sigma, "J": J, "n": n}, label=N_("other groups"))


NEW_ROW_SD = Exercise(
    id="new_row_sd",
    lesson="10",
    title=N_("How sure about a group never seen?"),
    kind="function",
    points=2,
    section="Old groups, new groups",
    reference=new_group_sd,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed: any correct way of computing it agrees to about 1e-12."),
    ),
    shown=(
        Case(
            {"tau": 3.0, "sigma": 4.0, "J": 5, "n": 4},
            label=N_("five groups of four, tau 3 and sigma 4"),
        ),
        Case({"tau": 8.0, "sigma": 1.3, "J": 26, "n": 9}, label=N_("groups like the Oxford boys")),
    ),
    draw=_new_row_case,
    hidden=4,
    hints=(
        N_(
            "List all that is unknown about a row of a group that nobody has seen. Variances of independent things add up."
        ),
        N_(
            "Three things: where the new group lies around the mean of all groups, where the row lies in its group, and how far the estimated mean is from the true one."
        ),
        N_(
            "The first two are tau**2 and sigma**2. The third is the variance of a mean of J group means, each of which has the variance tau**2 + sigma**2 / n. "
            "Add the three and take the root."
        ),
    ),
    misconceptions=(
        Misconception(
            "no_tau",
            N_(
                "The new group's own deviation is missing. Zero is the best guess for it, but it is not known to be zero: it has the variance tau squared."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(sigma**2 + (tau**2 + sigma**2 / n) / J),
            credit=0.25,
        ),
        Misconception(
            "only_sigma",
            N_(
                "You counted the row's own deviation only. Its group is unknown too, and so is the mean of all groups."
            ),
            wrong=lambda tau, sigma, J, n: float(sigma),
        ),
        Misconception(
            "only_the_mean",
            N_(
                "That is the standard error of the mean of all groups. A single row of a new group lies somewhere around it."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt((tau**2 + sigma**2 / n) / J),
        ),
        Misconception(
            "no_sigma",
            N_("That is for the mean of the new group. A single row also has its own deviation inside it."),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau**2 + (tau**2 + sigma**2 / n) / J),
            credit=0.5,
        ),
        Misconception(
            "mean_is_known",
            N_(
                "You took the mean of all groups for known. It was estimated, from J groups: a third variance."
            ),
            wrong=lambda tau, sigma, J, n: np.hypot(tau, sigma),
            credit=0.5,
        ),
        Misconception(
            "rows_counted",
            N_(
                "In the third part you divided all of it by the number of rows. The groups' deviations are averaged over J groups only, however many rows each has."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau**2 + sigma**2 + (tau**2 + sigma**2) / (J * n)),
            credit=0.75,
        ),
        Misconception(
            "rows_not_averaged",
            N_(
                "In the third part sigma squared is not divided by the number of rows: the mean of a group has averaged them already."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau**2 + sigma**2 + (tau**2 + sigma**2) / J),
            credit=0.75,
        ),
        Misconception(
            "mean_without_rows",
            N_(
                "In the third part the rows are missing. The mean of a group of n rows is not its true level; that adds sigma squared over n."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau**2 + sigma**2 + tau**2 / J),
            credit=0.75,
        ),
        Misconception(
            "mean_without_groups",
            N_(
                "In the third part the groups are missing. The J groups of the study are a sample too; their deviations add tau squared over J."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau**2 + sigma**2 + sigma**2 / (J * n)),
            credit=0.75,
        ),
        Misconception(
            "variances_given",
            N_("You took tau and sigma for variances. They are standard deviations: square them."),
            wrong=lambda tau, sigma, J, n: np.sqrt(tau + sigma + (tau + sigma / n) / J),
            credit=0.5,
        ),
        Misconception(
            "known_group",
            N_(
                "That is for a row of a group that was in the fit, where the group's own rows say where it lies. Of this group there are no rows."
            ),
            wrong=lambda tau, sigma, J, n: np.sqrt(sigma**2 + tau**2 * sigma**2 / (n * tau**2 + sigma**2)),
            credit=0.25,
        ),
        Misconception(
            "half_width",
            N_("You multiplied by 1.96. Asked is the SD of the error, not half of an interval."),
            wrong=lambda tau, sigma, J, n: 1.96 * new_group_sd(tau, sigma, J, n),
            credit=0.75,
        ),
        Misconception(
            "variance_for_sd",
            N_("This is the variance. Take its root at the end."),
            wrong=lambda tau, sigma, J, n: tau**2 + sigma**2 + (tau**2 + sigma**2 / n) / J,
            credit=0.75,
        ),
        Misconception(
            "sds_added",
            N_("You added standard deviations. It is variances that add up; take the root of their sum."),
            wrong=lambda tau, sigma, J, n: tau + sigma + np.sqrt((tau**2 + sigma**2 / n) / J),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "A new group's deviation is predicted by zero, but with the variance tau squared; the row adds sigma squared; and the estimated mean adds its own error, "
        "which falls with the number of groups."
    ),
)


# ---- sort the structures ---------------------------------------------------------------------------------------------

SHAPES = ("panel", "time-series cross-section", "non-nested")


def _shape(right: str) -> dict[str, Misconception]:
    """Return what each wrong name of a shape gets to hear."""
    sentences = {
        "panel": N_("A panel has many units, each seen a few times, and one kind of group."),
        "time-series cross-section": N_(
            "Such data have few units, each of them seen many times, so that each line is known well."
        ),
        "non-nested": N_(
            "Non-nested means that a row belongs to two kinds of groups that meet in a table, each of interest by itself."
        ),
    }
    return {name: Misconception("shape_of_data", text) for name, text in sentences.items() if name != right}


SORT_THE_STRUCTURES = Exercise(
    id="sort_the_structures",
    lesson="10",
    title=N_("Sort the structures"),
    kind="slots",
    points=3,
    section="Which structure is it?",
    slots=(
        Slot(
            "wards",
            ("(1 | ward)", "(1 | hospital) + (1 | ward)", "(1 | hospital/ward)"),
            "(1 | hospital/ward)",
            wrong={
                "(1 | ward)": Misconception(
                    "label_trap",
                    N_(
                        "So all wards with the same number, in all hospitals, would be one ward, and hospitals would be none."
                    ),
                ),
                "(1 | hospital) + (1 | ward)": Misconception(
                    "label_trap",
                    N_(
                        "This takes ward 1 of one hospital and ward 1 of the next for the same ward. Are they?"
                    ),
                ),
            },
        ),
        Slot(
            "translators",
            ("(1 | translator) + (1 | poem)", "(1 | translator/poem)", "(1 | translator)"),
            "(1 | translator) + (1 | poem)",
            wrong={
                "(1 | translator/poem)": Misconception(
                    "nested_for_crossed",
                    N_(
                        "So a poem would be another poem for each translator. Is a hard poem hard for all of them?"
                    ),
                ),
                "(1 | translator)": Misconception(
                    "one_factor_left_out",
                    N_("Translations of one poem have something in common too. Where is it in this formula?"),
                ),
            },
        ),
        Slot(
            "midwives",
            ("crossed", "nested", "multiple membership"),
            "multiple membership",
            wrong={
                "crossed": Misconception(
                    "membership",
                    N_(
                        "Crossed are two kinds of groups. Here there is one kind, and a birth has several of it."
                    ),
                ),
                "nested": Misconception(
                    "membership", N_("Nested would mean that each birth belongs to one midwife only.")
                ),
            },
        ),
        Slot("households", SHAPES, "panel", wrong=_shape("panel")),
        Slot(
            "harvests",
            ("non-nested", "panel", "time-series cross-section"),
            "time-series cross-section",
            wrong=_shape("time-series cross-section"),
        ),
        Slot(
            "markers",
            ("time-series cross-section", "non-nested", "panel"),
            "non-nested",
            wrong=_shape("non-nested"),
        ),
    ),
    hints=(
        N_("For each row of the data ask: which groups is it in, and who else is in them?"),
        N_(
            "Does one label mean the same group wherever it stands? Can a row be in two groups of one kind? How many units, and how often is each seen?"
        ),
        N_(
            "A ward never leaves its hospital; a poem is the same poem for everyone; hours are shares. Four waves are few, fifty years are many, and an essay that two people mark has two kinds of groups."
        ),
    ),
    explanation=N_(
        "Labels that start anew in each hospital need the slash. What meets in a table gets a term each. Several groups of one kind get weights. Many units seen a few times are a panel, "
        "few units seen many times a time-series cross-section, and rows in two kinds of groups are non-nested."
    ),
)


# ---- a report --------------------------------------------------------------------------------------------------------

LABELS = ("sound", "wrong structure", "variance left out", "wrong count")


FLAWS_IN_THE_PLAN = Exercise(
    id="flaws_in_the_plan",
    lesson="10",
    title=N_("Find the flaws in four sentences"),
    kind="slots",
    points=2,
    section="Power, by simulation",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "wrong structure",
            told(
                LABELS,
                "wrong structure",
                "label_trap",
                (
                    N_(
                        "What does the label a mean in two deliveries, and what did the formula take it to mean?"
                    ),
                    N_("No prediction is made here. Ask which rows the formula puts together."),
                    N_("Count the casks, yes: but why did the model find three of them?"),
                ),
            ),
        ),
        Slot(
            "sentence_2",
            LABELS,
            "variance left out",
            told(
                LABELS,
                "variance left out",
                "no_tau",
                (
                    N_("Where among the boys does this one lie? Is that in the interval?"),
                    N_(
                        "The structure, occasions in boys, is right. Ask what is unknown about a boy never seen."
                    ),
                    N_("Nothing is counted here. Ask what is unknown about a boy never seen."),
                ),
            ),
        ),
        Slot(
            "sentence_3",
            LABELS,
            "sound",
            told(
                LABELS,
                "sound",
                "misread_plan",
                (
                    N_("Every sample met every plate. Which formula says that?"),
                    N_("It reports estimates, and no interval for a new plate."),
                    N_("Does it rest a conclusion on a number of rows?"),
                ),
            ),
        ),
        Slot(
            "sentence_4",
            LABELS,
            "wrong count",
            told(
                LABELS,
                "wrong count",
                "rows_for_groups",
                (
                    N_("In the lesson, how far did power rise when the schools got more pupils?"),
                    N_(
                        "Pupils in schools, schools treated: the structure is right. Ask what is made larger."
                    ),
                    N_(
                        "The variances are all there. Ask what is made larger, and what the treatment is given to."
                    ),
                ),
            ),
        ),
    ),
    hints=(
        N_("For each sentence ask: who is in a group with whom, what is unknown, and what is counted?"),
        N_("One sentence is sound, and each of the other labels fits once."),
        N_(
            "Look for a label that means three casks where there are thirty, for a prediction that knows its boy too well, and for rows that are added where groups are needed."
        ),
    ),
    explanation=N_(
        "A label that starts anew in each delivery needs the slash. A boy never seen may lie anywhere among the boys. "
        "A treatment of whole schools is compared between schools, so more pupils in the same schools soon stop helping."
    ),
)

EXERCISES = (
    UNMISTAKABLE,
    MY_AGREEMENT,
    MEMBERSHIP_WEIGHTS,
    NEW_ROW_SD,
    SORT_THE_STRUCTURES,
    FLAWS_IN_THE_PLAN,
)
