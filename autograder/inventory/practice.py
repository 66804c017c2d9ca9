"""Items on fits that go wrong, priors and poststratification: lessons 08, 09 and 12."""

from __future__ import annotations

from autograder.inventory.item import Item, Wrong
from hlm_teach.locale import N_

ITEMS = (
    Item(
        id="M20",
        lesson="08",
        title=N_("Reading a singular fit"),
        stem=N_(
            "A program prints for a model with varying intercepts:\n"
            "  optimiser: converged; gradient below 0.000001\n"
            "  SD between schools 0.00, residual SD 9.81\n"
            "  note: the fit is singular\n"
            "Which description is right?"
        ),
        right=N_("The search succeeded; the best value is at the end of the range."),
        wrong=(
            Wrong(
                "not_converged",
                N_("The search stopped too early; other starting values or more steps are needed."),
                N_("Singular means not converged."),
            ),
            Wrong(
                "not_identified",
                N_(
                    "Many values fit equally well, so that the standard deviation between schools is not identified."
                ),
                N_("Singular means not identified."),
            ),
            Wrong(
                "collinear",
                N_("Two of the model's predictors are collinear."),
                N_("Singular means collinear predictors."),
            ),
        ),
        because=N_(
            "Converged and singular are two questions. The criterion has one lowest point, and it lies on the boundary."
        ),
    ),
    Item(
        id="M21",
        lesson="08",
        title=N_("What to do about a singular fit"),
        stem=N_(
            "How much does the effect of a drug differ between wards? That is the research question; there are 12 wards. In the fit with a varying effect, "
            "the standard deviation of the effect is estimated as zero, and the program warns of a singular fit. What next?"
        ),
        right=N_(
            "Report the estimate with an interval for the standard deviation, which shows what differences 12 wards cannot rule out."
        ),
        wrong=(
            Wrong(
                "drop_until_quiet",
                N_(
                    "Drop the varying effect, since the data do not support it, and answer that the effect does not differ."
                ),
                N_("The fix is to drop terms until the warning stops."),
            ),
            Wrong(
                "other_optimiser",
                N_(
                    "Try other optimisers and starting values, since an estimate of zero shows that the search got stuck."
                ),
                N_("A boundary fit is a failure of the optimiser."),
            ),
            Wrong(
                "discard",
                N_("Use none of the estimates, since a singular fit is not a valid one."),
                N_("A singular fit invalidates everything."),
            ),
        ),
        because=N_(
            "The varying effect is the question. Zero is the most likely value, with an interval that is wide for 12 wards; a prior or simulated data can "
            "say more."
        ),
    ),
    Item(
        id="M24",
        lesson="08",
        title=N_("A correlation of one in the output"),
        stem=N_(
            "A report on 10 groups prints:\n"
            "  intercepts: SD 0.08\n"
            "  slopes:     SD 1.11, correlation with intercepts 1.00\n"
            "  residual:   SD 2.75\n"
            "What does the correlation tell you?"
        ),
        right=N_(
            "That the estimate lies on the boundary, where it easily ends up when intercepts hardly differ between groups."
        ),
        wrong=(
            Wrong(
                "strong_finding",
                N_(
                    "That groups with a higher level have steeper slopes without exception, which is a strong finding."
                ),
                N_("A correlation of +1.00 is a strong finding."),
            ),
            Wrong(
                "redundant",
                N_("That intercept and slope measure the same thing, so the fixed slope can go."),
                N_("A correlation of one makes a predictor redundant."),
            ),
            Wrong(
                "perfect_fit",
                N_("That the model describes the groups perfectly."),
                N_("The correlation of the varying effects measures how well they fit."),
            ),
        ),
        because=N_(
            "An estimate of exactly one is where the range of a correlation ends. Few groups and a tiny spread of intercepts make it likely by chance."
        ),
    ),
    Item(
        id="M31",
        lesson="08",
        title=N_("A small hospital at average risk"),
        stem=N_(
            "A hospital has done 12 operations of a kind, and 3 patients have died. Over all hospitals 5 % die. Over the hospitals that do so few operations it is "
            "12 %. A multilevel model in which all hospitals vary around one common mean puts this hospital at 7 %. Should a patient rely on the 7 %?"
        ),
        right=N_("No: it was pulled a long way, toward the mean of hospitals that are unlike it."),
        wrong=(
            Wrong(
                "cannot_hurt",
                N_(
                    "Yes: 12 operations say little, so the mean of all hospitals is the best basis, and pooling cannot hurt."
                ),
                N_("A multilevel model can never hurt."),
            ),
            Wrong(
                "size_included",
                N_(
                    "Yes: the model has already allowed for the small number of operations, since it pulled this hospital so strongly."
                ),
                N_("Shrinking small groups more is the same as modelling what small groups are like."),
            ),
            Wrong(
                "own_rate",
                N_("No: the only figure that says something about this hospital is its own rate, 25 %."),
                N_("Only a group's own data say something about it."),
            ),
        ),
        because=N_(
            "How strongly to pull depends on how little is known; where to depends on what such hospitals are like. With the volume as a predictor "
            "the target is near 12 %."
        ),
    ),
    Item(
        id="M32",
        lesson="08",
        title=N_("Volume as a predictor"),
        stem=N_(
            "In simulated hospitals the true rates fall with the number of operations. For the quarter with the fewest operations, a model with one "
            "common mean is 3.0 too low on average; with the number of operations as a predictor it is 0.2 too low. “That counts the "
            "number twice,” says a reviewer: “it already decides how strongly each hospital is pulled.” Is the reviewer right?"
        ),
        right=N_("No: how exactly a rate is known is one thing, and which rate to expect another."),
        wrong=(
            Wrong(
                "double_counting",
                N_("Yes: one number may enter an analysis once, so the smaller error is an artefact."),
                N_("Adding volume to the model is counting it twice."),
            ),
            Wrong(
                "cheating",
                N_("Yes: a predictor may describe patients or treatment, but not how much data there are."),
                N_("The size of a group may not be a predictor."),
            ),
            Wrong(
                "not_pulled",
                N_("No, because with a predictor for each hospital the rates are not pulled any more."),
                N_("A predictor of groups ends shrinkage."),
            ),
        ),
        because=N_(
            "Sample size sets the weight, the predictor sets the target. Where size and rate are related, leaving it out is what goes wrong."
        ),
    ),
    Item(
        id="M33",
        lesson="08",
        title=N_("Five groups with many people"),
        stem=N_(
            "1,000 people are questioned in each of 5 regions, which are drawn from many. Noise within regions is negligible in their averages, which are about normal. How exactly is the standard deviation "
            "between regions known? (95 % interval, as a multiple of the estimate.)"
        ),
        right=N_("From 0.60 to 2.87 times the estimate"),
        wrong=(
            Wrong(
                "all_rows",
                N_("From 0.98 to 1.02 times the estimate"),
                N_("Five groups are enough because there are 5,000 rows."),
            ),
            Wrong(
                "rows_per_group",
                N_("From 0.96 to 1.05 times the estimate"),
                N_("What counts for the SD between groups is the number of rows in each."),
            ),
        ),
        because=N_(
            "Five averages are five numbers: with 4 degrees of freedom the chi-squared interval goes from 0.60 to 2.87. More people "
            "in the regions do not help."
        ),
    ),
    Item(
        id="M34",
        lesson="09",
        title=N_("A prior that is meant to say nothing"),
        stem=N_(
            "Four hospitals' effects are measured as 28, 8, −3 and 7 points, with standard errors of 10 to 16. With the prior “every standard deviation "
            "between 0 and 1000 is equally likely”, its posterior mean is 18. With a prior that holds values above 40 for unlikely, it is 9. Which "
            "reading is right?"
        ),
        right=N_(
            "The first prior speaks too: nearly all of its weight lies far above 40, and four results are few to set against it."
        ),
        wrong=(
            Wrong(
                "vague_is_neutral",
                N_("18 is what the data alone say, since the first prior prefers no value."),
                N_("Vague priors on a variance component are neutral."),
            ),
            Wrong(
                "no_convergence",
                N_(
                    "One of the two computations has not converged, for with the same data the results should agree."
                ),
                N_("The data decide; priors hardly matter."),
            ),
            Wrong(
                "priors_forbidden",
                N_("9 is of no use, because whoever chooses a prior can have any result that is wanted."),
                N_("An informative prior is always bias."),
            ),
        ),
        because=N_(
            "Four noisy effects hardly limit the standard deviation upward. A flat prior up to 1000 gives 96 % of its weight to values above 40, "
            "which effects of this size make absurd."
        ),
    ),
    Item(
        id="M35",
        lesson="12",
        title=N_("What a fit lacks to be MRP"),
        stem=N_(
            "2,000 people were polled. A multilevel logit model of their votes by age, education and region is fitted. Estimates of the vote in each region's "
            "population are wanted, by multilevel regression and poststratification. What is still needed?"
        ),
        right=N_("How many people of each kind live in each region."),
        wrong=(
            Wrong(
                "fit_is_enough",
                N_("Nothing: the estimated regions are what the model was fitted for."),
                N_("A multilevel logit fit is MRP."),
            ),
            Wrong(
                "full_cells",
                N_(
                    "Enough further interviews that nobody's combination of age, education and region is empty."
                ),
                N_("MRP needs respondents in every cell."),
            ),
            Wrong(
                "random_slopes",
                N_("Slopes of age and education that vary between regions."),
                N_("A richer model replaces the poststratification."),
            ),
        ),
        because=N_(
            "The model predicts people of a kind. A region's estimate is the mean of these predictions over the people who live there, and that takes "
            "a table of the population."
        ),
    ),
    Item(
        id="M36",
        lesson="12",
        title=N_("Those who answer"),
        stem=N_(
            "Half of the people in every group of age, education and region support a law. In each group supporters are twice as likely to answer the poll as "
            "opponents. With an exact census and very many respondents, which support does multilevel regression and poststratification report?"
        ),
        right=N_("67 %"),
        wrong=(
            Wrong("repaired", N_("50 %"), N_("MRP removes any selection bias.")),
            Wrong("halfway", N_("58 %"), N_("Pooling takes half of a selection bias away.")),
            Wrong(
                "both_ways",
                N_("75 %"),
                N_("Being twice as likely to answer raises a share by half."),
            ),
        ),
        because=N_(
            "Two of three respondents are supporters in every group, so every prediction is 67 %, and no weights of groups change that."
        ),
    ),
)
