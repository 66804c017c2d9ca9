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
# # Lesson 05: Where the variance components come from
#
# A dyestuff works made {{5 = n | d}} preparations from each of {{6 = J | d}} batches of an intermediate
# product and weighed the yield of each, in grams of standard colour. Every weight, every
# [ICC](glossary.md#intraclass-correlation) of the last lessons needed a $\tau$ and a $\sigma$, and somebody
# always had them ready. How does one get them out of thirty numbers, how sure can one be of them, and what if
# the answer is zero?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_batches = assignment_data("ps05", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy.optimize import minimize_scalar
from scipy.stats import chi2, f, multivariate_normal, norm

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.widgets import Prediction, RemlMl

dyestuff, dyestuff2 = ht.load("dyestuff"), ht.load("dyestuff2")
y = dyestuff.sort_values("Batch")["Yield"].to_numpy().reshape(6, -1)  # a row for each batch
y2 = dyestuff2.sort_values("Batch")["Yield"].to_numpy().reshape(6, -1)
J, n = y.shape

# %%
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4), layout="constrained")
    for ax, table, title in zip(axes, (dyestuff, dyestuff2), ("Dyestuff", "Invented"), strict=True):
        sns.stripplot(table, x="Batch", y="Yield", order=list("ABCDEF"), color=plots.COLOURS["data"], ax=ax)
        means = table.groupby("Batch")["Yield"].mean()
        ax.plot(range(J), means, "_", color=plots.COLOURS["none"], ms=22, mew=2)
        ax.set(title=title, xlabel="batch", ylabel="yield (g)" if title == "Dyestuff" else "yield (units)")
show(
    fig,
    f"Two data sets of {J} batches with {n} yields each; a bar marks each batch mean. Dyestuff: the means run "
    f"from {y.mean(axis=1).min():.0f} to {y.mean(axis=1).max():.0f} g. Invented: from "
    f"{y2.mean(axis=1).min():.1f} to {y2.mean(axis=1).max():.1f}, inside a much wider scatter of the rows.",
)

# %% [markdown]
# On the left are the measured yields. On the right is a set that two statisticians, Box and Tiao, made up. Its
# means differ too, but by less than the scatter inside the batches should make them differ. Keep both in mind:
# the first is the ordinary case, the second is the one where software prints a warning.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **compute** $\hat\tau$ and $\hat\sigma$ from two mean squares, and **explain** why ML and REML differ;
# - **write** down the likelihood of a multilevel model, and **follow** an optimiser to its lowest point;
# - **read** a deviance curve, and **say** why a variance has no symmetric interval;
# - **judge** an estimate of zero, and **test** a variance at the edge of what is possible;
# - **decide** when REML criteria may be compared, which degrees of freedom a coefficient has, and which AIC
#   answers your question.
#
# You need lesson 03 (the weight that comes from $\tau$ and $\sigma$) and lesson 04 (the ICC). Allow seventy
# minutes. There are five tasks.

# %%
review("05")

# %% [markdown] concepts=[39]
# ## By hand first
#
# The model is that of lesson 04, with the $n = {{5 = n | d}}$ yields of each of $J = {{6 = J | d}}$ batches. In levels:
# $y_i = \alpha_{j[i]} + \epsilon_i$, $\alpha_j = \mu + u_j$. In one line: $y_i = \mu + u_{j[i]} + \epsilon_i$. As
# distributions: $y_i \sim N(\alpha_{j[i]}, \sigma^2)$, $\alpha_j \sim N(\mu, \tau^2)$. As a formula:
# `Yield ~ 1 + (1 | Batch)`.
#
# Two sources of scatter, two sums. **Inside** the batches: take the variance of the five yields of each
# batch, and average the six. That is the mean square within, MSW. **Between** the batches: take the variance
# of the six batch means, and multiply by $n$. That is the mean square between, MSB.

# %%
by_batch = pd.DataFrame(
    {"mean": y.mean(axis=1), "variance inside": y.var(axis=1, ddof=1)}, index=list("ABCDEF")
)
MSW = by_batch["variance inside"].mean()
MSB = n * by_batch["mean"].var(ddof=1)
print(f"MSB {MSB:.1f}, MSW {MSW:.2f} (both in g²)")
by_batch

# %% [markdown]
# What should they be? A batch mean misses $\mu$ for two reasons, as in lesson 03: the batch is different, with
# variance $\tau^2$, and its mean is noisy, with variance $\sigma^2/n$. So
#
# $$ E(\text{MSW}) = \sigma^2, \qquad E(\text{MSB}) = n\Big(\tau^2 + \frac{\sigma^2}{n}\Big) = \sigma^2 + n\,\tau^2 . $$
#
# Solve for $\tau^2$, and put the two numbers in:
#
# $$ \hat\tau^2 = \frac{\text{MSB} - \text{MSW}}{n} = \frac{ {{11271.5 = MSB | .1f}} - {{2451.25 = MSW | .2f}} }{ {{5 = n | d}} } = {{1764.05 = (MSB - MSW) / n | .2f}} \text{ g}^2, \qquad \hat\tau = {{42.0006 = tau_reml | .4f}} \text{ g}. $$
#
# Preparations of one batch scatter by $\hat\sigma = {{49.5 = np.sqrt(MSW) | .1f}}$ g, and batches differ by
# {{42.0 = tau_reml | .1f}} g. This **ANOVA estimate** is a century old and needs no computer. It needs equal
# group sizes: with unequal ones there are several ways to weigh the groups, and they disagree. What does the
# library say?

# %%
tau_reml = np.sqrt((MSB - MSW) / n)
fit = ht.lmm("Yield ~ 1 + (1 | Batch)", dyestuff)
ml = fit.refit("ML")
tau_of = {"REML": fit.varcorr["Batch"].sd["Intercept"], "ML": ml.varcorr["Batch"].sd["Intercept"]}
print(f"by hand {tau_reml:.4f}; REML {tau_of['REML']:.4f}; ML {tau_of['ML']:.4f}")

# %% [markdown] concepts=[40]
# ## The same mistake as dividing by n
#
# [REML](glossary.md#restricted-maximum-likelihood) gives exactly our number.
# [ML](glossary.md#maximum-likelihood) gives {{37.2603 = tau_of["ML"] | .4f}} g, less by a tenth. Whence the
# difference? Look at a smaller one first. Batch A has five yields. Maximum likelihood estimates their
# variance as the sum of squares divided by five; every textbook divides by four, $n - 1$. The squares are
# taken around the batch's *own* mean, which lies closer to its yields than $\mu$ does, so they are too
# small. One degree of freedom has been spent on that mean.
#
# With groups it is the same, one storey higher. The squares of the six batch means are taken around *their*
# own mean. REML divides by $J - 1$, ML by $J$, as if the mean of all batches were known:
#
# $$ \hat\tau^2_{\text{ML}} = \frac{(1 - \frac{1}{J})\,\text{MSB} - \text{MSW}}{n} = {{1388.3 = tau2_ml | .1f}} \text{ g}^2, \qquad \hat\tau_{\text{ML}} = {{37.2603 = np.sqrt(tau2_ml) | .4f}} \text{ g}. $$

# %%
tau2_ml = ((1 - 1 / J) * MSB - MSW) / n
print(f"ML by hand {np.sqrt(tau2_ml):.4f} g")
print(f"batch A alone: ML {y[0].std(ddof=0):.1f} g, with n - 1 {y[0].std(ddof=1):.1f} g")

hsb = ht.load("hsb")
schools = ht.lmm("math ~ 1 + (1 | school)", hsb)
tau_schools = {m: schools.refit(m).varcorr["school"].sd["Intercept"] for m in ("REML", "ML")}

# %% [markdown]
# So the bias of ML depends on the number of **groups**, and not on the number of rows. Among the
# {{160 = schools.n_groups["school"] | d}} American high schools of the HSB data (lesson 04), with
# {{7185 = schools.n_obs | d}} pupils, REML gives $\hat\tau = {{2.935 = tau_schools["REML"] | .3f}}$ points and ML
# {{2.925 = tau_schools["ML"] | .3f}}, so it hardly matters. A thousand rows in six groups would not help.
#
# Each fixed effect of whole groups costs one more degree of freedom. REML handles them all, in unbalanced data
# too, by a trick that you can picture: it looks only at those combinations of the rows from which the
# averages have dropped out, such as differences between batches, and maximises *their* likelihood. (The cut
# at zero makes even REML's $\hat\tau^2$ a little too large on average where it often strikes.)
#
# Commit to an answer in the widget first. Then move J, and p, the number of fixed effects of whole groups.

# %%
reml_ml = RemlMl()
reml_ml

# %% [markdown]
# Three things to try.
#
# 1. Take the groups from four to fifty: the two histograms come together. Then take them back and raise the
#    *rows*: they do not.
# 2. Choose the six batches of dyestuff, and drag the highest mean down. The lower curve shows the deviance,
#    which the next sections build up. When does its lowest point reach zero?
# 3. Press "×{{10 = factor | d}} the predictor". One of the two criteria jumps. We come back to that.

# %% [markdown] exercise="tau_balanced" concepts=[39, 40]
# ### Your turn: from two mean squares to tau
#
# Write `tau_balanced(msb, msw, J, n, method)` for balanced data of `J` groups of `n` rows; `method` is
# `"REML"` or `"ML"`. It returns $\hat\tau$, a standard deviation. No variance is below zero: where the formula
# gives less, the estimate is zero.


# %% exercise="tau_balanced"
def tau_balanced(msb, msw, J, n, method):
    """Return the estimated SD between groups."""
    ### BEGIN SOLUTION
    share = 1 - 1 / J if method == "ML" else 1
    return np.sqrt(max(0, (share * msb - msw) / n))
    ### END SOLUTION


# %% [markdown] concepts=[38]
# ## The likelihood, written out
#
# Data that are not balanced have no such formula. What works always is the likelihood. A varying intercept
# makes the rows of one batch alike. Average over all possible batches, and what remains is a statement about
# the five yields together: they are normal, each with variance $\tau^2 + \sigma^2$, and every two of them have
# the covariance $\tau^2$, because they share their batch. This is the **marginal model**:
#
# $$ \mathbf y_j \sim N(\mu \mathbf 1,\, V), \qquad V = \sigma^2 I + \tau^2\,\mathbf 1 \mathbf 1' . $$
#
# Must one believe that? Draw a hundred thousand batches by the levels, first $\alpha_j$, then its five yields, and look at the
# covariances of the yields. Above stands $V$ at the ML estimates, below what was drawn, both in g².


# %%
def covariance(tau, sigma):
    return sigma**2 * np.eye(n) + tau**2 * np.ones((n, n))


rng = np.random.default_rng(3)
V = covariance(tau_of["ML"], ml.sigma)
alpha = rng.normal(y.mean(), tau_of["ML"], (100_000, 1))
drawn = np.cov(rng.normal(alpha, ml.sigma, (100_000, n)).T)
pd.concat({"V": pd.DataFrame(V), "drawn": pd.DataFrame(drawn)}).round(0).astype(int)

# %% [markdown]
# On the diagonal stands {{3840 = V[0, 0] | .0f}}, elsewhere {{1388 = V[0, 1] | .0f}}; their ratio,
# {{0.36 = V[0, 1] / V[0, 0] | .2f}}, is the ICC. The drawn matrix differs by {{1.7 = off | .1f}} percent at most. So one may say it in
# either way: each batch has a level $\alpha_j \sim N(\mu, \tau^2)$ and the yields are independent around it; or all yields have
# the variance $\eta^2 = \sigma^2 + \tau^2$ and every two of one batch the correlation $\rho = \tau^2/\eta^2$. The second is
# called an *exchangeable* covariance. It is the wider of the two: it could take a negative $\rho$, which no $\tau^2$ can give (the
# rivals of lesson 04).
#
# Batches are independent of each other, so their log densities
# add up. Minus twice the sum is the [deviance](glossary.md#deviance): the smaller, the better.


# %%
off = 100 * np.abs(drawn / V - 1).max()
mu_hat = y.mean()  # in balanced data the best mu, whatever tau and sigma are


def deviance(tau, sigma):
    """Return -2 log-likelihood of the six batches under the marginal model."""
    return -2 * multivariate_normal(np.full(n, mu_hat), covariance(tau, sigma)).logpdf(y).sum()


def reml_criterion(tau, sigma):
    """Return the deviance plus what it costs not to know mu."""
    information = J * np.linalg.inv(covariance(tau, sigma)).sum()  # 1 / variance of mu_hat
    return deviance(tau, sigma) + np.log(information / (2 * np.pi))


print(f"ML:   by hand {deviance(tau_of['ML'], ml.sigma):.6f}, lmm {ml.criterion:.6f}")
print(f"REML: by hand {reml_criterion(tau_of['REML'], fit.sigma):.6f}, lmm {fit.criterion:.6f}")

# %% [markdown]
# Both agree to the last digit printed: {{327.327 = ml.criterion | .3f}} and {{319.654 = fit.criterion | .3f}}. The whole
# difference between the methods is one added term, the log of the information about $\mu$. Remember that term.
#
# ## What an optimiser does
#
# A fit is a search for the $\tau$ and $\sigma$ at the lowest point. Two searches can be written in a few
# lines.
#
# **Newton.** Stand at some $\tau$, always with the best $\sigma$. From the slope and the bend of the curve
# work out where a parabola would have its lowest point. Jump there; repeat.


# %% concepts=[46]
def lowest(tau):
    """Return the deviance at this tau with the best sigma."""
    return minimize_scalar(
        lambda s: deviance(tau, s), bounds=(20, 120), method="bounded", options={"xatol": 1e-9}
    ).fun


newton = [30.0]
for _ in range(5):
    t, h = newton[-1], 0.05
    slope = (lowest(t + h) - lowest(t - h)) / (2 * h)
    bend = (lowest(t + h) - 2 * lowest(t) + lowest(t - h)) / h**2
    newton.append(t - slope / bend)
print("Newton:", np.round(newton, 3))

# %% [markdown] concepts=[46]
# From {{30 = newton[0] | .0f}} g it needs {{3 = newton_steps | d}} jumps to be right to a hundredth of a gram.
#
# **EM** uses what you know from lesson 03. Guess $\tau$ and $\sigma$. Shrink each batch with them: that gives
# its estimated deviation $\hat u_j$ and the variance $v$ that remains. Then the next $\tau^2$ is the mean of
# $\hat u_j^2 + v$, because the shrunken estimates alone spread too little (lesson 03), and $v$ is what they
# lack. Repeat.


# %%
def em(y, tau, steps):
    """Return tau after each step of EM, by ML."""
    n = y.shape[1]
    mu, tau2, sigma2, path = y.mean(), tau**2, y.var(), [tau]
    for _ in range(steps):
        keep = tau2 / (tau2 + sigma2 / n)
        u = keep * (y.mean(axis=1) - mu)
        v = (1 - keep) * tau2
        tau2 = np.mean(u**2) + v
        sigma2 = np.mean((y - mu - u[:, None]) ** 2) + v
        path.append(np.sqrt(tau2))
    return np.array(path)


em_path, em_path2 = em(y, 30.0, 1000), em(y2, 3.0, 1000)
at = [0, 1, 5, 20, 100, 1000]
newton_steps = int(np.argmax(np.abs(np.array(newton) - tau_of["ML"]) < 0.01))
pd.DataFrame(
    {"Dyestuff (g)": em_path[at], "Invented (units)": em_path2[at]}, index=pd.Index(at, name="step")
).round(3)

# %% [markdown]
# On the dyestuff EM walks to the same place, {{37.26 = em_path[-1] | .2f}} g, without ever jumping too far. On the
# invented data it never arrives: after a hundred steps it stands at {{0.23 = em_path2[100] | .2f}}, after a
# thousand at {{0.07 = em_path2[1000] | .2f}}, and it would creep on for ever. The lowest point there is at
# $\tau = 0$, and the steps get shorter the nearer it comes.
#
# So there are two different questions, and output often blurs them. **Did the search arrive?** That is
# [convergence](glossary.md#convergence). **Where is the lowest point?** If at the edge, it is a [boundary
# fit](glossary.md#boundary-fit), which lme4 calls singular. Every fit here carries a proof of arrival: no
# small step from the estimate, inwards or along the edge, makes the criterion smaller.

# %%
fit2 = ht.lmm("Yield ~ 1 + (1 | Batch)", dyestuff2)
tau2_hat = fit2.varcorr["Batch"].sd["Intercept"]
print(f"tau {tau2_hat:.4f}, sigma {fit2.sigma:.4f}")
print(f"boundary: {fit2.is_boundary}, arrived: {fit2.certificate.holds}")

# %% [markdown]
# $\hat\tau = {{0 = tau2_hat | .0f}}$, $\hat\sigma = {{3.7157 = fit2.sigma | .4f}}$ units: a boundary fit, and
# converged beyond doubt. `statsmodels` finds the same place in its own way:

# %% tags=["warns"]
sm = smf.mixedlm("Yield ~ 1", dyestuff, groups="Batch").fit()
sm2 = smf.mixedlm("Yield ~ 1", dyestuff2, groups="Batch").fit()
for name, found in {"Dyestuff": sm, "Invented": sm2}.items():
    tau_found = np.sqrt(found.cov_re.iloc[0, 0])
    print(f"{name}: tau {tau_found:.5f}, sigma {np.sqrt(found.scale):.4f}, converged: {found.converged}")
print(f"difference in tau, Dyestuff: {np.sqrt(sm.cov_re.iloc[0, 0]) - tau_reml:.4f} g")

# %% [markdown]
# On the dyestuff it agrees with our $\hat\tau$ to about a thousandth of a gram; it stops its search a little
# earlier. The red lines belong to the invented data. They say that the covariance is singular and the estimate
# *may* be on the boundary; and it says "converged" all the same. Both are right. Its $\hat\tau$ is not zero but
# tiny, because a search that goes by steps stops close to the edge, not on it.

# %% [markdown]
# ## The whole curve
#
# The lowest point is one number. What the data know about $\tau$ is the whole curve around it: hold $\tau$
# elsewhere, let $\mu$ and $\sigma$ do their best, and see by how much the deviance rises. This is the
# [profile likelihood](glossary.md#profile-likelihood). Every $\tau$ at which it rises by less than
# {{3.84 = chi2.ppf(0.95, 1) | .2f}} belongs to the ninety-five percent interval.
# (The library follows ML's deviance here, as lme4 does.)

# %%
curve = ml.profile("sd_Intercept|Batch")
low, high = curve.confint().loc["sd_Intercept|Batch"]
schools_ci = schools.confint(which="sd_Intercept|school").loc["sd_Intercept|school"]
down, up = tau_of["ML"] - low, high - tau_of["ML"]

# %% tags=["predict"]
Prediction(
    f"The ML estimate is {tau_of['ML']:.1f} g, from six batches. How far does the 95 percent interval reach?",
    ["further down than up", "about as far down as up", "further up than down"],
    answer=0 if down > 1.2 * up else 2 if up > 1.2 * down else 1,
    because="Six means rule out a small tau rather well, but a very large one could have given them too.",
    figure=plots.deviance_curve(curve, "sd_Intercept|Batch", label="tau, SD between batches (g)"),
    alt=narrate.deviance_curve(curve, "sd_Intercept|Batch"),
)

# %% [markdown] concepts=[42, 47]
# The interval runs from {{12.2 = low | .1f}} to {{84.1 = high | .1f}} g: {{25 = down | .0f}} down and
# {{47 = up | .0f}} up. With six batches $\tau$ is known to within a factor of seven, no better. The dotted
# parabola has the same bend at the bottom and is what "estimate ± two standard errors" believes. It parts from
# the curve on both sides.
#
# For the *variance* it is worse. From the two mean squares, $\hat\tau^2$ has the standard error
#
# $$ \mathrm{se}(\hat\tau^2) = \frac{1}{n}\sqrt{\frac{2\,\text{MSB}^2}{J-1} + \frac{2\,\text{MSW}^2}{J(n-1)}} = {{1433 = se_tau2 | .0f}} \text{ g}^2 . $$

# %%
se_tau2 = np.sqrt(2 * MSB**2 / (J - 1) + 2 * MSW**2 / (J * (n - 1))) / n
wald = tau_reml**2 - 1.96 * se_tau2, tau_reml**2 + 1.96 * se_tau2
z = tau_reml**2 / se_tau2
print(f"tau² {tau_reml**2:.0f} ± 1.96 × {se_tau2:.0f}: {wald[0]:.0f} to {wald[1]:.0f} g²; z = {z:.2f}")
fit.confint(method="wald").loc["sd_Intercept|Batch", "note"]

# %% [markdown]
# An interval from {{−1044 = wald[0] | .0f}} to {{4572 = wald[1] | .0f}} g² contains variances that do not exist, and
# it stops far below {{7067 = high**2 | .0f}} g², the square of the profile's upper end. The library refuses to give
# one, and says why. A standard error describes a parabola; where there is none, give the profile interval. With {{160 = schools.n_groups["school"] | d}}
# schools the curve is nearly a parabola: the interval for the HSB schools runs from
# {{2.59 = schools_ci["lower"] | .2f}} to {{3.32 = schools_ci["upper"] | .2f}} points around
# {{2.92 = tau_schools["ML"] | .2f}}. It is the number of groups that makes it so.

# %% [markdown]
# ## An estimate of zero
#
# In the invented data MSB is smaller than MSW, so the formula gives less than zero, and the estimate is cut
# off there. Does $\hat\tau = 0$ mean that batches do not differ? Suppose they do: an ICC of
# {{0.1 = icc_true | .1f}}, six groups, five rows each. How often is the estimate zero all the same?

# %%
icc_true = 0.1
ci2 = fit2.confint(which="sd_Intercept|Batch").loc["sd_Intercept|Batch"]
zero = ht.prob_tau_zero(J=6, n=5, icc=icc_true)
sizes = np.array([3, 4, 6, 8, 10, 15, 20, 30, 50])
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for share, line, mark in ((0.0, ":", "o"), (0.1, "-", "D"), (0.3, "--", "s")):
        chance = [ht.prob_tau_zero(k, 5, share) for k in sizes]
        look = {"ls": line, "marker": mark, "color": plots.COLOURS["line"]}
        ax.plot(sizes, chance, label=f"true ICC {share:.1f}", **look)
    ax.set(xlabel="groups, with five rows each", ylabel="chance that tau is estimated as 0", ylim=(0, 0.7))
    ax.legend()

# %% tags=["predict"]
Prediction(
    "Six groups of five, and a true ICC of 0.1. In how many samples will the estimate of tau be exactly 0?",
    ["about 1 in 100", "about 1 in 10", "about 1 in 3"],
    answer=int(np.argmin(np.abs(np.log(zero) - np.log([1 / 100, 1 / 10, 1 / 3])))),
    because="Six noisy means often lie closer together than their noise alone would put them.",
    figure=fig,
    alt=f"The chance of an estimate of 0 falls with the number of groups. With 6 groups of 5 it is "
    f"{ht.prob_tau_zero(6, 5, 0):.2f} if the true ICC is 0, {zero:.2f} if it is 0.1 and "
    f"{ht.prob_tau_zero(6, 5, 0.3):.2f} if it is 0.3; with 30 groups and 0.1 it is {ht.prob_tau_zero(30, 5, 0.1):.2f}.",
)

# %% [markdown]
# In {{33 = 100 * zero | .0f}} percent of the samples, one in three, although the groups do differ. With ten
# groups it is {{25 = 100 * ht.prob_tau_zero(10, 5, icc_true) | .0f}} percent, with thirty still
# {{8 = 100 * ht.prob_tau_zero(30, 5, icc_true) | .0f}}. And if groups do not differ at all it is
# {{56 = 100 * ht.prob_tau_zero(6, 5, 0) | .0f}} percent and not a hundred: a positive estimate proves no more
# than a zero does.
#
# The curve says what the zero leaves out. The profile interval of the invented data runs from
# {{0 = ci2["lower"] | .0f}} to {{2.08 = ci2["upper"] | .2f}} units, so batches may well differ by half of
# $\hat\sigma$. Report that interval with the zero.
#
# Two pieces of advice are often heard here, and both are wrong. *Use ML where REML is singular*: ML divides by
# more, so it lands on zero more often, in {{42 = 100 * ht.prob_tau_zero(6, 5, icc_true, "ML") | .0f}} instead
# of {{33 = 100 * zero | .0f}} percent. *Use ML for big samples, because REML is slow*: a search takes about
# as many steps by the one as by the other. With many groups the two agree; the reason for ML is another one, and
# comes below. What to *do* with a boundary fit is the subject of lesson 08.

# %% [markdown] exercise="zero_and_different" concepts=[42]
# ### Your turn: means that differ, and an estimate of zero
#
# Make a DataFrame `zero_and_different` with the columns `group` and `y`: four groups or more, each with the
# same number of rows, three or more. The largest group mean must lie five or more above the smallest, and yet
# REML's $\hat\tau$ must be zero.

# %% exercise="zero_and_different"
zero_and_different = ...
### BEGIN SOLUTION
zero_and_different = pd.DataFrame(
    {
        "group": np.repeat(list("abcd"), 4),
        "y": np.concatenate([mean + np.array([-15, -5, 5, 15]) for mean in (47.0, 49.0, 51.0, 53.0)]),
    }
)
### END SOLUTION

# %% [markdown] concepts=[43]
# ## Testing a variance
#
# Do the batches of dyestuff differ at all? Compare two models: with the varying intercept, and without. The
# deviance must fall when a parameter is added; the [likelihood-ratio
# test](glossary.md#likelihood-ratio-test) asks whether it fell further than chance makes it. Usually chance
# is the $\chi^2$ distribution with as many degrees of freedom as parameters were added. That holds if the
# estimate can miss the truth on *both* sides. A variance of zero cannot be missed downwards. In about half of
# all samples without differences the estimate is zero, and the deviance does not fall at all. So the p-value
# comes from a **mixture**, half of it a heap at zero, half $\chi^2_1$: half of what $\chi^2_1$ says.

# %%
test = fit.anova(fit.without_groups())
boot = ht.bootstrap_test(fit.without_groups(), fit, B=2000, seed=1)
print(test)
print(f"with chi-squared alone: p = {test.p_naive:.4f}")
print(boot)

# %% [markdown]
# The REML criterion falls by {{6.37 = test.statistic | .2f}}; p is {{0.0058 = test.p | .4f}} by the mixture. The last
# line does without theory. It draws two thousand data sets from the model *without* differences, fits both
# models to each, and counts: a [parametric bootstrap](glossary.md#parametric-bootstrap). Its p is
# {{0.0055 = boot.p | .4f}}, with a Monte Carlo error of {{0.0017 = boot.p_se | .4f}}. In
# {{57 = 100 * boot.share_zero | .0f}} percent of its sets the criterion did not fall, a little more than the
# half that the mixture assumes: the half is for many groups.
#
# A varying slope brings two parameters, a variance and a covariance with the intercept (lesson 06). Then the
# mixture is half $\chi^2_1$, half $\chi^2_2$. Eighteen drivers slept three hours a night; does the daily loss
# of reaction time differ between them?

# %%
sleep = ht.load("sleepstudy")
one = ht.lmm("Reaction ~ Days + (1 | Subject)", sleep)
slope_test = one.anova(ht.lmm("Reaction ~ Days + (1 + Days | Subject)", sleep))
print(slope_test)
print(f"mixture {slope_test.p:.3g}, with chi-squared on two degrees of freedom {slope_test.p_naive:.3g}")

# %% [markdown]
# The criterion falls by {{42.84 = slope_test.statistic | .2f}}. The mixture gives {{2.79e-10 = slope_test.p | .2e}}, the
# naive test {{4.99e-10 = slope_test.p_naive | .2e}}. Here nothing depends on it; nearer to one in twenty it
# would. The naive p is too *large*, so it overlooks differences.

# %% [markdown] exercise="p_of_tau" concepts=[43]
# ### Your turn: do your batches differ?
#
# `my_batches` holds the yields `y` of eight batches (`batch`), six each, that are yours alone. Test whether the
# batches differ, by a likelihood-ratio test with REML's criteria and the boundary in mind. Store the p-value
# in `p_of_tau`; four decimals are enough.

# %% exercise="p_of_tau"
p_of_tau = ...
### BEGIN SOLUTION
my_fit = ht.lmm("y ~ 1 + (1 | batch)", my_batches)
p_of_tau = my_fit.anova(my_fit.without_groups()).p
### END SOLUTION

# %% [markdown]
# ## The wrong analysis, live
#
# Many programs print a standard error beside a variance. Divide, look up the normal distribution, done?
# `statsmodels` has such a p-value for the dyestuff: {{0.26 = sm.pvalues["Batch Var"] | .2f}}, where the mixture
# says {{0.006 = test.p | .3f}}. (And do not divide the two numbers in its printed table: its "Std.Err." of
# {{31.7 = sm_printed_se | .1f}} is that of $\hat\tau^2/\hat\sigma^2$ times $\hat\sigma$, and does not belong to its variance of
# {{1764 = sm.cov_re.iloc[0, 0] | .0f}}.)
#
# Is that one bad case? Let us measure. Draw twenty thousand data sets, with and without true differences, and
# count how often each test rejects at the five-percent level. In balanced data only the two mean squares matter, so we draw those.

# %% tags=["wrong-analysis"]
sm_printed_se = float(sm.summary().tables[1].loc["Batch Var", "Std.Err."])
rng, level = np.random.default_rng(5), 0.95


def rejections(J, n, icc, sets=20_000):
    """Return how often four tests of tau = 0 reject at the 5 percent level."""
    a, b = J - 1, J * (n - 1)
    msb = (1 + n * icc / (1 - icc)) * rng.chisquare(a, sets) / a
    msw = rng.chisquare(b, sets) / b
    whole = (a * msb + b * msw) / (a + b)
    fall = (a + b) * np.log(whole) - a * np.log(msb) - b * np.log(msw)  # of REML's criterion
    fall = np.where(msb > msw, fall, 0)
    wald = np.maximum(msb - msw, 0) / np.sqrt(2 * msb**2 / a + 2 * msw**2 / b)
    return {
        "Wald z": np.mean(2 * norm.sf(wald) < 1 - level),
        "chi-squared alone": np.mean(chi2.sf(fall, 1) < 1 - level),
        "mixture": np.mean(chi2.sf(fall, 1) / 2 < 1 - level),
        "F test": np.mean(f.sf(msb / msw, a, b) < 1 - level),
    }


damage = pd.DataFrame(
    {(k, share): rejections(k, 5, share) for k in (6, 30) for share in (0.0, 0.3)},
).rename_axis(columns=["groups", "true ICC"])
damage.round(3)

# %% [markdown]
# With six groups Wald's z **never** finds a difference: its share is
# {{0.000 = damage.loc["Wald z", (6, 0.3)] | .3f}} where the true ICC is {{0.3 = damage.columns[1][1] | .1f}} and the
# mixture finds {{0.51 = damage.loc["mixture", (6, 0.3)] | .2f}}. This is no bad luck. As MSB grows without end, its
# standard error grows along, and z comes no further than $\sqrt{(J-1)/2}$, which is
# {{1.58 = np.sqrt((J - 1) / 2) | .2f}} for six groups. However different the batches are, it cannot reach
# {{1.96 = norm.ppf(0.975) | .2f}}. With thirty groups it still finds fewer than the others.
#
# Where nothing differs, one in twenty should be rejected, a share of {{0.050 = 1 - level | .3f}}. The naive
# $\chi^2$ rejects {{0.019 = damage.loc["chi-squared alone", (6, 0.0)] | .3f}}, less than half of that; the mixture
# {{0.041 = damage.loc["mixture", (6, 0.0)] | .3f}}. The F test, MSB over MSW, is exact, but for balanced data only.
# So whoever tests with Wald's z, and drops what is "not significant", throws away groups that differ. And
# where groups are part of the design, there is nothing to test: keep the term, and report its interval.

# %% [markdown] concepts=[41]
# ## When REML criteria may be compared
#
# All of this compared models with the *same* predictors. What about different ones? Take mathematics and
# socio-economic status, `ses`, in the HSB schools, and multiply `ses` by ten. Nothing has happened but a
# change of unit.

# %%
factor = 10
hsb["ses_times_10"] = factor * hsb["ses"]
models = {x: ht.lmm(f"math ~ {x} + (1 | school)", hsb) for x in ("ses", "ses_times_10")}
unit = pd.DataFrame(
    {
        x: {
            "slope per unit of ses": m.fixef[x] * (factor if x == "ses_times_10" else 1),
            "tau": m.varcorr["school"].sd["Intercept"],
            "sigma": m.sigma,
            "REML criterion": m.criterion,
            "deviance by ML": m.refit("ML").criterion,
        }
        for x, m in models.items()
    }
)
shift = unit.loc["REML criterion", "ses_times_10"] - unit.loc["REML criterion", "ses"]
unit.round(3)

# %% [markdown]
# Slope, $\hat\tau$, $\hat\sigma$ and the deviance by ML are the same. REML's criterion is larger by
# {{4.605 = shift | .3f}}, which is $2\log {{10 = factor | d}}$. It is the added term from above: the log of the information about
# the coefficients, and information depends on their unit. So the difference between the REML criteria of two
# models with different predictors depends on the units that somebody chose. What harm does that do? Offer the
# sleep study a useless predictor, pure noise, in two units, and let the smaller AIC decide.

# %%
noise = np.random.default_rng(6).normal(size=(100, len(sleep)))
takes = {}
for size in (1.0, 100.0):
    for x in size * noise:
        larger = ht.lmm("Reaction ~ Days + x + (1 | Subject)", sleep.assign(x=x))
        for method in ("REML", "ML"):
            gain = one.refit(method).aic - larger.refit(method).aic
            takes.setdefault((method, size), []).append(gain > 0)
taken = pd.DataFrame(takes).mean()
taken.rename_axis(["method", "SD of the noise"]).rename("share of useless predictors taken").to_frame()

# %% [markdown]
# By ML {{15 = 100 * taken["ML", 1.0] | .0f}} percent of the useless predictors get in, in either unit; AIC allows
# about {{16 = 100 * chi2.sf(2, 1) | .0f}}. By REML it is {{100 = 100 * taken["REML", 1.0] | .0f}} percent in the
# one unit and {{0 = 100 * taken["REML", 100.0] | .0f}} percent in the other. **The rule: REML criteria, and AICs
# and likelihood ratios made of them, may be compared only where the fixed part is the same, columns and
# coding. For different predictors, fit by ML.** Then report the model you keep by REML.
#
# `anova` minds the rule by itself. Does the sector of a school, public or Catholic, help beside `ses`?

# %%
with_sector = ht.lmm("math ~ ses + sector + (1 | school)", hsb)
sector_test = models["ses"].anova(with_sector)
aic_gain = models["ses"].aic - with_sector.aic
sector_test

# %% [markdown]
# The deviance falls by {{34.57 = sector_test.statistic | .2f}}. A coefficient can be missed on both sides, so this
# is held against $\chi^2_1$ as it is, without any halving. Only variances have an edge.

# %% [markdown] concepts=[44]
# ## How many degrees of freedom?
#
# A fixed effect divided by its standard error is not quite normal, because the standard error rests on
# estimated variances. How many numbers does it rest on? For the mean yield of dyestuff: on six batch means, so
# $J - 1 = {{5 = J - 1 | d}}$, and not on thirty rows.

# %%
mean_yield = pd.concat(
    {
        "z (statsmodels)": sm.conf_int().loc[["Intercept"]].set_axis(["lower", "upper"], axis=1),
        "t, Satterthwaite": fit.confint(method="satterthwaite").loc[["Intercept"], ["lower", "upper"]],
    }
).droplevel(1)
print(f"Satterthwaite's degrees of freedom: {fit.df()['Intercept']:.2f}")
by_row = pd.DataFrame({m: with_sector.df(m) for m in ("satterthwaite", "between-within", "residual")})
z_width, t_width = (mean_yield["upper"] - mean_yield["lower"]).to_numpy()
mean_yield.astype(float).round(0)

# %% [markdown]
# With z the interval is {{76 = z_width | .0f}} g wide, with t on {{5 = fit.df()["Intercept"] | .0f}} degrees of
# freedom {{100 = t_width | .0f}} g. The narrow one claims more than six batches can tell.
#
# - **z** is for many groups. It is what `statsmodels` prints, always.
# - **$t(J - p)$**, with $p$ coefficients of whole groups, is right for those in balanced data. For the sector
#   of a school it gives {{158 = by_row.loc["sector[T.Catholic]", "between-within"] | .0f}}: the HSB schools are
#   {{160 = schools.n_groups["school"] | d}}, and two coefficients are of schools.
# - **Satterthwaite** asks how precisely the variance of that coefficient is itself known, and turns the answer
#   into degrees of freedom: {{147 = by_row.loc["sector[T.Catholic]", "satterthwaite"] | .0f}} for the sector,
#   {{6739 = by_row.loc["ses", "satterthwaite"] | .0f}} for a pupil's `ses`. It also works in unbalanced data. The
#   version of Kenward and Roger corrects the standard error as well; R has it, this library does not.
#
# With fewer than about thirty groups the choice shows in the interval; with many it does not.

# %% [markdown] concepts=[45]
# ## Which AIC?
#
# AIC is the deviance plus twice the number of parameters, an estimate of how badly a model would predict *new*
# data. New in which sense? New preparations from **new batches**: then nothing is known about the batch, the
# marginal model counts, and the parameters are three, $\mu$, $\tau$, $\sigma$. Or new preparations from **these
# six batches**: then their estimated deviations help, the deviance is taken *given* them, and they have to be
# counted. But a shrunken deviation is not a whole parameter. Each batch counts by its
# [reliability](glossary.md#reliability), here {{0.739 = keep_ml | .3f}}:

# %%
keep_ml = tau_of["ML"] ** 2 / (tau_of["ML"] ** 2 + ml.sigma**2 / n)
alone = fit.without_groups()
aic_alone = -2 * alone.llf + 2 * 2  # mean and SD
pd.DataFrame(
    {
        "without batches": {"marginal AIC": aic_alone, "conditional AIC": aic_alone},
        "with batches": {"marginal AIC": ml.aic, "conditional AIC": ml.conditional_aic()},
    }
).round(1)

# %% [markdown]
# The mean counts one, and the deviations, which add up to zero, count {{5 = J - 1 | d}} × {{0.739 = keep_ml | .3f}}:
# together {{4.7 = ml.effective_parameters() | .1f}} effective parameters. For new batches the varying intercept
# wins by {{3.4 = aic_alone - ml.aic | .1f}}, for these batches by
# {{10.5 = aic_alone - ml.conditional_aic() | .1f}}. Knowing that batches differ helps more where you know the
# batch. Say which of the two you mean. (The marginal AIC does not know of the boundary, and the conditional one
# takes $\hat\tau$ for known, so use neither to test $\tau = 0$.)

# %% [markdown] concepts=[45]
# ### The promise, kept on new data
#
# One can also look. Of the HSB schools leave forty out altogether, keep five pupils of each of the others, and predict
# everybody else, from `ses` and the school: by one line for all, by a dummy for each school, by the multilevel model.

# %%
shuffled = hsb.sample(frac=1, random_state=0)
left_out = np.random.default_rng(0).permutation(hsb["school"].unique())[:40]
is_new = shuffled["school"].isin(left_out)
kept = shuffled[~is_new].groupby("school").head(5)
known, new = shuffled[~is_new].drop(kept.index), shuffled[is_new]
five = ht.lmm("math ~ ses + (1 | school)", kept)
line, dummies = (smf.ols(f"math ~ ses{more}", kept).fit() for more in ("", " + C(school)"))
at_zero = five.predict(new, new_groups="zero")  # a new school is expected to lie at the centre
missed = {
    "one line": (known["math"] - line.predict(known), new["math"] - line.predict(new)),
    "dummies": (known["math"] - dummies.predict(known), new["math"] * np.nan),  # no dummy for a new one
    "multilevel": (known["math"] - five.predict(known), new["math"] - at_zero),
}
typical = pd.DataFrame(
    {who: [np.sqrt((e**2).mean()) for e in errors] for who, errors in missed.items()},
    index=["known schools", "new schools"],
)
typical.loc["coefficients"] = [2, dummies.df_model + 1, five.effective_parameters()]
typical.round(2)

# %%
by_school = (new["math"] - at_zero).groupby(new["school"]).agg(["mean", "size"])
tau_five = five.varcorr["school"].sd["Intercept"]
inside = {}
for name, between in {"sigma alone": 0.0, "tau and sigma": tau_five**2}.items():
    se = np.sqrt(between + five.sigma**2 / by_school["size"])
    inside[name] = 100 * (by_school["mean"].abs() < 1.96 * se).mean()
print("new school means inside their interval (percent):", {k: round(v) for k, v in inside.items()})

# %% [markdown]
# **Known schools**: the multilevel model misses a pupil's score by {{6.28 = typical.loc["known schools", "multilevel"] | .2f}} points (root
# mean square), one line by {{6.40 = typical.loc["known schools", "one line"] | .2f}}, the dummies by
# {{6.61 = typical.loc["known schools", "dummies"] | .2f}}. Dummies spend {{121 = typical.loc["coefficients", "dummies"] | .0f}} coefficients on
# {{600 = len(kept) | d}} pupils, the multilevel model the worth of {{43 = typical.loc["coefficients", "multilevel"] | .0f}}.
#
# **New schools**: the dummies say nothing. One line and the multilevel model predict equally well,
# {{6.35 = typical.loc["new schools", "one line"] | .2f}} and {{6.36 = typical.loc["new schools", "multilevel"] | .2f}} points, because
# nobody knows anything about the school. But only one of them knows that it does not know: with $\sigma$ alone the interval for a
# new school's mean holds it in {{65 = inside["sigma alone"] | .0f}} percent of the schools, with $\hat\tau$ in
# {{98 = inside["tau and sigma"] | .0f}} percent.

# %% [markdown] exercise="true_with_reasons" concepts=[41, 46, 47]
# ### Your turn: four claims, with reasons
#
# For each claim choose one of the options, word for word.
#
# - "REML fits are the right ones for choosing between predictors." (`reml_for_predictors`):
#   `"true, REML is less biased"`, `"false, their criteria change with the unit of a predictor"`,
#   `"false, but only because REML is slower"`.
# - "Where REML gives a boundary fit, use ML." (`ml_when_singular`): `"false, ML lands on zero more often"`,
#   `"true, ML has no boundary"`, `"true, ML's larger estimate gets away from zero"`.
# - "An estimate of zero does not show that groups are alike." (`zero_is_no_proof`):
#   `"false, REML's estimates of variances are unbiased"`, `"false, once the search has converged"`,
#   `"true, zero comes often by chance alone"`.
# - "A variance is tested by its estimate divided by its standard error." (`estimate_over_se`):
#   `"true, as for any coefficient"`, `"false, the likelihood of a variance is lopsided"`,
#   `"true, if the p-value is halved"`.

# %% exercise="true_with_reasons"
true_with_reasons = {
    "reml_for_predictors": ...,
    "ml_when_singular": ...,
    "zero_is_no_proof": ...,
    "estimate_over_se": ...,
}
### BEGIN SOLUTION
true_with_reasons = {
    "reml_for_predictors": "false, their criteria change with the unit of a predictor",
    "ml_when_singular": "false, ML lands on zero more often",
    "zero_is_no_proof": "true, zero comes often by chance alone",
    "estimate_over_se": "false, the likelihood of a variance is lopsided",
}
### END SOLUTION

# %% [markdown] exercise="flaw_in_the_report" concepts=[41, 43]
# ### Your turn: find the flaws
#
# A report says:
#
# > 1. All models have varying intercepts and were fitted by REML. Schools differ by
# >    $\hat\tau = {{2.9 = tau_schools["REML"] | .1f}}$ points; the profile interval is
# >    {{2.6 = schools_ci["lower"] | .1f}} to {{3.3 = schools_ci["upper"] | .1f}}.
# > 2. Adding the sector to `ses` lowered the AIC by {{32 = aic_gain | .0f}}, so we kept it.
# > 3. In a second study, with six laboratories, $\hat\tau$ was zero: laboratories do not differ.
# > 4. In a third study the variance between clinics was more than twice its standard error, so p was small,
# >    and we kept the clinics in the model.
#
# Label the four sentences, `sentence_1` to `sentence_4`, each with one of `"sound"`, `"wrong criterion"`,
# `"wrong test"`, `"claims too much"`.

# %% exercise="flaw_in_the_report"
flaw_in_the_report = {"sentence_1": ..., "sentence_2": ..., "sentence_3": ..., "sentence_4": ...}
### BEGIN SOLUTION
flaw_in_the_report = {
    "sentence_1": "sound",
    "sentence_2": "wrong criterion",
    "sentence_3": "claims too much",
    "sentence_4": "wrong test",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - In balanced data $\hat\tau^2 = (\text{MSB} - \text{MSW})/n$: that is REML. ML divides by $J$ where REML
#   divides by $J - 1$, and is too small; groups count here, not rows.
# - The marginal model says that rows of one group share the covariance $\tau^2$. Fitting it is a search for
#   the lowest deviance.
# - Converged and singular are two things. With few groups $\hat\tau = 0$ is common by chance.
# - A variance has a profile interval, not ± two standard errors, and is tested by the mixture or the
#   bootstrap, not by Wald's z.
# - REML criteria are comparable only with the same predictors in the same coding.

# %% [markdown]
# ## Where it is in the books
#
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 3 for estimation and tests of variances,
#   chapter 14 for the theory.
# - Snijders and Bosker (2012), *Multilevel Analysis*: section 4.7 for ML and REML, chapter 6 for tests,
#   deviance tests and the halved p-value among them.
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 18 for
#   likelihood, and the uncertainty about variances.
# - Searle, Casella and McCulloch (1992), *Variance Components*: the ANOVA estimates and the chance of a zero.
#   Bates and others (2015), "Fitting linear mixed-effects models using lme4": profiles, and the dyestuff.
#   Self and Liang (1987) and Stram and Lee (1994): the mixture at the boundary. Greven and Kneib (2010): why
#   the conditional AIC needs care.
