// M22 Measurement: once a year the test. Reported = true + inflation from gaming + luck of the
// cohorts, which stays with them while they are in the school and is smaller the larger they are, +
// luck of the occasion, fresh for the whole school at every test, + the national drift of the
// scale. (Kane and Staiger 2002 for the two kinds of luck; Klein, Hamilton, McCaffrey and Stecher
// 2000 and Koretz 2017 for inflation.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Measurement {
  static constexpr std::string_view name = "measurement", code = "M22";
  static constexpr std::string_view meaning =
      "The test reports what is true, with inflation from gaming, the luck of each cohort and the "
      "drift of the scale.";
  static constexpr std::uint16_t purpose = 22;
  static constexpr bool switchable = false;

  struct Params {
    float inflation = 0.60f;
    float noise = 1.0f;
    float occasion = 0.1f;
    float occasion_size = 0.29f;
    float drift = 0.0f;  // from population.reported_drift
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::school_id, col::grades, col::cohort_pupils, col::attainment, col::intake,
            col::gaming>,
      Owns<col::test_noise, col::cohort_value_added, col::inflation, col::true_score,
           col::value_added, col::reported_score, col::reported_before, col::reported_value_added>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// SD of a cohort's luck, which is the mean of its pupils'.
inline float cohort_luck(float noise, float pupils) {
  return noise / square_root(pupils > 1.0f ? pupils : 1.0f);
}
// SD of the luck of an occasion for a school of `pupils`, `occasion` being that of a school of 300.
inline float occasion_luck(float occasion, float size, float pupils) {
  return occasion * exp(-size * log((pupils > 1.0f ? pupils : 1.0f) * (1.0f / 300.0f)));
}

}  // namespace reformsim
