// M7 as plain functions: numbers worked out by hand, and directions.
#include <cmath>

#include <catch2/catch.hpp>

#include "model/collaboration.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("collaboration: pressure imposes it, prescription imposes it, both impose it more") {
  CHECK(time_imposed(0, 0) == 0);
  CHECK(time_imposed(1, 0) == 1);
  CHECK(time_imposed(0, 1) == 1);
  CHECK(time_imposed(0.5f, 0.2f) == about(0.6));
  CHECK(time_imposed(0.5f, 0.5f) > time_imposed(0.5f, 0));
}

TEST_CASE("collaboration: time becomes collaboration as leader and energy allow") {
  CHECK(real_collaboration(1, 0.65f, 0, 0.8f, 0) == about(0.65));  // usual leader, nothing imposed
  CHECK(real_collaboration(0.1f, 0.65f, 0, 0.8f, 0) == about(0.065));
  CHECK(real_collaboration(0, 1, 3, 0.8f, 0) == 0);  // no time
  CHECK(real_collaboration(1, 0, 3, 0.8f, 0) == 0);  // no energy
  CHECK(real_collaboration(0.5f, 0.6f, 0.8f, 0.8f, 0) ==
        about(0.5 * 0.6 * 2 / (1 + std::exp(-0.8))));
  CHECK(real_collaboration(1, 0.6f, -1.6f, 0.8f, 0) <
        0.5f * real_collaboration(1, 0.6f, 0, 0.8f, 0));
  CHECK(real_collaboration(1, 1, 8, 0.8f, 0) == 1);  // there is no more than all
}

TEST_CASE("collaboration: what is imposed is contrived, as far as the parameter says") {
  CHECK(real_collaboration(1, 0.5f, 0, 0.8f, 0.5f) == about(0.5 * 0.6));
  CHECK(real_collaboration(1, 0.5f, 0, 1, 1) == 0);
  CHECK(real_collaboration(1, 0.5f, 0, 0, 1) == about(0.5));  // the parameter may say: not at all
  // The same time under high stakes and prescription gives less than half of what it gives in the
  // usual school.
  const float usual = real_collaboration(1, 0.65f, 0, 0.8f, time_imposed(0.09f, 0.2f));
  const float hard = real_collaboration(1, 0.65f, 0, 0.8f, time_imposed(0.5f, 0.8f));
  CHECK(hard < 0.5f * usual);
}
