// M20 Systemness: the share of people who act for the success of other schools too. It grows with
// what they live through together with other schools, as far as that reaches beyond the leaders,
// with coherent policy and with leaders who care for more than their own school; it decays without,
// and with rivalry. It feeds trust and support. (Rincon-Gallardo and Fullan 2016; Munby and Fullan
// 2016.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Systemness {
  static constexpr std::string_view name = "systemness", code = "M20";
  static constexpr std::string_view meaning =
      "People who work with other schools come to act for their success too; competition undoes "
      "it.";
  static constexpr std::uint16_t purpose = 20;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 0.4f;
    float decay = 0.25f;
    float rivalry = 0.5f;
    float championing = 2.0f;
    float base = 0.1225f;
    float leaders_only = 0.3f;
    float trusting = 0.05f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::engagement_depth, col::network_trust, col::support_given, col::support_received,
            col::leader, col::leader_system_mind, col::partner, col::tie_weight>,
      Owns<col::systemness>, Adds<col::trust_change>,
      Uses<lever::coordination, lever::competition, lever::stakes, lever::school_to_school>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What is left of acting for others where schools are rivals for pupils, money and name.
inline float unrivalled(float rivalry, float competition, float stakes) {
  return 1.0f - rivalry * unit(competition + 0.5f * stakes);
}
// Systemness without any contact beyond the usual: more where policy is coherent, champions
// transfer from school to school, and the leader cares for other schools.
inline float systemness_at_rest(const Systemness::Params& p, float coordination,
                                float school_to_school, float system_mind, float unrivalled) {
  const float championed = (coordination + school_to_school + system_mind) * (1.0f / 3.0f);
  return unit(p.base * (1.0f + p.championing * championed) * unrivalled);
}
// Share of the staff who live through work with other schools: any of work in the cluster, support
// given, support received and contact with partners will do, as deep as the school takes part.
inline float lateral_experience(float leaders_only, float depth, float network, float given,
                                float received, float contact) {
  const float reach = leaders_only + (1.0f - leaders_only) * depth;
  return reach * (1.0f - (1.0f - network) * (1.0f - given) * (1.0f - received) * (1.0f - contact));
}

}  // namespace reformsim
