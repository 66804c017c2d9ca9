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
# # Lesson 06: Varying slopes
#
# In a study of sleep {{18 = J | d}} drivers spent three hours a night in bed, and every day their reaction time
# was measured. Some slowed down by twenty milliseconds a day, one not at all. How much do people differ in what
# lost sleep does to them, do the quick ones suffer less, and how sure can {{18 = J | d}} people make us of the
# average?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_sleepers = assignment_data("ps06", student=STUDENT)

# %%
import warnings

import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats
from scipy.optimize import minimize_scalar

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.widgets import Prediction, VaryingSlopes

sleep = ht.load("sleepstudy")
people = sleep.groupby("Subject")
lines = pd.DataFrame(
    {who: np.polyfit(rows["Days"], rows["Reaction"], 1)[::-1] for who, rows in people},
    index=["Intercept", "Days"],
).T  # a line of its own for each person
J, n = len(lines), 10

# %%
with plots.style():
    grid = sns.lmplot(
        sleep, x="Days", y="Reaction", col="Subject", col_wrap=6, ci=None, height=1.5, aspect=0.85,
        col_order=lines.sort_values("Days").index,
        scatter_kws={"s": 9, "color": plots.COLOURS["data"]},
        line_kws={"color": plots.COLOURS["none"], "lw": 2, "ls": ":"},
    )  # fmt: skip
    grid.set_titles("{col_name}").set_axis_labels("", "")
    grid.set(xticks=[0, 3, 6, 9])
    for ax in grid.axes[:-6]:
        ax.tick_params(labelbottom=False)
    grid.figure.supxlabel("day of the study", y=0.0, fontsize=10.5)
    grid.figure.supylabel("reaction time (ms)", x=0.0, fontsize=10.5)
show(
    grid.figure,
    f"{J} panels, one a person, in order of slope, with ten reaction times and a least-squares line each. "
    f"The slopes run from {lines['Days'].min():.1f} to {lines['Days'].max():.1f} ms per day, the heights on day 0 from "
    f"{lines['Intercept'].min():.0f} to {lines['Intercept'].max():.0f} ms.",
)

# %% [markdown]
# Each panel has a line of its own, by least squares. The lines differ in height, as schools did in lesson 04.
# They also differ in slope, and that is new.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **fit** and **read** a model in which slopes vary, and **write** it in three ways;
# - **move** the origin of a predictor, and **say** what changes and what does not;
# - **compute** the variance between groups as a curve, and **tell** where the lines lie closest together;
# - **explain** why a line is pulled in two directions at once;
# - **judge** the standard error of a mean slope, and **decide** what should vary.
#
# You need lessons 02 to 05. Allow seventy minutes, in two sittings if you like: the second begins with
# "Shrinkage in the plane". There are six tasks.

# %%
review("06")

# %% [markdown] concepts=[57]
# ## By hand first: eighteen lines
#
# Take the {{18 = J | d}} slopes as data. Their variance is {{43.01 = S[1, 1] | .2f}}, in squared milliseconds
# per squared day. As with the batches of lesson 05 there are two sources in it: people differ, with a variance
# $\tau_1^2$, and each slope is noisy. How noisy? The rows scatter around their own lines with $\hat\sigma^2 =$
# {{655 = sigma2 | .0f}} squared milliseconds, and the squared distances of the ten days from their middle add
# up to {{82.5 = sxx | .1f}}, so the variance of one slope is {{654.9 = sigma2 | .1f}} / {{82.5 = sxx | .1f}} =
# {{7.94 = noise[1, 1] | .2f}}. What is left are the people:
#
# $$ \hat\tau_1^2 = {{43.01 = S[1, 1] | .2f}} - {{7.94 = noise[1, 1] | .2f}} = {{35.07 = T[1, 1] | .2f}}, \qquad \hat\tau_1 = {{5.92 = np.sqrt(T[1, 1]) | .2f}} \text{ ms per day.} $$
#
# The intercepts, the heights on day zero, get the same treatment: {{838.3 = S[0, 0] | .1f}} −
# {{226.3 = noise[0, 0] | .1f}} = {{612.1 = T[0, 0] | .1f}}, so $\hat\tau_0 =$
# {{24.74 = np.sqrt(T[0, 0]) | .2f}} ms. And there is a third number, for lines come in pairs of an intercept
# and a slope: their covariance. Over the {{18 = J | d}} lines it is {{−26.1 = S[0, 1] | .1f}}. But noise has a
# covariance as well. A line that comes out too steep by chance starts too low: {{−35.7 = noise[0, 1] | .1f}}.
# So the covariance of the people is {{−26.1 = S[0, 1] | .1f}} + {{35.7 = -noise[0, 1] | .1f}} =
# {{9.6 = T[0, 1] | .1f}}. The {{18 = J | d}} estimates are correlated at {{−0.14 = r_lines | .2f}}, the
# {{18 = J | d}} people at {{0.066 = rho | .3f}}: the negative sign was noise.

# %%
x = np.arange(10)
X = np.column_stack([np.ones(n), x])
y = sleep.pivot(index="Subject", columns="Days", values="Reaction").to_numpy()  # a row for each person
S = np.cov(lines.T)
sxx = np.sum((x - x.mean()) ** 2)
sigma2 = np.sum((y - lines.to_numpy() @ X.T) ** 2) / (J * (n - 2))
noise = sigma2 * np.linalg.inv(X.T @ X)
T = S - noise
r_lines, rho = S[0, 1] / np.sqrt(S[0, 0] * S[1, 1]), T[0, 1] / np.sqrt(T[0, 0] * T[1, 1])

fit = ht.lmm("Reaction ~ Days + (1 + Days | Subject)", sleep)
print(fit.summary())
print(f"\nby hand: {np.sqrt(T[0, 0]):.4f}, {np.sqrt(T[1, 1]):.4f}, {rho:.4f}; sigma {np.sqrt(sigma2):.4f}")
gap = np.abs(fit.varcorr["Subject"].cov.to_numpy() - T).max()
print(f"largest difference from the library's variances and covariance: {gap:.0e}")

# %% [markdown]
# The library agrees. (With equal days for everybody, and enough left over, REML is just this subtraction.
# Elsewhere the library searches, as in lesson 05.) Read the print: on day zero the average person reacts in
# {{251.405 = fit.fixef["Intercept"] | .3f}} ms (standard error {{6.825 = fit.fixef_se["Intercept"] | .3f}}) and
# loses {{10.467 = fit.fixef["Days"] | .3f}} ms a day ({{1.546 = fit.fixef_se["Days"] | .3f}}). People's slopes
# have an SD of {{5.9 = slope_sd | .1f}} ms around that, and single days scatter around a person's line with
# $\hat\sigma =$ {{25.59 = fit.sigma | .2f}} ms. So the middle ninety-five percent of people lose between about
# {{−1 = fit.fixef["Days"] - 1.96 * slope_sd | .0f}} and {{22 = fit.fixef["Days"] + 1.96 * slope_sd | .0f}} ms a
# day. That is a statement about people, and not the confidence interval of the mean.

# %% [markdown] concepts=[57, 58]
# ## Four models, three pictures
#
# The model is the one that you met in lesson 02, with the names that textbooks use for its parts. Each person
# has a line, and the lines have a distribution:
#
# $$ y_i = \alpha_{j[i]} + \beta_{j[i]} x_i + \epsilon_i, \qquad
# \begin{pmatrix} \alpha_j \\ \beta_j \end{pmatrix} \sim N\!\left( \begin{pmatrix} \mu_0 \\ \mu_1 \end{pmatrix}, \; T \right), $$
#
# $$ T = \begin{pmatrix} \tau_0^2 & \tau_{0\,1} \\ \tau_{0\,1} & \tau_1^2 \end{pmatrix}, \qquad \tau_{0\,1} = \rho\,\tau_0\tau_1 . $$
#
# Take parts of $T$ away, and you get the simpler models. Without any $T$ there is one line. With $\tau_0$
# alone, the lines are parallel: [varying intercepts](glossary.md#varying-intercept). With $\tau_1$ alone, they
# start in one point: [varying slopes](glossary.md#varying-slope). With all of it, both vary.

# %%
slope_sd = fit.varcorr["Subject"].sd["Days"]
ols = fit.without_groups()
formulas = {
    "Intercepts vary": "(1 | Subject)",
    "Slopes vary": "(0 + Days | Subject)",
    "Both vary": "(1 + Days | Subject)",
}
models = {name: ht.lmm(f"Reaction ~ Days + {term}", sleep) for name, term in formulas.items()}
with plots.style():
    fig, axes = plt.subplots(1, 4, figsize=(7.8, 2.9), layout="constrained", sharey=True)
    for ax, name in zip(axes, ["One line", *models], strict=True):
        ax.plot(sleep["Days"], sleep["Reaction"], ".", ms=2.5, color=plots.COLOURS["data"], alpha=0.6)
        if name in models:
            for a, b in models[name].coef["Subject"][["Intercept", "Days"]].to_numpy():
                ax.plot([0, 9], [a, a + 9 * b], color=plots.COLOURS["partial"], lw=1)
        else:
            ax.axline(
                (0, ols.params["Intercept"]),
                slope=ols.params["Days"],
                color=plots.COLOURS["complete"],
                ls="--",
            )
        ax.set(title=name, xlabel="day", xticks=[0, 3, 6, 9])
    axes[0].set_ylabel("reaction time (ms)")
show(
    fig,
    f"The same {len(sleep)} reaction times under four models: one line; {J} parallel lines; {J} lines that start in one point "
    f"at {models['Slopes vary'].fixef['Intercept']:.0f} ms and fan out; {J} lines that differ in height and slope.",
)

# %%
table = {
    "One line": [ols.params["Days"], ols.bse["Days"], np.nan, np.nan, np.nan, np.sqrt(ols.scale), np.nan]
}
for name, m in models.items():
    sd, corr = m.varcorr["Subject"].sd, m.varcorr["Subject"].corr.to_numpy()
    spread = [sd.get("Intercept", np.nan), sd.get("Days", np.nan), corr[0, 1] if len(sd) == 2 else np.nan]
    table[name] = [m.fixef["Days"], m.fixef_se["Days"], *spread, m.sigma, m.criterion]
columns = ["mean slope", "SE", "tau0", "tau1", "rho", "sigma", "criterion"]
four = pd.DataFrame(table, index=columns).T
lsdv = smf.ols("Reaction ~ Days + C(Subject)", data=sleep).fit()
print(f"a dummy for each person: slope {lsdv.params['Days']:.3f}, standard error {lsdv.bse['Days']:.3f}")
four.round(3)

# %% [markdown]
# - The mean slope is {{10.467 = four.loc["Both vary", "mean slope"] | .3f}} ms a day everywhere. (Not in
#   general: here everybody was measured on the same ten days.)
# - Its standard error is not: {{0.80 = four.loc["Intercepts vary", "SE"] | .2f}},
#   {{1.24 = four.loc["One line", "SE"] | .2f}}, {{1.87 = four.loc["Slopes vary", "SE"] | .2f}} or
#   {{1.55 = four.loc["Both vary", "SE"] | .2f}}. Which is honest? See below.
# - From parallel lines to lines of their own the criterion falls by
#   {{42.8 = four.loc["Intercepts vary", "criterion"] - four.loc["Both vary", "criterion"] | .1f}}. Lesson 05
#   tested that fall: it is not chance.
# - What the model does not let vary ends up in $\hat\sigma$:
#   {{31.0 = four.loc["Intercepts vary", "sigma"] | .1f}} ms with parallel lines,
#   {{25.6 = four.loc["Both vary", "sigma"] | .1f}} with lines of their own.
# - Least squares with a dummy for each person (LSDV, lesson 02) draws the second picture too, here with the
#   same slope and standard error. It is varying intercepts *without a distribution*: it does not shrink, and
#   cannot speak of a new person.
#
# **How to write it.** In `(1 + Days | Subject)` what varies stands left of the bar, and the groups right of it.
# The `1` may be left out: `(Days | Subject)` is the same. `(1 | Subject) + (0 + Days | Subject)` lets both
# vary, too, but has no correlation: $\tau_{0\,1} = 0$. `(Days || Subject)`, with two bars, is short for that.
# Lecture notes now and then have a third form. Ask the library:

# %%
for term in (
    "(Days | Subject)",
    "(1 | Subject) + (0 + Days | Subject)",
    "(Days || Subject)",
    "(1 | Days | Subject)",
):
    try:
        found = ht.lmm(f"Reaction ~ Days + {term}", sleep)
        print(f"{term:40} criterion {found.criterion:.3f}, {len(found.theta) + 1} variance parameters")
    except ValueError as problem:
        print(f"{term:40} {problem}")

# %% [markdown]
# The last is no formula of any program. What is meant is nearly always `(1 + Days | Subject)`.
#
# **The standard tool.** In `statsmodels` the varying part has a formula of its own. Its `cov_re` is $T$, and
# what its summary calls `Subject x Days Cov` is the covariance $\tau_{0\,1}$: divide it by both SDs before you
# call it a correlation.

# %%
sm = smf.mixedlm("Reaction ~ Days", sleep, groups="Subject", re_formula="~Days").fit()
sm_sd = np.sqrt(np.diag(sm.cov_re))
sm_rho = sm.cov_re.iloc[0, 1] / sm_sd.prod()
print(
    f"statsmodels: tau0 {sm_sd[0]:.3f}, tau1 {sm_sd[1]:.3f}, rho {sm_rho:.3f}, sigma {np.sqrt(sm.scale):.3f}"
)
print(f"criteria: theirs {-2 * sm.llf:.4f}, ours {fit.criterion:.4f}")

# %% [markdown] concepts=[57]
# ## The same steps in print
#
# Papers print such fits one below the other. A lecture shows three of one data set, ten groups of ten rows, in
# the layout of R's `arm`, and not the rows. We have invented rows that give every printed figure to its last
# digit. Our summary has the same layout: the mean line with standard errors, what varies, the counts, and three
# numbers for comparing fits.

# %%
ten = ht.load("display10")
in_print = {"M0": "1 + (1 | group)", "M1": "x + (1 | group)", "M2": "x + (1 + x | group)"}
M0, M1, M2 = (ht.lmm(f"y ~ {right}", ten) for right in in_print.values())
M0_dev, M1_dev, M2_dev = (m.refit("ML").criterion for m in (M0, M1, M2))
SD0, SD1, SD2 = (m.varcorr["group"].sd for m in (M0, M1, M2))
print(M2.summary())

# %% [markdown]
# | | intercept | slope of $x$ | SDs of groups | $\hat\sigma$ | AIC | DIC | deviance |
# |---|---|---|---|---|---|---|---|
# | `M0` | {{−0.49 = M0.fixef["Intercept"] | .2f}} ({{0.84 = M0.fixef_se["Intercept"] | .2f}}) | | {{2.32 = SD0["Intercept"] | .2f}} | {{4.09 = M0.sigma | .2f}} | {{583.6 = M0.aic | .1f}} | {{580.5 = 2 * M0_dev - M0.criterion | .1f}} | {{579.0 = M0_dev | .1f}} |
# | `M1` | {{−0.71 = M1.fixef["Intercept"] | .2f}} ({{0.83 = M1.fixef_se["Intercept"] | .2f}}) | {{2.08 = M1.fixef["x"] | .2f}} ({{0.36 = M1.fixef_se["x"] | .2f}}) | {{2.38 = SD1["Intercept"] | .2f}} | {{3.51 = M1.sigma | .2f}} | {{557.1 = M1.aic | .1f}} | {{551.5 = 2 * M1_dev - M1.criterion | .1f}} | {{550.3 = M1_dev | .1f}} |
# | `M2` | {{−0.75 = M2.fixef["Intercept"] | .2f}} ({{0.80 = M2.fixef_se["Intercept"] | .2f}}) | {{2.45 = M2.fixef["x"] | .2f}} ({{0.58 = M2.fixef_se["x"] | .2f}}) | {{2.30 = SD2["Intercept"] | .2f}}, {{1.48 = SD2["x"] | .2f}} ($\hat\rho =$ {{0.75 = M2.varcorr["group"].corr.iloc[0, 1] | .2f}}) | {{3.18 = M2.sigma | .2f}} | {{549.5 = M2.aic | .1f}} | {{540.9 = 2 * M2_dev - M2.criterion | .1f}} | {{539.2 = M2_dev | .1f}} |
#
# From `M0` to `M1`, $x$ explains a part of $\hat\sigma$, and the groups differ as much as before. From `M1` to
# `M2` slopes turn out to differ, and the mean slope becomes *less* sure. AIC falls by
# {{7.6 = M1.aic - M2.aic | .1f}}; these two have the same coefficients, so REML's AIC may compare them, and `M0`
# with `M1` it may not (lesson 05). `arm` takes the deviance from a refit by ML, `M2.refit("ML").criterion`, and
# as DIC twice that less the REML criterion. Our summary stays with the REML estimates, where $-2$ log-likelihood
# is {{0.10 = M2.deviance - M2_dev | .2f}} larger; so it prints {{539.3 = M2.deviance | .1f}} and
# {{541.1 = M2.dic | .1f}}.

# %% [markdown] concepts=[59]
# ## Where is zero?
#
# "People who are slow at the start lose no more than others: the correlation is {{0.07 = rho | .2f}}." Is that
# a fact about people? An intercept is the height of a line **at the origin**, at $x = 0$. And nothing in the
# study makes day zero special: the first two days were training, and the short nights begin after day two. One
# might as well count the days from the middle of the study. What would change? Commit to an answer in the
# widget, then:
#
# 1. Move the origin, and watch three things: the lines, the cloud of points in the plane, and the criterion.
# 2. Find the origin at which the correlation is zero. What do the lines look like there?
# 3. Leave the correlation out, and move the origin again. What behaves differently now? We come back to that.

# %%
VaryingSlopes()

# %% [markdown] concepts=[59]
# Now by hand. Count from the middle, $x - {{4.5 = shift | .1f}}$. Then the intercept is the height on day four
# and a half, $\alpha + {{4.5 = shift | .1f}}\,\beta$. With $s$ for the shift, its variance and its covariance
# with the slope are
#
# $$ {\tau_0'}^2 = \tau_0^2 + 2 s\,\tau_{0\,1} + s^2 \tau_1^2, \qquad \tau_{0\,1}' = \tau_{0\,1} + s\,\tau_1^2 . $$
#
# For $s =$ {{4.5 = shift | .1f}} that is {{612 = T[0, 0] | .0f}} + {{86 = 2 * shift * T[0, 1] | .0f}} +
# {{710 = shift**2 * T[1, 1] | .0f}} = {{1409 = moved[0, 0] | .0f}}, so $\tau_0' =$
# {{37.5 = np.sqrt(moved[0, 0]) | .1f}} ms; and {{9.6 = T[0, 1] | .1f}} + {{157.8 = shift * T[1, 1] | .1f}} =
# {{167.4 = moved[0, 1] | .1f}}, which makes the correlation {{0.753 = moved_rho | .3f}}. "People who are slow
# in the middle of the study lose far more." Both sentences are true, and both describe the same {{18 = J | d}}
# lines.

# %%
shift = 4.5
A = np.array([[1, shift], [0, 1]])
moved = A @ T @ A.T  # the two formulas in one line
moved_rho = moved[0, 1] / np.sqrt(moved[0, 0] * moved[1, 1])

origins = [-5, 0, 4.5, 9, 14]
one_bar, two_bars = (
    {c: ht.lmm(f"Reaction ~ t + (t {bar} Subject)", sleep.assign(t=sleep["Days"] - c)) for c in origins}
    for bar in ("|", "||")
)
table = {}
for c, m in one_bar.items():
    v = m.varcorr["Subject"]
    table[c] = {
        "tau0": v.sd["Intercept"],
        "tau1": v.sd["t"],
        "rho": v.corr.iloc[0, 1],
        "sigma": m.sigma,
        "criterion": m.criterion,
    }
by_origin = pd.DataFrame(table).T.rename_axis("origin (day)")
furthest = max(np.abs(m.fitted - fit.fitted).max() for m in one_bar.values())
print(f"fitted values of the five models differ by at most {furthest:.0e} ms")
rho_ci = fit.confint(which="cor_Days.Intercept|Subject").iloc[0]
by_origin.round(3)

# %% [markdown]
# Five origins, five fits. $\tau_1$, $\sigma$, every fitted value and the criterion,
# {{1743.628 = fit.criterion | .3f}}, stay. $\tau_0$ runs from {{25 = by_origin["tau0"].min() | .0f}} to
# {{88 = by_origin["tau0"].max() | .0f}} ms, and the correlation from {{−0.75 = by_origin["rho"].min() | .2f}}
# to {{0.96 = by_origin["rho"].max() | .2f}}. Far to the left every correlation goes to minus one, far to the
# right to one: where lines have fanned out for long, the steep ones are high.
#
# So never report a correlation of intercepts and slopes without saying where zero is, and choose an origin that
# means something: the beginning of a treatment, the middle of the data. Give its interval as well. With day
# zero it is {{−0.48 = rho_ci["lower"] | .2f}} to {{0.69 = rho_ci["upper"] | .2f}}: {{18 = J | d}} people say
# little about a correlation.

# %% [markdown] exercise="recentre" concepts=[59]
# ### Your turn: count from somewhere else
#
# Write `recentre(tau0, tau1, rho, shift)`. The three numbers belong to a fit in which $x$ is counted from zero.
# Return the three, in the same order, for $x$ counted from `shift` instead: what was $x$ is now $x$ minus
# `shift`.


# %% exercise="recentre"
def recentre(tau0, tau1, rho, shift):
    """Return tau0, tau1 and rho at the new origin."""
    ### BEGIN SOLUTION
    cov = rho * tau0 * tau1
    new = np.sqrt(tau0**2 + 2 * shift * cov + shift**2 * tau1**2)
    return new, tau1, (cov + shift * tau1**2) / (new * tau1)
    ### END SOLUTION


# %% [markdown] exercise="lines_that_meet" concepts=[59]
# ### Your turn: one set of lines, two correlations
#
# Make a DataFrame `lines_that_meet` with the columns `intercept` and `slope`, a row for each of five lines or
# more. With $x$ counted from `0`, intercepts and slopes should be correlated at `-0.8` or below. With $x$
# counted from `10`, heights and slopes of the same lines should be correlated at `0.8` or above.

# %% exercise="lines_that_meet"
lines_that_meet = ...
### BEGIN SOLUTION
slopes = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
lines_that_meet = pd.DataFrame({"intercept": 40 - 5 * slopes, "slope": slopes})
### END SOLUTION

# %% [markdown] concepts=[61]
# ## The spread is a curve
#
# The formula for ${\tau_0'}^2$ says more. Read $x$ for $s$, and it is the variance between people **on day
# $x$**. Add the noise:
#
# $$ \text{Var}(y \mid x) = \underbrace{\tau_0^2 + 2\,\tau_{0\,1}\,x + \tau_1^2 x^2}_{\text{between people}} + \sigma^2 . $$
#
# This is a parabola. Its lowest point is at $x = -\tau_{0\,1}/\tau_1^2$, here {{−9.6 = -T[0, 1] | .1f}} /
# {{35.1 = T[1, 1] | .1f}} = {{−0.274 = spread.minimum | .3f}}: that is where the lines lie closest together,
# and where intercepts and slopes are uncorrelated. The share of the variance between people, the
# [ICC](glossary.md#intraclass-correlation) of lesson 04, has become a curve as well. It is called the
# [variance partition](glossary.md#variance-partition) at $x$.

# %%
days = np.linspace(0, 9, 10)
spread = fit.variance_at(days)
share = fit.variance_at([0, 4.5, 9]).table["share"].to_numpy()
with plots.style():
    fig, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3.2), layout="constrained")
    left.plot(days, np.sqrt(spread.table["total"]), color=plots.COLOURS["partial"], lw=2, label="model")
    left.plot(
        days,
        sleep.groupby("Days")["Reaction"].std(),
        "o",
        color=plots.COLOURS["data"],
        label="people on that day",
    )
    left.set(xlabel="day", ylabel="SD of reaction times (ms)", ylim=(0, 72))
    left.legend(loc="lower right")
    right.plot(days, spread.table["share"], color=plots.COLOURS["partial"], lw=2)
    right.set(xlabel="day", ylabel="share between people", ylim=(0, 1))

# %% tags=["predict"]
times = spread.table["between"].iloc[-1] / spread.table["between"].iloc[0]
Prediction(
    f"On day 0 the variance between people is {spread.table['between'].iloc[0]:.0f} squared ms. How large is it on day 9?",
    ["about the same", "about twice as large", "about six times as large"],
    answer=int(np.argmin(np.abs(np.log(times) - np.log([1, 2, 6])))),
    because=f"{times:.1f} times. The slopes' variance counts by the square of the days, and the noise stays what it was.",
    figure=fig,
    alt=f"Left: the SD of reaction times by day rises from {np.sqrt(spread.table['total'].iloc[0]):.0f} to "
    f"{np.sqrt(spread.table['total'].iloc[-1]):.0f} ms under the model; ten dots, the SDs of the {J} people on each day, "
    f"lie around it. Right: the share between people rises from {share[0]:.2f} to {share[2]:.2f}.",
)

# %%
recipe, per_hour = slope_sd**2 / (slope_sd**2 + fit.sigma**2), (slope_sd / 24) ** 2
last = fit.icc(at={"Days": 9})
print(f"share between people on day 9: {last.value:.3f}, interval {last.lower:.2f} to {last.upper:.2f}")
fit.variance_at([0, 4.5, 9]).table.round(3)

# %% [markdown]
# Between people the variance has grown {{5.9 = times | .1f}}-fold. On days zero, four and a half and nine,
# {{0.483 = share[0] | .3f}}, {{0.683 = share[1] | .3f}} and {{0.847 = share[2] | .3f}} of the variance lie
# between people. There is no *single* ICC any more. A recipe that goes around,
# $\tau_1^2/(\tau_1^2 + \sigma^2)$, gives {{0.051 = recipe | .3f}}, and looks like one. But it adds squared
# milliseconds per squared day to squared milliseconds. Count the time in hours, and it becomes
# {{0.0001 = per_hour / (per_hour + fit.sigma**2) | .4f}}. A number that changes with the unit of time is no
# share of anything.

# %% [markdown] exercise="last_night_share" concepts=[61]
# ### Your turn: your own sleepers, on the last night
#
# `my_sleepers` has sixteen people (`person`) over ten nights (`night`, counted from `0`) with their `reaction`
# times in milliseconds; they are yours alone. Let intercepts and slopes vary, fit by REML, and store in
# `last_night_share` the share of the variance that lies between people on the last night; three decimals are
# enough.

# %% exercise="last_night_share"
last_night_share = ...
### BEGIN SOLUTION
my_fit = ht.lmm("reaction ~ night + (1 + night | person)", my_sleepers)
last_night_share = my_fit.icc(at={"night": 9}).value
### END SOLUTION

# %% [markdown] concepts=[60]
# ## Two bars: the origin becomes part of the model
#
# Leaving the correlation out saves a parameter, and many a search that had stumbled succeeds without it. Is
# `(Days || Subject)` a harmless simplification? It says that intercepts and slopes are uncorrelated **at the
# origin that you happen to use**. Uncorrelated there is correlated everywhere else. In the picture: the lines
# must lie closest together at $x = 0$. Here are both models, for each of the five origins.

# %%
versions = pd.DataFrame(
    {
        "criterion, |": by_origin["criterion"],
        "criterion, ||": {c: m.criterion for c, m in two_bars.items()},
        "tau1, ||": {c: m.varcorr["Subject"].sd["t"] for c, m in two_bars.items()},
        "SE of the mean slope, ||": {c: m.fixef_se["t"] for c, m in two_bars.items()},
        "slope of 335, |": {c: m.coef["Subject"].loc["335", "t"] for c, m in one_bar.items()},
        "slope of 335, ||": {c: m.coef["Subject"].loc["335", "t"] for c, m in two_bars.items()},
    }
)
bars_at_zero = one_bar[0].anova(two_bars[0])
bars_at_middle = one_bar[4.5].anova(two_bars[4.5])
print(f"is rho zero? p = {bars_at_zero.p:.2f} with day 0 as origin, p = {bars_at_middle.p:.4f} with day 4.5")
versions.round(3)

# %% [markdown]
# With one bar nothing moves. With two bars the criterion runs from
# {{1743.7 = versions["criterion, ||"].min() | .1f}} to {{1778.2 = versions["criterion, ||"].max() | .1f}}, the
# SD of the slopes changes, the standard error changes, and person `335` loses
# {{−0.4 = versions.loc[0, "slope of 335, ||"] | .1f}} or {{2.2 = versions.loc[14, "slope of 335, ||"] | .1f}}
# ms a day, as you like. Even the test of the correlation is a test of the origin: with day zero, p =
# {{0.84 = bars_at_zero.p | .2f}}; in the middle, p = {{0.002 = bars_at_middle.p | .3f}}.
#
# With day zero two bars do no harm here, for the lines do lie closest near day zero. That is luck. Use two bars
# where the design gives you a reason for the origin, or where data cannot bear a correlation (more of that
# below). Then centre $x$ in the middle of the data, and say so.

# %% [markdown] exercise="read_the_slopes" concepts=[58, 59, 60, 61]
# ### Your turn: four sentences
#
# Choose for each blank one of its options, word for word.
#
# - In `(1 + Days | Subject)` you count the days from the middle. What changes is ___ (`moving_the_origin`):
#   `"nothing at all"`, `"the lines and the criterion"`, `"the intercepts, tau0 and the correlation"`.
# - Intercepts and slopes vary and may be correlated in ___ (`both_and_correlated`): `"(1 | Days | Subject)"`,
#   `"(1 + Days | Subject)"`, `"(Days || Subject)"`.
# - In `(Days || Subject)` you count the days from the middle. What you get is ___ (`two_bars_elsewhere`):
#   `"the same model, written more simply"`, `"another model, with another fit"`,
#   `"a model without varying intercepts"`.
# - $\tau_1^2/(\tau_1^2 + \sigma^2)$ is ___ (`slope_share`): `"the intraclass correlation of the slopes"`,
#   `"the share between people on day one"`, `"no share: its value changes with the unit of time"`.

# %% exercise="read_the_slopes"
read_the_slopes = {
    "moving_the_origin": ...,
    "both_and_correlated": ...,
    "two_bars_elsewhere": ...,
    "slope_share": ...,
}
### BEGIN SOLUTION
read_the_slopes = {
    "moving_the_origin": "the intercepts, tau0 and the correlation",
    "both_and_correlated": "(1 + Days | Subject)",
    "two_bars_elsewhere": "another model, with another fit",
    "slope_share": "no share: its value changes with the unit of time",
}
### END SOLUTION

# %% [markdown] concepts=[62]
# ## Shrinkage in the plane
#
# In lesson 03 a mean was pulled along a line. Now each person is a point in a plane, of intercept and slope,
# and the [reliability](glossary.md#reliability) $\lambda = \tau^2/(\tau^2 + \text{se}^2)$ has grown to a
# matrix:
#
# $$ \begin{pmatrix} \hat\alpha_j \\ \hat\beta_j \end{pmatrix} = \begin{pmatrix} \hat\mu_0 \\ \hat\mu_1 \end{pmatrix}
# + \Lambda \begin{pmatrix} a_j - \hat\mu_0 \\ b_j - \hat\mu_1 \end{pmatrix}, \qquad \Lambda = T\,(T + N)^{-1} =
# \begin{pmatrix} {{0.75 = L[0, 0] | .2f}} & {{0.68 = L[0, 1] | .2f}} \\ {{0.04 = L[1, 0] | .2f}} &
# {{0.84 = L[1, 1] | .2f}} \end{pmatrix}, $$
#
# where $a_j$ and $b_j$ are the person's own line, and $N$ is the noise from above. Person `335` has the own
# line {{263.0 = lines.loc["335", "Intercept"] | .1f}} and {{−2.9 = lines.loc["335", "Days"] | .1f}}:
# {{11.6 = off[0] | .1f}} ms above the mean line on day zero, and {{13.3 = -off[1] | .1f}} ms a day below its
# slope. Commit to an answer before you compute.

# %%
L = T @ np.linalg.inv(T + noise)
off = (lines.loc["335"] - fit.fixef).to_numpy()
pulled = fit.fixef.to_numpy() + L @ off
middle, own = fit.fixef["Intercept"], lines.loc["335", "Intercept"]

# %% tags=["predict"]
Prediction(
    f"The intercept of person 335 is {own:.0f} ms by the own line; the mean is {middle:.1f}. Where will partial pooling put it?",
    [
        f"between {middle:.1f} and {own:.0f}",
        f"above {own:.0f}",
        f"below {middle:.1f}, on the other side of the mean",
    ],
    answer=2 if pulled[0] < middle else 1 if pulled[0] > own else 0,
    because="The own slope is far too low to be believed, and a slope that is too low comes with an intercept that is too high.",
    figure=plots.shrinkage_plane(fit, xlabel="height on day 0 (ms)", ylabel="slope (ms per day)"),
    alt=narrate.shrinkage_plane(fit, unit="ms", slope_unit="ms per day"),
)

# %% [markdown]
# By hand: the intercept moves to {{251.4 = middle | .1f}} + {{0.75 = L[0, 0] | .2f}} × {{11.6 = off[0] | .1f}}
# − {{0.68 = L[0, 1] | .2f}} × {{13.3 = -off[1] | .1f}} = {{251.1 = pulled[0] | .1f}} ms, past the mean, and the
# slope to {{−0.3 = pulled[1] | .1f}}. The arrows of the figure do not point to the centre: they are tilted,
# because the noise is. A slope that the data tilted too far down has tilted the intercept up, and the matrix
# undoes both.
#
# It also works where a slope cannot be known at all. Take the ten schools of lesson 02, and suppose that school
# `24725` had only the {{6 = len(idle) | d}} pupils who do no homework. It has no line of its own. What slope
# does it get?

# %%
schools = ht.load("schools10")
idle = schools[(schools["school"] == "24725") & (schools["homework"] == 0)]
reduced = pd.concat([schools[schools["school"] != "24725"], idle])
joint = ht.lmm("math ~ homework + (1 + homework | school)", reduced)
alone = ht.lmm("math ~ homework + (homework || school)", reduced)
own_slope = np.polyfit(*schools.loc[schools["school"] == "24725", ["homework", "math"]].to_numpy().T, 1)[0]
guess = {name: m.coef["school"].loc["24725", "homework"] for name, m in {"|": joint, "||": alone}.items()}
guess_se = joint.ranef_se["school"].loc["24725", "homework"]
rho_schools = joint.varcorr["school"].corr.iloc[0, 1]
library = fit.coef["Subject"].loc["335"].to_numpy()
print(f"person 335, by hand and by the library: {np.abs(pulled - library).max():.0e} apart")
print(
    f"mean slope {joint.fixef['homework']:.2f}; slope of this school with | {guess['|']:.2f}, with || {guess['||']:.2f}"
)

# %% [markdown]
# Its pupils without homework have a mean of {{34.2 = idle["math"].mean() | .1f}} points, far below the
# {{44.8 = joint.fixef["Intercept"] | .1f}} of the average school. In the other schools low intercepts go with
# steep slopes, $\hat\rho =$ {{−0.81 = rho_schools | .2f}}. So the school gets a slope of
# {{6.8 = guess["|"] | .1f}} points per step instead of the mean {{2.2 = joint.fixef["homework"] | .1f}}. (From
# all its pupils one would compute {{5.6 = own_slope | .1f}}.) A varying slope
# [borrows strength](glossary.md#borrowing-strength) from other groups *and* from the group's own intercept.
# With two bars the second road is closed: the guess is that model's mean slope, {{1.6 = guess["||"] | .1f}}.
# Mind that $\hat\rho$ itself comes from ten schools: the guess has a standard error of
# {{3 = guess_se | .0f}} points even if $\hat\rho$ is taken for known.

# %% [markdown] concepts=[64]
# ## An honest standard error of the mean slope
#
# Now to the four standard errors. What do we want to know? What lost sleep does to *people*. The mean of
# {{18 = J | d}} slopes misses that for two reasons: each slope is noisy, and another {{18 = J | d}} people
# would have other slopes. Both parts shrink with the number of **people**:
#
# $$ \text{SE}^2 = \frac{\tau_1^2 + \sigma^2/\sum (x - \bar x)^2}{J} = \frac{ {{35.07 = T[1, 1] | .2f}} + {{7.94 = noise[1, 1] | .2f}} }{ {{18 = J | d}} }
# = {{2.39 = honest**2 | .2f}}, \qquad \text{SE} = {{1.55 = honest | .2f}} \text{ ms a day.} $$
#
# With parallel lines the first part is missing. The model takes differences between people's slopes for noise
# of single days, and counts them as {{180 = len(sleep) | d}} pieces of news:
# {{0.80 = four.loc["Intercepts vary", "SE"] | .2f}}. That is the **wrong analysis**. How wrong? Invent people
# whose slopes vary as much as here, around a mean slope of zero, and count how often a test at the five-percent
# level finds an effect. (Everybody has the same days, so it is enough to draw each person's own slope and the
# squares around the lines. With varying slopes the test is then the ordinary t test of {{18 = J | d}} slopes.)

# %% tags=["wrong-analysis"]
honest = np.sqrt((T[1, 1] + noise[1, 1]) / J)
level = 0.05


def rejections(tau1, mean=0.0, sets=20_000):
    """Return how often three ways of testing the mean slope reject, and how often slopes are found to vary."""
    rng = np.random.default_rng(6)
    b = mean + rng.normal(0, np.sqrt(tau1**2 + noise[1, 1]), (sets, J))  # each person's own slope
    rss = sigma2 * rng.chisquare(J * (n - 2), sets)  # squares around the own lines
    centre, spread_b = b.mean(axis=1), b.var(axis=1, ddof=1)
    pooled = (rss + sxx * (J - 1) * spread_b) / (J * (n - 1) - 1)  # sigma² of the parallel lines
    narrow = np.abs(centre) / np.sqrt(pooled / (J * sxx)) > stats.t.isf(level / 2, J * (n - 1) - 1)
    wide = np.abs(centre) / np.sqrt(spread_b / J) > stats.t.isf(level / 2, J - 1)
    found = sxx * spread_b / (rss / (J * (n - 2))) > stats.f.isf(level, J - 1, J * (n - 2))
    names = ["only intercepts vary", "slopes vary", "slopes vary if a test says so", "the test says so"]
    return dict(zip(names, map(np.mean, (narrow, wide, np.where(found, wide, narrow), found)), strict=True))


taus = np.array([0, 1, 2, 3, 4, 6, 8])
alarms = pd.DataFrame({t: rejections(t) for t in taus}).T.rename_axis("true tau1")
here = rejections(slope_sd)
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
    ax.plot(
        taus,
        alarms["only intercepts vary"],
        "s--",
        color=plots.COLOURS["complete"],
        label="only intercepts vary",
    )
    ax.plot(taus, alarms["slopes vary"], "D-", color=plots.COLOURS["partial"], label="slopes vary")
    ax.axvline(slope_sd, color=plots.COLOURS["line"], lw=1, ls=":")
    ax.set(xlabel="true SD of people's slopes (ms per day)", ylabel="false alarms", ylim=(0, 0.45))
    ax.legend()

# %% tags=["predict"]
wrong_rate = here["only intercepts vary"]
Prediction(
    f"On average nothing happens, but people's slopes have an SD of {slope_sd:.1f} ms a day. Parallel lines find an effect in …",
    ["about 5 percent of the studies", "about 10 percent", "about 30 percent"],
    answer=int(np.argmin(np.abs(wrong_rate - np.array([0.05, 0.10, 0.30])))),
    because="The standard error is about half of what it should be, so two of them are quickly passed.",
    figure=fig,
    alt=f"False alarms against the SD of people's slopes. If only intercepts vary they rise from {alarms.iloc[0, 0]:.2f} to "
    f"{alarms.iloc[-1, 0]:.2f}; where slopes vary in the model they stay at {alarms['slopes vary'].mean():.2f}. At the {slope_sd:.1f} "
    f"of the sleep study they are {wrong_rate:.2f}.",
)

# %% [markdown]
# {{30 = 100 * here["only intercepts vary"] | .0f}} percent instead of {{5 = 100 * level | .0f}}. The degrees of
# freedom go wrong too: Satterthwaite's (lesson 05) are {{17 = fit.df()["Days"] | .0f}} with varying slopes, one
# less than people, and {{161 = models["Intercepts vary"].df()["Days"] | .0f}} with parallel lines. More days
# would help little: they shrink the noise, and leave $\tau_1$ where it is. Lesson 01 warned that one line is too
# *careful* about a predictor that changes inside groups; parallel lines cure that, and where slopes differ they
# overdo it.

# %% [markdown] concepts=[63]
# ## Predicting slopes
#
# Why do slopes differ? Perhaps because groups do. Here is a distance in the skull of
# {{27 = kids["Subject"].nunique() | d}} children, from X-ray pictures at four ages. `years` counts from the age
# of eleven, the middle. Such lines over age are called growth curves, even while they are straight.

# %%
kids = ht.load("orthodont")
kids["years"] = kids["age"] - 11
kids["girl"] = (kids["Sex"] == "Female").astype(int)
with plots.style():
    grid = sns.relplot(
        kids, x="age", y="distance", col="Sex", kind="line", units="Subject", estimator=None,
        color=plots.COLOURS["data"], lw=0.9, height=3, aspect=1.2,
    )  # fmt: skip
    growth = {}
    for sex, ax in grid.axes_dict.items():
        growth[sex], at_zero = np.polyfit(*kids.loc[kids["Sex"] == sex, ["age", "distance"]].to_numpy().T, 1)
        ax.axline((0, at_zero), slope=growth[sex], color=plots.COLOURS["complete"], ls="--", lw=2.5)
        ax.set(xlim=(7.7, 14.3), xticks=[8, 10, 12, 14])
    grid.set_titles("{col_name}").set_axis_labels("age (years)", "distance (mm)")
show(
    grid.figure,
    f"A line for each of {kids['Subject'].nunique()} children at four ages, boys left, girls right, with the mean growth dashed: "
    f"{growth['Male']:.2f} mm a year for boys, {growth['Female']:.2f} for girls. The boys' lines are more jagged.",
)

# %% [markdown]
# Boys seem to grow faster. Say so in the model: let the mean slope depend on the child,
# $\beta_j = \delta_0 + \delta_1\,\text{girl}_j + v_j$, and the intercept too. Put that into the row's equation,
# and $\beta_j\,\text{years}_i$ becomes
#
# $$ \delta_0\,\text{years}_i + \delta_1\,\text{girl}_j \times \text{years}_i + v_j\,\text{years}_i . $$
#
# The product is a [cross-level interaction](glossary.md#cross-level-interaction): a variable of children that
# predicts a slope of rows. Without the $v_j$ it would say that sex explains *all* differences in growth.

# %%
growing = ht.lmm("distance ~ years + (1 + years | Subject)", kids)
by_sex = ht.lmm("distance ~ years * girl + (1 + years | Subject)", kids)
parallel = ht.lmm("distance ~ years * girl + (1 | Subject)", kids)
tau_growth = {name: m.varcorr["Subject"].sd["years"] for name, m in {"plain": growing, "sex": by_sex}.items()}
slope_lr = by_sex.anova(parallel)
slope_se = {name: m.fixef_se["years:girl"] for name, m in {"parallel": parallel, "varying": by_sex}.items()}
print(by_sex.summary())
print(f"\n{slope_lr}")

# %% [markdown]
# Boys grow by {{0.78 = by_sex.fixef["years"] | .2f}} mm a year, girls by
# {{0.30 = -by_sex.fixef["years:girl"] | .2f}} less. The SD of the children's slopes falls from
# {{0.226 = tau_growth["plain"] | .3f}} to {{0.180 = tau_growth["sex"] | .3f}} mm a year: sex accounts for a
# part of the differences. (Lesson 07 is about predictors of this kind. Keep the test in the last line for
# later.)

# %% [markdown] concepts=[67]
# ### Spread inside groups that differs
#
# The boys' lines in the figure are more jagged. The model has one $\sigma$ for all. Does it matter? Give girls'
# rows a weight $w$: then a row has the variance $\sigma^2/w$, and any $w$ may be tried. The best has the lowest
# criterion.


# %%
def weighted(w):
    """Fit with a variance of sigma²/w for the girls' rows."""
    return ht.lmm(
        "distance ~ years * girl + (1 + years | Subject)",
        kids.assign(w=np.where(kids["girl"], w, 1.0)),
        weights="w",
    )


search = minimize_scalar(
    lambda log_w: weighted(np.exp(log_w)).criterion, bounds=(-2, 4), method="bounded", options={"xatol": 1e-4}
)
two_sigmas = weighted(np.exp(search.x))
sigma_girls = two_sigmas.sigma / np.exp(search.x / 2)
fall = by_sex.criterion - two_sigmas.criterion
print(f"sigma: boys {two_sigmas.sigma:.2f} mm, girls {sigma_girls:.2f} mm; the criterion falls by {fall:.1f}")
boys = kids[kids["girl"] == 0].groupby("Subject")
squares = boys.apply(
    lambda d: np.polyfit(d["years"], d["distance"], 1, full=True)[1][0], include_groups=False
)

# %% [markdown]
# Around their own lines boys scatter by {{1.63 = two_sigmas.sigma | .2f}} mm and girls by
# {{0.67 = sigma_girls | .2f}}. One more parameter makes the criterion fall by {{21.1 = fall | .1f}}. A ratio of
# two $\sigma$ can be missed on both sides, so $\chi^2_1$ holds (lesson 05), and chance does not do that. What
# changes? The common {{1.31 = by_sex.sigma | .2f}} was too small for boys and too large for girls: now boys'
# lines are shrunk more and girls' less, and the difference between the sexes is surer (standard error {{0.135 = by_sex.fixef_se["years:girl"] | .3f}} before,
# {{0.119 = two_sigmas.fixef_se["years:girl"] | .3f}} now). But look before you explain: of the squares of
# {{16 = len(squares) | d}} boys {{51 = 100 * squares.max() / squares.sum() | .0f}} percent come from one,
# `M09`, whose line jumps up and down in the figure. One odd boy, or boys who differ? A second $\sigma$ cannot
# say.

# %% [markdown] concepts=[65]
# ## A category can vary too
#
# A predictor need not be a number. In the radon data a house was measured in the basement or on the first
# floor. How much less radon there is upstairs may differ from county to county. A category with two values has
# one dummy, and its coefficient varies like a slope:

# %%
radon = ht.load("radon")
radon["where"] = np.where(radon["floor"] == 1, "first floor", "basement")
as_step = ht.lmm("log_radon ~ where + (1 + where | county)", radon)
as_levels = ht.lmm("log_radon ~ where + (0 + where | county)", radon)
step, two = as_step.varcorr["county"], as_levels.varcorr["county"]
for name, m in {"1 + where": as_step, "0 + where": as_levels}.items():
    print(f"({name} | county): criterion {m.criterion:.3f}\n{m.varcorr['county'].sd.round(3).to_string()}")
    print(f"correlation {m.varcorr['county'].corr.iloc[0, 1]:.2f}\n")

# %% [markdown]
# The first form says: counties' basements differ with an SD of {{0.35 = step.sd.iloc[0] | .2f}} (in logs), the
# *step* to the first floor with {{0.34 = step.sd.iloc[1] | .2f}}, and the two are correlated at
# {{−0.34 = step.corr.iloc[0, 1] | .2f}}. The second says: basements {{0.35 = two.sd.iloc[0] | .2f}}, first
# floors {{0.40 = two.sd.iloc[1] | .2f}}, correlation {{0.58 = two.corr.iloc[0, 1] | .2f}}. The same model; the
# criterion shows it. The coding of a category is its origin: treatment dummies count from the basement. Check
# with the formula of "Where is zero?" and a shift of one: {{0.35 = step.sd.iloc[0] | .2f}} becomes
# {{0.40 = shifted_sd | .2f}}. So read a correlation of dummies with as much care. And a category with
# five values brings five SDs and ten correlations. That is a lot to ask.

# %%
shifted_sd = np.sqrt(np.array([1, 1]) @ step.cov.to_numpy() @ np.array([1, 1]))

# %% [markdown] concepts=[66]
# ## How much should vary?
#
# Two schools of advice. *Maximal*: let everything vary that the design lets vary, for the sake of honest
# standard errors. *Parsimonious*: let vary what the data show to vary, for the sake of power and of fits that
# stand. Here is what both cost in the sleep study: {{18 = J | d}} people, ten days. For each true $\tau_1$ the
# table has the false alarms, and the power where the mean slope is really two milliseconds a day.

# %%
power = pd.DataFrame({t: rejections(t, mean=2.0) for t in taus}).T
ways = list(alarms.columns[:3])
costs = {"false alarms": alarms[ways], "power": power[ways], "": alarms.iloc[:, 3:]}
pd.concat(costs, axis=1).rename_axis("true tau1").round(2)

# %% [markdown]
# - Where slopes do not vary, letting them vary costs little: power {{0.81 = power.loc[0, "slopes vary"] | .2f}}
#   instead of {{0.85 = power.loc[0, "only intercepts vary"] | .2f}}.
# - Where they do vary, parallel lines look powerful. It is the power of a test that rejects anyway.
# - Letting a test decide is better, not good: at $\tau_1 =$ {{2 = taus[2] | d}} the test misses two differences
#   in three ({{0.34 = alarms.loc[2, "the test says so"] | .2f}} found), and false alarms are
#   {{0.07 = alarms.loc[2, "slopes vary if a test says so"] | .2f}}. With fewer rows it misses more. *Not
#   significant is not the same as zero.*
#
# So if the mean slope is your question, let it vary, by design and not by test. For predictors that are there
# as controls it matters less. But what if the data cannot bear it? Ask the six speakers of lesson 01 whether
# they differ in how far politeness lowers their voice, and hand the same to `statsmodels`; and to be fair, give
# it the children, too, with ages as they are and with ages counted from eleven. (That the speakers share their
# scenarios is left aside.)

# %%
voices = ht.load("politeness").dropna()


def their_fit(formula, varying, data, group):
    """Fit with statsmodels; return the SDs, the correlation and what it says of itself."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        m = smf.mixedlm(formula, data, groups=group, re_formula=f"~{varying}").fit()
    if said:
        print(f"statsmodels, {formula}: {str(said[-1].message).splitlines()[0]}")
    sd = np.sqrt(np.diag(m.cov_re))
    rho = m.cov_re.iloc[0, 1] / sd.prod()
    return [*sd, rho, -2 * m.llf, m.converged, len(said)]


def our_fit(m):
    v = next(iter(m.varcorr.values()))
    return [*v.sd, v.corr.iloc[0, 1], m.criterion, m.certificate.holds, 0]


polite = ht.lmm("frequency ~ attitude + (1 + attitude | subject)", voices)
by_age = ht.lmm("distance ~ age * girl + (1 + age | Subject)", kids)
both = pd.DataFrame(
    {
        ("voices", "ours"): our_fit(polite),
        ("voices", "theirs"): their_fit("frequency ~ attitude", "attitude", voices, "subject"),
        ("children, age", "ours"): our_fit(by_age),
        ("children, age", "theirs"): their_fit("distance ~ age * girl", "age", kids, "Subject"),
        ("children, years from 11", "ours"): our_fit(by_sex),
        ("children, years from 11", "theirs"): their_fit("distance ~ years * girl", "years", kids, "Subject"),
    },
    index=["tau0", "tau1", "rho", "criterion", "converged", "warnings"],
).T
polite_ci = polite.confint(which="sd_attitude[T.pol]|subject").iloc[0]
print(f"voices, profile interval of tau1: {polite_ci['lower']:.0f} to {polite_ci['upper']:.0f} Hz")
print(polite.certificate)
both.infer_objects().round(3)

# %% [markdown]
# - **Voices.** Ours is a [boundary fit](glossary.md#boundary-fit): $\hat\rho = 1$ and $\hat\tau_1 =$
#   {{0.5 = both.iloc[0]["tau1"] | .1f}} Hz, with the proof that no small step leads lower. `statsmodels` says
#   "converged" at a worse place, with $\hat\rho =$ {{0.5 = both.iloc[1]["rho"] | .1f}}: its search cannot stand
#   on the edge. Neither correlation is a finding. What one can report is the interval: the SD of the steps is
#   anything from {{0 = polite_ci["lower"] | .0f}} to {{18 = polite_ci["upper"] | .0f}} Hz.
# - **Children, age in years.** Here no boundary is near, and still `statsmodels` gives up, with a row of
#   warnings and numbers that are wrong: $\hat\tau_0 =$ {{1.5 = both.iloc[3]["tau0"] | .1f}} instead of
#   {{2.4 = both.iloc[2]["tau0"] | .1f}}. With the ages counted from eleven it finds the optimum. The origin
#   does not change the model, but a search that starts far away from zero may stumble. **Centre first.**
#
# If a fit stays at the edge: keep it where the term belongs to the design and its interval is what you report;
# or drop the correlation with $x$ centred; or drop the slope, and say so. Do not drop terms until the warning
# stops (lesson 08 says why). And count: $k$ coefficients that vary have $k(k+1)/2$ variances and covariances,
# three for a line, ten for four coefficients. Six speakers cannot tell ten numbers.

# %% [markdown] exercise="check_the_methods" concepts=[64, 66]
# ### Your turn: find the flaw
#
# From the methods section of a paper on the growth of twenty-seven children, each measured at four ages
# (`years` counts from the age of eleven):
#
# > 1. We compared the growth of boys and girls by `distance ~ years * girl + (1 + years | Subject)`, fitted by REML.
# > 2. A likelihood-ratio test of the varying slope, against the mixture that the boundary asks for, gave p =
# >    {{0.42 = slope_lr.p | .2f}}.
# > 3. Children therefore do not differ in growth within the sexes. It was safe to leave the varying slope out, which lowered the
# >    standard error of the difference between the sexes from {{0.135 = slope_se["varying"] | .3f}} to
# >    {{0.121 = slope_se["parallel"] | .3f}} mm a year.
#
# - The faulty sentence is ___ (`faulty_sentence`): `"the first"`, `"the second"`, `"the third"`.
# - The reason (`why`): `"a large p shows that slopes are equal"`,
#   `"a large p does not show that slopes are equal"`, `"the p-value should have been halved"`.
# - Better (`remedy`): `"keep the varying slope, and report the larger standard error"`,
#   `"leave the varying slope out, because it is safe"`, `"test again with ML instead of REML"`.

# %% exercise="check_the_methods"
check_the_methods = {"faulty_sentence": ..., "why": ..., "remedy": ...}
### BEGIN SOLUTION
check_the_methods = {
    "faulty_sentence": "the third",
    "why": "a large p does not show that slopes are equal",
    "remedy": "keep the varying slope, and report the larger standard error",
}
### END SOLUTION

# %% [markdown]
# ## Which kind of repeated data?
#
# People have names for such data, by their shape. A **panel** has many units, each seen a few times: the
# children. Here the distribution of the lines is known well, and a single line badly, so much is shrunk.
# **Time-series cross-section** data have few units, each seen many times, say a dozen states over fifty years.
# There each line is known well, and $T$ is not; hardly anything is shrunk. The years are a second kind of group
# then, for a year with an oil crisis touches all states at once, and errors of neighbouring years may be alike,
# which this model does not know. The sleep study lies between the two. And where a row belongs to two kinds of
# groups, none inside the other, the data are **non-nested**, or crossed: lesson 10.

# %% [markdown] exercise="sort_the_designs" concepts=[57]
# ### Your turn: sort the designs
#
# Options for the first three blanks: `"panel"`, `"time-series cross-section"`, `"non-nested"`.
#
# - Two thousand children are each tested at four ages (`children`).
# - Fifteen countries are each observed for sixty years (`countries`).
# - Six speakers each say seven scenarios; a recording has a speaker and a scenario (`voices`).
# - For the children, least squares with a dummy for each child and one slope for all is ___ (`dummies`):
#   `"varying intercepts without a distribution"`, `"varying intercepts and varying slopes"`,
#   `"complete pooling"`.

# %% exercise="sort_the_designs"
sort_the_designs = {"children": ..., "countries": ..., "voices": ..., "dummies": ...}
### BEGIN SOLUTION
sort_the_designs = {
    "children": "panel",
    "countries": "time-series cross-section",
    "voices": "non-nested",
    "dummies": "varying intercepts without a distribution",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Lines vary in two ways, so their distribution has a matrix: $\tau_0$, $\tau_1$ and $\rho$.
# - $\tau_0$ and $\rho$ belong to the origin of $x$; lines, $\tau_1$ and criterion do not. Say where zero is.
# - Two bars fix $\rho = 0$ at one origin. Another origin is another model.
# - The variance between groups is a parabola in $x$. There is a share at each $x$, no single ICC.
# - Shrinkage works in the plane: a slope borrows from its intercept.
# - The mean slope rests on groups, not rows. Where slopes vary and the model denies it, the standard error is
#   too small.
# - Not significant is not zero; a correlation of one is not a finding.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 13 for
#   varying slopes, the correlation and its dependence on centring.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 4 for random coefficients and slopes as
#   outcomes, chapter 5 for centring and heterogeneous variance inside groups, chapter 6 for growth.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 5 for random slopes and the variance function,
#   chapter 8 for heteroscedasticity.
# - Barr and others (2013), "Random effects structure for confirmatory hypothesis testing: keep it maximal", and
#   Matuschek and others (2017), "Balancing Type I error and power in linear mixed models": the two schools of
#   advice.
# - Belenky and others (2003): the sleep study. Potthoff and Roy (1964): the children.
