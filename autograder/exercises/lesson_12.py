"""The exercises of lesson 12, "MRP".

Notation: cell c with N_c people, n_c asked, a predicted probability π̂_c; a unit's estimate is Σ N_c π̂_c / Σ N_c. The references are
written from sums and a fit of their own; the tests hold them against `hlm_teach.poststratify` and against lme4.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- the sum ---------------------------------------------------------------------------------------------------------


def _sums(cells, *columns) -> tuple[list, list[np.ndarray]]:
    """Return the units, and the sum of each column over the cells of a unit."""
    units, code = np.unique(cells["unit"].to_numpy(dtype=object), return_inverse=True)
    return units.tolist(), [np.bincount(code, np.asarray(column, dtype=float)) for column in columns]


def _averaged(cells, weight) -> dict:
    units, (top, bottom) = _sums(cells, weight * cells["predicted"].to_numpy(), weight)
    return dict(zip(units, (top / bottom).tolist(), strict=True))


def poststratified(cells):
    """Return Σ N π̂ / Σ N of each unit."""
    return _averaged(cells, cells["people"].to_numpy())


def _asked(cells):
    return _averaged(cells, cells["asked"].to_numpy())


def _unweighted(cells):
    return _averaged(cells, np.ones(len(cells)))


def _answered_only(cells):
    return _averaged(cells, cells["people"].to_numpy() * (cells["asked"].to_numpy() > 0))


def _not_divided(cells):
    units, (total,) = _sums(cells, cells["people"].to_numpy() * cells["predicted"].to_numpy())
    return dict(zip(units, total.tolist(), strict=True))


def _over_everybody(cells):
    people = int(cells["people"].sum())
    return {unit: total / people for unit, total in _not_divided(cells).items()}


def _all_the_same(cells):
    return dict.fromkeys(
        poststratified(cells), float(np.average(cells["predicted"], weights=cells["people"]))
    )


def _over_cells(cells):
    units, (size,) = _sums(cells, np.ones(len(cells)))
    total = _not_divided(cells)
    return {unit: total[unit] / n for unit, n in zip(units, size.tolist(), strict=True)}


def _cells_case(rng):
    units, kinds = int(rng.integers(3, 6)), int(rng.integers(3, 6))
    people = np.round(np.exp(rng.normal(6, 0.8, (units, kinds)))).astype(int) + 10
    asked = rng.integers(1, 12, (units, kinds))
    for j in range(units):  # every unit has a cell that nobody answered for, and cells where somebody did
        asked[j, rng.integers(kinds)] = 0
    predicted = np.round(rng.uniform(0.08, 0.92, (units, kinds)), 3)
    table = pd.DataFrame(
        {
            "unit": np.repeat([f"u{j + 1}" for j in range(units)], kinds),
            "people": people.ravel(),
            "asked": asked.ravel(),
            "predicted": predicted.ravel(),
        }
    )
    table = table.iloc[rng.permutation(len(table))].reset_index(drop=True)
    return Case({"cells": table}, label=N_("several units, the rows in no order"))


TWO_TOWNS = Case(
    {
        "cells": pd.DataFrame(
            {
                "unit": ["A", "A", "A", "B", "B", "B"],
                "people": [600, 300, 100, 200, 200, 400],
                "asked": [2, 10, 0, 6, 0, 3],
                "predicted": [0.50, 0.20, 0.80, 0.35, 0.90, 0.65],
            }
        )
    },
    label=N_("two towns of three cells"),
)

POSTSTRATIFIED_MEAN = Exercise(
    id="poststratified_mean",
    lesson="12",
    title=N_("Poststratification by hand"),
    kind="function",
    points=2,
    section="By hand first: a table of twenty rows",
    reference=poststratified,
    tolerance=Tolerance(
        rtol=1e-7,
        atol=1e-10,
        reason=N_("A ratio of two sums: any correct way of computing it agrees to about 1e-12."),
    ),
    shown=(TWO_TOWNS,),
    draw=_cells_case,
    hidden=4,
    hints=(
        N_("Which column says how many people a prediction speaks for?"),
        N_(
            "In each unit add up people times predicted, over all of its cells, and divide by the people of that unit."
        ),
        N_(
            "With w = cells['people'], take (w * cells['predicted']).groupby(cells['unit']).sum(), divide by w.groupby(cells['unit']).sum(), and "
            "finish with .to_dict()."
        ),
    ),
    misconceptions=(
        Misconception(
            "sample_weights",
            N_(
                "You weighted the cells by how many were asked. That gives back the mix of the poll; the weights are the people who live in a cell."
            ),
            wrong=_asked,
            credit=0.25,
        ),
        Misconception(
            "unweighted_cells",
            N_("You gave each cell the same weight. A cell of few people then counts like one of many."),
            wrong=_unweighted,
            credit=0.25,
        ),
        Misconception(
            "answered_cells_only",
            N_(
                "You left out the cells in which nobody was asked. They have a prediction too, and people live in them."
            ),
            wrong=_answered_only,
            credit=0.5,
        ),
        Misconception(
            "not_divided",
            N_(
                "You added up people times probability: a number of people. Divide by the people of the unit."
            ),
            wrong=_not_divided,
            credit=0.5,
        ),
        Misconception(
            "divided_by_everybody",
            N_("You divided by the people of all units together. Each unit has its own total."),
            wrong=_over_everybody,
            credit=0.5,
        ),
        Misconception(
            "divided_by_cells",
            N_(
                "You divided by the number of cells. The sum of the weights, the people of the unit, belongs there."
            ),
            wrong=_over_cells,
            credit=0.5,
        ),
        Misconception(
            "one_for_all",
            N_("You returned the estimate of all people together for each unit. Do the sum unit by unit."),
            wrong=_all_the_same,
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The mean of a unit is the mean of its cells, each counted as often as people live in it. Who was asked has done its work before, in the model."
    ),
)

# ---- a student's own nation ------------------------------------------------------------------------------------------

AGES = ("18-34", "35-59", "60+")
TARGET = "D5"


_kept: dict[tuple, dict[str, float]] = {}


def _numbers(data) -> dict[str, float]:
    """Return what the right and each wrong way give, in percent; asked again about the same table, what was kept."""
    traits = ("district", "age", "degree")
    key = (*("|".join(data[name]) for name in traits), data[["people", "asked", "yes"]].to_numpy().tobytes())
    if key not in _kept:
        if len(_kept) > 500:
            _kept.clear()
        _kept[key] = _computed(data)
    return _kept[key]


def _computed(data) -> dict[str, float]:
    """Fit by penalised Newton steps, with the SD between districts moved along (EM): ten times as fast as a formula's fit.

    The curve of the logit is taken to second order: the mean of p over draws is p + ½ p″ var(line).
    """
    districts = data["district"].to_numpy()
    names = np.unique(districts)
    fixed = [data["age"] == AGES[1], data["age"] == AGES[2], data["degree"] == "yes"]
    X = np.column_stack([np.ones(len(data)), *fixed, districts[:, None] == names]).astype(float)
    asked, yes, people = data[["asked", "yes", "people"]].to_numpy(dtype=float).T
    beta, tau2 = np.zeros(X.shape[1]), 0.6
    for _step in range(25):
        p = expit(X @ beta)
        penalty = np.r_[np.zeros(4), np.full(len(names), 1 / tau2)]
        H = (X.T * (asked * p * (1 - p))) @ X + np.diag(penalty)
        step = np.linalg.solve(H, X.T @ (yes - asked * p) - penalty * beta)
        beta = beta + step
        if np.abs(step).max() < 1e-5:
            break
        tau2 = np.mean(beta[4:] ** 2 + 1 / np.diag(H)[4:])
    p, mine = expit(X @ beta), districts == TARGET
    bent = p + 0.5 * p * (1 - p) * (1 - 2 * p) * np.einsum("ij,ji->i", X, np.linalg.solve(H, X.T))
    some = mine & (asked > 0)
    found = {
        "right": np.average(bent[mine], weights=people[mine]),
        "at_the_mode": np.average(p[mine], weights=people[mine]),
        "M35": np.average(p[mine], weights=asked[mine]),
        "raw_share": yes[mine].sum() / asked[mine].sum(),
        "unweighted_cells": p[mine].mean(),
        "reference_cell": expit(beta[0] + beta[4 + names.tolist().index(TARGET)]),
        "table_alone": np.average(yes[some] / asked[some], weights=people[some]),
        "whole_population": np.average(p, weights=people),
        "whole_poll": yes.sum() / asked.sum(),
    }
    return {name: float(100 * share) for name, share in found.items()}


def own_mrp(data):
    """Return the poststratified estimate of the district, in percent: near to what `hlm_teach.poststratify` gives."""
    return _numbers(data)["right"]


def at_the_mode(data):
    """Return the same with the fitted coefficients alone, as glmer's predict gives it."""
    return _numbers(data)["at_the_mode"]


def _way(name: str):
    return lambda data: _numbers(data)[name]


APART, FROM_EACH_OTHER, AT_THE_MODE = 1.8, 0.6, 0.3


def ps12_data(rng):
    """Draw eight districts of six cells, a poll with few answers in D5, and no wrong way near the right estimate.

    Drawn until all numbers are 1.8 percentage points apart from the right one and 0.6 from each other, and the estimates by draws and
    at the mode agree to 0.3.
    """

    def make(rng):
        place = np.repeat(np.arange(8), 6)
        age, degree = np.tile(np.repeat(range(3), 2), 8), np.tile([0, 1], 24)
        mix = np.array([[0.24, 0.05], [0.26, 0.07], [0.34, 0.04]]).ravel()
        tilt = np.exp(rng.normal(0, 0.35, (8, 6))) * mix
        size = rng.integers(40, 160, 8)[:, None] * 1000
        cells = pd.DataFrame(
            {
                "district": [f"D{j + 1}" for j in place],
                "age": [AGES[a] for a in age],
                "degree": np.where(degree == 1, "yes", "no"),
            }
        )
        cells["people"] = np.round(size * tilt / tilt.sum(1, keepdims=True), -2).ravel().astype(int)
        u = rng.normal(0, 0.7, 8)
        u[4] = rng.choice([-1, 1]) * rng.uniform(0.9, 1.3)
        line = rng.uniform(-0.3, 0.3) + u[place] + np.array([-0.7, 0.1, 0.8])[age] - 0.8 * degree
        odds = np.array([2.2, 1.0, 0.4])[age] * np.where(degree == 1, 2.4, 1.0) * tilt.ravel()
        expected = np.where(place == 4, 90, 220) * odds / np.bincount(place, odds)[place]
        cells["asked"] = rng.poisson(expected)
        cells["yes"] = rng.binomial(cells["asked"], expit(line))
        return cells

    def holds(data):
        own = data[data["district"] == TARGET]
        if not 65 <= own["asked"].sum() <= 115 or not 0 < own["yes"].sum() < own["asked"].sum():
            return False
        right, mode, *ways = _numbers(data).values()
        far = np.abs(np.array(ways) - right).min() > APART and np.diff(np.sort(ways)).min() > FROM_EACH_OTHER
        return bool(far and abs(right - mode) < AT_THE_MODE)

    return draw_until(rng, make, holds)


DATA = {"ps12": ps12_data}

MY_MRP = Exercise(
    id="my_mrp",
    lesson="12",
    title=N_("A whole MRP"),
    kind="value",
    points=3,
    section="The wrong analyses, live",
    reference=own_mrp,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.5,
        reason=N_(
            "In percentage points. The mean over draws and the value at the fitted coefficients (lme4) differ by less than 0.4, two seeds by less still; "
            "the data are drawn so that every wrong way is at least 1.8 away."
        ),
    ),
    data="ps12",
    hints=(
        N_(
            "Two steps: a model that gives every cell a probability, and a sum over the cells of D5 in which each counts by its people."
        ),
        N_(
            "Fit to the rows with asked > 0, with the column share and weights='asked'. Then poststratify over ALL rows of my_cells, with count='people'."
        ),
        N_(
            "fit = ht.glmm('share ~ age + degree + (1 | district)', answered, weights='asked'), then ht.poststratify(fit, my_cells, by='district', count='people'). "
            "Take the estimate of D5, times a hundred."
        ),
    ),
    misconceptions=(
        Misconception(
            "M35",
            N_(
                "This is the mean of the model's predictions over those who were asked in D5: the model without the table. Weight the cells by their people."
            ),
            wrong=_way("M35"),
            credit=0.25,
        ),
        Misconception(
            "raw_share",
            N_("This is the share of yes among those asked in D5. Neither the model nor the table is in it."),
            wrong=_way("raw_share"),
        ),
        Misconception(
            "unweighted_cells",
            N_("You gave each cell of D5 the same weight. Weight them by the column people."),
            wrong=_way("unweighted_cells"),
            credit=0.5,
        ),
        Misconception(
            "reference_cell",
            N_(
                "This is the intercept of D5 turned into a probability: it belongs to one kind of people, the reference levels of age and degree. "
                "Predict all cells, and weight them."
            ),
            wrong=_way("reference_cell"),
            credit=0.25,
        ),
        Misconception(
            "table_alone",
            N_(
                "You weighted the observed shares of the cells of D5: the table without the model. Weight the model's predictions, in the empty cells too."
            ),
            wrong=_way("table_alone"),
            credit=0.25,
        ),
        Misconception(
            "whole_population",
            N_("This is the poststratified estimate for all districts together. Ask for D5 alone."),
            wrong=_way("whole_population"),
            credit=0.5,
        ),
        Misconception(
            "whole_poll",
            N_("This is the share of yes in the whole poll. Neither D5 nor the table is in it."),
            wrong=_way("whole_poll"),
        ),
    ),
    explanation=N_(
        "The model learns from all districts what ages and degrees do, and from the few answers of D5 how it deviates. The table then counts each kind of people as often as they live there."
    ),
)

# ---- which object is missing -----------------------------------------------------------------------------------------


OBJECTS = ("nothing", "the table of the population", "the multilevel model")
TABLE_MISSING = N_("Look for the numbers of people in the classes. Does this text have them anywhere?")
MODEL_THERE = N_("There is a multilevel model here. Ask what happens to its predictions afterwards.")

WHAT_IS_MISSING = Exercise(
    id="what_is_missing",
    lesson="12",
    title=N_("Which object is missing?"),
    kind="slots",
    points=2,
    section="The wrong analyses, live",
    slots=(
        Slot(
            "lecture",
            OBJECTS,
            "the table of the population",
            wrong={
                "nothing": Misconception("M35", TABLE_MISSING),
                "the multilevel model": Misconception("model_overlooked", MODEL_THERE),
            },
        ),
        Slot(
            "agency",
            OBJECTS,
            "the multilevel model",
            wrong={
                "nothing": Misconception(
                    "P_alone",
                    N_("The weights are right. But where do the means of the classes come from, and how many answers does each rest on?"),
                ),
                "the table of the population": Misconception(
                    "table_overlooked", N_("The census is named in the sentence. Look at what it is multiplied with.")
                ),
            },
        ),
        Slot(
            "thesis",
            OBJECTS,
            "nothing",
            wrong={
                "the table of the population": Misconception(
                    "table_overlooked", N_("The census gave the numbers of every class. Read the second half again.")
                ),
                "the multilevel model": Misconception(
                    "model_overlooked", N_("Varying intercepts and a predictor of states: that is one. Read the first half again.")
                ),
            },
        ),
        Slot(
            "blog",
            ("the multilevel model", "the table of the population", "nothing"),
            "the table of the population",
            wrong={
                "nothing": Misconception(
                    "M35",
                    N_("Over whom are the predictions averaged? Compare them with the people who live in the state."),
                ),
                "the multilevel model": Misconception("model_overlooked", MODEL_THERE),
            },
        ),
    ),
    hints=(
        N_("MRP is two objects: one that predicts classes, and one that says how many people are in each."),
        N_("In each text look for a model with varying coefficients, then for a census, then for where the two meet."),
        N_("One text has both, one has the census alone, and two stop after the model."),
    ),
    explanation=N_(
        "A coefficient is no state, and respondents are not the population: both texts that stop at the model lack the table. Observed means of classes with census weights lack the model, which would fill the small and empty ones."
    ),
)  # fmt: skip

# ---- the maps --------------------------------------------------------------------------------------------------------

READ_THE_MAPS = Exercise(
    id="read_the_maps",
    lesson="12",
    title=N_("Read the maps"),
    kind="slots",
    points=2,
    section="The maps",
    slots=(
        Slot(
            "vermont",
            (
                "its two respondents weigh little beside the other states and its predictors",
                "the census table holds few Vermonters",
                "Vermonters answered dishonestly",
            ),
            "its two respondents weigh little beside the other states and its predictors",
            wrong={
                "the census table holds few Vermonters": Misconception(
                    "size_of_the_table",
                    N_("The table's numbers weigh the kinds of people inside a state against each other; how large the state is does not matter."),
                ),
                "Vermonters answered dishonestly": Misconception(
                    "dishonest", N_("Nothing on the map speaks of that. How many people is the raw figure made of?")
                ),
            },
        ),
        Slot(
            "capital",
            (
                "seven people answered there",
                "the table knows who lives there",
                "shrinkage pulls small units down",
            ),
            "the table knows who lives there",
            wrong={
                "seven people answered there": Misconception(
                    "own_respondents",
                    N_("Other states with as few respondents stay near the middle on that map. In what is D.C. unlike them, whoever answers?"),
                ),
                "shrinkage pulls small units down": Misconception(
                    "downward", N_("Shrinkage pulls to what is expected, up or down. Then ask what is expected there, and from which table.")
                ),
            },
        ),
        Slot(
            "patchwork",
            (
                "that the true differences are large",
                "that young people answered",
                "the noise of small samples",
            ),
            "the noise of small samples",
            wrong={
                "that young people answered": Misconception(
                    "bias_for_noise", N_("That moves the states, nearly all in one direction. What makes neighbours differ?")
                ),
                "that the true differences are large": Misconception(
                    "noise_for_signal", N_("The true map is beside it, and its differences are smaller. What else spreads raw shares?")
                ),
            },
        ),
        Slot(
            "montana",
            ("the raw share", "the neighbouring tiles", "the interval"),
            "the interval",
            wrong={
                "the raw share": Misconception(
                    "back_to_raw", N_("In this state the raw share is even farther off. What does the method itself say of how sure it is?")
                ),
                "the neighbouring tiles": Misconception(
                    "neighbours", N_("Tiles are placed for the eye, and the model does not know them. What does the method itself say of how sure it is?")
                ),
            },
        ),
    ),
    hints=(
        N_("For each tile ask how many people answered, who lives there, and what the model knows of the state."),
        N_("D.C. is dark without any predictor of states. What is left is the mix of people."),
        N_("Small samples scatter; the table knows the people; predictions of few answers come from elsewhere; and an estimate without its uncertainty is half of one."),
    ),
    explanation=N_(
        "A raw tile of few respondents is mostly noise. MRP replaces it by what is usual for such a state and such people. That is better on average, not for each state, and so the interval belongs to the map."
    ),
)  # fmt: skip

# ---- two polls -------------------------------------------------------------------------------------------------------

COLUMNS = ("people", "poll_a", "poll_b")


def _polls(answer) -> pd.DataFrame | None:
    """Return counts by age and vote, or None if the table is not what was asked for."""
    if not isinstance(answer, pd.DataFrame) or answer.columns.duplicated().any():
        return None
    if set(answer.index.names) == {"age", "vote"} and not {"age", "vote"} & set(answer.columns):
        answer = answer.reset_index()
    if not {"age", "vote", *COLUMNS} <= set(answer.columns) or len(answer) != 4:
        return None
    try:
        age = [str(value) for value in answer["age"]]
        vote = [int(value) for value in answer["vote"]]
        counts = answer[list(COLUMNS)].to_numpy(dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None
    if set(zip(age, vote, strict=True)) != {("young", 0), ("young", 1), ("old", 0), ("old", 1)}:
        return None
    if not np.isfinite(counts).all() or (counts < 1).any() or (counts[:, 1:] >= counts[:, :1]).any():
        return None
    return pd.DataFrame(counts, pd.MultiIndex.from_arrays([age, vote]), list(COLUMNS)).sort_index()


def _raw_of(t, name):
    return 100 * t[name].xs(1, level=1).sum() / t[name].sum()


def _old_of(t, name):
    return 100 * t[name].loc["old"].sum() / t[name].sum()


def _by_age(t, name):
    """Return the mean of the ages' shares in a poll, weighted as the population."""
    return sum(t[name].loc[age, 1] / t[name].loc[age].sum() * t["people"].loc[age].sum() for age in ("young", "old")) / t["people"].sum() * 100  # fmt: skip


def _also(holds):
    def check(answer):
        t = _polls(answer)
        return t is not None and bool(holds(t))

    return check


def _off(t, name, how=_raw_of):
    return abs(how(t, name) - _raw_of(t, "people"))


TWO_POLLS = Exercise(
    id="two_polls",
    lesson="12",
    title=N_("One poll that can be repaired, one that cannot"),
    kind="inverse",
    points=3,
    section="What MRP cannot repair",
    criteria=(
        Criterion(
            _also(lambda t: True),
            N_(
                "It must be a DataFrame with four rows, one for each age (young, old) and vote (0, 1), and the columns people, poll_a and poll_b: counts of one or "
                "more, in a poll fewer than there are people in the row."
            ),
            0.1,
        ),
        Criterion(
            _also(lambda t: _off(t, "poll_a") >= 10 - 1e-9),
            N_("The raw share of poll_a must be ten points or more away from that of the population. Yours is nearer."),
            0.25,
        ),
        Criterion(
            _also(lambda t: _off(t, "poll_a", _by_age) <= 1 + 1e-9),
            N_(
                "With its two ages weighted as in the population, poll_a must come within one point of the truth. Yours does not: inside an age, compare the share of "
                "vote in the poll with that in the population."
            ),
            0.25,
        ),
        Criterion(
            _also(lambda t: abs(_old_of(t, "poll_b") - _old_of(t, "people")) <= 1 + 1e-9),
            N_("The ages of poll_b must be those of the population, to within one point. Yours are not."),
            0.15,
        ),
        Criterion(
            _also(lambda t: _off(t, "poll_b") >= 10 - 1e-9 and _off(t, "poll_b", _by_age) >= 10 - 1e-9),
            N_("The share of poll_b must be ten points or more away from the truth, weighted by age or not. Yours is nearer."),
            0.25,
        ),
    ),
    hints=(
        N_("Who answers may depend on the age, or on the vote itself. One poll for each."),
        N_(
            "In poll_a keep the share of vote inside each age as in the population, and take too many of one age. That matters only if the ages vote differently."
        ),
        N_(
            "Let the young and the old vote very differently. For poll_a take eight percent of all young and two of all old. For poll_b take as many percent of the young as of the old, "
            "but inside each age twice as many, or more, of those with vote one."
        ),
    ),
    explanation=N_(
        "Weighting by age repairs what goes with age: inside an age, poll_a is like the population. In poll_b it is the vote that decides who answers; every table that counts ages finds nothing to repair."
    ),
)  # fmt: skip

# ---- a report --------------------------------------------------------------------------------------------------------

LABELS = ("sound", "no table", "selection on the answer", "looks at the answer", "variance, not bias")


def _labels(right: str, id_: str, **said: str) -> dict[str, Misconception]:
    """Return what each wrong label gets to hear; the first word of a label names its sentence."""
    return {
        label: Misconception(id_, said[label.split()[0].rstrip(",")]) for label in LABELS if label != right
    }


FLAWS_OF_A_POLL = Exercise(
    id="flaws_of_a_poll",
    lesson="12",
    title=N_("Find the flaws in a report"),
    kind="slots",
    points=2,
    section="What MRP cannot repair",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "selection on the answer",
            _labels(
                "selection on the answer",
                "M36",
                sound=N_("Inside a cell, who stands for those who did not answer? In the lesson MRP stayed wrong in that world."),
                no=N_("A table may well be there. Would any table of ages, sexes and degrees help here?"),
                looks=N_("No predictor is named here. Ask who talks and who does not, among people of one cell."),
                variance=N_("Nothing is said of the number of answers. Ask who talks and who does not, among people of one cell."),
            ),
        ),
        Slot(
            "sentence_2",
            LABELS,
            "looks at the answer",
            _labels(
                "looks at the answer",
                "leak",
                sound=N_("When is that predictor known, before the election or after it?"),
                no=N_("The sentence is about the model. When is its predictor known?"),
                selection=N_("Nothing is said of who answers. When is that predictor known?"),
                variance=N_("Nothing is said of the number of answers. When is that predictor known?"),
            ),
        ),
        Slot(
            "sentence_3",
            LABELS,
            "sound",
            _labels(
                "sound",
                "doubts_the_table",
                no=N_("The census is the table."),
                selection=N_("It is the age that decides here, and the table has the age."),
                looks=N_("No predictor of districts is named here."),
                variance=N_("A bias is described, and what repairs it."),
            ),
        ),
        Slot(
            "sentence_4",
            LABELS,
            "variance, not bias",
            _labels(
                "variance, not bias",
                "bigger_is_better",
                sound=N_("The whole CCES had forty thousand members. Was it nearer to the election for that?"),
                no=N_("A table might help, but the sentence makes a claim about something else: what does doubling change?"),
                selection=N_("How the members differ is not said. What does doubling change, and what not?"),
                looks=N_("No predictor is named here. What does doubling change, and what not?"),
            ),
        ),
        Slot(
            "sentence_5",
            LABELS,
            "no table",
            _labels(
                "no table",
                "M35",
                sound=N_("A coefficient belongs to one kind of people. Who lives in the district?"),
                selection=N_("Nothing is said of who answers. Who lives in the district, and where does that stand?"),
                looks=N_("No predictor is named here. Who lives in the district, and where does that stand?"),
                variance=N_("Nothing is said of the number of answers. Who lives in the district, and where does that stand?"),
            ),
        ),
    ),
    hints=(
        N_("For each sentence ask: what decides who answers, does a table know it, and when is a predictor known?"),
        N_("One sentence is sound, and each of the other labels fits once."),
        N_(
            "Look for people of one cell who answer differently; for a result that comes too late; for an age that the census has; for a larger sample of the same "
            "people; for a model without anything after it."
        ),
    ),
    explanation=N_(
        "What a table knows, MRP repairs. Selection on the answer inside cells it does not; a larger sample of the wrong people stays wrong; the result of the election itself is no predictor; and a coefficient is no district."
    ),
)  # fmt: skip

EXERCISES = (
    POSTSTRATIFIED_MEAN,
    MY_MRP,
    WHAT_IS_MISSING,
    READ_THE_MAPS,
    TWO_POLLS,
    FLAWS_OF_A_POLL,
)
