// M22 Measurement: once a year the test. Reported = true + inflation from gaming + luck of the
// cohorts, which stays with them while they are in the school and is smaller the larger they are, +
// the national drift of the scale.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Measurement {
  static constexpr std::string_view name = "measurement", code = "M22";
  static constexpr std::uint16_t purpose = 22;
  static constexpr bool switchable = false;

  struct Params {
    float inflation = 0.60f;
    float noise = 1.0f;
    float drift = 0.0f;  // from population.reported_drift
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::school_id, col::grades, col::cohort_pupils, col::attainment,
                               col::intake, col::gaming>,
                         Owns<col::test_noise, col::inflation, col::true_score, col::value_added,
                              col::reported_score, col::reported_before, col::reported_value_added>,
                         Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

}  // namespace reformsim
