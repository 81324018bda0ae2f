// A run on a list of real schools starts from that list: at year 0 the reported scores are the
// list's, and the true ones what those scores say about them.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "support/folder.hpp"
#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

// Schools whose true scores, SD 0.30 around what deprivation predicts, are known, and tested on
// few pupils, so that more than half of what lies between them is luck: 30 pupils give luck with a
// variance of 1/30 = 0.0333, and the day of the test adds (0.06 x 10^0.29)^2 = 0.0137.
struct KnownTruth {
  Folder folder;
  std::vector<double> truth;  // by school code, which is the row

  explicit KnownTruth(std::size_t schools) {
    std::ofstream file(folder.path / "schools.csv");
    file << "code,district,phase,pupils,poverty,score\n";
    const Draws draws(make_key(99, 0, Domain::population), 1, 0);
    for (std::size_t i = 0; i < schools; ++i) {
      const double poverty = draws.uniform(i, 0);
      truth.push_back(0.5 - poverty + 0.20 * draws.normal(i, 1));
      const double luck = draws.normal(i, 2) * std::sqrt(0.0333 + 0.0137);
      file << fmt::format("{:05},d{},p,30,{},{}\n", i, i / 50, poverty, truth.back() + luck);
    }
  }

  Scenario scenario(const std::string& more = "") const {
    return scenario_of(fmt::format(R"(
population:
  kind: list
  file: {}
  columns: {{school_id: code, district_id: district, phase: phase, enrolment: pupils,
             deprivation: poverty, score: score}}
  phases: {{primary: [p]}}
  score_centre: none
horizon: {{years: 3, burn_in_years: 10}}
parameters.measurement.occasion: 0.06
{})",
                                   (folder.path / "schools.csv").string(), more));
  }
};

}  // namespace

TEST_CASE("Year 0 reports the scores of the list", "[worlds]") {
  const Parallel parallel(1);
  const Scenario scenario = scenario_of(
      "extends: scenarios/populations/california.yaml\n"
      "horizon: {years: 2, burn_in_years: 3}\n");
  const Simulation simulation = burnt_in(scenario, parallel);
  const World& world = simulation.world();
  REQUIRE(world.schools() == 6194);
  double worst = 0;
  for (std::size_t i = 0; i < world.schools(); ++i)
    worst = std::max(worst, std::abs(static_cast<double>(world[col::reported_score][i]) -
                                     world[col::imported_score][i]));
  CHECK(worst < 1e-5);
  const auto listed = world[col::imported_score];
  CHECK(correlation(listed, world[col::reported_score]) >= 0.95);
  CHECK(correlation(listed, world[col::true_score]) >= 0.95);
  CHECK(sd(world[col::true_score]) < sd(listed));
  // What targets and the scopes of levers refer to is the same score.
  CHECK(std::equal(world[col::score_at_start].begin(), world[col::score_at_start].end(),
                   world[col::reported_score].begin()));
  // Value added is against the mean school's.
  CHECK(measure(world, "value_added_mean") == Approx(0).margin(1e-4));
}

TEST_CASE("True scores are shrunken by their reliability", "[worlds]") {
  const Parallel parallel(1);
  const KnownTruth list(1500);
  const Scenario scenario = list.scenario("mechanisms: {accountability: false}");
  const Simulation simulation = burnt_in(scenario, parallel);
  const World& world = simulation.world();

  // What a score says about the truth is the same for the model's truth and for the one we drew:
  // regressed on the score, both have the same slope within four standard errors.
  std::vector<double> seen, drawn, made;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto code = static_cast<std::size_t>(std::stoul(simulation.population().school_code[i]));
    const double expected = 0.5 - world[col::deprivation][i];
    seen.push_back(world[col::imported_score][i] - expected);
    drawn.push_back(list.truth[code] - expected);
    made.push_back(world[col::true_score][i] - expected);
  }
  const double slope_ours = correlation(seen, drawn) * sd(drawn) / sd(seen);
  const double slope_model = correlation(seen, made) * sd(made) / sd(seen);
  // Reliability 0.04 / (0.04 + 0.047) = 0.460; the residual SD of a slope over 1,500 schools is
  // sqrt(0.04 * 0.54 / 0.087 / 1500) = 0.013 for each of the two.
  CHECK(slope_ours == Approx(0.460).margin(4 * 0.013));
  CHECK(slope_model == Approx(slope_ours).margin(4 * 0.018));
  // Neither too narrow, as the best guess of each school would be, nor as wide as the scores.
  CHECK(sd(made) == Approx(0.20).epsilon(0.08));
  CHECK(sd(made) < 0.85 * sd(seen));
}

TEST_CASE("The worst schools rise and the best fall without any reform", "[worlds]") {
  const Parallel parallel(1);
  const KnownTruth list(5000);
  const Scenario scenario = list.scenario();
  Simulation simulation = burnt_in(scenario, parallel);
  const World start = simulation.world();
  simulation.run_until(3);  // by then half of the tested pupils are others
  const World& end = simulation.world();

  std::vector<std::size_t> order(start.schools());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return start[col::reported_score][a] < start[col::reported_score][b];
  });
  const auto gains = [&](std::size_t from, std::size_t to) {
    std::vector<double> out;
    for (std::size_t r = from; r < to; ++r)
      out.push_back(end[col::reported_score][order[r]] - start[col::reported_score][order[r]]);
    return out;
  };
  const std::size_t n = order.size(), fifth = n / 5;
  const auto all = gains(0, n), worst = gains(0, fifth), best = gains(n - fifth, n);
  const double usual = mean(all);
  const auto excess = [&](const std::vector<double>& group) {
    return (mean(group) - usual) / standard_error(group);
  };
  CHECK(excess(worst) > 4);
  CHECK(excess(best) < -4);
}
