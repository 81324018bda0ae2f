// Quality of teaching and the time it is given, in each domain: what staff, practices, climate,
// effort and technology add up to, and what reaches the disadvantaged beyond it. Everything drivers
// do to pupils passes through these five columns.
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Teaching {
  static constexpr std::string_view name = "teaching", code = "owner";
  static constexpr std::string_view meaning =
      "Quality of teaching and the time it gives are what staff, practices, climate and effort add "
      "up to.";
  static constexpr std::uint16_t purpose = 114;
  static constexpr bool switchable = false;

  struct Params {
    float skill = 0.15f;
    float practice = 0.80f;
    float climate = 0.10f;
    float effort = 0.35f;
    float effort_broad = 0.2f;
    float reach = 0.20f;
    float class_size = 0.25f;
    float time_shift = 0.30f;
    float time_used = 0.5f;
    float drill = 0.1f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::teacher_skill, col::teachers, col::teacher_posts_usual, col::mastery,
            col::practice_fit, col::human_capital, col::social_capital, col::decisional_capital,
            col::coherence, col::energy, col::collective_efficacy, col::effort, col::narrowing,
            col::gaming, col::technology_aid, col::individual_effort, col::internal_accountability,
            col::roll, col::catchment, col::teaching_usual_basics, col::teaching_usual_broad,
            col::teaching_usual_reach>,
      Owns<col::teaching_basics, col::teaching_broad, col::teaching_reach, col::time_basics,
           col::time_broad>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Teachers per pupil on roll, against the usual; 1 where there is nobody to teach.
inline float teachers_per_pupil(float teachers, float posts_usual, float roll, float catchment) {
  const float pupils = catchment > 0.0f ? roll / catchment : 1.0f;
  const float usual = posts_usual * pupils;
  return usual > 0.0f ? teachers / usual : 1.0f;
}
// Quality lost or gained with teachers per pupil against the usual, in pupil SD a year; beyond a
// third or three times the usual nothing more.
inline float class_size_effect(float teachers_against_usual, float strength = 0.25f) {
  return strength * log(clamp(teachers_against_usual, 0.3f, 3.0f));
}

}  // namespace reformsim
