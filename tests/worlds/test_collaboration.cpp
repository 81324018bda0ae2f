// Time to work together: what it gives where it is real, and how little where it is imposed.
#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

// Money for half a day a week is given on top, so that the lever is paid for.
const std::string kSmall =
    "population: {schools: 200, districts: 8}\n"
    "horizon: {years: 4, burn_in_years: 4}\n"
    "levers:\n  funding: {reform_per_pupil: 1200, total_per_pupil: 6500}\n";
const std::string kTime = "  collaboration: {time: 1}\n";
const std::string kHard =
    "  external_accountability: {stakes: 0.8, publication: 1}\n"
    "  governance: {prescription: 0.8}\n";

// The same start, under several sets of levers.
struct Arms {
  Parallel parallel{1};
  std::string settings;
  Scenario base;
  Simulation start;
  explicit Arms(std::string more = "")
      : settings(std::move(more)),
        base(scenario_of(settings + kSmall)),
        start(burnt_in(base, parallel)) {}
  World after(const std::string& levers) {
    const Scenario scenario = scenario_of(settings + kSmall + levers);
    Simulation simulation = start;
    simulation.branch(scenario);
    simulation.run_until(4);
    return simulation.world();
  }
};

template <class Tag>
double gain(const World& with, const World& without, Tag tag) {
  return mean(with[tag]) - mean(without[tag]);
}

}  // namespace

TEST_CASE("Collaboration raises what the staff hold in common, and then teaching", "[worlds]") {
  Arms arms;
  const World without = arms.after(""), with = arms.after(kTime);
  CHECK(gain(with, without, col::collaboration) > 0.2);
  CHECK(gain(with, without, col::social_capital) > 0.02);
  CHECK(gain(with, without, col::collective_efficacy) > 0.02);
  CHECK(gain(with, without, col::internal_accountability) > 0.02);
  CHECK(gain(with, without, col::decisional_capital) > 0.01);
  CHECK(gain(with, without, col::mastery) > 0);
  CHECK(gain(with, without, col::true_score) > 0.015);
  CHECK(gain(with, without, col::true_score) < 0.09);
}

TEST_CASE("Collaboration follows the leader", "[worlds]") {
  Arms arms;
  const World with = arms.after(kTime);
  double able = 0, weak = 0, ables = 0, weaks = 0;
  for (std::size_t i = 0; i < with.schools(); ++i) {
    const float real = with[col::collaboration][i];
    if (with[col::leadership][i] > 0.8f) able += real, ables += 1;
    if (with[col::leadership][i] < -0.8f) weak += real, weaks += 1;
  }
  REQUIRE(std::min(ables, weaks) > 10);
  CHECK(able / ables > 2 * weak / weaks);  // more than their staff's energy alone would give
}

TEST_CASE("Contrived collegiality gives less than half of what collaboration gives", "[worlds]") {
  Arms arms;
  const World free_without = arms.after(""), free_with = arms.after(kTime);
  const World hard_without = arms.after(kHard), hard_with = arms.after(kHard + kTime);
  const auto less_than_half = [&](auto tag) {
    CHECK(gain(hard_with, hard_without, tag) < 0.5 * gain(free_with, free_without, tag));
  };
  less_than_half(col::collaboration);
  less_than_half(col::social_capital);
  less_than_half(col::internal_accountability);
  less_than_half(col::mastery);
  less_than_half(col::true_score);
  // The time is taken all the same, and is missed where there is little to spare.
  CHECK(gain(hard_with, hard_without, col::energy) < 0);
}

TEST_CASE("Pairing lifts practice only as far as time is about teaching", "[worlds]") {
  Arms arms;
  const std::string idle = "  pedagogy: {focus: 0}\n", keen = "  pedagogy: {focus: 1}\n";
  const double chat = gain(arms.after(idle + kTime), arms.after(idle), col::mastery);
  const double work = gain(arms.after(keen + kTime), arms.after(keen), col::mastery);
  CHECK(std::abs(chat) < 0.003);  // a little by what climate keeps of mastery
  CHECK(work > 0.01);
}

TEST_CASE("Without the mechanism time is only time", "[worlds]") {
  Arms arms("mechanisms: {collaboration: false}\n");
  const World with = arms.after(kTime);
  for (const float real : with[col::collaboration]) CHECK(real == 0.0f);
}
