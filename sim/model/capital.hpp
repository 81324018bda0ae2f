// Professional capital: human, social and decisional. Applies what mechanisms declare; what is not
// used or renewed fades to what staff, leader and district sustain by themselves. (Hargreaves and
// Fullan 2012.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Capital {
  static constexpr std::string_view name = "capital", code = "owner";
  static constexpr std::string_view meaning =
      "Human, social and decisional capital take up what the term adds and fade to what staff, "
      "leader and district sustain.";
  static constexpr std::uint16_t purpose = 112;
  static constexpr bool switchable = false;

  struct Params {
    float half_life = 1.2f;
    float from_support = 0.36f;
    float shared_support = 0.5f;
    float skill = 0.25f;
    float leader_social = 0.04f;
    float leader_judgement = 0.03f;
    float energy = 0.2f;
    float fear = 0.1f;
    float coherence = 1.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::teacher_skill, col::leadership, col::district_support,
                               col::support_usual, col::energy, col::coherence, col::fear>,
                         Owns<col::human_capital, col::social_capital, col::decisional_capital,
                              col::human_change, col::social_change, col::decisional_change>,
                         Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Rate at which what was built fades: its half-life is `usual` years in a school of middling
// coherence, and `longer` times that share more per unit of coherence.
inline float fading(float usual, float coherence, float longer = 1.2f) {
  return 0.6931472f / (usual * (1.0f + longer * (coherence - 0.5f)));
}

}  // namespace reformsim
