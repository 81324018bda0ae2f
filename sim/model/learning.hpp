// M21 Pupils' learning: cohorts move through the school, and on to the next one, carrying what they
// learnt, which fades; learning follows the quality of teaching and the time it gives, and nothing
// else. The disadvantaged gain or lose more from it. (Hill, Bloom, Black and Lipsey 2008; Jacob,
// Lefgren and Sims 2010; Krueger 1999.)
//
// Only this mechanism changes attainment. Attainment is measured against what is usual at each age,
// so average teaching in the usual time leaves it where it is; `intake` is where average teaching
// would leave a cohort, and what schools added to it fades to `retention` within a year.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Learning {
  static constexpr std::string_view name = "learning", code = "M21";
  static constexpr std::string_view meaning =
      "Cohorts move through the school, learn from teaching and its time and from nothing else, "
      "and carry what they learnt, which fades.";
  static constexpr std::uint16_t purpose = 21;
  static constexpr bool switchable = false;

  struct Params {
    float growth = 0.35f;
    float retention = 0.5f;
    float responsiveness = 0.25f;
    float wellbeing = 0.6f;
    float wellbeing_climate = 0.3f;
    float wellbeing_breadth = 0.4f;
    float wellbeing_rate = 0.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::grades, col::district, col::county, col::phase, col::feeder_pool,
            col::feeder_phase, col::entrants, col::entrant_intake, col::teaching_basics,
            col::teaching_broad, col::teaching_reach, col::time_basics, col::time_broad,
            col::energy, col::social_capital>,
      Owns<col::cohort_pupils, col::attainment, col::intake, col::broad_learning, col::wellbeing>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What teaching of quality `teaching` for `time` adds in a year to what the usual adds; `growth` is
// what pupils learn in a usual year.
inline float learnt(float growth, float teaching, float time) {
  return (growth + teaching) * time - growth;
}
// How strongly a group responds in a year group of which `disadvantaged` is the share: the
// disadvantaged more, the others less, and the mean pupil exactly as the teaching says.
inline float response(float responsiveness, int group, float disadvantaged) {
  return 1.0f + responsiveness * ((group == 0 ? 1.0f : 0.0f) - disadvantaged);
}
// Where wellbeing settles. Pupils live in the climate their teachers live in, and in the time left
// for more than tests; `usual` is what a usual school has (energy 0.65, social capital 0.5).
inline float wellbeing_at(float usual, float climate, float breadth, float energy, float social,
                          float time_broad) {
  return usual + climate * ((energy - 0.65f) + (social - 0.5f)) + breadth * (time_broad - 1.0f);
}

}  // namespace reformsim
