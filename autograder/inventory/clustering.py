"""Items on clustering and the three ways to pool: lessons 01 and 02, and the intraclass correlation of lesson 04."""

from __future__ import annotations

from autograder.inventory.item import Item, Wrong
from hlm_teach.locale import N_

ITEMS = (
    Item(
        id="M1",
        lesson="02",
        title=N_("Which analysis pools completely"),
        stem=N_(
            "Mathematics scores and hours of homework are known of 260 pupils in ten schools. Anna fits one line to all 260 pupils. "
            "Ben fits a line to each school by itself. Which analysis is called complete pooling, and which ignores the schools?"
        ),
        right=N_("Anna's, and hers is also the one that ignores the schools."),
        wrong=(
            Wrong(
                "labels_swapped",
                N_("Ben's is complete pooling; Anna's ignores the schools and is called no pooling."),
                N_("One line through all data is the unpooled analysis."),
            ),
            Wrong(
                "separate_ignores",
                N_("Ben's, and his is also the one that ignores the schools, since he never compares them."),
                N_("Whoever looks at each school by itself ignores the schools."),
            ),
            Wrong(
                "both_pool",
                N_(
                    "Both are: each of them uses the data of all ten schools, and neither ignores the schools."
                ),
                N_("To pool is to use the data of all groups, in whatever way."),
            ),
        ),
        because=N_(
            "Complete pooling puts all rows into one pot: one line, whatever the school. Separate lines are no pooling."
        ),
    ),
    Item(
        id="M2",
        lesson="01",
        title=N_("What clustering does to a slope"),
        stem=N_(
            "In 50 schools of 20 pupils each, an hour of homework raises every pupil's score by two points. Schools also differ in "
            "level, but a school's level has nothing to do with how much homework its pupils do. An ordinary regression of "
            "score on hours, without the schools, is repeated on many such samples. What is its slope on average?"
        ),
        right=N_("Two points."),
        wrong=(
            Wrong(
                "biased_up",
                N_(
                    "Above two points, because pupils of one school resemble each other and are counted twenty times."
                ),
                N_("Clustering always biases the slope: repeated information makes it too large."),
            ),
            Wrong(
                "biased_down",
                N_("Below two points, because the differences between schools act as noise."),
                N_("Clustering always biases the slope: noise in the response pulls it toward zero."),
            ),
            Wrong(
                "biased_icc",
                N_("Above or below two points, depending on how alike the pupils of one school are."),
                N_(
                    "Clustering always biases the slope: by how much is a question of the intraclass correlation."
                ),
            ),
        ),
        because=N_(
            "Where the level of a school is unrelated to the predictor, ordinary regression has the right slope on average. It is "
            "the standard error that is wrong."
        ),
    ),
    Item(
        id="M3",
        lesson="01",
        title=N_("A comparison within groups"),
        stem=N_(
            "In each of 40 classes of 20 pupils, ten pupils are drawn by lot and get a new textbook, which helps equally in every class. Scores have a standard deviation of "
            "8 points among the pupils of a class, and the classes differ in level with one of 6. An ordinary regression without the classes "
            "reports 0.71 points as the standard error of the textbook's effect. What is the standard error if the classes are taken into account?"
        ),
        right=N_("0.57, because what differs between classes drops out of the comparison."),
        wrong=(
            Wrong(
                "always_larger",
                N_(
                    "1.98, because the pupils of a class are alike, so there is less information than 800 pupils promise."
                ),
                N_("Ignoring clustering always makes the standard error too small."),
            ),
            Wrong(
                "balanced_same",
                N_("0.71 as well, because both groups are equally large in every class."),
                N_("In a balanced design the groups make no difference to a standard error."),
            ),
        ),
        because=N_(
            "Within a class both halves share its level, which cancels: the standard error is 8·2/√800 = 0.57. Ordinary "
            "regression counts the spread of the classes as noise: 10·2/√800 = 0.71."
        ),
    ),
    Item(
        id="M4",
        lesson="02",
        title=N_("What a distribution of intercepts adds"),
        stem=N_(
            "Model A gives each of 30 schools an intercept of its own by a dummy variable. Model B does the same and adds one line: "
            "the 30 intercepts come from a normal distribution, whose mean and standard deviation are estimated too. One school "
            "has only two pupils, both with very high scores. What does the added line change for this school?"
        ),
        right=N_("Its estimate comes nearer to the other schools, because they now say something about it."),
        wrong=(
            Wrong(
                "dummies",
                N_("Nothing much: in both models each school may have whatever intercept fits it."),
                N_("Random effects are dummies with another name."),
            ),
            Wrong(
                "only_df",
                N_(
                    "Only its standard error: fewer parameters are spent, but the estimate remains the mean of the two pupils."
                ),
                N_("Random effects save degrees of freedom and leave the estimates as they are."),
            ),
            Wrong(
                "all_equal",
                N_(
                    "It gets the same estimate as all the others, since all schools now share one distribution."
                ),
                N_("Groups from one distribution have one value."),
            ),
        ),
        because=N_(
            "The distribution is information: given how much schools differ, a mean of two pupils is more likely high by chance than a mean "
            "of fifty. Dummies have no such line."
        ),
    ),
    Item(
        id="M9",
        lesson="02",
        title=N_("A group that is truly far out"),
        stem=N_(
            "Hospitals' true values have a standard deviation of 4, and each is measured with a standard error of 4. Partial pooling "
            "therefore halves the distance of each hospital's result from the common mean. One hospital's true value is 12 above that mean. "
            "Over many repetitions, how does its partially pooled estimate compare with its own result?"
        ),
        right=N_("It misses the true value by more, 6.3 against 4.0 in root mean square."),
        wrong=(
            Wrong(
                "better_for_all",
                N_("It comes closer to the truth, as it does for every hospital."),
                N_("Partial pooling is better for every group."),
            ),
            Wrong(
                "same",
                N_("On average it is the same, and only more certain."),
                N_("Shrinkage changes the uncertainty of an estimate, not the estimate."),
            ),
            Wrong(
                "extremes_are_noise",
                N_("It comes closer to the truth, because results that far out are more chance than fact."),
                N_("An extreme group is always an accident."),
            ),
        ),
        because=N_(
            "Halved, the result is 6 too low on average and has a standard error of 2: together √(36 + 4) = 6.3. Partial pooling wins "
            "over all hospitals together, and loses for those that truly are far from the mean."
        ),
    ),
    Item(
        id="M11",
        lesson="04",
        title=N_("What an intraclass correlation says"),
        stem=N_(
            "The intraclass correlation of reading scores in schools is .25. Which sentence says what that means?"
        ),
        right=N_("The scores of two pupils drawn from the same school correlate .25."),
        wrong=(
            Wrong(
                "share_of_pupils",
                N_("The school matters for 25 % of the pupils."),
                N_("An ICC of 25 % is a statement about 25 % of the pupils."),
            ),
            Wrong(
                "share_of_schools",
                N_("25 % of the schools have an average that differs clearly from the others."),
                N_("An ICC of 25 % is a statement about 25 % of the schools."),
            ),
            Wrong(
                "with_the_mean",
                N_(
                    "Over all pupils, a pupil's score and the true average of the pupil's school correlate .25."
                ),
                N_("The ICC is the correlation of a unit with its group."),
            ),
        ),
        because=N_(
            "The share of variance that lies between schools is also the correlation of two pupils of one school. With the school's true "
            "average a pupil's score correlates √.25 = .50."
        ),
    ),
    Item(
        id="M12",
        lesson="04",
        title=N_("A small intraclass correlation in large groups"),
        stem=N_(
            "Whole schools are drawn by lot to use a new programme; each school has 100 pupils, and the intraclass correlation is .02. "
            "How does the variance of the estimated effect compare with that in a study of the same number of unrelated pupils?"
        ),
        right=N_("It is about three times as large."),
        wrong=(
            Wrong(
                "ignore",
                N_("It is the same for all practical purposes, since correlations below .05 may be ignored."),
                N_("With a small ICC clustering can be ignored."),
            ),
            Wrong(
                "two_percent",
                N_("It is about 2 % larger."),
                N_("The ICC itself is the share by which the variance grows."),
            ),
            Wrong(
                "one_per_school",
                N_("It is about 100 times as large, since each school then counts as one pupil."),
                N_("With whole groups assigned, a group always counts as a single observation."),
            ),
        ),
        because=N_("The design effect is 1 + (100 − 1)·.02 = 2.98."),
    ),
    Item(
        id="M13",
        lesson="04",
        title=N_("When groups have to be in the analysis"),
        stem=N_(
            "Study 1: does class size, which is the same for all pupils of a school, matter? 200 pupils in each school; intraclass "
            "correlation .02. Study 2: does tutoring help, equally in every school? In each school half of the pupils are drawn by lot for it; intraclass "
            "correlation .30. Both use ordinary regression without the schools. In which study is the standard error of the effect too small?"
        ),
        right=N_("In study 1 only."),
        wrong=(
            Wrong(
                "threshold",
                N_("In study 2 only."),
                N_("An ICC above .05 is the test for needing a multilevel model."),
            ),
            Wrong(
                "both",
                N_("In both studies."),
                N_("Wherever rows are clustered, the standard error is too small."),
            ),
            Wrong(
                "neither",
                N_("In neither study."),
                N_("With many rows, or with random assignment, clustering does no harm."),
            ),
        ),
        because=N_(
            "A predictor of schools has the design effect 1 + 199·.02 = 4.98, so its standard error is 2.2 times too small. Tutoring is "
            "compared within schools, where ignoring them makes the standard error too large. The question and the design decide, not the ICC."
        ),
    ),
    Item(
        id="M16",
        lesson="04",
        title=N_("A share explained that is below zero"),
        stem=N_(
            "Before a predictor of pupils is added, the variance between schools is estimated as 4.0, afterwards as 4.6. The report says that "
            "at the school level −15 % of the variance is explained. What do you make of that?"
        ),
        right=N_("It happens: these are two estimates, and nothing forces the second to be the smaller."),
        wrong=(
            Wrong(
                "impossible",
                N_("There is a mistake in the computation: a share of variance lies between 0 and 100 %."),
                N_("A pseudo-R² of level 2 cannot be negative."),
            ),
            Wrong(
                "harmful",
                N_("The predictor makes the prediction of scores worse and has to be taken out."),
                N_("A negative share means that the predictor harms the model."),
            ),
            Wrong(
                "not_converged",
                N_("The second fit has not converged."),
                N_("A variance that rises when a predictor comes in is a numerical failure."),
            ),
        ),
        because=N_(
            "The measure borrows the name of R² and not its construction. A predictor of pupils can show differences between schools that "
            "were hidden before."
        ),
    ),
)
