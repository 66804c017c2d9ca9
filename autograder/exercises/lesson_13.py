"""The exercises of lesson 13, "Capstone and clinic".

The clinic: twelve reports, each with one flaw. For each the learner names the sentence in which the flaw enters, the flaw,
and the repair; `Report` holds what is right and what a wrong choice believes, and `_slots` makes three blanks of it.
A later sentence that only relies on the flaw is worth half, and so is a name that describes a part of it.

The capstone: a record of a fit, judged by its form, and three texts that a person marks.
The rubrics' anchors are the same in all three: full, half, none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from autograder.exercise import Criterion, Exercise, Misconception, Slot
from hlm_teach import load
from hlm_teach.locale import N_

# ---- the clinic ------------------------------------------------------------------------------------------------------

#: every name of a flaw, and what one believes who gives it to a report that has another flaw
NAMES: Mapping[str, tuple[str, str]] = {
    N_("boundary fit as a finding"): (
        "boundary_as_finding",
        N_(
            "That would need an estimate on the edge of what is possible, a zero or a perfect correlation, that is read as a fact."
        ),
    ),
    N_("conditional read as marginal"): (
        "conditional_as_marginal",
        N_(
            "That would need an effect of a model that is not linear, given at fixed group effects and read as one on averages."
        ),
    ),
    N_("from groups to members"): (
        "ecological",
        N_("That would need a claim about the members of groups that rests on a comparison of groups alone."),
    ),
    N_("independence after a shift"): (
        "M26",
        N_("That would need a correlation that is left out, and an origin of the predictor that has moved."),
    ),
    N_("nesting lost"): (
        "nesting_lost",
        N_(
            "That would need labels that mean another unit in each group. Look at what counts as one group here."
        ),
    ),
    N_("new group without its spread"): (
        "no_new_spread",
        N_("That would need a statement about a group that was not in the data."),
    ),
    N_("no poststratification"): (
        "M35",
        N_("That would need a population with cells, and an average of predictions over the wrong people."),
    ),
    N_("pooling names swapped"): (
        "M1",
        N_("That would need one line for all called unpooled, or separate fits called pooled."),
    ),
    N_("ranking raw values"): (
        "extremes_of_small_groups",
        N_("That would need groups put in order by estimates of which some are much less sure than others."),
    ),
    N_("REML across fixed parts"): (
        "M17",
        N_("That would need two REML criteria, of models whose predictors differ."),
    ),
    N_("selection on the outcome"): (
        "selection_on_outcome",
        N_(
            "That would need rows that are in the data because of their response. Look at how these came into the data."
        ),
    ),
    N_("slope ICC"): (
        "M14",
        N_("That would need the variance of a slope, divided by a sum of variances that have another unit."),
    ),
    N_("small ICC as a licence"): (
        "M12",
        N_("That would need an intraclass correlation that is used to decide whether groups matter."),
    ),
    N_("spread of few groups overtrusted"): (
        "M33",
        N_("That would need a claim about how well an SD between groups is known."),
    ),
    N_("Wald test of a variance"): (
        "M22",
        N_("That would need a variance that is divided by its standard error."),
    ),
    N_("wrong target of shrinkage"): (
        "M5",
        N_("That would need estimates that are pulled to the mean of all rows."),
    ),
}
SOUND = N_(
    "That sentence can be defended: it says what the fit or the design shows, and no more. Ask of each sentence what would have to be true for it."
)
LETTERS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class Report:
    """A report's key, and what wrong choices show.

    sentences: how many. sound: a sentence for whoever suspects a right one. relies: later sentences that only build on the
    flaw, worth half. near: names that describe a part of it, worth half, with what they miss.
    repairs: a sentence for each wrong letter.
    """

    number: int
    sentences: int
    flaw: str
    name: str
    repair: str
    repairs: Mapping[str, str]
    sound: Mapping[str, str] = field(default_factory=dict)
    relies: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)


def _slots(report: Report) -> tuple[Slot, Slot, Slot]:
    """Return the blanks of one report: the sentence, the name, the repair."""
    prefix = f"report_{report.number}"
    numbers = tuple(str(k) for k in range(1, report.sentences + 1))
    suspects = {}
    for number in numbers:
        if number in report.relies:
            suspects[number] = Misconception("relies_on_the_flaw", report.relies[number], credit=0.5)
        elif number != report.flaw:
            suspects[number] = Misconception("sound_sentence", report.sound.get(number, SOUND))
    names = {}
    for name, (id_, sentence) in NAMES.items():
        if name in report.near:
            names[name] = Misconception(id_, report.near[name], credit=0.5)
        elif name != report.name:
            names[name] = Misconception(id_, sentence)
    repairs = {k: Misconception("other_repair", sentence) for k, sentence in report.repairs.items()}
    return (
        Slot(f"{prefix}_sentence", numbers, report.flaw, suspects),
        Slot(f"{prefix}_name", tuple(NAMES), report.name, names),
        Slot(f"{prefix}_repair", LETTERS, report.repair, repairs),
    )


RADON = Report(
    1,
    7,
    "2",
    "pooling names swapped",
    "c",
    {
        "a": N_(
            "The report is about three analyses of all houses. A border at ten houses would throw away what partial pooling does for small counties."
        ),
        "b": N_(
            "The three are shown to explain one another, and that is worth keeping. The trouble is what they are called."
        ),
        "d": N_(
            "The slopes differ because each analysis weighs the differences between counties in its own way. A varying slope would be another question."
        ),
    },
    sound={
        "1": N_(
            "A county with a single house is no trouble in a multilevel model: its estimate leans on the others."
        ),
        "3": N_(
            "The response is a logarithm, so a difference becomes a factor: that reading is right, and so is the order of the slopes."
        ),
        "5": N_(
            "It speaks of the share of the distance, not of the distance itself, and the share depends on the size of the group in this model."
        ),
        "6": N_(
            "The model does not fit the highest of the means by itself, so this might have failed. It says no more than where the data lie."
        ),
        "7": N_(
            "An estimate, with how far houses lie from it, is a fair piece of advice, also for a county with few houses."
        ),
    },
)

BOUNCE = Report(
    2,
    7,
    "5",
    "boundary fit as a finding",
    "a",
    {
        "b": N_(
            "A test cannot rescue it: the fit ended on the edge, where the data do not tell how level and slope go together."
        ),
        "c": N_(
            "The scale of the response is not what put this estimate on the edge. How many counties are there?"
        ),
        "d": N_(
            "The intercepts vary most clearly of all. Leaving them out would make the model worse, and the sentence no truer."
        ),
    },
    sound={
        "2": N_(
            "Planning for levels and slopes that vary is sensible. That the data cannot carry it is found out afterwards."
        ),
        "4": N_(
            "The slope hardly moves when the county's mean age joins in, so it is mostly one within counties. It is called an estimate, and no cause is claimed."
        ),
        "6": N_("Eight counties say little about an SD: the sentence admits it."),
    },
    near={
        "spread of few groups overtrusted": N_(
            "Few counties are indeed behind it. But the sentence does not say how well an SD is known; it takes one estimate, at the edge of what is possible, for a fact."
        )
    },
)

SPEECH = Report(
    3,
    7,
    "6",
    "spread of few groups overtrusted",
    "d",
    {
        "a": N_(
            "Each speaker has one level. Counting manners twice does not add speakers, from whom the SD is learned."
        ),
        "b": N_("The unit of pitch is not the trouble: count what the SD was estimated from."),
        "c": N_(
            "Without gender the SD is another one, of speakers of both genders together, and it is known no better."
        ),
    },
    sound={
        "2": N_(
            "Who speaks and what is said are crossed here, and the report tells that a varying effect was tried and changed next to nothing."
        ),
        "3": N_(
            "Manners are compared inside speakers and scenarios, so the degrees of freedom follow the recordings rather than the speakers."
        ),
        "4": N_("It counts speakers: six, less two means. That is the right level."),
        "5": N_("It is called an estimate, and it is the one of the table."),
    },
)

ELECTION = Report(
    4,
    7,
    "6",
    "from groups to members",
    "b",
    {
        "a": N_(
            "Weights would let large states count more, but each row would still be a state. What is compared stays a pair of states."
        ),
        "c": N_("Another denominator changes the share a little, and not whose share it is."),
        "d": N_(
            "Slopes that vary over divisions would still be slopes among states. There is no voter in the data."
        ),
    },
    sound={
        "1": N_("That is what the SD between divisions shows, and no cause is given for it."),
        "2": N_(
            "The division's mean is taken off the income, so differences between divisions cannot enter the slope."
        ),
        "3": N_(
            "It speaks of two states, in the unit of the response, with degrees of freedom that count states."
        ),
        "4": N_(
            "To count states alike is a choice that fits statements about states, and the report says so."
        ),
    },
)

GROWTH = Report(
    5,
    6,
    "4",
    "REML across fixed parts",
    "d",
    {
        "a": N_(
            "AIC starts from the same two criteria, and these are of different data: what REML leaves after each fixed part."
        ),
        "b": N_(
            "The shape of growth is another matter. The doubt is about how the two models were compared."
        ),
        "c": N_("The predictor belongs to schools, so schools would be the sample size, not children."),
    },
    sound={
        "2": N_("Three levels, with growth that varies over two of them: that is what the design asks for."),
        "3": N_(
            "A likelihood can live with missing tests, and the report says that their reason is unknown."
        ),
        "5": N_("Both SDs stand in the table, and the year to which they belong is named."),
    },
    relies={
        "6": N_(
            "That follows from a sentence before it. If the comparison were sound, this would be too: where does the flaw enter?"
        )
    },
)

PENICILLIN = Report(
    6,
    6,
    "3",
    "Wald test of a variance",
    "a",
    {
        "b": N_(
            "Halving is right for a likelihood ratio at the boundary. Here the ratio itself is the trouble: it can never be large with six samples."
        ),
        "c": N_("An SD divided by its standard error has the same trouble, with another number."),
        "d": N_(
            "The ratio for the samples hardly depends on the plates. It depends on how many samples there are."
        ),
    },
    sound={
        "1": N_("Every sample meets every plate once: that is what crossed means."),
        "2": N_(
            "The sample is the same, so two plates and two residuals differ. Add their variances, and take the root."
        ),
        "4": N_("What all six share on a plate is gone in a difference on that plate."),
        "5": N_("The table shows it: compare each standard error with its variance."),
    },
    relies={
        "6": N_(
            "That decision is a consequence. The reason that is given for it stands in a sentence before: where does the flaw enter?"
        )
    },
    near={
        "spread of few groups overtrusted": N_(
            "There are few samples indeed. But the SD is not trusted too much here: it is doubted, by a test that is not made for it."
        )
    },
)

SCOTLAND = Report(
    7,
    7,
    "4",
    "small ICC as a licence",
    "c",
    {
        "a": N_(
            "Whether a test is significant is no better licence. The standard error must count schools in either case."
        ),
        "b": N_("More pupils of the same schools leave the ICC where it is, and make groups matter more."),
        "d": N_("A logarithm does not make pupils of one school independent."),
    },
    sound={
        "1": N_(
            "What is left to another report is named, with how much it changes. That is a limit, and no error."
        ),
        "3": N_("A share with its interval, and no more is said of it."),
        "6": N_(
            "The scale is short, but the mean of ninety scores or more has nearly a normal distribution."
        ),
        "7": N_("It is honest about whom the schools stand for."),
    },
    relies={
        "5": N_(
            "The interval is what least squares gives. Why least squares was used is decided in a sentence before it."
        )
    },
    near={
        "spread of few groups overtrusted": N_(
            "Pupils are counted where schools should be, that is true. But it is the mean that is trusted too much, and a rule of thumb that allowed it."
        )
    },
)

HEARTS = Report(
    8,
    7,
    "6",
    "ranking raw values",
    "b",
    {
        "a": N_(
            "The number of deaths grows with the number of patients: then the largest hospitals are called the worst."
        ),
        "c": N_("Small hospitals with one death or two would still come first, by chance."),
        "d": N_(
            "A small p says that a hospital is not like all others, not how far it is from them, and the order is still that of the raw rates."
        ),
    },
    sound={
        "2": N_("It says who is not in the data. Nobody was left out for the deaths there."),
        "3": N_(
            "The exposure is made from the patients' condition, and the sentence says how far to trust it."
        ),
        "4": N_(
            "That hospitals differ at all is one question, which ones are high is another. The simulation answers the first."
        ),
        "5": N_("It names a limit of the count, and does not claim an effect."),
    },
)

CATS = Report(
    9,
    7,
    "5",
    "no poststratification",
    "a",
    {
        "b": N_(
            "With or without shrinkage, the average would be over those who answered, who are not like the population."
        ),
        "c": N_(
            "The probability at the mean of the predictors is not the mean of the probabilities, and no population is in it either."
        ),
        "d": N_("More answers of the same kind of people bring the same answer, with a shorter interval."),
    },
    sound={
        "2": N_("It is the raw share, and it is not taken for the population's."),
        "3": N_("It says what the model has, and limits it to what is known."),
        "4": N_(
            "The other traits are held equal and the scale is that of odds: that is what the coefficient says."
        ),
        "6": N_("That is partial pooling of states, said in words."),
        "7": N_("That is a limit which no method of adjustment lifts, and it is right to say so."),
    },
    near={
        "selection on the outcome": N_(
            "Who answered did depend on age and sex, which the report knows and the model holds. What is missing is a step after the fit."
        )
    },
)

DRIVERS = Report(
    10,
    6,
    "3",
    "independence after a shift",
    "d",
    {
        "a": N_(
            "A change of unit moves nothing but the numbers of the slope. It is the origin that matters here."
        ),
        "b": N_(
            "Only the varying part without a correlation has changed its meaning. Counting days from elsewhere leaves the mean line as it was."
        ),
        "c": N_(
            "The slopes differ a good deal, by every one of the three fits. Leaving that out would be worse still."
        ),
    },
    sound={
        "2": N_(
            "At that origin the correlation is nearly zero, and the two criteria have the same fixed part, so they may be compared."
        ),
        "4": N_("The mean slope and its standard error are those of every one of these fits, or nearly."),
        "5": N_("It says what it assumes, and the spread of the slopes is that of the table."),
    },
    near={
        "REML across fixed parts": N_(
            "The two fixed parts are the same lines, with the origin elsewhere. So the criteria may be compared, and they show that something else changed."
        )
    },
)

PASTE = Report(
    11,
    6,
    "2",
    "nesting lost",
    "b",
    {
        "a": N_(
            "Dummies for a, b and c would still take the three first casks of a delivery for the same ones elsewhere."
        ),
        "c": N_("The casks would only go into the residual. First ask how many casks there are."),
        "d": N_(
            "The means of the casks would be fitted with the same three labels, and the same casks would be mixed."
        ),
    },
    sound={
        "3": N_(
            "A search can converge, with all SDs above zero, for a model that means something else than was meant."
        ),
        "5": N_("Ten deliveries say roughly how much deliveries differ. That is fair."),
    },
    relies={
        "4": N_(
            "That is how the table reads, if the formula means what it should. Does it? The flaw enters before."
        )
    },
)

HOMEWORK = Report(
    12,
    8,
    "8",
    "new group without its spread",
    "c",
    {
        "a": N_("Another quantile changes the interval a little. It stays one for the mean of the slopes."),
        "b": N_(
            "A new school may well be like the steepest. Leaving them out makes the interval shorter, and wrong."
        ),
        "d": N_("Nobody knows which of the ten a new school will be like."),
    },
    sound={
        "2": N_("It is about the mean of the slopes, and the schools are counted."),
        "3": N_("The interval of the mean holds both signs."),
        "4": N_(
            "Predictions of slopes are shrunk, and spread less than the slopes do: the two numbers agree with that."
        ),
        "5": N_("The origin is named, and it is called a tendency."),
        "6": N_(
            "Moving the origin changes the correlation and leaves the lines, as long as the correlation is in the model."
        ),
    },
)

REPORTS = (
    RADON, BOUNCE, SPEECH, ELECTION, GROWTH, PENICILLIN, SCOTLAND, HEARTS, CATS, DRIVERS, PASTE, HOMEWORK,
)  # fmt: skip

CLINIC_HINTS = (
    N_(
        "Read the sentences one by one, and ask of each: at which level is this, for whom, on which scale, and how many groups stand behind it?"
    ),
    N_(
        "The numbers are right, so compare words with numbers: what was the question, what does the formula say, and what does the table show that the text does not mention?"
    ),
)


def _clinic(
    id_: str, title: str, three: tuple[Report, ...], hints: tuple[str, ...], explanation: str
) -> Exercise:
    return Exercise(
        id=id_,
        lesson="13",
        title=title,
        kind="slots",
        points=6,
        section="The clinic: twelve reports",
        slots=tuple(slot for report in three for slot in _slots(report)),
        hints=(*CLINIC_HINTS, *hints),
        explanation=explanation,
    )


CLINIC = (
    _clinic(
        "reports_1_to_3",
        N_("Reports one to three"),
        REPORTS[:3],
        (
            N_(
                "In report one, say in your own words what each of the two extreme analyses does, and then what the course calls it. In report two, look at the last column. "
                "In report three, count the speakers for every sentence."
            ),
        ),
        N_(
            "One line for all houses is complete pooling, and a county's own intercept is no pooling. A correlation of exactly one comes from a fit on the boundary: eight counties do not "
            "tell how level and slope go together. And an SD between speakers is learned from speakers: six of them, less two means, leave four degrees of freedom, however many recordings "
            "there are."
        ),
    ),
    _clinic(
        "reports_4_to_6",
        N_("Reports four to six"),
        REPORTS[3:6],
        (
            N_(
                "In report four, ask for each sentence what a row of the data is. In report five, compare the SDs between schools in the two models, and ask what REML leaves over. In report "
                "six, ask how large the ratio could become with six samples at most."
            ),
        ),
        N_(
            "States were compared, and nothing was seen of voters; in the survey of voters of the same election, inside states, support rises a little with income. REML criteria of different "
            "predictors are not of the same data: by ML the number of poor children lowers the deviance clearly, while the REML criterion rises. And with six samples the variance "
            "divided by its standard error cannot pass the root of five halves, however much samples differ; the F test finds the difference beyond any doubt."
        ),
    ),
    _clinic(
        "reports_7_to_9",
        N_("Reports seven to nine"),
        REPORTS[6:9],
        (
            N_(
                "In report seven, work out the design effect from the ICC and the size of a school. In report eight, compare the exposures of the five with that of half of the hospitals. In "
                "report nine, ask over whom the average is taken."
            ),
        ),
        N_(
            "With schools this large the design effect is nearly ten, so the standard error of least squares is a third of what it should be. The highest five rates belong to hospitals with "
            "little exposure, where a death or two decides. And a multilevel logit that is averaged over the poll gives the poll's own share back: the population's cells have to be weighted by "
            "their people."
        ),
    ),
    _clinic(
        "reports_10_to_12",
        N_("Reports ten to twelve"),
        REPORTS[9:],
        (
            N_(
                "In report ten, compare the criteria of the three fits once more. In report eleven, ask how many casks were opened. In report twelve, compare the interval with the slopes of the "
                "ten schools."
            ),
        ),
        N_(
            "With a correlation in the model the origin is free; without one it is a part of the model, and in the middle level and slope do go together. Cask a of one delivery has nothing to do "
            "with cask a of another: there are thirty casks, and most of the variation lies between them. And the interval of a mean is not one for a new school, whose slope differs from the mean by an SD "
            "of its own: seven of the ten slopes lie outside the interval."
        ),
    ),
)


# ---- the capstone: a record of a fit -----------------------------------------------------------------------------------

LISTED = ("california_schools", "egsingle", "contraception", "mrp_sim_poll")
KEYS = frozenset(
    ("data", "formula", "rows", "left_out", "groups", "fixef", "se", "sds", "observed", "simulated", "seed")
)
VARYING = re.compile(r"\(.*[^|]\|\|?[^|()]+\)")  # (1 + x | group), (x || group), (1 + I(x**2) | group)
THREE_PARTS = re.compile(r"\|\s*[^|()\s][^|()]*\|")  # (1 | x | group)
LEAST_DRAWS = 200


@cache
def _rows_of(name: str) -> int:
    return len(load(name))


def _whole(x) -> bool:
    return type(x) is int and x >= 0


def _numbers(x) -> np.ndarray | None:
    """Return a dict's values as finite numbers, or None."""
    if not isinstance(x, dict) or not x or not all(type(v) in (int, float) for v in x.values()):
        return None
    values = np.array(list(x.values()), dtype=float)
    return values if np.isfinite(values).all() else None


def _is_record(made) -> bool:
    """Return whether it is what `record` returns, in its keys and types."""
    return (
        isinstance(made, dict)
        and set(made) >= KEYS
        and type(made["data"]) is str
        and type(made["formula"]) is str
        and _whole(made["rows"])
        and isinstance(made["groups"], dict)
        and isinstance(made["sds"], dict)
        and isinstance(made["simulated"], (np.ndarray, list, tuple))
    )


def _rows_accounted_for(made) -> bool:
    return (
        made["data"] in LISTED
        and made["rows"] > 0
        and _whole(made["left_out"])
        and made["rows"] + made["left_out"] == _rows_of(made["data"])
    )


def _something_varies(made) -> bool:
    sds = _numbers(made["sds"])
    counts = list(made["groups"].values())
    return (
        made["formula"].count("~") == 1
        and not THREE_PARTS.search(made["formula"])
        and bool(VARYING.search(made["formula"]))
        and sds is not None
        and bool((sds >= 0).all())
        and bool(counts)
        and all(_whole(J) and 2 <= J <= made["rows"] for J in counts)
    )


def _has_estimates(made) -> bool:
    fixef, se = _numbers(made["fixef"]), _numbers(made["se"])
    return (
        fixef is not None
        and se is not None
        and set(made["fixef"]) == set(made["se"])
        and bool((se > 0).all())
    )


def _is_checked(made) -> bool:
    drawn = np.asarray(made["simulated"], dtype=float)
    return (
        _whole(made["seed"])
        and drawn.ndim == 1
        and len(drawn) >= LEAST_DRAWS
        and bool(np.isfinite(drawn).all())
        and type(made["observed"]) in (int, float)
        and bool(np.isfinite(made["observed"]))
        and np.ptp(drawn) > 0
    )


def _also(holds):
    return lambda made: _is_record(made) and bool(holds(made))


CAPSTONE_RECORD = Exercise(
    id="capstone_record",
    lesson="13",
    title=N_("A record that can be checked"),
    kind="inverse",
    points=4,
    section="Your capstone",
    criteria=(
        Criterion(
            _also(lambda made: True),
            N_(
                "It must be what record(capstone_fit, name, check, seed) returns, with the name of the data set in quotes: a dict with all of its entries."
            ),
            0.1,
        ),
        Criterion(
            _also(_rows_accounted_for),
            N_(
                "Every row of one of the four data sets must be accounted for. Give the name of the set, and say with left_out= how many of its rows are not in the fit."
            ),
            0.2,
        ),
        Criterion(
            _also(_something_varies),
            N_(
                "The formula must have a response and at least one varying term, such as (1 + x | group), with two groups or more, and each SD must be a number that is not negative."
            ),
            0.25,
        ),
        Criterion(
            _also(_has_estimates),
            N_(
                "Every coefficient must be a finite number with a standard error above zero. If one is not, look for predictors that say the same thing twice."
            ),
            0.2,
        ),
        Criterion(
            _also(_is_checked),
            N_(
                "The check needs a seed that is a whole number, the observed value, and two hundred simulated values or more that are not all the same."
            ),
            0.25,
        ),
    ),
    misconceptions=(
        Misconception(
            "M25",
            N_(
                "A varying term has one bar or two side by side, with the group behind it: (1 + x | group), not (1 | x | group)."
            ),
            wrong=lambda made: _is_record(made) and bool(THREE_PARTS.search(made["formula"])),
        ),
        Misconception(
            "fitted_instead_of_drawn",
            N_(
                "Your simulated values are all alike. Draw new responses in each turn, noise included; fitted values are the same every time."
            ),
            wrong=lambda made: (
                _is_record(made) and len(made["simulated"]) > 1 and np.ptp(made["simulated"]) == 0
            ),
        ),
    ),
    hints=(
        N_(
            "Begin with the smallest model that answers your question, and make it larger when the whole chain works."
        ),
        N_(
            "A fit by lmm has fit.simulated_check(statistic, n=200, seed=…). For a fit by glmm draw responses yourself, with a Generator's binomial and the fitted probabilities."
        ),
        N_(
            "With statistic(data) a function that returns one number: check = capstone_fit.simulated_check(statistic, n=300, seed=5), then record(capstone_fit, 'egsingle', check, seed=5). If you fitted a "
            "part of the rows, add left_out=, the rows of the set less those of the fit."
        ),
    ),
    explanation=N_(
        "The record holds what a reader needs to repeat the fit: the data with all rows accounted for, the formula, the numbers of groups, estimates with standard errors, and a check with its seed. "
        "The sample solution's own check fails: use of contraception is highest at middle age, so the model needs a curve. The form is right all the same, and a report would say so."
    ),
)


# ---- the capstone: three texts -----------------------------------------------------------------------------------------

CAPSTONE_PLAN = Exercise(
    id="capstone_plan",
    lesson="13",
    title=N_("Capstone: question, data and model"),
    kind="written",
    points=10,
    section="Your capstone",
    rubric=(
        (
            2.0,
            N_(
                "Question and estimand. Full: one number that would answer the question, with unit, population and level. Half: a question without its number, or for nobody in particular. None: a model in the place of a question."
            ),
        ),
        (
            3.0,
            N_(
                "Data at each level. Full: rows, groups, smallest and largest group, what is missing, which predictor differs at which level, and a figure for each level that is used in the text. Half: counts or figures without what they "
                "mean for the model. None: rows only."
            ),
        ),
        (
            3.0,
            N_(
                "Model. Full: four forms that agree, with a reason for each varying term, for those left out, and for the centring. Half: forms that agree without reasons, or one that contradicts the others. None: a formula alone."
            ),
        ),
        (
            2.0,
            N_(
                "Plan. Full: a feature to check that the model does not fit by itself, and two other analyses, each with its reason, named before the fit. Half: one of the two. None: whatever turns out."
            ),
        ),
    ),
    hints=(
        N_("Finish the sentence: the answer will be a number of … for each …, among …."),
        N_(
            "For each column write down at which level it differs. A column that differs at two levels has two slopes."
        ),
        N_(
            "Write the levels first, and read the formula off them: each coefficient with its own j has a varying term."
        ),
    ),
    explanation=N_(
        "The sample answer is that of the worked example. What counts is that question, levels and formula speak of the same thing."
    ),
)

CAPSTONE_CHECKS = Exercise(
    id="capstone_checks",
    lesson="13",
    title=N_("Capstone: fit, checks, sensitivity"),
    kind="written",
    points=12,
    section="Your capstone",
    rubric=(
        (
            3.0,
            N_(
                "Fit. Full: coefficients with intervals, all SDs and correlations, method, convergence or boundary, and agreement with a second computation. Half: a table without intervals, or without the spreads. None: stars or p-values alone."
            ),
        ),
        (
            2.0,
            N_(
                "Sizes. Full: for each main number the right level is counted, with degrees of freedom, and few groups are admitted. Half: counted rightly for one level only. None: rows for everything."
            ),
        ),
        (
            4.0,
            N_(
                "Simulated check. Full: a feature that the model does not fit by itself, seed and number of draws, where the data lie, and what follows for the question. Half: a check of something that every fit reproduces, or one "
                "without a consequence. None: no draws."
            ),
        ),
        (
            3.0,
            N_(
                "Sensitivity. Full: two other analyses or more, each with a reason, all in one table, and what changes. Half: one, or several without reasons. None: only the one that is reported."
            ),
        ),
    ),
    hints=(
        N_("What did you see in the figures that the model does not know? Make a number of it."),
        N_(
            "A predictor of groups is tested with the number of groups. Count them before you quote a p-value."
        ),
        N_(
            "Good other analyses change one decision each: a group left out, a term left out, another scale, another way of counting."
        ),
    ),
    explanation=N_(
        "The sample answer is that of the worked example. Its check fails, and it earns full marks for that part: it says so, and what it changes."
    ),
)

CAPSTONE_REPORT = Exercise(
    id="capstone_report",
    lesson="13",
    title=N_("Capstone: the report"),
    kind="written",
    points=10,
    section="Your capstone",
    rubric=(
        (
            3.0,
            N_(
                "Answer. Full: the estimand's value with interval and unit in the first sentences, as in the fit. Half: without interval or unit. None: significant or not, or numbers that are not those of the fit."
            ),
        ),
        (
            3.0,
            N_(
                "Reading. Full: what is compared with what, at which level, on which scale, for old groups or new ones; no cause without a design. Half: right but for one of these. None: one of the flaws of the clinic."
            ),
        ),
        (
            2.0,
            N_(
                "Groups. Full: how much groups differ, in the unit of the response, with how sure that is. Half: an ICC or an SD without what it means. None: not mentioned."
            ),
        ),
        (
            2.0,
            N_(
                "Limits. Full: what the check and the other analyses found, and what no model sees here. Half: one of the two, or limits that would fit any study. None: none."
            ),
        ),
    ),
    hints=(
        N_("Write the first sentence last. It holds the answer, its interval and its unit."),
        N_("Exchange reports with somebody, and look for the flaws of the clinic in each other's."),
        N_(
            "Go through the list under What to report. Each row that is missing should be missing on purpose."
        ),
    ),
    explanation=N_(
        "The sample answer is that of the worked example: the answer first, then what it rests on, then what speaks against it."
    ),
)

EXERCISES = (*CLINIC, CAPSTONE_PLAN, CAPSTONE_RECORD, CAPSTONE_CHECKS, CAPSTONE_REPORT)
