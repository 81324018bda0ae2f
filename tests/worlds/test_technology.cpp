// Devices alone: in use everywhere, of use only where the pedagogy is.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

const std::string kSmall =
    "population: {schools: 240, districts: 8}\n"
    "horizon: {years: 3, burn_in_years: 4}\n";

float pedagogy(const World& world, std::size_t i) {
  return pedagogy_met(&world[col::mastery][i * kPractices],
                      &world[col::practice_fit][i * kPractices], world[col::decisional_capital][i]);
}

}  // namespace

TEST_CASE("Devices come into use within a year or two and help only good teaching", "[worlds]") {
  const Parallel parallel(1);
  const Scenario base = scenario_of(kSmall);
  Simulation without = burnt_in(base, parallel);
  const Scenario devices = scenario_of(kSmall + "levers: {technology: {investment: 1}}\n");
  Simulation with = without;
  with.branch(devices);
  const World start = without.world();
  std::vector<std::pair<float, std::size_t>> ranked;
  for (std::size_t i = 0; i < start.schools(); ++i) ranked.push_back({pedagogy(start, i), i});
  std::sort(ranked.begin(), ranked.end());

  with.run_until(1);
  const double after_one = mean(with.world()[col::technology_use]);
  without.run_until(3);
  with.run_until(3);
  const double wanted = mean(with.world()[col::funded]);  // times an investment of 1
  CHECK(after_one > 0.5 * wanted);
  CHECK(mean(with.world()[col::technology_use]) == Approx(wanted).epsilon(0.03));

  const auto gain = [&](std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t k = from; k < to; ++k) {
      const std::size_t i = ranked[k].second;
      sum += with.world()[col::true_score][i] - without.world()[col::true_score][i];
    }
    return sum / static_cast<double>(to - from);
  };
  const std::size_t third = start.schools() / 3;
  CHECK(gain(0, 3 * third) > -0.03);
  CHECK(gain(0, 3 * third) < 0.05);
  CHECK(gain(0, third) < 0);
  CHECK(gain(2 * third, 3 * third) > 0);
}

TEST_CASE("What devices add to teaching has the sign of the pedagogy they meet", "[worlds]") {
  const Parallel parallel(1);
  const Scenario devices = scenario_of(kSmall + "levers: {technology: {investment: 0.8}}\n");
  const Simulation start = burnt_in(devices, parallel);
  World before = start.world();
  int helped = 0, harmed = 0;
  run_by_hand(start, 6, parallel, [&](const Mechanism& mechanism, World& world) {
    if (mechanism.name == Prescription::name) before = world;  // before technology
    if (mechanism.name != Technology::name) return;
    for (std::size_t i = 0; i < world.schools(); ++i) {
      const float above = pedagogy(before, i) - Technology::Params{}.needed;
      const float aid = world[col::technology_aid][i];
      helped += aid > 0, harmed += aid < 0;
      CHECK(aid * above >= 0);
    }
  });
  CHECK(helped > 100);
  CHECK(harmed > 100);
}

TEST_CASE("Strong pedagogy turns devices into a tenth to a fifth of an SD", "[worlds]") {
  const Parallel parallel(1);
  const auto strong = [](const Mechanism& mechanism, World& world) {
    if (mechanism.name != Prescription::name) return;
    std::fill(world[col::mastery].begin(), world[col::mastery].end(), 0.75f);
    std::fill(world[col::decisional_capital].begin(), world[col::decisional_capital].end(), 0.7f);
  };
  const Scenario base = scenario_of(kSmall);
  Simulation start = burnt_in(base, parallel);
  const World without = run_by_hand(start, 9, parallel, strong);
  const Scenario devices = scenario_of(kSmall + "levers: {technology: {investment: 1}}\n");
  start.branch(devices);
  const World with = run_by_hand(start, 9, parallel, strong);
  const double share = mean(with[col::funded]);
  const double gain = (mean(with[col::true_score]) - mean(without[col::true_score])) / share;
  CHECK(gain > 0.1);
  CHECK(gain < 0.25);
}
