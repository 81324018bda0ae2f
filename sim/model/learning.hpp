// M21 Pupils' learning: cohorts move through the school carrying what they learnt, which fades;
// learning follows the quality of teaching and the time it gives, and nothing else. The
// disadvantaged gain or lose more from it.
//
// Only this mechanism changes attainment. Attainment is measured against what is usual at each age,
// so average teaching in the usual time leaves it where it is; `intake` is where average teaching
// would leave a cohort, and what a school adds to it fades to `retention` within a year.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Learning {
  static constexpr std::string_view name = "learning", code = "M21";
  static constexpr std::uint16_t purpose = 21;
  static constexpr bool switchable = false;

  struct Params {
    float growth = 0.35f;
    float retention = 0.5f;
    float responsiveness = 0.25f;
    float gap = 0.65f;  // from population.poverty_gap
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::grades, col::roll, col::deprivation, col::entry_intake, col::teaching_basics,
            col::teaching_broad, col::time_basics, col::time_broad, col::energy,
            col::social_capital>,
      Owns<col::cohort_pupils, col::attainment, col::intake, col::broad_learning, col::wellbeing>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What teaching of quality `teaching` for `time` adds in a year to what the usual adds; `growth` is
// what pupils learn in a usual year.
inline float learnt(float growth, float teaching, float time) {
  return (growth + teaching) * time - growth;
}
// How strongly a group responds: the disadvantaged more, the others less.
inline float response(float responsiveness, int group) {
  return group == 0 ? 1.0f + responsiveness : 1.0f - 0.5f * responsiveness;
}

}  // namespace reformsim
