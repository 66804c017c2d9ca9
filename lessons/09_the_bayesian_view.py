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
# # Lesson 09: The Bayesian view
#
# Eight schools tried a coaching course (lesson 03). School A measured a gain of {{28 = y["A"] | .0f}} points, school C a loss of
# {{3 = -y["C"] | .0f}}, and yet maximum likelihood and REML agree that the eight courses are equally good: $\hat\tau = {{0 = tau_hat | .0f}}$.
# Then every school gets the same {{7.7 = eb.mu | .1f}} points. Do the data really say so, or is it a habit of our method to believe its own
# best guess?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_schools = assignment_data("ps09", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy.stats import halfnorm

from hlm_teach import narrate, plots, sampling
from hlm_teach.plots import show
from hlm_teach.posterior import likelihood, log_prior
from hlm_teach.posterior_lines import lines_posterior
from hlm_teach.widgets import Prediction, TauPriors

SEED = 9
BLUE, RED, GREEN, GREY = (plots.COLOURS[k] for k in ("none", "complete", "partial", "data"))
coaching = ht.load("eight_schools").set_index("school")
y, se = coaching["effect"], coaching["se"]
tau_hat = ht.tau_ml(y, se)
eb = ht.partial_pooling(y, se, tau=tau_hat)

# %%
at = np.linspace(0, 30, 301)
height, centre, _ = likelihood(y.to_numpy(float), se.to_numpy(float), at)
curve = np.exp(height - height.max())
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.4), layout="constrained")
    axes[0].fill_between(at, curve, color=plots.COLOURS["faint"])
    axes[0].plot(at, curve, color=plots.COLOURS["line"])
    axes[0].plot(tau_hat, 1, "o", color=RED, ms=8, label="the estimate")
    axes[0].set(xlabel="tau (points)", ylabel="likelihood, top = 1", ylim=(0, 1.08))
    axes[0].legend(loc="upper right")
    for school in y.index:
        keep = at**2 / (at**2 + se[school] ** 2)
        axes[1].plot(at, keep * y[school] + (1 - keep) * centre, color=GREEN, lw=1.3)
        last = keep[-1] * y[school] + (1 - keep[-1]) * centre[-1]
        axes[1].annotate(school, (30.4, last), va="center", fontsize=9, annotation_clip=False)
    axes[1].set(xlabel="tau (points)", ylabel="estimated effect (points)", xlim=(0, 30))
show(
    fig,
    f"Left: the likelihood of tau, highest at {tau_hat:.0f} and falling slowly; at 10 points it is still {curve[100]:.2f} of its top. "
    f"Right: the eight partially pooled estimates as tau grows, all {eb.mu:.1f} at 0 and spread out like a fan at 30.",
)

# %% [markdown]
# On the left is how well each $\tau$ explains the eight results. Zero explains them best, but ten points do
# {{0.40 = curve[100] | .2f}} times as well, which is no reason to rule them out. On the right is what each $\tau$ makes of the schools. An estimate picks one
# place on the left axis and forgets the rest. This lesson does not pick.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **recognise** partial pooling as Bayes' rule, and **compute** a posterior of $\tau$ on a grid;
# - **choose** a prior for a variance component, and **show** what it does when groups are few;
# - **write** a multilevel model for a sampler, **check** its priors before and its predictions after;
# - **read** the diagnostics of a chain, and **mend** one that is stuck in a funnel;
# - **state** probabilities about slopes and ranks, and **repair** intervals that vanished at a boundary.
#
# You need lessons 03, 05, 06 and 08. Allow seventy minutes, in two sittings if you like: the second begins with "A model for a sampler".
# There are six tasks.

# %%
review("09")

# %% [markdown] concepts=[78]
# ## By hand first: the prior was there all along
#
# In lesson 03 the true effects of schools had a distribution, $\theta_j \sim N(\mu, \tau^2)$. Read that line again, in time. *Before* we look at A's
# pupils, A is one of these schools: its effect lies near $\mu$, give or take $\tau$. That is a [prior](glossary.md#prior-and-posterior). Then the pupils speak:
# {{28 = y["A"] | .0f}}, give or take {{15 = se["A"] | .0f}}. Bayes' rule says how to join the two: multiply the prior by the likelihood. The product of two normal
# curves is a normal curve, and its mean weighs both by their [precision](glossary.md#precision). Suppose for a moment that we knew $\mu = {{7.9 = mu_hand | .1f}}$ and $\tau = {{6.5 = tau_hand | .1f}}$:
#
# $$ \frac{ {{28 = y["A"] | .0f}} / {{15 = se["A"] | .0f}}^2 + {{7.9 = mu_hand | .1f}} / {{6.5 = tau_hand | .1f}}^2 }{ 1 / {{15 = se["A"] | .0f}}^2 + 1 / {{6.5 = tau_hand | .1f}}^2 } = {{11.1 = by_bayes | .1f}} \text{ points.} $$

# %%
mu_hand, tau_hand = 7.9, 6.5
by_bayes = (y["A"] / se["A"] ** 2 + mu_hand / tau_hand**2) / (1 / se["A"] ** 2 + 1 / tau_hand**2)
by_pooling = ht.partial_pooling(y, se, tau=tau_hand, mu=mu_hand).estimate[0]
print(f"Bayes' rule {by_bayes:.4f}; partial pooling with the same mu and tau {by_pooling:.4f}")

# %% [markdown]
# It is the estimate of lesson 03. So the Bayesian does not add a prior to the multilevel model: **the prior of the group effects is the model**.
# Whoever fits `(1 | school)` has used one. What is left without a distribution are $\mu$ and $\tau$. Give them one too, a *hyperprior*, and everything that is
# unknown is treated alike. For $\mu$ we leave it flat here: eight schools tell where their middle is. For $\tau$ it will matter.
#
# ## Five values of tau, then all of them
#
# Suppose that $\tau$ could only be one of five values, each as likely as the others before the data. The likelihood of each is a height of the first
# figure. Bayes' rule: multiply by the prior, which is the same for all, and divide by the sum.

# %%
five = np.array([0.0, 5, 10, 15, 20])
height5, centre5, _ = likelihood(y.to_numpy(float), se.to_numpy(float), five)
hand = pd.DataFrame({"likelihood": np.exp(height5 - height5.max())}, index=pd.Index(five, name="tau"))
hand["posterior"] = hand["likelihood"] / hand["likelihood"].sum()
keep_A = five**2 / (five**2 + se["A"] ** 2)
hand["estimate of A"] = keep_A * y["A"] + (1 - keep_A) * centre5
average_A = (hand["posterior"] * hand["estimate of A"]).sum()
hand.round(2)

# %% [markdown] concepts=[79]
# A $\tau$ of zero is the most likely of the five, and still it has only {{42 = 100 * hand["posterior"].iloc[0] | .0f}} percent. The estimate of A is the average over
# all five, each with its share:
#
# $$ {{0.42 = hand["posterior"].iloc[0] | .2f}} \times {{7.7 = hand["estimate of A"].iloc[0] | .1f}} + {{0.33 = hand["posterior"].iloc[1] | .2f}} \times {{9.9 = hand["estimate of A"].iloc[1] | .1f}} + {{0.17 = hand["posterior"].iloc[2] | .2f}} \times {{14.2 = hand["estimate of A"].iloc[2] | .1f}} + {{0.06 = hand["posterior"].iloc[3] | .2f}} \times {{18.2 = hand["estimate of A"].iloc[3] | .1f}} + {{0.02 = hand["posterior"].iloc[4] | .2f}} \times {{21.0 = hand["estimate of A"].iloc[4] | .1f}} = {{10.5 = average_A | .1f}} . $$
#
# `tau_posterior` does the same on {{1201 = len(full.tau) | d}} values of $\tau$, from nearly nothing to far beyond any school: that is the exact
# [posterior](glossary.md#prior-and-posterior), and no sampler is needed. The likelihood it uses has $\mu$ averaged out, as REML has. Plugging in one best $\tau$ instead is called
# [empirical Bayes](glossary.md#empirical-bayes); averaging over all of them, *full Bayes*.

# %%
full = ht.tau_posterior(y, se)  # a flat prior on tau
both = pd.DataFrame({"measured": y, "its se": se, "empirical Bayes": eb.estimate, "SD": eb.estimate_se})
both = both.assign(**{"full Bayes": full.estimate, "SD ": full.sd})
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for shift, name, sd, colour, mark in (
        (-0.12, "empirical Bayes", "SD", RED, "s"),
        (0.12, "full Bayes", "SD ", GREEN, "D"),
    ):
        look = {"fmt": mark, "ms": 5, "color": colour, "label": f"{name} ± 1 SD"}
        ax.errorbar(np.arange(8) + shift, both[name], both[sd], **look)
    ax.plot(np.arange(8), y, "o", mfc="none", mec=BLUE, label="measured")
    ax.set_xticks(range(8), y.index)
    ax.set(xlabel="school", ylabel="effect (points)")
    ax.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))

# %% tags=["predict"]
Prediction(
    f"Empirical Bayes takes tau = 0 and gives school A {eb.estimate[0]:.1f} ± {eb.estimate_se[0]:.1f} points. What will full Bayes give?",
    ["about the same, and about as sure", "more points, and surer", "more points, and less sure"],
    answer=0 if abs(full.estimate[0] - eb.estimate[0]) < 1 else 1 + int(full.sd[0] > eb.estimate_se[0]),
    because="Every tau above 0 moves A up, and the doubt about tau is added to the doubt about A.",
    figure=fig,
    alt=f"Eight schools. Empirical Bayes puts all at {eb.mu:.1f} with an SD of {eb.estimate_se[0]:.1f}. Full Bayes has A at "
    f"{full.estimate[0]:.1f} with an SD of {full.sd[0]:.1f} and E lowest at {full.estimate[4]:.1f} with {full.sd[4]:.1f}.",
)

# %%
both.round(2)

# %% [markdown]
# School A gets {{11.40 = full.estimate[0] | .2f}} points with an SD of {{8.3 = full.sd[0] | .1f}}; empirical Bayes said {{7.7 = eb.estimate[0] | .1f}} and
# {{4.1 = eb.estimate_se[0] | .1f}}. Its interval for A is half as wide because it behaves as if $\tau = {{0 = tau_hat | .0f}}$ were *known*. The posterior has its top at
# zero, too. But its mean is {{6.6 = full.mean | .1f}} points, its middle {{5.2 = full.quantile(0.5) | .1f}}, and one part in forty lies above
# {{21 = full.quantile(0.975) | .0f}}. With many groups the curve is a narrow peak, and both ways agree. With eight they do not.

# %% [markdown] exercise="posterior_on_grid" concepts=[79]
# ### Your turn: a posterior on a grid
#
# Write `posterior_on_grid(y, se, tau, log_prior)`. `y` and `se` belong to the groups; `tau` is an array of evenly spaced values, `log_prior` the log density of the prior at each. Return an
# array with the share of the posterior at each value of `tau`; the shares add up to one. With $\mu$ flat and averaged out,
#
# $$ p(\tau \mid y) \propto p(\tau)\, \sqrt{V}\, \prod_j \frac{1}{\sqrt{v_j}} \exp\Big(-\frac{(y_j - \hat\mu)^2}{2 v_j}\Big), \qquad v_j = \mathrm{se}_j^2 + \tau^2, \quad V = \frac{1}{\sum_j 1/v_j}, \quad \hat\mu = V \sum_j \frac{y_j}{v_j} . $$


# %% exercise="posterior_on_grid"
def posterior_on_grid(y, se, tau, log_prior):
    """Return the share of the posterior at each tau."""
    ### BEGIN SOLUTION
    y, se, tau = (np.asarray(v, dtype=float) for v in (y, se, tau))
    v = se**2 + tau[:, None] ** 2
    V = 1 / (1 / v).sum(axis=1)
    mu = V * (y / v).sum(axis=1)
    log = log_prior + 0.5 * np.log(V) - 0.5 * (np.log(v) + (y - mu[:, None]) ** 2 / v).sum(axis=1)
    share = np.exp(log - log.max())
    return share / share.sum()
    ### END SOLUTION


# %% [markdown] concepts=[80]
# ## Six priors for tau
#
# A flat prior on $\tau$ was one choice. Here are six:
#
# - **flat** on all $\tau > 0$. It adds nothing to the likelihood, and it is no distribution: its area is infinite. With three groups or more the posterior is one all the same.
# - **uniform** from zero to some upper end, for instance a thousand points. The same, with an end.
# - **half-normal**: the right half of a normal curve. Its scale says which differences would surprise you: beyond two scales there is little left.
# - **half-Cauchy**: the same in the middle, but with a long tail. "About so large, but I would let the data talk me out of it."
# - **inverse gamma** with a tiny $\varepsilon$, on the *variance* $\tau^2$. It was the default of a whole generation of software, and was called vague.
# - **gamma** of shape two: zero at $\tau = 0$, so that the top of the posterior cannot lie there. It *avoids the boundary* and is meant for estimates at the top: with an endless scale
#   it moves the top from {{0 = tau_hat | .0f}} to {{7.29 = top_gamma | .2f}} points.

# %%
PRIORS = {
    "flat": None,
    "uniform": 1000,
    "half_normal": 10,
    "half_cauchy": 25,
    "inverse_gamma": 0.001,
    "gamma": 50,
}
fine = np.linspace(0.01, 30, 3000)
top_gamma = fine[np.argmax(likelihood(full.y, full.se, fine)[0] + log_prior("gamma", 1e9, fine))]


def six(J):
    """Return what six priors make of tau and of school A, from the first J schools."""
    rows = {}
    for prior, scale in PRIORS.items():
        p = ht.tau_posterior(y.iloc[:J], se.iloc[:J], prior, scale)
        low, middle, high = (p.quantile(q) for q in (0.025, 0.5, 0.975))
        rows[f"{prior}({scale or ''})"] = [middle, low, high, 100 * p.below(1), p.estimate[0], p.sd[0]]
    return pd.DataFrame(
        rows, index=["median of tau", "2.5 %", "97.5 %", "% below 1 point", "school A", "SD of A"]
    ).T


eight, four = six(8), six(4)
eight.round(1)

# %% [markdown]
# With eight schools five of the six tell roughly one story: A at {{10 = eight["school A"]["half_normal(10)"] | .0f}} to {{14 = eight["school A"]["gamma(50)"] | .0f}} points, with an SD of seven to ten.
# The inverse gamma tells another. It puts {{60 = eight["% below 1 point"]["inverse_gamma(0.001)"] | .0f}} percent on a $\tau$ below one point, and pulls A down to
# {{8.5 = eight["school A"]["inverse_gamma(0.001)"] | .1f}}. It is not vague at all: on the scale of $\log\tau$ it is level from
# about {{0.03 = np.sqrt(PRIORS["inverse_gamma"]) | .2f}} points upward, and there is a lot of room between {{0.03 = np.sqrt(PRIORS["inverse_gamma"]) | .2f}} and one point on a log scale. All of it means complete pooling.

# %% [markdown] concepts=[81]
# ## Fewer than five groups
#
# Now keep the first four schools. The widget lets you drop schools, change the prior and its scale, and watch the three curves. Commit to an answer first. Then go from
# three schools to eight under the inverse gamma, and do it again under the half-normal.

# %%
TauPriors(J=4)

# %%
tau_line = np.geomspace(0.01, 300, 400)
shown = {
    "uniform": ("uniform(0, 1000)", "-", BLUE),
    "half_normal": ("half-normal(10)", "--", GREEN),
    "inverse_gamma": ("inverse gamma(0.001, 0.001)", ":", RED),
}
factor = four["median of tau"]["uniform(1000)"] / four["median of tau"]["inverse_gamma(0.001)"]
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.3), layout="constrained", sharey=True)
    for ax, J in zip(axes, (4, 8), strict=True):
        for prior, (label, dash, colour) in shown.items():
            p = ht.tau_posterior(y.iloc[:J], se.iloc[:J], prior, PRIORS[prior])
            below = np.array([p.below(t) for t in tau_line])
            density = np.gradient(below, np.log(tau_line))
            ax.plot(tau_line, density, dash, lw=2, color=colour, label=label)
        ax.set(xscale="log", xlabel="tau (points, log scale)", title=f"{J} schools")
    axes[0].set_ylabel("density on the log scale")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=9)

# %% tags=["predict"]
Prediction(
    "Four schools, and two priors that both are called vague: uniform(0, 1000) on tau, and inverse gamma(0.001, 0.001) on tau². "
    "By what factor do their posterior medians of tau differ?",
    ["less than 1.5", "about 3", "more than 10"],
    answer=0 if factor < 1.7 else 1 if factor < 6 else 2,
    because="Four estimates hardly rule out any tau, so what stands on the page is mostly the prior.",
    figure=fig,
    alt=f"Posteriors of tau under three priors. With 4 schools the medians are {four['median of tau']['uniform(1000)']:.1f} (uniform), "
    f"{four['median of tau']['half_normal(10)']:.1f} (half-normal) and {four['median of tau']['inverse_gamma(0.001)']:.2f} points (inverse gamma). "
    f"With 8 schools: {eight['median of tau']['uniform(1000)']:.1f}, {eight['median of tau']['half_normal(10)']:.1f} and {eight['median of tau']['inverse_gamma(0.001)']:.2f}.",
)

# %% [markdown]
# The medians are {{10.8 = four["median of tau"]["uniform(1000)"] | .1f}} and {{0.75 = four["median of tau"]["inverse_gamma(0.001)"] | .2f}} points: a factor of {{14 = factor | .0f}}, from the same four numbers. For
# school A it means {{16.8 = four["school A"]["uniform(1000)"] | .1f}} points or {{10.8 = four["school A"]["inverse_gamma(0.001)"] | .1f}}. The uniform errs on the other side: it still gives a
# $\tau$ of {{82 = four["97.5 %"]["uniform(1000)"] | .0f}} points a chance, in a test where an SD of all pupils is about a hundred.
#
# So no prior is neutral when groups are few. Say what you know: could courses differ by fifty points? Hardly. A half-normal with a scale of ten points puts
# {{95 = 100 * prior_share | .0f}} percent below twenty, and is a [weakly informative prior](glossary.md#weakly-informative-prior): it rules out the absurd and leaves the rest open. Then try another
# scale, and report whether anything changes.
#
# ## The wrong analysis, live: let the default decide
#
# What does it cost to take a "vague" default? Draw three hundred sets of four schools in which the truth is known, $\tau = {{10 = true_tau | .0f}}$ points, and analyse each under three priors.

# %% tags=["wrong-analysis"]
true_tau, rng = 10.0, np.random.default_rng(SEED)
errors = se.iloc[:4].to_numpy(float)
prior_share = halfnorm(scale=10).cdf(20)
scores = {prior: [] for prior in shown}
for _set in range(300):
    truth = rng.normal(8, true_tau, 4)
    result = rng.normal(truth, errors)
    for prior in shown:
        p = ht.tau_posterior(result, errors, prior, PRIORS[prior])
        missed = (np.abs(p.estimate - truth) > 1.96 * p.sd).mean()
        miss = np.sqrt(np.mean((p.estimate - truth) ** 2))
        scores[prior].append([p.quantile(0.5), p.quantile(0.975), 100 * missed, miss])
middle, mean = np.median(list(scores.values()), axis=1), np.mean(list(scores.values()), axis=1)
damage = pd.DataFrame(
    np.hstack([middle[:, :2], mean[:, 2:]]),
    index=[label for label, *_ in shown.values()],
    columns=["median of tau", "97.5 % of tau", "% of schools outside ± 1.96 SD", "typical error of a school"],
)
damage.round(1)

# %% [markdown]
# In the middle of the three hundred sets the inverse gamma says {{1 = damage["median of tau"].iloc[2] | .0f}} where the truth is {{10 = true_tau | .0f}}, and its intervals of ninety-five percent miss {{10 = damage["% of schools outside ± 1.96 SD"].iloc[2] | .0f}} percent of
# the schools, twice as many as they should: false certainty. The uniform misses few, but says {{14 = damage["median of tau"].iloc[0] | .0f}} and lets $\tau$ reach {{95 = damage["97.5 % of tau"].iloc[0] | .0f}}, and its estimates lie
# {{10.0 = damage["typical error of a school"].iloc[0] | .1f}} points off, against {{8.9 = damage["typical error of a school"].iloc[1] | .1f}} with the half-normal. That one was chosen with knowledge of the test, and that is the point of it. It is not the truth either:
# it says {{6 = damage["median of tau"].iloc[1] | .0f}}, misses {{7 = damage["% of schools outside ± 1.96 SD"].iloc[1] | .0f}} percent, and would do worse where $\tau$ is much larger than its scale.

# %% [markdown] exercise="vague_but_far" concepts=[81]
# ### Your turn: make two vague priors disagree
#
# Make a DataFrame `vague_but_far` with the columns `y` and `se`: four groups, with `5 <= se <= 20` and `-100 <= y <= 100`. Under the priors `("uniform", 1000)` and
# `("inverse_gamma", 0.001)` of `tau_posterior` the estimates of the *first* group should differ by eight points or more. And yet the inverse gamma should leave a $\tau$ above ten some chance: at least five percent.

# %% exercise="vague_but_far"
vague_but_far = ...
### BEGIN SOLUTION
vague_but_far = pd.DataFrame({"y": [40.0, 0.0, 5.0, -5.0], "se": [20.0, 12.0, 12.0, 12.0]})
### END SOLUTION

# %% [markdown] exercise="my_full_bayes" concepts=[79, 80]
# ### Your turn: full Bayes for a school of your own
#
# `my_schools` holds five schools that are yours alone, with the columns `school`, `effect` and `se`, in points. Nobody expects courses to differ by more than about twenty points, so take the prior `("half_normal", 10)`
# on $\tau$, and $\mu$ flat. Store the posterior mean of the effect of the *first* school in `my_full_bayes`; two decimals are enough.

# %% exercise="my_full_bayes"
my_full_bayes = ...
### BEGIN SOLUTION
my_full_bayes = ht.tau_posterior(my_schools["effect"], my_schools["se"], "half_normal", 10).estimate[0]
### END SOLUTION

# %% [markdown]
# ## A model for a sampler
#
# A grid serves two or three unknowns. The ten schools of lesson 02, with an intercept and a slope of homework for each, have twenty-five. Here a *sampler* takes over: it walks through the space of
# all unknowns so that it spends its time where the posterior is high, and the places it visits are **draws** from the posterior. The model is written down line by line, in PyMC.
#
# `prepare` turns it into machine code, some ten seconds; then the sampler, NUTS by name, walks for two. If PyMC is not installed, a sentence will say so, and three hundred
# stored draws of the same posterior take the place of the walk, with the diagnostics of the run from which they come. Their numbers differ a little from those in the text.

# %%
pupils = ht.load("schools10")
school_of, school_names = pd.factorize(pupils["school"], sort=True)
homework, math = pupils["homework"].to_numpy(float), pupils["math"].to_numpy()


def homework_model():
    import pymc as pm

    with pm.Model(coords={"school": school_names, "pupil": np.arange(len(pupils))}) as model:
        mu_a = pm.Normal("mu_a", 40, 50)
        sigma_a = pm.HalfNormal("sigma_a", 50)
        mu_b = pm.Normal("mu_b", 0, 10)
        sigma_b = pm.HalfNormal("sigma_b", 5)
        a = pm.Normal("a", mu_a, sigma_a, dims="school")
        b = pm.Normal("b", mu_b, sigma_b, dims="school")
        eps = pm.HalfCauchy("eps", 5)
        pm.Normal("math", a[school_of] + b[school_of] * homework, eps, observed=math, dims="pupil")
    return model


lines = sampling.prepare(homework_model, stored="homework")
show(
    plots.model_graph(lines.graph),
    "The model of homework in ten schools. " + narrate.model_graph(lines.graph),
)

# %% [markdown]
# Read the graph upward from the grey node. A pupil's score depends on `eps` and on the intercept `a` and the slope `b` of the school. These come from the four parameters on top. A node into which no arrow goes carries a prior, and the dashed boxes say what there is one of for each school or pupil.
# (`sigma_a` and `sigma_b` are the SDs between schools, our $\tau$; `f(a, b)` is the school's line.)

# %% [markdown] concepts=[82]
# ## Before the data: what do the priors believe?
#
# Do these priors know what a mathematics score is? Ask them. Draw parameters from the priors, and from them the mean score of a school at three steps of homework. This is a
# [prior predictive check](glossary.md#predictive-check).

# %%
rng = np.random.default_rng(SEED)
N = 4000
prior_a = rng.normal(rng.normal(40, 50, N), np.abs(rng.normal(0, 50, N)))
prior_b = rng.normal(rng.normal(0, 10, N), np.abs(rng.normal(0, 5, N)))
prior_score = prior_a + 3 * prior_b
absurd = 100 * np.mean((prior_score < 0) | (prior_score > 100))

homework_draws = lines.sample(seed=SEED, draws=2000)
table = homework_draws.summary()
mu_b, eps = homework_draws["mu_b"], homework_draws["eps"]
slopes = homework_draws["b"]
table.loc[["mu_a", "sigma_a", "mu_b", "sigma_b", "eps"]].round(3)

# %% [markdown]
# {{50 = absurd | .0f}} percent of the schools that these priors imagine have a *mean* score below zero or above a hundred, which the test does not even give. They are far wider than what anybody knows. Is that bad? Not here:
# {{260 = len(pupils) | d}} pupils in ten schools overrule it. With four schools the priors would speak. Make the check before the data, and you know.
#
# ## Can the draws be trusted?
#
# The table above holds the posterior, from four *chains*, walks that started at different places, with two thousand draws each. Four numbers say whether the walk may be believed:
#
# - **`r_hat`** compares the four chains. If they have all seen the same landscape, it is nearly one; above `1.01`, do not use the draws. The largest of the twenty-five here is below that.
# - **`ess`**: successive draws resemble each other, so eight thousand of them are worth fewer independent ones. Four hundred are enough for a mean.
# - **`mcse`**, the Monte Carlo error, says the same in points: another seed would move the mean slope by about so much. It is in the second decimal, so of the slope not more than one decimal can be trusted.
# - **Divergences**: the number of times the walk broke off because the landscape bent too sharply for its steps. Here there are none. In the funnel below there will be many.
#
# None of these says that the *model* is right. At best they say that the draws are draws from it; four walks may also have missed the same place.

# %%
print(
    f"r_hat up to {table['r_hat'].max():.3f}, ess from {table['ess'].min():.0f}, {homework_draws.divergences} divergences"
)
print(
    f"mean slope {mu_b.mean():.2f} (SD {mu_b.std():.2f}, Monte Carlo error {table.loc['mu_b', 'mcse']:.3f})"
)

reml_fit = ht.lmm("math ~ homework + (1 + homework | school)", pupils)
theirs = smf.mixedlm("math ~ homework", pupils, groups="school", re_formula="~homework").fit()
pd.DataFrame(
    {
        "posterior mean": [homework_draws[k].mean() for k in ("mu_a", "mu_b", "sigma_a", "sigma_b", "eps")],
        "REML": [*reml_fit.fixef, *reml_fit.varcorr["school"].sd, reml_fit.sigma],
        "statsmodels": [*theirs.fe_params, *np.sqrt(np.diag(theirs.cov_re)), np.sqrt(theirs.scale)],
    },
    index=["intercept", "slope", "SD of intercepts", "SD of slopes", "residual SD"],
).round(1)

# %% [markdown]
# The mean slope is about {{2 = mu_b.mean() | .0f}} points per step of homework, as REML and `statsmodels` have it, and the residual SD {{6.6 = eps.mean() | .1f}}. The SDs between schools come out a little larger: their posterior is
# skewed, and its mean lies to the right of its top. (This model also has no correlation of intercepts and slopes. We come back to it.) What is new is what we can ask. In how many schools is the slope below
# zero, and how sure are we?

# %%
above = (slopes > 0).mean().rename("P(slope > 0)")
some = np.random.default_rng(SEED).choice(len(slopes), 40, replace=False)
intercepts = homework_draws["a"]
with plots.style():
    facets = sns.FacetGrid(pupils, col="school", col_wrap=5, col_order=school_names, height=1.75, aspect=0.86)
    facets.map_dataframe(sns.scatterplot, x="homework", y="math", s=9, color=GREY, ec=None)
    for name, ax in facets.axes_dict.items():
        for k in some:
            ax.plot([0, 7], intercepts[name].iloc[k] + slopes[name].iloc[k] * np.array([0, 7]),
                    color=GREEN, lw=0.5, alpha=0.35)  # fmt: skip
        ax.set_title(f"{name}: {above[name]:.2f}", fontsize=9)
    facets.set(ylim=(20, 80), yticks=[20, 40, 60, 80])
    for k, ax in enumerate(facets.axes):
        ax.tick_params(labelleft=k % 5 == 0, labelbottom=k >= 5)
    facets.set_axis_labels("homework", "math")
show(
    facets.figure,
    "Ten panels, a school each: its pupils and forty lines drawn from the posterior; above each the probability that the slope is "
    f"positive. It is below 0.05 in {(above < 0.05).sum()} schools and above 0.95 in {(above > 0.95).sum()}.",
)

# %% [markdown]
# Above each panel stands the probability that this school's slope is positive: the share of draws in which it is. In {{3 = (above < 0.05).sum() | d}} schools it is below one in twenty, in {{6 = (above > 0.95).sum() | d}} above
# nineteen in twenty. Note how the lines of a school with little spread in homework fan out. This is a statement about the school's slope, given data, model and priors, and it may be said as it is; a p-value may not.
#
# **After the data: would the model make such pupils?** Draw a new score for every pupil from each of a thousand draws, and compare something that the model was not fitted to. This is a [posterior predictive check](glossary.md#predictive-check).

# %%
chosen = np.random.default_rng(SEED).choice(len(slopes), 1000)
means_drawn = intercepts.to_numpy()[chosen][:, school_of] + slopes.to_numpy()[chosen][:, school_of] * homework
replica = np.random.default_rng(SEED).normal(means_drawn, eps.to_numpy()[chosen, None])
checks = pd.DataFrame(
    {
        name: [f(math), *np.quantile(made, [0.025, 0.975]), 100 * np.mean(made <= f(math))]
        for name, f in (("highest", np.max), ("lowest", np.min))
        for made in [f(replica, axis=1)]
    },
    index=["observed", "replicas, 2.5 %", "replicas, 97.5 %", "% of replicas below"],
).T
checks.round(1)

# %% [markdown]
# The lowest score is an ordinary one. The highest, {{77 = math.max() | .0f}} points, lies at the edge: a normal distribution expects somebody far above the others, up to about a hundred, and only a few replicas in a hundred do not have one. In a real test one would suspect a ceiling. (Here the rows were drawn by a
# program around the schools' lines, so look for no story.) Such a check says *where* a model may be wrong, not whether that matters. For the slopes it hardly does; for a prediction of the best pupil it would.

# %% [markdown] concepts=[84]
# ## A prior for the correlation
#
# In the model above intercepts and slopes know nothing of each other, and bambi's formulas cannot say otherwise. REML finds a correlation of {{−0.81 = rho_reml | .2f}}. To estimate it, it needs a prior as well. The usual one is
# called LKJ and has one number, $\eta$; for two coefficients its density is simply $(1 - \rho^2)^{\eta - 1}$. With $\eta = 1$ it is flat from minus one to one; with $\eta = 2$ it is a dome that is zero at both ends, so that a correlation of exactly one, as at a
# boundary, cannot be the top. In PyMC one writes
#
# ```python
# chol, corr, sds = pm.LKJCholeskyCov("chol", n=2, eta=2, sd_dist=pm.HalfNormal.dist([50, 5]))
# ```
#
# For one predictor the library can do without a chain: three numbers on a grid, the rest in closed form, as exact as for the eight schools. Many textbooks take flat priors for all of it, `N(0, 1000)` for the means,
# `U(0, 1000)` for the SDs and `U(-1, 1)` for $\rho$. Does it matter? Draw under the flat priors, from all ten schools and from the first four. Then give each draw the weight of a weakly informative prior instead: half-normals with the scales fifty and five as above, and LKJ with $\eta = 2$.

# %%
rho_reml = reml_fit.varcorr["school"].corr.iloc[0, 1]
samples = {
    J: lines_posterior(
        pupils[pupils["school"].isin(school_names[:J])], "homework", "math", "school",
        size=20_000, rng=np.random.default_rng(SEED),
    )
    for J in (4, 10)
}  # fmt: skip


def quantiles(values, weight):
    """Return the median and the ends of the central 95 percent of weighted draws."""
    order = np.argsort(values)
    return values[order][np.searchsorted(np.cumsum(weight[order]) / weight.sum(), [0.5, 0.025, 0.975])]


rows = {}
for J, d in samples.items():
    weak = np.exp(-0.5 * (d["tau_a"] / 50) ** 2 - 0.5 * (d["tau_b"] / 5) ** 2) * (1 - d["rho"] ** 2)
    for prior, weight in (("flat", np.ones(len(d))), ("weak", weak.to_numpy())):
        rows[J, prior] = {
            f"{label}{end}": value
            for label, column in (("slope", "mu_b"), ("SD of slopes", "tau_b"), ("rho", "rho"))
            for end, value in zip(
                ("", ", 2.5 %", ", 97.5 %"), quantiles(d[column].to_numpy(), weight), strict=True
            )
        }
flat_or_weak = pd.DataFrame(rows).rename_axis(columns=["schools", "priors"])
flat_or_weak.round(1)

# %% [markdown]
# With ten schools the two columns nearly agree: the SD of the slopes is {{5.2 = flat_or_weak.loc["SD of slopes", (10, "flat")] | .1f}} or {{4.6 = flat_or_weak.loc["SD of slopes", (10, "weak")] | .1f}}. With four the flat priors give the SD of slopes a range up to
# about {{40 = round(flat_or_weak.loc["SD of slopes, 97.5 %", (4, "flat")], -1) | .0f}} points per step, on a test whose scores span {{54 = np.ptp(math) | .0f}}, and the mean slope an interval from {{−14 = flat_or_weak.loc["slope, 2.5 %", (4, "flat")] | .0f}} to {{13 = flat_or_weak.loc["slope, 97.5 %", (4, "flat")] | .0f}}.
# Weak priors more than halve both. And the correlation, which REML gives with two decimals, runs from {{−0.9 = flat_or_weak.loc["rho, 2.5 %", (10, "weak")] | .1f}} to {{−0.1 = flat_or_weak.loc["rho, 97.5 %", (10, "weak")] | .1f}} even with ten schools.

# %% [markdown] concepts=[83]
# ## The funnel
#
# Back to the eight schools, now with the sampler. There are two ways to write the same model. **Centred**: `theta ~ Normal(mu, tau)`, as one says it. **Non-centred**: `z ~ Normal(0, 1)`, and `theta = mu + tau * z`. On paper it makes no
# difference. For the walk it does. In the centred form a small $\tau$ forces all eight effects into a narrow neck, and the steps that were right outside are too coarse there: a *funnel*. In the model below, `w = 0` is the centred form and `w = 1` the
# non-centred, so one compiled model serves for both.


# %%
def both_forms():
    import pymc as pm

    with pm.Model(coords={"school": y.index}) as model:
        w = pm.Data("w", 1.0)
        mu = pm.Normal("mu", 0, 1000)
        tau = pm.HalfNormal("tau", 25)
        z = pm.Normal("z", (1 - w) * mu, tau ** (1 - w), dims="school")
        theta = pm.Deterministic("theta", w * mu + tau**w * z, dims="school")
        pm.Normal("effect", theta, se.to_numpy(float), observed=y.to_numpy(float), dims="school")
    return model


forms = sampling.prepare(both_forms, stored="forms")
walks = {"centred": forms.sample(seed=SEED, w=0.0), "non-centred": forms.sample(seed=SEED, w=1.0)}
exact = ht.tau_posterior(y, se, "half_normal", 25)
columns = ["mean of tau", "mcse", "% below 1 point", "divergences", "ess of tau", "r_hat of tau"]
rows = {"exact grid": [f"{exact.mean:.2f}", "", f"{100 * exact.below(1):.1f}", "", "", ""]}
for form, walk in walks.items():
    of_tau = walk.summary(["tau"]).loc["tau"]
    rows[form] = [
        f"{of_tau['mean']:.2f}",
        f"{of_tau['mcse']:.2f}",
        f"{100 * (walk['tau'] < 1).mean():.1f}",
        f"{walk.divergences} of {walk.diverging.size}",
        f"{of_tau['ess']:.0f}",
        f"{of_tau['r_hat']:.3f}",
    ]
pd.DataFrame.from_dict(rows, orient="index", columns=columns)

# %%
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.6), layout="constrained", sharex=True, sharey=True)
    for ax, (form, walk) in zip(axes, walks.items(), strict=True):
        broke = walk.diverging.ravel()
        effect, log_tau = walk["theta"]["A"], np.log(walk["tau"])
        ax.plot(effect, log_tau, ".", ms=2, color=GREY, alpha=0.4)
        ax.plot(effect[broke], log_tau[broke], "x", ms=6, mew=1.5, color=RED, label="divergence")
        ax.axhline(0, ls=":", color=plots.COLOURS["line"])
        ax.set(title=form, xlabel="effect of school A (points)", xlim=(-20, 50), ylim=(-4, 4))
        ax.legend(loc="lower right")
    axes[0].set_ylabel("log tau")
show(
    fig,
    "Draws of log tau against the effect of school A. Centred: a funnel whose neck, below tau = 1, is nearly empty, with "
    f"{'dozens of' if walks['centred'].divergences > 20 else 'some'} divergences around it. Non-centred: the neck is filled down to log tau = -4.",
)

# %% [markdown]
# The exact grid knows the truth: {{11 = 100 * exact.below(1) | .0f}} percent of the posterior lies below one point. The centred walk hardly gets there, so its mean of $\tau$ is too high; it broke off again and again, and `r_hat` or `ess` warns as well. Divergences are not noise to be
# filtered out: they mark the region that is missing. The non-centred walk agrees with the grid about as well as its Monte Carlo error allows. (A handful of divergences may be left, mostly at *large* $\tau$, where this form has a bend of its own. Beside the grid, nothing is missing there.)
#
# Is non-centred always better? No. It is better where the groups' data are weak, as here, with standard errors larger than $\tau$. The ten schools above were written in the centred form and ran without a divergence, because each school's pupils say clearly enough where its line lies. bambi takes the
# non-centred form unless you say otherwise.

# %% [markdown] exercise="read_the_chains" concepts=[83]
# ### Your turn: read the diagnostics
#
# Choose for each blank one of its options, word for word.
#
# - Four chains give `r_hat` of `1.3` for $\tau$. The next thing to do is ___ (`r_hat`): `"report the posterior mean with its interval"`, `"not use these draws, and find out why the chains differ"`, `"take only the chain with the largest mean"`.
# - A mean slope of `1.96` points has `mcse` `0.02` and posterior SD `1.6`. Running ten times longer would mainly ___ (`longer`): `"shrink the 1.6"`, `"make the slope significant"`, `"shrink the 0.02"`.
# - Eight groups with very noisy means, centred form, `80` divergences. The best next step is ___ (`eighty`): `"write the model in the non-centred form"`, `"delete the divergent draws"`, `"remove the groups"`.
# - `80` divergences near small $\tau$ mean that the reported $\tau$ is probably ___ (`direction`): `"too small"`, `"too large"`, `"unaffected"`.
# - All `r_hat` are `1.00`, no divergences. The most that this can tell is that ___ (`all_well`): `"the draws come from the posterior of this model"`, `"the model fits the data"`, `"the priors did not matter"`.

# %% exercise="read_the_chains"
read_the_chains = {"r_hat": ..., "longer": ..., "eighty": ..., "direction": ..., "all_well": ...}
### BEGIN SOLUTION
read_the_chains = {
    "r_hat": "not use these draws, and find out why the chains differ",
    "longer": "shrink the 0.02",
    "eighty": "write the model in the non-centred form",
    "direction": "too large",
    "all_well": "the draws come from the posterior of this model",
}
### END SOLUTION

# %% [markdown]
# ## Intervals that vanished, repaired
#
# In lesson 08 the visitors of a web site in eight English counties gave a boundary fit: how long they stayed, by age, with a correlation of exactly one between intercepts and slopes. If that correlation were *known*, a county's slope would follow from its
# intercept, and the data know the intercepts well. So the intervals for the counties' slopes all but vanish. Here are the counties in bambi, which leaves the correlation out. A formula is enough; `age` is centred, and its unit is one SD, {{22 = bounce["age"].std() | .0f}} years.
# The priors say something: a mean slope of one, give or take one, and slopes that differ by about as much. So the last column of the table has them flat, by the grid.

# %%
bounce = ht.load("bounce")
bounce["age_s"] = (bounce["age"] - bounce["age"].mean()) / bounce["age"].std()


def bounce_model():
    import bambi as bmb

    def spread():
        return bmb.Prior("Normal", mu=0, sigma=bmb.Prior("HalfCauchy", beta=1))

    priors = {
        "Intercept": bmb.Prior("Normal", mu=200, sigma=100),
        "age_s": bmb.Prior("Normal", mu=1, sigma=1),
        "1|county": spread(),
        "age_s|county": spread(),
        "sigma": bmb.Prior("HalfCauchy", beta=1),
    }
    formula = "bounce ~ age_s + (1 + age_s | county)"
    return bmb.Model(formula, bounce, priors=priors, center_predictors=False)


counties = sampling.prepare(bounce_model, stored="bounce").sample(seed=SEED, draws=4000, target_accept=0.9)
deviation = counties["age_s|county"]
county_slopes = deviation.add(counties["age_s"], axis=0)
at_boundary = ht.lmm("bounce ~ age_s + (1 + age_s | county)", bounce)
reml = at_boundary.ranef["county"]["age_s"]
half = 1.96 * at_boundary.ranef_se["county"]["age_s"]
repaired = county_slopes.quantile([0.025, 0.5, 0.975]).T.set_axis(["2.5 %", "slope", "97.5 %"], axis=1)
repaired["covers 0"] = (repaired["2.5 %"] < 0) & (repaired["97.5 %"] > 0)
covers = repaired.index[repaired["covers 0"]].tolist()
flat = lines_posterior(
    bounce, "age_s", "bounce", "county", size=20_000, rng=np.random.default_rng(SEED), independent=True
)
repaired["2.5 %, flat priors"] = flat.filter(like="slope[").quantile(0.025).rename(lambda c: c[6:-1])
low, high = deviation.quantile(0.025), deviation.quantile(0.975)
wider = (high - low).median() / (2 * half.median())
steepest = (county_slopes.rank(axis=1, ascending=False) == 1).mean()
row = np.arange(len(repaired))
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.8), layout="constrained", sharey=True)
    axes[0].errorbar(reml, row + 0.13, xerr=half, fmt="s", ms=4, color=RED, label="REML")
    axes[0].hlines(row - 0.13, low, high, color=GREEN, lw=1.5)
    axes[0].plot(deviation.median(), row - 0.13, "D", ms=4, color=GREEN, label="posterior")
    axes[1].hlines(row, repaired["2.5 %"], repaired["97.5 %"], color=GREEN, lw=1.5)
    axes[1].plot(repaired["slope"], row, "D", ms=4, color=GREEN)
    for ax, title in zip(axes, ("Deviation from the mean slope", "The slopes"), strict=True):
        ax.axvline(0, color=plots.COLOURS["line"], lw=0.8)
        ax.set(xlabel="seconds per SD of age", title=title)
    axes[0].set_yticks(row, [f"{c} ({n})" for c, n in bounce.groupby("county").size().items()])
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=9)

# %% tags=["predict"]
Prediction(
    f"The boundary fit puts Kent's slope above all others, at {reml['kent']:.2f} ± {half['kent']:.2f} from the mean. "
    "How probable is it, by the posterior, that Kent's is the steepest of the eight?",
    ["above 90 percent", "about 50 percent", "below 25 percent"],
    answer=0 if steepest["kent"] > 0.7 else 1 if steepest["kent"] > 0.375 else 2,
    because="The order at the boundary was that of the intercepts; about the slopes themselves the data say little.",
    figure=fig,
    alt=f"Slopes of eight counties with 95 percent intervals. Left, deviations from the mean slope: by REML intervals of a few hundredths, by the "
    f"posterior about {wider:.0f} times as wide, all around 0. Right, the slopes themselves: {len(covers)} of 8 intervals cover 0.",
)

# %%
repaired.round(2)

# %% [markdown] concepts=[85]
# REML gives the deviations ± {{0.02 = half.min() | .2f}} to {{0.10 = half.max() | .2f}} seconds; the intervals of the posterior are some thirty times as wide. No vanishing, because the posterior does not pick one $\tau$. The slopes themselves have intervals that cover zero in {{4 = len(covers) | d}} counties, Essex, Kent, London and Norfolk;
# a grid that has the correlation, with the same priors, names the same four. Under flat priors it is {{6 = (repaired["2.5 %, flat priors"] < 0).sum() | d}}. Eight groups are few, and part of the list is the prior's: state it. (The simulation behind these lines had no effect of age inside any county.)
#
# **Ranks.** A rank is a function of all slopes at once, and a draw has all of them: rank within each draw, then count. Kent's slope is the steepest in about one draw out of seven. By lot it would be one out of {{8 = len(steepest) | d}}. So the data do not know the order, and a league table of these slopes is a table of chance.
# Among the ten schools of homework they know more: the steepest slope belongs to school `7930` in about two draws out of three.

# %%
top = (slopes.rank(axis=1, ascending=False) == 1).mean().sort_values(ascending=False)
print("chance to be the steepest:", top.head(4).round(2).to_dict())

# %% [markdown] exercise="chance_of_top" concepts=[85]
# ### Your turn: the probability to be among the best
#
# Write `chance_of_top(draws, k)`. `draws` is an array with a row for each draw and a column for each group. Return an array with, for each group, the probability that its value is among the `k` largest of all groups.


# %% exercise="chance_of_top"
def chance_of_top(draws, k):
    """Return for each group the probability to be among the k largest."""
    ### BEGIN SOLUTION
    draws = np.asarray(draws)
    place = np.argsort(np.argsort(-draws, axis=1), axis=1)
    return (place < k).mean(axis=0)
    ### END SOLUTION


# %% [markdown] exercise="flaws_of_priors" concepts=[81, 82]
# ### Your turn: find the flaws in a report
#
# Five sentences from one report about four hospitals. Give each of them the label that fits: `"sound"`, `"prior taken for neutral"`, `"check that cannot tell"`, `"plug-in taken for known"`.
#
# 1. > *To let the data speak we gave the variance between hospitals the uninformative prior `IG(0.001, 0.001)`.* (`sentence_1`)
# 2. > *With a half-normal of twice the scale the median of $\tau$ doubles too, so we report both.* (`sentence_2`)
# 3. > *REML gave $\hat\tau = 0$, hence each hospital's rate is known to within the standard error of the overall mean.* (`sentence_3`)
# 4. > *All `r_hat` were `1.00`, which confirms that rates are normally distributed over hospitals.* (`sentence_4`)
# 5. > *With `U(0, 1000)` on $\tau$ no assumption enters, so the wide interval is what the four hospitals say.* (`sentence_5`)

# %% exercise="flaws_of_priors"
flaws_of_priors = {
    "sentence_1": ...,
    "sentence_2": ...,
    "sentence_3": ...,
    "sentence_4": ...,
    "sentence_5": ...,
}
### BEGIN SOLUTION
flaws_of_priors = {
    "sentence_1": "prior taken for neutral",
    "sentence_2": "sound",
    "sentence_3": "plug-in taken for known",
    "sentence_4": "check that cannot tell",
    "sentence_5": "prior taken for neutral",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - The distribution of the groups is a prior. Partial pooling is Bayes' rule.
# - Full Bayes averages over $\tau$ instead of picking one, so its intervals do not vanish when the best $\tau$ is zero.
# - With few groups the prior on $\tau$ speaks. None is neutral: state it, and try another.
# - Check priors by what they predict, and models by what they would replicate.
# - Believe draws only with `r_hat` below `1.01`, enough `ess`, no divergences. Weak group data: non-centred.
# - A correlation needs a prior as well.
# - Probabilities of signs and ranks are counts of draws.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapters 16 to 19 for fitting by simulation and priors, chapter 13 for correlated coefficients.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 13 for the Bayesian view and the effect of priors on $\tau$.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 12 for Bayesian estimation.
# - Gelman and others (2013), *Bayesian Data Analysis*: chapter 5 for the eight schools. Gelman (2006), "Prior distributions for variance parameters in hierarchical models", *Bayesian Analysis*. Betancourt and Girolami (2013), "Hamiltonian Monte Carlo for
#   hierarchical models", for the funnel.
