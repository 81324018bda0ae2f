// Professional capital: human, social and decisional. Applies what mechanisms declare; what is not
// used or renewed fades to what staff, leader and district sustain by themselves. (Hargreaves and
// Fullan 2012.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Capital {
  static constexpr std::string_view name = "capital", code = "owner";
  static constexpr std::uint16_t purpose = 112;
  static constexpr bool switchable = false;

  struct Params {
    float half_life = 2.0f;
    float from_support = 0.30f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::teacher_skill, col::leadership, col::district_support,
                               col::energy, col::coherence, col::fear>,
                         Owns<col::human_capital, col::social_capital, col::decisional_capital,
                              col::human_change, col::social_change, col::decisional_change>,
                         Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Half-life of what was built: longer in a coherent school, about `usual` in the usual one.
inline float fading(float usual, float coherence) {
  return 0.6931472f / (usual * (0.4f + 1.2f * coherence));
}

}  // namespace reformsim
