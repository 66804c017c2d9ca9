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
# # Lesson 07: Predictors at two levels
#
# Pupils from better-off families score higher in mathematics. By how many points for each unit of socio-economic status, `ses`?
# One line through all {{7185 = len(hsb) | d}} pupils of the HSB data says {{3.18 = one_line.params["ses"] | .2f}}, the multilevel model
# {{2.39 = raw.fixef["ses"] | .2f}}, and a line through the means of the {{160 = len(means) | d}} schools
# {{5.91 = on_means.params["ses"] | .2f}}. Same pupils, same two columns. Which one is the effect of `ses`?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_schools = assignment_data("ps07", student=STUDENT)

# %%
import warnings

import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import GroupPredictors, Prediction, WithinBetween

hsb = ht.load("hsb")
means = hsb.groupby("school")[["ses", "math"]].mean()
one_line = smf.ols("math ~ ses", data=hsb).fit()
on_means = smf.ols("math ~ ses", data=means).fit()
raw = ht.lmm("math ~ ses + (1 | school)", hsb)
inside = ht.lmm("math ~ cses + (1 | school)", hsb)  # cses: ses minus the mean of the school

# %%
slope, steep, flat = inside.fixef["cses"], on_means.params, one_line.params
at = np.array([-1.2, 0.9])
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 4.2), layout="constrained")
    sns.scatterplot(hsb.iloc[::3], x="ses", y="math", s=6, color=plots.COLOURS["faint"], ec=None, ax=ax)
    for _school, m in means[::2].iterrows():
        near = m["ses"] + np.array([-0.2, 0.2])
        height = m["math"] + slope * (near - m["ses"])
        (one,) = ax.plot(near, height, color=plots.COLOURS["none"], lw=1.2, alpha=0.8)
    one.set_label("a school: slope inside")
    height = steep["Intercept"] + steep["ses"] * at
    ax.plot(at, height, color=plots.COLOURS["line"], lw=2.5, label="line through the school means")
    height = flat["Intercept"] + flat["ses"] * at
    ax.plot(at, height, "--", color=plots.COLOURS["complete"], lw=2.5, label="line through all pupils")
    ax.set(xlabel="ses", ylabel="mathematics (points)", xlim=(-2.6, 2.0), ylim=(-3, 30))
    ax.legend(loc="upper left", ncols=1)
show(
    fig,
    f"Mathematics on ses: a cloud of pupils; short lines, one for every second school, that rise by {slope:.2f} "
    f"points per unit; a steep line through the school means, slope {steep['ses']:.2f}; a dashed line through "
    f"all pupils, slope {flat['ses']:.2f}, between the two.",
)

# %% [markdown]
# Each short line is a school (every second one is shown, and every third pupil), drawn at its mean with the slope *inside* schools. The steep line goes through the school means. The
# dashed line, through all pupils, lies between, because it answers two questions at once.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **separate** the slope within groups from the slope between them, and **say** which question each one answers;
# - **explain** what a multilevel model with the raw predictor reports, and **repair** it with one more column;
# - **use** a predictor of groups: shrink to a line, read what is left of $\tau$, and **explain** why $\tau$ can rise;
# - **predict** slopes by a predictor of groups, and **count** the sample size at the right level;
# - **choose** a centring on purpose, and **refuse** conclusions from one level about the other.
#
# You need lessons 03 to 06. Allow seventy minutes, in two sittings if you like: the second begins with "A predictor of groups".
# There are six tasks.

# %%
review("07")

# %% [markdown] concepts=[48]
# ## By hand first: three schools, nine pupils
#
# A predictor such as `ses` or `hours` differs from row to row: it is a **predictor of rows**, of level one. But its *mean* differs from
# school to school, so the same column holds a second variable, of level two. Here are nine pupils, their hours of homework and
# their scores.

# %%
nine = pd.DataFrame(
    {
        "school": np.repeat(["A", "B", "C"], 3),
        "hours": [1.0, 2, 3, 2, 3, 4, 3, 4, 5],
        "score": [58.0, 60, 62, 55, 57, 59, 52, 54, 56],
    }
)
centres = nine.groupby("school")[["hours", "score"]].mean()
from_mean = nine[["hours", "score"]] - centres.loc[nine["school"]].to_numpy()
nine_within = (from_mean["hours"] * from_mean["score"]).sum() / (from_mean["hours"] ** 2).sum()
to_centre = centres - centres.mean()
nine_between = (to_centre["hours"] * to_centre["score"]).sum() / (to_centre["hours"] ** 2).sum()
S_within, S_between = (from_mean["hours"] ** 2).sum(), 3 * (to_centre["hours"] ** 2).sum()
nine_total = smf.ols("score ~ hours", data=nine).fit().params["hours"]
centres

# %% [markdown] concepts=[52, 54]
# **Within.** Subtract from each pupil the means of the school. What is left in every school is one pupil at the centre, one an hour below
# with {{2 = -from_mean["score"].min() | .0f}} points less, and one an hour above with as many more:
# {{2 = nine_within | .0f}} points for an hour more. In every school, who does more scores higher.
#
# **Between.** Take the three means. From A to C the hours go up by {{2 = np.ptp(centres["hours"]) | .0f}} and the scores down by
# {{6 = np.ptp(centres["score"]) | .0f}}: {{−3 = nine_between | .0f}} points for an hour. Schools that give more homework score lower.
# (Perhaps weaker schools give more.)
#
# **All nine at once.** Least squares weighs the two slopes by where the hours differ. The squared distances inside the schools
# add up to {{6 = S_within | .0f}}, those of the means, each counted for three pupils, to {{6 = S_between | .0f}} as well. So the
# weights are one half each:
#
# $$ \frac{ {{6 = S_within | .0f}} \times {{2 = nine_within | .0f}} + {{6 = S_between | .0f}} \times ({{−3 = nine_between | .0f}}) }{ {{12 = S_within + S_between | .0f}} } = {{−0.5 = nine_total | .1f}} . $$
#
# One line through all pupils says that homework hurts, although in each school it goes with *more* points. A slope that changes its sign when
# groups are taken into account is called [Simpson's paradox](glossary.md#simpson-s-paradox). Nothing paradoxical
# happened: two questions have two answers, and {{−0.5 = nine_total | .1f}} is the answer to neither. The two have names, the
# [within-group effect](glossary.md#within-group-effect) and the [between-group effect](glossary.md#between-group-effect).

# %% [markdown] exercise="two_slopes" concepts=[52]
# ### Your turn: two slopes from one column
#
# Write `two_slopes(y, x, group)` for groups of equal size. The arguments are arrays with an entry for each row. Return a dict
# with the keys `"within"` and `"between"`.


# %% exercise="two_slopes"
def two_slopes(y, x, group):
    """Return the slope within groups and the slope between their means."""
    ### BEGIN SOLUTION
    rows = pd.DataFrame({"y": y, "x": x})
    by = rows.groupby(np.asarray(group))
    off = rows - by.transform("mean")
    centre = by.mean()
    centre = centre - centre.mean()
    return {
        "within": (off["x"] * off["y"]).sum() / (off["x"] ** 2).sum(),
        "between": (centre["x"] * centre["y"]).sum() / (centre["x"] ** 2).sum(),
    }
    ### END SOLUTION


# %% [markdown] exercise="reversed_slopes" concepts=[54]
# ### Your turn: make a paradox
#
# Make a DataFrame `reversed_slopes` with the columns `group`, `x` and `y`: four groups or more, three rows or more in each. In *every* group
# the least-squares slope should be one or more, and the line through all rows should fall by one or more per unit of $x$.

# %% exercise="reversed_slopes"
reversed_slopes = ...
### BEGIN SOLUTION
place = np.repeat([0.0, 3.0, 6.0, 9.0], 3)
step = np.tile([-1.0, 0.0, 1.0], 4)
reversed_slopes = pd.DataFrame(
    {"group": np.repeat(list("abcd"), 3), "x": place + step, "y": 50 - 3 * place + 2 * step}
)
### END SOLUTION

# %% [markdown]
# ## One coefficient for two questions
#
# Now the schools. Inside them a unit of `ses` goes with {{2.19 = inside.fixef["cses"] | .2f}} points; the means rise by
# {{5.91 = on_means.params["ses"] | .2f}} per unit. The line through all pupils weighs by where `ses` differs:
# {{72 = 100 * (1 - share_between) | .0f}} percent of its variance lies inside schools. What does the multilevel model with `ses`
# alone make of it? Commit to an answer in the widget. Then choose "Reversal", and move the ICC of $x$: the
# two slopes stay, and both mixtures wander from one to the other.

# %%
share_between = ((means["ses"].loc[hsb["school"]] - hsb["ses"].mean()) ** 2).sum() / (
    (hsb["ses"] - hsb["ses"].mean()) ** 2
).sum()
two_questions = WithinBetween("hsb")
by_size = two_questions.fit.between_by_size
two_questions

# %% [markdown] concepts=[52]
# It says {{2.39 = raw.fixef["ses"] | .2f}}: also a mixture, with other weights. The model knows that schools differ for many
# reasons, so the comparison of means is a noisy witness, and it weighs both witnesses by their
# [precision](glossary.md#precision). We can check that. Fit the two slopes separately, at the same $\tau$ and $\sigma$ that the raw fit
# found, and average them by hand:

# %%
both = ht.lmm("math ~ cses + mean_ses + (1 | school)", hsb)
same = both.at(raw.theta)  # the same tau/sigma as in the raw fit
precision = 1 / same.fixef_se[["cses", "mean_ses"]] ** 2
weight = precision / precision.sum()
mixture = (weight * same.fixef[["cses", "mean_ses"]]).sum()
print(f"slopes {same.fixef['cses']:.3f}, {same.fixef['mean_ses']:.3f}")
print(f"weights {weight['cses']:.3f}, {weight['mean_ses']:.3f}")
print(f"average {mixture:.6f}, raw slope {raw.fixef['ses']:.6f}")

# %% [markdown]
# $$ {{0.946 = weight["cses"] | .3f}} \times {{2.191 = same.fixef["cses"] | .3f}} + {{0.054 = weight["mean_ses"] | .3f}} \times {{5.882 = same.fixef["mean_ses"] | .3f}} = {{2.390 = raw.fixef["ses"] | .3f}} $$
#
# Exactly the raw slope. So "the multilevel model gives the effect within schools" is nearly true here, by luck: the schools are large
# ({{45 = len(hsb) / len(means) | .0f}} pupils) and differ a lot. With three pupils in a group, or a small $\tau$, the weights move toward
# those of the one line. The mixture is the answer to a question only if the two slopes are the same. Are they?

# %% [markdown] concepts=[53]
# ## The repair: put the group mean in
#
# Give each question its own column. There are two ways to write it, and they are one model:
#
# | columns | coefficient of the pupil's column | coefficient of `mean_ses` |
# |---|---|---|
# | `cses + mean_ses` | within, {{2.191 = both.fixef["cses"] | .3f}} | between, {{5.866 = both.fixef["mean_ses"] | .3f}} |
# | `ses + mean_ses` | within, {{2.191 = context.fixef["ses"] | .3f}} | between minus within, {{3.675 = context.fixef["mean_ses"] | .3f}} |
#
# The last number is the [contextual effect](glossary.md#contextual-effect). Read the three aloud:
#
# - **within**: two pupils of *one* school, a unit of `ses` apart, differ by {{2.19 = both.fixef["cses"] | .2f}} points on average;
# - **between**: two *schools* whose means lie a unit apart differ by {{5.87 = both.fixef["mean_ses"] | .2f}} points in their means;
# - **contextual**: two pupils with the *same* `ses`, in schools whose means lie a unit apart, differ by
#   {{3.68 = context.fixef["mean_ses"] | .2f}} points (ninety-five percent interval {{2.93 = interval["lower"] | .2f}} to
#   {{4.42 = interval["upper"] | .2f}}).
#
# A unit is a long way for schools: their means have an SD of {{0.41 = means["ses"].std() | .2f}}. One SD of schools goes with
# {{1.5 = context.fixef["mean_ses"] * means["ses"].std() | .1f}} points for the same pupil.
#
# So which one is the effect of `ses`? These three numbers answer three questions. The {{3.18 = one_line.params["ses"] | .2f}} and the
# {{2.39 = raw.fixef["ses"] | .2f}} from the top answer none.
#
# (Why {{5.87 = both.fixef["mean_ses"] | .2f}} and not the {{5.91 = on_means.params["ses"] | .2f}} from the top? That line counts each school once. The
# widget counts each by its pupils, and has {{5.72 = by_size | .2f}}; the model weighs by precision, which lies between. All three estimate
# the same slope.)

# %%
context = ht.lmm("math ~ ses + mean_ses + (1 | school)", hsb)
dummies = smf.ols("math ~ ses + C(school)", data=hsb).fit()
theirs = smf.mixedlm("math ~ ses + mean_ses", data=hsb, groups="school").fit()
gap = np.abs(theirs.fe_params - context.fixef).max()
print(f"dummies, least squares: {dummies.params['ses']:.6f} ({dummies.bse['ses']:.4f})")
print(f"with the school mean:   {context.fixef['ses']:.6f} ({context.fixef_se['ses']:.4f})")
print(f"largest difference from statsmodels' mixedlm: {gap:.0e}")
interval = context.confint(method="satterthwaite").loc["mean_ses"]
test = raw.anova(context)
test

# %% [markdown]
# **The same slope as with dummies**, to the last digit printed. A dummy for each school
# ([LSDV](glossary.md#least-squares-dummy-variables), which econometrics calls the fixed-effects estimate) takes all differences between schools
# away. The group mean takes away just the part of them that has to do with `ses`, and that part was the trouble.
# Mundlak found this in 1978. His device also goes by the name of *correlated random effects*.
#
# **What had gone wrong in the raw model** is an assumption, *exogeneity*: $u_j$, all that makes a school better or worse, has
# nothing to do with the predictors. But schools with a high mean `ses` are better than their pupils' `ses` explains. With the mean in the
# model, the rest of $u_j$ is at least not related to *that*. The test says that the raw model is no rival: dropping the column costs
# {{77.2 = test.statistic | .1f}} in deviance, on one degree of freedom. (It plays the role of the Hausman test of lesson 04.)
#
# **What it does not repair.** Something of schools that goes with `mean_ses`, such as better teachers, is now inside the
# {{3.68 = context.fixef["mean_ses"] | .2f}}. And something of *pupils* that goes with `cses`, such as help at home, is inside the
# {{2.19 = context.fixef["ses"] | .2f}}. "Effect" is a name for a difference; a cause needs a design.

# %% [markdown] concepts=[51]
# ## Centring on purpose
#
# Four ways to write `ses`, four fits. [Grand-mean centring](glossary.md#grand-mean-centring) subtracts one number from all pupils, usually
# their mean. (Here that is zero already, so we take the mean of the Catholic schools' pupils, to see something move.)
# [Group-mean centring](glossary.md#group-mean-centring) subtracts from each pupil the mean of the school.

# %%
origin = hsb.loc[hsb["sector"] == "Catholic", "ses"].mean()
hsb["gses"] = hsb["ses"] - origin
codings = {
    "ses": raw,
    "ses - one number": ht.lmm("math ~ gses + (1 | school)", hsb),
    "ses - school mean": inside,
    "both columns": both,
}
centring = pd.DataFrame(
    {
        name: {
            "intercept": f.fixef["Intercept"],
            "slope of the pupil's column": f.fixef.iloc[1],
            "tau²": f.varcorr["school"].sd["Intercept"] ** 2,
            "sigma²": f.sigma**2,
            "deviance (ML)": f.refit("ML").criterion,
        }
        for name, f in codings.items()
    }
)
centring.round(3)

# %% [markdown]
# - **One number for all** moves the intercept, from {{12.66 = centring.loc["intercept", "ses"] | .2f}} to
#   {{13.02 = centring.loc["intercept", "ses - one number"] | .2f}}: the expected score now belongs to another pupil. Slope, $\tau$ and deviance stay.
#   (With varying slopes it also moves $\tau$ of the intercepts and the correlation, lesson 06.)
# - **The school's own mean** changes the *model*. The slope is another, the deviance is another, and $\tau^2$ jumps from
#   {{4.77 = centring.loc["tau²", "ses"] | .2f}} to {{8.67 = centring.loc["tau²", "ses - school mean"] | .2f}}. For `cses` has the same mean in all schools, so
#   nothing is adjusted: the intercept of a school is its plain mean. Whoever wants to compare schools *given* their intake has just lost the adjustment.
# - **Both columns** keep all: the slope within, the slope between, and the smallest $\tau^2$.
#
# So centring by group is not cosmetic. Without the group mean beside it, it throws the comparison of schools away.

# %% [markdown] exercise="match_the_slopes" concepts=[51, 52, 53]
# ### Your turn: match the slopes to the questions
#
# Choose for each blank one of its options, word for word. All are about `math` and `ses` in the HSB schools.
#
# - The `2.39` of `math ~ ses + (1 | school)` is ___ (`raw_slope`): `"the effect of ses within schools"`,
#   `"the effect of a school's mean ses"`, `"a weighted mean of the slopes within and between"`.
# - Two pupils of one school, one unit of `ses` apart, differ on average by ___ (`schoolmates`): `"2.19"`, `"2.39"`, `"5.87"`.
# - The means of two schools, whose mean `ses` is one unit apart, differ by ___ (`two_schools`): `"2.39"`, `"3.68"`, `"5.87"`.
# - Two pupils with the same `ses`, in two such schools, differ by ___ (`same_ses`): `"2.19"`, `"3.68"`, `"5.87"`.
# - Put `cses` in the place of `ses` in `math ~ ses + (1 | school)`, without `mean_ses`.
#   What changes its meaning is ___ (`centred`): `"nothing but the intercept"`, `"the slope, and tau"`, `"only the standard errors"`.

# %% exercise="match_the_slopes"
match_the_slopes = {"raw_slope": ..., "schoolmates": ..., "two_schools": ..., "same_ses": ..., "centred": ...}
### BEGIN SOLUTION
match_the_slopes = {
    "raw_slope": "a weighted mean of the slopes within and between",
    "schoolmates": "2.19",
    "two_schools": "5.87",
    "same_ses": "3.68",
    "centred": "the slope, and tau",
}
### END SOLUTION

# %% [markdown] concepts=[56]
# ## What dummies cannot tell
#
# Dummies give the within slope. Why not stay with them? Because some questions are about schools. Does it matter whether a school is Catholic or
# public, `sector`? Ask the dummies, in twenty of the schools (to save time), and ask them twenty times: each school may be the reference once,
# the one without a dummy. That should change nothing.

# %% tags=["warns"]
twenty = hsb[hsb["school"].isin(means.index[::8])]
first, *others = twenty["school"].unique()


def with_reference(school):
    """Return what the dummies say if this school is the one without a dummy."""
    fit = smf.ols(f"math ~ cses + sector + C(school, Treatment('{school}'))", data=twenty).fit()
    sector = "sector[T.Catholic]"
    return {"cses": fit.params["cses"], "sector": fit.params[sector], "its standard error": fit.bse[sector]}


answers = {first: with_reference(first)}
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the same warning nineteen times more
    answers |= {school: with_reference(school) for school in others}
answers = pd.DataFrame(answers).T.rename_axis("reference").sort_values("sector")
answers.iloc[[0, 1, 10, 18, 19]].round(2)

# %% [markdown]
# The slope of `cses` is {{1.87 = answers["cses"].iloc[0] | .2f}} every time. The effect of the sector is anything from
# {{−3.54 = answers["sector"].min() | .2f}} to {{7.18 = answers["sector"].max() | .2f}}, each time with a standard error of
# {{0.7 = answers["its standard error"].min() | .1f}} to {{1.3 = answers["its standard error"].max() | .1f}}. The red line says why: the matrix is *rank-deficient*. An intercept and nineteen dummies explain *any* variable of these
# schools completely, so there are infinitely many equally good solutions, and the program shows one of them. (R drops one of the columns,
# prints `NA` for it, and gives numbers for the rest that are no better.) What is constant inside groups, such as the mean `ses` or the sector, or in a panel all that does not change with
# time, cannot be estimated beside a dummy for each group. The multilevel model can, because its schools come from a distribution: what the sectors
# differ by is held against how much schools differ anyway.

# %% [markdown] concepts=[49]
# ## A predictor of groups: shrink to a line
#
# In lesson 03 the counties of Minnesota were pulled to one number. But geologists know how much uranium lies in the soil of each county, and
# radon comes from uranium. Then counties are exchangeable only *given* their uranium, and the target becomes a line:
#
# $$ y_i \sim N(\alpha_{j[i]}, \sigma^2), \qquad \alpha_j = \gamma_0 + \gamma_1\,\text{uranium}_j + u_j, \qquad u_j \sim N(0, \tau^2). $$
#
# The deviation $u_j$ is now taken from the line. Only the target is new: the weights are those of lesson 03, with the $\tau$ that remains around the line.

# %%
radon = ht.load("radon")
counties = radon.groupby("county").agg(
    n=("log_radon", "size"), own=("log_radon", "mean"), uranium=("log_uranium", "first")
)
to_mean = ht.lmm("log_radon ~ 1 + (1 | county)", radon)
to_line = ht.lmm("log_radon ~ log_uranium + (1 | county)", radon)
counties["to the mean"] = to_mean.fixef["Intercept"] + to_mean.ranef["county"]["Intercept"]
line = to_line.fixef["Intercept"] + to_line.fixef["log_uranium"] * counties["uranium"]
counties["to the line"] = line + to_line.ranef["county"]["Intercept"]
change = pd.DataFrame(
    {
        "tau": [f.varcorr["county"].sd["Intercept"] for f in (to_mean, to_line)],
        "sigma": [f.sigma for f in (to_mean, to_line)],
    },
    index=["no predictor", "uranium"],
)
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.7), layout="constrained", sharex=True, sharey=True)
    for ax, name in zip(axes, ("to the mean", "to the line"), strict=True):
        ax.scatter(
            counties["uranium"],
            counties["own"],
            s=4 + 3 * counties["n"],
            facecolors="none",
            edgecolors=plots.COLOURS["none"],
            label="county mean, area by houses",
        )
        ax.plot(
            counties["uranium"], counties[name], "D", ms=4, color=plots.COLOURS["partial"], label="estimate"
        )
        at = np.array([counties["uranium"].min(), counties["uranium"].max()])
        height = (
            to_line.fixef["Intercept"] + to_line.fixef["log_uranium"] * at
            if name == "to the line"
            else np.full(2, to_mean.fixef["Intercept"])
        )
        ax.plot(at, height, color=plots.COLOURS["line"], lw=1.5)
        ax.set(title=f"Shrunk {name}", xlabel="log uranium", ylabel="log radon" if ax is axes[0] else "")
    axes[0].legend(loc="upper left", handletextpad=0.2, borderaxespad=0)

# %% tags=["predict"]
Prediction(
    "Uranium, which is the same for all houses of a county, enters the model. What happens to tau and to sigma?",
    ["both fall", "tau falls, sigma stays nearly the same", "sigma falls, tau stays nearly the same"],
    answer=["both", "tau", "sigma"].index(
        "both"
        if (change.iloc[1] < 0.9 * change.iloc[0]).all()
        else "tau"
        if change["tau"].iloc[1] < 0.9 * change["tau"].iloc[0]
        else "sigma"
    ),
    because="A variable that is the same for all houses of a county cannot tell those houses apart. It tells counties apart.",
    figure=fig,
    alt=f"Two plots of {len(counties)} county means against uranium. Left the estimates are pulled to a level of "
    f"{to_mean.fixef['Intercept']:.2f}; right to a line with the slope {to_line.fixef['log_uranium']:.2f}, and much closer to it: tau is "
    f"{change['tau'].iloc[0]:.2f} on the left and {change['tau'].iloc[1]:.2f} on the right.",
)

# %% [markdown] concepts=[49]
# $\hat\tau$ falls from {{0.31 = change["tau"].iloc[0] | .2f}} to {{0.12 = change["tau"].iloc[1] | .2f}}, and $\hat\sigma$ stays at
# {{0.80 = change["sigma"].iloc[1] | .2f}}. With less left between counties, each is pulled *harder*, but to a better place. Take a county
# of three houses: {{ISANTI = told | s}}, with a mean of {{1.06 = counties.loc[told, "own"] | .2f}} and little uranium,
# {{−0.75 = counties.loc[told, "uranium"] | .2f}} on the log scale. Pulled to the mean it is estimated at {{1.23 = counties.loc[told, "to the mean"] | .2f}}, pulled to the
# line at {{0.81 = counties.loc[told, "to the line"] | .2f}}. The weight on its own houses has gone from {{0.31 = keeps[0] | .2f}} to
# {{0.06 = keeps[1] | .2f}}: what the soil says outvotes three readings. In the pseudo-$R^2$ of lesson 04, level by level, uranium explains
# {{85 = 100 * gain.between["county"] | .0f}} percent of the variance between counties and {{−0.6 = 100 * gain.within | .1f}} percent of that
# between houses of one county.
#
# The slope $\gamma_1$ is {{0.72 = to_line.fixef["log_uranium"] | .2f}}, on two log scales: one percent more uranium goes with about
# {{0.72 = to_line.fixef["log_uranium"] | .2f}} percent more radon.
#
# The widget asks whose estimates move more when uranium enters, those of small counties or of large ones. Then choose the simulated groups and set the share that their predictor explains (the first dial; the widget writes $u$ for a predictor, as Gelman and Hill do) to zero and to one. Which groups follow the line, and what happens to $\tau$?

# %%
told = (counties["to the line"] - counties["to the mean"])[counties["n"] == 3].abs().idxmax()
gain = to_line.r2_by_level(to_mean)
keeps = [ht.reliability(s / np.sqrt(3), t) for t, s in change.to_numpy()]
GroupPredictors("radon")

# %% [markdown] exercise="shrink_to_line" concepts=[49]
# ### Your turn: shrink to a line
#
# Write `shrink_to_line(y, se, x, gamma0, gamma1, tau)`: the estimates of groups with the means `y`, their standard errors `se` and the predictor
# `x`, arrays with an entry for each group, where the line and `tau` are known.


# %% exercise="shrink_to_line"
def shrink_to_line(y, se, x, gamma0, gamma1, tau):
    """Return the estimate of each group."""
    ### BEGIN SOLUTION
    keep = tau**2 / (tau**2 + se**2)
    return keep * y + (1 - keep) * (gamma0 + gamma1 * x)
    ### END SOLUTION


# %% [markdown] concepts=[50]
# ## What is left of tau, and why it can rise
#
# With predictors in the model, $\tau$ is the spread of the groups *given* the predictors. A predictor of groups makes it smaller (or at most a
# little larger, by chance). A predictor of rows can do anything. Here are radon and mathematics, a step at a time;
# `floor` is one for a measurement on the first floor, zero in the basement.

# %%
radon["cfloor"] = radon["floor"] - radon.groupby("county")["floor"].transform("mean")
steps = {
    ("radon", "nothing"): to_mean,
    ("radon", "floor, centred by county"): ht.lmm("log_radon ~ cfloor + (1 | county)", radon),
    ("radon", "floor"): ht.lmm("log_radon ~ floor + (1 | county)", radon),
    ("radon", "floor, uranium"): ht.lmm("log_radon ~ floor + log_uranium + (1 | county)", radon),
    ("mathematics", "nothing"): ht.lmm("math ~ 1 + (1 | school)", hsb),
    ("mathematics", "cses"): inside,
    ("mathematics", "ses"): raw,
    ("mathematics", "cses, mean_ses"): both,
}
left = pd.DataFrame(
    {
        name: {"tau²": next(iter(f.varcorr.values())).sd.iloc[0] ** 2, "sigma²": f.sigma**2}
        for name, f in steps.items()
    }
).T
left.rename_axis(["", "predictors"]).round(4)

# %% [markdown] concepts=[50]
# In radon, `floor` makes $\tau^2$ *rise*, from {{0.096 = left.loc[("radon", "nothing"), "tau²"] | .3f}} to
# {{0.108 = left.loc[("radon", "floor"), "tau²"] | .3f}}; with uranium it falls to {{0.024 = left.loc[("radon", "floor, uranium"), "tau²"] | .3f}}. In
# mathematics `cses` makes it rise a little, `ses` makes it fall. Two things happen when a predictor of rows enters.
#
# **First**, $\sigma^2$ falls. Group means spread by $\tau^2 + \sigma^2/n$, and what the smaller $\sigma^2/n$ no longer explains goes to $\tau^2$ (lesson
# 04). The second line of the table shows it alone: `floor` centred by county moves no county mean, and gives
# {{0.104 = left.loc[("radon", "floor, centred by county"), "tau²"] | .3f}} already.
#
# **Second**, the means are adjusted by $\beta\bar x_j$, with the *one* slope $\beta$ of the model. What should have been taken off is
# $\beta_\text{between}\,\bar x_j$. Let $V$ be the variance of the $\bar x_j$ and $\tau_\text{both}^2$ what is left with both columns. Then, nearly,
#
# $$ \tau^2(\beta) = \tau_\text{both}^2 + (\beta_\text{between} - \beta)^2\, V. $$
#
# Without the predictor $\beta = 0$, with it $\beta$ is near the slope within. For `ses`, $V =$ {{0.171 = V | .3f}}, and the formula gives
# {{8.59 = formula_tau2(0) | .2f}} for no predictor and {{4.76 = formula_tau2(raw.fixef["ses"]) | .2f}} for `ses`; the fits have
# {{8.61 = left.loc[("mathematics", "nothing"), "tau²"] | .2f}} and {{4.77 = left.loc[("mathematics", "ses"), "tau²"] | .2f}}. It also says when $\tau^2$ *must* rise: where $\beta$
# and $\beta_\text{between}$ have opposite signs, the adjustment goes the wrong way. In the widget's simulated reversal $\tau^2$ goes from
# {{2.4 = reversal["1"] | .1f}} to {{5.3 = reversal["x"] | .1f}}. That is no error of the program. It says: look at the group mean of $x$.

# %%
V = means["ses"].var()


def formula_tau2(beta):
    tau2_both = both.varcorr["school"].sd["Intercept"] ** 2
    return tau2_both + (both.fixef["mean_ses"] - beta) ** 2 * V


rows = WithinBetween("reversal", question=False).rows
reversal = {
    x: ht.lmm(f"y ~ {x} + (1 | group)", rows).varcorr["group"].sd["Intercept"] ** 2 for x in ("1", "x")
}
pd.Series(reversal, name="tau²").rename_axis("predictor").round(2).to_frame()

# %% [markdown] concepts=[63]
# ## Predicting intercepts and slopes together
#
# Slopes differ between schools too (lesson 06). What makes `ses` matter more in one school than in another? Let both coefficients of a school have
# predictors of schools:
#
# $$ \alpha_j = \gamma_0 + \gamma_1\,\text{mean}_j + \gamma_2\,\text{Catholic}_j + u_j, \qquad \beta_j = \delta_0 + \delta_1\,\text{mean}_j + \delta_2\,\text{Catholic}_j + v_j, $$
#
# with $(u_j, v_j) \sim N(0, T)$, as in lesson 06. Put both into $y_i = \alpha_{j[i]} + \beta_{j[i]}\,\text{cses}_i + \epsilon_i$, and the model stands in one line:
#
# $$ y_i = \gamma_0 + \gamma_1\,\text{mean} + \gamma_2\,\text{Catholic} + \delta_0\,\text{cses}_i + \delta_1\,\text{mean}\times\text{cses}_i + \delta_2\,\text{Catholic}\times\text{cses}_i + u_{j[i]} + v_{j[i]}\,\text{cses}_i + \epsilon_i . $$
#
# The predictors of slopes turn up *multiplied* with `cses`. Such a product of a variable of rows and a variable of groups is a
# [cross-level interaction](glossary.md#cross-level-interaction). As a formula it is
# `math ~ mean_ses * cses + sector * cses + (1 + cses | school)`.

# %%
slopes_only = ht.lmm("math ~ cses + (1 + cses | school)", hsb)
final = ht.lmm("math ~ mean_ses * cses + sector * cses + (1 + cses | school)", hsb)
slope_sd = [f.varcorr["school"].sd["cses"] for f in (slopes_only, final)]
grid = pd.DataFrame(
    [(m, s, c) for m in (-0.4, 0.0, 0.4) for s in ("Public", "Catholic") for c in (-1.5, 1.5)],
    columns=["mean_ses", "sector", "cses"],
)
grid["math"] = final.predict(grid.assign(school="new"), new_groups="zero")
with plots.style():
    facets = sns.relplot(
        grid, x="cses", y="math", style="mean_ses", col="sector", kind="line", color=plots.COLOURS["partial"],
        height=3.2, aspect=1.05, col_order=["Public", "Catholic"],
    )  # fmt: skip
    facets.set_axis_labels("ses, from the school's mean", "mathematics (points)")
    facets.set_titles("{col_name}")
ends = grid.pivot_table(index=["sector", "mean_ses"], columns="cses", values="math", observed=True)
rise = (ends[1.5] - ends[-1.5]) / 3
typical = rise["Public", 0.0], rise["Catholic", 0.0]

# %% tags=["predict"]
Prediction(
    "Two schoolmates differ by one unit of ses. Where do you expect the larger difference in mathematics?",
    ["in a public school", "in a Catholic school", "about the same in both"],
    answer=2 if abs(typical[0] / typical[1] - 1) < 0.2 else int(np.argmax(typical)),
    because="In Catholic schools the lines are flatter: there a family's ses is tied less to the score.",
    figure=facets.figure,
    alt=f"Expected scores in two panels. Public: lines for schools with mean ses -0.4, 0 and 0.4 rise by "
    f"{rise['Public', -0.4]:.2f}, {rise['Public', 0.0]:.2f} and {rise['Public', 0.4]:.2f} points per unit of ses. "
    f"Catholic: higher on the left, and flatter, by {rise['Catholic', -0.4]:.2f} to {rise['Catholic', 0.4]:.2f}.",
)

# %%
print(final.summary())
print(f"SD of the slopes: {slope_sd[0]:.3f} without predictors of slopes, {slope_sd[1]:.3f} with them")

# %% [markdown]
# Read it row by row, and always ask: zero of what?
#
# - {{12.13 = final.fixef["Intercept"] | .2f}} points: a public school whose mean `ses` is zero. {{5.33 = final.fixef["mean_ses"] | .2f}} more per unit of
#   mean `ses`, {{1.23 = final.fixef["sector[T.Catholic]"] | .2f}} more in a Catholic school of the same mean `ses`.
# - {{2.95 = final.fixef["cses"] | .2f}}: the slope of `cses` *in such a public school*, not "the" slope. It is steeper by
#   {{1.04 = final.fixef["mean_ses:cses"] | .2f}} per unit of mean `ses`, and in Catholic schools by
#   {{1.64 = -final.fixef["sector[T.Catholic]:cses"] | .2f}} flatter: {{1.30 = rise["Catholic", 0.0] | .2f}}. Family counts for less than half
#   as much there.
# - The slopes had an SD of {{0.83 = slope_sd[0] | .2f}}; around their prediction they have {{0.32 = slope_sd[1] | .2f}}. Sector and intake account
#   for most of what made schools' slopes differ, {{85 = 100 * (1 - slope_sd[1] ** 2 / slope_sd[0] ** 2) | .0f}} percent of the variance.
#
# Predictors of slopes need a varying slope in the model, or their standard errors are too small (lesson 06).

# %% [markdown]
# ## The wrong analysis, live: counting pupils
#
# How many observations stand behind the effect of the sector? {{7185 = len(hsb) | d}} pupils, says least squares. But a sector is given to a
# *school*. Let us give it away by lot: shuffle the {{70 = (sector_of == "Catholic").sum() | d}} labels "Catholic" over the
# {{160 = len(sector_of) | d}} schools, so that they mean nothing, and test their effect at five percent. Two hundred lotteries:

# %% tags=["wrong-analysis"]
rng = np.random.default_rng(7)
sector_of = hsb.groupby("school")["sector"].first()
X = np.column_stack([np.ones(len(hsb)), hsb["ses"], np.zeros(len(hsb))])
alarms = {"least squares, by pupils": [], "multilevel model, by schools": []}
for _lottery in range(200):
    lots = pd.Series(rng.permutation(sector_of == "Catholic"), sector_of.index).astype(float)
    drawn = hsb.assign(lot=lots.loc[hsb["school"]].to_numpy())
    X[:, 2] = drawn["lot"]
    beta, rss, *_ = np.linalg.lstsq(X, hsb["math"])
    z = beta[2] / np.sqrt(rss[0] / (len(X) - 3) * np.linalg.inv(X.T @ X)[2, 2])
    alarms["least squares, by pupils"].append(2 * stats.t.sf(abs(z), len(X) - 3) < 0.05)
    multi = ht.lmm("math ~ ses + lot + (1 | school)", drawn)
    z = multi.fixef["lot"] / multi.fixef_se["lot"]
    alarms["multilevel model, by schools"].append(2 * stats.t.sf(abs(z), len(sector_of) - 2) < 0.05)
alarms = 100 * pd.DataFrame(alarms).mean()
degrees = pd.DataFrame({m: final.df(m) for m in ("residual", "between-within", "satterthwaite")})
print(alarms.round(0).to_string())
degrees.round(0)

# %% [markdown]
# Least squares calls {{40 = alarms.iloc[0] | .0f}} percent of the lotteries "significant", the multilevel model
# {{5 = alarms.iloc[1] | .0f}}. For a variable of schools the sample size is the number of *schools*. The degrees of freedom say the same: between-within
# counts {{157 = degrees.loc["sector[T.Catholic]", "between-within"] | .0f}}, schools less the three coefficients of schools, and Satterthwaite finds
# {{150 = degrees.loc["sector[T.Catholic]", "satterthwaite"] | .0f}}. Also for the *interaction* it finds
# {{143 = degrees.loc["sector[T.Catholic]:cses", "satterthwaite"] | .0f}} and not {{7022 = degrees.loc["sector[T.Catholic]:cses", "between-within"] | .0f}}: slopes are
# predicted, and there is one for each school. Ten times the pupils in the same schools would help little.

# %% [markdown] concepts=[49]
# ## Two steps as one model
#
# Before software did it, people worked in two steps. First a regression in each school, science on background and sex, which gives the school's adjusted
# level $\hat\beta_{0j}$. Then a regression of those levels on variables of schools: the size of its classes, and its discipline. Is that the same? We simulate forty schools
# of six to sixty pupils, so that the truth is known: one pupil more in a class costs {{0.4 = -gamma[0] | .1f}} points, and one unit of discipline brings
# {{2 = gamma[1] | .0f}}. We try three ways on two hundred such worlds.


# %%
gamma, tau_s, sigma_s = np.array([-0.4, 2.0]), 2.0, 8.0
sizes = np.tile([6, 6, 8, 10, 16, 24, 40, 60], 5)
where = np.repeat(np.arange(40), sizes)


def world(rng):
    """Return the design of the schools, that of the pupils, and their science scores."""
    schools = np.column_stack([rng.normal(0, 4, 40), rng.normal(0, 1, 40)])  # class size, discipline
    pupils = np.column_stack([rng.normal(0, 1, len(where)), np.arange(len(where)) % 2])  # background, male
    level = 50 + schools @ gamma + rng.normal(0, tau_s, 40)
    return schools, pupils, level[where] + pupils @ [2.0, 1.0] + rng.normal(0, sigma_s, len(where))


def three_ways(rng):
    """Return the coefficient of discipline by two steps, by two steps with weights, and by one model."""
    schools, pupils, science = world(rng)
    own, noise = np.empty(40), np.empty(40)
    for j in range(40):
        X = np.column_stack([np.ones(sizes[j]), pupils[where == j]])
        own[j] = np.linalg.lstsq(X, science[where == j])[0][0]
        noise[j] = sigma_s**2 * np.linalg.pinv(X.T @ X)[0, 0]
    U = np.column_stack([np.ones(40), schools])
    root = 1 / np.sqrt(tau_s**2 + noise)
    rows = pd.DataFrame(np.column_stack([science, pupils, schools[where]]), columns=list("ybmcd")).assign(
        s=where
    )
    return [
        np.linalg.lstsq(U, own)[0][2],
        np.linalg.lstsq(U * root[:, None], own * root)[0][2],
        ht.lmm("y ~ b + m + c + d + (1 | s)", rows).fixef["d"],
    ]


rng = np.random.default_rng(8)
ways = pd.DataFrame(
    [three_ways(rng) for _world in range(200)], columns=["two steps", "two steps, weighted", "one model"]
)
ways.agg(["mean", "std"]).round(2)

# %% [markdown]
# All three hit the truth on average, {{2 = gamma[1] | .0f}}; they differ in how far a single study misses it: {{0.76 = ways.std().iloc[0] | .2f}} for two steps,
# {{0.62 = ways.std().iloc[1] | .2f}} with weights, {{0.49 = ways.std().iloc[2] | .2f}} for one model. The plain second step counts a school of six like one of sixty. The
# weights $1/(\tau^2 + \text{se}_j^2)$ of lesson 03 mend a part of that, but they need $\tau$, and the residuals of the second step hold $\tau$ *and* the noise. And each
# school has spent three coefficients of its own on six pupils, where the one model lets all schools share the two slopes. The one
# model is both steps at once: it knows how sure each school's level is, and what schools have in common.

# %% [markdown] concepts=[55]
# ## Noise in the group means
#
# One trap is left. `mean_ses` is the mean of the pupils who were *sampled*. Where it stands for the whole school it is a noisy measurement, and a noisy
# predictor has too small a slope. Keep $k$ pupils in each school, compute the school's mean from them alone, and fit again:

# %%
ses_fit = ht.lmm("ses ~ 1 + (1 | school)", hsb)
ses_tau = ses_fit.varcorr["school"].sd["Intercept"]


def reliability_of_mean(k):
    return ht.reliability(ses_fit.sigma / np.sqrt(k), ses_tau)


def kept(k, seed):
    """Return the within and the contextual slope when k pupils of each school are kept."""
    few = hsb.groupby("school").sample(k, random_state=seed)
    few = few.assign(mean_k=few.groupby("school")["ses"].transform("mean"))
    return ht.lmm("math ~ ses + mean_k + (1 | school)", few).fixef[["ses", "mean_k"]].to_numpy()


average_reliability = reliability_of_mean(hsb.groupby("school").size()).mean()
whole_school = context.fixef["mean_ses"] / average_reliability
noise = pd.DataFrame(
    {
        k: [*np.mean([kept(k, seed) for seed in range(25)], axis=0), reliability_of_mean(k)]
        for k in (3, 5, 10, 14)
    },
    index=["within", "contextual", "reliability of the mean"],
).T.rename_axis("pupils kept")
noise["reliability × whole school"] = noise["reliability of the mean"] * whole_school
noise.round(2)

# %% [markdown]
# The slope within stays. The contextual effect fades, from {{3.68 = context.fixef["mean_ses"] | .2f}} with all pupils to {{2.1 = noise.loc[3, "contextual"] | .1f}} with three, and
# the last column says why: it is multiplied by the [reliability](glossary.md#reliability) of the mean, the same $\lambda = \tau^2/(\tau^2 + \sigma^2/k)$ as in lesson 03, here of
# `ses`. The part that is missing does not vanish: it goes back into $\tau^2$. With all pupils the reliability is {{0.94 = average_reliability | .2f}}, so for whole schools expect about
# {{3.9 = whole_school | .1f}}. If the mean *is* what acts, for instance because the sampled pupils are the whole class, there is no noise, and nothing to correct.

# %% [markdown] exercise="my_contextual" concepts=[52, 55]
# ### Your turn: the contextual effect in your own schools
#
# `my_schools` holds fourteen schools of eight pupils each, drawn for you alone, with the columns `school`, `books` (books at home, in shelves) and `score`. The eight are the whole class. Two pupils have equally many books, but in the class of one the mean is one shelf higher. By how many points more do you expect in that class (less: a negative number)? Store the number in
# `my_contextual`; two decimals are enough.

# %% exercise="my_contextual"
my_contextual = ...
### BEGIN SOLUTION
my_schools["mean_books"] = my_schools.groupby("school")["books"].transform("mean")
my_fit = ht.lmm("score ~ books + mean_books + (1 | school)", my_schools)
my_contextual = my_fit.fixef["mean_books"]
### END SOLUTION

# %% [markdown] concepts=[54]
# ## What a slope of one level says about the other
#
# By itself, nothing. Two fallacies have names.
#
# - The [ecological fallacy](glossary.md#ecological-fallacy) concludes from groups to their members: "schools a unit richer score
#   {{5.87 = both.fixef["mean_ses"] | .2f}} higher, so a pupil a unit richer does." Inside schools it is {{2.19 = both.fixef["cses"] | .2f}}; the claim is
#   {{2.7 = both.fixef["mean_ses"] / both.fixef["cses"] | .1f}} times too large. Whoever has only school means (or provinces, or precincts) cannot know.
# - The *atomistic fallacy* concludes from members to groups: "a unit is worth {{2.19 = both.fixef["cses"] | .2f}} points, so schools a unit apart differ by that."
#   The nine pupils at the top show that even the sign may be wrong, either way.
#
# So say for each coefficient: what is compared with what? Two pupils of one school; two schools; two like pupils in two schools. If you cannot finish that sentence, do not report the number.

# %% [markdown] exercise="flaws_in_the_report" concepts=[50, 54]
# ### Your turn: find the flaws in a report
#
# Four sentences from one report. Give each of them the label that fits: `"sound"`, `"wrong level"`, `"wrong count"`, `"wrong reading of tau"`.
#
# 1. > *Schools whose mean `ses` is one unit higher have a mean score that is {{5.87 = both.fixef["mean_ses"] | .2f}} points higher (standard error {{0.36 = both.fixef_se["mean_ses"] | .2f}}).*
#    (`sentence_1`)
# 2. > *So a pupil whose family rises by one unit of `ses` can be expected to gain {{5.87 = both.fixef["mean_ses"] | .2f}} points.* (`sentence_2`)
# 3. > *The effect of the sector rests on {{7185 = len(hsb) | d}} pupils; its t statistic has {{7179 = degrees.loc["cses", "residual"] | .0f}} degrees of freedom.* (`sentence_3`)
# 4. > *Adding the pupils' `cses` made $\hat\tau^2$ larger. Since a predictor can only explain variance, the program must have failed to converge.* (`sentence_4`)

# %% exercise="flaws_in_the_report"
flaws_in_the_report = {"sentence_1": ..., "sentence_2": ..., "sentence_3": ..., "sentence_4": ...}
### BEGIN SOLUTION
flaws_in_the_report = {
    "sentence_1": "sound",
    "sentence_2": "wrong level",
    "sentence_3": "wrong count",
    "sentence_4": "wrong reading of tau",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - A predictor of rows holds two variables: where a row lies in its group, and where the group lies. Each has its slope.
# - With the raw predictor alone, a multilevel model reports a precision-weighted mixture. Add the group mean: the slope within is then that of the dummies, and the rest is named.
# - Contextual is between minus within.
# - A predictor of groups turns the target of shrinkage into a line. What is left, $\tau$, is given the predictors; a predictor of rows can raise it.
# - Group-mean centring changes the model.
# - For a variable of groups, count groups.
# - Noisy group means shrink the contextual effect.
# - No slope of one level is evidence about the other.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: section 12.6 for group-level predictors and the
#   uranium, section 13.1 for predictors of slopes.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 4 for the HSB schools, chapter 5 for centring, compositional effects and within
#   and between.
# - Snijders and Bosker (2012), *Multilevel Analysis*: sections 4.6 and 5.2 for within and between and for cross-level interaction, section 3.1 for aggregation and the fallacies.
# - Mundlak (1978), "On the pooling of time series and cross section data", *Econometrica*. Robinson (1950), "Ecological correlations and the behavior of
#   individuals", *American Sociological Review*. Enders and Tofighi (2007), "Centering predictor variables in cross-sectional multilevel models", *Psychological Methods*.
