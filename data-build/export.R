# Export one data set of an installed R package as CSV to standard output, without any change.
#
#   Rscript export.R PACKAGE SET [WHERE]
#
# WHERE is the data file that holds the set, if it has another name, or the path of an .rda file inside the package.
# SET may be a part of a list: mrp_sim$sample.
# Numbers are written with 17 significant digits, so that every double survives the journey.
# All renaming and reordering is done afterwards, in build.py.
# Debian has the packages as r-cran-lme4, -nlme, -mlmrev, -pscl, -rstanarm, -survey and -learnbayes.

arguments <- commandArgs(trailingOnly = TRUE)
package <- arguments[1]
set <- strsplit(arguments[2], "$", fixed = TRUE)[[1]]
where <- if (length(arguments) > 2) arguments[3] else set[1]
if (!nzchar(system.file(package = package))) {
  stop("the R package ", package, " is not installed (Debian: apt install r-cran-", tolower(package), ")")
}
if (endsWith(where, ".rda")) {
  load(system.file(where, package = package, mustWork = TRUE))
} else {
  data(list = where, package = package)
}
table <- Reduce(`[[`, set[-1], get(set[1]))

exact <- function(column) {
  if (is.numeric(column)) sprintf("%.17g", column) else as.character(column)
}
write.csv(as.data.frame(lapply(as.data.frame(table), exact)), row.names = FALSE)
