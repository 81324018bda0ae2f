// M1 Initiative load: every central initiative takes attention while it is new; what is given up
// early was in vain, breaks what had been begun and leaves cynicism. Alignment, an able leader and
// leaders in the middle spare the staff part of it. (Munby and Fullan 2016; Hess 1999; Honig and
// Hatch 2004.)
//
// Initiatives are not counted one by one but as the number a school has alive on average: they
// start at a rate and are given up at a rate.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct InitiativeLoad {
  static constexpr std::string_view name = "initiative_load", code = "M1";
  static constexpr std::string_view meaning =
      "Every central initiative alive takes attention, and one that is given up leaves cynicism "
      "behind.";
  static constexpr std::uint16_t purpose = 1;
  static constexpr bool switchable = true;

  struct Params {
    float attention = 0.10f;
    float alignment = 0.10f;
    float filtering = 0.5f;
    float cynicism = 0.01f;
    float routine = 2.0f;
    float fruition = 3.0f;
    float disruption = 0.03f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::leadership, col::middle_buffer>, Owns<col::initiatives>,
              Adds<col::load, col::trust_change, col::coherence_change>,
              Uses<lever::initiatives_started, lever::initiative_life, lever::coordination>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Share of an initiative's attention that alignment and an able leader, half each, spare the staff.
inline float spared(float filtering, float alignment, float leadership) {
  return filtering * 0.5f * (alignment + logistic(leadership));
}
// Of the initiatives alive, the share that still takes attention: they become routine after
// `routine` years on average, and are given up after `life` years on average.
inline float still_new(float routine, float life) { return routine / (routine + life); }
// How much of an initiative given up after `life` years was in vain.
inline float in_vain(float fruition, float life) { return exp(-life / fruition); }

}  // namespace reformsim
