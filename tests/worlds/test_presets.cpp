// The four presets differ, for the reasons they state; and without a reform nothing drifts.
#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "engine/ensemble.hpp"
#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

// System measures at year 0 and at the horizon.
class AtTheEnd : public EnsembleClient {
 public:
  AtTheEnd(std::size_t scenarios, std::size_t replicates)
      : starts_(scenarios, std::vector<std::vector<double>>(replicates)), ends_(starts_) {}

  void begin(std::size_t s, std::size_t r, Simulation& simulation) override {
    starts_[s][r] = support::measures_now(simulation.world(), Parallel(1));
  }
  void end(std::size_t s, std::size_t r, Simulation& simulation) override {
    ends_[s][r] = support::measures_now(simulation.world(), Parallel(1));
  }

  double gain(std::size_t s, std::size_t r, std::string_view name) const {
    return value(s, r, name) - starts_[s][r][row(name)];
  }
  double value(std::size_t s, std::size_t r, std::string_view name) const {
    return ends_[s][r][row(name)];
  }

 private:
  static std::size_t row(std::string_view name) {
    for (std::size_t m = 0; m < system_measures().size(); ++m)
      if (system_measures()[m].name == name) return m;
    throw std::logic_error("no measure " + std::string(name));
  }
  std::vector<std::vector<std::vector<double>>> starts_, ends_;
};

enum : std::size_t { kStatusQuo, kTopDown, kAutonomous, kNetworked, kPresets };
constexpr std::size_t kReplicates = 6;

}  // namespace

TEST_CASE("Without a reform the system does not drift", "[worlds]") {
  const Scenario scenario =
      preset("status_quo", "population: {schools: 600, districts: 30}\nhorizon: {years: 15}\n");
  AtTheEnd run(1, 4);
  EnsembleOptions options;
  options.replicates = {0, 1, 2, 3};
  run_ensemble({&scenario}, options, run);
  double true_gain = 0, reported_gain = 0, spread = 0;
  for (std::size_t r = 0; r < 4; ++r) {
    true_gain += run.gain(0, r, "true_attainment_mean") / 4;
    reported_gain += run.gain(0, r, "reported_attainment_mean") / 4;
    const double end = run.value(0, r, "true_attainment_between_school_sd");
    spread += end / (end - run.gain(0, r, "true_attainment_between_school_sd")) / 4;
  }
  CAPTURE(true_gain, reported_gain, spread);
  CHECK(std::abs(true_gain) < 0.05);
  CHECK(std::abs(reported_gain) < 0.05);
  CHECK(std::abs(spread - 1) < 0.10);
}

TEST_CASE("Presets differ for the reasons they state", "[worlds]") {
  const std::string size =
      "population: {schools: 1000, districts: 40}\nhorizon: {years: 10}\nensemble: {seed: 21}\n";
  const std::array<Scenario, kPresets> presets = {
      preset("status_quo", size), preset("top_down", size), preset("autonomous", size),
      preset("networked", size)};
  AtTheEnd run(kPresets, kReplicates);
  EnsembleOptions options;
  options.replicates = {0, 1, 2, 3, 4, 5};
  run_ensemble({&presets[0], &presets[1], &presets[2], &presets[3]}, options, run);

  // In every pair of replicates, for they share their luck: a direction that luck can turn is not
  // a stated reason.
  for (std::size_t r = 0; r < kReplicates; ++r) {
    CAPTURE(r);
    const auto value = [&](std::size_t s, std::string_view name) { return run.value(s, r, name); };
    const auto gain = [&](std::size_t s, std::string_view name) { return run.gain(s, r, name); };

    CHECK(gain(kTopDown, "reported_attainment_mean") >
          gain(kTopDown, "true_attainment_mean") + 0.01);
    CHECK(value(kTopDown, "inflation_mean") > 1.5 * value(kStatusQuo, "inflation_mean"));
    CHECK(value(kTopDown, "narrowing_mean") > value(kStatusQuo, "narrowing_mean") + 0.05);
    CHECK(value(kTopDown, "broad_learning_mean") < value(kTopDown, "value_added_mean"));

    CHECK(value(kAutonomous, "value_added_between_school_sd") >
          1.05 * value(kStatusQuo, "value_added_between_school_sd"));

    CHECK(value(kNetworked, "real_participation") > 0.3);
    CHECK(value(kNetworked, "declared_participation") > value(kNetworked, "real_participation"));
    CHECK(value(kNetworked, "mastery_mean") > value(kStatusQuo, "mastery_mean"));
    CHECK(value(kNetworked, "tie_weight_mean") > value(kStatusQuo, "tie_weight_mean"));
    for (const auto other : {kStatusQuo, kTopDown, kAutonomous})
      CHECK(value(other, "real_participation") == 0.0);

    for (const auto other : {kTopDown, kAutonomous, kNetworked})
      CHECK(value(other, "spending_per_pupil") ==
            Approx(value(kStatusQuo, "spending_per_pupil")).epsilon(1e-3));
  }
}

TEST_CASE("Terms of any length give the same ten years", "[worlds]") {
  // Other terms are other luck, so they can only agree as far as 600 schools even it out.
  for (const char* name : {"top_down", "networked"}) {
    const auto run = [&](int steps) {
      const Scenario scenario =
          preset(name, fmt::format("population: {{schools: 600, districts: 30}}\n"
                                   "horizon: {{years: 10, steps_per_year: {}}}\n",
                                   steps));
      auto ends = std::make_unique<AtTheEnd>(1, 3);
      EnsembleOptions options;
      options.replicates = {0, 1, 2};
      run_ensemble({&scenario}, options, *ends);
      return ends;
    };
    const auto usual = run(3);
    for (const int steps : {1, 12}) {
      INFO(name << ", " << steps << " terms a year");
      const auto other = run(steps);
      const auto apart = [&](std::string_view measure) {
        double sum = 0;
        for (std::size_t r = 0; r < 3; ++r)
          sum += other->value(0, r, measure) - usual->value(0, r, measure);
        return std::abs(sum / 3);
      };
      CHECK(apart("true_attainment_mean") < 0.03);
      CHECK(apart("inflation_mean") < 0.01);
      CHECK(apart("value_added_between_school_sd") < 0.02);
      CHECK(apart("mastery_mean") < 0.02);
      CHECK(apart("energy_mean") < 0.02);
      CHECK(apart("real_participation") < 0.05);
      CHECK(apart("teacher_turnover") < 0.005);
    }
  }
}

TEST_CASE("Free schools drift apart because they try things", "[worlds]") {
  // The rise of the spread under autonomy, with and without the mechanism that is there to make it.
  const auto rise = [](const std::string& innovation) {
    const std::string text =
        "population: {schools: 600, districts: 30}\nhorizon: {years: 10}\n"
        "mechanisms: {innovation: " +
        innovation + "}\n";
    const Scenario usual = preset("status_quo", text), free = preset("autonomous", text);
    AtTheEnd run(2, kReplicates);
    EnsembleOptions options;
    options.replicates = {0, 1, 2, 3, 4, 5};
    run_ensemble({&usual, &free}, options, run);
    double sum = 0;
    for (std::size_t r = 0; r < kReplicates; ++r)
      sum += run.value(1, r, "value_added_between_school_sd") -
             run.value(0, r, "value_added_between_school_sd");
    return sum / kReplicates;
  };
  const double with = rise("true"), without = rise("false");
  CAPTURE(with, without);
  CHECK(with > 0);
  CHECK(with > 1.3 * without);
}

TEST_CASE("Autonomy thins out the districts", "[worlds]") {
  const Parallel parallel(1);
  const std::string size = "population: {schools: 300, districts: 20}\nhorizon: {years: 10}\n";
  const World usual = world_after(preset("status_quo", size), 10, parallel);
  const World free = world_after(preset("autonomous", size), 10, parallel);
  CHECK(mean(free[col::district_support]) < 0.9 * mean(usual[col::district_support]));
  CHECK(mean(free[col::district_drained]) > mean(usual[col::district_drained]) + 0.1);
}
