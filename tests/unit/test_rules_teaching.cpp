// What makes the quality of teaching, as plain functions; and what capacity building is made of.
#include <cmath>

#include <catch2/catch.hpp>

#include "model/capacity_building.hpp"
#include "model/capital.hpp"
#include "model/teaching.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("teaching: teachers count per pupil who is there") {
  CHECK(teachers_per_pupil(20, 20, 400, 400) == 1);
  CHECK(teachers_per_pupil(18, 20, 400, 400) == about(0.9));
  CHECK(teachers_per_pupil(20, 20, 500, 400) == about(0.8));  // a quarter more pupils
  CHECK(teachers_per_pupil(20, 20, 200, 400) == about(2));
  CHECK(teachers_per_pupil(25, 20, 500, 400) == 1);  // teachers came with the pupils
  // Nobody to teach, or nothing known of the usual: no effect.
  CHECK(teachers_per_pupil(5, 20, 0, 400) == 1);
  CHECK(teachers_per_pupil(5, 0, 100, 400) == 1);
  CHECK(teachers_per_pupil(18, 20, 100, 0) == about(0.9));
  CHECK(teachers_per_pupil(0, 20, 400, 400) == 0);
}

TEST_CASE("teaching: the strength of class size is a parameter") {
  CHECK(class_size_effect(1.5f, 0.5f) == about(0.5 * std::log(1.5)));
  CHECK(class_size_effect(1.5f, 0) == 0);
}

TEST_CASE("capacity building and capital: the constants move the rules they name") {
  CHECK(coaching_quality(1e9f, 400, 0.6f) == about(0.6));
  CHECK(coaching_quality(0, 400, 0.6f) == about(1));
  CHECK(absorption(0.6f, 0, 0.2f) == about(0.12));
  CHECK(absorption(0.6f, 1, 0.2f) == about(0.6));
  CHECK(fading(2, 1, 0) == about(0.6931472 / 2));  // coherence may not matter
  CHECK(fading(2, 1, 1.8f) == about(0.6931472 / (2 * 1.9)));
}
