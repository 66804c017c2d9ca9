"""Arrange invented rows so that published figures come out, where the data themselves are in no package.

The idea: a Gaussian model sees the data only through some sums. Draw rows at random, then move them until
those sums are the published ones: every fit of that model then gives what it gives in print, and everything
that the model does not look at is chance. The rows are this project's own and are labelled as generated.

Notation: as in :mod:`hlm_teach.simulate`; x the covariate, y the response of one group.

What this file does not do: recover anybody's data. Nothing about a single pupil, visitor or speaker is real.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import root

from hlm_teach.locale import _

__all__ = ["BOUNCE", "POLITENESS", "SCHOOLS10", "bounce", "politeness", "schools10"]

# Per school, as printed: pupils, Σ homework, Σ homework², and the school's own least-squares line
# math ~ homework: intercept, slope, residual standard deviation.
SCHOOLS10 = pd.DataFrame(
    [
        ("7472", 23, 32, 72, 50.6835, -3.5538, 6.5516),
        ("7829", 20, 47, 143, 49.0123, -2.9201, 7.5902),
        ("7930", 24, 44, 110, 38.75, 7.9091, 7.4455),
        ("24725", 22, 36, 106, 34.3938, 5.5927, 5.6149),
        ("25456", 22, 19, 29, 53.9386, -4.7184, 7.7983),
        ("25642", 20, 23, 39, 49.259, -2.4861, 3.9245),
        ("62821", 67, 221, 925, 59.2102, 1.0946, 5.3937),
        ("68448", 21, 44, 118, 36.0554, 6.4963, 7.4249),
        ("68493", 21, 28, 54, 38.52, 5.86, 8.1187),
        ("72292", 20, 32, 90, 37.7139, 6.3351, 6.9498),
    ],
    columns=["school", "n", "sum_hw", "sum_hw2", "intercept", "slope", "sigma"],
).set_index("school")

# Per county, as printed: visitors, Σ age, Σ age², mean bounce time, and the county's own least-squares line
# bounce ~ age: slope per year, residual standard deviation. (Essex: -0.0345 in print; of the numbers that round to it,
# one that also gives the printed -0.78 per standard deviation of age.)
BOUNCE = pd.DataFrame(
    [
        ("cheshire", 150, 5748, 255250, 211.516, 0.06546, 9.2748),
        ("cumbria", 112, 6810, 443692, 208.821, 0.05429, 5.6359),
        ("devon", 75, 5603, 438693, 199.2739, 0.0594, 4.4639),
        ("dorset", 90, 5772, 394688, 201.859, 0.09659, 9.568),
        ("essex", 22, 903, 40641, 207.7456, -0.034504, 8.7809),
        ("kent", 7, 499, 37433, 220.3773, 0.02703, 9.7789),
        ("london", 37, 947, 30411, 179.1861, 0.01475, 9.3834),
        ("norfolk", 120, 3761, 140377, 180.1248, 0.02453, 7.765),
    ],
    columns=["county", "n", "sum_age", "sum_age2", "mean", "slope", "sigma"],
).set_index("county")

# frequency ~ attitude + gender + (1 | subject) + (1 | scenario), REML, as printed: the coefficients and the SDs.
POLITENESS = {
    "fixef": (256.85, -19.72, -108.52),  # intercept (informal, woman), polite, man
    "sd": {"scenario": 14.81, "subject": 24.81, "residual": 25.41},
}
MISSING = 77  # the row of the table that was not recorded


def schools10(rng) -> pd.DataFrame:
    """Draw 260 pupils in 10 schools that carry ten published homework regressions.

    math_ij = a_j + b_j homework_ij + e_ij, with a_j, b_j and the residual SD as printed

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance: another seed gives other pupils, the same regressions.

    Returns
    -------
    DataFrame
        260 rows, columns ``school`` (str), ``homework`` (whole steps of a scale 0–7), ``math`` (points).

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    A Gaussian mixed model with one covariate sees the data only through each group's n, Σx, Σx², Σy,
    Σxy and Σy². Math scores are whole points, so the printed line and residual SD leave exactly one
    whole number for each of the last three; the rows are then drawn to meet all six. Everything the
    model does *not* see (the shape of the residuals, who scored what) is invented.

    References
    ----------
    Kreft and de Leeuw (1998) analyse the survey sample that these regressions come from.

    Examples
    --------
    >>> pupils = schools10(np.random.default_rng(1))
    >>> pupils.shape
    (260, 3)
    >>> one = pupils[pupils["school"] == "7930"]
    >>> slope, intercept = np.polyfit(one["homework"], one["math"], 1)
    >>> round(float(intercept), 2), round(float(slope), 4)
    (38.75, 7.9091)
    >>> schools10(1)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type int. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    frames = []
    for school, row in SCHOOLS10.iterrows():
        n, sx, sxx = int(row["n"]), int(row["sum_hw"]), int(row["sum_hw2"])
        flat = np.zeros(n, dtype=int)
        x = _meet(rng.poisson(sx / n, n), flat, (sx, 0), sxx, 0, 7, rng)
        line = row["intercept"] + row["slope"] * x
        y = _meet(np.rint(rng.normal(line, row["sigma"])), x, *_math_sums(row), 20, 80, rng)
        frames.append(pd.DataFrame({"school": school, "homework": x, "math": y.astype(float)}))
    return pd.concat(frames, ignore_index=True)


def bounce(rng) -> pd.DataFrame:
    """Draw 613 visitors of a web site in 8 counties that carry eight published lines of bounce time on age.

    bounce_ij = a_j + b_j age_ij + e_ij, with mean, b_j and the residual SD as printed

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance: another seed gives other visitors, the same lines.

    Returns
    -------
    DataFrame
        613 rows, columns ``county`` (str), ``age`` (years), ``bounce`` (seconds, four decimals).

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    The ages meet Σx and Σx² exactly. The residuals are drawn from a normal distribution, made orthogonal to
    (1, x) and scaled to the printed SD.

    References
    ----------
    The figures are those of a tutorial whose own data were simulated, without an effect of age inside counties.

    Examples
    --------
    >>> visitors = bounce(np.random.default_rng(1))
    >>> visitors.groupby("county")["bounce"].mean().round(1).head(3).to_dict()
    {'cheshire': 211.5, 'cumbria': 208.8, 'devon': 199.3}
    >>> bounce("seed")
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type str. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    frames = []
    for county, row in BOUNCE.iterrows():
        n, sx, sxx = int(row["n"]), int(row["sum_age"]), int(row["sum_age2"])
        spread = np.sqrt(sxx / n - (sx / n) ** 2)
        age = _meet(np.rint(rng.normal(sx / n, spread, n)), np.zeros(n, dtype=int), (sx, 0), sxx, 6, 98, rng)
        X = np.column_stack([np.ones(n), age])
        noise = rng.normal(size=n)
        noise -= X @ np.linalg.lstsq(X, noise)[0]
        noise *= row["sigma"] * np.sqrt((n - 2) / (noise @ noise))
        y = row["mean"] + row["slope"] * (age - sx / n) + noise
        frames.append(pd.DataFrame({"county": county, "age": age, "bounce": y.round(4)}))
    return pd.concat(frames, ignore_index=True)


def politeness(rng) -> pd.DataFrame:
    """Draw the voice pitch of 6 speakers in 7 scenarios, informal and polite, that carries a published mixed model.

    frequency = X beta + subject effect + scenario effect + e, with beta and the three REML SDs as printed

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance: another seed gives other voices, the same model.

    Returns
    -------
    DataFrame
        84 rows, one with a missing ``frequency``; columns ``subject``, ``gender`` (F, M), ``scenario``,
        ``attitude`` (inf, pol; all str), ``frequency`` (Hz, one decimal).

    Raises
    ------
    TypeError
        If ``rng`` is not a Generator.

    Notes
    -----
    REML estimates are where the score is zero: y'P V_k P y = tr(P V_k) for each of the three variance components,
    with P taken at the printed SDs. Three scales of the drawn effects solve these three equations; the
    coefficients are then set by adding X delta, which P does not see. The likelihood-ratio statistic of attitude
    comes within 0.1 of the printed one, because one cell of the design is missing.

    References
    ----------
    Winter (2013), a tutorial on linear mixed models in linguistics, prints the figures.

    Examples
    --------
    >>> voices = politeness(np.random.default_rng(1))
    >>> len(voices), int(voices["frequency"].isna().sum())
    (84, 1)
    >>> politeness(None)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type NoneType. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    frame = pd.DataFrame(
        [
            (subject, subject[0], scenario, attitude)
            for subject in ("F1", "F2", "F3", "M1", "M2", "M3")
            for scenario in "1234567"
            for attitude in ("inf", "pol")
        ],
        columns=["subject", "gender", "scenario", "attitude"],
    )
    heard = np.arange(len(frame)) != MISSING
    seen = frame[heard]
    X = np.column_stack([np.ones(len(seen)), seen["attitude"] == "pol", seen["gender"] == "M"])
    Zs = [pd.get_dummies(seen[factor]).to_numpy(float) for factor in ("scenario", "subject")] + [
        np.eye(len(seen))
    ]
    sd = POLITENESS["sd"].values()
    V = sum(s**2 * Z @ Z.T for s, Z in zip(sd, Zs, strict=True))
    W = np.linalg.inv(V)
    gls = np.linalg.solve(X.T @ W @ X, X.T @ W)
    P = W - W @ X @ gls
    wanted = [np.trace(P @ Z @ Z.T) for Z in Zs]
    for _draw in range(1000):
        parts = np.column_stack([Z @ rng.normal(size=Z.shape[1]) for Z in Zs])
        M = [parts.T @ P @ Z @ Z.T @ P @ parts for Z in Zs]
        scales = root(lambda q, M=M: [q @ m @ q / w - 1 for m, w in zip(M, wanted, strict=True)], list(sd))
        noise = parts @ scales.x
        frequency = (X @ (POLITENESS["fixef"] - gls @ noise) + noise).round(1)
        if scales.success and frequency.min() >= 70 and frequency.max() <= 350:  # what a voice can do
            frame.loc[heard, "frequency"] = frequency
            return frame
    raise RuntimeError("no draw of speakers met the printed SDs with frequencies between 70 and 350 Hz")


def _math_sums(row) -> tuple[tuple[int, int], int]:
    """Return the whole numbers (Σy, Σxy), Σy² that the printed line and residual SD stand for."""
    n, sx, sxx = row["n"], row["sum_hw"], row["sum_hw2"]
    sy = round(n * row["intercept"] + sx * row["slope"])
    sxy = round(sx * row["intercept"] + sxx * row["slope"])
    slope = (n * sxy - sx * sy) / (n * sxx - sx**2)
    intercept = (sy - slope * sx) / n
    return (sy, sxy), round((n - 2) * row["sigma"] ** 2 + intercept * sy + slope * sxy)


def _meet(start, x, targets, squares, low, high, rng):
    """Nudge whole numbers v by ±1 until (Σv, Σxv) = ``targets`` and Σv² = ``squares``, within [low, high].

    First the two linear sums: one or two values move, never away from the targets. Then the squares:
    two values with the same x move in opposite directions, which leaves the linear sums alone. A dead end
    (possible in a small group) is left by a shake of up to two steps per value.
    """

    def linear(v):
        return abs(int(v.sum()) - targets[0]) + abs(int(x @ v) - targets[1])

    def square(v):
        return abs(int(v @ v) - squares)

    value = start
    for _attempt in range(100):
        value = np.clip(value, low, high).astype(int)
        value = _descend(value, linear, lambda: rng.integers(len(x), size=rng.integers(1, 3)), low, high, rng)
        value = _descend(value, square, lambda: _pair(x, rng), low, high, rng)
        if linear(value) == square(value) == 0:
            return value
        value = value + rng.integers(-2, 3, len(value))
    raise RuntimeError(f"no whole numbers in [{low}, {high}] met the sums {targets} and {squares}")


def _descend(value, miss, who, low, high, rng, budget=10_000):
    """Move the values ``who()`` by ±1, with alternating signs, while ``miss`` does not grow, until it is 0."""
    now = miss(value)
    for _step in range(budget):
        if now == 0:
            break
        trial = value.copy()
        movers = who()
        signs = np.resize([1, -1], len(movers)) * rng.choice([-1, 1])
        np.add.at(trial, movers, signs)
        if low <= trial.min() and trial.max() <= high and (then := miss(trial)) <= now:
            value, now = trial, then
    return value


def _pair(x, rng):
    """Return two positions that share their x (the same one twice where x is alone)."""
    first = rng.integers(len(x))
    return np.array([first, rng.choice(np.flatnonzero(x == x[first]))])


def need_generator(rng):
    """Raise a TypeError unless ``rng`` is a numpy Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            _(
                "rng must be a numpy Generator, but it is of type {type}. Pass np.random.default_rng(1), say.",
                type=type(rng).__name__,
            )
        )
