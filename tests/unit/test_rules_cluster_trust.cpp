// The rules of a cluster's trust and maturity (M12), of its facilitation (M18) and of engagement
// beyond the leaders (M19), as plain functions.
#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>

#include "model/beyond_leaders.hpp"
#include "model/cluster_trust.hpp"
#include "model/facilitation.hpp"
#include "model/stock.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("stocks: gains and losses settle, and the number of terms does not matter") {
  CHECK(filled(0, 0.5f, 0, 2) == about(1 - std::exp(-1.0)));
  CHECK(filled(1, 0, 0.5f, 2) == about(std::exp(-1.0)));
  CHECK(filled(0.2f, 0.3f, 0.1f, 1000) == about(0.75));
  CHECK(filled(0.4f, 0, 0, 5) == about(0.4));
  CHECK(filled(0, 0, 0.2f, 1) == 0);  // from nothing comes nothing, to the bit
  float in_twelve = 0.1f;
  for (int term = 0; term < 12; ++term) in_twelve = filled(in_twelve, 0.9f, 0.3f, 1.0f / 12);
  CHECK(in_twelve == Approx(filled(0.1f, 0.9f, 0.3f, 1)).epsilon(1e-5));
}

// --- M18 facilitation

TEST_CASE("facilitation: help is withdrawn as capacity grows, as far as release says") {
  CHECK(help_at_work(0.8f, 1, 0) == about(0.8));
  CHECK(help_at_work(0.8f, 1, 0.75f) == about(0.2));
  CHECK(help_at_work(0.8f, 0, 0.75f) == about(0.8));
  CHECK(help_at_work(0.8f, 0.5f, 1) == about(0.4));
  CHECK(help_at_work(0, 1, 0.5f) == 0);
}

TEST_CASE("facilitation: a cluster learns by real work, in trust, under a leader, with guidance") {
  // logistic(0) = 1/2
  CHECK(learning_to_work(4, 0.2f, 1, 1, 1, 0) == about(2));
  CHECK(learning_to_work(4, 0.2f, 0.5f, 0, 0.5f, 0) == about(0.1));
  CHECK(learning_to_work(4, 0.2f, 0.5f, 0.5f, 0.5f, 0) == about(0.3));
  CHECK(learning_to_work(4, 0.2f, 0, 1, 1, 3) == 0);
  CHECK(learning_to_work(4, 0.2f, 1, 1, 0, 3) == 0);
  const auto of = [](float contact, float help, float trust, float leader) {
    return learning_to_work(2, 0.2f, contact, help, trust, leader);
  };
  CHECK(rises([&](float x) { return of(x, 0.5f, 0.5f, 0); }, {0, 0.3f, 1}));
  CHECK(rises([&](float x) { return of(0.5f, x, 0.5f, 0); }, {0, 0.3f, 1}));
  CHECK(rises([&](float x) { return of(0.5f, 0.5f, x, 0); }, {0, 0.3f, 1}));
  CHECK(rises([&](float x) { return of(0.5f, 0.5f, 0.5f, x); }, {-2, 0, 2}));
}

TEST_CASE("facilitation: only help beyond what is lacking breeds dependence") {
  CHECK(needless_help(0.8f, 0) == 0);
  CHECK(needless_help(0.8f, 0.2f) == about(0));
  CHECK(needless_help(0.8f, 0.7f) == about(0.5));
  CHECK(needless_help(1, 1) == about(1));
  // With full release there is never any.
  for (const float capacity : {0.0f, 0.3f, 0.6f, 1.0f})
    CHECK(needless_help(help_at_work(1, 1, capacity), capacity) <= 1e-6f);
}

TEST_CASE("facilitation: what makes a network work") {
  CHECK(working(0.2f, 0.1f, 0, 0, 0, 0) == about(0.2));
  CHECK(working(0.2f, 0.1f, 0, 0, 0, 2) == about(0.4));
  CHECK(working(0.2f, 0.1f, 1, 0, 0, 0) == about(1));
  CHECK(working(0.2f, 0.1f, 0, 1, 0, 0) == about(1));
  CHECK(working(0.2f, 0.1f, 0.5f, 0.5f, 0, 0) == about(0.2 + 0.8 * 0.75));
  CHECK(working(0.2f, 0.1f, 0, 1, 1, 0) == about(0.2));  // it could, but leaves it to others
  CHECK(working(0.2f, 0.1f, 0, 0.8f, 0.5f, 0) == about(0.2 + 0.8 * 0.4));
  CHECK(working(0.2f, 0.1f, 0, 0, 0, -6) == 0);
  CHECK(working(0.2f, 0.1f, 1, 1, 0, 3) == 1);
}

// --- M12 trust and maturity

TEST_CASE("cluster trust: grows in honest contact, where people do as they said") {
  CHECK(trusting(0.8f, 0.5f, 1, 0.2f, 0.6f) == about(0.32));
  CHECK(trusting(0.8f, 0, 1, 0.2f, 0.6f) == 0);
  CHECK(trusting(0.8f, 0.5f, 0, 0.2f, 0.6f) == 0);
  CHECK(rises([](float x) { return trusting(0.8f, 0.5f, 0.8f, 0.2f, x); }, {0, 0.4f, 1}));
  CHECK(rises([](float x) { return trusting(0.8f, 0.5f, 0.8f, x, 0.5f); }, {0, 0.2f, 0.6f}));
}

TEST_CASE("cluster trust: breaks among rivals, and where what was disclosed is used too early") {
  CHECK(conflict_rate(0.4f, 0.5f, 0, 0, 1, 0) == 0);
  CHECK(conflict_rate(0.4f, 0.5f, 1, 0, 0, 1) == about(0.2));
  CHECK(conflict_rate(0.4f, 0.5f, 0, 1, 0.5f, 0) == about(0.1));
  CHECK(conflict_rate(0.4f, 0.5f, 0, 1, 0.5f, 1) == about(0));  // in trust, it can be told
  CHECK(conflict_rate(0.4f, 0, 1, 1, 1, 0) == 0);
  CHECK(
      falls([](float x) { return conflict_rate(0.4f, 0.5f, 0.2f, 0.8f, 0.5f, x); }, {0, 0.5f, 1}));
}

TEST_CASE("cluster trust: what is new is believed in, for a while") {
  CHECK(novelty_left(0.15f, 2, 0) == about(0.15));
  CHECK(novelty_left(0.15f, 2, 2) == about(0.15 / std::exp(1.0)));
  CHECK(novelty_left(0.15f, 2, -0.2f) == about(0.15));
  CHECK(novelty_left(0, 2, 1) == 0);
}

TEST_CASE("cluster trust: maturing starts at the threshold") {
  CHECK(ready(0.5f, 0.5f, 20) == about(0.5));
  CHECK(ready(0.4f, 0.5f, 20) == about(1 / (1 + std::exp(2.0))));
  CHECK(ready(0.6f, 0.5f, 20) > 0.85f);
  CHECK(rises([](float x) { return ready(x, 0.5f, 20); }, {0.2f, 0.5f, 0.8f}));
}

TEST_CASE("cluster trust: impact shows where half have risen, to those who look and tell") {
  CHECK(visible_impact(1, 1, 0.5f) == about(1));
  CHECK(visible_impact(1, 1, 1) == about(1));
  CHECK(visible_impact(1, 1, 0.25f) == about(0.5));
  CHECK(visible_impact(0.25f, 1, 1) == about(0.5));
  CHECK(visible_impact(0, 1, 1) == 0);
  CHECK(visible_impact(1, 0, 1) == 0);
}

TEST_CASE(
    "cluster trust: self-deception is checked by openness about outcomes, peers or clusters") {
  CHECK(checked(0, 0, 0, 0) == 0);
  CHECK(checked(0.6f, 0.5f, 0, 0) == about(0.3));
  CHECK(checked(1, 0, 0, 0) == 0);  // openness without a focus shows nothing
  CHECK(checked(0, 0, 0.4f, 0) == about(0.4));
  CHECK(checked(0, 0, 0, 0.4f) == about(0.4));
  CHECK(checked(0.6f, 0.5f, 0.5f, 0.5f) == about(1 - 0.7 * 0.25));
  CHECK(checked(1, 1, 0, 0) == about(1));
}

// --- M19 beyond the leaders

TEST_CASE("beyond the leaders: nobody is drawn in without real engagement, effort and energy") {
  CHECK(drawing_in(1, 0.5f, 0.6f, 0, 0.5f) == about(0.15));
  CHECK(drawing_in(1, 0.5f, 0.6f, 1, 0.5f) == about(0.3));  // teachers draw each other in
  CHECK(drawing_in(1, 0, 1, 1, 1) == 0);
  CHECK(drawing_in(1, 1, 0, 1, 1) == 0);
  CHECK(drawing_in(1, 1, 1, 1, 0) == 0);
}
