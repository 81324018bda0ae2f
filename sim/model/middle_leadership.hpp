// M16 Leadership from the middle: districts that lead together, and leaders of networks, broker
// across clusters and districts, filter and translate what comes from above, turn external into
// shared accountability, and carry what they know up to the centre. It has to grow, with willing
// districts, contact between them and time; token and resistant districts come round slowly. A
// district that leads alone, in the middle, does less than one that leads with its neighbours, from
// the middle; and what neighbours in contact can do, the weaker learn from the abler.
// (Hargreaves and Ainscow 2015; Rincon-Gallardo and Fullan 2016; Munby and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct MiddleLeadership {
  static constexpr std::string_view name = "middle_leadership", code = "M16";
  static constexpr std::string_view meaning =
      "Districts and network leaders who lead together filter and translate what comes from above, "
      "broker across borders and speak upwards.";
  static constexpr std::uint16_t purpose = 16;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 0.3f;
    float buffering = 0.15f;
    float exchange = 0.3f;
    float conversion = 0.15f;
    float alone = 0.4f;
    float full_capacity = 0.3f;
    float half_hearted = 0.2f;
    float resistant_pace = 0.5f;
    float sharing = 0.3f;
    float middle_craft = 0.5f;
    float token_share = 0.2f;  // these two are read when districts are drawn
    float resistant_share = 0.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::district_id, col::district, col::county, col::first_school, col::district_schools,
            col::district_capacity, col::district_drained, col::cluster, col::member,
            col::first_member, col::cluster_size, col::cluster_maturity, col::engagement_real,
            col::leader, col::leader_skill, col::leader_system_mind, col::leader_trained,
            col::pressure>,
      Owns<col::district_disposition, col::middle_strength, col::district_ties, col::middle_buffer,
           col::cluster_leadership, col::upward_voice>,
      Adds<col::capacity_change, col::accountability_change>,
      Uses<lever::district_role, lever::persistence, lever::close_to_middle, lever::competition>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

inline constexpr int32_t kWilling = 0, kToken = 1, kResistant = 2;  // dispositions of districts

// Disposition of a district by its draw u in [0, 1).
inline int32_t disposition_of(float u, float token_share, float resistant_share) {
  return u < resistant_share ? kResistant : u < resistant_share + token_share ? kToken : kWilling;
}
// Share of what a willing district would do: each step away from willing keeps `half_hearted`.
inline float willingness(int32_t disposition, float half_hearted) {
  return disposition == kWilling ? 1.0f
         : disposition == kToken ? half_hearted
                                 : half_hearted * half_hearted;
}
// What a district that `commits` itself to lead comes to, in contact `ties` with its neighbours.
inline float strength_sustained(float commits, float able, float alone, float ties) {
  return commits * able * (alone + (1.0f - alone) * ties);
}
// Contact between a district and its neighbours: it takes two that lead, and rivals keep apart.
inline float ties_sustained(float own, float others, float competition) {
  return (1.0f - competition) * square_root(own * others);
}
// Chance that a district comes round by one step in a year in which it leads for the share `led` of
// its schools. It never turns back.
inline float conversion_chance(float hazard, float led, float encouraged) {
  return 1.0f - exp(-hazard * led * encouraged);
}
// Part of the way to what is sustained that leading goes in a term. A centre that persists and
// keeps close to the middle wins it sooner: `encouraged` is the sum of the two levers, 1 is usual.
inline float share_of_growth(float growth, float encouraged, float years) {
  return 1.0f - exp(-growth * encouraged * years);
}
// What a leader is worth in the middle, in leader SD: skill, training for it and care for other
// schools, as far as the leader takes part (a weak one is no better for doing so).
inline float leader_in_the_middle(float skill, float trained, float system_mind, float craft,
                                  float engagement) {
  const float worth = skill + craft * (trained + 2.0f * system_mind - 1.0f);
  return worth > 0.0f ? engagement * worth : worth;
}

}  // namespace reformsim
