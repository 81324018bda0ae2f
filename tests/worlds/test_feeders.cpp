// Pupils carry what they learnt from school to school.
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "support/folder.hpp"
#include "support/scenarios.hpp"
#include "support/statistics.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

// Mean over a phase's schools of what the pupils of one year group owe to schools.
double carried(const World& world, int phase, int grade, int group) {
  const std::size_t n = world.schools();
  double sum = 0, pupils = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (world[col::phase][i] != phase) continue;
    const std::size_t place = plane(n, cohort_plane(grade, group), i);
    sum += world[col::cohort_pupils][place] *
           static_cast<double>(world[col::attainment][place] - world[col::intake][place]);
    pupils += world[col::cohort_pupils][place];
  }
  return sum / pupils;
}

}  // namespace

TEST_CASE("Pupils come from the phase below, of the district or else of the county", "[worlds]") {
  const Folder folder;
  {
    std::ofstream file(folder.path / "schools.csv");
    file << "code,district,county,phase,pupils,poverty\n"
            "ap,a,x,p,100,0.2\nam,a,x,m,100,0.2\nas,a,x,s,100,0.2\n"  // all three phases
            "bp,b,x,p,100,0.2\nbs,b,x,s,100,0.2\n"                    // no middle school
            "cs,c,x,s,100,0.2\n"                                      // a secondary alone
            "dm,d,x,m,100,0.2\n"                                      // a middle school alone
            "es,e,y,s,100,0.2\nem,e,y,m,100,0.2\n"                    // no primary in the county
            "fs,f,z,s,100,0.2\n";                                     // alone in the county
  }
  const Scenario scenario = scenario_of(fmt::format(R"(
population:
  kind: list
  file: {}
  columns: {{school_id: code, district_id: district, county: county, phase: phase,
             enrolment: pupils, deprivation: poverty}}
  phases: {{primary: [p], middle: [m], secondary: [s]}}
)",
                                                    (folder.path / "schools.csv").string()));
  const auto population = population_of(scenario);
  const World world = make_world(scenario, *population, model_parameters(scenario, 0),
                                 make_key(1, 0, Domain::population));
  std::map<std::string, std::pair<int, int>> feeder;  // pool and phase
  for (std::size_t i = 0; i < world.schools(); ++i)
    feeder[population->school_code[i]] = {world[col::feeder_pool][i], world[col::feeder_phase][i]};
  const int districts = 6;  // a to f, then the counties x, y, z
  using Feeder = std::pair<int, int>;
  CHECK(feeder["ap"].first == -1);
  CHECK(feeder["bp"].first == -1);
  CHECK(feeder["am"] == Feeder(0, 0));
  CHECK(feeder["as"] == Feeder(0, 1));
  CHECK(feeder["bs"] == Feeder(1, 0));
  CHECK(feeder["cs"] == Feeder(districts + 0, 1));
  CHECK(feeder["dm"] == Feeder(districts + 0, 0));
  CHECK(feeder["es"] == Feeder(4, 1));
  CHECK(feeder["em"].first == -1);
  CHECK(feeder["fs"].first == -1);
}

TEST_CASE("New pupils start from what the leavers of their feeders had", "[worlds]") {
  // Two primaries and a secondary of one district, driven through Learning alone.
  WorldShape shape;
  shape.rows[static_cast<std::size_t>(Entity::school)] = 3;
  shape.rows[static_cast<std::size_t>(Entity::district)] = 1;
  shape.rows[static_cast<std::size_t>(Entity::system)] = 1;
  shape.cohorts = 2;
  World world(shape);
  LeverColumns levers;
  const Parallel parallel(1);
  for (std::size_t i = 0; i < 3; ++i) {
    world[col::grades][i] = 2;
    world[col::phase][i] = i < 2 ? 0 : 2;
    world[col::feeder_pool][i] = i < 2 ? -1 : 0;
    for (int group = 0; group < kGroups; ++group) {
      world[col::entrants][plane(3, group, i)] = 10;
      world[col::entrant_intake][plane(3, group, i)] = 0.1f;
    }
    world[col::time_basics][i] = world[col::time_broad][i] = 1;
  }
  const auto set_leavers = [&](std::size_t i, int group, float pupils, float added) {
    const std::size_t place = plane(3, cohort_plane(1, group), i);
    world[col::cohort_pupils][place] = pupils;
    world[col::intake][place] = -0.3f;
    world[col::attainment][place] = -0.3f + added;
  };
  set_leavers(0, 0, 30, 0.2f);
  set_leavers(1, 0, 10, 0.6f);
  set_leavers(0, 1, 50, 0.1f);
  set_leavers(1, 1, 0, 9.0f);  // nobody: says nothing
  world[col::broad_learning][plane(3, 1, 0)] = 0.09f;
  world[col::broad_learning][plane(3, 1, 1)] = 0.9f;
  Learning::Params p;
  p.retention = 0.8f;
  const Context now{1.0, 0, true, true, Draws(Key{}, 0, 0), parallel};
  Learning::step(Learning::Access(world, levers), p, now);
  // (30 x 0.2 + 10 x 0.6) / 40 = 0.3, of which a year of usual teaching leaves 0.8.
  const auto added = [&](int group, std::size_t i) {
    const std::size_t place = plane(3, cohort_plane(0, group), i);
    return world[col::attainment][place] - world[col::intake][place];
  };
  CHECK(added(0, 2) == Approx(0.8 * 0.3).margin(1e-6));
  CHECK(added(1, 2) == Approx(0.8 * 0.1).margin(1e-6));
  // (80 x 0.09 + 10 x 0.9) / 90
  CHECK(world[col::broad_learning][plane(3, 0, 2)] == Approx(0.8 * 0.18).margin(1e-6));
  CHECK(world[col::intake][plane(3, 0, 2)] == 0.1f);
  // Those without a feeder come from home.
  CHECK(added(0, 0) == Approx(0).margin(1e-6));
  CHECK(world[col::broad_learning][plane(3, 0, 0)] == 0.0f);
}

TEST_CASE("Better primaries send better pupils to the secondaries", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(
      "population: {schools: 120, districts: 5}\n"
      "horizon: {years: 8, burn_in_years: 2}\nensemble: {seed: 9}\n");
  const Simulation start = burnt_in(scenario, parallel);
  // Teaching is held, so that nothing but pupils connects the phases.
  const auto after = [&](float gift) {
    return run_by_hand(start, 24, parallel, [&](const Mechanism& mechanism, World& world) {
      if (mechanism.name != Teaching::name) return;
      for (std::size_t i = 0; i < world.schools(); ++i) {
        world[col::teaching_basics][i] = world[col::phase][i] == 0 ? gift : 0.0f;
        world[col::time_basics][i] = 1;
      }
    });
  };
  const World usual = after(0.0f), better = after(0.1f);
  for (int group = 0; group < kGroups; ++group) {
    // Six years of 0.1, of which half is left a year later, are 0.1 x 2 x (1 - 1/64) = 0.197 at the
    // end of primary school, more for the disadvantaged and less for the others, and half of that
    // after the first year of the next.
    const auto more = [&](int phase, int grade) {
      return carried(better, phase, grade, group) - carried(usual, phase, grade, group);
    };
    const double leavers = more(0, 5);
    CHECK(leavers > (group == 0 ? 0.21 : 0.17));
    CHECK(leavers < (group == 0 ? 0.25 : 0.197));
    CHECK(more(2, 0) == Approx(0.5 * leavers).epsilon(0.05));
    CHECK(more(2, 1) > 0);
    CHECK(more(2, 1) < 0.6 * more(2, 0));
  }
}
