// M11 Joining a network: a choice by belief in its benefit, care for other schools, the
// participation of others, expectation, and what it costs in time and autonomy. Below a critical
// mass it stalls; a coalition built beforehand helps it over. An order meets reactance and makes
// members in name; "voluntary but inevitable" joins push and pull. (Munby and Fullan 2016; New
// Zealand's Communities of Learning, Ministry of Education 2014-2025; Centola et al. 2018.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Joining {
  static constexpr std::string_view name = "joining", code = "M11";
  static constexpr std::string_view meaning =
      "Schools join networks by belief, by the example of others and by expectation; an order "
      "makes members in name.";
  static constexpr std::uint16_t purpose = 11;
  static constexpr bool switchable = true;

  struct Params {
    float influence = 2.0f;
    float saturation = 0.75f;
    float reactance = 0.5f;
    float time_cost = 0.08f;
    float critical_mass = 0.2f;
    float coalition = 0.2f;
    float expected = 0.15f;
    float care = 0.2f;
    float commitment = 0.65f;
    float settling = 1.0f;
    float leaving = 1.0f;
    float compliance = 4.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::cluster, col::member, col::first_member, col::cluster_size,
                    col::reluctance, col::energy, col::trust_in_centre, col::belief_in_networks,
                    col::leader, col::leader_system_mind, col::systemness, col::cluster_purpose,
                    col::leader_changed, col::engagement_depth>,
              Owns<col::engagement_declared, col::engagement_real, col::member_for>,
              Adds<col::load>,
              Uses<lever::participation, lever::expectation, lever::coalition_building>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

inline constexpr float kUsualSystemness = 0.2f, kUsualEnergy = 0.65f;

// Share of schools that would join in the end.
inline float would_join(Participation how, float saturation, float expectation) {
  if (how == Participation::none) return 0.0f;
  if (how == Participation::mandated) return 1.0f;
  return saturation + (1.0f - saturation) * expectation;
}
// How a school looks at taking part: what it has seen of networks, and how far its leader, its
// staff and its cluster care for more than one school; 0.5 is usual.
inline float outlook_of(float belief, float care, float system_mind, float systemness,
                        float purpose) {
  return unit(belief + care * (system_mind - 0.5f + systemness - kUsualSystemness + purpose));
}
// Participation that counts with a school: that of the others, or what is in sight before they have
// come: what a coalition stands for and, where joining is thought inevitable, what is expected.
inline float felt_participation(Participation how, float others, float coalition_building,
                                float coalition, float expectation, float expected) {
  const float inevitable = how == Participation::voluntary_but_inevitable ? expectation : 0.0f;
  const float in_sight = coalition * (0.5f + coalition_building) + expected * inevitable;
  return others > in_sight ? others : in_sight;
}
// Yearly hazard of joining, for a school that would. Below the critical mass each further school
// counts for less. At the usual outlook, above it, uptake is logistic with the rate `influence`.
inline float joining_hazard(float influence, float saturation, float felt, float critical_mass,
                            float outlook) {
  return influence / saturation * felt * unit(felt / critical_mass) * 2.0f * outlook;
}
// Yearly hazard of leaving of one's own accord.
inline float leaving_hazard(float leaving, float outlook, float expectation) {
  return leaving * unit(1.0f - 2.0f * outlook) * (1.0f - expectation);
}
// Chance of being on the other side at the end of a term, for one who crosses at one yearly hazard
// and comes back at another.
inline float changes_side(float crosses, float returns, float years) {
  const float both = crosses + returns;
  return crosses / (both > 1e-9f ? both : 1e-9f) * (1.0f - exp(-both * years));
}
// What is lost of the participation of a school that did not choose it, by distrust of those who
// ordered it and the school's own reluctance (1/2 on average); a coalition softens it.
inline float resisted(float reactance, float trust, float coalition_building, float reluctance) {
  return unit(reactance * (1.0f - trust) * (1.5f - coalition_building) * 2.0f * reluctance);
}
// How far a member takes part by its own will, once settled in.
inline float willingness(float commitment, float outlook, float energy) {
  return unit(commitment * 2.0f * outlook * energy * (1.0f / kUsualEnergy));
}

}  // namespace reformsim
