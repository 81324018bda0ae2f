// Quality of teaching and the time it is given, in each domain: what staff, practices, climate and
// effort add up to. Everything drivers do to pupils passes through these four columns.
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Teaching {
  static constexpr std::string_view name = "teaching", code = "owner";
  static constexpr std::uint16_t purpose = 114;
  static constexpr bool switchable = false;

  struct Params {
    float skill = 0.15f;
    float practice = 0.80f;
    float climate = 0.16f;
    float effort = 0.35f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::teacher_skill, col::teachers, col::teacher_posts_usual, col::mastery,
            col::practice_fit, col::human_capital, col::social_capital, col::decisional_capital,
            col::coherence, col::energy, col::collective_efficacy, col::effort, col::narrowing,
            col::gaming, col::teaching_usual_basics, col::teaching_usual_broad>,
      Owns<col::teaching_basics, col::teaching_broad, col::time_basics, col::time_broad>, Adds<>,
      Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Quality lost or gained with teachers per pupil against the usual (Tennessee STAR: 0.2 pupil SD
// for a third fewer pupils a class, of which half is the first year's).
inline float class_size_effect(float teachers_against_usual) {
  return 0.25f * log(clamp(teachers_against_usual, 0.3f, 3.0f));
}

}  // namespace reformsim
