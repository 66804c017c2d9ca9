"""Items on variance components and varying slopes: lessons 05 and 06."""

from __future__ import annotations

from autograder.inventory.item import Item, Wrong
from hlm_teach.locale import N_

ITEMS = (
    Item(
        id="M17",
        lesson="05",
        title=N_("What a REML criterion depends on"),
        stem=N_(
            "The same model with varying intercepts is fitted twice by REML, once with income in euros and once in thousands of euros. All "
            "predictions agree, but minus twice the restricted log-likelihood is 13.8 lower for thousands of euros. By maximum likelihood "
            "both fits have the same value. What does that show?"
        ),
        right=N_("Restricted likelihoods of models with different fixed parts are not comparable."),
        wrong=(
            Wrong(
                "better_fit",
                N_("The model in thousands of euros fits better."),
                N_("REML criteria may compare models with different fixed parts."),
            ),
            Wrong(
                "ml_is_blind",
                N_("Maximum likelihood overlooks a difference between the models that REML finds."),
                N_("REML sees more of the fixed part than ML does."),
            ),
            Wrong(
                "rounding",
                N_(
                    "The large numbers in euros were rounded on the way; with exact arithmetic the two values would agree."
                ),
                N_("Equal models have equal REML criteria, up to numerical error."),
            ),
        ),
        because=N_(
            "REML integrates over the fixed coefficients, and a change of unit stretches what is integrated over: 2·ln 1000 = 13.8."
        ),
    ),
    Item(
        id="M18",
        lesson="05",
        title=N_("A reason for ML instead of REML"),
        stem=N_(
            "A model for 5,000 pupils in 20 schools can be fitted by REML or by maximum likelihood (ML), both within a second. Which is a "
            "sound reason to choose ML here?"
        ),
        right=N_("Two models with different predictors are to be compared by their likelihoods."),
        wrong=(
            Wrong(
                "large_sample",
                N_("With 5,000 pupils the sample is large, and REML is meant for small ones."),
                N_("ML is for big samples."),
            ),
            Wrong(
                "singular",
                N_("REML has put the variance between schools at zero, and ML can put that right."),
                N_("ML helps when the fit is singular."),
            ),
            Wrong(
                "unbiased",
                N_("The variance between schools is wanted, and ML is the method without bias."),
                N_("ML estimates variances without bias."),
            ),
        ),
        because=N_(
            "For the variance between schools the sample size is 20, where ML is too low; and an estimate of zero by REML is zero by ML too in "
            "such a model, since ML's estimate is the smaller one."
        ),
    ),
    Item(
        id="M19",
        lesson="05",
        title=N_("An estimate of zero"),
        stem=N_(
            "Five samples are taken from each of six batches. The fit puts the standard deviation between batches at zero. What can be said "
            "about the batches?"
        ),
        right=N_(
            "Little: with 10 % of the variance between batches, one such study in three still gives zero."
        ),
        wrong=(
            Wrong(
                "no_difference",
                N_("The batches do not differ: that is what the data say."),
                N_("An estimate of tau = 0 means that groups do not differ."),
            ),
            Wrong(
                "below_bound",
                N_(
                    "Less than 10 % of the variance lies between batches, since otherwise zero would come out in fewer than 5 % of such studies."
                ),
                N_("An estimate of zero rules out differences worth mentioning."),
            ),
            Wrong(
                "failed",
                N_("Nothing, because the fit has failed: no real batches can be exactly alike."),
                N_("An estimate of zero is a failure of the program."),
            ),
        ),
        because=N_(
            "With six groups of five and an intraclass correlation of .10 the estimate is zero with probability .33: the means then differ no "
            "more than noise alone would make them."
        ),
    ),
    Item(
        id="M22",
        lesson="05",
        title=N_("Testing a variance"),
        stem=N_(
            "Is there variance between clinics? The program prints the estimate 3.0 with standard error 2.0, so z = 1.5 and p = .13. The "
            "likelihood-ratio test against the model without clinics has p = .01. Which of the two deserves more trust?"
        ),
        right=N_("The likelihood-ratio test, because an estimated variance is too skewed for a z."),
        wrong=(
            Wrong(
                "wald",
                N_("The z test, because it rests on the standard error that belongs to just this variance."),
                N_("A variance is tested by its Wald z."),
            ),
            Wrong(
                "cautious",
                N_("The z test, because of two tests the one with the larger p-value is the safer choice."),
                N_("Of two tests the more cautious one is right."),
            ),
            Wrong(
                "must_agree",
                N_(
                    "Neither: they test the same hypothesis on the same data, so one of them has been miscalculated."
                ),
                N_("Tests of the same hypothesis give the same p-value."),
            ),
        ),
        because=N_(
            "The likelihood as a function of a variance is lopsided near zero, and a normal curve around the estimate misses that. The ratio "
            "here is 5.6; half of the chi-squared probability, .009, since the variance cannot be negative."
        ),
    ),
    Item(
        id="M14",
        lesson="06",
        title=N_("The share between persons when slopes vary"),
        stem=N_(
            "Reaction times over days: at day 0 persons differ with a standard deviation of 25 ms, their slopes with one of 6 ms a day "
            "(correlation .07), and the residual standard deviation is 26 ms. A report says: “6²/(6² + 26²) = 5 % of the variance lies "
            "between persons.” What should it say?"
        ),
        right=N_("That the share is 48 % on day 0 and 85 % on day 9."),
        wrong=(
            Wrong(
                "slope_icc",
                N_("Just that: in a model with varying slopes the slopes are what differs between persons."),
                N_("With varying slopes the ICC is Var(slope)/(Var(slope) + sigma²)."),
            ),
            Wrong(
                "intercept_icc",
                N_("25²/(25² + 26²) = 48 %, on day 0 as on any other day."),
                N_("The ICC of the intercepts holds for every value of x."),
            ),
            Wrong(
                "sum_of_variances",
                N_("(25² + 6²)/(25² + 6² + 26²) = 49 %."),
                N_("Variances of intercepts and slopes may be added, whatever their units."),
            ),
        ),
        because=N_(
            "ms² and (ms a day)² do not add. On day x the variance between persons is 25² + 2·.07·25·6·x + 36x², so the share depends on the "
            "day."
        ),
    ),
    Item(
        id="M23",
        lesson="06",
        title=N_("The correlation of intercepts and slopes"),
        stem=N_(
            "The same reaction times, fitted with days counted from the first day: intercepts and slopes of persons correlate .07. With days "
            "counted from the middle of the study, four and a half days later, they correlate .75. What has changed about the persons?"
        ),
        right=N_(
            "Nothing: “intercept” now means the level on another day, and each person's line is where it was."
        ),
        wrong=(
            Wrong(
                "fact_of_persons",
                N_(
                    "One of the analyses must be wrong, for the correlation belongs to the persons and not to the calendar."
                ),
                N_("The correlation of intercepts and slopes is a fact about the subjects."),
            ),
            Wrong(
                "centring_reveals",
                N_("Centring has removed the collinearity that hid their true correlation."),
                N_("Centring reveals the true correlation."),
            ),
            Wrong(
                "better_fit",
                N_(
                    "Their lines are fitted better: the second model uses a relation that the first one misses."
                ),
                N_("A model with another origin fits another set of lines."),
            ),
        ),
        because=N_(
            "Both fits have the same lines and the same likelihood. Lines that fan out are ordered by slope at their end and not at "
            "their start: where one takes the intercept decides on the correlation."
        ),
    ),
    Item(
        id="M25",
        lesson="06",
        title=N_("Writing down varying slopes"),
        stem=N_(
            "In the notation of the R package lme4, which term lets both the intercept and the slope of hours vary between schools?"
        ),
        right=N_("(1 + hours | school)"),
        wrong=(
            Wrong(
                "two_bars",
                N_("(1 | hours | school)"),
                N_("(1|x|group) is a model formula."),
            ),
            Wrong(
                "fixed_slope",
                N_("hours + (1 | school)"),
                N_("A predictor beside a varying intercept has a varying slope."),
            ),
            Wrong(
                "bar_reversed",
                N_("(school | 1 + hours)"),
                N_("The group stands before the bar."),
            ),
        ),
        because=N_(
            "Before the bar stands what varies, behind it the group. A term has one bar; with a slope beside (1 | school) all schools share it."
        ),
    ),
    Item(
        id="M26",
        lesson="06",
        title=N_("Leaving the correlation out"),
        stem=N_(
            "A model lets intercept and slope vary between persons, but holds their correlation at zero. A colleague fits the same model to the same "
            "data with time counted from the middle of the study instead of its beginning, and again holds the correlation at zero. Do the two fits "
            "agree?"
        ),
        right=N_("No: zero at one origin is not zero at the other."),
        wrong=(
            Wrong(
                "harmless",
                N_(
                    "Yes: predictions and likelihood are the same, and only the intercept has another meaning."
                ),
                N_("Leaving the correlation out is a harmless simplification."),
            ),
            Wrong(
                "only_sd",
                N_("Yes, except that the standard deviation of the slopes comes out differently."),
                N_("A new origin changes the spread of the slopes."),
            ),
        ),
        because=N_(
            "A shift of time turns independent intercepts and slopes into dependent ones. In the reaction times the criterion is 1743.7 with one "
            "origin and 1753.5 with the other; with a free correlation it is 1743.6 with both."
        ),
    ),
    Item(
        id="M27",
        lesson="06",
        title=N_("A test that finds no varying slopes"),
        stem=N_(
            "An hour of homework goes with 2.0 more points on average over 20 schools. The test whether this slope varies between schools has p = .20; the "
            "standard deviation of the slopes is estimated as 1.5, with a 95 % interval from 0 to 3.4. “So the slope is the same everywhere,” says a "
            "colleague, “and we may leave its variation out.” What do you answer?"
        ),
        right=N_("Equal slopes agree with these data, but so do slopes that range from −5 to 9."),
        wrong=(
            Wrong(
                "safe_out",
                N_(
                    "That is right: with p above .05 the slopes are equal, and the standard error of 2.0 is better without them."
                ),
                N_("A varying slope that is not significant is safe to leave out."),
            ),
            Wrong(
                "estimate_counts",
                N_("That is wrong: the estimate is 1.5 and not 0, so it is certain that the slopes differ."),
                N_("An estimate above zero proves variation."),
            ),
            Wrong(
                "schools_out",
                N_("That is right, and the varying intercepts must then be left out too."),
                N_("Intercepts may vary only where slopes do."),
            ),
        ),
        because=N_(
            "Not finding variation is not finding none: with an SD of 3.4 most slopes would lie within 2.0 ± 6.8. If they do vary, a model "
            "without the variation gives the average slope too small a standard error."
        ),
    ),
)
