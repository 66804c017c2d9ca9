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
# In the late 1970s eight American high schools each ran a coaching course for the same admission test, and each
# estimated how many points its course was worth. One school found {{28 = schools.effect.iloc[0] | .0f}} points, another
# {{−3 = schools.effect.iloc[2] | .0f}}, and every estimate came with a standard error of
# {{9 = schools.se.min() | .0f}} points or more. If you ran the best-looking school, would you promise its next pupils
# {{28 = schools.effect.iloc[0] | .0f}} points?

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, solution

# %%
import matplotlib.pyplot as plt
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
    fig, ax = plt.subplots(figsize=(7, 3.4))
    rows = np.arange(len(y))[::-1]
    ax.errorbar(y, rows, xerr=se, fmt="o", color=plots.COLOURS["none"], capsize=3)
    ax.axvline(0, color="0.6", lw=1)
    ax.set(yticks=rows, yticklabels=y.index, xlabel="effect of coaching (points), estimate ± 1 standard error", ylabel="school")
show(
    fig,
    f"Eight estimates of a coaching effect with bars of one standard error. They run from {y.min():.0f} to {y.max():.0f} "
    f"points; the bars are {se.min():.0f} to {se.max():.0f} points long on each side, so all of them overlap.",
)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **derive** the weight that partial pooling gives to a group's own mean, and **code** it in one line;
# - **compute** the value toward which estimates are pulled, and **tell** it from the grand mean;
# - **predict** which group moves most, and **explain** what happens as a group's size goes to zero or grows without end;
# - **estimate** the spread between groups when nobody tells you, by moments, by REML, and by James and Stein's rule;
# - **say** what shrinkage does not promise.
#
# You need lesson 02: what [complete pooling](glossary.md#complete-pooling), [no pooling](glossary.md#no-pooling) and
# [partial pooling](glossary.md#partial-pooling) are. Allow an hour.

# %% [markdown]
# ## By hand first
#
# Take one school, A. Its own estimate is {{28 = y_A | .0f}} points, with a standard error of {{15 = se_A | .0f}}. Suppose
# somebody tells you two more facts: coaching effects in schools like these centre on $\mu = 8$ points, and they differ
# from school to school with a standard deviation of $\tau = {{10 = tau_hand | .0f}}$ points.
#
# So there are two statements about school A:
#
# | statement | value | variance |
# |---|---|---|
# | its own pupils say | {{28 = y_A | .0f}} | ${{15 = se_A | .0f}}^2 =$ {{225 = se_A**2 | .0f}} |
# | the other schools say | {{8 = mu_hand | .0f}} | ${{10 = tau_hand | .0f}}^2 =$ {{100 = tau_hand**2 | .0f}} |
#
# The statement with the smaller variance deserves the larger weight. The weight on the second statement is the *other*
# one's share of the total variance: {{225 = se_A**2 | .0f}} over {{325 = se_A**2 + tau_hand**2 | .0f}}, which is
# {{0.692 = B_A | .3f}}. The rest, {{0.308 = 1 - B_A | .3f}}, goes to the school's own estimate:
#
# $$ {{0.692 = B_A | .3f}} \times {{8 = mu_hand | .0f}} + {{0.308 = 1 - B_A | .3f}} \times {{28 = y_A | .0f}} = {{14.15 = alpha_A | .2f}} \text{ points.} $$
#
# A sheet of paper was enough. Now the same in Python:

# %%
y_A, se_A = y.iloc[0], se.iloc[0]
mu_hand, tau_hand = 8.0, 10.0
B_A = ht.shrinkage_factor(se_A, tau_hand)
alpha_A = B_A * mu_hand + (1 - B_A) * y_A
print(f"weight on the target {B_A:.3f}, estimate {alpha_A:.2f} points")

# %% [markdown]
# The school that reported {{28 = y_A | .0f}} points is estimated at about {{14 = alpha_A | .0f}}. Nothing was taken away from
# it: its own number was always {{28 = y_A | .0f}} give or take {{15 = se_A | .0f}}, and the estimate lies within one
# standard error of it.

# %% [markdown]
# ## The weight, derived
#
# Two assumptions do all the work. The group's mean is its true value plus noise of known size, and the true values
# themselves are spread around a centre:
#
# $$ \bar y_j \mid \alpha_j \sim N(\alpha_j, \mathrm{se}_j^2), \qquad \alpha_j \sim N(\mu, \tau^2). $$
#
# Write the log of the product of the two densities as a function of $\alpha_j$. Up to a constant it is
#
# $$ -\frac{(\bar y_j - \alpha_j)^2}{2\,\mathrm{se}_j^2} - \frac{(\alpha_j - \mu)^2}{2\,\tau^2}. $$
#
# Set the derivative to zero, $(\bar y_j - \alpha_j)/\mathrm{se}_j^2 = (\alpha_j - \mu)/\tau^2$, and solve:
#
# $$ \hat\alpha_j = B_j\,\mu + (1 - B_j)\,\bar y_j, \qquad B_j = \frac{\mathrm{se}_j^2}{\mathrm{se}_j^2 + \tau^2}. $$
#
# $B_j$ is the [shrinkage factor](glossary.md#shrinkage-factor), the weight on the target. Its complement
# $\lambda_j = 1 - B_j$ is the [reliability](glossary.md#reliability) of the group's mean. With $n_j$ observations of
# standard deviation $\sigma$ in the group, $\mathrm{se}_j^2 = \sigma^2/n_j$, and so
#
# $$ \lambda_j = \frac{\tau^2}{\tau^2 + \sigma^2/n_j}. $$
#
# Read the two ends off the formula. With $n_j = 0$ there is no own mean, $\lambda_j = 0$, and the estimate is the target
# itself. As $n_j$ grows, $\lambda_j$ goes to one and the group speaks for itself.
#
# | form | the same model, four times |
# |---|---|
# | levels | $y_{ij} = \alpha_j + \epsilon_{ij}$, $\;\alpha_j = \mu + u_j$ |
# | one line | $y_{ij} = \mu + u_j + \epsilon_{ij}$ |
# | distribution | $y_{ij} \sim N(\alpha_j, \sigma^2)$, $\;\alpha_j \sim N(\mu, \tau^2)$ |
# | formula | `y ~ 1 + (1 | group)` |

# %%
sigma, tau = 10.0, 5.0
sizes = np.array([1, 4, 16, 100])
weights = ht.reliability(sigma / np.sqrt(sizes), tau)
head = ht.partial_pooling([62.0], [sigma / np.sqrt(6)], tau, mu=50.0)  # one school, met again below
pd.DataFrame({"n_j": sizes, "weight on own mean": weights.round(3), "weight on target": (1 - weights).round(3)})

# %% [markdown]
# With a residual SD of {{10 = sigma | .0f}} and a group SD of {{5 = tau | .0f}}, a group of {{4 = sizes[1] | d}} pupils is
# believed by exactly half: its mean has variance {{25 = sigma**2 / sizes[1] | .0f}}, just what the groups themselves
# have. A group of {{100 = sizes[3] | d}} keeps {{96 = 100 * weights[3] | .0f}} percent of its own mean.

# %% [markdown] exercise="shrinkage_factor"
# ### Your turn: the weight on the target
#
# Write `shrinkage_factor(se, tau)`: the weight on the target, for a known standard error `se` (a number or an array)
# and a standard deviation `tau` between groups.

# %% exercise="shrinkage_factor"
def shrinkage_factor(se, tau):
    """Return B, the weight on the target."""
    ### BEGIN SOLUTION
    return se**2 / (se**2 + tau**2)
    ### END SOLUTION

# %% [markdown]
# ## The target is not the grand mean
#
# What is $\mu$? A group's mean misses it for two reasons at once, noise and a true difference, so its variance around
# $\mu$ is $\mathrm{se}_j^2 + \tau^2$. The best weighted average of independent values uses one over the variance:
#
# $$ \hat\mu = \frac{\sum_j w_j \bar y_j}{\sum_j w_j}, \qquad w_j = \frac{1}{\mathrm{se}_j^2 + \tau^2}. $$
#
# It is tempting to shrink to the mean of all pupils instead. Here is a case made to show the difference: one school of
# {{200 = demo_n[0] | d}} pupils with a mean of {{70 = demo_y[0] | .0f}}, and three of {{5 = demo_n[1] | d}} pupils with
# means {{50 = demo_y[1] | .0f}}, {{52 = demo_y[2] | .0f}} and {{48 = demo_y[3] | .0f}}; $\sigma^2 = {{100 = demo_sigma2 | .0f}}$, $\tau^2 = {{60 = demo_tau2 | .0f}}$.
#
# Commit to an answer first; the figure opens then.

# %%
demo_n = np.array([200, 5, 5, 5])
demo_y = np.array([70.0, 50.0, 52.0, 48.0])
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
        f"about {np.mean(demo_y[1:]):.0f}, the mean of the three small schools",
    ],
    answer=1,
    because="The big school counts as one school, known precisely; the three small ones pull the other way.",
    figure=plots.shrinkage(demo, n=demo_n, label="mean score (points)"),
    alt="Four schools of 200, 5, 5 and 5 pupils. " + narrate.shrinkage(demo, unit="points"),
)

# %%
print(f"mean of all pupils {demo_grand:.2f}, centre of the schools {demo.mu:.2f}")
print(f"school 2: {demo.estimate[1]:.2f} toward the centre, {demo_wrong.estimate[1]:.2f} toward the mean of all pupils")

# %% [markdown]
# The mean of all pupils is {{68.60 = demo_grand | .2f}}, nearly the big school's own mean, since it has
# most of the pupils. The centre of the *schools* is {{56.12 = demo.mu | .2f}}: as a witness about schools, the big one counts
# as one school that is known precisely. Shrinking the second school toward the wrong target gives
# {{54.65 = demo_wrong.estimate[1] | .2f}} instead of {{51.53 = demo.estimate[1] | .2f}}, an error of
# {{3.1 = demo_wrong.estimate[1] - demo.estimate[1] | .1f}} points made by the choice of the target alone.

# %% [markdown] exercise="pooled_target"
# ### Your turn: where the arrows point
#
# Write `pooled_target(y, se, tau)`: the value toward which the group means `y` are pulled. Return one number.

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
# Weight and target together make the whole of partial pooling when $\tau$ is known. The library's function is those two
# lines; here it is on the eight schools, with $\tau = {{6.5 = tau_eight | .1f}}$ points for the moment.

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
# The eight estimates ran over {{31 = y.max() - y.min() | .0f}} points; after shrinkage they run over
# {{6.2 = eight.estimate.max() - eight.estimate.min() | .1f}}. School A now stands at {{11.1 = eight.estimate[0] | .1f}}
# points. The target is {{7.9 = eight.mu | .1f}} points, with a standard error of {{4.8 = eight.mu_se | .1f}}.

# %% [markdown] exercise="partial_pool"
# ### Your turn: the partially pooled estimate
#
# Write `partial_pool(y, se, tau)`, which returns one estimate for each group. Use your two functions from above.

# %% exercise="partial_pool"
def partial_pool(y, se, tau):
    """Return the partially pooled estimate of every group."""
    ### BEGIN SOLUTION
    B = shrinkage_factor(se, tau)
    return B * pooled_target(y, se, tau) + (1 - B) * y
    ### END SOLUTION

# %% [markdown]
# ## Who moves, and how far
#
# Subtract $\bar y_j$ from both sides of the formula for the estimate:
#
# $$ \hat\alpha_j - \bar y_j = B_j\,(\hat\mu - \bar y_j). $$
#
# A group moves by its shrinkage factor **times** its distance from the target. Small groups have large factors, but a
# group that already lies at the target has nowhere to go.
#
# The widget holds twelve simulated schools. Commit to an answer first: which of A, B and C moves most? Then change a
# school's size and mean, and watch both factors at work. Every control answers to the arrow keys.

# %%
explorer = PoolingExplorer()
explorer

# %% [markdown]
# Three things to try.
#
# 1. Move $\tau$ to its left end. All diamonds meet on the line: complete pooling.
# 2. Move it to its right end. Every diamond sits in its circle: no pooling.
# 3. Make one school huge and take its mean far away. The solid line hardly follows; the dashed line runs after it.

# %% [markdown] exercise="small_but_steady"
# ### Your turn: small, and yet it hardly moves
#
# Make a table `small_but_steady` with the columns `n` and `mean`, four groups or more, in which one group alone is the smallest
# and yet is **not** the one that moves most. The residual SD and the group SD are those of the table above: `se = 10 / sqrt(n)`, `tau = 5`.

# %% exercise="small_but_steady"
small_but_steady = ...
### BEGIN SOLUTION
small_but_steady = pd.DataFrame({"n": [2, 20, 20, 20], "mean": [50.0, 50.0, 62.0, 45.0]})
### END SOLUTION

# %% [markdown] exercise="explain_shrinkage"
# ### Your turn: explain it to a headteacher
#
# A school of six pupils had a mean of {{62 = head.y[0] | .0f}} points where the target is {{50 = head.mu | .0f}}; with
# $\sigma = {{10 = sigma | .0f}}$ and $\tau = {{5 = tau | .0f}}$ its estimate is about {{57 = head.estimate[0] | .0f}}. Its headteacher asks why you "took five points away". Answer in five or six sentences without a formula.
# Four points: the noise of a small mean, in points; what the estimate is pulled to; how far it moved and why; what the
# estimate cannot promise for this one school.

# %% [markdown] exercise="explain_shrinkage" answer=true
# ### BEGIN SOLUTION
# With six pupils the mean of a school like yours is off by about four points in either direction, even if nothing about the
# school is special. Schools in the district really do differ, but by about five points, so a mean twelve points above their
# centre is more likely to be part merit and part luck than all merit. The estimate therefore lies between your mean and the
# centre of the schools, which is not the mean of all pupils: big schools do not set it alone. Your own pupils and the other
# schools get about the same trust here, a little more for your pupils, so the estimate moved by about five of the twelve points.
# Over many schools such estimates are closer to the truth than the raw means; for your school alone I cannot promise that, and
# with more pupils the estimate would follow your own mean more closely.
# ### END SOLUTION

# %% [markdown]
# ## How sure are we of one group?
#
# With $\tau$ and $\mu$ known, the estimate has the variance $(1 - B_j)\,\mathrm{se}_j^2$: smaller than $\mathrm{se}_j^2$ and smaller
# than $\tau^2$. Having to estimate $\mu$ adds $B_j^2\,\mathrm{var}(\hat\mu)$. The library counts both.

# %%
show(
    plots.caterpillar(eight, label="effect of coaching (points)"),
    "Coaching effects after partial pooling. " + narrate.caterpillar(eight, unit="points"),
)

# %% [markdown]
# School A's standard error falls from {{15 = se_A | .0f}} to {{7.2 = eight.estimate_se[0] | .1f}} points. Look at the intervals
# before you rank: every interval holds every estimate. A ranking of these eight schools would be a ranking of noise.
# What the intervals do not contain is the uncertainty about $\tau$ itself; lesson 09 adds it.

# %% [markdown]
# ## Radon: the closed form is the mixed model
#
# Lesson 02 met {{919 = len(radon) | d}} houses in {{85 = fit.n_groups["county"] | d}} counties of Minnesota. The mixed model
# `log_radon ~ 1 + (1 | county)` estimates $\mu$, $\tau$ and $\sigma$ from all houses. Given its $\tau$ and $\sigma$, the
# estimate of each county must be the weighted average of this lesson. It is:

# %%
radon = ht.load("radon")
fit = ht.lmm("log_radon ~ 1 + (1 | county)", radon)
tau_radon = fit.varcorr["county"].sd["Intercept"]
by_county = radon.groupby("county", observed=True)["log_radon"].agg(["mean", "size"])
closed = ht.partial_pooling(by_county["mean"], fit.sigma / np.sqrt(by_county["size"]), tau=tau_radon)
gap = np.abs(closed.estimate - fit.coef["county"]["Intercept"].loc[by_county.index]).max()
print(f"mu {fit.fixef['Intercept']:.4f}, tau {tau_radon:.4f}, sigma {fit.sigma:.4f}")
print(f"largest difference between the mixed model and the closed form: {gap:.1e}")

# %% [markdown]
# $\hat\mu$ is {{1.3126 = fit.fixef["Intercept"] | .4f}}, $\hat\tau$ is {{0.3095 = tau_radon | .4f}} and $\hat\sigma$ is
# {{0.7979 = fit.sigma | .4f}}, all on the log scale. A county with a single house gets the weight
# {{0.131 = 1 - closed.shrinkage_factor[by_county["size"].argmin()] | .3f}} on its own house; the largest county, with
# {{116 = by_county["size"].max() | d}} houses, gets {{0.946 = 1 - closed.shrinkage_factor[by_county["size"].argmax()] | .3f}}.
# A county with no house in the sample still gets an estimate: the target, with the standard deviation $\tau$ around it.
#
# `statsmodels` is the tool that you will meet elsewhere. Its `MixedLM` finds the same county effects:

# %%
sm = smf.mixedlm("log_radon ~ 1", radon, groups="county").fit(reml=True)
sm_effects = pd.Series({county: float(effect.iloc[0]) for county, effect in sm.random_effects.items()})
sm_gap = np.abs(sm_effects - fit.ranef["county"]["Intercept"].loc[sm_effects.index]).max()
print(f"largest difference in a county effect between statsmodels and the closed form: {sm_gap:.1e}")

# %% [markdown]
# One trap in its output: `sm.params` lists "county Var" as a variance **divided by** the residual variance. The
# variance itself is `sm.cov_re`. A student who takes the square root of the first number gets
# {{0.388 = np.sqrt(sm.params["county Var"]) | .3f}} instead of {{0.310 = np.sqrt(sm.cov_re.iloc[0, 0]) | .3f}}.

# %% [markdown]
# ## When tau is not known: James and Stein
#
# So far somebody told us $\tau$. It can be estimated from the spread of the group means: if there were no true differences,
# the means would still spread by their standard errors; what is beyond that is $\tau$. Three ways, on the eight schools:

# %%
taus = {"moments": ht.tau_moments(y, se), "ML": ht.tau_ml(y, se), "REML": ht.tau_reml(y, se)}
pd.Series(taus, name="tau (points)").round(2)

# %% [markdown]
# All three say {{0 = taus["ML"] | .0f}}: the eight estimates spread no more than their noise would make them. That is not a
# proof that the schools are the same. It says that eight noisy numbers cannot tell; lesson 05 looks at such boundary fits, and
# lesson 09 averages over the values of $\tau$ that remain possible instead of betting on one.
#
# In 1961 James and Stein had found an estimate that needs neither $\mu$ nor $\tau$. When all means have the same known
# standard error,
#
# $$ \hat\alpha_j = \bar y + \Big(1 - \frac{(J - 3)\,\mathrm{se}^2}{\sum_k (y_k - \bar y)^2}\Big)_{\!+}\,(y_j - \bar y), $$
#
# where the $+$ means: never below zero. For $J \ge 4$ its total squared error is expected to be smaller than that of the
# means themselves, *whatever the true values are*. Efron and Morris made it famous with eighteen baseball players of the
# 1970 season: each one's average over his first {{45 = int(players.at_bats.iloc[0]) | d}} times at bat, to predict the rest of his season.

# %%
players = ht.load("baseball")
players.head()

# %% [markdown] exercise="james_stein_mean"
# ### Your turn: James and Stein's estimate
#
# Write `james_stein_mean(y, se)`, the formula above with the positive part, for an array `y` and one common `se`.

# %% exercise="james_stein_mean"
def james_stein_mean(y, se):
    """Shrink the means y toward their mean by James and Stein's rule."""
    ### BEGIN SOLUTION
    centre = np.mean(y)
    keep = max(0, 1 - (len(y) - 3) * se**2 / np.sum((y - centre) ** 2))
    return centre + keep * (y - centre)
    ### END SOLUTION

# %% [markdown]
# Batting averages are proportions, and a proportion's noise depends on its true value. Efron and Morris turned each average
# $p$ into $x = \sqrt{n}\,\arcsin(2p - 1)$, whose standard error is close to one whatever $p$ is. Now the rule applies, and
# the rest of the season can play the part of the truth.

# %%
def to_x(p):
    return np.sqrt(45) * np.arcsin(2 * p - 1)


early = pd.Series(to_x(players.avg).to_numpy(), index=players.name)
later = pd.Series(to_x(players.rest_avg).to_numpy(), index=players.name)
stein = ht.james_stein(early, np.ones(len(early)))
error_none = float(np.sum((early - later) ** 2))
error_stein = float(np.sum((stein.estimate - later) ** 2))
closer = int((np.abs(stein.estimate - later) < np.abs(early - later)).sum())

# %% tags=["predict"]
Prediction(
    "All eighteen averages are pulled most of the way to their mean. What happens to the total squared error against the rest of the season?",
    ["it grows: shrinkage is bias", "it stays about the same", "it falls to less than half"],
    answer=2,
    because="Forty-five times at bat are few: most of the spread in April was luck.",
    figure=plots.shrinkage(stein, truth=later, label="batting average on the arcsine scale (standard errors)"),
    alt="Eighteen baseball players; crosses mark the rest of the season. " + narrate.shrinkage(stein),
)

# %% [markdown]
# The players' own averages miss the rest of the season by a total squared error of {{17.57 = error_none | .2f}}. James and Stein's
# estimates miss it by {{5.00 = error_stein | .2f}}. They are nearer to the truth for {{15 = closer | d}} of the
# {{18 = len(players) | d}} players, and further from it for the others: partial pooling wins in total, not for everybody. The
# most famous of the others is Roberto Clemente, whose April was no luck.

# %% [markdown]
# ## The wrong analysis, live
#
# A district shrinks its schools' means toward the mean of all pupils; the software allowed it. What does it cost? Simulate a thousand
# districts in which the truth is known: one school of {{400 = sizes_sim[0] | d}} pupils whose true mean happens to lie
# {{12 = gap_sim | .0f}} points above the centre, and {{15 = len(sizes_sim) - 1 | d}} schools of {{6 = sizes_sim[1] | d}} pupils around it, with
# $\sigma = {{10 = sigma_sim | .0f}}$ and $\tau = {{6 = tau_sim | .0f}}$.

# %% tags=["wrong-analysis"]
rng = np.random.default_rng(3)
sizes_sim, gap_sim, sigma_sim, tau_sim = np.array([400] + [6] * 15), 12.0, 10.0, 6.0
se_sim = sigma_sim / np.sqrt(sizes_sim)
errors = {"own means": [], "shrunk to the mean of all pupils": [], "shrunk to the centre of the schools": []}
for _ in range(1000):
    alpha = 50 + tau_sim * rng.standard_normal(16)
    alpha[0] = 50 + gap_sim
    means = alpha + se_sim * rng.standard_normal(16)
    everybody = np.average(means, weights=sizes_sim)
    small = slice(1, None)
    for name, estimate in zip(
        errors,
        (
            means,
            ht.partial_pooling(means, se_sim, tau_sim, mu=everybody).estimate,
            ht.partial_pooling(means, se_sim, tau_sim).estimate,
        ),
        strict=True,
    ):
        errors[name].append(np.mean((estimate - alpha)[small] ** 2))
damage = pd.DataFrame(
    {"mean squared error": {k: np.mean(v) for k, v in errors.items()}, "its square root (points)": {k: np.sqrt(np.mean(v)) for k, v in errors.items()}}
)
damage.round(2)

# %% [markdown]
# For the small schools the raw means are off by {{4.1 = damage.iloc[0, 1] | .1f}} points (root mean square). Shrinking to the centre of the schools
# brings that to {{3.4 = damage.iloc[2, 1] | .1f}}. Shrinking to the mean of all pupils gives {{4.6 = damage.iloc[1, 1] | .1f}}: the wrong target
# has eaten the whole gain and a little more. The picture of the estimates looks just as neat in both cases, so look at the target, not at the neatness.

# %% [markdown]
# ## What the spread of the estimates is not
#
# The shrunken estimates spread *less* than the groups do. In the radon data:

# %%
spread = pd.Series(
    {
        "the counties' own means": by_county["mean"].std(),
        "estimated SD between counties (tau)": tau_radon,
        "the shrunken estimates": float(np.std(closed.estimate, ddof=1)),
    },
    name="SD (log radon)",
)
spread.round(3)

# %% [markdown]
# The counties' own means spread by {{0.487 = spread.iloc[0] | .3f}}, because noise is added to the true differences. The estimates
# spread by {{0.212 = spread.iloc[2] | .3f}}, because they were pulled in by more than the noise. The SD between counties lies between
# the two, at {{0.310 = spread.iloc[1] | .3f}}. So the SD of the estimates is no estimate of $\tau$, and a histogram of the estimates is
# not a histogram of the counties.

# %% [markdown] exercise="read_the_shrinkage"
# ### Your turn: read the shrinkage plot
#
# Complete three sentences by choosing for each blank one of its options, word for word.
#
# - The SD of the shrunken estimates is ___ (`spread_of_estimates`): `"smaller than tau"`, `"equal to tau"`, `"larger than tau"`.
# - With ever more groups of five pupils each, ___ (`more_groups_of_five`): `"mu gets closer to the truth"`,
#   `"each group's estimate gets closer to the truth"`, `"both get closer to the truth"`.
# - Compared with the groups' own means, the shrunken estimates are ___ (`biased_and_better`):
#   `"lower total error in spite of bias"`, `"biased and therefore worse"`, `"unbiased for every group"`.

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
    "biased_and_better": "lower total error in spite of bias",
}
### END SOLUTION

# %% [markdown]
# ## Two more views of the same estimate
#
# **Ridge regression.** Give every county a dummy variable, leave the intercept alone, and penalise the squares of the county coefficients
# with the factor $\sigma^2/\tau^2$. The penalised least-squares solution is the vector of county effects of the mixed model. The mixed model
# adds one thing: it estimates the penalty from the data.

# %%
dummies = pd.get_dummies(radon["county"], dtype=float).to_numpy()
design = np.column_stack([np.ones(len(radon)), dummies])
penalty = np.diag([0.0] + [fit.sigma**2 / tau_radon**2] * dummies.shape[1])
ridge = np.linalg.solve(design.T @ design + penalty, design.T @ radon["log_radon"].to_numpy())
ridge_gap = np.abs(ridge[1:] - fit.ranef["county"]["Intercept"].to_numpy()).max()
print(f"largest difference between ridge regression and the mixed model: {ridge_gap:.1e}")

# %% [markdown]
# **Exchangeability.** What entitles us to say $\alpha_j \sim N(\mu, \tau^2)$? Only that, before seeing the data, we could swap the names of the groups
# without changing what we expect. If we know something that tells groups apart, such as the uranium under a county, the swap is no longer
# harmless, and the target should be a line instead of a number. That is lesson 07.
#
# **Fixed or random?** Books define the two words in ways that contradict each other: effects that are constant or that vary; effects that interest
# us or that do not; a whole population or a sample of it; estimated by least squares or shrunken. Ask instead: shall these
# coefficients have a distribution of their own, and shall the data say how wide it is?

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Partial pooling is a weighted average: $B_j = \mathrm{se}_j^2/(\mathrm{se}_j^2 + \tau^2)$ on the target, the rest on the group's own mean.
# - The target is the precision-weighted centre of the groups, not the mean of all observations.
# - A group moves by its weight times its distance. Small is not enough.
# - The estimates spread less than the groups; their SD is not $\tau$.
# - In total the estimates are closer to the truth. For one given group nothing is promised.
# - $\mu$ is learned from many groups; a small group stays a small group.

# %% [markdown]
# ## Where it is in the books
#
# Gelman and Hill (2007), sections 12.2 and 12.3, and 21.6 on pooling factors. Raudenbush and Bryk (2002), chapter 3, on
# empirical Bayes estimates and reliability. Snijders and Bosker (2012), section 4.8, on posterior means. Efron and Morris (1977),
# "Stein's paradox in statistics", is the baseball story; Rubin (1981) the eight schools.
