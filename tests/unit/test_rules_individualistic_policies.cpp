// M4 as plain functions: numbers worked out by hand, and directions.
#include <cmath>

#include <catch2/catch.hpp>

#include "model/individualistic_policies.hpp"

using namespace reformsim;

namespace {
Approx about(double value) { return Approx(value).margin(1e-5).epsilon(1e-4); }
}  // namespace

TEST_CASE("individualistic policies: stakes are pay and the post itself, and never above 1") {
  CHECK(individual_stakes(0, 0, 5) == 0);
  CHECK(individual_stakes(1, 0, 5) == 1);
  CHECK(individual_stakes(0, 0.05f, 5) == about(0.25));
  CHECK(individual_stakes(0.5f, 0.05f, 5) == about(0.75));
  CHECK(individual_stakes(0.9f, 0.2f, 5) == 1);
  CHECK(individual_stakes(0.3f, 0.2f, 0) == about(0.3));  // dismissal may frighten nobody

  CHECK(incentive(0, 0) == 0);
  CHECK(incentive(1, 1) == 1);
  CHECK(incentive(0.2f, 0) == about(0.1));
  CHECK(incentive(0.2f, 0.5f) == about(0.35));
}

TEST_CASE("individualistic policies: appraisal sharpens what leaders see without it") {
  CHECK(appraisal_accuracy(0.7f, 0.5f, 1) == about(0.7));
  CHECK(appraisal_accuracy(0.7f, 0.5f, 0) == about(0.35));
  CHECK(appraisal_accuracy(0.7f, 0.5f, 0.2f) == about(0.42));
  CHECK(appraisal_accuracy(0.7f, 1, 0) == about(0.7));
  CHECK(appraisal_accuracy(0, 0.5f, 1) == 0);  // drawing lots
}

TEST_CASE("individualistic policies: the mean of the lower tail of a normal distribution") {
  // Density at the quantile over the share: tables of the selection differential.
  CHECK(dismissed_below(0.5f) == about(0.79788));
  CHECK(dismissed_below(0.05f) == about(2.06271));
  CHECK(dismissed_below(0.10f) == about(1.75498));
  CHECK(dismissed_below(0.20f) == about(1.39981));
  CHECK(dismissed_below(0.01f) == about(2.66521));
  // Of nobody it is taken as of one in a thousand, so that it stays finite.
  CHECK(dismissed_below(0) == dismissed_below(0.001f));
  CHECK(dismissed_below(0) < 4);
  // All of them lie at the mean.
  CHECK(dismissed_below(1) < 0.01f);
  for (float share = 0.02f; share < 0.98f; share += 0.03f)
    CHECK(dismissed_below(share) > dismissed_below(share + 0.01f));
}
