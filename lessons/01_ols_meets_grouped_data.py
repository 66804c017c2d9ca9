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
# # Lesson 01: OLS meets grouped data
#
# Six speakers were recorded while they made requests, to a friend and to a professor: the same seven scenarios,
# informally and politely, {{83 = len(voices) | d}} recordings in all (one is missing). Does the pitch of the voice
# fall when we are polite, and how much lower is it in men? The two questions look alike, and the same regression
# answers both. Why is it wrong about both, and in opposite directions?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_classes = assignment_data("ps01", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
from scipy import stats

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import IccExplorer, Prediction

voices = ht.load("politeness").dropna()
voices["attitude"] = voices["attitude"].map({"inf": "informal", "pol": "polite"})
levels = voices.groupby("subject")["frequency"].mean()
men = levels[[subject for subject in levels.index if subject.startswith("M")]]
women = levels.drop(men.index)

# %%
with plots.style():
    grid = sns.catplot(
        voices, x="attitude", y="frequency", col="subject", kind="strip", height=3, aspect=0.42,
        color=plots.COLOURS["data"], size=4, order=["informal", "polite"],
    )  # fmt: skip
    for subject, ax in grid.axes_dict.items():
        pair = voices[voices["subject"] == subject].groupby("attitude")["frequency"].mean()
        ax.plot([0, 1], pair[["informal", "polite"]], "D-", color=plots.COLOURS["none"], mec="white")
        ax.tick_params(axis="x", rotation=60)
    grid.set_titles("{col_name}").set_axis_labels("", "pitch (Hz)")
    grid.figure.set_size_inches(7.6, 3.4)
show(
    grid.figure,
    f"Pitch of {len(voices)} recordings of six speakers, a panel each, informal beside polite, a diamond at each mean. "
    f"The three women's means lie between {women.min():.0f} and {women.max():.0f} Hz, the three men's between {men.min():.0f} "
    f"and {men.max():.0f}. In most panels the polite mean is a little lower.",
)

# %% [markdown] concepts=[11]
# Always look at the data at each level before you fit anything. *Inside* the panels: seven dots on each side, and
# a small step down from informal to polite. *Between* the panels: six people, each with a pitch of their own,
# and a gap between the three women and the three men. `attitude` varies inside a panel, so it is a variable of
# the recordings; `gender` is one value for a panel, a variable of the people. Keep that difference in mind.
#
# (The recordings themselves are not published. Ours are arranged so that the analysis printed by Winter in 2013 comes out.
# Read the figures as his, not the single dots.)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **say** what least squares assumes when it prints a standard error;
# - **predict** in which direction a standard error goes wrong when rows come in groups;
# - **compute** a design effect and the number of independent rows that clustered rows are worth;
# - **use** cluster-robust standard errors, and **say** when not to trust them;
# - **look** at grouped data at each level, in long and in wide form.
#
# You need lesson 00, or its refresher. Allow an hour.

# %%
review("01")

# %% [markdown] concepts=[5]
# ## By hand first: what least squares assumes
#
# Five measurements, at five values of $x$ from minus two to two:
#
# | $x$ | $-2$ | $-1$ | $0$ | $1$ | $2$ |
# |---|---|---|---|---|---|
# | $y$ | {{1 = hand["y"][0] | d}} | {{2 = hand["y"][1] | d}} | {{2 = hand["y"][2] | d}} | {{4 = hand["y"][3] | d}} | {{6 = hand["y"][4] | d}} |
#
#
# The mean of $y$ is {{3 = hand["y"].mean() | .0f}}. Because the $x$ add up to zero, the slope is
# $\sum xy / \sum x^2$, that is {{12 = xy | d}} over {{10 = xx | d}}, or {{1.2 = slope | .1f}}. The line expects
# {{0.6 = expected[0] | .1f}}, {{1.8 = expected[1] | .1f}}, {{3.0 = expected[2] | .1f}}, {{4.2 = expected[3] | .1f}} and
# {{5.4 = expected[4] | .1f}}; what is left over are the residuals. They add up to zero, and so do their products with
# $x$: nothing of $x$ is left in them. Geometers say that the line is the *projection* of $y$ on $x$. All of this
# is arithmetic. Nothing has been assumed yet.
#
# The standard error is another matter. The squared residuals add up to {{1.6 = rss | .1f}}; divided by
# $5 - 2 = {{3 = df | d}}$ that is {{0.53 = rss / df | .2f}}, the estimated variance of one residual; and
# $\sqrt{ {{0.53 = rss / df | .2f}} / {{10 = xx | d}} } =$ {{0.23 = se_hand | .2f}} is the standard error of the slope.
# That step *does* assume something: that the five residuals are five separate pieces of news, all equally noisy.

# %%
hand = pd.DataFrame({"x": [-2, -1, 0, 1, 2], "y": [1, 2, 2, 4, 6]})
xy, xx = (hand["x"] * hand["y"]).sum(), (hand["x"] ** 2).sum()
slope = xy / xx
expected = hand["y"].mean() + slope * hand["x"]
residual = hand["y"] - expected
rss, df = (residual**2).sum(), len(hand) - 2
se_hand = np.sqrt(rss / df / xx)

once = smf.ols("y ~ x", data=hand).fit()
copied = smf.ols("y ~ x", data=pd.concat([hand] * 4)).fit()  # the same file, pasted four times
pd.DataFrame(
    {"slope": [once.params["x"], copied.params["x"]], "standard error": [once.bse["x"], copied.bse["x"]]},
    index=["five rows", "the five rows, four times"],
).round(3)

# %% [markdown]
# Look at the second line. The file was pasted four times below itself, and a computer does not mind. The slope
# is the same. The standard error fell from {{0.231 = once.bse["x"] | .3f}} to {{0.094 = copied.bse["x"] | .3f}},
# although nothing whatever was learned: the formula was told {{20 = 4 * len(hand) | d}} rows and believed it. Copies are an extreme case of
# [groups](glossary.md#group) whose rows resemble each other. Real groups lie in between copies and strangers.

# %% [markdown] concepts=[6, 8]
# ## Two directions of being wrong
#
# How wrong is the standard error in real groups, and is it always too small? Invent twenty groups of ten rows.
# Each group has a level of its own, and {{30 = 100 * icc_sim | .0f}} percent of the variance of $y$ lies between groups;
# the true slope of $x$ is one half. Let $x$ vary in three ways: only between groups (like `gender`), in both ways, and
# only inside groups (like `attitude`). Draw each world {{4000 = reps | d}} times and fit one line. The spread of the
# {{4000 = reps | d}} slopes *is* their true uncertainty; compare it with the standard error that least squares prints.


# %%
def worlds(J, n, icc, share_between, slope=0.5, together=0.0, reps=4000, seed=1):
    """Draw reps data sets of J groups of n rows and fit one line to each.

    Returns slopes, the standard errors of least squares, and the cluster-robust ones, each of shape (reps,).
    """
    rng = np.random.default_rng(seed)
    x_group, x_row = rng.normal(size=(reps, J, 1)), rng.normal(size=(reps, J, n))
    x_row -= x_row.mean(axis=2, keepdims=True)  # purely inside the groups
    x = np.sqrt(share_between) * x_group + np.sqrt(1 - share_between) * x_row
    u = np.sqrt(icc) * (together * x_group + np.sqrt(1 - together**2) * rng.normal(size=(reps, J, 1)))
    y = slope * x + u + np.sqrt(1 - icc) * rng.normal(size=(reps, J, n))
    cx, cy = (v - v.mean(axis=(1, 2), keepdims=True) for v in (x, y))
    xx = (cx**2).sum(axis=(1, 2))
    b = (cx * cy).sum(axis=(1, 2)) / xx
    e = cy - b[:, None, None] * cx
    N = J * n
    se = np.sqrt((e**2).sum(axis=(1, 2)) / (N - 2) / xx)
    sums = ((cx * e).sum(axis=2) ** 2).sum(axis=1)  # one sum a group, squared
    robust = np.sqrt(J / (J - 1) * (N - 1) / (N - 2) * sums) / xx
    return b, se, robust


reps, icc_sim = 4000, 0.3
ways = {"between groups only": 1.0, "both": 0.5, "inside groups only": 0.0}
rows = []
for share in ways.values():
    b, se, robust = worlds(20, 10, icc_sim, share, reps=reps)
    rows.append((b.mean(), b.std(), se.mean(), robust.mean()))
three = pd.DataFrame(
    rows, index=list(ways), columns=["mean slope", "true SD of the slope", "SE of least squares", "robust SE"]
)
three["SE / true SD"] = three["SE of least squares"] / three["true SD of the slope"]
ratio = three["SE / true SD"]
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 2.4), layout="constrained")
    ax.plot(ratio, range(3), "D", color=plots.COLOURS["none"], ms=9)
    ax.axvline(1, color=plots.COLOURS["line"], ls="--")
    ax.set(yticks=range(3), yticklabels=list(ways), ylim=(2.5, -0.5), xlim=(0, 1.5))
    ax.set_xlabel("printed standard error ÷ true uncertainty")

# %% tags=["predict"]
Prediction(
    "x varies only inside the groups. Compared with the true uncertainty of the slope, the standard error of least squares is",
    ["too small, as always with groups", "about right", "too large"],
    answer=[ratio.iloc[2] < 0.93, 0.93 <= ratio.iloc[2] <= 1.07, ratio.iloc[2] > 1.07].index(True),
    because="Each group is its own comparison, so the levels of the groups cancel; least squares counts them as noise all the same.",
    figure=fig,
    alt=f"Printed standard error divided by true uncertainty: {ratio.iloc[0]:.2f} where x varies between groups only, "
    f"{ratio.iloc[1]:.2f} where it does both, {ratio.iloc[2]:.2f} where it varies inside groups only. One would be right.",
)

# %%
three.round(3)

# %% [markdown]
# First the column of mean slopes: {{0.50 = three["mean slope"].iloc[0] | .2f}}, {{0.50 = three["mean slope"].iloc[1] | .2f}},
# {{0.50 = three["mean slope"].iloc[2] | .2f}}. Groups that have nothing to do with $x$ do **not** bias the slope. What
# they spoil is the standard error, and they do so in two directions:
#
# - $x$ between groups: the printed error is {{0.52 = ratio.iloc[0] | .2f}} times the true one. Far **too small**. The
#   levels of the groups are part of the noise in this comparison, and they do not average out over ten rows.
# - $x$ inside groups: {{1.19 = ratio.iloc[2] | .2f}} times. **Too large.** Each group is compared with itself, its level
#   cancels, and least squares counts it as noise that is not there.
#
# So "grouped data make standard errors too small" is half of the truth. Where $x$ varies in both ways,
# the two errors meet, and here the first wins: the ratio is {{0.68 = ratio.iloc[1] | .2f}}.
#
# And when *does* grouping bias the slope? When groups with a larger $x$ are also higher for other reasons, so that
# $x$ and the level of the group go together:

# %%
b_mixed, _se, _robust = worlds(20, 10, icc_sim, 0.5, together=0.6, reps=reps)
print(f"true slope 0.50, mean of the estimates {b_mixed.mean():.2f}")

# %% [markdown]
# Now the estimates centre on {{0.73 = b_mixed.mean() | .2f}}, and no standard error, however clever, repairs that: they
# are sure of the wrong number. Lesson 07 takes such a slope apart.

# %% [markdown] exercise="what_goes_wrong" concepts=[6, 8, 9]
# ### Your turn: what goes wrong, and in which direction?
#
# Fill the blanks word for word. You may come back to the last one after the section about robust standard errors.
#
# - Groups that have nothing to do with $x$ spoil ___ (`unrelated_to_x`): `"the slope"`, `"its standard error"`, `"both"`.
# - Groups that are higher where $x$ is larger spoil above all ___ (`related_to_x`): `"the slope"`, `"nothing"`.
# - For an $x$ of the groups the standard error of least squares is ___ (`x_of_the_group`): `"too small"`, `"right"`,
#   `"too large"`.
# - For an $x$ that varies inside the groups only, it is ___ (`x_within`): `"too small"`, `"right"`, `"too large"`.
# - With six groups an interval from cluster-robust standard errors is ___ (`robust_with_six`): `"too short"`,
#   `"about right"`, `"too long"`.

# %% exercise="what_goes_wrong"
what_goes_wrong = {
    "unrelated_to_x": ...,
    "related_to_x": ...,
    "x_of_the_group": ...,
    "x_within": ...,
    "robust_with_six": ...,
}
### BEGIN SOLUTION
what_goes_wrong = {
    "unrelated_to_x": "its standard error",
    "related_to_x": "the slope",
    "x_of_the_group": "too small",
    "x_within": "too large",
    "robust_with_six": "too short",
}
### END SOLUTION

# %% [markdown] concepts=[7]
# ## How much is lost: the design effect
#
# Take the first direction, a mean or an $x$ of the groups. Two rows of one group are correlated, say with $\rho$ (the
# [intraclass correlation](glossary.md#intraclass-correlation), lesson 04). A row resembles each of the other $n - 1$
# rows of its group, so the variance of a mean of clustered rows is larger than that of as many independent ones by the
# factor
#
# $$ \text{deff} = 1 + (n - 1)\,\rho, $$
#
# the [design effect](glossary.md#design-effect). Try it at the ends. Strangers, $\rho = 0$: one, nothing is lost. Copies, $\rho = 1$: $n$, and the
# {{20 = 4 * len(hand) | d}} rows from above are worth five. Twenty classes of twenty pupils with a correlation of only
# one tenth: {{2.9 = ht.design_effect(20, 0.1) | .1f}}, so the four hundred pupils are worth
# {{138 = 400 / ht.design_effect(20, 0.1) | .0f}}.
#
# What does that do to a test? The statistic is too large by the square root of the design effect. A test that rejects beyond
# $\pm$ {{1.96 = stats.norm.ppf(0.975) | .2f}} should be wrong in five percent of the cases in which there is nothing. Here is
# how often it is:

# %%
designs = pd.DataFrame({"n per group": [20, 20, 30], "ICC": [0.05, 0.1, 0.2]})
designs["design effect"] = [
    ht.design_effect(n, icc) for n, icc in zip(designs["n per group"], designs["ICC"], strict=True)
]
designs["false alarms"] = 2 * stats.norm.sf(stats.norm.ppf(0.975) / np.sqrt(designs["design effect"]))
designs.round(3)

# %% [markdown]
# With {{20 = designs["n per group"][1] | d}} pupils in a class and a correlation of one tenth it is
# {{25 = 100 * designs["false alarms"][1] | .0f}} percent; with {{30 = designs["n per group"][2] | d}} and one fifth,
# {{45 = 100 * designs["false alarms"][2] | .0f}} percent. A small correlation does harm when groups are large, because it
# is multiplied by $n - 1$. The widget starts with the twenty classes of twenty. Move the sliders for the ICC and for the
# rows in a group, and read the gauge of false alarms, "Type-I error, groups ignored". Then let the predictor tested vary inside
# groups only. (The formula for $\lambda$ belongs to lesson 03.)

# %%
IccExplorer(0.1, n=20, question=False)

# %% [markdown] exercise="effective_size" concepts=[7]
# ### Your turn: what clustered rows are worth
#
# Write `effective_size(J, n, icc)`: how many independent rows are $J$ groups of $n$ rows worth, for the mean of all
# of them?


# %% exercise="effective_size"
def effective_size(J, n, icc):
    """Return the number of independent rows with the same standard error of the mean."""
    ### BEGIN SOLUTION
    return J * n / (1 + (n - 1) * icc)
    ### END SOLUTION


# %% [markdown] concepts=[9]
# ## The rival fix: cluster-robust standard errors
#
# One can leave the line as it is and repair only its standard error. A [cluster-robust](glossary.md#cluster-robust-standard-error) (or "sandwich") standard error
# adds up $x$ times residual within each group, and takes the spread of these sums *between* groups as the
# uncertainty. It needs no model of the groups, works in both directions, and most software has it. In the table above
# its column, `robust SE`, comes near the true SD in all three worlds, a little below it with these twenty groups. In
# `statsmodels`:

# %%
plain = smf.ols("frequency ~ attitude + gender", data=voices).fit()
clusters = voices["subject"].astype("category").cat.codes
robust = plain.get_robustcov_results("cluster", groups=clusters)
pd.DataFrame({"estimate": plain.params, "least squares": plain.bse, "cluster-robust": robust.bse}).round(1)

# %% [markdown]
# It learns what groups are like from the groups, so it needs many. How many? Draw worlds in which $x$ belongs to
# the groups, with six groups and more, and count how often the interval "estimate ± {{1.96 = stats.norm.ppf(0.975) | .2f}}
# standard errors" holds the true slope. It should be ninety-five percent of the time.

# %%
coverage = {}
for J in (6, 10, 20, 50, 100):
    b, se, sandwich = worlds(J, 10, icc_sim, 1.0, reps=2000, seed=J)
    coverage[J] = [100 * np.mean(np.abs(b - 0.5) < 1.96 * s) for s in (se, sandwich)]
    if J == 6:  # with the quantile of the t distribution on J − 1 degrees of freedom
        with_t = 100 * np.mean(np.abs(b - 0.5) < stats.t.ppf(0.975, J - 1) * sandwich)
coverage = pd.DataFrame(coverage, index=["least squares", "cluster-robust"]).T.rename_axis("groups")
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    ax.plot(
        coverage.index,
        coverage["least squares"],
        "o:",
        color=plots.COLOURS["complete"],
        label="least squares",
    )
    ax.plot(
        coverage.index, coverage["cluster-robust"], "D-", color=plots.COLOURS["none"], label="cluster-robust"
    )
    ax.axhline(95, color=plots.COLOURS["line"], ls="--")
    ax.set(xscale="log", xlabel="groups", ylabel="coverage (percent)", ylim=(50, 100))
    ax.set_xticks(list(coverage.index), [str(J) for J in coverage.index])
    ax.minorticks_off()
    ax.legend(frameon=False, loc="center right")

# %% tags=["predict"]
Prediction(
    "With six groups, how often does the cluster-robust interval hold the truth?",
    [f"in about {percent} percent of the cases" for percent in (95, 85, 75)],
    answer=int(np.abs(np.array([95, 85, 75]) - coverage.loc[6, "cluster-robust"]).argmin()),
    because=f"It does in {coverage.loc[6, 'cluster-robust']:.0f} percent: six groups say little about what groups are like.",
    figure=fig,
    alt=f"Coverage of nominal 95 percent intervals against the number of groups. Least squares stays near "
    f"{coverage['least squares'].mean():.0f} percent. Cluster-robust intervals cover {coverage.loc[6, 'cluster-robust']:.0f} "
    f"percent with 6 groups, {coverage.loc[20, 'cluster-robust']:.0f} with 20 and {coverage.loc[100, 'cluster-robust']:.0f} with 100.",
)

# %% [markdown]
# With {{6 = coverage.index[0] | d}} groups the intervals hold the truth in {{76 = coverage.loc[6, "cluster-robust"] | .0f}}
# percent of the cases, with {{20 = coverage.index[2] | d}} in {{91 = coverage.loc[20, "cluster-robust"] | .0f}}, with
# {{100 = coverage.index[4] | d}} in {{93 = coverage.loc[100, "cluster-robust"] | .0f}}. For our six speakers they promise
# too much. (There are corrections for few groups. The simplest takes the number of standard errors from a t distribution with
# groups minus one degrees of freedom; with six groups it comes to {{85 = with_t | .0f}} percent.) And even where they are right, they
# only repair an uncertainty. They say nothing about *how* groups differ, and nothing about any one group.

# %% [markdown] concepts=[10]
# ## Growth: long data, wide data
#
# A second data set: the heights of {{26 = boys["Subject"].nunique() | d}} boys from Oxford, measured on
# {{9 = boys["Occasion"].nunique() | d}} occasions each. `age` is standardised: it runs from about minus one to one and is
# not in years. The data come *long*: one row for each measurement. Turned *wide*, one row for each boy, they look
# like a table in a paper:

# %%
boys = ht.load("oxboys")
wide = boys.pivot(index="Subject", columns="Occasion", values="height")
wide.head(3).round(1)

# %% [markdown]
# Wide data are easy to read. But they have no place for the age at each measurement, and none for a boy who came
# eleven times. Models want long data: `wide.stack()` and `DataFrame.melt` lead back. Here is the plot that long data
# make easy, a line for each boy. People call it spaghetti, and it should be the first thing that you draw of
# repeated measurements.

# %%
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    sns.lineplot(
        boys, x="age", y="height", units="Subject", estimator=None, color=plots.COLOURS["data"], lw=0.9, ax=ax
    )
    one = smf.ols("height ~ age", data=boys).fit()
    ends = pd.DataFrame({"age": [-1.0, 1.0]})
    ax.plot(ends["age"], one.predict(ends), "--", color=plots.COLOURS["complete"], lw=2.5)
    ax.set(xlabel="age (standardised)", ylabel="height (cm)")
show(
    fig,
    f"Heights of {wide.shape[0]} boys on {wide.shape[1]} occasions, one line each, roughly parallel and "
    f"{wide.iloc[:, 0].max() - wide.iloc[:, 0].min():.0f} cm apart at the start. The dashed least-squares line through all "
    f"points rises by {one.params['age']:.2f} cm per unit of age.",
)

# %% [markdown]
# One line through all {{234 = len(boys) | d}} points: {{149.37 = one.params["Intercept"] | .2f}} cm at the middle age,
# and {{6.52 = one.params["age"] | .2f}} cm more per unit of age. It explains {{21.5 = 100 * one.rsquared | .1f}} percent of
# the variance ($R^2$ = {{.215 = f"{one.rsquared:.3f}"[1:] | s}}), and its standard error of the slope is {{0.82 = one.bse["age"] | .2f}}. But look at
# the spaghetti: every boy grows, and by amounts that are not far apart. Who doubts that?
#
# Only the one line does. `age` varies inside the boys, so it is the second direction: the heights of the boys, which
# cancel in the comparison, are counted as noise. Give each boy a height of his own, and most of the doubt is gone. That is
# what the model of this course does (lesson 02 explains the formula):

# %%
own_height = ht.lmm("height ~ age + (1 | Subject)", boys)
print(own_height.summary())

# %% [markdown]
# The slope is the same, {{6.524 = own_height.fixef["age"] | .3f}} cm, with a standard error of
# {{0.133 = own_height.fixef_se["age"] | .3f}} instead of {{0.817 = one.bse["age"] | .3f}}: six times as sure. The mean
# height is the same, too, {{149.37 = own_height.fixef["Intercept"] | .2f}} cm, but here the doubt has *grown*, from
# {{0.53 = one.bse["Intercept"] | .2f}} to {{1.59 = own_height.fixef_se["Intercept"] | .2f}}: for a mean of boys there are
# {{26 = boys["Subject"].nunique() | d}} boys and not {{234 = len(boys) | d}}. Both directions, in one table. Boys differ
# with an SD of {{8.10 = own_height.varcorr["Subject"].sd["Intercept"] | .2f}} cm, the measurements of one boy around
# his line with {{1.31 = own_height.sigma | .2f}} cm, so, age apart, two measurements of one boy are correlated at
# {{0.974 = boys_icc | .3f}}.
#
# Now the sceptic's question: is *six times as sure* too good to be true? It is. This model gives each boy a height of his own
# but the same growth to all, and the lines in the picture are not that parallel. Let the growth differ too, and the
# standard error is {{0.336 = own_growth.fixef_se["age"] | .3f}}: still less than half of the one line's, but two and a half times as
# large as a moment ago. How sure a model is depends on which differences it allows; lesson 06 is about these.

# %%
own_growth = ht.lmm("height ~ age + (1 + age | Subject)", boys)
print(f"a growth of his own for each boy: standard error {own_growth.fixef_se['age']:.3f}")
tau_boys = own_height.varcorr["Subject"].sd["Intercept"]
boys_icc = tau_boys**2 / (tau_boys**2 + own_height.sigma**2)
theirs = smf.mixedlm("height ~ age", data=boys, groups="Subject").fit()
print(f"statsmodels' MixedLM: slope {theirs.params['age']:.3f}, standard error {theirs.bse['age']:.3f}")

# %% [markdown]
# ## The wrong analysis: six people as eighty-three recordings
#
# Back to the voices, with both questions in one regression of {{83 = len(voices) | d}} rows. Beside it stands a model that knows
# both kinds of groups: speakers have a pitch of their own, and so have the seven scenarios (asking for a favour,
# excusing for a mistake, and so on), which every speaker met. Speakers and scenarios are crossed; lesson 10 comes
# back to that.

# %% tags=["wrong-analysis"]
knows = ht.lmm("frequency ~ attitude + gender + (1 | subject) + (1 | scenario)", voices)
both = pd.DataFrame(
    {
        "estimate, one line": plain.params,
        "SE, one line": plain.bse,
        "estimate, both groups": knows.fixef,
        "SE, both groups": knows.fixef_se,
    }
)
sd_subject, sd_scenario = (knows.varcorr[g].sd["Intercept"] for g in ("subject", "scenario"))
print(
    f"SD of speakers {sd_subject:.2f} Hz, of scenarios {sd_scenario:.2f} Hz, of one recording {knows.sigma:.2f} Hz"
)
both.round(2)

# %% [markdown]
# The estimates hardly differ. Read the standard errors.
#
# - `gender` belongs to the speakers. One line is sure to {{7.8 = plain.bse["gender[T.M]"] | .1f}} Hz; the model that
#   knows the speakers gives the difference of {{−108.51 = knows.fixef["gender[T.M]"] | .2f}} Hz between men and women a standard
#   error of {{21.01 = knows.fixef_se["gender[T.M]"] | .2f}} Hz. It rests on six people. **Too small by a factor of
#   {{2.7 = knows.fixef_se["gender[T.M]"] / plain.bse["gender[T.M]"] | .1f}}.**
# - `attitude` varies inside the speakers. One line is sure of the {{−19.72 = knows.fixef["attitude[T.polite]"] | .2f}} Hz to
#   {{7.8 = plain.bse["attitude[T.polite]"] | .1f}} Hz; with the speakers' and scenarios' levels taken out it is
#   {{5.58 = knows.fixef_se["attitude[T.polite]"] | .2f}} Hz. **Too large.**
#
# So the first printout claims most about that on which it knows least. The mean pitch of the women at informal
# requests is {{256.85 = knows.fixef["Intercept"] | .2f}} Hz, known to {{16.12 = knows.fixef_se["Intercept"] | .2f}} Hz.
# Speakers differ with an SD of {{24.81 = sd_subject | .2f}} Hz around the mean of their gender, scenarios with
# {{14.81 = sd_scenario | .2f}}, single recordings with {{25.41 = knows.sigma | .2f}}.
#
# Is politeness real? Fit the model with and without it, by maximum likelihood, and compare (lesson 05 says how
# and why): twice the difference of the log-likelihoods is {{11.62 = lr | .2f}}, and that much or more happens by chance about
# {{7 = 10_000 * stats.chi2.sf(lr, 1) | .0f}} times in ten thousand. For gender there is a simpler way, which anybody can check. The units
# are the speakers, so make one row for each:

# %%
with_attitude, without = (
    ht.lmm(f"frequency ~ {fixed} + (1 | subject) + (1 | scenario)", voices, method="ML")
    for fixed in ("attitude + gender", "gender")
)
lr = without.criterion - with_attitude.criterion
people = voices.groupby("subject").agg(frequency=("frequency", "mean"), gender=("gender", "first"))
six = smf.ols("frequency ~ gender", data=people).fit()
pd.DataFrame({"estimate": six.params, "SE, six rows": six.bse}).round(1)

# %% [markdown]
# Six rows, four degrees of freedom, a difference of {{−108.4 = six.params["gender[T.M]"] | .1f}} Hz with a standard error of
# {{20.9 = six.bse["gender[T.M]"] | .1f}}: nearly what the model with both groups said. With groups of equal size (here but for
# one recording), the analysis of the group means is the right one for a variable of the groups. It throws nothing away that matters for this
# question. But it cannot say anything about `attitude`, and it does not know that a mean of two recordings is less sure
# than a mean of forty. The multilevel model does both at once, and that is where the course goes from here.

# %% [markdown] exercise="too_careful" concepts=[8]
# ### Your turn: make data for which one line is too careful
#
# Make a DataFrame `too_careful` with the columns `group`, `x` and `y`: at least six groups, at least four rows in each.
# The slope of one line through all rows and the slope with an intercept for each group should agree to a tenth; but the
# standard error of the one line should be at least twice the other one. The points must not lie exactly on lines.

# %% exercise="too_careful"
too_careful = ...
### BEGIN SOLUTION
noise = [0.3, -0.2, -0.3, 0.2]  # adds up to zero in each group, and does not tilt it
too_careful = pd.DataFrame(
    {
        "group": np.repeat(list("abcdef"), 4),
        "x": np.tile([1.0, 2.0, 3.0, 4.0], 6),
        "y": np.tile([1.0, 2.0, 3.0, 4.0], 6) + np.repeat([0, 10, 20, 30, 40, 50], 4) + np.tile(noise, 6),
    }
)
### END SOLUTION

# %% [markdown] exercise="treatment_se" concepts=[6, 7]
# ### Your turn: a treatment of classes
#
# `my_classes` holds twelve classes of nine pupils each, drawn for you alone; five whole classes were treated. Regress
# the *class means* of `score` on `treated` and store the standard error of the effect, in points, in
# `treatment_se`. Two decimals are enough.

# %% exercise="treatment_se"
treatment_se = ...
### BEGIN SOLUTION
my_means = my_classes.groupby("class").agg(score=("score", "mean"), treated=("treated", "first"))
treatment_se = smf.ols("score ~ treated", data=my_means).fit().bse["treated"]
### END SOLUTION

# %% [markdown] exercise="find_the_flaw" concepts=[7, 8]
# ### Your turn: find the flaw
#
# > *We threw a coin for each of eight teachers; four taught by the new method, four by the old. At the end of the year
# > their two hundred pupils took a test. Pupils taught by the new method scored four points higher. A t test on the two
# > hundred scores gives p = `0.004`. We conclude that the new method works.*
#
# - Which one flaw ruins the conclusion (`flaw`)? `"the teachers were not drawn at random"`,
#   `"the standard error counts pupils, but teachers were assigned"`,
#   `"a difference of four points is too small to matter"`,
#   `"an interval should have been given instead of a p-value"`.
# - What follows from it (`consequence`)? `"the difference is biased"`, `"the report is too sure"`,
#   `"the report is too careful"`.
# - What would have helped most (`remedy`)? `"more teachers"`, `"more pupils per teacher"`, `"a dummy for each teacher"`.

# %% exercise="find_the_flaw"
find_the_flaw = {"flaw": ..., "consequence": ..., "remedy": ...}
### BEGIN SOLUTION
find_the_flaw = {
    "flaw": "the standard error counts pupils, but teachers were assigned",
    "consequence": "the report is too sure",
    "remedy": "more teachers",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - A least-squares line is arithmetic; its standard error assumes that every row is separate news.
# - Groups unrelated to $x$ leave the slope alone and spoil the standard error: too small for a variable of the groups,
#   too large for one that varies inside them.
# - For a mean, or an $x$ of the groups, clustered rows are worth $Jn / (1 + (n-1)\rho)$ independent ones.
# - Cluster-robust errors repair both directions, given many groups. Six are not many.
# - If groups and $x$ go together, the slope itself is off, and no standard error helps.
# - Look at each level before you fit.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapters 3 and 4 for least
#   squares, chapter 11 for grouped data and its names.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 1 for standard errors and units; chapter 6 for growth.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 2 for what goes wrong when groups are ignored, chapter 3 for the
#   design effect.
# - Winter (2013), a tutorial on mixed models in R with the voices: `256.85`, `−19.72` and `−108.52` Hz are printed there; our
#   arranged rows give them to a hundredth (`ht.card("politeness")`).
