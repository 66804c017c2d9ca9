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
# # Lesson 12: MRP
#
# An online poll of {{1500 = len(poll) | d}} voters, after the American election of 2016. {{128 = by_state.loc["California", "n"] | d}} of them live in
# California and {{3 = by_state.loc["Wyoming", "n"] | d}} in Wyoming, where all of the {{3 = by_state.loc["Wyoming", "yes"] | d}} voted for Trump. The young and the graduates are over-represented.
# What share did Trump have in each state?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_cells = assignment_data("ps12", student=STUDENT)

# %%
import matplotlib.pyplot as plt
import seaborn as sns
from statsmodels.genmod.bayes_mixed_glm import BinomialBayesMixedGLM

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.raking import totals
from hlm_teach.simulate import nation, provinces31
from hlm_teach.widgets import MrpBoard, Prediction

states = ht.load("us_election_2016_state")
official = states.set_index("state")["trump_share"]
states["degrees"] = (states["college"] - states["college"].mean()) / states["college"].std()
voters = ht.load("cces2016").merge(states[["state", "region", "degrees"]], on="state")
ages = ["18-29", "30-44", "45-64", "65+"]
voters["age"] = pd.cut(voters["age"], [0, 29, 44, 64, 200], labels=ages)
odds = voters["age"].map(dict(zip(ages, [2.0, 1.4, 0.9, 0.5], strict=True))).astype(float)
odds = odds * np.where(voters["college"] == 1, 2.0, 1.0)  # who answers: the young, and graduates


def draw_poll(seed, n=1500):
    """Return a poll of n voters, drawn by their odds of answering."""
    chosen = np.random.default_rng(seed).choice(len(voters), n, replace=False, p=odds / odds.sum())
    return voters.iloc[chosen]


poll = draw_poll(2016)
by_state = poll.groupby("state")["vote"].agg(n="size", yes="sum", raw="mean")
small = by_state["n"]
by_state["truth"] = truth = voters.groupby("state")["vote"].mean()

# %%
ax = plots.tile_map(100 * by_state["raw"], label="Trump, % of the poll", centre=50, limits=(0, 100))
show(ax.figure, narrate.tile_map(100 * by_state["raw"], unit="%", what="Trump's share in the poll"))

# %% [markdown]
# The map is nonsense: Wyoming and Vermont at one hundred percent, North Dakota at zero. {{3 = small.loc["Wyoming"] | d}}, {{2 = small.loc["Vermont"] | d}} and
# {{1 = small.loc["North Dakota"] | d}} people answered there. And we can prove that it is nonsense. The poll was drawn, by us, from the {{44932 = len(voters) | d}} people who told the
# Cooperative Congressional Election Study (CCES) whether they had voted for Trump or for anybody else. In this lesson they *are* the population. So the truth is known exactly, in every state.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **compute** a poststratified estimate by hand, and **say** what it needs besides a model;
# - **fit** a multilevel model to a poll, **poststratify** it, **map** it, and **hold** it against a truth;
# - **measure** what is lost with the model alone, or with the table alone;
# - **carry** the uncertainty of the model, of the spread between states and of the table into the intervals;
# - **tell** what MRP repairs from what it cannot, and **find** the sentence that hides the difference.
#
# You need lesson 11 (the multilevel logit model) and lesson 07 (predictors of groups). Allow seventy minutes. There are six tasks.

# %%
review("12")

# %% [markdown]
# ## By hand first: a table of twenty rows
#
# Two towns, five age groups, with and without a degree: twenty kinds of people. A census counts them (`people`, in thousands). A poll asked a few (`asked`), and so
# many said yes (`yes`). The last column is a *prediction* for each kind. For now somebody hands it to us, by a rule that can be checked at a glance: thirty percent
# for the youngest without a degree in A; ten more for each older group, fifteen less with a degree, five more in B.

# %%
twenty = pd.DataFrame(
    [(t, a, d) for t in "AB" for a in range(5) for d in (0, 1)], columns=["town", "age", "degree"]
)
twenty["people"] = [4, 2, 5, 5, 8, 4, 9, 3, 9, 1, 9, 9, 9, 12, 7, 6, 4, 2, 2, 0]
twenty["asked"] = [2, 3, 3, 6, 2, 2, 1, 1, 0, 0, 3, 6, 4, 8, 2, 2, 0, 1, 0, 0]
twenty["yes"] = [1, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 2, 3, 2, 1, 0, 1, 0, 0]
twenty["predicted"] = 30 + 10 * twenty["age"] - 15 * twenty["degree"] + 5 * (twenty["town"] == "B")
A = twenty[twenty["town"] == "A"]
twenty

# %%
raw_A = 100 * A["yes"].sum() / A["asked"].sum()
by_hand_A = (A["people"] * A["predicted"]).sum() / A["people"].sum()
print(f"raw {raw_A:.1f} percent, poststratified {by_hand_A:.1f}")

# %% [markdown] concepts=[89]
# What is the share of yes among the {{50 = A["people"].sum() | d}} thousand people of town A?
#
# - **Raw**: {{7 = A["yes"].sum() | d}} of {{20 = A["asked"].sum() | d}}, {{35.0 = raw_A | .1f}} percent. But {{14 = A["asked"].iloc[:4].sum() | d}} of the twenty are from the two youngest groups, and nobody from the oldest was asked.
# - **Weight the cells as the people live**: multiply the prediction of each cell by its people, add up, divide by all people:
#
# $$ \hat\theta_A = \frac{\sum_{c \in A} N_c\,\hat\pi_c}{\sum_{c \in A} N_c} = \frac{4 \times {{30 = A["predicted"].iloc[0] | d}} + 2 \times {{15 = A["predicted"].iloc[1] | d}} + \dots + 1 \times {{55 = A["predicted"].iloc[-1] | d}} }{ {{50 = A["people"].sum() | d}} } = {{47.5 = by_hand_A | .1f}} \text{ percent}. $$
#
# That sum is [poststratification](glossary.md#poststratification), the P of [MRP](glossary.md#mrp). The cells' *people* are the weights: neither one for each cell, nor the number asked. The oldest without a degree, whom nobody
# asked, make {{18 = 100 * A["people"].iloc[8] / A["people"].sum() | .0f}} percent of the town, and they enter with their prediction. And where do predictions come from? From a multilevel regression, the M and the R.

# %% [markdown] exercise="poststratified_mean" concepts=[89]
# ### Your turn: the sum
#
# Write `poststratified_mean(cells)`. `cells` is a DataFrame with a row for each cell and the columns `unit`, `people`, `asked` and `predicted` (a
# probability). Return a dict: for each unit its estimate.


# %% exercise="poststratified_mean"
def poststratified_mean(cells):
    """Return a dict from unit to its poststratified estimate."""
    ### BEGIN SOLUTION
    total = (cells["people"] * cells["predicted"]).groupby(cells["unit"]).sum()
    return (total / cells.groupby("unit")["people"].sum()).to_dict()
    ### END SOLUTION


# %% [markdown] concepts=[93]
# ## Who answered, and who is there
#
# MRP begins with two tables. One is of the population: a row for each combination of traits that occurs, with its people `N`. Here it is counted from all voters; in practice it comes
# from a census. (A census has adults, and nobody counts who will vote: before an election a second model, of turnout, has to make this table.) The other is the poll, counted into the same
# cells: `n` people, and `vote`, the share of them for Trump.

# %%
traits = ["state", "female", "race", "age", "college"]
cells = ht.make_cells(voters, [*traits, "region", "degrees"], count="N")
asked = ht.make_cells(poll, [*traits, "region", "degrees"], "vote")
who = ht.margins(poll, cells, traits[1:])
ax = plots.margins(who)
show(ax.figure, narrate.margins(who))

# %% [markdown]
# {{61 = 100 * who.loc[("college", 1), "sample"] | .0f}} percent of the poll have a degree, of the voters {{41 = 100 * who.loc[("college", 1), "population"] | .0f}}. Graduates and the young voted less for
# Trump:

# %%
with plots.style():
    facets = sns.catplot(
        poll.assign(college=poll["college"].map({0: "no degree", 1: "degree"}), vote=100 * poll["vote"]),
        x="age", y="vote", hue="college", kind="point", errorbar=("se", 1), dodge=0.2, height=3.2, aspect=1.7,
        palette=[plots.COLOURS["none"], plots.COLOURS["partial"]], hue_order=["no degree", "degree"],
    )  # fmt: skip
    facets.set_axis_labels("age", "Trump (% of the poll)")
    facets.legend.set_title("")
shares = 100 * poll.groupby(["college", "age"], observed=True)["vote"].mean()
show(
    facets.figure,
    f"Trump's share in the poll by age, with error bars of one standard error: without a degree from "
    f"{shares[0, '18-29']:.0f} percent of the youngest to {shares[0, '65+']:.0f} of the oldest, with a degree from "
    f"{shares[1, '18-29']:.0f} to {shares[1, '65+']:.0f}.",
)

# %% [markdown]
# So the whole poll is off: {{35.6 = 100 * poll["vote"].mean() | .1f}} percent for Trump, and the truth is {{41.7 = 100 * voters["vote"].mean() | .1f}}. But it is off for a reason that the table *knows*.
# Given age, degree and the other traits, everybody answers equally readily. [Non-response](glossary.md#non-response) of that kind can be repaired.
#
# ## The model
#
# Each of the {{710 = len(asked) | d}} cells in which somebody answered has $n_c$ respondents, $y_c$ of them for Trump:
#
# $$ y_c \sim \text{Binomial}(n_c, \pi_c), \qquad \text{logit}\,\pi_c = \beta_0 + \beta_1\,\text{female}_c + \beta_2\,\text{college}_c + a_{\text{age}[c]} + a_{\text{race}[c]} + \alpha_{\text{state}[c]}, $$
# $$ \alpha_j = \gamma\,\text{degrees}_j + r_{\text{region}[j]} + u_j, \qquad u_j \sim N(0, \tau_\text{state}^2), \quad a, r \text{ likewise with their own SDs}. $$
#
# Age, race, region and state are batches of coefficients, each with its SD. Sex and degree have two levels each, and stay fixed: from two levels no SD can be learned. `degrees` is a predictor of states,
# the share of adults with a degree, in SDs. There is a better-looking column in the same table, `trump_share`, the official result of 2016. It is not used: it is the answer. (Before an election one takes the result of the *last* one.)

# %%
formula = "vote ~ female + college + degrees + (1 | race) + (1 | age) + (1 | region) + (1 | state)"
fit = ht.glmm(formula, asked, weights="n")
print(fit.summary())

# %% [markdown] concepts=[89]
# In logits: among people alike in everything else here, graduates are {{0.49 = -fit.fixef["college"] | .2f}} lower, at most {{12 = 25 * -fit.fixef["college"] | .0f}} percentage points (a quarter of it, where the vote is close). One SD more `degrees` *in the state* goes with another {{0.29 = -fit.fixef["degrees"] | .2f}} less, for
# graduates and others alike. (That compares people and states. It does not say what a degree would change in anybody.) What is left between states of one region has an SD of {{0.25 = tau_state | .2f}}.
#
# That was MR. Now P, over all {{2376 = len(cells) | d}} cells, the {{1666 = len(cells) - len(asked) | d}} without respondents included. Wyoming, by the sum of the first section:

# %%
tau_state = fit.varcorr["state"].sd["Intercept"]
cells["predicted"] = fit.predict(cells, new_groups="zero")  # u = 0 for a state that the fit has not
wyoming = cells[cells["state"] == "Wyoming"]
by_hand = (wyoming["N"] * wyoming["predicted"]).sum() / wyoming["N"].sum()
mrp = ht.poststratify(fit, cells, by="state", new_groups="draw", realised=True)
print(f"Wyoming by hand: {100 * by_hand:.1f} percent; poststratify: {100 * mrp.estimate['Wyoming']:.1f}")
mrp.table().loc[["Wyoming", "Vermont", "California"]].round(3)

# %% [markdown]
# By hand {{51.3 = 100 * by_hand | .1f}} percent, `poststratify` says {{51.3 = 100 * mrp.estimate["Wyoming"] | .1f}}. (It takes the mean over a thousand draws of all coefficients; since the mean of probabilities is not the probability at the mean, lesson 11, the two can
# differ a little. `new_groups="draw"` would draw the $u_j$ of a state where nobody answered; in this poll there is none. `realised` has its turn under "Uncertainty".) The three people of Wyoming said one hundred, the truth is {{46.5 = 100 * truth["Wyoming"] | .1f}}, and the interval goes from {{35 = 100 * mrp.interval.loc["Wyoming", "lower"] | .0f}} to {{66 = 100 * mrp.interval.loc["Wyoming", "upper"] | .0f}}.
#
# ## Against the truth
#
# Three estimates for each state: its own respondents; the mean of the whole poll, the same for all; MRP. They are judged by the root mean squared error over the {{51 = len(truth) | d}} states (Washington, D.C., counts as one).

# %%
first = {"raw": by_state["raw"], "national": poll["vote"].mean(), "MRP": mrp}
board = ht.validate(truth, first)
points = 100 * board[["bias", "rmse", "coverage", "width"]]
percent = {
    "raw": 100 * by_state["raw"],
    "national": 100 * poll["vote"].mean(),
    "MRP": 100 * mrp.table()[["estimate", "lower", "upper"]],
}
axes = plots.against_truth(100 * truth, percent, label="estimate (%)")
simple_ones = points["rmse"].drop("MRP")
best, ratio = simple_ones.idxmin(), points.loc["MRP", "rmse"] / simple_ones.min()

# %% tags=["predict"]
Prediction(
    "Most states have fewer than thirty respondents. Which of the first two is nearer to the truth, typically, and where does MRP stand?",
    [
        "the state's own respondents; MRP does about as well",
        "the mean of the whole poll; MRP does about as well",
        "the mean of the whole poll, and MRP halves its error",
        "the state's own respondents, and MRP halves their error",
    ],
    answer=["raw", "national"].index(best) if ratio > 0.6 else 3 - ["raw", "national"].index(best),
    because="A few dozen answers are noisier than states are different. MRP uses both, and the table moves it to who is there.",
    figure=axes[0].figure,
    alt=narrate.against_truth(100 * truth, percent, unit="points"),
)

# %% [markdown]
# Raw {{18.7 = points.loc["raw", "rmse"] | .1f}} points, national {{10.5 = points.loc["national", "rmse"] | .1f}}, MRP {{4.6 = points.loc["MRP", "rmse"] | .1f}}. In {{43 = (np.abs(by_state["raw"] - truth) > np.abs(mrp.estimate - truth)).sum() | d}} of the states MRP is nearer to the truth than the state's own
# respondents, so in a few it is not. It is farthest off in {{South Carolina = board.loc["MRP", "worst"] | s}}, the one state whose interval misses the truth (the filled circle): of its {{19 = small.loc["South Carolina"] | d}} respondents {{21 = 100 * by_state.loc["South Carolina", "raw"] | .0f}} percent were for Trump, of its voters {{54 = 100 * truth["South Carolina"] | .0f}}. MRP softens such a sample; it
# cannot see through it.
#
# **Is that luck?** It is one poll. So draw twenty, and treat all of them alike. We put three more methods in, which the next sections discuss.

# %%
plain = "vote ~ female + college + (1 | race) + (1 | age) + (1 | state)"  # no predictor of states
margins = totals(cells, traits[1:])
judged, whole, taus = [], [], []
for seed in range(20):
    one = draw_poll(seed)
    counted = ht.make_cells(one, [*traits, "region", "degrees"], "vote")
    model, without = ht.glmm(formula, counted, weights="n"), ht.glmm(plain, counted, weights="n")
    raked = ht.rake(one, margins)
    methods = {
        "raw": one.groupby("state")["vote"].mean(),
        "national": one["vote"].mean(),
        "raking": raked.mean("vote", "state"),
        "MRP, no predictor": ht.poststratify(without, cells, by="state", new_groups="draw", draws=200),
        "MRP": ht.poststratify(model, cells, by="state", new_groups="draw", draws=200),
        "MRP, realised": ht.poststratify(
            model, cells, by="state", new_groups="draw", draws=200, realised=True
        ),
    }
    judged.append(100 * ht.validate(truth, methods)[["rmse", "bias", "coverage", "width"]])
    share = (methods["MRP"].estimate * methods["MRP"].count).sum() / len(voters)
    whole.append({"raw": one["vote"].mean(), "raking": raked.mean("vote").iloc[0], "MRP": share})
    taus.append(model.varcorr["state"].sd["Intercept"])
many = pd.concat(judged, keys=range(20))
spread = many["rmse"].groupby(level=1, sort=False).agg(["mean", "min", "max"])
nationwide = 100 * (pd.DataFrame(whole) - voters["vote"].mean())
spread.round(1)

# %% [markdown]
# The errors of MRP lie between {{4.3 = spread.loc["MRP", "min"] | .1f}} and {{6.4 = spread.loc["MRP", "max"] | .1f}} points, those of the raw shares between {{12.0 = spread.loc["raw", "min"] | .1f}} and {{20.9 = spread.loc["raw", "max"] | .1f}}. The luckiest raw poll of the twenty
# (judged where somebody answered) is worse than the worst MRP by far, and the national mean loses every time ({{9.0 = spread.loc["national", "min"] | .1f}} at best). So the order is no luck. How large the gain looks in one poll is: our first one was kind to MRP ({{4.6 = points.loc["MRP", "rmse"] | .1f}}, where {{5.0 = spread.loc["MRP", "mean"] | .1f}} is usual).

# %% [markdown] concepts=[91]
# ## Predictors of states
#
# Leave `degrees` and the regions out, and the mean error rises from {{5.0 = spread.loc["MRP", "mean"] | .1f}} to {{6.6 = spread.loc["MRP, no predictor", "mean"] | .1f}} points. Why? A state with three respondents tells the model nearly nothing about its $u_j$. Without a predictor it is taken for an
# average state with its own mix of people. With one, it is taken for a usual state *of its kind*: shrunk to a line, as the counties of lesson 07. Look at the states with seven respondents or fewer, of our first poll:

# %%
plain_fit = ht.glmm(plain, asked, weights="n")
plain_mrp = ht.poststratify(plain_fit, cells, by="state", new_groups="draw")
few = by_state[by_state["n"] <= 7].assign(plain=plain_mrp.estimate, mrp=mrp.estimate)
few = (100 * few[["raw", "plain", "mrp", "truth"]]).assign(n=by_state["n"])
few["degrees"] = states.set_index("state")["degrees"]
guesses = few[["raw", "plain", "mrp"]].assign(national=100 * poll["vote"].mean())
few_error = np.sqrt((guesses.sub(few["truth"], axis=0) ** 2).mean())
alike = few.drop("District of Columbia").corr()["truth"]
few.sort_values("degrees").round(1)

# %% [markdown] concepts=[91]
# Over these {{12 = len(few) | d}} the error is {{31.5 = few_error["raw"] | .1f}} points raw, {{8.7 = few_error["plain"] | .1f}} for MRP without and {{5.6 = few_error["mrp"] | .1f}} with predictors. The first step, large as it is, only takes the noise away; the national mean does nearly as well ({{10.7 = few_error["national"] | .1f}}). But *which* of these states
# is high, and which low? Without predictors the model knows that the *people* of D.C. are different, and gives it {{25 = few["plain"].min() | .0f}} percent. All others get {{40 = few["plain"].nsmallest(2).iloc[1] | .0f}} to {{50 = few["plain"].max() | .0f}}, and correlate {{0.2 = alike["plain"] | .1f}} with the truth. With predictors it is {{0.7 = alike["mrp"] | .1f}}. (Eleven
# states: the figures are rough.) What tells nearly empty states apart is one column, `degrees`, which was no part of the poll. The regions add little; their SD is {{0.09 = fit.varcorr["region"].sd["Intercept"] | .2f}}.
#
# The column costs a library visit. And MRP is only as good as the column: whatever makes Vermont unlike other states with many graduates, the model learns from Vermonters or not at all.

# %% [markdown] concepts=[90]
# ## Half of MRP
#
# MR without P, and P without MR, are both sold as MRP. In the widget, raw means are shown first, from a simulated poll of provinces. Commit to an answer; then switch MR and P on, one at a time, and watch the scoreboard.

# %%
MrpBoard()

# %% [markdown]
# ## The wrong analyses, live
#
# **MR without P**: fit `glmm`, and report the model. There are two ways of doing it: average the predictions of those *who answered*, or report each state's coefficient as the probability of a "typical person"
# (here a white man without a degree, aged forty-five to sixty-four). **P without MR**: weight the *observed* mean of each cell by its people. And a third one: poststratify over the cells with equal weights.

# %% tags=["wrong-analysis"]
typical_person = states[["state", "region", "degrees"]].assign(female=0, college=0, race="White", age="45-64")
P = ht.poststratified_means(poll, cells, traits, "vote", by="state")
halves = {
    "MR alone, respondents": poll.assign(p=fit.predict(poll)).groupby("state")["p"].mean(),
    "MR alone, typical person": pd.Series(fit.predict(typical_person).to_numpy(), typical_person["state"]),
    "P alone": P["estimate"],
    "MR, cells unweighted": cells.groupby("state")["predicted"].mean(),
    "MR and P": mrp.estimate,
}
damage = 100 * ht.validate(truth, halves)[["bias", "rmse"]]
damage.round(1)

# %% [markdown] concepts=[90]
# - **MR alone** is steady and wrong: {{5.2 = -damage.loc["MR alone, respondents", "bias"] | .1f}} points too low on average. Its states are smoothed, but the graduates and the young who answered are still too many. The model *knows* what they think; only
#   the table knows how many they are. The typical person gives {{12.4 = damage.loc["MR alone, typical person", "bias"] | .1f}} points too much.
# - **P alone** has the right weights and no steady cells: {{21.5 = damage.loc["P alone", "rmse"] | .1f}} points. Only {{53 = 100 * P["covered"].mean() | .0f}} percent of a state's people, on average, live in a cell with a respondent, and there it is often a single one.
# - Equal weights count a cell of one person like one of a thousand: {{9.5 = -damage.loc["MR, cells unweighted", "bias"] | .1f}} points too low.
#
# A multilevel logistic fit is therefore not MRP. It is the first half.
#
# **A standard tool.** `statsmodels` has a mixed logit model, fitted by variational Bayes. Its coefficients are near ours. Its standard errors are not:

# %%
batches = {name: f"0 + C({name})" for name in ("race", "age", "region", "state")}
vb = BinomialBayesMixedGLM.from_formula("vote ~ female + college + degrees", batches, poll).fit_vb()
tool = pd.DataFrame(
    {"glmm": fit.fixef, "statsmodels": vb.fe_mean, "glmm se": fit.fixef_se, "statsmodels se": vb.fe_sd}
)
tool.round(3)

# %% [markdown]
# The coefficients differ by {{0.04 = (tool["glmm"] - tool["statsmodels"]).abs().max() | .2f}} at most. But it gives the intercept a standard error of {{0.06 = tool.loc["Intercept", "statsmodels se"] | .2f}}, where there are only four races and four ages to know their mean from, and
# {{0.54 = tool.loc["Intercept", "glmm se"] | .2f}} is honest. The approximation pretends that all coefficients are independent of each other. And it has no P: that half is left to you.

# %% [markdown] exercise="my_mrp" concepts=[89, 90]
# ### Your turn: a whole MRP
#
# `my_cells` was drawn for you alone: eight districts, three ages, with and without a degree, a row for each of the {{48 = len(my_cells) | d}} cells, with the
# `people` who live there, the number `asked` and the number of `yes`. The poll is an online poll like ours, and few were asked in district `D5`.
# Fit `share ~ age + degree + (1 | district)`, where `share` is `yes / asked`, to the cells in which somebody was asked. Poststratify, with everything else as it is by default. What **percentage**
# of the people of `D5` would say yes? Store the number in `my_mrp`; one decimal is enough.

# %% exercise="my_mrp"
my_mrp = ...
### BEGIN SOLUTION
my_asked = my_cells[my_cells["asked"] > 0]
my_asked = my_asked.assign(share=my_asked["yes"] / my_asked["asked"])
my_fit = ht.glmm("share ~ age + degree + (1 | district)", my_asked, weights="asked")
my_mrp = 100 * ht.poststratify(my_fit, my_cells, by="district", count="people").estimate["D5"]
### END SOLUTION

# %% [markdown] exercise="what_is_missing" concepts=[90]
# ### Your turn: which object is missing?
#
# Four method sections, each with the heading "We use MRP". What is missing? Choose for each blank: `"nothing"`, `"the table of the population"`, `"the multilevel model"`.
#
# 1. > *We fitted a logistic model with varying intercepts for states, ages and races with `glmer`, and report each state's coefficient as a probability.* (`lecture`)
# 2. > *Each state's respondents were divided by sex, age and degree; the mean of each class was weighted by its share in the census of the state.* (`agency`)
# 3. > *A logistic model with varying intercepts, and each state's income as a predictor, gave a probability for every class of voters in every state; the census gave their numbers, and the estimate is the weighted mean.* (`thesis`)
# 4. > *We predicted the probability of every respondent from a multilevel model, and averaged these predictions state by state.* (`blog`)

# %% exercise="what_is_missing"
what_is_missing = {"lecture": ..., "agency": ..., "thesis": ..., "blog": ...}
### BEGIN SOLUTION
what_is_missing = {
    "lecture": "the table of the population",
    "agency": "the multilevel model",
    "thesis": "nothing",
    "blog": "the table of the population",
}
### END SOLUTION

# %% [markdown]
# ## Beside it: raking
#
# Pollsters have an older repair, [raking](glossary.md#raking): give each respondent a weight, so that the weighted poll has the population's share of each sex, race, age and degree. It needs no model and no joint table. For the *nation* it does as well as MRP:
# over the twenty polls the raw mean misses the truth by {{5.7 = np.sqrt((nationwide["raw"] ** 2).mean()) | .1f}} points, raking by {{1.1 = np.sqrt((nationwide["raking"] ** 2).mean()) | .1f}}, MRP by
# {{1.1 = np.sqrt((nationwide["MRP"] ** 2).mean()) | .1f}}. For *states* it is no help: {{17.1 = spread.loc["raking", "mean"] | .1f}} points, more than without weights. Weights cannot make three people more than three, and unequal weights make them fewer.

# %% [markdown]
# ## The maps

# %%
sets = {
    "the poll, raw": by_state["raw"],
    "MRP, no predictor of states": plain_mrp.estimate,
    "MRP": mrp.estimate,
    "the truth": truth,
}
with plots.style():
    fig, axes = plt.subplots(2, 2, figsize=(11, 7.6), layout="constrained")
    for ax, (name, values) in zip(axes.flat, sets.items(), strict=True):
        plots.tile_map(100 * values, ax=ax, label="Trump (%)", centre=50, limits=(20, 80))
        ax.set_title(name)
sd = 100 * pd.DataFrame(sets).std()
spreads = "; ".join(f"{name}: the states have an SD of {value:.1f} points" for name, value in sd.items())
show(
    fig,
    f"Four tile maps of Trump's share. {spreads}. Raw tiles run from {100 * by_state['raw'].min():.0f} to {100 * by_state['raw'].max():.0f} percent, those of MRP from "
    f"{100 * mrp.estimate.min():.0f} to {100 * mrp.estimate.max():.0f}.",
)

# %% [markdown]
# The raw map is a patchwork: the states differ by an SD of {{19 = sd["the poll, raw"] | .0f}} points, and most of that is noise. Without predictors MRP is too flat ({{5 = sd["MRP, no predictor of states"] | .0f}}); with them it has {{7.5 = sd["MRP"] | .1f}} points, and the truth {{8.1 = sd["the truth"] | .1f}}. A map of estimates has a little less
# spread than the truth (lesson 03): do not count states above fifty percent on it. Count them draw by draw.

# %% [markdown] exercise="read_the_maps" concepts=[91, 90]
# ### Your turn: read the maps
#
# Choose for each blank one of its options, word for word.
#
# - Vermont is a hundred percent on the raw map and {{41 = 100 * mrp.estimate["Vermont"] | .0f}} with MRP, because ___ (`vermont`): `"its two respondents weigh little beside the other states and its predictors"`, `"the census table holds few Vermonters"`, `"Vermonters answered dishonestly"`.
# - D.C. is dark on the map *without* predictors of states too, because ___ (`capital`): `"seven people answered there"`, `"the table knows who lives there"`, `"shrinkage pulls small units down"`.
# - If the states of the raw map differ more than those of the true one, this shows ___ (`patchwork`): `"the noise of small samples"`, `"that young people answered"`, `"that the true differences are large"`.
# - Montana is estimated at {{44 = 100 * mrp.estimate["Montana"] | .0f}} percent; the truth is {{54 = 100 * truth["Montana"] | .0f}}. A reader of the map, who does not know the truth, should look at ___ (`montana`): `"the raw share"`, `"the interval"`, `"the neighbouring tiles"`.

# %% exercise="read_the_maps"
read_the_maps = {"vermont": ..., "capital": ..., "patchwork": ..., "montana": ...}
### BEGIN SOLUTION
read_the_maps = {
    "vermont": "its two respondents weigh little beside the other states and its predictors",
    "capital": "the table knows who lives there",
    "patchwork": "the noise of small samples",
    "montana": "the interval",
}
### END SOLUTION

# %% [markdown] concepts=[94]
# ## Uncertainty through both stages
#
# How sure are we of a state? Four things are uncertain, and `poststratify` draws as many of them as it is asked to.
#
# 1. **The coefficients**, $\beta$, $a$, $r$ and $u$: always drawn, jointly, and each draw goes through the whole sum.
# 2. **The people themselves**, `realised=True`: {{71 = len(voters[voters["state"] == "Wyoming"]) | d}} voters of Wyoming are not exactly what is expected of such people. It matters here because the population is small, and would not among millions.
# 3. **The SDs between groups**, `theta="draw"`. The fit takes $\hat\tau$ for known. Among the twenty polls $\hat\tau_\text{state}$ ran from {{0.00 = min(taus) | .2f}} to {{0.28 = max(taus) | .2f}}. Where it is nearly zero, the model is sure that its line is exact: the vanishing intervals of lesson 08.
# 4. **The table**, `count_se` or `count_n`: a census is counted, but often a larger survey stands in for it.

# %%
at = int(np.argmin(taus))
worst_counted = ht.make_cells(draw_poll(at), [*traits, "region", "degrees"], "vote")
worst_fit = ht.glmm(formula, worst_counted, weights="n")
ask = {"by": "state", "new_groups": "draw", "draws": 300}
layers = {
    "coefficients": {},
    "+ people": {"realised": True},
    "+ people, table from 2,000 people": {"realised": True, "count_n": 2000},
    "+ people, SDs": {"realised": True, "theta": "draw"},
}
stages = {name: ht.poststratify(worst_fit, cells, **ask, **more) for name, more in layers.items()}
stages = 100 * ht.validate(truth, stages)[["rmse", "coverage", "width"]]
coverage = many["coverage"].groupby(level=1).mean()
stages.round(1)

# %% [markdown] concepts=[94]
# This is the poll with the smallest $\hat\tau_\text{state}$, and the intervals should hold the truth in ninety-five states of a hundred. With the coefficients alone it is {{65 = stages.loc["coefficients", "coverage"] | .0f}}. With the people {{82 = stages.loc["+ people", "coverage"] | .0f}}, and with the SDs drawn
# too {{96 = stages.loc["+ people, SDs", "coverage"] | .0f}} percent. (A table from a survey of two thousand would, with the people, make the intervals {{18 = stages.loc["+ people, table from 2,000 people", "width"] | .0f}} points wide in place of {{13 = stages.loc["+ people", "width"] | .0f}}.) The estimates hardly change; what they *admit* does. Over all twenty polls, with $\hat\tau$ taken for known, the mean coverage is {{80 = coverage["MRP"] | .0f}} percent, and {{89 = coverage["MRP, realised"] | .0f}} with the people.
# If the fit is on the boundary, or close to it, draw the SDs.
#
# None of the four says that the model may be wrong, or the table out of date, or that those who answer may think otherwise. An interval holds what its draws hold.

# %% [markdown] concepts=[93]
# ## A second test: the official result
#
# Until now the CCES was the population. Of course it is itself a survey, to which people signed up. (Its makers publish weights to repair that; the file of this course has none, and we take it as it stands.) There is a harder judge, the votes that were counted. They too are of all votes, Trump
# against everybody else. (Two of the shares were mended in this course's file: see `ht.card("us_election_2016_state")`.)

# %%
result = states[["state", "trump_share"]]
seen = "vote ~ female + college + trump_share + (1 | race) + (1 | age) + (1 | state)"
leak = ht.glmm(seen, asked.merge(result), weights="n")
second = {
    "raw": by_state["raw"],
    "MRP": mrp,
    "all of the CCES": truth,
    "MRP that has seen the result": ht.poststratify(leak, cells.merge(result), by="state", new_groups="draw"),
}
election = 100 * ht.validate(official, second)[["bias", "rmse", "coverage"]]
by_chance = 100 * np.sqrt((truth * (1 - truth) / voters.groupby("state").size()).mean())
election.round(1)

# %% [markdown] concepts=[93]
# Against the election MRP is off by {{9.3 = election.loc["MRP", "rmse"] | .1f}} points, and {{5.9 = -election.loc["MRP", "bias"] | .1f}} too low on average. But so is the *whole* CCES, all {{44932 = len(voters) | d}} of them: {{8.1 = election.loc["all of the CCES", "rmse"] | .1f}} and {{5.9 = -election.loc["all of the CCES", "bias"] | .1f}}. (Some of this is chance: the CCES has few voters
# of small states, and chance alone would make {{2.7 = by_chance | .1f}} points. The bias is no chance.) MRP moved the poll toward its table, and the table is of those who
# sign up for surveys. No sample size repairs that. The intervals hold {{73 = election.loc["MRP", "coverage"] | .0f}} percent of the official results, and nothing in the poll could have told us. Was it that the CCES has the wrong mix of people, which a census table would repair, or that within a cell Trump's voters sign up less, which
# no table of these traits would? From these data one cannot say. The next but one section takes the two apart.
#
# The last line has `trump_share` among its predictors. Even so it is {{6.8 = election.loc["MRP that has seen the result", "rmse"] | .1f}} points off. If a report shows such a model, ask what its predictor was.

# %% [markdown] concepts=[92, 91]
# ## Thirty-one provinces
#
# Does a richer model do better? A lecture on MRP has this one, for support of a policy in the provinces of China: `gender * gdp`, and by region and by province a varying intercept, a varying effect of gender, and the interactions
# gender × region and gender × province on top. Its data are not public, so we have simulated ones with the populations of the census of 2020, where the truth is known, {{1500 = asked_31["n"].sum() | d}} respondents, and the young, men and the east answer more.

# %%
cells_31, asked_31 = ht.load("provinces31"), ht.load("provinces31_poll")
people_31 = cells_31.groupby("province")["N"].sum()
true_31 = (cells_31["N"] * cells_31["share"]).groupby(cells_31["province"]).sum() / people_31
simple = "support ~ gender * gdp + (1 + gender | region) + (1 + gender | province)"
formulas = {
    "lecture": f"{simple} + (1 | gender:region) + (1 | gender:province)",
    "without the doubles": simple,
    "with age": f"{simple} + (1 | age)",
    "better": "support ~ gender * gdp + (1 | region) + (1 | province) + (1 | age)",
}
fits_31 = {name: ht.glmm(f, asked_31, weights="n") for name, f in formulas.items()}
found_31 = asked_31.groupby("province")[["yes", "n"]].sum()
methods_31 = {
    "raw": found_31["yes"] / found_31["n"],
    "national": found_31["yes"].sum() / found_31["n"].sum(),
}
for name, f in fits_31.items():
    methods_31[name] = ht.poststratify(f, cells_31, by="province", new_groups="draw")
table_31 = 100 * ht.validate(true_31, methods_31)[["bias", "rmse", "coverage"]]
table_31["deviance"] = pd.Series({name: f.criterion for name, f in fits_31.items()})
table_31["boundary"] = pd.Series({name: f.is_boundary for name, f in fits_31.items()})
fresh = [provinces31(np.random.default_rng(k)).poll for k in range(20)]
fresh = [ht.glmm(formulas["better"], one, weights="n").varcorr["region"] for one in fresh]
sd_region = [v.sd["Intercept"] for v in fresh]
table_31.round(1)

# %% [markdown] concepts=[92]
# Three things are wrong with the lecture's formula.
#
# - **Doubles.** `(1 + gender | province)` already lets women and men of each province deviate, with any covariance. `(1 | gender:province)` says it again. The deviance is {{602.9 = fits_31["lecture"].criterion | .1f}} with and without: the data cannot tell the two apart.
# - **A region has four levels.** One SD from four levels is a rough guess already; we allow it where the levels differ much, as races do. Here four levels are to tell two SDs and a correlation, and the likelihood is highest with both SDs at zero (so the table says `boundary`). The truth is not zero: the simulation draws regions with an SD of three tenths. In
#   twenty fresh nations even the single SD of the simplest term comes out as zero {{7 = sum(s < 0.01 for s in sd_region) | d}} times, and as large as {{0.60 = max(sd_region) | .2f}}. And a factor of *two* levels has one difference to learn an SD from. So gender is a fixed effect, and not `(1 | gender)`.
# - **Age is not in it**, though the poll has it and the young answer most. That is the one that costs: {{4.7 = -table_31.loc["lecture", "bias"] | .1f}} points of bias. Add age and leave everything else as it is (`with age`): the error falls from {{7.5 = table_31.loc["lecture", "rmse"] | .1f}} points to {{5.9 = table_31.loc["with age", "rmse"] | .1f}}.
#
# The better formula drops the covariances as well, and loses nothing: {{5.9 = table_31.loc["better", "rmse"] | .1f}} points (raw {{10.8 = table_31.loc["raw", "rmse"] | .1f}}, national {{15.5 = table_31.loc["national", "rmse"] | .1f}}). Here a trait that goes with answering *and* with the answer is worth more than all the covariances together.

# %%
sets_31 = {"raw": methods_31["raw"], "MRP, better formula": methods_31["better"].estimate, "truth": true_31}
ends = {name: f"{100 * values.min():.0f} to {100 * values.max():.0f}" for name, values in sets_31.items()}
with plots.style():
    fig, axes = plt.subplots(1, 3, figsize=(12, 4.2), layout="constrained")
    for ax, (name, values) in zip(axes, sets_31.items(), strict=True):
        plots.tile_map(100 * values, "china", ax=ax, label="support (%)", limits=(10, 90))
        ax.set_title(name)
show(
    fig,
    "Three tile maps of the share of support in 31 provinces. "
    + "; ".join(f"{name}: {values} percent" for name, values in ends.items())
    + f". The RMSE is {table_31.loc['raw', 'rmse']:.1f} points raw and {table_31.loc['better', 'rmse']:.1f} with MRP.",
)

# %% [markdown]
# **And elsewhere?** Take the {{1934 = len(women) | d}} women of the Bangladesh survey (lesson 11) as a population, {{60 = women["district"].nunique() | d}} districts of {{32 = len(women) / 60 | .0f}} women, and draw polls of {{400 = len(drawn) | d}}, in which women of towns answer more and those without children less.

# %%
women = ht.load("contraception").assign(uses=lambda d: (d["use"] == "Y").astype(int))
women["quarter"] = pd.qcut(women["age"], 4, labels=["youngest", "second", "third", "oldest"])
kinds = ["district", "urban", "livch", "quarter"]
everybody, users = ht.make_cells(women, kinds, count="N"), women.groupby("district")["uses"].mean()
chance = np.where(women["urban"] == "Y", 3.0, 1.0) * np.where(women["livch"] == "0", 0.5, 1.0)
bangladesh = []
ask = {"by": "district", "new_groups": "draw", "draws": 200, "realised": True}
for seed in range(10):
    rng = np.random.default_rng(seed)
    drawn = women.iloc[rng.choice(len(women), 400, replace=False, p=chance / chance.sum())]
    counted = ht.make_cells(drawn, kinds, "uses")
    model = ht.glmm("uses ~ urban + (1 | livch) + (1 | quarter) + (1 | district)", counted, weights="n")
    methods = {
        "raw": drawn.groupby("district")["uses"].mean(),
        "national": drawn["uses"].mean(),
        "MRP": ht.poststratify(model, everybody, **ask),
    }
    bangladesh.append(100 * ht.validate(users, methods)[["rmse", "bias", "coverage"]])
bangladesh = sum(bangladesh) / 10
bangladesh.round(1)

# %% [markdown]
# The order is the same, the gain smaller: {{23 = bangladesh.loc["raw", "rmse"] | .0f}}, {{18 = bangladesh.loc["national", "rmse"] | .0f}} and {{15 = bangladesh.loc["MRP", "rmse"] | .0f}} points. There is no predictor of districts in these data, a district has six or seven respondents, and a truth made of thirty women is itself partly chance. MRP cannot invent what no column knows. Buttice and Highton (2013) found the same for many questions put to Americans: how well MRP does
# varies widely, and with it how much the predictor of the units explains.

# %% [markdown] concepts=[93]
# ## What MRP cannot repair
#
# We return to the question that the election left open, in a simulated nation where it has an answer: {{51 = len(goal) | d}} units, a good model, polls of {{1500 = len(made.poll) | d}}. In all of them the young and the educated answer more,
# and the table knows it. Then two things go wrong, one at a time.
#
# - **The answer itself**: within every cell, the people who would say yes are twice as ready to answer.
# - **A wrong table**: the census is a generation old. It has half as many people of university education as there are, and half as many again with school alone.

# %%
model_n = "y ~ sex + u + (1 | age) + (1 | education) + (1 | origin) + (1 | unit)"
kinds_n = ["sex", "age", "education", "origin"]
old = {"school": 1.5, "vocational": 1.0, "university": 0.5}
trouble = []
for seed in range(5):
    tries = {}
    for world, on_outcome in (("as known", 1.0), ("by the answer", 2.0)):
        made = nation(np.random.default_rng(seed), on_outcome=on_outcome)
        goal, people = made.truth(), made.cells
        stale = people.assign(N=people["N"] * people["education"].map(old).astype(float))
        n_fit = ht.glmm(model_n, ht.make_cells(made.poll, ["unit", "u", *kinds_n], "y"), weights="n")
        ask = {"by": "unit", "new_groups": "draw", "draws": 200}
        tries[f"raw, {world}"] = made.poll.groupby("unit")["y"].mean()
        tries[f"raking, {world}"] = ht.rake(made.poll, totals(people, kinds_n)).mean("y", "unit")
        tries[f"MRP, {world}"] = ht.poststratify(n_fit, people, **ask)
        if world == "as known":
            tries["MRP, old table"] = ht.poststratify(n_fit, stale, **ask)
    trouble.append(100 * ht.validate(goal, tries)[["bias", "rmse", "coverage"]])
trouble = sum(trouble) / 5
shown = {
    name: 100 * tries[name].table()[["estimate", "lower", "upper"]]
    for name in tries
    if name.startswith("MRP")
}
axes = plots.against_truth(100 * goal, shown, label="estimate (%)")
before, after = trouble.loc[["raw, by the answer", "MRP, by the answer"], "bias"]

# %% tags=["predict"]
Prediction(
    f"Where those who would say yes answer twice as readily, the raw shares are {before:.1f} points too high on average. "
    "And MRP, with the right table?",
    [
        "about right: that is what it is for",
        "too high, but by less than the raw shares",
        "too high, by more than the raw shares",
    ],
    answer=int(np.searchsorted([0.15, 1.0], after / before)),
    because="The raw poll had two errors of opposite signs, which cancelled in part. MRP repaired the one that the table knows, "
    "and so laid the other bare.",
    figure=axes[0].figure,
    alt=narrate.against_truth(100 * goal, shown, unit="points"),
)

# %%
trouble.round(1)

# %% [markdown] concepts=[93]
# With everything as the table knows it, raw shares are {{10.4 = -trouble.loc["raw, as known", "bias"] | .1f}} points too low, and MRP {{0.6 = -trouble.loc["MRP, as known", "bias"] | .1f}}. If the answer itself decides who answers, MRP is {{13.1 = trouble.loc["MRP, by the answer", "bias"] | .1f}} points too *high*, more
# than the raw shares ({{5.1 = trouble.loc["raw, by the answer", "bias"] | .1f}}): the two errors had cancelled in part, and MRP removed one. Its intervals hold {{27 = trouble.loc["MRP, by the answer", "coverage"] | .0f}} percent of the truths. Raking is no way out ({{12.3 = trouble.loc["raking, by the answer", "bias"] | .1f}}). Within a cell, those who answer stand for those
# who do not; that is the assumption of every weighting, and no table, no model and no sample size tests it. The old table moves the estimates up by {{3.6 = trouble.loc["MRP, old table", "bias"] - trouble.loc["MRP, as known", "bias"] | .1f}} points on average: here the assumption is in the census, and a new one repairs it.
#
# What can be done about the first? Ask for something that goes with both, and that the table has: the vote in the last election, above all. Then less is left within the cells. And say so in the report.

# %% [markdown] exercise="two_polls" concepts=[93]
# ### Your turn: make a poll that can be repaired, and one that cannot
#
# Make a DataFrame `two_polls` with four rows, one for each combination of `age` (`"young"`, `"old"`) and `vote` (zero, one), and the columns `people`, `poll_a` and `poll_b`: how many there are in the population and how many of them
# answered in each of two polls. All counts are one or more; a poll has fewer answers in a row than the row has people. The share of `vote` is to be wrong by ten points or more in *both* raw polls. Weighting the two ages as in the population should repair `poll_a` to within one point. `poll_b` should have
# the ages of the population to within one point, so that there is nothing to weight, and stay wrong by ten points.

# %% exercise="two_polls"
two_polls = ...
### BEGIN SOLUTION
two_polls = pd.DataFrame({"age": ["young", "young", "old", "old"], "vote": [0, 1, 0, 1]})
two_polls["people"] = [4000, 1000, 1000, 4000]  # of the young 20 percent, of the old 80
two_polls["poll_a"] = [320, 80, 20, 80]  # the young answer more, and alike
two_polls["poll_b"] = [160, 90, 25, 225]  # each age as it should be; who votes 1 answers more
### END SOLUTION

# %% [markdown] exercise="flaws_of_a_poll" concepts=[93]
# ### Your turn: find the flaws in a report
#
# Five sentences from one report. Give each the label that fits: `"sound"`, `"no table"`, `"selection on the answer"`, `"looks at the answer"`, `"variance, not bias"`.
#
# 1. > *Supporters of the party were more willing to talk to us than other people of the same age, sex and education; since we use MRP, this does not matter.* (`sentence_1`)
# 2. > *In the model, the best predictor of districts was the result of the election that we estimate, so our errors are small.* (`sentence_2`)
# 3. > *The young answered less than the old. The census has the ages of every district, so the estimates give the young the weight they have there.* (`sentence_3`)
# 4. > *We doubled the sample, since the members of our panel differ from other people, and now the panel represents the country.* (`sentence_4`)
# 5. > *The figures for the districts are the coefficients of the multilevel model, turned into probabilities.* (`sentence_5`)

# %% exercise="flaws_of_a_poll"
flaws_of_a_poll = {
    "sentence_1": ...,
    "sentence_2": ...,
    "sentence_3": ...,
    "sentence_4": ...,
    "sentence_5": ...,
}
### BEGIN SOLUTION
flaws_of_a_poll = {
    "sentence_1": "selection on the answer",
    "sentence_2": "looks at the answer",
    "sentence_3": "sound",
    "sentence_4": "variance, not bias",
    "sentence_5": "no table",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - MRP is two steps: a model predicts every cell of the population; a table says how many people live in each.
# - The model without the table keeps the bias of who answered; the table without the model keeps the noise.
# - Where few answered, pooling removes noise, and predictors of the units tell the units apart. They must have been known before.
# - Put into the model what goes with answering *and* with the answer. Few levels, few variances.
# - Draw what is uncertain: coefficients, SDs near the boundary, the table.
# - Judge it over many units, many polls, and an outside truth.
# - It moves a sample toward its table. It repairs neither a wrong table nor selection on the answer within cells.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: section 14.1, state-level opinions from national polls.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 14 for survey weights, and chapter 17 for the logistic model.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 10 for the logistic model. It has no poststratification.
# - Gelman and Little (1997), "Poststratification into many categories using hierarchical logistic regression", *Survey Methodology*. Park, Gelman and Bafumi (2004), "Bayesian multilevel
#   estimation with poststratification", *Political Analysis*. Lax and Phillips (2009), "How should we estimate public opinion in the states?", *American Journal of Political Science*. Buttice and
#   Highton (2013), "How does multilevel regression and poststratification perform with conventional national surveys?", *Political Analysis*.
