# Refit multilevel logit models with lme4, to the last digit it can give, and write glmm.json.
#
#   Rscript autograder/reference/glmm.R [DATA FOLDER] [OUTPUT]        (Debian: apt install r-cran-lme4 r-cran-jsonlite r-cran-minqa)
#
# glmer's inner iterations stop at a relative tolerance of 1e-7, and its default optimiser at about 1e-5 of the deviance. So
# lme4's own deviance function, with the tolerance at 1e-13, is minimised again here over (theta, beta), from glmer's
# solution and others, by BOBYQA and nlminb in turn until nothing moves. The standard errors come from central differences
# of that function (Richardson's extrapolation), as glmer's own come from cruder ones.
# "default" is what a user of glmer gets; "tight" is the optimum that our own engine is compared with.

suppressMessages({
  library(lme4)
  library(jsonlite)
  library(minqa)
})

arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) >= 1) arguments[1] else "hlm_teach/data"
output <- if (length(arguments) >= 2) arguments[2] else "autograder/reference/glmm.json"

read <- function(name) {
  path <- file.path(folder, paste0(name, ".csv"))
  if (!file.exists(path)) path <- paste0(path, ".gz")
  read.csv(path, stringsAsFactors = FALSE)
}
prepare <- list(
  contraception = function(d) transform(d, uses = as.integer(use == "Y"), district = factor(as.character(district))),
  rat_tumors = function(d) transform(d, share = tumors / rats, group = factor(group)),
  scotssec = function(d) transform(d, high = as.integer(attain > 5), sex = factor(sex, c("M", "F")), primary = factor(as.character(primary)), second = factor(as.character(second))),
  radon = function(d) transform(d, above = as.integer(log_radon > 1.4), county = factor(county)),
  schools10 = function(d) transform(d, pass = as.integer(math > 50), school = factor(as.character(school)))
)

# name: data, formula, nodes, weights
models <- list(
  contraception_null = list("contraception", "uses ~ 1 + (1 | district)", 1, NULL),
  contraception_null_9 = list("contraception", "uses ~ 1 + (1 | district)", 9, NULL),
  contraception_null_25 = list("contraception", "uses ~ 1 + (1 | district)", 25, NULL),
  contraception_age = list("contraception", "uses ~ age + I(age^2) + urban + livch + (1 | district)", 1, NULL),
  contraception_age_9 = list("contraception", "uses ~ age + I(age^2) + urban + livch + (1 | district)", 9, NULL),
  contraception_slope = list("contraception", "uses ~ age + urban + livch + (1 + urban | district)", 1, NULL),
  contraception_age_slope = list("contraception", "uses ~ age + urban + (1 + age | district)", 1, NULL),
  contraception_uncorr = list("contraception", "uses ~ age + urban + (1 | district) + (0 + age | district)", 1, NULL),
  contraception_slope_only = list("contraception", "uses ~ age + urban + (0 + age | district)", 1, NULL),
  contraception_slope_only_25 = list("contraception", "uses ~ age + urban + (0 + age | district)", 25, NULL),
  contraception_nested = list("contraception", "uses ~ age + urban + (1 | district) + (1 | district:urban)", 1, NULL),
  rat_tumors = list("rat_tumors", "share ~ 1 + (1 | group)", 1, "rats"),
  rat_tumors_25 = list("rat_tumors", "share ~ 1 + (1 | group)", 25, "rats"),
  scotssec_second = list("scotssec", "high ~ verbal + sex + (1 | second)", 1, NULL),
  scotssec_crossed = list("scotssec", "high ~ verbal + social + sex + (1 | primary) + (1 | second)", 1, NULL),
  scotssec_crossed_slope = list("scotssec", "high ~ verbal + sex + (1 | primary) + (1 + verbal | second)", 1, NULL),
  radon_floor = list("radon", "above ~ floor + log_uranium + (1 | county)", 1, NULL),
  radon_slope = list("radon", "above ~ floor + log_uranium + (1 + floor | county)", 1, NULL),
  schools10 = list("schools10", "pass ~ homework + (1 | school)", 1, NULL)
)

polish <- function(devfun, start, lower) {
  par <- start
  value <- devfun(par)
  for (turn in 1:8) {
    before <- value
    a <- tryCatch(
      bobyqa(par, devfun, lower = lower, control = list(rhobeg = if (turn == 1) 0.02 else 1e-3, rhoend = 1e-9, maxfun = 5000)),
      error = function(e) NULL
    )
    if (!is.null(a) && a$fval <= value) { par <- a$par; value <- a$fval }
    b <- nlminb(par, devfun, lower = lower, control = list(abs.tol = 0, rel.tol = 1e-15, x.tol = 1e-12, iter.max = 500, eval.max = 1000))
    if (b$objective <= value) { par <- b$par; value <- b$objective }
    if (turn > 1 && before - value < 1e-10) break
  }
  list(par = par, value = value)
}

hessian <- function(devfun, par, size) {
  at <- function(h) {
    k <- length(par)
    H <- matrix(0, k, k)
    for (i in 1:k) for (j in 1:i) {
      e <- replace(numeric(k), i, h[i]); f <- replace(numeric(k), j, h[j])
      H[i, j] <- H[j, i] <- (devfun(par + e + f) - devfun(par + e - f) - devfun(par - e + f) + devfun(par - e - f)) / (4 * h[i] * h[j])
    }
    H
  }
  (4 * at(size / 2) - at(size)) / 3
}

digits <- function(x, k = 17) as.numeric(signif(x, k))

one <- function(set, formula, nodes, weights) {
  data <- prepare[[set]](read(set))
  data$.m <- if (is.null(weights)) rep(1, nrow(data)) else data[[weights]]
  f <- as.formula(formula)
  default <- suppressMessages(suppressWarnings(glmer(f, data, binomial, weights = .m, nAGQ = nodes)))
  control <- glmerControl(tolPwrss = 1e-13)
  parts <- glFormula(f, data, binomial, weights = .m, control = control)
  devfun <- do.call(mkGlmerDevfun, c(parts, list(control = control)))
  lower0 <- environment(devfun)$lower
  theta <- getME(default, "theta")
  devfun(theta)
  devfun <- updateGlmerDevfun(devfun, parts$reTrms, nAGQ = nodes)
  beta <- fixef(default)
  lower <- c(lower0, rep(-Inf, length(beta)))
  starts <- list(c(theta, beta), c(ifelse(lower0 == 0, pmax(theta, 0.3), theta / 2), beta))
  tries <- lapply(starts, function(s) polish(devfun, unname(s), lower))
  best <- tries[[which.min(sapply(tries, `[[`, "value"))]]
  inside <- c(best$par[seq_along(lower0)] > 1e-6 | lower0 < 0, rep(TRUE, length(beta)))
  partial <- function(x) devfun(replace(best$par, inside, x))
  spread <- best$par[seq_along(lower0)]
  size <- c(ifelse(abs(spread) < 0.05, 0.1 * abs(spread), 0.02), rep(NA, length(beta)))[inside] # a slope's SD may be small
  size[sum(inside[seq_along(lower0)]) + seq_along(beta)] <- 0.1 * sqrt(diag(as.matrix(vcov(default, use.hessian = FALSE))))
  H <- hessian(partial, best$par[inside], size)
  vcov <- 2 * solve(H)
  at <- sum(inside[seq_along(lower0)]) + seq_along(beta)
  value <- devfun(best$par)
  fit <- mkMerMod(environment(devfun), list(par = best$par, fval = best$value, conv = 0, message = ""), parts$reTrms, parts$fr)
  blups <- ranef(fit, condVar = TRUE)
  groups <- lapply(names(blups), function(factor) {
    table <- blups[[factor]]
    post <- attr(table, "postVar")
    result <- list(levels = rownames(table), terms = I(names(table)), values = lapply(unname(as.list(table)), digits, 12))
    if (is.array(post) && dim(post)[1] == ncol(table)) result$cond_sd <- lapply(seq_len(ncol(table)), function(k) digits(sqrt(post[k, k, ]), 12))
    result
  })
  names(groups) <- names(blups)
  spread <- as.data.frame(VarCorr(fit))
  list(
    dataset = set, formula = formula, nodes = nodes, weights = weights,
    default = list(criterion = digits(-2 * as.numeric(logLik(default))), se = I(digits(unname(sqrt(diag(as.matrix(vcov(default)))))))),
    tight = list(
      criterion = digits(-2 * as.numeric(logLik(fit))), fixef = as.list(fixef(fit)), se = I(digits(sqrt(diag(vcov))[at])),
      sd = data.frame(factor = sub("[.]1$", "", spread$grp), name = spread$var1, sd = digits(spread$sdcor))[is.na(spread$var2), ],
      corr = I(digits(spread$sdcor[!is.na(spread$var2)])),
      boundary = isSingular(fit, tol = 1e-5), n_obs = nobs(fit), n_groups = as.list(sapply(getME(fit, "flist"), nlevels)), blups = groups
    )
  )
}

fits <- lapply(names(models), function(name) { message(name); do.call(one, unname(models[[name]])) })
names(fits) <- names(models)
meta <- list(
  R = R.version.string, lme4 = as.character(packageVersion("lme4")), script = "autograder/reference/glmm.R",
  note = "default: glmer() as a user calls it; tight: the best of two starts, polished. With nodes > 1 lme4 leaves the binomial constants out."
)
write_json(list(meta = meta, fits = fits), output, digits = NA, auto_unbox = TRUE, null = "null")
