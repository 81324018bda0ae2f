// M17 Openness from cluster to cluster: people who belong to several groups, and clusters that
// check one another, keep a cluster open to what others know and honest about itself. Without them
// a cluster that trusts itself shuts itself off, and clusters differ more and more. (Munby and
// Fullan 2016, factor 8; Daly and Finnigan 2010-2012.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct OpenClusters {
  static constexpr std::string_view name = "open_clusters", code = "M17";
  static constexpr std::string_view meaning =
      "People who belong to several groups, and clusters that check one another, keep a cluster "
      "open and honest about itself.";
  static constexpr std::uint16_t purpose = 17;
  static constexpr bool switchable = true;

  struct Params {
    float opening = 0.7f;
    float spanning = 0.5f;
    float insularity = 0.3f;
    float conformity = 0.4f;
    float validation = 0.7f;
    float enough_spanners = 0.5f;
    float review_load = 0.03f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::cluster, col::member, col::first_member, col::cluster_size,
                    col::engagement_real, col::leader, col::leader_system_mind, col::systemness,
                    col::cluster_trust, col::network_trust, col::mastery>,
              Owns<col::cluster_openness, col::cluster_validation>,
              Adds<col::load, col::mastery_change>,
              Uses<lever::openness, lever::cross_review, lever::competition>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How far a cluster has the people whom openness needs: those who act for other schools among its
// active members, and those who review other clusters.
inline float spanners_found(float people, float enough, float validation) {
  return unit(people / enough + validation);
}
// Openness that policy sustains: a part of it is only as good as the people who carry it, rivals
// keep to themselves, and a cluster that trusts itself, is not asked to be open and is checked by
// nobody shuts itself off.
inline float openness_sustained(float policy, float spanning, float spanners, float competition,
                                float insularity, float trust, float validation) {
  const float opens = policy * (1.0f - spanning + spanning * spanners) * (1.0f - competition);
  const float shuts = insularity * trust * (1.0f - policy) * (1.0f - validation);
  return unit(opens - shuts);
}
// Share of its distance to the mean practice of its cluster that a member gives up in a year: as
// far as it takes part and trusts, where nobody looks beyond the cluster.
inline float conforms(float conformity, float network_trust, float openness) {
  return conformity * network_trust * (1.0f - openness);
}

}  // namespace reformsim
