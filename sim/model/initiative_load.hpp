// M1 Initiative load: every active central initiative takes attention; what is given up early
// leaves cynicism. (Munby and Fullan 2016; Hess 1999; Honig and Hatch 2004.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct InitiativeLoad {
  static constexpr std::string_view name = "initiative_load", code = "M1";
  static constexpr std::uint16_t purpose = 1;
  static constexpr bool switchable = true;

  struct Params {
    float attention = 0.04f;
    float alignment = 0.20f;
    float filtering = 0.5f;
    float cynicism = 0.01f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::leadership>, Owns<col::initiatives>,
              Adds<col::load, col::trust_change, col::coherence_change>,
              Uses<lever::initiatives_started, lever::initiative_life, lever::coordination>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Share of an initiative's attention that alignment and an able leader spare the staff.
inline float spared(float filtering, float alignment, float leadership) {
  return filtering * unit(0.5f * alignment + 0.5f * logistic(leadership));
}

}  // namespace reformsim
