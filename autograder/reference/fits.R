# Refit the course's models with lme4, to the last digit it can give, and write fits.json.
#
#   Rscript autograder/reference/fits.R [DATA FOLDER] [OUTPUT] [ONLY]  (Debian: apt install r-cran-lme4 r-cran-jsonlite r-cran-minqa)
#
# ONLY is a regular expression: models whose name it does not match are kept as OUTPUT has them.
#
# lmer's default optimiser stops at a relative tolerance of about 1e-6, and sometimes on a false boundary. So lme4's own
# deviance function is minimised again here, from several starts (its default, its solution, small, large, and correlated
# ones), by BOBYQA and nlminb in turn until nothing moves; the best of all is kept. Criterion and estimates then come
# from lme4 at that theta (updateTheta through mkMerMod).
# "default" is what a user of lmer gets; "tight" is the optimum that our own engine is compared with.

suppressMessages({
  library(lme4)
  library(jsonlite)
  library(minqa)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) >= 1) arguments[1] else "hlm_teach/data"
output <- if (length(arguments) >= 2) arguments[2] else "autograder/reference/fits.json"
only <- if (length(arguments) >= 3) arguments[3] else "."

read <- function(name) {
  path <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(path)) path <- paste0(path, ".gz")
  data <- read.csv(path, stringsAsFactors = FALSE)
  for (group in intersect(c("Subject", "school", "county", "Batch", "sample", "primary", "second", "child", "scenario"), names(data))) {
    data[[group]] <- factor(as.character(data[[group]]))
  }
  if ("sector" %in% names(data)) data$sector <- factor(data$sector, c("Public", "Catholic"))
  if ("sex" %in% names(data)) data$sex <- factor(data$sex, c("M", "F"))
  if ("Sex" %in% names(data)) data$Sex <- factor(data$Sex, c("Male", "Female"))
  data
}

models <- list(
  dyestuff = c("dyestuff", "Yield ~ 1 + (1 | Batch)"),
  dyestuff2 = c("dyestuff2", "Yield ~ 1 + (1 | Batch)"),
  sleepstudy_ri = c("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
  sleepstudy_rs = c("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
  sleepstudy_rs_middle = c("sleepstudy", "Reaction ~ I(Days - 4.5) + (I(Days - 4.5) | Subject)"),
  sleepstudy_rs_uncorr = c("sleepstudy", "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)"),
  sleepstudy_slope_only = c("sleepstudy", "Reaction ~ Days + (0 + Days | Subject)"),
  sleepstudy_quadratic = c("sleepstudy", "Reaction ~ Days + I(Days^2) + (Days + I(Days^2) | Subject)"),
  oxboys_ri = c("oxboys", "height ~ age + (1 | Subject)"),
  oxboys_rs = c("oxboys", "height ~ age + (age | Subject)"),
  oxboys_quadratic = c("oxboys", "height ~ age + I(age^2) + (age + I(age^2) | Subject)"),
  orthodont_rs = c("orthodont", "distance ~ age + (age | Subject)"),
  orthodont_sex = c("orthodont", "distance ~ age * Sex + (age | Subject)"),
  bounce_rs = c("bounce", "bounce ~ age + (age | county)"),
  schools10_null = c("schools10", "math ~ 1 + (1 | school)"),
  schools10_ri = c("schools10", "math ~ homework + (1 | school)"),
  schools10_rs = c("schools10", "math ~ homework + (homework | school)"),
  hsb_null = c("hsb", "math ~ 1 + (1 | school)"),
  hsb_ses = c("hsb", "math ~ ses + (1 | school)"),
  hsb_context = c("hsb", "math ~ ses + mean_ses + (1 | school)"),
  hsb_cross = c("hsb", "math ~ mean_ses * cses + sector * cses + (cses | school)"),
  hsb_cells = c("hsb", "math ~ 0 + sector + cses + (0 + cses | school)"),
  radon_null = c("radon", "log_radon ~ 1 + (1 | county)"),
  radon_floor = c("radon", "log_radon ~ floor + (1 | county)"),
  radon_floor_u = c("radon", "log_radon ~ floor + log_uranium + (1 | county)"),
  radon_slope = c("radon", "log_radon ~ floor + (floor | county)"),
  radon_slope_u = c("radon", "log_radon ~ floor + log_uranium + (floor | county)"),
  radon_slope_xu = c("radon", "log_radon ~ floor * log_uranium + (floor | county)"),
  # several factors: crossed, nested, slopes over two
  penicillin = c("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)"),
  pastes = c("pastes", "strength ~ 1 + (1 | batch/cask)"),
  pastes_crossed = c("pastes", "strength ~ 1 + (1 | batch) + (1 | cask)"),
  scotssec = c("scotssec", "attain ~ verbal + (1 | primary) + (1 | second)"),
  scotssec_slopes = c("scotssec", "attain ~ verbal + sex + (verbal | primary) + (1 | second)"),
  politeness = c("politeness", "frequency ~ attitude + gender + (1 | subject) + (1 | scenario)"),
  politeness_slopes = c("politeness", "frequency ~ attitude + gender + (attitude | subject) + (attitude | scenario)"),
  sleepstudy_days = c("sleepstudy", "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject) + (1 | Days)"),
  egsingle = c("egsingle", "math ~ year + (1 | school/child)"),
  egsingle_slopes = c("egsingle", "math ~ year + lowinc + (year | school/child)"),
  # prior weights (the third entry)
  sleepstudy_weighted = c("sleepstudy", "Reaction ~ Days + (Days | Subject)", "Days + 1"),
  scotssec_weighted = c("scotssec", "attain ~ verbal + (1 | primary) + (1 | second)", "social + 1")
)

polish <- function(devfun, start, lower) {
  par <- start
  value <- devfun(par)
  for (turn in 1:12) {
    before <- value
    a <- tryCatch(
      bobyqa(par, devfun, lower = lower, control = list(rhobeg = if (turn == 1) 0.2 else 1e-3, rhoend = 1e-11, maxfun = 20000)),
      error = function(e) NULL
    )
    if (!is.null(a) && a$fval <= value) { par <- a$par; value <- a$fval }
    b <- nlminb(par, devfun, lower = lower, control = list(abs.tol = 0, rel.tol = 1e-15, x.tol = 1e-13, iter.max = 2000, eval.max = 4000))
    if (b$objective <= value) { par <- b$par; value <- b$objective }
    if (turn > 2 && before - value < 1e-12) break
  }
  list(par = par, value = value)
}

starts <- function(fit, lower) {
  theta <- getME(fit, "theta")
  diagonal <- lower == 0
  make <- function(d, o) ifelse(diagonal, d, o)
  unique(list(unname(theta), make(1, 0), make(0.1, 0), make(5, 0), make(0.3, 0.3), make(0.3, -0.3), make(1, 2), make(1, -2)))
}

digits <- function(x, k = 17) as.numeric(signif(x, k))

one <- function(name, set, formula, weights, reml) {
  data <- read(set)
  data$prior <- if (is.na(weights)) 1 else eval(parse(text = weights), data)
  default <- suppressMessages(suppressWarnings(lmer(as.formula(formula), data, REML = reml, weights = prior)))
  parts <- lFormula(as.formula(formula), data, REML = reml, weights = prior)
  devfun <- do.call(mkLmerDevfun, parts)
  lower <- environment(devfun)$lower
  tries <- lapply(starts(default, lower), function(s) polish(devfun, s, lower))
  best <- tries[[which.min(sapply(tries, `[[`, "value"))]]
  devfun(best$par)
  fit <- mkMerMod(environment(devfun), list(par = best$par, fval = best$value, conv = 0, message = ""), parts$reTrms, parts$fr)
  spread <- as.data.frame(VarCorr(fit))
  blups <- ranef(fit, condVar = TRUE)
  groups <- lapply(names(blups), function(factor) {
    table <- blups[[factor]]
    post <- attr(table, "postVar")
    result <- list(levels = rownames(table), terms = I(names(table)), values = lapply(unname(as.list(table)), digits, 8))
    if (is.array(post) && dim(post)[1] == ncol(table)) {
      result$cond_sd <- lapply(seq_len(ncol(table)), function(k) digits(sqrt(post[k, k, ]), 8))
    }
    result
  })
  names(groups) <- names(blups)
  list(
    dataset = set, formula = formula, weights = weights, method = if (reml) "REML" else "ML",
    default = list(
      criterion = digits(if (reml) REMLcrit(default) else -2 * as.numeric(logLik(default))), theta = I(digits(unname(getME(default, "theta"))))
    ),
    tight = list(
      criterion = digits(if (reml) REMLcrit(fit) else -2 * as.numeric(logLik(fit, REML = FALSE))),
      theta = I(digits(unname(getME(fit, "theta")))), theta_names = I(names(getME(fit, "theta"))), sigma = digits(sigma(fit)),
      fixef = as.list(fixef(fit)), se = I(digits(unname(sqrt(diag(as.matrix(vcov(fit))))))),
      vcov = I(digits(unname(as.vector(as.matrix(vcov(fit)))))),
      sd = I(digits(spread$sdcor[is.na(spread$var2) & spread$grp != "Residual"])),
      corr = I(digits(spread$sdcor[!is.na(spread$var2)])),
      aic = digits(AIC(fit)), bic = digits(BIC(fit)), boundary = isSingular(fit, tol = 1e-5),
      n_obs = nobs(fit), n_groups = as.list(sapply(getME(fit, "flist"), nlevels)), blups = groups
    )
  )
}

fits <- if (only == ".") list() else read_json(output)$fits
for (name in grep(only, names(models), value = TRUE)) {
  for (reml in c(TRUE, FALSE)) {
    key <- paste0(name, "/", if (reml) "REML" else "ML")
    message(key)
    fits[[key]] <- one(name, models[[name]][1], models[[name]][2], models[[name]][3], reml)
  }
}
meta <- list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), script = "autograder/reference/fits.R",
  note = "default: lmer() as a user calls it; tight: the best of several starts, polished. theta is good to about 1e-6 relative."
)
write_json(list(meta = meta, fits = fits), output, digits = NA, auto_unbox = TRUE)
