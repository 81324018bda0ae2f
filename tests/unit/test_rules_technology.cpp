// M5 as plain functions: numbers worked out by hand, and directions.
#include <catch2/catch.hpp>

#include "model/technology.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("technology: pedagogy is half the mastery of what fits and half judgement") {
  float mastery[kPractices], fit[kPractices];
  for (int k = 0; k < kPractices; ++k) mastery[k] = 0.4f, fit[k] = 0.3f + 0.05f * k;
  CHECK(pedagogy_met(mastery, fit, 0.6f) == about(0.5));  // equal mastery: whatever the fits
  CHECK(pedagogy_met(mastery, fit, 0) == about(0.2));

  // A practice that does not fit does not count; one that does more counts for more.
  for (int k = 0; k < kPractices; ++k) mastery[k] = 0, fit[k] = k < 2 ? 1.0f : 0.0f;
  mastery[0] = 1;
  const double first = kPracticeWeights.basics[0] + kPracticeWeights.broad[0];
  const double second = kPracticeWeights.basics[1] + kPracticeWeights.broad[1];
  CHECK(pedagogy_met(mastery, fit, 0) == about(0.5 * first / (first + second)));
  mastery[7] = 1;
  CHECK(pedagogy_met(mastery, fit, 0) == about(0.5 * first / (first + second)));

  for (float& f : fit) f = 0;  // nothing fits: judgement is all there is
  CHECK(pedagogy_met(mastery, fit, 0.8f) == about(0.4));
}

TEST_CASE("technology: helps above the pedagogy needed, takes away below it") {
  CHECK(technology_aid(0.5f, 1, 0.5f, 0.5f) == 0);
  CHECK(technology_aid(0.5f, 1, 0.75f, 0.5f) == about(0.125));
  CHECK(technology_aid(0.5f, 1, 0.3f, 0.5f) == about(-0.1));
  CHECK(technology_aid(0.5f, 0.4f, 0.75f, 0.5f) == about(0.05));
  CHECK(technology_aid(0.5f, 0, 0.9f, 0.5f) == 0);
}
