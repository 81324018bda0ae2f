// M2 External accountability: targets on reported scores make pressure; pressure takes up slack and
// is turned into better work as far as capital, trust and support allow, and the rest into gaming,
// narrowing, fear and strain. Who gains is an outcome. (Munby and Fullan 2016; Deming et al. 2016;
// Koretz 2017; Jacob 2005.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Accountability {
  static constexpr std::string_view name = "accountability", code = "M2";
  static constexpr std::uint16_t purpose = 2;
  static constexpr bool switchable = true;

  struct Params {
    float publication_weight = 0.15f;
    float reach = 0.6f;
    float misuse = 0.5f;
    float strain = 0.12f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::reported_score, col::reported_before, col::score_usual, col::human_capital,
            col::social_capital, col::decisional_capital, col::energy, col::trust_in_centre,
            col::district_support, col::internal_accountability, col::compliance_habit,
            col::funded>,
      Owns<col::pressure, col::target_risen, col::effort, col::gaming, col::narrowing, col::fear>,
      Adds<col::strain, col::trust_change, col::load>,
      Uses<lever::publication, lever::stakes, lever::inspection, lever::target_kind, lever::target,
           lever::target_rise, lever::coaching>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Distance to the target in pupil SD; positive: the school is short of it.
inline float shortfall(TargetKind kind, float score, float before, float usual, float target) {
  return kind == TargetKind::growth ? target - (score - before) : usual + target - score;
}
// How far a school under demand feels it: some always, most when short of the target. A bar to
// clear bites more sharply around it than a level does.
inline float felt_pressure(TargetKind kind, float demand, float short_of) {
  const float steep = kind == TargetKind::threshold ? 10.0f : 4.0f;
  return demand * (0.3f + 0.7f * logistic(steep * short_of));
}
// Belief that the target can be reached; fades as it lies further away (Reback 2008; Deming et al.
// 2016).
inline float within_reach(float short_of, float reach) {
  return exp(-(short_of > 0.0f ? short_of : 0.0f) / reach);
}
// Ability to turn pressure into better work.
inline float capability(float capital, float energy, float trust, float support) {
  return unit(3.2f * capital * energy * (0.5f + 0.5f * trust) * (0.6f + 0.8f * support));
}

}  // namespace reformsim
