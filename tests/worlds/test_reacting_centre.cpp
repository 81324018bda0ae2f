// The centre that reacts (M23): what it does to its own levers, and to schools.
#include <cmath>
#include <string>

#include <catch2/catch.hpp>

#include "support/paired.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

const std::string kReacting =
    "population: {schools: 60, districts: 4}\nmechanisms: {reacting_centre: on}";

double shift(const World& world, LeverId lever) {
  return world[col::lever_shift][static_cast<std::size_t>(lever)];
}
std::string manner(const std::string& rows) { return "{system_leadership: {" + rows + "}}"; }

// A world after `years` in which the middle is heard in the centre with this voice.
World with_voice(const Scenario& scenario, std::uint32_t replicate, int years, double voice) {
  const Parallel parallel(1);
  const Simulation start = burnt_in(scenario, parallel, replicate);
  return run_by_hand(start, years * start.steps_per_year(), parallel,
                     [&](const Mechanism& mechanism, World& world) {
                       if (mechanism.name == MiddleLeadership::name)
                         world[col::upward_voice][0] = voice;
                     });
}

}  // namespace

TEST_CASE("Unless asked the centre keeps to its schedule", "[worlds]") {
  Paired nation("population: {schools: 40, districts: 3}", 1);
  for (const double s :
       nation.after(manner("electoral_cycle: 1, patience: 0.5"), 6)[col::lever_shift])
    CHECK(s == 0);
  CHECK(nation.effect("true_attainment_mean", manner("electoral_cycle: 1, patience: 0.5"), 6) == 0);
}

TEST_CASE("The centre decides at elections from year 0 on, not before and not between",
          "[worlds]") {
  Paired nation(kReacting, 1);
  const std::string impatient = manner("electoral_cycle: 3, patience: 0.5");
  CHECK(nation.start()[col::centre_reviewed][0] == 0);
  for (const double year : {1.0, 2.0, 2.6}) {
    const World& world = nation.after(impatient, year);
    CHECK(world[col::centre_reviewed][0] == std::floor(year));
    for (const double s : world[col::lever_shift]) CHECK(s == 0);
  }
  const World& decided = nation.after(impatient, 3);
  CHECK(decided[col::centre_reviewed][0] == 0);
  double moved = 0;
  for (const double s : decided[col::lever_shift]) moved += std::abs(s);
  CHECK(moved > 0.1);  // what it believes has not risen by its ambition
  // What it decided acts from the next term on.
  const World& later = nation.after(impatient, 3 + 1.0 / 3);
  CHECK(measure(later, "initiatives_alive") + measure(later, "pressure_mean") !=
        measure(nation.after("", 3 + 1.0 / 3), "initiatives_alive") +
            measure(nation.after("", 3 + 1.0 / 3), "pressure_mean"));
}

TEST_CASE("A centre that is satisfied changes nothing", "[worlds]") {
  Paired nation(kReacting + "\nparameters: {reacting_centre: {ambition: 0}}", 1);
  // A reform whose reported gain is beyond doubt.
  const World& world = nation.after(
      "{external_accountability: {stakes: 0.7}, system_leadership: {electoral_cycle: 2, "
      "patience: 0.5}}",
      2);
  CHECK(world[col::centre_reviewed][0] == 0);
  CHECK(world[col::centre_trend][0] > 0.02);
  CHECK(world[col::centre_stance][0] == 0);
  for (const double s : world[col::lever_shift]) CHECK(s == 0);
  // The next rise is counted from where this one ended, and by then most of it has been had.
  const World& next = nation.after(
      "{external_accountability: {stakes: 0.7}, system_leadership: {electoral_cycle: 2, "
      "patience: 0.5}}",
      4);
  CHECK(next[col::centre_trend][0] < 0.6 * world[col::centre_trend][0]);
}

TEST_CASE("Levers stay in their ranges however often the centre moves them", "[worlds]") {
  Paired nation(kReacting + "\nparameters: {reacting_centre: {ambition: 0.2, step: 1}}", 2);
  const std::string hectic =
      manner("electoral_cycle: 1, patience: 0.5, persistence: 0, theory_of_change: 0");
  for (std::size_t r = 0; r < nation.replicates(); ++r) {
    const World& world = nation.after(hectic, 20, r);
    std::size_t moved = 0;
    for (std::size_t l = 0; l < kLevers; ++l) {
      const Field& field = *field_table().find(lever_path(static_cast<LeverId>(l)));
      INFO(field.path);
      const double by = world[col::lever_shift][l];
      moved += by != 0.0;
      if (field.type != FieldType::number) continue;
      const double scheduled = nation.lever(hectic, field.path);
      CHECK(scheduled + by >= field.low - 1e-6);
      CHECK(scheduled + by <= field.high + 1e-6);
    }
    CHECK(moved >= 2);
  }
}

TEST_CASE("A shorter political horizon means more pressure, more initiatives and less learning",
          "[worlds]") {
  // It starts with a reform whose fruits take time.
  Paired nation(kReacting, 12);
  const auto horizon = [](const std::string& years) {
    return "{capacity_building: {coaching: 0.3, light_touch: 0.3}, coordinated_policy: {alignment: "
           "0.7}, pedagogy: {focus: 0.7}, funding: {reform_per_pupil: 400}, system_leadership: "
           "{electoral_cycle: " +
           years + ", patience: " + years + "}}";
  };
  const std::string shortest = horizon("1"), middle = horizon("4"), longest = horizon("8");
  const auto effect = [&](const char* name, const std::string& levers) {
    return nation.effect(name, levers, 12);
  };
  CHECK(effect("true_attainment_mean", shortest) < effect("true_attainment_mean", middle) - 0.02);
  CHECK(effect("true_attainment_mean", middle) < effect("true_attainment_mean", longest));
  CHECK(effect("pressure_mean", shortest) > effect("pressure_mean", middle) + 0.1);
  CHECK(effect("coherence_mean", shortest) < effect("coherence_mean", longest));
}

TEST_CASE("Evidence beats dogma at the same frequency of decisions", "[worlds]") {
  Paired nation(kReacting, 12);
  const std::string evidence = manner(
                        "electoral_cycle: 2, patience: 2, persistence: 1, theory_of_change: 1"),
                    dogma = manner(
                        "electoral_cycle: 2, patience: 2, persistence: 1, theory_of_change: 0");
  CHECK(nation.effect("true_attainment_mean", evidence, 10, dogma) > 0.01);
  CHECK(nation.effect("broad_learning_mean", evidence, 10, dogma) > 0.01);
}

TEST_CASE("A centre that cares for looks is in a hurry, and its schools pay for it", "[worlds]") {
  Paired nation(kReacting, 12);
  const std::string looks = manner("electoral_cycle: 3, patience: 1, students_first: 0"),
                    pupils = manner("electoral_cycle: 3, patience: 1, students_first: 1");
  CHECK(nation.effect("pressure_mean", looks, 6, pupils) > 0.05);
  CHECK(nation.effect("reported_attainment_mean", looks, 5, pupils) > 0);
  CHECK(nation.effect("true_attainment_mean", looks, 14, pupils) < -0.01);
}

TEST_CASE("Where the middle is heard the mix of levers moves away from ad hoc", "[worlds]") {
  const Scenario scenario = scenario_of(
      kReacting + "\nhorizon: {burn_in_years: 3}\nlevers: " + manner("electoral_cycle: 2") + "\n");
  constexpr int kReplicates = 8;
  double heard_initiatives = 0, unheard_initiatives = 0, heard_stakes = 0, unheard_stakes = 0;
  int joined = 0;
  for (std::uint32_t r = 0; r < kReplicates; ++r) {
    const World heard = with_voice(scenario, r, 10, 0.7), unheard = with_voice(scenario, r, 10, 0);
    heard_initiatives += shift(heard, LeverId::initiatives_started) / kReplicates;
    unheard_initiatives += shift(unheard, LeverId::initiatives_started) / kReplicates;
    heard_stakes += shift(heard, LeverId::stakes) / kReplicates;
    unheard_stakes += shift(unheard, LeverId::stakes) / kReplicates;
    joined += shift(heard, LeverId::participation) == 1.0;
    CHECK(shift(unheard, LeverId::participation) == 0);
    CHECK(shift(unheard, LeverId::facilitation) == 0);
  }
  CHECK(heard_initiatives < 0);
  CHECK(unheard_initiatives > 0.5);
  CHECK(heard_stakes < 0.1);
  CHECK(unheard_stakes > heard_stakes + 0.1);
  CHECK(joined >= kReplicates - 2);
}
