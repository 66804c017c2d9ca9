"""What the answers to a test say about its items and about the class: classical test theory, and the change between two tests.

Difficulty is the share of right answers. Discrimination is the correlation of an item (0 or 1) with the number of right answers to
the other items (the corrected point-biserial correlation), and, coarser, the share right among the 27 % with the most right answers minus that among the
27 % with the fewest (Kelley's groups; who ties at the border counts in part). KR-20 is Cronbach's alpha of items that are right or
wrong, and the standard error of measurement is SD·√(1 − KR-20). The normalised gain is the part of what was missing
before that is there afterwards, (post − pre)/(all − pre), of the class's means.

"I do not know yet" and no answer count as not right; both are counted by themselves too. Where a class is too small for a
number, there is None.

What this file does not do: gather the answers (`course.inventory`) or say anything (`course.inventory_page`).

References
----------
Kelley, T. L. (1939), The selection of upper and lower groups for the validation of test items, J. Educ. Psychol. 30.
Kuder, G. F. & Richardson, M. W. (1937), The theory of the estimation of test reliability, Psychometrika 2.
Feldt, L. S. (1965), The approximate sampling distribution of Kuder-Richardson reliability coefficient twenty, Psychometrika 30.
Hake, R. R. (1998), Interactive-engagement versus traditional methods, Am. J. Phys. 66.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

__all__ = [
    "FEW",
    "FEWEST",
    "Answers",
    "Change",
    "Gain",
    "ItemStat",
    "Overall",
    "change",
    "gain",
    "item_stats",
    "overall_stat",
    "precision",
]

FEWEST = 10  # students below which there is no correlation, reliability or interval of the gain
FEW = 30  # students below which a caution is said and nothing about an item is called remarkable
KELLEY = 0.27
UNUSED_FROM = 5  # wrong answers per wrong option from which it says something that nobody took one
EASY = 0.90  # an item that more than this share has right tells few students apart
NO_ANSWER = ("unknown", "missing")
RESAMPLES = 2000


@dataclass(frozen=True)
class Answers:
    """Which option each student took: ``chosen[student, item]`` is its name, "unknown" or "missing"."""

    students: tuple[str, ...]
    items: tuple[str, ...]
    chosen: np.ndarray

    @property
    def right(self) -> np.ndarray:
        """1 where the answer is right, otherwise 0."""
        return (self.chosen == "right").astype(float)

    def of(self, students: Sequence[str]) -> Answers:
        """Return the answers of some students, in this order."""
        places = [self.students.index(student) for student in students]
        return Answers(tuple(students), self.items, self.chosen[places])


@dataclass(frozen=True)
class ItemStat:
    """One item: how many took which option, and what follows.

    `flags` holds "easy", "hard" (the whole interval lies below what guessing gives), "negative" (discrimination below
    zero) and "unused" (nobody took a wrong option, although there were wrong answers enough).
    """

    item: str
    n: int
    counts: Mapping[str, int]
    difficulty: float
    interval: tuple[float, float]
    discrimination: float | None
    discrimination_interval: tuple[float, float] | None
    upper_lower: float | None
    upper_choice: str | None  # the option that most of the upper group took
    unused: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Overall:
    """A test as a whole; numbers of right answers."""

    n: int
    items: int
    mean: float
    sd: float | None
    kr20: float | None
    kr20_interval: tuple[float, float] | None
    sem: float | None
    unknown: int
    missing: int


@dataclass(frozen=True)
class Change:
    """One item in both tests: how many of the students who took both gained it, how many lost it, and an exact test."""

    item: str
    n: int
    before: float
    after: float
    gained: int
    lost: int
    p: float | None


@dataclass(frozen=True)
class Gain:
    """Both tests as a whole, of the students who took both."""

    n: int
    before: float
    after: float
    normalised: float | None
    interval: tuple[float, float] | None


# ---- one test ----------------------------------------------------------------------------------------------------------


def item_stats(answers: Answers, options: Mapping[str, Sequence[str]]) -> list[ItemStat]:
    """Return the statistics of every item.

    Parameters
    ----------
    answers
        At least one student.
    options
        From item to the names of its options.
    """
    right = answers.right
    upper = _extreme(right.sum(axis=1), +1)
    lower = _extreme(right.sum(axis=1), -1)
    return [_item(answers, right, upper, lower, i, options[item]) for i, item in enumerate(answers.items)]


def _item(answers: Answers, right, upper, lower, i: int, options: Sequence[str]) -> ItemStat:
    n, own, taken = len(right), right[:, i], answers.chosen[:, i]
    counts = {name: int(np.sum(taken == name)) for name in (*options, *NO_ANSWER)}
    found = stats.binomtest(counts["right"], n).proportion_ci(method="wilson")
    r, r_interval = _correlation(own, right.sum(axis=1) - own)
    enough, many = n >= FEWEST, n >= FEW
    wrong = [name for name in options if name != "right"]
    many_wrong = many and sum(counts[name] for name in wrong) >= UNUSED_FROM * len(wrong)
    unused = tuple(name for name in wrong if not counts[name]) if many_wrong else ()
    by_upper = {name: float(upper @ (taken == name)) for name in options}
    share = counts["right"] / n
    flags = [
        name
        for name, holds in (
            ("easy", many and share > EASY),
            ("hard", many and found.high < 1 / len(options)),
            ("negative", many and r is not None and r < 0),
            ("unused", unused),
        )
        if holds
    ]
    return ItemStat(
        answers.items[i],
        n,
        counts,
        share,
        (float(found.low), float(found.high)),
        r,
        r_interval,
        float(upper @ own - lower @ own) if enough else None,
        max(by_upper, key=by_upper.get) if enough else None,
        unused,
        tuple(flags),
    )


def _correlation(own: np.ndarray, rest: np.ndarray) -> tuple[float | None, tuple[float, float] | None]:
    if len(own) < FEWEST or np.ptp(own) == 0 or np.ptp(rest) == 0:
        return None, None
    found = stats.pearsonr(own, rest)
    low, high = found.confidence_interval(0.95)
    return float(found.statistic), (float(low), float(high))


def _extreme(total: np.ndarray, sign: int) -> np.ndarray:
    """Return weights that add up to one: 27 % of the students from one end, those at the border in equal parts.

    >>> _extreme(np.array([1.0, 2, 3, 4]), +1)  # 27 % of four is 1.08 students
    array([0.        , 0.        , 0.07407407, 0.92592593])
    """
    size = KELLEY * len(total)
    ranked = sign * total
    weights = np.zeros(len(total))
    for value in sorted(set(ranked), reverse=True):
        here = ranked == value
        weights[here] = min(1.0, (size - weights.sum()) / here.sum())
        if weights.sum() >= size - 1e-12:
            break
    return weights / weights.sum()


def overall_stat(answers: Answers) -> Overall:
    """Return the numbers of a test as a whole.

    Notes
    -----
    KR-20 = k/(k − 1)·(1 − Σ p(1 − p)/Var), with the variance of the number of right answers; its interval is Feldt's.
    """
    right = answers.right
    n, k = right.shape
    total = right.sum(axis=1)
    sd = float(total.std(ddof=1)) if n > 1 else None
    kr20 = interval = sem = None
    if n >= FEWEST and np.ptp(total) > 0:
        p = right.mean(axis=0)
        kr20 = float(k / (k - 1) * (1 - np.sum(p * (1 - p)) / total.var()))
        low, high = stats.f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
        interval = (float(1 - (1 - kr20) * low), float(1 - (1 - kr20) * high))
        sem = float(sd * np.sqrt(1 - max(kr20, 0.0)))
    unknown, missing = (int(np.sum(answers.chosen == name)) for name in NO_ANSWER)
    return Overall(n, k, float(total.mean()), sd, kr20, interval, sem, unknown, missing)


def precision(n: int) -> tuple[float, float | None]:
    """Return how far a share of one half and a correlation of .30 are known from n students: half a 95 % interval.

    Examples
    --------
    >>> share, correlation = precision(30)
    >>> round(share, 2), round(correlation, 2)
    (0.17, 0.33)
    """
    wilson = stats.binomtest(n // 2, n).proportion_ci(method="wilson")
    share = float(wilson.high - wilson.low) / 2
    if n < FEWEST:
        return share, None
    ends = np.tanh(np.arctanh(0.30) + np.array([-1, 1]) * stats.norm.ppf(0.975) / np.sqrt(n - 3))
    return share, float(ends[1] - ends[0]) / 2


# ---- two tests ---------------------------------------------------------------------------------------------------------


def _both(before: Answers, after: Answers) -> tuple[Answers, Answers]:
    students = [student for student in before.students if student in set(after.students)]
    return before.of(students), after.of(students)


def change(before: Answers, after: Answers) -> list[Change]:
    """Return for each item what became of it between two tests, of the students who took both.

    Notes
    -----
    p is McNemar's exact test: under no change, each student whose answer changed is as likely to gain as to lose.
    """
    first, second = _both(before, after)
    if not first.students:
        return []
    found = []
    for i, item in enumerate(first.items):
        a, b = first.right[:, i], second.right[:, i]
        gained, lost = int(np.sum(b > a)), int(np.sum(b < a))
        p = float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else None
        found.append(Change(item, len(a), float(a.mean()), float(b.mean()), gained, lost, p))
    return found


def gain(before: Answers, after: Answers) -> Gain | None:
    """Return the normalised gain of the students who took both tests, or None if there are none.

    Notes
    -----
    The interval is the percentile interval over 2000 resamples of students, always the same ones for the same class.
    """
    first, second = _both(before, after)
    n, k = len(first.students), len(first.items)
    if not n:
        return None
    a, b = first.right.sum(axis=1), second.right.sum(axis=1)
    interval = None
    if n >= FEWEST and a.mean() < k:
        drawn = np.random.default_rng(1998).integers(n, size=(RESAMPLES, n))
        pre, post = a[drawn].mean(axis=1), b[drawn].mean(axis=1)
        low, high = np.quantile(((post - pre) / (k - pre))[pre < k], [0.025, 0.975])
        interval = (float(low), float(high))
    normalised = float((b.mean() - a.mean()) / (k - a.mean())) if a.mean() < k else None
    return Gain(n, float(a.mean()), float(b.mean()), normalised, interval)
