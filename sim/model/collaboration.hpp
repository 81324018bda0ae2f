// M7 Collaboration in school: teachers who plan, teach and review together gain social capital,
// collective efficacy and a sense of "our" pupils, and learn from the best of what their own school
// does. It takes a leader who makes it real and energy to do it; time given under pressure and
// prescription becomes contrived collegiality, which costs time and gives nothing. (Hargreaves and
// Fullan 2012; Ronfeldt et al. 2015; Papay et al. 2020.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Collaboration {
  static constexpr std::string_view name = "collaboration", code = "M7";
  static constexpr std::string_view meaning =
      "Teachers who plan, teach and review together gain trust, efficacy and judgement, where a "
      "leader makes it real and pressure does not make it contrived.";
  static constexpr std::uint16_t purpose = 7;
  static constexpr bool switchable = true;

  struct Params {
    float gain = 0.20f;
    float levelling = 0.40f;
    float contrived = 0.80f;
    float leader = 0.80f;
    float growth = 0.8f;
    float judgement = 0.5f;
    float time_cost = 0.05f;
    float usual = 0.05f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::energy, col::leadership, col::social_capital, col::decisional_capital,
                    col::collective_efficacy, col::internal_accountability, col::mastery,
                    col::practice_fit, col::pressure, col::funded>,
              Owns<col::collaboration>,
              Adds<col::social_change, col::efficacy_change, col::accountability_change,
                   col::decisional_change, col::mastery_change, col::load>,
              Uses<lever::collaborative_time, lever::pedagogy, lever::prescription>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How far working together is imposed: by pressure from outside, by prescription, or both.
inline float time_imposed(float pressure, float prescription) {
  return 1.0f - (1.0f - pressure) * (1.0f - prescription);
}
// What becomes of the time given: all that the staff have energy for under a usual leader, up to
// twice that under an exceptional one, and little where it is imposed.
inline float real_collaboration(float time, float energy, float led, float contrived,
                                float how_imposed) {
  return unit(time * energy * 2.0f * logistic(led) * (1.0f - contrived * how_imposed));
}

}  // namespace reformsim
