// Brokered support: who helps whom, at what price, and what it does to both.
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "model/brokered_support.hpp"
#include "support/one_mechanism.hpp"
#include "support/scenarios.hpp"

using namespace support;

namespace {

// Eight schools that take part in full, four strong and four weak, all willing; the last is the
// weakest and the first the strongest.
OneMechanism<BrokeredSupport> eight(const std::string& ratio, const std::string& more = "") {
  OneMechanism<BrokeredSupport> stage(8, "levers: {networks: {support_ratio: " + ratio +
                                             (more.empty() ? std::string(", brokering: 1") : more) +
                                             "}}\n");
  World& w = stage.world;
  const float added[8] = {0.4f, 0.3f, 0.3f, 0.3f, -0.3f, -0.3f, -0.3f, -0.4f};
  for (std::size_t i = 0; i < 8; ++i) w[col::reported_value_added][i] = added[i];
  for (std::size_t i = 0; i < 8 * kPractices; ++i) {
    w[col::mastery][i] = i < 4 * kPractices ? 0.7f : 0.3f;
    w[col::practice_fit][i] = 0.5f;
  }
  stage.fill(col::cluster_maturity, 3), stage.fill(col::engagement_real, 1);
  stage.fill(col::systemness, 1), stage.fill(col::funded, 1), stage.fill(col::energy, 0.65f);
  stage.fill(col::human_capital, 0.5f), stage.fill(col::social_capital, 0.5f);
  stage.fill(col::decisional_capital, 0.5f), stage.fill(col::coherence, 0.5f);
  return stage;
}

double sum(std::span<const float> column, std::size_t from, std::size_t to) {
  double total = 0;
  for (std::size_t i = from; i < to; ++i) total += static_cast<double>(column[i]);
  return total;
}

}  // namespace

TEST_CASE("Four strong schools at four to one carry the weakest in full", "[brokered]") {
  auto stage = eight("4");
  stage.run(10);  // long settled
  const auto received = std::as_const(stage.world)[col::support_received];
  const auto given = std::as_const(stage.world)[col::support_given];
  CHECK(received[7] == Approx(1).margin(0.001));
  CHECK(sum(received, 0, 7) == Approx(0).margin(1e-6));
  for (std::size_t i = 0; i < 4; ++i) CHECK(given[i] == Approx(0.3 / 4).margin(0.001));
  CHECK(sum(given, 4, 8) == 0);
  // Donors learn, and lose nothing; the supported gain.
  CHECK(stage.world[col::decisional_change][0] > 0);
  CHECK(stage.world[col::strain][0] == 0);
  CHECK(stage.world[col::human_change][0] == 0);
  CHECK(stage.world[col::mastery_change][7 * kPractices] > 0);
  CHECK(stage.world[col::human_change][7] > 0);
  CHECK(stage.world[col::mastery_change][6 * kPractices] == 0);
}

TEST_CASE("At one to one all weak schools get a little, and the donors are over-stretched",
          "[brokered]") {
  auto stage = eight("1");
  stage.run(10);
  const auto received = std::as_const(stage.world)[col::support_received];
  for (std::size_t i = 4; i < 8; ++i) CHECK(received[i] == Approx(1.0 / 3).margin(0.001));
  CHECK(stage.world[col::support_given][0] == Approx(0.3).margin(0.001));
  CHECK(stage.world[col::strain][0] > 0);
  CHECK(stage.world[col::human_change][0] < 0);
  CHECK(stage.world[col::social_change][0] < 0);
  // Twice the ratio, and each that is supported has twice as much.
  auto two = eight("2");
  two.run(10);
  CHECK(two.world[col::support_received][7] == Approx(2.0 / 3).margin(0.001));
  CHECK(two.world[col::support_received][6] + two.world[col::support_received][5] +
            two.world[col::support_received][4] ==
        Approx(2.0 / 3).margin(0.001));
}

TEST_CASE("The time of donors adds up to what the support costs", "[brokered]") {
  for (const char* ratio : {"1", "2", "3", "4", "6"}) {
    auto stage = eight(ratio);
    stage.run(12);
    const double full = std::stod(ratio) >= 3 ? 1 : std::stod(ratio) / 3;  // worth of support
    CHECK(sum(std::as_const(stage.world)[col::support_given], 0, 8) ==
          Approx(0.3 * sum(std::as_const(stage.world)[col::support_received], 0, 8) / full)
              .epsilon(0.01));
  }
}

TEST_CASE("Nobody is lent where there is no maturity, no will, no money or no part taken",
          "[brokered]") {
  const auto received = [](OneMechanism<BrokeredSupport> stage) {
    stage.run(3);
    return sum(std::as_const(stage.world)[col::support_received], 0, 8);
  };
  CHECK(received(eight("3")) > 0.5);
  auto young = eight("3"), unwilling = eight("3"), poor = eight("3"), apart = eight("3");
  young.fill(col::cluster_maturity, 0), unwilling.fill(col::systemness, 0);
  poor.fill(col::funded, 0), apart.fill(col::engagement_real, 0);
  unwilling.fill(col::reluctance, 0.1f);
  CHECK(received(young) == 0);
  CHECK(received(unwilling) == 0);
  CHECK(received(poor) == 0);
  CHECK(received(apart) == 0);
  CHECK(received(eight("3", ", brokering: 0")) == 0);
}

TEST_CASE("A district that leads from the middle reaches schools outside any cluster",
          "[brokered]") {
  auto stage = eight("4");
  stage.fill(col::engagement_real, 0), stage.fill(col::cluster_maturity, 0);
  stage.fill(col::middle_strength, 0.5f);
  stage.run(10);
  CHECK(stage.world[col::support_received][7] == Approx(0.5).margin(0.001));
}

TEST_CASE("Hubs need no cluster: the best of the district offer support to the others",
          "[brokered]") {
  auto stage = eight("1", ", hubs: 0.125");
  stage.fill(col::engagement_real, 0), stage.fill(col::cluster_maturity, 0);
  stage.run(10);
  CHECK(stage.world[col::support_given][0] == Approx(0.3).margin(0.001));  // the one hub
  CHECK(sum(std::as_const(stage.world)[col::support_given], 1, 8) == 0);
  CHECK(stage.world[col::support_received][7] == Approx(1.0 / 3).margin(0.001));
  CHECK(sum(std::as_const(stage.world)[col::support_received], 0, 7) == Approx(0).margin(1e-6));
}

TEST_CASE("A broker goes by what is seen: an inflated score hides a need", "[brokered]") {
  auto stage = eight("4");
  stage.world[col::reported_value_added][7] = 0.1f;  // truly the weakest
  stage.run(6);
  CHECK(stage.world[col::support_received][7] == 0);
}

TEST_CASE("Support that was begun is not dropped for a school that is a little worse off",
          "[brokered]") {
  auto stage = eight("4");
  stage.run(3);
  stage.world[col::reported_value_added][6] = -0.43f;
  stage.run(6);
  CHECK(stage.world[col::support_received][7] > 0.95f);
  stage.world[col::reported_value_added][6] = -0.6f;
  stage.run(6);
  CHECK(stage.world[col::support_received][6] > 0.95f);
}

TEST_CASE("Brokered support is the same in one, three and twelve terms a year", "[brokered]") {
  auto one = eight("2"), three = eight("2"), twelve = eight("2");
  one.run(4, 1), three.run(4, 3), twelve.run(4, 12);
  for (const auto* other : {&one, &twelve}) {
    CHECK(other->world[col::support_received][7] ==
          Approx(three.world[col::support_received][7]).epsilon(0.001));
    CHECK(other->world[col::support_given][0] ==
          Approx(three.world[col::support_given][0]).epsilon(0.001));
    CHECK(other->world[col::human_change][7] ==
          Approx(three.world[col::human_change][7]).epsilon(0.2));
  }
}

TEST_CASE("Behind each supported school there must be about three strong ones", "[brokered]") {
  // Hubs in a small system, with the same luck: the gain of those supported, the loss of hubs.
  const auto run = [](const std::string& levers) {
    return world_after(preset("status_quo",
                              "population: {schools: 800, districts: 20}\nhorizon: {years: 4}\n"
                              "ensemble: {seed: 5}\n" +
                                  levers),
                       4, Parallel(1));
  };
  const World without = run("");
  const World three = run("levers: {networks: {hubs: 0.2, support_ratio: 3}}\n");
  const World one = run("levers: {networks: {hubs: 0.2, support_ratio: 1}}\n");
  const auto effect = [&](const World& world, auto&& chosen) {
    double total = 0, count = 0;
    for (std::size_t i = 0; i < world.schools(); ++i)
      if (chosen(world, i)) {
        total += static_cast<double>(world[col::value_added][i] - without[col::value_added][i]);
        count += 1;
      }
    REQUIRE(count > 0);
    return total / count;
  };
  const auto supported = [](const World& w, std::size_t i) {
    return w[col::support_received][i] > 0.25f;
  };
  const auto donor = [](const World& w, std::size_t i) { return w[col::support_given][i] > 0.02f; };
  const auto any = [](const World&, std::size_t) { return true; };
  CAPTURE(effect(three, supported), effect(one, supported), effect(three, donor),
          effect(one, donor), effect(three, any), effect(one, any));
  CHECK(effect(three, supported) > 0.03);
  CHECK(effect(three, supported) < 0.15);
  CHECK(effect(three, supported) > 1.2 * effect(one, supported));
  CHECK(std::abs(effect(three, donor)) < 0.02);
  CHECK(effect(one, donor) < -0.02);
  CHECK(effect(one, donor) > -0.10);
  CHECK(effect(three, any) > 0);
  CHECK(effect(one, any) < 0);
}
