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
# # Lesson 02: Three ways to pool
#
# Ten American schools, {{260 = len(pupils) | d}} pupils of the eighth grade, one mathematics test, and one
# question: how much homework do you do in a week? In one school a step more on the homework scale goes with
# {{7.9 = ten_lines["homework"].max() | .1f}} points more, in another with
# {{4.7 = -ten_lines["homework"].min() | .1f}} points fewer. Is homework good in the one and bad in the other,
# or are twenty pupils too few to tell?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

radon = ht.load("radon")
my_pupils = assignment_data("ps02", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.widgets import PoolingExplorer, Prediction

pupils = ht.load("schools10")


def own_line(school):
    """Fit a line to the pupils of one school."""
    slope, intercept = np.polyfit(school["homework"], school["math"], 1)
    return pd.Series({"Intercept": intercept, "homework": slope})


ten_lines = pupils.groupby("school")[["homework", "math"]].apply(own_line)
ten_lines["n"] = pupils.groupby("school").size()

# %%
steepest = {ten_lines["homework"].idxmax(), ten_lines["homework"].idxmin()}
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for school, its in pupils.groupby("school"):
        bold = school in steepest
        sns.regplot(
            its, x="homework", y="math", ci=None, x_jitter=0.15, seed=1, ax=ax,
            scatter_kws={"s": 12, "color": plots.COLOURS["faint"], "zorder": 1},
            line_kws={"color": plots.COLOURS["line" if bold else "none"], "lw": 2.4 if bold else 1.2},
        )  # fmt: skip
        if bold:
            line = ten_lines.loc[school]
            end = its["homework"].max() if line["homework"] > 0 else its["homework"].min()  # the upper one
            ax.text(end, line["Intercept"] + line["homework"] * end, f" school {school}", va="bottom")
    ax.set(xlabel="homework (steps, 0 = none)", ylabel="mathematics (points)")
show(
    fig,
    f"Ten schools, {len(pupils)} pupils: one least-squares line a school. The slopes run from "
    f"{ten_lines['homework'].min():.1f} to {ten_lines['homework'].max():.1f} points per step; "
    f"{(ten_lines['homework'] < 0).sum()} of the ten lines fall.",
)

# %% [markdown]
# Homework is a scale from zero (none) to seven (the most hours). The ten schools and their lines are those of
# a published example (Kreft and de Leeuw, 1998). Its pupils could not be passed on: ours were drawn so that
# all ten lines come out as printed. Read the lines, not the single points. (The points are shaken a little to the
# left and right, so that they do not hide each other.)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **fit** complete pooling, no pooling and partial pooling to one data set, and **tell** them apart in a
#   figure;
# - **compute** a partially pooled mean with a pencil;
# - **say** which one line partial pooling adds to a regression with a dummy for each school;
# - **explain** which groups stand at the top and the bottom of a ranking, and **measure** what acting on the
#   ranking costs;
# - **name** what partial pooling cannot do for you.
#
# You need lesson 01: a regression line and a standard error. Allow eighty minutes, in two sittings if you
# like: the second begins with "From one end to the other". `hint` and `solution` work as in lesson 00.

# %%
review("02")

# %% [markdown]
# ## Three schools and a pencil
#
# Leave homework aside for a moment. Three schools took a test:
#
# | school | pupils $n_j$ | mean $\bar y_j$ (points) |
# |---|---|---|
# | A | {{36 = hand.n["A"] | d}} | {{58 = hand["mean"]["A"] | .0f}} |
# | B | {{16 = hand.n["B"] | d}} | {{45 = hand["mean"]["B"] | .0f}} |
# | C | {{4 = hand.n["C"] | d}} | {{40 = hand["mean"]["C"] | .0f}} |
#
# Pupils of one school differ from each other with a standard deviation of $\sigma = 8$ points. What is the
# true level of each school, the mean that it would have with very many pupils? There are three ways to
# answer.
#
# **[Complete pooling](glossary.md#complete-pooling)**: put all {{56 = hand.n.sum() | d}} pupils into one
# heap. Every school gets the mean of the heap,
#
# $$ \frac{ {{36 = hand.n["A"] | d}} \cdot {{58 = hand["mean"]["A"] | .0f}} + {{16 = hand.n["B"] | d}} \cdot {{45 = hand["mean"]["B"] | .0f}} + {{4 = hand.n["C"] | d}} \cdot {{40 = hand["mean"]["C"] | .0f}} }{ {{56 = hand.n.sum() | d}} } = {{53 = hand_complete.estimate[0] | .0f}} \text{ points.} $$
#
# **[No pooling](glossary.md#no-pooling)**: each school keeps to itself, so A gets
# {{58 = hand["mean"]["A"] | .0f}}, B {{45 = hand["mean"]["B"] | .0f}} and C {{40 = hand["mean"]["C"] | .0f}}.
# How sure is that? The mean of $n_j$ pupils has the [standard error](glossary.md#standard-error) $\sigma/\sqrt{n_j}$:
# {{1.3 = hand_se["A"] | .1f}} points for A, {{2 = hand_se["B"] | .0f}} for B, {{4 = hand_se["C"] | .0f}} for
# C.
#
# Look at school C. Complete pooling gives it {{53 = hand_complete.estimate[2] | .0f}} and ignores its own
# four pupils. No pooling gives it {{40 = hand["mean"]["C"] | .0f}} and believes four pupils entirely. Neither
# is what you would bet on.
#
# **[Partial pooling](glossary.md#partial-pooling)** adds a statement about *schools*: their true levels are
# spread around $\mu = {{48 = mu | .0f}}$ points with a [standard
# deviation](glossary.md#between-group-standard-deviation) of $\tau = 4$. Suppose for now that
# somebody told you these two numbers. Then there are two statements about school C, and each has a variance:
#
# - its own pupils say {{40 = hand["mean"]["C"] | .0f}}, with variance $\sigma^2/n_C = 8^2/4 =$
#   {{16 = hand_se["C"]**2 | .0f}};
# - the schools say {{48 = mu | .0f}}, with variance $\tau^2 = 4^2 =$ {{16 = tau**2 | .0f}}.
#
# The two are equally sure, so meet half way: {{44 = hand_partial.estimate[2] | .0f}} points. For school B the
# variances are $8^2/{{16 = hand.n["B"] | d}} =$ {{4 = hand_se["B"]**2 | .0f}} and {{16 = tau**2 | .0f}}: its
# pupils are four times as sure as the schools, so they get four fifths of the weight,
#
# $$ {{0.8 = hand_weight["B"] | .1f}} \cdot {{45 = hand["mean"]["B"] | .0f}} + {{0.2 = 1 - hand_weight["B"] | .1f}} \cdot {{48 = mu | .0f}} = {{45.6 = hand_partial.estimate[1] | .1f}} \text{ points.} $$
#
# For A the weights are nine tenths and one tenth, and the estimate is
# {{57.0 = hand_partial.estimate[0] | .1f}}. In letters, with $\alpha_j$ for the true level of school $j$, a hat
# for its estimate, and "how sure" written as one over a variance:
#
# $$ \hat\alpha_j = \frac{\dfrac{n_j}{\sigma^2}\,\bar y_j + \dfrac{1}{\tau^2}\,\mu}{\dfrac{n_j}{\sigma^2} + \dfrac{1}{\tau^2}} $$
#
# Now let the library do the same.

# %%
sigma, tau, mu = 8.0, 4.0, 48.0
hand = pd.DataFrame({"n": [36, 16, 4], "mean": [58.0, 45.0, 40.0]}, index=["A", "B", "C"])
hand_se = sigma / np.sqrt(hand["n"])

hand_complete = ht.complete_pooling(hand["mean"], hand_se)
hand_none = ht.no_pooling(hand["mean"], hand_se)
hand_partial = ht.partial_pooling(hand["mean"], hand_se, tau=tau, mu=mu)
hand_weight = pd.Series(1 - hand_partial.shrinkage_factor, index=hand.index)  # the factor is the weight on mu
pd.DataFrame(
    {
        "pupils": hand["n"],
        "complete": hand_complete.estimate,
        "none": hand_none.estimate,
        "partial": hand_partial.estimate,
        "weight on own mean": hand_weight,
    }
).round(2)

# %% [markdown]
# One detail will matter later. The {{53 = hand_complete.estimate[0] | .0f}} is the mean of *pupils*, and
# school A supplies most of them. The $\mu = {{48 = mu | .0f}}$ is the centre of *schools*, in which A is one
# school like any other. Lesson 03 shows how to find $\mu$, and lesson 05 how to find $\tau$ and $\sigma$.
# Here the data find them for us when we fit a model further down.

# %% [markdown] exercise="partial_means" concepts=[15, 16]
# ### Your turn: from a pencil to a function
#
# Write `partial_means(mean, n, sigma, tau, mu)`. `mean` and `n` are arrays with one entry for each school,
# `sigma` and `tau` are standard deviations greater than zero. Return the array of partially pooled means.


# %% exercise="partial_means"
def partial_means(mean, n, sigma, tau, mu):
    """Return the partially pooled mean of each school."""
    ### BEGIN SOLUTION
    own = n / sigma**2
    target = 1 / tau**2
    return (own * mean + target * mu) / (own + target)
    ### END SOLUTION


# %% [markdown] concepts=[12]
# ## Complete pooling: one line for everyone
#
# Back to homework. The same three ways exist for lines. Complete pooling puts all {{260 = len(pupils) | d}}
# pupils into one heap and fits one line. The ten separate slopes have a mean of about
# {{2 = ten_lines["homework"].mean() | .0f}} points per step. Before you see the one line, commit yourself.

# %%
one_line = smf.ols("math ~ homework", data=pupils).fit()
distance = one_line.params["homework"] - ten_lines["homework"].mean()
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    steps = np.array([0, 7])
    for line in ten_lines.itertuples():
        ax.plot(steps, line.Intercept + line.homework * steps, color=plots.COLOURS["none"], ls=":", lw=1.2)
    big = pupils["school"] == ten_lines["n"].idxmax()
    ax.plot("homework", "math", "o", data=pupils[~big], color=plots.COLOURS["faint"], ms=4)
    ax.plot("homework", "math", "D", data=pupils[big], color=plots.COLOURS["line"], ms=3.5)
    ends = one_line.params["Intercept"] + one_line.params["homework"] * steps
    ax.plot(steps, ends, "--", color=plots.COLOURS["complete"], lw=2.5)
    ax.set(xlabel="homework (steps)", ylabel="mathematics (points)", ylim=(20, 80))

# %% tags=["predict"]
Prediction(
    "Will the slope of the one line through all pupils be lower or higher than the mean of the ten separate slopes?",
    ["lower by a point or more", "within a point of it", "higher by a point or more"],
    answer=[distance <= -1, abs(distance) < 1, distance >= 1].index(True),
    because=f"Its slope is {one_line.params['homework']:.2f} points per step. One reason is in the picture: the dark diamonds are the pupils of the largest school.",
    figure=fig,
    alt=f"Scores of {len(pupils)} pupils against homework. The dashed line through all of them rises by "
    f"{one_line.params['homework']:.2f} points per step; the ten dotted lines, one a school, have slopes "
    f"from {ten_lines['homework'].min():.1f} to {ten_lines['homework'].max():.1f}, {ten_lines['homework'].mean():.2f} on average. "
    f"The largest school (diamonds, {ten_lines['n'].max()} pupils) lies to the right of and above most of the others.",
)

# %%
print(one_line.params.round(2).to_string())
without_big = smf.ols("math ~ homework", data=pupils[~big]).fit().params["homework"]
print(f"slope without the largest school: {without_big:.2f}")
homework_big, math_big = pupils.loc[big, ["homework", "math"]].mean()
homework_rest, math_rest = pupils.loc[~big, ["homework", "math"]].mean()
pd.DataFrame(
    {"homework": [homework_big, homework_rest], "math": [math_big, math_rest]},
    index=["the largest school", "the other nine"],
).round(1)

# %% [markdown]
# A pupil who does no homework is expected at {{44.07 = one_line.params["Intercept"] | .2f}} points, and
# pupils one step higher in homework score {{3.57 = one_line.params["homework"] | .2f}} points higher on
# average. "Score higher", not "will gain": nobody was made to do more.
#
# Why so steep? The one line compares pupils of the same school, and it also compares pupils of *different*
# schools. School `62821` alone has {{67 = ten_lines["n"].max() | d}} pupils, who stand at
# {{3.3 = homework_big | .1f}} in homework and score {{62.8 = math_big | .1f}} points on average; the other
# schools stand at {{1.6 = homework_rest | .1f}} and score {{47.3 = math_rest | .1f}}. That difference between
# schools tilts the line, whatever its cause: without that one school its slope is
# {{2.44 = without_big | .2f}}.
#
# What complete pooling cannot say: how schools differ. It has one number for all of them, and its standard
# error of {{0.39 = one_line.bse["homework"] | .2f}} pretends that {{260 = len(pupils) | d}} pupils in ten
# schools are as good as {{260 = len(pupils) | d}} pupils drawn one by one (lesson 01).

# %% [markdown]
# ## No pooling: a line for each school
#
# No pooling fits each school as if the others did not exist. The lines are already in `ten_lines`. The same
# ten lines also come out of *one* regression with a dummy and a slope for each school. One thing differs:

# %%
apart = pupils.groupby("school")[["homework", "math"]].apply(
    lambda school: smf.ols("math ~ homework", data=school).fit().mse_resid ** 0.5
)
together = smf.ols("math ~ 0 + C(school) + C(school):homework", data=pupils).fit()
sigma_common = together.mse_resid**0.5
slopes = together.params.filter(like=":homework").set_axis(ten_lines.index)
pd.DataFrame(
    {
        "n": ten_lines["n"],
        "slope": ten_lines["homework"],
        "slope, one regression": slopes,
        "residual SD, apart": apart,
    }
).sort_values("slope").round(2)

# %% [markdown] concepts=[13]
# Fitted apart, each school has a residual standard deviation of its own, from {{3.9 = apart.min() | .1f}} to
# {{8.1 = apart.max() | .1f}} points, each from some twenty pupils. Fitted together, they share one $\sigma$
# of {{6.56 = sigma_common | .2f}} points: the ten schools are pooled in their *noise*, though not in their
# lines. When software fits all groups in one call, this is what it does.
#
# There is a version in between, known as
# [least-squares dummy variables](glossary.md#least-squares-dummy-variables) (LSDV): an intercept for each
# school and one common slope.

# %%
lsdv = smf.ols("math ~ 0 + C(school) + homework", data=pupils).fit()
print(f"common slope {lsdv.params['homework']:.2f} (standard error {lsdv.bse['homework']:.2f})")

# %% [markdown]
# Now pupils are compared within schools only, and a step more goes with
# {{2.14 = lsdv.params["homework"] | .2f}} points more instead of
# {{3.57 = one_line.params["homework"] | .2f}}. The difference between the two is the part that came from
# comparing schools.
#
# What no pooling cannot do:
#
# - say anything about an eleventh school: there is no dummy for it;
# - cope with a school of two pupils: its line goes through both points, and looks perfect;
# - learn from the other nine schools that a slope of {{−4.7 = ten_lines["homework"].min() | .1f}} would be
#   unusual.

# %% [markdown] exercise="common_slope" concepts=[13]
# ### Your turn: one slope, an intercept for each school
#
# `my_pupils` holds eight schools that are yours alone: they depend on your name in `STUDENT`. Compute the
# slope of homework, in points per step, with an intercept for each school and one slope for all. Store it as
# one number in `common_slope`; two decimals are enough.

# %% exercise="common_slope"
common_slope = ...
### BEGIN SOLUTION
my_lsdv = smf.ols("math ~ 0 + C(school) + homework", data=my_pupils).fit()
common_slope = my_lsdv.params["homework"]
### END SOLUTION

# %% [markdown] concepts=[14]
# ### Two steps: the slopes as data
#
# There is an old way to say something about schools in general. Step one: a line for each school. Step two:
# treat the ten slopes as ten data points.

# %%
mean_slope, sd_slope = ten_lines["homework"].mean(), ten_lines["homework"].std()
print(f"mean {mean_slope:.2f}, SD {sd_slope:.2f}, standard error of the mean {sd_slope / np.sqrt(10):.2f}")

# %% [markdown]
# On average over schools a step more goes with {{1.96 = mean_slope | .2f}} points, give or take
# {{1.57 = sd_slope / np.sqrt(10) | .2f}}, and the schools' slopes spread by {{4.98 = sd_slope | .2f}}. The
# standard error is four times the {{0.39 = one_line.bse["homework"] | .2f}} of the one line, and more honest:
# for a statement about schools the sample size is ten.
#
# Two things are wrong with it. The ten slopes count the same, although one comes from
# {{67 = ten_lines["n"].max() | d}} pupils and another from {{20 = ten_lines["n"].min() | d}}. And the spread
# of {{4.98 = sd_slope | .2f}} is too large: it contains the true differences between schools *and* the noise
# of ten small regressions. Partial pooling does both steps at once and keeps the two apart.

# %% [markdown] concepts=[15]
# ## Partial pooling: the schools come from a distribution
#
# A dummy for each school gives ten intercepts that know nothing of each other. Add one line, and you have a
# [multilevel model](glossary.md#multilevel-model):
#
# $$ \alpha_j \sim N(\mu_\alpha, \tau_\alpha^2). $$
#
# This line is the whole difference between dummies and a [varying intercept](glossary.md#varying-intercept).
# It says that schools differ, that they are schools all the same, and that the size of their differences,
# $\tau_\alpha$, can be learned from the data. Let the [slopes vary](glossary.md#varying-slope) too, and the same model can be written in
# four ways. You will meet all four; they say the same. In them $j[i]$ is the school of pupil $i$, $y_i$ the
# score, $x_i$ the homework, and $u_j$ and $v_j$ are how far the intercept and the slope of school $j$ lie from
# the average.
#
# **In [levels](glossary.md#level)**, pupils first, then schools:
#
# $$ y_i = \alpha_{j[i]} + \beta_{j[i]} x_i + \epsilon_i, \qquad \alpha_j = \mu_\alpha + u_j, \qquad \beta_j = \mu_\beta + v_j. $$
#
# **In one line**, the second put into the first:
#
# $$ y_i = \mu_\alpha + \mu_\beta x_i + u_{j[i]} + v_{j[i]} x_i + \epsilon_i. $$
#
# **As distributions**:
#
# $$ y_i \sim N(\alpha_{j[i]} + \beta_{j[i]} x_i, \; \sigma^2), \qquad
# \begin{pmatrix} \alpha_j \\ \beta_j \end{pmatrix} \sim N\!\left( \begin{pmatrix} \mu_\alpha \\ \mu_\beta \end{pmatrix},
# \begin{pmatrix} \tau_\alpha^2 & \rho\,\tau_\alpha\tau_\beta \\ \rho\,\tau_\alpha\tau_\beta & \tau_\beta^2 \end{pmatrix} \right). $$
#
# **As a formula**: `math ~ homework + (1 + homework | school)`. Read the bracket as "intercept and slope vary
# by school".
#
# **The letters**, kept through the course. $\sigma$ and $\tau$ are standard deviations, their squares variances.
#
# | letter | what it stands for |
# |---|---|
# | $i$, $j[i]$; $J$, $n_j$ | a unit, its group; the number of groups, and of units in group $j$ |
# | $\alpha_j$, $\beta_j$ | intercept and slope of group $j$ |
# | $\mu$; $u_j$, $v_j$ | the average over groups; how far group $j$ lies from it, in intercept and slope |
# | $\sigma$ | [SD of units](glossary.md#residual-standard-deviation) around the line of their own group |
# | $\tau$ | [SD of groups](glossary.md#between-group-standard-deviation) around the average; not the spread of their estimates |
# | $\rho$ | a correlation: of intercepts and slopes, or of two units of a group |

# %%
fit = ht.lmm("math ~ homework + (1 + homework | school)", pupils)
print(fit.summary())

# %% [markdown]
# Read it from top to bottom, in points and steps.
#
# - In the average school a pupil without homework is expected at {{44.77 = fit.fixef["Intercept"] | .2f}}
#   points (standard error {{2.74 = fit.fixef_se["Intercept"] | .2f}}), and a step more goes with
#   {{2.04 = fit.fixef["homework"] | .2f}} points ({{1.55 = fit.fixef_se["homework"] | .2f}}).
# - Schools differ around that: intercepts with an SD of
#   {{8.325 = fit.varcorr["school"].sd["Intercept"] | .3f}} points, slopes with an SD of
#   {{4.74 = fit.varcorr["school"].sd["homework"] | .2f}} points per step. So in a new school a slope of
#   {{−2.7 = fit.fixef["homework"] - fit.varcorr["school"].sd["homework"] | .1f}} would be nothing unusual.
# - The correlation is {{−0.81 = rho | .2f}}: where pupils without homework score high, a step more goes with
#   less. (Lesson 06 shows that this number depends on where the zero of homework lies.)
# - Pupils differ around their own school's line with $\sigma =$ {{6.56 = fit.sigma | .2f}} points.
# - The first line names the criterion by which the data choose these SDs, REML
#   ([restricted maximum likelihood](glossary.md#restricted-maximum-likelihood)). Leave it, and the last two
#   lines, to lesson 05.
#
# The SD of the slopes, {{4.74 = fit.varcorr["school"].sd["homework"] | .2f}}, is smaller than the
# {{4.98 = sd_slope | .2f}} of the two steps: the noise has been taken out.
#
# Before you look at the lines, commit yourself. By their own lines the ten slopes run from
# {{−4.7 = ten_lines["homework"].min() | .1f}} to {{7.9 = ten_lines["homework"].max() | .1f}} points per step.

# %%
rho = fit.varcorr["school"].corr.loc["Intercept", "homework"]
partial_lines = fit.coef["school"]
move = (partial_lines["homework"] - ten_lines["homework"]).abs()
lines = {"complete": one_line.params, "none": ten_lines[["Intercept", "homework"]], "partial": fit}
panels = plots.group_grid(
    pupils,
    "homework",
    "math",
    "school",
    **lines,
    columns=5,
    xlabel="homework (steps)",
    ylabel="mathematics (points)",
)
far = (ten_lines["homework"] - mean_slope).abs() > sd_slope

# %% tags=["predict"]
Prediction(
    "Which of the ten slopes will partial pooling move most?",
    ["that of the largest school", "one that is far from the average", "the one nearest to the average"],
    answer=[
        move.idxmax() == ten_lines["n"].idxmax(),
        bool(far[move.idxmax()]),
        move.idxmax() == (ten_lines["homework"] - mean_slope).abs().idxmin(),
    ].index(True),
    because=f"School {move.idxmax()}: its slope has far to go, and little to stand on, for its pupils differ little in homework.",
    figure=panels,
    alt=narrate.group_grid(pupils, "homework", "math", "school", **lines, unit="points"),
)

# %% [markdown]
# In every panel the dashed line is complete pooling, the dotted line no pooling, the solid line partial
# pooling. The dashed line is the same ten times, and fits few of the schools. The solid line is the dotted
# one pulled toward the *average school*, which starts at {{44.77 = fit.fixef["Intercept"] | .2f}} points and
# rises by {{2.04 = fit.fixef["homework"] | .2f}} a step; that line is not drawn, and it is not the dashed
# one.
#
# School `{{25456 = move.idxmax() | s}}` moves most: from
# {{−4.72 = ten_lines["homework"][move.idxmax()] | .2f}} to
# {{−3.83 = partial_lines["homework"][move.idxmax()] | .2f}} points per step. It is far from the average, and
# its pupils differ little in homework, so that its own slope has little to stand on. Still, all four falling
# lines go on falling. With some twenty pupils a school and differences this large, the data speak for
# themselves, and partial pooling hardly contradicts them. You will soon see the opposite.
#
# > **A swapped label.** A widely copied notebook calls the single line "unpooled" and the ten lines "pooled".
# > It is the other way round. What is pooled are the *data*: all pupils in one pool, complete pooling, one
# > line. Each school in a pool of its own, no pooling, ten lines.

# %% [markdown]
# ### The standard tool
#
# In Python you will mostly meet `statsmodels`. Its `MixedLM` fits the same model by the same criterion:

# %%
mixed = smf.mixedlm("math ~ homework", data=pupils, groups="school", re_formula="~homework").fit(reml=True)
print(mixed.summary().tables[1].to_string())

# %%
their_lines = (
    pd.DataFrame(mixed.random_effects).T.set_axis(["Intercept", "homework"], axis=1) + mixed.fe_params
)
gap_fixef = np.abs(mixed.fe_params - fit.fixef).max()
gap_lines = np.abs(their_lines.loc[partial_lines.index] - partial_lines).to_numpy().max()
print(f"largest difference: {gap_fixef:.1e} in the averages, {gap_lines:.1e} in the ten lines")

# inside MixedLM the variances are divided by sigma², the "scale"; so are their standard errors
printed_se = np.sqrt(mixed.scale) * mixed.bse["homework Var"]  # what the summary prints
right_se = mixed.scale * mixed.bse["homework Var"]
print(
    f"standard error of the variance of the slopes: printed {printed_se:.2f}, on the scale of the variance {right_se:.1f}"
)

# %% [markdown]
# The two agree in the averages and in all ten lines, to better than a thousandth of a point. (Printed tables
# of this fit have `8.33` for the SD of the intercepts. R's `lme4` stops a hair above the optimum of
# {{8.3249 = fit.varcorr["school"].sd["Intercept"] | .4f}}, at `8.3250`, and that rounds the other way.) Two
# things to know about `MixedLM`. It prints variances, not standard deviations: the square root of
# {{22.45 = mixed.cov_re.loc["homework", "homework"] | .2f}} is the
# {{4.74 = fit.varcorr["school"].sd["homework"] | .2f}} from above. And the standard errors that this version
# prints beside the variances are too small by the factor $\sigma$: {{1.79 = printed_se | .2f}} for the
# variance of the slopes, where it should be about {{12 = right_se | .0f}}. The averages and their standard
# errors are right.

# %% [markdown]
# ### What the distribution says about the data
#
# The line $\alpha_j \sim N(\mu, \tau^2)$ has a second reading, in which no school effect appears at all. Take
# the plainest model, $y_i = \alpha_{j[i]} + \epsilon_i$. Pupils of *different* schools share nothing that
# varies. Two pupils of the *same* school share $\alpha_j$, so their scores have the covariance $\tau^2$; and
# each score has the variance $\eta^2 = \tau^2 + \sigma^2$. The correlation of two schoolmates is
#
# $$ \frac{\tau^2}{\tau^2 + \sigma^2}, $$
#
# the [intraclass correlation](glossary.md#intraclass-correlation), often also written $\rho$. "Schools have a
# distribution" and "schoolmates are equally correlated, whoever they are" are the same model, as long as that
# correlation is not negative. Try it: twenty thousand schools of four pupils, with $\tau = 4$ and
# $\sigma = 8$, and the covariance matrix of the four seats.

# %%
rng = np.random.default_rng(2)
school_level = rng.normal(48, 4, size=(20_000, 1))
seats = school_level + rng.normal(0, 8, size=(20_000, 4))
covariance = np.cov(seats, rowvar=False)
pairs = covariance[np.triu_indices(4, k=1)]  # the six pairs of seats
eta2 = tau**2 + sigma**2
pd.DataFrame(covariance).round(1)

# %% [markdown]
# By the formula every variance is $\eta^2 = 4^2 + 8^2 =$ {{80 = eta2 | .0f}}, every covariance $\tau^2 =$
# {{16 = tau**2 | .0f}}, and the correlation {{0.2 = tau**2 / eta2 | .1f}}. The simulated covariances run from
# {{15.4 = pairs.min() | .1f}} to {{16.7 = pairs.max() | .1f}}. Lesson 04 is about nothing but this
# correlation.

# %% [markdown] concepts=[16]
# ## From one end to the other
#
# Complete pooling and no pooling are not rivals of partial pooling. They are its two ends.
#
# - As $\tau \to 0$ the schools may not differ: all $\alpha_j$ become $\mu$, and the model is complete
#   pooling.
# - As $\tau \to \infty$ the distribution says nothing: each $\alpha_j$ is free, and the model is no pooling.
#
# To see the path from end to end, take other data: radon, a radioactive gas, measured in
# {{919 = len(radon) | d}} houses in {{85 = radon["county"].nunique() | d}} counties of Minnesota, on a log
# scale. The widget holds every seventh county in order of size, from {{1 = sizes[thirteen].min() | d}} house
# to {{116 = sizes[thirteen].max() | d}}. Commit to an answer, then take $\tau$ from the left end to the right
# with the arrow keys, and watch the formula beside it: $\lambda_j$ is the weight on the county's own mean, and
# $\hat\mu$ the [target](glossary.md#target), the value toward which it is pulled.

# %%
sizes = radon["county"].value_counts().sort_index().sort_values(kind="stable")
thirteen = list(sizes.index[::7])  # every seventh county in order of size
path = PoolingExplorer.from_data(
    radon, "log_radon", "county", groups=thirteen, mode="path", units="log pCi/L"
)
path

# %% [markdown]
# Every county starts at the same value and ends at its own mean; the mark REML is the $\tau$ that these
# {{13 = len(thirteen) | d}} counties choose by themselves. A county stands half way between target and own mean when
# $\tau$ equals the standard error of its mean, $\sigma/\sqrt{n_j}$. That is early for St Louis with its
# {{116 = sizes["ST LOUIS"] | d}} houses, and late for Mahnomen with one. So there is no single "amount of
# pooling": at one and the same $\tau$ a large county can be nearly on its own and a small one nearly at the
# target.

# %% [markdown]
# ### Modelled and unmodelled coefficients
#
# A regression can have several *batches* of coefficients, each with a mean and an SD of its own. Ours had
# two: ten intercepts ({{44.77 = fit.fixef["Intercept"] | .2f}}, SD
# {{8.325 = fit.varcorr["school"].sd["Intercept"] | .3f}}) and ten slopes
# ({{2.04 = fit.fixef["homework"] | .2f}}, SD {{4.74 = fit.varcorr["school"].sd["homework"] | .2f}}). With an
# SD of zero the batch is one number. With an infinite SD it is unmodelled, which is what
# [fixed effect](glossary.md#fixed-effect) usually means. With anything between it is modelled: a
# [random effect](glossary.md#random-effect).
#
# Move one batch. Here the ten intercepts of the schools go from zero SD to infinity, with one common slope,
# and we watch that slope.

# %%
common = ht.lmm("math ~ homework + (1 | school)", pupils)
tau_grid = np.geomspace(0.02, 200, 81)
# `at` holds the ratio τ/σ fixed instead of estimating it
slope_path = np.array([common.at([t / common.sigma]).fixef["homework"] for t in tau_grid])
tau_intercepts = common.varcorr["school"].sd["Intercept"]
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
    ax.plot(tau_grid, slope_path, color=plots.COLOURS["partial"], lw=2)
    ax.axhline(one_line.params["homework"], color=plots.COLOURS["complete"], ls=(0, (5, 2.5)))
    ax.axhline(lsdv.params["homework"], color=plots.COLOURS["none"], ls=(0, (1, 1.3)))
    ax.plot(tau_intercepts, common.fixef["homework"], "D", color=plots.COLOURS["partial"])
    ax.text(200, one_line.params["homework"] - 0.04, "complete pooling", ha="right", va="top")
    ax.text(0.03, lsdv.params["homework"] + 0.03, "no pooling (LSDV)")
    ax.text(tau_intercepts * 1.2, common.fixef["homework"] + 0.03, "REML")
    ax.set(xscale="log", xlabel="SD of the ten intercepts, τ (points)", ylabel="slope (points per step)")
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
show(
    fig,
    "The common slope of homework as the ten intercepts go from tau = 0 to infinity: it falls from "
    f"{one_line.params['homework']:.2f} (complete pooling) to {lsdv.params['homework']:.2f} (no pooling). "
    f"REML chooses tau = {tau_intercepts:.1f}, where the slope is {common.fixef['homework']:.2f}.",
)

# %% [markdown]
# At the left end stands the {{3.57 = one_line.params["homework"] | .2f}} of the one line, at the right end
# the {{2.14 = lsdv.params["homework"] | .2f}} of LSDV. The data choose $\tau =$
# {{5.0 = tau_intercepts | .1f}} points, where the slope is {{2.21 = common.fixef["homework"] | .2f}}, close
# to LSDV: with some twenty pupils or more in each school, and schools this different, the comparison within
# schools has nearly all of the weight. It does not have all: if you want *only* that comparison, lesson 07
# shows how to ask for it.

# %% [markdown]
# ## Which way is best?
#
# That can be judged only where the truth is known. So invent ten schools of two to sixty-four pupils, whose
# true levels we know, and let each draw its pupils four thousand times. Pool each draw with a given $\tau$.
# The target $\mu$ is not given now: it is the mean of the ten observed means, each weighted by its
# [precision](glossary.md#precision), one over $\sigma^2/n_j + \tau^2$.

# %%
n = np.array([2, 3, 4, 6, 9, 12, 16, 25, 36, 64])
truth = np.array([49.0, 45.0, 59.0, 50.0, 44.0, 53.0, 47.0, 51.0, 46.0, 52.0])
se = sigma / np.sqrt(n)
draws = rng.normal(truth, se, size=(4_000, 10))  # each row: the ten observed means


def pool(means, tau):
    """Return the partially pooled means, row by row; the target is the precision-weighted mean of the row."""
    weight = 1 / (se**2 + tau**2)
    target = (means * weight).sum(axis=1, keepdims=True) / weight.sum()
    B = ht.shrinkage_factor(se, tau)
    return B * target + (1 - B) * means


# %% [markdown] concepts=[17]
# The error of the estimates has two parts: they are off in the same direction each time
# ([bias](glossary.md#bias-and-variance)), and they jump from draw to draw (variance). The [mean squared
# error](glossary.md#mean-squared-error) is the square of the first plus the second. For which $\tau$ is it smallest?


# %%
def parts_of_error(tau):
    """Return squared bias and variance, each the mean over the ten schools."""
    estimate = pool(draws, tau)
    return np.mean((estimate.mean(axis=0) - truth) ** 2), np.mean(estimate.var(axis=0))


grid = np.geomspace(0.05, 200, 60)
bias2, variance = np.array([parts_of_error(t) for t in grid]).T
mse = bias2 + variance
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    ax.plot(grid, mse, color=plots.COLOURS["line"], lw=2.4, label="mean squared error")
    ax.plot(grid, bias2, color=plots.COLOURS["complete"], ls=(0, (5, 2.5)), label="squared bias")
    ax.plot(grid, variance, color=plots.COLOURS["none"], ls=(0, (1, 1.3)), lw=2, label="variance")
    ax.plot(grid[mse.argmin()], mse.min(), "D", color=plots.COLOURS["partial"])
    ax.axvline(truth.std(ddof=1), color="0.6", lw=1)
    ax.text(1.15 * truth.std(ddof=1), 16.5, "SD of the true levels")
    ax.set(xscale="log", xlabel="τ used for pooling (points)", ylabel="error (points²)", ylim=(0, None))
    ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(0.0, 0.5))
best = grid[mse.argmin()]

# %% tags=["predict"]
Prediction(
    "Where is the mean squared error smallest?",
    [
        "at τ = 0, where the estimates hardly jump",
        "where τ is a small part of the SD of the true levels",
        "where τ is about the SD of the true levels",
        "at τ = ∞, where nothing is biased",
    ],
    answer=int(np.searchsorted(np.array([0.05, 0.5, 2.0]) * truth.std(ddof=1), best)),
    because="A little bias buys a large fall in variance, up to about that point.",
    figure=fig,
    alt="Squared bias falls and variance rises as τ grows. Their sum, the mean squared error, is "
    f"{mse[0]:.1f} squared points under complete pooling, {mse[-1]:.1f} under no pooling, and smallest, "
    f"{mse.min():.1f}, at τ = {grid[mse.argmin()]:.1f} (diamond); the true levels have an SD of {truth.std(ddof=1):.1f}.",
)

# %% [markdown]
# Complete pooling (left) hardly jumps, but is {{4.2 = np.sqrt(bias2[0]) | .1f}} points off for a typical
# school. No pooling (right) is right on average, but {{3.2 = np.sqrt(variance[-1]) | .1f}} points off in a
# typical draw. In between, the mean squared error falls from {{18.4 = mse[0] | .1f}} and
# {{10.2 = mse[-1] | .1f}} to {{6.4 = mse.min() | .1f}} squared points. The bottom is wide: half of the best
# $\tau$ gives {{8.7 = sum(parts_of_error(best / 2)) | .1f}}, twice the best
# {{8.0 = sum(parts_of_error(2 * best)) | .1f}}, and here both still beat the two ends. That is fortunate,
# since $\tau$ has to be estimated.

# %% [markdown] exercise="mse_three_ways" concepts=[17]
# ### Your turn: measure the three
#
# Write `mse_three_ways(truth, mean, n, sigma, tau, mu)`. Return a dict with the keys `"complete"`, `"none"`
# and `"partial"`: for each way the mean squared error over the schools, in squared points. Complete pooling
# estimates every school by the mean of all pupils; for partial pooling use your `partial_means`.


# %% exercise="mse_three_ways"
def mse_three_ways(truth, mean, n, sigma, tau, mu):
    """Return the mean squared error of the three ways."""
    ### BEGIN SOLUTION
    estimates = {
        "complete": np.average(mean, weights=n),
        "none": mean,
        "partial": partial_means(mean, n, sigma, tau, mu),
    }
    return {way: np.mean((estimate - truth) ** 2) for way, estimate in estimates.items()}
    ### END SOLUTION


# %% [markdown]
# ## Better on average is not better for everyone
#
# A mean over ten schools can hide a school. Here is the same simulation, school by school, with the best
# $\tau$; MSE is the mean squared error.

# %%
shrunk = pool(draws, best)
by_school = pd.DataFrame(
    {
        "n": n,
        "true level": truth,
        "MSE, no pooling": np.mean((draws - truth) ** 2, axis=0),
        "MSE, partial pooling": np.mean((shrunk - truth) ** 2, axis=0),
        "share of draws in which partial is nearer": np.mean(
            np.abs(shrunk - truth) < np.abs(draws - truth), axis=0
        ),
    },
    index=pd.Index(np.arange(1, 11), name="school"),
)
loss = by_school["MSE, partial pooling"] - by_school["MSE, no pooling"]
worst = int(loss.idxmax())
nearer = by_school["share of draws in which partial is nearer"].mean()
by_school.round(2)

# %% [markdown]
# School {{3 = worst | d}} pays for the others. It has {{4 = by_school["n"][worst] | d}} pupils and is truly
# extreme, at {{59 = truth[worst - 1] | .0f}} points where the others have a mean of
# {{49 = np.delete(truth, worst - 1).mean() | .0f}}. Partial pooling takes its
# {{4 = by_school["n"][worst] | d}} pupils for lucky ones and pulls it in, wrongly: its mean squared error
# rises from {{15.5 = by_school["MSE, no pooling"][worst] | .1f}} to
# {{19.6 = by_school["MSE, partial pooling"][worst] | .1f}} squared points. The two schools with still fewer
# pupils gain far more than that.
#
# Also note the last column. Over all schools and draws, partial pooling is nearer to the truth in
# {{58 = 100 * nearer | .0f}} percent of the cases, hardly more than half. It wins by *how much* it corrects
# the bad cases, not by how often it wins.
#
# So a school of which you *know* something, that it selects its pupils for example, should not be treated as
# one of the others. The remedy is not to give up partial pooling but to tell the model what you know: a
# [group-level predictor](glossary.md#group-level-predictor) (lesson 07).

# %% [markdown] exercise="honest_extreme" concepts=[17]
# ### Your turn: make data where partial pooling loses
#
# Make a DataFrame `honest_extreme` with a row for each of at least six schools and the columns `n`, `truth`
# and `mean` (the observed mean), such that
#
# - every mean lies within two standard errors of its truth, with $\sigma = 8$;
# - one school alone is the smallest, and for it partial pooling is further from the truth than its own mean
#   is, by a point or more;
# - over all schools partial pooling still has the smaller mean squared error than no pooling.
#
# Partial pooling is computed with $\tau = 5$ and the precision-weighted target, as
# `ht.partial_pooling(mean, 8 / np.sqrt(n), tau=5)` does it.

# %% exercise="honest_extreme"
honest_extreme = ...
### BEGIN SOLUTION
honest_extreme = pd.DataFrame(
    {
        "n": [9, 9, 9, 9, 9, 4],
        "truth": [50, 50, 50, 50, 50, 60],
        "mean": [54, 46, 54, 46, 54, 60],
    }
)
### END SOLUTION

# %% [markdown] concepts=[18]
# ## Which counties are the worst?
#
# Back to the radon. Radon seeps out of the ground into houses and causes lung cancer. Suppose you have
# inspectors for eight counties, and each county has its mean of log radon from a handful of houses. (Some
# were measured in the basement, some on the first floor; we ignore that until lesson 07.) The obvious plan:
# rank the counties by their means and take the top eight. About half of all counties have at most
# {{5 = sizes.median() | .0f}} measured houses.
#
# How many of the eight counties with the highest means have so few? Commit to an answer.

# %%
counties = radon.groupby("county", observed=True)["log_radon"].agg(["mean", "size"])
radon_fit = ht.lmm("log_radon ~ 1 + (1 | county)", radon)
tau_radon = radon_fit.varcorr["county"].sd["Intercept"]
county_fit = ht.partial_pooling(counties["mean"], radon_fit.sigma / np.sqrt(counties["size"]), tau=tau_radon)
counties["partial"] = county_fit.estimate
top, bottom = counties.nlargest(8, "mean"), counties.nsmallest(8, "mean")
small_top = int((top["size"] <= sizes.median()).sum())

# %% tags=["predict"]
Prediction(
    f"Of the eight counties with the highest means, how many have at most {sizes.median():.0f} houses?",
    ["about half of them, like all counties", "nearly all, seven or eight", "one or none"],
    answer=[3 <= small_top <= 5, small_top >= 7, small_top <= 1].index(True),
    because="A mean of few houses jumps far, so the ends of the ranking are taken by small counties.",
    figure=plots.pooling(county_fit, n=counties["size"], label="log radon (log pCi/L)"),
    alt="Radon in 85 counties of Minnesota. "
    + narrate.pooling(county_fit, counties["size"])
    + " The bars reach one standard error up and down.",
)

# %%
top.round(2)

# %% [markdown]
# All {{8 = small_top | d}} counties at the top have at most {{5 = sizes.median() | .0f}} houses. The bottom
# eight are a little larger, but none of the sixteen counties at the two ends has more than
# {{9 = max(top["size"].max(), bottom["size"].max()) | d}}, while
# {{22 = int((sizes > max(top["size"].max(), bottom["size"].max())).sum()) | d}} others do. The middle picture
# shows why. A mean of $n_j$ houses has the standard error $\sigma/\sqrt{n_j}$, with $\sigma =$
# {{0.80 = radon_fit.sigma | .2f}} on the log scale: {{0.80 = radon_fit.sigma | .2f}} for one house,
# {{0.07 = radon_fit.sigma / np.sqrt(sizes.max()) | .2f}} for {{116 = sizes.max() | d}}. The means form a
# funnel, and its wide end holds the extremes. The two ends of a ranking of raw means show, more than anything,
# who was measured least.
#
# The model estimates that counties truly differ with $\tau =$ {{0.31 = tau_radon | .2f}}, much less than the
# noise of a small county. So here, unlike with the ten schools, partial pooling contradicts the raw means
# strongly. The highest of them, {{2.60 = top["mean"].iloc[0] | .2f}} in
# `{{LAC QUI PARLE = top.index[0] | s}}` with {{2 = top["size"].iloc[0] | d}} houses, becomes
# {{1.61 = top["partial"].iloc[0] | .2f}}. In units of radon, a typical house of that county goes from
# $e^{ {{2.60 = top["mean"].iloc[0] | .2f}} } =$ {{13.4 = np.exp(top["mean"].iloc[0]) | .1f}} picocuries per
# litre to {{5.0 = np.exp(top["partial"].iloc[0]) | .1f}}; the authorities of the United States recommend
# action from four. At the top of the new list stands `{{BLUE EARTH = counties["partial"].idxmax() | s}}`,
# with {{14 = counties["size"][counties["partial"].idxmax()] | d}} houses to prove it.

# %% [markdown]
# ## The wrong analysis: inspectors for the top of the list
#
# What would it cost to act on the raw list? Real data have no known truth, but they have a trick that is
# nearly as good: hide half of the houses. Rank the counties by the one half, then look up in the other half
# what the chosen counties are really like. Do this two hundred times, so that no lucky split decides. (Only
# counties with houses in both halves can take part.)

# %% tags=["wrong-analysis"]
rng_split = np.random.default_rng(12)
rounds, forecasts = [], []
for _ in range(200):
    seen = rng_split.random(len(radon)) < 0.5
    half = ht.lmm("log_radon ~ 1 + (1 | county)", radon[seen])
    table = radon[seen].groupby("county")["log_radon"].agg(none="mean", houses="size")
    table["partial"] = half.coef["county"]["Intercept"]
    table["complete"] = radon[seen]["log_radon"].mean()
    table["found"] = radon[~seen].groupby("county")["log_radon"].mean()
    table = table.dropna()
    for way in ("none", "partial"):
        chosen = table.nlargest(8, way)
        rounds.append((way, chosen[way].mean(), chosen["found"].mean(), chosen["houses"].mean()))
    forecasts.append(((table[["complete", "none", "partial"]].sub(table["found"], axis=0)) ** 2).mean())

rounds = pd.DataFrame(rounds, columns=["way", "promised", "found", "houses"])
forecast = pd.DataFrame(forecasts).mean()
plan = rounds.groupby("way")[["promised", "found", "houses"]].mean()
plan["too high by the factor"] = np.exp(plan["promised"] - plan["found"])
print("mean squared error of the forecast, all counties in both halves:", forecast.round(2).to_dict())
plan.round(2)

# %% [markdown]
# The raw list promises a mean of {{2.27 = plan.loc["none", "promised"] | .2f}} in its eight counties. The
# inspectors find {{1.56 = plan.loc["none", "found"] | .2f}}: the promise was too high by a factor of
# {{2.0 = plan.loc["none", "too high by the factor"] | .1f}} in radon. The partially pooled list promises
# {{1.60 = plan.loc["partial", "promised"] | .2f}}, and they find
# {{1.58 = plan.loc["partial", "found"] | .2f}}. It keeps its word.
#
# Read the column `found` once more, because it says something against us: in the hidden half the eight
# counties of the one list are about as bad as those of the other. With this little information about each county, neither
# list picks the worst ones much better than the other. What partial pooling repairs is the *number*, and with
# it the choice between "send inspectors" and "measure more houses first".
#
# Over all counties the damage is plain as well. As a forecast of the hidden half, a county's own mean has a
# mean squared error of {{0.60 = forecast["none"] | .2f}}, the mean of all houses
# {{0.39 = forecast["complete"] | .2f}}, and partial pooling {{0.36 = forecast["partial"] | .2f}}. All
# three contain the noise of the hidden half, which no forecast can avoid, so compare them with each other and
# not with zero. Here no pooling is worse than ignoring the counties altogether.

# %% [markdown] exercise="advise_the_inspectors" concepts=[18]
# ### Your turn: advise the health department
#
# The health department of Minnesota shows you the ranking of the raw means and wants to send its inspectors
# to the top eight counties. Advise it in six to eight sentences without a formula. Four points: who is at the
# top of the list, with a count from the data (`radon` holds all houses); why; what you recommend instead and
# what that changes; what your own recommendation can still get wrong.

# %% [markdown] exercise="advise_the_inspectors" answer=true
# ### BEGIN SOLUTION
# Please do not act on this list yet. All eight counties at its top have five measured houses or fewer, and
# two of them have one. With so few houses a mean can be off by a factor of about two in radon by chance
# alone, so the top of such a list fills with counties that were hardly measured, not with those that have the
# most radon. I recommend the list of partially pooled estimates, which moves each county toward the others,
# and the more so the fewer houses it has. On that list the first county is estimated at less than six
# picocuries per litre instead of more than thirteen, and the first two counties have fourteen houses each.
# When we hid half of the houses and looked them up afterwards, the raw list had promised twice the radon that
# was there, and the other list what was there. The first few estimates are so close together that measuring
# more houses in these counties is money better spent than inspecting them now. My list can be wrong, too: a
# small county that truly is extreme has been pulled in with the others, and if the measured houses are no
# random sample of their county, neither list repairs that.
# ### END SOLUTION

# %% [markdown] exercise="name_the_lines" concepts=[12, 13, 15, 16]
# ## Name the lines, read the numbers
#
# ### Your turn: six blanks
#
# Fill each blank with one of its options, word for word.
#
# - The method that ignores which school a pupil is in is ___ (`ignores_the_school`): `"no pooling"`,
#   `"complete pooling"`, `"partial pooling"`.
# - What a regression with dummies does not have, and the multilevel model has, is ___
#   (`dummies_do_not_have`): `"an intercept for each school"`, `"a distribution for the intercepts"`,
#   `"a residual for each pupil"`.
# - As $\tau$ goes to zero, partial pooling becomes ___ (`tau_goes_to_zero`): `"no pooling"`, `"the REML fit"`,
#   `"complete pooling"`.
# - The slope of the one line through all pupils says that ___ (`slope_says`):
#   `"a pupil who does one step more will gain that many points"`,
#   `"schools one step higher in homework score higher by that many points"`,
#   `"pupils one step higher in homework score higher by that many points on average"`.
# - At the top and at the bottom of a ranking of raw means stand ___ (`top_and_bottom_of_the_list`):
#   `"mostly counties with extreme radon"`, `"mostly small counties"`, `"mostly large counties"`.
# - For one given county the partially pooled estimate, compared with the county's own mean, ___
#   (`for_one_county`): `"may be further from the truth"`, `"is closer to the truth"`, `"is unbiased"`.

# %% exercise="name_the_lines"
name_the_lines = {
    "ignores_the_school": ...,
    "dummies_do_not_have": ...,
    "tau_goes_to_zero": ...,
    "slope_says": ...,
    "top_and_bottom_of_the_list": ...,
    "for_one_county": ...,
}
### BEGIN SOLUTION
name_the_lines = {
    "ignores_the_school": "complete pooling",
    "dummies_do_not_have": "a distribution for the intercepts",
    "tau_goes_to_zero": "complete pooling",
    "slope_says": "pupils one step higher in homework score higher by that many points on average",
    "top_and_bottom_of_the_list": "mostly small counties",
    "for_one_county": "may be further from the truth",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Complete pooling: one line for all, $\tau = 0$. No pooling: a line for each group, $\tau = \infty$.
#   Partial pooling: $\alpha_j \sim N(\mu, \tau^2)$, with a $\tau$ that the data choose.
# - A partially pooled mean is a weighted average; each side weighs one over its variance.
# - It trades a little bias for a lot of variance: better on average over the groups, not for each.
# - Extremes come from small groups. The ends of a ranking of raw means show who was measured least, and
#   promises made from its top are not kept.
# - Partial pooling repairs the numbers, not a lack of data, and it does not know what you did not tell it.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 12,
#   sections 12.1–12.4 (the radon data; the weighted average is equation 12.1) and section 13.1 for varying
#   slopes.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 3 for shrinkage estimates, chapter 4 for
#   a first data set.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 4 for random intercepts and posterior means,
#   chapter 5 for random slopes.
# - Kreft and de Leeuw (1998), *Introducing Multilevel Modeling*: the ten schools run through the whole book.
