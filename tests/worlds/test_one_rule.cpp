// No driver touches an outcome: with teaching held fixed no lever moves any cohort's attainment by
// one bit.
#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/bytes.hpp"
#include "support/scenarios.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

constexpr int kTerms = 12;
const std::string kSmall =
    "population: {schools: 80, districts: 6}\n"
    "horizon: {years: 4, burn_in_years: 2}\nensemble: {seed: 3}\n";

// Every column that holds pupils or goes with them.
template <class Work>
void for_placement(Work&& work) {
  work(col::cohort_pupils), work(col::attainment), work(col::intake), work(col::broad_learning);
  work(col::entrants), work(col::entrant_intake), work(col::roll);
}

// Overwrites what Teaching made with what it was at the start, and leaves pupils where they are:
// what Choice moved goes back to where it was before.
AfterMechanism hold_teaching(const World& start) {
  return [&start, before = start](const Mechanism& mechanism, World& world) mutable {
    const auto copy = [](const World& from, World& to, auto tag) {
      std::copy(from[tag].begin(), from[tag].end(), to[tag].begin());
    };
    if (mechanism.name == Choice::name)
      for_placement([&](auto tag) { copy(before, world, tag); });
    else
      for_placement([&](auto tag) { copy(world, before, tag); });
    if (mechanism.name != Teaching::name) return;
    copy(start, world, col::teaching_basics);
    copy(start, world, col::teaching_broad);
    copy(start, world, col::teaching_reach);
    copy(start, world, col::time_basics);
    copy(start, world, col::time_broad);
  };
}

struct Extreme {
  std::string name;
  Scenario scenario;
};

// The scenario with one lever at each end of its range, or at each of its choices.
std::vector<Extreme> extremes(const Scenario& scenario, const Field& lever) {
  std::vector<Extreme> out;
  const auto add = [&](double value) {
    Scenario changed = scenario;
    changed.lever(lever.path).reform.assign(1, {value});
    out.push_back({fmt::format("{} = {}", lever.path, value), changed});
  };
  if (lever.type == FieldType::choice) {
    for (std::size_t k = 0; k < lever.choices.size(); ++k) add(static_cast<double>(k));
  } else {
    add(lever.low);
    add(lever.high);
  }
  return out;
}

}  // namespace

TEST_CASE("Terms driven by hand are the simulation's terms", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSmall + kLively);
  Simulation simulation = burnt_in(scenario, parallel);
  const World by_hand = run_by_hand(simulation, kTerms, parallel);
  simulation.run_until(4);
  CHECK(difference(by_hand, simulation.world()) == "");
}

TEST_CASE("With teaching held fixed no lever moves attainment by one bit", "[worlds]") {
  const Parallel parallel(1);
  // Two starting points: with networks at work, the levers of networks have something to move.
  for (const std::string& reform : {std::string(), kLively}) {
    // And a grant is there to be shared out in one way or the other.
    const Scenario base =
        scenario_of(kSmall + reform,
                    reform.empty() ? std::vector<std::string>{}
                                   : std::vector<std::string>{"levers.funding.grant_per_pupil=40"});
    const Simulation start = burnt_in(base, parallel);
    const World held = run_by_hand(start, kTerms, parallel, hold_teaching(start.world()));
    const World free = run_by_hand(start, kTerms, parallel);
    // Holding teaching changes attainment, so the comparison below is not one of empty columns.
    REQUIRE(difference(held, free, Column::attainment) != "");

    int levers = 0;
    std::vector<std::string> without_effect;
    for (const Field& row : base.table().rows()) {
      if (row.group != FieldGroup::lever) continue;
      ++levers;
      bool moves = false;
      for (const Extreme& extreme : extremes(base, row)) {
        INFO(extreme.name);
        Simulation changed = start;
        changed.branch(extreme.scenario);
        const World with = run_by_hand(changed, kTerms, parallel, hold_teaching(start.world()));
        CHECK(difference(held, with, Column::attainment) == "");
        CHECK(difference(held, with, Column::cohort_pupils) == "");
        CHECK(difference(held, with, Column::intake) == "");
        const World freely = run_by_hand(changed, kTerms, parallel);
        moves = moves || difference(free, freely, Column::attainment) != "";
      }
      if (!moves) without_effect.push_back(row.path);
    }
    CHECK(levers == static_cast<int>(kLevers));
    // Without networks only the levers that ask about them may lie idle; with networks, none.
    INFO("without effect: " << fmt::format("{}", fmt::join(without_effect, ", ")));
    if (reform.empty())
      CHECK(without_effect.size() < kLevers / 2);
    else
      // What the centre cares for tips its decisions now and then; test_reacting_centre.cpp.
      CHECK((without_effect.empty() ||
             without_effect == std::vector<std::string>{"system_leadership.students_first"}));
  }
}

TEST_CASE("With usual teaching every cohort leaves as it came", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(
      "population: {schools: 40, districts: 4}\n"
      "horizon: {years: 14, burn_in_years: 1}\n" +
      kLively);
  // Long enough for those who leave a secondary school to have come to their primary in year 0 or
  // later.
  const Simulation start = burnt_in(scenario, parallel);
  const World world = run_by_hand(start, 42, parallel, [](const Mechanism& mechanism, World& w) {
    if (mechanism.name != Teaching::name) return;
    for (auto& x : w[col::teaching_basics]) x = 0;
    for (auto& x : w[col::teaching_broad]) x = 0;
    for (auto& x : w[col::teaching_reach]) x = 0;
    for (auto& x : w[col::time_basics]) x = 1;
    for (auto& x : w[col::time_broad]) x = 1;
  });
  for (std::size_t k = 0; k < world[col::attainment].size(); ++k)
    CHECK(world[col::attainment][k] == world[col::intake][k]);
  for (const float added : world[col::value_added]) CHECK(added == Approx(0).margin(1e-6));
  for (const float broad : world[col::broad_learning]) CHECK(broad == 0.0f);
}

TEST_CASE("Only learning owns attainment and it reads nothing a driver writes", "[worlds]") {
  for (const Mechanism& mechanism : term_schedule()) {
    const bool moves =
        std::count(mechanism.moves.begin(), mechanism.moves.end(), Column::attainment) > 0;
    CHECK(moves == (mechanism.name == "choice"));
    const bool owns =
        std::count(mechanism.owns.begin(), mechanism.owns.end(), Column::attainment) > 0;
    CHECK(owns == (mechanism.name == "learning"));
    if (!owns) continue;
    CHECK(mechanism.uses.empty());
    CHECK(mechanism.adds.empty());
    for (const Column column : mechanism.reads) {
      INFO(info(column).name);
      const Theme theme = info(column).theme;
      CHECK(theme != Theme::pressure);
      CHECK(theme != Theme::money);
      CHECK(theme != Theme::network);
      CHECK(theme != Theme::district);
    }
  }
}
