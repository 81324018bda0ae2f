// M11 Joining a network: a choice by belief in its benefit, the participation of others,
// expectation, and what it costs in time. An order meets reactance and makes members in name;
// "voluntary but inevitable" joins push and pull. (Munby and Fullan 2016; New Zealand's Communities
// of Learning, Ministry of Education 2014-2025.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Joining {
  static constexpr std::string_view name = "joining", code = "M11";
  static constexpr std::uint16_t purpose = 11;
  static constexpr bool switchable = true;

  struct Params {
    float influence = 2.0f;
    float saturation = 0.75f;
    float reactance = 0.5f;
    float time_cost = 0.08f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::cluster, col::member, col::first_member, col::cluster_size,
                    col::reluctance, col::energy, col::trust_in_centre, col::belief_in_networks,
                    col::leader, col::leader_system_mind>,
              Owns<col::engagement_declared, col::engagement_real>, Adds<col::load>,
              Uses<lever::participation, lever::expectation, lever::shared_accountability>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Share of schools that would join in the end.
inline float would_join(Participation how, float saturation, float expectation) {
  if (how == Participation::none) return 0.0f;
  if (how == Participation::mandated) return 1.0f;
  return saturation + (1.0f - saturation) * 0.9f * expectation;
}
// Yearly hazard of joining, for a school that would.
inline float joining_hazard(Participation how, float influence, float others, float belief,
                            float expectation) {
  if (how == Participation::mandated) return 4.0f;
  const float pull =
      how == Participation::voluntary_but_inevitable ? 0.10f + 0.25f * expectation : 0.04f;
  return influence * (pull + others) * (0.3f + 1.4f * belief);
}
// How far a member really takes part, once settled in.
inline float settled_engagement(Participation how, float reactance, float belief, float energy,
                                float trust) {
  const float willing = unit(0.25f + 0.75f * belief) * unit(0.4f + energy);
  return how == Participation::mandated ? willing * unit(1.0f - reactance * (1.2f - trust))
                                        : willing;
}

}  // namespace reformsim
