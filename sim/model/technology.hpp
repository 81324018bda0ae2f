// M5 Technology first: devices are soon in use everywhere and take attention; what their use adds
// to teaching depends on the pedagogy it meets, and below a certain level it takes away. (Cristia
// et al. 2017; Escueta et al. 2020; Munby and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Technology {
  static constexpr std::string_view name = "technology", code = "M5";
  static constexpr std::string_view meaning =
      "Devices take money and attention, and help as far as there is pedagogy to use them.";
  static constexpr std::uint16_t purpose = 5;
  static constexpr bool switchable = true;

  struct Params {
    float gain = 2.0f;
    float needed = 0.50f;
    float attention = 0.06f;
    float uptake = 1.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::mastery, col::practice_fit, col::decisional_capital, col::funded>,
              Owns<col::technology_use, col::technology_aid>, Adds<col::load>,
              Uses<lever::technology>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// The pedagogy that technology meets in a school: half the mastery of practices, each counted by
// what it does and how well it fits, and half the judgement of the staff.
inline float pedagogy_met(const float* mastery, const float* fit, float judgement) {
  float sum = 0, weights = 0;
  for (int k = 0; k < kPractices; ++k) {
    const float weight = (kPracticeWeights.basics[k] + kPracticeWeights.broad[k]) * fit[k];
    sum += weight * mastery[k];
    weights += weight;
  }
  return 0.5f * (weights > 1e-6f ? sum / weights : 0.0f) + 0.5f * judgement;
}
// Share that use adds to the effect of practices, or takes from it.
inline float technology_aid(float gain, float use, float pedagogy, float needed) {
  return gain * use * (pedagogy - needed);
}

}  // namespace reformsim
