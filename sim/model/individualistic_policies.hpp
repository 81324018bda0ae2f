// M4 Individualistic policies: appraisal and pay by results raise the effort of single teachers and
// their skill a little; dismissal changes who teaches, as well as the appraisal can tell. What it
// does to trust among colleagues is a parameter whose range includes zero. (Pham, Nguyen and
// Springer 2021; Springer et al. 2010; Adnot et al. 2016; Munby and Fullan 2016.)
//
// The rate of dismissal is per year and its selection is what one year's dismissals would be; the
// labour market replaces people once a year, from those who look for a post.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct IndividualisticPolicies {
  static constexpr std::string_view name = "individualistic_policies", code = "M4";
  static constexpr std::string_view meaning =
      "Appraisal, pay by results and dismissal act on teachers one by one: on effort, on skill, on "
      "who teaches, and perhaps on trust among colleagues.";
  static constexpr std::uint16_t purpose = 4;
  static constexpr bool switchable = true;

  struct Params {
    float effort = 0.30f;
    float trust = -0.02f;
    float accuracy = 0.75f;
    float unseen_accuracy = 0.7f;
    float threat = 8.0f;
    float skill = 0.03f;
    float burden = 0.02f;
    float settling = 2.0f;
    float usual_appraisal = 0.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::human_capital, col::energy>,
              Owns<col::individual_effort, col::dismissal_rate, col::dismissal_selection>,
              Adds<col::human_change, col::social_change, col::strain, col::load>,
              Uses<lever::appraisal, lever::merit_pay, lever::dismissal>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What hangs on one teacher's results: pay, and the post itself.
inline float individual_stakes(float merit_pay, float dismissal, float threat) {
  return unit(merit_pay + threat * dismissal);
}
// The incentive on single teachers: 1 at full appraisal and full stakes.
inline float incentive(float appraisal, float stakes) { return 0.5f * (appraisal + stakes); }

// Correlation of a teacher's appraisal with true skill; leaders see some of it without a system.
inline float appraisal_accuracy(float full, float unseen, float appraisal) {
  return full * (unseen + (1.0f - unseen) * appraisal);
}
// How many SDs below the mean the lowest `share` of a normal distribution lie on average.
inline float dismissed_below(float share) {
  const float s = clamp(share, 0.001f, 0.999f);
  const float z = inverse_normal(s);
  return 0.39894228f * exp(-0.5f * z * z) / s;  // the normal density at z, over s
}

}  // namespace reformsim
