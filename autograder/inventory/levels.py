"""Items on predictors at two levels, and on odds ratios: lessons 07 and 11."""

from __future__ import annotations

from autograder.inventory.item import Item, Wrong
from hlm_teach.locale import N_

ITEMS = (
    Item(
        id="M15",
        lesson="07",
        title=N_("A variance that rises when a predictor comes in"),
        stem=N_(
            "25 pupils from each of many schools. The average number of hours of homework is the same in every school. When hours come into the "
            "model, the variance within schools falls from 50 to 30, but the estimated variance between schools rises from 8.0 to 8.8. Why?"
        ),
        right=N_("The schools' averages are as far apart as before, and less of it now counts as noise."),
        wrong=(
            Wrong(
                "cannot_rise",
                N_("That is a mistake: a predictor can explain variance at any level, but not create it."),
                N_("A level-1 predictor can only lower the variance between groups."),
            ),
            Wrong(
                "masked",
                N_("Schools with low scores do more homework, which had hidden a part of their differences."),
                N_(
                    "The variance between groups rises only if the predictor had masked differences between them."
                ),
            ),
            Wrong(
                "useless",
                N_("Hours have nothing to do with the score: a good predictor lowers both variances."),
                N_("A predictor that lets the variance between groups rise is of no use."),
            ),
        ),
        because=N_(
            "The averages have variance 8.0 + 50/25 = 10.0 before and 8.8 + 30/25 = 10.0 afterwards. Since no school does more homework than "
            "another, nothing can have been masked."
        ),
    ),
    Item(
        id="M28",
        lesson="07",
        title=N_("Which slope a mixed model reports"),
        stem=N_(
            "Within schools, a unit of family background goes with 2.19 points; over the schools' averages, a unit goes with 5.87 points. A model with "
            "varying intercepts and family background as its only predictor reports 2.39. What is 2.39 an estimate of?"
        ),
        right=N_("Of no single comparison: it mixes the two, with most weight on the one within schools."),
        wrong=(
            Wrong(
                "within",
                N_(
                    "Of the slope within schools, because the schools' intercepts take up all differences between schools."
                ),
                N_("The mixed model's slope is the effect within groups."),
            ),
            Wrong(
                "contextual",
                N_("Of the effect of the school on top of the pupil's own background."),
                N_("The mixed model's slope is the contextual effect."),
            ),
            Wrong(
                "total",
                N_("Of the slope over all pupils, whatever school they are in."),
                N_("The mixed model's slope is that of ordinary regression with another standard error."),
            ),
        ),
        because=N_(
            "Varying intercepts are pulled together, so part of the comparison between schools remains in the slope. With the schools' averages as a "
            "second predictor it becomes 2.19, the slope within."
        ),
    ),
    Item(
        id="M29",
        lesson="07",
        title=N_("Subtracting the school's own average"),
        stem=N_(
            "A model with varying intercepts predicts a pupil's score from family background. Now the average background of the pupil's own school "
            "is subtracted from it, and nothing else is added to the model. What happens to its coefficient?"
        ),
        right=N_("It now compares only pupils of the same school, which in general gives another value."),
        wrong=(
            Wrong(
                "cosmetic",
                N_("Nothing: as with any centring, only the intercept changes."),
                N_("Group-mean centring is cosmetic."),
            ),
            Wrong(
                "only_se",
                N_("It keeps its value and gets a smaller standard error, since collinearity is removed."),
                N_("Centring cures collinearity and changes nothing else."),
            ),
            Wrong(
                "between",
                N_("It now says what a school with better family background achieves."),
                N_("Centring at the group's mean turns a coefficient into one of groups."),
            ),
        ),
        because=N_(
            "A different number is subtracted in each school, so this is another predictor and another model. In the American high schools the "
            "coefficient goes from 2.39 to 2.19."
        ),
    ),
    Item(
        id="M30",
        lesson="07",
        title=N_("The sample size for a predictor of schools"),
        stem=N_(
            "Do Catholic schools have higher scores than public ones? There are 7,185 pupils in 160 schools. With about how many "
            "degrees of freedom is the difference between the two kinds of school tested?"
        ),
        right=N_("158"),
        wrong=(
            Wrong(
                "pupils",
                N_("7,183"),
                N_("For a predictor of schools the sample size is the number of pupils."),
            ),
            Wrong("per_school", N_("43"), N_("The sample size is the number of pupils in a school.")),
            Wrong("within", N_("7,025"), N_("Every test has the degrees of freedom within groups.")),
        ),
        because=N_(
            "Each school is of one kind, so the comparison is one of 160 schools with two means: 160 − 2. More pupils in them only make each "
            "school's average more exact."
        ),
    ),
    Item(
        id="X1",
        lesson="11",
        title=N_("Odds ratios within groups and over all"),
        stem=N_(
            "In each of very many large clinics patients are drawn by lot for a treatment, half of them in each clinic. The clinics differ much in how many "
            "recover, but in every single clinic the odds ratio of recovery is 3.0. Over all patients together it is 2.0. Why?"
        ),
        right=N_(
            "Averaging the probabilities of unlike clinics, which is what all patients together amount to, gives an odds ratio nearer to one."
        ),
        wrong=(
            Wrong(
                "confounding",
                N_(
                    "The clinics confound the comparison, so that 3.0 is right and 2.0 is biased, although patients were drawn by lot."
                ),
                N_("Where a coefficient changes when groups come in, there was confounding."),
            ),
            Wrong(
                "chance",
                N_("By chance: in a large enough sample both would be the same."),
                N_("Conditional and marginal odds ratios estimate the same number."),
            ),
            Wrong(
                "interaction",
                N_("The treatment must work less well in some clinics than in others."),
                N_("A marginal odds ratio below the conditional one shows that effects vary."),
            ),
        ),
        because=N_(
            "With clinics that differ by a standard deviation of 2 on the logit scale, 3.0 within each becomes 2.0 over all, without any "
            "confounding: the mean of probabilities is not the probability of the mean."
        ),
    ),
    Item(
        id="X3",
        lesson="11",
        title=N_("Gender as a group"),
        stem=N_(
            "A model of income has gender, recorded as female or male, as a predictor, and in addition an intercept that varies between the two genders, "
            "(1 | gender). There are 4,000 respondents. What is the matter with the additional term?"
        ),
        right=N_("The data say nothing about it, since the predictor takes up the whole difference."),
        wrong=(
            Wrong(
                "two_parts",
                N_(
                    "Nothing: the predictor is the average difference, and the term is the deviation from it."
                ),
                N_("A factor of two levels may be fixed and varying at once."),
            ),
            Wrong(
                "drop_fixed",
                N_(
                    "It is the better one of the two: with 2,000 respondents in each group the spread between genders is well known."
                ),
                N_("Many rows in two groups make their variance known."),
            ),
            Wrong(
                "if_converged",
                N_("Nothing, as long as the program reports that it has converged."),
                N_("What converges is estimated."),
            ),
        ),
        because=N_(
            "Two groups have one difference, and the predictor describes it completely. What remains between genders is zero whatever the data, "
            "and a spread estimated from two groups would be a guess."
        ),
    ),
)
