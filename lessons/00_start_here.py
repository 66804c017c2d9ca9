# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lesson 00: Start here
#
# In 1982 a mathematics test was given to {{7185 = len(pupils) | d}} pupils of {{160 = pupils["school"].nunique() | d}}
# American high schools. Pupils differ, and so do schools. How much of the difference between two pupils has to
# do with the school they go to, and how would you find out?
#
# (New to notebooks? Choose *Run → Run All Cells* once, now. What a cell is comes further down this page.)

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, judge_answer, review, solution

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import PoolingExplorer, Prediction

pupils = ht.load("hsb")
by_school = pupils.groupby("school", observed=True)["math"].agg(["mean", "size"])
ranked = by_school.sort_values("mean").index
twelve = list(ranked[np.linspace(0, len(ranked) - 1, 12).astype(int)])  # every fourteenth school by its mean
few = pupils[pupils["school"].isin(twelve)].copy()
few["school"] = few["school"].astype(str)
order = [str(school) for school in twelve]

# %%
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    sns.stripplot(
        few, x="math", y="school", order=order, color=plots.COLOURS["data"], size=3, alpha=0.7, ax=ax
    )
    ax.plot(by_school.loc[twelve, "mean"], range(12), "D", color=plots.COLOURS["none"], ms=7, mec="white")
    ax.axvline(pupils["math"].mean(), color=plots.COLOURS["complete"], ls="--")
    ax.set(xlabel="mathematics (points)", ylabel="school")
show(
    fig,
    f"Mathematics scores of {len(few)} pupils in twelve of the {len(by_school)} schools, a row of dots a school, a "
    f"diamond at its mean. The means run from {by_school.loc[twelve, 'mean'].min():.1f} to "
    f"{by_school.loc[twelve, 'mean'].max():.1f} points, and in every row the dots spread far more widely than that.",
)

# %% [markdown]
# Every dot is a pupil, every row a school, every diamond the school's mean; the dashed line is the mean of all
# pupils. The twelve schools were taken at even steps from the lowest mean to the highest. Look at one row, then
# at the column of diamonds: there are two kinds of difference in this picture, and this course is about telling
# them apart.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **run** a cell, **move** a widget and **ask** for a check, a hint and a solution;
# - **name** the units of a data set and **say** how its groups lie: nested, crossed, or several at once;
# - **tell** at which level a variable lives;
# - **recognise** a question that is multilevel, under any of the model's names;
# - **decide** whether you need the refresher at the end of this page.
#
# Allow forty minutes. You need school algebra and a little Python: a variable, a function, a data frame.

# %%
review("00")

# %% [markdown]
# ## How a lesson works
#
# A lesson is a page of text and *cells*. A cell holds Python. Click into the next one and press *Shift* and
# *Enter* together: it runs, shows what comes out, and the cursor moves on. Run the cells in their order; if you
# are lost, choose *Run → Restart Kernel and Run All Cells*, which breaks nothing.

# %%
n = np.array([30, 10, 10])  # pupils in three schools
mean = np.array([10.0, 14.0, 18.0])  # their mean scores
mean_of_schools = mean.mean()
mean_of_pupils = (n * mean).sum() / n.sum()
print(f"mean of the three schools {mean_of_schools:.1f}, mean of the {n.sum()} pupils {mean_of_pupils:.1f}")

# %% [markdown]
# Here are your first two numbers, and they differ. Add the three means and divide by three:
# {{14 = mean_of_schools | .0f}} points, the mean of *schools*. Add the scores of all {{50 = n.sum() | d}} pupils
# and divide by {{50 = n.sum() | d}}: {{12.4 = mean_of_pupils | .1f}} points, the mean of *pupils*. The first
# school has {{30 = n[0] | d}} pupils, so it counts most in the second mean and no more than the others in the
# first. Neither is wrong. They answer questions about different units, and you will meet the pair again and
# again.
#
# Below a task stands a cell that checks what you wrote. Try it: first run the cell as it is, then write the one
# line that is missing.

# %% [markdown] exercise="pupils_mean"
# ### Your turn: the mean of all pupils
#
# Write `pupils_mean(mean, n)`: from the means of the schools and their numbers of pupils, both arrays, return
# the mean of all pupils. If you get stuck, put `hint("pupils_mean")` into a new cell, as often as you like, and
# at the end `solution("pupils_mean")`.


# %% exercise="pupils_mean"
def pupils_mean(mean, n):
    """Return the mean of all pupils."""
    ### BEGIN SOLUTION
    return (n * mean).sum() / n.sum()
    ### END SOLUTION


# %% [markdown]
# ### Predict first
#
# What you predict you remember better than what you are shown. So key figures stay closed until you have
# committed yourself: choose an answer, say how sure you are, press the button. Nothing is graded from that, but
# the course keeps your answers on this machine and asks again where you were sure and wrong.

# %%
fit = ht.lmm("math ~ 1 + (1 | school)", pupils)
tau, sigma = fit.varcorr["school"].sd["Intercept"], fit.sigma
share = 100 * tau**2 / (tau**2 + sigma**2)
shares = [f"about {s} percent" for s in (2, 20, 60)]
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 1.7), layout="constrained")
    ax.barh(0, share, color=plots.COLOURS["none"], hatch="//", edgecolor="white")
    ax.barh(0, 100 - share, left=share, color=plots.COLOURS["faint"])
    ax.text(share / 2, 0, "between\nschools", ha="center", va="center", color="white", weight="bold")
    ax.text((100 + share) / 2, 0, "between pupils of one school", ha="center", va="center")
    ax.set(xlim=(0, 100), yticks=[], xlabel="percent of the variance of the scores")

# %% tags=["predict"]
Prediction(
    "Of all the variance of the scores, how much lies between schools?",
    shares,
    answer=int(np.abs(np.array([2, 20, 60]) - share).argmin()),
    because=f"It is {share:.0f} percent. Two pupils of one school differ nearly as much as two of different schools.",
    figure=fig,
    alt=f"One bar of 100 percent: {share:.0f} percent of the variance lies between schools, {100 - share:.0f} percent "
    "between the pupils of one school.",
)

# %% [markdown]
# The schools account for {{18 = share | .0f}} percent of the variance. That number has a name, the
# [intraclass correlation](glossary.md#intraclass-correlation), and lesson 04 is about it. It is small enough that a
# glance at the dots can miss it, and large enough to ruin an analysis that forgets it, as lesson 01 shows.
#
# ### A widget
#
# Widgets are figures that you can take hold of. Commit to an answer in the one below; then choose a slider with
# the *Tab* key and move it with the arrow keys, or drag it. The sentence under the picture always says what it
# shows, with its numbers. You need not understand it today: it is the widget of lesson 03, and you will come
# back to it.

# %%
PoolingExplorer()

# %% [markdown] concepts=[2]
# ## Who is in a group with whom
#
# A **unit** is whatever you can count: a pupil, a school, a blood sample, a day. Units of one kind are gathered
# in units of another, and there are three ways in which that can happen.
#
# - **[Nested](glossary.md#nested-and-crossed).** Every pupil goes to one school, every school lies in one district. Draw it and you get a tree.
#   [Groups](glossary.md#group) inside groups, as many layers as you like.
# - **Crossed.** A pupil has gone to one primary school *and* to one secondary school, and pupils of one primary
#   school spread over several secondary schools. Neither kind lies inside the other. Draw it and you get a table
#   with pupils in its cells.
# - **[Multiple membership](glossary.md#multiple-membership).** A pupil who changed school in the middle of the year belongs to two schools at once,
#   half to each. Draw it and you get lines with weights.
#
# **Repeated measures** are nested data, too: the measurements are the small units, the person is the group. And
# the same table can be nested or crossed depending on what its labels mean. If every class in every school is
# called `a` or `b`, then `a` in one school has nothing to do with `a` in the next: classes are nested, whatever
# their names suggest.

# %%
primary, secondary = ht.load("scotssec")["primary"], ht.load("scotssec")["second"]
table = pd.crosstab(primary, secondary)
meets = (table > 0).sum(axis=1)
days = ht.load("sleepstudy").groupby("Subject", observed=True).size()
pd.DataFrame(
    {
        "small units": [len(primary), len(pupils), days.sum()],
        "groups": [
            f"{table.shape[0]} primary × {table.shape[1]} secondary schools",
            f"{len(by_school)} schools",
            f"{len(days)} people",
        ],
        "how they lie": ["crossed", "nested", "nested (repeated measures)"],
    },
    index=["Scottish pupils", "American pupils", "reaction times"],
)

# %% [markdown]
# How do you see it in the data? Count. Of the {{148 = table.shape[0] | d}} Scottish primary schools
# {{91 = int((meets > 1).sum()) | d}} sent pupils to more than one secondary school. So primary schools do not lie
# inside secondary schools, and the two are crossed, if only partly. If every row of that table had one entry,
# they would be nested.

# %% [markdown] exercise="name_the_structure" concepts=[2]
# ### Your turn: name the structure
#
# Fill each blank with `"nested"`, `"crossed"` or `"multiple membership"`.
#
# - Patients are treated in hospitals, each in one; hospitals lie in regions (`patients`).
# - Each of six speakers reads each of seven sentences aloud (`speakers_and_sentences`).
# - Children are weighed every month for two years; the groups are the children (`monthly_weights`).
# - A patient is cared for by several nurses, each for a known share of the hours (`nurses`).
# - Students rate lecturers; each student rates several, each lecturer is rated by many (`ratings`).
# - In each factory the machines are numbered from one to four; a machine never leaves its factory (`machines`).

# %% exercise="name_the_structure"
name_the_structure = {
    "patients": ...,
    "speakers_and_sentences": ...,
    "monthly_weights": ...,
    "nurses": ...,
    "ratings": ...,
    "machines": ...,
}
### BEGIN SOLUTION
name_the_structure = {
    "patients": "nested",
    "speakers_and_sentences": "crossed",
    "monthly_weights": "nested",
    "nurses": "multiple membership",
    "ratings": "crossed",
    "machines": "nested",
}
### END SOLUTION

# %% [markdown] concepts=[3]
# ## Units have levels, and so do variables
#
# Count [levels](glossary.md#level) from below: pupils are level one, schools level two. A *variable* has a level,
# too: it is the level of the units whose value it is. A pupil's score and family income are of level one. Whether
# the school is Catholic or public is of level two: it is written in every pupil's row, but all pupils of a school
# share it. Writing it {{7185 = len(pupils) | d}} times does not give {{7185 = len(pupils) | d}} schools.
#
# A variable can be carried upward. From the family incomes of its pupils a school gets a *mean* income, and that
# is a new variable of level two with a meaning of its own: what it is to be poor, and what it is to be in a poor
# school. A level-two variable that was not made this way, like the sector, has nothing below it.
#
# To see at which level a column of a table lives, ask whether it varies inside the groups:

# %%
columns = ["math", "ses", "mean_ses", "sector", "sex"]
inside = pupils.groupby("school", observed=True)[columns].nunique().gt(1).mean()
inside.rename("share of schools in which it varies").round(2).to_frame()

# %% [markdown]
# `sector` and `mean_ses` vary in {{0 = inside[["sector", "mean_ses"]].max() | .0f}} of the schools: level two. The
# others are of level one. `sex` varies in {{77 = 100 * inside["sex"] | .0f}} percent of the schools only, because
# the rest are schools for girls or for boys. A variable can be constant in some groups and still be of level one.

# %% [markdown] exercise="which_level" concepts=[3]
# ### Your turn: at which level?
#
# Measurements (level one) of people (level two). Fill each blank with `"level 1"` or `"level 2"`.
#
# - the reaction time on one day (`reaction_time`)
# - the person's year of birth (`year_of_birth`)
# - the number of hours slept in the night before the measurement (`hours_slept`)
# - the person's mean number of hours slept over the study (`mean_hours`)
# - whether the person works in shifts, asked once at the start (`shift_work`)

# %% exercise="which_level"
which_level = {
    "reaction_time": ...,
    "year_of_birth": ...,
    "hours_slept": ...,
    "mean_hours": ...,
    "shift_work": ...,
}
### BEGIN SOLUTION
which_level = {
    "reaction_time": "level 1",
    "year_of_birth": "level 2",
    "hours_slept": "level 1",
    "mean_hours": "level 2",
    "shift_work": "level 2",
}
### END SOLUTION

# %% [markdown] concepts=[4]
# ## When the question itself is multilevel
#
# Data with groups do not make a question multilevel. A question is multilevel when its answer needs both levels:
#
# - **How much do groups differ**, once chance is taken out? (How good is this hospital?)
# - **Does something act differently in different groups**, and what goes with that? (Does homework help
#   everywhere?)
# - **Does a variable of the groups matter for the units in them?** (Do pupils of the same income learn more in a
#   richer school?)
# - **What is to be said about a group of which we know little?** (Public opinion in a state with nine
#   respondents.)
#
# If your question is about one treatment, given to units at random inside every group, then the groups are mostly
# a nuisance, and lesson 01 shows simpler ways to live with them. Before any model, write down three things: who
# are the units, what varies, and between whom.

# %% [markdown] concepts=[1]
# ## One model, many names
#
# The model of this course was invented several times, and each field kept its own name for it. Hierarchical linear
# model (education), [multilevel model](glossary.md#multilevel-model) (social science), mixed-effects model or mixed
# model (biology, psychology), random-effects or random-coefficient model (economics, where "random effects" often
# means the varying intercept only), variance-components model (genetics, engineering). They are **one model**: a
# regression in which some coefficients belong to groups and have a distribution. We say *multilevel model*, and
# say *varying* where others say *random*.
#
# If a paper uses another name, look for its formula or its table of variances. The name tells you the author's
# field, and nothing about the mathematics.

# %% [markdown] exercise="self_test"
# ## A self-test
#
# ### Your turn: do you need the refresher?
#
# Six questions about what this course takes for granted. Fill the blanks from memory, then run the cell below
# the check: it says where to begin.
#
# - A regression of score on hours of study gives `score = 40 + 3 × hours`. Two pupils differ by two hours. Their
#   expected scores differ by ___ (`slope`): `"2 points"`, `"3 points"`, `"6 points"`.
# - A pupil with two hours has scored `50`. The residual is ___ (`residual`): `"4 points"`, `"10 points"`,
#   `"50 points"`.
# - Scores have a standard deviation of ten points. The mean of twenty-five pupils drawn at random is typically
#   off by ___ (`standard_error`): `"0.4 points"`, `"2 points"`, `"10 points"`.
# - With four times as many pupils that becomes ___ (`four_times`): `"half"`, `"a quarter"`, `"the same"`.
# - In `score ~ girl`, where `girl` is one for girls and zero for boys, the coefficient of `girl` is ___ (`dummy`):
#   `"the mean of the girls"`, `"the mean of the girls minus the mean of the boys"`, `"the share of girls"`.
# - A ninety-five percent interval for a slope runs from `-1` to `5`. That says ___ (`interval`):
#   `"there is no effect"`, `"ninety-five percent of the pupils have a slope in it"`,
#   `"slopes from slightly negative to five agree with the data"`.

# %% exercise="self_test"
self_test = {
    "slope": ...,
    "residual": ...,
    "standard_error": ...,
    "four_times": ...,
    "dummy": ...,
    "interval": ...,
}
### BEGIN SOLUTION
self_test = {
    "slope": "6 points",
    "residual": "4 points",
    "standard_error": "2 points",
    "four_times": "half",
    "dummy": "the mean of the girls minus the mean of the boys",
    "interval": "slopes from slightly negative to five agree with the data",
}
### END SOLUTION


# %%
def where_to_begin(answers):
    """Return where to go on, by the share of the self-test that is right."""
    if all(answer is ... for answer in answers.values()):
        return "Answer the six questions first."
    if judge_answer("self_test", answers).credit < 0.8:
        return "Read the refresher below, then begin with lesson 01."
    return "You can begin with lesson 01. The refresher below is there if you want it."


print(where_to_begin(self_test))

# %% [markdown]
# ## Refresher
#
# ### A line and its residuals
#
# Five pupils, hours of study and a score. A regression line is the line for which the squared vertical distances
# of the points add up to as little as possible.

# %%
five = pd.DataFrame({"hours": [0, 1, 2, 3, 4], "score": [41, 42, 50, 48, 54]})
line = smf.ols("score ~ hours", data=five).fit()
five["expected"], five["residual"] = line.fittedvalues, line.resid
print(line.params.round(1).to_string())
five.round(1)

# %% [markdown]
# The *intercept*, {{40.6 = line.params["Intercept"] | .1f}} points, is what the line expects at zero hours. The
# *slope*, {{3.2 = line.params["hours"] | .1f}} points per hour, is by how much the expectation rises from one hour
# to the next; over two hours it rises twice as much. The pupil with two hours has
# {{50 = five["score"][2] | d}} points where {{47 = five["expected"][2] | .0f}} were expected: a *residual* of
# {{3 = five["residual"][2] | .0f}}. A slope compares pupils who differ in hours. It does not promise what happens
# to one pupil who studies more.
#
# ### A standard deviation and a standard error
#
# Scores of pupils differ with a *standard deviation*: the typical distance of one pupil from the mean. A mean of
# several pupils is a number, too, and would come out differently with other pupils. Its typical distance from
# the truth is the [standard error](glossary.md#standard-error). Draw means of twenty-five pupils, many times:

# %%
rng = np.random.default_rng(0)
means_25 = rng.normal(50, 10, size=(20_000, 25)).mean(axis=1)
means_100 = rng.normal(50, 10, size=(20_000, 100)).mean(axis=1)
print(f"SD of one pupil 10, of means of 25: {means_25.std():.2f}, of means of 100: {means_100.std():.2f}")

# %% [markdown]
# The rule is $\sigma/\sqrt{n}$: ten divided by five is {{2.0 = means_25.std() | .1f}}, ten divided by ten is
# {{1.0 = means_100.std() | .1f}}. Four times as many pupils halve the standard error. All of that holds if the
# pupils were drawn *one by one*. What happens if they come in schools is the subject of lesson 01. Roughly, the
# estimate and two standard errors up and down make an interval of values that agree with the data; a value in it
# is not proved, and one outside is not impossible.
#
# ### A category in a regression
#
# A *dummy* is a column of zeros and ones. With an intercept, its coefficient compares the ones with the zeros:

# %%
dummy = smf.ols("math ~ sector", data=pupils).fit()
sector_means = pupils.groupby("sector", observed=True)["math"].mean()
print(dummy.params.round(2).to_string())
sector_means.round(2).to_frame("mean")

# %% [markdown]
# Pupils of public schools have a mean of {{11.36 = sector_means["Public"] | .2f}} points, those of Catholic schools
# {{14.17 = sector_means["Catholic"] | .2f}}. The intercept is the first of the two, and the coefficient is the
# difference, {{2.81 = dummy.params["sector[T.Catholic]"] | .2f}}. The regression says nothing of *why* they differ,
# and its standard error takes the {{7185 = len(pupils) | d}} pupils for drawn one by one, which they were not.

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Run the cells in order, predict before you look, and let `check` read what you wrote.
# - Say who the units are and how their groups lie: nested, crossed, or several at once.
# - A variable lives at the level of the units whose value it is, however often it is written down.
# - A mean of groups and a mean of units are different numbers.
# - A question is multilevel when its answer needs both levels.
# - Hierarchical, multilevel, mixed, random-coefficient: one model.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 1 for why,
#   chapters 3 and 4 for regression, chapter 11 for structures.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 1 for the names and the questions.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapters 2 and 3 for levels, units and variables.
