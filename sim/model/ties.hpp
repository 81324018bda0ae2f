// Contact between schools: ties form where people meet, fade where they do not, and break when a
// leader leaves who alone held them. Kept apart from the trust of clusters because neighbours have
// ties without any network. (Daly and Finnigan 2010-2012; Coburn et al. 2012.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Ties {
  static constexpr std::string_view name = "ties", code = "M12";
  static constexpr std::string_view meaning =
      "Contact between schools forms where people meet, fades where they do not, and breaks with "
      "the leaders who alone held it.";
  static constexpr std::uint16_t purpose = 102;
  static constexpr bool switchable = true;

  struct Params {
    float forming = 0.05f;
    float decay = 0.20f;
    float competition = 1.0f;
    float lost_with_leader = 0.7f;
    float deep_loss = 0.1f;
    float meeting = 2.0f;
    float neighbour_trust = 0.4f;
    float stakes_rivalry = 0.5f;
    float distance = 0.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::partner, col::cluster, col::engagement_real, col::network_quality,
                    col::network_trust, col::cluster_openness, col::leader_changed, col::fear,
                    col::engagement_depth, col::support_received>,
              Owns<col::tie_weight, col::tie_trust>, Adds<>,
              Uses<lever::stakes, lever::competition>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How far neighbours deal with one another as they would if nothing set them against each other.
inline float friendliness(float penalty, float competition, float stakes, float stakes_rivalry) {
  return exp(-penalty * unit(competition + stakes_rivalry * stakes));
}
// Share of a school's ties lost when its leader leaves: most of what the leader held alone, little
// of what others hold too, or what people lent to the school hold.
inline float lost_ties(float leader_only, float deep, float depth, float support) {
  const float held = 1.0f - (1.0f - depth) * (1.0f - support);
  return leader_only + (deep - leader_only) * held;
}

}  // namespace reformsim
