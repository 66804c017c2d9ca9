# Poststratify lme4's fits and rake with the package survey, and write mrp.json, which the tests compare with our own.
#
#   Rscript autograder/reference/mrp.R [DATA FOLDER] [OUTPUT]      (Debian: apt install r-cran-lme4 r-cran-survey r-cran-jsonlite)
#
# The estimates are plug-in ones: the prediction at glmer's estimates, averaged over the cells. glmer's optimiser is set
# tighter than its default, which stops at about 1e-5 of the deviance.

suppressMessages({
  library(lme4)
  library(survey)
  library(jsonlite)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) >= 1) arguments[1] else "hlm_teach/data"
output <- if (length(arguments) >= 2) arguments[2] else "autograder/reference/mrp.json"

read <- function(name) {
  path <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(path)) path <- paste0(path, ".gz")
  read.csv(path, stringsAsFactors = FALSE)
}
tight <- glmerControl(optimizer = "bobyqa", tolPwrss = 1e-12, optCtrl = list(rhoend = 1e-10, maxfun = 20000))

poststratified <- function(formula, poll, cells, unit) {
  fit <- glmer(formula, poll, binomial, weights = n, control = tight)
  p <- predict(fit, cells, type = "response", allow.new.levels = FALSE)
  estimate <- tapply(p * cells$N, cells[[unit]], sum) / tapply(cells$N, cells[[unit]], sum)
  list(formula = deparse1(formula), units = names(estimate), estimate = unname(estimate), criterion = as.numeric(-2 * logLik(fit)))
}

# provinces31: a poll in cells
ages <- c("18-29", "30-44", "45-59", "60+")
prepared <- function(d) transform(d, gender = factor(gender, c("woman", "man")), age = factor(age, ages))
provinces <- poststratified(
  support ~ gender * gdp + (1 | province) + (1 | age),
  prepared(read("provinces31_poll")), prepared(read("provinces31")), "province"
)

# mrp_sim: weights for four margins
poll <- read("mrp_sim_poll")
cells <- read("mrp_sim_cells")
design <- svydesign(ids = ~1, data = poll, weights = rep(1, nrow(poll)))
traits <- c("male", "eth", "age", "income")
margins <- lapply(traits, function(trait) {
  total <- aggregate(list(Freq = cells$N), cells[trait], sum)
  total
})
formulas <- lapply(traits, function(trait) reformulate(trait))
raked <- rake(design, formulas, margins, control = list(maxit = 500, epsilon = 1e-7, verbose = FALSE))
w <- weights(raked)
states <- tapply(w * poll$cat_pref, poll$state, sum) / tapply(w, poll$state, sum)
weighting <- list(
  mean = sum(w * poll$cat_pref) / sum(w), largest = max(w), smallest = min(w),
  design_effect = length(w) * sum(w^2) / sum(w)^2, states = names(states), by_state = unname(states)
)

versions <- list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")), survey = as.character(packageVersion("survey")))
write(toJSON(list(versions = versions, provinces31 = provinces, mrp_sim = weighting), auto_unbox = TRUE, digits = I(15), pretty = TRUE), output)
