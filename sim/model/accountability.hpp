// M2 External accountability: targets on reported scores make pressure; pressure takes up slack and
// is turned into better work as far as capital, energy, trust and support allow, and the rest into
// gaming, narrowing, fear and strain. A poor label may also call up the leader's effort. Who gains,
// and whether people leave, are outcomes. (Munby and Fullan 2016; Reback 2008; Deming, Cohodes,
// Jennings and Jencks 2016; Koretz 2017; Jacob 2005; Clotfelter, Ladd, Vigdor and Diaz 2004;
// Dizon-Ross 2020.)
//
// The system leader's manner counts here: whether challenge comes with support, and whether
// teachers are partners or to blame. So does who stands between: internal accountability, leaders
// in the middle, and peers who look at one another's work.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Accountability {
  static constexpr std::string_view name = "accountability", code = "M2";
  static constexpr std::string_view meaning =
      "Targets on reported scores make pressure, which becomes better work as far as capital, "
      "trust and support allow, and gaming, narrowing, fear and strain for the rest.";
  static constexpr std::uint16_t purpose = 2;
  static constexpr bool switchable = true;

  struct Params {
    float reach = 0.6f;
    float misuse = 0.6f;
    float strain = 0.16f;
    float label_effort = 0.05f;
    float publication_weight = 0.15f;
    float internal_buffer = 0.3f;
    float always_felt = 0.3f;
    float steepness = 4.0f;
    float turning = 5.0f;
    float habit_cost = 0.3f;
    float balance = 0.4f;
    float answer_rate = 1.5f;
    float peer_check = 0.5f;
    float shared_by = 10.0f;
    float pride = 2.5f;
    float blame = 0.08f;
    float distrust = 0.03f;
    float attention = 0.10f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::reported_score, col::reported_before, col::score_usual, col::roll,
            col::human_capital, col::social_capital, col::decisional_capital, col::energy,
            col::trust_in_centre, col::district_support, col::internal_accountability,
            col::compliance_habit, col::funded, col::cluster, col::member, col::first_member,
            col::cluster_size, col::engagement_declared, col::leadership, col::feedback_used,
            col::middle_buffer>,
      Owns<col::pressure, col::target_risen, col::effort, col::gaming, col::narrowing, col::fear>,
      Adds<col::strain, col::trust_change, col::load>,
      Uses<lever::publication, lever::stakes, lever::inspection, lever::target_kind, lever::target,
           lever::target_rise, lever::coaching, lever::accountability_unit,
           lever::challenge_and_support, lever::teachers_as_partners>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Distance to the target in pupil SD; positive: the school is short of it.
inline float shortfall(TargetKind kind, float score, float before, float usual, float target) {
  return kind == TargetKind::growth ? target - (score - before) : usual + target - score;
}
// How far a school under demand feels it: some always, most when short of the target. A bar to
// clear bites twice as sharply around it as a level does.
inline float felt_pressure(TargetKind kind, float demand, float short_of, float always,
                           float steepness) {
  const float steep = kind == TargetKind::threshold ? 2.0f * steepness : steepness;
  return demand * (always + (1.0f - always) * logistic(steep * short_of));
}
// What is left of a demand on a cluster of `members` for each of them to feel: the score of a large
// cluster moves with nobody's own work, and some leave it to the others.
inline float own_part(float members, float shared_by) {
  return members > shared_by ? shared_by / members : 1.0f;
}
// Belief that the target can be reached; fades as it lies further away.
inline float within_reach(float short_of, float reach) {
  return exp(-(short_of > 0.0f ? short_of : 0.0f) / reach);
}
// Ability to turn pressure into better work.
inline float capability(float turning, float capital, float energy, float trust, float help) {
  return unit(turning * capital * energy * 0.5f * (1.0f + trust) * 0.5f * (1.0f + help));
}
// What the manner of the system's leaders multiplies that ability with: challenge and support in
// balance (1), the usual (0.5), or only one of them (0).
inline float challenged(float balance, float challenge_and_support) {
  return 1.0f + balance * (challenge_and_support - 0.5f);
}
// Effort that a leader calls up against a label, which is as poor as the published score lies below
// the mean pupil's of the same year.
inline float label_answer(float label_effort, float publication, float below_mean, float steepness,
                          float leadership) {
  const float poor = unit(2.0f * logistic(steepness * below_mean) - 1.0f);
  return label_effort * publication * poor * logistic(leadership);
}
// From 1, teachers and leaders are blamed, to -1, they are part of the solution; usual: 0.
inline float blamed(float teachers_as_partners) { return 1.0f - 2.0f * teachers_as_partners; }

}  // namespace reformsim
