"""Items on shrinkage: lesson 03."""

from __future__ import annotations

from autograder.inventory.item import Item, Wrong
from hlm_teach.locale import N_

ITEMS = (
    Item(
        id="M5",
        lesson="03",
        title=N_("The target of shrinkage"),
        stem=N_(
            "Four schools have 200, 5, 5 and 5 pupils in the study and average scores of 70, 50, 52 and 48. The schools' true averages "
            "have a standard deviation of 7.7, pupils within a school one of 10. Partial pooling pulls the second school's 50 upward. "
            "Toward which value?"
        ),
        right=N_("56.1, a mean of the four schools' averages."),
        wrong=(
            Wrong(
                "grand_mean",
                N_("68.6, the average of all 215 pupils in the study."),
                N_("Groups shrink toward the mean of all observations."),
            ),
            Wrong(
                "largest_group",
                N_("70.0, the average of the one school that is known well."),
                N_("Small groups shrink toward the best known group."),
            ),
        ),
        because=N_(
            "What is estimated is the mean of schools, so an average counts by how well it speaks for the mean of schools: by 1/(60 + "
            "100/n), which is .0165 for the large school and .0125 for each small one."
        ),
    ),
    Item(
        id="M6",
        lesson="03",
        title=N_("Who moves most"),
        stem=N_(
            "Classes' true averages have a standard deviation of 5 around 50, pupils within a class one of 10. Class A has 3 pupils "
            "with an average of 51, class B has 10 pupils with an average of 70. Which average does partial pooling move by more points?"
        ),
        right=N_("B's: a smaller share of a much longer way."),
        wrong=(
            Wrong(
                "smallest",
                N_("A's: the class with the fewest pupils always moves most."),
                N_("The smallest group always moves most."),
            ),
            Wrong(
                "alike",
                N_("Neither: both lie above 50 and are moved down by the same number of points."),
                N_("Shrinkage takes the same amount from every group."),
            ),
        ),
        because=N_(
            "A gives up 57 % of one point, .57; B gives up 29 % of twenty points, 5.7. Size decides the share, distance what it is a share of."
        ),
    ),
    Item(
        id="M7",
        lesson="03",
        title=N_("The spread of the shrunken estimates"),
        stem=N_(
            "A model with varying intercepts puts the standard deviation between 40 schools at 4.0. A student takes the 40 estimated school "
            "effects from the same fit and finds that their standard deviation is 3.1. How do the two numbers go together?"
        ),
        right=N_("Estimated effects are pulled together; the schools themselves spread more."),
        wrong=(
            Wrong(
                "blups_tell",
                N_(
                    "3.1 is the better estimate for the schools, because it is computed from the schools' own effects."
                ),
                N_("The SD of the estimated group effects is the estimate of the SD between groups."),
            ),
            Wrong(
                "noise_in_tau",
                N_("4.0 still contains the noise of the pupils within schools, and 3.1 is free of it."),
                N_("The estimated SD between groups includes the noise of their means."),
            ),
            Wrong(
                "disagree",
                N_("They ought to agree; the fit has not converged."),
                N_("Two descriptions of the same groups must give the same number."),
            ),
        ),
        because=N_(
            "With a reliability of .60 the estimates have a standard deviation of 4.0·√.60 = 3.1. Each effect is its most probable value; "
            "the collection of them is too narrow."
        ),
    ),
    Item(
        id="M8",
        lesson="03",
        title=N_("A little bias and a smaller error"),
        stem=N_(
            "For 100 districts the truth became known later. The districts' own means, which are unbiased, had missed it by 5.0 points "
            "(root mean square). The partially pooled estimates, each biased toward the common mean, had missed it by 3.1. What follows?"
        ),
        right=N_("What the pooled estimates lost by bias they more than won back by varying less."),
        wrong=(
            Wrong(
                "bias_is_bad",
                N_(
                    "One should still use the unbiased means: a biased estimate is to be avoided even if it happened to be nearer."
                ),
                N_("Shrinkage is bias, hence bad."),
            ),
            Wrong(
                "luck",
                N_(
                    "That was luck, since among all estimates an unbiased one has the smallest expected error."
                ),
                N_("An unbiased estimate has the smallest mean squared error."),
            ),
            Wrong(
                "not_biased",
                N_("Estimates that came nearer to the truth cannot have been biased."),
                N_("Bias is the same as error."),
            ),
        ),
        because=N_(
            "Squared error is squared bias plus variance. With a standard deviation of 4 between districts and standard errors of 5 the expected "
            "errors are 5.0 and √(16·25/41) = 3.1: no luck is needed."
        ),
    ),
    Item(
        id="M10",
        lesson="03",
        title=N_("What more groups teach"),
        stem=N_(
            "In each school five pupils are tested. The study grows from 50 to 5,000 schools, still with five pupils each. What does a "
            "multilevel model then know ever more exactly?"
        ),
        right=N_(
            "The mean over schools, and the standard deviation between them, but not the value of any one school."
        ),
        wrong=(
            Wrong(
                "everything",
                N_(
                    "Everything: the mean, how much schools differ, and through them each school's value without limit."
                ),
                N_("A group's prediction is a parameter estimate like any other."),
            ),
            Wrong(
                "nothing",
                N_("Nothing, because there are still five pupils in a school."),
                N_("Only more rows in a group teach anything."),
            ),
            Wrong(
                "only_mean",
                N_(
                    "Only the mean: how much schools differ cannot be told apart from noise with five pupils."
                ),
                N_("The SD between groups becomes known only through large groups."),
            ),
        ),
        because=N_(
            "Parameters of the population of schools gain from more schools. A school's own value is a prediction; with five pupils its "
            "uncertainty has a floor."
        ),
    ),
    Item(
        id="X2",
        lesson="03",
        title=N_("A pupil of a new school"),
        stem=N_(
            "Scores have mean 50; schools differ with a standard deviation of 6, pupils within a school with one of 8, all normal and taken as "
            "known. Which interval holds the score of a pupil in a school that is not in the data, with a probability of 95 %?"
        ),
        right=N_("50 ± 20"),
        wrong=(
            Wrong(
                "u_is_zero",
                N_("50 ± 16"),
                N_("A new group is predicted with an effect of zero, and without its variance."),
            ),
            Wrong(
                "schools_only",
                N_("50 ± 12"),
                N_("For a new group only the spread between groups counts."),
            ),
            Wrong(
                "sds_added",
                N_("50 ± 27"),
                N_("Standard deviations add up."),
            ),
        ),
        because=N_(
            "The new school's effect is unknown, not zero: the variances add up, √(36 + 64) = 10, and 1.96·10 = 19.6."
        ),
    ),
    Item(
        id="X4",
        lesson="03",
        title=N_("How much a group counts for the common mean"),
        stem=N_(
            "A multilevel model estimates the mean over schools. Schools' true averages have a standard deviation of 10, pupils within a school "
            "one of 20. School A has 400 pupils in the data, school B has 4. How much does A's average count, compared with B's?"
        ),
        right=N_("About twice as much"),
        wrong=(
            Wrong("by_size", N_("A hundred times as much"), N_("Groups count by their sizes.")),
            Wrong("equal", N_("As much as B's"), N_("In the mean over groups each group counts the same.")),
            Wrong("by_root", N_("Ten times as much"), N_("Groups count by the square root of their sizes.")),
        ),
        because=N_(
            "Each average counts by its precision for the mean of schools, 1/(100 + 400/n): 1/101 against 1/200, which is 1.98 to 1."
        ),
    ),
)
