// Families choose: pupils move with what they have, none is lost, popular schools fill up, and who
// can move decides whether schools sort.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

const std::string kSystem =
    "population: {schools: 400, districts: 12}\n"
    "horizon: {years: 12, burn_in_years: 4}\nensemble: {seed: 5}\n";

struct Pupils {
  double disadvantaged = 0, others = 0;
  double all() const { return disadvantaged + others; }
};
Pupils pupils_of(const World& world, std::size_t i) {
  Pupils p;
  for (int g = 0; g < world.shape().cohorts; ++g) {
    p.disadvantaged += world[col::cohort_pupils][plane(world.schools(), cohort_plane(g, 0), i)];
    p.others += world[col::cohort_pupils][plane(world.schools(), cohort_plane(g, 1), i)];
  }
  return p;
}
Pupils pupils_of(const World& world) {
  Pupils sum;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const Pupils p = pupils_of(world, i);
    sum.disadvantaged += p.disadvantaged;
    sum.others += p.others;
  }
  return sum;
}

// Half the sum of the differences of the two groups' shares, over the schools of one phase in each
// district, weighted by pupils.
double dissimilarity(const World& world) {
  double total = 0, weight = 0;
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d)
    for (const int phase : {0, 2}) {
      std::vector<Pupils> schools;
      Pupils sum;
      const std::size_t first = at(world[col::first_school][d]);
      for (std::size_t i = first; i < first + at(world[col::district_schools][d]); ++i) {
        if (world[col::phase][i] != phase) continue;
        schools.push_back(pupils_of(world, i));
        sum.disadvantaged += schools.back().disadvantaged;
        sum.others += schools.back().others;
      }
      if (schools.empty()) continue;
      double apart = 0;
      for (const Pupils& p : schools)
        apart += 0.5 * std::abs(p.disadvantaged / sum.disadvantaged - p.others / sum.others);
      total += sum.all() * apart;
      weight += sum.all();
    }
  return total / weight;
}

World run(const std::vector<std::string>& sets, double years, const Parallel& parallel) {
  return world_after(scenario_of(kSystem, sets), years, parallel);
}

}  // namespace

TEST_CASE("Without choice every family takes the nearest place", "[worlds]") {
  const Parallel parallel(1);
  const std::vector<std::string> none = {"status_quo.governance.choice=0"};
  const World world = run(none, 8, parallel);
  for (std::size_t i = 0; i < world.schools(); ++i) {
    CHECK(world[col::roll][i] == world[col::catchment][i]);  // to the last bit
    CHECK(world[col::deprivation][i] == world[col::catchment_deprivation][i]);
  }
  // As if the mechanism were not there.
  std::vector<std::string> off = none;
  off.emplace_back("mechanisms.choice=false");
  const World without = run(off, 8, parallel);
  CHECK(std::equal(world[col::attainment].begin(), world[col::attainment].end(),
                   without[col::attainment].begin()));
  CHECK(std::equal(world[col::cohort_pupils].begin(), world[col::cohort_pupils].end(),
                   without[col::cohort_pupils].begin()));
}

TEST_CASE("Year 0 has the rolls of the list, and usual choice keeps them", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  Simulation simulation = burnt_in(scenario, parallel);
  const World start = simulation.world();
  const Population& list = simulation.population();
  double moved = 0;
  for (std::size_t i = 0; i < start.schools(); ++i) {
    const Pupils p = pupils_of(start, i);
    CHECK(start[col::roll][i] == list.enrolment[i]);
    CHECK(p.all() == Approx(list.enrolment[i]).epsilon(1e-6));
    CHECK(p.disadvantaged / p.all() == Approx(list.deprivation[i]).margin(1e-6));
    moved += std::abs(start[col::catchment][i] - start[col::roll][i]) / start[col::roll][i];
  }
  CHECK(moved / static_cast<double>(start.schools()) > 0.005);  // there was choice before
  simulation.run_until(8);
  double drift = 0, growth = 0;
  for (std::size_t i = 0; i < start.schools(); ++i) {
    const double change = simulation.world()[col::roll][i] / start[col::roll][i] - 1.0;
    drift += std::abs(change) / static_cast<double>(start.schools());
    growth = std::max(growth, std::abs(change));
  }
  CHECK(drift < 0.012);  // rolls follow scores, which have luck
  CHECK(growth < 0.15);
}

TEST_CASE("No pupil of either group is lost under full choice", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario =
      scenario_of(kSystem, {"levers.governance.choice=1", "parameters.choice.response=0.2"});
  Simulation simulation = burnt_in(scenario, parallel);
  const Pupils before = pupils_of(simulation.world());
  for (int year = 1; year <= 10; ++year) {
    simulation.run_until(year);
    const World& world = simulation.world();
    const Pupils now = pupils_of(world);
    CHECK(now.disadvantaged == Approx(before.disadvantaged).epsilon(1e-4));
    CHECK(now.others == Approx(before.others).epsilon(1e-4));
    for (std::size_t i = 0; i < world.schools(); ++i)
      CHECK(pupils_of(world, i).all() == Approx(world[col::roll][i]).epsilon(1e-5));
  }
}

TEST_CASE("Pupils who move take what they learnt along", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario =
      scenario_of(kSystem, {"levers.governance.choice=1", "parameters.choice.response=0.2"});
  const Simulation start = burnt_in(scenario, parallel);
  World before = start.world();
  int moves = 0;
  run_by_hand(start, 9, parallel, [&](const Mechanism& mechanism, World& world) {
    if (mechanism.name != Choice::name) {
      before = world;
      return;
    }
    // Pupils, and pupils times what they have, by year group and group, over all schools.
    const std::size_t n = world.schools();
    for (int g = 0; g < world.shape().cohorts; ++g)
      for (int group = 0; group < kGroups; ++group) {
        double pupils[2] = {}, score[2] = {}, intake[2] = {}, broad[2] = {}, size[2] = {};
        for (const int now : {0, 1}) {
          const World& w = now ? world : before;
          for (std::size_t i = 0; i < n; ++i) {
            const std::size_t place = plane(n, cohort_plane(g, group), i);
            const double count = w[col::cohort_pupils][place];
            pupils[now] += count;
            score[now] += count * w[col::attainment][place];
            intake[now] += count * w[col::intake][place];
            size[now] += count * std::abs(w[col::attainment][place]);
            for (int each = 0; each < kGroups; ++each)
              broad[now] += w[col::cohort_pupils][plane(n, cohort_plane(g, each), i)] *
                            w[col::broad_learning][plane(n, g, i)];
          }
        }
        CHECK(pupils[1] == Approx(pupils[0]).epsilon(1e-6));
        CHECK(score[1] == Approx(score[0]).margin(1e-6 * size[0]));
        CHECK(intake[1] == Approx(intake[0]).margin(1e-6 * size[0]));
        CHECK(broad[1] == Approx(broad[0]).margin(1e-6 * size[0]));
      }
    for (std::size_t k = 0; k < n; ++k)
      moves += world[col::cohort_pupils][k] != before[col::cohort_pupils][k];
  });
  CHECK(moves > 500);
}

TEST_CASE("Popular schools grow until they are full", "[worlds]") {
  const Parallel parallel(1);
  const World usual = run({}, 0, parallel);
  const World few = run({"levers.governance.choice=1"}, 8, parallel);
  const World many =
      run({"levers.governance.choice=1", "parameters.choice.response=0.3"}, 8, parallel);
  std::vector<double> score, growth;
  std::size_t full = 0;
  for (std::size_t i = 0; i < usual.schools(); ++i) {
    score.push_back(usual[col::reported_score][i]);
    growth.push_back(few[col::roll][i] / usual[col::roll][i]);
    // Nobody takes more than the room there is, and some take all of it.
    CHECK(few[col::roll][i] <= 1.2501 * few[col::catchment][i]);
    CHECK(many[col::roll][i] <= 1.2501 * many[col::catchment][i]);
    full += many[col::roll][i] > 1.24 * many[col::catchment][i];
  }
  CHECK(correlation(score, growth) > 0.3);
  CHECK(full > usual.schools() / 20);
  // With no room at all nobody moves in.
  const World none = run(
      {"levers.governance.choice=1", "status_quo.governance.choice=0", "parameters.choice.room=0"},
      8, parallel);
  for (std::size_t i = 0; i < none.schools(); ++i)
    CHECK(none[col::roll][i] == Approx(none[col::catchment][i]).epsilon(1e-5));
}

TEST_CASE("Schools sort where the disadvantaged cannot move", "[worlds]") {
  const Parallel parallel(1);
  const auto after = [&](const std::string& choice, const std::string& moves) {
    return dissimilarity(run(
        {"levers.governance.choice=" + choice, "parameters.choice.disadvantaged_moves=" + moves},
        10, parallel));
  };
  const double usual = after("0", "0.3");
  CHECK(after("1", "0.3") > usual + 0.003);
  CHECK(after("0.5", "0.1") > usual + 0.006);
  CHECK(after("1", "0.1") > after("0.5", "0.1") + 0.004);
  CHECK(after("1", "0.1") > after("1", "0.3") + 0.006);
  // Were all alike in moving, choice would mix what homes keep apart.
  CHECK(after("1", "1") < usual);
}

TEST_CASE("The number of terms does not matter to choice", "[worlds]") {
  const Parallel parallel(1);
  const auto after = [&](const std::string& steps) {
    return run({"levers.governance.choice=1", "horizon.steps_per_year=" + steps}, 6, parallel);
  };
  const World three = after("3");
  const auto ratio = [](const World& world) {
    std::vector<double> out;
    for (std::size_t i = 0; i < world.schools(); ++i)
      out.push_back(world[col::roll][i] / world[col::catchment][i]);
    return out;
  };
  for (const std::string steps : {"1", "12"}) {
    const World other = after(steps);
    CHECK(sd(ratio(other)) == Approx(sd(ratio(three))).epsilon(0.12));
    CHECK(correlation(ratio(other), ratio(three)) > 0.8);
    CHECK(dissimilarity(other) == Approx(dissimilarity(three)).margin(0.003));
  }
}
