"""The exercises of lesson 09, "The Bayesian view".

Notation: y_j ~ N(θ_j, se_j²), θ_j ~ N(μ, τ²), μ flat. Nothing here needs a sampler: posteriors of τ come from the exact grid of
`hlm_teach.posterior`, and where draws are asked about, they are given.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.exercises.told import told
from autograder.student_data import draw_until
from hlm_teach.locale import N_
from hlm_teach.pooling import partial_pooling
from hlm_teach.posterior import likelihood, tau_posterior

# ---- a posterior on a grid -------------------------------------------------------------------------------------------


def _log_posterior(y, se, tau, log_prior, *, volume=0.5, roots=0.5, prior=1.0, variance=None, centre=None):
    """Return the log posterior of τ, with the parts that a wrong way leaves out or changes."""
    y, se, tau = (np.asarray(v, dtype=float) for v in (y, se, tau))
    v = se**2 + tau[:, None] ** 2 if variance is None else variance(se, tau[:, None])
    V = 1 / (1 / v).sum(axis=1)
    mu = V * (y / v).sum(axis=1) if centre is None else np.full(len(tau), centre(y, se))
    spread = ((y - mu[:, None]) ** 2 / v).sum(axis=1)
    fit = volume * np.log(V) - roots * np.log(v).sum(axis=1) - 0.5 * spread
    return fit + prior * np.asarray(log_prior, dtype=float)


def _shares(log):
    share = np.exp(log - log.max())
    return share / share.sum()


def posterior_on_grid(y, se, tau, log_prior):
    """Return p(τ | y) at each τ, adding up to 1."""
    return _shares(_log_posterior(y, se, tau, log_prior))


def _other(**changes):
    return lambda y, se, tau, log_prior: _shares(_log_posterior(y, se, tau, log_prior, **changes))


def _density(y, se, tau, log_prior):
    return posterior_on_grid(y, se, tau, log_prior) / (tau[1] - tau[0])


def _top_one(y, se, tau, log_prior):
    log = _log_posterior(y, se, tau, log_prior)
    return np.exp(log - log.max())


def _prior_only(y, se, tau, log_prior):
    return _shares(np.asarray(log_prior, dtype=float))


def _prior_not_logged(y, se, tau, log_prior):
    return _shares(_log_posterior(y, se, tau, np.log(np.abs(log_prior) + 1e-12)))


def _grid_case(rng):
    J = int(rng.integers(4, 9))
    tau = np.linspace(0.5, 20.5, 9)
    scale = rng.uniform(4, 12)
    truth = rng.normal(0, rng.uniform(3, 12), J)
    se = np.round(rng.uniform(3, 15, J), 1)
    y = np.round(truth + se * rng.standard_normal(J) + rng.uniform(-20, 40), 1)
    return Case(
        {"y": y, "se": se, "tau": tau, "log_prior": -0.5 * (tau / scale) ** 2},
        label=N_("groups with known standard errors, and a half-normal prior"),
    )


GRID = np.array([1.0, 4.0, 7.0, 10.0, 13.0])
SHOWN_GRID = (
    Case(
        {
            "y": np.array([28.0, 8, -3, 7, -1, 1, 18, 12]),
            "se": np.array([15.0, 10, 16, 11, 9, 11, 10, 18]),
            "tau": GRID,
            "log_prior": -0.5 * (GRID / 10) ** 2,
        },
        label=N_("the eight schools, a half-normal prior with scale ten"),
    ),
    Case(
        {
            "y": np.array([52.0, 47.0, 60.0, 41.0]),
            "se": np.array([3.0, 6.0, 5.0, 4.0]),
            "tau": GRID,
            "log_prior": -np.log1p((GRID / 5) ** 2),
        },
        label=N_("four groups, a half-Cauchy prior with scale five"),
    ),
)

POSTERIOR_ON_GRID = Exercise(
    id="posterior_on_grid",
    lesson="09",
    title=N_("A posterior on a grid"),
    kind="function",
    points=3,
    section="Five values of tau, then all of them",
    reference=posterior_on_grid,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("The formula is closed: any correct way of computing it agrees to about 1e-12."),
    ),
    shown=SHOWN_GRID,
    draw=_grid_case,
    hidden=4,
    hints=(
        N_(
            "Prior times likelihood, then divide by the sum. Work with logarithms until the end, or large numbers underflow."
        ),
        N_(
            "Let v have a row for each tau and a column for each group: se**2 + tau[:, None]**2. Then V and mu are sums along the rows."
        ),
        N_(
            "log = log_prior + 0.5 * log(V) - 0.5 * (log(v) + (y - mu)**2 / v).sum(axis=1), with mu as a column. "
            "Take off its maximum, apply exp, and divide by the sum."
        ),
    ),
    misconceptions=(
        Misconception(
            "mu_not_averaged",
            N_(
                "You put the best mu in and left out the square root of V. That is the profile, which treats mu as known; averaging over mu brings the root of V."
            ),
            wrong=_other(volume=0.0),
            credit=0.5,
        ),
        Misconception(
            "no_prior",
            N_("Your shares are those of the likelihood alone. Add log_prior before you take exp."),
            wrong=_other(prior=0.0),
            credit=0.5,
        ),
        Misconception(
            "prior_only",
            N_("Your shares are those of the prior. The data have not spoken yet: add the log likelihood."),
            wrong=_prior_only,
        ),
        Misconception(
            "no_roots",
            N_(
                "The factors one over the root of v are missing. Without them a larger tau always looks better."
            ),
            wrong=_other(roots=0.0),
            credit=0.25,
        ),
        Misconception(
            "plain_mean",
            N_(
                "You took the plain mean of y for mu. It is the precision-weighted mean, another one for each tau."
            ),
            wrong=_other(centre=lambda y, se: y.mean()),
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_("Your v is the sum of two standard deviations, squared. Square se and tau first, then add."),
            wrong=_other(variance=lambda se, tau: (se + tau) ** 2),
            credit=0.25,
        ),
        Misconception(
            "not_normalised",
            N_("Your largest value is one. Shares add up to one: divide by the sum."),
            wrong=_top_one,
            credit=0.75,
        ),
        Misconception(
            "density",
            N_("You divided by the step of tau: that is a density, whose area is one. Shares add up to one."),
            wrong=_density,
            credit=0.75,
        ),
        Misconception(
            "prior_squared",
            N_("The prior has gone in twice. Add log_prior once."),
            wrong=_other(prior=2.0),
            credit=0.5,
        ),
    ),
    explanation=N_(
        "Given tau, the estimate of a group scatters around mu with variance v. Averaging over a flat mu leaves the likelihood at the weighted mean, times the root of V: "
        "how much room mu had. Bayes' rule multiplies by the prior and divides by the sum."
    ),
)

# ---- two vague priors that disagree ----------------------------------------------------------------------------------


def _four(answer) -> pd.DataFrame | None:
    """Return four groups as plain numbers, or None if it is not what was asked for."""
    if (
        not isinstance(answer, pd.DataFrame)
        or not {"y", "se"} <= set(answer.columns)
        or answer.columns.duplicated().any()
    ):
        return None
    if any(isinstance(entry, str | bool | complex) for name in ("y", "se") for entry in answer[name]):
        return None
    try:
        rows = pd.DataFrame({"y": answer["y"].to_numpy(float), "se": answer["se"].to_numpy(float)})
    except (TypeError, ValueError):
        return None
    good = len(rows) == 4 and np.isfinite(rows).all().all()
    return rows if good and rows["se"].between(5, 20).all() and rows["y"].between(-100, 100).all() else None


def _vague(rows):
    """Return the posteriors under the two priors that are called vague."""
    y, se = rows["y"].to_numpy(), rows["se"].to_numpy()
    return tau_posterior(y, se, "uniform", 1000), tau_posterior(y, se, "inverse_gamma", 0.001)


def _far_apart(rows) -> bool:
    uniform, inverse = _vague(rows)
    return bool(abs(uniform.estimate[0] - inverse.estimate[0]) >= 8 - 1e-6)


def _some_chance(rows) -> bool:
    return bool(_vague(rows)[1].below(10.0) <= 0.95 + 1e-9)


def _also(holds):
    def check(answer):
        rows = _four(answer)
        return rows is not None and bool(holds(rows))

    return check


VAGUE_BUT_FAR = Exercise(
    id="vague_but_far",
    lesson="09",
    title=N_("Make two vague priors disagree"),
    kind="inverse",
    points=2,
    section="Fewer than five groups",
    criteria=(
        Criterion(
            _also(lambda rows: True),
            N_(
                "It must be a DataFrame with the columns y and se: four groups, every se between 5 and 20, and every y between -100 and 100."
            ),
            0.2,
        ),
        Criterion(
            _also(_far_apart),
            N_(
                "Under the two priors the estimates of the first group must differ by eight or more. Yours do not. "
                "Where the data say clearly that tau is large, or have the first group near the middle, the prior hardly moves it."
            ),
            0.5,
        ),
        Criterion(
            _also(_some_chance),
            N_(
                "The inverse gamma must leave a tau above ten at least five percent. Yours leaves less: the four groups lie too close together for that."
            ),
            0.3,
        ),
    ),
    hints=(
        N_(
            "The prior decides where the data do not. Which group can be moved most by tau: a precise one or a noisy one, in the middle or far out?"
        ),
        N_(
            "Give the first group a large se and put it far from the other three, but not so far that tau must be large."
        ),
        N_(
            "Let the first group lie about two of its own standard errors above the others, with the largest se allowed, and keep the others a few points apart."
        ),
    ),
    explanation=N_(
        "A noisy group two standard errors away from the others can be a group that differs, or noise. The four results cannot tell, so the estimate follows the prior: the uniform "
        "favours a large tau and believes it, the inverse gamma pools it away. Both are called vague."
    ),
)

# ---- full Bayes for one's own schools --------------------------------------------------------------------------------


def _own(data):
    return data["effect"].to_numpy(float), data["se"].to_numpy(float)


@lru_cache(maxsize=64)
def _kept(y: tuple, se: tuple, prior: str, scale: float | None):
    return tau_posterior(y, se, prior, scale)


def _posterior(data, prior: str = "half_normal", scale: float | None = 10.0):
    """Return the posterior for a student's schools; the ways below ask for the same one several times."""
    return _kept(*(tuple(v) for v in _own(data)), prior, scale)


def _tau_reml(data) -> float:
    """Return the top of the likelihood of τ with μ averaged out; as `hlm_teach.tau_reml`, a hundred times as fast."""
    y, se = _own(data)
    low, high = 0.0, 10 * float(np.ptp(y))
    for _zoom in range(5):
        tau = np.linspace(low, high, 201)
        best = int(np.argmax(likelihood(y, se, tau)[0]))
        low, high = tau[max(0, best - 1)], tau[min(200, best + 1)]
    return float(tau[best])


def my_full_bayes(data):
    """Return E(θ_1 | y) under the half-normal prior with scale 10."""
    return float(_posterior(data).estimate[0])


def _under(prior, scale=None):
    return lambda data: float(_posterior(data, prior, scale).estimate[0])


def _plugged(tau_of):
    """Return the partially pooled estimate of the first school at one value of τ."""
    return lambda data: float(partial_pooling(*_own(data), tau=tau_of(data)).estimate[0])


WRONG_BAYES = {
    "empirical": _plugged(lambda data: _tau_reml(data)),
    "plugged_mean": _plugged(lambda data: _posterior(data).mean),
    "plugged_scale": _plugged(lambda data: 10.0),
    "flat": _under("flat"),
    "M34": _under("inverse_gamma", 0.001),
    "variance_scale": _under("half_normal", np.sqrt(10)),
    "unpooled": lambda data: float(data["effect"].iloc[0]),
    "posterior_sd": lambda data: float(_posterior(data).sd[0]),
    "tau_mean": lambda data: float(_posterior(data).mean),
}
APART = 0.1


def ps09_data(rng):
    """Draw five schools in which every wrong way gives the first school another estimate, at least 0.1 away.

    The first school is noisy and lies 15 to 35 points above the middle of the others.
    """

    def make(rng):
        se = np.round(np.concatenate([[rng.uniform(11, 16)], rng.uniform(7, 14, 4)]), 1)
        rest = np.round(rng.normal(8, 9, 4), 1)
        first = np.round(rest.mean() + rng.uniform(15, 35), 1)
        return pd.DataFrame({"school": list("ABCDE"), "effect": np.concatenate([[first], rest]), "se": se})

    def apart(data):
        right = my_full_bayes(data)
        found = np.array([right, *(wrong(data) for wrong in WRONG_BAYES.values())])
        return bool(_tau_reml(data) > 1 and np.diff(np.sort(found)).min() >= APART and 4 <= right <= 40)

    return draw_until(rng, make, apart)


DATA = {"ps09": ps09_data}

MY_FULL_BAYES = Exercise(
    id="my_full_bayes",
    lesson="09",
    title=N_("Full Bayes for a school of your own"),
    kind="value",
    points=2,
    section="Fewer than five groups",
    reference=my_full_bayes,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.03,
        reason=N_(
            "Two decimals are enough, and a grid of one's own with six hundred values of tau agrees to about 0.02; "
            "the data are drawn so that every wrong way is at least 0.1 away."
        ),
    ),
    data="ps09",
    hints=(
        N_("An estimate for each tau, and the average of these over the posterior of tau."),
        N_(
            "`tau_posterior` of hlm_teach takes the effects, their standard errors, the name of the prior and its scale."
        ),
        N_(
            'With p = ht.tau_posterior(my_schools["effect"], my_schools["se"], "half_normal", 10), p.estimate has the posterior mean of each school, in their order.'
        ),
    ),
    misconceptions=(
        Misconception(
            "empirical",
            N_(
                "You plugged in one tau, the REML estimate: that is empirical Bayes. Full Bayes averages over all tau."
            ),
            wrong=WRONG_BAYES["empirical"],
            credit=0.25,
        ),
        Misconception(
            "plugged_mean",
            N_(
                "You plugged in the posterior mean of tau. The estimate bends with tau, so the average of the estimates is not the estimate at the average."
            ),
            wrong=WRONG_BAYES["plugged_mean"],
            credit=0.5,
        ),
        Misconception(
            "plugged_scale",
            N_(
                "You took the scale of the prior for tau itself. The prior says how large tau may be; the data have a say too."
            ),
            wrong=WRONG_BAYES["plugged_scale"],
        ),
        Misconception(
            "flat",
            N_(
                "This is the estimate under a flat prior. With five groups the prior matters, and another one was asked for."
            ),
            wrong=WRONG_BAYES["flat"],
            credit=0.5,
        ),
        Misconception(
            "M34",
            N_(
                "This is the estimate under the inverse gamma with a tiny epsilon. It is called vague, but with few groups it insists on small tau and pulls your school to the others. "
                "Use the prior that says what is known."
            ),
            wrong=WRONG_BAYES["M34"],
            credit=0.25,
        ),
        Misconception(
            "variance_scale",
            N_("You took the scale for a variance. It is a standard deviation, in points: use it as it is."),
            wrong=WRONG_BAYES["variance_scale"],
            credit=0.5,
        ),
        Misconception(
            "unpooled",
            N_("This is the effect as measured. The other schools say something about yours too."),
            wrong=WRONG_BAYES["unpooled"],
        ),
        Misconception(
            "posterior_sd",
            N_("This is the posterior SD of the effect. Its mean was asked for."),
            wrong=WRONG_BAYES["posterior_sd"],
            credit=0.25,
        ),
        Misconception(
            "tau_mean",
            N_("This is the posterior mean of tau. The effect of the first school was asked for."),
            wrong=WRONG_BAYES["tau_mean"],
        ),
    ),
    explanation=N_(
        "For each tau the school has its partially pooled estimate; the posterior of tau says how much each of these counts. The prior is part of the answer, and with five groups it shows."
    ),
)

# ---- among the best --------------------------------------------------------------------------------------------------


def chance_of_top(draws, k):
    """Return, for each group, the share of draws in which it is among the k largest."""
    draws = np.asarray(draws, dtype=float)
    return (np.argsort(np.argsort(-draws, axis=1), axis=1) < k).mean(axis=0)


def _top_of_means(draws, k):
    mean = np.asarray(draws, dtype=float).mean(axis=0)
    return (np.argsort(np.argsort(-mean)) < k).astype(float)


def _positive(draws, k):
    return (np.asarray(draws) > 0).mean(axis=0)


def _above_average(draws, k):
    draws = np.asarray(draws)
    return (draws > draws.mean(axis=1, keepdims=True)).mean(axis=0)


def _bottom(draws, k):
    return chance_of_top(-np.asarray(draws), k)


def _best_only(draws, k):
    return chance_of_top(draws, 1)


def _one_more(draws, k):
    return chance_of_top(draws, k + 1)


def _exactly(draws, k):
    return chance_of_top(draws, k) - (chance_of_top(draws, k - 1) if k > 1 else 0.0)


def _adds_to_one(draws, k):
    return chance_of_top(draws, k) / k


def _mean_place(draws, k):
    return (np.argsort(np.argsort(-np.asarray(draws), axis=1), axis=1) + 1).mean(axis=0)


def _down_the_columns(draws, k):
    draws = np.asarray(draws)
    return (np.argsort(np.argsort(-draws, axis=0), axis=0) < k).mean(axis=0)


def _single_argsort(draws, k):
    return (np.argsort(-np.asarray(draws), axis=1) < k).mean(axis=0)


def _draws_case(rng):
    J, S, k = int(rng.integers(5, 8)), 40, int(rng.integers(2, 4))
    centre = rng.normal(0, 1, J)
    draws = np.round(
        centre + rng.uniform(0.6, 1.4, J) * rng.standard_normal((S, J)) + rng.standard_normal((S, 1)), 6
    )
    return Case({"draws": draws, "k": k}, label=N_("forty draws of several groups"))


SMALL = np.array(
    [
        [3.1, 2.0, 5.2, 1.1, -0.4],
        [2.4, 4.9, 4.0, -1.3, 0.2],
        [4.6, 1.2, 3.3, 2.2, -0.9],
        [0.9, 2.7, 6.1, 3.5, 1.4],
        [5.0, 3.8, 2.9, -0.6, 0.7],
        [1.8, 0.6, 4.4, 2.6, 3.2],
    ]
)
CHANCE_OF_TOP = Exercise(
    id="chance_of_top",
    lesson="09",
    title=N_("The probability to be among the best"),
    kind="function",
    points=2,
    section="Intervals that vanished, repaired",
    reference=chance_of_top,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_("A share of draws is a count divided by a number: nothing is lost in computing it."),
    ),
    shown=(
        Case({"draws": SMALL, "k": 2}, label=N_("six draws of five groups, the two largest")),
        Case({"draws": -SMALL[:, ::-1], "k": 3}, label=N_("six draws of five groups, the three largest")),
    ),
    draw=_draws_case,
    hidden=5,
    hints=(
        N_("Answer the question within one draw first: which groups are among the k largest there?"),
        N_(
            "Rank each row on its own, mark the places up to k, and take the mean of the marks down each column."
        ),
        N_(
            "np.argsort applied twice turns values into places: place = np.argsort(np.argsort(-draws, axis=1), axis=1) counts from zero. Then (place < k).mean(axis=0)."
        ),
    ),
    misconceptions=(
        Misconception(
            "rank_of_means",
            N_(
                "You ranked the posterior means, so every group is in or out. Rank within each draw and count: then you see how unsure the order is."
            ),
            wrong=_top_of_means,
        ),
        Misconception(
            "positive",
            N_(
                "You counted how often a value is positive. Being among the largest is about the other groups."
            ),
            wrong=_positive,
        ),
        Misconception(
            "above_average",
            N_(
                "You counted how often a group is above the average. Count how often it is among the k largest."
            ),
            wrong=_above_average,
            credit=0.25,
        ),
        Misconception(
            "smallest",
            N_("These are the chances to be among the smallest. Turn the order round."),
            wrong=_bottom,
            credit=0.5,
        ),
        Misconception(
            "best_only",
            N_("These are the chances to be the largest. Count the places up to k."),
            wrong=_best_only,
            credit=0.5,
        ),
        Misconception(
            "one_too_many",
            N_("You let one place too many in. Places counted from zero end at k minus one."),
            wrong=_one_more,
            credit=0.5,
        ),
        Misconception(
            "exactly_k",
            N_("These are the chances to be in place k exactly. Count the places before it as well."),
            wrong=_exactly,
            credit=0.5,
        ),
        Misconception(
            "adds_to_one",
            N_(
                "You divided so that the chances add up to one. Each draw has k groups among its k largest, so they add up to k."
            ),
            wrong=_adds_to_one,
            credit=0.5,
        ),
        Misconception(
            "mean_place",
            N_("These are mean places. Count instead how often a place is among the first k."),
            wrong=_mean_place,
            credit=0.25,
        ),
        Misconception(
            "down_the_columns",
            N_(
                "You ranked the draws of each group among themselves. Rank the groups within each draw: along the row."
            ),
            wrong=_down_the_columns,
        ),
        Misconception(
            "argsort_once",
            N_(
                "One argsort says which group stands in a place. You need the place of each group: apply it twice, or use rank."
            ),
            wrong=_single_argsort,
            credit=0.5,
        ),
    ),
    explanation=N_(
        "A rank is a function of all groups at once. Every draw is one complete possible truth, so rank in it, and let the draws vote."
    ),
)

# ---- reading the chains ----------------------------------------------------------------------------------------------


READ_THE_CHAINS = Exercise(
    id="read_the_chains",
    lesson="09",
    title=N_("Read the diagnostics"),
    kind="slots",
    points=3,
    section="The funnel",
    slots=(
        Slot(
            "r_hat",
            (
                "report the posterior mean with its interval",
                "not use these draws, and find out why the chains differ",
                "take only the chain with the largest mean",
            ),
            "not use these draws, and find out why the chains differ",
            wrong={
                "report the posterior mean with its interval": Misconception(
                    "r_hat_ignored",
                    N_(
                        "The chains have not seen the same landscape. Whose mean and whose interval would you report?"
                    ),
                ),
                "take only the chain with the largest mean": Misconception(
                    "chain_picked",
                    N_("Picking a chain by its result is picking the result. Why do they differ?"),
                ),
            },
        ),
        Slot(
            "longer",
            ("shrink the 1.6", "make the slope significant", "shrink the 0.02"),
            "shrink the 0.02",
            wrong={
                "shrink the 1.6": Misconception(
                    "sd_for_mcse",
                    N_(
                        "The posterior SD is what the data leave open. More draws describe it better; they do not add pupils."
                    ),
                ),
                "make the slope significant": Misconception(
                    "draws_for_data", N_("More draws add no data. What do they make more precise?")
                ),
            },
        ),
        Slot(
            "eighty",
            ("write the model in the non-centred form", "delete the divergent draws", "remove the groups"),
            "write the model in the non-centred form",
            wrong={
                "delete the divergent draws": Misconception(
                    "divergences_deleted",
                    N_(
                        "They mark a region into which the walk cannot go. Deleting the marks leaves the region missing."
                    ),
                ),
                "remove the groups": Misconception(
                    "terms_deleted",
                    N_("The groups are part of the question. The same model can be written in another form."),
                ),
            },
        ),
        Slot(
            "direction",
            ("too small", "too large", "unaffected"),
            "too large",
            wrong={
                "too small": Misconception(
                    "funnel_direction",
                    N_("Which values of tau did the walk hardly reach, small ones or large ones?"),
                ),
                "unaffected": Misconception(
                    "funnel_ignored", N_("A part of the posterior is missing, and it is not a random part.")
                ),
            },
        ),
        Slot(
            "all_well",
            (
                "the draws come from the posterior of this model",
                "the model fits the data",
                "the priors did not matter",
            ),
            "the draws come from the posterior of this model",
            wrong={
                "the model fits the data": Misconception(
                    "diagnostics_for_fit",
                    N_(
                        "A wrong model has a posterior too, and it can be walked through well. What checks the model is its replicas."
                    ),
                ),
                "the priors did not matter": Misconception(
                    "diagnostics_for_priors",
                    N_(
                        "The draws are from a posterior that contains the priors. Whether they matter shows when you change them."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("For each sentence ask: is it about the walk, about the data, or about the model?"),
        N_(
            "The Monte Carlo error belongs to the walk, the posterior SD to the data. Divergences mark places that the walk could not enter."
        ),
        N_("The funnel's neck is at small tau. Whoever cannot enter it sees too few small values."),
    ),
    explanation=N_(
        "Diagnostics are about the walk: chains that agree, enough independent draws, no region that was left out. They say nothing about whether model or priors are good."
    ),
)

# ---- a report --------------------------------------------------------------------------------------------------------

LABELS = ("sound", "prior taken for neutral", "check that cannot tell", "plug-in taken for known")


FLAWS_OF_PRIORS = Exercise(
    id="flaws_of_priors",
    lesson="09",
    title=N_("Find the flaws in a report on priors"),
    kind="slots",
    points=2,
    section="Intervals that vanished, repaired",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "prior taken for neutral",
            told(
                LABELS,
                "prior taken for neutral",
                "M34",
                (
                    N_(
                        "In the lesson this prior put more than half of the posterior below one point. Is that letting the data speak?"
                    ),
                    N_("No diagnostic is used here. Look at what is said of the prior."),
                    N_("No estimate is plugged in here. Look at what is said of the prior."),
                ),
            ),
        ),
        Slot(
            "sentence_2",
            LABELS,
            "sound",
            told(
                LABELS,
                "sound",
                "sensitivity_missed",
                (
                    N_(
                        "This sentence tries two priors and reports what changes. Does it call either of them neutral?"
                    ),
                    N_("Changing the prior and looking at the posterior is the check that can tell."),
                    N_("Two posteriors are compared here, and no single tau is put in."),
                ),
            ),
        ),
        Slot(
            "sentence_3",
            LABELS,
            "plug-in taken for known",
            told(
                LABELS,
                "plug-in taken for known",
                "zero_believed",
                (
                    N_(
                        "What would the standard error be if tau were a little above zero, as the data allow?"
                    ),
                    N_("No prior is used here. What is believed about tau?"),
                    N_("No check is made here. What is believed about tau?"),
                ),
            ),
        ),
        Slot(
            "sentence_4",
            LABELS,
            "check that cannot tell",
            told(
                LABELS,
                "check that cannot tell",
                "diagnostics_for_fit",
                (
                    N_("Could the chains also agree if the rates were not normal?"),
                    N_("The sentence is about chains, and what it concludes is about hospitals."),
                    N_("No value of tau is put in here. What does r_hat compare?"),
                ),
            ),
        ),
        Slot(
            "sentence_5",
            LABELS,
            "prior taken for neutral",
            told(
                LABELS,
                "prior taken for neutral",
                "M34",
                (
                    N_(
                        "Which of the four hospitals said that tau may be several hundred? Ask where the width comes from."
                    ),
                    N_("Nothing is checked here. Look at what is said of the prior."),
                    N_("Nothing is plugged in here. Look at what is said of the prior."),
                ),
            ),
        ),
    ),
    hints=(
        N_("For each sentence ask: what does it assume, and does it say so?"),
        N_("One sentence is sound, and one label fits twice."),
        N_(
            "Look for a prior that is said to say nothing, for an estimate that is used as if it were the truth, and for chains that are asked about hospitals."
        ),
    ),
    explanation=N_(
        "With four groups every prior on tau speaks: the inverse gamma for small values, the uniform for large ones. Trying another prior and reporting the change is sound. "
        "An estimate of zero is not knowledge, and agreement of chains is not agreement with the data."
    ),
)

EXERCISES = (
    POSTERIOR_ON_GRID,
    VAGUE_BUT_FAR,
    MY_FULL_BAYES,
    READ_THE_CHAINS,
    CHANCE_OF_TOP,
    FLAWS_OF_PRIORS,
)
