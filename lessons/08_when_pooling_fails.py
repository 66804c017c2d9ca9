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
# # Lesson 08: When pooling fails
#
# How long do {{613 = len(bounce) | d}} visitors from eight counties stay on a web site, and does it depend on their age? The multilevel model of
# lesson 06 answers with a correlation of {{1.00 = rho | .2f}} between the counties' levels and slopes, and claims to know how far each slope
# lies from their mean with a standard error of {{0.05 = partial.ranef_se["county"]["age"].max() | .2f}} seconds or less. And what if a model that is right about {{3600 = len(hosp) | d}} hospitals on average
# tells the patients of the worst ones that theirs is an average hospital?

# %% tags=["setup"]
STUDENT = ""  # your user name, as your teacher gave it to you; empty: a practice set

# %% tags=["setup"]
import numpy as np
import pandas as pd

import hlm_teach as ht
from autograder import check, hint, review, solution
from autograder.student_data import assignment_data

my_hospitals = assignment_data("ps08", student=STUDENT)

# %%
import warnings

import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf
from scipy import stats

from hlm_teach import narrate, plots
from hlm_teach.plots import show
from hlm_teach.widgets import BoundaryFits, BoundarySlopes, FewGroups, Hospitals, Prediction

bounce = ht.load("bounce")
bounce["age"] = (bounce["age"] - bounce["age"].mean()) / bounce["age"].std()  # in SDs of age
one_line = smf.ols("bounce ~ age", data=bounce).fit()
eight_lines = smf.ols("bounce ~ 0 + C(county) + C(county):age", data=bounce).fit()
own = pd.DataFrame(
    {"Intercept": eight_lines.params.iloc[:8].to_numpy(), "age": eight_lines.params.iloc[8:].to_numpy()},
    index=sorted(bounce["county"].unique()),
)
own_se = pd.Series(eight_lines.bse.iloc[8:].to_numpy(), own.index)
partial = ht.lmm("bounce ~ age + (1 + age | county)", bounce)
spread = partial.varcorr["county"]
rho = spread.corr.iloc[0, 1]

# %%
lines = {"complete": one_line.params, "none": own, "partial": partial}
panels = plots.group_grid(
    bounce, "age", "bounce", "county", **lines, xlabel="age (SDs)", ylabel="bounce time (s)"
)
show(panels, narrate.group_grid(bounce, "age", "bounce", "county", **lines, unit="s"))

# %% [markdown]
# One line for all visitors, dashed, rises by {{4.68 = one_line.params["age"] | .2f}} seconds per SD of age, from
# {{199.98 = one_line.params["Intercept"] | .2f}} at the mean age. Inside the counties hardly anything rises: visitors stay longer in counties
# whose visitors are older, but the older ones of a county hardly stay longer than the younger. The partial lines, solid, lie on the dotted ones almost everywhere. The picture looks fine. The printout does not.

# %% [markdown] tags=["objectives"]
# **After this lesson you can**
#
# - **recognise** a boundary fit, **say** how likely it is by chance, and **tell** it from a search that did not arrive;
# - **explain** why a correlation of one and an interval of no width are not findings;
# - **choose** what to do next by the question that was asked, and **name** the price;
# - **judge** how little a handful of groups can say about $\tau$, whatever the number of rows;
# - **detect** groups whose size says something about them, and **repair** the target;
# - **report** a multilevel fit so that a reader can judge it.
#
# You need lessons 03, 05, 06 and 07. Allow eighty minutes, in two sittings if you like: the second begins with "Quiet failures". There are six tasks.

# %%
review("08")

# %% [markdown]
# # First half: fits at the edge
#
# ## Eight counties, five fits

# %%
common = ht.lmm("bounce ~ age + (1 | county)", bounce)
levels = ht.lmm("bounce ~ 1 + (1 | county)", bounce)
left_over = {
    "complete pooling": one_line.resid,
    "no pooling": eight_lines.resid,
    "varying intercepts and slopes": partial.residuals(),
    "varying intercepts, one slope": common.residuals(),
    "varying intercepts, no age": levels.residuals(),
}
rmse = (pd.DataFrame(left_over) ** 2).mean().pow(0.5).rename("RMSE (s)")
print(partial.summary())
rmse.round(2).to_frame()

# %% [markdown]
# Knowing the county is worth {{6.2 = rmse["complete pooling"] - rmse["no pooling"] | .1f}} seconds of typical error
# ({{14.09 = rmse["complete pooling"] | .2f}} against {{7.87 = rmse["no pooling"] | .2f}}). Knowing the age besides is worth nothing one would notice:
# {{7.88 = rmse["varying intercepts and slopes"] | .2f}} with slopes that vary, {{7.88 = rmse["varying intercepts, one slope"] | .2f}} with one slope for all,
# {{7.93 = rmse["varying intercepts, no age"] | .2f}} without age.
#
# Now the printout. The mean line is {{200.81 = partial.fixef["Intercept"] | .2f}} ({{4.97 = partial.fixef_se["Intercept"] | .2f}}) plus
# {{1.303 = partial.fixef["age"] | .3f}} ({{0.478 = partial.fixef_se["age"] | .3f}}) per SD of age. The variances are
# {{195.7 = spread.sd["Intercept"] ** 2 | .1f}} for levels, {{0.065 = spread.sd["age"] ** 2 | .3f}} for slopes and {{63.0 = partial.sigma**2 | .1f}} for visitors. And the
# correlation is {{1.00 = rho | .2f}}: the slope of a county is an exact function of its level. The counties' own slopes run from
# {{−0.78 = own["age"].min() | .2f}} to {{2.17 = own["age"].max() | .2f}} and go with the counties' own levels at {{0.10 = own.corr().iloc[0, 1] | .2f}}. What happened?

# %% [markdown] concepts=[68]
# ## By hand first: how an estimate runs into a wall
#
# Three groups have the means {{48 = three[0] | .0f}}, {{50 = three[1] | .0f}} and {{52 = three[2] | .0f}}, each with a standard error of {{3 = se3 | .0f}}.
# Means differ for two reasons, the groups and the noise: their variance is $\tau^2 + \text{se}^2$ on average (lesson 05). So subtract:
#
# $$ \hat\tau^2 = {{4 = three.var(ddof=1) | .0f}} - {{9 = se3**2 | .0f}} = {{−5 = three.var(ddof=1) - se3**2 | .0f}}, \quad\text{cut to } 0. $$
#
# The means lie *closer together* than their noise alone would put them. No variance is negative, so the estimate stops at the wall: a
# [boundary fit](glossary.md#boundary-fit), which lme4 calls singular. With slopes there is a second wall. A covariance matrix of two
# coefficients is an ellipse; when noise alone explains its short axis, the ellipse is pressed flat to a stroke. All the lines of all groups then
# lie on that stroke: know one coefficient and you know the other. That is the whole meaning of $\hat\rho = 1$.
#
# How often does it happen where nothing is wrong? For one variance and equal groups the chance is exact:
# $P(\hat\tau = 0) = P\big(F \le \sigma^2/(\sigma^2 + n\tau^2)\big)$ with $J-1$ and $J(n-1)$ degrees of freedom. For slopes we ask five hundred simulated data sets.

# %%
three, se3 = np.array([48.0, 50.0, 52.0]), 3.0
designs = [(6, 5, 0.0), (6, 5, 0.1), (6, 5, 0.3), (10, 5, 0.1), (30, 5, 0.1), (5, 20, 0.05), (50, 20, 0.05)]
zero = pd.DataFrame(designs, columns=["groups", "rows in each", "true ICC"])
zero["chance of τ̂ = 0"] = [ht.prob_tau_zero(*design) for design in designs]
slopes = BoundarySlopes(J=8, n=6, tau1=0.25, question=False)
size = np.array([4, 6, 8, 12, 20, 30, 50])
exact = [ht.prob_tau_zero(int(k), 6, 0.2) for k in size]
with plots.style():
    fig, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
    for tau1, look in ((0.25, "D-"), (0.5, "D--")):
        share = [BoundarySlopes(J=int(k), n=6, tau1=tau1, question=False).share for k in size]
        ax.plot(size, share, look, color=plots.COLOURS["line"], label=f"a slope too, SD {tau1}")
    ax.plot(size, exact, "o:", color=plots.COLOURS["none"], label="an intercept alone, ICC 0.2")
    ax.set(xlabel="groups, with six rows each", ylabel="share at the boundary", ylim=(0, 1))
    ax.legend()

# %% tags=["predict"]
Prediction(
    "Eight groups of six; intercepts vary with an SD of 0.5, slopes with an SD of 0.25, independently; sigma is 1. "
    "Nothing is wrong with the model. How many of its fits end at the boundary?",
    ["about 1 in 20", "about 1 in 5", "more than half"],
    answer=int(np.argmin(np.abs(np.log(slopes.share) - np.log([1 / 20, 1 / 5, 0.6])))),
    because="A matrix of two spreads has a short axis, and the noise of eight lines is often longer.",
    figure=fig,
    alt=f"The share of fits at the boundary falls with the number of groups. With 8 groups of 6 it is {slopes.share:.2f} where a slope "
    f"with SD 0.25 varies too; for an intercept alone with ICC 0.2 it is {ht.prob_tau_zero(8, 6, 0.2):.2f}.",
)

# %%
zero.round(3)

# %% [markdown] concepts=[68]
# With an intercept alone, six groups of five and a true ICC of {{0.1 = zero.loc[1, "true ICC"] | .1f}}, one data set in three ends at zero
# ({{0.331 = zero.loc[1, "chance of τ̂ = 0"] | .3f}}). With a slope that varies too, eight groups of six end at the boundary in
# {{60 = 100 * slopes.share | .0f}} percent. So a boundary fit is what a correct model often does with few groups. In the first
# widget raise the number of groups until the zeros are gone; then choose "Dyestuff2", and go through the remedies. In the second step through the data sets, and see how often the lowest point runs to the edge.

# %%
edge = BoundaryFits("dyestuff2", question=False)  # for the remedies, below
BoundaryFits(question=False)

# %%
BoundarySlopes(question=False)

# %% [markdown] concepts=[68]
# ## Singular is not the same as not converged
#
# Many readers take the warning for "the program failed". But there are two questions, and they have nothing to do with each other (lesson 05).
# **Did the search arrive** at the lowest point? **And where is that point**, inside or at the wall? Here are six outputs. Some are ours and some are from
# `statsmodels`, whose search walks over the variances and cannot quite stand on the wall. The data: `dyestuff2` (lesson 05), `sleepstudy`, the HSB schools, the bounce times, and a new set,
# `ten`, that we come to in a moment.


# %%
def output(sd, correlation, criterion, message):
    """Return one printed output as a row; the correlation counts only where there are two SDs."""
    r = f"{correlation:.2f}" if len(sd) > 1 else ""
    return {"SDs": np.round(sd, 2), "corr": r, "criterion": round(criterion, 1), "message": message}


def ours(formula, data):
    fit = ht.lmm(formula, data)
    v = next(iter(fit.varcorr.values()))
    said = "no small step leads lower (proved)" if fit.certificate.holds else "a step leads lower"
    return output(v.sd.to_numpy(), v.corr.iloc[0, -1], fit.criterion, said)


def theirs(formula, slope, group, data, search):
    with warnings.catch_warnings(record=True) as warned:  # of the warnings only their number
        warnings.simplefilter("always")
        fit = smf.mixedlm(formula, data, groups=group, re_formula=f"~ {slope}").fit(method=search)
    sd = np.sqrt(np.diag(fit.cov_re))
    said = f"{'converged' if fit.converged else 'failed to converge'}; {len(warned)} warnings"
    return output(sd, fit.cov_re.iloc[0, -1] / sd[[0, -1]].prod(), -2 * fit.llf, said)


ten, sleep, hsb = ht.load("display10_u"), ht.load("sleepstudy"), ht.load("hsb")
six = {
    "A": theirs("Yield ~ 1", "1", "Batch", ht.load("dyestuff2"), "bfgs"),
    "B": theirs("y ~ x + u", "x", "group", ten, "bfgs"),
    "C": ours("Reaction ~ Days + (1 + Days | Subject)", sleep),
    "D": ours("y ~ x + u + (1 + x | group)", ten),
    "E": theirs("bounce ~ age", "age", "county", bounce, "lbfgs"),
    "F": ours("math ~ mean_ses * cses + sector * cses + (1 + cses | school)", hsb),
}
quiet = theirs("y ~ x + u", "x", "group", ten, "lbfgs")
pd.DataFrame(six).T

# %% [markdown] exercise="sort_the_outputs" concepts=[68]
# ### Your turn: sort six outputs
#
# For each output `"A"` to `"F"` choose: `"arrived, inside"`, `"arrived, at the boundary"`, or `"did not arrive"`.

# %% exercise="sort_the_outputs"
sort_the_outputs = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ...}
### BEGIN SOLUTION
sort_the_outputs = {
    "A": "arrived, at the boundary",
    "B": "did not arrive",
    "C": "arrived, inside",
    "D": "arrived, at the boundary",
    "E": "did not arrive",
    "F": "arrived, inside",
}
### END SOLUTION

# %% [markdown] concepts=[68]
# B and D are the *same model of the same data*. D stands at {{493.9 = six["D"]["criterion"] | .1f}}, B stopped at
# {{503.6 = six["B"]["criterion"] | .1f}}, with tame-looking numbers: a correlation of {{−0.30 = six["B"]["corr"] | s}} that means nothing. And a flag is not a
# proof. With its default search `statsmodels` calls the same data "converged" at {{494.3 = quiet["criterion"] | .1f}}, with a correlation of
# {{−0.20 = quiet["corr"] | s}}: near the lowest point in height, and on the other side in meaning. If two programs disagree, compare the criteria: the
# lower one has found more.
#
# ## A correlation of one is no finding
#
# In lesson 06 we met a lecture that prints fits of ten groups without their data. Its last fit has a second predictor, one of groups, which it calls `u`. Our rows `ten` are made so that
# all its figures come out:

# %%
M3 = ht.lmm("y ~ x + u + (1 + x | group)", ten)
M3_dev, M3_v = M3.refit("ML").criterion, M3.varcorr["group"]
M2_here = ht.lmm("y ~ x + (1 + x | group)", ten).refit("ML").criterion
M2_there = ht.lmm("y ~ x + (1 + x | group)", ht.load("display10")).refit("ML").criterion
print(M3.summary())
print(f"of the ML refit, as in the lecture: DIC {2 * M3_dev - M3.criterion:.1f}, deviance {M3_dev:.1f}")

# %% [markdown]
# The lecture leaves it without comment. Two are due.
#
# **It cannot be the data of the first three fits.** Without `u` these were fitted there with a deviance of {{539.2 = M2_there | .1f}}; now it is {{492.3 = M3_dev | .1f}}. Can one coefficient of
# {{−0.34 = M3.fixef["u"] | .2f}} ± {{0.22 = M3.fixef_se["u"] | .2f}} take {{47 = M2_there - M3_dev | .0f}} off? Its square in standard errors is about what it takes off:
# {{2.3 = (M3.fixef["u"] / M3.fixef_se["u"]) ** 2 | .1f}}. (In our rows {{2.2 = M2_here - M3_dev | .1f}}.) Printed numbers can be held against each other, without any data.
#
# **"Groups with higher intercepts have steeper slopes, without exception"** is what a correlation of one seems to say. But look at the SD beside it:
# {{0.08 = M3_v.sd["Intercept"] | .2f}}, a thirtieth of $\hat\sigma =$ {{2.75 = M3.sigma | .2f}}. There are practically no intercepts to correlate with. What do the data know? Draw from the fit, and refit:

# %%
redrawn = M3.bootstrap(400, seed=1)
corr_drawn = redrawn.values["cor_x.Intercept|group"].dropna()
at_one = {
    "at +1": np.mean(corr_drawn > 0.999),
    "at −1": np.mean(corr_drawn < -0.999),
    "between": np.mean(np.abs(corr_drawn) <= 0.999),
}
intercept_ci = M3.confint(which="sd_Intercept|group").iloc[0]
print(f"at the boundary: {100 * redrawn.boundary.mean():.0f} percent of the refits; "
      f"interval of the SD of intercepts: {intercept_ci['lower']:.2f} to {intercept_ci['upper']:.2f}")  # fmt: skip
pd.Series(at_one, name="share of the correlations").round(2).to_frame()

# %% [markdown] concepts=[68]
# In data drawn from a world where the correlation *is* one, the estimate is $+1$ in {{44 = 100 * at_one["at +1"] | .0f}} percent of the refits, $-1$ in
# {{30 = 100 * at_one["at −1"] | .0f}} percent, and something between in the rest. Such an estimate could hardly say less. Write instead: *the covariance matrix is singular; the
# correlation cannot be estimated; the SD of intercepts is between {{0 = intercept_ci["lower"] | .0f}} and {{0.74 = intercept_ci["upper"] | .2f}}.*

# %% [markdown] concepts=[69]
# ## Intervals that vanish
#
# Back to the counties. The flat ellipse has a second consequence, and a worse one. All lines lie on one stroke, so the slope of a county is known as soon as its
# level is, and its level is known well. Here are three standard errors for the slopes of the counties:

# %%
drawn = partial.draws(4000, seed=1)
slope_draws = drawn.fixef.to_numpy()[:, [1]] + np.asarray(drawn.ranef["county"])[:, :, 1]
three_se = pd.DataFrame(
    {
        "visitors": bounce.groupby("county").size(),
        "own slope": own["age"],
        "its SE": own_se,
        "partial": partial.coef["county"]["age"],
        "SE of the deviation": partial.ranef_se["county"]["age"],
        "SE with the mean slope's": slope_draws.std(axis=0),
    }
)
slope_ci = partial.confint(which="sd_age|county").iloc[0]
three_se.round(3)

# %% [markdown] concepts=[69]
# Kent has {{7 = three_se.loc["kent", "visitors"] | d}} visitors. On its own its slope is {{0.61 = three_se.loc["kent", "own slope"] | .2f}}, give or take
# {{4.15 = three_se.loc["kent", "its SE"] | .2f}}. The partial fit says that its slope lies {{0.31 = three_se.loc["kent", "partial"] - partial.fixef["age"] | .2f}} above the mean, give or take
# {{0.05 = three_se.loc["kent", "SE of the deviation"] | .2f}}: an interval that has all but vanished, of a group about which nothing is known. This is the number behind most
# caterpillar plots. Adding what is not known of the mean slope gives {{0.46 = three_se.loc["kent", "SE with the mean slope's"] | .2f}}, and about the same for all counties, large or small. And that too takes
# the estimated matrix for the truth. Its slope SD is {{0.25 = spread.sd["age"] | .2f}}, but the interval of that SD runs from {{0 = slope_ci["lower"] | .0f}} to
# {{1.49 = slope_ci["upper"] | .2f}}: six times as much would fit.
#
# How wrong can such intervals be? We let six groups of five differ with an ICC of {{0.1 = icc6 | .1f}}, and count in twenty thousand data sets how often the
# interval for a group's deviation holds the true one.

# %%
rng = np.random.default_rng(1)
J6, n6, icc6, sets = 6, 5, 0.1, 20_000
truth = rng.normal(0, np.sqrt(icc6), (sets, J6))
own_means = truth + rng.normal(0, np.sqrt((1 - icc6) / n6), truth.shape)
noise2 = (1 - icc6) * rng.chisquare(J6 * (n6 - 1), (sets, 1)) / (J6 * (n6 - 1)) / n6  # estimated, of a mean
tau2 = np.maximum(own_means.var(axis=1, ddof=1, keepdims=True) - noise2, 0)
keep, middle = tau2 / (tau2 + noise2), own_means.mean(axis=1, keepdims=True)
deviation = keep * (own_means - middle)
held = np.abs(truth - deviation) <= 1.96 * np.sqrt(keep * noise2)
at_zero = tau2[:, 0] == 0
covers = {"all": held.mean(), "tau above 0": held[~at_zero].mean(), "tau at 0": held[at_zero].mean()}
with_mean = np.sqrt(keep * noise2 + (1 - keep) ** 2 * (noise2 + tau2) / J6)
still = np.abs(truth - middle - deviation) <= 1.96 * with_mean
level_error = {name: np.sqrt(np.mean((e - truth) ** 2)) for name, e in
               {"own": own_means, "partial": middle + deviation}.items()}  # fmt: skip
pd.Series(covers, name="share of the intervals that hold the truth").round(3).to_frame()

# %% [markdown] concepts=[69]
# {{59 = 100 * covers["all"] | .0f}} percent instead of ninety-five. (With the uncertainty of the overall mean added it would be {{86 = 100 * still.mean() | .0f}}, and {{75 = 100 * still[at_zero].mean() | .0f}} where $\hat\tau = 0$.) In the {{33 = 100 * at_zero.mean() | .0f}} percent of data sets with $\hat\tau = 0$ the interval has no width, and holds the truth
# **never**. This is empirical Bayes (lesson 03) at its worst: it puts in an estimate as if it were known. The repair is to average over all values of $\tau$ that the
# data allow, and that is what lesson 09 does. Until then: after a boundary fit, give no intervals for single groups.

# %% [markdown] concepts=[68]
# ## What to do, and what it costs
#
# There are five things one can do. None is free.
#
# | remedy | right when | price |
# |---|---|---|
# | report as it is, with the profile interval | the term belongs to the design, or the spread is the question | readers must be told what it means |
# | drop the correlation, `x` centred | the correlation is not asked for | $\rho = 0$ is assumed, at one origin of $x$ (lesson 06) |
# | drop the slope | nobody asks about `x`, or its slopes cannot differ | the SE of the mean slope is too small if they do |
# | a prior that avoids zero | groups surely differ, and their estimates are needed | it decides where the data are silent |
# | more groups | always, if one can | money; more rows in the same groups help only until their means are known |
#
# The prior in the widget, with a density proportional to $\tau$ near zero, moves Dyestuff2 from zero to {{1.2 = edge.prior.tau | .1f}} units, though the data allow anything from zero to {{2.5 = edge.fit.interval[1] | .1f}}.
#
# What is *not* on the list: deleting terms until the warning stops. Do it to the ten groups:

# %%
rights = ("(1 + x | group)", "(1 + x || group)", "(1 | group)", "no groups at all", "(0 + x | group)")
ladder = {right: ht.lmm(f"y ~ x + u + {right}", ten) for right in rights if "|" in right}
steps = pd.DataFrame([[f.criterion, f.is_boundary, f.fixef_se["x"]] for f in ladder.values()],
                     index=list(ladder), columns=["criterion", "boundary", "SE of x"])  # fmt: skip
no_groups = smf.ols("y ~ x + u", data=ten).fit()
steps.loc["no groups at all"] = [M3.at(np.zeros(3)).criterion, False, no_groups.bse["x"]]
steps.loc[list(rights)].round(2)

# %% [markdown]
# The warning stays step by step, until no groups are left. The honest standard error went before, with the slope: from {{0.46 = steps.loc["(1 + x | group)", "SE of x"] | .2f}} to
# {{0.30 = steps.loc["(1 | group)", "SE of x"] | .2f}}. What this data set has *is* in the slopes: `(0 + x | group)`, in the last line, lies {{0.07 = steps.loc["(0 + x | group)", "criterion"] - M3.criterion | .2f}} above the full fit and is quiet.
# The ladder threw the slopes away to save intercepts that are not there. How much harm does the habit do? Three hundred studies of such ten groups, with a true mean slope of *zero*:

# %%
rng = np.random.default_rng(1)
group = np.repeat(range(10), 10)
alarms = []
for _study in range(300):
    x, b = rng.normal(size=100), rng.normal(0, 1.0, 10)
    noise = rng.normal(0, 2.75, 100)
    study = pd.DataFrame({"g": group, "x": x, "y": rng.normal(0, 0.1, 10)[group] + b[group] * x + noise})
    full = ht.lmm("y ~ x + (1 + x | g)", study)
    less = ht.lmm("y ~ x + (1 | g)", study) if full.is_boundary else full
    t_full, t_less = (abs(f.fixef["x"] / f.fixef_se["x"]) for f in (full, less))
    free = 9 if less is full else 98
    alarms.append([full.is_boundary, 2 * stats.t.sf(t_full, 9) < 0.05, 2 * stats.t.sf(t_less, free) < 0.05])
columns = ["at the boundary", "kept as it is", "slope dropped if singular"]
alarms = 100 * pd.DataFrame(alarms, columns=columns).mean()
alarms.round(0).rename("percent of the studies").to_frame()

# %% [markdown]
# {{76 = alarms["at the boundary"] | .0f}} percent of the fits are at the boundary. Whoever keeps them raises a false alarm in
# {{5 = alarms["kept as it is"] | .0f}} percent of the studies, whoever drops the slope in {{13 = alarms["slope dropped if singular"] | .0f}} percent. The warning was no defect of the inference about
# the mean slope; the cure was.
#
# **A false alarm of another kind.** In the bounce data the common slope inside the counties is {{1.26 = lsdv.params["age"] | .2f}} with dummies, p =
# {{0.008 = lsdv.pvalues["age"] | .3f}}. But the tutorial that these counties come from *simulated* them, without any effect of age inside counties. Redraw them without one, ten thousand times:

# %%
lsdv = smf.ols("bounce ~ C(county) + age", data=bounce).fit()
design, free = lsdv.model.exog, lsdv.df_resid
no_age = np.random.default_rng(1).normal(0, partial.sigma, (len(bounce), 10_000))  # dummies take the levels
b, left, *_ = np.linalg.lstsq(design, no_age)
b_se = np.sqrt(left / free * np.linalg.inv(design.T @ design)[-1, -1])
p_values = 2 * stats.t.sf(np.abs(b[-1]) / b_se, free)
print(f"p < 0.05 in {np.sum(p_values < 0.05)} of 10,000 draws, p < 0.008 in {np.sum(p_values < 0.008)}")

# %% [markdown]
# {{5.1 = 100 * np.mean(p_values < 0.05) | .1f}} percent are below one in twenty, and {{0.9 = 100 * np.mean(p_values < 0.008) | .1f}} percent as small as ours: as many as there should be, but for chance. The tutorial had one of those
# draws, and read it as an effect.

# %% [markdown] exercise="choose_next_step" concepts=[68, 69]
# ### Your turn: the next step
#
# Four people have a boundary fit. Choose what each should do, word for word.
#
# - Ana asks how much thirty clinics differ. $\hat\tau$ is zero. (`ana`): `"drop the clinics from the model altogether"`, `"switch to ML"`,
#   `"report zero with its interval"`.
# - Ben wants the mean effect of a training that was given, in each of ten schools, to half of the pupils. Effects may differ between the schools; the correlation is $-1$.
#   (`ben`): `"keep the varying effect"`, `"drop terms until it is quiet"`, `"report that weaker schools gain more"`.
# - Cleo has four terms that vary over six speakers, and asks about one contrast. (`cleo`): `"more iterations, another optimiser"`,
#   `"keep the slope of that contrast, without correlations"`, `"no varying terms at all"`.
# - Dan prints *Std.Dev.* {{0.08 = M3_v.sd["Intercept"] | .2f}} and {{1.11 = M3_v.sd["x"] | .2f}}, *Corr* {{1.00 = M3_v.corr.iloc[0, 1] | .2f}}. (`dan`): `"one direction of the spread was estimated as zero"`,
#   `"intercepts and slopes go together in every single group"`, `"the model is not identified"`.

# %% exercise="choose_next_step"
choose_next_step = {"ana": ..., "ben": ..., "cleo": ..., "dan": ...}
### BEGIN SOLUTION
choose_next_step = {
    "ana": "report zero with its interval",
    "ben": "keep the varying effect",
    "cleo": "keep the slope of that contrast, without correlations",
    "dan": "one direction of the spread was estimated as zero",
}
### END SOLUTION

# %% [markdown]
# # Second half: quiet failures
#
# The fits of this half print no warning. Pooling serves their data badly all the same.

# %% [markdown] concepts=[70]
# ## Few groups
#
# "We have five regions, but five thousand pupils." What are they good for? Suppose that the noise of each region's mean can be forgotten. Then the five means *are* the five true levels, and $\tau$ is estimated by their standard deviation $s$, as for any five numbers.
# For the SD of a normal sample there is an exact interval,
#
# $$ s\,\sqrt{\frac{J-1}{\chi^2_{ {{0.975 = tails_95[0] | .3f}} }}} \quad\text{to}\quad s\,\sqrt{\frac{J-1}{\chi^2_{ {{0.025 = tails_95[1] | .3f}} }}}, $$
#
# with the quantiles of $\chi^2$ on $J - 1$ degrees of freedom. The number of rows does not occur in it.


# %%
tails_95 = [0.975, 0.025]


def factors(J):
    """Return by what the SD of J means is multiplied, for the ends of a 95 percent interval."""
    return np.sqrt((J - 1) / stats.chi2.ppf(tails_95, J - 1))


few = pd.DataFrame({J: factors(J) for J in (2, 3, 5, 10, 50)}, index=["lower", "upper"]).T.rename_axis("J")
regions = ht.simulate.groups(5, 1000, mu=50, tau=5, sigma=10, rng=np.random.default_rng(2)).data
five = ht.lmm("y ~ 1 + (1 | group)", regions)
five_tau = five.varcorr["group"].sd["Intercept"]
five_ci = five.confint(which="sd_Intercept|group").iloc[0]
normal_five = np.random.default_rng(3).normal(size=(200_000, 5))
squares = normal_five.var(axis=1) * 5
rise = squares - 5 * np.log(squares / 5) - 5  # of the deviance, from its lowest point to the true tau = 1
profile_covers = 100 * np.mean(rise <= stats.chi2.ppf(0.95, 1))
print(f"five regions of 1,000 pupils, true tau 5: estimate {five_tau:.1f}, profile interval "
      f"{five_ci['lower']:.1f} to {five_ci['upper']:.1f}; exact {few.loc[5, 'lower'] * five_tau:.1f} to {few.loc[5, 'upper'] * five_tau:.1f}")  # fmt: skip
few.round(2)

# %% [markdown] concepts=[70]
# With five groups the true $\tau$ may be anything from {{0.60 = few.loc[5, "lower"] | .2f}} to {{2.87 = few.loc[5, "upper"] | .2f}} times the estimate. In a simulation with
# {{5000 = len(regions) | d}} pupils and a true $\tau$ of five points the estimate is {{7.7 = five_tau | .1f}}, and the profile interval runs from {{4.1 = five_ci["lower"] | .1f}} to {{15.1 = five_ci["upper"] | .1f}} (the exact one to
# {{22.2 = few.loc[5, "upper"] * five_tau | .1f}}: with five groups even the profile is too narrow and covers in {{89 = profile_covers | .0f}} percent). A hundred thousand pupils more would change nothing.
#
# - **Two groups** give a factor of {{32 = few.loc[2, "upper"] | .0f}}. A distribution cannot be learned from two draws. Chance decides how far the fit pools: completely, with $\hat\tau$ at zero
#   (with five rows each and an ICC of {{0.3 = zero.loc[2, "true ICC"] | .1f}}: in {{41 = 100 * ht.prob_tau_zero(2, 5, 0.3) | .0f}} percent of the samples), or anything up to what a dummy gives. Use the dummy.
# - **Three to five groups**: the levels themselves come out better than with dummies where groups differ little (in the six groups of five above with a typical error of
#   {{0.32 = level_error["partial"] | .2f}} instead of {{0.42 = level_error["own"] | .2f}}), and hardly worse where they differ much. What suffers is whatever needs $\tau$: intervals for a new group, and for effects of variables of
#   groups. Here the prior speaks loudly (lesson 09).
# - **Groups of one row** are no problem while others have more. If *all* groups have one row, $\tau$ and $\sigma$ cannot be told apart, and the library says so instead of fitting:

# %%
try:
    ht.lmm("y ~ x + (1 | row)", ten.assign(row=range(len(ten))))
except ValueError as told:
    print(told)

# %% [markdown] concepts=[70]
# Few groups also spoil the intervals for *effects* of variables of groups, such as a treatment given to half of the groups. Answer the widget's question, then move first the rows and then the groups.

# %%
arms = FewGroups(J=6)
arms

# %% [markdown]
# Six groups of ten, with an ICC of {{0.2 = arms.icc | .1f}}: the interval with {{1.96 = stats.norm.ppf(0.975) | .2f}} standard errors covers in
# {{88 = 100 * arms.coverage("z") | .0f}} percent, cluster-robust in {{85 = 100 * arms.coverage("robust") | .0f}}, groups ignored in {{74 = 100 * arms.coverage("rows") | .0f}}; with the factor of $t$ on
# $J - 2$ degrees of freedom it keeps its {{95 = 100 * arms.coverage("t") | .0f}}. For the coverage more rows bring nothing, more groups do.

# %% [markdown] exercise="tau_interval" concepts=[70]
# ### Your turn: how much do J means know?
#
# Write `tau_interval(means, n)`: the ninety-five percent interval for $\tau$, as a tuple `(lower, upper)`, from an array of group means, each of `n` rows. `n` is so large that the noise of
# the means can be forgotten.


# %% exercise="tau_interval"
def tau_interval(means, n):
    """Return the lower and the upper end of the 95 percent interval for tau."""
    ### BEGIN SOLUTION
    free = len(means) - 1
    s = np.std(means, ddof=1)
    low, high = stats.chi2.ppf([0.975, 0.025], free)
    return s * np.sqrt(free / low), s * np.sqrt(free / high)
    ### END SOLUTION


# %% [markdown] concepts=[73]
# ## When the size of a group says something about it
#
# Where should a patient go? Here are {{3600 = len(hosp) | d}} hospitals, their patients and their deaths. They are **simulated**, after the design of Medicare's public tables
# (George and colleagues, 2017): {{58 = hosp["volume"].mean() | .0f}} patients on average, but half of the hospitals have {{24 = hosp["volume"].median() | .0f}} or fewer. Hospitals with more patients
# lose fewer of them, because practice helps, or because patients choose well.
#
# Raw rates of tiny hospitals say little: of four patients, nobody or a quarter died. So pool, as in lesson 03: each rate with its standard error toward the mean, in deaths per
# hundred patients, with normal noise. Lesson 11 counts the deaths properly.

# %%
world = ht.simulate.hospitals(np.random.default_rng(1))
hosp, true_rate = world.data, 100 * world.truth["rate"].to_numpy()


def rates(data):
    """Return the deaths per hundred patients, and the standard error of each."""
    overall = data["deaths"].sum() / data["volume"].sum()
    return 100 * data["deaths"] / data["volume"], 100 * np.sqrt(overall * (1 - overall) / data["volume"])


raw, raw_se = rates(hosp)
to_mean = ht.partial_pooling(raw, raw_se, ht.tau_reml(raw, raw_se))
quarter = pd.qcut(hosp["volume"].rank(method="first"), 4, labels=["smallest", "small", "large", "largest"])
smallest = (quarter == "smallest").to_numpy()
bias_of_mean = (to_mean.estimate - true_rate)[smallest].mean()
with plots.style():
    fig, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
    drawn_as = {"raw rate": raw, "shrunk to one mean": to_mean.estimate, "truth": true_rate}
    for (label, points), colour in zip(drawn_as.items(), ("faint", "complete", "line"), strict=True):
        x, y = hosp["volume"][::4], points[::4]
        sns.scatterplot(x=x, y=y, s=9, color=plots.COLOURS[colour], ec=None, ax=ax, label=label)
    ax.set(xscale="log", xlabel="patients (log scale)", ylabel="deaths per 100", ylim=(-3, 60))
    ax.legend(loc="upper right", markerscale=2)

# %% tags=["predict"]
Prediction(
    "Take the quarter of hospitals with the fewest patients. Shrunk to one mean, their rates are on average …",
    ["about right", "5 points too low", "5 points too high"],
    answer=int(np.argmin(np.abs(bias_of_mean - np.array([0, -5, 5])))),
    because="Their own numbers count little, so they get the mean. But the mean is made by large hospitals, which are better.",
    figure=fig,
    alt=f"Deaths per 100 against patients. Raw rates of small hospitals fill the picture from 0 to 60. Shrunk to one mean, the small "
    f"ones all lie near {to_mean.mu:.0f}. The truth falls with volume: {true_rate[smallest].mean():.0f} in the smallest quarter, "
    f"{true_rate[(quarter == 'largest').to_numpy()].mean():.0f} in the largest.",
)

# %% [markdown] concepts=[73]
# The smallest quarter truly loses {{19.7 = true_rate[smallest].mean() | .1f}} of a hundred. Shrunk to one mean of {{14.3 = to_mean.mu | .1f}}, they are reported at {{14.5 = to_mean.estimate[smallest].mean() | .1f}}. Shrinkage did
# what it always does: it moved those with little information to the target. Partial pooling assumes that groups are *exchangeable* (lesson 03): before their deaths are counted, nothing
# tells them apart. But their size does. The size of a group is [informative](glossary.md#informative-group-size) when it goes with the group's true level. Then one mean is the wrong target, and just the
# groups that are pulled hardest are pulled to the wrong place.
#
# The repair was made in lesson 07: shrink to a *line*, here on the log of the volume.

# %%
from hlm_teach.widgets.hospitals_fit import shrunk  # estimates with known standard errors, tau by REML

to_line = shrunk(raw, raw_se, np.log(hosp["volume"]), line=True)
estimates = {"raw": raw.to_numpy(), "one mean": to_mean.estimate, "line of volume": to_line.estimate}
off = pd.DataFrame(estimates).sub(true_rate, axis=0)
bias, squared = (e.groupby(quarter, observed=True).mean() for e in (off, off**2))
quarters = pd.concat({"bias": bias, "RMSE": squared**0.5}, axis=1)
rmse_all = (off**2).mean() ** 0.5
idle = ht.simulate.hospitals(np.random.default_rng(2), effect=0).data
no_effect = shrunk(*rates(idle), np.log(idle["volume"]), line=True)
quarters.round(2)

# %% [markdown] concepts=[73]
# The bias of the smallest quarter goes from {{−5.26 = quarters.loc["smallest", ("bias", "one mean")] | .2f}} to {{−0.73 = quarters.loc["smallest", ("bias", "line of volume")] | .2f}} (a little is left, because the truth is a line in logits and not in
# points), the typical error from {{6.0 = quarters.loc["smallest", ("RMSE", "one mean")] | .1f}} to {{2.5 = quarters.loc["smallest", ("RMSE", "line of volume")] | .1f}}. Raw rates have no bias, and an error of {{21 = quarters.loc["smallest", ("RMSE", "raw")] | .0f}}: no pooling is no
# repair.
#
# **Is that counting the volume twice?** It stands in the standard error, and again in the model. But it does two different things there. In the standard error it says how much a rate is to be
# *believed*; in the target it says what is to be expected *before* the rate is looked at. And if there is nothing to expect, the model finds out: in hospitals simulated without an effect the slope is
# {{0.00 = no_effect.slope | .2f}} instead of {{−1.76 = to_line.slope | .2f}} points per unit of log volume, and all is as before.

# %% [markdown]
# ### The wrong analysis, live: "average risk"
#
# A regulator publishes the rates shrunk to one mean, and calls the worst tenth of the list *worse than expected*. A patient near a hospital with twelve patients or fewer looks it up.

# %% tags=["wrong-analysis"]
tiny = (hosp["volume"] <= 12).to_numpy()
patients = hosp["volume"].to_numpy()
hidden = (patients * (true_rate - to_mean.estimate))[tiny].sum() / 100
worst = np.argsort(-true_rate)[: len(hosp) // 10]
found = {name: 100 * np.isin(np.argsort(-e)[: len(worst)], worst).mean() for name, e in estimates.items()}
said = pd.Series({name: e[tiny].mean() for name, e in estimates.items()} | {"truth": true_rate[tiny].mean()})
print(f"{tiny.sum()} tiny hospitals, {patients[tiny].sum()} patients; deaths not expected: {hidden:.0f}")
damage = pd.DataFrame({"deaths per 100, tiny hospitals": said, "worst tenth found (%)": found})
damage.loc[["truth", *estimates]].round(1)

# %% [markdown] concepts=[73, 74]
# The list says {{14.5 = said["one mean"] | .1f}}, the truth is {{19.4 = said["truth"] | .1f}}. Of {{7164 = patients[tiny].sum() | d}} patients {{297 = hidden | .0f}} more are to die than the list lets them expect. And of the hospitals that are truly
# in the worst tenth it names {{6 = found["one mean"] | .0f}} percent, fewer than a lottery would. Raw rates name {{34 = found["raw"] | .0f}}, the line of volume {{54 = found["line of volume"] | .0f}}. Yet the same
# list has less than a third of the average error of the raw rates: {{3.7 = rmse_all["one mean"] | .1f}} against {{12.0 = rmse_all["raw"] | .1f}} over all hospitals. "Multilevel can never hurt", one hears. It was better on average, and wrong where it
# mattered.
#
# Now try it on four hundred others. Show the truth and compare the three targets; then set the effect of the volume to zero. With which target do you lose least if you do not know the effect?
# (The list of data also holds ninety-four real hospitals that transplanted hearts. For them there is no truth to reveal; lesson 13 returns to them.)

# %%
Hospitals(question=False)

# %% [markdown] exercise="misleading_average" concepts=[73, 74]
# ### Your turn: right on average, wrong where it matters
#
# Make a DataFrame `misleading_average` of twelve hospitals or more, a row each, with the columns `se`, `y` and `truth` (deaths per hundred). Pool `y` by
# `ht.partial_pooling(y, se, tau=2)`. Over all hospitals the pooled estimates must have a smaller root mean squared error than `y`. But in the third of the hospitals with the largest
# `se` they must lie three or more *below* the truth on average.

# %% exercise="misleading_average"
misleading_average = ...
### BEGIN SOLUTION
small, big = {"se": 8.0, "truth": 20.0}, {"se": 1.0, "truth": 13.0}
misleading_average = pd.DataFrame([big] * 8 + [small] * 4).assign(y=[12.0, 14.0] * 4 + [12.0, 28.0] * 2)
### END SOLUTION

# %% [markdown] exercise="my_small_hospital" concepts=[73]
# ### Your turn: the smallest of your hospitals
#
# `my_hospitals` holds forty hospitals, drawn for you alone: `hospital`, `volume` (patients), `rate` (deaths per hundred) and `se`, the standard error of `rate`. Hospitals of the same volume differ with $\tau = {{1.5 = tau | .1f}}$
# points. Estimate the rate of the hospital with the *fewest* patients, with the line of log volume as the target. Fit that line by least squares with the weights $1/(\tau^2 + \text{se}^2)$; `np.polyfit(x, y, 1, w=np.sqrt(weights))` does it. Store the
# estimate in `my_small_hospital`; two decimals are enough.

# %% exercise="my_small_hospital"
my_small_hospital = ...
### BEGIN SOLUTION
tau = 1.5
log_volume = np.log(my_hospitals["volume"])
weights = 1 / (tau**2 + my_hospitals["se"] ** 2)
slope, intercept = np.polyfit(log_volume, my_hospitals["rate"], 1, w=np.sqrt(weights))
target = intercept + slope * log_volume
keep = tau**2 / (tau**2 + my_hospitals["se"] ** 2)
estimate = keep * my_hospitals["rate"] + (1 - keep) * target
my_small_hospital = estimate[my_hospitals["volume"].idxmin()]
### END SOLUTION

# %% [markdown] concepts=[74]
# ## A good decision is another aim than a small average error
#
# Shrunken estimates make the average squared error small. Three other aims need something else.
#
# - **The spread.** Estimates spread less than the truth (lesson 03): with the line the SD of the estimates is {{2.4 = to_line.estimate.std() | .1f}}, that of the truth {{3.3 = true_rate.std() | .1f}}. For "how many hospitals are above
#   twenty" give $\hat\tau$ and the line, and not a count of estimates.
# - **Ranks.** The best guess of a rank is not the rank of the best guess; use `rank_draws` (lesson 03), with intervals.
# - **A threshold.** "Act if the rate is above twenty" needs the probability that it is, and so the standard error. A hospital at nineteen with a standard error of three is above with
#   probability {{0.37 = stats.norm.sf(20, 19, 3) | .2f}}; one at nineteen and a half with a tenth stands higher in the list, and practically never.
#
# And *compared with what?* **Indirect** standardisation divides a hospital's deaths by those expected if its own patients had died at the national rates. **Direct** standardisation asks how many of *one common*
# set of patients each hospital would lose. Take two equally good hospitals: mild cases die at {{2 = 100 * mild | .0f}} percent, as in the nation, severe ones at {{20 = 100 * severe | .0f}}
# (nationally {{10 = 100 * severe_nation | .0f}}). Indirectly the one with a tenth of severe cases gets {{1.36 = indirect[0.1] | .2f}} times what is expected, the other, with nine tenths, {{1.98 = indirect[0.9] | .2f}}. Directly, on
# half and half, both get {{1.83 = direct | .2f}}. An indirect ratio compares a hospital with the nation for *its* patients, and not with another hospital. If volume is put into the expectation, a small one is compared with
# small ones: fair to the surgeon, useless to the patient, who can go elsewhere. Keep two numbers: the estimate, for the patient; the deviation from the line, for the hospital.
# (The slider "Case mix" of the widget gives larger hospitals more severe cases: compare the three rates there.)

# %%
mild, severe, severe_nation = 0.02, 0.20, 0.10


def ratio(share):
    """Return the deaths of patients of whom a share is severe, over those at the national rates."""
    return ((1 - share) * mild + share * severe) / ((1 - share) * mild + share * severe_nation)


indirect, direct = {share: ratio(share) for share in (0.1, 0.9)}, ratio(0.5)

# %% [markdown] concepts=[71]
# ## Four more ways to be wrong, in short
#
# **Heavy tails, outlying groups.** The groups' levels need not be normal. What breaks? Thirty groups, with means of no noise, whose levels come from a $t$ distribution on three degrees of freedom (the same SD), against normal ones. And twenty groups of ten, one of which
# is moved by six $\tau$:

# %%
rng = np.random.default_rng(4)
kinds = {"normal": lambda k: rng.normal(size=k), "t on 3": lambda k: rng.standard_t(3, k) / np.sqrt(3)}
tails = {}
for kind, draw in kinds.items():
    level = draw((20_000, 30))
    s, half = level.std(axis=1, ddof=1), stats.t.ppf(0.975, 29) / np.sqrt(30)
    low, high = factors(30)
    mean_in = np.abs(level.mean(axis=1)) <= half * s
    tails[kind] = {"mean": mean_in.mean(), "tau": np.mean((low * s <= 1) & (high * s >= 1))}
tails = 100 * pd.DataFrame(tails)
twenty = ht.simulate.groups(20, 10, mu=50, tau=3, sigma=9, rng=np.random.default_rng(6))
odd = twenty.data.assign(y=lambda d: d["y"] + 18 * (d["group"] == "g01"))
calm, upset = (ht.lmm("y ~ 1 + (1 | group)", d) for d in (twenty.data, odd))
tau_pair = [f.varcorr["group"].sd["Intercept"] for f in (calm, upset)]
flag = upset.ranef_standardised["group"]["Intercept"]
print(f"tau {tau_pair[0]:.1f}, with the outlying group {tau_pair[1]:.1f}; standardised deviations: "
      f"{flag.idxmax()} {flag.max():.1f}, the next {flag.drop(flag.idxmax()).abs().max():.1f}")  # fmt: skip
tails.round(0).rename_axis("percent of the intervals that cover")

# %% [markdown] concepts=[71]
# The interval for the *mean* covers in {{96 = tails.loc["mean", "t on 3"] | .0f}} percent. "Robust to some violations" is true for fixed effects. The interval for $\tau$ covers in {{62 = tails.loc["tau", "t on 3"] | .0f}} percent and not {{95 = tails.loc["tau", "normal"] | .0f}}, and more groups make that worse,
# not better. One outlying group raises $\hat\tau$ from {{3.6 = tau_pair[0] | .1f}} to {{5.0 = tau_pair[1] | .1f}}, so that all others are pulled less than they should be, and is itself pulled too much. `fit.ranef_standardised` flags it: {{2.7 = flag.max() | .1f}}, where the next has
# {{1.5 = flag.drop(flag.idxmax()).abs().max() | .1f}}. Look at that list, and at `plots.diagnostics`; report with and without the group.

# %% [markdown] concepts=[72]
# **Group effects that go with a predictor.** Informative size is a case of it, and lesson 07 had the general one: schools with richer pupils are better for other reasons. The HSB slope of `ses` was {{2.39 = mixed_slope | .2f}} where the slope
# inside schools is {{2.19 = inside_slope | .2f}}; with fewer pupils in each it would be larger. No warning is printed. The repair is the group mean as a predictor, and for size it is the size.


# %%
check_fit = ht.lmm("math ~ ses + mean_ses + (1 | school)", hsb)
mixed_slope, inside_slope = ht.lmm("math ~ ses + (1 | school)", hsb).fixef["ses"], check_fit.fixef["ses"]

# %% [markdown] concepts=[75]
# **Missing data.** Two thousand people are tested twice; the true gain is five points. Whether somebody comes back may depend on nothing, on the *first* score, which we have seen ([missing at random](glossary.md#missing-at-random), MAR), or on the
# second, which we have not. A multilevel model takes whoever came, once or twice. The pairs alone use those who came twice.

# %%
rng = np.random.default_rng(1)
person = rng.normal(0, 8, 2000)
first, second = (50 + gain + person + rng.normal(0, 6, 2000) for gain in (0, 5))
stays_away = {
    "by chance": rng.random(2000) < 0.4,
    "first score below 48": first < 48,
    "second score below 53": second < 53,
}
gains = {}
for why, away in stays_away.items():
    seen = pd.DataFrame({"id": np.tile(range(2000), 2), "late": np.repeat([0, 1], 2000),
                         "y": np.concatenate([first, np.where(away, np.nan, second)])}).dropna()  # fmt: skip
    by_time = seen.groupby("late")["y"].mean()
    gains[why] = {"all who came": by_time[1] - by_time[0], "pairs only": (second - first)[~away].mean(),
                  "multilevel": ht.lmm("y ~ late + (1 | id)", seen).fixef["late"]}  # fmt: skip
gains = pd.DataFrame(gains).T.rename_axis("stays away")
gains.round(1)

# %% [markdown] concepts=[75]
# By chance, all three are right. Where the low scorers of the first test stay away, the pairs say {{2.7 = gains.loc["first score below 48", "pairs only"] | .1f}} and the means {{9.4 = gains.loc["first score below 48", "all who came"] | .1f}}, while the multilevel model says
# {{5.0 = gains.loc["first score below 48", "multilevel"] | .1f}}: the likelihood uses the first score of those who are gone. Where the *unseen* score decides, it is wrong as well, {{9.2 = gains.loc["second score below 53", "multilevel"] | .1f}}. No model repairs that from these data. So never drop the incomplete
# people, and say why people were lost.

# %% [markdown] concepts=[76]
# **Does the model make data like these?** Draw from the fit, and compare something that the model was not asked to fit (`fit.simulate` gives the draws themselves). For the HSB schools we take the highest score.

# %%
highest = check_fit.simulated_check(lambda d: d["math"].max(), n=100, seed=1)
show(
    plots.simulated_check(highest, label="highest score of all pupils (points)"),
    narrate.simulated_check(highest),
)

# %% [markdown] concepts=[76]
# The highest of {{7185 = len(hsb) | d}} scores is {{25.0 = highest.observed | .1f}}; in a hundred draws it lies between {{35.6 = np.quantile(highest.simulated, 0.025) | .1f}} and {{43.4 = np.quantile(highest.simulated, 0.975) | .1f}}. The test has a ceiling, of which the normal model knows nothing. For the mean of a school that is no matter; for a
# statement about its best pupils it is. A check says for which questions a model is good enough, and never that it is true.

# %% [markdown] concepts=[77]
# ## What to report
#
# 1. The question, and at which level it lives. How many groups, how many rows in each (smallest, median, largest), how many rows missing, and why.
# 2. The formula, with every varying term and its correlations; where zero is for each predictor; REML or ML; the program and its version.
# 3. Did the search arrive? Is the fit at the boundary? What was done about it, and what were the alternatives?
# 4. Fixed effects with intervals, and the degrees of freedom they rest on.
# 5. $\hat\tau$, $\hat\rho$ and $\hat\sigma$ as SDs, in units, with profile intervals. No stars.
# 6. Estimates of groups with what they were shrunk to, and how hard. Whether size, or anything else known about a group, goes with its level.
# 7. What was checked: residuals of both levels, outlying groups, one simulated check that could have failed.
# 8. What a reader must not conclude.

# %% [markdown] exercise="audit_the_report" concepts=[77]
# ### Your turn: audit a report
#
# Six sentences. Give each the label that fits: `"sound"`, `"too few groups"`, `"an edge read as a finding"`, `"a wrong target"`.
#
# 1. > *Regions differ with an SD of {{7.7 = five_tau | .1f}} points; with five regions the interval is wide, {{4.1 = five_ci["lower"] | .1f}} to {{15.1 = five_ci["upper"] | .1f}}.* (`sentence_1`)
# 2. > *With {{5000 = len(regions) | d}} pupils $\tau$, the SD between regions, is known precisely.* (`sentence_2`)
# 3. > *Groups with higher intercepts profit more from x without exception ($\hat\rho =$ {{1.00 = M3_v.corr.iloc[0, 1] | .2f}}).* (`sentence_3`)
# 4. > *The clinic treated nine patients. Its shrunken rate lies close to the mean of all clinics, so its patients run an average risk.* (`sentence_4`)
# 5. > *Kent's slope deviates from the mean by {{0.31 = three_se.loc["kent", "partial"] - partial.fixef["age"] | .2f}} ± {{0.05 = three_se.loc["kent", "SE of the deviation"] | .2f}}, so it is surely steeper.* (`sentence_5`)
# 6. > *Small hospitals have higher rates. We left volume out, since it is already in the standard errors.* (`sentence_6`)

# %% exercise="audit_the_report"
audit_the_report = {f"sentence_{k}": ... for k in range(1, 7)}
### BEGIN SOLUTION
audit_the_report = {
    "sentence_1": "sound",
    "sentence_2": "too few groups",
    "sentence_3": "an edge read as a finding",
    "sentence_4": "a wrong target",
    "sentence_5": "an edge read as a finding",
    "sentence_6": "a wrong target",
}
### END SOLUTION

# %% [markdown] tags=["takeaway"]
# ## Take away
#
# - A boundary fit is a finished search. With few groups it is common.
# - Zero is not "no differences", one is no correlation, and an interval of no width is no knowledge.
# - Choose the next step by the question. Deleting until it is quiet costs honest standard errors.
# - For $\tau$ count groups. Rows do not replace them.
# - Shrinkage is as good as its target. If size says something about a group, put size into the target.
# - A small average error can hide large errors where they matter.
# - Fixed effects forgive heavy tails, $\tau$ does not. Keep incomplete people. Simulate from the fit, and look.

# %% [markdown]
# ## Where it is in the books
#
# - Gelman and Hill (2007), *Data Analysis Using Regression and Multilevel/Hierarchical Models*: section 11.5 for how many groups and how many rows in each, chapter 24 for checking by simulation, chapter 25 for missing data.
# - Raudenbush and Bryk (2002), *Hierarchical Linear Models*: chapter 5 for the effects of single organisations, chapter 9 for assumptions.
# - Snijders and Bosker (2012), *Multilevel Analysis*: chapter 9 for missing data, chapter 10 for assumptions and outlying groups.
# - Chung and others (2013), "A nondegenerate penalized likelihood estimator for variance parameters in multilevel models", *Psychometrika*. Bates and others (2015), "Parsimonious mixed models". George and others (2017), "Mortality
#   rate estimation and standardization for public reporting: Medicare's Hospital Compare", *Journal of the American Statistical Association*.
