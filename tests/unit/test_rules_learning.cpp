// M21 and M22: how groups respond to teaching, where wellbeing settles, and the two kinds of luck.
#include <catch2/catch.hpp>

#include <cmath>

#include "model/learning.hpp"
#include "model/measurement.hpp"
#include "model/score_prior.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("learning: the disadvantaged respond more, and the mean pupil as the teaching says") {
  CHECK(response(0.25f, 0, 0.2f) == about(1.2));
  CHECK(response(0.25f, 1, 0.2f) == about(0.95));
  CHECK(response(0, 0, 0.2f) == 1);
  CHECK(response(0, 1, 0.2f) == 1);
  for (const float r : {0.1f, 0.25f, 0.5f})
    for (const float s : {0.0f, 0.1f, 0.5f, 0.9f, 1.0f}) {
      CHECK(s * response(r, 0, s) + (1 - s) * response(r, 1, s) == about(1));
      CHECK(response(r, 0, s) - response(r, 1, s) == about(r));
    }
}

TEST_CASE("learning: wellbeing rests on the staff's climate and on the time for more than tests") {
  CHECK(wellbeing_at(0.6f, 0.3f, 0.4f, 0.65f, 0.5f, 1) == about(0.6));
  CHECK(wellbeing_at(0.6f, 0.3f, 0.4f, 0.75f, 0.5f, 1) == about(0.63));
  CHECK(wellbeing_at(0.6f, 0.3f, 0.4f, 0.65f, 0.4f, 1) == about(0.57));
  CHECK(wellbeing_at(0.6f, 0.3f, 0.4f, 0.65f, 0.5f, 0.8f) == about(0.52));
}

TEST_CASE("measurement: luck of cohorts falls with the root of size, that of the day more slowly") {
  CHECK(cohort_luck(1, 100) == about(0.1));
  CHECK(cohort_luck(1, 0) == about(1));
  CHECK(occasion_luck(0.06f, 0.29f, 300) == about(0.06));
  CHECK(occasion_luck(0.06f, 0.29f, 75) == about(0.06 * std::pow(4, 0.29)));
  CHECK(occasion_luck(0.06f, 0, 75) == about(0.06));
  CHECK(occasion_luck(0, 0.29f, 75) == 0);
  Measurement::Params p;
  p.occasion = 0.06f;
  const LuckVariance luck = luck_variance(p, 300);
  CHECK(luck.cohorts == about(1.0 / 300));
  CHECK(luck.occasion == about(0.0036));
  CHECK(luck.both() == about(1.0 / 300 + 0.0036));
}
