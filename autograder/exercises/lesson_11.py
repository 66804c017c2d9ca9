"""The exercises of lesson 11, "Binary outcomes".

Notation: η is a logit, τ the SD of a varying intercept in logits, a and b the coefficients of a multilevel logit fit.
The students' homes all have the same design, two weeks with and two without the filter, so a home is one of nine patterns
(ill weeks without, ill weeks with) and a fit needs the nine counts only. The references are computed from these, on fixed
nodes, apart from `hlm_teach`, and can be checked against it and against lme4.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logsumexp
from scipy.stats import norm

from autograder.exercise import Case, Criterion, Exercise, Misconception, Slot, Tolerance
from autograder.exercises.told import told
from autograder.student_data import draw_until
from hlm_teach.locale import N_

# ---- two translations of tau -----------------------------------------------------------------------------------------


def latent_share(tau):
    """τ²/(τ² + π²/3)."""
    return tau**2 / (tau**2 + np.pi**2 / 3)


def median_ratio(tau):
    """exp(√2 Φ⁻¹(0.75) τ)."""
    return np.exp(np.sqrt(2) * norm.ppf(0.75) * tau)


def both_scales(tau):
    """Return the latent ICC and the median odds ratio."""
    return {"icc": float(latent_share(tau)), "mor": float(median_ratio(tau))}


def _scales(icc=latent_share, mor=median_ratio):
    return lambda tau: {"icc": float(icc(tau)), "mor": float(mor(tau))}


WRONG_ICCS = {
    "probit_variance": lambda tau: tau**2 / (tau**2 + 1),
    "sd_for_variance": lambda tau: tau / (tau + np.pi / np.sqrt(3)),
    "tau_not_squared": lambda tau: tau / (tau + np.pi**2 / 3),
    "rows_not_squared": lambda tau: tau**2 / (tau**2 + np.pi / np.sqrt(3)),
}


def _tau_case(rng):
    def apart(tau):  # some wrong shares are right by chance at one tau
        found = np.sort([latent_share(tau), *(wrong(tau) for wrong in WRONG_ICCS.values())])
        return np.diff(found).min() > 0.01

    tau = draw_until(rng, lambda rng: float(np.round(rng.uniform(0.3, 2.8), 2)), apart)
    return Case({"tau": tau}, label=N_("another spread"))


SPREAD_ON_TWO_SCALES = Exercise(
    id="spread_on_two_scales",
    lesson="11",
    title=N_("Two translations of tau"),
    kind="function",
    points=2,
    section="How much do districts differ?",
    reference=both_scales,
    tolerance=Tolerance(
        rtol=5e-4,
        atol=0.0,
        reason=N_("Both are closed formulas; the room is for 0.674 or 0.954 typed with three digits."),
    ),
    shown=(
        Case({"tau": 0.6}, label=N_("a small spread")),
        Case({"tau": 2.3}, label=N_("a large spread")),
    ),
    draw=_tau_case,
    hidden=4,
    hints=(
        N_(
            "One is a share of a variance, the other a ratio of odds. What is the variance of the rows on the hidden scale?"
        ),
        N_(
            "Square tau for the share. For the ratio, start with the SD of the difference of two groups, and remember what turns logits into odds."
        ),
        N_(
            "The share is tau**2 / (tau**2 + np.pi**2 / 3). The ratio is np.exp of the square root of two, times the quartile of the normal distribution, times tau."
        ),
    ),
    misconceptions=(
        Misconception(
            "probit_variance",
            N_(
                "Your ICC takes one for the variance of the rows. That is for a normal hidden scale (probit); logistic noise has another variance."
            ),
            wrong=_scales(icc=WRONG_ICCS["probit_variance"]),
            credit=0.5,
        ),
        Misconception(
            "sd_for_variance",
            N_("Your ICC is made of standard deviations. Shares are shares of variances: square both."),
            wrong=_scales(icc=WRONG_ICCS["sd_for_variance"]),
            credit=0.5,
        ),
        Misconception(
            "tau_not_squared",
            N_(
                "In your ICC the variance of the rows is right, but tau is a standard deviation and needs a square."
            ),
            wrong=_scales(icc=WRONG_ICCS["tau_not_squared"]),
            credit=0.5,
        ),
        Misconception(
            "rows_not_squared",
            N_(
                "In your ICC tau is squared, but the other part is the standard deviation of logistic noise. Take its variance."
            ),
            wrong=_scales(icc=WRONG_ICCS["rows_not_squared"]),
            credit=0.5,
        ),
        Misconception(
            "one_sd_up",
            N_(
                "Your second number compares a group one SD above with the median group. The median odds ratio compares two groups drawn at random."
            ),
            wrong=_scales(mor=np.exp),
            credit=0.5,
        ),
        Misconception(
            "one_group",
            N_(
                "Your second number is the median distance of one group from the middle. Two groups differ by more: variances add up."
            ),
            wrong=_scales(mor=lambda tau: np.exp(norm.ppf(0.75) * tau)),
            credit=0.5,
        ),
        Misconception(
            "sd_of_difference",
            N_(
                "Your second number takes one SD of the difference of two groups. The median of its size is less than an SD."
            ),
            wrong=_scales(mor=lambda tau: np.exp(np.sqrt(2) * tau)),
            credit=0.5,
        ),
        Misconception(
            "still_in_logits",
            N_("Your second number is still in logits. A ratio of odds is its exponential."),
            wrong=_scales(mor=lambda tau: np.sqrt(2) * norm.ppf(0.75) * tau),
            credit=0.5,
        ),
    ),
    explanation=N_(
        "On the hidden scale the rows have the variance of a logistic distribution, pi²/3. Two groups differ by N(0, 2 tau²), whose size has the median "
        "0.674 times the SD; the exponential makes it a ratio of odds."
    ),
)


# ---- the population's probability ------------------------------------------------------------------------------------

_X, _W = np.polynomial.hermite_e.hermegauss(101)
_W = _W / _W.sum()


def population_share(eta, tau):
    """Σ w_k expit(η + τ x_k)."""
    return float(_W @ expit(eta + tau * _X))


def _flattened(eta, tau):
    return float(expit(eta / np.sqrt(1 + (16 * np.sqrt(3) / (15 * np.pi)) ** 2 * tau**2)))


WRONG_SHARES = {
    "median_group": lambda eta, tau: float(expit(eta)),
    "by_the_factor": _flattened,
    "tau_as_variance": lambda eta, tau: population_share(eta, np.sqrt(tau)),
    "tau_squared": lambda eta, tau: population_share(eta, tau**2),
    "other_nodes": lambda eta, tau: population_share(eta, tau / np.sqrt(2)),
    "weights_not_divided": lambda eta, tau: np.sqrt(2 * np.pi) * population_share(eta, tau),
    "two_groups": lambda eta, tau: float((expit(eta - tau) + expit(eta + tau)) / 2),
    "one_sd_up": lambda eta, tau: float(expit(eta + tau)),
    "factor_on_tau": lambda eta, tau: float(expit(eta / np.sqrt(1 + tau**2))),
}


def _share_case(rng):
    def make(rng):
        return (
            float(np.round(rng.choice([-1, 1]) * rng.uniform(1.0, 3.5), 1)),
            float(np.round(rng.uniform(1.3, 3.0), 1)),
        )

    def apart(pair):
        right = population_share(*pair)
        found = np.sort([right, *(wrong(*pair) for wrong in WRONG_SHARES.values())])
        return (
            np.diff(found).min() > 1e-3
            and np.abs(np.delete(found, np.argmin(np.abs(found - right))) - right).min() > 3e-3
        )

    eta, tau = draw_until(rng, make, apart)
    return Case({"eta": eta, "tau": tau}, label=N_("another middle and another spread"))


POPULATION_PROBABILITY = Exercise(
    id="population_probability",
    lesson="11",
    title=N_("The population's probability"),
    kind="function",
    points=2,
    section="The mean of probabilities is not the probability of the mean",
    reference=population_share,
    tolerance=Tolerance(
        rtol=0.0,
        atol=5e-4,
        reason=N_(
            "Three decimals: twenty-one nodes, a grid of a few hundred points and adaptive integration all agree to 1e-4 here; "
            "the cases are drawn so that every wrong way is 0.003 or more away."
        ),
    ),
    shown=(
        Case({"eta": -2.0, "tau": 2.5}, label=N_("a low probability in the median group, a large spread")),
        Case({"eta": 1.5, "tau": 0.0}, label=N_("groups that do not differ")),
    ),
    draw=_share_case,
    hidden=4,
    hints=(
        N_("Which comes first, the average or the curve from logits to probabilities?"),
        N_(
            "Turn each group's logit into a probability, then average. The groups lie at eta plus tau times a standard normal x."
        ),
        N_(
            "x, w = np.polynomial.hermite_e.hermegauss(51) gives nodes and weights. Divide the weights by their sum, then add up w times expit(eta + tau * x)."
        ),
    ),
    misconceptions=(
        Misconception(
            "median_group",
            N_(
                "That is the probability at the mean logit, in the median group. The mean over groups takes the curve first and averages afterwards."
            ),
            wrong=WRONG_SHARES["median_group"],
        ),
        Misconception(
            "by_the_factor",
            N_(
                "You made the logit flatter by the factor for marginal coefficients. That is a good approximation of this mean, and no more: "
                "average the probabilities themselves."
            ),
            wrong=WRONG_SHARES["by_the_factor"],
            credit=0.5,
        ),
        Misconception(
            "tau_as_variance",
            N_("You took tau for a variance. It is a standard deviation: the groups lie at eta + tau x."),
            wrong=WRONG_SHARES["tau_as_variance"],
            credit=0.5,
        ),
        Misconception(
            "tau_squared",
            N_("You spread the groups by tau squared. Their standard deviation is tau."),
            wrong=WRONG_SHARES["tau_squared"],
            credit=0.5,
        ),
        Misconception(
            "other_nodes",
            N_(
                "Your groups are too close together by the square root of two. The nodes of hermgauss belong to another curve than the normal density: "
                "take hermegauss, or stretch them."
            ),
            wrong=WRONG_SHARES["other_nodes"],
            credit=0.75,
        ),
        Misconception(
            "weights_not_divided",
            N_("Your weights do not add up to one. Divide them by their sum."),
            wrong=WRONG_SHARES["weights_not_divided"],
            credit=0.75,
        ),
        Misconception(
            "two_groups",
            N_(
                "You averaged two groups, one SD below and one above. That is quadrature with two nodes, too coarse for this spread."
            ),
            wrong=WRONG_SHARES["two_groups"],
            credit=0.5,
        ),
        Misconception(
            "one_sd_up",
            N_("That is the probability in a group one SD above the middle. All groups are to be averaged."),
            wrong=WRONG_SHARES["one_sd_up"],
        ),
        Misconception(
            "factor_on_tau",
            N_(
                "You divided the logit by the square root of one plus tau squared. That is right for a normal curve (probit); "
                "here average the probabilities."
            ),
            wrong=WRONG_SHARES["factor_on_tau"],
            credit=0.25,
        ),
    ),
    explanation=N_(
        "A mean over groups is an integral over their normal distribution, and quadrature turns it into a weighted sum of probabilities. "
        "The curve from logits to probabilities comes first, because it bends."
    ),
)


# ---- far apart -------------------------------------------------------------------------------------------------------


def _logits(answer) -> np.ndarray | None:
    """Return the logits as a plain array, or None if it is not what was asked for."""
    if not isinstance(answer, np.ndarray | pd.Series | list | tuple):
        return None
    if any(isinstance(entry, str | bool | np.bool_ | complex) for entry in answer):
        return None
    try:
        found = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    if found.ndim != 1 or len(found) < 10 or not (np.abs(found) <= 8).all():
        return None
    return found


def _also(holds):
    def check(answer):
        found = _logits(answer)
        return found is not None and bool(holds(found))

    return check


HIDDEN_MAJORITY = Exercise(
    id="hidden_majority",
    lesson="11",
    title=N_("Far apart"),
    kind="inverse",
    points=2,
    section="The mean of probabilities is not the probability of the mean",
    criteria=(
        Criterion(
            _also(lambda found: True),
            N_(
                "It must be a list or an array of one dimension: ten numbers or more, each a logit between -8 and 8."
            ),
            0.2,
        ),
        Criterion(
            _also(lambda found: expit(found.mean()) <= 0.2 + 1e-9),
            N_(
                "Average the logits and turn the mean into a probability: it must be one fifth at most. Yours is more."
            ),
            0.3,
        ),
        Criterion(
            _also(lambda found: expit(found).mean() >= 0.35 - 1e-9),
            N_(
                "Turn each logit into a probability and average these: the mean must be thirty-five percent at least. Yours is less."
            ),
            0.5,
        ),
    ),
    hints=(
        N_(
            "Where does the curve bend most? What does a group far out at one end add to each of the two means?"
        ),
        N_(
            "Let some groups be nearly sure to have a yes, and the others so far down that the mean of the logits stays low."
        ),
        N_(
            "Make two camps. A camp far below zero pulls the mean logit down and adds next to nothing to the mean probability; "
            "a camp of two groups in five, above zero, adds nearly two fifths."
        ),
    ),
    explanation=N_(
        "Beyond a few logits a probability hardly changes, but a logit still counts in full in a mean of logits. So a camp far below hides a large camp above."
    ),
)


# ---- a student's own homes -------------------------------------------------------------------------------------------

WEEKS = 2  # with the filter, and as many without


def _patterns(data) -> tuple[int, ...]:
    """Return how many homes had (i, k) ill weeks without and with the filter, in the order 3i + k."""
    home, on, ill = pd.factorize(data["home"])[0], data["filter"].to_numpy(), data["ill"].to_numpy()
    without, with_it = np.bincount(home, ill * (1 - on)), np.bincount(home, ill * on)
    return tuple(np.bincount((3 * without + with_it).astype(int), minlength=9).tolist())


@lru_cache(maxsize=4096)
def _estimates(counts: tuple[int, ...], nodes: int) -> tuple[float, float, float]:
    """Return a, b and τ by maximum likelihood; nodes = 1 is Laplace's approximation, else that many fixed nodes."""
    homes = np.array(counts, dtype=float)
    i, k = np.divmod(np.arange(9), 3)
    x, w = np.polynomial.hermite_e.hermegauss(max(nodes, 2))
    log_w, x = np.log(w / w.sum())[:, None], x[:, None]

    def log_rows(a, b, u):
        off, on = a + u, a + b + u
        return i * off + k * on + WEEKS * (log_expit(-off) + log_expit(-on))

    def by_nodes(v):
        """Return minus the log-likelihood and its gradient in a, b and log τ."""
        a, b, tau = v[0], v[1], np.exp(v[2])
        log_parts = log_rows(a, b, tau * x) + log_w
        log_home = logsumexp(log_parts, axis=0)
        share = np.exp(log_parts - log_home)
        q = expit(a + b + tau * x)
        slope_on = k - WEEKS * q
        slope = i - WEEKS * expit(a + tau * x) + slope_on
        gradient = [np.sum(share * part, axis=0) @ homes for part in (slope, slope_on, tau * x * slope)]
        return -homes @ log_home, -np.array(gradient)

    def by_laplace(v):
        a, b, tau = v[0], v[1], np.exp(v[2])
        z = np.zeros(9)  # the modes of u / τ
        for _step in range(12):
            p, q = expit(a + tau * z), expit(a + b + tau * z)
            bend = 1 + tau**2 * WEEKS * (p * (1 - p) + q * (1 - q))
            z = z + np.clip((tau * (i + k - WEEKS * (p + q)) - z) / bend, -1, 1)
        return -homes @ (log_rows(a, b, tau * z) - z**2 / 2 - np.log(bend) / 2)

    if nodes == 1:
        a, b, tau = _estimates(counts, NODES)
        found = minimize(by_laplace, [a, b, np.log(tau)], method="BFGS")
    else:
        found = minimize(by_nodes, [1.0, -1.5, 0.7], jac=True, method="BFGS")
    return float(found.x[0]), float(found.x[1]), float(np.exp(found.x[2]))


NODES = 61


def _fit(data, nodes=NODES):
    return _estimates(_patterns(data), nodes)


def _points(a, b) -> float:
    return float(100 * (expit(a + b) - expit(a)))


def median_points(data):
    """Return 100 (expit(a + b) − expit(a))."""
    a, b, _tau = _fit(data)
    return _points(a, b)


def _by_laplace(data):
    a, b, _tau = _fit(data, 1)
    return _points(a, b)


def _mean_points(data):
    a, b, tau = _fit(data)
    return 100 * (population_share(a + b, tau) - population_share(a, tau))


def _shares(data):
    on, ill = data["filter"].to_numpy(), data["ill"].to_numpy()
    return np.bincount(on, ill) / np.bincount(on)


def _raw_points(data):
    share = _shares(data)
    return float(100 * (share[1] - share[0]))


WRONG_POINTS = {
    "laplace": _by_laplace,
    "population": _mean_points,
    "raw_shares": _raw_points,
    "coefficient": lambda data: _fit(data)[1],
    "odds_ratio": lambda data: float(np.exp(_fit(data)[1])),
    "one_probability": lambda data: float(100 * expit(sum(_fit(data)[:2]))),
    "percent_logit": lambda data: 100 * _fit(data)[1],
    "percent_odds": lambda data: float(100 * (np.exp(_fit(data)[1]) - 1)),
    "quarter": lambda data: 25 * _fit(data)[1],
    "without_intercept": lambda data: float(100 * (expit(_fit(data)[1]) - 0.5)),
    "relative": lambda data: float(100 * (expit(sum(_fit(data)[:2])) / expit(_fit(data)[0]) - 1)),
}


def ps11_data(rng):
    """Draw eighty homes of four weeks whose answer differs from every number of a wrong way.

    Drawn until Laplace's number is 0.6 points or more away from the right one, each other number 2 points, any two of them
    half a point, and the spread is estimated inside a sensible range. (The population's difference by the fit and by the
    shares are nearly one number, and are told the same.)
    """

    def make(rng):
        J = 80
        tau, a, b = rng.uniform(2.4, 3.2), rng.uniform(0.8, 2.0), rng.uniform(-2.4, -1.3)
        filtered = np.tile([0, 1, 0, 1], J)
        u = np.repeat(tau * rng.standard_normal(J), 2 * WEEKS)
        ill = (rng.random(2 * WEEKS * J) < expit(a + b * filtered + u)).astype(int)
        home = np.repeat([f"h{j + 1:02d}" for j in range(J)], 2 * WEEKS)
        return pd.DataFrame({"home": home, "filter": filtered, "ill": ill})

    def apart(data):
        right, (_a, _b, tau) = median_points(data), _fit(data)
        wrong = {
            name: way(data) for name, way in WRONG_POINTS.items() if name not in ("laplace", "population")
        }
        if not 1.5 < tau < 4.5 or min(abs(value - right) for value in wrong.values()) < 2:
            return False
        found = np.sort([*wrong.values(), right])
        return np.diff(found).min() > 0.5 and abs(_by_laplace(data) - right) > 0.6

    return draw_until(rng, make, apart)


DATA = {"ps11": ps11_data}

POPULATION = N_(
    "This is the difference in the population: of the shares over all homes, or of probabilities averaged over homes. "
    "The question is about the median home, where the deviation is zero."
)

MY_POINTS = Exercise(
    id="my_points",
    lesson="11",
    title=N_("Percentage points in the median home"),
    kind="value",
    points=3,
    section="Two coefficients, both right",
    reference=median_points,
    tolerance=Tolerance(
        rtol=0.0,
        atol=0.15,
        reason=N_(
            "One decimal is enough; fifteen nodes or more agree to 0.08 points, and the data are drawn so that Laplace's approximation is "
            "0.6 away and every other wrong way 2 or more."
        ),
    ),
    data="ps11",
    hints=(
        N_("The median home is one whose deviation is zero. Which two probabilities does it have?"),
        N_(
            "Fit the model, take the logit without and the logit with the filter from the fixed coefficients alone, and turn each into a probability."
        ),
        N_(
            'With a, b = ht.glmm("ill ~ filter + (1 | home)", my_homes, quadrature=25).fixef, the two probabilities are expit(a) and expit(a + b). '
            "Subtract the first from the second, and turn the difference into points."
        ),
    ),
    misconceptions=(
        Misconception(
            "laplace",
            N_(
                "This comes from Laplace's approximation, the default of glmm. With four weeks per home it is off: use the nodes that the task names."
            ),
            wrong=WRONG_POINTS["laplace"],
            credit=0.75,
        ),
        Misconception(
            "population",
            POPULATION,
            wrong=WRONG_POINTS["population"],
            credit=0.5,
        ),
        Misconception(
            "raw_shares",
            POPULATION,
            wrong=WRONG_POINTS["raw_shares"],
            credit=0.5,
        ),
        Misconception(
            "coefficient",
            N_("This is the coefficient of the filter, in logits. Turn logits into probabilities first."),
            wrong=WRONG_POINTS["coefficient"],
            credit=0.25,
        ),
        Misconception(
            "odds_ratio",
            N_("This is the odds ratio of the filter. Points are a difference of two probabilities."),
            wrong=WRONG_POINTS["odds_ratio"],
            credit=0.25,
        ),
        Misconception(
            "one_probability",
            N_("This is one of the two probabilities, in percent. Take off the one without a filter."),
            wrong=WRONG_POINTS["one_probability"],
            credit=0.5,
        ),
        Misconception(
            "percent_logit",
            N_(
                "You multiplied a difference of logits by a hundred. Percentage points are differences of probabilities."
            ),
            wrong=WRONG_POINTS["percent_logit"],
        ),
        Misconception(
            "percent_odds",
            N_(
                "This says by how many percent the odds change. Points are a difference of two probabilities."
            ),
            wrong=WRONG_POINTS["percent_odds"],
            credit=0.25,
        ),
        Misconception(
            "quarter",
            N_(
                "A quarter of the coefficient is the most that it can make, at a probability of one half. Compute the two probabilities of the median home."
            ),
            wrong=WRONG_POINTS["quarter"],
            credit=0.25,
        ),
        Misconception(
            "without_intercept",
            N_(
                "You started from a logit of zero. The median home without a filter has the logit of the intercept."
            ),
            wrong=WRONG_POINTS["without_intercept"],
            credit=0.25,
        ),
        Misconception(
            "relative",
            N_(
                "This is the change in percent of the first probability. Points are the plain difference of the two."
            ),
            wrong=WRONG_POINTS["relative"],
            credit=0.5,
        ),
    ),
    explanation=N_(
        "In the median home the deviation is zero, so the two logits are a and a + b. Each becomes a probability, and their difference is in points."
    ),
)


# ---- read a logit fit ------------------------------------------------------------------------------------------------


READ_THE_LOGIT = Exercise(
    id="read_the_logit",
    lesson="11",
    title=N_("Read a logit fit"),
    kind="slots",
    points=3,
    section="The wrong analysis, live: gender twice",
    slots=(
        Slot(
            "urban",
            ("about twice the probability", "about twice the odds", "70 percent more probability"),
            "about twice the odds",
            wrong={
                "about twice the probability": Misconception(
                    "odds_for_probability",
                    N_(
                        "Compare the two probabilities of the mother of two in the lesson. Is the second twice the first?"
                    ),
                ),
                "70 percent more probability": Misconception(
                    "logit_as_percent",
                    N_(
                        "The coefficient is a difference of logits, and logits are no percent. What does its exponential say?"
                    ),
                ),
            },
        ),
        Slot(
            "mor",
            (
                "differ in their odds by at least this factor in half of all draws",
                "differ in their odds by this factor at most",
                "have odds that differ by this factor on average over all women",
            ),
            "differ in their odds by at least this factor in half of all draws",
            wrong={
                "differ in their odds by this factor at most": Misconception(
                    "mor_as_bound",
                    N_(
                        "Two districts may lie much further apart. Think of the first word of its name: how many of all pairs lie beyond a median?"
                    ),
                ),
                "have odds that differ by this factor on average over all women": Misconception(
                    "mor_as_mean",
                    N_(
                        "It compares women alike in the predictors, and it is no average. Think of the first word of its name."
                    ),
                ),
            },
        ),
        Slot(
            "latent",
            (
                "the correlation of two women's answers",
                "the share of women decided by their district",
                "the share of districts in the variance of a hidden inclination",
            ),
            "the share of districts in the variance of a hidden inclination",
            wrong={
                "the correlation of two women's answers": Misconception(
                    "latent_for_observed",
                    N_(
                        "The lesson computed that correlation from a million districts. Was it the same number?"
                    ),
                ),
                "the share of women decided by their district": Misconception(
                    "icc_as_people",
                    N_(
                        "An ICC is a share of a variance; it says nothing about how many people. Remember lesson 04."
                    ),
                ),
            },
        ),
        Slot(
            "gee",
            (
                "compares shares of the whole population",
                "ignores the clustering",
                "has fewer patients to go by",
            ),
            "compares shares of the whole population",
            wrong={
                "ignores the clustering": Misconception(
                    "marginal_is_error",
                    N_("Its standard errors know of the patients. Which question does it answer?"),
                ),
                "has fewer patients to go by": Misconception(
                    "marginal_is_error",
                    N_("It was fitted to the same patients. Which question does it answer?"),
                ),
            },
        ),
        Slot(
            "new_district",
            (
                "the mean over all new districts",
                "the probability in the median district",
                "a probability and how sure one can be of it",
            ),
            "the probability in the median district",
            wrong={
                "the mean over all new districts": Misconception(
                    "zero_is_mean",
                    N_(
                        "A deviation of zero is the mean of the logits. What does the bend of the curve do to the mean?"
                    ),
                ),
                "a probability and how sure one can be of it": Misconception(
                    "zero_is_certain",
                    N_(
                        "It sets the deviation to zero and says nothing of how far a new district may lie from there."
                    ),
                ),
            },
        ),
        Slot(
            "no_spread",
            ("as far apart as possible", "to zero, both", "to the same value"),
            "to the same value",
            wrong={
                "as far apart as possible": Misconception(
                    "spread_reversed",
                    N_("Put a tau of zero into the factor between the two coefficients."),
                ),
                "to zero, both": Misconception(
                    "spread_as_effect",
                    N_(
                        "Groups that are alike can still have a strong predictor. Put a tau of zero into the factor."
                    ),
                ),
            },
        ),
    ),
    hints=(
        N_("For each number ask first on which scale it stands: logits, odds, or probabilities."),
        N_(
            "Then ask whose it is: two women of one district, two districts, the median district, or the whole population."
        ),
        N_(
            "An exponential of a coefficient is about odds; medians are about halves; the latent ICC is about something that nobody observed; "
            "GEE averages first; and a deviation of zero is one particular district."
        ),
    ),
    explanation=N_(
        "Coefficients are differences of logits within a district, their exponentials ratios of odds. Spread can be told as a median ratio of odds or as a share of a hidden variance. "
        "Conditional and marginal numbers differ because districts do, and agree where they do not."
    ),
)


# ---- a report --------------------------------------------------------------------------------------------------------

LABELS = ("sound", "wrong scale", "wrong average", "wrong factor")


FLAWS_IN_THE_LOGIT = Exercise(
    id="flaws_in_the_logit",
    lesson="11",
    title=N_("Find the flaws in a report"),
    kind="slots",
    points=2,
    section="The wrong analysis, live: gender twice",
    slots=(
        Slot(
            "sentence_1",
            LABELS,
            "wrong average",
            told(
                LABELS,
                "wrong average",
                "jensen",
                (
                    N_(
                        "For whom does the probability at the mean logit hold, and of whom does the sentence speak?"
                    ),
                    N_("The step from the logit to the probability is right, for one district. For which?"),
                    N_("Districts are many, and may well vary. Ask for whom the probability holds."),
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
                "marginal_is_error",
                (
                    N_("Odds are compared with odds here. Look at the two patients of the lesson again."),
                    N_(
                        "It says which number is for a home and which for the population. Is the order of the two right?"
                    ),
                    N_("Homes are many, and nothing else varies here."),
                ),
            ),
        ),
        Slot(
            "sentence_3",
            LABELS,
            "wrong factor",
            told(
                LABELS,
                "wrong factor",
                "two_level_factor",
                (
                    N_(
                        "How many groups does the term have, and how many numbers are to be learned from them?"
                    ),
                    N_("No scale is named here. Count the groups behind the bar."),
                    N_("Nothing is averaged here. Count the groups behind the bar."),
                ),
            ),
        ),
        Slot(
            "sentence_4",
            LABELS,
            "wrong scale",
            told(
                LABELS,
                "wrong scale",
                "odds_for_probability",
                (
                    N_(
                        "A probability that has to be cut should make one suspicious. What is it that doubles?"
                    ),
                    N_("It is about one person, and nothing is averaged. What is it that doubles?"),
                    N_("No term of a model is named here. What is it that doubles?"),
                ),
            ),
        ),
        Slot(
            "sentence_5",
            LABELS,
            "wrong factor",
            told(
                LABELS,
                "wrong factor",
                "few_levels_covariance",
                (
                    N_(
                        "How well can three groups tell a correlation? Think of the directions that had no spread."
                    ),
                    N_("It stays in logits throughout. Ask how many groups the correlation comes from."),
                    N_("No average is taken here. Ask how many groups the correlation comes from."),
                ),
            ),
        ),
    ),
    hints=(
        N_("For each sentence ask: on which scale, for whom, and from how many groups?"),
        N_("One sentence is sound. Each of the other labels is used, one of them twice."),
        N_(
            "Look for a mean logit that is used for everybody, for odds that are read as a probability, and for what is asked of two or three groups."
        ),
    ),
    explanation=N_(
        "The probability at the mean logit is for the median district. Odds double, probabilities do not. And neither two sexes nor three groups of income can teach a covariance. "
        "That the population's odds ratio is nearer to one than a home's is what the bend of the curve does."
    ),
)

EXERCISES = (
    SPREAD_ON_TWO_SCALES,
    POPULATION_PROBABILITY,
    HIDDEN_MAJORITY,
    MY_POINTS,
    READ_THE_LOGIT,
    FLAWS_IN_THE_LOGIT,
)
