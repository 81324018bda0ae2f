// M8: capacity to use freedom, and autonomy that has to be earned.
#include "model/innovation.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about, support::rises;

TEST_CASE("innovation: capacity to use freedom is knowledge, judgement and a leader") {
  CHECK(capacity_for_freedom(0.5f, 0.5f, 0, 0.06f) == about(0.5));  // the usual school's
  CHECK(capacity_for_freedom(0.8f, 0.6f, 0, 0.06f) == about(0.7));
  CHECK(capacity_for_freedom(0.5f, 0.5f, 1, 0.06f) == about(0.56));
  CHECK(capacity_for_freedom(0.7f, 0.3f, 0, 0.06f) ==
        about(capacity_for_freedom(0.3f, 0.7f, 0, 0.06f)));
}

TEST_CASE("innovation: autonomy is given, or earned by evidence of good work") {
  CHECK(autonomy_earned_by(5, 0, 0) == about(0.5));
  CHECK(autonomy_earned_by(5, 0.2f, 0) == about(1 / (1 + std::exp(-1.0))));
  CHECK(autonomy_earned_by(5, -0.1f, 0.1f) == about(0.5));
  CHECK(rises([](float v) { return autonomy_earned_by(5, v, 0); }, {-1, -0.2f, 0, 0.2f, 1}));
  CHECK(held_autonomy(0.8f, 0, 0.1f) == about(0.8));  // given to all
  CHECK(held_autonomy(0.8f, 1, 0.1f) == about(0.08));
  CHECK(held_autonomy(0.8f, 0.5f, 0.5f) == about(0.6));
  CHECK(held_autonomy(0.8f, 1, 1) == about(0.8));  // never more than what the lever allows
}
