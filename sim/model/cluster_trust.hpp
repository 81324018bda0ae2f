// M12 Trust and maturity of a cluster: trust grows with contact and honesty and breaks with
// turnover; maturity needs trust and visible impact; a cluster without transparency and focus on
// outcomes goes cosy, thinks better of itself than is true, and drifts. (Munby and Fullan 2016,
// factors 1-3 and 6; Bryk and Schneider 2002.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

inline constexpr int kFactors = 8;
inline constexpr float kStartTrust = 0.40f;  // among strangers (Bryk and Schneider 2002; assumed)

struct ClusterTrust {
  static constexpr std::string_view name = "cluster_trust", code = "M12";
  static constexpr std::uint16_t purpose = 12;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 0.35f;
    float threshold = 0.5f;
    float complementarity = 0.0f;
    float maturing = 0.6f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::cluster, col::member, col::first_member, col::cluster_size,
                    col::engagement_real, col::engagement_declared, col::fear, col::leader_changed,
                    col::leadership, col::reported_score, col::funded>,
              Owns<col::cluster_contact, col::cluster_quality, col::cluster_trust,
                   col::cluster_purpose, col::cluster_transparency, col::cluster_maturity,
                   col::cluster_facilitation, col::cluster_leadership, col::cluster_openness,
                   col::self_assessment_bias, col::cluster_score, col::network_trust,
                   col::network_quality, col::belief_in_networks, col::systemness>,
              Adds<col::social_change, col::accountability_change, col::efficacy_change>,
              Uses<lever::outcome_focus, lever::moral_purpose, lever::transparency,
                   lever::peer_review, lever::enquiry_cycles, lever::shared_accountability,
                   lever::beyond_leaders, lever::openness, lever::facilitation, lever::stakes>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// The success factors together: their mean of power `exponent` (1 adds, 0 multiplies, below 0 the
// weakest rules).
float together(std::span<const float, kFactors> factors, float exponent);

}  // namespace reformsim
