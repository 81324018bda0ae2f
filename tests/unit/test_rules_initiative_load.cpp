// M1: what initiatives take, and what is left when they are given up.
#include "model/initiative_load.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about, support::falls, support::rises;

TEST_CASE("initiatives: alignment and an able leader spare the staff a share of the attention") {
  CHECK(spared(0.5f, 0, 0) == about(0.125));  // logistic(0) = 1/2, half of a half
  CHECK(spared(0.5f, 1, 0) == about(0.375));
  CHECK(spared(0.5f, 1, 50) == about(0.5));  // never more than the filtering
  CHECK(spared(0, 1, 3) == 0);
  CHECK(rises([](float alignment) { return spared(0.5f, alignment, 0); }, {0, 0.3f, 0.7f, 1}));
  CHECK(rises([](float leadership) { return spared(0.5f, 0.3f, leadership); }, {-3, -1, 0, 1, 3}));
}

TEST_CASE("initiatives: one that lives becomes routine, one given up early was in vain") {
  CHECK(still_new(2, 3) == about(0.4));
  CHECK(still_new(2, 2) == about(0.5));
  CHECK(falls([](float life) { return still_new(2, life); }, {0.3f, 1, 3, 15}));
  // Those that take attention are more the longer they live, but never more than two years' worth.
  CHECK(rises([](float life) { return life * still_new(2, life); }, {0.3f, 1, 3, 15}));
  CHECK(1000 * still_new(2, 1000) < 2);
  CHECK(in_vain(3, 3) == about(std::exp(-1.0)));
  CHECK(falls([](float life) { return in_vain(3, life); }, {0.3f, 1, 3, 15}));
}
