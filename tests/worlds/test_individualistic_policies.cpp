// Appraisal, merit pay and dismissal in small worlds: what they move, and how little of it is
// culture.
#include <string>

#include <catch2/catch.hpp>

#include "support/scenarios.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

const std::string kSmall =
    "population: {schools: 80, districts: 5}\n"
    "horizon: {years: 3, burn_in_years: 4}\n";

// The mean over schools of what a reform changes in a column, after three years.
struct Reform {
  World without, with;
  Reform(const std::string& levers, const std::string& settings = "") {
    const Parallel parallel(1);
    const Scenario base = scenario_of(kSmall + settings);
    const Scenario reform = scenario_of(kSmall + settings + "levers:\n" + levers);
    Simulation start = burnt_in(base, parallel);
    Simulation other = start;
    other.branch(reform);
    start.run_until(3);
    other.run_until(3);
    without = start.world(), with = other.world();
  }
  template <class Tag>
  double on(Tag tag) const {
    return mean(with[tag]) - mean(without[tag]);
  }
};

}  // namespace

TEST_CASE("Merit pay raises effort for what is measured, and little else", "[worlds]") {
  const Reform merit("  individualistic_policies: {merit_pay: 1}\n");
  for (std::size_t i = 0; i < merit.with.schools(); ++i)
    CHECK(merit.with[col::individual_effort][i] > merit.without[col::individual_effort][i]);
  CHECK(merit.on(col::true_score) > -0.02);
  CHECK(merit.on(col::true_score) < 0.08);
  CHECK(merit.on(col::teaching_basics) > 0);
  CHECK(merit.on(col::teaching_broad) < 0.5 * merit.on(col::teaching_basics));
  CHECK(std::abs(merit.on(col::social_capital)) < 0.05);
  CHECK(merit.on(col::human_capital) > 0);
  CHECK(merit.on(col::human_capital) < 0.03);
  CHECK(merit.on(col::energy) < 0);
  CHECK(merit.on(col::energy) > -0.05);
}

TEST_CASE("What merit pay does to trust is an assumption the user can turn round", "[worlds]") {
  const auto trust = [](const std::string& value) {
    return Reform("  individualistic_policies: {merit_pay: 1, appraisal: 1}\n",
                  "parameters: {individualistic_policies: {burden: 0, trust: " + value + "}}\n")
        .on(col::social_capital);
  };
  const double harmed = trust("-0.15"), none = trust("0"), helped = trust("0.05");
  CHECK(harmed < -0.1);
  CHECK(std::abs(none) < 0.008);
  CHECK(helped > 0.03);
}

TEST_CASE("Dismissal asks for the weakest, as well as appraisal can tell", "[worlds]") {
  const Reform blind("  individualistic_policies: {dismissal: 0.05, appraisal: 0}\n");
  const Reform seen("  individualistic_policies: {dismissal: 0.05, appraisal: 1}\n");
  for (std::size_t i = 0; i < seen.with.schools(); ++i) {
    CHECK(seen.with[col::dismissal_rate][i] == 0.05f);
    CHECK(seen.with[col::dismissal_selection][i] == Approx(0.75 * 2.0627).epsilon(1e-3));
    CHECK(blind.with[col::dismissal_selection][i] == Approx(0.525 * 2.0627).epsilon(1e-3));
    CHECK(seen.without[col::dismissal_rate][i] == 0.0f);
  }
  // The post at stake calls up some effort, and costs some energy, as pay does.
  CHECK(blind.on(col::energy) < 0);
  CHECK(seen.on(col::individual_effort) > blind.on(col::individual_effort));
}

TEST_CASE("Without the mechanism nobody answers the levers", "[worlds]") {
  const Reform off("  individualistic_policies: {merit_pay: 1, dismissal: 0.1, appraisal: 1}\n",
                   "mechanisms: {individualistic_policies: false}\n");
  for (std::size_t i = 0; i < off.with.schools(); ++i) {
    CHECK(off.with[col::individual_effort][i] == 0.0f);
    CHECK(off.with[col::dismissal_rate][i] == 0.0f);
  }
}
