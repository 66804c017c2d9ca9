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
# # Lesson 11: Binary outcomes
#
# The Bangladesh Fertility Survey of 1988 asked women whether they used contraception. Here are the answers of {{1934 = len(women) | d}}, in {{60 = len(districts) | d}} districts. In one district both of the {{2 = districts.loc["3", "n"] | d}} women who were asked said yes; in another none of {{21 = districts.loc["11", "n"] | d}} did.
# Do the districts really run from nobody to everybody, and what would you believe of these two?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd
from scipy.special import expit, logit  # from log odds to p, and from p to log odds
from scipy.stats import norm

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_homes = assignment_data("ps11", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import Prediction

women = ht.load("contraception")
women["uses"] = (women["use"] == "Y").astype(int)
women["decades"] = women["age"] / 10  # from the mean age
districts = women.groupby("district")["uses"].agg(n="size", users="sum", share="mean")
everyone = women["uses"].mean()
nobody, both = "11", "3"  # the two districts of the question

# %%
at = np.arange(2, 121)
noise = 2 * np.sqrt(everyone * (1 - everyone) / at)
outside = (districts["share"] - everyone).abs() > 2 * np.sqrt(everyone * (1 - everyone) / districts["n"])
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 3.6), layout="constrained")
    ax.fill_between(
        at,
        np.clip(everyone - noise, 0, 1),
        np.clip(everyone + noise, 0, 1),
        color=plots.COLOURS["faint"],
        lw=0,
        label="where 95 in 100 would lie if districts were all alike",
    )
    ax.axhline(everyone, color=plots.COLOURS["line"], lw=1)
    ax.plot(
        districts["n"], districts["share"], "o", mfc="none", color=plots.COLOURS["none"], label="a district"
    )
    for name in ("3", "11", "49"):
        ax.annotate(name, (districts.loc[name, "n"] + 1.5, districts.loc[name, "share"]), va="center", size=9)
    ax.set(xlabel="women asked in the district", ylabel="share who use contraception", ylim=(-0.04, 1.09))
    ax.legend(loc="upper right")
show(
    fig,
    f"Shares of {len(districts)} districts against the number of women asked. Districts of fewer than ten run from 0 to 1, those of more "
    f"than forty from {districts['share'][districts['n'] > 40].min():.2f} to {districts['share'][districts['n'] > 40].max():.2f}. "
    f"{outside.sum()} of {len(districts)} lie outside the band around {everyone:.2f} that chance alone explains.",
)

# %% [markdown]
# Small districts stand at both ends, as always. But {{13 = outside.sum() | d}} of the districts lie outside the grey band, where two or three would
# if all were alike. So districts differ, by less than their raw shares say. In lesson 03 we would now shrink. With zeros and ones
# three things are new: the scale, the meaning of a coefficient, and what an average is.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **fit** a varying-intercept logit model, and **explain** how a district without any user gets a finite estimate;
# - **translate** logits into odds ratios and into percentage points for a stated person;
# - **compute** a latent ICC and a median odds ratio, and **say** what they do not mean;
# - **separate** the probability in the median group from the mean over groups, and a conditional coefficient from a marginal one;
# - **judge** when a quick approximation, a factor of two or three levels, or a predictor that tells zeros from ones perfectly leads astray.
#
# You need lessons 03 to 08, and logistic regression without groups. Allow seventy minutes, in two sittings if you like: the
# second begins with "Two coefficients, both right". There are six tasks.

# %%
review("11")

# %% [markdown] concepts=[86]
# ## By hand first: one district
#
# A probability $p$ lives between zero and one, a [logit](glossary.md#logit), $\log\frac{p}{1-p}$, anywhere. So let the *logits* of the
# districts have a normal distribution. This is [multilevel](glossary.md#multilevel-model) logistic regression. In levels: $\text{logit}\,p_i = \alpha_{j[i]}$, $\alpha_j = \mu + u_j$. In one line: $\text{logit}\,p_i = \mu + u_{j[i]}$.
# As distributions: $y_i \sim \text{Bernoulli}(p_i)$, $u_j \sim N(0, \tau^2)$. As a formula: `uses ~ 1 + (1 | district)`. There is no $\sigma$: once $p$ is known, so is
# the spread of a zero-or-one, $\sqrt{p(1-p)}$.
#
# On this scale district {{11 = nobody | s}} has no estimate of its own: the logit of zero is minus infinity. Partial pooling gives it one. Take $\mu$ and
# $\tau$ as known for a moment, {{−0.54 = mu | .2f}} and {{0.50 = tau | .2f}}. The best $u_j$ makes two log densities together as large as possible: that of the
# answers, and that of $u_j$ itself. In $u_j$ the first has the derivative $\text{users}_j - n_j p_j$, the second $-u_j/\tau^2$. At the peak their sum is zero:
#
# $$ \underbrace{\text{users}_j}_{\text{observed}} - \underbrace{n_j\,p_j}_{\text{expected}} = \frac{u_j}{\tau^2}. $$
#
# A district may miss its expected number of users, by as many women as its deviation over $\tau^2$. No pooling is
# $\tau = \infty$, where the right side vanishes, and the expected number must *equal* the observed one, zero. Solve for district {{11 = nobody | s}} by halving an interval:

# %%
fit = ht.glmm("uses ~ 1 + (1 | district)", women)
mu, tau = fit.fixef["Intercept"], fit.varcorr["district"].sd["Intercept"]


def balance(u, users, n):
    """Return observed minus expected users, minus what the deviation u costs."""
    return users - n * expit(mu + u) - u / tau**2


low, high = -5.0, 5.0
for _step in range(50):
    middle = (low + high) / 2
    low, high = (middle, high) if balance(middle, users=0, n=21) > 0 else (low, middle)
p_11 = expit(mu + middle)
print(f"by hand u = {middle:.4f}, glmm {fit.ranef['district'].loc['11', 'Intercept']:.4f}")
print(
    f"expected users {21 * p_11:.2f}, so observed - expected = {-21 * p_11:.2f}; u / tau² = {middle / tau**2:.2f}"
)

# %% [markdown]
# The estimate for district {{11 = nobody | s}} is a probability of {{0.184 = p_11 | .3f}}: not nobody, but half of what the typical district has,
# {{0.369 = expit(mu) | .3f}}. (It is the peak of what is known of $u_j$. In lesson 03 peak and mean were one; here they differ a little.) Where do $\mu$ and $\tau$ come from? From the likelihood of all districts, as in lesson 05, except that the average over $u_j$ is
# now an integral without a formula. `glmm` approximates it; a section below asks how well.
#
# How sure is one district? The curvature of the same sum says: $1/\text{se}^2 = n_j p_j (1 - p_j) + 1/\tau^2$. So $n p (1-p)$ plays the part that $n/\sigma^2$ had. A woman
# tells at most a quarter, and less where nearly all answer the same.

# %%
own, estimate = districts["share"], expit(fit.coef["district"]["Intercept"])
se_11 = 1 / np.sqrt(21 * p_11 * (1 - p_11) + 1 / tau**2)
interval_11 = expit(mu + middle + np.array([-1.96, 1.96]) * se_11)
print(f"se by hand {se_11:.4f}, glmm {fit.ranef_se['district'].loc['11', 'Intercept']:.4f}")
gap = 100 * (estimate - expit(mu)).abs()  # from the typical district, in percentage points
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
    order = own.sort_values(kind="stable").index
    place = np.arange(len(order))
    ax.vlines(place, own[order], estimate[order], color=plots.COLOURS["faint"], lw=1.5)
    ax.plot(place, own[order], "o", mfc="none", color=plots.COLOURS["none"], label="own share")
    ax.plot(
        place, estimate[order], "D", ms=4, color=plots.COLOURS["partial"], label="estimate, from its logit"
    )
    ax.axhline(expit(mu), color=plots.COLOURS["line"], lw=1)
    for name, said, side in (("3", "district 3", "right"), ("11", "districts 11, 49", "left")):
        k = list(order).index(name)
        ax.annotate(
            said,
            (k, own[name]),
            (k + (2.2 if side == "left" else -1), own[name]),
            ha=side,
            va="center",
            size=9,
        )
    ax.set(xlabel="districts in the order of their own share", ylabel="share", xticks=[], ylim=(-0.05, 1.05))
    ax.legend(loc="upper left")

# %% tags=["predict"]
Prediction(
    f"District {both} has {districts.loc[both, 'users']} users among {districts.loc[both, 'n']} women, district {nobody} none among "
    f"{districts.loc[nobody, 'n']}. Which estimate ends nearer to the typical district?",
    ["that of district 11", "that of district 3", "both about equally near"],
    answer=2 if abs(gap["3"] / gap["11"] - 1) < 0.2 else int(gap["3"] < gap["11"]),
    because="Two women say little, whatever they say; twenty-one say more.",
    figure=fig,
    alt=f"Own shares of {len(own)} districts, rising from 0 to 1, and their estimates, which run only from {estimate.min():.2f} to "
    f"{estimate.max():.2f} around {expit(mu):.2f}. District 11 goes from 0 to {estimate['11']:.2f}, district 3 from 1 to {estimate['3']:.2f}.",
)

# %% [markdown] concepts=[86]
# District {{3 = both | s}} comes all the way from one down to {{0.44 = estimate["3"] | .2f}}, {{7 = gap["3"] | .0f}} percentage points from the typical district. District {{11 = nobody | s}} stays
# {{18 = gap["11"] | .0f}} points away; its interval runs from {{0.10 = interval_11[0] | .2f}} to {{0.32 = interval_11[1] | .2f}} (given $\mu$ and $\tau$). The estimates go from {{0.18 = estimate.min() | .2f}} to
# {{0.60 = estimate.max() | .2f}}. The highest belongs to district {{14 = estimate.idxmax() | s}}, where
# {{74 = districts.loc["14", "users"] | d}} of {{118 = districts.loc["14", "n"] | d}} women say yes, and not to district {{3 = both | s}}. What lesson 03 found holds on the logit
# scale too, only without a formula to solve: weights by information, a target, a spread of estimates smaller than $\tau$.

# %% [markdown] concepts=[86]
# ## Predictors, and percentage points
#
# What do women differ by? Look first, in shares, by age, by children, and by where they live. (Few childless women are older, so the right end of the second panel is mostly noise.)

# %%
banded = women.assign(
    years=pd.cut(women["age"], [-14, -8, -3, 3, 9, 20], labels=[-11, -5.5, 0, 6, 14]).astype(float),
    place=women["urban"].map({"N": "rural", "Y": "urban"}),
    children=np.where(women["livch"] == "0", "no child", "children"),
)
with plots.style():
    facets = sns.relplot(
        banded, x="years", y="uses", col="children", style="place", hue="place", kind="line", markers=True, errorbar=None,
        palette={"rural": plots.COLOURS["complete"], "urban": plots.COLOURS["none"]}, height=3.0, aspect=1.15,
        style_order=["rural", "urban"], hue_order=["rural", "urban"],
    )  # fmt: skip
    facets.set_axis_labels("age, years from the mean", "share who use contraception")
    facets.set_titles("{col_name}")
    facets.legend.set_title("")
seen = banded.groupby(["children", "place"])["uses"].mean()
show(
    facets.figure,
    f"Share of users by age in two panels, lines for urban and rural women. With children: highest in the middle of the ages, "
    f"{seen['children', 'urban']:.2f} overall in towns and {seen['children', 'rural']:.2f} in the country. Without a child: "
    f"{seen['no child', 'urban']:.2f} and {seen['no child', 'rural']:.2f}.",
)

# %%
ages = ht.glmm("uses ~ decades + I(decades**2) + urban + livch + (1 | district)", women)
odds_ratio = np.exp(ages.fixef["urban[T.Y]"])
print(ages.summary())

# %% [markdown]
# Among mothers the share is highest in the middle of the ages, so the model has the square of age. (R's `glmer` finds the same deviance,
# {{2372.7 = ages.deviance | .1f}}.) Read the urban coefficient, {{0.70 = ages.fixef["urban[T.Y]"] | .2f}}, in three steps.
#
# - **Logits**: a town adds {{0.70 = ages.fixef["urban[T.Y]"] | .2f}} to the logit, for two women of one district alike in age and children.
# - **Odds**: its exponential says that the odds are {{2.01 = odds_ratio | .2f}} times as large. This is the [odds ratio](glossary.md#odds-ratio). It is *not* "twice as likely".
# - **Percentage points**: there is no single number, because the curve is flat at its ends. So name a person: mean age, two children, the median district.
#   In the country {{47 = 100 * person["N", "2"] | .0f}} percent, in a town {{64 = 100 * person["Y", "2"] | .0f}}: {{17 = 100 * (person["Y", "2"] - person["N", "2"]) | .0f}} points more.
#   Without a child it is {{26 = 100 * person["N", "0"] | .0f}} and {{42 = 100 * person["Y", "0"] | .0f}} percent: {{15 = 100 * (person["Y", "0"] - person["N", "0"]) | .0f}} points.
#
# A quarter of the coefficient, {{17 = 25 * ages.fixef["urban[T.Y]"] | .0f}} points, is the most that it can make. Asked for one number for all,
# switch every woman from country to town, keep all else, and average the differences: {{15 = 100 * switched | .0f}} points.

# %%
someone = pd.DataFrame([(u, c) for u in "NY" for c in ("0", "2")], columns=["urban", "livch"]).assign(
    decades=0.0, district="any"
)
someone["p"] = ages.predict(someone, new_groups="zero")
person = someone.set_index(["urban", "livch"])["p"]
switched = (ages.predict(women.assign(urban="Y")) - ages.predict(women.assign(urban="N"))).mean()
both_vary = ht.glmm("uses ~ decades + I(decades**2) + urban + livch + (1 + urban | district)", women)
someone

# %% [markdown]
# (Does a town make the same difference everywhere? `(1 + urban | district)` lowers the deviance by {{12.1 = ages.deviance - both_vary.deviance | .1f}}, for two
# parameters more, so no. The mean urban coefficient is then {{0.77 = both_vary.fixef["urban[T.Y]"] | .2f}}, and less sure: a standard error of {{0.16 = both_vary.fixef_se["urban[T.Y]"] | .2f}} in place of {{0.12 = ages.fixef_se["urban[T.Y]"] | .2f}} (lesson 06). We keep the simpler model, to have one $\tau$ to talk about.)

# %% [markdown] concepts=[87]
# ## How much do districts differ?
#
# $\hat\tau = {{0.48 = tau_ages | .2f}}$ logits. Is that much? Two translations are in use.
#
# **[Median odds ratio](glossary.md#median-odds-ratio).** Draw two districts, and take two women alike in age, children and place, one from each. By how much do their odds differ, the
# higher over the lower? The difference of two deviations is $N(0, 2\tau^2)$, and the median of its size is {{0.674 = quartile | .3f}} times its SD:
#
# $$ \text{MOR} = \exp\!\big(\sqrt 2 \times {{0.674 = quartile | .3f}} \times \tau\big) = {{1.57 = ht.median_odds_ratio(tau_ages) | .2f}} . $$
#
# In half of all such pairs the odds differ by more than {{57 = 100 * (ht.median_odds_ratio(tau_ages) - 1) | .0f}} percent: less than town and country do, with
# {{2.01 = odds_ratio | .2f}}. That is the charm of it: the spread between groups stands on the scale of the predictors. (And how sure is it? `draws(theta="draw")` draws $\tau$ from what the data and a weak prior allow: the middle ninety-five percent give a ratio of {{1.4 = mor_range[0] | .1f}} to {{1.9 = mor_range[1] | .1f}}.)
#
# **[Latent ICC](glossary.md#latent-icc).** Imagine that each woman has a hidden inclination, that it is the linear predictor plus noise with a *logistic* distribution, and that she says
# yes when it is above zero. That gives exactly the logit model, and logistic noise has the variance $\pi^2/3 = {{3.29 = np.pi**2 / 3 | .2f}}$. So
#
# $$ \rho = \frac{\tau^2}{\tau^2 + \pi^2/3} = \frac{ {{0.226 = tau_ages**2 | .3f}} }{ {{0.226 = tau_ages**2 | .3f}} + {{3.290 = np.pi**2 / 3 | .3f}} } = {{0.064 = ht.latent_icc(tau_ages) | .3f}} . $$

# %%
tau_ages = ages.varcorr["district"].sd["Intercept"]
rows_only = ht.glmm("uses ~ decades + I(decades**2) + livch + (1 | district)", women)
tau_rows = rows_only.varcorr["district"].sd["Intercept"]
tau_drawn = np.sqrt(ages.draws(1000, seed=1, theta="draw").cov["district"].ravel())
mor_range = ht.median_odds_ratio(np.quantile(tau_drawn, [0.025, 0.975]))
quartile = norm.ppf(0.75)  # three quarters of a standard normal distribution lie below it
rng = np.random.default_rng(11)
p_drawn = expit(mu + tau * rng.standard_normal(1_000_000))  # districts, from the model without predictors
answers_icc = p_drawn.var() / (p_drawn.mean() * (1 - p_drawn.mean()))
print(
    f"without predictors: latent ICC {ht.latent_icc(tau):.3f}; correlation of two women's answers {answers_icc:.3f}"
)
print("for a rare outcome, mu = -4, and the same tau: ", end="")
rare = expit(-4 + tau * rng.standard_normal(1_000_000))
rare_icc = rare.var() / (rare.mean() * (1 - rare.mean()))
print(f"latent {ht.latent_icc(tau):.3f}, answers {rare_icc:.3f}")

# %% [markdown]
# What the latent ICC does **not** mean:
#
# - It is no share of the women, and none of the districts (lesson 04).
# - It is not the correlation of two women's *answers*. Without predictors the latent ICC is {{0.069 = ht.latent_icc(tau) | .3f}}, and the zeros and ones of two women of one district
#   correlate by {{0.052 = answers_icc | .3f}}. For a rare outcome with the same $\tau$ it would be {{0.005 = rare_icc | .3f}}. A design effect for a proportion needs *this* one.
# - It cannot be lowered at level one. In a linear model a good predictor of rows makes $\sigma^2$ smaller. Here $\pi^2/3$ is a unit, fixed by convention, so instead
#   *all else* is stretched: the other coefficients, and $\tau$. With age and children $\hat\tau$ grows, from {{0.50 = tau | .2f}} to {{0.54 = tau_rows | .2f}}. With town and country, in which districts differ, it falls to {{0.48 = tau_ages | .2f}}.
#   Two things move it at once: do not compare $\hat\tau$ between models as if only one did.

# %% [markdown] exercise="spread_on_two_scales" concepts=[87]
# ### Your turn: two translations of tau
#
# Write `spread_on_two_scales(tau)`. It returns a dict with the keys `"icc"`, the latent ICC, and `"mor"`, the median odds ratio.


# %% exercise="spread_on_two_scales"
def spread_on_two_scales(tau):
    """Return the latent ICC and the median odds ratio of a varying intercept with SD tau, in logits."""
    ### BEGIN SOLUTION
    return {
        "icc": tau**2 / (tau**2 + np.pi**2 / 3),
        "mor": np.exp(np.sqrt(2) * norm.ppf(0.75) * tau),
    }
    ### END SOLUTION


# %% [markdown] concepts=[95]
# ## The mean of probabilities is not the probability of the mean
#
# Two groups, with logits of {{−3 = pair[0] | .0f}} and {{1 = pair[1] | .0f}}. Their mean logit is {{−1 = pair.mean() | .0f}}, a probability of
# {{0.27 = expit(pair.mean()) | .2f}}. Their probabilities are {{0.05 = expit(pair[0]) | .2f}} and {{0.73 = expit(pair[1]) | .2f}}; the mean of *those* is
# {{0.39 = expit(pair).mean() | .2f}}. Both numbers are right. The first belongs to a group in the middle, the second to the people of both groups together. The
# curve from logits to probabilities bends, so the two differ: this is Jensen's inequality, and the mean of the probabilities always lies
# nearer to one half (for a symmetric spread of logits).
#
# So $\text{logit}^{-1}(\hat\mu)$ is the probability in the **median** group. The probability in the **population** of groups is an average over $u$:
#
# $$ \bar p = \int \text{logit}^{-1}(\mu + u)\; N(u \mid 0, \tau^2)\; du \;\approx\; \sum_k w_k\, \text{logit}^{-1}(\mu + \tau x_k), $$
#
# with nodes $x_k$ and weights $w_k$ for a standard normal distribution, which numpy has. This is [quadrature](glossary.md#quadrature), the
# school method of adding up strips with well-chosen strips. How large is the gap, for a median group at ten percent?

# %%
pair = np.array([-3.0, 1.0])
x_k, w_k = np.polynomial.hermite_e.hermegauss(51)
w_k = w_k / w_k.sum()
spreads = np.array([0.0, 0.5, 1.0, 2.0, 3.0])
eta = logit(0.1)
jensen = pd.DataFrame(
    {
        "median group": expit(eta),
        "by our nodes": [w_k @ expit(eta + t * x_k) for t in spreads],
        "library": ht.marginal_probability(eta, spreads),
    },
    index=pd.Index(spreads, name="tau"),
)
new_district = expit(logit(person["N", "2"]) + 1.96 * tau_ages * np.array([-1, 1]))
jensen.round(3)

# %% [markdown]
# With the $\tau$ of the districts, about a half, the gap is one point: {{0.109 = jensen.loc[0.5, "library"] | .3f}} in place of
# {{0.100 = jensen.loc[0.0, "library"] | .3f}}. With a $\tau$ of two, common where the "group" is a *person* asked again and again,
# {{0.10 = jensen.loc[2.0, "median group"] | .2f}} becomes {{0.20 = jensen.loc[2.0, "library"] | .2f}}. So whoever predicts a total, say the number of users in a country, must average probabilities and not logits. (Lesson 12 does
# nothing else.)
#
# One more thing hides in the median group. For a **new** district `predict(..., new_groups="zero")` sets $u = 0$. That is a point, not the whole answer: for our rural mother of two it is
# {{0.47 = person["N", "2"] | .2f}}, but ninety-five in a hundred new districts lie between {{0.26 = new_district[0] | .2f}} and
# {{0.69 = new_district[1] | .2f}}, even if all coefficients were known exactly.

# %% [markdown] exercise="population_probability" concepts=[95]
# ### Your turn: the population's probability
#
# Write `population_probability(eta, tau)`: the mean over groups of the probability, where the groups' logits are $N(\eta, \tau^2)$; both arguments are numbers, and $\tau$ may be zero. Three exact
# decimals are enough. Use nodes and weights, or a fine grid, rather than random draws.


# %% exercise="population_probability"
def population_probability(eta, tau):
    """Return the mean of logit⁻¹(eta + u) over u ~ N(0, tau²)."""
    ### BEGIN SOLUTION
    x, w = np.polynomial.hermite_e.hermegauss(101)
    return w @ expit(eta + tau * x) / w.sum()
    ### END SOLUTION


# %% [markdown] exercise="hidden_majority" concepts=[95]
# ### Your turn: far apart
#
# Make an array `hidden_majority` with the logits of ten groups or more, all between minus eight and eight. The probability *at the mean of the logits* must be
# at most one fifth, and yet the *mean of the groups' probabilities* at least thirty-five percent.

# %% exercise="hidden_majority"
hidden_majority = ...
### BEGIN SOLUTION
hidden_majority = np.repeat([-6.0, 5.0], [12, 8])
### END SOLUTION

# %% [markdown] concepts=[88]
# ## Two coefficients, both right
#
# A drug triples the odds of recovery, and for *every* patient the same: an odds ratio of {{3 = drug | .0f}}. One patient is badly off and recovers with a probability of
# {{0.10 = bad[0] | .2f}}, with the drug {{0.25 = bad[1] | .2f}}. The other is well off: {{0.80 = well[0] | .2f}}, and {{0.92 = well[1] | .2f}}. Of both together,
# {{45 = 100 * share[0] | .0f}} percent recover without the drug and {{59 = 100 * share[1] | .0f}} with it. The odds ratio of *these* two shares is
#
# $$ \frac{ {{0.587 = share[1] | .3f}} \,/\, {{0.413 = 1 - share[1] | .3f}} }{ {{0.450 = share[0] | .3f}} \,/\, {{0.550 = 1 - share[0] | .3f}} } = {{1.73 = odds(share[1]) / odds(share[0]) | .2f}} . $$
#
# Nobody was chosen unfairly, nothing was left out, and no patient responds differently. It is Jensen again. The odds ratio within a patient is called [conditional](glossary.md#conditional-and-marginal-coefficients) (on the patient), or
# subject-specific; that of the shares *marginal*, or population-averaged. They answer two questions: *what does the drug do to my odds?* and *by how much would
# the odds of recovery in the clinic change?* In a linear model the two answers are equal. Here the marginal one is always nearer to one.

# %%
drug = 3.0


def odds(p):
    return p / (1 - p)


bad, well = (
    np.array([p, drug * odds(p) / (1 + drug * odds(p))]) for p in (0.1, 0.8)
)  # without, with the drug
share = (bad + well) / 2


def clinic(rng, J=1000, n=4, tau=2.5, beta=-1.5):
    """Draw a trial: J patients at n visits; half of the patients are treated, which lowers the logit of a bad day."""
    patient = np.repeat(np.arange(J), n)
    treated = patient % 2
    p = expit(1.0 + beta * treated + rng.normal(0, tau, J)[patient])
    return pd.DataFrame({"patient": patient, "treated": treated, "bad_day": rng.random(J * n) < p}).astype(
        int
    )


trial = clinic(np.random.default_rng(1))
inner = ht.glmm("bad_day ~ treated + (1 | patient)", trial, quadrature=25)
outer = smf.gee(
    "bad_day ~ treated",
    "patient",
    trial,
    family=sm.families.Binomial(),
    cov_struct=sm.cov_struct.Exchangeable(),
).fit()
tau_trial = inner.varcorr["patient"].sd["Intercept"]
zeger = (16 * np.sqrt(3) / (15 * np.pi)) ** 2
flatter = 1 / np.sqrt(1 + zeger * tau_trial**2)
a, b = inner.fixef
exact = logit(ht.marginal_probability(a + b, tau_trial)) - logit(ht.marginal_probability(a, tau_trial))
x = np.linspace(-9, 9, 181)
curves = expit(x[:, None] + 2.5 * np.linspace(-1.9, 1.9, 13))
mean_curve = ht.marginal_probability(x, 2.5)
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 3.8), layout="constrained")
    ax.plot(x, curves, color=plots.COLOURS["none"], lw=0.9, alpha=0.5)
    ax.plot([], [], color=plots.COLOURS["none"], lw=0.9, label="a patient: slope 1 in logits")
    ax.plot(x, mean_curve, color=plots.COLOURS["complete"], lw=2.8, ls="--", label="the mean of all patients")
    ax.set(xlabel="x, in logits of the median patient", ylabel="probability")
    ax.legend(loc="upper left")
mean_slope = float(np.gradient(logit(mean_curve), x)[90])

# %% tags=["predict"]
Prediction(
    "Each patient has a logit curve of slope 1 in x; the patients differ by a tau of 2.5 logits. What does the curve of their mean look like, in logits?",
    ["its slope is also 1", "steeper than 1", "flatter than 1"],
    answer=0 if abs(mean_slope - 1) < 0.1 else 1 if mean_slope > 1 else 2,
    because="At each x some patients are already near one and others still near zero, so their mean rises slowly.",
    figure=fig,
    alt=f"Thirteen steep S-shaped curves side by side, and the dashed curve of the mean of all patients: it passes 0.5 at x = 0 like the one in the "
    f"middle, but it rises slowly, with a slope of {mean_slope:.2f} logits where each patient has 1.",
)

# %% [markdown] concepts=[88]
# In the middle the mean rises by {{0.52 = mean_slope | .2f}} where each patient rises by one. A good approximation for the curve as a whole (Zeger, Liang and Albert) is
#
# $$ \beta_\text{marginal} \approx \frac{\beta_\text{conditional}}{\sqrt{1 + {{0.346 = zeger | .3f}}\,\tau^2}}, \qquad {{0.346 = zeger | .3f}} = \Big(\frac{4^2\sqrt 3}{3 \cdot 5\,\pi}\Big)^2 . $$
#
# Try it on a simulated trial: {{1000 = trial["patient"].nunique() | d}} patients at {{4 = len(trial) / trial["patient"].nunique() | .0f}} visits, a bad day or not; the treatment changes each patient's logit by
# {{−1.5 = clinic.__defaults__[3] | .1f}}. `statsmodels` has the tool for the marginal question, generalised estimating equations (**GEE**): a logit curve for the *shares*, with standard errors that know of
# the clusters.

# %%
gee = smf.gee(
    "uses ~ decades + I(decades**2) + urban + livch", "district", women,
    family=sm.families.Binomial(), cov_struct=sm.cov_struct.Exchangeable(),
).fit()  # fmt: skip
town = "urban[T.Y]"
pd.DataFrame(
    {
        "trial: treated": [b, b * flatter, exact, outer.params["treated"], tau_trial],
        "Bangladesh: urban": [
            ages.fixef[town], ages.fixef[town] / np.sqrt(1 + zeger * tau_ages**2), np.nan, gee.params[town], tau_ages,
        ],
    },
    index=["conditional, glmm", "× factor", "marginal, from the integral", "marginal, GEE", "tau"],
).round(3)  # fmt: skip

# %% [markdown]
# The conditional coefficient of the trial is {{−1.25 = b | .2f}} (standard error {{0.18 = inner.fixef_se["treated"] | .2f}}; the truth was {{−1.5 = clinic.__defaults__[3] | .1f}}); by the factor {{0.58 = flatter | .2f}} the marginal one should be {{−0.73 = b * flatter | .2f}}, the integral gives {{−0.68 = exact | .2f}},
# and GEE finds {{−0.67 = outer.params["treated"] | .2f}}. No program is wrong: a report must say which of the two it gives. Between districts $\tau$ is small, the factor is {{0.96 = 1 / np.sqrt(1 + zeger * tau_ages**2) | .2f}}, and the
# two urban coefficients, {{0.70 = ages.fixef[town] | .2f}} and {{0.64 = gee.params[town] | .2f}}, differ by less than a standard error. (They differ by more than the factor says. Most of the rest is not Jensen: GEE leans more on comparisons *inside* districts, where a town makes less of a difference than between them. Those are the two slopes of lesson 07.)
#
# Which one do you want? The doctor's patient asks the conditional question, the ministry the marginal one. From a `glmm` fit you can answer both: average its probabilities. From GEE you cannot go back, and it gives no estimate for any
# district. On the other hand GEE believes less: neither the normal $u_j$ nor the form of the correlation. It needs many clusters, though (lesson 01).
#
# The same thing happens when a strong predictor is left out of a logit model, though it is *unrelated* to $x$: the coefficient of $x$ comes nearer to zero. (A related one confounds as well, in either direction.) So do not compare logit coefficients
# between models with different predictors as if only confounding could move them. Compare percentage points averaged over the people, as in the switch from country to town.

# %% [markdown] exercise="my_points" concepts=[86, 88]
# ### Your turn: percentage points in the median home
#
# `my_homes` is yours alone: homes (`home`) that were visited in four weeks, in two of them with a water `filter` (one), in two without (zero), and whether somebody was `ill`. Fit a varying-intercept logit with `quadrature=25` (twenty-five nodes for the integral over each home; two sections on you see why). In the *median* home, by how many
# percentage points does the probability of illness differ, with filter minus without? Store the number in `my_points`, with its sign; one decimal is enough.

# %% exercise="my_points"
my_points = ...
### BEGIN SOLUTION
my_fit = ht.glmm("ill ~ filter + (1 | home)", my_homes, quadrature=25)
without, change = my_fit.fixef
my_points = 100 * (expit(without + change) - expit(without))
### END SOLUTION

# %% [markdown]
# ## The standard tools
#
# `statsmodels` cannot fit this model by maximum likelihood. It has `BinomialBayesMixedGLM`, with priors, in two approximate ways: *variational Bayes*, and the *mode* of everything at once, $\beta$, $\tau$ and all $u_j$.

# %% tags=["warns"]
bayes = BinomialBayesMixedGLM.from_formula(
    "uses ~ decades + I(decades**2) + urban + livch", {"district": "0 + C(district)"}, women
)
variational, joint_mode = bayes.fit_vb(), bayes.fit_map()
at_town = list(gee.params.index).index(town)
pd.DataFrame(
    {
        "glmm": [ages.fixef["Intercept"], ages.fixef_se["Intercept"], ages.fixef[town], ages.fixef_se[town], tau_ages],
        "variational": [
            variational.fe_mean[0], variational.fe_sd[0], variational.fe_mean[at_town], variational.fe_sd[at_town],
            np.exp(variational.vcp_mean[0]),
        ],
        "joint mode": [joint_mode.fe_mean[0], np.nan, joint_mode.fe_mean[at_town], np.nan, np.exp(joint_mode.vcp_mean[0])],
    },
    index=["intercept", "its se", "urban", "its se", "tau"],
).round(3)  # fmt: skip

# %% [markdown]
# *Variational Bayes* agrees in the coefficients and in $\tau$ ({{0.49 = np.exp(variational.vcp_mean[0]) | .2f}} and {{0.48 = tau_ages | .2f}}). But its standard error of the intercept is {{0.05 = variational.fe_sd[0] | .2f}} where the curvature of the
# likelihood says {{0.18 = ages.fixef_se["Intercept"] | .2f}}: it treats all coefficients as independent of each other, so it is far too sure of them.
# *The joint mode* has a $\tau$ of {{0.000 = np.exp(joint_mode.vcp_mean[0]) | .3f}}. That is no finding but a flaw of the idea: the density of a deviation $u_j = 0$ is $1/(\tau\sqrt{2\pi})$, so with every $u_j$ at zero each district rewards a smaller $\tau$. Nothing but
# the prior, a standard normal one on $\log\tau$, ends the fall, and it ends where $\log\tau$ is {{−60 = joint_mode.vcp_mean[0] | .0f}}: minus the number of districts. (The red lines say that its search did not converge.) So $u$ must be
# averaged out, not maximised over. That is what the integral was for. R's `glmer` does it, and agrees with `glmm` in all digits shown here.

# %% [markdown] concepts=[86]
# ## How good is the integral?
#
# **[Laplace's approximation](glossary.md#laplace-s-approximation)**, the default, replaces each group's integrand by a normal curve with the same peak and bend: one node. It is good where the group has many rows, and poor where a
# group has a few zeros and ones and $\tau$ is large. `quadrature=25` takes more nodes (for one varying coefficient only). Sixteen simulated clinics of each kind, true $\tau$ = {{2.5 = clinic.__defaults__[2] | .1f}}:

# %%
rng = np.random.default_rng(12)
found = {}
for visits in (2, 4, 20):
    for _clinic in range(16):
        drawn = clinic(rng, J=400, n=visits)
        for nodes in (1, 25):
            one = ht.glmm("bad_day ~ treated + (1 | patient)", drawn, quadrature=nodes)
            found.setdefault((visits, nodes), []).append(one.varcorr["patient"].sd["Intercept"])
nodes_table = pd.DataFrame(found).mean().unstack().rename_axis(index="visits", columns="nodes")
tau_nodes = {
    q: ht.glmm("uses ~ 1 + (1 | district)", women, quadrature=q).varcorr["district"].sd.iloc[0]
    for q in (1, 15)
}
nodes_table.round(2)

# %% [markdown]
# With two visits Laplace finds {{1.99 = nodes_table.loc[2, 1] | .2f}} on average, with twenty {{2.45 = nodes_table.loc[20, 1] | .2f}}; with many nodes it is {{2.47 = nodes_table.loc[2, 25] | .2f}} and {{2.50 = nodes_table.loc[20, 25] | .2f}}. More *patients* would not help Laplace; more visits do.
# (An older method, penalised quasi-likelihood or PQL, which R's `glmmPQL` and others still use, errs in the same direction, often by more.) For the districts, with {{32 = len(women) / len(districts) | .0f}} women on average, it is
# {{0.496 = tau_nodes[1] | .3f}} with one node and {{0.500 = tau_nodes[15] | .3f}} with fifteen. So try it: where the two differ, report the fit with more nodes.

# %% [markdown]
# ## Separation
#
# District {{11 = nobody | s}} as a predictor of its own, a dummy? Then nothing pulls it back, and its best logit is minus infinity. A predictor that tells the zeros from the ones perfectly, in all rows or in a part, [separates](glossary.md#separation) them. Software that climbs the
# likelihood step by step stops somewhere on the way to infinity:

# %% tags=["warns"]
dummies = smf.logit("uses ~ 0 + C(district)", women).fit(disp=0)
own_logit, own_se = dummies.params["C(district)[11]"], dummies.bse["C(district)[11]"]
print(f"district 11 by its dummy: {own_logit:.1f}, standard error {own_se:.0f}")
try:
    ht.glmm(
        "uses ~ urban + in_11 + (1 | district)", women.assign(in_11=(women["district"] == "11").astype(int))
    )
except ValueError as refused:
    print(f"glmm: {refused}")

# %% [markdown]
# A coefficient of {{−21 = own_logit | .0f}} with a standard error of {{9200 = round(own_se, -2) | .0f}} is no estimate: it is where the search was stopped. (The red line, *failed to converge*, is easily overlooked among sixty coefficients.) `glmm` looks before it climbs, and names the predictor. The
# repairs: join categories, or give the coefficient a distribution, which is what `(1 | district)` does for all districts at once.

# %% [markdown] concepts=[92]
# ## Interactions that vary: church, degree and money
#
# Now a larger question. In the American election of 2016, who voted for Trump, by how often they go to church, and by whether they have a college degree? And do *those* differences vary between poor and rich families, and between poor and rich states? The survey CCES asked; {{39975 = len(voters) | d}} voters
# told all we need. Family income comes in three groups, and so do the states, in thirds by their gross domestic product per head. `attends` runs from minus one, never in church, to one, more than once a week.
#
# Nearly all of these predictors are categories, so count people into **cells**: one row for each combination, with how many there are and which share voted for Trump. A logit model sees the people of a cell only through these two numbers. The fit on {{1753 = len(cells) | d}} cells *is* the fit on all the people (and where `glmm` is given rows, it counts cells first):

# %%
voters = ht.load("cces2016").dropna(subset=["income", "church"])
states = ht.load("us_election_2016_state").set_index("state")
thirds = pd.qcut(states["gdp_per_capita"].rank(), 3, labels=["poor", "middle", "rich"])
voters["money"] = pd.cut(voters["income"], [0, 4, 8, 12], labels=["low", "middle", "high"])
voters["states"] = pd.Categorical(voters["state"].map(thirds), ["poor", "middle", "rich"])
voters["attends"] = (voters["church"] - 3.5) / 2.5
cells = ht.make_cells(voters, ["states", "money", "state", "college", "attends"], outcome="vote")
by_rows = smf.logit("vote ~ attends * college", voters).fit(disp=0)
by_cells = smf.glm(
    "vote ~ attends * college", cells, family=sm.families.Binomial(), var_weights=cells["n"]
).fit()
apart = max((by_rows.params - by_cells.params).abs().max(), (by_rows.bse - by_cells.bse).abs().max())
print(
    f"{len(voters)} rows or {len(cells)} cells, by statsmodels: coefficients and standard errors differ by at most {apart:.0e}"
)

# %% [markdown] concepts=[92]
# **The model that one sees.** Four coefficients, of `1`, `attends`, `college` and their product, and each may vary by income and by third. In the formula language that is quickly written:

# %%
small = ht.make_cells(voters, ["states", "money", "college", "attends"], outcome="vote")
term = "(1 + attends * college | {})"
greedy = ht.glmm(
    f"vote ~ attends * college + {term.format('money')} + {term.format('states')}", small, weights="n"
)
eigen = {factor: np.sqrt(np.linalg.eigvalsh(v.cov)[::-1].clip(0)) for factor, v in greedy.varcorr.items()}
print("SDs in the four directions, by money: ", eigen["money"].round(3))
print("SDs in the four directions, by states:", eigen["states"].round(3))
greedy.varcorr["money"].corr.round(2)

# %% [markdown]
# Each of the two factors asks for a covariance matrix of four by four: {{10 = n_cov | d}} numbers, from **three** groups. Three points lie in a plane, however many coordinates they have. So at most two directions can have any spread: the others are zero, correlations come out as
# {{0.99 = greedy.varcorr["money"].corr.loc["Intercept", "attends"] | .2f}} and {{−1.00 = greedy.varcorr["money"].corr.loc["attends", "attends:college"] | .2f}}, and the fit is on the boundary (lesson 08). Those are no findings about voters. Even a single SD from three groups is hardly known. (The *fitted shares* are not bad: by income, third and degree they differ from those of the model below by {{1.3 = far | .1f}} points at most. It is the story told about the covariances that has no ground.)
#
# What to do instead:
#
# - **A factor of two or three levels is a predictor.** Put it in as fixed, with the interactions you care about. Each level here has thousands of voters, so there is little to borrow anyway.
# - **Let vary what has many levels**: {{51 = cells["state"].nunique() | d}} states. The third of a state is then a predictor of groups (lesson 07), and its products with `attends` and `college` are cross-level interactions.
# - If a factor of few levels must be modelled, for instance because its interactions are many and their cells thin, take independent terms with small spreads, and a prior (lesson 09).

# %%
voting = ht.glmm(
    "vote ~ attends * college * money + attends * college * states + money * states + (1 + attends + college | state)",
    cells,
    weights="n",
)
by_state = voting.varcorr["state"]
seen = cells.assign(expected=voting.fitted * cells["n"])
panel = seen.groupby(["states", "money", "college", "attends"], observed=True)[
    ["successes", "expected", "n"]
].sum()
panel = panel.assign(
    share=panel["successes"] / panel["n"], model=panel["expected"] / panel["n"]
).reset_index()
block = panel.groupby(["states", "money", "college"], observed=True)[["expected", "n"]].sum()
block = 100 * block["expected"] / block["n"]
n_cov = 4 * 5 // 2
blocks = small.assign(greedy=greedy.fitted * small["n"]).groupby(
    ["states", "money", "college"], observed=True
)
far = (100 * blocks["greedy"].sum() / blocks["n"].sum() - block).abs().max()
survey_share = voters.groupby("state")["vote"].mean().mean()
corner = pd.DataFrame({"attends": [-1.0, -1, 1, 1], "college": [0, 1, 0, 1]}).assign(
    money="high", states="rich", state="new"
)
corner = voting.predict(corner, new_groups="zero").to_numpy().reshape(2, 2)
gap_points = 100 * (corner[:, 0] - corner[:, 1])
gap_logits = logit(corner[:, 0]) - logit(corner[:, 1])
step_money = block["poor", "high", 0] - block["poor", "low", 0]
step_states = block["rich", "high", 0] - block["poor", "high", 0]
with plots.style():
    fig, axes = plt.subplots(3, 3, figsize=(7.5, 7.2), layout="constrained", sharex=True, sharey=True)
    for (which, how), part in panel.groupby(["states", "money"], observed=True):
        ax = axes[["high", "middle", "low"].index(how), ["poor", "middle", "rich"].index(which)]
        for degree, colour, mark, line in ((0, "complete", "s", "--"), (1, "none", "o", "-")):
            one = part[part["college"] == degree]
            said = "college degree" if degree else "no degree"
            ax.scatter(
                one["attends"],
                one["share"],
                s=6 + one["n"] / 25,
                marker=mark,
                fc="none",
                ec=plots.COLOURS[colour],
            )
            ax.plot(one["attends"], one["model"], line, color=plots.COLOURS[colour], lw=2, label=said)
        ax.axhline(0.5, color=plots.COLOURS["faint"], lw=1, zorder=0)
        ax.set_title(f"{how} income, {which} states", fontsize=10, fontweight="normal")
    axes[0, 0].legend(loc="lower right", fontsize=9)
    axes[0, 0].set(xticks=[-1, 0, 1], xticklabels=["never", "", "weekly+"], ylim=(0, 0.9))
    for low_axis in axes[2]:
        for text, side in zip(low_axis.get_xticklabels(), ("left", "center", "right"), strict=True):
            text.set_ha(side)
    fig.supxlabel("attends church", fontsize=10.5)
    fig.supylabel("share for Trump", fontsize=10.5)

# %% tags=["predict"]
Prediction(
    "Take voters without a degree. From low to high family income the share for Trump rises. And from poor to rich states, at the same family income?",
    ["it falls", "it rises too", "it hardly changes"],
    answer=0 if step_states < -3 else 1 if step_states > 3 else 2,
    because="A richer family and a richer state are two variables of two levels, and nothing makes their effects alike.",
    figure=fig,
    alt=f"Nine panels, rows by family income, columns by thirds of states; in each the share for Trump rises with church attendance, higher "
    f"without a degree. Without a degree, in poor states, it is {block['poor', 'low', 0]:.0f} percent at low and {block['poor', 'high', 0]:.0f} at high income; "
    f"in rich states {block['rich', 'low', 0]:.0f} and {block['rich', 'high', 0]:.0f}.",
)

# %% [markdown] concepts=[92]
# Read along a column: without a degree, in the poor states, {{47 = block["poor", "low", 0] | .0f}} percent of the voters with low incomes and {{55 = block["poor", "high", 0] | .0f}} percent of those with high incomes. Read along a row: at high incomes {{55 = block["poor", "high", 0] | .0f}} percent in
# the poor states and {{48 = block["rich", "high", 0] | .0f}} in the rich ones. *Families* and *states* point in opposite directions: whoever concludes from rich states to rich people commits the fallacy of lesson 07. Gelman and others told this story of earlier elections, under the title
# "Rich state, poor state". (One part of theirs is not here: that income counts for more in poor states. The steps are {{8 = step_money | .0f}} points in poor and {{10 = block["rich", "high", 0] - block["rich", "low", 0] | .0f}} in rich states. And without education in the model income would hardly count.)
#
# **On which scale?** Look at the top right panel, and at the gap between the two lines. In the median state it is {{17.0 = gap_points[0] | .1f}} points among those who never go to church and {{18.1 = gap_points[1] | .1f}} among those who go most: wider. In logits it is
# {{0.86 = gap_logits[0] | .2f}} and {{0.77 = gap_logits[1] | .2f}}: narrower. Both are right. A product in a logit model is an interaction of *logits*; lines that are parallel there are not parallel in shares, and the other way round. Say which scale you mean.
#
# States still differ, by SDs of {{0.18 = by_state.sd["Intercept"] | .2f}} in the intercept, {{0.13 = by_state.sd["attends"] | .2f}} in the slope of church and {{0.13 = by_state.sd["college"] | .2f}} in that of the degree; {{51 = voting.n_groups["state"] | d}} groups can tell, and the fit is no boundary fit. The lines in the
# figure are *means of the probabilities* of the people in each cell, not the curve of the median state. They miss something: the raw shares jump from "never" to the next step, stay nearly level, and rise again at the end. With church as a category the model would follow them. (And these are those who answered: in the mean of the states {{41 = 100 * survey_share | .0f}} percent for Trump, where {{48 = 100 * states["trump_share"].mean() | .0f}} were counted. Lesson 12 is about that.)

# %% [markdown] concepts=[92]
# ## The wrong analysis, live: gender twice
#
# In lecture notes one finds gender both as a fixed effect and as a varying intercept. Do women vote differently? Fit gender once, twice, and as a varying intercept alone. And fit it twice to votes that nobody cast: those of all women turned round.

# %% tags=["wrong-analysis"]
turned = voters.assign(vote=np.where(voters["female"] == 1, 1 - voters["vote"], voters["vote"]))
genders = {
    "fixed": ht.glmm("vote ~ female + (1 | state)", voters),
    "both": ht.glmm("vote ~ female + (1 | female) + (1 | state)", voters),
    "both, women turned": ht.glmm("vote ~ female + (1 | female) + (1 | state)", turned),
    "varying only": ht.glmm("vote ~ 1 + (1 | female) + (1 | state)", voters),
}
gender = pd.DataFrame(
    {
        name: {
            "female": f.fixef.get("female", np.nan),
            "its se": f.fixef_se.get("female", np.nan),
            "tau of gender": f.varcorr["female"].sd.iloc[0] if "female" in f.varcorr else np.nan,
            "boundary": f.is_boundary,
        }
        for name, f in genders.items()
    }
)
difference, se_female = gender.loc[["female", "its se"], "fixed"].astype(float)
if_tau = pd.Series({t: np.sqrt(se_female**2 + 2 * t**2) for t in (0.0, 0.1, 0.5)})
tau_of_two = abs(difference) / (np.sqrt(2) * norm.ppf([0.9875, 0.5125]))  # lowest, highest
print("se of female, if tau of gender were\n" + if_tau.round(2).to_string())
print(f"tau from one difference: 95 percent interval {tau_of_two[0]:.2f} to {tau_of_two[1]:.1f}")
gender

# %% [markdown]
# With both, $\hat\tau$ is {{0.00 = gender.loc["tau of gender", "both"] | .2f}}, a boundary fit. A finding? Turn the women round, and the coefficient goes from {{−0.36 = gender.loc["female", "both"] | .2f}} to {{0.73 = gender.loc["female", "both, women turned"] | .2f}}, yet $\hat\tau$ is {{0.00 = gender.loc["tau of gender", "both, women turned"] | .2f}} again.
# It always is: two fixed means already say all there is about two genders, and nothing is left to vary.
#
# But the model claims that women and men are two draws from a distribution. Then what was seen is $\beta + u_\text{women} - u_\text{men}$, parts that no data can tell apart, and the standard error of $\beta$ is $\sqrt{\text{se}^2 + 2\tau^2}$. The printed {{0.02 = if_tau[0.0] | .2f}} belongs to a $\tau$ of exactly zero.
# With a $\tau$ of {{0.1 = if_tau.index[1] | .1f}} it is {{0.14 = if_tau[0.1] | .2f}}, with {{0.5 = if_tau.index[2] | .1f}} already {{0.71 = if_tau[0.5] | .2f}}. {{39975 = len(voters) | d}} votes do not say which; whoever gives $\tau$ a prior gets that prior back.
#
# And as a varying intercept alone? The one difference between two groups is a single draw from $N(0, 2\tau^2)$. All $\tau$ from {{0.11 = tau_of_two[0] | .2f}} to {{8.2 = tau_of_two[1] | .1f}} would make it neither surprisingly small nor surprisingly large (at five percent): next to nothing is known. Gender has two levels, both of them seen, and a difference of interest: a fixed effect, once.

# %% [markdown] exercise="read_the_logit" concepts=[86, 87, 88, 95]
# ### Your turn: read a logit fit
#
# Choose for each blank one of its options, word for word. Where nothing else is said, the fit with predictors, `ages`, is meant.
#
# - The urban coefficient is {{0.70 = ages.fixef[town] | .2f}}. Compared with a woman in the country who is otherwise like her, in the same district, a woman in a town has ___ (`urban`): `"about twice the probability"`,
#   `"about twice the odds"`, `"{{70 = 100 * ages.fixef[town] | .0f}} percent more probability"`.
# - The {{1.57 = ht.median_odds_ratio(tau_ages) | .2f}} of `median_odds_ratio` says that two women alike in the predictors, from two districts drawn at random, ___ (`mor`):
#   `"differ in their odds by at least this factor in half of all draws"`, `"differ in their odds by this factor at most"`, `"have odds that differ by this factor on average over all women"`.
# - The latent ICC of {{0.064 = ht.latent_icc(tau_ages) | .3f}} is ___ (`latent`): `"the correlation of two women's answers"`, `"the share of women decided by their district"`,
#   `"the share of districts in the variance of a hidden inclination"`.
# - In the simulated trial GEE's coefficient is nearer to zero than that of `glmm` because GEE ___ (`gee`): `"compares shares of the whole population"`, `"ignores the clustering"`, `"has fewer patients to go by"`.
# - `predict(..., new_groups="zero")` returns ___ (`new_district`): `"the mean over all new districts"`, `"the probability in the median district"`, `"a probability and how sure one can be of it"`.
# - A $\tau$ of zero would bring conditional and marginal coefficients ___ (`no_spread`): `"as far apart as possible"`, `"to zero, both"`, `"to the same value"`.

# %% exercise="read_the_logit"
read_the_logit = {"urban": ..., "mor": ..., "latent": ..., "gee": ..., "new_district": ..., "no_spread": ...}
### BEGIN SOLUTION
read_the_logit = {
    "urban": "about twice the odds",
    "mor": "differ in their odds by at least this factor in half of all draws",
    "latent": "the share of districts in the variance of a hidden inclination",
    "gee": "compares shares of the whole population",
    "new_district": "the probability in the median district",
    "no_spread": "to the same value",
}
### END SOLUTION

# %% [markdown] exercise="flaws_in_the_logit" concepts=[88, 92, 95]
# ### Your turn: find the flaws in a report
#
# Five sentences from one report. Give each the label that fits: `"sound"`, `"wrong scale"`, `"wrong average"`, `"wrong factor"`.
#
# 1. > *The median district has $\hat\mu$ = {{−3 = pair[0] | .0f}} and the districts a $\hat\tau$ of {{2.0 = spreads[3] | .1f}}; so {{4.7 = 100 * expit(pair[0]) | .1f}} percent of all people in these equally large districts are expected to be ill.* (`sentence_1`)
# 2. > *The odds ratio of the filter is one half, for two weeks of one home; in the whole population the odds ratio of the shares will be nearer to one.* (`sentence_2`)
# 3. > *We let the slope of age vary by sex, `(1 + age | sex)`, because sexes differ.* (`sentence_3`)
# 4. > *At an odds ratio of two, a person whose probability was sixty percent now has one hundred and twenty, which we cut at one hundred.* (`sentence_4`)
# 5. > *By income (three groups), intercept and slope correlate by {{0.99 = greedy.varcorr["money"].corr.loc["Intercept", "attends"] | .2f}}: where the level is high, church counts for more.* (`sentence_5`)

# %% exercise="flaws_in_the_logit"
flaws_in_the_logit = {
    "sentence_1": ...,
    "sentence_2": ...,
    "sentence_3": ...,
    "sentence_4": ...,
    "sentence_5": ...,
}
### BEGIN SOLUTION
flaws_in_the_logit = {
    "sentence_1": "wrong average",
    "sentence_2": "sound",
    "sentence_3": "wrong factor",
    "sentence_4": "wrong scale",
    "sentence_5": "wrong factor",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - A varying-intercept logit shrinks on the logit scale: observed minus expected successes equals $u_j/\tau^2$. A group of zeros gets a finite estimate.
# - Report percentage points, for a stated person or averaged over people; an odds ratio is not a ratio of probabilities.
# - The median odds ratio puts $\tau$ on the scale of predictors; the latent ICC is about a hidden scale.
# - The probability at the mean logit belongs to the median group. The population's is a mean of probabilities.
# - Conditional coefficients lie further from zero than marginal ones. Both are right; say which.
# - Few rows per group and a large $\tau$: use quadrature.
# - Factors of two or three levels are fixed effects.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 5 for logistic regression and the rule of four, chapter 14 for multilevel
#   logistic regression and the vote by state and income.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 17, on discrete dependent variables, with the latent ICC.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 10, with unit-specific and population-average models.
# - Zeger, Liang and Albert (1988), "Models for longitudinal data: a generalized estimating equation approach", *Biometrics*: the factor. Larsen and Merlo (2005),
#   "Appropriate assessment of neighborhood effects on individual health", *American Journal of Epidemiology*: the median odds ratio. Gelman, Park, Shor, Bafumi and Cortina (2008),
#   *Red State, Blue State, Rich State, Poor State*.
