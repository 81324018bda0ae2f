// The rules of the middle tier, of openness between clusters and of systemness as plain functions:
// points worked out on paper, and directions that the reasons given beside each rule ask for.
#include <catch2/catch.hpp>

#include <cmath>
#include <initializer_list>

#include "model/climate.hpp"
#include "model/districts.hpp"
#include "model/innovation.hpp"
#include "model/middle_leadership.hpp"
#include "model/open_clusters.hpp"
#include "model/systemness.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

// --- districts

TEST_CASE("districts: support is capacity, and more as far as they lead from the middle") {
  CHECK(support_from(0.5f, 0, 1.5f) == about(0.5));
  CHECK(support_from(0.5f, 1, 1.5f) == about(0.75));
  CHECK(support_from(0.4f, 0.5f, 1.5f) == about(0.5));
  CHECK(support_from(0.9f, 1, 1.5f) == 1);
  CHECK(support_from(0.5f, 1, 1) == about(0.5));
  CHECK(support_from(0, 1, 2) == 0);
}

TEST_CASE("districts: what is drained in the long run balances draining and rebuilding") {
  CHECK(drained_in_the_long_run(0.1f, 0.1f) == about(0.5));
  CHECK(drained_in_the_long_run(0.1f, 0.3f) == about(0.25));
  CHECK(drained_in_the_long_run(0.1f, 0) == 1);
  CHECK(drained_in_the_long_run(0, 0.1f) == 0);
  CHECK(drained_in_the_long_run(0, 0) == 0);
}

// --- leadership from the middle

TEST_CASE("middle_leadership: a district is willing, token or resistant by its draw") {
  CHECK(disposition_of(0, 0.2f, 0.2f) == kResistant);
  CHECK(disposition_of(0.19f, 0.2f, 0.2f) == kResistant);
  CHECK(disposition_of(0.21f, 0.2f, 0.2f) == kToken);
  CHECK(disposition_of(0.39f, 0.2f, 0.2f) == kToken);
  CHECK(disposition_of(0.41f, 0.2f, 0.2f) == kWilling);
  CHECK(disposition_of(0, 0, 0) == kWilling);
  CHECK(willingness(kWilling, 0.2f) == 1);
  CHECK(willingness(kToken, 0.2f) == about(0.2));
  CHECK(willingness(kResistant, 0.2f) == about(0.04));
}

TEST_CASE("middle_leadership: leading alone comes to less than leading with neighbours") {
  CHECK(strength_sustained(1, 1, 0.4f, 0) == about(0.4));
  CHECK(strength_sustained(1, 1, 0.4f, 1) == about(1));
  CHECK(strength_sustained(1, 0.5f, 0.4f, 0.5f) == about(0.35));
  CHECK(strength_sustained(0.2f, 1, 0.4f, 0) == about(0.08));
  CHECK(strength_sustained(0, 1, 0.4f, 1) == 0);
  CHECK(rises([](float ties) { return strength_sustained(1, 0.8f, 0.4f, ties); }, {0, 0.5f, 1}));
}

TEST_CASE("middle_leadership: contact takes two that lead, and rivals keep apart") {
  CHECK(ties_sustained(1, 1, 0) == about(1));
  CHECK(ties_sustained(1, 0.25f, 0) == about(0.5));
  CHECK(ties_sustained(1, 0.25f, 0.2f) == about(0.4));
  CHECK(ties_sustained(1, 0, 0) == 0);
  CHECK(ties_sustained(1, 1, 1) == 0);
}

TEST_CASE("middle_leadership: unwilling districts come round while they are to lead") {
  CHECK(conversion_chance(0.15f, 1, 1) == about(1 - std::exp(-0.15)));
  CHECK(conversion_chance(0.15f, 0.5f, 2) == about(1 - std::exp(-0.15)));
  CHECK(conversion_chance(0.15f, 0, 2) == 0);
  CHECK(rises([](float encouraged) { return conversion_chance(0.15f, 1, encouraged); }, {0, 1, 2}));
  CHECK(share_of_growth(0.3f, 1, 1) == about(1 - std::exp(-0.3)));
  CHECK(share_of_growth(0.3f, 2, 0.5f) == about(1 - std::exp(-0.3)));
  CHECK(share_of_growth(0.3f, 0, 1) == 0);
}

TEST_CASE("middle_leadership: a leader in the middle needs skill, training and to take part") {
  CHECK(leader_in_the_middle(1, 0, 0.5f, 0.5f, 1) == about(1));
  CHECK(leader_in_the_middle(1, 1, 0.5f, 0.5f, 1) == about(1.5));
  CHECK(leader_in_the_middle(1, 0, 1, 0.5f, 1) == about(1.5));
  CHECK(leader_in_the_middle(1, 0, 0, 0.5f, 1) == about(0.5));
  CHECK(leader_in_the_middle(1, 1, 1, 0.5f, 0.5f) == about(1));
  CHECK(leader_in_the_middle(-1, 0, 0.5f, 0.5f, 0.5f) == about(-1));  // no better for it
}

// --- open clusters

TEST_CASE("open_clusters: openness needs policy, people who span, and no rivalry") {
  CHECK(spanners_found(0.25f, 0.5f, 0) == about(0.5));
  CHECK(spanners_found(0.25f, 0.5f, 0.3f) == about(0.8));
  CHECK(spanners_found(0.9f, 0.5f, 0) == 1);
  CHECK(openness_sustained(1, 0.5f, 1, 0, 0.3f, 1, 0) == about(1));
  CHECK(openness_sustained(1, 0.5f, 0, 0, 0.3f, 1, 0) == about(0.5));
  CHECK(openness_sustained(1, 0.5f, 1, 0.2f, 0.3f, 1, 0) == about(0.8));
  CHECK(openness_sustained(1, 0.5f, 1, 1, 0.3f, 1, 0) == 0);
}

TEST_CASE("open_clusters: trust without openness or a check shuts a cluster off") {
  const auto open = [](float trust, float validation) {
    return openness_sustained(0.5f, 0.5f, 1, 0, 0.3f, trust, validation);
  };
  CHECK(open(0, 0) == about(0.5));
  CHECK(open(1, 0) == about(0.5 - 0.3 * 0.5));
  CHECK(open(1, 1) == about(0.5));
  CHECK(openness_sustained(0, 0.5f, 1, 0, 0.3f, 1, 0) == 0);
  CHECK(falls([&](float trust) { return open(trust, 0.2f); }, {0.2f, 0.5f, 0.8f}));
}

TEST_CASE("open_clusters: members of a closed cluster come to do what the others do") {
  CHECK(conforms(0.4f, 0.5f, 0) == about(0.2));
  CHECK(conforms(0.4f, 0.5f, 0.75f) == about(0.05));
  CHECK(conforms(0.4f, 0.5f, 1) == 0);
  CHECK(conforms(0.4f, 0, 0) == 0);
}

// --- systemness

TEST_CASE("systemness: usual levers and a usual leader keep a fifth of staff acting for others") {
  const Systemness::Params p;
  const float usual = unrivalled(p.rivalry, 0.2f, 0.1f);
  CHECK(usual == about(1 - 0.5 * 0.25));
  CHECK(systemness_at_rest(p, 0.3f, 0.5f, 0.5f, usual) == Approx(0.2).margin(0.001));
  CHECK(systemness_at_rest(p, 0, 0, 0, 1) == about(p.base));
  CHECK(systemness_at_rest(p, 1, 1, 1, 1) == about(3 * p.base));
  CHECK(rises([&](float x) { return systemness_at_rest(p, x, 0.5f, 0.5f, usual); }, {0, 0.5f, 1}));
  CHECK(rises([&](float x) { return systemness_at_rest(p, 0.3f, x, 0.5f, usual); }, {0, 0.5f, 1}));
  CHECK(rises([&](float x) { return systemness_at_rest(p, 0.3f, 0.5f, x, usual); }, {0, 0.5f, 1}));
  CHECK(falls([&](float c) { return unrivalled(0.5f, c, 0.2f); }, {0, 0.5f, 0.9f}));
  CHECK(falls([&](float s) { return unrivalled(0.5f, 0.2f, s); }, {0, 0.5f, 1}));
  CHECK(unrivalled(1, 1, 1) == 0);
}

TEST_CASE("systemness: experience of other schools counts as deep as the school takes part") {
  CHECK(lateral_experience(0.3f, 1, 0, 0, 0, 0) == 0);
  CHECK(lateral_experience(0.3f, 0, 1, 0, 0, 0) == about(0.3));
  CHECK(lateral_experience(0.3f, 1, 1, 0, 0, 0) == about(1));
  CHECK(lateral_experience(0.3f, 1, 0.5f, 0.5f, 0, 0) == about(0.75));
  CHECK(lateral_experience(0.3f, 0.5f, 0, 0.2f, 0.5f, 0.5f) == about(0.65 * 0.8));
  CHECK(rises([](float depth) { return lateral_experience(0.3f, depth, 0.4f, 0, 0, 0.2f); },
              {0, 0.5f, 1}));
}
