"""Draw a survey of the 31 provinces of mainland China whose truth is known.

The idea: the sizes of the provinces are those of the census of 2020; everything else is invented. So the map is familiar,
the answers are nobody's, and an estimate can be held against what made the data.

    logit p = 0.1 − 0.35 man + 0.5 gdp + 0.3 man × gdp + a_region + b_region man + a_province + b_province man + c_age

Notation: gdp in SDs around 0; region (4), province (31) and age (4) deviations; people answer by age, gender and region.

What this file does not do: say anything about a real opinion.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.special import expit

from hlm_teach.arranged import need_generator
from hlm_teach.nation import whole_people

__all__ = ["CENSUS_2020", "Provinces", "provinces31"]

# Census of 2020: province, region as the statistics bureau divides the mainland, people.
CENSUS_2020 = pd.DataFrame(
    [
        ("Beijing", "East", 21893095),
        ("Tianjin", "East", 13866009),
        ("Hebei", "East", 74610235),
        ("Shanghai", "East", 24870895),
        ("Jiangsu", "East", 84748016),
        ("Zhejiang", "East", 64567588),
        ("Fujian", "East", 41540086),
        ("Shandong", "East", 101527453),
        ("Guangdong", "East", 126012510),
        ("Hainan", "East", 10081232),
        ("Shanxi", "Central", 34915616),
        ("Anhui", "Central", 61027171),
        ("Jiangxi", "Central", 45188635),
        ("Henan", "Central", 99365519),
        ("Hubei", "Central", 57752557),
        ("Hunan", "Central", 66444864),
        ("Inner Mongolia", "West", 24049155),
        ("Guangxi", "West", 50126804),
        ("Chongqing", "West", 32054159),
        ("Sichuan", "West", 83674866),
        ("Guizhou", "West", 38562148),
        ("Yunnan", "West", 47209277),
        ("Tibet", "West", 3648100),
        ("Shaanxi", "West", 39528999),
        ("Gansu", "West", 25019831),
        ("Qinghai", "West", 5923957),
        ("Ningxia", "West", 7202654),
        ("Xinjiang", "West", 25852345),
        ("Liaoning", "Northeast", 42591407),
        ("Jilin", "Northeast", 24073453),
        ("Heilongjiang", "Northeast", 31850088),
    ],
    columns=["province", "region", "people"],
)
REGIONS = ("East", "Central", "West", "Northeast")
GENDERS = ("woman", "man")
AGES = ("18-29", "30-44", "45-59", "60+")
ANSWER = {"region": (1.6, 0.9, 0.5, 0.8), "gender": (0.8, 1.25), "age": (2.2, 1.4, 0.7, 0.3)}


@dataclass(frozen=True, eq=False)
class Provinces:
    """The population's cells with the truth, and a survey counted into cells.

    Attributes
    ----------
    cells : DataFrame, shape (248, 7)
        province, region, gdp, gender, age, ``N`` people, and ``share``, the true share of yes: no analyst would have it.
    poll : DataFrame, at most 248 rows
        The cells in which somebody answered: the same traits, ``n`` respondents, ``yes`` of them, ``support`` = yes/n.
    """

    cells: pd.DataFrame = field(repr=False)
    poll: pd.DataFrame = field(repr=False)


def provinces31(rng, n: int = 1500) -> Provinces:
    """Draw the population of 31 provinces and a survey of n people.

    Parameters
    ----------
    rng : numpy.random.Generator
        The source of chance.
    n : int, >= 1
        Respondents.

    Returns
    -------
    Provinces
        ``cells`` and ``poll``.

    Raises
    ------
    TypeError
        If rng is no Generator.

    Notes
    -----
    The young, men and the east answer more. Shares of gender and age are drawn around 51 : 49 and 20 : 27 : 28 : 25.

    Examples
    --------
    >>> made = provinces31(np.random.default_rng(1))
    >>> int(made.cells["N"].sum()), int(made.poll["n"].sum())
    (1409778724, 1500)
    >>> provinces31(1)
    Traceback (most recent call last):
    ...
    TypeError: rng must be a numpy Generator, but it is of type int. Pass np.random.default_rng(1), say.
    """
    need_generator(rng)
    census = CENSUS_2020
    region = np.array([REGIONS.index(name) for name in census["region"]])
    gdp = np.array([0.6, -0.3, -0.5, -0.4])[region] + rng.normal(0, 0.7, len(census))
    gdp = np.round((gdp - gdp.mean()) / gdp.std(), 2)
    cells = _population(rng, census, gdp)
    man, g = (cells["gender"] == "man").to_numpy(), cells["gdp"].to_numpy()
    place = np.repeat(np.arange(len(census)), len(cells) // len(census))
    line = 0.1 - 0.35 * man + 0.5 * g + 0.3 * man * g
    for codes, J, sd in ((region[place], len(REGIONS), (0.3, 0.15)), (place, len(census), (0.35, 0.25))):
        a, b = rng.normal(0, np.array(sd)[:, None], (2, J))
        line = line + a[codes] + b[codes] * man
    line = line + np.array([-0.5, -0.2, 0.2, 0.6])[cells["age"].cat.codes]
    cells["share"] = np.round(expit(line), 6)
    return Provinces(cells, _poll(rng, cells, n))


def _population(rng, census: pd.DataFrame, gdp: np.ndarray) -> pd.DataFrame:
    index = pd.MultiIndex.from_product(
        [census["province"], GENDERS, AGES], names=["province", "gender", "age"]
    )
    gender = np.exp(rng.normal(0, 0.02, (len(census), 2))) * (0.49, 0.51)
    age = np.exp(rng.normal(0, 0.12, (len(census), 4))) * (0.20, 0.27, 0.28, 0.25)
    joint = (gender / gender.sum(1, keepdims=True))[:, :, None] * (age / age.sum(1, keepdims=True))[
        :, None, :
    ]
    people = joint.reshape(len(census), -1) * census["people"].to_numpy()[:, None]
    cells = index.to_frame(index=False)
    own = cells["province"].map(census.set_index("province")["region"])
    cells.insert(1, "region", pd.Categorical(own, categories=list(REGIONS)))
    cells.insert(2, "gdp", np.repeat(gdp, len(GENDERS) * len(AGES)))
    cells["gender"] = pd.Categorical(cells["gender"], categories=list(GENDERS))
    cells["age"] = pd.Categorical(cells["age"], categories=list(AGES))
    cells["N"] = np.concatenate([whole_people(row) for row in people])
    return cells


def _poll(rng, cells: pd.DataFrame, n: int) -> pd.DataFrame:
    odds = cells["N"].to_numpy(dtype=float)
    for trait, values in ANSWER.items():
        odds = odds * np.array(values)[cells[trait].cat.codes]
    asked = rng.multinomial(n, odds / odds.sum())
    yes = rng.binomial(asked, cells["share"])
    poll = cells.drop(columns=["N", "share"]).assign(n=asked, yes=yes)
    poll = poll[poll["n"] > 0].reset_index(drop=True)
    return poll.assign(support=poll["yes"] / poll["n"])
