// M9: the rules of parental choice against numbers worked out by hand.
#include <catch2/catch.hpp>

#include "model/choice.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("choice: a catchment's own pupils by group and year group") {
  CHECK(own_pupils(360, 0.25f, 6, 0) == about(15));
  CHECK(own_pupils(360, 0.25f, 6, 1) == about(45));
  CHECK(own_pupils(360, 0, 6, 0) == 0);
  CHECK(own_intake(0.2f, 0.65f, 1) == about(0.2));
  CHECK(own_intake(0.2f, 0.65f, 0) == about(-0.45));
}

TEST_CASE("choice: what draws families is a mean of the two published numbers") {
  CHECK(attraction(1, -1, 0) == about(1));
  CHECK(attraction(1, -1, 1) == about(-1));
  CHECK(attraction(1, -1, 0.25f) == about(0.5));
}

TEST_CASE("choice: the nearest school has odds 1, each better rival its own") {
  // Full choice, odds 0.1 per SD: rivals 1 and 3 SDs ahead have odds 0.1 and 0.3 against 1, so
  // 0.1/1.4 and 0.3/1.4 of the pupils want to go there.
  const float odds = odds_per_sd(1, 0.1f, 1);
  CHECK(odds == about(0.1));
  CHECK(pull(odds, 4) * 1 == about(0.1 / 1.4));
  CHECK(pull(odds, 4) * 3 == about(0.3 / 1.4));
  // Those for whom moving is harder have lower odds, and nobody leaves a school that is best.
  CHECK(odds_per_sd(1, 0.1f, 0.3f) == about(0.03));
  CHECK(odds_per_sd(0, 0.1f, 1) == 0);
  CHECK(pull(0, 4) == 0);
  // However far ahead they are, some stay.
  CHECK(pull(10, 24) * 24 < 1);
  CHECK(pull(10, 24) * 24 == about(240.0 / 241));
}

TEST_CASE("choice: a full school takes what it has places for, and no one more than comes") {
  CHECK(places_left(360, 6, 0.25f, 60) == about(15));
  CHECK(places_left(360, 6, 0, 60) == 0);
  CHECK(places_left(360, 6, 0.25f, 90) == 0);
  CHECK(taken(10, 15) == 1);
  CHECK(taken(0, 0) == 1);
  CHECK(taken(20, 15) == about(0.75));
  CHECK(taken(20, 0) == 0);
  CHECK(flow(60, 0.1f, 0.75f) == about(4.5));
}
