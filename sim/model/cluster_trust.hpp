// M12 Trust and maturity of a cluster: trust grows with contact, honesty and kept promises, and
// breaks with turnover, rivalry and the misuse of what was told; maturity needs trust and an impact
// that shows. A cluster without transparency and focus on outcomes goes cosy, thinks better of
// itself than is true, believes in itself all the same, and drifts. (Munby and Fullan 2016, factors
// 1-3 and 6; Bryk and Schneider 2002.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

inline constexpr int kFactors = 8;
inline constexpr float kFactorFloor = 0.05f;  // no factor is ever wholly absent

struct ClusterTrust {
  static constexpr std::string_view name = "cluster_trust", code = "M12";
  static constexpr std::string_view meaning =
      "A cluster gains trust by contact and honesty and matures by trust and visible impact, or "
      "goes cosy and thinks too well of itself.";
  static constexpr std::uint16_t purpose = 12;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 0.8f;
    float threshold = 0.5f;
    float complementarity = 0.0f;
    float maturing = 2.0f;
    float lapsing = 0.2f;
    float start_trust = 0.4f;
    float sharpness = 20.0f;
    float forgetting = 0.05f;
    float turnover_loss = 0.3f;
    float conflict = 0.4f;
    float settling = 0.67f;
    float unaided = 0.2f;
    float leading = 0.1f;
    float cosiness = 0.2f;
    float gain = 0.05f;
    float worth = 0.45f;
    float novelty = 0.15f;
    float novelty_lasts = 1.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::cluster, col::member, col::first_member, col::cluster_size, col::engagement_real,
            col::engagement_declared, col::member_for, col::engagement_depth, col::fear,
            col::leader_changed, col::reported_score, col::reported_before,
            col::cluster_facilitation, col::cluster_capacity, col::cluster_dependence,
            col::cluster_leadership, col::cluster_openness, col::cluster_validation,
            col::feedback_used, col::systemness>,
      Owns<col::cluster_contact, col::cluster_quality, col::cluster_trust, col::cluster_purpose,
           col::cluster_transparency, col::cluster_maturity, col::self_assessment_bias,
           col::network_trust, col::network_quality, col::belief_in_networks>,
      Adds<col::social_change, col::accountability_change>,
      Uses<lever::outcome_focus, lever::moral_purpose, lever::transparency, lever::peer_review,
           lever::enquiry_cycles, lever::shared_accountability, lever::stakes, lever::competition>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// The success factors together: their mean of power `exponent` (1 adds, 0 multiplies, below 0 the
// weakest rules).
float together(std::span<const float, kFactors> factors, float exponent);

// What a member thinks its network is worth because it is new, `years` after joining.
inline float novelty_left(float novelty, float lasts, float years) {
  return novelty * exp(-positive(years) / lasts);
}

// How far somebody makes the network work: facilitators, or its own people as far as they can and
// do not leave it to others; an able leader in the middle helps. Without any of them little
// happens.
inline float working(float unaided, float leading, float help, float capacity, float dependence,
                     float leadership) {
  const float own = capacity * (1.0f - dependence);
  const float hands = 1.0f - (1.0f - help) * (1.0f - own);
  return unit(unaided + (1.0f - unaided) * hands + leading * leadership);
}
// How far trust has passed the threshold from which a cluster can mature.
inline float ready(float trust, float threshold, float sharpness) {
  return logistic(sharpness * (trust - threshold));
}
// Yearly rate at which trust grows: in contact, where people act for one another and are honest,
// and do what they said they would.
inline float trusting(float growth, float contact, float kept, float systemness,
                      float transparency) {
  return growth * contact * kept * (systemness + transparency);
}
// Yearly rate at which trust breaks in contact: rivals meet, or what weak members disclosed is held
// against them because much hangs on it and trust is not there yet.
inline float conflict_rate(float conflict, float contact, float competition, float stakes,
                           float transparency, float ready) {
  return conflict * contact * (competition + stakes * transparency * (1.0f - ready));
}
// How far its impact shows: where at least half of the members' scores have risen, to those who
// look at outcomes and say what they see.
inline float visible_impact(float focus, float transparency, float risen) {
  return square_root(focus * transparency) * unit(2.0f * risen);
}
// How far what a cluster says of itself is checked: by members who look at outcomes openly, by
// peers whose feedback is used, by other clusters.
inline float checked(float transparency, float focus, float feedback_used, float validation) {
  return 1.0f - (1.0f - transparency * focus) * (1.0f - feedback_used) * (1.0f - validation);
}

}  // namespace reformsim
