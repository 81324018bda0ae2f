// The intake of drawn schools: how it goes with deprivation within districts and between them, and
// what districts have in common beyond it.
#include <vector>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

struct Slopes {
  double within = 0, between = 0, sd = 0, common = 0;  // pupil SD per SD; common: share of the rest
};

// 800 districts of 20 schools, so that a district's mean deprivation is nearly its own.
Slopes slopes(const std::string& settings, std::uint32_t replicate) {
  const Scenario scenario = scenario_of(
      "population: {schools: 16000, districts: 800, district_size_cv: 0, secondary_share: 0" +
      settings + "}\n");
  const auto schools = population_of(scenario, replicate);
  const World world = make_world(scenario, *schools, model_parameters(scenario, replicate),
                                 make_key(1, replicate, Domain::dynamics));
  const double gap = scenario.number("population.poverty_gap");
  std::vector<double> intake, z;
  const double centre = mean(world[col::deprivation]), spread = sd(world[col::deprivation]);
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto share = static_cast<double>(world[col::deprivation][i]);
    intake.push_back(static_cast<double>(world[col::entry_intake][i]) - gap * share);
    z.push_back((share - centre) / spread);
  }
  std::vector<double> mean_z(800), mean_intake(800);
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto d = static_cast<std::size_t>(world[col::district][i]);
    mean_z[d] += z[i] / 20, mean_intake[d] += intake[i] / 20;
  }
  std::vector<double> z_in, intake_in;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const auto d = static_cast<std::size_t>(world[col::district][i]);
    z_in.push_back(z[i] - mean_z[d]), intake_in.push_back(intake[i] - mean_intake[d]);
  }
  Slopes found;
  found.within = correlation(z_in, intake_in) * sd(intake_in) / sd(z_in);
  found.between = correlation(mean_z, mean_intake) * sd(mean_intake) / sd(mean_z);
  found.sd = sd(intake);
  double inside = 0, across = 0;
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double left = intake_in[i] - found.within * z_in[i];
    inside += left * left / (16000 - 800);
  }
  for (std::size_t d = 0; d < 800; ++d) {
    const double left = mean_intake[d] - found.between * mean_z[d];
    across += left * left / 800;
  }
  found.common = (across - inside / 20) / (across + inside * 19 / 20);
  return found;
}

}  // namespace

TEST_CASE("Intake follows deprivation alike within and between districts, unless told otherwise",
          "[intake]") {
  const Slopes usual = slopes("", 0);
  CHECK(usual.within == Approx(-0.30).margin(0.015));
  CHECK(usual.between == Approx(-0.30).margin(0.02));
  CHECK(usual.sd == Approx(0.40).margin(0.01));
  CHECK(usual.common == Approx(0).margin(0.02));
}

TEST_CASE("England: poor schools in a district have a weak intake, poor districts hardly",
          "[intake]") {
  const Slopes england = slopes(
      ", poverty_slope: -0.28, poverty_slope_between_districts: 0.3, "
      "intake_between_districts: 0.16, intake_sd: 0.33, deprivation_between_districts: 0.38",
      1);
  CHECK(england.within == Approx(-0.28).margin(0.015));
  CHECK(england.between == Approx(-0.084).margin(0.03));
  CHECK(england.sd == Approx(0.33).margin(0.01));
  CHECK(england.common == Approx(0.16).margin(0.03));
}
