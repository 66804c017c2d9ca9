"""The exercises of lesson 00, "Start here": a first check, structures, levels, and the self-test."""

from __future__ import annotations

import numpy as np

from autograder.exercise import Case, Exercise, Misconception, Slot, Tolerance
from hlm_teach.locale import N_

# ---- the mean of all pupils ------------------------------------------------------------------------------------------


def mean_of_all(mean, n):
    """Return Σ n·mean / Σ n."""
    return float((n * mean).sum() / n.sum())


def _draw(rng):
    n = rng.choice([4, 9, 15, 30, 60, 110], 5, replace=False)
    mean = np.round(rng.normal(50, 8, 5), 1)
    mean[n.argmax()] = np.round(mean.mean() + 9.0, 1)  # the largest school stands apart
    return Case({"mean": mean, "n": n}, label=N_("five schools of different size"))


PUPILS_MEAN = Exercise(
    id="pupils_mean",
    lesson="00",
    title=N_("The mean of all pupils"),
    kind="function",
    points=1,
    section="How a lesson works",
    reference=mean_of_all,
    tolerance=Tolerance(
        rtol=1e-6,
        atol=1e-9,
        reason=N_(
            "A weighted mean is exact to about 1e-15; the cases are drawn so that the largest school stands apart."
        ),
    ),
    shown=(
        Case(
            {"mean": np.array([10.0, 14.0, 18.0]), "n": np.array([30, 10, 10])},
            label=N_("the three schools of the text"),
        ),
        Case(
            {"mean": np.array([10.0, 12.0, 20.0, 14.0]), "n": np.array([5, 40, 1, 10])},
            label=N_("four schools, one of them large"),
        ),
    ),
    draw=_draw,
    hints=(
        N_("How would you compute it if you had the scores of all pupils in one list?"),
        N_("The scores of a school add up to its number of pupils times its mean."),
        N_("Add the sums of all schools, n * mean, and divide by the number of all pupils, n.sum()."),
    ),
    misconceptions=(
        Misconception(
            "mean_of_means",
            N_(
                "This is the mean of the schools: each counts once. In the mean of all pupils a school counts as often as it has pupils."
            ),
            wrong=lambda mean, n: float(np.mean(mean)),
            credit=0.25,
        ),
        Misconception(
            "divided_by_schools",
            N_("You divided the sum of all scores by the number of schools. It belongs to all pupils."),
            wrong=lambda mean, n: float((n * mean).sum() / len(n)),
            credit=0.5,
        ),
        Misconception(
            "a_sum",
            N_("This is the sum of all scores. A mean is the sum divided by how many there are."),
            wrong=lambda mean, n: float((n * mean).sum()),
            credit=0.25,
        ),
    ),
    explanation=N_(
        "The sum of all scores is the sum of n times mean over the schools. Divided by the number of all pupils it is a "
        "weighted mean of the school means, with the sizes as weights."
    ),
)


# ---- slots -----------------------------------------------------------------------------------------------------------

STRUCTURES = ("nested", "crossed", "multiple membership")
WHY_NESTED = N_(
    "Can one of the small units lie in two of these groups, or be split between them? If not, the drawing is a tree."
)
WHY_CROSSED = N_(
    "Draw the table of the two kinds of groups. Are there entries in several cells of a row and of a column?"
)
WHY_SHARES = N_("Here one small unit belongs to several groups of the same kind at once, each with a share.")


def _structure(name: str, right: str) -> Slot:
    """Return a slot whose wrong options all say what to look for."""
    why = {"nested": WHY_NESTED, "crossed": WHY_CROSSED, "multiple membership": WHY_SHARES}[right]
    wrong = {
        option: Misconception(f"not_{right.split()[0]}", why) for option in STRUCTURES if option != right
    }
    return Slot(name, STRUCTURES, right, wrong)


NAME_THE_STRUCTURE = Exercise(
    id="name_the_structure",
    lesson="00",
    title=N_("Name the structure"),
    kind="slots",
    points=3,
    section="Who is in a group with whom",
    slots=(
        _structure("patients", "nested"),
        _structure("speakers_and_sentences", "crossed"),
        _structure("monthly_weights", "nested"),
        _structure("nurses", "multiple membership"),
        _structure("ratings", "crossed"),
        _structure("machines", "nested"),
    ),
    hints=(
        N_("For each case say what the small unit is: whose value is in one row of the data?"),
        N_(
            "Then ask: to how many groups of one kind does a small unit belong? More than one is multiple membership."
        ),
        N_(
            "If there are two kinds of groups, ask whether each group of the one kind lies inside one of the other. If so, nested; if not, crossed."
        ),
    ),
    explanation=N_(
        "A measurement of a child belongs to one child, a patient to one hospital, a machine to one factory whatever its "
        "number: trees. Every speaker meets every sentence, and students and lecturers meet in a table: crossed. "
        "Several nurses share one patient: multiple membership, with the hours as weights."
    ),
)

LEVELS = ("level 1", "level 2")
CAN_DIFFER = N_(
    "Can this value differ between two measurements of the same person? Then it belongs to the measurement."
)
SHARED = N_(
    "All measurements of a person share this value. Writing it in every row does not make it one of the measurements."
)
CARRIED_UP = N_(
    "It was made from values of the measurements, but one person has one mean: it was carried upward."
)


def _level(name: str, right: str, why: str, id_: str) -> Slot:
    wrong = LEVELS[1 - LEVELS.index(right)]
    return Slot(name, LEVELS, right, {wrong: Misconception(id_, why)})


WHICH_LEVEL = Exercise(
    id="which_level",
    lesson="00",
    title=N_("At which level?"),
    kind="slots",
    points=2,
    section="Units have levels, and so do variables",
    slots=(
        _level("reaction_time", "level 1", CAN_DIFFER, "varies_inside"),
        _level("year_of_birth", "level 2", SHARED, "shared_by_the_group"),
        _level("hours_slept", "level 1", CAN_DIFFER, "varies_inside"),
        _level("mean_hours", "level 2", CARRIED_UP, "carried_upward"),
        _level("shift_work", "level 2", SHARED, "shared_by_the_group"),
    ),
    hints=(
        N_("A variable lives at the level of the units whose value it is."),
        N_("Ask of each: could two measurements of one person have different values?"),
        N_(
            "If they could, it is of level 1. If they could not, it is of level 2, also where it was computed from level 1."
        ),
    ),
    explanation=N_(
        "What can differ from one measurement to the next of the same person is of level 1. What a person has once, or has "
        "as a mean over all measurements, is of level 2."
    ),
)


def _question(name: str, options: tuple[str, ...], right: str, **wrong: str) -> Slot:
    """Return a question of the self-test; ``wrong`` gives the sentences in the order of the wrong options."""
    others = [option for option in options if option != right]
    return Slot(name, options, right, {
        option: Misconception(id_, sentence) for option, (id_, sentence) in zip(others, wrong.items(), strict=True)
    })  # fmt: skip


SELF_TEST = Exercise(
    id="self_test",
    lesson="00",
    title=N_("Do you need the refresher?"),
    kind="slots",
    points=6,
    section="A self-test",
    slots=(
        _question(
            "slope",
            ("2 points", "3 points", "6 points"),
            "6 points",
            difference_in_x=N_(
                "That is how far the pupils differ in hours. The slope turns hours into points: refresher, first part."
            ),
            slope_of_one=N_(
                "That is for one hour of difference. The pupils differ by two: refresher, first part."
            ),
        ),
        _question(
            "residual",
            ("4 points", "10 points", "50 points"),
            "4 points",
            from_intercept=N_(
                "You compared with the intercept. What does the line expect at two hours? Refresher, first part."
            ),
            the_score=N_(
                "That is the score. A residual is the score minus what the line expects: refresher, first part."
            ),
        ),
        _question(
            "standard_error",
            ("0.4 points", "2 points", "10 points"),
            "2 points",
            divided_by_n=N_(
                "You divided by the number of pupils. The rule has its square root: refresher, second part."
            ),
            sd_of_one=N_(
                "That is how far one pupil is typically off. A mean of several is less: refresher, second part."
            ),
        ),
        _question(
            "four_times",
            ("half", "a quarter", "the same"),
            "half",
            without_root=N_(
                "Four times as many, a quarter: that forgets the square root. Refresher, second part."
            ),
            no_gain=N_("More pupils make a mean surer. By how much says the refresher, second part."),
        ),
        _question(
            "dummy",
            (
                "the mean of the girls",
                "the mean of the girls minus the mean of the boys",
                "the share of girls",
            ),
            "the mean of the girls minus the mean of the boys",
            without_intercept=N_(
                "That would be so without an intercept. The intercept is the mean of the boys already: refresher, third part."
            ),
            mean_of_dummy=N_(
                "That is the mean of the column girl. Its coefficient is measured in points: refresher, third part."
            ),
        ),
        _question(
            "interval",
            (
                "there is no effect",
                "ninety-five percent of the pupils have a slope in it",
                "slopes from slightly negative to five agree with the data",
            ),
            "slopes from slightly negative to five agree with the data",
            proof_of_nothing=N_(
                "Zero lies in the interval, and so does five. Being unsure is not proof of nothing: refresher, second part."
            ),
            interval_of_units=N_(
                "The interval is about one slope that we do not know, not about pupils: refresher, second part."
            ),
        ),
    ),
    hints=(
        N_(
            "This is to find out what you remember. Guess where you do not know, and let the answer send you to the refresher."
        ),
        N_("The refresher stands at the end of this page, in three parts: lines, standard errors, dummies."),
        N_("Read the part that the check names, then answer again."),
    ),
    explanation=N_(
        "Two hours at three points are six; the line expects forty-six points at two hours; ten divided by the square root of "
        "twenty-five is two, and four times as many pupils halve it; a dummy compares its ones with its zeros; an interval "
        "holds the values that agree with the data."
    ),
)

EXERCISES = (PUPILS_MEAN, NAME_THE_STRUCTURE, WHICH_LEVEL, SELF_TEST)
