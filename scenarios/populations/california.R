# Makes california_schools.csv again from Debian's package r-cran-survey (4.1-1-1 in Debian 12):
#
#   apt-get install r-base-core r-cran-survey
#   Rscript scenarios/populations/california.R scenarios/populations/california_schools.csv
#
# No network is used. The first seven digits of a school's CDS code are its county and district; the package's own
# district number joins some districts that the state keeps apart (757 instead of 766).
library(survey, quietly = TRUE, warn.conflicts = FALSE)
data(api)

number <- function(x) ifelse(is.na(x), "", format(x, trim = TRUE, scientific = FALSE))
label <- function(x) {
  x <- trimws(as.character(x))
  ifelse(grepl("[\",]", x), paste0('"', gsub('"', '""', x), '"'), x)
}
yes_no <- function(x) ifelse(is.na(x), "", ifelse(x == "Yes", "1", "0"))

schools <- data.frame(
  school_id = apipop$cds,
  school = label(apipop$sname),
  district_id = substr(apipop$cds, 1, 7),
  district = label(apipop$dname),
  county = label(apipop$cname),
  phase = c(E = "primary", M = "middle", H = "high")[as.character(apipop$stype)],
  enrolment = number(apipop$enroll),
  tested = number(apipop$api.stu),
  meals_percent = number(apipop$meals),
  english_learner_percent = number(apipop$ell),
  emergency_teachers_percent = number(apipop$emer),
  api1999 = number(apipop$api99),
  api2000 = number(apipop$api00),
  growth_target = number(apipop$target),
  met_both_targets = yes_no(apipop$both)
)
# Codes are digits of one length, so this order is the same in every locale.
schools <- schools[order(schools$school_id, method = "radix"), ]

out <- file(commandArgs(TRUE)[1], "wb")  # binary: LF on every system
writeLines(paste(names(schools), collapse = ","), out)
writeLines(do.call(paste, c(unname(as.list(schools)), sep = ",")), out)
close(out)
