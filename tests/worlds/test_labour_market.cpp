// The labour market at work: who leaves where, what departures cost, who comes, and what dismissals
// and training do.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"
#include "support/terms.hpp"

using namespace support;

namespace {

const std::string kSystem =
    "extends: scenarios/governance/status_quo.yaml\n"
    "population: {schools: 600, districts: 30}\n"
    "horizon: {years: 12, burn_in_years: 5}\nensemble: {seed: 7}\n";

const Mechanism& market(const Simulation& simulation) {
  for (const Mechanism& mechanism : simulation.schedule())
    if (mechanism.name == "labour_market") return mechanism;
  throw std::logic_error("no labour market");
}

// What one turn of the year makes of a world.
World turned(const Simulation& start, World world, double years = 1.0 / 3) {
  const Parallel parallel(1);
  const Key key = make_key(1, 0, Domain::dynamics);
  LeverColumns levers(start.scenario(), start.population(), world, key);
  levers.set_year(1);
  market(start).step(world, levers, start.parameters(),
                     {years, 1, true, false, Draws(key, market(start).purpose, 3), parallel});
  return world;
}

std::vector<std::size_t> by_deprivation(const World& world) {
  std::vector<std::size_t> order(world.schools());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return world[col::deprivation][a] < world[col::deprivation][b];
  });
  return order;
}

}  // namespace

TEST_CASE("People leave at the rates on record, and poor schools lose more", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  simulation.burn_in();
  struct Exits : Observer {
    void after_mechanism(const Simulation& simulation, const Mechanism& mechanism) override {
      if (mechanism.name != "labour_market" || simulation.term() % 3 != 0) return;
      const World& world = simulation.world();
      teachers.resize(world.schools()), heads.resize(world.schools());
      for (std::size_t i = 0; i < world.schools(); ++i) {
        teachers[i] += world[col::teacher_turnover][i];
        heads[i] += world[col::leader_changed][i];
      }
      ++years;
    }
    std::vector<double> teachers, heads;
    double years = 0;
  } exits;
  simulation.add_observer(&exits);
  const double spread = mean(simulation.world()[col::teacher_skill_spread]);
  simulation.run_until(12);
  REQUIRE(exits.years == 12);

  const World& world = simulation.world();
  const auto order = by_deprivation(world);
  const std::size_t fifth = order.size() / 5;
  const auto of = [&](const std::vector<double>& leavers, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t k = from; k < to; ++k) sum += leavers[order[k]];
    return sum / static_cast<double>(to - from) / exits.years;
  };
  for (const auto* leavers : {&exits.teachers, &exits.heads}) {
    const double all = of(*leavers, 0, order.size());
    const double ratio = of(*leavers, order.size() - fifth, order.size()) / of(*leavers, 0, fifth);
    CHECK(all > (leavers == &exits.teachers ? 0.08 : 0.09));
    CHECK(all < (leavers == &exits.teachers ? 0.16 : 0.20));
    CHECK(ratio > 1.1);
    CHECK(ratio < 1.8);
  }
  // And nothing wears out or piles up.
  CHECK(mean(world[col::teacher_skill_spread]) == Approx(spread).margin(0.02));
  CHECK(spread == Approx(0.9).margin(0.03));
  CHECK(mean(world[col::teacher_skill]) == Approx(0).margin(0.08));
  CHECK(mean(world[col::leadership]) == Approx(0).margin(0.15));
  CHECK(mean(world[col::teacher_vacancy]) < 0.03);
}

TEST_CASE("A new head sets a school back, for a few years", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  const Simulation start = burnt_in(scenario, parallel);
  // In every second school somebody as able takes over: all else, luck included, is the same.
  const auto run = [&](bool change, std::vector<bool>& treated) {
    std::vector<double> scores;
    int terms = 0;
    run_by_hand(start, 18, parallel, [&](const Mechanism& mechanism, World& world) {
      if (mechanism.name == "labour_market" && terms == 0)
        for (std::size_t i = 0; i < world.schools(); i += 2) {
          if (!change && world[col::leader_changed][i] == 0) treated[i] = true;
          if (!change || !treated[i]) continue;
          world[col::leader_tenure][i] = 0;
          world[col::leader_changed][i] = 1;
          world[col::coherence_change][i] -= start.parameters().of<LabourMarket>().succession_shock;
        }
      if (mechanism.name == "measurement" && ++terms % 3 == 0) {
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < world.schools(); ++i)
          if (treated[i]) sum += world[col::true_score][i], ++count;
        scores.push_back(sum / count);
      }
    });
    return scores;
  };
  std::vector<bool> treated(start.world().schools());
  const auto without = run(false, treated), with = run(true, treated);
  const double next_year = with[0] - without[0], later = with[5] - without[5];
  CHECK(next_year < -0.005);
  CHECK(next_year > -0.04);
  CHECK(with[1] - without[1] < -0.005);
  CHECK(std::abs(later) < 0.5 * std::abs(next_year));
}

TEST_CASE("A poor name attracts fewer teachers, and less able ones", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  const Scenario without = scenario_of(kSystem, {"parameters.labour_market.sorting=0"});
  struct Hires {
    double skill = 0, vacancy = 0;
  };
  // Schools that differ in nothing but their name: a score one SD above, or below, the mean.
  const auto hires = [&](const Scenario& with, bool good) {
    const Simulation start = burnt_in(with, parallel);
    World world = start.world();
    for (std::size_t i = 0; i < world.schools(); ++i) {
      world[col::reported_score][i] = i % 2 ? 1.0f : -1.0f;
      world[col::context][i] = 0, world[col::energy][i] = 0.65f, world[col::pressure][i] = 0;
      world[col::teacher_skill][i] = 0, world[col::teacher_skill_spread][i] = 0.9f;
      world[col::teachers][i] = world[col::teacher_posts_usual][i] = 200;
      world[col::roll][i] = world[col::catchment][i];
      world[col::ordinary_spending][i] = world[col::ordinary_usual][i];
    }
    world[col::pool_teachers][0] = 0;
    const World after = turned(start, world);
    Hires of;
    for (std::size_t i = good; i < world.schools(); i += 2) {
      const double come =
          200.0 * after[col::teacher_turnover][i] - 200.0 * after[col::teacher_vacancy][i];
      of.skill += after[col::teacher_skill][i] * after[col::teachers][i] / come;
      of.vacancy += after[col::teacher_vacancy][i];
    }
    return Hires{of.skill * 2 / static_cast<double>(world.schools()),
                 of.vacancy * 2 / static_cast<double>(world.schools())};
  };
  const Hires good = hires(scenario, true), poor = hires(scenario, false);
  CHECK(good.skill - poor.skill == Approx(2 * 0.15).margin(0.06));
  CHECK(poor.vacancy > 1.05 * good.vacancy);
  const Hires same = hires(without, true), other = hires(without, false);
  CHECK(same.skill - other.skill == Approx(0).margin(0.06));
  CHECK(same.vacancy == Approx(other.vacancy).epsilon(1e-4));
}

TEST_CASE("A school pays for as many teachers as its pupils and its money allow", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  const Simulation start = burnt_in(scenario, parallel);
  World world = start.world();
  for (std::size_t i = 0; i < world.schools(); ++i) {
    world[col::roll][i] = world[col::catchment][i];
    world[col::ordinary_spending][i] = world[col::ordinary_usual][i];
    world[col::teachers][i] = world[col::teacher_posts_usual][i];
  }
  world[col::roll][0] *= 0.5f;
  world[col::ordinary_spending][1] *= 1.2f;
  const auto people = [](const World& w) {
    double sum = w[col::pool_teachers][0] + w[col::teachers_left][0] - w[col::teachers_entered][0];
    for (const float t : w[col::teachers]) sum += t;
    return sum;
  };
  const World after = turned(start, world);
  const auto posts = [&](std::size_t i) {
    return after[col::teacher_posts][i] / world[col::teacher_posts_usual][i];
  };
  CHECK(posts(0) == Approx(0.5).epsilon(1e-5));
  CHECK(posts(1) == Approx(1.1).epsilon(1e-5));
  CHECK(posts(2) == Approx(1).epsilon(1e-5));
  // Those for whom there is no money go to the pool, and are not lost.
  CHECK(after[col::teachers][0] <= after[col::teacher_posts][0]);
  CHECK(after[col::teacher_turnover][0] == Approx(0.5).epsilon(1e-4));
  CHECK(people(after) == Approx(people(world)).epsilon(1e-9));
}

TEST_CASE("Dismissing weak teachers raises and narrows skill, and takes new people", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(kSystem);
  const Simulation start = burnt_in(scenario, parallel);
  const auto run = [&](float rate) {
    return run_by_hand(start, 18, parallel, [&](const Mechanism& mechanism, World& world) {
      if (mechanism.name != "individualistic_policies") return;
      for (float& r : world[col::dismissal_rate]) r = rate;
      for (float& s : world[col::dismissal_selection]) s = 1;
    });
  };
  const World with = run(0.05f), without = run(0);
  // Each year 5% go who are 0.9 below the mean: up to 0.045 a year, less what the turnover renews.
  const double gain = mean(with[col::teacher_skill]) - mean(without[col::teacher_skill]);
  CHECK(gain > 0.10);
  CHECK(gain < 0.25);
  const double narrower =
      mean(with[col::teacher_skill_spread]) - mean(without[col::teacher_skill_spread]);
  CHECK(narrower < -0.02);
  CHECK(narrower > -0.15);
  CHECK(mean(with[col::teacher_turnover]) ==
        Approx(mean(without[col::teacher_turnover]) + 0.045).margin(0.01));
  CHECK(with[col::teachers_left][0] > without[col::teachers_left][0]);
  CHECK(with[col::teachers_entered][0] > without[col::teachers_entered][0]);
  // Posts are filled again, from a pool that is finite.
  CHECK(mean(with[col::teacher_vacancy]) < 0.06);
  CHECK(mean(with[col::teacher_vacancy]) > mean(without[col::teacher_vacancy]));
}

TEST_CASE("Training makes leaders who care for other schools", "[worlds]") {
  const Parallel parallel(1);
  const World with =
      world_after(scenario_of(kSystem, {"levers.networks.leader_training=0.3"}), 4, parallel);
  const World without = world_after(scenario_of(kSystem), 4, parallel);
  CHECK(mean(without[col::leader_trained]) == 0);
  std::vector<float> trained, not_trained;
  for (std::size_t row = 0; row < with.rows(Entity::leader); ++row)
    (with[col::leader_trained][row] > 0 ? trained : not_trained)
        .push_back(with[col::leader_system_mind][row]);
  REQUIRE(trained.size() > 200);
  REQUIRE(not_trained.size() > 100);
  // 0.3 of what is missing: from a mean of 0.5 to one of 0.65.
  CHECK(mean(trained) == Approx(0.65).margin(0.03));
  CHECK(mean(not_trained) == Approx(mean(without[col::leader_system_mind])).margin(0.05));
}
