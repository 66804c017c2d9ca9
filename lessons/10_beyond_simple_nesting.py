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
# # Lesson 10: Beyond simple nesting
#
# A Scottish pupil is examined at sixteen, for {{1 = scots["attain"].min() | .0f}} to {{10 = scots["attain"].max() | .0f}} points. Behind the pupil lie
# two schools: one of {{148 = alone["primary"].n_groups["primary"] | d}} primary and one of {{19 = alone["second"].n_groups["second"] | d}} secondary
# schools. Whichever kind one puts into a model alone seems to matter. Which of the two shows at sixteen, and how can a row be in two groups
# at once?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_teas = assignment_data("ps10", student=STUDENT)
pastes = ht.load("pastes")  # casks of a chemical paste: strength, batch (the delivery), cask

# %%
from itertools import combinations

import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach import plots, simulate
from hlm_teach.plots import show
from hlm_teach.widgets import ModelTranslator, Prediction

boys, plates, scots = (ht.load(name) for name in ("oxboys", "penicillin", "scotssec"))
alone = {kind: ht.lmm(f"attain ~ 1 + (1 | {kind})", scots, "ML") for kind in ("primary", "second")}
sd_alone = {kind: fit.varcorr[kind].sd["Intercept"] for kind, fit in alone.items()}


# %%
def indicators(*factors):
    """Return a column for each group, 1 in the rows that belong to it."""
    return np.hstack([pd.get_dummies(factor).to_numpy(float) for factor in factors])


few = simulate.multiple_membership(J=10, n=60, movers=0.5, tau=4, sigma=8, rng=np.random.default_rng(10))
order = few.data.sort_values(["first", "last"]).index
pictures = {
    "Nested": (indicators(pastes["batch"], pastes["sample"]), 10, "10 deliveries | 30 casks"),
    "Crossed": (indicators(plates["plate"], plates["sample"]), 24, "24 plates | 6 samples"),
    "Multiple membership": (few.weights.loc[order].to_numpy(), None, "10 schools"),
}
with plots.style():
    fig, axes = plt.subplots(1, 3, figsize=(7.5, 4.2), layout="constrained")
    for ax, (title, (Z, border, groups)) in zip(axes, pictures.items(), strict=True):
        ax.imshow(Z, aspect="auto", cmap="Greys", vmin=0, vmax=1, interpolation="nearest")
        if border:
            ax.axvline(border - 0.5, color=plots.COLOURS["none"], lw=1.5)
        ax.set(title=title, xlabel=groups, ylabel=f"{len(Z)} rows", xticks=[], yticks=[])
show(
    fig,
    f"Three matrices of rows by groups. Nested: {len(pastes)} rows, 10 deliveries and 30 casks; the steps of the casks lie "
    f"inside those of the deliveries. Crossed: {len(plates)} rows, 24 plates and 6 samples; the pattern of samples repeats on "
    f"every plate. Multiple membership: {len(few.data)} pupils and 10 schools; {(few.data['share'] < 1).sum()} rows hold two grey "
    "cells instead of one black one.",
)

# %% [markdown]
# This is the $Z$ of $y = X\beta + Zb + \epsilon$, drawn: a line for each row, a column for each group, black where the row belongs.
# Whatever the structure, a model with groups is its $Z$ and a variance for each kind of column. **Nested**: casks come in steps inside
# the steps of their deliveries. **Crossed**: every sample meets every plate. **Multiple membership**: a pupil who moved has
# two grey cells that add up to one.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **fit** growth curves, and **say** why the standard error of the mean growth rests on the number of children;
# - **write** models for three levels and for crossed groups, and **spot** a label that means two things;
# - **turn** a list of stays into weights, and **measure** what it costs to give each pupil one school;
# - **predict** for groups you have seen and for groups you have not, each with the right uncertainty;
# - **plan** a study by simulation: more groups, or more rows in each?
#
# You need lessons 04 to 07. Allow seventy minutes, in two sittings if you like: the second begins with "Several groups of one kind". There are
# six tasks.

# %%
review("10")

# %% [markdown] concepts=[98]
# ## By hand first: twenty-six boys grow
#
# {{26 = boys["Subject"].nunique() | d}} boys in Oxford were measured {{9 = len(boys) // boys["Subject"].nunique() | d}} times each. The boys are
# the groups, the occasions the rows: the simplest nesting there is, with time as the predictor. `age` here is *standardised*, from
# {{−1 = boys["age"].min() | .0f}} to {{1 = boys["age"].max() | .0f}}. It is not in years, and no slope below is a growth per year.

# %%
line = smf.ols("height ~ age", data=boys).fit()
level = ht.lmm("height ~ age + (1 | Subject)", boys)
with plots.style():
    fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.8), layout="constrained", sharey=True)
    sns.scatterplot(boys, x="age", y="height", s=14, color=plots.COLOURS["data"], ax=axes[0])
    sns.lineplot(
        boys,
        x="age",
        y="height",
        units="Subject",
        estimator=None,
        lw=1,
        color=plots.COLOURS["none"],
        ax=axes[1],
    )
    for ax, title in zip(axes, (f"{len(boys)} heights", f"{boys['Subject'].nunique()} boys"), strict=True):
        ax.plot(boys["age"], line.fittedvalues, "--", color=plots.COLOURS["complete"], lw=2)
        ax.set(title=title, xlabel="age (standardised)", ylabel="height (cm)")
show(
    fig,
    f"The heights of {boys['Subject'].nunique()} boys against standardised age. Left as a cloud, from {boys['height'].min():.0f} to "
    f"{boys['height'].max():.0f} cm, with one line of slope {line.params['age']:.2f}. Right joined boy by boy: nearly parallel paths, some far above the line, some far below.",
)

# %% [markdown]
# One line through all heights: {{149.37 = line.params["Intercept"] | .2f}} cm at mid-study, {{6.52 = line.params["age"] | .2f}} cm per unit of age, and an $R^2$ of
# {{0.215 = line.rsquared | .3f}}. It explains little, because it misses what the right-hand picture shows at a glance: tall boys stay tall.
#
# What will a varying intercept change? **Not the slope**: every boy was seen at nearly the same ages, so height and age are compared inside
# each boy anyway. **But its standard error.** That is the residual SD over $\sqrt{S_{xx}}$, where $S_{xx}=\sum(x-\bar x)^2={{97.8 = Sxx | .1f}}$:
#
# $$ \text{one line: } \frac{ {{8.08 = s_line | .2f}} }{\sqrt{ {{97.8 = Sxx | .1f}} }} = {{0.817 = s_line / np.sqrt(Sxx) | .3f}}, \qquad \text{boys apart: } \frac{ {{1.31 = level.sigma | .2f}} }{\sqrt{ {{97.8 = Sxx | .1f}} }} = {{0.133 = level.sigma / np.sqrt(Sxx) | .3f}}. $$
#
# The {{8.08 = s_line | .2f}} cm hold the differences between boys. Once each boy has a level of his own, only {{1.31 = level.sigma | .2f}} cm are left. The *level*
# gets less sure, though: its standard error goes from {{0.53 = line.bse["Intercept"] | .2f}} to {{1.59 = level.fixef_se["Intercept"] | .2f}} cm, for it is a mean over
# boys who differ by an SD of {{8.10 = sd_boys | .2f}} cm. Nearly all of what age leaves unexplained lies between them: the ICC is {{0.974 = sd_boys**2 / (sd_boys**2 + level.sigma**2) | .3f}}.

# %%
Sxx = ((boys["age"] - boys["age"].mean()) ** 2).sum()
s_line = np.sqrt(line.scale)
lines = ht.lmm("height ~ age + (1 + age | Subject)", boys)
curves = ht.lmm("height ~ age + I(age**2) + (1 + age | Subject)", boys)
sd_boys = level.varcorr["Subject"].sd["Intercept"]
growth = pd.DataFrame(
    {
        name: {"level": f.fixef["Intercept"], "se of level": f.fixef_se["Intercept"], "slope": f.fixef["age"],
               "se of slope": f.fixef_se["age"], "sigma": f.sigma, "deviance (ML)": f.refit("ML").criterion}
        for name, f in {"levels vary": level, "lines vary": lines, "lines vary, with a bend": curves}.items()
    }
).T  # fmt: skip
theirs = smf.mixedlm("height ~ age + I(age**2)", boys, groups="Subject", re_formula="~age").fit()
print(
    f"largest difference from statsmodels: {np.abs(theirs.fe_params.to_numpy() - curves.fixef.to_numpy()).max():.0e} cm"
)

# %% tags=["predict"]
with plots.style():
    fig, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
    ax.barh(
        list(growth.index),
        growth["se of slope"],
        color=[plots.COLOURS[k] for k in ("none", "partial", "partial")],
    )
    ax.invert_yaxis()
    ax.set(xlabel="standard error of the mean slope (cm per unit)")
Prediction(
    f"With varying levels the slope has a standard error of {growth['se of slope'].iloc[0]:.2f}. Now let each boy also have his own slope, "
    "which fits much better. The standard error of the mean slope …",
    ["falls", "stays about the same", "rises"],
    answer=2
    if growth["se of slope"].iloc[1] > 1.3 * growth["se of slope"].iloc[0]
    else 0
    if growth["se of slope"].iloc[1] < 0.77 * growth["se of slope"].iloc[0]
    else 1,
    because="The mean slope is a mean over 26 boys, and boys grow at different rates. The first model denies that.",
    figure=fig,
    alt=f"Standard errors of the mean slope: {growth['se of slope'].iloc[0]:.3f} with varying levels, {growth['se of slope'].iloc[1]:.3f} with "
    f"varying lines, {growth['se of slope'].iloc[2]:.3f} with a bend.",
)

# %%
growth.round(3)

# %% [markdown] concepts=[98]
# The paths are not parallel: with a slope for each boy $\hat\sigma$ falls to {{0.66 = lines.sigma | .2f}} cm, and boys' slopes have an SD of
# {{1.68 = sd_slopes | .2f}}. The {{0.133 = growth["se of slope"].iloc[0] | .3f}} took {{234 = len(boys) | d}} rows for evidence about growth; there are only
# {{26 = len(lines.ranef["Subject"]) | d}} boys. By hand, with $S_j = {{3.76 = Sxx / 26 | .2f}}$ for one boy:
#
# $$ \sqrt{\frac{\tau_1^2 + \sigma^2/S_j}{J}} = \sqrt{\frac{ {{1.68 = sd_slopes | .2f}}^2 + {{0.66 = lines.sigma | .2f}}^2 / {{3.76 = Sxx / 26 | .2f}} }{ {{26 = len(lines.ranef["Subject"]) | d}} }} = {{0.336 = np.sqrt((sd_slopes**2 + lines.sigma**2 / (Sxx / 26)) / 26) | .3f}} . $$
#
# Growth also bends. With the square of age in the model, `height ~ age + I(age**2) + (1 + age | Subject)`, the deviance drops by {{45.8 = bend.statistic | .1f}}: from the first to the middle age the mean boy grows
# {{5.8 = curves.fixef["age"] - curves.fixef.iloc[2] | .1f}} cm, from the middle to the last {{7.3 = curves.fixef["age"] + curves.fixef.iloc[2] | .1f}}. That is
# all a [growth curve](glossary.md#growth-curve) is: a regression on time, with coefficients that vary over persons. Nobody needs the same ages as
# the others, nor all occasions. What it does not know is that neighbouring occasions may have errors alike; plot the residuals in time.

# %%
sd_slopes = lines.varcorr["Subject"].sd["age"]
bend = lines.anova(curves)
bend

# %% [markdown] concepts=[96]
# ## Three levels, and what a label means
#
# Growth in schools adds a storey. In the data `egsingle`, {{1721 = tree.n_groups["school:child"] | d}} American children in {{60 = tree.n_groups["school"] | d}} schools were
# tested in mathematics in up to six years, {{7230 = len(children) | d}} tests in all (points on a scale; `year` is counted from the middle of primary
# school). A test lies in a child, a child in a school:
#
# $$ y_i = \mu + \beta\,\text{year}_i + u_{\text{school}} + v_{\text{child}} + \epsilon_i, \qquad u \sim N(0,\tau_s^2),\; v \sim N(0,\tau_c^2),\; \epsilon \sim N(0,\sigma^2). $$
#
# The formula is `math ~ year + (1 | school/child)`, short for `(1 | school) + (1 | school:child)`. The variances are
# {{0.187 = v3["school"] | .3f}}, {{0.670 = v3["child"] | .3f}} and {{0.347 = v3["test"] | .3f}}. Now there are *two* correlations. Two tests of one child share child and school:
#
# $$ \frac{ {{0.187 = v3["school"] | .3f}} + {{0.670 = v3["child"] | .3f}} }{ {{1.204 = v3.sum() | .3f}} } = {{0.71 = (v3["school"] + v3["child"]) / v3.sum() | .2f}}. \qquad \text{Tests of two children of one school: } \frac{ {{0.187 = v3["school"] | .3f}} }{ {{1.204 = v3.sum() | .3f}} } = {{0.16 = v3["school"] / v3.sum() | .2f}}. $$
#
# Slopes may vary at both levels, `(1 + year | school/child)`. Then the mean child stands at {{−0.779 = tree.fixef["Intercept"] | .3f}}
# ({{0.058 = tree.fixef_se["Intercept"] | .3f}}) in the middle and gains {{0.763 = tree.fixef["year"] | .3f}} ({{0.015 = tree.fixef_se["year"] | .3f}}) points a
# year. And if one forgets the schools?

# %% tags=["wrong-analysis"]
children = ht.load("egsingle")
storeys = ht.lmm("math ~ year + (1 | school/child)", children)
v3 = pd.Series(
    [*(v.sd["Intercept"] ** 2 for v in storeys.varcorr.values()), storeys.sigma**2],
    ["school", "child", "test"],
)
tree = ht.lmm("math ~ year + (1 + year | school/child)", children)
no_school = ht.lmm("math ~ year + (1 + year | child)", children)
poor = {
    "with schools": ht.lmm("math ~ year * lowinc + (1 + year | school/child)", children),
    "without": ht.lmm("math ~ year * lowinc + (1 + year | child)", children),
}
forgotten = pd.DataFrame(
    {
        "se of level": [tree.fixef_se["Intercept"], no_school.fixef_se["Intercept"]],
        "se of growth": [tree.fixef_se["year"], no_school.fixef_se["year"]],
        "se of lowinc": [f.fixef_se["lowinc"] for f in poor.values()],
        "SD of children": [
            v.varcorr[k].sd["Intercept"] for v, k in ((tree, "school:child"), (no_school, "child"))
        ],
    },
    index=list(poor),
)
forgotten.round(4)

# %% [markdown]
# The standard errors are {{40 = 100 * too_small.min() | .0f}} to {{51 = 100 * too_small.max() | .0f}} percent of what they should be: the model takes children of one school for
# independent. `lowinc`, the percentage of poor families, belongs to schools, and its {{60 = tree.n_groups["school"] | d}} schools are counted as {{1721 = tree.n_groups["school:child"] | d}}
# children. The variance of the missing storey does not vanish; it moves to its neighbour:
# ${{0.80 = sd_c[0] | .2f}}^2 + {{0.41 = tree.varcorr["school"].sd["Intercept"] | .2f}}^2 \approx {{0.91 = sd_c[1] | .2f}}^2$.
#
# **What a label means.** From each of ten deliveries of a chemical paste three casks were taken, and each tested twice. The file names the casks
# a, b and c in *every* delivery. A formula knows nothing of casks; it sees which rows have the same label.

# %%
sd_c = forgotten["SD of children"].to_numpy()
too_small = (forgotten.loc["without"] / forgotten.loc["with schools"]).iloc[:3]
ways = {
    r: ht.lmm(f"strength ~ 1 + {r}", pastes, "ML") for r in ("(1 | batch/cask)", "(1 | batch) + (1 | cask)")
}
labels = pd.DataFrame(
    {
        r: {
            "casks": list(f.n_groups.values())[-1],
            "SD of batches": f.varcorr["batch"].sd.iloc[0],
            "SD of casks": list(f.varcorr.values())[-1].sd.iloc[0],
            "sigma": f.sigma,
            "deviance": f.criterion,
        }
        for r, f in ways.items()
    }
).T
labels = labels.astype({"casks": int})
labels.round(2)

# %% [markdown]
# In the first line there are {{30 = labels["casks"].iloc[0] | d}} casks, and they differ by {{2.90 = labels["SD of casks"].iloc[0] | .2f}}, more than three times the
# {{0.82 = labels["sigma"].iloc[0] | .2f}} of two tests of one cask. In the second there are {{3 = labels["casks"].iloc[1] | d}}: all casks "a" are taken for one. They
# seem to differ by {{0.27 = labels["SD of casks"].iloc[1] | .2f}}, and the real differences are now called error of measurement,
# {{2.71 = labels["sigma"].iloc[1] | .2f}}. The deviance is {{54.6 = labels["deviance"].iloc[1] - labels["deviance"].iloc[0] | .1f}} higher, and no program complains: both are proper models.
# So look at the number of groups that a fit reports, before you look at anything else. (Where each label is unique, as those of the children were, a slash is not needed.)

# %% [markdown] exercise="unmistakable" concepts=[96]
# ### Your turn: labels that cannot be mistaken
#
# Make `unmistakable`: a label for each row of `pastes`, in their order, such that `(1 | batch) + (1 | label)` is the right model, with thirty casks. Use
# the columns `batch` and `cask`, not `sample`.

# %% exercise="unmistakable"
unmistakable = ...
### BEGIN SOLUTION
unmistakable = pastes["batch"] + ":" + pastes["cask"]
### END SOLUTION

# %% [markdown]
# The widget writes a model of three levels in words, in equations, as code, and as a picture of $Z$ and of the covariance of eight rows. Commit to its number of parameters first. Then
# walk over the cells of the covariance: which rows share a class, which only a school? Last choose the reading times, where subjects and items are crossed. That is the next section.

# %%
ModelTranslator(preset="classes")

# %% [markdown] concepts=[97]
# ## Crossed groups
#
# Each of {{24 = p | d}} plates with bacteria got a drop of each of {{6 = q | d}} samples of penicillin; measured was the zone, in mm, in which nothing
# grew. A row has a plate *and* a sample, and neither lies inside the other: the two are [crossed](glossary.md#nested-and-crossed). In a balanced table
# the mean squares of lesson 05 still do: plates by their means, samples by theirs, and what is left when both are taken off.
#
# $$ \hat\tau_p^2 = \frac{\text{MS}_p - \text{MS}_{\text{left}}}{ {{6 = q | d}} } = \frac{ {{4.604 = MS["plate"] | .3f}} - {{0.302 = MS["left"] | .3f}} }{ {{6 = q | d}} } = {{0.717 = by_hand["plate"] | .3f}}, \qquad \hat\tau_s^2 = \frac{ {{89.844 = MS["sample"] | .3f}} - {{0.302 = MS["left"] | .3f}} }{ {{24 = p | d}} } = {{3.731 = by_hand["sample"] | .3f}} \text{ mm}^2. $$

# %%
table = plates.pivot(index="plate", columns="sample", values="diameter").to_numpy()
p, q = table.shape
left_over = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
MS = pd.Series(
    {
        "plate": q * table.mean(axis=1).var(ddof=1),
        "sample": p * table.mean(axis=0).var(ddof=1),
        "left": (left_over**2).sum() / ((p - 1) * (q - 1)),
    }
)
by_hand = (MS - MS["left"]) / pd.Series({"plate": q, "sample": p, "left": 1}) + [0, 0, MS["left"]]
crossed = ht.lmm("diameter ~ 1 + (1 | plate) + (1 | sample)", plates)
plates_only = ht.lmm("diameter ~ 1 + (1 | plate)", plates)
print("SDs by hand:", np.sqrt(by_hand).round(4).to_dict())
print(crossed.summary())

# %% [markdown]
# The fit agrees: SDs of {{0.85 = np.sqrt(by_hand["plate"]) | .2f}}, {{1.93 = np.sqrt(by_hand["sample"]) | .2f}} and {{0.55 = crossed.sigma | .2f}} mm, at a REML criterion of
# {{330.86 = crossed.criterion | .2f}}. With plates alone, $\hat\sigma$ would be {{2.01 = plates_only.sigma | .2f}} mm: the samples' strength would count as noise, and
# the plates' SD fall to {{0.31 = plates_only.varcorr["plate"].sd.iloc[0] | .2f}}. The mean, {{23.0 = crossed.fixef["Intercept"] | .1f}} mm, has the variance
#
# $$ \frac{\tau_p^2}{ {{24 = p | d}} } + \frac{\tau_s^2}{ {{6 = q | d}} } + \frac{\sigma^2}{ {{144 = p * q | d}} } = {{0.030 = by_hand["plate"] / p | .3f}} + {{0.622 = by_hand["sample"] / q | .3f}} + {{0.002 = MS["left"] / (p * q) | .3f}}, \qquad \text{se} = {{0.81 = crossed.fixef_se["Intercept"] | .2f}} \text{ mm}. $$
#
# The six samples decide nearly all of it. Each kind of group is a sample of its own; here the one with few members and a large spread rules.
#
# **The wrong analysis, live.** In the voices of lesson 01 six speakers say seven scenarios, informally and politely ({{83 = len(voices) | d}} recordings, in Hz; generated rows
# that carry published figures). What happens if one kind of group is forgotten, or nested in the other?

# %% tags=["wrong-analysis"]
voices = ht.load("politeness").dropna()
terms = {
    "crossed": "(1 | subject) + (1 | scenario)",
    "no scenario": "(1 | subject)",
    "no subject": "(1 | scenario)",
    "scenario nested in subject": "(1 | subject/scenario)",
}
spoken = {k: ht.lmm(f"frequency ~ attitude + gender + {r}", voices) for k, r in terms.items()}
errors = pd.DataFrame({k: f.fixef_se for k, f in spoken.items()}).T
polite = ht.lmm("frequency ~ gender + (1 | subject) + (1 | scenario)", voices).anova(spoken["crossed"])
scenarios = sorted(voices["scenario"].unique())
alarms = {"crossed": [], "scenario nested in subject": []}
for three in combinations(scenarios, 3):
    drawn = voices.assign(lot=voices["scenario"].isin(three).astype(float))
    for name, found in alarms.items():
        f = ht.lmm(f"frequency ~ attitude + gender + lot + {terms[name]}", drawn)
        found.append(2 * stats.t.sf(abs(f.fixef["lot"] / f.fixef_se["lot"]), len(scenarios) - 2) < 0.05)
errors.round(2)

# %% [markdown]
# The crossed model says: women speak informally at {{256.85 = spoken["crossed"].fixef.iloc[0] | .2f}} ({{16.12 = errors.iloc[0, 0] | .2f}}) Hz, being polite lowers the voice by
# {{19.72 = -spoken["crossed"].fixef.iloc[1] | .2f}} ({{5.58 = errors.iloc[0, 1] | .2f}}; likelihood ratio {{11.62 = polite.statistic | .2f}}), men speak
# {{108.5 = -spoken["crossed"].fixef.iloc[2] | .1f}} ({{21.01 = errors.iloc[0, 2] | .2f}}) Hz lower. The SDs are {{14.81 = spoken["crossed"].varcorr["scenario"].sd.iloc[0] | .2f}} for
# scenarios, {{24.81 = spoken["crossed"].varcorr["subject"].sd.iloc[0] | .2f}} for speakers, {{25.41 = spoken["crossed"].sigma | .2f}} within.
#
# - *Forget the speakers*: the standard error of `gender` falls to {{7.3 = errors.loc["no subject"].iloc[2] | .1f}}, a third. Six people have become {{83 = len(voices) | d}}.
# - *Forget the scenarios*: that of `attitude` rises to {{6.4 = errors.loc["no scenario"].iloc[1] | .1f}}. Each scenario was said
#   both ways, so its level drops out of the comparison, but this model counts it as noise.
# - *Nest what is crossed*: every speaker gets scenarios of their own. Here that hardly shows, until a question is about scenarios. Give three of
#   the seven a label that means nothing, in all {{35 = len(alarms["crossed"]) | d}} ways: the nested model calls {{6 = sum(alarms["scenario nested in subject"]) | d}} of the
#   labels significant at five percent, where {{1.75 = 0.05 * len(alarms["crossed"]) | .2f}} are to be expected; the crossed one {{2 = sum(alarms["crossed"]) | d}}.

# %% [markdown]
# **In `statsmodels`** a crossed model is written with *one* group that holds all rows, and a variance component for each factor. It works on all rows
# at once, which takes long where there are thousands. Two shorter ways to write it look right as well, and run without a word:

# %%
parts = {"scenario": "0 + C(scenario)", "subject": "0 + C(subject)"}
only = {"scenario": parts["scenario"]}
one_group = np.ones(len(voices))
theirs = {
    "one group, two components": smf.mixedlm(
        "frequency ~ attitude + gender", voices, groups=one_group, vc_formula=parts
    ),
    "groups='subject', re_formula='1'": smf.mixedlm(
        "frequency ~ attitude + gender", voices, groups="subject", re_formula="1", vc_formula=only
    ),
    "groups='subject'": smf.mixedlm(
        "frequency ~ attitude + gender", voices, groups="subject", vc_formula=only
    ),
}
theirs = {name: model.fit() for name, model in theirs.items()}
compared = pd.DataFrame({name: fit.bse_fe for name, fit in theirs.items()}).T
compared["REML criterion"] = [-2 * fit.llf for fit in theirs.values()]
print(
    f"ours: crossed {spoken['crossed'].criterion:.3f}, nested {spoken['scenario nested in subject'].criterion:.3f}"
)
compared.round(3)

# %% [markdown]
# The first is the crossed model; its criterion differs from ours by {{0.000 = abs(compared["REML criterion"].iloc[0] - spoken["crossed"].criterion) | .3f}}. The second is the
# *nested* one: inside `groups=` every component starts anew in each group. The third has lost the speakers' intercepts altogether, because naming a component
# switches the usual one off, and its standard error of `gender` is less than half of what it should be. Compare the criterion with a second program, or count
# what a fit reports as its SDs.

# %% [markdown] concepts=[97]
# ### Two schools for a pupil
#
# Back to the {{3435 = len(scots) | d}} Scottish pupils. Put both kinds of schools into one model:

# %%
two_schools = ht.lmm("attain ~ 1 + (1 | primary) + (1 | second)", scots, "ML")
given = ht.lmm("attain ~ verbal + (1 | primary) + (1 | second)", scots, "ML")
var = {
    f: {k: v.sd["Intercept"] ** 2 for k, v in fit.varcorr.items()}
    for f, fit in (("null", two_schools), ("verbal", given))
}
with plots.style():
    fig, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
    bars = pd.DataFrame(
        {
            "each alone": {k: s**2 for k, s in sd_alone.items()},
            "both": var["null"],
            "both, given verbal": var["verbal"],
        }
    ).rename(index={"primary": "primary schools", "second": "secondary schools"})
    bars.plot.barh(
        ax=ax, color=[plots.COLOURS["faint"], plots.COLOURS["partial"], plots.COLOURS["none"]], ec="#4D4D4D"
    )
    ax.invert_yaxis()
    ax.set(xlabel="variance of attainment (points squared)")

# %% tags=["predict"]
Prediction(
    "Attainment is measured at sixteen, at the end of secondary school. Which schools have the larger variance when both are in the model?",
    ["secondary schools", "primary schools", "about the same"],
    answer=0
    if var["null"]["second"] > 1.3 * var["null"]["primary"]
    else 1
    if var["null"]["primary"] > 1.3 * var["null"]["second"]
    else 2,
    because="Primary schools are small and draw on one neighbourhood each. What a pupil brought along counts as theirs.",
    figure=fig,
    alt=f"Variances: primary schools {bars.iloc[0, 0]:.2f} alone, {bars.iloc[0, 1]:.2f} with both, {bars.iloc[0, 2]:.2f} given verbal; "
    f"secondary schools {bars.iloc[1, 0]:.2f}, {bars.iloc[1, 1]:.2f} and {bars.iloc[1, 2]:.2f}.",
)

# %% [markdown]
# The variances are {{1.124 = var["null"]["primary"] | .3f}} for primary schools, {{0.348 = var["null"]["second"] | .3f}} for secondary ones and
# {{8.111 = two_schools.sigma**2 | .3f}} for pupils. Each kind alone had borrowed a little from the other. Does a primary school work on for years, then? Not so
# fast. Given the pupils' verbal score on entry to secondary school, the two are {{0.272 = var["verbal"]["primary"] | .3f}} and {{0.011 = var["verbal"]["second"] | .3f}}. So most of the
# differences were there at the door of the secondary school. Secondary schools differ by who comes; whether primary schools made their differences or only gathered them, these data cannot say.

# %% [markdown] exercise="my_agreement" concepts=[97]
# ### Your turn: how far do two tasters agree?
#
# In Fujian six tasters each gave a score to each of twelve oolong teas. `my_teas` holds them, drawn for you alone, with the columns `tea`, `taster` and `score`. Take
# one such tea and two such tasters at random: what is the correlation of their two scores, over all teas and tasters? A taster who is strict with every tea
# counts against it. Use REML; store the number in `my_agreement`, three decimals are enough.

# %% exercise="my_agreement"
my_agreement = ...
### BEGIN SOLUTION
my_fit = ht.lmm("score ~ 1 + (1 | tea) + (1 | taster)", my_teas)
tea2, taster2 = (my_fit.varcorr[k].sd["Intercept"] ** 2 for k in ("tea", "taster"))
my_agreement = tea2 / (tea2 + taster2 + my_fit.sigma**2)
### END SOLUTION

# %% [markdown] concepts=[99]
# ## Several groups of one kind, each with a share
#
# Families who follow the harvest through Mexico change their children's school. Beto, with six months in Oaxaca and eighteen in Puebla, belongs to both: to the first with
# the weight {{0.25 = shares.loc["Beto", "Oaxaca"] | .2f}}, to the second with {{0.75 = shares.loc["Beto", "Puebla"] | .2f}}. This is
# [multiple membership](glossary.md#multiple-membership):
#
# $$ y_i = \mu + \sum_j w_{ij}\,u_j + \epsilon_i, \qquad \sum_j w_{ij} = 1, \qquad u_j \sim N(0, \tau^2). $$
#
# The weights are data. What they do can be worked out by hand. Beto's two schools give him the variance
# $({{0.25 = shares.loc["Beto", "Oaxaca"] | .2f}}^2 + {{0.75 = shares.loc["Beto", "Puebla"] | .2f}}^2)\,\tau^2 = {{0.625 = (shares.loc["Beto"] ** 2).sum() | .3f}}\,\tau^2$, less than the
# whole $\tau^2$ of Ana, who never moved, because two schools average out. Ana and Beto share Oaxaca, so their covariance is
# $1 \times {{0.25 = shares.loc["Beto", "Oaxaca"] | .2f}}\,\tau^2$. Here are the stays of four (invented) pupils, in months:

# %%
spells = pd.DataFrame(
    [("Ana", "Oaxaca", 24), ("Beto", "Oaxaca", 6), ("Beto", "Puebla", 18), ("Caro", "Puebla", 8), ("Caro", "Tepic", 10),
     ("Caro", "Puebla", 3), ("Dani", "Tepic", 5), ("Dani", "Oaxaca", 7), ("Dani", "Puebla", 8)],
    columns=["pupil", "school", "months"],
)  # fmt: skip
shares = pd.crosstab(spells["pupil"], spells["school"], spells["months"], aggfunc="sum", normalize="index")
spells.T

# %% [markdown] exercise="membership_weights" concepts=[99]
# ### Your turn: from stays to weights
#
# Write `membership_weights(schools, months, names)` for *one* pupil: `schools` lists the stays in the order of time, `months` how long each was, `names` all
# schools there are. Return an array with the weight of each school, in the order of `names`. A pupil may come back to a school.


# %% exercise="membership_weights"
def membership_weights(schools, months, names):
    """Return the share of each school in the months of one pupil."""
    ### BEGIN SOLUTION
    total = np.zeros(len(names))
    for school, stay in zip(schools, months, strict=True):
        total[list(names).index(school)] += stay
    return total / total.sum()
    ### END SOLUTION


# %% [markdown]
# In `lmm` the factor stands in the formula as always, and the weights are given beside it: `membership={"school": W}`, where $W$ has a row for each pupil and a column for each school. Most files hold one school only, the last. What does that cost?
# Forty schools with $\tau = {{4 = truth["tau"] | .0f}}$, twelve hundred pupils with $\sigma = {{8 = truth["sigma"] | .0f}}$, half of whom moved once; forty such worlds, four ways.


# %% tags=["wrong-analysis"]
def four_ways(seed):
    """Return tau, sigma and the error of the schools' effects for four ways to treat those who moved."""
    world = simulate.multiple_membership(
        J=40, n=1200, movers=0.5, tau=4, sigma=8, rng=np.random.default_rng(seed)
    )
    rows = world.data
    fits = {
        "weights": ht.lmm("y ~ 1 + (1 | school)", rows, membership={"school": world.weights}),
        "first school": ht.lmm("y ~ 1 + (1 | first)", rows),
        "last school": ht.lmm("y ~ 1 + (1 | last)", rows),
        "leave out who moved": ht.lmm("y ~ 1 + (1 | first)", rows[rows["share"] == 1]),
    }
    found = {}
    for name, fit in fits.items():
        (_factor, effects), (sds,) = next(iter(fit.ranef.items())), fit.varcorr.values()
        miss = effects["Intercept"].reindex(world.truth.index, fill_value=0) - world.truth["u"]
        found[name] = [sds.sd.iloc[0], fit.sigma, np.sqrt((miss**2).mean())]
    return pd.DataFrame(found, index=["tau", "sigma", "error of a school's effect"]).T, world.parameters


worlds = [four_ways(seed) for seed in range(40)]
truth = worlds[0][1]
cost = sum(w for w, _truth in worlds) / len(worlds)
with plots.style():
    fig, ax = plt.subplots(figsize=(6.5, 2.8), layout="constrained")
    taus = pd.concat([w["tau"] for w, _truth in worlds]).rename_axis("way").reset_index()
    sns.stripplot(taus, x="tau", y="way", size=3.5, color=plots.COLOURS["partial"], ax=ax)
    ax.axvline(truth["tau"], color=plots.COLOURS["line"], lw=1)
    ax.set(xlabel="estimated tau, a point for each world", ylabel="")

# %% tags=["predict"]
Prediction(
    f"Schools differ by tau = {truth['tau']:.0f}. Each pupil who moved is given to the last school. On average the estimated tau is …",
    ["too large", "about right", "too small"],
    answer=2
    if cost.loc["last school", "tau"] < 0.9 * truth["tau"]
    else 0
    if cost.loc["last school", "tau"] > 1.1 * truth["tau"]
    else 1,
    because="The mean of a school's last pupils holds parts of other schools, so the means differ less than the schools do.",
    figure=fig,
    alt=f"Estimates of tau in {len(worlds)} worlds; the truth is {truth['tau']:.0f}. Mean with weights {cost.loc['weights', 'tau']:.2f}, first school "
    f"{cost.loc['first school', 'tau']:.2f}, last school {cost.loc['last school', 'tau']:.2f}, without movers {cost.loc['leave out who moved', 'tau']:.2f}.",
)

# %%
cost.round(2)

# %% [markdown] concepts=[99]
# With one school for each pupil, $\hat\tau$ is {{2.94 = cost.loc["last school", "tau"] | .2f}} on average, a quarter too small; part of what is missing sits in $\hat\sigma$, {{8.24 = cost.loc["last school", "sigma"] | .2f}}. School effects are
# typically missed by {{2.08 = cost.loc["last school", "error of a school's effect"] | .2f}} points instead of {{1.65 = cost.loc["weights", "error of a school's effect"] | .2f}}. Leaving out those who moved
# repairs $\tau$ here, at the price of half of the data; in life those who move differ from those who stay. The weights are an assumption too: that a month counts as a month, whenever it was. (Of the common tools `brms` and MLwiN take weights; `statsmodels` and `lme4` have no notation for them.)

# %% [markdown]
# ## Old groups, new groups
#
# What does all this buy? The ability to speak about groups not yet seen, for one. We hide tests of `egsingle` in three ways: one test of many children whose
# other tests we keep; all tests of two hundred and fifty children, in schools that we keep; and twelve whole schools. Then we predict what is hidden. *Complete* pooling
# is one line; *none* gives each child its own line, or where the child is new each school its own; *partial* is the three-level model.

# %%
rng = np.random.default_rng(10)
new_schools = children["school"].isin(rng.choice(children["school"].unique(), 12, replace=False))
new_children = ~new_schools & children["child"].isin(
    rng.choice(children.loc[~new_schools, "child"].unique(), 250, replace=False)
)
kept = children[~new_schools & ~new_children]
one_test = (
    kept[kept.groupby("child")["math"].transform("size") >= 3].groupby("child").sample(1, random_state=10)
)
train = kept.drop(one_test.index)
hidden = {
    "a test of a child we know": one_test,
    "a new child, a school we know": children[new_children],
    "a new school": children[new_schools],
}

trained = ht.lmm("math ~ year + (1 + year | school/child)", train)
one_line = smf.ols("math ~ year", data=train).fit()
own_by = dict(zip(hidden, ("child", "school"), strict=False))


def rmse(rows, predicted):
    return np.sqrt(np.mean((rows["math"] - predicted) ** 2))


def own_line(rows, by):
    """Return what the least-squares lines of the groups, each alone, predict."""
    own = pd.DataFrame(
        {g: np.polyfit(d["year"], d["math"], 1) for g, d in train.groupby(by)}, index=["b", "a"]
    ).T.loc[rows[by]]
    return own["a"].to_numpy() + own["b"].to_numpy() * rows["year"]


score = {}
for name, rows in hidden.items():
    told = trained.predict(rows, new_groups="zero", interval="prediction")
    score[name] = {
        "complete": rmse(rows, one_line.predict(rows)),
        "none": rmse(rows, own_line(rows, own_by[name])) if name in own_by else np.nan,
        "partial": rmse(rows, told["estimate"]),
        "inside 95 %": 100 * rows["math"].between(told["lower"], told["upper"]).mean(),
        "inside, sigma alone": 100 * ((rows["math"] - told["estimate"]).abs() < 1.96 * trained.sigma).mean(),
    }
score = pd.DataFrame(score).T
effective = trained.effective_parameters()
score.round(2)

# %% [markdown]
# **Where groups are known**, partial pooling misses by {{0.63 = score.loc["a test of a child we know", "partial"] | .2f}}, own lines by
# {{0.87 = score.loc["a test of a child we know", "none"] | .2f}} and one line by {{1.10 = score.loc["a test of a child we know", "complete"] | .2f}}: a line through two to five tests follows their noise, one line for all knows nothing
# of the child. **For a new child** the school still helps a little. **For a new school** no pooling has *nothing to say*: no dummy was ever
# estimated for it. Partial pooling says the population line, and here that is no better than the one line. What it adds is *how far off* one may be.
#
# **Fewer parameters.** Own lines cost {{2148 = 2 * trained.n_groups["school:child"] | d}} coefficients, one line two. The three-level model has the coefficients of all of them too, but
# held by their distribution: it uses up {{1021 = effective | .0f}} effective parameters (lesson 05), about {{1 = effective / trained.n_groups["school:child"] | .0f}} for each child instead of two.
#
# **The uncertainty of a new group.** A group not in the fit is predicted with $u = 0$, the best guess. It does *not* have $u = 0$. Its variance belongs into the interval:
#
# $$ \text{a new row of a new group: } \tau^2 + \sigma^2 + \operatorname{Var}(\hat\mu), \qquad \operatorname{Var}(\hat\mu) = \frac{\tau^2 + \sigma^2/n}{J}\ \text{ in } J \text{ groups of } n. $$
#
# `predict(…, new_groups="zero", interval="prediction")` does that; of the tests in new schools {{96 = score.loc["a new school", "inside 95 %"] | .0f}} percent lie in their interval.
# With $\hat\sigma$ alone, as if $u$ were zero, it would be {{66 = score.loc["a new school", "inside, sigma alone"] | .0f}}. By hand, the yield of a *seventh* batch of the dyestuff
# of lesson 05, with $\hat\tau = {{42.0 = dye_tau | .1f}}$ and $\hat\sigma = {{49.5 = dye.sigma | .1f}}$ g in six batches of five: the SD of the error is
# $\sqrt{ {{1764 = dye_tau**2 | .0f}} + {{2451 = dye.sigma**2 | .0f}} + {{376 = dye.fixef_se["Intercept"] ** 2 | .0f}} } = {{67.8 = seventh | .1f}}$ g.

# %%
dye = ht.lmm("Yield ~ 1 + (1 | Batch)", ht.load("dyestuff"))
dye_tau = dye.varcorr["Batch"].sd["Intercept"]
seventh = np.sqrt(dye_tau**2 + dye.sigma**2 + dye.fixef_se["Intercept"] ** 2)
dye.predict(pd.DataFrame({"Batch": ["G"]}), new_groups="zero", interval="prediction").round(1)

# %% [markdown] exercise="new_row_sd"
# ### Your turn: how sure about a group never seen?
#
# Write `new_row_sd(tau, sigma, J, n)`: the SD of the error when a new row of a new group is predicted by the estimated mean of `J` groups of `n` rows. Take `tau` and `sigma` as known.


# %% exercise="new_row_sd"
def new_row_sd(tau, sigma, J, n):
    """Return the SD of the prediction error."""
    ### BEGIN SOLUTION
    return np.sqrt(tau**2 + sigma**2 + (tau**2 + sigma**2 / n) / J)
    ### END SOLUTION


# %% [markdown] concepts=[100]
# ## Power, by simulation
#
# A school programme is to be tried: half of the schools get it. The effect hoped for is {{0.5 = plan["effect"] | .1f}} SD of pupils, schools differ by $\tau = {{0.5 = plan["tau"] | .1f}}$,
# pupils by $\sigma = {{1 = plan["sigma"] | d}}$. By hand, each half has $J/2$ schools, so the difference of their means has the standard error
#
# $$ \text{se} = \sqrt{\frac{4\,(\tau^2 + \sigma^2/n)}{J}}, \qquad J = {{20 = base[0] | d}},\; n = {{20 = base[1] | d}}:\quad \text{se} = {{0.245 = se_of(*base) | .3f}} . $$
#
# [Power](glossary.md#power) is the chance that such a study finds the effect at five percent. Simulating gives it for any design for which you can write down the model: draw a study, fit, look,
# thousands of times. First look at an effect of *zero*: the share found must then be five percent, or the test is wrong. (It is
# {{5.1 = 100 * nothing.power | .1f}}, give or take {{0.2 = 100 * nothing.se | .1f}}.) With schools of one size there is a formula too, the noncentral
# $t$ distribution; it stands in the table below for comparison.

# %%
plan = {"effect": 0.5, "tau": 0.5, "sigma": 1}
base = 20, 20  # schools, pupils in each


def se_of(J, n):
    return np.sqrt(4 * (plan["tau"] ** 2 + plan["sigma"] ** 2 / n) / J)


def by_formula(J, n):
    """Return the power of a two-sided t test at five percent with J - 2 degrees of freedom."""
    line, shift = stats.t.isf(0.025, J - 2), plan["effect"] / se_of(J, n)
    return stats.nct.sf(line, J - 2, shift) + stats.nct.cdf(-line, J - 2, shift)


nothing = simulate.power(J=20, n=20, B=10_000, seed=1, **(plan | {"effect": 0.0}))
designs = pd.DataFrame(
    [
        (J, n, simulate.power(J=J, n=n, B=4000, seed=1, **plan), se_of(J, n), kind)
        for kind, sizes in {
            "400 pupils in all": [(10, 40), (20, 20), (40, 10), (80, 5)],
            "20 schools, more pupils": [(20, 5), (20, 10), (20, 20), (20, 40), (20, 160)],
            "20 pupils each, more schools": [(6, 20), (10, 20), (20, 20), (40, 20), (80, 20)],
        }.items()
        for J, n in sizes
    ],
    columns=["schools", "pupils each", "study", "se", "kind"],
)
designs["power"] = [study.power for study in designs["study"]]
designs["by formula"] = [
    by_formula(*sizes) for sizes in zip(designs["schools"], designs["pupils each"], strict=True)
]
with plots.style():
    facets = sns.relplot(
        designs.assign(rows=designs["schools"] * designs["pupils each"]), x="rows", y="power", col="kind",
        col_order=["20 schools, more pupils", "20 pupils each, more schools"], kind="line", marker="D", height=3.2, aspect=1.15,
        color=plots.COLOURS["partial"],
    )  # fmt: skip
    facets.set(xscale="log", xticks=[100, 400, 1600], xticklabels=[100, 400, 1600], ylim=(0, 1.03))
    facets.set(xlabel="pupils in all", ylabel="power")
    facets.set_titles("{col_name}")
power_of = designs.set_index(["kind", "schools", "pupils each"])["power"]
more_pupils, more_schools = power_of["20 schools, more pupils"], power_of["20 pupils each, more schools"]

# %% tags=["predict"]
Prediction(
    f"Twenty schools with 20 pupils each have a power of {more_pupils[20, 20]:.2f}. You can afford twice as many pupils. Where do they help more?",
    ["in the same schools", "in twenty more schools", "about the same"],
    answer=1
    if more_schools[40, 20] > more_pupils[20, 40] + 0.1
    else 0
    if more_pupils[20, 40] > more_schools[40, 20] + 0.1
    else 2,
    because="The programme is given to schools, so schools are what is compared. More pupils only make each school's mean more precise.",
    figure=facets.figure,
    alt=f"Power against the number of pupils. Twenty schools: from {more_pupils[20, 5]:.2f} with 5 pupils each to {more_pupils[20, 160]:.2f} with 160. "
    f"Twenty pupils each: from {more_schools[6, 20]:.2f} with 6 schools to {more_schools[80, 20]:.2f} with 80.",
)

# %%
designs[designs["kind"] == "400 pupils in all"].drop(columns=["study", "kind"]).round(3)

# %% [markdown] concepts=[100]
# Twice the pupils in the same schools: {{0.52 = more_pupils[20, 40] | .2f}}. Twice the schools: {{0.81 = more_schools[40, 20] | .2f}}. With eight times the pupils in the same schools it is
# {{0.55 = more_pupils[20, 160] | .2f}}, and with pupils without end {{0.56 = by_formula(20, 1e9) | .2f}}, because of the $\tau^2$ that $n$ does not touch. The same four hundred
# pupils give {{0.27 = power_of["400 pupils in all", 10, 40] | .2f}} in ten schools and {{0.90 = power_of["400 pupils in all", 80, 5] | .2f}} in eighty. Visiting a school costs more than testing a
# pupil, so the best design lies between.
#
# Low power has a second price. Studies with ten schools of forty that *do* find the effect estimate it at {{0.85 = designs["study"].iloc[0].mean_found | .2f}} on average, though it is
# {{0.5 = plan["effect"] | .1f}}: only the lucky exaggerations cross the line. And where pupils inside every school can be treated by lot, schools drop out of the comparison: twenty schools of twenty then have a power of
# {{1.00 = by_lot.power | .2f}}, as long as the programme does the same in every school. Where its effect differs between schools by an SD of
# {{0.5 = uneven | .1f}}, it is {{0.88 = by_lot_uneven.power | .2f}}: schools count again.

# %%
uneven = 0.5
by_lot, by_lot_uneven = (
    simulate.power(J=20, n=20, treat="rows", tau_effect=sd, B=2000, seed=1, **plan) for sd in (0, uneven)
)
by_lot_uneven

# %% [markdown] exercise="flaws_in_the_plan" concepts=[96, 97, 100]
# ### Your turn: find the flaws in four sentences
#
# Each label fits one sentence: `"sound"`, `"wrong structure"` (the formula puts the wrong rows together), `"variance left out"` (of an interval), `"wrong count"`
# (rows are counted where groups are needed).
#
# 1. > *In each of ten deliveries we tested casks a, b and c. With `(1 | batch) + (1 | cask)` the casks' SD is only {{0.27 = labels["SD of casks"].iloc[1] | .2f}}: casks hardly differ.* (`sentence_1`)
# 2. > *A boy whom we have never measured will be {{149 = curves.fixef["Intercept"] | .0f}} cm tall at mid-study, and with ninety-five percent certainty not more than {{1.1 = 1.96 * curves.sigma | .1f}} cm off, since $\hat\sigma$ is {{0.58 = curves.sigma | .2f}} cm.* (`sentence_2`)
# 3. > *Each of the {{24 = p | d}} plates met all {{6 = q | d}} samples, so both got a varying intercept of their own; their SDs are {{0.85 = np.sqrt(by_hand["plate"]) | .2f}} and {{1.93 = np.sqrt(by_hand["sample"]) | .2f}} mm.* (`sentence_3`)
# 4. > *The pilot study in ten schools, half of them treated, had too little power. We shall test four times as many pupils in the same schools, which should bring it from {{0.27 = power_of["400 pupils in all", 10, 40] | .2f}} to well above a half.* (`sentence_4`)

# %% exercise="flaws_in_the_plan"
flaws_in_the_plan = {"sentence_1": ..., "sentence_2": ..., "sentence_3": ..., "sentence_4": ...}
### BEGIN SOLUTION
flaws_in_the_plan = {
    "sentence_1": "wrong structure",
    "sentence_2": "variance left out",
    "sentence_3": "sound",
    "sentence_4": "wrong count",
}
### END SOLUTION

# %% [markdown]
# ## Which structure is it?
#
# Ask of every row: *which groups is it in, and who else is in them?* Three answers give three formulas.
#
# - *a group inside a larger one*, a tree: `(1 | school/child)`;
# - *two kinds of groups that meet*, a table: `(1 | plate) + (1 | sample)`;
# - *several groups of one kind*, lines with weights: `(1 | school)`, and `membership=` beside it.
#
# And the shapes of lesson 06: a *panel* has many units seen a few times (the boys), a *time-series cross-section* few units seen many times, and its years are often a second, crossed kind of group. Data are *non-nested* where the
# rows belong to two kinds of groups (the plates). One can have all of it at once: tests in pupils, pupils with shares in schools, schools crossed with examiners. The formula is the sum of its terms.

# %% [markdown] exercise="sort_the_structures" concepts=[96, 97, 99]
# ### Your turn: sort the structures
#
# Choose for each blank one of its options, word for word.
#
# - Patients lie in wards; each hospital numbers its wards from one on, and the file has the columns `hospital` and `ward`. The formula needs ___ (`wards`):
#   `"(1 | ward)"`, `"(1 | hospital) + (1 | ward)"`, `"(1 | hospital/ward)"`.
# - Twelve translators each put the same thirty poems from Persian into Turkish, and every translation gets a mark (`translators`): `"(1 | translator) + (1 | poem)"`, `"(1 | translator/poem)"`, `"(1 | translator)"`.
# - In a birth house a birth is attended by one to three midwives, whose hours are written down; the midwives are (`midwives`): `"crossed"`, `"nested"`, `"multiple membership"`.
# - Six thousand households in Vietnam are asked in four waves (`households`): `"panel"`, `"time-series cross-section"`, `"non-nested"`. Here and in the next two blanks each name fits once.
# - The harvest of nine provinces is known for each of fifty years (`harvests`): the same options.
# - Every essay is marked by two of forty teachers, and each teacher marks hundreds; a row is a mark (`markers`): the same options.

# %% exercise="sort_the_structures"
sort_the_structures = {
    "wards": ...,
    "translators": ...,
    "midwives": ...,
    "households": ...,
    "harvests": ...,
    "markers": ...,
}
### BEGIN SOLUTION
sort_the_structures = {
    "wards": "(1 | hospital/ward)",
    "translators": "(1 | translator) + (1 | poem)",
    "midwives": "multiple membership",
    "households": "panel",
    "harvests": "time-series cross-section",
    "markers": "non-nested",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - A structure is a $Z$: who is in which group, with what share.
# - Growth curves are regressions on time that vary over persons; their mean rests on persons.
# - A forgotten level moves its variance to a neighbour; standard errors of what differs at that level get too small.
# - A formula sees labels, not casks. Count the groups that a fit reports.
# - Crossed groups get a term each. Nesting what is crossed makes questions about the nested kind look too sure.
# - With weights a row may belong to several groups; one school for each pupil makes $\tau$ too small.
# - For a new group $u = 0$ is a guess with the variance $\tau^2$.
# - Where groups are treated, add groups before rows.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: section 11.3 for repeated measurements and the shapes of data, section 13.5 for non-nested models, chapter 20 for power by simulation.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 6 for growth, chapter 8 for three levels, chapter 12 for cross-classified data.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 11 for the design of studies, chapter 13 for crossed factors and multiple membership, chapter 15 for growth.
# - Browne, Goldstein and Rasbash (2001), "Multiple membership multiple classification (MMMC) models", *Statistical Modelling*.
