// Climate of the school: energy, coherence, collective efficacy, internal accountability and trust
// in the centre. Applies the load, strain and sudden changes that mechanisms declare. Load beyond
// what the leader can keep in order costs coherence and energy. (Munby and Fullan 2016; Bryk et al.
// 2010.)
//
// Social capital, collective efficacy and trust are scales on which the usual school has 0.5.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Climate {
  static constexpr std::string_view name = "climate", code = "owner";
  static constexpr std::string_view meaning =
      "Energy, coherence, collective efficacy, internal accountability and trust in the centre "
      "follow the load, strain and shocks of the term.";
  static constexpr std::uint16_t purpose = 111;
  static constexpr bool switchable = false;

  struct Params {
    float recovery = 0.8f;
    float overload = 0.6f;
    float leadership = 0.07f;
    float spillover = 0.5f;
    float energy_rests = 0.65f;
    float coherence_rests = 0.48f;
    float accountability_rests = 0.35f;
    float trust_rests = 0.54f;
    float belief_rate = 0.4f;
    float trust_rate = 0.15f;
    float surroundings = 0.2f;
    float manageable = 0.31f;
    float softness = 0.06f;
    float settling_in = 3.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::leadership, col::leader_tenure, col::social_capital, col::district_support,
            col::support_usual, col::value_added, col::teachers, col::teacher_posts_usual,
            col::roll, col::catchment>,
      Owns<col::energy, col::coherence, col::collective_efficacy, col::internal_accountability,
           col::trust_in_centre, col::load, col::strain, col::coherence_change, col::trust_change,
           col::efficacy_change, col::accountability_change>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What a leader's skill sustains; half of it on arrival, all of it once settled in.
inline float leader_sustains(float leadership, float skill, float tenure, float settling_in) {
  const float settled = tenure < settling_in ? tenure / settling_in : 1.0f;
  return leadership * skill * 0.5f * (1.0f + settled);
}
// Attention beyond what the leader can keep in order. It does not start at a sharp edge: within
// about `softness` of it some is too much already.
inline float excess_load(float load, float room, float softness) {
  const float over = (load - room) / softness;
  return softness * (over > 20.0f ? over : log(1.0f + exp(over)));
}

}  // namespace reformsim
