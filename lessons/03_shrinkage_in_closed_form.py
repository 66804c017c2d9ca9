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
# # Lesson 03: Shrinkage in closed form
#
# In the late 1970s eight American high schools each ran a coaching course for the same admission test, which
# is scored from two hundred to eight hundred points, and each estimated how many points its course was worth.
# One school found {{28 = schools.effect.iloc[0] | .0f}} points, another
# {{−3 = schools.effect.iloc[2] | .0f}}, and every estimate came with a [standard
# error](glossary.md#standard-error) of {{9 = schools.se.min() | .0f}} points or more. If you ran the school
# with the best result, would you promise its next pupils {{28 = schools.effect.iloc[0] | .0f}} points?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_schools = assignment_data("ps03", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.widgets import PoolingExplorer, Prediction

schools = ht.load("eight_schools")
y = schools.set_index("school")["effect"].astype(float)
se = schools.set_index("school")["se"].astype(float)
schools

# %%
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
    rows = np.arange(len(y))[::-1]
    ax.errorbar(y, rows, xerr=se, fmt="o", color=plots.COLOURS["none"], capsize=3)
    ax.axvline(0, color="0.6", lw=1)
    ax.set(yticks=rows, yticklabels=y.index, ylabel="school")
    ax.set_xlabel("effect of coaching (points), estimate ± 1 standard error")
show(
    fig,
    f"Eight estimates of a coaching effect with bars of one standard error. They run from {y.min():.0f} to "
    f"{y.max():.0f} points; the bars are {se.min():.0f} to {se.max():.0f} points long on each side. That of A "
    f"begins at {y['A'] - se['A']:.0f} points, where those of E and F have ended; any other two bars overlap or touch.",
)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **derive** the weight that [partial pooling](glossary.md#partial-pooling) gives to a group's own mean, and
#   **code** it in one line;
# - **compute** the value toward which estimates are pulled, and **tell** it from the mean of all
#   observations;
# - **predict** which group moves most, and **explain** what happens as a group's size goes to zero or grows
#   without end;
# - **say** how sure an estimate is, and **judge** whether a ranking of groups means anything;
# - **estimate** from the data how much groups differ, and **name** what
#   [shrinkage](glossary.md#shrinkage) does not promise.
#
# You need lesson 02: what [complete pooling](glossary.md#complete-pooling),
# [no pooling](glossary.md#no-pooling) and partial pooling are. Allow eighty minutes, in two sittings if you
# like: the second begins with "A parameter and a prediction". There are six tasks; the first comes in three short
# steps.

# %%
review("03")

# %% [markdown]
# ## By hand first
#
# Take one school, A. Its own estimate is {{28 = y_A | .0f}} points, with a
# standard error of {{15 = se_A | .0f}}. Suppose somebody tells you two more
# facts: coaching effects in schools like these centre on $\mu = 8$ points, and from school to school they
# differ with a standard deviation of $\tau = {{10 = tau_hand | .0f}}$ points, the [between-group standard
# deviation](glossary.md#between-group-standard-deviation).
#
# So there are two statements about the true effect in school A:
#
# | statement | value | standard deviation | variance |
# |---|---|---|---|
# | its own pupils say | {{28 = y_A | .0f}} | {{15 = se_A | .0f}} | {{225 = se_A**2 | .0f}} |
# | the other schools say | {{8 = mu_hand | .0f}} | {{10 = tau_hand | .0f}} | {{100 = tau_hand**2 | .0f}} |
#
# The statement with the smaller variance deserves the larger weight. Give each the *other* one's share of the
# total variance: what the schools say gets {{225 = se_A**2 | .0f}} of
# {{325 = se_A**2 + tau_hand**2 | .0f}}, which is {{0.692 = B_A | .3f}}, and what its own pupils say gets the
# rest, {{0.308 = 1 - B_A | .3f}}:
#
# $$ {{0.692 = B_A | .3f}} \times {{8 = mu_hand | .0f}} + {{0.308 = 1 - B_A | .3f}} \times {{28 = y_A | .0f}} = {{14.15 = alpha_A | .2f}} \text{ points.} $$
#
# That took a sheet of paper. Now the same in Python:

# %%
y_A, se_A = y["A"], se["A"]
mu_hand, tau_hand = 8.0, 10.0
B_A = ht.shrinkage_factor(se_A, tau_hand)
alpha_A = B_A * mu_hand + (1 - B_A) * y_A
print(f"weight on what the schools say {B_A:.3f}, estimate {alpha_A:.2f} points")

# %% [markdown]
# The school that reported {{28 = y_A | .0f}} points is estimated at about {{14 = alpha_A | .0f}}. Its own
# number was always {{28 = y_A | .0f}} give or take {{15 = se_A | .0f}}, and the estimate lies within one
# standard error of it. If the course were tried again with thousands of pupils of school A, and you had to
# bet on the result, {{14 = alpha_A | .0f}} would be the better bet.

# %% [markdown] concepts=[21]
# ## The weight, derived
#
# Why that weight and no other? Two assumptions do all the work. A [group](glossary.md#group)'s mean is its
# true value plus noise of known size, and the true values themselves are spread around a centre (read the upright
# bar as "given"):
#
# $$ \bar y_j \mid \alpha_j \sim N(\alpha_j, \mathrm{se}_j^2), \qquad \alpha_j \sim N(\mu, \tau^2). $$
#
# Which $\alpha_j$ fits both statements best? Write the log of the product of the two densities as a function
# of $\alpha_j$. Up to a constant it is
#
# $$ -\frac{(\bar y_j - \alpha_j)^2}{2\,\mathrm{se}_j^2} - \frac{(\alpha_j - \mu)^2}{2\,\tau^2}. $$
#
# Set the derivative to zero, $(\bar y_j - \alpha_j)/\mathrm{se}_j^2 = (\alpha_j - \mu)/\tau^2$, and solve:
#
# $$ \hat\alpha_j = B_j\,\mu + (1 - B_j)\,\bar y_j, \qquad B_j = \frac{\mathrm{se}_j^2}{\mathrm{se}_j^2 + \tau^2}. $$
#
# $B_j$ is the [shrinkage factor](glossary.md#shrinkage-factor), the weight on the
# [target](glossary.md#target) $\mu$. Its complement $\lambda_j = 1 - B_j$ is the
# [reliability](glossary.md#reliability) of the group's mean, the weight on that mean. The movement from
# $\bar y_j$ to $\hat\alpha_j$ is called **shrinkage**.
#
# Lesson 02 had the same weight in another dress. It weighed by "how sure", one over a variance, which is
# called [precision](glossary.md#precision):
#
# $$ \frac{1/\tau^2}{1/\mathrm{se}_j^2 + 1/\tau^2} = \frac{\mathrm{se}_j^2}{\mathrm{se}_j^2 + \tau^2}. $$
#
# Multiply the left side above and below by $\mathrm{se}_j^2\,\tau^2$ to get the right side. The right side
# has an advantage: it also works at $\tau = 0$.

# %% [markdown]
# ### What the target is worth
#
# Often a group's mean comes from $n_j$ observations that differ with the
# [residual standard deviation](glossary.md#residual-standard-deviation) $\sigma$. Then
# $\mathrm{se}_j^2 = \sigma^2/n_j$, and the weight on the group's own mean becomes
#
# $$ \lambda_j = \frac{\tau^2}{\tau^2 + \sigma^2/n_j} = \frac{n_j}{n_j + k}, \qquad k = \frac{\sigma^2}{\tau^2}. $$
#
# Read the second form aloud: the estimate is the mean of the group's $n_j$ observations and $k$ imaginary
# ones, all of which sit at the target. So $k$ is what the target is worth, counted in observations.

# %%
sigma, tau = 10.0, 5.0
worth = sigma**2 / tau**2
sizes = np.array([0, 1, 4, 16, 100])
weights = sizes / (sizes + worth)
print(f"the target is worth {worth:.0f} pupils")
pd.DataFrame(
    {"pupils": sizes, "weight on own mean": weights, "weight on target": 1 - weights},
).round(3)

# %% [markdown] concepts=[19, 29]
# Take pupils who differ by $\sigma = {{10 = sigma | .0f}}$ points within a school, and schools that differ by
# $\tau = {{5 = tau | .0f}}$ points. Then the target is worth {{4 = worth | .0f}} pupils.
#
# - A school of {{4 = sizes[2] | d}} is believed by exactly half, and a school of {{100 = sizes[4] | d}} keeps
#   {{96 = 100 * weights[4] | .0f}} percent of its own mean. As $n_j$ grows without end, $\lambda_j$ goes to
#   one, and the school speaks for itself.
# - A school with **one** pupil is no obstacle. That pupil is believed by a fifth, {{0.2 = weights[1] | .1f}}.
#   (One pupil says nothing about $\sigma$; other schools must do that.)
# - A school with **no** pupil in the sample has no mean of its own. Its weight is {{0 = weights[0] | .0f}},
#   and its estimate is the target.
#
# The same model in the four ways that you met in lesson 02:
#
# **In [levels](glossary.md#level)**: $\; y_i = \alpha_{j[i]} + \epsilon_i, \quad \alpha_j = \mu + u_j$.
#
# **In one line**: $\; y_i = \mu + u_{j[i]} + \epsilon_i$.
#
# **As distributions**: $\; y_i \sim N(\alpha_{j[i]}, \sigma^2), \quad \alpha_j \sim N(\mu, \tau^2)$.
#
# **As a formula**: `y ~ 1 + (1 | group)`, a [varying intercept](glossary.md#varying-intercept) and nothing
# else. The eight schools are the case in which somebody has already taken the means, and $\mathrm{se}_j$ is
# known instead of $\sigma$ and $n_j$.

# %% [markdown] exercise="shrinkage_factor" concepts=[21]
# ### Your turn, first step: the weight on the target
#
# Write `shrinkage_factor(se, tau)`: the weight on the target, for a known standard error `se` (a number or an
# array, greater than zero) and a standard deviation `tau` between groups, which may be zero.


# %% exercise="shrinkage_factor"
def shrinkage_factor(se, tau):
    """Return B, the weight on the target."""
    ### BEGIN SOLUTION
    return se**2 / (se**2 + tau**2)
    ### END SOLUTION


# %% [markdown] concepts=[22]
# ## The target is not the grand mean
#
# So far somebody told us $\mu$. Usually it has to come from the groups' means. Each of them misses $\mu$ for
# two reasons at once, noise and a true difference, so its variance around $\mu$ is
# $\mathrm{se}_j^2 + \tau^2$. The best weighted average of independent values uses precisions as weights:
#
# $$ \hat\mu = \frac{\sum_j w_j \bar y_j}{\sum_j w_j}, \qquad w_j = \frac{1}{\mathrm{se}_j^2 + \tau^2}. $$
#
# It is tempting to shrink to the mean of all pupils instead. Here is a case made to show the difference: a
# school named Ash with {{200 = demo_n[0] | d}} pupils and a mean of {{70 = demo_y.iloc[0] | .0f}} points, and
# Birch, Cedar and Dale with {{5 = demo_n[1] | d}} pupils each and means of {{50 = demo_y.iloc[1] | .0f}},
# {{52 = demo_y.iloc[2] | .0f}} and {{48 = demo_y.iloc[3] | .0f}}; $\sigma^2 = {{100 = demo_sigma2 | .0f}}$
# and $\tau^2 = {{60 = demo_tau2 | .0f}}$. Commit to an answer first; the figure opens then.

# %%
demo_n = np.array([200, 5, 5, 5])
demo_y = pd.Series([70.0, 50.0, 52.0, 48.0], index=["Ash", "Birch", "Cedar", "Dale"])
demo_sigma2, demo_tau2 = 100.0, 60.0
demo_se = np.sqrt(demo_sigma2 / demo_n)
demo = ht.partial_pooling(demo_y, demo_se, tau=np.sqrt(demo_tau2))
demo_grand = np.average(demo_y, weights=demo_n)
demo_wrong = ht.partial_pooling(demo_y, demo_se, tau=np.sqrt(demo_tau2), mu=demo_grand)

# %% tags=["predict"]
Prediction(
    "Toward which number are the three small schools pulled?",
    [
        f"about {demo_grand:.0f}, the mean of all {demo_n.sum()} pupils",
        f"about {demo.mu:.0f}",
        f"about {demo_y.iloc[1:].mean():.0f}, the mean of the three small schools",
    ],
    answer=1,
    because="The large school counts as one school that is known precisely; three small ones pull the other way.",
    figure=plots.shrinkage(demo, n=demo_n, label="mean score (points)"),
    alt="Four schools of 200, 5, 5 and 5 pupils. " + narrate.shrinkage(demo, unit="points"),
)

# %%
w = 1 / (demo_se**2 + demo_tau2)
pd.DataFrame(
    {
        "pupils": demo_n,
        "share of the pupils": demo_n / demo_n.sum(),
        "share of the weights": w / w.sum(),
        "own mean": demo_y,
        "pulled to the centre of the schools": demo.estimate,
        "pulled to the mean of all pupils": demo_wrong.estimate,
    }
).round(2)

# %% [markdown]
# Ash has {{93 = 100 * demo_n[0] / demo_n.sum() | .0f}} percent of the pupils, so the mean of all pupils,
# {{68.60 = demo_grand | .2f}}, is nearly its own mean. As a witness about *schools* it is one of four: known
# precisely, and for that it gets {{31 = 100 * w[0] / w.sum() | .0f}} percent of the weight instead of a
# quarter. The centre of the schools is {{56.12 = demo.mu | .2f}}. Pulled to the wrong target, Birch gets
# {{54.65 = demo_wrong.estimate[1] | .2f}} instead of {{51.53 = demo.estimate[1] | .2f}}, an error of
# {{3.1 = demo_wrong.estimate[1] - demo.estimate[1] | .1f}} points that the choice of the target alone has
# made.
#
# The two ends are inside the formula. As $\tau \to 0$, only $\mathrm{se}_j^2 = \sigma^2/n_j$ is left in the
# weights, every *pupil* counts the same, and $\hat\mu$ is the mean of all pupils. As $\tau \to \infty$, every
# *school* counts the same, and $\hat\mu$ is the plain mean of the means,
# {{55 = demo_y.mean() | .0f}} here. So the mean of all pupils is the right target only where schools do not
# differ, or where they all have the same number of pupils and the three agree.

# %% [markdown] exercise="pooled_target" concepts=[22]
# ### Your turn, second step: where the arrows point
#
# Write `pooled_target(y, se, tau)`: the value toward which the group means `y` are pulled. `y` and `se` are
# arrays with one entry for each group. Return one number.


# %% exercise="pooled_target"
def pooled_target(y, se, tau):
    """Return mu, the precision-weighted centre of the groups."""
    ### BEGIN SOLUTION
    w = 1 / (se**2 + tau**2)
    return np.sum(w * y) / np.sum(w)
    ### END SOLUTION


# %% [markdown]
# ## The estimate
#
# Weight and target together are the whole of partial pooling when $\tau$ is known. The library's function
# does those two things; here it is on the eight schools. Take $\tau = {{6.5 = tau_eight | .1f}}$ points for
# the moment: further down we ask what the data have to say about that.

# %%
tau_eight = 6.5
eight = ht.partial_pooling(y, se, tau=tau_eight)
eight.table().round(2)

# %%
show(
    plots.shrinkage(eight, label="effect of coaching (points)"),
    "Coaching effects in eight schools. " + narrate.shrinkage(eight, unit="points"),
)

# %% [markdown]
# The target is {{7.9 = eight.mu | .1f}} points, with a standard error of {{4.8 = eight.mu_se | .1f}}. (Here
# it is close to complete pooling, because no school is much more precise than the others.) The eight
# estimates ran over {{31 = y.max() - y.min() | .0f}} points; after shrinkage they run over
# {{6.2 = eight.estimate.max() - eight.estimate.min() | .1f}}. School A stands at
# {{11.1 = eight.estimate[0] | .1f}} points.
#
# Even the order has changed. By its own estimate school C is last, at {{−3 = y["C"] | .0f}}; after pooling it
# is school E, at {{4.9 = eight.estimate[4] | .1f}}, although its own estimate was higher. E is the most
# precise of the eight, so more of its bad result is believed.

# %% [markdown] exercise="partial_pool" concepts=[21, 22]
# ### Your turn, third step: the partially pooled estimate
#
# Write `partial_pool(y, se, tau)`, which returns an array with one estimate for each group. Use your two
# functions from above.


# %% exercise="partial_pool"
def partial_pool(y, se, tau):
    """Return the partially pooled estimate of every group."""
    ### BEGIN SOLUTION
    B = shrinkage_factor(se, tau)
    return B * pooled_target(y, se, tau) + (1 - B) * y
    ### END SOLUTION


# %% [markdown] concepts=[23]
# ## Who moves, and how far
#
# Subtract $\bar y_j$ from both sides of the formula for the estimate:
#
# $$ \hat\alpha_j - \bar y_j = B_j\,(\hat\mu - \bar y_j). $$
#
# A group moves by its shrinkage factor **times** its distance from the target. Small groups have large
# factors, but a group that already lies at the target has nowhere to go. Among the eight schools H is the
# noisiest and has the largest factor, {{0.88 = eight.shrinkage_factor[7] | .2f}}; it moves
# {{3.6 = abs(eight.estimate[7] - y["H"]) | .1f}} points. A has {{0.84 = eight.shrinkage_factor[0] | .2f}} and
# moves {{16.9 = abs(eight.estimate[0] - y_A) | .1f}}.
#
# The widget holds twelve simulated groups. Commit to an answer first: which of the three named groups moves
# most? Then change a group's size and its mean, and watch both factors at work. Every control answers to the
# arrow keys.

# %%
explorer = PoolingExplorer()
explorer

# %% [markdown]
# Four things to try.
#
# 1. Take $\tau$ to its left end: all diamonds meet on the line, complete pooling. Take it to its right end:
#    each diamond sits in its circle, no pooling. The button between them brings you back to the value that
#    the data choose by [restricted maximum likelihood](glossary.md#restricted-maximum-likelihood), REML for
#    short; lesson 05 explains how.
# 2. Choose the largest group, whose mean is far from the others, and make it as large as the slider allows.
#    The solid line, $\hat\mu$, hardly follows; the dashed line, the mean of all observations, runs after it.
# 3. Let the groups shrink towards that dashed line. The deviations no longer cancel: the sum in the box is no
#    longer zero.
# 4. Tick "Show the truth and the errors", and compare the [mean squared
#    error](glossary.md#mean-squared-error) at both ends of $\tau$ and at REML. Draw new groups a few times.

# %% [markdown] exercise="small_but_steady" concepts=[23]
# ### Your turn: small, and yet it hardly moves
#
# Make a DataFrame `small_but_steady` with the columns `n` and `mean` and a row for each of four groups or
# more. One group alone must be the smallest, and **another** group must move further than it does, by half a
# point or more. Take `se = 10 / np.sqrt(n)` and `tau = 5`, with the target from the data.

# %% exercise="small_but_steady"
small_but_steady = ...
### BEGIN SOLUTION
small_but_steady = pd.DataFrame({"n": [2, 20, 5, 20], "mean": [50.0, 50.0, 62.0, 45.0]})
### END SOLUTION

# %% [markdown] exercise="largest_move" concepts=[23]
# ### Your turn: the largest move
#
# `my_schools` holds eight schools that are yours alone: they depend on your name in `STUDENT`. Its columns
# are `school`, `n` (pupils) and `mean` (points). Within schools pupils differ by
# $\sigma = {{10 = sigma | .0f}}$ points, and schools differ by $\tau = 5$. One of the schools moves further
# than all others when the means are partially pooled. How many points does it move? Store a positive number
# in `largest_move`; two decimals are enough. You may use your own functions or `ht.partial_pooling`.

# %% exercise="largest_move"
largest_move = ...
### BEGIN SOLUTION
my_fit = ht.partial_pooling(my_schools["mean"], 10 / np.sqrt(my_schools["n"]), tau=5)
largest_move = np.abs(my_fit.estimate - my_schools["mean"]).max()
### END SOLUTION

# %% [markdown] concepts=[25]
# ## How sure are we of one group?
#
# If $\mu$ and $\tau$ were known, the true value would lie around the estimate with the variance
# $(1 - B_j)\,\mathrm{se}_j^2$, which is smaller than $\mathrm{se}_j^2$ and smaller than $\tau^2$: two
# statements together are surer than each alone. Having to estimate $\mu$ adds
# $B_j^2\,\mathrm{var}(\hat\mu)$. For school A the first part alone gives
# {{6.0 = np.sqrt(1 - eight.shrinkage_factor[0]) * se_A | .1f}} points and both together
# {{7.2 = eight.estimate_se[0] | .1f}}, where its own pupils alone gave {{15 = se_A | .0f}}. The library
# counts both.

# %%
show(
    plots.caterpillar(eight, label="effect of coaching (points)"),
    "Coaching effects after partial pooling. " + narrate.caterpillar(eight, unit="points"),
)

# %% [markdown]
# Here is the answer to the headteacher of school A. Do not promise {{28 = y_A | .0f}} points: the ninety-five
# percent interval runs from {{−3 = eight.estimate[0] - 1.96 * eight.estimate_se[0] | .0f}} to
# {{25 = eight.estimate[0] + 1.96 * eight.estimate_se[0] | .0f}}, around an estimate of
# {{11 = eight.estimate[0] | .0f}}.
#
# And is A better than E? Two intervals that overlap do not settle that; one has to look at the difference.
# Draw twenty thousand sets of eight true effects that agree with what we know, first $\mu$, then the eight
# effects around their estimates, and count.

# %%
rng = np.random.default_rng(1)
B = eight.shrinkage_factor
mu_drawn = rng.normal(eight.mu, eight.mu_se, size=(20_000, 1))
effects = pd.DataFrame(
    rng.normal(B * mu_drawn + (1 - B) * eight.y, np.sqrt(1 - B) * eight.se),
    columns=y.index,
)
A_minus_E = effects["A"] - effects["E"]
best = effects.idxmax(axis=1).value_counts(normalize=True)
print(f"A minus E: {A_minus_E.mean():.1f} points, give or take {A_minus_E.std():.1f}")
print(f"A is better than E in {100 * (A_minus_E > 0).mean():.0f} percent of the sets")
best.round(2).rename("chance to be the best of the eight").to_frame()

# %% [markdown]
# Even the first and the last of the list differ by {{6.2 = A_minus_E.mean() | .1f}} points, give or take
# {{8.0 = A_minus_E.std() | .1f}}; A is ahead with a chance of {{78 = 100 * (A_minus_E > 0).mean() | .0f}}
# percent. And A is the best of the eight with a chance of {{26 = 100 * best["A"] | .0f}} percent: whoever
# gives the prize to A gives it to the wrong school about three times in four. An estimate for each group is
# not yet a ranking of the groups, and a table of ranks without such chances promises what nobody knows.
#
# All of this takes $\tau$ as known. Lesson 09 adds what is not known about $\tau$.

# %% [markdown] concepts=[20]
# ## A parameter and a prediction
#
# $\mu$, $\tau$ and $\sigma$ are **parameters**: fixed numbers, about which more groups tell more. $\alpha_j$
# is not one of them. Under the model it is a *draw* from $N(\mu, \tau^2)$, a new one for each group, and
# $\hat\alpha_j$ **predicts** that draw. Its many names say so in part: [conditional
# mode](glossary.md#conditional-mode), best linear unbiased *predictor* (BLUP), posterior mean; and
# [empirical-Bayes](glossary.md#empirical-bayes) estimate, because estimates of $\mu$, $\tau$ and $\sigma$ are
# put in. In the model of this lesson, with the same $\mu$, $\tau$ and $\sigma$ put in, all four are the same number.
#
# Does the difference matter? Let groups have five observations each, with $\sigma = {{10 = sigma | .0f}}$ and
# $\tau = {{5 = tau | .0f}}$, and let there be more and more groups. What happens to the error of $\hat\mu$,
# and what to the error of the $\hat\alpha_j$?

# %%
se_five = sigma / np.sqrt(5)
B_five = ht.shrinkage_factor(se_five, tau)
error = {}
for J in (10, 100, 1_000, 10_000):
    alpha = rng.normal(50, tau, size=(1_000_000 // J, J))  # each row: the true values of J groups
    means = rng.normal(alpha, se_five)
    mu_hat = means.mean(axis=1, keepdims=True)  # equal sizes, so equal weights
    alpha_hat = B_five * mu_hat + (1 - B_five) * means
    error[J] = {
        "typical error of mu": np.sqrt(np.mean((mu_hat - 50) ** 2)),
        "typical error of a group's estimate": np.sqrt(np.mean((alpha_hat - alpha) ** 2)),
    }
error = pd.DataFrame(error).T.rename_axis("groups")
error.round(2)

# %% [markdown]
# From ten groups to ten thousand the typical error of $\hat\mu$ falls from
# {{2.1 = error.iloc[0, 0] | .1f}} points to {{0.1 = error.iloc[3, 0] | .1f}}. That of a group's estimate
# stays at {{3.3 = error.iloc[3, 1] | .1f}} points, which is $\sqrt{(1 - B)}\,\mathrm{se} =$
# {{3.33 = np.sqrt(1 - B_five) * se_five | .2f}}. Other groups teach us what groups are like
# ([borrowing strength](glossary.md#borrowing-strength)); they do not put one more pupil into this one.

# %% [markdown]
# ## Radon: the closed form is the multilevel model
#
# Lesson 02 met {{919 = len(radon) | d}} houses in {{85 = fit.n_groups["county"] | d}} counties of Minnesota.
# The [multilevel model](glossary.md#multilevel-model) `log_radon ~ 1 + (1 | county)` estimates $\mu$, $\tau$
# and $\sigma$ from all houses. Given its $\tau$ and $\sigma$, the estimate of each county should be the
# weighted average of this lesson. It is:

# %%
radon = ht.load("radon")
fit = ht.lmm("log_radon ~ 1 + (1 | county)", radon)
tau_radon = fit.varcorr["county"].sd["Intercept"]
by_county = radon.groupby("county", observed=True)["log_radon"].agg(["mean", "size"])
closed = ht.partial_pooling(by_county["mean"], fit.sigma / np.sqrt(by_county["size"]), tau=tau_radon)
houses_worth = fit.sigma**2 / tau_radon**2

gap = np.abs(closed.estimate - fit.coef["county"]["Intercept"].loc[by_county.index]).max()
print(f"mu {fit.fixef['Intercept']:.4f}, tau {tau_radon:.4f}, sigma {fit.sigma:.4f}")
print(f"largest difference between the model's counties and the closed form: {gap:.1e}")

# %% [markdown]
# $\hat\mu$ is {{1.3126 = fit.fixef["Intercept"] | .4f}}, $\hat\tau$ is {{0.3095 = tau_radon | .4f}} and
# $\hat\sigma$ is {{0.7979 = fit.sigma | .4f}}, all on the log scale; a typical house in the typical county
# has $e^{ {{1.31 = fit.fixef["Intercept"] | .2f}} } =$ {{3.7 = np.exp(fit.fixef["Intercept"]) | .1f}}
# picocuries per litre. The target is worth $\sigma^2/\tau^2 =$ {{6.6 = houses_worth | .1f}} houses.
#
# - Of the counties {{3 = int((by_county["size"] == 1).sum()) | d}} have a single house. It gets the weight
#   {{0.131 = 1 - closed.shrinkage_factor[by_county["size"].argmin()] | .3f}}.
# - The largest county, with {{116 = by_county["size"].max() | d}} houses, keeps
#   {{0.946 = 1 - closed.shrinkage_factor[by_county["size"].argmax()] | .3f}} of its own mean.
# - Grant and Red Lake are counties of Minnesota with no house in the data. They get an estimate all the same,
#   $\hat\mu =$ {{1.31 = fit.fixef["Intercept"] | .2f}}, and an honest standard deviation for it,
#   $\sqrt{\hat\tau^2 + \mathrm{var}(\hat\mu)} =$
#   {{0.31 = np.sqrt(tau_radon**2 + fit.fixef_se["Intercept"]**2) | .2f}}. Forgetting $\tau$ there and writing
#   {{0.05 = fit.fixef_se["Intercept"] | .2f}} would confuse the centre of the counties with a county.
#
# `statsmodels` is the tool that you will meet elsewhere. Its `MixedLM` finds the same county effects:

# %%
sm = smf.mixedlm("log_radon ~ 1", radon, groups="county").fit(reml=True)
sm_effects = pd.Series({county: float(effect.iloc[0]) for county, effect in sm.random_effects.items()})
sm_gap = np.abs(sm_effects - fit.ranef["county"]["Intercept"].loc[sm_effects.index]).max()
print(f"largest difference in a county effect between statsmodels and the closed form: {sm_gap:.1e}")
print(f"county Var in its printed summary and in sm.cov_re: {sm.cov_re.iloc[0, 0]:.4f}")
print(f"county Var in sm.params: {sm.params['county Var']:.4f}")

# %% [markdown]
# One trap: the two last lines have the same name and are not the same number. Its printed summary and
# `sm.cov_re` hold the variance $\hat\tau^2 =$ {{0.0958 = sm.cov_re.iloc[0, 0] | .4f}}. `sm.params` holds that
# variance **divided by** $\hat\sigma^2$. Who takes the square root of the second gets
# {{0.388 = np.sqrt(sm.params["county Var"]) | .3f}} for $\tau$ instead of
# {{0.310 = np.sqrt(sm.cov_re.iloc[0, 0]) | .3f}}, and no warning.

# %% [markdown] concepts=[24]
# ## What the spread of the estimates is not
#
# You have {{85 = fit.n_groups["county"] | d}} estimates. Is their standard deviation an estimate of $\tau$?

# %%
spread = pd.Series(
    {
        "the counties' own means": by_county["mean"].std(),
        "the counties, by the model (tau)": tau_radon,
        "the shrunken estimates": np.std(closed.estimate, ddof=1),
    },
    name="SD (log radon)",
)
lost = np.mean((1 - closed.shrinkage_factor) * closed.se**2)  # mean variance of a county around its estimate
spread.round(3).to_frame()

# %% [markdown]
# No. The counties' own means spread by {{0.487 = spread.iloc[0] | .3f}}, because noise is added to the true
# differences. The estimates spread by {{0.212 = spread.iloc[2] | .3f}}, less than the
# {{0.310 = spread.iloc[1] | .3f}} of the counties themselves. Each estimate is a cautious prediction, and
# cautious predictions spread less than what they predict. What is missing is in the intervals: the variance
# of the estimates, {{0.045 = spread.iloc[2]**2 | .3f}}, plus the mean variance of a county around its
# estimate, {{0.051 = lost | .3f}}, comes to about the {{0.096 = tau_radon**2 | .3f}} of $\hat\tau^2$.
#
# So a histogram of the estimates is not a histogram of the counties. How many counties lie above
# {{1.8 = limit | .1f}} on the log scale, {{6 = np.exp(limit) | .0f}} picocuries per litre? Count three ways:
# the raw means, the estimates, and, as with the eight schools, sets of true values drawn around the
# estimates.

# %%
limit = 1.8
drawn = rng.normal(closed.estimate, closed.estimate_se, size=(4_000, len(by_county)))
above_limit = pd.Series(
    {
        "raw means": (by_county["mean"] > limit).sum(),
        "estimates": (closed.estimate > limit).sum(),
        "drawn true values, on average": (drawn > limit).sum(axis=1).mean(),
    },
    name="counties above the limit",
)
looks = {  # how each of the three is drawn
    "raw means": (by_county["mean"].to_numpy(), "none", ":"),
    "estimates": (closed.estimate, "partial", "-"),
    "drawn true values, on average": (drawn[::20].ravel(), "line", "--"),
}
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    for name, (values, colour, dashes) in looks.items():
        sns.histplot(
            x=values, bins=list(np.arange(-0.2, 2.9, 0.2)), weights=np.full(len(values), len(by_county) / len(values)),
            element="step", fill=False, color=plots.COLOURS[colour], ls=dashes, lw=1.8, label=f"{name}: {above_limit[name]:.0f} above", ax=ax,
        )  # fmt: skip
    ax.axvline(limit, color="0.6", lw=1)
    ax.set(xlabel="log radon (log pCi/L)", ylabel="counties", xlim=(-1.1, 2.8))  # the room is for the legend
    ax.legend(frameon=False, loc="upper left")
show(
    fig,
    f"Histograms of {len(by_county)} counties. The raw means are widest, the estimates narrowest, drawn true values lie in "
    f"between. Above the limit of {limit} lie {above_limit.iloc[0]:.0f} raw means, {above_limit.iloc[1]:.0f} estimates and, "
    f"on average, {above_limit.iloc[2]:.1f} drawn true values.",
)

# %% [markdown]
# Of the raw means {{16 = above_limit.iloc[0] | .0f}} lie above, most of them by luck. Of the estimates
# {{0 = above_limit.iloc[1] | .0f}}: for no single county is such a value the best guess. Yet about
# {{5 = above_limit.iloc[2] | .0f}} counties should lie there; we just cannot say which. The estimates are the
# answer to "what is this county like?", not to "how many are like that?".

# %% [markdown]
# ## When tau is not known: James and Stein
#
# Back to the eight schools, and to the question where a $\tau$ comes from. If there were no true differences,
# the eight estimates would still spread, by their noise alone. What they spread beyond that is $\tau$. With
# one common standard error it is a subtraction,
#
# $$ \hat\tau^2 = s_y^2 - \mathrm{se}^2, \quad \text{or zero if that is negative,} $$
#
# where $s_y$ is the standard deviation of the $y_j$. Here $s_y =$ {{10.4 = y.std() | .1f}} points, and the
# standard errors are {{12.9 = np.sqrt(np.mean(se**2)) | .1f}} points on average (root mean square): the
# estimates spread *less* than their noise would make them. For unequal standard errors the library has this
# method of moments, [maximum likelihood](glossary.md#maximum-likelihood) (ML) and REML.

# %%
taus = {"moments": ht.tau_moments(y, se), "ML": ht.tau_ml(y, se), "REML": ht.tau_reml(y, se)}
pd.Series(taus, name="tau (points)").round(2).to_frame()

# %% [markdown]
# All three say {{0 = taus["ML"] | .0f}}, an estimate at the end of the possible values: a [boundary
# fit](glossary.md#boundary-fit). Taken at its word it would give every school
# {{7.7 = ht.complete_pooling(y, se).mu | .1f}} points. Is it a proof that the schools are the same? Let
# $\tau$ truly be {{6.5 = tau_eight | .1f}} points, repeat the eight experiments five thousand times, and
# estimate $\tau$ each time.

# %%
again = rng.normal(0, np.sqrt(se.to_numpy() ** 2 + tau_eight**2), size=(5_000, 8))
zeros = np.mean([ht.tau_moments(effects_seen, se.to_numpy()) == 0 for effects_seen in again])
print(f"the estimate is 0 in {100 * zeros:.0f} percent of the repetitions")

school_A = pd.Series({t: ht.partial_pooling(y, se, tau=t).estimate[0] for t in (0.0, 3.0, 6.5, 10.0, 15.0)})
school_A.rename("estimate of school A").rename_axis("tau").round(1).to_frame()

# %% [markdown]
# No: with a true $\tau$ of {{6.5 = tau_eight | .1f}} points the estimate is zero in
# {{38 = 100 * zeros | .0f}} percent of the repetitions. Eight noisy numbers cannot tell, and the answer for
# school A depends on it: from {{7.7 = school_A[0.0] | .1f}} points at $\tau = 0$ to
# {{14.2 = school_A[10.0] | .1f}} at ten. The {{6.5 = tau_eight | .1f}} that we used is about the average of
# the values of $\tau$ that remain possible, each weighted by how well it fits; lesson 09 computes it.
#
# ### A rule that needs neither
#
# In 1961 James and Stein published an estimate that is told neither $\mu$ nor $\tau$. In the form that
# shrinks toward the mean of the $y_j$, for means with normal noise and one common, known standard error, it
# is
#
# $$ \hat\alpha_j = \bar y + \Big(1 - \frac{(J - 3)\,\mathrm{se}^2}{\sum_k (y_k - \bar y)^2}\Big)_{\!+}\,(y_j - \bar y), $$
#
# where the $+$ means: never below zero. It is partial pooling with an estimate of $B$ in it: if the $y_j$
# spread around their centre with variance $\mathrm{se}^2 + \tau^2$, the fraction is right for
# $B = \mathrm{se}^2/(\mathrm{se}^2 + \tau^2)$ on average. ($J - 3$ is what makes it so.) But nobody has to
# believe in a distribution of the $\alpha_j$. For $J \ge 4$ groups the expected total squared error is
# smaller than that of the means themselves, *whatever the true values are*. That is why it is called Stein's
# paradox.

# %% [markdown] exercise="james_stein_mean"
# ### Your turn: James and Stein's estimate
#
# Write `james_stein_mean(y, se)`, the formula above with the positive part, for an array `y` of four or more
# means and one common number `se`. Return the array of estimates.


# %% exercise="james_stein_mean"
def james_stein_mean(y, se):
    """Shrink the means y toward their mean by James and Stein's rule."""
    ### BEGIN SOLUTION
    centre = np.mean(y)
    keep = max(0, 1 - (len(y) - 3) * se**2 / np.sum((y - centre) ** 2))
    return centre + keep * (y - centre)
    ### END SOLUTION


# %% [markdown]
# Efron and Morris made the rule famous with eighteen baseball players of the season of 1970. A player's
# batting average is the share of his times at bat that ended in a hit. Take each one's average over his first
# {{45 = int(players.at_bats.iloc[0]) | d}} times at bat, and predict the rest of his season. A proportion's
# noise depends on its true value, so they turned each average $p$ into $x = \sqrt{n}\,\arcsin(2p - 1)$, whose
# standard error is close to one whatever $p$ is. The rest of the season, on average
# {{369 = players.rest_at_bats.mean() | .0f}} times at bat, can play the part of the truth.

# %%
players = ht.load("baseball")


def to_x(p):
    return np.sqrt(45) * np.arcsin(2 * p - 1)


def to_average(x):
    return (np.sin(x / np.sqrt(45)) + 1) / 2


early = pd.Series(to_x(players["avg"]).to_numpy(), index=players["name"])
later = pd.Series(to_x(players["rest_avg"]).to_numpy(), index=players["name"])
stein = ht.james_stein(early, np.ones(len(early)))
error_none = float(np.sum((early - later) ** 2))
error_stein = float(np.sum((stein.estimate - later) ** 2))
closer = int((np.abs(stein.estimate - later) < np.abs(early - later)).sum())
back = to_average(pd.Series(stein.estimate, index=early.index))  # on the scale of averages again
players.head()

# %% tags=["predict"]
Prediction(
    "All eighteen averages are pulled most of the way to their mean. Their total squared error against the rest of "
    "the season, compared with that of the averages themselves, will be …",
    ["larger, because shrinkage is bias", "a little smaller", "less than half"],
    answer=int(np.searchsorted([0, 0.5], 1 - error_stein / error_none)),
    because="Forty-five times at bat are few: most of the spread in April was luck.",
    figure=plots.shrinkage(
        stein, truth=later, label="batting average on the arcsine scale (standard errors)"
    ),
    alt="Eighteen baseball players; crosses mark the rest of the season. " + narrate.shrinkage(stein),
)

# %% [markdown]
# The players' own averages miss the rest of the season by a total squared error of
# {{17.57 = error_none | .2f}}, James and Stein's estimates by {{5.00 = error_stein | .2f}}. Shrinkage *is*
# [bias](glossary.md#bias-and-variance): given a player's true average, his estimate leans toward the mean.
# For a little bias it buys a much smaller variance, and the mean squared error, squared bias plus variance,
# falls.
#
# The estimates are nearer to the truth for {{15 = closer | d}} of the {{18 = len(players) | d}} players, and
# further from it for the others. The most famous of these is Roberto Clemente:
# {{0.400 = players["avg"].iloc[0] | .3f}} in April, shrunk to {{0.290 = back["Roberto Clemente"] | .3f}}, and
# {{0.346 = players["rest_avg"].iloc[0] | .3f}} over the rest of the season. Partial pooling wins in total,
# not for everybody.

# %% [markdown]
# ## The wrong analysis, live
#
# A district shrinks its schools' means toward the mean of all pupils; the software allowed it. What does that
# cost? Simulate a thousand districts whose truth is known: fifteen schools of {{6 = sizes_sim[1] | d}}
# pupils, and one of {{400 = sizes_sim[0] | d}} whose true mean lies some points above the centre.
# $\sigma = {{10 = sigma_sim | .0f}}$ and $\tau = {{6 = tau_sim | .0f}}$ are known. We look at the fifteen
# small schools.

# %% tags=["wrong-analysis"]
sigma_sim, tau_sim = 10.0, 6.0
sizes_sim = np.array([400] + [6] * 15)
se_sim = sigma_sim / np.sqrt(sizes_sim)
B_sim = ht.shrinkage_factor(se_sim, tau_sim)
rng_sim = np.random.default_rng(3)


def typical_error(above):
    """Return the root mean squared error over the small schools; the large one lies `above` the centre."""
    truth = rng_sim.normal(50, tau_sim, size=(1_000, 16))
    truth[:, 0] = 50 + above
    means = rng_sim.normal(truth, se_sim)
    everybody = np.average(means, axis=1, weights=sizes_sim)[:, None]
    centre = np.average(means, axis=1, weights=1 / (se_sim**2 + tau_sim**2))[:, None]
    estimates = {
        "own means": means,
        "shrunk to the mean of all pupils": B_sim * everybody + (1 - B_sim) * means,
        "shrunk to the centre of the schools": B_sim * centre + (1 - B_sim) * means,
    }
    return {name: np.sqrt(np.mean((e - truth)[:, 1:] ** 2)) for name, e in estimates.items()}


damage = pd.DataFrame({above: typical_error(above) for above in (0, 6, 12, 18)})
damage.rename_axis(columns="large school above the centre (points)").round(1)

# %% [markdown]
# Read the column for {{12 = damage.columns[2] | d}} points. The raw means of the small schools are off by
# {{4.1 = damage.iloc[0, 2] | .1f}} points (root mean square). Shrinking to the centre of the schools brings
# that down to {{3.5 = damage.iloc[2, 2] | .1f}}. Shrinking to the mean of all pupils gives
# {{4.6 = damage.iloc[1, 2] | .1f}}: the wrong target has eaten the whole gain, and more.
#
# What does this depend on? On the large school: on its share of the pupils, here
# {{82 = 100 * sizes_sim[0] / sizes_sim.sum() | .0f}} percent, and on how far out it lies. Where it happens to
# lie at the centre, the two targets agree and nothing is lost ({{3.4 = damage.iloc[1, 0] | .1f}} and
# {{3.4 = damage.iloc[2, 0] | .1f}}). At {{6 = damage.columns[1] | d}} points above, one $\tau$ and nothing
# unusual, the wrong target wastes about half of the gain ({{3.7 = damage.iloc[1, 1] | .1f}}); at
# {{18 = damage.columns[3] | d}} it does great harm ({{5.7 = damage.iloc[1, 3] | .1f}}). The right target
# hardly notices. And no picture warns you: the estimates look just as neat in both cases. Look at the target.

# %% [markdown] exercise="read_the_shrinkage" concepts=[20, 24]
# ### Your turn: three sentences
#
# Complete three sentences by choosing for each blank one of its options, word for word.
#
# - As a rule the SD of the shrunken estimates is ___ (`spread_of_estimates`): `"smaller than tau"`,
#   `"equal to tau"`, `"larger than tau"`.
# - With ever more groups of five pupils each, ___ (`more_groups_of_five`):
#   `"each group's estimate gets closer to the truth"`, `"mu gets closer to the truth"`,
#   `"both get closer to the truth"`.
# - Compared with the groups' own means, the shrunken estimates ___ (`biased_and_better`):
#   `"are biased and therefore worse"`, `"are unbiased for every group"`,
#   `"have a lower total error in spite of bias"`.

# %% exercise="read_the_shrinkage"
read_the_shrinkage = {
    "spread_of_estimates": ...,
    "more_groups_of_five": ...,
    "biased_and_better": ...,
}
### BEGIN SOLUTION
read_the_shrinkage = {
    "spread_of_estimates": "smaller than tau",
    "more_groups_of_five": "mu gets closer to the truth",
    "biased_and_better": "have a lower total error in spite of bias",
}
### END SOLUTION

# %% [markdown] concepts=[28]
# ## Three questions that always come
#
# **Is this not [ridge regression](glossary.md#ridge-regression)?** Yes. Give every county a dummy variable,
# leave the intercept alone, and penalise the sum of the squared county coefficients with the factor
# $\sigma^2/\tau^2$, the {{6.6 = houses_worth | .1f}} from above. The solution is the vector of county effects
# of the multilevel model. The multilevel model adds one thing: it estimates the penalty from the data.

# %%
dummies = pd.get_dummies(radon["county"], dtype=float)
design = np.column_stack([np.ones(len(radon)), dummies])
penalty = np.diag([0.0] + [houses_worth] * dummies.shape[1])  # 0: the intercept is not penalised
ridge = np.linalg.solve(design.T @ design + penalty, design.T @ radon["log_radon"].to_numpy())
county_effects = fit.ranef["county"]["Intercept"].loc[dummies.columns].to_numpy()
ridge_gap = np.abs(ridge[1:] - county_effects).max()
print(f"largest difference between ridge regression and the multilevel model: {ridge_gap:.1e}")

# %% [markdown] concepts=[26, 27]
# **What entitles us to $\alpha_j \sim N(\mu, \tau^2)$?** Not that groups are alike, nor that somebody drew
# them at random from a list. What it takes is [exchangeability](glossary.md#exchangeability): before you see
# the results, you could swap the names of the groups and expect the same. That is plausible for eight schools
# of which you know only the letters. It is gone as soon as you hear that school A's course was twice as long,
# or when you know how much uranium lies under a county. Then groups are exchangeable only *given* what you
# know, and the target becomes a line, $\mu_j = \gamma_0 + \gamma_1 \times \text{uranium}_j$, instead of one
# number: a [group-level predictor](glossary.md#group-level-predictor), the subject of lesson 07. Partial
# pooling that ignores such knowledge pulls groups to the wrong place, and lesson 08 shows what that can do.
#
# **Are the counties fixed or random?** Books define the two words in at least five ways. An effect is called
# "random"
#
# 1. if it differs between groups, and [fixed](glossary.md#fixed-effect) if it is the same for all;
# 2. if you care about the population behind the groups, and fixed if you care about these groups;
# 3. if the groups are a small part of a population, and fixed if they are all of it;
# 4. if it is thought of as a draw from a distribution, and fixed if as an unknown constant;
# 5. if it is estimated with shrinkage, and fixed if by least squares.
#
# Try them on the counties. By the third they are fixed, since the data hold all of Minnesota but two
# counties; by the second they are fixed for a county's health officer and random for a physicist; by the
# first, fourth and fifth they are random. So do not ask which they *are*. Ask two questions about the model:
# shall these coefficients have a distribution of their own, and shall the data say how wide it is? If so,
# call them [random effects](glossary.md#random-effect) if you like, or just say that they vary by county.

# %%
head = ht.partial_pooling([62.0], [sigma / np.sqrt(6)], tau, mu=50.0)  # a school of six, for the last task
head.table().round(2)

# %% [markdown] exercise="explain_shrinkage" concepts=[21, 25]
# ### Your turn: explain it to a headteacher
#
# A school of six pupils had a mean of {{62 = head.y[0] | .0f}} points where the target is
# {{50 = head.mu | .0f}}. With $\sigma = {{10 = sigma | .0f}}$ and $\tau = {{5 = tau | .0f}}$ its estimate is
# about {{57 = head.estimate[0] | .0f}}. Its headteacher asks why you "took five points away". Answer in five
# or six sentences without a formula. Four points: the noise of a small mean, in points; what the estimate is
# pulled to; how far it moved and why; what the estimate cannot promise for this one school.

# %% [markdown] exercise="explain_shrinkage" answer=true
# ### BEGIN SOLUTION
# With six pupils the mean of a school like yours is typically about four points off, upward or downward, even
# if nothing about the school is special. Schools in the district really do differ, but by about five points,
# so a mean twelve points above their centre is more likely to be part merit and part luck than all merit. The
# estimate therefore lies between your mean and the centre of the schools, which is not the mean of all
# pupils: big schools do not set it alone. Your own pupils and the other schools get nearly the same trust
# here, a little more for your pupils, so the estimate moved by about five of the twelve points. Over many
# schools such estimates are closer to the truth than the raw means; for your school alone I cannot promise
# that, and with more pupils the estimate would follow your own mean more closely.
# ### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Partial pooling is a weighted average: $B_j = \mathrm{se}_j^2/(\mathrm{se}_j^2 + \tau^2)$ on the target,
#   the rest on the group's own mean. The target is worth $\sigma^2/\tau^2$ observations.
# - The target is the precision-weighted centre of the groups, not the mean of all observations.
# - A group moves by its weight times its distance. Small is not enough.
# - The estimates spread less than the groups; their SD is not $\tau$.
# - More groups teach more about $\mu$, not about a group of five.
# - In total the estimates are closer to the truth. For one given group nothing is promised, and a ranking is
#   less sure still.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: sections 12.2
#   and 12.3 for the weighted average, section 21.6 for pooling factors, section 11.4 for fixed and random.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 3 for empirical-Bayes estimates and
#   reliability.
# - Snijders and Bosker (2012), *Multilevel Analysis*: section 4.8 for posterior means and their comparison.
# - Efron and Morris (1977), "Stein's paradox in statistics", *Scientific American*: the baseball players.
#   (Some packages carry another record for one of them; the totals then differ.)
#   Rubin (1981), "Estimation in parallel randomized experiments": the eight schools.
# - Gelman (2005), "Analysis of variance: why it is more important than ever": the five definitions.
#   Goldstein and Spiegelhalter (1996), "League tables and their limitations": why ranks are unsure.
