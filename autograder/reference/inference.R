# Intervals, degrees of freedom, tests and hat values of the course's models from lme4 and lmerTest, written to inference.json.
#
#   Rscript autograder/reference/inference.R [DATA FOLDER] [OUTPUT]     (Debian: apt install r-cran-lmertest r-cran-jsonlite)
#
# profile:        confint(method = "profile"), which is of the likelihood (ML) also for a REML fit
# satterthwaite:  lmerTest's coefficient table (REML)
# anova:          −2 log-likelihood or REML criterion of two nested fits, their difference and its chi-squared tail
# hat:            the trace of the hat matrix, sum(hatvalues(fit)) (REML)
# conditional_aic: −2 log f(y | b̂) + 2(trace + 1) of a fit by ML
# shares:         variances of Nakagawa & Schielzeth (2013) and Johnson (2014), by their formulas from VarCorr
# The optimiser's tolerances are tightened, so that what is compared is the method and not where a search stopped.

suppressMessages({
  library(lme4)
  library(lmerTest)
  library(jsonlite)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) >= 1) arguments[1] else "hlm_teach/data"
output <- if (length(arguments) >= 2) arguments[2] else "autograder/reference/inference.json"

read <- function(name) {
  path <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(path)) path <- paste0(path, ".gz")
  data <- read.csv(path, stringsAsFactors = FALSE)
  if ("Sex" %in% names(data)) data$Sex <- factor(data$Sex, c("Male", "Female"))
  if ("sector" %in% names(data)) data$sector <- factor(data$sector, c("Public", "Catholic"))
  data
}

tight <- lmerControl(
  optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9), calc.derivs = TRUE, check.conv.singular = "ignore",
  check.conv.grad = .makeCC("ignore", tol = 1e-3)
)
fit <- function(set, formula, reml = TRUE) {
  suppressMessages(lmerTest::lmer(as.formula(formula), read(set), REML = reml, control = tight))
}
digits <- function(x, k = 15) as.numeric(signif(x, k))

profiles <- list(
  dyestuff = "Yield ~ 1 + (1 | Batch)",
  dyestuff2 = "Yield ~ 1 + (1 | Batch)",
  sleepstudy = "Reaction ~ Days + (Days | Subject)",
  radon = "log_radon ~ floor + log_uranium + (1 | county)",
  orthodont = "distance ~ age * Sex + (1 | Subject)",
  penicillin = "diameter ~ 1 + (1 | plate) + (1 | sample)"
)
profile_of <- function(set) {
  model <- lme4::lmer(as.formula(profiles[[set]]), read(set), REML = FALSE, control = tight)
  curve <- suppressWarnings(profile(model, signames = FALSE, devtol = 1e-7))
  limits <- suppressWarnings(confint(curve, level = 0.95))
  list(dataset = set, formula = profiles[[set]], names = I(rownames(limits)), lower = I(digits(limits[, 1])), upper = I(digits(limits[, 2])))
}

tested <- list(
  sleepstudy = c("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
  hsb_context = c("hsb", "math ~ ses + mean_ses + (1 | school)"),
  hsb_cross = c("hsb", "math ~ mean_ses * cses + sector * cses + (cses | school)"),
  radon_u = c("radon", "log_radon ~ floor + log_uranium + (1 | county)"),
  orthodont_sex = c("orthodont", "distance ~ age * Sex + (age | Subject)"),
  schools10 = c("schools10", "math ~ homework + (homework | school)")
)
crossed <- list(
  politeness = c("politeness", "frequency ~ attitude + gender + (1 | subject) + (1 | scenario)"),
  penicillin = c("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)")
)
satterthwaite_of <- function(name) {
  model <- c(tested, crossed)[[name]]
  table <- coef(summary(fit(model[1], model[2])))
  list(
    dataset = model[1], formula = model[2], names = I(rownames(table)),
    df = I(digits(table[, "df"])), t = I(digits(table[, "t value"])), p = I(digits(table[, "Pr(>|t|)"]))
  )
}

pairs <- list(
  sleepstudy_slope = list("sleepstudy", "Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (Days | Subject)", TRUE),
  sleepstudy_slope_ml = list("sleepstudy", "Reaction ~ Days + (1 | Subject)", "Reaction ~ Days + (Days | Subject)", FALSE),
  sleepstudy_fixed = list("sleepstudy", "Reaction ~ 1 + (1 | Subject)", "Reaction ~ Days + (1 | Subject)", FALSE),
  politeness = list("politeness", "frequency ~ gender + (1 | subject) + (1 | scenario)", "frequency ~ attitude + gender + (1 | subject) + (1 | scenario)", FALSE)
)
anova_of <- function(name) {
  pair <- pairs[[name]]
  value <- function(formula) {
    model <- fit(pair[[1]], formula, pair[[4]])
    list(if (pair[[4]]) REMLcrit(model) else -2 * as.numeric(logLik(model)), attr(logLik(model), "df"))
  }
  small <- value(pair[[2]])
  large <- value(pair[[3]])
  statistic <- small[[1]] - large[[1]]
  df <- large[[2]] - small[[2]]
  list(
    dataset = pair[[1]], small = pair[[2]], large = pair[[3]], method = if (pair[[4]]) "REML" else "ML",
    statistic = digits(statistic), df = df, p_naive = digits(pchisq(statistic, df, lower.tail = FALSE))
  )
}

shares_of <- function(name) {
  model <- fit(tested[[name]][1], tested[[name]][2])
  fixed <- var(as.vector(getME(model, "X") %*% fixef(model)))
  Z <- model.matrix(as.formula(paste("~", sub("\\|.*", "", sub(".*\\(", "", tested[[name]][2])))), model.frame(model))
  S <- VarCorr(model)[[1]]
  varying <- mean(rowSums((Z %*% S) * Z))
  total <- fixed + varying + sigma(model)^2
  list(
    dataset = tested[[name]][1], formula = tested[[name]][2],
    marginal = digits(fixed / total), conditional = digits((fixed + varying) / total), hat = digits(sum(hatvalues(model)))
  )
}

conditional_aic_of <- function(name) {
  set <- c(tested, crossed)[[name]]
  model <- fit(set[1], set[2], reml = FALSE)
  y <- getME(model, "y")
  digits(-2 * sum(dnorm(y, fitted(model), sigma(model), log = TRUE)) + 2 * (sum(hatvalues(model)) + 1))
}

each <- function(names, f) setNames(lapply(names, function(name) { message(name); f(name) }), names)
meta <- list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), lmerTest = as.character(packageVersion("lmerTest")),
  script = "autograder/reference/inference.R"
)
write_json(
  list(
    meta = meta, profile = each(names(profiles), profile_of), satterthwaite = each(names(c(tested, crossed)), satterthwaite_of),
    anova = each(names(pairs), anova_of), shares = each(names(tested), shares_of),
    conditional_aic = each(names(c(tested, crossed)), conditional_aic_of)
  ),
  output, digits = NA, auto_unbox = TRUE, pretty = 1
)
