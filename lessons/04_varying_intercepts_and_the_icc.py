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
# # Lesson 04: Varying intercepts and the intraclass correlation
#
# In 1982 a survey tested {{7185 = len(hsb) | d}} pupils of {{160 = hsb["school"].nunique() | d}} American high schools in
# mathematics. Schools differ, and so do the pupils of one school. If you knew how one pupil did, how much would
# you know about another pupil of the same school?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_schools = assignment_data("ps04", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import IccExplorer, Prediction

hsb = ht.load("hsb")
school_means = hsb.groupby("school")["math"].mean().sort_values()
sixteen = school_means.iloc[4::10]  # every tenth school, from the lowest mean to the highest

# %%
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
    seen = hsb[hsb["school"].isin(sixteen.index)]
    sns.stripplot(
        seen,
        x="school",
        y="math",
        order=list(sixteen.index),
        color=plots.COLOURS["data"],
        size=2.5,
        alpha=0.6,
        ax=ax,
    )
    ax.plot(range(len(sixteen)), sixteen, "D", color=plots.COLOURS["none"], ms=6, mec="white")
    ax.set(xlabel="sixteen of the schools, in order of their means", ylabel="mathematics (points)", xticks=[])
show(
    fig,
    f"Mathematics scores of {len(seen)} pupils in 16 schools, a column of dots each. The school means, diamonds, rise from "
    f"{sixteen.iloc[0]:.1f} to {sixteen.iloc[-1]:.1f} points. The pupils of one school spread over most of the scale, from "
    f"about {seen['math'].min():.0f} to {seen['math'].max():.0f}.",
)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **compute** an [intraclass correlation](glossary.md#intraclass-correlation) (ICC) from a printed fit, and **read** it
#   as a share and as a correlation;
# - **tell** it from the reliability of a school's mean, and **say** how sure it is;
# - **judge** when a small ICC matters and when a large one does not;
# - **explain** why adding a predictor can make schools differ *more*;
# - **check** the assumptions of the model at both levels, and **say** which violation hurts what.
#
# You need lessons 01 to 03. Allow seventy minutes, in two sittings if you like: the second begins with "Given what?".

# %%
review("04")

# %% [markdown] concepts=[30, 31]
# ## By hand first: two pupils of one school
#
# Suppose schools differ with an SD of $\tau =$ {{3 = tau_hand | .0f}} points, and pupils of one school differ with
# $\sigma =$ {{6 = sigma_hand | .0f}}. A pupil's score is a common mean, a part of the school, and a part of the pupil's own:
#
# $$ y_i = \mu + u_{j[i]} + \epsilon_i, \qquad u_j \sim N(0, \tau^2), \quad \epsilon_i \sim N(0, \sigma^2). $$
#
# The two parts have nothing to do with each other, so their *variances* add up:
# {{9 = tau_hand**2 | .0f}} + {{36 = sigma_hand**2 | .0f}} = {{45 = tau_hand**2 + sigma_hand**2 | .0f}} squared points. Two
# readings follow.
#
# **A share.** Of {{45 = tau_hand**2 + sigma_hand**2 | .0f}} squared points {{9 = tau_hand**2 | .0f}} lie between schools:
# {{9 = tau_hand**2 | .0f}} / {{45 = tau_hand**2 + sigma_hand**2 | .0f}} = {{0.20 = icc_hand | .2f}}.
#
# **A correlation.** Take two pupils of one school. What they share is $u_j$ and nothing else, so their covariance is
# $\tau^2$, {{9 = tau_hand**2 | .0f}}; each has the variance {{45 = tau_hand**2 + sigma_hand**2 | .0f}}. A correlation is a covariance
# over a variance: the same {{0.20 = icc_hand | .2f}}.
#
# $$ \text{ICC} = \frac{\tau^2}{\tau^2 + \sigma^2} $$
#
# Do not take the share of the SDs: {{3 = tau_hand | .0f}} / {{9 = tau_hand + sigma_hand | .0f}} would be a third. SDs do not add up.

# %%
tau_hand, sigma_hand = 3.0, 6.0
icc_hand = tau_hand**2 / (tau_hand**2 + sigma_hand**2)
print(f"ICC {icc_hand:.2f}, the library says {ht.icc(tau_hand, sigma_hand):.2f}")

# %% [markdown] exercise="icc_from_sds" concepts=[30]
# ### Your turn: from two standard deviations to the ICC
#
# Write `icc_from_sds(tau, sigma)`, which returns the ICC.


# %% exercise="icc_from_sds"
def icc_from_sds(tau, sigma):
    """Return the intraclass correlation."""
    ### BEGIN SOLUTION
    return tau**2 / (tau**2 + sigma**2)
    ### END SOLUTION


# %% [markdown]
# ## One hundred and sixty schools
#
# The model without predictors is called the [null model](glossary.md#null-model). Pupil $i$ goes to school $j[i]$; there are
# $J$ schools, with $n_j$ pupils each. In the four forms of lesson 02:
#
# **In levels**: $\; y_i = \alpha_{j[i]} + \epsilon_i, \quad \alpha_j = \mu + u_j$.
#
# **In one line**: $\; y_i = \mu + u_{j[i]} + \epsilon_i$.
#
# **As distributions**: $\; y_i \sim N(\alpha_{j[i]}, \sigma^2), \quad \alpha_j \sim N(\mu, \tau^2)$.
#
# **As a formula**: `math ~ 1 + (1 | school)`.
#
# A fit estimates three numbers, $\mu$, $\tau$ and $\sigma$:

# %%
null = ht.lmm("math ~ 1 + (1 | school)", hsb)
tau2, sigma2 = null.varcorr["school"].sd["Intercept"] ** 2, null.sigma**2
icc = null.icc()
print(null.summary())
print(f"\ntau² {tau2:.3f}, sigma² {sigma2:.3f}, ICC {icc.value:.4f}")

# %% [markdown]
# Read the print from the top. The typical school has a mean of {{12.64 = null.fixef["Intercept"] | .2f}} points, known to
# {{0.24 = null.fixef_se["Intercept"] | .2f}}. Schools differ around it with an SD of
# {{2.93 = np.sqrt(tau2) | .2f}}, pupils around their school with {{6.26 = null.sigma | .2f}}: both are SDs, so square them.
# The ICC is {{8.614 = tau2 | .3f}} / ({{8.614 = tau2 | .3f}} + {{39.148 = sigma2 | .3f}}) = {{0.1804 = icc.value | .4f}}.
#
# (As in lesson 03, $\hat\mu =$ {{12.637 = null.fixef["Intercept"] | .3f}} is neither the mean of all pupils,
# {{12.748 = hsb["math"].mean() | .3f}}, nor the plain mean of the school means, {{12.621 = school_means.mean() | .3f}}.)
#
# The last lines say how well the model fits, and only serve to compare models of the same rows, as lesson 05 does. The
# [deviance](glossary.md#deviance) is minus twice the log-likelihood. AIC adds two for each of the three parameters, but this
# print adds them to REML's counterpart of the deviance: {{47122.8 = null.aic | .1f}} and not
# {{47115.8 = null.deviance | .1f}} plus six. Leave DIC alone. It should add a price for the parameters as well; here it is mixed from
# both criteria, and {{47114.8 = null.dic | .1f}} is even *below* the deviance.
#
# The manner of the print is that of `display` in R's package *arm*, and you will meet it in books and lecture notes.
# Here is one from such notes, for a hundred rows in ten groups. Their data are not published, so we
# arrange rows of our own that give the same print:

# %%
rng = np.random.default_rng(1)
levels, noise = rng.standard_normal(10), rng.standard_normal((10, 10))
levels = (levels - levels.mean()) / levels.std(ddof=1)
noise -= noise.mean(axis=1, keepdims=True)
noise /= np.sqrt((noise**2).sum() / 90)  # now the variance within groups is one exactly
rows = -0.49 + np.sqrt(2.322**2 + 4.0932**2 / 10) * levels[:, None] + 4.0932 * noise
rows = pd.DataFrame({"group": np.repeat(range(10), 10), "y": rows.ravel()})
printed = ht.lmm("y ~ 1 + (1 | group)", rows)
print(printed.summary())

# %% [markdown]
# Your function, or a pencil: {{2.32 = printed.varcorr["group"].sd["Intercept"] | .2f}} squared over
# {{2.32 = printed.varcorr["group"].sd["Intercept"] | .2f}} squared plus {{4.09 = printed.sigma | .2f}} squared is
# {{0.24 = printed.icc().value | .2f}}. The mean of
# {{−0.49 = printed.fixef["Intercept"] | .2f}} lies within one standard error, {{0.84 = printed.fixef_se["Intercept"] | .2f}}, of zero.
# AIC, DIC and deviance are {{583.6 = printed.aic | .1f}}, {{580.5 = printed.dic | .1f}} and
# {{579.0 = printed.deviance | .1f}}: without another model of the same rows they say nothing.

# %% [markdown] concepts=[31]
# ### Is it really a correlation?
#
# The formula says that two pupils of one school are correlated at {{0.18 = icc.value | .2f}}. We need not believe it. Draw a
# school, draw two of its pupils, put one on each axis; and again, twenty thousand times. Then draw the two
# from different schools.

# %%
rng = np.random.default_rng(4)
scores = [group.to_numpy() for _school, group in hsb.groupby("school")["math"]]
drawn = rng.integers(len(scores), size=20_000)
pairs = np.array([rng.choice(scores[j], 2, replace=False) for j in drawn])
strangers = np.column_stack([pairs[:, 0], np.roll(pairs[:, 1], 1)])
r_pairs, r_strangers = np.corrcoef(pairs.T)[0, 1], np.corrcoef(strangers.T)[0, 1]
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.7), layout="constrained", sharex=True, sharey=True)
    shown = ((pairs, r_pairs, "Same school"), (strangers, r_strangers, "Different schools"))
    for ax, (both, r, name) in zip(axes, shown, strict=True):
        ax.plot(*both[:2500].T, ".", ms=2, color=plots.COLOURS["data"], alpha=0.5)
        centre = both.mean(axis=0)
        ax.axline(centre, slope=r, color=plots.COLOURS["none"], lw=2.5)
        ax.set(title=f"{name}: r = {r:.2f}", xlabel="one pupil (points)", aspect="equal")
    axes[0].set_ylabel("the other pupil (points)")

# %% tags=["predict"]
Prediction(
    "How strongly are the scores of two pupils of the same school correlated?",
    ["about 0.03, the square of the ICC", "about 0.18, the ICC itself", "about 0.42, the root of the ICC"],
    answer=int(np.argmin(np.abs(np.array([icc.value**2, icc.value, icc.value**0.5]) - r_pairs))),
    because="The two share the school's part of the variance, and a correlation is the shared part over the whole.",
    figure=fig,
    alt=f"Two clouds of 2500 pairs of pupils. In pairs from the same school the line rises a little, r = {r_pairs:.2f}; in pairs "
    f"from different schools it is flat, r = {r_strangers:.2f}.",
)

# %% [markdown]
# {{0.18 = r_pairs | .2f}} from twenty thousand pairs. (Pairs are drawn by chance, and the model weighs large and small schools in
# its own way, so the two need not agree to the second decimal.) That answers the question at the top: one pupil's
# score tells something about a schoolmate, but not much. If the first pupil was ten points above the mean, expect the second
# to be {{1.8 = 10 * icc.value | .1f}} points above it, give or take nearly the whole width of the cloud.
#
# What the {{18 = 100 * icc.value | .0f}} percent are *not*: not {{18 = 100 * icc.value | .0f}} percent of the pupils, who would
# be the ones that schools influence; not {{18 = 100 * icc.value | .0f}} percent of the schools; not
# {{18 = 100 * icc.value | .0f}} percent of anybody's score. They are a share of the *variance*. And they name no cause: schools
# may differ because of what they do, or because of who goes there.

# %% [markdown]
# ## The standard tool, and its trap
#
# The same fit with `statsmodels`:

# %%
theirs = smf.mixedlm("math ~ 1", data=hsb, groups="school").fit()
group_var, scale, cov_re = theirs.params["school Var"], theirs.scale, theirs.cov_re.iloc[0, 0]
readings = {
    "params, scale": (group_var, scale, group_var / (group_var + scale)),
    "cov_re, scale": (cov_re, scale, cov_re / (cov_re + scale)),
    "params alone": (group_var, 1.0, group_var / (group_var + 1)),
}
agreement = abs(readings["cov_re, scale"][2] - icc.value)
print(f"second line against our ICC: a difference of {agreement:.0e}")
pd.DataFrame(readings, index=["between", "within", "share"]).T.round(4)

# %% [markdown]
# The second line agrees with ours. The first is a trap.
# `.params` holds the variance between schools *divided by the residual variance*,
# {{0.220 = group_var | .3f}} for $\tau^2/\sigma^2$, under the name `school Var`. Who puts it beside `.scale`, which is
# $\sigma^2$, gets an ICC of {{0.006 = readings["params, scale"][2] | .3f}}, wrong by a factor of
# {{32 = icc.value / readings["params, scale"][2] | .0f}} and without a warning. The variance in squared points is in
# `.cov_re`, and it is what `theirs.summary()` prints under the same name. Or use the ratio as what it is, $v = \tau^2/\sigma^2$: dividing above and below by $\sigma^2$ makes the ICC
# $v/(v + 1)$, the third line.

# %% [markdown] concepts=[33]
# ## The ICC is not the reliability
#
# The ICC is about single pupils. The [reliability](glossary.md#reliability) of lesson 03 is about a school's mean: with $n$
# pupils the noise in the mean is only $\sigma^2/n$, so
#
# $$ \lambda = \frac{\tau^2}{\tau^2 + \sigma^2/n} = \frac{n \cdot \text{ICC}}{1 + (n - 1)\,\text{ICC}}. $$
#
# There is an $n$ in it, and none in the ICC. With one pupil the two are the same number. Our schools have
# {{14 = n_j.min() | d}} to {{67 = n_j.max() | d}} pupils, and their means have reliabilities from
# {{0.75 = reliabilities.min() | .2f}} to {{0.94 = reliabilities.max() | .2f}}. So a low ICC and good school means go
# together: one pupil says little about a school, forty-five say a lot. Commit to an answer in the widget, then take the ICC to
# {{0.18 = icc.value | .2f}} and move $n$. Which of the numbers follow?

# %%
n_j = hsb.groupby("school").size()
reliabilities = ht.reliability(null.sigma / np.sqrt(n_j), np.sqrt(tau2))
IccExplorer()

# %% [markdown] concepts=[35]
# ## A small ICC can matter
#
# The same $1 + (n - 1)\,\text{ICC}$ stands below the line there. It is the [design effect](glossary.md#design-effect) of lesson 01: how many times larger the
# variance of a mean is than that of as many independent rows. With an ICC of {{0.02 = icc_small | .2f}} and
# {{100 = n_small | d}} pupils in each school it is {{2.98 = deff | .2f}}: the pupils are worth a third of their number.
#
# What does that do to a trial? Twenty schools of a hundred pupils, ten of them trained, a training without any effect, and
# an ICC of {{0.02 = icc_small | .2f}}. Test at five percent, counting pupils; then with one mean for each school. Two thousand trials:

# %%
icc_small, n_small, J_small = 0.02, 100, 20
rng = np.random.default_rng(5)
deff = ht.design_effect(n_small, icc_small)
of_schools = np.sqrt(icc_small) * rng.standard_normal((2000, J_small, 1))
of_pupils = np.sqrt(1 - icc_small) * rng.standard_normal((2000, J_small, n_small))
scores_drawn = of_schools + of_pupils
trained, others = scores_drawn[:, :10], scores_drawn[:, 10:]
by_pupils = stats.ttest_ind(trained.reshape(2000, -1), others.reshape(2000, -1), axis=1).pvalue
by_schools = stats.ttest_ind(trained.mean(axis=2), others.mean(axis=2), axis=1).pvalue
false_alarms = [100 * np.mean(p < 0.05) for p in (by_pupils, by_schools)]
print(f"false alarms (percent): by pupils {false_alarms[0]:.0f}, by schools {false_alarms[1]:.0f}")

# %% [markdown]
# "Significant" in {{26 = false_alarms[0] | .0f}} percent of the trials, where there was nothing. So the rule "below `0.05` you
# need no multilevel model" is no rule. The ICC is half of the story; $n - 1$ is the other half.
#
# Nor does a large ICC prove a need. Let the question be purely *inside* schools: does a pupil with a higher `ses`
# (socio-economic status) than her schoolmates score higher? `cses` is `ses` minus the mean of the school. An intercept for
# each school, by least squares, answers it:

# %%
dummies = smf.ols("math ~ cses + C(school)", data=hsb).fit()
within = ht.lmm("math ~ cses + (1 | school)", hsb)
plain = smf.ols("math ~ cses", data=hsb).fit()
pd.DataFrame(
    {
        "slope": [dummies.params["cses"], within.fixef["cses"], plain.params["cses"]],
        "standard error": [dummies.bse["cses"], within.fixef_se["cses"], plain.bse["cses"]],
    },
    index=["dummies, least squares", "multilevel model", "least squares, schools ignored"],
).round(4)

# %% [markdown]
# Dummies and multilevel model agree on {{2.191 = within.fixef["cses"] | .3f}} points per unit of `cses`, and on the standard error:
# whatever the ICC is, the schools cancel. (Ignoring the schools, least squares is too careful, as in lesson 01.) What decides is the *question*,
# its level and the size of the groups. Fit the multilevel model when you want to know how schools differ, predict for a
# school, or ask about a variable of schools. Do not ask the ICC for permission.

# %% [markdown] exercise="icc_report" concepts=[30, 35]
# ### Your turn: a report with a flaw, and a step too far
#
# > *A mixed model (statsmodels) of the mathematics scores in {{160 = len(n_j) | d}} schools gave `params["school Var"]` =
# > {{0.220 = group_var | .3f}} and `scale` = {{39.148 = scale | .3f}}. The ICC is {{0.220 = group_var | .3f}} /
# > ({{0.220 = group_var | .3f}} + {{39.148 = scale | .3f}}) = {{0.006 = readings["params, scale"][2] | .3f}}, below `0.05`. We
# > therefore compared the schools whose teachers had been trained with the others by a least-squares regression of the pupils.*
#
# Choose for each blank one of its options, word for word.
#
# - What is wrong with the ICC (`flaw`)? `"standard deviations should have been used instead of variances"`,
#   `"the scale is a standard deviation and should have been squared"`, `"one of the two numbers is a ratio of variances"`,
#   `"maximum likelihood should have been used instead of REML"`.
# - With $v$ = `params["school Var"]` the ICC is (`repair`): `"v / (v + 1)"`, `"v / (1 - v)"`, `"v itself"`.
# - The step to least squares (`next_step`):
#   `"would have been right, had the ICC truly been below 0.05"`,
#   `"does not follow, because no ICC alone decides it"`,
#   `"is right, because 160 schools are many"`.

# %% exercise="icc_report"
icc_report = {"flaw": ..., "repair": ..., "next_step": ...}
### BEGIN SOLUTION
icc_report = {
    "flaw": "one of the two numbers is a ratio of variances",
    "repair": "v / (v + 1)",
    "next_step": "does not follow, because no ICC alone decides it",
}
### END SOLUTION

# %% [markdown]
# ## The wrong analysis: the variance of the raw means
#
# Who has no software takes the variance of the school means for $\tau^2$, and the mean variance inside
# schools for $\sigma^2$. Try it on schools of which we keep only $n$ pupils. Beside it, the same with the pupils *shuffled* over the
# schools, so that there is nothing to find.

# %% tags=["wrong-analysis"]
rng = np.random.default_rng(6)
mixed_up = hsb.assign(math=rng.permutation(hsb["math"]))
naive = {}
for n in (3, 5, 10, 14):
    naive[n] = {}
    for name, table in (("real schools", hsb), ("shuffled pupils", mixed_up)):
        few = table.groupby("school").sample(n, random_state=1)
        by = few.groupby("school")["math"]
        between, inside = by.mean().var(), by.var().mean()
        naive[n][f"{name}: raw means"] = between / (between + inside)
        naive[n][f"{name}: model"] = ht.lmm("math ~ 1 + (1 | school)", few).icc().value
naive = pd.DataFrame(naive).T.rename_axis("pupils kept")
naive.round(2)

# %% [markdown]
# With {{5 = naive.index[1] | d}} pupils kept, the raw means find {{0.17 = naive.loc[5, "shuffled pupils: raw means"] | .2f}}
# where there is nothing at all, nearly what all the real schools have. A mean of $n$ pupils varies by
# $\tau^2 + \sigma^2/n$, so even without schools the method tends to $1/(n + 1)$. For the real schools it
# says {{0.37 = naive.loc[3, "real schools: raw means"] | .2f}} with three pupils and {{0.22 = naive.loc[14, "real schools: raw means"] | .2f}} with
# fourteen: a property of the sample size. The model takes $\sigma^2/n$ off: it stays between
# {{0.16 = naive["real schools: model"].min() | .2f}} and {{0.20 = naive["real schools: model"].max() | .2f}} for the real schools, and
# finds {{0.05 = naive["shuffled pupils: model"].max() | .2f}} or less in the shuffled ones.

# %% [markdown] exercise="my_icc" concepts=[30]
# ### Your turn: the ICC of your own schools
#
# `my_schools` holds fourteen schools of five pupils, drawn for you alone, with the columns `school` and `score`. Store the
# ICC by REML in `my_icc`; three decimals are enough.

# %% exercise="my_icc"
my_icc = ...
### BEGIN SOLUTION
my_fit = ht.lmm("score ~ 1 + (1 | school)", my_schools)
my_icc = icc_from_sds(my_fit.varcorr["school"].sd["Intercept"], my_fit.sigma)
### END SOLUTION

# %% [markdown] concepts=[34]
# ## How sure is an ICC?
#
# From all {{160 = hsb["school"].nunique() | d}} schools the ninety-five percent interval is {{0.147 = icc.lower | .3f}} to
# {{0.221 = icc.upper | .3f}}. It is made of all values that the likelihood finds not much worse than the best
# one (a *profile*; lesson 05), and it is longer upward than downward, because a variance cannot be negative but may be large. Now imagine
# that you had ten schools. We can do that: draw ten of them, fit, and again, eighty times.

# %%
rng = np.random.default_rng(7)
names = hsb["school"].unique()


def icc_of_ten():
    """Return the ICC of ten schools drawn at random."""
    some = hsb[hsb["school"].isin(rng.choice(names, 10, replace=False))]
    return ht.lmm("math ~ 1 + (1 | school)", some).icc().value


ten = np.array([icc_of_ten() for _draw in range(80)])
radon = ht.load("radon")
radon_null = ht.lmm("log_radon ~ 1 + (1 | county)", radon)
counties = radon_null.icc()
print(f"counties: ICC {counties.value:.3f}, interval {counties.lower:.3f} to {counties.upper:.3f}")
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 2.6), layout="constrained")
    ax.hist(ten, bins=np.arange(0, 0.46, 0.025), color=plots.COLOURS["faint"], edgecolor="white")
    ax.axvline(icc.value, color=plots.COLOURS["partial"], lw=2, label="all 160 schools")
    ax.axvspan(icc.lower, icc.upper, color=plots.COLOURS["partial"], alpha=0.2, lw=0, label="their interval")
    ax.set(xlabel="ICC from ten schools", ylabel="draws")
    ax.legend()
show(
    fig,
    f"Histogram of 80 ICCs, each from ten schools drawn at random: they run from {ten.min():.2f} to {ten.max():.2f}. All 160 "
    f"schools give {icc.value:.2f} with an interval from {icc.lower:.2f} to {icc.upper:.2f}.",
)

# %% [markdown]
# From {{0.03 = ten.min() | .2f}} to {{0.41 = ten.max() | .2f}}, with about four hundred and fifty pupils in each draw. An ICC learns from *groups*. The
# counties of lesson 03, with houses instead of pupils, have {{0.13 = counties.value | .2f}}, between
# {{0.07 = counties.lower | .2f}} and {{0.21 = counties.upper | .2f}}. Give the interval, or do not compare ICCs.

# %% [markdown] concepts=[32]
# ## Given what? The conditional ICC
#
# Add predictors, and both variances are about what the predictors leave over. The ICC becomes *conditional*: the correlation
# of two pupils of one school *with the same values of the predictors*. With `ses` as $x_i$ the four forms become
#
# - in levels: $\; y_i = \alpha_{j[i]} + \beta x_i + \epsilon_i, \quad \alpha_j = \mu + u_j$;
# - in one line: $\; y_i = \mu + \beta x_i + u_{j[i]} + \epsilon_i$;
# - as distributions: $\; y_i \sim N(\alpha_{j[i]} + \beta x_i, \sigma^2), \quad \alpha_j \sim N(\mu, \tau^2)$;
# - as a formula: `math ~ ses + (1 | school)`.
#
# Here are four models. `ses` differs inside and between schools, `cses` only inside, `mean_ses`, the school's mean, only between.

# %%
given = ("1", "ses", "cses", "mean_ses")
fits = {fixed: ht.lmm(f"math ~ {fixed} + (1 | school)", hsb) for fixed in given}
conditional = pd.DataFrame(
    {
        fixed: {
            "tau²": fit.varcorr["school"].sd["Intercept"] ** 2,
            "sigma²": fit.sigma**2,
            "ICC": fit.icc().value,
            "from": fit.icc().lower,
            "to": fit.icc().upper,
        }
        for fixed, fit in fits.items()
    }
).T
conditional.round(3)

# %% [markdown]
# - `ses` brings the ICC down to {{0.114 = conditional.loc["ses", "ICC"] | .3f}}. Two schoolmates resemble each other in part
#   because their families do; among pupils of equal `ses` less is left.
# - `mean_ses` takes {{69 = 100 * (1 - conditional.loc["mean_ses", "tau²"] / tau2) | .0f}} percent off $\tau^2$ and nothing off
#   $\sigma^2$: a variable of schools cannot tell schoolmates apart. The ICC falls to {{0.063 = conditional.loc["mean_ses", "ICC"] | .3f}}.
# - `cses` takes a little off $\sigma^2$, and the ICC *rises* to {{0.190 = conditional.loc["cses", "ICC"] | .3f}}.
#
# None of the four is *the* ICC. Who plans a trial needs the one given the predictors that the trial will use. Who reports one says
# "given what".

# %% [markdown] exercise="read_the_icc" concepts=[30, 31, 32, 33]
# ### Your turn: what an ICC says
#
# The ICC of a test in some schools is one quarter. Choose word for word.
#
# - That means: ___ (`meaning`): `"a quarter of the pupils are influenced by their school"`,
#   `"a quarter of the schools differ from the others"`,
#   `"a quarter of the variance of the scores lies between schools"`,
#   `"a quarter of each pupil's score comes from the school"`.
# - Two pupils of one school are correlated at ___ (`two_pupils`): `"0.25"`, `"0.50"`, `"0.0625"`.
# - Test more pupils in every school, and what grows is ___ (`more_pupils`): `"the ICC"`,
#   `"the reliability of each school's mean"`, `"both"`.
# - The ICC of a model with `ses` is ___ (`given_ses`): `"the share of the variance that ses explains"`,
#   `"the correlation of two pupils of one school after what ses predicts is taken off"`,
#   `"the same as without ses, but surer"`.

# %% exercise="read_the_icc"
read_the_icc = {"meaning": ..., "two_pupils": ..., "more_pupils": ..., "given_ses": ...}
### BEGIN SOLUTION
read_the_icc = {
    "meaning": "a quarter of the variance of the scores lies between schools",
    "two_pupils": "0.25",
    "more_pupils": "the reliability of each school's mean",
    "given_ses": "the correlation of two pupils of one school after what ses predicts is taken off",
}
### END SOLUTION

# %% [markdown] concepts=[37]
# ## How much is explained, level by level
#
# A model with two variances has two answers. Compare each with the null model:
#
# $$ R^2_\text{within} = 1 - \frac{\sigma^2}{\sigma^2_0}, \qquad R^2_\text{between} = 1 - \frac{\tau^2}{\tau^2_0}. $$
#
# For `ses` that is {{5.4 = 100 * fits["ses"].r2_by_level(null).within | .1f}} percent within and
# {{44.6 = 100 * fits["ses"].r2_by_level(null).between["school"] | .1f}} percent between. So far, so familiar. They are called
# [pseudo-R²](glossary.md#pseudo-r), and here is why. Look again at `cses`, which has the mean zero in every school.

# %%
tau2_cses, sigma2_cses = (conditional.loc["cses", name] for name in ("tau²", "sigma²"))
radon_floor = ht.lmm("log_radon ~ floor + (1 | county)", radon)
radon["cfloor"] = radon["floor"] - radon.groupby("county")["floor"].transform("mean")
radon_cfloor = ht.lmm("log_radon ~ cfloor + (1 | county)", radon)
rise_inside = -100 * radon_cfloor.r2_by_level(radon_null).between["county"]
r2 = {
    "schools, cses": within.r2_by_level(null).between["school"],
    "counties, floor": radon_floor.r2_by_level(radon_null).between["county"],
}
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 2.2), layout="constrained")
    ax.barh(list(r2), [100 * v for v in r2.values()], color=plots.COLOURS["none"], height=0.5)
    ax.axvline(0, color=plots.COLOURS["line"], lw=1)
    ax.set(xlim=(-20, 20), xlabel="pseudo-R² between groups (percent)")

# %% tags=["predict"]
Prediction(
    "cses has the same mean in every school. What does adding it do to tau²?",
    ["it falls a little", "it stays exactly the same", "it rises a little"],
    answer=1 + int(np.sign(tau2_cses - tau2)),
    because="The means spread as before, but less of their spread is put down to chance, so more is left for tau².",
    figure=fig,
    alt=f"Two bars, both below zero. Pseudo-R² between groups: {100 * r2['schools, cses']:.1f} percent for schools when cses is added, "
    f"{100 * r2['counties, floor']:.1f} percent for counties when the floor of the measurement is added.",
)

# %% [markdown]
# It rises, from {{8.614 = tau2 | .3f}} to {{8.672 = tau2_cses | .3f}}, and the pseudo-$R^2$ is
# {{−0.7 = 100 * r2["schools, cses"] | .1f}} percent. Nothing is broken. The school means spread by $\tau^2 + \sigma^2/n$, and `cses`
# does not move them. It takes {{2.14 = sigma2 - sigma2_cses | .2f}} off $\sigma^2$, so the part put down to chance falls by about
# {{2.14 = sigma2 - sigma2_cses | .2f}} / {{45 = n_j.mean() | .0f}} = {{0.05 = (sigma2 - sigma2_cses) / n_j.mean() | .2f}}; what chance no longer explains
# goes to $\tau^2$. (In schools of equal size this is exact.)
#
# For radon it is no trifle: {{−12.4 = 100 * r2["counties, floor"] | .1f}} percent. Counties have few houses, so chance explains
# much of the spread of their means, and `floor` takes a tenth off $\sigma^2$. That part alone, from `floor` minus the county's mean,
# makes $\tau^2$ rise by {{8.9 = rise_inside | .1f}} percent. The rest is masking: measurements on the first floor read lower than in
# the basement, and counties with more radon had somewhat more of them, so the raw levels hid a part of the differences.
#
# A negative value is a message about the data: the predictor works inside groups, or had been masking something. It cannot
# say that the predictor is bad.

# %% [markdown] exercise="negative_r2" concepts=[37]
# ### Your turn: make data with a negative pseudo-R²
#
# Make a DataFrame `negative_r2` with the columns `group`, `x` and `y`: six groups or more, three rows or more in each. Without
# `x` the ICC should be `0.05` or more; `x` should take three tenths or more off $\sigma^2$ (but not all of it); and yet $\tau^2$ should
# be at least a tenth *larger* with `x` than without.

# %% exercise="negative_r2"
negative_r2 = ...
### BEGIN SOLUTION
negative_r2 = pd.DataFrame(
    {
        "group": np.repeat(list("abcdef"), 4),
        "x": np.tile([-3.0, -1.0, 1.0, 3.0], 6),
        "y": np.repeat([50.0, 54.0, 51.0, 49.0, 53.0, 52.0], 4)
        + np.tile([-3.0, -1.0, 1.0, 3.0], 6)
        + np.tile([0.3, -0.2, -0.4, 0.3], 6),
    }
)
### END SOLUTION

# %% [markdown] concepts=[36]
# ## What this model cannot say: rivals
#
# Two hundred pairs of twins share a cake. Who gets more leaves less for the other:

# %%
rng = np.random.default_rng(8)
shares = 50 + 10 * rng.standard_normal(200)
twins = np.column_stack([shares, 100 - shares]) + 4 * rng.standard_normal((200, 2))
cake = pd.DataFrame({"pair": np.repeat(range(200), 2), "y": twins.ravel()})
cake_fit = ht.lmm("y ~ 1 + (1 | pair)", cake)
twins = np.vstack([twins, twins[:, ::-1]])  # either twin may come first
r_twins, sd_difference = np.corrcoef(twins.T)[0, 1], np.diff(twins, axis=1).std()
print(f"correlation of two twins {r_twins:.2f}, ICC of the model {cake_fit.icc().value:.2f}")
print(f"sigma of the model {cake_fit.sigma:.1f}, SD of the difference of two twins {sd_difference:.1f}")

# %% [markdown]
# The twins are correlated at {{−0.89 = r_twins | .2f}}, the model says {{0.00 = cake_fit.icc().value | .2f}}. It has to: what members of a group
# share is a $u_j$, its variance cannot be negative, so the fit stops at its end, $\tau = 0$ (a
# [boundary fit](glossary.md#boundary-fit)). The report then reads "no clustering", which is far from the truth: the difference of two twins has
# an SD of {{21.2 = sd_difference | .1f}}, and two independent rows with this $\sigma$ would give
# {{15.5 = np.sqrt(2) * cake_fit.sigma | .1f}}. Competition, turn-taking, a fixed sum to share out, groups made deliberately
# mixed: there look at the correlation itself, and model it directly. It is a matter of small groups above all: in pairs the common
# correlation can go down to $-1$, in groups of $n$ only to $-1/(n - 1)$.

# %% [markdown] exercise="is_it_needed" concepts=[35, 36, 37]
# ### Your turn: what an ICC decides, and what it does not
#
# - An ICC of `0.02` and `100` pupils in each school: the design effect of a mean is ___ (`small_icc`):
#   `"about one, so the schools can be ignored"`, `"about two, so the pupils are worth half"`,
#   `"about three, so the pupils are worth a third"`.
# - With these schools you ask what a training of *schools* does. You ___ (`question_about_schools`):
#   `"let the schools into the analysis, by a multilevel model or by school means"`,
#   `"count pupils, because the ICC is below 0.05"`.
# - The ICC is `0.3`, and $x$ varies only inside the schools. For its slope ___ (`question_within_schools`):
#   `"only a multilevel model gives the slope and its standard error"`,
#   `"least squares without the schools gives them as well"`,
#   `"an intercept for each school by least squares gives them as well"`.
# - That $x$ explains a lot inside the schools. The pseudo-$R^2$ between schools is ___ (`level_two_r2`):
#   `"zero or above, like any R²"`, `"below zero"`, `"undefined, so the fit is broken"`.
# - Of two twins one is up where the other is down. The model reports ___ (`rival_twins`): `"a negative ICC"`,
#   `"an ICC of zero"`, `"an ICC near one"`.

# %% exercise="is_it_needed"
is_it_needed = {
    "small_icc": ...,
    "question_about_schools": ...,
    "question_within_schools": ...,
    "level_two_r2": ...,
    "rival_twins": ...,
}
### BEGIN SOLUTION
is_it_needed = {
    "small_icc": "about three, so the pupils are worth a third",
    "question_about_schools": "let the schools into the analysis, by a multilevel model or by school means",
    "question_within_schools": "an intercept for each school by least squares gives them as well",
    "level_two_r2": "below zero",
    "rival_twins": "an ICC of zero",
}
### END SOLUTION

# %% [markdown]
# ## What the model assumes, and how to look
#
# Software and papers write all rows at once: $y = X\beta + Zb + \epsilon$. $X$ holds the predictors, a column
# for each coefficient in $\beta$. $Z$ says who belongs where: a column for each school, a one where the pupil is in it. $b$
# holds the $u_j$. Then $Zb$ hands each pupil the $u_j$ of the school, and the rows have the covariance matrix
# $V = \tau^2 ZZ' + \sigma^2 I$. Here are twelve pupils of three schools.

# %%
few = hsb.groupby("school").head(4)[:12].reset_index(drop=True)
X = np.column_stack([np.ones(12), few["ses"]])
Z = pd.get_dummies(few["school"], dtype=float).to_numpy()
V = tau2 * Z @ Z.T + sigma2 * np.eye(12)
with plots.style():
    fig, axes = plt.subplots(1, 4, figsize=(7.5, 3.3), layout="constrained", width_ratios=[1, 2, 3, 9])
    blocks = (few[["math"]].to_numpy() * 0, X * 0, Z, V / V[0, 0])
    for ax, block, title in zip(axes, blocks, ("y", "X", "Z", "V, as correlations"), strict=True):
        ax.imshow(block, cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
        ax.set(title=title, xticks=[], yticks=[])
    for i in range(12):
        axes[0].text(0, i, f"{few['math'][i]:.0f}", ha="center", va="center", fontsize=9)
        for k in range(2):
            axes[1].text(k, i, f"{X[i, k]:.1f}", ha="center", va="center", fontsize=8)
        for j in range(3):
            axes[2].text(j, i, f"{Z[i, j]:.0f}", ha="center", va="center", fontsize=9)
        for k in range(12):
            value = f"{V[i, k] / V[0, 0]:.2f}".replace("0.00", "0")
            axes[3].text(k, i, value, ha="center", va="center", fontsize=6.5)
show(
    fig,
    f"Four matrices of 12 rows: y, the scores; X with a column of ones and ses; Z with three columns, a one in the pupil's "
    f"school; and V as correlations, 1 on the diagonal, {icc.value:.2f} in the three blocks of 4 by 4 pupils of one school, 0 elsewhere.",
)

# %% [markdown]
# The blocks of {{0.18 = V[0, 1] / V[0, 0] | .2f}} are the whole dependence that this model allows. *Independence* is not
# dropped, it has moved: schools are independent of each other, and so are schoolmates once $u_j$ is known. The assumptions, one by one, for
# `math ~ ses + (1 | school)`:
#
# | assumed | where to look | here |
# |---|---|---|
# | the mean of $y$ is a line in `ses` | residuals of pupils: a bend? | hardly |
# | given $u_j$, schoolmates are independent | the design: classes, siblings, order? | classes are not recorded |
# | schools are independent | the design: districts, regions? | not recorded |
# | $\epsilon \sim N(0, \sigma^2)$, the same $\sigma$ everywhere | quantiles; spread within groups | tails too short; spread differs a little |
# | $u_j \sim N(0, \tau^2)$ | quantiles of the estimated $u_j$ | close |
# | $u$ and $\epsilon$ have nothing to do with `ses` | the slope inside schools against the raw one | fails |

# %%
full = fits["ses"]
about = ht.plots.diagnostics(full)
read = full.residuals() / full.sigma
spread = read.groupby(hsb["school"]).std()
spread = spread / spread.median()
show(
    about,
    f"Residuals at two levels. Level 1 has no bend; its largest residual is {read.abs().max():.1f} sigma, the quantiles bend "
    f"inward at both ends. Level 2: the standardised school effects follow the line, the lowest at "
    f"{full.ranef_standardised['school']['Intercept'].min():.1f}. The SDs within schools run from {spread.min():.2f} to {spread.max():.2f} of the median.",
)

# %% [markdown]
# Top left: no bend, but two straight edges, the lowest and the highest score that the test can give. Top right: because
# of them large residuals are missing: of {{7185 = len(read) | d}}, only
# {{2 = int((read.abs() > 3).sum()) | d}} are beyond three $\sigma$, where a normal distribution has
# {{19 = 2 * stats.norm.sf(3) * len(read) | .0f}}. The last line of the table needs no plot. The raw slope of `ses` is
# {{2.39 = full.fixef["ses"] | .2f}}, the one inside schools {{2.19 = within.fixef["cses"] | .2f}}. If $u_j$ had nothing to do with
# `ses`, the two would estimate the same number. Schools with a high `ses` are better by more than their pupils' `ses` accounts for.
#
# **The words of econometrics.** There "fixed effects" means a dummy for each school, "random effects" this very model, and the
# choice between them is about this last assumption: dummies take away whatever $u_j$ is, related to `ses` or not; the model takes it
# for unrelated. The Hausman test compares the two slopes. It is a good question and not a choice of two: put `mean_ses` beside
# `cses`, and the multilevel model gives the inner slope as well, *and* says what lies between (lesson 07).
#
# **"The model is robust to some violations."** To which, and in what? Draw {{200 = worlds_n | d}} worlds of thirty schools with a true
# slope of one half and $\tau = 1$, and break one assumption at a time.

# %%
worlds_n, place = 200, np.repeat(np.arange(30), 8)


def slope_and_tau(kind, seed):
    """Draw one world; return the slope, whether its interval holds the truth, and the estimate of tau."""
    draw = np.random.default_rng(seed)
    (x_school, u), (x_own, e) = draw.standard_normal((2, 30)), draw.standard_normal((2, 240))
    if kind == "heavy tails":
        u = draw.standard_t(3, 30) / np.sqrt(3)  # variance one, tails far from normal
    elif kind == "one school far out":
        u[0] = 8.0
    elif kind == "u goes with x":
        u = 0.6 * x_school + 0.8 * u
    x = 0.7 * (x_school[place] + x_own)
    y = 0.5 * x + u[place] + 2.0 * e
    fit = ht.lmm("y ~ x + (1 | school)", pd.DataFrame({"school": place, "x": x, "y": y}))
    slope, se = fit.fixef["x"], fit.fixef_se["x"]
    return slope, abs(slope - 0.5) < 1.96 * se, fit.varcorr["school"].sd["Intercept"]


robust = {}
for kind in ("as assumed", "heavy tails", "one school far out", "u goes with x"):
    b, covered, tau_hat = np.array([slope_and_tau(kind, seed) for seed in range(worlds_n)]).T
    robust[kind] = {
        "mean slope": b.mean(),
        "SD of slope": b.std(),
        "interval holds (%)": 100 * covered.mean(),
        "mean tau": tau_hat.mean(),
        "SD of tau": tau_hat.std(),
    }
robust = pd.DataFrame(robust).T
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 2.5), layout="constrained")
    ax.plot(robust["mean slope"], range(4), "D", color=plots.COLOURS["partial"], ms=9)
    ax.axvline(0.5, color=plots.COLOURS["line"], ls="--")
    ax.set(
        yticks=range(4),
        yticklabels=robust.index,
        ylim=(3.5, -0.5),
        xlim=(0.3, 0.9),
        xlabel="mean estimated slope",
    )

# %% tags=["predict"]
worst = (robust["mean slope"] - 0.5).abs()
Prediction(
    "The true slope is 0.5. Which violation moves its estimate away most?",
    list(robust.index[1:]),
    answer=int(worst.iloc[1:].argmax()),
    because="The shape of the distribution of u hardly touches a slope; a u that goes with x is counted as an effect of x.",
    figure=fig,
    alt="Mean estimated slope, truth 0.50: "
    + ", ".join(f"{k} {v:.2f}" for k, v in robust["mean slope"].items())
    + ".",
)

# %%
robust.round(2)

# %% [markdown]
# - As assumed, the mean of two hundred slopes is {{0.49 = robust.loc["as assumed", "mean slope"] | .2f}}, itself unsure by about
#   {{0.01 = robust.loc["as assumed", "SD of slope"] / np.sqrt(worlds_n) | .2f}}. Heavy tails and the school far out leave it at {{0.50 = robust.loc["heavy tails", "mean slope"] | .2f}} and
#   {{0.49 = robust.loc["one school far out", "mean slope"] | .2f}}, and the interval holds about as
#   often as it should. So far the saying is right.
# - But $\hat\tau$ is not robust. One school far out makes it {{1.7 = robust.loc["one school far out", "mean tau"] | .1f}} instead of one, so
#   the ICC is wrong, and every other school is shrunk too little. Heavy tails make it
#   {{2.2 = robust.loc["heavy tails", "SD of tau"] / robust.loc["as assumed", "SD of tau"] | .1f}} times as variable.
# - A $u$ that goes with $x$ moves the slope to {{0.73 = robust.loc["u goes with x", "mean slope"] | .2f}}, and the interval holds the truth in
#   {{72 = robust.loc["u goes with x", "interval holds (%)"] | .0f}} percent. And that one shows in none of the four panels: it takes
#   the two slopes, raw and inside, as above.

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - $\text{ICC} = \tau^2/(\tau^2 + \sigma^2)$: the share of the variance between groups, and the correlation of two members of one. Square the SDs.
# - It is no share of people, and no cause.
# - It has no $n$. The reliability of a mean has, and so has the design effect: a small ICC matters in large groups.
# - No ICC decides whether groups matter. The question's level does.
# - It learns from groups: give an interval. With predictors, say given what.
# - Pseudo-$R^2$ compares two estimates and may be negative. The ICC of this model may not.
# - Shapes of distributions hardly touch slopes; a $u$ that goes with $x$ does.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 12 for the
#   model and its display; section 21.5 for explained variance at each level, section 21.7 for predictors that raise a variance.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 4 works through these schools; chapter 9 checks assumptions.
# - Snijders and Bosker (2012), *Multilevel Analysis*: section 3.3 for the ICC, chapter 7 for explained variance, chapter 10 for
#   assumptions.
# - Schielzeth and others (2020), "Robustness of linear mixed-effects models to violations of distributional assumptions".
