# Export one data set of an installed R package as CSV to standard output, without any change.
#
#   Rscript export.R PACKAGE SET
#
# Numbers are written with 17 significant digits, so that every double survives the journey.
# All renaming and reordering is done afterwards, in build.py.
# Debian has the packages as r-cran-lme4, -nlme, -mlmrev, -pscl, -rstanarm and -learnbayes.

arguments <- commandArgs(trailingOnly = TRUE)
package <- arguments[1]
set <- arguments[2]
if (!nzchar(system.file(package = package))) {
  stop("the R package ", package, " is not installed (Debian: apt install r-cran-", tolower(package), ")")
}
data(list = set, package = package)

exact <- function(column) {
  if (is.numeric(column)) sprintf("%.17g", column) else as.character(column)
}
write.csv(as.data.frame(lapply(as.data.frame(get(set)), exact)), row.names = FALSE)
