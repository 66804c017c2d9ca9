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
# # Lesson 13: Capstone and clinic
#
# In {{27 = children["Subject"].nunique() | d}} children a distance in the skull was measured on X-ray images at the ages of eight, ten, twelve and
# fourteen. Does it grow faster in boys than in girls? Everything needed to answer that has been taught; what is left is to do all of it, in order, and to write it
# down so that somebody else can judge it.

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution

# %%
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach import plots
from hlm_teach.plots import show
from hlm_teach.widgets import ModelTranslator, Prediction

children = ht.load("orthodont")
children["age11"] = children["age"] - 11  # eleven is the middle of the ages
average = children.groupby(["Sex", "age"], observed=True)["distance"].mean().unstack()

with plots.style():
    facets = sns.relplot(
        children, x="age", y="distance", col="Sex", units="Subject", estimator=None, kind="line",
        color=plots.COLOURS["data"], lw=0.9, height=3.4, aspect=1.05,
    )  # fmt: skip
    for sex, ax in facets.axes_dict.items():
        ax.plot(average.columns, average.loc[sex], color=plots.COLOURS["partial"], lw=3)
    facets.set_axis_labels("age (years)", "distance (mm)")
    facets.set_titles("{col_name}")
show(
    facets.figure,
    f"A line for each child from age 8 to 14. The mean of the boys rises from {average.loc['Male', 8]:.1f} to "
    f"{average.loc['Male', 14]:.1f} mm, that of the girls from {average.loc['Female', 8]:.1f} to {average.loc['Female', 14]:.1f} mm. "
    "Two boys zigzag by several millimetres; no girl does.",
)

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **carry out** a multilevel analysis from the question to the report, on data of your choice;
# - **check** a fit by data drawn from it, and **say** what its failure changes;
# - **measure** what it costs to try several analyses and report the best;
# - **find** the flaw in a report that looks right, **name** it, and **choose** its repair.
#
# You need lessons 00 to 12. Three sittings: the worked example (thirty minutes), the clinic (sixty), and your capstone (half a day, on data of your choice and
# in your own time). There are eight tasks. Three of them are read by a person.

# %%
review("13")

# %% [markdown]
# ## A whole analysis, on two pages
#
# **Question.** By how many millimetres a year does the distance grow, on average, in boys and in girls like these, and how large is the difference? The
# [estimand](glossary.md#estimand) is the number that answers it: the mean slope of the girls less the mean slope of the boys, over the ages eight to fourteen.
#
# **Look, at each level.** Rows: {{108 = len(children) | d}} measurements, four for every child, none missing. Groups:
# {{16 = (sexes == "Male").sum() | d}} boys and {{11 = (sexes == "Female").sum() | d}} girls. `age` differs inside children, `Sex` between them. The figure shows lines that
# rise, children who differ in level, and two boys who zigzag.
#
# **Plan, before the fit.** A line for each child, around the mean line of the child's sex. One check: do boys lie further from their own lines than girls do? Three
# other analyses, to be reported whatever they say: a model for each sex, for the case that they do; a fit without the two boys who zigzag most, because two children may decide;
# and least squares on all rows, because many readers would begin with it.
#
# **By hand first.** Every child was measured at the same ages, so each has a least-squares slope from the same four ages:

# %%
sexes = children.groupby("Subject", observed=True)["Sex"].first()
by_child = children.pivot(index="Subject", columns="age11", values="distance")
ages = by_child.columns.to_numpy(float)
own_slope = by_child.to_numpy() @ ages / (ages @ ages)
girl = (sexes.loc[by_child.index] == "Female").to_numpy()
mean_slope = {"boys": own_slope[~girl].mean(), "girls": own_slope[girl].mean()}
by_hand = stats.ttest_ind(own_slope[girl], own_slope[~girl])
pd.Series(mean_slope).round(3)

# %% [markdown] concepts=[63]
# Boys {{0.78 = mean_slope["boys"] | .2f}} mm a year, girls {{0.48 = mean_slope["girls"] | .2f}}: the girls' slope is
# {{0.30 = mean_slope["boys"] - mean_slope["girls"] | .2f}} less. The estimand is a [cross-level interaction](glossary.md#cross-level-interaction): a property of
# children predicts their slopes.
#
# **The model, in four forms.** Each child has a line, and lines vary around the mean line of the child's sex. By levels, first the measurements, then the children,
#
# $$ \text{distance}_i = \alpha_{j[i]} + \beta_{j[i]}\, \text{age11}_i + \epsilon_i , \qquad \epsilon_i \sim \mathrm N(0, \sigma^2) , $$
#
# $$ \alpha_j = \gamma_0 + \gamma_1\, \text{girl}_j + u_j , \qquad \beta_j = \delta_0 + \delta_1\, \text{girl}_j + v_j ; $$
#
# in one line, with the second put into the first,
#
# $$ \text{distance}_i = \gamma_0 + \gamma_1\, \text{girl}_{j[i]} + \delta_0\, \text{age11}_i + \delta_1\, \text{girl}_{j[i]}\, \text{age11}_i + u_{j[i]} + v_{j[i]}\, \text{age11}_i + \epsilon_i ; $$
#
# as a distribution, $(u_j, v_j) \sim \mathrm N(0, \Sigma)$, and as a formula, `distance ~ age11 * Sex + (1 + age11 | Subject)`. If one of the forms is hard to write, the
# question is not clear yet. Type the formula of a plan of your own into the translator, and compare the forms with what you meant.

# %%
ModelTranslator("math ~ 1 + homework + (1 + homework | school)", "pupils", question=False)

# %% [markdown]
# **Fit, and a second engine.**

# %%
formula = "distance ~ age11 * Sex + (1 + age11 | Subject)"
joint = ht.lmm(formula, children)
theirs = smf.mixedlm("distance ~ age11 * Sex", children, groups="Subject", re_formula="~age11").fit()
gap = (theirs.fe_params - joint.fixef).abs().max()
growth = "age11:Sex[T.Female]"
interval = joint.confint(method="satterthwaite").loc[growth]
print(joint.summary())
print(f"largest difference from statsmodels: {gap:.0e}")

# %% [markdown] concepts=[76]
# The girls' slope is {{0.30 = -joint.fixef[growth] | .2f}} mm a year less (standard error {{0.13 = joint.fixef_se[growth] | .2f}}, ninety-five percent interval
# {{0.03 = -interval["upper"] | .2f}} to {{0.58 = -interval["lower"] | .2f}}, t with {{25 = joint.df("satterthwaite")[growth] | .0f}} degrees of freedom: the children less the two means).
# By hand it was the same: a t test on the children's own slopes has t = {{−2.26 = by_hand.statistic | .2f}}, the model {{−2.26 = joint.fixef[growth] / joint.fixef_se[growth] | .2f}}.
#
# **Check, by data drawn from the fit** (a [predictive check](glossary.md#predictive-check)). The model gives boys and girls *one* $\sigma$. The zigzags speak against it. So take a statistic that the model does not fit by
# itself, how many times as far the boys' measurements lie from their own lines as the girls' do, and compute it in data that the model made.


# %%
H = np.eye(4) - 1 / 4 - np.outer(ages, ages) / (ages @ ages)  # takes each child's own line away
children = children.sort_values(["Subject", "age"])
is_girl = (sexes.loc[children["Subject"].iloc[::4]] == "Female").to_numpy()


def zigzag(data):
    """Return the boys' residual SD around their own lines, divided by the girls'."""
    left = data["distance"].to_numpy().reshape(-1, 4) @ H
    ss = (left**2).sum(axis=1)
    return np.sqrt(ss[~is_girl].mean() / ss[is_girl].mean())


joint = ht.lmm(formula, children)  # the same fit, on sorted rows: zigzag takes four rows for a child
drawn = joint.simulated_check(zigzag, n=400, seed=13)
fig = plots.simulated_check(drawn, label="residual SD of boys, divided by that of girls").figure

# %% tags=["predict"]
outside = (drawn.simulated >= drawn.observed).mean()
Prediction(
    "The boys' residual SD, divided by the girls': where do the data lie among 400 sets drawn from the fit?",
    ["in the middle", "toward the edge, within the central 95 percent", "beyond nearly all of them"],
    answer=2 if outside < 0.025 else 1 if outside < 0.25 else 0,
    because="Two boys zigzag by several millimetres, and one sigma for all cannot make that.",
    figure=fig,
    alt=f"Ratios of residual SDs in 400 data sets drawn from the fit: 95 percent lie between "
    f"{np.quantile(drawn.simulated, 0.025):.2f} and {np.quantile(drawn.simulated, 0.975):.2f}. The data stand at {drawn.observed:.2f}.",
)

# %% [markdown] concepts=[67]
# The ratio is {{2.4 = drawn.observed | .1f}}, and {{0 = (drawn.simulated >= drawn.observed).sum() | d}} of {{400 = len(drawn.simulated) | d}} draws are as large (p is {{0.005 = drawn.p | .3f}},
# the least that so many draws can give). So the model is wrong in a known way. Does it matter *for the question*?
#
# **Sensitivity.** The three other analyses of the plan, all reported.

# %%
zigzags = np.abs(by_child.to_numpy() @ H).max(axis=1)
worst = list(by_child.index[np.argsort(zigzags)[-2:]])
apart = {
    s: ht.lmm("distance ~ age11 + (1 + age11 | Subject)", part)
    for s, part in children.groupby("Sex", observed=True)
}
calm = ht.lmm(formula, children[~children["Subject"].isin(worst)])
welch = stats.ttest_ind(own_slope[girl], own_slope[~girl], equal_var=False).confidence_interval()
two_sigmas = np.hypot(apart["Male"].fixef_se["age11"], apart["Female"].fixef_se["age11"])
plain = smf.ols("distance ~ age11 * Sex", children).fit()
pd.DataFrame(
    {
        "girls less boys": [
            joint.fixef[growth],
            apart["Female"].fixef["age11"] - apart["Male"].fixef["age11"],
            calm.fixef[growth],
            plain.params[growth],
        ],
        "standard error": [joint.fixef_se[growth], two_sigmas, calm.fixef_se[growth], plain.bse[growth]],
    },
    index=["one model", "a model for each sex", "without the two boys", "ordinary least squares"],
).round(3)

# %% [markdown]
# A model for each sex has two $\sigma$ ({{1.61 = apart["Male"].sigma | .2f}} and {{0.67 = apart["Female"].sigma | .2f}} mm). The difference stays. Its interval (Welch's,
# on the children's own slopes: in balanced data it is the same thing) is {{0.05 = -welch.high | .2f}} to {{0.56 = -welch.low | .2f}}, hardly another one. Without the two boys, {{0.21 = -calm.fixef[growth] | .2f}}
# ({{0.10 = calm.fixef_se[growth] | .2f}}): the same sign, a third smaller. Ordinary least squares has the larger standard error here, because it leaves the
# children's levels in the noise (lesson 01).
#
# **Report.**
#
# > In sixteen boys and eleven girls, measured at four ages, the distance grew by {{0.78 = mean_slope["boys"] | .2f}} mm a year in boys and
# > {{0.48 = mean_slope["girls"] | .2f}} in girls. The difference is {{0.30 = -joint.fixef[growth] | .2f}} (ninety-five percent interval {{0.03 = -interval["upper"] | .2f}} to
# > {{0.58 = -interval["lower"] | .2f}}; varying intercepts and slopes by child, REML, t with {{25 = joint.df("satterthwaite")[growth] | .0f}} degrees of freedom). Children of one sex differ in level with an SD of
# > {{1.8 = joint.varcorr["Subject"].sd["Intercept"] | .1f}} mm at eleven, and in slope with {{0.18 = joint.varcorr["Subject"].sd["age11"] | .2f}} mm a year. Boys' measurements scatter more than the model allows
# > ({{2.4 = drawn.observed | .1f}} times as much as girls'); with a residual SD for each sex the interval is {{0.05 = -welch.high | .2f}} to {{0.56 = -welch.low | .2f}}. Without the two boys who scatter most the
# > difference is {{0.21 = -calm.fixef[growth] | .2f}}; least squares on all rows gives the same difference as the first model, with a standard error of {{0.20 = plain.bse[growth] | .2f}}. Nothing else was tried. How the children came into the study is not documented, so we do not say whom they stand for.
#
# The *repeated* interval is the honest part. The first model was wrong, the question's answer survived it, and the reader is told both.

# %% [markdown]
# ## The wrong analysis, live: four tries, one report
#
# Sensitivity analyses are reported together. The wrong way is to report only the one that came out best. Twenty schools of ten pupils, half of the schools with a treatment that
# does nothing. Four sensible analyses of each study: as planned; without the most extreme school; only the girls (a random half); the gain since a pretest.
# In balanced data the multilevel test of the treatment is the t test on the schools' means, so two thousand studies take no time.

# %% tags=["wrong-analysis"]
rng = np.random.default_rng(13)
p_values = np.empty((2000, 4))
every, treated = np.ones(20, bool), np.arange(20) < 10
for study in range(2000):
    pretest = rng.normal(0, 1, (20, 10))
    score = rng.normal(0, 0.5, (20, 1)) + 0.5 * pretest + rng.normal(0, 1, (20, 10))
    own, girls, gain = score.mean(axis=1), score[:, :5].mean(axis=1), (score - pretest).mean(axis=1)
    kept = np.arange(20) != np.abs(own - own.mean()).argmax()
    for k, (value, rows) in enumerate([(own, every), (own, kept), (girls, every), (gain, every)]):
        p_values[study, k] = stats.ttest_ind(value[rows & treated], value[rows & ~treated]).pvalue
alone = 100 * (p_values < 0.05).mean(axis=0)
best = 100 * (p_values.min(axis=1) < 0.05).mean()
pd.Series(
    [*alone, best], ["planned", "an extreme school out", "girls", "gain", "the best of the four"]
).round(1)

# %% [markdown] concepts=[77]
# Each analysis alone raises a false alarm in about five percent of the studies ({{5.1 = alone[0] | .1f}} as planned). Whoever may choose the best of
# four is "significant" in {{12 = best | .0f}} percent. None of the four is a mistake; the choice after the fact is. So write the plan before the fit,
# and what you changed since.
#
# ## What to report
#
# [Lesson 08](08_when_pooling_fails.ipynb) says why each of these belongs into a report, in its section of the same name. Here it is as questions, to run through for your own reports and for other people's.
#
# | | ask |
# |---|---|
# | question | What is the estimand, in a sentence with its unit? For whom? Is it about members, about groups, or about both? |
# | data | How many rows, groups, rows per group (least, most)? What was left out, what is missing, and why? |
# | model | The formula. What varies over what, and why not more? Centring and coding of each predictor. |
# | method | REML or ML, the engine, its version, seeds. Converged? A [boundary fit](glossary.md#boundary-fit)? |
# | estimates | Coefficients with intervals and degrees of freedom. SDs of *all* varying terms, correlations with their origin, $\sigma$. |
# | size | Is each sample size that of the right level? How few groups are there? |
# | check | One feature of the data that the model does not fit by itself, compared with data drawn from the fit. |
# | sensitivity | What else was tried, all of it, and what changed. |
# | reading | Within, between or a mixture? On which scale? For old groups or for new ones? |
# | limits | What could make it wrong that no model sees: selection, measurement, causes. |

# %% [markdown]
# ## The clinic: twelve reports
#
# Read each report as if a colleague had sent it, with the table above beside you. The next cell makes the fits from which the numbers come, and may help to try a repair.

# %%
radon = ht.load("radon")
r1_line, r1_own = (
    smf.ols("log_radon ~ floor", radon).fit(),
    smf.ols("log_radon ~ floor + C(county)", radon).fit(),
)
r1 = ht.lmm("log_radon ~ floor + (1 | county)", radon)
r1_sizes = radon["county"].value_counts()
r1_large = radon["county"].map(r1_sizes) >= 10
r1_check = r1.simulated_check(
    lambda d: d[r1_large].groupby("county")["log_radon"].mean().max(), n=200, seed=1
)

visits = ht.load("bounce")
visits["age_z"] = (visits["age"] - visits["age"].mean()) / visits["age"].std()
visits["mean_age"] = visits.groupby("county")["age_z"].transform("mean")
r2 = ht.lmm("bounce ~ age_z + (1 + age_z | county)", visits)
r2_mean = ht.lmm("bounce ~ age_z + mean_age + (1 + age_z | county)", visits)

speech = ht.load("politeness").dropna()
r3 = ht.lmm("frequency ~ attitude + gender + (1 | subject) + (1 | scenario)", speech)
r3_more = ht.lmm("frequency ~ attitude + gender + (1 + attitude | subject) + (1 | scenario)", speech)
r3_df = r3.df("satterthwaite")
r3_t = r3.fixef / r3.fixef_se

states = ht.load("us_election_2016_state").merge(ht.load("us_state_income"), on="state")
states = states.assign(trump=100 * states["trump_share"], income=states["income"] / 1000)
states["income_c"] = states["income"] - states.groupby("division", observed=True)["income"].transform("mean")
r4 = ht.lmm("trump ~ income_c + (1 | division)", states)
r4_without = [
    ht.lmm("trump ~ income_c + (1 | division)", states.drop(i)).fixef["income_c"] for i in states.index
]

growing = ht.load("egsingle")
growing["poor"] = growing["size"] * growing["lowinc"] / 100
r5 = ht.lmm("math ~ year + (1 + year | child) + (1 + year | school)", growing)
r5_poor = ht.lmm("math ~ year + poor + (1 + year | child) + (1 + year | school)", growing)
r5_tests = growing.groupby("child").size()

plates = ht.load("penicillin")
r6 = ht.lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", plates)
r6_sd = {g: r6.varcorr[g].sd["Intercept"] for g in ("plate", "sample")}
r6_square = {
    "plate": 6 * r6_sd["plate"] ** 2 + r6.sigma**2,
    "sample": 24 * r6_sd["sample"] ** 2 + r6.sigma**2,
}
r6_se = {  # from the mean squares of balanced data
    g: np.sqrt(2 * (r6_square[g] ** 2 / (J - 1) + r6.sigma**4 / 115)) / n
    for g, J, n in (("plate", 24, 6), ("sample", 6, 24))
}
r6_z = {g: r6_sd[g] ** 2 / r6_se[g] for g in r6_sd}

scots = ht.load("scotssec")
r7 = ht.lmm("attain ~ 1 + (1 | second)", scots)
r7_both = ht.lmm("attain ~ 1 + (1 | second) + (1 | primary)", scots)
r7_icc, r7_ols, r7_sizes = r7.icc(), smf.ols("attain ~ 1", scots).fit(), scots["second"].value_counts()

hearts = ht.load("heart_transplants")
hearts["rate"] = 10_000 * hearts["deaths"] / hearts["exposure"]
r8_rate = 10_000 * hearts["deaths"].sum() / hearts["exposure"].sum()
r8_worst = hearts.sort_values("rate", ascending=False).head(5).reset_index(drop=True)
expected = (hearts["exposure"] / hearts["exposure"].sum() * hearts["deaths"].sum()).to_numpy()
r8_chi2 = ((hearts["deaths"] - expected) ** 2 / expected).sum()
r8_drawn = np.random.default_rng(8).multinomial(hearts["deaths"].sum(), expected / expected.sum(), 4000)
r8_p = (1 + (((r8_drawn - expected) ** 2 / expected).sum(axis=1) >= r8_chi2).sum()) / 4001

poll, cells = ht.load("mrp_sim_poll"), ht.load("mrp_sim_cells")
r9 = ht.glmm("cat_pref ~ male + eth + income + (1 | state) + (1 | age)", poll)
r9_men = cells.loc[cells["male"] == 1, "N"].sum() / cells["N"].sum()
r9_old = [
    (poll["age"].isin(["6", "7"])).mean(),
    cells.loc[cells["age"].isin(["6", "7"]), "N"].sum() / cells["N"].sum(),
]

tired = ht.load("sleepstudy")
tired["mid"] = tired["Days"] - 4.5
r10_full = ht.lmm("Reaction ~ Days + (1 + Days | Subject)", tired)
r10_start = ht.lmm("Reaction ~ Days + (1 + Days || Subject)", tired)
r10 = ht.lmm("Reaction ~ mid + (1 + mid || Subject)", tired)

paste = ht.load("pastes")
r11 = ht.lmm("strength ~ 1 + (1 | batch) + (1 | cask)", paste)

pupils = ht.load("schools10")
r12 = ht.lmm("math ~ homework + (1 + homework | school)", pupils)
r12_ci = r12.confint(method="satterthwaite").loc["homework"]
r12_slopes, r12_sizes = r12.coef["school"]["homework"], pupils["school"].value_counts()


def sd(fit, group, term="Intercept"):
    """Return the SD of a varying term of a fit."""
    return fit.varcorr[group].sd[term]


# %% [markdown] exercise="reports_1_to_3" concepts=[12, 68, 70]
# ### The names of the flaws, and reports one to three
#
# In each report **exactly one numbered sentence holds a flaw**: a wrong name, model, test, reading or conclusion. All else can be defended, and the numbers are right. A later sentence
# may rely on the flaw; mark where it *enters*. What a report leaves out could be wished for, and is no flaw.
#
# For each report give three things: the number of the sentence in which the flaw enters (`"1"`, `"2"`, …), the name of the flaw, and the letter of the repair (`"a"` to `"d"`). Some of the names belong to no
# report. A report is worth two points; a sentence that only relies on the flaw, and a name that fits a part of it, count half.
#
# | name | it means |
# |---|---|
# | `"boundary fit as a finding"` | an estimate on the edge of what is possible is read as a fact |
# | `"conditional read as marginal"` | an effect at given group effects is read as one on averages over groups |
# | `"from groups to members"` | a slope among groups is claimed for their members |
# | `"independence after a shift"` | a correlation is dropped where the new origin needs it |
# | `"nesting lost"` | labels that are used again in each group are taken for the same units |
# | `"new group without its spread"` | a group not seen is predicted as if groups did not differ |
# | `"no poststratification"` | a model for cells is averaged over the sample instead of the population |
# | `"pooling names swapped"` | complete pooling and no pooling are called by each other's name |
# | `"ranking raw values"` | estimates of unequal precision are ranked as they are |
# | `"REML across fixed parts"` | REML criteria of models with different predictors are compared |
# | `"selection on the outcome"` | who is in the data depends on the response |
# | `"slope ICC"` | the variance of a slope is set against the residual variance |
# | `"small ICC as a licence"` | a small ICC is taken as leave to ignore groups |
# | `"spread of few groups overtrusted"` | how well an SD between groups is known is judged by the rows |
# | `"Wald test of a variance"` | a variance is divided by its standard error to test it |
# | `"wrong target of shrinkage"` | estimates are pulled to the mean of all rows |

# %% [markdown] exercise="reports_1_to_3"
# #### Report one: radon by county
#
# *May house owners be advised county by county?* The response is the logarithm of radon; `floor` is zero in the basement, one on the first floor.
#
# | | slope of `floor` |
# |---|---|
# | one line for all houses | {{−0.61 = r1_line.params["floor"] | .2f}} |
# | an intercept for each county, least squares | {{−0.72 = r1_own.params["floor"] | .2f}} |
# | the multilevel model, REML | {{−0.69 = r1.fixef["floor"] | .2f}} (SE {{0.07 = r1.fixef_se["floor"] | .2f}}); SD counties {{0.33 = sd(r1, "county") | .2f}}, residual {{0.76 = r1.sigma | .2f}} |
#
# 1. The data are {{919 = r1.n_obs | d}} houses in {{85 = r1.n_groups["county"] | d}} counties, from {{1 = r1_sizes.min() | d}} to {{116 = r1_sizes.max() | d}} in a county.
# 2. Two analyses are the extremes: the unpooled one, a single line through all houses, and the completely pooled one, an intercept for each county.
# 3. The slope of `log_radon ~ floor + (1 | county)` lies between theirs; measurements on the first floor show about half the radon of the basement (the factor is {{0.50 = np.exp(r1.fixef["floor"]) | .2f}}).
# 4. With the floor taken into account, counties differ with an SD of {{0.33 = sd(r1, "county") | .2f}}, houses of one county with {{0.76 = r1.sigma | .2f}}.
# 5. The fewer houses a county has, the larger the share of its distance to the centre of the counties that is taken away.
# 6. As a check we drew two hundred data sets from the fit: the highest mean of a county with ten houses or more, {{1.91 = r1_check.observed | .2f}}, lies inside the central ninety-five percent of theirs.
# 7. We advise by county, from the multilevel estimates, and print beside each how far single houses may lie from it.
#
# **Repairs.** (a) Use the county's own intercept where it has ten houses or more. (b) Compare the three analyses by AIC, and report only the best. (c) Call the one line complete pooling,
# and the separate intercepts no pooling. (d) Let the slope of `floor` vary, so that the three analyses have different slopes for a reason.

# %% [markdown] exercise="reports_1_to_3"
# #### Report two: how long visitors stay
#
# *Does the time before a visitor leaves a web site depend on age, and is that alike in all counties?* The visits are simulated. Time in seconds; `age_z` is centred and divided by its SD. REML:
#
# | | estimate | SE | SD between counties | Corr |
# |---|---|---|---|---|
# | intercept | {{200.8 = r2.fixef["Intercept"] | .1f}} | {{5.0 = r2.fixef_se["Intercept"] | .1f}} | {{13.99 = sd(r2, "county") | .2f}} | |
# | `age_z` | {{1.30 = r2.fixef["age_z"] | .2f}} | {{0.48 = r2.fixef_se["age_z"] | .2f}} | {{0.25 = sd(r2, "county", "age_z") | .2f}} | {{1.00 = r2.varcorr["county"].corr.iloc[0, 1] | .2f}} |
# | residual | | | {{7.94 = r2.sigma | .2f}} | |
#
# 1. The data are {{613 = r2.n_obs | d}} visits from {{8 = r2.n_groups["county"] | d}} counties, between {{7 = visits["county"].value_counts().min() | d}} and {{150 = visits["county"].value_counts().max() | d}} from each.
# 2. Level and slope may differ from county to county, so we planned and fitted `bounce ~ age_z + (1 + age_z | county)`.
# 3. Counties differ a good deal in level: their SD is {{14.0 = sd(r2, "county") | .1f}} seconds, that of visits inside a county {{7.9 = r2.sigma | .1f}}.
# 4. The mean slope is estimated as {{1.30 = r2.fixef["age_z"] | .2f}} seconds for an SD of age; with the county's mean age as a further predictor it is {{1.26 = r2_mean.fixef["age_z"] | .2f}}, so the estimate does not come from older counties.
# 5. The correlation shows a law: the longer people stay in a county, the more their age matters there, without exception.
# 6. An SD estimated from eight counties is rough, and we would not plan a campaign on it.
# 7. The data do not tell why older visitors might stay longer.
#
# **Repairs.** (a) Call it a boundary fit: the correlation is not known. (b) Keep the sentence, and add a test of the correlation against zero.
# (c) Take the logarithm of the time, so that level and slope are no longer tied. (d) Drop the varying intercept, whose SD is the larger one.

# %% [markdown] exercise="reports_1_to_3"
# #### Report three: polite speech
#
# *Is the voice lower in polite speech, and how much do speakers differ?* Pitch in Hz, REML:
#
# | | estimate | SE | | SD |
# |---|---|---|---|---|
# | intercept | {{256.9 = r3.fixef["Intercept"] | .1f}} | {{16.1 = r3.fixef_se["Intercept"] | .1f}} | speakers | {{24.8 = sd(r3, "subject") | .1f}} |
# | polite | {{−19.7 = r3.fixef["attitude[T.pol]"] | .1f}} | {{5.6 = r3.fixef_se["attitude[T.pol]"] | .1f}} | scenarios | {{14.8 = sd(r3, "scenario") | .1f}} |
# | male | {{−108.5 = r3.fixef["gender[T.M]"] | .1f}} | {{21.0 = r3.fixef_se["gender[T.M]"] | .1f}} | residual | {{25.4 = r3.sigma | .1f}} |
#
# 1. Six speakers, three women and three men, spoke in seven scenarios, each once politely and once informally; one of the recordings is lost, so there are {{83 = r3.n_obs | d}}.
# 2. Speakers and scenarios are crossed: `frequency ~ attitude + gender + (1 | subject) + (1 | scenario)`; letting the effect of politeness vary over speakers lowered the criterion by only {{0.06 = r3.criterion - r3_more.criterion | .2f}}.
# 3. In polite speech the voice is {{19.7 = -r3.fixef["attitude[T.pol]"] | .1f}} Hz lower; Satterthwaite gives {{70 = r3_df["attitude[T.pol]"] | .0f}} degrees of freedom.
# 4. Gender is a variable of speakers, so its t of {{−5.2 = r3_t["gender[T.M]"] | .1f}} has {{4 = r3_df["gender[T.M]"] | .0f}} degrees of freedom (p = {{0.007 = 2 * stats.t.sf(abs(r3_t["gender[T.M]"]), r3_df["gender[T.M]"]) | .3f}}).
# 5. Speakers of the same gender differ with an estimated SD of {{24.8 = sd(r3, "subject") | .1f}} Hz.
# 6. This SD is known to within about {{8 = 100 / np.sqrt(2 * r3.n_obs) | .0f}} percent, because one part in $\sqrt{2n}$ is the standard error of an SD, and there are {{83 = r3.n_obs | d}} recordings.
# 7. The two manners are compared inside speakers and scenarios, so that the speakers' levels do not blur the difference.
#
# **Repairs.** (a) Take $n$ as twelve, because each speaker has two manners. (b) Model the logarithm of the pitch, whose SD is more stable. (c) Leave gender out, so that
# all six speakers say something about one SD. (d) Give a profile interval, which lets the few speakers count, and expect it to be wide.

# %% exercise="reports_1_to_3"
reports_1_to_3 = {
    "report_1_sentence": ..., "report_1_name": ..., "report_1_repair": ...,
    "report_2_sentence": ..., "report_2_name": ..., "report_2_repair": ...,
    "report_3_sentence": ..., "report_3_name": ..., "report_3_repair": ...,
}  # fmt: skip
### BEGIN SOLUTION
reports_1_to_3 = {
    "report_1_sentence": "2", "report_1_name": "pooling names swapped", "report_1_repair": "c",
    "report_2_sentence": "5", "report_2_name": "boundary fit as a finding", "report_2_repair": "a",
    "report_3_sentence": "6", "report_3_name": "spread of few groups overtrusted", "report_3_repair": "d",
}  # fmt: skip
### END SOLUTION

# %% [markdown] exercise="reports_4_to_6" concepts=[41, 47, 54]
# ### Reports four to six
#
# As before: sentence, name and repair. The names stand above report one.
#
# #### Report four: income and the election of 2016
#
# *How did the vote of 2016 go with income?* The response is Trump's share of a state's vote in percent; `income_c` is the income of a typical household, in thousand dollars, less the mean of the state's division. REML, by `trump ~ income_c + (1 | division)`:
#
# | | estimate | SE | | SD |
# |---|---|---|---|---|
# | intercept | {{49.2 = r4.fixef["Intercept"] | .1f}} | {{2.8 = r4.fixef_se["Intercept"] | .1f}} | divisions | {{7.7 = sd(r4, "division") | .1f}} |
# | `income_c` | {{−0.38 = r4.fixef["income_c"] | .2f}} | {{0.15 = r4.fixef_se["income_c"] | .2f}} | residual | {{7.3 = r4.sigma | .1f}} |
#
# 1. The {{50 = r4.n_obs | d}} states lie in {{9 = r4.n_groups["division"] | d}} divisions of the Census Bureau, and states of a division tend to vote alike.
# 2. So the intercept varies over divisions, and the slope compares states of one division.
# 3. Of two states of a division, that with incomes a thousand dollars higher gave Trump, on average, {{0.38 = -r4.fixef["income_c"] | .2f}} percentage points less (t = {{−2.5 = r4.fixef["income_c"] / r4.fixef_se["income_c"] | .1f}}, {{40 = r4.df("between-within")["income_c"] | .0f}} degrees of freedom).
# 4. Each state counts once, whether few people or many live there.
# 5. Left out one by one, no state changes the picture: the slope then lies between {{−0.46 = min(r4_without) | .2f}} and {{−0.28 = max(r4_without) | .2f}}.
# 6. Among voters of one division, then, those with higher incomes were less inclined to vote for Trump.
# 7. The nine divisions give only a rough idea of how much divisions differ.
#
# **Repairs.** (a) Weight the states by their population, so that each voter counts once. (b) Keep to statements about states; what voters do needs data on voters. (c) Use the share among the two great parties. (d) Let the
# slope vary over divisions, so that it holds for the voters of each.

# %% [markdown] exercise="reports_4_to_6"
# #### Report five: growth in mathematics
#
# *Does it go with lower scores when many children of a school come from families with a low income?* `poor` is the number of such children. Model A, by REML:
# `math ~ year + (1 + year | child) + (1 + year | school)`; model B adds `poor`.
#
# | | REML criterion | SD school, at year zero | SD child, at year zero | residual |
# |---|---|---|---|---|
# | A | {{16336.7 = r5.criterion | .1f}} | {{0.41 = sd(r5, "school") | .2f}} | {{0.80 = sd(r5, "child") | .2f}} | {{0.55 = r5.sigma | .2f}} |
# | B | {{16339.6 = r5_poor.criterion | .1f}} | {{0.34 = sd(r5_poor, "school") | .2f}} | {{0.80 = sd(r5_poor, "child") | .2f}} | {{0.55 = r5_poor.sigma | .2f}} |
#
# 1. In {{60 = r5.n_groups["school"] | d}} schools {{1721 = r5.n_groups["child"] | d}} children were tested, each {{2 = r5_tests.min() | d}} to {{6 = r5_tests.max() | d}} times.
# 2. Tests lie in children and children in schools, so levels and growth vary over both.
# 3. By model A, scores grow by {{0.76 = r5.fixef["year"] | .2f}} points a year on average; many children missed a test or more, and why they did is not documented.
# 4. Adding `poor` raised the REML criterion by {{2.9 = r5_poor.criterion - r5.criterion | .1f}}, so the likelihood-ratio test finds nothing in favour of B.
# 5. At year zero children of one school differ more than schools do: {{0.80 = sd(r5, "child") | .2f}} against {{0.41 = sd(r5, "school") | .2f}} points.
# 6. The report therefore keeps to model A, and prints B in an appendix.
#
# **Repairs.** (a) Compare the two REML fits by AIC, which allows for the further coefficient. (b) Take the year as a factor, so that growth need not be a line. (c) Test `poor` with {{1721 = r5.n_groups["child"] | d}} as the sample
# size. (d) Fit both models by ML for the test.

# %% [markdown] exercise="reports_4_to_6"
# #### Report six: testing penicillin
#
# *Where does the variation of a test come from?* Six samples of penicillin were tested on each of {{24 = r6.n_groups["plate"] | d}} plates; the response is a diameter in mm. `diameter ~ 1 + (1 | plate) + (1 | sample)`, REML:
#
# | | SD | variance | SE of the variance | ratio | p |
# |---|---|---|---|---|---|
# | plates | {{0.85 = r6_sd["plate"] | .2f}} | {{0.72 = r6_sd["plate"] ** 2 | .2f}} | {{0.23 = r6_se["plate"] | .2f}} | {{3.2 = r6_z["plate"] | .1f}} | {{0.002 = 2 * stats.norm.sf(r6_z["plate"]) | .3f}} |
# | samples | {{1.93 = r6_sd["sample"] | .2f}} | {{3.73 = r6_sd["sample"] ** 2 | .2f}} | {{2.37 = r6_se["sample"] | .2f}} | {{1.6 = r6_z["sample"] | .1f}} | {{0.12 = 2 * stats.norm.sf(r6_z["sample"]) | .2f}} |
# | residual | {{0.55 = r6.sigma | .2f}} | {{0.30 = r6.sigma**2 | .2f}} | | | |
#
# 1. Every sample is on every plate, so the two factors are crossed, and there are {{144 = r6.n_obs | d}} diameters.
# 2. Two diameters of one sample on two plates differ, in SD, by {{1.43 = np.sqrt(2 * (r6_sd["plate"] ** 2 + r6.sigma**2)) | .2f}} mm.
# 3. By the ratio of variance and standard error plates differ (p = {{0.002 = 2 * stats.norm.sf(r6_z["plate"]) | .3f}}); of samples it is not shown (p = {{0.12 = 2 * stats.norm.sf(r6_z["sample"]) | .2f}}).
# 4. Samples on the same plate share what is special to it, so it cancels when two samples are compared on one plate, and each plate adds one more such comparison.
# 5. With six samples, the SD between samples is much less well known than the one between plates.
# 6. The next series shall therefore look into the plates first.
#
# **Repairs.** (a) Use the F test of balanced data, or a likelihood ratio. (b) Halve the p-values, because a variance cannot be negative.
# (c) Test the SDs instead of the variances, because they are less skewed. (d) Drop the plates first, and look at the samples' ratio again.

# %% exercise="reports_4_to_6"
reports_4_to_6 = {
    "report_4_sentence": ..., "report_4_name": ..., "report_4_repair": ...,
    "report_5_sentence": ..., "report_5_name": ..., "report_5_repair": ...,
    "report_6_sentence": ..., "report_6_name": ..., "report_6_repair": ...,
}  # fmt: skip
### BEGIN SOLUTION
reports_4_to_6 = {
    "report_4_sentence": "6", "report_4_name": "from groups to members", "report_4_repair": "b",
    "report_5_sentence": "4", "report_5_name": "REML across fixed parts", "report_5_repair": "d",
    "report_6_sentence": "3", "report_6_name": "Wald test of a variance", "report_6_repair": "a",
}  # fmt: skip
### END SOLUTION

# %% [markdown] exercise="reports_7_to_9" concepts=[18, 35, 90]
# ### Reports seven to nine
#
# As before: sentence, name and repair. The names stand above report one.
#
# #### Report seven: attainment in Scotland
#
# *What is the mean attainment in schools like these, and how sure is it?* Attainment at sixteen is a score from one to ten.
#
# | | mean | SE | SD schools | residual SD |
# |---|---|---|---|---|
# | `attain ~ 1`, least squares | {{5.68 = r7_ols.params["Intercept"] | .2f}} | {{0.05 = r7_ols.bse["Intercept"] | .2f}} | | {{3.06 = np.sqrt(r7_ols.scale) | .2f}} |
# | with varying intercepts for schools, REML | {{5.59 = r7.fixef["Intercept"] | .2f}} | {{0.16 = r7.fixef_se["Intercept"] | .2f}} | {{0.66 = sd(r7, "second") | .2f}} | {{3.00 = r7.sigma | .2f}} |
#
# 1. The data are {{3435 = r7.n_obs | d}} pupils of {{19 = r7.n_groups["second"] | d}} secondary schools; the primary schools they came from are left to a second report (with them the mean is {{5.50 = r7_both.fixef["Intercept"] | .2f}}, its SE {{0.18 = r7_both.fixef_se["Intercept"] | .2f}}).
# 2. A school has between {{92 = r7_sizes.min() | d}} and {{290 = r7_sizes.max() | d}} of the pupils, {{181 = r7_sizes.mean() | .0f}} on average.
# 3. The intraclass correlation is {{0.047 = float(r7_icc) | .3f}} (ninety-five percent interval {{0.024 = r7_icc.lower | .3f}} to {{0.099 = r7_icc.upper | .3f}}).
# 4. This is below the usual limit of five percent, so pupils count as independent, and least squares is enough.
# 5. Its interval for the mean is {{5.58 = r7_ols.conf_int().loc["Intercept", 0] | .2f}} to {{5.78 = r7_ols.conf_int().loc["Intercept", 1] | .2f}}.
# 6. The scores pile up near both ends of the scale; the mean of a whole school is nearly normal all the same.
# 7. The schools were not drawn by lot, so for whom the mean holds, which schools are "like these", stays a matter of judgement and not of statistics.
#
# **Repairs.** (a) Test the variance between schools, and use least squares only if p is above five percent. (b) Add more pupils of these schools until the ICC is below one percent. (c) Keep the schools in the model: its
# standard error counts them. (d) Report the mean of the log scores, for which the ICC is smaller.

# %% [markdown] exercise="reports_7_to_9"
# #### Report eight: heart transplants
#
# *In which hospitals is the risk after a heart transplant high?* For {{94 = len(hearts) | d}} hospitals we have the deaths within thirty days and the exposure, which is the number of deaths to be
# expected from the patients' condition, up to a constant factor. The rate is deaths by exposure, times ten thousand. The highest five:
#
# | hospital | deaths | exposure | rate |
# |---|---|---|---|
# | {{h09 = r8_worst.loc[0, "hospital"] | s}} | {{3 = r8_worst.loc[0, "deaths"] | d}} | {{776 = r8_worst.loc[0, "exposure"] | d}} | {{38.7 = r8_worst.loc[0, "rate"] | .1f}} |
# | {{h03 = r8_worst.loc[1, "hospital"] | s}} | {{2 = r8_worst.loc[1, "deaths"] | d}} | {{672 = r8_worst.loc[1, "exposure"] | d}} | {{29.8 = r8_worst.loc[1, "rate"] | .1f}} |
# | {{h23 = r8_worst.loc[2, "hospital"] | s}} | {{4 = r8_worst.loc[2, "deaths"] | d}} | {{1517 = r8_worst.loc[2, "exposure"] | d}} | {{26.4 = r8_worst.loc[2, "rate"] | .1f}} |
# | {{h38 = r8_worst.loc[3, "hospital"] | s}} | {{4 = r8_worst.loc[3, "deaths"] | d}} | {{1529 = r8_worst.loc[3, "exposure"] | d}} | {{26.2 = r8_worst.loc[3, "rate"] | .1f}} |
# | {{h15 = r8_worst.loc[4, "hospital"] | s}} | {{3 = r8_worst.loc[4, "deaths"] | d}} | {{1164 = r8_worst.loc[4, "exposure"] | d}} | {{25.8 = r8_worst.loc[4, "rate"] | .1f}} |
#
# 1. There were {{277 = hearts["deaths"].sum() | d}} deaths in all; the rate of all hospitals together is {{9.4 = r8_rate | .1f}}, and half of the hospitals have an exposure below {{2420 = hearts["exposure"].median() | .0f}}.
# 2. Hospitals with fewer than ten transplants are not in the data.
# 3. Because the exposure allows for the patients' condition, a hospital is not blamed for hard cases, as far as that allowance goes.
# 4. One rate for all would hardly give differences like these: by simulation p is {{0.018 = r8_p | .3f}}.
# 5. Deaths after the thirtieth day are not counted, which may favour some hospitals.
# 6. The table therefore names the five hospitals where the risk is highest; they should be inspected first, in this order.
# 7. Nothing here says what a hospital with a high rate does differently.
#
# **Repairs.** (a) Rank by the number of deaths, which is not divided by a small exposure. (b) Estimate each risk by partial pooling, and give the uncertainty of the ranks. (c) Use the five highest rates among
# hospitals with at least one death. (d) Test each hospital against the rate of all, and list those with p below five percent in the order of their rates.

# %% [markdown] exercise="reports_7_to_9"
# #### Report nine: cats or dogs
#
# *Which share of the population prefers cats?* A (simulated) poll asked {{1200 = r9.n_obs | d}} people of {{50 = r9.n_groups["state"] | d}} states. Multilevel logit, by `cat_pref ~ male + eth + income + (1 | state) + (1 | age)`:
#
# | | estimate | SE | | SD |
# |---|---|---|---|---|
# | `male` | {{−1.15 = r9.fixef["male"] | .2f}} | {{0.16 = r9.fixef_se["male"] | .2f}} | states | {{1.02 = sd(r9, "state") | .2f}} |
# | | | | age groups | {{0.46 = sd(r9, "age") | .2f}} |
#
# 1. In the poll {{26 = 100 * poll["male"].mean() | .0f}} percent are men and {{55 = 100 * r9_old[0] | .0f}} percent belong to the two oldest age groups; in the population {{48 = 100 * r9_men | .0f}} and {{20 = 100 * r9_old[1] | .0f}} percent do.
# 2. Of those who answered, {{68.1 = 100 * poll["cat_pref"].mean() | .1f}} percent prefer cats, but they are not a small copy of the population.
# 3. So the model has every trait that decided who answered, as far as we know.
# 4. At the same state, age, ethnic group and income, the odds of preferring cats are {{0.32 = np.exp(r9.fixef["male"]) | .2f}} times as large for a man as for a woman.
# 5. Averaged over the {{1200 = r9.n_obs | d}} respondents, the fitted probabilities are {{68.1 = 100 * r9.fitted.mean() | .1f}} percent: this is our estimate for the population, adjusted for who answered.
# 6. States differ by an SD of {{1.02 = sd(r9, "state") | .2f}} on the logit scale, and a state with few respondents is pulled toward the others.
# 7. If people answered for reasons that are not in the model, such as a love of polls, no step of ours repairs that.
#
# **Repairs.** (a) Average the fitted probabilities over the cells of the population, each with its number of people. (b) Put the state in as dummies, so that the fitted probabilities are not shrunk.
# (c) Report the probability at the means of all predictors. (d) Enlarge the poll in the same way until the interval is short enough.

# %% exercise="reports_7_to_9"
reports_7_to_9 = {
    "report_7_sentence": ..., "report_7_name": ..., "report_7_repair": ...,
    "report_8_sentence": ..., "report_8_name": ..., "report_8_repair": ...,
    "report_9_sentence": ..., "report_9_name": ..., "report_9_repair": ...,
}  # fmt: skip
### BEGIN SOLUTION
reports_7_to_9 = {
    "report_7_sentence": "4", "report_7_name": "small ICC as a licence", "report_7_repair": "c",
    "report_8_sentence": "6", "report_8_name": "ranking raw values", "report_8_repair": "b",
    "report_9_sentence": "5", "report_9_name": "no poststratification", "report_9_repair": "a",
}  # fmt: skip
### END SOLUTION

# %% [markdown] exercise="reports_10_to_12" concepts=[2, 60, 62]
# ### Reports ten to twelve
#
# As before: sentence, name and repair. The names stand above report one.
#
# #### Report ten: drivers with little sleep
#
# *How much do reactions slow down with each day of the study, and how much do drivers differ in that?* Reaction times in ms on ten days, zero to nine. A is
# `Reaction ~ Days + (1 + Days | Subject)`, B is `Reaction ~ Days + (1 + Days || Subject)`, C is `Reaction ~ mid + (1 + mid || Subject)`. REML:
#
# | | criterion | SD of intercepts | SD of slopes | Corr |
# |---|---|---|---|---|
# | A | {{1743.63 = r10_full.criterion | .2f}} | {{24.7 = sd(r10_full, "Subject") | .1f}} | {{5.92 = sd(r10_full, "Subject", "Days") | .2f}} | {{0.07 = r10_full.varcorr["Subject"].corr.iloc[0, 1] | .2f}} |
# | B | {{1743.67 = r10_start.criterion | .2f}} | {{25.1 = sd(r10_start, "Subject") | .1f}} | {{5.99 = sd(r10_start, "Subject", "Days") | .2f}} | |
# | C | {{1753.55 = r10.criterion | .2f}} | {{37.5 = sd(r10, "Subject") | .1f}} | {{5.92 = sd(r10, "Subject", "mid") | .2f}} | |
#
# 1. The data are {{180 = r10.n_obs | d}} reaction times of {{18 = r10.n_groups["Subject"] | d}} drivers, ten for each and none missing.
# 2. Counted from day zero, B fits as well as A, which has a correlation: the criterion differs by {{0.04 = r10_start.criterion - r10_full.criterion | .2f}}.
# 3. Day zero is at the edge, so we then counted days from the middle of the study (`mid`); C is the same model as B, with another origin.
# 4. By C, reactions slow down by {{10.5 = r10.fixef["mid"] | .1f}} ms a day (SE {{1.5 = r10.fixef_se["mid"] | .1f}}).
# 5. Drivers' slopes have an estimated SD of {{5.92 = sd(r10, "Subject", "mid") | .2f}} ms a day; if they are normal, about {{96 = 100 * stats.norm.cdf(r10.fixef["mid"] / sd(r10, "Subject", "mid")) | .0f}} percent of such drivers become slower.
# 6. Eighteen drivers say little about the shape of that distribution.
#
# **Repairs.** (a) Divide `mid` by its SD, so that both varying terms have the same unit. (b) Use ML for the last fit, because the fixed part has changed. (c) Leave the varying slope out, as the
# criterion has become worse with `mid`. (d) Keep the correlation when the origin moves: `(1 + mid | Subject)`.

# %% [markdown] exercise="reports_10_to_12"
# #### Report eleven: the strength of a paste
#
# *How much does the strength of a paste vary between deliveries, between casks and between tests?* From each of ten deliveries three casks were taken, labelled a, b and c, and each cask was tested twice. REML:
#
# | | SD |
# |---|---|
# | deliveries (`batch`) | {{1.83 = sd(r11, "batch") | .2f}} |
# | casks (`cask`) | {{0.39 = sd(r11, "cask") | .2f}} |
# | residual | {{2.70 = r11.sigma | .2f}} |
#
# 1. The {{60 = r11.n_obs | d}} strengths have a mean of {{60.1 = r11.fixef["Intercept"] | .1f}}; nothing is missing.
# 2. Both sources get a varying intercept, `strength ~ 1 + (1 | batch) + (1 | cask)`, with the cask given by its label, {{3 = r11.n_groups["cask"] | d}} groups.
# 3. The search converged, and no SD is estimated as zero.
# 4. By this fit hardly any of the variation, an SD of {{0.39 = sd(r11, "cask") | .2f}}, comes from the casks; most of it, {{2.70 = r11.sigma | .2f}}, arises when a cask is tested.
# 5. With ten deliveries the SD between deliveries is known only roughly.
# 6. Whether the order of the tests was drawn by lot is not documented.
#
# **Repairs.** (a) Put the cask in as three dummies, because three groups are too few for a varying intercept. (b) Let intercepts vary over the thirty casks: `(1 | batch) + (1 | batch:cask)`. (c) Drop the cask, since its SD is small, and
# fit deliveries alone. (d) Average the two tests of a cask first, and fit the same formula to the means.

# %% [markdown] exercise="reports_10_to_12"
# #### Report twelve: homework in ten schools
#
# *What can a school that was not in the study expect of homework?* Mathematics in points; `homework` is the time in a week, in steps. REML, by `math ~ homework + (1 + homework | school)`:
#
# | | estimate | SE | SD between schools | Corr |
# |---|---|---|---|---|
# | intercept | {{44.8 = r12.fixef["Intercept"] | .1f}} | {{2.7 = r12.fixef_se["Intercept"] | .1f}} | {{8.3 = sd(r12, "school") | .1f}} | |
# | `homework` | {{2.04 = r12.fixef["homework"] | .2f}} | {{1.55 = r12.fixef_se["homework"] | .2f}} | {{4.74 = sd(r12, "school", "homework") | .2f}} | {{−0.81 = r12.varcorr["school"].corr.iloc[0, 1] | .2f}} |
# | residual | | | {{6.6 = r12.sigma | .1f}} | |
#
# 1. The data are {{260 = r12.n_obs | d}} pupils of {{10 = r12.n_groups["school"] | d}} schools, {{20 = r12_sizes.min() | d}} to {{67 = r12_sizes.max() | d}} in a school.
# 2. With a Satterthwaite interval, the mean slope of such schools lies between {{−1.5 = r12_ci["lower"] | .1f}} and {{5.6 = r12_ci["upper"] | .1f}} points for a step of homework.
# 3. So even the sign of the mean slope is open.
# 4. The estimated slopes of the ten schools run from {{−3.8 = r12_slopes.min() | .1f}} to {{7.6 = r12_slopes.max() | .1f}}; being shrunk, they spread a little less (SD {{4.57 = r12_slopes.std() | .2f}}) than slopes do.
# 5. The correlation is about the level at zero homework: schools with a high level there tend to have flatter or falling lines.
# 6. Another origin, such as homework counted from its mean, would give another correlation and the same lines.
# 7. We were not told why pupils do more or less homework, so nothing here is about causes.
# 8. A school not in the study can thus count on a slope of its own between {{−1.5 = r12_ci["lower"] | .1f}} and {{5.6 = r12_ci["upper"] | .1f}}, with ninety-five percent confidence.
#
# **Repairs.** (a) Use the normal quantile instead of Satterthwaite's t. (b) Drop the two schools with the steepest slopes, and give the interval of the others. (c) Let the variance of the slopes join that of
# their mean. (d) Give the interval of the school that resembles the new one most.

# %% exercise="reports_10_to_12"
reports_10_to_12 = {
    "report_10_sentence": ..., "report_10_name": ..., "report_10_repair": ...,
    "report_11_sentence": ..., "report_11_name": ..., "report_11_repair": ...,
    "report_12_sentence": ..., "report_12_name": ..., "report_12_repair": ...,
}  # fmt: skip
### BEGIN SOLUTION
reports_10_to_12 = {
    "report_10_sentence": "3", "report_10_name": "independence after a shift", "report_10_repair": "d",
    "report_11_sentence": "2", "report_11_name": "nesting lost", "report_11_repair": "b",
    "report_12_sentence": "8", "report_12_name": "new group without its spread", "report_12_repair": "c",
}  # fmt: skip
### END SOLUTION

# %% [markdown]
# ## Your capstone
#
# Now a whole analysis of your own. A simple model that you can explain is worth more than a large one that you cannot. This function makes a record of a fit; you will need it in a moment.


# %% tags=["setup"]
def record(fit, data, check, seed, left_out=0):
    """Return what a machine can check of a fit by lmm, glmm or statsmodels' mixedlm.

    data: the name of the data set. check: what `simulated_check` gave, or a pair: observed, simulated.
    """
    if hasattr(fit, "varcorr"):
        formula, rows, groups, se = fit.formula, fit.n_obs, dict(fit.n_groups), fit.fixef_se
        fixef = fit.fixef
        sds = {f"{g} {term}": float(value) for g, vc in fit.varcorr.items() for term, value in vc.sd.items()}
    elif hasattr(fit, "cov_re"):
        ones = [bool((fit.model.exog_re[:, k] == 1).all()) for k in range(len(fit.cov_re))]
        names = ["1" if one else name for one, name in zip(ones, fit.cov_re.index, strict=True)]
        parts = list(fit.model.exog_vc.names)  # of vc_formula
        variances = [*np.diag(fit.cov_re), *fit.vcomp]
        varying = [f"({' + '.join(names)} | group)"] * bool(names) + [f"(1 | group:{part})" for part in parts]
        formula, rows = " + ".join([fit.model.formula, *varying]), int(fit.nobs)
        sds = {f"group {n}": float(v) ** 0.5 for n, v in zip(names + parts, variances, strict=True)}
        groups, fixef, se = {"group": fit.model.n_groups}, fit.fe_params, fit.bse_fe
    else:
        raise TypeError(f"record needs a fit by lmm, glmm or mixedlm, not a {type(fit).__name__}.")
    if hasattr(check, "observed"):
        check = check.observed, check.simulated
    if not isinstance(check, tuple) or len(check) != 2 or np.ndim(check[0]):
        raise TypeError(
            "check must come from simulated_check, or be a pair: (observed value, simulated ones)."
        )
    return {
        "data": data, "formula": formula, "rows": rows, "left_out": int(left_out), "groups": groups,
        "fixef": dict(fixef), "se": dict(se), "sds": sds,
        "observed": float(check[0]), "simulated": np.asarray(check[1], float), "seed": int(seed),
    }  # fmt: skip


# %% [markdown] exercise="capstone_plan"
# ### Your turn: choose, and plan
#
# Choose one of four:
#
# | data | design | a question to start from |
# |---|---|---|
# | `california_schools` | schools in counties | How does the performance index `api` go with `meals`, inside counties and between them? |
# | `egsingle` | tests in children in schools | How much does growth differ between children and between schools, and does it go with `lowinc`? |
# | `contraception` | women in districts, yes or no | Does the difference between town and country vary over districts? (The effect of age is no line.) |
# | `mrp_sim_poll`, with `mrp_sim_cells` | a poll and its population | Which share prefers cats, in each state? Do not look at `share` before your estimates are written down. |
#
# `ht.card(name)` says what the columns mean. For the whole capstone you hand in four things: a plan, a record that a machine can check, the checks, and a report of one page.
# **Code cells that you put above an answer are run and kept**, with their tables and figures, for whoever marks it. A cell may take sixty seconds. Of the schools in California you may use a part, drawn by a seed; say how many rows you left out.
#
# Each written task has a rubric. *Full* means that a reader could repeat and judge what you did; *half*, that the right thing is there, without its number or its reason; *none*, that it
# is missing, or contradicts the fit.
#
# #### The plan
#
# Written before the final fit, in about three hundred words, with the code and figures in cells above it:
#
# 1. the question and the estimand, with its unit, and for whom it is meant;
# 2. the data: rows, groups, sizes, what is missing, what differs at which level; one figure for each level;
# 3. the model by levels, in one line, as a distribution and as a formula; what varies over what, and why; centring;
# 4. the check that you will make, and the other analyses that you will report.

# %% [markdown] exercise="capstone_plan" answer=true
# ### BEGIN SOLUTION
# (The worked example, as a model of form and length.) **Question.** By how much a year does the distance grow less in girls than in boys, in mm, on average over such children
# and the ages eight to fourteen? **Data.** Four measurements of each child, none missing; {{16 = (sexes == "Male").sum() | d}} boys and {{11 = (sexes == "Female").sum() | d}} girls. Age differs inside
# children, and is the same four values for all; sex differs between children. The figure of lines shows levels that differ, slopes that may, and two boys who zigzag; the means of boys and
# girls are nearly straight. **Model.** By levels, distance is intercept plus slope times age less eleven plus noise; intercept and
# slope each have a mean that depends on sex, and a deviation. In one line, that makes sex, age, their product, and two deviations, the second times age. As a distribution, the pairs of deviations are normal with a free covariance, and the noise is normal with one SD. As a formula,
# `distance ~ age11 * Sex + (1 + age11 | Subject)`. Slopes vary because their mean is the question, and its standard error needs them; nothing else can vary over children. Age is counted
# from eleven, so that the intercept is a level inside the data. **Checks planned.** The ratio of boys' to girls' residual SD, because the figure raises it. Also planned: a model for each sex, a fit
# without the two boys who scatter most, and least squares on all rows.
# ### END SOLUTION

# %% [markdown] exercise="capstone_record" concepts=[76, 77]
# ### Your turn: fit, and make a record
#
# Fit your model and keep it as `capstone_fit`. Check it by two hundred draws or more, with a seed. Then store `record(capstone_fit, name, check, seed)` in `capstone_record`; `record` stands in a cell
# above, `name` is the name of the data set. If rows are left out, add `left_out=` with their number. The machine looks at the form: the data set, the
# rows, the varying terms, the standard errors, the draws. Whether the model is sensible it cannot see.

# %% exercise="capstone_record"
capstone_record = ...
### BEGIN SOLUTION
women = ht.load("contraception")
women["uses"] = (women["use"] == "Y").astype(int)
capstone_fit = ht.glmm("uses ~ age + urban + (1 | district)", women)
middle = (women["age"].abs() < 5).to_numpy()
new = np.random.default_rng(2027).binomial(1, capstone_fit.fitted, (400, len(women)))
age_check = women["uses"][middle].mean(), new[:, middle].mean(axis=1)  # beyond all draws: age needs a curve
capstone_record = record(capstone_fit, "contraception", age_check, seed=2027)
### END SOLUTION

# %% [markdown] exercise="capstone_checks"
# ### Your turn: fit, checks, sensitivity
#
# 1. The fit: coefficients with intervals, all SDs and correlations, convergence, boundary; a second engine or a computation by hand that agrees.
# 2. The sample size behind each main number: rows or groups, and the degrees of freedom.
# 3. The simulated check: which feature, why the model does not fit it by itself, where the data lie, and what follows.
# 4. Two other analyses or more, each with its reason, *all* of them in one table, and what they change.

# %% [markdown] exercise="capstone_checks" answer=true
# ### BEGIN SOLUTION
# (The worked example.) **Fit.** By REML the girls' slope is {{0.30 = -joint.fixef[growth] | .2f}} mm a year less (interval {{0.03 = -interval["upper"] | .2f}} to {{0.58 = -interval["lower"] | .2f}}). SDs:
# level {{1.83 = sd(joint, "Subject") | .2f}}, slope {{0.18 = sd(joint, "Subject", "age11") | .2f}}, correlation {{0.21 = joint.varcorr["Subject"].corr.iloc[0, 1] | .2f}} at eleven, residual
# {{1.31 = joint.sigma | .2f}}; converged, not on the boundary. statsmodels agrees, and so does the difference of the mean slopes by hand. **Sizes.** Slopes belong to children:
# {{25 = joint.df("satterthwaite")[growth] | .0f}} degrees of freedom, not the number of measurements; eleven girls are few. **Check.** One residual SD for all is assumed, so a ratio of the two is not fitted. It is
# {{2.4 = drawn.observed | .1f}}; {{0 = (drawn.simulated >= drawn.observed).sum() | d}} of {{400 = len(drawn.simulated) | d}} draws (seed {{13 = drawn.seed | d}}) are as large. The model is wrong there; standard errors that lean on one residual SD may be off. **Sensitivity.** A model for each sex: the same
# difference, interval {{0.05 = -welch.high | .2f}} to {{0.56 = -welch.low | .2f}}. Without the two boys: {{0.21 = -calm.fixef[growth] | .2f}} ({{0.10 = calm.fixef_se[growth] | .2f}}). Least squares on all rows: the same difference, standard error {{0.20 = plain.bse[growth] | .2f}}. So the sign stays, and the size
# depends on two children.
# ### END SOLUTION

# %% [markdown] exercise="capstone_report"
# ### Your turn: the report
#
# One page for a reader who has not seen your code: the answer with its interval and unit; what was compared with what; how much groups differ, and for whom that holds; what the check found; what the other analyses
# changed; the limits. Run through "What to report" in lesson 13 before you hand it in.

# %% [markdown] exercise="capstone_report" answer=true
# ### BEGIN SOLUTION
# (The worked example.) In girls the distance grows {{0.30 = -joint.fixef[growth] | .2f}} mm a year less than in boys (ninety-five percent interval {{0.03 = -interval["upper"] | .2f}} to
# {{0.58 = -interval["lower"] | .2f}}; boys {{0.78 = mean_slope["boys"] | .2f}}, girls {{0.48 = mean_slope["girls"] | .2f}}). This compares mean slopes of children, between eight and fourteen years,
# by a model with varying intercepts and slopes, fitted by REML to four measurements each of sixteen boys and eleven girls. Children of one sex differ with an SD of {{1.8 = sd(joint, "Subject") | .1f}} mm at eleven and of
# {{0.18 = sd(joint, "Subject", "age11") | .2f}} mm a year in slope; the second is rough. Boys' measurements scatter {{2.4 = drawn.observed | .1f}} times as much around their lines as girls' do, which the model does not
# allow; with a residual SD for each sex the interval is {{0.05 = -welch.high | .2f}} to {{0.56 = -welch.low | .2f}}. Without the two boys who scatter most the difference is {{0.21 = -calm.fixef[growth] | .2f}}; least squares on all rows
# gives the first difference again (standard error {{0.20 = plain.bse[growth] | .2f}}). We tried nothing else. How the children were chosen is not documented, and sex was not assigned: this is a difference in such children, not a cause.
# ### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - Question, levels, model, fit, check, sensitivity, report: in this order, and the plan before the fit.
# - A check that fails is a finding. Say whether it touches the question.
# - Report every analysis that was tried. The best of four is significant far too often.
# - For each sentence of a report ask: at which level, for whom, on which scale, and how many groups stand behind it?
# - A number can be right, and the sentence around it wrong.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: chapter 24 for checking by simulation, appendix A for advice on a whole analysis.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 9 for the adequacy of models, chapter 6 for growth.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 10 for assumptions, chapter 15 for growth and repeated measures.
