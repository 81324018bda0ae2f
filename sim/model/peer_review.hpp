// M13 Peer review and enquiry cycles: partners look at each other's work now and then. Candour
// times autonomy decides whether what they say is used or defended against. What is used raises
// judgement, brings good practice to light and lowers gaming and self-deception; the first reviews
// cost more than they give. (Munby and Fullan 2016, factors 4 and 5; Burgess, Rawal and Taylor
// 2021.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct PeerReview {
  static constexpr std::string_view name = "peer_review", code = "M13";
  static constexpr std::string_view meaning =
      "Partners look at one another's work; candour and autonomy decide whether what they say is "
      "used or fended off.";
  static constexpr std::uint16_t purpose = 13;
  static constexpr bool switchable = true;

  struct Params {
    float gain = 0.08f;
    float learning = 2.0f;
    float defence = 0.15f;
    float time_cost = 0.04f;
    float reviews = 3.0f;
    float heeded_anyway = 0.4f;
    float shallow = 0.4f;
    float stale = 1.0f;
    float social_part = 0.3f;
    float defensive_half_life = 3.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::engagement_real, col::engagement_depth, col::network_trust, col::fear,
            col::autonomy_held, col::funded, col::leader_changed, col::mastery, col::practice_fit,
            col::decisional_capital, col::social_capital, col::internal_accountability>,
      Owns<col::reviews_done, col::feedback_used, col::defensiveness>,
      Adds<col::decisional_change, col::mastery_change, col::accountability_change,
           col::social_change, col::load, col::strain>,
      Uses<lever::peer_review, lever::enquiry_cycles, lever::transparency, lever::outcome_focus,
           lever::appraisal, lever::inspection, lever::stakes>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How openly partners speak (share): what is shown is not said without trust, nor what is trusted
// without showing, and fear silences both.
inline float candour(float transparency, float trust, float fear) {
  return square_root(transparency * trust) * (1.0f - fear);
}
// Share of what partners could say that is said and acted on. Who has a say in the answer takes it
// seriously; who has none does so only as far as `heeded_anyway`; who is defensive fends it off.
inline float acted_on(float heeded_anyway, float candour, float autonomy, float defensiveness) {
  return candour * (heeded_anyway + (1.0f - heeded_anyway) * autonomy) * (1.0f - defensiveness);
}
// How practised the partners are after so many reviews (share); half at `learning`.
inline float review_experience(float learning, float reviews) {
  return reviews / (reviews + learning);
}
// What one review gives against one inside a full cycle of enquiry.
inline float review_depth(float shallow, float enquiry) {
  return shallow + (1.0f - shallow) * enquiry;
}
// Feedback that judges: single teachers are graded, inspectors come with sanctions, people fear.
inline float judged(float appraisal, float inspection, float stakes, float fear) {
  return unit(appraisal + inspection * stakes + fear);
}

}  // namespace reformsim
