// Climate: what leaders sustain, and when load becomes too much.
#include "model/climate.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about, support::falls, support::rises;

TEST_CASE("climate: a leader's skill comes fully to bear once settled in") {
  CHECK(leader_sustains(0.07f, 1, 0, 3) == about(0.035));
  CHECK(leader_sustains(0.07f, 1, 1.5f, 3) == about(0.0525));
  CHECK(leader_sustains(0.07f, 1, 3, 3) == about(0.07));
  CHECK(leader_sustains(0.07f, 1, 20, 3) == about(0.07));
  CHECK(leader_sustains(0.07f, -2, 3, 3) == about(-0.14));
  CHECK(leader_sustains(0.07f, 0, 3, 3) == 0);
}

TEST_CASE("climate: load costs beyond what can be kept in order, and a little before") {
  CHECK(excess_load(0.31f, 0.31f, 0.06f) == about(0.06 * std::log(2.0)));  // at the limit
  CHECK(excess_load(0.91f, 0.31f, 0.06f) == Approx(0.6).margin(1e-4));     // far beyond it
  CHECK(excess_load(9, 0.31f, 0.06f) == Approx(8.69).margin(1e-4));
  CHECK(excess_load(0, 0.31f, 0.06f) < 0.001f);  // and far below it
  CHECK(
      rises([](float load) { return excess_load(load, 0.31f, 0.06f); }, {0.1f, 0.2f, 0.3f, 0.6f}));
  CHECK(falls([](float room) { return excess_load(0.3f, room, 0.06f); }, {0.2f, 0.3f, 0.5f}));
}
